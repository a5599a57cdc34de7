//! P5: finding words and names.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Engine, args};
use words::id::{DeskId, MunicipalityId};

use crate::client::Client;
use crate::data::Set;
use crate::raw::Raw;
use crate::served::Served;
use crate::{Result, Times, VIEWER, say, search};

/// How often each search is made and timed, and how often before: PostgreSQL plans each statement anew on each of its connections until it
/// was asked five times, and a server runs for weeks.
const ROUNDS: usize = 100;
const WARM: usize = 20;

/// What is looked for, chosen from what is written.
struct Words {
    two: String,
    three: String,
    name: String,
    /// Where somebody lives, and the quarter of the town around it.
    address: String,
    quarter: String,
    /// In about a fifth of all notes; with the share.
    frequent: (String, f64),
    /// Somebody whom only other desks know.
    hidden: String,
    /// Somebody who may see about a thousandth of all notes; with the share.
    outsider: (String, f64),
}

/// Runs the searches.
pub async fn run(set: &Set, label: &str) -> Result<()> {
    let words = choose(&set.engine).await?;
    // Only accounts of the demonstration sign in without a password.
    let open = format!("UPDATE app_user SET demo_line = 'bench' WHERE login = '{}'", words.outsider.0);
    Raw::open(&set.url).await?.script(&open).await?;
    let program = Served::start(set)?;
    let address = program.address;
    let mut viewer = Client::sign_in(address, VIEWER).await?;
    let mut outsider = Client::sign_in(address, &words.outsider.0).await?;
    let share = words.frequent.1 * 100.0;
    let seen = words.outsider.1 * 100.0;
    let (all, open): (&[_], &[_]) = (&[], &[("open", "yes")]);
    let lines = [
        ("two characters".to_owned(), false, &words.two, all),
        ("three characters".to_owned(), false, &words.three, all),
        ("a name".to_owned(), false, &words.name, all),
        ("an address".to_owned(), false, &words.address, all),
        ("a quarter".to_owned(), false, &words.quarter, all),
        ("a name, open cases only".to_owned(), false, &words.name, open),
        (format!("word in {share:.0}% of notes, may see {seen:.2}%"), true, &words.frequent.0, all),
        ("that word, open cases only".to_owned(), true, &words.frequent.0, open),
        ("hidden hits only".to_owned(), false, &words.hidden, all),
    ];
    let mut times: Vec<Times> = lines.iter().map(|_| Times::default()).collect();
    for round in 0..WARM + ROUNDS {
        for (nth, (_, outside, word, narrowed)) in lines.iter().enumerate() {
            let client = if *outside { &mut outsider } else { &mut viewer };
            let mut warm = Times::default();
            let times = if round < WARM { &mut warm } else { &mut times[nth] };
            search(client, word, narrowed, times).await?;
        }
    }
    for ((what, ..), times) in lines.iter().zip(&times) {
        say(&format!("P5  {label}: search, {what:<40} {}", times.shown()));
    }
    Ok(())
}

