//! A session while it is held: what the room shows of each item and of everybody invited, as its viewer may know it.

use std::collections::BTreeSet;

use access::Viewer;
use engine::{Fail, Look};
use household::Reasons;
use site::{Choice, Form, Frame, T, link};
use words::code::Code;
use words::id::{AgendaItemId, InviteeId};

use crate::pages::codes;
use crate::pages::homework::{self, Owed};
use crate::pages::session::{Names, lines, outcomes, said_in_writing, sees};
use crate::rules::missed;
use crate::sql::invitee::Invitee;
use crate::sql::item::Item;
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
    /// Where it is given to somebody else.
    pub give: Option<String>,
    /// The desks that must be there and are not: a decision waits for them.
    pub absent: Vec<String>,
    /// Who of the household, or with them, is invited, and how they were there.
    pub own: Vec<(String, String)>,
    /// What was said to it in writing: each answer and how often.
    pub votes: Vec<(String, usize)>,
    /// How many of those asked approved it in writing, and who has not answered.
    pub outcome: String,
    /// Who.
    pub waits: String,
    /// Nobody approved it in writing.
    pub unapproved: bool,
}

/// One invitation of somebody: to the whole session, or to one item.
pub struct Row {
    /// The invitation.
    pub id: InviteeId,
    /// Why they are invited.
    pub why: String,
    /// Whether they have to be there.
    pub obligatory: bool,
    /// The one item they are invited to.
    pub item: Option<usize>,
    /// What they answered, where it is another answer than their first one.
    pub reply: String,
    /// How they can have been there, the one noted chosen where it is not as their first row says.
    pub ways: Vec<Choice>,
    /// The one noted now, as a form sends it back: what stands there is not overwritten from a page that is older.
    pub was: String,
    /// How they were there, in words, where it is not as their first row says.
    pub attendance: String,
    /// They had to be there and were not.
    pub missed: bool,
    /// They have not pledged what the item asks for, and may not hear it.
    pub unpledged: bool,
    /// They are kept out of the household the item is about.
    pub out: bool,
    /// It says nothing that their first one does not: called to the whole session, for the same reason.
    pub again: bool,
}

/// Somebody invited: once, however often they are called. The first of their invitations speaks for the others that say nothing else.
pub struct Seat {
    /// The first invitation.
    pub id: InviteeId,
    /// Where it is answered.
    pub href: String,
    /// Person or desk.
    pub name: String,
    /// The desk.
    pub desk: String,
    /// Whether they have to be there.
    pub obligatory: bool,
    /// They have not answered.
    pub silent: bool,
    /// What they answered.
    pub reply: String,
    /// How it was told.
    pub told: String,
    /// How they can have been there, the one noted chosen.
    pub ways: Vec<Choice>,
    /// The one noted now, as a form sends it back.
    pub was: String,
    /// How they were there, in words.
    pub attendance: String,
    /// They had to be there and were not.
    pub missed: bool,
    /// Their invitations, the first one too.
    pub rows: Vec<Row>,
}

impl Seat {
    /// The invitations beside the first.
    pub fn others(&self) -> &[Row] {
        self.rows.get(1..).unwrap_or_default()
    }

    /// Whether one of the others says something of its own.
    pub fn apart(&self) -> bool {
        self.others().iter().any(|r| r.unpledged || !r.attendance.is_empty())
    }
}

/// The agenda in the room.
pub async fn talks(
    look: &mut Look,
    frame: &Frame,
    (o, sent): (&Opened, &Form),
    reasons: &mut Reasons,
) -> Result<Vec<Talk>, Fail> {
    let viewer = look.viewer().clone();
    let names = Names::load(look, o).await?;
    let command = frame.command;
    let written = if o.meeting.writing { said_in_writing(look, o, reasons).await? } else { Vec::new() };
    let mut agenda = lines((&frame.t, || command), &viewer, o, &names, &written);
    outcomes(look, frame, o, &mut agenda, reasons).await?;
    let none = Form::default();
    // Whom homework was to be given to stands there again at the item it was given out of.
    let of = |i: &Item| if sent.value("item") == i.id.to_string() { sent } else { &none };
    Ok(agenda
        .into_iter()
        .zip(&o.items)
        .map(|(l, i)| Talk {
            takers: homework::may(&viewer, o, i).then(|| homework::invited(of(i), o, i, &names)),
            known: o.knows(&viewer, i),
            own: o.own(&frame.t, &viewer, i),
            absent: l.parties.iter().filter(|p| p.red).map(|p| p.name.clone()).collect(),
            votes: l.votes,
            outcome: l.outcome,
            waits: l.waits,
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
            give: l.give,
        })
        .collect())
}

