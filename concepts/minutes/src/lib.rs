//! # Minutes (会議録・資料・回覧)
//!
//! What was said in a session of a body: one text for each item of its agenda, typed fast into one field and read as lines (explanation,
//! question, answer, opinion, decision), shown and printed in the style of its body (R-071, R-072; domain section 4.7).
//!
//! `draft` → `comment` (members say what should be otherwise, until a day) → `approved` → `correcting` → `approved` again, as the next
//! edition; every edition keeps the texts it was said of.
//!
//! Who acts: the secretariat of the session writes what is about nobody; what is about a case is written by the secretariat if it
//! may read it: as a pledged member where the conference is confidential. Members comment; a former member looks at the minutes of their
//! own sessions until a day set; for partners without a login the secretariat writes it down.
//!
//! Invariant: words about a case are entries, of its matter or of the case; a reader gets them by the decision in `access` and
//! by no other way. An item that may not be known is there as its number (disclosure rules 2, 8, 13).
//! Invariant: the public version is made of what is about nobody.
//! Invariant: what was recorded (decisions, homework) is typed by nobody again, and an approved edition keeps what it was said of.
//! Invariant: what was typed is kept to the last character, and so is every version of it.

mod acts;
mod heard;
mod hints;
mod lines;
mod opinions;
mod pages;
mod reader;
mod records;
mod rules;
pub mod section;
mod sql;
mod stood;
mod vocabulary;

pub use hints::{Hint, Present, hints, words_otherwise};
pub use lines::{Kind, Line, Outcome, Shown, Style, parse, render, shown};
pub use pages::pages;
pub use reader::looking_on;
pub use rules::{How, Part, State, Taken};
pub use sql::Minutes;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
