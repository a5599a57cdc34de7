//! What happens to a version of a plan: begin, load, permit, decide, save; then the guard of the case.

use std::collections::BTreeSet;

use access::{Action as May, RecordRef, Relation, Right};
use casefile::{CaseHeader, CaseState};
use decision::{Programme, Timing};
use engine::{Act, Fail, Refusal};
use household::entry;
use serde::Serialize;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::id::{CaseId, DecisionId, DeskId, EntryId, PlanLineId, SupportPlanId};
use words::{Day, Instant};

use crate::rules::{self, Achieved, Outcome, Part, Shape, Signed, State};
use crate::sql::{self, Line, New, NewLine, Plan};
use crate::write::{self, Before, Draft, Texts};

/// The promises of a plan in force.
pub(crate) const KINDS: &[TaskKind] = &[TaskKind::PlanAction, TaskKind::HearAction, TaskKind::Monitor];

/// What is asked of a version.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// The draft is written anew.
    Write(Draft),
    /// The person has applied; the plan can be decided.
    Propose(Option<(Day, Signed)>),
    /// Back to a draft.
    Back,
    /// Not to be.
    Drop,
    /// A decision puts it into force.
    Force(DecisionId),
    /// An action of a desk is done.
    Done(PlanLineId),
    /// How it goes, and when it is looked at next.
    Monitor { words: String, next: Day },
    /// The evaluation, and what follows from it.
    Evaluate(Evaluation),
}

/// An evaluation as written (評価シート).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Evaluation {
    pub goals: Vec<(PlanLineId, Achieved)>,
    pub words: String,
    pub outcome: Outcome,
    pub decision: Option<DecisionId>,
    /// One more follow-up after that of the decision.
    pub later: Option<Day>,
    pub hand_back: Option<(DeskId, Day)>,
}

/// A version, its case, and how desks stand to it.
pub(crate) struct Loaded {
    pub plan: Plan,
    pub header: CaseHeader,
    pub relation: Relation,
    pub lines: Vec<Line>,
}

async fn case_of(act: &mut Act, case: CaseId) -> Result<(CaseHeader, Relation), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)
}

async fn load(act: &mut Act, id: SupportPlanId) -> Result<Loaded, Fail> {
    let m = act.municipality();
    let plan = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let (header, relation) = case_of(act, plan.case).await?;
    let lines = sql::lines(&mut act.facts()?, m, [id]).await?;
    Ok(Loaded { plan, header, relation, lines })
}

async fn permit(act: &mut Act, case: CaseId, relation: &Relation) -> Result<Right, Fail> {
    act.permit(May::WritePlan, relation, RecordRef::case(case)).await
}

fn due_on(day: Day) -> Instant {
    Instant::at(day, 17, 15)
}

async fn settle(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    let due = calendar::add_business_days(&OpeningDays::default(), today.plus_days(days), 0);
    task::settle(act, right, Guarded::Case(case), due_on(due)).await
}

/// Begins a version: the first of its kind, or the next of the one in force.
pub(crate) async fn begin(
    act: &mut Act,
    case: CaseId,
    kind: Programme,
    draft: &Draft,
) -> Result<SupportPlanId, Fail> {
    let m = act.municipality();
    let (header, relation) = case_of(act, case).await?;
    let right = permit(act, case, &relation).await?;
    let all = sql::of_case(&mut act.facts()?, m, case).await?;
    let of_kind = || all.iter().filter(|p| p.kind == kind);
    let writing = of_kind().any(|p| matches!(p.state, State::Draft | State::Proposed));
    rules::begin(header.state == CaseState::Open, writing)?;
    rules::ahead(draft.monitoring, act.now().day())?;
    let follows = sql::former(&all, kind).map(|p| p.id);
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let new = New {
        id: act.new_id(),
        case,
        kind,
        follows,
        desk,
        monitoring: draft.monitoring,
        rhythm: draft.rhythm,
    };
    sql::insert(act, &right, &new).await?;
    // What did not change stays the same text in both versions.
    let former = match follows {
        Some(id) => sql::lines(&mut act.facts()?, m, [id]).await?,
        None => Vec::new(),
    };
    let texts = texts(act, &former).await?;
    let shared = former.iter().map(|l| l.entry).collect();
    let before = Before { lines: &former, texts: &texts, shared };
    write::lines(act, &right, (&header, new.id), draft, &before).await?;
    Ok(new.id)
}

