//! An agency is divided into two on a day to come. For each of its desks somebody says who has its records.

use std::sync::Arc;

use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Choice, Form, Need, Req, link};
use words::code::Code;
use words::id::{AgencyId, DeskId};

use super::agency::standing;
use super::form::{self, ActPage, Field, Kind, Other};
use super::{Register, span_words};
use crate::acts::opening;
use crate::pages::{administer, receipt};
use crate::rules::opening::{self as rules, Carry};
use crate::sql::{self, pages as stored};

fn carry_field(desk: DeskId) -> String {
    format!("carry-{desk}")
}

/// `GET /admin/offices/agencies/{id}/split`
pub(in crate::pages) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None).await
}

async fn show(req: &Req, id: AgencyId, form: Option<Form>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let register = Register::load(&mut look.conn(), at, today).await?;
    let Some(span) = register.spans.get(&id).copied() else { return Err(Fail::NotVisible) };
    let words = ("office.split", "office.split_do");
    let mut page = ActPage::new(req, form.unwrap_or_default(), words, register.agency(id));
    let t = page.frame.t.clone();
    page.was = standing(span);
    page.consents = true;
    page.note("office.split_note");
    page.facts.push((t.s("agency.days").to_owned(), span_words(&t, span, today)));
    let desks: Vec<_> =
        register.desks.iter().filter(|d| d.agency == id && !d.span.ended_before(today)).collect();
    for desk in &desks {
        page.facts.push((register.desk(desk.id), register.holds(&t, desk.id)));
    }
    for (head, at, label) in [
        ("office.split_one", form::FIRST, "office.split_into"),
        ("office.split_two", form::TWO, "office.split_into"),
    ] {
        page.fields.push(Field::head(&format!("for-{}", at.agency), t.s(head), ""));
        form::other_fields(&register, &mut page, (id, at), [label, "office.merge_entity_help"]);
    }
    page.fields.push(Field::head("carried", t.s("office.carry"), t.s("office.carry_help")));
    page.fields.push(Field::new(Kind::Day, "from", t.s("office.split_from")));
    for desk in desks {
        let name = carry_field(desk.id);
        let choices = Carry::ALL.iter().map(|c| Choice::new(&page.form, &name, c.code(), t.code("carry", c)));
        let label = t.f("office.carry_of", "desk", register.desk(desk.id));
        let field = Field::new(Kind::Select, &name, &label).of(vec![(String::new(), choices.collect())]);
        page.fields.push(field);
    }
    page.answer()
}

#[derive(Serialize)]
struct Split {
    agency: AgencyId,
    into: [(Option<AgencyId>, String, String); 2],
    carried: Vec<(DeskId, Carry)>,
    from: String,
}

fn said(other: &Other) -> (Option<AgencyId>, String, String) {
    match other {
        Other::Known(id) => (Some(*id), String::new(), String::new()),
        Other::New { name, entity } => (None, name.clone(), entity.clone()),
    }
}

/// Beside which field a refusal of one of the two stands.
fn beside(key: &str, names: form::Names) -> &'static str {
    match key {
        "office.two_same" | "register.heir_itself" | "office.successor_over" => names.agency,
        _ => "from",
    }
}

/// The desks that somebody has to decide about: those that are there on its last day, or as far as is known now.
async fn asked(req: &Req, id: AgencyId) -> Result<Vec<DeskId>, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let desks = sql::desk_list(&mut look.conn(), at).await?;
    let theirs =
        desks.iter().filter(|d| d.agency == id && !d.own_span().never() && !d.span.ended_before(today));
    Ok(theirs.map(|d| d.id).collect())
}

/// `POST /admin/offices/agencies/{id}/split`
pub(in crate::pages) async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
    let agency: AgencyId = req.id("id")?;
    let mut form = req.form();
    let one = form::other_chosen(&mut form, form::FIRST, false);
    let two = form::other_chosen(&mut form, form::TWO, false);
    if let (Some(Other::New { name: a, .. }), Some(Other::New { name: b, .. })) = (&one, &two)
        && words::name::name_key(a) == words::name::name_key(b)
    {
        form.problem("new_name2", "office.two_same");
    }
    if let (Some(Other::Known(a)), Some(Other::Known(b))) = (&one, &two)
        && a == b
    {
        form.problem("agency2", "office.two_same");
    }
    let from = form.coming_day("from", Need::Required);
    form::tomorrow(&mut form, from, req.now().day());
    let mut carried: Vec<(DeskId, Carry)> = Vec::new();
    for desk in asked(&req, agency).await? {
        carried.extend(form.code(&carry_field(desk), Need::Required).map(|carry: Carry| (desk, carry)));
    }
    if let (false, Some(one), Some(two), Some(from)) = (form.has_problems(), one, two, from) {
        let into = [said(&one), said(&two)];
        let body = Split { agency, into, carried: carried.clone(), from: from.to_string() };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.split_agency", &body).await?
        else {
            return Ok(Answer::to(&link::agency(agency), "agency_splits", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        let found = stored::agency_find(&mut act.facts()?, at, agency).await?.ok_or(Fail::NotVisible)?;
        form::unchanged(&form, &standing(found.span))?;
        let mut into = Vec::new();
        for (other, names) in [(&one, form::FIRST), (&two, form::TWO)] {
            let asked = (other, names);
            let id = form::other_agency(&mut act, &right, &mut form, asked, (&found, from)).await?;
            let spans = stored::agency_spans(&mut act.facts()?, at).await?;
            let today = act.now().day();
            let Some(id) = id else { continue };
            let open = (id, spans.get(&id).copied());
            if let Err(why) = rules::may_become(found.span, agency, open, from, today) {
                form::refused(&req, &mut form, beside(why.key, names), why);
            }
            into.push(id);
        }
        if let (false, [one, two]) = (form.has_problems(), into.as_slice()) {
            match opening::split_agency(&mut act, &right, agency, (*one, *two), &carried, from).await {
                Ok(()) => {
                    let here = link::agency(agency);
                    return Ok(Answer::to(&here, "agency_splits", act.commit("").await?));
                }
                Err(Fail::Refused(why)) => form::refused(&req, &mut form, beside(why.key, form::TWO), why),
                Err(other) => return Err(other),
            }
        }
    }
    show(&req, agency, Some(form)).await
}
