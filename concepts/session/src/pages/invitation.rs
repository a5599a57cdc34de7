//! An invitation: answered by whoever is invited, or written down by the secretariat as it was told.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::ToldBy;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AgendaItemId, CommandId, InviteeId};

use super::session::{Line, Names, lines, span};
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

/// An invitation for whoever is invited, or runs the session; the answer of absence for everybody else.
async fn mine(look: &mut Look, id: InviteeId) -> Result<Invitee, Fail> {
    let viewer = look.viewer().clone();
    let i = sql::by_id(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    if acts::answers(&viewer, &i) {
        return Ok(i);
    }
    let today = look.now().day();
    let o = views::open(&mut look.conn(), &viewer, i.meeting, today).await?;
    if o.runs { Ok(i) } else { Err(Fail::NotVisible) }
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let i = mine(&mut look, req.id("id")?).await?;
    let (m, today) = (viewer.municipality, look.now().day());
    let o = views::open(&mut look.conn(), &viewer, i.meeting, today).await?;
    let names = Names::load(&mut look, &o).await?;
    let written = sql::written(&mut look.conn(), m, i.meeting).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let own = acts::answers(&viewer, &i);
    let all: Vec<Invitee> = o
        .invitees
        .iter()
        .filter(|x| x.desk == i.desk && x.user == i.user && x.name == i.name)
        .cloned()
        .collect();
    let whole = all.iter().any(|x| x.item.is_none());
    let agenda: Vec<Line> = lines((&t, || req.engine().new_id()), &viewer, &o, &names, &[])
        .into_iter()
        .filter(|l| whole || all.iter().any(|x| x.item == Some(l.id)))
        .collect();
    let asked = o.meeting.writing && o.meeting.state == MeetingState::Planned;
    let ballots: Vec<Ballot> = if asked {
        agenda
            .into_iter()
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
                    comment: said.map(|w| w.comment.clone()).unwrap_or_default(),
                    general: o.items.iter().any(|x| x.id == line.id && x.general()),
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
    let offered: &[Reply] = if asked {
        &[Reply::Writing, Reply::Absent]
    } else if o.meeting.online {
        &[Reply::Attends, Reply::Online, Reply::Substitute, Reply::Absent]
    } else {
        &[Reply::Attends, Reply::Substitute, Reply::Absent]
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
        owes: o.meeting.state == MeetingState::Held && missed(i.obligatory, i.attendance),
        made_up: req.engine().new_id(),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
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
    if reply == Some(Reply::Substitute) && substitute.is_empty() {
        form.problem("substitute", "session.who_instead");
    }
    let mut votes: Vec<(AgendaItemId, Vote, String)> = Vec::new();
    let sent: Vec<(String, String)> = form.fields().pairs().to_vec();
    for (name, value) in &sent {
        let Some(item) = name.strip_prefix("vote-").and_then(|v| v.parse::<AgendaItemId>().ok()) else {
            continue;
        };
        let Some(vote) = Vote::parse(value) else { continue };
        let field = format!("comment-{item}");
        let comment = form.paragraph(&field, Need::Optional, 1000);
        if !comment.is_empty() {
            sense(&mut look, &mut form, &field, &comment).await?;
        }
        votes.push((item, vote, comment));
    }
    let Some(reply) = reply.filter(|_| !form.has_problems()) else {
        return render(&req, look, form).await;
    };
    look.close().await?;
    let told_by = told.filter(|_| !own).map(|b| b.code().to_owned()).unwrap_or_default();
    let body = Answered { reply, substitute, told_by, votes };
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
