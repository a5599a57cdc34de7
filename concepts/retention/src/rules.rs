//! What may be disposed of, when, and who must have agreed. Pure.

use engine::Refusal;
use words::calendar::fiscal_year;
use words::id::UserId;
use words::{Day, codes};

codes! {
    /// What is kept and disposed of as one: everything written in it goes with it.
    pub enum Kind {
        /// ケース, with its consultations, sheets, referrals, inquiries and texts.
        Case = "case",
        /// A consultation that never became a case.
        Consultation = "consultation",
        /// A connecting sheet that became neither.
        Sheet = "sheet",
        /// 会議の回: what it kept about nobody. What is about a case is kept with the case.
        Session = "session",
    }

    /// Why a record must be kept whatever its age.
    pub enum HoldReason {
        /// 訴訟.
        Lawsuit = "lawsuit",
        /// 開示請求.
        DisclosureRequest = "disclosure_request",
        /// 監査・検査.
        Audit = "audit",
        /// 苦情・審査請求.
        Complaint = "complaint",
        /// 事故・検証.
        Incident = "incident",
        /// その他.
        Other = "other",
    }

    /// Why a hold is lifted: codes only, as words could be about somebody.
    pub enum LiftReason {
        /// 訴訟・検査などが終わった.
        Over = "over",
        /// 請求・苦情などが取り下げられた.
        Withdrawn = "withdrawn",
        /// まちがって保全した.
        Mistake = "mistake",
        /// その他.
        Other = "other",
    }

    /// Why a record whose time is over cannot go now.
    pub enum Held {
        /// It was reopened, or has not ended.
        Open = "open",
        /// Somebody keeps it: a legal hold.
        LegalHold = "legal_hold",
        /// A promise about it is open.
        OpenTask = "open_task",
        /// A referral of it is not concluded.
        OpenReferral = "open_referral",
        /// An inquiry of it is not answered.
        OpenInquiry = "open_inquiry",
        /// A conference looks at it.
        OpenMatter = "open_matter",
        /// A copy of who looked (開示請求) of somebody of it is not handed over.
        OpenReport = "open_report",
        /// Somebody of it has given a consent that still holds.
        LivingConsent = "living_consent",
        /// It guards the home of somebody who has another record that stays: with this one the guard would go, and nobody be told.
        LinkedShelter = "linked_shelter",
        /// The household has a younger record.
        YoungerRecord = "younger_record",
        /// It is not there any more by itself: gone already, or part of a case by now.
        Gone = "gone",
        /// Its time is not over (any more): the period was made longer.
        TooYoung = "too_young",
    }

    /// Why somebody takes a record off a list.
    pub enum Refuse {
        /// Still needed for support.
        Needed = "needed",
        /// Of lasting value: to be handed to the archive.
        Archive = "archive",
        /// A hold is coming.
        Hold = "hold",
        /// Listed by mistake.
        Mistake = "mistake",
        /// Nobody is there to approve it now.
        Nobody = "nobody",
    }

    /// Where a list stands.
    pub enum ListState {
        /// It waits for approvals.
        Waiting = "waiting",
        /// Everybody has approved; it can be carried out.
        Ready = "ready",
        /// Carried out.
        Executed = "executed",
        /// Given up.
        Cancelled = "cancelled",
    }

    /// What somebody does with a list.
    pub enum Step {
        /// A desk's lead approves their items.
        ApproveDesk = "approve_desk",
        /// The privacy auditor approves the list.
        ApproveList = "approve_list",
        /// Items are taken off.
        Refuse = "refuse",
        /// It is carried out.
        Execute = "execute",
        /// It is given up.
        Cancel = "cancel",
    }
}

/// Years when the municipality has not said: a setting nobody has compared with its rules.
pub const DEFAULT_YEARS: i64 = 5;

/// How long a kind is kept, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// First day it holds.
    pub from: Day,
    /// Years from the April 1 after the fiscal year of the end.
    pub years: i64,
    /// The municipality's rule or article.
    pub rule: String,
    /// Whether somebody has compared it with the rule.
    pub verified: bool,
}

/// The period in force on a day. `periods` are in the order in which they were recorded; of two from one day the later
/// holds.
pub fn in_force(periods: &[Period], on: Day) -> Option<&Period> {
    periods.iter().filter(|p| p.from <= on).max_by_key(|p| p.from)
}

/// The period a record is kept by: the longer of the one that held when it ended and the one that holds now. Making a
/// period shorter frees nothing that was promised to be kept longer.
pub fn period_of(periods: &[Period], ended: Day, today: Day) -> (i64, String) {
    let (then, now) = (in_force(periods, ended), in_force(periods, today));
    match (then, now) {
        (Some(a), Some(b)) if a.years > b.years => (a.years, a.rule.clone()),
        (_, Some(b)) => (b.years, b.rule.clone()),
        // `now` is at least as late as `then`: what held then still does, or something after it.
        (Some(a), None) => (a.years, a.rule.clone()),
        (None, None) => (DEFAULT_YEARS, String::new()),
    }
}

