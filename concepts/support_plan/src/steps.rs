//! The forms on the page of a version.

use std::sync::Arc;

use engine::{Begun, Fail, Receipt};
use site::{Answer, Form, Need, Req, link};
use words::Day;
use words::id::SupportPlanId;

use crate::acts::{self, Step};
use crate::rules::Signed;
use crate::view;

/// Longest text about how a plan goes.
const MOST: usize = 3_000;

/// Takes a step, once.
pub(crate) async fn take(req: &Req, id: SupportPlanId, step: &Step) -> Result<Receipt, Fail> {
    match req.ctx()?.act(&req.envelope(), "support_plan.step", &(id, step)).await? {
        Begun::Before(_) => Ok(Receipt::nothing_personal("a form that came twice leads to the same place")),
        Begun::New(mut act) => {
            acts::step(&mut act, id, step).await?;
            Ok(act.commit(&id.to_string()).await?)
        }
    }
}

/// POST /plans/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let mut form = req.form();
    let today = req.now().day();
    let (step, key) = read(&mut form, req.param("step"), today)?;
    let Some(step) = step.filter(|_| !form.has_problems()) else {
        return view::render(&req, form, false).await;
    };
    match take(&req, id, &step).await {
        Ok(receipt) => Ok(Answer::to(&link::support_plan(id), key, receipt)),
        Err(Fail::Stale) => view::render(&req, form, true).await,
        Err(Fail::Refused(refusal)) => {
            let Some(field) = beside(&step, refusal.key) else { return Err(refusal.into()) };
            form.problem(field, refusal.key);
            view::render(&req, form, false).await
        }
        Err(other) => Err(other),
    }
}

/// What a refusal of this step stands beside: a field, or the part of the plan that is not written yet.
fn beside(step: &Step, key: &str) -> Option<&'static str> {
    match step {
        Step::Propose(_) if key == "support_plan.no_action" => Some("roles"),
        Step::Propose(_) if matches!(key, "support_plan.no_goal" | "support_plan.no_change") => {
            Some("content")
        }
        Step::Propose(_) => Some("signed_on"),
        Step::Force(_) => Some("decision"),
        Step::Monitor { .. } => Some("next"),
        _ => None,
    }
}

fn read(form: &mut Form, step: &str, today: Day) -> Result<(Option<Step>, &'static str), Fail> {
    Ok(match step {
        "propose" => {
            let on = form.past_day("signed_on", Need::Optional);
            if on.is_some_and(|d| d > today) {
                form.problem("signed_on", "date.in_future");
            }
            let need = if on.is_some() { Need::Required } else { Need::Optional };
            let how = form.code::<Signed>("signed_how", need);
            (Some(Step::Propose(on.zip(how))), "plan_proposed")
        }
        "back" => (Some(Step::Back), "plan_back"),
        "drop" => (Some(Step::Drop), "plan_dropped"),
        "force" => (form.id("decision", Need::Required).map(Step::Force), "plan_in_force"),
        "done" => (form.id("line", Need::Required).map(Step::Done), "plan_action_done"),
        "monitor" => {
            let words = form.paragraph("seen", Need::Required, MOST);
            let next = form.promised_day("next", Need::Required);
            (next.map(|next| Step::Monitor { words, next }), "plan_monitored")
        }
        _ => return Err(Fail::NotVisible),
    })
}
