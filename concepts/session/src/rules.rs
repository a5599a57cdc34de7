//! What may happen to a session, its agenda and its invitations. Every refusal says what to do instead.

pub mod after;
pub mod attend;
pub mod homework;
pub mod series;

use conference::{CorrectedWhy, There};
use engine::Refusal;
use words::code::Code;
use words::{Day, Instant, codes};

codes! {
    /// 設置の根拠 of a body.
    pub enum LegalForm {
        /// 附属機関: by law or ordinance.
        Statutory = "statutory",
        /// 要綱による会議.
        Guideline = "guideline",
        /// 任意の集まり.
        Voluntary = "voluntary",
    }

    /// How often a body meets.
    pub enum Rhythm {
        /// 毎月.
        Monthly = "monthly",
        /// 定期.
        Regular = "regular",
        /// 随時.
        AsNeeded = "as_needed",
        /// 定期と随時.
        Both = "both",
    }

    /// What a member of a body is.
    pub enum Title {
        /// 会長.
        Chair = "chair",
        /// 副会長.
        ViceChair = "vice_chair",
        /// 委員.
        Member = "member",
    }

    /// Where a session stands.
    pub enum MeetingState {
        /// 予定.
        Planned = "planned",
        /// ひらいた.
        Held = "held",
        /// 取りやめた.
        Cancelled = "cancelled",
    }

    /// Where an item of an agenda stands (domain section 4.7).
    pub enum ItemState {
        /// 順番待ち.
        Proposed = "proposed",
        /// 議題に入った.
        Scheduled = "scheduled",
        /// 話し合い中.
        InSession = "in_session",
        /// 終わった.
        Concluded = "concluded",
        /// 次回送り.
        CarriedOver = "carried_over",
        /// 割愛.
        Dropped = "dropped",
    }

    /// How soon an item should come.
    pub enum Priority {
        /// 急ぐ.
        Urgent = "urgent",
        /// 前の回からの持ちこし.
        Carried = "carried",
        /// ふつう.
        Normal = "normal",
        /// 空きがあれば.
        WhenRoom = "when_room",
    }

    /// Why an item was dropped.
    pub enum Dropped {
        /// もう解決した.
        Settled = "settled",
        /// 時間がない.
        NoTime = "no_time",
        /// 同意がなくなった.
        ConsentGone = "consent_gone",
        /// ほかの形で続ける: also in a conference that rests on secrecy, of which nobody but its members knows. The word for it is the
        /// same for everybody and tells of none.
        ToConfidential = "to_confidential",
        /// 亡くなった.
        Died = "died",
        /// 転出した.
        Moved = "moved",
        /// この会議の対象ではない.
        NotHere = "not_here",
        /// まだ会議の前にできることがある.
        NotYet = "not_yet",
        /// 回が取りやめになった.
        Cancelled = "cancelled",
        /// まちがえて出した.
        Mistake = "mistake",
    }

    /// Why somebody is invited.
    pub enum Why {
        /// 市町村.
        Municipality = "municipality",
        /// 多機関協働事業者.
        Provider = "provider",
        /// このケースにいる課.
        Section = "section",
        /// 事案の構成員.
        Matter = "matter",
        /// 固定メンバー.
        Core = "core",
        /// オブザーバー.
        Observer = "observer",
        /// 招いた人.
        Guest = "guest",
    }

    /// What was answered to an invitation.
    pub enum Reply {
        /// 出席.
        Attends = "attends",
        /// オンラインで.
        Online = "online",
        /// 代理が出る.
        Substitute = "substitute",
        /// 欠席.
        Absent = "absent",
        /// 書面で答えた.
        Writing = "writing",
    }

    /// How somebody was there.
    pub enum Attendance {
        /// 会場.
        Room = "room",
        /// オンライン.
        Online = "online",
        /// 代理.
        Substitute = "substitute",
        /// 遅参.
        Late = "late",
        /// 早退.
        LeftEarly = "left_early",
        /// 欠席.
        Absent = "absent",
        /// 書面.
        Writing = "writing",
        /// オブザーバー.
        Observer = "observer",
        /// 傍聴.
        Public = "public",
    }

    /// Who of the household, or with them, is invited to their own item. Nobody's name is kept.
    pub enum Own {
        /// 本人.
        Person = "person",
        /// 家族.
        Family = "family",
        /// 本人が選んだ付き添いの人.
        Companion = "companion",
    }

    /// How they were there.
    pub enum Arrival {
        /// 招いた.
        Invited = "invited",
        /// 会場.
        Room = "room",
        /// オンライン.
        Online = "online",
        /// 手紙や書面.
        Writing = "writing",
        /// 来られなかった.
        Absent = "absent",
    }

    /// What a member says to an item of a written session.
    pub enum Vote {
        /// 承認.
        Approve = "approve",
        /// 異議.
        Object = "object",
        /// 意見あり.
        Remark = "remark",
        /// 保留.
        Abstain = "abstain",
    }

    /// Why a case is brought before a meeting: the checklist.
    pub enum Escalation {
        /// いくつもの機関がかかわっている.
        Several = "several",
        /// 進まない・方向が見えない.
        Stuck = "stuck",
        /// 世帯に困りごとがいくつもある.
        WholeHousehold = "whole_household",
        /// 担当が決まらない.
        NobodyHolds = "nobody_holds",
        /// 支援が届いていない.
        OutOfReach = "out_of_reach",
        /// 役割を分けたい.
        Divide = "divide",
    }
}

