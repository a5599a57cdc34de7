//! 「受けられますか」: the form, one question for its two sides, and their lists.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use register::Matter;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AreaId, CaseId, CommandId, DeskId, ThingId};
use words::partial::AgeBand;

use crate::acts::{self, Ask, Step, codes};
use crate::rules::{self, MOST_DESKS, Outcome, Reply, Why};
use crate::sql::{self, Asked, Question};

#[derive(Template)]
#[template(path = "capacity_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    case: CaseId,
    number: String,
    needs: Vec<Choice>,
    urgencies: Vec<Choice>,
    areas: Vec<Choice>,
    bands: Vec<Choice>,
    /// By field of their agency; whether one of the group is ticked.
    desks: Vec<(String, bool, Vec<Choice>)>,
    /// Area and age band would tell who it is.
    telling: bool,
}

/// GET /cases/{id}/capacity
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    render_new(&req, look, Form::filled(vec![("urgency", "normal".to_owned())]), false).await
}

async fn render_new(req: &Req, mut look: Look, form: Form, telling: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let case: CaseId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let (header, _) =
        casefile::relation(&mut look.conn(), &ctx.viewer, case).await?.ok_or(Fail::NotVisible)?;
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let areas = register::areas(&mut look.conn(), m, "").await?;
    let coded = |field: &str, list: &str, of: &[&str]| -> Vec<Choice> {
        of.iter().map(|c| Choice::new(&form, field, c, t.code(list, c))).collect()
    };
    let bands: Vec<&str> = AgeBand::ALL.iter().map(|b| b.as_str()).collect();
    let page = NewPage {
        case,
        number: header.number_text(),
        needs: coded("need", "matter", &codes::<Matter>()),
        urgencies: coded("urgency", "urgency", &["normal", "soon", "urgent"]),
        areas: areas.iter().map(|a| Choice::new(&form, "area", a.id, a.called())).collect(),
        bands: coded("age_band", "age_band", &bands),
        desks: register::desk_groups(&t, &form, "to", &desks, &ctx.viewer.desks())
            .into_iter()
            .map(|(group, rows)| (group, rows.iter().any(|c| c.on), rows))
            .collect(),
        telling,
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/capacity
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let case: CaseId = req.id("id")?;
    let mut form = req.form();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Write).await?;
    casefile::relation(&mut look.conn(), &ctx.viewer, case).await?.ok_or(Fail::NotVisible)?;
    let own = ctx.viewer.desks();
    let all: Vec<DeskId> = register::desks(&mut look.conn(), m, today).await?.iter().map(|d| d.id).collect();
    let areas: Vec<AreaId> = register::areas(&mut look.conn(), m, "").await?.iter().map(|a| a.id).collect();
    let need = form.code::<Matter>("need", Need::Required);
    let urgency = form.line("urgency", Need::Required, 20);
    if !["normal", "soon", "urgent"].contains(&urgency.as_str()) {
        form.problem("urgency", "text.choose");
    }
    let area = form.id_among("area", Need::Optional, &areas);
    let band =
        AgeBand::ALL.iter().map(|b| b.as_str()).find(|b| *b == form.value("age_band")).unwrap_or_default();
    let mut desks: Vec<DeskId> = form.ids("to");
    desks.retain(|d| all.contains(d) && !own.contains(d));
    desks.sort_unstable();
    desks.dedup();
    if desks.is_empty() {
        form.problem("to", "capacity.choose_desks");
    } else if desks.len() > MOST_DESKS {
        form.problem("to", "capacity.too_many");
    }
    // A place and an age can be a name: said before anything leaves, and only sent when it is meant.
    let limit = register::settings(&mut look.conn(), m).await?.small_cell;
    let few = sql::few(&mut look.conn(), m, area, band, today, limit).await?;
    let telling = rules::would_tell(area.is_some(), !band.is_empty(), few, limit);
    if telling && !form.ticked("meant") {
        form.problem("area", "capacity.would_tell");
    }
    let (false, Some(need)) = (form.has_problems(), need) else {
        return render_new(&req, look, form, telling).await;
    };
    look.close().await?;
    let body = Ask { case, need: need.code().to_owned(), urgency, area, age_band: band.to_owned(), desks };
    match ctx.act(&req.envelope(), "capacity.ask", &body).await? {
        Begun::Before(to) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::capacity(to), "capacity_asked", receipt))
        }
        Begun::New(mut act) => {
            let id: ThingId = act.new_id();
            acts::ask(&mut act, id, &body).await?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Answer::to(&link::capacity(id), "capacity_asked", receipt))
        }
    }
}

/// What one desk said.
struct Said {
    desk: DeskId,
    name: String,
    reply: String,
    class: &'static str,
    why: String,
    when: String,
    /// The asking desk writes it down.
    fetch: bool,
    choose: bool,
    command: CommandId,
    chosen: CommandId,
}

