//! Who was there: noted, corrected, and what follows from it for what was decided and for whoever was needed and was not.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Right};
use conference::{Corrected, CorrectedWhy, Held, Presence, RestsOn, There};
use engine::{Act, Fail, Refusal};
use task::TaskKind;
use words::Day;
use words::code::Code;
use words::id::{AgendaItemId, InviteeId, MatterId, MeetingId};

use super::invite::rows;
use super::{in_business_days, pointless, promise, record, running};
use crate::invite::{Invitation, speaks};
use crate::known::Around;
use crate::rules::attend::{self as attendance, Said};
use crate::rules::{self, Attendance, ItemState, MeetingState};
use crate::sql::invitee::{self as sql, Invitee};
use crate::sql::item::{self, Item};
use crate::sql::meeting::{self as meetings, Meeting};
use crate::views::runs;

/// How everybody was there, as the secretariat noted it, from the day of the session until its minutes are approved. Only what was
/// changed is written, and nothing over what somebody else noted meanwhile. What is said of somebody counts for all of their rows; with
/// `everybody`, whoever is left was in the room. What an item was concluded or decided on is corrected with a reason.
pub(crate) async fn attend(
    act: &mut Act,
    id: MeetingId,
    (said, everybody, why): (&[Said], bool, Option<CorrectedWhy>),
) -> Result<(), Fail> {
    let (m, viewer) = (act.municipality(), act.viewer().cloned().ok_or(Fail::NotVisible)?);
    let to = meetings::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let mut items = item::of_meetings(&mut act.facts()?, m, [id]).await?;
    let around = Around::load(&mut act.facts()?, &viewer, &items).await?;
    let (right, of) = noting(act, &to, (&around, &items)).await?;
    // Whoever runs an item in the place of its secretariat notes who was there for it, and nothing else of the session.
    let theirs = |i: &Invitee| of.as_ref().is_none_or(|of| i.item.is_some_and(|x| of.contains(&x)));
    items.retain(|i| of.as_ref().is_none_or(|of| of.contains(&i.id)));
    let approved = meetings::minutes_stand(&mut act.facts()?, m, id).await?;
    rules::may_attend(to.state, approved)?;
    if act.now().day() < to.starts.day() {
        return Err(Refusal::new("session.not_begun").into());
    }
    let all = sql::of_meetings(&mut act.facts()?, m, [id]).await?;
    let own: Vec<Invitee> = all.iter().filter(|i| theirs(i)).cloned().collect();
    if of.is_some() && said.iter().any(|s| own.iter().all(|i| i.id != s.who)) {
        return Err(Fail::NotVisible);
    }
    let day = to.starts.day();
    let before = presences(act, &around, &items, day).await?;
    let mut changed: Vec<InviteeId> = Vec::new();
    let mut noted = attendance::spread(said, &rows(&own));
    if everybody {
        noted.extend(attendance::everybody(&noted, &rows(&own)));
    }
    for n in noted.iter_mut().filter(|n| n.was != Some(n.how)) {
        let invitee = all.iter().find(|i| i.id == n.who).ok_or(Fail::NotVisible)?;
        let of = items.iter().find(|x| Some(x.id) == invitee.item);
        if n.along && of.is_some_and(|x| around.may_be_there(x, invitee, n.how).is_err()) {
            // Nobody comes in another's place to what is confidential, and whoever has not pledged is noted for it by themselves.
            if n.how != Attendance::Substitute {
                continue;
            }
            n.how = Attendance::Absent;
        }
        if invitee.attendance == Some(n.how) {
            continue;
        }
        if invitee.attendance != n.was {
            return Err(Refusal::conflict("session.attended_meanwhile").into());
        }
        if let Some(of) = of {
            around.may_be_there(of, invitee, n.how)?;
        }
        if !sql::attend(act, &right, n.who, (n.how, n.was)).await? {
            return Err(Refusal::conflict("session.attended_meanwhile").into());
        }
        changed.push(n.who);
        if to.state == MeetingState::Held {
            owe(act, &right, invitee, n.how).await?;
        }
    }
    // What is being talked over, or was, is decided in the presence of whoever is noted.
    let noted = sql::of_meetings(&mut act.facts()?, m, [id]).await?;
    let decided = decision::holding(&mut act.facts()?, m, items.iter().map(|i| i.id)).await?;
    let over = |i: &&Item| matches!(i.state, ItemState::InSession | ItemState::Concluded);
    // Of whom nothing was changed, what the matter says of them stays.
    let anew = |x: &Invitee| noted.iter().any(|n| changed.contains(&n.id) && n.who() == x.who());
    for i in items.iter().filter(|i| over(i) || decided.contains(&i.id)) {
        note_presence(act, &right, (&around, i), &to, (&noted, &anew, true)).await?;
    }
    let after = presences(act, &around, &items, day).await?;
    for (matter, (rests_on, (now, each))) in after {
        let Some((_, (was, each_was))) = before.get(&matter) else { continue };
        // It was concluded, or decided, because they were there: for the matter on that day, and for the item itself.
        let of: Vec<&Item> = items.iter().filter(|i| i.matter == Some(matter)).collect();
        let taken = |i: &&Item| {
            let rests = i.state == ItemState::Concluded || decided.contains(&i.id);
            let of_item = each_was.get(&i.id).zip(each.get(&i.id));
            rests && of_item.is_some_and(|(was, now)| conference::lost(*was, *now))
        };
        if !conference::lost(*was, now) && !of.iter().any(taken) {
            continue;
        }
        let concluded = of.iter().any(|i| i.state == ItemState::Concluded);
        let held =
            rests_on == RestsOn::Consent && conference::decided_on(&mut act.facts()?, m, matter, day).await?;
        let why = rules::unseats(concluded, held, why)?;
        corrected(act, &right, (matter, &of, &to), (&all, &noted), why).await?;
    }
    Ok(())
}

