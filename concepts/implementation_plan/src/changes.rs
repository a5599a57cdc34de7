//! What became different between two states of the tables: rows that came, went, and the cells that changed.

use register::plan::place;
use site::T;
use words::codes;

use crate::cells::{delivery_words, statutory_words};
use crate::rules::{Shown, mark};

codes! {
    /// What of a row can change.
    pub enum Column {
        /// 相談支援機関（事業）.
        Name = "name",
        /// 内訳・数.
        Items = "items",
        /// ただし書き.
        Note = "note",
        /// 除くもの.
        Excludes = "excludes",
        /// 相談できる人.
        AskedBy = "asked_by",
        /// 所管課・委託元課.
        Owners = "owners",
        /// 実施者.
        Contractor = "contractor",
        /// 実施方式.
        Delivery = "delivery",
        /// 法定事業.
        Statutory = "statutory",
        /// 交付金の区分.
        Base = "base",
        /// 位置づけ.
        Position = "position",
        /// 本事業における主な役割.
        Role = "role",
        /// 集合.
        Set = "set",
        /// 行の順と表の区切り.
        Place = "place",
    }
}

/// One cell before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// Which.
    pub column: Column,
    /// Words before.
    pub before: String,
    /// Words after.
    pub after: String,
}

/// One row that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'a> {
    /// It came.
    Added(&'a Shown),
    /// It went.
    Removed(&'a Shown),
    /// It says something else.
    Changed(&'a Shown, Vec<CellChange>),
}

impl Change<'_> {
    /// The row, as it is or was.
    pub fn row(&self) -> &Shown {
        match self {
            Self::Added(row) | Self::Removed(row) | Self::Changed(row, _) => row,
        }
    }
}

/// What is different, in the order of the tables. Rows are the same by their id.
pub fn compare<'a>(t: &T, before: &'a [Shown], after: &'a [Shown]) -> Vec<Change<'a>> {
    let mut changes: Vec<Change<'a>> = Vec::new();
    for row in after {
        match before.iter().find(|b| b.id == row.id) {
            None => changes.push(Change::Added(row)),
            Some(old) => {
                let cells = cells(t, old, row);
                if !cells.is_empty() {
                    changes.push(Change::Changed(row, cells));
                }
            }
        }
    }
    changes.extend(before.iter().filter(|b| after.iter().all(|a| a.id != b.id)).map(Change::Removed));
    changes.sort_by_key(|c| (place(c.row().programme), c.row().row_no, matches!(c, Change::Added(_))));
    changes
}

fn cells(t: &T, before: &Shown, after: &Shown) -> Vec<CellChange> {
    words::code::Code::ALL
        .iter()
        .filter_map(|column| {
            let (before, after) = (value(t, before, *column), value(t, after, *column));
            (before != after).then_some(CellChange { column: *column, before, after })
        })
        .collect()
}

/// One cell in words.
pub fn value(t: &T, row: &Shown, column: Column) -> String {
    match column {
        Column::Name => row.name.clone(),
        Column::Items => items(t, row),
        Column::Note => row.note.clone(),
        Column::Excludes => row.excludes.clone(),
        Column::AskedBy => t.code("consultable", row.asked_by),
        Column::Owners => row.owners.join(t.s("plan.comma")),
        Column::Contractor => row.contractor.clone(),
        Column::Delivery => delivery_words(t, row).join(t.s("plan.comma")),
        Column::Statutory => statutory_words(t, &row.items).join(t.s("plan.comma")),
        Column::Base => bases(t, row),
        Column::Position => t.code("position", row.position),
        Column::Role => row.role.clone(),
        Column::Set => row.set.as_ref().map_or_else(String::new, |set| {
            let mut except = set.except.clone();
            except.sort();
            format!(
                "{}{}",
                t.code("programme", set.programme),
                except.iter().fold(String::new(), |all, e| all + " −" + e)
            )
        }),
        Column::Place => {
            let block = if row.starts_block { t.s("plan.block_begins") } else { "" };
            format!("{}{block}", row.row_no)
        }
    }
}

fn items(t: &T, row: &Shown) -> String {
    let several = row.items.iter().any(|i| !i.name.is_empty());
    let one = |(place, item): (usize, &crate::rules::ShownItem)| {
        let mark = if several { mark(place) } else { String::new() };
        let count = item.count.map_or_else(String::new, |n| format!("{n}{}", item.unit));
        let note =
            if item.note.is_empty() { String::new() } else { t.f("plan.bracketed", "text", &item.note) };
        format!("{mark}{}{}{count}{note}", item.name, if item.name.is_empty() { "" } else { " " })
    };
    row.items.iter().enumerate().map(one).collect::<Vec<_>>().join(t.s("plan.comma"))
}

fn bases(t: &T, row: &Shown) -> String {
    let mut seen: Vec<String> = Vec::new();
    for item in row.items.iter().filter(|i| !i.base.is_empty()) {
        let word = t.code("plan_base", &item.base);
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen.join(t.s("plan.comma"))
}
