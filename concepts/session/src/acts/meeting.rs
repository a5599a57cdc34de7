//! Planning, changing, holding and calling off sessions.

use access::Right;
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use task::TaskKind;
use words::id::{BodyId, DeskId, MeetingId};
use words::{Day, Instant};

use super::{due, in_business_days, kept, names_nobody, pointless, promise, running};
use crate::rules::{self, Attendance, Dropped, ItemState, MeetingState};
use crate::sql::homework;
use crate::sql::invitee;
use crate::sql::item;
use crate::sql::meeting::{self as sql, Meeting};
use crate::sql::{self as all};

/// A session as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    pub body: Option<BodyId>,
    pub desk: DeskId,
    pub title: String,
    pub starts: Instant,
    pub ends: Instant,
    pub place: String,
    pub online: bool,
    pub writing: bool,
    pub answer_by: Day,
    pub capacity: Option<i64>,
    /// The session it comes after: 次回.
    pub after: Option<MeetingId>,
}

impl Said {
    fn meeting(&self, id: MeetingId, version: i64) -> Meeting {
        Meeting {
            id,
            body: self.body,
            desk: self.desk,
            title: self.title.clone(),
            starts: self.starts,
            ends: self.ends,
            place: self.place.clone(),
            online: self.online,
            writing: self.writing,
            answer_by: self.answer_by,
            capacity: self.capacity,
            state: MeetingState::Planned,
            invited_at: None,
            moved_at: None,
            next: None,
            disposed_at: None,
            version,
        }
    }
}

fn checked(said: &Said) -> Result<(), Fail> {
    if said.ends < said.starts {
        return Err(Refusal::new("session.ends_before").into());
    }
    if said.answer_by > said.ends.day() {
        return Err(Refusal::new("session.answers_too_late").into());
    }
    Ok(())
}

/// Its title names nobody. A room may be called like a street: what is said of the place is not about anybody.
pub(crate) async fn titled(act: &mut Act, title: &str) -> Result<(), Fail> {
    names_nobody(act, title).await
}

/// Plans a session of a body, or one that is held once.
pub(crate) async fn plan(act: &mut Act, id: MeetingId, said: &Said) -> Result<(), Fail> {
    let right = running(act, said.desk, id).await?;
    titled(act, &said.title).await?;
    planned(act, &right, id, said).await
}

/// Plans a session whose title was looked through.
pub(crate) async fn plan_titled(act: &mut Act, id: MeetingId, said: &Said) -> Result<(), Fail> {
    let right = running(act, said.desk, id).await?;
    planned(act, &right, id, said).await
}

async fn planned(act: &mut Act, right: &Right, id: MeetingId, said: &Said) -> Result<(), Fail> {
    let m = act.municipality();
    checked(said)?;
    let mut meeting = said.meeting(id, 1);
    if let Some(body) = said.body {
        let body = all::body::by_id(&mut act.facts()?, m, body).await?.ok_or(Fail::NotVisible)?;
        if body.desk != said.desk {
            return Err(Fail::NotVisible);
        }
        if !body.stands(said.starts.day()) {
            return Err(Refusal::new("session.body_over").into());
        }
        // What the body can take, unless this session says otherwise.
        meeting.capacity = meeting.capacity.or(body.capacity);
    }
    sql::insert(act, right, &meeting).await?;
    let mut before = None;
    if let Some(after) = said.after {
        let found = sql::by_id(&mut act.facts()?, m, after).await?.ok_or(Fail::NotVisible)?;
        if found.desk != said.desk || found.body != said.body {
            return Err(Fail::NotVisible);
        }
        before = Some(found);
    }
    if meeting.body.is_some() {
        before = sql::before(&mut act.facts()?, m, &meeting).await?.or(before);
    }
    chain(act, right, &meeting, before).await?;
    let on = due(said.starts.day()).max(said.ends);
    promise(act, right, TaskKind::HoldSession, id.cast(), (said.desk, None), on).await
}

/// 次回: the session before this one leads to it, and it leads to the one that came after that. What was given until the next session is
/// due when this one begins.
async fn chain(act: &mut Act, right: &Right, k: &Meeting, before: Option<Meeting>) -> Result<(), Fail> {
    let m = act.municipality();
    let then = if k.body.is_some() { sql::after(&mut act.facts()?, m, k).await? } else { None };
    if let Some(then) = then {
        sql::set_next(act, right, k.id, Some(then.id)).await?;
        homework::follow_next(act, right, then.id, then.starts).await?;
    }
    let Some(before) = before else { return Ok(()) };
    sql::set_next(act, right, before.id, Some(k.id)).await?;
    homework::follow_next(act, right, k.id, k.starts).await
}

/// A session leaves its place in the order: what led to it leads to the one after it, and what was given until it is due then. Where
/// nothing comes after, the day that was said stands until another session is planned.
async fn unchain(act: &mut Act, right: &Right, k: &Meeting) -> Result<(), Fail> {
    let m = act.municipality();
    let then = match k.next {
        Some(next) => {
            sql::by_id(&mut act.facts()?, m, next).await?.filter(|n| n.state != MeetingState::Cancelled)
        }
        None => None,
    };
    for before in sql::leading_to(&mut act.facts()?, m, k.id).await? {
        sql::set_next(act, right, before.id, then.as_ref().map(|n| n.id)).await?;
    }
    if let Some(then) = then {
        homework::follow_next(act, right, then.id, then.starts).await?;
        sql::set_next(act, right, k.id, None).await?;
    }
    Ok(())
}

/// A session and the right to run it.
pub(crate) async fn load(act: &mut Act, id: MeetingId) -> Result<(Meeting, Right), Fail> {
    let m = act.municipality();
    let meeting = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let right = running(act, meeting.desk, id).await?;
    Ok((meeting, right))
}

