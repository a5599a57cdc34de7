//! Storing pairs and what was said of them: ids, states, moments. Who the people are is read through their seal.

use std::collections::BTreeMap;

use access::{Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{AgencyId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{Proposed, Said, State, Step};

/// A pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub id: ThingId,
    pub persons: [PersonId; 2],
    pub state: State,
    pub said: Option<Said>,
    pub version: i64,
}

/// Something that was said of a pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken {
    pub step: Step,
    pub at: Instant,
    pub by: UserId,
    pub desk: DeskId,
}

const SELECT: &str = "SELECT id, person_a, person_b, state, said_by, said_desk_id, version FROM same_pair \
     WHERE municipality_id = ?";

fn pair(row: &Row) -> Result<Pair, Broken> {
    let by: Option<UserId> = row.get("said_by")?;
    let desk: Option<DeskId> = row.get("said_desk_id")?;
    Ok(Pair {
        id: row.get("id")?,
        persons: [row.get("person_a")?, row.get("person_b")?],
        state: row.code("state")?,
        said: by.zip(desk).map(|(by, desk)| Said { by, desk }),
        version: row.get("version")?,
    })
}

/// A pair, whoever may see it: [`crate::views::open`] decides.
pub(crate) async fn by_id(conn: &mut Conn<'_>, viewer: &Viewer, id: ThingId) -> Result<Option<Pair>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND id = ?", args![id]);
    conn.select(statement).await?.first().map(pair).transpose()
}

/// Every pair of somebody of one household with somebody of the other.
pub(crate) async fn between(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    homes: [HouseholdId; 2],
) -> Result<Vec<Pair>, Broken> {
    let people = Statement::new(
        "SELECT id, household_id FROM person WHERE municipality_id = ?",
        args![viewer.municipality],
    )
    .push_in(" AND household_id IN", homes);
    let mut of: BTreeMap<PersonId, HouseholdId> = BTreeMap::new();
    for row in conn.select(people).await? {
        of.insert(row.get("id")?, row.get("household_id")?);
    }
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND person_a IN", of.keys().copied())
        .push_in(" AND person_b IN", of.keys().copied())
        .push(" ORDER BY id", args![]);
    let mut pairs = Vec::new();
    for row in &conn.select(statement).await? {
        let pair = pair(row)?;
        pairs.extend((of.get(&pair.persons[0]) != of.get(&pair.persons[1])).then_some(pair));
    }
    Ok(pairs)
}

/// Every pair that somebody is one side of.
pub(crate) async fn of_person(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    person: PersonId,
) -> Result<Vec<Pair>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND (person_a = ? OR person_b = ?)", args![person, person]);
    conn.select(statement).await?.iter().map(pair).collect()
}

/// The pair of these two, in their order; noted now where there is none yet.
pub(crate) async fn pair_of(act: &mut Act, right: &Right, [a, b]: [PersonId; 2]) -> Result<Pair, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let id: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO same_pair (municipality_id, id, person_a, person_b, found_at, changed_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (municipality_id, person_a, person_b) DO NOTHING",
            args![m, id, a, b, now, now, command],
        )
        .await?;
    let statement = Statement::new(SELECT, args![m]).push(" AND person_a = ? AND person_b = ?", args![a, b]);
    let rows = act.facts()?.select(statement).await?;
    Ok(pair(rows.first().ok_or(Fail::NotVisible)?)?)
}

/// Pairs of which both sides may be found by this viewer's desks; those that wait for somebody first. What is found is still
/// decided on.
pub(crate) async fn list(conn: &mut Conn<'_>, viewer: &Viewer, most: i64) -> Result<Vec<Pair>, Broken> {
    let all = Statement::new(SELECT, args![viewer.municipality]);
    findable(conn, viewer, all, most).await
}

/// Those of them that somebody else proposed. Asked on the first page of the day: where nothing is proposed it is one statement.
pub(crate) async fn waiting(conn: &mut Conn<'_>, viewer: &Viewer, most: i64) -> Result<Vec<Pair>, Broken> {
    let of_others = || {
        Statement::new(SELECT, args![viewer.municipality])
            .push(" AND state = 'proposed' AND said_by <> ?", args![viewer.user])
    };
    if conn.select(of_others().push(" LIMIT 1", args![])).await?.is_empty() {
        return Ok(Vec::new());
    }
    findable(conn, viewer, of_others(), most).await
}

async fn findable(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    statement: Statement,
    most: i64,
) -> Result<Vec<Pair>, Broken> {
    let m = viewer.municipality;
    let desks = Statement::new("SELECT seq FROM desk WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", viewer.reading_desks());
    let desks: Vec<i64> =
        conn.select(desks).await?.iter().map(|row| row.get("seq")).collect::<Result<_, _>>()?;
    let side = |statement: Statement, head: &'static str| {
        statement.push(head, args![]).push_in(" AND k.desk_seq IN", desks.iter().copied()).push(")", args![])
    };
    let statement = side(
        statement,
        " AND EXISTS (SELECT 1 FROM person_block k WHERE k.municipality_id = same_pair.municipality_id \
         AND k.person_id = same_pair.person_a",
    );
    let statement = side(
        statement,
        " AND EXISTS (SELECT 1 FROM person_block k WHERE k.municipality_id = same_pair.municipality_id \
         AND k.person_id = same_pair.person_b",
    );
    let statement = statement.push(
        " ORDER BY CASE state WHEN 'proposed' THEN 0 WHEN 'found' THEN 1 ELSE 2 END, changed_at DESC, id LIMIT ?",
        args![most],
    );
    conn.select(statement).await?.iter().map(pair).collect()
}

