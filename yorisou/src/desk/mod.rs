//! The pages that cross concepts: today's work, one task, what nobody holds, search, and the record of looks.
//! They compose what the concepts offer; a rule that turns up here belongs in a concept.

mod audit;
mod bulk;
mod calendar;
mod names;
mod nobody;
mod papers;
mod rows;
mod search;
mod tasks;
mod timeline;
mod today;

use access::Role;
use site::{Access, Page};

/// The sentences of these pages.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../../text/ja.toml"), en: include_str!("../../text/en.toml") };

/// The pages.
pub fn pages() -> Vec<Page> {
    const WATCHERS: Access = Access::Role(&[Role::AgencyLead, Role::Coordinator]);
    const SITS: Access = Access::Role(&[
        Role::Liaison,
        Role::Caseworker,
        Role::AgencyLead,
        Role::Coordinator,
        Role::CommitteeMember,
        Role::Secretariat,
    ]);
    const AUDITORS: Access = Access::Role(&[Role::PrivacyAuditor]);
    vec![
        Page::get("/", Access::SignedIn, today::today),
        Page::get("/calendar", SITS, calendar::show),
        Page::post("/tasks/bulk", Access::WORKERS, bulk::send),
        Page::get("/tasks/bulk/{id}", Access::WORKERS, bulk::show),
        Page::post("/tasks/bulk/{id}/undo", Access::WORKERS, bulk::undo),
        Page::post("/tasks/changes/{id}/undo", Access::WORKERS, tasks::undo),
        Page::get("/tasks/{id}", Access::WORKERS, tasks::show),
        Page::post("/tasks/{id}/assign", Access::WORKERS, tasks::assign),
        Page::post("/tasks/{id}/postpone", Access::WORKERS, tasks::postpone),
        Page::post("/tasks/{id}/done", Access::WORKERS, tasks::done),
        Page::get("/cases/{id}/timeline", Access::WORKERS, timeline::show),
        Page::get("/nobody", WATCHERS, nobody::nobody),
        Page::get("/papers", SITS, papers::list),
        Page::get("/papers/{key}", SITS, papers::show),
        Page::get("/search", Access::WORKERS, search::form),
        Page::post("/search", Access::WORKERS, search::search),
        Page::post("/search/saved", Access::WORKERS, search::save),
        Page::get("/audit", AUDITORS, audit::audit),
        Page::post("/audit", AUDITORS, audit::narrowed),
    ]
}
