//! Writing what lies between people.

use std::collections::BTreeSet;

use access::{Action, Disclosed, RecordKind, RecordRef};
use engine::{Act, Begun, Fail};
use serde::Serialize;
use site::Req;
use words::id::{HouseholdId, PersonId, ThingId};
use words::partial::PartialDate;

use super::{Done, added_by, written_by};
use crate::entry::EntryState;
use crate::tie::{self, NewTie, Tie, TieKind};
use crate::{NewPerson, guard, person, rules, sql};

/// Somebody who is written down together with a tie: who they are, whether they live in the household, when they died.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewKin {
    pub person: NewPerson,
    pub died: Option<PartialDate>,
}

/// A tie to be written down, in the place of the first or the second of whom somebody new may stand.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewWithKin {
    pub tie: NewTie,
    /// Somebody new, and whether they are the first.
    pub kin: Option<(NewKin, bool)>,
    /// From whom it is kept.
    pub kept_from: Vec<PersonId>,
}

/// Records a tie in the record of a household, and somebody new with it.
pub(crate) async fn add(req: &Req, household: HouseholdId, new: &NewWithKin) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(HouseholdId, &'a NewWithKin);
    let body = Body(household, new);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.add_tie", &body).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let header = sql::header(&mut act.facts()?, m, household).await?.ok_or(Fail::NotVisible)?;
    let people = seen(&mut act, household).await?;
    let relation = added_by(&mut act, header.desk, household).await?;
    // A tie is not a record yet: the household is named by the tie to come.
    let record = RecordRef { kind: RecordKind::Tie, id: household.cast() };
    let right = act.permit(Action::EditHousehold, &relation, record).await?;
    let mut tie = new.tie.clone();
    if ![tie.a, tie.b].iter().flatten().all(|p| people.contains(p)) {
        return Err(Fail::NotVisible);
    }
    if let Some((kin, first)) = &new.kin {
        let id = person::add_kin(&mut act, &right, household, &kin.person, kin.died).await?;
        *(if *first { &mut tie.a } else { &mut tie.b }) = Some(id);
    }
    rules::may_tie(&tie)?;
    let id = tie::write(&mut act, &right, household, &tie, None).await?;
    let kept: Vec<PersonId> = new.kept_from.iter().copied().filter(|p| people.contains(p)).collect();
    guard::keep_from(&mut act, &right, tie::record(id), &kept).await?;
    let outcome = household.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Those in the record of a household whom the acting viewer sees: nobody else is tied to anybody.
async fn seen(act: &mut Act, household: HouseholdId) -> Result<BTreeSet<PersonId>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let mut sealed = person::members(&mut act.facts()?, &viewer, household).await?;
    sealed.extend(person::former_members(&mut act.facts()?, &viewer, household).await?);
    sealed.extend(person::kin(&mut act.facts()?, &viewer, household).await?);
    Ok(act.disclose(sealed).await?.iter().map(|p| p.id).collect())
}

/// The tie as the acting viewer knows it; absent otherwise.
async fn known(act: &mut Act, id: ThingId) -> Result<Disclosed<Tie>, Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Err(Fail::NotVisible) };
    let sealed = tie::by_ids(&mut act.facts()?, &viewer, [id]).await?;
    act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)
}

/// Corrects a tie: a new one takes its place, the old one is kept. [`Fail::Stale`] when it no longer stands.
pub(crate) async fn correct(req: &Req, id: ThingId, new: &NewTie) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(ThingId, &'a NewTie);
    let mut act = match req.ctx()?.act(&req.envelope(), "tie.correct", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let old = known(&mut act, id).await?;
    let relation = written_by(&mut act, old.desk, Some(old.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, tie::record(id)).await?;
    act.check_version(old.version())?;
    rules::may_tie(new)?;
    let written = replace(&mut act, &right, &old, new).await?;
    let outcome = written.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

async fn replace(
    act: &mut Act,
    right: &access::Right,
    old: &Disclosed<Tie>,
    new: &NewTie,
) -> Result<ThingId, Fail> {
    tie::set_state(act, right, old.id, EntryState::Corrected).await?;
    let written = tie::write(act, right, old.household, new, Some(old.id)).await?;
    // From whom the old one was kept, the new one is.
    let m = act.municipality();
    let kept = guard::kept_from(&mut act.facts()?, m, tie::record(old.id)).await?;
    guard::keep_from(act, right, tie::record(written), &kept).await?;
    Ok(written)
}

/// A tie ends on a day, and another one may begin with it: a marriage ends in a divorce.
pub(crate) async fn end(
    req: &Req,
    id: ThingId,
    on: PartialDate,
    becomes: Option<TieKind>,
) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "tie.end", &(id, on, becomes)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let old = known(&mut act, id).await?;
    let relation = written_by(&mut act, old.desk, Some(old.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, tie::record(id)).await?;
    act.check_version(old.version())?;
    rules::may_become(old.known.kind, becomes)?;
    let ended = NewTie { until: Some(on), ..old.known.clone() };
    rules::may_tie(&ended)?;
    let written = replace(&mut act, &right, &old, &ended).await?;
    if let Some(kind) = becomes {
        let next = NewTie { kind, from: Some(on), until: None, ..old.known.clone() };
        let next = tie::write(&mut act, &right, old.household, &next, None).await?;
        let m = act.municipality();
        let kept = guard::kept_from(&mut act.facts()?, m, tie::record(written)).await?;
        guard::keep_from(&mut act, &right, tie::record(next), &kept).await?;
    }
    let outcome = old.household.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Marks a tie as entered in error: kept, and from now on there for its own desk only.
pub(crate) async fn void(req: &Req, id: ThingId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "tie.error", &id).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let old = known(&mut act, id).await?;
    let relation = written_by(&mut act, old.desk, Some(old.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, tie::record(id)).await?;
    act.check_version(old.version())?;
    tie::set_state(&mut act, &right, id, EntryState::EnteredInError).await?;
    let outcome = old.household.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Keeps a tie from exactly these people: no paper that one of them is given carries it (disclosure rule 4).
pub(crate) async fn keep_from(req: &Req, id: ThingId, persons: &[PersonId]) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "tie.keep_from", &(id, persons)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let old = known(&mut act, id).await?;
    let relation = written_by(&mut act, old.desk, Some(old.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, tie::record(id)).await?;
    act.check_version(old.version())?;
    let m = act.municipality();
    let people = sql::people(&mut act.facts()?, m, old.household).await?;
    let persons: Vec<PersonId> = persons.iter().copied().filter(|p| people.contains(p)).collect();
    guard::keep_from(&mut act, &right, tie::record(id), &persons).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}
