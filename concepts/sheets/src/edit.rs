//! Changing a draft item by item: pure, and checked as a whole afterwards.

use access::Categories;
use sheet::{Column, Condition, Definition, Item, Kind, Label, Need, Number, Section, Whose};

/// Whether an item must be answered, as the editor's form says it.
#[derive(Debug, Clone)]
pub(crate) enum EditedNeed {
    Never,
    Always,
    /// Any of these `item=code`.
    When(Vec<String>),
    /// A condition the form cannot show.
    AsIs,
}

/// One column of a table item, as the editor's form says it. Its key is that of the column at this place.
#[derive(Debug, Clone)]
pub(crate) struct EditedColumn {
    /// Empty: no such column.
    pub label: String,
    pub kind: String,
    pub table: String,
    pub must: bool,
}

/// What the editor's form says about one item.
#[derive(Debug, Clone)]
pub(crate) struct Edited {
    pub key: String,
    /// The part it stands in; empty: where it is.
    pub section: String,
    /// The heading of a new part for it.
    pub new_section: Option<String>,
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
    pub columns: Vec<EditedColumn>,
    pub rows: usize,
    pub must: EditedNeed,
    /// Shown when any of these `item=code` holds; empty: always; `None`: as it is.
    pub shown: Option<Vec<String>>,
    pub whose: Whose,
    pub categories: Categories,
    pub reported: bool,
}

/// A condition as the `item=code` of which any must hold (`item=*`: it is answered); `None` when it says more than that.
pub(crate) fn choices_of(condition: &Condition) -> Option<Vec<String>> {
    match condition {
        Condition::Answered(item) => Some(vec![format!("{item}=*")]),
        Condition::Equals(item, code) => Some(vec![format!("{item}={code}")]),
        Condition::AnyOf(item, codes) => Some(codes.iter().map(|c| format!("{item}={c}")).collect()),
        Condition::Any(list) => {
            let all: Option<Vec<_>> = list.iter().map(choices_of).collect();
            all.map(|a| a.concat())
        }
        _ => None,
    }
}

/// The condition of such choices; `None` when there are none.
pub(crate) fn condition_of(choices: &[String]) -> Option<Condition> {
    let mut parts: Vec<(&str, Vec<String>)> = Vec::new();
    for (item, code) in choices.iter().filter_map(|c| c.split_once('=')) {
        match parts.iter_mut().find(|(i, _)| *i == item) {
            Some((_, codes)) if codes.iter().any(|c| c == code) => {}
            Some((_, codes)) => codes.push(code.to_owned()),
            None => parts.push((item, vec![code.to_owned()])),
        }
    }
    let one = |(item, mut codes): (&str, Vec<String>)| match &codes[..] {
        // Answered at all is the widest of them.
        all if all.iter().any(|c| c == "*") => Condition::Answered(item.to_owned()),
        [_] => Condition::Equals(item.to_owned(), codes.remove(0)),
        _ => Condition::AnyOf(item.to_owned(), codes),
    };
    let mut list: Vec<Condition> = parts.into_iter().map(one).collect();
    match list.len() {
        0 => None,
        1 => list.pop(),
        _ => Some(Condition::Any(list)),
    }
}

/// The draft that follows a version, with every item the work depends on.
pub(crate) fn next(of: &Definition, newest: u32) -> Definition {
    let of = sheet::shipped::definition(&of.key).map_or_else(|| of.clone(), |base| of.with_core_of(&base));
    Definition { version: newest + 1, ..of }
}

/// A key nobody has yet.
pub(crate) fn free_key(d: &Definition) -> String {
    let taken = |key: &str| d.item(key).is_some() || d.sections.iter().any(|s| s.key == key);
    (1..10_000).map(|n| format!("item_{n}")).find(|k| !taken(k)).unwrap_or_default()
}

/// A sheet of a case to begin with: one part, one question.
pub(crate) fn first(key: &str, title: Label, part: &str, question: &str) -> Definition {
    let item = Item {
        key: "item_1".to_owned(),
        label: Label::ja(question),
        help: Label::default(),
        kind: Kind::Text { max: 200 },
        required: Need::Never,
        shown: None,
        whose: Whose::Household,
        categories: Categories::NONE,
        reported: false,
        core: None,
    };
    let (title_of, help) = (Label::ja(part), Label::default());
    let section = Section { key: "part_1".to_owned(), title: title_of, help, shown: None, items: vec![item] };
    Definition { key: key.to_owned(), version: 1, title, about: sheet::About::Case, sections: vec![section] }
}

