//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::{figures, lists, print, send, view};

/// The pages.
pub fn pages() -> Vec<Page> {
    let figure_readers = Access::Role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]);
    vec![
        Page::get("/inquiries", Access::WORKERS, lists::list),
        Page::get("/inquiries/new", Access::WORKERS, send::new),
        Page::post("/inquiries/new", Access::WORKERS, send::create),
        Page::get("/inquiries/{id}", Access::WORKERS, view::show),
        Page::get("/inquiries/{id}/print", Access::WORKERS, print::letter),
        Page::get("/inquiries/{id}/result", Access::WORKERS, print::answer),
        Page::post("/inquiries/{id}/{step}", Access::WORKERS, view::step),
        Page::get("/cases/{id}/inquiries", Access::WORKERS, lists::of_case),
        Page::get("/flow/inquiries", figure_readers, figures::show),
    ]
}
