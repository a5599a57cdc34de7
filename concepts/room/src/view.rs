//! The room as members see it, and whether it has changed.

use std::sync::Arc;

use askama::Template;
use engine::{Broken, Channel, Fail, Look, Receipt};
use minutes::section::Place;
use session::talk::{self, Seat, Talk};
use session::{MeetingState, Opened};
use sha2::{Digest, Sha256};
use site::{Answer, Form, Frame, Req, T, link};
use words::id::MeetingId;

/// An item with what was written down of it so far.
struct Heard {
    talk: Talk,
    note: Option<String>,
}

/// What the viewer may know of the room now: the words as they are typed while the session goes on, what its minutes show them afterwards.
struct Part {
    opening: Option<String>,
    items: Vec<Heard>,
    closing: Option<String>,
    seats: Vec<Seat>,
    next: Option<(String, String)>,
    over: bool,
    reasons: Vec<String>,
}

#[derive(Template)]
#[template(path = "room_part.html")]
struct PartPage<'a> {
    t: &'a T,
    p: &'a Part,
}

#[derive(Template)]
#[template(path = "room_view.html")]
struct ViewPage {
    frame: Frame,
    id: MeetingId,
    title: String,
    when: String,
    place: String,
    runs: bool,
    p: Part,
    revision: String,
}

async fn part(look: &mut Look, frame: &Frame, o: &Opened) -> Result<Part, Fail> {
    let (m, t) = (look.viewer().municipality, &frame.t);
    let (sections, mut reasons) = minutes::looking_on(look, o).await?;
    let text = |place: Place| {
        let found = sections.iter().find(|s| s.place == place).filter(|s| s.readable);
        found.and_then(|s| s.text.clone()).filter(|words| !words.is_empty())
    };
    let talks = talk::talks(look, frame, (o, &Form::default()), &mut reasons).await?;
    let next = match o.meeting.next {
        Some(next) => session::meeting(&mut look.conn(), m, next).await?,
        None => None,
    };
    Ok(Part {
        opening: text(Place::Opening),
        items: talks.into_iter().map(|talk| Heard { note: text(Place::Item(talk.id)), talk }).collect(),
        closing: text(Place::Closing),
        seats: talk::seats(look, t, o, None).await?,
        next: next.map(|k| (link::meeting(k.id), session::span(frame, &k))),
        over: o.meeting.state != MeetingState::Planned,
        reasons: reasons.sentences(t),
    })
}

/// A number that changes when what this viewer is shown does.
fn number(t: &T, p: &Part) -> Result<String, Fail> {
    let html = PartPage { t, p }.render().map_err(|e| Broken::Outside(format!("template: {e}")))?;
    Ok(engine::hex(&Sha256::digest(html.as_bytes())[..8]))
}

/// GET /sessions/{id}/room/view
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let o = session::open(&mut look.conn(), &viewer, id, today).await?;
    let p = part(&mut look, &frame, &o).await?;
    let page = ViewPage {
        id,
        title: o.meeting.title.clone(),
        when: session::span(&frame, &o.meeting),
        place: session::place(&frame.t, &o.meeting),
        runs: o.runs,
        revision: number(&frame.t, &p)?,
        p,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// GET /sessions/{id}/room/revision: whether anything changed of what this viewer may see now. What was read for it does not leave: only a
/// number does, and nothing is noted. As soon as it has changed the page is read, and noted, anew.
pub(crate) async fn revision(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let o = session::open(&mut look.conn(), &viewer, id, today).await?;
    let p = part(&mut look, &frame, &o).await?;
    let revision = number(&frame.t, &p)?;
    drop(look);
    let receipt = Receipt::nothing_personal("a number that says whether anything changed; nothing is shown");
    Ok(Answer::json(format!("{{\"revision\":\"{revision}\"}}"), receipt))
}
