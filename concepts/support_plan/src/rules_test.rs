use casefile::{By, CaseState, Decided, Ongoing, Support};
use decision::{EndedWhy, Ground, Proposal, Truth};
use proptest::prelude::*;
use words::Instant;
use words::code::Code;
use words::id::{PersonId, ThingId};

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
    assert_eq!(key(propose(State::Draft, true, full)), "");
    assert_eq!(key(propose(State::Draft, true, Shape { goals: 0, ..full })), "support_plan.no_goal");
    assert_eq!(key(propose(State::Draft, true, Shape { actions: 0, ..full })), "support_plan.no_action");
    assert_eq!(key(propose(State::Draft, true, Shape { follows: true, ..full })), "support_plan.no_change");
    assert_eq!(key(propose(State::InForce, true, full)), "support_plan.is_in_force");
    assert_eq!(key(propose(State::Draft, false, full)), "support_plan.case_ended");
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

/// Somebody of the household.
#[derive(Debug, Clone, Copy)]
struct Someone {
    here: bool,
    agreed: bool,
}

/// A version of the plan.
#[derive(Debug, Clone)]
struct Version {
    id: ThingId,
    state: State,
    proposal: i64,
    written: Instant,
    ended: Option<Instant>,
}

/// The matter under an item of a session.
#[derive(Debug, Clone)]
struct Item {
    matter: ThingId,
    at: Instant,
    stands: bool,
    concluded: bool,
}

/// A decision as it was written down.
#[derive(Debug, Clone)]
struct Made {
    id: ThingId,
    timing: Timing,
    ground: Ground,
    proposal: Option<Proposal>,
    matter: Option<ThingId>,
    item: Option<usize>,
    on: Instant,
    used: bool,
}

/// A case with one kind of support. Whatever is refused is refused by the rules that the acts ask.
#[derive(Debug, Clone)]
struct World {
    count: usize,
    now: Instant,
    case: CaseState,
    people: [Someone; 2],
    /// Whom the conference with consent is about.
    about: Vec<usize>,
    /// The conference with consent, while it is open, and since when.
    matter: Option<(ThingId, Instant)>,
    /// Somebody could hold one.
    staffed: bool,
    was: Truth,
    items: Vec<Item>,
    versions: Vec<Version>,
    made: Vec<Made>,
}

#[derive(Debug, Clone)]
enum Step {
    Night,
    Agree(usize),
    Withdraw(usize),
    Expire(usize),
    Die(usize),
    Leave(usize),
    Staffed(bool),
    OpenMatter,
    CloseMatter,
    About(Vec<usize>),
    Sit,
    Conclude,
    DropItem,
    Decide(Ground, Timing, Option<EndedWhy>, Vec<usize>),
    Begin,
    Propose,
    Back,
    Drop,
    Force,
    Evaluate(Outcome),
    EndCase(CaseState),
    Reopen,
}

fn thing(n: usize) -> ThingId {
    ThingId::new(format!("00000000-0000-7000-8000-{n:012}").parse().unwrap())
}

fn person(n: usize) -> PersonId {
    thing(900 + n).cast()
}

const PROGRAMME: &str = "multi_agency";

impl World {
    fn new() -> Self {
        Self {
            count: 1_000,
            now: Instant::at(day(1), 9, 0),
            case: CaseState::Open,
            people: [Someone { here: true, agreed: false }; 2],
            about: vec![0],
            matter: None,
            staffed: true,
            was: Truth::default(),
            items: Vec::new(),
            versions: Vec::new(),
            made: Vec::new(),
        }
    }

    fn id(&mut self) -> ThingId {
        self.count += 1;
        thing(self.count)
    }

    fn in_force(&self) -> Option<usize> {
        self.versions.iter().position(|v| v.state == State::InForce)
    }

    fn open(&self) -> Option<usize> {
        self.versions.iter().position(|v| matches!(v.state, State::Draft | State::Proposed))
    }

    fn carried(&self) -> bool {
        let here: Vec<_> = self.about.iter().map(|n| self.people[*n]).filter(|p| p.here).collect();
        !here.is_empty() && here.iter().all(|p| p.agreed)
    }

    fn somebody_agrees(&self) -> bool {
        self.people.iter().any(|p| p.here && p.agreed)
    }

