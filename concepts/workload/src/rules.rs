//! How heavy a case is, and when it has grown old. Pure: facts in, numbers out. None of it says what is in a case.

use std::collections::{BTreeMap, BTreeSet};

use casefile::Engagement;
use words::id::{AgencyId, PersonId, UserId};
use words::{Day, Instant, codes};

codes! {
    /// How far a case has come, as far as its weight and its silence are concerned.
    pub enum Stage {
        /// はじめの30日.
        New = "new",
        /// 未接触・拒否の人がいる.
        NotReached = "not_reached",
        /// 様子見の人がいる.
        Watching = "watching",
        /// そのほか.
        Going = "going",
    }

    /// What makes a case heavy.
    pub enum Part {
        /// Every case.
        Base = "base",
        /// Something of it is urgent.
        Urgent = "urgent",
        /// Its stage.
        Stage = "stage",
        /// Open promises.
        Promises = "promises",
        /// Visits of the last 30 days.
        Visits = "visits",
    }

    /// The lists of what grows old.
    pub enum Ageing {
        /// しばらく会えていないケース.
        Silent = "silent",
        /// 同意のない人 (disclosure rule 9, R-195).
        NoConsent = "no_consent",
        /// 動きのないケース.
        Stuck = "stuck",
        /// 一つの課で抱えているケース.
        Alone = "alone",
    }

    /// What somebody who looked at a case of such a list decided.
    pub enum Decision {
        /// このまま続ける.
        GoOn = "go_on",
        /// 主担当の窓口に、次の進め方を決めてもらう.
        Ask = "ask",
    }

    /// What to have thought of before a case is raised: for information, never a gate.
    pub enum Tick {
        /// 分野の会議で話し合った.
        OwnMeeting = "own_meeting",
        /// 試みたことを書いた.
        Tried = "tried",
        /// 本人の思いを確かめた.
        Wish = "wish",
        /// 足りない機関を考えた.
        Missing = "missing",
        /// 命・身体の危険を確かめた.
        Danger = "danger",
    }
}

impl Ageing {
    /// Whether a case on this list is one to think of raising: it does not move, or one section holds it alone.
    pub const fn asks_to_raise(self) -> bool {
        matches!(self, Self::Stuck | Self::Alone)
    }
}

/// Days after opening in which a case counts as new.
pub const NEW_DAYS: i64 = 30;
/// Days back in which visits count.
pub const VISIT_DAYS: i64 = 30;

/// What a municipality gives for each fact: a table of its own, with defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Every case.
    pub base: i64,
    /// Something is urgent.
    pub urgent: i64,
    /// In its first days.
    pub new: i64,
    /// Somebody is not reached.
    pub not_reached: i64,
    /// Somebody is watched.
    pub watching: i64,
    /// Each open promise.
    pub promise: i64,
    /// Promises count at most this many times.
    pub promise_most: i64,
    /// Each visit.
    pub visit: i64,
    /// Visits count at most this many times.
    pub visit_most: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            base: 2,
            urgent: 4,
            new: 2,
            not_reached: 3,
            watching: 1,
            promise: 1,
            promise_most: 5,
            visit: 1,
            visit_most: 4,
        }
    }
}

/// After how long a case has grown old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Days without contact, in its first days.
    pub new: i64,
    /// With somebody who is not reached.
    pub not_reached: i64,
    /// With somebody who is watched.
    pub watching: i64,
    /// Otherwise.
    pub going: i64,
    /// Meetings without a change.
    pub meetings: i64,
    /// Months without a change.
    pub months: i64,
    /// Records without a change,
    pub records: i64,
    /// when they go over so many weeks.
    pub weeks: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            new: 14,
            not_reached: 30,
            watching: 60,
            going: 45,
            meetings: 3,
            months: 6,
            records: 10,
            weeks: 8,
        }
    }
}

impl Limits {
    /// Days without contact that are too many at this stage.
    pub const fn of(&self, stage: Stage) -> i64 {
        match stage {
            Stage::New => self.new,
            Stage::NotReached => self.not_reached,
            Stage::Watching => self.watching,
            Stage::Going => self.going,
        }
    }
}

