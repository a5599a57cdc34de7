//! # Statistics
//!
//! Figures that are about nobody. The first of them is the flow of consultations (相談の流れ, R-138, R-142): from which window
//! to which desk, how many days until receipt and answer, what nobody answered, why it was refused, what came of it.
//!
//! - [`rules::protect`]: the figures of a page are one flow, what leaves a window arrives somewhere and comes to something, and
//!   small figures are hidden together with whatever would give them away (disclosure rule 11).
//! - Periods are whole months: two periods that differ by a day would tell one from the other.
//! - Who looked at which figures is in the access log, exports too.
//!
//! Invariant: nothing here knows a household, a person or a text: there is no line for `household` in `Cargo.toml`, and every
//! statement counts or reads desks, states and dates.
//! Invariant: a figure is protected before it is shown, drawn, linked or written to a file; there is one way to all of them.
//! Invariant: the way behind a figure leads to what the viewer may see anyway, and whoever sees figures only has none.

mod export;
mod pages;
mod period;
mod rules;
mod sql;
mod views;

pub use pages::pages;
pub use period::{Period, period};
pub use rules::{Counted, Figure, Protected, protect, quantile};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
