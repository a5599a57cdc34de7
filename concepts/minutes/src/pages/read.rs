//! The minutes of a session, as whoever looks may know them.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Req, link};
use words::code::Code;
use words::id::{CommandId, MeetingId};

use super::show::{self, Names, SectionView};
use crate::lines::Style;
use crate::reader::{self, Reader};
use crate::rules::{How, State};
use crate::section::Which;
use crate::sql::{self, comment, settings};
use crate::stood;

struct EditionLine {
    n: i64,
    when: String,
    how: String,
    note: String,
    by: String,
    href: String,
    shown: bool,
}

#[derive(Template)]
#[template(path = "minutes_page.html")]
struct MinutesPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    title: String,
    when: String,
    place: String,
    /// The day it was disposed of, when its period was over.
    disposed: Option<String>,
    secretariat: String,
    state: &'static str,
    word: String,
    now: String,
    version: i64,
    until: String,
    review: String,
    former: bool,
    runs: bool,
    writes: bool,
    held: bool,
    /// There are words for this viewer.
    open: bool,
    unanswered: usize,
    /// What speaks against approving now.
    hasty: Vec<&'static str>,
    comments: usize,
    attendance: Vec<(String, Vec<String>)>,
    /// What became of it after the approval.
    attendance_note: String,
    sections: Vec<SectionView>,
    decisions: Vec<(String, String)>,
    editions: Vec<EditionLine>,
    public: bool,
    next: Option<(String, String)>,
    next_changed: bool,
    print: String,
    hows: Vec<Choice>,
    told: Vec<Choice>,
    styles: Vec<Choice>,
    body: bool,
    reasons: Vec<String>,
    commands: [CommandId; 8],
}

/// GET /sessions/{id}/minutes
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    let today = req.now().day();
    let form = Form::filled(vec![
        ("until", req.t().short_day(today.plus_days(14))),
        ("on", req.t().short_day(today)),
        ("how", How::Chair.code().to_owned()),
    ]);
    render(&req, look, form).await
}

/// What a reader of this state does now.
fn now_key(r: &Reader) -> &'static str {
    match (r.minutes.state, r.o.runs) {
        (State::Draft, true) => "minutes_now.write",
        (State::Draft, false) => "minutes_now.wait",
        (State::Comment, true) => "minutes_now.gather",
        (State::Comment, false) => "minutes_now.say",
        (State::Correcting, true) => "minutes_now.correct",
        (State::Approved, _) | (State::Correcting, false) => "minutes_now.done",
    }
}

/// The edition asked for, when there is one.
pub(super) fn asked(req: &Req, r: &Reader) -> Option<Which> {
    let n: i64 = req.query().get("edition")?.parse().ok()?;
    (1..=r.minutes.edition).contains(&n).then_some(Which::Edition(n))
}

fn edition_line(
    frame: &Frame,
    names: &Names,
    (id, current): (MeetingId, i64),
    e: &sql::Edition,
) -> EditionLine {
    let told = if e.told_by.is_empty() {
        String::new()
    } else {
        format!(" {}", frame.t.code("told_by", &e.told_by))
    };
    EditionLine {
        n: e.n,
        when: frame.day(&e.approved_on),
        how: frame.t.code("minutes_how", e.how),
        note: e.note.clone(),
        by: format!("{} {}{told}", names.desk(e.desk), names.user(e.user)),
        href: format!("{}?edition={}", link::minutes(id), e.n),
        shown: e.n == current,
    }
}

pub(crate) async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    let asked = asked(req, &r);
    let which = asked.or(r.which());
    let style = settings::style(&mut look.conn(), m, r.o.meeting.body).await?;
    let (sections, mut reasons) = r.read(&mut look, which).await?;
    let (recorded, more) = r.records(&mut look, &frame, which, &sections).await?;
    reasons.also(more);
    let editions = sql::editions(&mut look.conn(), m, id).await?;
    let names =
        Names::load(&mut look, &r.o, &editions.iter().map(|e| (e.desk, e.user)).collect::<Vec<_>>()).await?;
    let said = comment::of_meeting(&mut look.conn(), m, id).await?;
    let heard = crate::heard::heard(&mut look, &r.o, &sections, &said).await?;
    let seen = stood::read(&mut look, (&r, &names.members), which, &sections).await?;
    let (attendance, attendance_note) = show::told(&t, &viewer, (&r.o, &names), &seen, show::Reach::Page);
    let mut views = show::sections(&frame, &viewer, &r.o, &sections, style);
    show::add_records(&mut views, recorded, style);
    let hasty = if r.o.runs && r.o.meeting.state == session::MeetingState::Held {
        crate::acts::hasty(&mut look.conn(), &viewer, (&r.o, &r.minutes), today).await?
    } else {
        Vec::new()
    };
    let current = match which {
        Some(Which::Edition(n)) => n,
        _ => 0,
    };
    let page = MinutesPage {
        id,
        title: r.o.meeting.title.clone(),
        when: session::span(&frame, &r.o.meeting),
        place: session::place(&t, &r.o.meeting),
        disposed: r.o.meeting.disposed_at.map(|at| frame.day(&at.day())),
        secretariat: names.desk(r.o.meeting.desk),
        state: r.minutes.state.code(),
        word: t.code("minutes_state", r.minutes.state),
        now: t.s(now_key(&r)).to_owned(),
        version: r.minutes.version,
        until: r.minutes.comment_until.map(|d| frame.day(&d)).unwrap_or_default(),
        review: r.minutes.review_until.filter(|d| today <= *d).map(|d| frame.day(&d)).unwrap_or_default(),
        former: r.former,
        runs: r.o.runs,
        writes: r.writes,
        held: r.o.meeting.state == session::MeetingState::Held,
        open: which.is_some(),
        hasty,
        unanswered: heard.iter().filter(|c| c.said.taken.is_none()).count(),
        comments: heard.len(),
        attendance,
        attendance_note,
        decisions: show::decisions(&views),
        sections: views,
        editions: editions.iter().map(|e| edition_line(&frame, &names, (id, current), e)).collect(),
        public: editions.iter().any(sql::Edition::is_public),
        next_changed: seen.next_changed(),
        next: seen.next.map(|k| (link::meeting(k.id), format!("{} {}", k.title, frame.moment(&k.starts)))),
        print: match asked {
            Some(Which::Edition(n)) => format!("{}/print?edition={n}", link::minutes(id)),
            _ => format!("{}/print", link::minutes(id)),
        },
        hows: How::ALL.iter().map(|h| Choice::new(&form, "how", h, t.code("minutes_how", h))).collect(),
        told: household::ToldBy::ALL
            .iter()
            .map(|w| Choice::new(&form, "told_by", w, t.code("told_by", w)))
            .collect(),
        styles: Style::ALL
            .iter()
            .map(|s| Choice { on: *s == style, ..Choice::new(&form, "style", s, t.code("minutes_style", s)) })
            .collect(),
        body: r.o.meeting.body.is_some(),
        reasons: reasons.sentences(&t),
        commands: [(); 8].map(|()| req.engine().new_id()),
        frame,
        form,
    };
    let wrong = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}