/// The texts of lines, as far as they are disclosed to whoever acts.
async fn texts(act: &mut Act, lines: &[Line]) -> Result<Texts, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = viewer.municipality;
    let latest = entry::latest(&mut act.facts()?, m, lines.iter().map(|l| l.entry)).await?;
    let ids: BTreeSet<EntryId> = latest.values().copied().collect();
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, ids).await?;
    Ok(Texts { standing: act.disclose(sealed).await?.into_iter().map(|e| (e.id, e)).collect(), latest })
}

/// Takes a step of a version.
pub(crate) async fn step(act: &mut Act, id: SupportPlanId, step: &Step) -> Result<(), Fail> {
    let l = load(act, id).await?;
    let today = act.now().day();
    if let Step::Done(line) = step {
        return done(act, &l, *line).await;
    }
    let right = permit(act, l.header.id, &l.relation).await?;
    if !matches!(step, Step::Force(_)) {
        act.check_version(l.plan.version)?;
    }
    match step {
        Step::Write(draft) => rewrite(act, &right, &l, draft).await,
        Step::Propose(signed) => {
            let open = casefile::hold(act, &right, l.header.id).await? == CaseState::Open;
            rules::propose(l.plan.state, open, shape(&l))?;
            rules::applied(l.plan.kind, *signed, today)?;
            sql::set_state(act, &right, &l.plan, State::Proposed, *signed).await
        }
        Step::Back => {
            rules::back(l.plan.state)?;
            sql::set_state(act, &right, &l.plan, State::Draft, None).await
        }
        Step::Drop => {
            rules::drop_it(l.plan.state)?;
            sql::set_state(act, &right, &l.plan, State::Dropped, l.plan.signed).await
        }
        Step::Force(decision) => force(act, &right, &l, *decision).await,
        Step::Monitor { words, next } => monitor(act, &right, &l, words, *next).await,
        Step::Evaluate(evaluation) => evaluate(act, &right, &l, evaluation).await,
        Step::Done(_) => Err(Fail::NotVisible),
    }
}

/// What a version holds.
pub(crate) fn shape(l: &Loaded) -> Shape {
    let count = |parts: &[Part]| l.lines.iter().filter(|x| parts.contains(&x.part)).count();
    Shape {
        goals: count(&[Part::LongGoal, Part::ShortGoal]),
        actions: count(&[Part::Role]),
        follows: l.plan.follows.is_some(),
        change: count(&[Part::Change]) > 0,
    }
}

async fn rewrite(act: &mut Act, right: &Right, l: &Loaded, draft: &Draft) -> Result<(), Fail> {
    rules::writable(l.plan.state)?;
    rules::ahead(draft.monitoring, act.now().day())?;
    let m = act.municipality();
    let texts = texts(act, &l.lines).await?;
    // Whoever cannot read a line would write it away.
    if l.lines.iter().any(|x| texts.get(x.entry).is_none()) {
        return Err(Refusal::new("support_plan.not_all_seen").into());
    }
    let ids: Vec<EntryId> = l.lines.iter().map(|x| x.entry).collect();
    let shared = sql::shared(&mut act.facts()?, m, l.plan.id, ids).await?;
    let before = Before { lines: &l.lines, texts: &texts, shared };
    sql::set_draft(act, right, &l.plan, (draft.monitoring, draft.rhythm)).await?;
    write::lines(act, right, (&l.header, l.plan.id), draft, &before).await
}

/// Puts a proposal into force: its decision is used, the version before it makes way, and what desks have promised begins.
async fn force(act: &mut Act, right: &Right, l: &Loaded, decision: DecisionId) -> Result<(), Fail> {
    act.check_version(l.plan.version)?;
    let m = act.municipality();
    let open = casefile::hold(act, right, l.header.id).await? == CaseState::Open;
    let all = sql::of_case(&mut act.facts()?, m, l.header.id).await?;
    let former = all.iter().find(|p| p.kind == l.plan.kind && p.state == State::InForce);
    let timing = rules::force(l.plan.state, open, former.is_some())?;
    let thing = l.plan.id.cast();
    let text = (thing, Some(l.plan.proposal), None);
    let used = decision::consume(act, right, (l.header.id, decision), (l.plan.kind, timing), text).await?;
    let monitoring = used.monitoring.ok_or(Refusal::new("decision.does_not_fit"))?;
    if let Some(former) = former {
        sql::set_replaced(act, right, former.id).await?;
        end_promises(act, right, former.id, "plan_replaced").await?;
    }
    sql::set_in_force(act, right, &l.plan, (decision, monitoring)).await?;
    for line in l.lines.iter().filter(|x| x.part == Part::Role) {
        promise(act, right, l, line, monitoring).await?;
    }
    look_again(act, right, l, monitoring).await?;
    settle(act, right, l.header.id).await
}

