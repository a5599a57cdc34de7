//! Closing or interrupting on the provider's own records, where the consent has ended and no conference may look at the case
//! any more (domain section 4.2).

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail, Look};
use household::{MarksControl, nameable};
use site::{Answer, Form, Req, link};
use words::id::CaseId;

use crate::acts::Place;
use crate::forms::{self, DecidePage, Shared};
use crate::rules::Timing;

/// GET /cases/{id}/decide
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let asked = |name: &str| req.query().get(name).unwrap_or_default().to_owned();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    // That the case is theirs to look at.
    let id: CaseId = req.id("id")?;
    casefile::load(&mut look, id).await?;
    let tried = forms::attempts(&mut look, &req.frame(), id).await?;
    let today = req.t().short_day(req.now().day());
    let form = forms::fresh(&asked("programme"), &asked("timing"), today, tried);
    render(&req, look, form).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let loaded = casefile::load(&mut look, id).await?;
    let may = |action| access::may(&viewer, action, &loaded.relation).is_ok();
    if !may(access::Action::RecordDecision) && !may(access::Action::CloseCase) {
        return Err(engine::Refusal::new("decision.not_yours").into());
    }
    let household = loaded.header.household;
    let (m, dead) = (viewer.municipality, household::known_dead(&mut look, [household]).await?);
    let consented = conference::holdable(&mut look.conn(), m, household, (&dead, today)).await?;
    let known = nameable(&frame.t, &loaded.members);
    let shared = Shared {
        action: link::case_decide(id),
        back: link::case_plans(id),
        place: frame.t.s("decision.alone").to_owned(),
        number: loaded.header.number_text(),
        timings: vec![Timing::Close, Timing::Interrupt],
        consented,
        marks: Some(MarksControl::new(&frame.t, &form, "words", &known)),
    };
    let wrong = form.has_problems();
    let mut page = DecidePage::new(frame, form, shared);
    page.alone = true;
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/decide
pub(crate) async fn decide(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = casefile::load(&mut look, id).await?;
    let known = nameable(&frame.t, &loaded.members);
    look.close().await?;
    let mut form = req.form();
    let new = forms::read(&mut form, &known, ctx.now.day());
    let Some(new) = new.filter(|_| !form.has_problems()) else {
        let look = ctx.look(Channel::Page).await?;
        return render(&req, look, form).await;
    };
    match forms::take(&req, Place::Alone(id), &new).await {
        Ok((to, receipt)) => Ok(Answer::to(&to, "decision_recorded", receipt)),
        Err(Fail::Refused(refusal)) => {
            form.problem(forms::beside(refusal.key), refusal.key);
            let look = ctx.look(Channel::Page).await?;
            render(&req, look, form).await
        }
        Err(other) => Err(other),
    }
}
