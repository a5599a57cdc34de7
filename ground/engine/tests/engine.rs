//! The promises of the engine, on both engines: nothing half-written, nothing twice, nobody dropped, no log row
//! changed unnoticed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use access::{Right, System, Viewer};
use engine::seal::{self, Flaw, Head, Reach};
use engine::{Act, Begun, Ctx, Engine, Envelope, Fail, Origin, SetClock, args, migrate, search};
use words::id::{CaseId, MunicipalityId};
use words::{Day, Id, Instant};

struct World {
    engine: Engine,
    municipality: MunicipalityId,
    clock: SetClock,
    _folder: tempfile::TempDir,
}

fn start() -> Instant {
    Instant::at(Day::new(2026, 11, 20).unwrap(), 9, 0)
}

async fn world(postgres: bool) -> World {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::new(start());
    let url = if postgres {
        fresh_postgres().await
    } else {
        format!("sqlite:{}", folder.path().join("t.db").display())
    };
    let engine = Engine::open(&url, clock.clone(), Some(1)).await.unwrap();
    assert!(matches!(migrate::standing(&engine).await.unwrap(), migrate::Standing::Behind(_)));
    migrate::run(&engine, None).await.unwrap();
    assert_eq!(migrate::standing(&engine).await.unwrap(), migrate::Standing::Current);
    assert_eq!(migrate::run(&engine, None).await.unwrap(), 0, "migrating again changes nothing");
    let municipality = engine.new_id();
    let world = World { engine, municipality, clock, _folder: folder };
    // The first command of a municipality writes the municipality itself: its row must come before the command's.
    world.bootstrap().await;
    world
}