async fn choose(engine: &Engine) -> Result<Words> {
    let municipality: MunicipalityId =
        engine::check::municipalities(engine).await?.first().ok_or("no municipality")?.0;
    let mut act = engine
        .system_act(access::System::Console, municipality, engine::Origin::Console, "bench", &"words")
        .await
        .map_err(|_| "no act")?;
    let mut conn = act.facts()?;
    let of_viewer = "SELECT e.body FROM entry e WHERE e.municipality_id = $1 AND e.desk_id IN (SELECT p.desk_id \
         FROM post p JOIN appointment a ON a.municipality_id = p.municipality_id AND a.post_id = p.id JOIN app_user u \
         ON u.municipality_id = a.municipality_id AND u.id = a.user_id WHERE u.login = $2) LIMIT 1500";
    let rows = conn.all(of_viewer, args![municipality, VIEWER]).await?;
    let bodies: Vec<String> = rows.iter().map(|r| r.get("body")).collect::<std::result::Result<_, _>>()?;
    let (two, _) = nearest(&bodies, 2, 0.03);
    let (three, _) = nearest(&bodies, 3, 0.02);
    let all = conn
        .all(
            "SELECT body FROM entry WHERE municipality_id = $1 AND field IN ('facts', 'support') LIMIT 4000",
            args![municipality],
        )
        .await?;
    let all: Vec<String> = all.iter().map(|r| r.get("body")).collect::<std::result::Result<_, _>>()?;
    let frequent = nearest(&all, 2, 0.2);
    let known = conn
        .one(
            "SELECT h.name, h.address FROM person h WHERE h.municipality_id = $1 AND h.desk_id IN (SELECT p.desk_id FROM post p \
             JOIN appointment a ON a.municipality_id = p.municipality_id AND a.post_id = p.id JOIN app_user u \
             ON u.municipality_id = a.municipality_id AND u.id = a.user_id WHERE u.login = $2) \
             AND h.address <> '' LIMIT 1",
            args![municipality, VIEWER],
        )
        .await?;
    let name = known.get::<String>("name")?.split(' ').next().unwrap_or_default().to_owned();
    let address = known.get::<String>("address")?;
    let quarter = address.split(|c: char| c.is_numeric()).next().unwrap_or_default().to_owned();
    let hidden = conn
        .one(
            "SELECT h.name FROM person h WHERE h.municipality_id = $1 AND NOT EXISTS (SELECT 1 FROM person o \
             JOIN post p ON p.municipality_id = o.municipality_id AND p.desk_id = o.desk_id JOIN appointment a \
             ON a.municipality_id = p.municipality_id AND a.post_id = p.id JOIN app_user u \
             ON u.municipality_id = a.municipality_id AND u.id = a.user_id WHERE o.name_key = h.name_key \
             AND u.login = $2) LIMIT 1",
            args![municipality, VIEWER],
        )
        .await?
        .get::<String>("name")?;
    let outsider = outsider(&mut conn, municipality).await?;
    Ok(Words { two, three, name, address, quarter, frequent, hidden, outsider })
}

/// Whoever reads the share of all notes that is nearest to a thousandth.
async fn outsider(conn: &mut engine::Conn<'_>, municipality: MunicipalityId) -> Result<(String, f64)> {
    let counts = conn
        .all(
            "SELECT desk_id, COUNT(*) AS n FROM entry WHERE municipality_id = $1 GROUP BY desk_id",
            args![municipality],
        )
        .await?;
    let mut by_desk: BTreeMap<DeskId, i64> = BTreeMap::new();
    for row in &counts {
        by_desk.insert(row.get("desk_id")?, row.get("n")?);
    }
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let total = by_desk.values().sum::<i64>() as f64;
    let seats = conn
        .all(
            "SELECT u.login, p.desk_id FROM app_user u JOIN appointment a ON a.municipality_id = u.municipality_id \
             AND a.user_id = u.id JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
             WHERE u.municipality_id = $1 AND p.role IN ('caseworker', 'agency_lead') AND a.valid_to IS NULL",
            args![municipality],
        )
        .await?;
    let mut desks: BTreeMap<String, BTreeSet<DeskId>> = BTreeMap::new();
    for row in &seats {
        desks.entry(row.get("login")?).or_default().insert(row.get("desk_id")?);
    }
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share =
        |held: &BTreeSet<DeskId>| held.iter().filter_map(|d| by_desk.get(d)).sum::<i64>() as f64 / total;
    desks
        .iter()
        .map(|(login, held)| (login.clone(), share(held)))
        .filter(|(_, share)| *share > 0.0)
        .min_by(|a, b| (a.1 - 0.001).abs().total_cmp(&(b.1 - 0.001).abs()))
        .ok_or_else(|| "nobody sees anything".into())
}

/// The word of so many letters whose share of these texts is nearest to the wanted one.
fn nearest(bodies: &[String], letters: usize, wanted: f64) -> (String, f64) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for body in bodies {
        let chars: Vec<char> = body.chars().collect();
        let words: BTreeSet<String> = chars
            .windows(letters)
            .filter(|w| w.iter().all(|c| c.is_alphabetic()))
            .map(|w| w.iter().collect())
            .collect();
        for word in words {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let shares = counts.into_iter().map(|(word, n)| (word, n as f64 / bodies.len().max(1) as f64));
    shares.min_by(|a, b| (a.1 - wanted).abs().total_cmp(&(b.1 - wanted).abs())).unwrap_or_default()
}
