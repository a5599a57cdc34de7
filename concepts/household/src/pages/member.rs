//! Coming into a household, living apart and together, moving, former names.

use std::sync::Arc;

use engine::{Fail, Receipt};
use site::{Answer, Form, Need, Req, link};
use words::id::{HouseholdId, PersonId, ThingId};
use words::partial::PartialDate;
use words::wareki::DateProblem;

use super::moving::Refused;
use super::{happened, person, to};
use crate::acts::member::{self as acts, Move, living};
use crate::acts::planned;
use crate::dwelling::NewFormerAddress;
use crate::former::NewFormerName;

const LINE: usize = 100;
/// Longest address.
const ADDRESS: usize = 200;

/// A day that is not in the future, or the key of what is wrong with it.
fn day(req: &Req, field: &str) -> Result<words::Day, &'static str> {
    let today = req.now().day();
    words::wareki::parse_day(req.body().get(field).unwrap_or_default())
        .map_err(DateProblem::key)
        .and_then(|day| if day > today { Err("date.in_future") } else { Ok(day) })
}

/// The same for a date of which parts may be unknown.
fn partial(req: &Req, field: &str) -> Result<PartialDate, &'static str> {
    let today = req.now().day();
    words::partial::parse_partial(req.body().get(field).unwrap_or_default())
        .map_err(DateProblem::key)
        .and_then(|on| if on.earliest() > today { Err("date.in_future") } else { Ok(on) })
}

/// POST /persons/{id}/joined.
pub(crate) async fn joined(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let on = match day(&req, "joined") {
        Ok(on) => on,
        Err(key) => return person::again(&req, "joined", key).await,
    };
    let mut form = req.form();
    let relation = form.line("joined_relation", Need::Optional, LINE);
    let together = form.ticked("joined_together");
    match acts::joined(&req, id, on, &relation, together).await {
        Ok(done) => Ok(happened(done, ("person_joined", "person_joined_alone"), &link::person(id))),
        Err(Fail::Refused(refusal)) if refusal.key == "household.joins_before_leaving" => {
            person::again(&req, "joined", "household.joins_before_leaving").await
        }
        Err(Fail::Stale) => person::again(&req, "joined", "household.changed_since").await,
        Err(other) => Err(other),
    }
}

/// POST /persons/{id}/apart.
pub(crate) async fn apart(req: Arc<Req>) -> Result<Answer, Fail> {
    lives(&req, "apart", false).await
}

/// POST /persons/{id}/together.
pub(crate) async fn together(req: Arc<Req>) -> Result<Answer, Fail> {
    lives(&req, "together", true).await
}

async fn lives(req: &Req, field: &'static str, together: bool) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    match partial(req, field) {
        Err(key) => person::again(req, field, key).await,
        Ok(on) => match acts::lives(req, id, on, together).await {
            Ok(done) => Ok(to(done, "person_lives", |_| link::person(id))),
            Err(Fail::Stale) => person::again(req, field, "household.changed_since").await,
            Err(other) => Err(other),
        },
    }
}

/// POST /persons/{id}/since.
pub(crate) async fn since(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    match partial(&req, "since") {
        Err(key) => person::again(&req, "since", key).await,
        Ok(on) => match acts::since(&req, id, on).await {
            Ok(done) => Ok(to(done, "person_lives", |_| link::person(id))),
            Err(Fail::Stale) => person::again(&req, "since", "household.changed_since").await,
            Err(other) => Err(other),
        },
    }
}

/// POST /persons/{id}/living/undo.
pub(crate) async fn undo(req: Arc<Req>) -> Result<Answer, Fail> {
    match living(req.body().get("undo_what").unwrap_or_default()) {
        Some(kind) => person::take_back(&req, kind, "undo_living", "person_living_undone").await,
        None => person::again(&req, "undo_what", "text.choose").await,
    }
}

/// POST /persons/{id}/names.
pub(crate) async fn add_name(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let today = req.now().day();
    let mut form = req.form();
    let name = form.line("former_name", Need::Required, LINE);
    let reading = form.line("former_reading", Need::Optional, LINE);
    let until = form.partial_date("former_until");
    if until.is_some_and(|d| d.earliest() > today) {
        form.problem("former_until", "date.in_future");
    }
    if form.has_problems() {
        return again(&req, form).await;
    }
    match acts::add_name(&req, id, &NewFormerName { name, reading, until }).await {
        Ok(done) => Ok(to(done, "former_name", |_| link::person(id))),
        Err(Fail::Stale) => {
            form.problem("former_name", "household.changed_since");
            again(&req, form).await
        }
        Err(other) => Err(other),
    }
}

