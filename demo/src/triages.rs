//! Urgent triages in every state: begun just now, late, waiting for a senior, sent back, confirmed by a senior, a stand-in or by
//! word of mouth, taken back. They are added to open cases of the town, the desks of the demonstration's people first.

use std::borrow::Cow;

use casefile::CaseState;
use engine::args;
use household::entry::About;
use household::{EntryState, Field};
use task::TaskKind;
use town::Role;
use triage::guide::{Guide, Kind};
use triage::{How, ListName, Outcome, State};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, EntryId, TaskId, ThingId, TriageId};

use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::{By, NewText, World};

/// The version under which the built-in guide is kept.
const VERSION: i64 = 1;

/// What one triage of the demonstration is.
struct Sketch {
    kind: &'static str,
    /// How long ago the news came, in minutes.
    ago: i64,
    state: State,
    outcome: Outcome,
    how: How,
    /// Whether a judgement was sent back before.
    returned: bool,
}

const fn sketch(kind: &'static str, ago: i64, state: State, outcome: Outcome) -> Sketch {
    Sketch { kind, ago, state, outcome, how: How::Senior, returned: false }
}

/// In the order in which cases are taken: running ones first, so that everybody who tries the demonstration meets one.
const SKETCHES: &[Sketch] = &[
    sketch("welfare_check", 25, State::Open, Outcome::Emergency),
    sketch("elder_abuse", 90, State::Judged, Outcome::Emergency),
    sketch("no_food_home", 600, State::Open, Outcome::Ordinary),
    sketch("suicide", 40, State::Open, Outcome::Emergency),
    sketch("child_abuse", 300, State::Judged, Outcome::PassOn),
    Sketch { returned: true, ..sketch("dv", 200, State::Open, Outcome::Ordinary) },
    sketch("missing", 2 * 1440, State::Confirmed, Outcome::Emergency),
    sketch("disability_abuse", 9 * 1440, State::Confirmed, Outcome::PassOn),
    Sketch {
        how: How::StandIn,
        ..sketch("welfare_check", 20 * 1440, State::Confirmed, Outcome::NotApplicable)
    },
    Sketch { how: How::Oral, ..sketch("no_food_home", 33 * 1440, State::Confirmed, Outcome::Ordinary) },
    sketch("other", 12 * 1440, State::EnteredInError, Outcome::NotApplicable),
];

/// Writes the triages.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables) {
    let guide = Guide::builtin();
    let at = world.now.plus_minutes(-90 * 1440);
    tables.row(Table::TriageGuide, args![world.m, VERSION, guide.to_json(), "", at, world.command]);
    let cases = candidates(world, plan);
    for (sketch, case) in SKETCHES.iter().zip(cases) {
        if let Some(kind) = guide.kind(sketch.kind) {
            one(world, tables, sketch, kind, &plan.cases[case]);
        }
    }
}

/// Open cases of people who can be asked: one after another of the demonstration's desks, then the others.
pub(crate) fn candidates(world: &World<'_>, plan: &Plan) -> Vec<usize> {
    let mut desks: Vec<u32> = Vec::new();
    for staff in world.town.staff.iter().filter(|s| s.demo.is_some()) {
        for at in &staff.appointments {
            let a = &world.town.appointments[*at as usize];
            let post = &world.town.posts[a.post as usize];
            let now = a.from <= world.town.today && a.until.is_none_or(|last| world.town.today <= last);
            let works = matches!(post.role, Role::Caseworker | Role::AgencyLead | Role::Coordinator);
            if now && works && !desks.contains(&post.desk) {
                desks.push(post.desk);
            }
        }
    }
    let fits = |c: &CasePlan| c.state == CaseState::Open && c.town.is_some() && world.signs(c.accountable());
    let mut of_desk: Vec<Vec<usize>> = desks
        .iter()
        .map(|desk| {
            let theirs = |(_, c): &(usize, &CasePlan)| fits(c) && c.accountable() == *desk;
            plan.cases.iter().enumerate().filter(theirs).map(|(at, _)| at).take(3).collect()
        })
        .collect();
    let mut chosen = Vec::new();
    for round in 0..3 {
        chosen.extend(of_desk.iter_mut().filter_map(|list| list.get(round).copied()));
    }
    let more =
        plan.cases.iter().enumerate().filter(|(at, c)| fits(c) && !chosen.contains(at)).map(|(at, _)| at);
    let more: Vec<usize> = more.take(SKETCHES.len()).collect();
    chosen.extend(more);
    chosen
}

