//! Asking, one question for its two sides, their list, and the figures.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use register::Matter;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CommandId, DeskId, ThingId};

use crate::acts::{self, Ask, Step};
use crate::rules::{self, Helpful, MOST_CHARACTERS, Outcome, Sensed};
use crate::sql::{self, Advice};
use crate::traces::said;

/// Looks through a text of a form: notes the problem beside the field, and what was found.
async fn sense(look: &mut Look, form: &mut Form, field: &str, text: &str) -> Result<Sensed, Fail> {
    let viewer = look.viewer().clone();
    let named = household::telling::named_in(&mut look.conn(), &viewer, text).await?;
    let named = look.disclose(named).await?;
    let known = household::telling::called(&named);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let real = household::telling::real_numbers(&mut look.conn(), &viewer, None, text).await?;
    let areas = said(&sql::areas(&mut look.conn(), viewer.municipality).await?);
    let sensed = rules::sense_advice(text, &known, &real, &areas);
    if let Err(refusal) = rules::may_store(&sensed, form.ticked("meant")) {
        form.problem(field, refusal.key);
    }
    Ok(sensed)
}

/// What was found, to be shown; and whether the writer may say that it is no name.
fn found(sensed: &Sensed) -> (Vec<String>, bool) {
    match sensed {
        Sensed::Nothing => (Vec::new(), false),
        Sensed::Perhaps(words) => (words.clone(), true),
        Sensed::Surely(words) => (words.clone(), false),
    }
}

#[derive(Template)]
#[template(path = "advice_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    topics: Vec<Choice>,
    desks: Vec<(String, Vec<Choice>)>,
    coordinators: Vec<Choice>,
    found: Vec<String>,
    perhaps: bool,
}

/// GET /advice/new
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    render_new(&req, look, Form::default(), &Sensed::Nothing).await
}

async fn render_new(req: &Req, mut look: Look, form: Form, sensed: &Sensed) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut desks = register::desks(&mut look.conn(), m, today).await?;
    // Advice is asked of people who can read the question here.
    desks.retain(|d| d.has_login);
    let own = ctx.viewer.desks();
    let hubs = register::coordinators(&mut look.conn(), m, today).await?;
    let (found, perhaps) = found(sensed);
    let page = NewPage {
        topics: Matter::ALL
            .iter()
            .map(|c| Choice::new(&form, "topic", c.code(), t.code("matter", c)))
            .collect(),
        coordinators: desks
            .iter()
            .filter(|d| !own.contains(&d.id) && hubs.iter().any(|(_, hub)| *hub == d.id))
            .map(|d| Choice::new(&form, "to", d.id, d.name.clone()))
            .collect(),
        desks: register::desk_groups(&t, &form, "to", &desks, &own),
        found,
        perhaps,
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /advice/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let topic = form.code::<Matter>("topic", Need::Required);
    let to: Option<DeskId> = form.id("to", Need::Required);
    let own_view = form.paragraph("own_view", Need::Required, MOST_CHARACTERS);
    let question = form.paragraph("question", Need::Required, MOST_CHARACTERS);
    let mut look = ctx.look(Channel::Write).await?;
    let sensed = sense(&mut look, &mut form, "question", &format!("{own_view}\n{question}")).await?;
    let (false, Some(topic), Some(to)) = (form.has_problems(), topic, to) else {
        return render_new(&req, look, form, &sensed).await;
    };
    look.close().await?;
    let body = Ask { to, topic: topic.code().to_owned(), own_view, question, meant: form.ticked("meant") };
    match ctx.act(&req.envelope(), "advice.ask", &body).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::advice(to), "advice_asked", receipt))
        }
        Begun::New(mut act) => {
            let id: ThingId = act.new_id();
            match acts::ask(&mut act, id, &body).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::advice(id), "advice_asked", receipt))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("to", refusal.key);
                    let look = ctx.look(Channel::Write).await?;
                    render_new(&req, look, form, &sensed).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

#[derive(Template)]
#[template(path = "advice_page.html")]
struct AdvicePage {
    frame: Frame,
    form: Form,
    id: ThingId,
    version: i64,
    asker: bool,
    from: String,
    to: String,
    topic: String,
    own_view: String,
    question: String,
    asked: String,
    due: String,
    late: bool,
    state: String,
    open: bool,
    answered: bool,
    answer: String,
    by: String,
    closed: bool,
    thanks: String,
    helpful: String,
    found: Vec<String>,
    perhaps: bool,
    withdraw: CommandId,
    now: String,
}

/// GET /advice/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default(), &Sensed::Nothing).await
}

