//! Who of open cases no consent in force covers, without who they are (disclosure rules 9 and 13): ids, and what stands about a
//! consent. Asked over the whole town in one statement.

use std::collections::BTreeSet;

use access::Viewer;
use engine::{Broken, Conn, Statement, args};
use words::id::{CaseId, DeskId, MunicipalityId, PersonId};
use words::{Day, codes};

codes! {
    /// What stands about a consent of somebody whom none covers.
    pub enum Missing {
        /// Asked, and not answered.
        Asked = "asked",
        /// Refused.
        Refused = "refused",
        /// There was one.
        Ended = "ended",
        /// Never asked.
        Never = "never",
    }
}

/// Somebody whom no consent in force covers.
#[derive(Debug, Clone)]
pub struct Uncovered {
    /// The open case.
    pub case: CaseId,
    /// Who: an id only.
    pub person: PersonId,
    /// What stands about a consent.
    pub state: Missing,
}

/// Leaves out the households somebody is kept out of (disclosure rule 14), what lies outside of these desks, and whoever has died as a desk of
/// the viewer wrote itself beside the card of another one (decision 0045): nobody asks them. `c` is the case, `p` the person.
fn scoped(mut statement: Statement, viewer: &Viewer, desks: Option<&[DeskId]>) -> Statement {
    // From the few texts of this kind to their people, and not from everybody to all their texts.
    statement = statement
        .push(
            " AND p.id NOT IN (SELECT s.person_id FROM learnt l JOIN entry e ON e.municipality_id = l.municipality_id \
             AND e.id = l.entry_id AND e.state = 'valid' JOIN entry_subject s ON s.municipality_id = l.municipality_id \
             AND s.entry_id = l.entry_id WHERE l.municipality_id = ? AND l.kind = 'died'",
            args![viewer.municipality],
        )
        .push_in(" AND e.desk_id IN", viewer.reading_desks())
        .push(")", args![]);
    if let Some(desks) = desks {
        statement = statement.push_in(" AND c.accountable_desk_id IN", desks.iter().copied());
    }
    statement.outside("c.household_id", viewer.municipality, &viewer.excluded_from)
}

/// Everybody of the open cases these desks answer for (`None`: of the town) whom no consent covers today; the matter that has
/// waited longest first.
pub async fn uncovered(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    today: Day,
) -> Result<Vec<Uncovered>, Broken> {
    let statement = select(viewer.municipality, today);
    let statement = scoped(statement, viewer, desks).push(" ORDER BY c.opened_at, c.id, p.id", args![]);
    conn.select(statement).await?.iter().map(read).collect()
}

/// The open cases these desks answer for (`None`: of the town) in which no consent covers somebody today: for a count, which asks for no more.
pub async fn uncovered_cases(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    today: Day,
) -> Result<BTreeSet<CaseId>, Broken> {
    let head = Statement::new("SELECT DISTINCT c.id AS case_id", args![]);
    let statement = scoped(of(head, viewer.municipality, today), viewer, desks);
    conn.select(statement).await?.iter().map(|row| row.get("case_id")).collect()
}

/// Whether there is somebody in an open case whom no consent covers today.
pub async fn someone_uncovered(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
    today: Day,
) -> Result<bool, Broken> {
    let statement = select(viewer.municipality, today).push(" AND c.id = ?", args![case]);
    Ok(!conn.select(scoped(statement, viewer, None)).await?.is_empty())
}

fn select(m: MunicipalityId, today: Day) -> Statement {
    let head = Statement::new(
        "SELECT c.id AS case_id, p.id AS person_id, CASE \
         WHEN EXISTS (SELECT 1 FROM consent_request r WHERE r.municipality_id = p.municipality_id \
         AND r.person_id = p.id AND r.case_id = c.id AND r.state = 'requested') THEN 'asked' \
         WHEN EXISTS (SELECT 1 FROM consent_request r WHERE r.municipality_id = p.municipality_id \
         AND r.person_id = p.id AND r.case_id = c.id AND r.state = 'refused') THEN 'refused' \
         WHEN EXISTS (SELECT 1 FROM consent k WHERE k.municipality_id = p.municipality_id \
         AND k.person_id = p.id AND k.state <> 'entered_in_error') THEN 'ended' ELSE 'never' END AS state",
        args![],
    );
    of(head, m, today)
}

/// A consent holds as [`crate::Consent::holds_on`] says: given, begun, not past its last day, its giver not set aside.
fn of(head: Statement, m: MunicipalityId, today: Day) -> Statement {
    head.push(
        " FROM case_file c JOIN household_member h ON h.municipality_id = c.municipality_id \
         AND h.household_id = c.household_id AND h.valid_to IS NULL \
         JOIN person p ON p.municipality_id = h.municipality_id AND p.id = h.person_id \
         WHERE c.municipality_id = ? AND c.state = 'open' AND c.disposed_at IS NULL AND p.died IS NULL \
         AND p.disposed_at IS NULL AND NOT EXISTS (SELECT 1 FROM consent k \
         WHERE k.municipality_id = p.municipality_id AND k.person_id = p.id AND k.state = 'given' \
         AND k.from_day <= ? AND (k.until_day IS NULL OR k.until_day >= ?) \
         AND NOT EXISTS (SELECT 1 FROM guardian_set_aside g WHERE g.municipality_id = k.municipality_id \
         AND g.person_id = k.person_id AND g.ended_at IS NULL AND (k.giver_id = g.guardian_id \
         OR (k.giver_id IS NULL AND k.given_by = 'guardian' AND k.given_at < g.set_at))))",
        args![m, today, today],
    )
}

fn read(row: &engine::Row) -> Result<Uncovered, Broken> {
    Ok(Uncovered { case: row.get("case_id")?, person: row.get("person_id")?, state: row.code("state")? })
}
