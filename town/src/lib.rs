//! A seeded generator of an invented welfare town.
//!
//! The registers of agencies and programmes are the public ones of Fujisawa; every person, address, telephone
//! number and event is invented. The same [`Config`] always gives the same [`Town`]: there is no clock and no
//! outside randomness, so a demonstration can be repeated and a benchmark compared.

mod agencies;
mod calendar;
mod dice;
mod model;
mod names;
mod places;
mod staff;

pub use model::*;

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

/// A position in a list as the towns's references hold it.
fn pos(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
