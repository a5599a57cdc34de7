//! 代わりの進行役: named where nobody at the secretariat may run a matter, by whoever administers the town or chairs the body it stands
//! before. It gives the namer nothing to read; the deputy reads what the secretariat would, after their own pledge.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Right, Role, System, Viewer};
use engine::{Act, Broken, Conn, Engine, Fail, Origin, Refusal};
use task::{NewTask, TaskKind, TaskState};
use words::Instant;
use words::id::{AppointmentId, DeskId, MatterId, MunicipalityId, UserId};

use super::{Loaded, SOON, due, end_promises, record};
use crate::rules::deputy::{self as rules, Deputy};
use crate::sql::{self, Header, deputy as stored};

/// A matter that nobody at its secretariat may run, or that somebody runs in its place.
pub(crate) struct Wanted {
    pub header: Header,
    /// Who is kept out of its household.
    pub kept_out: BTreeSet<UserId>,
    /// Whether it needs somebody now: whoever was named runs it no more, or nobody was.
    pub open: bool,
}

/// The matters this viewer names a deputy for. Of others, and of those of a household they are kept out of, they hear nothing.
pub(crate) async fn wanted(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    now: Instant,
) -> Result<Vec<Wanted>, Broken> {
    let m = viewer.municipality;
    let mut found = stored::suspects(conn, m, now).await?;
    if !viewer.has_role(&[Role::Administrator]) && !found.is_empty() {
        let chaired = stored::chaired(conn, viewer, now).await?;
        found.retain(|h| chaired.contains(&h.id));
    }
    let mut found = deserted(conn, m, found, now).await?;
    found.retain(|w| !w.kept_out.contains(&viewer.user));
    Ok(found)
}

/// Those of these matters that nobody at their secretariat may run, or that somebody runs in its place.
async fn deserted(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    found: Vec<Header>,
    now: Instant,
) -> Result<Vec<Wanted>, Broken> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut kept_out: BTreeMap<_, BTreeSet<UserId>> = BTreeMap::new();
    for (household, user) in stored::kept_out(conn, m, found.iter().map(|h| h.household), Some(now)).await? {
        kept_out.entry(household).or_default().insert(user);
    }
    let sessions = stored::sessions_of(conn, m, found.iter().map(|h| h.id)).await?;
    let seats = register::all_seats(conn, m, now.day()).await?;
    let people = |desk: DeskId, sessions: bool, out: &BTreeSet<UserId>| -> Vec<bool> {
        let sits = |s: &access::Seat| rules::runs(s.role, sessions) && s.holds(desk);
        seats.iter().filter(|(_, held)| held.iter().any(sits)).map(|(user, _)| out.contains(user)).collect()
    };
    Ok(found
        .into_iter()
        .filter_map(|header| {
            let kept_out = kept_out.get(&header.household).cloned().unwrap_or_default();
            let of_sessions = sessions.get(&header.id).into_iter().flatten();
            let desks: Vec<Vec<bool>> = std::iter::once(people(header.secretariat, false, &kept_out))
                .chain(of_sessions.map(|d| people(*d, true, &kept_out)))
                .collect();
            let runs = |d: &Deputy| {
                let sits = |(user, held): &(UserId, Vec<access::Seat>)| {
                    *user == d.user && held.iter().any(|s| s.appointment == d.appointment)
                };
                d.lasts && !kept_out.contains(&d.user) && seats.iter().any(sits)
            };
            let named = header.deputy.as_ref().is_some_and(runs);
            rules::deserted(&desks).then_some(Wanted { header, kept_out, open: !named })
        })
        .collect())
}

/// Names somebody, also in the place of whoever was named before.
pub(crate) async fn name(
    act: &mut Act,
    id: MatterId,
    (desk, appointment): (DeskId, AppointmentId),
) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let (header, relation) = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let chaired = stored::chaired(&mut act.facts()?, &viewer, now).await?;
    if !viewer.has_role(&[Role::Administrator]) && !chaired.contains(&id) {
        return Err(Fail::NotVisible);
    }
    let right = act.permit(Action::NameDeputy, &relation, record(id)).await?;
    let all = wanted(&mut act.facts()?, &viewer, now).await?;
    let one = all.iter().find(|w| w.header.id == id);
    let places = register::places_of(&mut act.facts()?, m, desk, now.day()).await?;
    let place = places.iter().find(|p| p.appointment == appointment && p.role.reads_desk_records());
    let place = place.ok_or(Refusal::new("conference.no_such_place"))?;
    let kept_out = one.is_some_and(|w| w.kept_out.contains(&place.user));
    let lasts = header.closed_at.is_none() || one.is_some();
    rules::may_name_deputy(lasts, one.is_some(), kept_out)?;
    let new = Deputy { desk, user: place.user, appointment, lasts };
    end_promises(act, &right, id.cast(), &[TaskKind::StandIn], TaskState::Cancelled).await?;
    end_promises(act, &right, id.cast(), &[TaskKind::NameDeputy], TaskState::Done).await?;
    let made = stored::name(act, &right, id, &new).await?;
    sql::note(act, &right, id, "deputy", Some(made), "").await?;
    tell(act, &right, id, &new).await
}

