//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::view;

/// The pages.
pub fn pages() -> Vec<Page> {
    let coordinators = Access::Role(&[Role::Coordinator]);
    vec![
        Page::get("/overlaps", coordinators, view::list),
        Page::get("/overlaps/{id}", coordinators, view::show),
        Page::post("/overlaps/{id}/dismiss", coordinators, view::dismiss),
    ]
}
