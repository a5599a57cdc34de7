//! What a triage can begin from, as far as its beginning needs it: desks, state, dates, and ids. No content.

use access::{Relation, Viewer};
use engine::{Broken, Conn, args};
use words::Instant;
use words::id::{CaseId, ConnectingSheetId, ConsultationId, HouseholdId};

use super::Origin;
use crate::acts::Start;

/// A consultation or sheet, and what it became.
pub(crate) struct Found {
    pub start: Start,
    pub case: Option<CaseId>,
    pub consultation: Option<ConsultationId>,
}

/// How desks stand to what belongs to this household and case: whoever is kept out of one of its cases is kept out here.
async fn within(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: Option<HouseholdId>,
    case: Option<CaseId>,
) -> Result<Relation, Broken> {
    let cases = household::cases_of(conn, viewer, household).await?;
    Ok(Relation::within(cases.into_values().flatten().chain(case)))
}

/// A consultation, for the desk that wrote it and the one accountable for it.
pub(crate) async fn consultation(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConsultationId,
) -> Result<Option<Found>, Broken> {
    let row = conn
        .maybe(
            "SELECT state, desk_id, accountable_desk_id, occurred_at, recorded_at, household_id, case_id, third_party \
             FROM consultation WHERE municipality_id = $1 AND id = $2",
            args![viewer.municipality, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (household, case): (Option<HouseholdId>, Option<CaseId>) =
        (row.get("household_id")?, row.get("case_id")?);
    let (occurred, recorded): (Instant, Instant) = (row.get("occurred_at")?, row.get("recorded_at")?);
    // Midnight stands for a day whose time was not noted.
    let timed = occurred.hour() != 0 || occurred.minute() != 0;
    let mut relation = within(conn, viewer, household, case).await?;
    relation.author = row.get("desk_id")?;
    relation.accountable = row.get("accountable_desk_id")?;
    // Somebody complains about somebody else: the household on the consultation is the complainant's.
    let about_others: bool = row.get("third_party")?;
    let start = Start {
        origin: Origin::Consultation(id),
        relation,
        household: household.filter(|_| !about_others),
        came_at: Some(if timed { occurred } else { recorded }),
        void: row.get::<String>("state")? == "entered_in_error",
    };
    Ok(Some(Found { start, case, consultation: None }))
}

/// A connecting sheet, for the provider it was sent to.
pub(crate) async fn sheet(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConnectingSheetId,
) -> Result<Option<Found>, Broken> {
    let row = conn
        .maybe(
            "SELECT state, provider_desk_id, occurred_at, household_id, case_id, consultation_id FROM connecting_sheet \
             WHERE municipality_id = $1 AND id = $2",
            args![viewer.municipality, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (household, case): (Option<HouseholdId>, Option<CaseId>) =
        (row.get("household_id")?, row.get("case_id")?);
    let mut relation = within(conn, viewer, household, case).await?;
    relation.case_desks = vec![row.get("provider_desk_id")?];
    let start = Start {
        origin: Origin::Sheet(id),
        relation,
        household,
        came_at: Some(row.get("occurred_at")?),
        void: row.get::<String>("state")? == "entered_in_error",
    };
    Ok(Some(Found { start, case, consultation: row.get("consultation_id")? }))
}
