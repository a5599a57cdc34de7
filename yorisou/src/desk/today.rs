//! 今日の仕事: what must I do now.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use access::{Role, Scope, Viewer};
use askama::Template;
use engine::{Broken, Channel, Fail, Look, args};
use site::{Answer, Form, Frame, Req, WORKERS, link};
use task::{Task, TaskKind};
use words::id::{CaseId, CommandId, ConsultationId, DeskId, ReferralId, ThingId};

use super::names;
use super::nobody::{Zero, zeros};
use super::rows::{Around, TaskRow, row};

/// Tasks shown at once; the page says how many more there are.
const MOST: i64 = 40;

#[derive(Template)]
#[template(path = "desk_today.html")]
struct TodayPage {
    frame: Frame,
    rows: Vec<TaskRow>,
    /// Of an auditor: what is to be reviewed or prepared.
    audits: Option<Vec<TaskRow>>,
    /// Of whoever keeps meetings: what sessions, minutes and what goes round wait for.
    meets: Option<Vec<TaskRow>>,
    urgent: Vec<TaskRow>,
    triages: Vec<triage::Running>,
    /// Conferences that nobody at their secretariat may run, for whoever administers the town or chairs a body.
    deputies: usize,
    /// Pairs of records that somebody else said are of one person, and that wait for this viewer.
    same: usize,
    late: usize,
    due_today: usize,
    /// Where the rest is.
    more: Option<String>,
    all: bool,
    zeros: Vec<Zero>,
    reasons: Vec<String>,
    drafts: i64,
    /// Desks of the viewer that end soon, and those whose work came to them lately.
    turning: Vec<String>,
    worker: bool,
    liaison: bool,
    unread: i64,
    form: Form,
    people: Vec<(String, String)>,
    back: String,
}

/// That a desk ends, or has ended, in words.
fn turns(frame: &Frame, desk: register::Turning) -> String {
    let key = match (desk.over, desk.heir.is_empty()) {
        (true, _) => "today.desk_taken",
        (false, false) => "today.desk_ends",
        (false, true) => "today.desk_ends_open",
    };
    let said = [("desk", desk.desk), ("day", frame.t.full_day(desk.last)), ("heir", desk.heir)];
    frame.t.fs(key, &said)
}

/// GET /
pub async fn today(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut frame = req.frame();
    let worker = ctx.viewer.has_role(WORKERS);
    let all = req.query().get("all").is_some();
    let mut look = ctx.look(Channel::List).await?;
    let scope = Scope::own_desks(&ctx.viewer);
    let assignee = (!all).then_some((ctx.viewer.user, ctx.now.day()));
    let wanted = pages(req.query());
    let most = MOST * wanted;
    let mut tasks = if worker {
        task::open_for(&mut look.conn(), ctx.viewer.municipality, &scope, assignee, &ctx.viewer, most + 1)
            .await?
    } else {
        Vec::new()
    };
    let shown = usize::try_from(most).unwrap_or(usize::MAX);
    let more = (tasks.len() > shown).then(|| {
        let all = if all { "all=1&" } else { "" };
        format!("/?{all}pages={}", wanted + 1)
    });
    tasks.truncate(shown);
    let (rows, reasons) = rows(&mut look, &frame, &tasks).await?;
    let late = rows.iter().filter(|r| r.class == "is-late").count();
    let due_today = rows.iter().filter(|r| r.class == "is-soon").count();
    // A running triage stands first, once, with its own clock: its promises need not stand below again.
    let triages = if worker { triage::running(&mut look, &frame).await? } else { Vec::new() };
    let rows: Vec<TaskRow> = rows.into_iter().filter(|r| !r.triage).collect();
    let (urgent, rows): (Vec<TaskRow>, Vec<TaskRow>) =
        rows.into_iter().partition(|r| r.urgent && !r.class.is_empty());
    let watcher = ctx.viewer.has_role(&[Role::AgencyLead, Role::Coordinator]);
    let zeros = if watcher { zeros(&mut look).await? } else { Vec::new() };
    let audits = audits(&mut look, &frame).await?;
    let meets = meets(&mut look, &frame).await?;
    // Whoever chairs a body and works at a desk has it among their tasks.
    let deputies = if !worker || ctx.viewer.has_role(&[Role::Administrator]) {
        conference::deputies_wanted(&mut look.conn(), &ctx.viewer, ctx.now).await?
    } else {
        0
    };
    let same = if worker { same::to_confirm(&mut look).await? } else { 0 };
    let drafts =
        count(&mut look, "SELECT COUNT(*) AS n FROM draft WHERE municipality_id = $1 AND author_id = $2")
            .await?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let turning = register::turning(&mut look.conn(), m, &ctx.viewer.seats, today).await?;
    let turning = turning.into_iter().map(|desk| turns(&frame, desk)).collect();
    let unread = feedback::unread(&mut look.conn(), &ctx.viewer).await?;
    frame.undo = undo(&mut look, req.undo_asked()).await?;
    let page = TodayPage {
        form: Form::default(),
        people: if rows.is_empty() { Vec::new() } else { super::bulk::people(&mut look).await? },
        back: format!("{}{}", link::TODAY, if all { "?all=1" } else { "" }),
        liaison: ctx.viewer.has_role(&[Role::Liaison]),
        frame,
        rows,
        audits,
        meets,
        deputies,
        same,
        urgent,
        triages,
        late,
        due_today,
        more,
        all,
        zeros,
        reasons,
        drafts,
        turning,
        worker,
        unread,
    };
    Answer::page(page.render(), look.close().await?)
}

