//! One 節目: whose, which and when, as far as this person may know; what was changed in it, and what can be done.

use std::sync::Arc;

use access::{Action, Relation, Scope, Viewer};
use askama::Template;
use casefile::CaseHeader;
use engine::{Channel, Conn, Fail, Look};
use household::{Person, Reasons};
use site::{Answer, Choice, Form, Frame, Req, T, link};
use task::{Task, TaskState};
use words::Day;
use words::code::Code;
use words::id::{CaseId, CommandId, ThingId};

use crate::rules::{Stage, When, Why};
use crate::sql::{self, Ahead};

/// The page of a stage.
pub(crate) fn address(id: ThingId) -> String {
    format!("{}/{id}", link::STAGES)
}

pub(crate) fn called(t: &T, person: &Person) -> String {
    match person.called() {
        "" => t.s("life_stage.someone").to_owned(),
        name => name.to_owned(),
    }
}

/// How far the preparation has come: the key of its word.
pub(crate) fn progress(taken_back: bool, when: When, task: Option<TaskState>, today: Day) -> &'static str {
    match task {
        _ if taken_back => "life_stage.taken_back",
        Some(TaskState::Open) => "life_stage.preparing",
        Some(TaskState::Done) => "life_stage.prepared",
        _ if when.latest < today => "life_stage.over",
        _ => "life_stage.later",
    }
}

/// A stage this person may open, and how desks stand to it.
pub(crate) struct Held {
    pub ahead: Ahead,
    pub task: Option<Task>,
    pub case: CaseHeader,
    pub relation: Relation,
}

impl Held {
    /// Where its task stands.
    pub fn state(&self) -> Option<TaskState> {
        self.task.as_ref().map(|t| t.state)
    }
}

/// A stage that the viewer's desk wrote down, or whose task it holds; absence otherwise.
pub(crate) async fn held(conn: &mut Conn<'_>, viewer: &Viewer, id: ThingId) -> Result<Held, Fail> {
    let m = viewer.municipality;
    let ahead = sql::by_id(conn, m, id).await?.ok_or(Fail::NotVisible)?;
    let task = match ahead.task {
        Some(task) => task::by_id(conn, m, task, viewer).await?,
        None => None,
    };
    let wrote = ahead.desk.is_some_and(|d| viewer.reading_desks().contains(&d));
    let scope = Scope::own_desks(viewer);
    if !(wrote || task.as_ref().is_some_and(|t| scope.desks().contains(&t.desk))) {
        return Err(Fail::NotVisible);
    }
    let case = casefile::header(conn, m, ahead.case).await?.ok_or(Fail::NotVisible)?;
    let of_household = household::cases_of(conn, viewer, [case.household]).await?;
    let mut relation = Relation::within(of_household.into_values().flatten().chain([case.id]));
    if relation.keeps_out(viewer) {
        return Err(Fail::NotVisible);
    }
    relation.author = ahead.desk;
    relation.task = task.as_ref().map(|t| t.desk);
    Ok(Held { ahead, task, case, relation })
}

#[derive(Template)]
#[template(path = "life_stage_page.html")]
struct StagePage {
    frame: Frame,
    form: Form,
    id: ThingId,
    number: String,
    case: Option<String>,
    /// Of whom and what, for whoever may know.
    told: Option<Told>,
    /// Until when to prepare; nothing before it is a task.
    due: Option<String>,
    state: String,
    /// That another desk answers for the case by now, and cannot see it; and where that desk is told.
    elsewhere: Option<(String, String)>,
    /// What can be done with its task, and against which version.
    task: Option<i64>,
    /// Whether whoever looks may change what their desk wrote, and against which version.
    change: Option<i64>,
    day_command: CommandId,
    back_command: CommandId,
    whys: Vec<Choice>,
    back_whys: Vec<Choice>,
    history: Vec<String>,
    consents: Option<String>,
    reasons: Vec<String>,
}

impl StagePage {
    /// Whether whoever looks may know that nothing is to be prepared any more.
    fn gone(&self) -> bool {
        self.told.as_ref().is_some_and(|t| t.gone.is_some())
    }
}

struct Told {
    name: String,
    stage: String,
    code: &'static str,
    day: String,
    about: bool,
    /// Key of the sentence that says which day is meant.
    which: Option<&'static str>,
    what: Vec<String>,
    /// That whoever it is about has died or left the household: nothing is to be prepared any more.
    gone: Option<String>,
}

/// GET /stages/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None, false).await
}

