//! One row: changed from a day on, ended, added; what it was before, and who wrote it.

use std::sync::Arc;

use askama::Template;
use engine::{Act, Begun, Channel, Fail};
use register::plan::{self, Row, TABLES};
use register::{ConsultableBy, Delivery, Position, Programme};
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyProgrammeId, CommandId};

use super::form::{Read, Scope, Share, choices, filled, item_lines, read};
use super::published::CellView;
use super::{Loaded, asked_day, load, permit, receipt};
use crate::framework;
use crate::rules::{Shown, mark, state};
use crate::sql;

type Choice = (String, String, bool);

/// A line for a sub-item.
struct ItemLine {
    mark: String,
    // Names of its fields.
    name: String,
    count: String,
    unit: String,
    note: String,
    share: String,
    named: String,
    base: String,
    shares: Vec<Choice>,
    bases: Vec<Choice>,
}

/// A state of the row in its history.
struct StateView {
    from: String,
    by: String,
    ended: bool,
    coming: bool,
    cells: Vec<CellView>,
}

#[derive(Template)]
#[template(path = "plan_row.html")]
struct RowPage {
    frame: Frame,
    form: Form,
    title: String,
    programme: String,
    action: String,
    base_version: String,
    asked_by: Vec<Choice>,
    delivery: Vec<Choice>,
    positions: Vec<Choice>,
    sets: Vec<Choice>,
    items: Vec<ItemLine>,
    /// How many other rows share the role's words.
    shared_by: usize,
    scopes: Vec<Choice>,
    roles: Vec<Choice>,
    history: Vec<StateView>,
    /// Days of changes that are loaded ahead.
    ahead: Vec<String>,
    /// What somebody else wrote meanwhile, against what was typed.
    conflict: Vec<CellView>,
    conflicted: bool,
    end: Option<String>,
}

/// A row's newest version and what it says on a day, even when it is not in the plan then.
struct Current<'a> {
    version: i64,
    row: &'a Row,
}

fn current(loaded: &Loaded, id: AgencyProgrammeId) -> Result<Current<'_>, Fail> {
    let newest = loaded.plan.newest(id).ok_or(Fail::NotVisible)?;
    Ok(Current { version: newest.version, row: loaded.plan.row(id, loaded.on).unwrap_or(newest) })
}

/// `GET /plan/rows/{id}?on=`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: AgencyProgrammeId = req.id("id")?;
    let today = ctx.now.day();
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = load(&mut look.conn(), ctx.viewer.municipality, asked_day(&req, today)).await?;
    let now = current(&loaded, id)?;
    let shown = state(&loaded.plan, &loaded.names, loaded.on, now.row);
    let role_version = shown.role_id.and_then(|r| loaded.plan.newest_role(r)).map_or(0, |r| r.version);
    let form = filled(&shown, req.t().short_day(loaded.on), role_version);
    let version = now.version.to_string();
    drop(look);
    Answer::page(page(&req, form, Some(id), shown.programme, version, None).await?.render(), receipt())
}

/// `GET /plan/rows/new?programme=`
pub(super) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let programme = asked_programme(&req)?;
    let today = ctx.now.day();
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = load(&mut look.conn(), ctx.viewer.municipality, today).await?;
    let last = loaded.rows.iter().filter(|r| r.programme == programme).map(|r| r.row_no).max();
    drop(look);
    let form = Form::filled(vec![
        ("row_no", (last.unwrap_or(0) + 1).to_string()),
        ("asked_by", ConsultableBy::Anyone.to_string()),
        ("position", Position::Main.to_string()),
        ("from", req.t().short_day(today)),
    ]);
    Answer::page(page(&req, form, None, programme, String::new(), None).await?.render(), receipt())
}

fn asked_programme(req: &Req) -> Result<Programme, Fail> {
    let asked = req.body().get("programme").or_else(|| req.query().get("programme"));
    asked.and_then(Programme::parse).ok_or(Fail::NotVisible)
}

