//! The tables of the page as files. What is hidden on the page is hidden here: it is the same figures.

use site::T;
use tabular::{Cell, CsvOut, NotWritten, Out, Unwritten, XlsxOut};
use words::codes;

use crate::rules::Figure;
use crate::views::{Days, Flow};

codes! {
    /// Which file.
    pub enum Format {
        /// CSV in UTF-8, with the mark by which Excel knows it.
        Csv = "csv",
        /// CSV in CP932, for older programs.
        CsvCp932 = "csv_cp932",
        /// Excel.
        Xlsx = "xlsx",
    }

    /// Which table.
    pub enum TableName {
        /// From window to desk.
        Matrix = "matrix",
        /// Desk by desk: what came of it, and days.
        Desks = "desks",
        /// Reasons, results, bases and single counts.
        Parts = "parts",
    }
}

/// A cell that owns its text.
pub(crate) enum Value {
    Text(String),
    Number(u64),
}

fn figure(figure: Figure, t: &T) -> Value {
    figure.shown().map_or_else(|| Value::Text(t.s("flow.hidden").to_owned()), Value::Number)
}

fn day(days: Option<i64>) -> Value {
    days.and_then(|d| u64::try_from(d).ok()).map_or(Value::Text(String::new()), Value::Number)
}

/// The rows of a table, the header first.
pub(crate) fn table(flow: &Flow, which: TableName, t: &T) -> Vec<Vec<Value>> {
    match which {
        TableName::Matrix => matrix(flow, t),
        TableName::Desks => desks(flow, t),
        TableName::Parts => parts(flow, t),
    }
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

fn matrix(flow: &Flow, t: &T) -> Vec<Vec<Value>> {
    let p = &flow.figures;
    let mut head = vec![text(t.s("flow.from_to"))];
    head.extend(flow.columns.iter().map(|c| text(&c.name)));
    head.push(text(t.s("flow.sum")));
    let mut rows = vec![head];
    for ((group, cells), sum) in flow.rows.iter().zip(&p.cells).zip(&p.rows) {
        let mut row = vec![text(&group.name)];
        row.extend(cells.iter().chain([sum]).map(|f| figure(*f, t)));
        rows.push(row);
    }
    let mut foot = vec![text(t.s("flow.sum"))];
    foot.extend(p.columns.iter().chain([&p.total]).map(|f| figure(*f, t)));
    rows.push(foot);
    rows
}

fn desks(flow: &Flow, t: &T) -> Vec<Vec<Value>> {
    let p = &flow.figures;
    let mut head = vec![text(t.s("flow.desk")), text(t.s("flow.sum"))];
    head.extend(flow.outcome_codes.iter().map(|o| text(&t.code(flow.outcome_list, o))));
    let with_days = !flow.receipt.is_empty() && flow.what == crate::views::What::Referral;
    if with_days {
        head.extend(
            ["receipt_median", "receipt_most", "answer_median", "answer_most"]
                .map(|k| text(&t.code("flow", k))),
        );
    }
    let mut rows = vec![head];
    let line = |name: &str, sum: Figure, outcomes: &[Figure], receipt: Days, answer: Days| {
        let mut row = vec![text(name), figure(sum, t)];
        row.extend(outcomes.iter().map(|f| figure(*f, t)));
        if with_days {
            row.extend([receipt.median, receipt.most, answer.median, answer.most].map(day));
        }
        row
    };
    let none: Vec<Figure> = Vec::new();
    for (n, group) in flow.columns.iter().enumerate() {
        let outcomes = p.outcomes.get(n).unwrap_or(&none);
        rows.push(line(&group.name, p.columns[n], outcomes, flow.receipt[n], flow.answer[n]));
    }
    rows.push(line(t.s("flow.sum"), p.total, &p.outcome_totals, flow.receipt_all, flow.answer_all));
    rows
}

fn parts(flow: &Flow, t: &T) -> Vec<Vec<Value>> {
    let mut rows = vec![vec![text(t.s("flow.part")), text(t.s("flow.item")), text(t.s("flow.count"))]];
    for part in &flow.parts {
        for (name, f) in &part.lines {
            rows.push(vec![text(t.s(part.heading)), text(name), figure(*f, t)]);
        }
    }
    for (name, f) in &flow.counters {
        rows.push(vec![text(t.s("flow.counters")), text(&t.code("flow_counter", name)), figure(*f, t)]);
    }
    rows
}

fn write(rows: &[Vec<Value>], out: &mut impl Out) -> Result<(), NotWritten> {
    for row in rows {
        let cells: Vec<Cell<'_>> = row
            .iter()
            .map(|v| match v {
                Value::Text(text) => Cell::Text(text),
                Value::Number(n) => Cell::Whole(i64::try_from(*n).unwrap_or(i64::MAX)),
            })
            .collect();
        out.row(&cells)?;
    }
    Ok(())
}

/// A file ready to be sent.
pub(crate) struct File {
    pub bytes: Vec<u8>,
    pub media_type: &'static str,
    pub ending: &'static str,
    /// Characters that CP932 does not have.
    pub unwritten: Vec<Unwritten>,
}

/// Writes a table as a file.
pub(crate) fn file(rows: &[Vec<Value>], format: Format, sheet: &str) -> Result<File, NotWritten> {
    const CSV: &str = "text/csv; charset=utf-8";
    const CP932: &str = "text/csv; charset=windows-31j";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    if format == Format::Xlsx {
        let mut out = XlsxOut::new(sheet)?;
        out.width(0, 28.0)?;
        write(rows, &mut out)?;
        return Ok(File { bytes: out.finish()?, media_type: XLSX, ending: "xlsx", unwritten: Vec::new() });
    }
    let mut out = CsvOut::new();
    write(rows, &mut out)?;
    if format == Format::Csv {
        return Ok(File { bytes: out.utf8(), media_type: CSV, ending: "csv", unwritten: Vec::new() });
    }
    let encoded = out.cp932();
    Ok(File { bytes: encoded.bytes, media_type: CP932, ending: "csv", unwritten: encoded.unwritten })
}
