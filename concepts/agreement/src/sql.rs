//! What stands around consents: their open tasks, and who of the own cases has none.

use access::Viewer;
use engine::{Broken, Conn, Statement, args};
use words::id::{CaseId, ConsentId, DeskId, MunicipalityId, TaskId};
use words::{Day, Instant};

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
) -> Result<Vec<(CaseId, DeskId)>, Broken> {
    let statement = Statement::new(
        "SELECT case_id, desk_id FROM case_accountable WHERE municipality_id = ? AND seq = 1",
        args![m],
    )
    .push_in(" AND case_id IN", cases);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("case_id")?, row.get("desk_id")?))).collect()
}

/// Open cases in which the viewer's desks have a part and somebody may be without a consent, those that have waited longest first. Left out
/// is a case only where consents cover everybody that the viewer is sure to know of: their desk recorded them, or answers for the case they
/// were given in. What else they know of, the page looks through. At most so many, and whether there are more; narrowed to a desk that answers
/// for them and to a number, where they are given.
pub(crate) async fn waiting(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    today: Day,
    (desk, number): (Option<DeskId>, Option<(i64, i64)>),
    most: usize,
) -> Result<(Vec<CaseId>, bool), Broken> {
    let (m, own) = (viewer.municipality, viewer.reading_desks());
    let statement = Statement::new(
        "SELECT c.id FROM case_file c WHERE c.municipality_id = ? AND c.disposed_at IS NULL AND c.state = 'open' \
         AND c.id IN (SELECT k.case_id FROM case_desk k WHERE k.municipality_id = ?",
        args![m, m],
    )
    .push_in(" AND k.desk_id IN", own.iter().copied())
    .push(
        ") AND EXISTS (SELECT 1 FROM household_member h JOIN person p ON p.municipality_id = h.municipality_id \
         AND p.id = h.person_id WHERE h.municipality_id = c.municipality_id AND h.household_id = c.household_id \
         AND h.valid_to IS NULL AND p.died IS NULL AND p.disposed_at IS NULL AND NOT EXISTS (SELECT 1 FROM consent k \
         WHERE k.municipality_id = p.municipality_id AND k.person_id = p.id AND k.state = 'given' AND k.from_day <= ? \
         AND (k.until_day IS NULL OR k.until_day >= ?)",
        args![today, today],
    )
    .push_in(" AND (c.accountable_desk_id IN", own.iter().copied())
    .push_in(" AND k.case_id = c.id OR k.desk_id IN", own.iter().copied())
    .push(
        ") AND NOT EXISTS (SELECT 1 FROM guardian_set_aside g WHERE g.municipality_id = k.municipality_id \
         AND g.person_id = k.person_id AND g.ended_at IS NULL AND (k.giver_id = g.guardian_id \
         OR (k.giver_id IS NULL AND k.given_by = 'guardian' AND k.given_at < g.set_at)))))",
        args![],
    );
    // Left out here already (disclosure rule 14).
    let mut statement = statement.outside("c.household_id", m, &viewer.excluded_from);
    if let Some(desk) = desk {
        statement = statement.push(" AND c.accountable_desk_id = ?", args![desk]);
    }
    if let Some((year, number)) = number {
        statement = statement.push(" AND c.fiscal_year = ? AND c.number = ?", args![year, number]);
    }
    let one_more = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let statement = statement.push(" ORDER BY c.opened_at, c.id LIMIT ?", args![one_more]);
    let rows = conn.select(statement).await?;
    let cases = rows.iter().take(most).map(|row| row.get("id")).collect::<Result<_, _>>()?;
    Ok((cases, rows.len() > most))
}
