//! The secretariat's steps: out for comment, approved, corrected, public.

use std::sync::Arc;

use engine::{Begun, Channel, Fail};
use site::{Answer, Form, Need, Req, link};
use words::id::MeetingId;

use super::before;
use super::read;
use crate::acts::{self, Step};
use crate::lines::Style;
use crate::rules::How;

/// POST /sessions/{id}/minutes/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let (step, done, field) = step_of(&mut form, req.param("step"))?;
    let again = |form: Form| async { read::render(&req, ctx.look(Channel::Page).await?, form).await };
    let Some(step) = step.filter(|_| !form.has_problems()) else { return again(form).await };
    let to = link::minutes(id);
    match ctx.act(&req.envelope(), "minutes.step", &(id, &step)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, done, before())),
        Begun::New(mut act) => match acts::step(&mut act, id, &step).await {
            Ok(()) => Ok(Answer::to(&to, done, act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                let field = if refusal.key == "minutes.hasty_sure" { "sure" } else { field };
                form.problem(field, refusal.key);
                again(form).await
            }
            Err(other) => Err(other),
        },
    }
}

fn step_of(form: &mut Form, step: &str) -> Result<(Option<Step>, &'static str, &'static str), Fail> {
    Ok(match step {
        "send-out" => {
            let until = form.coming_day("until", Need::Required);
            (until.map(|until| Step::SendOut { until }), "minutes_out", "until")
        }
        "take-back" => (Some(Step::TakeBack), "minutes_back", "until"),
        "approve" => {
            let (how, on) = (form.code::<How>("how", Need::Required), form.day("on", Need::Required));
            let told = form.code::<household::ToldBy>("told_by", Need::Optional);
            let note = form.line("note", Need::Optional, 200);
            let told_by = told.map(|w| words::code::Code::code(w).to_owned()).unwrap_or_default();
            let sure = form.ticked("sure");
            let step = how.zip(on).map(|(how, on)| Step::Approve { how, on, told_by, note, sure });
            (step, "minutes_approved", "on")
        }
        "correct" => (Some(Step::Correct), "minutes_opened", "state"),
        "leave" => (Some(Step::Leave), "minutes_left", "state"),
        "review" => (
            Some(Step::Review { until: form.coming_day("review", Need::Optional) }),
            "minutes_review",
            "review",
        ),
        "publish" => (Some(Step::Publish { meant: form.ticked("meant") }), "minutes_public", "meant"),
        "withdraw" => (Some(Step::Withdraw), "minutes_withdrawn", "meant"),
        "style" => {
            let style = form.code::<Style>("style", Need::Required);
            (style.map(|style| Step::Style { style }), "minutes_style", "style")
        }
        _ => return Err(Fail::NotVisible),
    })
}
