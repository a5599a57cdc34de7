//! # Wareki
//! Japanese eras, and days shown and typed the way people in a town hall write them (domain section 6).
//! Typed text may be western or wareki, in any width, and may name an era year that never came: 平成32年 is
//! 2020, because papers printed before the change of era say so (requirement Q5).
//!
//! Invariant: what is stored is western; an era is only ever a way of writing.

use crate::date_text::{Parts, read, read_month_day, read_year};
use crate::time::Day;
use chrono::Weekday;
use std::fmt;

/// An era (元号法 art. 1, and for 明治, 大正 and 昭和 the edicts before it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Era {
    /// The name in kanji: 令和.
    pub name: &'static str,
    /// The reading in hiragana: れいわ.
    pub reading: &'static str,
    /// The letter used on forms: R.
    pub letter: char,
    first_day: (i32, u32, u32),
}

/// The eras in use, earliest first. 明治 starts with its first year (1868-01-25), as its edict has it.
pub const ERAS: [Era; 5] = [
    Era { name: "明治", reading: "めいじ", letter: 'M', first_day: (1868, 1, 25) },
    Era { name: "大正", reading: "たいしょう", letter: 'T', first_day: (1912, 7, 30) },
    Era { name: "昭和", reading: "しょうわ", letter: 'S', first_day: (1926, 12, 25) },
    Era { name: "平成", reading: "へいせい", letter: 'H', first_day: (1989, 1, 8) },
    Era { name: "令和", reading: "れいわ", letter: 'R', first_day: (2019, 5, 1) },
];

impl Era {
    /// The era of a day; `None` before 明治.
    pub fn of(day: Day) -> Option<&'static Self> {
        ERAS.iter().rev().find(|era| era.first_day <= (day.year(), day.month(), day.day()))
    }

    /// The western year before the era's first, so that adding an era year gives the western year.
    pub const fn base_year(&self) -> i32 {
        self.first_day.0 - 1
    }

    /// The first day as western year, month and day.
    pub const fn first_day(&self) -> (i32, u32, u32) {
        self.first_day
    }

    /// A western year written in this era, the first year as 元: 令和8年.
    pub fn show_year(&self, western: i32) -> String {
        match western - self.base_year() {
            1 => format!("{}元年", self.name),
            year => format!("{}{year}年", self.name),
        }
    }
}

/// Why typed text is no date. Sentences are looked up by [`DateProblem::key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateProblem {
    /// Nothing was typed.
    Required,
    /// Not written in any way that is understood, or a part is missing.
    Unreadable,
    /// The calendar has no such month or day, such as 2月30日, or the era year is 0.
    NoSuchDay,
    /// Earlier than the first day of the era it names, such as 令和元年4月30日.
    BeforeEra,
    /// Said as about (頃) where that cannot be kept.
    About,
    /// A whole day said as about.
    AboutDay,
    /// A western year before 1800 or after 2199: surely a slip.
    OutOfRange,
}

impl DateProblem {
    /// The stable key of the sentence that explains the problem.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Required => "date.required",
            Self::Unreadable => "date.unreadable",
            Self::NoSuchDay => "date.no_such_day",
            Self::BeforeEra => "date.before_era",
            Self::OutOfRange => "date.out_of_range",
            Self::About => "date.about",
            Self::AboutDay => "date.about_day",
        }
    }
}

impl fmt::Display for DateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Required => "no date was given",
            Self::Unreadable => "the date cannot be read",
            Self::NoSuchDay => "the calendar has no such day",
            Self::BeforeEra => "the day is earlier than its era",
            Self::OutOfRange => "the year is out of range",
            Self::About => "about a date cannot be kept here",
            Self::AboutDay => "a whole day is not about",
        })
    }
}

impl std::error::Error for DateProblem {}

/// 令和8年11月21日, the first year as 元. Days before 明治 are shown western.
pub fn show_wareki(day: Day) -> String {
    Era::of(day).map_or_else(
        || show_western(day),
        |era| format!("{}{}月{}日", era.show_year(day.year()), day.month(), day.day()),
    )
}

/// R8.11.21, for narrow columns. Days before 明治 are shown as 1860.1.2.
pub fn show_wareki_short(day: Day) -> String {
    let (letter, base) =
        Era::of(day).map_or((String::new(), 0), |era| (era.letter.to_string(), era.base_year()));
    format!("{letter}{}.{}.{}", day.year() - base, day.month(), day.day())
}

/// 令和8年11月21日（土）.
pub fn show_day_with_weekday(day: Day) -> String {
    format!("{}（{}）", show_wareki(day), weekday_kanji(day.weekday()))
}

