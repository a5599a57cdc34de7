//! A session while it is held: what the room shows of each item and of everybody invited, as its viewer may know it.

use access::Viewer;
use engine::{Fail, Look};
use household::Reasons;
use site::{Choice, Form, Frame, T};
use words::id::{AgendaItemId, InviteeId};

use crate::pages::homework::{self, Owed};
use crate::pages::session::{Names, lines, outcomes, said_in_writing, sees};
use crate::rules::missed;
use crate::views::Opened;

/// An item of the agenda, in the room.
pub struct Talk {
    /// Which.
    pub id: AgendaItemId,
    /// Its place on the agenda.
    pub n: usize,
    /// What it is called for this viewer.
    pub title: String,
    /// Its legal position, for whoever may know it.
    pub position: String,
    /// Where it stands, in words and as a code.
    pub state: String,
    /// The code.
    pub code: &'static str,
    /// Whether the viewer may know what it is about.
    pub known: bool,
    /// What was decided.
    pub decided: Vec<(Option<String>, String)>,
    /// Where a decision is written down.
    pub decide: Option<String>,
    /// The board of its case, where parts are divided, and its plans.
    pub opens: Vec<(String, String)>,
    /// It stands in the position that asks three things of each case.
    pub fixed: bool,
    /// Where what is missing in the town becomes a community issue.
    pub issue: Option<String>,
    /// What its case could not get, as categories: where an issue is begun with it, and words.
    pub lacks: Vec<crate::pages::lacking::Lack>,
    /// Homework.
    pub homework: Vec<Owed>,
    /// Whether homework can be given here, and to whom: those invited to it.
    pub takers: Option<Vec<Choice>>,
    /// The desks that must be there and are not: a decision waits for them.
    pub absent: Vec<String>,
    /// Who of the household, or with them, is invited, and how they were there.
    pub own: Vec<(String, String)>,
    /// What was said to it in writing: each answer and how often.
    pub votes: Vec<(String, usize)>,
    /// Nobody approved it in writing.
    pub unapproved: bool,
}

/// Somebody invited, in the room.
pub struct Seat {
    /// The invitation.
    pub id: InviteeId,
    /// Person or desk.
    pub name: String,
    /// The desk.
    pub desk: String,
    /// Whether they have to be there.
    pub obligatory: bool,
    /// The one item they are invited to.
    pub item: Option<usize>,
    /// What they answered.
    pub reply: String,
    /// How they can have been there, the one noted chosen.
    pub ways: Vec<Choice>,
    /// The one noted now, as a form sends it back: what stands there is not overwritten from a page that is older.
    pub was: String,
    /// How they were there, in words.
    pub attendance: String,
    /// They had to be there and were not.
    pub missed: bool,
    /// They have not pledged what the item asks for, and may not hear it.
    pub unpledged: bool,
}

/// The agenda in the room.
pub async fn talks(
    look: &mut Look,
    frame: &Frame,
    o: &Opened,
    reasons: &mut Reasons,
) -> Result<Vec<Talk>, Fail> {
    let viewer = look.viewer().clone();
    let names = Names::load(look, o).await?;
    let none = frame.command;
    let written = if o.meeting.writing { said_in_writing(look, o, reasons).await? } else { Vec::new() };
    let mut agenda = lines((&frame.t, || none), &viewer, o, &names, &written);
    outcomes(look, frame, o, &mut agenda, reasons).await?;
    let form = Form::default();
    Ok(agenda
        .into_iter()
        .zip(&o.items)
        .map(|(l, i)| Talk {
            takers: homework::may(&viewer, o, i).then(|| homework::invited(&form, o, i, &names)),
            known: o.knows(&viewer, i),
            own: o.own(&frame.t, &viewer, i),
            absent: l.parties.iter().filter(|p| p.red).map(|p| p.name.clone()).collect(),
            votes: l.votes,
            unapproved: l.unapproved,
            id: l.id,
            n: l.n,
            title: l.title,
            position: l.position,
            state: l.state,
            code: l.code,
            decided: l.decided,
            decide: l.decide,
            opens: l.opens,
            fixed: l.fixed,
            issue: l.issue,
            lacks: l.lacks,
            homework: l.homework,
        })
        .collect())
}

/// Everybody invited whom this viewer may see, in the room.
pub async fn seats(look: &mut Look, t: &T, o: &Opened) -> Result<Vec<Seat>, Fail> {
    let viewer: Viewer = look.viewer().clone();
    let names = Names::load(look, o).await?;
    Ok(o.invitees
        .iter()
        .filter(|i| sees(&viewer, o, i))
        .map(|i| {
            let noted = i.attendance.map(|a| words::code::Code::code(a).to_owned()).unwrap_or_default();
            let form = Form::filled(vec![("how", noted.clone())]);
            Seat {
                id: i.id,
                name: names.guest(i),
                desk: names.desk(i.desk),
                obligatory: i.obligatory,
                item: i.item.map(|id| o.number(id)).filter(|n| *n > 0),
                reply: i.reply.map(|r| t.code("session_reply", r)).unwrap_or_default(),
                ways: crate::pages::codes(t, &form, "how", "session_attendance", &o.ways(i)),
                unpledged: o.unpledged(i),
                was: noted,
                attendance: i.attendance.map(|a| t.code("session_attendance", a)).unwrap_or_default(),
                missed: missed(i.obligatory, i.attendance),
            }
        })
        .collect())
}
