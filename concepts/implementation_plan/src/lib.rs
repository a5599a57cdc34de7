//! # Implementation plan
//!
//! The published 重層的支援体制整備事業実施計画 and the register are one thing: its five tables are shown and printed
//! from the rows of [`register::plan`], edited on the page, exchanged as spreadsheets, and frozen when made public.
//! Source: requirements; seeds 002 chapter IV, 004 (対象者・対象事業・担当課).
//!
//! - [`rules`]: rows with every name resolved, merged cells, sets and their members, 法定事業.
//! - [`cells`]: a row in the plan's words. [`changes`]: what became different. [`framework`]: 図表4.
//! - [`exchange`]: the tables as a spreadsheet, out and in, the same to the last byte.
//!
//! A crate of its own and not a part of the register: the register says what is so on a day; this says what was made
//! public, how it is laid out, and what became different since. The register does not need to know any of it.
//!
//! Who edits: administrators, who keep the register, and 企画 (`analyst`), who write the plan and review it every year
//! (seeds 002 chapter V). Everybody who is signed in may read it: it is a public document.
//!
//! Invariant: nothing here is about a household.
//! Invariant: a publication never changes.

mod acts;
pub mod cells;
pub mod changes;
pub mod exchange;
pub mod framework;
mod pages;
pub mod rules;
mod sql;

pub use acts::publish;
pub use pages::pages;

/// The sentences of this crate.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
