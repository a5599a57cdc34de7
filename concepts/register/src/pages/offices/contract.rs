//! A contract ends, is renewed, or passes to another contractor; and what was planned taken back before its day.

use std::sync::Arc;

use engine::{Begun, Channel, Fail, Refusal};
use serde::Serialize;
use site::{Answer, Form, Need, Req, link};
use words::id::{AgencyId, AppointmentId, ContractId, DeskId};

use super::Register;
use super::form::{self, ActPage, Closed, Field, Kind, Other};
use crate::acts::office::{self, NextContract};
use crate::pages::{administer, receipt};
use crate::rules::office as rules;
use crate::sql::find::{self, Contract};
use crate::sql::pages as stored;

/// What is decided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    End,
    Renew,
    Next,
    Keep,
    Cancel,
}

impl What {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::End => ("office.end_contract", "staff.end_do"),
            Self::Renew => ("office.renew", "office.renew_do"),
            Self::Next => ("office.next", "office.next_do"),
            Self::Keep => ("office.keep_contract", "office.keep_do"),
            Self::Cancel => ("office.cancel", "office.cancel_do"),
        }
    }
}

/// How its end stands, with the desks that have one of their own.
async fn standing(
    conn: &mut engine::Conn<'_>,
    at: words::id::MunicipalityId,
    contract: &Contract,
) -> Result<String, Fail> {
    let open = find::contract_desks(conn, at, contract.id).await?.len();
    Ok(format!("{} {open}", contract.last))
}

async fn show(req: &Req, id: ContractId, form: Option<Form>, what: What) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let register = Register::load(&mut look.conn(), at, today).await?;
    let Some(contract) = register.contracts.iter().find(|c| c.id == id) else { return Err(Fail::NotVisible) };
    let first = form.is_none();
    let ending = find::contract_ending(&mut look.conn(), at, id, today).await?;
    let form = form.unwrap_or_else(|| filled(req, &register, contract, what, &ending));
    let title = [("name", register.agency(contract.contractor)), ("title", contract.title.clone())];
    let mut page = ActPage::new(req, form, what.words(), req.frame().t.fs("office.contract_of", &title));
    page.was = standing(&mut look.conn(), at, contract).await?;
    facts(&register, contract, &mut page);
    let t = page.frame.t.clone();
    let line = |name, key| Field::new(Kind::Line, name, t.s(key));
    let day = |name, key| Field::new(Kind::Day, name, t.s(key));
    match what {
        What::End => {
            page.consents = true;
            page.note("office.ends_note");
            page.fields.push(day("last", "staff.last"));
            form::heir_fields(&mut look.conn(), at, &register, &mut page, &ending).await?;
            form::meant_field(&register, &mut page, contract.commissioner, &ending);
        }
        What::Renew => {
            if register.followed(contract) {
                page.close(&Refusal::new("office.followed"));
                return page.answer();
            }
            let key =
                if contract.span().ended_before(today) { "office.renew_late" } else { "office.renew_note" };
            page.note(key);
            renewed_with(&register, contract, &mut page);
            page.fields.extend([line("title", "office.contract_title"), day("until", "office.until")]);
        }
        What::Next => {
            page.consents = true;
            page.note("office.next_note");
            let labels = ["office.contractor", "office.new_entity_help"];
            form::other_fields(&register, &mut page, (contract.contractor, form::ONE), labels);
            page.fields.extend([
                line("title", "office.contract_title"),
                day("last", "office.last_of_former"),
                day("until", "office.until_of_next"),
            ]);
            form::heir_fields(&mut look.conn(), at, &register, &mut page, &ending).await?;
            form::meant_field(&register, &mut page, contract.commissioner, &ending);
        }
        What::Keep => {
            if let Err(why) = rules::may_keep(contract.span(), None, today) {
                page.close(&why);
                return page.answer();
            }
            page.note("office.keep_contract_note");
            page.fields.push(day("until", "office.until_kept"));
            let with =
                |d: &&DeskId| register.desks.iter().any(|r| r.id == **d && r.own_end == Some(contract.last));
            let ended: Vec<DeskId> = ending.iter().filter(with).copied().collect();
            let ended = (ended.as_slice(), contract.last);
            form::again_field(&mut look.conn(), at, &register, &mut page, ended, first).await?;
        }
        What::Cancel => page.note("office.cancel_note"),
    }
    page.answer()
}

/// Which desks go on under the next contract. Where none does there is no form, but the way to one.
fn renewed_with(register: &Register, contract: &Contract, page: &mut ActPage) {
    let t = page.frame.t.clone();
    let desks = register.desks_of(contract);
    let ends = office::own_ends(&register.desks, contract.id);
    if let Err(why) = rules::desk_goes_on(&ends, contract.last, register.today) {
        let here = |what: &str, id: &dyn std::fmt::Display, act: &str| {
            format!("{}/{what}/{id}/{act}", link::OFFICES)
        };
        let ending = desks.iter().find(|d| d.own_end.is_some_and(|end| end >= register.today));
        let (href, word) = match (why.key, ending) {
            ("office.renew_end_entered", _) => {
                (here("contracts", &contract.id, "keep"), "office.keep_contract")
            }
            ("office.renew_desk_ends", Some(desk)) => (here("desks", &desk.id, "keep"), "office.keep_desk"),
            _ => (format!("{}/new", link::OFFICES), "office.open"),
        };
        page.closed = Some(Closed { why: t.s(why.key).to_owned(), href, word: t.s(word).to_owned() });
        page.notes.clear();
        return;
    }
    let over: Vec<String> =
        desks.iter().filter(|d| d.own_end.is_some()).map(|d| register.desk(d.id)).collect();
    if !over.is_empty() {
        page.notes.push(t.f("office.renew_without", "desks", t.join(&over)));
    }
}

