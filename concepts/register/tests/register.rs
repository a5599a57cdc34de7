//! The register in a database: the city's two files, an April 1, a contract that ends, a rename.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use access::{Right, Role, System};
use engine::{Act, Engine, Origin, SetClock, args};
use register::import::{What, import, plan_transfers};
use register::rules::Span;
use register::{acts, seats};
use words::id::{DeskId, MunicipalityId, UserId};
use words::{Day, Instant};

const AREAS: &str = include_str!("../../../town/data/areas.csv");
const PROGRAMMES: &str = include_str!("../../../town/data/programmes.csv");

struct Town {
    engine: Engine,
    at: MunicipalityId,
    path: std::path::PathBuf,
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn day(y: i32, m: u32, d: u32) -> Day {
    Day::new(y, m, d).unwrap()
}

async fn town(name: &str) -> Town {
    let path = std::env::temp_dir().join(format!("register-{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let clock = SetClock::new(Instant::at(day(2027, 2, 1), 9, 0));
    let engine = Engine::open(&format!("sqlite:{}", path.display()), clock, Some(7)).await.unwrap();
    engine::migrate::run(&engine, None).await.unwrap();
    let at = engine.new_id();
    engine::check::add_municipality(&engine, at, "").await.unwrap();
    let town = Town { engine, at, path };
    let (mut act, right) = town.act().await;
    acts::create_municipality(&mut act, &right, "藤沢市", "142051").await.unwrap();
    act.commit("").await.unwrap();
    town
}

impl Town {
    async fn act(&self) -> (Box<Act>, Right) {
        let act =
            self.engine.system_act(System::Console, self.at, Origin::Console, "test", &()).await.unwrap();
        (act, Right::system(System::Console))
    }

    async fn import(&self, what: What, text: &str) -> register::import::Report {
        import(&self.engine, self.at, what, text.as_bytes(), day(2027, 2, 1), false).await.unwrap()
    }

    async fn desk(&self, agency: &str, programme: &str, on: Day) -> DeskId {
        let (mut act, _) = self.act().await;
        let desks = register::desks(&mut act.facts().unwrap(), self.at, on).await.unwrap();
        let found = desks.into_iter().find(|d| d.name.starts_with(agency) && d.programme == programme);
        found.unwrap_or_else(|| panic!("{agency} {programme}")).id
    }

    async fn user(&self, login: &str) -> UserId {
        let (mut act, _) = self.act().await;
        let sql = "SELECT id FROM app_user WHERE login = $1";
        act.facts().unwrap().one(sql, args![login]).await.unwrap().get("id").unwrap()
    }

    async fn seats(&self, user: UserId, on: Day) -> Vec<access::Seat> {
        let (mut act, _) = self.act().await;
        seats(&mut act.facts().unwrap(), self.at, user, on).await.unwrap()
    }
}

#[tokio::test]
async fn the_citys_files_load_whole_and_twice_the_same() {
    let town = town("files").await;
    let report = town.import(What::Areas, AREAS).await;
    assert_eq!(report.problems, []);
    assert_eq!((report.lines, report.made["area"], report.made["area_system"]), (17, 17, 2));
    let report = town.import(What::Programmes, PROGRAMMES).await;
    assert_eq!(report.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(report.lines, 57);
    assert_eq!(report.made["desk"], 49);
    for (what, text) in [(What::Areas, AREAS), (What::Programmes, PROGRAMMES)] {
        let again = town.import(what, text).await;
        assert!(again.stored && again.made.is_empty(), "{:?}", again.made);
    }
}

const STAFF: &str = "login,name,reading,agency,programme,role,title,from,to,instrument\n\
    hase,長谷 恵,ハセ メグミ,バックアップふじさわ社協,多機関協働,相談支援包括化推進員,,R8.4.1,,令和8年4月1日付け委嘱\n\
    saegusa,三枝 圭一,サエグサ ケイイチ,バックアップふじさわ,comprehensive_consultation,caseworker,,2026-04-01,,\n\
    ishiwata,石渡 昌子,イシワタ マサコ,いきいきサポートセンター,comprehensive_consultation,agency_lead,管理者,2026-04-01,,\n";

const TRANSFERS: &str = "login,name,from_agency,from_programme,to_agency,to_programme,day\n\
    saegusa,三枝　圭一,バックアップふじさわ,comprehensive_consultation,障がい者支援課,comprehensive_consultation,R9.4.1\n";

#[tokio::test]
async fn an_april_first_moves_people_on_the_day_and_not_before() {
    let town = town("april").await;
    town.import(What::Programmes, PROGRAMMES).await;
    let report = town.import(What::Staff, STAFF).await;
    assert_eq!(report.problems, []);
    assert_eq!((report.made["user"], report.made["appointment"]), (3, 3));
    assert!(town.import(What::Staff, STAFF).await.made.is_empty());
    let (march, april) = (day(2027, 3, 31), day(2027, 4, 1));
    let user = town.user("saegusa").await;
    let before = town.seats(user, march).await;
    let report = town.import(What::Transfers, TRANSFERS).await;
    assert_eq!(report.problems, []);
    assert_eq!((report.made["ended"], report.made["appointment"]), (1, 1));
    assert_eq!(town.seats(user, day(2027, 2, 1)).await, before);
    assert_eq!(town.seats(user, march).await, before);
    let after = town.seats(user, april).await;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].desk, town.desk("障がい者支援課", "comprehensive_consultation", april).await);
    assert_eq!(after[0].role, Role::Caseworker);
    assert!(town.import(What::Transfers, TRANSFERS).await.made.is_empty());
    let (mut act, _) = town.act().await;
    let wrong = TRANSFERS.replace("三枝　圭一", "石渡 昌子");
    let (_, problems) = plan_transfers(&mut act.facts().unwrap(), town.at, wrong.as_bytes()).await.unwrap();
    assert_eq!((problems[0].line, problems[0].key), (2, "import.other_name"));
}

#[tokio::test]
async fn a_contract_that_runs_out_leaves_its_records_with_the_section() {
    let town = town("contract").await;
    town.import(What::Programmes, PROGRAMMES).await;
    town.import(What::Staff, STAFF).await;
    let (march, april) = (day(2027, 3, 31), day(2027, 4, 1));
    let lead = town.user("ishiwata").await;
    let centre = town.desk("いきいきサポートセンター", "comprehensive_consultation", march).await;
    let section = town.desk("高齢者支援課", "comprehensive_consultation", march).await;
    assert_eq!(town.seats(lead, march).await[0].desk, centre);
    assert!(town.seats(lead, april).await.is_empty());
    let (mut act, right) = town.act().await;
    let mut conn = act.facts().unwrap();
    assert_eq!(register::heir(&mut conn, town.at, centre, march).await.unwrap(), centre);
    assert_eq!(register::heir(&mut conn, town.at, centre, april).await.unwrap(), section);
    assert_eq!(register::leads(&mut conn, town.at, centre, march).await.unwrap(), [lead]);
    assert_eq!(register::coordinators(&mut conn, town.at, march).await.unwrap().len(), 1);
    // Somebody of the section has the records from the next day on.
    let user = acts::NewUser {
        login: "koizumi".to_owned(),
        name: "小泉 拓".to_owned(),
        reading: String::new(),
        demo_line: String::new(),
    };
    let user = acts::add_user(&mut act, &right, &user).await.unwrap();
    let post = acts::add_post(&mut act, &right, section, Role::Caseworker, "主任").await.unwrap();
    let span = Span { from: day(2026, 4, 1), to: None };
    acts::appoint(&mut act, &right, user, post, None, span, "").await.unwrap();
    assert!(acts::appoint(&mut act, &right, user, post, None, span, "").await.is_err());
    // A desk cannot be left to one that is over, nor to itself.
    assert!(acts::end_desk(&mut act, &right, section, march, centre).await.is_err());
    assert!(acts::end_desk(&mut act, &right, section, march, section).await.is_err());
    act.commit("").await.unwrap();
    assert_eq!(town.seats(user, march).await[0].inherited, []);
    assert_eq!(town.seats(user, april).await[0].inherited, [centre]);
    // The next year's plan renews the contracts: the centre has its own again, without a day between.
    let next =
        import(&town.engine, town.at, What::Programmes, PROGRAMMES.as_bytes(), april, false).await.unwrap();
    assert_eq!(next.problems, []);
    assert!(!next.made.contains_key("desk") && next.made.contains_key("contract"), "{:?}", next.made);
    assert_eq!(town.seats(lead, april).await[0].desk, centre);
    assert_eq!(town.seats(user, april).await[0].inherited, []);
}

#[tokio::test]
async fn names_have_their_days_and_a_successor_takes_over() {
    let town = town("names").await;
    town.import(What::Programmes, PROGRAMMES).await;
    let (march, april) = (day(2027, 3, 31), day(2027, 4, 1));
    let old = town.desk("精神保健福祉相談", "comprehensive_consultation", march).await;
    let new = town.desk("福祉総合相談支援センター", "comprehensive_consultation", march).await;
    let (mut act, right) = town.act().await;
    let info = register::desk(&mut act.facts().unwrap(), town.at, old, march).await.unwrap().unwrap();
    let heir = register::desk(&mut act.facts().unwrap(), town.at, new, march).await.unwrap().unwrap();
    acts::rename_agency(&mut act, &right, info.agency, "こころの相談", april).await.unwrap();
    assert!(acts::rename_agency(&mut act, &right, info.agency, "別の名前", march).await.is_err());
    let kind = register::SuccessorKind::Merger;
    acts::succeed_agency(&mut act, &right, info.agency, heir.agency, kind, day(2028, 4, 1)).await.unwrap();
    assert_eq!(acts::seed_legal_bases(&mut act, &right, town.at).await.unwrap(), 27);
    act.commit("").await.unwrap();
    let (mut act, _) = town.act().await;
    let mut conn = act.facts().unwrap();
    for (on, name) in
        [(march, "精神保健福祉相談"), (april, "こころの相談"), (day(2029, 1, 1), "こころの相談")]
    {
        let names = register::desk_names(&mut conn, town.at, [old, new], on).await.unwrap();
        assert_eq!((names.len(), names[&old].as_str()), (2, name));
    }
    assert_eq!(register::heir(&mut conn, town.at, old, day(2028, 4, 1)).await.unwrap(), new);
    assert!(!register::desks(&mut conn, town.at, day(2028, 4, 1)).await.unwrap().iter().any(|d| d.id == old));
    assert_eq!(register::settings(&mut conn, town.at).await.unwrap(), register::Settings::default());
    assert_eq!(
        register::legal_bases(&mut conn, town.at, march).await.unwrap().iter().filter(|b| b.verified).count(),
        8
    );
}

#[tokio::test]
async fn a_file_with_a_problem_leaves_no_trace() {
    let town = town("whole").await;
    let wrong = AREAS.replace("地区,13,", "地区,12,");
    let report = town.import(What::Areas, &wrong).await;
    assert!(!report.stored);
    assert_eq!(
        report.problems[0].to_string(),
        "14行目の「コード」: 「12」が前の行と重なっています。どちらかの行を消してください。 / Line 14, \"Code\": \"12\" is the \
         same as on an earlier line."
    );
    let (mut act, _) = town.act().await;
    assert!(register::areas(&mut act.facts().unwrap(), town.at, "").await.unwrap().is_empty());
    drop(act);
    let report =
        import(&town.engine, town.at, What::Areas, AREAS.as_bytes(), day(2027, 2, 1), true).await.unwrap();
    assert!(report.problems.is_empty() && !report.stored);
}

#[tokio::test]
async fn who_answers_for_what_comes_from_a_list() {
    let town = town("duties").await;
    for (what, text) in [(What::Areas, AREAS), (What::Programmes, PROGRAMMES)] {
        assert_eq!(town.import(what, text).await.problems, []);
    }
    let list = "地区,困りごと,機関,事業,連絡先,開始日,終了日,確認日\n\
                ,借金のこと,バックアップふじさわ社協,包括的相談支援,内線 3251 代理 森,R8.4.1,,R9.1.15\n\
                地区/辻堂,housing,バックアップふじさわ社協,包括的相談支援,,R8.4.1,,\n";
    let report = town.import(What::Responsibilities, list).await;
    assert_eq!(report.problems, []);
    assert_eq!(report.made.get("responsibility"), Some(&2));
    assert!(
        town.import(What::Responsibilities, list).await.made.is_empty(),
        "the same again changes nothing"
    );
    let later = list.replace("R9.1.15", "R9.1.29").replace("3251", "3300");
    assert_eq!(town.import(What::Responsibilities, &later).await.made.get("changed"), Some(&1));
    let (mut act, _) = town.act().await;
    let row = act
        .facts()
        .unwrap()
        .one(
            "SELECT contact, confirmed_on, (SELECT COUNT(*) FROM responsibility WHERE area_id IS NOT NULL) AS n \
             FROM responsibility WHERE municipality_id = $1 AND matter = 'debt' AND area_id IS NULL",
            args![town.at],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<String>("contact").unwrap(), "内線 3300 代理 森");
    assert_eq!(row.get::<Day>("confirmed_on").unwrap(), day(2027, 1, 29));
    assert_eq!(row.get::<i64>("n").unwrap(), 1);
    drop(act);

    let wrong = "district,matter,agency,programme,from,to\n\
                 どこか,debt,バックアップふじさわ社協,comprehensive_consultation,R8.4.1,\n\
                 ,お金,バックアップふじさわ社協,comprehensive_consultation,R8.4.1,\n\
                 ,housing,ない機関,comprehensive_consultation,R8.4.1,R8.3.1\n\
                 ,debt,バックアップふじさわ社協,comprehensive_consultation,R8.5.1,\n\
                 ,income,バックアップふじさわ社協,comprehensive_consultation,R8.4.1,\n\
                 ,income,バックアップふじさわ社協,comprehensive_consultation,R8.5.1,\n";
    let report = town.import(What::Responsibilities, wrong).await;
    let mut found: Vec<_> = report.problems.iter().map(|p| (p.line, p.column.as_str(), p.key)).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (2, "district", "import.no_area"),
            (3, "matter", "import.code"),
            (4, "agency", "import.no_agency"),
            (4, "to", "import.span"),
            (5, "from", "import.overlaps_known"),
            (7, "matter", "import.twice"),
        ]
    );
    assert!(!report.stored);
}

#[tokio::test]
async fn a_desk_under_a_contract_names_its_heir_at_once() {
    let town = town("heir").await;
    for (what, text) in [(What::Areas, AREAS), (What::Programmes, PROGRAMMES)] {
        assert_eq!(town.import(what, text).await.problems, []);
    }
    assert_eq!(engine::check::invariants(&town.engine, town.at).await.unwrap(), []);
    let (mut act, right) = town.act().await;
    let row = act
        .facts()
        .unwrap()
        .one("SELECT id, contractor_id FROM contract WHERE municipality_id = $1 LIMIT 1", args![town.at])
        .await
        .unwrap();
    let (contract, agency) = (row.get("id").unwrap(), row.get("contractor_id").unwrap());
    let refused =
        acts::add_desk(&mut act, &right, agency, "multi_agency", Some(contract), day(2027, 4, 1), None).await;
    assert!(matches!(refused, Err(engine::Fail::Refused(r)) if r.key == "register.contract_heir"));
}
