//! How fast it is on a town: `cargo bench -p yorisou --bench town`. The bars are those of `docs/benchmarks.md`.
//!
//! The data sets are made once (some minutes) and kept under `target/bench`; with `YORISOU_TEST_POSTGRES` set, also
//! in a database of that server, which must make commits durable (`scripts/postgres durable`). Both sides of every
//! comparison run in turn, in the same run. The program runs in a process of its own: CPU is the program's alone, times
//! over HTTP hold the client, which shares the two or so cores with it.
//!
//! Words after `--` narrow a run: `cargo bench -p yorisou --bench town -- small` shows in a minute that everything
//! runs, `-- sqlite p5` measures the search on one engine.

#![expect(clippy::disallowed_methods, reason = "measuring is what a bench is for")]

mod case;
mod client;
mod data;
mod hint;
mod raw;
mod search;
mod served;
mod start;
mod writes;

use std::time::{Duration, Instant as Stopwatch};

use client::Client;
use data::{Set, Which};
use raw::{Cell, Raw};
use served::Served;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Whose list is measured: a caseworker with one agency's desks.
pub const VIEWER: &str = "aoki";

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn say(line: &str) {
    println!("{line}");
}

/// Times of one side of a comparison.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let at = ((sorted.len() as f64 - 1.0) * part).round() as usize;
        sorted.get(at).map_or(f64::NAN, |d| d.as_secs_f64() * 1_000.0)
    }

    fn median(&self) -> f64 {
        self.at(0.5)
    }

    fn shown(&self) -> String {
        format!("median {:.2} ms, p95 {:.2} ms ({})", self.median(), self.at(0.95), self.0.len())
    }
}

/// Times a page, which must come.
async fn page(client: &mut Client, path: &str, times: &mut Times) -> Result<String> {
    let begun = Stopwatch::now();
    let answer = client.get(path).await?;
    times.0.push(begun.elapsed());
    if answer.status != 200 {
        return Err(format!("{path}: {}", answer.status).into());
    }
    Ok(answer.body)
}

/// Looks for words, perhaps narrowed by further fields, and notes how long it took.
async fn search(
    client: &mut Client,
    words: &str,
    narrowed: &[(&str, &str)],
    times: &mut Times,
) -> Result<String> {
    let form = client.get("/search").await?.body;
    let csrf = form.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let csrf = csrf.ok_or("no form to search with")?.to_owned();
    let begun = Stopwatch::now();
    let fields = [&[("csrf", csrf.as_str()), ("q", words)], narrowed].concat();
    let answer = client.post("/search", &fields).await?;
    times.0.push(begun.elapsed());
    if answer.status != 200 {
        return Err(format!("search: {}", answer.status).into());
    }
    Ok(answer.body)
}

/// One write of 4 KiB made durable, in the folder of the data sets.
fn fdatasync() -> Result<Times> {
    use std::io::Write;
    std::fs::create_dir_all(data::folder())?;
    let file = data::folder().join("fdatasync");
    let mut out = std::fs::File::create(&file)?;
    let mut times = Times::default();
    for _ in 0..200 {
        out.write_all(&[7; 4_096])?;
        let begun = Stopwatch::now();
        out.sync_data()?;
        times.0.push(begun.elapsed());
    }
    std::fs::remove_file(file)?;
    Ok(times)
}

/// The ids the raw side needs: municipality, and a desk of the viewer.
async fn ids(set: &Set) -> Result<(uuid::Uuid, uuid::Uuid)> {
    let municipality = engine::check::municipalities(&set.engine).await?.first().ok_or("no municipality")?.0;
    let mut act = set
        .engine
        .system_act(access::System::Console, municipality, engine::Origin::Console, "bench", &"ids")
        .await
        .map_err(|_| "no act")?;
    let row = act
        .facts()?
        .one(
            "SELECT p.desk_id FROM app_user u JOIN appointment a ON a.municipality_id = u.municipality_id \
             AND a.user_id = u.id JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
             JOIN consultation c ON c.municipality_id = p.municipality_id AND c.desk_id = p.desk_id \
             WHERE u.municipality_id = $1 AND u.login = $2 GROUP BY p.desk_id ORDER BY COUNT(*) DESC LIMIT 1",
            engine::args![municipality, VIEWER],
        )
        .await?;
    let desk: words::id::DeskId = row.get("desk_id")?;
    Ok((municipality.uuid(), desk.uuid()))
}

const LIST: &str = "SELECT id, state, desk_id, author_id, accountable_desk_id, occurred_at, recorded_at, channel, route, \
     came_as, place, anonymous, third_party, household_id, person_id, urgency, area_id, age_band, disposition, case_id, \
     sheet_id, version FROM consultation WHERE municipality_id = $1 AND desk_id = $2 \
     ORDER BY occurred_at DESC, id DESC LIMIT 51";

