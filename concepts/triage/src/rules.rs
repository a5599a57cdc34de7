//! What may happen to a triage next, who confirms it, and how much time is left.

use access::Role;
use engine::Refusal;
use words::id::{DeskId, UserId};
use words::{Instant, codes};

codes! {
    /// Where a triage stands.
    pub enum State {
        /// 見きわめ中.
        Open = "open",
        /// 判断した、確認待ち.
        Judged = "judged",
        /// 先輩が確かめた.
        Confirmed = "confirmed",
        /// 取り消した.
        EnteredInError = "entered_in_error",
    }

    /// How it was judged.
    pub enum Outcome {
        /// 緊急対応.
        Emergency = "emergency",
        /// 通常の支援へ.
        Ordinary = "ordinary",
        /// つなぐ.
        PassOn = "pass_on",
        /// 該当なし.
        NotApplicable = "not_applicable",
    }

    /// Who must be involved (R-214: 市のみ・包括協力の切り分け).
    pub enum Scope {
        /// 市にある情報だけで対応できる.
        CityOnly = "city_only",
        /// 市と包括.
        WithCentre = "with_centre",
        /// 市と包括とケアマネ.
        WithCentreAndManager = "with_centre_and_manager",
        /// ほかの機関も.
        WithOthers = "with_others",
    }

    /// The lists whose items can be ticked.
    pub enum ListName {
        /// 初動.
        First = "first",
        /// 確かめること.
        Fact = "fact",
        /// チェックリスト.
        Check = "check",
        /// 時計.
        Clock = "clock",
    }

    /// How a judgement was confirmed.
    pub enum How {
        /// By a lead or coordinator of the desk.
        Senior = "senior",
        /// By a colleague, because no other lead is appointed or none was there in time.
        StandIn = "stand_in",
        /// By word of a senior elsewhere, written down by somebody of the desk.
        Oral = "oral",
    }
}

/// A judgement to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// How.
    pub outcome: Outcome,
    /// Where to, when passing on.
    pub to: Option<DeskId>,
    /// Why.
    pub reason: &'a str,
    /// What is not known yet, and why it was judged all the same.
    pub unknown: &'a str,
    /// How many of the facts that must be known are still not.
    pub missing_facts: usize,
}

/// Whether a triage can still be worked on. `origin_void`: what it was begun from was entered in error.
pub fn workable(state: State, origin_void: bool) -> Result<(), Refusal> {
    match (state, origin_void) {
        (State::EnteredInError, _) => Err(Refusal::new("triage.is_void")),
        (_, true) => Err(Refusal::new("triage.origin_void")),
        _ => Ok(()),
    }
}

/// The state after a judgement, or what is missing, by field. A judgement can be corrected at any time: each is kept, and each
/// asks for confirmation anew.
pub fn judge(state: State, origin_void: bool, new: &Judgement<'_>) -> Result<State, (&'static str, Refusal)> {
    workable(state, origin_void).map_err(|r| ("reason", r))?;
    if new.outcome == Outcome::PassOn && new.to.is_none() {
        return Err(("to", Refusal::new("triage.to_needed")));
    }
    if new.reason.trim().is_empty() {
        return Err(("reason", Refusal::new("triage.reason_needed")));
    }
    if new.missing_facts > 0 && new.unknown.trim().is_empty() {
        // Waiting for every fact could cost a life; judging without saying what one does not know is what R-215 is about.
        return Err(("unknown", Refusal::new("triage.unknown_needed").arg("n", new.missing_facts)));
    }
    Ok(State::Judged)
}

/// Who there is beside the judge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Staffing {
    /// Leads and coordinators of the desk, without the judge.
    pub other_seniors: usize,
    /// Whether the confirmation is overdue: then whoever is appointed was not there in time.
    pub overdue: bool,
}

impl Staffing {
    /// Whether somebody else than a senior of the desk may confirm.
    pub const fn without_senior(self) -> bool {
        self.other_seniors == 0 || self.overdue
    }
}

