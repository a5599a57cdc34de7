//! Storing advice: two texts without a person in them, desks and days.

use access::{Relation, Right};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{DeskId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{Helpful, Outcome};

/// One question for advice.
#[derive(Debug, Clone)]
pub(crate) struct Advice {
    pub id: ThingId,
    pub from: DeskId,
    pub from_user: Option<UserId>,
    pub to: DeskId,
    pub topic: String,
    /// What whoever asks thinks themselves.
    pub own_view: String,
    pub question: String,
    pub asked_at: Instant,
    pub due_at: Instant,
    pub answer: String,
    pub outcome: Option<Outcome>,
    pub answered_by: Option<UserId>,
    pub thanks: String,
    pub helpful: Option<Helpful>,
    pub closed_at: Option<Instant>,
    pub version: i64,
}

impl Advice {
    /// How desks stand to it: it belongs to no household.
    pub fn relation(&self) -> Relation {
        let mut relation = Relation::of_no_household();
        relation.sender = Some(self.from);
        relation.receiver = Some(self.to);
        relation
    }
}

const SELECT: &str = "SELECT id, from_desk_id, from_user_id, to_desk_id, topic, own_view, question, asked_at, due_at, answer, outcome, \
     answered_at, answered_by, thanks, helpful, closed_at, version FROM advice WHERE municipality_id = ?";

fn advice(row: &Row) -> Result<Advice, Broken> {
    Ok(Advice {
        id: row.get("id")?,
        from: row.get("from_desk_id")?,
        from_user: row.get("from_user_id")?,
        to: row.get("to_desk_id")?,
        topic: row.get("topic")?,
        own_view: row.get("own_view")?,
        question: row.get("question")?,
        asked_at: row.get("asked_at")?,
        due_at: row.get("due_at")?,
        answer: row.get("answer")?,
        outcome: row.code_opt("outcome")?,
        answered_by: row.get("answered_by")?,
        thanks: row.get("thanks")?,
        helpful: row.code_opt("helpful")?,
        closed_at: row.get("closed_at")?,
        version: row.get("version")?,
    })
}

/// One.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<Advice>, Broken> {
    let rows = conn.select(Statement::new(SELECT, args![m]).push(" AND id = ?", args![id])).await?;
    rows.first().map(advice).transpose()
}

/// Asked of these desks, or by them; the newest first.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: &[DeskId],
    most: i64,
) -> Result<Vec<Advice>, Broken> {
    let statement = Statement::new(SELECT, args![m])
        .push_in(" AND (from_desk_id IN", desks.iter().copied())
        .push_in(" OR to_desk_id IN", desks.iter().copied())
        .push(") ORDER BY asked_at DESC, id DESC LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(advice).collect()
}

/// Asks.
pub(crate) async fn insert(
    act: &mut Act,
    right: &Right,
    id: ThingId,
    to: DeskId,
    (topic, own_view, question): (&str, &str, &str),
    due_at: Instant,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let from = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO advice (municipality_id, id, from_desk_id, from_user_id, to_desk_id, topic, own_view, question, \
             asked_at, due_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![m, id, from, user, to, topic, own_view, question, now, due_at, command],
        )
        .await?;
    Ok(())
}

/// Answers, at the version that was read.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    a: &Advice,
    outcome: Outcome,
    text: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let withdrawn = outcome == Outcome::Withdrawn;
    let changed = act
        .save(right)?
        .exec(
            "UPDATE advice SET outcome = $4, answer = $5, answered_at = $6, answered_by = $7, closed_at = $8, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                m,
                a.id,
                a.version,
                outcome.code(),
                text,
                (!withdrawn).then_some(now),
                by.filter(|_| !withdrawn),
                withdrawn.then_some(now)
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Thanks, and closes.
pub(crate) async fn thank(
    act: &mut Act,
    right: &Right,
    a: &Advice,
    helpful: Option<Helpful>,
    thanks: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE advice SET thanks = $4, helpful = $5, closed_at = $6, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, a.id, a.version, thanks, helpful.map_or("", Code::code), now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Figures of one topic.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure {
    pub topic: String,
    pub asked: i64,
    pub answered: i64,
    pub thanked: i64,
    pub late: i64,
}

/// What was asked in a period, by topic. About nobody.
pub(crate) async fn figures(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Day, Day),
) -> Result<Vec<Figure>, Broken> {
    conn.all(
        "SELECT topic, COUNT(*) AS asked, COUNT(answered_at) AS answered, \
         COUNT(CASE WHEN helpful IN ('yes', 'partly') THEN 1 END) AS thanked, \
         COUNT(CASE WHEN answered_at > due_at THEN 1 END) AS late FROM advice \
         WHERE municipality_id = $1 AND asked_at >= $2 AND asked_at < $3 GROUP BY topic ORDER BY topic",
        args![m, Instant::at(from, 0, 0), Instant::at(to.plus_days(1), 0, 0)],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Figure {
            topic: row.get("topic")?,
            asked: row.get("asked")?,
            answered: row.get("answered")?,
            thanked: row.get("thanked")?,
            late: row.get("late")?,
        })
    })
    .collect()
}

/// The names of the town's areas, as people say where somebody lives.
pub(crate) async fn areas(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<String>, Broken> {
    conn.all(
        "SELECT town AS name FROM town_area WHERE municipality_id = $1 UNION SELECT name FROM area WHERE municipality_id = $1",
        args![m],
    )
    .await?
    .iter()
    .map(|row| row.get("name"))
    .collect()
}
