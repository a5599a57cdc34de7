//! What leads to somebody beside names and numbers of cases: a date, a place of the town, a school, a room, two words with capitals. Pure.
//!
//! The words that places are known by are data (`data/places.csv`).

use std::collections::BTreeSet;

use words::fold::{fold, is_hyphen_like};
use words::numerals::{at_end, at_start};
use words::wareki::parse_day;

/// 月 and 日.
const MONTH: char = '\u{6708}';
const DAY: char = '\u{65e5}';
/// 年.
const YEAR: char = '\u{5e74}';
/// Characters of the longest date as people write it.
const LONGEST_DATE: usize = 20;
/// Characters shown before a room, so that the writer finds it again.
const BEFORE_A_ROOM: usize = 8;

/// Words of a kind that places are known by.
pub(crate) fn words(kind: &str) -> impl Iterator<Item = &'static str> {
    let rows = include_str!("../data/places.csv").lines().skip(1);
    rows.filter_map(move |row| row.split_once(',').filter(|(of, _)| *of == kind).map(|(_, word)| word))
}

/// Full-width letters and digits as ASCII, one for one, so that places stay.
pub(crate) fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn flat(text: &[char]) -> Vec<char> {
    text.iter().map(|c| plain(*c)).collect()
}

/// The stretches of a text that `is` holds for, the longest at each place, apart from letters and digits around them.
fn stretches(text: &[char], longest: usize, is: impl Fn(&[char]) -> bool) -> Vec<(usize, usize)> {
    let apart = |c: Option<&char>| !c.is_some_and(char::is_ascii_alphanumeric);
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let begins = !text[at].is_whitespace() && apart(at.checked_sub(1).and_then(|n| text.get(n)));
        let last = (at + longest).min(text.len());
        // Most of a text has neither a digit nor a month near: there is nothing to try.
        let near = text[at..last].iter().any(|c| c.is_ascii_digit() || *c == MONTH);
        let fits = |end: &usize| {
            let ends = !text[*end - 1].is_whitespace() && !text.get(*end).is_some_and(char::is_ascii_digit);
            ends && is(&text[at..*end])
        };
        let end = if begins && near { (at + 5..=last).rev().find(fits) } else { None };
        if let Some(end) = end {
            found.push((at, end));
        }
        at = end.unwrap_or(at + 1);
    }
    found
}

/// What leads to somebody in a text, although it names nobody.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Full dates.
    pub dates: Vec<String>,
    /// What is perhaps only a word everybody uses: places, schools and hospitals, rooms, days of a year, names in Latin letters.
    pub perhaps: Vec<String>,
}

/// Looks through a text; `places` are names of places that somebody may be known by.
pub fn traces(text: &str, places: &BTreeSet<String>) -> Traces {
    let mut perhaps = named(text, places);
    for found in [named_after(text), rooms(text), days(text), latin(text)].into_iter().flatten() {
        if !perhaps.contains(&found) {
            perhaps.push(found);
        }
    }
    Traces { dates: dates(text), perhaps }
}

/// Which of these names of agencies, shops and schools stand in a text, in whatever spelling. Of one character they would stand in
/// every word.
pub fn named(text: &str, places: &BTreeSet<String>) -> Vec<String> {
    let bare = |text: &str| fold(text).chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let text = bare(text);
    let stands = |place: &&String| {
        let place = bare(place);
        place.chars().count() > 1 && text.contains(&place)
    };
    places.iter().filter(stands).cloned().collect()
}

/// Full dates, in every way the program reads them: 2026年9月14日, 2026/9/14, R8.9.14, 昭和五十八年三月四日.
fn dates(text: &str) -> Vec<String> {
    let typed: Vec<char> = text.chars().collect();
    let is = |piece: &[char]| parse_day(&piece.iter().collect::<String>()).is_ok();
    let found = stretches(&flat(&typed), LONGEST_DATE, is);
    found.into_iter().map(|(from, to)| typed[from..to].iter().collect()).collect()
}

