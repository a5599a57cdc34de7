//! The calculated holidays beside known ones: eight years written out here, day by day, and many more where a
//! published list is at hand.

use std::collections::HashMap;
use words::Day;
use words::calendar::holiday_name;

/// Every day off by law (国民の祝日に関する法律), month and day; among them the enthronement of 2019 with the days
/// between, the days moved for the games of 2020 and 2021, every 振替休日, and the 国民の休日 of September 2026.
const KNOWN: &[(i32, &str)] = &[
    (
        2019,
        "1-1 1-14 2-11 3-21 4-29 4-30 5-1 5-2 5-3 5-4 5-5 5-6 7-15 8-11 8-12 9-16 9-23 10-14 10-22 11-3 11-4 11-23",
    ),
    (2020, "1-1 1-13 2-11 2-23 2-24 3-20 4-29 5-3 5-4 5-5 5-6 7-23 7-24 8-10 9-21 9-22 11-3 11-23"),
    (2021, "1-1 1-11 2-11 2-23 3-20 4-29 5-3 5-4 5-5 7-22 7-23 8-8 8-9 9-20 9-23 11-3 11-23"),
    (2022, "1-1 1-10 2-11 2-23 3-21 4-29 5-3 5-4 5-5 7-18 8-11 9-19 9-23 10-10 11-3 11-23"),
    (2023, "1-1 1-2 1-9 2-11 2-23 3-21 4-29 5-3 5-4 5-5 7-17 8-11 9-18 9-23 10-9 11-3 11-23"),
    (
        2024,
        "1-1 1-8 2-11 2-12 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-15 8-11 8-12 9-16 9-22 9-23 10-14 11-3 11-4 11-23",
    ),
    (2025, "1-1 1-13 2-11 2-23 2-24 3-20 4-29 5-3 5-4 5-5 5-6 7-21 8-11 9-15 9-23 10-13 11-3 11-23 11-24"),
    (2026, "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23"),
];

#[test]
fn eight_known_years_and_no_other_day() {
    for (year, listed) in KNOWN {
        let mut found = Vec::new();
        let mut day = Day::new(*year, 1, 1).expect("a day");
        while day.year() == *year {
            if holiday_name(day).is_some() {
                found.push(format!("{}-{}", day.month(), day.day()));
            }
            day = day.plus_days(1);
        }
        assert_eq!(found.join(" "), *listed, "{year}");
    }
}

#[test]
fn names_of_days_that_moved() {
    let name = |y, m, d| holiday_name(Day::new(y, m, d).expect("a day"));
    assert_eq!(name(2020, 7, 24), Some("スポーツの日"));
    assert_eq!(name(2020, 7, 23), Some("海の日"));
    assert_eq!(name(2021, 8, 8), Some("山の日"));
    assert_eq!(name(2021, 10, 11), None);
    assert_eq!(name(2019, 12, 23), None);
}

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/holidays/holidays.yml");

/// A further comparison for whoever has the list; without it the years above stand alone, and the test says so.
#[test]
fn every_day_agrees_with_the_published_list() {
    let Ok(text) = std::fs::read_to_string(LIST) else {
        eprintln!("no published list at {LIST}: only the years written out here were compared");
        return;
    };
    let listed: HashMap<Day, &str> = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter_map(|(day, name)| Some((Day::parse_iso(day)?, name.trim())))
        .collect();
    let (mut day, last) = (Day::new(1980, 1, 1).expect("a day"), Day::new(2050, 12, 31).expect("a day"));
    let mut different = Vec::new();
    while day <= last {
        let ours = holiday_name(day);
        // Names differ for days off that are no 国民の祝日: the list says 休日, and shortens ceremonies.
        let same = match (ours, listed.get(&day)) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => {
                theirs.contains(ours) || ours.contains(theirs) || theirs.starts_with("休日")
            }
            _ => false,
        };
        if !same {
            different.push(format!("{day}: {ours:?} {:?}", listed.get(&day)));
        }
        day = day.plus_days(1);
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}
