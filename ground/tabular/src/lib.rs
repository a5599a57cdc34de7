//! # Tabular
//!
//! Tables in and out of files as town halls have them: CSV in UTF-8 or CP932, and Excel's xlsx.
//!
//! - [`read`] turns bytes into a [`Table`]: a header and rows of texts, each with its line in the file. What was
//!   taken for granted (encoding, separator, sheet) is part of the result, to be shown and overruled.
//! - [`Out`] writes rows as CSV or xlsx. Texts that a spreadsheet would run as a formula are made harmless
//!   ([`formula`]); the same rows give the same bytes; what CP932 cannot hold is listed with its place.
//! - [`columns`] proposes which header means which field.
//!
//! Invariant: no input makes this crate panic, nor use more memory than [`Limits`] allow.
//! Invariant: nothing here knows a household, a register or a clock.

pub mod columns;
mod cp932;
mod csv_in;
mod csv_out;
mod encoding;
pub mod formula;
mod xlsx_in;
mod xlsx_out;

pub use cp932::{Encoded, Unwritten, encode as encode_cp932};
pub use csv_out::CsvOut;
pub use encoding::{Detected, Encoding, decode, detect};
pub use xlsx_out::XlsxOut;

/// How much of a file is read at most. What is above is refused with a [`Trouble`], never cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of an xlsx once unpacked: a small file can hold a huge one.
    pub unpacked: u64,
    /// Rows, the header not counted.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Characters of one cell.
    pub cell: usize,
    /// Bytes of all cells together: one text of an xlsx can stand in a million cells.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            unpacked: 192 << 20,
            rows: 50_000,
            columns: 300,
            // What a cell of Excel holds.
            cell: 32_767,
            text: 64 << 20,
        }
    }
}

/// What the person who brings a file says about it; `None` leaves it to the reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How {
    /// The encoding of a CSV.
    pub encoding: Option<Encoding>,
    /// The sheet of an xlsx, by name.
    pub sheet: Option<String>,
}

/// What kind of file it was, and what was taken for granted in reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text with separators.
    Csv {
        /// The encoding it was read in.
        encoding: Encoding,
        /// Whether another encoding would have been possible too.
        doubtful: bool,
        /// What separates the cells.
        separator: char,
    },
    /// A workbook.
    Xlsx {
        /// The sheet that was read.
        sheet: String,
        /// Every sheet.
        sheets: Vec<String>,
    },
}

/// One row, as long as the header: shorter rows are filled up with empty cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file (CSV: where it begins; xlsx: the row number), the first line being 1.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
    /// Whether it had filled cells beyond the header: then cells may have slipped.
    pub too_long: bool,
}

/// A table that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// How it was read.
    pub kind: Kind,
    /// Line of the header.
    pub header_line: u64,
    /// The header: the first row that is not empty.
    pub header: Vec<String>,
    /// Rows that are not empty.
    pub rows: Vec<Row>,
}

/// Why a file cannot be read as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Nothing is in it, or a header only.
    Empty,
    /// More bytes than fit, packed or unpacked.
    TooLarge,
    /// More rows than fit.
    TooManyRows,
    /// More columns than fit.
    TooManyColumns,
    /// A cell with more characters than fit.
    CellTooLong,
    /// Neither UTF-8 nor CP932, or not what was said.
    Encoding,
    /// UTF-16, as Excel's "Unicode text" is.
    Utf16,
    /// No text at all: an image, a document, UTF-16 without its mark.
    NotText,
    /// A quotation mark that is never closed: everything behind it would be one cell.
    OpenQuote,
    /// The old Excel format, or a workbook with a password.
    OldExcel,
    /// Not a workbook, or a broken one.
    BrokenExcel,
    /// No sheet of that name.
    NoSuchSheet,
}

impl What {
    /// The stable key of the sentence that explains it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Empty => "table.empty",
            Self::TooLarge => "table.too_large",
            Self::TooManyRows => "table.too_many_rows",
            Self::TooManyColumns => "table.too_many_columns",
            Self::CellTooLong => "table.cell_too_long",
            Self::Encoding => "table.encoding",
            Self::Utf16 => "table.utf16",
            Self::NotText => "table.not_text",
            Self::OpenQuote => "table.open_quote",
            Self::OldExcel => "table.old_excel",
            Self::BrokenExcel => "table.broken_excel",
            Self::NoSuchSheet => "table.no_such_sheet",
        }
    }
}

/// Why a file cannot be read, and where that was noticed. Never holds what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// Why.
    pub what: What,
    /// Line; 0 when it is the file as a whole.
    pub line: u64,
    /// Column counted from 1; 0 when it is the line as a whole.
    pub column: usize,
}

