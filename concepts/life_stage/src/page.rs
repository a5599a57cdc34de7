//! 節目 by month, and one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, Disclosed, Relation, Scope, Viewer};
use askama::Template;
use casefile::CaseHeader;
use engine::{Channel, Conn, Fail};
use household::{Person, Reasons};
use site::{Answer, Frame, Req, T, link};
use task::{Task, TaskState};
use words::code::Code;
use words::id::{CaseId, PersonId, TaskId, ThingId};

use crate::rules::{Stage, When, months_before, when};
use crate::sql::{self, Ahead};

/// Months ahead on the list.
const MONTHS: i64 = -12;

struct Line {
    day: String,
    about: bool,
    name: String,
    stage: String,
    number: String,
    case: String,
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

/// GET /stages?stage=
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let wanted = req.query().get("stage").and_then(Stage::parse);
    let mut look = ctx.look(Channel::List).await?;
    let own = sql::own_cases(&mut look.conn(), &ctx.viewer).await?;
    let sealed =
        household::person::of_households(&mut look.conn(), &ctx.viewer, own.iter().map(|c| c.household))
            .await?;
    let people: Vec<Disclosed<Person>> = look.disclose(sealed).await?;
    let stored = sql::of_cases(&mut look.conn(), m, own.iter().map(|c| c.case)).await?;
    let tasks = task::by_ids(
        &mut look.conn(),
        m,
        &stored.iter().filter_map(|s| s.task).collect::<Vec<TaskId>>(),
        &ctx.viewer.excluded_from,
    )
    .await?;
    let states: BTreeMap<TaskId, TaskState> = tasks.iter().map(|t| (t.id, t.state)).collect();
    let until = months_before(today, MONTHS);
    let reading = ctx.viewer.reading_desks();
    let frame = req.frame();
    let mut reasons = Reasons::default();
    let mut found: Vec<(When, Line)> = Vec::new();
    for case in &own {
        for person in people.iter().filter(|p| p.household == case.household && p.died.is_none()) {
            let of_person = stored.iter().filter(|s| s.person == person.id && s.case == case.case);
            let all = known(person, of_person, &reading);
            let near = all.into_iter().filter(|k| k.when.latest >= today && k.when.on <= until);
            for k in near.filter(|k| wanted.is_none_or(|w| w == k.stage)) {
                reasons.of(person);
                found.push((k.when, line(&frame, &k, case, &states)));
            }
        }
    }
    found.sort_by(|(a, x), (b, y)| (a.on, &x.number, &x.name).cmp(&(b.on, &y.number, &y.name)));
    let t = frame.t.clone();
    let count = found.len();
    let mut months: Vec<Month> = Vec::new();
    for (at, line) in found {
        // What is not certain and may have begun stands under this month.
        let on = at.on.max(today);
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
    reading: &[words::id::DeskId],
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

fn line(frame: &Frame, k: &Known<'_>, case: &sql::Own, states: &BTreeMap<TaskId, TaskState>) -> Line {
    let t = &frame.t;
    let state = k.stored.and_then(|s| s.task).and_then(|id| states.get(&id)).copied();
    let key = match state {
        Some(TaskState::Open) => "life_stage.preparing",
        Some(TaskState::Done) => "life_stage.prepared",
        _ => "life_stage.later",
    };
    Line {
        day: t.full_day(k.when.on),
        about: k.when.about(),
        name: called(t, k.person),
        stage: t.code("life_stage_kind", k.stage),
        number: case.number.clone(),
        case: link::case(case.case),
        href: k.stored.filter(|_| state.is_some()).map(|s| format!("{}/{}", link::STAGES, s.id)),
        state: t.s(key).to_owned(),
        open: state == Some(TaskState::Open),
    }
}

pub(crate) fn called(t: &T, person: &Person) -> String {
    match person.called() {
        "" => t.s("life_stage.someone").to_owned(),
        name => name.to_owned(),
    }
}

/// A stage whose task the viewer's desk holds, its case, and how desks stand to the task; absence otherwise.
pub(crate) async fn held(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ThingId,
) -> Result<(Ahead, Task, CaseHeader, Relation), Fail> {
    let m = viewer.municipality;
    let ahead = sql::by_id(conn, m, id).await?.ok_or(Fail::NotVisible)?;
    let task = ahead.task.ok_or(Fail::NotVisible)?;
    let task = task::by_id(conn, m, task, &viewer.excluded_from).await?.ok_or(Fail::NotVisible)?;
    if !Scope::own_desks(viewer).desks().contains(&task.desk) {
        return Err(Fail::NotVisible);
    }
    let case = casefile::header(conn, m, ahead.case).await?.ok_or(Fail::NotVisible)?;
    let of_household = household::cases_of(conn, viewer, [case.household]).await?;
    let mut relation = Relation::within(of_household.into_values().flatten().chain([case.id]));
    if relation.keeps_out(viewer) {
        return Err(Fail::NotVisible);
    }
    relation.task = Some(task.desk);
    Ok((ahead, task, case, relation))
}

#[derive(Template)]
#[template(path = "life_stage_page.html")]
struct StagePage {
    frame: Frame,
    id: ThingId,
    number: String,
    case: Option<String>,
    /// Of whom and what, for whoever may know.
    told: Option<Told>,
    due: String,
    open: bool,
    version: i64,
    may_finish: bool,
    consents: Option<String>,
    reasons: Vec<String>,
}

struct Told {
    name: String,
    stage: String,
    code: &'static str,
    day: String,
    about: bool,
    what: Vec<String>,
}

/// GET /stages/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let mut look = ctx.look(Channel::Page).await?;
    let (ahead, task, case, relation) = held(&mut look.conn(), &ctx.viewer, id).await?;
    let part = casefile::relation(&mut look.conn(), &ctx.viewer, case.id).await?.is_some();
    let ids: [PersonId; 1] = [ahead.person];
    let sealed = household::person::by_ids(&mut look.conn(), &ctx.viewer, ids).await?;
    let person = look.disclose(sealed).await?.pop();
    let frame = req.frame();
    let mut reasons = Reasons::default();
    if let Some(p) = &person {
        reasons.of(p);
    }
    // What one desk wrote down is told to nobody else, whoever has the task by now.
    let own = ahead.desk.is_none_or(|d| ctx.viewer.reading_desks().contains(&d));
    let told = person.filter(|_| own).map(|p| told(&frame, &ahead, &p));
    let case_link = |to: fn(CaseId) -> String| part.then(|| to(case.id));
    let page = StagePage {
        id,
        number: case.number_text(),
        case: case_link(link::case),
        due: frame.day(&task.due_at.day()),
        open: task.state == TaskState::Open,
        version: task.version,
        may_finish: access::may(&ctx.viewer, Action::WorkTask, &relation).is_ok(),
        consents: case_link(link::case_consents).filter(|_| told.is_some() && ahead.stage == Stage::Adult),
        told,
        reasons: reasons.sentences(&frame.t),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

fn told(frame: &Frame, a: &Ahead, person: &Person) -> Told {
    let t = &frame.t;
    Told {
        name: called(t, person),
        stage: t.code("life_stage_kind", a.stage),
        code: a.stage.code(),
        day: t.full_day(a.when.on),
        about: a.when.about(),
        what: t
            .code("life_stage_todo", a.stage)
            .lines()
            .map(str::to_owned)
            .filter(|l| !l.is_empty())
            .collect(),
    }
}
