//! # Formulas that are none
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break, also in full width: what
//! somebody typed into a form would act on the machine of whoever opens the export (CWE-1236). Such a text gets
//! an apostrophe in front, which a spreadsheet takes for "this is text".
//!
//! The way back is exact: [`restored`] undoes [`harmless`] for every text, so that an export can be imported.

use std::borrow::Cow;

const MARK: char = '\'';

/// A text that no spreadsheet runs.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if acts(text) { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`harmless`].
pub fn restored(text: &str) -> &str {
    match text.strip_prefix(MARK) {
        Some(bare) if acts(text) => bare,
        _ => text,
    }
}

/// Whether a text begins as a formula, or as one already made harmless: that one gets a second mark, so that the
/// way back stays exact.
fn acts(text: &str) -> bool {
    let first = text.trim_start_matches(MARK).chars().next();
    first.is_some_and(|c| {
        matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '−')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_run_is_text() {
        for text in ["=1+1", "+81-466", "-", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＠x", "'=1"] {
            assert!(harmless(text).starts_with('\''), "{text:?}");
        }
        for text in ["", "1-2", "あ=い", "'quoted", "( -1", "'"] {
            assert_eq!(harmless(text), text);
        }
    }

    proptest! {
        #[test]
        fn there_and_back(text in "['=+@a\\-\t\r\n＝]{0,6}|\\PC{0,20}") {
            let written = harmless(&text);
            prop_assert_eq!(restored(&written), text.as_str());
            let first = written.chars().next();
            prop_assert!(!first.is_some_and(|c| "=+-@\t\r\n＝＋－＠".contains(c)));
        }
    }
}
