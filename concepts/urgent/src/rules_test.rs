use super::*;
use proptest::prelude::*;
use words::code::Code;
use words::{Day, Id};

const CLOCKS: Clocks = Clocks { hours: 24, tries: 3, review_days: 5 };

fn at(day: u32, hour: u32) -> Instant {
    Instant::at(Day::new(2026, 11, day).unwrap(), hour, 0)
}

fn id<K>(n: u128) -> Id<K> {
    Id::new(uuid::Uuid::from_u128(n))
}

#[test]
fn a_reason_serves_an_hour_and_one_person() {
    let stated = at(20, 9);
    let may = |answered, tried, now| may_try(stated, answered, tried, now, CLOCKS).map_err(|r| r.key);
    assert_eq!(may(false, 0, stated), Ok(()));
    assert_eq!(may(false, 2, stated.plus_minutes(59)), Ok(()));
    assert_eq!(may(false, 0, stated.plus_minutes(60)), Err("urgent.stated_long_ago"));
    assert_eq!(may(true, 0, stated), Err("urgent.answered"));
    assert_eq!(may(false, 3, stated), Err("urgent.none_left"));
    assert_eq!(left(5, CLOCKS), 0);
}

#[test]
fn a_look_is_over_at_the_very_moment() {
    let from = at(20, 9);
    let end = until(from, CLOCKS);
    assert_eq!(end, at(21, 9));
    assert!(holds(from, end, None, from));
    assert!(holds(from, end, None, Instant::from_millis(end.millis() - 1)));
    assert!(!holds(from, end, None, end));
    assert!(!holds(from, end, Some(at(20, 12)), at(20, 12)));
    assert!(holds(from, end, Some(at(20, 12)), Instant::from_millis(at(20, 12).millis() - 1)));
}

#[test]
fn notices_and_reviews_have_a_business_day() {
    // Friday; Monday 23 November is a holiday.
    assert_eq!(notice_due(at(20, 23), &OpeningDays::default()), at(24, 17));
    assert_eq!(review_due(at(20, 23), CLOCKS), at(30, 17));
}

#[test]
fn a_setting_that_cannot_work_is_brought_to_one_that_can() {
    let clocks = Clocks::of([0, -3, 0]);
    assert_eq!(clocks, Clocks { hours: 1, tries: 1, review_days: 1 });
    assert_eq!(Clocks::of([9_999, 10, 999]).hours, 168);
}

#[test]
fn a_review_falls_to_somebody_else_and_comes_back_to_the_auditors() {
    let (looker, auditor, hub, lead) = (id(1), id(2), id(3), id(4));
    let (office, suishin, owner) = (id(11), id(12), id(13));
    let mut who = Reviewers {
        auditors: vec![(auditor, office)],
        coordinators: vec![(looker, suishin), (hub, suishin)],
        leads: vec![(lead, owner)],
    };
    assert_eq!(falls_to(&who, looker, &[], owner), (Role::PrivacyAuditor, None, office));
    // The only auditor looked themselves, or is kept out of the case.
    assert_eq!(falls_to(&who, auditor, &[], owner), (Role::Coordinator, Some(looker), suishin));
    assert_eq!(falls_to(&who, looker, &[auditor], owner), (Role::Coordinator, Some(hub), suishin));
    who.auditors.clear();
    who.coordinators.truncate(1);
    assert_eq!(falls_to(&who, looker, &[], owner), (Role::AgencyLead, Some(lead), owner));
    who.leads.clear();
    assert_eq!(falls_to(&who, looker, &[], owner), (Role::AgencyLead, None, owner));
}

#[test]
fn nobody_reviews_their_own_look() {
    assert_eq!(may_review(id(1), id(1), true).unwrap_err().key, "urgent.own_look");
    assert_eq!(may_review(id(2), id(1), false).unwrap_err().key, "urgent.not_your_review");
    assert!(may_review(id(2), id(1), true).is_ok());
}

#[test]
fn every_review_can_come_to_an_end_and_be_decided_anew() {
    for state in ReviewState::ALL {
        let ways: Vec<_> = Outcome::ALL.iter().filter_map(|o| review(*state, *o).ok()).collect();
        assert!(ways.iter().any(|to| !owed(*to)), "{state} is a trap");
    }
    assert_eq!(review(ReviewState::Justified, Outcome::Talk), Ok(ReviewState::Talk), "also a talk");
    assert_eq!(review(ReviewState::Talk, Outcome::Talk).unwrap_err().key, "urgent.same_review");
}

#[test]
fn a_doubt_after_the_review_opens_it_again_for_every_outcome() {
    use ReviewState::{Justified, NotJustified, Open, Talk};
    for state in [Justified, NotJustified] {
        assert!(opens_again(state, None, Answer::Doubtful));
        assert!(opens_again(state, Some(Answer::Understood), Answer::Doubtful));
        assert!(!opens_again(state, Some(Answer::Doubtful), Answer::Doubtful), "said before");
        assert!(!opens_again(state, None, Answer::Understood));
    }
    for state in [Open, Talk] {
        assert!(!opens_again(state, None, Answer::Doubtful), "it is read there");
    }
    assert!(Outcome::ALL.iter().all(|o| review(Open, *o).is_ok()));
    assert!(came_back(Open, 1) && !came_back(Open, 0) && !came_back(Talk, 1) && !came_back(Justified, 1));
}

proptest! {
    #[test]
    fn nobody_who_looked_or_is_kept_out_reviews(
        auditors in prop::collection::vec(0_u128..6, 0..3),
        coordinators in prop::collection::vec(0_u128..6, 0..3),
        leads in prop::collection::vec(0_u128..6, 0..3),
        looker in 0_u128..6,
        kept in prop::collection::vec(0_u128..6, 0..3),
    ) {
        let seats = |of: &[u128]| of.iter().map(|u| (id(*u), id(*u + 10))).collect::<Vec<_>>();
        let who = Reviewers {
            auditors: seats(&auditors), coordinators: seats(&coordinators), leads: seats(&leads),
        };
        let kept: Vec<UserId> = kept.iter().map(|u| id(*u)).collect();
        let (role, user, desk) = falls_to(&who, id(looker), &kept, id(99));
        prop_assert!(user.is_none_or(|u| u != id(looker) && !kept.contains(&u)));
        if role == Role::PrivacyAuditor {
            prop_assert!(who.auditors.iter().any(|(u, d)| *d == desk && *u != id(looker) && !kept.contains(u)));
        }
        if auditors.iter().any(|u| *u != looker && !kept.contains(&id(*u))) {
            prop_assert_eq!(role, Role::PrivacyAuditor);
        }
    }

    #[test]
    fn a_look_holds_from_its_beginning_to_its_end_and_no_longer(from in 0_i64..9_000, hours in 1_i64..168, now in -500_i64..20_000) {
        let start = at(2, 9).plus_minutes(from);
        let clocks = Clocks::of([hours, 10, 5]);
        let end = until(start, clocks);
        let now = at(2, 9).plus_minutes(now);
        prop_assert_eq!(holds(start, end, None, now), start <= now && now.millis() < end.millis());
    }
}
