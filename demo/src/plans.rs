//! Support plans in different states: a draft, a proposal that waits for its decision, one in force that a conference with consent
//! decided, and one that ended with a follow-up still to come.

use access::{Categories, Category};
use conference::Position;
use engine::args;
use household::entry::About;
use household::{EntryState, Field};
use task::TaskKind;
use words::code::Code;
use words::id::{CommandId, DecisionId, EntryId, MatterId, PlanLineId, SupportPlanId, TaskId};
use words::{Day, Instant};

use crate::between::{WORKERS, after, command};
use crate::matters;
use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::triages::{candidates, seated};
use crate::world::{NewText, World};

/// The position they are decided in.
const POSITION: &str = "integrated";

/// One plan, and whose it is.
struct Here<'c> {
    id: SupportPlanId,
    case: &'c CasePlan,
    home: usize,
    worker: u32,
    written: Instant,
    made: CommandId,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Draft,
    Proposed,
    InForce,
    Ended,
}

/// Writes them, each for a case of its own.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables, positions: &[Position]) {
    let Some(position) = positions.iter().find(|p| p.code == POSITION) else { return };
    let Some(office) = world.coordinator() else { return };
    let own = |c: &&CasePlan| c.accountable() != office.0 && c.home.1 == c.accountable();
    let cases: Vec<&CasePlan> =
        candidates(world, plan).into_iter().map(|at| &plan.cases[at]).filter(own).collect();
    let stages = [
        (Stage::InForce, "multi_agency", 40),
        (Stage::Proposed, "multi_agency", 6),
        (Stage::Ended, "participation", 150),
        (Stage::Draft, "outreach", 3),
        (Stage::InForce, "outreach", 90),
    ];
    for ((stage, kind, days), case) in stages.into_iter().zip(cases) {
        one(world, tables, (position, office), case, (stage, kind, days));
    }
}

