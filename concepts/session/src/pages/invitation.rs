//! An invitation: answered by whoever is invited, or written down by the secretariat as it was told.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::{Reasons, ToldBy};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{AgendaItemId, CommandId, InviteeId};

use super::session::{Line, Names, lines, said_in_writing, span};
use super::{before, codes, sense, shown};
use crate::acts::invite::{self as acts, Answered};
use crate::rules::{MeetingState, Reply, Vote, missed};
use crate::sql::invitee::{self as sql, Invitee};
use crate::views;

/// An item to be voted on in writing.
struct Ballot {
    line: Line,
    votes: Vec<Choice>,
    vote: String,
    comment: String,
    general: bool,
    /// Words about it can be written here: they are kept with its case or matter.
    known: bool,
}

#[derive(Template)]
#[template(path = "session_invitation.html")]
struct InvitationPage {
    frame: Frame,
    form: Form,
    id: InviteeId,
    version: i64,
    meeting: String,
    title: String,
    when: String,
    place: String,
    answer_by: String,
    who: String,
    why: String,
    obligatory: bool,
    own: bool,
    may: bool,
    writing: bool,
    answered: String,
    lines: Vec<Line>,
    ballots: Vec<Ballot>,
    replies: Vec<Choice>,
    told: Vec<Choice>,
    owes: bool,
    made_up: CommandId,
    /// Something of it is talked over in confidence: nobody comes instead.
    secret: bool,
    /// All of it is: sending somebody is no answer.
    alone: bool,
    /// When its day or place was changed.
    moved: Option<String>,
    cancelled: bool,
    reasons: Vec<String>,
}

/// GET /sessions/invitations/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let i = mine(&mut look, req.id("id")?).await?;
    let mut pairs = vec![
        ("reply", i.reply.map(|r| r.code().to_owned()).unwrap_or_default()),
        ("substitute", i.substitute.clone()),
    ];
    if i.reply.is_none() {
        pairs.clear();
    }
    render(&req, look, Form::filled(pairs)).await
}

