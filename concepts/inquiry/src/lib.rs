//! # Inquiry (照会・回答)
//!
//! One desk asks another about somebody, and hears back (domain section 4.4; ). What fails today is
//! exactly this: a question unanswered for more than a month, and "we cannot tell you, it is personal information".
//!
//! Sent → answered | partly answered (which question stays open, and why) | refused (reason, article, who decided) |
//! withdrawn | entered in error. Overdue is derived from the day the answer is due. Whatever is open or refused can be raised
//! to a confidential conference: the coordinator responsible gets it as a task, and opens a matter from it with one button
//! (the concept `conference`).
//!
//! What the addressee learns — who, and what is asked — is one sharing act under a consent or an article, effective when
//! sent; the answer is another one, the other way round. When the consent goes, so does what it opened: whoever asked is told
//! to pick another basis or to withdraw.
//!
//! Why a concept of its own: it moves no accountability and gives no part in the case; a referral does both.
//!
//! Invariant: an inquiry that waits has an open task at the desk that owes the answer, or at the one that asked.
//! Invariant: nothing but question, identity and answer crosses, and only while its basis holds.
//! Invariant: an article it rests on fits between the bodies of the two desks, both ways; a consent is never picked as a law.
//! Invariant: nothing is asked that the official request on paper could not carry: nobody asks about who informed.
//! Invariant: there is no refusal without a reason, an article and somebody who decided it.

mod acts;
mod ask;
mod dated;
mod figures;
mod form;
mod law;
mod lists;
mod pages;
mod part;
mod print;
mod rules;
mod send;
mod sql;
mod view;
mod watch;

pub use acts::{Raised, raised, taken_up};
pub use dated::dated;
pub use pages::pages;
pub use print::blank;
pub use rules::{Purpose, Reason, Side, State, Step, next, open_steps};
pub use watch::watch_bases;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
