//! Compares the calculated holidays with a published list, day by day, where that list is at hand.

use std::collections::HashMap;
use words::Day;
use words::calendar::holiday_name;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/holidays/holidays.yml");

#[test]
fn every_day_agrees_with_the_published_list() {
    let Ok(text) = std::fs::read_to_string(LIST) else { return };
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
