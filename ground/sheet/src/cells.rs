//! Spreadsheet columns of a definition, written and read. Reading turns cells into typed fields, which are then
//! filled in like a form: one validation for both ways.
//!
//! A choice stands in its cell by its label of the day where that is unambiguous, otherwise by its code; several
//! choices are joined by 「、」; persons, agencies and areas as `name [id]`; a table's rows are lines and its columns
//! are tabs, so that a cell pasted into a spreadsheet becomes cells.

use std::collections::BTreeMap;

use crate::definition::cell_field;
use crate::fill::{Typed, bytes_field};
use crate::print::Words;
use crate::value::Row;
use crate::{Answers, CodeTable, Definition, Item, Kind, Value};

/// Joins several choices in a cell.
const JOINT: &str = "、";

/// A column: the item and the text of its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Key of the item.
    pub item: String,
    /// The head; its label, with the key behind it where two items have the same label.
    pub text: String,
}

/// The columns of a definition, one for each item.
pub fn heads(definition: &Definition, language: &str) -> Vec<Head> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for item in definition.items() {
        *count.entry(item.label.show(language)).or_default() += 1;
    }
    let head = |item: &Item| {
        let label = item.label.show(language);
        let text = if count[label] > 1 { format!("{label} [{}]", item.key) } else { label.to_owned() };
        Head { item: item.key.clone(), text }
    };
    definition.items().map(head).collect()
}

/// The item of a head as somebody's file has it: its text, its label or its key.
pub fn item_of_head<'d>(definition: &'d Definition, head: &str, language: &str) -> Option<&'d Item> {
    let head = head.trim();
    let by_text = heads(definition, language).into_iter().find(|h| h.text == head);
    by_text.and_then(|h| definition.item(&h.item)).or_else(|| definition.item(head))
}

/// The row of cells of one filled sheet, one text for each item.
pub fn write(definition: &Definition, answers: &Answers, words: &Words<'_>) -> Vec<String> {
    let cell = |item: &Item| answers.get(&item.key).map_or(String::new(), |v| cell(&item.kind, v, words));
    definition.items().map(cell).collect()
}

fn cell(kind: &Kind, value: &Value, words: &Words<'_>) -> String {
    match (kind, value) {
        (Kind::Choice { table }, Value::Choice(code)) => code_cell(table, code, words),
        (Kind::Many { table }, Value::Many(codes)) => {
            codes.iter().map(|c| code_cell(table, c, words)).collect::<Vec<_>>().join(JOINT)
        }
        (Kind::Table { columns, .. }, Value::Table(rows)) => {
            let row = |row: &Row| {
                let cells = columns
                    .iter()
                    .map(|c| row.get(&c.key).map_or(String::new(), |v| cell(&c.kind, v, words)));
                cells.collect::<Vec<_>>().join("\t")
            };
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
        (_, Value::Thing(id)) => match words.names.get(id) {
            Some(name) => format!("{name} [{id}]"),
            None => format!("[{id}]"),
        },
        (_, Value::File(file)) => match file.bytes {
            Some(bytes) => format!("{} [{bytes}]", file.name),
            None => format!("{} []", file.name),
        },
        (_, other) => other.store(),
    }
}

/// A code's label, where reading it gives the code again.
fn code_cell(table: &str, code: &str, words: &Words<'_>) -> String {
    let Some(table) = words.tables.get(table) else { return code.to_owned() };
    let label = table.label(code, words.day).map_or(code, |l| l.ja.as_str());
    if label.contains(JOINT) || code_of(table, label, words) != code {
        code.to_owned()
    } else {
        label.to_owned()
    }
}

/// The code a cell means: a code itself, or the label of exactly one code on that day.
fn code_of(table: &CodeTable, text: &str, words: &Words<'_>) -> String {
    let text = text.trim();
    if table.knows(text) {
        return text.to_owned();
    }
    let mut found: Vec<&str> = Vec::new();
    for entry in &table.codes {
        let label = table.label(&entry.code, words.day);
        let meant = label.is_some_and(|l| l.ja == text || l.en == text);
        if meant && !found.contains(&entry.code.as_str()) {
            found.push(&entry.code);
        }
    }
    match found[..] {
        [code] => code.to_owned(),
        _ => text.to_owned(),
    }
}

/// The typed fields of a row: pairs of item and cell. They are then filled in like a form.
pub fn typed<'c>(cells: impl IntoIterator<Item = (&'c Item, &'c str)>, words: &Words<'_>) -> Typed {
    let mut typed = Typed::default();
    for (item, text) in cells.into_iter().filter(|(_, t)| !t.trim().is_empty()) {
        match &item.kind {
            Kind::Many { table } => {
                let table = words.tables.get(table);
                let code = |part: &str| table.map_or(part.trim().to_owned(), |t| code_of(t, part, words));
                for part in text.split(JOINT) {
                    let whole = code(part);
                    if table.is_some_and(|t| t.knows(&whole)) {
                        typed.put(item.field(), whole);
                    } else {
                        // Joined the way other programs do.
                        part.split([',', ';', '\n']).for_each(|p| typed.put(item.field(), code(p)));
                    }
                }
            }
            Kind::Table { columns, .. } => {
                for (at, line) in text.split('\n').enumerate() {
                    for (column, cell) in columns.iter().zip(line.split('\t')) {
                        typed.put(cell_field(&item.key, at, &column.key), one(&column.kind, cell, words));
                    }
                }
            }
            Kind::File => {
                let (name, bytes) = bracketed(text);
                typed.put(item.field(), name.to_owned());
                typed.put(bytes_field(&item.key), bytes.unwrap_or_default().to_owned());
            }
            kind => typed.put(item.field(), one(kind, text, words)),
        }
    }
    typed
}

fn one(kind: &Kind, text: &str, words: &Words<'_>) -> String {
    match kind {
        Kind::Choice { table } => {
            words.tables.get(table).map_or(text.to_owned(), |table| code_of(table, text, words))
        }
        Kind::Person | Kind::Agency | Kind::Area => thing(text, words),
        _ => text.to_owned(),
    }
}

/// The id in brackets, or the one thing of that name.
fn thing(text: &str, words: &Words<'_>) -> String {
    let (name, id) = bracketed(text);
    if let Some(id) = id {
        return id.to_owned();
    }
    let found: Vec<_> = words.names.iter().filter(|(_, n)| *n == name).collect();
    match found[..] {
        [(id, _)] => id.to_string(),
        _ => text.to_owned(),
    }
}

/// `name [inner]` in its two parts.
fn bracketed(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    match text.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        Some((name, inner)) => (name.trim_end(), Some(inner)),
        None => (text, None),
    }
}
