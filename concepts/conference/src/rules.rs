//! What may happen to a matter, to its members and to what lies before them. Every refusal says what to do instead.

pub mod deputy;
pub mod there;
pub mod wording;

use access::{Categories, Category};
use engine::Refusal;
use words::id::PersonId;
use words::partial::PartialDate;
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
        /// ほかの形で続ける: it goes on in confidence, which is its members' to know.
        Otherwise = "otherwise",
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
        /// 代理が: somebody else spoke for their desk. They were not there themselves.
        Substitute = "substitute",
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

/// Somebody a matter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// Who.
    pub person: PersonId,
    /// They live, and are of the household today.
    pub here: bool,
    /// A consent of theirs lets the conference speak about them.
    pub agreed: bool,
}

/// Whether consent carries a matter: each of those it is about who live and are of the household has agreed, and there is
/// somebody. Whoever has died or gone carries nothing, whatever they had agreed to.
pub fn carried(whose: &[Whose]) -> bool {
    let mut here = whose.iter().filter(|w| w.here).peekable();
    here.peek().is_some() && here.all(|w| w.agreed)
}

/// Those whose consent carries it.
pub fn carriers(whose: &[Whose]) -> Vec<PersonId> {
    whose.iter().filter(|w| w.here && w.agreed).map(|w| w.person).collect()
}

/// A matter is about somebody, and only about people of its household. Of one that is over nothing changes.
pub fn may_name(stand: Stand, whose: &[Whose], chosen: &[PersonId]) -> Result<(), Refusal> {
    is_open(stand)?;
    let here = |p: &PersonId| whose.iter().any(|w| w.here && w.person == *p);
    if chosen.is_empty() || !chosen.iter().all(here) {
        return Err(Refusal::new("conference.about_whom"));
    }
    Ok(())
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

/// A release can be taken back at any time, also after the end: it was wrong, or nobody may know it any more; so can what was given as
/// homework or answered. Minutes and what was decided (`held`) are everybody's who sat there, and no desk's to take away: minutes are
/// corrected, a decision is taken back as one.
pub fn may_recall(held: bool, recalled: bool) -> Result<(), Refusal> {
    if held {
        return Err(Refusal::new("conference.minutes_stay"));
    }
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

/// A conference with consent is about a case that is open; in confidence one may still be talked over that has ended.
pub fn about_open_case(open: bool) -> Result<(), Refusal> {
    if open { Ok(()) } else { Err(Refusal::conflict("conference.about_ended")) }
}

/// To go on in confidence a matter must rest on consent. Whether there is one does not count: what cannot be talked over with consent is
/// talked over in confidence.
pub fn may_move_to_secrecy(stand: Stand) -> Result<(), Refusal> {
    is_open(stand)?;
    match stand.rests_on {
        RestsOn::Consent => Ok(()),
        RestsOn::Secrecy => Err(Refusal::new("conference.rests_on_secrecy_already")),
    }
}

/// The ends that somebody gives; the moves are steps of their own.
pub const GIVEN: &[Outcome] = &[
    Outcome::Settled,
    Outcome::Died,
    Outcome::Moved,
    Outcome::Watched,
    Outcome::Abandoned,
    Outcome::EnteredInError,
];

/// A matter is closed with one of the outcomes; moving is a step of its own.
pub fn may_close(stand: Stand, outcome: Outcome) -> Result<(), Refusal> {
    is_open(stand)?;
    if GIVEN.contains(&outcome) { Ok(()) } else { Err(Refusal::new("conference.move_instead")) }
}

/// A matter of secrecy is ended, and goes on without it, by whoever could open it (a coordinator), by its deputy, or by a member at its
/// secretariat who has pledged and so can read what nobody will read afterwards: writing follows reading (disclosure rules 6, 8), and the end
/// is not taken back. Their colleagues keep its frame.
pub fn may_end(rests_on: RestsOn, in_charge: bool) -> Result<(), Refusal> {
    if rests_on == RestsOn::Consent || in_charge {
        Ok(())
    } else {
        Err(Refusal::new("conference.end_in_charge"))
    }
}

/// What lies there without the mark 「持ち帰り可」 is read by nobody after the end, and the end is not taken back: whoever closes says that
/// this is meant. `left` is how many such things there are.
pub fn may_leave_behind(left: usize, sure: bool) -> Result<(), Refusal> {
    if left == 0 || sure { Ok(()) } else { Err(Refusal::new("conference.close_sure")) }
}

/// Somebody was there on a day that has come, and not before the matter was opened.
pub fn may_be_present(opened: Instant, on: Day, today: Day) -> Result<(), Refusal> {
    if on > today || on < opened.day() { Err(Refusal::new("conference.no_such_day")) } else { Ok(()) }
}

/// Whether a member may be written down as there in this way. In a conference that rests on secrecy only after the pledge, and nobody
/// sits there in another's place: whoever comes instead becomes a member (disclosure rule 8; ).
pub fn may_sit(rests_on: RestsOn, pledged: bool, way: Presence) -> Result<(), Refusal> {
    match (rests_on, way) {
        (RestsOn::Consent, _) | (RestsOn::Secrecy, Presence::Absent) => Ok(()),
        (RestsOn::Secrecy, Presence::Substitute) => Err(Refusal::new("conference.nobody_instead")),
        (RestsOn::Secrecy, _) if pledged => Ok(()),
        (RestsOn::Secrecy, _) => Err(Refusal::new("conference.pledge_first")),
    }
}

/// Whoever is kept out of the household is never written down as there (disclosure rule 14): like somebody whose appointment has ended,
/// another one takes the place.
pub fn may_come(kept_out: bool, way: Presence) -> Result<(), Refusal> {
    if kept_out && way != Presence::Absent { Err(Refusal::new("conference.kept_out")) } else { Ok(()) }
}

/// The text of a pledge for one position.
pub fn pledge(template: &str, name: &str, article: &str, secrecy: &str) -> String {
    template.replace("{name}", name).replace("{article}", article).replace("{secrecy}", secrecy)
}

/// Of which ages a conference is for: 要対協 for people under 18, 地域ケア会議 for those whom the care insurance covers. Both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// The youngest.
    pub from: u32,
    /// The oldest.
    pub to: u32,
}

impl Ages {
    /// Reads `-17`, `40-` or `15-39`; nothing for a conference of every age.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let end = |text: &str, open: u32| if text.is_empty() { Some(open) } else { text.parse().ok() };
        Some(Self { from: end(from, 0)?, to: end(to, u32::MAX)? })
    }

    /// Whether somebody may be of these ages: as far as their birth is known, and anybody of whom it is not.
    fn may_be(self, birth: Option<PartialDate>, today: Day) -> bool {
        birth.is_none_or(|birth| {
            let age = birth.age_on(today);
            age.min <= self.to && self.from <= age.max
        })
    }
}

