//! What changed between two versions of a definition: shown before publishing, and in the list of versions.

use crate::{Definition, Item};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An item is new.
    Added {
        /// Its key.
        item: String,
        /// Its question.
        label: String,
    },
    /// An item is gone; its old answers stay under their version.
    Removed {
        /// Its key.
        item: String,
        /// Its question as it was.
        label: String,
    },
    /// An item stands elsewhere.
    Moved {
        /// Its key.
        item: String,
        /// Its question.
        label: String,
    },
    /// Something of an item is different.
    Changed {
        /// Its key.
        item: String,
        /// Its question.
        label: String,
        /// What: `label`, `help`, `kind`, `required`, `shown`, `subjects`, `categories`, `reported`, `core`.
        what: &'static str,
    },
    /// The title is different.
    Title,
    /// Headings, help or conditions of the parts are different.
    Sections,
}

/// What `new` changes of `old`, in the order of `new`, removals last.
pub fn diff(old: &Definition, new: &Definition) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.title != new.title {
        changes.push(Change::Title);
    }
    let head = |d: &Definition| {
        d.sections
            .iter()
            .map(|s| (s.key.clone(), s.title.clone(), s.help.clone(), s.shown.clone()))
            .collect::<Vec<_>>()
    };
    if head(old) != head(new) {
        changes.push(Change::Sections);
    }
    let moved = moved(old, new);
    for (section, item) in new.items_in_sections() {
        let (key, label) = (item.key.clone(), item.label.ja.clone());
        let Some((old_section, before)) = old.items_in_sections().find(|(_, i)| i.key == item.key) else {
            changes.push(Change::Added { item: key, label });
            continue;
        };
        for what in differences(before, item) {
            changes.push(Change::Changed { item: key.clone(), label: label.clone(), what });
        }
        if old_section.key != section.key || moved.contains(&item.key.as_str()) {
            changes.push(Change::Moved { item: key, label });
        }
    }
    for item in old.items().filter(|i| new.item(&i.key).is_none()) {
        changes.push(Change::Removed { item: item.key.clone(), label: item.label.ja.clone() });
    }
    changes
}

/// Items that left their place among those both versions have: all outside a longest run that kept its order.
fn moved<'d>(old: &Definition, new: &'d Definition) -> Vec<&'d str> {
    let place = |key: &str| old.items().position(|i| i.key == key);
    let kept: Vec<(&str, usize)> =
        new.items().filter_map(|i| place(&i.key).map(|p| (i.key.as_str(), p))).collect();
    // Longest increasing run, by the plain quadratic way: at most three hundred items.
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (n, (_, p)) in kept.iter().enumerate() {
        let before = (0..n).filter(|m| kept[*m].1 < *p).max_by_key(|m| best[*m].0);
        best.push((before.map_or(1, |m| best[m].0 + 1), before));
    }
    let mut stays = vec![false; kept.len()];
    let mut at = (0..kept.len()).max_by_key(|n| best[*n].0);
    while let Some(n) = at {
        stays[n] = true;
        at = best[n].1;
    }
    kept.iter().zip(stays).filter(|(_, stays)| !stays).map(|((key, _), _)| *key).collect()
}

fn differences(before: &Item, item: &Item) -> Vec<&'static str> {
    [
        (before.label != item.label, "label"),
        (before.help != item.help, "help"),
        (before.kind != item.kind, "kind"),
        (before.required != item.required, "required"),
        (before.shown != item.shown, "shown"),
        (before.whose != item.whose, "subjects"),
        (before.categories != item.categories, "categories"),
        (before.reported != item.reported, "reported"),
        (before.core != item.core, "core"),
    ]
    .into_iter()
    .filter_map(|(changed, what)| changed.then_some(what))
    .collect()
}
