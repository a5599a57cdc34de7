//! Definitions that come and go as files: JSON, and XLSForm as a workbook or as cells. A sheet begun from nothing.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail};
use sheet::xlsform::{self, Book, Rows};
use sheet::{CodeTable, Definition, Fault, Label, Limits, Tables, shipped};
use site::{Answer, Form, Frame, Need, Req, link};
use tabular::{Cell, CsvOut, How, Out, What, XlsxOut};

use super::admin::{fault_words, list_page, one, shape};
use super::nothing;
use crate::edit;
use crate::sql::{self, InForce};

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The first bytes of every workbook: a zip archive.
const ZIP: &[u8] = b"PK\x03\x04";

#[derive(Template)]
#[template(path = "sheets_xlsform.html")]
struct XlsformPage {
    frame: Frame,
    title: String,
    version: u32,
    back: String,
    file: String,
    sheets: Vec<(String, String)>,
    lost: Vec<(String, String)>,
}

// ── Bringing ──

/// POST /admin/forms: a file (a workbook or JSON), a JSON text, or an XLSForm's cells, becomes a draft.
pub(crate) async fn upload(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = unpacked(&req);
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Write).await?;
    let tables = sql::tables_at(&mut look.conn(), m, ctx.now).await?;
    let versions = sql::versions(&mut look.conn(), m).await?;
    look.close().await?;
    let Brought { definition, tables: new_tables, mut faults, lost } = brought(&mut form, &tables);
    let Some(definition) = definition.filter(|_| faults.is_empty() && !form.has_problems()) else {
        let page = list_page(&req, form, &faults, &lost).await?;
        return Answer::again(page.render(), nothing());
    };
    for table in &new_tables {
        if tables.get(&table.key).is_some_and(|t| t.codes != table.codes) {
            faults.push(Fault::of("choices", "sheets.table_differs", &table.key));
        }
    }
    if shipped::definition(&definition.key).is_none() {
        // Only what ships fills typed columns.
        faults.extend(
            definition
                .items()
                .filter_map(|i| i.core.as_ref())
                .map(|c| Fault::of("core", "sheet_fault.core_unknown", c)),
        );
    }
    let of_key: Vec<&InForce> = versions.iter().filter(|v| v.definition.key == definition.key).collect();
    if of_key.iter().any(|v| v.definition.about != definition.about) {
        faults.push(Fault::of("about", "sheet_fault.word", definition.about));
    }
    if of_key.iter().any(|v| v.state == crate::rules::VersionState::Draft) {
        faults.push(Fault::of("key", "sheets.draft_exists", &definition.key));
    }
    if !faults.is_empty() || (!lost.is_empty() && !form.ticked("without")) {
        let page = list_page(&req, form, &faults, &lost).await?;
        return Answer::again(page.render(), nothing());
    }
    let newest = of_key.iter().map(|v| v.definition.version).max().unwrap_or(0);
    let draft = Definition { version: newest + 1, ..definition };
    let to = link::form(&draft.key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.upload", &draft.to_json()).await? else {
        return Ok(Answer::to(&to, "form_draft", nothing()));
    };
    let right = shape(&act)?;
    for table in new_tables.iter().filter(|t| tables.get(&t.key).is_none()) {
        sql::insert_table(&mut act, &right, table).await?;
    }
    sql::insert_draft(&mut act, &right, &draft).await?;
    Ok(Answer::to(&to, "form_draft", act.commit("").await?))
}

/// The form with the file's content in its text fields: what was brought can be asked about and sent again without the
/// file.
fn unpacked(req: &Req) -> Form {
    let Some(file) = req.file("file") else { return req.form() };
    let bytes = match file.content() {
        Ok(bytes) => bytes,
        Err(refusal) => {
            let mut form = req.form();
            form.problem_with("file", refusal.key, refusal.args);
            return form;
        }
    };
    let mut pairs = req.body().pairs().to_vec();
    let texts = ["json", "survey", "choices", "settings", "tables"];
    pairs.retain(|(name, _)| !texts.contains(&name.as_str()));
    let mut trouble = None;
    if bytes.starts_with(ZIP) {
        for (field, sheet) in [
            ("survey", "survey"),
            ("choices", "choices"),
            ("settings", "settings"),
            ("tables", "yorisou_tables"),
        ] {
            match cells(bytes, sheet) {
                Ok(text) => pairs.push((field.to_owned(), text)),
                Err(what) if what == What::NoSuchSheet && sheet != "survey" => {}
                Err(what) => trouble = trouble.or(Some(what)),
            }
        }
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => pairs.push(("json".to_owned(), text.trim_start_matches('\u{feff}').to_owned())),
            Err(_) => trouble = Some(What::Encoding),
        }
    }
    let mut form = Form::new(site::Fields::from_pairs(pairs));
    match trouble {
        Some(What::NoSuchSheet) => form.problem("file", "sheets.no_survey"),
        Some(What::TooLarge | What::TooManyRows | What::TooManyColumns | What::CellTooLong) => {
            form.problem("file", "sheets.file_large");
        }
        Some(_) => form.problem("file", "sheets.file_unreadable"),
        None => {}
    }
    form
}

