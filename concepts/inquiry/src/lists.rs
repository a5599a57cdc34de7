//! Lists of inquiries. Headers only, and the name where a basis gives it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use access::{Disclosed, Role};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{Person, Reasons, person};
use register::DeskInfo;
use site::{Answer, Frame, Req, link};
use words::Instant;
use words::calendar::OpeningDays;
use words::id::{CaseId, DeskId, InquiryId, PersonId};

use crate::acts;
use crate::part::hides;
use crate::rules::days_open;
use crate::sql::{self, Header, List};
use crate::view;

const PAGE: i64 = 50;

/// One line.
pub(crate) struct Line {
    /// Its page, for whoever has a part in it; others watch over it (disclosure rule 13).
    pub href: Option<String>,
    pub number: String,
    pub name: String,
    pub purpose: String,
    pub state: String,
    pub from: String,
    pub to: String,
    pub sent: String,
    pub due: String,
    pub days: i64,
    pub late: bool,
    pub urgent: bool,
    pub waiting: bool,
    /// Who raised it, and when; empty for what was not raised.
    pub raised: String,
}

#[derive(Template)]
#[template(path = "inquiry_list.html")]
struct ListPage {
    frame: Frame,
    which: &'static str,
    tabs: Vec<(&'static str, String, bool)>,
    lead: String,
    lines: Vec<Line>,
    next: Option<String>,
    figures: bool,
    reasons: Vec<String>,
}

const TABS: &[(&str, List)] = &[
    ("waiting", List::Waiting),
    ("asked", List::Asked),
    ("ageing", List::Ageing),
    ("raised", List::Raised),
    ("over", List::Over),
];

/// GET /inquiries?list=
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let coordinator = ctx.viewer.has_role(&[Role::Coordinator]);
    let mut offered = TABS.iter().filter(|(_, list)| *list != List::Raised || coordinator);
    let asked = req.query().get("list").unwrap_or("waiting");
    let (which, kind) = offered.clone().find(|(name, _)| *name == asked).copied().unwrap_or(TABS[0]);
    let from = req.query().get("after").and_then(|at| {
        let (at, id) = at.split_once('_')?;
        Some((Instant::from_millis(at.parse().ok()?), id.parse::<InquiryId>().ok()?))
    });
    let mut look = ctx.look(Channel::List).await?;
    let found = sql::list(&mut look.conn(), &ctx.viewer, kind, from, PAGE).await?;
    let full = i64::try_from(found.len()).unwrap_or(i64::MAX) == PAGE;
    let next = found.last().filter(|_| full).map(|r| format!("{}_{}", r.sent_at.millis(), r.id));
    let (lines, reasons) = lines(&mut look, &frame, &found).await?;
    let page = ListPage {
        which,
        tabs: offered
            .by_ref()
            .map(|(name, _)| (*name, frame.t.code("inquiry_tab", name), *name == which))
            .collect(),
        lead: frame.t.code("inquiry_tab_lead", which),
        lines,
        next,
        figures: ctx.viewer.has_role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]),
        reasons,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

#[derive(Template)]
#[template(path = "inquiry_case.html")]
struct CasePage {
    frame: Frame,
    id: CaseId,
    number: String,
    lines: Vec<Line>,
    open: bool,
    reasons: Vec<String>,
}

