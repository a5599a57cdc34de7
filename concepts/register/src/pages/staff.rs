//! Staff with their appointments, and new ones. Nothing here shows what anyone wrote.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Fields, Form, Frame, Need, Req, link};
use words::id::{AppointmentId, CommandId, DeskId, PostId, UserId};

use super::{administer, receipt, span_words};
use crate::acts;
use crate::rules::Span;
use crate::sql::pages::{self, Account, Which};
use crate::sql::{self, find};

/// Persons on one page.
const PAGE: usize = 50;

struct Line {
    desk: String,
    href: String,
    role: String,
    title: String,
    days: String,
    instrument: String,
    /// `now`, `coming` or `past`: a key of the section `staff`.
    when: &'static str,
    /// Where it is ended while it can be, and the command of that form: several forms on a page are several commands.
    end: Option<(String, CommandId)>,
    /// The command of giving it up, while it has not begun.
    cancel: Option<CommandId>,
}

struct Person {
    id: UserId,
    name: String,
    reading: String,
    login: String,
    disabled: bool,
    lines: Vec<Line>,
    past: Vec<Line>,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffPage {
    frame: Frame,
    q: String,
    desk: String,
    desks: Vec<Choice>,
    people: Vec<Person>,
    total: usize,
    page: usize,
    pages: usize,
}

fn fits(account: &Account, q: &str) -> bool {
    let (key, reading) = (words::name::name_key(q), words::name::reading_key(q));
    key.is_empty()
        || words::name::name_key(&account.name).contains(&key)
        || (!reading.is_empty() && words::name::reading_key(&account.reading).contains(&reading))
        || account.login.contains(&key)
}

/// `GET /admin/staff?user=&desk=&page=`: ids and numbers only.
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    list(&req, req.query(), "").await
}

/// `POST /admin/staff`: found by name. Names are sent in the body, never in an address.
pub(super) async fn found(req: Arc<Req>) -> Result<Answer, Fail> {
    let q = req.body().get("q").unwrap_or_default().chars().take(60).collect::<String>();
    list(&req, req.body(), &q).await
}

async fn list(req: &Req, asked: &Fields, q: &str) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let t = frame.t.clone();
    let user = asked.get("user").and_then(|v| v.parse::<UserId>().ok());
    let desk = asked.get("desk").and_then(|v| v.parse::<DeskId>().ok());
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let sitting = match desk {
        Some(desk) => Some(crate::staff_of(&mut conn, at, desk, today).await?),
        None => None,
    };
    let accounts: Vec<Account> = pages::account_list(&mut conn, at)
        .await?
        .into_iter()
        .filter(|a| fits(a, q) && user.is_none_or(|user| user == a.id))
        .filter(|a| sitting.as_ref().is_none_or(|s| s.iter().any(|(id, _)| *id == a.id)))
        .collect();
    let total = accounts.len();
    let page_count = total.div_ceil(PAGE).max(1);
    let page = asked.get("page").and_then(|p| p.parse().ok()).unwrap_or(1_usize).clamp(1, page_count);
    let choices = crate::desks(&mut conn, at, today).await?.into_iter().map(|d| Choice {
        chosen: desk == Some(d.id),
        value: d.id.to_string(),
        word: d.name,
    });
    let choices = choices.collect();
    let shown: Vec<Account> = accounts.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let ids = shown.iter().map(|a| a.id).collect();
    let appointments = pages::appointment_list(&mut conn, at, Which::Users(ids)).await?;
    let desks = crate::desk_names(&mut conn, at, appointments.iter().map(|a| a.desk), today).await?;
    let people = shown
        .into_iter()
        .map(|account| {
            let lines = appointments.iter().filter(|a| a.user == account.id).map(|a| {
                let when = if a.span.ended_before(today) {
                    "past"
                } else if a.span.covers(today) {
                    "now"
                } else {
                    "coming"
                };
                Line {
                    desk: desks.get(&a.desk).cloned().unwrap_or_default(),
                    href: link::agency(a.agency),
                    role: t.code("role", a.role),
                    title: a.title.clone(),
                    days: span_words(&t, a.span, today),
                    instrument: a.instrument.clone(),
                    when,
                    cancel: (when == "coming").then(|| req.engine().new_id()),
                    end: (when != "past")
                        .then(|| (format!("/admin/appointments/{}/end", a.id), req.engine().new_id())),
                }
            });
            let (past, lines) = lines.partition(|l: &Line| l.when == "past");
            Person {
                id: account.id,
                name: account.name,
                reading: account.reading,
                login: account.login,
                disabled: account.disabled,
                lines,
                past,
            }
        })
        .collect();
    let desk = desk.map(|d| d.to_string()).unwrap_or_default();
    let q = q.to_owned();
    let page = StaffPage { frame, q, desk, desks: choices, people, total, page, pages: page_count };
    Answer::page(page.render(), receipt())
}

struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "appointment_new.html")]
struct AppointmentPage {
    frame: Frame,
    form: Form,
    users: Vec<Choice>,
    posts: Vec<Choice>,
}

/// `GET /admin/appointments/new`
pub(super) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let user = req.query().get("user").unwrap_or_default().to_owned();
    let page = appointment_page(&req, Form::filled(vec![("user", user)])).await?;
    Answer::page(page.render(), receipt())
}

async fn appointment_page(req: &Req, form: Form) -> Result<AppointmentPage, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let users = pages::account_list(&mut conn, at)
        .await?
        .into_iter()
        .filter(|a| !a.disabled)
        .map(|a| Choice {
            chosen: form.chose("user", a.id),
            value: a.id.to_string(),
            word: format!("{}（{}）", a.name, a.login),
        })
        .collect();
    let mut desks = crate::desks(&mut conn, at, today).await?;
    // A new contractor's people are appointed before its first day.
    let coming = sql::desk_list(&mut conn, at).await?;
    let coming = coming.iter().filter(|d| d.span.from > today && !d.span.never()).map(|d| d.id);
    desks.extend(crate::desks_by_id(&mut conn, at, coming, today).await?);
    let posts = find::post_list(&mut conn, at).await?;
    let mut choices = Vec::new();
    for desk in &desks {
        for post in posts.iter().filter(|p| p.desk == desk.id) {
            let role = frame.t.code("role", post.role);
            let title = if post.title.is_empty() || post.title == role {
                role
            } else {
                format!("{} {role}", post.title)
            };
            choices.push(Choice {
                value: post.id.to_string(),
                word: format!("{} {title}", desk.name),
                chosen: form.chose("post", post.id),
            });
        }
    }
    Ok(AppointmentPage { frame, form, users, posts: choices })
}

#[derive(Serialize)]
struct Appoint {
    user: UserId,
    post: PostId,
    from: String,
    to: Option<String>,
    instrument: String,
}

