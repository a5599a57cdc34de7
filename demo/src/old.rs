//! Two cases that ended long ago, so that there is something to dispose of: their time is over, and nothing keeps them. People who were
//! helped once and came to no desk since; what was written then was brought over from the ledger of that time, and says no author.

use std::borrow::Cow;

use access::Category;
use casefile::{CaseState, EndReason};
use engine::args;
use household::entry::About;
use household::{EntryState, Field, RecordForm};
use town::Role;
use words::code::Code;
use words::id::CaseId;
use words::{Day, Instant};

use crate::people;
use crate::plan::Plan;
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::{By, NewText, World};

/// How many.
const CASES: i64 = 2;
/// Years before today: more than the program keeps a case for, counted from the end of its fiscal year.
const YEARS: i32 = 8;

/// Writes them, at a desk whose lead can sign in and approve.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables) {
    let year = world.today.year() - YEARS;
    let Some(desk) = led(world) else { return };
    if plan.last_numbers().contains_key(&i64::from(year)) {
        return;
    }
    // Whoever came to no desk since; in a town where everybody did, whoever came to others only.
    let elsewhere = |at: u32| world.homes.iter().filter(|home| home.household == at).count();
    let mut quiet: Vec<(usize, u32)> = (0_u32..)
        .zip(&world.town.households)
        .filter(|(at, h)| lived(world, h, year) && !world.home_at.contains_key(&(*at, desk)))
        .map(|(at, _)| (elsewhere(at), at))
        .collect();
    quiet.sort_unstable();
    let mut last = 0;
    for (number, (_, household)) in (1..=CASES).zip(quiet) {
        if case(world, tables, (desk, household), (year, number)).is_some() {
            last = number;
        }
    }
    if last > 0 {
        tables.row(Table::CaseCounter, args![world.m, i64::from(year), last]);
    }
}

/// The desk of a lead of the demonstration.
fn led(world: &World<'_>) -> Option<u32> {
    let (town, today) = (world.town, world.town.today);
    let seats = town.staff.iter().filter(|s| s.demo.is_some()).flat_map(|s| &s.appointments);
    seats
        .map(|at| &town.appointments[*at as usize])
        .filter(|a| a.from <= today && a.until.is_none_or(|last| today <= last))
        .map(|a| &town.posts[a.post as usize])
        .find(|post| post.role == Role::AgencyLead)
        .map(|post| post.desk)
}

/// Whether everybody of a household was born before it was helped, and lives.
fn lived(world: &World<'_>, household: &town::Household, year: i32) -> bool {
    household.members.iter().all(|at| {
        let person = &world.town.persons[*at as usize];
        person.died.is_none() && person.birth.year.is_some_and(|born| i32::from(born) < year)
    })
}

fn case(
    world: &mut World<'_>,
    tables: &mut Tables,
    (desk, household): (u32, u32),
    (year, number): (i32, i64),
) -> Option<()> {
    let month = u32::try_from(number).ok()? + 4;
    let opened = Instant::at(Day::new(year, month, 14)?, 10, 30);
    let ended = Instant::at(Day::new(year + 1, 2, 19)?, 16, 0);
    let by = By { staff: None, desk, on: world.town.today, recorded: opened };
    let id: CaseId = world.id(opened);
    let command = world.act(tables, "import.case", by, id.to_string());
    let home = people::home(world, tables, (household, desk), None, opened, command);
    tables.row(
        Table::CaseFile,
        args![
            world.m,
            id,
            i64::from(year),
            number,
            CaseState::Closed.code(),
            world.homes[home].id,
            world.desk(desk),
            opened,
            Some(ended),
            EndReason::Settled.code(),
            None::<words::id::TaskId>,
            None::<&str>,
            command,
        ],
    );
    tables.row(Table::CaseDesk, args![world.m, id, world.desk(desk), opened, "opened"]);
    tables.row(Table::Accountable, args![world.m, id, 1_i64, world.desk(desk), opened, "opened", command]);
    let texts = world.texts;
    let told = [
        (Field::Support, Some(RecordForm::Phone), opened.plus_hours(24 * 7), say(&texts.old, "begun")),
        (Field::Support, Some(RecordForm::Visit), opened.plus_hours(24 * 60), say(&texts.old, "went_on")),
        (Field::Ending, None, ended, say(&texts.ending, EndReason::Settled.code())),
    ];
    for (field, form, at, body) in told {
        let new = NewText {
            field,
            form,
            desk,
            author: None,
            home: Some(home),
            subjects: town::Subjects::default(),
            categories: [Category::Basic, Category::Support].into_iter().collect(),
            body: Cow::Borrowed(body),
            occurred: at,
            recorded: at,
            told: None,
            about: About { case: Some(id), ..About::default() },
            state: EntryState::Valid,
            command,
        };
        world.text(tables, &new);
    }
    Some(())
}
