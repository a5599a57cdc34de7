use proptest::prelude::*;
use words::code::Code;
use words::id::UserId;
use words::{Day, Id};

use crate::rules::*;

fn day(y: i32, m: u32, d: u32) -> Day {
    Day::new(y, m, d).unwrap()
}

fn user(n: u8) -> UserId {
    let hex = format!("00000000-0000-7000-8000-0000000000{n:02x}");
    let id: Id<words::id::kind::Thing> = hex.parse().unwrap();
    id.cast()
}

fn period(from: Day, years: i64) -> Period {
    Period { from, years, rule: format!("第{years}条"), verified: true }
}

#[test]
fn that_nobody_is_there_is_said_by_the_auditor_about_others() {
    assert!(may_refuse(Refuse::Nobody, true, false).is_ok());
    assert_eq!(may_refuse(Refuse::Nobody, true, true).unwrap_err().key, "disposal.somebody_there");
    assert_eq!(may_refuse(Refuse::Nobody, false, true).unwrap_err().key, "disposal.somebody_there");
    assert!(may_refuse(Refuse::Needed, false, true).is_ok());
    assert!(Held::ALL.iter().all(|h| h.told() != Held::OpenMatter), "of a conference its members know");
    assert!(Held::ALL.iter().all(|h| h.told() == *h || *h == Held::OpenMatter));
    assert!(ages(Step::ApproveDesk) && ages(Step::Refuse) && !ages(Step::ApproveList));
}

#[test]
fn years_run_from_the_april_after_the_fiscal_year_of_the_end() {
    assert_eq!(kept_until(day(2021, 3, 31), 5), day(2026, 3, 31));
    assert_eq!(kept_until(day(2021, 4, 1), 5), day(2027, 3, 31));
    assert_eq!(kept_until(day(2020, 4, 1), 1), day(2022, 3, 31));
    assert_eq!(kept_until(day(2021, 1, 1), i64::MAX), day(9999, 3, 31), "for ever, never sooner");
}

#[test]
fn nobody_said_means_five_years_and_a_shorter_period_frees_nothing_early() {
    let (ended, today) = (day(2020, 5, 1), day(2026, 11, 21));
    assert_eq!(period_of(&[], ended, today), (DEFAULT_YEARS, String::new()));
    let shortened = [period(day(2019, 4, 1), 10), period(day(2024, 4, 1), 3)];
    assert_eq!(period_of(&shortened, ended, today).0, 10);
    let longer = [period(day(2019, 4, 1), 3), period(day(2024, 4, 1), 10)];
    assert_eq!(period_of(&longer, ended, today).0, 10);
    let coming = [period(day(2030, 4, 1), 1)];
    assert_eq!(period_of(&coming, ended, today).0, DEFAULT_YEARS);
    let corrected = [period(day(2024, 4, 1), 50), period(day(2024, 4, 1), 5)];
    assert_eq!(in_force(&corrected, today).unwrap().years, 5, "of two from one day the later holds");
}

#[test]
fn a_hold_is_lifted_by_who_set_it_or_by_whoever_audits() {
    assert!(may_lift(user(1), user(1), false).is_ok());
    assert!(may_lift(user(1), user(2), true).is_ok());
    assert_eq!(may_lift(user(1), user(2), false).unwrap_err().key, "hold.set_by_another");
}

fn due() -> Facts {
    Facts { ended: Some(day(2015, 5, 1)), kept_until: Some(day(2021, 3, 31)), ..Facts::default() }
}

#[test]
fn what_holds_a_record_is_said_and_the_last_day_is_still_kept() {
    assert_eq!(held(&due(), day(2021, 4, 1)), []);
    assert_eq!(held(&due(), day(2021, 3, 31)), [Held::TooYoung]);
    let all = Facts {
        legal_hold: true,
        open_task: true,
        open_referral: true,
        open_inquiry: true,
        open_matter: true,
        open_report: true,
        living_consent: true,
        linked_shelter: true,
        younger_record: true,
        ..Facts::default()
    };
    let why = held(&all, day(2026, 4, 1));
    assert_eq!(why.len(), Held::ALL.len() - 2, "all but 'too young' and 'gone': {why:?}");
}

#[test]
fn an_open_record_of_the_household_keeps_the_old_one() {
    let record = |n: i32, ended: Option<Day>| Standing {
        record: n,
        kind: if n == 1 { Kind::Case } else { Kind::Consultation },
        household: Some(7),
        facts: Facts { ended, ..Facts::default() },
    };
    let old = Some(day(2015, 5, 1));
    let up_to = (day(2026, 11, 21), day(2026, 11, 21));
    let of = |second| judge(&[record(1, old), record(2, second)], |_| Vec::new(), up_to);
    assert_eq!(of(None)[0].held, [Held::YoungerRecord]);
    assert_eq!(of(Some(day(2025, 1, 1)))[0].held, [Held::YoungerRecord]);
    assert_eq!(of(old)[0].held, [], "both are old: both go");
    assert_eq!(of(None)[1].held, [Held::Open], "it does not keep itself");
}

fn waiting() -> ListFacts {
    ListFacts { items: vec![ItemFacts::default(), ItemFacts::default()], ..ListFacts::default() }
}

