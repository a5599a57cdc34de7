//! その後: how an item stands after its session, from what came of its homework, decisions and plan.

use words::codes;

codes! {
    /// How an item stands now; the most pressing first.
    pub enum Status {
        /// 期限を過ぎた約束がある.
        Overdue = "overdue",
        /// 約束が進んでいる.
        Open = "open",
        /// 決まったが、まだプランになっていない.
        Waiting = "waiting",
        /// プランが動いている.
        PlanInForce = "plan_in_force",
        /// 終結した.
        Closed = "closed",
        /// 中断している: it may go on one day.
        Interrupted = "interrupted",
        /// 約束はみなすんだ.
        AllDone = "all_done",
        /// 決まった.
        Decided = "decided",
        /// 会議録に決まったことがある.
        InMinutes = "in_minutes",
        /// 約束も決定もない.
        Nothing = "nothing",
    }

    /// What happened to an item.
    pub enum Event {
        /// 決まった.
        Decided = "decided",
        /// 宿題がすんだ.
        Done = "done",
        /// 宿題の期限が過ぎた.
        Overdue = "overdue",
        /// 支援が終わった・中断した.
        Ended = "ended",
        /// 「どうなりましたか」に答えがあった.
        Answered = "answered",
    }
}

/// What is known of an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Promises that are open.
    pub open: usize,
    /// Of these, the late ones.
    pub late: usize,
    /// Promises that were kept.
    pub done: usize,
    /// Whether something stands that was decided.
    pub decided: bool,
    /// Whether a decision for a plan is not used yet.
    pub unused: bool,
    /// Whether a plan that rests on one of its decisions is in force.
    pub plan: bool,
    /// What the minutes say was decided, line by line.
    pub minuted: usize,
    /// How the case has ended since.
    pub ended: Option<Ended>,
}

/// How a case has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// 終結.
    Closed,
    /// 中断.
    Interrupted,
}

/// How many lines of a text of minutes say what was decided.
pub fn decided_lines(text: &str) -> usize {
    text.lines().filter(|line| line.trim_start().starts_with('⇒')).count()
}

/// How it stands. A late promise hides behind nothing, not even behind the end of the case.
pub fn status(f: Facts) -> Status {
    match f {
        Facts { late: 1.., .. } => Status::Overdue,
        Facts { open: 1.., .. } => Status::Open,
        Facts { ended: Some(Ended::Closed), .. } => Status::Closed,
        Facts { ended: Some(Ended::Interrupted), .. } => Status::Interrupted,
        Facts { plan: true, .. } => Status::PlanInForce,
        Facts { unused: true, .. } => Status::Waiting,
        Facts { done: 1.., .. } => Status::AllDone,
        Facts { decided: true, .. } => Status::Decided,
        Facts { minuted: 1.., .. } => Status::InMinutes,
        _ => Status::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decisions_are_lines_with_their_mark() {
        assert_eq!(decided_lines("○ 便は何本か\n→ 三本 ⇒ ふえない\n⇒ 二便にする\n　⇒ 秋に見直す"), 2);
        assert_eq!(decided_lines(""), 0);
    }

    #[test]
    fn what_presses_most_is_said() {
        let f = Facts::default();
        assert_eq!(status(f), Status::Nothing);
        assert_eq!(status(Facts { minuted: 1, ..f }), Status::InMinutes);
        assert_eq!(status(Facts { minuted: 1, decided: true, ..f }), Status::Decided);
        assert_eq!(status(Facts { decided: true, ..f }), Status::Decided);
        assert_eq!(status(Facts { decided: true, done: 2, ..f }), Status::AllDone);
        assert_eq!(status(Facts { decided: true, unused: true, ..f }), Status::Waiting);
        assert_eq!(status(Facts { decided: true, plan: true, ..f }), Status::PlanInForce);
        let ended = Some(Ended::Closed);
        assert_eq!(status(Facts { ended, plan: true, ..f }), Status::Closed);
        assert_eq!(
            status(Facts { ended: Some(Ended::Interrupted), decided: true, ..f }),
            Status::Interrupted
        );
        assert_eq!(status(Facts { open: 1, ended, ..f }), Status::Open);
        assert_eq!(status(Facts { open: 2, late: 1, ended, ..f }), Status::Overdue);
    }

    proptest! {
        #[test]
        fn a_late_promise_is_always_told(open in 1_usize..9, done in 0_usize..9, decided: bool, plan: bool, closed: bool, unused: bool) {
            let ended = closed.then_some(Ended::Closed);
            let f = Facts { open, late: 1, done, decided, unused, plan, ended, minuted: done };
            prop_assert_eq!(status(f), Status::Overdue);
            prop_assert_eq!(status(Facts { late: 0, ..f }), Status::Open);
        }
    }
}
