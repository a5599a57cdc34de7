//! 保全 of a consultation or a connecting sheet that became no case: whoever leads the desk that answers for it sets it and lifts what they set; the
//! privacy auditor sees it on the list of holds and lifts any there.

use std::sync::Arc;

use access::{Action, Denied, RecordKind, RecordRef, Relation, Right};
use askama::Template;
use engine::{Act, Begun, Broken, Channel, Conn, Fail, Look, Receipt, Refusal, Row, args};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Instant;
use words::code::Code;
use words::id::{DeskId, HouseholdId, MunicipalityId, ThingId};

use crate::holds::{Hold, HoldView, NewHold, Which, read, reasons, views};
use crate::lifting::{self, Lifted};
use crate::pages::receipt;

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Consultation,
    Sheet,
}

impl Of {
    const fn kind(self) -> RecordKind {
        match self {
            Self::Consultation => RecordKind::Consultation,
            Self::Sheet => RecordKind::ConnectingSheet,
        }
    }

    /// What a list calls it.
    const fn word(self) -> &'static str {
        match self {
            Self::Consultation => "retention_kind.consultation",
            Self::Sheet => "retention_kind.sheet",
        }
    }

    /// The page it is kept from, and where keeping it is.
    fn places(self, id: ThingId) -> (String, String) {
        match self {
            Self::Consultation => (link::consultation(id.cast()), link::consultation_keep(id.cast())),
            Self::Sheet => (link::sheet(id.cast()), link::sheet_keep(id.cast())),
        }
    }

    const fn record(self, id: ThingId) -> RecordRef {
        RecordRef { kind: self.kind(), id }
    }
}

/// A record as far as keeping it asks: desks and days, no content.
struct Header {
    day: words::Day,
    /// The desk that answers for it.
    desk: DeskId,
    relation: Relation,
    /// It became a case: the case is kept then.
    in_case: bool,
}

async fn find(conn: &mut Conn<'_>, viewer: &access::Viewer, of: Of, id: ThingId) -> Result<Header, Fail> {
    let sql = match of {
        Of::Consultation => {
            "SELECT accountable_desk_id AS answers, desk_id, household_id, occurred_at, case_id FROM consultation \
             WHERE municipality_id = $1 AND id = $2 AND disposed_at IS NULL"
        }
        Of::Sheet => {
            "SELECT provider_desk_id AS answers, desk_id, household_id, occurred_at, case_id FROM connecting_sheet \
             WHERE municipality_id = $1 AND id = $2 AND disposed_at IS NULL"
        }
    };
    let row = conn.maybe(sql, args![viewer.municipality, id]).await?.ok_or(Fail::NotVisible)?;
    let household: Option<HouseholdId> = row.get("household_id")?;
    let case: Option<words::id::CaseId> = row.get("case_id")?;
    let cases = household::cases_of(conn, viewer, household).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(case));
    relation.author = Some(row.get("desk_id")?);
    relation.accountable = Some(row.get("answers")?);
    let at: Instant = row.get("occurred_at")?;
    let header = Header { day: at.day(), desk: row.get("answers")?, relation, in_case: case.is_some() };
    match access::may(viewer, Action::HoldRecord, &header.relation) {
        Err(Denied::Invisible) => Err(Fail::NotVisible),
        _ => Ok(header),
    }
}

const SELECT: &str = "SELECT h.id, h.consultation_id, h.sheet_id, COALESCE(k.occurred_at, s.occurred_at) AS occurred_at, h.reason, h.note, \
     h.set_at, h.set_by, h.lifted_at, h.lifted_by, l.outcome AS lifted_why FROM record_hold h \
     LEFT JOIN consultation k ON k.municipality_id = h.municipality_id AND k.id = h.consultation_id \
     LEFT JOIN connecting_sheet s ON s.municipality_id = h.municipality_id AND s.id = h.sheet_id \
     LEFT JOIN command l ON l.municipality_id = h.municipality_id AND l.id = h.lifted_command_id \
     WHERE h.municipality_id = ?";