#[test]
fn two_people_approve_and_nobody_twice_in_either_order() {
    let (lead, auditor) = (user(1), user(2));
    let mut list = waiting();
    assert_eq!(step(&list, Step::Execute, auditor).unwrap_err().key, "disposal.not_ready");
    for item in &mut list.items {
        item.approved_by = Some(lead);
    }
    assert_eq!(step(&list, Step::ApproveList, lead).unwrap_err().key, "disposal.approved_already");
    assert!(step(&list, Step::ApproveList, auditor).is_ok());
    list.approved_by = Some(auditor);
    assert_eq!(state(&list), ListState::Ready);
    assert_eq!(step(&list, Step::ApproveDesk, auditor).unwrap_err().key, "disposal.approved_already");
    assert!(step(&list, Step::Execute, auditor).is_ok());
    list.items[0].approved_by = Some(auditor);
    assert_eq!(state(&list), ListState::Waiting, "one person's two approvals are one");
}

#[test]
fn no_state_is_a_trap() {
    let somebody_new = user(9);
    let mut lists = vec![waiting()];
    // The auditor approved and left; a lead approved and left; everything is held.
    lists.push(ListFacts { approved_by: Some(user(2)), ..waiting() });
    lists.push(ListFacts {
        items: vec![ItemFacts { approved_by: Some(user(1)), ..ItemFacts::default() }],
        ..ListFacts::default()
    });
    lists.push(ListFacts {
        items: vec![ItemFacts { held: true, ..ItemFacts::default() }],
        ..ListFacts::default()
    });
    for list in lists {
        assert!(step(&list, Step::Cancel, somebody_new).is_ok(), "{list:?}");
        assert!(step(&list, Step::Refuse, somebody_new).is_ok(), "{list:?}");
    }
    for over in [ListFacts { executed: true, ..waiting() }, ListFacts { cancelled: true, ..waiting() }] {
        for s in Step::ALL {
            assert_eq!(step(&over, *s, somebody_new).unwrap_err().key, "disposal.over");
        }
    }
}

#[test]
fn a_hold_keeps_everything_of_the_household() {
    let record = |n: i32, household: Option<i32>, legal_hold: bool| Standing {
        record: n,
        kind: Kind::Case,
        household,
        facts: Facts { ended: Some(day(2015, 5, 1)), legal_hold, ..Facts::default() },
    };
    let all = [
        record(1, Some(1), true),
        record(2, Some(1), false),
        record(3, Some(2), false),
        record(4, None, false),
    ];
    let held: Vec<Vec<Held>> =
        judge(&all, |_| Vec::new(), (day(2026, 4, 1), day(2026, 4, 1))).into_iter().map(|v| v.held).collect();
    assert_eq!(held, [vec![Held::LegalHold], vec![Held::LegalHold], vec![], vec![]]);
}

fn days() -> impl Strategy<Value = Day> {
    (0_i64..20_000).prop_map(|n| day(1990, 1, 1).plus_days(n))
}

proptest! {
    /// Nothing younger than its period is freed, whatever was decided about periods and in whatever order.
    #[test]
    fn nothing_goes_before_its_time(
        ended in days(), up_to in days(), today in days(),
        said in proptest::collection::vec((days(), 1_i64..30), 0..5),
    ) {
        let periods: Vec<Period> = said.into_iter().map(|(from, years)| period(from, years)).collect();
        let one = [Standing { record: 1, kind: Kind::Case, household: Some(1), facts: Facts { ended: Some(ended), ..Facts::default() } }];
        let verdict = judge(&one, |_| periods.clone(), (up_to, today)).remove(0);
        if verdict.held.is_empty() {
            for p in [in_force(&periods, ended), in_force(&periods, today)].into_iter().flatten() {
                prop_assert!(verdict.years >= p.years);
            }
            prop_assert!(kept_until(ended, verdict.years) < up_to);
            prop_assert!(ended.days_until(up_to) > verdict.years * 365);
        }
    }

    /// What is held is never disposed of: whatever else is known of it.
    #[test]
    fn what_is_held_stays(bits in 0_u16..2048, up_to in days(), ended in days(), years in 1_i64..30) {
        let on = |n: u16| bits & (1 << n) != 0;
        let facts = Facts {
            ended: on(9).then_some(ended),
            kept_until: on(10).then(|| kept_until(ended, years)),
            legal_hold: on(0), open_task: on(1), open_referral: on(2), open_inquiry: on(3),
            open_matter: on(4), living_consent: on(5), younger_record: on(6), open_report: on(7),
            linked_shelter: on(8),
        };
        let free = held(&facts, up_to).is_empty();
        prop_assert!(!free || bits.trailing_zeros() >= 9);
        prop_assert!(!free || (on(9) && on(10)));
    }

    /// Whatever people do in whatever order: what is carried out had two approvals by two people.
    #[test]
    fn carried_out_means_two_people(steps in proptest::collection::vec((0_usize..5, 0_u8..3, 0_usize..3), 0..40)) {
        let mut list = ListFacts { items: vec![ItemFacts::default(); 3], ..ListFacts::default() };
        for (what, who, which) in steps {
            let (what, who) = (Step::ALL[what], user(who));
            if step(&list, what, who).is_err() {
                continue;
            }
            match what {
                Step::ApproveDesk => { list.items[which].approved_by.get_or_insert(who); }
                Step::ApproveList => list.approved_by = Some(who),
                Step::Refuse => list.items[which].refused = true,
                Step::Execute => list.executed = true,
                Step::Cancel => list.cancelled = true,
            }
        }
        if list.executed {
            let auditor = list.approved_by;
            prop_assert!(auditor.is_some());
            for item in list.items.iter().filter(|i| i.goes()) {
                prop_assert!(item.approved_by.is_some() && item.approved_by != auditor);
            }
        }
    }
}
