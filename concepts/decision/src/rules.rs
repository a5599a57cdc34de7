//! What must have been talked about at which timing, who must have been there, and where it may be decided.

pub(crate) mod doubt;

use engine::Refusal;
use serde::Serialize;
use words::id::{PersonId, ThingId};
use words::{Day, Instant, codes};

codes! {
    /// The programmes whose plans a conference decides.
    pub enum Programme {
        /// 多機関協働.
        MultiAgency = "multi_agency",
        /// アウトリーチ等を通じた継続的支援.
        Outreach = "outreach",
        /// 参加支援.
        Participation = "participation",
    }

    /// At which point of a support.
    pub enum Timing {
        /// プラン策定.
        Establish = "establish",
        /// 再プラン.
        Replan = "replan",
        /// 支援終結.
        Close = "close",
        /// 支援中断.
        Interrupt = "interrupt",
        /// そのほか.
        Other = "other",
    }

    /// On what the decision was made.
    pub enum Ground {
        /// A conference that rests on the person's consent (重層的支援会議).
        Consent = "consent",
        /// A confidential conference (支援会議 …).
        Secrecy = "secrecy",
        /// The provider's own records, without a conference: only where the consent has ended.
        OwnRecords = "own_records",
    }

    /// Why there is no consent any more (domain section 4.2).
    pub enum EndedWhy {
        /// 撤回された.
        Withdrawn = "withdrawn",
        /// 期間が終わった.
        Expired = "expired",
        /// 亡くなった.
        Died = "died",
        /// 転出した.
        Moved = "moved",
        /// 同意は続いているが、会議をひらける窓口・担当がいない.
        Unheld = "unheld",
    }

    /// Whether there is a follow-up after the end.
    pub enum FollowUpNeed {
        /// 要る.
        Needed = "needed",
        /// 要らない.
        NotNeeded = "not_needed",
    }

    /// Why support is paused (R-044: 連絡不能等).
    pub enum InterruptWhy {
        /// 連絡がとれない.
        Unreachable = "unreachable",
        /// 本人が会うのを断っている.
        Refuses = "refuses",
        /// 入院・入所などで支援が止まる.
        Away = "away",
        /// 転出した.
        Moved = "moved",
        /// 亡くなった.
        Died = "died",
        /// そのほか.
        Other = "other",
    }

    /// A text of a decision.
    pub enum Part {
        /// 策定: 本人の目標.
        Goals = "goals",
        /// 再プラン: 状況の変化.
        Change = "change",
        /// 再プラン: 現プランの評価.
        Review = "review",
        /// 再プラン: 再プランの内容.
        NewPlan = "new_plan",
        /// 終結: 目標の達成状況.
        Achieved = "achieved",
        /// 終結: 終結の評価.
        Evaluation = "evaluation",
        /// 終結: フォローアップの方法, or why none is needed.
        FollowUp = "follow_up",
        /// 中断: これまでの働きかけ.
        Attempts = "attempts",
        /// そのほかの決定.
        Words = "words",
    }
}

/// Words that are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words(String);

impl Words {
    /// Some words; nothing out of nothing.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 策定.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Establish {
    /// 本人の目標.
    pub goals: Words,
    /// モニタリング時期.
    pub monitoring: Day,
}

/// 再プラン.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replan {
    /// 状況の変化.
    pub change: Words,
    /// 現プランの評価.
    pub review: Words,
    /// 再プランの内容.
    pub new_plan: Words,
    /// モニタリング時期: a plan in force always has one.
    pub monitoring: Day,
}

/// Whether, how and when somebody looks in after the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum FollowUp {
    /// It is.
    Needed {
        /// How.
        how: Words,
        /// The first day.
        on: Day,
    },
    /// It is not.
    NotNeeded {
        /// Why.
        why: Words,
    },
}

/// 終結.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Close {
    /// 目標の達成状況.
    pub achieved: Words,
    /// 終結の評価.
    pub evaluation: Words,
    /// フォローアップの必要性・方法.
    pub follow_up: FollowUp,
}

