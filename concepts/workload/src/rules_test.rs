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
    let met = |meetings| Since { meetings, records: meetings };
    let of = |meetings, records, months| Some(Stuck { meetings, records, months });
    assert_eq!(stuck(day(11, 1), met(2), day(11, 21), &l), None);
    assert_eq!(stuck(day(11, 1), met(3), day(11, 21), &l), of(3, 3, 0));
    assert_eq!(stuck(day(5, 21), met(0), day(11, 21), &l), of(0, 0, 6));
    assert_eq!(stuck(day(5, 22), met(0), day(11, 21), &l), None);
    let none = Limits { meetings: 0, months: 0, records: 0, ..l };
    assert_eq!(stuck(day(1, 1), met(9), day(11, 21), &none), None);
}

#[test]
fn much_written_over_weeks_without_a_change_is_a_standstill() {
    let l = Limits::default();
    let written = |records| Since { meetings: 0, records };
    // Ten records in eight weeks: 9 September to 4 November.
    let of = Some(Stuck { meetings: 0, records: 10, months: 1 });
    assert_eq!(stuck(day(9, 9), written(10), day(11, 4), &l), of);
    assert_eq!(stuck(day(9, 9), written(9), day(11, 4), &l), None, "little was done");
    assert_eq!(stuck(day(9, 10), written(30), day(11, 4), &l), None, "much was done in few days");
    assert_eq!(stuck(day(9, 9), written(30), day(11, 4), &Limits { records: 0, ..l }), None);
}

#[test]
fn a_stage_written_again_is_no_change() {
    use casefile::Engagement::{Building, Refuses, Watching};
    let at = |d| words::Instant::at(day(11, d), 9, 0);
    let (a, b) = (id(1), id(2));
    let stages = [(a, Refuses, at(1)), (b, Watching, at(2)), (a, Refuses, at(9)), (b, Watching, at(12))];
    assert_eq!(last_turn(&stages), Some(at(2)));
    let mut more = stages.to_vec();
    more.push((a, Building, at(15)));
    more.push((a, Building, at(20)));
    assert_eq!(last_turn(&more), Some(at(15)));
    assert_eq!(last_turn(&[]), None);
}

#[test]
fn everybody_is_at_the_stage_that_was_written_last() {
    use casefile::Engagement::{Building, Refuses, Watching};
    let at = |d| words::Instant::at(day(11, d), 9, 0);
    let (a, b) = (id(1), id(2));
    let stages = [(a, Refuses, at(1)), (a, Building, at(2)), (b, Watching, at(1)), (b, Watching, at(3))];
    assert_eq!(stages_now(&stages), [Building, Watching]);
    assert_eq!(stages_now(&[]), []);
}

#[test]
fn a_case_that_stands_still_by_the_time_alone_needs_no_records() {
    let l = Limits::default();
    assert!(stuck_by_time(day(5, 4), day(11, 4), &l));
    assert!(!stuck_by_time(day(5, 5), day(11, 4), &l), "not six months yet");
    assert!(!stuck_by_time(day(1, 1), day(11, 4), &Limits { months: 0, ..l }), "no limit");
}

proptest::proptest! {
    /// What was before the day from which contacts are read never changes whether a case is silent.
    #[test]
    fn contacts_of_before_decide_nothing(
        limits in (-5_i64..90, -5_i64..90, -5_i64..90, -5_i64..90),
        opened in 0_i64..200,
        contact in 0_i64..300,
        stage in 0_usize..4,
    ) {
        use words::code::Code;
        let l = Limits { new: limits.0, not_reached: limits.1, watching: limits.2, going: limits.3, ..Limits::default() };
        let today = day(11, 21);
        let (opened, contact) = (today.plus_days(-opened), today.plus_days(-contact));
        let seen = Some(contact).filter(|c| *c >= contacts_matter(today, &l));
        let stage = Stage::ALL[stage];
        proptest::prop_assert_eq!(
            silent(stage, opened, seen, today, &l).is_some(),
            silent(stage, opened, Some(contact), today, &l).is_some()
        );
    }
}

#[test]
fn the_lead_decides_then_who_carries_it_then_whoever_is_there() {
    let (a, b, lead) = (id(1), id(2), id(3));
    assert_eq!(decider(&[(a, false), (b, false), (lead, true)], Some(b)), Some(lead));
    assert_eq!(decider(&[(a, false), (b, false)], Some(b)), Some(b));
    assert_eq!(decider(&[(a, false)], Some(b)), Some(a), "who left decides nothing");
    assert_eq!(decider(&[], Some(b)), None);
}

#[test]
fn one_section_with_three_areas_is_alone() {
    let of = |n: u128| (0..n).map(id).collect::<BTreeSet<AgencyId>>();
    assert_eq!(held_by_one(3, &of(1), &[]), Some(Held::Topics(3)));
    assert_eq!(held_by_one(5, &of(0), &[]), Some(Held::Topics(5)));
    assert_eq!(held_by_one(2, &of(1), &[]), None);
    assert_eq!(held_by_one(5, &of(2), &[]), None);
    // The board says more than who has a part in the case.
    let row = |area, owner: u128, takers: &[u128]| board::Held {
        area,
        owner: id(owner),
        takers: takers.iter().map(|n| id(*n)).collect(),
    };
    let alone =
        [row(board::Area::Care, 0, &[]), row(board::Area::Money, 0, &[0]), row(board::Area::Housing, 0, &[])];
    assert_eq!(held_by_one(1, &of(3), &alone), Some(Held::Board(3)), "the others hold nothing");
    let shared =
        [row(board::Area::Care, 0, &[]), row(board::Area::Money, 0, &[7]), row(board::Area::Housing, 0, &[])];
    assert_eq!(held_by_one(5, &of(1), &shared), None, "a partner without a part in the case helps");
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

#[test]
fn a_lead_with_few_cases_is_lighter_than_the_only_worker_with_many() {
    let somebody = |n, leads, cases, weight| Candidate {
        user: id(n),
        load: Load { cases, weight, promises: 0, late: 0 },
        leads,
        kept_out: false,
    };
    let busy = somebody(1, false, 14, 82);
    let (lead, other) = (somebody(2, true, 3, 9), somebody(3, true, 3, 11));
    let chosen = |all: &[Candidate]| propose(all).map(|c| c.user);
    assert_eq!(chosen(&[busy.clone(), lead.clone(), other.clone()]), Some(id(2)));
    // The only one who comes into question is not called the lightest.
    let idle = somebody(4, true, 0, 0);
    assert_eq!(chosen(&[busy.clone(), idle.clone()]), None);
    assert_eq!(chosen(std::slice::from_ref(&busy)), None);
    // Kept out, nobody counts; where only leads sit, all of them do.
    assert_eq!(chosen(&[busy, Candidate { kept_out: true, ..lead.clone() }]), None);
    assert_eq!(chosen(&[lead, idle]), Some(id(4)));
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
                // Whoever carries cases comes into question, whether they lead or not.
                for c in all.iter().filter(|c| !c.kept_out && (!c.leads || c.load.cases > 0)) {
                    prop_assert!(c.load.weight >= chosen.load.weight);
                }
                let others = all.iter().any(|c| !c.leads && !c.kept_out);
                prop_assert!(!chosen.leads || chosen.load.cases > 0 || !others);
                prop_assert!(pool(&all).len() >= 2, "somebody to compare with");
            }
            None => prop_assert!(pool(&all).len() < 2),
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
