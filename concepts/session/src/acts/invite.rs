//! Invitations: sent, answered, recorded on behalf, and who was there.

use std::collections::BTreeMap;

use access::{Action, Relation, Right};
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use task::TaskKind;
use words::id::{AgendaItemId, DeskId, InviteeId, MatterId, MeetingId, UserId};
use words::{Day, Instant};

use super::item::from_the_case;
use super::{due, in_business_days, kept, meeting, pointless, promise, record, said};
use crate::invite::{Called, Guest, Invitation, changed, invitations};
use crate::known::{Around, Depth};
use crate::rules::attend::Row;
use crate::rules::{self, Arrival, Own, Reply, Vote, Why, covers};
use crate::sql::body;
use crate::sql::invitee::{self as sql, Invitee, Written};
use crate::sql::item::{self, Item};
use crate::sql::meeting::{self as meetings, Meeting};

const ASKED: [TaskKind; 2] = [TaskKind::AnswerInvitation, TaskKind::FetchInvitation];

/// Sends the invitations that are still missing; how many there were.
pub(crate) async fn send(act: &mut Act, id: MeetingId) -> Result<usize, Fail> {
    let (m, right) = meeting::load(act, id).await?;
    rules::is_planned(m.state)?;
    let new = call(act, &right, &m).await?;
    meetings::invited(act, &right, id).await?;
    Ok(new)
}

/// Works out who has to be invited and invites whoever is not yet; how many were new.
pub(crate) async fn call(act: &mut Act, right: &Right, to: &Meeting) -> Result<usize, Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let there = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let items: Vec<Item> = item::of_meetings(&mut act.facts()?, m, [to.id])
        .await?
        .into_iter()
        .filter(|i| i.state.is_open())
        .collect();
    let mut parties = item::parties(&mut act.facts()?, m, items.iter().map(|i| i.id)).await?;
    // Who is accountable, and who is a member, may have changed since the items were brought up.
    let around = Around::load(&mut act.facts()?, &viewer, &items).await?;
    for i in &items {
        let known: Vec<(DeskId, Why)> = parties.iter().filter(|p| p.0 == i.id).map(|p| (p.1, p.2)).collect();
        let more = from_the_case(&around, i, &known);
        item::add_parties(act, right, i.id, &more).await?;
        parties.extend(more.into_iter().map(|(desk, why)| (i.id, desk, why)));
    }
    let called: Vec<Called> = items.iter().map(|i| around.called(i, &parties)).collect();
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
    let there = moved_on(act, right, there, (Some(&core), &called)).await?;
    let old: Vec<Invitation> = there.iter().map(Invitee::invitation).collect();
    let new: Vec<Invitee> =
        invitations(&old, Some(&core), &called).into_iter().map(|i| fresh(act.new_id(), to.id, i)).collect();
    sql::insert(act, right, &new).await?;
    seat(act, right, &around, &items, &called).await?;
    ask_once(act, right, to).await?;
    Ok(new.len())
}

/// Takes the invitations back of those who are no member any more, and of desks whose own people sit there; lets the obligation of a desk go
/// to whoever speaks for it now. What stands afterwards: how somebody was there stays noted, and so does the answer of a desk.
async fn moved_on(
    act: &mut Act,
    right: &Right,
    there: Vec<Invitee>,
    (core, called): (Option<&[Guest]>, &[Called]),
) -> Result<Vec<Invitee>, Fail> {
    let old: Vec<Invitation> = there.iter().map(Invitee::invitation).collect();
    let changed: BTreeMap<usize, Option<Why>> = changed(&old, core, called).into_iter().collect();
    let mut stays = Vec::new();
    for (at, mut invitee) in there.into_iter().enumerate() {
        match changed.get(&at) {
            Some(None) if !stays_noted(&invitee) => {
                pointless(act, right, invitee.id.cast(), &ASKED).await?;
                sql::remove(act, right, invitee.id).await?;
                continue;
            }
            Some(Some(why)) => {
                sql::oblige(act, right, invitee.id, *why).await?;
                (invitee.why, invitee.obligatory) = (*why, why.obliges());
            }
            _ => {}
        }
        stays.push(invitee);
    }
    Ok(stays)
}