/// Everybody invited whom this viewer may see, in the room; for whoever runs some items alone those who were called to them.
pub async fn seats(
    look: &mut Look,
    t: &T,
    o: &Opened,
    of: Option<&BTreeSet<AgendaItemId>>,
) -> Result<Vec<Seat>, Fail> {
    let viewer: Viewer = look.viewer().clone();
    let names = Names::load(look, o).await?;
    let called = |i: &Invitee| of.is_none_or(|of| i.item.is_some_and(|x| of.contains(&x)));
    Ok(called_together((t, &Form::default()), &viewer, o, &names, called))
}

/// Everybody invited, each once, from the invitations this viewer may see: one that is not theirs to know is not told of by a place either.
/// What was chosen on a form that was refused stands there again.
pub(crate) fn together(form: (&T, &Form), viewer: &Viewer, o: &Opened, names: &Names) -> Vec<Seat> {
    called_together(form, viewer, o, names, |_| true)
}

/// The same, of some of the invitations.
fn called_together(
    (t, sent): (&T, &Form),
    viewer: &Viewer,
    o: &Opened,
    names: &Names,
    called: impl Fn(&Invitee) -> bool,
) -> Vec<Seat> {
    let mut all: Vec<Vec<&Invitee>> = Vec::new();
    for i in o.invitees.iter().filter(|i| sees(viewer, o, i) && called(i)) {
        match all.iter_mut().find(|of| of.first().is_some_and(|x| x.who() == i.who())) {
            Some(of) => of.push(i),
            None => all.push(vec![i]),
        }
    }
    all.into_iter()
        .filter_map(|mut of| {
            // Whoever may not be there for one item may be there for the others: that invitation speaks for none of them.
            of.sort_by_key(|i| o.unpledged(i));
            let first = *of.first()?;
            let lead = row((t, sent), o, first, None);
            let told =
                if first.told_by.is_empty() { String::new() } else { t.code("told_by", &first.told_by) };
            Some(Seat {
                id: first.id,
                href: link::invitation(first.id),
                name: names.guest(first),
                desk: names.desk(first.desk),
                obligatory: of.iter().any(|i| i.obligatory),
                silent: first.reply.is_none(),
                reply: format!("{} {}", lead.reply, first.substitute).trim().to_owned(),
                told,
                was: lead.was.clone(),
                attendance: lead.attendance.clone(),
                missed: of.iter().any(|i| missed(i.obligatory, i.attendance)),
                rows: of.iter().map(|i| row((t, sent), o, i, (i.id != first.id).then_some(first))).collect(),
                ways: lead.ways,
            })
        })
        .collect()
}

/// One invitation; beside the first one of somebody, only what is otherwise.
fn row((t, sent): (&T, &Form), o: &Opened, i: &Invitee, first: Option<&Invitee>) -> Row {
    let was = i.attendance.map(|a| a.code().to_owned()).unwrap_or_default();
    let own = first.is_none_or(|f| f.attendance != i.attendance);
    // What was chosen and not taken stands there again; what was left as it was shows what stands there now.
    let (how, before) = (sent.value(&format!("how-{}", i.id)), sent.value(&format!("was_{}", i.id)));
    let stands = if own { was.as_str() } else { "" };
    let chosen = if how.is_empty() || how == before { stands } else { how };
    let form = Form::filled(vec![("how", chosen.to_owned())]);
    let answers = |f: &Invitee| f.reply == i.reply;
    Row {
        id: i.id,
        why: t.code("session_why", i.why),
        obligatory: i.obligatory,
        item: i.item.map(|id| o.number(id)).filter(|n| *n > 0),
        reply: i
            .reply
            .filter(|_| !first.is_some_and(answers))
            .map(|r| t.code("session_reply", r))
            .unwrap_or_default(),
        ways: codes(t, &form, "how", "session_attendance", &o.ways(i)),
        attendance: i.attendance.filter(|_| own).map(|a| t.code("session_attendance", a)).unwrap_or_default(),
        missed: missed(i.obligatory, i.attendance),
        unpledged: o.unpledged(i),
        out: o.out(i),
        again: first.is_some_and(|f| f.item.is_none() && f.why == i.why && f.obligatory == i.obligatory),
        was,
    }
}
