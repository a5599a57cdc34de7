//! What is closed by a decision alone, and that there is always a way to one: whose consent a conference could be held with, on which day it
//! was there, who else begins something in the same moment, and what stays with those who sat there.

use crate::agreed_to::{agrees, also};
use crate::agreement::{give, terms, withdraw};
use crate::conference::{join, pledge, raised, whole};
use crate::decision::{END, GOALS, decide, go_on, met, present, sat, with_consent};
use crate::referral::first_radio;
use crate::support::{App, Person};
use crate::support_plan::{SIGNED, decided, evaluate, in_force, post, proposed, write};

const OVER: [(&str, &str); 5] = [
    ("to", "closed"),
    ("reason", "settled"),
    ("words", "落ち着いた"),
    ("watch", "民生委員"),
    ("ends", "yes"),
];
const WHY: [&str; 5] = ["withdrawn", "expired", "died", "moved", "unheld"];

fn with(why: &'static str) -> Vec<(&'static str, &'static str)> {
    END.iter().copied().chain([("ended", why)]).collect()
}

/// The person of a case whose consent the stories begin with.
async fn haru(sano: &mut Person, case: &str) -> String {
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    first_radio(&page.body, "person")
}

/// The conference is about these people from now on.
async fn about(hase: &mut Person, matter: &str, persons: &[&str]) {
    hase.get(&format!("{matter}/office")).await.is(200);
    let fields: Vec<(&str, &str)> = persons.iter().map(|p| ("person", *p)).collect();
    hase.post(&format!("{matter}/about"), &fields).await.is(303);
}

/// Ends the case, or tries to.
async fn close(sano: &mut Person, case: &str) -> crate::support::Page {
    let end = format!("/cases/{case}/end");
    sano.get(&end).await.is(200);
    sano.post(&end, &OVER).await
}

story!(ticking_somebody_who_never_agreed_opens_no_way, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter, plan) = in_force(app, &mut sano, &mut hase).await;
    let mother = haru(&mut sano, &case).await;
    let son = also(&mut sano, &case, "青木 太郎", "child").await;
    about(&mut hase, &matter, &[&mother, &son]).await;
    present(&mut hase, &matter, "長谷 みどり", "R8.11.21").await;
    // Nobody withdrew anything: whatever reason is chosen, the mother's consent goes on.
    hase.get(&format!("{matter}/decide")).await.see("まだ同意している人がいます").see("選びなおす");
    for why in WHY {
        decide(&mut hase, &matter, "close", &with(why)).await.is(422).see("まだ同意している人がいます");
    }
    // Both agree, and one of them does no more: the conference is about the other, and decides under its item.
    let given = agrees(app, &mut sano, &case, &son).await;
    hase.get(&matter).await.see("この会議は、下の人の同意によります");
    withdraw(&mut sano, &given).await;
    decide(
        &mut hase,
        &matter,
        "interrupt",
        &[("interrupt", "refuses"), ("attempts", "三度"), ("ended", "withdrawn")],
    )
    .await
    .is(422)
    .see("まだ同意している人がいます");
    about(&mut hase, &matter, &[&mother]).await;
    let by = decided(&mut hase, &matter, "close", &END).await;
    evaluate(&mut sano, &plan, "end", &[("close_by", &by)]).await.is(303);
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    close(&mut sano, &case).await.is(303);
    whole(app).await;
});