/// 中断.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interrupt {
    /// Why.
    pub why: InterruptWhy,
    /// The attempts made.
    pub attempts: Words,
}

/// What was decided, with everything its timing asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Content {
    /// 策定.
    Establish(Establish),
    /// 再プラン.
    Replan(Replan),
    /// 終結.
    Close(Close),
    /// 中断.
    Interrupt(Interrupt),
    /// そのほか.
    Other(Words),
}

impl Content {
    /// Its timing.
    pub const fn timing(&self) -> Timing {
        match self {
            Self::Establish(_) => Timing::Establish,
            Self::Replan(_) => Timing::Replan,
            Self::Close(_) => Timing::Close,
            Self::Interrupt(_) => Timing::Interrupt,
            Self::Other(_) => Timing::Other,
        }
    }

    /// Its texts, in the order in which they are read.
    pub fn texts(&self) -> Vec<(Part, &Words)> {
        match self {
            Self::Establish(x) => vec![(Part::Goals, &x.goals)],
            Self::Replan(x) => {
                vec![(Part::Change, &x.change), (Part::Review, &x.review), (Part::NewPlan, &x.new_plan)]
            }
            Self::Close(x) => {
                let last = match &x.follow_up {
                    FollowUp::Needed { how, .. } => how,
                    FollowUp::NotNeeded { why } => why,
                };
                vec![(Part::Achieved, &x.achieved), (Part::Evaluation, &x.evaluation), (Part::FollowUp, last)]
            }
            Self::Interrupt(x) => vec![(Part::Attempts, &x.attempts)],
            Self::Other(words) => vec![(Part::Words, words)],
        }
    }

    /// The day it is looked at again.
    pub const fn monitoring(&self) -> Option<Day> {
        match self {
            Self::Establish(x) => Some(x.monitoring),
            Self::Replan(x) => Some(x.monitoring),
            _ => None,
        }
    }
}

/// Days of a content lie ahead of the day it was decided.
pub(crate) fn days_ahead(content: &Content, on: Day) -> Result<(), Refusal> {
    let follow_up = match content {
        Content::Close(Close { follow_up: FollowUp::Needed { on, .. }, .. }) => Some(*on),
        _ => None,
    };
    if content.monitoring().is_some_and(|d| d <= on) {
        return Err(Refusal::new("decision.monitoring_past"));
    }
    if follow_up.is_some_and(|d| d <= on) { Err(Refusal::new("decision.follow_up_past")) } else { Ok(()) }
}

/// What is true of the household today, as far as it decides where support may be ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Truth {
    /// Consent carries the conference it is decided in: everybody the matter is about has agreed.
    pub carried: bool,
    /// Somebody has agreed about whom a conference with consent could be held, in this matter or another one.
    pub consented: bool,
    /// Somebody who had agreed has died.
    pub died: bool,
    /// Somebody who had agreed has moved or left.
    pub moved: bool,
    /// A consent to conferences was withdrawn, or something else took its place.
    pub withdrawn: bool,
    /// The last day of one is over.
    pub expired: bool,
    /// One goes on, and nobody could hold the conference.
    pub unheld: bool,
}

impl Truth {
    /// Something is on record that ended a consent.
    const fn ended(self) -> bool {
        self.died || self.moved || self.withdrawn || self.expired || self.unheld
    }
}

