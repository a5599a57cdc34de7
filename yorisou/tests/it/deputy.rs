//! 代わりの進行役: where everybody at the secretariat is kept out of a household, somebody is named who runs its matter, by whoever
//! administers the town or chairs the body, who learn nothing of it (disclosure rules 13 and 14; R-045).

use crate::compartment::on_agenda;
use crate::conference::{pledge, whole};
use crate::decision::with_consent;
use crate::minutes::begun;
use crate::session::{attend, december, id_of, step};
use crate::session_life::night;
use crate::support::{App, Page, Person};
use crate::support_plan::decided;

const TASK: &str = "事務局の代わりに、会議の事案を進める";
const ASKED: &str = "会議を代わりに進める人を決める";

/// Names somebody of a desk on the page of deputies; the answer.
async fn name(app: &App, by: &mut Person, matter: &str, (who, desk): (&str, &str)) -> Page {
    let at = app.town.desk(desk).to_string();
    by.get(&format!("/deputies?matter={}&desk={at}", id_of(matter))).await.is(200);
    let appointment = app.town.appointment(who, desk).to_string();
    let fields = [("matter", id_of(matter)), ("desk", at.as_str()), ("appointment", appointment.as_str())];
    by.post("/deputies", &fields).await
}

async fn named(app: &App, by: &mut Person, matter: &str, who: (&str, &str)) {
    name(app, by, matter, who).await.goes_to("/deputies?done=matter_deputy");
}

/// Lets somebody in again.
async fn let_in(app: &App, login: &str) {
    let (m, system) = (app.town.municipality, access::System::Console);
    let origin = engine::Origin::Console;
    let mut act = app.engine.system_act(system, m, origin, "story.let_in", &login).await.unwrap();
    let (now, user) = (act.now(), app.town.user(login));
    let sql = "UPDATE exclusion SET until = $3 WHERE municipality_id = $1 AND user_id = $2";
    let right = access::Right::system(system);
    act.save(&right).unwrap().exec(sql, engine::args![m, user, now]).await.unwrap();
    act.commit("").await.unwrap();
}

fn offers(page: &Page, step: &str) -> bool {
    page.forms().iter().any(|f| f.action.ends_with(&format!("/{step}")))
}

