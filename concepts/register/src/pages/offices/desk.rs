//! A desk ends on a day, with an heir; its end taken back before the day; and one given up before it begins.

use std::sync::Arc;

use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Form, Need, Req, link};
use words::id::{AppointmentId, DeskId};

use super::Register;
use super::form::{self, ActPage, Field, Kind};
use crate::acts::{office, opening};
use crate::pages::{administer, receipt};
use crate::rules::office as rules;
use crate::sql::{self, DeskRow};

/// How its end stands.
fn standing(desk: &DeskRow) -> String {
    desk.own_end.map_or_else(|| "open".to_owned(), |day| day.to_string())
}

/// What is decided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    End,
    Keep,
    Cancel,
}

impl What {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::End => ("office.end_desk", "staff.end_do"),
            Self::Keep => ("office.keep_desk", "office.keep_do"),
            Self::Cancel => ("office.cancel", "office.cancel_do"),
        }
    }
}

async fn show(req: &Req, id: DeskId, form: Option<Form>, what: What) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let register = Register::load(&mut look.conn(), at, today).await?;
    let Some(desk) = register.desks.iter().find(|d| d.id == id) else { return Err(Fail::NotVisible) };
    let first = form.is_none();
    let form = form.unwrap_or_else(|| {
        let known = form::heirs_known(&register, &[id]);
        let mut pairs: Vec<(&str, String)> = known.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
        if let Some(last) = desk.own_end.filter(|_| what == What::End) {
            pairs.push(("last", req.frame().t.short_day(last)));
        }
        Form::filled(pairs)
    });
    let mut page = ActPage::new(req, form, what.words(), register.desk(id));
    let t = page.frame.t.clone();
    let card = register.desk_card(&t, desk);
    page.was = standing(desk);
    page.facts = vec![
        (t.s("agency.days").to_owned(), card.days),
        (t.s("office.heir").to_owned(), card.heir),
        (t.s("office.open_now").to_owned(), card.holds),
    ];
    page.facts.retain(|(_, text)| !text.is_empty());
    let people = form::people_of(&mut look.conn(), at, (desk, today), &t).await?;
    if what != What::Cancel {
        page.facts.push((t.s("office.sits").to_owned(), people.clone()));
    }
    match what {
        What::End => {
            page.consents = true;
            page.note("office.ends_note");
            page.fields.push(Field::new(Kind::Day, "last", t.s("staff.last")));
            form::heir_fields(&mut look.conn(), at, &register, &mut page, &[id]).await?;
            if !first {
                let last = page.form.clone().on(today).coming_day("last", Need::Optional);
                form::sure_field(&register, &mut page, id, last, &people);
            }
        }
        What::Keep => {
            match rules::may_keep(desk.own_span(), None, today) {
                Ok(()) => page.note("office.keep_note"),
                Err(why) => page.close(&why),
            }
            if let Some(last) = desk.own_end.filter(|_| page.closed.is_none()) {
                let ended = (&[id][..], last);
                form::again_field(&mut look.conn(), at, &register, &mut page, ended, first).await?;
            }
        }
        What::Cancel => page.note("office.cancel_desk_note"),
    }
    page.answer()
}

/// `GET /admin/offices/desks/{id}/end`
pub(in crate::pages) async fn end_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::End).await
}

#[derive(Serialize)]
struct End {
    desk: DeskId,
    last: String,
    heir: DeskId,
}

/// `POST /admin/offices/desks/{id}/end`
pub(in crate::pages) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let desk: DeskId = req.id("id")?;
    let mut form = req.form();
    let last = form.coming_day("last", Need::Required);
    let heirs = form::heirs_chosen(&mut form, &[desk]);
    if let (false, Some(last), Some((_, heir))) = (form.has_problems(), last, heirs.first()) {
        let body = End { desk, last: last.to_string(), heir: *heir };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.end_desk", &body).await? else {
            return Ok(Answer::to(link::OFFICES, "desk_ends", receipt()));
        };
        let right = administer(&act)?;
        let at = act.municipality();
        let desks = sql::desk_list(&mut act.facts()?, at).await?;
        let Some(found) = desks.iter().find(|d| d.id == desk) else { return Err(Fail::NotVisible) };
        form::unchanged(&form, &standing(found))?;
        form::heirs_fit(&mut form, &heirs, &desks, last);
        // A day that cannot be is said before anybody is asked whether it is meant.
        if let Err(why) = rules::may_end(found.span, last, act.now().day()) {
            form::refused(&req, &mut form, "last", why);
        }
        if !form.has_problems() {
            form::end_sure(&mut form, desk, *heir, last);
        }
        if !form.has_problems() {
            match office::end_desk(&mut act, &right, desk, last, *heir).await {
                Ok(()) => return Ok(Answer::to(link::OFFICES, "desk_ends", act.commit("").await?)),
                Err(Fail::Refused(why)) => form::refused(&req, &mut form, "last", why),
                Err(other) => return Err(other),
            }
        }
    }
    show(&req, desk, Some(form), What::End).await
}

/// `GET /admin/offices/desks/{id}/keep`
pub(in crate::pages) async fn keep_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::Keep).await
}

#[derive(Serialize)]
struct Keep {
    desk: DeskId,
    again: Vec<AppointmentId>,
}

/// `POST /admin/offices/desks/{id}/keep`
pub(in crate::pages) async fn keep(req: Arc<Req>) -> Result<Answer, Fail> {
    let desk: DeskId = req.id("id")?;
    let mut form = req.form();
    let again = form::again_chosen(&form);
    let body = Keep { desk, again: again.clone() };
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.keep_desk", &body).await? else {
        return Ok(Answer::to(link::OFFICES, "office_kept", receipt()));
    };
    let right = administer(&act)?;
    let at = act.municipality();
    let found = sql::desk_find(&mut act.facts()?, at, [desk]).await?;
    form::unchanged(&form, &found.first().map(standing).ok_or(Fail::NotVisible)?)?;
    match office::keep_desk(&mut act, &right, desk, &again).await {
        Ok(()) => Ok(Answer::to(link::OFFICES, "office_kept", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            drop(act);
            form::refused(&req, &mut form, form::REFUSED, why);
            show(&req, desk, Some(form), What::Keep).await
        }
        Err(other) => Err(other),
    }
}

/// `GET /admin/offices/desks/{id}/cancel`
pub(in crate::pages) async fn cancel_form(req: Arc<Req>) -> Result<Answer, Fail> {
    show(&req, req.id("id")?, None, What::Cancel).await
}

/// `POST /admin/offices/desks/{id}/cancel`
pub(in crate::pages) async fn cancel(req: Arc<Req>) -> Result<Answer, Fail> {
    let desk: DeskId = req.id("id")?;
    let mut form = req.form();
    let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "register.cancel_desk", &desk).await? else {
        return Ok(Answer::to(link::OFFICES, "desk_cancelled", receipt()));
    };
    let right = administer(&act)?;
    let at = act.municipality();
    let found = sql::desk_find(&mut act.facts()?, at, [desk]).await?;
    form::unchanged(&form, &found.first().map(standing).ok_or(Fail::NotVisible)?)?;
    match opening::cancel_desk(&mut act, &right, desk).await {
        Ok(()) => Ok(Answer::to(link::OFFICES, "desk_cancelled", act.commit("").await?)),
        Err(Fail::Refused(why)) => {
            drop(act);
            form::refused(&req, &mut form, form::REFUSED, why);
            show(&req, desk, Some(form), What::Cancel).await
        }
        Err(other) => Err(other),
    }
}
