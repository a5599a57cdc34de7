//! # Decision (会議で決まったこと)
//!
//! What a conference decided about a case: for which programme, at which of the four timings (策定 establish, 再プラン replan,
//! 終結 close, 中断 interrupt) or something else, and what that timing must have talked about (R-043, R-044, domain section
//! 4.2). Who sat there is the matter's own record (`concepts/conference`); a decision belongs to a matter and a day.
//!
//! Recorded → used (by the version of a plan that it put into force or ended) | entered in error, as long as nothing has used it.
//!
//! Who acts: the coordinator who is the matter's secretariat. Where the consent has ended (withdrawn, expired, death, a move)
//! closing and interruption are decided in a confidential matter, or by the provider on its own records only, with the reason as a
//! code: nobody's support is caught because no conference may look at it any more.
//!
//! Invariant: [`Content`] cannot be made without everything its timing asks for:
//!
//! ```compile_fail
//! let goals = decision::Words::new("ひとりで買い物に行く").unwrap();
//! // 策定 without a day on which it is looked at again.
//! let content = decision::Content::Establish(decision::Establish { goals });
//! ```
//!
//! Invariant: a plan is decided only where a consent holds; what was decided in a confidential matter is known to its members only.
//! Invariant: municipality and multi-agency provider were there, as it was noted when it was written down. Where that is corrected later the
//! decision stands, says so, and puts nothing into force before somebody has confirmed it ([`conference::correct`]).
//! Invariant: a decision is used once, and not after the item it was made under was dropped or its session called off.

mod acts;
mod dated;
mod doubt;
mod forms;
mod own;
mod pages;
mod presence;
mod recorded;
mod rules;
mod sql;
mod view;
mod ways;

pub use acts::{Used, consume};
pub use dated::dated;
pub use pages::pages;
pub use presence::presence;
pub use recorded::{Recorded, Standing, recorded, standing};
pub use rules::{
    Close, Content, EndedWhy, Establish, FollowUp, FollowUpNeed, Ground, Interrupt, InterruptWhy, Part,
    Programme, Proposal, Replan, Timing, Truth, Words, about_proposal, case_goes_on, of_those, place,
    same_text, stands, under_item,
};
pub use sql::holding;
pub use view::{Line, of_case, of_items};
pub use ways::{Ways, ways};

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