/// The last day a record is kept: so many years from the April 1 after the fiscal year in which it ended
/// (文書管理規則の通例). A record that ended on March 31 is freed a year before one that ended the day after.
pub fn kept_until(ended: Day, years: i64) -> Day {
    let year = fiscal_year(ended).saturating_add(1).saturating_add(i32::try_from(years).unwrap_or(i32::MAX));
    // Beyond the calendar means for ever, never sooner.
    Day::new(year.min(9999), 3, 31).unwrap_or(ended)
}

/// Whether `who` lifts a hold that `set_by` set: they themselves, or whoever audits, so that no hold outlives everybody who may. To lift
/// one is the step before disposal: it is nobody's who only happens to lead the desk (decision 0044).
pub fn may_lift(set_by: UserId, who: UserId, audits: bool) -> Result<(), Refusal> {
    if audits || set_by == who { Ok(()) } else { Err(Refusal::new("hold.set_by_another")) }
}

/// What is known of a record without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one question asked of the database")]
pub struct Facts {
    /// The day it ended; `None` while it has not.
    pub ended: Option<Day>,
    /// The last day it is kept.
    pub kept_until: Option<Day>,
    /// A legal hold is in force.
    pub legal_hold: bool,
    /// A task is open.
    pub open_task: bool,
    /// A referral is open.
    pub open_referral: bool,
    /// An inquiry is open.
    pub open_inquiry: bool,
    /// A matter of a conference is open.
    pub open_matter: bool,
    /// A copy of who looked is being prepared, or waits to be handed over.
    pub open_report: bool,
    /// A consent still holds.
    pub living_consent: bool,
    /// Somebody of it is sheltered, and has a record that was linked with theirs.
    pub linked_shelter: bool,
    /// Another record of the household has not ended, or is kept longer than the list reaches.
    pub younger_record: bool,
}

impl Held {
    /// As whom this reason is told on a list. That a conference looks at a household is for its members: a confidential one would be told to
    /// a desk that is not in it. It is told as what is unfinished in any other way, so that nobody can tell the two apart (disclosure rules 2, 8).
    #[must_use]
    pub const fn told(self) -> Self {
        match self {
            Self::OpenMatter => Self::OpenTask,
            other => other,
        }
    }
}

/// Why a record cannot go on a list up to `up_to`; empty: it can.
pub fn held(facts: &Facts, up_to: Day) -> Vec<Held> {
    let mut why = Vec::new();
    let mut add = |on: bool, reason: Held| {
        if on {
            why.push(reason);
        }
    };
    add(facts.ended.is_none(), Held::Open);
    add(facts.ended.is_some() && facts.kept_until.is_none_or(|last| last >= up_to), Held::TooYoung);
    add(facts.legal_hold, Held::LegalHold);
    add(facts.open_task, Held::OpenTask);
    add(facts.open_referral, Held::OpenReferral);
    add(facts.open_inquiry, Held::OpenInquiry);
    add(facts.open_matter, Held::OpenMatter);
    add(facts.open_report, Held::OpenReport);
    add(facts.living_consent, Held::LivingConsent);
    add(facts.linked_shelter, Held::LinkedShelter);
    add(facts.younger_record, Held::YoungerRecord);
    why
}

/// The day a list reaches: not before its records are free, so never a day ahead.
pub fn check_up_to(up_to: Day, today: Day) -> Result<(), Refusal> {
    if up_to > today { Err(Refusal::new("disposal.up_to_ahead")) } else { Ok(()) }
}

/// How one item of a list stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemFacts {
    /// Something holds it.
    pub held: bool,
    /// It was taken off.
    pub refused: bool,
    /// Who approved it for its desk.
    pub approved_by: Option<UserId>,
}

impl ItemFacts {
    /// Whether it is to go.
    pub const fn goes(&self) -> bool {
        !self.held && !self.refused
    }
}

/// What is known of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListFacts {
    /// The privacy auditor who approved it.
    pub approved_by: Option<UserId>,
    /// It was carried out.
    pub executed: bool,
    /// It was given up.
    pub cancelled: bool,
    /// Its items.
    pub items: Vec<ItemFacts>,
}

/// Where a list stands: it follows from what was done, nobody sets it.
pub fn state(list: &ListFacts) -> ListState {
    let mut going = list.items.iter().filter(|i| i.goes()).peekable();
    if list.executed {
        ListState::Executed
    } else if list.cancelled {
        ListState::Cancelled
    } else if list.approved_by.is_some()
        && going.peek().is_some()
        && going.all(|i| i.approved_by.is_some() && i.approved_by != list.approved_by)
    {
        ListState::Ready
    } else {
        ListState::Waiting
    }
}

