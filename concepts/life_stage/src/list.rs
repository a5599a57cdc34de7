//! 節目 by month.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Broken, Channel, Fail, Look};
use household::{Person, Reasons};
use site::{Answer, Frame, Req, link};
use task::TaskState;
use words::code::Code;
use words::id::{CaseId, DeskId, TaskId};

use crate::page::{called, progress};
use crate::rules::{Stage, When, lies_ahead, months_before, when};
use crate::sql::{self, Ahead, Own};

/// Months ahead on the list, of what a birthday says.
const MONTHS: i64 = -12;

struct Line {
    day: String,
    about: bool,
    name: String,
    stage: String,
    number: String,
    case: Option<String>,
    href: Option<String>,
    state: String,
    open: bool,
}

struct Month {
    name: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "life_stage_list.html")]
struct ListPage {
    frame: Frame,
    months: Vec<Month>,
    stages: Vec<(String, String, bool)>,
    /// The one case it is narrowed to: which, and its number.
    case: Option<(CaseId, String)>,
    count: usize,
    reasons: Vec<String>,
}

/// What is known of a stage of somebody: from the birthday, or as it was written.
struct Known<'a> {
    when: When,
    stage: Stage,
    person: &'a Person,
    stored: Option<&'a Ahead>,
}

impl Known<'_> {
    /// Whether somebody wrote it down.
    fn written(&self) -> bool {
        self.stored.is_some_and(|s| s.desk.is_some())
    }
}

/// The cases whose stages this person finds on the list: those their desks answer for, and those in which one of them wrote a stage down.
async fn cases(look: &mut Look) -> Result<Vec<Own>, Broken> {
    let viewer = look.viewer().clone();
    let mut own = sql::own_cases(&mut look.conn(), &viewer).await?;
    let known: BTreeSet<CaseId> = own.iter().map(|c| c.case).collect();
    let written = sql::written_cases(&mut look.conn(), &viewer).await?;
    own.extend(written.into_iter().filter(|c| !known.contains(&c.case)));
    Ok(own)
}

/// Of these cases, those whose page opens to this person.
async fn open_pages(look: &mut Look, cases: &[Own]) -> Result<BTreeSet<CaseId>, Broken> {
    let viewer = look.viewer().clone();
    let mut found: BTreeSet<CaseId> = cases.iter().filter(|c| c.accountable).map(|c| c.case).collect();
    let others: Vec<_> = cases.iter().filter(|c| !c.accountable).map(|c| c.household).collect();
    if !others.is_empty() {
        let parts = casefile::with_a_part(&mut look.conn(), &viewer, others).await?;
        found.extend(parts.into_iter().map(|p| p.id));
    }
    Ok(found)
}

/// Months ahead of one case: everything that is known of a life.
const MONTHS_OF_CASE: i64 = -12 * 100;

