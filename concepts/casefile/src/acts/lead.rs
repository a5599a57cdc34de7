//! 一時的な主担当: proposed by one of two desks, accepted by the other, looked at on a day, returned with one act or kept.

use access::{Action, RecordRef, Relation, Right};
use engine::{Act, Begun, Fail, Refusal};
use household::entry::About;
use household::{Field, Marks, NewEntry};
use serde::Serialize;
use site::Req;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::id::{CaseId, DeskId, EntryId, ThingId};
use words::{Day, Instant};

use super::Done;
use crate::rules::CaseState;
use crate::rules::lead::{self, LeadState, LeadStep, Side, WhyLent};
use crate::sql::lead::{self as rows, Lead};
use crate::sql::{self, CaseHeader, ending as held};

/// The promises of a temporary lead.
const KINDS: &[TaskKind] = &[TaskKind::AnswerLead, TaskKind::CheckLead, TaskKind::AckLead];

/// A temporary lead as proposed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Proposed {
    pub taker: DeskId,
    pub by: DeskId,
    pub reason: WhyLent,
    pub why: String,
    pub until: String,
    pub marks: Marks,
    pub check_on: Day,
}

/// A step as taken.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Taken {
    pub step: LeadStep,
    /// The next look; of what was received, the first one.
    pub on: Option<Day>,
    /// Why it stays.
    pub words: String,
    pub marks: Marks,
}

fn close(day: Day) -> Instant {
    Instant::at(day, 17, 15)
}

async fn heir(act: &mut Act, desk: DeskId) -> Result<DeskId, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    Ok(register::heir(&mut act.facts()?, m, desk, today).await?)
}

async fn permit(
    act: &mut Act,
    case: CaseId,
    relation: &Relation,
    desk: Option<DeskId>,
) -> Result<Right, Fail> {
    // Each step is the word of one desk: it answers for that step as the accountable desk answers for the case.
    let mut relation = relation.clone();
    relation.accountable = desk;
    act.permit(Action::MoveLead, &relation, RecordRef::case(case)).await
}

async fn write(
    act: &mut Act,
    right: &Right,
    header: &CaseHeader,
    (body, marks): (&str, &Marks),
) -> Result<EntryId, Fail> {
    let text = NewEntry {
        field: Field::HandOver,
        form: None,
        household: Some(header.household),
        marks: marks.clone(),
        body: body.to_owned(),
        occurred_at: act.now(),
        told: None,
        about: About { case: Some(header.id), ..About::default() },
        corrects: None,
    };
    let written = household::entry::write(act, right, vec![text]).await?;
    household::findable::refresh(act, right, &[], &written).await?;
    written.first().copied().ok_or(Fail::NotVisible)
}

async fn owe(
    act: &mut Act,
    right: &Right,
    (case, of): (CaseId, ThingId),
    (kind, desk): (TaskKind, DeskId),
    due_at: Instant,
) -> Result<(), Fail> {
    let about = task::About { case: Some(case), thing: Some(of), ..task::About::default() };
    task::add(act, right, &NewTask { kind, desk, assignee: None, about, due_at }).await?;
    Ok(())
}

/// When an answer is due: where somebody may be in danger on the next business day.
async fn answer_due(act: &mut Act, reason: WhyLent) -> Result<Instant, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let days = match reason {
        WhyLent::Abuse | WhyLent::Danger => 1,
        _ => register::settings(&mut act.facts()?, m).await?.answer_business_days,
    };
    Ok(close(calendar::business_day_after(&OpeningDays::default(), today, days)))
}

