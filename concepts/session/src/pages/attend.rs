//! Who is there: by section, on the page of the session; and two who noted the same people at once.

use std::collections::BTreeMap;

use access::Viewer;
use askama::Template;
use conference::CorrectedWhy;
use engine::{Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Req, T};
use words::code::Code;
use words::id::{DeskId, InviteeId, MeetingId, UserId};

use super::codes;
use super::session::{Names, lines, sees};
use crate::acts::invite::rows;
use crate::rules::attend::{Said, spread};
use crate::rules::{Attendance, ItemState, Reply};
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

/// The reasons of a correction, where something came out of who was there; otherwise none.
pub(crate) fn whys(t: &T, form: &Form, o: &Opened) -> Vec<Choice> {
    let rests = form.error(t, "attend").is_some() || o.items.iter().any(|i| i.state == ItemState::Concluded);
    if rests { codes(t, form, "corrected", "corrected_why", conference::REASONS) } else { Vec::new() }
}

/// What was corrected of the list after something had come out of it, with how it was noted before: who, why, by whom and when. What nobody
/// was asked about is nobody's here.
pub(crate) async fn corrected(
    look: &mut Look,
    frame: &Frame,
    (id, runs): (MeetingId, bool),
) -> Result<Vec<String>, Fail> {
    if !runs {
        return Ok(Vec::new());
    }
    let (m, today, t) = (look.viewer().municipality, look.now().day(), &frame.t);
    let mut found = conference::corrections(&mut look.conn(), m, id).await?;
    found.retain(|c| c.why != CorrectedWhy::Noted);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let desks = register::desk_names(&mut look.conn(), m, found.iter().map(|c| c.desk), today).await?;
    let of: Vec<UserId> = found.iter().flat_map(|c| [c.user, c.by]).flatten().collect();
    let users = register::user_names(&mut look.conn(), m, of).await?;
    let name = |u| users.get(&u).cloned().unwrap_or_default();
    let word = |code: &str| match code {
        "" => t.s("session.nothing_noted").to_owned(),
        code => t.code("session_attendance", code),
    };
    let line = |c: &conference::Correction| {
        let who = c.user.map_or_else(|| c.name.clone(), name);
        let desk = desks.get(&c.desk).map_or("", String::as_str);
        let args = [
            ("day", frame.day(&c.on)),
            ("who", format!("{desk} {who}").trim().to_owned()),
            ("was", word(&c.was)),
            ("became", word(&c.became)),
            ("why", t.code("corrected_why", c.why)),
            ("by", c.by.map(name).unwrap_or_default()),
            ("when", frame.moment(&c.at)),
        ];
        t.fs("session.corrected_line", &args)
    };
    let mut lines: Vec<String> = found.iter().map(line).collect();
    lines.dedup();
    Ok(lines)
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
    /// Other rows of theirs of which the same is to be decided, and what stands there.
    along: Vec<(InviteeId, &'static str)>,
    /// Whose row it is.
    who: (DeskId, Option<UserId>, String),
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
pub(crate) async fn conflict(req: &Req, id: MeetingId, said: &[Said], room: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let today = ctx.now.day();
    let o = views::open(&mut look.conn(), &ctx.viewer, id, today).await?;
    if !o.runs && o.items.iter().all(|i| !o.runs_item(&ctx.viewer, i)) {
        return Err(Fail::NotVisible);
    }
    let names = Names::load(&mut look, &o).await?;
    let t = req.t();
    let code = |a: Option<Attendance>| a.map_or("", Code::code);
    let word = |a: Option<Attendance>| {
        a.map_or_else(|| t.s("session.nothing_noted").to_owned(), |a| t.code("session_attendance", a))
    };
    let noted = spread(said, &rows(&o.invitees));
    let (mut both, mut rest): (Vec<Both>, Vec<_>) = (Vec::new(), Vec::new());
    for n in noted.iter().filter(|n| n.was != Some(n.how)) {
        let Some(i) = o.invitees.iter().find(|i| i.id == n.who) else { continue };
        if i.attendance == n.was {
            if n.along {
                continue;
            }
            rest.push((n.who, n.how.code(), code(n.was)));
        } else if i.attendance != Some(n.how) {
            let who = (i.desk, i.user, i.name.clone());
            let (theirs, mine) = (word(i.attendance), word(Some(n.how)));
            // One question for somebody of whom the same is to be decided in several rows.
            let same = |b: &&mut Both| b.who == who && b.theirs == theirs && b.mine == mine;
            if let Some(b) = both.iter_mut().find(same) {
                b.along.push((i.id, code(i.attendance)));
                continue;
            }
            let form = Form::filled(vec![("how", n.how.code().to_owned())]);
            both.push(Both {
                id: i.id,
                name: names.guest(i),
                desk: names.desk(i.desk),
                theirs,
                mine,
                ways: codes(&t, &form, "how", "session_attendance", Attendance::ALL),
                was: code(i.attendance).to_owned(),
                along: Vec::new(),
                who,
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

/// What else on the page of the room follows from what was noted: for each item, the sections a decision still waits for.
pub(crate) async fn follows(req: &Req, id: MeetingId) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let o = views::open(&mut look.conn(), &ctx.viewer, id, ctx.now.day()).await?;
    let names = Names::load(&mut look, &o).await?;
    let t = req.t();
    let agenda = lines((&t, || req.engine().new_id()), &ctx.viewer, &o, &names, &[]);
    let comma = t.s("site.comma");
    let waits: BTreeMap<String, String> = agenda
        .iter()
        .map(|l| {
            let red: Vec<&str> = l.parties.iter().filter(|p| p.red).map(|p| p.name.as_str()).collect();
            (l.id.to_string(), red.join(comma))
        })
        .collect();
    let receipt = look.close().await?;
    Ok(Answer::json(serde_json::json!({ "waits": waits }).to_string(), receipt))
}
