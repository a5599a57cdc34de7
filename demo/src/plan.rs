//! What becomes of everything, decided before a row is written: which consultation opened which case, who was
//! accountable when, which number a case has, which task guards what. Pure but for the drawing of ids.

use std::collections::{BTreeMap, HashMap};

use casefile::{CaseState, EndReason};
use town::{ConsultationState, Moment, ReferralKind, ReferralState};
use words::Instant;
use words::id::{CaseId, ConnectingSheetId, ConsultationId, ReferralId, TaskId};

use crate::codes;
use crate::tasks::TaskPlan;
use crate::world::{HomeKey, World, day, moment};

/// Days of quiet after which something passed on is a new case.
const QUIET_DAYS: i32 = 45;

/// A desk that was accountable, since when and why.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    pub desk: u32,
    pub since: Instant,
    pub why: &'static str,
}

/// A case to be written.
pub(crate) struct CasePlan {
    pub id: CaseId,
    /// Position in [`town::Town::cases`]; none for a case that was opened to pass something on.
    pub town: Option<u32>,
    /// The household at the desk that opened it.
    pub home: HomeKey,
    pub opened: Instant,
    pub opened_on: town::Day,
    pub opener: u32,
    pub state: CaseState,
    pub ended: Option<Instant>,
    pub reason: Option<EndReason>,
    /// Who was accountable, the present desk last.
    pub held: Vec<Held>,
    /// Its number: fiscal year and count.
    pub number: (i64, i64),
    pub guard: Option<TaskId>,
    /// When something last happened, and whether something is under way.
    last: Moment,
    waiting: bool,
    outcome: Option<ReferralState>,
}

impl CasePlan {
    /// The desk accountable now.
    pub fn accountable(&self) -> u32 {
        self.held.last().map_or(self.home.1, |h| h.desk)
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.state == CaseState::Open
    }
}

/// A consultation to be written; without a state it is only a draft.
pub(crate) struct ConsultationPlan {
    pub id: ConsultationId,
    pub state: Option<&'static str>,
    pub disposition: Option<&'static str>,
    pub case: Option<usize>,
    pub guard: Option<TaskId>,
}

/// A referral to be written.
pub(crate) struct ReferralPlan {
    pub id: ReferralId,
    /// None for a household nobody recorded: such a referral is not written.
    pub case: usize,
    pub kind: ReferralKind,
    /// The task by which its feedback is owed or was given.
    pub feedback: Option<TaskId>,
}

/// A sheet to be written.
pub(crate) struct SheetPlan {
    pub id: ConnectingSheetId,
    /// The multi-agency provider's desk.
    pub provider: u32,
    /// Who takes it up there.
    pub coordinator: Option<u32>,
    /// The consultation it became there: a sheet that names somebody is taken up (position in the plan).
    pub consultation: Option<usize>,
    pub guard: Option<TaskId>,
    pub feedback: Option<TaskId>,
}

/// Everything decided.
pub(crate) struct Plan {
    pub cases: Vec<CasePlan>,
    pub consultations: Vec<ConsultationPlan>,
    pub referrals: Vec<ReferralPlan>,
    pub sheets: Vec<SheetPlan>,
    pub tasks: Vec<TaskPlan>,
}

impl Plan {
    /// Decides.
    pub fn make(world: &World<'_>) -> Self {
        let mut plan = Self {
            cases: town_cases(world),
            consultations: Vec::with_capacity(world.town.consultations.len()),
            referrals: Vec::new(),
            sheets: sheets(world),
            tasks: Vec::new(),
        };
        let passed = plan.referrals(world);
        plan.consultations(world, &passed);
        plan.taken_sheets(world);
        plan.finish_passing_cases(world);
        plan.number();
        crate::tasks::plan(world, &mut plan);
        plan
    }

    /// Gives every referral its case: the town's where the sending desk has a part in it, otherwise one that the
    /// sending desk opened to pass something on. Answers which consultation opened which of those.
    fn referrals(&mut self, world: &World<'_>) -> HashMap<u32, usize> {
        let town = world.town;
        let mut order: Vec<u32> = (0..).take(town.referrals.len()).collect();
        order.sort_by_key(|at| town.referrals[*at as usize].created);
        let mut latest: HashMap<HomeKey, usize> = HashMap::new();
        let mut passed = HashMap::new();
        let mut cases: BTreeMap<u32, (usize, ReferralKind)> = BTreeMap::new();
        for at in order {
            let r = &town.referrals[at as usize];
            let known = r.case.filter(|k| self.cases[*k as usize].held.iter().any(|h| h.desk == r.from_desk));
            if let Some(known) = known {
                cases.insert(at, (known as usize, r.kind));
                continue;
            }
            let key = (r.household, r.from_desk);
            let going_on = latest.get(&key).copied().filter(|c| {
                let case = &self.cases[*c];
                case.waiting || r.created.day.0 - case.last.day.0 <= QUIET_DAYS
            });
            let case = going_on.unwrap_or_else(|| {
                self.cases.push(passing_case(world, r));
                self.cases.len() - 1
            });
            latest.insert(key, case);
            if let Some(consultation) = r.consultation {
                passed.insert(consultation, case);
            }
            let kind = self.cases[case].took_part(world, r);
            cases.insert(at, (case, kind));
        }
        self.referrals = cases
            .into_iter()
            .map(|(at, (case, kind))| ReferralPlan {
                id: world.id(moment(town.referrals[at as usize].created)),
                case,
                kind,
                feedback: None,
            })
            .collect();
        passed
    }

