//! P6: writing a consultation down, durable, with its log and its promise.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use engine::Engine;

use crate::client::Client;
use crate::data::Set;
use crate::raw::{Cell, Raw};
use crate::served::Served;
use crate::{Result, Times, VIEWER, ids, say};

/// Connections at once.
const MANY: usize = 16;
/// Consultations each of them writes.
const EACH: usize = 60;

/// Runs the writes.
pub async fn run(set: &Set, label: &str) -> Result<()> {
    let program = Served::start(set)?;
    let address = program.address;
    let (municipality, desk) = ids(set).await?;
    let ids = Arc::new(Raws { engine: set.engine.clone(), municipality, desk });
    let mut client = Client::sign_in(address, VIEWER).await?;
    let mut raw = Raw::open(&set.url).await?;
    let (mut pages, mut bare, mut warm) = (Times::default(), Times::default(), Times::default());
    for round in 0..11 {
        for _ in 0..10 {
            write(&mut client, &ids.engine, if round == 0 { &mut warm } else { &mut pages }).await?;
        }
        for _ in 0..10 {
            raw_write(&mut raw, &ids, if round == 0 { &mut warm } else { &mut bare }).await?;
        }
    }
    say(&format!("P6  {label}: one connection, form sent over HTTP       {}", pages.shown()));
    say(&format!("P6  {label}: the same statements raw                   {}", bare.shown()));
    let (rate, times) = many(address, &ids).await?;
    say(&format!("P6  {label}: {MANY} connections: {rate:.0}/s               {}", times.shown()));
    let (rate, times) = many_raw(&set.url, &ids).await?;
    say(&format!("P6  {label}: the same statements raw: {rate:.0}/s         {}", times.shown()));
    Ok(())
}

struct Raws {
    engine: Engine,
    municipality: uuid::Uuid,
    desk: uuid::Uuid,
}

impl Raws {
    fn new_id(&self) -> uuid::Uuid {
        self.engine.new_id::<words::id::kind::Thing>().uuid()
    }
}

const BODY: &str =
    "The electricity is to be cut off on Friday. Two at home, one ill. We will call on Monday.";

async fn write(client: &mut Client, engine: &Engine, times: &mut Times) -> Result<()> {
    let command = engine.new_id::<words::id::kind::Command>().to_string();
    let csrf = client.csrf.clone();
    let fields = [
        ("csrf", csrf.as_str()),
        ("command", command.as_str()),
        ("occurred", "2026-11-20"),
        ("time", "17:00"),
        ("channel", "phone"),
        ("route", "self"),
        ("urgency", "normal"),
        ("topics", "income"),
        ("name", "Bench Person"),
        // Whoever is already known is asked about first; this says that it is somebody new.
        ("pick", "new"),
        ("checked", "yes"),
        ("words", BODY),
        ("words_cat", "auto"),
        ("facts", BODY),
        ("facts_cat", "auto"),
    ];
    let begun = Stopwatch::now();
    let answer = client.post("/consultations", &fields).await?;
    times.0.push(begun.elapsed());
    if answer.status == 303 && answer.location.contains("/consultations/") {
        return Ok(());
    }
    Err(format!("a consultation was answered {} to {:?}", answer.status, answer.location).into())
}

/// Somebody writes as fast as the answers come.
async fn many(address: SocketAddr, ids: &Arc<Raws>) -> Result<(f64, Times)> {
    let mut clients = Vec::new();
    for _ in 0..MANY {
        clients.push(Client::sign_in(address, VIEWER).await?);
    }
    let begun = Stopwatch::now();
    let mut running = Vec::new();
    for mut client in clients {
        let ids = Arc::clone(ids);
        running.push(tokio::spawn(async move {
            let mut times = Times::default();
            for _ in 0..EACH {
                write(&mut client, &ids.engine, &mut times).await.map_err(|e| e.to_string())?;
            }
            Ok::<Times, String>(times)
        }));
    }
    gather(begun, running).await
}

async fn many_raw(url: &str, ids: &Arc<Raws>) -> Result<(f64, Times)> {
    let mut open = Vec::new();
    // SQLite has one writer: connections beside it would only wait for one another.
    let at_once = if url.starts_with("sqlite:") { 1 } else { MANY };
    for _ in 0..at_once {
        open.push(Raw::open(url).await?);
    }
    let begun = Stopwatch::now();
    let mut running = Vec::new();
    for mut raw in open {
        let ids = Arc::clone(ids);
        running.push(tokio::spawn(async move {
            let mut times = Times::default();
            for _ in 0..EACH * MANY / at_once {
                raw_write(&mut raw, &ids, &mut times).await.map_err(|e| e.to_string())?;
            }
            Ok::<Times, String>(times)
        }));
    }
    gather(begun, running).await
}

async fn gather(
    begun: Stopwatch,
    running: Vec<tokio::task::JoinHandle<std::result::Result<Times, String>>>,
) -> Result<(f64, Times)> {
    let mut all = Times::default();
    for task in running {
        all.0.extend(task.await??.0);
    }
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let rate = all.0.len() as f64 / begun.elapsed().as_secs_f64();
    Ok((rate, all))
}

