//! The sessions of a year at once: first the rhythm, then its days as they would be, then they are planned.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::BodyId;

use super::{before, codes, count, sense, shown};
use crate::acts::series::{self as acts, Series};
use crate::rules::MeetingState;
use crate::rules::series::{self as rules, MOST, Nth, Pattern, Rule, Weekday, WhenClosed};
use crate::sql::body::{self, Body};
use crate::sql::meeting::{self, Meeting};
use crate::views;

/// A day of the series as it would be.
struct Line {
    iso: String,
    day: String,
    /// Why the day of the rhythm is closed, and what becomes of it.
    closed: String,
    /// A session of the body is on that day already.
    taken: bool,
    on: bool,
}

#[derive(Template)]
#[template(path = "session_series.html")]
struct SeriesPage {
    frame: Frame,
    form: Form,
    body: (String, String),
    id: BodyId,
    rhythm: String,
    patterns: Vec<Choice>,
    nth: Vec<Choice>,
    weekdays: Vec<Choice>,
    whens: Vec<Choice>,
    /// The days, once the rhythm is said.
    lines: Option<Vec<Line>>,
    out: usize,
    hidden: Vec<(String, String)>,
    most: usize,
}

/// A body whose sessions this viewer runs.
async fn load(look: &mut Look, id: BodyId) -> Result<(Body, Vec<Meeting>), Fail> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let body = body::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    if !views::runs(&viewer).contains(&body.desk) {
        return Err(Fail::NotVisible);
    }
    let there = meeting::of_body(&mut look.conn(), m, id).await?;
    Ok((body, there))
}

/// What the page begins with: the rhythm in the town's words, as far as they can be read, and place and time of the session before.
fn fresh(t: &T, body: &Body, there: &[Meeting], today: Day) -> Form {
    let mut pairs = vec![
        ("from", t.short_day(today.plus_days(1))),
        ("to", t.short_day(today.plus_days(365))),
        ("closed", WhenClosed::Later.code().to_owned()),
        ("pattern", Pattern::Monthly.code().to_owned()),
        ("every", "2".to_owned()),
    ];
    let nth: Vec<(String, Nth)> = Nth::ALL.iter().map(|n| (t.code("session_nth", n), *n)).collect();
    let weekdays: Vec<(String, Weekday)> = Weekday::ALL
        .iter()
        .map(|w| (t.f("session.series_on", "day", t.code("session_weekday", w)), *w))
        .collect();
    if let Some((nth, weekday)) = rules::heard(&body.rhythm_words, &nth, &weekdays) {
        pairs.push(("weekday", weekday.code().to_owned()));
        pairs.extend(nth.iter().map(|n| ("nth", n.code().to_owned())));
    }
    pairs.extend(like_before(t, body, there));
    Form::filled(pairs)
}

fn like_before(t: &T, body: &Body, there: &[Meeting]) -> Vec<(&'static str, String)> {
    let clock = |at: words::Instant| format!("{}:{:02}", at.hour(), at.minute());
    let held = there.iter().filter(|k| k.state != MeetingState::Cancelled).count();
    let mut pairs = vec![("first", (held + 1).to_string()), ("answer_before", "7".to_owned())];
    pairs.push(("title", t.f("session.series_title", "name", &body.name)));
    if let Some(k) = there.iter().find(|k| k.state != MeetingState::Cancelled && !k.writing) {
        pairs.push(("starts", clock(k.starts)));
        pairs.push(("ends", clock(k.ends)));
        pairs.push(("place", k.place.clone()));
        if k.online {
            pairs.push(("online", "1".to_owned()));
        }
    }
    pairs
}

/// The rhythm and its span, as a form says them.
fn rule(form: &mut Form, today: Day) -> Option<(Rule, Day, Day)> {
    let pattern: Option<Pattern> = form.code("pattern", Need::Required);
    let weekday: Option<Weekday> = form.code("weekday", Need::Required);
    let closed: Option<WhenClosed> = form.code("closed", Need::Required);
    let nth: Vec<Nth> = form.codes("nth");
    let every = count(form, "every");
    let from = form.day("from", Need::Required);
    let to = form.day("to", Need::Required);
    if pattern == Some(Pattern::Monthly) && nth.is_empty() {
        form.problem("nth", "session.series_nth");
    }
    if pattern == Some(Pattern::Weekly) && every.is_none() {
        form.problem("every", "session.a_number");
    }
    if from.is_some_and(|d| d < today) {
        form.problem("from", "session.is_past");
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        form.problem("to", "session.ends_before");
    }
    if form.has_problems() {
        return None;
    }
    let every = every.and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    Some((Rule { pattern: pattern?, nth, weekday: weekday?, every, closed: closed? }, from?, to?))
}

/// GET /sessions/series?body=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    let asked = req.query().get("show").is_some();
    let form = if asked { req.query_form() } else { Form::default() };
    page(&req, look, form, asked, false).await
}

