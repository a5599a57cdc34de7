//! Who answers for what, for administrators: add one, note that it was checked, end it. A register
//! that nobody checks is soon wrong: the ones not checked for longest come first.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req};
use words::code::Code;
use words::id::{AreaId, CommandId, DeskId, ThingId};

use super::{administer, receipt, span_words};
use crate::acts::{self, NewResponsibility};
use crate::rules::{Matter, Span};
use crate::sql::find;

/// The page itself: where every form of it comes back to.
const HERE: &str = "/admin/responsibilities";

struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

struct Line {
    matter: String,
    place: String,
    desk: String,
    contact: String,
    days: String,
    /// When it was last checked; empty when never.
    confirmed: String,
    action: String,
    /// Each form is a command of its own.
    confirm: CommandId,
    end: CommandId,
}

#[derive(Template)]
#[template(path = "duties.html")]
struct DutiesPage {
    frame: Frame,
    form: Form,
    matters: Vec<Choice>,
    areas: Vec<(String, Vec<Choice>)>,
    desks: Vec<Choice>,
    lines: Vec<Line>,
}

/// `GET /admin/responsibilities?matter=&area=`: both fill the form in.
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let given = |name: &str| req.query().get(name).unwrap_or_default().to_owned();
    let form = Form::filled(vec![("matter", given("matter")), ("area", given("area"))]);
    Answer::page(page(&req, form).await?.render(), receipt())
}

async fn page(req: &Req, form: Form) -> Result<DutiesPage, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let frame = req.frame();
    let t = frame.t.clone();
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let all_areas = crate::areas(&mut conn, at, "").await?;
    let all_desks = crate::desks(&mut conn, at, today).await?;
    let mut known = find::responsibility_all(&mut conn, at).await?;
    known.retain(|k| !k.span.ended_before(today));
    known.sort_by_key(|k| k.confirmed);
    let names = crate::desk_names(&mut conn, at, known.iter().map(|k| k.desk), today).await?;
    let lines = known
        .into_iter()
        .map(|k| Line {
            matter: t.code("matter", k.matter),
            place: k
                .area
                .and_then(|id| all_areas.iter().find(|a| a.id == id))
                .map_or_else(|| t.s("who.whole_town").to_owned(), |a| a.name.clone()),
            desk: names.get(&k.desk).cloned().unwrap_or_default(),
            contact: k.contact,
            days: span_words(&t, k.span, today),
            confirmed: k
                .confirmed
                .map_or_else(String::new, |day| t.f("who.confirmed", "day", t.day(day, today))),
            action: format!("{HERE}/{}", k.id),
            confirm: req.engine().new_id(),
            end: req.engine().new_id(),
        })
        .collect();
    let matters = Matter::ALL
        .iter()
        .map(|m| Choice { value: m.to_string(), word: t.code("matter", m), chosen: form.chose("matter", m) })
        .collect();
    let mut areas: Vec<(String, Vec<Choice>)> = Vec::new();
    for a in &all_areas {
        let choice =
            Choice { value: a.id.to_string(), word: a.name.clone(), chosen: form.chose("area", a.id) };
        match areas.iter_mut().find(|(system, _)| *system == a.system) {
            Some((_, choices)) => choices.push(choice),
            None => areas.push((a.system.clone(), vec![choice])),
        }
    }
    let desks = all_desks
        .into_iter()
        .map(|d| Choice { value: d.id.to_string(), word: d.name, chosen: form.chose("desk", d.id) })
        .collect();
    Ok(DutiesPage { frame, form, matters, areas, desks, lines })
}

#[derive(Serialize)]
struct Add {
    desk: DeskId,
    area: Option<AreaId>,
    matter: Matter,
    contact: String,
    from: String,
    to: Option<String>,
}

/// `POST /admin/responsibilities`. Whoever writes it down has just checked it.
pub(super) async fn add(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let matter: Option<Matter> = form.code("matter", Need::Required);
    let area: Option<AreaId> = form.id("area", Need::Optional);
    let desk: Option<DeskId> = form.id("desk", Need::Required);
    let contact = form.line("contact", Need::Optional, 200);
    let (from, to) = (form.day("from", Need::Required), form.day("to", Need::Optional));
    if let (false, Some(matter), Some(desk), Some(from)) = (form.has_problems(), matter, desk, from) {
        let (first, last) = (from.to_string(), to.map(|d| d.to_string()));
        let body = Add { desk, area, matter, contact: contact.clone(), from: first, to: last };
        let Begun::New(mut act) =
            req.ctx()?.act(&req.envelope(), "register.add_responsibility", &body).await?
        else {
            return Ok(Answer::to(HERE, "duty_added", receipt()));
        };
        let right = administer(&act)?;
        let (at, today) = (act.municipality(), act.now().day());
        // Ids from a form may name nothing here.
        if !crate::desks(&mut act.facts()?, at, from.max(today)).await?.iter().any(|d| d.id == desk) {
            form.problem("desk", "duty.no_desk");
        }
        if let Some(area) = area
            && !crate::areas(&mut act.facts()?, at, "").await?.iter().any(|a| a.id == area)
        {
            form.problem("area", "text.choose");
        }
        let span = Span { from, to };
        let known = find::responsibility_all(&mut act.facts()?, at).await?;
        let same = (desk, area, matter);
        if known.iter().any(|k| (k.desk, k.area, k.matter) == same && k.span.overlaps(span)) {
            form.problem("desk", "duty.there");
        }
        if !form.has_problems() {
            let new = NewResponsibility { desk, area, matter, contact, span, confirmed: Some(today) };
            match acts::add_responsibility(&mut act, &right, &new).await {
                Ok(_) => return Ok(Answer::to(HERE, "duty_added", act.commit("").await?)),
                Err(Fail::Refused(why)) => form.problem_with("to", why.key, why.args),
                Err(other) => return Err(other),
            }
        }
    }
    Answer::again(page(&req, form).await?.render(), receipt())
}

/// `POST /admin/responsibilities/{id}/confirm`: it was checked today and is right.
pub(super) async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.confirm_responsibility", &id).await?
    else {
        return Ok(Answer::to(HERE, "duty_confirmed", receipt()));
    };
    let right = administer(&act)?;
    let today = act.now().day();
    acts::confirm_responsibility(&mut act, &right, id, today).await?;
    Ok(Answer::to(HERE, "duty_confirmed", act.commit("").await?))
}

#[derive(Serialize)]
struct End {
    id: ThingId,
    last: String,
}

#[derive(Template)]
#[template(path = "duty_end.html")]
struct EndPage {
    frame: Frame,
    form: Form,
    action: String,
}

/// `POST /admin/responsibilities/{id}/end`
pub(super) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    if let Some(last) = form.day("last", Need::Required).filter(|_| !form.has_problems()) {
        let body = End { id, last: last.to_string() };
        let Begun::New(mut act) =
            req.ctx()?.act(&req.envelope(), "register.end_responsibility", &body).await?
        else {
            return Ok(Answer::to(HERE, "duty_ended", receipt()));
        };
        let right = administer(&act)?;
        match acts::end_responsibility(&mut act, &right, id, last).await {
            Ok(()) => return Ok(Answer::to(HERE, "duty_ended", act.commit("").await?)),
            Err(Fail::Refused(why)) => form.problem_with("last", why.key, why.args),
            Err(other) => return Err(other),
        }
    }
    let page = EndPage { frame: req.frame(), form, action: req.path().to_owned() };
    Answer::again(page.render(), receipt())
}
