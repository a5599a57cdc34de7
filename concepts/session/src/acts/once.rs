//! A meeting that was held once, written down afterwards: the light way for what a conference with consent decides, so that nobody is
//! stuck because no session stood in the calendar. What comes out is a session like any other, with its item, who was there,
//! and minutes to be written.

use conference::RestsOn;
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use words::id::{AgendaItemId, DeskId, MatterId, MeetingId, UserId};
use words::{Day, Instant};

use super::attend::note_presence;
use super::invite::call;
use super::item::{always, from_the_case, municipal};
use super::{meeting, running};
use crate::known::Around;
use crate::rules::{self, Attendance, Ground, ItemState, Priority, Why};
use crate::sql::body;
use crate::sql::invitee;
use crate::sql::item::{self, Item};
use crate::sql::meeting as meetings;

/// Somebody of the meeting: a desk, a person of it, or a name of a partner.
pub(crate) type Guest = (DeskId, Option<UserId>, String);

/// The meeting as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Once {
    pub matter: MatterId,
    pub starts: Instant,
    /// Its hour was said, and not only its day.
    pub timed: bool,
    pub place: String,
    pub there: Vec<(Guest, Attendance)>,
}

/// An open matter that rests on consent, for whoever runs its secretariat, and the day it was opened.
pub(crate) async fn of(
    conn: &mut engine::Conn<'_>,
    viewer: &access::Viewer,
    matter: MatterId,
) -> Result<(conference::Standing, Day), Fail> {
    let found = conference::standings(conn, viewer, [matter]).await?.pop();
    let standing = found.filter(|s| s.office && s.known(viewer)).ok_or(Fail::NotVisible)?;
    let (seen, _) = conference::stand(conn, viewer, matter).await?.ok_or(Fail::NotVisible)?;
    if standing.rests_on != RestsOn::Consent || !standing.open {
        return Err(Refusal::new("session.once_consent").into());
    }
    Ok((standing, seen.opened_at.day()))
}

/// The item of the matter, as it will stand on the agenda.
pub(crate) fn item_of(id: AgendaItemId, s: &conference::Standing, by: Option<UserId>, now: Instant) -> Item {
    Item {
        id,
        body: None,
        meeting: None,
        matter: Some(s.id),
        case: s.case,
        subject: String::new(),
        position: s.position.clone(),
        confidential: false,
        state: ItemState::Scheduled,
        initiator: Some(s.lead),
        priority: Priority::Normal,
        ordinal: 1,
        dropped: None,
        carried_from: None,
        proposed_desk: s.secretariat,
        proposed_by: by,
        proposed_at: now,
        escalation: Vec::new(),
        decided_by: None,
        decided_on: None,
        version: 1,
    }
}

/// The desks that had to be there: municipality and provider, and those of the case.
pub(crate) async fn parties(
    conn: &mut engine::Conn<'_>,
    m: words::id::MunicipalityId,
    (around, i): (&Around, &Item),
    secretariat: DeskId,
    today: Day,
) -> Result<Vec<(DeskId, Why)>, Fail> {
    let kinds = body::desk_kinds(conn, m, today).await?;
    let sections = municipal(conn, m, (around, i), today).await?;
    let mut parties = always(&kinds, Some(secretariat), &sections, secretariat);
    let more = from_the_case(around, i, &parties);
    parties.extend(more);
    Ok(parties)
}

/// Writes it down: planned, called, attended, talked over and held in one.
pub(crate) async fn write(
    act: &mut Act,
    (id, of_item): (MeetingId, AgendaItemId),
    title: &str,
    once: &Once,
) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let (standing, opened) = of(&mut act.facts()?, &viewer, once.matter).await?;
    let desk = standing.deputy.unwrap_or(standing.secretariat);
    let right = running(act, desk, id).await?;
    if once.starts > now || once.starts.day() < opened {
        return Err(Refusal::new("session.once_day").into());
    }
    let whose = conference::whose(&mut act.facts()?, m, once.matter, now.day()).await?;
    let ground = Ground::Consent { consented: conference::carried(&whose), matter: true };
    let cleared = rules::clear(ground)?;
    // A meeting that was held without the consent does not rest on one that came later.
    let (held, today) = (once.starts.day(), now.day());
    let then = (held, once.timed.then(|| once.starts.plus_hours(1)));
    if held != today && !conference::carried_on(&mut act.facts()?, m, once.matter, then, today).await? {
        return Err(Refusal::new("decision.no_consent_then").into());
    }
    let said = meeting::Said {
        body: None,
        desk,
        title: title.to_owned(),
        starts: once.starts,
        ends: once.starts.plus_hours(1),
        place: once.place.clone(),
        online: false,
        writing: false,
        answer_by: once.starts.day(),
        capacity: None,
        after: None,
    };
    meeting::plan_titled(act, id, &said).await?;
    let new = item_of(of_item, &standing, Some(viewer.user), now);
    item::insert_placed(act, &right, &new, id, &cleared).await?;
    let around = Around::load(&mut act.facts()?, &viewer, std::slice::from_ref(&new)).await?;
    let parties = parties(&mut act.facts()?, m, (&around, &new), standing.secretariat, now.day()).await?;
    item::add_parties(act, &right, of_item, &parties).await?;
    let planned = meetings::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    call(act, &right, &planned).await?;
    meetings::invited(act, &right, id).await?;
    for i in invitee::of_meetings(&mut act.facts()?, m, [id]).await? {
        let same = |(desk, user, name): &Guest| *desk == i.desk && *user == i.user && *name == i.name;
        let (_, how) = once
            .there
            .iter()
            .find(|(guest, _)| same(guest))
            .ok_or(Refusal::conflict("session.once_changed"))?;
        invitee::attend(act, &right, i.id, (*how, i.attendance)).await?;
    }
    let placed = item::by_id(&mut act.facts()?, m, of_item).await?.ok_or(Fail::NotVisible)?;
    item::begin(act, &right, &placed, &cleared).await?;
    let begun = item::by_id(&mut act.facts()?, m, of_item).await?.ok_or(Fail::NotVisible)?;
    let there = invitee::of_meetings(&mut act.facts()?, m, [id]).await?;
    // Of everybody it is said how they were there: nothing that is noted elsewhere stands in for it.
    let came =
        there.iter().filter(|x| around.sits(&begun, x) && x.attendance.is_some_and(Attendance::was_there));
    let came: Vec<DeskId> = came.map(|x| x.desk).collect();
    let obligatory = conference::obligatory(&mut act.facts()?, m, came.iter().copied()).await?;
    let quorate = rules::quorum(false, conference::there(&obligatory, &came))?;
    item::conclude(act, &right, &begun, &quorate).await?;
    let decided = conference::decided_on(&mut act.facts()?, m, once.matter, held).await?;
    note_presence(act, &right, (&around, &begun), &planned, (&there, &|_| true, !decided)).await?;
    let called = meetings::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    meeting::held(act, &right, &called).await
}
