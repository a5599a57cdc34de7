//! Storing pairs and what was said of them: ids, states, moments. Who the people are is read through their seal.

use access::{Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{DeskId, PersonId, ThingId, UserId};

use crate::rules::{Said, State, Step};

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
    let m = viewer.municipality;
    let desks = Statement::new("SELECT seq FROM desk WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", viewer.reading_desks());
    let desks: Vec<i64> =
        conn.select(desks).await?.iter().map(|row| row.get("seq")).collect::<Result<_, _>>()?;
    let side = |statement: Statement, head: &'static str| {
        statement.push(head, args![]).push_in(" AND k.desk_seq IN", desks.iter().copied()).push(")", args![])
    };
    let statement = Statement::new(SELECT, args![m]);
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
