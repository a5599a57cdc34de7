//! # Site
//!
//! The only crate that knows HTTP plumbing. A concept describes its pages as a list of [`Page`]s; each has a
//! path, an [`Access`] (there is no constructor without one) and a handler from [`Req`] to [`Answer`].
//!
//! - [`Req`] is who asks, when, with which fields. [`Form`] reads fields, collects *all* problems and keeps what
//!   was typed; a 個人番号 in any field is a problem of that field, whoever wrote the handler.
//! - [`Answer`] cannot be made without a [`engine::Receipt`]: a page leaves only after its log rows are durable.
//! - [`Frame`] is what every page shares: who is signed in, the words, the CSRF value.
//!
//! Invariant: no handler sees a request without a session unless its access says why anyone may.
//! Invariant: absence and "not yours" are one page, byte for byte.

pub mod assets;
mod dated;
mod error;
pub mod export;
pub mod flow;
mod form;
mod frame;
pub mod habits;
pub mod link;
mod page;
pub mod paper;
mod recall;
pub mod scan;
mod serve;
pub mod show;
mod summary;
mod text;
mod upload;
mod wording;

pub use dated::Dated;
pub use error::message_page;
pub use form::{Choice, Fields, Form, Need};
pub use frame::{FOUND, Frame, NavItem};
pub use page::WORKERS;
pub use page::{Access, Answer, Method, Page, Req, Signed};
pub use recall::Recall;
pub use serve::{Hooks, LANGUAGE_COOKIE, SESSION_COOKIE, Site, router};
pub use text::{Language, Languages, T, Text, Texts};
pub use upload::Upload;
pub use wording::Own;

/// The sentences of this crate.
pub const TEXT: Text = Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
