//! Conferences under a duty of secrecy: one that has begun, with a member who has pledged and laid something down, one who
//! chooses, one who has not pledged yet; one that is over and left something to take back; and one that a deputy runs, because everybody at
//! its secretariat is kept out of the family.

use std::collections::BTreeSet;

use access::{Categories, Category, RecordKind};
use conference::Position;
use consent::{ConsentForm, ConsentState, GivenBy, Purpose};
use engine::args;
use household::entry::About;
use household::{EntryState, Field};
use task::TaskKind;
use town::Role;
use words::Instant;
use words::code::Code;
use words::id::{CommandId, ConsentId, MaterialId, MatterId, MatterMemberId, ThingId};

use crate::between::{Owed, WORKERS, after, command, owe};
use crate::plan::{CasePlan, Plan};
use crate::sessions::Open;
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::triages::{candidates, seated};
use crate::world::{NewText, World};

/// The position they are held in.
const POSITION: &str = "support_conference";

/// One matter, and whose it is.
struct Here<'c> {
    id: MatterId,
    case: &'c CasePlan,
    home: usize,
    opened: Instant,
    /// When it was closed.
    closed: Option<Instant>,
    office: (u32, u32),
    made: CommandId,
}

/// A member as written.
struct Member {
    id: MatterMemberId,
    desk: u32,
    staff: u32,
    pledged: Option<Instant>,
}

/// Writes both.
pub(crate) fn write(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    positions: &[Position],
) -> Option<Open> {
    let position = positions.iter().find(|p| p.code == POSITION)?;
    let office = world.coordinator()?;
    let mut cases: Vec<&CasePlan> = Vec::new();
    for case in candidates(world, plan).into_iter().map(|at| &plan.cases[at]) {
        let new = cases.iter().all(|c| c.accountable() != case.accountable());
        // Whoever chooses records must have some: the household is recorded at their own desk.
        if new && case.accountable() != office.0 && case.home.1 == case.accountable() {
            cases.push(case);
        }
    }
    let &[first, second, ..] = cases.as_slice() else { return None };
    let open = one(world, tables, position, first, office, (12, None), Some(second.accountable()));
    one(world, tables, position, second, office, (75, Some(20)), None);
    // The last one: the first have plans of their own.
    let own = |c: &&CasePlan| c.accountable() != office.0 && c.home.1 == c.accountable();
    let other =
        |c: &&CasePlan| c.id != first.id && c.id != second.id && c.accountable() != first.accountable();
    let mut rest = candidates(world, plan).into_iter().rev().map(|at| &plan.cases[at]).filter(own);
    if let Some(third) = rest.find(other) {
        stood_in(world, tables, (position, office), third, first.accountable());
    }
    open
}

/// Everybody at the secretariat is near the family, and somebody of another desk runs the matter in their place, named by whoever administers
/// the town.
fn stood_in(
    world: &mut World<'_>,
    tables: &mut Tables,
    (position, office): (&Position, (u32, u32)),
    case: &CasePlan,
    desk: u32,
) {
    let named = world.serving(Role::Administrator).zip(seated(world, desk, WORKERS, Some(office.1)));
    let Some((by, deputy)) = named else { return };
    let keeper = seated(world, case.accountable(), WORKERS, Some(office.1));
    let seat = world.seat(deputy, desk, world.town.today);
    let (Some(keeper), Some(seat)) = (keeper, seat) else { return };
    let Some(open) = one(world, tables, position, case, office, (16, None), None) else { return };
    let opened = world.now.plus_hours(-24 * 16);
    let (since, at) = (after(opened, 2).min(world.now), after(opened, 4).min(world.now));
    let kept = command(world, tables, "case.exclude", (case.accountable(), keeper), since);
    for staff in workers(world, office.0) {
        tables.row(Table::Exclusion, args![world.m, case.id, world.user(staff), since, kept]);
    }
    let made = command(world, tables, "matter.deputy", by, at);
    let id: ThingId = world.id(at);
    let row = args![world.m, id, open.id, world.desk(desk), world.user(deputy), seat, at, made];
    tables.row(Table::MatterDeputy, row);
    let row =
        args![world.m, open.id, 2_i64, "deputy", at, world.desk(by.0), world.user(by.1), Some(id), made];
    tables.row(Table::MatterEvent, row);
    let stands_in = Owed {
        kind: TaskKind::StandIn,
        thing: open.id.cast(),
        desk,
        assignee: Some(deputy),
        due: after(world.now, 10),
        done: None,
    };
    owe(world, tables, &stands_in, made);
}

