//! What is asked of a consent that somebody writes down at a desk.

use access::Categories;
use consent::{Consent, Follow, NamedField, NewConsent, Recipient};
use engine::Refusal;
use words::{Day, codes};

codes! {
    /// Why a person says no. Words belong into the records.
    pub enum NoReason {
        /// いまは決められない.
        NotNow = "not_now",
        /// 知られたくない.
        Privacy = "privacy",
        /// 必要を感じない.
        NoNeed = "no_need",
        /// 前にいやな思いをした.
        BadExperience = "bad_experience",
        /// わけは聞いていない.
        NotSaid = "not_said",
    }

    /// Why a guardian is set aside.
    pub enum AsideReason {
        /// 虐待・暴力の疑い.
        Abuse = "abuse",
        /// 利益が反する.
        Conflict = "conflict",
        /// 行方が分からない・連絡がとれない.
        Missing = "missing",
        /// 判断することが難しい.
        Unable = "unable",
    }
}

/// Days before the end of a consent at which somebody is told.
pub(crate) const EXPIRY_DAYS: i64 = 30;
/// Days before a person comes of age at which somebody is told.
pub(crate) const OF_AGE_DAYS: i64 = 60;

/// Whether the new terms are those of the earlier one: then it is renewed, otherwise changed.
pub(crate) fn follows_as(before: &Consent, new: &NewConsent) -> Follow {
    let mut then: Vec<Recipient> = before.recipients.iter().map(|r| r.0).collect();
    let mut now = new.recipients.clone();
    let mut then_fields: Vec<NamedField> = before.fields.iter().map(|f| f.named).collect();
    let mut now_fields = new.fields.clone();
    then.sort_unstable();
    now.sort_unstable();
    then_fields.sort_unstable();
    now_fields.sort_unstable();
    let purposes = |list: &mut dyn Iterator<Item = String>| list.collect::<std::collections::BTreeSet<_>>();
    let same = then == now
        && then_fields == now_fields
        && before.categories == new.categories
        && purposes(&mut before.purposes.iter().cloned())
            == purposes(&mut new.purposes.iter().map(ToString::to_string));
    if same { Follow::Renewed } else { Follow::Changed }
}

/// What takes the place of a consent that holds begins no later than today: the earlier one ends the moment this is written down, and
/// whoever was told would see nothing in between.
pub(crate) fn without_gap(before: &Consent, from: Day, today: Day) -> Result<(), Refusal> {
    if from > today && before.holds_on(today) { Err(Refusal::new("agreement.gap")) } else { Ok(()) }
}

/// What a consent carried over may say: nothing more and nothing longer than the one before. The recipients are those that
/// are still there, and the successors that the person agreed to.
pub(crate) fn carried_over(before: &Consent, new: &NewConsent, offered: &[Recipient]) -> Result<(), Refusal> {
    let was = |r: &Recipient| before.recipients.iter().any(|(b, since)| b == r && since.is_some());
    let meant = |r: &Recipient| match r {
        Recipient::Agency(a) => before.fields.iter().any(|f| f.counts.contains(a)),
        Recipient::Desk(_) => false,
    };
    let named = new.recipients.iter().all(|r| was(r) || meant(r) || offered.contains(r));
    let within = new.categories.within(before.categories)
        && new.purposes.iter().all(|p| before.purposes.iter().any(|b| *b == p.to_string()))
        && new.fields.is_empty();
    let longer = match (before.until, new.until) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(then), Some(now)) => now > then,
    };
    if !named || !within {
        return Err(Refusal::new("agreement.carried_more"));
    }
    if longer {
        return Err(Refusal::new("agreement.carried_longer"));
    }
    Ok(())
}

/// What to say instead of a refusal that is about terms a consent carried over cannot change: there is no field for them, and the person is
/// asked anew. `None` for what can be mended where it is carried over.
pub(crate) fn ask_anew(key: &str) -> Option<&'static str> {
    match key {
        "consent.of_age_already" | "consent.until_of_age" => Some("ended.anew_of_age"),
        "consent.until_far" | "consent.ends_before_it_begins" => Some("ended.anew_until"),
        "consent.no_category"
        | "consent.no_purpose"
        | "consent.no_recipient"
        | "consent.minor_has_guardians" => Some("ended.anew"),
        _ => None,
    }
}

