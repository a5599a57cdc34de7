//! For whoever looks: the reason first, then the look-up, then what was opened and until when.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Receipt};
use household::Wanted;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{UrgentAskId, UrgentLookId};

use super::{LookLine, WORDS, lines};
use crate::acts::{self, Done};
use crate::rules::{self, Reason, TryOutcome};
use crate::sql;

/// Looks listed as one's own.
const MOST: i64 = 20;

#[derive(Template)]
#[template(path = "urgent_list.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    reasons: Vec<Choice>,
    running: Vec<LookLine>,
    over: Vec<LookLine>,
    left: i64,
    of: i64,
    hours: i64,
    max: usize,
}

/// GET /urgent
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    list_page(&req, Form::default()).await
}

async fn list_page(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let mut look = ctx.look(Channel::Page).await?;
    let clocks = acts::clocks(&mut look.conn(), m).await?;
    let tried = acts::tried_today(&mut look.conn(), m, user, ctx.now).await?;
    let mine = sql::own(&mut look.conn(), m, user, MOST).await?;
    let (running, over): (Vec<_>, Vec<_>) =
        lines(&mut look, &frame, &mine, &ctx.engine).await?.into_iter().partition(|l| l.holds);
    let page = ListPage {
        reasons: Reason::ALL
            .iter()
            .map(|r| {
                let help = frame.t.code("urgent_reason_help", r);
                Choice::new(&form, "reason", r, frame.t.code("urgent_reason", r)).with_help(help)
            })
            .collect(),
        running,
        over,
        left: rules::left(tried, clocks),
        of: clocks.tries,
        hours: clocks.hours,
        max: WORDS,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /urgent: the reason, both code and words.
pub(crate) async fn state(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let reason = form.code::<Reason>("reason", Need::Required);
    let words = form.paragraph("words", Need::Required, WORDS);
    let (Some(reason), false) = (reason, form.has_problems()) else {
        return list_page(&req, form).await;
    };
    let (id, receipt) = match acts::state(&req, reason, &words).await? {
        Done::Now(id, receipt) => (id, receipt),
        Done::Before(id) => (id, before()),
    };
    Ok(Answer::to(&format!("/urgent/asks/{id}"), "urgent_stated", receipt))
}

fn before() -> Receipt {
    Receipt::nothing_personal("a redirect to what was done before")
}

#[derive(Template)]
#[template(path = "urgent_ask.html")]
struct AskPage {
    frame: Frame,
    form: Form,
    id: UrgentAskId,
    reason: String,
    serves_until: String,
    serves: bool,
    answered: bool,
    own: bool,
    missed: usize,
    opened: Vec<LookLine>,
    left: i64,
    of: i64,
}

/// GET /urgent/asks/{id}
pub(crate) async fn ask(req: Arc<Req>) -> Result<Answer, Fail> {
    ask_page(&req, Form::default()).await
}

async fn ask_page(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut frame = req.frame();
    // The form that came found nothing and is done: the next one is another command.
    frame.command = ctx.engine.new_id();
    let id: UrgentAskId = req.id("id")?;
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let mut look = ctx.look(Channel::Page).await?;
    let ask = sql::ask(&mut look.conn(), m, id, user).await?.ok_or(Fail::NotVisible)?;
    let clocks = acts::clocks(&mut look.conn(), m).await?;
    let tried = acts::tried_today(&mut look.conn(), m, user, ctx.now).await?;
    let outcomes = sql::outcomes(&mut look.conn(), m, id).await?;
    let opened = sql::of_ask(&mut look.conn(), m, id).await?;
    let opened = lines(&mut look, &frame, &opened, &ctx.engine).await?;
    let serves_until = ask.stated_at.plus_minutes(rules::REASON_MINUTES);
    let answered = outcomes.contains(&TryOutcome::Hit);
    let page = AskPage {
        reason: frame.t.code("urgent_reason", ask.reason),
        serves_until: site::show::clock(serves_until),
        serves: rules::may_try(ask.stated_at, answered, tried, ctx.now, clocks).is_ok(),
        answered,
        own: outcomes.last() == Some(&TryOutcome::Own),
        missed: outcomes.iter().filter(|o| **o == TryOutcome::Miss).count(),
        opened,
        left: rules::left(tried, clocks),
        of: clocks.tries,
        id,
        form,
        frame,
    };
    let (html, wrong) = (page.render(), page.form.has_problems());
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// Reads who is looked for: a name, and a birth date (or its month, where that is all that is known) or an address with it.
fn wanted(form: &mut Form, today: Day) -> Option<Wanted> {
    let name = form.line("name", Need::Required, 100);
    // A slip of the finger is no look-up: it is said before anybody is looked for, and not counted.
    let birth = form.birth("birth", today);
    // A year is hardly more than a name.
    if birth.is_some_and(|day| day.month().is_none()) {
        form.problem("birth", "urgent.birth_month");
    }
    let address = form.line("address", Need::Optional, 200);
    if form.value("birth").trim().is_empty() && form.value("address").trim().is_empty() {
        form.problem("birth", "urgent.name_alone");
    }
    (!form.has_problems()).then_some(Wanted { name, birth, address })
}

/// POST /urgent/asks/{id}/find
pub(crate) async fn find(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: UrgentAskId = req.id("id")?;
    let mut form = req.form();
    let Some(wanted) = wanted(&mut form, req.ctx()?.now.day()) else {
        return ask_page(&req, form).await;
    };
    let here = format!("/urgent/asks/{id}");
    let (outcome, receipt) = match acts::find(&req, id, &wanted).await {
        Ok(Done::Now(outcome, receipt)) => (outcome, receipt),
        Ok(Done::Before(outcome)) => (outcome, before()),
        Err(Fail::Refused(why)) => {
            form.problem_with("name", why.key, why.args);
            return ask_page(&req, form).await;
        }
        Err(other) => return Err(other),
    };
    match TryOutcome::parse(&outcome) {
        Some(TryOutcome::Hit) => Ok(Answer::to(&here, "urgent_opened", receipt)),
        Some(TryOutcome::Own) => Ok(Answer::to(&here, "urgent_own", receipt)),
        _ => {
            // What was typed stays, to be put right: a wrong digit in a birth date is soon made.
            form.problem("name", "urgent.not_found");
            ask_page(&req, form).await
        }
    }
}

/// POST /urgent/looks/{id}/end
pub(crate) async fn end(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: UrgentLookId = req.id("id")?;
    let receipt = match acts::end(&req, id).await? {
        Done::Now(_, receipt) => receipt,
        Done::Before(_) => before(),
    };
    Ok(Answer::to(link::URGENT, "urgent_ended", receipt))
}
