//! What may happen to a version of a plan. Every refusal says what to do instead.

use decision::{Programme, Timing};
use engine::Refusal;
use words::{Day, codes};

codes! {
    /// Where a version stands.
    pub enum State {
        /// 下書き.
        Draft = "draft",
        /// 本人と確かめ、会議にはかる案.
        Proposed = "proposed",
        /// 動いている.
        InForce = "in_force",
        /// 次の版に替わった.
        Replaced = "replaced",
        /// 終結した.
        Ended = "ended",
        /// 中断した.
        Interrupted = "interrupted",
        /// 取りやめた.
        Dropped = "dropped",
    }

    /// Who does something.
    pub enum Who {
        /// A desk: its action is a task.
        Desk = "desk",
        /// Somebody of the household.
        Person = "person",
        /// The person whose plan it is.
        Myself = "self",
        /// A place or a person around them, by name.
        Place = "place",
    }

    /// A line of a plan.
    pub enum Part {
        /// 本人の言葉.
        Words = "words",
        /// 世帯全体の支援の方向性.
        Direction = "direction",
        /// 長期目標.
        LongGoal = "long_goal",
        /// 短期目標.
        ShortGoal = "short_goal",
        /// だれが・何を・いつまで.
        Role = "action",
        /// 前の版から変わったことと、そのわけ.
        Change = "change",
        /// モニタリングで見たこと.
        Monitored = "monitored",
        /// 評価.
        Evaluation = "evaluation",
    }

    /// How far a goal was reached (reference B-3).
    pub enum Achieved {
        /// 達成.
        Reached = "reached",
        /// 一部達成.
        Partly = "partly",
        /// 未達成.
        NotReached = "not_reached",
    }

    /// What comes after an evaluation (reference B-3).
    pub enum Outcome {
        /// 終結.
        End = "end",
        /// 再プランして続ける.
        Replan = "replan",
        /// 中断.
        Interrupt = "interrupt",
    }

    /// How the person applied for what the plan says.
    pub enum Signed {
        /// 署名.
        Paper = "paper",
        /// 本人が画面で確かめた.
        Screen = "screen",
        /// 口頭で、職員が書きとめた.
        Oral = "oral",
        /// 代理人による.
        OnBehalf = "on_behalf",
    }
}

/// The version of a kind that a new one goes on from, out of all of them, the newest first: the one in force; or, where the last that was
/// in force is interrupted, that one, so that what had been agreed is taken up again and what changed is said.
pub(crate) fn former(versions: &[State]) -> Option<usize> {
    let live = versions.iter().position(|s| *s == State::InForce);
    let last = versions
        .iter()
        .position(|s| matches!(s, State::InForce | State::Replaced | State::Ended | State::Interrupted));
    live.or(last.filter(|at| versions.get(*at) == Some(&State::Interrupted)))
}

/// A draft is written on; what is proposed goes back to a draft first, what is in force gets a next version.
pub(crate) fn writable(state: State) -> Result<(), Refusal> {
    match state {
        State::Draft => Ok(()),
        State::Proposed => Err(Refusal::new("support_plan.is_proposed")),
        State::InForce => Err(Refusal::new("support_plan.is_in_force")),
        _ => Err(Refusal::new("support_plan.is_over")),
    }
}

/// A plan is begun in an open case, one of a kind at a time.
pub(crate) fn begin(case_open: bool, in_writing: bool) -> Result<(), Refusal> {
    if !case_open {
        return Err(Refusal::new("support_plan.case_ended"));
    }
    if in_writing { Err(Refusal::new("support_plan.in_writing")) } else { Ok(()) }
}

/// What a draft holds, as far as proposing depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub goals: usize,
    pub actions: usize,
    /// Whether it takes the place of another version, and says what changed.
    pub follows: bool,
    pub change: bool,
}

