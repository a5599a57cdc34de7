//! Where minutes stand, and what may happen to them. Every refusal says what to do instead.

use engine::Refusal;
use session::MeetingState;
use words::{Day, codes};

codes! {
    /// Where the minutes of a session stand.
    pub enum State {
        /// 作成中.
        Draft = "draft",
        /// 確認のため回している: members comment until a day.
        Comment = "comment",
        /// 承認済み.
        Approved = "approved",
        /// 承認のあと、直している: readers see the version that was approved.
        Correcting = "correcting",
    }

    /// How minutes were approved, as the body decides.
    pub enum How {
        /// 会長（座長）が確認.
        Chair = "chair",
        /// 次の回で承認.
        Session = "session",
        /// 書面で承認.
        Writing = "writing",
        /// 構成員の確認を経て事務局が確定.
        Members = "members",
    }

    /// What became of a comment.
    pub enum Taken {
        /// 反映した.
        Yes = "yes",
        /// 一部を反映した.
        Partly = "partly",
        /// 反映しなかった.
        No = "no",
    }

    /// Which part of the minutes a section is.
    pub enum Part {
        /// 開会: who led through it, greetings, who was absent.
        Opening = "opening",
        /// One item of the agenda.
        Item = "item",
        /// 閉会: the next date.
        Closing = "closing",
    }
}

codes! {
    /// What goes round.
    pub enum What {
        /// 会議録.
        Minutes = "minutes",
        /// お知らせ.
        Notice = "notice",
    }

    /// How what goes round is brought to a partner without a login.
    pub enum Brought {
        /// 手わたし.
        Hand = "hand",
        /// 郵送.
        Post = "post",
        /// ファクス.
        Fax = "fax",
        /// メール.
        Mail = "mail",
    }

    /// What kind of material it is.
    pub enum MaterialKind {
        /// 資料1-1.
        Numbered = "numbered",
        /// 別紙.
        Annex = "annex",
        /// 当日配布.
        OnDay = "on_day",
        /// 参考資料.
        Reference = "reference",
    }
}

/// What goes round: minutes that were approved, or words; until a day.
pub fn may_send_round(what: What, edition: i64, words: &str, due: Day, today: Day) -> Result<(), Refusal> {
    if what == What::Minutes && edition == 0 {
        return Err(Refusal::new("circulation.when_approved"));
    }
    if what == What::Notice && words.trim().is_empty() {
        return Err(Refusal::new("circulation.what_words"));
    }
    until(due, today)
}

/// Something of a round is noted while it goes.
pub fn goes_round(ended: bool) -> Result<(), Refusal> {
    if ended { Err(Refusal::conflict("circulation.is_over")) } else { Ok(()) }
}

/// Whoever heard that a partner without a login told it at their own says how; of what was not brought yet nobody can have told.
pub fn was_told(how: &str, not_brought: bool) -> Result<(), Refusal> {
    if not_brought {
        return Err(Refusal::new("circulation.bring_first"));
    }
    if how.is_empty() { Err(Refusal::new("circulation.how_told")) } else { Ok(()) }
}

/// A step of the minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Out for comment, until a day.
    SendOut,
    /// Back from it.
    TakeBack,
    /// Approved.
    Approve,
    /// Opened again, to be corrected.
    Correct,
    /// The correction is not made.
    LeaveAsItWas,
}

/// The state a step leads to; a sentence for steps that cannot be taken.
pub fn next(state: State, step: Step) -> Result<State, Refusal> {
    use State as S;
    match (state, step) {
        (S::Draft, Step::SendOut) => Ok(S::Comment),
        (S::Comment, Step::TakeBack) => Ok(S::Draft),
        (S::Draft | S::Comment | S::Correcting, Step::Approve) | (S::Correcting, Step::LeaveAsItWas) => {
            Ok(S::Approved)
        }
        (S::Approved, Step::Correct) => Ok(S::Correcting),
        (S::Approved, _) => Err(Refusal::conflict("minutes.is_approved")),
        (S::Comment, Step::SendOut) => Err(Refusal::conflict("minutes.is_out")),
        (S::Correcting, _) => Err(Refusal::conflict("minutes.is_correcting")),
        (S::Draft | S::Comment, _) => Err(Refusal::conflict("minutes.not_approved")),
    }
}

