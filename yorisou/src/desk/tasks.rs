//! One task: who takes it, until when, and that it is done.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Scope, Viewer};
use askama::Template;
use engine::{Act, Begun, Channel, Ctx, Envelope, Fail, Look, Receipt, Refusal};
use household::entry;
use site::{Answer, Form, Frame, Need, Req, link};
use task::{Change, Guarded, Postponed, Task, TaskKind, TaskState};
use words::Instant;
use words::id::{CommandId, TaskId, UserId};

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
    /// What became of it, when it is open no more: nothing of it stands on this page as if it were to be done.
    over: Option<&'static str>,
    promise: Option<String>,
    staff: Vec<(UserId, String)>,
    assignee: Option<UserId>,
    /// That whoever wrote down what is to be reviewed is proposed, and can be chosen otherwise: nobody is in charge before it is decided.
    chosen: Option<String>,
    desk: String,
    may_finish: bool,
    /// For a review: what to look at, true for what happened.
    review: Option<String>,
    /// For a review after a departure or a move: where the matter is handed over, if it must be.
    hand_over: Option<String>,
    /// The consents of the case: a review looks at each of them.
    consents: Option<String>,
    reasons: Vec<String>,
    /// What whoever goes there must know, before they plan to.
    cautions: Vec<casefile::CautionLine>,
    /// Whom to give it, for whoever gives work here: a proposal with its reason.
    proposal: Option<String>,
    /// For a question how a case goes on: where it is raised.
    consider: Option<String>,
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
    let task = task::by_id(&mut look.conn(), m, id, &ctx.viewer).await?.ok_or(Fail::NotVisible)?;
    if !Scope::own_desks(&ctx.viewer).desks().contains(&task.desk) {
        return Err(Fail::NotVisible);
    }
    let (mut shown, mut reasons) = rows(&mut look, &frame, std::slice::from_ref(&task)).await?;
    let row = shown.pop().ok_or(Fail::NotVisible)?;
    let sealed = entry::by_ids(&mut look.conn(), &ctx.viewer, task.about.entry).await?;
    let promise = look.disclose(sealed).await?.pop();
    let mut more = household::Reasons::default();
    if let Some(promise) = &promise {
        more.of(promise);
    }
    let cautions = match task.about.case {
        Some(case) => casefile::cautions(&mut look, &frame, case, &mut more).await?,
        None => Vec::new(),
    };
    let review = review(&mut look, &frame, &task, &mut more).await?;
    reasons.extend(more.sentences(&frame.t));
    reasons.sort();
    reasons.dedup();
    let staff = task::can_take(&mut look.conn(), m, &task, ctx.now).await?;
    let names = register::desk_names(&mut look.conn(), m, [task.desk], ctx.now.day()).await?;
    let wrong = form.has_problems();
    let proposal = proposal(&mut look, &frame, &task, &staff).await?;
    let author = review.as_ref().and_then(|r| offered(&ctx.viewer, &task, r.author, &staff)).cloned();
    let page = TaskPage {
        form,
        id,
        version: task.version,
        row,
        open: task.state == TaskState::Open,
        over: over(task.state),
        promise: promise.map(|p| p.body.clone()),
        staff,
        assignee: task.assignee.or(author.as_ref().map(|(id, _)| *id)),
        chosen: author.map(|(_, name)| frame.t.f("task_page.review_author", "name", name)),
        desk: names.get(&task.desk).cloned().unwrap_or_default(),
        may_finish: finished_here(task.kind),
        hand_over: task.about.case.zip(review.as_ref().filter(|r| r.elsewhere)).map(|(case, r)| {
            let moved = r.moved.map(|by| format!("&moved={by}")).unwrap_or_default();
            format!("{}?kind=hand_over{moved}", link::referral_new(case))
        }),
        review: review.map(|r| r.help),
        consents: task
            .about
            .case
            .filter(|_| {
                matches!(task.kind, TaskKind::Review | TaskKind::ConsentEnds | TaskKind::ConsentOfAge)
            })
            .map(link::case_consents),
        consider: task
            .about
            .case
            .filter(|_| task.kind == TaskKind::ConsiderNext && task.state == TaskState::Open)
            .map(|case| format!("{}?kind=coordination_request", link::referral_new(case))),
        reasons,
        cautions,
        proposal,
        frame,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// The sentence on a task that is open no more.
const fn over(state: TaskState) -> Option<&'static str> {
    match state {
        TaskState::Open => None,
        TaskState::Done => Some("task_page.over_done"),
        TaskState::Cancelled => Some("task_page.over_cancelled"),
        TaskState::Moved => Some("task_page.over"),
    }
}