/// In an open case a draft is proposed with a goal and somebody who does something; a next version says what changed.
pub(crate) fn propose(state: State, case_open: bool, shape: Shape) -> Result<(), Refusal> {
    writable(state)?;
    if !case_open {
        return Err(Refusal::new("support_plan.case_ended"));
    }
    if shape.goals == 0 {
        return Err(Refusal::new("support_plan.no_goal"));
    }
    if shape.actions == 0 {
        return Err(Refusal::new("support_plan.no_action"));
    }
    if shape.follows && !shape.change {
        return Err(Refusal::new("support_plan.no_change"));
    }
    Ok(())
}

/// The person's application (プラン兼利用申込書) on a day that has come. Outreach reaches those who do not ask: there it may
/// be missing.
pub(crate) fn applied(kind: Programme, signed: Option<(Day, Signed)>, today: Day) -> Result<(), Refusal> {
    match signed {
        Some((day, _)) if day > today => Err(Refusal::new("date.in_future")),
        None if kind != Programme::Outreach => Err(Refusal::new("support_plan.not_signed")),
        _ => Ok(()),
    }
}

/// A proposal goes back to be changed.
pub(crate) fn back(state: State) -> Result<(), Refusal> {
    if state == State::Proposed { Ok(()) } else { Err(Refusal::new("support_plan.not_proposed")) }
}

/// What is not in force yet can be dropped, whatever became of the case.
pub(crate) fn drop_it(state: State) -> Result<(), Refusal> {
    match state {
        State::Draft | State::Proposed => Ok(()),
        State::InForce => Err(Refusal::new("support_plan.end_instead")),
        _ => Err(Refusal::new("support_plan.is_over")),
    }
}

/// A proposal is put into force by a decision: 策定, or 再プラン where a version is in force already.
pub(crate) fn force(state: State, case_open: bool, one_in_force: bool) -> Result<Timing, Refusal> {
    back(state)?;
    if !case_open {
        return Err(Refusal::new("support_plan.case_ended"));
    }
    Ok(if one_in_force { Timing::Replan } else { Timing::Establish })
}

/// What an evaluation of a plan in force leads to: a decision of that timing, or none for a next version, which is decided when
/// it is put into force.
pub(crate) fn evaluate(state: State, outcome: Outcome) -> Result<Option<Timing>, Refusal> {
    if state != State::InForce {
        return Err(Refusal::new("support_plan.not_in_force"));
    }
    Ok(match outcome {
        Outcome::End => Some(Timing::Close),
        Outcome::Interrupt => Some(Timing::Interrupt),
        Outcome::Replan => None,
    })
}

/// How the plan goes is looked at while it is in force; the next look lies ahead.
pub(crate) fn monitor(state: State, next: Day, today: Day) -> Result<(), Refusal> {
    if state != State::InForce {
        return Err(Refusal::new("support_plan.not_in_force"));
    }
    if next <= today { Err(Refusal::new("support_plan.next_past")) } else { Ok(()) }
}

/// What the person, the household or a place does is said to be done while the plan is in force, once. What a desk does is its
/// task.
pub(crate) fn done_by_them(
    state: State,
    (part, who): (Part, Option<Who>),
    achieved: Option<Achieved>,
) -> Result<(), Refusal> {
    if state != State::InForce {
        return Err(Refusal::new("support_plan.not_in_force"));
    }
    let theirs = part == Part::Role && who.is_some_and(|w| w != Who::Desk);
    if theirs && achieved.is_none() { Ok(()) } else { Err(Refusal::new("support_plan.action_over")) }
}

/// A promise for a day that lies ahead, or none.
pub(crate) fn ahead(day: Option<Day>, today: Day) -> Result<(), Refusal> {
    if day.is_some_and(|d| d < today) { Err(Refusal::new("support_plan.day_past")) } else { Ok(()) }
}

/// The next look of a plan with a rhythm.
pub(crate) fn by_rhythm(today: Day, weeks: Option<i64>) -> Option<Day> {
    weeks.filter(|w| *w > 0).map(|w| today.plus_days(w * 7))
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
