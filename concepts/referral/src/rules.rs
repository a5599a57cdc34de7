//! The state machine of a referral (domain section 4.3), its reasons, its clocks, and what a summary must say.

use engine::Refusal;
use words::codes;
use words::partial::AgeBand;

codes! {
    /// What kind of passing on.
    pub enum Kind {
        /// 引継ぎ: accountability moves with acceptance.
        HandOver = "hand_over",
        /// 連携: both stay.
        Join = "join",
        /// 多機関協働への支援依頼.
        CoordinationRequest = "coordination_request",
        /// つなぎ戻し: accountability goes back with acceptance.
        HandBack = "hand_back",
        /// 情報提供.
        Information = "information",
    }

    /// Where it stands. What has not been sent is a draft of its author (crate `draft`) and not a referral yet: no
    /// desk, no task and no list knows of it.
    pub enum State {
        /// 送付.
        Sent = "sent",
        /// 受入.
        Accepted = "accepted",
        /// 対応中.
        InProgress = "in_progress",
        /// 保留.
        OnHold = "on_hold",
        /// 完了.
        Completed = "completed",
        /// 不調.
        Failed = "failed",
        /// 受入不可.
        Refused = "refused",
        /// 本人辞退.
        DeclinedByPerson = "declined_by_person",
        /// 取下げ.
        Withdrawn = "withdrawn",
        /// 誤登録.
        EnteredInError = "entered_in_error",
    }

    /// A step someone takes.
    pub enum Step {
        /// 受領: noted, not yet answered.
        Receive = "receive",
        /// 受け入れる.
        Accept = "accept",
        /// 受けられない.
        Refuse = "refuse",
        /// 対応を始める.
        Start = "start",
        /// いったん止める.
        Hold = "hold",
        /// また始める.
        Resume = "resume",
        /// 完了.
        Complete = "complete",
        /// 不調.
        Fail = "fail",
        /// 本人が辞退.
        Decline = "decline",
        /// 取り下げる.
        Withdraw = "withdraw",
        /// 誤登録にする.
        Error = "error",
    }

    /// Why something was not done. Kept apart by who ended it: managers report on the difference.
    pub enum Reason {
        /// 空きがない.
        NoCapacity = "no_capacity",
        /// 対象ではない.
        OutOfScope = "out_of_scope",
        /// ほかの窓口が合う.
        OtherPlace = "other_place",
        /// もっと情報がいる.
        NeedsMore = "needs_more",
        /// 連絡がとれない.
        Unreachable = "unreachable",
        /// 状況が変わった.
        Changed = "changed",
        /// 本人が望まない.
        NotWanted = "not_wanted",
        /// 転出・死亡.
        MovedOrDied = "moved_or_died",
        /// 送り先をまちがえた.
        WrongPlace = "wrong_place",
        /// その他.
        Other = "other",
    }
}

/// Which side takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The desk it was sent to.
    Receiver,
    /// The desk that sent it.
    Sender,
}

impl State {
    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::Failed
                | Self::Refused
                | Self::DeclinedByPerson
                | Self::Withdrawn
                | Self::EnteredInError
        )
    }

    /// Whether it waits for someone: then an open task must exist.
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Sent | Self::Accepted | Self::InProgress | Self::OnHold)
    }

    /// Whether it was accepted once: what was shared for it has taken effect.
    pub const fn was_accepted(self) -> bool {
        matches!(self, Self::Accepted | Self::InProgress | Self::OnHold | Self::Completed | Self::Failed)
    }
}

impl Kind {
    /// Whether acceptance tells the receiver of people they did not know: what goes back goes to the desk it came from, and nobody waits there
    /// for a consent that ended meanwhile.
    pub const fn tells_anew(self) -> bool {
        !matches!(self, Self::HandBack)
    }

    /// Whether acceptance moves accountability.
    pub const fn moves_accountability(self) -> bool {
        matches!(self, Self::HandOver | Self::HandBack)
    }
}