impl Why {
    /// Whether whoever is invited for this has to be there. Members of a matter may come; the municipality, the provider and
    /// the sections the case needs must.
    pub const fn obliges(self) -> bool {
        matches!(self, Self::Municipality | Self::Provider | Self::Section)
    }
}

impl Attendance {
    /// Whether the desk was represented. Whoever looks on or listens speaks for nobody.
    pub const fn was_there(self) -> bool {
        !matches!(self, Self::Absent | Self::Observer | Self::Public)
    }
}

impl ItemState {
    /// Whether something still has to happen to it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Scheduled | Self::InSession)
    }

    /// Whether it takes a place in its session: what was dropped or carried over leaves it to another.
    pub const fn takes_room(self) -> bool {
        !matches!(self, Self::Dropped | Self::CarriedOver)
    }
}

/// A step of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Into a session.
    Schedule,
    /// Its turn has come.
    Begin,
    /// It was talked over.
    Conclude,
    /// 次回送り.
    CarryOver,
    /// 割愛, with a reason.
    Drop,
}

/// The state a step leads to; a sentence for steps that cannot be taken.
pub fn next(state: ItemState, step: Step) -> Result<ItemState, Refusal> {
    use ItemState as S;
    match (state, step) {
        (S::Proposed, Step::Schedule) => Ok(S::Scheduled),
        (S::Scheduled, Step::Begin) => Ok(S::InSession),
        (S::InSession, Step::Conclude) => Ok(S::Concluded),
        (S::Scheduled | S::InSession, Step::CarryOver) => Ok(S::CarriedOver),
        (S::Proposed | S::Scheduled | S::InSession, Step::Drop) => Ok(S::Dropped),
        (S::Concluded | S::CarriedOver | S::Dropped, _) => Err(Refusal::conflict("session.item_over")),
        (S::Proposed, _) => Err(Refusal::new("session.item_waits")),
        (S::Scheduled, Step::Conclude) => Err(Refusal::new("session.item_not_begun")),
        _ => Err(Refusal::conflict("session.item_on_agenda")),
    }
}

/// On what an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A subject without anybody in it.
    General,
    /// A position that rests on consent.
    Consent {
        /// Whether a consent for conferences or working together is in force.
        consented: bool,
        /// Whether its matter is open.
        matter: bool,
    },
    /// A position that rests on a duty of secrecy.
    Secrecy {
        /// Whether its matter is open.
        matter: bool,
        /// Whether somebody takes the initiative.
        initiator: bool,
        /// Members of the matter.
        members: usize,
    },
}