async fn page(req: &Req, mut look: Look, mut form: Form, asked: bool, sent: bool) -> Result<Answer, Fail> {
    let today = look.now().day();
    let id = if sent {
        form.id("body", Need::Required)
    } else {
        req.query().all("body").next().and_then(|v| v.parse().ok())
    };
    let id: BodyId = id.ok_or(Fail::NotVisible)?;
    let (body, there) = load(&mut look, id).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    if !asked {
        form = fresh(&t, &body, &there, today);
    }
    let made = if asked {
        rule(&mut form, today).map(|(rule, from, to)| rules::days(&rule, from, to))
    } else {
        None
    };
    let ticked: Vec<String> = form.fields().all("days").map(str::to_owned).collect();
    let lines = made.as_ref().map(|made| {
        made.iter()
            .filter_map(|x| Some((x, x.day.filter(|d| body.stands(*d))?)))
            .map(|(x, day)| {
                let taken = there.iter().any(|k| k.starts.day() == day && k.state != MeetingState::Cancelled);
                let iso = day.to_string();
                let why = x.closed.map(|c| t.code("session_closed", c));
                Line {
                    on: if sent { ticked.contains(&iso) } else { !taken },
                    closed: why.map_or_else(String::new, |why| moved(&frame, x.by_rhythm, day, &why)),
                    day: t.full_day(day),
                    iso,
                    taken,
                }
            })
            .collect::<Vec<_>>()
    });
    let out = made.as_ref().map_or(0, |m| m.iter().filter(|x| x.day.is_none()).count());
    let mut filled = form.clone();
    if asked && !sent {
        // The second half of the page begins like the session before.
        let mut pairs: Vec<(&str, String)> = like_before(&t, &body, &there);
        let said: Vec<(String, String)> = form.fields().pairs().to_vec();
        pairs.extend(said.iter().map(|(n, v)| (n.as_str(), v.clone())));
        let before = form;
        filled = Form::filled(pairs);
        for (field, key, _) in before.found() {
            filled.problem(field, key);
        }
        form = filled.clone();
    }
    let keep = ["pattern", "nth", "weekday", "every", "closed", "from", "to"];
    let page = SeriesPage {
        body: (link::body(body.id), body.name.clone()),
        id,
        rhythm: body.rhythm_words.clone(),
        patterns: codes(&t, &form, "pattern", "session_pattern", Pattern::ALL),
        nth: codes(&t, &form, "nth", "session_nth", Nth::ALL),
        weekdays: codes(&t, &form, "weekday", "session_weekday", Weekday::ALL),
        whens: codes(&t, &form, "closed", "session_when_closed", WhenClosed::ALL),
        hidden: form.fields().pairs().iter().filter(|(n, _)| keep.contains(&n.as_str())).cloned().collect(),
        lines,
        out,
        most: MOST,
        frame,
        form: filled.clone(),
    };
    let receipt = look.close().await?;
    if sent { shown(page.render(), &filled, receipt) } else { Answer::page(page.render(), receipt) }
}

fn moved(frame: &Frame, by_rhythm: Day, day: Day, why: &str) -> String {
    let args = [("day", frame.t.full_day(by_rhythm)), ("why", why.to_owned())];
    let key = if by_rhythm == day { "session.series_kept" } else { "session.series_moved" };
    frame.t.fs(key, &args)
}

/// POST /sessions/series
pub(crate) async fn plan(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let id: Option<BodyId> = form.id("body", Need::Required);
    let (body, _) = load(&mut look, id.ok_or(Fail::NotVisible)?).await?;
    let Some(series) = read(&mut look, &mut form, &body).await? else {
        return page(&req, look, form, true, true).await;
    };
    look.close().await?;
    let to = link::body(body.id);
    match ctx.act(&req.envelope(), "session.series", &series).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "session_series", before())),
        Begun::New(mut act) => match acts::plan(&mut act, &series).await {
            Ok(_) => Ok(Answer::to(&to, "session_series", act.commit(&body.id.to_string()).await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("days", refusal.key);
                page(&req, ctx.look(Channel::Write).await?, form, true, true).await
            }
            Err(other) => Err(other),
        },
    }
}

async fn read(look: &mut Look, form: &mut Form, body: &Body) -> Result<Option<Series>, Fail> {
    let today = look.now().day();
    let title = form.line("title", Need::Required, 60);
    let first = count(form, "first").unwrap_or(1);
    let days: Vec<Day> = form.fields().all("days").filter_map(Day::parse_iso).collect();
    let (starts, ends) = (form.time("starts"), form.time("ends"));
    let place = form.line("place", Need::Optional, 80);
    let online = form.ticked("online");
    let answer_before = count(form, "answer_before").unwrap_or(7);
    if starts.is_none() {
        form.problem("starts", "session.when");
    }
    if place.is_empty() && !online {
        form.problem("place", "session.where");
    }
    if days.is_empty() || days.len() > MOST || days.iter().any(|d| *d < today) {
        form.problem("days", "session.series_days");
    }
    sense(look, form, "title", &title).await?;
    let Some(starts) = starts else { return Ok(None) };
    let ends = ends.unwrap_or(((starts.0 + 1).min(23), starts.1));
    if ends < starts {
        form.problem("ends", "session.ends_before");
    }
    let series = Series { body: body.id, title, first, days, starts, ends, place, online, answer_before };
    Ok((!form.has_problems()).then_some(series))
}
