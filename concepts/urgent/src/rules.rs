//! When somebody may look, how long it lasts, who reviews it and what a review leads to.

use access::Role;
use engine::Refusal;
use words::calendar::{self, OpeningDays};
use words::id::{DeskId, UserId};
use words::{Instant, codes};

codes! {
    /// What is in danger.
    pub enum Reason {
        /// 生命.
        Life = "life",
        /// 身体.
        Body = "body",
        /// 財産.
        Property = "property",
    }

    /// What a look-up led to.
    pub enum TryOutcome {
        /// A case was opened.
        Hit = "hit",
        /// Only the own desk's records: they need no urgent look.
        Own = "own",
        /// Nothing that may be seen.
        Miss = "miss",
    }

    /// What the desk that was told says.
    pub enum Answer {
        /// 事情がわかる.
        Understood = "understood",
        /// 心あたりがない・気になる.
        Doubtful = "doubtful",
    }

    /// What a review comes to.
    pub enum Outcome {
        /// 正当.
        Justified = "justified",
        /// 正当でない.
        NotJustified = "not_justified",
        /// 窓口と話してから.
        Talk = "talk",
    }

    /// Where the review of a look stands.
    pub enum ReviewState {
        /// To be reviewed.
        Open = "open",
        /// A talk comes first.
        Talk = "talk",
        /// Justified.
        Justified = "justified",
        /// Not justified.
        NotJustified = "not_justified",
    }
}

/// Minutes for which a stated reason serves: after that, things are no longer as they were when it was written.
pub(crate) const REASON_MINUTES: i64 = 60;

/// What a municipality has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clocks {
    /// Hours a look lasts.
    pub hours: i64,
    /// Look-ups of one person on one day.
    pub tries: i64,
    /// Business days until the review.
    pub review_days: u32,
}

/// The settings' keys and their defaults.
pub(crate) const SETTINGS: [(&str, i64); 3] =
    [("urgent_look_hours", 24), ("urgent_tries_per_day", 10), ("urgent_review_days", 5)];

impl Clocks {
    /// Out of the settings. What cannot work is brought to what can: a look that never ends is not protection.
    pub(crate) fn of([hours, tries, review_days]: [i64; 3]) -> Self {
        Self {
            hours: hours.clamp(1, 7 * 24),
            tries: tries.max(1),
            review_days: u32::try_from(review_days.clamp(1, 60)).unwrap_or(5),
        }
    }
}

/// Whether somebody may look for somebody now, with the reason stated at `stated`.
pub(crate) fn may_try(
    stated: Instant,
    answered: bool,
    tried_today: i64,
    now: Instant,
    clocks: Clocks,
) -> Result<(), Refusal> {
    if answered {
        return Err(Refusal::new("urgent.answered"));
    }
    if now >= stated.plus_minutes(REASON_MINUTES) {
        return Err(Refusal::new("urgent.stated_long_ago"));
    }
    if left(tried_today, clocks) == 0 {
        return Err(Refusal::new("urgent.none_left").arg("n", clocks.tries));
    }
    Ok(())
}

/// Look-ups left today.
pub(crate) fn left(tried_today: i64, clocks: Clocks) -> i64 {
    (clocks.tries - tried_today).max(0)
}

/// The first moment at which a look opened at `from` no longer holds.
pub(crate) fn until(from: Instant, clocks: Clocks) -> Instant {
    from.plus_hours(clocks.hours)
}

/// Whether a look holds at `now`. The decision says the same; this is for what pages say about it.
pub(crate) fn holds(from: Instant, until: Instant, ended: Option<Instant>, now: Instant) -> bool {
    from <= now && now < until && ended.is_none_or(|at| now < at)
}

/// By when the desk whose case it is has read the notice: the next business day.
pub(crate) fn notice_due(at: Instant, opening: &OpeningDays) -> Instant {
    Instant::at(calendar::business_day_after(opening, at.day(), 1), 17, 0)
}

/// By when it is reviewed.
pub(crate) fn review_due(at: Instant, clocks: Clocks) -> Instant {
    Instant::at(calendar::business_day_after(&OpeningDays::default(), at.day(), clocks.review_days), 17, 0)
}

/// Who could review a look, and from which desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reviewers {
    /// Privacy auditors.
    pub auditors: Vec<(UserId, DeskId)>,
    /// Coordinators.
    pub coordinators: Vec<(UserId, DeskId)>,
    /// Leads of the desks whose case it is.
    pub leads: Vec<(UserId, DeskId)>,
}

/// To whom a review falls: an auditor; where there is none, a coordinator; where there is none, a lead of the desk that was
/// looked at. Never to whoever looked, nor to somebody kept out of the case. With nobody at all it waits at the desk
/// that was looked at, where it grows late in everybody's sight.
pub(crate) fn falls_to(
    who: &Reviewers,
    looker: UserId,
    kept_out: &[UserId],
    owner: DeskId,
) -> (Role, Option<UserId>, DeskId) {
    let can = |user: &UserId| *user != looker && !kept_out.contains(user);
    let first = |of: &[(UserId, DeskId)]| of.iter().find(|(user, _)| can(user)).copied();
    if let Some((_, desk)) = first(&who.auditors) {
        // The office of the auditors, not one of them.
        return (Role::PrivacyAuditor, None, desk);
    }
    if let Some((user, desk)) = first(&who.coordinators) {
        return (Role::Coordinator, Some(user), desk);
    }
    match first(&who.leads) {
        Some((user, desk)) => (Role::AgencyLead, Some(user), desk),
        None => (Role::AgencyLead, None, owner),
    }
}

/// Whether this person may give this review.
pub(crate) fn may_review(me: UserId, looker: UserId, has_the_role: bool) -> Result<(), Refusal> {
    if me == looker {
        return Err(Refusal::new("urgent.own_look"));
    }
    if has_the_role { Ok(()) } else { Err(Refusal::new("urgent.not_your_review")) }
}

/// Where a review leads. What was decided can be decided anew, with words, also by a talk first; the same again says nothing.
pub(crate) fn review(state: ReviewState, outcome: Outcome) -> Result<ReviewState, Refusal> {
    let to = match outcome {
        Outcome::Justified => ReviewState::Justified,
        Outcome::NotJustified => ReviewState::NotJustified,
        Outcome::Talk => ReviewState::Talk,
    };
    if state == to {
        return Err(Refusal::new("urgent.same_review"));
    }
    Ok(to)
}

/// Whether what a desk says opens a review again: a doubt is for whoever reviews, also when it comes after they did. Said once more, it says
/// nothing new; and as long as the review is owed, it is read there.
pub(crate) fn opens_again(state: ReviewState, before: Option<Answer>, said: Answer) -> bool {
    !owed(state) && said == Answer::Doubtful && before != Some(Answer::Doubtful)
}

/// Whether a review that is owed was given once and came back: by nothing but a doubt.
pub(crate) fn came_back(state: ReviewState, reviews: usize) -> bool {
    state == ReviewState::Open && reviews > 0
}

/// Whether a review is still owed.
pub(crate) fn owed(state: ReviewState) -> bool {
    matches!(state, ReviewState::Open | ReviewState::Talk)
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
