//! Reading xlsx: a sheet, cell by cell, never the whole square that its corners span.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, Xlsx, XlsxError};

use crate::formula::restored;
use crate::{Collected, How, Kind, Limits, Table, Trouble, What};

/// Files in a workbook; real ones have tens.
const MOST_PARTS: usize = 2_000;

pub(crate) fn read(bytes: &[u8], how: &How, limits: &Limits) -> Result<Table, Trouble> {
    // The format is large and the reader is not ours: if it stumbles, the file is refused, and that is all.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        unpack(bytes, limits)?;
        workbook(bytes, how, limits)
    }));
    outcome.unwrap_or(Err(Trouble::file(What::BrokenExcel)))
}

/// Unpacks every part once, counting only: what a part says about its size may be a lie.
fn unpack(bytes: &[u8], limits: &Limits) -> Result<(), Trouble> {
    let broken = |_| Trouble::file(What::BrokenExcel);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_PARTS {
        return Err(Trouble::file(What::TooLarge));
    }
    let mut left = limits.unpacked;
    let mut buffer = vec![0; 64 << 10];
    for n in 0..archive.len() {
        let mut part = archive.by_index(n).map_err(broken)?;
        loop {
            let read = part.read(&mut buffer).map_err(|_| Trouble::file(What::BrokenExcel))?;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
                .ok_or(Trouble::file(What::TooLarge))?;
        }
    }
    Ok(())
}

fn workbook(bytes: &[u8], how: &How, limits: &Limits) -> Result<Table, Trouble> {
    let broken = |_: XlsxError| Trouble::file(What::BrokenExcel);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets = workbook.sheet_names();
    let sheet = match &how.sheet {
        Some(name) => sheets.iter().find(|s| *s == name).ok_or(Trouble::file(What::NoSuchSheet))?,
        None => sheets.first().ok_or(Trouble::file(What::BrokenExcel))?,
    };
    let mut rows = Collected::new(limits);
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut line = 0;
    let mut cells: Vec<String> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let at = u64::from(row) + 1;
        if at != line {
            // Rows of a workbook come in order; one that goes back was not written by a spreadsheet.
            if at < line {
                return Err(Trouble::at(What::BrokenExcel, at, 0));
            }
            rows.push(line, std::mem::take(&mut cells))?;
            line = at;
        }
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        rows.check(&text, line, column)?;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        if let Some(place) = cells.get_mut(column) {
            restored(&text).clone_into(place);
        }
    }
    rows.push(line, cells)?;
    let sheet = sheet.clone();
    rows.finish(Kind::Xlsx { sheet, sheets })
}

/// A cell as people see it, except that dates are written year first.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => n.to_string(),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => breaks(s),
        DataRef::SharedString(s) => breaks(s),
        DataRef::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => moment(at),
    }
}

fn breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A day, a time of day or both, as the number of days that a workbook keeps.
fn moment(at: &ExcelDateTime) -> String {
    /// 31 December 9999, the last day a workbook knows.
    const LAST: f64 = 2_958_465.0;
    let days = at.as_f64();
    if !(0.0..=LAST).contains(&days) {
        return days.to_string();
    }
    // Half a second more, so that 10:30 kept as 0.4374999 is not 10:29.
    let rounded = ExcelDateTime::new(days + 0.5 / 86_400.0, ExcelDateTimeType::DateTime, is_1904(at));
    let (year, month, day, hour, minute, _, _) = rounded.to_ymd_hms_milli();
    if days < 1.0 || at.is_duration() {
        return format!("{hour}:{minute:02}");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute) == (0, 0) { date } else { format!("{date} {hour}:{minute:02}") }
}

/// Whether days are counted from 1904, as on old Macs: then day 0 is in that year.
fn is_1904(at: &ExcelDateTime) -> bool {
    // The type keeps its calendar to itself; what the same number of days means in this one tells.
    let other = ExcelDateTime::new(at.as_f64(), ExcelDateTimeType::DateTime, true);
    at.to_ymd_hms_milli() == other.to_ymd_hms_milli()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times() {
        let at = |days, old| moment(&ExcelDateTime::new(days, ExcelDateTimeType::DateTime, old));
        assert_eq!(at(46_347.0, false), "2026-11-21");
        assert_eq!(at(46_347.437_5, false), "2026-11-21 10:30");
        assert_eq!(at(46_347.437_499, false), "2026-11-21 10:30");
        assert_eq!(at(0.4375, false), "10:30");
        assert_eq!(at(44_885.0, true), "2026-11-21");
        for days in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            at(days, false);
        }
    }

    #[test]
    fn numbers_as_people_see_them() {
        assert_eq!(text(&DataRef::Float(123_456_789_018.0)), "123456789018");
        assert_eq!(text(&DataRef::Float(3.0)), "3");
        assert_eq!(text(&DataRef::Float(1.5)), "1.5");
    }
}