/// Words can be written once the day of the session has come, and until they are approved; of a session that was called off there
/// are none.
pub fn may_write(state: State, meeting: MeetingState, starts: Day, today: Day) -> Result<(), Refusal> {
    if meeting == MeetingState::Cancelled {
        return Err(Refusal::conflict("minutes.was_cancelled"));
    }
    if today < starts {
        return Err(Refusal::new("minutes.not_begun"));
    }
    if state == State::Approved {
        return Err(Refusal::conflict("minutes.is_approved"));
    }
    Ok(())
}

/// Minutes go round, and are approved, after the session was held; comments that wait for an answer hold nobody up, but they are not
/// passed over: each says what became of it first.
pub fn may_approve(
    meeting: MeetingState,
    unanswered: usize,
    on: Day,
    held: Day,
    today: Day,
) -> Result<(), Refusal> {
    was_held(meeting)?;
    if unanswered > 0 {
        return Err(Refusal::new("minutes.comments_open"));
    }
    if on < held || on > today {
        return Err(Refusal::new("minutes.no_such_day"));
    }
    Ok(())
}

/// What speaks against approving now: keys of sentences. None of it forbids; whoever approves says that they know.
pub fn hasty(
    (state, until): (State, Option<Day>),
    today: Day,
    heard: usize,
    (closing_written, all_noted): (bool, bool),
) -> Vec<&'static str> {
    let asked = state == State::Comment;
    let found = [
        (asked && until.is_some_and(|day| day >= today), "minutes.hasty_until"),
        (heard == 0 && state != State::Correcting, "minutes.hasty_nobody"),
        (!closing_written, "minutes.hasty_closing"),
        (!all_noted, "minutes.hasty_not_noted"),
    ];
    found.into_iter().filter(|(so, _)| *so).map(|(_, key)| key).collect()
}

/// Whether the session was held.
pub fn was_held(meeting: MeetingState) -> Result<(), Refusal> {
    match meeting {
        MeetingState::Held => Ok(()),
        MeetingState::Planned => Err(Refusal::new("minutes.not_held")),
        MeetingState::Cancelled => Err(Refusal::conflict("minutes.was_cancelled")),
    }
}

/// The day until which somebody looks: not in the past, and not for ever.
pub fn until(day: Day, today: Day) -> Result<(), Refusal> {
    if day < today || day > today.plus_days(MOST_DAYS) {
        return Err(Refusal::new("minutes.no_such_until"));
    }
    Ok(())
}

/// The longest time somebody is given to look, in days.
pub const MOST_DAYS: i64 = 180;

/// A comment is said while the minutes are out: by a former member until the day set for them.
pub fn may_comment(
    state: State,
    until: Option<Day>,
    former: bool,
    review: Option<Day>,
    today: Day,
) -> Result<(), Refusal> {
    let open = |day: Option<Day>| day.is_some_and(|last| today <= last);
    if state != State::Comment {
        return Err(Refusal::conflict("minutes.not_out"));
    }
    if if former { open(review) } else { open(until) } {
        Ok(())
    } else {
        Err(Refusal::conflict("minutes.time_over"))
    }
}

/// A former member looks at the minutes of their own sessions until the day set, and nothing ends it but that day.
pub fn may_review(on_the_day: bool, review: Option<Day>, today: Day) -> bool {
    on_the_day && review.is_some_and(|last| today <= last)
}

