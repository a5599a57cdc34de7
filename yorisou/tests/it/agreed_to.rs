//! Whose consent carries a conference, and what that holds: each of those it is about has agreed, to its secretariat; a decision is about
//! one text, under one item, and rests on what holds when it is used; nothing of multi-agency support ends beside it.

use crate::agreement::{give, terms, withdraw};
use crate::compartment::on_agenda;
use crate::conference::{pledge, raised, whole};
use crate::decision::{END, GOALS, consent, decide, go_on, met, sat, with_consent};
use crate::family::{add, id_of};
use crate::session::{attend, december, step};
use crate::support::{App, Person};
use crate::support_plan::{SIGNED, decided, evaluate, in_force, post, proposed, write};

/// Somebody more in the household of a case; their id.
pub async fn also(who: &mut Person, case: &str, name: &str, kind: &str) -> String {
    let page = who.get(&format!("/cases/{case}")).await;
    let id = page.body.split("href=\"/households/").nth(1).unwrap().split('"').next().unwrap();
    let home = format!("/households/{id}");
    let page = who.get(&home).await;
    let haru = page.body.split("href=\"/persons/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (a, b) = if kind == "child" { (haru.as_str(), "new") } else { ("new", haru.as_str()) };
    let kin = [("kind", "parent"), ("a", a), ("b", b), ("name", name), ("lives_together", "1")];
    assert_eq!(add(who, &home, &kin).await, 303);
    id_of(who, &home, name).await
}

/// Somebody agrees to conferences; their consent.
pub async fn agrees(app: &App, who: &mut Person, case: &str, person: &str) -> String {
    let desk = app.town.desk("suishin").to_string();
    let more = [("to_desk", desk.as_str()), ("purpose", "support"), ("purpose", "conference")];
    let more: Vec<_> = more.into_iter().chain([("share_cat", "plan"), ("share_cat", "support")]).collect();
    give(who, case, &terms(person, &more)).await
}

const WHY: [&str; 5] = ["withdrawn", "expired", "died", "moved", "unheld"];

story!(who_died_or_left_years_ago_ends_nobody_elses_consent, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, _, plan) = in_force(app, &mut sano, &mut hase).await;
    let father = also(&mut sano, &case, "青木 正", "parent").await;
    sano.get(&format!("/persons/{father}")).await;
    sano.post(&format!("/persons/{father}/died"), &[("died", "R2")]).await.is(303);
    let daughter = also(&mut sano, &case, "青木 花", "child").await;
    sano.get(&format!("/persons/{daughter}")).await;
    sano.post(&format!("/persons/{daughter}/left"), &[("left", "R8.11.1")]).await.is(303);
    // The mother agrees: nobody ends it alone, whatever reason is chosen, and nothing offers it.
    sano.get(&format!("{plan}/evaluate"))
        .await
        .is(200)
        .see("「支援終結」の決定が、まだありません")
        .not_see("自分たちの記録だけで決める");
    let alone = format!("/cases/{case}");
    for why in WHY {
        let fields: Vec<_> = END.iter().copied().chain([("ended", why)]).collect();
        decide(&mut sano, &alone, "close", &fields).await.is(422).see("まだ続いています");
    }
    whole(app).await;
});

