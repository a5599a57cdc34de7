//! Cases and laws of the rules.

use proptest::prelude::*;
use uuid::Uuid;
use words::Id;

use super::*;

fn day(n: i64) -> Day {
    Day::new(2026, 4, 1).unwrap().plus_days(n)
}

fn id<K>(n: u128) -> Id<K> {
    Id::new(Uuid::from_u128(n))
}

fn span(from: i64, to: Option<i64>) -> Span {
    Span { from: day(from), to: to.map(day) }
}

fn heirs(pairs: &[(u128, u128)]) -> Heirs {
    pairs.iter().map(|(a, b)| (id(*a), id(*b))).collect()
}

#[test]
fn a_request_is_kept_for_a_day_at_least_and_a_year_at_most() {
    for (set, days) in [(90, 90), (0, 1), (-5, 1), (1, 1), (365, 365), (366, 365), (i64::MAX, 365)] {
        assert_eq!(contact_kept_days(set), days, "{set}");
    }
}

#[test]
fn the_last_day_still_counts() {
    let year = fiscal_span(2026).unwrap();
    assert!(year.covers(Day::new(2027, 3, 31).unwrap()));
    assert!(!year.covers(Day::new(2027, 4, 1).unwrap()));
    assert!(year.ended_before(Day::new(2027, 4, 1).unwrap()));
    assert!(!span(0, Some(1)).overlaps(span(2, None)));
    assert!(span(0, Some(2)).overlaps(span(2, None)));
}

#[test]
fn chains_end_at_who_lasts_and_circles_give_nothing() {
    let chain = heirs(&[(1, 2), (2, 3)]);
    assert_eq!(heir_of(&chain, id(1)), id(3));
    assert_eq!(inherited_by(&chain, id(3)), [id(1), id(2)]);
    assert_eq!(inherited_by(&chain, id(2)), []);
    let circle = heirs(&[(1, 2), (2, 1), (4, 1)]);
    assert_eq!(heir_of(&circle, id(1)), id(1));
    assert_eq!(heir_of(&circle, id(4)), id(4));
    for desk in [1, 2, 4] {
        assert_eq!(inherited_by(&circle, id(desk)), []);
    }
}

#[test]
fn a_seat_needs_both_the_appointment_and_the_desk() {
    let appointed = |appointed, desk_open| Appointed {
        appointment: id(9),
        desk: id(3),
        agency: id(8),
        role: Role::Caseworker,
        programme: "outreach".to_owned(),
        appointed,
        desk_open,
    };
    let heirs = heirs(&[(1, 3)]);
    let at = |a: Appointed, n| seats_on(vec![a], &heirs, day(n));
    assert_eq!(at(appointed(span(0, None), span(0, None)), 5)[0].inherited, [id(1)]);
    assert!(at(appointed(span(6, None), span(0, None)), 5).is_empty());
    assert!(at(appointed(span(0, None), span(0, Some(4))), 5).is_empty());
}

#[test]
fn a_rename_leaves_the_old_name_to_its_days() {
    let names = [
        Dated { name: "旧".to_owned(), span: span(0, Some(9)) },
        Dated { name: "新".to_owned(), span: span(10, Some(20)) },
    ];
    for (n, expected) in [(-5, "旧"), (0, "旧"), (9, "旧"), (10, "新"), (99, "新")] {
        assert_eq!(name_on(&names, day(n)), expected, "{n}");
    }
    assert_eq!(name_on(&[], day(0)), "");
}

#[test]
fn codes_of_the_plan() {
    use Delivery::{Commissioned, Direct};
    assert_eq!(parse_delivery("direct; commissioned;direct"), Some(vec![Direct, Commissioned]));
    assert_eq!(parse_delivery("direct;lent"), None);
    assert_eq!(parse_delivery(""), Some(vec![]));
    for text in ["none", "all", "part", "named:利用者支援事業"] {
        assert_eq!(Statutory::parse(text).unwrap().to_string(), text);
    }
    assert_eq!(Statutory::parse("named: "), None);
    assert_eq!(Statutory::parse("some"), None);
}

