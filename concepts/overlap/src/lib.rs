//! # Overlap (二つの機関、一つの世帯)
//!
//! Two desks of different agencies support what is very probably the same household, and no basis lets either know of the other.
//! Telling them would be a disclosure without a basis; telling nobody is how people fall between. So only the coordinator is
//! told (disclosure rule 13): the desks and the case numbers, no name and no content, and that a confidential conference is worth
//! a thought. As a task that exists for the coordinators of one desk only, once for each pair; dismissed with a reason and remembered; counted.
//!
//! Found by a job in small steps of constant cost: the newest people first, then everybody round and round. Who is very
//! probably one is weighed in one place (`household::likeness`, docs/linkage.md): only what reads as "almost surely one person" is
//! told of. Where somebody is sheltered, neither address nor telephone is ever a reason (disclosure rule 4).
//!
//! Invariant: nothing of this ever shows at the two desks, whoever sits there.

mod find;
mod pages;
mod rules;
mod sql;
mod view;
mod whom;

pub use find::look_for;
pub use pages::pages;
pub use sql::{Notice, opened, read};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
