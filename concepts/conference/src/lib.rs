//! # Conference (秘密を守る会議)
//!
//! What several agencies look at together, each matter (事案) a compartment of its own: 支援会議 (社会福祉法106条の6), 要対協, 支援会議
//! of 生活困窮者自立支援法, 地域ケア会議 … and, resting on consent, 重層的支援会議 (disclosure basis `confidential_conference`,
//! rules 8 and 9; ).
//!
//! Opened by a coordinator, from a raised inquiry, a case, or a notice that two agencies hold one household. Members are persons
//! under one appointment; of partners without a login a name, whose pledge and presence are written down on their behalf.
//! Nothing is shown before the pledge. Records are released one by one, by the desk that wrote them; what is asked and said in
//! the matter is read there only, also by its writer. Closing leaves what was marked 「持ち帰り可」.
//!
//! Which position rests on consent and which on a duty of secrecy is data with articles and days (`conference_position`).
//!
//! Photographs can lie there, with what is said; they are shown inside of the page and leave it as no file.
//!
//! Why sessions and minutes are absent: they are built on the matter; a material of the role `minutes` may be taken back from
//! the beginning.
//!
//! Invariant: an open matter has an open task at its secretariat.
//! Presence that a decision rests on is corrected with a reason: how it was noted before stays, and the decision waits for a word
//! of its secretariat (`acts/doubt.rs`).
//!
//! Invariant: nobody but the desk that wrote a record releases it.
//! Invariant: what a matter holds leaves it by no other way than the decision in `access`.

mod acts;
mod ask;
mod blind;
mod carried;
mod dated;
mod decided;
mod deputy;
mod lacking;
mod list;
mod office;
mod open;
mod page;
mod pages;
mod pictures;
mod positions;
mod release;
mod rules;
mod sql;
mod steps;
mod there;
mod views;
mod whose;
mod wording;

pub use acts::deputy::watch_deputies;
pub use acts::doubt::{
    Answer, Corrected, Correction, Doubt, Held, correct, corrections, doubts, settle_doubts,
};
pub use ask::{Opener, opener};
pub use blind::{cannot_read, marks_of};
pub use carried::{Agreed, agreed_once, carried_on, consented, holdable, is_mistake, named_to_confer, whose};
pub use dated::dated;
pub use decided::{Keeping, Seen, keep_minutes, keep_picture, keep_words, of_case, stand, take_back_words};
pub use deputy::deputies_wanted;
pub use lacking::{Lacking, Missing, consent_to_confer, lacking};
pub use pages::pages;
pub use positions::{Position, keep_positions, on, seed_positions};
pub use rules::there::{CorrectedWhy, REASONS, There, attended as decidable, lost};
pub use rules::{Outcome, Presence, RestsOn, Role, Whose, carried, carriers};
pub use there::{attendance, decided_on, obligatory, there};
pub use views::{Sitting, Standing, attended, open_of_case, standings};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
