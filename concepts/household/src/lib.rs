//! # Household
//!
//! People, households, and what is written about them, as each desk recorded it (domain section 2.1). Absence
//! must look like "not yours", so records of two desks about one family are separate until matched.
//!
//! - [`person`]: facts about a person, disclosed by category (name, contact, family tie).
//! - [`entry`]: every piece of text of the whole product, with the persons it is about and its categories. One
//!   table and one way in, because free text is where secrets leak.
//! - [`Learnt`]: what a desk in charge has learnt since about somebody whose card another desk wrote: a text of its own, and
//!   what the pages say of it ([`since`]).
//! - [`tie`]: what lies between people, and between a household and the world around it; [`Figures`] are the genogram
//!   and the ecomap of what a viewer was shown of them.
//! - [`EntryView`], [`MemberView`], [`MarksControl`]: how a text, a person and the marks of a text are shown, the same
//!   on every page. Their macros are in `templates/parts/` of this concept.
//!
//! Invariant: neither a [`person::Person`], a [`tie::Tie`] nor an [`entry::Entry`] leaves storage unsealed.
//! Invariant: untagged text counts as about the whole household and all categories (disclosure rule 3).
//! Invariant: a correction keeps the original; somebody written down by mistake is in nothing that reads people, and kept.

mod acts;
mod alike;
mod block;
mod compare;
pub mod dwelling;
pub mod elsewhere;
pub mod entry;
mod event;
mod exact;
mod family;
mod find;
pub mod findable;
pub mod former;
mod guard;
mod happening;
mod learnt;
mod likeness;
mod living;
mod marks;
mod member;
mod mistaken;
mod narrow;
mod pages;
pub mod person;
mod planned;
mod provenance;
mod reasons;
mod reviewed;
mod rules;
mod sql;
mod subjects;
pub mod telling;
pub mod tie;
mod twice;
mod views;
mod whereto;

pub use alike::same_names;
pub use compare::{look_alike, look_for};
pub use dwelling::{FormerAddresses, NewFormerAddress};
pub use entry::{AnswerTo, Entry, EntryState, Field, Marks, NewEntry, RecordForm, ToldBy};
pub use event::{Happened, Mistake};
pub use exact::{Exact, Wanted, exactly};
pub use family::{Figure, Figures, Look as FamilyLook, Style as FamilyStyle, given_none};
pub use find::{Candidates, Found, Reach, find_persons, look_up, open_persons, open_texts, reach};
pub use former::NewFormerName;
pub use guard::{NewShelter, ShelterReason, kept_from, shelter, texts_kept_from, where_is_kept};
pub use happening::dated;
pub use learnt::{
    Away, Gone, Learnt, LearntKind, Since, Told, deaths_written_by, known, known_away, known_dead,
    known_gone, since,
};
pub use likeness::{
    Likened, LikenessLine, LikenessView, alike, almost_surely, likeness, sheltered, who_looks_like,
    worth_showing,
};
pub use linkage::{Field as Compared, Score};
pub use marks::{MarksControl, Tick, marks_from, nameable, offered};
pub use member::{
    MemberView, goes_by, goes_by_of, household_name, household_name_of, household_title, moves,
};
pub use mistaken::{Wrong, may_be_mistaken};
pub use narrow::Narrow;
pub use pages::{before_giving, left_out, pages, paper_for, paper_of, people_to_give, why_seen};
pub use person::{NewPerson, Person};
pub use planned::{Planned, ahead_of as moves_ahead, watch as watch_moves};
pub use reasons::Reasons;
pub use reviewed::{Reviewed, reviewed};
pub use sql::{HouseholdHeader, header};
pub use subjects::{cases_of, members_of};
pub use tie::{NewTie, Tie, TieKind};
pub use twice::{also_recorded, first_of_group};
pub use views::{Chip, EntryView};
pub use whereto::{Whereto, area_known, whereto};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
