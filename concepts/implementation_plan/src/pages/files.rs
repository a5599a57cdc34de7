//! The tables as files: out as CSV and Excel; in with a look at every problem and every change before anything is stored.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Conn, Fail};
use serde::Serialize;
use sha2::{Digest, Sha256};
use site::{Answer, Form, Frame, Need, Req, T};
use tabular::{Cell, CsvOut, How, Limits, NotWritten, Out, XlsxOut};
use words::Day;
use words::id::MunicipalityId;

use super::published::{ChangeView, change_views};
use super::{Loaded, asked_day, load, permit, receipt};
use crate::acts;
use crate::exchange::{self, Wanted, head, lines};
use crate::rules::Shown;

/// Excel's media type (ECMA-376).
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Writes head and lines.
fn write(out: &mut impl Out, t: &T, rows: &[Shown]) -> Result<(), NotWritten> {
    let line = |out: &mut dyn FnMut(&[Cell<'_>]) -> Result<(), NotWritten>, cells: &[String]| {
        out(&cells.iter().map(Cell::from).collect::<Vec<_>>())
    };
    line(&mut |cells| out.row(cells), &head(t))?;
    for cells in lines(t, rows) {
        line(&mut |cells| out.row(cells), &cells)?;
    }
    Ok(())
}

fn broken(e: impl std::fmt::Display) -> Fail {
    Fail::Broken(engine::Broken::Outside(format!("table: {e}")))
}

/// The tables as CSV in UTF-8 with its mark.
pub(crate) fn to_csv(t: &T, rows: &[Shown]) -> Result<Vec<u8>, Fail> {
    let mut out = CsvOut::new();
    write(&mut out, t, rows).map_err(broken)?;
    Ok(out.utf8())
}

/// The tables as a workbook.
pub(crate) fn to_xlsx(t: &T, rows: &[Shown]) -> Result<Vec<u8>, Fail> {
    let mut out = XlsxOut::new(t.s("plan.title")).map_err(broken)?;
    write(&mut out, t, rows).map_err(broken)?;
    out.finish().map_err(broken)
}

/// The lines of a file, numbered, its head first.
pub(crate) fn table_of(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, tabular::Trouble> {
    let table = tabular::read(bytes, &How::default(), &Limits::default())?;
    let number = |line: u64| usize::try_from(line).unwrap_or(usize::MAX);
    let mut lines = vec![(number(table.header_line), table.header)];
    lines.extend(table.rows.into_iter().map(|row| (number(row.line), row.cells)));
    Ok(lines)
}

async fn rows(req: &Req) -> Result<(T, Day, Vec<Shown>), Fail> {
    let ctx = req.ctx()?;
    let on = asked_day(req, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let loaded = load(&mut look.conn(), ctx.viewer.municipality, on).await?;
    Ok((req.frame().t, on, loaded.rows))
}

/// `GET /plan/tables.csv?on=`
pub(super) async fn csv(req: Arc<Req>) -> Result<Answer, Fail> {
    let (t, on, rows) = rows(&req).await?;
    let name = format!("{}-{on}.csv", t.s("plan.title"));
    Ok(Answer::file(&name, "text/csv; charset=utf-8", to_csv(&t, &rows)?, receipt()))
}

/// `GET /plan/tables.xlsx?on=`
pub(super) async fn xlsx(req: Arc<Req>) -> Result<Answer, Fail> {
    let (t, on, rows) = rows(&req).await?;
    let name = format!("{}-{on}.xlsx", t.s("plan.title"));
    Ok(Answer::file(&name, XLSX, to_xlsx(&t, &rows)?, receipt()))
}

#[derive(Template)]
#[template(path = "plan_import.html")]
struct ImportPage {
    frame: Frame,
    form: Form,
    /// The table as text, to be sent again with the next step.
    list: String,
    problems: Vec<String>,
    changes: Vec<ChangeView>,
    looked: bool,
    ready: bool,
    /// What the register was like when the changes were worked out.
    seen: String,
    meanwhile: bool,
}

/// `GET /plan/import`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = Form::filled(vec![("from", req.t().short_day(req.now().day()))]);
    Answer::page(blank(req.frame(), form).render(), receipt())
}

fn blank(frame: Frame, form: Form) -> ImportPage {
    ImportPage {
        frame,
        form,
        list: String::new(),
        problems: Vec::new(),
        changes: Vec::new(),
        looked: false,
        ready: false,
        seen: String::new(),
        meanwhile: false,
    }
}

/// A file looked up against the register.
struct Looked {
    loaded: Loaded,
    wanted: Vec<Wanted>,
    problems: Vec<String>,
    seen: String,
}

async fn look_up(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    t: &T,
    bytes: &[u8],
    from: Day,
    fresh: impl FnMut() -> words::id::AgencyProgrammeId,
) -> Result<Looked, Fail> {
    let loaded = load(conn, at, from).await?;
    // Of every version there is: what is loaded ahead counts too.
    let versions: Vec<_> = loaded.plan.states.iter().map(|s| (s.id, s.version)).collect();
    let roles: Vec<_> = loaded.plan.roles.iter().map(|r| (r.id, r.version)).collect();
    let seen = engine::hex(&Sha256::digest(format!("{from}{versions:?}{roles:?}")));
    let table = match table_of(bytes) {
        Ok(table) => table,
        Err(trouble) => {
            let problems = vec![trouble_words(t, &trouble)];
            return Ok(Looked { loaded, wanted: Vec::new(), problems, seen });
        }
    };
    let (drafts, mut problems) = exchange::read(t, &table);
    let mut wanted = Vec::new();
    if problems.is_empty() {
        (wanted, problems) = exchange::resolve(drafts, &loaded.plan, &loaded.names, from, fresh);
    }
    let problems = problems.iter().map(|p| p.sentence(t)).collect();
    Ok(Looked { loaded, wanted, problems, seen })
}

#[derive(Serialize)]
struct Body<'a> {
    from: String,
    list: &'a str,
}

/// `POST /plan/import`: a look at the file, or, with `step=take`, the file itself.
pub(super) async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let from = form.day("from", Need::Required);
    let frame = req.frame();
    let t = frame.t.clone();
    let list = match sent(&req, &t) {
        Ok(list) => {
            if list.trim().is_empty() {
                form.problem("list", "text.required");
            }
            list
        }
        Err(why) => {
            form.problem_with("file", "plan_import.file_wrong", vec![("why", why)]);
            req.body().get("list").unwrap_or_default().to_owned()
        }
    };
    let Some(from) = from.filter(|_| !form.has_problems()) else {
        let page = ImportPage { list, ..blank(frame, form) };
        return Answer::again(page.render(), receipt());
    };
    let ctx = req.ctx()?;
    let at = ctx.viewer.municipality;
    let mut meanwhile = false;
    if form.value("step") == "take" {
        let body = Body { from: from.to_string(), list: &list };
        let Begun::New(mut act) = ctx.act(&req.envelope(), "plan.import", &body).await? else {
            return Ok(Answer::to("/plan", "plan_taken", receipt()));
        };
        let right = permit(&act)?;
        let engine = req.engine().clone();
        let mut looked =
            look_up(&mut act.facts()?, at, &t, list.as_bytes(), from, || engine.new_id()).await?;
        if looked.problems.is_empty() && looked.seen == form.value("seen") {
            let stored = acts::take(&mut act, &right, &mut looked.loaded.plan, looked.wanted, from).await;
            match stored {
                Ok(_) => {
                    let to = format!("/plan?on={from}");
                    let change = act.command();
                    return Ok(Answer::to(&to, "plan_taken", act.commit("").await?).undoable(change));
                }
                Err(Fail::Stale) => {}
                Err(other) => return Err(other),
            }
        }
        // Somebody changed the register since the look: dropped without a trace, and shown anew.
        meanwhile = true;
    }
    let engine = req.engine().clone();
    let mut look = ctx.look(Channel::List).await?;
    let looked = look_up(&mut look.conn(), at, &t, list.as_bytes(), from, || engine.new_id()).await?;
    let then = acts::preview(&looked.loaded.plan, &looked.loaded.names, &looked.wanted, from);
    let good = looked.problems.is_empty();
    let changes = if good { change_views(&t, &looked.loaded.rows, &then) } else { Vec::new() };
    let page = ImportPage {
        list,
        ready: good && !changes.is_empty(),
        problems: looked.problems,
        changes,
        looked: true,
        seen: looked.seen,
        meanwhile,
        ..blank(frame, form)
    };
    match (meanwhile, good) {
        (true, _) => Answer::conflict(page.render(), receipt()),
        (false, true) => Answer::page(page.render(), receipt()),
        (false, false) => Answer::again(page.render(), receipt()),
    }
}

/// The table that was sent, as text: a file when there is one, otherwise what was pasted. A workbook becomes text, so that
/// the next step can send it again.
fn sent(req: &Req, t: &T) -> Result<String, String> {
    let Some(file) = req.file("file") else {
        return Ok(req.body().get("list").unwrap_or_default().to_owned());
    };
    let bytes = file.content().map_err(|refusal| t.fs(refusal.key, &refusal.args))?;
    let table = table_of(bytes).map_err(|trouble| trouble_words(t, &trouble))?;
    let mut out = CsvOut::new();
    for (_, cells) in &table {
        let cells: Vec<Cell<'_>> = cells.iter().map(Cell::from).collect();
        out.row(&cells).map_err(|e| e.to_string())?;
    }
    Ok(out.text().to_owned())
}

/// Why a file cannot be read as a table.
fn trouble_words(t: &T, trouble: &tabular::Trouble) -> String {
    let said = format!("plan_import.{}", trouble.what.key().replace('.', "_"));
    let place =
        if trouble.line > 0 { t.f("plan_import.trouble_at", "line", trouble.line) } else { String::new() };
    format!("{place}{}", t.s(&said))
}

#[cfg(test)]
#[path = "files_test.rs"]
mod tests;