/// Whether it can be seen that a household has somebody a conference is for. `births` are those of its people whom whoever opens it may see,
/// `unseen` says that there are others: of them nothing is told by asking or not asking (disclosure rule 2). It asks, and never forbids: whom
/// a conference is for is the law's to say and the secretariat's to weigh.
pub fn somebody_fits(ages: Option<Ages>, births: &[Option<PartialDate>], unseen: bool, today: Day) -> bool {
    let Some(ages) = ages else { return true };
    // A household of which nobody is recorded may have anybody.
    (births.is_empty() && !unseen) || births.iter().any(|birth| ages.may_be(*birth, today))
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
    fn colleagues_who_have_not_pledged_do_not_end_what_they_cannot_read() {
        assert_eq!(may_end(RestsOn::Secrecy, false).unwrap_err().key, "conference.end_in_charge");
        assert!(may_end(RestsOn::Secrecy, true).is_ok());
        assert!(may_end(RestsOn::Consent, false).is_ok());
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
        for moved in [Outcome::Consent, Outcome::Otherwise] {
            assert_eq!(may_close(open, moved).unwrap_err().key, "conference.move_instead");
        }
        assert!(may_move_to_secrecy(stand(RestsOn::Consent, false)).is_ok());
        assert_eq!(may_move_to_secrecy(open).unwrap_err().key, "conference.rests_on_secrecy_already");
    }

    #[test]
    fn a_day_lies_between_the_opening_and_today() {
        let on = |d| may_be_present(at(10), Day::new(2026, 11, d).unwrap(), Day::new(2026, 11, 20).unwrap());
        assert!(on(10).is_ok() && on(20).is_ok());
        assert!(on(9).is_err() && on(21).is_err());
    }

    #[test]
    fn what_nobody_will_read_is_left_on_purpose() {
        assert!(may_leave_behind(0, false).is_ok() && may_leave_behind(3, true).is_ok());
        assert_eq!(may_leave_behind(1, false).unwrap_err().key, "conference.close_sure");
    }

    fn someone(n: usize, here: bool, agreed: bool) -> Whose {
        let id = format!("00000000-0000-7000-8000-{n:012}");
        Whose { person: PersonId::new(id.parse().unwrap()), here, agreed }
    }

    #[test]
    fn each_of_them_has_agreed_the_living_and_present() {
        let (mother, son) = (someone(1, true, true), someone(2, true, false));
        assert!(carried(&[mother]));
        assert!(!carried(&[mother, son]), "the mother's consent is not her son's");
        assert!(!carried(&[]), "nobody is nobody who agreed");
        assert!(!carried(&[someone(1, false, true)]), "the consent of somebody who died carries nothing");
        assert!(carried(&[mother, someone(2, false, false)]), "who left the household is not asked");
        assert_eq!(carriers(&[mother, son, someone(3, false, true)]), [mother.person]);
        let open = stand(RestsOn::Consent, false);
        let key = |chosen: &[PersonId]| may_name(open, &[mother, son], chosen).err().map_or("", |r| r.key);
        assert_eq!(key(&[son.person]), "");
        assert_eq!(key(&[]), "conference.about_whom");
        assert_eq!(key(&[someone(9, true, true).person]), "conference.about_whom");
        assert!(may_name(stand(RestsOn::Consent, true), &[mother], &[mother.person]).is_err());
    }

    #[test]
    fn nobody_sits_in_confidence_before_the_pledge_or_for_another() {
        for way in Presence::ALL {
            assert!(may_sit(RestsOn::Consent, false, *way).is_ok());
            let there = *way != Presence::Absent;
            assert_eq!(may_sit(RestsOn::Secrecy, false, *way).is_err(), there, "{way:?}");
            let instead = *way == Presence::Substitute;
            assert_eq!(may_sit(RestsOn::Secrecy, true, *way).is_err(), instead, "{way:?}");
            assert_eq!(may_come(true, *way).is_err(), there, "kept out: {way:?}");
            assert!(may_come(false, *way).is_ok());
        }
    }

    #[test]
    fn a_conference_for_certain_ages_is_asked_about_when_nobody_is_seen_to_fit() {
        let today = Day::new(2026, 11, 23).unwrap();
        let children = Ages::parse("-17");
        let born = |text: &str| Some(words::partial::parse_partial(text).unwrap());
        let fits = |births: &[Option<PartialDate>], unseen| somebody_fits(children, births, unseen, today);
        assert!(fits(&[born("1951-10-02"), born("2018-05-20")], false));
        assert!(!fits(&[born("1951-10-02")], false), "who lives alone at 75 is no child");
        assert!(!fits(&[born("2008-11-23")], false), "18 today");
        assert!(fits(&[born("2008")], false), "18 or 17");
        assert!(fits(&[born("1951-10-02"), None], false), "of whom nothing is known may be one");
        assert!(fits(&[], false) && !fits(&[], true), "nothing is told of whom one may not see");
        assert!(somebody_fits(None, &[], true, today));
        let (care, both) = (Ages::parse("40-").unwrap(), Ages::parse("15-39").unwrap());
        assert_eq!((care.from, care.to, both.from, both.to), (40, u32::MAX, 15, 39));
        assert_eq!([Ages::parse(""), Ages::parse("x-")], [None, None]);
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
            prop_assert!(may_move_to_secrecy(closed).is_err());
            for outcome in Outcome::ALL {
                prop_assert!(may_close(closed, *outcome).is_err());
            }
            prop_assert_eq!(may_recall(b, a).is_err(), a || b);
        }

        /// Every open matter can be closed: no state is a trap.
        #[test]
        fn an_open_matter_can_always_end(consent: bool) {
            let open = stand(if consent { RestsOn::Consent } else { RestsOn::Secrecy }, false);
            for outcome in GIVEN {
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
