//! A stage that was written down and is not so: its day is corrected, or it is taken back. How it was before is kept.

use std::sync::Arc;

use access::{Action, RecordRef};
use engine::{Act, Begun, Fail, Receipt};
use serde::Serialize;
use site::{Answer, Form, Need, Req};
use task::{Guarded, TaskState};
use words::Day;
use words::id::ThingId;

use crate::page::{self, address, held};
use crate::rules::{When, Why, is_time, may_change, may_lie};
use crate::{settings, sql, watch};

/// What is to be changed: another day, or none at all; and why.
#[derive(Debug, Clone, Copy, Serialize)]
struct Change {
    id: ThingId,
    on: Option<Day>,
    why: Why,
}

/// POST /stages/{id}/day: it comes on another day.
pub(crate) async fn day(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let on = form.coming_day("on", Need::Required);
    if let Some(refused) = on.and_then(|day| may_lie(day, req.now().day()).err()) {
        form.problem_with("on", refused.key, refused.args);
    }
    let why = reason(&mut form, "why", Why::corrects);
    let (Some(on), Some(why), false) = (on, why, form.has_problems()) else {
        return page::render(&req, Some(form), false).await;
    };
    change(&req, form, ("on", "stage_corrected"), Change { id, on: Some(on), why }).await
}

/// POST /stages/{id}/take-back: it does not come.
pub(crate) async fn take_back(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let Some(why) = reason(&mut form, "back_why", Why::takes_back) else {
        return page::render(&req, Some(form), false).await;
    };
    change(&req, form, ("back_why", "stage_taken_back"), Change { id, on: None, why }).await
}

/// The reason chosen in a field, out of those that fit there.
fn reason(form: &mut Form, field: &str, fits: fn(Why) -> bool) -> Option<Why> {
    let chosen = form.code::<Why>(field, Need::Required)?;
    if !fits(chosen) {
        form.problem(field, "text.choose");
        return None;
    }
    Some(chosen)
}

/// Does it, and leads back to the page; a refusal stands beside the field, with what was typed.
async fn change(
    req: &Req,
    mut form: Form,
    (field, done): (&'static str, &'static str),
    change: Change,
) -> Result<Answer, Fail> {
    let to = address(change.id);
    match req.ctx()?.act(&req.envelope(), "life_stage.change", &change).await? {
        Begun::Before(_) => {
            let before = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&to, done, before))
        }
        Begun::New(mut act) => match changed(&mut act, change).await {
            Ok(()) => Ok(Answer::to(&to, done, act.commit(&change.id.to_string()).await?)),
            Err(Fail::Refused(refused)) => {
                drop(act);
                form.problem_with(field, refused.key, refused.args);
                page::render(req, Some(form), refused.conflict).await
            }
            Err(Fail::Stale) => {
                drop(act);
                form.problem(field, "life_stage.changed_meanwhile");
                page::render(req, Some(form), true).await
            }
            Err(other) => Err(other),
        },
    }
}

async fn changed(act: &mut Act, change: Change) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let held = held(&mut act.facts()?, &viewer, change.id).await?;
    let ahead = &held.ahead;
    // What the job made of a birthday is corrected with the birthday.
    if ahead.desk.is_none() {
        return Err(Fail::NotVisible);
    }
    let right = act.permit(Action::MarkInError, &held.relation, RecordRef::case(held.case.id)).await?;
    may_change(ahead.taken_back, ahead.when.on, change.on)?;
    act.check_version(ahead.version)?;
    sql::change(act, &right, ahead, change.on, change.why).await?;
    let Some(task) = held.task.as_ref().filter(|t| t.state == TaskState::Open) else {
        // Prepared for a day that was not the right one: it is prepared again in time for a later one.
        if change.on.is_some_and(|on| on > ahead.when.on) {
            sql::untold(act, &right, ahead.id).await?;
        }
        return Ok(());
    };
    // Its task was for the other day: it goes, and comes in the time of the right one.
    watch::withdraw(act, &right, ahead).await?;
    let months = settings::months(&mut act.facts()?, m).await?;
    let when = change.on.map(|on| When { on, latest: on });
    match when.filter(|at| is_time(*at, settings::of(&months, ahead.stage), today)) {
        Some(at) => {
            let made = watch::promise(act, &right, (ahead.id, ahead.case, task.desk), at).await?;
            sql::told(act, &right, ahead.id, made).await?;
        }
        None if change.on.is_some() => sql::untold(act, &right, ahead.id).await?,
        None => {}
    }
    let otherwise = act.now().plus_hours(24 * 14);
    task::settle(act, &right, Guarded::Case(ahead.case), otherwise).await
}