/// The first form: what is known already.
fn filled(req: &Req, register: &Register, contract: &Contract, what: What, ending: &[DeskId]) -> Form {
    let known = form::heirs_known(register, ending);
    let mut pairs: Vec<(&str, String)> = known.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let last = req.frame().t.short_day(contract.last);
    match what {
        What::End => pairs.push(("last", last)),
        What::Renew => pairs.push(("title", contract.title.clone())),
        What::Next => pairs.extend([("title", contract.title.clone()), ("last", last)]),
        What::Keep => pairs.push(("until", last)),
        What::Cancel => {}
    }
    Form::filled(pairs)
}

fn facts(register: &Register, contract: &Contract, page: &mut ActPage) {
    let t = page.frame.t.clone();
    let card = register.contract_card(&t, contract);
    page.facts = vec![
        (t.s("office.commissioner").to_owned(), card.commissioner),
        (t.s("office.programmes").to_owned(), card.programmes),
        (t.s("agency.days").to_owned(), card.days),
    ];
    for desk in card.desks {
        page.facts.push((desk.name, desk.holds));
    }
}

/// The contract a form is about, as it stands inside the act.
async fn found(act: &mut engine::Act, form: &Form, id: ContractId) -> Result<Contract, Fail> {
    let at = act.municipality();
    let contract = find::contract_find(&mut act.facts()?, at, id).await?.ok_or(Fail::NotVisible)?;
    form::unchanged(form, &standing(&mut act.facts()?, at, &contract).await?)?;
    Ok(contract)
}

/// The desks whose heirs the form asks for.
async fn asked(req: &Req, id: ContractId) -> Result<Vec<DeskId>, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    Ok(find::contract_ending(&mut look.conn(), at, id, today).await?)
}

/// `GET /admin/offices/contracts/{id}/end`
pub(in crate::pages) async fn end_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::End).await
}

#[derive(Serialize)]
struct End<'a> {
    contract: ContractId,
    last: String,
    heirs: &'a [(DeskId, DeskId)],
}

/// `POST /admin/offices/contracts/{id}/end`
pub(in crate::pages) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ContractId = req.id("id")?;
    let mut form = req.form();
    let last = form.coming_day("last", Need::Required);
    let heirs = form::heirs_chosen(&mut form, &asked(&req, id).await?);
    if let (false, Some(last)) = (form.has_problems(), last) {
        let body = End { contract: id, last: last.to_string(), heirs: &heirs };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.end_contract", &body).await?
        else {
            return Ok(Answer::to(link::OFFICES, "contract_ends", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        let commissioner = found(&mut act, &form, id).await?.commissioner;
        let desks = crate::sql::desk_list(&mut act.facts()?, at).await?;
        form::heirs_fit(&mut form, &heirs, &desks, last);
        form::heirs_meant(&mut form, &heirs, &desks, commissioner);
        if !form.has_problems() {
            match office::end_contract(&mut act, &right, id, last, &heirs).await {
                Ok(()) => return Ok(Answer::to(link::OFFICES, "contract_ends", act.commit("").await?)),
                Err(Fail::Refused(why)) => form::refused(&req, &mut form, "last", why),
                Err(other) => return Err(other),
            }
        }
    }
    show(&req, id, Some(form), What::End).await
}

/// `GET /admin/offices/contracts/{id}/renew`
pub(in crate::pages) async fn renew_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::Renew).await
}

#[derive(Serialize)]
struct Renew {
    contract: ContractId,
    title: String,
    until: String,
}

/// `POST /admin/offices/contracts/{id}/renew`
pub(in crate::pages) async fn renew(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ContractId = req.id("id")?;
    let mut form = req.form();
    let title = form.line("title", Need::Required, 100);
    let until = form.coming_day("until", Need::Required);
    if let (false, Some(until)) = (form.has_problems(), until) {
        let body = Renew { contract: id, title: title.clone(), until: until.to_string() };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.renew_contract", &body).await?
        else {
            return Ok(Answer::to(link::OFFICES, "contract_renewed", receipt()));
        };
        let right = administer(&act)?;
        found(&mut act, &form, id).await?;
        match office::renew_contract(&mut act, &right, id, &title, until).await {
            Ok(_) => return Ok(Answer::to(link::OFFICES, "contract_renewed", act.commit("").await?)),
            Err(Fail::Refused(why)) => form::refused(&req, &mut form, "until", why),
            Err(other) => return Err(other),
        }
    }
    show(&req, id, Some(form), What::Renew).await
}