impl Step {
    /// Who may take it. The person's own refusal can reach either side.
    pub const fn sides(self) -> &'static [Side] {
        match self {
            Self::Withdraw | Self::Error => &[Side::Sender],
            Self::Decline => &[Side::Receiver, Side::Sender],
            _ => &[Side::Receiver],
        }
    }

    /// The reasons to choose from; empty when none is needed.
    pub const fn reasons(self) -> &'static [Reason] {
        use Reason::{
            Changed, MovedOrDied, NeedsMore, NoCapacity, NotWanted, Other, OtherPlace, OutOfScope,
            Unreachable, WrongPlace,
        };
        match self {
            Self::Refuse => &[NoCapacity, OutOfScope, OtherPlace, NeedsMore, Other],
            Self::Hold => &[Unreachable, Changed, NoCapacity, Other],
            Self::Fail => &[Unreachable, OutOfScope, Changed, MovedOrDied, Other],
            Self::Decline => &[NotWanted, Changed, Other],
            Self::Withdraw => &[Changed, WrongPlace, MovedOrDied, Other],
            Self::Error => &[WrongPlace, Other],
            _ => &[],
        }
    }
}

/// The state after a step. Every refusal says what can be done instead.
pub fn next(kind: Kind, state: State, step: Step) -> Result<State, Refusal> {
    use State::{
        Accepted, Completed, DeclinedByPerson, EnteredInError, Failed, InProgress, OnHold, Refused, Sent,
        Withdrawn,
    };
    let to = match (step, state) {
        (Step::Receive, Sent) => Sent,
        (Step::Accept, Sent) => Accepted,
        (Step::Refuse, Sent) => Refused,
        (Step::Start, Accepted) | (Step::Resume, OnHold) => InProgress,
        (Step::Hold, Accepted | InProgress) => OnHold,
        (Step::Complete, Accepted | InProgress | OnHold) => Completed,
        (Step::Fail, Accepted | InProgress | OnHold) => Failed,
        (Step::Decline, Sent | Accepted | InProgress | OnHold) => DeclinedByPerson,
        (Step::Withdraw, Sent | Accepted | InProgress | OnHold) => Withdrawn,
        // An accepted hand-over moved accountability: it is corrected by a hand-back, never by rubbing it out.
        (Step::Error, Accepted | InProgress | OnHold) if kind.moves_accountability() => {
            return Err(Refusal::new("referral.use_hand_back"));
        }
        (Step::Withdraw | Step::Error, _) if state.is_final() => {
            return Err(Refusal::new("referral.is_over"));
        }
        (Step::Error, _) => EnteredInError,
        _ if state.is_final() => return Err(Refusal::new("referral.is_over")),
        (Step::Accept | Step::Refuse | Step::Receive, _) => {
            return Err(Refusal::new("referral.already_answered"));
        }
        _ => return Err(Refusal::new("referral.not_now")),
    };
    // Withdrawing what was taken over would leave the household with nobody's answer: a hand-back gives it one.
    if to == Withdrawn && state != Sent && kind.moves_accountability() {
        return Err(Refusal::new("referral.use_hand_back"));
    }
    Ok(to)
}

/// The steps that can be taken now by one side.
pub fn open_steps(kind: Kind, state: State, side: Side) -> Vec<Step> {
    use words::code::Code;
    Step::ALL.iter().copied().filter(|s| s.sides().contains(&side) && next(kind, state, *s).is_ok()).collect()
}

/// The age band that the receiver decides on before anybody is named: as somebody chose it; else as the birth of whom it is about tells it,
/// as far as it does; else as it was said of that same person at the counter.
pub fn age_band(chosen: Option<AgeBand>, birth: Option<AgeBand>, told: Option<AgeBand>) -> Option<AgeBand> {
    chosen.or(birth.filter(|b| *b != AgeBand::Unclear)).or(told).or(birth)
}

