//! Invitations: sent, answered, recorded on behalf, and who was there.

use std::collections::BTreeMap;

use access::{Action, Relation, Right};
use conference::Presence;
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use task::TaskKind;
use words::id::{AgendaItemId, DeskId, InviteeId, MatterId, MeetingId};

use super::{due, in_business_days, kept, meeting, names_nobody, pointless, promise, record};
use crate::invite::{Called, Guest, Invitation, invitations};
use crate::rules::{self, Attendance, ItemState, Reply, Vote, Why, covers};
use crate::sql::body;
use crate::sql::invitee::{self as sql, Invitee, Written};
use crate::sql::item::{self, Item};
use crate::sql::meeting::{self as meetings, Meeting};

const ASKED: [TaskKind; 2] = [TaskKind::AnswerInvitation, TaskKind::FetchInvitation];

/// Sends the invitations that are still missing.
pub(crate) async fn send(act: &mut Act, id: MeetingId) -> Result<(), Fail> {
    let (m, right) = meeting::load(act, id).await?;
    rules::is_planned(m.state)?;
    call(act, &right, &m).await?;
    meetings::invited(act, &right, id).await
}

/// Works out who has to be invited and invites whoever is not yet.
pub(crate) async fn call(act: &mut Act, right: &Right, to: &Meeting) -> Result<(), Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let there = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let items: Vec<Item> = item::of_meetings(&mut act.facts()?, m, [to.id])
        .await?
        .into_iter()
        .filter(|i| i.state.is_open())
        .collect();
    let parties = item::parties(&mut act.facts()?, m, items.iter().map(|i| i.id)).await?;
    let matters =
        conference::standings(&mut act.facts()?, &viewer, items.iter().filter_map(|i| i.matter)).await?;
    let called: Vec<Called> = items
        .iter()
        .map(|i| Called {
            item: i.id,
            parties: parties.iter().filter(|p| p.0 == i.id).map(|p| (p.1, p.2)).collect(),
            members: matters
                .iter()
                .filter(|s| Some(s.id) == i.matter)
                .flat_map(|s| &s.members)
                .map(|k| Guest { desk: k.desk, user: k.user, name: k.name.clone() })
                .collect(),
        })
        .collect();
    let day = to.starts.day();
    let core: Vec<Guest> = match to.body {
        Some(body) => body::members(&mut act.facts()?, m, [body])
            .await?
            .into_iter()
            .filter(|k| covers(k.from, k.until, day))
            .map(|k| Guest { desk: k.desk, user: k.user, name: k.name })
            .collect(),
        None => Vec::new(),
    };
    let old: Vec<Invitation> = there
        .iter()
        .map(|i| Invitation {
            guest: Guest { desk: i.desk, user: i.user, name: i.name.clone() },
            item: i.item,
            why: i.why,
        })
        .collect();
    let new: Vec<Invitee> =
        invitations(&old, &core, &called).into_iter().map(|i| fresh(act.new_id(), to.id, i)).collect();
    sql::insert(act, right, &new).await?;
    ask(act, right, to, &new).await
}

fn fresh(id: InviteeId, meeting: MeetingId, i: Invitation) -> Invitee {
    Invitee {
        id,
        meeting,
        item: i.item,
        desk: i.guest.desk,
        user: i.guest.user,
        name: i.guest.name,
        obligatory: i.why.obliges(),
        why: i.why,
        reply: None,
        substitute: String::new(),
        told_by: String::new(),
        attendance: None,
        version: 1,
    }
}

/// The promise to answer: of the person or the desk; of a partner without a login, the secretariat's to ask. The ladder of every
/// late promise reminds the person, then the lead, then the coordinator.
async fn ask(act: &mut Act, right: &Right, to: &Meeting, new: &[Invitee]) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let desks = register::desks_by_id(&mut act.facts()?, m, new.iter().map(|i| i.desk), today).await?;
    let login: BTreeMap<DeskId, bool> = desks.into_iter().map(|d| (d.id, d.has_login)).collect();
    let on = due(to.answer_by.max(today));
    for i in new {
        let answers = i.name.is_empty() && login.get(&i.desk).copied().unwrap_or(false);
        let (kind, desk) =
            if answers { (TaskKind::AnswerInvitation, i.desk) } else { (TaskKind::FetchInvitation, to.desk) };
        promise(act, right, kind, i.id.cast(), (desk, i.user), on).await?;
    }
    Ok(())
}

