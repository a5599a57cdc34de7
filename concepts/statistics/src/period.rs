//! Periods of figures: whole months.

use words::calendar::fiscal_year;
use words::{Day, Instant};

/// Longest period, in months: ten years.
const MOST_MONTHS: i32 = 120;

/// A period of whole months; both days belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day of the first month.
    pub first: Day,
    /// The last day of the last month.
    pub last: Day,
}

impl Period {
    /// From which moment.
    pub fn begin(self) -> Instant {
        Instant::at(self.first, 0, 0)
    }

    /// Up to which moment, which no longer belongs to it.
    pub fn end(self) -> Instant {
        Instant::at(self.last.plus_days(1), 0, 0)
    }

    /// The fiscal year a day lies in, up to the month of `today` if it is the present one.
    pub fn of_fiscal_year(year: i32, today: Day) -> Option<Self> {
        let first = Day::new(year, 4, 1)?;
        let last = Day::new(year + 1, 3, 31)?;
        Some(Self { first, last: last.min(end_of_month(today)) }).filter(|p| p.first <= p.last)
    }

    /// The last `months` months, this one included.
    pub fn last_months(months: i32, today: Day) -> Option<Self> {
        Some(Self { first: month(index(today) - months + 1)?, last: end_of_month(today) })
    }
}

/// Months since the year 0.
fn index(day: Day) -> i32 {
    day.year() * 12 + i32::try_from(day.month()).unwrap_or(1) - 1
}

/// The first day of a month by its index.
fn month(index: i32) -> Option<Day> {
    Day::new(index.div_euclid(12), u32::try_from(index.rem_euclid(12)).ok()? + 1, 1)
}

fn end_of_month(day: Day) -> Day {
    month(index(day) + 1).map_or(day, |next| next.plus_days(-1))
}

/// The period asked for: the months of the days that were given, the present fiscal year otherwise. What is wrong with it is a
/// field and the key of its sentence.
pub fn period(
    from: Option<Day>,
    to: Option<Day>,
    today: Day,
) -> Result<Period, (&'static str, &'static str)> {
    let year = Period::of_fiscal_year(fiscal_year(today), today);
    let standard = year.unwrap_or(Period { first: today, last: today });
    let first = from.map_or(standard.first, |d| month(index(d)).unwrap_or(d));
    let last = to.map_or_else(|| standard.last.max(end_of_month(first)), end_of_month);
    if last < first {
        return Err(("until", "flow.period_backwards"));
    }
    if index(last) - index(first) >= MOST_MONTHS {
        return Err(("since", "flow.period_too_long"));
    }
    Ok(Period { first, last })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::new(y, m, d).unwrap()
    }

    #[test]
    fn a_period_is_whole_months() {
        let today = day(2026, 11, 21);
        let p = period(None, None, today).unwrap();
        assert_eq!((p.first, p.last), (day(2026, 4, 1), day(2026, 11, 30)));
        let p = period(Some(day(2024, 2, 15)), Some(day(2024, 2, 16)), today).unwrap();
        assert_eq!((p.first, p.last), (day(2024, 2, 1), day(2024, 2, 29)));
        assert_eq!(p.end().day(), day(2024, 3, 1));
        assert!(period(Some(day(2026, 5, 1)), Some(day(2026, 4, 30)), today).is_err());
        assert!(period(Some(day(2000, 5, 1)), None, today).is_err());
        let three = Period::last_months(3, today).unwrap();
        assert_eq!((three.first, three.last), (day(2026, 9, 1), day(2026, 11, 30)));
        let before = Period::of_fiscal_year(2025, today).unwrap();
        assert_eq!((before.first, before.last), (day(2025, 4, 1), day(2026, 3, 31)));
        assert!(Period::of_fiscal_year(2027, today).is_none());
    }

    proptest! {
        /// Two periods are the same or differ by whole months: no single day can be told from the difference.
        #[test]
        fn no_period_ends_within_a_month(from in 0_i64..8000, to in 0_i64..8000, today in 0_i64..8000) {
            let of = |n: i64| day(2010, 1, 1).plus_days(n);
            if let Ok(p) = period(Some(of(from)), Some(of(to)), of(today)) {
                prop_assert_eq!(p.first.day(), 1);
                prop_assert_eq!(p.last.plus_days(1).day(), 1);
                prop_assert!(p.first <= of(from) && of(to) <= p.last);
            }
        }
    }
}