/// The reviews and reports that wait at the desks where this person is the privacy auditor; nothing for everybody else.
async fn audits(look: &mut Look, frame: &Frame) -> Result<Option<Vec<TaskRow>>, Broken> {
    const KINDS: &[TaskKind] = &[TaskKind::UrgentReview, TaskKind::AccessReport];
    let viewer = look.viewer().clone();
    let Some(desks) = desks_as(&viewer, Role::PrivacyAuditor) else { return Ok(None) };
    let (m, excluded) = (viewer.municipality, &viewer.excluded_from);
    let tasks = task::open_of_kinds(&mut look.conn(), m, desks, KINDS, excluded, MOST).await?;
    Ok(Some(rows(look, frame, &tasks).await?.0))
}

/// The desks at which somebody serves in a role; nothing when at none.
fn desks_as(viewer: &Viewer, role: Role) -> Option<Vec<DeskId>> {
    let at = viewer.seats.iter().filter(|s| s.role == role);
    let desks: Vec<_> = at.flat_map(|s| s.inherited.iter().copied().chain([s.desk])).collect();
    (!desks.is_empty()).then_some(desks)
}

/// What sessions wait for at the desks where this person keeps meetings, nobody else being in charge of it; nothing for everybody
/// else. Where they work with people as well, their list has it already.
async fn meets(look: &mut Look, frame: &Frame) -> Result<Option<Vec<TaskRow>>, Broken> {
    const KINDS: &[TaskKind] = &[
        TaskKind::AnswerInvitation,
        TaskKind::FetchInvitation,
        TaskKind::PlaceItem,
        TaskKind::HoldSession,
        TaskKind::MakeUp,
        TaskKind::WriteMinutes,
        TaskKind::CommentMinutes,
        TaskKind::ReadCirculation,
        TaskKind::TellCirculation,
        TaskKind::Homework,
        TaskKind::HearHomework,
        TaskKind::ReadAfter,
        TaskKind::TellAfter,
    ];
    let viewer = look.viewer().clone();
    let Some(mut desks) = desks_as(&viewer, Role::Secretariat) else { return Ok(None) };
    let reads = viewer.reading_desks();
    desks.retain(|d| !reads.contains(d));
    if desks.is_empty() {
        return Ok(None);
    }
    let (m, excluded) = (viewer.municipality, &viewer.excluded_from);
    let mut tasks = task::open_of_kinds(&mut look.conn(), m, desks, KINDS, excluded, 4 * MOST).await?;
    tasks.retain(|t| t.assignee.is_none_or(|a| a == viewer.user));
    Ok(Some(rows(look, frame, &tasks).await?.0))
}

/// How many times [`MOST`] are shown: each step shows more of the same list.
fn pages(query: &site::Fields) -> i64 {
    query.get("pages").and_then(|n| n.parse().ok()).unwrap_or(1).clamp(1, 25)
}

