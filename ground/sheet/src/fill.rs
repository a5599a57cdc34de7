//! Filling in: typed fields, as a web form sends them, become answers or all their problems at once.
//!
//! Hidden items: an item whose condition does not hold is neither required nor kept. What was typed into it is
//! named in [`Filled::dropped`], so that the page can ask before it is let go.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use words::partial::{self, PartialDate};
use words::{Day, input, wareki};

use crate::definition::{cell_field, field};
use crate::value::{Row, in_table_order};
use crate::{Answers, Column, Definition, FileAnswer, Item, Kind, Need, Number, Tables, Value};

/// Typed fields: names and every value sent for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// From the pairs of a form.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            fields.put(name, value);
        }
        fields
    }

    /// Adds a value.
    pub fn put(&mut self, name: String, value: String) {
        self.0.entry(name).or_default().push(value);
    }

    /// The first value of a field; absent is empty.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every field with its values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Whether anything but white space was sent for a field.
    fn any(&self, name: &str) -> bool {
        self.all(name).iter().any(|v| !v.trim().is_empty())
    }
}

/// What of the world an answer may name.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Members of the household.
    pub persons: BTreeSet<Uuid>,
    /// Agencies of the register.
    pub agencies: BTreeSet<Uuid>,
    /// Areas of the register.
    pub areas: BTreeSet<Uuid>,
}

/// What filling in depends on beside the definition.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The code tables.
    pub tables: &'a Tables,
    /// The day the sheet is about: decides which codes are in force.
    pub day: Day,
    /// What may be named.
    pub known: &'a Known,
}

/// What is wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The item.
    pub item: String,
    /// The row as typed, from 0, of a table.
    pub row: Option<usize>,
    /// The column of a table.
    pub column: Option<String>,
    /// Key of the sentence.
    pub key: &'static str,
    /// What the sentence fills in.
    pub args: Vec<(&'static str, String)>,
}

impl Problem {
    /// The form field it stands beside.
    pub fn field(&self) -> String {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => cell_field(&self.item, row, column),
            _ => field(&self.item),
        }
    }
}

/// Keys of the sentences only sheets need; the others are those of [`words::input`] and [`words::wareki`].
pub const PROBLEMS: &[&str] = &[
    "sheet_problem.expired",
    "sheet_problem.rows",
    "sheet_problem.number",
    "sheet_problem.between",
    "sheet_problem.decimals",
    "sheet_problem.bytes",
];

/// A filled sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The answers. With problems, only those that were readable; not to be stored then.
    pub answers: Answers,
    /// Every problem, in the order of the form.
    pub problems: Vec<Problem>,
    /// Items that were typed into and are not asked with these answers: not kept.
    pub dropped: Vec<String>,
}

type Wrong = (&'static str, Vec<(&'static str, String)>);

/// Reads a form.
pub fn fill(definition: &Definition, typed: &Typed, setting: &Setting<'_>) -> Filled {
    let mut filled = Filled::default();
    for section in &definition.sections {
        let asked = section.shown.as_ref().is_none_or(|c| c.holds(&filled.answers));
        for item in &section.items {
            if asked && item.shown.as_ref().is_none_or(|c| c.holds(&filled.answers)) {
                one(item, typed, setting, &mut filled);
            } else if is_typed(item, typed) {
                filled.dropped.push(item.key.clone());
            }
        }
    }
    filled
}

/// Whether anything was typed for an item.
fn is_typed(item: &Item, typed: &Typed) -> bool {
    match &item.kind {
        Kind::Table { columns, rows } => {
            (0..*rows).any(|row| columns.iter().any(|c| typed.any(&cell_field(&item.key, row, &c.key))))
        }
        _ => typed.any(&item.field()),
    }
}

fn one(item: &Item, typed: &Typed, setting: &Setting<'_>, filled: &mut Filled) {
    let before = filled.problems.len();
    let value = match &item.kind {
        Kind::Table { columns, rows } => table(item, columns, *rows, typed, setting, &mut filled.problems),
        Kind::Many { table } => many(item, table, typed, setting, &mut filled.problems),
        Kind::File => file(item, typed, &mut filled.problems),
        kind => match simple(kind, typed.get(&item.field()), setting) {
            Ok(value) => value,
            Err(wrong) => {
                filled.problems.push(at_item(item, wrong));
                None
            }
        },
    };
    let required = match &item.required {
        Need::Never => false,
        Need::Always => true,
        Need::When(condition) => condition.holds(&filled.answers),
    };
    if value.is_none() && required && filled.problems.len() == before {
        filled.problems.push(at_item(item, (required_key(&item.kind), Vec::new())));
    }
    if let Some(value) = value {
        filled.answers.put(item.key.as_str(), value);
    }
}

