//! Who has to be there, by one rule: what can be decided can be concluded, whatever takes that presence away is asked for its reason and kept,
//! and whoever is kept out of the household counts as gone (R-045, R-149; disclosure rule 14).

use crate::agreed_to::{outside, provider_outside};
use crate::compartment::{how, on_agenda, row};
use crate::conference::{join, pledge, raised, whole};
use crate::decision::{GOALS, with_consent};
use crate::must_sit::obliges;
use crate::session::{at, attend, december, found, id_of, plan, propose, step};
use crate::session_life::member;
use crate::sitting::note_with;
use crate::support::{App, Person};
use crate::support_plan::{decided, post, proposed};

const MARK: &str = "出席の記録が後で訂正された: 確認が要る";
/// The section that has to be there, as the town says, and the one that sits in the matter.
const CALLED: &str = "辻堂東いきいきサポートセンター";
const SITS: &str = "佐野 健";

/// A plan that a conference with consent decided in the presence of the provider, which is no section of the municipality, and of those of the
/// municipality that are not among `away`.
struct Decided {
    sano: Person,
    hase: Person,
    matter: String,
    session: String,
    item: String,
    plan: String,
    by: String,
}

async fn with(app: &App, away: &[&str]) -> Decided {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    provider_outside(app).await;
    obliges(app, "ikiiki").await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let plan = proposed(&mut sano, &case, &[]).await;
    app.clock.set(december(9, 15));
    let (sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let away: Vec<(&str, &str)> = away.iter().map(|who| (*who, "absent")).collect();
    attend(&mut hase, &session, "room", &away).await;
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    hase.get(&format!("{matter}/decide")).await.see("そろっている");
    let goals: Vec<_> = GOALS.iter().copied().chain([("on", "R8.12.9")]).collect();
    let by = decided(&mut hase, &matter, "establish", &goals).await;
    Decided { sano, hase, matter, session, item, plan, by }
}

async fn noted(d: &mut Decided, who: &str, why: &str) -> u16 {
    note_with(&mut d.hase, &d.session, (who, "absent"), &[("corrected", why)]).await.status
}

story!(whichever_section_was_there_is_not_taken_from_a_decision_in_silence, |app| async {
    let mut d = with(app, &[CALLED]).await;
    // What can be decided can be concluded.
    step(&mut d.hase, &d.session, &d.item, "conclude", &[]).await.is(303);
    // In the room as well.
    let room = format!("{}/room", d.session);
    let page = d.hase.get(&room).await;
    let label = page.body.split("<label for=\"").find(|x| x.contains(SITS) && x.starts_with("how-")).unwrap();
    let field = label.split('"').next().unwrap().to_owned();
    let said = [(field.as_str(), "absent")];
    d.hase.post(&format!("{room}/step/attend"), &said).await.is(422).see("直すわけ");
    let page = note_with(&mut d.hase, &d.session, (SITS, "absent"), &[]).await;
    let now = d.hase.get(&d.session).await;
    assert_eq!(page.status, 422, "{}\n{}", page.text(), now.text());
    assert_eq!(noted(&mut d, SITS, "not_there").await, 303);
    d.hase.get(&d.session).await.see("あとで直した出席").see("佐野 健: 会場→欠席");
    let by = format!("/decisions/{}", d.by);
    d.hase.get(&by).await.see(MARK).see("佐野 健: 会場→欠席");
    d.hase.get(&format!("{}/decide", d.matter)).await.not_see("そろっている");
    post(&mut d.sano, &d.plan, "force", &[("decision", &d.by)]).await.is(422).see("確かめてから使って");
    whole(app).await;
});

story!(a_decision_that_was_confirmed_waits_again_when_the_last_section_goes, |app| async {
    let mut d = with(app, &[]).await;
    let by = format!("/decisions/{}", d.by);
    // Another section of the municipality was there: nothing is lost yet.
    assert_eq!(noted(&mut d, CALLED, "").await, 303);
    d.hase.get(&by).await.not_see(MARK);
    d.hase.get(&format!("{}/decide", d.matter)).await.see("そろっている");
    assert_eq!(noted(&mut d, SITS, "").await, 422);
    assert_eq!(noted(&mut d, SITS, "not_there").await, 303);
    d.hase.get(&by).await.see(MARK).see("市町村");
    d.hase.post(&format!("{by}/confirm"), &[("answer", "heard")]).await.is(303);
    d.hase.get(&by).await.not_see(MARK);
    // Now the provider as well: what was said of the municipality says nothing of it.
    assert_eq!(noted(&mut d, "長谷 みどり", "").await, 422);
    assert_eq!(noted(&mut d, "長谷 みどり", "told_wrong").await, 303);
    d.hase.get(&by).await.see(MARK);
    whole(app).await;
});

story!(whoever_is_kept_out_counts_as_gone, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = raised(app, &mut sano, &mut hase).await;
    pledge(&mut sano, &matter).await;
    pledge(&mut hase, &matter).await;
    provider_outside(app).await;
    let lead = app.town.desk("suishin").to_string();
    let (_, session, item) =
        on_agenda(app, &mut hase, &matter, "support_conference", &[("initiator", &lead)]).await;
    hase.get(&session).await.not_see("構成員がいません");
    app.keep_out(&case, "sano").await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    // It is said, at the office of the matter and in the room, and who is missing.
    let office = format!("{matter}/office");
    hase.get(&office).await.see("この世帯の支援から外れている").see("まだ構成員がいないところ");
    let page = hase.get(&session).await;
    page.see("構成員がいません");
    let seat = row(&page, SITS);
    assert!(seat.contains("支援から外れている") && !seat.contains("value=\"room\""), "{seat}");
    hase.get(&format!("{session}/room")).await.see("この世帯の支援から外れている");
    step(&mut hase, &session, &item, "begin", &[]).await.is(303);
    // Not by a form that no page offered either.
    let field = format!("how-{}", how(&hase.get(&session).await, SITS));
    let to = format!("{session}/attend");
    hase.post(&to, &[(field.as_str(), "room")]).await.is(422).see("支援から外れている人");
    let page = hase.get(&office).await;
    let places = page.body.split("<div class=\"stack\" id=\"member-").skip(1);
    let place = places.into_iter().find(|x| x.contains(SITS)).unwrap();
    let there =
        [("member", place.split('"').next().unwrap()), ("on", "R8.12.9"), ("way", "room"), ("told_by", "")];
    hase.post(&format!("{matter}/present"), &there).await.is(422).see("支援から外れている人");
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(422).see("構成員として誓約していません");
    hase.get(&format!("/sessions/items/{}/homework", id_of(&item))).await.is(200).not_see(SITS);
    // With an item that has no end the session does not end: what is wrong is not called by the name of something else.
    hase.get(&format!("{session}/room")).await;
    let page = hase.post(&format!("{session}/room/step/hold"), &[]).await;
    page.is(422).see("終わりのついていない議題").not_see("宿題を出す: ");
    // Somebody else takes the place.
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    pledge(&mut app.sign_in("noguchi").await, &matter).await;
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut hase, &session, &item, "conclude", &[]).await.is(303);
    whole(app).await;
});

