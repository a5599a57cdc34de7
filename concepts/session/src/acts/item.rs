//! Items: brought up, placed, talked over, carried over, dropped.

use std::collections::BTreeSet;

use access::{Action, Right, Role, Viewer};
use conference::{RestsOn, There};
use engine::{Act, Conn, Fail, Refusal};
use serde::Serialize;
use task::TaskKind;
use words::Day;
use words::id::{AgendaItemId, BodyId, CaseId, DeskId, MatterId, MeetingId, MunicipalityId, ThingId, UserId};

use super::{attend, in_business_days, invite, kept, names_nobody, promise, record};
use crate::invite::{by_name, called_by_the_case, seen};
use crate::known::Around;
use crate::rules::{self, Attendance, Dropped, Escalation, Ground, ItemState, Priority, Step as Move, Why};
use crate::sql::body::{self, Body, DeskKind};
use crate::sql::invitee::{self, Invitee};
use crate::sql::item::{self as sql, Item};
use crate::sql::meeting::{self, Meeting};

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum About {
    /// A case, with a part in it.
    Case(CaseId),
    /// A matter, as a member or its secretariat.
    Matter(MatterId),
    /// Nobody.
    General,
}

/// An item as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Proposal {
    pub body: BodyId,
    pub about: About,
    pub subject: String,
    /// The case of the library that a general subject is about.
    pub lesson: Option<ThingId>,
    pub position: String,
    pub initiator: Option<DeskId>,
    pub sections: Vec<DeskId>,
    pub priority: Priority,
    pub escalation: Vec<Escalation>,
    pub decided_by: Option<UserId>,
    pub decided_on: Option<Day>,
}

/// On what an item stands now: asked anew at each step, because consents end and matters are closed.
pub(crate) async fn ground(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    around: &Around,
    i: &Item,
    today: Day,
) -> Result<Ground, Fail> {
    if i.general() {
        return Ok(Ground::General);
    }
    let matter = around.matter(i);
    let open = matter.is_some_and(|s| s.open && s.position == i.position);
    match around.rests_on(&i.position).ok_or(Refusal::new("session.no_such_position"))? {
        RestsOn::Consent => {
            let (household, m) = (around.household(i).ok_or(Fail::NotVisible)?, viewer.municipality);
            // Of a matter each of those it is about has agreed; before there is one, somebody it could be about.
            let consented = match matter.filter(|s| s.open && s.rests_on == RestsOn::Consent) {
                Some(s) => conference::carried(&conference::whose(conn, m, s.id, today).await?),
                None => conference::consented(conn, m, household, today).await?,
            };
            Ok(Ground::Consent { consented, matter: open })
        }
        RestsOn::Secrecy => Ok(Ground::Secrecy {
            matter: open,
            initiator: i.initiator.is_some(),
            members: matter.map_or(0, |s| s.members.len()),
        }),
    }
}

/// The desks that must always be there: the multi-agency provider, and the municipality's section. For a matter its
/// secretariat is the provider; where the municipality does it itself, the two are one. Of the sections named, the first that is one of
/// the municipality comes.
pub(crate) fn always(
    kinds: &[DeskKind],
    provider: Option<DeskId>,
    sections: &[DeskId],
    body: DeskId,
) -> Vec<(DeskId, Why)> {
    let of = |desk: DeskId| kinds.iter().find(|k| k.desk == desk);
    let provider = provider
        .filter(|d| of(*d).is_some_and(|k| k.provider))
        .or_else(|| kinds.iter().find(|k| k.provider).map(|k| k.desk));
    let mut found: Vec<(DeskId, Why)> = provider.map(|d| (d, Why::Provider)).into_iter().collect();
    let itself = provider.and_then(of).is_some_and(|k| k.municipal);
    if !itself {
        let municipal = |d: &DeskId| of(*d).is_some_and(|k| k.municipal);
        let city = sections
            .iter()
            .copied()
            .find(municipal)
            .or(Some(body).filter(municipal))
            .or_else(|| kinds.iter().find(|k| k.municipal && k.provider).map(|k| k.desk))
            .or_else(|| kinds.iter().find(|k| k.municipal).map(|k| k.desk));
        found.extend(city.map(|d| (d, Why::Municipality)));
    }
    found
}

