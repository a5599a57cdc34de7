//! The tables on screen and on paper, and the framework (図表4, and by target group).

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use register::plan::TABLES;
use register::{Field, Programme};
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::code::Code;

use super::{asked_day, edits, load, receipt};
use crate::cells::{CellLine, Kind, cell, delivery_words};
use crate::framework::{self, carried, unassigned};
use crate::rules::{RoleCell, Shown, blocks, of};

/// A row as a template shows it.
pub(super) struct RowView {
    /// Lines of the left-hand cell, each with its CSS class.
    pub lines: Vec<(&'static str, String)>,
    pub delivery: Vec<String>,
    /// Rows the right-hand cell covers; 0: covered itself.
    pub span: usize,
    /// Paragraphs of the right-hand cell.
    pub role: Vec<String>,
    pub agency: Option<String>,
    pub position: String,
    /// Whom a set stands for today.
    pub members: Vec<String>,
    pub edit: Option<String>,
    pub called: String,
}

/// One of the five tables.
pub(super) struct TableView {
    pub anchor: &'static str,
    pub title: String,
    pub head: String,
    pub blocks: Vec<Vec<RowView>>,
    pub add: Option<String>,
    pub none: bool,
    /// What was just done here, and where it is taken back. At the table and not at the top of the page: the address leads
    /// to the table.
    pub just: Option<(String, String)>,
}

/// The five tables of some rows.
pub(super) fn table_views(t: &T, rows: &[Shown], editable: bool) -> Vec<TableView> {
    TABLES
        .into_iter()
        .map(|programme| {
            let own = of(rows, programme);
            let blocks: Vec<Vec<RowView>> = blocks(&own)
                .iter()
                .map(|block| block.rows.iter().map(|(row, cell)| row_view(t, row, *cell, editable)).collect())
                .collect();
            let consults = programme == Programme::ComprehensiveConsultation;
            TableView {
                anchor: programme.code(),
                title: t.code("plan_table", programme),
                head: t.s(if consults { "plan_column.name" } else { "plan.head_places" }).to_owned(),
                none: blocks.is_empty(),
                just: None,
                blocks,
                add: editable.then(|| format!("/plan/rows/new?programme={programme}")),
            }
        })
        .collect()
}

fn row_view(t: &T, row: &Shown, role: RoleCell, editable: bool) -> RowView {
    let (span, words) = match role {
        RoleCell::Words(span) => (span, row.role.clone()),
        RoleCell::SameAsAbove(span) => (span, t.s("plan.same_as_above").to_owned()),
        RoleCell::Covered => (0, String::new()),
    };
    RowView {
        lines: cell(t, row).into_iter().map(line).collect(),
        delivery: delivery_words(t, row),
        span,
        role: words.lines().map(str::to_owned).collect(),
        agency: row.agency.map(link::agency),
        position: t.code("position", row.position),
        members: row.set.as_ref().map_or_else(Vec::new, |s| s.members.clone()),
        edit: editable.then(|| format!("/plan/rows/{}", row.id)),
        called: row.name.clone(),
    }
}

fn line(line: CellLine) -> (&'static str, String) {
    let class = match line.kind {
        Kind::Name => "plan-name",
        Kind::Item => "plan-item",
        Kind::Remark => "plan-remark",
        Kind::Proviso => "plan-proviso",
        Kind::Statutory => "plan-statutory",
    };
    (class, line.text)
}

#[derive(Template)]
#[template(path = "plan_tables.html")]
struct TablesPage {
    frame: Frame,
    form: Form,
    tables: Vec<TableView>,
    on: String,
    on_words: String,
    today: bool,
    /// Days on which something changes: the day for the link, and in words.
    coming: Vec<(String, String)>,
    /// How the tables stand to the newest publication, and where to see it; no link when nothing changed.
    published: Option<(String, String)>,
    edits: bool,
    empty: bool,
}

/// `GET /plan?on=`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let on = asked_day(&req, today);
    let mut form = req.query_form();
    form.day("on", Need::Optional);
    if !form.has_problems() {
        form = Form::filled(vec![("on", req.t().short_day(on))]);
    }
    let mut frame = req.frame();
    let editable = edits(&ctx.viewer);
    let mut at_table = None;
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let loaded = load(&mut conn, at, on).await?;
    if let Some(change) = req.undo_asked().filter(|_| editable) {
        let author = crate::sql::author_of(&mut conn, at, change).await?;
        let back = loaded.plan.undone(change, author, ctx.viewer.user).ok();
        frame.undo = back.as_ref().map(|_| format!("/plan/changes/{change}/undo"));
        at_table = back.and_then(|back| place_of(&back, &loaded.rows));
    }
    let newest = crate::sql::publication_list(&mut conn, at).await?.into_iter().next();
    let published = match newest {
        None => None,
        Some(p) => crate::sql::publication_find(&mut conn, at, p.id).await?.map(|(p, rows)| {
            match crate::changes::compare(&frame.t, &rows, &loaded.rows).len() {
                0 => (frame.t.f("plan.as_published", "title", p.title), String::new()),
                n => (
                    frame.t.fs("plan.since", &[("title", p.title), ("n", n.to_string())]),
                    format!("/plan/changes?since={}&on={on}", p.id),
                ),
            }
        }),
    };
    let mut tables = table_views(&frame.t, &loaded.rows, editable);
    if let Some(programme) = at_table
        && let Some(table) = tables.iter_mut().find(|t| t.anchor == programme.code())
    {
        table.just = frame.undo.take().map(|action| (frame.flash.take().unwrap_or_default(), action));
    }
    let page = TablesPage {
        tables,
        on: on.to_string(),
        on_words: frame.t.full_day(on),
        today: on == today,
        coming: loaded
            .plan
            .days_after(today)
            .into_iter()
            .map(|d| (d.to_string(), frame.t.full_day(d)))
            .collect(),
        published,
        edits: editable,
        empty: loaded.rows.is_empty(),
        form,
        frame,
    };
    let wrong = page.form.has_problems();
    if wrong { Answer::again(page.render(), receipt()) } else { Answer::page(page.render(), receipt()) }
}