    fn consultations(&mut self, world: &World<'_>, passed: &HashMap<u32, usize>) {
        for (at, c) in (0_u32..).zip(&world.town.consultations) {
            let same_desk = c
                .case
                .map(|k| k as usize)
                .filter(|k| Some(self.cases[*k].home) == c.household.map(|h| (h, c.desk)));
            let case = passed.get(&at).copied().or(same_desk);
            let urgent = c.disposition == town::Disposition::Urgent;
            let (state, disposition, case) = match c.state {
                ConsultationState::Draft => (None, None, None),
                ConsultationState::Open => (Some("open"), None, None),
                ConsultationState::EnteredInError => (Some("entered_in_error"), None, None),
                ConsultationState::PassedOn if case.is_some() => (Some("passed_on"), Some("pass_on"), case),
                _ if case.is_some() => {
                    (Some("became_case"), Some(if urgent { "urgent" } else { "own_support" }), case)
                }
                _ => (Some("answered"), Some("information_given"), None),
            };
            let id = world.id(moment(c.recorded_at));
            self.consultations.push(ConsultationPlan { id, state, disposition, case, guard: None });
        }
    }

    /// A sheet written with the person becomes a consultation of the provider.
    fn taken_sheets(&mut self, world: &World<'_>) {
        for (sheet, planned) in world.town.sheets.iter().zip(&mut self.sheets) {
            if !has_consent(sheet) {
                continue;
            }
            let answered = sheet.state == town::SheetState::Answered;
            planned.consultation = Some(self.consultations.len());
            self.consultations.push(ConsultationPlan {
                id: world.id(moment(sheet.written_at)),
                state: Some(if answered { "answered" } else { "open" }),
                disposition: answered.then_some("information_given"),
                case: None,
                guard: None,
            });
        }
    }

    /// A case opened to pass something on stays open while anything is under way, and some days more.
    fn finish_passing_cases(&mut self, world: &World<'_>) {
        for case in self.cases.iter_mut().filter(|c| c.town.is_none()) {
            if case.waiting || world.town.today.0 - case.last.day.0 <= 20 {
                continue;
            }
            case.state = CaseState::Closed;
            case.ended = Some(world.past(case.last.day.business(8).at(1_000)));
            case.reason = Some(match case.outcome {
                Some(ReferralState::Completed) => EndReason::HandedOn,
                Some(ReferralState::DeclinedByPerson) => EndReason::Declined,
                _ => EndReason::Settled,
            });
        }
    }

    /// Numbers in the order of opening, without gaps, per fiscal year.
    fn number(&mut self) {
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        order.sort_by_key(|at| (self.cases[*at].opened, *at));
        let mut last: HashMap<i64, i64> = HashMap::new();
        for at in order {
            let year = i64::from(words::calendar::fiscal_year(self.cases[at].opened.day()));
            let count = last.entry(year).or_insert(0);
            *count += 1;
            self.cases[at].number = (year, *count);
        }
    }

    /// The last number given in each fiscal year.
    pub fn last_numbers(&self) -> BTreeMap<i64, i64> {
        let mut last = BTreeMap::new();
        for case in &self.cases {
            let (year, number) = case.number;
            let most = last.entry(year).or_insert(0);
            *most = number.max(*most);
        }
        last
    }
}

impl CasePlan {
    /// A referral of this case was sent: remembers what it came to. The kind it is written with: an accepted
    /// hand-over to someone who cannot sign in would leave the case with nobody, so it is written as joint work.
    fn took_part(&mut self, world: &World<'_>, r: &town::Referral) -> ReferralKind {
        use ReferralState as S;
        let last = r.history.last().map_or(r.created, |s| s.at);
        self.last = self.last.max(last);
        self.waiting |= matches!(r.state, S::Draft | S::Sent | S::Accepted | S::InProgress | S::OnHold);
        self.outcome = Some(r.state);
        let accepted = r.history.iter().find(|s| s.to == S::Accepted);
        match (r.kind, accepted) {
            (ReferralKind::HandOver, Some(step)) if world.signs(r.to_desk) && world.stands(r.to_desk) => {
                self.held.push(Held { desk: r.to_desk, since: world.past(step.at), why: "hand_over" });
                ReferralKind::HandOver
            }
            (ReferralKind::HandOver, Some(_)) => ReferralKind::Join,
            (kind, _) => kind,
        }
    }
}

