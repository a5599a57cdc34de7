//! Stories, told through HTTP, each on both engines.

#[macro_use]
mod support;

mod account;
mod program;
