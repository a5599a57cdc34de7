//! 会議の回: the list, and planning one.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::id::{BodyId, DeskId, MeetingId};
use words::{Day, Instant};

use super::{before, count, own_desks, sense, shown};
use crate::acts::meeting::{self as acts, Said};
use crate::rules::MeetingState;
use crate::sql::body;
use crate::sql::invitee;
use crate::sql::meeting::{self as sql, Meeting};
use crate::views::{self, RUNNERS};

struct Line {
    href: String,
    title: String,
    body: String,
    when: String,
    place: String,
    state: String,
    planned: bool,
    /// What this person has answered, or that it waits.
    mine: String,
    waits: bool,
}

#[derive(Template)]
#[template(path = "session_list.html")]
struct ListPage {
    frame: Frame,
    coming: Vec<Line>,
    past: Vec<Line>,
    runs: bool,
    /// Whether they may bring up a subject.
    brings: bool,
    figures: bool,
}

/// GET /sessions
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let span = (today.plus_days(-183), today.plus_days(366));
    let found = views::own_sessions(&mut look.conn(), &ctx.viewer, today, span).await?;
    let bodies = super::bodies::names(&body::all(&mut look.conn(), m).await?);
    let invited = invitee::of_meetings(&mut look.conn(), m, found.iter().map(|k| k.id)).await?;
    let line = |k: &Meeting| {
        let mine: Vec<_> = invited
            .iter()
            .filter(|i| i.meeting == k.id && crate::acts::invite::answers(&ctx.viewer, i))
            .collect();
        let planned = k.state == MeetingState::Planned;
        let waits = planned && mine.iter().any(|i| i.reply.is_none());
        let answered = mine.iter().find_map(|i| i.reply).map(|r| t.code("session_reply", r));
        Line {
            href: match mine.iter().find(|i| i.reply.is_none()).filter(|_| waits) {
                Some(i) => link::invitation(i.id),
                None => link::meeting(k.id),
            },
            title: k.title.clone(),
            body: k.body.and_then(|b| bodies.get(&b)).cloned().unwrap_or_default(),
            when: frame.moment(&k.starts),
            place: place(&t, k),
            state: t.code("session_state", k.state),
            planned,
            mine: if waits { t.s("session.waits").to_owned() } else { answered.unwrap_or_default() },
            waits,
        }
    };
    let page = ListPage {
        coming: found.iter().filter(|k| k.state == MeetingState::Planned).map(line).collect(),
        past: found.iter().rev().filter(|k| k.state != MeetingState::Planned).map(line).collect(),
        runs: ctx.viewer.has_role(RUNNERS),
        brings: ctx.viewer.has_role(super::BRING),
        figures: ctx.viewer.has_role(&[access::Role::AgencyLead, access::Role::Coordinator]),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

/// Where a session is: the room, online, in writing.
pub fn place(t: &site::T, k: &Meeting) -> String {
    if k.writing {
        return t.s("session.in_writing").to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    if !k.place.is_empty() {
        words.push(k.place.clone());
    }
    if k.online {
        words.push(t.s("session.online_too").to_owned());
    }
    t.join(&words)
}

#[derive(Template)]
#[template(path = "session_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    action: String,
    title: &'static str,
    back: Option<(String, String)>,
    version: Option<i64>,
    bodies: Vec<Choice>,
    desks: Vec<Choice>,
    fixed: bool,
    after: Option<MeetingId>,
    invited: bool,
}

/// GET /sessions/new?body=&after=
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let m = look.viewer().municipality;
    let mut pairs = Vec::new();
    let after: Option<MeetingId> = req.query().get("after").and_then(|v| v.parse().ok());
    let before = match after {
        Some(id) => sql::by_id(&mut look.conn(), m, id).await?,
        None => None,
    };
    let before = before.filter(|k| views::runs(look.viewer()).contains(&k.desk));
    let asked = req.query().all("body").next().and_then(|v| v.parse::<BodyId>().ok());
    if let Some(k) = &before {
        pairs.push(("after", k.id.to_string()));
        pairs.push(("place", k.place.clone()));
        pairs.push(("starts", clock(k.starts)));
        pairs.push(("ends", clock(k.ends)));
        if k.online {
            pairs.push(("online", "1".to_owned()));
        }
    }
    let body = before.as_ref().and_then(|k| k.body).or(asked);
    if let Some(body) = body {
        pairs.push(("body", body.to_string()));
        if let Some(b) = body::by_id(&mut look.conn(), m, body).await? {
            pairs.push(("desk", b.desk.to_string()));
            pairs.push(("capacity", b.capacity.map(|n| n.to_string()).unwrap_or_default()));
            let held = sql::of_body(&mut look.conn(), m, body).await?;
            let titles: Vec<&str> = held.iter().map(|k| k.title.as_str()).collect();
            let (t, n) = (req.t(), "{n}");
            let title = t.f("session.series_title", "name", &b.name);
            let before = title.split(n).next().filter(|w| !w.is_empty()).unwrap_or(n);
            let next = next_number(&titles, before).to_string();
            pairs.push(("title", title.replace(n, &next)));
        }
    }
    form_page(&req, look, Form::filled(pairs), None).await
}

/// Which one comes next: one more than the highest that says its number, otherwise than there are.
fn next_number(titles: &[&str], before: &str) -> usize {
    let said = |title: &&str| {
        let digits = words::fold::fold(title.split_once(before)?.1);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse::<usize>().ok()
    };
    titles.iter().filter_map(said).max().unwrap_or(titles.len()) + 1
}

fn clock(at: Instant) -> String {
    format!("{}:{:02}", at.hour(), at.minute())
}

