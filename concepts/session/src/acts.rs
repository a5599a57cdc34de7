//! What happens to bodies, sessions, items and invitations: one transaction each, with the promises that follow.

pub(crate) mod after;
pub(crate) mod attend;
pub(crate) mod body;
pub(crate) mod homework;
pub(crate) mod invite;
pub(crate) mod item;
pub(crate) mod meeting;
pub(crate) mod once;
pub(crate) mod said;
pub(crate) mod series;

use access::{Action, RecordKind, RecordRef, Relation, Right};
use engine::{Act, Fail};
use task::{NewTask, TaskKind, TaskState};
use words::calendar::{OpeningDays, business_day_after};
use words::id::{DeskId, Id, ThingId, UserId};
use words::{Day, Instant};

/// Business days until a waiting item is placed, and until what was missed is handed in.
pub(crate) const SOON: u32 = 5;
/// Business days until whoever brought an item up has read what became of it.
pub(crate) const HEAR: u32 = 10;
/// Business days until the minutes of a session are there.
pub(crate) const MINUTES: u32 = 10;

pub(crate) fn record<K>(id: Id<K>) -> RecordRef {
    RecordRef { kind: RecordKind::Meeting, id: id.cast() }
}

pub(crate) fn due(day: Day) -> Instant {
    Instant::at(day, 17, 0)
}

pub(crate) fn in_business_days(now: Instant, days: u32) -> Instant {
    due(business_day_after(&OpeningDays::default(), now.day(), days))
}

/// The right to run what belongs to a secretariat.
pub(crate) async fn running<K>(act: &mut Act, desk: DeskId, id: Id<K>) -> Result<Right, Fail> {
    let mut relation = Relation::of_no_household();
    relation.accountable = Some(desk);
    act.permit(Action::RunSession, &relation, record(id)).await
}

/// A promise about something of a session, also its minutes. It goes to whoever holds the desk now.
pub async fn promise(
    act: &mut Act,
    right: &Right,
    kind: TaskKind,
    thing: ThingId,
    (desk, assignee): (DeskId, Option<UserId>),
    due_at: Instant,
) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let heir = register::heir(&mut act.facts()?, m, desk, today).await?;
    let about = task::About { thing: Some(thing), ..task::About::default() };
    let assignee = assignee.filter(|_| heir == desk);
    task::add(act, right, &NewTask { kind, desk: heir, assignee, about, due_at }).await?;
    Ok(())
}

pub(crate) async fn kept(
    act: &mut Act,
    right: &Right,
    thing: ThingId,
    kinds: &[TaskKind],
) -> Result<(), Fail> {
    task::end_of_thing(act, right, thing, None, kinds, TaskState::Done).await
}

pub(crate) async fn pointless(
    act: &mut Act,
    right: &Right,
    thing: ThingId,
    kinds: &[TaskKind],
) -> Result<(), Fail> {
    task::end_of_thing(act, right, thing, None, kinds, TaskState::Cancelled).await
}

/// A text that stands where everybody invited reads it names nobody (disclosure rule 11): what the form has checked already,
/// checked again, because a command does not have to come from a form.
pub(crate) async fn names_nobody(act: &mut Act, text: &str) -> Result<(), Fail> {
    if advice::about_somebody(act, text, &[]).await? {
        return Err(engine::Refusal::new("session.somebody").into());
    }
    Ok(())
}
