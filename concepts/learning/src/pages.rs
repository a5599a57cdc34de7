//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::{library, reflect, share, skills};

/// The pages.
pub fn pages() -> Vec<Page> {
    let members = Access::Role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator]);
    let figures = Access::Role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]);
    vec![
        Page::get("/cases/{id}/reflections", Access::WORKERS, reflect::show),
        Page::post("/cases/{id}/reflections", Access::WORKERS, reflect::write),
        Page::get("/reflections/{id}/share", Access::WORKERS, share::form),
        Page::post("/reflections/{id}/share", Access::WORKERS, share::send),
        Page::get("/library", Access::WORKERS, library::list),
        Page::post("/library/similar", Access::WORKERS, library::similar),
        Page::get("/library/{id}", Access::WORKERS, library::show),
        Page::post("/library/{id}/{step}", Access::WORKERS, library::step),
        Page::get("/flow/lessons", figures, library::figures),
        Page::get("/skills", members, skills::list),
        Page::get("/skills/{id}", members, skills::show),
        Page::post("/skills/{id}", members, skills::say),
        Page::post("/skills/{id}/confirm", members, skills::confirm),
    ]
}
