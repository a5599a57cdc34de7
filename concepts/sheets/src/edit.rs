//! Changing a draft item by item: pure, and checked as a whole afterwards.

use access::Categories;
use sheet::{Condition, Definition, Item, Kind, Label, Need, Number, Section, Whose};

/// What the editor's form says about one item.
#[derive(Debug, Clone)]
pub(crate) struct Edited {
    pub key: String,
    pub section: String,
    pub label: Label,
    pub help: Label,
    /// The word of its kind.
    pub kind: String,
    pub max: Option<usize>,
    pub least: Option<Number>,
    pub most: Option<Number>,
    pub decimals: u8,
    pub unit: String,
    pub partial: bool,
    pub table: String,
    pub must: bool,
    /// `item=code`: shown only then; empty: always; `None`: as it is.
    pub shown: Option<String>,
    pub whose: Whose,
    pub categories: Categories,
    pub reported: bool,
}

/// The draft that follows a version.
pub(crate) fn next(of: &Definition, newest: u32) -> Definition {
    Definition { version: newest + 1, ..of.clone() }
}

/// A key nobody has yet.
pub(crate) fn free_key(d: &Definition) -> String {
    let taken = |key: &str| d.item(key).is_some() || d.sections.iter().any(|s| s.key == key);
    (1..10_000).map(|n| format!("item_{n}")).find(|k| !taken(k)).unwrap_or_default()
}

/// Adds an item or changes the one with its key. A core item keeps its kind and its column; a table's columns and a
/// condition the form cannot show stay as they are.
pub(crate) fn put(d: &mut Definition, e: &Edited) {
    let old = d.item(&e.key).cloned();
    let core = old.as_ref().and_then(|i| i.core.clone());
    let kind = match &old {
        Some(item) if core.is_some() || (item.kind.word() == e.kind && e.kind == "table") => {
            item.kind.clone()
        }
        _ => kind(e),
    };
    let shown = match (&e.shown, &old) {
        (None, Some(item)) => item.shown.clone(),
        (None, None) => None,
        (Some(text), _) => text.split_once('=').map(|(item, code)| match code {
            "*" => Condition::Answered(item.to_owned()),
            code => Condition::Equals(item.to_owned(), code.to_owned()),
        }),
    };
    let required = match (&old, e.must) {
        (_, true) => Need::Always,
        (Some(Item { required: Need::When(c), .. }), false) => Need::When(c.clone()),
        _ => Need::Never,
    };
    let item = Item {
        key: e.key.clone(),
        label: e.label.clone(),
        help: e.help.clone(),
        kind,
        required,
        shown,
        whose: e.whose,
        categories: e.categories,
        reported: e.reported,
        core,
    };
    let same = d.sections.iter_mut().flat_map(|s| &mut s.items).find(|i| i.key == e.key);
    if let Some(place) = same {
        *place = item;
        return;
    }
    let at = d.sections.iter().position(|s| s.key == e.section).unwrap_or(d.sections.len());
    if at == d.sections.len() {
        let title = e.label.clone();
        let (key, help) = (format!("part_{}", e.key), Label::default());
        let key = key.chars().take(40).collect();
        d.sections.push(Section { key, title, help, shown: None, items: Vec::new() });
    }
    d.sections[at].items.push(item);
}

fn kind(e: &Edited) -> Kind {
    match e.kind.as_str() {
        "long_text" => Kind::LongText { max: e.max.unwrap_or(2000) },
        "number" => Kind::Number {
            min: e.least.unwrap_or(Number::MIN),
            max: e.most.unwrap_or(Number::MAX),
            decimals: e.decimals,
            unit: Label::ja(e.unit.clone()),
        },
        "date" => Kind::Date { partial: e.partial },
        "choice" => Kind::Choice { table: e.table.clone() },
        "many" => Kind::Many { table: e.table.clone() },
        "person" => Kind::Person,
        "agency" => Kind::Agency,
        "area" => Kind::Area,
        "file" => Kind::File,
        _ => Kind::Text { max: e.max.unwrap_or(200) },
    }
}

