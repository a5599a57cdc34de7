//! Saving a search, and throwing it away. Running one, and saying what is wrong with one, is the search page's.

use std::sync::Arc;

use access::Role;
use engine::{Channel, Fail, Receipt};
use site::{Access, Answer, Fields, Form, Need, Page, Req, link};
use words::id::ThingId;

use crate::{settings, sql};

/// Longest name of a saved search, and most of what is kept of one.
const NAME_MAX: usize = 40;
const BODY_MAX: usize = 2_000;

/// What is kept: what was looked for, not what belongs to one sending.
const KEPT: &[&str] = &["q", "kind", "desk", "from", "to", "open"];

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::post("/search/saved/{id}/delete", Access::WORKERS, forget),
        Page::get(link::SAVED_SEARCHES, Access::Role(&[Role::Administrator]), settings::show),
        Page::post(link::SAVED_SEARCHES, Access::Role(&[Role::Administrator]), settings::save),
    ]
}

fn own() -> Receipt {
    Receipt::nothing_personal("a saved search is its author's own")
}

/// Saves what a form asks for under the name typed beside it. What is wrong is noted at the name, so that the page of the search shows
/// it there with everything that was typed; whether it was saved.
pub async fn save(req: &Req, form: &mut Form) -> Result<bool, Fail> {
    let name = form.line("name", Need::Optional, NAME_MAX);
    // Without a name it is called what was looked for.
    let name = if name.is_empty() { form.value("q").chars().take(NAME_MAX).collect() } else { name };
    if name.trim().is_empty() {
        form.problem_with("name", "finding.name_needed", vec![("max", NAME_MAX.to_string())]);
    }
    let kept = req.body().pairs().iter().filter(|(n, v)| KEPT.contains(&n.as_str()) && !v.is_empty());
    let fields = Fields::from_pairs(kept.cloned().collect());
    if fields.encode().len() > BODY_MAX {
        form.problem("name", "finding.too_long");
    }
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let there = sql::saved(&mut look.conn(), ctx.viewer.municipality, ctx.viewer.user).await?;
    look.close().await?;
    if there.len() >= sql::MOST_SAVED && there.iter().all(|s| s.name != name) {
        form.problem_with("name", "finding.too_many", vec![("max", sql::MOST_SAVED.to_string())]);
    }
    if form.has_problems() {
        return Ok(false);
    }
    // Private words are nobody's record: kept without a command (docs/decisions/0014). Sent twice, it is one.
    let mut act = ctx.aside(&req.envelope()).await?;
    sql::keep(&mut act, req.envelope().command.cast(), &name, &fields).await?;
    act.commit("").await?;
    Ok(true)
}

/// POST /search/saved/{id}/delete
async fn forget(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut act = req.ctx()?.aside(&req.envelope()).await?;
    sql::forget(&mut act, id).await?;
    act.commit("").await?;
    Ok(Answer::to(link::SEARCH, "search_forgotten", own()))
}
