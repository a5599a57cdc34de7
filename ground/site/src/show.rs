//! How days and moments are shown in the reader's language. Japanese in wareki, English in western years; both can be
//! typed in either (domain section 6).

use words::partial::PartialDate;
use words::wareki::{show_day_with_weekday, show_wareki, show_wareki_short, weekday_kanji};
use words::{Day, Instant};

use crate::{Language, T};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl T {
    /// `11月21日（土）`, `Sat 21 Nov`; with the year when it is another year than `today`'s.
    pub fn day(&self, day: Day, today: Day) -> String {
        let other_year = day.year() != today.year();
        match self.language() {
            Language::Japanese => {
                let short = format!("{}月{}日（{}）", day.month(), day.day(), weekday_kanji(day.weekday()));
                if other_year { format!("{}年{short}", era_year(day)) } else { short }
            }
            Language::English => {
                let short = format!("{} {} {}", day.weekday(), day.day(), month(day.month()));
                if other_year { format!("{short} {}", day.year()) } else { short }
            }
        }
    }

    /// `令和8年11月21日（土）`, `Sat 21 Nov 2026`.
    pub fn day_long(&self, day: Day) -> String {
        match self.language() {
            Language::Japanese => show_day_with_weekday(day),
            Language::English => format!("{} {}", day.weekday(), self.full_day(day)),
        }
    }

    /// `令和8年11月21日`, `21 Nov 2026`.
    pub fn full_day(&self, day: Day) -> String {
        match self.language() {
            Language::Japanese => show_wareki(day),
            Language::English => format!("{} {} {}", day.day(), month(day.month()), day.year()),
        }
    }

    /// `R8.11.21`, `2026-11-21`: what a field for a day starts with.
    pub fn short_day(&self, day: Day) -> String {
        match self.language() {
            Language::Japanese => show_wareki_short(day),
            Language::English => day.to_string(),
        }
    }

    /// A date of which parts may be unknown: `昭和33年5月`, `May 1958`.
    pub fn partial_date(&self, date: PartialDate) -> String {
        match (self.language(), date.whole_day(), date.month()) {
            (Language::Japanese, ..) => date.show_wareki(),
            (Language::English, None, _) if date.is_about() => {
                format!("about {}", self.partial_date(date.plain()))
            }
            (Language::English, Some(day), _) => self.full_day(day),
            (Language::English, None, Some(m)) => format!("{} {}", month(m), date.year()),
            (Language::English, None, None) => date.year().to_string(),
        }
    }

    /// `11月21日（土） 9:05`, `Sat 21 Nov 9:05`.
    pub fn moment(&self, at: Instant, today: Day) -> String {
        format!("{} {}", self.day(at.day(), today), clock(at))
    }
}

/// `9:05`.
pub fn clock(at: Instant) -> String {
    format!("{}:{:02}", at.hour(), at.minute())
}

fn month(number: u32) -> &'static str {
    MONTHS.get((number as usize).wrapping_sub(1)).copied().unwrap_or_default()
}

fn era_year(day: Day) -> String {
    let long = show_wareki(day);
    long.split('年').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;
    use std::sync::Arc;

    fn t(language: Language) -> T {
        T::new(Arc::new(crate::Texts::read(language, &[crate::TEXT] as &[Text]).unwrap()))
    }

    #[test]
    fn days_are_shown_in_the_readers_language() {
        let (ja, en) = (t(Language::Japanese), t(Language::English));
        let (today, before) = (Day::new(2026, 11, 21).unwrap(), Day::new(2024, 4, 1).unwrap());
        assert_eq!(ja.day(today, today), "11月21日（土）");
        assert_eq!(en.day(today, today), "Sat 21 Nov");
        assert_eq!(ja.day(before, today), "令和6年4月1日（月）");
        assert_eq!(en.day(before, today), "Mon 1 Apr 2024");
        assert_eq!(en.day_long(today), "Sat 21 Nov 2026");
        assert_eq!((ja.short_day(today), en.short_day(today)), ("R8.11.21".into(), "2026-11-21".into()));
        let may = PartialDate::of_month(1958, 5).unwrap();
        assert_eq!((ja.partial_date(may), en.partial_date(may)), ("昭和33年5月".into(), "May 1958".into()));
        assert_eq!(en.partial_date(PartialDate::of_year(1958).unwrap()), "1958");
        let about = may.said_as_about();
        assert_eq!(
            (ja.partial_date(about), en.partial_date(about)),
            ("昭和33年5月頃".into(), "about May 1958".into())
        );
    }
}
