//! 保全: a case that must stay whatever its age. Whoever leads its accountable desk sets it on the case and lifts what they set; the
//! privacy auditor sets one by the number, without seeing the case, and lifts any.

use std::sync::Arc;

use access::{Action, RecordRef, Relation, Right};
use askama::Template;
use casefile::CaseHead;
use engine::{Act, Begun, Broken, Channel, Conn, Fail, Look, Receipt, Refusal, Row, args};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{CaseId, HouseholdId, MunicipalityId, ThingId, UserId};

use crate::lifting::{self, Lifted};
use crate::pages::receipt;
use crate::rules::{HoldReason, Kind};
use crate::{record_hold, session_hold};

/// Longest note: a file number, no words about anybody.
const NOTE: usize = 60;

/// One hold.
pub(crate) struct Hold {
    pub id: ThingId,
    /// Of a case its number, of a session its title, of what is without a case its kind and day.
    pub number: String,
    pub reason: String,
    pub note: String,
    pub set: (Instant, UserId),
    pub lifted: Option<Lifted>,
}

const SELECT: &str = "SELECT h.id, h.case_id, c.fiscal_year, c.number, h.reason, h.note, h.set_at, h.set_by, h.lifted_at, \
     h.lifted_by, l.outcome AS lifted_why FROM legal_hold h \
     JOIN case_file c ON c.municipality_id = h.municipality_id AND c.id = h.case_id \
     LEFT JOIN command l ON l.municipality_id = h.municipality_id AND l.id = h.lifted_command_id WHERE h.municipality_id = ?";

fn hold(row: &Row) -> Result<Hold, Broken> {
    Ok(Hold {
        id: row.get("id")?,
        number: casefile::number_text(row.get("fiscal_year")?, row.get("number")?),
        reason: row.get("reason")?,
        note: row.get("note")?,
        set: (row.get("set_at")?, row.get("set_by")?),
        lifted: Lifted::read(row)?,
    })
}

async fn of_case(conn: &mut Conn<'_>, m: MunicipalityId, case: CaseId) -> Result<Vec<Hold>, Broken> {
    let statement = engine::Statement::new(SELECT, args![m])
        .push(" AND h.case_id = ? ORDER BY h.set_at DESC, h.id DESC", args![case]);
    conn.select(statement).await?.iter().map(hold).collect()
}

async fn standing(conn: &mut Conn<'_>, m: MunicipalityId, which: Which) -> Result<Vec<Hold>, Broken> {
    let statement = which.of(engine::Statement::new(SELECT, args![m]));
    conn.select(statement).await?.iter().map(hold).collect()
}

/// Which holds a list for the auditor is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// Every one in force.
    InForce,
    /// Those lifted last.
    Lifted,
    /// One of them.
    One(ThingId),
}

impl Which {
    /// Narrows a statement over holds `h` down to them.
    pub(crate) fn of(self, statement: engine::Statement) -> engine::Statement {
        match self {
            Self::InForce => statement
                .push(" AND h.lifted_at IS NULL ORDER BY h.set_at DESC, h.id DESC LIMIT 500", args![]),
            Self::Lifted => statement
                .push(" AND h.lifted_at IS NOT NULL ORDER BY h.lifted_at DESC, h.id DESC LIMIT 20", args![]),
            Self::One(id) => statement.push(" AND h.id = ?", args![id]),
        }
    }
}

/// The case a number names, if it is there, and its household.
async fn case_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    typed: &str,
) -> Result<Option<(CaseId, HouseholdId)>, Broken> {
    let Some((year, number)) = casefile::number_in(typed) else { return Ok(None) };
    conn.maybe(
        "SELECT id, household_id FROM case_file WHERE municipality_id = $1 AND fiscal_year = $2 AND number = $3 \
         AND disposed_at IS NULL",
        args![m, year, number],
    )
    .await?
    .map(|row| Ok((row.get("id")?, row.get("household_id")?)))
    .transpose()
}

