//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::{forms, own, view};

/// The pages.
pub fn pages() -> Vec<Page> {
    let coordinators = Access::Role(&[Role::Coordinator]);
    vec![
        Page::get("/matters/{id}/decide", coordinators, forms::show),
        Page::post("/matters/{id}/decide", coordinators, forms::decide),
        Page::get("/cases/{id}/decide", Access::WORKERS, own::show),
        Page::post("/cases/{id}/decide", Access::WORKERS, own::decide),
        Page::get("/decisions/{id}", Access::WORKERS, view::show),
        Page::post("/decisions/{id}/void", Access::WORKERS, view::void),
    ]
}
