//! Plans on the timeline of a case: kinds, versions and days, for whoever has a part in it (disclosure rule 13).

use engine::{Fail, Look};
use site::{Dated, Frame, link};
use words::id::CaseId;

use crate::rules::State;
use crate::{sql, view};

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<Dated>, Fail> {
    let m = look.viewer().municipality;
    let mut lines = Vec::new();
    for plan in sql::of_case(&mut look.conn(), m, case).await? {
        let (href, name) = (Some(link::support_plan(plan.id)), view::title(frame, &plan));
        if let Some(at) = plan.in_force_at {
            let words = frame.t.f("plan_dated.in_force", "name", &name);
            lines.push(Dated::new(at, "plan", words, Some(plan.desk)).to(href.clone()));
        }
        if let Some(at) = plan.ended_at.filter(|_| plan.state != State::Dropped) {
            let state = frame.t.code("plan_state", plan.state);
            let words = frame.t.fs("plan_dated.ended", &[("name", name), ("state", state)]);
            lines.push(Dated::new(at, "plan", words, Some(plan.desk)).to(href));
        }
    }
    Ok(lines)
}
