//! Texts that are no definitions: told, never a crash; and what is accepted can be filled in.

use proptest::prelude::*;
use serde_json::Value as Json;
use sheet::fill::{Setting, Typed, fill};
use sheet::xlsform::{Book, read};
use sheet::{CodeTable, Definition, Limits, shipped};

use crate::make::{day, definition, known, tables};

/// A change somewhere in a JSON text.
fn mutate(json: &mut Json, path: &[prop::sample::Index], what: u8, text: &str) {
    match (path.split_first(), &mut *json) {
        (Some((n, rest)), Json::Object(map)) if !map.is_empty() && what != 0 => {
            let key = n.get(&map.keys().cloned().collect::<Vec<_>>()).clone();
            if rest.is_empty() && what == 1 {
                map.remove(&key);
            } else if rest.is_empty() && what == 2 {
                let value = map.remove(&key).unwrap_or_default();
                map.insert(text.to_owned(), value);
            } else {
                mutate(map.get_mut(&key).unwrap(), rest, what, text);
            }
        }
        (Some((n, rest)), Json::Array(list)) if !list.is_empty() => {
            let at = n.index(list.len());
            if rest.is_empty() && what == 3 {
                list.remove(at);
            } else if rest.is_empty() && what == 4 {
                let again = list[at].clone();
                list.insert(at, again);
            } else if rest.is_empty() && what == 5 {
                let other = (at * 7 + 1) % list.len();
                list.swap(at, other);
            } else {
                mutate(&mut list[at], rest, what, text);
            }
        }
        (_, json) => {
            *json = match what % 8 {
                0 => Json::Null,
                1 => Json::Bool(true),
                2 => serde_json::json!(-1),
                3 => serde_json::json!(1e300),
                4 => serde_json::json!(text),
                5 => serde_json::json!([text]),
                6 => serde_json::json!({ text: [text] }),
                _ => serde_json::json!(u64::MAX),
            }
        }
    }
}

fn tries(text: &str) {
    let tables = tables();
    if let Ok(read) = Definition::parse(text, &tables, None, &Limits::default()) {
        let done = fill(&read, &Typed::default(), &Setting { tables: &tables, day: day(), known: &known() });
        assert!(done.dropped.is_empty());
        assert_eq!(Definition::parse(&read.to_json(), &tables, None, &Limits::default()), Ok(read));
    }
    let _ = CodeTable::parse(text, &Limits::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_definition_is_read_or_told(
        definition in definition(),
        changes in prop::collection::vec(
            (prop::collection::vec(any::<prop::sample::Index>(), 1..7), 0u8..8, "[a-z_\"{}あ\u{0}-\u{20}]{0,12}"),
            1..4,
        ),
    ) {
        let mut json: Json = serde_json::from_str(&definition.to_json()).unwrap();
        for (path, what, text) in &changes {
            mutate(&mut json, path, *what, text);
        }
        tries(&json.to_string());
    }

    #[test]
    fn a_torn_text_is_read_or_told(
        which in 0..shipped::DEFINITIONS.len(),
        at in any::<prop::sample::Index>(),
        length in 0usize..20,
        more in any::<String>(),
    ) {
        let chars: Vec<char> = shipped::DEFINITIONS[which].chars().collect();
        let at = at.index(chars.len());
        let torn: String = chars[..at].iter().chain(more.chars().collect::<Vec<_>>().iter())
            .chain(&chars[(at + length).min(chars.len())..]).collect();
        tries(&torn);
        let table = shipped::TABLES[which];
        let _ = CodeTable::parse(&table.chars().take(at).collect::<String>(), &Limits::default());
    }

    #[test]
    fn any_rows_are_an_xlsform_or_told(
        survey in prop::collection::vec(prop::collection::vec(cell(), 0..7), 0..14),
        choices in prop::collection::vec(prop::collection::vec(cell(), 0..4), 0..6),
    ) {
        let heads = |list: &[&str]| list.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>();
        let mut book = Book::default();
        book.survey.push(heads(&["type", "name", "label", "relevant", "required", "constraint", "hint::fr"]));
        book.survey.extend(survey);
        book.choices.push(heads(&["list_name", "name", "label::日本語 (ja)", "filter"]));
        book.choices.extend(choices);
        let read = read(&book, &tables(), None, &Limits::default());
        if let Some(definition) = read.definition.filter(|_| read.faults.is_empty()) {
            let mut tables = tables();
            read.tables.into_iter().for_each(|t| tables.put(t));
            prop_assert_eq!(definition.faults(&tables, None, &Limits::default()), vec![]);
        }
    }

    #[test]
    fn the_checker_survives_any_text(text in any::<String>(), name in any::<String>()) {
        for finding in sheet::personal::find(&text, &[&name]) {
            prop_assert!(finding.from < finding.to && finding.to <= text.chars().count());
        }
    }
}

/// Cells as forms have them, and broken ones.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "text", "integer", "date", "begin_group", "end group", "begin_repeat", "end_repeat", "select_one dated",
            "select_multiple plain or_other", "note", "calculate", "range", "a", "b", "A-1", "yes", "${a} = 'p'",
            "selected(${b}, 'q') and not(${a} > 3)", ". >= 1 and . <= 3", "string-length(.) <= 5", "",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[$\\{\\}()'=<>a-z0-9. ]{0,20}",
    ]
}

#[test]
fn deep_texts_are_told() {
    for (open, close) in [("[", "]"), ("{\"not\":", "}"), ("{\"all\":[", "]}")] {
        for depth in [10, 100, 10_000] {
            let condition = open.repeat(depth) + "{\"answered\":\"a\"}" + &close.repeat(depth);
            tries(&format!(
                "{{\"key\":\"k\",\"title\":\"t\",\"sections\":[{{\"key\":\"s\",\"title\":\"s\",\"items\":[\
                 {{\"key\":\"a\",\"label\":\"a\",\"kind\":\"text\"}},\
                 {{\"key\":\"b\",\"label\":\"b\",\"kind\":\"text\",\"shown\":{condition}}}]}}]}}"
            ));
        }
    }
    let deep = format!("{}${{a}} = 'x'{}", "(".repeat(3000), ")".repeat(3000));
    let rows = |rows: Vec<Vec<&str>>| {
        rows.into_iter().map(|r| r.into_iter().map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let survey = rows(vec![
        vec!["type", "name", "label", "relevant"],
        vec!["text", "a", "A", ""],
        vec!["text", "b", "B", &deep],
    ]);
    let read = read(&Book { survey, ..Book::default() }, &tables(), None, &Limits::default());
    assert_eq!(read.lost.len(), 1);
    assert_eq!(read.lost[0].key, "xlsform.expression");
}