/// The page again with what was typed into the form of a former name; the large form shows what is stored.
async fn again(req: &Req, typed: Form) -> Result<Answer, Fail> {
    let (page, receipt) = person::with_typed(req, typed, "former").await?;
    Answer::again(page, receipt)
}

/// POST /persons/{id}/names/{name}/remove.
pub(crate) async fn remove_name(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, name): (PersonId, ThingId) = (req.id("id")?, req.id("name")?);
    Ok(to(acts::remove_name(&req, id, name).await?, "former_name_removed", |_| link::person(id)))
}

/// POST /persons/{id}/addresses.
pub(crate) async fn add_address(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: PersonId = req.id("id")?;
    let today = req.now().day();
    let mut form = req.form();
    let address = form.line("lived_address", Need::Required, ADDRESS);
    let (from, until) = (form.past_date("lived_from", today), form.past_date("lived_until", today));
    if let Err(refusal) = crate::rules::may_have_lived(from, until) {
        form.problem("lived_until", refusal.key);
    }
    if !form.has_problems() {
        match acts::add_address(&req, id, &NewFormerAddress { address, from, until }).await {
            Ok(done) => return Ok(to(done, "former_address", |_| format!("{}#addresses", link::person(id)))),
            Err(Fail::Stale) => form.problem("lived_address", "household.changed_since"),
            Err(other) => return Err(other),
        }
    }
    let (page, receipt) = person::with_typed(&req, form, "lived").await?;
    Answer::again(page, receipt)
}

/// POST /persons/{id}/addresses/{address}/remove.
pub(crate) async fn remove_address(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, address): (PersonId, ThingId) = (req.id("id")?, req.id("address")?);
    Ok(to(acts::remove_address(&req, id, address).await?, "former_address_removed", |_| link::person(id)))
}

/// POST /households/{id}/moved.
pub(crate) async fn moved(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: HouseholdId = req.id("id")?;
    let today = req.now().day();
    let mut form = req.form();
    let on = when_moved(&mut form, today);
    let ahead = on.map(|on| crate::rules::moves_ahead(on, today));
    if let Some(Err(refusal)) = &ahead {
        form.problem("moved", refusal.key);
    }
    let address = form.line("moved_address", Need::Optional, ADDRESS);
    let persons: Vec<PersonId> = form.ids("moved_who");
    if persons.is_empty() {
        form.problem("moved_who", "household.nobody_moves");
    }
    let instead = form.id("moved_instead", Need::Optional);
    let (Some(on), false) = (on, form.has_problems()) else {
        return super::home::again(&req, form, None).await;
    };
    let (new, home) = (Move { on, address, persons, instead }, link::household(id));
    let done = match ahead {
        Some(Ok(Some(day))) => {
            let keys = match instead {
                Some(_) => ("household_moves_changed", "household_moves_changed_alone"),
                None => ("household_moves", "household_moves_alone"),
            };
            planned::plan(&req, id, &new, day).await.map(|done| (done, keys, format!("{home}#planned")))
        }
        _ => acts::moved(&req, id, &new)
            .await
            .map(|done| (done, ("household_moved", "household_moved_alone"), format!("{home}#moved-on"))),
    };
    match done {
        Ok((done, keys, path)) => Ok(happened(done, keys, &path)),
        Err(Fail::Stale) => super::home::again(&req, form, Some(Refused::Move(instead))).await,
        Err(other) => Err(other),
    }
}

/// When somebody moved or will: as exact as it was typed. Without a year the nearest such day: it has been, or lies ahead.
fn when_moved(form: &mut Form, today: words::Day) -> Option<PartialDate> {
    let typed = form.value("moved").trim().to_owned();
    if typed.is_empty() {
        form.problem("moved", "text.required");
        return None;
    }
    let day = words::wareki::parse_day_near(&typed, today, words::wareki::Lean::Nearest);
    match day.map(PartialDate::of_day).or_else(|why| words::partial::parse_partial(&typed).map_err(|_| why)) {
        Ok(on) => Some(on),
        Err(why) => {
            form.problem("moved", why.key());
            None
        }
    }
}

/// What a page was made of.
pub(super) type Made = (Result<String, askama::Error>, Receipt);