/// Somebody more, invited by hand.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Extra {
    pub desk: DeskId,
    pub name: String,
    pub why: Why,
    pub obligatory: bool,
}

/// Invites a desk, or a name of it, to the whole session.
pub(crate) async fn add(act: &mut Act, id: MeetingId, extra: &Extra) -> Result<(), Fail> {
    let (to, right) = meeting::load(act, id).await?;
    rules::is_planned(to.state)?;
    let m = act.municipality();
    let there = sql::of_meetings(&mut act.facts()?, m, [id]).await?;
    let same =
        |i: &&Invitee| i.desk == extra.desk && i.name == extra.name && i.user.is_none() && i.item.is_none();
    if there.iter().any(|i| same(&i)) {
        return Err(Refusal::new("session.invited_before").into());
    }
    let guest = Guest { desk: extra.desk, user: None, name: extra.name.clone() };
    let mut new = fresh(act.new_id(), id, Invitation { guest, item: None, why: extra.why });
    new.obligatory = extra.obligatory;
    let new = [new];
    sql::insert(act, &right, &new).await?;
    ask(act, &right, &to, &new).await
}

/// Whoever was invited to an item that is gone is not expected any more, unless it was noted how they were there.
pub(crate) async fn take_back(act: &mut Act, right: &Right, i: &Item) -> Result<(), Fail> {
    let Some(meeting) = i.meeting else { return Ok(()) };
    let m = act.municipality();
    for invitee in sql::of_meetings(&mut act.facts()?, m, [meeting]).await? {
        if invitee.item == Some(i.id) && invitee.attendance.is_none() {
            pointless(act, right, invitee.id.cast(), &ASKED).await?;
            sql::remove(act, right, invitee.id).await?;
        }
    }
    Ok(())
}

/// An answer to an invitation, with what is said in writing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answered {
    pub reply: Reply,
    pub substitute: String,
    /// How it was told, when somebody else writes it down.
    pub told_by: String,
    pub votes: Vec<(AgendaItemId, Vote, String)>,
}

/// Answers an invitation, and every other of the same person or desk to the same session.
pub(crate) async fn answer(act: &mut Act, id: InviteeId, a: &Answered) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let invitee = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let to = meetings::by_id(&mut act.facts()?, m, invitee.meeting).await?.ok_or(Fail::NotVisible)?;
    let own = answers(&viewer, &invitee);
    let right = if own {
        let mut relation = Relation::of_no_household();
        relation.receiver = Some(invitee.desk);
        act.permit(Action::AnswerInvitation, &relation, record(id)).await?
    } else {
        super::running(act, to.desk, to.id).await?
    };
    rules::may_answer(to.state, a.reply, &a.substitute, !own, !a.told_by.is_empty())?;
    act.check_version(invitee.version)?;
    let all = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let mine: Vec<&Invitee> = all
        .iter()
        .filter(|i| i.desk == invitee.desk && i.user == invitee.user && i.name == invitee.name)
        .collect();
    let substitute = if a.reply == Reply::Substitute { a.substitute.as_str() } else { "" };
    for i in &mine {
        sql::answer(act, &right, i, (a.reply, substitute), &a.told_by).await?;
        kept(act, &right, i.id.cast(), &ASKED).await?;
    }
    let items = item::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    for (of, vote, comment) in &a.votes {
        let of = items.iter().find(|i| i.id == *of && i.state.is_open()).ok_or(Fail::NotVisible)?;
        // To an item one was not invited to one says nothing.
        if !mine.iter().any(|i| i.item.is_none_or(|x| x == of.id)) {
            return Err(Fail::NotVisible);
        }
        if !of.general() && !comment.is_empty() {
            return Err(Refusal::new("session.say_in_matter").into());
        }
        names_nobody(act, comment).await?;
        let written = Written {
            item: of.id,
            invitee: id,
            vote: *vote,
            comment: comment.clone(),
            told_by: a.told_by.clone(),
        };
        sql::write(act, &right, &written).await?;
    }
    Ok(())
}

/// Whether this invitation is the viewer's to answer: their own, or their desk's.
pub(crate) fn answers(viewer: &access::Viewer, i: &Invitee) -> bool {
    let sits = viewer.seats.iter().any(|s| s.holds(i.desk));
    i.name.is_empty() && sits && i.user.is_none_or(|user| user == viewer.user)
}

