//! # Session (会議体と会議の回)
//!
//! Bodies (重層的支援会議, 支援会議, 地域ケア会議 …) with their members and terms, and their sessions: agenda, invitations, answers,
//! who was there, homework of whoever had to come and did not (domain section 4.7; ).
//! The table of a session is `meeting`: `session` is signing in.
//!
//! A session is `planned` → `held` | `cancelled`. An item is `proposed` (in the queue of a body) → `scheduled` → `in_session` →
//! `concluded` | `carried_over` | `dropped`. Each item has a legal position of its own and is about a matter
//! (`concepts/conference`), about a case until its matter is opened, or about a general subject without anybody in it.
//!
//! Who acts: the secretariat of a body keeps it and runs its sessions; whoever has a part in a case, or sits in its matter, brings it
//! up; whoever is invited answers, and for partners without a login the secretariat writes the answer down.
//!
//! Nothing here is content. Which case an item is about is known to the members of its matter after the pledge, to its
//! secretariat, and, before there is a matter, to the desks with a part in the case: everybody else sees the number of the
//! item on the agenda, whatever the page, and on paper it stands for nobody (disclosure rules 2, 13 and 14).
//!
//! Invariant: nothing comes on an agenda without `rules::Cleared`, and nothing in a legal position is concluded without
//! `rules::Quorate`: only the guards make these.
//! Invariant: what waits for a body that ends goes to its successor; no item is lost when a session is called off.
//! Invariant: a planned session and an item in a queue have an open task at their secretariat.
//! Invariant: what only one person could do is nobody's promise any more when they have left ([`who_left`]).

mod acts;
mod dated;
mod finder;
pub mod given;
pub mod in_writing;
mod invite;
mod jobs;
mod known;
mod left;
pub mod marks;
mod pages;
mod rules;
mod sql;
pub mod talk;
mod views;

#[cfg(test)]
mod rules_test;

pub use acts::after::digest;
pub use acts::promise;
pub use dated::dated;
pub use jobs::body_end;
pub use left::who_left;
pub use pages::homework::{Owed, give_from};
pub use pages::pages;
pub use pages::session::span;
pub use pages::sessions::place;
pub use pages::step::{Sent, item_step_from, mends, step_from};
pub use rules::{
    Arrival, Attendance, Dropped, ItemState, MeetingState, Own, Priority, Reply, Title, Vote, Why, is_kept,
    month,
};
pub use sql::body::{Body, BodyMember};
pub use sql::invitee::Invitee;
pub use sql::item::Item;
pub use sql::meeting::{Meeting, of_promises};
pub use views::{Opened, earlier, meeting, members_on, of_matter, open, open_unasked, own_sessions};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
