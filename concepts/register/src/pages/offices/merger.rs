//! What a merger would do, shown and ticked before it is registered: which desk goes where with how much, and what is unusual about the
//! agency that takes it on (domain section 3: records and work pass, consents do not).

use engine::{Conn, Fail};
use site::{Choice, Form, Need, T};
use words::Day;
use words::id::{AgencyId, DeskId, MunicipalityId};

use super::Register;
use super::form::{self, ActPage, Field, Kind, Other};
use crate::rules::office::{self, Odd};
use crate::sql::DeskRow;
use crate::sql::pages::{self, Appointment, Which};

/// The merger as it is meant: with another agency or on another day it is asked for again.
fn sure_value(agency: AgencyId, other: &Other, from: Day) -> String {
    match other {
        Other::Known(id) => format!("{agency}:{id}:{from}"),
        Other::New { name, entity } => format!("{agency}:{name}/{entity}:{from}"),
    }
}

/// Whether what it does was ticked.
pub(super) fn is_sure(form: &Form, agency: AgencyId, other: &Other, from: Day) -> bool {
    form.chose(form::MEANT, sure_value(agency, other, from))
}

/// The agency that takes it on.
struct Taker {
    id: Option<AgencyId>,
    name: String,
    entity: String,
    same_entity: bool,
    has_login: bool,
}

async fn taker(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    register: &Register,
    own: &pages::AgencyRow,
    other: &Other,
) -> Result<Option<Taker>, Fail> {
    Ok(match other {
        Other::Known(id) => pages::agency_find(conn, at, *id).await?.map(|found| Taker {
            id: Some(*id),
            name: register.agency(*id),
            same_entity: found.legal_entity == own.legal_entity,
            entity: found.entity,
            has_login: found.has_login,
        }),
        // Without a name of its own it is of the same body; what is entered now signs in.
        Other::New { name, entity } => Some(Taker {
            id: None,
            name: name.clone(),
            same_entity: entity.is_empty() || *entity == own.entity,
            entity: if entity.is_empty() { own.entity.clone() } else { entity.clone() },
            has_login: true,
        }),
    })
}

/// The desk of the same programme that is there on the day, as the merger itself looks for it.
fn heir(register: &Register, taker: &Taker, former: &DeskRow, from: Day) -> Option<DeskId> {
    let there =
        |d: &&DeskRow| Some(d.agency) == taker.id && d.programme == former.programme && d.span.covers(from);
    register.desks.iter().find(there).map(|d| d.id)
}

/// How many sit at a desk today or later.
fn sitting(all: &[Appointment], desk: DeskId, today: Day) -> usize {
    let mut users: Vec<_> =
        all.iter().filter(|a| a.desk == desk && !a.span.ended_before(today)).map(|a| a.user).collect();
    users.sort_unstable();
    users.dedup();
    users.len()
}

fn odd_words(t: &T, odd: Odd, own: &pages::AgencyRow, taker: &Taker) -> String {
    let key = match odd {
        Odd::OtherEntity => "office.merge_other_entity",
        Odd::NoLogin => "office.merge_no_login",
        Odd::NoDesk => "office.merge_no_desk",
    };
    let said = [("other", &taker.name), ("entity", &own.entity), ("theirs", &taker.entity)];
    t.fs(key, &said.map(|(name, word)| (name, word.clone())))
}

/// What comes of it, once the other agency and the day are chosen: on the page, with the field to tick it in.
pub(super) async fn preview(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    register: &Register,
    page: &mut ActPage,
    agency: AgencyId,
) -> Result<(), Fail> {
    let mut typed = page.form.clone().on(register.today);
    let other = form::other_chosen(&mut typed, form::ONE, false);
    let (Some(other), Some(from)) = (other, typed.coming_day("from", Need::Optional)) else { return Ok(()) };
    let own = pages::agency_find(conn, at, agency).await?.ok_or(Fail::NotVisible)?;
    let taker = taker(conn, at, register, &own, &other).await?.filter(|taker| taker.id != Some(agency));
    let Some(taker) = taker else { return Ok(()) };
    let people = pages::appointment_list(conn, at, Which::Agency(agency)).await?;
    let t = page.frame.t.clone();
    let last = from.plus_days(-1);
    let passes = |d: &&DeskRow| d.agency == agency && d.span.covers(last);
    let bodies = [("entity", own.entity.clone()), ("theirs", taker.entity.clone())];
    let key = if taker.same_entity { "office.merge_one_body" } else { "office.merge_two_bodies" };
    page.after.push((t.s("office.entity").to_owned(), t.fs(key, &bodies)));
    let mut desks_there = true;
    for desk in register.desks.iter().filter(passes) {
        let to = heir(register, &taker, desk, from);
        desks_there &= to.is_some();
        let programme = t.code("programme", &desk.programme);
        let named = [("other", taker.name.clone()), ("programme", programme)];
        let said = [
            ("heir", to.map_or_else(|| t.fs("office.merge_new_desk", &named), |id| register.desk(id))),
            ("holds", register.holds(&t, desk.id)),
            ("n", sitting(&people, desk.id, register.today).to_string()),
        ];
        page.after.push((register.desk(desk.id), t.fs("office.merge_goes", &said)));
    }
    let odd = office::odd_merger(taker.same_entity, taker.has_login, desks_there);
    page.odd.extend(odd.into_iter().map(|odd| odd_words(&t, odd, &own, &taker)));
    let said = [("name", register.agency(agency)), ("other", taker.name), ("day", t.full_day(from))];
    let value = sure_value(agency, &other, from);
    let choice = Choice::new(&page.form, form::MEANT, value, t.fs("office.merge_sure_of", &said));
    let field = Field::new(Kind::Picks, form::MEANT, t.s("office.merge_sure"));
    page.fields.push(field.help(t.s("office.merge_sure_help")).of(vec![(String::new(), vec![choice])]));
    Ok(())
}
