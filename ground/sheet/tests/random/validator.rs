//! The words of JSON Schema 2020-12 that our schemas use, checked plainly.

use serde_json::Value as Json;

/// Whether `json` is valid under `schema`. An unknown word is a failure of the test, not a pass.
pub fn valid(schema: &Json, json: &Json) -> bool {
    let schema = schema.as_object().expect("a schema is an object");
    schema.iter().all(|(word, rule)| word_holds(word, rule, schema, json))
}

fn word_holds(word: &str, rule: &Json, schema: &serde_json::Map<String, Json>, json: &Json) -> bool {
    let list = |rule: &Json| rule.as_array().expect("a list").clone();
    let number = |json: &Json| json.as_f64();
    let compare = |how: fn(f64, f64) -> bool| match (number(json), number(rule)) {
        (Some(a), Some(b)) => how(a, b),
        _ => true,
    };
    let size = rule.as_u64().unwrap_or_default();
    match word {
        "$schema" | "$id" | "title" | "description" | "x-reported" | "then" | "else" => true,
        // Formats are annotations in 2020-12; the two we use are still held to their look.
        "format" => match (rule.as_str(), json.as_str()) {
            (Some("date"), Some(text)) => words::Day::parse_iso(text).is_some(),
            (Some("uuid"), Some(text)) => uuid::Uuid::parse_str(text).is_ok(),
            _ => true,
        },
        "pattern" => match (rule.as_str(), json.as_str()) {
            (Some("^[^\\n\\r]*$"), Some(text)) => !text.contains(['\n', '\r']),
            (Some("^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), Some(text)) => {
                matches!(text.len(), 4 | 7 | 10) && text.chars().all(|c| c.is_ascii_digit() || c == '-')
            }
            _ => panic!("pattern {rule}"),
        },
        "type" => match rule.as_str() {
            Some("string") => json.is_string(),
            Some("integer") => json.as_f64().is_some_and(|n| n.fract() == 0.0),
            Some("number") => json.is_number(),
            Some("array") => json.is_array(),
            Some("object") => json.is_object(),
            _ => panic!("type {rule}"),
        },
        "const" => match (number(json), number(rule)) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-6,
            _ => json == rule,
        },
        "enum" => list(rule).contains(json),
        "minimum" => compare(|a, b| a >= b),
        "maximum" => compare(|a, b| a <= b),
        "exclusiveMinimum" => compare(|a, b| a > b),
        "exclusiveMaximum" => compare(|a, b| a < b),
        "minLength" => json.as_str().is_none_or(|t| t.chars().count() as u64 >= size),
        "maxLength" => json.as_str().is_none_or(|t| t.chars().count() as u64 <= size),
        "minItems" => json.as_array().is_none_or(|l| l.len() as u64 >= size),
        "maxItems" => json.as_array().is_none_or(|l| l.len() as u64 <= size),
        "minProperties" => json.as_object().is_none_or(|o| o.len() as u64 >= size),
        "uniqueItems" => {
            json.as_array().is_none_or(|l| l.iter().enumerate().all(|(n, a)| !l[..n].contains(a)))
        }
        "required" => json
            .as_object()
            .is_none_or(|o| list(rule).iter().all(|k| o.contains_key(k.as_str().unwrap_or_default()))),
        "properties" => json
            .as_object()
            .is_none_or(|o| o.iter().all(|(k, v)| rule.get(k).is_none_or(|inner| valid(inner, v)))),
        "additionalProperties" => json.as_object().is_none_or(|o| {
            assert_eq!(*rule, Json::Bool(false));
            o.keys().all(|k| schema["properties"].get(k).is_some())
        }),
        "items" => json.as_array().is_none_or(|l| l.iter().all(|v| valid(rule, v))),
        "contains" => json.as_array().is_none_or(|l| l.iter().any(|v| valid(rule, v))),
        "oneOf" => list(rule).iter().filter(|s| valid(s, json)).count() == 1,
        "anyOf" => list(rule).iter().any(|s| valid(s, json)),
        "allOf" => list(rule).iter().all(|s| valid(s, json)),
        "not" => !valid(rule, json),
        "if" => {
            let branch = if valid(rule, json) { "then" } else { "else" };
            schema.get(branch).is_none_or(|s| valid(s, json))
        }
        other => panic!("the schema uses a word the test does not know: {other}"),
    }
}
