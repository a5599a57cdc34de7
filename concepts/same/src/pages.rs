//! The pages of this concept.

use std::sync::Arc;

use access::Role;
use engine::Fail;
use site::{Access, Answer, Page, Req, link};
use words::id::ThingId;

use crate::rules::Step;
use crate::{acts, views};

/// The pages.
pub fn pages() -> Vec<Page> {
    let workers = Access::Role(&[Role::Caseworker, Role::AgencyLead, Role::Coordinator]);
    vec![
        Page::get(link::SAME, workers, views::list),
        Page::get("/same/{id}", workers, views::show),
        Page::post("/same/{id}/propose", workers, propose),
        Page::post("/same/{id}/confirm", workers, confirm),
        Page::post("/same/{id}/other", workers, other),
        Page::post("/same/{id}/back", workers, back),
    ]
}

async fn say(req: &Req, step: Step, done: &str) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let receipt = acts::say(req, id, step).await?;
    Ok(Answer::to(&link::same(id), done, receipt))
}

/// POST /same/{id}/propose
async fn propose(req: Arc<Req>) -> Result<Answer, Fail> {
    say(&req, Step::Propose, "same_proposed").await
}

/// POST /same/{id}/confirm
async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    say(&req, Step::Confirm, "same_linked").await
}

/// POST /same/{id}/other
async fn other(req: Arc<Req>) -> Result<Answer, Fail> {
    say(&req, Step::Other, "same_other").await
}

/// POST /same/{id}/back
async fn back(req: Arc<Req>) -> Result<Answer, Fail> {
    say(&req, Step::Back, "same_back").await
}
