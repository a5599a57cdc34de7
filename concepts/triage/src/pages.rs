//! The list, the beginning, and the way from a task to its triage.

mod guide;
mod page;

use std::sync::Arc;

use access::{Action, Role, Scope};
use askama::Template;
use engine::{Channel, Fail, Receipt};
use household::{Reasons, household_title, person};
use site::{Access, Answer, Form, Frame, Need, Page, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{TaskId, TriageId};

use crate::acts::{self, Asked, Begin, Done};
use crate::rules::{self, State};
use crate::running::{self, Running};
use crate::sql::{self, Origin, Which, guides};
use crate::views;

/// Triages shown on one page of the list.
const PAGE: usize = 50;
/// Accounts and settings; no household content (domain section 5).
const ADMIN: Access = Access::Role(&[Role::Administrator]);

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/triage", Access::WORKERS, list),
        Page::get("/triage/new", Access::WORKERS, new),
        Page::post("/triage", Access::WORKERS, create),
        Page::get("/triage/task/{id}", Access::WORKERS, of_task),
        Page::get("/triage/{id}", Access::WORKERS, page::show),
        Page::post("/triage/{id}/tick", Access::WORKERS, page::tick),
        Page::post("/triage/{id}/ticks/{change}/undo", Access::WORKERS, page::untick),
        Page::post("/triage/{id}/fact", Access::WORKERS, page::fact),
        Page::post("/triage/{id}/judge", Access::WORKERS, page::judge),
        Page::post("/triage/{id}/answer", Access::WORKERS, page::answer),
        Page::post("/triage/{id}/void", Access::WORKERS, page::void),
        Page::get("/admin/triage", ADMIN, guide::show),
        Page::post("/admin/triage", ADMIN, guide::replace),
        Page::get("/admin/triage/kinds/{code}", ADMIN, guide::kind),
        Page::post("/admin/triage/kinds/{code}", ADMIN, guide::change_kind),
        Page::get("/admin/triage/versions/{version}", ADMIN, guide::version),
    ]
}

/// A redirect to what a form led to that came twice.
fn before() -> Receipt {
    Receipt::nothing_personal("a redirect to what was done before")
}

fn to(done: Done, id: Option<TriageId>, anchor: &str, key: &str) -> Answer {
    match done {
        Done::Now(id, receipt) => Answer::to(&format!("{}{anchor}", link::triage(id)), key, receipt),
        Done::Before(outcome) => {
            let id = id.or_else(|| outcome.parse().ok());
            let place =
                id.map_or_else(|| link::TRIAGES.to_owned(), |id| format!("{}{anchor}", link::triage(id)));
            Answer::to(&place, key, before())
        }
    }
}

#[derive(Template)]
#[template(path = "triage_list.html")]
struct ListPage {
    frame: Frame,
    over: bool,
    states: Vec<site::Choice>,
    lines: Vec<Running>,
    next: String,
    reasons: Vec<String>,
}

async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let over = req.query().get("list") == Some("over");
    let which = if over { Which::Over } else { Which::Running };
    let state = req.query().get("state").and_then(State::parse).filter(|s| which.states().contains(s));
    let after = req.query().get("after").and_then(|b| {
        let (at, id) = b.split_once('~')?;
        Some((Instant::from_millis(at.parse().ok()?), id.parse().ok()?))
    });
    let mut look = ctx.look(Channel::List).await?;
    let scope = Scope::own_desks(&ctx.viewer);
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = sql::list(&mut look.conn(), &ctx.viewer, &scope, (which, state), after, most).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().map(|l| (which.place(&l.header), l.header.id)).filter(|_| more);
    let lines = running::lines(&mut look, &frame, found).await?;
    let list = if over { "over" } else { "running" };
    let filter = state.map_or_else(String::new, |s| format!("&state={s}"));
    let next =
        last.map(|(at, id)| format!("{}?list={list}{filter}&after={}~{id}", link::TRIAGES, at.millis()));
    let choice = |s: &State| site::Choice {
        value: s.to_string(),
        word: frame.t.code("triage_state", s),
        on: state == Some(*s),
        help: String::new(),
    };
    let states = which.states().iter().map(choice).collect();
    let reasons = if lines.is_empty() { Vec::new() } else { vec![frame.t.s("basis.own_record").to_owned()] };
    let page = ListPage { states, lines, next: next.unwrap_or_default(), over, reasons, frame };
    Answer::page(page.render(), look.close().await?)
}

/// A kind to choose.
struct KindChoice {
    code: String,
    name: String,
    lead: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "triage_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    field: &'static str,
    value: String,
    back: String,
    name: String,
    kinds: Vec<KindChoice>,
    earlier: Vec<Running>,
    void: bool,
    reasons: Vec<String>,
}