/// The invitations of a session brought up to date with the members of its matters, without inviting anybody new: before it is said who
/// had to come.
pub(crate) async fn settle(act: &mut Act, right: &Right, to: &Meeting) -> Result<(), Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let there = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let mut items = item::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    items.retain(|i| i.matter.is_some());
    let parties = item::parties(&mut act.facts()?, m, items.iter().map(|i| i.id)).await?;
    let around = Around::load(&mut act.facts()?, &viewer, &items).await?;
    let called: Vec<Called> = items.iter().map(|i| around.called(i, &parties)).collect();
    moved_on(act, right, there, (None, &called)).await.map(|_| ())
}

/// Whether an invitation that is not wanted any more stays all the same: how somebody was there is noted, or a desk has answered for itself.
pub(crate) fn stays_noted(i: &Invitee) -> bool {
    i.attendance.is_some() || (i.item.is_none() && i.reply.is_some())
}

/// In confidence a section without a member is not invited: the secretariat of the matter is asked to add one, once.
async fn seat(
    act: &mut Act,
    right: &Right,
    around: &Around,
    items: &[Item],
    called: &[Called],
) -> Result<(), Fail> {
    let m = act.municipality();
    let on = in_business_days(act.now(), super::SOON);
    let mut asked: Vec<MatterId> = Vec::new();
    for (i, _) in items.iter().zip(called).filter(|(_, c)| c.unseated().next().is_some()) {
        let Some(matter) = around.matter(i).filter(|s| s.open && !asked.contains(&s.id)) else { continue };
        let kinds = [TaskKind::SeatMember];
        let open = task::of_things(&mut act.facts()?, m, [matter.id.cast()], &kinds).await?;
        if open.iter().all(|t| t.state != task::TaskState::Open) {
            let thing = matter.id.cast();
            promise(act, right, TaskKind::SeatMember, thing, (matter.secretariat, None), on).await?;
        }
        asked.push(matter.id);
    }
    Ok(())
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

/// Whoever is called more than once to a session answers once: what they said counts for an invitation that came later, and of those who have
/// said nothing each has one promise. What was said in writing was said to each item: to another one it is asked.
async fn ask_once(act: &mut Act, right: &Right, to: &Meeting) -> Result<(), Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let all = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let items = item::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let around = Around::load(&mut act.facts()?, &viewer, &items).await?;
    let secret = |i: &Invitee| items.iter().any(|x| Some(x.id) == i.item && around.in_confidence(x));
    let told = task::of_things(&mut act.facts()?, m, all.iter().map(|i| i.id.cast()), &ASKED).await?;
    let promised = |i: &Invitee| {
        let thing = Some(i.id.cast());
        told.iter().any(|t| t.about.thing == thing && t.state == task::TaskState::Open)
    };
    let mut silent: Vec<Invitee> = Vec::new();
    for i in all.iter().filter(|i| i.reply.is_none()) {
        let theirs = || all.iter().filter(|x| x.who() == i.who());
        let said = theirs().find_map(|x| Some((x, x.reply.filter(|r| *r != Reply::Writing)?)));
        if let Some((x, reply)) = said {
            sql::answer_as(act, right, i.id, (x.id, rules::answered(reply, secret(i)))).await?;
            kept(act, right, i.id.cast(), &ASKED).await?;
        } else if !theirs().any(promised) {
            silent.push(i.clone());
        }
    }
    ask(act, right, to, &silent).await
}

/// The promise to answer, one for each of them: of the person or the desk; of a partner without a login, the secretariat's to ask. The ladder of every
/// late promise reminds the person, then the lead, then the coordinator.
async fn ask(act: &mut Act, right: &Right, to: &Meeting, new: &[Invitee]) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let desks = register::desks_by_id(&mut act.facts()?, m, new.iter().map(|i| i.desk), today).await?;
    let login: BTreeMap<DeskId, bool> = desks.into_iter().map(|d| (d.id, d.has_login)).collect();
    let on = due(to.answer_by.max(today));
    for (n, i) in new.iter().enumerate() {
        if new.iter().take(n).any(|x| x.who() == i.who()) {
            continue;
        }
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
    nobody_s_name(act, &extra.name).await?;
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
    ask_once(act, &right, &to).await
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
    // Whoever is called to something else as well is asked for that.
    match meetings::by_id(&mut act.facts()?, m, meeting).await? {
        Some(to) if to.invited_at.is_some() && rules::is_planned(to.state).is_ok() => {
            ask_once(act, right, &to).await
        }
        _ => Ok(()),
    }
}

