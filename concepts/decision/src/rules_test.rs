use proptest::prelude::*;
use words::code::Code;

use super::*;

fn day(d: u32) -> Day {
    Day::new(2026, 11, d).unwrap()
}

fn key(r: Result<(), Refusal>) -> &'static str {
    r.err().map_or("", |r| r.key)
}

#[test]
fn the_four_timings_need_a_consent_that_holds() {
    let yes = Truth { carried: true, consented: true, ..Truth::default() };
    let no = Truth::default();
    for timing in [Timing::Establish, Timing::Replan, Timing::Close, Timing::Interrupt] {
        assert_eq!(key(place(Ground::Consent, timing, yes, None)), "");
    }
    for timing in [Timing::Establish, Timing::Replan] {
        assert_eq!(key(place(Ground::Consent, timing, no, Some(EndedWhy::Died))), "decision.consent_gone");
        for ground in [Ground::Secrecy, Ground::OwnRecords] {
            assert_eq!(key(place(ground, timing, yes, None)), "decision.needs_consent_meeting");
        }
    }
    for ground in Ground::ALL {
        assert_eq!(key(place(*ground, Timing::Close, no, None)), "decision.ended_why");
        assert_eq!(key(place(*ground, Timing::Close, no, Some(EndedWhy::Withdrawn))), "");
    }
    let holds = |why| key(place(Ground::OwnRecords, Timing::Close, yes, Some(why)));
    assert_eq!(holds(EndedWhy::Withdrawn), "decision.consent_holds");
    assert_eq!(holds(EndedWhy::Died), "decision.consent_holds");
    // Whoever died or moved years ago ends nobody else's consent.
    for truth in [Truth { died: true, ..yes }, Truth { moved: true, ..yes }] {
        for why in EndedWhy::ALL {
            for ground in [Ground::OwnRecords, Ground::Secrecy] {
                assert_eq!(key(place(ground, Timing::Close, truth, Some(*why))), "decision.consent_holds");
            }
        }
    }
    let ended = |truth, why| key(place(Ground::OwnRecords, Timing::Interrupt, truth, Some(why)));
    assert_eq!(ended(no, EndedWhy::Died), "decision.no_death");
    assert_eq!(ended(no, EndedWhy::Moved), "decision.no_move");
    assert_eq!(ended(Truth { died: true, ..no }, EndedWhy::Died), "");
    assert_eq!(ended(Truth { moved: true, ..no }, EndedWhy::Moved), "");
    // A reason is one that is on record; where none is, nobody is caught.
    let died = Truth { died: true, ..no };
    assert_eq!(ended(died, EndedWhy::Withdrawn), "decision.no_withdrawal");
    assert_eq!(ended(died, EndedWhy::Expired), "decision.no_expiry");
    assert_eq!(ended(Truth { withdrawn: true, ..died }, EndedWhy::Withdrawn), "");
    assert_eq!(ended(Truth { expired: true, ..died }, EndedWhy::Expired), "");
    assert_eq!(ended(no, EndedWhy::Expired), "");
    assert_eq!(ended(no, EndedWhy::Unheld), "decision.is_held");
    assert_eq!(ended(Truth { unheld: true, ..no }, EndedWhy::Unheld), "");
    // Ticking somebody who never agreed opens nothing, as long as somebody else has agreed.
    let ticked = Truth { carried: false, ..yes };
    for why in EndedWhy::ALL {
        assert_eq!(key(place(Ground::Consent, Timing::Close, ticked, Some(*why))), "decision.about_agreed");
    }
    assert_eq!(key(place(Ground::Consent, Timing::Establish, ticked, None)), "decision.consent_gone");
    assert_eq!(key(place(Ground::OwnRecords, Timing::Other, no, None)), "decision.other_needs_meeting");
    assert_eq!(key(place(Ground::Secrecy, Timing::Other, no, None)), "");
}

#[test]
fn a_decision_does_not_outlive_its_item() {
    let still = |ground, under| key(under_still(ground, day(21), under));
    let under = |talked_over, on| Some(Under { talked_over, on });
    assert_eq!(still(Ground::Consent, None), "", "decided where no item could be");
    assert_eq!(still(Ground::Consent, under(true, Some(day(21)))), "");
    for gone in
        [under(false, Some(day(21))), under(false, None), under(true, Some(day(22))), under(true, None)]
    {
        assert_eq!(still(Ground::Consent, gone), "decision.item_gone");
        assert_eq!(still(Ground::Secrecy, gone), "", "its members decide without an agenda");
    }
}

