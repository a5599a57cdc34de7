//! Lists as files: what the concept of a list gives, round by round, to whoever writes the file.

use access::{Categories, Disclosed, RecordRef};
use engine::{Fail, Look};

use crate::T;

/// One column of a file: the column of the list it belongs to (empty: it is always there), and the key of its word.
pub type Column = (&'static str, &'static str);

/// A record that rows show, with the categories they show of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub record: RecordRef,
    /// Nothing for what needs no basis: a case's header (disclosure rule 13).
    pub categories: Categories,
}

impl Shown {
    /// A record as it was disclosed.
    pub fn of<T>(disclosed: &Disclosed<T>) -> Self {
        Self { record: disclosed.facts().record, categories: disclosed.shown() }
    }
}

/// Rows read in one look, in the order of the list.
#[derive(Debug, Clone, Default)]
pub struct Round {
    /// The cells of each row, as many as the list's file has columns.
    pub rows: Vec<Vec<String>>,
    /// What they show.
    pub shown: Vec<Shown>,
    /// How many lines were read for them: more than rows when some may not be seen.
    pub read: i64,
    /// Where the next round goes on; nothing after the last.
    pub next: Option<String>,
}

/// What is asked of a list for one round of a file.
pub struct Asked<'a> {
    /// The snapshot, of the channel export.
    pub look: &'a mut Look,
    /// The words.
    pub t: &'a T,
    /// The list's own filter.
    pub query: &'a crate::Fields,
    /// Where to go on; `None` at the start.
    pub after: Option<&'a str>,
    /// Lines to read.
    pub most: i64,
}

/// What comes of it.
pub type Rounds = Result<Round, Fail>;
