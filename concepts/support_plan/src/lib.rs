//! # Support plan (支援プラン)
//!
//! What a person wants, in which direction the whole household is supported, and who does what until when (R-082 to
//! to; domain sections 3 and 4.2). Kinds: 多機関協働, アウトリーチ, 参加支援. Each version says what changed against
//! the one before.
//!
//! draft → proposed (the person has applied: プラン兼利用申込書) → in force → replaced (再プラン) | ended (終結) | interrupted (中断).
//! A draft or proposal can be dropped. Into force, and to an end, it goes only with a decision of its own timing
//! (`concepts/decision`); each decision once.
//!
//! Who acts: any desk with a part in the case. An action of a desk is a task; it passes on with the desk's work when the desk
//! ends, and so does the plan. Actions of the person, of somebody of the household or of a place are lines without a task.
//!
//! 伴走型: a plan may have a rhythm instead of an end: after each look the next one is promised, as long as it takes.
//!
//! Support without a plan stays possible: nothing here asks for one. But a case is closed or paused only after its plans were
//! (`casefile::rules::plans_ended`), so that no multi-agency, outreach or participation support with a plan ends without the
//! decision.
//!
//! Invariant: a plan in force has a decision, a day on which it is looked at again, and a task for it.
//! Invariant: the words of a plan are entries with the category 支援プラン, read by whoever the disclosure decision lets.
//! Invariant: out of every state there is a way, also when the person dies, moves or withdraws, or a desk ends.

mod acts;
mod dated;
mod difference;
mod evaluate;
mod form;
mod pages;
mod print;
mod rules;
mod sql;
mod steps;
mod view;
mod write;

pub use dated::dated;
pub use pages::pages;
pub use print::blank;
pub use rules::{Achieved, Outcome, Signed, State, Who};
pub use sql::participation_plans;

/// The sentences of this concept.
pub const TEXT: site::Text =
    site::Text { ja: include_str!("../text/ja.toml"), en: include_str!("../text/en.toml") };