/// Somebody with this role at a desk today.
pub(crate) fn seated(world: &World<'_>, desk: u32, roles: &[Role], but: Option<u32>) -> Option<u32> {
    let today = world.town.today;
    world
        .town
        .appointments
        .iter()
        .filter(|a| a.from <= today && a.until.is_none_or(|last| today <= last))
        .filter(|a| Some(a.staff) != but)
        .find(|a| {
            let post = &world.town.posts[a.post as usize];
            post.desk == desk && roles.contains(&post.role)
        })
        .map(|a| a.staff)
}

/// Where one triage is written.
struct Here<'c> {
    id: TriageId,
    case: &'c CasePlan,
    desk: u32,
    home: Option<usize>,
    categories: access::Categories,
    worker: u32,
    senior: Option<u32>,
    begun: CommandId,
    judged_at: Instant,
    answered_at: Instant,
}

fn one(world: &mut World<'_>, tables: &mut Tables, sketch: &Sketch, kind: &Kind, case: &CasePlan) {
    let desk = case.accountable();
    let Some(worker) = seated(world, desk, &[Role::Caseworker, Role::AgencyLead, Role::Coordinator], None)
    else {
        return;
    };
    let senior = seated(world, desk, &[Role::AgencyLead, Role::Coordinator], Some(worker));
    let started = world.now.plus_minutes(-sketch.ago).max(case.opened);
    let id = world.id(started);
    let by = By { staff: Some(worker), desk, on: world.town.today, recorded: started };
    let begun = world.act(tables, "triage.begin", by, id.to_string());
    let judged_at = started.plus_minutes(35).min(world.now);
    let here = Here {
        id,
        case,
        desk,
        home: world.home_at.get(&case.home).copied(),
        categories: kind.marks(),
        worker,
        senior,
        begun,
        judged_at,
        answered_at: judged_at.plus_minutes(20).min(world.now),
    };
    let version = match (sketch.state, sketch.returned) {
        (State::Open, false) => 1_i64,
        (State::Judged | State::EnteredInError, _) => 2,
        _ => 3,
    };
    tables.row(
        Table::Triage,
        args![
            world.m,
            here.id,
            sketch.state.code(),
            kind.code.as_str(),
            VERSION,
            here.categories,
            world.desk(desk),
            world.user(worker),
            case.id,
            started,
            started,
            version,
            begun,
        ],
    );
    let over = matches!(sketch.state, State::Confirmed | State::EnteredInError);
    ticks(world, tables, &here, kind, worker, started, begun, over);
    let fact = text(world, tables, &here, worker, Field::Facts, "fact", started.plus_minutes(10), begun);
    tables.row(Table::TriageEntry, args![world.m, here.id, fact, "fact", 0_i64]);
    promises(world, tables, &here, sketch, kind, started);
    if sketch.state == State::EnteredInError {
        let why = text(world, tables, &here, worker, Field::Judgement, "void", judged_at, begun);
        tables.row(Table::TriageEntry, args![world.m, here.id, why, "void", Option::<i64>::None]);
        return;
    }
    if sketch.state != State::Open || sketch.returned {
        judgement(world, tables, &here, sketch, kind);
    }
}

/// When and how a promise ended: kept, no longer needed, or not yet.
fn ended(sketch: &Sketch, done: bool, at: Instant) -> Option<(&'static str, Instant)> {
    match sketch.state {
        State::EnteredInError => Some(("cancelled", at)),
        _ => done.then_some(("done", at)),
    }
}

/// The promises: kept, owed, or no longer needed.
fn promises(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    sketch: &Sketch,
    kind: &Kind,
    started: Instant,
) {
    let over = matches!(sketch.state, State::Confirmed | State::EnteredInError);
    for (n, clock) in kind.clock.iter().enumerate() {
        let due = started.plus_minutes(clock.minutes);
        let done = ended(sketch, over, here.judged_at);
        promise(world, tables, here, TaskKind::TriageStep, ("step", Some(n)), due, done, here.begun);
    }
    let due = started.plus_minutes(kind.judge_minutes);
    let done = ended(sketch, sketch.state != State::Open, here.judged_at);
    promise(world, tables, here, TaskKind::TriageJudge, ("judge", None), due, done, here.begun);
}