/// The promise of the deputy: to be taken up soon, and before the matter is talked over.
async fn tell(act: &mut Act, right: &Right, id: MatterId, d: &Deputy) -> Result<(), Fail> {
    let about = task::About { thing: Some(id.cast()), ..task::About::default() };
    let (m, now) = (act.municipality(), act.now());
    let sits = stored::next_sitting(&mut act.facts()?, m, id, now.day()).await?;
    let due_at = sits.into_iter().chain([due(now, SOON)]).min().unwrap_or(now);
    let new = NewTask { kind: TaskKind::StandIn, desk: d.desk, assignee: Some(d.user), about, due_at };
    task::add(act, right, &new).await?;
    Ok(())
}

/// The secretariat runs it again, or the deputy gives it back.
pub(super) async fn give_back(act: &mut Act, right: &Right, l: &Loaded) -> Result<(), Fail> {
    let id = l.header.id;
    if !stored::end(act, right, id).await? {
        return Err(Refusal::conflict("conference.no_deputy").into());
    }
    sql::note(act, right, id, "deputy_ended", None, "").await?;
    end_promises(act, right, id.cast(), &[TaskKind::StandIn], TaskState::Cancelled).await
}

/// Where a matter goes on under another law its deputy goes along.
pub(super) async fn along(act: &mut Act, right: &Right, l: &Loaded, to: MatterId) -> Result<(), Fail> {
    let Some(deputy) = &l.header.deputy else { return Ok(()) };
    stored::carry(act, right, l.header.id, to).await?;
    tell(act, right, to, deputy).await
}

/// Sees to it that whoever chairs the body that a matter comes before is asked to name somebody, as long as nobody may run it: by a task that
/// says nothing but that (disclosure rule 13), never to whoever is kept out of the household themselves. How many changed; doing it again
/// changes nothing.
pub async fn watch_deputies(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let said = engine.now().iso();
    let mut act =
        engine.system_act(System::DeputyWatch, m, Origin::Job, "conference.deputies", &said).await?;
    let (right, now) = (Right::system(System::DeputyWatch), act.now());
    let suspects = stored::suspects(&mut act.facts()?, m, now).await?;
    let mut found = deserted(&mut act.facts()?, m, suspects, now).await?;
    found.retain(|w| w.open);
    let chairs = stored::chairs(&mut act.facts()?, m, found.iter().map(|w| w.header.id), now.day()).await?;
    let seats = register::all_seats(&mut act.facts()?, m, now.day()).await?;
    let sits = |c: &stored::Chair| {
        let held = seats.iter().filter(|(user, _)| *user == c.user).flat_map(|(_, held)| held);
        held.into_iter().any(|s| s.appointment == c.appointment)
    };
    let asked = |c: &&stored::Chair| {
        sits(c) && found.iter().any(|w| w.header.id == c.matter && !w.kept_out.contains(&c.user))
    };
    let asked: Vec<&stored::Chair> = chairs.iter().filter(asked).collect();
    let open = stored::asked(&mut act.facts()?, m).await?;
    let mut changed = 0;
    for (task, thing, user) in &open {
        if asked.iter().all(|c| c.matter.cast() != *thing || Some(c.user) != *user) {
            task::end(&mut act, &right, *task, TaskState::Cancelled, "matter_changed").await?;
            changed += 1;
        }
    }
    for c in asked {
        let thing = c.matter.cast();
        if open.iter().any(|(_, of, user)| *of == thing && *user == Some(c.user)) {
            continue;
        }
        let about = task::About { thing: Some(thing), ..task::About::default() };
        let due_at = due(now, SOON);
        let new = NewTask { kind: TaskKind::NameDeputy, desk: c.desk, assignee: Some(c.user), about, due_at };
        task::add(&mut act, &right, &new).await?;
        changed += 1;
    }
    if changed > 0 {
        act.commit("").await?;
    }
    Ok(changed)
}