/// The sections that may stand for the municipality, the first first: the one the town chose, the one that carries the case, those that sit in
/// its matter, and those its consents name. In confidence only members are there: one of them, if there is one, and not who carries the case
/// without being one.
pub(crate) async fn municipal(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (around, i): (&Around, &Item),
    today: Day,
) -> Result<Vec<DeskId>, Fail> {
    let chosen = register::municipal_section(conn, m, today).await?;
    let named = chosen.into_iter().chain(around.accountable(i));
    let members: Vec<DeskId> =
        around.matter(i).into_iter().flat_map(|s| &s.members).map(|k| k.desk).collect();
    if !around.in_confidence(i) {
        let consented = match around.household(i) {
            Some(household) => conference::named_to_confer(conn, m, household, today).await?,
            None => Vec::new(),
        };
        return Ok(named.chain(members).chain(consented).collect());
    }
    let seated: Vec<DeskId> = named.filter(|d| members.contains(d)).collect();
    Ok(seated.into_iter().chain(members).chain(chosen).collect())
}

/// The desks the case of an item calls itself, beside those that stand there: the accountable one, and the one that takes the
/// initiative.
pub(crate) fn from_the_case(around: &Around, i: &Item, parties: &[(DeskId, Why)]) -> Vec<(DeskId, Why)> {
    if i.general() {
        return Vec::new();
    }
    called_by_the_case(parties, [around.accountable(i), around.initiator(i)])
}

/// Whoever brought an item up hears what becomes of it: one promise to read it, as long as it was not read (domain section 2.4;
/// What somebody does to an item of their own desk they know.
pub(crate) async fn tell_proposer(act: &mut Act, right: &Right, i: &Item) -> Result<(), Fail> {
    let (m, kinds) = (act.municipality(), [TaskKind::HearItem]);
    let own = act.viewer().is_some_and(|v| v.user == i.proposed_by.unwrap_or(v.user));
    let told = task::of_things(&mut act.facts()?, m, [i.id.cast()], &kinds).await?;
    let nobody = crate::left::nobody_hears(&mut act.facts()?, m, i.id, i.proposed_desk).await?;
    if own || nobody || told.iter().any(|t| t.state == task::TaskState::Open) {
        return Ok(());
    }
    let on = in_business_days(act.now(), super::HEAR);
    promise(act, right, TaskKind::HearItem, i.id.cast(), (i.proposed_desk, i.proposed_by), on).await
}

/// The desk that brought an item up has read what became of it.
pub(crate) async fn heard(act: &mut Act, id: AgendaItemId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let item = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let around = Around::load(&mut act.facts()?, &viewer, std::slice::from_ref(&item)).await?;
    if !around.brought(&viewer, &item) {
        return Err(Fail::NotVisible);
    }
    let relation = around.given_to(&item, item.proposed_desk);
    let right = act.permit(Action::FollowItem, &relation, record(id)).await?;
    kept(act, &right, id.cast(), &[TaskKind::HearItem]).await
}

/// Who may decide that something is brought before a meeting: the leads and coordinators of the viewer's desks; where
/// there is none, of the secretariats of the bodies.
pub(crate) async fn deciders(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    offices: &[DeskId],
    today: Day,
) -> Result<Vec<(UserId, String)>, Fail> {
    let own = viewer.desks();
    let leads = leading(conn, viewer, &own, today).await?;
    if leads.is_empty() { leading(conn, viewer, offices, today).await } else { Ok(leads) }
}

async fn leading(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: &[DeskId],
    today: Day,
) -> Result<Vec<(UserId, String)>, Fail> {
    let desks: BTreeSet<DeskId> = desks.iter().copied().collect();
    let mut found: Vec<(UserId, String)> = Vec::new();
    for desk in desks {
        for place in register::places_of(conn, viewer.municipality, desk, today).await? {
            let leads = matches!(place.role, Role::AgencyLead | Role::Coordinator);
            if leads && found.iter().all(|(id, _)| *id != place.user) {
                found.push((place.user, place.name));
            }
        }
    }
    Ok(found)
}

/// It was decided by somebody who may, on a day that has come.
async fn decided_rightly(
    act: &mut Act,
    viewer: &Viewer,
    (by, on): (UserId, Day),
    office: DeskId,
) -> Result<(), Fail> {
    let today = act.now().day();
    let able = deciders(&mut act.facts()?, viewer, &[office], today).await?;
    if able.iter().all(|(user, _)| *user != by) {
        return Err(Refusal::new("session.may_not_decide").into());
    }
    if on > today { Err(Refusal::new("session.decided_later").into()) } else { Ok(()) }
}

