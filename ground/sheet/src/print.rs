//! Reading and printing: labels and values in the order of the sheet, 太枠 marked.

use std::collections::BTreeMap;

use uuid::Uuid;
use words::Day;

use crate::{Answers, Definition, Kind, Tables, Value};

/// What is needed to put answers into words.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The code tables.
    pub tables: &'a Tables,
    /// The day of the sheet: codes are shown with the label of that day.
    pub day: Day,
    /// Names of the persons, agencies and areas the reader may see; others stay nameless.
    pub names: &'a BTreeMap<Uuid, String>,
    /// `ja` or `en`.
    pub language: &'a str,
}

/// One question with its answer in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Key of the item.
    pub key: String,
    /// The question.
    pub label: String,
    /// The answer; `None` when there is none.
    pub value: Option<String>,
    /// 太枠: reported to the state.
    pub thick: bool,
}

/// A part of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its heading.
    pub title: String,
    /// Its questions.
    pub lines: Vec<Line>,
}

/// The sheet as it is read and printed: every item that was asked or is answered, under its definition.
pub fn page(definition: &Definition, answers: &Answers, words: &Words<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for section in &definition.sections {
        let asked = section.shown.as_ref().is_none_or(|c| c.holds(answers));
        let mut lines = Vec::new();
        for item in &section.items {
            let value = answers.get(&item.key);
            if value.is_none() && !(asked && item.shown.as_ref().is_none_or(|c| c.holds(answers))) {
                continue;
            }
            lines.push(Line {
                key: item.key.clone(),
                label: item.label.show(words.language).to_owned(),
                value: value.map(|v| show(&item.kind, v, words)),
                thick: item.reported,
            });
        }
        if !lines.is_empty() {
            parts.push(Part { title: section.title.show(words.language).to_owned(), lines });
        }
    }
    parts
}

/// One answer in words.
pub fn show(kind: &Kind, value: &Value, words: &Words<'_>) -> String {
    match (kind, value) {
        (Kind::Number { unit, .. }, Value::Number(n)) => format!("{n}{}", unit.show(words.language)),
        (_, Value::Date(date)) if words.language == "en" => date.to_string(),
        (_, Value::Date(date)) => date.show_wareki(),
        (Kind::Choice { table }, Value::Choice(code)) => label(table, code, words),
        (Kind::Many { table }, Value::Many(codes)) => {
            let joint = if words.language == "en" { ", " } else { "、" };
            codes.iter().map(|c| label(table, c, words)).collect::<Vec<_>>().join(joint)
        }
        (Kind::Table { columns, .. }, Value::Table(rows)) => {
            let row = |row: &crate::value::Row| {
                let cells = columns.iter().filter_map(|c| {
                    let value = show(&c.kind, row.get(&c.key)?, words);
                    Some(format!("{}: {value}", c.label.show(words.language)))
                });
                cells.collect::<Vec<_>>().join(" / ")
            };
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
        (_, Value::Thing(id)) => words.names.get(id).cloned().unwrap_or_else(|| "—".to_owned()),
        (_, Value::File(file)) => match file.bytes {
            Some(bytes) => format!("{} ({bytes} bytes)", file.name),
            None => file.name.clone(),
        },
        (_, other) => other.store(),
    }
}

fn label(table: &str, code: &str, words: &Words<'_>) -> String {
    let label = words.tables.get(table).and_then(|t| t.label(code, words.day));
    label.map_or_else(|| code.to_owned(), |l| l.show(words.language).to_owned())
}
