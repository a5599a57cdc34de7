//! Minutes on paper, in both styles, and the public version. Paper is left lying about: what is said in confidence never stands on it, and
//! the public version is made of what is about nobody.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Form, Frame, Req};
use words::code::Code as _;
use words::id::{CommandId, MeetingId};

use super::show::{self, Names, SectionView};
use crate::lines::Style;
use crate::reader;
use crate::section::Which;
use crate::sql::{self, settings};

#[derive(Template)]
#[template(path = "minutes_sheet.html")]
struct SheetPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    version: i64,
    public: bool,
    /// The secretariat, who makes it public or takes it back.
    runs: bool,
    /// It is out, and since when.
    out: String,
    approved: bool,
    /// A later approval than the one shown, which is not out.
    later: Option<i64>,
    marks: bool,
    other: String,
    title: String,
    body: String,
    when: String,
    place: String,
    state: String,
    edition: String,
    attendance: Vec<(String, Vec<String>)>,
    sections: Vec<SectionView>,
    /// Items that stand here as their number alone.
    closed: usize,
    materials: Vec<(String, String)>,
    next: String,
    today: String,
    commands: [CommandId; 2],
}

/// GET /sessions/{id}/minutes/print?style=
pub(crate) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default(), false).await
}

/// GET /sessions/{id}/minutes/public
pub(crate) async fn public(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default(), true).await
}

async fn render(req: &Req, form: Form, public: bool) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let mut look = req.ctx()?.look(Channel::Print).await?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    let editions = sql::editions(&mut look.conn(), m, id).await?;
    let newest = editions.first();
    let given_out = editions.iter().find(|e| e.is_public());
    // Before it is out, the public version is the secretariat's to look at; and so is that of a later approval.
    if public && given_out.is_none() && !r.o.runs {
        return Err(Fail::NotVisible);
    }
    let asked: Option<i64> = req.query().get("edition").and_then(|n| n.parse().ok());
    let coming = newest.filter(|e| r.o.runs && asked == Some(e.n));
    let shown = if public { coming.or(given_out).or(newest) } else { newest };
    let out = shown.filter(|e| e.is_public()).and_then(|e| e.public_at);
    let which = if public { shown.map(|e| Which::Public(e.n)) } else { r.which() };
    let own = settings::style(&mut look.conn(), m, r.o.meeting.body).await?;
    let style = req.query().get("style").and_then(Style::parse).unwrap_or(own);
    let (sections, _) = r.read(&mut look, which).await?;
    let names = Names::load(&mut look, &r.o, &[]).await?;
    let next = match r.o.meeting.next {
        Some(next) => session::meeting(&mut look.conn(), m, next).await?,
        None => None,
    };
    let mut views = show::sections(&frame, &viewer, &r.o, &sections, style);
    for v in &mut views {
        // On paper a case is its number on the agenda, whoever prints it.
        if !v.general {
            v.title = t.f("session.item_n", "n", v.n);
            if public {
                v.position = String::new();
                v.readable = false;
            }
        }
    }
    let (materials, _) = super::material::of_session(req, &mut look, &r.o).await?;
    let page = SheetPage {
        id,
        version: r.minutes.version,
        public,
        runs: r.o.runs,
        out: out.map(|at| frame.day(&at.day())).unwrap_or_default(),
        approved: newest.is_some(),
        later: newest.map(|e| e.n).filter(|n| shown.is_some_and(|e| e.n < *n)),
        marks: style == Style::Marks,
        other: format!(
            "{}?style={}",
            req.path(),
            if style == Style::Marks { Style::Speakers } else { Style::Marks }
        ),
        title: r.o.meeting.title.clone(),
        body: r.o.body.as_ref().map(|b| b.name.clone()).unwrap_or_default(),
        when: session::span(&frame, &r.o.meeting),
        place: session::place(&t, &r.o.meeting),
        state: t.code("minutes_state", r.minutes.state),
        // Unfinished words are no edition.
        edition: shown
            .filter(|_| which != Some(Which::Working))
            .map(|e| {
                t.fs("minutes.edition_of", &[("n", e.n.to_string()), ("day", t.full_day(e.approved_on))])
            })
            .unwrap_or_default(),
        attendance: show::attendance(&t, &viewer, &r.o, &names, true),
        closed: views.iter().filter(|v| !v.general && !v.has_words()).count(),
        sections: views,
        // On paper stands what is about nobody; in public what was there when it was looked through.
        materials: materials
            .into_iter()
            .filter(|x| x.general && (!public || out.is_none_or(|at| x.since <= at)))
            .map(|x| (x.number, x.title))
            .collect(),
        next: next.map(|k| session::span(&frame, &k)).unwrap_or_default(),
        today: t.full_day(today),
        commands: [(); 2].map(|()| req.engine().new_id()),
        form,
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}
