//! A body's rhythm as days: 第3水曜, or every so many weeks. Which days are closed is said, and what becomes of them is
//! chosen.

use words::calendar::{self, OpeningDays};
use words::{Day, codes};

codes! {
    /// How the days of a series follow.
    pub enum Pattern {
        /// 毎月の第何週.
        Monthly = "monthly",
        /// 何週ごと.
        Weekly = "weekly",
    }

    /// Which week of a month.
    pub enum Nth {
        /// 第1.
        First = "1",
        /// 第2.
        Second = "2",
        /// 第3.
        Third = "3",
        /// 第4.
        Fourth = "4",
        /// さいご.
        Last = "last",
    }

    /// A day of the week.
    pub enum Weekday {
        /// 月.
        Monday = "mon",
        /// 火.
        Tuesday = "tue",
        /// 水.
        Wednesday = "wed",
        /// 木.
        Thursday = "thu",
        /// 金.
        Friday = "fri",
        /// 土.
        Saturday = "sat",
        /// 日.
        Sunday = "sun",
    }

    /// What becomes of a day on which the town hall is closed.
    pub enum WhenClosed {
        /// その回はひらかない.
        Skip = "skip",
        /// 次の開庁日にずらす.
        Later = "later",
        /// そのままひらく.
        Keep = "keep",
    }

    /// Why a day is closed.
    pub enum Closed {
        /// 祝日.
        Holiday = "holiday",
        /// 年末年始.
        YearEnd = "year_end",
        /// 土日.
        Weekend = "weekend",
    }
}

/// Sessions that are made at once, at most.
pub const MOST: usize = 60;

impl Weekday {
    fn number(self) -> u8 {
        match self {
            Self::Monday => 0,
            Self::Tuesday => 1,
            Self::Wednesday => 2,
            Self::Thursday => 3,
            Self::Friday => 4,
            Self::Saturday => 5,
            Self::Sunday => 6,
        }
    }

    fn is(self, day: Day) -> bool {
        day.weekday().num_days_from_monday() == u32::from(self.number())
    }
}

/// A rhythm as somebody said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How the days follow.
    pub pattern: Pattern,
    /// Of which weeks of a month; for [`Pattern::Monthly`].
    pub nth: Vec<Nth>,
    /// Which day of the week.
    pub weekday: Weekday,
    /// Every so many weeks; for [`Pattern::Weekly`].
    pub every: u32,
    /// What becomes of closed days.
    pub closed: WhenClosed,
}

/// One day of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The day by the rhythm.
    pub by_rhythm: Day,
    /// The day on which the session would be; none: it falls out.
    pub day: Option<Day>,
    /// Why the day by the rhythm is closed.
    pub closed: Option<Closed>,
}

/// Why the town hall is closed on a day.
pub fn closed(day: Day) -> Option<Closed> {
    if calendar::is_business_day(&OpeningDays::default(), day) {
        return None;
    }
    let year_end = matches!((day.month(), day.day()), (12, 29..) | (1, ..=3));
    Some(if year_end {
        Closed::YearEnd
    } else if calendar::holiday_name(day).is_some() {
        Closed::Holiday
    } else {
        Closed::Weekend
    })
}

/// The days of a rhythm from the first to the last day, both included; at most [`MOST`] of them.
pub fn days(rule: &Rule, from: Day, to: Day) -> Vec<Made> {
    let fits = |day: Day| match rule.pattern {
        Pattern::Monthly => rule.weekday.is(day) && rule.nth.iter().any(|n| is_nth(*n, day)),
        Pattern::Weekly => {
            let first = (0..7).map(|n| from.plus_days(n)).find(|d| rule.weekday.is(*d));
            let every = 7 * i64::from(rule.every.max(1));
            first.is_some_and(|f| f <= day && f.days_until(day) % every == 0)
        }
    };
    let mut day = from;
    let mut made: Vec<Made> = Vec::new();
    while day <= to && made.len() < MOST {
        if fits(day) {
            made.push(place(rule.closed, day));
        }
        let next = day.plus_days(1);
        if next <= day {
            break;
        }
        day = next;
    }
    made
}

fn place(when: WhenClosed, day: Day) -> Made {
    let why = closed(day);
    let on = match (why, when) {
        (None, _) | (_, WhenClosed::Keep) => Some(day),
        (Some(_), WhenClosed::Skip) => None,
        (Some(_), WhenClosed::Later) => Some(calendar::add_business_days(&OpeningDays::default(), day, 0)),
    };
    Made { by_rhythm: day, day: on, closed: why }
}

fn is_nth(nth: Nth, day: Day) -> bool {
    let week = (day.day() - 1) / 7 + 1;
    match nth {
        Nth::First => week == 1,
        Nth::Second => week == 2,
        Nth::Third => week == 3,
        Nth::Fourth => week == 4,
        Nth::Last => day.plus_days(7).month() != day.month(),
    }
}

