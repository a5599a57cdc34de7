//! Lists of referrals: one's own, and a case's. Headers only, and the name where a basis gives it.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Disclosed, Role};
use askama::Template;
use engine::{Broken, Channel, Fail, Look};
use household::{Person, Reasons, person};
use site::{Access, Answer, Frame, Page, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{CaseId, DeskId, ReferralId};

use crate::rules::State;
use crate::sql::{self, List, ReferralHeader};
use crate::{send, view};

const PAGE: i64 = 50;

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/referrals", Access::WORKERS, list),
        Page::get("/flow/referrals", Access::Role(&[Role::AgencyLead, Role::Coordinator]), behind),
        Page::get("/cases/{id}/referrals", Access::WORKERS, of_case),
        Page::get("/cases/{id}/refer", Access::WORKERS, send::new),
        Page::post("/cases/{id}/refer", Access::WORKERS, send::create),
        Page::get("/referrals/{id}", Access::WORKERS, view::show),
        Page::get("/referrals/{id}/print", Access::WORKERS, view::print),
        Page::post("/referrals/{id}/{step}", Access::WORKERS, view::step),
    ]
}

/// One line.
pub(crate) struct Line {
    pub href: String,
    pub number: String,
    pub name: String,
    pub kind: String,
    pub state: String,
    pub from: String,
    pub to: String,
    pub need: String,
    pub sent: String,
    pub due: String,
    pub late: bool,
    pub urgent: bool,
    pub over: bool,
    /// It was taken on under a consent, and nobody is named to the receiver any more.
    pub gone: bool,
}

#[derive(Template)]
#[template(path = "referral_list.html")]
struct ListPage {
    frame: Frame,
    which: &'static str,
    tabs: Vec<(&'static str, String, bool)>,
    lines: Vec<Line>,
    next: Option<String>,
    reasons: Vec<String>,
}

const TABS: &[(&str, List)] = &[
    ("waiting", List::Waiting),
    ("working", List::Working),
    ("sent", List::Sent),
    ("copy", List::Copy),
    ("over", List::Over),
];

async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let asked = req.query().get("list").unwrap_or("waiting");
    let (which, kind) = TABS.iter().find(|(name, _)| *name == asked).copied().unwrap_or(TABS[0]);
    let before = req.query().get("before").and_then(|b| {
        let (at, id) = b.split_once('_')?;
        Some((Instant::from_millis(at.parse().ok()?), id.parse::<ReferralId>().ok()?))
    });
    let mut look = ctx.look(Channel::List).await?;
    let found = sql::list(&mut look.conn(), &ctx.viewer, kind, before, PAGE).await?;
    let full = i64::try_from(found.len()).unwrap_or(i64::MAX) == PAGE;
    let next = found.last().filter(|_| full).and_then(|r| Some(format!("{}_{}", r.sent_at?.millis(), r.id)));
    let (lines, reasons) = lines(&mut look, &frame, &found).await?;
    let tabs =
        TABS.iter().map(|(name, _)| (*name, frame.t.code("referral_tab", name), *name == which)).collect();
    let page = ListPage { frame, which, tabs, lines, next, reasons };
    Answer::page(page.render(), look.close().await?)
}

/// Lines for headers, with the names this viewer may know. Four statements, whatever the number.
pub(crate) async fn lines(
    look: &mut Look,
    frame: &Frame,
    found: &[ReferralHeader],
) -> Result<(Vec<Line>, Vec<String>), Broken> {
    let viewer = look.viewer().clone();
    if found.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let desks = found.iter().flat_map(|r| [r.from, r.to]);
    let today = look.now().day();
    let names = register::desk_names(&mut look.conn(), viewer.municipality, desks, today).await?;
    let sealed = person::by_ids(&mut look.conn(), &viewer, found.iter().map(|r| r.person)).await?;
    let people = look.disclose(sealed).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&people);
    // The need is the preview's, for sender and receiver; other desks learn number, desks, kind, state, dates.
    let own = viewer.reading_desks();
    let part = |r: &ReferralHeader| (own.contains(&r.from), own.contains(&r.to));
    let lines = found.iter().map(|r| line(frame, r, &names, &people, part(r))).collect();
    Ok((lines, reasons.sentences(&frame.t)))
}

