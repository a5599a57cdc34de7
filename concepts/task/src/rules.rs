//! When a promise is late, and whom that concerns; who may change a task, and what can be taken back.

use engine::Refusal;
use serde::Serialize;
use words::calendar::{self, OpeningDays};
use words::id::UserId;
use words::{Day, Instant, codes};

use crate::kinds::TaskState;

codes! {
    /// Who has to know about a late task.
    pub enum Level {
        /// The person in charge, as always.
        Holder = "holder",
        /// The agency lead.
        Lead = "lead",
        /// The coordinator.
        Coordinator = "coordinator",
    }
}

codes! {
    /// Why a promise moves to another day. A code, not words: reasons in words belong to the record.
    pub enum Postponed {
        /// 本人の都合.
        Person = "person",
        /// 先方の都合.
        Partner = "partner",
        /// 担当の都合.
        Worker = "worker",
        /// 状況が変わった.
        Changed = "changed",
    }

    /// What kind of change.
    pub enum What {
        /// Another person in charge.
        Assign = "assign",
        /// Another day.
        Postpone = "postpone",
        /// A change taken back.
        Undo = "undo",
    }
}

/// A change of a task that can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Change {
    /// Somebody is in charge; nobody: back to the desk.
    Assign(Option<UserId>),
    /// Another day, and why.
    Postpone(Instant, Postponed),
}

impl Change {
    /// Its kind.
    pub const fn what(&self) -> What {
        match self {
            Self::Assign(_) => What::Assign,
            Self::Postpone(..) => What::Postpone,
        }
    }
}

/// Tasks that can be changed in one sending.
pub const MOST_AT_ONCE: usize = 200;

/// Whether a change can be taken back: only once, and only what nobody has changed since.
pub fn undoable(state: TaskState, version: i64, changed_to: i64, undone: bool) -> Result<(), Refusal> {
    if undone {
        return Err(Refusal::conflict("bulk.undone_before"));
    }
    if state != TaskState::Open {
        return Err(Refusal::conflict("bulk.undo_ended"));
    }
    if version != changed_to {
        return Err(Refusal::conflict("undo.changed"));
    }
    Ok(())
}

/// The municipality's clocks for the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// Business days after the due date until the lead is told.
    pub lead_after: i64,
    /// Business days after the due date until the coordinator is told.
    pub coordinator_after: i64,
    /// Hours within which an urgent matter needs an answer, day or night.
    pub urgent_hours: i64,
}

/// Whom a task due at `due` concerns at `now`. Urgent tasks count in elapsed hours: the lead at once when due,
/// the coordinator when the urgent time has passed again.
pub fn level(due: Instant, urgent: bool, now: Instant, opening: &OpeningDays, clocks: &Clocks) -> Level {
    if urgent {
        return if now >= due.plus_hours(clocks.urgent_hours) {
            Level::Coordinator
        } else if now >= due {
            Level::Lead
        } else {
            Level::Holder
        };
    }
    let late = if now.day() > due.day() {
        calendar::business_days_between(opening, due.day(), now.day())
    } else {
        0
    };
    if late >= clocks.coordinator_after {
        Level::Coordinator
    } else if late >= clocks.lead_after {
        Level::Lead
    } else {
        Level::Holder
    }
}

/// The day on which the next one up will be told, for the line "next: told to … on …".
pub fn next_step(due: Instant, now: Level, opening: &OpeningDays, clocks: &Clocks) -> Option<(Level, Day)> {
    let after = |days: i64| {
        let days = u32::try_from(days.max(0)).unwrap_or(0);
        (1..=days).fold(due.day(), |day, _| calendar::add_business_days(opening, day.plus_days(1), 0))
    };
    match now {
        Level::Holder => Some((Level::Lead, after(clocks.lead_after))),
        Level::Lead => Some((Level::Coordinator, after(clocks.coordinator_after))),
        Level::Coordinator => None,
    }
}

