//! The pages of this concept.

pub(crate) mod circulation;
pub(crate) mod comments;
pub(crate) mod coverage;
pub(crate) mod edit;
pub(crate) mod material;
pub(crate) mod office;
pub(crate) mod paper;
pub(crate) mod read;
pub(crate) mod settings;
pub(crate) mod sheet;
pub(crate) mod show;

use access::Role;
use engine::Receipt;
use site::{Access, Page};

/// Whoever can be a member of a body or be invited.
const SITS: Access = Access::Role(&[
    Role::Liaison,
    Role::Caseworker,
    Role::AgencyLead,
    Role::Coordinator,
    Role::CommitteeMember,
    Role::Secretariat,
]);

/// Whoever can run a session.
const RUNS: Access =
    Access::Role(&[Role::Caseworker, Role::AgencyLead, Role::Coordinator, Role::Secretariat]);

/// A form with one file.
const WITH_FILE: usize = attachment::MOST_BYTES + 64 * 1024;

/// The pages.
pub fn pages() -> Vec<Page> {
    let counts = Access::Role(&[Role::AgencyLead, Role::Coordinator, Role::Analyst]);
    let admin = Access::Role(&[Role::Administrator]);
    vec![
        Page::get("/sessions/{id}/minutes", SITS, read::show),
        Page::get("/sessions/{id}/minutes/edit", RUNS, edit::show),
        Page::post("/sessions/{id}/minutes/edit", RUNS, edit::write),
        Page::get("/sessions/{id}/minutes/comments", SITS, comments::show),
        Page::post("/sessions/{id}/minutes/comments", SITS, comments::say),
        Page::post("/sessions/{id}/minutes/comments/{comment}", RUNS, comments::answer),
        Page::get("/sessions/{id}/minutes/print", SITS, sheet::print),
        Page::get("/sessions/{id}/minutes/public", SITS, sheet::public),
        Page::post("/sessions/{id}/minutes/{step}", RUNS, office::step),
        Page::get("/sessions/{id}/materials", SITS, material::show),
        Page::post("/sessions/{id}/materials", RUNS, material::add).takes_files(WITH_FILE),
        Page::post("/sessions/{id}/materials/{step}", RUNS, material::step).takes_files(WITH_FILE),
        Page::get("/materials/{id}/{version}", SITS, material::fetch),
        Page::get("/sessions/{id}/circulation", SITS, circulation::list),
        Page::post("/sessions/{id}/circulation", RUNS, circulation::send),
        Page::get("/circulation/{id}", SITS, circulation::show),
        Page::get("/circulation/{id}/print", SITS, circulation::print),
        Page::post("/circulation/{id}/{step}", SITS, circulation::step),
        Page::get("/flow/circulation", counts, coverage::show),
        Page::get("/admin/minutes", admin, settings::show),
        Page::post("/admin/minutes", admin, settings::set),
    ]
}

/// The command was done before.
pub(crate) fn before() -> Receipt {
    Receipt::nothing_personal("the command was done before; nothing is shown")
}