/// How somebody was there, and what stood there when it was noted.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Noted {
    pub who: InviteeId,
    pub how: Attendance,
    pub was: Option<Attendance>,
}

/// How everybody was there, as the secretariat noted it. Only what was changed is written, and nothing over what somebody else noted
/// meanwhile.
pub(crate) async fn attend(act: &mut Act, id: MeetingId, noted: &[Noted]) -> Result<(), Fail> {
    let (to, right) = meeting::load(act, id).await?;
    rules::is_planned(to.state)?;
    if act.now().day() < to.starts.day() {
        return Err(Refusal::new("session.not_begun").into());
    }
    let m = act.municipality();
    let all = sql::of_meetings(&mut act.facts()?, m, [id]).await?;
    for n in noted.iter().filter(|n| n.was != Some(n.how)) {
        let invitee = all.iter().find(|i| i.id == n.who).ok_or(Fail::NotVisible)?;
        if invitee.attendance == Some(n.how) {
            continue;
        }
        if invitee.attendance != n.was {
            return Err(Refusal::conflict("session.attended_meanwhile").into());
        }
        sql::attend(act, &right, n.who, n.how).await?;
    }
    // What is being talked over, or was, is decided in the presence of whoever is noted.
    let items = item::of_meetings(&mut act.facts()?, m, [id]).await?;
    let noted = sql::of_meetings(&mut act.facts()?, m, [id]).await?;
    for i in items.iter().filter(|i| matches!(i.state, ItemState::InSession | ItemState::Concluded)) {
        if let Some(matter) = i.matter {
            note_presence(act, &right, (matter, i.id), &to, &noted).await?;
        }
    }
    Ok(())
}

/// What the session noted counts for the matter as well: who of its members was there on that day.
pub(crate) async fn note_presence(
    act: &mut Act,
    right: &Right,
    (matter, item): (MatterId, AgendaItemId),
    to: &Meeting,
    invitees: &[Invitee],
) -> Result<(), Fail> {
    let mut of_item: Vec<&Invitee> = invitees.iter().filter(|i| i.item.is_none_or(|x| x == item)).collect();
    // Whoever was there for a part of it was there.
    of_item.sort_by_key(|i| i.attendance.is_some_and(Attendance::was_there));
    for i in of_item {
        let way = match i.attendance {
            Some(Attendance::Online) => Presence::Online,
            Some(Attendance::Writing) => Presence::Letter,
            Some(Attendance::Absent) => Presence::Absent,
            Some(a) if a.was_there() => Presence::Room,
            _ => continue,
        };
        let who = (i.desk, i.user, i.name.as_str());
        conference::attended(act, right, matter, who, (to.starts.day(), way)).await?;
    }
    Ok(())
}

/// The homework of an absence is handed in: told to the secretariat, outside of this page, or in the matter.
pub(crate) async fn make_up(act: &mut Act, id: InviteeId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let invitee = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let to = meetings::by_id(&mut act.facts()?, m, invitee.meeting).await?.ok_or(Fail::NotVisible)?;
    let right = if answers(&viewer, &invitee) {
        let mut relation = Relation::of_no_household();
        relation.receiver = Some(invitee.desk);
        act.permit(Action::AnswerInvitation, &relation, record(id)).await?
    } else {
        super::running(act, to.desk, to.id).await?
    };
    kept(act, &right, id.cast(), &[TaskKind::MakeUp]).await
}

/// Reminds once more: whoever has not answered, as a promise due today.
pub(crate) async fn remind(act: &mut Act, id: MeetingId) -> Result<(), Fail> {
    let (to, right) = meeting::load(act, id).await?;
    rules::is_planned(to.state)?;
    let m = act.municipality();
    let all = sql::of_meetings(&mut act.facts()?, m, [id]).await?;
    let silent: Vec<Invitee> = all.into_iter().filter(|i| i.reply.is_none()).collect();
    for i in &silent {
        pointless(act, &right, i.id.cast(), &ASKED).await?;
    }
    let soon = in_business_days(act.now(), 1).day();
    let sooner = Meeting { answer_by: soon.min(to.answer_by), ..to };
    ask(act, &right, &sooner, &silent).await
}