/// An answer to an invitation, with what is said in writing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answered {
    pub reply: Reply,
    pub substitute: String,
    /// A desk that has to be there has nobody to send.
    pub nobody: bool,
    /// How it was told, when somebody else writes it down.
    pub told_by: String,
    /// The day it came in, when somebody else writes it down.
    pub received: Option<Day>,
    pub votes: Vec<(AgendaItemId, Vote, String)>,
}

/// Answers an invitation, and every other of the same person or desk to the same session.
pub(crate) async fn answer(act: &mut Act, id: InviteeId, a: &Answered) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let invitee = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let to = meetings::by_id(&mut act.facts()?, m, invitee.meeting).await?.ok_or(Fail::NotVisible)?;
    let items = item::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let around = Around::load(&mut act.facts()?, &viewer, &items).await?;
    let of = |i: &Invitee| items.iter().find(|x| Some(x.id) == i.item);
    // What is about the family of whoever is kept out of it is not theirs to answer, not even for their desk (disclosure rule 14).
    let theirs = |i: &Invitee| of(i).is_none_or(|x| !around.keeps_out(&viewer, x));
    if !theirs(&invitee) {
        return Err(Fail::NotVisible);
    }
    let own = answers(&viewer, &invitee);
    let right = if own {
        answering(act, &around, of(&invitee), &invitee).await?
    } else if let Some(of) = of(&invitee) {
        act.permit(Action::RunSession, &around.relation(of, to.desk), super::record(invitee.id)).await?
    } else {
        super::running(act, to.desk, to.id).await?
    };
    rules::may_answer(to.state, a.reply, &a.substitute, !own, !a.told_by.is_empty())?;
    let today = act.now().day();
    rules::received(a.reply == Reply::Writing, !own, a.received, today)?;
    let received = a.received.filter(|_| !own).unwrap_or(today);
    let at = if received == today { act.now() } else { Instant::at(received, 12, 0) };
    act.check_version(invitee.version)?;
    let all = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let mine: Vec<&Invitee> = all
        .iter()
        .filter(|i| i.desk == invitee.desk && i.user == invitee.user && i.name == invitee.name && theirs(i))
        .collect();
    let secret = |i: &Invitee| of(i).is_some_and(|x| around.in_confidence(x));
    // To what is talked over in confidence nobody is sent: the secretariat adds another member.
    rules::somebody_comes(mine.iter().any(|i| i.obligatory && !secret(i)), a.reply, a.nobody)?;
    if a.reply == Reply::Substitute {
        if mine.iter().all(|i| secret(i)) {
            return Err(Refusal::new("session.nobody_instead").into());
        }
        nobody_s_name(act, &a.substitute).await?;
    }
    for i in &mine {
        let reply = rules::answered(a.reply, secret(i));
        let substitute = if reply == Reply::Substitute { a.substitute.as_str() } else { "" };
        sql::answer(act, &right, i, (reply, substitute), &a.told_by).await?;
        kept(act, &right, i.id.cast(), &ASKED).await?;
    }
    let asked: Vec<&Item> = items
        .iter()
        .filter(|x| x.state.is_open() && !around.keeps_out(&viewer, x))
        .filter(|x| x.general() || !own || around.depth(&viewer, x, false) == Depth::Case)
        .filter(|x| mine.iter().any(|i| around.votes(x, i)))
        .collect();
    let voted = asked.iter().filter(|x| a.votes.iter().any(|v| v.0 == x.id)).count();
    rules::answered_all(a.reply, asked.len(), voted)?;
    let before = sql::written(&mut act.facts()?, m, to.id).await?;
    for (of, vote, comment) in &a.votes {
        // To an item one was not invited to, and to what one may not know, one says nothing.
        let of = asked.iter().find(|x| x.id == *of).ok_or(Fail::NotVisible)?;
        let was = before.iter().find(|w| w.item == of.id && w.invitee == id).and_then(|w| w.entry);
        let said = if comment.is_empty() {
            said::Kept::default()
        } else if was.is_some() && said::words(act, was).await?.as_ref() == Some(comment) {
            said::Kept { text: String::new(), entry: was }
        } else {
            said::keep_of(act, &right, (&viewer, &around), of, (comment, at), None).await?
        };
        let written = Written {
            item: of.id,
            invitee: id,
            vote: *vote,
            comment: said.text,
            entry: said.entry,
            told_by: a.told_by.clone(),
            received,
            by: Some(viewer.user),
        };
        sql::write(act, &right, &written).await?;
    }
    without(act, &right, &to).await
}

