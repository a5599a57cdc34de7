//! The disclosure decision held against a reference model (`docs/disclosure.md`, "How it is tested").
//!
//! - [`history`]: a town as a list of events, and how to make one at random.
//! - [`model`]: the reference. Strings, loops, no type of `access`: what the document says, read aloud.
//! - [`built`]: the same events as the viewer, facts and evidence that `access` decides on.
//! - [`compare`]: both, for every viewer × record × subject × category, day by day.
//! - [`metamorphic`]: what must hold whatever the answer is.
//! - [`actions`]: who may do what, against a table in plain text.
//! - [`audience`]: whoever "who can see this" lists can see, and nobody else can.
//! - [`peers`]: defects that other systems had, as far as they can be expressed here.

mod actions;
mod audience;
mod built;
mod compare;
mod history;
mod metamorphic;
mod model;
mod named;
mod peers;
