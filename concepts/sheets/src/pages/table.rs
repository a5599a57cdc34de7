//! The spreadsheet of filled sheets: a row for each sheet of the same kind in a case, a column for each question.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Category;
use engine::{Broken, Channel, Fail, Receipt};
use household::{Reasons, entry};
use sheet::cells;
use sheet::print::Words;
use sheet::{Answers, Definition};
use site::{Answer, Req};
use tabular::{Cell, CsvOut, Out, XlsxOut};
use words::id::FilledSheetId;

use crate::sql::{self, Filled};
use crate::view;

/// The media type of a workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A table ready to be written.
struct Table {
    name: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// GET /filled/{id}/table.csv.
pub(crate) async fn csv(req: Arc<Req>) -> Result<Answer, Fail> {
    let (table, receipt) = table(&req).await?;
    let mut out = CsvOut::new();
    write(&mut out, &table)?;
    let name = format!("{}.csv", table.name);
    Ok(Answer::file(&name, "text/csv; charset=utf-8", out.utf8(), receipt))
}

/// GET /filled/{id}/table.xlsx.
pub(crate) async fn xlsx(req: Arc<Req>) -> Result<Answer, Fail> {
    let (table, receipt) = table(&req).await?;
    let broken = |e: tabular::NotWritten| Broken::Outside(e.to_string());
    let mut out = XlsxOut::new(&table.name).map_err(broken)?;
    write(&mut out, &table)?;
    Ok(Answer::file(&format!("{}.xlsx", table.name), XLSX, out.finish().map_err(broken)?, receipt))
}

fn write(out: &mut impl Out, table: &Table) -> Result<(), Fail> {
    for row in std::iter::once(&table.heads).chain(&table.rows) {
        let cells: Vec<Cell<'_>> = row.iter().map(|c| Cell::Text(c)).collect();
        out.row(&cells).map_err(|e| Broken::Outside(e.to_string()))?;
    }
    Ok(())
}

/// Every sheet of this kind in its case of which something is disclosed; who told leaves in no file, as in no print
/// (disclosure rule 3).
async fn table(req: &Req) -> Result<(Table, Receipt), Fail> {
    let id: FilledSheetId = req.id("id")?;
    let ctx = req.ctx()?;
    let (m, viewer) = (ctx.viewer.municipality, ctx.viewer.clone());
    let mut look = ctx.look(Channel::Export).await?;
    let this = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let mut sheets = vec![this.clone()];
    if let Some(case) = this.case {
        sheets = sql::of_case(&mut look.conn(), m, case).await?;
        sheets.retain(|f| f.key == this.key);
    }
    let mut sealed = entry::of_all_filled(&mut look.conn(), &viewer, sheets.iter().map(|f| f.id)).await?;
    sealed.retain(|s| !s.facts().categories.has(Category::Informant));
    let entries = look.disclose(sealed).await?;
    let of = |f: &Filled, e: &household::Entry| e.answers.as_ref().is_some_and(|a| a.filled == f.id);
    if !entries.iter().any(|e| of(&this, e)) {
        return Err(Fail::NotVisible);
    }
    let versions = sql::versions(&mut look.conn(), m).await?;
    let persons: Vec<words::id::PersonId> =
        entries.iter().filter_map(|e| e.answers.as_ref().and_then(|a| a.value.parse().ok())).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let people = look.disclose(sealed).await?;
    let named: Vec<_> = people.iter().map(|p| (p.id, p.called().to_owned())).collect();
    let names = view::choosable(&mut look.conn(), &viewer, ctx.now.day(), &named).await?.names();
    let desks =
        register::desk_names(&mut look.conn(), m, sheets.iter().map(|f| f.desk), ctx.now.day()).await?;
    let frame = req.frame();
    let t = &frame.t;
    let (whose, number) =
        super::filled::whose(&mut look, &frame, (&sheets, this.case), &mut Reasons::default()).await?;
    let mut columns = Columns::default();
    let mut filled = Vec::new();
    for f in sheets.iter().filter(|f| entries.iter().any(|e| of(f, e))) {
        let of_version = |d: &&Definition| d.key == f.key && i64::from(d.version) == f.version;
        let definition = versions.iter().map(|v| &v.definition).find(of_version);
        let definition =
            definition.ok_or_else(|| Broken::Corrupt("filled_sheet", "definition_key".to_owned()))?;
        // The tables of its moment, as on the page.
        let tables = sql::tables_at(&mut look.conn(), m, f.recorded_at).await?;
        let words = Words { tables: &tables, day: f.occurred_on, names: &names, language: t.lang() };
        let stored = entries.iter().filter(|e| of(f, e)).filter_map(|e| e.answers.as_ref());
        let (answers, _) = Answers::read(definition, stored.map(|a| (a.item.as_str(), a.value.as_str())));
        columns.of(definition, t.lang());
        let mut cells: BTreeMap<String, String> = BTreeMap::new();
        for (item, cell) in definition.items().zip(cells::write(definition, &answers, &words)) {
            cells.insert(item.key.clone(), cell);
        }
        let about = [
            number.clone(),
            whose.get(&f.id).cloned().unwrap_or_default(),
            f.occurred_on.to_string(),
            desks.get(&f.desk).cloned().unwrap_or_default(),
            t.f("sheets.version_n", "n", f.version),
        ];
        filled.push((about, cells));
    }
    let title = versions.iter().find(|v| v.definition.key == this.key);
    let heads =
        ["sheets.col_number", "sheets.col_whose", "sheets.col_day", "sheets.col_by", "sheets.version"]
            .map(|k| t.s(k).to_owned());
    let rows = filled.into_iter().map(|(about, cells)| {
        let cell = |(key, _): &(String, String)| cells.get(key).cloned().unwrap_or_default();
        about.into_iter().chain(columns.0.iter().map(cell)).collect()
    });
    let table = Table {
        name: title.map_or_else(|| this.key.clone(), |v| v.definition.title.show(t.lang()).to_owned()),
        rows: rows.collect(),
        heads: heads.into_iter().chain(columns.0.iter().map(|(_, head)| head.clone())).collect(),
    };
    Ok((table, look.close().await?))
}

/// Columns of several versions: those of the newest first, and behind them what only older ones asked.
#[derive(Default)]
struct Columns(Vec<(String, String)>);

impl Columns {
    fn of(&mut self, definition: &Definition, language: &str) {
        for head in cells::heads(definition, language) {
            if !self.0.iter().any(|(key, _)| *key == head.item) {
                self.0.push((head.item, head.text));
            }
        }
    }
}
