//! An agency passes to another at a merger, on a day to come; and that taken back before the day.

use std::sync::Arc;

use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Form, Need, Req, link};
use words::id::{AgencyId, AppointmentId, DeskId};

use super::form::{self, ActPage, Field, Kind, Other};
use super::{Register, merger, span_words};
use crate::acts::office;
use crate::pages::{administer, receipt};
use crate::rules::{Span, office as rules};
use crate::sql::pages as stored;

/// How its end stands.
pub(super) fn standing(span: Span) -> String {
    span.to.map_or_else(|| "open".to_owned(), |day| day.to_string())
}

async fn show(req: &Req, id: AgencyId, form: Option<Form>, merges: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let register = Register::load(&mut look.conn(), at, today).await?;
    let Some(span) = register.spans.get(&id).copied() else { return Err(Fail::NotVisible) };
    let first = form.is_none();
    let words =
        if merges { ("office.merge", "office.merge_do") } else { ("office.keep_agency", "office.keep_do") };
    let mut page = ActPage::new(req, form.unwrap_or_default(), words, register.agency(id));
    let t = page.frame.t.clone();
    page.was = standing(span);
    page.facts.push((t.s("agency.days").to_owned(), span_words(&t, span, today)));
    if let Some(own) = stored::agency_find(&mut look.conn(), at, id).await? {
        page.facts.push((t.s("office.entity").to_owned(), own.entity));
    }
    let desks = register.desks.iter().filter(|d| d.agency == id && !d.span.ended_before(today));
    for desk in desks.clone() {
        page.facts.push((register.desk(desk.id), register.holds(&t, desk.id)));
    }
    if merges {
        page.consents = true;
        page.note("office.merge_note");
        let labels = ["office.successor", "office.merge_entity_help"];
        form::other_fields(&register, &mut page, (id, form::ONE), labels);
        page.fields.push(Field::new(Kind::Day, "from", t.s("office.merge_from")));
        if !first {
            merger::preview(&mut look.conn(), at, &register, &mut page, id).await?;
        }
    } else if let Err(why) = rules::may_keep(span, None, today) {
        page.close(&why);
    } else {
        page.note("office.keep_note");
        if let Some(last) = span.to {
            let ended: Vec<DeskId> = desks.filter(|d| d.own_end == Some(last)).map(|d| d.id).collect();
            form::again_field(&mut look.conn(), at, &register, &mut page, (&ended, last), first).await?;
        }
    }
    page.answer()
}

/// `GET /admin/offices/agencies/{id}/merge`
pub(in crate::pages) async fn merge_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, true).await
}

#[derive(Serialize)]
struct Merge {
    agency: AgencyId,
    successor: Option<AgencyId>,
    new: Option<(String, String)>,
    from: String,
}

/// `POST /admin/offices/agencies/{id}/merge`
pub(in crate::pages) async fn merge(req: Arc<Req>) -> Result<Answer, Fail> {
    let agency: AgencyId = req.id("id")?;
    let mut form = req.form();
    let other = form::other_chosen(&mut form, form::ONE, false);
    let from = form.coming_day("from", Need::Required);
    form::tomorrow(&mut form, from, req.now().day());
    if let (false, Some(other), Some(from)) = (form.has_problems(), other, from) {
        let (successor, new) = match &other {
            Other::Known(id) => (Some(*id), None),
            Other::New { name, entity } => (None, Some((name.clone(), entity.clone()))),
        };
        let body = Merge { agency, successor, new, from: from.to_string() };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.merge_agency", &body).await?
        else {
            return Ok(Answer::to(&link::agency(agency), "agency_merges", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        let found = stored::agency_find(&mut act.facts()?, at, agency).await?;
        let Some(found) = found else { return Err(Fail::NotVisible) };
        form::unchanged(&form, &standing(found.span))?;
        let (asked, like) = ((&other, form::ONE), (&found, act.now().day()));
        if let Some(successor) = form::other_agency(&mut act, &right, &mut form, asked, like).await? {
            match office::merge_agency(&mut act, &right, agency, successor, from).await {
                Ok(()) if merger::is_sure(&form, agency, &other, from) => {
                    let here = link::agency(agency);
                    return Ok(Answer::to(&here, "agency_merges", act.commit("").await?));
                }
                // What it does stands on the page that comes back; nothing of it is kept before that was ticked.
                Ok(()) => form.problem(form::MEANT, "office.merge_sure_missing"),
                Err(Fail::Refused(why)) => {
                    let other = ["register.heir_itself", "office.successor_over"].contains(&why.key);
                    form::refused(&req, &mut form, if other { "agency" } else { "from" }, why);
                }
                Err(other) => return Err(other),
            }
        }
    }
    show(&req, agency, Some(form), true).await
}

/// `GET /admin/offices/agencies/{id}/keep`
pub(in crate::pages) async fn keep_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, false).await
}

#[derive(Serialize)]
struct Keep {
    agency: AgencyId,
    again: Vec<AppointmentId>,
}

/// `POST /admin/offices/agencies/{id}/keep`
pub(in crate::pages) async fn keep(req: Arc<Req>) -> Result<Answer, Fail> {
    let agency: AgencyId = req.id("id")?;
    let mut form = req.form();
    let again = form::again_chosen(&form);
    let body = Keep { agency, again: again.clone() };
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.keep_agency", &body).await? else {
        return Ok(Answer::to(link::OFFICES, "office_kept", receipt()));
    };
    let right = administer(&act)?;
    let at = act.municipality();
    let found = stored::agency_find(&mut act.facts()?, at, agency).await?.ok_or(Fail::NotVisible)?;
    form::unchanged(&form, &standing(found.span))?;
    match office::keep_agency(&mut act, &right, agency, &again).await {
        Ok(()) => Ok(Answer::to(link::OFFICES, "office_kept", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            drop(act);
            form::refused(&req, &mut form, form::REFUSED, why);
            show(&req, agency, Some(form), false).await
        }
        Err(other) => Err(other),
    }
}