story!(nobody_can_hold_the_conference_any_more, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter, plan) = in_force(app, &mut sano, &mut hase).await;
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    let alone = format!("/cases/{case}");
    decide(&mut sano, &alone, "close", &with("unheld")).await.is(422).see("まだ続いています");
    // The only coordinator goes, and nobody comes: the consent goes on, and no conference can be held with it.
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/admin/staff").await.is(200);
    let gone = format!("/admin/appointments/{}/end", app.town.appointment("hase", "suishin"));
    kanri.post(&gone, &[("last", "R8.11.20"), ("seen", "1")]).await.is(303);
    decide(&mut sano, &alone, "close", &with("withdrawn")).await.is(422).see("まだ記録されていません");
    decide(&mut sano, &alone, "close", &with("died")).await.is(422).see("まだ記録されていません");
    let by = decided(&mut sano, &alone, "close", &with("unheld")).await;
    sano.get(&format!("/decisions/{by}")).await.see("会議をひらける窓口・担当がいない");
    evaluate(&mut sano, &plan, "end", &[("close_by", &by)]).await.is(303);
    close(&mut sano, &case).await.is(303);
    whole(app).await;
});

story!(a_paused_plan_is_closed_by_its_decision_alone, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter, plan) = in_force(app, &mut sano, &mut hase).await;
    let pause = [("interrupt", "unreachable"), ("attempts", "三度たずねた")];
    let by = decided(&mut hase, &matter, "interrupt", &pause).await;
    evaluate(&mut sano, &plan, "interrupt", &[("pause_by", &by)]).await.is(303);
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "settled"), ("sure", "yes")]).await.is(303);
    // Its plan is paused, its conference was held: the case can be paused as well, and closed by 終結 alone.
    sano.get(&format!("/cases/{case}/end"))
        .await
        .see("「支援終結」を決めてから")
        .see("中断した支援プラン（多機関協働）")
        .see("同意による会議で話しあった事案");
    close(&mut sano, &case).await.is(422).see("「支援終結」を決めてから");
    let end = format!("/cases/{case}/end");
    sano.get(&end).await;
    let paused: Vec<_> = [("to", "interrupted")].into_iter().chain(OVER.into_iter().skip(1)).collect();
    sano.post(&end, &paused).await.is(303);
    sano.get(&end).await;
    sano.post(&format!("/cases/{case}/reopen"), &[("due", "R8.12.1"), ("promise", "")]).await.is(303);
    close(&mut sano, &case).await.is(422).see("「支援終結」を決めてから");
    // The consent ends: no conference decides it any more, and the way out is the decision on own records.
    withdraw(&mut sano, &given).await;
    close(&mut sano, &case).await.is(422);
    decided(&mut sano, &format!("/cases/{case}"), "close", &with("withdrawn")).await;
    sano.get(&end).await.not_see("「支援終結」を決めてから");
    close(&mut sano, &case).await.is(303);
    whole(app).await;
});

/// A conference with consent has talked it over, and then …; its matter is closed, and the case needs its decision.
async fn talked_over(app: &App, how: &'static str) {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let person = haru(&mut sano, &case).await;
    also(&mut sano, &case, "青木 太郎", "child").await;
    let outcome = match how {
        "died" | "left" => {
            sano.get(&format!("/persons/{person}")).await;
            sano.post(&format!("/persons/{person}/{how}"), &[(how, "R8.11.20")]).await.is(303);
            if how == "died" { "died" } else { "moved" }
        }
        _ => "settled",
    };
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", outcome), ("sure", "yes")]).await.is(303);
    close(&mut sano, &case).await.is(422).see("「支援終結」を決めてから");
    if outcome == "settled" {
        // Written down afterwards, of the day it was said.
        decided(&mut hase, &matter, "close", &END).await;
    } else {
        decided(&mut sano, &format!("/cases/{case}"), "close", &with(outcome)).await;
    }
    close(&mut sano, &case).await.is(303);
    whole(app).await;
}

story!(what_a_conference_talked_over_is_closed_by_its_decision, |app| async {
    talked_over(app, "settled").await;
});
story!(what_a_conference_talked_over_is_closed_also_after_a_death, |app| async {
    talked_over(app, "died").await;
});
story!(what_a_conference_talked_over_is_closed_also_after_a_move, |app| async {
    talked_over(app, "left").await;
});