/// The day a consent was given, as far as it is known: it may have been written down after its first day.
pub(crate) fn given_on(consent: &Consent) -> Day {
    consent.from.min(consent.given_at.day())
}

/// When the person was asked whether their consent passes to a successor: not on a day to come, not before they gave it, and not before
/// anybody could name the successor, which is the day it was entered in the register. Before the recipient ended is right: whoever is
/// asked ahead is not left without help on the day.
pub(crate) fn asked_again(on: Day, (given, known): (Day, Option<Day>), today: Day) -> Result<(), Refusal> {
    if on > today {
        return Err(Refusal::new("agreement.day_to_come"));
    }
    if on < given {
        return Err(Refusal::new("agreement.asked_before_given").arg("day", given));
    }
    match known {
        Some(known) if on < known => Err(Refusal::new("agreement.asked_before_known").arg("day", known)),
        _ => Ok(()),
    }
}

/// What the paper on which somebody agreed is about: who they are, what they agreed to, and their address when it stands
/// there.
pub(crate) fn form_categories(terms: Categories, address: bool) -> Categories {
    let all = terms.with(access::Category::Basic).with(access::Category::Household);
    if address { all.with(access::Category::Contact) } else { all.without(access::Category::Contact) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use access::Category;
    use consent::{ConsentForm, ConsentState, FieldTerms, GivenBy, Purpose};
    use proptest::prelude::*;
    use register::Field;
    use words::Instant;

    fn id<K>(n: u128) -> words::Id<K> {
        words::Id::new(uuid(n))
    }

    fn uuid(n: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(n)
    }

    fn day(d: i64) -> Day {
        Day::new(2026, 11, 21).unwrap().plus_days(d)
    }

    fn before() -> Consent {
        let now = Instant::at(day(0), 9, 0);
        Consent {
            id: id(1),
            state: ConsentState::Given,
            person: id(2),
            given_by: GivenBy::Itself,
            form: ConsentForm::Oral,
            categories: Categories::NONE.with(Category::Basic).with(Category::Money),
            purposes: vec!["support".to_owned()],
            from: day(0),
            until: Some(day(300)),
            given_at: now,
            withdrawn_at: None,
            withdrawn_said: None,
            desk: id(3),
            case: None,
            version: 1,
            recipients: vec![(Recipient::Desk(id(4)), Some(now))],
            fields: vec![FieldTerms {
                named: NamedField { field: Field::Medical, later: true },
                since: Some(now),
                listed: vec![id(5)],
                counts: vec![id(5)],
            }],
            relation: None,
            giver: None,
            set_aside_at: None,
            because: None,
            error: None,
            follows: None,
            followed_by: None,
        }
    }

    fn same() -> NewConsent {
        NewConsent {
            person: id(2),
            given_by: GivenBy::Itself,
            given_by_name: String::new(),
            form: ConsentForm::Signed,
            witness: String::new(),
            categories: before().categories,
            purposes: vec![Purpose::Support],
            from: day(100),
            until: Some(day(500)),
            recipients: vec![Recipient::Desk(id(4))],
            fields: vec![NamedField { field: Field::Medical, later: true }],
            case: None,
            relation: None,
            evidence: String::new(),
            giver: None,
        }
    }

    #[test]
    fn the_same_terms_renew_and_others_change() {
        assert_eq!(follows_as(&before(), &same()), Follow::Renewed);
        let wider = NewConsent { categories: Categories::all(), ..same() };
        assert_eq!(follows_as(&before(), &wider), Follow::Changed);
        let other = NewConsent { recipients: vec![Recipient::Agency(id(4))], ..same() };
        assert_eq!(follows_as(&before(), &other), Follow::Changed);
        let narrower = vec![NamedField { field: Field::Medical, later: false }];
        assert_eq!(follows_as(&before(), &NewConsent { fields: narrower, ..same() }), Follow::Changed);
    }

    #[test]
    fn what_is_carried_over_says_no_more_and_lasts_no_longer() {
        let new = NewConsent {
            fields: vec![],
            until: Some(day(300)),
            recipients: vec![Recipient::Desk(id(9)), Recipient::Agency(id(5))],
            ..same()
        };
        let offered = [Recipient::Desk(id(9))];
        let key = |new: &NewConsent| carried_over(&before(), new, &offered).map_err(|r| r.key);
        assert_eq!(key(&new), Ok(()));
        let more = NewConsent { categories: Categories::all(), ..new.clone() };
        assert_eq!(key(&more), Err("agreement.carried_more"));
        let stranger = NewConsent { recipients: vec![Recipient::Desk(id(8))], ..new.clone() };
        assert_eq!(key(&stranger), Err("agreement.carried_more"));
        let other = NewConsent { purposes: vec![Purpose::Conference], ..new.clone() };
        assert_eq!(key(&other), Err("agreement.carried_more"));
        assert_eq!(key(&same()), Err("agreement.carried_more"), "a category as such is not carried over");
        assert_eq!(
            key(&NewConsent { until: Some(day(301)), ..new.clone() }),
            Err("agreement.carried_longer")
        );
        assert_eq!(key(&NewConsent { until: None, ..new }), Err("agreement.carried_longer"));
    }

    #[test]
    fn what_no_field_can_mend_is_asked_anew() {
        for key in ["consent.of_age_already", "consent.until_of_age", "consent.until_far"] {
            assert!(ask_anew(key).is_some(), "{key}");
        }
        for key in ["consent.giver_set_aside", "consent.no_evidence", "consent.oral_alone"] {
            assert_eq!(ask_anew(key), None, "{key}");
        }
    }

    #[test]
    fn between_a_consent_and_its_renewal_there_is_no_gap() {
        let of = |before: &Consent, from: Day, today: Day| without_gap(before, from, today).is_ok();
        assert!(of(&before(), day(10), day(10)) && of(&before(), day(3), day(10)));
        assert!(!of(&before(), day(11), day(10)));
        assert!(!of(&before(), day(301), day(300)), "its last day counts still");
        assert!(of(&before(), day(310), day(301)), "what is over has no day to lose");
    }

    #[test]
    fn a_paper_is_about_an_address_only_where_one_stands_on_it() {
        let terms = Categories::NONE.with(Category::Contact).with(Category::Money);
        assert!(!form_categories(terms, false).has(Category::Contact));
        assert!(form_categories(Categories::NONE, true).has(Category::Contact));
        assert!(form_categories(terms, false).has(Category::Money));
    }

    proptest! {
        #[test]
        fn carrying_over_never_widens(bits in 0_i64..8192, until in proptest::option::of(0_i64..600)) {
            let categories = Categories::from_bits(bits);
            let until = until.map(day);
            let new = NewConsent { categories, until, fields: vec![], recipients: vec![], ..same() };
            if carried_over(&before(), &new, &[]).is_ok() {
                prop_assert!(categories.within(before().categories));
                prop_assert!(until.is_some_and(|u| u <= day(300)));
            }
        }
    }

    #[test]
    fn nobody_was_asked_about_a_successor_before_there_was_one() {
        let day = |d| Day::new(2026, 11, d).unwrap();
        let asked = |on, since| asked_again(on, since, day(25)).err().map_or("", |why| why.key);
        assert_eq!(asked(day(25), (day(24), None)), "");
        assert_eq!(asked(day(24), (day(24), None)), "", "on the day itself");
        assert_eq!(asked(day(20), (day(24), None)), "agreement.asked_before_given");
        assert_eq!(asked(day(26), (day(24), None)), "agreement.day_to_come");
        assert_eq!(asked(day(24), (day(1), Some(day(25)))), "agreement.asked_before_known");
        assert_eq!(asked(day(25), (day(1), Some(day(25)))), "");
        assert_eq!(
            asked(day(20), (day(24), Some(day(25)))),
            "agreement.asked_before_given",
            "the nearer one"
        );
    }
}
