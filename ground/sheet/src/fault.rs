//! What is wrong with a definition or a code table.

/// One fault of a definition: where, and the key of the sentence that says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where, as `sections[0].items[2].kind` or `survey 12 relevant`.
    pub path: String,
    /// Key of the sentence (`sheet_fault.…`).
    pub key: &'static str,
    /// What the sentence fills in: a key, a limit.
    pub what: String,
}

impl Fault {
    /// A fault without further words.
    pub fn new(path: impl Into<String>, key: &'static str) -> Self {
        Self { path: path.into(), key, what: String::new() }
    }

    /// A fault that names something.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass numbers and made texts alike")]
    pub fn of(path: impl Into<String>, key: &'static str, what: impl ToString) -> Self {
        let mut what = what.to_string();
        // What came from outside is quoted only as far as a sentence needs it.
        if let Some((at, _)) = what.char_indices().nth(60) {
            what.truncate(at);
        }
        Self { path: path.into(), key, what }
    }
}

/// Every key a fault can have: the texts must have a sentence for each.
pub const KEYS: &[&str] = &[
    "sheet_fault.too_big",
    "sheet_fault.not_json",
    "sheet_fault.type",
    "sheet_fault.missing",
    "sheet_fault.unknown_field",
    "sheet_fault.key",
    "sheet_fault.duplicate",
    "sheet_fault.word",
    "sheet_fault.text",
    "sheet_fault.label",
    "sheet_fault.number",
    "sheet_fault.range",
    "sheet_fault.too_many",
    "sheet_fault.none",
    "sheet_fault.table",
    "sheet_fault.no_code",
    "sheet_fault.condition",
    "sheet_fault.deep",
    "sheet_fault.later",
    "sheet_fault.kind_of",
    "sheet_fault.simple",
    "sheet_fault.about",
    "sheet_fault.core_unknown",
    "sheet_fault.core_missing",
    "sheet_fault.core_loosened",
    "sheet_fault.overlap",
    "sheet_fault.day",
    "sheet_fault.no_items",
    "xlsform.type",
    "xlsform.column",
    "xlsform.expression",
    "xlsform.renamed",
    "xlsform.group",
    "xlsform.unclosed",
    "xlsform.repeat",
    "xlsform.language",
    "xlsform.setting",
    "xlsform.note",
    "xlsform.partial_date",
    "xlsform.link",
    "xlsform.validity",
];

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} {}", self.path, self.key, self.what)
    }
}
