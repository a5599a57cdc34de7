//! Notes: each field is a command of its own, whether it saves itself or somebody presses its button.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use household::entry::MOST_CHARACTERS;
use minutes::section::{self, Place, Which};
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::MeetingId;

use crate::pages::{render, run};

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
    let mut text = form.paragraph("text", Need::Optional, MOST_CHARACTERS);
    // What was typed, against which version: pressed twice it is the same command, whatever stands there by then.
    let mut command = (id, place, text.clone(), None);
    if form.value("add") == "decision" {
        let words = form.line("words", Need::Required, 400);
        text = with_decision(&req, place, &words).await?;
        command = (id, place, words, Some(form.value("base_version").to_owned()));
    }
    if form.has_problems() {
        return refused(&req, form).await;
    }
    match ctx.act(&req.envelope(), "room.note", &command).await {
        Ok(Begun::Before(version)) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(saved(&req, id, place, version.parse().unwrap_or(0), receipt))
        }
        Ok(Begun::New(mut act)) => match section::write(&mut act, id, place, &text).await {
            Ok(version) => {
                let receipt = act.commit(&version.to_string()).await?;
                Ok(saved(&req, id, place, version, receipt))
            }
            Err(Fail::Stale) => {
                drop(act);
                conflict(&req, id, place, text).await
            }
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("text", refusal.key);
                refused(&req, form).await
            }
            Err(other) => Err(other),
        },
        // The same form sent twice with different words: what came first stands, and is shown beside the second.
        Err(Fail::Refused(refusal)) if refusal.key == "command.already_sent" => {
            conflict(&req, id, place, text).await
        }
        Err(other) => Err(other),
    }
}

/// What stands there, and one line more: what was decided just now. It is written only over the version it was pressed against, so what
/// is read here is what stands there then.
async fn with_decision(req: &Req, place: Place, words: &str) -> Result<String, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let o = run(&mut look, req.id("id")?).await?;
    let (sections, _) = section::read(&mut look, &o, Which::Working).await?;
    look.close().await?;
    let before = sections.into_iter().find(|s| s.place == place).and_then(|s| s.text).unwrap_or_default();
    let line = req.t().f("room.decided_line", "words", words);
    Ok(if before.is_empty() { line } else { format!("{}\n{line}", before.trim_end()) })
}

fn saved(req: &Req, id: MeetingId, place: Place, version: i64, receipt: Receipt) -> Answer {
    if req.wants_draft() {
        return Answer::json(format!("{{\"version\":{version}}}"), receipt);
    }
    let to = format!("{}?done=room_saved#note-{}", link::room(id), key(place));
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
    let o = run(&mut look, id).await?;
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