/// Only approved minutes are made public.
pub fn may_publish(edition: i64) -> Result<(), Refusal> {
    if edition == 0 { Err(Refusal::new("minutes.public_when_approved")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    fn day(d: u32) -> Day {
        Day::new(2026, 11, d).unwrap()
    }

    #[test]
    fn no_state_is_a_trap() {
        const STEPS: [Step; 5] =
            [Step::SendOut, Step::TakeBack, Step::Approve, Step::Correct, Step::LeaveAsItWas];
        for state in State::ALL {
            let ways: Vec<State> = STEPS.iter().filter_map(|s| next(*state, *s).ok()).collect();
            assert!(!ways.is_empty(), "{state:?} has a way out");
        }
        assert!(next(State::Comment, Step::SendOut).is_err(), "it is out already");
        assert!(
            next(State::Draft, Step::Correct).is_err(),
            "what was not approved is written, not corrected"
        );
    }

    #[test]
    fn words_are_written_from_the_day_of_the_session_until_they_are_approved() {
        let at = |state, meeting, today| may_write(state, meeting, day(10), day(today)).is_ok();
        assert!(!at(State::Draft, MeetingState::Planned, 9));
        assert!(at(State::Draft, MeetingState::Planned, 10), "while people talk");
        assert!(at(State::Comment, MeetingState::Held, 12) && at(State::Correcting, MeetingState::Held, 12));
        assert!(!at(State::Approved, MeetingState::Held, 12));
        assert!(!at(State::Draft, MeetingState::Cancelled, 12));
    }

    #[test]
    fn every_comment_is_answered_before_the_approval() {
        let at = |open, on| may_approve(MeetingState::Held, open, day(on), day(10), day(20)).is_ok();
        assert!(at(0, 20) && !at(1, 20));
        assert!(!at(0, 9) && !at(0, 21));
        assert!(may_approve(MeetingState::Planned, 0, day(20), day(10), day(20)).is_err());
    }

    #[test]
    fn an_approval_in_haste_says_what_is_missing() {
        let (until, nobody, closing) =
            ("minutes.hasty_until", "minutes.hasty_nobody", "minutes.hasty_closing");
        for (state, until_day, heard, closing_written, expected) in [
            (State::Comment, Some(day(20)), 2, true, vec![until]),
            (State::Comment, Some(day(12)), 2, true, vec![until]),
            (State::Comment, Some(day(11)), 2, true, vec![]),
            (State::Comment, Some(day(11)), 0, true, vec![nobody]),
            (State::Draft, None, 0, false, vec![nobody, closing]),
            (State::Correcting, None, 0, true, vec![]),
        ] {
            assert_eq!(
                hasty((state, until_day), day(12), heard, (closing_written, true)),
                expected,
                "{state:?} {heard}"
            );
        }
        assert_eq!(hasty((State::Correcting, None), day(12), 0, (true, false)), ["minutes.hasty_not_noted"]);
    }

    #[test]
    fn approved_minutes_or_a_word_go_round() {
        let send =
            |what, edition, words: &str, d| may_send_round(what, edition, words, day(d), day(10)).is_ok();
        assert!(send(What::Minutes, 1, "", 20) && !send(What::Minutes, 0, "", 20));
        assert!(send(What::Notice, 0, "次回は12月です", 20) && !send(What::Notice, 0, " ", 20));
        assert!(!send(What::Minutes, 1, "", 9));
        assert!(goes_round(false).is_ok() && goes_round(true).is_err());
        assert!(was_told("phone", false).is_ok() && was_told("", false).is_err());
        assert!(was_told("phone", true).is_err(), "what nobody brought nobody told");
    }

    #[test]
    fn a_former_member_looks_until_the_day_set_and_no_longer() {
        assert!(may_review(true, Some(day(20)), day(20)));
        assert!(!may_review(true, Some(day(20)), day(21)));
        assert!(!may_review(false, Some(day(20)), day(12)), "only at their own sessions");
        assert!(!may_review(true, None, day(12)));
        assert!(may_comment(State::Comment, Some(day(12)), true, Some(day(20)), day(20)).is_ok());
        assert!(may_comment(State::Draft, None, true, Some(day(20)), day(20)).is_err(), "with the members");
        assert!(may_comment(State::Draft, Some(day(20)), false, None, day(12)).is_err());
        assert!(may_comment(State::Comment, Some(day(20)), false, None, day(20)).is_ok());
        assert!(may_comment(State::Comment, Some(day(20)), false, None, day(21)).is_err());
        assert!(may_comment(State::Approved, Some(day(20)), true, Some(day(20)), day(12)).is_err());
    }
}
