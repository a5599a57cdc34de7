//! XLSForm: the spreadsheet standard for forms of the humanitarian field (xlsform.org, reference table of survey,
//! choices and settings). Definitions are written as one and read from one; the sheets come and go as rows of texts,
//! because reading and writing the file itself is done elsewhere.
//!
//! What XLSForm has no word for stands in columns whose names begin with `yorisou_` and in a fourth sheet
//! `yorisou_tables`; other programs pass over both. What a form has that a definition cannot say is listed, never
//! dropped silently: [`Read::lost`], [`Written::lost`].
//!
//! Property: a definition written and read is the same definition, its conditions in normal form
//! ([`normal`]).

mod expression;
mod read;
mod write;

use std::collections::BTreeMap;

use crate::{CodeTable, Condition, Definition, Fault, Need};

pub use expression::normal;
pub use read::{Read, read};
pub use write::write;

/// The language of the Japanese columns.
const JA: &str = "日本語 (ja)";

/// Rows of texts of one sheet, the head first.
pub type Rows = Vec<Vec<String>>;

/// The sheets of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The questions.
    pub survey: Rows,
    /// The code tables' entries.
    pub choices: Rows,
    /// Title, id, version.
    pub settings: Rows,
    /// What XLSForm does not know of code tables: `yorisou_tables`.
    pub tables: Rows,
}

impl Book {
    /// The names of the sheets in a file, with their rows.
    pub fn sheets(&self) -> [(&'static str, &Rows); 4] {
        [
            ("survey", &self.survey),
            ("choices", &self.choices),
            ("settings", &self.settings),
            ("yorisou_tables", &self.tables),
        ]
    }

    /// From the named sheets of a file; other sheets are passed over.
    pub fn from_sheets(sheets: impl IntoIterator<Item = (String, Rows)>) -> Self {
        let mut book = Self::default();
        for (name, rows) in sheets {
            match name.trim().to_ascii_lowercase().as_str() {
                "survey" => book.survey = rows,
                "choices" => book.choices = rows,
                "settings" => book.settings = rows,
                "yorisou_tables" => book.tables = rows,
                _ => {}
            }
        }
        book
    }
}

/// A definition as an XLSForm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The sheets.
    pub book: Book,
    /// What other programs will not see or will treat more strictly.
    pub lost: Vec<Fault>,
}

/// Puts a row under the heads it names.
struct Sheet {
    heads: Vec<&'static str>,
    rows: Rows,
}

impl Sheet {
    fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: vec![heads.iter().map(|h| (*h).to_owned()).collect()] }
    }

    fn row(&mut self, cells: &BTreeMap<&'static str, String>) {
        debug_assert!(cells.keys().all(|k| self.heads.contains(k)), "a cell without a head");
        self.rows.push(self.heads.iter().map(|h| cells.get(h).cloned().unwrap_or_default()).collect());
    }
}

/// The definition with every condition in normal form.
pub fn normalised(definition: &Definition) -> Definition {
    let mut d = definition.clone();
    let fix = |c: &mut Option<Condition>| *c = c.as_ref().map(normal);
    for section in &mut d.sections {
        fix(&mut section.shown);
        for item in &mut section.items {
            fix(&mut item.shown);
            if let Need::When(c) = &item.required {
                item.required = Need::When(normal(c));
            }
        }
    }
    d
}

/// The tables a definition uses, by key.
pub fn tables_of<'t>(definition: &Definition, tables: &'t crate::Tables) -> Vec<&'t CodeTable> {
    let mut keys: Vec<&str> = Vec::new();
    for item in definition.items() {
        keys.extend(item.kind.table());
        if let crate::Kind::Table { columns, .. } = &item.kind {
            keys.extend(columns.iter().filter_map(|c| c.kind.table()));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().filter_map(|k| tables.get(k)).collect()
}
