//! The weights, and the sum of them: Fellegi and Sunter, "A Theory for Record Linkage" (1969).
//!
//! Each outcome of a field has a probability among records of one person (m) and among those of two strangers (u); its weight is
//! log2(m / u), and weights add up. Names say how rare they are themselves: the same 勅使河原 weighs more than the same 佐藤.
//!
//! People of one household are no strangers: they share name, address and telephone, and twins the birth date too. Added up as
//! if they were strangers, brothers would look like one person. So each outcome has a third probability, among people of one
//! family (r), and what is more likely to be family than chance is taken off again, as a line of its own that is shown.

use crate::compare::{FIELDS, Field, Level, Outcome, compare};
use crate::features::Features;

/// Of one outcome of one field: how probable it is among records of one person, of strangers, of one family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Odds {
    /// The field.
    pub field: Field,
    /// What came of comparing it.
    pub level: Level,
    /// Among records of one person.
    pub m: f32,
    /// Among records of two strangers; where the value says how rare it is, of an unusual one.
    pub u: f32,
    /// Among records of two people of one family.
    pub r: f32,
}

/// From here on a pair is shown to people (log2 of the odds): of those shown, 995 of 1,000 are one person on generated records.
pub const SHOWN: f32 = 3.0;

const fn odds(field: Field, level: Level, m: f32, u: f32, r: f32) -> Odds {
    Odds { field, level, m, u, r }
}

/// The table. m and u were counted on generated records with seeds 1 to 9 and smoothed (docs/linkage.md says how); where the
/// generator makes no such slip, m is an estimate and stays small. r is an estimate, but for the same birth date: counted among
/// generated families, a few of whom have twins. Who shares name, address and telephone and is called otherwise may be a twin, so
/// that an equal birth date says little more.
pub const TABLE: &[Odds] = &[
    odds(Field::Family, Level::Same, 0.90, 0.004, 0.90),
    odds(Field::Family, Level::SameSound, 0.030, 0.004, 0.04),
    odds(Field::Family, Level::SlippedSound, 0.034, 0.002, 0.04),
    odds(Field::Family, Level::OtherSound, 0.003, 0.0005, 0.004),
    odds(Field::Family, Level::NearSound, 0.004, 0.006, 0.005),
    odds(Field::Family, Level::Shares, 0.004, 0.02, 0.005),
    odds(Field::Family, Level::Former, 0.03, 0.004, 0.035),
    odds(Field::Family, Level::Swapped, 0.004, 0.002, 0.0005),
    odds(Field::Family, Level::Unsure, 0.004, 0.10, 0.01),
    odds(Field::Family, Level::Different, 0.004, 0.85, 0.07),
    odds(Field::Family, Level::DifferentWoman, 0.030, 0.85, 0.08),
    odds(Field::Given, Level::Same, 0.80, 0.005, 0.002),
    odds(Field::Given, Level::SameSound, 0.14, 0.005, 0.002),
    odds(Field::Given, Level::SlippedSound, 0.030, 0.002, 0.001),
    odds(Field::Given, Level::OtherSound, 0.004, 0.0015, 0.001),
    odds(Field::Given, Level::NearSound, 0.008, 0.03, 0.05),
    odds(Field::Given, Level::Shares, 0.006, 0.03, 0.05),
    odds(Field::Given, Level::Former, 0.02, 0.005, 0.002),
    odds(Field::Given, Level::Swapped, 0.004, 0.002, 0.0002),
    odds(Field::Given, Level::Unsure, 0.006, 0.10, 0.10),
    odds(Field::Given, Level::Different, 0.0015, 0.85, 0.80),
    odds(Field::Birth, Level::Same, 0.92, 0.00005, 0.02),
    odds(Field::Birth, Level::Partly, 0.90, 0.012, 0.02),
    odds(Field::Birth, Level::Day, 0.027, 0.0013, 0.002),
    odds(Field::Birth, Level::Month, 0.020, 0.0005, 0.002),
    odds(Field::Birth, Level::Turned, 0.003, 0.0003, 0.0005),
    odds(Field::Birth, Level::YearSlip, 0.020, 0.0003, 0.001),
    odds(Field::Birth, Level::Year, 0.001, 0.0024, 0.003),
    odds(Field::Birth, Level::Different, 0.001, 0.99, 0.97),
    odds(Field::Sex, Level::Same, 0.995, 0.50, 0.48),
    odds(Field::Sex, Level::Different, 0.005, 0.50, 0.52),
    odds(Field::Address, Level::Same, 0.66, 0.00005, 0.58),
    odds(Field::Address, Level::House, 0.02, 0.0001, 0.03),
    odds(Field::Address, Level::Block, 0.01, 0.0005, 0.02),
    // No number is known of one: it could be the same house, of one person as of a family.
    odds(Field::Address, Level::Partly, 0.03, 0.012, 0.03),
    odds(Field::Address, Level::Area, 0.03, 0.012, 0.04),
    odds(Field::Address, Level::Different, 0.28, 0.99, 0.33),
    odds(Field::Phone, Level::Same, 0.60, 0.00003, 0.40),
    odds(Field::Phone, Level::OneDigit, 0.02, 0.00003, 0.015),
    odds(Field::Phone, Level::Different, 0.36, 1.0, 0.59),
];

