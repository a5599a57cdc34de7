//! # Triage (緊急の見きわめ, 交通整理)
//!
//! An abuse report, a door that nobody opens, somebody missing, somebody who wants to die, nothing to eat tonight: not every
//! worker gathers the facts and judges as well as the next. A triage is one page that says what to do
//! first, what must be known, whom to call and how much time is left; it ends with a judgement, its reasons, and a senior
//! who has read them.
//!
//! Why a concept of its own: it begins in a consultation, a sheet *or* a case, has its own states, clock and seniors, and
//! outlives the consultation; in `intake` it would be closed to cases, in `casefile` to whoever has no name yet. Arrows:
//! `triage → casefile, household, task, draft, register`; of a consultation it reads desks, state and dates only
//! (`sql/origins.rs`); nothing but the program and its demonstration knows `triage`.
//!
//! - [`guide`]: the kinds of urgency with checklists and clocks: data, versioned by the municipality, old triages under theirs.
//! - Open → judged → confirmed; a senior may send it back; a judgement can be corrected, which asks for confirmation again;
//!   entered in error. What was begun from a consultation or sheet that turns out to be entered in error counts as void by
//!   itself: nothing has to be done for that.
//! - The desk that began it works on it, and its heir when the desk ends. People die, move, are found: the judgement says so.
//!
//! Invariant: nobody confirms their own judgement; and no staffing, absence or ended desk makes confirming impossible.
//! Invariant: ticks are commands of their own, and two people can tick at once without losing anything.
//! Invariant: every clock, the judgement and the confirmation are open tasks with a moment, and climb the ladder.
//! Invariant: reasons are entries with subjects and categories; lists show number, desks, kind, state and dates only.

mod acts;
pub mod guide;
mod pages;
mod rules;
mod running;
mod sql;
mod views;

pub use pages::pages;
pub use rules::{How, Judgement, ListName, Outcome, Scope, Staffing, State, confirm, judge, void};
pub use running::{Running, running};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
