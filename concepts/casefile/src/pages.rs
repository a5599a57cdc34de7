//! Pages of cases.

mod access;
mod consents;
mod end;
mod list;
mod overview;
mod print;
mod timeline;

pub(crate) use list::{cursor, names};
use site::{Access, Page};

/// The pages. `/cases/{id}/referrals` and `/cases/{id}/refer` are those of the referral concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases", Access::WORKERS, list::list),
        Page::get("/cases/{id}", Access::WORKERS, overview::show),
        Page::get("/cases/{id}/entries", Access::WORKERS, timeline::show),
        Page::post("/cases/{id}/entries", Access::WORKERS, timeline::write),
        Page::get("/cases/{id}/access", Access::WORKERS, access::show),
        Page::get("/cases/{id}/consents", Access::WORKERS, consents::show),
        Page::get("/cases/{id}/consents/{consent}/withdraw", Access::WORKERS, consents::confirm),
        Page::post("/cases/{id}/consents/{consent}/withdraw", Access::WORKERS, consents::withdraw),
        Page::post("/cases/{id}/exclusions", Access::WORKERS, consents::exclude),
        Page::post("/cases/{id}/exclusions/end", Access::WORKERS, consents::include),
        Page::get("/cases/{id}/end", Access::WORKERS, end::show),
        Page::post("/cases/{id}/end", Access::WORKERS, end::end),
        Page::post("/cases/{id}/reopen", Access::WORKERS, end::reopen),
        Page::get("/cases/{id}/print", Access::WORKERS, print::show),
    ]
}
