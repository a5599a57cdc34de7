//! The pages of consultations and drafts.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use access::{Scope, Viewer};
use askama::Template;
use draft::Opened;
use engine::{Begun, Channel, Ctx, Fail, Look};
use household::Reasons;
use serde::Serialize;
use site::{Access, Answer, Fields, Form, Need, Page, Req, link};
use words::code::Code;
use words::id::{ConsultationId, PersonId};

use crate::facts::{Header, Who};
use crate::form::{self, LINE_MAX, TEXT_MAX};
use crate::rules::{ConsultationState, Disposition};
use crate::sql::{self, Filter, Loaded};
use crate::views::{self, ConflictPage, ConsultationForm, Line, ListPage};
use crate::{acts, hint, read, sheet, town};

/// How many consultations one page of the list shows.
const PAGE: usize = 50;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    let mut pages = vec![
        Page::get("/consultations", Access::WORKERS, list),
        Page::get("/consultations/new", Access::WORKERS, new),
        Page::post("/consultations", Access::WORKERS, create),
        Page::get("/consultations/{id}", Access::WORKERS, show),
        Page::get("/consultations/{id}/print", Access::WORKERS, crate::print::show),
        Page::post("/consultations/{id}/dispose", Access::WORKERS, dispose),
        Page::post("/consultations/{id}/person", Access::WORKERS, name_person),
        Page::post("/consultations/{id}/error", Access::WORKERS, mark_in_error),
    ];
    pages.extend(sheet::pages());
    pages
}

// ── Writing one ──

async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let opened = match draft::reopened(&mut look.conn(), &req).await? {
        Some(opened) => opened,
        // Sent or thrown away, by "back" for instance; or somebody else's, which is the same answer.
        None if req.query().get("draft").is_some() => {
            return Ok(Answer::to(link::CONSULTATION_NEW, "draft_gone", look.close().await?));
        }
        None => Opened::fresh(&req, form::first(&req.t(), req.now())),
    };
    let page = form_page(&req, &mut look, opened).await?;
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

async fn form_page(req: &Req, look: &mut Look, opened: Opened) -> Result<ConsultationForm, Fail> {
    let municipality = look.viewer().municipality;
    let mut frame = req.frame();
    if let Some(command) = opened.command {
        frame.command = command;
    }
    let areas = register::areas(&mut look.conn(), municipality, "").await?;
    let mut partners: Vec<views::Choice> = Vec::new();
    for desk in register::desks(&mut look.conn(), municipality, req.now().day()).await? {
        let id = desk.agency.to_string();
        if partners.iter().all(|(known, _)| *known != id) {
            partners.push((id, desk.name));
        }
    }
    let asked = town::asked(look, town::CONSULTATION, false).await?;
    frame.t = asked.words(&frame.t, town::CONSULTATION_WORDS);
    Ok(ConsultationForm {
        parts: asked.laid(&frame.t, &opened.form),
        dropped: asked.dropped(&frame.t, &opened.form),
        definition_version: asked.version(),
        matters: asked.matters(&frame.t, &opened.form),
        draft: opened.id,
        draft_version: opened.version,
        form: opened.form,
        areas: views::area_choices(areas),
        partners,
        help_lines: read::help_lines(&frame),
        frame,
    })
}

/// The form again: with its problems, or as it was before the search.
async fn again(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let wrong = form.has_problems();
    let page = form_page(req, &mut look, draft::sent(req, form)).await?;
    let receipt = look.close().await?;
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}

async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut new = form::read(&mut form, &req.t(), req.now());
    let mut look = ctx.look(Channel::Write).await?;
    let named = ["area", "told_agency"].iter().any(|f| !form.value(f).is_empty());
    let asked = town::asked(&mut look, town::CONSULTATION, named).await?;
    look.close().await?;
    new.extra = asked.read(&mut form);
    new.told_agency = acts::told_agency(new.route, new.told_agency);
    if form.has_problems() || form.ticked("back") {
        return again(&req, form).await;
    }
    if let Who::New(person, _) = &new.who
        && !form.ticked("checked")
        && let Some(answer) = hint::page(&req, person, link::CONSULTATIONS).await?
    {
        return Ok(answer);
    }
    new.who = picked(&form, new.who);
    match ctx.act(&req.envelope(), "intake.record", &new).await? {
        Begun::Before(id) => Ok(Answer::to(&at(&id), "consultation_written", nothing())),
        Begun::New(mut act) => {
            let id: ConsultationId = act.new_id();
            let right = acts::permit_record(&mut act, id).await?;
            acts::write(&mut act, &right, id, &new).await?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Answer::to(&link::consultation(id), "consultation_written", receipt))
        }
    }
}

