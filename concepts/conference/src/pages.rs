//! The pages of this concept.

use access::Role;
use site::{Access, Page, link};

use crate::{ask, deputy, list, office, open, page, pictures, positions, release, steps, wording};

/// Whoever keeps the table of positions.
const ADMIN: Access = Access::Role(&[Role::Administrator]);
/// Whoever can be a member. That somebody is one is asked of each matter.
const SITTERS: Access = Access::Role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator]);

/// Whoever can name a deputy: administrators, and everybody who can chair a body. That they do is asked of each matter.
const NAMERS: Access = Access::Role(&[
    Role::Administrator,
    Role::Liaison,
    Role::Caseworker,
    Role::AgencyLead,
    Role::Coordinator,
    Role::CommitteeMember,
    Role::Secretariat,
]);

/// A form with one picture.
const WITH_FILE: usize = attachment::MOST_BYTES + 64 * 1024;

/// The pages.
pub fn pages() -> Vec<Page> {
    let coordinators = Access::Role(&[Role::Coordinator]);
    vec![
        Page::get("/matters", SITTERS, list::list),
        Page::get("/matters/new", coordinators, open::new),
        Page::post("/matters/new", coordinators, open::create),
        Page::get("/matters/{id}", SITTERS, page::show),
        Page::get("/matters/{id}/release", Access::WORKERS, release::show),
        Page::get("/matters/{id}/office", Access::WORKERS, office::show),
        Page::get("/matters/{id}/pictures/{picture}", SITTERS, pictures::show),
        Page::post("/matters/{id}/{step}", SITTERS, steps::step).takes_files(WITH_FILE),
        Page::post("/cases/{id}/ask-matter", SITTERS, ask::send),
        Page::get("/admin/positions", ADMIN, positions::show),
        Page::get("/admin/positions/new", ADMIN, wording::new),
        Page::post("/admin/positions/new", ADMIN, wording::add),
        Page::post("/admin/positions/take-back", ADMIN, wording::take_back),
        Page::post("/admin/positions/verify", ADMIN, wording::verify),
        Page::get(link::DEPUTIES, NAMERS, deputy::show),
        Page::post(link::DEPUTIES, NAMERS, deputy::name),
    ]
}
