//! Several members leave a household on one day: one form, and one review of each piece of open work, which names them all.

use access::{Action, Disclosed, RecordRef};
use engine::{Begun, Fail};
use serde::Serialize;
use site::Req;
use words::Day;
use words::id::{HouseholdId, PersonId};
use words::partial::PartialDate;

use super::member::{is_own, members};
use super::{Done, planned, review, written_by};
use crate::{Happened, Person, event, living, rules, sql};

/// Members who leave together.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Leaving {
    /// Their last day in the household.
    pub last: Day,
    /// Who leaves.
    pub persons: Vec<PersonId>,
}

/// They leave: dated, each with an event of their own, so that what was wrong of one of them is taken back alone. [`Fail::Stale`] when one
/// of them is no member any more, or has died.
pub(crate) async fn left(req: &Req, id: HouseholdId, new: &Leaving) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(HouseholdId, &'a Leaving);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.left_together", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let household = sql::header(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = written_by(&mut act, household.desk, Some(id)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id.cast())).await?;
    act.check_version(household.version)?;
    let members = members(&mut act, id).await?;
    // On the cards of others they write nothing (decision 0045).
    let goes = |p: &&Disclosed<Person>| is_own(&act, p) && new.persons.contains(&p.id) && p.died.is_none();
    let leaving: Vec<&Disclosed<Person>> = members.iter().filter(goes).collect();
    if leaving.len() < new.persons.len() {
        return Err(Fail::Stale);
    }
    rules::may_leave_together(leaving.iter().map(|p| p.known.birth), new.last)?;
    sql::bump(&mut act, &right, id).await?;
    for p in &leaving {
        living::leave_together(&mut act, &right, p.id, new.last).await?;
        planned::gone(&mut act, &right, p).await?;
        event::note(&mut act, &right, p.id, Happened::Left, PartialDate::of_day(new.last)).await?;
    }
    let outcome = review(&mut act, &right, id).await?.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}
