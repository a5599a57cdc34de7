//! # Feedback (その後)
//!
//! Everything sent comes back (domain section 2.4): the sender of a referral, and whoever noticed first, learn
//! what became of it. It is owed as a task until it is given.

mod sql;

pub use sql::{Owed, owe};