/// Proof that an item may come before a session: only [`clear`] makes one, and storing an item on an agenda needs it.
#[derive(Debug)]
pub struct Cleared(());

/// The guard of the agenda: a case without consent does not come before a conference that rests on it, and
/// a confidential item has its matter with members and names who takes the initiative.
pub fn clear(ground: Ground) -> Result<Cleared, Refusal> {
    match ground {
        Ground::Consent { consented: false, .. } => Err(Refusal::new("session.no_consent")),
        Ground::Consent { matter: false, .. } | Ground::Secrecy { matter: false, .. } => {
            Err(Refusal::new("session.no_matter"))
        }
        Ground::Secrecy { initiator: false, .. } => Err(Refusal::new("session.no_initiator")),
        Ground::Secrecy { members: 0, .. } => Err(Refusal::new("session.nobody_sits")),
        Ground::General | Ground::Consent { .. } | Ground::Secrecy { .. } => Ok(Cleared(())),
    }
}

/// Whether a case may be brought up at all, before there is a matter.
pub fn may_propose(ground: Ground) -> Result<(), Refusal> {
    match ground {
        Ground::Consent { consented: true, matter: false } => Ok(()),
        other => clear(other).map(|_| ()),
    }
}

/// A case comes before a conference with consent for a reason, and somebody decided so, by name and day: the first time. What
/// comes before it later in the same matter is its course.
pub fn raised_rightly(ground: Ground, before: bool, reasons: usize) -> Result<(), Refusal> {
    let raised = matches!(ground, Ground::Consent { .. }) && !before;
    if raised && reasons == 0 { Err(Refusal::new("session.why_raised")) } else { Ok(()) }
}

/// Proof that the municipality and the multi-agency provider were there: only [`quorum`] makes one.
#[derive(Debug)]
pub struct Quorate(());

/// An item in a legal position is concluded in the presence of the municipality and of the multi-agency provider, by the same rule as
/// something is decided: what can be decided can be concluded.
pub fn quorum(general: bool, there: There) -> Result<Quorate, Refusal> {
    match conference::decidable(there) {
        Err(_) if general => Ok(Quorate(())),
        Err(_) if !there.provider => Err(Refusal::new("session.provider_missing")),
        Err(_) => Err(Refusal::new("session.municipality_missing")),
        Ok(()) => Ok(Quorate(())),
    }
}

/// Whether one more case fits into a session.
pub fn room(capacity: Option<i64>, taken: i64) -> Result<(), Refusal> {
    if capacity.is_some_and(|most| taken >= most) { Err(Refusal::new("session.full")) } else { Ok(()) }
}

/// Nothing is talked over before the day of its session.
pub fn day_has_come(starts: Instant, today: Day) -> Result<(), Refusal> {
    if today < starts.day() { Err(Refusal::new("session.not_begun")) } else { Ok(()) }
}

/// What a conference with consent decided under an item rests on it: the item is not dropped, nor its session called off or moved to another
/// day, over a decision that stands.
pub fn nothing_decided(held: usize) -> Result<(), Refusal> {
    if held > 0 { Err(Refusal::new("session.item_decided")) } else { Ok(()) }
}

/// Something of a session can be changed while it is planned.
pub fn is_planned(state: MeetingState) -> Result<(), Refusal> {
    match state {
        MeetingState::Planned => Ok(()),
        MeetingState::Held => Err(Refusal::conflict("session.was_held")),
        MeetingState::Cancelled => Err(Refusal::conflict("session.was_cancelled")),
    }
}

/// Nothing more is written about a session whose period is over and which was disposed of.
pub fn is_kept(disposed: bool) -> Result<(), Refusal> {
    if disposed { Err(Refusal::conflict("session.was_disposed")) } else { Ok(()) }
}

