//! # Workload (見守り)
//!
//! How much each worker carries, and what has grown old. Leads watch the desks of
//! their agency, coordinators the town; both see numbers of cases, desks, kinds, states and dates, and nothing of what is in a case
//! (disclosure rule 13). Whoever is kept out of a household finds it neither in a list nor in a count (rule 14).
//!
//! - **Load**: cases × weight. What a case weighs follows from facts (urgent, stage, promises, visits) and from the municipality's own
//!   table. A case is carried by whoever is in charge of its earliest promise.
//! - **A proposal** whom to give work, with its reason. Nothing is ever given by itself.
//! - **Lists**: silent, without consent, stuck, held by one section; the oldest first. Somebody looks at a case, says when next, and can
//!   ask the accountable desk to decide how it goes on: that is a task like any other.
//!
//! Invariant: a count is the length of its list; both come from [`list`].
//! Invariant: a page asks a constant number of statements, however many cases there are.

mod admin;
mod lists;
mod load;
mod look;
mod rules;
mod settings;
mod sql;

use access::Role;
use site::{Access, Page};

pub use lists::{Aged, counts, list};
pub use load::{Proposal, proposal};
pub use rules::{
    Ageing, Candidate, CaseFacts, Decision, Held, Limits, Load, Part, Since, Stage, Stuck, Tick, Weights,
    carrier, contacts_matter, decider, held_by_one, last_turn, months_between, pool, propose, silent, stage,
    stages_now, stuck, stuck_by_time, total, weight,
};
pub use sql::{own_part, watched};

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    let watchers = Access::Role(&[Role::AgencyLead, Role::Coordinator]);
    let admins = Access::Role(&[Role::Administrator]);
    vec![
        Page::get("/load", watchers, load::show),
        Page::get("/watch/silent", watchers, lists::silent),
        Page::get("/watch/no-consent", watchers, lists::no_consent),
        Page::get("/watch/stuck", watchers, lists::stuck),
        Page::get("/watch/alone", watchers, lists::alone),
        Page::get("/watch/look", watchers, look::show),
        Page::post("/watch/look", watchers, look::save),
        Page::get("/admin/workload", admins, admin::show),
        Page::post("/admin/workload", admins, admin::save),
    ]
}

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