/// What was said of a pair, in order.
pub(crate) async fn spoken(conn: &mut Conn<'_>, viewer: &Viewer, id: ThingId) -> Result<Vec<Spoken>, Broken> {
    conn.all(
        "SELECT step, said_at, author_id, desk_id FROM same_step WHERE municipality_id = $1 AND pair_id = $2 \
         ORDER BY said_at, id",
        args![viewer.municipality, id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Spoken {
            step: row.code("step")?,
            at: row.get("said_at")?,
            by: row.get("author_id")?,
            desk: row.get("desk_id")?,
        })
    })
    .collect()
}

/// Stores what was said and what came of it. [`Fail::Stale`] when somebody said something in between.
pub(crate) async fn say(
    act: &mut Act,
    right: &Right,
    pair: &Pair,
    (step, to): (Step, State),
    said: Said,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let id: ThingId = act.new_id();
    // Who proposed stays beside a confirmation: it was their word first.
    let keeps = match to {
        State::Found => None,
        State::Same => pair.said.or(Some(said)),
        State::Proposed | State::Other => Some(said),
    };
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE same_pair SET state = $4, said_by = $5, said_desk_id = $6, changed_at = $7, command_id = $8, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                m,
                pair.id,
                pair.version,
                to.code(),
                keeps.map(|s| s.by),
                keeps.map(|s| s.desk),
                now,
                command
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "INSERT INTO same_step (municipality_id, id, pair_id, step, said_at, author_id, desk_id, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![m, id, pair.id, step.code(), now, said.by, said.desk, command],
    )
    .await?;
    Ok(())
}

/// A worker who has a seat today and is kept out of neither household. `p` is their post, `u` the person.
const WORKER: &str = " FROM appointment a JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
     JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
     JOIN desk d ON d.municipality_id = p.municipality_id AND d.id = p.desk_id \
     WHERE a.municipality_id = ? AND p.role IN ('caseworker', 'agency_lead', 'coordinator') AND u.disabled_at IS NULL \
     AND u.id <> ? AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) AND NOT EXISTS (SELECT 1 \
     FROM exclusion x JOIN case_file c ON c.municipality_id = x.municipality_id AND c.id = x.case_id \
     JOIN person o ON o.municipality_id = c.municipality_id AND o.household_id = c.household_id \
     WHERE x.municipality_id = a.municipality_id AND x.user_id = u.id AND x.since <= ? AND (x.until IS NULL OR x.until > ?) \
     AND o.id IN (?, ?))";

fn worker(head: &'static str, m: MunicipalityId, pair: &Pair, said: Said, now: Instant) -> Statement {
    let (today, [a, b]) = (now.day(), pair.persons);
    Statement::new(head, args![]).push(WORKER, args![m, said.by, today, today, now, now, a, b])
}

/// How the desk that proposed a pair stands: whether somebody else of it, or of the desk that came after it, could confirm.
pub(crate) async fn proposed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    pair: &Pair,
    said: Said,
    now: Instant,
) -> Result<Proposed, Broken> {
    let desk = register::heir(conn, m, said.desk, now.day()).await?;
    let others = worker("SELECT a.id", m, pair, said, now).push(" AND d.id = ? LIMIT 1", args![desk]);
    let alone = conn.select(others).await?.is_empty();
    let row = conn
        .maybe("SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2", args![m, desk])
        .await?;
    Ok(Proposed { alone, agency: row.map(|row| row.get("agency_id")).transpose()? })
}

/// Whether there is somebody elsewhere who may find both records and could stand in for the desk that proposed the pair. Whether they are
/// shown them is decided when they look.
pub(crate) async fn somebody_stands_in(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    pair: &Pair,
    (said, agency): (Said, Option<AgencyId>),
    (wrote, now): ([DeskId; 2], Instant),
) -> Result<bool, Broken> {
    let [a, b] = pair.persons;
    let statement = worker("SELECT a.id", m, pair, said, now)
        .push(
            " AND EXISTS (SELECT 1 FROM person_block k WHERE k.municipality_id = d.municipality_id AND k.person_id = ? \
             AND k.desk_seq = d.seq) AND EXISTS (SELECT 1 FROM person_block k WHERE k.municipality_id = d.municipality_id \
             AND k.person_id = ? AND k.desk_seq = d.seq) AND (p.role = 'coordinator' OR d.agency_id = ?",
            args![a, b, agency],
        )
        .push_in(" OR d.id IN", wrote)
        .push(") LIMIT 1", args![]);
    Ok(!conn.select(statement).await?.is_empty())
}

/// Which of these pairs were proposed at a desk that has nobody else, with its agency. A desk that has ended is none of them: whoever came
/// after it confirms.
pub(crate) async fn alone(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    pairs: &[Pair],
    today: Day,
) -> Result<Vec<(ThingId, Option<AgencyId>)>, Broken> {
    let statement = Statement::new(
        "SELECT s.id, d.agency_id FROM same_pair s JOIN desk d ON d.municipality_id = s.municipality_id \
         AND d.id = s.said_desk_id WHERE s.municipality_id = ? AND (d.valid_to IS NULL OR d.valid_to >= ?) \
         AND NOT EXISTS (SELECT 1 FROM appointment a JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
         WHERE a.municipality_id = s.municipality_id AND p.desk_id = d.id AND u.id <> s.said_by AND u.disabled_at IS NULL \
         AND p.role IN ('caseworker', 'agency_lead', 'coordinator') AND a.valid_from <= ? \
         AND (a.valid_to IS NULL OR a.valid_to >= ?))",
        args![m, today, today, today],
    )
    .push_in(" AND s.id IN", pairs.iter().map(|p| p.id));
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("agency_id")?))).collect()
}