/// The person chosen among those found, if one was.
fn picked(form: &Form, who: Who) -> Who {
    match (form.value("pick").parse::<PersonId>(), who) {
        (Ok(id), Who::New(_, members)) => Who::Known(id, members),
        (_, who) => who,
    }
}

fn nothing() -> engine::Receipt {
    engine::Receipt::nothing_personal("a redirect to what was written before")
}

fn at(id: &str) -> String {
    id.parse().map_or_else(|_| link::CONSULTATIONS.to_owned(), link::consultation)
}

// ── Reading ──

async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    show_with(&req, Form::default()).await
}

async fn show_with(req: &Req, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConsultationId = req.id("id")?;
    let wrong = form.has_problems();
    let mut look = ctx.look(Channel::Page).await?;
    let seen = read::seen(&mut look, id).await?.ok_or(Fail::NotVisible)?;
    let page = read::page(&ctx, &mut look, req.frame(), seen, form).await?;
    let receipt = look.close().await?;
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}

async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let query = req.query();
    let filter = Filter {
        before: query.get("before").and_then(cursor),
        ..crate::export::filter(query, ctx.viewer.user)
    };
    let (state, mine) = (filter.state, filter.author.is_some());
    let mut look = ctx.look(Channel::List).await?;
    let scope = Scope::own_desks(&ctx.viewer);
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut loaded = sql::list(&mut look.conn(), &ctx.viewer, &scope, &filter, most).await?;
    let more = loaded.len() > PAGE;
    loaded.truncate(PAGE);
    let last = loaded.last().map(|l| (l.header.occurred_at, l.header.id)).filter(|_| more);
    let frame = req.frame();
    let (lines, reasons) = lines(&ctx, &mut look, &frame, loaded).await?;
    let takers = if lines.iter().any(|l| !l.pick.is_empty()) {
        task::takers(&mut look.conn(), &ctx.viewer, ctx.now.day()).await?
    } else {
        Vec::new()
    };
    let next = last.map(|(at, id)| {
        let mut pairs = vec![("before".to_owned(), format!("{}~{id}", at.millis()))];
        pairs.extend(state.map(|s| ("state".to_owned(), s.to_string())));
        pairs.extend(mine.then(|| ("mine".to_owned(), "1".to_owned())));
        format!("{}?{}", link::CONSULTATIONS, Fields::from_pairs(pairs).encode())
    });
    let states = ConsultationState::ALL.iter().copied().filter(|s| *s != ConsultationState::Draft);
    let page = ListPage {
        reasons: reasons.sentences(&frame.t),
        states: views::choices(&frame.t, "consultation_state", states),
        state: state.map(|s| s.to_string()).unwrap_or_default(),
        mine,
        next: next.unwrap_or_default(),
        lines,
        form: Form::default(),
        people: takers.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        back: format!("{}?{}", link::CONSULTATIONS, frame.query),
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// The place to go on from: the moment and id of the last line of the page before.
pub(crate) fn cursor(text: &str) -> Option<(words::Instant, ConsultationId)> {
    let (millis, id) = text.split_once('~')?;
    Some((words::Instant::from_millis(millis.parse().ok()?), id.parse().ok()?))
}

async fn lines(
    ctx: &Ctx,
    look: &mut Look,
    frame: &site::Frame,
    loaded: Vec<Loaded>,
) -> Result<(Vec<Line>, Reasons), Fail> {
    let viewer: &Viewer = &ctx.viewer;
    let headers: Vec<Header> = loaded.iter().map(|l| l.header.clone()).collect();
    let facts = look.disclose(loaded.into_iter().map(|l| l.facts).collect()).await?;
    let sealed =
        household::person::by_ids(&mut look.conn(), viewer, facts.iter().filter_map(|f| f.person)).await?;
    let people = look.disclose(sealed).await?;
    let (municipality, today) = (viewer.municipality, ctx.now.day());
    let seen: BTreeSet<ConsultationId> = facts.iter().map(|f| f.id).collect();
    let scope = Scope::own_desks(viewer);
    let open = task::of_consultations(&mut look.conn(), municipality, &scope, seen).await?;
    let open: HashMap<_, _> = open.iter().filter_map(|t| Some((t.about.consultation?, t))).collect();
    let named = headers.iter().filter_map(|h| h.author).chain(open.values().filter_map(|task| task.assignee));
    let staff = register::user_names(&mut look.conn(), municipality, named).await?;
    let desks =
        register::desk_names(&mut look.conn(), municipality, headers.iter().map(|h| h.desk), today).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&facts);
    reasons.of_all(&people);
    let t = &frame.t;
    let lines = facts
        .iter()
        .filter_map(|f| headers.iter().find(|h| h.id == f.id).map(|h| (h, f)))
        .map(|(h, f)| {
            let called =
                people.iter().find(|p| Some(p.id) == f.person).map(|p| p.called()).filter(|n| !n.is_empty());
            let nobody = if h.third_party { "intake.title_third_party" } else { "intake.nobody_named" };
            Line {
                link: link::consultation(h.id),
                when: views::moment(frame, h.occurred_at),
                when_iso: h.occurred_at.iso(),
                who: called.unwrap_or_else(|| t.s(nobody)).to_owned(),
                topics: f.topics.iter().take(3).map(|m| t.code("matter", m)).collect::<Vec<_>>().join(", "),
                state: h.state.to_string(),
                state_word: t.code("consultation_state", h.state),
                urgent: h.urgency == crate::rules::Urgency::Urgent,
                author: h.author.and_then(|a| staff.get(&a)).cloned().unwrap_or_default(),
                desk: desks.get(&h.desk).cloned().unwrap_or_default(),
                assignee: open
                    .get(&h.id)
                    .and_then(|task| task.assignee)
                    .and_then(|user| staff.get(&user))
                    .cloned()
                    .unwrap_or_default(),
                pick: open.get(&h.id).map(|task| format!("{}.{}", task.id, task.version)).unwrap_or_default(),
            }
        })
        .collect();
    Ok((lines, reasons))
}

