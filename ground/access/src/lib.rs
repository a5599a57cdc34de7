//! # Access
//!
//! Who may see what, and why: the one disclosure decision of the product (`docs/disclosure.md`), and the one
//! table of who may do what. Pure: facts go in, a decision comes out.
//!
//! - [`decide`] is the only maker of a [`Permit`], and a [`Permit`] is the only key to a [`Sealed`] record:
//!   what comes out is [`Disclosed`], already cut down to the granted categories.
//! - [`may`] is the only maker of a [`Right`], without which no write can be stored.
//! - [`Scope`] says whose records a list may even look at; its default is nothing.
//!
//! Invariant: nothing here knows the time; callers pass `now`.
//! Invariant: no role grants content. A read needs a basis *and* a role permitted to use it.
//! Invariant: the empty set grants nothing.

mod actor;
mod audience;
mod category;
mod decide;
mod policy;
mod sealed;

pub use actor::{Role, Seat, Viewer};
pub use audience::{Seen, audience};
pub use category::{Categories, Category};
pub use decide::{
    Basis, BasisUse, ConsentFact, Evidence, Exclusion, Facts, MatterFact, OfField, ProvisionFact, Reader,
    RecordKind, RecordRef, Secret, Shelter, Subjects, UrgentFact, decide,
};
pub use policy::{Action, Denied, Holder, Relation, Right, Standing, System, may, rule};
pub use sealed::{Content, Disclosed, Permit, Scope, Sealed};
