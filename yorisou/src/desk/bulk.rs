//! Several tasks at once. Each is a command of its own with its own right; afterwards a page says n of n, why the others
//! could not be done, and offers to take it back. What the viewer may not see is never counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Scope};
use askama::Template;
use engine::{Act, Begun, Channel, Ctx, Fail, Look, Receipt};
use site::{Answer, Form, Frame, Need, Req, habits, link};
use task::{Bulk, Change, Item, Kept, MOST_AT_ONCE, Postponed, Task, TaskState, What};
use words::Instant;
use words::id::{CommandId, TaskId};

use super::rows::TaskRow;
use super::tasks::{change_one, undo_one};
use super::today::rows;

/// A row with its tick, and why it could not be done.
struct Left {
    row: TaskRow,
    open: bool,
    why: String,
}

#[derive(Template)]
#[template(path = "desk_bulk.html")]
struct BulkPage {
    frame: Frame,
    form: Form,
    /// What was done, n of n; empty when nothing was sent yet.
    said: String,
    /// That some could not be done.
    failed: String,
    left: Vec<Left>,
    done: Vec<TaskRow>,
    /// Where it is taken back, and how many that would be.
    undo: Option<(String, usize)>,
    /// The id of the command that takes it back: another form than the one around the rows.
    undo_command: CommandId,
    /// Where it was taken back.
    undone: Option<String>,
    /// Whether the rows that are left can be tried again.
    again: bool,
    people: Vec<(String, String)>,
    back: String,
    reasons: Vec<String>,
}

/// What was ticked: tasks with the versions that were seen.
fn picked(form: &Form) -> Vec<(TaskId, i64)> {
    let mut picked: Vec<(TaskId, i64)> = Vec::new();
    for tick in form.fields().all("pick") {
        let Some((id, version)) = tick.split_once('.') else { continue };
        if let (Ok(id), Ok(version)) = (id.parse(), version.parse())
            && picked.iter().all(|(known, _)| *known != id)
        {
            picked.push((id, version));
        }
    }
    picked
}

/// That nothing is ticked, and the list to go back to.
fn none(form: &Form) -> Form {
    let mut none = Form::filled(vec![("back", form.value("back").to_owned())]);
    none.problem("pick", "bulk.none");
    none
}

/// What is to become of them; `None` with its problems in the form.
fn wanted(form: &mut Form, now: Instant) -> Option<Change> {
    match form.value("do") {
        "assign" if form.value("assignee") == "none" => Some(Change::Assign(None)),
        "assign" => form.id("assignee", Need::Required).map(|to| Change::Assign(Some(to))),
        "postpone" => {
            let day = form.promised_day("due", Need::Required);
            let reason = form.code::<Postponed>("reason", Need::Required);
            if day.is_some_and(|day| day < now.day()) {
                form.problem("due", "task_page.due_past");
            }
            day.zip(reason).map(|(day, reason)| Change::Postpone(Instant::at(day, 17, 0), reason))
        }
        _ => {
            form.problem("assignee", "bulk.choose");
            None
        }
    }
}

