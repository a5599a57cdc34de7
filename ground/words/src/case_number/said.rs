//! Numbers that a text may say of a case, with the year and the number they mean: to be compared with the numbers that cases really have.
//! Short of their noughts (R6-68), in kanji digits, with the year behind (No.68/2024). [`super::sense`] knows what looks like a number of a
//! case without knowing any; this finds more, and says of each what else it may be.

use super::{CASE, ISSUE, OF_A_YEAR, THE, TURN, apart, goes_on, is_joint, plain};
use crate::numerals;
use crate::wareki::ERAS;

/// の.
const OF: char = '\u{306e}';
/// №.
const NUMBER_SIGN: char = '\u{2116}';
/// 元, the first year of an era.
const FIRST: char = '\u{5143}';
/// 目: 68番目 counts.
const TH: char = '\u{76ee}';
/// 人件世回円歳才月日年時分代万つ名軒割点枚倍週部条項社度%: what a number before one of them counts is no case.
const COUNTED: &str = "\u{4eba}\u{4ef6}\u{4e16}\u{56de}\u{5186}\u{6b73}\u{624d}\u{6708}\u{65e5}\u{5e74}\u{6642}\u{5206}\u{4ee3}\u{4e07}\
     \u{3064}\u{540d}\u{8ed2}\u{5272}\u{70b9}\u{679a}\u{500d}\u{9031}\u{90e8}\u{6761}\u{9805}\u{793e}\u{5ea6}%";
/// The longest text between a year and a number.
const MOST_BETWEEN: usize = 12;

/// What a number looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like {
    /// The number of a case, if there is one with it.
    Case,
    /// The number of a notice as well: 令和6年度第15号.
    Notice,
    /// A month, a span of years or a turn as well: 2024-11, R6-8, 2024-30.
    Time,
}

/// A number a text may say of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// As it stands there.
    pub words: String,
    /// The fiscal year, western.
    pub year: i32,
    /// The number.
    pub number: u32,
    /// What it looks like.
    pub like: Like,
}

/// What stands between a year and a number.
#[derive(Debug, Clone, Copy, Default)]
struct Between {
    hyphen: bool,
    the: bool,
    named: bool,
    of_a_year: bool,
    any: bool,
}

/// A number in its text.
struct Run {
    from: usize,
    to: usize,
    value: u32,
    /// Written with the noughts before it.
    padded: bool,
}

