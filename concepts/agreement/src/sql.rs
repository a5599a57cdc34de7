//! What stands around consents: their open tasks, and who of the own cases has none.

use engine::{Broken, Conn, Statement, args};
use words::Instant;
use words::id::{CaseId, ConsentId, MunicipalityId, TaskId};

/// The open tasks about a consent.
pub(crate) async fn tasks_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    consent: ConsentId,
) -> Result<Vec<TaskId>, Broken> {
    conn.all(
        "SELECT k.task_id FROM consent_task k JOIN task t ON t.municipality_id = k.municipality_id \
         AND t.id = k.task_id WHERE k.municipality_id = $1 AND k.consent_id = $2 AND t.state = 'open' \
         ORDER BY k.task_id",
        args![m, consent],
    )
    .await?
    .iter()
    .map(|row| row.get("task_id"))
    .collect()
}

/// When the earliest promise of each of these cases is due.
pub(crate) async fn next_due(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<(CaseId, Instant)>, Broken> {
    let statement = Statement::new(
        "SELECT case_id, MIN(due_at) AS due_at FROM task WHERE municipality_id = ? AND state = 'open'",
        args![m],
    )
    .push_in(" AND case_id IN", cases)
    .push(" GROUP BY case_id", args![]);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("case_id")?, row.get("due_at")?))).collect()
}

/// The desks that opened these cases: whoever took the initiative.
pub(crate) async fn opened_by(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<(CaseId, words::id::DeskId)>, Broken> {
    let statement = Statement::new(
        "SELECT case_id, desk_id FROM case_accountable WHERE municipality_id = ? AND seq = 1",
        args![m],
    )
    .push_in(" AND case_id IN", cases);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("case_id")?, row.get("desk_id")?))).collect()
}
