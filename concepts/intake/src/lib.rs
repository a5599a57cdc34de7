//! # Intake
//!
//! Where a case begins. Any window takes any consultation, whoever comes and whatever it is about: nobody
//! chooses a field first, and nobody has to give a name. What was said stands apart from what is only possible
//! what needs consideration is read first, and every text carries whom and what it is about.
//!
//! - What is being written is a draft, private to its author (crate `draft`).
//! - A **consultation** is open until somebody decides: information, own support, passing on, at once.
//!   Draft → open → answered | became a case | passed on | entered in error (domain section 4.1).
//! - A **connecting sheet** ([`sheet`]) is written by a liaison together with the person, consent first.
//!   Without consent it is a notice that can name nobody.
//!
//! Invariant: an open consultation is guarded by an open task from the statement that records it.
//! Invariant: nobody becomes a client because somebody else complained about them.
//! Invariant: a search before recording shows only what the searcher may see; otherwise it shows nothing, and the
//! page is the one for nobody found.

mod acts;
pub mod export;
mod facts;
mod form;
mod hint;
mod many;
mod pages;
mod print;
mod read;
mod rules;
pub mod sheet;
mod sql;
mod town;
mod views;

pub use acts::{Decision, dispose, mark_in_error, name_person, open_case, permit_record, write};
pub use facts::{ConsultationFacts, Header, NewConsultation, NewText, Who, Whom};
pub use form::{LINE_MAX, TEXT_MAX, first as first_form, read as read_form};
pub use many::{undo_many, worked_on, write_many};
pub use pages::pages;
pub use rules::{
    Channel, ConsultationState, Disposition, REQUIRED, Route, Standing, Urgency, default_marks,
    facts_categories, matter_categories, topic_categories,
};
pub use sql::{Filter, Loaded, by_id, list, of_households};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
