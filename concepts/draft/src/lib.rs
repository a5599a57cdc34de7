//! # Draft (下書き)
//!
//! What is being typed and has not been sent: private to its author (domain section 4.1), kept while they type, there
//! again after a crash of browser or server, and gone with the transaction that saves what it was for.
//!
//! A draft carries the command id of its form, so that a draft opened in two places and sent from both is still one
//! record; a save that comes after the sending brings nothing back.
//!
//! Invariant: nobody but its author learns that a draft exists.
//! Invariant: its author reads it as long as they sit at the desk it was begun at, or at its heir; afterwards they learn how many there are.
//! Invariant: a draft is no record: it has no command and no provenance, and nothing points to it
//! (`docs/decisions/0014`).

mod form;
mod pages;
mod rules;
mod sql;

pub use form::{Opened, reopened, sent};
pub use pages::{MOST_BYTES, pages};
pub use sql::{Draft, DraftKind, by_id, delete};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