/// The judgement, what the senior answered, and the promise to answer it.
fn judgement(world: &mut World<'_>, tables: &mut Tables, here: &Here<'_>, sketch: &Sketch, kind: &Kind) {
    let Here { desk, worker, senior, begun, judged_at, answered_at, .. } = *here;
    let how = if senior.is_none() { How::Oral } else { sketch.how };
    let answer = match (sketch.state, sketch.returned) {
        (_, true) => "returned",
        (State::Confirmed, _) => "confirmed",
        _ => "",
    };
    let colleague = seated(world, desk, &[Role::Caseworker], Some(worker));
    let by = match how {
        How::Senior => senior,
        How::StandIn => colleague.or(senior),
        How::Oral => Some(worker),
    };
    let entry = text(world, tables, here, worker, Field::Judgement, sketch.outcome.code(), judged_at, begun);
    let said = (!answer.is_empty()).then(|| {
        text(world, tables, here, by.unwrap_or(worker), Field::Judgement, answer, answered_at, begun)
    });
    let to = (0_u32..).zip(&world.town.desks).map(|(d, _)| d).find(|d| *d != desk && world.stands(*d));
    tables.row(
        Table::TriageJudgement,
        args![
            world.m,
            here.id,
            1_i64,
            sketch.outcome.code(),
            kind.scope.as_str(),
            to.filter(|_| sketch.outcome == Outcome::PassOn).map(|d| world.desk(d)),
            entry,
            judged_at,
            world.user(worker),
            answer,
            if answer.is_empty() { "" } else { how.code() },
            (!answer.is_empty()).then_some(answered_at),
            by.filter(|_| !answer.is_empty()).map(|s| world.user(s)),
            said,
            begun,
        ],
    );
    if !sketch.returned {
        let due = judged_at.plus_minutes(kind.confirm_minutes);
        let done = ended(sketch, sketch.state == State::Confirmed, answered_at);
        promise(world, tables, here, TaskKind::TriageConfirm, ("confirm", None), due, done, begun);
    }
}

#[expect(clippy::too_many_arguments, reason = "one line per column is easier to check than a builder")]
fn ticks(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    kind: &Kind,
    worker: u32,
    started: Instant,
    command: CommandId,
    all: bool,
) {
    for list in ListName::ALL {
        let items = kind.items(*list).len();
        // What is over was ticked whole; what runs, the first steps and the first fact.
        let done = match list {
            _ if all => items,
            ListName::First => items / 2,
            ListName::Fact => 1,
            ListName::Check | ListName::Clock => 0,
        };
        for item in 0..done {
            let minutes = i64::try_from(item).unwrap_or(0) + 3;
            let at = started.plus_minutes(minutes).min(world.now);
            let id: ThingId = world.id(at);
            let item = i64::try_from(item).unwrap_or(0);
            tables.row(
                Table::TriageTick,
                args![world.m, id, here.id, list.code(), item, true, at, world.user(worker), command],
            );
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one line per column is easier to check than a builder")]
fn text(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    author: u32,
    field: Field,
    key: &str,
    at: Instant,
    command: CommandId,
) -> EntryId {
    let at = at.min(world.now);
    let body = say(&world.texts.triage, key).to_owned();
    let new = NewText {
        field,
        form: None,
        desk: here.desk,
        author: Some(author),
        home: here.home,
        subjects: town::Subjects::default(),
        categories: here.categories,
        body: Cow::Owned(body),
        occurred: at,
        recorded: at,
        told: None,
        about: About { case: Some(here.case.id), ..About::default() },
        state: EntryState::Valid,
        command,
    };
    world.text(tables, &new)
}

#[expect(clippy::too_many_arguments, reason = "one line per column is easier to check than a builder")]
fn promise(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    kind: TaskKind,
    (role, item): (&'static str, Option<usize>),
    due: Instant,
    ended: Option<(&'static str, Instant)>,
    command: CommandId,
) {
    let id: TaskId = world.id(due.min(world.now));
    let (state, at) = ended.unzip();
    let nothing: Option<ThingId> = None;
    tables.row(
        Table::Task,
        args![
            world.m,
            id,
            kind.code(),
            state.unwrap_or("open"),
            world.desk(here.desk),
            nothing,
            here.case.id,
            nothing,
            nothing,
            nothing,
            nothing,
            due,
            at,
            "",
            command,
        ],
    );
    let item = item.and_then(|n| i64::try_from(n).ok());
    tables.row(Table::TriageTask, args![world.m, here.id, id, role, item]);
}