// ── Deciding ──

#[derive(Serialize)]
struct Disposing<'a> {
    id: ConsultationId,
    decision: &'a acts::Decision,
}

async fn dispose(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConsultationId = req.id("id")?;
    let mut form = req.form();
    let disposition = form.code::<Disposition>("disposition", Need::Required);
    let decision = acts::Decision {
        disposition: disposition.unwrap_or(Disposition::InformationGiven),
        words: form.paragraph("told", Need::Optional, TEXT_MAX),
        promise: form.paragraph("promise", Need::Optional, TEXT_MAX),
        due: form.promised_day("due", Need::Optional),
        into: form.id("into", Need::Optional),
    };
    if let (Some(_), Err((field, refusal))) = (disposition, acts::check(&decision, req.now().day())) {
        form.problem_with(field, refusal.key, refusal.args);
    }
    if form.has_problems() {
        return show_with(&req, form).await;
    }
    let disposing = Disposing { id, decision: &decision };
    let mut act = match ctx.act(&req.envelope(), "intake.dispose", &disposing).await? {
        Begun::Before(to) => return Ok(Answer::to(&to, "", nothing())),
        Begun::New(act) => act,
    };
    let done = async {
        let (header, topics) = header(&mut act, id).await?;
        acts::dispose(&mut act, &header, &topics, &decision).await
    };
    match done.await {
        Ok(case) => {
            let (to, key) = next_page(id, case, decision.disposition);
            let receipt = act.commit(&to).await?;
            Ok(Answer::to(&to, key, receipt))
        }
        Err(Fail::Stale) => {
            // The transaction goes first: the page about the conflict reads what the others wrote.
            drop(act);
            conflict(&req, id, typed(&req, &form)).await
        }
        Err(Fail::Refused(refusal)) => {
            drop(act);
            form.problem_with("disposition", refusal.key, refusal.args);
            show_with(&req, form).await
        }
        Err(other) => Err(other),
    }
}

