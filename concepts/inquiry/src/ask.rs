//! What an inquiry is asked from: a case, or a consultation that has not become one. Desks, state and ids only.

use access::{Relation, Viewer};
use engine::{Act, Broken, Conn, Fail, args};
use site::link;
use task::{About, Guarded};
use words::Instant;
use words::id::{CaseId, ConsultationId, HouseholdId, InquiryId, ThingId};

/// Where an inquiry begins.
pub(crate) struct Origin {
    /// The consultation.
    pub consultation: Option<ConsultationId>,
    /// The case.
    pub case: Option<CaseId>,
    /// Number of the case; empty for a consultation.
    pub number: String,
    /// Whose household; nobody can be asked about without one.
    pub household: Option<HouseholdId>,
    /// How desks stand to it.
    pub relation: Relation,
    /// Whether it is open.
    pub open: bool,
}

impl Origin {
    /// The page it is asked from.
    pub fn href(&self) -> String {
        match (self.case, self.consultation) {
            (Some(id), _) => link::case(id),
            (None, Some(id)) => link::consultation(id),
            (None, None) => link::INQUIRIES.to_owned(),
        }
    }
}

/// A case or a consultation by its id, for whoever has a part in it; the answer of absence otherwise.
pub(crate) async fn origin(conn: &mut Conn<'_>, viewer: &Viewer, about: ThingId) -> Result<Origin, Fail> {
    if let Some((case, relation)) = casefile::relation(conn, viewer, about.cast()).await? {
        return Ok(Origin {
            consultation: None,
            case: Some(case.id),
            number: case.number_text(),
            household: Some(case.household),
            relation,
            open: case.state == casefile::CaseState::Open,
        });
    }
    consultation(conn, viewer, about.cast()).await?.ok_or(Fail::NotVisible)
}

async fn consultation(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConsultationId,
) -> Result<Option<Origin>, Broken> {
    let row = conn
        .maybe(
            "SELECT state, desk_id, accountable_desk_id, household_id, case_id FROM consultation \
             WHERE municipality_id = $1 AND id = $2",
            args![viewer.municipality, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let household: Option<HouseholdId> = row.get("household_id")?;
    let case: Option<CaseId> = row.get("case_id")?;
    let cases = household::cases_of(conn, viewer, household).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(case));
    relation.author = row.get("desk_id")?;
    relation.accountable = row.get("accountable_desk_id")?;
    let own = viewer.reading_desks();
    let concerned = [relation.author, relation.accountable].into_iter().flatten().any(|d| own.contains(&d));
    if relation.keeps_out(viewer) || !concerned {
        return Ok(None);
    }
    Ok(Some(Origin {
        consultation: Some(id),
        case: None,
        number: String::new(),
        household,
        relation,
        // What became a case is asked about from there.
        open: row.get::<String>("state")? == "open",
    }))
}

/// What the tasks of an inquiry are about, and what they guard.
pub(crate) fn promises(
    id: InquiryId,
    case: Option<CaseId>,
    consultation: Option<ConsultationId>,
) -> (About, Option<Guarded>) {
    // Asked from a consultation, it goes on with the case that became of it.
    let consultation = consultation.filter(|_| case.is_none());
    let about = About { case, consultation, inquiry: Some(id), ..About::default() };
    (about, case.map(Guarded::Case).or(consultation.map(Guarded::Consultation)))
}

/// Points the guard of what it was asked from to its earliest promise.
pub(crate) async fn settle(
    act: &mut Act,
    right: &access::Right,
    guarded: Option<Guarded>,
) -> Result<(), Fail> {
    let Some(guarded) = guarded else { return Ok(()) };
    let m = act.municipality();
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    let due = Instant::at(act.now().day().plus_days(days), 17, 0);
    task::settle(act, right, guarded, due).await
}
