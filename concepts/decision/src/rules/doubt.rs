//! What can be said of a decision whose presence was corrected afterwards. It stands until somebody says otherwise; nothing new
//! begins by it before somebody has.

use conference::{Answer, There};
use engine::Refusal;
use words::Instant;

use super::{Ground, Programme, Timing};

/// The answers that somebody gives.
pub(crate) const GIVEN: &[Answer] = &[Answer::Confirmed, Answer::Heard, Answer::Over, Answer::Anew];

/// The answers that fit who was there, as it is noted now: where somebody who has to be was not, a mere word of the secretariat does not
/// make up for it.
pub(crate) fn fitting(there: There) -> impl Iterator<Item = Answer> {
    let whole = conference::decidable(there).is_ok();
    let fits = move |a: &Answer| match a {
        Answer::Confirmed => whole,
        Answer::Heard | Answer::Over => !whole,
        Answer::Anew | Answer::Void => true,
    };
    GIVEN.iter().copied().filter(fits)
}

/// Whether this can be said; what was decided anew names the new decision.
pub(crate) fn may_answer(answer: Answer, there: There, anew: bool) -> Result<(), Refusal> {
    if !fitting(there).any(|a| a == answer) {
        let absent = conference::decidable(there).is_err();
        return Err(Refusal::new(if absent { "decision.doubt_absent" } else { "decision.doubt_how" }));
    }
    if answer == Answer::Anew && !anew { Err(Refusal::new("decision.doubt_which")) } else { Ok(()) }
}

/// A decision that may stand in the place of another one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Successor {
    pub programme: Programme,
    pub timing: Timing,
    pub ground: Ground,
    pub recorded: Instant,
    /// It was taken back, or waits for a word itself.
    pub shaky: bool,
}

/// Whether something was decided anew by it: by a conference, after the correction, for the same programme or as a word about it.
pub(crate) fn decides_anew(of: Programme, corrected: Instant, by: &Successor) -> bool {
    let about = by.programme == of || by.timing == Timing::Other;
    about && by.ground != Ground::OwnRecords && by.recorded > corrected && !by.shaky
}

/// No plan is put into force by a decision that waits for a word. Support is ended by it all the same.
pub(crate) fn sure(timing: Timing, doubted: bool) -> Result<(), Refusal> {
    if doubted && matches!(timing, Timing::Establish | Timing::Replan) {
        Err(Refusal::new("decision.doubt_first"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Day;

    const ALL: There = There { anybody: true, municipality: true, provider: true };

    #[test]
    fn without_those_obliged_no_mere_word_confirms() {
        let without = There { municipality: false, ..ALL };
        let key = |answer, there, anew| may_answer(answer, there, anew).map_err(|r| r.key);
        assert_eq!(key(Answer::Confirmed, ALL, false), Ok(()));
        assert_eq!(key(Answer::Confirmed, without, false), Err("decision.doubt_absent"));
        assert_eq!(key(Answer::Heard, without, false), Ok(()));
        assert_eq!(key(Answer::Over, There::default(), false), Ok(()));
        assert_eq!(key(Answer::Heard, ALL, false), Err("decision.doubt_how"));
        assert_eq!(key(Answer::Anew, without, false), Err("decision.doubt_which"));
        assert_eq!(key(Answer::Anew, without, true), Ok(()));
        assert_eq!(
            key(Answer::Void, without, true),
            Err("decision.doubt_absent"),
            "taking back is a step of its own"
        );
        // Whatever is noted, something can be said.
        for there in [ALL, without, There::default()] {
            assert!(fitting(there).any(|a| a != Answer::Anew), "{there:?}");
        }
    }

    #[test]
    fn a_later_decision_of_a_conference_takes_its_place() {
        let at = |d| Instant::at(Day::new(2026, 12, d).unwrap(), 9, 0);
        let new = Successor {
            programme: Programme::MultiAgency,
            timing: Timing::Replan,
            ground: Ground::Consent,
            recorded: at(12),
            shaky: false,
        };
        let anew = |by: Successor| decides_anew(Programme::MultiAgency, at(10), &by);
        assert!(anew(new));
        assert!(!anew(Successor { recorded: at(9), ..new }), "what was decided before cannot know of it");
        assert!(!anew(Successor { ground: Ground::OwnRecords, ..new }));
        assert!(!anew(Successor { programme: Programme::Outreach, ..new }));
        assert!(anew(Successor { programme: Programme::Outreach, timing: Timing::Other, ..new }));
        assert!(!anew(Successor { shaky: true, ..new }));
        assert!(sure(Timing::Replan, false).is_ok() && sure(Timing::Replan, true).is_err());
        assert!(sure(Timing::Close, true).is_ok(), "nobody is held to a plan by what was noted wrongly");
    }
}
