//! The transfer list of an April 1: paste, look at every line, then load. And what is coming.

use std::collections::HashSet;
use std::sync::Arc;

use access::Role;
use askama::Template;
use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Form, Frame, Req, T, link};
use words::code::Code;

use super::{administer, receipt};
use crate::import::{self, Move, Problem, What, plan_transfers};
use crate::rules::Programme;
use crate::sql::pages::{self, Which};

struct MoveView {
    name: String,
    login: String,
    from: String,
    to: String,
    day: String,
    done: bool,
}

struct Coming {
    day: String,
    name: String,
    desk: String,
    title: String,
    begins: bool,
}

#[derive(Template)]
#[template(path = "transfers.html")]
struct TransfersPage {
    frame: Frame,
    form: Form,
    list: String,
    problems: Vec<String>,
    moves: Vec<MoveView>,
    /// Whether the list may be loaded: read without a problem, and something in it is new.
    ready: bool,
    looked: bool,
    coming: Vec<Coming>,
    /// What the list may hold: the columns, three lines as an example, and the words of 事業 and 役割.
    columns: Vec<String>,
    examples: Vec<Vec<String>>,
    programmes: Vec<String>,
    roles: Vec<String>,
}

/// `GET /admin/transfers`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = load(&req, req.form(), String::new()).await?;
    Answer::page(page.render(), receipt())
}

#[derive(Serialize)]
struct Body<'a> {
    list: &'a str,
}

/// `POST /admin/transfers`: a look at the list, or, with `step=load`, the list itself.
pub(super) async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let list = form.value("list").to_owned();
    if list.trim().is_empty() {
        form.problem("list", "text.required");
    }
    if !form.has_problems() && form.value("step") == "load" {
        let Begun::New(mut act) =
            req.ctx()?.act(&req.envelope(), "register.transfers", &Body { list: &list }).await?
        else {
            return Ok(Answer::to(link::TRANSFERS, "transfers_loaded", receipt()));
        };
        let right = administer(&act)?;
        let today = act.now().day();
        let report = import::load(&mut act, &right, What::Transfers, list.as_bytes(), today).await?;
        if report.problems.is_empty() {
            return Ok(Answer::to(link::TRANSFERS, "transfers_loaded", act.commit("").await?));
        }
        // The register changed since the preview: dropped without a trace, and shown again line by line.
    }
    let wrong = form.has_problems();
    let page = load(&req, form, list).await?;
    if wrong || !page.problems.is_empty() {
        Answer::again(page.render(), receipt())
    } else {
        Answer::page(page.render(), receipt())
    }
}

/// The cells of a line that is kept as one text.
fn cells(t: &T, key: &str) -> Vec<String> {
    t.s(key).split('|').map(str::to_owned).collect()
}

/// The words that a column takes.
fn words<C: Code + std::fmt::Display>(t: &T, list: &str, all: &[C]) -> Vec<String> {
    let word = |c: &C| [("word", t.code(list, c)), ("code", c.code().to_owned())];
    all.iter().map(|c| t.fs("transfers.word", &word(c))).collect()
}

async fn load(req: &Req, form: Form, list: String) -> Result<TransfersPage, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let looked = !list.trim().is_empty() && !form.has_problems();
    let (moves, problems): (Vec<Move>, Vec<Problem>) =
        if looked { plan_transfers(&mut conn, at, list.as_bytes()).await? } else { (Vec::new(), Vec::new()) };
    let mut views = Vec::new();
    for m in &moves {
        // Each place under its name of the day it is about.
        let eve = m.written.day.plus_days(-1);
        let old = crate::desk_names(&mut conn, at, m.ends.map(|(_, d)| d), eve).await?;
        let new = crate::desk_names(&mut conn, at, m.begins.map(|(d, _)| d), m.written.day).await?;
        let role = m.begins.map_or_else(String::new, |(_, role)| frame.t.code("role", role));
        views.push(MoveView {
            name: m.written.name.clone(),
            login: m.written.login.clone(),
            from: old.into_values().next().unwrap_or_else(|| frame.t.s("transfers.joins").to_owned()),
            to: new
                .into_values()
                .next()
                .map_or_else(|| frame.t.s("transfers.leaves").to_owned(), |desk| format!("{desk} {role}")),
            day: frame.day(&m.written.day),
            done: m.done,
        });
    }
    let appointments = pages::appointment_list(&mut conn, at, Which::ChangingAfter(today)).await?;
    let users = crate::user_names(&mut conn, at, appointments.iter().map(|a| a.user)).await?;
    let mut changes = Vec::new();
    for a in &appointments {
        if a.span.from > today {
            changes.push((a.span.from, true, a));
        }
        if let Some(last) = a.span.to.filter(|last| *last >= today) {
            changes.push((last, false, a));
        }
    }
    changes.sort_by_key(|(day, begins, a)| (*day, *begins, a.id));
    let days: HashSet<_> = changes.iter().map(|(day, ..)| *day).collect();
    let mut coming = Vec::new();
    for day in days {
        let of_day = changes.iter().filter(|(d, ..)| *d == day);
        let names = crate::desk_names(&mut conn, at, of_day.clone().map(|(.., a)| a.desk), day).await?;
        coming.extend(of_day.map(|(_, begins, a)| {
            let view = Coming {
                day: frame.day(&day),
                name: users.get(&a.user).cloned().unwrap_or_default(),
                desk: names.get(&a.desk).cloned().unwrap_or_default(),
                title: a.title.clone(),
                begins: *begins,
            };
            (day, *begins, view)
        }));
    }
    coming.sort_by(|a, b| (a.0, a.1, &a.2.name).cmp(&(b.0, b.1, &b.2.name)));
    Ok(TransfersPage {
        ready: looked && problems.is_empty() && moves.iter().any(|m| !m.done),
        problems: problems.iter().map(|p| p.sentence(&frame.t)).collect(),
        moves: views,
        columns: cells(&frame.t, "transfers.columns"),
        examples: ["transfers.example_move", "transfers.example_joins", "transfers.example_leaves"]
            .map(|key| cells(&frame.t, key))
            .into(),
        programmes: words(&frame.t, "programme", Programme::ALL),
        roles: words(&frame.t, "role", Role::ALL),
        coming: coming.into_iter().map(|(.., view)| view).collect(),
        frame,
        form,
        list,
        looked,
    })
}
