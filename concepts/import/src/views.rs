//! What the pages show.

use site::{Form, Frame};

/// A choice of a list.
pub(crate) struct Choice {
    pub value: String,
    pub word: String,
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, word: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { chosen: value == chosen, word: word.into(), value }
    }
}

/// An import in the list.
pub(crate) struct ListLine {
    pub link: String,
    pub file: String,
    pub at: String,
    pub at_iso: String,
    pub state: String,
    pub state_word: String,
    pub written: i64,
    pub lines: i64,
}

/// The list with the form for a file.
#[derive(askama::Template)]
#[template(path = "import_list.html")]
pub(crate) struct ListPage {
    pub frame: Frame,
    pub form: Form,
    pub desk: String,
    pub lines: Vec<ListLine>,
}

/// A column of the file.
pub(crate) struct ColumnView {
    pub name: String,
    pub header: String,
    pub examples: String,
    pub sure: bool,
    pub fields: Vec<Choice>,
}

/// The page of the columns.
#[derive(askama::Template)]
#[template(path = "import_map.html")]
pub(crate) struct MapPage {
    pub frame: Frame,
    pub form: Form,
    pub path: String,
    pub file: String,
    pub lines: i64,
    /// Whether the letters could have been read otherwise.
    pub doubtful: bool,
    pub encodings: Vec<Choice>,
    pub sheets: Vec<Choice>,
    pub columns: Vec<ColumnView>,
    pub left_out: usize,
    pub channels: Vec<Choice>,
    pub routes: Vec<Choice>,
    pub urgencies: Vec<Choice>,
}

/// A line about which there is something to say.
pub(crate) struct SaidView {
    pub line: i64,
    pub problems: Vec<(String, String)>,
    /// Name and page of somebody recorded who may be the same.
    pub person: Option<(String, String)>,
    pub sure: bool,
}

/// The page of everything after the columns.
#[derive(askama::Template)]
#[template(path = "import_page.html")]
pub(crate) struct ImportPage {
    pub frame: Frame,
    pub form: Form,
    pub reasons: Vec<String>,
    pub path: String,
    pub file: String,
    /// Who brought it, when that is somebody else: then nothing is shown but numbers.
    pub brought_by: Option<String>,
    pub state: String,
    pub state_word: String,
    pub reason: String,
    pub lines: i64,
    pub done: i64,
    pub good: i64,
    pub broken: i64,
    pub already: i64,
    pub alike: i64,
    pub written: i64,
    pub left_out: i64,
    pub broken_lines: Vec<SaidView>,
    pub alike_lines: Vec<SaidView>,
    pub already_lines: Vec<i64>,
    pub has_file: bool,
    /// Consultations that somebody has worked on since: they stand in the way of taking everything back.
    pub worked_on: Vec<String>,
}
