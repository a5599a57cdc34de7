//! 訪問時の注意: how long it is good for, and how it ends.

use engine::Refusal;
use words::{Day, codes};

codes! {
    /// What kind of caution.
    pub enum Caution {
        /// 2人以上で訪問する.
        TwoPeople = "two_people",
        /// 攻撃的な言動がある.
        Aggressive = "aggressive",
        /// 犬などの動物がいる.
        Animal = "animal",
        /// 同じ性別の職員が会う.
        SameGender = "same_gender",
        /// 感染症に気をつける.
        Infection = "infection",
        /// 家のなか・足もとがあぶない.
        Unsafe = "unsafe",
        /// 近所に知られないようにする.
        Discreet = "discreet",
        /// 訪ねる時間・呼びかたに気をつける.
        HowToCall = "how_to_call",
        /// その他.
        Other = "other",
    }

    /// Why a caution ends.
    pub enum WhyLifted {
        /// いまは心配がない.
        Passed = "passed",
        /// 書きなおした.
        Replaced = "replaced",
        /// まちがい.
        Mistaken = "mistaken",
    }
}

/// Longest time until it is looked at again, in days: a label somebody forgot about is a wrong to the person.
const LONGEST: i64 = 366;

/// When it is looked at again: ahead, and within a year.
pub(crate) fn review(on: Day, today: Day) -> Result<(), Refusal> {
    if on <= today {
        return Err(Refusal::new("caution.review_past"));
    }
    if on > today.plus_days(LONGEST) { Err(Refusal::new("caution.review_far")) } else { Ok(()) }
}

/// The day offered first: half a year ahead.
pub(crate) fn offered(today: Day) -> Day {
    today.plus_days(182)
}

/// One in force is kept on or ended; one that ended is written anew.
pub(crate) fn in_force(ended: bool) -> Result<(), Refusal> {
    if ended { Err(Refusal::new("caution.is_over")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_caution_does_not_stay_for_ever() {
        let today = Day::new(2026, 11, 21).unwrap();
        assert_eq!(review(today, today).unwrap_err().key, "caution.review_past");
        assert_eq!(review(today.plus_days(367), today).unwrap_err().key, "caution.review_far");
        assert!(review(offered(today), today).is_ok());
        assert!(in_force(false).is_ok() && in_force(true).is_err());
    }

    proptest! {
        #[test]
        fn every_day_that_is_taken_comes_within_a_year(days in -1000_i64..1000) {
            let today = Day::new(2026, 11, 21).unwrap();
            let taken = review(today.plus_days(days), today).is_ok();
            prop_assert_eq!(taken, (1..=366).contains(&days));
        }
    }
}