/// What a town's words of a rhythm say, as far as they can be read: the weeks and the day of the week that stand in it, each as the
/// page calls them.
pub fn heard(
    words: &str,
    nth: &[(String, Nth)],
    weekdays: &[(String, Weekday)],
) -> Option<(Vec<Nth>, Weekday)> {
    let narrow = |c: char| match c {
        '\u{ff11}'..='\u{ff14}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let text: String = words.chars().map(narrow).collect();
    let weekday = weekdays.iter().find(|(word, _)| text.contains(word.as_str())).map(|(_, day)| *day)?;
    let weeks: Vec<Nth> =
        nth.iter().filter(|(word, _)| text.contains(word.as_str())).map(|(_, n)| *n).collect();
    (!weeks.is_empty()).then_some((weeks, weekday))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use words::code::Code;

    use super::*;

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::new(y, m, d).unwrap()
    }

    fn monthly(nth: &[Nth], weekday: Weekday, closed: WhenClosed) -> Rule {
        Rule { pattern: Pattern::Monthly, nth: nth.to_vec(), weekday, every: 1, closed }
    }

    #[test]
    fn the_third_wednesday_of_a_year() {
        let rule = monthly(&[Nth::Third], Weekday::Wednesday, WhenClosed::Skip);
        let made = days(&rule, day(2026, 4, 1), day(2027, 3, 31));
        assert_eq!(made.len(), 12);
        assert_eq!(made[0].day, Some(day(2026, 4, 15)));
        assert_eq!(made[7].day, Some(day(2026, 11, 18)));
        assert!(made.iter().all(|m| m.closed.is_none()));
    }

    #[test]
    fn closed_days_are_said_and_skipped_moved_or_kept() {
        // Monday 23 November 2026 is 勤労感謝の日, the fourth Monday.
        for (when, on) in [
            (WhenClosed::Skip, None),
            (WhenClosed::Later, Some(day(2026, 11, 24))),
            (WhenClosed::Keep, Some(day(2026, 11, 23))),
        ] {
            let rule = monthly(&[Nth::Fourth], Weekday::Monday, when);
            let made = days(&rule, day(2026, 11, 1), day(2026, 11, 30));
            assert_eq!(
                made,
                vec![Made { by_rhythm: day(2026, 11, 23), day: on, closed: Some(Closed::Holiday) }]
            );
        }
        assert_eq!(closed(day(2026, 12, 30)), Some(Closed::YearEnd));
        assert_eq!(closed(day(2027, 1, 1)), Some(Closed::YearEnd));
        assert_eq!(closed(day(2026, 11, 21)), Some(Closed::Weekend));
    }

    #[test]
    fn every_second_week_and_the_last_friday() {
        let rule = Rule {
            pattern: Pattern::Weekly,
            nth: Vec::new(),
            weekday: Weekday::Tuesday,
            every: 2,
            closed: WhenClosed::Keep,
        };
        let made = days(&rule, day(2026, 11, 21), day(2026, 12, 31));
        let on: Vec<Day> = made.iter().filter_map(|m| m.day).collect();
        assert_eq!(on, vec![day(2026, 11, 24), day(2026, 12, 8), day(2026, 12, 22)]);
        let rule = monthly(&[Nth::Last], Weekday::Friday, WhenClosed::Keep);
        assert_eq!(days(&rule, day(2026, 11, 1), day(2026, 11, 30))[0].day, Some(day(2026, 11, 27)));
    }

    #[test]
    fn a_town_s_own_words_are_heard() {
        let nth: Vec<(String, Nth)> = Nth::ALL.iter().map(|n| (format!("第{n}"), *n)).collect();
        let days: Vec<(String, Weekday)> = ["月曜", "火曜", "水曜"]
            .iter()
            .map(|w| (*w).to_owned())
            .zip(Weekday::ALL.iter().copied())
            .collect();
        let heard = |words| heard(words, &nth, &days);
        assert_eq!(heard("毎月第3水曜の午後"), Some((vec![Nth::Third], Weekday::Wednesday)));
        assert_eq!(heard("第１・第３火曜日"), Some((vec![Nth::First, Nth::Third], Weekday::Tuesday)));
        assert_eq!(heard("ひと月に一度"), None);
        assert_eq!(heard("水曜"), None);
    }

    proptest! {
        #[test]
        fn a_series_stays_in_its_span_and_in_order(n in 0_i64..400, length in 0_i64..400, every in 1_u32..6, weekday in 0_usize..7, monthly: bool, skip: bool) {
            let from = day(2026, 1, 1).plus_days(n);
            let to = from.plus_days(length);
            let rule = Rule {
                pattern: if monthly { Pattern::Monthly } else { Pattern::Weekly },
                nth: Nth::ALL.to_vec(),
                weekday: Weekday::ALL[weekday],
                every,
                closed: if skip { WhenClosed::Skip } else { WhenClosed::Keep },
            };
            let made = days(&rule, from, to);
            prop_assert!(made.len() <= MOST);
            prop_assert!(made.windows(2).all(|w| w[0].by_rhythm < w[1].by_rhythm));
            for m in &made {
                prop_assert!(from <= m.by_rhythm && m.by_rhythm <= to);
                prop_assert!(rule.weekday.is(m.by_rhythm));
                prop_assert_eq!(m.closed.is_some() && skip, m.day.is_none());
            }
        }
    }
}
