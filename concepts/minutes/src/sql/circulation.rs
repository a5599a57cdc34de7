//! What goes round, whom it goes to, who has read it.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{CirculationId, DeskId, MeetingId, MunicipalityId, TaskId, UserId};
use words::{Day, Instant};

use crate::rules::{Brought, What};

/// One round.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    pub id: CirculationId,
    pub meeting: MeetingId,
    pub what: What,
    pub words: String,
    pub due: Day,
    pub sent_at: Instant,
    pub desk: DeskId,
    pub user: UserId,
    pub ended_at: Option<Instant>,
    pub version: i64,
}

const ROUND: &str = "SELECT id, meeting_id, what, words, due_on, sent_at, desk_id, user_id, ended_at, version \
     FROM circulation WHERE municipality_id = ?";

fn round(row: &Row) -> Result<Round, Broken> {
    Ok(Round {
        id: row.get("id")?,
        meeting: row.get("meeting_id")?,
        what: row.code("what")?,
        words: row.get("words")?,
        due: row.get("due_on")?,
        sent_at: row.get("sent_at")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        ended_at: row.get("ended_at")?,
        version: row.get("version")?,
    })
}

/// One round.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: CirculationId,
) -> Result<Option<Round>, Broken> {
    let rows = conn.select(Statement::new(ROUND, args![m]).push(" AND id = ?", args![id])).await?;
    rows.first().map(round).transpose()
}

/// The rounds of a session, the newest first.
pub(crate) async fn of_meeting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meeting: MeetingId,
) -> Result<Vec<Round>, Broken> {
    let statement = Statement::new(ROUND, args![m])
        .push(" AND meeting_id = ? ORDER BY sent_at DESC, id DESC", args![meeting]);
    conn.select(statement).await?.iter().map(round).collect()
}

/// A section it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub round: CirculationId,
    pub desk: DeskId,
    pub reported_at: Option<Instant>,
    pub told_by: String,
    pub brought_at: Option<Instant>,
    /// How, by its code; of before these were told apart, how it was heard.
    pub brought_how: String,
    pub task: Option<TaskId>,
}

/// The sections of these rounds.
pub(crate) async fn sections(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    rounds: impl IntoIterator<Item = CirculationId>,
) -> Result<Vec<Section>, Broken> {
    let statement = Statement::new(
        "SELECT circulation_id, desk_id, reported_at, told_by, brought_at, brought_how, task_id FROM circulation_desk \
         WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND circulation_id IN", rounds)
    .push(" ORDER BY desk_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Section {
                round: row.get("circulation_id")?,
                desk: row.get("desk_id")?,
                reported_at: row.get("reported_at")?,
                told_by: row.get("told_by")?,
                brought_at: row.get("brought_at")?,
                brought_how: row.get("brought_how")?,
                task: row.get("task_id")?,
            })
        })
        .collect()
}

/// Somebody it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub round: CirculationId,
    pub desk: DeskId,
    pub user: UserId,
    pub read_at: Option<Instant>,
    pub task: Option<TaskId>,
}

/// Everybody these rounds go to.
pub(crate) async fn readers(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    rounds: impl IntoIterator<Item = CirculationId>,
) -> Result<Vec<Reader>, Broken> {
    let statement = Statement::new(
        "SELECT circulation_id, desk_id, user_id, read_at, task_id FROM circulation_reader WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND circulation_id IN", rounds)
    .push(" ORDER BY desk_id, user_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Reader {
                round: row.get("circulation_id")?,
                desk: row.get("desk_id")?,
                user: row.get("user_id")?,
                read_at: row.get("read_at")?,
                task: row.get("task_id")?,
            })
        })
        .collect()
}

