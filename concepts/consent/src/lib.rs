//! # Consent and lawful provision
//!
//! The two ways in which what one desk wrote becomes readable at another (disclosure, `consent` and
//! `lawful_provision`). Terms never change once given: a change is a new consent. Each is evaluated at the moment
//! of reading; nothing here grants anything by itself.
//!
//! Given for a referral, both take effect when the receiver accepts, and not before: until then the receiver
//! sees the preview only (domain section 4.3).
//!
//! Whatever is asked of a consent is asked in [`give`], wherever it is written down.
//!
//! Given → withdrawn | superseded | entered in error; withdrawn → entered in error; expiry needs no step. Withdrawal takes effect at the next
//! request of anyone, also where the person had said it days before; what begins later never begins. It ends that one consent: further
//! ones of the same person ([`remaining`]), own records and provisions go on.
//!
//! Nobody takes a consent back for somebody who has died: it ends with that as its reason ([`Because`]). What was never given is marked as
//! an error by the desk that wrote it, is kept, counts for nothing and is shown struck to that desk alone.
//!
//! Whoever speaks in the person's place says the same of themselves when a consent is given and when it is withdrawn ([`StandIn`]).
//!
//! Invariant: a consent that names no recipient, or no category, is refused: the empty set grants nothing, and a
//! paper that grants nothing only misleads.

mod alike;
mod giving;
mod handing;
mod meanwhile;
mod missing;
mod rules;
mod sharing;
mod sql;
mod stand_in;
mod standing;
mod told;
mod withdrawal;

pub use alike::{AlikeRow, Chosen, alike_rows, known, there_already};
pub use giving::{
    ALONE_DAYS, Life, alone_until, can_stand_in, field_in, field_of, heard, minor_until, of_age_on, own_word,
    said_in_life, speaks_for_age, within_guardianship,
};
pub use handing::Handing;
pub use meanwhile::meanwhile;
pub use missing::{Missing, Uncovered, someone_uncovered, uncovered, uncovered_cases};
pub use rules::{
    Because, Consent, ConsentForm, ConsentState, FieldTerms, Follow, GivenBy, GiverRelation, NamedField,
    NewConsent, NewProvision, Purpose, Recipient, Then, carries, check, field_counts, may_follow,
};
pub use sharing::{
    Asked, Basis, Carried, ConsentBody, Foreseen, Terms, basis_from, existing, foresee, give_all,
};
pub use sql::effect::carried;
pub use sql::handed::as_given;
pub use sql::record::{
    Confirmed, Guardian, Holder, NewRequest, Party, Received, Request, RequestState, SetAside, Withdrawn,
    all_whole, answer_request, end_set_aside, follow, holders, named_aside, parties, received, request,
    request_by_id, requests, set_aside, set_asides,
};
pub use sql::watch::{Due, Ended, Which as EndedWhich, coming_of_age, ending, note_task, recipients_ended};
pub use sql::{
    by_id, end_act, end_by_death, end_provisions, give, in_error, mark_in_error, of_case, of_persons,
    provide, take_effect, withdraw_by_name, withdraw_for,
};
pub use stand_in::{StandIn, may_speak, recorded_as, said_for, speaks, stand_in_from};
pub use standing::{Standing, known_of, standing};
pub use told::{ReadBy, Shared, reader, readers};
pub use withdrawal::{Sight, Withdrawal, may_be_mistaken, remaining, said_on};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
