//! Which looks are not as usual. Each rule takes counted rows of the log, without any content, and says whom it points at, on
//! which day, and how often. The thresholds are settings of the municipality.
//!
//! | pattern | points at | threshold (setting, default) |
//! |---|---|---|
//! | `without_task` | so many households on one day with which the own desks have no task | `unusual_households_a_day` 15 |
//! | `same_family` | a household with the looker's family name, no task there; names borne by many are left out | `unusual_common_name_permille` 5 |
//! | `own` | a person of the looker's whole name: themselves, or a namesake | always |
//! | `colleague` | a person with the whole name of somebody else who works here, no task there | always |
//! | `neighbour` | a household in the block in which a person of the looker's name is recorded, no task there | always |
//! | `night` | so many pages opened on one day between 22 and 5 o'clock, or on a day that is no business day | `unusual_night_looks` 20 |
//! | `export` | so many records of one day into files | `unusual_export_rows` 200 |
//! | `urgent` | a desk that looks urgently three times as often as the others, or mostly in vain | `unusual_urgent_looks` 3 |
//!
//! What staff are called is all the program knows of them; where they live it knows only when they are recorded as a person.

use std::collections::{BTreeMap, BTreeSet};

use words::calendar::{self, OpeningDays};
use words::id::{DeskId, HouseholdId, ThingId, UserId};
use words::{Day, codes};

codes! {
    /// What is not as usual.
    pub enum Pattern {
        /// Many households without a task.
        WithoutTask = "without_task",
        /// A household of the same family name.
        SameFamily = "same_family",
        /// A person of one's own name.
        Own = "own",
        /// A colleague.
        Colleague = "colleague",
        /// A household next door.
        Neighbour = "neighbour",
        /// At night or on a holiday.
        Night = "night",
        /// Much into files.
        Export = "export",
        /// Urgent looks of a desk.
        Urgent = "urgent",
    }

    /// What somebody came to.
    pub enum Outcome {
        /// Sight at: nothing to it.
        Reviewed = "reviewed",
        /// There is an explanation.
        Explained = "explained",
        /// Handed on to whoever is responsible.
        HandedOn = "handed_on",
    }
}

/// The settings' keys and their defaults.
pub(crate) const SETTINGS: [(&str, i64); 5] = [
    ("unusual_households_a_day", 15),
    ("unusual_common_name_permille", 5),
    ("unusual_night_looks", 20),
    ("unusual_export_rows", 200),
    ("unusual_urgent_looks", 3),
];

/// From how much on something is pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Households without a task on one day.
    pub households: i64,
    /// A family name borne by more of a thousand recorded people than this is common.
    pub common_permille: i64,
    /// Pages opened at night or on a holiday, on one day.
    pub night: i64,
    /// Records into files on one day.
    pub export: i64,
    /// Urgent looks of one desk.
    pub urgent: i64,
}

impl Thresholds {
    /// Out of the settings: at least one, or everything would be unusual.
    pub(crate) fn of([households, common, night, export, urgent]: [i64; 5]) -> Self {
        Self {
            households: households.max(1),
            common_permille: common.max(0),
            night: night.max(1),
            export: export.max(1),
            urgent: urgent.max(1),
        }
    }
}

/// So many rows of the log that are alike: who, when, through which way, at which household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Who.
    pub user: UserId,
    /// The day.
    pub day: Day,
    /// The hour, 0 to 23.
    pub hour: u32,
    /// Whether it went into a file.
    pub export: bool,
    /// Whether it went there out of the own desks' records: a file of one's own list is one act of work, and no look at each household
    /// on it. How much went into files is counted all the same.
    pub own_list: bool,
    /// At which household, if at any.
    pub household: Option<HouseholdId>,
    /// How many rows.
    pub rows: i64,
}

/// So many pages with records that somebody opened in one hour. One page is one look, however many records it shows: the log has a row
/// for each of them, and whoever is on duty on a holiday would be pointed at by the second page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// Who.
    pub user: UserId,
    /// The day.
    pub day: Day,
    /// The hour, 0 to 23.
    pub hour: u32,
    /// How many.
    pub n: i64,
}

/// How somebody stands to a household, as far as names and addresses say. Nothing of them leaves storage but this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Near {
    /// Somebody there has the same family name; of a thousand people so many have it.
    pub family_permille: Option<i64>,
    /// Somebody there has the same whole name.
    pub own: bool,
    /// Somebody there has the whole name of another of the staff.
    pub colleague: bool,
    /// Somebody of the looker's whole name is recorded in the same block.
    pub neighbour: bool,
}

/// What the rules know beside the rows.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Households with which a desk of this person has, or had, a task.
    pub tasks: BTreeSet<(UserId, HouseholdId)>,
    /// How people stand to households they looked at.
    pub near: BTreeMap<(UserId, HouseholdId), Near>,
}

/// Urgent looks and look-ups in vain of one desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Urgent {
    /// The desk.
    pub desk: DeskId,
    /// Looks.
    pub looks: i64,
    /// Look-ups that found nothing.
    pub misses: i64,
}