async fn set(act: &mut Act, right: &Right, case: CaseId, new: &NewHold) -> Result<(), Fail> {
    let id: ThingId = act.new_id();
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let mut conn = act.save(right)?;
    // Together with whoever carries a list out: one of the two comes first.
    if crate::sql::lock(&mut conn, m, Kind::Case, &[case.cast()]).await? == 0 {
        return Err(Fail::NotVisible);
    }
    let set = conn
        .exec(
            "INSERT INTO legal_hold (municipality_id, id, case_id, reason, note, set_at, set_by, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            args![m, id, case, new.reason.code(), &new.note, now, by, command],
        )
        .await?;
    if set == 0 { Err(Refusal::conflict("hold.there_already").into()) } else { Ok(()) }
}

/// Lifts the hold of a case that stands now; somebody else may have been faster.
async fn lift(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let lifted = act
        .save(right)?
        .exec(
            "UPDATE legal_hold SET lifted_at = $3, lifted_by = $4, lifted_command_id = $5 \
             WHERE municipality_id = $1 AND id = $2 AND lifted_at IS NULL",
            args![m, id, now, by, command],
        )
        .await?;
    if lifted == 0 { Err(Refusal::conflict("hold.lifted_already").into()) } else { Ok(()) }
}

#[derive(Serialize)]
pub(crate) struct NewHold {
    pub reason: HoldReason,
    pub note: String,
}

pub(crate) fn read(form: &mut Form) -> Option<NewHold> {
    let reason = form.code::<HoldReason>("reason", Need::Required);
    let note = form.line("note", Need::Optional, NOTE);
    if form.has_problems() { None } else { reason.map(|reason| NewHold { reason, note }) }
}

pub(crate) struct HoldView {
    pub id: ThingId,
    pub number: String,
    pub reason: String,
    pub note: String,
    pub set: String,
    /// When, who and why; empty while it stands.
    pub lifted: String,
    /// Whether this viewer set it, or audits.
    pub lifts: bool,
}

pub(crate) async fn views(
    look: &mut engine::Look,
    frame: &Frame,
    holds: Vec<Hold>,
) -> Result<Vec<HoldView>, Broken> {
    let m = look.viewer().municipality;
    let mut who: Vec<UserId> = holds.iter().map(|h| h.set.1).collect();
    who.extend(holds.iter().filter_map(|h| h.lifted.as_ref().map(|l| l.by)));
    let viewer = look.viewer().clone();
    let names = register::user_names(&mut look.conn(), m, who).await?;
    let stamp = |(at, by): (Instant, UserId)| {
        format!("{} {}", frame.t.full_day(at.day()), names.get(&by).map_or("", String::as_str))
    };
    let lifted = |l: Lifted| {
        let why = if l.why.is_empty() { String::new() } else { frame.t.code("hold_lifted", &l.why) };
        format!("{} {why}", stamp((l.at, l.by))).trim().to_owned()
    };
    Ok(holds
        .into_iter()
        .map(|h| HoldView {
            lifts: lifting::permitted(&viewer, &h).is_ok(),
            id: h.id,
            number: h.number,
            reason: frame.t.code("hold_reason", &h.reason),
            note: h.note,
            set: stamp(h.set),
            lifted: h.lifted.map(lifted).unwrap_or_default(),
        })
        .collect())
}

pub(crate) fn reasons(frame: &Frame, form: &Form) -> Vec<Choice> {
    HoldReason::ALL.iter().map(|r| Choice::new(form, "reason", r, frame.t.code("hold_reason", r))).collect()
}

#[derive(Template)]
#[template(path = "hold_list.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    reasons: Vec<Choice>,
    holds: Vec<HoldView>,
    /// Those lifted last, by whomever: who set one sees that it is gone, and why.
    lifted: Vec<HoldView>,
}

/// Holds of every kind, for the privacy auditor.
async fn every(look: &mut Look, frame: &Frame, which: Which) -> Result<Vec<Hold>, Broken> {
    let m = look.viewer().municipality;
    let mut holds = standing(&mut look.conn(), m, which).await?;
    holds.extend(session_hold::standing(&mut look.conn(), m, which).await?);
    holds.extend(record_hold::standing(&mut look.conn(), frame, m, which).await?);
    Ok(holds)
}

