//! Stories, told through HTTP, each on both engines.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed; its helpers are tests too")]

#[macro_use]
mod support;

mod access;
mod account;
mod addresses;
mod advice;
mod after;
mod agreement;
mod april;
mod board;
mod bulk;
mod capacity;
mod casefile;
mod caution;
mod conference;
mod consent;
mod crawl;
mod decision;
mod download;
mod family;
mod finding;
mod flow;
mod forms;
mod habits;
mod hand_over;
mod import;
mod inquiry;
mod intake;
mod kept;
mod label;
mod learning;
mod life_stage;
mod lists;
mod markers;
mod minutes;
<<<<<<< HEAD
mod minutes_words;
=======
mod outcome;
>>>>>>> from_f2
mod overlap;
mod oversight;
mod papers;
mod plan;
mod program;
mod referral;
mod retention;
mod room;
mod same;
mod seal;
mod session;
mod sheet;
mod sheets;
mod shelter;
mod support_plan;
mod tidy;
mod timeline;
mod triage;
mod undo;
mod urgent;
mod versions;
mod wall;
mod workload;
