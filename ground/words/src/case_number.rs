//! Numbers of cases in a text: 2026-01067 as the program writes it, and as people do (Ｒ８－１０６７, 令和8年度第1067号). Whoever has a
//! part in a case finds somebody behind its number, so it is no question about nobody.
//!
//! Days, months and spans of years are written with the same marks; where they could be meant, a number says nothing.

mod said;

pub use said::{Like, Said, said};

use crate::fold::is_hyphen_like;
use crate::wareki::parse_fiscal_year;

/// 年 and 度, which end the word for a year.
const OF_A_YEAR: [char; 2] = ['\u{5e74}', '\u{5ea6}'];
/// 号.
const ISSUE: char = '\u{53f7}';
/// 番.
const TURN: char = '\u{756a}';
/// 第.
const THE: char = '\u{7b2c}';
/// の and №, which stand between a year, a word and a number.
const BETWEEN: [char; 2] = ['\u{306e}', '\u{2116}'];
/// 年, 月, 日: what a number before them counts is no case.
const OF_A_DAY: [char; 3] = ['\u{5e74}', '\u{6708}', '\u{65e5}'];
/// ケース, けーす, けいす, 番号, 案件: a number behind one of them is one of a case.
const CASE: [&str; 5] = [
    "\u{30b1}\u{30fc}\u{30b9}",
    "\u{3051}\u{30fc}\u{3059}",
    "\u{3051}\u{3044}\u{3059}",
    "\u{756a}\u{53f7}",
    "\u{6848}\u{4ef6}",
];
/// The longest word for a year: 令和一〇年度.
const LONGEST_YEAR: usize = 6;
/// Digits of a number as the program writes it.
const WRITTEN: usize = 5;

/// The numbers in a text, as they stand there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Those of cases.
    pub surely: Vec<String>,
    /// Those that a notice, an issue or a turn may have as well (令和6年度第15号): whoever writes knows which it is.
    pub perhaps: Vec<String>,
}