#[test]
fn towns_are_found_by_the_longest_name() {
    let towns = [("鵠沼".to_owned(), 1), ("鵠沼海岸".to_owned(), 2), ("辻堂".to_owned(), 3)];
    assert_eq!(match_town(&towns, "鵠沼海岸3丁目"), Some(&2));
    assert_eq!(match_town(&towns, "鵠沼 海岸"), Some(&2));
    assert_eq!(match_town(&towns, "鵠沼松が岡"), Some(&1));
    assert_eq!(match_town(&towns, "茅ヶ崎"), None);
    assert_eq!(match_town(&towns, " "), None);
}

#[test]
fn a_wrong_week_is_the_town_halls() {
    assert_eq!(weekdays("0000011"), [false, false, false, false, false, true, true]);
    for wrong in ["", "111", "11111000", "1111x00"] {
        assert_eq!(write_weekdays(weekdays(wrong)), "1111100");
    }
}

proptest! {
    #[test]
    fn every_ended_desk_is_with_at_most_one(pairs in prop::collection::vec((0u128..12, 0u128..12), 0..12)) {
        let heirs = heirs(&pairs);
        for n in 0..12 {
            let held: Vec<u128> = (0..12).filter(|m| inherited_by(&heirs, id(*m)).contains(&id(n))).collect();
            prop_assert!(held.len() <= 1);
            let end = heir_of(&heirs, id(n));
            // Whoever inherits is not over itself; without an end nobody inherits.
            prop_assert_eq!(held.is_empty(), !heirs.contains_key(&id(n)) || heirs.contains_key(&end));
            prop_assert!(held.iter().all(|m| id(*m) == end));
        }
    }

    #[test]
    fn spans_overlap_when_they_share_a_day(a in 0i64..20, b in 0i64..20, c in 0i64..20, d in 0i64..20) {
        let (x, y) = (span(a.min(b), Some(a.max(b))), span(c.min(d), Some(c.max(d))));
        let share = (0..20).any(|n| x.covers(day(n)) && y.covers(day(n)));
        prop_assert_eq!(x.overlaps(y), share);
        prop_assert_eq!(x.overlaps(y), y.overlaps(x));
    }
}

#[test]
fn a_new_wording_ends_the_open_one_and_no_day_has_two() {
    let day = |y| Day::new(y, 4, 1).unwrap();
    let open = Span { from: day(2020), to: None };
    let over = Span { from: day(2010), to: Some(day(2020).plus_days(-1)) };
    let new = |from, to| next_wording(&[over, open], Span { from, to }).map_err(|r| r.key);
    assert_eq!(new(day(2027), None), Ok(Some(day(2020))));
    assert_eq!(new(day(2020), None), Err("law.overlaps"), "it would never have been in force");
    assert_eq!(new(day(2015), None), Err("law.overlaps"));
    assert_eq!(new(day(2015), Some(day(2016))), Err("law.overlaps"));
    assert_eq!(new(day(2000), Some(day(2005))), Ok(None), "from before, written down late");
    assert_eq!(new(day(2005), Some(day(2000))), Err("register.span"));
    assert_eq!(next_wording(&[], open).map_err(|r| r.key), Ok(None));
}

#[test]
fn a_wording_is_taken_back_only_while_nothing_rests_on_it() {
    let today = Day::new(2026, 11, 23).unwrap();
    let open = |from| Span { from, to: None };
    let of = |from: Day, on: Day, used| Added { span: open(from), on, used };
    let may = |of, others: &[Span]| may_take_back(of, others, today).map_err(|r| r.key);
    let (yesterday, tomorrow) = (today.plus_days(-1), today.plus_days(1));
    assert_eq!(may(of(today, today, false), &[]), Ok(()));
    assert_eq!(may(of(tomorrow, yesterday, false), &[]), Ok(()), "it has not begun");
    assert_eq!(may(of(yesterday, today, false), &[]), Ok(()), "it was written down today");
    assert_eq!(may(of(yesterday, yesterday, false), &[]), Err("law.has_begun"));
    assert_eq!(may(of(today, today, true), &[]), Err("law.is_used"));
    assert_eq!(may(of(today, today, false), &[open(tomorrow)]), Err("law.is_followed"));
    let earlier = Span { from: yesterday, to: Some(yesterday) };
    let back = Span { from: tomorrow, to: Some(today) };
    assert_eq!(may(of(today, today, false), &[earlier, back]), Ok(()));
    assert_eq!(may(Added { span: back, on: today, used: false }, &[]), Err("law.is_taken_back"));
    // What was taken back is in nobody's way.
    assert_eq!(next_wording(&[back], open(today)).map_err(|r| r.key), Ok(None));
}
