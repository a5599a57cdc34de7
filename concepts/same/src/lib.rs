//! # The same person (同じ人の記録)
//!
//! One person comes to several windows, and each writes them down. People are recorded per desk and linked without telling
//! (domain section 2.1): absence must look the same as "not yours".
//!
//! A job of the household concept notes pairs that look like one person, across all desks. A pair shows only to whoever may see
//! both sides now, and only if what they may see of both still looks like one person; for everybody else it is absent, whatever
//! the reason. Where somebody is sheltered, neither address nor telephone is ever a reason (disclosure rule 4).
//!
//! A family that came to two windows is several pairs: all of those between two households stand in one form (`homes.rs`). What is said in it is
//! said of each pair by itself.
//!
//! Whoever knows better than any comparison pairs two records by hand, of those they may see (`choose.rs`): that pair begins as
//! proposed and is like any other.
//!
//! found → proposed (somebody of a desk that wrote one of the two says it is one person) → same (somebody else of that desk says
//! so too) | other (they are two; remembered, not proposed again). Each can be taken back; then it is found again.
//!
//! Where nobody else of the desk that proposed it is there, somebody stands in who may see both records already: the coordinator, somebody
//! of its agency, the desk that wrote the other one. It stands in their list like any pair they may see. Where there is nobody, its page
//! says so, and what can be done.
//!
//! Invariant: nobody confirms their own word.
//! Invariant: a link rewrites nothing. Both records stay with their provenance, and taking the link back leaves no trace on them.
//! Invariant: a link counts for whoever sees both sides, and grants nothing: what is seen of either is decided as before. It takes one thing
//! away: where one of the two is sheltered, the home on the other record is kept like the one on the first, as long as they are linked
//! (disclosure rule 4; `engine::home`). The desk that wrote the other record goes on knowing what it wrote.

mod acts;
mod choose;
mod homes;
mod pages;
mod rules;
mod sql;
mod views;

pub use pages::pages;
pub use rules::{Proposed, State, Step, next, stands_in};
pub use views::to_confirm;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