story!(a_deputy_runs_what_its_secretariat_is_kept_out_of, |app| async {
    let (mut sano, mut hase, mut kanri) =
        (app.sign_in("sano").await, app.sign_in("hase").await, app.sign_in("kanri").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    let (_, session, item) = on_agenda(app, &mut hase, &matter, "integrated", &[]).await;
    let office = format!("{matter}/office");
    // As long as somebody at the secretariat can run it nobody is named.
    kanri.get("/").await.not_see("進められる人のいない会議");
    kanri.get("/deputies").await.is(200).see("いまは、ありません");
    name(app, &mut kanri, &matter, ("oda", "shakyo")).await.see("事務局に、この会議を進められる人がいます");
    app.keep_out(&case, "hase").await;
    app.clock.set(december(9, 15));
    let mut hase = app.sign_in("hase").await;
    assert!(!offers(&hase.get(&session).await, "begin"), "nothing is offered that is refused");
    step(&mut hase, &session, &item, "begin", &[]).await.is(404);
    hase.get(&office).await.is(404);

    // The administrator sees the kind of conference, its secretariat and its day.
    let (mut kanri, mut oda) = (app.sign_in("kanri").await, app.sign_in("oda").await);
    let mut sano = app.sign_in("sano").await;
    kanri.get("/").await.see("進められる人のいない会議が1件");
    kanri
        .get("/deputies")
        .await
        .see("重層的支援会議")
        .see("地域共生社会推進室")
        .see("進められる人がいません");
    let page = kanri.get(&format!("/deputies?matter={}", id_of(&matter))).await;
    page.not_see("青木").not_see("MARK").not_see("R8-").not_see("家賃");
    kanri.get(&office).await.is(404);
    let suishin = app.town.desk("suishin_soudan");
    kanri.get(&format!("/deputies?matter={}&desk={suishin}", id_of(&matter))).await.not_see("長谷");
    name(app, &mut kanri, &matter, ("hase", "suishin_soudan")).await.is(422).see("いまその窓口にいません");
    oda.get(&office).await.is(404);
    oda.get(&session).await.is(404);
    named(app, &mut kanri, &matter, ("oda", "shakyo")).await;
    kanri.get("/").await.not_see("進められる人のいない会議");
    kanri.get("/deputies").await.see("小田 りかが進めています");

    // The way in.
    oda.get("/").await.see(TASK);
    oda.get("/matters").await.see("重層的支援会議");
    oda.get("/sessions").await.see("第5回 重層的支援会議");
    oda.get(&office).await.is(200).see("代わりの進行役").see("小田 りか").see("管 りえ");
    assert!(offers(&oda.get(&session).await, "begin"));
    // Whoever is kept out is called to it no more: their desk is asked for somebody else.
    hase.get(&session).await;
    hase.post(&format!("{session}/invite"), &[]).await.is(303);
    attend(&mut hase, &session, "room", &[]).await;
    step(&mut oda, &session, &item, "begin", &[]).await.is(303);
    // The room holds the item they run, and nothing else of the session.
    let room = format!("{session}/room");
    hase.get(&room).await.is(200);
    let page = oda.get(&room).await;
    page.is(200).see("事務局の代わりに進める議題だけ");
    assert!(!offers(&page, "step/hold") && offers(&page, "step/attend"), "{}", page.text());
    for place in ["opening", "closing"] {
        assert!(!page.body.contains(&format!("id=\"note-{place}\"")), "{}", page.text());
        let said = [("place", place), ("text", "MARK-O"), ("base_version", "0")];
        oda.post(&format!("{room}/note"), &said).await.is(404);
    }
    oda.get(&room).await;
    oda.post(&format!("{room}/step/hold"), &[]).await.is(404);
    let seat =
        oda.get(&room).await.body.split("name=\"how-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    oda.post(&format!("{room}/step/attend"), &[(format!("how-{seat}").as_str(), "room")]).await.is(303);
    let note = oda.get(&room).await.form(&format!("{room}/note"));
    let version = note.value("base_version");
    let said = [("place", id_of(&item)), ("text", "家賃の話をした"), ("base_version", version.as_str())];
    oda.post(&format!("{room}/note"), &said).await.is(303);
    oda.get(&room).await.see("家賃の話をした");
    hase.get(&room).await.is(200).not_see("家賃の話をした");
    let edit = format!("{session}/minutes/edit?place={}", id_of(&item));
    oda.get(&edit).await.is(200).not_see("構成員が書きます");
    hase.get(&edit).await.is(404);
    // What is decided meanwhile is written down by whoever runs it, though they coordinate nothing.
    let said = [("other", "見守りを続ける"), ("on", "R8.12.9")];
    let by = decided(&mut oda, &matter, "other", &said).await;
    oda.get(&format!("/decisions/{by}")).await.is(200);
    hase.get(&format!("{matter}/decide")).await.is(404);
    sano.get(&format!("{matter}/decide")).await.is(404);
    step(&mut oda, &session, &item, "conclude", &[]).await.is(303);
    // A colleague of the deputy is nobody there.
    app.sign_in("kinoshita").await.get(&office).await.is(404);

    // The way out: the deputy is kept out as well, and another takes their place; they leave, and nobody runs it.
    app.keep_out(&case, "oda").await;
    let mut oda = app.sign_in("oda").await;
    oda.get(&office).await.is(404);
    oda.get("/").await.not_see(TASK);
    kanri.get("/").await.see("進められる人のいない会議が1件");
    named(app, &mut kanri, &matter, ("noguchi", "ikiiki")).await;
    app.sign_in("noguchi").await.get(&office).await.is(200);
    let last = december(9, 15).day();
    app.town.transfer(&app.engine, "noguchi", "ikiiki", "jidokan", last).await;
    app.clock.set(december(10, 9));
    app.sign_in("noguchi").await.get(&office).await.is(404);
    let mut kanri = app.sign_in("kanri").await;
    kanri.get("/").await.see("進められる人のいない会議が1件");
    named(app, &mut kanri, &matter, ("imai", "shakyo")).await;
    // The exclusion ends: the secretariat runs it again, and ends the deputyship.
    let_in(app, "hase").await;
    let (mut hase, mut imai) = (app.sign_in("hase").await, app.sign_in("imai").await);
    kanri.get("/deputies").await.see("いまは、ありません");
    imai.get(&office).await.is(200);
    hase.get(&office).await.is(200).see("代わりの進行役を決めた");
    hase.post(&format!("{matter}/deputy-end"), &[]).await.is(303);
    hase.get(&office).await.see("代わりの進行役を終えた");
    imai.get(&office).await.is(404);
    imai.get("/").await.not_see(TASK);
    whole(app).await;
});

story!(a_chair_names_a_deputy_and_the_deputy_pledges_first, |app| async {
    let h = begun(app, &[]).await;
    app.keep_out(&h.case, "hase").await;
    let (mut kinoshita, mut noguchi) = (app.sign_in("kinoshita").await, app.sign_in("noguchi").await);
    // Whoever chairs no body it stands before hears nothing of it.
    noguchi.get("/deputies").await.is(200).see("いまは、ありません");
    name(app, &mut noguchi, &h.matter, ("oda", "shakyo")).await.is(404);
    kinoshita.get(&h.session).await.see("代わりに進める人を決めてください");
    // They are asked for it, once, by a task that says nothing else; nobody else is.
    kinoshita.get("/").await.not_see(ASKED);
    night(app).await;
    let once = kinoshita.get("/").await.text().matches(ASKED).count();
    night(app).await;
    let page = kinoshita.get("/").await;
    page.see(ASKED).not_see("青木").not_see("MARK");
    assert_eq!(page.text().matches(ASKED).count(), once, "{}", page.text());
    let task = page.link(ASKED);
    kinoshita.get(&task).await.is(200).see(ASKED).not_see("青木").not_see("R8-").not_see("支援会議");
    noguchi.get("/").await.not_see(ASKED);
    app.sign_in("hase").await.get("/?all=1").await.not_see(ASKED);
    kinoshita.get("/deputies").await.see("支援会議").not_see("青木").not_see("MARK");
    named(app, &mut kinoshita, &h.matter, ("oda", "shakyo")).await;
    kinoshita.get(&h.session).await.not_see("代わりに進める人を決めてください");
    kinoshita.get("/").await.not_see(ASKED);
    night(app).await;
    kinoshita.get("/").await.not_see(ASKED);
    kinoshita.get(&h.matter).await.is(404);
    let mut oda = app.sign_in("oda").await;
    let page = oda.get(&format!("{}/office", h.matter)).await;
    page.is(200).see("佐野 健").not_see("MARK").not_see("青木");
    // To read what lies there they become a member, and pledge.
    let desk = app.town.desk("shakyo").to_string();
    let appointment = app.town.appointment("oda", "shakyo").to_string();
    oda.get(&format!("{}/office?desk={desk}", h.matter)).await.is(200);
    let fields = [("desk", desk.as_str()), ("appointment", appointment.as_str()), ("instead", "")];
    oda.post(&format!("{}/join", h.matter), &fields).await.is(303);
    pledge(&mut oda, &h.matter).await;
    oda.get(&h.matter).await.is(200).see("MARK");
    // What else is on the agenda is not theirs to run.
    oda.get(&format!("{}/room", h.session)).await.is(200).not_see("移動の足の確保");
    let other = format!("{}/room/items/{}/begin", h.session, id_of(&h.general));
    oda.post(&other, &[]).await.is(404);
    // With the matter ends the deputyship.
    oda.get(&format!("{}/office", h.matter)).await;
    app.clock.set(december(9, 15));
    let mut oda = app.sign_in("oda").await;
    step(&mut oda, &h.session, &h.item, "drop", &[("why", "settled")]).await.is(303);
    oda.get(&format!("{}/office", h.matter)).await;
    let page = oda.post(&format!("{}/close", h.matter), &[("outcome", "watched"), ("sure", "yes")]).await;
    page.goes_to(&format!("{}?done=matter_closed", h.matter));
    oda.follow().await.is(200).not_see("見つかりません");
    oda.get(&format!("{}/office", h.matter)).await.is(404);
    oda.get("/").await.not_see(TASK);
    whole(app).await;
});

story!(whoever_gives_a_deputyship_back_lands_where_they_may_be, |app| async {
    let (mut sano, mut hase) = (app.sign_in("sano").await, app.sign_in("hase").await);
    let (case, _, matter) = with_consent(app, &mut sano, &mut hase).await;
    app.keep_out(&case, "hase").await;
    named(app, &mut app.sign_in("kanri").await, &matter, ("oda", "shakyo")).await;
    let mut oda = app.sign_in("oda").await;
    let office = format!("{matter}/office");
    oda.get(&office).await.is(200);
    oda.post(&format!("{matter}/deputy-end"), &[]).await.goes_to("/matters?done=matter_deputy_ended");
    oda.follow().await.is(200).see("代わりの進行役を終わりにしました").not_see("見つかりません");
    oda.get(&office).await.is(404);
    whole(app).await;
});
