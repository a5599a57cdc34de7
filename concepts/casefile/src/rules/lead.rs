//! 一時的な主担当: another desk answers for a case for a while, and gives it back.

use engine::Refusal;
use words::id::DeskId;
use words::{Day, codes};

codes! {
    /// Where it stands.
    pub enum LeadState {
        /// 相手の返事まち.
        Proposed = "proposed",
        /// 引きうけなかった.
        Declined = "declined",
        /// 取り下げた.
        Withdrawn = "withdrawn",
        /// 一時的に引きうけている.
        Lent = "lent",
        /// もどした.
        Returned = "returned",
        /// そのまま主担当になった.
        Kept = "kept",
    }

    /// Why another desk answers for the case for a while.
    pub enum WhyLent {
        /// 虐待・暴力への対応.
        Abuse = "abuse",
        /// 命・からだの危険.
        Danger = "danger",
        /// しばらく集中した支援が要る.
        Intensive = "intensive",
        /// 主担当の窓口で担当がいない.
        Absence = "absence",
        /// その他.
        Other = "other",
    }

    /// A step.
    pub enum LeadStep {
        /// 引きうける・頼む.
        Propose = "propose",
        /// 受ける.
        Accept = "accept",
        /// 受けない.
        Decline = "decline",
        /// 取り下げる.
        Withdraw = "withdraw",
        /// 確かめる日をあらためる.
        Later = "later",
        /// もどす.
        Return = "return",
        /// そのまま主担当になる.
        Keep = "keep",
        /// 受けとった・分かった.
        Acknowledge = "acknowledge",
        /// つなぎ戻し・引きつぎで動いた.
        Moved = "moved",
    }

    /// Whose word a step is.
    pub enum Side {
        /// Whoever proposed it.
        Proposer = "proposer",
        /// Whoever was asked.
        Asked = "asked",
        /// Who is accountable now.
        Lead = "lead",
        /// The desk it came back to, or that hears that it does not.
        Home = "home",
    }
}

/// Longest time until it is looked at whether it can return, in days: what nobody looks at again is no longer temporary.
const LONGEST: i64 = 184;

/// The day on which it is looked at: ahead, and within half a year.
pub(crate) fn check_on(on: Day, today: Day) -> Result<(), Refusal> {
    if on <= today {
        return Err(Refusal::new("lead.check_past"));
    }
    if on > today.plus_days(LONGEST) { Err(Refusal::new("lead.check_far")) } else { Ok(()) }
}

/// One at a time, in an open case, between its accountable desk and another one.
pub(crate) fn propose(case_open: bool, under_way: bool, same: bool) -> Result<(), Refusal> {
    if !case_open {
        return Err(Refusal::new("lead.case_ended"));
    }
    if under_way {
        return Err(Refusal::new("lead.under_way"));
    }
    if same { Err(Refusal::new("lead.same_desk")) } else { Ok(()) }
}

/// The state a step leads to, and whose word it is.
pub(crate) fn next(
    from: LeadState,
    step: LeadStep,
    acknowledged: bool,
) -> Result<(LeadState, Side), Refusal> {
    Ok(match (from, step) {
        (LeadState::Proposed, LeadStep::Accept) => (LeadState::Lent, Side::Asked),
        (LeadState::Proposed, LeadStep::Decline) => (LeadState::Declined, Side::Asked),
        (LeadState::Proposed, LeadStep::Withdraw) => (LeadState::Withdrawn, Side::Proposer),
        (LeadState::Lent, LeadStep::Later) => (LeadState::Lent, Side::Lead),
        (LeadState::Lent, LeadStep::Return) => (LeadState::Returned, Side::Lead),
        (LeadState::Lent, LeadStep::Keep) => (LeadState::Kept, Side::Lead),
        (LeadState::Returned | LeadState::Kept, LeadStep::Acknowledge) if !acknowledged => (from, Side::Home),
        _ => return Err(Refusal::new("lead.not_now")),
    })
}

/// Accepting moves accountability: only from the desk it was proposed with, in an open case.
pub(crate) fn accept(case_open: bool, still_theirs: bool) -> Result<(), Refusal> {
    if !case_open {
        return Err(Refusal::new("lead.case_ended"));
    }
    if still_theirs { Ok(()) } else { Err(Refusal::new("lead.no_longer_theirs")) }
}

/// Where it returns: to the desk it came from or whoever came after it, while that is in force and is not the lead itself; otherwise to the
/// section that stands for the municipality. None: it stays, by an act that says so.
pub(crate) fn returns_to(
    lead: Option<DeskId>,
    (home, in_force): (DeskId, bool),
    section: Option<DeskId>,
) -> Option<DeskId> {
    Some(home).filter(|_| in_force).or(section).filter(|to| Some(*to) != lead)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use words::code::Code as _;

    use super::*;

    fn desk(n: u128) -> DeskId {
        DeskId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn both_desks_say_so_and_one_act_gives_it_back() {
        assert_eq!(
            next(LeadState::Proposed, LeadStep::Accept, false).unwrap(),
            (LeadState::Lent, Side::Asked)
        );
        assert_eq!(
            next(LeadState::Lent, LeadStep::Return, false).unwrap(),
            (LeadState::Returned, Side::Lead)
        );
        assert_eq!(next(LeadState::Proposed, LeadStep::Return, false).unwrap_err().key, "lead.not_now");
        assert!(next(LeadState::Returned, LeadStep::Acknowledge, false).is_ok());
        assert!(next(LeadState::Returned, LeadStep::Acknowledge, true).is_err());
        assert_eq!(accept(true, false).unwrap_err().key, "lead.no_longer_theirs");
        assert_eq!(propose(true, true, false).unwrap_err().key, "lead.under_way");
        assert_eq!(propose(true, false, true).unwrap_err().key, "lead.same_desk");
        assert!(propose(true, false, false).is_ok() && accept(true, true).is_ok());
    }

    #[test]
    fn what_is_under_way_has_a_way_out() {
        for state in [LeadState::Proposed, LeadState::Lent] {
            let ends = |s: &&LeadStep| next(state, **s, false).is_ok_and(|(to, _)| to != state);
            assert!(LeadStep::ALL.iter().any(|s| ends(&s)), "{state} is a trap");
        }
    }

    #[test]
    fn it_returns_to_whoever_there_is() {
        let (home, lead, section) = (desk(1), desk(2), desk(3));
        assert_eq!(returns_to(Some(lead), (home, true), Some(section)), Some(home));
        assert_eq!(returns_to(Some(lead), (home, false), Some(section)), Some(section), "ended");
        assert_eq!(returns_to(Some(lead), (lead, true), Some(section)), None, "the lead came after it");
        assert_eq!(returns_to(Some(lead), (home, false), None), None);
    }

    proptest! {
        #[test]
        fn it_is_looked_at_within_half_a_year(days in -400_i64..400) {
            let today = Day::new(2026, 11, 22).unwrap();
            prop_assert_eq!(check_on(today.plus_days(days), today).is_ok(), (1..=184).contains(&days));
        }
    }
}
