//! # Partial dates
//! Birth days and other days of which only the year, or the year and month, is known ("昭和33年生まれ").
//!
//! Invariant: what is not known is not made up: an age from a partial date is a range.

use crate::date_text::{Parts, read};
use crate::time::Day;
use crate::wareki::{DateProblem, Era, show_wareki};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A western year, a year and month, or a whole day; a year or a month may be said as about (昭和50年頃). Stored as ISO 8601 text, as
/// long as what is known, with the mark of ISO 8601-2 (EDTF) for what is approximate: 1958-05-12, 1958-05, 1958, 1958-05~, 1958~. Ordered by
/// the first day it says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    first: Day,
    known: Known,
    /// Never of a whole day.
    about: bool,
}

/// How much of a date is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Known {
    Year,
    Month,
    Day,
}

impl PartialDate {
    /// A year; `None` outside 1 to 9999.
    pub fn of_year(year: i32) -> Option<Self> {
        Day::new(year, 1, 1).map(|first| Self { first, known: Known::Year, about: false })
    }

    /// A year and month; `None` when the calendar has no such month.
    pub fn of_month(year: i32, month: u32) -> Option<Self> {
        Day::new(year, month, 1).map(|first| Self { first, known: Known::Month, about: false })
    }

    /// A whole day.
    pub const fn of_day(day: Day) -> Self {
        Self { first: day, known: Known::Day, about: false }
    }

    /// The same said as about: 昭和50年頃. It can be a year or a month earlier or later. A whole day stays as it is.
    #[must_use]
    pub fn said_as_about(self) -> Self {
        Self { about: self.known != Known::Day, ..self }
    }

    /// Whether it is said as about.
    pub const fn is_about(self) -> bool {
        self.about
    }

    /// The same without that.
    #[must_use]
    pub const fn plain(self) -> Self {
        Self { about: false, ..self }
    }

    /// The western year.
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// The month, 1–12, when known.
    pub fn month(self) -> Option<u32> {
        (self.known >= Known::Month).then(|| self.first.month())
    }

    /// The whole day, when known.
    pub fn whole_day(self) -> Option<Day> {
        (self.known == Known::Day).then_some(self.first)
    }

    /// The first day it says.
    pub const fn says_from(self) -> Day {
        self.first
    }

    /// The last day it says.
    fn says_until(self) -> Day {
        let last_month = match self.known {
            Known::Day => return self.first,
            Known::Month => self.first.month(),
            Known::Year => 12,
        };
        // Months end on one of four days; the fallback is never reached.
        (28..=31).rev().find_map(|day| Day::new(self.year(), last_month, day)).unwrap_or(self.first)
    }

    /// The year or month before or after what is said; itself at the ends of the calendar.
    fn beside(self, by: i32) -> Self {
        let plain = self.plain();
        let of = match self.known {
            Known::Day => None,
            Known::Year => Self::of_year(self.year() + by),
            Known::Month => match self.first.month().checked_add_signed(by) {
                Some(0) => Self::of_month(self.year() - 1, 12),
                Some(13) => Self::of_month(self.year() + 1, 1),
                Some(month) => Self::of_month(self.year(), month),
                None => None,
            },
        };
        of.unwrap_or(plain)
    }

    /// The first day it can be.
    pub fn earliest(self) -> Day {
        if self.about { self.beside(-1).first } else { self.first }
    }

    /// The last day it can be.
    pub fn latest(self) -> Day {
        if self.about { self.beside(1).says_until() } else { self.says_until() }
    }

    /// Whether both can be the same day: one is as the other is, as far as it is known.
    pub fn can_be(self, other: Self) -> bool {
        self.earliest() <= other.latest() && other.earliest() <= self.latest()
    }

