use conference::{CorrectedWhy, There};
use proptest::prelude::*;
use words::code::Code;

use super::rules::*;
use words::{Day, Instant};

const STEPS: [Step; 5] = [Step::Schedule, Step::Begin, Step::Conclude, Step::CarryOver, Step::Drop];

fn at(day: u32, hour: u32) -> Instant {
    Instant::at(Day::new(2026, 11, day).unwrap(), hour, 0)
}

fn key<T>(r: Result<T, engine::Refusal>) -> &'static str {
    r.err().map_or("", |r| r.key)
}

#[test]
fn a_case_without_consent_does_not_come_before_a_consent_conference() {
    let consent = |consented, matter| Ground::Consent { consented, matter };
    assert_eq!(key(clear(consent(false, true))), "session.no_consent");
    assert_eq!(key(clear(consent(true, false))), "session.no_matter");
    assert!(clear(consent(true, true)).is_ok());
    assert!(may_propose(consent(true, false)).is_ok(), "the matter is opened later");
    assert_eq!(key(may_propose(consent(false, false))), "session.no_consent");
}

#[test]
fn a_confidential_item_has_matter_members_and_initiator() {
    let secret = |matter, initiator, members| Ground::Secrecy { matter, initiator, members };
    assert_eq!(key(may_propose(secret(false, true, 2))), "session.no_matter");
    assert_eq!(key(clear(secret(true, false, 2))), "session.no_initiator");
    assert_eq!(key(clear(secret(true, true, 0))), "session.nobody_sits");
    assert!(clear(secret(true, true, 2)).is_ok());
}

#[test]
fn somebody_decides_why_a_case_comes_before_a_conference_the_first_time() {
    let consent = Ground::Consent { consented: true, matter: true };
    assert_eq!(key(raised_rightly(consent, false, 0)), "session.why_raised");
    assert!(raised_rightly(consent, false, 1).is_ok());
    assert!(raised_rightly(consent, true, 0).is_ok(), "it comes again");
    let secret = Ground::Secrecy { matter: true, initiator: true, members: 2 };
    assert!(raised_rightly(secret, false, 0).is_ok() && raised_rightly(Ground::General, false, 0).is_ok());
}

#[test]
fn the_municipality_and_the_provider_must_be_there() {
    let there = There { anybody: true, municipality: true, provider: true };
    assert!(quorum(false, there).is_ok());
    let without = |t: There| key(quorum(false, t));
    assert_eq!(without(There { municipality: false, ..there }), "session.municipality_missing");
    assert_eq!(without(There { provider: false, ..there }), "session.provider_missing");
    assert_eq!(without(There::default()), "session.provider_missing");
    assert!(quorum(true, There::default()).is_ok());
}

#[test]
fn whoever_has_to_come_sends_somebody_or_says_that_there_is_nobody() {
    assert_eq!(key(somebody_comes(true, Reply::Absent, false)), "session.send_somebody");
    assert!(somebody_comes(true, Reply::Absent, true).is_ok());
    assert!(somebody_comes(true, Reply::Substitute, false).is_ok());
    assert!(somebody_comes(false, Reply::Absent, false).is_ok(), "whoever may come may stay away");
}

#[test]
fn a_session_is_held_when_it_began_and_everything_has_its_end() {
    let hold = |now, items: &[ItemState], seen: &[Option<Attendance>]| {
        key(may_hold(MeetingState::Planned, at(10, 14), now, items, seen))
    };
    let done = [ItemState::Concluded, ItemState::Dropped, ItemState::CarriedOver];
    assert_eq!(hold(at(9, 23), &done, &[]), "session.not_begun");
    // Before its hour, on its day.
    assert_eq!(hold(at(10, 9), &done, &[]), "");
    assert_eq!(hold(at(10, 15), &[ItemState::InSession], &[]), "session.items_open");
    assert_eq!(hold(at(10, 15), &done, &[None]), "session.attendance_missing");
    assert_eq!(hold(at(10, 15), &done, &[Some(Attendance::Absent)]), "");
    assert!(missed(true, Some(Attendance::Absent)) && !missed(false, Some(Attendance::Absent)));
    assert!(!missed(true, Some(Attendance::Late)));
}