/// The promise of a desk that does something: its own, or of whoever hears from a partner without a login. A desk that has
/// ended meanwhile has passed its work on.
async fn promise(act: &mut Act, right: &Right, l: &Loaded, line: &Line, last: Day) -> Result<(), Fail> {
    let Some(desk) = line.desk else { return Ok(()) };
    let (m, today) = (act.municipality(), act.now().day());
    let desk = register::heir(&mut act.facts()?, m, desk, today).await?;
    let info = register::desk(&mut act.facts()?, m, desk, today).await?;
    let joined = l.relation.accountable == Some(desk) || l.relation.case_desks.contains(&desk);
    let own = register::heir(&mut act.facts()?, m, l.plan.desk, today).await?;
    let (kind, holder) = match info {
        Some(info) if info.has_login && joined => (TaskKind::PlanAction, desk),
        // Who cannot sign in, or has no part in the case, is asked by the desk that answers for the plan.
        _ => (TaskKind::HearAction, own),
    };
    let about = task::About {
        case: Some(l.header.id),
        entry: Some(line.entry),
        thing: Some(l.plan.id.cast()),
        ..task::About::default()
    };
    let due_at = due_on(line.due.unwrap_or(last).max(today));
    let task = task::add(act, right, &NewTask { kind, desk: holder, assignee: None, about, due_at }).await?;
    sql::set_task(act, right, line.id, task).await
}

/// The promise to look at the plan again.
async fn look_again(act: &mut Act, right: &Right, l: &Loaded, on: Day) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let desk = register::heir(&mut act.facts()?, m, l.plan.desk, today).await?;
    let about =
        task::About { case: Some(l.header.id), thing: Some(l.plan.id.cast()), ..task::About::default() };
    let new = NewTask { kind: TaskKind::Monitor, desk, assignee: None, about, due_at: due_on(on) };
    task::add(act, right, &new).await?;
    Ok(())
}

async fn end_promises(
    act: &mut Act,
    right: &Right,
    plan: SupportPlanId,
    why: &'static str,
) -> Result<(), Fail> {
    let about = task::About { thing: Some(plan.cast()), ..task::About::default() };
    task::end_all(act, right, about, KINDS, TaskState::Cancelled, why).await?;
    Ok(())
}

async fn done(act: &mut Act, l: &Loaded, id: PlanLineId) -> Result<(), Fail> {
    let line = l.lines.iter().find(|x| x.id == id).ok_or(Fail::NotVisible)?;
    let Some((task, _, _, holder)) = line.task else {
        // Nobody's task: whoever writes the plan notes what the person says.
        let right = permit(act, l.header.id, &l.relation).await?;
        rules::done_by_them(l.plan.state, (line.part, line.who), line.achieved)?;
        return sql::set_achieved(act, &right, line.id, Achieved::Reached).await;
    };
    let mut relation = l.relation.clone();
    relation.task = Some(holder);
    let record = RecordRef::case(l.header.id);
    let right = act.permit(May::WorkTask, &relation, record).await?;
    if !task::end(act, &right, task, TaskState::Done, "").await? {
        return Err(Refusal::new("support_plan.action_over").into());
    }
    settle(act, &right, l.header.id).await
}

/// The marks of a plan: those of its goals, so that what is written about it later reaches the same people.
async fn marks_of(act: &mut Act, l: &Loaded) -> Result<household::Marks, Fail> {
    let texts = texts(act, &l.lines).await?;
    let marks = |part| {
        let line = l.lines.iter().find(|x| x.part == part)?;
        texts.get(line.entry).map(write::marks_of)
    };
    let first = marks(Part::LongGoal).or_else(|| marks(Part::ShortGoal)).or_else(|| marks(Part::Role));
    Ok(first.unwrap_or_else(|| household::Marks::new(Vec::new(), access::Categories::all())))
}

async fn note(act: &mut Act, right: &Right, l: &Loaded, part: Part, body: &str) -> Result<EntryId, Fail> {
    let marks = marks_of(act, l).await?;
    let text = write::line_text(&l.header, &marks, body, act.now());
    let written = entry::write(act, right, vec![text]).await?;
    // What is said of a plan is kept from whoever any of it is kept from.
    let m = act.municipality();
    let of = entry::latest(&mut act.facts()?, m, l.lines.iter().map(|x| x.entry)).await?;
    let of: Vec<EntryId> = of.into_values().collect();
    entry::carry_all_secrets(act, right, &of, &written).await?;
    household::findable::refresh(act, right, &[], &written).await?;
    let id = written.first().copied().ok_or(Fail::NotVisible)?;
    let seq = sql::next_seq(&l.lines, part);
    sql::add_lines(act, right, l.plan.id, &[NewLine::text(part, seq, id)]).await?;
    Ok(id)
}

