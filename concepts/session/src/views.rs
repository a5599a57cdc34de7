//! What minutes, decisions and the calendar ask about sessions.

use access::{Role, Viewer};
use engine::{Broken, Conn, Fail};
use words::Day;
use words::id::{DeskId, MatterId, MeetingId};

use crate::known::{Around, Depth, numbered};
use crate::rules::{Arrival, Attendance, Own, Why};
use crate::sql::body::{self, Body, BodyMember};
use crate::sql::invitee::{self, Invitee};
use crate::sql::item::{self, Item};
use crate::sql::meeting::{self, Meeting, Whose};

/// Roles that run bodies and sessions.
pub(crate) const RUNNERS: &[Role] =
    &[Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::Secretariat];

/// The desks whose bodies and sessions this person runs.
pub(crate) fn runs(viewer: &Viewer) -> Vec<DeskId> {
    let mut desks: Vec<DeskId> = viewer
        .seats
        .iter()
        .filter(|s| RUNNERS.contains(&s.role))
        .flat_map(|s| std::iter::once(s.desk).chain(s.inherited.iter().copied()))
        .collect();
    desks.sort_unstable();
    desks.dedup();
    desks
}

/// The sessions of this person in a span of days: those they run, are a member of, or are invited to. A term that has ended and
/// an appointment that has ended show nothing any more.
pub async fn own_sessions(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    today: Day,
    span: (Day, Day),
) -> Result<Vec<Meeting>, Broken> {
    let m = viewer.municipality;
    if viewer.seats.is_empty() {
        return Ok(Vec::new());
    }
    let bodies = body::of_user(conn, m, viewer.user, today).await?;
    let (runs, desks) = (runs(viewer), viewer.desks());
    let excluded = viewer.excluded_from.as_slice();
    let whose = Whose { runs: &runs, bodies: &bodies, user: viewer.user, desks: &desks, excluded };
    meeting::list(conn, m, &whose, span).await
}

/// A session as one viewer may know it.
pub struct Opened {
    /// The session.
    pub meeting: Meeting,
    /// Its body.
    pub body: Option<Body>,
    /// Its agenda, in order.
    pub items: Vec<Item>,
    /// The desks each item needs.
    pub parties: Vec<(words::id::AgendaItemId, DeskId, Why)>,
    /// Everybody invited.
    pub invitees: Vec<Invitee>,
    /// Who of the household, or with them, is invited to their own item, and how they were there.
    pub own: Vec<(words::id::AgendaItemId, Own, Arrival)>,
    /// Whether the viewer runs it; nobody does any more once it was disposed of.
    pub runs: bool,
    sits: bool,
    pub(crate) around: Around,
}

impl Opened {
    /// Whether the viewer may know which case an item is about.
    pub fn knows(&self, viewer: &Viewer, item: &Item) -> bool {
        self.depth(viewer, item) == Depth::Case
    }

    pub(crate) fn depth(&self, viewer: &Viewer, item: &Item) -> Depth {
        self.around.depth(viewer, item, self.runs)
    }

    /// Whether the viewer may know in which position it stands: everybody who knows it, a member before the pledge, whoever runs it.
    pub fn senses(&self, viewer: &Viewer, item: &Item) -> bool {
        self.depth(viewer, item) >= Depth::Position
    }

    /// The matter of an item, as the viewer stands to it. Whoever may not know the item does not use it.
    pub fn standing(&self, item: &Item) -> Option<&conference::Standing> {
        self.around.matter(item)
    }

    /// Whether an item is talked over in confidence: nothing of it goes on paper.
    pub fn in_confidence(&self, item: &Item) -> bool {
        self.around.in_confidence(item)
    }

    /// How desks stand to an item for whoever runs the session, with the exclusions of its household.
    pub fn relation(&self, item: &Item) -> access::Relation {
        self.around.relation(item, self.meeting.desk)
    }

    /// The name of an item's legal position.
    pub fn position(&self, item: &Item) -> String {
        self.around.position(item)
    }

    /// What an item is called for this viewer: its subject, its case, or that there is one.
    pub fn what(&self, t: &site::T, viewer: &Viewer, item: &Item) -> String {
        crate::pages::bodies::what(t, &self.around, viewer, item, self.number(item.id))
    }

    /// Who of the household, or with them, came to their own item and how, for whoever may know whose it is.
    pub fn own(&self, t: &site::T, viewer: &Viewer, item: &Item) -> Vec<(String, String)> {
        let of = self.own.iter().filter(|(id, ..)| *id == item.id && self.knows(viewer, item));
        of.map(|(_, who, came)| (t.code("session_own", who), t.code("session_came", came))).collect()
    }

    /// How somebody invited can have been there: to what is talked over in confidence only whoever has pledged comes.
    pub(crate) fn ways(&self, i: &Invitee) -> Vec<Attendance> {
        let of = self.items.iter().find(|x| Some(x.id) == i.item);
        let may = |how: &Attendance| {
            i.attendance == Some(*how) || of.is_none_or(|x| self.around.may_be_there(x, i, *how).is_ok())
        };
        <Attendance as words::code::Code>::ALL.iter().copied().filter(may).collect()
    }

    /// Whether somebody is invited to what they cannot be there for now: they are kept out, or it is talked over in confidence and they have
    /// not pledged.
    pub(crate) fn unpledged(&self, i: &Invitee) -> bool {
        let of = self.items.iter().find(|x| Some(x.id) == i.item);
        self.out(i) || of.is_some_and(|x| self.around.in_confidence(x) && !self.around.sits(x, i))
    }

