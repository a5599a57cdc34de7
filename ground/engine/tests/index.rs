//! An index that an earlier program wrote is still found after the migrations, on both engines.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use access::{Right, System};
use engine::{Engine, Origin, SetClock, args, migrate, search};
use words::id::{MunicipalityId, ThingId};
use words::{Day, Instant};

/// The last step before names had tokens of their own.
const BEFORE: i64 = 133;

async fn names_indexed_earlier_are_found(url: &str) {
    let clock = SetClock::new(Instant::at(Day::new(2026, 11, 20).unwrap(), 9, 0));
    let engine = Engine::open(url, clock, Some(1)).await.unwrap();
    let m: MunicipalityId = engine.new_id();
    migrate::run_until(&engine, None, BEFORE).await.unwrap();
    engine::check::add_municipality(&engine, m, "試験市").await.unwrap();
    let right = Right::system(System::Console);
    let begin = || async {
        let begun = engine.system_act(System::Console, m, Origin::Console, "test", &"body").await;
        begun.unwrap_or_else(|_| panic!("an act begins"))
    };
    let mut act = begin().await;
    let now = act.now();
    let ids: Vec<ThingId> = (0..3).map(|_| act.new_id()).collect();
    let mut conn = act.save(&right).unwrap();
    for (id, text) in ids.iter().zip(["青木 ハル", "湘南台1-2", "青木さんの家"]) {
        // As all of them were indexed then: a text has the same tokens today.
        let grams = words::bigram::bigrams(text);
        search::index(&mut conn, m, "entry", *id, now, &grams, &[3, 30]).await.unwrap();
    }
    for (id, kind) in ids.iter().zip(["person", "person_where"]) {
        let earlier = "UPDATE search_doc SET kind = $3 WHERE municipality_id = $1 AND thing_id = $2";
        conn.exec(earlier, args![m, *id, kind]).await.unwrap();
    }
    act.commit("").await.unwrap();
    migrate::run(&engine, None).await.unwrap();
    let mut act = begin().await;
    let mut conn = act.save(&right).unwrap();
    for (kind, word, at) in [("person", "青木", 0), ("person_where", "湘南", 1), ("entry", "青木", 2)] {
        for desk in [3, 30] {
            let wanted = words::bigram::query_bigrams(word);
            let [found] =
                search::find(&mut conn, m, [search::Wanted::of(kind, &wanted, 10)], &[desk]).await.unwrap();
            assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), [ids[at]], "{kind}");
        }
    }
    // And forgotten like any other.
    search::remove(&mut conn, m, "person", ids[0]).await.unwrap();
    let wanted = words::bigram::query_bigrams("青木");
    assert_eq!(
        search::find(&mut conn, m, [search::Wanted::of("person", &wanted, 10)], &[3]).await.unwrap(),
        [[]]
    );
    act.commit("").await.unwrap();
    engine.close().await;
}

#[tokio::test]
async fn names_indexed_earlier_are_found_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    names_indexed_earlier_are_found(&format!("sqlite:{}", folder.path().join("t.db").display())).await;
}

#[tokio::test]
async fn names_indexed_earlier_are_found_on_postgres() {
    let server = std::env::var("YORISOU_TEST_POSTGRES")
        .expect("set YORISOU_TEST_POSTGRES (scripts/test does, or eval \"$(scripts/postgres start DIR)\")");
    let clock = SetClock::new(Instant::at(Day::new(2026, 11, 20).unwrap(), 9, 0));
    let admin = Engine::open(&server, clock, None).await.unwrap();
    let id: ThingId = admin.new_id();
    let name = format!("i{}", id.uuid().simple());
    engine::check::create_database(&admin, &name, None).await.unwrap();
    admin.close().await;
    let (base, _) = server.rsplit_once('/').unwrap();
    names_indexed_earlier_are_found(&format!("{base}/{name}")).await;
}
