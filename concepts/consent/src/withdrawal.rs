//! 撤回: two days belong to a withdrawal, the one the person said it on and the one it was written down on. Access ends with the writing
//! down; whether a conference of a day that has passed rested on the consent is asked of the day it was said (`docs/decisions/0034`).

use engine::Refusal;
use words::Day;

use crate::rules::{Consent, ConsentForm, ConsentState, GivenBy};

/// What is written down about a withdrawal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Withdrawal {
    /// Who said so.
    pub told_by: Option<GivenBy>,
    /// By word of mouth, on paper.
    pub way: Option<ConsentForm>,
    /// The day it was said; today where nothing else is known.
    pub said: Option<Day>,
}

/// Refuses a day to come, and one before there was anything to take back: the earlier of its first day and the day it was recorded.
pub fn said_on(consent: &Consent, said: Day, today: Day) -> Result<(), Refusal> {
    if said > today {
        return Err(Refusal::new("consent.said_to_come"));
    }
    if said < consent.from.min(consent.given_at.day()) {
        return Err(Refusal::new("consent.said_before_given"));
    }
    Ok(())
}

impl Consent {
    /// The day the person had said that they take it back, where it was written down on a later one.
    pub fn said_before(&self) -> Option<Day> {
        let at = self.withdrawn_at.filter(|_| self.state == ConsentState::Withdrawn)?;
        self.withdrawn_said.filter(|said| *said < at.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::{given, id};
    use crate::rules::{Purpose, Then};
    use words::Instant;
    use words::code::Code;

    fn day(n: u32) -> Day {
        Day::new(2026, 11, n).unwrap()
    }

    fn then(n: u32, over: Option<u32>) -> Then {
        Then { day: day(n), over: over.map(|h| Instant::at(day(n), h, 0)) }
    }

    /// Recorded on 21 November, its withdrawal on the 24th at four.
    fn withdrawn() -> Consent {
        Consent {
            purposes: vec![Purpose::Conference.code().to_owned()],
            state: ConsentState::Withdrawn,
            withdrawn_at: Some(Instant::at(day(24), 16, 0)),
            ..given()
        }
    }

    #[test]
    fn what_was_over_before_a_withdrawal_rested_on_the_consent() {
        for said in [None, Some(day(24))] {
            let consent = Consent { withdrawn_said: said, ..withdrawn() };
            let held = |then| consent.let_speak(id(2), None, (then, &[]));
            assert!(held(then(23, None)) && held(then(24, Some(11))) && held(then(24, Some(16))));
            assert!(!held(then(24, Some(17))), "it went on longer");
            assert!(!held(then(24, None)), "of which no hour is known");
            assert!(!held(then(25, Some(9))) && !held(then(20, Some(9))));
        }
    }

    #[test]
    fn from_the_day_it_was_said_nothing_rested_on_it() {
        let consent = Consent { withdrawn_said: Some(day(23)), ..withdrawn() };
        let held = |then| consent.let_speak(id(2), None, (then, &[]));
        assert_eq!(consent.said_before(), Some(day(23)));
        assert!(held(then(22, None)) && held(then(22, Some(17))));
        assert!(!held(then(23, Some(9))), "at which hour of that day nobody wrote down");
        assert!(!held(then(24, Some(11))), "though it was written down later that day");
        assert_eq!(Consent { withdrawn_said: Some(day(24)), ..withdrawn() }.said_before(), None);
        assert_eq!(withdrawn().said_before(), None, "of before there was a day to write down");
    }

    #[test]
    fn it_is_said_after_it_was_given_and_not_in_days_to_come() {
        let of = |said, today| said_on(&given(), day(said), day(today)).map_err(|r| r.key);
        assert_eq!((of(21, 24), of(24, 24)), (Ok(()), Ok(())));
        assert_eq!(of(25, 24), Err("consent.said_to_come"));
        assert_eq!(of(20, 24), Err("consent.said_before_given"));
        let earlier = Consent { from: day(14), ..given() };
        assert_eq!(said_on(&earlier, day(15), day(24)), Ok(()), "it began before it was recorded");
        let to_come = Consent { from: day(28), ..given() };
        assert_eq!(said_on(&to_come, day(22), day(24)), Ok(()), "taken back before its first day");
    }
}
