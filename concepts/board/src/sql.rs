//! Storing needs and parts: areas, desks, states, dates. Words are entries.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use task::{TaskKind, TaskState};
use words::Instant;
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, MunicipalityId, TaskId, ThingId, UserId};

use crate::lacking::Lacking;
use crate::rules::{Area, State};

/// A need without its words.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub id: ThingId,
    pub entry: EntryId,
    pub area: Area,
    pub owner: DeskId,
    pub state: State,
    pub reason: String,
    pub outcome: Option<EntryId>,
    pub ended_at: Option<Instant>,
    pub version: i64,
}

/// A part without its words.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub id: ThingId,
    pub need: ThingId,
    /// Who took it then.
    pub desk: DeskId,
    pub entry: EntryId,
    pub task: TaskId,
    pub kind: TaskKind,
    pub state: TaskState,
    /// Whose promise it is today.
    pub holder: DeskId,
    pub assignee: Option<UserId>,
    pub due_at: Instant,
    pub reason: String,
    /// The desk that gave it: the one that wrote it down. Of a part that came back, whoever gave it back.
    pub giver: Option<DeskId>,
}

impl Part {
    /// Who takes it today: a desk that ended has passed it on with its work; a partner without a login stays the partner.
    pub(crate) fn taker(&self) -> DeskId {
        if self.kind == TaskKind::TakePart { self.holder } else { self.desk }
    }

    /// The part that came back as this one: its words stand in both.
    pub(crate) fn was<'p>(&self, parts: &'p [Self]) -> Option<&'p Self> {
        let over =
            |p: &&Self| p.entry == self.entry && p.desk != self.desk && p.state == TaskState::Cancelled;
        parts.iter().find(over)
    }
}

/// The needs of a case, the oldest first.
pub(crate) async fn needs(conn: &mut Conn<'_>, m: MunicipalityId, case: CaseId) -> Result<Vec<Need>, Broken> {
    conn.all(
        "SELECT id, entry_id, area, owner_desk_id, state, reason, outcome_entry_id, ended_at, version \
         FROM need WHERE municipality_id = $1 AND case_id = $2 ORDER BY opened_at, id LIMIT 200",
        args![m, case],
    )
    .await?
    .iter()
    .map(need)
    .collect()
}

/// The unmet needs of these cases with the texts they were first written as.
pub(crate) async fn unmet(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<(EntryId, Lacking)>, Broken> {
    let statement = Statement::new(
        "SELECT case_id, entry_id, area, reason FROM need WHERE municipality_id = ? AND state = 'unmet'",
        args![m],
    )
    .push_in(" AND case_id IN", cases)
    .push(" ORDER BY area, reason, id LIMIT 500", args![]);
    let rows = conn.select(statement).await?;
    rows.iter()
        .map(|row| {
            let lacking =
                Lacking { case: row.get("case_id")?, area: row.code("area")?, why: row.code("reason")? };
            Ok((row.get("entry_id")?, lacking))
        })
        .collect()
}

/// One need of a case.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
    id: ThingId,
) -> Result<Option<Need>, Broken> {
    conn.maybe(
        "SELECT id, entry_id, area, owner_desk_id, state, reason, outcome_entry_id, ended_at, version \
         FROM need WHERE municipality_id = $1 AND case_id = $2 AND id = $3",
        args![m, case, id],
    )
    .await?
    .as_ref()
    .map(need)
    .transpose()
}

fn need(row: &Row) -> Result<Need, Broken> {
    Ok(Need {
        id: row.get("id")?,
        entry: row.get("entry_id")?,
        area: row.code("area")?,
        owner: row.get("owner_desk_id")?,
        state: row.code("state")?,
        reason: row.get("reason")?,
        outcome: row.get("outcome_entry_id")?,
        ended_at: row.get("ended_at")?,
        version: row.get("version")?,
    })
}

/// The parts of these needs, the earliest due first.
pub(crate) async fn parts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    needs: impl IntoIterator<Item = ThingId>,
) -> Result<Vec<Part>, Broken> {
    let statement = Statement::new(
        "SELECT p.id, p.need_id, p.desk_id, p.entry_id, p.task_id, t.kind, t.state, t.desk_id AS holder_id, \
         t.assignee_id, t.due_at, t.reason, c.desk_id AS giver_id FROM need_part p \
         JOIN task t ON t.municipality_id = p.municipality_id AND t.id = p.task_id \
         JOIN command c ON c.municipality_id = p.municipality_id AND c.id = p.command_id \
         WHERE p.municipality_id = ?",
        args![m],
    )
    .push_in(" AND p.need_id IN", needs)
    .push(" ORDER BY t.due_at, p.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Part {
                id: row.get("id")?,
                need: row.get("need_id")?,
                desk: row.get("desk_id")?,
                entry: row.get("entry_id")?,
                task: row.get("task_id")?,
                kind: row.code("kind")?,
                state: row.code("state")?,
                holder: row.get("holder_id")?,
                assignee: row.get("assignee_id")?,
                due_at: row.get("due_at")?,
                reason: row.get("reason")?,
                giver: row.get("giver_id")?,
            })
        })
        .collect()
}

/// What [`insert`] stores.
pub(crate) struct New {
    pub id: ThingId,
    pub case: CaseId,
    pub entry: EntryId,
    pub area: Area,
    pub owner: DeskId,
    pub desk: DeskId,
}

/// Stores a need.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &New) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "INSERT INTO need (municipality_id, id, case_id, entry_id, area, owner_desk_id, desk_id, opened_at, \
             command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![m, new.id, new.case, new.entry, new.area.code(), new.owner, new.desk, now, command],
        )
        .await?;
    Ok(())
}

/// Stores a part.
pub(crate) async fn insert_part(
    act: &mut Act,
    right: &Right,
    need: ThingId,
    desk: DeskId,
    entry: EntryId,
    task: TaskId,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let id: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO need_part (municipality_id, id, need_id, desk_id, entry_id, task_id, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![m, id, need, desk, entry, task, command],
        )
        .await?;
    Ok(())
}

/// Another area or section, at the version that was read.
pub(crate) async fn shape(
    act: &mut Act,
    right: &Right,
    need: &Need,
    area: Area,
    owner: DeskId,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE need SET area = $4, owner_desk_id = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
            args![m, need.id, need.version, area.code(), owner],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Another state, at the version that was read. Open again: without reason and outcome.
pub(crate) async fn set_state(
    act: &mut Act,
    right: &Right,
    need: &Need,
    to: State,
    reason: &str,
    outcome: Option<EntryId>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let ended = (to != State::Open).then_some(now);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE need SET state = $4, reason = $5, outcome_entry_id = $6, ended_at = $7, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, need.id, need.version, to.code(), reason, outcome, ended],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
