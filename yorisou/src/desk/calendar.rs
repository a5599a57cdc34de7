//! カレンダー: own sessions and what is due, by month and by week. It shows what today's work shows, in another order.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Scope;
use askama::Template;
use engine::{Channel, Fail};
use session::MeetingState;
use site::{Answer, Form, Frame, Need, Req, WORKERS, link};
use words::Day;
use words::calendar::holiday_name;
use words::partial::PartialDate;

use super::today::rows;

/// Tasks of one view; where there are more, the page says so.
const MOST: i64 = 600;
/// Lines of one day of a month; the week has them all.
const A_DAY: usize = 4;

/// A line of a day.
#[derive(Clone)]
struct Line {
    href: String,
    word: String,
    sub: String,
    /// A session, not a promise.
    session: bool,
    late: bool,
}

struct Cell {
    iso: String,
    n: u32,
    long: String,
    holiday: String,
    /// `sat`, `sun` (a holiday too), or nothing. The word stands beside it.
    rest: &'static str,
    today: bool,
    outside: bool,
    lines: Vec<Line>,
    more: usize,
}

#[derive(Template)]
#[template(path = "desk_calendar.html")]
struct CalendarPage {
    frame: Frame,
    form: Form,
    week: bool,
    title: String,
    before: String,
    after: String,
    on: String,
    heads: Vec<String>,
    weeks: Vec<Vec<Cell>>,
    reasons: Vec<String>,
    empty: bool,
    /// From this day on not every promise stands here.
    cut: Option<String>,
}

/// How a day of rest is marked.
fn rest(day: Day) -> &'static str {
    match day.weekday().number_from_monday() {
        _ if holiday_name(day).is_some() => "sun",
        6 => "sat",
        7 => "sun",
        _ => "",
    }
}

/// GET /calendar?view=week&on=
pub async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut form = req.query_form();
    let on = form.day("on", Need::Optional).unwrap_or(today);
    if form.value("on") == on.to_string() {
        // Turned to by a link: the field is there for another day.
        form = Form::default();
    }
    let week = req.query().get("view") == Some("week");
    let month = session::month(on);
    let weeks: Vec<[Day; 7]> =
        if week { month.into_iter().filter(|days| days.contains(&on)).collect() } else { month };
    let (Some(first), Some(last)) = (weeks.first().map(|w| w[0]), weeks.last().map(|w| w[6])) else {
        return Err(Fail::NotVisible);
    };
    let mut look = ctx.look(Channel::List).await?;
    let meetings = session::own_sessions(&mut look.conn(), &ctx.viewer, today, (first, last)).await?;
    let mut tasks = if ctx.viewer.has_role(WORKERS) {
        let scope = Scope::own_desks(&ctx.viewer);
        let mine = Some((ctx.viewer.user, today));
        let span = (first, last, MOST + 1);
        task::open_between(&mut look.conn(), m, &scope, mine, &ctx.viewer, span).await?
    } else {
        Vec::new()
    };
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let cut = tasks.get(most).map(|k| t.full_day(k.due_at.day()));
    tasks.truncate(most);
    let (shown, reasons) = rows(&mut look, &frame, &tasks).await?;
    let mut days: BTreeMap<Day, Vec<Line>> = BTreeMap::new();
    for k in meetings.iter().filter(|k| k.state != MeetingState::Cancelled) {
        days.entry(k.starts.day()).or_default().push(Line {
            href: link::meeting(k.id),
            word: format!("{} {}", site::show::clock(k.starts), k.title),
            sub: k.place.clone(),
            session: true,
            late: false,
        });
    }
    for (task, row) in tasks.iter().zip(shown) {
        days.entry(task.due_at.day()).or_default().push(Line {
            href: row.work_href,
            word: format!("{}{}", row.what, row.with),
            sub: row.sub.join(" "),
            session: false,
            late: row.class == "is-late",
        });
    }
    let empty = days.is_empty();
    let cell = |day: &Day| {
        let mut lines = days.get(day).cloned().unwrap_or_default();
        let most = if week { usize::MAX } else { A_DAY };
        let more = lines.len().saturating_sub(most);
        lines.truncate(most);
        Cell {
            iso: day.to_string(),
            n: day.day(),
            long: t.day_long(*day),
            holiday: holiday_name(*day).unwrap_or_default().to_owned(),
            rest: rest(*day),
            today: *day == today,
            outside: !week && day.month() != on.month(),
            lines,
            more,
        }
    };
    let step = |days: i64| on.plus_days(days);
    let start = on.plus_days(1 - i64::from(on.day()));
    let (before, after) = if week { (step(-7), step(7)) } else { (start.plus_days(-1), start.plus_days(31)) };
    let page = CalendarPage {
        week,
        title: if week {
            t.fs("calendar.week_of", &[("from", t.full_day(first)), ("to", t.full_day(last))])
        } else {
            PartialDate::of_month(on.year(), on.month()).map(|m| t.partial_date(m)).unwrap_or_default()
        },
        before: before.to_string(),
        after: after.to_string(),
        on: on.to_string(),
        heads: (1..=7).map(|n| t.code("calendar_day", n)).collect(),
        weeks: weeks.iter().map(|days| days.iter().map(cell).collect()).collect(),
        reasons,
        empty,
        form,
        cut,
        frame,
    };
    let wrong = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}
