//! # The program
//!
//! Wires the concepts together and runs them; decides nothing.
//!
//! - [`config`]: as written, as meant; an unknown key refuses to start.
//! - [`site`]: every concept's pages and sentences, one line each.
//! - [`jobs`]: what happens without anybody asking, in one place.
//! - [`commands`]: `serve`, `demo`, `migrate`, `user`, `check`, `import`.
//!
//! Invariant: nothing prints except through [`out`], and nothing personal is logged.

pub mod commands;
pub mod config;
pub mod demo;
pub mod desk;
pub mod jobs;
pub mod out;
pub mod site;
mod trouble;

pub use trouble::Trouble;
