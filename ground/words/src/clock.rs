//! # Times of day, as they are typed
//! `9:05`, `９時５分`, `14時半`, `午後2時`, `1630`, `930`.

use crate::fold::fold;

/// Reads a time of day as hour and minute. Three or four digits together are hours and minutes. A word about (ごろ) is
/// passed over; what names more than one time, or noon in two ways (午後12時), is nothing.
pub fn parse_clock(text: &str) -> Option<(u32, u32)> {
    let typed = fold(text);
    let typed = ["ごろ", "頃"].iter().find_map(|about| typed.strip_suffix(about)).unwrap_or(&typed);
    let (half, typed) = match typed.strip_prefix("午前") {
        Some(rest) => (Some(0), rest),
        None => typed.strip_prefix("午後").map_or((None, typed), |rest| (Some(12), rest)),
    };
    let (hour, minute) = numbers(typed)?;
    let hour = match half {
        Some(_) if hour == 12 => return None,
        Some(more) if hour < 12 => hour + more,
        Some(0) => return None,
        _ => hour,
    };
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn numbers(typed: &str) -> Option<(u32, u32)> {
    let number = |text: &str| -> Option<u32> {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    if let Some((hour, rest)) = typed.split_once('時') {
        let minute = match rest {
            "" => 0,
            "半" => 30,
            rest => number(rest.strip_suffix('分').unwrap_or(rest))?,
        };
        return Some((number(hour)?, minute));
    }
    if let Some((hour, minute)) = typed.split_once([':', '.', '-', '/']) {
        return Some((number(hour)?, number(minute)?));
    }
    if (3..=4).contains(&typed.len()) && typed.is_ascii() {
        let (hour, minute) = typed.split_at(typed.len() - 2);
        return Some((number(hour)?, number(minute)?));
    }
    Some((number(typed)?, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read() {
        for (text, time) in [
            ("9:05", (9, 5)),
            ("９：０５", (9, 5)),
            ("9時5分", (9, 5)),
            ("14時", (14, 0)),
            ("14時半", (14, 30)),
            ("14時ごろ", (14, 0)),
            ("午後2時半", (14, 30)),
            ("午前9:30", (9, 30)),
            ("午後14時", (14, 0)),
            ("午後0時", (12, 0)),
            ("1630", (16, 30)),
            ("１６３０", (16, 30)),
            ("930", (9, 30)),
            ("0930", (9, 30)),
            ("9", (9, 0)),
            ("16.30", (16, 30)),
            (" 16 : 30 ", (16, 30)),
        ] {
            assert_eq!(parse_clock(text), Some(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "昼",
            "25:00",
            "9:60",
            "1675",
            "2430",
            "16300",
            "9時から11時",
            "10-11-12",
            "午後12時",
            "9時30分5",
        ] {
            assert_eq!(parse_clock(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>(), near in "[午前後0-9時分半:ー]{0,8}") {
            for text in [text, near] {
                if let Some((hour, minute)) = parse_clock(&text) {
                    prop_assert!(hour < 24 && minute < 60);
                    prop_assert_eq!(parse_clock(&format!("{hour}:{minute:02}")), Some((hour, minute)));
                }
            }
        }
    }
}
