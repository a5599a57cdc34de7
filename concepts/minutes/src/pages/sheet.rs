//! Minutes on paper, in both styles, and the public version. Paper is left lying about: what is said in confidence never stands on it, and
//! the public version is made of what is about nobody.

use std::sync::Arc;

use askama::Template;
use engine::Fail;
use site::paper::{Around, Aside, Kind};
use site::{Answer, Frame, Req, link};
use words::code::Code as _;
use words::id::{CommandId, MeetingId};

use super::paper::Sheet;
use super::show::{self, Names};
use crate::lines::Style;
use crate::reader;
use crate::section::Which;
use crate::sql::{self, Edition, settings};
use crate::stood;

/// What the secretariat does with the public version, above it.
#[derive(Template)]
#[template(path = "minutes_public.html")]
struct Office<'a> {
    frame: &'a Frame,
    id: MeetingId,
    version: i64,
    /// It is out, and since when.
    out: String,
    approved: bool,
    /// A later approval than the one shown, which is not out.
    later: Option<i64>,
    commands: [CommandId; 2],
}

/// GET /sessions/{id}/minutes/print?style=
pub(crate) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, false).await
}

/// GET /sessions/{id}/minutes/public
pub(crate) async fn public(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, true).await
}

/// Which approval the public version is made of, and whether that one is out.
fn chosen(editions: &[Edition], runs: bool, asked: Option<i64>) -> Option<&Edition> {
    let (newest, given_out) = (editions.first(), editions.iter().find(|e| e.is_public()));
    // A later approval is the secretariat's to look at.
    let coming = newest.filter(|e| runs && asked == Some(e.n));
    coming.or(given_out).or(newest)
}

async fn render(req: &Req, public: bool) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let mut look = req.ctx()?.look(Kind::of(req).channel()).await?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    let editions = sql::editions(&mut look.conn(), m, id).await?;
    // Before it is out, the public version is the secretariat's to look at.
    if public && !r.o.runs && !editions.iter().any(Edition::is_public) {
        return Err(Fail::NotVisible);
    }
    let asked: Option<i64> = req.query().get("edition").and_then(|n| n.parse().ok());
    let newest = editions.first();
    let which = if public {
        chosen(&editions, r.o.runs, asked).map(|e| Which::Public(e.n))
    } else {
        super::read::asked(req, &r).or(r.which())
    };
    let shown = match which {
        Some(Which::Public(n) | Which::Edition(n)) => editions.iter().find(|e| e.n == n),
        _ => None,
    };
    let out = shown.filter(|e| e.is_public()).and_then(|e| e.public_at);
    let own = settings::style(&mut look.conn(), m, r.o.meeting.body).await?;
    let style = req.query().get("style").and_then(Style::parse).unwrap_or(own);
    let (sections, _) = r.read(&mut look, which).await?;
    let (recorded, _) = r.records(&mut look, &frame, which, &sections).await?;
    let names = Names::load(&mut look, &r.o, &[]).await?;
    let seen = stood::read(&mut look, (&r, &names.members), which, &sections).await?;
    let mut views = show::sections(&frame, &viewer, &r.o, &sections, style);
    show::add_records(&mut views, recorded, style);
    for v in views.iter_mut().filter(|v| !v.general) {
        // On paper a case is its number on the agenda, whoever prints it.
        v.title = t.f("session.item_n", "n", v.n);
        let secret = r.o.items.iter().any(|i| Some(i.id) == v.item && r.o.in_confidence(i));
        if public || secret {
            v.position = String::new();
            v.readable = false;
        }
    }
    if public {
        for line in views.iter_mut().flat_map(|v| v.lines.iter_mut()) {
            line.who = show::public_speaker(&r.o, &names, &line.who);
        }
    }
    let approved = shown.map(|e| e.recorded_at);
    let (materials, _) = super::material::of_session(req, &mut look, &r.o).await?;
    let edition = shown
        .map(|e| t.fs("minutes.edition_of", &[("n", e.n.to_string()), ("day", t.full_day(e.approved_on))]));
    let reach = if public { show::Reach::Public(&views) } else { show::Reach::Paper(&views) };
    let (attendance, attendance_note) = show::told(&t, &viewer, (&r.o, &names), &seen, reach);
    let sheet = Sheet {
        frame: &frame,
        style,
        public,
        title: &r.o.meeting.title,
        body: r.o.body.as_ref().map_or("", |b| b.name.as_str()),
        when: session::span(&frame, &r.o.meeting),
        place: session::place(&t, &r.o.meeting),
        // Unfinished words are no edition.
        edition: edition.unwrap_or_else(|| t.code("minutes_state", r.minutes.state)),
        attendance,
        attendance_note,
        sections: &views,
        // On paper stands what is about nobody: of an edition what was there when it was approved, in public when it was looked through.
        // What is taken back afterwards stands nowhere any more: there was a reason.
        materials: materials
            .into_iter()
            .filter(|x| x.general && (if public { out } else { approved }).is_none_or(|at| x.since <= at))
            .map(|x| (x.number, x.title))
            .collect(),
        next: seen.next.map(|k| session::span(&frame, &k)).unwrap_or_default(),
    };
    let document = sheet.document();
    let office = Office {
        frame: &frame,
        id,
        version: r.minutes.version,
        out: out.map(|at| frame.day(&at.day())).unwrap_or_default(),
        approved: newest.is_some(),
        later: newest.map(|e| e.n).filter(|n| shown.is_some_and(|e| e.n < *n)),
        commands: [(); 2].map(|()| req.engine().new_id()),
    };
    let around = Around {
        title: t.s(if public { "minutes.public" } else { "minutes.print" }).to_owned(),
        lead: r.o.meeting.title.clone(),
        back: (link::minutes(id), t.s("session.back").to_owned()),
        tabs: tabs(req, &frame, style, asked),
        file: format!("{}-{}", if public { "minutes-public" } else { "minutes" }, r.o.meeting.starts.day()),
        called: format!(
            "{}_{}_{}",
            t.s(if public { "minutes.public_file" } else { "minutes.title" }),
            r.o.meeting.title,
            t.code("minutes_style", style),
        ),
        xlsx: true,
        aside: (public && r.o.runs).then(|| Aside::of(&office)).transpose()?,
        ..Around::default()
    };
    let receipt = look.close().await?;
    Answer::paper(req, frame, document, around, receipt)
}

/// Both styles of the same minutes.
fn tabs(req: &Req, frame: &Frame, chosen: Style, edition: Option<i64>) -> Vec<(String, String, bool)> {
    let edition = edition.map(|n| format!("&edition={n}")).unwrap_or_default();
    let address = |style: &Style| format!("{}?style={}{edition}", req.path(), style.code());
    Style::ALL.iter().map(|s| (address(s), frame.t.code("minutes_style", s), *s == chosen)).collect()
}
