//! What may happen to a match of a wish and a place. Every refusal says what to do instead.

use engine::Refusal;
use words::{Day, codes};

codes! {
    /// Where a match stands.
    pub enum State {
        /// 望みを聞き、合う場をさがしている.
        Proposed = "proposed",
        /// 受入れを相談している.
        Asked = "asked",
        /// 体験している.
        Trial = "trial",
        /// 定着を見守っている.
        Settled = "settled",
        /// 終わった.
        Ended = "ended",
        /// 合う場がなかった.
        Unmet = "unmet",
    }

    /// A step.
    pub enum Step {
        /// 望みを聞いた.
        Propose = "propose",
        /// 場にたずねた.
        Ask = "ask",
        /// 体験を決めた.
        Trial = "trial",
        /// 通いはじめた.
        Settle = "settle",
        /// ようすを見た.
        Seen = "look",
        /// ほかの場をさがす.
        Elsewhere = "elsewhere",
        /// 次の日だけ決めた.
        Next = "next",
        /// まとめる窓口をかえた.
        Hand = "hand",
        /// 終えた.
        End = "end",
        /// 合う場がない.
        Unmet = "unmet",
        /// また始めた.
        Resume = "resume",
    }

    /// Why a match ends, or a place is left.
    pub enum WhyEnded {
        /// 場になじみ、支えがいらなくなった.
        Settled = "settled",
        /// 本人が望まない.
        NotWanted = "not_wanted",
        /// 場のほうで受けられない.
        PlaceCannot = "place_cannot",
        /// 場がなくなった.
        PlaceEnded = "place_ended",
        /// 転出した.
        Moved = "moved",
        /// 亡くなった.
        Died = "died",
        /// その他.
        Other = "other",
        /// まちがって書いた.
        Mistaken = "mistaken",
    }
}

impl State {
    /// Whether it is over.
    pub(crate) const fn over(self) -> bool {
        matches!(self, Self::Ended | Self::Unmet)
    }
}

/// The state a step leads to.
pub(crate) fn take(from: State, step: Step, case_open: bool) -> Result<State, Refusal> {
    let to = match (from, step) {
        (_, Step::Propose) => return Err(Refusal::new("participation.is_begun")),
        (State::Ended | State::Unmet, Step::Resume) => State::Proposed,
        (State::Ended | State::Unmet, _) => return Err(Refusal::new("participation.is_over")),
        (_, Step::Resume) => return Err(Refusal::new("participation.is_begun")),
        (State::Settled, Step::Ask | Step::Trial | Step::Settle) => {
            return Err(Refusal::new("participation.is_settled"));
        }
        (_, Step::Ask) => State::Asked,
        (State::Proposed, Step::Trial | Step::Settle | Step::Elsewhere) => {
            return Err(Refusal::new("participation.no_place"));
        }
        (_, Step::Trial) => State::Trial,
        (_, Step::Settle) | (State::Settled, Step::Seen) => State::Settled,
        (_, Step::Seen) => return Err(Refusal::new("participation.not_settled")),
        (_, Step::Elsewhere) => State::Proposed,
        (state, Step::Next | Step::Hand) => state,
        (_, Step::End) => State::Ended,
        (_, Step::Unmet) => State::Unmet,
    };
    // How somebody who settled in gets on is seen after the case as well; and an end is never refused.
    if case_open || to.over() || matches!(step, Step::Seen | Step::Hand | Step::Next) {
        Ok(to)
    } else {
        Err(Refusal::new("participation.case_ended"))
    }
}

/// What a step says of its days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Days {
    pub happened: Option<Day>,
    pub next: Option<Day>,
    pub trial: Option<Day>,
    pub trial_to: Option<Day>,
}

/// What is wrong with the days of a step that leads to `to`: the field and the key of its sentence. What goes on has a next day, not
/// before today; what happened has happened; a trial has a day, also one to come.
pub(crate) fn days(step: Step, to: State, d: Days, today: Day) -> Vec<(&'static str, &'static str)> {
    let mut wrong = Vec::new();
    if d.happened.is_some_and(|day| day > today) {
        wrong.push(("on", "date.in_future"));
    }
    if step == Step::Trial && d.trial.is_none() {
        wrong.push(("trial", "date.required"));
    }
    if let (Some(from), Some(until)) = (d.trial, d.trial_to)
        && until < from
    {
        wrong.push(("trial_to", "participation.trial_order"));
    }
    match d.next {
        _ if to.over() || step == Step::Hand => {}
        None => wrong.push(("next", "date.required")),
        Some(next) if next < today => wrong.push(("next", "participation.next_past")),
        Some(_) => {}
    }
    wrong
}

