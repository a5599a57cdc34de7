//! Who reads the minutes of a session, and which texts of them. The one place that finds it out: pages, prints and comments ask here.

use access::Viewer;
use engine::{Conn, Fail};
use session::Opened;
use words::Day;
use words::id::MeetingId;

use crate::rules::{State, may_review};
use crate::section::{Which, may_write};
use crate::sql::{self, Minutes};

/// A session with its minutes, for one viewer.
pub(crate) struct Reader {
    pub o: Opened,
    pub minutes: Minutes,
    /// A member on the day of the session, whose place has ended since: they look until the day set.
    pub former: bool,
    /// Whether they may write some section.
    pub writes: bool,
}

impl Reader {
    /// Which texts they read; none before there is anything for them.
    pub fn which(&self) -> Option<Which> {
        match self.minutes.state {
            State::Draft => (self.writes || self.former).then_some(Which::Working),
            State::Comment => Some(Which::Working),
            State::Correcting if self.writes => Some(Which::Working),
            State::Approved | State::Correcting => Some(Which::Edition(self.minutes.edition)),
        }
    }
}

/// The minutes of a session, for whoever sits there, wrote in it, was given them to read, or sat there and looks until the day set; the
/// answer of absence for everybody else.
pub(crate) async fn find(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: MeetingId,
    today: Day,
) -> Result<Reader, Fail> {
    let m = viewer.municipality;
    let o = session::open_unasked(conn, viewer, id, today).await?;
    let minutes = sql::of_meeting(conn, m, id).await?;
    let writes = o.runs || o.items.iter().any(|i| may_write(viewer, &o, Some(i)));
    let mut former = false;
    if !o.sits() && !writes {
        former = was_there(conn, viewer, &o).await? && may_review(true, minutes.review_until, today);
        if !former {
            return Err(Fail::NotVisible);
        }
    }
    Ok(Reader { o, minutes, former, writes })
}

/// Whether the viewer was a member of the body on the day of the session, or invited by name.
async fn was_there(conn: &mut Conn<'_>, viewer: &Viewer, o: &Opened) -> Result<bool, Fail> {
    if o.invitees.iter().any(|i| i.user == Some(viewer.user)) {
        return Ok(true);
    }
    let Some(body) = o.meeting.body else { return Ok(false) };
    let members = session::members_on(conn, viewer.municipality, body, o.meeting.starts.day()).await?;
    Ok(members.iter().any(|k| k.user == Some(viewer.user)))
}
