//! The words of a pledge and their editions: what may be written, when it begins, and which words a member has accepted (disclosure
//! rule 8; decision 0049).

use engine::Refusal;
use words::Day;

/// The words of a pledge are other ones than those that were shown.
pub const CHANGED: &str = "conference.pledge_changed";

/// Fewest letters of a pledge. Fewer cannot say what is kept secret from whom, and a slip of the hand is never a pledge.
pub const FEWEST: usize = 20;

/// What is kept is what was shown: whoever read another edition is asked anew.
pub fn was_shown(shown: i64, in_force: i64) -> Result<(), Refusal> {
    if shown == in_force { Ok(()) } else { Err(Refusal::conflict(CHANGED)) }
}

/// Whether words can be a pledge at all: blanks and marks say nothing.
pub fn says_enough(pledge: &str) -> Result<(), Refusal> {
    let letters = pledge.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < FEWEST { Err(Refusal::new("conference.pledge_short")) } else { Ok(()) }
}

/// A wording begins today or later: until yesterday, members pledged on another one, and matters were opened under its article.
pub fn may_begin(from: Day, today: Day) -> Result<(), Refusal> {
    if from < today { Err(Refusal::new("conference.wording_past")) } else { Ok(()) }
}

/// The number of the words of a new wording: that of the words before, if they are the same; otherwise one that no words had, also none
/// that were taken back.
pub fn edition(before: (&str, i64), highest: i64, words: &str) -> i64 {
    if words == before.0 { before.1 } else { highest + 1 }
}

/// Where a wording that was taken back stands from now, so that another one can begin on its day: it holds on no day, its last day lies before
/// its first, and its last day goes on to tell the one it was meant for. `taken` are the first days of the article's other wordings.
pub fn set_aside(from: Day, taken: &[Day]) -> Day {
    let mut day = from.plus_days(1);
    while taken.contains(&day) {
        day = day.plus_days(1);
    }
    day
}

/// Whether a new wording is held against the law: somebody says so now, or it names the very articles of the one before, which was.
pub fn is_verified(before: (&str, &str, bool), new: (&str, &str), said: bool) -> bool {
    said || (before.2 && (before.0, before.1) == new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_shown() {
        assert!(was_shown(2, 2).is_ok());
        let refused = was_shown(1, 2).unwrap_err();
        assert!(refused.conflict && refused.key == CHANGED);
        assert!(was_shown(0, 1).is_err(), "a form that names no words");
    }

    #[test]
    fn a_pledge_says_something() {
        for short in [
            "",
            "新",
            "　　\n。。。。。。。。。。。。。。。。。。。。。",
            "あたらしい誓約の文。漏らしません。",
        ] {
            assert!(says_enough(short).is_err(), "{short:?}");
        }
        assert!(says_enough("この会議で知ったことを、ほかの人に話しません。").is_ok());
    }

    #[test]
    fn a_wording_begins_today_at_the_earliest() {
        let day = |d| Day::new(2026, 11, d).unwrap();
        assert!(may_begin(day(23), day(23)).is_ok() && may_begin(day(24), day(23)).is_ok());
        assert_eq!(may_begin(day(22), day(23)).unwrap_err().key, "conference.wording_past");
    }

    #[test]
    fn a_number_stands_for_one_text_for_ever() {
        assert_eq!(edition(("a", 1), 1, "a"), 1);
        assert_eq!(edition(("a", 1), 1, "b"), 2);
        assert_eq!(edition(("a", 1), 2, "c"), 3, "2 was taken back");
        assert_eq!(edition(("a", 1), 2, "a"), 1, "the very words of before");
    }

    #[test]
    fn what_was_taken_back_is_kept_beside_what_begins_on_its_day() {
        let day = |d| Day::new(2026, 11, d).unwrap();
        assert_eq!(set_aside(day(23), &[day(1), day(23)]), day(24));
        assert_eq!(set_aside(day(23), &[day(25), day(24), day(23)]), day(26));
    }

    #[test]
    fn the_mark_of_an_article_stays_with_the_article() {
        assert!(is_verified(("x", "y", true), ("x", "y"), false));
        assert!(!is_verified(("x", "y", false), ("x", "y"), false));
        assert!(!is_verified(("x", "y", true), ("x", "z"), false));
        assert!(is_verified(("x", "y", false), ("z", "z"), true));
    }
}
