//! P3 of `docs/benchmarks.md`: 50 visible rows among a million that are not, beside the same 50 alone. Two databases, asked
//! in turn, so that both have the same neighbours: `cargo bench -p yorisou --bench visible`; a number after `--` is how many
//! rows are hidden, a word the engine. PostgreSQL needs `YORISOU_TEST_POSTGRES` (`scripts/postgres durable`).
//!
//! The list of consultations and a search, over HTTP, rendered and logged, for a caseworker whose desk wrote 50; another
//! desk of the same town wrote the rest.

#![expect(clippy::disallowed_methods, reason = "measuring is what a bench is for")]

#[path = "../town/client.rs"]
#[expect(dead_code, reason = "shared with the bench of the town, which uses all of it")]
mod client;
#[path = "../town/raw.rs"]
#[expect(dead_code, reason = "shared with the bench of the town, which uses all of it")]
mod raw;

use std::net::SocketAddr;
use std::time::Instant as Stopwatch;

use access::{Right, Role, System};
use client::Client;
use engine::{Engine, Origin, SetClock, args};
use register::{EntityKind, NewAgency, NewUser, Span, acts};
use words::id::{DeskId, MunicipalityId};
use words::{Day, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Rows that the viewer's desk wrote.
const VISIBLE: usize = 50;
/// Rows of one statement.
const AT_ONCE: i64 = 100_000;
/// Requests of each kind to each database.
const ROUNDS: usize = 200;

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn say(line: &str) {
    println!("{line}");
}

#[tokio::main]
async fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let hidden = asked.iter().find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    let wants =
        |word: &str| !asked.iter().any(|a| a.parse::<i64>().is_err()) || asked.iter().any(|a| a == word);
    let folder = tempfile::tempdir()?;
    let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    if wants("sqlite") {
        compare("SQLite", [&file("alone.db"), &file("among.db")], hidden).await?;
    }
    if let Ok(server) = std::env::var("YORISOU_TEST_POSTGRES")
        && wants("postgres")
    {
        let (base, _) = server.rsplit_once('/').ok_or("YORISOU_TEST_POSTGRES names no database")?;
        let mut urls = Vec::new();
        for which in ["alone", "among"] {
            let name = format!("bench_visible_{which}_{}", std::process::id());
            let admin = Engine::open(&server, engine::SystemClock, None).await?;
            engine::check::create_database(&admin, &name, None).await?;
            admin.close().await;
            urls.push(format!("{base}/{name}"));
        }
        compare("PostgreSQL", [&urls[0], &urls[1]], hidden).await?;
    }
    Ok(())
}

/// Somebody refused something: a mistake of this bench.
fn failed(fail: &engine::Fail) -> Box<dyn std::error::Error> {
    format!("{fail:?}").into()
}

