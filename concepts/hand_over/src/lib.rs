//! # Hand-over of a caseworker's work (担当の引きつぎ)
//!
//! People move every three to five years. For an appointment that ends, loaded ahead as a transfer, or on demand, a pack holds
//! what somebody carries at a desk: cases, open promises with their dates, how many drafts they have, and words of advice for each case;
//! beside them what whoever visits is warned of (on the screen alone), the last contact, and how far the relation has come.
//! Whoever receives a case says so: then its promises are theirs. Until then it is a task with a date for the desk's lead.
//!
//! A pack lies within one desk. It changes nothing of who may read what: words are entries of the case, with their persons and
//! categories, and each reader needs a basis of their own. Giving a case to another desk is a referral, and never widens a consent.
//!
//! Open → done (everything taken up, or closed, or passed on meanwhile) | withdrawn. No state is a trap: when whoever was named has left,
//! anybody of the desk can take a case up; when the desk ends, its heir can; when whoever goes is gone already, somebody else writes.
//! Begun by whoever goes, or by whoever gives work at the desk; while it is open its last day is corrected. A receipt that was a
//! mistake is taken back by whoever gave it, for some time also the last one, which had ended it: then it is open again.

mod acts;
mod changes;
mod known;
mod page;
mod rules;
mod sql;
mod views;
mod watch;

use site::{Access, Page};

pub use watch::watch;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/handovers", Access::WORKERS, page::list),
        Page::post("/handovers", Access::WORKERS, page::create),
        Page::get("/handovers/{id}", Access::WORKERS, views::show),
        Page::get("/handovers/{id}/print", Access::WORKERS, views::print),
        Page::post("/handovers/{id}/last", Access::WORKERS, changes::last),
        Page::post("/handovers/{id}/give", Access::WORKERS, changes::give_many),
        Page::post("/handovers/{id}/withdraw", Access::WORKERS, page::withdraw),
        Page::get("/handovers/{id}/cases/{case}", Access::WORKERS, page::give_form),
        Page::post("/handovers/{id}/cases/{case}", Access::WORKERS, page::give),
        Page::post("/handovers/{id}/cases/{case}/received", Access::WORKERS, page::receive),
        Page::post("/handovers/{id}/cases/{case}/not-mine", Access::WORKERS, changes::unreceive),
    ]
}

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
