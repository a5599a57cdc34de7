//! Households and persons, once for every desk they came to.

use engine::args;
use household::{NewPerson, TieKind};
use town::{Birth, Gender};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, HouseholdId, PersonId, ThingId};
use words::partial::PartialDate;

use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::{Home, HomeKey, World, day};

/// A birth date as far as known.
pub(crate) fn birth(of: Birth) -> Option<PartialDate> {
    let year = i32::from(of.year?);
    match (of.month.map(u32::from), of.day.map(u32::from)) {
        (Some(month), Some(day)) => words::Day::new(year, month, day).map(PartialDate::of_day),
        (Some(month), None) => PartialDate::of_month(year, month),
        _ => PartialDate::of_year(year),
    }
}

/// The household as this desk recorded it; recorded now when it is the first time.
pub(crate) fn home(
    world: &mut World<'_>,
    tables: &mut Tables,
    (household, desk): HomeKey,
    author: Option<u32>,
    at: Instant,
    command: CommandId,
) -> usize {
    if let Some(known) = world.home_at.get(&(household, desk)) {
        return *known;
    }
    let id: HouseholdId = world.id(at);
    tables.row(Table::Household, args![world.m, id, world.desk(desk), world.district(household), command]);
    let members = &world.town.households[household as usize].members;
    let mut persons = Vec::with_capacity(members.len());
    for (nth, member) in (0_i64..).zip(members) {
        // Lists of members go by id: a millisecond apart keeps their order.
        let of: PersonId = world.id(Instant::from_millis(at.millis() + nth));
        let known = known(world, household, *member);
        let relation = world.town.persons[*member as usize].relation;
        person(world, tables, (of, id, desk), author, command, *member, &known);
        tables.row(Table::Member, args![world.m, id, of, relation, true, at.day(), command]);
        world.findable.person(of, desk, at, known);
        persons.push(of);
    }
    ties(world, tables, (household, desk), (id, &persons), (author, at, command));
    let number = world.homes.len();
    world.homes.push(Home { id, household, desk, persons });
    world.home_at.insert((household, desk), number);
    number
}

/// What lies between them, as the desk that took the household down wrote it.
fn ties(
    world: &World<'_>,
    tables: &mut Tables,
    (household, desk): HomeKey,
    (id, persons): (HouseholdId, &[PersonId]),
    (author, at, command): (Option<u32>, Instant, CommandId),
) {
    let home = &world.town.households[household as usize];
    for tie in town::of_home(home, &world.town.persons) {
        let of: ThingId = world.id(at);
        let kind = TieKind::parse(tie.kind).unwrap_or(TieKind::Close);
        let person = |nth: Option<usize>| nth.and_then(|nth| persons.get(nth)).copied();
        let (name, what, strength, direction) = tie.outside.unwrap_or_default();
        tables.row(
            Table::Tie,
            args![
                world.m,
                of,
                id,
                world.desk(desk),
                author.map(|a| world.user(a)),
                tie.kind,
                person(tie.first),
                person(tie.second),
                name,
                what,
                strength,
                direction,
                kind.categories(),
                "valid",
                at,
                command,
            ],
        );
    }
}

fn known(world: &World<'_>, household: u32, member: u32) -> NewPerson {
    let p = &world.town.persons[member as usize];
    let reading = match (p.surname_reading, p.given_reading.as_str()) {
        ("", "") => String::new(),
        (surname, given) => format!("{surname} {given}"),
    };
    NewPerson {
        name: format!("{} {}", p.surname, p.given),
        reading: reading.trim().to_owned(),
        alias: p.variants.first().cloned().unwrap_or_default(),
        birth: birth(p.birth),
        gender: if p.gender == Gender::Unstated { String::new() } else { p.gender.ja().to_owned() },
        language: p.language.map_or_else(String::new, |code| say(&world.texts.language, code).to_owned()),
        interpreter: p.interpreter,
        address: world.town.households[household as usize].address.clone(),
        phone: p.phone.clone().unwrap_or_default(),
        contact_wish: p.contact_wish.unwrap_or_default().to_owned(),
        ..NewPerson::default()
    }
}

fn person(
    world: &World<'_>,
    tables: &mut Tables,
    (id, home, desk): (PersonId, HouseholdId, u32),
    author: Option<u32>,
    command: CommandId,
    member: u32,
    known: &NewPerson,
) {
    let died = world.town.persons[member as usize].died.map(|d| day(d).to_string());
    let digits: String = words::fold::fold(&known.phone).chars().filter(char::is_ascii_digit).collect();
    tables.row(
        Table::Person,
        args![
            world.m,
            id,
            home,
            world.desk(desk),
            author.map(|a| world.user(a)),
            &known.name,
            &known.reading,
            &known.alias,
            words::name::name_key(&known.name),
            words::name::reading_key(&known.reading),
            known.birth.map(|b| b.to_string()),
            died,
            &known.gender,
            &known.language,
            known.interpreter,
            &known.address,
            words::address::fold_address(&known.address),
            &known.phone,
            digits,
            &known.contact_wish,
            1_i64,
            command,
        ],
    );
}
