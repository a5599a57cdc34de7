//! Reviewing a look afterwards.

use access::{Action, Relation};
use engine::{Begun, Fail, Refusal};
use site::Req;
use task::{NewTask, TaskKind, TaskState};
use words::id::UrgentLookId;

use crate::acts::{self, Done};
use crate::rules::{self, Outcome};
use crate::sql::{self, Look};

/// How desks stand to the review of a look.
pub(crate) async fn relation(
    conn: &mut engine::Conn<'_>,
    m: words::id::MunicipalityId,
    look: &Look,
) -> Result<Relation, Fail> {
    let mut relation = Relation::within(sql::cases_of(conn, m, look.household).await?);
    relation.task = Some(look.task_desk);
    Ok(relation)
}

/// Whether this viewer sits where the review is, in the role it fell to.
pub(crate) fn has_the_role(viewer: &access::Viewer, look: &Look) -> bool {
    viewer.seats.iter().any(|s| s.role == look.role && s.holds(look.task_desk))
}

/// Gives a review, with words. A talk moves the review on by as many days as it had.
pub(crate) async fn give(req: &Req, id: UrgentLookId, outcome: Outcome, words: &str) -> Result<Done, Fail> {
    let body = (id, words::code::Code::code(outcome), words);
    let mut act = match req.ctx()?.act(&req.envelope(), "urgent.review", &body).await? {
        Begun::Before(to) => return Ok(Done::Before(to)),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let look = sql::look(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = relation(&mut act.facts()?, m, &look).await?;
    let right = act.permit(Action::ReviewUrgent, &relation, acts::of_look(id)).await?;
    rules::may_review(viewer.user, look.user, has_the_role(&viewer, &look))?;
    act.check_version(look.version)?;
    let to = rules::review(look.state, outcome)?;
    if words.is_empty() {
        return Err(Refusal::new("urgent.words_needed").into());
    }
    sql::review(&mut act, &right, &look, (outcome, to), words).await?;
    task::end(&mut act, &right, look.task, TaskState::Done, "").await?;
    if rules::owed(to) {
        let clocks = acts::clocks(&mut act.facts()?, m).await?;
        let next = NewTask {
            kind: TaskKind::UrgentReview,
            desk: look.task_desk,
            assignee: None,
            about: task::About { thing: Some(id.cast()), ..task::About::default() },
            due_at: rules::review_due(act.now(), clocks),
        };
        let next = task::add(&mut act, &right, &next).await?;
        sql::review_task(&mut act, &right, id, next).await?;
    }
    let receipt = act.commit(&id.to_string()).await?;
    Ok(Done::Now(id.to_string(), receipt))
}