/// What the query or the form asks to begin from.
fn asked(fields: &site::Fields) -> Result<(Asked, &'static str, String), Fail> {
    let get = |name: &'static str| fields.get(name).map(|v| (name, v.to_owned()));
    let (name, value) =
        get("consultation").or_else(|| get("sheet")).or_else(|| get("case")).ok_or(Fail::NotVisible)?;
    let asked = match name {
        "consultation" => value.parse().map(Asked::Consultation),
        "sheet" => value.parse().map(Asked::Sheet),
        _ => value.parse().map(Asked::Case),
    };
    Ok((asked.map_err(|_| Fail::NotVisible)?, name, value))
}

/// `GET /triage/new?consultation=…`, `?sheet=…` or `?case=…`
async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let fields = req.query().clone();
    new_page(&req, &fields, None).await
}

async fn new_page(req: &Req, fields: &site::Fields, again: Option<Form>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let (asked, field, value) = asked(fields)?;
    let mut look = ctx.look(Channel::Page).await?;
    let m = ctx.viewer.municipality;
    let start = views::start(&mut look.conn(), &ctx.viewer, asked).await?.ok_or(Fail::NotVisible)?;
    // Whoever may not begin one learns nothing of what it would begin from.
    access::may(&ctx.viewer, Action::Triage, &start.relation)?;
    let found = sql::of_origin(&mut look.conn(), &ctx.viewer, start.origin).await?;
    let earlier = running::lines(&mut look, &frame, found).await?;
    let mut reasons = Reasons::default();
    let members = match start.household {
        Some(household) => {
            let sealed = person::members(&mut look.conn(), &ctx.viewer, household).await?;
            household::known(&mut look, sealed, &mut reasons).await?
        }
        None => Vec::new(),
    };
    let name = match start.household {
        Some(household) => household_title(&mut look, &frame.t, (household, &members), &mut reasons).await?,
        None => None,
    };
    let (_, guide) = guides::current(&mut look.conn(), m).await?;
    let form = again.unwrap_or_else(|| {
        // News of some days ago is written down later; a clock that starts then would be late at once.
        let came =
            start.came_at.filter(|at| *at <= ctx.now && *at > ctx.now.plus_hours(-72)).unwrap_or(ctx.now);
        Form::filled(vec![("started", frame.t.short_day(came.day())), ("at", site::show::clock(came))])
    });
    let wrong = form.has_problems();
    let back = match start.origin {
        Origin::Consultation(id) => link::consultation(id),
        Origin::Sheet(id) => link::sheet(id),
        Origin::Case(id) => link::case(id),
    };
    let page = NewPage {
        kinds: guide
            .kind
            .iter()
            .filter(|k| !k.retired)
            .map(|k| KindChoice {
                code: k.code.clone(),
                name: k.name.clone(),
                lead: k.lead.clone(),
                chosen: form.chose("kind", &k.code),
            })
            .collect(),
        name: name.unwrap_or_default(),
        reasons: reasons.sentences(&frame.t),
        void: start.void,
        field,
        value,
        back,
        earlier,
        form,
        frame,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// `POST /triage`
async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let fields = req.body().clone();
    let (asked, ..) = asked(&fields)?;
    let kind = form.line("kind", Need::Optional, 40);
    if kind.is_empty() {
        form.problem("kind", "triage.choose_kind");
    }
    let day = form.past_day("started", Need::Required);
    let time = form.time("at");
    let started = day.map(|day| {
        let (hour, minute) = time.unwrap_or((0, 0));
        Instant::at(day, hour, minute)
    });
    if day.is_some() && time.is_none() {
        // A problem of reading it stays the first; an empty field is one too: clocks of an hour need the minute.
        form.problem("at", "triage.time_needed");
    }
    if let Some(Err(why)) = started.map(|at| rules::check_start(at, req.now())) {
        form.problem_with("started", why.key, why.args);
    }
    let (Some(started_at), false) = (started, form.has_problems()) else {
        return new_page(&req, &fields, Some(form)).await;
    };
    let (consultation, sheet, case) = match asked {
        Asked::Consultation(id) => (Some(id), None, None),
        Asked::Sheet(id) => (None, Some(id), None),
        Asked::Case(id) => (None, None, Some(id)),
    };
    let begin = Begin { consultation, sheet, case, kind, started_at };
    match acts::begin(&req, &begin).await {
        Ok(done) => Ok(to(done, None, "", "triage_begun")),
        Err(Fail::Refused(why)) => {
            form.problem_with("kind", why.key, why.args);
            new_page(&req, &fields, Some(form)).await
        }
        Err(other) => Err(other),
    }
}

/// `GET /triage/task/{id}`: from a promise to its triage. Whether it may be seen is that page's matter.
async fn of_task(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TaskId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let triage =
        sql::of_task(&mut look.conn(), ctx.viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    views::seen(&mut look, &req.t(), triage).await?;
    Ok(Answer::to(&link::triage(triage), "", look.close().await?))
}