#[test]
fn capacity_and_answers() {
    assert!(room(None, 90).is_ok() && room(Some(3), 2).is_ok());
    assert_eq!(key(room(Some(3), 3)), "session.full");
    let answer = |reply, who, behalf, told| key(may_answer(MeetingState::Planned, reply, who, behalf, told));
    assert_eq!(answer(Reply::Attends, "", false, false), "");
    assert_eq!(answer(Reply::Substitute, "", false, false), "session.who_instead");
    assert_eq!(answer(Reply::Absent, "", true, false), "session.how_told");
    assert!(may_answer(MeetingState::Held, Reply::Absent, "", false, false).is_err());
    assert_eq!(key(may_end_body(1, false)), "session.needs_successor");
    assert!(may_end_body(0, false).is_ok() && may_end_body(4, true).is_ok());
    assert_eq!(tally(&[Vote::Approve, Vote::Approve, Vote::Abstain]), [2, 0, 0, 1]);
}

#[test]
fn in_confidence_nobody_is_there_before_the_pledge_or_for_another() {
    for how in Attendance::ALL {
        assert!(may_be_there(false, false, false, *how).is_ok());
        let away = *how == Attendance::Absent;
        assert_eq!(may_be_there(false, true, false, *how).is_ok(), away, "{how:?}");
        let instead = *how == Attendance::Substitute;
        assert_eq!(may_be_there(false, true, true, *how).is_ok(), !instead, "{how:?}");
        assert_eq!(may_be_there(true, false, true, *how).is_ok(), away, "kept out: {how:?}");
    }
    assert_eq!(answered(Reply::Substitute, true), Reply::Absent);
    assert_eq!(answered(Reply::Substitute, false), Reply::Substitute);
    assert_eq!(answered(Reply::Online, true), Reply::Online);
    assert!(may_invite_own(false, false).is_ok());
    assert!(may_invite_own(false, true).is_err() && may_invite_own(true, false).is_err());
}

#[test]
fn attendance_is_corrected_until_the_minutes_are_approved() {
    assert!(may_attend(MeetingState::Planned, false).is_ok());
    assert!(may_attend(MeetingState::Held, false).is_ok());
    assert_eq!(key(may_attend(MeetingState::Held, true)), "session.minutes_approved");
    assert_eq!(key(may_attend(MeetingState::Cancelled, false)), "session.was_cancelled");
}

#[test]
fn nobody_s_silence_is_a_yes() {
    assert_eq!(key(answered_all(Reply::Writing, 2, 1)), "session.vote_each");
    assert!(answered_all(Reply::Writing, 2, 2).is_ok() && answered_all(Reply::Absent, 2, 0).is_ok());
    assert_eq!(key(agreed_in_writing(true, &[Vote::Object, Vote::Remark], false)), "session.nobody_approved");
    assert_eq!(key(agreed_in_writing(true, &[], false)), "session.nobody_approved");
    assert!(agreed_in_writing(true, &[Vote::Object], true).is_ok());
    assert!(agreed_in_writing(true, &[Vote::Object, Vote::Approve], false).is_ok());
    assert!(agreed_in_writing(false, &[], false).is_ok());
}

#[test]
fn a_month_is_whole_weeks_from_monday() {
    let weeks = month(Day::new(2026, 11, 21).unwrap());
    assert_eq!(weeks.len(), 6);
    assert_eq!(weeks[0][0], Day::new(2026, 10, 26).unwrap());
    assert_eq!(weeks[5][6], Day::new(2026, 12, 6).unwrap());
    assert_eq!(month(Day::new(2027, 2, 3).unwrap()).len(), 4);
}

