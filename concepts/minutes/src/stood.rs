//! How a session stood, as its minutes say it: who was there, and when the next one is (decision 0035).
//!
//! Working minutes say what is noted now. An approval keeps how it stood then: attendance that is corrected and sessions that are planned
//! afterwards change no approved edition, on the page, on paper or in public, while they are corrected and ever after. Names are kept
//! nowhere: they are shown by the rules of the day, to whoever may know the item.

use std::collections::BTreeSet;

use access::{Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Look};
use session::{BodyMember, Invitee, Meeting, Opened, Title};
use words::id::{AgendaItemId, MeetingId, MunicipalityId};

use crate::reader::Reader;
use crate::rules::State;
use crate::section::{Place, Section, Which};
use crate::sql::stood::{self as sql, Came, Next, Stood};

/// What minutes say of the session itself, for whoever reads these texts.
pub(crate) struct Seen {
    /// What they say.
    pub said: Stood,
    /// How it stands now, of minutes that say how it stood.
    pub now: Option<Stood>,
    /// They were approved before that was kept: they say how it stands now.
    pub lost: bool,
    /// The next session, at the hours they say.
    pub next: Option<Meeting>,
}

impl Seen {
    /// Whether the next session is another one by now, or at another time.
    pub fn next_changed(&self) -> bool {
        self.now.as_ref().is_some_and(|now| now.next != self.said.next)
    }
}

/// What somebody invited was in the body on the day of the session.
pub(crate) fn title_of(members: &[BodyMember], i: &Invitee) -> Option<Title> {
    let same =
        |k: &&BodyMember| k.desk == i.desk && k.user == i.user && (i.user.is_some() || k.name == i.name);
    members.iter().find(same).map(|k| k.title)
}

/// The members of the body on the day of the session.
pub(crate) async fn members(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    o: &Opened,
) -> Result<Vec<BodyMember>, Broken> {
    match o.meeting.body {
        Some(body) => session::members_on(conn, m, body, o.meeting.starts.day()).await,
        None => Ok(Vec::new()),
    }
}

async fn next_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: Option<MeetingId>,
) -> Result<Option<Meeting>, Broken> {
    match id {
        Some(next) => session::meeting(conn, m, next).await,
        None => Ok(None),
    }
}

/// How it stands now.
fn now(o: &Opened, members: &[BodyMember], next: Option<&Meeting>) -> Stood {
    Stood {
        came: o.invitees.iter().map(|i| (i.id, (i.attendance, title_of(members, i)))).collect(),
        own: o.own.clone(),
        next: next.map(|k| Next { id: k.id, starts: k.starts, ends: k.ends }),
    }
}

/// Keeps how it stands for an approval, whoever approves.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    o: &Opened,
    (id, edition): (MeetingId, i64),
) -> Result<(), Fail> {
    let m = act.municipality();
    let members = members(&mut act.facts()?, m, o).await?;
    let next = next_of(&mut act.facts()?, m, o.meeting.next).await?;
    sql::keep(act, right, (id, edition), &now(o, &members, next.as_ref())).await
}

/// Which edition these texts belong to; none: those that stand now. Whoever writes only some sections reads of the session what was
/// approved while it is corrected.
fn edition(r: &Reader, which: Option<Which>) -> Option<i64> {
    match which {
        Some(Which::Edition(n) | Which::Public(n)) => Some(n),
        Some(Which::Working) if r.minutes.state == State::Correcting && !r.o.runs => Some(r.minutes.edition),
        _ => None,
    }
}

/// What these minutes say of the session.
pub(crate) async fn read(
    look: &mut Look,
    (r, members): (&Reader, &[BodyMember]),
    which: Option<Which>,
    sections: &[Section],
) -> Result<Seen, Fail> {
    let (m, o) = (look.viewer().municipality, &r.o);
    let next = next_of(&mut look.conn(), m, o.meeting.next).await?;
    let now = now(o, members, next.as_ref());
    let Some(n) = edition(r, which) else { return Ok(Seen { said: now, now: None, lost: false, next }) };
    let Some(mut said) = sql::of_edition(&mut look.conn(), m, (o.meeting.id, n)).await? else {
        return Ok(Seen { said: now, now: None, lost: true, next });
    };
    if which == Some(Which::Working) {
        let own: BTreeSet<AgendaItemId> = sections
            .iter()
            .filter(|s| s.writable)
            .filter_map(|s| if let Place::Item(id) = s.place { Some(id) } else { None })
            .collect();
        for i in o.invitees.iter().filter(|i| i.item.is_some_and(|x| own.contains(&x))) {
            said.came.insert(i.id, now.came.get(&i.id).copied().unwrap_or_default());
        }
        said.own.retain(|x| !own.contains(&x.0));
        said.own.extend(now.own.iter().filter(|x| own.contains(&x.0)));
    }
    let next = match said.next {
        None => None,
        Some(at) if next.as_ref().is_some_and(|k| k.id == at.id) => next,
        Some(at) => next_of(&mut look.conn(), m, Some(at.id)).await?,
    };
    let next = next.zip(said.next).map(|(k, at)| Meeting { starts: at.starts, ends: at.ends, ..k });
    Ok(Seen { said, now: Some(now), lost: false, next })
}

/// Whether an invitation may be known of: those to the whole session; those to an item by whoever may know it.
pub(crate) fn known(viewer: &Viewer, o: &Opened, i: &Invitee) -> bool {
    match i.item {
        None => true,
        Some(of) => o.items.iter().any(|x| x.id == of && o.knows(viewer, x)),
    }
}

/// Those of whom it was noted nowhere how they were there: somebody who was noted for the session, or for an item, is not asked for twice.
pub(crate) fn not_noted<'a>(rows: &[(&'a Invitee, Came)]) -> Vec<(&'a Invitee, Came)> {
    let same = |a: &Invitee, b: &Invitee| (a.desk, a.user, &a.name) == (b.desk, b.user, &b.name);
    let noted = |i: &Invitee| rows.iter().any(|(x, came)| came.0.is_some() && same(x, i));
    rows.iter().filter(|(i, came)| came.0.is_none() && !noted(i)).copied().collect()
}

/// Whether somebody is left whom the approver knows of and of whom nothing was noted.
pub(crate) fn all_noted(viewer: &Viewer, o: &Opened) -> bool {
    let known = o.invitees.iter().filter(|i| known(viewer, o, i));
    let rows: Vec<(&Invitee, Came)> = known.map(|i| (i, (i.attendance, None))).collect();
    not_noted(&rows).is_empty()
}