    fn truth(&self, ground: Ground) -> Truth {
        Truth {
            carried: ground == Ground::Consent && self.carried(),
            consented: self.staffed && self.somebody_agrees(),
            unheld: self.somebody_agrees(),
            ..self.was
        }
    }

    /// The item under which the matter is or was talked over today.
    fn item_today(&self, matter: ThingId) -> Option<usize> {
        let today = self.now.day();
        self.items.iter().rposition(|i| i.stands && i.matter == matter && i.at.day() == today)
    }

    fn decide(
        &mut self,
        ground: Ground,
        timing: Timing,
        why: Option<EndedWhy>,
        marked: &[usize],
    ) -> Option<()> {
        let matter = match ground {
            Ground::Consent => Some(self.matter?.0),
            _ => None,
        };
        let truth = self.truth(ground);
        decision::case_goes_on(ground, timing, self.case == CaseState::Open).ok()?;
        decision::place(ground, timing, truth, why).ok()?;
        let item = matter.and_then(|m| self.item_today(m));
        decision::under_item(ground, timing, truth.carried, item.is_some()).ok()?;
        let there = self.versions.iter().find(|v| v.state == State::Proposed).map(|v| (v.id, v.proposal));
        let proposal = decision::about_proposal(timing, there).ok()?;
        if ground == Ground::Consent {
            let about: Vec<PersonId> = self.about.iter().map(|n| person(*n)).collect();
            let carriers: Vec<PersonId> = self
                .about
                .iter()
                .filter(|n| truth.carried && self.people[**n].here)
                .map(|n| person(*n))
                .collect();
            let marked: Vec<PersonId> = marked.iter().map(|n| person(*n)).collect();
            let whose = decision::of_those(&about, &carriers, &marked).ok()?;
            assert!(whose.iter().all(|p| about.contains(p)), "about somebody it is not about");
            let agreed = |p: &PersonId| self.about.iter().any(|n| person(*n) == *p && self.people[*n].here);
            assert!(!truth.carried || !marked.is_empty() || whose.iter().all(agreed), "about the dead");
        }
        // Without an item support is ended only where no conference could be held about anybody.
        let held = self.staffed && self.somebody_agrees();
        assert!(timing == Timing::Other || item.is_some() || !held, "around the consent: {self:?}");
        let id = self.id();
        self.made.push(Made { id, timing, ground, proposal, matter, item, on: self.now, used: false });
        Some(())
    }

    /// Uses a decision of this timing, as `decision::consume` does.
    fn consume(&mut self, timing: Timing, text: Option<Proposal>) -> Option<()> {
        let carried = self.carried();
        let fits = |d: &Made| {
            let item = d.item.map(|at| &self.items[at]);
            !d.used
                && d.timing == timing
                && decision::same_text(d.proposal, text).is_ok()
                && under_still(d, item)
                && decision::stands(d.ground, timing, false, carried).is_ok()
        };
        let at = self.made.iter().position(fits)?;
        let used = &self.made[at];
        assert!(used.item.is_none_or(|i| self.items[i].stands), "it outlived its item: {self:?}");
        assert!(text.is_none() || used.proposal == text, "another text: {self:?}");
        self.made[at].used = true;
        Some(())
    }

    fn there(&self) -> Vec<Ongoing> {
        let of = |what, id, programme: &str, since| Ongoing {
            what,
            id,
            programme: programme.to_owned(),
            desk: thing(1).cast(),
            since,
        };
        let mut there = Vec::new();
        for v in self.versions.iter().filter(|v| v.state == State::Proposed) {
            there.push(of(Support::Plan, v.id, PROGRAMME, v.written));
        }
        for d in self.made.iter().filter(|d| d.timing == Timing::Establish && !d.used) {
            there.push(of(Support::Decision, d.id, PROGRAMME, d.on));
        }
        there.extend(self.matter.map(|(id, since)| of(Support::Matter, id, "", since)));
        let last = self.versions.iter().rfind(|v| ever(v.state));
        if let Some(v) = last.filter(|v| v.state == State::Interrupted) {
            there.push(of(Support::Paused, v.id, PROGRAMME, v.ended.unwrap()));
        }
        for i in self.items.iter().filter(|i| i.concluded) {
            there.push(of(Support::Met, i.matter, "", i.at));
        }
        there
    }

