//! How moments and sizes are shown.

use words::{Day, Instant};

/// `11月21日（土）`, with the year in front when it is another year than `today`'s.
pub fn day(day: Day, today: Day) -> String {
    let short = format!("{}月{}日（{}）", day.month(), day.day(), weekday(day));
    if day.year() == today.year() { short } else { format!("{}年{short}", era_year(day)) }
}

/// `令和8年11月21日（土）`.
pub fn day_long(day: Day) -> String {
    words::wareki::show_day_with_weekday(day)
}

/// `11月21日（土） 9:05`.
pub fn moment(at: Instant, today: Day) -> String {
    format!("{} {}", day(at.day(), today), clock(at))
}

/// `9:05`.
pub fn clock(at: Instant) -> String {
    format!("{}:{:02}", at.hour(), at.minute())
}

fn weekday(day: Day) -> char {
    ['月', '火', '水', '木', '金', '土', '日'][day.weekday().num_days_from_monday() as usize]
}

fn era_year(day: Day) -> String {
    let long = words::wareki::show_wareki(day);
    long.split('年').next().unwrap_or_default().to_owned()
}