/// Who of those who have to be was there on a day, and for each item.
type Noted = (There, BTreeMap<AgendaItemId, There>);

/// Who of those who have to be was there for each matter of a session, by the rule by which something is decided in it.
async fn presences(
    act: &mut Act,
    around: &Around,
    items: &[Item],
    on: Day,
) -> Result<BTreeMap<MatterId, (RestsOn, Noted)>, Fail> {
    let m = act.municipality();
    let mut found = BTreeMap::new();
    for s in items.iter().filter_map(|i| around.matter(i)) {
        if let Entry::Vacant(place) = found.entry(s.id) {
            let there = decision::presence(&mut act.facts()?, m, (s.id, s.rests_on), on).await?;
            place.insert((s.rests_on, there));
        }
    }
    Ok(found)
}

/// The right of whoever notes who was there: of the secretariat for the whole session; of a deputy for the items they run, and for nothing
/// else.
async fn noting(
    act: &mut Act,
    to: &Meeting,
    (around, items): (&Around, &[Item]),
) -> Result<(Right, Option<BTreeSet<AgendaItemId>>), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let deputy: Vec<&Item> = items.iter().filter(|i| around.runs(&viewer, i, false)).collect();
    let Some(first) = deputy.first().filter(|_| !runs(&viewer).contains(&to.desk)) else {
        return Ok((running(act, to.desk, to.id).await?, None));
    };
    let right = act.permit(Action::RunSession, &around.relation(first, to.desk), record(to.id)).await?;
    Ok((right, Some(deputy.iter().map(|i| i.id).collect())))
}

/// Keeps how those were noted who were there for a matter, and are not any more: what was decided of it waits for a word of its own
/// secretariat.
async fn corrected(
    act: &mut Act,
    right: &Right,
    (matter, items, to): (MatterId, &[&Item], &Meeting),
    (before, noted): (&[Invitee], &[Invitee]),
    why: CorrectedWhy,
) -> Result<(), Fail> {
    let there = |a: Option<Attendance>| a.is_some_and(Attendance::was_there);
    let gone: Vec<Corrected<'_>> = noted
        .iter()
        .filter(|x| x.item.is_none_or(|item| items.iter().any(|i| i.id == item)))
        .filter_map(|x| {
            let was = before.iter().find(|b| b.id == x.id)?.attendance;
            // Of whom nothing was noted here, the matter alone had said that they were there.
            let left = was != x.attendance && !there(x.attendance) && was.is_none_or(Attendance::was_there);
            left.then(|| Corrected {
                desk: x.desk,
                user: x.user,
                name: &x.name,
                was: was.map_or("", Code::code),
                became: x.attendance.map_or("", Code::code),
            })
        })
        .collect();
    let held = Held { matter: Some(matter), meeting: Some(to.id), on: to.starts.day() };
    conference::correct(act, right, held, &gone, why).await
}

/// The homework of an absence follows a correction of it.
async fn owe(act: &mut Act, right: &Right, i: &Invitee, how: Attendance) -> Result<(), Fail> {
    let (was, is) = (rules::missed(i.obligatory, i.attendance), rules::missed(i.obligatory, Some(how)));
    if was && !is {
        pointless(act, right, i.id.cast(), &[TaskKind::MakeUp]).await?;
    }
    if is && !was {
        let on = in_business_days(act.now(), super::SOON);
        promise(act, right, TaskKind::MakeUp, i.id.cast(), (i.desk, i.user), on).await?;
    }
    Ok(())
}

/// Of whom it is asked how they were there.
type Asked<'a> = dyn Fn(&Invitee) -> bool + Sync + 'a;

/// What the session noted counts for the matter as well: who of its members was there on that day, of those it is asked about. With `away`
/// also who was not.
pub(crate) async fn note_presence(
    act: &mut Act,
    right: &Right,
    (around, item): (&Around, &Item),
    to: &Meeting,
    (invitees, about, away): (&[Invitee], &Asked<'_>, bool),
) -> Result<(), Fail> {
    let Some(matter) = item.matter else { return Ok(()) };
    let all: Vec<Invitation> = invitees.iter().map(Invitee::invitation).collect();
    let secret = around.in_confidence(item);
    let says = |i: &&Invitee| about(i) && speaks(secret, item.id, &i.invitation(), &all);
    let mut of_item: Vec<&Invitee> = invitees.iter().filter(says).collect();
    // Whoever was there for a part of it was there.
    of_item.sort_by_key(|i| i.attendance.is_some_and(Attendance::was_there));
    for i in of_item {
        let way = match i.attendance {
            Some(Attendance::Online) => Presence::Online,
            Some(Attendance::Writing) => Presence::Letter,
            // Somebody spoke for their desk: they themselves were not there.
            Some(Attendance::Substitute) => Presence::Substitute,
            Some(a) if a.was_there() => Presence::Room,
            // Whoever looked on or listened spoke for nobody.
            Some(_) if away => Presence::Absent,
            _ => continue,
        };
        let who = (i.desk, i.user, i.name.as_str());
        conference::attended(act, right, matter, who, (to.starts.day(), way)).await?;
    }
    Ok(())
}
