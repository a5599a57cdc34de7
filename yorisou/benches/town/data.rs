//! The data sets, made once and kept under `target/bench`.

use std::path::PathBuf;
use std::time::Instant as Stopwatch;

use engine::{Engine, SetClock};
use words::{Day, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The day on which the data sets stand. Fixed, so that they can be kept.
const TODAY: (i32, u32, u32) = (2026, 11, 20);
/// Rows that the viewer of the list may not see, in the second data set.
pub const HIDDEN: i64 = 1_000_000;

/// The moment of the data sets.
pub fn now() -> Instant {
    let (year, month, day) = TODAY;
    Instant::at(Day::new(year, month, day).unwrap_or_else(|| Instant::from_millis(0).day()), 17, 30)
}

/// A data set in a database.
pub struct Set {
    /// The engine, open.
    pub engine: Engine,
    /// Its URL.
    pub url: String,
}

/// Which data set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The town of the benchmarks.
    Town,
    /// Ten times the town.
    Prefecture,
    /// The town, with nine times as many people beside its own: a million of them.
    Crowd,
    /// A small town.
    Small,
    /// The small town, and a million consultations of desks the viewer does not sit at.
    Million,
}

impl Which {
    const fn name(self) -> &'static str {
        match self {
            Self::Town => "town",
            Self::Prefecture => "prefecture",
            Self::Crowd => "crowd",
            Self::Small => "small",
            Self::Million => "million",
        }
    }

    fn config(self) -> town::Config {
        match self {
            Self::Town | Self::Crowd => town::Config::bench(TODAY),
            Self::Prefecture => town::Config {
                households: 300_000,
                consultations: 1_000_000,
                agencies: 600,
                staff: 4_000,
                ..town::Config::bench(TODAY)
            },
            Self::Small | Self::Million => {
                town::Config { households: 500, consultations: 2_000, ..town::Config::demo(TODAY) }
            }
        }
    }
}

/// Where the data sets are.
pub fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    target.join("bench")
}

/// To be raised when what is told into a data set changes so much that kept ones are to be made anew.
const TOLD: u32 = 1;

/// What a kept data set was made of. Not of the schema: like any town's database it is brought forward.
fn made_of(which: Which) -> String {
    format!("{:?} {HIDDEN} {TOLD}", which.config())
}

/// The data set on SQLite.
pub async fn sqlite(which: Which) -> Result<Set> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{}-sqlite.db", which.name()));
    let stamp = folder.join(format!("{}-sqlite.stamp", which.name()));
    let url = format!("sqlite:{}", file.display());
    let wanted = made_of(which);
    if std::fs::read_to_string(&stamp).ok().as_deref() != Some(&wanted) {
        for end in ["", "-wal", "-shm"] {
            let old = folder.join(format!("{}-sqlite.db{end}", which.name()));
            if old.exists() {
                std::fs::remove_file(old)?;
            }
        }
        make(which, &url).await?;
        std::fs::write(stamp, wanted)?;
    }
    Ok(Set { engine: forward(&url).await?, url })
}

/// The data set on the PostgreSQL server of `YORISOU_TEST_POSTGRES`, if it is set.
pub async fn postgres(which: Which) -> Result<Option<Set>> {
    let Ok(server) = std::env::var("YORISOU_TEST_POSTGRES") else { return Ok(None) };
    let (base, _) = server.rsplit_once('/').ok_or("YORISOU_TEST_POSTGRES names no database")?;
    let made_of = engine::hex(&<sha2::Sha256 as sha2::Digest>::digest(made_of(which).as_bytes()));
    let name = format!("bench_{}_{}", which.name(), &made_of[..12]);
    let url = format!("{base}/{name}");
    if open(&url).await.is_err() {
        let admin = open(&server).await?;
        engine::check::create_database(&admin, &name, None).await?;
        admin.close().await;
        make(which, &url).await?;
    }
    Ok(Some(Set { engine: forward(&url).await?, url }))
}

/// Opens a data set on its day, in the schema of today.
async fn forward(url: &str) -> Result<Engine> {
    let engine = open(url).await?;
    engine::migrate::run(&engine, None).await?;
    Ok(engine)
}

/// Opens a data set on its day.
pub async fn open(url: &str) -> Result<Engine> {
    Ok(Engine::open(url, SetClock::new(now()), None).await?)
}

async fn make(which: Which, url: &str) -> Result<()> {
    let started = Stopwatch::now();
    let engine = open(url).await?;
    engine::migrate::run(&engine, None).await?;
    if !engine.is_sqlite() {
        crate::raw::Raw::open(url).await?.script(BARE).await?;
    } else if which == Which::Prefecture {
        spread(&engine).await?;
    }
    let town = town::generate(&which.config());
    let loaded = demo::load(&engine, &town, demo::Options { today: now().day() }).await?;
    drop(town);
    if !engine.is_sqlite() {
        crate::raw::Raw::open(url).await?.script(INDEXED).await?;
    }
    let broken = engine::check::invariants(&engine, loaded.municipality).await?;
    if !broken.is_empty() {
        return Err(format!("the data set breaks {broken:?}").into());
    }
    engine.close().await;
    match which {
        Which::Million => hide(url).await?,
        Which::Crowd => crowd(url).await?,
        Which::Town | Which::Prefecture | Which::Small => {}
    }
    crate::say(&format!(
        "made {} in {:.0} s: {} rows",
        url_end(url),
        started.elapsed().as_secs_f64(),
        loaded.rows
    ));
    Ok(())
}

