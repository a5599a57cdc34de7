//! The pages of this concept, and the room itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Role;
use askama::Template;
use engine::{Channel, Fail, Look};
use minutes::section::{self, Place, Section, Which};
use session::talk::{self, Seat, Talk};
use session::{MeetingState, Opened};
use site::{Access, Answer, Form, Frame, Page, Req, link};
use words::id::{AgendaItemId, CommandId, MeetingId};

use crate::{homework, notes, steps, view};

/// Whoever can run a session.
const RUNS: Access =
    Access::Role(&[Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::Secretariat]);
/// Whoever can be invited to one.
const SITS: Access = Access::Role(&[
    Role::Liaison,
    Role::Caseworker,
    Role::AgencyLead,
    Role::Coordinator,
    Role::CommitteeMember,
    Role::Secretariat,
]);

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/sessions/{id}/room", RUNS, show),
        Page::post("/sessions/{id}/room/note", RUNS, notes::write),
        Page::post("/sessions/{id}/room/homework", RUNS, homework::give),
        Page::post("/sessions/{id}/room/step/{step}", RUNS, steps::session),
        Page::post("/sessions/{id}/room/items/{item}/{step}", RUNS, steps::item),
        Page::get("/sessions/{id}/room/view", SITS, view::show),
        Page::get("/sessions/{id}/room/revision", SITS, view::revision),
    ]
}

/// The notes of one place of the agenda.
struct Note {
    /// The place as its form names it.
    place: String,
    version: i64,
    text: String,
    /// What was written, for whoever may read and not write it.
    readable: bool,
    writable: bool,
    command: CommandId,
    /// For one decision more.
    decision: CommandId,
    /// What was typed of one and not taken.
    words: String,
}

/// What was typed of homework and not taken.
#[derive(Default)]
struct Typed {
    /// At which item.
    here: bool,
    what: String,
    due: String,
    by_next: bool,
}

/// An item with everything that happens to it.
struct Item {
    talk: Talk,
    note: Note,
    begin: CommandId,
    conclude: CommandId,
    carry: CommandId,
    give: CommandId,
    /// Homework that was refused at this item.
    typed: Typed,
}

#[derive(Template)]
#[template(path = "room_page.html")]
struct RoomPage {
    frame: Frame,
    form: Form,
    /// What is wrong with what was sent, and where on the page.
    wrong_at: Vec<(String, String)>,
    /// Where what a step lacked is mended.
    mends: Vec<(String, String)>,
    id: MeetingId,
    version: i64,
    title: String,
    when: String,
    place: String,
    planned: bool,
    begun: bool,
    /// The viewer runs the whole session, and not an item of it in the place of its secretariat.
    whole: bool,
    items: Vec<Item>,
    opening: Note,
    closing: Note,
    seats: Vec<Seat>,
    noted: usize,
    next: Option<(String, String)>,
    attend: CommandId,
    hold: CommandId,
    reasons: Vec<String>,
    max: usize,
}

/// GET /sessions/{id}/room
async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

/// A session that this viewer runs, or some items of it in the place of its secretariat: then which. Of the others nothing stands in their
/// room.
pub(crate) async fn run(
    look: &mut Look,
    id: MeetingId,
) -> Result<(Opened, Option<BTreeSet<AgendaItemId>>), Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let o = session::open(&mut look.conn(), &viewer, id, today).await?;
    if o.runs {
        return Ok((o, None));
    }
    let of: BTreeSet<_> = o.items.iter().filter(|i| o.runs_item(&viewer, i)).map(|i| i.id).collect();
    if of.is_empty() { Err(Fail::NotVisible) } else { Ok((o, Some(of))) }
}

/// Whether an item stands in the room of whoever runs these.
pub(crate) fn holds(of: Option<&BTreeSet<AgendaItemId>>, item: AgendaItemId) -> bool {
    of.is_none_or(|of| of.contains(&item))
}

pub(crate) async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let (o, of) = run(&mut look, id).await?;
    let of = of.as_ref();
    let (mut sections, mut reasons) = section::read(&mut look, &o, Which::Working).await?;
    sections.retain(|s| match s.place {
        Place::Item(item) => holds(of, item),
        Place::Opening | Place::Closing => of.is_none(),
    });
    let mut talks = talk::talks(&mut look, &frame, (&o, &form), &mut reasons).await?;
    talks.retain(|talk| holds(of, talk.id));
    let seats = talk::seats(&mut look, &t, &o, of).await?;
    let next = match o.meeting.next.filter(|_| of.is_none()) {
        Some(next) => session::meeting(&mut look.conn(), m, next).await?,
        None => None,
    };
    let new = || req.engine().new_id();
    let begun = look.now().day() >= o.meeting.starts.day();
    let note = |place: Place| note(&sections, place, begun, &form, (new(), new()));
    let page = RoomPage {
        wrong_at: form
            .errors(&t)
            .into_iter()
            .map(|(field, sentence)| (at(&form, &field), sentence))
            .collect(),
        mends: session::mends(&t, &viewer, &o, &form),
        id,
        version: o.meeting.version,
        title: o.meeting.title.clone(),
        when: session::span(&frame, &o.meeting),
        place: session::place(&t, &o.meeting),
        planned: o.meeting.state == MeetingState::Planned,
        begun,
        whole: of.is_none(),
        items: talks
            .into_iter()
            .map(|talk| Item {
                typed: typed(&form, &talk.id.to_string()),
                note: note(Place::Item(talk.id)),
                talk,
                begin: new(),
                conclude: new(),
                carry: new(),
                give: new(),
            })
            .collect(),
        opening: note(Place::Opening),
        closing: note(Place::Closing),
        noted: seats.iter().filter(|s| !s.attendance.is_empty()).count(),
        seats,
        next: next.map(|k| (link::meeting(k.id), session::span(&frame, &k))),
        attend: new(),
        hold: new(),
        reasons: reasons.sentences(&t),
        max: household::entry::MOST_CHARACTERS,
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    if form.has_problems() {
        Answer::again(page.render(), receipt)
    } else {
        Answer::page(page.render(), receipt)
    }
}

/// Where a field of one of the many forms of this page stands.
fn at(form: &Form, field: &str) -> String {
    let (item, place) = (form.value("item"), form.value("place"));
    match field {
        _ if !item.is_empty() => format!("{field}-{item}"),
        "words" => format!("decided-{place}"),
        _ if !place.is_empty() => format!("{field}-{place}"),
        _ => field.to_owned(),
    }
}

fn typed(form: &Form, item: &str) -> Typed {
    if !form.has_problems() || form.value("item") != item {
        return Typed::default();
    }
    let word = |field: &str| form.value(field).to_owned();
    Typed { here: true, what: word("what"), due: word("due"), by_next: form.ticked("by_next") }
}

fn note(
    sections: &[Section],
    place: Place,
    begun: bool,
    form: &Form,
    (command, decision): (CommandId, CommandId),
) -> Note {
    let found = sections.iter().find(|s| s.place == place);
    let key = notes::key(place);
    // What was typed and not taken stands there again, in the field it was typed into.
    let here = form.has_problems() && form.value("place") == key;
    let line = form.value("add") == "decision";
    let typed = (here && !line).then(|| form.value("text").to_owned());
    Note {
        words: if here && line { form.value("words").to_owned() } else { String::new() },
        version: found.map_or(0, |s| s.version),
        text: typed.or(found.and_then(|s| s.text.clone())).unwrap_or_default(),
        readable: found.is_some_and(|s| s.readable),
        writable: begun && found.is_some_and(|s| s.writable),
        place: key,
        command,
        decision,
    }
}
