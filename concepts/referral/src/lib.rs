//! # Referral (つなぎ・つなぎ戻し)
//!
//! One desk asks another to take something on, and hears back: つなぎ is a closed loop (domain sections 2.4, 4.3).
//! Sent → accepted | refused; accepted → in progress ↔ on hold → completed | failed; either side can note
//! that the person declined; the sender can withdraw; an accepted hand-over is corrected only by a hand-back.
//!
//! Before acceptance the receiver sees the preview: need, urgency, area, age band, sender. Identity and texts come
//! with acceptance, under the consent or the article the sender recorded; or earlier, if another basis holds.
//!
//! Invariant: only an accepted hand-over or hand-back moves accountability, in the same transaction.
//! Invariant: a referral that waits has an open task; one that ended has its feedback given or owed.
//! Invariant: the section in copy learns that it exists, never what it says.

mod acts;
mod carried;
mod moved;
mod pages;
mod print;
mod rules;
mod send;
mod sql;
mod view;

pub use pages::pages;
pub use print::blank;
pub use rules::{Kind, Reason, Side, State, Step, next, open_steps};
pub use sql::{ReferralHeader, of_case};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
