//! April 1, walked: people are transferred, two offices merge, a contract runs out and another contractor begins. Nobody
//! does anything on the day; what was loaded ahead by date takes effect by itself (domain section 3).

use access::{Right, Role, System};
use engine::Origin;
use register::{EntityKind, NewAgency, NewUser, Span, SuccessorKind, acts};
use words::id::DeskId;
use words::{Day, Instant};

use crate::referral::case_of;
use crate::support::App;

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::new(year, month, day).unwrap()
}

struct April {
    /// The commissioned office, its contract until March 31.
    commissioned: DeskId,
    /// The contractor of the next year.
    next: DeskId,
    /// The office that two become.
    merged: DeskId,
}

/// Everything that is known in March, loaded with its dates: one act of the register.
async fn loaded_ahead(app: &App) -> April {
    let (m, right) = (app.town.municipality, Right::system(System::Import));
    let mut act = app.engine.system_act(System::Import, m, Origin::File, "story.april", &1).await.unwrap();
    let (past, last, first) = (day(2026, 4, 1), day(2027, 3, 31), day(2027, 4, 1));
    let programme = "comprehensive_consultation";
    let entity = acts::add_legal_entity(&mut act, &right, "社会福祉法人みなと", EntityKind::Corporation)
        .await
        .unwrap();
    let city = acts::add_legal_entity(&mut act, &right, "市長部局", EntityKind::Mayor).await.unwrap();
    let section =
        acts::add_agency(&mut act, &right, &NewAgency::new("委託元の課", city, past)).await.unwrap();
    let heir = app.town.desk("suishin_soudan");
    let contractor =
        acts::add_agency(&mut act, &right, &NewAgency::new("みなと相談所", entity, past)).await.unwrap();
    let contract =
        acts::add_contract(&mut act, &right, "相談業務", contractor, section, &[programme], (past, last))
            .await
            .unwrap();
    let commissioned =
        acts::add_desk(&mut act, &right, contractor, programme, Some(contract), past, Some(heir))
            .await
            .unwrap();
    // The contractor of the next year.
    let other =
        acts::add_agency(&mut act, &right, &NewAgency::new("うみかぜ相談所", entity, first)).await.unwrap();
    let span = (first, day(2030, 3, 31));
    let contract =
        acts::add_contract(&mut act, &right, "相談業務", other, section, &[programme], span).await.unwrap();
    let next =
        acts::add_desk(&mut act, &right, other, programme, Some(contract), first, Some(heir)).await.unwrap();
    // Two offices become one.
    let one =
        acts::add_agency(&mut act, &right, &NewAgency::new("辻堂総合センター", city, first)).await.unwrap();
    let merged = acts::add_desk(&mut act, &right, one, programme, None, first, None).await.unwrap();
    for short in ["ikiiki", "jidokan"] {
        let sql = "SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2";
        let args = engine::args![m, app.town.desk(short)];
        let agency = act.facts().unwrap().one(sql, args).await.unwrap().get("agency_id").unwrap();
        acts::succeed_agency(&mut act, &right, agency, one, SuccessorKind::Merger, first).await.unwrap();
    }
    // People: one at each contractor, one who moves between them, one in the merged office, one transferred.
    for (login, desk, span) in [
        ("minato", commissioned, Span { from: past, to: None }),
        ("umi", next, Span { from: first, to: None }),
    ] {
        let new = NewUser {
            login: login.to_owned(),
            name: format!("職員{login}"),
            reading: String::new(),
            demo_line: "試す".to_owned(),
        };
        let user = acts::add_user(&mut act, &right, &new).await.unwrap();
        let post = acts::add_post(&mut act, &right, desk, Role::Caseworker, "").await.unwrap();
        acts::appoint(&mut act, &right, user, post, None, span, "").await.unwrap();
    }
    let post = acts::add_post(&mut act, &right, merged, Role::Caseworker, "").await.unwrap();
    acts::appoint(&mut act, &right, app.town.user("oda"), post, None, Span { from: first, to: None }, "")
        .await
        .unwrap();
    let post = acts::add_post(&mut act, &right, app.town.desk("hokubu"), Role::Caseworker, "").await.unwrap();
    let noguchi = app.town.user("noguchi");
    acts::appoint(&mut act, &right, noguchi, post, None, Span { from: first, to: None }, "").await.unwrap();
    acts::end_appointment(&mut act, &right, app.town.appointment("noguchi", "ikiiki"), last).await.unwrap();
    acts::end_appointment(&mut act, &right, app.town.appointment("oda", "shakyo"), last).await.unwrap();
    act.commit("").await.unwrap();
    April { commissioned, next, merged }
}