fn line(
    frame: &Frame,
    r: &ReferralHeader,
    names: &HashMap<DeskId, String>,
    people: &[Disclosed<Person>],
    (sent, received): (bool, bool),
) -> Line {
    let t = &frame.t;
    let name = |desk: DeskId| names.get(&desk).cloned().unwrap_or_default();
    let day = |at: Option<Instant>| at.map(|at| frame.day(&at.day())).unwrap_or_default();
    let part = sent || received;
    let known = people.iter().find(|p| p.id == r.person).map(|p| p.called().to_owned());
    let under_consent = r.basis == "consent" && r.state.was_accepted() && !r.state.is_final();
    Line {
        gone: received && !sent && under_consent && known.is_none(),
        href: link::referral(r.id),
        number: casefile::number_text(r.case_number.0, r.case_number.1),
        name: known.unwrap_or_default(),
        kind: t.code("referral_kind", r.kind.code()),
        state: t.code("referral_state", r.state.code()),
        from: name(r.from),
        to: name(r.to),
        need: if part { t.code("matter", &r.need) } else { String::new() },
        sent: day(r.sent_at),
        due: day(r.answer_due_at),
        late: r.state == State::Sent && r.answer_due_at.is_some_and(|due| due < frame.now),
        urgent: part && r.urgent(),
        over: r.state.is_final(),
    }
}

#[derive(Template)]
#[template(path = "referral_behind.html")]
struct BehindPage {
    frame: Frame,
    from: String,
    to: String,
    period: String,
    lines: Vec<Line>,
    more: bool,
    back: String,
    reasons: Vec<String>,
}

/// `GET /flow/referrals?by=desk|field&row=&column=&since=&until=`: the way behind a figure of the flow, to what this viewer
/// sees anyway. The page says nothing of the others, so that no hidden figure follows from it; whoever sees figures only
/// has no such page.
async fn behind(req: Arc<Req>) -> Result<Answer, Fail> {
    const MOST: i64 = 200;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let q = req.query();
    let get = |name: &str| q.get(name).unwrap_or_default().to_owned();
    let (row, column) = (get("row"), get("column"));
    let day = |name: &str| q.get(name).and_then(words::Day::parse_iso).ok_or(Fail::NotVisible);
    let (first, last) = (day("since")?, day("until")?);
    let by_desk = q.get("by") == Some("desk");
    let between = if by_desk {
        let desk = |text: &str| text.parse::<DeskId>().map_err(|_| Fail::NotVisible);
        sql::Between::Desks(desk(&row)?, desk(&column)?)
    } else {
        sql::Between::Fields(&row, &column)
    };
    let mut look = ctx.look(Channel::List).await?;
    let span = (Instant::at(first, 0, 0), Instant::at(last.plus_days(1), 0, 0));
    let mut found = sql::behind(&mut look.conn(), &ctx.viewer, between, span, MOST + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > MOST;
    found.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let names = match between {
        sql::Between::Desks(from, to) => {
            let names =
                register::desk_names(&mut look.conn(), ctx.viewer.municipality, [from, to], ctx.now.day())
                    .await?;
            [from, to].map(|d| names.get(&d).cloned().unwrap_or_default())
        }
        sql::Between::Fields(from, to) => [from, to].map(|f| frame.t.code("field", f)),
    };
    let (lines, reasons) = lines(&mut look, &frame, &found).await?;
    let [from, to] = names;
    let page = BehindPage {
        period: format!("{} – {}", frame.day(&first), frame.day(&last)),
        back: format!(
            "{}?by={}&since={first}&until={last}",
            link::FLOW,
            if by_desk { "desk" } else { "field" }
        ),
        from,
        to,
        lines,
        more,
        reasons,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

#[derive(Template)]
#[template(path = "referral_case.html")]
struct CasePage {
    frame: Frame,
    id: CaseId,
    number: String,
    lines: Vec<Line>,
    open: bool,
    reasons: Vec<String>,
}

async fn of_case(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: CaseId = req.id("id")?;
    let mut look = ctx.look(Channel::List).await?;
    let (case, relation) =
        casefile::relation(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let found = sql::of_case(&mut look.conn(), &ctx.viewer, &relation, id).await?;
    let (lines, reasons) = lines(&mut look, &frame, &found).await?;
    let page = CasePage {
        frame,
        id,
        number: case.number_text(),
        lines,
        open: case.state == casefile::CaseState::Open,
        reasons,
    };
    Answer::page(page.render(), look.close().await?)
}