#[derive(Template)]
#[template(path = "capacity_page.html")]
struct QuestionPage {
    frame: Frame,
    form: Form,
    id: ThingId,
    version: i64,
    asker: bool,
    case: Option<(String, String)>,
    from: String,
    need: String,
    urgency: String,
    area: String,
    age_band: String,
    sent: String,
    due: String,
    closed: String,
    refer: Option<String>,
    said: Vec<Said>,
    /// What the viewer's desk is asked.
    mine: Vec<Said>,
    whys: Vec<(&'static str, String)>,
    nobody: CommandId,
    withdraw: CommandId,
    now: String,
}

/// GET /capacity/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let id: ThingId = req.id("id")?;
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let (q, asked) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let own = ctx.viewer.reading_desks();
    let relation = sql::relation(&mut look.conn(), &ctx.viewer, &q).await?;
    // Whoever asked, unless they are kept out of the case; or whoever is asked.
    let asker = own.contains(&q.from) && !relation.keeps_out(&ctx.viewer);
    let mine: Vec<&Asked> = asked.iter().filter(|a| own.contains(&a.desk)).collect();
    if !asker && mine.is_empty() {
        return Err(Fail::NotVisible);
    }
    let desks = asked.iter().map(|a| a.desk).chain([q.from]);
    let desks = register::desks_by_id(&mut look.conn(), m, desks, today).await?;
    let info = |id: DeskId| desks.iter().find(|d| d.id == id);
    let name = |id: DeskId| info(id).map(|d| d.name.clone()).unwrap_or_default();
    let open = q.closed_at.is_none();
    let said = |a: &Asked| Said {
        desk: a.desk,
        name: name(a.desk),
        reply: a.reply.map_or_else(|| t.s("capacity.no_answer").to_owned(), |r| t.code("capacity_reply", r)),
        class: match a.reply {
            Some(Reply::Yes) => "ok",
            Some(Reply::Later) => "warn",
            _ => "",
        },
        why: why_words(&frame, a),
        when: a.answered_at.map(|at| frame.day(&at.day())).unwrap_or_default(),
        fetch: open && asker && info(a.desk).is_some_and(|d| !d.has_login),
        choose: rules::may_choose(open, a.reply).is_ok(),
        command: req.engine().new_id(),
        chosen: req.engine().new_id(),
    };
    let areas = register::areas(&mut look.conn(), m, "").await?;
    let header = casefile::header(&mut look.conn(), m, q.case).await?.filter(|_| asker);
    let refer = q.chosen.filter(|_| asker).map(|d| format!("{}?to={d}", link::referral_new(q.case)));
    let page = QuestionPage {
        id,
        version: q.version,
        asker,
        case: header.map(|h| (link::case(h.id), h.number_text())),
        from: match register::taken_over_by(&mut look.conn(), m, q.from, today).await? {
            Some(heir) => frame.t.fs("office.now_with", &[("desk", name(q.from)), ("heir", heir.name)]),
            None => name(q.from),
        },
        need: t.code("matter", &q.need),
        urgency: t.code("urgency", &q.urgency),
        area: q
            .area
            .and_then(|a| areas.iter().find(|x| x.id == a))
            .map(register::AreaInfo::called)
            .unwrap_or_default(),
        age_band: if q.age_band.is_empty() { String::new() } else { t.code("age_band", &q.age_band) },
        sent: frame.day(&q.sent_at.day()),
        due: frame.moment(&q.due_at),
        closed: closed_words(&frame, &q, asker, q.chosen.map(name)),
        refer,
        // Who else is asked, and what they say, is for whoever asks.
        said: if asker { asked.iter().map(said).collect() } else { Vec::new() },
        mine: if asker { Vec::new() } else { mine.into_iter().map(said).collect() },
        whys: codes::<Why>().into_iter().map(|c| (c, t.code("capacity_why", c))).collect(),
        nobody: req.engine().new_id(),
        withdraw: req.engine().new_id(),
        now: now_line(&t, &asked, open, asker),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn why_words(frame: &Frame, a: &Asked) -> String {
    let t = &frame.t;
    let mut parts = Vec::new();
    parts.extend(a.why.map(|w| t.code("capacity_why", w)));
    parts.extend(a.later_from.map(|d| t.f("capacity.from_day", "day", frame.day(&d))));
    if !a.told_by.is_empty() {
        parts.push(t.code("told_by", &a.told_by));
    }
    parts.join("　")
}

/// How it ended: for whoever asked with the desk, for the others only that it did.
fn closed_words(frame: &Frame, q: &Question, asker: bool, chosen: Option<String>) -> String {
    let t = &frame.t;
    match q.outcome {
        None => String::new(),
        Some(_) if !asker => t.s("capacity.settled").to_owned(),
        Some(Outcome::Chosen) => t.f("capacity.chosen", "desk", chosen.unwrap_or_default()),
        Some(outcome) => t.code("capacity_outcome", outcome),
    }
}

fn now_line(t: &site::T, asked: &[Asked], open: bool, asker: bool) -> String {
    let key = match (open, asker) {
        (false, _) => "over",
        (true, false) => "answer",
        (true, true) if asked.iter().any(|a| matches!(a.reply, Some(Reply::Yes))) => "choose",
        (true, true) => "wait",
    };
    t.s(&format!("capacity_now.{key}")).to_owned()
}

/// POST /capacity/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let mut form = req.form();
    let step = read(&mut form, req.param("step"))?;
    let Some(step) = step.filter(|_| !form.has_problems()) else {
        let look = ctx.look(Channel::Page).await?;
        return render(&req, look, form).await;
    };
    let done = match step {
        Step::Answer { .. } => "capacity_answered",
        Step::Choose { .. } => "capacity_chosen",
        Step::End { .. } => "capacity_ended",
    };
    match ctx.act(&req.envelope(), "capacity.step", &(id, &step)).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&link::capacity(id), done, receipt))
        }
        Begun::New(mut act) => match acts::step(&mut act, id, &step).await {
            Ok(case) => {
                let receipt = act.commit(&id.to_string()).await?;
                // On to the ordinary referral: its basis, its preview, its answer.
                let to = match (case, &step) {
                    (Some(case), Step::Choose { desk }) => format!("{}?to={desk}", link::referral_new(case)),
                    _ => link::capacity(id),
                };
                Ok(Answer::to(&to, done, receipt))
            }
            Err(Fail::Refused(refusal)) if matches!(step, Step::Answer { .. }) => {
                drop(act);
                let field = if refusal.key == "capacity.how_told" { "told_by" } else { "why" };
                form.problem(field, refusal.key);
                let look = ctx.look(Channel::Page).await?;
                render(&req, look, form).await
            }
            Err(other) => Err(other),
        },
    }
}

