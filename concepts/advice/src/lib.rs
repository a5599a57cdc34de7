//! # Advice (支援者支援)
//!
//! A question to a colleague of another desk, or to a coordinator, without a person in it: how do others do this, whom
//! would you ask, what comes to your mind? No case, no household, no name: the texts are checked for personal data before they are
//! stored, the same as community issues (disclosure rule 11), and a text with a name in it is not stored at all.
//!
//! Asked → advised | not for us | withdrawn; then thanked and closed. Each is a task for whoever owes it. How many, about what and
//! how soon is counted for the yearly review; the figures name nobody.
//!
//! Why texts are no entries here: an entry is about somebody.

mod acts;
mod links;
mod pages;
mod rules;
mod sql;
mod traces;
mod view;

pub use acts::about_somebody;
pub use links::links;
pub use pages::pages;
pub use rules::{CasesOf, Helpful, Outcome, Sensed, names_somebody, real_numbers, sense};
pub use traces::{Traces, named, said, traces};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
