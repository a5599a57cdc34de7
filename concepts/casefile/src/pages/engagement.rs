//! いまの関わり: how far the relation with each person has come, and how it went so far. Nobody is forced up a ladder.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use household::nameable;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CaseId, PersonId};

use crate::acts::flags::{self, Step};
use crate::rules::{self, Engagement};
use crate::sql::around;
use crate::views::{self, CaseHead};

struct Line {
    who: String,
    stage: String,
    since: String,
    since_iso: String,
    desk: String,
}

#[derive(Template)]
#[template(path = "casefile_engagement.html")]
struct EngagementPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    people: Vec<Choice>,
    stages: Vec<Choice>,
    lines: Vec<Line>,
}

/// GET /cases/{id}/engagement
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let today = req.t().short_day(req.now().day());
    render(&req, Form::filled(vec![("since", today)])).await
}

async fn render(req: &Req, form: Form) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let mut loaded = views::load(&mut look, id).await?;
    let sealed = around::stage_history(&mut look.conn(), &ctx.viewer, id).await?;
    let history = look.disclose(sealed).await?;
    loaded.reasons.of_all(&history);
    let m = ctx.viewer.municipality;
    let desks = history.iter().map(|e| e.desk);
    let desks = register::desk_names(&mut look.conn(), m, desks, ctx.now.day()).await?;
    let known = nameable(&frame.t, &loaded.members);
    let name = |id: PersonId| known.iter().find(|(p, _)| *p == id).map(|(_, name)| name.clone());
    let lines = history
        .iter()
        .filter_map(|e| {
            Some(Line {
                who: name(e.person)?,
                stage: frame.t.code("engagement", e.stage),
                since: frame.day(&e.since.day()),
                since_iso: e.since.day().to_string(),
                desk: desks.get(&e.desk).cloned().unwrap_or_default(),
            })
        })
        .collect();
    let wrong = form.has_problems();
    let page = EngagementPage {
        people: known.iter().map(|(id, name)| Choice::new(&form, "person", id, name.clone())).collect(),
        stages: Engagement::ALL
            .iter()
            .map(|s| Choice::new(&form, "stage", s.code(), frame.t.code("engagement", s)))
            .collect(),
        lines,
        head: CaseHead::new(&frame, &loaded, &ctx.viewer),
        form,
        frame,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /cases/{id}/engagement
pub(crate) async fn set(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let frame = req.frame();
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let loaded = views::load(&mut look, id).await?;
    look.close().await?;
    let known: Vec<PersonId> = nameable(&frame.t, &loaded.members).into_iter().map(|(id, _)| id).collect();
    let mut form = req.form();
    let person = form.id_among("person", Need::Required, &known);
    let stage = form.code::<Engagement>("stage", Need::Required);
    let since = form.past_day("since", Need::Required);
    if let Some(day) = since
        && let Err(refusal) = rules::since(day, req.now().day())
    {
        form.problem("since", refusal.key);
    }
    let (Some(person), Some(stage), Some(since), false) = (person, stage, since, form.has_problems()) else {
        return render(&req, form).await;
    };
    let done = flags::take(&req, id, &Step::Engage { person, stage, since }).await?;
    Ok(Answer::to(&link::case_engagement(id), "engagement_set", done.receipt()))
}
