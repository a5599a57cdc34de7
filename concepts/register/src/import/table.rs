//! A table from a file or a pasted text: encoding, header, lines. Knows nothing of the register.

use std::collections::HashMap;

use tabular::{How, Limits, Trouble, What};

use crate::import::Problem;

/// Other words for columns, as spreadsheets in a town hall have them.
const COLUMNS: &str = include_str!("../../data/columns.csv");

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, the header being line 1.
    pub number: u64,
    cells: HashMap<String, String>,
}

impl Line {
    /// The cell of a column, trimmed; empty when the column is absent.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Reads a table from a file, CSV or xlsx, or from cells of a spreadsheet pasted as text. Columns are found by name,
/// in any order, `required` ones must be there; others are ignored.
pub fn read(bytes: &[u8], required: &[&str]) -> Result<Vec<Line>, Vec<Problem>> {
    let table = tabular::read(bytes, &How::default(), &Limits::default())
        .map_err(|trouble| vec![problem(&trouble)])?;
    let header: Vec<String> = table.header.iter().map(|h| column_of(h)).collect();
    let at = table.header_line;
    let mut problems: Vec<Problem> = required
        .iter()
        .filter(|c| !header.iter().any(|h| h == *c))
        .map(|c| Problem::new(at, c, "import.column_missing"))
        .collect();
    for (i, column) in header.iter().enumerate() {
        if !column.is_empty() && header[..i].contains(column) {
            problems.push(Problem::new(at, column, "import.column_twice"));
        }
    }
    let mut lines = Vec::with_capacity(table.rows.len());
    for row in table.rows {
        if row.too_long {
            problems.push(Problem::new(row.line, "", "import.too_many_cells"));
        }
        let cells = row.cells.into_iter().map(|c| c.trim().to_owned());
        lines.push(Line { number: row.line, cells: header.iter().cloned().zip(cells).collect() });
    }
    if lines.is_empty() && problems.is_empty() {
        problems.push(Problem::new(1, "", "import.empty"));
    }
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
}

/// Why a file cannot be read as a table.
pub(crate) fn problem(trouble: &Trouble) -> Problem {
    let key = match trouble.what {
        What::Empty => "import.empty",
        What::Encoding | What::Utf16 => "import.encoding",
        What::TooLarge | What::TooManyRows | What::TooManyColumns | What::CellTooLong => "import.too_large",
        What::NotText | What::OpenQuote | What::OldExcel | What::BrokenExcel | What::NoSuchSheet => {
            "import.unreadable"
        }
    };
    Problem::new(trouble.line.max(1), "", key)
}

fn column_of(header: &str) -> String {
    let header = header.trim();
    COLUMNS
        .lines()
        .filter_map(|line| line.split_once(','))
        .find(|(_, also)| *also == header)
        .map_or(header, |(column, _)| column)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_and_separators_make_no_difference() {
        let text = "login,氏名,day\nhase,長谷 恵,2027-04-01\n";
        let cp932 = tabular::encode_cp932(text).bytes;
        let marked = format!("\u{feff}{text}");
        let tabs = text.replace(',', "\t");
        let expected = read(text.as_bytes(), &["login", "name", "day"]).unwrap();
        assert_eq!(expected[0].cell("name"), "長谷 恵");
        for bytes in [cp932.as_slice(), marked.as_bytes(), tabs.as_bytes()] {
            assert_eq!(read(bytes, &["login", "name", "day"]).unwrap(), expected);
        }
    }

    #[test]
    fn every_problem_has_its_line() {
        let problems = read("login,login\na,b\n".as_bytes(), &["login", "day"]).unwrap_err();
        let keys: Vec<_> = problems.iter().map(|p| (p.line, p.column.as_str(), p.key)).collect();
        assert_eq!(keys, [(1, "day", "import.column_missing"), (1, "login", "import.column_twice")]);
        let problems = read("login\n\n\nx\na,b\n".as_bytes(), &["login"]).unwrap_err();
        assert_eq!((problems[0].line, problems[0].key), (5, "import.too_many_cells"));
        assert_eq!(read(b"", &[]).unwrap_err()[0].key, "import.empty");
        assert_eq!(read(&[0x81, 0x20, 0xff], &[]).unwrap_err()[0].key, "import.encoding");
        assert_eq!(read(&[0x81, 0x00, 0xff], &[]).unwrap_err()[0].key, "import.unreadable");
    }

    #[test]
    fn empty_lines_count() {
        let lines = read(b"login\n\n\nx\n\ny\n", &["login"]).unwrap();
        assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [4, 6]);
    }

    #[test]
    fn a_line_break_in_a_cell_does_not_shift_the_numbers() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "a,b\n\"x\ny\",1\nz,2\n".replace('\n', end);
            let lines = read(text.as_bytes(), &["a"]).unwrap();
            assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [2, 4]);
        }
    }
}
