//! Pages that say what went wrong and what to do next.

use askama::Template;

use crate::Frame;

/// A page with one message.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    title: String,
    lead: String,
    next: String,
    reference: String,
}

/// The message page for `key`: sentences `key.title`, `key.lead`, `key.next`.
pub fn message_page(frame: Frame, section: &str, reference: &str) -> Result<String, askama::Error> {
    let of = |part: &str| frame.t.s(&format!("{section}.{part}")).to_owned();
    let (title, lead, next) = (of("title"), of("lead"), of("next"));
    MessagePage { frame, title, lead, next, reference: reference.to_owned() }.render()
}
