//! The pages of this concept.

use site::{Access, Page};

use crate::{contact, question};

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/capacity", Access::WORKERS, question::list),
        Page::get("/cases/{id}/capacity", Access::WORKERS, question::new),
        Page::post("/cases/{id}/capacity", Access::WORKERS, question::create),
        Page::get("/capacity/{id}", Access::WORKERS, question::show),
        Page::post("/capacity/{id}/{step}", Access::WORKERS, question::step),
        Page::get("/contacts/new", Access::WORKERS, contact::new),
        Page::post("/contacts/new", Access::WORKERS, contact::create),
        Page::get("/contacts/sent", Access::WORKERS, contact::sent),
        Page::get("/contacts/mine", Access::WORKERS, contact::mine),
        Page::post("/contacts/mine/end", Access::WORKERS, contact::take_back),
        Page::get("/contacts/{id}", Access::WORKERS, contact::show),
        Page::post("/contacts/{id}/{outcome}", Access::WORKERS, contact::answer),
    ]
}
