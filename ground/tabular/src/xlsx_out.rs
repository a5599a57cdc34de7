//! Writing xlsx. Rows go to an unnamed temporary file as they come, so memory does not grow with them; nothing in
//! the file says when it was written, so the same rows give the same bytes.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatPattern, Workbook, Worksheet, XlsxError};

use crate::formula::harmless;
use crate::{Cell, NotWritten, Out};

/// Characters of a cell, as Excel counts them (UTF-16).
const MOST_CHARACTERS: usize = 32_767;

/// A workbook being written, one sheet after another. The first row of each is the header: bold, and always in sight.
pub struct XlsxOut {
    workbook: Workbook,
    head: Format,
    /// The sheet being written.
    at: usize,
    row: u32,
}

fn io(e: &XlsxError) -> NotWritten {
    NotWritten::Io(format!("workbook: {e}"))
}

impl XlsxOut {
    /// An empty workbook with a sheet of this name. Names that Excel does not take become its default.
    pub fn new(sheet: &str) -> Result<Self, NotWritten> {
        let mut workbook = Workbook::new();
        // Any fixed moment: the first of the year in which the format was standardised.
        let moment = ExcelDateTime::from_ymd(2008, 1, 1).map_err(|e| io(&e))?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&moment));
        let head = Format::new().set_bold().set_background_color("E8EEF4").set_pattern(FormatPattern::Solid);
        let mut out = Self { workbook, head, at: 0, row: 0 };
        out.add(sheet)?;
        Ok(out)
    }

    /// Begins a further sheet; the rows before it are done.
    pub fn next_sheet(&mut self, sheet: &str) -> Result<(), NotWritten> {
        self.add(sheet)?;
        self.at += 1;
        self.row = 0;
        Ok(())
    }

    fn add(&mut self, sheet: &str) -> Result<(), NotWritten> {
        let page = self.workbook.add_worksheet_with_constant_memory().map_err(|e| io(&e))?;
        // A name with signs Excel refuses leaves the default name: no reason to lose the rows.
        _ = page.set_name(sheet);
        page.set_freeze_panes(1, 0).map_err(|e| io(&e))?;
        Ok(())
    }

    /// Sets the width of a column, in characters. To be called before the first row.
    pub fn width(&mut self, column: u16, characters: f64) -> Result<(), NotWritten> {
        self.page()?.set_column_width(column, characters).map_err(|e| io(&e))?;
        Ok(())
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, NotWritten> {
        self.workbook.save_to_buffer().map_err(|e| io(&e))
    }

    fn page(&mut self) -> Result<&mut Worksheet, NotWritten> {
        self.workbook.worksheet_from_index(self.at).map_err(|e| io(&e))
    }
}

impl Out for XlsxOut {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), NotWritten> {
        let row = self.row;
        let head = (row == 0).then(|| self.head.clone());
        let page = self.page()?;
        for (column, cell) in cells.iter().enumerate() {
            let place = usize::try_from(row).unwrap_or(usize::MAX);
            let at = u16::try_from(column).map_err(|_| NotWritten::TooLong(place + 1, column + 1))?;
            let written = match cell {
                Cell::Text("") => continue,
                Cell::Text(text) => {
                    let text = harmless(text);
                    if text.encode_utf16().count() > MOST_CHARACTERS {
                        return Err(NotWritten::TooLong(place + 1, column + 1));
                    }
                    match &head {
                        Some(format) => page.write_string_with_format(row, at, text, format),
                        None => page.write_string(row, at, text),
                    }
                }
                Cell::Number(number) => page.write_number(row, at, *number),
                Cell::Whole(number) => page.write_number(row, at, to_f64(*number)),
            };
            written.map_err(|e| io(&e))?;
        }
        self.row += 1;
        Ok(())
    }
}

/// A workbook keeps every number as floating point; whole numbers above 2^53 would be rounded in any program.
#[expect(clippy::cast_precision_loss, reason = "Excel itself has no other kind of number")]
fn to_f64(number: i64) -> f64 {
    number as f64
}
