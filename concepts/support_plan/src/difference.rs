//! What changed from one version to the next, line by line.

use crate::rules::Part;

/// A line as it is compared: what it says, and by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub part: Part,
    pub words: String,
}

/// The lines of one part that are new, and those that are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub part: Part,
    pub new: Vec<String>,
    pub gone: Vec<String>,
}

/// The parts in which something changed, in the order in which a plan is read. What stayed is not told twice.
pub(crate) fn difference(old: &[Item], new: &[Item]) -> Vec<Changed> {
    const PARTS: [Part; 5] = [Part::Words, Part::Direction, Part::LongGoal, Part::ShortGoal, Part::Role];
    PARTS
        .into_iter()
        .map(|part| Changed { part, new: without(new, old, part), gone: without(old, new, part) })
        .filter(|c| !c.new.is_empty() || !c.gone.is_empty())
        .collect()
}

fn without(these: &[Item], those: &[Item], part: Part) -> Vec<String> {
    let mut left: Vec<&Item> = those.iter().filter(|i| i.part == part).collect();
    let mut found = Vec::new();
    for item in these.iter().filter(|i| i.part == part) {
        // The same words twice are two lines.
        match left.iter().position(|l| *l == item) {
            Some(at) => {
                left.remove(at);
            }
            None => found.push(item.words.clone()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(part: Part, words: &str) -> Item {
        Item { part, words: words.to_owned() }
    }

    #[test]
    fn what_changed_is_told_and_what_stayed_is_not() {
        let old = [item(Part::LongGoal, "a"), item(Part::ShortGoal, "b"), item(Part::ShortGoal, "c")];
        let new = [item(Part::LongGoal, "a"), item(Part::ShortGoal, "c"), item(Part::ShortGoal, "d")];
        let found = difference(&old, &new);
        assert_eq!(found, [Changed { part: Part::ShortGoal, new: vec!["d".into()], gone: vec!["b".into()] }]);
        assert!(difference(&old, &old).is_empty());
    }

    proptest! {
        /// Nothing changed against itself, and turning both round turns the answer round.
        #[test]
        fn a_difference_is_symmetric(old in proptest::collection::vec(0_usize..4, 0..6), new in proptest::collection::vec(0_usize..4, 0..6)) {
            let items = |l: &[usize]| l.iter().map(|n| item(Part::Role, &n.to_string())).collect::<Vec<_>>();
            let (old, new) = (items(&old), items(&new));
            let there = difference(&old, &new);
            let back = difference(&new, &old);
            prop_assert_eq!(there.len(), back.len());
            for (a, b) in there.iter().zip(&back) {
                prop_assert_eq!(&a.new, &b.gone);
                prop_assert_eq!(&a.gone, &b.new);
            }
            prop_assert!(difference(&old, &old).is_empty());
        }
    }
}
