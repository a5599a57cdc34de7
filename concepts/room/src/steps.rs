//! Steps of the session and of its items, taken in the room: what a guard refuses stands there beside the button, and what was typed stays.

use std::sync::Arc;

use engine::{Channel, Fail, Receipt};
use session::Sent;
use site::{Answer, Form, Req};
use words::id::{AgendaItemId, MeetingId};

use crate::pages::{holds, render, run};

/// Whoever runs the session, or this item of it in the place of its secretariat, who does not end the session: everybody else gets the answer
/// of absence.
async fn runs(req: &Req, id: MeetingId, item: Option<AgendaItemId>) -> Result<(), Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (_, of) = run(&mut look, id).await?;
    look.close().await?;
    let may = match item {
        Some(item) => holds(of.as_ref(), item),
        None => of.is_none() || req.param("step") == "attend",
    };
    if may { Ok(()) } else { Err(Fail::NotVisible) }
}

async fn again(req: &Req, form: Form) -> Result<Answer, Fail> {
    if req.wants_draft() {
        let sentence = form.errors(&req.t()).into_iter().next().map(|(_, sentence)| sentence);
        let problem = serde_json::json!({ "problem": sentence.unwrap_or_default() }).to_string();
        let receipt = Receipt::nothing_personal("a sentence of the program; nothing is shown");
        return Ok(Answer::json(problem, receipt).status(422));
    }
    render(req, req.ctx()?.look(Channel::Page).await?, form).await
}

/// POST /sessions/{id}/room/step/{step}
pub(crate) async fn session(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    runs(&req, id, None).await?;
    if !matches!(req.param("step"), "attend" | "hold") {
        return Err(Fail::NotVisible);
    }
    match session::step_from(&req, id, true).await? {
        Sent::Done(answer) => Ok(answer),
        Sent::Again(form) => again(&req, form).await,
    }
}

/// POST /sessions/{id}/room/items/{item}/{step}
pub(crate) async fn item(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, item): (MeetingId, AgendaItemId) = (req.id("id")?, req.id("item")?);
    runs(&req, id, Some(item)).await?;
    if !matches!(req.param("step"), "begin" | "conclude" | "carry") {
        return Err(Fail::NotVisible);
    }
    match session::item_step_from(&req, item, Some(id), true).await? {
        Sent::Done(answer) => Ok(answer),
        Sent::Again(form) => again(&req, form).await,
    }
}
