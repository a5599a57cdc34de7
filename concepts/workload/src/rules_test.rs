//! Tables and properties of the rules.

use super::*;
use proptest::prelude::*;
use words::Id;

fn day(m: u32, d: u32) -> Day {
    Day::new(2026, m, d).unwrap()
}

fn id<K>(n: u128) -> Id<K> {
    use std::str::FromStr;
    Id::from_str(&format!("00000000-0000-7000-8000-{n:012x}")).unwrap()
}

#[test]
fn a_case_weighs_by_what_is_known_of_it() {
    let facts = CaseFacts { urgent: true, stage: Stage::NotReached, promises: 9, visits: 2 };
    let parts = weight(&facts, &Weights::default());
    assert_eq!(total(&parts), 2 + 4 + 3 + 5 + 2);
    let quiet = CaseFacts { urgent: false, stage: Stage::Going, promises: 0, visits: 0 };
    assert_eq!(weight(&quiet, &Weights::default()), vec![(Part::Base, 2)]);
}

#[test]
fn who_is_not_reached_comes_before_how_new_it_is() {
    use Engagement::{Consenting, Refuses, Watching};
    assert_eq!(stage(day(11, 1), day(11, 21), &[Consenting, Refuses]), Stage::NotReached);
    assert_eq!(stage(day(11, 1), day(11, 21), &[Watching]), Stage::New);
    assert_eq!(stage(day(6, 1), day(11, 21), &[Watching, Consenting]), Stage::Watching);
    assert_eq!(stage(day(6, 1), day(11, 21), &[]), Stage::Going);
}

#[test]
fn silence_counts_from_the_last_contact_or_the_opening() {
    let l = Limits::default();
    assert_eq!(silent(Stage::Going, day(6, 1), Some(day(11, 1)), day(11, 21), &l), None);
    assert_eq!(silent(Stage::Going, day(6, 1), Some(day(10, 1)), day(11, 21), &l), Some(51));
    assert_eq!(silent(Stage::New, day(11, 7), None, day(11, 21), &l), Some(14));
    // A contact of before the case was opened does not make it older than it is.
    assert_eq!(silent(Stage::New, day(11, 20), Some(day(1, 1)), day(11, 21), &l), None);
}

#[test]
fn stuck_is_many_meetings_or_many_months() {
    let l = Limits::default();
    assert_eq!(stuck(day(11, 1), 2, day(11, 21), &l), None);
    assert_eq!(stuck(day(11, 1), 3, day(11, 21), &l), Some(Stuck { meetings: 3, months: 0 }));
    assert_eq!(stuck(day(5, 21), 0, day(11, 21), &l), Some(Stuck { meetings: 0, months: 6 }));
    assert_eq!(stuck(day(5, 22), 0, day(11, 21), &l), None);
    assert_eq!(stuck(day(1, 1), 9, day(11, 21), &Limits { meetings: 0, months: 0, ..l }), None);
}

#[test]
fn one_section_with_three_areas_is_alone() {
    let areas = |n: usize| (0..n).map(|i| format!("a{i}")).collect::<BTreeSet<_>>();
    let of = |n: u128| (0..n).map(id).collect::<BTreeSet<AgencyId>>();
    assert!(held_by_one(&areas(3), &of(1)) && held_by_one(&areas(5), &of(0)));
    assert!(!held_by_one(&areas(2), &of(1)) && !held_by_one(&areas(5), &of(2)));
}

#[test]
fn the_earliest_promise_says_who_carries_a_case() {
    let at = |d| words::Instant::at(day(11, d), 17, 0);
    let (a, b) = (id(1), id(2));
    let promises = [(at(25), Some(a)), (at(23), Some(b)), (at(22), None)];
    assert_eq!(carrier(&promises, &[a, b]), Some(b));
    assert_eq!(carrier(&promises, &[a]), Some(a), "whoever left carries nothing");
    assert_eq!(carrier(&promises, &[]), None);
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec((0_i64..40, 0_i64..9, any::<bool>(), any::<bool>()), 0..7).prop_map(|rows| {
        rows.into_iter()
            .zip(1_u128..)
            .map(|((weight, cases, leads, kept_out), n)| Candidate {
                user: id(n),
                load: Load { cases, weight, promises: 0, late: 0 },
                leads,
                kept_out,
            })
            .collect()
    })
}

proptest! {
    /// Nobody who is kept out is ever proposed, and nobody lighter is passed over.
    #[test]
    fn the_lightest_is_proposed_and_never_the_kept_out(all in candidates()) {
        match propose(&all) {
            Some(chosen) => {
                prop_assert!(!chosen.kept_out);
                for c in all.iter().filter(|c| !c.kept_out && c.leads == chosen.leads) {
                    prop_assert!(c.load.weight >= chosen.load.weight);
                }
                prop_assert!(!chosen.leads || all.iter().all(|c| c.leads || c.kept_out));
            }
            None => prop_assert!(all.len() < 2 || all.iter().all(|c| c.kept_out)),
        }
    }

    /// More of anything never makes a case lighter.
    #[test]
    fn more_never_weighs_less(promises in 0_i64..20, visits in 0_i64..20, urgent: bool) {
        let w = Weights::default();
        let of = |urgent, promises, visits| {
            total(&weight(&CaseFacts { urgent, stage: Stage::Going, promises, visits }, &w))
        };
        let now = of(urgent, promises, visits);
        prop_assert!(of(true, promises, visits) >= now);
        prop_assert!(of(urgent, promises + 1, visits) >= now && of(urgent, promises, visits + 1) >= now);
    }

    /// Once silent, a case stays silent until somebody is in contact.
    #[test]
    fn silence_only_grows(contact in 0_i64..300, later in 0_i64..200) {
        let (l, opened) = (Limits::default(), day(1, 1));
        let today = opened.plus_days(300);
        let last = Some(opened.plus_days(contact));
        let now = silent(Stage::Going, opened, last, today, &l);
        let then = silent(Stage::Going, opened, last, today.plus_days(later), &l);
        prop_assert!(now.is_none() || then.is_some_and(|d| d >= now.unwrap_or(0)));
        prop_assert!(silent(Stage::Going, opened, Some(today), today, &l).is_none());
    }
}
