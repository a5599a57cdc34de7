//! # Sheets
//!
//! The town's forms: their definitions in versions, filling them in, reading and printing them under the version they
//! were written with (domain section 3; ). What a definition is, how it is filled in and shown
//! is [`sheet`]'s matter; here it is stored, guarded and put on pages.
//!
//! - A **definition** has versions: draft → published → retired. What ships with the program is version 1; a town's
//!   own versions follow. A published version never changes.
//! - A **filled sheet** belongs to a case, a consultation or a connecting sheet. Each of its answers is one
//!   [`household::Entry`]: subjects, categories, corrections, disclosure and search are those of every other text.
//! - The **participation sheet** is locked until a conference has decided participation support (R-078, `concepts/decision`). What a
//!   coordinator had noted before conferences were kept here stands.
//! - A **community issue** names nobody: it has no household and no entry, and a checker asks about everything that
//!   looks like personal data before it is kept (disclosure rule 11).
//!
//! Invariant: a sheet is read with the definition and the code tables of the day it was written.
//! Invariant: whoever shapes sheets sees no filled one.

mod acts;
mod edit;
mod listed;
mod pages;
mod paper;
mod rules;
mod sql;
mod view;

pub use crate::paper::blanks;
pub use acts::{Extra, OneAnswer, Place, keep};
pub use listed::dated;
pub use pages::pages;
pub use sql::{Filled, InForce, by_id, in_force, of_connecting, of_consultation, tables_at, version};
pub use view::{
    Choosable, CoreView, FormOf, PartView, ReadPart, Slot, SlotPart, choosable, parts, read_parts, slots,
};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