/// Where something of this timing may be decided (domain section 4.2). The four timings need a consent conference; where the
/// consent has ended, and only there, closing and interruption say why and are decided without. That somebody has died or moved is a
/// reason, and no way around the consent of the others; nor is that a conference is about somebody who has not agreed, as long as it could
/// be about somebody who has. A reason is one that is on record; where nothing is, no household is caught: the consent was withdrawn, or ran
/// out.
pub fn place(ground: Ground, timing: Timing, truth: Truth, ended: Option<EndedWhy>) -> Result<(), Refusal> {
    if timing == Timing::Other {
        return if ground == Ground::OwnRecords {
            Err(Refusal::new("decision.other_needs_meeting"))
        } else {
            Ok(())
        };
    }
    if ground == Ground::Consent && truth.carried {
        return Ok(());
    }
    if matches!(timing, Timing::Establish | Timing::Replan) {
        let key = if ground == Ground::Consent {
            "decision.consent_gone"
        } else {
            "decision.needs_consent_meeting"
        };
        return Err(Refusal::new(key));
    }
    if ground == Ground::Consent && truth.consented {
        return Err(Refusal::new("decision.about_agreed"));
    }
    let Some(why) = ended else { return Err(Refusal::new("decision.ended_why")) };
    if truth.consented {
        return Err(Refusal::new("decision.consent_holds"));
    }
    match why {
        EndedWhy::Died if !truth.died => Err(Refusal::new("decision.no_death")),
        EndedWhy::Moved if !truth.moved => Err(Refusal::new("decision.no_move")),
        EndedWhy::Withdrawn if truth.ended() && !truth.withdrawn => {
            Err(Refusal::new("decision.no_withdrawal"))
        }
        EndedWhy::Expired if truth.ended() && !truth.expired => Err(Refusal::new("decision.no_expiry")),
        EndedWhy::Unheld if !truth.unheld => Err(Refusal::new("decision.is_held")),
        _ => Ok(()),
    }
}

/// Of a case that has ended its end can still be written down by those who sat there; nothing of it begins again before it is reopened.
pub fn case_goes_on(ground: Ground, timing: Timing, open: bool) -> Result<(), Refusal> {
    let begins = matches!(timing, Timing::Establish | Timing::Replan);
    if !open && (begins || ground == Ground::OwnRecords) {
        return Err(Refusal::new("decision.case_ended"));
    }
    Ok(())
}

/// What rested on consent rested on one of that day, and not only on one that came later.
pub fn consented_then(ground: Ground, timing: Timing, then: bool) -> Result<(), Refusal> {
    if ground == Ground::Consent && timing != Timing::Other && !then {
        return Err(Refusal::new("decision.no_consent_then"));
    }
    Ok(())
}

/// A conference with consent decides the four timings under an item of its agenda (R-043, domain section 4.2), on the day the item was
/// talked over. Where the consent has ended no item can be: there the reason stands instead.
pub fn under_item(ground: Ground, timing: Timing, carried: bool, item: bool) -> Result<(), Refusal> {
    let needed = ground == Ground::Consent && timing != Timing::Other && carried;
    if needed && !item { Err(Refusal::new("decision.no_item")) } else { Ok(()) }
}

/// What a conference with consent decides is about those it is about, all of them or some. Nothing else is told of anybody else. Marked as
/// about nobody, it is about those whose consent carries it (decision 0030): whoever has died or gone lets no desk read anything.
pub fn of_those(
    about: &[PersonId],
    carriers: &[PersonId],
    marked: &[PersonId],
) -> Result<Vec<PersonId>, Refusal> {
    if !about.is_empty() && !marked.iter().all(|p| about.contains(p)) {
        return Err(Refusal::new("decision.about_others"));
    }
    let unmarked = if carriers.is_empty() { about } else { carriers };
    Ok(if marked.is_empty() { unmarked.to_vec() } else { marked.to_vec() })
}

/// A proposal of a plan: which plan, and for the how many-th time it was proposed.
pub type Proposal = (ThingId, i64);

/// 策定 and 再プラン are decided about a proposal; nothing is decided of a text that nobody has written yet.
pub fn about_proposal(timing: Timing, there: Option<Proposal>) -> Result<Option<Proposal>, Refusal> {
    match (timing, there) {
        (Timing::Establish | Timing::Replan, None) => Err(Refusal::new("decision.no_proposal")),
        (Timing::Establish | Timing::Replan, Some(there)) => Ok(Some(there)),
        _ => Ok(None),
    }
}