#[test]
fn what_was_carried_over_was_talked_over_where_something_was_decided() {
    for decided in [false, true] {
        for session in ["planned", "held"] {
            assert_eq!(turn("in_session", session, decided), Some(Turn::Now));
            assert_eq!(turn("concluded", session, decided), Some(Turn::Over));
            assert_eq!(turn("carried_over", session, decided), decided.then_some(Turn::Carried));
            for never in ["proposed", "scheduled", "dropped"] {
                assert_eq!(turn(never, session, decided), None, "{never}");
            }
        }
        for item in ["in_session", "concluded", "carried_over"] {
            assert_eq!(turn(item, "cancelled", decided), None, "{item}");
        }
    }
    assert!(Turn::Now > Turn::Over && Turn::Over > Turn::Carried);
}

#[test]
fn a_decision_has_its_item_and_its_text() {
    let item = |ground, timing, consented, there| key(under_item(ground, timing, consented, there));
    assert_eq!(item(Ground::Consent, Timing::Establish, true, false), "decision.no_item");
    assert_eq!(item(Ground::Consent, Timing::Close, true, true), "");
    assert_eq!(
        item(Ground::Consent, Timing::Close, false, false),
        "",
        "nobody can put it on an agenda any more"
    );
    assert_eq!(item(Ground::Secrecy, Timing::Close, true, false), "");
    let plan =
        |n: usize| -> ThingId { ThingId::new(format!("00000000-0000-7000-8000-{n:012}").parse().unwrap()) };
    assert_eq!(about_proposal(Timing::Establish, None).unwrap_err().key, "decision.no_proposal");
    assert_eq!(about_proposal(Timing::Close, None), Ok(None));
    let (first, again, other) = ((plan(1), 1), (plan(1), 2), (plan(2), 1));
    assert_eq!(about_proposal(Timing::Replan, Some(first)), Ok(Some(first)));
    assert_eq!(key(same_text(Some(first), Some(first))), "");
    assert_eq!(key(same_text(Some(first), Some(again))), "decision.changed_since");
    assert_eq!(key(same_text(Some(first), Some(other))), "decision.changed_since");
    assert_eq!(key(same_text(None, Some(first))), "");
    let used = |timing, mistaken, consented| key(stands(Ground::Consent, timing, mistaken, consented));
    assert_eq!(used(Timing::Establish, false, false), "decision.consent_gone");
    assert_eq!(used(Timing::Close, false, false), "");
    assert_eq!(used(Timing::Close, true, true), "decision.of_mistake");
    assert_eq!(used(Timing::Replan, false, true), "");
}

fn person(n: usize) -> PersonId {
    PersonId::new(format!("00000000-0000-7000-8000-{n:012}").parse().unwrap())
}

#[test]
fn words_of_a_decision_are_about_those_who_carry_it() {
    let (mother, father, son) = (person(1), person(2), person(3));
    let both = [mother, father];
    assert_eq!(of_those(&both, &[father], &[]), Ok(vec![father]), "she died");
    assert_eq!(of_those(&both, &[], &[]), Ok(both.to_vec()), "nobody's consent carries it");
    assert_eq!(of_those(&both, &[father], &[mother]), Ok(vec![mother]));
    assert_eq!(of_those(&both, &[father], &[son]).unwrap_err().key, "decision.about_others");
    assert_eq!(of_those(&[], &[], &[son]), Ok(vec![son]));
}

#[test]
fn nothing_begins_in_a_case_that_has_ended() {
    let of = |ground, timing| key(case_goes_on(ground, timing, false));
    assert_eq!(of(Ground::Consent, Timing::Establish), "decision.case_ended");
    assert_eq!(of(Ground::Consent, Timing::Close), "", "written down afterwards");
    assert_eq!(of(Ground::OwnRecords, Timing::Close), "decision.case_ended");
    let then = |timing, then| key(consented_then(Ground::Consent, timing, then));
    assert_eq!(then(Timing::Close, false), "decision.no_consent_then");
    assert_eq!(then(Timing::Other, false), "");
    assert_eq!(then(Timing::Establish, true), "");
}