/// `GET /admin/offices/contracts/{id}/next`
pub(in crate::pages) async fn next_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::Next).await
}

#[derive(Serialize)]
struct Next<'a> {
    contract: ContractId,
    contractor: Option<AgencyId>,
    new: Option<(String, String)>,
    title: String,
    last: String,
    until: String,
    heirs: &'a [(DeskId, DeskId)],
}

/// Beside which field a refusal of a new contractor stands.
fn beside(why: &Refusal) -> &'static str {
    match why.key {
        "office.same_contractor" => "agency",
        "register.span" => "until",
        _ => "last",
    }
}

/// `POST /admin/offices/contracts/{id}/next`
pub(in crate::pages) async fn next(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ContractId = req.id("id")?;
    let mut form = req.form();
    let other = form::other_chosen(&mut form, form::ONE, true);
    let title = form.line("title", Need::Required, 100);
    let (last, until) = (form.coming_day("last", Need::Required), form.coming_day("until", Need::Required));
    if let (Some(last), Some(until)) = (last, until)
        && until <= last
    {
        form.problem("until", "office.until_early");
    }
    let heirs = form::heirs_chosen(&mut form, &asked(&req, id).await?);
    if let (false, Some(other), Some(last), Some(until)) = (form.has_problems(), other, last, until) {
        let (contractor, new) = match &other {
            Other::Known(known) => (Some(*known), None),
            Other::New { name, entity } => (None, Some((name.clone(), entity.clone()))),
        };
        let days = (last.to_string(), until.to_string());
        let body = Next {
            contract: id,
            contractor,
            new,
            title: title.clone(),
            last: days.0,
            until: days.1,
            heirs: &heirs,
        };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.pass_contract", &body).await?
        else {
            return Ok(Answer::to(link::OFFICES, "contract_passed", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        let former = found(&mut act, &form, id).await?;
        let like =
            stored::agency_find(&mut act.facts()?, at, former.contractor).await?.ok_or(Fail::NotVisible)?;
        let desks = crate::sql::desk_list(&mut act.facts()?, at).await?;
        form::heirs_fit(&mut form, &heirs, &desks, last);
        form::heirs_meant(&mut form, &heirs, &desks, former.commissioner);
        let today = act.now().day();
        let contractor =
            form::other_agency(&mut act, &right, &mut form, (&other, form::ONE), (&like, today)).await?;
        if let (false, Some(contractor)) = (form.has_problems(), contractor) {
            let next = NextContract { contractor, title: &title, last: until };
            match office::pass_contract(&mut act, &right, id, last, &heirs, &next).await {
                Ok(_) => return Ok(Answer::to(link::OFFICES, "contract_passed", act.commit("").await?)),
                Err(Fail::Refused(why)) => form::refused(&req, &mut form, beside(&why), why),
                Err(other) => return Err(other),
            }
        }
    }
    show(&req, id, Some(form), What::Next).await
}

/// `GET /admin/offices/contracts/{id}/keep`
pub(in crate::pages) async fn keep_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::Keep).await
}

#[derive(Serialize)]
struct Keep {
    contract: ContractId,
    until: String,
    again: Vec<AppointmentId>,
}

/// `POST /admin/offices/contracts/{id}/keep`
pub(in crate::pages) async fn keep(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ContractId = req.id("id")?;
    let mut form = req.form();
    let again = form::again_chosen(&form);
    if let Some(until) = form.coming_day("until", Need::Required).filter(|_| !form.has_problems()) {
        let body = Keep { contract: id, until: until.to_string(), again: again.clone() };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.keep_contract", &body).await?
        else {
            return Ok(Answer::to(link::OFFICES, "office_kept", receipt()));
        };
        let right = administer(&act)?;
        found(&mut act, &form, id).await?;
        match office::keep_contract(&mut act, &right, id, until, &again).await {
            Ok(()) => return Ok(Answer::to(link::OFFICES, "office_kept", act.commit("").await?)),
            Err(Fail::Refused(why)) => form::refused(&req, &mut form, "until", why),
            Err(other) => return Err(other),
        }
    }
    show(&req, id, Some(form), What::Keep).await
}

/// `GET /admin/offices/contracts/{id}/cancel`
pub(in crate::pages) async fn cancel_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::Cancel).await
}

/// `POST /admin/offices/contracts/{id}/cancel`
pub(in crate::pages) async fn cancel(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ContractId = req.id("id")?;
    let mut form = req.form();
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.cancel_contract", &id).await? else {
        return Ok(Answer::to(link::OFFICES, "contract_cancelled", receipt()));
    };
    let right = administer(&act)?;
    found(&mut act, &form, id).await?;
    match office::cancel_contract(&mut act, &right, id).await {
        Ok(()) => Ok(Answer::to(link::OFFICES, "contract_cancelled", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            drop(act);
            form::refused(&req, &mut form, form::REFUSED, why);
            show(&req, id, Some(form), What::Cancel).await
        }
        Err(other) => Err(other),
    }
}