/// Days without the year they lie in, 9月14日, 九月十四日 and 9/14: perhaps a birthday. A year without its era stands with them.
fn days(text: &str) -> Vec<String> {
    let typed: Vec<char> = text.chars().collect();
    let flat = flat(&typed);
    let mut found = Vec::new();
    for at in flat.iter().enumerate().filter(|(_, c)| matches!(**c, MONTH | '/')).map(|(at, _)| at) {
        let (before, after) = (at_end(&flat[..at]), at_start(&flat[at + 1..]));
        let (Some((before, 1..=12)), Some((after, day @ 1..=31))) = (before, after) else { continue };
        let (from, end) = (at - before, at + 1 + after);
        if flat[at] == MONTH {
            if flat.get(end) == Some(&DAY) {
                found.push(typed[year_before(&flat, from)..=end].iter().collect());
            }
        } else if is_slashed(&flat, (from, end)) && !FRACTIONS.contains(&(flat[from], day, end - from)) {
            found.push(typed[from..end].iter().collect());
        }
    }
    found
}

/// Halves, thirds and quarters, by their first digit, their second and how long they are: no days.
const FRACTIONS: [(char, u32, usize); 5] = [('1', 2, 3), ('1', 3, 3), ('2', 3, 3), ('1', 4, 3), ('3', 4, 3)];

/// Whether a month and a day with a slash between them are no part of something longer, and count nothing (3/10人).
fn is_slashed(text: &[char], (from, end): (usize, usize)) -> bool {
    let joins = |c: &char| matches!(c, '/' | '.' | '_') || is_hyphen_like(*c) || c.is_ascii_alphanumeric();
    let before = from.checked_sub(1).and_then(|n| text.get(n));
    let counts = words("counter").any(|w| {
        let word: Vec<char> = w.chars().collect();
        text[end..].starts_with(&word) && word != [DAY] && word != [MONTH]
    });
    let digits = text[from..end].iter().all(|c| c.is_ascii_digit() || *c == '/');
    digits && !before.is_some_and(joins) && !text.get(end).is_some_and(joins) && !counts
}

/// Where a day begins whose year stands before it without its era (十九年七月十五日).
fn year_before(text: &[char], from: usize) -> usize {
    let year = text[..from].strip_suffix(&[YEAR]).and_then(at_end);
    year.map_or(from, |(length, _)| from - 1 - length)
}

/// Two words with a capital each, as a name stands in Latin letters (Ueda Naoki; UEDA, Naoki). Not abbreviations (DV, ADHD).
fn latin(text: &str) -> Vec<String> {
    let typed: Vec<char> = text.chars().collect();
    let flat = flat(&typed);
    let (mut found, mut before): (Vec<String>, Option<usize>) = (Vec::new(), None);
    let mut at = 0;
    while at < flat.len() {
        let length = flat[at..].iter().take_while(|c| is_latin(**c)).count();
        let like = like_a_name(&flat[at..at + length]);
        if let Some(from) = before.filter(|_| like) {
            found.push(typed[from..at + length].iter().collect());
        }
        at += length;
        let between = flat[at..].iter().take(3).take_while(|c| joins_names(**c)).count();
        before = (like && between > 0).then_some(at - length);
        at += between.max(usize::from(length == 0));
    }
    found
}

/// Letters of a word in Latin letters, with marks, with an apostrophe or a hyphen inside.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\'' | '-')
}

fn joins_names(c: char) -> bool {
    matches!(c, ' ' | '\u{3000}' | ',' | '.' | '_' | '\u{30fb}' | '\u{ff65}')
}

/// Whether a word may be one half of a name: with a capital and small letters, or capitals that can be spoken (UEDA), as those of an
/// abbreviation seldom can.
fn like_a_name(word: &[char]) -> bool {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return false };
    let vowels = word.iter().filter(|c| "AIUEO".contains(**c)).count();
    let spoken = vowels > 1 && word.len() > 2 && "AIUEON".contains(*last);
    first.is_uppercase() && word.len() > 1 && (word.iter().any(|c| c.is_lowercase()) || spoken)
}

/// Names of places as people say them: 湘南台一丁目 and 湘南大庭地区 without their endings, too.
pub fn said(places: &[String]) -> BTreeSet<String> {
    let numerals: Vec<char> = words("numeral").flat_map(str::chars).collect();
    let mut found = BTreeSet::new();
    for place in places {
        found.insert(place.clone());
        for ending in words("ending") {
            if let Some(bare) = place.strip_suffix(ending) {
                let of_a_block = |c: char| c.is_numeric() || numerals.contains(&c);
                found.insert(bare.trim_end_matches(of_a_block).to_owned());
            }
        }
    }
    // Of one character they would stand in every word.
    found.retain(|place| place.chars().count() > 1);
    found
}