async fn compare(name: &str, [alone, among]: [&str; 2], hidden: i64) -> Result<()> {
    let (mut one, _) = town(alone, 0).await?;
    let (mut other, there) = town(among, hidden).await?;
    for (what, path) in [("list of 50", "/consultations"), ("search, a word", "")] {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS + 20 {
            let times = (ask(&mut one, path).await?, ask(&mut other, path).await?);
            if round >= 20 {
                a.push(times.0);
                b.push(times.1);
            }
        }
        let (a, b) = (median(a), median(b));
        let ratio = b / a;
        let verdict = if ratio <= 1.5 { "holds" } else { "misses" };
        say(&format!(
            "| P3 | {name}: {what}, {VISIBLE} visible | alone {a:.2} ms | among {there} {b:.2} ms | {ratio:.2} × | {verdict} |"
        ));
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

/// One page; milliseconds.
async fn ask(client: &mut Client, path: &str) -> Result<f64> {
    let begun = Stopwatch::now();
    let answer = if path.is_empty() {
        let csrf = client.csrf.clone();
        client.post("/search", &[("csrf", &csrf), ("q", "家賃")]).await?
    } else {
        client.get(path).await?
    };
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    if answer.status == 200 { Ok(took) } else { Err(format!("{path} answers {}", answer.status).into()) }
}

/// A town with two desks, 50 consultations of one and `hidden` of the other, served; somebody of the first desk.
async fn town(url: &str, hidden: i64) -> Result<(Client, i64)> {
    let clock = SetClock::new(Instant::at(Day::new(2026, 11, 21).ok_or("a day")?, 9, 0));
    let engine = Engine::open(url, clock, Some(7)).await?;
    engine::migrate::run(&engine, None).await?;
    let (municipality, other) = register(&engine).await.map_err(|f| failed(&f))?;
    let router = yorisou::site::build(engine.clone(), true, false)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address: SocketAddr = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut client = Client::sign_in(address, "p3").await?;
    for n in 0..VISIBLE {
        let page = client.get("/consultations/new").await?;
        let command = client::value_of(&page.body, "command");
        let name = format!("戸髙 {n}");
        let csrf = client.csrf.clone();
        let fields = [
            ("csrf", csrf.as_str()),
            ("command", &command),
            ("checked", "yes"),
            ("occurred", "2026-11-20"),
            ("words", "家賃が払えない"),
            ("channel", "phone"),
            ("route", "self"),
            ("urgency", "normal"),
            ("topics", "income"),
            ("name", &name),
        ];
        let answer = client.post("/consultations", &fields).await?;
        if answer.status != 303 {
            return Err(format!("a consultation was answered with {}: {}", answer.status, answer.body).into());
        }
    }
    let mut there = 0;
    while there < hidden {
        there += hide(&engine, municipality, other, AT_ONCE.min(hidden - there), there)
            .await
            .map_err(|f| failed(&f))?;
    }
    // What PostgreSQL does by itself within a minute; what SQLite is told does not depend on the rows.
    if hidden > 0 && !engine.is_sqlite() {
        raw::Raw::open(url).await?.script("ANALYZE").await?;
    }
    Ok((client, there))
}

async fn register(engine: &Engine) -> std::result::Result<(MunicipalityId, DeskId), engine::Fail> {
    let municipality = engine.new_id();
    engine::check::add_municipality(engine, municipality, "P3").await?;
    let right = Right::system(System::Demonstration);
    let mut act =
        engine.system_act(System::Demonstration, municipality, Origin::Console, "bench.town", &()).await?;
    acts::create_municipality(&mut act, &right, "P3", "142051").await?;
    register::seed_legal_bases(&mut act, &right, municipality).await?;
    let from = Day::parse_iso("2025-04-01").ok_or(engine::Fail::NotVisible)?;
    let entity = acts::add_legal_entity(&mut act, &right, "P3", EntityKind::Mayor).await?;
    let mut desks = Vec::new();
    for name in ["P3", "P3 B"] {
        let agency = acts::add_agency(&mut act, &right, &NewAgency::new(name, entity, from)).await?;
        desks.push(
            acts::add_desk(&mut act, &right, agency, "comprehensive_consultation", None, from, None).await?,
        );
    }
    let new =
        NewUser { login: "p3".into(), name: "P3".into(), reading: String::new(), demo_line: "P3".into() };
    let user = acts::add_user(&mut act, &right, &new).await?;
    let post = acts::add_post(&mut act, &right, desks[0], Role::Caseworker, "").await?;
    acts::appoint(&mut act, &right, user, post, None, Span { from, to: None }, "").await?;
    act.commit("").await?;
    Ok((municipality, desks[1]))
}

/// Rows of the other desk, in time between and around those of the first.
async fn hide(
    engine: &Engine,
    municipality: MunicipalityId,
    desk: DeskId,
    rows: i64,
    from: i64,
) -> std::result::Result<i64, engine::Fail> {
    const SQLITE: &str = "INSERT INTO consultation (municipality_id, id, state, desk_id, accountable_desk_id, occurred_at, \
        recorded_at, channel, route, anonymous, third_party, urgency, command_id) WITH RECURSIVE n (i) AS (SELECT $3 UNION \
        ALL SELECT i + 1 FROM n WHERE i < $4) SELECT $1, randomblob(16), 'answered', $2, $2, \
        strftime('%Y-%m-%dT%H:%M:00.000+09:00', '2026-11-20 23:00:00', '-' || (i % 100000) || ' minutes'), \
        '2026-11-20T23:00:00.000+09:00', 'phone', 'self', TRUE, FALSE, 'normal', $5 FROM n";
    const POSTGRES: &str = "INSERT INTO consultation (municipality_id, id, state, desk_id, accountable_desk_id, occurred_at, \
        recorded_at, channel, route, anonymous, third_party, urgency, command_id) SELECT $1, gen_random_uuid(), 'answered', \
        $2, $2, to_char(TIMESTAMP '2026-11-20 23:00:00' - (i % 100000) * INTERVAL '1 minute', \
        'YYYY-MM-DD\"T\"HH24:MI:00.000+09:00'), '2026-11-20T23:00:00.000+09:00', 'phone', 'self', TRUE, FALSE, 'normal', $5 \
        FROM generate_series($3, $4) AS n (i)";
    let right = Right::system(System::Demonstration);
    let mut act =
        engine.system_act(System::Demonstration, municipality, Origin::Console, "bench.hide", &from).await?;
    let command = act.command();
    let sql = if engine.is_sqlite() { SQLITE } else { POSTGRES };
    let made = act.save(&right)?.exec(sql, args![municipality, desk, from + 1, from + rows, command]).await?;
    act.commit("").await?;
    Ok(i64::try_from(made).unwrap_or(0))
}
