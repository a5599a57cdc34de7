//! 書面会議: what each said in writing stands in the minutes, with when it came in and who wrote it down for them, and what is said in
//! confidence goes nowhere else.

use crate::after::{general, place};
use crate::compartment::row;
use crate::conference::{join, pledge, raised};
use crate::inquiry::partner;
use crate::minutes::office;
use crate::minutes_words::agreed;
use crate::papers::same;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::support::{App, Page, Person};

const APPROVE: [(&str, &str); 4] = [("how", "session"), ("on", "R8.12.9"), ("note", ""), ("sure", "1")];

/// Where the answer of somebody in the list is written down for them.
fn behalf(page: &Page, who: &str) -> String {
    row(page, who).split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Answers in writing: one item, one vote, some words.
async fn say(
    who: &mut Person,
    invitation: &str,
    item: &str,
    (vote, words): (&str, &str),
    more: &[(&str, &str)],
) -> Page {
    let (v, c) = (format!("vote-{}", id_of(item)), format!("comment-{}", id_of(item)));
    who.get(invitation).await.is(200);
    let mut fields = vec![("reply", "writing"), (v.as_str(), vote), (c.as_str(), words)];
    fields.extend(more);
    who.post(invitation, &fields).await
}

/// It is over: everybody answered in writing, whatever they said.
async fn over(app: &App, session: &str, items: &[&str]) -> Person {
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    attend(&mut hase, session, "writing", &[]).await;
    for item in items {
        step(&mut hase, session, item, "begin", &[]).await.is(303);
        step(&mut hase, session, item, "conclude", &[("meant", "1")]).await.is(303);
    }
    hase.get(session).await;
    hase.post(&format!("{session}/hold"), &[]).await.is(303);
    hase
}

/// What a paper says, without the breaks of its lines.
async fn said(who: &mut Person, at: &str) -> String {
    same(who, at).await.body.chars().filter(|c| !c.is_whitespace()).collect()
}

story!(what_was_said_in_writing_stands_in_the_minutes, |app| async {
    let mut hase = app.sign_in("hase").await;
    let (_, matter) = agreed(app).await;
    let pharmacy = partner(app).await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let session =
        plan(&mut hase, &body, "書面 重層的支援会議", "R8.12.9", &[("writing", "1"), ("place", "")]).await;
    let item =
        at(&propose(&mut hase, &format!("matter={}", id_of(&matter)), (&body, "integrated"), &[]).await);
    place(&mut hase, &item, &session).await;
    let subject = general(&mut hase, &body, &session, "巡回の便について").await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    hase.get(&session).await;
    let fields = [("desk", pharmacy.as_str()), ("name", "薬剤師 白石"), ("why", "guest"), ("obligatory", "")];
    hase.post(&format!("{session}/add"), &fields).await.is(303);
    let mut kinoshita = app.sign_in("kinoshita").await;
    let invitation = kinoshita.get("/sessions").await.link("書面");
    say(&mut kinoshita, &invitation, &item, ("remark", "週1回がよい-MARK-W"), &[]).await.is(303);

    // What came by fax is written down with the day it came in; who wrote it down stays known.
    let fax = behalf(&hase.get(&session).await, "薬剤師 白石");
    hase.get(&fax).await.is(200).see("届いた日");
    let words = ("approve", "夜の便がほしい-MARK-F");
    say(&mut hase, &fax, &subject, words, &[("told_by", "fax")])
        .await
        .is(422)
        .see("いつ届いたか")
        .see("MARK-F");
    let later = [("told_by", "fax"), ("received", "R8.12.1")];
    say(&mut hase, &fax, &subject, words, &later).await.is(422).see("きょうよりあと");
    let came = [("told_by", "fax"), ("received", "R8.11.20")];
    say(&mut hase, &fax, &subject, words, &came).await.is(303);
    hase.get(&session)
        .await
        .see("こころ薬局 薬剤師 白石")
        .see("令和8年11月20日")
        .see("ファクスで届いた")
        .see("回答をお願いした1者の全員が承認")
        .see("回答をお願いした3者のうち、承認した人はまだいません")
        .see("まだ答えていない");

    let mut hase = over(app, &session, &[&subject, &item]).await;
    let minutes = format!("{session}/minutes");
    let all = [
        "夜の便がほしい-MARK-F",
        "こころ薬局 薬剤師 白石",
        "ファクスで届いた",
        "代わりに記録",
        "回答をお願いした1者の全員が承認",
        "MARK-W",
    ];
    let page = hase.get(&minutes).await;
    for words in all {
        page.see(words);
    }
    for style in ["marks", "speakers"] {
        let at = format!("{minutes}/print?style={style}");
        let paper = said(&mut hase, &at).await;
        for words in all {
            let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(paper.contains(&words), "{words} is not in {paper}");
        }
        // 話した人をならべる形: who said it stands above; 質問と回答の形: behind the mark of an opinion.
        let above = hase.get(&at).await.body.contains("〇こころ薬局");
        assert_eq!(above, style == "speakers", "{style}");
    }
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    for path in ["", "?edition=1", "/print"] {
        hase.get(&format!("{minutes}{path}"))
            .await
            .is(200)
            .see("MARK-F")
            .see("MARK-W")
            .see("まだ答えていない");
    }
    // Of an item that is not theirs to know nobody learns who was asked.
    let mut oda = app.sign_in("oda").await;
    oda.get(&minutes).await.not_see("MARK-W");
    // What is about nobody is public, as what is said aloud is: by desk, without who it was and who wrote it down for them.
    for style in ["marks", "speakers"] {
        let public = said(&mut hase, &format!("{minutes}/public?style={style}")).await;
        for words in ["夜の便がほしい-MARK-F", "こころ薬局", "回答をお願いした1者の全員が承認"]
        {
            assert!(public.contains(words), "{words} is not in {public}");
        }
        for words in ["MARK-W", "白石", "ファクス", "代わりに記録", "まだ答えていない"] {
            assert!(!public.contains(words), "{words} is in {public}");
        }
    }
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(what_was_said_in_writing_in_confidence_is_on_no_paper, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    join(app, &mut hase, &matter, ("mieda", "ikiiki"), "").await;
    let body = found(app, &mut hase, "支援会議", &["support_conference"], "").await;
    let session =
        plan(&mut hase, &body, "書面 支援会議", "R8.12.9", &[("writing", "1"), ("place", "")]).await;
    let lead = app.town.desk("hokubu").to_string();
    let fields = [("initiator", lead.as_str())];
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut sano, &from, (&body, "support_conference"), &fields).await);
    place(&mut hase, &item, &session).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let invitation = sano.get("/sessions").await.link("書面");
    say(&mut sano, &invitation, &item, ("approve", "夜に訪ねる-MARK-S"), &[]).await.is(303);
    let mut hase = over(app, &session, &[&item]).await;
    let minutes = format!("{session}/minutes");
    hase.get(&minutes).await.see("MARK-S").see("書面での意見");
    let mut mieda = app.sign_in("mieda").await;
    office(&mut hase, &session, "approve", &APPROVE).await.is(303);
    for path in ["/print", "/print?as=pdf", "/print?as=xlsx", "/public"] {
        let page = hase.get(&format!("{minutes}{path}")).await;
        page.is(200).not_see("MARK-S").not_see("書面での意見");
    }
    // A member who has not pledged learns nothing of it; one who has reads it in the edition.
    mieda.get(&minutes).await.not_see("MARK-S").not_see("書面での意見");
    app.sign_in("sano").await.get(&format!("{minutes}?edition=1")).await.is(200).see("MARK-S");
});
