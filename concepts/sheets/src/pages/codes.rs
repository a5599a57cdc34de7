//! Code tables: the lists behind choices, changed with their days of validity. Every version is kept.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail};
use sheet::{CodeEntry, CodeTable, Label, Limits};
use site::{Answer, Form, Frame, Need, Req, link};

use super::admin::shape;
use super::nothing;
use crate::sql;

struct TableRow {
    href: String,
    title: String,
    codes: usize,
    version: u32,
    verified: bool,
    source: String,
}

#[derive(Template)]
#[template(path = "sheets_codes.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    rows: Vec<TableRow>,
}

#[derive(Template)]
#[template(path = "sheets_code.html")]
struct CodePage {
    frame: Frame,
    form: Form,
    title: String,
    action: String,
    version: u32,
    rows: Vec<String>,
    faults: Vec<(String, String)>,
}

/// GET /admin/codes.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(list_page(&req, Form::default()).await?.render(), nothing())
}

async fn list_page(req: &Req, form: Form) -> Result<ListPage, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::List).await?;
    let tables = sql::tables_at(&mut look.conn(), ctx.viewer.municipality, ctx.now).await?;
    look.close().await?;
    let frame = req.frame();
    let rows = tables
        .iter()
        .map(|t| TableRow {
            href: link::codes(&t.key),
            title: t.title.show(frame.t.lang()).to_owned(),
            codes: t.on(ctx.now.day()).count(),
            version: t.version,
            verified: t.verified,
            source: t.source.clone(),
        })
        .collect();
    Ok(ListPage { frame, form, rows })
}

/// POST /admin/codes: a list of the town's own, one line for each word.
pub(crate) async fn begin(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let title = form.line("title_ja", Need::Required, 200);
    let words = form.paragraph("words", Need::Required, 20_000);
    let mut look = ctx.look(Channel::Write).await?;
    let tables = sql::tables_at(&mut look.conn(), ctx.viewer.municipality, ctx.now).await?;
    look.close().await?;
    let entry = |(n, word): (usize, &str)| CodeEntry {
        code: format!("c{}", n + 1),
        label: Label::ja(word),
        from: None,
        until: None,
    };
    let words = words.lines().map(str::trim).filter(|w| !w.is_empty());
    let free = (1..10_000).map(|n| format!("list_{n}")).find(|k| tables.get(k).is_none());
    let table = CodeTable {
        key: free.ok_or(Fail::NotVisible)?,
        version: 1,
        title: Label::ja(title),
        codes: words.enumerate().map(entry).collect(),
        verified: true,
        source: req.t().s("codes.own").to_owned(),
    };
    if !form.has_problems()
        && let Some(fault) = table.faults(&Limits::default()).first()
    {
        form.problem_with("words", fault.key, vec![("what", fault.what.clone())]);
    }
    if form.has_problems() {
        return Answer::again(list_page(&req, form).await?.render(), nothing());
    }
    let to = link::codes(&table.key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.codes", &table.to_json()).await? else {
        return Ok(Answer::to("/admin/codes", "", nothing()));
    };
    let right = shape(&act)?;
    sql::insert_table(&mut act, &right, &table).await?;
    Ok(Answer::to(&to, "codes_kept", act.commit("").await?))
}

async fn load(req: &Req) -> Result<CodeTable, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let tables = sql::tables_at(&mut look.conn(), ctx.viewer.municipality, ctx.now).await?;
    look.close().await?;
    tables.get(req.param("key")).cloned().ok_or(Fail::NotVisible)
}

/// One more row than there are codes: for a new one.
fn rows(table: &CodeTable) -> Vec<String> {
    (0..=table.codes.len()).map(|n| n.to_string()).collect()
}

fn page(req: &Req, table: &CodeTable, form: Form, faults: Vec<(String, String)>) -> CodePage {
    let frame = req.frame();
    CodePage {
        title: table.title.show(frame.t.lang()).to_owned(),
        action: link::codes(&table.key),
        version: table.version,
        rows: rows(table),
        faults,
        form,
        frame,
    }
}

/// GET /admin/codes/{key}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let table = load(&req).await?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (n, c) in table.codes.iter().enumerate() {
        pairs.push((format!("code_{n}"), c.code.clone()));
        pairs.push((format!("ja_{n}"), c.label.ja.clone()));
        pairs.push((format!("en_{n}"), c.label.en.clone()));
        pairs.push((format!("from_{n}"), c.from.map(|d| req.t().short_day(d)).unwrap_or_default()));
        pairs.push((format!("until_{n}"), c.until.map(|d| req.t().short_day(d)).unwrap_or_default()));
    }
    pairs.push(("source".to_owned(), table.source.clone()));
    if table.verified {
        pairs.push(("verified".to_owned(), "yes".to_owned()));
    }
    let form = Form::filled(pairs.iter().map(|(n, v)| (n.as_str(), v.clone())).collect());
    let page = page(&req, &table, form, Vec::new());
    Answer::page(page.render(), nothing())
}

/// The codes as sent. A row without a word is no code; a code that was there before cannot vanish, only end.
fn read(form: &mut Form, old: &CodeTable) -> Vec<CodeEntry> {
    let mut codes = Vec::new();
    for n in 0..=old.codes.len() {
        let ja = form.line(&format!("ja_{n}"), Need::Optional, 200);
        let en = form.line(&format!("en_{n}"), Need::Optional, 200);
        let from = form.day(&format!("from_{n}"), Need::Optional);
        let until = form.day(&format!("until_{n}"), Need::Optional);
        let before = old.codes.get(n);
        let code =
            before.map_or_else(|| form.line(&format!("code_{n}"), Need::Optional, 40), |c| c.code.clone());
        if ja.is_empty() {
            if before.is_some() {
                form.problem(&format!("ja_{n}"), "sheets.end_it");
            } else if !code.is_empty() {
                form.problem(&format!("ja_{n}"), "text.required");
            }
            continue;
        }
        let code = if code.is_empty() { free_code(old) } else { code };
        codes.push(CodeEntry { code, label: Label { ja, en }, from, until });
    }
    codes
}

/// A code nobody has yet.
fn free_code(table: &CodeTable) -> String {
    (1..10_000).map(|n| format!("c{n}")).find(|c| !table.knows(c)).unwrap_or_default()
}

/// POST /admin/codes/{key}: the next version of the table.
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let old = load(&req).await?;
    let mut form = req.form();
    let codes = read(&mut form, &old);
    let table = CodeTable {
        codes,
        version: old.version + 1,
        verified: form.ticked("verified"),
        source: form.line("source", Need::Optional, 1000),
        ..old.clone()
    };
    let frame = req.frame();
    let faults = table.faults(&Limits::default());
    let words: Vec<_> = faults.iter().map(|f| (f.path.clone(), frame.t.f(f.key, "what", &f.what))).collect();
    let stale = form.value("version") != old.version.to_string();
    if stale {
        form.problem("source", "sheets.changed_since");
    }
    if form.has_problems() || !words.is_empty() {
        let page = page(&req, &old, form, words);
        let answer = if stale { Answer::conflict } else { Answer::again };
        return answer(page.render(), nothing());
    }
    let ctx = req.ctx()?;
    let to = link::codes(&old.key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.codes", &table.to_json()).await? else {
        return Ok(Answer::to(&to, "", nothing()));
    };
    let right = shape(&act)?;
    sql::insert_table(&mut act, &right, &table).await?;
    Ok(Answer::to(&to, "codes_kept", act.commit("").await?))
}
