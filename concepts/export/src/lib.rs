//! # Export
//!
//! A list goes out as a file: consultations, cases. That is long work, so it is a record with a state, made by a job
//! of the server; the page may be closed, and the file waits for some days.
//!
//! Waiting → making → ready → gone (thrown away, or its days are over). `stopped` says why the work could not go on;
//! it is begun anew with one button. After a restart, what was being made is made anew from its first row.
//!
//! - The rows are those of the page: the concept of the list gives them round by round, each in a look of its own, as the
//!   person who asked, with the appointments they hold at that moment, and noted on the channel `export`.
//! - Only who asked can fetch it, while the appointment under which they asked is in force; for others it does not
//!   exist. That it was fetched is noted as well.
//! - What may be seen is decided once more when it is fetched (disclosure rule 5): if anything in the file may no longer
//!   be seen, the file is not handed out but made anew.
//!
//! Invariant: a row leaves only if it may be seen at the moment it leaves.
//! Invariant: memory does not grow with the rows while a file is made.

mod acts;
mod lists;
mod pages;
mod rules;
mod sql;
mod work;

pub use acts::ask;
pub use pages::pages;
pub use rules::{Format, KEPT_DAYS, State};
pub use work::{Worked, work};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