/// The table that a change of one row, or of one shared text, was made in.
fn place_of(back: &register::plan::Back, rows: &[Shown]) -> Option<Programme> {
    match (back.rows.as_slice(), back.roles.as_slice()) {
        ([row], _) => Some(row.programme),
        ([], [role, ..]) => rows.iter().find(|r| r.role_id == Some(role.id)).map(|r| r.programme),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "plan_print.html")]
struct PrintPage {
    frame: Frame,
    title: String,
    on_words: String,
    tables: Vec<TableView>,
    back: String,
}

/// `GET /plan/print?on=`: the tables as the published plan has them, on A4 landscape.
pub(super) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let on = asked_day(&req, ctx.now.day());
    let frame = req.frame();
    let mut look = ctx.look(Channel::Print).await?;
    let loaded = load(&mut look.conn(), ctx.viewer.municipality, on).await?;
    let title = frame.t.f("plan.paper_title", "municipality", &frame.municipality);
    Answer::page(paper(frame, title, on, &loaded.rows, format!("/plan?on={on}")), receipt())
}

/// The paper of some tables.
pub(super) fn paper(
    frame: Frame,
    title: String,
    on: words::Day,
    rows: &[Shown],
    back: String,
) -> Result<String, askama::Error> {
    let tables = table_views(&frame.t, rows, false);
    let on_words = frame.t.f("plan.as_of", "day", frame.t.full_day(on));
    PrintPage { frame, title, on_words, tables, back }.render()
}

/// A statutory programme of the framework.
struct BaseView {
    name: String,
    new: bool,
    note: String,
}

/// A line of 図表4.
struct FrameworkView {
    programme: String,
    fields: Vec<(String, Vec<BaseView>)>,
}

/// A line of the table by target group.
struct TargetView {
    target: String,
    base: String,
    carried: Vec<(String, Option<String>)>,
    owners: Vec<String>,
}

#[derive(Template)]
#[template(path = "plan_framework.html")]
struct FrameworkPage {
    frame: Frame,
    on: String,
    on_words: String,
    lines: Vec<FrameworkView>,
    targets: Vec<TargetView>,
    /// Rows whose line of the grant is open: name, link.
    open: Vec<(String, Option<String>)>,
}

/// `GET /plan/framework?on=`
pub(super) async fn framework(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let on = asked_day(&req, ctx.now.day());
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let loaded = load(&mut look.conn(), ctx.viewer.municipality, on).await?;
    let editable = edits(&ctx.viewer);
    let link = |row: &Shown| (row.name.clone(), editable.then(|| format!("/plan/rows/{}", row.id)));
    let page = FrameworkPage {
        lines: TABLES.into_iter().map(|p| framework_view(&frame.t, p, on)).collect(),
        targets: target_views(&frame.t, &loaded.rows, on),
        open: unassigned(&loaded.rows).into_iter().map(link).collect(),
        on: on.to_string(),
        on_words: frame.t.full_day(on),
        frame,
    };
    Answer::page(page.render(), receipt())
}

fn framework_view(t: &T, programme: Programme, on: words::Day) -> FrameworkView {
    let mut fields: Vec<(Option<Field>, Vec<BaseView>)> = Vec::new();
    for base in framework::on(on).into_iter().filter(|b| b.programme == programme) {
        let view = BaseView {
            name: t.code("plan_base", base.code),
            new: base.new,
            note: if base.new { t.code("plan_base_note", base.code) } else { String::new() },
        };
        match fields.iter_mut().find(|(field, _)| *field == base.field) {
            Some((_, views)) => views.push(view),
            None => fields.push((base.field, vec![view])),
        }
    }
    FrameworkView {
        programme: t.code("plan_programme", programme),
        fields: fields
            .into_iter()
            .map(|(field, views)| (field.map_or_else(String::new, |f| t.code("plan_field", f)), views))
            .collect(),
    }
}

fn target_views(t: &T, rows: &[Shown], on: words::Day) -> Vec<TargetView> {
    carried(rows, on)
        .into_iter()
        .map(|c| {
            let mut owners: Vec<String> = Vec::new();
            for owner in c.rows.iter().flat_map(|r| &r.owners) {
                if !owners.contains(owner) {
                    owners.push(owner.clone());
                }
            }
            TargetView {
                target: c
                    .base
                    .field
                    .map_or_else(|| t.code("plan_programme", c.base.programme), |f| t.code("plan_target", f)),
                base: t.code("plan_base", c.base.code),
                carried: c.rows.iter().map(|r| (r.name.clone(), r.agency.map(link::agency))).collect(),
                owners,
            }
        })
        .collect()
}
