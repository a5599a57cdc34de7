//! # 個人番号 never enters
//! Finds 個人番号 (My Number) in text, so that it is refused before it is written anywhere (disclosure rule 10;
//! 行政手続における特定の個人を識別するための番号の利用等に関する法律 arts. 19 and 20).
//!
//! Invariant: nothing here returns, shows or keeps the number that was found.

use std::borrow::Cow;

use crate::fold::{is_hyphen_like, is_invisible, is_variation_selector};
use unicode_normalization::UnicodeNormalization;

/// Digits in a 個人番号, the check digit included.
const LENGTH: usize = 12;

/// Whether a text holds a 個人番号: twelve decimal digits of any script with a valid check digit.
///
/// The digits may stand in groups joined by one space or one hyphen of any kind, or by a hyphen with a space on
/// either side. Commas, line breaks, tabs, other signs and wider gaps separate. Digits that touch belong
/// together, so a part of a longer number never counts, and a 法人番号 of thirteen digits passes, also when
/// written 1-4-4-4. A phone number written next to other digits is refused when it happens to make twelve
/// valid ones: refusing too much is the safe side. Our own ids (UUIDs of version 7, as in the address of a page
/// that somebody pastes) are passed over: one in some hundreds holds twelve fitting digits by chance.
pub fn contains_my_number(text: &str) -> bool {
    chains(&without_ids(text)).iter().any(|groups| {
        !is_corporate_number(groups)
            && (0..groups.len()).any(|from| {
                let mut digits = Vec::with_capacity(LENGTH);
                for group in &groups[from..] {
                    digits.extend_from_slice(group);
                    if digits.len() >= LENGTH {
                        break;
                    }
                }
                is_my_number(&digits)
            })
    })
}

/// The check digit of eleven digits (平成26年総務省令第85号 art. 5), or `None` for any other count.
fn check_digit(eleven: &[u32]) -> Option<u32> {
    if eleven.len() != LENGTH - 1 {
        return None;
    }
    let weights = (2..=7).chain(2..=6);
    let sum: u32 = eleven.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    Some(match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    })
}

fn is_my_number(digits: &[u32]) -> bool {
    digits.split_last().is_some_and(|(check, eleven)| check_digit(eleven) == Some(*check))
}

/// A 法人番号 in the usual groups of 1-4-4-4, with its own check digit (平成26年財務省令第70号 art. 2).
fn is_corporate_number(groups: &[Vec<u32>]) -> bool {
    if groups.iter().map(Vec::len).ne([1, 4, 4, 4]) {
        return false;
    }
    let digits = groups.concat();
    let sum: u32 =
        digits[1..].iter().rev().zip([1, 2].into_iter().cycle()).map(|(d, weight)| d * weight).sum();
    digits[0] == 9 - sum % 9
}

/// The text with `|` in the place of every id of ours. One made of digits alone is no id: it is looked at.
fn without_ids(text: &str) -> Cow<'_, str> {
    /// Characters of a UUID, its hyphens included.
    const ID: usize = 36;
    let bytes = text.as_bytes();
    let hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let is_id = |at: usize| {
        let Some(span) = bytes.get(at..at + ID) else { return false };
        let shaped = span.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            14 => *b == b'7',
            19 => matches!(b, b'8' | b'9' | b'a' | b'b'),
            _ => hex(b),
        });
        let free = |b: Option<&u8>| !b.is_some_and(u8::is_ascii_alphanumeric);
        shaped
            && span.iter().any(u8::is_ascii_alphabetic)
            && free(at.checked_sub(1).and_then(|i| bytes.get(i)))
            && free(bytes.get(at + ID))
    };
    let ids: Vec<usize> =
        text.match_indices('-').filter_map(|(i, _)| i.checked_sub(8)).filter(|at| is_id(*at)).collect();
    if ids.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
    for at in ids {
        kept.push_str(&text[from..at]);
        kept.push('|');
        from = at + ID;
    }
    kept.push_str(&text[from..]);
    Cow::Owned(kept)
}

/// Groups of touching digits, chained where a single joint stands between them.
fn chains(text: &str) -> Vec<Vec<Vec<u32>>> {
    let mut chains: Vec<Vec<Vec<u32>>> = Vec::new();
    let mut between = String::new();
    let visible =
        text.chars().filter(|c| !is_variation_selector(*c) && !is_invisible(*c) && *c != '\u{20e3}');
    for c in visible.flat_map(plain) {
        let Some(digit) = decimal(c) else {
            between.push(joint(c));
            continue;
        };
        match chains.last_mut() {
            Some(chain) if between.is_empty() => match chain.last_mut() {
                Some(group) => group.push(digit),
                None => chain.push(vec![digit]),
            },
            Some(chain) if matches!(between.as_str(), " " | "-" | " -" | "- " | " - ") => {
                chain.push(vec![digit]);
            }
            _ => chains.push(vec![vec![digit]]),
        }
        between.clear();
    }
    chains
}

/// The compatibility form of one character. Line breaks and tabs are kept: they separate.
fn plain(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c).nfkc()
}

