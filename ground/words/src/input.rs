//! # Text parsed at the edge
//! Every text a person types or a file brings passes here once, before anything is stored.
//!
//! Invariant: what is kept is kept exactly; only line ends and outer white space are touched, and nothing is
//! normalised (domain section 6: 戸髙, 𠮷田, ideographic variation sequences).
//! Invariant: a 個人番号 never gets past this module, and no problem carries what was typed (disclosure rule 10).

use crate::fold::is_variation_selector;
use crate::mynumber::contains_my_number;
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Characters kept of a phone number, so that "昼は職場 内線12" still fits.
const PHONE_MAX: usize = 40;

/// Why typed text is not accepted. Sentences are looked up by [`TextProblem::key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextProblem {
    /// Nothing was typed where something is needed.
    Required,
    /// More characters than fit; counted as [`length`] counts.
    TooLong {
        /// Characters that fit.
        max: usize,
        /// Characters that were typed.
        actual: usize,
    },
    /// A control character, a mark of writing direction or an invisible space: it would make the text look
    /// other than it is.
    ControlCharacter,
    /// A 個人番号 in the text (disclosure rule 10).
    MyNumber,
    /// Not what the field asks for, such as a phone number without digits.
    Unreadable,
}

impl TextProblem {
    /// The stable key of the sentence that explains the problem.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Required => "text.required",
            Self::TooLong { .. } => "text.too_long",
            Self::ControlCharacter => "text.control",
            Self::MyNumber => "text.my_number",
            Self::Unreadable => "text.unreadable",
        }
    }

    /// What the sentence fills in, by name: `max` and `actual` of [`TextProblem::TooLong`].
    pub fn args(self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { max, actual } => vec![("max", max.to_string()), ("actual", actual.to_string())],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for TextProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("text is missing"),
            Self::TooLong { max, actual } => write!(f, "text has {actual} characters, {max} fit"),
            Self::ControlCharacter => f.write_str("text has a control or invisible character"),
            Self::MyNumber => f.write_str("text holds an individual number"),
            Self::Unreadable => f.write_str("text cannot be read"),
        }
    }
}

impl std::error::Error for TextProblem {}

/// The length of a text as people count it: characters without variation selectors and joiners, so 𠮷 is one and
/// so is 葛 with its variation selector.
pub fn length(text: &str) -> usize {
    text.chars().filter(|c| !is_variation_selector(*c) && !is_joiner(*c)).count()
}

/// A line of text: outer white space trimmed, line breaks and tabs inside become one space each, as pasted cells
/// of a spreadsheet carry them.
///
/// Errors: [`TextProblem::Required`] when nothing is left, and every other problem of [`optional_line`].
pub fn line(text: &str, max: usize) -> Result<String, TextProblem> {
    optional_line(text, max)?.ok_or(TextProblem::Required)
}

/// A line of text that may be left empty; see [`line()`].
///
/// Errors: too long, a control character, a 個人番号.
pub fn optional_line(text: &str, max: usize) -> Result<Option<String>, TextProblem> {
    let one_line = text.trim().replace("\r\n", " ").replace(['\r', '\n', '\t', '\u{2028}', '\u{2029}'], " ");
    check(text, one_line, max)
}

/// Text of several lines: line breaks become LF, white space at the end of lines and around the text is trimmed
/// (an indent of the first line stays), tabs stay.
///
/// Errors: [`TextProblem::Required`] when nothing is left, and every other problem of [`optional_paragraph`].
pub fn paragraph(text: &str, max: usize) -> Result<String, TextProblem> {
    optional_paragraph(text, max)?.ok_or(TextProblem::Required)
}

/// Text of several lines that may be left empty; see [`paragraph`].
///
/// Errors: too long, a control character, a 個人番号.
pub fn optional_paragraph(text: &str, max: usize) -> Result<Option<String>, TextProblem> {
    let breaks = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let lines: Vec<&str> = breaks.split('\n').map(str::trim_end).collect();
    let joined = lines.join("\n");
    check(text, joined.trim_start_matches('\n').trim_end().to_owned(), max)
}

/// The checks every text passes. A 個人番号 is looked for both as typed and as kept: a line break that becomes a
/// space may join groups that were apart, and what is kept is what would be read.
fn check(typed: &str, kept: String, max: usize) -> Result<Option<String>, TextProblem> {
    if contains_my_number(typed) || contains_my_number(&kept) {
        return Err(TextProblem::MyNumber);
    }
    if kept.chars().any(is_refused) {
        return Err(TextProblem::ControlCharacter);
    }
    let actual = length(&kept);
    if actual > max {
        return Err(TextProblem::TooLong { max, actual });
    }
    Ok(Some(kept).filter(|kept| !kept.is_empty()))
}

/// Control characters but for line feed and tab, marks of direction, and spaces of no width. Tag characters stay:
/// some flags are made of them.
fn is_refused(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || is_noncharacter(c)
}

