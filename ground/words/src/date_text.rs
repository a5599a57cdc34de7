//! The one grammar of typed dates, whole or partial, shared by [`crate::wareki`] and [`crate::partial`].

use crate::fold::{is_hyphen_like, is_invisible, is_variation_selector};
use crate::numerals;
use crate::wareki::{DateProblem, ERAS, Era};
use unicode_normalization::UnicodeNormalization;

/// The parts of a typed date. Month and day are within the calendar's bounds, but the day may still not exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    /// Western year.
    pub year: i32,
    /// Month, 1–12.
    pub month: Option<u32>,
    /// Day of the month; only with a month.
    pub day: Option<u32>,
}

/// Reads a date of which the month, or the day, may be missing.
pub(crate) fn read(text: &str) -> Result<Parts, DateProblem> {
    let plain = plain(text)?;
    let (era, rest) = split_era(without_weekday(&plain));
    let [year, month, day] = split(rest, era.is_some()).ok_or(DateProblem::Unreadable)?;
    let year = western_year(era, year)?;
    let number = |text: Option<&str>, last: u32| match text {
        None => Ok(None),
        Some(text) => match numerals::parse(text) {
            Some(value) if (1..=last).contains(&value) => Ok(Some(value)),
            Some(_) => Err(DateProblem::NoSuchDay),
            None => Err(DateProblem::Unreadable),
        },
    };
    let parts = Parts { year, month: number(month, 12)?, day: number(day, 31)? };
    match era {
        Some(era) if is_before(&parts, era.first_day()) => Err(DateProblem::BeforeEra),
        _ => Ok(parts),
    }
}

/// Reads a month and a day without their year: `11/25`, `11-25`, `11月25日（水）`, `1125`. Four digits are a month and a
/// day only where no year could be meant; three could be read two ways and are nothing. `None` for anything else.
pub(crate) fn read_month_day(text: &str) -> Option<(u32, u32)> {
    let plain = plain(text).ok()?;
    let text = without_weekday(&plain);
    let (month, day) = match text.split_once('月') {
        Some((month, rest)) => (month, rest.strip_suffix('日').unwrap_or(rest)),
        None if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) => text.split_at(2),
        None => text.split_once(['-', '/', '.'])?,
    };
    let number = |text: &str, last: u32| {
        numerals::parse(text).filter(|value| text.chars().count() <= 3 && (1..=last).contains(value))
    };
    Some((number(month, 12)?, number(day, 31)?))
}

/// Reads a year, with or without 年 or 年度 behind it.
pub(crate) fn read_year(text: &str) -> Result<i32, DateProblem> {
    let plain = plain(text)?;
    let bare = plain.strip_suffix("年度").or_else(|| plain.strip_suffix('年')).unwrap_or(&plain);
    let (era, rest) = split_era(bare);
    western_year(era, rest)
}

/// Normalised, with nothing invisible, no space, and one hyphen.
fn plain(text: &str) -> Result<String, DateProblem> {
    let plain: String = text
        .nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c) && !is_variation_selector(*c))
        .map(|c| if is_hyphen_like(c) { '-' } else { c })
        .collect();
    if plain.is_empty() { Err(DateProblem::Required) } else { Ok(plain) }
}

/// Drops a day of the week in brackets at the end. It is not checked: the date is what was meant.
fn without_weekday(text: &str) -> &str {
    text.strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
        .filter(|(_, inner)| inner.starts_with(['月', '火', '水', '木', '金', '土', '日']))
        .map_or(text, |(date, _)| date)
}

/// The era a text starts with: its name, its first kanji or its letter.
fn split_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        let short = &era.name[..era.name.chars().next().map_or(0, char::len_utf8)];
        let lower = era.letter.to_ascii_lowercase();
        let rest = text
            .strip_prefix(era.name)
            .or_else(|| text.strip_prefix(short))
            .or_else(|| text.strip_prefix([era.letter, lower]));
        if let Some(rest) = rest {
            return (Some(era), rest);
        }
    }
    (None, text.strip_prefix("西暦").unwrap_or(text))
}

/// Splits into the texts of year, month and day.
fn split(text: &str, in_era: bool) -> Option<[Option<&str>; 3]> {
    let compact = text.bytes().all(|b| b.is_ascii_digit());
    let year_width = if in_era { 2 } else { 4 };
    if compact && text.len() == year_width + 4 {
        let (year, rest) = text.split_at(year_width);
        let (month, day) = rest.split_at(2);
        return Some([Some(year), Some(month), Some(day)]);
    }
    if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = match rest.split_once('月') {
            Some((month, rest)) => (Some(month), rest),
            None if rest.is_empty() => (None, ""),
            None => return None,
        };
        let day = Some(rest.strip_suffix('日').unwrap_or(rest)).filter(|_| !rest.is_empty());
        return Some([Some(year), month, day]);
    }
    let mut parts = text.split(['-', '/', '.']);
    let split = [parts.next(), parts.next(), parts.next()];
    parts.next().is_none().then_some(split)
}

/// The western year of a year's text. A year without an era needs four digits: 26 alone could be any century.
fn western_year<'a>(era: Option<&Era>, year: impl Into<Option<&'a str>>) -> Result<i32, DateProblem> {
    let text = year.into().ok_or(DateProblem::Unreadable)?;
    let value =
        || numerals::parse(text).and_then(|value| i32::try_from(value).ok()).ok_or(DateProblem::Unreadable);
    let western = match era {
        Some(era) if text == "元" => era.base_year() + 1,
        Some(era) => match value()? {
            0 => return Err(DateProblem::NoSuchDay),
            year @ 1..=99 => era.base_year() + year,
            _ => return Err(DateProblem::Unreadable),
        },
        None if text.chars().count() == 4 => value()?,
        None => return Err(DateProblem::Unreadable),
    };
    if (1800..=2199).contains(&western) { Ok(western) } else { Err(DateProblem::OutOfRange) }
}

/// Whether all of a partial date lies before a day. A year alone never does: era years start at one.
fn is_before(parts: &Parts, first: (i32, u32, u32)) -> bool {
    match (parts.month, parts.day) {
        (Some(month), Some(day)) => (parts.year, month, day) < first,
        (Some(month), None) => (parts.year, month) < (first.0, first.1),
        _ => false,
    }
}
