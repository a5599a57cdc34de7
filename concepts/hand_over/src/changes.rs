//! What changes in a hand-over while it is under way: its last day, several cases for one receiver, a receipt that was a mistake.

use std::sync::Arc;

use engine::{Begun, Fail, Receipt};
use site::{Answer, Form, Need, Req, link};
use words::id::{CaseId, ThingId, UserId};

use crate::acts::{self, GiveMany};
use crate::views;

fn before() -> Receipt {
    Receipt::nothing_personal("the command was done before; nothing is shown")
}

/// The page again, with what was typed and why it was not done.
async fn again(
    req: &Req,
    mut form: Form,
    (field, failed): (&str, Fail),
    stale: &'static str,
) -> Result<Answer, Fail> {
    match failed {
        Fail::Refused(refusal) => {
            form.problem_with(field, refusal.key, refusal.args);
            views::render(req, Some(form), refusal.conflict).await
        }
        Fail::Stale => {
            form.problem(field, stale);
            views::render(req, Some(form), true).await
        }
        other => Err(other),
    }
}

/// POST /handovers/{id}/last: whoever goes has another last day.
pub(crate) async fn last(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let Some(last) = form.day("last", Need::Required).filter(|_| !form.has_problems()) else {
        return views::render(&req, Some(form), false).await;
    };
    let (to, done) = (link::hand_over(id), "pack_last");
    match req.ctx()?.act(&req.envelope(), "hand_over.last", &(id, last)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, done, before())),
        Begun::New(mut act) => match acts::change_last(&mut act, id, last).await {
            Ok(()) => Ok(Answer::to(&to, done, act.commit(&id.to_string()).await?)),
            Err(failed) => {
                drop(act);
                again(&req, form, ("last", failed), "hand_over.changed_meanwhile").await
            }
        },
    }
}

/// POST /handovers/{id}/give: one receiver for all cases that were chosen.
pub(crate) async fn give_many(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let to: Option<UserId> = form.id("many_to", Need::Required);
    let cases: Vec<(CaseId, i64)> = req.body().all("case").filter_map(picked).collect();
    if cases.is_empty() {
        form.problem("case", "hand_over.choose_cases");
    }
    let (Some(receiver), false) = (to, form.has_problems()) else {
        return views::render(&req, Some(form), false).await;
    };
    let new = GiveMany { to: receiver, cases };
    let (to, done) = (link::hand_over(id), "items_given");
    match req.ctx()?.act(&req.envelope(), "hand_over.give_many", &(id, &new)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, done, before())),
        Begun::New(mut act) => match acts::give_many(&mut act, id, &new).await {
            Ok(()) => Ok(Answer::to(&to, done, act.commit(&id.to_string()).await?)),
            Err(failed) => {
                drop(act);
                again(&req, form, ("many_to", failed), "hand_over.changed_meanwhile").await
            }
        },
    }
}

/// `0190….3`: a case and the version of it that was seen.
fn picked(value: &str) -> Option<(CaseId, i64)> {
    let (case, version) = value.split_once('.')?;
    Some((case.parse().ok()?, version.parse().ok()?))
}

/// The outcome of a receipt that was taken back when whose the promises were was gone.
const NOBODYS: &str = "nobodys";

/// What whoever took a receipt back is told of the promises.
const fn unreceived(nobodys: bool) -> &'static str {
    if nobodys { "item_unreceived_nobody" } else { "item_unreceived" }
}

/// POST /handovers/{id}/cases/{case}/not-mine: it was pressed by mistake.
pub(crate) async fn unreceive(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, case): (ThingId, CaseId) = (req.id("id")?, req.id("case")?);
    let to = link::hand_over(id);
    match req.ctx()?.act(&req.envelope(), "hand_over.unreceive", &(id, case)).await? {
        Begun::Before(outcome) => Ok(Answer::to(&to, unreceived(outcome == NOBODYS), before())),
        Begun::New(mut act) => {
            let nobodys = acts::unreceive(&mut act, id, case).await?;
            let outcome = if nobodys { NOBODYS.to_owned() } else { id.to_string() };
            Ok(Answer::to(&to, unreceived(nobodys), act.commit(&outcome).await?))
        }
    }
}
