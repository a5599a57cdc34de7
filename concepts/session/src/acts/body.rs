//! Founding, changing and ending bodies; terms of members.

use access::{Action, Relation, Right};
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use words::Day;
use words::id::{AppointmentId, BodyId, BodyMemberId, DeskId};

use super::{names_nobody, record};
use crate::rules::{LegalForm, Rhythm, Title, may_end_body};
use crate::sql::body::{self as sql, Body, BodyMember};

/// A body as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    pub name: String,
    pub form: LegalForm,
    pub desk: DeskId,
    pub parent: Option<BodyId>,
    pub purpose: String,
    pub about: String,
    pub rhythm: Rhythm,
    pub rhythm_words: String,
    pub capacity: Option<i64>,
    pub from: Day,
    pub positions: Vec<String>,
}

impl Said {
    fn body(&self, id: BodyId, version: i64) -> Body {
        Body {
            id,
            name: self.name.clone(),
            form: self.form,
            desk: self.desk,
            parent: self.parent.filter(|p| *p != id),
            purpose: self.purpose.clone(),
            about: self.about.clone(),
            rhythm: self.rhythm,
            rhythm_words: self.rhythm_words.clone(),
            capacity: self.capacity,
            from: self.from,
            to: None,
            successor: None,
            positions: self.positions.clone(),
            version,
        }
    }
}

async fn keeping(act: &mut Act, desk: DeskId, id: BodyId) -> Result<Right, Fail> {
    let mut relation = Relation::of_no_household();
    relation.accountable = Some(desk);
    act.permit(Action::KeepBody, &relation, record(id)).await
}

async fn checked(act: &mut Act, said: &Said) -> Result<(), Fail> {
    let text = format!("{}\n{}\n{}\n{}", said.name, said.purpose, said.about, said.rhythm_words);
    names_nobody(act, &text).await
}

/// Founds a body at a desk of whoever founds it.
pub(crate) async fn found(act: &mut Act, id: BodyId, said: &Said) -> Result<(), Fail> {
    let right = keeping(act, said.desk, id).await?;
    checked(act, said).await?;
    sql::insert(act, &right, &said.body(id, 1)).await
}

async fn load(act: &mut Act, id: BodyId) -> Result<(Body, Right), Fail> {
    let m = act.municipality();
    let body = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let right = keeping(act, body.desk, id).await?;
    Ok((body, right))
}

/// Changes what a body is; its days and its secretariat stay.
pub(crate) async fn change(act: &mut Act, id: BodyId, said: &Said) -> Result<(), Fail> {
    let (body, right) = load(act, id).await?;
    act.check_version(body.version)?;
    checked(act, said).await?;
    sql::update(act, &right, &said.body(id, body.version)).await
}

/// A body ends: on its last day its members' terms end, and what waits for it goes to its successor.
pub(crate) async fn end(act: &mut Act, id: BodyId, last: Day, successor: Option<BodyId>) -> Result<(), Fail> {
    let (body, right) = load(act, id).await?;
    act.check_version(body.version)?;
    let (m, today) = (act.municipality(), act.now().day());
    if last < body.from {
        return Err(Refusal::new("session.ends_before").into());
    }
    let heir = match successor {
        Some(next) => sql::by_id(&mut act.facts()?, m, next)
            .await?
            .filter(|b| b.id != id && b.stands(last.plus_days(1)))
            .ok_or(Refusal::new("session.no_such_successor"))
            .map(Some)?,
        None => None,
    };
    let waiting = sql::waiting(&mut act.facts()?, m, id).await?;
    may_end_body(waiting, heir.is_some())?;
    sql::end(act, &right, &body, last, successor).await?;
    if let Some(heir) = heir.filter(|_| last <= today) {
        sql::pass_on(act, &right, id, heir.id).await?;
    }
    Ok(())
}

/// A member, as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Joins {
    pub desk: DeskId,
    pub appointment: Option<AppointmentId>,
    pub name: String,
    pub title: Title,
    pub from: Day,
    pub until: Option<Day>,
}

/// Somebody becomes a member for a term.
pub(crate) async fn join(act: &mut Act, id: BodyId, joins: &Joins) -> Result<(), Fail> {
    let (body, right) = load(act, id).await?;
    let (m, today) = (act.municipality(), act.now().day());
    if joins.until.is_some_and(|last| last < joins.from) {
        return Err(Refusal::new("session.term_backwards").into());
    }
    if body.to.is_some_and(|last| last < today) {
        return Err(Refusal::new("session.body_over").into());
    }
    let place = match joins.appointment {
        Some(appointment) => {
            let places = register::places_of(&mut act.facts()?, m, joins.desk, today).await?;
            let found = places.into_iter().find(|p| p.appointment == appointment);
            Some(found.ok_or(Refusal::new("session.no_such_place"))?)
        }
        None if joins.name.is_empty() => return Err(Refusal::new("session.who").into()),
        None => None,
    };
    let member = BodyMember {
        id: act.new_id(),
        body: id,
        desk: joins.desk,
        user: place.as_ref().map(|p| p.user),
        appointment: place.as_ref().map(|p| p.appointment),
        name: if place.is_some() { String::new() } else { joins.name.clone() },
        title: joins.title,
        from: joins.from,
        until: joins.until.into_iter().chain(body.to).min(),
    };
    sql::add_member(act, &right, &member).await
}

/// A term ends.
pub(crate) async fn leave(act: &mut Act, id: BodyId, who: BodyMemberId, last: Day) -> Result<(), Fail> {
    let (_, right) = load(act, id).await?;
    let m = act.municipality();
    let members = sql::members(&mut act.facts()?, m, [id]).await?;
    let member = members.iter().find(|k| k.id == who).ok_or(Fail::NotVisible)?;
    // A term that never began leaves no day behind on which it was held.
    sql::end_member(act, &right, who, last.max(member.from.plus_days(-1))).await
}