/// Another day, another place.
pub(crate) async fn change(act: &mut Act, id: MeetingId, said: &Said) -> Result<(), Fail> {
    let (meeting, right) = load(act, id).await?;
    rules::is_planned(meeting.state)?;
    act.check_version(meeting.version)?;
    checked(said)?;
    titled(act, &said.title).await?;
    let new = Meeting {
        body: meeting.body,
        desk: meeting.desk,
        invited_at: meeting.invited_at,
        ..said.meeting(id, meeting.version)
    };
    sql::update(act, &right, &new).await?;
    // Whoever was added by hand was asked, also before the others were.
    let m = act.municipality();
    let asked = !invitee::of_meetings(&mut act.facts()?, m, [id]).await?.is_empty();
    if asked {
        let moved = meeting.elsewhere(&new);
        if moved {
            sql::moved(act, &right, id).await?;
            pointless(act, &right, id.cast(), &[TaskKind::ObligedAbsent]).await?;
        }
        if moved || meeting.answer_by != new.answer_by {
            super::invite::ask_again(act, &right, &new, moved).await?;
        }
    }
    if new.body.is_some() && new.starts != meeting.starts {
        // Another day may be another place in the order.
        unchain(act, &right, &meeting).await?;
        let m = act.municipality();
        let before = sql::before(&mut act.facts()?, m, &new).await?;
        chain(act, &right, &new, before).await?;
    } else {
        homework::follow_next(act, &right, id, new.starts).await?;
    }
    pointless(act, &right, id.cast(), &[TaskKind::HoldSession]).await?;
    let on = due(new.starts.day()).max(new.ends);
    promise(act, &right, TaskKind::HoldSession, id.cast(), (new.desk, None), on).await
}

/// It was held: whoever had to come and did not has homework.
pub(crate) async fn hold(act: &mut Act, id: MeetingId) -> Result<(), Fail> {
    let (meeting, right) = load(act, id).await?;
    act.check_version(meeting.version)?;
    held(act, &right, &meeting).await
}

/// The same for a session that was read in this act.
pub(crate) async fn held(act: &mut Act, right: &Right, meeting: &Meeting) -> Result<(), Fail> {
    let (m, now, id) = (act.municipality(), act.now(), meeting.id);
    // Whoever left a matter meanwhile did not have to come, and owes nothing for it.
    super::invite::settle(act, right, meeting).await?;
    let items = item::of_meetings(&mut act.facts()?, m, [id]).await?;
    let invitees = invitee::of_meetings(&mut act.facts()?, m, [id]).await?;
    let states: Vec<ItemState> = items.iter().map(|i| i.state).collect();
    let obliged: Vec<Option<Attendance>> =
        invitees.iter().filter(|i| i.obligatory).map(|i| i.attendance).collect();
    rules::may_hold(meeting.state, meeting.starts, now, &states, &obliged)?;
    sql::set_state(act, right, meeting, MeetingState::Held).await?;
    kept(act, right, id.cast(), &[TaskKind::HoldSession, TaskKind::ObligedAbsent]).await?;
    let on = in_business_days(now, super::MINUTES);
    promise(act, right, TaskKind::WriteMinutes, id.cast(), (meeting.desk, None), on).await?;
    for i in &invitees {
        let asked = [TaskKind::AnswerInvitation, TaskKind::FetchInvitation];
        pointless(act, right, i.id.cast(), &asked).await?;
        if rules::missed(i.obligatory, i.attendance) {
            let on = in_business_days(now, super::SOON);
            promise(act, right, TaskKind::MakeUp, i.id.cast(), (i.desk, i.user), on).await?;
        }
    }
    Ok(())
}

/// It is not held: its items go back to the queue of its body; of a session that was held once they end here, and their
/// matters go on.
pub(crate) async fn cancel(act: &mut Act, id: MeetingId) -> Result<(), Fail> {
    let (meeting, right) = load(act, id).await?;
    rules::is_planned(meeting.state)?;
    act.check_version(meeting.version)?;
    let m = act.municipality();
    let items = item::of_meetings(&mut act.facts()?, m, [id]).await?;
    let open = items.iter().filter(|i| i.state.is_open()).map(|i| i.id);
    rules::undecided(!decision::decided_under(&mut act.facts()?, m, open).await?.is_empty())?;
    let invitees = invitee::of_meetings(&mut act.facts()?, m, [id]).await?;
    // Invitations to an item that goes back to the queue are taken back: it comes before another session, with its own.
    for i in &invitees {
        let asked = [TaskKind::AnswerInvitation, TaskKind::FetchInvitation];
        pointless(act, &right, i.id.cast(), &asked).await?;
    }
    if meeting.invited_at.is_some() {
        super::invite::tell_cancelled(act, &right, &meeting, &invitees).await?;
    }
    for i in items.iter().filter(|i| i.state.is_open()) {
        match i.body.or(meeting.body) {
            Some(_) => {
                item::back(act, &right, i).await?;
                let on = in_business_days(act.now(), super::SOON);
                promise(act, &right, TaskKind::PlaceItem, i.id.cast(), (meeting.desk, None), on).await?;
            }
            None => item::drop_item(act, &right, i, Dropped::Cancelled).await?,
        }
        super::item::tell_proposer(act, &right, i).await?;
    }
    sql::set_state(act, &right, &meeting, MeetingState::Cancelled).await?;
    unchain(act, &right, &meeting).await?;
    pointless(act, &right, id.cast(), &[TaskKind::HoldSession, TaskKind::ObligedAbsent]).await
}
