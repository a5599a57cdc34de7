//! # Bigrams
//! Two-character windows over folded text: the index that finds Japanese words without word boundaries.
//!
//! Invariant: whatever is a part of a text is found in it, that is, every bigram of a query that occurs in a
//! folded text is among the bigrams of that text. The index narrows; the caller confirms with `contains`.

use std::collections::BTreeSet;

/// The bigrams of an already folded text, sorted and distinct. Windows stay inside runs of letters and digits;
/// a run of one character stands for itself. Counted by character, so 𠮷 is one.
pub fn bigrams(folded: &str) -> Vec<String> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .flat_map(tokens)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// The bigrams to look for, given an already folded query; empty when the query has fewer than two characters
/// or nothing in it that narrows a search.
///
/// A single character at either end of the query may be the end of a longer run in the text, so it is left
/// out; between two punctuation marks it is kept.
pub fn query_bigrams(folded_query: &str) -> Vec<String> {
    let runs: Vec<&str> = folded_query.split(|c: char| !c.is_alphanumeric()).collect();
    let last = runs.len() - 1;
    let inner = |at: usize| at != 0 && at != last;
    runs.iter()
        .enumerate()
        .filter(|(at, run)| inner(*at) || run.chars().nth(1).is_some())
        .flat_map(|(_, run)| tokens(run))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn tokens(run: &str) -> Vec<String> {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    match starts.len() {
        1 => Vec::new(),
        2 => vec![run.to_owned()],
        _ => starts.windows(3).map(|at| run[at[0]..at[2]].to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_stay_inside_runs() {
        assert_eq!(bigrams("山田,太"), ["太", "山田"]);
        assert_eq!(bigrams("𠮷田太郎"), ["太郎", "田太", "𠮷田"]);
        assert_eq!(bigrams("ああああ"), ["ああ"]);
        assert_eq!(bigrams("こーど"), ["こー", "ーど"]);
        assert!(bigrams("").is_empty());
    }

    #[test]
    fn a_query_needs_two_characters() {
        assert!(query_bigrams("").is_empty());
        assert!(query_bigrams("山").is_empty());
        assert!(query_bigrams("山-").is_empty());
        assert_eq!(query_bigrams("山田"), ["山田"]);
        assert_eq!(query_bigrams("12-3-4"), ["12", "3"]);
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_is_found_in_it(text in "[あい山田𠮷1,. -]{0,16}", from in 0usize..16, len in 0usize..8) {
            let part: String = text.chars().skip(from).take(len).collect();
            let index = bigrams(&text);
            for token in query_bigrams(&part) {
                prop_assert!(index.contains(&token), "{token:?} of {part:?} is not in {text:?}");
            }
        }

        #[test]
        fn sorted_and_distinct(text in any::<String>()) {
            let all = bigrams(&text);
            prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