async fn form_page(req: &Req, mut look: Look, form: Form, of: Option<&Meeting>) -> Result<Answer, Fail> {
    let frame = req.frame();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let runs = views::runs(look.viewer());
    let all = body::all(&mut look.conn(), m).await?;
    let desks = own_desks(&mut look, &form, "desk", RUNNERS).await?;
    let page = FormPage {
        action: of
            .map_or_else(|| format!("{}/new", link::MEETINGS), |k| format!("{}/edit", link::meeting(k.id))),
        title: if of.is_some() { "session.edit" } else { "session.new" },
        back: of.map(|k| (link::meeting(k.id), k.title.clone())),
        version: of.map(|k| k.version),
        bodies: all
            .iter()
            .filter(|b| b.to.is_none_or(|last| today <= last) && runs.contains(&b.desk))
            .map(|b| Choice::new(&form, "body", b.id, b.name.clone()))
            .collect(),
        desks,
        fixed: of.is_some(),
        after: form.value("after").parse().ok(),
        invited: of.is_some_and(|k| k.invited_at.is_some()),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

async fn read(look: &mut Look, form: &mut Form, of: Option<&Meeting>) -> Result<Option<Said>, Fail> {
    let m = look.viewer().municipality;
    let body: Option<BodyId> = match of {
        Some(k) => k.body,
        None => form.id("body", Need::Optional),
    };
    let desk: Option<DeskId> = match (of, body) {
        (Some(k), _) => Some(k.desk),
        // A session of a body is run where the body is.
        (None, Some(body)) => body::by_id(&mut look.conn(), m, body).await?.map(|b| b.desk),
        (None, None) => form.id("desk", Need::Required),
    };
    let title = form.line("title", Need::Required, 60);
    let on: Option<Day> = form.coming_day("on", Need::Required);
    let starts = form.time("starts");
    let ends = form.time("ends");
    let place = form.line("place", Need::Optional, 80);
    let (online, writing) = (form.ticked("online"), form.ticked("writing"));
    let answer_by = form.promised_day("answer_by", Need::Required);
    let capacity = count(form, "capacity");
    let after = form.id("after", Need::Optional);
    if starts.is_none() {
        form.problem("starts", "session.when");
    }
    if place.is_empty() && !online && !writing {
        form.problem("place", "session.where");
    }
    sense(look, form, "title", &title).await?;
    let (Some(desk), Some(on), Some(starts), Some(answer_by)) = (desk, on, starts, answer_by) else {
        return Ok(None);
    };
    let at = |(hour, minute)| Instant::at(on, hour, minute);
    let ends = ends.map_or_else(|| at(starts).plus_minutes(60), at);
    if ends < at(starts) {
        form.problem("ends", "session.ends_before");
    }
    if answer_by > on {
        form.problem("answer_by", "session.answers_too_late");
    }
    if of.is_none() && on < look.now().day() {
        form.problem("on", "session.is_past");
    }
    let said = Said {
        body,
        desk,
        title,
        starts: at(starts),
        ends,
        place,
        online,
        writing,
        answer_by,
        capacity,
        after,
    };
    Ok((!form.has_problems()).then_some(said))
}

/// POST /sessions/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let Some(said) = read(&mut look, &mut form, None).await? else {
        return form_page(&req, look, form, None).await;
    };
    look.close().await?;
    match ctx.act(&req.envelope(), "session.plan", &said).await? {
        Begun::Before(to) => Ok(Answer::to(&link::meeting(to), "session_planned", before())),
        Begun::New(mut act) => {
            let id: MeetingId = act.new_id();
            match acts::plan(&mut act, id, &said).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::meeting(id), "session_planned", receipt))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("on", refusal.key);
                    form_page(&req, ctx.look(Channel::Write).await?, form, None).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

async fn run(look: &mut Look, id: MeetingId) -> Result<Meeting, Fail> {
    let m = look.viewer().municipality;
    let meeting = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    if views::runs(look.viewer()).contains(&meeting.desk) { Ok(meeting) } else { Err(Fail::NotVisible) }
}

/// GET /sessions/{id}/edit
pub(crate) async fn edit(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let k = run(&mut look, req.id("id")?).await?;
    let mut pairs = vec![
        ("title", k.title.clone()),
        ("on", req.t().short_day(k.starts.day())),
        ("starts", clock(k.starts)),
        ("ends", clock(k.ends)),
        ("place", k.place.clone()),
        ("answer_by", req.t().short_day(k.answer_by)),
        ("capacity", k.capacity.map(|n| n.to_string()).unwrap_or_default()),
    ];
    for (name, on) in [("online", k.online), ("writing", k.writing)] {
        if on {
            pairs.push((name, "1".to_owned()));
        }
    }
    form_page(&req, look, Form::filled(pairs), Some(&k)).await
}

/// POST /sessions/{id}/edit
pub(crate) async fn change(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let k = run(&mut look, req.id("id")?).await?;
    let Some(said) = read(&mut look, &mut form, Some(&k)).await? else {
        return form_page(&req, look, form, Some(&k)).await;
    };
    look.close().await?;
    let to = link::meeting(k.id);
    match ctx.act(&req.envelope(), "session.change", &(k.id, &said)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "session_changed", before())),
        Begun::New(mut act) => {
            acts::change(&mut act, k.id, &said).await?;
            Ok(Answer::to(&to, "session_changed", act.commit(&k.id.to_string()).await?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::next_number;

    #[test]
    fn the_next_session_is_one_more() {
        assert_eq!(next_number(&[], "第"), 1);
        assert_eq!(next_number(&["第6回 支援会議", "第７回 支援会議", "臨時の会議"], "第"), 8);
        assert_eq!(next_number(&["定例会", "臨時会"], "第"), 3);
    }
}
