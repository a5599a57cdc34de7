//! What an own wording must keep. Pure.

use std::collections::BTreeSet;

use words::input::length;

/// What is wrong with a wording: the key of the sentence and what it fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Key of the sentence.
    pub key: &'static str,
    /// What it fills in.
    pub args: Vec<(&'static str, String)>,
}

/// The places a sentence fills in: `n` and `name` of `{n}件を{name}に`.
pub fn places(sentence: &str) -> BTreeSet<&str> {
    sentence
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .filter(|name| is_place(name))
        .collect()
}

fn is_place(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The most characters an own wording may have: room to say it differently, not to break a page.
pub fn limit(original: &str) -> usize {
    (length(original) * 3).clamp(30, 600)
}

/// What is wrong with `wording` in the place of `original`.
pub fn check(original: &str, wording: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let plain = |key| Problem { key, args: Vec::new() };
    let (must, has) = (places(original), places(wording));
    let braced = |names: Vec<&&str>| names.iter().map(|n| format!("{{{n}}}")).collect::<Vec<_>>().join(" ");
    let missing = braced(must.difference(&has).collect());
    if !missing.is_empty() {
        problems.push(Problem { key: "label.place_missing", args: vec![("places", missing)] });
    }
    let unknown = braced(has.difference(&must).collect());
    if !unknown.is_empty() {
        problems.push(Problem { key: "label.place_unknown", args: vec![("places", unknown)] });
    }
    // A brace that is no place would stand on the screen as a slip.
    let braces = wording.matches(['{', '}']).count();
    let in_places: usize = has.iter().map(|name| wording.matches(&format!("{{{name}}}")).count() * 2).sum();
    if braces > in_places && problems.is_empty() {
        problems.push(plain("label.brace"));
    }
    if wording.contains(['<', '>']) && !original.contains(['<', '>']) {
        problems.push(plain("label.plain"));
    }
    if wording.contains('\n') && !original.contains('\n') {
        problems.push(plain("label.one_line"));
    }
    let (max, actual) = (limit(original), length(wording));
    if actual > max {
        let args = vec![("max", max.to_string()), ("actual", actual.to_string())];
        problems.push(Problem { key: "text.too_long", args });
    }
    problems
}

/// A sentence as it may look on a page: its places filled with something.
pub fn sample(sentence: &str) -> String {
    places(sentence).into_iter().fold(sentence.to_owned(), |text, name| {
        text.replace(&format!("{{{name}}}"), if name == "n" { "3" } else { "◯◯" })
    })
}

/// Whether a sentence is meant by what was typed: words of it, in any width and kana, or its key.
pub fn is_meant(typed: &str, key: &str, sentences: &[&str]) -> bool {
    let typed = words::fold::fold(typed);
    typed.is_empty()
        || key.contains(typed.trim())
        || sentences.iter().any(|s| words::fold::fold(s).contains(&typed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(original: &str, wording: &str) -> Vec<&'static str> {
        check(original, wording).into_iter().map(|p| p.key).collect()
    }

    #[test]
    fn places_are_kept() {
        assert_eq!(keys("{n}件を{name}に送りました。", "{name}へ{n}件送りました。"), [""; 0]);
        let missing = check("{n}件を{name}に", "送りました");
        assert_eq!((missing[0].key, missing[0].args[0].1.as_str()), ("label.place_missing", "{n} {name}"));
        assert_eq!(keys("送りました", "{n}件送りました"), ["label.place_unknown"]);
        assert_eq!(keys("{n}件", "{n}件 {N}"), ["label.brace"]);
    }

    #[test]
    fn plain_one_line_and_not_too_long() {
        assert_eq!(keys("今日の仕事", "<b>今日</b>"), ["label.plain"]);
        assert_eq!(keys("今日の仕事", "今日の\n仕事"), ["label.one_line"]);
        assert_eq!(keys("今日の仕事", &"長".repeat(31)), ["text.too_long"]);
        assert_eq!(limit("今日の仕事"), 30);
        assert_eq!(sample("{n}件を{name}に"), "3件を◯◯に");
    }

    #[test]
    fn a_sentence_is_found_by_its_words_or_its_key() {
        assert!(is_meant("シゴト", "nav.today", &["今日のシゴト"]));
        assert!(is_meant("nav.to", "nav.today", &["今日の仕事"]));
        assert!(!is_meant("ケース", "nav.today", &["今日の仕事"]));
    }

    proptest! {
        #[test]
        fn the_original_is_always_good(text in "[a-z{}あ<> \n]{0,60}") {
            prop_assert!(check(&text, &text).iter().all(|p| p.key == "label.brace"));
        }
    }
}