/// Brings something up: into the queue of a body.
pub(crate) async fn propose(act: &mut Act, id: AgendaItemId, p: &Proposal) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let today = now.day();
    let body = body::by_id(&mut act.facts()?, m, p.body).await?.ok_or(Fail::NotVisible)?;
    if !body.stands(today) {
        return Err(Refusal::new("session.body_over").into());
    }
    let mut item = new_item(act, id, p, &viewer).await?;
    let around = Around::load(&mut act.facts()?, &viewer, std::slice::from_ref(&item)).await?;
    let right = bringing(act, &around, &mut item, &body, &viewer).await?;
    match p.about {
        About::General => names_nobody(act, &p.subject).await?,
        About::Case(_) | About::Matter(_) => {
            if !body.positions.contains(&p.position) {
                return Err(Refusal::new("session.not_held_as").into());
            }
            if !p.escalation.is_empty() {
                let decided = p.decided_by.zip(p.decided_on).ok_or(Refusal::new("session.who_decided"))?;
                decided_rightly(act, &viewer, decided, body.desk).await?;
            }
        }
    }
    item.confidential = around.rests_on(&item.position) == Some(RestsOn::Secrecy);
    let ground = ground(&mut act.facts()?, &viewer, &around, &item, today).await?;
    rules::may_propose(ground)?;
    let before = match p.about {
        About::Matter(matter) => sql::was_raised(&mut act.facts()?, m, matter).await?,
        About::Case(_) | About::General => false,
    };
    rules::raised_rightly(ground, before, p.escalation.len())?;
    sql::insert(act, &right, &item).await?;
    if let Some(lesson) = p.lesson.filter(|_| item.general()) {
        learning::title_of(&mut act.facts()?, m, lesson).await?.ok_or(Fail::NotVisible)?;
        sql::about_lesson(act, &right, id, lesson).await?;
    }
    if p.about != About::General {
        let kinds = body::desk_kinds(&mut act.facts()?, m, today).await?;
        let provider = around.matter(&item).map(|s| s.secretariat);
        let sections = municipal(&mut act.facts()?, m, (&around, &item), today).await?;
        let mut parties = always(&kinds, provider, &sections, body.desk);
        for section in &p.sections {
            if parties.iter().all(|(d, _)| d != section) {
                parties.push((*section, Why::Section));
            }
        }
        parties.extend(from_the_case(&around, &item, &parties));
        sql::add_parties(act, &right, id, &parties).await?;
    }
    let on = in_business_days(now, if p.priority == Priority::Urgent { 1 } else { super::SOON });
    promise(act, &right, TaskKind::PlaceItem, id.cast(), (body.desk, None), on).await
}

async fn new_item(act: &mut Act, id: AgendaItemId, p: &Proposal, viewer: &Viewer) -> Result<Item, Fail> {
    let general = p.about == About::General;
    let (mut matter, mut case) = match p.about {
        About::Case(case) => (None, Some(case)),
        About::Matter(matter) => (Some(matter), None),
        About::General => (None, None),
    };
    // A case that has an open matter in this position comes up as that one, for whoever may know it.
    if let Some(of) = case {
        let open = conference::open_of_case(&mut act.facts()?, viewer, of).await?;
        matter = open.iter().find(|s| s.position == p.position && s.known(viewer)).map(|s| s.id);
    }
    if let Some(of) = matter {
        let found = conference::standings(&mut act.facts()?, viewer, [of]).await?;
        case = found.first().and_then(|s| s.case);
    }
    Ok(Item {
        id,
        body: Some(p.body),
        meeting: None,
        matter,
        case,
        subject: if general { p.subject.clone() } else { String::new() },
        position: if general { String::new() } else { p.position.clone() },
        confidential: false,
        state: ItemState::Proposed,
        initiator: p.initiator.filter(|_| !general),
        priority: p.priority,
        ordinal: 0,
        dropped: None,
        carried_from: None,
        proposed_desk: act.desk().ok_or(Fail::NotVisible)?,
        proposed_by: Some(viewer.user),
        proposed_at: act.now(),
        escalation: p.escalation.clone(),
        decided_by: p.decided_by.filter(|_| !p.escalation.is_empty()),
        decided_on: p.decided_on.filter(|_| !p.escalation.is_empty()),
        version: 1,
    })
}