async fn list_page(req: &Req, form: Form) -> Result<ListPage, Fail> {
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::List).await?;
    let holds = every(&mut look, &frame, Which::InForce).await?;
    let holds = views(&mut look, &frame, holds).await?;
    let mut lifted = every(&mut look, &frame, Which::Lifted).await?;
    lifted.sort_by_key(|h| std::cmp::Reverse(h.lifted.as_ref().map(|l| l.at)));
    let lifted = views(&mut look, &frame, lifted).await?;
    Ok(ListPage { reasons: reasons(&frame, &form), holds, lifted, form, frame })
}

/// `GET /retention/holds`: every hold in force, for the privacy auditor.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(list_page(&req, Form::default()).await?.render(), receipt())
}

/// `POST /retention/holds`: by the number of the case.
pub(crate) async fn set_by_number(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let number = form.line("number", Need::Required, 20);
    let new = read(&mut form);
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let case = case_of(&mut look.conn(), ctx.viewer.municipality, &number).await?;
    lifting::names_nobody(&mut look, &mut form, case.map(|(_, household)| household)).await?;
    look.close().await?;
    let case = case.map(|(id, _)| id);
    let new = new.filter(|_| !form.has_problems());
    if case.is_none() && !number.is_empty() {
        form.problem("number", "hold.no_such_number");
    }
    let (Some(case), Some(new)) = (case, new) else {
        return Answer::again(list_page(&req, form).await?.render(), receipt());
    };
    let Begun::New(mut act) = ctx.act(&req.envelope(), "hold.set", &(case, &new)).await? else {
        return Ok(Answer::to(link::HOLDS, "hold_set", receipt()));
    };
    let right =
        act.permit(Action::ManageDisposal, &Relation::of_no_household(), RecordRef::case(case)).await?;
    match set(&mut act, &right, case, &new).await {
        Err(Fail::Refused(refusal)) => {
            drop(act);
            form.problem("number", refusal.key);
            return Answer::again(list_page(&req, form).await?.render(), receipt());
        }
        other => other?,
    }
    Ok(Answer::to(link::HOLDS, "hold_set", act.commit("").await?))
}

#[derive(Template)]
#[template(path = "hold_lift.html")]
struct LiftPage {
    frame: Frame,
    form: Form,
    hold: HoldView,
    here: String,
    whys: Vec<Choice>,
}

async fn lift_page(req: &Req, form: Form) -> Result<LiftPage, Fail> {
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let holds = every(&mut look, &frame, Which::One(req.id("id")?)).await?;
    let hold = views(&mut look, &frame, holds).await?.into_iter().next().ok_or(Fail::NotVisible)?;
    Ok(LiftPage { whys: lifting::whys(&frame, &form), here: link::hold(hold.id), hold, form, frame })
}

/// `GET /retention/holds/{id}`: one hold, to be lifted.
pub(crate) async fn show_one(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(lift_page(&req, Form::default()).await?.render(), receipt())
}

