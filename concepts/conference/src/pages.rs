//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::{list, office, open, page, positions, release, steps};

/// Whoever can be a member. That somebody is one is asked of each matter.
const SITTERS: Access = Access::Role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator]);

/// The pages.
pub fn pages() -> Vec<Page> {
    let coordinators = Access::Role(&[Role::Coordinator]);
    vec![
        Page::get("/matters", SITTERS, list::list),
        Page::get("/matters/new", coordinators, open::new),
        Page::post("/matters/new", coordinators, open::create),
        Page::get("/matters/{id}", SITTERS, page::show),
        Page::get("/matters/{id}/release", Access::WORKERS, release::show),
        Page::get("/matters/{id}/office", Access::WORKERS, office::show),
        Page::post("/matters/{id}/{step}", SITTERS, steps::step),
        Page::get("/admin/positions", Access::Role(&[Role::Administrator]), positions::show),
    ]
}
