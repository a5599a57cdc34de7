//! Invented papers: one of every kind of block, a form of one page, and long minutes.

use paper::{
    Block, Document, Drawing, Field, Fields, Grid, Language, Letter, Mark, Said, Sample, SignLine, Style,
    Tick, Value,
};

/// Every paper, with a name.
pub fn all() -> Vec<(&'static str, Document)> {
    vec![
        ("form", form()),
        ("letter", letter()),
        ("every", every()),
        ("minutes", minutes(4)),
        ("english", english()),
    ]
}

fn begun(title: &str) -> Document {
    Document::new(title, Language::Japanese)
        .head([title, "取扱注意", "令和8年11月21日 佐野 あおい"])
        .foot(["湊市 寄り添う", "渡す人に知られてはいけないこと、同意のないことは、のせていません。"])
        .with(Block::heading(1, title))
}

/// A form of one page.
pub fn form() -> Document {
    let said = "昼まで寝ていたくない。図書館に行きたい。#1 $x$ *太字* _斜め_ [かっこ] \\ `符号` @名前 <印> = 見出し - 点 + 1. ~ / //";
    begun("プラン兼利用申込書")
        .with(Block::note("見られる理由", "青木 ハルさんの同意（令和8年10月2日）"))
        .with(Block::small("太い枠は、国に報告する項目です。"))
        .with(
            Fields::new()
                .beside([Field::new("申し込む人の世帯", "𠮷田 髙志さんの世帯").thick(), Field::new("ケース番号", "2026-00087")])
                .beside([Field::new("受け持つ窓口", "北部福祉総合相談室").thick(), Field::new("プランの版", "第2版")])
                .row(
                    Field::new(
                        "利用する事業",
                        Value::ticks([
                            Tick::new(true, "多機関協働"),
                            Tick::new(false, "アウトリーチ等"),
                            Tick::new(false, "参加支援"),
                        ]),
                    )
                    .thick(),
                )
                .beside([
                    Field::new("動きはじめた日", "令和8年11月21日").thick(),
                    Field::new("モニタリングの日", "令和9年2月1日").thick(),
                ]),
        )
        .with(Block::heading(2, "支援プラン"))
        .with(
            Fields::new()
                .row(Field::new("本人の言葉", said))
                .row(Field::new("世帯の支援の方向", "母の通院を続けながら、長男が外に出るきっかけを、本人のペースでつくる。"))
                .row(Field::new("長い目標", "週に一度、家の外で過ごす時間がある。").thick())
                .row(Field::new("短い目標", "月に二回、図書館に行く（一部達成）\n家賃の相談をする").thick()),
        )
        .with(Block::heading(2, "だれが、何を、いつまでに"))
        .with(
            Grid::new(["だれが", "何をする", "いつまで"])
                .widths([3, 6, 2])
                .row(["北部福祉総合相談室", "大家さんに電話し、家賃の分割について話し合う", "12月1日（火）"])
                .row(["𠮷田 髙志", "図書館の利用カードを作る", "12月中"])
                .row(["居場所 ひだまり", "月に二回、見学の日に声をかける", "1月末"]),
        )
        .with(Block::together([
            Block::heading(2, "利用申込み"),
            Block::text(
                "このプランを読み、内容を確かめました。書かれた支援の利用を申し込みます。関係する窓口が、同意した範囲でこのプランを読むことを知っています。",
            ),
            Block::Sign {
                lines: vec![
                    SignLine::new("申し込んだ日").words("令和　　年　　月　　日"),
                    SignLine::new("名前（署名）").seal(),
                ],
            },
        ]))
}

/// A letter.
pub fn letter() -> Document {
    Document::new("協力依頼書", Language::Japanese)
        .foot(["湊市 寄り添う", ""])
        .with(Letter {
            number: "湊福相第87号".to_owned(),
            day: "令和8年11月21日".to_owned(),
            to: vec!["こころ薬局".to_owned(), "管理薬剤師　濵﨑 栁子　様".to_owned()],
            from: vec!["湊市長".to_owned(), "北部福祉総合相談室　佐野 あおい".to_owned()],
            seal: true,
            subject: "情報の提供について（協力依頼）".to_owned(),
        })
        .with(Block::text("日ごろより、市の福祉行政にご協力いただき、ありがとうございます。次のことについて、お知らせください。".repeat(3)))
        .with(Fields::new().row(Field::new("目的", "支援の内容を決めるため")).row(Field::pen("回答", 3)))
        .with(Block::steps(["受診は続いていますか。", "薬は飲めていますか。"]))
        .with(Block::NewPage)
        .with(Block::heading(1, "回答書"))
        .with(Grid::new(["質問", "答え"]).widths([2, 3]).named().empty(3, 24))
}

