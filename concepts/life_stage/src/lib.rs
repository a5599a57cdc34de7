//! # Life stages (節目)
//!
//! Where one support ends and another must begin: entering school, leaving junior high school, 18, 20, 40, 65, the end of a
//! child-protection case, leaving care. Months before, each municipality says how many, the desk that answers for the case gets a task
//! with what to do; from there the way leads to a referral.
//!
//! - By birth: made by a job, once for each person and stage. Somebody who died or left the household, and a case that is closed, get
//!   none; what was made already is taken back. A corrected birth date makes it anew. With only a year or a month known, the earliest
//!   day counts, and the page says so.
//! - Written down: what no birthday says. It stays with the desk that wrote it, which has its own record to rest on. It shows however far
//!   ahead it lies, has a page of its own, and whoever's desk wrote it corrects its day or takes it back, with a reason; how it was is kept.
//!
//! The task says that something lies ahead, not of whom and not what: that is shown to whoever may know the person (disclosure
//! rule 3). The review of a minor's consent at 18 is the agreement's own task; the page links to it.

mod admin;
mod change;
mod list;
mod page;
mod rules;
mod settings;
mod sql;
mod watch;
mod write;

use access::Role;
use site::{Access, Page};

pub use rules::{Stage, When, Why, due, is_time, months_before, when};
pub use watch::watch;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    let admins = Access::Role(&[Role::Administrator]);
    vec![
        Page::get("/stages", Access::WORKERS, list::list),
        Page::get("/stages/new", Access::WORKERS, write::new),
        Page::post("/stages/new", Access::WORKERS, write::create),
        Page::get("/stages/{id}", Access::WORKERS, page::show),
        Page::post("/stages/{id}/done", Access::WORKERS, write::done),
        Page::post("/stages/{id}/day", Access::WORKERS, change::day),
        Page::post("/stages/{id}/take-back", Access::WORKERS, change::take_back),
        Page::get("/admin/stages", admins, admin::show),
        Page::post("/admin/stages", admins, admin::save),
    ]
}

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