fn of_row(row: &Row) -> Result<(Of, ThingId), Broken> {
    Ok(match row.get::<Option<ThingId>>("consultation_id")? {
        Some(id) => (Of::Consultation, id),
        None => (Of::Sheet, row.get("sheet_id")?),
    })
}

fn hold(frame: &Frame, row: &Row) -> Result<Hold, Broken> {
    let (of, _) = of_row(row)?;
    let at: Instant = row.get("occurred_at")?;
    Ok(Hold {
        id: row.get("id")?,
        number: format!("{} {}", frame.t.s(of.word()), frame.t.full_day(at.day())),
        reason: row.get("reason")?,
        note: row.get("note")?,
        set: (row.get("set_at")?, row.get("set_by")?),
        lifted: Lifted::read(row)?,
    })
}

/// Those of consultations and sheets.
pub(crate) async fn standing(
    conn: &mut Conn<'_>,
    frame: &Frame,
    m: MunicipalityId,
    which: Which,
) -> Result<Vec<Hold>, Broken> {
    let statement = which.of(engine::Statement::new(SELECT, args![m]));
    conn.select(statement).await?.iter().map(|row| hold(frame, row)).collect()
}

/// What a hold is of.
pub(crate) async fn record_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    hold: ThingId,
) -> Result<Option<RecordRef>, Broken> {
    let statement = engine::Statement::new(SELECT, args![m]).push(" AND h.id = ?", args![hold]);
    let found = conn.select(statement).await?.first().map(of_row).transpose()?;
    Ok(found.map(|(of, id)| of.record(id)))
}

async fn set(act: &mut Act, right: &Right, record: RecordRef, new: &NewHold) -> Result<(), Fail> {
    let id: ThingId = act.new_id();
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let consultation = record.kind == RecordKind::Consultation;
    let mut conn = act.save(right)?;
    // Together with whoever carries a list out: one of the two comes first.
    let kind = if consultation { crate::rules::Kind::Consultation } else { crate::rules::Kind::Sheet };
    if crate::sql::lock(&mut conn, m, kind, &[record.id]).await? == 0 {
        return Err(Fail::NotVisible);
    }
    let (of_consultation, of_sheet) =
        (consultation.then_some(record.id), (!consultation).then_some(record.id));
    let set = conn
        .exec(
            "INSERT INTO record_hold (municipality_id, id, consultation_id, sheet_id, reason, note, set_at, set_by, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            args![m, id, of_consultation, of_sheet, new.reason.code(), &new.note, now, by, command],
        )
        .await?;
    if set == 0 { Err(Refusal::conflict("hold.there_already").into()) } else { Ok(()) }
}

/// Lifts one that stands now; somebody else may have been faster.
pub(crate) async fn lift(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let lifted = act
        .save(right)?
        .exec(
            "UPDATE record_hold SET lifted_at = $3, lifted_by = $4, lifted_command_id = $5 \
             WHERE municipality_id = $1 AND id = $2 AND lifted_at IS NULL",
            args![m, id, now, by, command],
        )
        .await?;
    if lifted == 0 { Err(Refusal::conflict("hold.lifted_already").into()) } else { Ok(()) }
}

#[derive(Template)]
#[template(path = "hold_record.html")]
struct RecordPage {
    frame: Frame,
    form: Form,
    title: String,
    desk: String,
    back: String,
    here: String,
    reasons: Vec<Choice>,
    whys: Vec<Choice>,
    now: Option<HoldView>,
    before: Vec<HoldView>,
    may: bool,
    in_case: bool,
}

