//! # Attachment
//!
//! A file that belongs to a record: the scanned form of a consent, later whatever belongs to a case. It carries the persons
//! it is about and its categories like any text, so whoever fetches it needs a basis for all of it, and fetching it is in
//! the access log like any look (disclosure rule 3; channel "attachment").
//!
//! PDF, JPEG and PNG only, told by their content and not by their name; at most five megabytes; no 個人番号 in the name. It is
//! handed out as a file to be kept, never shown inside a page, but for what lies before a conference. Of a photograph only the picture is kept, not where it was taken.
//!
//! Invariant: the bytes leave storage only for an attachment that was disclosed.
//! Files of a text (a photograph, a scanned letter) are about the same people with the same categories as the text, also as it is
//! marked today: whoever may not read it finds none of its files.
//!
//! A picture of a text that was confided to a conference is shown inside of its page, with the text and to whoever reads it there
//! ([`pictures`], [`picture`]); as a file it is nobody's.
//!
//! What is taken is checked by kind, size and active content, and handed out as a file. No virus scanner comes with the program; where the
//! town has one ([`site::scan`]), nothing is taken that it has not passed.
//!
//! Invariant: nothing of it is changed. One that was put there by mistake is taken out of sight and kept.

mod clean;
mod files;
mod pages;
mod rules;
mod sql;

pub use clean::without_origin;
pub use pages::{pages, take};
pub use rules::{MOST_BYTES, MediaType, Taken, check};
pub use sql::{Attachment, NewAttachment, add, by_ids, of_records, picture, pictures, text_of, void};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
