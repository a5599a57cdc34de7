//! What keeps a case from its end: multi-agency support that goes on, and its own end that no conference has decided (R-043, R-104, domain
//! section 4.2).

use engine::Refusal;
use task::TaskKind;
use words::id::{DeskId, TaskId, ThingId};
use words::{Day, Instant, codes};

use super::{CaseState, EndReason};

codes! {
    /// What there is of multi-agency support in a case, while no plan is in force.
    pub enum Support {
        /// A proposal before a conference.
        Plan = "plan",
        /// A 策定 that no plan has used.
        Decision = "decision",
        /// An open matter of a conference with consent. Of a confidential one nothing is said here (disclosure rule 8).
        Matter = "matter",
        /// A plan that was interrupted, and not taken up again.
        Paused = "paused",
        /// A matter that a conference with consent has talked over to its end.
        Met = "met",
    }
}

/// Something of multi-agency support in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ongoing {
    /// What.
    pub what: Support,
    /// Which plan, decision or matter.
    pub id: ThingId,
    /// Code of the programme of a plan or a decision.
    pub programme: String,
    /// The desk it is at: of a matter its secretariat.
    pub desk: DeskId,
    /// Since when; of a plan that was interrupted, since then; of what was talked over, the session.
    pub since: Instant,
}

/// Where 終結 or 中断 was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// In a matter.
    Matter(ThingId),
    /// On the provider's own records.
    Alone,
    /// It stands in the plan that it ended.
    Plan,
}

/// 終結 or 中断 of support, as decided: where it stands and is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The decision, or the plan it ended.
    pub id: ThingId,
    /// 終結.
    pub close: bool,
    /// Code of the programme.
    pub programme: String,
    /// Where.
    pub by: By,
    /// On which day.
    pub on: Day,
    /// When it was written down.
    pub at: Instant,
}

impl Ongoing {
    /// Whether this decision ends it: 終結 or 中断 of its programme decided since; of a matter in it or on own records. What was in force or
    /// was talked over needs 終結.
    fn ended_by(&self, d: &Decided) -> bool {
        let same = self.programme == d.programme;
        match self.what {
            Support::Plan => same && d.by != By::Plan && d.at > self.since,
            Support::Decision => same && d.by != By::Plan && d.id > self.id,
            Support::Matter => (d.by == By::Alone || d.by == By::Matter(self.id)) && d.at >= self.since,
            Support::Paused => d.close && same && d.at >= self.since,
            Support::Met => d.close && d.on >= self.since.day(),
        }
    }

    /// Whether a pause leaves it as it is: it holds the case open against closing only.
    pub const fn may_pause(&self) -> bool {
        matches!(self.what, Support::Paused | Support::Met)
    }
}

/// What goes on, as long as nothing that was decided since ends it.
pub fn going_on(there: Vec<Ongoing>, decided: &[Decided]) -> Vec<Ongoing> {
    there.into_iter().filter(|o| !decided.iter().any(|d| o.ended_by(d))).collect()
}

/// A case is under multi-agency support also while no plan is in force: a proposal waits for its conference, a 策定 is decided, a
/// conference with consent speaks about it. Then 終結 and 中断 need their decision (R-043, R-104, domain section 4.2), or each of these is
/// brought to its own end first. What a plan had begun and paused, and what a conference talked over, is closed by 終結 alone. Where no
/// conference can be held any more that is decided on own records.
pub fn support_ended(going_on: &[Ongoing], to: CaseState) -> Result<(), Refusal> {
    let open = going_on.iter().filter(|o| !o.may_pause()).count();
    if open > 0 {
        return Err(Refusal::new("case.support_goes_on").arg("n", open));
    }
    if to == CaseState::Closed && !going_on.is_empty() {
        return Err(Refusal::new("case.close_undecided"));
    }
    Ok(())
}

/// Tasks that an ending makes pointless. Feedback is still owed, a follow-up is what the ending promises, and the
/// tasks of a consultation or a sheet are theirs.
pub const ENDED: &[TaskKind] = &[
    TaskKind::AnswerReferral,
    TaskKind::FetchAnswer,
    TaskKind::FinishReferral,
    TaskKind::Reroute,
    TaskKind::NextPromise,
    TaskKind::Review,
    TaskKind::CheckInquiry,
    TaskKind::TakePart,
    TaskKind::HearPart,
    TaskKind::PlanAction,
    TaskKind::HearAction,
    TaskKind::Monitor,
    TaskKind::ReviewCaution,
    TaskKind::ConsiderNext,
    TaskKind::LifeStage,
];

/// Whether an ending cancels a task of this kind.
pub fn cancels(kind: TaskKind) -> bool {
    ENDED.contains(&kind)
}