/// Every number a text may say of a case, in order.
pub fn said(text: &str) -> Vec<Said> {
    let typed: Vec<char> = text.chars().collect();
    let flat: Vec<char> = typed.iter().map(|c| plain(*c)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < flat.len() {
        let Some((length, value)) = numerals::at_start(&flat[at..]) else {
            at += 1;
            continue;
        };
        let run = Run { from: at, to: at + length, value, padded: matches!(flat[at], '0' | '\u{3007}') };
        at = run.to;
        let read = year_before(&flat, &run).or_else(|| year_behind(&flat, &run));
        let Some((from, to, year, like)) = read.filter(|_| run.value > 0) else { continue };
        found.push(Said { words: typed[from..to].iter().collect(), year, number: run.value, like });
        at = at.max(to);
    }
    found
}

/// 2024-68, R6-068, 令和六年度の六十八番.
fn year_before(text: &[char], run: &Run) -> Option<(usize, usize, i32, Like)> {
    let (between, before) = backwards(&text[..run.from]);
    let (from, year, western) = year_at_the_end(before)?;
    let after = &text[run.to..];
    let digits = run.to - run.from;
    let counted = !between.hyphen && after.first().is_some_and(|c| COUNTED.contains(*c));
    if !between.any || counted || goes_on(digits.min(2), after) && run.value < 32 {
        return None;
    }
    let named = between.named || is_named(&text[..from]);
    let like = match after.first() {
        Some(&TURN) if after.get(1) == Some(&TH) => return None,
        _ if named || run.padded => Like::Case,
        Some(&TURN) if run.value > 9 => Like::Case,
        Some(&ISSUE) if between.hyphen => Like::Case,
        Some(&TURN | &ISSUE) => {
            if run.value > 9 {
                Like::Notice
            } else {
                Like::Time
            }
        }
        _ if between.the => {
            if run.value > 9 {
                Like::Notice
            } else {
                Like::Time
            }
        }
        _ if !between.hyphen => Like::Time,
        _ if is_time(run, year, western) => Like::Time,
        _ => Like::Case,
    };
    Some((from, run.to, year, like))
}

/// Whether a number behind a year may be a month, or the year a span ends with.
fn is_time(run: &Run, year: i32, western: bool) -> bool {
    let value = i32::try_from(run.value).unwrap_or(i32::MAX);
    let of_century = year % 100;
    value <= 12
        || (western && (1900..=2100).contains(&value))
        || (western && value > of_century && value <= of_century + 30)
}

/// No.68/2024, 68番（令和6年度）.
fn year_behind(text: &[char], run: &Run) -> Option<(usize, usize, i32, Like)> {
    let mut at = run.to;
    let turn = matches!(text.get(at), Some(&TURN | &ISSUE));
    at += usize::from(turn);
    let joint = text[at..].iter().take(3).take_while(|c| is_joint(**c) || matches!(c, ' ' | '(')).count();
    at += joint;
    let era = ERAS.iter().rev().find_map(|era| {
        let short: Vec<char> = era.name.chars().take(1).collect();
        let names =
            [era.name.chars().collect(), short, vec![era.letter], vec![era.letter.to_ascii_lowercase()]];
        names.into_iter().find(|name| text[at..].starts_with(name)).map(|name| (era.base_year(), name.len()))
    });
    at += era.map_or(0, |(_, length)| length);
    let (length, value) = numerals::at_start(&text[at..])?;
    let (to, value) = (at + length, i32::try_from(value).ok()?);
    let year = match era {
        Some((base, _)) if (1..100).contains(&value) => base + value,
        None if length == 4 => value,
        _ => return None,
    };
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(char::is_ascii_digit);
    let month =
        digit(to.checked_add(1)) && text.get(to).is_some_and(|c| is_joint(*c) || OF_A_YEAR.contains(c));
    let number = run.from > 1 && is_joint(text[run.from - 1]) && digit(Some(run.from - 2));
    if joint == 0 || !(2000..2100).contains(&year) || month || number {
        return None;
    }
    let named = backwards(&text[..run.from]).0.named;
    // A year, of which the number stands behind it.
    let is_year = (1900..=2100).contains(&run.value) && run.to - run.from == 4;
    let of_an_era = run.from > 0 && text[run.from - 1].is_ascii_alphabetic() && !named;
    if is_year || of_an_era {
        return None;
    }
    let like = if named || turn || run.padded || run.value > 31 { Like::Case } else { Like::Time };
    Some((run.from, to, year, like))
}

/// What a text ends with that may stand between a year and a number, and what stands before it.
fn backwards(text: &[char]) -> (Between, &[char]) {
    let mut found = Between::default();
    let mut before = text;
    while text.len() - before.len() < MOST_BETWEEN {
        let Some(last) = before.last() else { break };
        let word = CASE.iter().map(|w| w.chars().count()).zip(CASE).find(|(_, word)| ends(before, word));
        let length = if let Some((length, _)) = word {
            found.named = true;
            length
        } else if ends_in_no(before) {
            found.named = true;
            2
        } else if *last == NUMBER_SIGN {
            found.named = true;
            1
        } else if is_joint(*last) {
            found.hyphen = true;
            1
        } else if *last == THE {
            found.the = true;
            1
        } else if OF_A_YEAR.contains(last) && !found.of_a_year {
            found.of_a_year = true;
            1 + usize::from(*last == OF_A_YEAR[1] && before.iter().rev().nth(1) == Some(&OF_A_YEAR[0]))
        } else if *last == OF || matches!(last, ' ' | ':' | '#' | '.' | '(' | ')' | ',' | '\u{30fb}') {
            // R6.68 is joined as R6-68 is.
            found.hyphen |= *last == '.' && !found.named;
            1
        } else {
            break;
        };
        found.any = true;
        before = &before[..before.len() - length];
    }
    (found, before)
}

fn ends(text: &[char], word: &str) -> bool {
    text.iter().rev().copied().take(word.chars().count()).eq(word.chars().rev())
}

/// No, in whichever case, and no part of a longer word.
fn ends_in_no(text: &[char]) -> bool {
    let letters: Vec<char> = text.iter().rev().take(3).map(char::to_ascii_lowercase).collect();
    letters.starts_with(&['o', 'n']) && !letters.get(2).is_some_and(char::is_ascii_alphabetic)
}

/// Whether a text ends with a word for a case, and what may stand behind it.
fn is_named(text: &[char]) -> bool {
    backwards(text).0.named
}

/// The year a text ends with: where it begins, the western year, and whether it is written so.
fn year_at_the_end(text: &[char]) -> Option<(usize, i32, bool)> {
    let trim = |text: &[char]| text.iter().rev().skip_while(|c| c.is_whitespace()).count();
    let text = &text[..trim(text)];
    let (length, value) = match text.last() {
        Some(&FIRST) => (1, 1),
        _ => numerals::at_end(text)?,
    };
    let from = text.len() - length;
    let value = i32::try_from(value).ok()?;
    let before = &text[..trim(&text[..from])];
    let era = ERAS.iter().find_map(|era| {
        let letter = |c: &&char| c.eq_ignore_ascii_case(&era.letter);
        let name = [era.name, era.reading].into_iter().find(|name| ends(before, name));
        let short = before.last().filter(|c| era.name.starts_with(**c) || letter(c));
        let length = name.map(|n| n.chars().count()).or(short.map(|_| 1))?;
        Some((era.base_year(), before.len() - length))
    });
    let (begin, year, western) = match era {
        Some((base, begin)) if (1..100).contains(&value) => (begin, base + value, false),
        None if length == 4 => (from, value, true),
        _ => return None,
    };
    ((2000..2100).contains(&year) && apart(&text[..begin], text[begin])).then_some((begin, year, western))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<(i32, u32, Like)> {
        said(text).into_iter().map(|s| (s.year, s.number, s.like)).collect()
    }

    #[test]
    fn the_number_of_a_case_is_read_however_it_is_written() {
        for text in [
            "R6-68の家",
            "R6-068",
            "Ｒ６－６８",
            "r6-00068",
            "R6.68",
            "2024-68",
            "2024-00068",
            "2024/00068",
            "２０２４－６８",
            "令和6年度の68番",
            "令和6年度 68番の家",
            "令和６年度ケース68",
            "令和六年度の六十八番",
            "令和六年度六八番",
            "れいわ6年の68番",
            "二〇二四－六八",
            "二〇二四―〇〇〇六八",
            "No.68/2024",
            "68/2024",
            "Ｎｏ．６８／２０２４",
            "68番（令和6年度）",
            "ケース2024-68です",
            "R6-68か",
        ] {
            assert_eq!(of(text), [(2024, 68, Like::Case)], "{text}");
        }
        assert_eq!(of("令和元年度の12番"), [(2019, 12, Like::Case)]);
        assert_eq!(of("No.411/2026"), [(2026, 411, Like::Case)]);
        assert_eq!(said("ここのR6-68の家")[0].words, "R6-68");
        assert_eq!(said("前の No.68/2024 の家")[0].words, "68/2024");
    }

    #[test]
    fn what_else_it_may_be_is_said() {
        for (text, number, like) in [
            ("令和6年度第15号の通知", 15, Like::Notice),
            ("2024-11から", 11, Like::Time),
            ("R6-8", 8, Like::Time),
            ("R6-2024", 2024, Like::Case),
            ("2024-30の計画", 30, Like::Time),
            ("2024-2030の計画", 2030, Like::Time),
            ("令和6年度の1番の困りごと", 1, Like::Time),
            ("11/2024", 11, Like::Time),
        ] {
            assert_eq!(of(text), [(2024, number, like)], "{text}");
        }
        for text in [
            "2024-11-21に会いました",
            "R6.11.20",
            "令和6年11月20日",
            "令和6年度は68件",
            "令和6年度の68世帯",
            "令和6年度の68番目",
            "0466-2024-0068",
            "2024年68歳の人",
            "80代の親と50代の子",
            "8050",
            "2/2024/3",
        ] {
            assert_eq!(of(text), vec![], "{text}");
        }
    }

    proptest! {
        /// Whatever stands around it, a number is read in every form the program finds, and any text can be looked through.
        #[test]
        fn every_form_the_program_finds_is_read(
            before in "[ぁ-ん、。]{0,8}", year in 1_i32..80, number in 100_u32..2000, after in "[ぁ-ん、。]{0,8}",
        ) {
            let western = year + 2018;
            for form in [format!("R{year}-{number}"), format!("{western}-{number:05}"), format!("令和{year}年度の{number}番")] {
                prop_assert!(said(&format!("{before}{form}{after}")).iter().any(|s| (s.year, s.number) == (western, number)), "{}", form);
            }
        }

        #[test]
        fn any_text_can_be_looked_through(text in "[0-9０-９R令和元年度号第番の目Noケース一二十〇ー\\-/. （）]{0,24}") {
            for s in said(&text) {
                prop_assert!(text.contains(&s.words));
            }
        }
    }
}
