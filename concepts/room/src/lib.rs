//! # Room (会議の部屋)
//!
//! One page for the secretariat, made for typing while people talk: who is there, each item with its notes, decisions, roles as homework,
//! the next date. Every part is a form that works by itself; with the script each field saves
//! itself as a command of its own, says when it did, and keeps in the browser what could not be sent.
//!
//! Members look on: their page asks whether anything they may know has changed, and only then reads it again. That number is made of
//! what the decision in `access` lets them see at that moment, so a consent that is withdrawn takes its words off the page
//! with the next question, and the log has a row for what was shown, not for every question.
//!
//! Nothing is stored here: notes are the sections of the minutes, homework and attendance are the session's.
//!
//! Invariant: what is typed for an item about a case is written and read by the decision of its section (`minutes::section`).

mod homework;
mod notes;
mod pages;
mod steps;
mod view;

pub use pages::pages;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
