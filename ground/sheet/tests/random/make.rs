//! Random definitions, and random ways to fill them in.

use access::Categories;
use proptest::prelude::*;
use sheet::fill::{Known, Typed};
use sheet::{
    About, CodeEntry, CodeTable, Column, Compare, Condition, Definition, Item, Kind, Label, Need, Number,
    Section, Tables, Whose,
};
use words::Day;
use words::code::Code;

pub fn day() -> Day {
    Day::new(2026, 11, 21).unwrap()
}

/// Three tables: one with codes that ended, one whose labels hold the joint of a cell, one plain.
pub fn tables() -> Tables {
    let code = |code: &str, ja: &str| CodeEntry {
        code: code.to_owned(),
        label: Label { ja: ja.to_owned(), en: format!("{code} in English") },
        from: None,
        until: None,
    };
    let table = |key: &str, codes: Vec<CodeEntry>| CodeTable {
        key: key.to_owned(),
        version: 2,
        title: Label::ja(format!("{key}の表")),
        codes,
        verified: false,
        source: "試し".to_owned(),
    };
    let ended = CodeEntry { until: Day::new(2024, 3, 31), ..code("old", "むかしの言い方") };
    let renamed = [
        CodeEntry { until: Day::new(2025, 3, 31), ..code("b", "まえの名") },
        CodeEntry { from: Day::new(2025, 4, 1), ..code("b", "いまの名") },
    ];
    Tables::new([
        table("dated", [vec![code("a", "一つ目"), ended], renamed.to_vec(), vec![code("3", "三")]].concat()),
        table("joint", vec![code("x", "こう、そう"), code("y", "a, b; c"), code("z", "y")]),
        table("plain", vec![code("p", "ぴ"), code("q", "く"), code("r", "る")]),
    ])
}

pub fn known() -> Known {
    let ids = |from: u128| (from..from + 3).map(uuid::Uuid::from_u128).collect();
    Known { persons: ids(10), agencies: ids(20), areas: ids(30) }
}

/// One item as drawn: conditions become references to earlier items when the definition is put together.
#[derive(Debug, Clone)]
pub struct Draft {
    kind: Kind,
    label: String,
    help: String,
    required: u8,
    shown: bool,
    condition: (prop::sample::Index, u8, prop::sample::Index),
    more: (prop::sample::Index, u8, prop::sample::Index),
    whose: u8,
    categories: i64,
    reported: bool,
    new_section: bool,
    section_shown: bool,
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof!["[あ-ん]{1,8}", "[a-zA-Z（）・%]{1,8}", "[一-龠]{1,6}（[ぁ-ん]{1,4}）"]
}

fn number() -> impl Strategy<Value = Kind> {
    (-50i64..50, 0i64..100, 0u8..4, prop::option::of("[円人回]")).prop_map(|(min, span, decimals, unit)| {
        Kind::Number {
            min: Number::whole(min).unwrap(),
            max: Number::whole(min + span).unwrap(),
            decimals,
            unit: Label::ja(unit.unwrap_or_default()),
        }
    })
}

fn simple() -> BoxedStrategy<Kind> {
    prop_oneof![
        (1usize..60).prop_map(|max| Kind::Text { max }),
        number(),
        any::<bool>().prop_map(|partial| Kind::Date { partial }),
        prop::sample::select(vec!["dated", "joint", "plain"])
            .prop_map(|t| Kind::Choice { table: t.to_owned() }),
    ]
    .boxed()
}

fn kind() -> BoxedStrategy<Kind> {
    let columns = prop::collection::vec((simple(), label(), any::<bool>()), 1..4);
    prop_oneof![
        4 => simple(),
        1 => (1usize..200).prop_map(|max| Kind::LongText { max }),
        2 => prop::sample::select(vec!["dated", "joint", "plain"]).prop_map(|t| Kind::Many { table: t.to_owned() }),
        2 => (columns, 1usize..4).prop_map(|(columns, rows)| Kind::Table {
            columns: columns
                .into_iter()
                .enumerate()
                .map(|(n, (kind, label, required))| Column {
                    key: format!("c{n}"),
                    label: Label::ja(label),
                    kind,
                    required,
                })
                .collect(),
            rows,
        }),
        1 => prop::sample::select(vec![Kind::Person, Kind::Agency, Kind::Area, Kind::File]),
    ]
    .boxed()
}

