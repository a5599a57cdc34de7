//! 宿題 of sessions. Whose it is now, by when, and whether it is done is said by its task; of whoever had to come and did not, by the
//! task of their invitation.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use task::{TaskKind, TaskState};
use words::Instant;
use words::id::{AgendaItemId, DeskId, EntryId, HomeworkId, InviteeId, MeetingId, MunicipalityId, UserId};

use crate::sql::meeting::Meeting;

/// The kinds of its task: of the desk itself, or of the secretariat that hears from a partner without a login.
pub(crate) const KINDS: &[TaskKind] = &[TaskKind::Homework, TaskKind::HearHomework];

/// Homework.
#[derive(Debug, Clone)]
pub struct Homework {
    /// Its id.
    pub id: HomeworkId,
    /// The session that gave it.
    pub meeting: MeetingId,
    /// The item it came out of.
    pub item: AgendaItemId,
    /// The desk it was given to.
    pub desk: DeskId,
    /// The person.
    pub user: Option<UserId>,
    /// Of a partner without a login.
    pub name: String,
    /// What is to be done, of a general item.
    pub what: String,
    /// The same as an entry, of a case or matter.
    pub entry: Option<EntryId>,
    /// Whether its day follows the next session.
    pub by_next: bool,
    /// What came of it, of a general item.
    pub result: String,
    /// The same as an entry.
    pub result_entry: Option<EntryId>,
    /// How a partner without a login told it.
    pub told_by: String,
    /// Version.
    pub version: i64,
    /// The desk that owes it now.
    pub held_by: DeskId,
    /// Whether the secretariat asks for it.
    pub heard: bool,
    /// Where it stands.
    pub state: TaskState,
    /// By when.
    pub due_at: Instant,
}

const HOMEWORK: &str = "SELECT h.id, h.meeting_id, h.item_id, h.desk_id, h.user_id, h.name, h.what, h.entry_id, h.by_next, \
     h.result, h.result_entry_id, h.told_by, h.version, t.desk_id AS held_by, t.kind, t.state, t.due_at \
     FROM homework h JOIN task t ON t.municipality_id = h.municipality_id AND t.thing_id = h.id \
     AND t.kind IN ('homework', 'hear_homework') JOIN meeting p ON p.municipality_id = h.municipality_id AND p.id = h.meeting_id \
     WHERE h.municipality_id = ?";

fn homework(row: &Row) -> Result<Homework, Broken> {
    let kind: TaskKind = row.code("kind")?;
    Ok(Homework {
        id: row.get("id")?,
        meeting: row.get("meeting_id")?,
        item: row.get("item_id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        name: row.get("name")?,
        what: row.get("what")?,
        entry: row.get("entry_id")?,
        by_next: row.get("by_next")?,
        result: row.get("result")?,
        result_entry: row.get("result_entry_id")?,
        told_by: row.get("told_by")?,
        version: row.get("version")?,
        held_by: row.get("held_by")?,
        heard: kind == TaskKind::HearHomework,
        state: row.code("state")?,
        due_at: row.get("due_at")?,
    })
}

/// One.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: HomeworkId,
) -> Result<Option<Homework>, Broken> {
    let rows = conn.select(Statement::new(HOMEWORK, args![m]).push(" AND h.id = ?", args![id])).await?;
    rows.first().map(homework).transpose()
}

/// Of these items.
pub(crate) async fn of_items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Homework>, Broken> {
    let statement = Statement::new(HOMEWORK, args![m])
        .push_in(" AND h.item_id IN", items)
        .push(" ORDER BY h.given_at, h.id", args![]);
    conn.select(statement).await?.iter().map(homework).collect()
}