proptest! {
    /// No state of an item is a trap: from every open one there is a way out that depends on nothing else, whatever happened to the
    /// person, the consent or the desk; and what is over stays over.
    #[test]
    fn every_open_item_can_be_dropped_and_nothing_over_moves(state in 0_usize..6, steps in prop::collection::vec(0_usize..5, 0..12)) {
        let mut now = ItemState::ALL[state];
        for step in steps {
            let was = now;
            prop_assert_eq!(next(was, Step::Drop).is_ok(), was.is_open());
            match next(was, STEPS[step]) {
                Ok(to) => { prop_assert!(was.is_open()); prop_assert_ne!(to, was); now = to; }
                Err(refusal) => prop_assert!(refusal.key.starts_with("session.")),
            }
        }
    }

    /// Nothing is concluded without having been cleared, scheduled and begun.
    #[test]
    fn only_what_was_begun_is_concluded(state in 0_usize..6) {
        let state = ItemState::ALL[state];
        prop_assert_eq!(next(state, Step::Conclude).is_ok(), state == ItemState::InSession);
        prop_assert_eq!(next(state, Step::Begin).is_ok(), state == ItemState::Scheduled);
    }

    /// Taking a consent, a matter, an initiator or a member away never clears anything.
    #[test]
    fn less_never_clears_more(consented: bool, matter: bool, initiator: bool, members in 0_usize..4) {
        let full = clear(Ground::Consent { consented, matter }).is_ok();
        prop_assert_eq!(full, consented && matter);
        let secret = clear(Ground::Secrecy { matter, initiator, members }).is_ok();
        prop_assert_eq!(secret, matter && initiator && members > 0);
    }

    /// A month holds its day, each week begins on a Monday, and no day is missing.
    #[test]
    fn months_have_no_holes(n in 0_i64..20000) {
        let day = Day::new(2000, 1, 1).unwrap().plus_days(n);
        let days: Vec<Day> = month(day).into_iter().flatten().collect();
        prop_assert!(days.contains(&day));
        prop_assert!(days.windows(2).all(|w| w[0].plus_days(1) == w[1]));
        prop_assert_eq!(days[0].weekday().num_days_from_monday(), 0);
        prop_assert!(days.iter().filter(|d| d.month() == day.month()).count() >= 28);
    }
}

#[test]
fn silence_is_no_yes() {
    const YES: Option<Vote> = Some(Vote::Approve);
    assert_eq!(approved(&[]), None);
    assert_eq!(approved(&[YES, YES]), Some(Approved::All));
    assert_eq!(approved(&[YES, None]), Some(Approved::Some(1)));
    assert_eq!(approved(&[YES, Some(Vote::Remark)]), Some(Approved::Some(1)));
    assert_eq!(approved(&[Some(Vote::Object), None]), Some(Approved::Nobody));
}

#[test]
fn what_came_on_paper_has_the_day_it_came_in() {
    let day = |d| Some(Day::new(2026, 11, d).unwrap());
    let today = day(20).unwrap();
    let key = |writing, behalf, on| received(writing, behalf, on, today).map_err(|r| r.key);
    assert_eq!(key(true, true, None), Err("session.received_when"));
    assert_eq!(key(true, true, day(21)), Err("session.received_later"));
    assert_eq!(key(true, true, day(20)), Ok(()));
    assert_eq!(key(false, true, None), Ok(()), "whoever does not come says nothing on paper");
    assert_eq!(key(true, false, None), Ok(()), "whoever answers here answers today");
}

#[test]
fn what_was_concluded_with_them_is_corrected_with_a_reason() {
    let key = |concluded, decided, why| unseats(concluded, decided, why).map_err(|r| r.key);
    let why = Some(CorrectedWhy::NotThere);
    assert_eq!(
        key(false, false, None),
        Ok(CorrectedWhy::Noted),
        "nothing rests on it, or nothing they may know of"
    );
    assert_eq!(key(true, false, None), Err("session.concluded_with_them"));
    assert_eq!(key(false, true, None), Err("session.decided_with_them"));
    assert_eq!(key(true, true, Some(CorrectedWhy::Noted)), Err("session.concluded_with_them"));
    assert_eq!(key(true, true, why), Ok(CorrectedWhy::NotThere));
}