fn passing_case(world: &World<'_>, r: &town::Referral) -> CasePlan {
    let consultation = r.consultation.map(|c| &world.town.consultations[c as usize]);
    let opened = consultation.map_or(r.created, |c| c.occurred_at.min(r.created));
    let opened_at = world.past(opened);
    CasePlan {
        id: world.id(opened_at),
        town: None,
        home: (r.household, r.from_desk),
        opened: opened_at,
        opened_on: opened.day,
        opener: consultation.map_or(r.author, |c| c.author),
        state: CaseState::Open,
        ended: None,
        reason: None,
        held: vec![Held { desk: r.from_desk, since: opened_at, why: "opened" }],
        number: (0, 0),
        guard: None,
        last: opened,
        waiting: false,
        outcome: None,
    }
}

/// The accepted hand-overs and hand-backs of each case, in order.
fn accepted_moves(world: &World<'_>) -> HashMap<u32, Vec<(Moment, u32, &'static str)>> {
    let mut moves: HashMap<u32, Vec<(Moment, u32, &'static str)>> = HashMap::new();
    for r in &world.town.referrals {
        let why = match r.kind {
            ReferralKind::HandOver => "hand_over",
            ReferralKind::HandBack => "hand_back",
            _ => continue,
        };
        let accepted = r.history.iter().find(|s| s.to == ReferralState::Accepted);
        if let (Some(case), Some(step)) = (r.case, accepted) {
            moves.entry(case).or_default().push((step.at, r.to_desk, why));
        }
    }
    moves
}

fn town_cases(world: &World<'_>) -> Vec<CasePlan> {
    let town = world.town;
    let mut moves = accepted_moves(world);
    let mut plans = Vec::with_capacity(town.cases.len());
    for (at, case) in (0_u32..).zip(&town.cases) {
        let first = &town.consultations[case.consultation as usize];
        let opened = world.past(first.recorded_at);
        let mut held = vec![Held { desk: first.desk, since: opened, why: "opened" }];
        let mut steps = moves.remove(&at).unwrap_or_default();
        steps.sort_by_key(|(on, ..)| *on);
        held.extend(steps.into_iter().map(|(on, desk, why)| Held { desk, since: world.past(on), why }));
        let last = held.last().map_or(first.desk, |h| h.desk);
        if last != case.desk {
            let from = town.desks[case.desk as usize].valid_from;
            held.push(Held {
                desk: case.desk,
                since: world.past(from.at(510)).max(opened),
                why: "office_end",
            });
        }
        let ending = case.events.last().filter(|e| e.state != town::CaseState::Reopened);
        if let Some(again) = case.events.iter().find(|e| e.state == town::CaseState::Reopened) {
            held.push(Held { desk: case.desk, since: world.past(again.day.at(570)), why: "reopened" });
        }
        held.sort_by_key(|h| h.since);
        // The same moment twice would leave the order open; the present desk is the last word.
        if held.last().is_some_and(|h| h.desk != case.desk) {
            held.push(Held {
                desk: case.desk,
                since: world.now.min(opened.max(world.now)),
                why: "office_end",
            });
        }
        plans.push(CasePlan {
            id: world.id(opened),
            town: Some(at),
            home: (case.household, first.desk),
            opened,
            opened_on: case.opened,
            opener: first.author,
            state: match case.state {
                town::CaseState::Open | town::CaseState::Reopened => CaseState::Open,
                town::CaseState::Closed => CaseState::Closed,
                town::CaseState::Interrupted => CaseState::Interrupted,
            },
            ended: ending.map(|e| world.past(e.day.at(1_000)).max(opened)),
            reason: ending.map(|e| codes::end_reason(e.state, at as usize)),
            held,
            number: (0, 0),
            guard: None,
            last: first.recorded_at,
            waiting: false,
            outcome: None,
        });
    }
    plans
}

/// Whether a sheet may name somebody.
pub(crate) fn has_consent(sheet: &town::ConnectingSheet) -> bool {
    sheet.consent.is_some() && sheet.household.is_some()
}

fn sheets(world: &World<'_>) -> Vec<SheetPlan> {
    let hub = world.coordinator();
    let at = |sheet: &town::ConnectingSheet| SheetPlan {
        id: world.id(moment(sheet.written_at)),
        // Sheets go to a multi-agency provider, whose coordinator takes them up.
        provider: hub.map_or(sheet.to_desk, |(desk, _)| desk),
        coordinator: hub.map(|(_, staff)| staff),
        consultation: None,
        guard: None,
        feedback: None,
    };
    world.town.sheets.iter().map(at).collect()
}

/// A due moment for what the loader adds: a few late, some today, most ahead; the same for the same number.
pub(crate) fn spread(world: &World<'_>, number: usize) -> Instant {
    let today = world.town.today;
    let mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let due = match mixed % 100 {
        0..3 => today.business(-1),
        3..5 => today.business(-3),
        5 => today.business(-10),
        6..15 => today,
        _ => today.business(i32::try_from(1 + mixed / 100 % 20).unwrap_or(5)),
    };
    words::Instant::at(day(due), 17, 0)
}
