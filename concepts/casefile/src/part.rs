//! The cases of some households in which this viewer's desks have a part: headers only, for lists that lead there.

use access::Viewer;
use engine::{Broken, Conn, Statement, args};
use words::id::{CaseId, HouseholdId};

use crate::rules::{CaseState, number_text};

/// A case with a part of one's own.
#[derive(Debug, Clone)]
pub struct PartCase {
    /// Which.
    pub id: CaseId,
    /// Of which household.
    pub household: HouseholdId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: CaseState,
}

/// Those cases, newest first; none this viewer is kept out of. One statement.
pub async fn with_a_part(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<PartCase>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.household_id, c.fiscal_year, c.number, c.state FROM case_file c \
         WHERE c.municipality_id = ? AND c.disposed_at IS NULL",
        args![viewer.municipality],
    )
    .push_in(" AND c.household_id IN", households)
    .push(
        " AND EXISTS (SELECT 1 FROM case_desk k WHERE k.municipality_id = c.municipality_id AND k.case_id = c.id",
        args![],
    )
    .push_in(" AND k.desk_id IN", viewer.reading_desks())
    .push(") ORDER BY c.opened_at DESC, c.id", args![]);
    let mut cases = Vec::new();
    for row in conn.select(statement).await? {
        let id: CaseId = row.get("id")?;
        if !viewer.excluded_from.contains(&id) {
            cases.push(PartCase {
                id,
                household: row.get("household_id")?,
                number: number_text(row.get("fiscal_year")?, row.get("number")?),
                state: row.code("state")?,
            });
        }
    }
    Ok(cases)
}