/// Everybody who works with people at a desk today.
fn workers(world: &World<'_>, desk: u32) -> BTreeSet<u32> {
    let today = world.town.today;
    let here = |a: &&town::Appointment| a.from <= today && a.until.is_none_or(|last| today <= last);
    let post = |a: &town::Appointment| &world.town.posts[a.post as usize];
    let works = |a: &&town::Appointment| post(a).desk == desk && WORKERS.contains(&post(a).role);
    world.town.appointments.iter().filter(here).filter(works).map(|a| a.staff).collect()
}

fn one(
    world: &mut World<'_>,
    tables: &mut Tables,
    position: &Position,
    case: &CasePlan,
    office: (u32, u32),
    (opened, closed): (i64, Option<i64>),
    late: Option<u32>,
) -> Option<Open> {
    let home = world.home_at.get(&case.home).copied()?;
    let desk = case.accountable();
    let worker = seated(world, desk, WORKERS, Some(office.1))?;
    let at = |days: i64| world.now.plus_hours(-24 * days);
    let (opened, closed) = (at(opened), closed.map(at));
    let made = command(world, tables, "matter.open", office, opened);
    let here = Here { id: world.id(opened), case, home, opened, closed, office, made };
    header(world, tables, &here, position);
    for person in world.homes[home].persons.clone() {
        tables.row(Table::MatterPerson, args![world.m, here.id, person, made]);
    }
    let mut members = vec![
        member(world, tables, &here, position, office, Some(opened.plus_minutes(20))),
        member(world, tables, &here, position, (desk, worker), Some(opened.plus_hours(26))),
    ];
    if let Some(staff) = late.and_then(|desk| Some((desk, seated(world, desk, WORKERS, None)?))) {
        members.push(member(world, tables, &here, position, staff, None));
    }
    let held = after(opened, 5).min(world.now);
    let there: Vec<(u32, u32)> =
        members.iter().filter(|m| m.pledged.is_some()).map(|m| (m.desk, m.staff)).collect();
    for m in members.iter().filter(|m| m.pledged.is_some()) {
        let row = args![world.m, m.id, held.day(), "room", here.made];
        tables.row(Table::MatterPresence, row);
    }
    said(world, tables, &here, ("question", Field::MatterQuestion), office, opened.plus_minutes(5));
    said(world, tables, &here, ("word", Field::MatterWord), (desk, worker), opened.plus_hours(30));
    card(world, tables, &here, (desk, worker), opened.plus_hours(28));
    promises(world, tables, &here, &members);
    Some(Open { id: here.id, case: case.id, home, initiator: desk, held, there })
}

/// A matter that rests on the person's consent, with coordinator and worker as its members, both there on the day it was held.
pub(crate) fn consented(
    world: &mut World<'_>,
    tables: &mut Tables,
    position: &Position,
    (case, home): (&CasePlan, usize),
    (office, worker): ((u32, u32), u32),
    (opened, held): (Instant, Instant),
) -> MatterId {
    let made = command(world, tables, "matter.open", office, opened);
    let here = Here { id: world.id(opened), case, home, opened, closed: None, office, made };
    header(world, tables, &here, position);
    agreed(world, tables, &here);
    for who in [office, (case.accountable(), worker)] {
        let m = member(world, tables, &here, position, who, None);
        tables.row(Table::MatterPresence, args![world.m, m.id, held.day(), "room", made]);
    }
    let hold = Owed {
        kind: TaskKind::HoldMatter,
        thing: here.id.cast(),
        desk: office.0,
        assignee: None,
        due: after(world.now, 8),
        done: None,
    };
    owe(world, tables, &hold, made);
    here.id
}

/// Whose consent carries it: the first of the household has agreed to a conference, with its secretariat.
fn agreed(world: &mut World<'_>, tables: &mut Tables, here: &Here<'_>) {
    let Some(person) = world.homes[here.home].persons.first().copied() else { return };
    tables.row(Table::MatterPerson, args![world.m, here.id, person, here.made]);
    let id: ConsentId = world.id(here.opened);
    let purposes = [Purpose::Support.code(), Purpose::Cooperation.code(), Purpose::Conference.code()];
    let categories: Categories = [Category::Basic, Category::Support, Category::Plan].into_iter().collect();
    let (open, never, none) = (None::<words::Day>, None::<Instant>, None::<ThingId>);
    tables.row(
        Table::Consent,
        args![
            world.m,
            id,
            ConsentState::Given.code(),
            person,
            GivenBy::Itself.code(),
            "",
            ConsentForm::Signed.code(),
            "",
            categories,
            purposes.join(","),
            here.opened.day(),
            open,
            here.opened,
            never,
            world.desk(here.case.accountable()),
            here.case.id,
            here.made,
        ],
    );
    let row = args![world.m, id, "desk", world.desk(here.office.0), none, here.opened];
    tables.row(Table::ConsentRecipient, row);
    world.share_person(person, here.office.0);
}