/// Code points that are no characters, by the Unicode standard.
fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// Joiners that emoji and some scripts need.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A phone number: what was typed, and its digits for finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phone {
    /// As typed, outer white space trimmed.
    pub written: String,
    /// ASCII digits before any extension, with +81 as a leading 0: the key for finding.
    pub digits: String,
}

/// Reads a phone number leniently: any text with three digits or more before an extension (内線, ext, x), so that
/// "090-1234-5678（長男）" is kept.
///
/// Errors: as [`line()`]; [`TextProblem::Unreadable`] with fewer than three digits, or more than fifteen (ITU-T
/// E.164).
pub fn phone(text: &str) -> Result<Phone, TextProblem> {
    let written = line(text, PHONE_MAX)?;
    let plain: String = written.nfkc().flat_map(char::to_lowercase).collect();
    let number = ["内線", "ext", "x"]
        .iter()
        .fold(plain.as_str(), |number, mark| number.split_once(mark).map_or(number, |(before, _)| before));
    let national =
        number.trim_start().strip_prefix("+81").map(|rest| rest.trim_start_matches([' ', '-', '(']));
    let mut digits: String = national.unwrap_or(number).chars().filter(char::is_ascii_digit).collect();
    if national.is_some() && !digits.starts_with('0') {
        digits.insert(0, '0');
    }
    if (3..=15).contains(&digits.len()) {
        Ok(Phone { written, digits })
    } else {
        Err(TextProblem::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_kept_exactly() {
        for text in ["戸髙 國分", "𠮷田", "葛\u{e0100}城", "👨‍👩‍👧 家族", "ｻﾄｳ", "①㈱", "か\u{3099}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
        {
            assert_eq!(line(text, 20).as_deref(), Ok(text));
        }
        assert_eq!(line("　山田\u{3000}太郎 \n", 10).as_deref(), Ok("山田\u{3000}太郎"));
        assert_eq!(line("山田\r\n太郎", 10).as_deref(), Ok("山田 太郎"));
        assert_eq!(optional_line(" 　", 10), Ok(None));
    }

    #[test]
    fn a_line_that_is_refused_says_why() {
        assert_eq!(line(" 　\n", 10), Err(TextProblem::Required));
        assert_eq!(line("あいう", 2), Err(TextProblem::TooLong { max: 2, actual: 3 }));
        assert_eq!(line("123456789018", 5), Err(TextProblem::MyNumber));
        assert_eq!(line("番号 1234-5678-9018", 50), Err(TextProblem::MyNumber));
        for c in ['\0', '\u{7f}', '\u{9b}', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ffff}'] {
            assert_eq!(line(&format!("a{c}b"), 10), Err(TextProblem::ControlCharacter), "{c:?}");
        }
        let problem = TextProblem::TooLong { max: 2, actual: 3 };
        assert_eq!(problem.key(), "text.too_long");
        assert_eq!(problem.args(), [("max", "2".to_owned()), ("actual", "3".to_owned())]);
    }

    #[test]
    fn length_is_what_people_count() {
        assert_eq!(length("𠮷"), 1);
        assert_eq!(length("葛\u{e0100}"), 1);
        assert!(line("葛\u{e0100}城𠮷", 3).is_ok());
    }

    #[test]
    fn a_paragraph_keeps_its_lines() {
        assert_eq!(
            paragraph("\r\n　一\r\n二  \r\n\r\n三\t四\r\n\r\n", 20).as_deref(),
            Ok("　一\n二\n\n三\t四")
        );
        assert_eq!(paragraph("a\rb", 20).as_deref(), Ok("a\nb"));
        assert_eq!(paragraph("\n \n", 20), Err(TextProblem::Required));
        assert_eq!(optional_paragraph("\n \n", 20), Ok(None));
        assert_eq!(paragraph("1\n123456789018", 20), Err(TextProblem::MyNumber));
    }

    #[test]
    fn a_phone_number_is_found_by_its_digits() {
        for (text, digits) in [
            ("０９０－１２３４－５６７８", "09012345678"),
            ("(0466)12-3456", "0466123456"),
            ("090 1234 5678（長男）", "09012345678"),
            ("+81 90-1234-5678", "09012345678"),
            ("+81(0)466-12-3456", "0466123456"),
            ("0466-12-3456 内線12", "0466123456"),
            ("110", "110"),
        ] {
            let phone = phone(text).unwrap();
            assert_eq!((phone.written.as_str(), phone.digits.as_str()), (text, digits));
        }
        assert_eq!(phone("なし"), Err(TextProblem::Unreadable));
        assert_eq!(phone(""), Err(TextProblem::Required));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again(text in any::<String>(), near in "[ 　\t\r\na山\u{200d}\u{e0100}]{0,12}") {
            for text in [text, near] {
                if let Ok(kept) = line(&text, 1000) {
                    prop_assert_eq!(line(&kept, 1000), Ok(kept));
                }
                if let Ok(kept) = paragraph(&text, 1000) {
                    prop_assert_eq!(paragraph(&kept, 1000), Ok(kept.clone()));
                    prop_assert!(!kept.contains('\r'));
                }
            }
        }
    }
}