story!(the_municipality_is_the_section_the_matter_or_its_consent_names, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    for desk in ["suishin", "hokubu"] {
        outside(app, desk).await;
    }
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let (_, session, _) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let page = hase.get(&session).await;
    let sections = page.body.split("id=\"sections\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(sections.contains(CALLED) && !sections.contains("バックアップふじさわ社協"), "{sections}");
    whole(app).await;
});

story!(nobody_is_asked_twice_for_one_session, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    join(app, &mut hase, &matter, ("noguchi", "ikiiki"), "").await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    member(app, &mut hase, &body, ("noguchi", "ikiiki")).await;
    let session = plan(&mut hase, &body, "第5回 重層的支援会議", "R8.12.9", &[]).await;
    let from = format!("matter={}", id_of(&matter));
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    let place = format!("/sessions/items/{}/place", id_of(&item));
    hase.get(&item).await;
    hase.post(&place, &[("meeting", id_of(&session))]).await.is(303);
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    let asked = "会議の招集に答える";
    let mut noguchi = app.sign_in("noguchi").await;
    let once = noguchi.get("/").await.text().matches(asked).count();
    // The item leaves, and they are a fixed member still: they are asked for that.
    step(&mut hase, &session, &item, "carry", &[]).await.is(303);
    assert_eq!(noguchi.get("/").await.text().matches(asked).count(), once);
    let page = noguchi.get("/sessions").await;
    let invitation = page.link("第5回");
    noguchi.get(&invitation).await;
    noguchi.post(&invitation, &[("reply", "attends")]).await.is(303);
    noguchi.get("/").await.not_see(asked);
    // What comes before it later is no new question.
    let item = at(&propose(&mut hase, &from, (&body, "integrated"), &[]).await);
    hase.get(&item).await;
    hase.post(&format!("/sessions/items/{}/place", id_of(&item)), &[("meeting", id_of(&session))])
        .await
        .is(303);
    noguchi.get("/").await.not_see(asked);
    assert!(!row(&hase.get(&session).await, "野口 あや").contains("返事なし"));
    whole(app).await;
});

story!(a_matter_with_consent_is_raised_by_somebody_for_a_reason, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (_, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let body = found(app, &mut hase, "重層的支援会議", &["integrated"], "").await;
    let (id, meeting) = (id_of(&matter).to_owned(), format!("{}:integrated", id_of(&body)));
    let path = format!("/sessions/propose?matter={id}");
    let bare = [("matter", id.as_str()), ("meeting", meeting.as_str()), ("priority", "normal")];
    hase.get(&path).await.is(200);
    hase.post("/sessions/propose", &bare).await.is(422).see("会議に上げるわけを一つは選び");
    let item = at(&propose(&mut hase, &format!("matter={id}"), (&body, "integrated"), &[]).await);
    hase.get(&item).await.is(200);
    // What comes before it later is the course of the matter.
    hase.get(&path).await.is(200);
    hase.post("/sessions/propose", &bare).await.is(303);
    whole(app).await;
});