/// When an answer is due: business days of the desk that is asked, at its closing time; elapsed hours, day or night, when
/// urgent (domain section 4.3, defaults 5 business days and 2 hours).
pub fn answer_due(
    sent: Instant,
    urgent: bool,
    opening: &OpeningDays,
    business_days: u32,
    urgent_hours: i64,
) -> Instant {
    if urgent {
        return sent.plus_hours(urgent_hours);
    }
    Instant::at(calendar::business_day_after(opening, sent.day(), business_days), 17, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn urgent_answers_are_due_in_hours_others_in_business_days() {
        let friday = Instant::at(Day::new(2026, 11, 20).unwrap(), 16, 0);
        let open = OpeningDays::default();
        assert_eq!(answer_due(friday, true, &open, 5, 2), friday.plus_hours(2));
        // Monday 23 November is a holiday: five business days end on Monday 30.
        assert_eq!(answer_due(friday, false, &open, 5, 2).day(), Day::new(2026, 11, 30).unwrap());
    }

    const CLOCKS: Clocks = Clocks { lead_after: 1, coordinator_after: 3, urgent_hours: 2 };

    fn at(day: u32, hour: u32) -> Instant {
        Instant::at(Day::new(2026, 11, day).unwrap(), hour, 0)
    }

    fn check(due: Instant, now: Instant, expected: Level) {
        assert_eq!(level(due, false, now, &OpeningDays::default(), &CLOCKS), expected, "{due} {now}");
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        // Friday 20 November; Monday 23 is 勤労感謝の日.
        check(at(20, 17), at(20, 23), Level::Holder);
        check(at(20, 17), at(22, 12), Level::Holder);
        check(at(20, 17), at(23, 12), Level::Holder);
        check(at(20, 17), at(24, 9), Level::Lead);
        check(at(20, 17), at(26, 9), Level::Coordinator);
    }

    #[test]
    fn urgent_matters_count_in_hours_day_and_night() {
        let due = at(21, 23);
        let of = |now| level(due, true, now, &OpeningDays::default(), &CLOCKS);
        assert_eq!(of(due.plus_minutes(-1)), Level::Holder);
        assert_eq!(of(due), Level::Lead);
        assert_eq!(of(due.plus_hours(2)), Level::Coordinator);
    }

    #[test]
    fn only_what_nobody_changed_since_is_taken_back() {
        let key = |state, version, undone| undoable(state, version, 4, undone).map_err(|r| r.key);
        assert_eq!(key(TaskState::Open, 4, false), Ok(()));
        assert_eq!(key(TaskState::Open, 4, true), Err("bulk.undone_before"));
        assert_eq!(key(TaskState::Open, 5, false), Err("undo.changed"));
        assert_eq!(key(TaskState::Done, 4, false), Err("bulk.undo_ended"));
    }

    proptest! {
        #[test]
        fn nothing_is_taken_back_after_another_change(version in 1_i64..50, after in 1_i64..50, open: bool) {
            let state = if open { TaskState::Open } else { TaskState::Moved };
            let can = undoable(state, version + after, version, false).is_ok();
            prop_assert!(!can);
        }

        #[test]
        fn time_only_moves_a_task_up(due in 0_i64..4000, a in 0_i64..8000, b in 0_i64..8000, urgent: bool) {
            let start = at(2, 9);
            let (first, second) = (a.min(b), a.max(b));
            let of = |h| level(start.plus_hours(due), urgent, start.plus_hours(h), &OpeningDays::default(), &CLOCKS);
            prop_assert!(of(first) <= of(second));
        }

        #[test]
        fn the_announced_day_is_when_it_happens(due in 1_u32..28) {
            let due = at(due, 17);
            let opening = OpeningDays::default();
            let (next, day) = next_step(due, Level::Holder, &opening, &CLOCKS).unwrap();
            prop_assert_eq!(level(due, false, Instant::at(day, 0, 1), &opening, &CLOCKS), next);
            prop_assert_eq!(level(due, false, Instant::at(day.plus_days(-1), 0, 1), &opening, &CLOCKS), Level::Holder);
        }
    }
}
