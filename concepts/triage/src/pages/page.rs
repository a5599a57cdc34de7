//! The one page of a triage: what to do first, what to find out, the clock, the judgement, the senior.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::entry::MOST_CHARACTERS;
use household::{MarksControl, marks_from, nameable};
use site::{Answer, Form, Frame, Need, Req};
use words::code::Code;
use words::id::{CommandId, DraftId, TriageId};

use super::to;
use crate::acts::{self, Fact, NewAnswer, NewJudgement, NotJudged};
use crate::rules::{How, ListName, Outcome, Scope};
use crate::views::{self, Answering, Choice, TriageView};

/// Longest name of a senior elsewhere.
const NAME_MAX: usize = 80;

#[derive(Template)]
#[template(path = "triage_page.html")]
struct TriagePage {
    frame: Frame,
    v: TriageView,
    form: Form,
    draft: DraftId,
    draft_version: i64,
    judge_command: CommandId,
    answer_command: CommandId,
    void_command: CommandId,
    outcomes: Vec<Choice>,
    scopes: Vec<Choice>,
    desks: Vec<Choice>,
    marks: MarksControl,
    /// Whether the form of the judgement is open.
    judging: bool,
    stand_in: bool,
    in_person: bool,
    oral: bool,
    others: bool,
    /// Somebody was faster: what was typed is still in the form.
    stale: bool,
    max: usize,
}

async fn page(req: &Req, form: Form, stale: bool) -> Result<(TriagePage, engine::Receipt), Fail> {
    let id: TriageId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let seen = views::seen(&mut look, &frame.t, id).await?;
    // A draft taken up again fills the form of the judgement, at the version it was kept.
    let reopened = if form.fields().pairs().is_empty() {
        // A draft about another triage is none of this page's.
        draft::reopened(&mut look.conn(), req).await?.filter(|d| d.about == Some(id.cast()))
    } else {
        None
    };
    let from_draft = reopened.is_some();
    let sent = form.fields().get("outcome").is_some() || form.fields().get("reason").is_some();
    let opened = reopened.unwrap_or_else(|| draft::sent(req, form));
    let (form, draft, draft_version) = (opened.form, opened.id, opened.version);
    let v = views::view(&ctx, &mut look, &frame, seen, &form, req.undo_asked()).await?;
    let t = &frame.t;
    let choice = |list: &str, field: &str, code: &str, preset: bool| Choice {
        word: t.code(list, code),
        help: t.code(&format!("{list}_help"), code),
        chosen: form.chose(field, code) || (preset && form.value(field).is_empty()),
        value: code.to_owned(),
    };
    let marked = if sent || from_draft { form.clone() } else { views::preset("reason", &v.categories) };
    let new_id = || ctx.engine.new_id();
    let page = TriagePage {
        outcomes: Outcome::ALL.iter().map(|o| choice("triage_outcome", "outcome", o.code(), false)).collect(),
        scopes: Scope::ALL.iter().map(|s| choice("triage_scope", "scope", s.code(), *s == v.scope)).collect(),
        desks: v
            .desks
            .iter()
            .map(|(id, name)| Choice {
                value: id.to_string(),
                word: name.clone(),
                help: String::new(),
                chosen: form.chose("to", id),
            })
            .collect(),
        marks: MarksControl::new(t, &marked, "reason", &v.known),
        judging: sent || from_draft || v.state == "open",
        stand_in: v.answering == Answering::InPerson(How::StandIn),
        in_person: matches!(v.answering, Answering::InPerson(_)),
        oral: v.answering == Answering::Oral,
        others: v.answering == Answering::Others,
        // A command that was refused is not used again: with other words it would count as sent before.
        judge_command: if stale { new_id() } else { frame.command },
        answer_command: new_id(),
        void_command: new_id(),
        draft,
        draft_version,
        stale,
        max: MOST_CHARACTERS,
        v,
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// `GET /triage/{id}`
pub(super) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Form::default(), false).await?;
    Answer::page(page.render(), receipt)
}

async fn again(req: &Req, form: Form) -> Result<Answer, Fail> {
    let (page, receipt) = page(req, form, false).await?;
    Answer::again(page.render(), receipt)
}

async fn conflict(req: &Req, form: Form) -> Result<Answer, Fail> {
    let (page, receipt) = page(req, form, true).await?;
    Answer::conflict(page.render(), receipt)
}

/// `POST /triage/{id}/tick`
pub(super) async fn tick(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TriageId = req.id("id")?;
    let mut form = req.form();
    let list = form.code::<ListName>("list", Need::Required);
    let item = form.value("item").parse::<usize>().ok();
    let (Some(list), Some(item)) = (list, item) else { return Err(Fail::NotVisible) };
    let done = form.value("done") != "0";
    let outcome = acts::tick(&req, id, (list, item), done).await?;
    // Back to the item: on a phone at a door nobody wants to look for it again. What was done is said there, too.
    Ok(to(outcome, Some(id), &format!("#{list}-{item}"), "").undoable(req.envelope().command))
}

