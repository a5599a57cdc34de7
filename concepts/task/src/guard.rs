//! The guard: an open consultation, sheet or case always points to one of its open tasks. The database enforces
//! it (a deferred foreign key that includes the task's state); this is how every act satisfies it.

use access::Right;
use engine::{Act, Fail, args};
use words::Instant;
use words::id::{CaseId, ConnectingSheetId, ConsultationId, DeskId, TaskId};

use crate::kinds::TaskKind;
use crate::sql::{About, NewTask, add};

/// What a guard guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// A case.
    Case(CaseId),
    /// A consultation.
    Consultation(ConsultationId),
    /// A connecting sheet.
    Sheet(ConnectingSheetId),
}

struct Statements {
    standing: &'static str,
    earliest: &'static str,
    point: &'static str,
    release: &'static str,
    kind: TaskKind,
}

const CASE: Statements = Statements {
    standing: "SELECT CASE WHEN state = 'open' THEN 1 ELSE 0 END AS held, accountable_desk_id AS desk_id \
               FROM case_file WHERE municipality_id = $1 AND id = $2",
    earliest: "SELECT id FROM task WHERE municipality_id = $1 AND case_id = $2 AND state = 'open' \
               ORDER BY due_at, id LIMIT 1",
    point: "UPDATE case_file SET guard_task_id = $3, guard_task_state = 'open' WHERE municipality_id = $1 AND id = $2",
    release: "UPDATE case_file SET guard_task_id = NULL, guard_task_state = NULL \
              WHERE municipality_id = $1 AND id = $2",
    kind: TaskKind::NextPromise,
};
const CONSULTATION: Statements = Statements {
    standing: "SELECT CASE WHEN state = 'open' THEN 1 ELSE 0 END AS held, accountable_desk_id AS desk_id \
               FROM consultation WHERE municipality_id = $1 AND id = $2",
    earliest: "SELECT id FROM task WHERE municipality_id = $1 AND consultation_id = $2 AND state = 'open' \
               ORDER BY due_at, id LIMIT 1",
    point: "UPDATE consultation SET guard_task_id = $3, guard_task_state = 'open' \
            WHERE municipality_id = $1 AND id = $2",
    release: "UPDATE consultation SET guard_task_id = NULL, guard_task_state = NULL \
              WHERE municipality_id = $1 AND id = $2",
    kind: TaskKind::Dispose,
};
const SHEET: Statements = Statements {
    standing: "SELECT CASE WHEN state = 'sent' THEN 1 ELSE 0 END AS held, provider_desk_id AS desk_id \
               FROM connecting_sheet WHERE municipality_id = $1 AND id = $2",
    earliest: "SELECT id FROM task WHERE municipality_id = $1 AND sheet_id = $2 AND state = 'open' \
               ORDER BY due_at, id LIMIT 1",
    point: "UPDATE connecting_sheet SET guard_task_id = $3, guard_task_state = 'open' \
            WHERE municipality_id = $1 AND id = $2",
    release: "UPDATE connecting_sheet SET guard_task_id = NULL, guard_task_state = NULL \
              WHERE municipality_id = $1 AND id = $2",
    kind: TaskKind::TakeSheet,
};

/// Points the guard to the earliest open task; makes the default one, due at `otherwise_due`, when there is
/// none; lets go when the guarded thing is no longer open. Call it last in every act that touches tasks.
pub async fn settle(
    act: &mut Act,
    right: &Right,
    guarded: Guarded,
    otherwise_due: Instant,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let (statements, id, about) = match guarded {
        Guarded::Case(id) => (&CASE, id.uuid(), About { case: Some(id), ..About::default() }),
        Guarded::Consultation(id) => {
            (&CONSULTATION, id.uuid(), About { consultation: Some(id), ..About::default() })
        }
        Guarded::Sheet(id) => (&SHEET, id.uuid(), About { sheet: Some(id), ..About::default() }),
    };
    let mut conn = act.save(right)?;
    let Some(row) = conn.maybe(statements.standing, args![municipality, id]).await? else {
        return Err(Fail::NotVisible);
    };
    if row.get::<i64>("held")? == 0 {
        conn.exec(statements.release, args![municipality, id]).await?;
        return Ok(());
    }
    let desk: DeskId = row.get("desk_id")?;
    let earliest = conn.maybe(statements.earliest, args![municipality, id]).await?;
    let task: TaskId = if let Some(row) = earliest {
        row.get("id")?
    } else {
        let new = NewTask { kind: statements.kind, desk, assignee: None, about, due_at: otherwise_due };
        add(act, right, &new).await?
    };
    act.save(right)?.exec(statements.point, args![municipality, id, task]).await?;
    Ok(())
}
