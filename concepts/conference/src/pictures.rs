//! Pictures before the members of a matter: part of its page, for whoever reads the text they belong to there, now. They are never handed
//! out as files, printed or exported.

use std::sync::Arc;

use access::Disclosed;
use engine::{Channel, Fail};
use household::{Entry, entry};
use site::{Answer, Req};
use words::code::Code as _;
use words::id::{AttachmentId, MatterId};

use crate::rules::RestsOn;
use crate::sql;

/// GET /matters/{id}/pictures/{picture}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, wanted): (MatterId, AttachmentId) = (req.id("id")?, req.id("picture")?);
    // What stands on a screen: every other channel is closed to what was said in confidence.
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let (h, _) = sql::by_id(&mut look.conn(), &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let members = sql::members(&mut look.conn(), m, id).await?;
    let pledged = members.iter().any(|k| k.is(&viewer) && k.pledged_at.is_some());
    if h.rests_on == RestsOn::Consent || !pledged {
        return Err(Fail::NotVisible);
    }
    let text = attachment::text_of(&mut look.conn(), m, wanted).await?.ok_or(Fail::NotVisible)?;
    let laid = sql::materials(&mut look.conn(), m, id).await?;
    if !laid.iter().any(|x| x.recalled_at.is_none() && x.record.id == text.cast()) {
        return Err(Fail::NotVisible);
    }
    let sealed = entry::by_ids(&mut look.conn(), &viewer, [text]).await?;
    let shown: Disclosed<Entry> = look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let (media, bytes) =
        attachment::picture(&mut look.conn(), m, &shown, wanted).await?.ok_or(Fail::NotVisible)?;
    Ok(Answer::picture(media.code(), bytes, look.close().await?))
}
