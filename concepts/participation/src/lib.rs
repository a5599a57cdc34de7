//! # Participation (参加支援)
//!
//! A person's wish meets a place: what they wish and are good at, in their own words; which place was asked; when they
//! tried it and what was arranged there; whether they settled in. It is the sibling of a support record: steps with the day on
//! which they happened and the day on which they were written down, taken back instead of rewritten.
//!
//! Proposed → asked (受入調整) → trial (体験) → settled (定着) → ended, with a reason. From everywhere back to looking for another
//! place, to an end, or to "there is no such place", which is an unmet need on the board and from there, without anybody in it, the
//! way to the community issues (資源開拓). Every end can be taken up again while the case is open.
//!
//! A concept of its own and no part of `support_plan`: it has rows, states and promises of its own, and it goes on without a
//! meeting and without a plan. It can name the 参加支援 plan it belongs to.
//!
//! Who acts: any desk with a part in the case. One of them coordinates; the next step is its task, and passes on with its work when
//! it ends. A place that is asked sees nothing by that.
//!
//! Invariant: what goes on has a day of its next step, and a task for it at the desk that coordinates, while the case is open.
//! Invariant: the words are entries, read by whoever the disclosure decision lets; without its wish the whole record is absent,
//! except that the desk whose task it is can still give it back or end it.
//! Invariant: out of every state there is a way, also when the person dies or moves, a desk or a place ends, or the case is closed.

mod acts;
mod forms;
mod pages;
mod rules;
mod sql;
mod view;

pub use pages::pages;
pub use rules::{State, Step, WhyEnded};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