async fn page(
    req: &Req,
    form: Form,
    id: Option<AgencyProgrammeId>,
    programme: Programme,
    base_version: String,
    typed: Option<&Shown>,
) -> Result<RowPage, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let t = frame.t.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let mut conn = look.conn();
    let loaded = load(&mut conn, at, today).await?;
    let now = id.map(|id| current(&loaded, id)).transpose()?;
    let shown = now.as_ref().map(|now| state(&loaded.plan, &loaded.names, today, now.row));
    let (mut history, mut ahead) = (Vec::new(), Vec::new());
    if let Some(id) = id {
        let commands = loaded.plan.states.iter().filter(|s| s.id == id).filter_map(|s| s.command);
        let writers = sql::writer_list(&mut conn, at, commands.collect()).await?;
        history = states(&frame, &loaded, id, today, &writers);
        ahead = loaded.plan.coming(id, today).iter().map(|s| t.full_day(s.from)).collect();
    }
    let conflict = match (typed, &shown) {
        (Some(typed), Some(stored)) => differences(&t, stored, typed),
        _ => Vec::new(),
    };
    let role = shown.as_ref().and_then(|s| s.role_id);
    let shared = loaded.rows.iter().filter(|r| role.is_some() && r.role_id == role).count();
    let mut seen = Vec::new();
    let mut roles: Vec<Choice> = Vec::new();
    for row in loaded.rows.iter().filter(|r| r.programme == programme && r.role_id != role) {
        if let Some(role_id) = row.role_id.filter(|r| !seen.contains(r)) {
            seen.push(role_id);
            let short: String = row.role.chars().take(40).collect();
            roles.push((
                role_id.to_string(),
                format!("{} — {short}", row.name),
                form.chose("role_of", role_id),
            ));
        }
    }
    let action = id.map_or_else(|| "/plan/rows/new".to_owned(), |id| format!("/plan/rows/{id}"));
    Ok(RowPage {
        title: shown.as_ref().map_or_else(|| t.s("plan_row.new").to_owned(), |s| s.name.clone()),
        programme: programme.code().to_owned(),
        asked_by: choices::<ConsultableBy>(&t, &form, "asked_by", "consultable"),
        delivery: choices::<Delivery>(&t, &form, "delivery", "delivery"),
        positions: choices::<Position>(&t, &form, "position", "position"),
        sets: TABLES
            .iter()
            .filter(|p| **p != programme)
            .map(|p| (p.to_string(), t.code("plan_programme", p), form.chose("set_of", p)))
            .collect(),
        items: item_views(&t, &form, programme, today),
        shared_by: shared.saturating_sub(1),
        scopes: choices::<Scope>(&t, &form, "role_scope", "plan_scope"),
        roles,
        end: id.map(|_| format!("{action}/end")),
        conflicted: typed.is_some(),
        action,
        base_version,
        history,
        ahead,
        conflict,
        frame,
        form,
    })
}

fn item_views(t: &T, form: &Form, programme: Programme, today: Day) -> Vec<ItemLine> {
    let of_table = |b: &framework::Base| b.programme == programme;
    (0..item_lines(form))
        .map(|n| {
            let field = format!("item_base_{n}");
            let chosen = form.value(&field);
            // What a row was once given stays to choose, also when the list of today no longer has it.
            let list = framework::all()
                .into_iter()
                .filter(of_table)
                .filter(|b| b.code == chosen || framework::on(today).iter().any(|now| now.code == b.code));
            let called = |what: &str| format!("item_{what}_{n}");
            ItemLine {
                mark: mark(n),
                name: called("name"),
                count: called("count"),
                unit: called("unit"),
                note: called("note"),
                share: called("share"),
                named: called("named"),
                base: field.clone(),
                shares: choices::<Share>(t, form, &format!("item_share_{n}"), "plan_share"),
                bases: list
                    .map(|b| (b.code.to_owned(), t.code("plan_base", b.code), b.code == chosen))
                    .collect(),
            }
        })
        .collect()
}

fn differences(t: &T, before: &Shown, after: &Shown) -> Vec<CellView> {
    let after = [Shown { id: before.id, ..after.clone() }];
    super::published::change_views(t, std::slice::from_ref(before), &after)
        .into_iter()
        .flat_map(|c| c.cells)
        .collect()
}

