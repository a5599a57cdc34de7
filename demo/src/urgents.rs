//! Urgent looks: one of last week, answered and reviewed; one of this morning, which waits for both. And a
//! person who asks who looked at their records.

use engine::args;
use task::TaskKind;
use town::Role;
use words::calendar::{self, OpeningDays};
use words::id::{AccessReportId, TaskId, UrgentAskId, UrgentLookId};
use words::{Day, Instant};

use crate::between::{Owed, WORKERS, after, command, owe};
use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::triages::{candidates, seated};
use crate::world::World;

/// How long a look lasts, in hours, as the town has not set otherwise.
const HOURS: i64 = 24;

/// Writes them.
pub(crate) fn write(world: &World<'_>, plan: &Plan, tables: &mut Tables) {
    let Some(auditor) = world.serving(Role::PrivacyAuditor) else { return };
    let cases: Vec<&CasePlan> = candidates(world, plan).into_iter().map(|at| &plan.cases[at]).collect();
    let Some(first) = cases.first() else { return };
    // At a desk whose work it is: people of a desk of 地域づくり stand before no such danger.
    let programme = |c: &&&CasePlan| world.town.desks[c.accountable() as usize].programme;
    let supports = |c: &&&CasePlan| programme(c) != town::Programme::CommunityBuilding;
    let Some(other) = cases.iter().filter(supports).find(|c| c.accountable() != first.accountable()) else {
        return;
    };
    let Some(looker) = seated(world, other.accountable(), WORKERS, None) else { return };
    look(world, tables, first, (other.accountable(), looker), auditor, 7 * 24, true);
    look(world, tables, first, (other.accountable(), looker), auditor, 3, false);
    report(world, tables, first, auditor);
}

fn look(
    world: &World<'_>,
    tables: &mut Tables,
    case: &CasePlan,
    who: (u32, u32),
    auditor: (u32, u32),
    hours: i64,
    over: bool,
) {
    let at = world.now.plus_hours(-hours);
    let made = command(world, tables, "urgent.find", who, at);
    let (user, desk) = (world.user(who.1), world.desk(who.0));
    let (ask, look): (UrgentAskId, UrgentLookId) = (world.id(at), world.id(at));
    tables.row(Table::UrgentAsk, args![world.m, ask, user, desk, "life", at, made]);
    tables.row(Table::UrgentWords, args![world.m, ask, say(&world.texts.between, "urgent")]);
    let attempt: UrgentAskId = world.id(at);
    tables.row(Table::UrgentTry, args![world.m, attempt, ask, user, desk, at, "hit", made]);
    let seen = over.then(|| at.plus_hours(5));
    let reviewed = over.then(|| at.plus_hours(50));
    let promise =
        |kind, desk, assignee, due, done| Owed { kind, thing: look.cast(), desk, assignee, due, done };
    let due = after(at, 5);
    let review: TaskId =
        owe(world, tables, &promise(TaskKind::UrgentReview, auditor.0, Some(auditor.1), due, reviewed), made);
    tables.row(
        Table::UrgentLook,
        args![
            world.m,
            look,
            ask,
            user,
            desk,
            case.id,
            at,
            at.plus_hours(HOURS),
            if over { "justified" } else { "open" },
            "privacy_auditor",
            review,
            if over { 2_i64 } else { 1 },
            made,
        ],
    );
    let owner = case.accountable();
    let told = promise(TaskKind::UrgentSeen, owner, None, after(at, 1), seen);
    let notice = owe(world, tables, &told, made);
    let answerer = seated(world, owner, WORKERS, None).filter(|_| over);
    tables.row(
        Table::UrgentNotice,
        args![
            world.m,
            look,
            notice,
            if answerer.is_some() { "understood" } else { "" },
            seen.filter(|_| answerer.is_some()),
            answerer.map(|u| world.user(u)),
            made,
        ],
    );
    if let Some(at) = reviewed {
        reviewed_by(world, tables, look, auditor, at);
    }
}

fn reviewed_by(world: &World<'_>, tables: &mut Tables, look: UrgentLookId, auditor: (u32, u32), at: Instant) {
    let made = command(world, tables, "urgent.review", auditor, at);
    let id: UrgentLookId = world.id(at);
    tables.row(Table::UrgentReview, args![world.m, id, look, "justified", world.user(auditor.1), at, made]);
    tables.row(Table::UrgentWords, args![world.m, id, say(&world.texts.between, "urgent_review")]);
}

/// Thirty days, or the last business day before (個人情報の保護に関する法律 83条).
fn decided_by(asked: Day) -> Instant {
    let mut day = asked.plus_days(30);
    while !calendar::is_business_day(&OpeningDays::default(), day) {
        day = day.plus_days(-1);
    }
    Instant::at(day, 17, 0)
}

/// Somebody asks for the copy of who looked: it has to be prepared.
fn report(world: &World<'_>, tables: &mut Tables, case: &CasePlan, auditor: (u32, u32)) {
    let Some(home) = world.home_at.get(&case.home) else { return };
    let Some(person) = world.homes[*home].persons.first() else { return };
    let desk = case.accountable();
    let Some(worker) = seated(world, desk, WORKERS, None) else { return };
    let asked = world.now.plus_hours(-24 * 3);
    let made = command(world, tables, "report.take", (desk, worker), asked);
    let id: AccessReportId = world.id(asked);
    let due = decided_by(asked.day());
    tables.row(
        Table::AccessReport,
        args![
            world.m,
            id,
            "requested",
            world.desk(desk),
            world.user(worker),
            case.id,
            *person,
            asked.day(),
            "person",
            "photo",
            asked.plus_hours(-24 * 365).day(),
            asked.day(),
            due.day(),
            made,
        ],
    );
    let prepare = Owed {
        kind: TaskKind::AccessReport,
        thing: id.cast(),
        desk: auditor.0,
        assignee: None,
        due,
        done: None,
    };
    owe(world, tables, &prepare, made);
}
