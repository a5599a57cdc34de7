//! Promises: who owes what by when, and which of them guards what.

use std::borrow::Cow;

use access::Category;
use casefile::CaseState;
use engine::args;
use household::{EntryState, Field};
use task::{TaskKind, TaskState};
use town::{ConsentState, Moment, ReferralState, SheetState, TaskOf};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, EntryId, TaskId};

use crate::plan::{Plan, has_consent, spread};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::{NewText, World, moment};

/// What a task is about, by positions in the plan.
#[derive(Clone, Copy, Default)]
pub(crate) struct About {
    pub case: Option<usize>,
    pub consultation: Option<usize>,
    pub referral: Option<usize>,
    pub sheet: Option<usize>,
}

/// A task to be written.
pub(crate) struct TaskPlan {
    pub id: TaskId,
    pub kind: TaskKind,
    pub state: TaskState,
    pub desk: u32,
    pub staff: Option<u32>,
    pub about: About,
    pub due: Instant,
    pub ended: Option<Instant>,
    /// What was promised, in words.
    pub promise: String,
    /// When it was made.
    pub made: Instant,
}

/// Days for which a referral that came to nothing still asks for another way.
const REROUTE_DAYS: i32 = 30;

struct Maker<'w, 'a> {
    world: &'w World<'a>,
    tasks: Vec<TaskPlan>,
}

impl Maker<'_, '_> {
    #[expect(clippy::too_many_arguments, reason = "one line per column is easier to check than a builder")]
    fn add(
        &mut self,
        kind: TaskKind,
        (desk, staff): (u32, Option<u32>),
        about: About,
        made: Instant,
        due: Instant,
        ended: Option<(TaskState, Instant)>,
        promise: &str,
    ) -> TaskId {
        let world = self.world;
        let id = world.id(made);
        let desk = if ended.is_none() { world.heir(desk) } else { desk };
        // A task of somebody who has left lies with the desk.
        let staff = staff.filter(|s| ended.is_some() || world.seat(*s, desk, world.town.today).is_some());
        let (state, ended) = ended.map_or((TaskState::Open, None), |(s, at)| (s, Some(at)));
        let promise = promise.to_owned();
        self.tasks.push(TaskPlan { id, kind, state, desk, staff, about, due, ended, promise, made });
        id
    }
}

/// Decides on all tasks and points the guards.
pub(crate) fn plan(world: &World<'_>, plan: &mut Plan) {
    let mut maker = Maker { world, tasks: Vec::new() };
    let mut dues = Dues::default();
    for task in &world.town.tasks {
        of_town(&mut maker, plan, task, &mut dues);
    }
    referrals(&mut maker, plan, &dues);
    sheets(&mut maker, plan, &dues);
    for at in 0..plan.cases.len() {
        let case = &plan.cases[at];
        if case.town.is_none() && case.is_open() {
            let about = About { case: Some(at), ..About::default() };
            let promise = say(&world.texts.promise, "next");
            let due = spread(world, at);
            maker.add(
                TaskKind::NextPromise,
                (case.accountable(), None),
                about,
                case.opened,
                due,
                None,
                promise,
            );
        }
    }
    plan.tasks = maker.tasks;
    guards(plan);
}

/// When the town says that a referral's or a sheet's open task is due.
#[derive(Default)]
struct Dues {
    answer: std::collections::HashMap<u32, Moment>,
    feedback: std::collections::HashMap<u32, Moment>,
    sheet: std::collections::HashMap<u32, Moment>,
}

fn of_town(maker: &mut Maker<'_, '_>, plan: &Plan, task: &town::Task, dues: &mut Dues) {
    use town::TaskKind as K;
    let world = maker.world;
    let state = TaskState::parse(task.state.code()).unwrap_or(TaskState::Done);
    let ended = task.ended.map(|at| (state, world.past(at)));
    let (made, due) = (world.past(task.made.at(600)), moment(task.due));
    let seat = (task.desk, task.staff);
    match task.of {
        TaskOf::Consultation(at) => {
            let about = About { consultation: Some(at as usize), ..About::default() };
            let stands = plan.consultations[at as usize].state;
            if stands.is_some() && (ended.is_some() || stands == Some("open")) {
                maker.add(TaskKind::Dispose, seat, about, made, due, ended, task.title);
            }
        }
        TaskOf::Case(at) => {
            let case = &plan.cases[at as usize];
            let about = About { case: Some(at as usize), ..About::default() };
            let kind = match task.kind {
                K::CaseReview => TaskKind::Review,
                K::FollowUp => TaskKind::FollowUp,
                _ => TaskKind::NextPromise,
            };
            if ended.is_some() || case.is_open() || kind == TaskKind::FollowUp {
                maker.add(kind, seat, about, made, due, ended, task.title);
            }
        }
        TaskOf::Consent(at) => {
            let consent = &world.town.consents[at as usize];
            let kind = if consent.state == ConsentState::Requested {
                TaskKind::NextPromise
            } else {
                TaskKind::Review
            };
            if let Some(case) = consent.case.map(|c| c as usize)
                && plan.cases[case].is_open()
            {
                let about = About { case: Some(case), ..About::default() };
                maker.add(kind, seat, about, made, due, ended, task.title);
            }
        }
        TaskOf::Referral(at) if ended.is_none() => {
            if task.kind == K::FeedbackOwed {
                dues.feedback.insert(at, task.due);
            } else {
                dues.answer.insert(at, task.due);
            }
        }
        TaskOf::Sheet(at) if ended.is_none() => drop(dues.sheet.insert(at, task.due)),
        // A transfer is on the list of transfers; tasks lie with desks and do not move with a person.
        TaskOf::Referral(_) | TaskOf::Sheet(_) | TaskOf::Transfer(_) => {}
    }
}

