//! One agency: what it is called and was called, what it does in the plan, its desks and people, its contracts.

use std::sync::Arc;

use access::Role;
use askama::Template;
use engine::{Begun, Channel, Conn, Fail};
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, MunicipalityId};

use super::{administer, opening_words, receipt, span_words};
use crate::acts;
use crate::plan::{Plan, Row};
use crate::rules::{NameKind, Statutory};
use crate::sql::pages::{self, Which};
use crate::sql::{self, find};

/// A word and what it says.
struct Pair {
    word: String,
    text: String,
}

struct PlanView {
    programme: String,
    item: String,
    count: String,
    sections: String,
    delivery: String,
    statutory: String,
    position: String,
    role: String,
    note: String,
}

struct DeskView {
    name: String,
    days: String,
    over: bool,
    heir: String,
    duties: Vec<String>,
    people: Vec<Pair>,
}

struct Linked {
    name: String,
    href: String,
    text: String,
}

#[derive(Template)]
#[template(path = "agency.html")]
struct AgencyPage {
    frame: Frame,
    form: Form,
    name: String,
    rename_to: String,
    /// Where a merger is entered, or taken back before its day.
    merge: (String, &'static str),
    /// Where it is divided, and where a desk is added: while no end is entered.
    more: Vec<(String, &'static str)>,
    over: bool,
    facts: Vec<Pair>,
    names: Vec<Pair>,
    aliases: Vec<String>,
    plan: Vec<PlanView>,
    desks: Vec<DeskView>,
    contracts: Vec<Linked>,
    changes: Vec<Linked>,
    administers: bool,
}

/// `GET /agencies/{id}`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = load(&req, req.id("id")?, Form::default()).await?;
    Answer::page(page.render(), receipt())
}

#[derive(Serialize)]
struct Rename {
    agency: AgencyId,
    name: String,
    from: String,
}

/// `POST /agencies/{id}/rename`
pub(super) async fn rename(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AgencyId = req.id("id")?;
    let mut form = req.form();
    let name = form.line("name", Need::Required, 100);
    let from = form.day("from", Need::Required);
    if let (false, Some(from)) = (form.has_problems(), from) {
        let body = Rename { agency: id, name: name.clone(), from: from.to_string() };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.rename", &body).await? else {
            return Ok(Answer::to(&link::agency(id), "renamed", receipt()));
        };
        let right = administer(&act)?;
        match acts::rename_agency(&mut act, &right, id, &name, from).await {
            Ok(()) => return Ok(Answer::to(&link::agency(id), "renamed", act.commit("").await?)),
            Err(Fail::Refused(why)) => form.problem_with("from", why.key, why.args),
            Err(other) => return Err(other),
        }
    }
    let page = load(&req, id, form).await?;
    Answer::again(page.render(), receipt())
}

async fn load(req: &Req, id: AgencyId, form: Form) -> Result<AgencyPage, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let t = frame.t.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let mut conn = look.conn();
    let Some(agency) = pages::agency_find(&mut conn, at, id).await? else { return Err(Fail::NotVisible) };
    let names = pages::names_of(&mut conn, at, id).await?;
    let own = pages::agency_names(&mut conn, at, [id], today).await?;
    let parent = match agency.parent {
        Some(parent) => pages::agency_names(&mut conn, at, [parent], today).await?.remove(&parent),
        None => None,
    };
    let area = crate::areas(&mut conn, at, "").await?.into_iter().find(|a| Some(a.id) == agency.area);
    let facts = [
        ("agency.entity", format!("{}（{}）", agency.entity, t.code("entity", agency.kind))),
        ("agency.parent", parent.unwrap_or_default()),
        ("agency.field", t.code("field", agency.field)),
        ("agency.area", area.map_or_else(|| t.s("who.whole_town").to_owned(), |a| a.name)),
        ("agency.phone", agency.phone),
        ("agency.place", agency.place),
        ("agency.opening", opening_words(&t, &agency.opening)),
        ("agency.consultable", t.code("consultable", agency.consultable_by)),
        (
            "agency.login",
            t.s(if agency.has_login { "agency.login_yes" } else { "agency.login_no" }).to_owned(),
        ),
        ("agency.days", span_words(&t, agency.span, today)),
    ];
    let plan = crate::plan::load(&mut conn, at).await?;
    Ok(AgencyPage {
        name: own.get(&id).cloned().unwrap_or_default(),
        rename_to: link::agency(id) + "/rename",
        merge: {
            let (act, key) = if agency.span.to.is_some() {
                ("keep", "office.keep_agency")
            } else {
                ("merge", "office.merge")
            };
            (format!("{}/agencies/{id}/{act}", link::OFFICES), key)
        },
        more: if agency.span.to.is_some() {
            Vec::new()
        } else {
            vec![
                (format!("{}/agencies/{id}/split", link::OFFICES), "office.split"),
                (format!("{}/new?agency={id}", link::OFFICES), "office.add_desk"),
            ]
        },
        over: agency.span.ended_before(today),
        facts: facts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| Pair { word: t.s(key).to_owned(), text })
            .collect(),
        aliases: names.iter().filter(|n| n.kind == NameKind::Alias).map(|n| n.name.clone()).collect(),
        names: names
            .iter()
            .filter(|n| n.kind == NameKind::Official)
            .map(|n| Pair { word: n.name.clone(), text: span_words(&t, n.span, today) })
            .collect(),
        plan: plan
            .on(today)
            .into_iter()
            .filter(|row| row.agency == Some(id))
            .flat_map(|row| plan_views(&t, &plan, row, today))
            .collect(),
        desks: desk_views(&mut conn, at, &t, id, today).await?,
        contracts: contract_views(&mut conn, at, &t, id, today).await?,
        changes: change_views(&mut conn, at, &t, id, today).await?,
        administers: ctx.viewer.has_role(&[Role::Administrator]),
        frame,
        form,
    })
}

