//! Writing down a stage that no birthday says; and that one is prepared.

use std::sync::Arc;

use access::{Action, RecordRef};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt, Refusal};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use task::{Guarded, TaskState};
use words::Day;
use words::id::{CaseId, PersonId, ThingId};

use crate::page::{called, held};
use crate::rules::{Stage, When};
use crate::sql::{self, New};

#[derive(Template)]
#[template(path = "life_stage_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    case: CaseId,
    number: String,
    people: Vec<Choice>,
    stages: Vec<Choice>,
    reasons: Vec<String>,
}

fn asked(fields: &site::Fields) -> Result<CaseId, Fail> {
    fields.get("case").and_then(|c| c.parse().ok()).ok_or(Fail::NotVisible)
}

/// GET /stages/new?case=
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let case = asked(req.query())?;
    let look = req.ctx()?.look(Channel::Write).await?;
    render(&req, look, case, Form::default()).await
}

async fn render(req: &Req, mut look: Look, case: CaseId, form: Form) -> Result<Answer, Fail> {
    let loaded = casefile::load(&mut look, case).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let here = loaded.members.iter().filter(|p| p.died.is_none());
    let page = NewPage {
        case,
        number: loaded.header.number_text(),
        people: here.map(|p| Choice::new(&form, "person", p.id, called(&t, p))).collect(),
        stages: Stage::WRITTEN
            .iter()
            .map(|s| Choice::new(&form, "stage", s, t.code("life_stage_kind", s)))
            .collect(),
        reasons: loaded.reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

#[derive(Serialize)]
struct Body {
    case: CaseId,
    person: PersonId,
    stage: Stage,
    on: Day,
}

fn before() -> Receipt {
    Receipt::nothing_personal("the command was done before; nothing is shown")
}

/// POST /stages/new
pub(crate) async fn create(req: Arc<Req>) -> Result<Answer, Fail> {
    let case = asked(req.body())?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let stage = form.code::<Stage>("stage", Need::Required).filter(|s| !s.by_birth());
    let on = form.past_day("on", Need::Required);
    if on.is_some_and(|d| d < ctx.now.day()) {
        form.problem("on", "life_stage.past");
    }
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = casefile::load(&mut look, case).await?;
    let people: Vec<PersonId> = loaded.members.iter().filter(|p| p.died.is_none()).map(|p| p.id).collect();
    let person = form.id_among("person", Need::Required, &people);
    let (Some(stage), Some(on), Some(person), false) = (stage, on, person, form.has_problems()) else {
        return render(&req, look, case, form).await;
    };
    look.close().await?;
    let body = Body { case, person, stage, on };
    match ctx.act(&req.envelope(), "life_stage.write", &body).await? {
        Begun::Before(_) => Ok(Answer::to(link::STAGES, "stage_written", before())),
        Begun::New(mut act) => {
            let m = act.municipality();
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let (header, relation) =
                casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)?;
            let record = RecordRef::case(case);
            let right = act.permit(Action::WriteSupport, &relation, record).await?;
            if header.state != casefile::CaseState::Open {
                return Err(Refusal::new("life_stage.case_over").into());
            }
            let desk = right.seat().map(|s| s.desk);
            let id: ThingId = act.new_id();
            let when = When { on, latest: on };
            let new = New { id, case, person, stage, when, desk, task: None };
            if sql::known(&mut act.facts()?, m, person, stage, &viewer.reading_desks()).await?
                || !sql::insert(&mut act, &right, &new).await?
            {
                drop(act);
                form.problem("stage", "life_stage.known");
                let look = ctx.look(Channel::Write).await?;
                return render(&req, look, case, form).await;
            }
            Ok(Answer::to(link::STAGES, "stage_written", act.commit(&id.to_string()).await?))
        }
    }
}

/// POST /stages/{id}/done: prepared; on to a referral when that is what it takes.
pub(crate) async fn done(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let refers = req.body().get("then") == Some("refer");
    match ctx.act(&req.envelope(), "life_stage.done", &id).await? {
        Begun::Before(to) => Ok(Answer::to(&to, "stage_done", before())),
        Begun::New(mut act) => {
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let (ahead, task, case, relation) = held(&mut act.facts()?, &viewer, id).await?;
            let record = RecordRef::case(case.id);
            let right = act.permit(Action::WorkTask, &relation, record).await?;
            act.check_version(task.version)?;
            if task.state != TaskState::Open {
                return Err(Refusal::new("task_page.not_open").into());
            }
            task::end(&mut act, &right, task.id, TaskState::Done, "").await?;
            let otherwise = act.now().plus_hours(24 * 14);
            task::settle(&mut act, &right, Guarded::Case(ahead.case), otherwise).await?;
            let part = casefile::relation(&mut act.facts()?, &viewer, case.id).await?.is_some();
            let to = if refers && part {
                format!("{}?kind=join&person={}", link::referral_new(case.id), ahead.person)
            } else {
                link::STAGES.to_owned()
            };
            let receipt = act.commit(&to).await?;
            Ok(Answer::to(&to, "stage_done", receipt))
        }
    }
}
