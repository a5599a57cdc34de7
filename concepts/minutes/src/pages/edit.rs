//! Writing minutes: one section at a time, in one field, shown back as lines. What another wrote meanwhile stands beside one's own.

use std::sync::Arc;

use askama::Template;
use draft::Opened as Draft;
use engine::{Begun, Channel, Fail, Look};
use household::Marks;
use household::entry::MOST_CHARACTERS;
use session::marks::Offered;
use site::{Answer, Form, Frame, Need, Req, link};
use words::id::{DraftId, MeetingId};

use super::before;
use super::show::{self, Names, SectionView};
use crate::hints::{hints, words_otherwise};
use crate::lines::parse;
use crate::reader::{self, Reader};
use crate::section::{self, Place, Section, Which, Words};
use crate::sql::settings;

struct Other {
    key: String,
    n: usize,
    title: String,
    words: bool,
    here: bool,
    writable: bool,
    readable: bool,
}

#[derive(Template)]
#[template(path = "minutes_edit.html")]
struct EditPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    title: String,
    when: String,
    state: String,
    others: Vec<Other>,
    section: SectionView,
    place: String,
    version: i64,
    max: usize,
    hints: Vec<String>,
    marks: Offered,
    draft: String,
    draft_version: i64,
    /// What another wrote meanwhile.
    theirs: Option<String>,
    reasons: Vec<String>,
}

/// GET /sessions/{id}/minutes/edit?place=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let id: MeetingId = req.id("id")?;
    let opened = match draft::reopened(&mut look.conn(), &req).await? {
        Some(found) => Some(found),
        None if req.query().get("draft").is_some() => {
            return Ok(Answer::to(&link::minutes_edit(id), "draft_gone", look.close().await?));
        }
        None => None,
    };
    render(&req, look, opened, Shape::Fresh).await
}

/// How the page is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Fresh,
    Again,
    Stale,
}

/// The section a page is about: the one asked for, or the first that is still empty.
fn chosen(sections: &[Section], asked: Option<Place>) -> Option<&Section> {
    let writable = |s: &&Section| s.writable;
    match asked {
        Some(place) => sections.iter().filter(writable).find(|s| s.place == place),
        None => sections
            .iter()
            .filter(writable)
            .find(|s| s.text.is_none() && matches!(s.place, Place::Item(_)))
            .or_else(|| sections.iter().find(writable)),
    }
}

async fn hints_of(
    look: &mut Look,
    frame: &Frame,
    r: &Reader,
    sections: &[Section],
    text: &str,
) -> Result<Vec<String>, Fail> {
    let viewer = look.viewer().clone();
    let names = Names::load(look, &r.o, &[]).await?;
    let terms = settings::terms(&mut look.conn(), viewer.municipality).await?;
    let opening = sections.iter().find(|s| s.place == Place::Opening).and_then(|s| s.text.clone());
    let roster = show::roster(&viewer, &r.o, &names);
    let mut found = hints(&roster, &opening.unwrap_or_default(), &parse(text));
    found.extend(words_otherwise(text, &terms));
    let present: Vec<&str> = roster.iter().flat_map(|p| [p.name.as_str(), p.substitute.as_str()]).collect();
    if advice::names_somebody(&advice::sense(text, &[]), &present) {
        found.push(crate::Hint { key: "minutes_hint.perhaps_somebody", args: Vec::new() });
    }
    Ok(found.iter().map(|h| frame.t.fs(h.key, &h.args)).collect())
}