/// Proposes one: by the accountable desk, or by the desk that would take it.
pub(crate) async fn propose(req: &Req, case: CaseId, new: &Proposed) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "case.lead", &(case, new)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (header, relation) = super::load(&mut act, case).await?;
    let (m, today) = (act.municipality(), act.now().day());
    let home = header.accountable.ok_or(Fail::NotVisible)?;
    // A desk that has ended takes nothing any more: what it had is with its heir.
    let lasts = register::heir(&mut act.facts()?, m, new.taker, today).await? == new.taker;
    let part = |d: DeskId| lasts && relation.case_desks.contains(&d);
    if !(part(new.taker) && (new.by == home || new.by == new.taker)) {
        return Err(Refusal::new("lead.not_joined").into());
    }
    let right = permit(&mut act, case, &relation, Some(new.by)).await?;
    let open = held::hold(&mut act, &right, case).await? == CaseState::Open;
    let all = rows::of_case(&mut act.facts()?, m, case).await?;
    lead::propose(open, all.iter().any(Lead::under_way), new.taker == home)?;
    lead::check_on(new.check_on, today)?;
    let why = write(&mut act, &right, &header, (&new.why, &new.marks)).await?;
    let until = write(&mut act, &right, &header, (&new.until, &new.marks)).await?;
    let id: ThingId = act.new_id();
    let row = rows::New {
        id,
        home,
        taker: new.taker,
        by: new.by,
        reason: new.reason,
        why,
        until,
        check_on: new.check_on,
    };
    rows::insert(&mut act, &right, case, &row).await?;
    rows::note(&mut act, &right, id, LeadStep::Propose, Some(new.check_on)).await?;
    let asked = if new.by == home { new.taker } else { home };
    let due = answer_due(&mut act, new.reason).await?;
    owe(&mut act, &right, (case, id), (TaskKind::AnswerLead, asked), due).await?;
    let otherwise = super::otherwise_due(&mut act).await?;
    task::settle(&mut act, &right, Guarded::Case(case), otherwise).await?;
    Ok(Done::Now(act.commit("").await?))
}

/// Takes a step.
pub(crate) async fn step(req: &Req, case: CaseId, of: ThingId, taken: &Taken) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "case.lead_step", &(case, of, taken)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (header, relation) = super::load(&mut act, case).await?;
    let (m, today) = (act.municipality(), act.now().day());
    let all = rows::of_case(&mut act.facts()?, m, case).await?;
    let old = all.into_iter().find(|l| l.id == of).ok_or(Fail::NotVisible)?;
    let (to, side) = lead::next(old.state, taken.step, old.acknowledged_at.is_some())?;
    let word = match side {
        Side::Proposer => Some(heir(&mut act, old.by).await?),
        Side::Asked => Some(heir(&mut act, old.asked()).await?),
        Side::Lead => header.accountable,
        Side::Home => Some(
            heir(&mut act, if to == LeadState::Kept { old.home } else { old.to.unwrap_or(old.home) }).await?,
        ),
    };
    let right = permit(&mut act, case, &relation, word).await?;
    act.check_version(old.version)?;
    let open = held::hold(&mut act, &right, case).await? == CaseState::Open;
    let home = heir(&mut act, old.home).await?;
    let mut new = Lead { state: to, ..old.clone() };
    let about = task::About { thing: Some(of), ..task::About::default() };
    let end = if matches!(taken.step, LeadStep::Withdraw | LeadStep::Later) {
        (TaskState::Cancelled, "lead_changed")
    } else {
        (TaskState::Done, "")
    };
    task::end_all(&mut act, &right, about, KINDS, end.0, end.1).await?;
    match taken.step {
        LeadStep::Accept => {
            let taker = heir(&mut act, old.taker).await?;
            lead::accept(open, header.accountable == Some(home) && taker != home)?;
            rows::set(&mut act, &right, &old, &new).await?;
            shift(&mut act, &right, case, (home, taker), "lead_lent").await?;
            let due = close(old.check_on.max(today));
            owe(&mut act, &right, (case, of), (TaskKind::CheckLead, taker), due).await?;
        }
        LeadStep::Later => {
            let on = taken.on.ok_or_else(|| Refusal::new("date.required"))?;
            lead::check_on(on, today)?;
            new.check_on = on;
            rows::set(&mut act, &right, &old, &new).await?;
            let lead = header.accountable.ok_or(Fail::NotVisible)?;
            owe(&mut act, &right, (case, of), (TaskKind::CheckLead, lead), close(on)).await?;
        }
        LeadStep::Return => {
            let lead = header.accountable.ok_or(Fail::NotVisible)?;
            let target = target(&mut act, &old, header.accountable).await?;
            let target = target.ok_or_else(|| Refusal::new("lead.nobody_home"))?;
            new.to = Some(target);
            rows::set(&mut act, &right, &old, &new).await?;
            shift(&mut act, &right, case, (lead, target), "lead_returned").await?;
            received(&mut act, &right, (case, &old), target).await?;
        }
        LeadStep::Keep => {
            new.kept = Some(write(&mut act, &right, &header, (&taken.words, &taken.marks)).await?);
            new.to = header.accountable;
            // Where the desk it came from ended and the lead came after it, there is nobody else to tell.
            let told = header.accountable == Some(home);
            new.acknowledged_at = told.then(|| act.now());
            rows::set(&mut act, &right, &old, &new).await?;
            if !told {
                received(&mut act, &right, (case, &old), home).await?;
            }
        }
        LeadStep::Acknowledge => {
            new.acknowledged_at = Some(act.now());
            rows::set(&mut act, &right, &old, &new).await?;
            if let Some(on) = taken.on.filter(|_| open && to == LeadState::Returned) {
                lead::check_on(on, today)?;
                let about = task::About { case: Some(case), ..task::About::default() };
                let desk = header.accountable.ok_or(Fail::NotVisible)?;
                let assignee = act.viewer().map(|v| v.user);
                let due_at = close(on);
                let first = NewTask { kind: TaskKind::NextPromise, desk, assignee, about, due_at };
                task::add(&mut act, &right, &first).await?;
            }
        }
        LeadStep::Decline | LeadStep::Withdraw | LeadStep::Propose | LeadStep::Moved => {
            rows::set(&mut act, &right, &old, &new).await?;
        }
    }
    rows::note(&mut act, &right, of, taken.step, taken.on).await?;
    let otherwise = super::otherwise_due(&mut act).await?;
    task::settle(&mut act, &right, Guarded::Case(case), otherwise).await?;
    Ok(Done::Now(act.commit("").await?))
}