async fn monitor(act: &mut Act, right: &Right, l: &Loaded, words: &str, next: Day) -> Result<(), Fail> {
    rules::monitor(l.plan.state, next, act.now().day())?;
    note(act, right, l, Part::Monitored, words).await?;
    let about = task::About { thing: Some(l.plan.id.cast()), ..task::About::default() };
    task::end_all(act, right, about, &[TaskKind::Monitor], TaskState::Done, "").await?;
    sql::set_monitoring(act, right, &l.plan, next).await?;
    look_again(act, right, l, next).await?;
    settle(act, right, l.header.id).await
}

async fn evaluate(act: &mut Act, right: &Right, l: &Loaded, e: &Evaluation) -> Result<(), Fail> {
    let today = act.now().day();
    let timing = rules::evaluate(l.plan.state, e.outcome)?;
    rules::ahead(e.later, today)?;
    rules::ahead(e.hand_back.map(|h| h.1), today)?;
    for (line, achieved) in &e.goals {
        let goal = |x: &&Line| x.id == *line && matches!(x.part, Part::LongGoal | Part::ShortGoal);
        l.lines.iter().find(goal).ok_or(Fail::NotVisible)?;
        sql::set_achieved(act, right, *line, *achieved).await?;
    }
    let words = note(act, right, l, Part::Evaluation, &e.words).await?;
    let Some(timing) = timing else {
        return sql::set_evaluated(act, right, &l.plan, e.outcome, None, None).await;
    };
    let decision = e.decision.ok_or(Refusal::new("support_plan.no_decision"))?;
    let of = (l.plan.kind, timing);
    let ended = (l.plan.id.cast(), None, l.plan.in_force_at);
    let used = decision::consume(act, right, (l.header.id, decision), of, ended).await?;
    let ends = timing == Timing::Close;
    let state = if ends { State::Ended } else { State::Interrupted };
    let hand_back = e.hand_back.filter(|_| ends);
    if let Some((to, _)) = hand_back {
        handed_back(act, l, to).await?;
    }
    sql::set_evaluated(act, right, &l.plan, e.outcome, Some((state, decision)), hand_back).await?;
    end_promises(act, right, l.plan.id, "plan_over").await?;
    let m = act.municipality();
    let own = register::heir(&mut act.facts()?, m, l.plan.desk, today).await?;
    // What is to be done then, as the conference said it; where no follow-up was decided, or this desk may not read it, what had come out.
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, used.how_followed).await?;
    let followed = act.disclose(sealed).await?.first().map(|e| e.id);
    // These survive the closing of the case.
    let about = task::About {
        case: Some(l.header.id),
        entry: Some(followed.unwrap_or(words)),
        thing: Some(l.plan.id.cast()),
        ..task::About::default()
    };
    let mut later: Vec<(TaskKind, DeskId, Day)> =
        used.follow_up_on.into_iter().chain(e.later).map(|day| (TaskKind::FollowUp, own, day)).collect();
    if let Some((to, day)) = hand_back {
        // Who cannot sign in is asked by the desk that answered for the plan.
        let there = register::desk(&mut act.facts()?, m, to, today).await?;
        let holder = if there.is_some_and(|d| d.has_login) { to } else { own };
        later.push((TaskKind::FirstCheck, holder, day));
    }
    for (kind, desk, day) in later {
        let due_at = due_on(day.max(today));
        task::add(act, right, &NewTask { kind, desk, assignee: None, about, due_at }).await?;
    }
    settle(act, right, l.header.id).await
}

/// つなぎ戻し goes to whoever a hand-back of this case was sent to.
async fn handed_back(act: &mut Act, l: &Loaded, to: DeskId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sent = casefile::referral_list(&mut act.facts()?, &viewer, &l.relation, l.header.id).await?;
    if sent.iter().any(|r| takes_back(r) && r.to == to) {
        Ok(())
    } else {
        Err(Refusal::new("support_plan.no_hand_back").into())
    }
}

/// A hand-back that was taken up.
pub(crate) fn takes_back(r: &casefile::ReferralLine) -> bool {
    r.kind == "hand_back" && matches!(r.state.as_str(), "accepted" | "in_progress" | "on_hold" | "completed")
}
