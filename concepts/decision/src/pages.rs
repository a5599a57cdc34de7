//! The pages of this concept.

use site::{Access, Page};

use crate::{doubt, forms, own, view};

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        // Coordinators, and whoever runs a matter in their place: which, is asked of each.
        Page::get("/matters/{id}/decide", Access::WORKERS, forms::show),
        Page::post("/matters/{id}/decide", Access::WORKERS, forms::decide),
        Page::get("/cases/{id}/decide", Access::WORKERS, own::show),
        Page::post("/cases/{id}/decide", Access::WORKERS, own::decide),
        Page::get("/decisions/{id}", Access::WORKERS, view::show),
        Page::post("/decisions/{id}/void", Access::WORKERS, view::void),
        Page::post("/decisions/{id}/confirm", Access::WORKERS, doubt::confirm),
    ]
}
