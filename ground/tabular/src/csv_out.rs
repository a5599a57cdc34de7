//! Writing CSV.

use std::fmt::Write;

use crate::cp932::{self, Encoded};
use crate::formula::harmless;
use crate::{Cell, NotWritten, Out};

/// A CSV being written: rows end with CRLF (RFC 4180), cells are quoted where they must be.
#[derive(Debug, Default)]
pub struct CsvOut {
    text: String,
}

impl CsvOut {
    /// An empty file.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text written since the last time: for files that are kept in parts, so that memory does not grow with the
    /// rows. The mark at the start of a UTF-8 file is the caller's.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The file in UTF-8 with the mark at its start, by which Excel recognises it.
    pub fn utf8(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.text.len() + 3);
        bytes.extend_from_slice("\u{feff}".as_bytes());
        bytes.extend_from_slice(self.text.as_bytes());
        bytes
    }

    /// The file in CP932, with the characters that could not be written. Lines are those of the file.
    pub fn cp932(self) -> Encoded {
        cp932::encode(&self.text)
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Out for CsvOut {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), NotWritten> {
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.text.push(',');
            }
            match cell {
                Cell::Text(text) => quoted(&mut self.text, &harmless(text), cells.len() == 1),
                // Writing into a String cannot fail.
                Cell::Number(number) => _ = write!(self.text, "{number}"),
                Cell::Whole(number) => _ = write!(self.text, "{number}"),
            }
        }
        self.text.push_str("\r\n");
        Ok(())
    }
}

/// A cell with quotes where it needs them. A row of one empty cell would read as no row at all.
fn quoted(out: &mut String, text: &str, alone: bool) {
    let needs = text.contains(['"', ',', '\n', '\r', '\t', ';'])
        || text.starts_with([' ', '\u{3000}'])
        || text.ends_with([' ', '\u{3000}'])
        || (alone && text.is_empty());
    if !needs {
        out.push_str(text);
        return;
    }
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_numbers_and_texts_do_not_run() {
        let mut out = CsvOut::new();
        out.row(&[
            Cell::Whole(-3),
            Cell::Number(-1.5),
            Cell::Text("-3"),
            Cell::Text("=1+1"),
            Cell::Text("a\"b"),
        ])
        .unwrap();
        assert_eq!(out.text(), "-3,-1.5,'-3,'=1+1,\"a\"\"b\"\r\n");
        assert!(out.utf8().starts_with(&[0xef, 0xbb, 0xbf, b'-']));
    }
}
