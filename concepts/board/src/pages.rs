//! The pages of this concept.

use site::{Access, Page};

use crate::forms;

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases/{id}/board", Access::WORKERS, forms::show),
        Page::post("/cases/{id}/board", Access::WORKERS, forms::add),
        Page::get("/cases/{id}/board/{need}", Access::WORKERS, forms::one),
        Page::post("/cases/{id}/board/{need}/{step}", Access::WORKERS, forms::step),
    ]
}
