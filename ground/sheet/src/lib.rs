//! # Sheet
//!
//! Sheets are *definitions*, not code (domain section 3): a list of typed items with code tables, conditions, help,
//! the "reported to the state" flag (太枠) and default marks, kept as data and versioned, so that a town shapes its
//! forms without a programmer. From the one [`Definition`] come
//!
//! - what a person must fill in and what is wrong with it: [`fill`], every problem at once, what was typed kept;
//! - the canonical form each answer is stored in: [`Value::store`] and [`Value::read`];
//! - the read view and the print page: [`mod@print`];
//! - spreadsheet columns in both directions: [`cells`];
//! - the JSON Schema of its answers: [`schema`];
//! - what changed between two versions: [`diff`];
//! - an XLSForm, the spreadsheet standard of the humanitarian field: [`xlsform`].
//!
//! Invariant: no text makes [`Definition::parse`] panic, and every definition it accepts can be filled in.
//! Invariant: a condition refers to earlier items only, so there are no cycles and one pass decides what is shown.
//! Invariant: the answer of a hidden item is neither required nor kept; what was typed there is told
//! ([`fill::Filled::dropped`]), never silently lost.
//! Invariant: nothing here does I/O, knows the time or draws chance.

mod answers;
pub mod cells;
mod check;
mod codes;
mod condition;
mod definition;
pub mod diff;
mod fault;
pub mod fill;
mod json;
pub mod personal;
pub mod print;
pub mod schema;
pub mod shipped;
mod value;
mod walk;
pub mod xlsform;

pub use answers::Answers;
pub use check::Limits;
pub use codes::{CodeEntry, CodeTable, Tables};
pub use condition::{Compare, Condition};
pub use definition::{About, Column, Definition, Item, Kind, Label, Need, Section, Whose};
pub use fault::{Fault, KEYS as FAULTS};
pub use value::{FileAnswer, Number, Value};
