//! The JSON Schema (draft 2020-12) of a definition's answers, as [`crate::Answers::to_json`] writes them.
//!
//! It accepts everything the form accepts. Three things it cannot say: that a day exists in the calendar, which
//! persons, agencies and areas may be named, and that a text holds no 個人番号.

use serde_json::{Map, Value as Json, json};
use words::Day;

use crate::fill::most_chars;
use crate::{Compare, Condition, Definition, Item, Kind, Label, Need, Number, Tables, Value};

/// The schema. With a day, only the codes of that day are allowed; without, every code the tables ever had.
pub fn schema(definition: &Definition, tables: &Tables, day: Option<Day>) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut rules = Vec::new();
    for (section, item) in definition.items_in_sections() {
        let mut property = kind(&item.kind, tables, day);
        if let Some(map) = property.as_object_mut() {
            map.insert("title".to_owned(), json!(item.label.ja));
            let help = [&item.help.ja, &limit_words(&item.kind)];
            let help: Vec<&str> = help.into_iter().filter(|t| !t.is_empty()).map(String::as_str).collect();
            if !help.is_empty() {
                map.insert("description".to_owned(), json!(help.join(" ")));
            }
            if item.reported {
                map.insert("x-reported".to_owned(), json!(true));
            }
        }
        properties.insert(item.key.clone(), property);
        let shown: Vec<&Condition> = section.shown.iter().chain(&item.shown).collect();
        if item.required == Need::Always && shown.is_empty() {
            required.push(item.key.clone());
        }
        rules.extend(rule(definition, item, &shown));
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:yorisou:sheet:{}:{}", definition.key, definition.version),
        "title": definition.title.ja,
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    if let Some(map) = schema.as_object_mut() {
        if !required.is_empty() {
            map.insert("required".to_owned(), json!(required));
        }
        if !rules.is_empty() {
            map.insert("allOf".to_owned(), json!(rules));
        }
    }
    schema
}

/// What a hidden item must not have, and a shown one must.
fn rule(definition: &Definition, item: &Item, shown: &[&Condition]) -> Vec<Json> {
    let has = json!({ "required": [item.key] });
    let mut rules = Vec::new();
    let asked: Vec<Json> = shown.iter().map(|c| condition(definition, c)).collect();
    let must = match &item.required {
        Need::Never => None,
        Need::Always => Some(Vec::new()),
        Need::When(c) => Some(vec![condition(definition, c)]),
    };
    if !asked.is_empty() {
        rules.push(json!({ "if": { "allOf": asked }, "else": { "not": has } }));
    }
    if let Some(more) = must {
        let all: Vec<Json> = asked.into_iter().chain(more).collect();
        if !all.is_empty() {
            rules.push(json!({ "if": { "allOf": all }, "then": has }));
        }
    }
    rules
}

fn limit_words(kind: &Kind) -> String {
    match kind {
        Kind::Text { max } | Kind::LongText { max } => format!("({max})"),
        Kind::Number { unit, .. } => unit.ja.clone(),
        _ => String::new(),
    }
}

fn number(n: Number) -> Json {
    Value::Number(n).json()
}

fn kind(kind_: &Kind, tables: &Tables, day: Option<Day>) -> Json {
    match kind_ {
        Kind::Text { max } => {
            json!({ "type": "string", "minLength": 1, "maxLength": most_chars(*max), "pattern": "^[^\\n\\r]*$" })
        }
        Kind::LongText { max } => json!({ "type": "string", "minLength": 1, "maxLength": most_chars(*max) }),
        Kind::Number { min, max, decimals, .. } => json!({
            "type": if *decimals == 0 { "integer" } else { "number" },
            "minimum": number(*min), "maximum": number(*max),
        }),
        Kind::Date { partial: false } => json!({ "type": "string", "format": "date" }),
        Kind::Date { partial: true } => {
            json!({ "type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" })
        }
        Kind::Choice { table } => json!({ "oneOf": codes(tables, table, day) }),
        Kind::Many { table } => json!({
            "type": "array", "minItems": 1, "uniqueItems": true, "items": { "oneOf": codes(tables, table, day) },
        }),
        Kind::Table { columns, rows } => {
            let properties: Map<String, Json> = columns
                .iter()
                .map(|c| {
                    let mut property = kind(&c.kind, tables, day);
                    if let Some(map) = property.as_object_mut() {
                        map.insert("title".to_owned(), json!(c.label.ja));
                    }
                    (c.key.clone(), property)
                })
                .collect();
            let required: Vec<&str> = columns.iter().filter(|c| c.required).map(|c| c.key.as_str()).collect();
            json!({
                "type": "array", "minItems": 1, "maxItems": rows,
                "items": {
                    "type": "object", "minProperties": 1, "additionalProperties": false,
                    "properties": properties, "required": required,
                },
            })
        }
        Kind::Person | Kind::Agency | Kind::Area => json!({ "type": "string", "format": "uuid" }),
        Kind::File => json!({
            "type": "object", "additionalProperties": false, "required": ["name"],
            "properties": {
                "name": { "type": "string", "minLength": 1 }, "bytes": { "type": "integer", "minimum": 0 },
            },
        }),
    }
}

fn codes(tables: &Tables, table: &str, day: Option<Day>) -> Vec<Json> {
    let Some(table) = tables.get(table) else { return Vec::new() };
    let mut seen: Vec<&str> = Vec::new();
    let mut codes = Vec::new();
    for entry in table.codes.iter().filter(|c| day.is_none_or(|d| c.valid_on(d))) {
        if !seen.contains(&entry.code.as_str()) {
            seen.push(&entry.code);
            let Label { ja, .. } = &entry.label;
            codes.push(json!({ "const": entry.code, "title": ja }));
        }
    }
    codes
}

fn condition(definition: &Definition, c: &Condition) -> Json {
    let about = |item: &str, inner: Json| {
        let mut properties = Map::new();
        properties.insert(item.to_owned(), inner);
        json!({ "required": [item], "properties": properties })
    };
    let many = |item: &str| matches!(definition.item(item).map(|i| &i.kind), Some(Kind::Many { .. }));
    let codes =
        |item: &str, inner: Json| about(item, if many(item) { json!({ "contains": inner }) } else { inner });
    match c {
        Condition::Answered(item) => json!({ "required": [item] }),
        Condition::Equals(item, code) => codes(item, json!({ "const": code })),
        Condition::AnyOf(item, list) => codes(item, json!({ "enum": list })),
        Condition::Number(item, how, with) => {
            let with = number(*with);
            let inner = match how {
                Compare::Equal => json!({ "const": with }),
                Compare::NotEqual => json!({ "not": { "const": with } }),
                Compare::Less => json!({ "exclusiveMaximum": with }),
                Compare::AtMost => json!({ "maximum": with }),
                Compare::More => json!({ "exclusiveMinimum": with }),
                Compare::AtLeast => json!({ "minimum": with }),
            };
            about(item, inner)
        }
        Condition::Not(c) => json!({ "not": condition(definition, c) }),
        Condition::All(list) => {
            json!({ "allOf": list.iter().map(|c| condition(definition, c)).collect::<Vec<_>>() })
        }
        Condition::Any(list) => {
            json!({ "anyOf": list.iter().map(|c| condition(definition, c)).collect::<Vec<_>>() })
        }
    }
}
