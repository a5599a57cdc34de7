//! Households, and what a desk has of them.

use engine::{Broken, Conn, Statement, args};
use words::Instant;
use words::id::{AreaId, CaseId, ConsultationId, DeskId, HouseholdId, MunicipalityId};

/// The header of a household: ids only. Who they are is disclosed elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct HouseholdHeader {
    /// Its id.
    pub id: HouseholdId,
    /// The desk that recorded it.
    pub desk: DeskId,
    /// The area it lives in.
    pub area: Option<AreaId>,
}

/// The header of a household, if it exists. Whether the viewer may know is decided by what is disclosed of it.
pub async fn header(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Option<HouseholdHeader>, Broken> {
    conn.maybe(
        "SELECT id, desk_id, area_id FROM household WHERE municipality_id = $1 AND id = $2",
        args![municipality, id],
    )
    .await?
    .map(|row| {
        Ok(HouseholdHeader { id: row.get("id")?, desk: row.get("desk_id")?, area: row.get("area_id")? })
    })
    .transpose()
}

/// A case of a household.
pub(crate) struct CaseLine {
    pub id: CaseId,
    pub fiscal_year: i64,
    pub number: i64,
    pub state: String,
}

/// The cases of a household in which one of these desks has a part, newest first.
pub(crate) async fn case_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
    desks: &[DeskId],
) -> Result<Vec<CaseLine>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.fiscal_year, c.number, c.state FROM case_file c \
         WHERE c.municipality_id = ? AND c.household_id = ? AND c.id IN (SELECT k.case_id FROM case_desk k \
         WHERE k.municipality_id = c.municipality_id",
        args![municipality, id],
    )
    .push_in(" AND k.desk_id IN", desks.iter().copied())
    .push(") ORDER BY c.opened_at DESC, c.id DESC LIMIT 50", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(CaseLine {
                id: row.get("id")?,
                fiscal_year: row.get("fiscal_year")?,
                number: row.get("number")?,
                state: row.get("state")?,
            })
        })
        .collect()
}

/// The consultations about a household that one of these desks wrote, newest first.
pub(crate) async fn consultation_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
    desks: &[DeskId],
) -> Result<Vec<(ConsultationId, Instant)>, Broken> {
    let statement = Statement::new(
        "SELECT id, occurred_at FROM consultation WHERE municipality_id = ? AND household_id = ? \
         AND state <> 'entered_in_error'",
        args![municipality, id],
    )
    .push_in(" AND desk_id IN", desks.iter().copied())
    .push(" ORDER BY occurred_at DESC, id DESC LIMIT 50", args![]);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("occurred_at")?))).collect()
}

/// Every case of a household, for exclusions.
pub(crate) async fn cases(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Vec<CaseId>, Broken> {
    conn.all(
        "SELECT id FROM case_file WHERE municipality_id = $1 AND household_id = $2",
        args![municipality, id],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// The open cases of a household with their accountable desks.
pub(crate) async fn open_cases(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: HouseholdId,
) -> Result<Vec<(CaseId, DeskId)>, Broken> {
    conn.all(
        "SELECT id, accountable_desk_id FROM case_file \
         WHERE municipality_id = $1 AND household_id = $2 AND state = 'open'",
        args![municipality, id],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("accountable_desk_id")?)))
    .collect()
}
