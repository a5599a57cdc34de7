//! Who reads the minutes of a session, and which texts of them. The one place that finds it out: pages, prints and comments ask here.

use access::Viewer;
use engine::{Broken, Conn, Fail, Look};
use household::Reasons;
use session::{MeetingState, Opened};
use site::Frame;
use words::Day;
use words::id::{AgendaItemId, MeetingId};

use crate::records::{self, Records};
use crate::rules::{State, may_review};
use crate::section::{self, Place, Section, Which, may_write};
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
        which(&self.minutes, self.writes)
    }

    /// Those texts, or those of an edition they asked for.
    pub async fn read(
        &self,
        look: &mut Look,
        which: Option<Which>,
    ) -> Result<(Vec<Section>, Reasons), Broken> {
        texts(look, &self.o, &self.minutes, which).await
    }

    /// What was recorded under the sections they read, as it stood with those words: whoever writes only some sections sees of the others
    /// what the approved edition was said of while they are corrected, and nothing before they go round.
    pub async fn records(
        &self,
        look: &mut Look,
        frame: &Frame,
        which: Option<Which>,
        sections: &[Section],
    ) -> Result<(Records, Reasons), Fail> {
        if which != Some(Which::Working) || self.o.runs {
            return records::read(look, frame, &self.o, which).await;
        }
        let edition = match self.minutes.state {
            State::Comment | State::Approved => return records::read(look, frame, &self.o, which).await,
            State::Draft => None,
            State::Correcting => Some(Which::Edition(self.minutes.edition)),
        };
        let theirs = |id: &AgendaItemId| sections.iter().any(|s| s.writable && s.place == Place::Item(*id));
        let (own, rest): (Vec<_>, Vec<_>) = self.o.items.iter().map(|i| i.id).partition(theirs);
        let (mut found, mut reasons) = records::read_of(look, frame, (&self.o, &own), which).await?;
        let (rest, more) = records::read_of(look, frame, (&self.o, &rest), edition).await?;
        found.extend(rest);
        reasons.also(more);
        Ok((found, reasons))
    }
}

/// Which texts somebody reads: those that stand now while they go round, and whoever writes; the approved ones afterwards.
fn which(minutes: &Minutes, writes: bool) -> Option<Which> {
    match minutes.state {
        State::Draft => writes.then_some(Which::Working),
        State::Comment => Some(Which::Working),
        State::Correcting if writes => Some(Which::Working),
        State::Approved | State::Correcting => Some(Which::Edition(minutes.edition)),
    }
}

/// The sections somebody reads. Whoever writes some of them, and does not run the session, reads unfinished words in those alone: of the
/// others nothing before they go round, and the approved words while they are corrected.
async fn texts(
    look: &mut Look,
    o: &Opened,
    minutes: &Minutes,
    which: Option<Which>,
) -> Result<(Vec<Section>, Reasons), Broken> {
    let (mut sections, mut reasons) = section::read(look, o, which.unwrap_or(Which::Edition(0))).await?;
    if which != Some(Which::Working) || o.runs {
        return Ok((sections, reasons));
    }
    match minutes.state {
        State::Draft => {
            for s in sections.iter_mut().filter(|s| !s.writable) {
                (s.id, s.text, s.written) = (None, None, None);
            }
        }
        State::Correcting => {
            let (approved, more) = section::read(look, o, Which::Edition(minutes.edition)).await?;
            reasons.also(more);
            for s in sections.iter_mut().filter(|s| !s.writable) {
                if let Some(was) = approved.iter().find(|a| a.place == s.place) {
                    s.clone_from(was);
                }
            }
        }
        State::Comment | State::Approved => {}
    }
    Ok((sections, reasons))
}

/// The words of a session for whoever looks on in its room: as they are typed while it goes on, afterwards what the minutes show them.
pub async fn looking_on(look: &mut Look, o: &Opened) -> Result<(Vec<Section>, Reasons), Broken> {
    if o.meeting.state == MeetingState::Planned {
        return section::read(look, o, Which::Working).await;
    }
    let viewer = look.viewer().clone();
    let minutes = sql::of_meeting(&mut look.conn(), viewer.municipality, o.meeting.id).await?;
    texts(look, o, &minutes, which(&minutes, writes(&viewer, o))).await
}

/// Whether the viewer writes some section.
fn writes(viewer: &Viewer, o: &Opened) -> bool {
    o.runs || o.items.iter().any(|i| may_write(viewer, o, Some(i)))
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
    let writes = writes(viewer, &o);
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