/// When a session can be said to have been held: when its day has come, every item has its end, and of everybody who had to come it is
/// known whether they did.
pub fn may_hold(
    state: MeetingState,
    starts: Instant,
    now: Instant,
    items: &[ItemState],
    obliged: &[Option<Attendance>],
) -> Result<(), Refusal> {
    is_planned(state)?;
    // On the day: a conference that was over before its hour was one.
    if now.day() < starts.day() {
        return Err(Refusal::new("session.not_begun"));
    }
    if items.iter().any(|s| s.is_open()) {
        return Err(Refusal::new("session.items_open"));
    }
    if obliged.iter().any(Option::is_none) {
        return Err(Refusal::new("session.attendance_missing"));
    }
    Ok(())
}

/// Who was absent although they had to come: 必須欠席.
pub fn missed(obligatory: bool, attendance: Option<Attendance>) -> bool {
    obligatory && attendance.is_some_and(|a| !a.was_there())
}

/// Whether whoever is invited may be there for an item in this way. Of what is talked over in confidence nobody hears who is not a
/// member that has pledged, however they would sit there; and nobody sits there in another's place: whoever comes instead becomes a
/// member (disclosure rule 8; ). Whoever is kept out of the household is not there for it at all (rule 14).
pub fn may_be_there(
    kept_out: bool,
    in_confidence: bool,
    pledged: bool,
    how: Attendance,
) -> Result<(), Refusal> {
    match how {
        Attendance::Absent => Ok(()),
        _ if kept_out => Err(Refusal::new("session.kept_out")),
        _ if !in_confidence => Ok(()),
        Attendance::Substitute => Err(Refusal::new("session.nobody_instead")),
        _ if pledged => Ok(()),
        _ => Err(Refusal::new("session.pledge_first")),
    }
}

/// What an answer means for one item: whoever sends somebody instead is absent from what is talked over in confidence.
pub const fn answered(reply: Reply, in_confidence: bool) -> Reply {
    match reply {
        Reply::Substitute if in_confidence => Reply::Absent,
        other => other,
    }
}

/// Whoever answers in writing says something to each item that is theirs to say something to.
pub fn answered_all(reply: Reply, asked: usize, voted: usize) -> Result<(), Refusal> {
    if reply == Reply::Writing && voted < asked { Err(Refusal::new("session.vote_each")) } else { Ok(()) }
}

/// An item of a written session that nobody approved is concluded only by somebody who says that it is meant so: silence is no yes.
pub fn agreed_in_writing(writing: bool, votes: &[Vote], meant: bool) -> Result<(), Refusal> {
    if writing && !meant && !votes.contains(&Vote::Approve) {
        return Err(Refusal::new("session.nobody_approved"));
    }
    Ok(())
}

/// How many of those who were asked about an item approved it in writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approved {
    /// Each of them.
    All,
    /// So many; the others said something else, or nothing.
    Some(usize),
    /// None of them.
    Nobody,
}

/// What came of asking about an item in writing: an answer of each who was asked, none where there is none yet. Silence is no yes, so one
/// who is silent is missing from "each of them".
pub fn approved(asked: &[Option<Vote>]) -> Option<Approved> {
    let yes = asked.iter().filter(|v| **v == Some(Vote::Approve)).count();
    match yes {
        _ if asked.is_empty() => None,
        0 => Some(Approved::Nobody),
        n if n == asked.len() => Some(Approved::All),
        n => Some(Approved::Some(n)),
    }
}

/// What came in on paper is written down with the day it came in, which has come.
pub fn received(writing: bool, on_behalf: bool, on: Option<Day>, today: Day) -> Result<(), Refusal> {
    match on.filter(|_| on_behalf) {
        None if writing && on_behalf => Err(Refusal::new("session.received_when")),
        Some(day) if day > today => Err(Refusal::new("session.received_later")),
        _ => Ok(()),
    }
}

