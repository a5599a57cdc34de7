//! Somebody was written into a household by mistake; and that was wrong.

use access::{Action, Disclosed, RecordRef};
use engine::{Act, Begun, Fail};
use site::Req;
use words::code::Code;
use words::id::{HouseholdId, PersonId};

use super::{Done, known, written_by};
use crate::mistaken::{self, Wrong};
use crate::{Person, findable, living, person, sql};

/// Says that somebody never was of the household, as long as nothing rests on them.
pub(crate) async fn mark(req: &Req, id: PersonId, reason: Wrong) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "person.error", &(id, reason.code())).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::MarkInError, &relation, RecordRef::person(id)).await?;
    let (m, today) = (act.municipality(), act.now().day());
    let rests = mistaken::rests(&mut act.facts()?, m, (id, person.household), today).await?;
    mistaken::may_be_mistaken(&rests)?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    mistaken::set(&mut act, &right, (id, person.household), reason).await?;
    findable::forget(&mut act, &right, id).await?;
    around(&mut act, &right, person.household, id).await?;
    let outcome = person.household.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// It was no mistake: they are of the household as they were.
pub(crate) async fn take_back(req: &Req, id: PersonId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "person.error_back", &id).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known_mistaken(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::MarkInError, &relation, RecordRef::person(id)).await?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    mistaken::take_back(&mut act, &right, id).await?;
    findable::refresh(&mut act, &right, &[id], &[]).await?;
    around(&mut act, &right, person.household, id).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

async fn known_mistaken(act: &mut Act, id: PersonId) -> Result<Disclosed<Person>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = person::mistaken_by_id(&mut act.facts()?, &viewer, id).await?;
    act.disclose(sealed.into_iter().collect()).await?.pop().ok_or(Fail::NotVisible)
}

/// What is about the whole household is about the others, from now on: who may find it follows.
async fn around(
    act: &mut Act,
    right: &access::Right,
    household: HouseholdId,
    id: PersonId,
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut others = sql::people(&mut act.facts()?, m, household).await?;
    others.remove(&id);
    let others: Vec<PersonId> = others.into_iter().collect();
    findable::refresh_about(act, right, &others).await
}
