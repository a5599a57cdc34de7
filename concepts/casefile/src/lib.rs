//! # Case file
//!
//! A case is opened for a household and never falls through (domain section 2.2): while it is open it has exactly
//! one accountable desk (主担当) and at least one open task with a date. Being accountable gives the header and
//! the tasks, not the content others wrote.
//!
//! Open → closed (終結) | interrupted (中断); both can be reopened, under the same number. Accountability moves only
//! by an accepted hand-over or hand-back, or when an office ends and its heir takes over; for a while (一時的な主担当, R-100) by the word of
//! both desks, proposed by one and accepted by the other, with a day on which it is looked at, and back by one act of the lead.
//!
//! Ending a case of multi-agency, outreach or participation support with a plan needs a decision of a meeting: as
//! long as a plan is in force the case stays open, and the plan ends only by a decision (`concepts/support_plan`).
//!
//! Invariant: no case ends while a referral of it waits for somebody.
//! Invariant: numbers are per municipality and fiscal year, without gaps: they are drawn in the transaction that
//! opens the case.
//! Invariant: a caution (訪問時の注意) stays on screens and has a day on which it is looked at again.
//! Invariant: who was accountable when, and which desks had a part, is kept; a move rewrites nothing.

mod acts;
mod caution;
mod dated;
pub mod export;
mod for_leads;
mod office;
mod pages;
mod part;
mod rules;
mod sql;
mod stage;
mod themes;
mod views;

pub use office::office_end;
pub use pages::pages;
pub use part::{PartCase, with_a_part};
pub use rules::ending::{By, Decided, Ongoing, Support, going_on, support_ended};
pub use rules::{CaseState, EndReason, Engagement, ExclusionReason, number_in, number_text};
pub use sql::{
    CaseHeader, Filter, accountable_history, end, engage, header, join, list, move_accountability, open,
    relation, reopen, still_listed,
};

pub use acts::flags::caution_watch;
pub use acts::{Done, exclude, include};
pub use caution::{CautionLine, of_case as cautions};
pub use dated::dated;
pub use for_leads::{asks_leads, for_leads};
pub use sql::around::{
    Excluded, Provided, ReferralLine, agency_names, desk_list, exclusion_list, provision_list, referral_list,
    staff_list,
};
pub use sql::ending::hold;
pub use stage::{StageNow, stages_now};
pub use views::{CaseHead, Loaded, Rung, StageLine, TaskLine, load, visible};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
