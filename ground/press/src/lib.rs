//! # Press
//!
//! Turns a [`paper::Document`] into a file: a PDF (typeset by typst, inside this process, with the fonts of this crate) or a
//! spreadsheet.
//!
//! - [`pdf`] gives the same bytes for the same document: it knows no clock, no file system and no network. Lines are broken
//!   as Japanese is (no 。 at a line's beginning, no 「 at its end); rare kanji (𠮷, 髙) and variants (IVS) are drawn from the
//!   font that has them. The file is tagged and says its language and title; it is not claimed to be PDF/A.
//! - [`xlsx`] gives the questions and answers of the same document in rows, where offices retype.
//!
//! Words of a document never become part of the typesetting language: `form.typ` is one fixed text that reads the document as
//! data (`words.rs` says how), so there is nothing to escape and nothing to get wrong.
//!
//! Invariant: no text in a document makes this fail; only a drawing that is no SVG does.

mod table;
mod words;
mod world;

pub use table::xlsx;
pub use words::prepared;
pub use world::{NotSet, pdf, typeset};

#[cfg(test)]
mod words_test;
