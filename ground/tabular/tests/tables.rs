//! Files there and back, files that mean harm, and files that are nothing at all.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::io::{Cursor, Write};

use proptest::prelude::*;
use tabular::{Cell, CsvOut, Encoding, How, Kind, Limits, Out, Table, What, XlsxOut, read};

fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = "[ -~ぁ-んァ-ヶ一-龠０-９ｦ-ﾟ=+@'\"\t\n,;髙﨑①]{0,12}";
    proptest::collection::vec(proptest::collection::vec(cell, 3), 1..12)
}

/// What a reader gives back for rows below a header: empty rows are passed over.
fn expected(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter().filter(|r| r.iter().any(|c| !c.trim().is_empty())).cloned().collect()
}

fn fill(out: &mut impl Out, rows: &[Vec<String>]) {
    out.row(&["一", "二", "三"].map(Cell::from)).unwrap();
    for row in rows {
        out.row(&row.iter().map(Cell::from).collect::<Vec<_>>()).unwrap();
    }
}

fn csv(rows: &[Vec<String>]) -> CsvOut {
    let mut out = CsvOut::new();
    fill(&mut out, rows);
    out
}

fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = XlsxOut::new("表").unwrap();
    fill(&mut out, rows);
    out.finish().unwrap()
}

fn cells(table: Table) -> Vec<Vec<String>> {
    assert_eq!(table.header, ["一", "二", "三"]);
    assert!(table.rows.iter().all(|r| !r.too_long));
    table.rows.into_iter().map(|r| r.cells).collect()
}

fn back(bytes: &[u8]) -> Table {
    read(bytes, &How::default(), &Limits::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn csv_in_utf8_comes_back(rows in rows()) {
        let bytes = csv(&rows).utf8();
        prop_assert_eq!(&bytes, &csv(&rows).utf8(), "the same rows, the same bytes");
        let table = back(&bytes);
        let utf8 = matches!(table.kind, Kind::Csv { encoding: Encoding::Utf8Bom, .. });
        prop_assert!(utf8);
        prop_assert_eq!(cells(table), expected(&rows));
    }

    #[test]
    fn csv_in_cp932_comes_back_unless_listed(rows in rows()) {
        let encoded = csv(&rows).cp932();
        prop_assert_eq!(&encoded, &csv(&rows).cp932());
        let how = How { encoding: Some(Encoding::Cp932), sheet: None };
        let table = read(&encoded.bytes, &how, &Limits::default()).unwrap();
        if encoded.unwritten.is_empty() {
            prop_assert_eq!(cells(table), expected(&rows));
        }
    }

    #[test]
    fn xlsx_comes_back(rows in rows()) {
        let bytes = xlsx(&rows);
        prop_assert_eq!(&bytes, &xlsx(&rows), "the same rows, the same bytes");
        prop_assert_eq!(cells(back(&bytes)), expected(&rows));
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0_usize..4) {
        let head: &[u8] = [&b""[..], b"PK\x03\x04", &[0xef, 0xbb, 0xbf], b"a,\"b\"\n"][start];
        let bytes = [head, &bytes].concat();
        for encoding in [None, Some(Encoding::Utf8), Some(Encoding::Cp932)] {
            let _ = read(&bytes, &How { encoding, sheet: None }, &Limits::default());
        }
    }

    #[test]
    fn a_damaged_workbook_is_survived(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut bytes = xlsx(&[vec!["あ".into(), "-1".into(), "=x".into()]]);
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let _ = read(&bytes, &How::default(), &Limits::default());
        bytes.truncate(cut.index(bytes.len()));
        let _ = read(&bytes, &How::default(), &Limits::default());
    }

    #[test]
    fn a_sheet_of_any_text_is_survived(cells in "(<(row|c|v|f|is|t|/c|/row|/v|sheetData)( (r|t|s)=\"[A-Z0-9a-z]{0,9}\")?>|[0-9a-z.&;]{0,5}){0,30}") {
        let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
        let _ = read(&workbook(&sheet), &How::default(), &Limits::default());
    }
}

/// A workbook of one sheet, put together by hand.
fn workbook(sheet: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"></Types>".to_owned(),
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
             officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                .to_owned(),
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
             <sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
                .to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
             worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
                .to_owned(),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ];
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> Vec<u8> {
    workbook(&format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}\
         </sheetData></worksheet>"
    ))
}

