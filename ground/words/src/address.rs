//! # Address keys
//! One search notation for the many ways of writing a Japanese address: 三丁目２番地の５, ３－２－５ and 3丁目2-5 all
//! become 3-2-5. For finding only; the address is stored as written.

use crate::fold::{fold, is_hyphen_like};
use crate::numerals::{is_kanji_numeral, parse};
use unicode_normalization::UnicodeNormalization;

/// Counters behind a number, longest first.
const COUNTERS: [&str; 8] = ["番地の", "号室", "丁目", "番地", "番の", "丁", "番", "号"];

/// What of an address stands behind the name of the town, down to its 丁目; nothing where none is written.
pub fn quarter(address: &str) -> Option<&str> {
    let (_, behind) = address.split_once(['市', '郡'])?;
    behind.contains('丁').then_some(behind)
}

/// The search key of an address: [`fold`], and 丁目, 番地, 番, 号, の and hyphens between numbers as one hyphen, kanji
/// numbers before a counter or hyphen as digits, a space between two numbers as a hyphen, ヶ and が between kanji
/// as one, 大字 dropped.
///
/// Kanji numbers that are part of a name stay: 三田, 一宮町, 八王子.
pub fn fold_address(text: &str) -> String {
    let folded: Vec<char> = fold(&with_joined_numbers(text)).chars().collect();
    let counted = counters_as_hyphens(&kanji_numbers_as_digits(&folded));
    tidy(&counted).replace("大字", "")
}

/// A hyphen for white space between two digits: folding drops spaces, and 3-2 101 must not become 3-2101.
fn with_joined_numbers(text: &str) -> String {
    let plain: Vec<char> = text.nfkc().collect();
    let mut out = String::with_capacity(text.len());
    for (at, c) in plain.iter().enumerate() {
        let digit_before = out.ends_with(|c: char| c.is_ascii_digit());
        let digit_after = plain[at..].iter().find(|c| !c.is_whitespace()).is_some_and(char::is_ascii_digit);
        out.push(if c.is_whitespace() && digit_before && digit_after { '-' } else { *c });
    }
    out
}

/// Kanji numbers written in digits where they count something.
fn kanji_numbers_as_digits(folded: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(folded.len());
    let mut at = 0;
    while at < folded.len() {
        let run = folded[at..].iter().take_while(|c| is_kanji_numeral(**c)).count();
        if run == 0 {
            out.push(folded[at]);
            at += 1;
            continue;
        }
        let (number, rest) = folded[at..].split_at(run);
        let after_hyphen =
            out.last().is_some_and(|c| is_hyphen_like(*c)) && !rest.first().is_some_and(|c| is_kanji(*c));
        let counts = starts_with_counter(rest).is_some() || rest.first() == Some(&'-') || after_hyphen;
        match parse(&number.iter().collect::<String>()) {
            Some(value) if counts => out.extend(value.to_string().chars()),
            _ => out.extend(number),
        }
        at += run;
    }
    out
}

/// Hyphens for counters, の and long-vowel marks between numbers.
fn counters_as_hyphens(text: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let after_number = out.last().is_some_and(|c| c.is_ascii_digit() || *c == '-');
        let digit_next = rest.get(1).is_some_and(char::is_ascii_digit);
        if let Some(length) = starts_with_counter(rest).filter(|_| after_number) {
            out.push('-');
            at += length;
            continue;
        }
        out.push(match rest[0] {
            'の' if after_number && digit_next => '-',
            'ー' if digit_next => '-',
            'け' | 'が'
                if out.last().is_some_and(|c| is_kanji(*c)) && rest.get(1).is_some_and(|c| is_kanji(*c)) =>
            {
                'が'
            }
            c => c,
        });
        at += 1;
    }
    out
}

/// Hyphens only between a character and a digit, and one at a time.
fn tidy(text: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.iter().enumerate() {
        let digit_next = text.get(at + 1).is_some_and(char::is_ascii_digit);
        if *c != '-' || (digit_next && !out.is_empty()) {
            out.push(*c);
        }
    }
    out
}

fn starts_with_counter(text: &[char]) -> Option<usize> {
    COUNTERS.iter().map(|counter| counter.chars().count()).zip(COUNTERS).find_map(|(length, counter)| {
        text.get(..length).filter(|start| counter.chars().eq(start.iter().copied())).map(|_| length)
    })
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々')
}