/// The list to go back to: one of those with ticks, with what of its query is no word.
fn back(typed: &str) -> String {
    let (path, query) = typed.split_once('?').unwrap_or((typed, ""));
    let path = [link::TODAY, link::CONSULTATIONS].into_iter().find(|p| *p == path).unwrap_or(link::TODAY);
    match habits::keepable(query) {
        Some(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// POST /tasks/bulk
pub async fn send(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let picked = picked(&form);
    let change = wanted(&mut form, req.now());
    if picked.is_empty() {
        // Without rows nothing else can be put right: the list is where to begin.
        return once_more(&req, none(&form), &[]).await;
    } else if picked.len() > MOST_AT_ONCE {
        form.problem_with("pick", "bulk.too_many", vec![("max", MOST_AT_ONCE.to_string())]);
    }
    let (Some(change), false) = (change, form.has_problems()) else {
        return once_more(&req, form, &picked).await;
    };
    let envelope = req.envelope();
    let body = (&picked, &change);
    // The same form sent before, by a double click for instance: its page, and nothing is done again.
    match ctx.act(&envelope, "task.bulk", &body).await? {
        Begun::Before(id) => return Ok(Answer::to(&at(&id), "", before())),
        Begun::New(act) => drop(act),
    }
    let mut items = Vec::with_capacity(picked.len());
    for (task, version) in &picked {
        let own = envelope.of_item(*task, Some(*version));
        let outcome = change_one(&ctx, &own, *task, &change).await.map(|_| own.command);
        items.extend(item(*task, outcome)?);
    }
    if items.is_empty() {
        return once_more(&req, none(&form), &[]).await;
    }
    let mut bulk = Bulk {
        id: envelope.command,
        what: change.what(),
        assignee: None,
        due_at: None,
        reason: None,
        undoes: None,
        came_from: back(form.value("back")),
        items,
    };
    match change {
        Change::Assign(to) => bulk.assignee = to,
        Change::Postpone(due, reason) => (bulk.due_at, bulk.reason) = (Some(due), Some(reason)),
    }
    let receipt = match ctx.act(&envelope, "task.bulk", &body).await? {
        Begun::New(act) => keep(act, &bulk).await?,
        Begun::Before(_) => before(),
    };
    Ok(Answer::to(&at(bulk.id), "", receipt))
}

fn at(id: impl std::fmt::Display) -> String {
    format!("/tasks/bulk/{id}")
}

fn before() -> Receipt {
    Receipt::nothing_personal("a redirect to what was sent before")
}

/// What became of one item. What is not there for this person leaves no item at all.
fn item(task: TaskId, outcome: Result<CommandId, Fail>) -> Result<Option<Item>, Fail> {
    let outcome = match outcome {
        Ok(command) => Ok(command),
        Err(Fail::NotVisible) => return Ok(None),
        Err(Fail::Refused(refusal)) => Err(refusal.key.to_owned()),
        Err(Fail::Stale) => Err("bulk.changed".to_owned()),
        Err(Fail::Broken(e)) => return Err(e.into()),
    };
    Ok(Some(Item { task, outcome }))
}

/// Keeps what became of them, under the seat acted under.
async fn keep(mut act: Box<Act>, bulk: &Bulk) -> Result<Receipt, Fail> {
    let mut relation = Relation::of_no_household();
    relation.task = act.desk();
    let record = RecordRef { kind: RecordKind::Case, id: bulk.id.cast() };
    let right = act.permit(Action::WorkTask, &relation, record).await?;
    task::add_bulk(&mut act, &right, bulk).await?;
    Ok(act.commit(&bulk.id.to_string()).await?)
}

/// POST /tasks/bulk/{id}/undo: takes back what nobody has changed since.
pub async fn undo(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let bulk = own(&mut look, req.id("id")?).await?;
    look.close().await?;
    let envelope = req.envelope();
    match ctx.act(&envelope, "task.bulk_undo", &bulk.id).await? {
        Begun::Before(id) => return Ok(Answer::to(&at(&id), "", before())),
        Begun::New(act) => drop(act),
    }
    let mut items = Vec::with_capacity(bulk.items.len());
    for done in &bulk.items {
        let Ok(command) = done.outcome else { continue };
        let own = envelope.of_item(done.task, None);
        let outcome = undo_one(&ctx, &own, command).await.map(|_| own.command);
        items.extend(item(done.task, outcome)?);
    }
    if items.is_empty() {
        return Err(Fail::NotVisible);
    }
    let undone = Bulk {
        id: envelope.command,
        what: What::Undo,
        assignee: None,
        due_at: None,
        reason: None,
        undoes: Some(bulk.id),
        came_from: bulk.came_from,
        items,
    };
    let receipt = match ctx.act(&envelope, "task.bulk_undo", &bulk.id).await? {
        Begun::New(act) => keep(act, &undone).await?,
        Begun::Before(_) => before(),
    };
    Ok(Answer::to(&at(undone.id), "", receipt))
}

async fn own(look: &mut Look, id: CommandId) -> Result<Bulk, Fail> {
    let (m, user) = (look.viewer().municipality, look.viewer().user);
    task::bulk(&mut look.conn(), m, user, id).await?.ok_or(Fail::NotVisible)
}

/// Those of these tasks that are this viewer's desks' now, in the order they were sent.
async fn visible(look: &mut Look, ids: &[TaskId]) -> Result<Vec<Task>, Fail> {
    let viewer = look.viewer().clone();
    let scope = Scope::own_desks(&viewer);
    let mut tasks = task::by_ids(&mut look.conn(), viewer.municipality, ids, &viewer).await?;
    tasks.retain(|t| scope.desks().contains(&t.desk));
    Ok(tasks)
}

/// The people to choose from, as the bar below a list shows them.
pub(super) async fn people(look: &mut Look) -> Result<Vec<(String, String)>, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let takers = task::takers(&mut look.conn(), &viewer, today).await?;
    Ok(takers.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// The chosen tasks again, still ticked, with what is missing.
async fn once_more(req: &Req, form: Form, picked: &[(TaskId, i64)]) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let ids: Vec<TaskId> = picked.iter().take(MOST_AT_ONCE).map(|(id, _)| *id).collect();
    let tasks = visible(&mut look, &ids).await?;
    let (shown, reasons) = rows(&mut look, &frame, &tasks).await?;
    let left = shown
        .into_iter()
        .zip(&tasks)
        .map(|(row, task)| Left { row, open: task.state == TaskState::Open, why: String::new() })
        .collect();
    let page = BulkPage {
        said: String::new(),
        failed: String::new(),
        left,
        done: Vec::new(),
        undo: None,
        undo_command: ctx.engine.new_id(),
        undone: None,
        again: true,
        people: people(&mut look).await?,
        back: back(form.value("back")),
        reasons,
        form,
        frame,
    };
    Answer::again(page.render(), look.close().await?)
}

/// GET /tasks/bulk/{id}: what became of them.
pub async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let bulk = own(&mut look, req.id("id")?).await?;
    let ids: Vec<TaskId> = bulk.items.iter().map(|i| i.task).collect();
    let tasks = visible(&mut look, &ids).await?;
    let (shown, reasons) = rows(&mut look, &frame, &tasks).await?;
    let outcomes: BTreeMap<TaskId, &Item> = bulk.items.iter().map(|i| (i.task, i)).collect();
    let (mut left, mut done) = (Vec::new(), Vec::new());
    for (row, task) in shown.into_iter().zip(&tasks) {
        match outcomes.get(&task.id).map(|i| &i.outcome) {
            Some(Err(key)) => {
                let why = frame.t.s(key).to_owned();
                left.push(Left { row, open: task.state == TaskState::Open, why });
            }
            _ => done.push(row),
        }
    }
    let (n, m, k) = (tasks.len(), done.len(), left.len());
    let (undo, undone) = undoing(&ctx, &mut look, &bulk, &tasks).await?;
    let page = BulkPage {
        said: said(&frame, &mut look, &bulk, (n, m)).await?,
        failed: if k > 0 { frame.t.f("bulk.failed", "k", k) } else { String::new() },
        again: bulk.what != What::Undo && left.iter().any(|l| l.open),
        left,
        done,
        undo,
        undo_command: ctx.engine.new_id(),
        undone,
        people: people(&mut look).await?,
        back: bulk.came_from.clone(),
        form: chosen(&frame, &bulk),
        reasons,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// What can still be taken back: where, and how many. Otherwise where it was.
async fn undoing(
    ctx: &Ctx,
    look: &mut Look,
    bulk: &Bulk,
    tasks: &[Task],
) -> Result<(Option<(String, usize)>, Option<String>), Fail> {
    if bulk.what == What::Undo {
        return Ok((None, None));
    }
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let commands: Vec<CommandId> =
        bulk.items.iter().filter_map(|i| i.outcome.as_ref().ok().copied()).collect();
    let kept = task::kept(&mut look.conn(), m, user, &commands).await?;
    let can = |k: &&Kept| {
        let task = tasks.iter().find(|t| t.id == k.task);
        task.is_some_and(|t| task::undoable(t.state, t.version, k.version, k.undone).is_ok())
    };
    let n = kept.iter().filter(can).count();
    let undone = task::undo_of(&mut look.conn(), m, user, bulk.id).await?.map(at);
    Ok(((n > 0).then(|| (format!("{}/undo", at(bulk.id)), n)), undone))
}

/// `12件中10件の担当を小田 りかにしました。`
async fn said(frame: &Frame, look: &mut Look, bulk: &Bulk, (n, m): (usize, usize)) -> Result<String, Fail> {
    let mut args = vec![("n", n.to_string()), ("m", m.to_string())];
    let key = match (bulk.what, bulk.assignee) {
        (What::Undo, _) => "bulk.undone",
        (What::Postpone, _) => {
            args.push(("day", bulk.due_at.map(|d| frame.day(&d.day())).unwrap_or_default()));
            "bulk.postponed"
        }
        (What::Assign, None) => "bulk.returned",
        (What::Assign, Some(user)) => {
            let at = look.viewer().municipality;
            let mut names = register::user_names(&mut look.conn(), at, [user]).await?;
            args.push(("who", names.remove(&user).unwrap_or_default()));
            "bulk.assigned"
        }
    };
    Ok(frame.t.fs(key, &args))
}

/// The same choice once more, for those that are left.
fn chosen(frame: &Frame, bulk: &Bulk) -> Form {
    let mut pairs = Vec::new();
    match (bulk.what, bulk.assignee) {
        (What::Assign, to) => {
            pairs.push(("assignee", to.map_or_else(|| "none".to_owned(), |u| u.to_string())));
        }
        (What::Postpone, _) => {
            pairs.extend(bulk.due_at.map(|d| ("due", frame.t.short_day(d.day()))));
            pairs.extend(bulk.reason.map(|r| ("reason", r.to_string())));
        }
        (What::Undo, _) => {}
    }
    Form::filled(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::Fields;

    #[test]
    fn ticks_are_read_once_each_and_what_is_no_tick_is_passed_over() {
        let id = "00000000-0000-7000-8000-000000000001";
        let ticks = [format!("{id}.3"), format!("{id}.4"), "x.1".to_owned(), id.to_owned(), String::new()];
        let fields = Fields::from_pairs(ticks.into_iter().map(|t| ("pick".to_owned(), t)).collect());
        assert_eq!(picked(&Form::new(fields)), [(id.parse().unwrap(), 3)]);
    }

    #[test]
    fn one_goes_back_to_a_list_with_ticks_only() {
        assert_eq!(back("/?all=1"), "/?all=1");
        assert_eq!(back("/consultations?state=open&mine=1"), "/consultations?state=open&mine=1");
        for elsewhere in ["", "//evil.example/", "https://evil.example/", "/admin/staff", "/x?all=1#y"] {
            assert!(back(elsewhere).starts_with('/') && !back(elsewhere).starts_with("//"), "{elsewhere}");
            assert!(!back(elsewhere).contains("evil") && !back(elsewhere).contains("admin"), "{elsewhere}");
        }
    }
}