    fn decided(&self) -> Vec<Decided> {
        let ends = |d: &&Made| {
            matches!(d.timing, Timing::Close | Timing::Interrupt)
                && d.ground != Ground::Secrecy
                && d.item.is_none_or(|i| self.items[i].stands)
        };
        let made = self.made.iter().filter(ends).map(|d| Decided {
            id: d.id,
            close: d.timing == Timing::Close,
            programme: PROGRAMME.to_owned(),
            by: d.matter.map_or(By::Alone, By::Matter),
            on: d.on.day(),
            at: d.on,
        });
        let ended = self.versions.iter().filter(|v| v.state == State::Ended).map(|v| Decided {
            id: v.id,
            close: true,
            programme: PROGRAMME.to_owned(),
            by: By::Plan,
            on: v.ended.unwrap().day(),
            at: v.ended.unwrap(),
        });
        made.chain(ended).collect()
    }

    /// Does what the acts do, guarded by the same rules; whether it was done.
    fn step(&mut self, step: &Step) -> bool {
        self.now = self.now.plus_minutes(1);
        self.done(step).is_some()
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each step")]
    fn done(&mut self, step: &Step) -> Option<()> {
        let open = self.case == CaseState::Open;
        match step {
            Step::Night => self.now = Instant::at(self.now.day().plus_days(1), 9, 0),
            Step::Agree(n) => self.people[*n].agreed = true,
            Step::Withdraw(n) => {
                self.was.withdrawn |= self.people[*n].agreed;
                self.people[*n].agreed = false;
            }
            Step::Expire(n) => {
                self.was.expired |= self.people[*n].agreed;
                self.people[*n].agreed = false;
            }
            Step::Die(n) => {
                self.was.died |= self.people[*n].agreed;
                self.people[*n].here = false;
            }
            Step::Leave(n) => {
                self.was.moved |= self.people[*n].agreed;
                self.people[*n].here = false;
            }
            Step::Staffed(staffed) => self.staffed = *staffed,
            Step::OpenMatter => {
                let agree: Vec<usize> =
                    (0..2).filter(|n| self.people[*n].here && self.people[*n].agreed).collect();
                if self.matter.is_some() || agree.is_empty() || !self.staffed {
                    return None;
                }
                self.about = agree;
                self.matter = Some((self.id(), self.now));
            }
            Step::CloseMatter => self.matter = None,
            Step::About(whom) => {
                let here = whom.iter().all(|n| self.people[*n].here);
                if self.matter.is_none() || whom.is_empty() || !here {
                    return None;
                }
                self.about.clone_from(whom);
            }
            Step::Sit => {
                let (matter, _) = self.matter.filter(|_| self.carried() && self.staffed)?;
                self.items.push(Item { matter, at: self.now, stands: true, concluded: false });
            }
            Step::Conclude => {
                let item = self.items.iter_mut().rfind(|i| i.stands && !i.concluded)?;
                item.concluded = true;
            }
            Step::DropItem => {
                let item = self.items.iter_mut().rfind(|i| i.stands && !i.concluded)?;
                item.stands = false;
            }
            Step::Decide(ground, timing, why, marked) => self.decide(*ground, *timing, *why, marked)?,
            Step::Begin => {
                begin(open, self.open().is_some()).ok()?;
                let (id, written) = (self.id(), self.now);
                self.versions.push(Version { id, state: State::Draft, proposal: 0, written, ended: None });
            }
            Step::Propose => {
                let at = self.open()?;
                let shape = Shape { goals: 1, actions: 1, follows: self.in_force().is_some(), change: true };
                propose(self.versions[at].state, open, shape).ok()?;
                self.versions[at].state = State::Proposed;
                self.versions[at].proposal += 1;
            }
            Step::Back => {
                let at = self.open()?;
                back(self.versions[at].state).ok()?;
                self.versions[at].state = State::Draft;
            }
            Step::Drop => {
                let at = self.open()?;
                drop_it(self.versions[at].state).ok()?;
                self.versions[at].state = State::Dropped;
            }
            Step::Force => {
                let (former, new) = (self.in_force(), self.open()?);
                let timing = force(self.versions[new].state, open, former.is_some()).ok()?;
                let text = (self.versions[new].id, self.versions[new].proposal);
                self.consume(timing, Some(text))?;
                if let Some(former) = former {
                    self.versions[former].state = State::Replaced;
                }
                self.versions[new].state = State::InForce;
            }
            Step::Evaluate(outcome) => {
                let at = self.in_force()?;
                let Some(timing) = evaluate(self.versions[at].state, *outcome).ok()? else {
                    return self.done(&Step::Begin);
                };
                self.consume(timing, None)?;
                let ends = timing == Timing::Close;
                self.versions[at].state = if ends { State::Ended } else { State::Interrupted };
                self.versions[at].ended = Some(self.now);
            }
            // What `casefile` asks before it closes or pauses a case.
            Step::EndCase(to) => {
                if !open || *to == CaseState::Open || self.in_force().is_some() {
                    return None;
                }
                casefile::support_ended(&casefile::going_on(self.there(), &self.decided()), *to).ok()?;
                self.case = *to;
            }
            Step::Reopen if open => return None,
            Step::Reopen => self.case = CaseState::Open,
        }
        Some(())
    }

    fn holds(&self) {
        let count = |s: State| self.versions.iter().filter(|v| v.state == s).count();
        let used = |t: Timing| self.made.iter().filter(|d| d.used && d.timing == t).count();
        assert!(count(State::InForce) <= 1 && usize::from(self.open().is_some()) <= 1);
        let begun = self.versions.iter().filter(|v| ever(v.state)).count();
        assert_eq!(begun, used(Timing::Establish) + used(Timing::Replan), "in force without a decision");
        assert_eq!(count(State::Ended), used(Timing::Close), "ended without a decision");
        assert_eq!(count(State::Interrupted), used(Timing::Interrupt), "interrupted without a decision");
        assert_eq!(count(State::Replaced), used(Timing::Replan), "replaced without a decision");
        let open = self.case == CaseState::Open;
        assert!(open || self.in_force().is_none(), "the case is closed over a plan in force");
    }

    /// A case that was just closed has the decision that closes what was begun in it.
    fn closed_rightly(&self) {
        let closes = |since: Instant| {
            let made = |d: &Made| d.timing == Timing::Close && d.on.day() >= since.day();
            self.made.iter().any(made)
        };
        let last = self.versions.iter().rfind(|v| ever(v.state));
        let paused = last.filter(|v| v.state == State::Interrupted).and_then(|v| v.ended);
        assert!(paused.is_none_or(closes), "a paused plan was closed without 終結: {self:?}");
        let met = self.items.iter().filter(|i| i.concluded).map(|i| i.at).max();
        let ended = |since: Instant| {
            self.versions.iter().any(|v| v.state == State::Ended && v.ended.is_some_and(|at| at >= since))
        };
        assert!(
            met.is_none_or(|at| closes(at) || ended(at)),
            "what was talked over was closed without 終結: {self:?}"
        );
    }

    /// Somebody who wants to bring everything to an end, using nothing but ordinary steps, gets there.
    fn can_end(mut self) -> bool {
        if self.case == CaseState::Closed {
            return true;
        }
        if self.case == CaseState::Interrupted && !self.step(&Step::Reopen) {
            return false;
        }
        if self.open().is_some() && !self.step(&Step::Drop) {
            return false;
        }
        self.step(&Step::Night);
        if self.staffed && self.somebody_agrees() {
            // A conference about those who agreed.
            self.step(&Step::OpenMatter);
            let agree = (0..2).filter(|n| self.people[*n].here && self.people[*n].agreed).collect();
            let about = Step::About(agree);
            let decide = Step::Decide(Ground::Consent, Timing::Close, None, Vec::new());
            for step in [about, Step::Sit, decide, Step::Conclude] {
                if !self.step(&step) {
                    return false;
                }
            }
        } else {
            let alone = |w: &EndedWhy| Step::Decide(Ground::OwnRecords, Timing::Close, Some(*w), Vec::new());
            if !EndedWhy::ALL.iter().any(|w| self.step(&alone(w))) {
                return false;
            }
        }
        if self.in_force().is_some() && !self.step(&Step::Evaluate(Outcome::End)) {
            return false;
        }
        self.step(&Step::EndCase(CaseState::Closed))
    }
}

/// Whether a version was in force at some time.
fn ever(state: State) -> bool {
    matches!(state, State::InForce | State::Replaced | State::Ended | State::Interrupted)
}

fn under_still(d: &Made, item: Option<&Item>) -> bool {
    d.ground != Ground::Consent || item.is_none_or(|i| i.stands)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = || 0..2_usize;
    let some = || proptest::sample::subsequence(vec![0_usize, 1], 0..=2);
    let timing = (0..4_usize).prop_map(|i| Timing::ALL[i]);
    let why = proptest::option::of((0..EndedWhy::ALL.len()).prop_map(|i| EndedWhy::ALL[i]));
    let ground =
        prop_oneof![2 => Just(Ground::Consent), 1 => Just(Ground::OwnRecords), 1 => Just(Ground::Secrecy)];
    let to = prop_oneof![Just(CaseState::Closed), Just(CaseState::Interrupted)];
    let step = prop_oneof![
        1 => Just(Step::Night),
        3 => one().prop_map(Step::Agree),
        1 => one().prop_map(Step::Withdraw),
        1 => one().prop_map(Step::Expire),
        1 => prop_oneof![one().prop_map(Step::Die), one().prop_map(Step::Leave)],
        1 => any::<bool>().prop_map(Step::Staffed),
        2 => Just(Step::OpenMatter),
        1 => Just(Step::CloseMatter),
        1 => some().prop_map(Step::About),
        4 => Just(Step::Sit),
        2 => prop_oneof![Just(Step::Conclude), Just(Step::DropItem)],
        8 => (ground, timing, why, some()).prop_map(|(g, t, w, m)| Step::Decide(g, t, w, m)),
        2 => Just(Step::Begin),
        3 => Just(Step::Propose),
        1 => prop_oneof![Just(Step::Back), Just(Step::Drop)],
        3 => Just(Step::Force),
        3 => (0..Outcome::ALL.len()).prop_map(|i| Step::Evaluate(Outcome::ALL[i])),
        2 => to.prop_map(Step::EndCase),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens, in whatever order: nothing is in force, replaced or ended without its decision; nothing is decided around a
    /// consent that could carry a conference, nor by a decision whose item is gone; no case is closed over what was begun in it; and from
    /// everywhere there is a way to the end.
    #[test]
    fn no_path_goes_around_the_decision_and_none_is_a_trap(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            let was = world.case;
            world.step(step);
            world.holds();
            if was == CaseState::Open && world.case == CaseState::Closed {
                world.closed_rightly();
            }
            prop_assert!(world.clone().can_end(), "a trap: {world:?}");
        }
    }
}

#[test]
fn the_whole_way_is_possible() {
    let mut w = World::new();
    let decide = |timing| Step::Decide(Ground::Consent, timing, None, Vec::new());
    let way = [
        Step::Agree(0),
        Step::OpenMatter,
        Step::Sit,
        Step::Begin,
        Step::Propose,
        decide(Timing::Establish),
        Step::Force,
        Step::Evaluate(Outcome::Replan),
        Step::Propose,
        decide(Timing::Replan),
        Step::Force,
        decide(Timing::Close),
        Step::Conclude,
        Step::Evaluate(Outcome::End),
        Step::EndCase(CaseState::Closed),
    ];
    for step in way {
        assert!(w.step(&step), "{step:?} in {w:?}");
        w.holds();
    }
    w.closed_rightly();
    assert_eq!(w.versions.iter().map(|v| v.state).collect::<Vec<_>>(), [State::Replaced, State::Ended]);
}

/// The faults a review found by reading: each of them is found by the histories, and by nothing but the rules.
#[test]
fn ticking_somebody_and_dropping_the_item_open_nothing() {
    let mut w = World::new();
    let decide = |timing, why| Step::Decide(Ground::Consent, timing, why, Vec::new());
    let begun = [Step::Agree(0), Step::OpenMatter, Step::Sit, Step::Begin, Step::Propose];
    for step in begun.into_iter().chain([decide(Timing::Establish, None)]) {
        assert!(w.step(&step), "{step:?} in {w:?}");
    }
    let mut dropped = w.clone();
    assert!(dropped.step(&Step::DropItem));
    assert!(!dropped.step(&Step::Force), "the item it was decided under is gone");
    assert!(w.step(&Step::Force));
    assert!(w.step(&Step::About(vec![0, 1])));
    for why in EndedWhy::ALL {
        assert!(!w.step(&decide(Timing::Close, Some(*why))), "{why:?}");
    }
}