/// The right to bring it up: a part in the case, a place in the matter; a general subject, a seat at the body's secretariat or
/// among those who work with people.
async fn bringing(
    act: &mut Act,
    around: &Around,
    item: &mut Item,
    body: &Body,
    viewer: &Viewer,
) -> Result<Right, Fail> {
    let mut relation = around.relation(item, body.desk);
    relation.accountable = None;
    if item.general() {
        relation.case_desks = viewer.desks();
    } else if around.number(viewer, item).is_none() && around.matter(item).is_none_or(|s| !s.known(viewer)) {
        return Err(Fail::NotVisible);
    } else if let Some(standing) = around.matter(item) {
        relation.case_desks.push(standing.secretariat);
    } else {
        relation.case_desks = viewer.reading_desks();
    }
    let right = act.permit(Action::ProposeItem, &relation, record(item.id)).await?;
    if let Some(seat) = right.seat() {
        item.proposed_desk = seat.desk;
    }
    Ok(right)
}

/// What can be done with an item.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) enum Step {
    /// Onto the agenda of a session.
    Schedule(MeetingId),
    /// Its turn has come.
    Begin,
    /// It was talked over; whether it is meant so although nobody approved it in writing.
    Conclude { meant: bool },
    /// 次回送り.
    Carry,
    /// 割愛.
    Drop(Dropped),
    /// One place earlier.
    Earlier,
}

/// An item with what surrounds it, and the right to run it.
pub(crate) struct Loaded {
    pub item: Item,
    pub around: Around,
    pub meeting: Option<Meeting>,
    pub right: Right,
    pub viewer: Viewer,
}

pub(crate) async fn load(act: &mut Act, id: AgendaItemId) -> Result<Loaded, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let item = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let around = Around::load(&mut act.facts()?, &viewer, std::slice::from_ref(&item)).await?;
    let meeting = match item.meeting {
        Some(meeting) => meeting::by_id(&mut act.facts()?, m, meeting).await?,
        None => None,
    };
    let desk = match (&meeting, item.body) {
        (Some(meeting), _) => meeting.desk,
        (None, Some(body)) => body::by_id(&mut act.facts()?, m, body).await?.ok_or(Fail::NotVisible)?.desk,
        (None, None) => return Err(Fail::NotVisible),
    };
    let relation = around.relation(&item, desk);
    let right = act.permit(Action::RunSession, &relation, record(id)).await?;
    Ok(Loaded { item, around, meeting, right, viewer })
}

/// Takes a step.
pub(crate) async fn step(act: &mut Act, id: AgendaItemId, step: Step) -> Result<(), Fail> {
    let l = load(act, id).await?;
    if let Some(meeting) = &l.meeting {
        rules::is_planned(meeting.state)?;
    }
    match step {
        Step::Schedule(meeting) => schedule(act, l, meeting).await,
        Step::Begin => {
            rules::next(l.item.state, Move::Begin)?;
            let today = act.now().day();
            let ground = ground(&mut act.facts()?, &l.viewer, &l.around, &l.item, today).await?;
            let cleared = rules::clear(ground)?;
            if let Some(meeting) = &l.meeting {
                rules::day_has_come(meeting.starts, today)?;
            }
            sql::begin(act, &l.right, &l.item, &cleared).await?;
            // Whoever is noted as there already is there from its beginning.
            let Some(meeting) = &l.meeting else { return Ok(()) };
            let m = act.municipality();
            let there = invitee::of_meetings(&mut act.facts()?, m, [meeting.id]).await?;
            let theirs = |x: &&Invitee| x.item == Some(id) && !l.around.out(&l.item, x.user);
            for who in there.iter().filter(theirs) {
                who.attendance.map_or(Ok(()), |how| l.around.may_be_there(&l.item, who, how))?;
            }
            // What was decided already on that day is not taken back without a word.
            let on = meeting.starts.day();
            let decided = match l.item.matter {
                Some(matter) => conference::decided_on(&mut act.facts()?, m, matter, on).await?,
                None => false,
            };
            let all = |_: &Invitee| true;
            let of = (&l.around, &l.item);
            attend::note_presence(act, &l.right, of, meeting, (&there, &all, !decided)).await
        }
        Step::Conclude { meant } => conclude(act, &l, meant).await,
        Step::Carry => carry(act, &l).await,
        Step::Drop(why) => {
            rules::next(l.item.state, Move::Drop)?;
            let m = act.municipality();
            let decided = decision::holding(&mut act.facts()?, m, [id]).await?;
            rules::nothing_decided(decided.len())?;
            sql::drop_item(act, &l.right, &l.item, why).await?;
            kept(act, &l.right, id.cast(), &[TaskKind::PlaceItem]).await?;
            tell_proposer(act, &l.right, &l.item).await?;
            invite::take_back(act, &l.right, &l.item).await
        }
        Step::Earlier => {
            let m = act.municipality();
            let all = sql::of_meetings(&mut act.facts()?, m, l.item.meeting).await?;
            let at = all.iter().position(|i| i.id == id).ok_or(Fail::NotVisible)?;
            match at.checked_sub(1).and_then(|before| all.get(before)) {
                Some(before) => sql::swap(act, &l.right, before, &l.item).await,
                None => Ok(()),
            }
        }
    }
}

