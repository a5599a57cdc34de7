//! 本人・家族・付き添い: invited to their own item, and how they came. Without a name: whose item it is says the item.

use std::sync::Arc;

use engine::{Begun, Fail};
use site::{Answer, Need, Req, link};
use words::code::Code;
use words::id::{AgendaItemId, MeetingId};

use super::before;
use crate::acts::invite as acts;
use crate::rules::{Arrival, Own};

/// POST /sessions/items/{id}/own
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: AgendaItemId = req.id("id")?;
    let mut form = req.form();
    let back: MeetingId = form.id("back", Need::Required).ok_or(Fail::NotVisible)?;
    let who: Vec<(Own, Option<Arrival>)> =
        Own::ALL.iter().map(|who| (*who, form.code(who.code(), Need::Optional))).collect();
    let to = format!("{}?done=item_own#item-{id}", link::meeting(back));
    match ctx.act(&req.envelope(), "session.own", &(id, &who)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "", before())),
        Begun::New(mut act) => {
            acts::own(&mut act, id, &who).await?;
            Ok(Answer::to(&to, "", act.commit(&id.to_string()).await?))
        }
    }
}
