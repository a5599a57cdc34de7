//! 評価シート: goal by goal, what came out, and what follows: the end, a next version, or a pause (reference B-3).

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{DeskId, PlanLineId, SupportPlanId};

use crate::acts::{self, Evaluation, Step};
use crate::rules::{self, Achieved, Outcome, Part};
use crate::view::{self, Missing, Version};
use crate::{sql, steps};

const MOST: usize = 3_000;

/// A goal to be evaluated.
struct Goal {
    field: String,
    part: String,
    words: String,
    choices: Vec<Choice>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "plan_evaluate.html")]
struct EvaluatePage {
    frame: Frame,
    form: Form,
    id: SupportPlanId,
    v: Version,
    goals: Vec<Goal>,
    outcomes: Vec<Choice>,
    end: Missing,
    pause: Missing,
    /// Whom a hand-back was sent to, and has been taken up by.
    backs: Vec<Choice>,
    hand_back: String,
    stale: bool,
    max: usize,
}

fn field(id: PlanLineId) -> String {
    format!("goal_{id}")
}

/// GET /plans/{id}/evaluate
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let asked = req.query().get("outcome").unwrap_or_default().to_owned();
    render(&req, Form::filled(vec![("outcome", asked)]), false).await
}

async fn render(req: &Req, form: Form, stale: bool) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let v = view::load(req, &mut look, &frame, id).await?;
    rules::evaluate(v.plan.state, Outcome::Replan)?;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let viewer = look.viewer().clone();
    let sent = casefile::referral_list(&mut look.conn(), &viewer, &v.loaded.relation, v.plan.case).await?;
    let to: Vec<DeskId> = sent.iter().filter(|r| acts::takes_back(r)).map(|r| r.to).collect();
    let names = register::desk_names(&mut look.conn(), m, to, today).await?;
    let mut backs: Vec<Choice> =
        names.iter().map(|(id, name)| Choice::new(&form, "hand_back", id, name.clone())).collect();
    backs.sort_by(|a, b| a.word.cmp(&b.word));
    let goal = |l: &&view::LineView| Goal {
        field: field(l.id),
        part: frame.t.code("plan_part", l.part),
        words: l.words.clone(),
        choices: Achieved::ALL
            .iter()
            .map(|a| Choice::new(&form, &field(l.id), a.code(), frame.t.code("plan_achieved", a)))
            .collect(),
        error: form.error(&frame.t, &field(l.id)),
    };
    let wrong = form.has_problems();
    let page = EvaluatePage {
        id,
        goals: v.goals().iter().map(goal).collect(),
        outcomes: Outcome::ALL
            .iter()
            .map(|o| {
                Choice::new(&form, "outcome", o.code(), frame.t.code("plan_outcome", o))
                    .with_help(frame.t.code("plan_outcome_help", o))
            })
            .collect(),
        end: view::missing(&mut look, &frame, &form, &v, (decision::Timing::Close, "close_by")).await?,
        pause: view::missing(&mut look, &frame, &form, &v, (decision::Timing::Interrupt, "pause_by")).await?,
        backs,
        hand_back: format!("{}?kind=hand_back", link::referral_new(v.plan.case)),
        stale,
        max: MOST,
        v,
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    match (stale, wrong) {
        (true, _) => Answer::conflict(html, receipt),
        (false, true) => Answer::again(html, receipt),
        (false, false) => Answer::page(html, receipt),
    }
}

/// POST /plans/{id}/evaluate
pub(crate) async fn evaluate(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: SupportPlanId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let v = view::load(&req, &mut look, &frame, id).await?;
    let m = look.viewer().municipality;
    let lines = sql::lines(&mut look.conn(), m, [id]).await?;
    look.close().await?;
    let known: Vec<PlanLineId> = lines
        .iter()
        .filter(|l| matches!(l.part, Part::LongGoal | Part::ShortGoal))
        .filter(|l| v.lines.iter().any(|x| x.id == l.id))
        .map(|l| l.id)
        .collect();
    let mut form = req.form();
    let Some(evaluation) = read(&mut form, &known, req.now().day()) else {
        return render(&req, form, false).await;
    };
    let outcome = evaluation.outcome;
    match steps::take(&req, id, &Step::Evaluate(evaluation)).await {
        Ok(receipt) => {
            let (to, key) = match outcome {
                Outcome::Replan => {
                    (format!("{}/new?kind={}", link::case_plans(v.plan.case), v.plan.kind), "plan_replan")
                }
                Outcome::End => (link::support_plan(id), "plan_ended"),
                Outcome::Interrupt => (link::support_plan(id), "plan_interrupted"),
            };
            Ok(Answer::to(&to, key, receipt))
        }
        Err(Fail::Stale) => render(&req, form, true).await,
        Err(Fail::Refused(refusal)) => {
            let at = match refusal.key {
                "support_plan.no_hand_back" => "hand_back",
                "support_plan.day_past" => "later",
                _ if outcome == Outcome::Interrupt => "pause_by",
                _ => "close_by",
            };
            form.problem(at, refusal.key);
            render(&req, form, false).await
        }
        Err(other) => Err(other),
    }
}

fn read(form: &mut Form, known: &[PlanLineId], today: words::Day) -> Option<Evaluation> {
    let mut goals = Vec::new();
    for id in known {
        goals.extend(form.code::<Achieved>(&field(*id), Need::Required).map(|a| (*id, a)));
    }
    let words = form.paragraph("evaluation", Need::Required, MOST);
    let outcome = form.code::<Outcome>("outcome", Need::Required);
    let by = match outcome {
        Some(Outcome::End) => Some("close_by"),
        Some(Outcome::Interrupt) => Some("pause_by"),
        _ => None,
    };
    let mut decision = None;
    if let Some(by) = by {
        if form.value(by).is_empty() {
            form.problem(by, "support_plan.no_decision");
        }
        decision = form.id(by, Need::Optional);
    }
    let (mut later, mut hand_back) = (None, None);
    if outcome == Some(Outcome::End) {
        later = form.promised_day("later", Need::Optional);
        let to = form.id("hand_back", Need::Optional);
        let need = if to.is_some() { Need::Required } else { Need::Optional };
        let check = form.promised_day("first_check", need);
        hand_back = to.zip(check);
        for (name, day) in [("later", later), ("first_check", check)] {
            if day.is_some_and(|d| d < today) {
                form.problem(name, "support_plan.day_past");
            }
        }
    }
    if form.has_problems() {
        return None;
    }
    Some(Evaluation { goals, words, outcome: outcome?, decision, later, hand_back })
}