/// As long as a desk that has to be there has said that it will not, the secretariat has something to do at once: another day, another
/// person, or what is needed of them beforehand.
async fn without(act: &mut Act, right: &Right, to: &Meeting) -> Result<(), Fail> {
    let (m, kinds) = (act.municipality(), [TaskKind::ObligedAbsent]);
    let all = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    let missing = all.iter().any(|i| i.obligatory && i.reply == Some(Reply::Absent));
    let told = task::of_things(&mut act.facts()?, m, [to.id.cast()], &kinds).await?;
    let open = told.iter().any(|t| t.state == task::TaskState::Open);
    if missing && !open {
        let on = in_business_days(act.now(), 1);
        promise(act, right, TaskKind::ObligedAbsent, to.id.cast(), (to.desk, None), on).await?;
    }
    if open && !missing {
        pointless(act, right, to.id.cast(), &kinds).await?;
    }
    Ok(())
}

/// The right of whoever was invited to say something about it: as the desk it went to, with the exclusions of the household.
async fn answering(act: &mut Act, around: &Around, of: Option<&Item>, i: &Invitee) -> Result<Right, Fail> {
    let mut relation = Relation::of_no_household();
    relation.receiver = Some(i.desk);
    let relation = of.map_or(relation, |x| around.given_to(x, i.desk));
    act.permit(Action::AnswerInvitation, &relation, record(i.id)).await
}

/// A name that stands where everybody invited reads it is of somebody who works: not of anybody the own desk has recorded. A title alone
/// may be anybody's.
async fn nobody_s_name(act: &mut Act, name: &str) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let named = household::telling::named_in(&mut act.facts()?, &viewer, name).await?;
    let named = act.disclose(named).await?;
    let known = household::telling::called(&named);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match advice::sense(name, &known) {
        advice::Sensed::Surely(_) => Err(Refusal::new("session.of_the_household").into()),
        _ => Ok(()),
    }
}

/// Whether this invitation is the viewer's to answer: their own, or their desk's.
pub(crate) fn answers(viewer: &access::Viewer, i: &Invitee) -> bool {
    let sits = viewer.seats.iter().any(|s| s.holds(i.desk));
    i.name.is_empty() && sits && i.user.is_none_or(|user| user == viewer.user)
}

/// The rows of a session's list as one choice is spread over them.
pub(crate) fn rows(invitees: &[Invitee]) -> Vec<Row<'_>> {
    let observes = |i: &Invitee| i.why == Why::Observer;
    invitees
        .iter()
        .map(|i| Row { id: i.id, who: i.who(), now: i.attendance, reply: i.reply, observes: observes(i) })
        .collect()
}

/// The homework of an absence is handed in: told to the secretariat, outside of this page, or in the matter.
pub(crate) async fn make_up(act: &mut Act, id: InviteeId) -> Result<(), Fail> {
    let m = act.municipality();
    let invitee = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let to = meetings::by_id(&mut act.facts()?, m, invitee.meeting).await?.ok_or(Fail::NotVisible)?;
    let right = saying(act, &invitee, &to).await?;
    kept(act, &right, id.cast(), &[TaskKind::MakeUp]).await
}

