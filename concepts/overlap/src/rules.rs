//! What may be decided on a notice.

use std::collections::BTreeSet;

use engine::Refusal;
use words::codes;
use words::id::{DeskId, UserId};

codes! {
    /// Why no conference is needed.
    pub enum Reason {
        /// 別の人だった.
        Others = "others",
        /// もう互いに知っている.
        KnownAlready = "known",
        /// 本人の同意をもらうことにした.
        Consent = "consent",
        /// いまは会議にかけるほどではない.
        Small = "small",
        /// その他.
        Other = "other",
    }

    /// Where a notice stands.
    pub enum State {
        /// Nobody has decided yet.
        Open = "open",
        /// 会議の事案をひらいた.
        Matter = "matter",
        /// 見送った.
        Dismissed = "dismissed",
    }
}

/// A notice is decided once.
pub fn may_decide(state: State) -> Result<(), Refusal> {
    if state == State::Open { Ok(()) } else { Err(Refusal::new("overlap.is_decided")) }
}

/// Of the coordinators' desks, those whose every coordinator is among the people who are not told.
pub(crate) fn with_nobody(coordinators: &[(UserId, DeskId)], not_told: &BTreeSet<UserId>) -> Vec<DeskId> {
    let (out, told): (Vec<_>, Vec<_>) = coordinators.iter().partition(|(user, _)| not_told.contains(user));
    let told: BTreeSet<DeskId> = told.into_iter().map(|(_, desk)| desk).collect();
    let out: BTreeSet<DeskId> = out.into_iter().map(|(_, desk)| desk).collect();
    out.difference(&told).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_whose_coordinators_all_work_at_one_of_the_two_is_told_nothing() {
        let id = |n: u8| format!("00000000-0000-7000-8000-0000000000{n:02}").parse::<uuid::Uuid>().unwrap();
        let (hase, mori, endo) = (UserId::new(id(1)), UserId::new(id(2)), UserId::new(id(3)));
        let (north, south) = (DeskId::new(id(4)), DeskId::new(id(5)));
        let all = [(hase, north), (mori, north), (endo, south)];
        assert_eq!(with_nobody(&all, &[].into()), []);
        assert_eq!(with_nobody(&all, &[hase].into()), []);
        assert_eq!(with_nobody(&all, &[hase, endo].into()), [south]);
        assert_eq!(with_nobody(&all, &[hase, mori, endo].into()), [north, south]);
    }

    #[test]
    fn a_notice_is_decided_once() {
        assert!(may_decide(State::Open).is_ok());
        for state in [State::Matter, State::Dismissed] {
            assert_eq!(may_decide(state).unwrap_err().key, "overlap.is_decided");
        }
    }
}