    /// The texts of everything that is known no more exactly and can be the same: 1958-05-12, 1958-05 and 1958; and of what is said as about,
    /// 1958-05~ and 1958~ with those beside them.
    pub fn vaguer(self) -> Vec<String> {
        let text = self.plain().to_string();
        let mut all: Vec<String> =
            [4, 7, 10].into_iter().filter_map(|length| text.get(..length).map(str::to_owned)).collect();
        let month = self.month().and_then(|month| Self::of_month(self.year(), month));
        for known in [Self::of_year(self.year()), month].into_iter().flatten() {
            let mut about =
                [known.beside(-1), known, known.beside(1)].map(|d| d.said_as_about().to_string()).to_vec();
            about.dedup();
            all.append(&mut about);
        }
        all
    }

    /// Reads [`PartialDate`]'s own text back: 1958, 1958-05, 1958-05-12, 1958~ or 1958-05~.
    pub fn parse_iso(text: &str) -> Option<Self> {
        if let Some(said) = text.strip_suffix('~') {
            return Self::parse_iso(said)
                .filter(|d| d.known != Known::Day && !d.about)
                .map(Self::said_as_about);
        }
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let month = |part: &str| part.parse().ok().filter(|_| part.len() == 2 && digits(part));
        let year = |part: &str| part.parse().ok().filter(|_| part.len() == 4 && digits(part));
        match text.split('-').collect::<Vec<_>>()[..] {
            [y] => Self::of_year(year(y)?),
            [y, m] => Self::of_month(year(y)?, month(m)?),
            [_, _, _] => Day::parse_iso(text).map(Self::of_day),
            _ => None,
        }
    }

    /// In wareki, as far as known: 昭和33年5月12日, 昭和33年5月, 昭和33年, 昭和33年頃. A partial date is written in the era of the
    /// last day it says, so 1989 is 平成元年; before 明治 it is western.
    pub fn show_wareki(self) -> String {
        if let Some(day) = self.whole_day() {
            return show_wareki(day);
        }
        let year = Era::of(self.says_until())
            .map_or_else(|| format!("{}年", self.year()), |era| era.show_year(self.year()));
        let about = if self.about { "頃" } else { "" };
        match self.month() {
            Some(month) => format!("{year}{month}月{about}"),
            None => format!("{year}{about}"),
        }
    }

    /// The age in full years on a day, as a range when the birth day is not wholly known; 0 before birth.
    ///
    /// A year is added on the birthday itself. By law it is added at the end of the day before (年齢計算ニ関スル法律,
    /// 民法 art. 143), which moves school years and some entitlements by one day; counters and screens use the
    /// common rule, and nothing here decides an entitlement.
    pub fn age_on(self, day: Day) -> AgeRange {
        AgeRange { min: age(self.latest(), day), max: age(self.earliest(), day) }
    }

    /// The age band on a day; [`AgeBand::Unclear`] when a partial birth day leaves it between two bands.
    pub fn age_band(self, day: Day) -> AgeBand {
        let ages = self.age_on(day);
        let band = AgeBand::of(ages.min);
        if band == AgeBand::of(ages.max) { band } else { AgeBand::Unclear }
    }
}

/// Reads a date of which the month or day may be missing, western or wareki: 1958, 1958-05, 昭和33年, S33.5,
/// 昭和33年5月12日 and everything [`crate::wareki::parse_day`] reads. 生 behind it is ignored; 頃 is refused, so that nobody loses it unseen.
///
/// Errors: [`DateProblem`].
pub fn parse_partial(text: &str) -> Result<PartialDate, DateProblem> {
    match split_about(text) {
        (bare, false) => parse_bare(bare),
        (bare, true) => parse_bare(bare).and(Err(DateProblem::About)),
    }
}

/// As [`parse_partial`], and a year or a month said as about: 昭和50年頃, S50ごろ, 1975-05~.
///
/// Errors: [`DateProblem`].
pub fn parse_about(text: &str) -> Result<PartialDate, DateProblem> {
    match split_about(text) {
        (bare, false) => parse_bare(bare),
        (bare, true) => match parse_bare(bare)? {
            whole if whole.whole_day().is_some() => Err(DateProblem::AboutDay),
            date => Ok(date.said_as_about()),
        },
    }
}