/// Where the change that was just made is taken back, as long as this person can.
async fn undo(look: &mut Look, change: Option<CommandId>) -> Result<Option<String>, Broken> {
    let Some(command) = change else { return Ok(None) };
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let Some(kept) = task::kept(&mut look.conn(), m, viewer.user, &[command]).await?.pop() else {
        return Ok(None);
    };
    let task = task::by_id(&mut look.conn(), m, kept.task, &viewer).await?;
    let can = task.is_some_and(|t| task::undoable(t.state, t.version, kept.version, kept.undone).is_ok());
    Ok(can.then(|| format!("/tasks/changes/{command}/undo")))
}

async fn count(look: &mut Look, sql: &'static str) -> Result<i64, Broken> {
    let (m, user) = (look.viewer().municipality, look.viewer().user);
    look.conn().one(sql, args![m, user]).await?.get("n")
}

/// Lines for tasks, with every name this viewer may know; and why they may.
pub async fn rows(
    look: &mut Look,
    frame: &Frame,
    tasks: &[Task],
) -> Result<(Vec<TaskRow>, Vec<String>), Broken> {
    if tasks.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (m, today) = (look.viewer().municipality, look.now().day());
    let cases: BTreeSet<CaseId> = tasks.iter().filter_map(|t| t.about.case).collect();
    let consultations: BTreeSet<ConsultationId> = tasks.iter().filter_map(|t| t.about.consultation).collect();
    let referrals: BTreeSet<ReferralId> = tasks.iter().filter_map(|t| t.about.referral).collect();
    let mut called = names::called(
        look,
        cases.into_iter().collect(),
        consultations.into_iter().collect(),
        referrals.into_iter().collect(),
    )
    .await?;
    let reviews = tasks.iter().filter(|t| t.kind == TaskKind::Review).map(|t| t.made_by).collect();
    let reviews = household::reviewed(look, frame, &reviews, &mut called.reasons).await?;
    let (own, me) = (look.viewer().desks(), look.viewer().user);
    let mut conn = look.conn();
    let settings = register::settings(&mut conn, m).await?;
    let staff = register::user_names(&mut conn, m, tasks.iter().filter_map(|t| t.assignee)).await?;
    let sitting = register::desks_of(&mut conn, m, tasks.iter().filter_map(|t| t.assignee), today).await?;
    let desks = register::desks(&mut conn, m, today).await?;
    let mut names: HashMap<_, _> = desks.iter().map(|d| (d.id, d.name.clone())).collect();
    // Desks that have ended keep their name on old referrals.
    let ended: BTreeSet<_> = tasks
        .iter()
        .flat_map(|t| [t.from_desk, t.to_desk])
        .flatten()
        .filter(|d| !names.contains_key(d))
        .collect();
    if !ended.is_empty() {
        names.extend(register::desk_names(&mut conn, m, ended, today).await?);
    }
    // Whoever has a promise of a session knows of the session: not whoever watches, nor the colleagues of whoever was asked by name.
    let mine = |t: &&Task| own.contains(&t.desk) && t.assignee.is_none_or(|user| user == me);
    let of_session = tasks.iter().filter(|t| super::rows::of_session(t.kind)).filter(mine);
    let held: Vec<ThingId> = of_session.filter_map(|t| t.about.thing).collect();
    let sessions: HashMap<_, _> = if held.is_empty() {
        HashMap::new()
    } else {
        let found = session::of_promises(&mut conn, m, &held).await?;
        found
            .into_iter()
            .map(|(id, title, at)| (id, format!("{title}\u{3000}{}", frame.t.day(at.day(), today))))
            .collect()
    };
    let opening: HashMap<_, _> = desks.into_iter().map(|d| (d.id, d.opening)).collect();
    let around = Around {
        frame,
        desks: &names,
        staff: &staff,
        sitting: &sitting,
        opening: &opening,
        called: &called,
        sessions: &sessions,
        reviews: &reviews,
        settings: &settings,
    };
    let rows = tasks.iter().map(|t| row(t, &around)).collect();
    Ok((rows, called.reasons.sentences(&frame.t)))
}