/// Moves accountability with what is promised for the household and what a death or a move left to look through.
async fn shift(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    (from, to): (DeskId, DeskId),
    why: &'static str,
) -> Result<(), Fail> {
    for kind in [TaskKind::NextPromise, TaskKind::Review] {
        task::pass_on(act, right, case, kind, from, to).await?;
    }
    sql::move_accountability(act, right, case, to, why).await
}

/// Whoever it came back to, or who hears that it does not, says so.
async fn received(
    act: &mut Act,
    right: &Right,
    (case, of): (CaseId, &Lead),
    desk: DeskId,
) -> Result<(), Fail> {
    let due = answer_due(act, of.reason).await?;
    owe(act, right, (case, of.id), (TaskKind::AckLead, desk), due).await
}

/// Where it returns, as things stand today.
async fn target(act: &mut Act, of: &Lead, lead: Option<DeskId>) -> Result<Option<DeskId>, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let mut conn = act.facts()?;
    Ok(returns_to(&mut conn, (m, today), of.home, lead).await?)
}

/// The desk that a lead returns to on a day.
pub(crate) async fn returns_to(
    conn: &mut engine::Conn<'_>,
    (m, today): (words::id::MunicipalityId, Day),
    home: DeskId,
    lead: Option<DeskId>,
) -> Result<Option<DeskId>, engine::Broken> {
    let home = register::heir(conn, m, home, today).await?;
    let stands = register::desk(conn, m, home, today).await?;
    let stands = stands.is_some_and(|d| d.has_login && d.valid_to.is_none_or(|last| last >= today));
    let section = register::municipal_section(conn, m, today).await?;
    Ok(lead::returns_to(lead, (home, stands), section))
}
