//! 確かめた: somebody looked at a case of a list, says when next, and may ask the accountable desk how it goes on.

use std::sync::Arc;

use access::{Action, RecordRef, Relation};
use askama::Template;
use engine::{Act, Begun, Channel, Conn, Fail, Receipt};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req};
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{OpeningDays, business_day_after};
use words::code::Code;
use words::id::{CaseId, ThingId, UserId};
use words::{Day, Instant};

use crate::lists::{address, list_key};
use crate::rules::{Ageing, Decision, Tick};
use crate::sql::{self, Case, NewLook};

/// Days until the next look when nothing else is said: a monthly review.
const AGAIN: i64 = 30;
/// The latest next look.
const LATEST: i64 = 366;
/// Business days the accountable desk has to decide.
const ANSWER_DAYS: u32 = 5;

/// A look, as it is sent.
#[derive(Debug, Clone, Serialize)]
struct Body {
    list: Ageing,
    case: CaseId,
    next: Day,
    decision: Decision,
    decider: Option<UserId>,
    ticks: Vec<Tick>,
}

#[derive(Template)]
#[template(path = "workload_look.html")]
struct LookPage {
    frame: Frame,
    form: Form,
    list: &'static str,
    back: &'static str,
    case: CaseId,
    number: String,
    desk: String,
    opened: String,
    ticks: Vec<Choice>,
    decisions: Vec<Choice>,
    staff: Vec<Choice>,
}

/// An open case of the scope that this person watches; the answer of absence otherwise.
async fn watched_case(conn: &mut Conn<'_>, viewer: &access::Viewer, case: CaseId) -> Result<Case, Fail> {
    let scope = sql::watched(conn, viewer).await?;
    sql::open_case(conn, viewer, scope.as_deref(), case).await?.ok_or(Fail::NotVisible)
}

fn asked(fields: &site::Fields) -> Result<(Ageing, CaseId), Fail> {
    let list = fields.get("list").and_then(Ageing::parse).ok_or(Fail::NotVisible)?;
    let case = fields.get("case").and_then(|c| c.parse().ok()).ok_or(Fail::NotVisible)?;
    Ok((list, case))
}

/// GET /watch/look?list=&case=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (list, case) = asked(req.query())?;
    let next = req.t().short_day(req.now().day().plus_days(AGAIN));
    if !list.asks_to_raise() {
        let form = Form::filled(vec![("next", next), ("decision", Decision::GoOn.code().to_owned())]);
        return render(&req, list, case, form).await;
    }
    // What does not move is proposed to be decided anew, by whoever leads the desk.
    let decides = decides(&req, case).await?.map(|u| u.to_string()).unwrap_or_default();
    let decision = Decision::Ask.code().to_owned();
    let form = Form::filled(vec![("next", next), ("decision", decision), ("decider", decides)]);
    render(&req, list, case, form).await
}

async fn decides(req: &Req, case: CaseId) -> Result<Option<UserId>, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let found = watched_case(&mut look.conn(), &ctx.viewer, case).await?;
    let m = ctx.viewer.municipality;
    let sitting = sql::sitting(&mut look.conn(), m, Some(&[found.desk]), ctx.now.day()).await?;
    look.close().await?;
    let seats: Vec<(UserId, bool)> = sitting.iter().map(|s| (s.user, s.leads)).collect();
    Ok(crate::rules::decider(&seats, None))
}

async fn render(req: &Req, list: Ageing, case: CaseId, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Write).await?;
    let found = watched_case(&mut look.conn(), &ctx.viewer, case).await?;
    let names = register::desk_names(&mut look.conn(), m, [found.desk], ctx.now.day()).await?;
    let staff = register::staff_of(&mut look.conn(), m, found.desk, ctx.now.day()).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let page = LookPage {
        list: list_key(list),
        back: address(list),
        case,
        number: found.number,
        desk: names.get(&found.desk).cloned().unwrap_or_default(),
        opened: frame.day(&found.opened.day()),
        ticks: Tick::ALL.iter().map(|k| Choice::new(&form, "ticks", k, t.code("watch_tick", k))).collect(),
        decisions: Decision::ALL
            .iter()
            .map(|d| Choice::new(&form, "decision", d, t.code("watch_decision", d)))
            .collect(),
        staff: staff.into_iter().map(|(id, name)| Choice::new(&form, "decider", id, name)).collect(),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /watch/look
pub(crate) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let (list, case) = asked(req.body())?;
    let ctx = req.ctx()?;
    let today = ctx.now.day();
    let mut form = req.form();
    let next = form.coming_day("next", Need::Required);
    let decision = form.code::<Decision>("decision", Need::Required);
    let asks = decision == Some(Decision::Ask);
    let decider: Option<UserId> = form.id("decider", if asks { Need::Required } else { Need::Optional });
    let ticks = form.codes::<Tick>("ticks");
    if next.is_some_and(|d| d <= today || today.days_until(d) > LATEST) {
        form.problem("next", "watch.next_wrong");
    }
    let (Some(next), Some(decision), false) = (next, decision, form.has_problems()) else {
        return render(&req, list, case, form).await;
    };
    let decider = decider.filter(|_| asks);
    let body = Body { list, case, next, decision, decider, ticks };
    let back = address(list);
    match ctx.act(&req.envelope(), "watch.look", &body).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(back, "watch_looked", receipt))
        }
        Begun::New(mut act) => match record(&mut act, &body).await {
            Ok(()) => {
                let done = if asks { "watch_asked" } else { "watch_looked" };
                Ok(Answer::to(back, done, act.commit("").await?))
            }
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("decider", refusal.key);
                render(&req, list, case, form).await
            }
            Err(other) => Err(other),
        },
    }
}

async fn record(act: &mut Act, body: &Body) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let found = watched_case(&mut act.facts()?, &viewer, body.case).await?;
    let all = household::cases_of(&mut act.facts()?, &viewer, [found.household]).await?;
    let relation = Relation::within(all.into_values().flatten().chain([found.id]));
    let record = RecordRef::case(found.id);
    let right = act.permit(Action::LookOver, &relation, record).await?;
    let id: ThingId = act.new_id();
    if let Some(decider) = body.decider {
        let staff = register::staff_of(&mut act.facts()?, m, found.desk, now.day()).await?;
        if staff.iter().all(|(user, _)| *user != decider) {
            return Err(engine::Refusal::new("watch.decider_gone").into());
        }
    }
    let ticks: Vec<&str> = body.ticks.iter().map(|t| t.code()).collect();
    let new = NewLook {
        id,
        list: body.list,
        case: body.case,
        next: body.next,
        decision: body.decision,
        decider: body.decider,
        ticks: &ticks.join(" "),
    };
    sql::look_at(act, &right, &new).await?;
    if body.decision == Decision::Ask {
        // Asked again: the earlier question is this one now.
        let about = task::About { case: Some(found.id), thing: Some(id), ..task::About::default() };
        let case = task::About { case: Some(found.id), ..task::About::default() };
        task::end_all(act, &right, case, &[TaskKind::ConsiderNext], TaskState::Cancelled, "").await?;
        let due_at = Instant::at(business_day_after(&OpeningDays::default(), now.day(), ANSWER_DAYS), 17, 0);
        let new =
            NewTask { kind: TaskKind::ConsiderNext, desk: found.desk, assignee: body.decider, about, due_at };
        task::add(act, &right, &new).await?;
        task::settle(act, &right, Guarded::Case(found.id), due_at).await?;
    }
    Ok(())
}
