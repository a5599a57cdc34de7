//! Instants and days. Stored western, ISO 8601, at Japanese local time +09:00 (domain section 6): one
//! encoding that sorts as text on both engines.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, TimeZone, Timelike, Weekday};
use serde::{Deserialize, Serialize};

/// Japan has no summer time: one fixed offset, nine hours.
const OFFSET_SECONDS: i32 = 9 * 3600;

/// A moment, to the millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(i64);

impl Instant {
    /// A moment from milliseconds since 1970-01-01T00:00:00Z. Values are kept within years 1–9999.
    pub fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -62_135_596_800_000;
        const LAST: i64 = 253_402_214_400_000;
        Self(millis.clamp(FIRST, LAST))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The moment at local `day`, `hour`:`minute`. Out-of-range hours and minutes are clamped.
    pub fn at(day: Day, hour: u32, minute: u32) -> Self {
        let seconds = i64::from(hour.min(23)) * 3600 + i64::from(minute.min(59)) * 60;
        let midnight =
            day.0.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() - i64::from(OFFSET_SECONDS);
        Self::from_millis((midnight + seconds) * 1000)
    }

    fn local(self) -> DateTime<FixedOffset> {
        let offset = FixedOffset::east_opt(OFFSET_SECONDS).expect("nine hours is a valid offset");
        offset.timestamp_millis_opt(self.0).single().expect("clamped to representable years")
    }

    /// The local calendar day.
    pub fn day(self) -> Day {
        Day(self.local().date_naive())
    }

    /// Local hour, 0–23.
    pub fn hour(self) -> u32 {
        self.local().hour()
    }

    /// Local minute, 0–59.
    pub fn minute(self) -> u32 {
        self.local().minute()
    }

    /// The moment `minutes` later (earlier when negative).
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self::from_millis(self.0 + minutes * 60_000)
    }

    /// The moment `hours` later (earlier when negative).
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        self.plus_minutes(hours * 60)
    }

    /// `2026-11-21T09:05:00.000+09:00`: fixed width, so that text order is time order.
    pub fn iso(self) -> String {
        self.local().format("%Y-%m-%dT%H:%M:%S%.3f+09:00").to_string()
    }

    /// Reads [`Instant::iso`] back; any RFC 3339 offset is accepted.
    pub fn parse_iso(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|t| Self::from_millis(t.timestamp_millis()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}
impl From<Instant> for String {
    fn from(value: Instant) -> Self {
        value.iso()
    }
}
impl TryFrom<String> for Instant {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse_iso(&text).ok_or_else(|| "not an ISO 8601 instant".to_owned())
    }
}

/// A calendar day in Japan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

impl Day {
    /// The day, if the calendar has it and the year lies in 1–9999.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Wraps a chrono date.
    pub const fn from_naive(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The chrono date.
    pub const fn naive(self) -> NaiveDate {
        self.0
    }

    /// Western year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Month, 1–12.
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// Day of the month, 1–31.
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// Day of the week.
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// The day `days` later (earlier when negative), stopping at the ends of years 1–9999.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let moved = TimeDelta::try_days(days).and_then(|d| self.0.checked_add_signed(d));
        match moved {
            Some(date) if (1..=9999).contains(&date.year()) => Self(date),
            _ if days < 0 => Self::new(1, 1, 1).unwrap_or(self),
            _ => Self::new(9999, 12, 31).unwrap_or(self),
        }
    }

    /// Days from `self` to `other`; negative if `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        other.0.signed_duration_since(self.0).num_days()
    }

    /// Reads `2026-11-21`.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        (text.len() == 10).then_some(Self(date))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl From<Day> for String {
    fn from(value: Day) -> Self {
        value.to_string()
    }
}
impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse_iso(&text).ok_or_else(|| "not an ISO 8601 day".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_its_text_and_sorts_with_it() {
        let day = Day::new(2026, 11, 21).unwrap();
        let morning = Instant::at(day, 9, 5);
        assert_eq!(morning.iso(), "2026-11-21T09:05:00.000+09:00");
        assert_eq!(Instant::parse_iso(&morning.iso()), Some(morning));
        assert!(morning.iso() < morning.plus_minutes(1).iso());
        assert_eq!(morning.plus_hours(15).day(), day.plus_days(1));
    }

    #[test]
    fn extreme_values_never_panic() {
        for millis in [i64::MIN, -1, 0, i64::MAX] {
            assert!(Instant::parse_iso(&Instant::from_millis(millis).iso()).is_some());
        }
        let day = Day::new(9999, 12, 31).unwrap();
        assert_eq!(day.plus_days(i64::MAX), day);
    }
}
