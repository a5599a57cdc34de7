//! 保全 of a session: what it kept about nobody stays whatever its age. Whoever leads the desk of its secretariat sets it and lifts what they set; the
//! privacy auditor sees it on the list of holds and lifts any there.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Right};
use askama::Template;
use engine::{Act, Begun, Broken, Channel, Conn, Fail, Receipt, Refusal, Row, args};
use session::Meeting;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{MeetingId, MunicipalityId, ThingId};

use crate::holds::{Hold, HoldView, NewHold, Which, read, reasons, views};
use crate::lifting::{self, Lifted};
use crate::pages::receipt;

const SELECT: &str = "SELECT h.id, h.meeting_id, k.title, h.reason, h.note, h.set_at, h.set_by, h.lifted_at, h.lifted_by, \
     l.outcome AS lifted_why FROM meeting_hold h JOIN meeting k ON k.municipality_id = h.municipality_id AND k.id = h.meeting_id \
     LEFT JOIN command l ON l.municipality_id = h.municipality_id AND l.id = h.lifted_command_id WHERE h.municipality_id = ?";

fn hold(row: &Row) -> Result<Hold, Broken> {
    Ok(Hold {
        id: row.get("id")?,
        number: row.get("title")?,
        reason: row.get("reason")?,
        note: row.get("note")?,
        set: (row.get("set_at")?, row.get("set_by")?),
        lifted: Lifted::read(row)?,
    })
}

async fn of_session(conn: &mut Conn<'_>, m: MunicipalityId, id: MeetingId) -> Result<Vec<Hold>, Broken> {
    let statement = engine::Statement::new(SELECT, args![m])
        .push(" AND h.meeting_id = ? ORDER BY h.set_at DESC, h.id DESC", args![id]);
    conn.select(statement).await?.iter().map(hold).collect()
}

/// Those of sessions.
pub(crate) async fn standing(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    which: Which,
) -> Result<Vec<Hold>, Broken> {
    let statement = which.of(engine::Statement::new(SELECT, args![m]));
    conn.select(statement).await?.iter().map(hold).collect()
}

/// The session a hold is of.
pub(crate) async fn session_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    hold: ThingId,
) -> Result<Option<MeetingId>, Broken> {
    conn.maybe("SELECT meeting_id FROM meeting_hold WHERE municipality_id = $1 AND id = $2", args![m, hold])
        .await?
        .map(|row| row.get("meeting_id"))
        .transpose()
}

pub(crate) const fn record(id: MeetingId) -> RecordRef {
    RecordRef { kind: RecordKind::Meeting, id: id.cast() }
}

async fn set(act: &mut Act, right: &Right, meeting: MeetingId, new: &NewHold) -> Result<(), Fail> {
    let id: ThingId = act.new_id();
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let mut conn = act.save(right)?;
    // Together with whoever carries a list out: one of the two comes first.
    if crate::sql::lock(&mut conn, m, crate::rules::Kind::Session, &[meeting.cast()]).await? == 0 {
        return Err(Fail::NotVisible);
    }
    let set = conn
        .exec(
            "INSERT INTO meeting_hold (municipality_id, id, meeting_id, reason, note, set_at, set_by, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            args![m, id, meeting, new.reason.code(), &new.note, now, by, command],
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
            "UPDATE meeting_hold SET lifted_at = $3, lifted_by = $4, lifted_command_id = $5 \
             WHERE municipality_id = $1 AND id = $2 AND lifted_at IS NULL",
            args![m, id, now, by, command],
        )
        .await?;
    if lifted == 0 { Err(Refusal::conflict("hold.lifted_already").into()) } else { Ok(()) }
}

#[derive(Template)]
#[template(path = "hold_session.html")]
struct SessionPage {
    frame: Frame,
    form: Form,
    back: String,
    here: String,
    title: String,
    desk: String,
    reasons: Vec<Choice>,
    whys: Vec<Choice>,
    now: Option<HoldView>,
    before: Vec<HoldView>,
    may: bool,
}

fn relation(meeting: &Meeting) -> Relation {
    let mut relation = Relation::of_no_household();
    relation.accountable = Some(meeting.desk);
    relation
}

/// A session for whoever runs it, as long as it is kept.
async fn find(look: &mut engine::Look, id: MeetingId) -> Result<Meeting, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let o = session::open(&mut look.conn(), &viewer, id, today).await?;
    if o.runs { Ok(o.meeting) } else { Err(Fail::NotVisible) }
}

async fn page(req: &Req, form: Form) -> Result<(SessionPage, Receipt), Fail> {
    let id: MeetingId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let meeting = find(&mut look, id).await?;
    let holds = of_session(&mut look.conn(), m, id).await?;
    let (now, before): (Vec<_>, Vec<_>) =
        views(&mut look, &frame, holds).await?.into_iter().partition(|h| h.lifted.is_empty());
    let names = register::desk_names(&mut look.conn(), m, [meeting.desk], ctx.now.day()).await?;
    let page = SessionPage {
        back: link::meeting(id),
        here: link::meeting_keep(id),
        desk: names.get(&meeting.desk).cloned().unwrap_or_default(),
        may: access::may(&ctx.viewer, Action::HoldRecord, &relation(&meeting)).is_ok(),
        title: meeting.title,
        reasons: reasons(&frame, &form),
        whys: lifting::whys(&frame, &form),
        now: now.into_iter().next(),
        before,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// `GET /sessions/{id}/keep`
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// `POST /sessions/{id}/keep`: sets one, or lifts the one that stands (`lift` names it).
pub(crate) async fn change(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let mut form = req.form();
    let lifts = form.id::<words::id::kind::Thing>("lift", Need::Optional);
    let why = if lifts.is_some() { lifting::read(&mut form) } else { None };
    let mut new = if lifts.is_none() { read(&mut form) } else { None };
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    // Whoever has nothing to do with the session hears nothing about their form.
    let meeting = find(&mut look, id).await?;
    if lifts.is_none() {
        lifting::names_nobody(&mut look, &mut form, None).await?;
        new = new.filter(|_| !form.has_problems());
    }
    look.close().await?;
    if why.is_none() && new.is_none() {
        let (page, receipt) = page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    }
    let here = link::meeting_keep(id);
    let done = if lifts.is_some() { "hold_lifted" } else { "hold_set" };
    let Begun::New(mut act) = ctx.act(&req.envelope(), "hold.session", &(id, lifts, why, &new)).await? else {
        return Ok(Answer::to(&here, done, receipt()));
    };
    let right = act.permit(Action::HoldRecord, &relation(&meeting), record(id)).await?;
    if let Some(hold) = lifts {
        let m = act.municipality();
        if session_of(&mut act.facts()?, m, hold).await? != Some(id) {
            return Err(Fail::NotVisible);
        }
        let held = standing(&mut act.facts()?, m, Which::One(hold)).await?;
        lifting::check(&act, held.first().ok_or(Fail::NotVisible)?)?;
        lift(&mut act, &right, hold).await?;
    } else if let Some(new) = &new {
        set(&mut act, &right, id, new).await?;
    }
    Ok(Answer::to(&here, done, act.commit(why.map_or("", Code::code)).await?))
}
