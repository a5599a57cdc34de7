//! # Finding (さがす)
//!
//! What belongs to looking for something, beside the search itself: searches that somebody saved, and the records they opened
//! last. What is found is each concept's own; the page that puts it together is `yorisou/src/desk/search.rs`.
//!
//! A saved search holds words about people. It is private to whoever saved it, like a draft: no command, no provenance, nothing
//! points to it; deleted by a button, and by itself when it was not used for so many days as the municipality
//! has set ([`forget_old`], docs/decisions/0023).
//!
//! Invariant: nobody but its author learns that a saved search exists.
//! Invariant: what was opened last is decided on again whenever it is shown (disclosure rule 5). It is read out of the access log;
//! nothing further is kept.
//! Invariant: what was looked for last stands in no table: it is the way back to what was found, for some hours
//! ([`site::Req::remember`]).

mod pages;
mod settings;
mod sql;

pub use pages::{pages, save};
pub use sql::{MOST_SAVED, Saved, by_id, forget_old, kept_days, opened_last, saved, used};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