async fn schedule(act: &mut Act, mut l: Loaded, to: MeetingId) -> Result<(), Fail> {
    rules::next(l.item.state, Move::Schedule)?;
    let (m, today) = (act.municipality(), act.now().day());
    let meeting = meeting::by_id(&mut act.facts()?, m, to).await?.ok_or(Fail::NotVisible)?;
    super::running(act, meeting.desk, to).await?;
    rules::is_planned(meeting.state)?;
    if meeting.body.is_some() && meeting.body != l.item.body {
        return Err(Fail::NotVisible);
    }
    // The matter may have been opened since the case was brought up.
    if let (None, Some(case)) = (l.item.matter, l.item.case) {
        let open = conference::open_of_case(&mut act.facts()?, &l.viewer, case).await?;
        l.item.matter = open.iter().find(|s| s.position == l.item.position).map(|s| s.id);
        l.around = Around::load(&mut act.facts()?, &l.viewer, std::slice::from_ref(&l.item)).await?;
    }
    let ground = ground(&mut act.facts()?, &l.viewer, &l.around, &l.item, today).await?;
    let cleared = rules::clear(ground)?;
    let there = sql::of_meetings(&mut act.facts()?, m, [to]).await?;
    if !l.item.general() {
        let taken = there.iter().filter(|i| i.takes_room()).count();
        rules::room(meeting.capacity, i64::try_from(taken).unwrap_or(i64::MAX))?;
    }
    let body = meeting.body.or(l.item.body);
    sql::schedule(act, &l.right, &l.item, (to, body), &cleared).await?;
    kept(act, &l.right, l.item.id.cast(), &[TaskKind::PlaceItem]).await?;
    tell_proposer(act, &l.right, &l.item).await?;
    if meeting.invited_at.is_some() {
        invite::call(act, &l.right, &meeting).await?;
    }
    Ok(())
}

/// That the municipality and the provider were there for an item on its day, by the rule by which something is decided there
/// ([`decision::presence`]). Where they were not in confidence, it is said why whoever came does not count.
pub(crate) async fn quorate(
    act: &mut Act,
    around: &Around,
    (i, on): (&Item, Day),
    invitees: &[Invitee],
) -> Result<rules::Quorate, Fail> {
    let m = act.municipality();
    let there = match around.matter(i) {
        Some(s) => decision::presence(&mut act.facts()?, m, (s.id, s.rests_on), on).await?.0,
        None => There::default(),
    };
    let refused = match rules::quorum(i.general(), there) {
        Ok(found) => return Ok(found),
        Err(refused) => refused,
    };
    if !around.in_confidence(i) {
        return Err(refused.into());
    }
    let of_item: Vec<&Invitee> = invitees.iter().filter(|x| x.item.is_none_or(|of| of == i.id)).collect();
    let obligatory = conference::obligatory(&mut act.facts()?, m, of_item.iter().map(|x| x.desk)).await?;
    let whole = |counts: &dyn Fn(&Invitee) -> bool| {
        let desks: Vec<DeskId> = of_item.iter().filter(|x| counts(x)).map(|x| x.desk).collect();
        conference::decidable(conference::there(&obligatory, &desks)).is_ok()
    };
    let came = |x: &Invitee| x.attendance.is_some_and(Attendance::was_there);
    // As if whoever was called to it by name and has not pledged could be noted as there.
    let waits = |x: &Invitee| by_name(i.id, &x.invitation()) && !around.may_take(i, x.who());
    // Their desk came, and no member of it who has pledged; or it has none: what is missing is not their attendance.
    if whole(&|x| came(x) && around.may_take(i, x.who())) {
        return Err(Refusal::new("session.member_absent").into());
    }
    if whole(&came) || whole(&|x| came(x) || waits(x)) {
        return Err(Refusal::new("session.party_not_pledged").into());
    }
    Err(refused.into())
}