/// GET /stages?stage=&case=
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let wanted = req.query().get("stage").and_then(Stage::parse);
    let of_case: Option<CaseId> = req.query().get("case").and_then(|c| c.parse().ok());
    let mut look = ctx.look(Channel::List).await?;
    let mut cases = cases(&mut look).await?;
    cases.retain(|c| of_case.is_none_or(|of| of == c.case));
    let pages = open_pages(&mut look, &cases).await?;
    let homes = cases.iter().map(|c| c.household);
    let sealed = household::person::of_households(&mut look.conn(), &ctx.viewer, homes).await?;
    // Only those of whom something lies ahead give the page its reasons.
    let people: Vec<Disclosed<Person>> = household::known(&mut look, sealed, &mut Reasons::default()).await?;
    let stored = sql::of_cases(&mut look.conn(), m, cases.iter().map(|c| c.case)).await?;
    let tasks: Vec<TaskId> = stored.iter().filter_map(|s| s.task).collect();
    let tasks = task::by_ids(&mut look.conn(), m, &tasks, &ctx.viewer).await?;
    let states: BTreeMap<TaskId, TaskState> = tasks.iter().map(|t| (t.id, t.state)).collect();
    let until = months_before(today, if of_case.is_some() { MONTHS_OF_CASE } else { MONTHS });
    let reading = ctx.viewer.reading_desks();
    let frame = req.frame();
    let mut reasons = Reasons::default();
    let mut found: Vec<(When, Line)> = Vec::new();
    for case in &cases {
        for person in
            people.iter().filter(|p| p.household == case.household && p.died.is_none() && p.left.is_none())
        {
            let of_person = stored.iter().filter(|s| s.person == person.id && s.case == case.case);
            let mut all = known(person, of_person, &reading);
            all.retain(|k| case.accountable || k.written());
            let state = |k: &Known<'_>| k.stored.and_then(|s| s.task).and_then(|t| states.get(&t)).copied();
            for k in all.iter().filter(|k| wanted.is_none_or(|w| w == k.stage)) {
                let state = state(k);
                let open = state == Some(TaskState::Open);
                // Of one case what was is told as well, as far as it was prepared or written down.
                let was = of_case.is_some() && k.stored.is_some();
                if was || lies_ahead(k.written(), k.when, open, today, until) {
                    reasons.of(person);
                    let page = pages.contains(&case.case);
                    found.push((k.when, line(&frame, k, (case, page), state)));
                }
            }
        }
    }
    found.sort_by(|(a, x), (b, y)| (a.on, &x.number, &x.name).cmp(&(b.on, &y.number, &y.name)));
    let t = frame.t.clone();
    let count = found.len();
    let mut months: Vec<Month> = Vec::new();
    for (at, line) in found {
        // What is not certain and may have begun stands under this month, as does what is over and not prepared.
        let on = if of_case.is_some() { at.on } else { at.on.max(today) };
        let args = [("year", on.year().to_string()), ("month", on.month().to_string())];
        let name = t.fs("life_stage.month", &args);
        match months.last_mut() {
            Some(m) if m.name == name => m.lines.push(line),
            _ => months.push(Month { name, lines: vec![line] }),
        }
    }
    let page = ListPage {
        stages: Stage::ALL
            .iter()
            .map(|s| (s.code().to_owned(), t.code("life_stage_kind", s), wanted == Some(*s)))
            .collect(),
        case: of_case.and_then(|of| cases.iter().find(|c| c.case == of)).map(|c| (c.case, c.number.clone())),
        months,
        count,
        reasons: reasons.sentences(&frame.t),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// The stages of somebody who is disclosed. What another desk wrote down is that desk's.
fn known<'a>(
    person: &'a Person,
    stored: impl Iterator<Item = &'a Ahead>,
    reading: &[DeskId],
) -> Vec<Known<'a>> {
    let stored: Vec<&Ahead> = stored.collect();
    let shown = |s: &Ahead| s.desk.is_none_or(|d| reading.contains(&d));
    let of = |stage: Stage| stored.iter().copied().find(|s| s.stage == stage && shown(s));
    let by_birth = Stage::BY_BIRTH.into_iter().filter_map(|stage| {
        let at = when(stage, person.known.birth?)?;
        Some(Known { when: at, stage, person, stored: of(stage) })
    });
    let written = stored.iter().copied().filter(|s| s.desk.is_some_and(|d| reading.contains(&d)));
    let written = written.map(|s| Known { when: s.when, stage: s.stage, person, stored: Some(s) });
    by_birth.chain(written).collect()
}

fn line(frame: &Frame, k: &Known<'_>, (case, page): (&Own, bool), state: Option<TaskState>) -> Line {
    let t = &frame.t;
    // What was written down has its page from the beginning; what a birthday says, once it is a task.
    let stored = k.stored.filter(|_| state.is_some() || k.written());
    Line {
        day: t.full_day(k.when.on),
        about: k.when.about(),
        name: called(t, k.person),
        stage: t.code("life_stage_kind", k.stage),
        number: case.number.clone(),
        case: page.then(|| link::case(case.case)),
        href: stored.map(|s| crate::page::address(s.id)),
        state: t.s(progress(false, k.when, state, frame.now.day())).to_owned(),
        open: state == Some(TaskState::Open),
    }
}