/// The moment what became of a referral was told, when its end tells it at once or the town says so.
pub(crate) fn told(r: &town::Referral) -> Option<Moment> {
    use ReferralState as S;
    match r.state {
        // What was not done is told with the step itself.
        S::Refused | S::Failed | S::DeclinedByPerson => r.history.last().map(|s| s.at),
        S::Completed => r.feedback.as_ref().and_then(|f| f.given),
        _ => None,
    }
}

fn referrals(maker: &mut Maker<'_, '_>, plan: &mut Plan, dues: &Dues) {
    use ReferralState as S;
    let world = maker.world;
    for (at, r) in (0_u32..).zip(&world.town.referrals) {
        let number = at as usize;
        let case = plan.referrals[number].case;
        let about = About { case: Some(case), referral: Some(number), ..About::default() };
        let signs = world.signs(r.to_desk);
        // Whoever has no login is asked by the sender, who writes the answer down.
        let answering = if signs { r.to_desk } else { r.from_desk };
        let made = world.past(r.history.last().map_or(r.created, |s| s.at));
        let due = dues.answer.get(&at).map_or_else(|| spread(world, number), |d| moment(*d));
        match r.state {
            S::Sent | S::Accepted | S::InProgress | S::OnHold => {
                let kind = match (r.state, signs) {
                    // Also what holds things up must be asked for.
                    (S::Sent | S::OnHold, false) => TaskKind::FetchAnswer,
                    (S::Sent, true) => TaskKind::AnswerReferral,
                    _ => TaskKind::FinishReferral,
                };
                maker.add(kind, (answering, None), about, made, due, None, "");
            }
            S::Completed | S::Failed | S::Refused | S::DeclinedByPerson => {
                let told = told(r).map(|t| (TaskState::Done, world.past(t)));
                let due = dues.feedback.get(&at).copied().or(r.feedback.as_ref().map(|f| f.due.at(1_020)));
                let due = due.map_or(made, moment);
                let id = maker.add(TaskKind::GiveFeedback, (answering, None), about, made, due, told, "");
                plan.referrals[number].feedback = Some(id);
                let recent = world.town.today.0 - r.history.last().map_or(0, |s| s.at.day.0) <= REROUTE_DAYS;
                if recent && r.state != S::Completed && plan.cases[case].is_open() {
                    let desk = plan.cases[case].accountable();
                    let about = About { case: Some(case), ..About::default() };
                    let due = spread(world, number + 7);
                    let promise = say(&world.texts.promise, "reroute");
                    maker.add(TaskKind::Reroute, (desk, None), about, made, due, None, promise);
                }
            }
            S::Draft => {
                let about = About { case: Some(case), ..About::default() };
                if plan.cases[case].is_open() {
                    let seat = (r.from_desk, Some(r.author));
                    let promise = say(&world.texts.promise, "next");
                    maker.add(TaskKind::NextPromise, seat, about, made, due, None, promise);
                }
            }
            S::Withdrawn | S::EnteredInError => {}
        }
    }
}

/// The day a sheet was answered; the town does not say, so a few days after it was written.
pub(crate) fn answered(world: &World<'_>, sheet: &town::ConnectingSheet) -> Instant {
    world.past(sheet.written_at.day.business(4).at(930))
}

