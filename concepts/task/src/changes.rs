//! Changing who is in charge and by when, in a way that can be taken back; and many tasks at once.

use access::{Action, Right, Role, Scope, Viewer};
use engine::{Act, Broken, Bulk as Rows, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{CommandId, MunicipalityId, TaskId, UserId};
use words::{Day, Instant};

use crate::rules::{Change, Postponed, What, undoable};
use crate::sql::{Task, Told};

/// A change as it is kept: how the task stood before.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The command that changed it.
    pub command: CommandId,
    /// The task.
    pub task: TaskId,
    /// What was changed.
    pub what: What,
    /// The task's version after it.
    pub version: i64,
    /// Who was in charge before.
    pub assignee: Option<UserId>,
    /// By when it was before.
    pub due_at: Instant,
    /// The reason of the postponement before, as a code.
    pub reason: String,
    /// Who had been told before.
    pub told: Told,
    /// Whether it was taken back.
    pub undone: bool,
}

/// The right a change needs: taking a task for oneself, and putting it back to the desk, is work; giving it to another
/// is the lead's.
pub fn needs(change: &Change, who: UserId) -> Action {
    match change {
        Change::Assign(Some(to)) if *to != who => Action::Assign,
        Change::Assign(_) | Change::Postpone(..) => Action::WorkTask,
    }
}

/// To whom this person may give work of their desks: id and name. Leads and coordinators to everybody who sits there,
/// others to themselves.
pub async fn takers(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    today: Day,
) -> Result<Vec<(UserId, String)>, Broken> {
    let gives = viewer.has_role(&[Role::AgencyLead, Role::Coordinator]);
    let mut people: Vec<(UserId, String)> = Vec::new();
    for desk in Scope::own_desks(viewer).desks() {
        for (user, name) in register::staff_of(conn, viewer.municipality, *desk, today).await? {
            let may = gives || user == viewer.user;
            if may && people.iter().all(|(known, _)| *known != user) {
                people.push((user, name));
            }
        }
    }
    Ok(people)
}

/// Changes an open task as it was read, and keeps how it stood.
pub async fn change(act: &mut Act, right: &Right, task: &Task, change: &Change) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let user = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    let reason = conn
        .one("SELECT reason FROM task WHERE municipality_id = $1 AND id = $2", args![m, task.id])
        .await?
        .get::<String>("reason")?;
    let changed = match change {
        Change::Assign(to) => {
            conn.exec(
                "UPDATE task SET assignee_id = $4, version = version + 1 \
                 WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
                args![m, task.id, task.version, *to],
            )
            .await?
        }
        Change::Postpone(due, reason) => {
            conn.exec(
                "UPDATE task SET due_at = $4, reason = $5, lead_told_at = NULL, coordinator_told_at = NULL, \
                 version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
                args![m, task.id, task.version, *due, reason.code()],
            )
            .await?
        }
    };
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "INSERT INTO task_change (municipality_id, command_id, task_id, user_id, what, version, assignee_before, \
         due_before, reason_before, lead_told_before, coordinator_told_before, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            m,
            command,
            task.id,
            user,
            change.what().code(),
            task.version + 1,
            task.assignee,
            task.due_at,
            reason,
            task.told.lead,
            task.told.coordinator,
            now,
        ],
    )
    .await?;
    Ok(())
}

/// Takes a change back: the task stands as before. Refused when somebody has changed it since.
pub async fn undo(act: &mut Act, right: &Right, task: &Task, kept: &Kept) -> Result<(), Fail> {
    undoable(task.state, task.version, kept.version, kept.undone)?;
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    let changed = match kept.what {
        What::Postpone => {
            conn.exec(
                "UPDATE task SET due_at = $4, reason = $5, lead_told_at = $6, coordinator_told_at = $7, \
                 version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
                args![
                    m,
                    task.id,
                    kept.version,
                    kept.due_at,
                    &kept.reason,
                    kept.told.lead,
                    kept.told.coordinator
                ],
            )
            .await?
        }
        What::Assign | What::Undo => {
            conn.exec(
                "UPDATE task SET assignee_id = $4, version = version + 1 \
                 WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
                args![m, task.id, kept.version, kept.assignee],
            )
            .await?
        }
    };
    let marked = conn
        .exec(
            "UPDATE task_change SET undone_by = $3 \
             WHERE municipality_id = $1 AND command_id = $2 AND undone_by IS NULL",
            args![m, kept.command, command],
        )
        .await?;
    // Two who take back at once: the first did it.
    if changed == 1 && marked == 1 { Ok(()) } else { Err(Fail::Stale) }
}

/// What one person changed by these commands. Nobody else's changes are theirs to take back.
pub async fn kept(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    commands: &[CommandId],
) -> Result<Vec<Kept>, Broken> {
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT command_id, task_id, what, version, assignee_before, due_before, reason_before, lead_told_before, \
         coordinator_told_before, undone_by FROM task_change WHERE municipality_id = ? AND user_id = ?",
        args![municipality, user],
    )
    .push_in(" AND command_id IN", commands.iter().copied());
    conn.select(statement).await?.iter().map(kept_of).collect()
}