/// What an open review is about.
async fn review(
    look: &mut Look,
    frame: &Frame,
    task: &Task,
    reasons: &mut household::Reasons,
) -> Result<Option<household::Reviewed>, Fail> {
    if task.kind != TaskKind::Review || task.state != TaskState::Open {
        return Ok(None);
    }
    let mut found = household::reviewed(look, frame, &[task.made_by].into(), reasons).await?;
    let mut found = found.remove(&task.made_by);
    if let (Some(case), Some(review)) = (task.about.case, &mut found) {
        let (m, now) = (look.viewer().municipality, look.now());
        let out = casefile::exclusion_list(&mut look.conn(), m, case, now).await?;
        // Whoever has been kept out since is proposed no more: for them there is no such task.
        review.author = review.author.filter(|author| !out.iter().any(|x| x.user == *author));
    }
    Ok(found)
}

/// Whoever wrote down what a review is about is proposed for it: they know most of it. Only to whoever may say so, and only as long as
/// nobody has it.
fn offered<'a>(
    viewer: &Viewer,
    task: &Task,
    author: Option<UserId>,
    staff: &'a [(UserId, String)],
) -> Option<&'a (UserId, String)> {
    let author = author.filter(|_| task.assignee.is_none())?;
    let needed = task::needs(&Change::Assign(Some(author)), viewer.user);
    access::may(viewer, needed, &relation(task)).ok()?;
    staff.iter().find(|(id, _)| *id == author)
}

/// Whom of those who can take it to give an open task, in words, for whoever may give it to others.
async fn proposal(
    look: &mut Look,
    frame: &Frame,
    task: &Task,
    staff: &[(UserId, String)],
) -> Result<Option<String>, Fail> {
    let viewer = look.viewer().clone();
    let gives = access::may(&viewer, Action::Assign, &relation(task)).is_ok();
    if !gives || task.state != TaskState::Open {
        return Ok(None);
    }
    let now = look.now();
    let Some(p) = workload::proposal(&mut look.conn(), &viewer, task, now).await? else { return Ok(None) };
    let offered = task.assignee != Some(p.user) && staff.iter().any(|(id, _)| *id == p.user);
    Ok(offered.then(|| p.words(&frame.t)))
}

/// The kinds that are done by saying so; the others are done by the act they promise.
const fn finished_here(kind: TaskKind) -> bool {
    matches!(
        kind,
        TaskKind::FollowUp
            | TaskKind::Review
            | TaskKind::Reroute
            | TaskKind::ConsentEnds
            | TaskKind::ConsentOfAge
            | TaskKind::TakePart
            | TaskKind::HearPart
            | TaskKind::PlanAction
            | TaskKind::HearAction
            | TaskKind::FirstCheck
            | TaskKind::ConsiderNext
            | TaskKind::AskedMatter
    )
}

/// POST /tasks/{id}/assign: takes it, gives it, or puts it back to the desk.
pub async fn assign(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let id: TaskId = req.id("id")?;
    let to: Option<UserId> = form.id("assignee", Need::Optional);
    if form.has_problems() {
        return render(&req, form).await;
    }
    change(&req, id, Change::Assign(to), "task_assigned").await
}

/// POST /tasks/{id}/postpone: another day, and why.
pub async fn postpone(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let id: TaskId = req.id("id")?;
    let day = form.promised_day("due", Need::Required);
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
    change(&req, id, Change::Postpone(due, reason), "task_postponed").await
}

/// Changes it, offers to take that back, and goes on with today's work.
async fn change(req: &Req, id: TaskId, change: Change, flash: &str) -> Result<Answer, Fail> {
    let envelope = req.envelope();
    let receipt = change_one(&req.ctx()?, &envelope, id, &change).await?;
    Ok(Answer::to(link::TODAY, flash, receipt).undoable(envelope.command))
}

fn before() -> Receipt {
    Receipt::nothing_personal("done before")
}

/// How desks stand to a task.
fn relation(task: &Task) -> Relation {
    let mut relation = Relation::within(task.about.case);
    relation.task = Some(task.desk);
    relation
}

