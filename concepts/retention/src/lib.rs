//! # Retention
//!
//! How long records are kept, how they go, and what must stay (保存期間・廃棄・保全).
//!
//! - Periods are data of each municipality, per kind of record, with the day they begin to hold.
//! - A disposal list is made by the privacy auditor, never by a job. It holds numbers, desks, kinds and dates, no content
//!   (disclosure rule 13), and says of each record that cannot go why not.
//! - Two people approve: for their items whoever leads the accountable desk, or its heir; for the list the auditor.
//! - Carried out in one act: content is blanked in place, and whoever loads a record passes over it. Rows, ids, numbers and
//!   figures stay.
//! - The certificate (廃棄証明) is made of the list and is kept for ever, with the hash of its lines.
//! - A legal hold keeps a case, a consultation, a sheet or a session, whatever its age, until who set it or the auditor lifts
//!   it, with a reason; and with it whatever else is kept of the household.
//! - Whose copy of who looked (開示請求) is being prepared: nothing of their household goes meanwhile.
//! - What a session kept about nobody (minutes, comments, rounds, materials, homework and questions of general subjects) is a kind of its
//!   own; what it kept about a case goes with the case. That it took place, and its figures, stay.
//!
//! Invariant: what is held is never disposed of, and nothing before its period is over.
//! Invariant: nobody gives both approvals.
//! Invariant: no list is a trap: who may approve is asked of today's appointments, a desk that ended has an heir, items
//! can be taken off and a list given up.

mod acts;
mod approvers;
mod erase;
mod holds;
mod lifting;
mod pages;
mod periods;
mod record_hold;
pub mod rules;
#[cfg(test)]
mod rules_test;
mod session_hold;
mod sql;

pub use pages::pages;

/// The sentences of this crate.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