/// 2026年11月21日.
pub fn show_western(day: Day) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// The kanji of a day of the week: 土.
pub const fn weekday_kanji(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

/// Reads a whole day, western or wareki: 2026-11-21, 2026/11/21, 20261121, ２０２６年１１月２１日,
/// 令和8年11月21日（土）, R8.11.21, r08/11/21, 令和元年5月1日, 平成32年4月1日 (2020), 昭33.5.12, 令和八年十一月二十一日.
///
/// Errors: [`DateProblem`]. A day of the week in brackets is not checked.
pub fn parse_day(text: &str) -> Result<Day, DateProblem> {
    match read(text)? {
        Parts { year, month: Some(month), day: Some(day) } => {
            Day::new(year, month, day).ok_or(DateProblem::NoSuchDay)
        }
        _ => Err(DateProblem::Unreadable),
    }
}

/// Which year is meant where somebody writes only a month and a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// Nothing is known of the field: the day nearest to today, the coming one of two equally near.
    Nearest,
    /// A due date or an appointment: the next such day.
    Coming,
    /// Something that happened: the last such day.
    Past,
}

/// Days that a month and a day may lie on the wrong side of today and still be meant: 11/20 as a due date on 11月22日 is
/// a slip to be refused by the field's own rule, not the 20 November of next year.
const SLIP: i64 = 31;

/// As [`parse_day`], and a month and a day without their year as well: `11/25`, `11月25日`, `1125`. Their year follows
/// from `today` and [`Lean`]; a day more than a month on the wrong side belongs to the year before or after.
///
/// Errors: [`DateProblem`]; 29 February without a year, unless this year or one beside it has it.
pub fn parse_day_near(text: &str, today: Day, lean: Lean) -> Result<Day, DateProblem> {
    let Some((month, day)) = read_month_day(text) else { return parse_day(text) };
    (today.year() - 1..=today.year() + 1)
        .filter_map(|year| Day::new(year, month, day))
        .filter(|found| match lean {
            Lean::Nearest => true,
            Lean::Coming => today.days_until(*found) >= -SLIP,
            Lean::Past => today.days_until(*found) <= SLIP,
        })
        .min_by_key(|found| (today.days_until(*found).abs(), *found < today))
        .ok_or(DateProblem::NoSuchDay)
}

