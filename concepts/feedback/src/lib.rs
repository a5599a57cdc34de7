//! # Feedback (その後)
//!
//! Everything sent comes back (domain section 2.4): the sender of a referral, and whoever noticed first, learn
//! what became of it. It is owed as a task until it is given.
//!
//! What is given has two parts. One line from a closed list names nobody and always arrives. Words arrive only
//! under a basis: an article, or a consent in force that names the addressee.
//!
//! Invariant: a liaison learns of their own sheets and of nothing else.

mod pages;
mod rules;
mod sql;

pub use pages::pages;
pub use rules::{GivenBasis, Outcome, field_of};
pub use sql::{Given, Owed, give, owe, told, unread};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
