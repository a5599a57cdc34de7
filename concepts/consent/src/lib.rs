//! # Consent and lawful provision
//!
//! The two ways in which what one desk wrote becomes readable at another (disclosure, `consent` and
//! `lawful_provision`). Terms never change once given: a change is a new consent. Each is evaluated at the moment
//! of reading; nothing here grants anything by itself.
//!
//! Given for a referral, both take effect when the receiver accepts, and not before: until then the receiver
//! sees the preview only (domain section 4.3).
//!
//! Given → withdrawn | superseded | entered in error; expiry needs no step. Withdrawal takes effect at the next
//! request of anyone, also where the person had said it days before.
//!
//! Invariant: a consent that names no recipient, or no category, is refused: the empty set grants nothing, and a
//! paper that grants nothing only misleads.

mod meanwhile;
mod missing;
mod rules;
mod sharing;
mod sql;
mod withdrawal;

pub use meanwhile::meanwhile;
pub use missing::{Missing, Uncovered, someone_uncovered, uncovered};
pub use rules::{
    Consent, ConsentForm, ConsentState, FieldTerms, Follow, GivenBy, GiverRelation, NamedField, NewConsent,
    NewProvision, Purpose, Recipient, Then, carries, check, field_counts, may_follow, of_age_on,
    within_guardianship,
};
pub use sharing::{Basis, Carried, ConsentBody, Terms, basis_from, existing, give_all};
pub use sql::record::{
    Confirmed, Holder, NewRequest, Party, Received, Request, RequestState, SetAside, all_whole,
    answer_request, end_set_aside, follow, holders, parties, received, request, request_by_id, requests,
    set_aside, set_asides,
};
pub use sql::watch::{Due, Ended, coming_of_age, ending, note_task, recipients_ended};
pub use sql::{
    by_id, end_act, end_provisions, give, in_error, of_case, of_persons, provide, take_effect, withdraw,
};
pub use withdrawal::{Withdrawal, said_on};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