/// What earlier sessions gave and this one looks at: all of the session before it, of the items that were carried over to it,
/// and what is still open of the other sessions of its body.
pub(crate) async fn before(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    k: &Meeting,
    carried: &[AgendaItemId],
) -> Result<Vec<Homework>, Broken> {
    let statement = Statement::new(HOMEWORK, args![m])
        .push(
            " AND h.meeting_id <> ? AND t.state <> 'cancelled' AND (p.next_id = ? \
             OR (p.body_id = ? AND p.starts_at < ? AND t.state = 'open') OR h.item_id IN",
            args![k.id, k.id, k.body, k.starts],
        )
        .push_in("", carried.iter().copied())
        .push(") ORDER BY p.starts_at, h.given_at, h.id LIMIT 200", args![]);
    conn.select(statement).await?.iter().map(homework).collect()
}

/// The homework of somebody who had to come to a session and did not.
#[derive(Debug, Clone)]
pub(crate) struct Absence {
    pub invitee: InviteeId,
    pub meeting: MeetingId,
    pub item: Option<AgendaItemId>,
    pub desk: DeskId,
    pub state: TaskState,
    pub due_at: Instant,
}

/// Of this session, of the one before it, and what is still open of the other sessions of its body.
pub(crate) async fn absences(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    k: &Meeting,
) -> Result<Vec<Absence>, Broken> {
    let statement = Statement::new(
        "SELECT i.id, i.meeting_id, i.item_id, i.desk_id, t.state, t.due_at FROM invitee i \
         JOIN meeting p ON p.municipality_id = i.municipality_id AND p.id = i.meeting_id \
         JOIN task t ON t.municipality_id = i.municipality_id AND t.thing_id = i.id AND t.kind = 'make_up' \
         WHERE i.municipality_id = ? AND t.state <> 'cancelled' AND (p.id = ? OR p.next_id = ? \
         OR (p.body_id = ? AND p.starts_at < ? AND t.state = 'open')) ORDER BY p.starts_at, i.id LIMIT 100",
        args![m, k.id, k.id, k.body, k.starts],
    );
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Absence {
                invitee: row.get("id")?,
                meeting: row.get("meeting_id")?,
                item: row.get("item_id")?,
                desk: row.get("desk_id")?,
                state: row.code("state")?,
                due_at: row.get("due_at")?,
            })
        })
        .collect()
}

/// What [`insert`] stores.
pub(crate) struct New<'a> {
    pub id: HomeworkId,
    pub meeting: MeetingId,
    pub item: AgendaItemId,
    pub desk: DeskId,
    pub user: Option<UserId>,
    pub name: &'a str,
    pub what: &'a str,
    pub entry: Option<EntryId>,
    pub by_next: bool,
}

/// Stores new homework; its task is made beside it.
pub(crate) async fn insert(act: &mut Act, right: &Right, h: &New<'_>) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO homework (municipality_id, id, meeting_id, item_id, desk_id, user_id, name, what, entry_id, by_next, \
             given_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                m, h.id, h.meeting, h.item, h.desk, h.user, h.name, h.what, h.entry, h.by_next, now, command
            ],
        )
        .await?;
    Ok(())
}

/// What came of it, at the version that was read.
pub(crate) async fn end(
    act: &mut Act,
    right: &Right,
    h: &Homework,
    (result, entry): (&str, Option<EntryId>),
    told_by: &str,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE homework SET result = $4, result_entry_id = $5, told_by = $6, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, h.id, h.version, result, entry, told_by],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// 次回まで: what a session gave until the next one is due when that one begins.
pub(crate) async fn follow_next(
    act: &mut Act,
    right: &Right,
    next: MeetingId,
    starts: Instant,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE task SET due_at = $3, lead_told_at = NULL, coordinator_told_at = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND state = 'open' AND kind IN ('homework', 'hear_homework') AND due_at <> $3 \
             AND thing_id IN (SELECT h.id FROM homework h JOIN meeting p ON p.municipality_id = h.municipality_id \
             AND p.id = h.meeting_id WHERE h.municipality_id = $1 AND h.by_next AND p.next_id = $2)",
            args![m, next, starts],
        )
        .await?;
    Ok(())
}