async fn render(req: &Req, mut look: Look, opened: Option<Draft>, shape: Shape) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let viewer = look.viewer().clone();
    let today = look.now().day();
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    if !r.writes {
        return Err(Fail::NotVisible);
    }
    let (sections, mut reasons) = section::read(&mut look, &r.o, Which::Working).await?;
    let (recorded, more) = r.records(&mut look, &frame, Some(Which::Working), &sections).await?;
    reasons.also(more);
    let asked = opened.as_ref().map(|d| d.form.value("place")).or(req.query().get("place"));
    let asked =
        asked.filter(|p| !p.is_empty()).map(|p| show::place(p).ok_or(Fail::NotVisible)).transpose()?;
    let current = chosen(&sections, asked).ok_or(Fail::NotVisible)?;
    let style = settings::style(&mut look.conn(), viewer.municipality, r.o.meeting.body).await?;
    let mut views = show::sections(&frame, &viewer, &r.o, &sections, style);
    show::add_records(&mut views, recorded, style);
    let place = show::key(current.place);
    let kept = current.text.clone().unwrap_or_default();
    let general = views.iter().find(|v| v.key == place).is_some_and(|v| v.general);
    let opened = opened.unwrap_or_else(|| {
        Draft::fresh(req, Form::filled(vec![("text", kept.clone()), ("place", place.clone())]))
    });
    // Of a draft the version it was begun against counts; of a conflict the one that stands now.
    let base = opened.form.value("base_version").parse::<i64>().ok();
    let version = base.filter(|_| shape != Shape::Stale).unwrap_or(current.version);
    let text = opened.form.value("text").to_owned();
    let mut hints = hints_of(&mut look, &frame, &r, &sections, &text).await?;
    if !general {
        hints.retain(|h| h != frame.t.s("minutes_hint.perhaps_somebody"));
    }
    let marks = marks_offered(&mut look, (&frame, &opened.form), &r, current).await?;
    let others = views
        .iter()
        .map(|v| Other {
            key: v.key.clone(),
            n: v.n,
            title: v.title.clone(),
            words: v.has_words(),
            here: v.key == place,
            writable: v.writable,
            readable: v.readable,
        })
        .collect();
    let page = EditPage {
        id,
        title: r.o.meeting.title.clone(),
        when: session::span(&frame, &r.o.meeting),
        state: frame.t.code("minutes_state", r.minutes.state),
        others,
        section: views.into_iter().find(|v| v.key == place).ok_or(Fail::NotVisible)?,
        place,
        version,
        max: MOST_CHARACTERS,
        hints,
        marks,
        draft: opened.id.to_string(),
        draft_version: opened.version,
        theirs: (shape == Shape::Stale).then_some(kept),
        reasons: reasons.sentences(&frame.t),
        form: opened.form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match shape {
        Shape::Fresh => Answer::page(html, receipt),
        Shape::Again => Answer::again(html, receipt),
        Shape::Stale => Answer::conflict(html, receipt),
    }
}

/// The marks the form says, of words about a case whose conference rests on consent.
async fn marks_chosen(
    req: &Req,
    form: &mut Form,
    id: MeetingId,
    place: Place,
) -> Result<Option<Marks>, Fail> {
    let Place::Item(item) = place else { return Ok(None) };
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    let item = r.o.items.iter().find(|i| i.id == item).ok_or(Fail::NotVisible)?;
    let marks = session::marks::chosen(&mut look, (&req.t(), form, "text"), (&r.o, item)).await?;
    look.close().await?;
    Ok(marks)
}

/// The control for the marks of a section about a case.
async fn marks_offered(
    look: &mut Look,
    (frame, form): (&Frame, &Form),
    r: &Reader,
    section: &Section,
) -> Result<Offered, Fail> {
    let Place::Item(item) = section.place else { return Ok(Offered::default()) };
    let item = r.o.items.iter().find(|i| i.id == item).ok_or(Fail::NotVisible)?;
    session::marks::offered(look, (&frame.t, form, "text"), (&r.o, item), section.marks.clone()).await
}

/// POST /sessions/{id}/minutes/edit
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let mut form = req.form();
    let place = show::place(form.value("place")).ok_or(Fail::NotVisible)?;
    let text = form.paragraph("text", Need::Optional, MOST_CHARACTERS);
    let draft: Option<DraftId> = form.id("draft", Need::Optional);
    let go_on = form.ticked("next");
    let marks = marks_chosen(&req, &mut form, id, place).await?;
    let again = async |form: Form, shape: Shape| {
        let look = req.ctx()?.look(Channel::Page).await?;
        render(&req, look, Some(draft::sent(&req, form)), shape).await
    };
    if form.has_problems() {
        return again(form, Shape::Again).await;
    }
    let to = if go_on {
        link::minutes_edit(id)
    } else {
        format!("{}?place={}", link::minutes_edit(id), show::key(place))
    };
    match req.ctx()?.act(&req.envelope(), "minutes.write", &(id, place, &text, &marks)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "minutes_written", before())),
        Begun::New(mut act) => {
            match section::written(&mut act, id, place, Words::Whole(&text, marks.as_ref())).await {
                Ok((_, right)) => {
                    if let Some(draft) = draft {
                        draft::delete(&mut act, &right, draft).await?;
                    }
                    Ok(Answer::to(&to, "minutes_written", act.commit(&id.to_string()).await?))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("text", refusal.key);
                    again(form, Shape::Again).await
                }
                Err(Fail::Stale) => {
                    drop(act);
                    again(form, Shape::Stale).await
                }
                Err(other) => Err(other),
            }
        }
    }
}
