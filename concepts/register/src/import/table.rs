//! A table from a file or a pasted text: encoding, header, lines. Knows nothing of the register.

use std::collections::HashMap;

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

/// The text of a file: UTF-8 with or without a mark, otherwise CP932, in which most spreadsheets here are saved.
pub fn decode(bytes: &[u8]) -> Option<String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned());
    }
    encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
}

/// Reads a table. Columns are found by name, in any order, `required` ones must be there; others are ignored.
/// Cells of a spreadsheet pasted as text are separated by tabs: both are read.
pub fn read(bytes: &[u8], required: &[&str]) -> Result<Vec<Line>, Vec<Problem>> {
    let Some(text) = decode(bytes) else {
        return Err(vec![Problem::new(1, "", "import.encoding")]);
    };
    // The reader counts a CRLF as the next line's: line numbers would be one short.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let head = text.lines().next().unwrap_or_default();
    let tabs = head.contains('\t') && !head.contains(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if tabs { b'\t' } else { b',' })
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.iter().map(column_of).collect::<Vec<_>>(),
        Err(_) => return Err(vec![Problem::new(1, "", "import.unreadable")]),
    };
    let mut problems: Vec<Problem> = required
        .iter()
        .filter(|c| !header.iter().any(|h| h == *c))
        .map(|c| Problem::new(1, c, "import.column_missing"))
        .collect();
    for (i, column) in header.iter().enumerate() {
        if !column.is_empty() && header[..i].contains(column) {
            problems.push(Problem::new(1, column, "import.column_twice"));
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let Ok(record) = record else {
            problems.push(Problem::new(reader.position().line(), "", "import.unreadable"));
            break;
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        let number = record.position().map_or(0, csv::Position::line);
        if record.len() > header.len() {
            problems.push(Problem::new(number, "", "import.too_many_cells"));
        }
        let cells = header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        lines.push(Line { number, cells });
    }
    if lines.is_empty() && problems.is_empty() {
        problems.push(Problem::new(1, "", "import.empty"));
    }
    if problems.is_empty() { Ok(lines) } else { Err(problems) }
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
        let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(text);
        let marked = format!("\u{feff}{text}");
        let tabs = text.replace(',', "\t");
        let expected = read(text.as_bytes(), &["login", "name", "day"]).unwrap();
        assert_eq!(expected[0].cell("name"), "長谷 恵");
        for bytes in [cp932.as_ref(), marked.as_bytes(), tabs.as_bytes()] {
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
        assert_eq!(read(&[0x81, 0x00, 0xff], &[]).unwrap_err()[0].key, "import.encoding");
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
