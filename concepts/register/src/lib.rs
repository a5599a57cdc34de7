//! # Register
//!
//! Who is who: municipality, areas, legal entities, agencies, programmes, contracts, desks, posts, appointments.
//! Source: domain sections 3 and 5; requirements.
//!
//! - Every fact has days. A span is closed: `valid_to` is the last day, and the next day belongs to the heir.
//! - A desk (窓口, agency × programme) is the boundary of "own record". When it or its contract ends, its records
//!   and work pass to its heir; the former contractor's people see nothing of them any more.
//! - Permissions come from appointments ([`seats`]), never from the account. April 1 transfers are loaded ahead:
//!   the old appointment ends the day before, the new one begins on the day, and history keeps the old names.
//!
//! Invariant: nothing here is about a household, so its pages need no disclosure decision.
//! Invariant: a desk does not end without an heir, and no chain of heirs grants anything by running in a circle.
//! Invariant: what was planned and taken back before its day keeps its row with a last day before its first; no day is in it.
//! Invariant: a rename keeps the id; a merger or a new contractor is a successor and inherits no consent.

pub mod acts;
mod called;
mod choices;
pub mod import;
pub(crate) mod law;
mod pages;
pub mod plan;
pub mod rules;
mod sql;
mod successors;
mod take_over;
mod views;

pub use acts::{NewAgency, NewResponsibility, NewUser};
pub use called::{Called, called, municipality_read_as, municipality_reading};
pub use choices::{Articles, Bodies, articles, desk_groups, sorted_articles};
pub use law::{between, fits_between, is_notice, keep_legal_bases, position_of, scope_of, seed_legal_bases};
pub use pages::pages;
pub use rules::{
    Between, ConsultableBy, Delivery, Entity, EntityKind, Field, Matter, NameKind, Position, Programme,
    Scope, Sharing, Span, Statutory, SuccessorKind, Totp, Way, ground,
};
pub use successors::{Office, Successor, Turning, heirs, successors, taken_over_by, turning};
pub use take_over::{Takers, takes_over};
pub use views::{
    AreaInfo, ArticleNames, DeskInfo, LegalBasis, Place, Responsible, SESSION_IDLE, Settings, all_seats,
    area_of_town, areas, auditors, bodies, contact_kept_days, coordinator_for, coordinators, desk,
    desk_names, desks, desks_by_id, desks_of, entities, heir, leads, legal_bases, legal_bases_for,
    municipal_section, numbers, places_of, responsible, seats, seats_named, session_idle_minutes, settings,
    staff_of, user_names,
};

/// The sentences of this crate.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