/// The right to say something for an invitation: of whoever was invited, or of the secretariat for them; of nobody who is kept out of the
/// family it is about.
async fn saying(act: &mut Act, invitee: &Invitee, to: &Meeting) -> Result<Right, Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let items = item::by_ids(&mut act.facts()?, m, invitee.item).await?;
    let around = Around::load(&mut act.facts()?, &viewer, &items).await?;
    if items.iter().any(|x| around.keeps_out(&viewer, x)) {
        return Err(Fail::NotVisible);
    }
    if answers(&viewer, invitee) {
        answering(act, &around, items.first(), invitee).await
    } else if let Some(of) = items.first() {
        act.permit(Action::RunSession, &around.relation(of, to.desk), super::record(invitee.id)).await
    } else {
        super::running(act, to.desk, to.id).await
    }
}

/// That a session is not held was read, or told to a partner.
pub(crate) async fn heard_cancelled(act: &mut Act, id: InviteeId) -> Result<(), Fail> {
    let m = act.municipality();
    let invitee = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let to = meetings::by_id(&mut act.facts()?, m, invitee.meeting).await?.ok_or(Fail::NotVisible)?;
    let right = saying(act, &invitee, &to).await?;
    kept(act, &right, id.cast(), &[TaskKind::ReadCancelled, TaskKind::TellCancelled]).await
}

/// Tells everybody who was invited that a session is not held: of partners without a login the secretariat does.
pub(crate) async fn tell_cancelled(
    act: &mut Act,
    right: &Right,
    to: &Meeting,
    invitees: &[Invitee],
) -> Result<(), Fail> {
    let (m, today, me) = (act.municipality(), act.now().day(), act.viewer().map(|v| v.user));
    let desks = register::desks_by_id(&mut act.facts()?, m, invitees.iter().map(|i| i.desk), today).await?;
    let login: BTreeMap<DeskId, bool> = desks.into_iter().map(|d| (d.id, d.has_login)).collect();
    let on = in_business_days(act.now(), 1);
    let mut told: Vec<(DeskId, Option<UserId>, &str)> = Vec::new();
    for i in invitees {
        let who = (i.desk, i.user, i.name.as_str());
        let caller = i.desk == to.desk && i.user.is_none_or(|u| Some(u) == me) && i.name.is_empty();
        if told.contains(&who) || caller {
            continue;
        }
        told.push(who);
        let reads = i.name.is_empty() && login.get(&i.desk).copied().unwrap_or(false);
        let (kind, desk) =
            if reads { (TaskKind::ReadCancelled, i.desk) } else { (TaskKind::TellCancelled, to.desk) };
        promise(act, right, kind, i.id.cast(), (desk, i.user.filter(|_| reads)), on).await?;
    }
    Ok(())
}

/// Another day or place: every answer was to the old one, so everybody is asked again. Of another day to answer by, those who have not.
pub(crate) async fn ask_again(act: &mut Act, right: &Right, to: &Meeting, all: bool) -> Result<(), Fail> {
    let m = act.municipality();
    let mut there = sql::of_meetings(&mut act.facts()?, m, [to.id]).await?;
    there.retain(|i| i.attendance.is_none() && (all || i.reply.is_none()));
    for i in &there {
        pointless(act, right, i.id.cast(), &ASKED).await?;
        if i.reply.is_some() {
            sql::unanswer(act, right, i.id).await?;
        }
    }
    ask(act, right, to, &there).await
}

/// Who of the household, or with them, is invited to their own item, and how they were there.
pub(crate) async fn own(act: &mut Act, id: AgendaItemId, who: &[(Own, Option<Arrival>)]) -> Result<(), Fail> {
    let l = super::item::load(act, id).await?;
    let m = act.municipality();
    rules::may_invite_own(l.item.general(), l.around.in_confidence(&l.item))?;
    let known = l.around.depth(&l.viewer, &l.item, false) == Depth::Case;
    let to = l.meeting.as_ref().filter(|_| known).ok_or(Fail::NotVisible)?;
    let approved = meetings::minutes_stand(&mut act.facts()?, m, to.id).await?;
    rules::may_attend(to.state, approved)?;
    let early = act.now().day() < to.starts.day();
    if early && who.iter().any(|(_, came)| came.is_some_and(|c| c != Arrival::Invited)) {
        return Err(Refusal::new("session.not_begun").into());
    }
    sql::set_own(act, &l.right, id, who).await
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