story!(a_conference_without_consent_does_not_rest_on_a_later_one, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter) = with_consent(app, &mut sano, &mut hase).await;
    app.clock.forward_minutes(2 * 24 * 60);
    let mut sano = app.sign_in("sano").await;
    withdraw(&mut sano, &given).await;
    app.clock.forward_minutes(2 * 24 * 60);
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let person = haru(&mut sano, &case).await;
    let desk = app.town.desk("suishin").to_string();
    let more = [
        ("to_desk", desk.as_str()),
        ("purpose", "support"),
        ("purpose", "conference"),
        ("from", "R8.11.25"),
        ("share_cat", "plan"),
        ("share_cat", "support"),
    ];
    give(&mut sano, &case, &terms(&person, &more)).await;
    // 24 November was without; of 22 November the consent of that time is asked, whatever became of it.
    sat(&mut hase, &matter, "R8.11.24", &[]).await.is(422).see("同意がそろっていませんでした");
    met(&mut hase, &matter, "R8.11.22").await;
    let more: Vec<_> = [("on", "R8.11.24")].into_iter().chain(END).collect();
    decide(&mut hase, &matter, "close", &more).await.is(422);
    let more: Vec<_> = [("on", "R8.11.22")].into_iter().chain(END).collect();
    decided(&mut hase, &matter, "close", &more).await;
});

story!(what_was_decided_in_confidence_is_no_desks_to_take_away, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    present(&mut hase, &matter, "長谷 みどり", "R8.11.21").await;
    let by = decided(&mut hase, &matter, "other", &[("other", "佐野が週に一度訪ねる-MARK-S")]).await;
    hase.get(&matter).await;
    hase.post(&format!("{matter}/say"), &[("words", "わたしの言葉-MARK-OWN"), ("role", "word")])
        .await
        .is(303);
    let page = hase.get(&matter).await;
    let piece =
        |mark: &str| page.body.split("<li class=\"stack\">").find(|li| li.contains(mark)).unwrap().to_owned();
    assert!(piece("MARK-OWN").contains("/recall\""), "what one said oneself can be taken back");
    // It is not corrected anywhere else: the new words would lie before nobody.
    let own = piece("MARK-OWN");
    let text = own.split("href=\"/entries/").nth(1).unwrap().split(['"', '?', '#']).next().unwrap();
    let text = format!("/entries/{text}");
    let page = hase.get(&text).await;
    page.is(200).see("MARK-OWN").not_see("name=\"body\"");
    let version = page
        .body
        .split("name=\"base_version\" value=\"")
        .nth(1)
        .map_or("1", |v| v.split('"').next().unwrap());
    let fields = [("body", "別の言葉-MARK-NEW"), ("base_version", version)];
    hase.post(&text, &fields).await.is(422).see("ここでは直せません");
    let page = hase.get(&matter).await;
    page.see("MARK-OWN").not_see("MARK-NEW");
    let piece =
        |mark: &str| page.body.split("<li class=\"stack\">").find(|li| li.contains(mark)).unwrap().to_owned();
    assert!(!piece("MARK-S").contains("/recall\""), "{}", piece("MARK-S"));
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.look", &m).await;
    let mut act = begun.unwrap();
    let sql = "SELECT id FROM matter_material WHERE municipality_id = $1 AND role = 'minutes'";
    let row = act.facts().unwrap().one(sql, engine::args![m]).await.unwrap();
    let material: words::id::MaterialId = row.get("id").unwrap();
    drop(act);
    for who in [&mut hase, &mut sano] {
        who.get(&matter).await;
        let page = who.post(&format!("{matter}/recall"), &[("material", &material.to_string())]).await;
        assert_ne!(page.status, 303, "{}", page.text());
        who.get(&matter).await.see("MARK-S");
    }
    // A mistake is taken back as a decision.
    hase.get(&format!("/decisions/{by}")).await.see("MARK-S");
    hase.post(&format!("/decisions/{by}/void"), &[]).await.is(303);
});

