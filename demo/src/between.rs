//! What passes between desks without a household's content: advice among colleagues, the question who could take a case,
//! requests for contact, and notices that two desks may hold one household.

use engine::args;
use register::Matter;
use task::TaskKind;
use town::Role;
use words::code::Code;
use words::id::{CommandId, TaskId, ThingId};
use words::{Instant, calendar};

use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::triages::{candidates, seated};
use crate::world::{By, World};

/// Who may be asked and may ask.
pub(crate) const WORKERS: &[Role] = &[Role::Caseworker, Role::AgencyLead, Role::Coordinator];

/// Writes all of it.
pub(crate) fn write(world: &World<'_>, plan: &Plan, tables: &mut Tables) {
    let cases: Vec<&CasePlan> = candidates(world, plan).into_iter().map(|at| &plan.cases[at]).collect();
    let mut desks: Vec<u32> = Vec::new();
    for case in &cases {
        if !desks.contains(&case.accountable()) {
            desks.push(case.accountable());
        }
    }
    let &[first, second, ..] = desks.as_slice() else { return };
    advice(world, tables, (first, second));
    if let Some(case) = cases.first() {
        capacity(world, tables, case, &desks);
    }
    contact(world, tables, &cases, first);
    overlap(world, tables, &cases);
}

/// Somebody at a desk does something now, or did before.
pub(crate) fn command(
    world: &World<'_>,
    tables: &mut Tables,
    kind: &'static str,
    (desk, staff): (u32, u32),
    at: Instant,
) -> CommandId {
    let by = By { staff: Some(staff), desk, on: world.town.today, recorded: at };
    world.act(tables, kind, by, String::new())
}

/// So many business days after a moment, at the end of the day.
pub(crate) fn after(at: Instant, days: u32) -> Instant {
    Instant::at(calendar::business_day_after(&calendar::OpeningDays::default(), at.day(), days), 17, 0)
}

/// A promise about one of these things: what it is, whose, in whose charge.
pub(crate) struct Owed {
    pub kind: TaskKind,
    pub thing: ThingId,
    pub desk: u32,
    pub assignee: Option<u32>,
    pub due: Instant,
    /// When it was kept.
    pub done: Option<Instant>,
}

/// Writes a promise.
pub(crate) fn owe(world: &World<'_>, tables: &mut Tables, owed: &Owed, command: CommandId) -> TaskId {
    let id: TaskId = world.id(owed.done.unwrap_or(world.now));
    tables.row(
        Table::ThingPromise,
        args![
            world.m,
            id,
            owed.kind.code(),
            if owed.done.is_some() { "done" } else { "open" },
            world.desk(owed.desk),
            owed.assignee.map(|u| world.user(u)),
            owed.thing,
            owed.due,
            owed.done,
            command,
        ],
    );
    id
}

/// One question waits for the second desk, one answer waits to be read by it, one is over.
fn advice(world: &World<'_>, tables: &mut Tables, (first, second): (u32, u32)) {
    let t = &world.texts.between;
    let (Some(one), Some(two)) = (seated(world, first, WORKERS, None), seated(world, second, WORKERS, None))
    else {
        return;
    };
    let rounds = [
        (Matter::HikikomoriSchool, "hikikomori", (first, one), (second, two), 20, false, false),
        (Matter::Debt, "debt", (second, two), (first, one), 3 * 24, true, false),
        (Matter::Care, "care", (first, one), (second, two), 30 * 24, true, true),
    ];
    for (topic, words, from, to, hours, answered, closed) in rounds {
        let asked_at = world.now.plus_hours(-hours);
        let asked = command(world, tables, "advice.ask", from, asked_at);
        let id: ThingId = world.id(asked_at);
        let answered_at = answered.then(|| asked_at.plus_hours(22).min(world.now));
        let advised = format!("advise_{words}");
        let thanked = |key: &'static str| if closed { say(t, key) } else { "" };
        tables.row(
            Table::Advice,
            args![
                world.m,
                id,
                world.desk(from.0),
                world.user(from.1),
                world.desk(to.0),
                topic.code(),
                say(t, &format!("ask_{words}")),
                asked_at,
                after(asked_at, 5),
                if answered { say(t, &advised) } else { "" },
                if answered { "advised" } else { "" },
                answered_at,
                answered_at.map(|_| world.user(to.1)),
                thanked("thanks"),
                if closed { "yes" } else { "" },
                answered_at.filter(|_| closed),
                1 + i64::from(answered) + i64::from(closed),
                asked,
            ],
        );
        let give = Owed {
            kind: TaskKind::GiveAdvice,
            thing: id,
            desk: to.0,
            assignee: None,
            due: after(asked_at, 5),
            done: answered_at,
        };
        owe(world, tables, &give, asked);
        if let Some(at) = answered_at {
            let told = command(world, tables, "advice.answer", to, at);
            let read = Owed {
                kind: TaskKind::ReadAdvice,
                thing: id,
                desk: from.0,
                assignee: Some(from.1),
                due: after(at, 5),
                done: closed.then_some(at),
            };
            owe(world, tables, &read, told);
        }
    }
}

