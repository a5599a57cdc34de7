//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::view;

/// The pages.
pub fn pages() -> Vec<Page> {
    let askers = Access::Role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator]);
    let figures = Access::Role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]);
    vec![
        Page::get("/advice", askers, view::list),
        Page::get("/advice/new", askers, view::new),
        Page::post("/advice/new", askers, view::create),
        Page::get("/advice/{id}", askers, view::show),
        Page::post("/advice/{id}/{step}", askers, view::step),
        Page::get("/flow/advice", figures, view::figures),
    ]
}
