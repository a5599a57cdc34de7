//! Who is there: by section, on the page of the session; and two who noted the same people at once.

use std::collections::BTreeMap;

use access::Viewer;
use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Choice, Form, Frame, Req, T};
use words::code::Code;
use words::id::{DeskId, InviteeId, MeetingId};

use super::codes;
use super::session::{Names, sees};
use crate::acts::invite::Noted;
use crate::rules::{Attendance, Reply};
use crate::views::{self, Opened};

/// How the sections of a session stand, the ones alike together.
pub(crate) struct Sections {
    pub word: String,
    /// Class of its chips.
    pub class: &'static str,
    /// Name, and whether it has to be there.
    pub desks: Vec<(String, bool)>,
}

/// How a section stands, from what is known of its people: the best counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum There {
    Here,
    Instead,
    Comes,
    Silent,
    Away,
}

impl There {
    fn of(attendance: Option<Attendance>, reply: Option<Reply>) -> Option<Self> {
        Some(match (attendance, reply) {
            (Some(Attendance::Substitute), _) => Self::Instead,
            // Whoever looks on or listens speaks for no section.
            (Some(Attendance::Observer | Attendance::Public), _) => return None,
            (Some(a), _) => {
                if a.was_there() {
                    Self::Here
                } else {
                    Self::Away
                }
            }
            (None, Some(Reply::Absent)) => Self::Away,
            (None, Some(_)) => Self::Comes,
            (None, None) => Self::Silent,
        })
    }

    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Here, "session.coverage_here", "ok"),
        (Self::Instead, "session.coverage_instead", "ok"),
        (Self::Comes, "session.coverage_come", ""),
        (Self::Silent, "session.coverage_silent", "warn"),
        (Self::Away, "session.coverage_away", "warn"),
    ];
}

/// Which sections are there, come, have not answered or stay away, of those this viewer may see invited: who comes to one item only says
/// something about it.
pub(crate) fn sections(t: &T, viewer: &Viewer, o: &Opened, names: &Names) -> Vec<Sections> {
    let mut of: BTreeMap<DeskId, (There, bool)> = BTreeMap::new();
    for i in o.invitees.iter().filter(|i| sees(viewer, o, i)) {
        let Some(there) = There::of(i.attendance, i.reply) else { continue };
        let known = of.entry(i.desk).or_insert((there, i.obligatory));
        *known = (known.0.min(there), known.1 || i.obligatory);
    }
    There::ALL
        .iter()
        .map(|(there, key, class)| Sections {
            word: t.s(key).to_owned(),
            class,
            desks: of
                .iter()
                .filter(|(_, (is, _))| is == there)
                .map(|(desk, (_, must))| (names.desk(*desk), *must))
                .collect(),
        })
        .filter(|s| !s.desks.is_empty())
        .collect()
}

/// Somebody of whom two noted different things.
struct Both {
    id: InviteeId,
    name: String,
    desk: String,
    theirs: String,
    mine: String,
    ways: Vec<Choice>,
    /// What stands there now, as the form sends it back.
    was: String,
}

#[derive(Template)]
#[template(path = "session_attend_conflict.html")]
struct ConflictPage {
    frame: Frame,
    id: MeetingId,
    title: String,
    room: bool,
    both: Vec<Both>,
    /// What was noted about others and stands in nobody's way: who, how, over what.
    rest: Vec<(InviteeId, &'static str, &'static str)>,
}

/// Both side by side; nothing was written over, and nothing that was noted is lost.
pub(crate) async fn conflict(req: &Req, id: MeetingId, noted: &[Noted], room: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let today = ctx.now.day();
    let o = views::open(&mut look.conn(), &ctx.viewer, id, today).await?;
    if !o.runs {
        return Err(Fail::NotVisible);
    }
    let names = Names::load(&mut look, &o).await?;
    let t = req.t();
    let code = |a: Option<Attendance>| a.map_or("", Code::code);
    let word = |a: Option<Attendance>| {
        a.map_or_else(|| t.s("session.nothing_noted").to_owned(), |a| t.code("session_attendance", a))
    };
    let (mut both, mut rest) = (Vec::new(), Vec::new());
    for n in noted.iter().filter(|n| n.was != Some(n.how)) {
        let Some(i) = o.invitees.iter().find(|i| i.id == n.who) else { continue };
        if i.attendance == n.was {
            rest.push((n.who, n.how.code(), code(n.was)));
        } else if i.attendance != Some(n.how) {
            let form = Form::filled(vec![("how", n.how.code().to_owned())]);
            both.push(Both {
                id: i.id,
                name: names.guest(i),
                desk: names.desk(i.desk),
                theirs: word(i.attendance),
                mine: word(Some(n.how)),
                ways: codes(&t, &form, "how", "session_attendance", Attendance::ALL),
                was: code(i.attendance).to_owned(),
            });
        }
    }
    let page = ConflictPage {
        id,
        title: o.meeting.title.clone(),
        room,
        both,
        rest,
        // A command of its own: the one that was sent is not done.
        frame: Frame { command: req.engine().new_id(), ..req.frame() },
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}
