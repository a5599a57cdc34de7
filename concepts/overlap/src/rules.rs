//! When two people recorded by two desks are very probably one.

use engine::Refusal;
use words::codes;
use words::partial::PartialDate;

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

/// What a desk recorded of somebody, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The name's key.
    pub name: String,
    /// The birth date as far as known.
    pub birth: Option<PartialDate>,
    /// The folded address.
    pub address: String,
    /// Digits of the telephone.
    pub phone: String,
    /// Where they live is kept.
    pub sheltered: bool,
}

/// Characters of a name below which it is half the town's.
const SHORTEST_NAME: usize = 3;

/// Whether two are very probably one.
pub fn same(a: &Seen, b: &Seen) -> bool {
    if a.name != b.name || a.name.chars().count() < SHORTEST_NAME {
        return false;
    }
    let whole = |d: Option<PartialDate>| d.and_then(PartialDate::whole_day);
    match (whole(a.birth), whole(b.birth)) {
        (Some(a), Some(b)) => a == b,
        // A year or a month that fits is too little, one that does not is enough to tell them apart.
        _ if a.birth.zip(b.birth).is_some_and(|(a, b)| a.year() != b.year()) => false,
        _ => {
            let open = !a.sheltered && !b.sheltered;
            let equal = |a: &str, b: &str| !a.is_empty() && a == b;
            open && equal(&a.address, &b.address) && equal(&a.phone, &b.phone)
        }
    }
}

/// A notice is decided once.
pub fn may_decide(state: State) -> Result<(), Refusal> {
    if state == State::Open { Ok(()) } else { Err(Refusal::new("overlap.is_decided")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::Day;

    fn seen(birth: Option<PartialDate>, address: &str, phone: &str) -> Seen {
        Seen {
            name: "青木ハル".into(),
            birth,
            address: address.into(),
            phone: phone.into(),
            sheltered: false,
        }
    }

    fn day(d: u32) -> Option<PartialDate> {
        Day::new(1950, 5, d).map(PartialDate::of_day)
    }

    #[test]
    fn a_name_and_a_whole_birth_date_are_one_person() {
        assert!(same(&seen(day(1), "", ""), &seen(day(1), "", "")));
        assert!(!same(&seen(day(1), "a", "1"), &seen(day(2), "a", "1")));
        let other = Seen { name: "青木ナツ".into(), ..seen(day(1), "", "") };
        assert!(!same(&seen(day(1), "", ""), &other));
        let short = Seen { name: "林一".into(), ..seen(day(1), "", "") };
        assert!(!same(&short, &short), "two characters are half the town's");
    }

    #[test]
    fn without_a_birth_date_address_and_telephone_must_both_be_the_same() {
        assert!(same(&seen(None, "a", "1"), &seen(day(1), "a", "1")));
        assert!(!same(&seen(None, "a", ""), &seen(None, "a", "")));
        assert!(!same(&seen(None, "", "1"), &seen(None, "", "1")));
        let year = |y| PartialDate::of_year(y);
        assert!(!same(&seen(year(1950), "a", "1"), &seen(year(1951), "a", "1")));
        assert!(same(&seen(year(1950), "a", "1"), &seen(day(1), "a", "1")));
    }

    proptest! {
        /// The order does not matter, and a shelter never makes a match.
        #[test]
        fn a_match_is_mutual_and_a_shelter_only_takes_away(
            a in (0_u32..3, "[ab]?", "[12]?"), b in (0_u32..3, "[ab]?", "[12]?"), sheltered: bool
        ) {
            let of = |(d, address, phone): (u32, String, String)| {
                seen((d > 0).then(|| day(d)).flatten(), &address, &phone)
            };
            let (a, b) = (of(a), of(b));
            prop_assert_eq!(same(&a, &b), same(&b, &a));
            let kept = Seen { sheltered, ..a.clone() };
            prop_assert!(same(&a, &b) || !same(&kept, &b));
            // With one sheltered, only a birth date can be the reason.
            let hidden = Seen { sheltered: true, ..a.clone() };
            if same(&hidden, &b) {
                prop_assert!(a.birth == b.birth && a.birth.is_some());
            }
        }
    }
}