/// Whether the record of the ending says so, too: it can be printed and handed out, where a caution (訪問時の注意) never stands.
pub fn noted(kind: TaskKind) -> bool {
    cancels(kind) && kind != TaskKind::ReviewCaution
}

/// Nothing is cancelled silently: whoever ends a case has seen what ends with it, and said so. What was promised meanwhile they have not
/// seen.
pub fn agreed(ends: &[TaskId], seen: &[TaskId], agreed: bool) -> Result<(), Refusal> {
    if ends.is_empty() {
        return Ok(());
    }
    if !agreed {
        return Err(Refusal::new("case.ends_agree"));
    }
    if ends.iter().any(|id| !seen.contains(id)) {
        return Err(Refusal::new("case.ends_changed"));
    }
    Ok(())
}

/// Whether somebody has to keep an eye on the household from now on: where nobody is left, nobody can. Whether somebody is left is asked of
/// the record too: one wrong pick in a list leaves no family without anybody.
pub fn needs_watch(reason: EndReason, somebody_lives: bool) -> bool {
    somebody_lives || reason != EndReason::Died
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(n: usize) -> ThingId {
        ThingId::new(format!("00000000-0000-7000-8000-{n:012}").parse().unwrap())
    }

    fn at(day: u32) -> Instant {
        Instant::at(Day::new(2026, 11, day).unwrap(), 9, 0)
    }

    fn there(what: Support, day: u32) -> Ongoing {
        let programme = if matches!(what, Support::Matter | Support::Met) { "" } else { "multi_agency" };
        Ongoing { what, id: thing(5), programme: programme.to_owned(), desk: thing(1).cast(), since: at(day) }
    }

    fn decided(close: bool, by: By, day: u32) -> Decided {
        let (id, programme) = (thing(10 + usize::try_from(day).unwrap()), "multi_agency".to_owned());
        Decided { id, close, programme, by, on: Day::new(2026, 11, day).unwrap(), at: at(day) }
    }

    fn key(what: Support, decided: &[Decided], to: CaseState) -> &'static str {
        support_ended(&going_on(vec![there(what, 10)], decided), to).err().map_or("", |r| r.key)
    }

    #[test]
    fn what_ends_was_seen_and_agreed_to() {
        let (a, b) = (thing(1).cast(), thing(2).cast());
        let key = |ends: &[TaskId], seen: &[TaskId], yes| agreed(ends, seen, yes).err().map(|r| r.key);
        assert_eq!(key(&[], &[], false), None, "nothing ends");
        assert_eq!(key(&[a], &[a], false), Some("case.ends_agree"));
        assert_eq!(key(&[a, b], &[a], true), Some("case.ends_changed"), "promised meanwhile");
        assert_eq!(key(&[a], &[a, b], true), None, "kept meanwhile");
        assert!(cancels(TaskKind::NextPromise) && cancels(TaskKind::ReviewCaution));
        assert!(noted(TaskKind::Review) && !noted(TaskKind::ReviewCaution));
        assert!(!cancels(TaskKind::GiveFeedback) && !cancels(TaskKind::FollowUp));
    }

    #[test]
    fn nobody_watches_where_nobody_is_left() {
        for reason in <EndReason as words::code::Code>::ALL {
            assert_eq!(needs_watch(*reason, false), *reason != EndReason::Died, "{reason}");
            assert!(needs_watch(*reason, true), "{reason}");
        }
    }

    #[test]
    fn what_was_begun_is_closed_by_its_decision_alone() {
        use CaseState::{Closed, Interrupted};
        for what in [Support::Plan, Support::Decision, Support::Matter] {
            for to in [Closed, Interrupted] {
                assert_eq!(key(what, &[], to), "case.support_goes_on");
                assert_eq!(key(what, &[decided(false, By::Alone, 12)], to), "");
                assert_eq!(key(what, &[decided(true, By::Plan, 12)], to), "case.support_goes_on");
            }
        }
        let other = [decided(true, By::Matter(thing(9)), 12)];
        assert_eq!(key(Support::Matter, &other, Closed), "case.support_goes_on", "of another matter");
        for what in [Support::Paused, Support::Met] {
            assert_eq!(key(what, &[], Closed), "case.close_undecided");
            assert_eq!(key(what, &[], Interrupted), "");
            assert_eq!(
                key(what, &[decided(false, By::Alone, 12)], Closed),
                "case.close_undecided",
                "a pause"
            );
            assert_eq!(key(what, &[decided(true, By::Alone, 9)], Closed), "case.close_undecided", "before");
            for by in [By::Alone, By::Matter(thing(9)), By::Plan] {
                assert_eq!(key(what, &[decided(true, by, 10)], Closed), "");
            }
        }
    }
}