story!(a_decision_is_about_those_whose_consent_carries_it, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let mother = haru(&mut sano, &case).await;
    let father = also(&mut sano, &case, "青木 正", "parent").await;
    let (suishin, shakyo) = (app.town.desk("suishin").to_string(), app.town.desk("shakyo").to_string());
    let more = [
        ("to_desk", suishin.as_str()),
        ("to_desk", shakyo.as_str()),
        ("purpose", "support"),
        ("purpose", "conference"),
        ("share_cat", "plan"),
        ("share_cat", "support"),
    ];
    give(&mut sano, &case, &terms(&father, &more)).await;
    about(&mut hase, &matter, &[&mother, &father]).await;
    join(app, &mut hase, &matter, ("kinoshita", "shakyo"), "").await;
    sano.get(&format!("/persons/{mother}")).await;
    sano.post(&format!("/persons/{mother}/died"), &[("died", "R8.11.20")]).await.is(303);
    met(&mut hase, &matter, "R8.11.21").await;
    proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    // Nothing is marked: it is about the father, and whoever he agreed to reads it.
    app.sign_in("kinoshita").await.get(&format!("/decisions/{by}")).await.is(200).see("MARK-G");
});

story!(a_follow_up_says_what_is_to_be_done_then, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, inquiry, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    crate::inquiry::step(&mut sano, &inquiry, "withdraw", &[("reason", "not_needed")]).await.is(303);
    let person = haru(&mut sano, &case).await;
    let (suishin, hokubu) = (app.town.desk("suishin").to_string(), app.town.desk("hokubu").to_string());
    let more = [
        ("to_desk", suishin.as_str()),
        ("to_desk", hokubu.as_str()),
        ("purpose", "support"),
        ("purpose", "conference"),
        ("share_cat", "plan"),
        ("share_cat", "support"),
    ];
    give(&mut sano, &case, &terms(&person, &more)).await;
    let matter = go_on(&mut hase, &matter).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(303);
    let last = decided(&mut hase, &matter, "close", &END).await;
    evaluate(&mut sano, &plan, "end", &[("close_by", &last)]).await.is(303);
    let page = sano.get(&format!("/cases/{case}")).await;
    page.is(200).see("三か月後に電話する").not_see("MARK-V");
});

/// The end of a case and something that begins in it, in the same moment: one of them was first, and the other one sees it.
async fn at_once(app: &App, case: &str, begins: &str, fields: &[(&str, &str)]) -> (u16, u16) {
    let (mut one, mut two) = (app.sign_in("sano").await, app.sign_in("sano").await);
    let end = format!("/cases/{case}/end");
    one.get(&end).await.is(200);
    two.get(begins.rsplit_once('/').unwrap().0).await.is(200);
    let (ended, begun) = tokio::join!(one.post(&end, &OVER), two.post(begins, fields));
    let said = (ended.status, begun.status);
    assert!(matches!(said, (303, 422) | (422 | 409, 303)), "{said:?}\n{}\n{}", ended.text(), begun.text());
    said
}

story!(a_case_is_not_ended_over_what_begins_in_the_same_moment, |app| async {
    for name in ["青木 一", "石田 二", "上野 三", "江口 四"] {
        let mut sano = app.sign_in("sano").await;
        let case = crate::referral::case_of(app, &mut sano, name, "家賃が払えない").await;
        let plan = write(&mut sano, &case, &[]).await;
        let (ended, _) = at_once(app, &case, &format!("{plan}/propose"), &SIGNED).await;
        if ended == 303 {
            // What was to be proposed in a case that ended is not: it is reopened first.
            let late: Vec<_> = SIGNED.iter().copied().chain([("base_version", "1")]).collect();
            post(&mut sano, &plan, "propose", &late).await.is(422).see("再開");
        }
    }
    // Decided, and then paused by another decision: what had been decided does not come into force over the end.
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    app.clock.forward_minutes(1);
    decided(&mut hase, &matter, "close", &END).await;
    at_once(app, &case, &format!("{plan}/force"), &[("decision", &by)]).await;
    whole(app).await;
});
