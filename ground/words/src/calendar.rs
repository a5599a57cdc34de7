//! # Business days
//! Japanese holidays by our own calculation (国民の祝日に関する法律, 昭和23年法律第178号), the year-end closing and
//! each desk's own opening days (domain section 6). Years 1980 to 2099; the two equinox days of years not yet
//! gazetted are the astronomical forecast.
//!
//! Invariant: a deadline always comes: a desk that never opens is counted by Monday to Friday.

use crate::time::Day;
use chrono::Weekday;
use serde::{Deserialize, Serialize};

const FIRST_YEAR: i32 = 1980;
const LAST_YEAR: i32 = 2099;

/// The longest closing looked across before a desk counts as one that never opens, in days.
const LONGEST_CLOSING: i64 = 400;

/// When a desk is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpeningDays {
    /// Open on Monday, Tuesday, … Sunday.
    pub weekdays: [bool; 7],
    /// Closed from the first day to the second, both included; a pair in the wrong order closes nothing.
    pub closed: Vec<(Day, Day)>,
    /// Open on holidays that fall on an open weekday.
    pub open_on_holidays: bool,
    /// Open from 29 December to 3 January; otherwise closed (地方自治法 art. 4-2).
    pub open_at_year_end: bool,
}

impl Default for OpeningDays {
    /// Monday to Friday, closed on holidays and at the year end: the town hall.
    fn default() -> Self {
        Self {
            weekdays: [true, true, true, true, true, false, false],
            closed: Vec::new(),
            open_on_holidays: false,
            open_at_year_end: false,
        }
    }
}

/// Whether the desk is open on the day.
pub fn is_business_day(opening: &OpeningDays, day: Day) -> bool {
    opening.weekdays[day.weekday().num_days_from_monday() as usize]
        && (opening.open_at_year_end || !is_year_end(day))
        && (opening.open_on_holidays || holiday_name(day).is_none())
        && !opening.closed.iter().any(|(from, to)| (*from..=*to).contains(&day))
}

/// The day `n` business days on. Day 0 is the day itself when the desk is open, else the next open day; so what
/// arrives on a Saturday counts as having arrived on Monday.
///
/// A desk that stays closed for more than 400 days on end is counted by the town hall's days instead, so that a
/// wrong setting cannot make a deadline disappear.
pub fn add_business_days(opening: &OpeningDays, day: Day, n: u32) -> Day {
    let mut current = open_day_from(opening, day);
    for _ in 0..n {
        let next = open_day_from(opening, current.plus_days(1));
        if next <= current {
            // The end of the representable years.
            break;
        }
        current = next;
    }
    current
}

/// The `n`th business day after `day`, whatever `day` itself is: what a town hall means by 「n営業日以内」. The first
/// day does not count (民法140条), so Saturday and Friday have the same first day after them.
pub fn business_day_after(opening: &OpeningDays, day: Day, n: u32) -> Day {
    (0..n).fold(day, |day, _| add_business_days(opening, day.plus_days(1), 0))
}

/// Business days after `from` up to and including `to`; negative when `to` is the earlier one. With a due day
/// as `from` and today as `to` this is the number of business days overdue.
pub fn business_days_between(opening: &OpeningDays, from: Day, to: Day) -> i64 {
    if to < from {
        return -business_days_between(opening, to, from);
    }
    let days = (1..=from.days_until(to)).filter(|days| is_business_day(opening, from.plus_days(*days)));
    i64::try_from(days.count()).unwrap_or(i64::MAX)
}

/// The fiscal year of a day, April to March (地方自治法 art. 208), named by the year it begins in.
pub fn fiscal_year(day: Day) -> i32 {
    if day.month() >= 4 { day.year() } else { day.year() - 1 }
}

/// The name of the holiday on a day, 振替休日 and 国民の休日 included; `None` on ordinary days and outside 1980 to
/// 2099.
pub fn holiday_name(day: Day) -> Option<&'static str> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        return None;
    }
    national_holiday(day).or_else(|| ceremony(day)).or_else(|| {
        if is_substitute(day) {
            Some("振替休日")
        } else if is_between_holidays(day) {
            Some("国民の休日")
        } else {
            None
        }
    })
}

fn open_day_from(opening: &OpeningDays, day: Day) -> Day {
    let first = |opening: &OpeningDays| {
        (0..=LONGEST_CLOSING).map(|days| day.plus_days(days)).find(|day| is_business_day(opening, *day))
    };
    first(opening).or_else(|| first(&OpeningDays::default())).unwrap_or(day)
}