story!(each_of_those_it_is_about_has_agreed, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, inquiry, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    crate::inquiry::step(&mut sano, &inquiry, "withdraw", &[("reason", "not_needed")]).await.is(303);
    let son = also(&mut sano, &case, "青木 太郎-MARK-SON", "child").await;
    consent(app, &mut sano, &case).await;
    // On the page of the confidential matter's secretariat stand numbers, and no name.
    hase.get(&format!("{matter}/office")).await.see("ある人 1人・ない人 1人").not_see("青木");
    let next = go_on(&mut hase, &matter).await;
    // It goes on about her who agreed. Who the other is, is told to whoever has a reason to know.
    hase.get(&next)
        .await
        .is(200)
        .see("だれの同意による会議か")
        .see("青木 ハル")
        .see("会議のための同意がある")
        .see("この会議では話しあわない")
        .not_see("MARK-SON");
    sano.get(&next).await.is(200).see("MARK-SON");
    let office = format!("{next}/office");
    let page = hase.get(&office).await;
    page.is(200).not_see("MARK-SON");
    let both: Vec<String> = page
        .body
        .split("name=\"person\" value=\"")
        .skip(1)
        .map(|x| x.split('"').next().unwrap().to_owned())
        .collect();
    assert!(both.len() == 2 && both.contains(&son), "{both:?}");
    hase.post(&format!("{next}/about"), &[]).await.is(422).see("一人は選んで");
    met(&mut hase, &next, "R8.11.21").await;
    proposed(&mut sano, &case, &[]).await;
    // The conference is to be about both: the son has not agreed, and nothing is decided about either.
    hase.get(&office).await;
    let all: Vec<(&str, &str)> = both.iter().map(|p| ("person", p.as_str())).collect();
    hase.post(&format!("{next}/about"), &all).await.is(303);
    hase.get(&next)
        .await
        .see("同意のそろっていない人がいます")
        .see("会議のための同意がない")
        .not_see("MARK-SON");
    decide(&mut hase, &next, "establish", &GOALS).await.is(422).see("同意が、いまはそろっていません");
    sat(&mut hase, &next, "R8.11.21", &[]).await.is(422).see("会議のための同意がありません");
    // Nor does a consent to something else, or to somebody else, carry it.
    let shakyo = app.town.desk("shakyo").to_string();
    let more = [("to_desk", shakyo.as_str()), ("purpose", "support"), ("purpose", "conference")];
    give(&mut sano, &case, &terms(&son, &more)).await;
    decide(&mut hase, &next, "establish", &GOALS).await.is(422).see("同意が、いまはそろっていません");
    agrees(app, &mut sano, &case, &son).await;
    hase.get(&next).await.see("この会議は、下の人の同意によります");
    decide(&mut hase, &next, "establish", &GOALS).await.is(303);
    whole(app).await;
});

story!(a_consent_ends_with_its_giver, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    also(&mut sano, &case, "青木 太郎", "child").await;
    met(&mut hase, &matter, "R8.11.21").await;
    proposed(&mut sano, &case, &[]).await;
    let alone = format!("/cases/{case}");
    let died: Vec<_> = END.iter().copied().chain([("ended", "died")]).collect();
    decide(&mut sano, &alone, "close", &died).await.is(422).see("まだ続いています");
    let page = sano.get(&format!("/cases/{case}/consents/new")).await;
    let haru = crate::referral::first_radio(&page.body, "person");
    sano.get(&format!("/persons/{haru}")).await;
    sano.post(&format!("/persons/{haru}/died"), &[("died", "R8.11.20")]).await.is(303);
    // Nobody has withdrawn anything by hand: no new plan is decided on it, and its end is no trap.
    decide(&mut hase, &matter, "establish", &GOALS).await.is(422).see("同意が、いまはそろっていません");
    let moved: Vec<_> = END.iter().copied().chain([("ended", "moved")]).collect();
    decide(&mut sano, &alone, "close", &moved).await.is(422).see("まだ記録されていません");
    decide(&mut sano, &alone, "close", &died).await.is(303);
    whole(app).await;
});

story!(a_decision_puts_into_force_what_lay_before_the_conference, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    // Taken back, written anew, signed anew: another text than the one that was talked over.
    post(&mut sano, &plan, "back", &[]).await.is(303);
    sano.get(&format!("{plan}/edit")).await.is(200);
    let text = [
        ("words", "ちがう言葉-MARK-B"),
        ("direction", "ちがう方向"),
        ("long_1", "ちがう目標"),
        ("goals_cat", "plan"),
        ("act_1_who", "self"),
        ("act_1_what", "ちがうこと"),
    ];
    sano.post(&format!("{plan}/edit"), &text).await.is(303);
    post(&mut sano, &plan, "propose", &SIGNED).await.is(303);
    sano.get(&plan).await.see("案が書きかえられています").not_see("プラン策定（多機関協働）");
    let typed = [("decision", by.as_str()), ("base_version", "5")];
    let page = post(&mut sano, &plan, "force", &typed).await;
    page.is(422).see("プランが書きかえられています");
    // The conference looks at it again.
    let anew = decided(&mut hase, &matter, "establish", &GOALS).await;
    post(&mut sano, &plan, "force", &[("decision", &anew)]).await.is(303);
    whole(app).await;
});

story!(what_a_decision_rests_on_is_asked_when_it_is_used, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, given, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    withdraw(&mut sano, &given).await;
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(422).see("同意が、いまはそろっていません");
    consent(app, &mut sano, &case).await;
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "entered_in_error"), ("sure", "yes")]).await.is(303);
    post(&mut sano, &plan, "force", &[("decision", &by)]).await.is(422).see("誤登録として終わっています");
    // The way out of it: not to be.
    post(&mut sano, &plan, "drop", &[]).await.is(303);
    whole(app).await;
});

