//! The pages of this concept.

use std::sync::Arc;

use access::Role;
use engine::Fail;
use site::{Access, Answer, Page, Req, link};
use words::id::ThingId;

use crate::rules::Step;
use crate::{acts, choose, homes, views};

/// The pages.
pub fn pages() -> Vec<Page> {
    let workers = Access::Role(&[Role::Caseworker, Role::AgencyLead, Role::Coordinator]);
    vec![
        Page::get(link::SAME, workers, views::list),
        Page::get("/same/{id}", workers, views::show),
        Page::get("/same/{id}/homes", workers, homes::show),
        Page::post("/same/{id}/homes", workers, homes::say),
        Page::post("/same/{id}/propose", workers, propose),
        Page::post("/same/{id}/confirm", workers, confirm),
        Page::post("/same/{id}/other", workers, other),
        Page::post("/same/{id}/back", workers, back),
        Page::get("/persons/{id}/same", workers, choose::show),
        Page::post("/persons/{id}/same", workers, choose::choose),
        Page::post("/persons/{id}/same/search", workers, choose::search),
    ]
}

async fn say(req: &Req, step: Step, done: &str) -> Result<Answer, Fail> {
    let id: ThingId = req.id("id")?;
    let receipt = match acts::say(req, &req.envelope(), id, step).await {
        Ok(receipt) => receipt,
        // Somebody said something first: what stands now is on the page of the pair.
        Err(Fail::Stale) => return views::again(req, id, ("same.said_since", 409)).await,
        Err(Fail::Refused(refusal)) if refusal.key.starts_with("same.") => {
            let status = if refusal.conflict { 409 } else { 422 };
            return views::again(req, id, (refusal.key, status)).await;
        }
        Err(other) => return Err(other),
    };
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