fn at_item(item: &Item, (key, args): Wrong) -> Problem {
    Problem { item: item.key.clone(), row: None, column: None, key, args }
}

fn required_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Choice { .. } | Kind::Many { .. } | Kind::Person | Kind::Agency | Kind::Area => "text.choose",
        Kind::Date { .. } => "date.required",
        _ => "text.required",
    }
}

/// One field. Nothing but white space is no answer.
fn simple(kind: &Kind, typed: &str, setting: &Setting<'_>) -> Result<Option<Value>, Wrong> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    match kind {
        Kind::Text { max } => text(typed, *max, input::optional_line),
        Kind::LongText { max } => text(typed, *max, input::optional_paragraph),
        Kind::Number { min, max, decimals, .. } => number(typed, *min, *max, *decimals).map(Some),
        Kind::Date { partial } => date(typed, *partial).map(|d| Some(Value::Date(d))),
        Kind::Choice { table } => code(typed.trim(), table, setting).map(|c| Some(Value::Choice(c))),
        Kind::Person => thing(typed, &setting.known.persons),
        Kind::Agency => thing(typed, &setting.known.agencies),
        Kind::Area => thing(typed, &setting.known.areas),
        Kind::Many { .. } | Kind::Table { .. } | Kind::File => Ok(None),
    }
}

fn text(
    typed: &str,
    max: usize,
    read: fn(&str, usize) -> Result<Option<String>, input::TextProblem>,
) -> Result<Option<Value>, Wrong> {
    let kept = read(typed, max).map_err(|p| (p.key(), p.args()))?;
    // Joiners and variation selectors are not counted, but nobody means thousands of them.
    if let Some(actual) = kept.as_ref().map(|t| t.chars().count()).filter(|n| *n > most_chars(max)) {
        return Err(("text.too_long", vec![("max", max.to_string()), ("actual", actual.to_string())]));
    }
    Ok(kept.map(Value::Text))
}

/// The most code points of a text of `max` characters as people count.
pub(crate) const fn most_chars(max: usize) -> usize {
    2 * max + 16
}

fn number(typed: &str, min: Number, max: Number, decimals: u8) -> Result<Value, Wrong> {
    let Some(number) = Number::parse(typed) else {
        // A number field is the likeliest place of all for a 個人番号.
        let key = if words::mynumber::contains_my_number(typed) {
            "text.my_number"
        } else {
            "sheet_problem.number"
        };
        return Err((key, Vec::new()));
    };
    if words::mynumber::contains_my_number(typed) {
        return Err(("text.my_number", Vec::new()));
    }
    if number < min || max < number {
        return Err(("sheet_problem.between", vec![("min", min.to_string()), ("max", max.to_string())]));
    }
    if number.decimals() > decimals {
        return Err(("sheet_problem.decimals", vec![("n", decimals.to_string())]));
    }
    Ok(Value::Number(number))
}

fn date(typed: &str, partial: bool) -> Result<PartialDate, Wrong> {
    let read = if partial {
        partial::parse_partial(typed)
    } else {
        wareki::parse_day(typed).map(PartialDate::of_day)
    };
    read.map_err(|p| (p.key(), Vec::new()))
}

fn code(typed: &str, table: &str, setting: &Setting<'_>) -> Result<String, Wrong> {
    let Some(table) = setting.tables.get(table) else { return Err(("text.choose", Vec::new())) };
    if table.valid(typed, setting.day).is_some() {
        return Ok(typed.to_owned());
    }
    match table.label(typed, setting.day) {
        Some(label) => Err(("sheet_problem.expired", vec![("label", label.ja.clone())])),
        None => Err(("text.choose", Vec::new())),
    }
}

fn thing(typed: &str, known: &BTreeSet<Uuid>) -> Result<Option<Value>, Wrong> {
    match Uuid::parse_str(typed.trim()) {
        Ok(id) if known.contains(&id) => Ok(Some(Value::Thing(id))),
        _ => Err(("text.choose", Vec::new())),
    }
}