fn kept_of(row: &Row) -> Result<Kept, Broken> {
    Ok(Kept {
        command: row.get("command_id")?,
        task: row.get("task_id")?,
        what: row.code("what")?,
        version: row.get("version")?,
        assignee: row.get("assignee_before")?,
        due_at: row.get("due_before")?,
        reason: row.get("reason_before")?,
        told: Told { lead: row.get("lead_told_before")?, coordinator: row.get("coordinator_told_before")? },
        undone: row.get::<Option<CommandId>>("undone_by")?.is_some(),
    })
}

/// Several tasks changed at once: what was asked, and what became of each.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// The command of its form.
    pub id: CommandId,
    /// What was asked.
    pub what: What,
    /// For an assignment: who is in charge; nobody: back to the desk.
    pub assignee: Option<UserId>,
    /// For a postponement: the day.
    pub due_at: Option<Instant>,
    /// For a postponement: why.
    pub reason: Option<Postponed>,
    /// What it takes back.
    pub undoes: Option<CommandId>,
    /// The list it was sent from.
    pub came_from: String,
    /// What became of each task.
    pub items: Vec<Item>,
}

/// What became of one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The task.
    pub task: TaskId,
    /// The command that did it, or the key of the sentence that says why not.
    pub outcome: Result<CommandId, String>,
}

/// Keeps what became of a bulk change. Its items were commands of their own.
pub async fn add_bulk(act: &mut Act, right: &Right, bulk: &Bulk) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let user = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO bulk (municipality_id, id, user_id, what, assignee_id, due_at, reason, undoes, came_from, \
         done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            m,
            bulk.id,
            user,
            bulk.what.code(),
            bulk.assignee,
            bulk.due_at,
            bulk.reason.map_or("", Code::code),
            bulk.undoes,
            &bulk.came_from,
            now,
        ],
    )
    .await?;
    let mut rows = Rows::new(
        "INSERT INTO bulk_item (municipality_id, bulk_id, task_id, position, done_by, refusal) VALUES",
        6,
    );
    for (position, item) in (0_i64..).zip(&bulk.items) {
        let done = item.outcome.as_ref().ok().copied();
        let refusal = item.outcome.as_ref().err().map_or("", String::as_str);
        rows.row(args![m, bulk.id, item.task, position, done, refusal]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}

const BULK: &str = "SELECT id, what, assignee_id, due_at, reason, undoes, came_from FROM bulk \
     WHERE municipality_id = ? AND user_id = ?";

/// A bulk change of this person; nobody else's exists for them.
pub async fn bulk(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    id: CommandId,
) -> Result<Option<Bulk>, Broken> {
    let statement = Statement::new(BULK, args![municipality, user]).push(" AND id = ?", args![id]);
    let Some(row) = conn.select(statement).await?.pop() else { return Ok(None) };
    let items = conn
        .all(
            "SELECT task_id, done_by, refusal FROM bulk_item WHERE municipality_id = $1 AND bulk_id = $2 \
             ORDER BY position",
            args![municipality, id],
        )
        .await?
        .iter()
        .map(|row| {
            let done: Option<CommandId> = row.get("done_by")?;
            let refusal: String = row.get("refusal")?;
            Ok(Item { task: row.get("task_id")?, outcome: done.ok_or(refusal) })
        })
        .collect::<Result<_, Broken>>()?;
    Ok(Some(Bulk {
        id: row.get("id")?,
        what: row.code("what")?,
        assignee: row.get("assignee_id")?,
        due_at: row.get("due_at")?,
        reason: row.code_opt("reason")?,
        undoes: row.get("undoes")?,
        came_from: row.get("came_from")?,
        items,
    }))
}

/// Whether a bulk change was taken back before: the one that did it.
pub async fn undo_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    id: CommandId,
) -> Result<Option<CommandId>, Broken> {
    let statement = Statement::new(BULK, args![municipality, user])
        .push(" AND undoes = ? ORDER BY done_at DESC LIMIT 1", args![id]);
    conn.select(statement).await?.first().map(|row| row.get("id")).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn giving_work_to_another_is_the_leads() {
        let id = |n: u8| UserId::new(format!("00000000-0000-7000-8000-0000000000{n:02}").parse().unwrap());
        let (me, other) = (id(1), id(2));
        assert_eq!(needs(&Change::Assign(Some(me)), me), Action::WorkTask);
        assert_eq!(needs(&Change::Assign(None), me), Action::WorkTask);
        assert_eq!(needs(&Change::Assign(Some(other)), me), Action::Assign);
        let later = Change::Postpone(Instant::from_millis(0), Postponed::Person);
        assert_eq!(needs(&later, me), Action::WorkTask);
    }
}