fn is_year_end(day: Day) -> bool {
    matches!((day.month(), day.day()), (12, 29..) | (1, ..=3))
}

/// A 国民の祝日 by art. 2, and the two days of 2019 that counted as such (平成30年法律第99号).
fn national_holiday(day: Day) -> Option<&'static str> {
    let (year, month, date) = (day.year(), day.month(), day.day());
    let is_monday = |nth: u32| day.weekday() == Weekday::Mon && (date - 1) / 7 + 1 == nth;
    // The Olympic years moved three holidays (平成三十二年東京オリンピック競技大会・東京パラリンピック競技大会特別措置法).
    let moved = match (year, month, date) {
        (2020, 7, 23) | (2021, 7, 22) => Some("海の日"),
        (2020, 7, 24) | (2021, 7, 23) => Some("スポーツの日"),
        (2020, 8, 10) | (2021, 8, 8) => Some("山の日"),
        (2019, 5, 1) => Some("天皇の即位の日"),
        (2019, 10, 22) => Some("即位礼正殿の儀"),
        _ => None,
    };
    if moved.is_some() {
        return moved;
    }
    let olympic = matches!(year, 2020 | 2021);
    let name = match (month, date) {
        (1, 1) => "元日",
        (1, 15) if year < 2000 => "成人の日",
        (1, _) if year >= 2000 && is_monday(2) => "成人の日",
        (2, 11) => "建国記念の日",
        (2, 23) if year >= 2020 => "天皇誕生日",
        (3, date) if date == spring_equinox(year) => "春分の日",
        (4, 29) if year < 1989 => "天皇誕生日",
        (4, 29) if year < 2007 => "みどりの日",
        (4, 29) => "昭和の日",
        (5, 3) => "憲法記念日",
        (5, 4) if year >= 2007 => "みどりの日",
        (5, 5) => "こどもの日",
        (7, 20) if (1996..2003).contains(&year) => "海の日",
        (7, _) if year >= 2003 && !olympic && is_monday(3) => "海の日",
        (8, 11) if year >= 2016 && !olympic => "山の日",
        (9, 15) if year < 2003 => "敬老の日",
        (9, _) if year >= 2003 && is_monday(3) => "敬老の日",
        (9, date) if date == autumn_equinox(year) => "秋分の日",
        (10, 10) if year < 2000 => "体育の日",
        (10, _) if (2000..2020).contains(&year) && is_monday(2) => "体育の日",
        (10, _) if year >= 2022 && is_monday(2) => "スポーツの日",
        (11, 3) => "文化の日",
        (11, 23) => "勤労感謝の日",
        (12, 23) if (1989..=2018).contains(&year) => "天皇誕生日",
        _ => return None,
    };
    Some(name)
}

/// Days off by an act of their own, which are no 国民の祝日.
fn ceremony(day: Day) -> Option<&'static str> {
    match (day.year(), day.month(), day.day()) {
        (1989, 2, 24) => Some("昭和天皇の大喪の礼"),
        (1990, 11, 12) => Some("即位礼正殿の儀"),
        (1993, 6, 9) => Some("皇太子徳仁親王の結婚の儀"),
        _ => None,
    }
}

/// 振替休日, art. 3 para. 2: the next day after a holiday on a Sunday; since 2007 the next that is no holiday.
fn is_substitute(day: Day) -> bool {
    let mut before = day.plus_days(-1);
    if day.year() < 2007 {
        return before.weekday() == Weekday::Sun && national_holiday(before).is_some();
    }
    while national_holiday(before).is_some() {
        if before.weekday() == Weekday::Sun {
            return true;
        }
        before = before.plus_days(-1);
    }
    false
}

/// 国民の休日, art. 3 para. 3: since 1986 a day between two holidays; until 2006 not when it was a Sunday.
fn is_between_holidays(day: Day) -> bool {
    day.year() >= 1986
        && (day.year() >= 2007 || day.weekday() != Weekday::Sun)
        && national_holiday(day.plus_days(-1)).is_some()
        && national_holiday(day.plus_days(1)).is_some()
}

/// The day in March on which the sun crosses the equator, by the formula in use for 1980 to 2099.
fn spring_equinox(year: i32) -> u32 {
    equinox(20_843_100, year)
}

/// The day in September on which the sun crosses the equator, by the formula in use for 1980 to 2099.
fn autumn_equinox(year: i32) -> u32 {
    equinox(23_248_800, year)
}

