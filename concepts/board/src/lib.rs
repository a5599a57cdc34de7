//! # Board (役割分担の表)
//!
//! What a household needs × who takes which part: one row per need (課題), with its area, its words, the section that
//! stands for it, and the parts that desks have taken, each with what and by when. A need nobody has taken yet is a row that
//! says so.
//!
//! Open → met | unmet (why: it is what the town learns from, domain section 2.5) | not needed any more | mistaken. Every end can
//! be taken back. A part is a task: open → done | cancelled; it moves with the desk's work when the desk ends, as does the
//! section that stands for the need.
//!
//! Who acts: any desk with a part in the case writes needs and divides them; whoever took a part says that it is done. Whoever gives a
//! part to a desk that cannot read it is told before; a part that a desk cannot do or cannot read goes back to the desk that gave it,
//! as its promise.
//!
//! Invariant: every need has a section that stands for it, every part an owner and a date (domain section 2.2).
//! Invariant: a need whose words are not disclosed is absent: from the board, from its counts and from its flags. A part that one's own
//! desk took of it is a promise with a day and whom to ask, without any word.
//! Invariant: no end of a need leaves an open promise behind.

mod acts;
mod forms;
mod lacking;
mod pages;
mod rules;
mod sql;
mod view;

pub use acts::{NewUnmet, record_unmet, take_back_unmet};
pub use lacking::{Lacking, as_issue, lacking};
pub use pages::pages;
pub use rules::{Area, Flags, Held, MANY_AREAS, State, WhyUnmet, flags};
pub use view::{Offered, offered};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