/// Sends it round.
pub(crate) async fn insert(
    act: &mut Act,
    right: &Right,
    new: &Round,
    sections: &[Section],
    readers: &[Reader],
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO circulation (municipality_id, id, meeting_id, what, words, due_on, sent_at, desk_id, user_id, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            m,
            new.id,
            new.meeting,
            new.what.code(),
            &new.words,
            new.due,
            new.sent_at,
            new.desk,
            new.user,
            command
        ],
    )
    .await?;
    let mut rows = Bulk::new(
        "INSERT INTO circulation_desk (municipality_id, circulation_id, desk_id, task_id) VALUES",
        4,
    );
    for s in sections {
        rows.row(args![m, new.id, s.desk, s.task]);
    }
    rows.run(&mut conn).await?;
    let mut rows = Bulk::new(
        "INSERT INTO circulation_reader (municipality_id, circulation_id, desk_id, user_id, task_id) VALUES",
        5,
    );
    for r in readers {
        rows.row(args![m, new.id, r.desk, r.user, r.task]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}

/// Somebody has read it, at every desk of theirs it went to; the first time counts.
pub(crate) async fn read(
    act: &mut Act,
    right: &Right,
    round: CirculationId,
    user: UserId,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE circulation_reader SET read_at = $4 WHERE municipality_id = $1 AND circulation_id = $2 \
             AND user_id = $3 AND read_at IS NULL",
            args![m, round, user, now],
        )
        .await?;
    Ok(())
}

/// What was talked over was told at a section.
pub(crate) async fn report(
    act: &mut Act,
    right: &Right,
    (round, desk): (CirculationId, DeskId),
    told_by: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE circulation_desk SET reported_at = $4, reported_by = $5, told_by = $6 WHERE municipality_id = $1 \
             AND circulation_id = $2 AND desk_id = $3 AND reported_at IS NULL",
            args![m, round, desk, now, by, told_by],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// It was brought to a partner without a login.
pub(crate) async fn brought(
    act: &mut Act,
    right: &Right,
    (round, desk): (CirculationId, DeskId),
    how: Brought,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE circulation_desk SET brought_at = $4, brought_how = $5 WHERE municipality_id = $1 \
             AND circulation_id = $2 AND desk_id = $3 AND brought_at IS NULL",
            args![m, round, desk, now, how.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// It goes round no longer.
pub(crate) async fn end(act: &mut Act, right: &Right, round: &Round) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE circulation SET ended_at = $4, version = version + 1 WHERE municipality_id = $1 AND id = $2 \
             AND version = $3 AND ended_at IS NULL",
            args![m, round.id, round.version, now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// How a section reads what goes round.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    pub desk: DeskId,
    pub rounds: i64,
    pub readers: i64,
    pub read: i64,
    pub reported: i64,
}

/// By section, of the rounds sent in a period. About nobody but the sections themselves.
pub(crate) async fn coverage(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Day, Day),
) -> Result<Vec<Coverage>, Broken> {
    conn.all(
        "SELECT d.desk_id, COUNT(*) AS rounds, COUNT(d.reported_at) AS reported, \
         CAST(COALESCE(SUM((SELECT COUNT(*) FROM circulation_reader r WHERE r.municipality_id = d.municipality_id \
         AND r.circulation_id = d.circulation_id AND r.desk_id = d.desk_id)), 0) AS BIGINT) AS readers, \
         CAST(COALESCE(SUM((SELECT COUNT(r.read_at) FROM circulation_reader r WHERE r.municipality_id = d.municipality_id \
         AND r.circulation_id = d.circulation_id AND r.desk_id = d.desk_id)), 0) AS BIGINT) AS was_read \
         FROM circulation_desk d JOIN circulation c ON c.municipality_id = d.municipality_id AND c.id = d.circulation_id \
         WHERE d.municipality_id = $1 AND c.sent_at >= $2 AND c.sent_at < $3 GROUP BY d.desk_id \
         ORDER BY rounds DESC, d.desk_id",
        args![m, Instant::at(from, 0, 0), Instant::at(to.plus_days(1), 0, 0)],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Coverage {
            desk: row.get("desk_id")?,
            rounds: row.get("rounds")?,
            readers: row.get("readers")?,
            read: row.get("was_read")?,
            reported: row.get("reported")?,
        })
    })
    .collect()
}
