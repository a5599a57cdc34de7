//! # Capacity (受けられますか・連絡をください)
//!
//! Two questions that say nothing about anybody.
//!
//! 「こういうケースを受けられますか」 is put to several desks at once with need, urgency, area and age band only (domain section 4.3).
//! Each says yes, no or later, with a reason; for desks without a login the answer is written down as told. Choosing one begins
//! the ordinary referral, with its basis and its preview; the others are told that it is settled, and nothing else.
//!
//! 「かかわっている窓口があれば、連絡してほしい」 (blind contact, disclosure rule 2): whoever is worried about somebody types a name and a
//! birth date or an address. Whether a desk supports that person or not, the answer is the same page. A desk that does gets a
//! task: who asks and how to reach them. What was typed is not kept, and nothing ever goes back.
//!
//! Why together: both cross desks without identity, and neither shows a list, a count or a name of others' people.
//!
//! Invariant: no text and no person is part of a question; the case is shown to the asking desk only.
//! A question goes with its case. A request is forgotten when it is so old that nobody answers it any more ([`forget_old`]).
//!
//! Invariant: whoever seeks a contact learns nothing, also not that there is nobody.

mod acts;
mod contact;
mod pages;
mod question;
mod rules;
mod sql;

pub use acts::forget_old;
pub use pages::pages;
pub use rules::{Match, Reply, Seen, matches, may_answer, would_tell};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
