//! Where nobody may stand, nobody is told of by writing them otherwise: names, numbers of cases, days, rooms, links.

use engine::args;

use crate::agreement::raw;
use crate::referral::case_of;
use crate::support::{App, Person};

/// A case of somebody whose name is written and read in many ways, with a number nobody takes for a month: 2026-00068.
async fn toshiko(app: &App, who: &mut Person) -> String {
    let sql = "INSERT INTO case_counter (municipality_id, fiscal_year, last) VALUES ($1, 2026, $2)";
    assert_eq!(raw(app, sql, args![67_i64]).await.unwrap(), 1);
    let case = case_of(app, who, "渡邊 敏子", "家賃が払えない").await;
    let page = who.get(&format!("/cases/{case}")).await;
    let household = page.see("2026-00068").body.split("href=\"/households/").nth(1).unwrap();
    let household = household.split('"').next().unwrap().to_owned();
    let page = who.get(&format!("/households/{household}")).await;
    let person = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    who.get(&format!("/persons/{person}")).await.is(200);
    let known = [("name", "渡邊 敏子"), ("reading", "ワタナベ トシコ")];
    who.post(&format!("/persons/{person}"), &known).await.is(303);
    case
}

/// Her name, as it is written by those who do not know how it is written.
const NAMES: [&str; 9] = [
    "渡辺敏子",
    "渡邉 敏子",
    "わたなべ敏子",
    "ﾜﾀﾅﾍﾞ敏子",
    "渡辺としこ",
    "敏子渡邊",
    "渡-邊-敏-子",
    "わたなべ としこ",
    "Watanabe Toshiko",
];

/// The number of her case, as the program finds it and as people write it.
const NUMBERS: [&str; 9] = [
    "2026-00068",
    "R8-68",
    "Ｒ８－６８",
    "R8-068",
    "2026-68",
    "令和8年度の68番",
    "No.68/2026",
    "二〇二六－六八",
    "令和八年度の六十八番",
];

const LINKS: [&str; 2] = ["/cases/019f1608-cd80", "018ee0c8-cd80-7950-badf-67cbdf7a839a"];

/// What leads to somebody together with a story: whoever writes decides.
const TRACES: [(&str, &str); 6] = [
    ("9/14の夕方に来た", "9/14"),
    ("九月十四日に来た", "九月十四日"),
    ("さくら荘二〇一号室の人", "さくら荘二〇一号室"),
    ("十九年七月十五日生まれ", "十九年七月十五日"),
    ("Sato Kenの父", "Sato Ken"),
    ("SATO, Kenjiの家", "SATO, Kenji"),
];

const NOBODY: &str = "DVとADHD、PTSDのある人。1/2の家庭で、皆さん疲れている。2026-30の計画";

fn asked<'a>(to: &'a str, question: &'a str, meant: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields =
        vec![("to", to), ("topic", "income"), ("question", question), ("own_view", "まず話を聞く")];
    fields.extend(Some(("meant", meant)).filter(|_| !meant.is_empty()));
    fields
}

story!(advice_names_nobody_however_it_is_written, |app| async {
    let mut sano = app.sign_in("sano").await;
    toshiko(app, &mut sano).await;
    let to = app.town.desk("suishin").to_string();
    for told in NAMES.into_iter().chain(NUMBERS).chain(LINKS) {
        let question = format!("{told}さんの家のことで");
        sano.get("/advice/new").await.is(200);
        let page = sano.post("/advice/new", &asked(&to, &question, "1")).await;
        page.is(422).see("消すか、言いかえてください").see(&question);
    }
    for (told, word) in TRACES {
        sano.get("/advice/new").await.is(200);
        let page = sano.post("/advice/new", &asked(&to, told, "")).await;
        page.is(422).see("だれのことか分からないことを確かめて").see(&format!("<b>{word}</b>"));
        sano.post("/advice/new", &asked(&to, told, "1")).await.is(303);
    }
    // A family name alone or a given name alone may be anybody's, and ordinary words are nobody.
    sano.get("/advice/new").await.is(200);
    sano.post("/advice/new", &asked(&to, "わたなべさんのこと", "1")).await.is(303);
    sano.get("/advice/new").await.is(200);
    let page = sano.post("/advice/new", &asked(&to, NOBODY, "")).await;
    assert_eq!(page.status, 303, "{}", page.text());
    // Who has no part in the case learns nothing of its number, nor of her name.
    let mut kinoshita = app.sign_in("kinoshita").await;
    for told in ["R8-68のことで", "敏子渡邊のことで"] {
        kinoshita.get("/advice/new").await.is(200);
        kinoshita.post("/advice/new", &asked(&to, told, "")).await.is(303);
    }
});

story!(a_case_of_the_library_names_nobody_however_it_is_written, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = toshiko(app, &mut kinoshita).await;
    let at = format!("/cases/{case}/reflections");
    kinoshita.get(&at).await.is(200);
    kinoshita.post(&at, &[("causes", "resource"), ("well", "毎週たずねた")]).await.is(303);
    let share = kinoshita.get(&at).await.link("事例集に出す");
    let lesson = |situation: &str, meant: &str| {
        let fields = [
            ("title", "80代の親と50代の子"),
            ("topics", "income"),
            ("situation", situation),
            ("done", "好きな本の話から始めた"),
            ("learned", "急がないこと"),
            ("meant", meant),
        ];
        fields.map(|(name, value)| (name, value.to_owned()))
    };
    for told in NAMES.into_iter().chain(NUMBERS).chain(LINKS) {
        let situation = format!("{told}の家。");
        let fields = lesson(&situation, "1");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        kinoshita.get(&share).await.is(200);
        let page = kinoshita.post(&share, &fields).await;
        page.is(422).see("だれのことかわかる言葉").see(&situation);
    }
    for (told, word) in TRACES {
        let fields = lesson(told, "");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        kinoshita.get(&share).await.is(200);
        let page = kinoshita.post(&share, &fields).await;
        page.is(422).see("名前かもしれない").see(&format!("<b>{word}</b>")).see(told);
    }
    let fields = lesson(NOBODY, "");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    kinoshita.get(&share).await.is(200);
    let page = kinoshita.post(&share, &fields).await;
    assert_eq!(page.status, 303, "{}", page.text());
});

story!(the_note_of_a_hold_names_nobody_however_it_is_written, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = toshiko(app, &mut kinoshita).await;
    let hold = format!("/cases/{case}/hold");
    let (mut imai, mut mori) = (app.sign_in("imai").await, app.sign_in("mori").await);
    for told in NAMES.into_iter().chain(["渡邊敏子"]).chain(LINKS) {
        let note = format!("{told}の件");
        imai.get(&hold).await.is(200);
        let page = imai.post(&hold, &[("reason", "lawsuit"), ("note", &note)]).await;
        page.is(422).see("だれのことか分かる").see(&note);
        mori.get("/retention/holds").await.is(200);
        let fields = [("number", "R8-68"), ("reason", "lawsuit"), ("note", &note)];
        mori.post("/retention/holds", &fields).await.is(422).see("だれのことか分かる").see(&note);
    }
    imai.get(&hold).await.see("いまは保全していません");
    // What names nobody of it is kept, also with the number of the case.
    mori.get("/retention/holds").await.is(200);
    let fields = [("number", "2026-00068"), ("reason", "lawsuit"), ("note", "令和8年(ワ)第1号 R8-68")];
    mori.post("/retention/holds", &fields).await.is(303);
    kinoshita.get(&format!("/cases/{case}")).await.see("保全中: 訴訟");
});
