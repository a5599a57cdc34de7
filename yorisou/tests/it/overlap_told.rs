//! That two agencies hold one household is told to the coordinators of one desk, and to nobody else who sits there: not in a list, not in a
//! count, not by an address, and nobody else is put in charge of it (disclosure rules 2, 13).

use access::{Right, Role, System};
use engine::{Origin, args};
use words::Day;

use crate::capacity::born;
use crate::referral::case_of;
use crate::support::{App, Person};

const TASK: &str = "二つの機関にかかわる世帯";

async fn look(app: &App) -> usize {
    let mut told = 0;
    for _ in 0..3 {
        told += overlap::look_for(&app.engine, app.town.municipality).await.unwrap();
    }
    told
}

/// One household at 北部福祉総合相談室 and at バックアップふじさわ社協.
async fn two(app: &App) {
    let (mut sano, mut kinoshita) = (app.sign_in("sano").await, app.sign_in("kinoshita").await);
    let first = case_of(app, &mut sano, "青木 ハル", "家賃が払えない").await;
    let second = case_of(app, &mut kinoshita, "青木 ハル", "眠れない").await;
    born(&mut sano, &first).await;
    born(&mut kinoshita, &second).await;
}

async fn seat(app: &App, login: &str, desk: &str, role: Role) {
    app.town.appoint(&app.engine, login, desk, role, Day::new(2026, 4, 1).unwrap()).await;
}

/// Neither their work nor what they watch, nor the task's own page, has anything of it; and no form changes it.
async fn nothing(who: &mut Person, task: &str, to: &str) {
    for page in ["/", "/?all=1", "/?pages=9", "/calendar", "/calendar?view=week"] {
        who.get(page).await.is(200).not_see(TASK);
    }
    if who.get("/nobody").await.status == 200 {
        who.get("/nobody").await.not_see(TASK);
    }
    who.get(task).await.is(404);
    who.get("/").await;
    who.post(&format!("{task}/assign"), &[("assignee", to)]).await.is(404);
    let later = [("due", "R8.12.20"), ("reason", "worker")];
    who.post(&format!("{task}/postpone"), &later).await.is(404);
    who.post(&format!("{task}/done"), &[]).await.is(404);
    let pick = format!("{}.1", task.trim_start_matches("/tasks/"));
    let all = [("pick", pick.as_str()), ("do", "assign"), ("assignee", to), ("back", "/")];
    who.post("/tasks/bulk", &all).await.is(422).not_see(TASK);
}

async fn places(app: &App) -> Vec<String> {
    let (m, system) = (app.town.municipality, System::Console);
    let mut act = app.engine.system_act(system, m, Origin::Console, "story.places", &1).await.unwrap();
    let sql = "SELECT t.desk_id FROM task t JOIN overlap_notice n ON n.municipality_id = t.municipality_id \
               AND n.id = t.thing_id AND n.coordinator_desk_id = t.desk_id WHERE t.municipality_id = $1 \
               AND t.state = 'open'";
    let rows = act.facts().unwrap().all(sql, args![m]).await.unwrap();
    rows.iter().map(|r| r.get::<words::id::DeskId>("desk_id").unwrap().to_string()).collect()
}