/// A row of the plan, one line per sub-item, with the part it plays beside the first.
fn plan_views<'a>(t: &'a T, plan: &'a Plan, row: &'a Row, on: Day) -> impl Iterator<Item = PlanView> + 'a {
    let delivery: Vec<String> = row.delivery.iter().map(|d| t.code("delivery", d)).collect();
    let mut sections = t.join(&row.sections);
    if !row.contractor.is_empty() {
        let to = t.f("agency.contractor", "name", &row.contractor);
        sections = if sections.is_empty() { to } else { format!("{sections} {to}") };
    }
    let role = row.role.and_then(|id| plan.role(id, on)).map_or_else(String::new, |r| r.body.clone());
    row.items.iter().map(move |item| PlanView {
        programme: t.code("programme", row.programme),
        item: item.name.clone(),
        count: item.count.map_or_else(String::new, |n| format!("{n}{}", item.unit)),
        sections: sections.clone(),
        delivery: t.join(&delivery),
        statutory: match &item.statutory {
            Statutory::Named(name) => t.f("statutory.named", "name", name),
            other => t.code("statutory", other),
        },
        position: t.code("position", row.position),
        role: role.clone(),
        note: if item.note.is_empty() { row.note.clone() } else { item.note.clone() },
    })
}

async fn desk_views(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    t: &T,
    agency: AgencyId,
    today: Day,
) -> Result<Vec<DeskView>, Fail> {
    let rows = sql::desk_list(conn, at).await?;
    // What was planned and taken back never was.
    let rows: Vec<_> = rows.into_iter().filter(|d| d.agency == agency && !d.own_span().never()).collect();
    let ids = rows.iter().map(|d| d.id).chain(rows.iter().filter_map(|d| d.heir));
    let names = crate::desk_names(conn, at, ids.collect::<Vec<_>>(), today).await?;
    let appointments = pages::appointment_list(conn, at, Which::Agency(agency)).await?;
    let people = crate::user_names(conn, at, appointments.iter().map(|a| a.user)).await?;
    let responsible = pages::responsibility_list(conn, at, today).await?;
    let areas = crate::areas(conn, at, "").await?;
    Ok(rows
        .into_iter()
        .map(|d| DeskView {
            name: names.get(&d.id).cloned().unwrap_or_default(),
            days: span_words(t, d.span, today),
            over: d.span.ended_before(today),
            heir: d
                .heir
                .and_then(|h| names.get(&h))
                .map_or_else(String::new, |h| t.f("agency.heir", "desk", h)),
            duties: responsible
                .iter()
                .filter(|r| r.desk == d.id)
                .map(|r| {
                    let area = areas.iter().find(|a| Some(a.id) == r.area);
                    let place = area.map_or_else(|| t.s("who.whole_town").to_owned(), |a| a.name.clone());
                    format!("{} {}", t.code("matter", r.matter), place)
                })
                .collect(),
            people: appointments
                .iter()
                .filter(|a| a.desk == d.id && a.span.covers(today) && d.span.covers(today))
                .map(|a| Pair {
                    word: a.title.clone(),
                    text: people.get(&a.user).cloned().unwrap_or_default(),
                })
                .collect(),
        })
        .collect())
}

async fn contract_views(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    t: &T,
    agency: AgencyId,
    today: Day,
) -> Result<Vec<Linked>, Fail> {
    let contracts = find::contract_list(conn, at).await?;
    let contracts: Vec<_> = contracts
        .into_iter()
        .filter(|c| (c.contractor == agency || c.commissioner == agency) && !c.span().never())
        .collect();
    let others = contracts.iter().flat_map(|c| [c.contractor, c.commissioner]);
    let names = pages::agency_names(conn, at, others.collect::<Vec<_>>(), today).await?;
    Ok(contracts
        .into_iter()
        .rev()
        .map(|c| {
            let (other, key) = if c.contractor == agency {
                (c.commissioner, "agency.commissioned_by")
            } else {
                (c.contractor, "agency.commissions")
            };
            let programmes: Vec<String> = c.programmes.iter().map(|p| t.code("programme", p)).collect();
            let span = crate::Span { from: c.from, to: Some(c.last) };
            let days = span_words(t, span, today);
            let texts = [("days", days), ("programmes", t.join(&programmes)), ("title", c.title)];
            Linked {
                name: names.get(&other).cloned().unwrap_or_default(),
                href: link::agency(other),
                text: t.fs(key, &texts),
            }
        })
        .collect())
}

async fn change_views(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    t: &T,
    agency: AgencyId,
    today: Day,
) -> Result<Vec<Linked>, Fail> {
    let changes = pages::change_list(conn, at, agency).await?;
    let ids = changes.iter().flat_map(|c| [c.before, c.after]);
    let names = pages::agency_names(conn, at, ids.collect::<Vec<_>>(), today).await?;
    Ok(changes
        .iter()
        .map(|c| {
            let (other, key) =
                if c.before == agency { (c.after, "agency.became") } else { (c.before, "agency.came_from") };
            let day = t.day(c.from, today);
            Linked {
                name: names.get(&other).cloned().unwrap_or_default(),
                href: link::agency(other),
                text: t.fs(key, &[("day", day), ("kind", t.code("successor", c.kind.code()))]),
            }
        })
        .collect())
}