impl Trouble {
    pub(crate) const fn file(what: What) -> Self {
        Self { what, line: 0, column: 0 }
    }

    pub(crate) const fn at(what: What, line: u64, column: usize) -> Self {
        Self { what, line, column }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.what.key())?;
        if self.line > 0 {
            write!(f, " at line {}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ", column {}", self.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for Trouble {}

/// Documents that are written in letters, so that they would pass for a table of one column: PDF, RTF, a page of the web
/// (which some programs save under the name of a table).
fn is_document(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&str; 5] = ["%pdf-", "{\\rtf", "<!doctype", "<html", "<?xml"];
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    BEGINNINGS.iter().any(|b| start.get(..b.len()).is_some_and(|s| s.eq_ignore_ascii_case(b.as_bytes())))
}

/// Reads a table. Which kind of file it is, its first bytes say, not its name.
pub fn read(bytes: &[u8], how: &How, limits: &Limits) -> Result<Table, Trouble> {
    /// A zip archive.
    const ZIP: &[u8] = b"PK\x03\x04";
    /// A compound file: Excel until 2003, and a newer workbook with a password.
    const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    if bytes.len() > limits.bytes {
        return Err(Trouble::file(What::TooLarge));
    }
    if bytes.starts_with(COMPOUND) {
        return Err(Trouble::file(What::OldExcel));
    }
    if bytes.starts_with(ZIP) {
        return xlsx_in::read(bytes, how, limits);
    }
    if is_document(bytes) {
        return Err(Trouble::file(What::NotText));
    }
    csv_in::read(bytes, how, limits)
}

/// Collects rows into a table: the first row that is not empty is the header.
pub(crate) struct Collected<'l> {
    limits: &'l Limits,
    header: Option<(u64, Vec<String>)>,
    rows: Vec<Row>,
    text: usize,
}

impl<'l> Collected<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self { limits, header: None, rows: Vec::new(), text: 0 }
    }

    /// Whether a cell fits; called before it is copied.
    pub(crate) fn check(&mut self, cell: &str, line: u64, column: usize) -> Result<(), Trouble> {
        if column >= self.limits.columns {
            return Err(Trouble::at(What::TooManyColumns, line, 0));
        }
        // Bytes are never fewer than characters: only long cells are counted.
        if cell.len() > self.limits.cell && cell.chars().count() > self.limits.cell {
            return Err(Trouble::at(What::CellTooLong, line, column + 1));
        }
        self.text += cell.len();
        if self.text > self.limits.text {
            return Err(Trouble::at(What::TooLarge, line, 0));
        }
        Ok(())
    }

    /// Adds a row whose cells were checked.
    pub(crate) fn push(&mut self, line: u64, mut cells: Vec<String>) -> Result<(), Trouble> {
        let blank = |c: &String| c.trim().is_empty();
        if cells.iter().all(blank) {
            return Ok(());
        }
        let Some((_, header)) = &self.header else {
            while cells.last().is_some_and(blank) {
                cells.pop();
            }
            self.header = Some((line, cells));
            return Ok(());
        };
        if self.rows.len() >= self.limits.rows {
            return Err(Trouble::at(What::TooManyRows, line, 0));
        }
        let too_long = cells.iter().skip(header.len()).any(|c| !blank(c));
        cells.resize(header.len(), String::new());
        self.rows.push(Row { line, cells, too_long });
        Ok(())
    }

    pub(crate) fn finish(self, kind: Kind) -> Result<Table, Trouble> {
        let Some((header_line, header)) = self.header else { return Err(Trouble::file(What::Empty)) };
        Ok(Table { kind, header_line, header, rows: self.rows })
    }
}

/// A cell to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// A text; made harmless where a spreadsheet would take it for a formula.
    Text(&'a str),
    /// A number, which stays one: `-3` is no formula.
    Number(f64),
    /// A whole number.
    Whole(i64),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell<'_> {
    fn from(n: i64) -> Self {
        Self::Whole(n)
    }
}

/// Why a table could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWritten {
    /// A text longer than a cell of Excel holds: row from 1, column from 1.
    TooLong(usize, usize),
    /// The file could not be put together: disk full, for instance.
    Io(String),
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong(row, column) => {
                write!(f, "row {row}, column {column}: longer than a cell of Excel")
            }
            Self::Io(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for NotWritten {}

/// Rows on their way into a file of one kind or another.
pub trait Out {
    /// Writes the next row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), NotWritten>;
}