/// GET /cases/{id}/inquiries
pub(crate) async fn of_case(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: CaseId = req.id("id")?;
    let mut look = ctx.look(Channel::List).await?;
    let (case, relation) =
        casefile::relation(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let found = sql::of_case(&mut look.conn(), &ctx.viewer, id, &relation).await?;
    let (lines, reasons) = lines(&mut look, &frame, &found).await?;
    let page = CasePage {
        id,
        number: case.number_text(),
        lines,
        open: case.state == casefile::CaseState::Open,
        reasons,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// Lines for headers, with the names this viewer may know. A few statements, whatever the number.
async fn lines(look: &mut Look, frame: &Frame, found: &[Header]) -> Result<(Vec<Line>, Vec<String>), Fail> {
    let viewer = look.viewer().clone();
    if found.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (m, today) = (viewer.municipality, look.now().day());
    let desks =
        register::desks_by_id(&mut look.conn(), m, found.iter().flat_map(|r| [r.from, r.to]), today).await?;
    let desks: HashMap<DeskId, DeskInfo> = desks.into_iter().map(|d| (d.id, d)).collect();
    let own = viewer.reading_desks();
    let part = |r: &Header| own.contains(&r.from) || own.contains(&r.to);
    // Whoever watches over what is not theirs learns no name there, whatever else they may know.
    let about = sql::subjects(&mut look.conn(), m, found.iter().filter(|r| part(r)).map(|r| r.id)).await?;
    let gone = gone(look, &own, &about, found).await?;
    let persons: Vec<PersonId> =
        about.iter().filter(|(id, _)| !gone.contains(id)).flat_map(|(_, who)| who.iter().copied()).collect();
    let sealed = person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let people = look.disclose(sealed).await?;
    let users = register::user_names(&mut look.conn(), m, found.iter().filter_map(|r| r.raised_by)).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&people);
    let raised_by = |r: &Header| {
        let who = r.raised_by.and_then(|u| users.get(&u)).cloned().unwrap_or_default();
        r.raised_at.map(|at| format!("{} {who}", frame.day(&at.day()))).unwrap_or_default()
    };
    let lines = found
        .iter()
        .map(|r| {
            let raised = r.raised_desk.is_some_and(|d| own.contains(&d)) && r.state == crate::State::Raised;
            let about = about.get(&r.id).filter(|_| !gone.contains(&r.id)).map_or(&[][..], Vec::as_slice);
            let line = line(frame, r, &desks, &called(&people, about), part(r));
            // A coordinator it was raised to opens it, and finds the header there.
            let href = (part(r) || raised).then(|| link::inquiry(r.id));
            Line { raised: raised_by(r), href, ..line }
        })
        .collect();
    Ok((lines, reasons.sentences(&frame.t)))
}

/// Those asked of the viewer's desk whose consent is gone: whom they are about is not told there, whatever else is known of them.
async fn gone(
    look: &mut Look,
    own: &[DeskId],
    about: &HashMap<InquiryId, Vec<PersonId>>,
    found: &[Header],
) -> Result<HashSet<InquiryId>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let asked =
        |r: &&Header| r.by_consent && hides(r.state, false) && own.contains(&r.to) && !own.contains(&r.from);
    let persons = found.iter().filter(asked).filter_map(|r| about.get(&r.id)).flatten().copied();
    let persons: Vec<PersonId> = persons.collect();
    if persons.is_empty() {
        return Ok(HashSet::new());
    }
    let given = consent::of_persons(&mut look.conn(), m, persons).await?;
    let readers = consent::readers(&mut look.conn(), m, found.iter().map(|r| r.to), today).await?;
    let holds = |r: &Header| {
        let who = about.get(&r.id).map_or(&[][..], Vec::as_slice);
        readers.get(&r.to).is_some_and(|reader| acts::told(r, who).holds(&given, *reader, today))
    };
    Ok(found.iter().filter(asked).filter(|r| !holds(r)).map(|r| r.id).collect())
}

fn called(people: &[Disclosed<Person>], about: &[PersonId]) -> String {
    let names: Vec<&str> = about
        .iter()
        .filter_map(|id| people.iter().find(|p| p.id == *id))
        .map(|p| p.called())
        .filter(|n| !n.is_empty())
        .collect();
    names.join(", ")
}

fn line(frame: &Frame, r: &Header, desks: &HashMap<DeskId, DeskInfo>, name: &str, part: bool) -> Line {
    let t = &frame.t;
    let desk = |id: DeskId| desks.get(&id).map(|d| d.name.clone()).unwrap_or_default();
    let standard = OpeningDays::default();
    let opening = desks.get(&r.to).map_or(&standard, |d| &d.opening);
    Line {
        href: part.then(|| link::inquiry(r.id)),
        number: view::number(t, r),
        name: name.to_owned(),
        purpose: if part { t.code("inquiry_purpose", r.purpose) } else { String::new() },
        state: t.code("inquiry_state", r.state),
        from: desk(r.from),
        to: desk(r.to),
        sent: frame.day(&r.sent_at.day()),
        due: view::due_words(frame, r),
        days: days_open(r.sent_at, r.ended_at.unwrap_or(frame.now), opening),
        late: r.state.is_waiting() && r.due_at < frame.now,
        urgent: part && r.urgent,
        waiting: r.state.is_waiting(),
        raised: String::new(),
    }
}