/// What was typed without its mark of about, and whether there was one.
fn split_about(text: &str) -> (&str, bool) {
    let born = |text| str::trim(text).trim_end_matches("生まれ").trim_end_matches('生').trim_end();
    let bare = born(text);
    let behind = ["頃", "ごろ", "ころ", "くらい", "ぐらい", "~", "～"];
    match behind.into_iter().find_map(|mark| bare.strip_suffix(mark)).or_else(|| bare.strip_prefix("about "))
    {
        Some(bare) => (born(bare), true),
        None => (bare, false),
    }
}

fn parse_bare(bare: &str) -> Result<PartialDate, DateProblem> {
    let found = match read(bare)? {
        Parts { year, month: None, .. } => PartialDate::of_year(year),
        Parts { year, month: Some(month), day: None } => PartialDate::of_month(year, month),
        Parts { year, month: Some(month), day: Some(day) } => {
            Day::new(year, month, day).map(PartialDate::of_day)
        }
    };
    found.ok_or(DateProblem::NoSuchDay)
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.about { "~" } else { "" };
        match (self.month(), self.whole_day()) {
            (_, Some(day)) => fmt::Display::fmt(&day, f),
            (Some(month), None) => write!(f, "{:04}-{month:02}{about}", self.year()),
            (None, None) => write!(f, "{:04}{about}", self.year()),
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<PartialDate> for String {
    fn from(value: PartialDate) -> Self {
        value.to_string()
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse_iso(&text).ok_or_else(|| "not an ISO 8601 date or part of one".to_owned())
    }
}

impl From<Day> for PartialDate {
    fn from(day: Day) -> Self {
        Self::of_day(day)
    }
}

/// An age in full years, from the youngest to the oldest it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRange {
    /// The youngest, in years.
    pub min: u32,
    /// The oldest, in years.
    pub max: u32,
}

impl AgeRange {
    /// The age when it is certain.
    pub fn exact(self) -> Option<u32> {
        (self.min == self.max).then_some(self.min)
    }

    /// Whether the age is only known as a range.
    pub fn is_approximate(self) -> bool {
        self.min != self.max
    }
}

/// Age bands for statistics and for choosing services: school age, coming of age, 介護保険 (40 and 65) and
/// 後期高齢者 (75).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AgeBand {
    /// 0 to 5 years, before school.
    #[serde(rename = "0_5")]
    To5,
    /// 6 to 14 years.
    #[serde(rename = "6_14")]
    To14,
    /// 15 to 17 years.
    #[serde(rename = "15_17")]
    To17,
    /// 18 to 39 years.
    #[serde(rename = "18_39")]
    To39,
    /// 40 to 64 years.
    #[serde(rename = "40_64")]
    To64,
    /// 65 to 74 years.
    #[serde(rename = "65_74")]
    To74,
    /// 75 years and more.
    #[serde(rename = "75_")]
    From75,
    /// A partial birth day leaves it open.
    #[serde(rename = "unclear")]
    Unclear,
}

impl AgeBand {
    /// Every band, youngest first, then the unclear one.
    pub const ALL: &'static [Self] =
        &[Self::To5, Self::To14, Self::To17, Self::To39, Self::To64, Self::To74, Self::From75, Self::Unclear];

    /// The band of an age in full years.
    pub const fn of(age: u32) -> Self {
        match age {
            0..=5 => Self::To5,
            6..=14 => Self::To14,
            15..=17 => Self::To17,
            18..=39 => Self::To39,
            40..=64 => Self::To64,
            65..=74 => Self::To74,
            75.. => Self::From75,
        }
    }

    /// The stable code: `0_5`, `6_14`, `15_17`, `18_39`, `40_64`, `65_74`, `75_` or `unclear`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::To5 => "0_5",
            Self::To14 => "6_14",
            Self::To17 => "15_17",
            Self::To39 => "18_39",
            Self::To64 => "40_64",
            Self::To74 => "65_74",
            Self::From75 => "75_",
            Self::Unclear => "unclear",
        }
    }
}