fn read(form: &mut Form, step: &str) -> Result<Option<Step>, Fail> {
    Ok(match step {
        "answer" => {
            let desk = form.id("desk", Need::Required);
            let reply = form.code::<Reply>("reply", Need::Required);
            let why = form.code::<Why>("why", Need::Optional);
            let later_from = form.promised_day("later_from", Need::Optional);
            let told_by = form.code::<household::ToldBy>("told_by", Need::Optional);
            let told_by = told_by.map(|b| b.code().to_owned()).unwrap_or_default();
            if let Some(reply) = reply
                && let Err(refusal) = rules::may_answer(true, reply, why)
            {
                form.problem("why", refusal.key);
            }
            let why = why.filter(|_| reply != Some(Reply::Yes));
            let later_from = later_from.filter(|_| reply == Some(Reply::Later));
            desk.zip(reply).map(|(desk, reply)| Step::Answer { desk, reply, why, later_from, told_by })
        }
        "choose" => form.id("desk", Need::Required).map(|desk| Step::Choose { desk }),
        "nobody" => Some(Step::End { outcome: Outcome::Nobody }),
        "withdraw" => Some(Step::End { outcome: Outcome::Withdrawn }),
        _ => return Err(Fail::NotVisible),
    })
}

/// One line of a list.
struct Line {
    href: String,
    need: String,
    urgency: String,
    who: String,
    sent: String,
    state: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "capacity_list.html")]
struct ListPage {
    frame: Frame,
    asked: Vec<Line>,
    put: Vec<Line>,
}

const MOST: i64 = 100;

/// GET /capacity
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let own = ctx.viewer.reading_desks();
    let mut look = ctx.look(Channel::List).await?;
    let put = sql::list(&mut look.conn(), &ctx.viewer, false, MOST).await?;
    let mine = sql::list(&mut look.conn(), &ctx.viewer, true, MOST).await?;
    let replies = sql::asked(&mut look.conn(), m, put.iter().chain(&mine).map(|q| q.id)).await?;
    let names = register::desk_names(&mut look.conn(), m, put.iter().map(|q| q.from), today).await?;
    let line = |q: &Question, asker: bool| {
        let of: Vec<&Asked> = replies.iter().filter(|a| a.question == q.id).collect();
        let open = q.closed_at.is_none();
        let yes = of.iter().filter(|a| matches!(a.reply, Some(Reply::Yes | Reply::Later))).count();
        let state = match (q.outcome, asker) {
            (Some(outcome), true) => t.code("capacity_outcome", outcome),
            (Some(_), false) => t.s("capacity.settled").to_owned(),
            (None, true) => t.fs(
                "capacity.answers",
                &[
                    ("yes", yes.to_string()),
                    ("n", of.iter().filter(|a| a.reply.is_some()).count().to_string()),
                    ("all", of.len().to_string()),
                ],
            ),
            (None, false) => of
                .iter()
                .find(|a| own.contains(&a.desk))
                .and_then(|a| a.reply)
                .map_or_else(|| t.s("capacity.no_answer").to_owned(), |r| t.code("capacity_reply", r)),
        };
        Line {
            href: link::capacity(q.id),
            need: t.code("matter", &q.need),
            urgency: t.code("urgency", &q.urgency),
            who: if asker { String::new() } else { names.get(&q.from).cloned().unwrap_or_default() },
            sent: frame.day(&q.sent_at.day()),
            state,
            open,
        }
    };
    let page = ListPage {
        asked: put.iter().map(|q| line(q, false)).collect(),
        put: mine.iter().map(|q| line(q, true)).collect(),
        frame,
    };
    Answer::page(page.render(), look.close().await?)
}
