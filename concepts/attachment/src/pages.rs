//! Fetching a file, and taking one from a form.

use std::sync::Arc;

use engine::{Channel, Fail};
use site::{Access, Answer, Form, Page, Req};
use words::code::Code;
use words::id::AttachmentId;

use crate::files;
use crate::rules::{MOST_BYTES, Taken, check};
use crate::sql;

/// A form with one file.
const WITH_FILE: usize = MOST_BYTES + 64 * 1024;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/attachments/{id}", Access::WORKERS, fetch),
        Page::get("/entries/{id}/files", Access::WORKERS, files::show),
        Page::post("/entries/{id}/files", Access::WORKERS, files::add).takes_files(WITH_FILE),
        Page::post("/entries/{id}/files/remove", Access::WORKERS, files::remove),
    ]
}

/// The file of a form's field, checked; a problem beside the field otherwise. `None` also when none was sent.
pub fn take<'r>(req: &'r Req, form: &mut Form, field: &str) -> Option<(Taken, &'r [u8])> {
    let upload = req.file(field)?;
    match upload.content().and_then(|bytes| Ok((check(&upload.name, bytes)?, bytes))) {
        Ok(taken) => Some(taken),
        Err(refusal) => {
            form.problem_with(field, refusal.key, refusal.args);
            None
        }
    }
}

/// GET /attachments/{id}: the file, as one to be kept. What leaves as a file never carries a sheltered address; the desk that put it
/// there has it back as it sees the text it belongs to, or a scanned letter of a sheltered family would be lost to everybody.
async fn fetch(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AttachmentId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Attachment).await?;
    let sealed = sql::by_ids(&mut look.conn(), &ctx.viewer, [id]).await?;
    let own = ctx.viewer.reading_desks();
    if sealed.iter().all(|file| own.contains(&file.facts().desk)) {
        look.stays();
    }
    let file = look.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let bytes = sql::content(&mut look.conn(), &ctx.viewer, &file).await?;
    let (name, media) = (file.name.clone(), file.media.code());
    Ok(Answer::file(&name, media, bytes, look.close().await?))
}
