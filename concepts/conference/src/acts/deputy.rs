//! 代わりの進行役: named where nobody at the secretariat may run a matter, by whoever administers the town or chairs the body it stands
//! before. It gives the namer nothing to read; the deputy reads what the secretariat would, after their own pledge.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Right, Role, Viewer};
use engine::{Act, Broken, Conn, Fail, Refusal};
use task::{NewTask, TaskKind, TaskState};
use words::Instant;
use words::id::{AppointmentId, DeskId, MatterId, UserId};

use super::{LATER, Loaded, due, end_promises, record};
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
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut kept_out: BTreeMap<_, BTreeSet<UserId>> = BTreeMap::new();
    for (household, user) in stored::kept_out(conn, m, found.iter().map(|h| h.household), now).await? {
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
            let needed = rules::deserted(&desks);
            let mine = !kept_out.contains(&viewer.user);
            (mine && needed).then_some(Wanted { header, kept_out, open: !named })
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
    let made = stored::name(act, &right, id, &new).await?;
    sql::note(act, &right, id, "deputy", Some(made), "").await?;
    tell(act, &right, id, &new).await
}

/// The promise of the deputy.
async fn tell(act: &mut Act, right: &Right, id: MatterId, d: &Deputy) -> Result<(), Fail> {
    let about = task::About { thing: Some(id.cast()), ..task::About::default() };
    let due_at = due(act.now(), LATER);
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