/// Takes an item out.
pub(crate) fn remove(d: &mut Definition, key: &str) {
    d.sections.iter_mut().for_each(|s| s.items.retain(|i| i.key != key));
    d.sections.retain(|s| !s.items.is_empty());
}

/// Moves an item one place up or down; over the edge of its section it goes into the next one.
pub(crate) fn shift(d: &mut Definition, key: &str, up: bool) {
    let Some((s, i)) = d
        .sections
        .iter()
        .enumerate()
        .find_map(|(s, section)| section.items.iter().position(|i| i.key == key).map(|i| (s, i)))
    else {
        return;
    };
    let last = d.sections[s].items.len() - 1;
    if up && i > 0 {
        d.sections[s].items.swap(i, i - 1);
    } else if !up && i < last {
        d.sections[s].items.swap(i, i + 1);
    } else if up && s > 0 {
        let item = d.sections[s].items.remove(i);
        d.sections[s - 1].items.push(item);
    } else if !up && s + 1 < d.sections.len() {
        let item = d.sections[s].items.remove(i);
        d.sections[s + 1].items.insert(0, item);
    }
    d.sections.retain(|s| !s.items.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use sheet::{Limits, shipped};

    fn edited(key: &str, kind: &str) -> Edited {
        Edited {
            key: key.to_owned(),
            section: "part_heard".to_owned(),
            label: Label::ja("ペットはいますか"),
            help: Label::default(),
            kind: kind.to_owned(),
            max: None,
            least: None,
            most: None,
            decimals: 0,
            unit: String::new(),
            partial: false,
            table: "yes_no".to_owned(),
            must: true,
            shown: Some(String::new()),
            whose: Whose::Household,
            categories: Categories::NONE,
            reported: false,
        }
    }

    fn keys(d: &Definition) -> Vec<&str> {
        d.items().map(|i| i.key.as_str()).collect()
    }

    #[test]
    fn an_item_is_added_moved_and_taken_out() {
        let base = shipped::definition("consultation").unwrap();
        let mut d = next(&base, 1);
        assert_eq!(d.version, 2);
        put(&mut d, &edited("pet", "choice"));
        assert!(d.faults(&shipped::tables(), Some(&base), &Limits::default()).is_empty());
        assert_eq!(d.sections[0].items.last().unwrap().key, "pet");
        shift(&mut d, "pet", false);
        assert_eq!(d.sections[1].items[0].key, "pet");
        shift(&mut d, "pet", true);
        shift(&mut d, "pet", true);
        let at = keys(&d).iter().position(|k| *k == "pet").unwrap();
        assert_eq!(keys(&d)[at + 1], "topics");
        remove(&mut d, "pet");
        assert_eq!(keys(&d), keys(&base));
        assert_eq!(free_key(&d), "item_1");
    }

    #[test]
    fn a_core_item_is_reworded_and_keeps_its_kind() {
        let base = shipped::definition("consultation").unwrap();
        let mut d = next(&base, 1);
        let words = base.item("words").unwrap();
        let e = Edited { categories: words.categories, whose: words.whose, ..edited("words", "number") };
        put(&mut d, &e);
        let item = d.item("words").unwrap();
        assert_eq!((item.label.ja.as_str(), &item.kind), ("ペットはいますか", &words.kind));
        assert_eq!(item.core.as_deref(), Some("words"));
        assert!(d.faults(&shipped::tables(), Some(&base), &Limits::default()).is_empty());
        remove(&mut d, "words");
        let faults = d.faults(&shipped::tables(), Some(&base), &Limits::default());
        assert_eq!(faults[0].key, "sheet_fault.core_missing");
    }

    #[test]
    fn a_new_section_is_made_for_an_unknown_one() {
        let mut d = shipped::definition("outreach").unwrap();
        put(&mut d, &Edited { section: "nowhere".to_owned(), ..edited("pet", "text") });
        assert_eq!(d.sections.last().unwrap().items[0].key, "pet");
    }
}