fn draft() -> impl Strategy<Value = Draft> {
    let index = any::<prop::sample::Index>;
    (
        (kind(), label(), prop::option::of(label()), 0u8..4, prop::bool::weighted(0.3)),
        ((index(), 0u8..6, index()), (index(), 0u8..9, index())),
        (0u8..3, 0i64..8192, any::<bool>(), prop::bool::weighted(0.25), prop::bool::weighted(0.3)),
    )
        .prop_map(
            |(
                (kind, label, help, required, shown),
                (condition, more),
                (whose, categories, reported, new_section, section_shown),
            )| {
                Draft {
                    kind,
                    label,
                    help: help.unwrap_or_default(),
                    required,
                    shown,
                    condition,
                    more,
                    whose,
                    categories,
                    reported,
                    new_section,
                    section_shown,
                }
            },
        )
}

/// A plain condition on an earlier item.
fn plain(
    earlier: &[Item],
    tables: &Tables,
    (which, how, code): &(prop::sample::Index, u8, prop::sample::Index),
) -> Condition {
    let item = which.get(earlier);
    let key = item.key.clone();
    match &item.kind {
        Kind::Choice { table } | Kind::Many { table } => {
            let codes = &tables.get(table).unwrap().codes;
            let one = code.get(codes).code.clone();
            match how {
                0 | 1 => Condition::Equals(key, one),
                2 => Condition::AnyOf(key, vec![one]),
                3 => Condition::AnyOf(key, vec![one, codes[0].code.clone()]),
                _ => Condition::Answered(key),
            }
        }
        Kind::Number { min, .. } => Condition::Number(key, *code.get(Compare::ALL), *min),
        _ => Condition::Answered(key),
    }
}

fn condition(earlier: &[Item], tables: &Tables, draft: &Draft) -> Option<Condition> {
    if earlier.is_empty() {
        return None;
    }
    let one = plain(earlier, tables, &draft.condition);
    let two = plain(earlier, tables, &draft.more);
    Some(match draft.more.1 {
        0 => Condition::Not(Box::new(one)),
        1 => Condition::All(vec![one, two]),
        2 => Condition::Any(vec![one, two]),
        3 => Condition::All(vec![Condition::Any(vec![one.clone(), two]), Condition::Not(Box::new(one))]),
        _ => one,
    })
}

pub fn definition() -> impl Strategy<Value = Definition> {
    (prop::collection::vec(draft(), 1..14), label(), 1u32..50).prop_map(|(drafts, title, version)| {
        let tables = tables();
        let mut sections: Vec<Section> = Vec::new();
        let mut earlier: Vec<Item> = Vec::new();
        for (n, draft) in drafts.iter().enumerate() {
            if sections.is_empty() || draft.new_section {
                sections.push(Section {
                    key: format!("s{}", sections.len()),
                    title: Label { ja: format!("{}の部", draft.label), en: String::new() },
                    help: Label::ja(draft.help.clone()),
                    shown: condition(&earlier, &tables, draft).filter(|_| draft.section_shown),
                    items: Vec::new(),
                });
            }
            let made = condition(&earlier, &tables, draft);
            let item = Item {
                key: format!("item_{n}"),
                label: Label { ja: draft.label.clone(), en: "English".repeat(usize::from(draft.whose)) },
                help: Label::ja(draft.help.clone()),
                kind: draft.kind.clone(),
                required: match (draft.required, &made) {
                    (0, _) => Need::Always,
                    (1, Some(c)) => Need::When(c.clone()),
                    _ => Need::Never,
                },
                shown: made.filter(|_| draft.shown),
                whose: Whose::ALL[usize::from(draft.whose)],
                categories: Categories::from_bits(draft.categories),
                reported: draft.reported,
                core: (n == 0).then(|| "kept".to_owned()),
            };
            earlier.push(item.clone());
            sections.last_mut().unwrap().items.push(item);
        }
        Definition {
            key: "random".to_owned(),
            version,
            title: Label::ja(title),
            about: About::Case,
            sections,
        }
    })
}