/// P1: the list of 50 consultations, beside its SELECT.
async fn list(set: &Set, label: &str) -> Result<()> {
    let program = Served::start(set)?;
    let mut client = Client::sign_in(program.address, VIEWER).await?;
    let mut raw = Raw::open(&set.url).await?;
    let (municipality, desk) = ids(set).await?;
    let (mut pages, mut selects) = (Times::default(), Times::default());
    let (mut cpu, mut rows) = (0.0, 0);
    for round in 0..6 {
        let mut warm = Times::default();
        let before = program.cpu_ms();
        for _ in 0..60 {
            page(&mut client, "/consultations", if round == 0 { &mut warm } else { &mut pages }).await?;
        }
        if round > 0 {
            cpu += program.cpu_ms() - before;
        }
        for _ in 0..60 {
            let begun = Stopwatch::now();
            rows = raw.rows(LIST, &[Cell::Id(municipality), Cell::Id(desk)]).await?;
            if round > 0 {
                selects.0.push(begun.elapsed());
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let each = cpu / pages.0.len() as f64;
    say(&format!("P1  {label}: list of 50, page over HTTP, log written   {}", pages.shown()));
    say(&format!("P1  {label}: CPU of the program per page                {each:.2} ms"));
    say(&format!("P1  {label}: the SELECT alone, {rows} rows               {}", selects.shown()));
    Ok(())
}

/// P3: the same page with a million rows beside it that the viewer may not see.
async fn hidden(alone: &Set, million: &Set, label: &str) -> Result<()> {
    let (alone, million) = (Served::start(alone)?, Served::start(million)?);
    let mut few = Client::sign_in(alone.address, VIEWER).await?;
    let mut many = Client::sign_in(million.address, VIEWER).await?;
    let (mut a, mut b, mut warm) = (Times::default(), Times::default(), Times::default());
    for _ in 0..20 {
        page(&mut few, "/consultations", &mut warm).await?;
        page(&mut many, "/consultations", &mut warm).await?;
    }
    for _ in 0..10 {
        for _ in 0..20 {
            page(&mut few, "/consultations", &mut a).await?;
        }
        for _ in 0..20 {
            page(&mut many, "/consultations", &mut b).await?;
        }
    }
    say(&format!("P3  {label}: list of 50 alone                          {}", a.shown()));
    say(&format!("P3  {label}: list of 50 among 1,000,000                {}", b.shown()));
    say(&format!(
        "P3  {label}: ratio of the medians                      {:.2} (bar 1.5)",
        b.median() / a.median()
    ));
    Ok(())
}

/// Words after `--` that choose the data and narrow a run: `small`, `crowd` or `prefecture`, an engine, the number of a bar. None of a kind means all of it.
struct Chosen(Vec<String>);

impl Chosen {
    const SETS: [&str; 3] = ["small", "crowd", "prefecture"];
    const ENGINES: [&str; 2] = ["sqlite", "postgres"];
    const BARS: [&str; 8] = ["p1", "p3", "p4", "p5", "p6", "p11", "p12", "p13"];

    fn of_command_line(words: Vec<String>) -> Result<Self> {
        let known = |w: &String| {
            Self::SETS.contains(&w.as_str())
                || Self::ENGINES.contains(&w.as_str())
                || Self::BARS.contains(&w.as_str())
        };
        match words.iter().find(|w| !known(w)) {
            Some(word) => {
                let known = (Self::SETS, Self::ENGINES, Self::BARS);
                Err(format!("unknown: {word} {known:?}").into())
            }
            None => Ok(Self(words)),
        }
    }

    fn named(&self, word: &str) -> bool {
        self.0.iter().any(|w| w == word)
    }

    fn engine(&self, engine: &str) -> bool {
        self.named(engine) || !Self::ENGINES.iter().any(|e| self.named(e))
    }

    fn bar(&self, bar: &str) -> bool {
        self.named(bar) || !Self::BARS.iter().any(|b| self.named(b))
    }

    /// What is measured; the small town shows in a minute that everything runs.
    fn town(&self) -> Which {
        match Self::SETS.iter().find(|set| self.named(set)) {
            Some(&"small") => Which::Small,
            Some(&"crowd") => Which::Crowd,
            Some(&"prefecture") => Which::Prefecture,
            _ => Which::Town,
        }
    }
}

/// Everything that is measured on one engine.
async fn on(chosen: &Chosen, town: &Set, label: &str) -> Result<()> {
    say(&format!("    fdatasync of 4 KiB                                 {}", fdatasync()?.shown()));
    if chosen.bar("p1") {
        list(town, label).await?;
    }
    if chosen.bar("p4") {
        case::run(town, label).await?;
    }
    if chosen.bar("p5") {
        search::run(town, label).await?;
    }
    if chosen.bar("p11") {
        hint::run(town, label).await?;
    }
    if chosen.bar("p6") {
        writes::run(town, label).await?;
    }
    Ok(())
}

async fn run(chosen: &Chosen) -> Result<()> {
    if chosen.engine("sqlite") {
        let town = data::sqlite(chosen.town()).await?;
        on(chosen, &town, "SQLite").await?;
        if chosen.bar("p12") {
            case::weight(&town).await?;
        }
        if chosen.bar("p3") && chosen.town() == Which::Town {
            let (alone, million) = (data::sqlite(Which::Small).await?, data::sqlite(Which::Million).await?);
            hidden(&alone, &million, "SQLite").await?;
        }
    }
    if chosen.engine("postgres")
        && let Some(town) = data::postgres(chosen.town()).await?
    {
        on(chosen, &town, "PostgreSQL").await?;
        if chosen.bar("p3")
            && chosen.town() == Which::Town
            && let Some(alone) = data::postgres(Which::Small).await?
            && let Some(million) = data::postgres(Which::Million).await?
        {
            hidden(&alone, &million, "PostgreSQL").await?;
        }
    }
    if chosen.bar("p13") { start::run() } else { Ok(()) }
}

fn main() -> Result<()> {
    // `cargo test --benches` runs this too; only `cargo bench` measures.
    if !std::env::args().any(|a| a == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let words: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match words.as_slice() {
        [word, url] if word == served::WORD => runtime.block_on(served::serve(url)),
        _ => runtime.block_on(run(&Chosen::of_command_line(words)?)),
    }
}