/// The header and matters of a consultation inside an act.
async fn header(act: &mut engine::Act, id: ConsultationId) -> Result<(Header, Vec<register::Matter>), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let Loaded { header, facts } =
        sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let topics = act.disclose(vec![facts]).await?.pop().map(|f| f.topics.clone()).unwrap_or_default();
    Ok((header, topics))
}

fn next_page(id: ConsultationId, case: Option<words::id::CaseId>, d: Disposition) -> (String, &'static str) {
    match (d, case) {
        (Disposition::PassOn, Some(case)) => (link::referral_new(case), "consultation_pass_on"),
        (Disposition::Urgent, Some(_)) => (link::consultation(id), "consultation_urgent"),
        (_, Some(case)) => (link::case(case), "consultation_case"),
        (_, None) => (link::consultation(id), "consultation_answered"),
    }
}

fn typed(req: &Req, form: &Form) -> Vec<(String, String)> {
    let t = req.t();
    let mut typed: Vec<(String, String)> = ["told", "promise", "due", "reason"]
        .iter()
        .filter(|f| !form.value(f).is_empty())
        .map(|f| (t.code("intake_typed", f), form.value(f).to_owned()))
        .collect();
    let chosen = form.value("disposition");
    if !chosen.is_empty() {
        typed.insert(0, (t.s("intake.decide").to_owned(), t.code("disposition", chosen)));
    }
    typed
}

/// Somebody was faster: what stands now beside what was typed, and nothing lost (disclosure rule 6).
async fn conflict(req: &Req, id: ConsultationId, mine: Vec<(String, String)>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let seen = read::seen(&mut look, id).await?.ok_or(Fail::NotVisible)?;
    let frame = req.frame();
    let t = &frame.t;
    let mut now = t.code("consultation_state", seen.header.state);
    if let Some(d) = seen.header.disposition {
        now = format!("{now} ({})", t.code("disposition", d));
    }
    let page = ConflictPage {
        here: link::consultation(id),
        now,
        now_texts: seen.entries.iter().rev().take(2).map(|e| e.body.clone()).collect(),
        mine,
        frame,
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}

// ── Naming the household afterwards, and taking back ──

async fn name_person(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConsultationId = req.id("id")?;
    let mut form = req.form();
    let person = form::person(&mut form, &req.t(), req.now().day());
    let Some(person) = person else {
        if !form.has_problems() {
            form.problem("name", "consultation.name_needed");
        }
        return show_with(&req, form).await;
    };
    if form.has_problems() || form.ticked("back") {
        return show_with(&req, form).await;
    }
    let action = format!("{}/person", link::consultation(id));
    if !form.ticked("checked")
        && let Some(answer) = hint::page(&req, &person, &action).await?
    {
        return Ok(answer);
    }
    let who = picked(&form, Who::New(Box::new(person), Vec::new()));
    match ctx.act(&req.envelope(), "intake.name", &(id, &who)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::consultation(id), "", nothing())),
        Begun::New(mut act) => {
            let (header, _) = header(&mut act, id).await?;
            acts::name_person(&mut act, &header, &who).await?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Answer::to(&link::consultation(id), "consultation_person", receipt))
        }
    }
}

async fn mark_in_error(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ConsultationId = req.id("id")?;
    let mut form = req.form();
    let reason = form.paragraph("reason", Need::Required, LINE_MAX * 5);
    if form.has_problems() {
        return show_with(&req, form).await;
    }
    match ctx.act(&req.envelope(), "intake.mark_in_error", &(id, &reason)).await? {
        Begun::Before(_) => Ok(Answer::to(&link::consultation(id), "", nothing())),
        Begun::New(mut act) => {
            let (header, _) = header(&mut act, id).await?;
            match acts::mark_in_error(&mut act, &header, &reason).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::consultation(id), "consultation_error", receipt))
                }
                Err(Fail::Stale) => {
                    drop(act);
                    conflict(&req, id, typed(&req, &form)).await
                }
                Err(other) => Err(other),
            }
        }
    }
}