/// The numbers of cases in a text, and those that may be one.
pub fn sense(text: &str) -> Numbers {
    let typed: Vec<char> = text.chars().collect();
    let flat: Vec<char> = typed.iter().map(|c| plain(*c)).collect();
    let mut found = Numbers::default();
    let mut at = 0;
    while at < flat.len() {
        let digits = flat[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if let Some((from, sure)) = begins(&flat, at, at + digits) {
            let list = if sure { &mut found.surely } else { &mut found.perhaps };
            list.push(typed[from..at + digits].iter().collect());
        }
        at += digits.max(1);
    }
    found
}

/// Full-width letters and digits as ASCII, one for one, so that places stay.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

fn is_joint(c: char) -> bool {
    is_hyphen_like(c) || matches!(c, '/' | '_')
}

/// Where the number of a case begins whose last digits are these, and whether it surely is one; `None` where they are something else.
fn begins(text: &[char], at: usize, end: usize) -> Option<(usize, bool)> {
    let digits = end - at;
    let value: u32 = text[at..end].iter().collect::<String>().parse().ok()?;
    if value == 0 || digits > WRITTEN + 1 || goes_on(digits, &text[end..]) {
        return None;
    }
    let (joint, before) = without_joint(&text[..at]);
    let (named, before) = without_word(before);
    let (far, before) = if named { without_joint(before) } else { (Joint::default(), before) };
    let joint = Joint { hyphen: joint.hyphen || far.hyphen, the: joint.the || far.the };
    let marked = matches!(text.get(end), Some(&ISSUE | &TURN));
    let Some(year) = year_at_the_end(before) else {
        // A word and a whole number, without a year: this year's. Short of its noughts and marked (ケース253番) it may be one.
        let whole = digits == WRITTEN;
        return (named && (whole || (marked && digits > 1))).then_some((at, whole));
    };
    let begin = before.len() - year;
    let named = named || without_word(without_joint(&before[..begin]).1).0;
    let of_a_year = before.last().is_some_and(|c| OF_A_YEAR.contains(c));
    let western = !of_a_year && before[begin..].iter().all(char::is_ascii_digit);
    let meant = named
        || if joint.hyphen && !marked {
            // 2026-11 is a month, 2026-30 and 2026-2030 are spans of years.
            digits > 2 && !(western && (1900..=2100).contains(&value) && digits == 4)
        } else if !marked {
            false
        } else if text[end] == TURN {
            digits > 2
        } else {
            // The first issue of something is not the first case of a year.
            digits > 1 || !joint.the
        };
    // Notices are numbered like cases: marked as an issue or a turn, without a word for a case and without all its digits, it can be either.
    let sure = named || digits == WRITTEN || !marked || joint.hyphen;
    (meant && (joint.hyphen || of_a_year || marked || named)).then_some((begin, sure))
}

/// Whether a day goes on behind these digits, or they are a year.
fn goes_on(digits: usize, after: &[char]) -> bool {
    let more = after.get(1).is_some_and(char::is_ascii_digit);
    after.first().is_some_and(|c| match digits {
        ..=2 => OF_A_DAY.contains(c) || (more && (is_joint(*c) || *c == '.')),
        4 => *c == OF_A_YEAR[0],
        _ => false,
    })
}

/// What stands between a year and a number.
#[derive(Debug, Clone, Copy, Default)]
struct Joint {
    hyphen: bool,
    the: bool,
}

/// The joint a text ends with, and what stands before it.
fn without_joint(text: &[char]) -> (Joint, &[char]) {
    let between = |c: char| is_joint(c) || c == THE || BETWEEN.contains(&c) || matches!(c, ' ' | ':' | '#');
    let length = text.iter().rev().take(4).take_while(|c| between(**c)).count();
    let (before, joint) = text.split_at(text.len() - length);
    (Joint { hyphen: joint.iter().any(|c| is_joint(*c)), the: joint.contains(&THE) }, before)
}

/// Whether a text ends with words for a case, and what stands before them.
fn without_word(text: &[char]) -> (bool, &[char]) {
    let length = |text: &[char]| {
        let ends =
            |word: &&&str| text.iter().rev().copied().take(word.chars().count()).eq(word.chars().rev());
        CASE.iter().find(ends).map(|word| word.chars().count())
    };
    let mut before = text;
    while let Some(length) = length(before) {
        before = &before[..before.len() - length];
    }
    (before.len() < text.len(), before)
}

/// How many characters at the end of a text are the word for a year: 2026, R8, 令和8年度.
fn year_at_the_end(text: &[char]) -> Option<usize> {
    (2..=LONGEST_YEAR.min(text.len())).rev().find(|length| {
        let (before, word) = text.split_at(text.len() - length);
        let written: String = word.iter().collect();
        apart(before, word[0]) && parse_fiscal_year(&written).is_ok_and(|y| (2000..2100).contains(&y))
    })
}

/// Whether a word for a year can begin with this behind that: not inside a word, and not inside a telephone number.
fn apart(before: &[char], first: char) -> bool {
    let last = before.last();
    let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let number = last.is_some_and(|c| is_joint(*c)) && digit(before.iter().rev().nth(1));
    let word = first.is_ascii_alphabetic() && last.is_some_and(char::is_ascii_alphanumeric);
    !first.is_whitespace() && !digit(last) && !number && !word
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_cases_are_found_as_people_write_them() {
        for (text, number) in [
            ("2026-01067の家のことです", "2026-01067"),
            ("ケース２０２６－０１０６７です", "２０２６－０１０６７"),
            ("2026 ー 01067", "2026 ー 01067"),
            ("R8-1067のことで", "R8-1067"),
            ("r08-01067", "r08-01067"),
            ("Ｒ８－１０６７", "Ｒ８－１０６７"),
            ("令8-1067", "令8-1067"),
            ("前にも令和8年度01067号で聞きました", "令和8年度01067"),
            ("令和８年度ケース第１０６７号", "令和８年度ケース第１０６７"),
            ("R8-1067号のことで", "R8-1067"),
            ("2026年度ケース1067です", "2026年度ケース1067"),
            ("ケース番号は別で、ケース番号: 01067", "01067"),
            ("ケース2026-87", "2026-87"),
            ("2026/01067", "2026/01067"),
            ("2026-01067年齢は80、月1回", "2026-01067"),
            ("No2026-01067", "2026-01067"),
            ("コーナー2026-00002", "2026-00002"),
        ] {
            assert_eq!(sense(text), Numbers { surely: vec![number.to_owned()], perhaps: vec![] }, "{text}");
        }
    }

    #[test]
    fn a_number_of_a_notice_may_be_one_of_a_case() {
        for (text, number) in [
            ("令和6年度第15号の通知", "令和6年度第15"),
            ("前にも令和8年度1067号で聞きました", "令和8年度1067"),
            ("令和８年度第１０６７号", "令和８年度第１０６７"),
            ("令和元年度 第12号", "令和元年度 第12"),
            ("令和八年度の1067号", "令和八年度の1067"),
            ("令和8年度87号", "令和8年度87"),
            ("平成30年度123番", "平成30年度123"),
            ("けーす253番のことです", "253"),
            ("ケース第87号", "87"),
        ] {
            assert_eq!(sense(text), Numbers { surely: vec![], perhaps: vec![number.to_owned()] }, "{text}");
        }
    }

    #[test]
    fn each_of_several_is_found_or_at_least_one() {
        assert_eq!(sense("R8-1067とR8-1068").surely, ["R8-1067", "R8-1068"]);
        assert!(!sense("2026-01067/2026-01068").surely.is_empty());
    }

    #[test]
    fn days_years_and_counts_are_no_numbers_of_cases() {
        for text in [
            "2026-11-21に会いました",
            "R8.11.20、R8-11-20",
            "2026-11から",
            "計画は2025-2030です",
            "計画は2026-30、R8-12です",
            "令和8年度は1200件でした",
            "令和8年度1番の困りごと",
            "令和8年度第1号のたより",
            "令和8年11月20日、2026年11月",
            "189番や110番にかけました",
            "80代の親と50代の子、3人で2年",
            "ケース1とケース2をくらべて",
            "0466-25-1111",
            "0466-2026-1067",
            "〒251-0054",
        ] {
            assert_eq!(sense(text), Numbers::default(), "{text}");
        }
    }

    proptest! {
        /// As the program writes it, no number of a case gets through, whatever stands around it.
        #[test]
        fn none_gets_through_as_it_is_written(
            before in "[ぁ-ん、。]{0,8}", year in 2000_u32..2100, number in 1_u32..100_000, after in "[ぁ-ん、。]{0,8}",
        ) {
            let written = format!("{year}-{number:05}");
            prop_assert_eq!(sense(&format!("{before}{written}{after}")).surely, [written]);
        }

        /// Any text can be looked through.
        #[test]
        fn any_text_can_be_looked_through(text in "[0-9０-９R令和年度号第ー\\-/ 番ケス]{0,24}") {
            let found = sense(&text);
            for number in found.surely.iter().chain(&found.perhaps) {
                prop_assert!(text.contains(number));
            }
        }
    }
}
