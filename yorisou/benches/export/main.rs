//! P8 of `docs/benchmarks.md`: a list of 10,000 as a file, permissions applied, every row logged; and memory, which must
//! not grow with the rows. `cargo bench -p yorisou --bench export`; a number after `--` is the most rows.
//!
//! The data set is made anew in a folder of its own each time: one desk, one caseworker, consultations with a person
//! each. Times hold everything from the job's start to the file that can be fetched, and then fetching it.

#![expect(clippy::disallowed_methods, reason = "measuring is what a bench is for")]

use std::time::Instant as Stopwatch;

use access::{Right, Role, System};
use engine::{Begun, Channel, Ctx, Engine, Envelope, Origin, SetClock};
use register::acts;
use register::{EntityKind, NewAgency, NewUser, Span};
use site::{Form, Languages, T};
use words::id::{ConsultationId, MunicipalityId, UserId};
use words::{Day, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Consultations written in one act.
const AT_ONCE: usize = 400;
/// Measured rounds of each kind of file.
const ROUNDS: usize = 5;

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn say(line: &str) {
    println!("{line}");
}

fn main() -> Result<()> {
    let most = std::env::args().filter_map(|a| a.parse::<usize>().ok()).next_back().unwrap_or(40_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    runtime.block_on(run(&format!("sqlite:{}", folder.path().join("p8.db").display()), most))
}

/// What somebody who asks for a file can be refused by.
fn failed(fail: &engine::Fail) -> Box<dyn std::error::Error> {
    format!("{fail:?}").into()
}

async fn run(url: &str, most: usize) -> Result<()> {
    let clock = SetClock::new(Instant::at(Day::new(2026, 11, 21).ok_or("a day")?, 9, 0));
    let engine = Engine::open(url, clock, Some(7)).await?;
    engine::migrate::run(&engine, None).await?;
    let (municipality, user) = town(&engine).await.map_err(|f| failed(&f))?;
    let languages: Languages = yorisou::site::texts()?;
    let t = languages.of(site::Language::Japanese);
    let mut there = 0;
    for rows in [1_000, 10_000, 40_000] {
        if rows > most {
            break;
        }
        fill(&engine, municipality, user, &t, there..rows).await.map_err(|f| failed(&f))?;
        there = rows;
        for format in ["xlsx", "csv", "csv_cp932"] {
            measure(&engine, &languages, (municipality, user), rows, format).await.map_err(|f| failed(&f))?;
        }
    }
    engine.close().await;
    Ok(())
}

/// One desk and one caseworker.
async fn town(engine: &Engine) -> std::result::Result<(MunicipalityId, UserId), engine::Fail> {
    let municipality = engine.new_id();
    engine::check::add_municipality(engine, municipality, "P8").await?;
    let right = Right::system(System::Demonstration);
    let mut act =
        engine.system_act(System::Demonstration, municipality, Origin::Console, "bench.town", &()).await?;
    acts::create_municipality(&mut act, &right, "P8", "142051").await?;
    register::seed_legal_bases(&mut act, &right, municipality).await?;
    let from = Day::parse_iso("2025-04-01").ok_or(engine::Fail::NotVisible)?;
    let entity = acts::add_legal_entity(&mut act, &right, "P8", EntityKind::Mayor).await?;
    let agency = acts::add_agency(&mut act, &right, &NewAgency::new("P8", entity, from)).await?;
    let programme = "comprehensive_consultation";
    let desk = acts::add_desk(&mut act, &right, agency, programme, None, from, None).await?;
    let new =
        NewUser { login: "p8".into(), name: "P8".into(), reading: String::new(), demo_line: String::new() };
    let user = acts::add_user(&mut act, &right, &new).await?;
    let post = acts::add_post(&mut act, &right, desk, Role::Caseworker, "").await?;
    acts::appoint(&mut act, &right, user, post, None, Span { from, to: None }, "").await?;
    act.commit("").await?;
    Ok((municipality, user))
}

async fn ctx(
    engine: &Engine,
    municipality: MunicipalityId,
    user: UserId,
) -> std::result::Result<Ctx, engine::Fail> {
    let nobody = access::Viewer {
        municipality,
        user,
        seats: Vec::new(),
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    };
    let ctx = Ctx { engine: engine.clone(), viewer: nobody, now: engine.now() };
    let mut look = ctx.look(Channel::List).await?;
    let viewer = account::viewer_now(&mut look.conn(), municipality, user, ctx.now).await?;
    drop(look);
    Ok(Ctx { viewer: viewer.ok_or(engine::Fail::NotVisible)?, ..ctx })
}

fn envelope(engine: &Engine) -> Envelope {
    Envelope { command: engine.new_id(), base_version: None, origin: Origin::Job, issued_at: engine.now() }
}

/// Consultations about one person each.
async fn fill(
    engine: &Engine,
    municipality: MunicipalityId,
    user: UserId,
    t: &T,
    which: std::ops::Range<usize>,
) -> std::result::Result<(), engine::Fail> {
    let numbers: Vec<usize> = which.collect();
    for part in numbers.chunks(AT_ONCE) {
        let ctx = ctx(engine, municipality, user).await?;
        let Begun::New(mut act) = ctx.act(&envelope(engine), "bench.fill", &part[0]).await? else {
            return Err(engine::Fail::Stale);
        };
        let mut right = None;
        let mut new = Vec::with_capacity(part.len());
        for n in part {
            let mut form = Form::filled(vec![
                ("occurred", "2026-11-20".to_owned()),
                ("words", format!("\u{56f0}\u{308a}\u{3054}\u{3068} {n}")),
                ("channel", "phone".to_owned()),
                ("route", "self".to_owned()),
                ("urgency", "normal".to_owned()),
                ("topics", "income".to_owned()),
                ("name", format!("\u{6238}\u{9ad9} {n}")),
            ]);
            let id: ConsultationId = act.new_id();
            right = Some(intake::permit_record(&mut act, id).await?);
            new.push((id, intake::read_form(&mut form, t, ctx.now)));
        }
        if let Some(right) = right {
            intake::write_many(&mut act, &right, &new).await?;
        }
        act.commit("").await?;
    }
    Ok(())
}

async fn measure(
    engine: &Engine,
    languages: &Languages,
    (municipality, user): (MunicipalityId, UserId),
    rows: usize,
    format: &str,
) -> std::result::Result<(), engine::Fail> {
    let (mut made, mut highest) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let ctx = ctx(engine, municipality, user).await?;
        export::ask(&ctx, &envelope(engine), "/consultations", format).await?;
        let before = reset_peak();
        let begun = Stopwatch::now();
        export::work(engine, languages, || true).await?;
        made.push(begun.elapsed().as_secs_f64() * 1_000.0);
        highest = highest.max(peak().saturating_sub(before));
    }
    made.sort_unstable_by(f64::total_cmp);
    say(&format!(
        "P8 {rows:>6} rows as {format:<9}  median {:>7.0} ms, slowest {:>7.0} ms, memory above rest {:>5.1} MB",
        made[ROUNDS / 2],
        made[ROUNDS - 1],
        f64::from(u32::try_from(highest / 1024).unwrap_or(u32::MAX)),
    ));
    Ok(())
}

/// Begins a new peak; what is in memory now, in KiB. Nothing where the system does not tell.
fn reset_peak() -> u64 {
    // An error only means that the peak is that of the whole run.
    drop(std::fs::write("/proc/self/clear_refs", "5"));
    status("VmRSS:")
}

fn peak() -> u64 {
    status("VmHWM:")
}

fn status(what: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(what)).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