/// Confirms a judgement. `told`: the name of a senior elsewhere who confirmed it by word of mouth.
pub fn confirm(
    state: State,
    origin_void: bool,
    judge: UserId,
    me: (UserId, Role),
    staffing: Staffing,
    told: &str,
) -> Result<How, Refusal> {
    workable(state, origin_void)?;
    if state != State::Judged {
        return Err(Refusal::new("triage.not_waiting"));
    }
    let senior = matches!(me.1, Role::AgencyLead | Role::Coordinator);
    if me.0 != judge && senior {
        return Ok(How::Senior);
    }
    if !staffing.without_senior() {
        return Err(Refusal::new(if me.0 == judge {
            "triage.own_judgement"
        } else {
            "triage.wait_for_senior"
        }));
    }
    if me.0 != judge {
        return Ok(How::StandIn);
    }
    if told.trim().is_empty() { Err(Refusal::new("triage.own_judgement_alone")) } else { Ok(How::Oral) }
}

/// Sends a judgement back with what is missing. Whoever could confirm it in person may; not the judge, who corrects it.
pub fn send_back(
    state: State,
    origin_void: bool,
    judge: UserId,
    me: (UserId, Role),
    staffing: Staffing,
    words: &str,
) -> Result<State, Refusal> {
    match confirm(state, origin_void, judge, me, staffing, "")? {
        How::Oral => Err(Refusal::new("triage.own_judgement")),
        How::Senior | How::StandIn if words.trim().is_empty() => Err(Refusal::new("triage.back_words")),
        How::Senior | How::StandIn => Ok(State::Open),
    }
}

/// Takes a triage back: it was begun by mistake. It is kept, and shown as such.
pub fn void(state: State, words: &str) -> Result<State, Refusal> {
    if state == State::EnteredInError {
        return Err(Refusal::new("triage.is_void"));
    }
    if words.trim().is_empty() {
        return Err(Refusal::new("triage.void_words"));
    }
    Ok(State::EnteredInError)
}

/// When the news came: not in the future, and not so long ago that it is a slip of the pen.
pub fn check_start(started: Instant, now: Instant) -> Result<(), Refusal> {
    const LONGEST_DAYS: i64 = 90;
    if started > now {
        return Err(Refusal::new("date.in_future"));
    }
    if started < now.plus_hours(-24 * LONGEST_DAYS) {
        return Err(Refusal::new("triage.too_long_ago"));
    }
    Ok(())
}

/// Time left, or gone, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// So many minutes left.
    Minutes(i64),
    /// So many minutes over.
    Over(i64),
}

