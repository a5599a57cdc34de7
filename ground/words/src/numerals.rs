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

/// The number a text begins with, in ASCII or in kanji digits: how many characters it takes, and its value. None that goes on past
/// 10,000.
pub fn at_start(text: &[char]) -> Option<(usize, u32)> {
    whole(text, text.iter().take_while(|c| c.is_ascii_digit()).count(), |n| 0..n)
        .or_else(|| whole(text, text.iter().take_while(|c| is_kanji_numeral(**c)).count(), |n| 0..n))
}

/// The number a text ends with; as [`at_start`].
pub fn at_end(text: &[char]) -> Option<(usize, u32)> {
    let from = |n: usize| text.len() - n..text.len();
    whole(text, text.iter().rev().take_while(|c| c.is_ascii_digit()).count(), from)
        .or_else(|| whole(text, text.iter().rev().take_while(|c| is_kanji_numeral(**c)).count(), from))
}

fn whole(text: &[char], length: usize, at: impl Fn(usize) -> std::ops::Range<usize>) -> Option<(usize, u32)> {
    if length == 0 {
        return None;
    }
    parse(&text[at(length)].iter().collect::<String>()).map(|value| (length, value))
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
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(at_start(&chars("十四日に")), Some((2, 14)));
        assert_eq!(at_start(&chars("14日")), Some((2, 14)));
        assert_eq!(at_start(&chars("日14")), None);
        assert_eq!(at_end(&chars("は九")), Some((1, 9)));
        assert_eq!(at_end(&chars("は09")), Some((2, 9)));
        assert_eq!(at_end(&chars("九は")), None);
        for text in ["", "十百", "二二十", "a", "十十", "１", "十0"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
