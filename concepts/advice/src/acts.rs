//! Asking, answering, thanking: one transaction each.

use access::{Action, RecordKind, RecordRef, Relation, Right};
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use task::{NewTask, TaskKind, TaskState};
use words::Instant;
use words::calendar::{OpeningDays, business_day_after};
use words::id::{DeskId, ThingId};

use crate::rules::{self, Helpful, Outcome};
use crate::sql::{self, Advice};
use crate::traces::said;

/// A question to be asked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ask {
    pub to: DeskId,
    pub topic: String,
    pub own_view: String,
    pub question: String,
    pub meant: bool,
}

/// A step.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// Advice, or that the desk has none.
    Answer { outcome: Outcome, words: String, meant: bool },
    /// Thanks, and the end.
    Thank { helpful: Option<Helpful>, words: String, meant: bool },
    /// It is not needed any more.
    Withdraw,
}

fn record(id: ThingId) -> RecordRef {
    RecordRef { kind: RecordKind::Advice, id }
}

fn about(id: ThingId) -> task::About {
    task::About { thing: Some(id), ..task::About::default() }
}

/// The names in a text of those whom the own desk has recorded.
async fn known(act: &mut Act, text: &str) -> Result<Vec<String>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let named = household::telling::named_in(&mut act.facts()?, &viewer, text).await?;
    Ok(household::telling::called(&act.disclose(named).await?))
}

fn by_name(known: &[String]) -> Vec<&str> {
    known.iter().map(String::as_str).collect()
}

/// What the form has checked already, checked again: a command does not have to come from a form.
async fn checked(act: &mut Act, text: &str, meant: bool) -> Result<(), Fail> {
    let (known, m) = (known(act, text).await?, act.municipality());
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let real = household::telling::real_numbers(&mut act.facts()?, &viewer, None, text).await?;
    let areas = said(&sql::areas(&mut act.facts()?, m).await?);
    Ok(rules::may_store(&rules::sense_advice(text, &by_name(&known), &real, &areas), meant)?)
}

/// Whether a text that stands where everybody invited reads it names somebody ([`rules::names_somebody`]).
pub async fn about_somebody(act: &mut Act, text: &str, present: &[&str]) -> Result<bool, Fail> {
    let known = known(act, text).await?;
    Ok(rules::names_somebody(&rules::sense(text, &by_name(&known)), present))
}

/// Asks a desk.
pub(crate) async fn ask(act: &mut Act, id: ThingId, new: &Ask) -> Result<(), Fail> {
    let right = act.permit(Action::AskAdvice, &Relation::of_no_household(), record(id)).await?;
    let from = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let desk = register::desk(&mut act.facts()?, m, new.to, now.day()).await?.ok_or(Fail::NotVisible)?;
    if new.to == from {
        return Err(Refusal::new("advice.to_oneself").into());
    }
    if !desk.has_login || desk.valid_to.is_some_and(|last| last < now.day()) {
        return Err(Refusal::new("advice.not_there").into());
    }
    if new.own_view.is_empty() {
        // まず自分の方針、それから助言.
        return Err(Refusal::new("advice.own_view_first").into());
    }
    checked(act, &format!("{}\n{}", new.own_view, new.question), new.meant).await?;
    let set = register::settings(&mut act.facts()?, m).await?;
    let due_at = Instant::at(business_day_after(&desk.opening, now.day(), set.answer_business_days), 17, 0);
    sql::insert(act, &right, id, new.to, (&new.topic, &new.own_view, &new.question), due_at).await?;
    let task = NewTask { kind: TaskKind::GiveAdvice, desk: new.to, assignee: None, about: about(id), due_at };
    task::add(act, &right, &task).await?;
    Ok(())
}

/// Takes a step.
pub(crate) async fn step(act: &mut Act, id: ThingId, step: &Step) -> Result<(), Fail> {
    let m = act.municipality();
    let a = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    match step {
        Step::Answer { outcome, words, meant } => {
            let right = act.permit(Action::GiveAdvice, &a.relation(), record(id)).await?;
            act.check_version(a.version)?;
            rules::may_answer(a.outcome)?;
            checked(act, words, *meant).await?;
            sql::answer(act, &right, &a, *outcome, words).await?;
            task::end_of_thing(act, &right, id, None, &[TaskKind::GiveAdvice], TaskState::Done).await?;
            read_it(act, &right, &a).await
        }
        Step::Thank { helpful, words, meant } => {
            let right = following(act, &a).await?;
            rules::may_thank(a.outcome, a.closed_at.is_some())?;
            checked(act, words, *meant).await?;
            sql::thank(act, &right, &a, *helpful, words).await?;
            task::end_of_thing(act, &right, id, None, &[TaskKind::ReadAdvice], TaskState::Done).await
        }
        Step::Withdraw => {
            let right = following(act, &a).await?;
            rules::may_answer(a.outcome)?;
            sql::answer(act, &right, &a, Outcome::Withdrawn, "").await?;
            task::end_of_thing(act, &right, id, None, &[TaskKind::GiveAdvice], TaskState::Cancelled).await
        }
    }
}

async fn following(act: &mut Act, a: &Advice) -> Result<Right, Fail> {
    let right = act.permit(Action::FollowAdvice, &a.relation(), record(a.id)).await?;
    act.check_version(a.version)?;
    Ok(right)
}

/// Whoever asked reads it.
async fn read_it(act: &mut Act, right: &Right, a: &Advice) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let desk = register::heir(&mut act.facts()?, m, a.from, now.day()).await?;
    let due_at = Instant::at(business_day_after(&OpeningDays::default(), now.day(), 5), 17, 0);
    let assignee = a.from_user.filter(|_| desk == a.from);
    let task = NewTask { kind: TaskKind::ReadAdvice, desk, assignee, about: about(a.id), due_at };
    task::add(act, right, &task).await?;
    Ok(())
}
