//! 宿題 of a session: to what it can be given, by when it is done, and how it ends.

use engine::Refusal;
use serde::Serialize;
use words::{Day, Instant};

use super::{ItemState, MeetingState};

/// By when homework is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ByWhen {
    /// A day.
    Day(Day),
    /// 次回まで.
    Next,
}

/// Homework comes out of an item that stands or stood on the agenda of a session; what was dropped gives nobody anything to do.
pub fn may_give(session: MeetingState, item: ItemState) -> Result<(), Refusal> {
    match (session, item) {
        (MeetingState::Cancelled, _) => Err(Refusal::conflict("session.was_cancelled")),
        (_, ItemState::Proposed) => Err(Refusal::new("session.item_waits")),
        (_, ItemState::Dropped) => Err(Refusal::conflict("session.item_over")),
        _ => Ok(()),
    }
}

/// When it is due. "By the next session" is when that one begins; as long as none is planned, `otherwise`, and it follows the next
/// session once there is one.
pub fn due(by: ByWhen, now: Instant, next: Option<Instant>, otherwise: Instant) -> Result<Instant, Refusal> {
    match by {
        ByWhen::Day(day) if day < now.day() => Err(Refusal::new("session.homework_past")),
        ByWhen::Day(day) => Ok(Instant::at(day, 17, 0)),
        ByWhen::Next => Ok(next.filter(|at| *at > now).unwrap_or(otherwise)),
    }
}

/// It ends once; by somebody else than its desk only as it was told.
pub fn may_end(open: bool, own: bool, told: bool) -> Result<(), Refusal> {
    if !open {
        return Err(Refusal::conflict("session.homework_over"));
    }
    if !own && !told {
        return Err(Refusal::new("session.how_told"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use words::code::Code;

    use super::*;

    fn november(day: u32, hour: u32) -> Instant {
        Instant::at(Day::new(2026, 11, day).unwrap(), hour, 0)
    }

    #[test]
    fn by_the_next_session_follows_it() {
        let (now, otherwise) = (november(10, 15), november(30, 17));
        assert_eq!(due(ByWhen::Next, now, Some(november(25, 14)), otherwise), Ok(november(25, 14)));
        assert_eq!(due(ByWhen::Next, now, None, otherwise), Ok(otherwise));
        assert_eq!(due(ByWhen::Next, now, Some(november(10, 14)), otherwise), Ok(otherwise));
        assert_eq!(due(ByWhen::Day(november(10, 0).day()), now, None, otherwise), Ok(november(10, 17)));
        let late = due(ByWhen::Day(november(9, 0).day()), now, None, otherwise);
        assert_eq!(late.map_err(|r| r.key), Err("session.homework_past"));
    }

    #[test]
    fn what_waits_or_was_dropped_gives_nobody_anything_to_do() {
        for session in MeetingState::ALL {
            for item in ItemState::ALL {
                let given = may_give(*session, *item).is_ok();
                let stands = !matches!(item, ItemState::Proposed | ItemState::Dropped);
                assert_eq!(given, stands && *session != MeetingState::Cancelled, "{session:?} {item:?}");
            }
        }
        assert_eq!(may_end(false, true, true).map_err(|r| r.key), Err("session.homework_over"));
        assert_eq!(may_end(true, false, false).map_err(|r| r.key), Err("session.how_told"));
        assert!(may_end(true, false, true).is_ok() && may_end(true, true, false).is_ok());
    }

    proptest! {
        #[test]
        fn homework_is_never_due_in_the_past(day in 1_u32..28, next in proptest::option::of(1_u32..28), by in proptest::option::of(1_u32..28)) {
            let now = november(day, 9);
            let otherwise = now.plus_hours(24 * 20);
            let by = by.map_or(ByWhen::Next, |d| ByWhen::Day(november(d, 0).day()));
            if let Ok(at) = due(by, now, next.map(|d| november(d, 14)), otherwise) {
                prop_assert!(at >= now);
            }
        }
    }
}