/// Every test has a database of its own on the server that `YORISOU_TEST_POSTGRES` names.
async fn fresh_postgres() -> String {
    let server = std::env::var("YORISOU_TEST_POSTGRES")
        .expect("set YORISOU_TEST_POSTGRES (scripts/test does, or eval \"$(scripts/postgres start DIR)\")");
    let admin = Engine::open(&server, SetClock::new(start()), None).await.unwrap();
    let id: Id<words::id::kind::Thing> = admin.new_id();
    let name = format!("t{}", id.uuid().simple());
    engine::check::create_database(&admin, &name, None).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

impl World {
    async fn bootstrap(&self) {
        engine::check::add_municipality(&self.engine, self.municipality, "試験市").await.unwrap();
    }

    async fn act(&self) -> Box<Act> {
        self.engine
            .system_act(System::Console, self.municipality, Origin::Console, "test", &"body")
            .await
            .unwrap_or_else(|_| panic!("an act begins"))
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut act = self.act().await;
        let m = self.municipality;
        act.facts().unwrap().one(sql, args![m]).await.unwrap().get("n").unwrap()
    }

    fn ctx(&self) -> Ctx {
        Ctx {
            engine: self.engine.clone(),
            viewer: Viewer {
                municipality: self.municipality,
                user: self.engine.new_id(),
                seats: Vec::new(),
                excluded_from: Vec::new(),
                urgent: Vec::new(),
            },
            now: self.engine.now(),
        }
    }

    /// A desk with its agency, and a household: the least a case needs.
    async fn desk(&self) -> (Id<words::id::kind::Desk>, Id<words::id::kind::Household>) {
        let right = Right::system(System::Console);
        let mut act = self.act().await;
        let (m, command) = (act.municipality(), act.command());
        let (entity, agency, desk, household) = (act.new_id(), act.new_id(), act.new_id(), act.new_id());
        let _: (Id<words::id::kind::LegalEntity>, Id<words::id::kind::Agency>) = (entity, agency);
        let mut conn = act.save(&right).unwrap();
        conn.exec(
            "INSERT INTO legal_entity (municipality_id, id, name, kind) VALUES ($1, $2, 'x', 'city')",
            args![m, entity],
        )
        .await
        .unwrap();
        conn.exec(
            "INSERT INTO agency (municipality_id, id, legal_entity_id, field, has_login, valid_from) \
             VALUES ($1, $2, $3, 'welfare', TRUE, '2020-04-01')",
            args![m, agency, entity],
        )
        .await
        .unwrap();
        conn.exec(
            "INSERT INTO desk (municipality_id, id, seq, agency_id, programme, valid_from) \
             VALUES ($1, $2, 1, $3, 'comprehensive_consultation', '2020-04-01')",
            args![m, desk, agency],
        )
        .await
        .unwrap();
        conn.exec(
            "INSERT INTO household (municipality_id, id, desk_id, command_id) VALUES ($1, $2, $3, $4)",
            args![m, household, desk, command],
        )
        .await
        .unwrap();
        act.commit("").await.unwrap();
        (desk, household)
    }

    async fn try_case(&self, with_task: bool, task_state: &'static str) -> Result<CaseId, engine::Broken> {
        let (desk, household) = self.desk().await;
        let right = Right::system(System::Console);
        let mut act = self.act().await;
        let (m, command, now) = (act.municipality(), act.command(), act.now());
        let (case, task): (CaseId, Id<words::id::kind::Task>) = (act.new_id(), act.new_id());
        let mut conn = act.save(&right)?;
        conn.exec(
            "INSERT INTO case_file (municipality_id, id, fiscal_year, number, state, household_id, \
             accountable_desk_id, opened_at, guard_task_id, guard_task_state, command_id) \
             VALUES ($1, $2, 2026, 1, 'open', $3, $4, $5, $6, 'open', $7)",
            args![m, case, household, desk, now, task, command],
        )
        .await?;
        if with_task {
            conn.exec(
                "INSERT INTO task (municipality_id, id, kind, state, desk_id, case_id, due_at, ended_at, command_id) \
                 VALUES ($1, $2, 'next_promise', $3, $4, $5, $6, $6, $7)",
                args![m, task, task_state, desk, case, now, command],
            )
            .await?;
        }
        act.commit("").await?;
        Ok(case)
    }
}

macro_rules! on_both {
    ($($name:ident)*) => { $(mod $name {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_sqlite() { super::$name(super::world(false).await).await; }
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_postgres() { super::$name(super::world(true).await).await; }
    })* };
}
on_both! {
    an_act_that_is_dropped_leaves_no_trace
    a_command_is_accepted_once
    raw_sql_cannot_commit_an_orphaned_case
    the_log_is_append_only_and_its_seal_finds_what_was_changed
    what_a_clock_left_behind_is_sealed_as_well
    many_writers_at_once_lose_nothing
    a_search_reads_only_its_desks
    a_request_that_goes_away_leaves_the_writer_whole
    a_broken_guard_fails_alone_the_second_time
    a_change_must_say_which_version_it_was_written_against
    a_look_sees_one_moment
    a_look_cannot_write
    a_command_that_came_twice_is_answered_when_the_first_is_durable
}

async fn an_act_that_is_dropped_leaves_no_trace(world: World) {
    let right = Right::system(System::Console);
    let mut act = world.act().await;
    let m = act.municipality();
    act.save(&right)
        .unwrap()
        .exec("INSERT INTO setting (municipality_id, key, value) VALUES ($1, 'k', 'v')", args![m])
        .await
        .unwrap();
    drop(act);
    assert_eq!(world.count("SELECT COUNT(*) AS n FROM setting WHERE municipality_id = $1").await, 0);
    assert_eq!(
        world.count("SELECT COUNT(*) AS n FROM command WHERE municipality_id = $1").await,
        1,
        "only the command that counts is there, while it runs"
    );
}

async fn a_command_is_accepted_once(world: World) {
    let envelope = Envelope {
        command: world.engine.new_id(),
        base_version: None,
        origin: Origin::Page,
        issued_at: world.engine.now(),
    };
    let ctx = author(&world).await;

    let Ok(Begun::New(act)) = ctx.act(&envelope, "test.once", &"body").await else { panic!("new at first") };
    act.commit("outcome").await.unwrap();
    let Ok(Begun::Before(outcome)) = ctx.act(&envelope, "test.once", &"body").await else {
        panic!("not twice")
    };
    assert_eq!(outcome, "outcome");
    let Err(Fail::Refused(refusal)) = ctx.act(&envelope, "test.once", &"other words").await else {
        panic!("the same id with other words is refused")
    };
    assert_eq!(refusal.key, "command.already_sent");
}

/// An author for commands: a person of the municipality.
async fn author(world: &World) -> Ctx {
    let right = Right::system(System::Console);
    let ctx = world.ctx();
    let user = ctx.viewer.user;
    let mut act = world.act().await;
    let m = act.municipality();
    act.save(&right)
        .unwrap()
        .exec(
            "INSERT INTO app_user (municipality_id, id, login, name) VALUES ($1, $2, 'a', 'A')",
            args![m, user],
        )
        .await
        .unwrap();
    act.commit("").await.unwrap();
    ctx
}

fn envelope(world: &World, base_version: Option<i64>) -> Envelope {
    Envelope {
        command: world.engine.new_id(),
        base_version,
        origin: Origin::Page,
        issued_at: world.engine.now(),
    }
}

async fn a_change_must_say_which_version_it_was_written_against(world: World) {
    let ctx = author(&world).await;
    for (base, good) in [(Some(3), true), (Some(2), false), (Some(4), false), (None, false)] {
        let Ok(Begun::New(act)) = ctx.act(&envelope(&world, base), "test.change", &base).await else {
            panic!("new")
        };
        let checked = act.check_version(3);
        assert_eq!(checked.is_ok(), good, "{base:?}");
        assert!(good || matches!(checked, Err(Fail::Stale)), "{base:?}");
    }
}

async fn a_look_sees_one_moment(world: World) {
    let right = Right::system(System::Console);
    let mut look = world.ctx().look(engine::Channel::Page).await.unwrap();
    let m = world.municipality;
    let count = "SELECT COUNT(*) AS n FROM setting WHERE municipality_id = $1";
    let before: i64 = look.conn().one(count, args![m]).await.unwrap().get("n").unwrap();
    let mut act = world.act().await;
    act.save(&right)
        .unwrap()
        .exec("INSERT INTO setting (municipality_id, key, value) VALUES ($1, 'k', 'v')", args![m])
        .await
        .unwrap();
    act.commit("").await.unwrap();
    let after: i64 = look.conn().one(count, args![m]).await.unwrap().get("n").unwrap();
    assert_eq!((before, after), (0, 0), "what was committed in between is of another moment");
    look.close().await.unwrap();
}

async fn a_look_cannot_write(world: World) {
    let mut look = world.ctx().look(engine::Channel::Page).await.unwrap();
    let m = world.municipality;
    let sql = "INSERT INTO setting (municipality_id, key, value) VALUES ($1, 'k', 'v')";
    assert!(look.conn().exec(sql, args![m]).await.is_err());
}

/// Lets every other task come as far as it can, by turns and not by the clock.
async fn others_go_on() {
    for _ in 0..20_000 {
        tokio::task::yield_now().await;
    }
}

/// The first waits for its flush, the same command comes again, and a third act holds the writer: nobody may be told
/// yet that anything is done.
async fn a_command_that_came_twice_is_answered_when_the_first_is_durable(world: World) {
    let (ctx, sent) = (author(&world).await, envelope(&world, None));
    let Ok(Begun::New(first)) = ctx.act(&sent, "test.once", &"body").await else { panic!("new at first") };
    if !world.engine.is_sqlite() {
        // PostgreSQL lets the second wait at the unique key until the first is committed.
        let again = tokio::spawn({
            let (ctx, sent) = (ctx.clone(), sent.clone());
            async move { ctx.act(&sent, "test.once", &"body").await.map(|_| ()) }
        });
        others_go_on().await;
        assert!(!again.is_finished());
        first.commit("outcome").await.unwrap();
        again.await.unwrap().unwrap();
        return;
    }
    let (held, holding) = tokio::sync::oneshot::channel::<()>();
    let (go, going) = tokio::sync::oneshot::channel::<()>();
    let again = tokio::spawn({
        let (ctx, sent) = (ctx.clone(), sent.clone());
        async move { ctx.act(&sent, "test.once", &"body").await.map(|_| ()) }
    });
    others_go_on().await;
    let other = tokio::spawn({
        let (ctx, sent) = (ctx.clone(), envelope(&world, None));
        async move {
            let Ok(Begun::New(act)) = ctx.act(&sent, "test.other", &"body").await else { panic!("new") };
            held.send(()).unwrap();
            going.await.unwrap();
            drop(act);
        }
    });
    others_go_on().await;
    let ended = tokio::spawn(first.commit("outcome"));
    holding.await.unwrap();
    others_go_on().await;
    assert!(!ended.is_finished(), "nothing is flushed while the writer is held");
    assert!(!again.is_finished(), "the second is told of something that is not durable yet");
    go.send(()).unwrap();
    other.await.unwrap();
    ended.await.unwrap().unwrap();
    again.await.unwrap().unwrap();
}

async fn raw_sql_cannot_commit_an_orphaned_case(world: World) {
    assert!(world.try_case(false, "open").await.is_err(), "no task at all");
    let world = World { municipality: world.engine.new_id(), ..world };
    world.bootstrap().await;
    assert!(world.try_case(true, "done").await.is_err(), "only a finished task");
    let world = World { municipality: world.engine.new_id(), ..world };
    world.bootstrap().await;
    let case = world.try_case(true, "open").await.expect("with an open task it stands");

    let right = Right::system(System::Console);
    for sql in [
        "UPDATE task SET state = 'done', ended_at = '2026-11-20' WHERE municipality_id = $1 AND case_id = $2",
        "DELETE FROM task WHERE municipality_id = $1 AND case_id = $2",
        "UPDATE task SET case_id = NULL WHERE municipality_id = $1 AND case_id = $2",
        "UPDATE case_file SET accountable_desk_id = NULL WHERE municipality_id = $1 AND id = $2",
        "UPDATE case_file SET guard_task_id = NULL WHERE municipality_id = $1 AND id = $2",
    ] {
        let mut act = world.act().await;
        let m = act.municipality();
        let at_once = act.save(&right).unwrap().exec(sql, args![m, case]).await;
        let committed = act.commit("").await;
        assert!(at_once.is_err() || committed.is_err(), "{sql}");
    }
    assert_eq!(world.count("SELECT COUNT(*) AS n FROM case_file WHERE municipality_id = $1").await, 1);
    assert_eq!(engine::check::invariants(&world.engine, world.municipality).await.unwrap(), []);
}

async fn log_rows(world: &World, n: usize) {
    let right = Right::system(System::Console);
    let mut act = world.act().await;
    let m = act.municipality();
    for _ in 0..n {
        let (id, record): (Id<words::id::kind::Access>, Id<words::id::kind::Thing>) =
            (act.new_id(), act.new_id());
        let now = act.now();
        act.save(&right)
            .unwrap()
            .exec(
                "INSERT INTO access_log (municipality_id, id, at, channel, action, record_kind, record_id, categories, \
                 basis) VALUES ($1, $2, $3, 'page', 'read', 'entry', $4, 1, 'own_record')",
                args![m, id, now, record],
            )
            .await
            .unwrap();
    }
    act.commit("").await.unwrap();
    world.clock.forward_minutes(1);
}

async fn what_a_clock_left_behind_is_sealed_as_well(world: World) {
    world.clock.forward_minutes(24 * 60);
    log_rows(&world, 2).await;
    assert_eq!(seal::seal(&world.engine, Reach::Whole).await.unwrap(), 2);
    world.clock.set(start());
    log_rows(&world, 3).await;
    assert_eq!(seal::seal(&world.engine, Reach::Recent).await.unwrap(), 0, "a day before the newest");
    assert_eq!(seal::oldest_unsealed(&world.engine, world.municipality).await.unwrap(), Some(start()));
    assert_eq!(seal::seal(&world.engine, Reach::Whole).await.unwrap(), 3);
    assert_eq!(seal::oldest_unsealed(&world.engine, world.municipality).await.unwrap(), None);
    assert_eq!(seal::verify(&world.engine, world.municipality, None).await.unwrap(), []);
    log_rows(&world, 1).await;
    assert_eq!(seal::seal(&world.engine, Reach::Recent).await.unwrap(), 1, "near the newest of the chain");
}

async fn tamper(world: &World, sql: &'static str) {
    let right = Right::system(System::Console);
    let mut act = world.act().await;
    let m = act.municipality();
    let refused = act.save(&right).unwrap().exec(sql, args![m]).await;
    assert!(refused.is_err(), "append-only: {sql}");
    drop(act);
    // Whoever owns the database can switch the trigger off; the chain is for that day.
    engine::check::without_append_only(&world.engine, m, async |conn| {
        conn.exec(sql, args![m]).await.map(|_| ())
    })
    .await
    .unwrap();
}

async fn the_log_is_append_only_and_its_seal_finds_what_was_changed(world: World) {
    log_rows(&world, 5).await;
    assert_eq!(seal::seal(&world.engine, Reach::Recent).await.unwrap(), 5);
    assert_eq!(seal::seal(&world.engine, Reach::Recent).await.unwrap(), 0);
    log_rows(&world, 5).await;
    seal::seal(&world.engine, Reach::Recent).await.unwrap();
    let m = world.municipality;
    let head: Head = seal::heads(&world.engine).await.unwrap().remove(0);
    assert_eq!(head.seq, 10);
    assert_eq!(seal::verify(&world.engine, m, Some(&head)).await.unwrap(), []);

    tamper(
        &world,
        "UPDATE access_log SET basis = 'consent' WHERE municipality_id = $1 AND id = (SELECT log_id FROM access_seal \
         WHERE seq = 3 AND municipality_id = $1)",
    )
    .await;
    assert_eq!(seal::verify(&world.engine, m, Some(&head)).await.unwrap(), [Flaw::Edited(3)]);

    tamper(
        &world,
        "DELETE FROM access_log WHERE municipality_id = $1 AND id = (SELECT log_id FROM access_seal WHERE seq = 5 \
         AND municipality_id = $1)",
    )
    .await;
    let flaws = seal::verify(&world.engine, m, Some(&head)).await.unwrap();
    assert_eq!(flaws, [Flaw::Edited(3), Flaw::Removed(5)]);

    // Cut off the end, rows and links together: only the exported head shows it.
    tamper(
        &world,
        "DELETE FROM access_log WHERE municipality_id = $1 AND id IN (SELECT log_id FROM access_seal WHERE seq > 8 \
         AND municipality_id = $1)",
    )
    .await;
    tamper(&world, "DELETE FROM access_seal WHERE municipality_id = $1 AND seq > 8").await;
    let flaws = seal::verify(&world.engine, m, Some(&head)).await.unwrap();
    assert!(flaws.contains(&Flaw::Truncated(8, 10)), "{flaws:?}");
    assert!(!seal::verify(&world.engine, m, None).await.unwrap().contains(&Flaw::Truncated(8, 10)));
}

async fn many_writers_at_once_lose_nothing(world: World) {
    let world = std::sync::Arc::new(world);
    let mut writers = Vec::new();
    for writer in 0..16_i64 {
        let world = std::sync::Arc::clone(&world);
        writers.push(tokio::spawn(async move {
            let right = Right::system(System::Console);
            for n in 0..20_i64 {
                let mut act = world.act().await;
                let m = act.municipality();
                act.save(&right)
                    .unwrap()
                    .exec(
                        "INSERT INTO setting (municipality_id, key, value) VALUES ($1, $2, 'v')",
                        args![m, format!("{writer}-{n}")],
                    )
                    .await
                    .unwrap();
                // Every third act changes its mind.
                if n % 3 == 2 {
                    drop(act);
                } else {
                    act.commit("").await.unwrap();
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(world.count("SELECT COUNT(*) AS n FROM setting WHERE municipality_id = $1").await, 16 * 14);
}

async fn a_search_reads_only_its_desks(world: World) {
    let mut act = world.act().await;
    let (m, now) = (act.municipality(), act.now());
    let (own, other, shared): (words::id::ThingId, words::id::ThingId, words::id::ThingId) =
        (act.new_id(), act.new_id(), act.new_id());
    let grams = words::bigram::bigrams("介護の相談");
    let mut conn = act.save(&Right::system(System::Console)).unwrap();
    search::index(&mut conn, m, "entry", own, now, &grams, &[1]).await.unwrap();
    search::index(&mut conn, m, "entry", other, now, &grams, &[12]).await.unwrap();
    search::index(&mut conn, m, "entry", shared, now, &grams, &[1, 12]).await.unwrap();
    let wanted = words::bigram::query_bigrams("介護");
    let things = |hits: search::Hits| hits.into_iter().map(|(_, thing)| thing).collect::<Vec<_>>();
    let of_ten = search::Wanted::of("entry", &wanted, 10);
    for (desk, finds) in [(1, vec![shared, own]), (2, vec![])] {
        let [found] = search::find(&mut conn, m, [of_ten], &[desk]).await.unwrap();
        assert_eq!(things(found), finds, "{desk}");
    }
    search::remove(&mut conn, m, "entry", shared).await.unwrap();
    let [found] = search::find(&mut conn, m, [of_ten], &[1, 12]).await.unwrap();
    assert_eq!(things(found), [other, own]);
    // Several at once are each looked for, and none finds what another looks for.
    let one = search::Wanted::of("entry", &wanted, 1);
    let each = [search::Wanted { grams: &[], ..one }, one, search::Wanted { kind: "person", ..one }, one];
    let found = search::find(&mut conn, m, each, &[1, 12]).await.unwrap();
    assert_eq!(found.map(things), [vec![], vec![other], vec![], vec![other]]);
}

/// Browsers are closed at any moment: an act dropped at any point of its way must leave the next one a writer.
async fn a_request_that_goes_away_leaves_the_writer_whole(world: World) {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};
    let world = std::sync::Arc::new(world);
    for polls in 0..40_usize {
        let one = std::sync::Arc::clone(&world);
        let mut act = Box::pin(async move {
            let right = Right::system(System::Console);
            let mut act = one.act().await;
            let m = act.municipality();
            act.save(&right)
                .unwrap()
                .exec(
                    "INSERT INTO setting (municipality_id, key, value) VALUES ($1, $2, 'v')",
                    args![m, format!("p{polls}")],
                )
                .await
                .unwrap();
            act.commit("").await
        });
        for _ in 0..polls {
            let polled = act.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(done) = polled {
                done.unwrap();
                break;
            }
            // Gives the other tasks their turn, without waiting by the clock.
            tokio::task::yield_now().await;
        }
        drop(act);
        let next = world.act().await;
        next.commit("").await.unwrap();
    }
}

/// A case without an open task: no wall but the deferred guard stops it.
async fn orphan(
    world: &World,
    desk: Id<words::id::kind::Desk>,
    household: Id<words::id::kind::Household>,
) -> bool {
    let right = Right::system(System::Console);
    let mut act = world.act().await;
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let (case, task): (CaseId, Id<words::id::kind::Task>) = (act.new_id(), act.new_id());
    act.save(&right)
        .unwrap()
        .exec(
            "INSERT INTO case_file (municipality_id, id, fiscal_year, number, state, household_id, \
             accountable_desk_id, opened_at, guard_task_id, guard_task_state, command_id) \
             VALUES ($1, $2, 2026, 1, 'open', $3, $4, $5, $6, 'open', $7)",
            args![m, case, household, desk, now, task, command],
        )
        .await
        .unwrap();
    act.commit("").await.is_ok()
}

async fn setting(world: &World, key: String) -> bool {
    let right = Right::system(System::Console);
    let mut act = world.act().await;
    let m = act.municipality();
    let mut conn = act.save(&right).unwrap();
    // Two rows, so that half an act would be seen.
    for half in ["a", "b"] {
        conn.exec(
            "INSERT INTO setting (municipality_id, key, value) VALUES ($1, $2, 'v')",
            args![m, format!("{key}{half}")],
        )
        .await
        .unwrap();
    }
    act.commit("").await.is_ok()
}

async fn a_broken_guard_fails_alone_the_second_time(world: World) {
    const GOOD: usize = 12;
    let (desk, household) = world.desk().await;
    let world = std::sync::Arc::new(world);
    let mut todo: Vec<usize> = (0..=GOOD).collect();
    for round in 0..2 {
        // While one act holds the writer the others line up behind it: on SQLite they become one group.
        let first = world.act().await;
        let sent: Vec<_> = todo
            .iter()
            .map(|n| {
                let (n, world) = (*n, std::sync::Arc::clone(&world));
                tokio::spawn(async move {
                    (
                        n,
                        if n == GOOD {
                            orphan(&world, desk, household).await
                        } else {
                            setting(&world, n.to_string()).await
                        },
                    )
                })
            })
            .collect();
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        drop(first);
        todo.clear();
        for one in sent {
            let (n, stored) = one.await.unwrap();
            if !stored {
                todo.push(n);
            }
        }
        let rows = world.count("SELECT COUNT(*) AS n FROM setting WHERE municipality_id = $1").await;
        let failed = todo.iter().filter(|n| **n != GOOD).count();
        assert_eq!(usize::try_from(rows).unwrap(), 2 * (GOOD - failed), "stored exactly when it was said");
        assert!(todo.contains(&GOOD), "round {round}: the guard holds");
    }
    assert_eq!(todo, [GOOD], "sent again, only the offender fails");
    assert_eq!(world.count("SELECT COUNT(*) AS n FROM case_file WHERE municipality_id = $1").await, 0);
}

/// Without statistics SQLite takes the municipality, the first column of every index, to narrow a search, and reads a
/// whole town where an index to the few rows stands ready.
#[tokio::test]
async fn sqlite_never_takes_the_municipality_for_a_choice() {
    let world = world(false).await;
    let mut look = world.ctx().look(engine::Channel::Page).await.unwrap();
    let mut conn = look.conn();
    let untold = conn
        .all(
            "SELECT i.name FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' \
             AND t.name NOT LIKE 'search%' AND t.name NOT LIKE 'sqlite%' \
             AND i.name NOT IN (SELECT idx FROM sqlite_stat1)",
            args![],
        )
        .await
        .unwrap();
    assert!(untold.is_empty(), "indexes the planner was told nothing about");
    // Each with what it must be found by.
    for (sql, found_by) in [
        (
            "EXPLAIN QUERY PLAN SELECT MAX(x.valid_from) FROM household_member x WHERE x.municipality_id = $1 \
             AND x.person_id = $1",
            "person_id=?",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT id FROM consultation WHERE municipality_id = $1 AND desk_id IN ($2, $3) \
             ORDER BY occurred_at DESC LIMIT 50",
            "desk_id=?",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT id FROM entry WHERE municipality_id = $1 AND household_id = $2 \
             AND field = 'consideration' AND state = 'valid' ORDER BY occurred_at DESC, id DESC LIMIT 20",
            "household_id=? AND field=?",
        ),
    ] {
        let rows =
            conn.all(sql, args![world.municipality, world.municipality, world.municipality]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail").unwrap()).collect();
        assert!(plan.iter().any(|step| step.contains(found_by)), "{sql}: {plan:?}");
    }
}

#[tokio::test]
async fn ids_of_one_millisecond_stand_in_the_order_they_were_made() {
    let world = world(false).await;
    let ids: Vec<Id<words::id::kind::Thing>> = (0..2_000).map(|_| world.engine.new_id()).collect();
    assert!(ids.is_sorted() && ids.windows(2).all(|two| two[0] != two[1]));
    assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
}
