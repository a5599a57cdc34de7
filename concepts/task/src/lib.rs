//! # Task
//!
//! Every promise has an owner and a date (domain section 2.2). A task holds no personal content: its kind, desk,
//! dates and what it is about; what was promised in words is a sealed entry beside it.
//!
//! Open → done | cancelled (reason) | moved (to another task). Late tasks climb the ladder: the person in charge,
//! the agency lead (相談支援推進員), the coordinator (相談支援包括化推進員).
//!
//! Who is in charge and by when can be changed, one by one or many at once. How it stood before is kept, so that the
//! person who changed it can take it back as long as nobody has changed the task since.
//!
//! A promise that is kept to one role ([`TaskKind::only_for`]) exists for nobody else at its desk.
//!
//! Invariant: an open consultation, sheet or case is guarded by one open task; [`settle`] re-points the guard
//! in the same transaction, and the database refuses to commit otherwise.

mod audience;
mod changes;
mod guard;
mod jobs;
mod kinds;
mod passing;
mod rules;
mod sql;

pub use audience::can_take;
pub use changes::{Bulk, Item, Kept, add_bulk, bulk, change, kept, needs, takers, undo, undo_of};
pub use guard::{Guarded, settle};
pub use jobs::escalate;
pub use kinds::{TaskKind, TaskState};
pub use passing::{assign, hand_to, pass_on};
pub use rules::{
    Change, Clocks, Level, MOST_AT_ONCE, Postponed, What, answer_due, level, next_step, undoable,
};
pub use sql::{
    About, DoneTask, NewTask, Task, Told, Watched, add, add_many, by_id, by_ids, done_of_case,
    done_of_command, end, end_all, end_of_command, end_of_desk, end_of_thing, of_case, of_consultations,
    of_things, open_between, open_for, open_of_commands, open_of_kinds, take_up_again, watch, watch_count,
};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