/// Whether an address holds another, both as [`fold_address`] writes them, and no number goes on behind it: 3-1 is not 3-12.
pub fn holds(address: &str, key: &str) -> bool {
    let ends_in_number = key.ends_with(|c: char| c.is_ascii_digit());
    address.match_indices(key).any(|(at, _)| {
        let next = address[at + key.len()..].chars().next();
        !(ends_in_number && next.is_some_and(|c| c.is_ascii_digit()))
    })
}

/// Whether two folded addresses may be one home: half of all leave out the town, and many the name of the house.
pub fn same_home(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && (holds(one, other) || holds(other, one))
}

/// Whether an address surely lies in another municipality, both as [`fold_address`] writes them: it names one that is not this town.
/// 町字 that no table of the town knows may still be its own.
pub fn elsewhere(address: &str, town: &str) -> bool {
    if town.is_empty() || address.contains(town) {
        return false;
    }
    let prefecture = ["東京都", "大阪府", "京都府", "北海道"];
    let city = |at: usize| at > 0 && !address[at..].starts_with("市町") && address[at..].chars().count() > 1;
    prefecture.iter().any(|p| address.starts_with(p))
        || address.find(['県', '郡']).is_some_and(|at| at > 0)
        || address.find('市').is_some_and(city)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn another_municipality_is_known_by_its_name() {
        let of = |address: &str| elsewhere(&fold_address(address), "藤沢市");
        for address in ["茅ヶ崎市緑町1-2-3", "神奈川県三浦郡葉山町堀内1", "東京都港区芝1-1", "静岡県熱海市1"]
        {
            assert!(of(address), "{address}");
        }
        for address in ["藤沢市緑町1-2-3", "神奈川県藤沢市緑町1", "緑町1-2-3", "", "今市町2-3", "市場1-2"]
        {
            assert!(!of(address), "{address}");
        }
    }

    #[test]
    fn one_key_for_every_notation() {
        for (text, key) in [
            ("朝日町一丁目２番地の５", "朝日町1-2-5"),
            ("朝日町１－２－５", "朝日町1-2-5"),
            ("朝日町1丁目2番5号", "朝日町1-2-5"),
            ("朝日町1丁目 2番 5号", "朝日町1-2-5"),
            ("朝日町1の2の5", "朝日町1-2-5"),
            ("朝日町一ー二ー五", "朝日町1-2-5"),
            ("朝日町1-2-5-101", "朝日町1-2-5-101"),
            ("朝日町1-2-5　101号室", "朝日町1-2-5-101"),
            ("朝日町1-2-5 あおぞら荘 101", "朝日町1-2-5あおぞら荘101"),
            ("朝日町十二丁目", "朝日町12"),
            ("大字朝日123番地", "朝日123"),
            ("三田二丁目3", "三田2-3"),
            ("一宮町一宮2457", "一宮町一宮2457"),
            ("鎌ヶ谷市", "鎌が谷市"),
            ("鎌ケ谷市", "鎌が谷市"),
            ("鎌が谷市", "鎌が谷市"),
            ("六本木三-二-一", "六本木3-2-1"),
            ("メゾンひばり-101", "めぞんひばり-101"),
            ("", ""),
        ] {
            assert_eq!(fold_address(text), key, "{text}");
        }
    }

    #[test]
    fn numbers_stay_apart() {
        assert_ne!(fold_address("朝日町1-23"), fold_address("朝日町12-3"));
        assert_ne!(fold_address("朝日町3-2 101"), fold_address("朝日町3-2101"));
    }

    proptest! {
        #[test]
        fn notations_agree(a in 1u32..100, b in 1u32..1000, c in 1u32..100) {
            let key = fold_address(&format!("朝日町{a}-{b}-{c}"));
            prop_assert_eq!(&key, &fold_address(&format!("朝日町{a}丁目{b}番{c}号")));
            prop_assert_eq!(&key, &fold_address(&format!("朝日町 {a}丁目{b}番地{c}")));
            prop_assert_eq!(&key, &fold_address(&format!("朝日町{a}－{b}の{c}")));
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>(), near in "[一十百ーの丁目番地号0-9 -]{0,12}") {
            let _ = (fold_address(&text), fold_address(&near));
        }
    }
}
