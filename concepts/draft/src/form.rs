//! A form and the draft it writes.

use engine::{Conn, Fail};
use site::{Form, Req};
use words::id::{CommandId, DraftId, ThingId};

use crate::sql;

/// A form to be shown, and what its hidden fields say.
pub struct Opened {
    /// What it shows.
    pub form: Form,
    /// Which draft it writes.
    pub id: DraftId,
    /// What it is about, for forms about something.
    pub about: Option<ThingId>,
    /// At which version.
    pub version: i64,
    /// The command id it was begun with.
    pub command: Option<CommandId>,
}

impl Opened {
    /// A form nothing has been kept of yet.
    pub fn fresh(req: &Req, form: Form) -> Self {
        Self { form, id: req.engine().new_id(), about: None, version: 0, command: None }
    }
}

/// The form of `?draft=…`, or `None` when this person has no such draft.
pub async fn reopened(conn: &mut Conn<'_>, req: &Req) -> Result<Option<Opened>, Fail> {
    let Some(id) = req.query().get("draft").and_then(|v| v.parse::<DraftId>().ok()) else { return Ok(None) };
    let Some(found) = sql::by_id(conn, &req.ctx()?.viewer, id).await? else { return Ok(None) };
    Ok(Some(Opened {
        command: found.command(),
        id,
        about: found.about,
        version: found.version,
        form: Form::new(found.fields),
    }))
}

/// What a sent form says about its draft.
pub fn sent(req: &Req, form: Form) -> Opened {
    let field = |name: &str| req.body().get(name);
    Opened {
        id: field("draft").and_then(|v| v.parse().ok()).unwrap_or_else(|| req.engine().new_id()),
        version: field("draft_version").and_then(|v| v.parse().ok()).unwrap_or(0),
        command: field("command").and_then(|v| v.parse().ok()),
        about: field("draft_about").and_then(|v| v.parse().ok()),
        form,
    }
}
