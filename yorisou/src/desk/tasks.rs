//! One task: who takes it, until when, and that it is done.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Scope};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Refusal, args};
use household::entry;
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, link};
use task::{Guarded, Task, TaskKind, TaskState};
use words::Instant;
use words::code::Code;
use words::id::{TaskId, UserId};

use super::rows::TaskRow;
use super::today::rows;

#[derive(Template)]
#[template(path = "desk_task.html")]
struct TaskPage {
    frame: Frame,
    form: Form,
    id: TaskId,
    version: i64,
    row: TaskRow,
    open: bool,
    promise: Option<String>,
    staff: Vec<(UserId, String)>,
    assignee: Option<UserId>,
    desk: String,
    may_finish: bool,
    /// For a review after a death or a departure: where the matter is handed over, if it must be.
    hand_over: Option<String>,
    reasons: Vec<String>,
}

/// GET /tasks/{id}
pub async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default()).await
}

async fn render(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let id: TaskId = req.id("id")?;
    let mut look = ctx.look(Channel::Page).await?;
    let m = ctx.viewer.municipality;
    let excluded = &ctx.viewer.excluded_from;
    let task = task::by_id(&mut look.conn(), m, id, excluded).await?.ok_or(Fail::NotVisible)?;
    if !Scope::own_desks(&ctx.viewer).desks().contains(&task.desk) {
        return Err(Fail::NotVisible);
    }
    let (mut shown, mut reasons) = rows(&mut look, &frame, std::slice::from_ref(&task)).await?;
    let row = shown.pop().ok_or(Fail::NotVisible)?;
    let sealed = entry::by_ids(&mut look.conn(), &ctx.viewer, task.about.entry).await?;
    let promise = look.disclose(sealed).await?.pop();
    if let Some(promise) = &promise {
        let mut more = household::Reasons::default();
        more.of(promise);
        reasons.extend(more.sentences(&frame.t));
        reasons.sort();
        reasons.dedup();
    }
    let staff = register::staff_of(&mut look.conn(), m, task.desk, ctx.now.day()).await?;
    let names = register::desk_names(&mut look.conn(), m, [task.desk], ctx.now.day()).await?;
    let wrong = form.has_problems();
    let page = TaskPage {
        frame,
        form,
        id,
        version: task.version,
        row,
        open: task.state == TaskState::Open,
        promise: promise.map(|p| p.body.clone()),
        staff,
        assignee: task.assignee,
        desk: names.get(&task.desk).cloned().unwrap_or_default(),
        may_finish: finished_here(task.kind),
        hand_over: task
            .about
            .case
            .filter(|_| task.kind == TaskKind::Review && task.state == TaskState::Open)
            .map(|case| format!("{}?kind=hand_over", link::referral_new(case))),
        reasons,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// The kinds that are done by saying so; the others are done by the act they promise.
const fn finished_here(kind: TaskKind) -> bool {
    matches!(kind, TaskKind::FollowUp | TaskKind::Review | TaskKind::Reroute)
}

#[derive(Serialize)]
enum Change {
    Assign(TaskId, Option<UserId>),
    Postpone(TaskId, Instant, String),
    Done(TaskId),
}

/// POST /tasks/{id}/assign: takes it, gives it, or puts it back to the desk.
pub async fn assign(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let id: TaskId = req.id("id")?;
    let to: Option<UserId> = form.id("assignee", Need::Optional);
    if form.has_problems() {
        return render(&req, form).await;
    }
    change(&req, "task.assign", Change::Assign(id, to), "task_assigned").await
}

/// POST /tasks/{id}/postpone: another day, and why.
pub async fn postpone(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let id: TaskId = req.id("id")?;
    let day = form.day("due", Need::Required);
    let reason = form.code::<Postponed>("reason", Need::Required);
    if let Some(day) = day
        && day < req.now().day()
    {
        form.problem("due", "task_page.due_past");
    }
    let (Some(day), Some(reason), false) = (day, reason, form.has_problems()) else {
        return render(&req, form).await;
    };
    let due = Instant::at(day, 17, 0);
    change(&req, "task.postpone", Change::Postpone(id, due, reason.code().to_owned()), "task_postponed").await
}

/// POST /tasks/{id}/done
pub async fn done(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TaskId = req.id("id")?;
    change(&req, "task.done", Change::Done(id), "task_done").await
}

words::codes! {
    /// Why a promise moves to another day. A code, not words: reasons in words belong to the record.
    pub enum Postponed {
        /// 本人の都合.
        Person = "person",
        /// 先方の都合.
        Partner = "partner",
        /// 担当の都合.
        Worker = "worker",
        /// 状況が変わった.
        Changed = "changed",
    }
}

async fn change(req: &Req, kind: &'static str, change: Change, flash: &str) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut act = match ctx.act(&req.envelope(), kind, &change).await? {
        Begun::New(act) => act,
        Begun::Before(to) => {
            return Ok(Answer::to(&to, flash, engine::Receipt::nothing_personal("done before")));
        }
    };
    let (Change::Assign(id, _) | Change::Postpone(id, ..) | Change::Done(id)) = change;
    let m = act.municipality();
    let excluded = &ctx.viewer.excluded_from;
    let task = task::by_id(&mut act.facts()?, m, id, excluded).await?.ok_or(Fail::NotVisible)?;
    let mut relation = Relation::within(task.about.case);
    relation.task = Some(task.desk);
    // Taking a task for oneself is work; giving it to another is the lead's.
    let action = match change {
        Change::Assign(_, to) if to.is_some_and(|u| u != ctx.viewer.user) => Action::Assign,
        _ => Action::WorkTask,
    };
    let right = act.permit(action, &relation, RecordRef { kind: RecordKind::Case, id: id.cast() }).await?;
    if task.state != TaskState::Open {
        return Err(Refusal::new("task_page.not_open").into());
    }
    act.check_version(task.version)?;
    match change {
        Change::Assign(_, to) => {
            if let Some(user) = to {
                let staff = register::staff_of(&mut act.facts()?, m, task.desk, ctx.now.day()).await?;
                if !staff.iter().any(|(id, _)| *id == user) {
                    return Err(Refusal::new("task_page.not_of_desk").into());
                }
            }
            task::assign(&mut act, &right, id, to).await?;
        }
        Change::Postpone(_, due, reason) => {
            act.save(&right)?
                .exec(
                    "UPDATE task SET due_at = $3, reason = $4, lead_told_at = NULL, coordinator_told_at = NULL, \
                     version = version + 1 WHERE municipality_id = $1 AND id = $2",
                    args![m, id, due, reason],
                )
                .await?;
        }
        Change::Done(_) => {
            if !finished_here(task.kind) {
                return Err(Refusal::new("task_page.done_elsewhere").into());
            }
            task::end(&mut act, &right, id, TaskState::Done, "").await?;
            settle(&mut act, &right, &task).await?;
        }
    }
    let to = link::TODAY.to_owned();
    let receipt = act.commit(&to).await?;
    Ok(Answer::to(&to, flash, receipt))
}

async fn settle(act: &mut Act, right: &access::Right, task: &Task) -> Result<(), Fail> {
    let m = act.municipality();
    let settings = register::settings(&mut act.facts()?, m).await?;
    let due = act.now().plus_hours(settings.next_contact_days * 24);
    let guarded = match (task.about.case, task.about.consultation, task.about.sheet) {
        (Some(id), ..) => Guarded::Case(id),
        (_, Some(id), _) => Guarded::Consultation(id),
        (.., Some(id)) => Guarded::Sheet(id),
        _ => return Ok(()),
    };
    task::settle(act, right, guarded, due).await
}