fn header(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, position: &Position) {
    let desk = world.desk(here.case.accountable());
    let outcome = if here.closed.is_some() { "settled" } else { "" };
    tables.row(
        Table::Matter,
        args![
            world.m,
            here.id,
            &position.code,
            position.rests_on.code(),
            &position.article,
            here.case.id,
            world.homes[here.home].id,
            desk,
            world.desk(here.office.0),
            desk,
            here.opened,
            here.closed,
            outcome,
            here.made,
        ],
    );
    step(world, tables, here, (1, "opened"), here.office, here.opened);
    if let Some(at) = here.closed {
        step(world, tables, here, (2, "closed"), here.office, at);
    }
}

fn step(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (seq, step): (i64, &str),
    who: (u32, u32),
    at: Instant,
) {
    let thing: Option<MatterId> = None;
    let row = args![world.m, here.id, seq, step, at, world.desk(who.0), world.user(who.1), thing, here.made];
    tables.row(Table::MatterEvent, row);
}

fn member(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    position: &Position,
    (desk, staff): (u32, u32),
    pledged: Option<Instant>,
) -> Member {
    let id: MatterMemberId = world.id(here.opened);
    tables.row(
        Table::MatterMember,
        args![
            world.m,
            id,
            here.id,
            world.desk(desk),
            world.user(staff),
            world.seat(staff, desk, world.town.today),
            here.opened,
            pledged,
            if pledged.is_some() { position.pledge.as_str() } else { "" },
            pledged.map(|_| position.pledge_version),
            pledged.map(|_| here.made),
            here.made,
        ],
    );
    Member { id, desk, staff, pledged }
}

fn material(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (kind, id): (RecordKind, words::id::ThingId),
    (role, categories): (&str, Categories),
    who: (u32, u32),
    at: Instant,
) {
    let material: MaterialId = world.id(at);
    // What a conference that is over left behind.
    let back = here.closed.filter(|_| role == "material");
    tables.row(
        Table::MatterMaterial,
        args![
            world.m,
            material,
            here.id,
            kind.code(),
            id,
            categories,
            role,
            world.desk(who.0),
            world.user(who.1),
            at,
            back,
            back.map(|_| here.made),
            here.made,
        ],
    );
}

/// What the members have said in a matter can hold: everything but who informed, and where somebody lives.
pub(crate) fn said_categories() -> Categories {
    Categories::all().without(Category::Informant).without(Category::Contact)
}

/// A question or a word, read by the members alone.
fn said(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (role, field): (&'static str, Field),
    who: (u32, u32),
    at: Instant,
) {
    let categories = said_categories();
    let new = NewText {
        field,
        form: None,
        desk: who.0,
        author: Some(who.1),
        home: Some(here.home),
        subjects: town::Subjects(0),
        categories,
        body: say(&world.texts.between, role).into(),
        occurred: at,
        recorded: at,
        told: None,
        about: About { matter: Some(here.id), ..About::default() },
        state: EntryState::Valid,
        command: here.made,
    };
    let id = world.text(tables, &new);
    material(world, tables, here, (RecordKind::Entry, id.cast()), (role, categories), who, at);
}

/// The card of the person the case was opened for, without where they live.
fn card(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, who: (u32, u32), at: Instant) {
    let Some(person) = world.homes[here.home].persons.first() else { return };
    let categories: Categories = [Category::Basic, Category::Household].into_iter().collect();
    material(world, tables, here, (RecordKind::Person, person.cast()), ("material", categories), who, at);
}

fn promises(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, members: &[Member]) {
    let hold = Owed {
        kind: TaskKind::HoldMatter,
        thing: here.id.cast(),
        desk: here.office.0,
        assignee: None,
        due: after(here.opened, 20),
        done: here.closed,
    };
    owe(world, tables, &hold, here.made);
    for m in members {
        let pledge = Owed {
            kind: TaskKind::PledgeSecrecy,
            thing: m.id.cast(),
            desk: m.desk,
            assignee: Some(m.staff),
            due: after(world.now, 2),
            done: m.pledged,
        };
        owe(world, tables, &pledge, here.made);
        if let Some(pledged) = m.pledged {
            let release =
                Owed { kind: TaskKind::ReleaseMaterial, due: after(pledged, 3), done: here.closed, ..pledge };
            owe(world, tables, &release, here.made);
        }
    }
}