/// How `due` stands to `now`: elapsed minutes, day and night.
pub fn left(due: Instant, now: Instant) -> Left {
    let minutes = (due.millis() - now.millis()) / 60_000;
    if due > now { Left::Minutes(minutes) } else { Left::Over(-minutes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::code::Code;
    use words::{Day, Id};

    fn user(n: u128) -> UserId {
        Id::new(uuid::Uuid::from_u128(n))
    }

    fn said(outcome: Outcome) -> Judgement<'static> {
        Judgement { outcome, to: None, reason: "x", unknown: "", missing_facts: 0 }
    }

    #[test]
    fn a_judgement_says_why_where_to_and_what_is_not_known() {
        let key = |j: &Judgement<'_>| judge(State::Open, false, j).map_err(|(f, r)| (f, r.key));
        assert_eq!(key(&said(Outcome::Emergency)), Ok(State::Judged));
        assert_eq!(key(&said(Outcome::PassOn)), Err(("to", "triage.to_needed")));
        assert_eq!(
            key(&Judgement { reason: " ", ..said(Outcome::Ordinary) }),
            Err(("reason", "triage.reason_needed"))
        );
        let unknown = Judgement { missing_facts: 2, ..said(Outcome::Ordinary) };
        assert_eq!(key(&unknown), Err(("unknown", "triage.unknown_needed")));
        assert_eq!(key(&Judgement { unknown: "y", ..unknown }), Ok(State::Judged));
        assert_eq!(
            judge(State::Open, true, &said(Outcome::Ordinary)).unwrap_err().1.key,
            "triage.origin_void"
        );
    }

    #[test]
    fn nobody_confirms_their_own_judgement() {
        let here = Staffing { other_seniors: 1, overdue: false };
        for role in [Role::Caseworker, Role::AgencyLead, Role::Coordinator] {
            let own = confirm(State::Judged, false, user(1), (user(1), role), here, "x");
            assert_eq!(own.unwrap_err().key, "triage.own_judgement");
        }
        let by = |n, role, staffing, told: &str| {
            confirm(State::Judged, false, user(1), (user(n), role), staffing, told).map_err(|r| r.key)
        };
        assert_eq!(by(2, Role::AgencyLead, here, ""), Ok(How::Senior));
        assert_eq!(by(2, Role::Caseworker, here, ""), Err("triage.wait_for_senior"));
        assert_eq!(by(2, Role::Caseworker, Staffing { overdue: true, ..here }, ""), Ok(How::StandIn));
        assert_eq!(by(2, Role::Caseworker, Staffing::default(), ""), Ok(How::StandIn));
        // Alone at the desk, or nobody came: somebody elsewhere says so by telephone, and that is written down.
        assert_eq!(by(1, Role::AgencyLead, Staffing::default(), ""), Err("triage.own_judgement_alone"));
        assert_eq!(by(1, Role::AgencyLead, Staffing::default(), "x"), Ok(How::Oral));
    }

    #[test]
    fn the_clock_counts_day_and_night() {
        let at = |h, m| Instant::at(Day::new(2026, 11, 21).unwrap(), h, m);
        assert_eq!(left(at(23, 30), at(22, 0)), Left::Minutes(90));
        assert_eq!(left(at(9, 0), at(9, 0)), Left::Over(0));
        assert_eq!(left(at(9, 0), at(11, 5)), Left::Over(125));
    }

    proptest! {
        /// Whoever is appointed, absent or gone: once the confirmation is overdue, whoever is left at the desk, be it the judge
        /// alone, can bring it to its end; and never alone with themselves.
        #[test]
        fn no_staffing_is_a_trap(seniors in 0_usize..3, workers in 0_usize..3, judge_role in 0_usize..3) {
            let roles = [Role::Caseworker, Role::AgencyLead, Role::Coordinator];
            let staffing = Staffing { other_seniors: seniors, overdue: true };
            let mut can = vec![confirm(State::Judged, false, user(1), (user(1), roles[judge_role]), staffing, "told").is_ok()];
            can.extend((0..workers).map(|w| {
                confirm(State::Judged, false, user(1), (user(10 + w as u128), Role::Caseworker), staffing, "").is_ok()
            }));
            prop_assert!(can.iter().all(|ok| *ok));
            prop_assert!(confirm(State::Judged, false, user(1), (user(1), roles[judge_role]), staffing, "").is_err());
        }

        #[test]
        fn no_state_is_a_trap(steps in proptest::collection::vec(0..4_u8, 0..12)) {
            let (judge_by, senior) = (user(1), (user(2), Role::AgencyLead));
            let staffing = Staffing { other_seniors: 1, overdue: false };
            let mut state = State::Open;
            for step in steps {
                let next = match step {
                    0 => judge(state, false, &said(Outcome::Ordinary)).ok(),
                    1 => confirm(state, false, judge_by, senior, staffing, "").ok().map(|_| State::Confirmed),
                    2 => send_back(state, false, judge_by, senior, staffing, "x").ok(),
                    _ => None,
                };
                state = next.unwrap_or(state);
                // From everywhere it can be judged (again), and then confirmed; or taken back.
                prop_assert!(judge(state, false, &said(Outcome::NotApplicable)).is_ok());
                prop_assert!(void(state, "x").is_ok());
            }
            prop_assert!(State::ALL.iter().all(|s| *s == State::EnteredInError || void(*s, "x").is_ok()));
        }
    }
}
