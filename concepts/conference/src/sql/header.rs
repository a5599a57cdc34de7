//! The header of a matter: position, desks, days, ids, and who runs it.

use access::{Role, Seat, Viewer};
use engine::{Broken, Row};
use words::Instant;
use words::id::{CaseId, DeskId, HouseholdId, InquiryId, MatterId};

use super::Member;
use super::deputy::{self, minutes_wait};
use crate::rules::deputy::{Deputy, runs_as};
use crate::rules::{Outcome, RestsOn, Stand};

/// A matter's header.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub id: MatterId,
    pub position: String,
    pub rests_on: RestsOn,
    pub article: String,
    pub case: Option<CaseId>,
    pub case_number: Option<(i64, i64)>,
    pub household: HouseholdId,
    pub initiator: DeskId,
    pub secretariat: DeskId,
    /// Who runs it in their place.
    pub deputy: Option<Deputy>,
    pub lead: DeskId,
    pub inquiry: Option<InquiryId>,
    pub follows: Option<MatterId>,
    pub opened_at: Instant,
    pub closed_at: Option<Instant>,
    pub outcome: Option<Outcome>,
    pub version: i64,
}

impl Header {
    /// As far as the rules depend on it.
    pub fn stand(&self) -> Stand {
        Stand { rests_on: self.rests_on, closed_at: self.closed_at }
    }

    /// The desk under which this viewer runs it: its secretariat's, or as its deputy their own.
    pub fn runs_as(&self, viewer: &Viewer) -> Option<DeskId> {
        runs_as(viewer, self.secretariat, self.deputy.as_ref())
    }

    /// Whether this viewer, who runs it, may end it (`rules::may_end`): a coordinator of its secretariat, its deputy, or a member who has pledged.
    pub fn in_charge(&self, viewer: Option<&Viewer>, members: &[Member]) -> bool {
        viewer.is_some_and(|viewer| {
            let coordinates = |s: &Seat| s.role == Role::Coordinator && s.holds(self.secretariat);
            viewer.seats.iter().any(coordinates)
                || self.deputy.is_some_and(|d| d.stands_in(viewer).is_some())
                || members.iter().any(|k| k.is(viewer) && k.pledged_at.is_some())
        })
    }
}

pub(super) const HEADER: &str = concat!(
    "SELECT m.id, m.position, m.rests_on, m.article, m.case_id, m.household_id, \
     m.initiator_desk_id, m.secretariat_desk_id, m.lead_desk_id, m.inquiry_id, m.follows_id, m.opened_at, m.closed_at, \
     m.outcome, m.version, c.fiscal_year, c.number, d.user_id AS deputy_user_id, d.desk_id AS deputy_desk_id, \
     d.appointment_id AS deputy_appointment_id, (d.id IS NOT NULL AND m.closed_at IS NOT NULL AND ",
    minutes_wait!(),
    ") AS minutes_wait FROM matter m \
     LEFT JOIN case_file c ON c.municipality_id = m.municipality_id AND c.id = m.case_id \
     LEFT JOIN matter_deputy d ON d.municipality_id = m.municipality_id AND d.matter_id = m.id AND d.until_at IS NULL \
     WHERE m.municipality_id = ? AND c.disposed_at IS NULL AND NOT EXISTS (SELECT 1 FROM consultation k \
     WHERE k.municipality_id = m.municipality_id AND k.id = m.consultation_id AND k.disposed_at IS NOT NULL)"
);

pub(super) fn header(row: &Row) -> Result<Header, Broken> {
    let (year, number): (Option<i64>, Option<i64>) = (row.get("fiscal_year")?, row.get("number")?);
    let closed_at: Option<Instant> = row.get("closed_at")?;
    Ok(Header {
        id: row.get("id")?,
        position: row.get("position")?,
        rests_on: row.code("rests_on")?,
        article: row.get("article")?,
        case: row.get("case_id")?,
        case_number: year.zip(number),
        household: row.get("household_id")?,
        initiator: row.get("initiator_desk_id")?,
        secretariat: row.get("secretariat_desk_id")?,
        deputy: deputy::of(row, closed_at.is_none())?,
        lead: row.get("lead_desk_id")?,
        inquiry: row.get("inquiry_id")?,
        follows: row.get("follows_id")?,
        opened_at: row.get("opened_at")?,
        closed_at,
        outcome: row.code_opt("outcome")?,
        version: row.get("version")?,
    })
}
