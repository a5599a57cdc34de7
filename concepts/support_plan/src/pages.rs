//! The pages of this concept.

use site::{Access, Page};

use crate::{evaluate, form, print, steps, view};

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases/{id}/plans", Access::WORKERS, view::list),
        Page::get("/cases/{id}/plans/new", Access::WORKERS, form::new),
        Page::post("/cases/{id}/plans/new", Access::WORKERS, form::create),
        Page::get("/plans/{id}", Access::WORKERS, view::show),
        Page::get("/plans/{id}/edit", Access::WORKERS, form::edit),
        Page::post("/plans/{id}/edit", Access::WORKERS, form::save),
        Page::get("/plans/{id}/evaluate", Access::WORKERS, evaluate::show),
        Page::post("/plans/{id}/evaluate", Access::WORKERS, evaluate::evaluate),
        Page::get("/plans/{id}/print", Access::WORKERS, print::show),
        Page::post("/plans/{id}/{step}", Access::WORKERS, steps::step),
    ]
}
