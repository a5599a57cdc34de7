//! A meeting that was held once, written down by the secretariat of its matter: the day, and who was there.

use std::sync::Arc;

use askama::Template;
use conference::Standing;
use engine::{Begun, Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AgendaItemId, DeskId, MatterId, MeetingId};
use words::{Day, Instant};

use super::{before, shown};
use crate::acts::once::{self as acts, Guest, Once};
use crate::invite::{Invitation, invitations};
use crate::known::Around;
use crate::rules::Attendance;

/// How somebody can have been at a meeting that is over.
const HOW: &[Attendance] =
    &[Attendance::Room, Attendance::Online, Attendance::Late, Attendance::LeftEarly, Attendance::Absent];

/// Somebody who was there, or should have been.
struct Line {
    /// Name of the field that says how, and of the one that says who.
    how: String,
    who: String,
    value: String,
    name: String,
    obliged: bool,
    hows: Vec<Choice>,
    error: bool,
}

#[derive(Template)]
#[template(path = "session_once.html")]
struct OncePage {
    frame: Frame,
    form: Form,
    matter: MatterId,
    number: String,
    lines: Vec<Line>,
}

/// Everybody who would be called to the matter, in order.
async fn guests(look: &mut Look, s: &Standing) -> Result<Vec<Invitation>, Fail> {
    let viewer = look.viewer().clone();
    let (m, today, now) = (viewer.municipality, look.now().day(), look.now());
    // Nothing is stored of it: it stands for the item that will be.
    let item = acts::item_of(AgendaItemId::new(s.id.uuid()), s, None, now);
    let around = Around::load(&mut look.conn(), &viewer, std::slice::from_ref(&item)).await?;
    let parties = acts::parties(&mut look.conn(), m, (&around, &item), s.secretariat, today).await?;
    let parties: Vec<_> = parties.into_iter().map(|(desk, why)| (item.id, desk, why)).collect();
    Ok(invitations(&[], None, &[around.called(&item, &parties)]))
}

fn value(guest: &Guest) -> String {
    let (desk, user, name) = guest;
    format!("{desk}|{}|{name}", user.map(|u| u.to_string()).unwrap_or_default())
}

fn guest(value: &str) -> Option<Guest> {
    let mut parts = value.splitn(3, '|');
    let desk: DeskId = parts.next()?.parse().ok()?;
    let user = parts.next()?;
    let user = if user.is_empty() { None } else { Some(user.parse().ok()?) };
    Some((desk, user, parts.next()?.to_owned()))
}

/// GET /matters/{id}/once
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    let on = req.query().get("on").and_then(Day::parse_iso).unwrap_or(req.now().day());
    render(&req, look, Form::filled(vec![("on", req.t().short_day(on))])).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: MatterId = req.id("id")?;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let frame = req.frame();
    let (standing, _) = acts::of(&mut look.conn(), &viewer, id).await?;
    let called = guests(&mut look, &standing).await?;
    let desks = register::desk_names(&mut look.conn(), m, called.iter().map(|i| i.guest.desk), today).await?;
    let users = register::user_names(&mut look.conn(), m, called.iter().filter_map(|i| i.guest.user)).await?;
    // A desk whose people are asked about comes by them: it is not asked about by itself.
    let spoken = |i: &Invitation| {
        i.guest.named() || !called.iter().any(|x| x.guest.desk == i.guest.desk && x.guest.named())
    };
    let obliges = |d: DeskId| called.iter().any(|x| x.guest.desk == d && x.why.obliges());
    let lines = called
        .iter()
        .filter(|i| spoken(i))
        .enumerate()
        .map(|(n, i)| {
            let g = &i.guest;
            let how = format!("how-{n}");
            let person = g.user.and_then(|u| users.get(&u)).cloned().unwrap_or_else(|| g.name.clone());
            let desk = desks.get(&g.desk).cloned().unwrap_or_default();
            Line {
                who: format!("who-{n}"),
                value: value(&(g.desk, g.user, g.name.clone())),
                name: if person.is_empty() { desk } else { format!("{desk}　{person}") },
                obliged: obliges(g.desk),
                hows: HOW
                    .iter()
                    .map(|h| Choice::new(&form, &how, h.code(), frame.t.code("session_attendance", h.code())))
                    .collect(),
                error: form.error(&frame.t, &how).is_some(),
                how,
            }
        })
        .collect();
    let number = standing.number.map(|(y, n)| casefile::number_text(y, n)).unwrap_or_default();
    let page = OncePage { matter: id, number, lines, frame, form: form.clone() };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// POST /matters/{id}/once
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MatterId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let on = form.coming_day("on", Need::Required);
    let at = form.time("at");
    let place = form.line("place", Need::Optional, 80);
    let mut there: Vec<(Guest, Attendance)> = Vec::new();
    for n in 0.. {
        let Some(guest) = guest(form.value(&format!("who-{n}"))) else { break };
        let how = form.code::<Attendance>(&format!("how-{n}"), Need::Required);
        there.extend(how.filter(|h| HOW.contains(h)).map(|how| (guest, how)));
    }
    // Today without an hour it was just now; of an earlier day the hour matters only where a consent ended on it.
    let starts = on.map(|day| match at {
        Some((hour, minute)) => Instant::at(day, hour, minute),
        None if day == ctx.now.day() => ctx.now,
        None => Instant::at(day, 10, 0),
    });
    if starts.is_some_and(|s| s > ctx.now) {
        form.problem("on", "session.once_day");
    }
    let mut look = ctx.look(Channel::Write).await?;
    let (standing, _) = acts::of(&mut look.conn(), &ctx.viewer, id).await?;
    let (Some(starts), false) = (starts, form.has_problems()) else {
        return render(&req, look, form).await;
    };
    let called = guests(&mut look, &standing).await?;
    for i in called.iter().filter(|i| !i.guest.named()) {
        let desk: Guest = (i.guest.desk, None, String::new());
        let known = there.iter().any(|(g, _)| *g == desk);
        let of: Vec<Attendance> = there.iter().filter(|(g, _)| g.0 == desk.0).map(|(_, how)| *how).collect();
        let best = of.iter().find(|how| how.was_there()).or(of.first()).copied();
        there.extend(best.filter(|_| !known).map(|how| (desk, how)));
    }
    let title = title(&mut look, &standing).await?;
    look.close().await?;
    let body = Once { matter: id, starts, timed: at.is_some(), place, there };
    let to = format!("{}?on={}", link::matter_decide(id), starts.day());
    match ctx.act(&req.envelope(), "session.once", &body).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "session_once", before())),
        Begun::New(mut act) => {
            let (meeting, item): (MeetingId, AgendaItemId) = (act.new_id(), act.new_id());
            match acts::write(&mut act, (meeting, item), &title, &body).await {
                Ok(()) => Ok(Answer::to(&to, "session_once", act.commit(&meeting.to_string()).await?)),
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("on", refusal.key);
                    let look = ctx.look(Channel::Write).await?;
                    render(&req, look, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// What such a meeting is called: as its legal position, which names nobody.
async fn title(look: &mut Look, s: &Standing) -> Result<String, Fail> {
    let m = look.viewer().municipality;
    let all = conference::on(&mut look.conn(), m, None).await?;
    Ok(all.into_iter().rfind(|p| p.code == s.position).map(|p| p.name).unwrap_or_default())
}