/// A character between digits, reduced to what matters.
fn joint(c: char) -> char {
    match c {
        c if is_hyphen_like(c) => '-',
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '|',
        c if c.is_whitespace() => ' ',
        _ => '|',
    }
}

/// The value of a decimal digit of any script in use.
fn decimal(c: char) -> Option<u32> {
    const ZEROS: [char; 22] = [
        '0', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
        '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}',
        '\u{1090}', '\u{17e0}', '\u{1810}', '\u{1946}',
    ];
    ZEROS.iter().filter_map(|zero| u32::from(c).checked_sub(u32::from(*zero))).find(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Numbers made by the rule for these tests, issued to nobody by intention.
    const VALID: &str = "123456789018";

    #[test]
    fn found_however_it_is_written() {
        for text in [
            VALID,
            "番号は123456789018です",
            "１２３４５６７８９０１８",
            "1234 5678 9018",
            "1234-5678-9018",
            "1234ー5678‐9018",
            "1234　5678　9018",
            "1234 - 5678 - 9018",
            "1234\u{200b}56789018",
            "①②③④⑤⑥⑦⑧⑨018",
            "١٢٣٤٥٦٧٨٩٠١٨",
            "1 2 3 4 5 6 7 8 9 0 1 8",
            "0466-12-3456 1234-5678-9018",
            "X123456789018Y",
        ] {
            assert!(contains_my_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_pass() {
        for text in [
            "",
            "123456789017",
            "1123456789018",
            "1234567890180",
            "1234,5678,9018",
            "1234\n5678\n9018",
            "1234\t5678\t9018",
            "1234/5678/9018",
            "1234  5678  9018",
            "0466-12-3456",
            "090-1234-5678",
            "2026-11-21",
            // 国税庁 and デジタル庁, as published.
            "7000012050002",
            "7-0000-1205-0002",
            "T8000012010038",
        ] {
            assert!(!contains_my_number(text), "{text}");
        }
    }

    #[test]
    fn an_id_of_ours_passes_and_hides_nothing() {
        const ID: &str = "01a205c3-1234-7678-9018-355154b4fe1a";
        // As it came to pass: the groups in the middle fit.
        let fitting = "01a205c3-8770-7469-9170-355154b4fe1a:child_protection";
        assert!(contains_my_number("8770-7469-9170"));
        for text in [ID, fitting, "01a205c3-8770-7469-9170-123456789018"] {
            assert!(!contains_my_number(text), "{text}");
        }
        for text in [
            format!("{ID} {VALID}"),
            format!("/cases/{ID}/print 1234-5678-9018"),
            // Digits alone, another version, or joined to more digits: no id of ours.
            "12345678-1234-7678-9018-123456789018".to_owned(),
            "01a205c3-8770-4469-9170-123456789018".to_owned(),
            format!("{ID}z1234-5678-9018"),
        ] {
            assert!(contains_my_number(&text), "{text}");
        }
    }

    fn number() -> impl Strategy<Value = Vec<u32>> {
        proptest::collection::vec(0u32..10, 11).prop_map(|mut digits| {
            digits.extend(check_digit(&digits));
            digits
        })
    }

    fn joined(digits: &[u32], joints: &[&str]) -> String {
        digits
            .iter()
            .zip(joints)
            .flat_map(|(digit, joint)| [digit.to_string(), (*joint).to_owned()])
            .collect()
    }

    proptest! {
        #[test]
        fn every_number_is_found(
            digits in number(),
            joints in proptest::collection::vec(prop::sample::select(vec!["", " ", "-", "　", "ー", "−"]), 11),
            before in "[あ-ん、]{0,4}", after in "[あ-ん。]{0,4}",
        ) {
            let mut joints = joints;
            joints.push("");
            let text = format!("{before}{}{after}", joined(&digits, &joints));
            prop_assert!(contains_my_number(&text));
        }

        #[test]
        fn a_wrong_check_digit_passes(digits in number(), off in 1u32..10) {
            let mut digits = digits;
            digits[11] = (digits[11] + off) % 10;
            prop_assert!(!contains_my_number(&joined(&digits, &[""; 12])));
        }

        #[test]
        fn a_part_of_a_longer_number_passes(digits in number(), more in 0u32..10, before in any::<bool>()) {
            let number = joined(&digits, &[""; 12]);
            let text = if before { format!("{more}{number}") } else { format!("{number}{more}") };
            prop_assert!(!contains_my_number(&text));
        }

        #[test]
        fn a_corporate_number_passes_in_groups(digits in number()) {
            // The hardest case: the twelve digits behind the first are a valid 個人番号 by themselves.
            let weighted: u32 = digits.iter().rev().zip([1, 2].into_iter().cycle()).map(|(d, weight)| d * weight).sum();
            let check = 9 - weighted % 9;
            let rest = joined(&digits, &["", "", "", "-", "", "", "", "-", "", "", "", ""]);
            let corporate = format!("{check}-{rest}");
            let other = format!("{}-{rest}", check % 9 + 1);
            prop_assert!(!contains_my_number(&corporate));
            prop_assert!(contains_my_number(&other));
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            contains_my_number(&text);
        }
    }
}