/// Every state, the newest first, each with what it changed of the one written before.
fn states(
    frame: &Frame,
    loaded: &Loaded,
    id: AgencyProgrammeId,
    today: Day,
    writers: &std::collections::HashMap<words::id::CommandId, sql::Writer>,
) -> Vec<StateView> {
    let t = &frame.t;
    let of: Vec<&Row> = loaded.plan.states.iter().filter(|s| s.id == id).collect();
    let view = |(n, row): (usize, &&Row)| {
        let now = state(&loaded.plan, &loaded.names, row.from.max(today), row);
        let before = n.checked_sub(1).and_then(|n| of.get(n));
        let cells = before.map_or_else(Vec::new, |b| {
            differences(t, &state(&loaded.plan, &loaded.names, row.from.max(today), b), &now)
        });
        let writer = row.command.and_then(|c| writers.get(&c));
        StateView {
            from: t.full_day(row.from),
            by: writer.map_or_else(
                || t.s("plan_row.by_before").to_owned(),
                |w| {
                    let who = if w.name.is_empty() { t.s("plan_row.by_file") } else { &w.name };
                    format!("{who} {}", frame.moment(&w.at))
                },
            ),
            ended: row.ended,
            coming: row.from > today,
            cells,
        }
    };
    let mut views: Vec<StateView> = of.iter().enumerate().map(view).collect();
    views.reverse();
    views
}

#[derive(Serialize)]
struct Body<'a> {
    row: Option<AgencyProgrammeId>,
    fields: &'a [(String, String)],
}

/// `POST /plan/rows/new`
pub(super) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let programme = asked_programme(&req)?;
    write(&req, None, programme).await
}

/// `POST /plan/rows/{id}`
pub(super) async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: AgencyProgrammeId = req.id("id")?;
    let mut look = ctx.look(Channel::Page).await?;
    let plan = plan::load(&mut look.conn(), ctx.viewer.municipality).await?;
    drop(look);
    let programme = plan.newest(id).ok_or(Fail::NotVisible)?.programme;
    write(&req, Some(id), programme).await
}

async fn write(req: &Req, id: Option<AgencyProgrammeId>, programme: Programme) -> Result<Answer, Fail> {
    let mut form = req.form();
    let base = form.value("base_version").to_owned();
    // The fields without the proof of the form: the same words are the same command.
    let fields: Vec<(String, String)> =
        form.fields().pairs().iter().filter(|(n, _)| n != "csrf" && n != "command").cloned().collect();
    let body = Body { row: id, fields: &fields };
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "plan.row", &body).await? else {
        return Ok(done(programme, "plan_row_saved", receipt()));
    };
    let at = act.municipality();
    let from = words::wareki::parse_day(form.value("from").trim()).unwrap_or_else(|_| act.now().day());
    let loaded = load(&mut act.facts()?, at, from).await?;
    let current = id.map(|id| current(&loaded, id).map(|c| c.version)).transpose()?;
    let Some(read) = read(&mut form, programme, id, &loaded.plan, &loaded.names) else {
        drop(act);
        return Answer::again(page(req, form, id, programme, base, None).await?.render(), receipt());
    };
    let right = permit(&act)?;
    let newest = current.unwrap_or(0).to_string();
    let stale = id.is_some() && base != newest;
    let shown = read.shown.clone();
    let stored = if stale { Err(Fail::Stale) } else { store(&mut act, &right, loaded, read, id).await };
    match stored {
        Ok(()) => {
            let change = act.command();
            Ok(done(programme, "plan_row_saved", act.commit("").await?).undoable(change))
        }
        Err(Fail::Stale) => {
            drop(act);
            let page = page(req, form, id, programme, newest, Some(&shown)).await?;
            Answer::conflict(page.render(), receipt())
        }
        Err(Fail::Refused(why)) => {
            form.problem_with("name", why.key, why.args);
            drop(act);
            Answer::again(page(req, form, id, programme, base, None).await?.render(), receipt())
        }
        Err(other) => Err(other),
    }
}