fn many(
    item: &Item,
    table: &str,
    typed: &Typed,
    setting: &Setting<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let mut codes: Vec<String> = Vec::new();
    for value in typed.all(&item.field()).iter().map(|v| v.trim()).filter(|v| !v.is_empty()) {
        match code(value, table, setting) {
            Ok(code) if codes.contains(&code) => {}
            Ok(code) => codes.push(code),
            Err(wrong) => {
                problems.push(at_item(item, wrong));
                return None;
            }
        }
    }
    if let Some(table) = setting.tables.get(table) {
        in_table_order(&mut codes, table);
    }
    (!codes.is_empty()).then_some(Value::Many(codes))
}

fn file(item: &Item, typed: &Typed, problems: &mut Vec<Problem>) -> Option<Value> {
    let name = match input::optional_line(typed.get(&item.field()), 200) {
        Ok(name) => name?,
        Err(p) => {
            problems.push(at_item(item, (p.key(), p.args())));
            return None;
        }
    };
    let size = typed.get(&bytes_field(&item.key)).trim();
    if size.is_empty() {
        return Some(Value::File(FileAnswer { name, bytes: None }));
    }
    // A size that does not fit is the file's problem: the field has no label of its own.
    if let Some(bytes) =
        Number::parse(size).filter(|n| n.decimals() == 0).and_then(|n| n.to_string().parse().ok())
    {
        Some(Value::File(FileAnswer { name, bytes: Some(bytes) }))
    } else {
        problems.push(at_item(item, ("sheet_problem.bytes", Vec::new())));
        None
    }
}

/// The field with a file's size.
pub fn bytes_field(item: &str) -> String {
    format!("{}-bytes", field(item))
}

/// The field of a cell of a table; rows count from 0.
pub fn cell(item: &str, row: usize, column: &str) -> String {
    cell_field(item, row, column)
}

/// Rows of a table. Empty rows are left out; problems name the row as it was typed.
fn table(
    item: &Item,
    columns: &[Column],
    rows: usize,
    typed: &Typed,
    setting: &Setting<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let mut read: Vec<Row> = Vec::new();
    for at in 0..rows {
        if !columns.iter().any(|c| typed.any(&cell_field(&item.key, at, &c.key))) {
            continue;
        }
        let mut row = Row::new();
        for column in columns {
            let wrong =
                match simple(&column.kind, typed.get(&cell_field(&item.key, at, &column.key)), setting) {
                    Ok(Some(value)) => {
                        row.insert(column.key.clone(), value);
                        continue;
                    }
                    Ok(None) if column.required => (required_key(&column.kind), Vec::new()),
                    Ok(None) => continue,
                    Err(wrong) => wrong,
                };
            problems.push(Problem {
                item: item.key.clone(),
                row: Some(at),
                column: Some(column.key.clone()),
                key: wrong.0,
                args: wrong.1,
            });
        }
        if !row.is_empty() {
            read.push(row);
        }
    }
    if has_more_rows(item, rows, typed) {
        problems.push(at_item(item, ("sheet_problem.rows", vec![("max", rows.to_string())])));
    }
    (!read.is_empty()).then_some(Value::Table(read))
}

/// Whether rows beyond the last were typed: they would be lost without a word.
fn has_more_rows(item: &Item, rows: usize, typed: &Typed) -> bool {
    let prefix = format!("{}-", item.field());
    typed.fields().any(|(name, _)| {
        let row = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('-')).map(|(row, _)| row);
        row.and_then(|r| r.parse::<usize>().ok()).is_some_and(|r| r >= rows) && typed.any(name)
    })
}

/// The fields that, filled in, give these answers again: to change a filled sheet.
pub fn typed(answers: &Answers) -> Typed {
    let mut typed = Typed::default();
    for (item, value) in answers.iter() {
        match value {
            Value::Many(codes) => codes.iter().for_each(|c| typed.put(field(item), c.clone())),
            Value::Table(rows) => {
                for (at, row) in rows.iter().enumerate() {
                    for (column, value) in row {
                        typed.put(cell_field(item, at, column), value.store());
                    }
                }
            }
            Value::File(file) => {
                typed.put(field(item), file.name.clone());
                if let Some(bytes) = file.bytes {
                    typed.put(bytes_field(item), bytes.to_string());
                }
            }
            other => typed.put(field(item), other.store()),
        }
    }
    typed
}