fn one(
    world: &mut World<'_>,
    tables: &mut Tables,
    (position, office): (&Position, (u32, u32)),
    case: &CasePlan,
    (stage, kind, days): (Stage, &'static str, i64),
) {
    let Some(home) = world.home_at.get(&case.home).copied() else { return };
    let desk = case.accountable();
    let Some(worker) = seated(world, desk, WORKERS, Some(office.1)) else { return };
    let written = world.now.plus_hours(-24 * days).max(case.opened.plus_hours(1));
    let made = command(world, tables, "support_plan.begin", (desk, worker), written);
    let here = Here { id: world.id(written), case, home, worker, written, made };
    let decided = matches!(stage, Stage::InForce | Stage::Ended);
    let day = after(written, 5).min(world.now);
    let look = match stage {
        Stage::Ended => day.day().plus_days(40),
        // One is looked at again soon, by its rhythm.
        _ => after(world.now, if kind == "outreach" { 2 } else { 9 }).day(),
    };
    let (mut by, mut end) = (None, None);
    if decided {
        let matter =
            matters::consented(world, tables, position, (case, home), (office, worker), (written, day));
        by = Some(decision(world, tables, &here, (matter, office), (kind, "establish"), (day.day(), look)));
        if stage == Stage::Ended {
            let last = world.now.plus_hours(-24 * 12).day();
            end = Some(decision(world, tables, &here, (matter, office), (kind, "close"), (last, look)));
        }
    }
    let state = match stage {
        Stage::Draft => "draft",
        Stage::Proposed => "proposed",
        Stage::InForce => "in_force",
        Stage::Ended => "ended",
    };
    let ended = end.map(|_| world.now.plus_hours(-24 * 11));
    let signed = (stage != Stage::Draft).then(|| written.day());
    tables.row(
        Table::SupportPlan,
        args![
            world.m,
            here.id,
            case.id,
            kind,
            1_i64,
            world.desk(desk),
            state,
            (stage != Stage::Draft).then_some(look),
            (kind == "outreach").then_some(8_i64),
            signed,
            signed.map_or("", |_| "paper"),
            by,
            end,
            if end.is_some() { "end" } else { "" },
            ended,
            written,
            by.map(|_| day),
            ended,
            made,
        ],
    );
    lines(world, tables, &here, (stage, look));
}

/// A text of a plan or a decision.
fn text(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (field, desk, author): (Field, u32, u32),
    (key, at): (&'static str, Instant),
) -> EntryId {
    let categories: Categories = match field {
        Field::Decision => [Category::Plan, Category::Support].into_iter().collect(),
        _ => [Category::Plan].into_iter().collect(),
    };
    let new = NewText {
        field,
        form: None,
        desk,
        author: Some(author),
        home: Some(here.home),
        subjects: town::Subjects(0),
        categories,
        body: say(&world.texts.between, key).into(),
        occurred: at,
        recorded: at,
        told: None,
        about: About { case: Some(here.case.id), ..About::default() },
        state: EntryState::Valid,
        command: here.made,
    };
    world.text(tables, &new)
}

fn decision(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (matter, office): (MatterId, (u32, u32)),
    (kind, timing): (&'static str, &'static str),
    (on, look): (Day, Day),
) -> DecisionId {
    let at = Instant::at(on, 15, 0).min(world.now);
    let made = command(world, tables, "decision.record", office, at);
    let id: DecisionId = world.id(at);
    let closes = timing == "close";
    tables.row(
        Table::Decision,
        args![
            world.m,
            id,
            here.case.id,
            matter,
            kind,
            timing,
            "consent",
            on,
            (!closes).then_some(look),
            if closes { "needed" } else { "" },
            closes.then(|| world.now.day().plus_days(60)),
            world.desk(office.0),
            world.user(office.1),
            at,
            at,
            here.id,
            made,
        ],
    );
    let parts: &[(&'static str, &'static str)] = if closes {
        &[("achieved", "plan_achieved"), ("evaluation", "plan_evaluation"), ("follow_up", "plan_follow_up")]
    } else {
        &[("goals", "plan_words")]
    };
    for (part, key) in parts {
        let entry = text(world, tables, here, (Field::Decision, office.0, office.1), (key, at));
        tables.row(Table::DecisionText, args![world.m, id, *part, entry]);
    }
    id
}

fn lines(world: &mut World<'_>, tables: &mut Tables, here: &Here<'_>, (stage, look): (Stage, Day)) {
    let desk = here.case.accountable();
    let own = (Field::Plan, desk, here.worker);
    let mut all: Vec<(&str, &'static str, &str)> = vec![
        ("words", "plan_words", ""),
        ("direction", "plan_direction", ""),
        ("long_goal", "plan_long", ""),
        ("short_goal", "plan_short", ""),
        ("action", "plan_self", "self"),
        ("action", "plan_desk", "desk"),
    ];
    if stage == Stage::Ended {
        all.push(("evaluation", "plan_evaluation", ""));
    }
    for ((part, key, who), seq) in all.into_iter().zip(1_i64..) {
        let entry = text(world, tables, here, own, (key, here.written));
        let due = world.now.day().plus_days(14);
        let doing = matches!(stage, Stage::InForce | Stage::Ended) && who == "desk";
        let task =
            doing.then(|| promise(world, tables, here, TaskKind::PlanAction, (Some(entry), due, stage)));
        let achieved = if stage == Stage::Ended && part.ends_with("_goal") { "reached" } else { "" };
        let id: PlanLineId = world.id(here.written);
        tables.row(
            Table::SupportPlanLine,
            args![
                world.m,
                id,
                here.id,
                part,
                seq,
                entry,
                who,
                (who == "desk").then(|| world.desk(desk)),
                (who == "desk").then_some(due),
                task,
                achieved,
                here.made,
            ],
        );
    }
    match stage {
        Stage::InForce => {
            promise(world, tables, here, TaskKind::Monitor, (None, look, stage));
        }
        Stage::Ended => {
            let later = world.now.day().plus_days(60);
            promise(world, tables, here, TaskKind::FollowUp, (None, later, Stage::InForce));
        }
        Stage::Draft | Stage::Proposed => {}
    }
}

fn promise(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    kind: TaskKind,
    (entry, due, stage): (Option<EntryId>, Day, Stage),
) -> TaskId {
    let id: TaskId = world.id(here.written);
    let done = (stage == Stage::Ended).then(|| world.now.plus_hours(-24 * 20));
    tables.row(
        Table::PlanPromise,
        args![
            world.m,
            id,
            kind.code(),
            if done.is_some() { "done" } else { "open" },
            world.desk(here.case.accountable()),
            world.user(here.worker),
            here.case.id,
            entry,
            here.id,
            Instant::at(due, 17, 15),
            done,
            here.made,
        ],
    );
    id
}
