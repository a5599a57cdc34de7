//! 撤回: two days belong to a withdrawal, the one the person said it on and the one it was written down on. Access ends with the writing
//! down; whether a conference of a day that has passed rested on the consent is asked of the day it was said (`docs/decisions/0034`).

use access::Viewer;
use engine::Refusal;
use words::{Day, Instant, codes};

use crate::giving::Life;
use crate::rules::{Consent, ConsentForm, ConsentState, GivenBy};

codes! {
    /// What a consent opens on a day to those it holds for.
    pub enum Sight {
        /// いま見られる.
        Now = "now",
        /// 始まる日から見られる.
        ToCome = "to_come",
        /// 見られない: withdrawn, replaced, past its last day, or its giver set aside.
        Closed = "closed",
    }
}

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

/// Whether it can be marked as written down by mistake. What a newer one has replaced is not: that one stands on it.
pub fn may_be_mistaken(state: ConsentState) -> Result<(), Refusal> {
    match state {
        ConsentState::Given | ConsentState::Withdrawn => Ok(()),
        _ => Err(Refusal::new("consent.over_already")),
    }
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

/// The further consents of the same person that one withdrawal does not end: those that hold on `today`, and those that begin later.
pub fn remaining<'a>(of: &Consent, all: &'a [Consent], today: Day) -> Vec<&'a Consent> {
    all.iter().filter(|c| c.person == of.person && c.id != of.id && c.sight(today) != Sight::Closed).collect()
}

impl Consent {
    /// What it opens on a day. One that begins later opens nothing before.
    pub fn sight(&self, today: Day) -> Sight {
        if self.holds_on(today) {
            Sight::Now
        } else if self.holds_on(today.max(self.from)) {
            Sight::ToCome
        } else {
            Sight::Closed
        }
    }

    /// Whether there is something to take back: it was given and has not ended. One that begins later never begins then, and one whose
    /// giver is set aside does not come back with them.
    pub fn withdrawable(&self, today: Day) -> bool {
        self.state == ConsentState::Given && self.until.is_none_or(|last| today <= last)
    }

    /// The first day on which a recipient for whom it holds `since` a moment could see anything under it.
    pub fn sees_from(&self, since: Instant) -> Day {
        since.day().max(self.from)
    }

    /// Whether it is shown struck: marked as written down by mistake, to the desk that wrote it and to nobody else.
    pub fn struck_for(&self, viewer: &Viewer) -> bool {
        self.state == ConsentState::EnteredInError && self.recorded_by(viewer)
    }

    /// Whether what was agreed to for an act still begins when that act takes place: given, not past its last day, its giver not set
    /// aside, its person alive. Nobody's word begins to count after their death.
    pub fn may_begin(&self, life: Life, today: Day) -> bool {
        self.state == ConsentState::Given
            && self.set_aside_at.is_none()
            && self.until.is_none_or(|until| today <= until)
            && life.died.is_none()
    }

    /// Whether it can be ended because its person has died: there is something to end, and nobody to take it back.
    pub fn ends_with_death(&self, died: bool, today: Day) -> bool {
        died && self.withdrawable(today)
    }

    /// The day the person had said that they take it back, where it was written down on a later one.
    pub fn said_before(&self) -> Option<Day> {
        let at = self.withdrawn_at.filter(|_| self.state == ConsentState::Withdrawn)?;
        self.withdrawn_said.filter(|said| *said < at.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::{at as seated, given, id};
    use crate::rules::{Purpose, Then};
    use access::Role;
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

    #[test]
    fn what_begins_later_is_seen_by_nobody_before_and_can_be_taken_back() {
        let to_come = Consent { from: day(28), until: Some(day(29)), ..given() };
        let at = |c: &Consent, n| (c.sight(day(n)), c.withdrawable(day(n)));
        assert_eq!(at(&to_come, 24), (Sight::ToCome, true));
        assert_eq!((at(&to_come, 28), at(&to_come, 29)), ((Sight::Now, true), (Sight::Now, true)));
        assert_eq!(at(&to_come, 30), (Sight::Closed, false), "past its last day");
        assert_eq!(to_come.sees_from(Instant::at(day(21), 9, 0)), day(28));
        assert_eq!(given().sees_from(Instant::at(day(23), 9, 0)), day(23), "accepted after it began");
        let taken_back = Consent { withdrawn_said: None, from: day(28), ..withdrawn() };
        for n in [24, 28, 30] {
            assert_eq!(at(&taken_back, n), (Sight::Closed, false), "it never begins");
            assert!(!taken_back.holds_on(day(n)) && !taken_back.let_speak(id(2), None, (then(n, None), &[])));
        }
    }

    #[test]
    fn what_was_never_given_is_marked_also_after_it_was_taken_back() {
        assert!(
            may_be_mistaken(ConsentState::Given).is_ok() && may_be_mistaken(ConsentState::Withdrawn).is_ok()
        );
        for state in [ConsentState::Superseded, ConsentState::EnteredInError] {
            assert!(may_be_mistaken(state).is_err());
        }
        let error = Consent { state: ConsentState::EnteredInError, ..given() };
        assert!(error.struck_for(&seated(1, 10, Role::Caseworker)));
        assert!(!error.struck_for(&seated(2, 20, Role::Caseworker)), "whom it named sees nothing of it");
        assert!(!given().struck_for(&seated(1, 10, Role::Caseworker)));
    }

    #[test]
    fn nothing_begins_after_a_death_or_after_its_end() {
        let dead = Life { died: Some(words::partial::PartialDate::of_day(day(20))), ..Life::default() };
        assert!(given().may_begin(Life::default(), day(24)));
        assert!(!given().may_begin(dead, day(24)) && !withdrawn().may_begin(Life::default(), day(24)));
        let ended = Consent { until: Some(day(23)), ..given() };
        assert!(ended.may_begin(Life::default(), day(23)) && !ended.may_begin(Life::default(), day(24)));
        let later = Consent { from: day(28), ..given() };
        assert!(later.may_begin(Life::default(), day(24)), "its first day comes yet");
    }

    #[test]
    fn what_stands_when_somebody_has_died_ends_without_a_word_of_theirs() {
        assert!(given().ends_with_death(true, day(24)) && !given().ends_with_death(false, day(24)));
        assert!(!withdrawn().ends_with_death(true, day(24)));
    }

    #[test]
    fn what_a_guardian_who_is_set_aside_agreed_to_can_be_taken_back() {
        let aside = Consent { set_aside_at: Some(Instant::at(day(22), 9, 0)), ..given() };
        assert_eq!((aside.sight(day(24)), aside.withdrawable(day(24))), (Sight::Closed, true));
    }

    #[test]
    fn a_withdrawal_ends_one_consent_and_the_others_of_the_person_go_on() {
        let one = given();
        let other = |n| Consent { id: id(n), ..given() };
        let all = [
            one.clone(),
            other(101),
            Consent { from: day(28), ..other(102) },
            Consent { until: Some(day(23)), ..other(103) },
            Consent { person: id(51), ..other(104) },
            Consent { id: id(105), ..withdrawn() },
            Consent { set_aside_at: Some(Instant::at(day(22), 9, 0)), ..other(106) },
        ];
        let ids: Vec<_> = remaining(&one, &all, day(24)).iter().map(|c| c.id).collect();
        assert_eq!(ids, [id(101), id(102)]);
    }
}