/// `POST /retention/holds/{id}`: lifts one.
pub(crate) async fn lift_by_auditor(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let Some(why) = lifting::read(&mut form) else {
        return Answer::again(lift_page(&req, form).await?.render(), receipt());
    };
    let ctx = req.ctx()?;
    let Begun::New(mut act) = ctx.act(&req.envelope(), "hold.lift", &(id, why)).await? else {
        return Ok(Answer::to(link::HOLDS, "hold_lifted", receipt()));
    };
    let m = act.municipality();
    if let Some(session) = session_hold::session_of(&mut act.facts()?, m, id).await? {
        let nobody = Relation::of_no_household();
        let right = act.permit(Action::ManageDisposal, &nobody, session_hold::record(session)).await?;
        session_hold::lift(&mut act, &right, id).await?;
        return Ok(Answer::to(link::HOLDS, "hold_lifted", act.commit(why.code()).await?));
    }
    if let Some(of) = record_hold::record_of(&mut act.facts()?, m, id).await? {
        let right = act.permit(Action::ManageDisposal, &Relation::of_no_household(), of).await?;
        record_hold::lift(&mut act, &right, id).await?;
        return Ok(Answer::to(link::HOLDS, "hold_lifted", act.commit(why.code()).await?));
    }
    let row = act
        .facts()?
        .maybe("SELECT case_id FROM legal_hold WHERE municipality_id = $1 AND id = $2", args![m, id])
        .await?
        .ok_or(Fail::NotVisible)?;
    let case: CaseId = row.get("case_id")?;
    let right =
        act.permit(Action::ManageDisposal, &Relation::of_no_household(), RecordRef::case(case)).await?;
    lift(&mut act, &right, id).await?;
    Ok(Answer::to(link::HOLDS, "hold_lifted", act.commit(why.code()).await?))
}

#[derive(Template)]
#[template(path = "hold_case.html")]
struct CasePage {
    frame: Frame,
    form: Form,
    head: CaseHead,
    here: String,
    reasons: Vec<Choice>,
    whys: Vec<Choice>,
    now: Option<HoldView>,
    before: Vec<HoldView>,
    may: bool,
}

async fn case_page(req: &Req, form: Form) -> Result<(CasePage, Receipt), Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let loaded = casefile::load(&mut look, id).await?;
    let holds = of_case(&mut look.conn(), ctx.viewer.municipality, id).await?;
    let (now, before): (Vec<_>, Vec<_>) =
        views(&mut look, &frame, holds).await?.into_iter().partition(|h| h.lifted.is_empty());
    let page = CasePage {
        head: CaseHead::new(&frame, &loaded, &ctx.viewer),
        here: link::case_hold(id),
        may: access::may(&ctx.viewer, Action::HoldRecord, &loaded.relation).is_ok(),
        reasons: reasons(&frame, &form),
        whys: lifting::whys(&frame, &form),
        now: now.into_iter().next(),
        before,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// `GET /cases/{id}/hold`: for every desk with a part in the case.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = case_page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// `POST /cases/{id}/hold`: sets one, or lifts the one that stands (`lift` names it).
pub(crate) async fn change(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let mut form = req.form();
    let lifts = form.id::<words::id::kind::Thing>("lift", Need::Optional);
    let why = if lifts.is_some() { lifting::read(&mut form) } else { None };
    let mut new = if lifts.is_none() { read(&mut form) } else { None };
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    // Whoever has nothing to do with the case hears nothing about their form.
    casefile::relation(&mut look.conn(), &ctx.viewer, case).await?.ok_or(Fail::NotVisible)?;
    if lifts.is_none() {
        lifting::names_nobody(&mut look, &mut form, None).await?;
        new = new.filter(|_| !form.has_problems());
    }
    look.close().await?;
    if why.is_none() && new.is_none() {
        let (page, receipt) = case_page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    }
    let here = link::case_hold(case);
    let done = if lifts.is_some() { "hold_lifted" } else { "hold_set" };
    let Begun::New(mut act) = ctx.act(&req.envelope(), "hold.change", &(case, lifts, why, &new)).await?
    else {
        return Ok(Answer::to(&here, done, receipt()));
    };
    let (_, relation) =
        casefile::relation(&mut act.facts()?, &ctx.viewer, case).await?.ok_or(Fail::NotVisible)?;
    let right = act.permit(Action::HoldRecord, &relation, RecordRef::case(case)).await?;
    if let Some(id) = lifts {
        let m = act.municipality();
        let holds = of_case(&mut act.facts()?, m, case).await?;
        lifting::check(&act, holds.iter().find(|h| h.id == id).ok_or(Fail::NotVisible)?)?;
        lift(&mut act, &right, id).await?;
    } else if let Some(new) = &new {
        set(&mut act, &right, case, new).await?;
    }
    Ok(Answer::to(&here, done, act.commit(why.map_or("", Code::code)).await?))
}