story!(april_first_moves_work_and_access_and_rewrites_nothing, |app| async {
    let april = loaded_ahead(app).await;
    let mut minato = app.sign_in("minato").await;
    let commissioned = case_of(app, &mut minato, "青木 ハル", "家賃が払えない-MARK-C").await;
    let mut noguchi = app.sign_in("noguchi").await;
    let merging = case_of(app, &mut noguchi, "井上 ナツ", "眠れない-MARK-M").await;
    let mut sano = app.sign_in("sano").await;
    let hokubu = case_of(app, &mut sano, "上田 アキ", "仕事がない-MARK-H").await;
    let (c, m, h) =
        (format!("/cases/{commissioned}"), format!("/cases/{merging}"), format!("/cases/{hokubu}"));

    // A need the commissioned office stands for, with a part it took.
    let desk = april.commissioned.to_string();
    let need = crate::board::need(&mut minato, &c, "money", "滞納-MARK-N", &desk, "money").await;
    minato.get(&need).await;
    let part = [("desk", desk.as_str()), ("what", "分割をたのむ"), ("due", "R9.4.20")];
    minato.post(&format!("{need}/take"), &part).await.is(303);

    // The last minute of March: nothing has changed.
    app.clock.set(Instant::at(day(2027, 3, 31), 23, 59));
    let mut minato = app.sign_in("minato").await;
    let mut noguchi = app.sign_in("noguchi").await;
    let mut hase = app.sign_in("hase").await;
    minato.get(&c).await.is(200).see("MARK-C");
    noguchi.get(&m).await.is(200).see("MARK-M");
    noguchi.get(&h).await.is(404);
    hase.get(&c).await.is(404);
    let open_tab = minato.get(&format!("{c}/entries?write=1")).await;
    open_tab.is(200);

    // The first of April, before any job has run: the tabs of yesterday are open.
    app.clock.set(Instant::at(day(2027, 4, 1), 0, 0));
    assert_ne!(minato.get(&c).await.status, 200, "the former contractor");
    assert_ne!(minato.get("/consultations").await.status, 200, "not even a list");
    minato.page = open_tab;
    let late =
        minato.post(&format!("{c}/entries"), &[("body", "おくれて書いた"), ("occurred", "2027-03-31")]).await;
    assert!(![200, 303].contains(&late.status), "{}", late.status);
    assert_ne!(noguchi.get(&m).await.status, 200, "transferred away");
    noguchi.get(&h).await.is(200).see("MARK-H");

    // Whoever holds it now: the commissioning section; nobody of the new contractor.
    let mut hase = app.sign_in("hase").await;
    hase.get(&c).await.is(200).see("MARK-C");
    let mut umi = app.sign_in("umi").await;
    for path in [&c, &m, &h] {
        umi.get(path).await.is(404);
    }
    umi.search("青木").await.not_see("青木 ハル");
    umi.get("/consultations").await.is(200).not_see("青木");
    let mut oda = app.sign_in("oda").await;
    oda.get(&m).await.is(200).see("MARK-M");
    oda.get(&c).await.is(404);

    // The job of the night says so in the records, and no promise is left without a desk.
    casefile::office_end(&app.engine, app.town.municipality).await.unwrap();
    assert_eq!(engine::check::invariants(&app.engine, app.town.municipality).await.unwrap(), []);
    let held =
        "SELECT COUNT(*) AS n FROM task WHERE municipality_id = $1 AND desk_id = $2 AND state = 'open'";
    let accountable = "SELECT COUNT(*) AS n FROM case_file WHERE municipality_id = $1 AND accountable_desk_id = $2 AND state = 'open'";
    let count = async |sql: &'static str, desk: DeskId| -> i64 {
        let at = app.town.municipality;
        let mut act =
            app.engine.system_act(System::Console, at, Origin::Console, "story.count", &1).await.unwrap();
        act.facts().unwrap().one(sql, engine::args![at, desk]).await.unwrap().get("n").unwrap()
    };
    for gone in [april.commissioned, app.town.desk("ikiiki")] {
        assert_eq!((count(held, gone).await, count(accountable, gone).await), (0, 0));
    }
    assert_eq!(count(accountable, april.merged).await, 1);
    assert_eq!(count(accountable, app.town.desk("suishin_soudan")).await, 1);
    assert_eq!((count(held, april.next).await, count(accountable, april.next).await), (0, 0));

    // The heir stands for the need and holds its part: no row is left with a desk that is gone.
    hase.get(&format!("{c}/board")).await.is(200).see("MARK-N").see("分割をたのむ").not_see("みなと相談所");
    hase.get(&need).await.see("この分担をやめる");

    // History is as it was written: who, at which office of then.
    hase.get(&format!("{c}/entries")).await.is(200).see("MARK-C").see("職員minato").see("みなと相談所");
    oda.get(&format!("{m}/entries"))
        .await
        .is(200)
        .see("MARK-M")
        .see("野口 あや")
        .see("辻堂東いきいきサポートセンター");
});
