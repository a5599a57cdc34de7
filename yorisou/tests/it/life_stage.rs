//! What lies ahead of people: made in time, once, and taken back when it is not so any more.

use crate::casefile::first;
use crate::referral::{case_of, send};
use crate::support::{App, Page, Person};

async fn round(app: &App) -> usize {
    life_stage::watch(&app.engine, app.town.municipality).await.unwrap()
}

/// Gives the first person of a case a birth.
async fn born(who: &mut Person, case: &str, name: &str, birth: &str) -> String {
    let household = first(&who.get(&format!("/cases/{case}")).await, "households");
    let person = first(&who.get(&household).await, "persons");
    who.get(&person).await.is(200);
    who.post(&person, &[("name", name), ("birth", birth)]).await.is(303);
    person
}

/// The stage that stands among the work of today.
async fn stage(who: &mut Person) -> String {
    let page = who.get("/").await;
    page.see("節目の準備をする");
    first(&page, "stages")
}

fn shows_nobody(page: &Page) {
    page.not_see("青木").not_see("MARK");
}

story!(the_task_comes_in_time_once_and_leads_to_a_referral, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "進路のこと-MARK").await;
    assert_eq!(round(app).await, 0, "nobody's birth is known");
    let person = born(&mut kinoshita, &case, "青木 ハル", "2009-10-10").await;
    assert_eq!(round(app).await, 1, "11 months before the 18th birthday");
    assert_eq!(round(app).await, 0, "once");
    kinoshita
        .get("/stages")
        .await
        .is(200)
        .see("18歳になる")
        .see("2027年10月")
        .see("青木 ハル")
        .see("準備をはじめる");
    kinoshita.get("/stages?stage=school").await.not_see("青木 ハル");
    let at = stage(&mut kinoshita).await;
    let page = kinoshita.get(&at).await;
    page.is(200).see("青木 ハル").see("次の主担当を決める").see("同意の見直しは").see("見られる理由");
    // Not another desk's, by no page.
    let mut sano = app.sign_in("sano").await;
    sano.get(&at).await.is(404);
    sano.get("/stages").await.is(200).not_see("青木");
    sano.post(&format!("{at}/done"), &[]).await.is(404);
    // Prepared, and straight on to the referral about this person.
    kinoshita.get(&at).await;
    let page = kinoshita.post(&format!("{at}/done"), &[("then", "refer")]).await;
    page.is(303);
    assert!(
        page.location().starts_with(&format!("/cases/{case}/refer?kind=join&person=")),
        "{}",
        page.location()
    );
    kinoshita.follow().await.is(200).see("青木 ハル");
    assert_eq!(round(app).await, 0, "done is done");
    kinoshita.get("/stages").await.see("準備した");
    assert!(person.starts_with("/persons/"));
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(a_part_of_the_date_gives_the_earliest_day_and_a_right_one_makes_it_anew, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "介護のこと").await;
    let person = born(&mut kinoshita, &case, "青木 ハル", "1962").await;
    assert_eq!(round(app).await, 1);
    let at = stage(&mut kinoshita).await;
    kinoshita.get(&at).await.see("65歳になる").see("令和8年12月31日").see("いちばん早い日で数えています");
    kinoshita.get("/stages").await.see("早ければ");
    // The right date lies later than anybody prepares for: the task goes, and comes when it is time.
    kinoshita.get(&person).await;
    kinoshita.post(&person, &[("name", "青木 ハル"), ("birth", "1962-11-30")]).await.is(303);
    assert!(round(app).await > 0);
    kinoshita.get("/").await.not_see("節目の準備をする");
    kinoshita.get(&at).await.is(404);
    app.clock.forward_minutes(60 * 24 * 200);
    assert_eq!(round(app).await, 1);
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/").await.see("節目の準備をする");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(sixty_five_is_the_day_before_the_birthday_and_a_day_counted_late_is_put_right, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "介護のこと").await;
    let person = born(&mut kinoshita, &case, "青木 ハル", "1962-04-02").await;
    assert_eq!(round(app).await, 1);
    let at = stage(&mut kinoshita).await;
    kinoshita.get(&at).await.see("65歳になる").see("令和9年4月1日").see("誕生日の前の日にこの年になります");
    // A day earlier: the same task, with its day put right. As what was stored when the birthday itself was counted.
    kinoshita.get(&person).await;
    kinoshita.post(&person, &[("name", "青木 ハル"), ("birth", "1962-04-01")]).await.is(303);
    assert_eq!(round(app).await, 1);
    assert_eq!(round(app).await, 0);
    kinoshita.get(&at).await.is(200).see("令和9年3月31日").see("準備をはじめる");
    kinoshita.get("/stages").await.see("2027年3月").see("誕生日の前の日").not_see("2027年4月");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(who_died_or_left_and_a_case_that_ended_have_nothing_ahead, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "介護のこと").await;
    let person = born(&mut kinoshita, &case, "青木 ハル", "1962-02-01").await;
    assert_eq!(round(app).await, 1);
    // Dead: taken back; a death that was wrong: made again.
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died"), &[("died", "R8.11.20")]).await.is(303);
    assert_eq!(round(app).await, 1);
    kinoshita.get("/").await.not_see("節目の準備をする");
    assert_eq!(round(app).await, 0);
    kinoshita.get(&person).await;
    kinoshita.post(&format!("{person}/died/undo"), &[("undo_died", "misheard")]).await.is(303);
    assert_eq!(round(app).await, 1);
    kinoshita.get("/").await.see("節目の準備をする");
    // The case ends: nothing is left open; reopened, it comes again.
    kinoshita.get(&format!("/cases/{case}/end")).await;
    let end = [
        ("to", "closed"),
        ("reason", "settled"),
        ("words", "落ち着いた"),
        ("watch", "民生委員"),
        ("ends", "yes"),
    ];
    kinoshita.post(&format!("/cases/{case}/end"), &end).await.is(303);
    kinoshita.get("/").await.not_see("節目の準備をする");
    round(app).await;
    assert_eq!(round(app).await, 0);
    kinoshita.get(&format!("/cases/{case}/end")).await;
    let again = [("promise", "たずねる"), ("due", "R8.11.30")];
    kinoshita.post(&format!("/cases/{case}/reopen"), &again).await.is(303);
    assert_eq!(round(app).await, 1);
    kinoshita.get("/").await.see("節目の準備をする");
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(the_work_moves_with_the_case_and_says_no_more_than_a_basis_allows, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "進路のこと-MARK").await;
    born(&mut kinoshita, &case, "青木 ハル", "1962-02-01").await;
    assert_eq!(round(app).await, 1);
    let at = stage(&mut kinoshita).await;
    // Handed over without any basis to know who it is.
    let to = app.town.desk("hokubu").to_string();
    let referral = send(&mut kinoshita, &case, &to, &[("basis", "preview")]).await;
    let mut sano = app.sign_in("sano").await;
    sano.get(&at).await.is(404);
    sano.get(&referral).await;
    sano.post(&format!("{referral}/accept"), &[("promise", "R8.12.1")]).await.is(303);
    assert_eq!(round(app).await, 1, "the task follows who answers for the case");
    let page = sano.get(&at).await;
    page.is(200).see("見てよい理由のある人にだけ").see("2026-00001");
    shows_nobody(&page);
    page.not_see("65歳");
    shows_nobody(&sano.get("/stages").await);
    shows_nobody(&sano.get("/").await);
    sano.get(&at).await;
    sano.post(&format!("{at}/done"), &[]).await.is(303);
    assert_eq!(round(app).await, 0);
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
});

