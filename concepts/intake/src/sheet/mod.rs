//! つなぐシート: a liaison who notices somebody in need writes it with them, on a phone, consent first.
//!
//! - With consent: words, name and contact as far as wanted go to one multi-agency provider, whose coordinator
//!   takes the sheet up; the consent names that provider.
//! - Without consent: a notice of matters, urgency, district and age band. It has no household, no person and no
//!   text, so nothing in it can name anyone.
//!
//! Sent → taken (a consultation of the provider) | answered | entered in error, by its writer's desk. Each end is
//! told to the liaison. A consultation that was entered in error puts its sheet back to sent: no state is a trap.
//!
//! Invariant: a sent sheet is guarded by an open task of the provider from the statement that records it.
//! Invariant: consent given on a sheet can be withdrawn from the sheet's page, with or without a case.
//! Invariant: a liaison sees their own sheets and what became of them, and nothing else.

mod acts;
mod back;
mod consents;
mod form;
mod pages;
mod print;
mod rules;
mod sql;
mod views;

pub(crate) use acts::put_back;
pub use acts::{answer, permit_send, send, take, take_back, withdraw};
pub use form::{Identity, NewSheet};
pub(crate) use pages::pages;
pub use rules::{ErrorReason, Knows, SheetState, Telling, default_consent, with_consent, words_categories};
pub use sql::{Sheet, SheetFacts, by_id};
