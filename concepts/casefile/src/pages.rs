//! Pages of cases.

mod access;
mod ahead;
mod caution;
mod end;
mod engagement;
mod lead;
mod list;
mod overview;
mod print;
mod theme;
mod timeline;

use ::access::Role;
pub(crate) use list::{cursor, names};
use site::{Access, Page, link};

use crate::themes;

/// The pages. `/cases/{id}/referrals` and `/cases/{id}/refer` are those of the referral concept, those of
/// consents and of who can see the case are those of `agreement`.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases", Access::WORKERS, list::list),
        Page::get("/cases/{id}", Access::WORKERS, overview::show),
        Page::get("/cases/{id}/entries", Access::WORKERS, timeline::show),
        Page::post("/cases/{id}/entries", Access::WORKERS, timeline::write),
        Page::get("/cases/{id}/access", Access::WORKERS, access::show),
        Page::get(link::THEMES, Access::Role(&[Role::Administrator]), themes::show),
        Page::post(link::THEMES, Access::Role(&[Role::Administrator]), themes::save),
        Page::get("/cases/{id}/cautions", Access::WORKERS, caution::show),
        Page::post("/cases/{id}/cautions", Access::WORKERS, caution::set),
        Page::post("/cases/{id}/cautions/{caution}/{step}", Access::WORKERS, caution::step),
        Page::get("/cases/{id}/engagement", Access::WORKERS, engagement::show),
        Page::post("/cases/{id}/engagement", Access::WORKERS, engagement::set),
        Page::get("/cases/{id}/lead", Access::WORKERS, lead::show),
        Page::post("/cases/{id}/lead", Access::WORKERS, lead::propose),
        Page::post("/cases/{id}/lead/{lead}/{step}", Access::WORKERS, lead::step),
        Page::post("/cases/{id}/themes", Access::WORKERS, theme::say),
        Page::get("/cases/{id}/end", Access::WORKERS, end::show),
        Page::post("/cases/{id}/end", Access::WORKERS, end::end),
        Page::post("/cases/{id}/reopen", Access::WORKERS, end::reopen),
        Page::get("/cases/{id}/print", Access::WORKERS, print::show),
    ]
}
