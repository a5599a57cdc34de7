//! The pages of this concept.

use site::{Access, Page};

use crate::forms;

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases/{id}/participation", Access::WORKERS, forms::list),
        Page::post("/cases/{id}/participation", Access::WORKERS, forms::begin),
        Page::get("/cases/{id}/participation/{match}", Access::WORKERS, forms::one),
        Page::post("/cases/{id}/participation/{match}/{step}", Access::WORKERS, forms::step),
    ]
}
