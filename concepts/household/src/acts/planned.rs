//! A move is said ahead, changed, called off. Until its day nothing but that is different; the hand-over is considered from the first moment.

use access::{Action, Category, Disclosed, RecordRef, Right};
use engine::{Act, Begun, Fail, Refusal};
use serde::Serialize;
use site::Req;
use task::TaskKind;
use words::Day;
use words::id::{CommandId, HouseholdId, PersonId};
use words::partial::PartialDate;

use super::member::{Move, is_own, members};
use super::{Done, REVIEW_DAYS, add_review, closing_in, review, settle, written_by};
use crate::{Happened, Mistake, Person, event, findable, planned, sql};

/// People will move: it stands among their events, where to is kept for its day, and every desk with open work about the household is asked
/// at once whether the matter is to be handed over. What was planned for them before is changed by it.
pub(crate) async fn plan(req: &Req, id: HouseholdId, new: &Move, on: Day) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(HouseholdId, &'a Move);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.plan_move", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let household = sql::header(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = written_by(&mut act, household.desk, Some(id)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id.cast())).await?;
    act.check_version(household.version)?;
    let members = members(&mut act, id).await?;
    let moving: Vec<&Disclosed<Person>> = members
        .iter()
        .filter(|p| is_own(&act, p) && new.persons.contains(&p.id) && p.died.is_none())
        .collect();
    if moving.is_empty() {
        return Err(Refusal::new("household.nobody_moves").into());
    }
    sql::bump(&mut act, &right, id).await?;
    let who: Vec<PersonId> = moving.iter().map(|p| p.id).collect();
    let mut changed = not_ahead(&mut act, &right, id, (None, Some(&who)), Mistake::Changed).await?;
    if let Some(instead) = new.instead {
        changed.extend(not_ahead(&mut act, &right, id, (Some(instead), None), Mistake::Changed).await?);
    }
    // Who does not see where somebody lives does not write where they will.
    let to = |p: &Disclosed<Person>| p.shown().has(Category::Contact).then_some(new.address.as_str());
    let rows = moving.iter().map(|p| (p.id, to(p).unwrap_or_default()));
    planned::add(&mut act, &right, id, on, rows).await?;
    for p in &who {
        event::note(&mut act, &right, *p, Happened::Moved, PartialDate::of_day(on)).await?;
    }
    let all: Vec<PersonId> = who.into_iter().chain(changed.iter().map(|c| c.person)).collect();
    findable::refresh(&mut act, &right, &all, &[]).await?;
    for made_by in commands(&changed) {
        task::end_of_command(&mut act, &right, made_by, TaskKind::Review, "corrected").await?;
    }
    let outcome = review(&mut act, &right, id).await?.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// A move that was said ahead does not come about. The reviews it made are no longer needed; where one was done already, what was decided
/// by it is to be looked at again.
pub(crate) async fn call_off(req: &Req, id: HouseholdId, plan: CommandId) -> Result<Done, Fail> {
    let body = (id, plan);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.call_off_move", &body).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let household = sql::header(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = written_by(&mut act, household.desk, Some(id)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id.cast())).await?;
    act.check_version(household.version)?;
    sql::bump(&mut act, &right, id).await?;
    let over = not_ahead(&mut act, &right, id, (Some(plan), None), Mistake::CalledOff).await?;
    if over.is_empty() {
        return Err(Refusal::new("household.not_ahead").into());
    }
    let people: Vec<PersonId> = over.iter().map(|o| o.person).collect();
    findable::refresh(&mut act, &right, &people, &[]).await?;
    let due = closing_in(REVIEW_DAYS, act.now());
    let done = task::end_of_command(&mut act, &right, plan, TaskKind::Review, "corrected").await?;
    for work in sql::open_work(&mut act.facts()?, m, id).await? {
        let about =
            task::About { case: work.case, consultation: work.consultation, ..task::About::default() };
        if done.iter().any(|(of, desk)| *of == about && *desk == work.desk) {
            add_review(&mut act, &right, about, work.desk, due).await?;
        }
        settle(&mut act, &right, about, due).await?;
    }
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

fn commands(over: &[planned::Over]) -> std::collections::BTreeSet<CommandId> {
    over.iter().map(|o| o.by).collect()
}

/// Ends moves ahead of people of a household, those of one command or of some people, and says among their events that they are none any more.
pub(crate) async fn not_ahead(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    which: (Option<CommandId>, Option<&[PersonId]>),
    why: Mistake,
) -> Result<Vec<planned::Over>, Fail> {
    let over = planned::end(act, right, household, which).await?;
    event::not_ahead(act, right, &over, why).await?;
    Ok(over)
}

/// A move that was just written down is the one that had been said ahead, to the same place; or it is written instead of it.
pub(crate) async fn came_about(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    new: &Move,
    moved: &[PersonId],
) -> Result<(), Fail> {
    let m = act.municipality();
    let there = planned::to_there(&mut act.facts()?, m, moved, &new.address).await?;
    let mut over = not_ahead(act, right, household, (None, Some(&there)), Mistake::Changed).await?;
    if let Some(instead) = new.instead {
        over.extend(not_ahead(act, right, household, (Some(instead), None), Mistake::Changed).await?);
    }
    for made_by in commands(&over) {
        task::end_of_command(act, right, made_by, TaskKind::Review, "corrected").await?;
    }
    let people: Vec<PersonId> = over.iter().map(|o| o.person).collect();
    findable::refresh(act, right, &people, &[]).await
}

/// The event of a move was taken back: nobody moves by it any more.
pub(crate) async fn taken_back(
    act: &mut Act,
    right: &Right,
    person: &Person,
    made_by: CommandId,
) -> Result<(), Fail> {
    let which = (Some(made_by), Some(&[person.id][..]));
    if !planned::end(act, right, person.household, which).await?.is_empty() {
        findable::refresh(act, right, &[person.id], &[]).await?;
    }
    Ok(())
}

/// Somebody died, or left the household: they move with it no more, and where the others will live is not written to who left. Where nobody
/// else moves with them, the reviews of that move are no longer needed: the one of the death or the departure looks at everything.
pub(crate) async fn gone(act: &mut Act, right: &Right, person: &Person) -> Result<(), Fail> {
    let who = [person.id];
    let over = not_ahead(act, right, person.household, (None, Some(&who)), Mistake::CalledOff).await?;
    for made_by in commands(&over) {
        let m = act.municipality();
        if !planned::somebody_moves(&mut act.facts()?, m, made_by).await? {
            task::end_of_command(act, right, made_by, TaskKind::Review, "corrected").await?;
        }
    }
    findable::refresh(act, right, &over.iter().map(|o| o.person).collect::<Vec<_>>(), &[]).await
}