/// The five parts of a summary: a passing on without them is the 丸投げ that receivers complain of.
pub const SUMMARY_PARTS: &[&str] = &["trouble", "wish", "done", "strength", "caution"];

/// One summary out of its parts: headings come from the sentences. Trouble and wish must be said.
pub fn summary(parts: &[(String, String)]) -> String {
    parts
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(heading, text)| format!("【{heading}】\n{text}"))
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::code::Code;

    #[test]
    fn the_age_band_is_of_whom_it_is_about_unless_somebody_says_otherwise() {
        use AgeBand::{From75, To14, To39, Unclear};
        assert_eq!(age_band(None, Some(From75), Some(To39)), Some(From75));
        assert_eq!(age_band(Some(To14), Some(From75), Some(To39)), Some(To14));
        assert_eq!(age_band(None, Some(Unclear), Some(To39)), Some(To39));
        assert_eq!(age_band(None, Some(Unclear), None), Some(Unclear));
        assert_eq!(age_band(Some(Unclear), Some(To14), None), Some(Unclear));
        assert_eq!(age_band(None, None, Some(To39)), Some(To39));
        assert_eq!(age_band(None, None, None), None);
    }

    #[test]
    fn exactly_the_moves_of_the_table() {
        let mut moves = Vec::new();
        for state in State::ALL {
            for step in Step::ALL {
                if let Ok(to) = next(Kind::Join, *state, *step) {
                    moves.push(format!("{state}->{to}"));
                }
            }
        }
        moves.sort();
        moves.dedup();
        let expected = "accepted->completed accepted->declined_by_person accepted->entered_in_error accepted->failed \
            accepted->in_progress accepted->on_hold accepted->withdrawn \
            in_progress->completed in_progress->declined_by_person in_progress->entered_in_error in_progress->failed \
            in_progress->on_hold in_progress->withdrawn on_hold->completed on_hold->declined_by_person \
            on_hold->entered_in_error on_hold->failed on_hold->in_progress on_hold->withdrawn sent->accepted \
            sent->declined_by_person sent->entered_in_error sent->refused sent->sent sent->withdrawn";
        assert_eq!(moves.join(" "), expected.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn an_accepted_hand_over_is_corrected_only_by_a_hand_back() {
        for state in [State::Accepted, State::InProgress, State::OnHold] {
            for step in [Step::Error, Step::Withdraw] {
                assert_eq!(next(Kind::HandOver, state, step).unwrap_err().key, "referral.use_hand_back");
            }
        }
        assert_eq!(next(Kind::HandOver, State::Sent, Step::Withdraw), Ok(State::Withdrawn));
    }

    proptest! {
        #[test]
        fn no_state_is_a_trap(steps in proptest::collection::vec(0..Step::ALL.len(), 0..12), kind in 0..Kind::ALL.len()) {
            let kind = Kind::ALL[kind];
            let mut state = State::Sent;
            for step in steps {
                let before = state;
                if let Ok(to) = next(kind, state, Step::ALL[step]) {
                    prop_assert!(!before.is_final(), "{before} is final but moved");
                    state = to;
                }
                if !state.is_final() {
                    // The receiver can always bring it to an end; so can either side when the person declines.
                    let ends = |side| open_steps(kind, state, side).iter().any(|s| next(kind, state, *s).is_ok_and(State::is_final));
                    prop_assert!(ends(Side::Receiver) && ends(Side::Sender), "{state} is a trap");
                    prop_assert!(state.is_waiting());
                }
            }
        }

        #[test]
        fn what_ends_without_success_has_a_reason(step in 0..Step::ALL.len()) {
            let step = Step::ALL[step];
            let needs = matches!(step, Step::Refuse | Step::Fail | Step::Decline | Step::Withdraw | Step::Error | Step::Hold);
            prop_assert_eq!(!step.reasons().is_empty(), needs);
        }
    }
}
