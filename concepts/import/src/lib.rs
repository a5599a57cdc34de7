//! # Import
//!
//! Consultations that somebody received elsewhere, in a form service or a spreadsheet, come in as a file. The lead
//! of a desk brings it in for that desk, and nobody else ever sees the file: until it is taken in it is like a
//! draft, private to who brought it.
//!
//! What has been recorded is the desk's: its other leads see the numbers, not the file, and may take it back when
//! whoever brought it is no longer there.
//!
//! Mapping → checking → checked → importing → done; then undoing → undone. Before anything is written, `dropped`
//! ends it; `stopped` says why the work could not go on (the lead's appointment ended, for instance).
//!
//! - Columns are mapped to the fields of the consultation form: proposed, confirmed, remembered for the desk.
//! - The check goes through the rules of the form itself ([`intake::read_form`]) and writes nothing. Every problem
//!   has its line, column and reason; the broken lines come back as a file that can be corrected and sent again.
//! - Taking in writes the good lines, some hundreds in one act. A line is accepted once, by its own number or the
//!   hash of its cells: the same file twice gives nothing new.
//! - The work is a job with its state in the database: the page may be closed, and after a restart it goes on.
//!
//! Invariant: each step acts as the person who asked for it, with the appointments they hold at that moment.
//! Invariant: what is kept of a line beside the consultation holds numbers, ids and hashes, never what it said.

mod acts;
mod fields;
mod line;
mod pages;
mod rules;
mod sql;
mod views;
mod work;

pub use acts::{NewImport, begin};
pub use pages::pages;
pub use work::{Worked, forget_files, work};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