/// `POST /admin/appointments/new`
pub(super) async fn appoint(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let user: Option<UserId> = form.id("user", Need::Required);
    let post: Option<PostId> = form.id("post", Need::Required);
    let from = form.day("from", Need::Required);
    let to = form.day("to", Need::Optional);
    let instrument = form.line("instrument", Need::Optional, 100);
    if let (false, Some(user), Some(post), Some(from)) = (form.has_problems(), user, post, from) {
        let body = Appoint {
            user,
            post,
            from: from.to_string(),
            to: to.map(|d| d.to_string()),
            instrument: instrument.clone(),
        };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.appoint", &body).await? else {
            return Ok(Answer::to(link::STAFF, "appointed", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        // Ids from a form may name nothing here.
        let known = find::post_desk(&mut act.facts()?, at, post).await?.is_some();
        let account = pages::account_list(&mut act.facts()?, at).await?.into_iter().find(|a| a.id == user);
        if !known {
            form.problem("post", "text.choose");
        }
        match account {
            Some(account) if known => {
                match acts::appoint(&mut act, &right, user, post, None, Span { from, to }, &instrument).await
                {
                    Ok(_) => {
                        let back = format!("{}?user={}", link::STAFF, account.id);
                        return Ok(Answer::to(&back, "appointed", act.commit("").await?));
                    }
                    Err(Fail::Refused(why)) => {
                        let field = match why.key {
                            "register.span" => "to",
                            "register.desk_not_yet" => "from",
                            _ => "post",
                        };
                        let t = req.t();
                        let shown =
                            |text: String| words::Day::parse_iso(&text).map_or(text, |d| t.full_day(d));
                        let args = why.args.into_iter().map(|(name, text)| (name, shown(text))).collect();
                        form.problem_with(field, why.key, args);
                    }
                    Err(other) => return Err(other),
                }
            }
            Some(_) => {}
            None => form.problem("user", "text.choose"),
        }
    }
    let page = appointment_page(&req, form).await?;
    Answer::again(page.render(), receipt())
}

#[derive(Serialize)]
struct End {
    appointment: AppointmentId,
    last: String,
}

#[derive(Template)]
#[template(path = "appointment_end.html")]
struct EndPage {
    frame: Frame,
    form: Form,
    action: String,
    /// Whose appointment at which desk; empty when there is none.
    seat: String,
    /// Open work of that person at that desk, kind by kind with its first date: no content (disclosure rule 13).
    work: Vec<(String, i64, String)>,
    total: i64,
    /// Who sits at the desk from the next day on.
    others: Vec<String>,
}

/// What is left open when somebody goes.
async fn left_open(
    conn: &mut engine::Conn<'_>,
    at: words::id::MunicipalityId,
    appointment: AppointmentId,
) -> Result<Option<(pages::Leaving, Vec<pages::OpenWork>)>, Fail> {
    let Some(leaving) = pages::leaving(conn, at, appointment).await? else { return Ok(None) };
    let work = pages::open_work(conn, at, leaving.user, leaving.desk).await?;
    Ok(Some((leaving, work)))
}

/// Gives up an appointment that has not begun.
async fn cancel(req: &Req, mut form: Form, appointment: AppointmentId) -> Result<Answer, Fail> {
    let begun = req.ctx()?.act(&req.envelope(), "register.cancel_appointment", &appointment).await?;
    let Begun::New(mut act) = begun else {
        return Ok(Answer::to(link::STAFF, "appointment_cancelled", receipt()));
    };
    let right = administer(&act)?;
    match acts::cancel_appointment(&mut act, &right, appointment).await {
        Ok(()) => return Ok(Answer::to(link::STAFF, "appointment_cancelled", act.commit("").await?)),
        Err(Fail::Refused(why)) => form.problem_with("last", why.key, why.args),
        Err(other) => return Err(other),
    }
    drop(act);
    let page = end_page(req, form, appointment).await?;
    Answer::again(page.render(), receipt())
}

/// `POST /admin/appointments/{id}/end`. When it ends at once and work of that person is open, the page says so first: it
/// goes back to the desk, and somebody must have seen to whom.
pub(super) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let appointment: AppointmentId = req.id("id")?;
    let mut form = req.form();
    let ctx = req.ctx()?;
    if form.value("cancel") == "yes" {
        return cancel(&req, form, appointment).await;
    }
    if let Some(last) = form.day("last", Need::Required).filter(|_| !form.has_problems()) {
        let body = End { appointment, last: last.to_string() };
        let Begun::New(mut act) = ctx.act(&req.envelope(), "register.end_appointment", &body).await? else {
            return Ok(Answer::to(link::STAFF, "appointment_ended", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        let open = left_open(&mut act.facts()?, at, appointment).await?;
        let at_once = last <= ctx.now.day() && open.is_some_and(|(_, work)| !work.is_empty());
        if at_once && !form.ticked("seen") {
            form.problem("seen", "staff.open_work_tick");
        } else {
            match acts::end_appointment(&mut act, &right, appointment, last).await {
                Ok(()) => return Ok(Answer::to(link::STAFF, "appointment_ended", act.commit("").await?)),
                Err(Fail::Refused(why)) => form.problem_with("last", why.key, why.args),
                Err(other) => return Err(other),
            }
        }
    }
    let page = end_page(&req, form, appointment).await?;
    Answer::again(page.render(), receipt())
}

async fn end_page(req: &Req, form: Form, appointment: AppointmentId) -> Result<EndPage, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let mut page = EndPage {
        action: req.path().to_owned(),
        seat: String::new(),
        work: Vec::new(),
        total: 0,
        others: Vec::new(),
        frame,
        form,
    };
    if let Some((leaving, work)) = left_open(&mut conn, at, appointment).await? {
        let desks = crate::desk_names(&mut conn, at, [leaving.desk], today).await?;
        let desk = desks.get(&leaving.desk).cloned().unwrap_or_default();
        page.seat = format!("{}　{desk}", leaving.name);
        page.total = work.iter().map(|w| w.count).sum();
        page.work = work
            .into_iter()
            .map(|w| (page.frame.t.code("task_kind", w.kind), w.count, page.frame.day(&w.first.day())))
            .collect();
        let staff = crate::staff_of(&mut conn, at, leaving.desk, today.plus_days(1)).await?;
        page.others = staff.into_iter().filter(|(id, _)| *id != leaving.user).map(|(_, name)| name).collect();
    }
    Ok(page)
}
