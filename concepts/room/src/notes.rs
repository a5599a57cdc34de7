//! Notes: each field is a command of its own, whether it saves itself or somebody presses its button.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use household::entry::MOST_CHARACTERS;
use minutes::section::{self, Place, Which};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::MeetingId;

use crate::pages::{holds, render, run};

/// A place as forms name it.
pub(crate) fn key(place: Place) -> String {
    match place {
        Place::Opening => "opening".to_owned(),
        Place::Item(id) => id.to_string(),
        Place::Closing => "closing".to_owned(),
    }
}

fn place(key: &str) -> Option<Place> {
    match key {
        "opening" => Some(Place::Opening),
        "closing" => Some(Place::Closing),
        id => id.parse().ok().map(Place::Item),
    }
}

#[derive(Template)]
#[template(path = "room_conflict.html")]
struct ConflictPage {
    frame: Frame,
    id: MeetingId,
    title: String,
    place: String,
    version: i64,
    theirs: String,
    mine: String,
    both: String,
    max: usize,
}

/// POST /sessions/{id}/room/note
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let place = place(form.value("place")).ok_or(Fail::NotVisible)?;
    let line = form.value("add") == "decision";
    let field = if line { "words" } else { "text" };
    let text = if line {
        let words = form.line("words", Need::Required, 400);
        req.t().f("room.decided_line", "words", words)
    } else {
        form.paragraph("text", Need::Optional, MOST_CHARACTERS)
    };
    if form.has_problems() {
        return refused(&req, form).await;
    }
    // What was typed: pressed twice it is the same command, whatever stands there by then.
    match ctx.act(&req.envelope(), "room.note", &(id, place, &text, line)).await {
        Ok(Begun::Before(version)) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(saved(&req, id, place, (version.parse().unwrap_or(0), false), receipt))
        }
        Ok(Begun::New(mut act)) => {
            let done = if line {
                // What was decided is added to whatever stands there by now, and the page says when that was another text.
                section::add_line(&mut act, id, place, &text).await
            } else {
                section::write(&mut act, id, place, &text).await.map(|version| (version, false))
            };
            match done {
                Ok((version, meanwhile)) => {
                    let receipt = act.commit(&version.to_string()).await?;
                    Ok(saved(&req, id, place, (version, meanwhile), receipt))
                }
                Err(Fail::Stale) => {
                    drop(act);
                    conflict(&req, id, place, text).await
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem(field, refusal.key);
                    refused(&req, form).await
                }
                Err(other) => Err(other),
            }
        }
        // The same form sent twice with different words: what came first stands, and is shown beside the second.
        Err(Fail::Refused(refusal)) if refusal.key == "command.already_sent" => {
            conflict(&req, id, place, text).await
        }
        Err(other) => Err(other),
    }
}

fn saved(
    req: &Req,
    id: MeetingId,
    place: Place,
    (version, meanwhile): (i64, bool),
    receipt: Receipt,
) -> Answer {
    if req.wants_draft() {
        return Answer::json(format!("{{\"version\":{version}}}"), receipt);
    }
    let done = if meanwhile { "room_added" } else { "room_saved" };
    let to = format!("{}?done={done}#note-{}", link::room(id), key(place));
    Answer::to(&to, "", receipt)
}

/// What is wrong, beside the field.
async fn refused(req: &Req, form: Form) -> Result<Answer, Fail> {
    if req.wants_draft() {
        let sentence = form.error(&req.t(), "text").unwrap_or_default();
        let problem = serde_json::json!({ "problem": sentence }).to_string();
        let receipt = Receipt::nothing_personal("a sentence of the program; nothing is shown");
        return Ok(Answer::json(problem, receipt).status(422));
    }
    render(req, req.ctx()?.look(Channel::Page).await?, form).await
}

/// Both texts side by side; nothing of either is lost.
async fn conflict(req: &Req, id: MeetingId, place: Place, mine: String) -> Result<Answer, Fail> {
    if req.wants_draft() {
        let receipt = Receipt::nothing_personal("that somebody else wrote; nothing is shown");
        return Ok(Answer::json("{\"conflict\":true}".to_owned(), receipt).status(409));
    }
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let (o, of) = run(&mut look, id).await?;
    if let Place::Item(item) = place
        && !holds(of.as_ref(), item)
    {
        return Err(Fail::NotVisible);
    }
    let (sections, _) = section::read(&mut look, &o, Which::Working).await?;
    let found = sections.into_iter().find(|s| s.place == place).filter(|s| s.writable);
    let found = found.ok_or(Fail::NotVisible)?;
    let theirs = found.text.unwrap_or_default();
    let page = ConflictPage {
        id,
        title: o.meeting.title.clone(),
        place: key(place),
        version: found.version,
        both: if theirs.trim() == mine.trim() {
            mine.clone()
        } else {
            format!("{}\n{mine}", theirs.trim_end())
        },
        theirs,
        mine,
        max: MOST_CHARACTERS,
        // A command of its own: the one that was sent is not done.
        frame: Frame { command: req.engine().new_id(), ..req.frame() },
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}