#[test]
fn it_was_decided_while_the_matter_was_open() {
    let at = |d| Instant::at(day(d), 9, 0);
    assert_eq!(key(on_day(at(10), None, day(20), day(20))), "");
    assert_eq!(key(on_day(at(10), None, day(21), day(20))), "decision.no_such_day");
    assert_eq!(key(on_day(at(10), None, day(9), day(20))), "decision.no_such_day");
    assert_eq!(key(on_day(at(10), Some(at(15)), day(15), day(20))), "");
    assert_eq!(key(on_day(at(10), Some(at(15)), day(16), day(20))), "decision.no_such_day");
}

#[test]
fn days_of_a_decision_lie_ahead() {
    let words = || Words::new("x").unwrap();
    let plan = |monitoring| Content::Establish(Establish { goals: words(), monitoring });
    assert_eq!(key(days_ahead(&plan(day(20)), day(20))), "decision.monitoring_past");
    assert_eq!(key(days_ahead(&plan(day(21)), day(20))), "");
    let follow_up = FollowUp::Needed { how: words(), on: day(1) };
    let close = Content::Close(Close { achieved: words(), evaluation: words(), follow_up });
    assert_eq!(key(days_ahead(&close, day(20))), "decision.follow_up_past");
    assert!(Words::new("　 \n").is_none(), "nothing is made out of nothing");
    assert_eq!(close.texts().len(), 3);
}

proptest! {
    /// Whatever became of the consent, support can be ended: there is a ground that takes it.
    #[test]
    fn ending_support_is_never_a_trap(consented: bool, ends in proptest::array::uniform5(any::<bool>()), pause: bool) {
        let [died, moved, withdrawn, expired, unheld] = ends;
        let truth = Truth { carried: false, consented, died, moved, withdrawn, expired, unheld };
        let timing = if pause { Timing::Interrupt } else { Timing::Close };
        let ways = Ground::ALL.iter().flat_map(|g| {
            EndedWhy::ALL.iter().map(|w| Some(*w)).chain([None]).map(move |w| (*g, w))
        });
        let open: Vec<_> = ways.filter(|(g, w)| place(*g, timing, truth, *w).is_ok()).collect();
        // Without a conference only where none could be held, whoever died or moved. Otherwise one about those who agreed decides it.
        if consented {
            prop_assert!(open.is_empty());
            let carried = place(Ground::Consent, timing, Truth { carried: true, ..truth }, None);
            prop_assert!(carried.is_ok());
        } else {
            prop_assert!(open.iter().any(|(g, _)| *g == Ground::OwnRecords));
        }
    }

    /// A decision fits one programme and one timing, once.
    #[test]
    fn a_decision_is_used_once(p in 0_usize..3, q in 0_usize..3, s in 0_usize..5, t in 0_usize..5, used: bool, void: bool) {
        let stand = Stand { programme: Programme::ALL[p], timing: Timing::ALL[s], used, void };
        let fits = usable(stand, Programme::ALL[q], Timing::ALL[t]).is_ok();
        prop_assert_eq!(fits, p == q && s == t && !used && !void);
        prop_assert_eq!(may_void(stand).is_ok(), !used && !void);
    }
}

#[test]
fn what_ends_a_plan_was_decided_when_it_was_in_force() {
    let day = |n| Day::new(2026, 12, n).unwrap();
    let at = |n, hour| words::Instant::at(day(n), hour, 0);
    let force = Some(at(14, 11));
    assert!(
        decided_since(day(14), at(14, 12), force).is_ok(),
        "decided that morning, written down afterwards"
    );
    assert!(decided_since(day(16), at(17, 9), force).is_ok());
    let key = |on, recorded| decided_since(on, recorded, force).unwrap_err().key;
    assert_eq!(key(day(13), at(15, 9)), "decision.before_plan", "written late, of an earlier session");
    assert_eq!(key(day(14), at(14, 10)), "decision.before_plan");
    assert!(decided_since(day(13), at(13, 9), None).is_ok());
}