/// What is known of a case without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseFacts {
    /// Whether something of it is urgent.
    pub urgent: bool,
    /// Its stage.
    pub stage: Stage,
    /// Open promises.
    pub promises: i64,
    /// Visits of the last days.
    pub visits: i64,
}

/// The stage: who is not reached weighs most, whatever the others do.
pub fn stage(opened: Day, today: Day, engagements: &[Engagement]) -> Stage {
    let any = |of: &[Engagement]| engagements.iter().any(|e| of.contains(e));
    if any(&[Engagement::NotContacted, Engagement::Refuses]) {
        Stage::NotReached
    } else if opened.days_until(today) < NEW_DAYS {
        Stage::New
    } else if any(&[Engagement::Watching]) {
        Stage::Watching
    } else {
        Stage::Going
    }
}

/// What a case weighs, part by part; parts that weigh nothing are left out.
pub fn weight(facts: &CaseFacts, w: &Weights) -> Vec<(Part, i64)> {
    let stage = match facts.stage {
        Stage::New => w.new,
        Stage::NotReached => w.not_reached,
        Stage::Watching => w.watching,
        Stage::Going => 0,
    };
    [
        (Part::Base, w.base),
        (Part::Urgent, if facts.urgent { w.urgent } else { 0 }),
        (Part::Stage, stage),
        (Part::Promises, facts.promises.clamp(0, w.promise_most.max(0)) * w.promise),
        (Part::Visits, facts.visits.clamp(0, w.visit_most.max(0)) * w.visit),
    ]
    .into_iter()
    .filter(|(_, points)| *points != 0)
    .collect()
}

/// All of it.
pub fn total(parts: &[(Part, i64)]) -> i64 {
    parts.iter().map(|(_, points)| points).sum()
}

/// Days without contact, when they are too many. An attempt that reached nobody is no contact: nobody has seen the person.
pub fn silent(stage: Stage, opened: Day, contact: Option<Day>, today: Day, limits: &Limits) -> Option<i64> {
    let days = contact.map_or(opened, |c| c.max(opened)).days_until(today);
    (days >= limits.of(stage)).then_some(days)
}

/// Since which day a contact counts for whether a case is silent: with none since then it is silent at every stage, whenever the last one was
/// before. For a count, which asks for no more.
pub fn contacts_matter(today: Day, limits: &Limits) -> Day {
    let longest = limits.new.max(limits.not_reached).max(limits.watching).max(limits.going).max(0);
    today.plus_days(-longest)
}

/// Why a case does not move: so many meetings or records, or so many months without a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// Meetings since the last change.
    pub meetings: i64,
    /// Records of all kinds since.
    pub records: i64,
    /// Whole months since.
    pub months: i64,
}

/// What was written down since the last change: meetings, and records of every kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// Meetings.
    pub meetings: i64,
    /// Records, meetings among them.
    pub records: i64,
}

/// Whether it is stuck. A limit of nothing is no limit. Much work in few days is no standstill: records count over weeks only.
pub fn stuck(changed: Day, since: Since, today: Day, limits: &Limits) -> Option<Stuck> {
    let months = months_between(changed, today);
    let many = limits.meetings > 0 && since.meetings >= limits.meetings;
    let weeks = changed.days_until(today) / 7;
    let much = limits.records > 0 && since.records >= limits.records && weeks >= limits.weeks;
    let long = limits.months > 0 && months >= limits.months;
    let Since { meetings, records } = since;
    (many || much || long).then_some(Stuck { meetings, records, months })
}

/// Whether a case is stuck by the time alone, whatever was written down since.
pub fn stuck_by_time(changed: Day, today: Day, limits: &Limits) -> bool {
    stuck(changed, Since::default(), today, limits).is_some()
}

/// When the relation with people last changed: a stage that was written down again is no change.
pub fn last_turn(stages: &[(PersonId, Engagement, Instant)]) -> Option<Instant> {
    let mut now: BTreeMap<PersonId, Engagement> = BTreeMap::new();
    let mut last = None;
    for (person, stage, at) in stages {
        if now.insert(*person, *stage) != Some(*stage) {
            last = last.max(Some(*at));
        }
    }
    last
}