/// `POST /triage/{id}/ticks/{change}/undo`: takes back the tick that was just made.
pub(super) async fn untick(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TriageId = req.id("id")?;
    let (outcome, (list, item)) = acts::untick(&req, id, req.id("change")?).await?;
    Ok(to(outcome, Some(id), &format!("#{list}-{item}"), "undone"))
}

/// `POST /triage/{id}/fact`
pub(super) async fn fact(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TriageId = req.id("id")?;
    let mut form = req.form();
    let Ok(item) = form.value("item").parse::<usize>() else { return Err(Fail::NotVisible) };
    let body = form.paragraph("body", Need::Required, MOST_CHARACTERS);
    let known = known(&req, id).await?;
    let marks = marks_from(&mut form, "body", &known);
    if form.has_problems() {
        return again(&req, form).await;
    }
    let outcome = acts::fact(&req, id, &Fact { item, body, marks }).await?;
    Ok(to(outcome, Some(id), &format!("#fact-{item}"), "triage_fact"))
}

/// The persons a text can be marked with; absence for whoever may not see the triage.
async fn known(req: &Req, id: TriageId) -> Result<Vec<(words::id::PersonId, String)>, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let seen = views::seen(&mut look, &req.t(), id).await?;
    let known = nameable(&req.t(), &seen.members);
    look.close().await?;
    Ok(known)
}

/// `POST /triage/{id}/judge`
pub(super) async fn judge(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TriageId = req.id("id")?;
    let mut form = req.form();
    let known = known(&req, id).await?;
    let outcome = form.code::<Outcome>("outcome", Need::Required);
    let scope = form.code::<Scope>("scope", Need::Required);
    let t = req.t();
    let new = NewJudgement {
        outcome: outcome.unwrap_or(Outcome::Emergency),
        scope: scope.unwrap_or(Scope::WithOthers),
        to: form.id("to", Need::Optional),
        reason: form.paragraph("reason", Need::Required, MOST_CHARACTERS),
        unknown: form.paragraph("unknown", Need::Optional, MOST_CHARACTERS),
        headings: [t.s("triage.reason").to_owned(), t.s("triage.unknown").to_owned()],
        marks: marks_from(&mut form, "reason", &known),
        draft: form.id("draft", Need::Optional),
    };
    if form.has_problems() {
        return again(&req, form).await;
    }
    match acts::judge(&req, id, &new).await {
        Ok(done) => Ok(to(done, Some(id), "", "triage_judged")),
        Err(NotJudged::Field(field, why)) => {
            form.problem_with(field, why.key, why.args);
            again(&req, form).await
        }
        Err(NotJudged::Fail(Fail::Stale)) => conflict(&req, form).await,
        Err(NotJudged::Fail(other)) => Err(other),
    }
}

/// `POST /triage/{id}/answer`
pub(super) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TriageId = req.id("id")?;
    let mut form = req.form();
    let confirmed = form.value("answer") != "return";
    let new = NewAnswer {
        confirmed,
        words: form.paragraph("words", Need::Optional, MOST_CHARACTERS),
        told: form.line("told", Need::Optional, NAME_MAX),
        told_heading: req.t().s("triage.told_heading").to_owned(),
    };
    if form.has_problems() {
        known(&req, id).await?;
        return again(&req, form).await;
    }
    match acts::answer(&req, id, &new).await {
        Ok(done) => {
            Ok(to(done, Some(id), "", if confirmed { "triage_confirmed" } else { "triage_returned" }))
        }
        Err(Fail::Stale) => conflict(&req, form).await,
        Err(Fail::Refused(why)) if why.key != "denied.not_yours" => {
            let field = if why.key == "triage.own_judgement_alone" { "told" } else { "words" };
            form.problem_with(field, why.key, why.args);
            again(&req, form).await
        }
        Err(other) => Err(other),
    }
}

/// `POST /triage/{id}/void`
pub(super) async fn void(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: TriageId = req.id("id")?;
    let mut form = req.form();
    let words = form.paragraph("why", Need::Required, MOST_CHARACTERS);
    if form.has_problems() {
        return again(&req, form).await;
    }
    match acts::void(&req, id, &words).await {
        Ok(done) => Ok(to(done, Some(id), "", "triage_void")),
        Err(Fail::Stale) => conflict(&req, form).await,
        Err(Fail::Refused(why)) => {
            form.problem_with("why", why.key, why.args);
            again(&req, form).await
        }
        Err(other) => Err(other),
    }
}