/// Characters of the shortest and of the longest name of a place in hiragana.
const IN_HIRAGANA: std::ops::RangeInclusive<usize> = 2..=8;

/// The hiragana right before a place that may be its name (さくらびょういん): not what ends as words before a noun do (近くの, 通っている).
fn in_hiragana(before: &str) -> String {
    let run: Vec<char> =
        before.chars().rev().take_while(|c| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30fc}')).collect();
    let ends = |c: &char| words("before_noun").any(|w| w.starts_with(*c));
    if IN_HIRAGANA.contains(&run.len()) && !run.first().is_some_and(ends) {
        run.into_iter().rev().collect()
    } else {
        String::new()
    }
}

/// Schools, hospitals and the like with a name of their own, whether the register has them or not: 鵠沼小学校, and not 市立小学校.
fn named_after(text: &str) -> Vec<String> {
    let common: Vec<&str> = words("common").collect();
    let mut found: Vec<String> = Vec::new();
    for word in words("school") {
        for (at, _) in text.match_indices(word) {
            let own = |c: &char| {
                let own = matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3005}' | '\u{30a1}'..='\u{30ff}');
                own || c.is_ascii_alphabetic()
            };
            let before: Vec<char> = text[..at].chars().rev().take_while(own).collect();
            let prefix: String = before.into_iter().rev().collect();
            let mut rest = prefix.as_str();
            while let Some(shorter) = common.iter().find_map(|w| rest.strip_suffix(w)) {
                rest = shorter;
            }
            if !rest.is_empty() {
                found.push(format!("{prefix}{word}"));
            } else if prefix.is_empty() {
                let name = in_hiragana(&text[..at]);
                if !name.is_empty() {
                    found.push(format!("{name}{word}"));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Rooms: 201号室, 二〇一号室, and a number behind the name of a building (さんかく荘201).
fn rooms(text: &str) -> Vec<String> {
    let typed: Vec<char> = text.chars().collect();
    let flat = flat(&typed);
    let starts = |at: usize, kind: &str| {
        words(kind).map(|w| w.chars().collect::<Vec<_>>()).find(|w| flat[at..].starts_with(w))
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < flat.len() {
        let Some((digits, _)) = at_start(&flat[at..]) else {
            at += 1;
            continue;
        };
        let end = at + digits;
        // Of a house 201 only in digits, each for itself: 二〇一 and not 二百.
        let single = |c: &char| c.is_ascii_digit() || (digits > 2 && words("digit").any(|w| w.contains(*c)));
        let single = flat[at..end].iter().all(single);
        let before: String = flat[..at].iter().collect();
        let building = words("building").any(|w| before.trim_end().ends_with(w));
        let room = starts(end, "room");
        if digits <= 4 && (room.is_some() || (building && single && starts(end, "counter").is_none())) {
            let name = |c: &&char| c.is_alphanumeric();
            let shown = flat[..at].iter().rev().take(BEFORE_A_ROOM).take_while(name).count();
            let to = end + room.map_or(0, |w| w.len());
            found.push(typed[at - shown..to].iter().collect());
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_dates_are_found_in_every_notation() {
        for (text, date) in [
            ("2026年9月14日に来所した", "2026年9月14日"),
            ("昭和58年3月4日の生まれ", "昭和58年3月4日"),
            ("令和八年九月十四日から", "令和八年九月十四日"),
            ("来所は2026/9/14。", "2026/9/14"),
            ("２０２６－０９－１４に", "２０２６－０９－１４"),
            ("R8.9.14に", "R8.9.14"),
            ("西暦2026年9月14日", "西暦2026年9月14日"),
        ] {
            assert_eq!(dates(text), [date], "{text}");
        }
        for text in
            ["2026年9月から", "令和8年度", "80代の親と50代の子", "9月14日に", "3か月で2回", "0466-25-1111"]
        {
            assert_eq!(dates(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(days("毎年９月14日は、3月から5月まで"), ["９月14日"]);
        for (text, day) in [
            ("9/14の夕方に来た", "9/14"),
            ("１２／３に電話", "１２／３"),
            ("九月十四日に", "九月十四日"),
            ("十九年七月十五日生まれ", "十九年七月十五日"),
            ("19年7月15日生まれ", "19年7月15日"),
        ] {
            assert_eq!(days(text), [day], "{text}");
        }
        for text in [
            "1/2の家庭",
            "3/10人",
            "24/7で",
            "2026/9/14",
            "R8/9/14",
            "10/32",
            "九月から",
            "三か月",
            "0466/12/3",
            "a/1",
        ] {
            assert_eq!(days(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn two_words_with_capitals_may_be_a_name_and_abbreviations_are_none() {
        for (text, name) in [
            ("Ueda Naokiの家", "Ueda Naoki"),
            ("UEDA, Naokiの件", "UEDA, Naoki"),
            ("UEDA NAOKI", "UEDA NAOKI"),
            ("Ｉｔｏ　Ｙｏｓｈｉｏさん", "Ｉｔｏ　Ｙｏｓｈｉｏ"),
            ("Itō・Yoshio", "Itō・Yoshio"),
        ] {
            assert_eq!(latin(text), [name], "{text}");
        }
        for text in [
            "DV, ADHD, PTSD",
            "DV ADHD",
            "NPO NGO",
            "ADL IADL",
            "LINEで",
            "Zoomで話す",
            "Wi-Fiがない",
            "Nさん",
            "A. B.",
            "Ueda\nNaoki",
            "the Red house",
        ] {
            assert_eq!(latin(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn places_schools_and_rooms_are_found_and_common_words_are_not() {
        let towns = said(&[
            "湘南台一丁目".to_owned(),
            "湘南大庭地区".to_owned(),
            "片瀬3丁目".to_owned(),
            "辻".to_owned(),
        ]);
        for town in ["湘南台", "湘南大庭", "片瀬", "湘南台一丁目"] {
            assert!(towns.contains(town), "{town} in {towns:?}");
        }
        assert!(!towns.contains("辻"));
        assert_eq!(named_after("鵠沼小学校6年の女の子。"), ["鵠沼小学校"]);
        assert_eq!(named_after("藤沢市民病院に通う"), ["藤沢市民病院"]);
        assert_eq!(named_after("サクラ幼稚園"), ["サクラ幼稚園"]);
        assert_eq!(named_after("さくらびょういんに入院中"), ["さくらびょういん"]);
        assert_eq!(named_after("きのう、みどり病院で"), ["みどり病院"]);
        for text in [
            "小学校に行けない",
            "市立小学校の先生",
            "大学病院と精神科クリニック",
            "特別支援学校へ",
            "地元の中学校",
            "近くのびょういん",
            "通っている病院",
            "かかりつけ病院",
        ] {
            assert_eq!(named_after(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(rooms("さんかく荘201号室に住む"), ["さんかく荘201号室"]);
        assert_eq!(rooms("みどりハイツ ３０２で"), ["３０２"]);
        assert_eq!(rooms("となりの201号室"), ["となりの201号室"]);
        assert_eq!(rooms("さくら荘二〇一号室に"), ["さくら荘二〇一号室"]);
        assert_eq!(rooms("さくら荘二〇一で"), ["さくら荘二〇一"]);
        assert_eq!(rooms("十二号室"), ["十二号室"]);
        for text in [
            "アパート2階",
            "団地50年",
            "8050の家",
            "市営住宅3軒",
            "アパート二部屋",
            "団地一〇年",
            "マンション一階",
        ] {
            assert_eq!(rooms(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_place_is_found_in_any_spelling() {
        let places: BTreeSet<String> = ["湘南台 クリニック", "ﾏﾙﾔ商店", "店"].map(str::to_owned).into();
        assert_eq!(named("週に一度、湘南台クリニックに通う", &places), ["湘南台 クリニック"]);
        assert_eq!(named("マルヤ商店の店主が気にかけた", &places), ["ﾏﾙﾔ商店"]);
        assert!(named("近くの店と病院", &places).is_empty());
    }

    proptest! {
        /// Any text can be looked through, and what is found stands in it.
        #[test]
        fn any_text_can_be_looked_through(text in "[0-9０-９R令和年月日号室荘小学校市立ー\\-/. 、一二〇十Aai]{0,24}") {
            let found = [dates(&text), days(&text), named_after(&text), rooms(&text), latin(&text)];
            prop_assert!(found.iter().flatten().all(|f| text.contains(f.as_str())));
        }
    }
}
