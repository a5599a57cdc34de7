use proptest::prelude::*;
use words::Id;
use words::code::Code;

use super::*;

const LIMITS: Thresholds = Thresholds { households: 3, common_permille: 5, night: 4, export: 10, urgent: 3 };

fn id<K>(n: u128) -> Id<K> {
    Id::new(uuid::Uuid::from_u128(n))
}

/// Friday 20 November 2026, a business day; the 21st is a Saturday.
fn day(n: u32) -> Day {
    Day::new(2026, 11, n).unwrap()
}

fn looked(user: u128, hour: u32, household: u128) -> Sight {
    let (household, day) = (Some(id(household)), day(20));
    Sight { user: id(user), day, hour, export: false, own_list: false, household, rows: 1 }
}

fn patterns(rows: &[Sight], around: &Around) -> Vec<(Pattern, i64)> {
    findings(rows, &[], around, &[], day(30), LIMITS).into_iter().map(|f| (f.pattern, f.n)).collect()
}

#[test]
fn many_households_without_a_task_and_none_with_one() {
    let rows = [looked(1, 10, 1), looked(1, 10, 2), looked(1, 11, 3), looked(1, 12, 3)];
    assert_eq!(patterns(&rows, &Around::default()), [(Pattern::WithoutTask, 3)]);
    assert_eq!(patterns(&rows[..2], &Around::default()), []);
    let around = Around { tasks: [(id(1), id(3))].into(), ..Around::default() };
    assert_eq!(patterns(&rows, &around), []);
}

#[test]
fn names_and_addresses_point_where_no_task_leads() {
    let near = |near: Near| Around { near: [((id(1), id(9)), near)].into(), ..Around::default() };
    let row = [looked(1, 10, 9)];
    let of = |n| patterns(&row, &near(n));
    assert_eq!(of(Near { family_permille: Some(5), ..Near::default() }), [(Pattern::SameFamily, 1)]);
    assert_eq!(of(Near { family_permille: Some(6), ..Near::default() }), [], "a name of many");
    assert_eq!(of(Near { colleague: true, ..Near::default() }), [(Pattern::Colleague, 1)]);
    assert_eq!(of(Near { neighbour: true, ..Near::default() }), [(Pattern::Neighbour, 1)]);
    let own = Near { own: true, family_permille: Some(1), neighbour: true, ..Near::default() };
    assert_eq!(of(own), [(Pattern::Own, 1)]);
    // With a task it is work; one's own record still is not.
    let mut around = near(Near { colleague: true, own: true, ..Near::default() });
    around.tasks.insert((id(1), id(9)));
    assert_eq!(patterns(&row, &around), [(Pattern::Own, 1)]);
}

#[test]
fn night_and_holidays_are_counted_by_page() {
    let opened = |on, hour, n| Pages { user: id(1), day: day(on), hour, n };
    let of = |pages: &[Pages]| {
        let found = findings(&[], pages, &Around::default(), &[], day(30), LIMITS);
        found.into_iter().map(|f| (f.pattern, f.n)).collect::<Vec<_>>()
    };
    assert_eq!(of(&[opened(20, 22, 4)]), [(Pattern::Night, 4)]);
    assert_eq!(of(&[opened(20, 21, 4)]), []);
    assert_eq!(of(&[opened(21, 21, 4)]), [(Pattern::Night, 4)], "a Saturday");
    assert_eq!(of(&[opened(21, 9, 1), opened(21, 10, 3)]), [(Pattern::Night, 4)], "all of a day");
    // One page shows many records: rows alone point at nobody.
    let rows = [Sight { rows: 100, ..looked(1, 23, 1) }];
    assert_eq!(patterns(&rows, &Around::default()), []);
}

#[test]
fn files_are_counted_by_row() {
    let row = Sight { export: true, rows: 10, household: None, ..looked(1, 10, 1) };
    assert_eq!(patterns(&[row], &Around::default()), [(Pattern::Export, 10)]);
}