/// Adds an item or changes the one with its key. A core item keeps its kind and its column; a condition the form
/// cannot show stays as it is. Another part named than before moves it there.
pub(crate) fn put(d: &mut Definition, e: &Edited) {
    let old = d.item(&e.key).cloned();
    let core = old.as_ref().and_then(|i| i.core.clone());
    let kind = match &old {
        Some(item) if core.is_some() => item.kind.clone(),
        _ => kind(e, old.as_ref().map(|i| &i.kind)),
    };
    let shown = match (&e.shown, &old) {
        (None, Some(item)) => item.shown.clone(),
        (None, None) => None,
        (Some(choices), _) => condition_of(choices),
    };
    let required = match (&e.must, &old) {
        (EditedNeed::Always, _) => Need::Always,
        (EditedNeed::When(choices), _) => condition_of(choices).map_or(Need::Never, Need::When),
        (EditedNeed::AsIs, Some(item)) => item.required.clone(),
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
    let home = d.sections.iter().position(|s| s.items.iter().any(|i| i.key == e.key));
    let named = d.sections.iter().position(|s| s.key == e.section).or(home);
    let to = if e.new_section.is_some() { None } else { named };
    if let Some(home) = home.filter(|h| to == Some(*h)) {
        d.sections[home].items.iter_mut().filter(|i| i.key == e.key).for_each(|i| *i = item.clone());
        return;
    }
    d.sections.iter_mut().for_each(|s| s.items.retain(|i| i.key != e.key));
    if let Some(to) = to {
        d.sections[to].items.push(item);
    } else {
        let title = Label::ja(e.new_section.clone().unwrap_or_else(|| e.label.ja.clone()));
        let (key, help) = (free_part(d), Label::default());
        d.sections.push(Section { key, title, help, shown: None, items: vec![item] });
    }
    d.sections.retain(|s| !s.items.is_empty());
}

/// A key of a part nobody has yet.
fn free_part(d: &Definition) -> String {
    let taken = |key: &str| d.item(key).is_some() || d.sections.iter().any(|s| s.key == key);
    (1..10_000).map(|n| format!("part_{n}")).find(|k| !taken(k)).unwrap_or_default()
}

fn kind(e: &Edited, old: Option<&Kind>) -> Kind {
    match e.kind.as_str() {
        "long_text" => Kind::LongText { max: e.max.unwrap_or(2000) },
        "number" => Kind::Number {
            min: e.least.unwrap_or(Number::MIN),
            max: e.most.unwrap_or(Number::MAX),
            decimals: e.decimals,
            unit: match old {
                // The form has one word for the unit: an English one stays while the Japanese does.
                Some(Kind::Number { unit, .. }) if unit.ja == e.unit => unit.clone(),
                _ => Label::ja(e.unit.clone()),
            },
        },
        "date" => Kind::Date { partial: e.partial },
        "choice" => Kind::Choice { table: e.table.clone() },
        "many" => Kind::Many { table: e.table.clone() },
        "table" => {
            let before: &[Column] = match old {
                Some(Kind::Table { columns, .. }) => columns,
                _ => &[],
            };
            Kind::Table { columns: columns(&e.columns, before), rows: e.rows }
        }
        "person" => Kind::Person,
        "agency" => Kind::Agency,
        "area" => Kind::Area,
        "file" => Kind::File,
        _ => Kind::Text { max: e.max.unwrap_or(200) },
    }
}

/// The columns: those that were there keep their key, and what the form does not show while their kind stays.
fn columns(edited: &[EditedColumn], before: &[Column]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (n, e) in edited.iter().enumerate().filter(|(_, e)| !e.label.is_empty()) {
        let old = before.get(n);
        let taken = |key: &str| before.iter().chain(&columns).any(|c| c.key == key);
        let key = old.map_or_else(
            || (1..100).map(|n| format!("c{n}")).find(|k| !taken(k)).unwrap_or_default(),
            |c| c.key.clone(),
        );
        let label = match old {
            Some(c) if c.label.ja == e.label => c.label.clone(),
            _ => Label::ja(e.label.clone()),
        };
        let kind = match (e.kind.as_str(), old.map(|c| &c.kind)) {
            (word, Some(kind)) if word == kind.word() && kind.table().is_none_or(|t| t == e.table) => {
                kind.clone()
            }
            ("number", _) => {
                Kind::Number { min: Number::MIN, max: Number::MAX, decimals: 0, unit: Label::default() }
            }
            ("date", _) => Kind::Date { partial: false },
            ("choice", _) => Kind::Choice { table: e.table.clone() },
            _ => Kind::Text { max: 200 },
        };
        columns.push(Column { key, label, kind, required: e.must });
    }
    columns
}

/// Renames a part and says when it is asked; `None` leaves a condition the form cannot show.
pub(crate) fn put_part(d: &mut Definition, key: &str, title: &Label, help: &Label, shown: Option<&[String]>) {
    for section in d.sections.iter_mut().filter(|s| s.key == key) {
        section.title = title.clone();
        section.help = help.clone();
        if let Some(choices) = shown {
            section.shown = condition_of(choices);
        }
    }
}

/// Moves a part one place up or down.
pub(crate) fn shift_part(d: &mut Definition, key: &str, up: bool) {
    let Some(at) = d.sections.iter().position(|s| s.key == key) else { return };
    if up && at > 0 {
        d.sections.swap(at, at - 1);
    } else if !up && at + 1 < d.sections.len() {
        d.sections.swap(at, at + 1);
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
            new_section: None,
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
            columns: Vec::new(),
            rows: 5,
            must: EditedNeed::Always,
            shown: Some(Vec::new()),
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
        assert_eq!(
            keys(&d)[at + 1],
            base.sections[0].items.last().unwrap().key,
            "before the last of the first part"
        );
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
    fn conditions_go_into_the_form_and_come_back() {
        let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        for choices in [vec!["a=x"], vec!["a=x", "a=y"], vec!["a=*"], vec!["a=x", "b=y", "b=z"]] {
            let condition = condition_of(&texts(&choices)).unwrap();
            assert_eq!(choices_of(&condition).unwrap(), choices);
        }
        assert!(condition_of(&[]).is_none());
        assert!(choices_of(&Condition::Not(Box::new(Condition::Answered("a".to_owned())))).is_none());
        let d = shipped::definition("outreach").unwrap();
        for c in d.items().filter_map(|i| i.shown.as_ref()) {
            assert_eq!(condition_of(&choices_of(c).unwrap()).as_ref(), Some(c));
        }
    }

    #[test]
    fn a_table_is_made_and_changed_by_its_columns() {
        let mut d = next(&shipped::definition("outreach").unwrap(), 1);
        let column = |label: &str, kind: &str| EditedColumn {
            label: label.to_owned(),
            kind: kind.to_owned(),
            table: "yes_no".to_owned(),
            must: false,
        };
        let columns = vec![column("薬", "text"), column("", "text"), column("飲めている", "choice")];
        let e = Edited { section: "part_state".to_owned(), columns, ..edited("drugs", "table") };
        put(&mut d, &e);
        assert!(d.faults(&shipped::tables(), None, &Limits::default()).is_empty());
        let Kind::Table { columns, rows: 5 } = &d.item("drugs").unwrap().kind else { panic!("no table") };
        assert_eq!(columns.iter().map(|c| c.key.as_str()).collect::<Vec<_>>(), ["c1", "c2"]);
        // The first goes, the second keeps its key.
        let columns = vec![column("", "text"), column("毎日飲めている", "choice"), column("量", "number")];
        put(&mut d, &Edited { columns, ..e });
        let Kind::Table { columns, .. } = &d.item("drugs").unwrap().kind else { panic!("no table") };
        let heads: Vec<_> = columns.iter().map(|c| (c.key.as_str(), c.label.ja.as_str())).collect();
        assert_eq!(heads, [("c2", "毎日飲めている"), ("c3", "量")]);
        // What the form does not show of a shipped table stays.
        let base = d.item("attempts").unwrap().clone();
        let Kind::Table { columns, rows } = &base.kind else { panic!("no table") };
        let same = columns.iter().map(|c| EditedColumn {
            label: c.label.ja.clone(),
            kind: c.kind.word().to_owned(),
            table: c.kind.table().unwrap_or_default().to_owned(),
            must: c.required,
        });
        let e = Edited {
            columns: same.collect(),
            rows: *rows,
            section: "part_attempts".to_owned(),
            ..edited("attempts", "table")
        };
        put(&mut d, &e);
        assert_eq!(d.item("attempts").unwrap().kind, base.kind);
    }

    #[test]
    fn an_item_moves_to_the_part_that_is_named() {
        let mut d = shipped::definition("outreach").unwrap();
        put(&mut d, &Edited { section: "part_plan".to_owned(), ..edited("life", "long_text") });
        assert_eq!(d.sections.last().unwrap().items.last().unwrap().key, "life");
        shift_part(&mut d, "part_plan", true);
        assert_eq!(d.sections[2].key, "part_plan");
        put_part(
            &mut d,
            "part_plan",
            &Label::ja("この先"),
            &Label::default(),
            Some(&["risk_soon=yes".to_owned()]),
        );
        assert_eq!(d.sections[2].title.ja, "この先");
        assert!(d.faults(&shipped::tables(), None, &Limits::default()).is_empty());
    }

    #[test]
    fn a_new_section_is_made_for_an_unknown_one() {
        let mut d = shipped::definition("outreach").unwrap();
        put(&mut d, &Edited { new_section: Some("動物".to_owned()), ..edited("pet", "text") });
        assert_eq!(d.sections.last().unwrap().title.ja, "動物");
        assert_eq!(d.sections.last().unwrap().items[0].key, "pet");
    }
}
