//! Homework, given while people talk: what is wrong stands in the room, and what was typed stays there.

use std::sync::Arc;

use engine::{Channel, Fail};
use session::Sent;
use site::{Answer, Req};
use words::id::{AgendaItemId, MeetingId};

use crate::pages::{holds, render, run};

/// POST /sessions/{id}/room/homework
pub(crate) async fn give(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let item: AgendaItemId = req.form().value("item").parse().map_err(|_| Fail::NotVisible)?;
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (o, of) = run(&mut look, id).await?;
    if o.items.iter().all(|i| i.id != item) || !holds(of.as_ref(), item) {
        return Err(Fail::NotVisible);
    }
    look.close().await?;
    match session::give_from(&req, item, true).await? {
        Sent::Done(answer) => Ok(answer),
        Sent::Again(form) => render(&req, req.ctx()?.look(Channel::Page).await?, form).await,
    }
}
