//! P11: the question before somebody is recorded, "is this one of these?", against everybody in the data set.

use std::time::Instant as Stopwatch;

use engine::args;
use words::id::MunicipalityId;

use crate::client::Client;
use crate::data::Set;
use crate::served::Served;
use crate::{Result, Times, VIEWER, say};

/// Names that are asked for.
const NAMES: usize = 120;

/// Asks for people whom the viewer's desks have recorded (a page of hints), and for people only other desks know, whose
/// form would be stored: there the time stops with the answer too.
pub async fn run(set: &Set, label: &str) -> Result<()> {
    let (names, people) = known(set).await?;
    let program = Served::start(set)?;
    let mut client = Client::sign_in(program.address, VIEWER).await?;
    let (mut times, mut warm, mut hinted) = (Times::default(), Times::default(), 0);
    for (nth, (name, born)) in names.iter().enumerate() {
        let command = set.engine.new_id::<words::id::kind::Command>().to_string();
        let csrf = client.csrf.clone();
        let fields = [
            ("csrf", csrf.as_str()),
            ("command", command.as_str()),
            ("occurred", "2026-11-20"),
            ("channel", "phone"),
            ("route", "self"),
            ("urgency", "normal"),
            ("name", name.as_str()),
            ("birth", born.as_str()),
            ("words", "The rent is late."),
        ];
        let begun = Stopwatch::now();
        let answer = client.post("/consultations", &fields).await?;
        let took = begun.elapsed();
        if answer.status != 200 {
            return Err(format!("no hint for somebody the desk recorded: {}", answer.status).into());
        }
        hinted += 1;
        if nth < 20 { warm.0.push(took) } else { times.0.push(took) }
    }
    say(&format!("P11 {label}: hint among {people} people, {hinted} asked {}", times.shown()));
    Ok(())
}

/// Names and birth dates of people the viewer's desks have recorded, and how many people there are in all.
async fn known(set: &Set) -> Result<(Vec<(String, String)>, i64)> {
    let municipality: MunicipalityId =
        engine::check::municipalities(&set.engine).await?.first().ok_or("no municipality")?.0;
    let mut act = set
        .engine
        .system_act(access::System::Console, municipality, engine::Origin::Console, "bench", &"names")
        .await
        .map_err(|_| "no act")?;
    let mut conn = act.facts()?;
    let rows = conn
        .all(
            "SELECT h.name, h.birth FROM person h WHERE h.municipality_id = $1 AND h.desk_id IN (SELECT p.desk_id FROM post p \
             JOIN appointment a ON a.municipality_id = p.municipality_id AND a.post_id = p.id JOIN app_user u \
             ON u.municipality_id = a.municipality_id AND u.id = a.user_id WHERE u.login = $2) ORDER BY h.id LIMIT 4000",
            args![municipality, VIEWER],
        )
        .await?;
    let step = (rows.len() / NAMES).max(1);
    let names = rows
        .iter()
        .step_by(step)
        .take(NAMES)
        .map(|r| Ok((r.get::<String>("name")?, r.get::<Option<String>>("birth")?.unwrap_or_default())))
        .collect::<Result<Vec<_>>>()?;
    let all = "SELECT COUNT(*) AS n FROM person WHERE municipality_id = $1";
    let people: i64 = conn.one(all, args![municipality]).await?.get("n")?;
    Ok((names, people))
}