/// The cells of one sheet of a workbook as a text that can be sent with the form. A sheet without rows is empty.
fn cells(bytes: &[u8], sheet: &str) -> Result<String, What> {
    let how = How { sheet: Some(sheet.to_owned()), ..How::default() };
    let table = match tabular::read(bytes, &how, &limits()) {
        Ok(table) => table,
        Err(trouble) if trouble.what == What::Empty => return Ok(String::new()),
        Err(trouble) => return Err(trouble.what),
    };
    let mut out = CsvOut::new();
    for row in std::iter::once(&table.header).chain(table.rows.iter().map(|r| &r.cells)) {
        let row: Vec<Cell<'_>> = row.iter().map(|c| Cell::Text(c)).collect();
        out.row(&row).map_err(|_| What::CellTooLong)?;
    }
    Ok(out.text().to_owned())
}

/// A definition is small: what is larger is no definition.
fn limits() -> tabular::Limits {
    let most = Limits::default();
    tabular::Limits {
        bytes: 4 << 20,
        unpacked: 32 << 20,
        rows: most.codes * 100,
        columns: 200,
        text: 4 * most.bytes,
        ..tabular::Limits::default()
    }
}

struct Brought {
    definition: Option<Definition>,
    tables: Vec<CodeTable>,
    faults: Vec<Fault>,
    lost: Vec<Fault>,
}

/// What was brought: JSON, or the cells of the sheets of an XLSForm.
fn brought(form: &mut Form, tables: &Tables) -> Brought {
    let most = Limits::default();
    let mut read = Brought { definition: None, tables: Vec::new(), faults: Vec::new(), lost: Vec::new() };
    if form.has_problems() {
        return read;
    }
    let text = form.value("json").to_owned();
    if !text.trim().is_empty() {
        let key = serde_json::from_str::<serde_json::Value>(&text).ok();
        let key = key.as_ref().and_then(|j| j.get("key")).and_then(|k| k.as_str()).unwrap_or_default();
        match Definition::parse(&text, tables, shipped::definition(key).as_ref(), &most) {
            Ok(definition) => read.definition = Some(definition),
            Err(faults) => read.faults = faults,
        }
        return read;
    }
    if form.value("survey").trim().is_empty() {
        form.problem("file", "sheets.bring_something");
        return read;
    }
    let mut book = Book::default();
    let places: [(&str, &mut Rows); 4] = [
        ("survey", &mut book.survey),
        ("choices", &mut book.choices),
        ("settings", &mut book.settings),
        ("tables", &mut book.tables),
    ];
    for (name, rows) in places {
        let text = form.value(name);
        if text.trim().is_empty() {
            continue;
        }
        match tabular::read(text.as_bytes(), &How::default(), &limits()) {
            Ok(table) => {
                *rows =
                    std::iter::once(table.header).chain(table.rows.into_iter().map(|r| r.cells)).collect();
            }
            // A head without rows: no choices, no settings.
            Err(trouble) if trouble.what == What::Empty => {}
            Err(_) => form.problem(name, "sheets.cells_unreadable"),
        }
    }
    let id = book.settings.first().and_then(|h| h.iter().position(|c| c.trim() == "form_id"));
    let key = id.and_then(|n| book.settings.get(1)?.get(n)).map_or("", |c| c.trim());
    let done = xlsform::read(&book, tables, shipped::definition(key).as_ref(), &most);
    Brought { definition: done.definition, tables: done.tables, faults: done.faults, lost: done.lost }
}