/// Something to be read by somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The day, or the last one of the time looked through.
    pub day: Day,
    /// What.
    pub pattern: Pattern,
    /// A person, or a desk ([`Pattern::Urgent`]).
    pub who: ThingId,
    /// How often, in what the pattern counts.
    pub n: i64,
}

/// Everything that is not as usual, the newest day first.
pub fn findings(
    rows: &[Sight],
    pages: &[Pages],
    around: &Around,
    urgent: &[Urgent],
    last: Day,
    limits: Thresholds,
) -> Vec<Finding> {
    let mut found = by_day(rows, pages, around, limits);
    found.extend(of_desks(urgent, last, limits));
    found.sort_by(|a, b| b.day.cmp(&a.day).then(a.pattern.cmp(&b.pattern)).then(a.who.cmp(&b.who)));
    found
}

/// What is counted for one person on one day.
#[derive(Default)]
struct Counted {
    households: BTreeMap<Pattern, BTreeSet<HouseholdId>>,
    night: i64,
    export: i64,
}

fn by_day(rows: &[Sight], pages: &[Pages], around: &Around, limits: Thresholds) -> Vec<Finding> {
    let mut days: BTreeMap<(Day, UserId), Counted> = BTreeMap::new();
    for row in rows {
        let day = days.entry((row.day, row.user)).or_default();
        if row.export {
            day.export += row.rows;
        }
        let Some(household) = row.household else { continue };
        for pattern in near((row.user, household), row.own_list, around, limits) {
            day.households.entry(pattern).or_default().insert(household);
        }
    }
    for page in pages.iter().filter(|p| at_night(p.day, p.hour)) {
        days.entry((page.day, page.user)).or_default().night += page.n;
    }
    let mut found = Vec::new();
    for ((day, user), counted) in days {
        let mut add = |pattern, n: i64, from: i64| {
            if n >= from {
                found.push(Finding { day, pattern, who: user.cast(), n });
            }
        };
        for (pattern, households) in &counted.households {
            let from = if *pattern == Pattern::WithoutTask { limits.households } else { 1 };
            add(*pattern, i64::try_from(households.len()).unwrap_or(i64::MAX), from);
        }
        add(Pattern::Night, counted.night, limits.night);
        add(Pattern::Export, counted.export, limits.export);
    }
    found
}

/// The patterns that a look at this household counts for. Whoever has a task there works there, whatever it is called; and so does whoever
/// takes the list of their own desk out as a file.
fn near(
    (user, household): (UserId, HouseholdId),
    own_list: bool,
    around: &Around,
    limits: Thresholds,
) -> Vec<Pattern> {
    let near = around.near.get(&(user, household)).copied().unwrap_or_default();
    let mut patterns = Vec::new();
    if near.own {
        // One's own record is looked at by somebody else, task or not.
        patterns.push(Pattern::Own);
    }
    if own_list || around.tasks.contains(&(user, household)) {
        return patterns;
    }
    patterns.push(Pattern::WithoutTask);
    if near.family_permille.is_some_and(|n| n <= limits.common_permille) && !near.own {
        patterns.push(Pattern::SameFamily);
    }
    if near.colleague {
        patterns.push(Pattern::Colleague);
    }
    if near.neighbour && !near.own {
        patterns.push(Pattern::Neighbour);
    }
    patterns
}

/// From ten in the evening to five in the morning, and all of a day that is no business day of the town hall.
fn at_night(day: Day, hour: u32) -> bool {
    !(5..22).contains(&hour) || !calendar::is_business_day(&OpeningDays::default(), day)
}

fn of_desks(urgent: &[Urgent], last: Day, limits: Thresholds) -> Vec<Finding> {
    let found = |u: &&Urgent| {
        let others: Vec<i64> = urgent.iter().filter(|o| o.desk != u.desk).map(|o| o.looks).collect();
        let often = u.looks >= limits.urgent && u.looks >= 3 * middle(others).max(1);
        let in_vain = u.misses >= limits.urgent && u.misses > 2 * u.looks;
        often || in_vain
    };
    urgent
        .iter()
        .filter(found)
        .map(|u| Finding { day: last, pattern: Pattern::Urgent, who: u.desk.cast(), n: u.looks + u.misses })
        .collect()
}

/// The middle one; nothing of nothing.
fn middle(mut of: Vec<i64>) -> i64 {
    of.sort_unstable();
    of.get(of.len() / 2).copied().unwrap_or(0)
}

/// The family name of a name as it is written: what stands before the first space. Without a space nobody can say.
pub(crate) fn family(name: &str) -> Option<String> {
    let name = name.trim();
    let (family, given) = name.split_once(char::is_whitespace)?;
    let key = words::name::name_key(family);
    (!key.is_empty() && !given.trim().is_empty()).then_some(key)
}

/// The block of an address key: all but its last number. An address without a number has none.
pub(crate) fn block(address_key: &str) -> Option<&str> {
    let (block, last) = address_key.rsplit_once('-')?;
    let number = last.starts_with(|c: char| c.is_ascii_digit());
    (number && block.contains(|c: char| c.is_ascii_digit())).then_some(block)
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