/// Every kind of block.
pub fn every() -> Document {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"80\" viewBox=\"0 0 200 80\"><style>text{font-family:'BIZ UDPGothic';font-size:14px}</style><rect x=\"10\" y=\"10\" width=\"60\" height=\"60\" fill=\"none\" stroke=\"#000\"/><text x=\"110\" y=\"44\">𠮷田 髙志</text></svg>";
    begun("すべての形")
        .with(Block::heading(2, "見出し二"))
        .with(Block::heading(3, "見出し三"))
        .with(Block::styled(Style::Strong, "見落とせないこと"))
        .with(Block::styled(Style::Centre, "まんなか"))
        .with(Block::styled(Style::End, "右よせ"))
        .with(Block::list(["一つ目", "二つ目"]))
        .with(Block::Ticks {
            ticks: (1..8).map(|n| Tick::new(n % 3 == 0, format!("困りごと{n}"))).collect(),
            columns: 3,
        })
        .with(Drawing {
            title: "ジェノグラム".to_owned(),
            style: String::new(),
            svg: svg.to_owned(),
            width: 200,
            height: 80,
            legend: vec![Sample { svg: svg.to_owned(), words: "男性".to_owned() }],
            says: vec!["𠮷田 髙志は本人です".to_owned()],
        })
        .with(Block::Talk {
            lines: vec![
                Said::new(Mark::Plain, "", "≪資料１にもとづいて、事務局より説明≫"),
                Said::new(
                    Mark::Spoke,
                    "𠮷田委員",
                    "専門部会は何人で共有していますか。\nほかの部会はどうですか。",
                )
                .tag("持ち帰り可"),
                Said::new(Mark::Asked, "（木村委員）", "いつから始まりますか。"),
                Said::new(Mark::Answered, "", "4月からです。"),
                Said::new(Mark::Opinion, "", "買い物にも使えるとよい。").tag("持ち帰り可"),
                Said::new(Mark::Decided, "", "了承"),
                Said::new(Mark::Remark, "", "資料2は当日配布。"),
            ],
        })
        .with(Block::Ruled { lines: 4 })
        .with(Block::text("一行目\n二行目\r\n三行目\tタブ"))
}

/// Minutes of about so many pages.
pub fn minutes(pages: usize) -> Document {
    let mut document = begun("会議録");
    document.push(
        Fields::new()
            .row(Field::new("日時", "令和8年11月18日（水） 14時から15時30分まで"))
            .row(Field::new("場所", "市役所 第2会議室"))
            .row(Field::new("出席者", "◎山田会長、○鈴木副会長、佐藤委員、田中委員（オンライン）")),
    );
    document.push(
        Grid::new(["番号", "資料"]).widths([1, 5]).row(["資料1-1", "取組の状況"]).row(["別紙", "名簿"]),
    );
    // Eight items fill three pages.
    for n in 0..(pages * 8).div_ceil(3) {
        document.push(Block::heading(2, format!("議題{} 今年度の取組について", n + 1)));
        let asked =
            "参加支援の対象になった人は何人で、そのうち何人が居場所につながったのか、教えてください。";
        let told =
            "今年度は十二人が対象になり、八人がつながりました。残る四人は、見学の日程を調整しています。";
        let mut lines = vec![Said::new(Mark::Explained, "事務局", "資料1-1にもとづき説明")];
        for _ in 0..4 {
            lines.push(Said::new(Mark::Asked, "佐藤委員", asked));
            lines.push(Said::new(Mark::Answered, "事務局", told.repeat(2)));
        }
        lines.push(Said::new(Mark::Decided, "", "了承"));
        document.push(Block::Talk { lines });
    }
    document
}

/// In English.
pub fn english() -> Document {
    Document::new("Consent", Language::English)
        .head(["Consent", "", "21 Nov 2026"])
        .with(Block::heading(1, "Consent to share"))
        .with(Block::text(
            "We ask you whether we may tell others about you. You can say no. You can stop at any time. "
                .repeat(6),
        ))
        .with(Block::list(["Who may know: the school", "What: health"]))
        .with(Block::Sign { lines: vec![SignLine::new("Date"), SignLine::new("Name (signature)")] })
}
