//! # Urgent looks (緊急の保護)
//!
//! Somebody stands before a danger to life, body or property and no basis lets them see what another desk knows. They first
//! say why: a reason code and words. Only then they can look for somebody, by name together with birth date or address;
//! a name alone never answers. A hit opens the case for a short time (24 hours unless the municipality set another);
//! a miss answers what absence answers, whether there is nothing or nothing for this person.
//!
//! - Reason → look-ups → looks. A reason serves one hour; a person has so many look-ups a day, and sees how many are left.
//! - Each look tells the desks whose case it is, at once: a task until the next business day, in which they say whether they
//!   know why. Each look is reviewed by somebody else, with a date: justified, not justified, or a talk with the desk first.
//!   A desk that doubts it after that opens the review again: no doubt is said to nobody.
//! - It ends by itself: no job runs for it. Whoever opened it can end it before. It is theirs alone, through the desk they
//!   opened it for: a seat that ends closes it.
//! - A case that is closed, a person who dies or moves, change nothing of a look: it ends at its time, and its tasks are
//!   promises of their own, not the case's. A desk that ends passes its notice to its heir. A review belongs to the
//!   auditors; while there is none it falls to a coordinator, then to a lead of the desk that was looked at, and goes back
//!   when there is an auditor again ([`watch`]).
//!
//! Invariant: nothing is looked for before a reason stands.
//! Invariant: what was typed to find somebody is kept nowhere; words of reasons and reviews are kept apart from the log.
//! Invariant: nobody reviews their own look.
//! Invariant: what a look shows is decided by [`access::decide`] alone; this concept only writes the fact.

mod acts;
mod figures;
mod pages;
mod review;
mod rules;
mod sql;
mod watch;

pub use pages::pages;
pub use rules::{Answer, Outcome, Reason, ReviewState, TryOutcome};
pub use watch::watch;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