/// PostgreSQL makes an index of millions of rows much faster in one go than row by row: those that no key needs are put aside while the
/// town is written …
const BARE: &str = "CREATE TABLE bench_index AS SELECT x.indexrelid::regclass::text AS name, \
     pg_get_indexdef(x.indexrelid) AS made FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid \
     WHERE c.relnamespace = 'public'::regnamespace AND NOT x.indisunique; \
     DO $$ DECLARE i record; BEGIN FOR i IN SELECT name FROM bench_index LOOP \
     EXECUTE 'DROP INDEX ' || i.name; END LOOP; END $$";

/// … and made afterwards.
const INDEXED: &str = "DO $$ DECLARE i record; BEGIN FOR i IN SELECT made FROM bench_index LOOP \
     EXECUTE i.made; END LOOP; END $$; DROP TABLE bench_index; ANALYZE";

/// Gives SQLite 9 GB of memory for its pages while it is filled: a prefecture is written in one go and would be read and written again
/// and again.
async fn spread(engine: &Engine) -> Result<()> {
    let origin = engine::Origin::Console;
    let envelope =
        engine::Envelope { command: engine.new_id(), base_version: None, origin, issued_at: engine.now() };
    let mut act = engine.nobody_in(engine.new_id()).aside(&envelope).await.map_err(|_| "no act")?;
    act.facts()?.exec("PRAGMA cache_size = -9000000", engine::args![]).await?;
    Ok(())
}

fn url_end(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// So many numbers as `n(i)`, and for each an id and a moment of the last years, so that rows lie where real ones
/// would: for statements that add many rows.
pub fn numbered(url: &str, most: i64) -> (String, &'static str, &'static str) {
    if url.starts_with("sqlite:") {
        (
            format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"),
            "unhex(printf('0190%012x%016x', i, i))",
            "strftime('%Y-%m-%dT%H:%M:%S.000+09:00', '2023-11-20', (i * 94) || ' seconds')",
        )
    } else {
        (
            format!("WITH n(i) AS (SELECT generate_series(1, {most}))"),
            "CAST('0190' || lpad(to_hex(i), 12, '0') || lpad(to_hex(i), 16, '0') AS uuid)",
            "to_char(timestamp '2023-11-20' + make_interval(secs => i * 94), 'YYYY-MM-DD\"T\"HH24:MI:SS.000+09:00')",
        )
    }
}

/// Adds nine people for each there is: of the same name, household and desk, born up to nine days later. So there are ten times as many
/// who could be meant by a name, as in a place ten times as large.
async fn crowd(url: &str) -> Result<()> {
    const COLUMNS: &str = "household_id, desk_id, author_id, name, reading, alias, name_key, reading_key, died, gender, \
         how_to_address, language, interpreter, address, address_key, phone, phone_key, contact_wish, version, command_id";
    let (number, id, _) = numbered(url, 9);
    let (id, later) = if url.starts_with("sqlite:") {
        (id.replace("i, i", "k, i"), "date(birth, '+' || i || ' days')")
    } else {
        (
            id.replace("to_hex(i), 12", "to_hex(k), 12"),
            "to_char(CAST(birth AS DATE) + CAST(i AS INTEGER), 'YYYY-MM-DD')",
        )
    };
    let sql = format!(
        "{number}, other AS (SELECT ROW_NUMBER() OVER (ORDER BY p.id) AS k, p.* FROM person p) \
         INSERT INTO person (municipality_id, id, birth, {COLUMNS}) SELECT municipality_id, {id}, \
         CASE WHEN length(birth) = 10 THEN {later} ELSE birth END, {COLUMNS} FROM n CROSS JOIN other"
    );
    crate::raw::Raw::open(url).await?.script(&sql).await?;
    if url.starts_with("sqlite:") {
        Ok(())
    } else {
        crate::raw::Raw::open(url).await?.script("ANALYZE").await
    }
}

/// Adds [`HIDDEN`] consultations without texts, copies of those of other desks under new ids.
async fn hide(url: &str) -> Result<()> {
    const COLUMNS: &str = "state, desk_id, author_id, accountable_desk_id, recorded_at, channel, route, came_as, \
         place, anonymous, third_party, household_id, person_id, urgency, area_id, age_band, disposition, version, \
         command_id";
    let (number, id, at) = numbered(url, HIDDEN);
    // As many different rows to copy from as there are, in turn.
    let sql = format!(
        "{number}, other AS (SELECT ROW_NUMBER() OVER (ORDER BY c.id) - 1 AS k, c.* FROM consultation c WHERE \
         c.state = 'answered' AND c.desk_id NOT IN (SELECT p.desk_id FROM post p JOIN appointment a ON \
         a.municipality_id = p.municipality_id AND a.post_id = p.id JOIN app_user u ON \
         u.municipality_id = a.municipality_id AND u.id = a.user_id WHERE u.login = 'LOGIN')), \
         size AS (SELECT COUNT(*) AS s FROM other) \
         INSERT INTO consultation (municipality_id, id, occurred_at, {COLUMNS}) \
         SELECT municipality_id, {id}, {at}, {COLUMNS} FROM n, size, other WHERE other.k = n.i % size.s"
    );
    let sql = sql.replace("LOGIN", crate::VIEWER);
    crate::raw::Raw::open(url).await?.script(&sql).await?;
    // As in demo::load: what SQLite is told does not depend on the rows.
    if url.starts_with("sqlite:") {
        Ok(())
    } else {
        crate::raw::Raw::open(url).await?.script("ANALYZE").await
    }
}