async fn store(
    act: &mut Act,
    right: &access::Right,
    mut loaded: Loaded,
    read: Read,
    id: Option<AgencyProgrammeId>,
) -> Result<(), Fail> {
    let from = read.row.from;
    let before = id.and_then(|id| loaded.plan.row(id, from)).cloned();
    let old = before.as_ref().and_then(|b| b.role).and_then(|r| loaded.plan.role(r, from)).cloned();
    let mut row = read.row;
    row.id = id.unwrap_or_else(|| act.new_id());
    row.version = id.and_then(|id| loaded.plan.newest(id)).map_or(0, |r| r.version);
    let plan = &mut loaded.plan;
    row.role = match (&old, read.role_of) {
        (_, Some(other)) => Some(other),
        (Some(old), None) if old.body == read.role => Some(old.id),
        (Some(old), None) if read.scope == Scope::Shared && !read.role.is_empty() => {
            let version = read.role_version.unwrap_or(0);
            plan::save_role(act, right, plan, Some((old.id, version)), &read.role, from).await?
        }
        _ => plan::save_role(act, right, plan, None, &read.role, from).await?,
    };
    // Only the words of a shared text changed: the row itself says what it said.
    if before.as_ref().is_some_and(|b| b.from == from && b.says_the_same(&row)) {
        return Ok(());
    }
    plan::save_row(act, right, &row).await
}

fn done(programme: Programme, key: &str, receipt: engine::Receipt) -> Answer {
    Answer::to(&format!("/plan#{programme}"), key, receipt)
}

/// `POST /plan/changes/{id}/undo`: every row and text that a change wrote says again what it said before.
pub(super) async fn undo(req: Arc<Req>) -> Result<Answer, Fail> {
    let change: CommandId = req.id("id")?;
    let ctx = req.ctx()?;
    let Begun::New(mut act) = ctx.act(&req.envelope(), "plan.undo", &change).await? else {
        return Ok(Answer::to(link::PLAN, "undone", receipt()));
    };
    let right = permit(&act)?;
    let at = act.municipality();
    let mut plan = plan::load(&mut act.facts()?, at).await?;
    let author = sql::author_of(&mut act.facts()?, at, change).await?;
    let back = plan.undone(change, author, ctx.viewer.user)?;
    plan::take_back(&mut act, &right, &mut plan, back).await?;
    Ok(Answer::to(link::PLAN, "undone", act.commit("").await?))
}

#[derive(Serialize)]
struct End {
    row: AgencyProgrammeId,
    from: String,
}

/// `POST /plan/rows/{id}/end`: from a day on the row is not in the plan.
pub(super) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AgencyProgrammeId = req.id("id")?;
    let mut form = req.form();
    let from = form.day("end_from", Need::Required);
    let base = form.value("base_version").to_owned();
    let ctx = req.ctx()?;
    let body = End { row: id, from: form.value("end_from").to_owned() };
    let Begun::New(mut act) = ctx.act(&req.envelope(), "plan.row_end", &body).await? else {
        return Ok(Answer::to("/plan", "plan_row_ended", receipt()));
    };
    let right = permit(&act)?;
    let at = act.municipality();
    let loaded = load(&mut act.facts()?, at, from.unwrap_or_else(|| ctx.now.day())).await?;
    let now = current(&loaded, id)?;
    let (version, programme) = (now.version, now.row.programme);
    if let Some(from) = from.filter(|_| !form.has_problems()) {
        let excepted = |r: &&Row| r.set.as_ref().is_some_and(|s| s.except.contains(&id));
        if loaded.plan.on(from).iter().any(excepted) {
            form.problem("end_from", "plan_row.still_excepted");
        } else if base == version.to_string() {
            let row = Row { from, ended: true, version, ..now.row.clone() };
            plan::save_row(&mut act, &right, &row).await?;
            let change = act.command();
            return Ok(done(programme, "plan_row_ended", act.commit("").await?).undoable(change));
        }
    }
    drop(act);
    let stale = !form.has_problems();
    if stale {
        form.problem("end_from", "plan_row.changed_meanwhile");
    }
    let shown = state(&loaded.plan, &loaded.names, loaded.on, now.row);
    let page = EndPage {
        frame: req.frame(),
        form,
        name: shown.name,
        row: format!("/plan/rows/{id}"),
        base_version: version.to_string(),
    };
    if stale { Answer::conflict(page.render(), receipt()) } else { Answer::again(page.render(), receipt()) }
}

#[derive(Template)]
#[template(path = "plan_row_end.html")]
struct EndPage {
    frame: Frame,
    form: Form,
    name: String,
    row: String,
    base_version: String,
}