story!(what_no_birthday_says_is_written_down_and_stays_with_its_desk, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "見守り-MARK").await;
    let new = format!("/stages/new?case={case}");
    kinoshita.get(&format!("/cases/{case}")).await.see("節目を書く");
    let page = kinoshita.get(&new).await;
    page.is(200).see("要対協の見守りが終わる");
    let person = crate::referral::first_radio(&page.body, "person");
    let fields = |on: &'static str| {
        [("case", case.as_str()), ("person", person.as_str()), ("stage", "protection_ends"), ("on", on)]
    };
    kinoshita.post("/stages/new", &fields("R8.1.1")).await.is(422).see("もう過ぎた日");
    kinoshita.get(&new).await;
    kinoshita.post("/stages/new", &fields("R9.3.31")).await.goes_to("/stages?done=stage_written");
    kinoshita.get(&new).await;
    kinoshita.post("/stages/new", &fields("R9.3.31")).await.is(422).see("もう書いてあります");
    kinoshita.get("/stages").await.see("要対協の見守りが終わる").see("これから");
    assert_eq!(round(app).await, 0, "four months before");
    let mut sano = app.sign_in("sano").await;
    sano.get(&new).await.is(404);
    sano.post("/stages/new", &fields("R9.3.31")).await.is(404);
    app.clock.forward_minutes(60 * 24 * 80);
    assert_eq!(round(app).await, 1);
    assert_eq!(round(app).await, 0);
    let mut oda = app.sign_in("oda").await;
    let at = stage(&mut oda).await;
    oda.get(&at).await.see("要対協の見守りが終わる").see("だれが見守るか");
    // Somebody kept out of it finds nothing.
    let mut imai = app.sign_in("imai").await;
    let user = app.town.user("oda").to_string();
    imai.get(&format!("/cases/{case}/consents")).await;
    imai.post(&format!("/cases/{case}/exclusions"), &[("user", &user), ("reason", "relative")]).await.is(303);
    oda.get(&at).await.is(404);
    oda.get("/stages").await.is(200).not_see("青木").not_see("要対協の見守りが終わる 令和");
});

story!(a_municipality_says_how_long_before, |app| async {
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case_of(app, &mut kinoshita, "青木 ハル", "進路のこと").await;
    born(&mut kinoshita, &case, "青木 ハル", "2009-10-10").await;
    let mut kanri = app.sign_in("kanri").await;
    let page = kanri.get("/admin/stages").await;
    page.is(200).see("はじめの決まり: 12");
    let form = page.form("/admin/stages");
    let mut fields: Vec<(String, String)> = form.hidden.clone();
    for key in page.body.split("class=\"field\"><label for=\"").skip(1).map(|r| r.split('"').next().unwrap())
    {
        fields.push((key.to_owned(), "0".to_owned()));
    }
    let wrong: Vec<(&str, &str)> =
        fields.iter().map(|(n, v)| (n.as_str(), if v == "0" { "99" } else { v.as_str() })).collect();
    kanri.post_exactly("/admin/stages", &wrong).await.is(422).see("0から36");
    let right: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    kanri.post_exactly("/admin/stages", &right).await.goes_to("/admin/stages?done=stages_set");
    assert_eq!(round(app).await, 0, "switched off");
    // Written against numbers that are not so any more.
    kanri.post("/admin/stages", &right[..right.len()]).await;
    kinoshita.get("/admin/stages").await.is(404);
});