/// Whether records may be taken off for this reason. That nobody is there to approve is for the auditor to say, and only where it is so:
/// `somebody` can approve one of them.
pub fn may_refuse(why: Refuse, audits: bool, somebody: bool) -> Result<(), Refusal> {
    if why == Refuse::Nobody && (!audits || somebody) {
        return Err(Refusal::new("disposal.somebody_there"));
    }
    Ok(())
}

/// Whether a step makes a form that was open meanwhile one of before. The auditor's approval changes nothing that a desk decides about:
/// whoever has the list open goes on.
pub const fn ages(step: Step) -> bool {
    !matches!(step, Step::ApproveList)
}

/// Whether `who` may take a step now. Two approvals are two people's: nobody gives both, in either order.
pub fn step(list: &ListFacts, step: Step, who: UserId) -> Result<(), Refusal> {
    let state = state(list);
    if matches!(state, ListState::Executed | ListState::Cancelled) {
        return Err(Refusal::new("disposal.over"));
    }
    match step {
        Step::ApproveDesk if list.approved_by == Some(who) => Err(Refusal::new("disposal.approved_already")),
        Step::ApproveList if list.approved_by.is_some() => {
            Err(Refusal::new("disposal.approved_list_already"))
        }
        Step::ApproveList if list.items.iter().any(|i| i.approved_by == Some(who)) => {
            Err(Refusal::new("disposal.approved_already"))
        }
        Step::ApproveList if !list.items.iter().any(ItemFacts::goes) => {
            Err(Refusal::new("disposal.nothing_goes"))
        }
        Step::Execute if state != ListState::Ready => Err(Refusal::new("disposal.not_ready")),
        _ => Ok(()),
    }
}

/// A record as it stands, with the household it is about: an id only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<R, H> {
    /// Which one.
    pub record: R,
    /// What it is.
    pub kind: Kind,
    /// Whose.
    pub household: Option<H>,
    /// What is known of it; `kept_until` and `younger_record` are filled in by [`judge`].
    pub facts: Facts,
}

/// What was found about one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The last day it is kept; of what has not ended, none.
    pub kept_until: Option<Day>,
    /// By which period.
    pub years: i64,
    /// By which rule.
    pub rule: String,
    /// Why it cannot go; empty: it can.
    pub held: Vec<Held>,
}

/// Judges every record of a town, or of some households, for a list up to a day. `all` holds every record of the
/// households concerned that has not been disposed of.
pub fn judge<R: PartialEq, H: Ord + Copy>(
    all: &[Standing<R, H>],
    periods: impl Fn(Kind) -> Vec<Period>,
    (up_to, today): (Day, Day),
) -> Vec<Verdict> {
    use std::collections::BTreeMap;

    use words::code::Code;
    let of_kind: BTreeMap<Kind, Vec<Period>> = Kind::ALL.iter().map(|k| (*k, periods(*k))).collect();
    let kept: Vec<(Option<Day>, i64, String)> = all
        .iter()
        .map(|s| {
            let list = of_kind.get(&s.kind).map_or(&[][..], Vec::as_slice);
            let (years, rule) = period_of(list, s.facts.ended.unwrap_or(today), today);
            (s.facts.ended.map(|day| kept_until(day, years)), years, rule)
        })
        .collect();
    // What one record is needed for (a lawsuit is about a family, not about a number), the others of the household are needed for.
    let on_hold: std::collections::BTreeSet<H> =
        all.iter().filter(|s| s.facts.legal_hold).filter_map(|s| s.household).collect();
    // How many records of a household stay: not ended, or kept longer than the list reaches.
    let stays = |until: Option<Day>| until.is_none_or(|last| last >= up_to);
    let mut staying: BTreeMap<H, usize> = BTreeMap::new();
    for (s, (until, ..)) in all.iter().zip(&kept) {
        if let Some(h) = s.household.filter(|_| stays(*until)) {
            *staying.entry(h).or_default() += 1;
        }
    }
    all.iter()
        .zip(kept)
        .map(|(s, (until, years, rule))| {
            let others = s.household.and_then(|h| staying.get(&h)).copied().unwrap_or_default();
            let facts = Facts {
                kept_until: until,
                younger_record: others > usize::from(stays(until)),
                legal_hold: s.facts.legal_hold || s.household.is_some_and(|h| on_hold.contains(&h)),
                ..s.facts.clone()
            };
            Verdict { kept_until: until, years, rule, held: held(&facts, up_to) }
        })
        .collect()
}