async fn render(req: &Req, mut look: Look, form: Form, sensed: &Sensed) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let id: ThingId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let a = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let desks = ctx.viewer.desks();
    let asker = desks.contains(&a.from);
    // A liaison asks and hears; advice is given by those who work with cases.
    if !asker && !ctx.viewer.reading_desks().contains(&a.to) {
        return Err(Fail::NotVisible);
    }
    let names = register::desk_names(&mut look.conn(), m, [a.from, a.to], today).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let users = register::user_names(&mut look.conn(), m, a.answered_by).await?;
    let (found, perhaps) = found(sensed);
    let page = AdvicePage {
        id,
        version: a.version,
        asker,
        from: name(a.from),
        to: name(a.to),
        topic: t.code("matter", &a.topic),
        asked: frame.day(&a.asked_at.day()),
        due: frame.day(&a.due_at.day()),
        late: a.outcome.is_none() && a.due_at < ctx.now,
        state: state(&t, &a),
        open: a.outcome.is_none(),
        answered: matches!(a.outcome, Some(Outcome::Advised | Outcome::NotUs)),
        by: a.answered_by.and_then(|u| users.get(&u)).cloned().unwrap_or_default(),
        closed: a.closed_at.is_some(),
        helpful: a.helpful.map(|h| t.code("advice_helpful", h)).unwrap_or_default(),
        now: now_line(&t, &a, asker),
        own_view: a.own_view,
        question: a.question,
        answer: a.answer,
        thanks: a.thanks,
        found,
        perhaps,
        withdraw: req.engine().new_id(),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn state(t: &site::T, a: &Advice) -> String {
    match (a.outcome, a.closed_at) {
        (None, _) => t.s("advice.waits").to_owned(),
        (Some(outcome), None) => t.code("advice_outcome", outcome),
        (Some(Outcome::Withdrawn), Some(_)) => t.code("advice_outcome", Outcome::Withdrawn),
        (Some(_), Some(_)) => t.s("advice.closed").to_owned(),
    }
}

fn now_line(t: &site::T, a: &Advice, asker: bool) -> String {
    let key = match (a.outcome, a.closed_at.is_some(), asker) {
        (_, true, _) => "over",
        (None, _, true) => "wait",
        (None, _, false) => "give",
        (Some(_), _, true) => "thank",
        (Some(_), _, false) => "given",
    };
    t.s(&format!("advice_now.{key}")).to_owned()
}

/// POST /advice/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let need = |needed| if needed { Need::Required } else { Need::Optional };
    let meant = form.ticked("meant");
    let (step, text, done) = match req.param("step") {
        "answer" => {
            let outcome =
                form.code::<Outcome>("outcome", Need::Required).filter(|o| *o != Outcome::Withdrawn);
            let words = form.paragraph("words", need(outcome == Some(Outcome::Advised)), MOST_CHARACTERS);
            let step = outcome.map(|outcome| Step::Answer { outcome, words: words.clone(), meant });
            (step, words, "advice_answered")
        }
        "thank" => {
            let helpful = form.code::<Helpful>("helpful", Need::Optional);
            let words = form.paragraph("words", Need::Optional, 500);
            (Some(Step::Thank { helpful, words: words.clone(), meant }), words, "advice_thanked")
        }
        "withdraw" => (Some(Step::Withdraw), String::new(), "advice_closed"),
        _ => return Err(Fail::NotVisible),
    };
    let mut look = ctx.look(Channel::Page).await?;
    let sensed = sense(&mut look, &mut form, "words", &text).await?;
    let Some(step) = step.filter(|_| !form.has_problems()) else {
        return render(&req, look, form, &sensed).await;
    };
    look.close().await?;
    match ctx.act(&req.envelope(), "advice.step", &(id, &step)).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::advice(id), done, receipt))
        }
        Begun::New(mut act) => {
            acts::step(&mut act, id, &step).await?;
            Ok(Answer::to(&link::advice(id), done, act.commit(&id.to_string()).await?))
        }
    }
}

struct Line {
    href: String,
    topic: String,
    who: String,
    asked: String,
    state: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "advice_list.html")]
struct ListPage {
    frame: Frame,
    /// Asked of us, asked by us.
    of_us: Vec<Line>,
    by_us: Vec<Line>,
    figures: bool,
}

const MOST: i64 = 100;

/// GET /advice
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let (desks, reading) = (ctx.viewer.desks(), ctx.viewer.reading_desks());
    let mut look = ctx.look(Channel::List).await?;
    let found = sql::list(&mut look.conn(), m, &desks, MOST).await?;
    let names =
        register::desk_names(&mut look.conn(), m, found.iter().flat_map(|a| [a.from, a.to]), today).await?;
    let line = |a: &Advice, other: DeskId| Line {
        href: link::advice(a.id),
        topic: t.code("matter", &a.topic),
        who: names.get(&other).cloned().unwrap_or_default(),
        asked: frame.day(&a.asked_at.day()),
        state: state(&t, a),
        open: a.closed_at.is_none(),
    };
    let page = ListPage {
        of_us: found.iter().filter(|a| reading.contains(&a.to)).map(|a| line(a, a.from)).collect(),
        by_us: found.iter().filter(|a| desks.contains(&a.from)).map(|a| line(a, a.to)).collect(),
        figures: ctx.viewer.has_role(&[
            access::Role::AgencyLead,
            access::Role::Coordinator,
            access::Role::Analyst,
        ]),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}

struct FigureLine {
    topic: String,
    asked: i64,
    answered: i64,
    thanked: i64,
    late: i64,
}

#[derive(Template)]
#[template(path = "advice_figures.html")]
struct FiguresPage {
    frame: Frame,
    period: String,
    lines: Vec<FigureLine>,
    all: FigureLine,
}

/// GET /flow/advice
pub(crate) async fn figures(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let today = ctx.now.day();
    // The fiscal year under way.
    let year = if today.month() >= 4 { today.year() } else { today.year() - 1 };
    let from = Day::new(year, 4, 1).ok_or(Fail::NotVisible)?;
    let mut look = ctx.look(Channel::Page).await?;
    look.figures()?;
    let found = sql::figures(&mut look.conn(), ctx.viewer.municipality, (from, today)).await?;
    let mut all =
        FigureLine { topic: t.s("advice.all").to_owned(), asked: 0, answered: 0, thanked: 0, late: 0 };
    let lines = found
        .into_iter()
        .map(|f| {
            all.asked += f.asked;
            all.answered += f.answered;
            all.thanked += f.thanked;
            all.late += f.late;
            FigureLine {
                topic: t.code("matter", &f.topic),
                asked: f.asked,
                answered: f.answered,
                thanked: f.thanked,
                late: f.late,
            }
        })
        .collect();
    let page = FiguresPage {
        period: t.fs("advice.period", &[("from", t.full_day(from)), ("to", t.full_day(today))]),
        lines,
        all,
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}