fn sheets(maker: &mut Maker<'_, '_>, plan: &mut Plan, dues: &Dues) {
    let world = maker.world;
    for (at, sheet) in (0_u32..).zip(&world.town.sheets) {
        let number = at as usize;
        let about = About { sheet: Some(number), ..About::default() };
        let made = world.past(sheet.written_at);
        let due = dues.sheet.get(&at).map_or_else(|| spread(world, number), |d| moment(*d));
        let seat = (plan.sheets[number].provider, None);
        let waiting = sheet.state != SheetState::Answered;
        let taken = world.past(sheet.written_at.day.business(1).at(560)).max(made);
        let take_due = moment(sheet.written_at.day.business(2).at(1_020));
        let Some(consultation) = plan.sheets[number].consultation.filter(|_| has_consent(sheet)) else {
            if waiting {
                maker.add(TaskKind::TakeSheet, seat, about, made, due, None, "");
                continue;
            }
            let told = Some((TaskState::Done, answered(world, sheet)));
            maker.add(TaskKind::TakeSheet, seat, about, made, take_due, told, "");
            let id = maker.add(TaskKind::GiveFeedback, seat, about, made, take_due, told, "");
            plan.sheets[number].feedback = Some(id);
            continue;
        };
        maker.add(TaskKind::TakeSheet, seat, about, made, take_due, Some((TaskState::Done, taken)), "");
        let told = (!waiting).then(|| (TaskState::Done, answered(world, sheet).max(taken)));
        let decision = About { consultation: Some(consultation), ..About::default() };
        let coordinator = (seat.0, plan.sheets[number].coordinator);
        maker.add(TaskKind::Dispose, coordinator, decision, taken, due, told, "");
        let owed = if waiting { spread(world, number + 3) } else { due };
        let id = maker.add(TaskKind::GiveFeedback, seat, about, taken, owed, told, "");
        plan.sheets[number].feedback = Some(id);
    }
}

/// The earliest open task guards.
fn guards(plan: &mut Plan) {
    let mut order: Vec<&TaskPlan> = plan.tasks.iter().filter(|t| t.state == TaskState::Open).collect();
    order.sort_by_key(|t| (t.due, t.id));
    for task in order {
        if let Some(at) = task.about.case
            && plan.cases[at].state == CaseState::Open
        {
            plan.cases[at].guard.get_or_insert(task.id);
        }
        if let Some(at) = task.about.consultation
            && plan.consultations[at].state == Some("open")
        {
            plan.consultations[at].guard.get_or_insert(task.id);
        }
        if let Some(at) = task.about.sheet
            && task.kind == TaskKind::TakeSheet
        {
            plan.sheets[at].guard.get_or_insert(task.id);
        }
    }
}

/// Writes the tasks, what was promised in them, and the feedback owed by them.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables) {
    for task in &plan.tasks {
        let about = task.about;
        let command = world.commands.of(about).unwrap_or(world.command);
        let cancelled = task.state == TaskState::Cancelled;
        let entry = promise(world, plan, tables, task, command);
        tables.row(
            Table::Task,
            args![
                world.m,
                task.id,
                task.kind.code(),
                task.state.code(),
                world.desk(task.desk),
                task.staff.map(|s| world.user(s)),
                about.case.map(|at| plan.cases[at].id),
                about.consultation.map(|at| plan.consultations[at].id),
                about.referral.map(|at| plan.referrals[at].id),
                about.sheet.map(|at| plan.sheets[at].id),
                entry,
                task.due,
                task.ended,
                if cancelled { task.promise.as_str() } else { "" },
                command,
            ],
        );
    }
    for row in std::mem::take(&mut world.feedback) {
        tables.row(Table::Feedback, row);
    }
}

/// What an open task promises, as a text of its desk.
fn promise(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    task: &TaskPlan,
    command: CommandId,
) -> Option<EntryId> {
    if task.promise.is_empty() || task.state != TaskState::Open {
        return None;
    }
    let consultation = task.about.consultation.and_then(|at| world.town.consultations.get(at));
    let home = match (task.about.case, consultation) {
        (Some(case), _) => world.home_at.get(&plan.cases[case].home).copied(),
        (None, Some(c)) => c.household.and_then(|h| world.home_at.get(&(h, c.desk)).copied()),
        (None, None) => None,
    };
    let new = NewText {
        field: Field::Promise,
        form: None,
        desk: task.desk,
        author: task.staff,
        home,
        subjects: town::Subjects::default(),
        categories: [Category::Basic, Category::Support].into_iter().collect(),
        body: Cow::Owned(task.promise.clone()),
        occurred: task.made,
        recorded: task.made,
        told: None,
        about: household::entry::About {
            consultation: task.about.consultation.map(|at| plan.consultations[at].id),
            case: task.about.case.map(|at| plan.cases[at].id),
            ..household::entry::About::default()
        },
        state: EntryState::Valid,
        command,
    };
    Some(world.text(tables, &new))
}
