//! Cases of the own desks.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Disclosed, Scope};
use askama::Template;
use engine::{Channel, Fail};
use household::{Person, Reasons};
use site::{Answer, Frame, Req, link};
use words::code::Code;
use words::id::HouseholdId;
use words::{Day, Instant};

use crate::rules::CaseState;
use crate::sql::{self, Filter, around};

/// Cases on one page.
const PAGE: usize = 50;

struct Line {
    href: String,
    number: String,
    name: String,
    desk: String,
    next: String,
    late: bool,
    state: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "casefile_list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
    states: Vec<(String, String, bool)>,
    accountable_only: bool,
    filtered: bool,
    reasons: Vec<String>,
    next: Option<String>,
}

/// GET /cases: header only where nothing of the household is granted (disclosure rule 13).
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (viewer, m) = (ctx.viewer.clone(), ctx.viewer.municipality);
    let mut look = ctx.look(Channel::List).await?;
    let before = req.query().get("before").and_then(cursor);
    let filter = Filter { before, ..crate::export::filter(req.query()) };
    let (state, accountable_only) = (filter.state, filter.accountable_only);
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut cases = sql::list(&mut look.conn(), &viewer, &Scope::own_desks(&viewer), &filter, most).await?;
    let more = cases.len() > PAGE;
    cases.truncate(PAGE);
    let due = around::next_due(&mut look.conn(), &viewer, cases.iter().map(|c| c.id)).await?;
    let today = ctx.now.day();
    let desks =
        register::desk_names(&mut look.conn(), m, cases.iter().filter_map(|c| c.accountable), today).await?;
    let sealed =
        household::person::of_households(&mut look.conn(), &viewer, cases.iter().map(|c| c.household))
            .await?;
    let mut reasons = Reasons::default();
    let persons = household::known(&mut look, sealed, &mut reasons).await?;
    let frame = req.frame();
    let title = |key: &'static str| move |(home, name): (HouseholdId, String)| (home, (key, name));
    let mut titles: BTreeMap<HouseholdId, (&'static str, String)> =
        names(&persons, today).into_iter().map(title("household_page.title_of")).collect();
    let nameless: Vec<HouseholdId> =
        cases.iter().map(|c| c.household).filter(|home| !titles.contains_key(home)).collect();
    if !nameless.is_empty() {
        let sealed = household::person::former_of_households(&mut look.conn(), &viewer, nameless).await?;
        let former = household::known(&mut look, sealed, &mut reasons).await?;
        titles.extend(names(&former, today).into_iter().map(title("household_page.title_of_former")));
    }
    let lines = cases
        .iter()
        .map(|c| Line {
            href: link::case(c.id),
            number: c.number_text(),
            name: titles.get(&c.household).map(|(key, n)| frame.t.f(key, "name", n)).unwrap_or_default(),
            desk: c.accountable.and_then(|d| desks.get(&d)).cloned().unwrap_or_default(),
            next: due.get(&c.id).map(|at| frame.day(&at.day())).unwrap_or_default(),
            late: c.state == CaseState::Open && due.get(&c.id).is_some_and(|at| at.day() < today),
            state: frame.t.code("case_state", c.state),
            open: c.state == CaseState::Open,
        })
        .collect();
    let last = cases.last().filter(|_| more);
    let mine = if accountable_only { "&mine=1" } else { "" };
    let page = ListPage {
        next: last.map(|c| {
            let state = state.map_or("", Code::code);
            format!("/cases?state={state}{mine}&before={}_{}", c.opened_at.millis(), c.id)
        }),
        states: states(&frame, state),
        filtered: state != Some(CaseState::Open) || accountable_only || before.is_some(),
        accountable_only,
        reasons: reasons.sentences(&frame.t),
        lines,
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// The name each household goes by on a day.
pub(crate) fn names(persons: &[Disclosed<Person>], on: Day) -> BTreeMap<HouseholdId, String> {
    let mut members: BTreeMap<HouseholdId, Vec<&Disclosed<Person>>> = BTreeMap::new();
    for p in persons {
        members.entry(p.household).or_default().push(p);
    }
    let name = |of: Vec<&Disclosed<Person>>| household::goes_by(of, on).map(|p| p.called().to_owned());
    members.into_iter().filter_map(|(home, of)| Some((home, name(of)?))).collect()
}

fn states(frame: &Frame, chosen: Option<CaseState>) -> Vec<(String, String, bool)> {
    let all = ("all".to_owned(), frame.t.s("casefile.all_states").to_owned(), chosen.is_none());
    let mut states: Vec<_> = CaseState::ALL
        .iter()
        .map(|s| (s.to_string(), frame.t.code("case_state", s), chosen == Some(*s)))
        .collect();
    states.push(all);
    states
}

/// `1700000000000_0190…`: a moment and an id.
pub(crate) fn cursor<K>(text: &str) -> Option<(Instant, words::Id<K>)> {
    let (at, id) = text.split_once('_')?;
    Some((Instant::from_millis(at.parse().ok()?), id.parse().ok()?))
}