/// An end says why; one for another reason says it in words.
pub(crate) fn end(why: Option<WhyEnded>, words: &str) -> Result<(), Refusal> {
    match why {
        None => Err(Refusal::new("participation.choose_why")),
        Some(WhyEnded::Other) if words.trim().is_empty() => Err(Refusal::new("participation.why_words")),
        Some(_) => Ok(()),
    }
}

/// Which step can be taken back: the last that stands, and never the first. What it leaves must be able to go on.
pub(crate) fn back(standing: &[(Step, State)], case_open: bool) -> Result<State, Refusal> {
    let [.., (_, before), (last, _)] = standing else {
        return Err(Refusal::new("participation.nothing_to_take_back"));
    };
    if *last == Step::Hand {
        return Err(Refusal::new("participation.hand_again"));
    }
    if case_open || before.over() { Ok(*before) } else { Err(Refusal::new("participation.case_ended")) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use words::code::Code as _;

    use super::*;

    fn key(from: State, step: Step, open: bool) -> Result<State, &'static str> {
        take(from, step, open).map_err(|r| r.key)
    }

    #[test]
    fn the_way_from_a_wish_to_a_place() {
        assert_eq!(key(State::Proposed, Step::Trial, true), Err("participation.no_place"));
        assert_eq!(key(State::Proposed, Step::Ask, true), Ok(State::Asked));
        assert_eq!(key(State::Asked, Step::Trial, true), Ok(State::Trial));
        assert_eq!(key(State::Trial, Step::Trial, true), Ok(State::Trial), "another day");
        assert_eq!(key(State::Trial, Step::Seen, true), Err("participation.not_settled"));
        assert_eq!(key(State::Trial, Step::Settle, true), Ok(State::Settled));
        assert_eq!(key(State::Settled, Step::Ask, true), Err("participation.is_settled"));
        assert_eq!(key(State::Settled, Step::Elsewhere, true), Ok(State::Proposed));
        assert_eq!(key(State::Settled, Step::Seen, false), Ok(State::Settled), "after the case");
        assert_eq!(key(State::Asked, Step::Trial, false), Err("participation.case_ended"));
    }

    #[test]
    fn no_state_is_a_trap() {
        for state in State::ALL {
            for open in [true, false] {
                let out = [Step::End, Step::Resume].into_iter().any(|s| take(*state, s, open).is_ok());
                assert!(out || (state.over() && !open), "{state} is a trap");
            }
            assert!(state.over() || take(*state, Step::Unmet, true).is_ok());
        }
    }

    #[test]
    fn days_are_asked_for_where_something_goes_on() {
        let today = Day::new(2026, 11, 22).unwrap();
        let yesterday = Some(today.plus_days(-1));
        let fields = |step, to, d| days(step, to, d, today).iter().map(|p| p.0).collect::<Vec<_>>();
        assert_eq!(fields(Step::Ask, State::Asked, Days::default()), ["next"]);
        let past = Days { next: yesterday, happened: Some(today.plus_days(1)), ..Days::default() };
        assert_eq!(fields(Step::Seen, State::Settled, past), ["on", "next"]);
        assert_eq!(fields(Step::End, State::Ended, Days::default()), [""; 0]);
        let trial = Days { next: Some(today), trial: Some(today.plus_days(7)), ..Days::default() };
        assert_eq!(fields(Step::Trial, State::Trial, trial), [""; 0]);
        assert_eq!(fields(Step::Trial, State::Trial, Days { trial_to: Some(today), ..trial }), ["trial_to"]);
        assert_eq!(fields(Step::Trial, State::Trial, Days { trial: None, ..trial }), ["trial"]);
        assert!(end(Some(WhyEnded::Died), "").is_ok() && end(None, "x").is_err());
        assert!(end(Some(WhyEnded::Other), " ").is_err());
    }

    #[test]
    fn the_last_step_is_taken_back_and_never_the_first() {
        let first = (Step::Propose, State::Proposed);
        assert!(back(&[first], true).is_err() && back(&[], true).is_err());
        let all = [first, (Step::Ask, State::Asked), (Step::End, State::Ended)];
        assert_eq!(back(&all, true).unwrap(), State::Asked);
        assert!(back(&[first, (Step::Hand, State::Proposed)], true).is_err(), "handed on again instead");
        assert_eq!(back(&all, false).unwrap_err().key, "participation.case_ended");
    }

    proptest! {
        #[test]
        fn whatever_was_done_it_can_be_ended(steps in proptest::collection::vec(0..Step::ALL.len(), 0..20)) {
            let mut state = State::Proposed;
            for s in steps {
                state = take(state, Step::ALL[s], true).unwrap_or(state);
                prop_assert!(state.over() || take(state, Step::End, false).is_ok());
            }
        }
    }
}