    /// Whether somebody is invited to an item about a household they are kept out of (disclosure rule 14).
    pub(crate) fn out(&self, i: &Invitee) -> bool {
        let of = self.items.iter().find(|x| Some(x.id) == i.item);
        of.is_some_and(|x| self.around.out(x, i.user))
    }

    /// Whether an invitation is about the family of this viewer, who is kept out of it (disclosure rule 14).
    pub fn keeps_out(&self, viewer: &Viewer, invitee: &Invitee) -> bool {
        let of = self.items.iter().find(|x| Some(x.id) == invitee.item);
        of.is_some_and(|x| self.around.keeps_out(viewer, x))
    }

    /// Whether the viewer runs this item: as secretariat, or in its place.
    pub fn runs_item(&self, viewer: &Viewer, item: &Item) -> bool {
        self.around.runs(viewer, item, self.runs)
    }

    /// Whether the viewer runs it, or an item of it in the place of its secretariat, is invited to it now, or is a member of its body today.
    pub fn sits(&self) -> bool {
        self.sits
    }

    /// The place of an item on the agenda, the same for everybody.
    pub fn number(&self, item: words::id::AgendaItemId) -> usize {
        numbered(&self.items).get(&item).copied().unwrap_or(0)
    }
}

/// A session for whoever runs it, is a member of its body, or is invited; the answer of absence for everybody else.
pub async fn open(conn: &mut Conn<'_>, viewer: &Viewer, id: MeetingId, today: Day) -> Result<Opened, Fail> {
    let found = open_unasked(conn, viewer, id, today).await?;
    if found.sits { Ok(found) } else { Err(Fail::NotVisible) }
}

/// A session with everything around it, whoever asks: for a concept that finds out for itself why somebody may know of it, as
/// minutes do of former members and of whoever was given them to read. What an item is about is decided as everywhere.
pub async fn open_unasked(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: MeetingId,
    today: Day,
) -> Result<Opened, Fail> {
    let m = viewer.municipality;
    let meeting = meeting::by_id(conn, m, id).await?.ok_or(Fail::NotVisible)?;
    let bodies = body::of_user(conn, m, viewer.user, today).await?;
    let invitees = invitee::of_meetings(conn, m, [id]).await?;
    let desks = viewer.desks();
    // Whoever ran it goes on seeing that it took place; nothing more is done about it.
    let office = runs(viewer).contains(&meeting.desk);
    let runs = office && meeting.disposed_at.is_none();
    let member = meeting.body.is_some_and(|b| bodies.contains(&b));
    let body = match meeting.body {
        Some(body) => body::by_id(conn, m, body).await?,
        None => None,
    };
    let items = item::of_meetings(conn, m, [id]).await?;
    let parties = item::parties(conn, m, items.iter().map(|i| i.id)).await?;
    let own = invitee::own(conn, m, items.iter().map(|i| i.id)).await?;
    let around = Around::load(conn, viewer, &items).await?;
    // To what is about the family of whoever is kept out of it they are not invited, not even as their desk (disclosure rule 14).
    let theirs =
        |of: words::id::AgendaItemId| items.iter().any(|x| x.id == of && !around.keeps_out(viewer, x));
    let invited = invitees.iter().filter(|i| i.item.is_none_or(theirs)).any(|i| match i.user {
        Some(user) => user == viewer.user && desks.contains(&i.desk),
        None => desks.contains(&i.desk),
    });
    let deputy = items.iter().any(|i| around.runs(viewer, i, false));
    Ok(Opened {
        meeting,
        body,
        items,
        parties,
        invitees,
        own,
        runs,
        sits: office || invited || member || deputy,
        around,
    })
}

/// The members of a body on a day: titles, desks, names.
pub async fn members_on(
    conn: &mut Conn<'_>,
    m: words::id::MunicipalityId,
    body: words::id::BodyId,
    day: Day,
) -> Result<Vec<BodyMember>, Broken> {
    let all = body::members(conn, m, [body]).await?;
    Ok(all.into_iter().filter(|k| crate::rules::covers(k.from, k.until, day)).collect())
}

/// The session before this one of the same body, and those before it, the newest first: whose materials can be used again.
pub async fn earlier(
    conn: &mut Conn<'_>,
    m: words::id::MunicipalityId,
    of: &Meeting,
) -> Result<Vec<Meeting>, Broken> {
    let Some(body) = of.body else { return Ok(Vec::new()) };
    let all = meeting::of_body(conn, m, body).await?;
    Ok(all.into_iter().filter(|k| k.starts < of.starts).collect())
}

/// One session's own facts: title, day, place.
pub async fn meeting(
    conn: &mut Conn<'_>,
    m: words::id::MunicipalityId,
    id: MeetingId,
) -> Result<Option<Meeting>, Broken> {
    meeting::by_id(conn, m, id).await
}

/// The items of a matter with their sessions, for whoever may know the matter.
pub async fn of_matter(conn: &mut Conn<'_>, viewer: &Viewer, matter: MatterId) -> Result<Vec<Item>, Broken> {
    let found = item::about(conn, viewer.municipality, [matter], None).await?;
    let around = Around::load(conn, viewer, &found).await?;
    Ok(found.into_iter().filter(|i| around.depth(viewer, i, false) == Depth::Case).collect())
}
