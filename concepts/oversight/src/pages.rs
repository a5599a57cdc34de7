//! The pages of this concept.

use access::Role;
use site::{Access, Page};

use crate::{report, unusual};

/// The pages.
pub fn pages() -> Vec<Page> {
    const AUDITORS: Access = Access::Role(&[Role::PrivacyAuditor]);
    const BOTH: Access =
        Access::Role(&[Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::PrivacyAuditor]);
    vec![
        Page::get("/audit/unusual", AUDITORS, unusual::page::show),
        Page::post("/audit/unusual", AUDITORS, unusual::page::review),
        Page::get("/audit/reports", AUDITORS, report::pages::list),
        Page::get("/cases/{id}/reports", Access::WORKERS, report::desk::of_case),
        Page::post("/cases/{id}/reports", Access::WORKERS, report::desk::take),
        Page::get("/consultations/{id}/reports", Access::WORKERS, report::desk::of_consultation),
        Page::post("/consultations/{id}/reports", Access::WORKERS, report::desk::take_of_consultation),
        Page::get("/reports/{id}", BOTH, report::pages::show),
        Page::post("/reports/{id}/withdraw", BOTH, report::desk::withdraw),
        Page::post("/reports/{id}/prepare", AUDITORS, report::pages::prepare),
        Page::post("/reports/{id}/row", AUDITORS, report::pages::row),
        Page::post("/reports/{id}/rest", AUDITORS, report::pages::rest),
        Page::post("/reports/{id}/issue", AUDITORS, report::pages::issue),
        Page::post("/reports/{id}/refuse", AUDITORS, report::pages::refuse),
        Page::get("/reports/{id}/paper", BOTH, report::persons_copy::paper),
        Page::post("/reports/{id}/handed", Access::WORKERS, report::desk::handed),
    ]
}
