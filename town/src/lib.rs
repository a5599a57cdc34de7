//! A seeded generator of an invented welfare town.
//!
//! The registers of agencies and programmes are the public ones of Fujisawa; every person, address, telephone
//! number and event is invented. The same [`Config`] always gives the same [`Town`]: there is no clock and no
//! outside randomness, so a demonstration can be repeated and a benchmark compared.

mod agencies;
mod calendar;
mod cases;
mod consultations;
mod dice;
mod households;
mod lines;
mod model;
mod names;
mod places;
mod referrals;
mod staff;
mod tasks;
mod text;
mod themes;
mod ties;

pub use model::*;
pub use ties::{HomeTie, of_home};

/// How large a town to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The seed from which everything follows.
    pub seed: u64,
    /// The day on which the story stands: year, month, day.
    pub today: (i32, u32, u32),
    /// How many households.
    pub households: usize,
    /// How many consultations.
    pub consultations: usize,
    /// Over how many years before today.
    pub years: u32,
    /// How many agencies; never fewer than 60.
    pub agencies: usize,
    /// How many members of staff; never fewer than the desks need.
    pub staff: usize,
    /// Passages of text per consultation sheet on average, between 1 and 5; support records come on top.
    pub notes_per_consultation: f64,
}

impl Config {
    /// The town of the demonstration.
    pub const fn demo(today: (i32, u32, u32)) -> Self {
        Self {
            seed: 2026,
            today,
            households: 3_000,
            consultations: 12_000,
            years: 3,
            agencies: 60,
            staff: 200,
            notes_per_consultation: 3.0,
        }
    }

    /// The town of the benchmarks.
    pub const fn bench(today: (i32, u32, u32)) -> Self {
        Self {
            seed: 2026,
            today,
            households: 30_000,
            consultations: 100_000,
            years: 3,
            agencies: 60,
            staff: 400,
            notes_per_consultation: 3.0,
        }
    }
}

/// Makes the town: first the place and its agencies, then the people, then what happened between them.
pub fn generate(config: &Config) -> Town {
    let (year, month, day) = config.today;
    let today = Day::new(year, month, day);
    let years = i32::try_from(config.years).unwrap_or(3).max(1);
    let first_day = Day::new(year - years, month, if month == 2 && day == 29 { 28 } else { day });
    // Each part draws from its own stream, so that a change to one leaves the others as they were.
    let dice = |stream| dice::Dice::new(config.seed, stream);
    let names = names::Names::new();
    let (area_systems, areas, quarters) = places::build();
    let network = agencies::build(&areas, today, config.years, config.agencies);
    let crew = staff::build(&mut dice(1), &names, &network, today, first_day, config.staff);
    let (households, persons) =
        households::build(&mut dice(2), &names, &quarters, today, years, config.households);
    let world = consultations::World {
        network: &network,
        crew: &crew,
        areas: &areas,
        quarters: &quarters,
        households: &households,
        persons: &persons,
        today,
        first_day,
    };
    let mut consultations =
        consultations::build(&mut dice(3), &world, config.consultations, config.notes_per_consultation);
    let mut support = cases::build(&mut dice(4), &world, &mut consultations);
    let passed = referrals::build(&mut dice(5), &world, &consultations, &mut support);
    let tasks = tasks::build(
        &mut dice(6),
        &world,
        &consultations,
        &support,
        &passed.referrals,
        &passed.sheets,
        &crew.transfers,
    );
    let mut town = Town {
        today,
        first_day,
        area_systems,
        areas,
        quarters,
        legal_entities: network.entities,
        agencies: network.agencies,
        agency_changes: network.changes,
        agency_programmes: network.register,
        contracts: network.contracts,
        desks: network.desks,
        posts: crew.posts,
        appointments: crew.appointments,
        staff: crew.staff,
        transfers: crew.transfers,
        households,
        persons,
        consultations,
        cases: support.cases,
        records: support.records,
        consents: support.consents,
        referrals: passed.referrals,
        sheets: passed.sheets,
        tasks,
    };
    deaths(&mut town, &mut dice(7));
    town
}

/// Lets some aged heads of household die after all that is told of them, so that no text comes too late.
fn deaths(town: &mut Town, dice: &mut dice::Dice) {
    let mut last = vec![town.first_day; town.households.len()];
    let mut seen = |home: u32, day: Day| last[home as usize] = last[home as usize].max(day);
    for consultation in &town.consultations {
        if let Some(home) = consultation.household {
            seen(home, consultation.occurred_at.day);
        }
    }
    for case in &town.cases {
        seen(case.household, case.events.last().map_or(case.opened, |event| event.day));
        for record in &town.records[case.records.start as usize..case.records.end as usize] {
            seen(case.household, record.occurred_at.day);
        }
    }
    for referral in &town.referrals {
        seen(referral.household, referral.history.last().map_or(referral.created.day, |step| step.at.day));
    }
    for (number, household) in town.households.iter().enumerate() {
        let head = &mut town.persons[household.members[0] as usize];
        let quiet = town.today.0 - last[number].0;
        if town.today.age_of(head.born) >= 78 && quiet > 10 && dice.percent(4) {
            head.died = Some(last[number].plus(dice.between(3, quiet - 1)));
        }
    }
}

/// A position in a list as the town's references hold it.
fn pos(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