/// How somebody was there is noted from the day of the session until its minutes are approved, and afterwards while they are corrected
///
pub fn may_attend(state: MeetingState, approved: bool) -> Result<(), Refusal> {
    match state {
        MeetingState::Held if approved => Err(Refusal::conflict("session.minutes_approved")),
        MeetingState::Planned | MeetingState::Held => Ok(()),
        MeetingState::Cancelled => Err(Refusal::conflict("session.was_cancelled")),
    }
}

/// What an item was concluded or decided on, with those who have to be there, is corrected with a reason: the original is kept. Of what was
/// decided in confidence nobody is asked at a session, who may not know of it: it is kept there all the same.
pub fn unseats(concluded: bool, decided: bool, why: Option<CorrectedWhy>) -> Result<CorrectedWhy, Refusal> {
    match why.filter(|w| conference::REASONS.contains(w)) {
        _ if !concluded && !decided => Ok(CorrectedWhy::Noted),
        Some(why) => Ok(why),
        None if concluded => Err(Refusal::new("session.concluded_with_them")),
        None => Err(Refusal::new("session.decided_with_them")),
    }
}

/// The person themselves, and who comes with them, is invited to what is talked over with their consent: of what is talked over
/// in confidence they are told in another way, and a general subject is about nobody.
pub fn may_invite_own(general: bool, in_confidence: bool) -> Result<(), Refusal> {
    if general || in_confidence { Err(Refusal::new("session.not_their_item")) } else { Ok(()) }
}

/// An answer can be given, and changed, until the session is over; by somebody else only as it was told.
pub fn may_answer(
    state: MeetingState,
    reply: Reply,
    substitute: &str,
    on_behalf: bool,
    told: bool,
) -> Result<(), Refusal> {
    is_planned(state)?;
    if reply == Reply::Substitute && substitute.is_empty() {
        return Err(Refusal::new("session.who_instead"));
    }
    if on_behalf && !told {
        return Err(Refusal::new("session.how_told"));
    }
    Ok(())
}

/// A desk that has to be there sends somebody instead, or says that it has nobody to send (R-149: 代理).
pub fn somebody_comes(obligatory: bool, reply: Reply, nobody: bool) -> Result<(), Refusal> {
    if obligatory && reply == Reply::Absent && !nobody {
        return Err(Refusal::new("session.send_somebody"));
    }
    Ok(())
}

/// A body that others wait for does not end without a successor.
pub fn may_end_body(waiting: usize, successor: bool) -> Result<(), Refusal> {
    if waiting > 0 && !successor { Err(Refusal::new("session.needs_successor")) } else { Ok(()) }
}

/// Whether a span covers a day; the last day counts.
pub fn covers(from: Day, until: Option<Day>, day: Day) -> bool {
    from <= day && until.is_none_or(|last| day <= last)
}

/// What came of a written session: each answer and how often. Nobody's silence is a yes.
pub fn tally(votes: &[Vote]) -> [usize; 4] {
    Vote::ALL
        .iter()
        .map(|v| votes.iter().filter(|x| *x == v).count())
        .fold(([0; 4], 0), |(mut all, i), n| {
            if let Some(cell) = all.get_mut(i) {
                *cell = n;
            }
            (all, i + 1)
        })
        .0
}

/// The days of a month as weeks from Monday, filled up with its neighbours.
pub fn month(day: Day) -> Vec<[Day; 7]> {
    let first = day.plus_days(1 - i64::from(day.day()));
    let mut from = first.plus_days(-i64::from(first.weekday().num_days_from_monday()));
    let mut weeks = Vec::new();
    while weeks.is_empty() || (from.month() == day.month() && from.year() == day.year()) {
        weeks.push([0, 1, 2, 3, 4, 5, 6].map(|n| from.plus_days(n)));
        from = from.plus_days(7);
    }
    weeks
}