/// POST /admin/forms/new: a sheet of a case, begun from nothing.
pub(crate) async fn begin(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let title = form.line("title_ja", Need::Required, 200);
    let mut look = ctx.look(Channel::Write).await?;
    let versions = sql::versions(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    if form.has_problems() {
        let page = list_page(&req, form, &[], &[]).await?;
        return Answer::again(page.render(), nothing());
    }
    let taken = |key: &str| versions.iter().any(|v| v.definition.key == key);
    let key = (1..10_000).map(|n| format!("sheet_{n}")).find(|k| !taken(k)).ok_or(Fail::NotVisible)?;
    let t = req.t();
    let draft = edit::first(&key, Label::ja(title), t.s("forms.first_part"), t.s("forms.first_question"));
    let to = link::form(&key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.begin", &draft.to_json()).await? else {
        return Ok(Answer::to("/admin/forms", "", nothing()));
    };
    let right = shape(&act)?;
    sql::insert_draft(&mut act, &right, &draft).await?;
    Ok(Answer::to(&to, "form_draft", act.commit("").await?))
}

// ── Taking along ──

/// GET /admin/forms/{key}/{version}/xlsform: what goes into the workbook, and what other programs will not see.
pub(crate) async fn xlsform(req: Arc<Req>) -> Result<Answer, Fail> {
    let (v, tables) = one(&req).await?;
    let written = xlsform::write(&v.definition, &tables);
    let frame = req.frame();
    let cells = |rows: &Rows| rows.iter().map(|r| r.join("\t")).collect::<Vec<_>>().join("\n");
    let back = link::form(&v.definition.key);
    let page = XlsformPage {
        sheets: written.book.sheets().iter().map(|(name, rows)| ((*name).to_owned(), cells(rows))).collect(),
        lost: fault_words(&frame.t, &written.lost),
        title: v.definition.title.show(frame.t.lang()).to_owned(),
        version: v.definition.version,
        file: format!("{back}/{}/form.xlsx", v.definition.version),
        back,
        frame,
    };
    Answer::page(page.render(), nothing())
}

/// GET /admin/forms/{key}/{version}/form.xlsx: the XLSForm as a workbook.
pub(crate) async fn workbook(req: Arc<Req>) -> Result<Answer, Fail> {
    let (v, tables) = one(&req).await?;
    let written = xlsform::write(&v.definition, &tables);
    let bytes = to_xlsx(&written.book).map_err(engine::Broken::Outside)?;
    let name = format!("{}-{}.xlsx", v.definition.key, v.definition.version);
    Ok(Answer::file(&name, XLSX, bytes, nothing()))
}

fn to_xlsx(book: &Book) -> Result<Vec<u8>, String> {
    let mut out: Option<XlsxOut> = None;
    for (name, rows) in book.sheets() {
        match &mut out {
            Some(out) => out.next_sheet(name).map_err(|e| e.to_string())?,
            None => out = Some(XlsxOut::new(name).map_err(|e| e.to_string())?),
        }
        for row in rows {
            let row: Vec<Cell<'_>> = row.iter().map(|c| Cell::Text(c)).collect();
            if let Some(out) = &mut out {
                out.row(&row).map_err(|e| e.to_string())?;
            }
        }
    }
    out.map_or_else(|| Ok(Vec::new()), |out| out.finish().map_err(|e| e.to_string()))
}

/// GET /admin/forms/{key}/{version}/definition.json: the definition as it can be brought again.
pub(crate) async fn json(req: Arc<Req>) -> Result<Answer, Fail> {
    let (v, _) = one(&req).await?;
    let name = format!("{}-{}.json", v.definition.key, v.definition.version);
    Ok(Answer::file(
        &name,
        "application/json",
        format!("{}\n", v.definition.to_json()).into_bytes(),
        nothing(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every shipped sheet goes out as a workbook and comes back as itself.
    #[test]
    fn a_workbook_comes_back() {
        let tables = shipped::tables();
        for d in shipped::definitions() {
            let written = xlsform::write(d, &tables);
            let bytes = to_xlsx(&written.book).unwrap();
            let mut pairs = Vec::new();
            for (field, sheet) in [
                ("survey", "survey"),
                ("choices", "choices"),
                ("settings", "settings"),
                ("tables", "yorisou_tables"),
            ] {
                pairs.push((field, cells(&bytes, sheet).unwrap()));
            }
            let mut form = Form::filled(pairs);
            let read = brought(&mut form, &tables);
            assert!(!form.has_problems() && read.faults.is_empty(), "{}: {:?}", d.key, read.faults);
            let back = read.definition.unwrap();
            assert_eq!(xlsform::normalised(&back), xlsform::normalised(d), "{}", d.key);
        }
    }
}