story!(what_was_decided_keeps_its_item_and_who_was_there, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    app.clock.set(december(9, 15));
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &[GOALS[0], GOALS[1], ("on", "R8.12.9")]).await;
    // Under an item that is dropped, of a session that was called off, in nobody's presence nothing was decided.
    let over = [("why", "not_yet")];
    step(&mut hase, &session, &item, "drop", &over).await.is(422).see("この議題で決まったことが");
    hase.get(&session).await;
    hase.post(&format!("{session}/cancel"), &[]).await.is(422).see("この議題で決まったことが");
    let page = hase.get(&session).await;
    let provider =
        page.body.split("<tr>").filter(|r| r.contains("name=\"how-") && r.contains("地域共生社会推進室"));
    let how = |r: &str| r.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let rows: Vec<String> = provider.map(how).collect();
    let absent: Vec<(&str, &str)> = rows.iter().map(|r| (r.as_str(), "absent")).collect();
    hase.post(&format!("{session}/attend"), &absent).await.is(422).see("先に決定を取り消してください");
    // The decision is taken back first; then the item is free.
    hase.get(&format!("/decisions/{by}")).await;
    hase.post(&format!("/decisions/{by}/void"), &[]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/attend"), &absent).await.is(303);
    step(&mut hase, &session, &item, "drop", &over).await.is(303);
    whole(app).await;
});

const OVER: [(&str, &str); 5] = [
    ("to", "closed"),
    ("reason", "settled"),
    ("words", "落ち着いた"),
    ("watch", "民生委員"),
    ("ends", "yes"),
];

/// Whether the case can be ended; the page says what keeps it open.
async fn ends(sano: &mut Person, case: &str, kept: &[&str]) {
    let end = format!("/cases/{case}/end");
    let page = sano.get(&end).await;
    for what in kept {
        page.see(what);
    }
    for to in ["closed", "interrupted"] {
        let mut fields = OVER.to_vec();
        fields[0] = ("to", to);
        fields.push(("base_version", "1"));
        sano.post(&end, &fields).await.is(422).see("多機関での支援が続いています");
        sano.get(&end).await;
    }
}

story!(multi_agency_support_ends_by_its_decision_also_before_a_plan_is_in_force, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    met(&mut hase, &matter, "R8.11.21").await;
    ends(&mut sano, &case, &["同意による会議の事案（事務局: 地域共生社会推進室"]).await;
    let plan = proposed(&mut sano, &case, &[]).await;
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    let all = ["会議にはかる案（多機関協働）", "プラン策定の決定（多機関協働）", "同意による会議の事案"];
    ends(&mut sano, &case, &all).await;
    // Each is brought to its own end: dropped, taken back; and the end of what the conference does is decided there.
    post(&mut sano, &plan, "drop", &[]).await.is(303);
    hase.get(&format!("/decisions/{by}")).await;
    hase.post(&format!("/decisions/{by}/void"), &[]).await.is(303);
    ends(&mut sano, &case, &["同意による会議の事案"]).await;
    decided(&mut hase, &matter, "close", &END).await;
    let end = format!("/cases/{case}/end");
    sano.get(&end).await.not_see("多機関での支援が続いています");
    sano.post(&end, &OVER).await.is(303);
    whole(app).await;
});

story!(a_closed_conference_holds_no_case_open, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    ends(&mut sano, &case, &["事務局"]).await;
    hase.get(&format!("{matter}/office")).await;
    hase.post(&format!("{matter}/close"), &[("outcome", "watched"), ("sure", "yes")]).await.is(303);
    let end = format!("/cases/{case}/end");
    sano.get(&end).await;
    sano.post(&end, &OVER).await.is(303);
    whole(app).await;
});

story!(a_conference_with_consent_is_about_an_open_case, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, inquiry, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    crate::inquiry::step(&mut sano, &inquiry, "withdraw", &[("reason", "not_needed")]).await.is(303);
    consent(app, &mut sano, &case).await;
    // The office's page is open in another tab when the case ends.
    let office = format!("{matter}/office");
    hase.get(&office).await.is(200);
    let end = format!("/cases/{case}/end");
    sano.get(&end).await;
    sano.post(&end, &OVER).await.is(303);
    let page = hase.post(&format!("{matter}/move"), &[("position", "integrated")]).await;
    assert_ne!(page.status, 303, "{}", page.text());
    page.see("このケースは終わっています");
    whole(app).await;
});