async fn conclude(act: &mut Act, l: &Loaded, meant: bool) -> Result<(), Fail> {
    rules::next(l.item.state, Move::Conclude)?;
    let m = act.municipality();
    let meeting = l.meeting.as_ref().ok_or(Fail::NotVisible)?;
    let invitees = invitee::of_meetings(&mut act.facts()?, m, [meeting.id]).await?;
    let written = invitee::written(&mut act.facts()?, m, meeting.id).await?;
    let votes: Vec<_> = written.iter().filter(|w| w.item == l.item.id).map(|w| w.vote).collect();
    rules::agreed_in_writing(meeting.writing, &votes, meant)?;
    let on = meeting.starts.day();
    let quorate = quorate(act, &l.around, (&l.item, on), &invitees).await?;
    sql::conclude(act, &l.right, &l.item, &quorate).await?;
    let seats = l.around.seats(&l.item, &invitees);
    // Whoever sat there hears by その後; whoever brought it up and did not, by this.
    if !seen(l.item.id, l.item.proposed_desk, &seats).is_some_and(Attendance::was_there) {
        tell_proposer(act, &l.right, &l.item).await?;
    }
    // Whatever the list says otherwise was said while it was written: what it was concluded on is not taken back by this.
    let all = |_: &Invitee| true;
    attend::note_presence(act, &l.right, (&l.around, &l.item), meeting, (&invitees, &all, false)).await
}

/// 次回送り: onto the agenda of the next session when there is one with room, otherwise into the queue, first in line.
async fn carry(act: &mut Act, l: &Loaded) -> Result<(), Fail> {
    rules::next(l.item.state, Move::CarryOver)?;
    let m = act.municipality();
    let meeting = l.meeting.as_ref().ok_or(Fail::NotVisible)?;
    let body = l.item.body.or(meeting.body).ok_or(Refusal::new("session.nowhere_to_carry"))?;
    sql::carry(act, &l.right, &l.item).await?;
    // Before its turn: whoever was called to it is not expected here any more, and is called to the session it comes before.
    if l.item.state == ItemState::Scheduled {
        invite::take_back(act, &l.right, &l.item).await?;
    }
    let id: AgendaItemId = act.new_id();
    let next = Item {
        id,
        body: Some(body),
        meeting: None,
        state: ItemState::Proposed,
        priority: Priority::Carried,
        carried_from: Some(l.item.id),
        proposed_at: act.now(),
        version: 1,
        ..l.item.clone()
    };
    sql::insert(act, &l.right, &next).await?;
    let parties: Vec<(DeskId, Why)> =
        sql::parties(&mut act.facts()?, m, [l.item.id]).await?.into_iter().map(|p| (p.1, p.2)).collect();
    sql::add_parties(act, &l.right, id, &parties).await?;
    tell_proposer(act, &l.right, &next).await?;
    let on = in_business_days(act.now(), super::SOON);
    promise(act, &l.right, TaskKind::PlaceItem, id.cast(), (meeting.desk, None), on).await?;
    let Some(to) = meeting.next else { return Ok(()) };
    let carried = Loaded {
        item: next,
        around: Around::load(&mut act.facts()?, &l.viewer, std::slice::from_ref(&l.item)).await?,
        meeting: None,
        right: l.right.clone(),
        viewer: l.viewer.clone(),
    };
    match schedule(act, carried, to).await {
        // No room, or the consent has ended meanwhile: it waits in the queue, first in line.
        Ok(()) | Err(Fail::Refused(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
