//! Reading CSV, and cells of a spreadsheet pasted as text.

use crate::encoding::{Detected, decode, detect};
use crate::formula::restored;
use crate::{Collected, How, Kind, Limits, Table, Trouble, What};

pub(crate) fn read(bytes: &[u8], how: &How, limits: &Limits) -> Result<Table, Trouble> {
    let detected = match how.encoding {
        Some(encoding) => Detected { encoding, doubtful: false },
        None => detect(bytes)?,
    };
    // The reader counts a CRLF as the next line's: line numbers would be one short.
    let text = decode(bytes, detected.encoding)?.replace("\r\n", "\n").replace('\r', "\n");
    let separator = separator(&text);
    if let Some(line) = open_quote(&text, separator) {
        return Err(Trouble::at(What::OpenQuote, line, 0));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = Collected::new(limits);
    let mut record = csv::StringRecord::new();
    loop {
        // The reader passes over empty lines without counting them to the row that follows.
        let from = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let empty =
            text.as_bytes().get(from..).unwrap_or_default().iter().take_while(|b| **b == b'\n').count();
        let line = reader.position().line() + u64::try_from(empty).unwrap_or_default();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(Trouble::at(What::Encoding, line, 0)),
        }
        let filled = (0..record.len()).rev().find(|n| !record[*n].is_empty()).map_or(0, |n| n + 1);
        let mut cells = Vec::with_capacity(filled);
        for (column, cell) in record.iter().take(filled).enumerate() {
            rows.check(cell, line, column)?;
            cells.push(restored(cell).to_owned());
        }
        rows.push(line, cells)?;
    }
    let Detected { encoding, doubtful } = detected;
    rows.finish(Kind::Csv { encoding, doubtful, separator: char::from(separator) })
}

/// What separates the cells: whichever of tab, comma and semicolon the first filled line has most of.
fn separator(text: &str) -> u8 {
    let head = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    for byte in head.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(s, _)| *s == byte && !quoted) {
            *count += 1;
        }
    }
    // The first of equals wins: the comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// The line of a quotation mark that is never closed. The reader would take the rest of the file for one cell.
fn open_quote(text: &str, separator: u8) -> Option<u64> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Bare,
        Quoted,
        Closed,
    }
    let mut at = At::Start;
    let (mut line, mut opened) = (1, 0);
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Start, b'"') => {
                opened = line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Closed,
            (At::Closed, b'"') | (At::Quoted, _) => At::Quoted,
            (_, b'\n') => At::Start,
            (_, b) if b == separator => At::Start,
            (At::Start | At::Bare | At::Closed, _) => At::Bare,
        };
        line += u64::from(byte == b'\n');
    }
    (at == At::Quoted).then_some(opened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encoding;

    fn rows(text: &str) -> Table {
        read(text.as_bytes(), &How::default(), &Limits::default()).unwrap()
    }

    fn trouble(bytes: &[u8], limits: &Limits) -> (What, u64, usize) {
        let t = read(bytes, &How::default(), limits).unwrap_err();
        (t.what, t.line, t.column)
    }

    #[test]
    fn lines_are_those_of_the_file() {
        for end in ["\n", "\r\n", "\r"] {
            let table = rows(&"\n名前,話\n\"あ\nい\",1\n,\n\nう,\"2\"\n".replace('\n', end));
            assert_eq!((table.header_line, table.header.clone()), (2, vec!["名前".into(), "話".into()]));
            assert_eq!(table.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [3, 7]);
            assert_eq!(table.rows[0].cells, ["あ\nい", "1"]);
        }
    }

    #[test]
    fn short_rows_are_filled_and_long_ones_told() {
        let table = rows("a,b,\n1\n1,2,3\n1,2,\n");
        assert_eq!(table.header.len(), 2);
        assert_eq!(table.rows[0].cells, ["1", ""]);
        assert_eq!(table.rows.iter().map(|r| r.too_long).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn separators_are_found() {
        for (text, separator) in
            [("a,b\n", ','), ("a\tb\n", '\t'), ("a;b\n", ';'), ("a\n", ','), ("\"a;b;c\",d\n", ',')]
        {
            let Kind::Csv { separator: found, .. } = rows(text).kind else { panic!("csv") };
            assert_eq!(found, separator, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let limits = Limits { rows: 2, columns: 3, cell: 5, text: 100, ..Limits::default() };
        assert_eq!(trouble(b"", &limits).0, What::Empty);
        assert_eq!(trouble(b"\n \n,,\n", &limits).0, What::Empty);
        assert_eq!(trouble(b"a,b\n1,\"2\n3,4\n", &limits), (What::OpenQuote, 2, 0));
        assert_eq!(trouble(b"a\n1\n2\n3\n", &limits), (What::TooManyRows, 4, 0));
        assert_eq!(trouble(b"a\n1,2,3,4\n", &limits), (What::TooManyColumns, 2, 0));
        assert_eq!(trouble("a,b\n1,あいうえおか\n".as_bytes(), &limits), (What::CellTooLong, 2, 2));
        assert_eq!(trouble(&[b'x'; 200], &Limits { bytes: 100, ..limits }).0, What::CellTooLong);
        assert_eq!(
            crate::read(&[b'x'; 200], &How::default(), &Limits { bytes: 100, ..limits }).unwrap_err().what,
            What::TooLarge
        );
    }

    #[test]
    fn a_document_is_no_table() {
        for text in
            ["%PDF-1.7\n1 0 obj,<<\n", "{\\rtf1\\ansi", " <!DOCTYPE html><table>", "\u{feff}<HTML>\n<tr>"]
        {
            let refused = crate::read(text.as_bytes(), &How::default(), &Limits::default()).unwrap_err();
            assert_eq!(refused.what, What::NotText, "{text}");
        }
        assert!(crate::read(b"<3,b\n1,2\n", &How::default(), &Limits::default()).is_ok());
    }

    #[test]
    fn a_quote_inside_a_bare_cell_is_a_letter() {
        assert_eq!(rows("a,b\n5\" screen,x\n").rows[0].cells, ["5\" screen", "x"]);
        assert_eq!(rows("a\n\"say \"\"hi\"\"\"\n").rows[0].cells, ["say \"hi\""]);
    }

    #[test]
    fn the_choice_of_encoding_can_be_overruled() {
        let bytes = encoding_rs::SHIFT_JIS.encode("名前\n髙橋\n").0.into_owned();
        let how = How { encoding: Some(Encoding::Utf8), sheet: None };
        assert_eq!(read(&bytes, &how, &Limits::default()).unwrap_err().what, What::Encoding);
        let table = read(&bytes, &How::default(), &Limits::default()).unwrap();
        assert_eq!(table.rows[0].cells, ["髙橋"]);
        assert!(matches!(
            table.kind,
            Kind::Csv { encoding: Encoding::Cp932, doubtful: false, separator: ',' }
        ));
    }
}
