//! Numbers as they are written in Japanese: 二十一, 三〇, 元.

/// The value of a kanji digit.
pub(crate) fn kanji_digit(c: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().zip(0..).find(|(kanji, _)| *kanji == c).map(|(_, value)| value)
}

/// Whether a character belongs to a kanji number below one thousand.
pub(crate) fn is_kanji_numeral(c: char) -> bool {
    matches!(c, '十' | '百') || kanji_digit(c).is_some()
}

/// A number below 10,000 in ASCII or kanji digits: `21`, `二一`, `二十一`, `百二`. `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 8 {
        return None;
    }
    if text.contains(['十', '百']) {
        return parse_places(text);
    }
    let value = text.chars().try_fold(0u32, |value, c| {
        let digit = c.to_digit(10).or_else(|| kanji_digit(c))?;
        value.checked_mul(10)?.checked_add(digit)
    })?;
    Some(value)
}

/// A kanji number with places; each place at most once and in falling order.
fn parse_places(text: &str) -> Option<u32> {
    let (mut value, mut digit, mut below) = (0, None, 1000);
    for c in text.chars() {
        let place = match c {
            '百' => 100,
            '十' => 10,
            c => {
                if digit.replace(kanji_digit(c).filter(|d| *d > 0)?).is_some() {
                    return None;
                }
                continue;
            }
        };
        if place >= below {
            return None;
        }
        value += digit.take().unwrap_or(1) * place;
        below = place;
    }
    Some(value + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        for (text, value) in
            [("21", 21), ("二一", 21), ("二十一", 21), ("十", 10), ("百二", 102), ("〇", 0), ("2〇", 20)]
        {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in ["", "十百", "二二十", "a", "十十", "１", "十0"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