/// Reads a fiscal year, April to March, named by the year it begins in: 平成32年度 and 2020年度 are 2020, R2年度 is
/// 2020. 年度 or 年 may be missing (requirement Q5).
///
/// Errors: [`DateProblem`].
pub fn parse_fiscal_year(text: &str) -> Result<i32, DateProblem> {
    read_year(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::new(year, month, day).unwrap()
    }

    #[test]
    fn days_are_shown() {
        let today = day(2026, 11, 21);
        assert_eq!(show_wareki(today), "令和8年11月21日");
        assert_eq!(show_wareki_short(today), "R8.11.21");
        assert_eq!(show_day_with_weekday(today), "令和8年11月21日（土）");
        assert_eq!(show_western(today), "2026年11月21日");
        assert_eq!(show_wareki(day(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(show_wareki(day(2019, 4, 30)), "平成31年4月30日");
        assert_eq!(show_wareki(day(1989, 1, 7)), "昭和64年1月7日");
        assert_eq!(show_wareki(day(1926, 12, 24)), "大正15年12月24日");
        assert_eq!(show_wareki(day(1867, 1, 1)), "1867年1月1日");
    }

    #[test]
    fn days_are_read() {
        for (text, expected) in [
            ("2026-11-21", (2026, 11, 21)),
            ("2026/11/21", (2026, 11, 21)),
            ("2026.11.21", (2026, 11, 21)),
            ("20261121", (2026, 11, 21)),
            ("2026年11月21日", (2026, 11, 21)),
            ("西暦2026年11月21日", (2026, 11, 21)),
            ("２０２２年１２月２１日", (2022, 12, 21)),
            ("２０２２ー１２ー２１", (2022, 12, 21)),
            ("令和4年12月21日", (2022, 12, 21)),
            ("令和 4 年 12 月 21 日（水）", (2022, 12, 21)),
            ("令和四年十二月二十一日", (2022, 12, 21)),
            ("㋿4年12月21日", (2022, 12, 21)),
            ("R4.12.21", (2022, 12, 21)),
            ("r04/12/21", (2022, 12, 21)),
            ("R041221", (2022, 12, 21)),
            ("令和元年5月1日", (2019, 5, 1)),
            ("R元.5.1", (2019, 5, 1)),
            ("平成32年4月1日", (2020, 4, 1)),
            ("昭和33年5月12日", (1958, 5, 12)),
            ("昭33.5.12", (1958, 5, 12)),
            ("S64.1.8", (1989, 1, 8)),
            ("大正15年12月25日", (1926, 12, 25)),
            ("明治45年7月30日", (1912, 7, 30)),
            ("  2024-02-29\n", (2024, 2, 29)),
        ] {
            let (y, m, d) = expected;
            assert_eq!(parse_day(text), Ok(day(y, m, d)), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_says_why() {
        for (text, key) in [
            ("", "date.required"),
            ("　", "date.required"),
            ("きのう", "date.unreadable"),
            ("26/11/21", "date.unreadable"),
            ("2026-11", "date.unreadable"),
            ("令和8年", "date.unreadable"),
            ("元年5月1日", "date.unreadable"),
            ("2026-11-21-1", "date.unreadable"),
            ("2026-11-21T09:00", "date.unreadable"),
            ("12026-11-21", "date.unreadable"),
            ("令和4年12-21", "date.unreadable"),
            ("2026-02-29", "date.no_such_day"),
            ("2026-13-01", "date.no_such_day"),
            ("20261301", "date.no_such_day"),
            ("令和0年1月1日", "date.no_such_day"),
            ("令和元年4月30日", "date.before_era"),
            ("昭和元年12月24日", "date.before_era"),
            ("0026-11-21", "date.out_of_range"),
            ("2926-11-21", "date.out_of_range"),
        ] {
            assert_eq!(parse_day(text).map_err(DateProblem::key), Err(key), "{text}");
        }
    }

    #[test]
    fn a_month_and_a_day_get_the_year_that_is_meant() {
        use Lean::{Coming, Nearest, Past};
        let today = day(2026, 11, 22);
        for (text, lean, (y, m, d)) in [
            ("11/25", Nearest, (2026, 11, 25)),
            ("１１／２５", Coming, (2026, 11, 25)),
            ("12/20", Coming, (2026, 12, 20)),
            ("1125", Nearest, (2026, 11, 25)),
            ("11月25日（水）", Nearest, (2026, 11, 25)),
            ("十一月二十五日", Nearest, (2026, 11, 25)),
            ("1/5", Nearest, (2027, 1, 5)),
            ("1/5", Coming, (2027, 1, 5)),
            ("1/5", Past, (2026, 1, 5)),
            ("6/1", Nearest, (2026, 6, 1)),
            ("6/1", Coming, (2027, 6, 1)),
            ("6-1", Past, (2026, 6, 1)),
            // Slips stay what they are, for the field to refuse.
            ("11/20", Coming, (2026, 11, 20)),
            ("11.25", Past, (2026, 11, 25)),
            ("11/22", Past, (2026, 11, 22)),
            ("11/22", Coming, (2026, 11, 22)),
            // With a year nothing leans.
            ("2025-11-25", Coming, (2025, 11, 25)),
            ("R8.1.5", Coming, (2026, 1, 5)),
        ] {
            assert_eq!(parse_day_near(text, today, lean), Ok(day(y, m, d)), "{text} {lean:?}");
        }
        for (text, key) in [
            ("111", "date.unreadable"),
            ("2026", "date.unreadable"),
            ("26/11", "date.unreadable"),
            ("11/31", "date.no_such_day"),
            ("2/29", "date.no_such_day"),
        ] {
            assert_eq!(parse_day_near(text, today, Nearest).map_err(DateProblem::key), Err(key), "{text}");
        }
        assert_eq!(parse_day_near("2/29", day(2027, 12, 1), Coming), Ok(day(2028, 2, 29)));
    }

    #[test]
    fn fiscal_years_are_read() {
        for (text, year) in [
            ("平成32年度", 2020),
            ("平成３２年度", 2020),
            ("2020年度", 2020),
            ("2020", 2020),
            ("R2年度", 2020),
            ("令和元年度", 2019),
            ("令和 8 年", 2026),
        ] {
            assert_eq!(parse_fiscal_year(text), Ok(year), "{text}");
        }
        assert_eq!(parse_fiscal_year("2020-04"), Err(DateProblem::Unreadable));
        assert_eq!(parse_fiscal_year("年度"), Err(DateProblem::Unreadable));
    }

    proptest! {
        #[test]
        // Up to 令和99年: era years have two digits.
        fn every_shown_day_is_read_back(offset in 0i64..91_000) {
            let shown = day(1868, 1, 25).plus_days(offset);
            for text in [
                show_wareki(shown), show_wareki_short(shown), show_day_with_weekday(shown), show_western(shown),
                shown.to_string(), shown.to_string().replace('-', ""),
            ] {
                prop_assert_eq!(parse_day(&text), Ok(shown), "{}", text);
            }
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>(), near in "[令和平成RSH元0-9年月日./-]{0,12}") {
            let _ = (parse_day(&text), parse_fiscal_year(&text), parse_day(&near), parse_fiscal_year(&near));
            for lean in [Lean::Nearest, Lean::Coming, Lean::Past] {
                let _ = (parse_day_near(&text, day(2026, 11, 22), lean), parse_day_near(&near, day(1, 1, 1), lean));
            }
        }
    }
}