story!(colleagues_of_the_coordinator_are_told_nothing_of_two_agencies, |app| async {
    seat(app, "noguchi", "suishin", Role::Caseworker).await;
    seat(app, "mieda", "suishin", Role::AgencyLead).await;
    seat(app, "oda", "suishin", Role::Caseworker).await;
    seat(app, "kinoshita", "suishin", Role::Coordinator).await;
    seat(app, "imai", "suishin", Role::Coordinator).await;
    two(app).await;
    assert_eq!(look(app).await, 1);
    let mut hase = app.sign_in("hase").await;
    let list = hase.get("/").await;
    list.see(TASK);
    let task = list.body.split("href=\"/tasks/").nth(1).unwrap().split('"').next().unwrap();
    let task = format!("/tasks/{task}");
    // Offered is whoever is told: no colleague, and no coordinator who works at one of the two as well.
    let page = hase.get(&task).await;
    page.is(200).see(TASK).see("長谷 みどり").not_see("野口").not_see("三枝").not_see("木下").not_see("今井");
    let id = |login: &str| app.town.user(login).to_string();
    // 今井 and 小田 and 木下 work at one of the two, 木下 and 今井 coordinate here too.
    for login in ["noguchi", "mieda", "oda", "kinoshita", "imai"] {
        nothing(&mut app.sign_in(login).await, &task, &id(login)).await;
        hase.get(&task).await;
        let page = hase.post(&format!("{task}/assign"), &[("assignee", &id(login))]).await;
        page.is(422).see("包括化推進員だけの仕事です");
    }
    let mut kinoshita = app.sign_in("kinoshita").await;
    kinoshita.get("/overlaps").await.is(200).not_see("北部福祉総合相談室");
    // Late, it stands where coordinators watch, and nobody climbs over the lead.
    app.clock.forward_minutes(60 * 24 * 40);
    task::escalate(&app.engine, app.town.municipality).await.unwrap();
    for login in ["noguchi", "mieda", "oda", "kinoshita", "imai"] {
        nothing(&mut app.sign_in(login).await, &task, &id(login)).await;
    }
    let mut hase = app.sign_in("hase").await;
    hase.get("/nobody").await.is(200).see(TASK);
    hase.get(&task).await.is(200).see(TASK);
    hase.post(&format!("{task}/assign"), &[("assignee", &id("hase"))]).await.is(303);
    hase.get("/").await.see(TASK);
});

story!(a_notice_of_a_desk_without_a_coordinator_goes_on_to_another, |app| async {
    two(app).await;
    assert_eq!(look(app).await, 1);
    let desk = |short: &str| app.town.desk(short).to_string();
    assert_eq!(places(app).await, [desk("suishin")]);
    // The coordinator goes. As long as there is none in the town it waits where it is, and the colleagues are not told.
    seat(app, "noguchi", "suishin", Role::Caseworker).await;
    let last = Day::new(2026, 11, 30).unwrap();
    app.town.transfer(&app.engine, "hase", "suishin", "jidokan", last).await;
    app.clock.forward_minutes(60 * 24 * 20);
    assert_eq!(look(app).await, 0);
    assert_eq!(places(app).await, [desk("suishin")]);
    app.sign_in("noguchi").await.get("/?all=1").await.is(200).not_see(TASK);
    // One who works at one of the two is not told either.
    let day = Day::new(2026, 12, 1).unwrap();
    app.town.appoint(&app.engine, "kinoshita", "suishin", Role::Coordinator, day).await;
    look(app).await;
    app.sign_in("kinoshita").await.get("/?all=1").await.is(200).not_see(TASK);
    // Another desk of the provider has one: it goes on, task and notice.
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.provider", &1).await.unwrap();
    let sql = "UPDATE desk SET programme = 'multi_agency', valid_from = '2020-04-01' WHERE municipality_id = $1 AND id = $2";
    act.save(&right).unwrap().exec(sql, args![m, app.town.desk("suishin_soudan")]).await.unwrap();
    act.commit("").await.unwrap();
    app.town.appoint(&app.engine, "mieda", "suishin_soudan", Role::Coordinator, day).await;
    look(app).await;
    assert_eq!(places(app).await, [desk("suishin_soudan")]);
    let mut mieda = app.sign_in("mieda").await;
    mieda.get("/").await.see(TASK);
    mieda.get("/overlaps").await.is(200).see("北部福祉総合相談室").not_see("青木");
    look(app).await;
    assert_eq!(places(app).await, [desk("suishin_soudan")], "once");
    assert_eq!(engine::check::invariants(&app.engine, m).await.unwrap(), []);
});

story!(no_desk_is_told_whose_only_coordinator_works_at_one_of_the_two, |app| async {
    seat(app, "hase", "shakyo", Role::Caseworker).await;
    two(app).await;
    assert_eq!(look(app).await, 0);
    app.sign_in("hase").await.get("/?all=1").await.is(200).not_see(TASK);
    // Somebody else coordinates there: they are told.
    seat(app, "noguchi", "suishin", Role::Coordinator).await;
    assert_eq!(look(app).await, 1);
    app.sign_in("hase").await.get("/?all=1").await.not_see(TASK);
    app.sign_in("noguchi").await.get("/").await.see(TASK);
});
