//! Days, business days and the Japanese holidays, as far as an invented town needs them.

use crate::model::{Day, Moment};

impl Day {
    /// The day of a year, month and day of month in the western calendar.
    pub const fn new(year: i32, month: u32, day: u32) -> Self {
        // The usual count over eras of 400 years, with the year beginning in March.
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let month = month.cast_signed();
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.cast_signed() - 1;
        Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// Year, month and day of month.
    pub const fn ymd(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month.cast_unsigned(), day.cast_unsigned())
    }

    /// 0 = Monday to 6 = Sunday.
    pub const fn weekday(self) -> u32 {
        (self.0 + 3).rem_euclid(7).cast_unsigned()
    }

    /// So many days later, or earlier.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// The first day of the fiscal year the day lies in.
    #[must_use]
    pub const fn fiscal_start(self) -> Self {
        let (year, month, _) = self.ymd();
        Self::new(if month >= 4 { year } else { year - 1 }, 4, 1)
    }

    /// Completed years of life on this day of somebody born then.
    pub const fn age_of(self, born: Self) -> i32 {
        let (year, month, day) = self.ymd();
        let (y, m, d) = born.ymd();
        let had_birthday = month > m || (month == m && day >= d);
        year - y - if had_birthday { 0 } else { 1 }
    }

    /// Whether public offices work: no weekend, no holiday, not between 29 December and 3 January.
    pub const fn is_business(self) -> bool {
        self.weekday() < 5 && !self.is_holiday()
    }

    /// Whether it is a public holiday or falls in the year-end closing.
    pub const fn is_holiday(self) -> bool {
        let (_, month, day) = self.ymd();
        if (month == 12 && day >= 29) || (month == 1 && day <= 3) {
            return true;
        }
        // A holiday on a Sunday moves to the next day that is none; the run in May needs three steps back.
        if self.is_named_holiday() {
            return true;
        }
        let mut back = self.plus(-1);
        while back.is_named_holiday() {
            if back.weekday() == 6 {
                return true;
            }
            back = back.plus(-1);
        }
        // A single day between two holidays (September in some years) is one too.
        self.weekday() != 6 && self.plus(-1).is_named_holiday() && self.plus(1).is_named_holiday()
    }

    const fn is_named_holiday(self) -> bool {
        let (year, month, day) = self.ymd();
        let monday = self.weekday() == 0;
        let week = (day - 1) / 7;
        match month {
            1 => day == 1 || (monday && week == 1),
            2 => day == 11 || day == 23,
            3 => day == equinox(208_431, year),
            4 => day == 29,
            5 => day >= 3 && day <= 5,
            7 => monday && week == 2,
            8 => day == 11,
            9 => (monday && week == 2) || day == equinox(232_488, year),
            10 => monday && week == 1,
            11 => day == 3 || day == 23,
            _ => false,
        }
    }

    /// This day if offices work on it, else the next on which they do.
    #[must_use]
    pub const fn or_next_business(mut self) -> Self {
        while !self.is_business() {
            self = self.plus(1);
        }
        self
    }

    /// So many business days later; a negative count goes back.
    #[must_use]
    pub const fn business(mut self, count: i32) -> Self {
        let mut left = count.abs();
        while left > 0 {
            self = self.plus(count.signum());
            if self.is_business() {
                left -= 1;
            }
        }
        self
    }

    /// The minute of this day as a moment.
    pub const fn at(self, minute: u16) -> Moment {
        Moment { day: self, minute }
    }
}

/// The day of the equinox by the usual approximation, valid from 1980 to 2099. `base` is in ten-thousandths.
const fn equinox(base: i32, year: i32) -> u32 {
    let years = year - 1980;
    ((base + 2_422 * years) / 10_000 - years / 4).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(Day::new(1970, 1, 1).0, 0);
        for n in -40_000..40_000 {
            let (y, m, d) = Day(n).ymd();
            assert_eq!(Day::new(y, m, d), Day(n));
        }
        assert_eq!(Day::new(2026, 11, 21).weekday(), 5);
    }

    #[test]
    fn knows_the_holidays_of_2026() {
        let days: Vec<_> = (0..365)
            .map(|n| Day::new(2026, 1, 1).plus(n))
            .filter(|d| d.is_holiday())
            .map(|d| (d.ymd().1, d.ymd().2))
            .collect();
        let expected = [
            (1, 1),
            (1, 2),
            (1, 3),
            (1, 12),
            (2, 11),
            (2, 23),
            (3, 20),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (5, 6),
            (7, 20),
            (8, 11),
            (9, 21),
            (9, 22),
            (9, 23),
            (10, 12),
            (11, 3),
            (11, 23),
            (12, 29),
            (12, 30),
            (12, 31),
        ];
        assert_eq!(days, expected);
    }
}
