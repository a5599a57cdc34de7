//! # Words
//!
//! The vocabulary every concept shares: typed ids, time, code tables, dates as people in a Japanese town
//! hall write them, names in any spelling, and text parsed at the edge.
//!
//! Invariant: nothing here does I/O, reads a clock or draws a random number.
//! Invariant: what a person typed is kept exactly; folding is only ever for finding (domain section 6).

pub mod address;
pub mod bigram;
pub mod calendar;
pub mod case_number;
pub mod clock;
pub mod code;
mod date_text;
pub mod fold;
pub mod id;
pub mod input;
pub mod kana;
pub mod mention;
pub mod mynumber;
pub mod name;
pub mod numerals;
pub mod partial;
pub mod time;
pub mod variants;
pub mod wareki;

pub use id::Id;
pub use time::{Day, Instant};
