//! P4: opening a case that has gone on for long, and P12: what pages weigh.

use engine::args;
use words::id::{CaseId, DeskId, MunicipalityId};

use crate::client::Client;
use crate::data::{Set, numbered};
use crate::raw::Raw;
use crate::served::Served;
use crate::{Result, Times, VIEWER, ids, page, say};

/// What has been written down of the case.
const ENTRIES: i64 = 500;

/// Opens a case and its timeline.
pub async fn run(set: &Set, label: &str) -> Result<()> {
    let case = long_case(set).await?;
    let program = Served::start(set)?;
    let mut client = Client::sign_in(program.address, VIEWER).await?;
    let paths = [format!("/cases/{case}"), format!("/cases/{case}/entries")];
    let (mut times, mut warm) = ([Times::default(), Times::default()], Times::default());
    for round in 0..120 {
        for (path, times) in paths.iter().zip(&mut times) {
            page(&mut client, path, if round < 20 { &mut warm } else { times }).await?;
        }
    }
    say(&format!(
        "P4  {label}: case with {ENTRIES} entries, its page         {} (bar p95 30)",
        times[0].shown()
    ));
    say(&format!("P4  {label}: its timeline, the latest 50 of them     {} (bar p95 30)", times[1].shown()));
    Ok(())
}

/// The viewer's desk's case with the most entries, and copies of one until there are [`ENTRIES`].
async fn long_case(set: &Set) -> Result<CaseId> {
    let (municipality, desk) = ids(set).await?;
    let find = "SELECT c.id, COUNT(*) AS n FROM case_file c JOIN entry e ON e.municipality_id = c.municipality_id \
         AND e.case_id = c.id AND e.field = 'support' WHERE c.municipality_id = $1 AND c.accountable_desk_id = $2 \
         AND c.state = 'open' GROUP BY c.id ORDER BY n DESC LIMIT 1";
    let (m, d): (MunicipalityId, DeskId) = (municipality.to_string().parse()?, desk.to_string().parse()?);
    let mut act = set
        .engine
        .system_act(access::System::Console, m, engine::Origin::Console, "bench", &"case")
        .await
        .map_err(|_| "no act")?;
    let row = act.facts()?.one(find, args![m, d]).await?;
    let (case, n): (CaseId, i64) = (row.get("id")?, row.get("n")?);
    drop(act);
    if n < ENTRIES {
        let (numbers, id, at) = numbered(&set.url, ENTRIES - n);
        let literal = case.to_string().replace('-', "");
        let literal =
            if set.url.starts_with("sqlite:") { format!("x'{literal}'") } else { format!("'{literal}'") };
        let sql = format!(
            "{numbers} INSERT INTO entry (municipality_id, id, field, form, desk_id, author_id, household_id, \
             whole_household, categories, body, occurred_at, recorded_at, case_id, command_id) \
             SELECT e.municipality_id, {id}, e.field, e.form, e.desk_id, e.author_id, e.household_id, TRUE, \
             e.categories, e.body, {at}, {at}, e.case_id, e.command_id FROM n, (SELECT * FROM entry \
             WHERE case_id = {literal} AND field = 'support' ORDER BY id LIMIT 1) e"
        );
        Raw::open(&set.url).await?.script(&sql).await?;
    }
    Ok(case)
}

/// What a first visit and a second page bring over the line.
pub async fn weight(set: &Set) -> Result<()> {
    let program = Served::start(set)?;
    let mut client = Client::sign_in(program.address, VIEWER).await?;
    let html = client.get("/consultations").await?.body;
    let list = client.weight("/consultations").await?;
    let mut first = list;
    for tag in html.split('<').filter(|t| t.starts_with("link ") || t.starts_with("script ")) {
        let named = tag.split("href=\"").nth(1).or_else(|| tag.split("src=\"").nth(1));
        if let Some(path) = named.and_then(|n| n.split('"').next()) {
            first += client.weight(path).await?;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a size")]
    let kib = |bytes: usize| bytes as f64 / 1_024.0;
    say(&format!("P12 list of 50, first visit with style and script        {:.1} KiB (bar 80)", kib(first)));
    say(&format!("P12 list of 50, afterwards                               {:.1} KiB (bar 25)", kib(list)));
    let desk = client.weight("/").await?;
    say(&format!("P12 the desk, afterwards                                 {:.1} KiB (bar 25)", kib(desk)));
    Ok(())
}
