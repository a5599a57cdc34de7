use decision::EndedWhy;
use proptest::prelude::*;
use words::code::Code;

use super::*;

fn day(d: u32) -> Day {
    Day::new(2026, 11, d).unwrap()
}

fn key<T>(r: Result<T, Refusal>) -> &'static str {
    r.err().map_or("", |r| r.key)
}

#[test]
fn a_plan_is_proposed_with_a_goal_and_somebody_who_does_something() {
    let full = Shape { goals: 1, actions: 1, follows: false, change: false };
    assert_eq!(key(propose(State::Draft, full)), "");
    assert_eq!(key(propose(State::Draft, Shape { goals: 0, ..full })), "support_plan.no_goal");
    assert_eq!(key(propose(State::Draft, Shape { actions: 0, ..full })), "support_plan.no_action");
    assert_eq!(key(propose(State::Draft, Shape { follows: true, ..full })), "support_plan.no_change");
    assert_eq!(key(propose(State::InForce, full)), "support_plan.is_in_force");
}

#[test]
fn the_person_applies_except_where_nobody_asked() {
    let today = day(21);
    assert_eq!(key(applied(Programme::MultiAgency, None, today)), "support_plan.not_signed");
    assert_eq!(key(applied(Programme::Participation, None, today)), "support_plan.not_signed");
    assert_eq!(key(applied(Programme::Outreach, None, today)), "");
    assert_eq!(key(applied(Programme::MultiAgency, Some((day(22), Signed::Paper)), today)), "date.in_future");
    assert_eq!(key(applied(Programme::MultiAgency, Some((today, Signed::Oral)), today)), "");
}

#[test]
fn what_was_interrupted_is_taken_up_again() {
    use State::{Draft, Dropped, Ended, InForce, Interrupted, Replaced};
    assert_eq!(former(&[InForce, Replaced]), Some(0));
    assert_eq!(former(&[Dropped, Interrupted, Replaced]), Some(1));
    assert_eq!(former(&[Draft, Interrupted]), Some(1));
    assert_eq!(former(&[Ended, Interrupted]), None, "it was taken up and ended");
    assert_eq!(former(&[Draft, Dropped]), None);
}

#[test]
fn a_rhythm_goes_on_as_long_as_it_takes() {
    assert_eq!(by_rhythm(day(1), Some(2)), Some(day(15)));
    assert_eq!(by_rhythm(day(1), None), None);
    assert_eq!(by_rhythm(day(1), Some(0)), None);
    assert_eq!(key(monitor(State::InForce, day(21), day(21))), "support_plan.next_past");
    assert_eq!(key(monitor(State::Ended, day(22), day(21))), "support_plan.not_in_force");
}

/// A case with one kind of support, as the rules of plans and decisions see it: who is left, what was decided, what stands.
#[derive(Debug, Clone, Default)]
struct World {
    case_open: bool,
    consented: bool,
    died: bool,
    moved: bool,
    desk_gone: bool,
    versions: Vec<State>,
    /// Decisions that nothing has used: timing, and whether a consent conference made it.
    decided: Vec<(Timing, bool)>,
    used: Vec<Timing>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Consent,
    Withdraw,
    Die,
    Move,
    DeskEnds,
    Decide(Timing),
    DecideAlone(Timing, EndedWhy),
    Begin,
    Propose,
    Back,
    Drop,
    Force,
    Evaluate(Outcome),
    CloseCase,
    Reopen,
}

impl World {
    fn in_force(&self) -> Option<usize> {
        self.versions.iter().position(|s| *s == State::InForce)
    }

    fn open(&self) -> Option<usize> {
        self.versions.iter().position(|s| matches!(s, State::Draft | State::Proposed))
    }

    fn take_decision(&mut self, timing: Timing) -> bool {
        let Some(at) = self.decided.iter().position(|(t, _)| *t == timing) else { return false };
        self.decided.remove(at);
        self.used.push(timing);
        true
    }