/// A decision puts the text into force that was before the conference, and no other. What was decided before this was
/// kept names none.
pub fn same_text(decided: Option<Proposal>, now: Option<Proposal>) -> Result<(), Refusal> {
    match (decided, now) {
        (Some(decided), Some(now)) if decided != now => Err(Refusal::conflict("decision.changed_since")),
        _ => Ok(()),
    }
}

/// What a decision rests on is asked again when it is used (disclosure rule 5): a matter that was opened by mistake decides nothing, and
/// no plan comes into force without the consent it was decided with. Support is ended by it all the same.
pub fn stands(ground: Ground, timing: Timing, mistaken: bool, consented: bool) -> Result<(), Refusal> {
    if mistaken {
        return Err(Refusal::new("decision.of_mistake"));
    }
    let plan = matches!(timing, Timing::Establish | Timing::Replan);
    if plan && ground == Ground::Consent && !consented {
        return Err(Refusal::new("decision.consent_gone"));
    }
    Ok(())
}

/// How the turn of an item came on the day of its session; what is decided then belongs to the last of these first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// It came, and the rest of the item was carried over.
    Carried,
    /// It is over.
    Over,
    /// It is being talked over.
    Now,
}

/// Whether, and how, a matter was talked over under an item: its turn came in a session that was not called off. Of an item that was carried
/// over only what was decided under it, and stands, says that its turn had come.
pub(crate) fn turn(item: &str, session: &str, decided: bool) -> Option<Turn> {
    let turn = match item {
        "in_session" => Turn::Now,
        "concluded" => Turn::Over,
        "carried_over" if decided => Turn::Carried,
        _ => return None,
    };
    (session != "cancelled").then_some(turn)
}

/// The item a decision belongs to, as it stands now: the day of its session, if the matter was talked over there all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Under {
    /// It was talked over: it was not dropped, did not go back to the queue, and its session was not called off.
    pub talked_over: bool,
    /// The day of its session.
    pub on: Option<Day>,
}

/// What a conference with consent decided under an item stands as long as the item does: an item that was dropped, a session that was
/// called off or held on another day, decided nothing on the day that is written there.
pub(crate) fn under_still(ground: Ground, on: Day, under: Option<Under>) -> Result<(), Refusal> {
    match under.filter(|_| ground == Ground::Consent) {
        Some(u) if !u.talked_over || u.on != Some(on) => Err(Refusal::new("decision.item_gone")),
        _ => Ok(()),
    }
}

/// A decision was made on a day that has come, while the matter was open; it can be written down after its end.
pub(crate) fn on_day(opened: Instant, closed: Option<Instant>, on: Day, today: Day) -> Result<(), Refusal> {
    let within = on <= today && on >= opened.day() && closed.is_none_or(|at| on <= at.day());
    if within { Ok(()) } else { Err(Refusal::new("decision.no_such_day")) }
}

/// A decision as far as its use depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    pub programme: Programme,
    pub timing: Timing,
    pub used: bool,
    pub void: bool,
}

/// A decision is used once, for its own programme and timing.
pub(crate) fn usable(stand: Stand, programme: Programme, timing: Timing) -> Result<(), Refusal> {
    if stand.void || stand.programme != programme || stand.timing != timing {
        return Err(Refusal::new("decision.does_not_fit"));
    }
    if stand.used { Err(Refusal::conflict("decision.used")) } else { Ok(()) }
}

/// What ends a plan was decided, and written down, once that plan was in force: what a session said before was said of another one. Of what
/// ends nothing that is in force, `since` is empty.
pub(crate) fn decided_since(on: Day, recorded: Instant, since: Option<Instant>) -> Result<(), Refusal> {
    match since {
        Some(at) if on < at.day() || recorded < at => Err(Refusal::new("decision.before_plan")),
        _ => Ok(()),
    }
}

/// A mistaken decision is taken back as long as nothing rests on it.
pub(crate) fn may_void(stand: Stand) -> Result<(), Refusal> {
    if stand.used || stand.void { Err(Refusal::conflict("decision.void_used")) } else { Ok(()) }
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
