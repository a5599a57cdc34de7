//! The pages of consents.

use site::{Access, Page};

use crate::{aside, ended, exclusion, holders, list, missing, new, one, receipt, request};

/// A form with a file: the file, and what else is typed.
const WITH_FILE: usize = attachment::MOST_BYTES + 256 * 1024;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases/{id}/consents", Access::WORKERS, list::show),
        Page::get("/cases/{id}/consents/new", Access::WORKERS, new::show),
        Page::post("/cases/{id}/consents/new", Access::WORKERS, new::write).takes_files(WITH_FILE),
        Page::get("/cases/{id}/consents/asked/{request}", Access::WORKERS, request::show),
        Page::post("/cases/{id}/consents/asked/{request}/refuse", Access::WORKERS, request::refuse),
        Page::post("/cases/{id}/consents/asked/{request}/drop", Access::WORKERS, request::drop),
        Page::get("/cases/{id}/consents/{consent}", Access::WORKERS, one::show),
        Page::post("/cases/{id}/consents/{consent}/papers", Access::WORKERS, one::attach)
            .takes_files(WITH_FILE),
        Page::post("/cases/{id}/consents/{consent}/papers/remove", Access::WORKERS, one::detach),
        Page::post("/cases/{id}/consents/{consent}/died", Access::WORKERS, one::died),
        Page::post("/cases/{id}/consents/{consent}/error", Access::WORKERS, one::error),
        Page::get("/cases/{id}/consents/{consent}/receipt", Access::WORKERS, receipt::show),
        Page::get("/cases/{id}/consents/{consent}/holders", Access::WORKERS, holders::show),
        Page::get("/cases/{id}/consents/{consent}/withdraw", Access::WORKERS, holders::confirm),
        Page::post("/cases/{id}/consents/{consent}/withdraw", Access::WORKERS, holders::withdraw),
        Page::get("/cases/{id}/consents/{consent}/carry", Access::WORKERS, ended::form),
        Page::post("/cases/{id}/consents/{consent}/carry", Access::WORKERS, ended::carry),
        Page::get("/cases/{id}/set-aside", Access::WORKERS, aside::show),
        Page::post("/cases/{id}/set-aside", Access::WORKERS, aside::set),
        Page::post("/cases/{id}/set-aside/end", Access::WORKERS, aside::end),
        Page::get("/cases/{id}/exclusions/new", Access::WORKERS, exclusion::new),
        Page::post("/cases/{id}/exclusions/new", Access::WORKERS, exclusion::choose),
        Page::post("/cases/{id}/exclusions", Access::WORKERS, exclusion::exclude),
        Page::post("/cases/{id}/exclusions/end", Access::WORKERS, exclusion::include),
        Page::get("/consents/missing", Access::WORKERS, missing::show),
        Page::get("/consents/ended", Access::WORKERS, ended::list),
    ]
}