async fn page(req: &Req, of: Of, form: Form) -> Result<(RecordPage, Receipt), Fail> {
    let id: ThingId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let m = ctx.viewer.municipality;
    let mut look: Look = ctx.look(Channel::Page).await?;
    let header = find(&mut look.conn(), &ctx.viewer, of, id).await?;
    let column = if of == Of::Consultation { " AND h.consultation_id = ?" } else { " AND h.sheet_id = ?" };
    let statement = engine::Statement::new(SELECT, args![m])
        .push(column, args![id])
        .push(" ORDER BY h.set_at DESC, h.id DESC", args![]);
    let found = look.conn().select(statement).await?;
    let holds = found.iter().map(|row| hold(&frame, row)).collect::<Result<_, _>>()?;
    let (now, before): (Vec<_>, Vec<_>) =
        views(&mut look, &frame, holds).await?.into_iter().partition(|h| h.lifted.is_empty());
    let names = register::desk_names(&mut look.conn(), m, [header.desk], ctx.now.day()).await?;
    let (back, here) = of.places(id);
    let page = RecordPage {
        title: format!("{} {}", frame.t.s(of.word()), frame.t.full_day(header.day)),
        desk: names.get(&header.desk).cloned().unwrap_or_default(),
        may: access::may(&ctx.viewer, Action::HoldRecord, &header.relation).is_ok(),
        in_case: header.in_case,
        reasons: reasons(&frame, &form),
        whys: lifting::whys(&frame, &form),
        now: now.into_iter().next(),
        before,
        back,
        here,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

async fn show(req: Arc<Req>, of: Of) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, of, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

async fn change(req: Arc<Req>, of: Of) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let lifts = form.id::<words::id::kind::Thing>("lift", Need::Optional);
    let why = if lifts.is_some() { lifting::read(&mut form) } else { None };
    let mut new = if lifts.is_none() { read(&mut form) } else { None };
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    // Whoever has nothing to do with the record hears nothing about their form.
    let header = find(&mut look.conn(), &ctx.viewer, of, id).await?;
    if lifts.is_none() {
        lifting::names_nobody(&mut look, &mut form, None).await?;
        new = new.filter(|_| !form.has_problems());
    }
    look.close().await?;
    if why.is_none() && new.is_none() {
        let (page, receipt) = page(&req, of, form).await?;
        return Answer::again(page.render(), receipt);
    }
    let (_, here) = of.places(id);
    let done = if lifts.is_some() { "hold_lifted" } else { "hold_set" };
    let Begun::New(mut act) = ctx.act(&req.envelope(), "hold.record", &(id, lifts, why, &new)).await? else {
        return Ok(Answer::to(&here, done, receipt()));
    };
    let right = act.permit(Action::HoldRecord, &header.relation, of.record(id)).await?;
    if let Some(hold) = lifts {
        let m = act.municipality();
        if record_of(&mut act.facts()?, m, hold).await? != Some(of.record(id)) {
            return Err(Fail::NotVisible);
        }
        let held = standing(&mut act.facts()?, &req.frame(), m, Which::One(hold)).await?;
        lifting::check(&act, held.first().ok_or(Fail::NotVisible)?)?;
        lift(&mut act, &right, hold).await?;
    } else if let Some(new) = &new {
        if header.in_case {
            return Err(Refusal::new("hold.of_its_case").into());
        }
        set(&mut act, &right, of.record(id), new).await?;
    }
    Ok(Answer::to(&here, done, act.commit(why.map_or("", Code::code)).await?))
}

/// `GET /consultations/{id}/keep`
pub(crate) async fn show_consultation(req: Arc<Req>) -> Result<Answer, Fail> {
    show(req, Of::Consultation).await
}

/// `POST /consultations/{id}/keep`: sets one, or lifts the one that stands (`lift` names it).
pub(crate) async fn change_consultation(req: Arc<Req>) -> Result<Answer, Fail> {
    change(req, Of::Consultation).await
}

/// `GET /sheets/{id}/keep`
pub(crate) async fn show_sheet(req: Arc<Req>) -> Result<Answer, Fail> {
    show(req, Of::Sheet).await
}

/// `POST /sheets/{id}/keep`: the same.
pub(crate) async fn change_sheet(req: Arc<Req>) -> Result<Answer, Fail> {
    change(req, Of::Sheet).await
}
