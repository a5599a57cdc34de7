//! What the plan's old table held is in the new ones, once.

use access::{Right, System};
use engine::{Engine, Origin, SetClock, args};
use register::acts::{self, NewAgency};
use register::plan;
use register::{EntityKind, Programme};
use words::id::{MunicipalityId, ThingId};
use words::{Day, Instant};

/// The step that replaced the table.
const STEP: &str = include_str!("../../../migrations/0060_plan.sql");

/// The table as it was.
const OLD: &str = "CREATE TABLE agency_programme (municipality_id UUID NOT NULL, id UUID NOT NULL, \
     programme TEXT NOT NULL, row_no BIGINT NOT NULL, sub_no BIGINT NOT NULL, agency_id UUID NOT NULL, \
     item TEXT NOT NULL DEFAULT '', count BIGINT, unit TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', \
     sections TEXT NOT NULL DEFAULT '', contractor TEXT NOT NULL DEFAULT '', delivery TEXT NOT NULL DEFAULT '', \
     statutory TEXT NOT NULL, position TEXT NOT NULL, role_text TEXT NOT NULL, PRIMARY KEY (municipality_id, id))";

/// Programme, row, sub-item number, agency, item, count, note, statutory, role.
type Line =
    (&'static str, i64, i64, usize, &'static str, Option<i64>, &'static str, &'static str, &'static str);

#[tokio::test]
async fn the_old_table_is_carried_over() {
    let path = std::env::temp_dir().join(format!("register-plan-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let today = Day::new(2026, 11, 21).unwrap();
    let clock = SetClock::new(Instant::at(today, 9, 0));
    let engine = Engine::open(&format!("sqlite:{}", path.display()), clock, Some(7)).await.unwrap();
    engine::migrate::run(&engine, None).await.unwrap();
    let at: MunicipalityId = engine.new_id();
    engine::check::add_municipality(&engine, at, "藤沢市").await.unwrap();
    let mut act = engine.system_act(System::Console, at, Origin::Console, "test", &()).await.unwrap();
    let right = Right::system(System::Console);
    let entity = acts::add_legal_entity(&mut act, &right, "藤沢市", EntityKind::Mayor).await.unwrap();
    let mut agencies = Vec::new();
    for name in ["相談センター", "縁側", "拠点", "実施機関"] {
        let new = NewAgency::new(name, entity, Day::new(2025, 4, 1).unwrap());
        agencies.push(acts::add_agency(&mut act, &right, &new).await.unwrap());
    }
    let mut conn = act.save(&right).unwrap();
    for table in [
        "DROP TABLE plan_publication",
        "DROP TABLE plan_row_except",
        "DROP TABLE plan_row_item",
        "DROP TABLE plan_row_state",
        "DROP TABLE plan_row",
        "DROP TABLE role_text_state",
        "DROP TABLE role_text",
        OLD,
    ] {
        conn.exec(table, args![]).await.unwrap();
    }
    let consultation = "comprehensive_consultation";
    let set = "all_of:comprehensive_consultation;except:拠点";
    let lines: &[Line] = &[
        (consultation, 1, 0, 0, "", Some(19), "本庁", "all", "受け止める"),
        (consultation, 2, 0, 2, "", None, "", "none", "受け止める"),
        ("community_building", 1, 1, 1, "①基幹型", Some(4), "", "all", "ひらく"),
        ("community_building", 1, 2, 1, "②特化型", Some(2), "注", "part", "ひらく"),
        ("outreach", 1, 0, 3, "", None, set, "none", "連携する"),
    ];
    for (programme, row, sub, agency, item, count, note, statutory, role) in lines {
        let id: ThingId = engine.new_id();
        conn.exec(
            "INSERT INTO agency_programme (municipality_id, id, programme, row_no, sub_no, agency_id, item, count, \
             unit, note, sections, delivery, statutory, position, role_text) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'か所', $9, '課一;課二', 'direct', $10, 'main', $11)",
            args![at, id, *programme, *row, *sub, agencies[*agency], *item, *count, *note, *statutory, *role],
        )
        .await
        .unwrap();
    }
    for statement in STEP.split(";\n").filter(|s| !s.trim().is_empty()) {
        conn.exec(statement, args![]).await.unwrap();
    }
    let plan = plan::load(&mut conn, at).await.unwrap();
    let rows = plan.on(today);
    assert_eq!((rows.len(), plan.states.len(), plan.roles.len()), (4, 4, 3));
    assert_eq!((rows[0].items[0].count, rows[0].note.as_str()), (Some(19), "本庁"));
    assert_eq!(rows[0].sections, ["課一", "課二"]);
    assert_eq!(rows[0].role, rows[1].role, "one text for both");
    let names: Vec<&str> = rows[2].items.iter().map(|i| i.name.as_str()).collect();
    assert_eq!((names, rows[2].items[1].note.as_str()), (vec!["基幹型", "特化型"], "注"));
    let set = rows[3].set.as_ref().unwrap();
    assert_eq!((set.programme, &set.except), (Programme::ComprehensiveConsultation, &vec![rows[1].id]));
    assert!(rows[3].note.is_empty());
    drop(act);
    let _ = std::fs::remove_file(&path);
}
