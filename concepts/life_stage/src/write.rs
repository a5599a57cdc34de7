//! Writing down a stage that no birthday says; and that one is prepared.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, RecordRef};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt, Refusal};
use household::Reasons;
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use task::{Guarded, TaskState};
use words::Day;
use words::id::{CaseId, PersonId, TaskId, ThingId};

use crate::page::{address, called, held, progress};
use crate::rules::{Stage, When, ends_as, may_lie};
use crate::sql::{self, New};

/// A stage that the viewer's desk wrote down in the case before.
struct Written {
    href: String,
    name: String,
    stage: String,
    day: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "life_stage_new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    case: CaseId,
    number: String,
    people: Vec<Choice>,
    stages: Vec<Choice>,
    /// What the viewer's desks wrote down in this case, whatever its day.
    written: Vec<Written>,
    /// The one that stands already, where another is refused for it.
    known: Option<String>,
    reasons: Vec<String>,
}

fn asked(fields: &site::Fields) -> Result<CaseId, Fail> {
    fields.get("case").and_then(|c| c.parse().ok()).ok_or(Fail::NotVisible)
}

/// GET /stages/new?case=
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let case = asked(req.query())?;
    let look = req.ctx()?.look(Channel::Write).await?;
    render(&req, look, case, Form::default(), None).await
}

/// What the viewer's desks wrote down in a case, of people disclosed to them.
async fn written(
    look: &mut Look,
    frame: &Frame,
    case: CaseId,
    reasons: &mut Reasons,
) -> Result<Vec<Written>, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let all = sql::written_in(&mut look.conn(), m, case, viewer.reading_desks()).await?;
    let persons: BTreeSet<PersonId> = all.iter().map(|a| a.person).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let people = household::known(look, sealed, reasons).await?;
    let tasks: Vec<TaskId> = all.iter().filter_map(|a| a.task).collect();
    let tasks = task::by_ids(&mut look.conn(), m, &tasks, &viewer).await?;
    let t = &frame.t;
    let line = |a: &sql::Ahead| {
        let person = people.iter().find(|p| p.id == a.person)?;
        let state = tasks.iter().find(|t| Some(t.id) == a.task).map(|t| t.state);
        Some(Written {
            href: address(a.id),
            name: called(t, person),
            stage: t.code("life_stage_kind", a.stage),
            day: t.full_day(a.when.on),
            state: progress(a.taken_back, a.when, state, today),
        })
    };
    Ok(all.iter().filter_map(line).collect())
}

async fn render(
    req: &Req,
    mut look: Look,
    case: CaseId,
    form: Form,
    known: Option<ThingId>,
) -> Result<Answer, Fail> {
    let mut loaded = casefile::load(&mut look, case).await?;
    let frame = req.frame();
    let written = written(&mut look, &frame, case, &mut loaded.reasons).await?;
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
        written,
        known: known.map(address),
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
    let on = form.coming_day("on", Need::Required);
    if let Some(refused) = on.and_then(|day| may_lie(day, ctx.now.day()).err()) {
        form.problem_with("on", refused.key, refused.args);
    }
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = casefile::load(&mut look, case).await?;
    let here = loaded.members.iter().filter(|p| p.died.is_none());
    let people: Vec<PersonId> = here.map(|p| p.id).collect();
    let person = form.id_among("person", Need::Required, &people);
    let (Some(stage), Some(on), Some(person), false) = (stage, on, person, form.has_problems()) else {
        return render(&req, look, case, form, None).await;
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
            let own = viewer.reading_desks();
            if sql::known(&mut act.facts()?, m, person, stage, &own).await?.is_some()
                || !sql::insert(&mut act, &right, &new).await?
            {
                drop(act);
                form.problem("stage", "life_stage.known");
                let mut look = ctx.look(Channel::Write).await?;
                // It is looked for anew: somebody else may have written it a moment ago.
                let known = sql::known(&mut look.conn(), m, person, stage, &own).await?;
                return render(&req, look, case, form, known).await;
            }
            Ok(Answer::to(link::STAGES, "stage_written", act.commit(&id.to_string()).await?))
        }
    }
}

/// POST /stages/{id}/done: prepared, on to a referral when that is what it takes; or not needed, where whoever it is about has died or
/// left.
pub(crate) async fn done(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ThingId = req.id("id")?;
    let refers = req.body().get("then") == Some("refer");
    match ctx.act(&req.envelope(), "life_stage.done", &id).await? {
        Begun::Before(to) => Ok(Answer::to(&to, "stage_done", before())),
        Begun::New(mut act) => {
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let m = act.municipality();
            let held = held(&mut act.facts()?, &viewer, id).await?;
            let task = held.task.as_ref().ok_or(Fail::NotVisible)?;
            let case = held.case.id;
            let right = act.permit(Action::WorkTask, &held.relation, RecordRef::case(case)).await?;
            act.check_version(task.version)?;
            if task.state != TaskState::Open {
                return Err(Refusal::new("task_page.not_open").into());
            }
            // What whoever ends it may know beside the card counts as well.
            let gone = household::known_gone(&mut act, held.case.household).await?;
            let there = sql::present(&mut act.facts()?, m, &held.ahead).await?
                && !gone.died.contains(&held.ahead.person)
                && !gone.left.contains(&held.ahead.person);
            task::end(&mut act, &right, task.id, ends_as(there), "").await?;
            let otherwise = act.now().plus_hours(24 * 14);
            task::settle(&mut act, &right, Guarded::Case(case), otherwise).await?;
            let part = casefile::relation(&mut act.facts()?, &viewer, case).await?.is_some();
            let to = if refers && part && there {
                format!("{}?kind=join&person={}", link::referral_new(case), held.ahead.person)
            } else {
                link::STAGES.to_owned()
            };
            let receipt = act.commit(&to).await?;
            Ok(Answer::to(&to, if there { "stage_done" } else { "stage_dropped" }, receipt))
        }
    }
}