/// The table ready for use.
#[derive(Clone, Debug)]
pub struct Model {
    /// log2 of m, u and r, by field and level.
    logs: [[Option<[f32; 3]>; LEVELS]; FIELDS],
}

const LEVELS: usize = Level::TakenOff as usize + 1;

/// How many records there are: in a large town a pair is more often chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// log2 of the odds that a pair drawn by chance is one person.
    same: f32,
    /// log2 of the part of pairs that are of one family.
    family: f32,
}

/// One field of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The field.
    pub field: Field,
    /// What came of comparing it.
    pub level: Level,
    /// Bits for (above 0) or against (below 0) that it is one person.
    pub weight: f32,
}

/// How much two records look like one person, explained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Every field, and what was taken off because they may be family.
    pub lines: [Line; FIELDS + 1],
    /// The sum of the lines.
    pub total: f32,
    /// log2 of the odds that it is one person: the total, and how probable a pair drawn by chance was.
    pub log_odds: f32,
}

impl Score {
    /// The probability that it is one person.
    pub fn probability(&self) -> f32 {
        1.0 / (1.0 + (-self.log_odds).exp2())
    }
}

impl Scale {
    /// Of so many records. Of two records of a town about 0.7 / n are one person, 1.5 / n one family.
    pub fn of(records: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a count of records as a rough measure")]
        let n = records.max(2) as f32;
        Self { same: (0.7 / n).log2(), family: (1.5 / n).log2() }
    }
}

impl Default for Model {
    fn default() -> Self {
        Self::of(TABLE)
    }
}

impl Model {
    /// With a table of one's own.
    pub fn of(table: &[Odds]) -> Self {
        let mut logs = [[None; LEVELS]; FIELDS];
        for o in table {
            if let Some(place) = logs.get_mut(o.field as usize).and_then(|f| f.get_mut(o.level as usize)) {
                *place = Some([o.m.log2(), o.u.log2(), o.r.log2()]);
            }
        }
        Self { logs }
    }

    /// Two records compared and weighed.
    pub fn score(&self, a: &Features, b: &Features, scale: Scale) -> Score {
        let fields = [Field::Family, Field::Given, Field::Birth, Field::Sex, Field::Address, Field::Phone];
        let nothing = Line { field: Field::Relatives, level: Level::TakenOff, weight: 0.0 };
        let mut lines = [nothing; FIELDS + 1];
        let (mut total, mut family) = (0.0, scale.family);
        for ((line, field), Outcome { level, bits }) in lines.iter_mut().zip(fields).zip(compare(a, b)) {
            let Some([one, chance, kin]) = self.logs[field as usize][level as usize] else {
                *line = Line { field, level, weight: 0.0 };
                continue;
            };
            let chance = if bits > 0.0 { -bits } else { chance };
            *line = Line { field, level, weight: one - chance };
            total += one - chance;
            family += kin - chance;
        }
        let taken = -(1.0 + family.min(100.0).exp2()).log2();
        lines[FIELDS].weight = taken;
        total += taken;
        Score { lines, total, log_odds: total + scale.same }
    }
}