story!(a_meeting_held_once_is_a_meeting, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    hase.get(&format!("{matter}/decide")).await.see("一回だけの会議を書きとめる");
    // Who was there is said of everybody; a day to come is none.
    let once = format!("{matter}/once");
    sano.get(&once).await.is(404);
    hase.get(&once).await.is(200).not_see("青木");
    let page = sat(&mut hase, &matter, "R8.11.25", &[]).await;
    page.is(422).see("いままでの日時");
    met(&mut hase, &matter, "R8.11.21").await;
    hase.follow().await.is(200).see("そろっている").not_see("議題になった会議がありません");
    let page = hase.get("/sessions").await;
    let session = page.link("重層的支援会議");
    hase.get(&session).await.is(200).see("ケース 2026-00001").see("終わった").see("会場");
    hase.get("/").await.see("会議録");
    sano.get(&session).await.is(200).see("ケース 2026-00001");
    app.sign_in("noguchi").await.get(&session).await.is(404);
    whole(app).await;
});

story!(the_provider_outside_of_the_city_and_a_section_that_came_as_a_desk, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    provider_outside(app).await;
    // Nobody of the municipality was there: not concluded, and not decided.
    let absent = ["北部福祉総合相談室", "バックアップふじさわ社協"];
    sat(&mut hase, &matter, "R8.11.21", &absent).await.is(422).see("市町村の出席");
    met(&mut hase, &matter, "R8.11.21").await;
    proposed(&mut sano, &case, &[]).await;
    decide(&mut hase, &matter, "establish", &GOALS).await.is(303);
    whole(app).await;
});

/// From now on the multi-agency provider is a council of social welfare, and no section of the municipality.
pub async fn provider_outside(app: &App) {
    outside(app, "suishin").await;
}

/// From now on the agency of a desk is a council of social welfare.
pub async fn outside(app: &App, desk: &str) {
    let m = app.town.municipality;
    let begun =
        app.engine.system_act(access::System::Console, m, engine::Origin::Console, "story.outside", &m).await;
    let mut act = begun.unwrap();
    let right = access::Right::system(access::System::Console);
    let council = register::EntityKind::Council;
    let entity =
        register::acts::add_legal_entity(&mut act, &right, &format!("社会福祉協議会 {desk}"), council)
            .await
            .unwrap();
    let sql = "UPDATE agency SET legal_entity_id = $3 WHERE municipality_id = $1 AND id = (SELECT agency_id FROM desk \
               WHERE municipality_id = $1 AND id = $2)";
    let done =
        act.save(&right).unwrap().exec(sql, engine::args![m, app.town.desk(desk), entity]).await.unwrap();
    assert_eq!(done, 1);
    act.commit("").await.unwrap();
}

story!(participation_support_is_decided_by_a_conference, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let list = format!("/cases/{case}/sheets");
    sano.get(&list).await.is(200).see("まだ書けません").see("参加支援のプランと決定をひらく");
    let told = [("on", "R8.11.20"), ("by", "other_meeting")];
    hase.post_exactly(&format!("/cases/{case}/decision"), &told).await.is(404);
    met(&mut hase, &matter, "R8.11.21").await;
    proposed(&mut sano, &case, &[("kind", "participation")]).await;
    let more: Vec<_> = GOALS.iter().copied().chain([("programme", "participation")]).collect();
    decide(&mut hase, &matter, "establish", &more).await.is(303);
    sano.get(&list).await.not_see("まだ書けません");
    sano.get(&format!("/cases/{case}/sheets/participation")).await.is(200);
});

story!(a_plan_that_was_interrupted_is_taken_up_again, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter, plan) = in_force(app, &mut sano, &mut hase).await;
    let pause = [("interrupt", "unreachable"), ("attempts", "三度たずねた")];
    let by = decided(&mut hase, &matter, "interrupt", &pause).await;
    evaluate(&mut sano, &plan, "interrupt", &[("pause_by", &by)]).await.is(303);
    // What was agreed before the pause is where it goes on from.
    sano.get(&format!("/cases/{case}/plans/new?kind=multi_agency"))
        .await
        .is(200)
        .see("次の版を書く")
        .see("MARK-L")
        .see("MARK-A");
    let again = write(&mut sano, &case, &[("change", "連絡がとれるようになった-MARK-C")]).await;
    sano.get(&again).await.see("第2版").see("MARK-C");
    post(&mut sano, &again, "propose", &SIGNED).await.is(303);
    let by = decided(&mut hase, &matter, "establish", &GOALS).await;
    post(&mut sano, &again, "force", &[("decision", &by)]).await.is(303);
    sano.get(&again).await.see("動いている");
    sano.get(&plan).await.see("中断した");
    whole(app).await;
});