/// `start` is the moment in 1980, in millionths of a day of the month.
fn equinox(start: i32, year: i32) -> u32 {
    let years = year - FIRST_YEAR;
    u32::try_from((start + 242_194 * years) / 1_000_000 - years / 4).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::new(year, month, day).unwrap()
    }

    #[test]
    fn holidays_have_their_names() {
        for (y, m, d, name) in [
            (1988, 5, 4, Some("国民の休日")),
            (1987, 5, 4, Some("振替休日")),
            (1989, 2, 24, Some("昭和天皇の大喪の礼")),
            (2008, 5, 6, Some("振替休日")),
            (2009, 9, 22, Some("国民の休日")),
            (2019, 4, 30, Some("国民の休日")),
            (2019, 5, 1, Some("天皇の即位の日")),
            (2019, 5, 2, Some("国民の休日")),
            (2019, 5, 6, Some("振替休日")),
            (2019, 12, 23, None),
            (2020, 7, 24, Some("スポーツの日")),
            (2020, 10, 12, None),
            (2021, 8, 9, Some("振替休日")),
            (2024, 2, 12, Some("振替休日")),
            (2026, 9, 21, Some("敬老の日")),
            (2026, 9, 22, Some("国民の休日")),
            (2026, 9, 23, Some("秋分の日")),
            (2026, 11, 21, None),
            (2026, 11, 23, Some("勤労感謝の日")),
            (1979, 1, 1, None),
        ] {
            assert_eq!(holiday_name(day(y, m, d)), name, "{y}-{m}-{d}");
        }
    }

    #[test]
    fn the_town_hall_closes() {
        let hall = OpeningDays::default();
        for (y, m, d, open) in [
            (2026, 11, 20, true),
            (2026, 11, 21, false),
            (2026, 11, 23, false),
            (2026, 12, 28, true),
            (2026, 12, 29, false),
            (2027, 1, 3, false),
            (2027, 1, 4, true),
        ] {
            assert_eq!(is_business_day(&hall, day(y, m, d)), open, "{y}-{m}-{d}");
        }
        assert_eq!(add_business_days(&hall, day(2026, 11, 20), 0), day(2026, 11, 20));
        assert_eq!(add_business_days(&hall, day(2026, 11, 21), 0), day(2026, 11, 24));
        assert_eq!(add_business_days(&hall, day(2026, 11, 20), 1), day(2026, 11, 24));
        assert_eq!(add_business_days(&hall, day(2026, 12, 28), 1), day(2027, 1, 4));
        assert_eq!(business_days_between(&hall, day(2026, 11, 20), day(2026, 11, 25)), 2);
        assert_eq!(business_days_between(&hall, day(2026, 11, 25), day(2026, 11, 20)), -2);
    }

    #[test]
    fn a_desk_has_its_own_days() {
        let weekend = OpeningDays {
            weekdays: [false, false, false, false, false, true, true],
            closed: vec![(day(2026, 11, 22), day(2026, 11, 28))],
            open_on_holidays: true,
            open_at_year_end: true,
        };
        assert_eq!(add_business_days(&weekend, day(2026, 11, 21), 1), day(2026, 11, 29));
        assert!(is_business_day(&weekend, day(2028, 1, 1)));
    }

    #[test]
    fn a_desk_that_never_opens_still_has_deadlines() {
        let never = OpeningDays { weekdays: [false; 7], ..OpeningDays::default() };
        assert_eq!(add_business_days(&never, day(2026, 11, 20), 1), day(2026, 11, 24));
        let closed =
            OpeningDays { closed: vec![(day(1, 1, 1), day(9999, 12, 31))], ..OpeningDays::default() };
        assert_eq!(add_business_days(&closed, day(2026, 11, 21), 0), day(2026, 11, 24));
        assert!(!is_business_day(&closed, day(2026, 11, 24)));
    }

    #[test]
    fn the_fiscal_year_begins_in_april() {
        assert_eq!(fiscal_year(day(2027, 3, 31)), 2026);
        assert_eq!(fiscal_year(day(2027, 4, 1)), 2027);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn counting_there_is_counting_back(
            offset in 0i64..20_000, n in 0u32..60, weekdays in any::<[bool; 7]>(), holidays in any::<bool>(),
        ) {
            let start = day(1990, 1, 1).plus_days(offset);
            let opening = OpeningDays { weekdays, open_on_holidays: holidays, ..OpeningDays::default() };
            let first = add_business_days(&opening, start, 0);
            let last = add_business_days(&opening, start, n);
            prop_assert!(first >= start);
            if weekdays != [false; 7] {
                prop_assert!(is_business_day(&opening, last));
                prop_assert_eq!(business_days_between(&opening, first, last), i64::from(n));
                prop_assert_eq!(business_days_between(&opening, last, first) <= 0, true);
            }
        }
    }
}
