//! What may happen to a matter, to its members and to what lies before them. Every refusal says what to do instead.

use access::{Categories, Category};
use engine::Refusal;
use words::{Day, Instant, codes};

codes! {
    /// On what a legal position rests.
    pub enum RestsOn {
        /// 本人の同意.
        Consent = "consent",
        /// 構成員の守秘の義務.
        Secrecy = "secrecy",
    }

    /// How a matter ended.
    pub enum Outcome {
        /// 役割が決まった.
        Settled = "settled",
        /// 同意が得られ、同意による会議に移った.
        Consent = "consent",
        /// 本人が亡くなった.
        Died = "died",
        /// 転出した.
        Moved = "moved",
        /// 見守ることにして終える.
        Watched = "watched",
        /// 取りやめた.
        Abandoned = "abandoned",
        /// 誤登録.
        EnteredInError = "entered_in_error",
    }

    /// Why somebody is no longer a member.
    pub enum Left {
        /// 交代した.
        Replaced = "replaced",
        /// 役割が終わった.
        Done = "done",
        /// 本人や家族と近い.
        Close = "close",
        /// まちがえて加えた.
        Mistake = "mistake",
    }

    /// What something before the members is.
    pub enum Role {
        /// 問い.
        Question = "question",
        /// 発言・書きこみ.
        Word = "word",
        /// 材料: a record released to the matter.
        Material = "material",
        /// 会議録.
        Minutes = "minutes",
    }

    /// In which way somebody was there.
    pub enum Presence {
        /// 会場で.
        Room = "room",
        /// オンラインで.
        Online = "online",
        /// 電話で.
        Phone = "phone",
        /// 書面で.
        Letter = "letter",
        /// 欠席.
        Absent = "absent",
    }
}

/// A matter as far as its steps depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Stand {
    /// On what it rests.
    pub rests_on: RestsOn,
    /// When it was closed.
    pub closed_at: Option<Instant>,
}

/// Whether anything can still be done in it.
pub fn is_open(stand: Stand) -> Result<(), Refusal> {
    if stand.closed_at.is_some() { Err(Refusal::new("conference.is_closed")) } else { Ok(()) }
}

/// A member accepts the words once; the acceptance of a closed matter is worth nothing to anybody.
pub fn may_pledge(stand: Stand, pledged: bool) -> Result<(), Refusal> {
    is_open(stand)?;
    if stand.rests_on == RestsOn::Consent {
        return Err(Refusal::new("conference.no_pledge"));
    }
    if pledged { Err(Refusal::new("conference.pledged_before")) } else { Ok(()) }
}

/// A record is released by a pledged member of the desk that wrote it. Who informed is no material (児童虐待防止法7条): whoever
/// wants the members to know the rest writes it down without. Where everything rests on consent nothing is released: each reads
/// what the consent lets them.
pub fn may_release(
    stand: Stand,
    own: bool,
    record: Categories,
    released: Categories,
) -> Result<Categories, Refusal> {
    is_open(stand)?;
    if stand.rests_on == RestsOn::Consent {
        return Err(Refusal::new("conference.rests_on_consent"));
    }
    if !own {
        return Err(Refusal::new("conference.not_ours"));
    }
    if record.has(Category::Informant) {
        return Err(Refusal::new("conference.informant"));
    }
    let given = record.intersection(released);
    if given.is_empty() { Err(Refusal::new("conference.nothing_chosen")) } else { Ok(given) }
}

/// 持ち帰り可 is said by the desk whose record it is, while the matter is open: afterwards nothing more comes out of it.
pub fn may_mark(stand: Stand, recalled: bool, marked: bool) -> Result<(), Refusal> {
    is_open(stand)?;
    if recalled {
        return Err(Refusal::new("conference.is_recalled"));
    }
    if marked { Err(Refusal::new("conference.marked_before")) } else { Ok(()) }
}

/// A release can be taken back at any time, also after the end: it was wrong, or nobody may know it any more.
pub fn may_recall(recalled: bool) -> Result<(), Refusal> {
    if recalled { Err(Refusal::new("conference.is_recalled")) } else { Ok(()) }
}

/// To move to a conference that rests on consent there must be a case, whose number is kept, and a consent in force that
/// is meant for conferences or for working together.
pub fn may_move_to_consent(stand: Stand, has_case: bool, consented: bool) -> Result<(), Refusal> {
    is_open(stand)?;
    if stand.rests_on == RestsOn::Consent {
        return Err(Refusal::new("conference.rests_on_consent_already"));
    }
    if !has_case {
        return Err(Refusal::new("conference.no_case"));
    }
    if consented { Ok(()) } else { Err(Refusal::new("conference.no_consent")) }
}

