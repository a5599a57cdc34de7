//! Saving a search, and throwing it away. Running one is the search page's.

use std::sync::Arc;

use access::Role;
use engine::{Channel, Fail, Receipt, Refusal};
use site::{Access, Answer, Fields, Need, Page, Req, link};
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
        Page::post("/search/saved", Access::WORKERS, save),
        Page::post("/search/saved/{id}/delete", Access::WORKERS, forget),
        Page::get(link::SAVED_SEARCHES, Access::Role(&[Role::Administrator]), settings::show),
        Page::post(link::SAVED_SEARCHES, Access::Role(&[Role::Administrator]), settings::save),
    ]
}

fn own() -> Receipt {
    Receipt::nothing_personal("a saved search is its author's own")
}

/// POST /search/saved
async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    if !req.body().with_my_number().is_empty() {
        return Err(Refusal::new("text.my_number").into());
    }
    let mut form = req.form();
    let name = form.line("name", Need::Optional, NAME_MAX);
    if form.has_problems() {
        return Err(Refusal::new("finding.name_needed").arg("max", NAME_MAX).into());
    }
    // Without a name it is called what was looked for.
    let name = if name.is_empty() { form.value("q").chars().take(NAME_MAX).collect() } else { name };
    if name.trim().is_empty() {
        return Err(Refusal::new("finding.name_needed").arg("max", NAME_MAX).into());
    }
    let kept = req.body().pairs().iter().filter(|(n, v)| KEPT.contains(&n.as_str()) && !v.is_empty());
    let fields = Fields::from_pairs(kept.cloned().collect());
    if fields.encode().len() > BODY_MAX {
        return Err(Refusal::new("finding.too_long").into());
    }
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let there = sql::saved(&mut look.conn(), ctx.viewer.municipality, ctx.viewer.user).await?;
    look.close().await?;
    if there.len() >= sql::MOST_SAVED && there.iter().all(|s| s.name != name) {
        return Err(Refusal::new("finding.too_many").arg("max", sql::MOST_SAVED).into());
    }
    // Private words are nobody's record: kept without a command (docs/decisions/0014). Sent twice, it is one.
    let mut act = ctx.aside(&req.envelope()).await?;
    sql::keep(&mut act, req.envelope().command.cast(), &name, &fields).await?;
    act.commit("").await?;
    Ok(Answer::to(link::SEARCH, "search_saved", own()))
}

/// POST /search/saved/{id}/delete
async fn forget(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let mut act = req.ctx()?.aside(&req.envelope()).await?;
    sql::forget(&mut act, id).await?;
    act.commit("").await?;
    Ok(Answer::to(link::SEARCH, "search_forgotten", own()))
}