/// Full years from a birth day to a day. Who is born on 29 February turns on 1 March in common years.
fn age(born: Day, on: Day) -> u32 {
    let before_birthday = (on.month(), on.day()) < (born.month(), born.day());
    u32::try_from(on.year() - born.year() - i32::from(before_birthday)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::new(year, month, day).unwrap()
    }

    #[test]
    fn a_date_can_be_another_as_far_as_both_are_known() {
        let known = |text: &str| PartialDate::parse_iso(text).unwrap();
        for (one, other, can) in [
            ("1958", "1958-05-12", true),
            ("1958-05", "1958-05-31", true),
            ("1958-05-12", "1958-05-12", true),
            ("1958-05-12", "1958-05-13", false),
            ("1958-06", "1958-05-12", false),
            ("1957", "1958-05", false),
        ] {
            assert_eq!(known(one).can_be(known(other)), can, "{one} {other}");
            assert_eq!(known(other).can_be(known(one)), can, "{other} {one}");
        }
        let all =
            ["1958", "1958-05", "1958-05-12", "1957~", "1958~", "1959~", "1958-04~", "1958-05~", "1958-06~"];
        assert_eq!(known("1958-05-12").vaguer(), all);
        assert_eq!(known("1958").vaguer(), ["1958", "1957~", "1958~", "1959~"]);
        // Everything of these can be that day, and what lies further cannot.
        assert!(all.iter().all(|text| known(text).can_be(known("1958-05-12"))));
        assert!(["1956~", "1960~", "1958-03~"].iter().all(|text| !known(text).can_be(known("1958-05-12"))));
        assert!(
            known("1958-01~").can_be(known("1957-12-01")) && known("1957-12~").can_be(known("1958-01-31"))
        );
    }

    #[test]
    fn partial_dates_are_read_and_shown() {
        for (text, iso, wareki) in [
            ("昭和33年", "1958", "昭和33年"),
            ("S33.5", "1958-05", "昭和33年5月"),
            ("1958", "1958", "昭和33年"),
            ("１９５８年", "1958", "昭和33年"),
            ("1958-05", "1958-05", "昭和33年5月"),
            ("1958年5月", "1958-05", "昭和33年5月"),
            ("昭和33年5月12日生", "1958-05-12", "昭和33年5月12日"),
            ("昭和33年5月12日生まれ", "1958-05-12", "昭和33年5月12日"),
            ("平成元年", "1989", "平成元年"),
            ("昭和64年1月7日", "1989-01-07", "昭和64年1月7日"),
            ("令和元年5月", "2019-05", "令和元年5月"),
            ("H31.4", "2019-04", "平成31年4月"),
        ] {
            let date = parse_partial(text).unwrap();
            assert_eq!(date.to_string(), iso, "{text}");
            assert_eq!(date.show_wareki(), wareki, "{text}");
        }
        for (text, iso, wareki) in [
            ("昭和50年頃", "1975~", "昭和50年頃"),
            ("S50頃", "1975~", "昭和50年頃"),
            ("昭和50年ごろ", "1975~", "昭和50年頃"),
            ("昭和50年頃生まれ", "1975~", "昭和50年頃"),
            ("S50.5くらい", "1975-05~", "昭和50年5月頃"),
            ("about 1989", "1989~", "平成元年頃"),
            ("１９７５～", "1975~", "昭和50年頃"),
        ] {
            let date = parse_about(text).unwrap();
            assert_eq!((date.to_string().as_str(), date.show_wareki().as_str()), (iso, wareki), "{text}");
            assert_eq!(parse_partial(text), Err(DateProblem::About), "not lost unseen: {text}");
        }
        assert_eq!(parse_about("昭和50年5月1日頃"), Err(DateProblem::AboutDay));
        assert_eq!(parse_about("昭和50年5月1日"), parse_partial("昭和50年5月1日"));
        assert_eq!(parse_about("むかし頃"), Err(DateProblem::Unreadable));
        assert_eq!(parse_partial("令和元年4月"), Err(DateProblem::BeforeEra));
        assert_eq!(parse_partial("1958-13"), Err(DateProblem::NoSuchDay));
        assert_eq!(parse_partial("1958-02-30"), Err(DateProblem::NoSuchDay));
        assert_eq!(parse_partial("33"), Err(DateProblem::Unreadable));
        assert_eq!(parse_partial("生まれ"), Err(DateProblem::Required));
        for text in
            ["", "58", "1958-5", "1958-05-1", "+958", "1958-05-12-1", "0000", "1958-05-12~", "1958~~", "~"]
        {
            assert_eq!(PartialDate::parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn an_age_is_as_exact_as_the_birth_day() {
        let on = day(2026, 11, 21);
        let ages = |iso: &str| PartialDate::parse_iso(iso).unwrap().age_on(on);
        assert_eq!(ages("1958-11-21").exact(), Some(68));
        assert_eq!(ages("1958-11-22").exact(), Some(67));
        assert_eq!(ages("1958"), AgeRange { min: 67, max: 68 });
        assert!(ages("1958").is_approximate());
        assert_eq!(ages("1958-05").exact(), Some(68));
        assert_eq!(ages("1958-11"), AgeRange { min: 67, max: 68 });
        assert_eq!(ages("2030").exact(), Some(0));
        assert_eq!(ages("1975~"), AgeRange { min: 49, max: 52 });
        assert_eq!(ages("1975-11~"), AgeRange { min: 50, max: 51 });
        let leap = PartialDate::parse_iso("2024-02-29").unwrap();
        assert_eq!(leap.age_on(day(2026, 2, 28)).exact(), Some(1));
        assert_eq!(leap.age_on(day(2026, 3, 1)).exact(), Some(2));
    }

    #[test]
    fn bands_meet_without_gaps() {
        let on = day(2026, 11, 21);
        let band = |iso: &str| PartialDate::parse_iso(iso).unwrap().age_band(on).as_str();
        assert_eq!(band("2021"), "0_5");
        assert_eq!(band("2011-11-22"), "6_14");
        assert_eq!(band("2011-11-21"), "15_17");
        assert_eq!(band("1961"), "unclear");
        assert_eq!(band("1951-11-21"), "75_");
    }

    #[test]
    fn a_band_is_stored_as_its_code() {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        for band in AgeBand::ALL {
            let stored: StrDeserializer<'_, Error> = band.as_str().into_deserializer();
            assert_eq!(AgeBand::deserialize(stored), Ok(*band));
        }
    }

    proptest! {
        #[test]
        fn text_and_wareki_read_back(offset in 0i64..90_000, parts in 1usize..=3) {
            let whole = day(1868, 2, 1).plus_days(offset);
            let date = match parts {
                1 => PartialDate::of_year(whole.year()).unwrap(),
                2 => PartialDate::of_month(whole.year(), whole.month()).unwrap(),
                _ => PartialDate::of_day(whole),
            };
            prop_assert_eq!(PartialDate::parse_iso(&date.to_string()), Some(date));
            prop_assert_eq!(parse_partial(&date.show_wareki()), Ok(date));
            let about = date.said_as_about();
            prop_assert_eq!(PartialDate::parse_iso(&about.to_string()), Some(about));
            prop_assert_eq!(parse_about(&about.show_wareki()), Ok(about));
            prop_assert!(about.earliest() <= date.earliest() && date.latest() <= about.latest());
            prop_assert!(date.earliest() <= whole && whole <= date.latest());
            let ages = date.age_on(day(2026, 11, 21));
            prop_assert!(ages.min <= ages.max && ages.max <= ages.min + 1);
        }
    }
}
