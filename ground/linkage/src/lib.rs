//! # Record linkage (同じ人か)
//!
//! Whether two records are of one person, said as people can check it: field by field, each with its weight. Probabilistic
//! linkage after Fellegi and Sunter, with the slips that Japanese records have: old and new forms of characters, other characters
//! of the same reading, one slip of kana, a family name changed by marriage, an era taken for another, day and month, 丁目 and
//! hyphens. The method, the table of weights and what was measured are in docs/linkage.md.
//!
//! - [`Known`] is what a record says; [`Features`] what is compared of it.
//! - [`Model::score`] compares two and explains itself.
//! - [`lookup_keys`] are the keys by which a database finds whom to compare with.
//! - [`prepare`] and [`link`] do all records of a town at once.
//!
//! Invariant: no I/O, no clock, no chance. The same records give the same answer in whatever order they come.
//! Invariant: the score of two records does not depend on which comes first, and its lines add up to its total.
//! Invariant: nothing here decides that two records are one person: people do.

mod blocks;
mod cluster;
mod common;
mod compare;
mod features;
mod link;
mod model;

pub use blocks::lookup_keys;
pub use compare::{FIELDS, Field, Level};
pub use features::{Features, Known, OtherName, Pool, Sex};
pub use link::{Linked, Pair, link, prepare};
pub use model::{Line, Model, Odds, SHOWN, Scale, Score, TABLE};