/// 「こういうケースを受けられますか」: one desk said yes, one has not answered, of one without a login the answer has to be fetched.
fn capacity(world: &World<'_>, tables: &mut Tables, case: &CasePlan, desks: &[u32]) {
    let from = case.accountable();
    let Some(asker) = seated(world, from, WORKERS, None) else { return };
    let away = (0_u32..).zip(&world.town.desks).map(|(d, _)| d);
    let away = away.filter(|d| world.stands(*d)).find(|d| !world.signs(*d));
    let asked: Vec<u32> = desks.iter().copied().filter(|d| *d != from).take(2).chain(away).collect();
    let sent = world.now.plus_hours(-26);
    let made = command(world, tables, "capacity.ask", (from, asker), sent);
    let id: ThingId = world.id(sent);
    let due = after(sent, 5);
    tables.row(
        Table::CapacityQuestion,
        args![
            world.m,
            id,
            case.id,
            world.desk(from),
            world.user(asker),
            Matter::JobSearch.code(),
            "soon",
            sent,
            due,
            made,
        ],
    );
    for (n, desk) in asked.iter().enumerate() {
        let yes = n == 0 && world.signs(*desk);
        let at = yes.then(|| sent.plus_hours(5));
        tables.row(
            Table::CapacityAsked,
            args![world.m, id, world.desk(*desk), if yes { "yes" } else { "" }, at, made],
        );
        let (kind, holder) = if world.signs(*desk) {
            (TaskKind::AnswerCapacity, *desk)
        } else {
            (TaskKind::FetchCapacity, from)
        };
        owe(world, tables, &Owed { kind, thing: id, desk: holder, assignee: None, due, done: at }, made);
        if let Some(at) = at {
            let choose = Owed {
                kind: TaskKind::ChooseCapacity,
                thing: id,
                desk: from,
                assignee: Some(asker),
                due: after(at, 3),
                done: None,
            };
            owe(world, tables, &choose, made);
        }
    }
}

/// Somebody else's desk asks to be called back about a person the first desk supports.
fn contact(world: &World<'_>, tables: &mut Tables, cases: &[&CasePlan], desk: u32) {
    let held = cases.iter().find(|c| c.accountable() == desk).and_then(|c| world.home_at.get(&c.home));
    let Some(person) = held.and_then(|home| world.homes[*home].persons.first()) else { return };
    let Some((from, asker)) = world.coordinator().filter(|(from, _)| *from != desk) else { return };
    let sent = world.now.plus_hours(-4);
    let made = command(world, tables, "contact.seek", (from, asker), sent);
    let (request, target): (ThingId, ThingId) = (world.id(sent), world.id(sent));
    let reach = say(&world.texts.between, "reach");
    tables.row(
        Table::ContactRequest,
        args![world.m, request, world.desk(from), world.user(asker), "starting", reach, sent, made],
    );
    tables.row(Table::ContactTarget, args![world.m, target, request, world.desk(desk), *person, made]);
    let due = after(sent, 2);
    let owed = Owed { kind: TaskKind::ReturnContact, thing: target, desk, assignee: None, due, done: None };
    owe(world, tables, &owed, made);
}

/// One household of the town that two desks have recorded, neither knowing of the other.
fn overlap(world: &World<'_>, tables: &mut Tables, cases: &[&CasePlan]) {
    let Some((coordinator, _)) = world.coordinator() else { return };
    let other = |home: &crate::world::Home| {
        world.homes.iter().find(|h| {
            h.household == home.household
                && h.desk != home.desk
                && world.agency_of(h.desk) != world.agency_of(home.desk)
        })
    };
    let pair = cases.iter().find_map(|c| {
        let home = &world.homes[*world.home_at.get(&c.home)?];
        Some((home, other(home)?))
    });
    let Some((a, b)) = pair else { return };
    let (a, b) = if a.id < b.id { (a, b) } else { (b, a) };
    let found = world.now.plus_hours(-9);
    let id: ThingId = world.id(found);
    tables.row(
        Table::OverlapNotice,
        args![
            world.m,
            id,
            a.id,
            b.id,
            world.desk(a.desk),
            world.desk(b.desk),
            world.desk(coordinator),
            found,
            world.command,
        ],
    );
    let due = after(found, 5);
    let owed =
        Owed { kind: TaskKind::WeighOverlap, thing: id, desk: coordinator, assignee: None, due, done: None };
    owe(world, tables, &owed, world.command);
}