/// An invitation for whoever is invited, or runs the session; the answer of absence for everybody else, and for whoever is kept out of the
/// family it is about (disclosure rule 14).
async fn mine(look: &mut Look, id: InviteeId) -> Result<Invitee, Fail> {
    let viewer = look.viewer().clone();
    let i = sql::by_id(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let today = look.now().day();
    let o = views::open(&mut look.conn(), &viewer, i.meeting, today).await?;
    let of = o.items.iter().find(|x| Some(x.id) == i.item);
    let theirs = acts::answers(&viewer, &i) || o.runs || of.is_some_and(|x| o.runs_item(&viewer, x));
    if theirs && !o.keeps_out(&viewer, &i) { Ok(i) } else { Err(Fail::NotVisible) }
}

#[expect(clippy::too_many_lines, reason = "the page, field by field")]
async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let i = mine(&mut look, req.id("id")?).await?;
    let today = look.now().day();
    let o = views::open(&mut look.conn(), &viewer, i.meeting, today).await?;
    let names = Names::load(&mut look, &o).await?;
    let mut reasons = Reasons::default();
    let written = said_in_writing(&mut look, &o, &mut reasons).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let own = acts::answers(&viewer, &i);
    let all: Vec<Invitee> = o
        .invitees
        .iter()
        .filter(|x| x.desk == i.desk && x.user == i.user && x.name == i.name && !o.keeps_out(&viewer, x))
        .cloned()
        .collect();
    let whole = all.iter().any(|x| x.item.is_none());
    let agenda: Vec<Line> = lines((&t, || req.engine().new_id()), &viewer, &o, &names, &[])
        .into_iter()
        .filter(|l| whole || all.iter().any(|x| x.item == Some(l.id)))
        .collect();
    let planned = o.meeting.state == MeetingState::Planned;
    let asked = o.meeting.writing && planned;
    // Each says something to what is theirs to say something to: not whoever looks on, not before the pledge.
    let votes = |line: &Line| {
        let of = o.items.iter().find(|x| x.id == line.id && x.state.is_open());
        of.is_some_and(|x| {
            let known = x.general() || !own || o.knows(&viewer, x);
            known && !o.around.keeps_out(&viewer, x) && all.iter().any(|k| o.around.votes(x, k))
        })
    };
    let ballots: Vec<Ballot> = if asked {
        agenda
            .into_iter()
            .filter(votes)
            .map(|line| {
                let field = format!("vote-{}", line.id);
                let said = written.iter().find(|w| w.item == line.id && w.invitee == i.id);
                let typed = form.value(&field).to_owned();
                let chosen = if typed.is_empty() {
                    said.map(|w| w.vote.code().to_owned()).unwrap_or_default()
                } else {
                    typed
                };
                let filled = Form::filled(vec![("vote", chosen)]);
                Ballot {
                    votes: codes(&t, &filled, "vote", "session_vote", Vote::ALL),
                    vote: field,
                    comment: {
                        let typed = form.value(&format!("comment-{}", line.id));
                        if typed.is_empty() {
                            said.map(|w| w.comment.clone()).unwrap_or_default()
                        } else {
                            typed.to_owned()
                        }
                    },
                    general: o.items.iter().any(|x| x.id == line.id && x.general()),
                    known: o.items.iter().any(|x| x.id == line.id && o.knows(&viewer, x)),
                    line,
                }
            })
            .collect()
    } else {
        Vec::new()
    };
    let agenda = if asked {
        Vec::new()
    } else {
        lines((&t, || req.engine().new_id()), &viewer, &o, &names, &[])
            .into_iter()
            .filter(|l| whole || all.iter().any(|x| x.item == Some(l.id)))
            .collect()
    };
    let secret = |x: &Invitee| o.items.iter().any(|y| Some(y.id) == x.item && o.around.in_confidence(y));
    let alone = all.iter().all(secret);
    let offered: &[Reply] = match (asked, o.meeting.online, alone) {
        (true, ..) => &[Reply::Writing, Reply::Absent],
        (_, true, false) => &[Reply::Attends, Reply::Online, Reply::Substitute, Reply::Absent],
        (_, true, true) => &[Reply::Attends, Reply::Online, Reply::Absent],
        (_, false, false) => &[Reply::Attends, Reply::Substitute, Reply::Absent],
        (_, false, true) => &[Reply::Attends, Reply::Absent],
    };
    let page = InvitationPage {
        id: i.id,
        version: i.version,
        meeting: link::meeting(i.meeting),
        title: o.meeting.title.clone(),
        when: span(&frame, &o.meeting),
        place: super::sessions::place(&t, &o.meeting),
        answer_by: frame.day(&o.meeting.answer_by),
        who: format!("{} {}", names.desk(i.desk), names.guest(&i)),
        why: t.code("session_why", i.why),
        obligatory: all.iter().any(|x| x.obligatory),
        own,
        may: o.meeting.state == MeetingState::Planned,
        writing: asked,
        answered: i.reply.map(|r| t.code("session_reply", r)).unwrap_or_default(),
        lines: agenda,
        ballots,
        replies: codes(&t, &form, "reply", "session_reply", offered),
        told: codes(&t, &form, "told_by", "told_by", ToldBy::ALL),
        secret: all.iter().any(secret),
        alone,
        moved: o.meeting.moved_at.filter(|_| planned).map(|at| frame.moment(&at)),
        cancelled: o.meeting.state == MeetingState::Cancelled && untold(&mut look, i.id).await?,
        reasons: reasons.sentences(&t),
        owes: o.meeting.state == MeetingState::Held && missed(i.obligatory, i.attendance),
        made_up: req.engine().new_id(),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// Whether somebody still has to hear that it is not held.
async fn untold(look: &mut Look, id: InviteeId) -> Result<bool, Fail> {
    let m = look.viewer().municipality;
    let kinds = [TaskKind::ReadCancelled, TaskKind::TellCancelled];
    let told = task::of_things(&mut look.conn(), m, [id.cast()], &kinds).await?;
    Ok(told.iter().any(|t| t.state == TaskState::Open))
}

/// POST /sessions/invitations/{id}
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: InviteeId = req.id("id")?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let i = mine(&mut look, id).await?;
    let own = acts::answers(&ctx.viewer, &i);
    let reply: Option<Reply> = form.code("reply", Need::Required);
    let substitute = form.line("substitute", Need::Optional, 60);
    let need = if own { Need::Optional } else { Need::Required };
    let told: Option<ToldBy> = form.code("told_by", need);
    let received = if own { None } else { form.past_day("received", Need::Optional) };
    if reply == Some(Reply::Substitute) && substitute.is_empty() {
        form.problem("substitute", "session.who_instead");
    }
    if let Err(refusal) = crate::rules::received(reply == Some(Reply::Writing), !own, received, ctx.now.day())
        && form.error(&req.t(), "received").is_none()
    {
        form.problem("received", refusal.key);
    }
    let mut votes: Vec<(AgendaItemId, Vote, String)> = Vec::new();
    let today = look.now().day();
    let o = views::open(&mut look.conn(), &ctx.viewer, i.meeting, today).await?;
    let general: Vec<AgendaItemId> = o.items.iter().filter(|x| x.general()).map(|x| x.id).collect();
    let sent: Vec<(String, String)> = form.fields().pairs().to_vec();
    for (name, value) in &sent {
        let Some(item) = name.strip_prefix("vote-").and_then(|v| v.parse::<AgendaItemId>().ok()) else {
            continue;
        };
        let Some(vote) = Vote::parse(value) else { continue };
        let field = format!("comment-{item}");
        let comment = form.paragraph(&field, Need::Optional, 1000);
        // Words about a case are an entry of it; what is about nobody names nobody.
        if !comment.is_empty() && general.contains(&item) {
            sense(&mut look, &mut form, &field, &comment).await?;
        }
        votes.push((item, vote, comment));
    }
    let Some(reply) = reply.filter(|_| !form.has_problems()) else {
        return render(&req, look, form).await;
    };
    look.close().await?;
    let told_by = told.filter(|_| !own).map(|b| b.code().to_owned()).unwrap_or_default();
    let nobody = form.ticked("nobody");
    let body = Answered { reply, substitute, nobody, told_by, received, votes };
    let to = if own { link::MEETINGS.to_owned() } else { link::meeting(i.meeting) };
    match ctx.act(&req.envelope(), "session.answer", &(id, &body)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "session_answered", before())),
        Begun::New(mut act) => match acts::answer(&mut act, id, &body).await {
            Ok(()) => Ok(Answer::to(&to, "session_answered", act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("reply", refusal.key);
                render(&req, ctx.look(Channel::Write).await?, form).await
            }
            Err(other) => Err(other),
        },
    }
}

/// POST /sessions/invitations/{id}/made-up
pub(crate) async fn made_up(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: InviteeId = req.id("id")?;
    match ctx.act(&req.envelope(), "session.made_up", &id).await? {
        Begun::Before(_) => Ok(Answer::to(link::MEETINGS, "session_made_up", before())),
        Begun::New(mut act) => {
            acts::make_up(&mut act, id).await?;
            Ok(Answer::to(link::MEETINGS, "session_made_up", act.commit(&id.to_string()).await?))
        }
    }
}

/// POST /sessions/invitations/{id}/cancelled: that it is not held was read, or told.
pub(crate) async fn heard_cancelled(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: InviteeId = req.id("id")?;
    match ctx.act(&req.envelope(), "session.heard_cancelled", &id).await? {
        Begun::Before(_) => Ok(Answer::to("/", "session_heard_cancelled", before())),
        Begun::New(mut act) => {
            acts::heard_cancelled(&mut act, id).await?;
            Ok(Answer::to("/", "session_heard_cancelled", act.commit(&id.to_string()).await?))
        }
    }
}
