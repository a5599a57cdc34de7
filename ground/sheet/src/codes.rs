//! Code tables: the lists behind choices, with days of validity, as data (reference B-3).

use std::collections::BTreeMap;
use std::sync::Arc;

use words::Day;

use crate::Label;

/// One code for one span of days. The same code may come again later under another label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeEntry {
    /// The stable code.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// First day it can be chosen; `None`: since ever.
    pub from: Option<Day>,
    /// Last day it can be chosen; `None`: no end.
    pub until: Option<Day>,
}

impl CodeEntry {
    /// Whether it can be chosen on a day.
    pub fn valid_on(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether both can be chosen on some day.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let before =
            |end: Option<Day>, start: Option<Day>| matches!((end, start), (Some(e), Some(s)) if e < s);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}

/// A list of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTable {
    /// Key.
    pub key: String,
    /// Version, counted from 1.
    pub version: u32,
    /// Name of the list.
    pub title: Label,
    /// The codes in the order they are shown.
    pub codes: Vec<CodeEntry>,
    /// Whether it was checked against its source. Those that were not say so on the screen.
    pub verified: bool,
    /// Where it comes from.
    pub source: String,
}

impl CodeTable {
    /// The codes that can be chosen on a day.
    pub fn on(&self, day: Day) -> impl Iterator<Item = &CodeEntry> {
        self.codes.iter().filter(move |c| c.valid_on(day))
    }

    /// The code, if it can be chosen on that day.
    pub fn valid(&self, code: &str, day: Day) -> Option<&CodeEntry> {
        self.on(day).find(|c| c.code == code)
    }

    /// Whether the table has the code at any time.
    pub fn knows(&self, code: &str) -> bool {
        self.codes.iter().any(|c| c.code == code)
    }

    /// The label an answer of `day` is shown with: the one of its day; for a day outside every span the nearest
    /// earlier one, or else the first. An old answer never changes its words because the list moved on.
    pub fn label(&self, code: &str, day: Day) -> Option<&Label> {
        if let Some(entry) = self.valid(code, day) {
            return Some(&entry.label);
        }
        let of_code = || self.codes.iter().filter(|c| c.code == code);
        let before = of_code().filter(|c| c.until.is_some_and(|u| u < day)).max_by_key(|c| c.until);
        before.or_else(|| of_code().next()).map(|c| &c.label)
    }

    /// Position of a code: answers with several codes are kept in this order.
    pub(crate) fn position(&self, code: &str) -> usize {
        self.codes.iter().position(|c| c.code == code).unwrap_or(usize::MAX)
    }
}

/// Code tables by key. Cheap to clone: forms take what shipped and put the town's own beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables(BTreeMap<String, Arc<CodeTable>>);

impl Tables {
    /// The tables of a list; a later one of the same key replaces an earlier one.
    pub fn new(tables: impl IntoIterator<Item = CodeTable>) -> Self {
        Self(tables.into_iter().map(|t| (t.key.clone(), Arc::new(t))).collect())
    }

    /// The table with this key.
    pub fn get(&self, key: &str) -> Option<&CodeTable> {
        self.0.get(key).map(Arc::as_ref)
    }

    /// Adds or replaces a table.
    pub fn put(&mut self, table: CodeTable) {
        self.0.insert(table.key.clone(), Arc::new(table));
    }

    /// Every table, by key.
    pub fn iter(&self) -> impl Iterator<Item = &CodeTable> {
        self.0.values().map(Arc::as_ref)
    }
}