#[test]
fn a_file_of_ones_own_list_is_one_act_of_work() {
    let taken = |household| Sight { export: true, own_list: true, ..looked(1, 10, household) };
    let rows: Vec<Sight> = (1..=9).map(taken).collect();
    let near = Near { family_permille: Some(1), colleague: true, neighbour: true, own: false };
    let around = Around { near: [((id(1), id(2)), near)].into(), ..Around::default() };
    assert_eq!(patterns(&rows, &around), []);
    // How much went out counts, one's own record is one's own, and what is of other desks is looked at.
    let more = [rows.clone(), vec![taken(10)]].concat();
    assert_eq!(patterns(&more, &around), [(Pattern::Export, 10)]);
    let own = Around { near: [((id(1), id(2)), Near { own: true, ..near })].into(), ..Around::default() };
    assert_eq!(patterns(&rows, &own), [(Pattern::Own, 1)]);
    let others: Vec<Sight> = rows.into_iter().map(|r| Sight { own_list: false, ..r }).collect();
    assert!(patterns(&others, &around).contains(&(Pattern::WithoutTask, 9)));
}

#[test]
fn a_desk_that_looks_urgently_more_than_the_others_or_in_vain() {
    let desk = |n, looks, misses| Urgent { desk: id(n), looks, misses };
    let of = |urgent: &[Urgent]| {
        findings(&[], &[], &Around::default(), urgent, day(30), LIMITS)
            .into_iter()
            .map(|f| f.who)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&[desk(1, 3, 0), desk(2, 1, 0), desk(3, 1, 0)]), [id(1)]);
    assert_eq!(of(&[desk(1, 3, 0), desk(2, 2, 0), desk(3, 2, 0)]), []);
    assert_eq!(of(&[desk(1, 0, 3), desk(2, 2, 3)]), [id(1)]);
    assert_eq!(of(&[desk(1, 2, 0)]), []);
}

#[test]
fn families_and_blocks() {
    assert_eq!(family("髙橋 ハル"), family("高橋　一郎"));
    assert_eq!(family("髙橋ハル"), None);
    assert_eq!(family("髙橋 "), None);
    assert_eq!(block("湘南台1-2-3"), Some("湘南台1-2"));
    assert_eq!(block("湘南台1"), None);
    assert_eq!(block("湘南台-101"), None);
}

#[test]
fn thresholds_of_nothing_would_point_at_everybody() {
    assert_eq!(
        Thresholds::of([0, -1, 0, 0, 0]),
        Thresholds { households: 1, common_permille: 0, night: 1, export: 1, urgent: 1 }
    );
}

fn rows() -> impl Strategy<Value = Vec<Sight>> {
    let row = (0_u128..4, 15_u32..25, 0_u32..24, any::<bool>(), prop::option::of(0_u128..12), 1_i64..9);
    let looked = row.prop_map(|(user, on, hour, export, household, rows)| Sight {
        user: id(user),
        day: day(on),
        hour,
        export,
        own_list: false,
        household: household.map(id),
        rows,
    });
    prop::collection::vec(looked, 0..40)
}

/// As many pages as there are rows: the most there can be.
fn pages(rows: &[Sight]) -> Vec<Pages> {
    rows.iter().map(|r| Pages { user: r.user, day: r.day, hour: r.hour, n: r.rows }).collect()
}

proptest! {
    #[test]
    fn more_rows_never_take_a_finding_away(rows in rows(), more in rows()) {
        let before = findings(&rows, &pages(&rows), &Around::default(), &[], day(30), LIMITS);
        let all: Vec<Sight> = rows.into_iter().chain(more).collect();
        let after = findings(&all, &pages(&all), &Around::default(), &[], day(30), LIMITS);
        for f in before {
            prop_assert!(after.iter().any(|a| (a.day, a.pattern, a.who) == (f.day, f.pattern, f.who) && a.n >= f.n));
        }
    }

    #[test]
    fn a_task_everywhere_leaves_no_pattern_of_households(rows in rows()) {
        let tasks = (0..4).flat_map(|u| (0..12).map(move |h| (id(u), id(h)))).collect();
        let around = Around { tasks, ..Around::default() };
        let found = findings(&rows, &pages(&rows), &around, &[], day(30), LIMITS);
        prop_assert!(found.iter().all(|f| matches!(f.pattern, Pattern::Night | Pattern::Export)));
    }

    #[test]
    fn one_finding_for_each_person_day_and_pattern(rows in rows()) {
        let found = findings(&rows, &pages(&rows), &Around::default(), &[], day(30), LIMITS);
        let keys: BTreeSet<_> = found.iter().map(|f| (f.day, f.pattern.code(), f.who)).collect();
        prop_assert_eq!(keys.len(), found.len());
    }
}