/// One consultation with its household, person, texts, promise, log row and index, without reading anything first.
async fn raw_write(raw: &mut Raw, ids: &Raws, times: &mut Times) -> Result<()> {
    let new = || Cell::Id(ids.new_id());
    let text = |t: &str| Cell::Text(t.to_owned());
    let (m, desk) = (Cell::Id(ids.municipality), Cell::Id(ids.desk));
    let (command, home, person, task, consultation) = (new(), new(), new(), new(), new());
    let at = text(&crate::data::now().iso());
    let begun = Stopwatch::now();
    raw.rows(if matches!(raw, Raw::Sqlite(_)) { "BEGIN IMMEDIATE" } else { "BEGIN" }, &[]).await?;
    raw.rows(
        "INSERT INTO command (municipality_id, id, kind, origin, issued_at, recorded_at, body_hash) \
         VALUES ($1, $2, 'consultation.write', 'page', $3, $3, 'x')",
        &[m.clone(), command.clone(), at.clone()],
    )
    .await?;
    raw.rows(
        "INSERT INTO household (municipality_id, id, desk_id, command_id) VALUES ($1, $2, $3, $4)",
        &[m.clone(), home.clone(), desk.clone(), command.clone()],
    )
    .await?;
    raw.rows(
        "INSERT INTO person (municipality_id, id, household_id, desk_id, name, name_key, command_id) \
         VALUES ($1, $2, $3, $4, 'Bench Person', 'benchperson', $5)",
        &[m.clone(), person.clone(), home.clone(), desk.clone(), command.clone()],
    )
    .await?;
    raw.rows(
        "INSERT INTO household_member (municipality_id, household_id, person_id, relation, valid_from, command_id) \
         VALUES ($1, $2, $3, 'self', '2026-11-20', $4)",
        &[m.clone(), home.clone(), person.clone(), command.clone()],
    )
    .await?;
    raw.rows(
        "INSERT INTO task (municipality_id, id, kind, state, desk_id, consultation_id, due_at, command_id) \
         VALUES ($1, $2, 'dispose', 'open', $3, $4, $5, $6)",
        &[m.clone(), task.clone(), desk.clone(), consultation.clone(), at.clone(), command.clone()],
    )
    .await?;
    raw.rows(
        "INSERT INTO consultation (municipality_id, id, state, desk_id, accountable_desk_id, occurred_at, recorded_at, \
         channel, route, anonymous, third_party, household_id, person_id, urgency, guard_task_id, guard_task_state, \
         command_id) VALUES ($1, $2, 'open', $3, $3, $4, $4, 'phone', 'self', $5, $5, $6, $7, 'normal', $8, 'open', $9)",
        &[
            m.clone(),
            consultation.clone(),
            desk.clone(),
            at.clone(),
            Cell::Flag(false),
            home.clone(),
            person.clone(),
            task,
            command.clone(),
        ],
    )
    .await?;
    raw.rows(
        "INSERT INTO consultation_topic (municipality_id, consultation_id, topic, main) VALUES ($1, $2, 'income', $3)",
        &[m.clone(), consultation.clone(), Cell::Flag(true)],
    )
    .await?;
    for field in ["words", "facts"] {
        let entry = new();
        raw.rows(
            "INSERT INTO entry (municipality_id, id, field, desk_id, household_id, whole_household, categories, body, \
             occurred_at, recorded_at, consultation_id, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)",
            &[
                m.clone(),
                entry.clone(),
                text(field),
                desk.clone(),
                home.clone(),
                Cell::Flag(true),
                Cell::Int(8_191),
                text(BODY),
                at.clone(),
                consultation.clone(),
                command.clone(),
            ],
        )
        .await?;
        index(raw, (&m, &entry, &at), "entry").await?;
    }
    index(raw, (&m, &person, &at), "person").await?;
    raw.rows(
        "INSERT INTO access_log (municipality_id, id, at, channel, action, record_kind, record_id, categories, basis) \
         VALUES ($1, $2, $3, 'write', 'write', 'consultation', $4, $5, 'write_consultation')",
        &[m.clone(), new(), at.clone(), consultation, Cell::Int(0)],
    )
    .await?;
    raw.rows("COMMIT", &[]).await?;
    times.0.push(begun.elapsed());
    Ok(())
}

async fn index(raw: &mut Raw, (m, thing, at): (&Cell, &Cell, &Cell), kind: &'static str) -> Result<()> {
    let grams: Vec<String> =
        words::bigram::bigrams(&words::fold::fold(BODY)).iter().map(|g| format!("1\u{a6}{g}")).collect();
    let values =
        [m.clone(), Cell::Text(kind.to_owned()), thing.clone(), at.clone(), Cell::Text(grams.join(" "))];
    if matches!(raw, Raw::Sqlite(_)) {
        raw.rows(
            "INSERT INTO search_doc (municipality_id, kind, thing_id, at) VALUES ($1, $2, $3, $4)",
            &values[..4],
        )
        .await?;
        raw.rows("INSERT INTO search_grams (rowid, grams) VALUES (last_insert_rowid(), $1)", &values[4..])
            .await?;
    } else {
        raw.rows(
            "INSERT INTO search_doc (municipality_id, kind, thing_id, at, grams) \
             VALUES ($1, $2, $3, $4, array_to_tsvector(string_to_array($5, ' ')))",
            &values,
        )
        .await?;
    }
    Ok(())
}