/// The stage at which each of them is now, of how it went on in its order.
pub fn stages_now(stages: &[(PersonId, Engagement, Instant)]) -> Vec<Engagement> {
    let now: BTreeMap<PersonId, Engagement> =
        stages.iter().map(|(person, stage, _)| (*person, *stage)).collect();
    now.into_values().collect()
}

/// Who is asked to decide how a case goes on: whoever leads the desk that answers for it, otherwise whoever carries it or sits there
/// . Nobody when nobody sits there.
pub fn decider(sitting: &[(UserId, bool)], carries: Option<UserId>) -> Option<UserId> {
    let lead = sitting.iter().find(|(_, leads)| *leads);
    let carrier = carries.and_then(|c| sitting.iter().find(|(u, _)| *u == c));
    lead.or(carrier).or_else(|| sitting.first()).map(|(user, _)| *user)
}

/// Whole months from one day to another; nothing when it lies ahead.
pub fn months_between(from: Day, to: Day) -> i64 {
    let count = |d: Day| i64::from(d.year()) * 12 + i64::from(d.month());
    let whole = count(to) - count(from) - i64::from(to.day() < from.day());
    whole.max(0)
}

/// How a case comes to be held by one section alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// What people came with has so many sides, and one agency takes part.
    Topics(usize),
    /// On the board one agency alone stands for needs of so many areas, whoever else has a part in the case.
    Board(usize),
}

/// Whether one section holds alone what has many sides: by what people came with and the agencies that take part or hold
/// something on the board, or by the board itself.
pub fn held_by_one(areas: usize, sections: &BTreeSet<AgencyId>, board: &[board::Held]) -> Option<Held> {
    let alone = board::flags(board).alone.map(Held::Board);
    let holds = board.iter().flat_map(|r| r.takers.iter().copied().chain([r.owner]));
    let all: BTreeSet<AgencyId> = sections.iter().copied().chain(holds).collect();
    let topics = (areas >= board::MANY_AREAS && all.len() <= 1).then_some(Held::Topics(areas));
    alone.or(topics)
}

/// Who carries a case: whoever is in charge of its earliest promise among those who sit at the desk. Nobody otherwise.
pub fn carrier(promises: &[(Instant, Option<UserId>)], sitting: &[UserId]) -> Option<UserId> {
    let mut named: Vec<(Instant, UserId)> = promises
        .iter()
        .filter_map(|(due, who)| who.filter(|w| sitting.contains(w)).map(|w| (*due, w)))
        .collect();
    named.sort_unstable();
    named.first().map(|(_, who)| *who)
}

/// What somebody carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Cases.
    pub cases: i64,
    /// Their weight.
    pub weight: i64,
    /// Open promises.
    pub promises: i64,
    /// Promises past their day.
    pub late: i64,
}

/// Somebody who could take work at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub user: UserId,
    /// What they carry.
    pub load: Load,
    /// Whether they lead: asked when they carry cases all the same, or nobody else can be.
    pub leads: bool,
    /// Whether they are kept out of the case (disclosure rule 14).
    pub kept_out: bool,
}

/// Among whom one is chosen: whoever works at the desk, and its leads as far as they carry cases themselves; all of them where nobody but
/// leads sits there. Nobody who is kept out.
pub fn pool(candidates: &[Candidate]) -> Vec<&Candidate> {
    let open = || candidates.iter().filter(|c| !c.kept_out);
    let workers = open().any(|c| !c.leads);
    open().filter(|c| !workers || !c.leads || c.load.cases > 0).collect()
}

/// Whom to ask: the lightest load among those who come into question at this desk. Holidays and hours are left aside: it is a proposal with
/// its reason, and somebody decides. Nobody when there is no choice: the only one there is is not the lightest, however much they carry.
pub fn propose(candidates: &[Candidate]) -> Option<&Candidate> {
    let pool = pool(candidates);
    if pool.len() < 2 {
        return None;
    }
    pool.into_iter().min_by_key(|c| (c.load.weight, c.load.cases, c.load.promises))
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