/// What may stand in a field: right, wrong, empty.
fn typed_for(kind: &Kind, pick: u8, text: &str) -> String {
    let nth = |list: &[&str]| list[usize::from(pick) % list.len()].to_owned();
    match kind {
        Kind::Text { .. } | Kind::LongText { .. } | Kind::File => match pick {
            0..=2 => String::new(),
            3 => "  ".to_owned(),
            4 => "1234 5678 9018".to_owned(),
            5 => "見えない\u{7}字".to_owned(),
            6 => "二行\r\nの\t文".to_owned(),
            7 => "葛\u{e0100}城 𠮷".to_owned(),
            _ => text.to_owned(),
        },
        Kind::Number { min, max, .. } => match pick {
            0..=2 => String::new(),
            3 => max.to_string(),
            4 => "よん".to_owned(),
            5 => "１２．５".to_owned(),
            6 => "-1,000".to_owned(),
            _ => min.to_string(),
        },
        Kind::Date { .. } => {
            nth(&["", "R8.11.20", "昭和33年", "2026-11-20", "きのう", "1958-05", "", "令和8年2月30日"])
        }
        Kind::Choice { .. } | Kind::Many { .. } => {
            nth(&["", "a", "b", "old", "x", "y", "z", "p", "q", "r", "3", "no_such", "", "p", "a"])
        }
        Kind::Person => nth(&["", "00000000-0000-0000-0000-00000000000a", "who", ""]),
        Kind::Agency => nth(&["00000000-0000-0000-0000-000000000014", "", ""]),
        Kind::Area => nth(&["", "00000000-0000-0000-0000-00000000001f"]),
        Kind::Table { .. } => String::new(),
    }
}

/// A random way to fill a definition in.
pub fn typed(definition: &Definition, picks: &[(u8, String)]) -> Typed {
    let mut picks = picks.iter().cycle();
    let mut pairs = Vec::new();
    for item in definition.items() {
        let mut put = |name: String, kind: &Kind| {
            let (pick, text) = picks.next().unwrap();
            pairs.push((name, typed_for(kind, *pick, text)));
        };
        match &item.kind {
            Kind::Table { columns, rows } => {
                for row in 0..*rows {
                    for column in columns {
                        put(sheet::fill::cell(&item.key, row, &column.key), &column.kind);
                    }
                }
            }
            Kind::Many { .. } => (0..3).for_each(|_| put(item.field(), &item.kind)),
            Kind::File => {
                put(item.field(), &item.kind);
                put(
                    sheet::fill::bytes_field(&item.key),
                    &Kind::Number { min: Number::MIN, max: Number::MAX, decimals: 0, unit: Label::default() },
                );
            }
            kind => put(item.field(), kind),
        }
    }
    Typed::from_pairs(pairs)
}

pub fn picks() -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((0u8..15, "[あ-んa-z 0-9\n、・]{1,30}"), 40)
}

/// The same form with every problem's field emptied, again and again until it can be stored or only lacks answers.
pub fn repaired(
    definition: &Definition,
    typed: &Typed,
    fill: impl Fn(&Typed) -> sheet::fill::Filled,
) -> Typed {
    let mut typed = typed.clone();
    for _ in 0..30 {
        let filled = fill(&typed);
        if filled.problems.is_empty() {
            break;
        }
        let mut pairs: Vec<(String, String)> =
            typed.fields().flat_map(|(n, vs)| vs.iter().map(move |v| (n.to_owned(), v.clone()))).collect();
        for problem in &filled.problems {
            let field = problem.field();
            pairs.retain(|(n, _)| *n != field && *n != format!("{field}-bytes"));
            if let Some(right) = right(definition, problem) {
                pairs.push((field, right));
            }
        }
        typed = Typed::from_pairs(pairs);
    }
    typed
}

/// An answer that is surely right.
fn right(definition: &Definition, problem: &sheet::fill::Problem) -> Option<String> {
    let item = definition.item(&problem.item)?;
    let kind = match (&item.kind, &problem.column) {
        (Kind::Table { columns, .. }, Some(column)) => &columns.iter().find(|c| c.key == *column)?.kind,
        (Kind::Table { .. }, None) => return None,
        (kind, _) => kind,
    };
    Some(match kind {
        Kind::Text { .. } | Kind::LongText { .. } | Kind::File => "字".to_owned(),
        Kind::Number { min, .. } => min.to_string(),
        Kind::Date { .. } => "R8.11.20".to_owned(),
        Kind::Choice { table } | Kind::Many { table } => match table.as_str() {
            "dated" => "a",
            "joint" => "x",
            _ => "p",
        }
        .to_owned(),
        Kind::Person => "00000000-0000-0000-0000-00000000000a".to_owned(),
        Kind::Agency => "00000000-0000-0000-0000-000000000014".to_owned(),
        Kind::Area => "00000000-0000-0000-0000-00000000001f".to_owned(),
        Kind::Table { .. } => return None,
    })
}
