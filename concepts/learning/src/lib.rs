//! # Learning (ふりかえり・事例集)
//!
//! What was learned from one case serves the next.
//!
//! - **ふりかえり**: of a case, open or closed: where it lay (人・組織・制度・資源), what went well, what was hard, what next. Its words are
//!   entries of the case like any other. Counted by cause without content, small figures hidden.
//! - **事例集**: an author turns a reflection into a text without anybody in it. It passes the checker for personal data, which also knows
//!   the names, addresses and telephone numbers of that household, numbers of cases, full dates and the places of the town; somebody else approves it; it can be taken out again. Readers see
//!   no way back to the household.
//! - **Alike**: which cases of the library are like the one at hand, with the reasons, in plain arithmetic on this machine.
//! - **スキルと経験**: what colleagues say they can and whom they know, so that somebody can be asked; a lead confirms it.
//!
//! Invariant: a text with a name of the household in it is not stored. Invariant: nobody approves their own.

mod library;
mod pages;
mod reflect;
mod rules;
mod share;
mod skill;
mod skill_sql;
mod skills;
mod sql;

pub use pages::pages;
pub use rules::{Cause, Hit, Part, State, Text, giveaways, similar, terms};
pub use skill::{Group, Level, Said, Skill, gaps};
pub use sql::title_of;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