#[test]
fn rows_of_a_workbook_keep_their_numbers() {
    let bytes = sheet(
        "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>名前</t></is></c><c r=\"C3\" t=\"inlineStr\"><is><t>年</t></is></c></row>\
         <row r=\"7\"><c r=\"C7\"><v>2026</v></c></row>",
    );
    let table = back(&bytes);
    assert_eq!((table.header_line, table.header), (3, vec!["名前".into(), String::new(), "年".into()]));
    assert_eq!(
        (table.rows[0].line, table.rows[0].cells.clone()),
        (7, vec![String::new(), String::new(), "2026".into()])
    );
    let how = How { encoding: None, sheet: Some("B".into()) };
    assert_eq!(read(&bytes, &how, &Limits::default()).unwrap_err().what, What::NoSuchSheet);
}

#[test]
fn two_cells_in_far_corners_cost_two_cells() {
    let bytes = sheet(
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>2</v></c></row>",
    );
    assert_eq!(back(&bytes).rows[0].line, 1_048_576);
    let bytes = sheet("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>");
    assert_eq!(read(&bytes, &How::default(), &Limits::default()).unwrap_err().what, What::TooManyColumns);
}

#[test]
fn a_bomb_does_not_go_off() {
    // 4 MB of blanks pack into some kilobytes.
    let blanks = " ".repeat(4 << 20);
    let bytes = sheet(&blanks);
    assert!(bytes.len() < 1 << 16);
    let limits = Limits { unpacked: 1 << 20, text: 1 << 20, ..Limits::default() };
    assert_eq!(read(&bytes, &How::default(), &limits).unwrap_err().what, What::TooLarge);
    // One text of 30,000 characters in many cells.
    let text = "あ".repeat(30_000);
    let cell = format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows: Vec<String> = (1..30).map(|n| format!("<row r=\"{n}\">{cell}</row>")).collect();
    assert_eq!(
        read(&sheet(&rows.concat()), &How::default(), &Limits { unpacked: 8 << 20, ..limits })
            .unwrap_err()
            .what,
        What::TooLarge
    );
}

#[test]
fn other_files_are_named() {
    let of = |bytes: &[u8]| read(bytes, &How::default(), &Limits::default()).unwrap_err().what;
    assert_eq!(of(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]), What::OldExcel);
    assert_eq!(of(b"PK\x03\x04 not a workbook"), What::BrokenExcel);
    assert_eq!(of(&[0xff, 0xfe, b'a', 0]), What::Utf16);
    assert_eq!(of(&[0x89, b'P', b'N', b'G', 0, 0xff]), What::NotText);
    assert_eq!(of(&[0x89, b'P', 0xff, 0xff]), What::Encoding);
}

#[test]
fn numbers_are_numbers_in_a_workbook_and_texts_are_texts() {
    let mut out = XlsxOut::new("a:b").unwrap();
    out.width(0, 20.0).unwrap();
    out.row(&[Cell::Text("数"), Cell::Text("文")]).unwrap();
    out.row(&[Cell::Whole(-3), Cell::Text("-3")]).unwrap();
    out.row(&[Cell::Number(1.5), Cell::Text("=1+1")]).unwrap();
    let bytes = out.finish().unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut xml)
        .unwrap();
    assert!(xml.contains("<v>-3</v>") && xml.contains("<v>1.5</v>"), "{xml}");
    assert!(!xml.contains("<f>") && xml.contains("'=1+1"), "{xml}");
    assert_eq!(back(&bytes).rows[1].cells, ["1.5", "=1+1"]);
}

#[test]
fn a_text_too_long_for_a_cell_is_told_and_not_cut() {
    let mut out = XlsxOut::new("x").unwrap();
    out.row(&[Cell::Text("h")]).unwrap();
    let long = "あ".repeat(32_768);
    assert_eq!(out.row(&[Cell::Text(&long)]), Err(tabular::NotWritten::TooLong(2, 1)));
}