    /// Does what the acts do, guarded by the same rules; whether it was done.
    fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Consent => {
                self.consented = true;
                true
            }
            Step::Withdraw => {
                self.consented = false;
                true
            }
            Step::Die => {
                self.died = true;
                true
            }
            Step::Move => {
                self.moved = true;
                true
            }
            // Its plan, promises and accountability pass to its heir: nothing of the plan depends on the desk.
            Step::DeskEnds => {
                self.desk_gone = true;
                true
            }
            Step::Decide(timing) => {
                // In the consent conference, where the consent holds.
                if !self.consented {
                    return false;
                }
                self.decided.push((timing, true));
                true
            }
            Step::DecideAlone(timing, why) => {
                let ending = matches!(timing, Timing::Close | Timing::Interrupt);
                let so = match why {
                    EndedWhy::Died => self.died,
                    EndedWhy::Moved => self.moved,
                    EndedWhy::Withdrawn | EndedWhy::Expired => true,
                };
                if !ending || self.consented || !so || !self.case_open {
                    return false;
                }
                self.decided.push((timing, false));
                true
            }
            Step::Begin => {
                let may = begin(self.case_open, self.open().is_some()).is_ok();
                if may {
                    self.versions.push(State::Draft);
                }
                may
            }
            Step::Propose => self.to(State::Proposed, |w, i| {
                let shape = Shape { goals: 1, actions: 1, follows: w.in_force().is_some(), change: true };
                propose(w.versions[i], shape).is_ok()
            }),
            Step::Back => self.to(State::Draft, |w, i| back(w.versions[i]).is_ok()),
            Step::Drop => self.to(State::Dropped, |w, i| drop_it(w.versions[i]).is_ok()),
            Step::Force => {
                let former = self.in_force();
                let Some(new) = self.open() else { return false };
                let Ok(timing) = force(self.versions[new], self.case_open, former.is_some()) else {
                    return false;
                };
                if !self.take_decision(timing) {
                    return false;
                }
                if let Some(former) = former {
                    self.versions[former] = State::Replaced;
                }
                self.versions[new] = State::InForce;
                true
            }
            Step::Evaluate(outcome) => {
                let Some(at) = self.in_force() else { return false };
                match evaluate(self.versions[at], outcome) {
                    Err(_) => false,
                    Ok(None) => {
                        begin(self.case_open, self.open().is_some()).is_ok() && self.step(Step::Begin)
                    }
                    Ok(Some(timing)) => {
                        let done = self.take_decision(timing);
                        if done {
                            self.versions[at] =
                                if timing == Timing::Close { State::Ended } else { State::Interrupted };
                        }
                        done
                    }
                }
            }
            // What `casefile` asks before it closes or pauses a case.
            Step::CloseCase => {
                let may = self.case_open && self.in_force().is_none();
                self.case_open &= !may;
                may
            }
            Step::Reopen => {
                let may = !self.case_open;
                self.case_open = true;
                may
            }
        }
    }

    fn to(&mut self, state: State, may: impl Fn(&Self, usize) -> bool) -> bool {
        let Some(at) = self.open() else { return false };
        let done = may(self, at);
        if done {
            self.versions[at] = state;
        }
        done
    }

    fn holds(&self) {
        let count = |s: State| self.versions.iter().filter(|x| **x == s).count();
        let used = |t: Timing| self.used.iter().filter(|x| **x == t).count();
        assert!(count(State::InForce) <= 1 && usize::from(self.open().is_some()) <= 1);
        let ever =
            count(State::InForce) + count(State::Replaced) + count(State::Ended) + count(State::Interrupted);
        assert_eq!(ever, used(Timing::Establish) + used(Timing::Replan), "in force without a decision");
        assert_eq!(count(State::Ended), used(Timing::Close), "ended without a decision");
        assert_eq!(count(State::Interrupted), used(Timing::Interrupt), "interrupted without a decision");
        assert_eq!(count(State::Replaced), used(Timing::Replan), "replaced without a decision");
        assert!(self.case_open || self.in_force().is_none(), "the case is closed over a plan in force");
    }

    /// Somebody who wants to bring everything to an end, using nothing but ordinary steps, gets there.
    fn can_end(mut self) -> bool {
        if self.open().is_some() && !self.step(Step::Drop) {
            return false;
        }
        if self.in_force().is_some() {
            let why = [EndedWhy::Withdrawn, EndedWhy::Died, EndedWhy::Moved];
            let decided = self.step(Step::Decide(Timing::Close))
                || why.iter().any(|w| self.clone().step(Step::DecideAlone(Timing::Close, *w)))
                    && why.iter().any(|w| self.step(Step::DecideAlone(Timing::Close, *w)));
            if !decided || !self.step(Step::Evaluate(Outcome::End)) {
                return false;
            }
        }
        !self.case_open || self.step(Step::CloseCase)
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let timing = (0..4_usize).prop_map(|i| Timing::ALL[i]);
    let one = prop_oneof![
        Just(Step::Consent),
        Just(Step::Withdraw),
        Just(Step::Die),
        Just(Step::Move),
        Just(Step::DeskEnds),
        timing.clone().prop_map(Step::Decide),
        (timing, 0..EndedWhy::ALL.len()).prop_map(|(t, w)| Step::DecideAlone(t, EndedWhy::ALL[w])),
        Just(Step::Begin),
        Just(Step::Propose),
        Just(Step::Back),
        Just(Step::Drop),
        Just(Step::Force),
        (0..Outcome::ALL.len()).prop_map(|i| Step::Evaluate(Outcome::ALL[i])),
        Just(Step::CloseCase),
        Just(Step::Reopen),
    ];
    proptest::collection::vec(one, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens, in whatever order: nothing is in force, replaced or ended without its decision, no case is closed over
    /// a plan in force, and from everywhere there is a way to the end.
    #[test]
    fn no_path_goes_around_the_decision_and_none_is_a_trap(steps in steps()) {
        let mut world = World { case_open: true, ..World::default() };
        for step in steps {
            world.step(step);
            world.holds();
            prop_assert!(world.clone().can_end(), "a trap: {world:?}");
        }
    }
}

#[test]
fn the_whole_way_is_possible() {
    let mut w = World { case_open: true, consented: true, ..World::default() };
    let way = [
        Step::Begin,
        Step::Propose,
        Step::Decide(Timing::Establish),
        Step::Force,
        Step::Evaluate(Outcome::Replan),
        Step::Propose,
        Step::Decide(Timing::Replan),
        Step::Force,
        Step::Decide(Timing::Close),
        Step::Evaluate(Outcome::End),
        Step::CloseCase,
    ];
    for step in way {
        assert!(w.step(step), "{step:?} in {w:?}");
        w.holds();
    }
    assert_eq!(w.versions, [State::Replaced, State::Ended]);
}