const fn record(id: TaskId) -> RecordRef {
    RecordRef { kind: RecordKind::Case, id: id.cast() }
}

/// One change of one task: a command of its own with its own right, sent alone or among others.
pub(super) async fn change_one(
    ctx: &Ctx,
    envelope: &Envelope,
    id: TaskId,
    change: &Change,
) -> Result<Receipt, Fail> {
    let kind = match change {
        Change::Assign(_) => "task.assign",
        Change::Postpone(..) => "task.postpone",
    };
    let Begun::New(mut act) = ctx.act(envelope, kind, &(id, change)).await? else { return Ok(before()) };
    let m = act.municipality();
    let task = task::by_id(&mut act.facts()?, m, id, &ctx.viewer).await?.ok_or(Fail::NotVisible)?;
    let right = act.permit(task::needs(change, ctx.viewer.user), &relation(&task), record(id)).await?;
    if task.state != TaskState::Open {
        return Err(Refusal::new("task_page.not_open").into());
    }
    act.check_version(task.version)?;
    if let Change::Assign(Some(user)) = change {
        let key = task.kind.only_for().map_or("task_page.not_of_desk", |_| "task_page.not_of_role");
        sits_there(&mut act, &task, *user, key).await?;
    }
    task::change(&mut act, &right, &task, change).await?;
    Ok(act.commit(&id.to_string()).await?)
}

/// Refuses, with this sentence, whoever does not sit at the task's desk today, or is not told of it there.
async fn sits_there(act: &mut Act, task: &Task, user: UserId, key: &'static str) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let staff = task::can_take(&mut act.facts()?, m, task, now).await?;
    if staff.iter().any(|(id, _)| *id == user) { Ok(()) } else { Err(Refusal::new(key).into()) }
}

/// Takes one own change back: a command of its own, with the right that the change needed.
pub(super) async fn undo_one(ctx: &Ctx, envelope: &Envelope, change: CommandId) -> Result<Receipt, Fail> {
    let Begun::New(mut act) = ctx.act(envelope, "task.undo", &change).await? else { return Ok(before()) };
    let (m, user) = (act.municipality(), ctx.viewer.user);
    let kept = task::kept(&mut act.facts()?, m, user, &[change]).await?.pop().ok_or(Fail::NotVisible)?;
    let task = task::by_id(&mut act.facts()?, m, kept.task, &ctx.viewer).await?.ok_or(Fail::NotVisible)?;
    let needed = match kept.what {
        task::What::Assign => task::needs(&Change::Assign(task.assignee), user),
        task::What::Postpone | task::What::Undo => Action::WorkTask,
    };
    let right = act.permit(needed, &relation(&task), record(task.id)).await?;
    task::undoable(task.state, task.version, kept.version, kept.undone)?;
    if let (task::What::Assign, Some(before)) = (kept.what, kept.assignee) {
        sits_there(&mut act, &task, before, "bulk.undo_gone").await?;
    }
    task::undo(&mut act, &right, &task, &kept).await?;
    Ok(act.commit(&task.id.to_string()).await?)
}

/// POST /tasks/changes/{id}/undo: takes one change back, right after it was made.
pub async fn undo(req: Arc<Req>) -> Result<Answer, Fail> {
    let receipt = undo_one(&req.ctx()?, &req.envelope(), req.id("id")?).await?;
    Ok(Answer::to(link::TODAY, "undone", receipt))
}

/// POST /tasks/{id}/done
pub async fn done(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: TaskId = req.id("id")?;
    let mut act = match ctx.act(&req.envelope(), "task.done", &id).await? {
        Begun::New(act) => act,
        Begun::Before(to) => return Ok(Answer::to(&to, "task_done", before())),
    };
    let m = act.municipality();
    let task = task::by_id(&mut act.facts()?, m, id, &ctx.viewer).await?.ok_or(Fail::NotVisible)?;
    let right = act.permit(Action::WorkTask, &relation(&task), record(id)).await?;
    if task.state != TaskState::Open {
        return Err(Refusal::new("task_page.not_open").into());
    }
    act.check_version(task.version)?;
    if !finished_here(task.kind) {
        return Err(Refusal::new("task_page.done_elsewhere").into());
    }
    task::end(&mut act, &right, id, TaskState::Done, "").await?;
    settle(&mut act, &right, &task).await?;
    let receipt = act.commit(link::TODAY).await?;
    Ok(Answer::to(link::TODAY, "task_done", receipt))
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
