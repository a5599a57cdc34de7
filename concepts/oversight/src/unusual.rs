//! Looks that are not as usual: rules, what is read for them, the page.

pub(crate) mod page;
pub mod rules;
mod sql;
