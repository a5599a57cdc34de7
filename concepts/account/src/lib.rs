//! # Account
//!
//! Coming in, staying, changing places, leaving. An account is a person and a way to prove it; what the person
//! may do comes from today's appointments alone (domain section 5), which are read anew at each request.
//!
//! - A session lives in one browser: 32 random bytes in a cookie, only their hash in the database. It
//!   ends by leaving, by idleness (a setting) and after twelve hours. Each sign-in makes a new one.
//! - A shared PC remembers who came in on it, so that five people can change places quickly (domain section 7).
//!   It is known by a cookie of its own; leaving the seat ends the session, and coming back makes a new one.
//! - What somebody had just sent when the session had ended is kept through the sign-in, and sent again
//!   for the same person only. Another person's words are neither shown nor sent.
//! - The second factor is a time-based code (RFC 6238) that each person may use, unless the office forbids phones.
//!
//! Who acts: the person; the console for accounts of others ([console]).
//!
//! Invariant: unknown name, wrong password, shut and disabled accounts give one sentence after the same work.
//! Invariant: no password, token or code is logged, put into a command body or kept in a page.
//! Invariant: nothing here grants anything; a person without appointments sees no record.

mod acts;
pub mod console;
mod habits;
mod kept;
mod me;
mod pages;
mod password;
mod rules;
mod session;
mod sign_in;
mod sql;
mod standing;
mod totp;
mod views;

pub use pages::pages;
pub use session::hooks;
pub use standing::viewer_now;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
