//! # Agreement
//!
//! The consents of a case as records that people work with (R-114, domain section 4.5): asked for, written down, renewed,
//! withdrawn, carried over to a successor, shown to the person on paper; and who can see the case at all. What a consent
//! is, and that it stands, is `consent`'s; this is its pages.
//!
//! Requested → given | refused; given → renewed | withdrawn | expired | superseded. A change is a new consent in the place of the
//! old one. It is never widened by an edit, and never passes to a successor by itself: somebody asks the person and
//! writes down when (`docs/decisions/0018`).
//!
//! Before a withdrawal the person is told who holds what, in plain words and on paper; the receipt of a consent is there in
//! plain Japanese, with furigana, and in English.
//!
//! Invariant: nothing here opens a record; who may know the terms of a consent is [`consent::Consent::shown_to`].
//! Invariant: a paper for the person is made for them: what is kept from them is not on it.

mod acts;
mod aside;
mod dated;
mod ended;
mod exclusion;
mod form;
mod holders;
mod list;
mod missing;
mod new;
mod one;
mod pages;
mod receipt;
mod request;
mod ruby;
mod rules;
mod sql;
mod terms;
mod watch;

pub use dated::dated;
pub use pages::pages;
pub use receipt::blank;
pub use watch::watch;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