/// A matter is closed with one of the outcomes; moving to consent is a step of its own.
pub fn may_close(stand: Stand, outcome: Outcome) -> Result<(), Refusal> {
    is_open(stand)?;
    if outcome == Outcome::Consent { Err(Refusal::new("conference.move_instead")) } else { Ok(()) }
}

/// Somebody was there on a day that has come, and not before the matter was opened.
pub fn may_be_present(opened: Instant, on: Day, today: Day) -> Result<(), Refusal> {
    if on > today || on < opened.day() { Err(Refusal::new("conference.no_such_day")) } else { Ok(()) }
}

/// The text of a pledge for one position.
pub fn pledge(template: &str, name: &str, article: &str, secrecy: &str) -> String {
    template.replace("{name}", name).replace("{article}", article).replace("{secrecy}", secrecy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::code::Code;

    fn at(day: u32) -> Instant {
        Instant::at(Day::new(2026, 11, day).unwrap(), 9, 0)
    }

    fn stand(rests_on: RestsOn, closed: bool) -> Stand {
        Stand { rests_on, closed_at: closed.then(|| at(20)) }
    }

    #[test]
    fn only_the_writing_desk_releases_and_never_who_informed() {
        let open = stand(RestsOn::Secrecy, false);
        let health = Categories::NONE.with(Category::Health);
        let told = health.with(Category::Informant);
        assert_eq!(may_release(open, true, health, Categories::all()), Ok(health));
        let key = |r: Result<Categories, Refusal>| r.unwrap_err().key;
        assert_eq!(key(may_release(open, false, health, Categories::all())), "conference.not_ours");
        assert_eq!(key(may_release(open, true, told, health)), "conference.informant");
        assert_eq!(
            key(may_release(open, true, Categories::all(), Categories::all())),
            "conference.informant"
        );
        assert_eq!(key(may_release(open, true, health, Categories::NONE)), "conference.nothing_chosen");
        let consent = stand(RestsOn::Consent, false);
        assert_eq!(key(may_release(consent, true, health, health)), "conference.rests_on_consent");
    }

    #[test]
    fn a_move_to_consent_needs_a_case_and_a_consent() {
        let open = stand(RestsOn::Secrecy, false);
        assert!(may_move_to_consent(open, true, true).is_ok());
        let key = |case, consent| may_move_to_consent(open, case, consent).unwrap_err().key;
        assert_eq!(key(false, true), "conference.no_case");
        assert_eq!(key(true, false), "conference.no_consent");
        assert_eq!(may_close(open, Outcome::Consent).unwrap_err().key, "conference.move_instead");
    }

    #[test]
    fn a_day_lies_between_the_opening_and_today() {
        let on = |d| may_be_present(at(10), Day::new(2026, 11, d).unwrap(), Day::new(2026, 11, 20).unwrap());
        assert!(on(10).is_ok() && on(20).is_ok());
        assert!(on(9).is_err() && on(21).is_err());
    }

    proptest! {
        /// Nothing but taking a release back happens in a closed matter.
        #[test]
        fn a_closed_matter_is_over(consent: bool, a: bool, b: bool, bits in 0_i64..8192) {
            let rests_on = if consent { RestsOn::Consent } else { RestsOn::Secrecy };
            let closed = stand(rests_on, true);
            let cats = Categories::from_bits(bits);
            prop_assert!(may_pledge(closed, a).is_err());
            prop_assert!(may_release(closed, a, cats, Categories::all()).is_err());
            prop_assert!(may_mark(closed, a, b).is_err());
            prop_assert!(may_move_to_consent(closed, a, b).is_err());
            for outcome in Outcome::ALL {
                prop_assert!(may_close(closed, *outcome).is_err());
            }
            prop_assert_eq!(may_recall(a).is_err(), a);
        }

        /// Every open matter can be closed: no state is a trap.
        #[test]
        fn an_open_matter_can_always_end(consent: bool) {
            let open = stand(if consent { RestsOn::Consent } else { RestsOn::Secrecy }, false);
            for outcome in Outcome::ALL.iter().filter(|o| **o != Outcome::Consent) {
                prop_assert!(may_close(open, *outcome).is_ok());
            }
        }

        /// What is given is of the record and of what was chosen, and never who informed.
        #[test]
        fn what_is_released_is_within_both(record in 0_i64..8192, chosen in 0_i64..8192) {
            let (record, chosen) = (Categories::from_bits(record), Categories::from_bits(chosen));
            if let Ok(given) = may_release(stand(RestsOn::Secrecy, false), true, record, chosen) {
                prop_assert!(given.within(record) && given.within(chosen) && !given.has(Category::Informant));
            }
        }
    }
}