/// The page; with a form that came back, and whether somebody else was faster.
pub(crate) async fn render(req: &Req, typed: Option<Form>, stale: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let mut look = ctx.look(Channel::Page).await?;
    let held = held(&mut look.conn(), &ctx.viewer, id).await?;
    let (ahead, case) = (&held.ahead, &held.case);
    let part = casefile::relation(&mut look.conn(), &ctx.viewer, case.id).await?.is_some();
    let sealed = household::person::by_ids(&mut look.conn(), &ctx.viewer, [ahead.person]).await?;
    let mut reasons = Reasons::default();
    let person = household::known(&mut look, sealed, &mut reasons).await?.pop();
    let frame = req.frame();
    // What one desk wrote down is told to nobody else, whoever has the task by now.
    let own = ahead.desk.is_none_or(|d| ctx.viewer.reading_desks().contains(&d));
    let told = person.filter(|_| own).map(|p| told(&frame, ahead, &p));
    let elsewhere = match &told {
        // That another desk answers for a case is told to whoever has a part in it.
        Some(told) if part && told.gone.is_none() && !ahead.taken_back => {
            elsewhere(&mut look, &frame, &held).await?
        }
        _ => None,
    };
    let history = if told.is_some() { history(&mut look, &frame, id).await? } else { Vec::new() };
    let case_link = |to: fn(CaseId) -> String| part.then(|| to(case.id));
    let may = |action| access::may(&ctx.viewer, action, &held.relation).is_ok();
    let open = held.task.as_ref().filter(|t| t.state == TaskState::Open);
    let change = told.is_some() && ahead.desk.is_some() && !ahead.taken_back && may(Action::MarkInError);
    let wrong = typed.is_some();
    let as_it_is = || Form::filled(vec![("on", frame.t.short_day(ahead.when.on))]);
    let form = typed.unwrap_or_else(as_it_is);
    let reason = |field: &str, w: &Why| Choice::new(&form, field, w, frame.t.code("life_stage_why", w));
    let page = StagePage {
        id,
        number: case.number_text(),
        case: case_link(link::case),
        due: open.map(|t| frame.day(&t.due_at.day())),
        state: frame.t.s(progress(ahead.taken_back, ahead.when, held.state(), ctx.now.day())).to_owned(),
        elsewhere,
        task: open.filter(|_| may(Action::WorkTask)).map(|t| t.version),
        change: change.then_some(ahead.version),
        day_command: req.engine().new_id(),
        back_command: req.engine().new_id(),
        whys: Why::ALL.iter().filter(|w| w.corrects()).map(|w| reason("why", w)).collect(),
        back_whys: Why::ALL.iter().filter(|w| w.takes_back()).map(|w| reason("back_why", w)).collect(),
        history,
        consents: case_link(link::case_consents).filter(|_| told.is_some() && ahead.stage == Stage::Adult),
        told,
        reasons: reasons.sentences(&frame.t),
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (wrong, stale) {
        (_, true) => Answer::conflict(html, receipt),
        (true, _) => Answer::again(html, receipt),
        _ => Answer::page(html, receipt),
    }
}

/// What one desk wrote down stays with it when another one comes to answer for the case: whoever wrote it is the only one who can tell.
/// Which desk that is, its telephone, and where it is told in writing by whoever has a part in the case.
async fn elsewhere(look: &mut Look, frame: &Frame, held: &Held) -> Result<Option<(String, String)>, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let own = viewer.reading_desks();
    let (ahead, case) = (&held.ahead, &held.case);
    let open = case.state == casefile::CaseState::Open && ahead.desk.is_some();
    let Some(other) = case.accountable.filter(|d| open && !own.contains(d)) else { return Ok(None) };
    let desks = register::desks_by_id(&mut look.conn(), viewer.municipality, [other], today).await?;
    let Some(desk) = desks.into_iter().next() else { return Ok(None) };
    let mut says = frame.t.f("life_stage.elsewhere", "desk", &desk.name);
    if !desk.phone.is_empty() {
        says.push_str(&frame.t.f("life_stage.elsewhere_phone", "phone", &desk.phone));
    }
    let form = link::referral_new(case.id);
    Ok(Some((says, format!("{form}?kind=information&to={other}&person={}", ahead.person))))
}

/// What was changed in it, by whom and why, the newest first.
async fn history(look: &mut Look, frame: &Frame, id: ThingId) -> Result<Vec<String>, Fail> {
    let m = look.viewer().municipality;
    let changes = sql::changes(&mut look.conn(), m, id).await?;
    let names = register::user_names(&mut look.conn(), m, changes.iter().map(|c| c.by)).await?;
    let t = &frame.t;
    let line = |c: &sql::Changed| {
        let mut args = vec![
            ("when", frame.moment(&c.at)),
            ("name", names.get(&c.by).cloned().unwrap_or_default()),
            ("before", t.full_day(c.before)),
            ("why", t.code("life_stage_why", c.why)),
        ];
        match c.after {
            Some(after) => {
                args.push(("after", t.full_day(after)));
                t.fs("life_stage.was_corrected", &args)
            }
            None => t.fs("life_stage.was_taken_back", &args),
        }
    };
    Ok(changes.iter().map(line).collect())
}

fn told(frame: &Frame, a: &Ahead, person: &Person) -> Told {
    let t = &frame.t;
    let gone = match (person.died, person.left) {
        (Some(day), _) => Some(t.f("life_stage.died", "day", t.partial_date(day))),
        (None, Some(day)) => Some(t.f("life_stage.left", "day", t.full_day(day))),
        (None, None) => None,
    };
    Told {
        name: called(t, person),
        stage: t.code("life_stage_kind", a.stage),
        code: a.stage.code(),
        day: t.full_day(a.when.on),
        about: a.when.about(),
        which: a.stage.which_day(),
        what: if gone.is_some() {
            Vec::new()
        } else {
            let todo = t.code("life_stage_todo", a.stage);
            todo.lines().map(str::to_owned).filter(|l| !l.is_empty()).collect()
        },
        gone,
    }
}
