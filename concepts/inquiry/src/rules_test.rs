use super::*;
use proptest::prelude::*;
use words::Day;
use words::code::Code;

#[test]
fn exactly_the_moves_of_the_table() {
    let mut moves = Vec::new();
    for state in State::ALL {
        for step in Step::ALL {
            if let Ok(to) = next(*state, *step) {
                moves.push(format!("{state}-{step}->{to}"));
            }
        }
    }
    moves.sort();
    let mut expected: Vec<&str> = "sent-answer->answered partly_answered-answer->answered refused-answer->answered \
        raised-answer->answered partly_answered-enough->answered sent-part->partly_answered \
        partly_answered-part->partly_answered refused-part->partly_answered raised-part->raised sent-refuse->refused \
        partly_answered-refuse->refused raised-refuse->raised raised-take_up->raised sent-raise->raised partly_answered-raise->raised \
        refused-raise->raised sent-withdraw->withdrawn partly_answered-withdraw->withdrawn \
        refused-withdraw->withdrawn raised-withdraw->withdrawn partly_answered-seen->partly_answered \
        answered-seen->answered refused-seen->refused sent-rebase->sent partly_answered-rebase->partly_answered \
        raised-rebase->raised sent-error->entered_in_error partly_answered-error->entered_in_error \
        answered-error->entered_in_error refused-error->entered_in_error raised-error->entered_in_error \
        withdrawn-error->entered_in_error"
        .split_whitespace()
        .collect();
    expected.sort_unstable();
    assert_eq!(moves, expected);
}

#[test]
fn a_refusal_needs_an_article_and_somebody_who_decided() {
    let bare =
        Reply { step: Step::Refuse, words: "", open: &[], questions: 2, article: "", decider: ("", "") };
    let fields = |r: &Reply| check_reply(r).into_iter().map(|(f, _)| f).collect::<Vec<_>>();
    assert_eq!(fields(&bare), ["refusal_article", "decider_name", "decider_post"]);
    let named = Reply { decider: ("A", "B"), ..bare };
    assert_eq!(fields(&named), ["refusal_article"]);
    assert!(check_reply(&Reply { article: "22", ..named }).is_empty());
    assert!(!Step::Refuse.reasons().is_empty());
}

#[test]
fn a_part_answer_says_which_question_stays_open() {
    let part = |open: &'static [i64]| Reply {
        step: Step::Part,
        words: "x",
        open,
        questions: 2,
        article: "",
        decider: ("", ""),
    };
    assert_eq!(check_reply(&part(&[])), [("open", "inquiry.which_open")]);
    assert_eq!(check_reply(&part(&[3])), [("open", "inquiry.which_open")]);
    assert!(check_reply(&part(&[1, 2])).is_empty());
    assert_eq!(check_reply(&Reply { words: "", ..part(&[1]) }), [("words", "inquiry.say_what")]);
}

#[test]
fn everything_but_who_informed_can_be_asked() {
    for category in Category::ALL {
        let asked = Categories::NONE.with(*category);
        assert_eq!(can_be_asked(asked), *category != Category::Informant, "{category}");
    }
    assert!(!can_be_asked(Categories::all()));
}

#[test]
fn an_answer_is_due_within_a_year() {
    let today = Day::new(2026, 11, 21).unwrap();
    assert_eq!(due(today.plus_days(-1), today).unwrap_err().key, "task_page.due_past");
    assert!(due(today, today).is_ok() && due(Day::new(2027, 11, 21).unwrap(), today).is_ok());
    assert_eq!(due(today.plus_days(367), today).unwrap_err().key, "inquiry.due_far");
    assert_eq!(due(Day::new(2058, 1, 1).unwrap(), today).unwrap_err().key, "inquiry.due_far");
}

#[test]
fn questions_are_lines() {
    let text = "1. 受診していますか\n\n・いつから\n２）だれと\n   \n- 4 か月前は";
    assert_eq!(questions(text), ["受診していますか", "いつから", "だれと", "4 か月前は"]);
    assert!(questions(" \n 3.\n").is_empty());
}

#[test]
fn days_open_are_business_days() {
    let at = |d| Instant::at(Day::new(2026, 11, d).unwrap(), 10, 0);
    let open = OpeningDays::default();
    assert_eq!(days_open(at(20), at(20), &open), 0);
    // Friday to Tuesday, Monday is a holiday.
    assert_eq!(days_open(at(20), at(24), &open), 1);
    assert_eq!(days_open(at(24), at(20), &open), 0);
}

proptest! {
    /// Whatever has happened: whoever asked can bring it to an end, with or without a basis; and as long as the basis
    /// holds, so can whoever is asked. Without one they can still say no.
    #[test]
    fn no_state_is_a_trap(steps in proptest::collection::vec(0..Step::ALL.len(), 0..14), holds: bool) {
        let mut state = State::Sent;
        for step in steps {
            if let Ok(to) = next(state, Step::ALL[step]) {
                state = to;
            }
            if state.is_waiting() {
                let ends = |side: Side| {
                    open_steps(state, side, holds).iter().any(|s| next(state, *s).is_ok_and(|to| !to.is_waiting()))
                };
                prop_assert!(ends(Side::Asker), "{state} is a trap for whoever asked");
                prop_assert!(!holds || ends(Side::Asked), "{state} is a trap for whoever is asked");
                prop_assert!(open_steps(state, Side::Asked, holds).contains(&Step::Refuse));
                // Whoever asked always has somewhere to go with it.
                prop_assert!(state == State::Raised || open_steps(state, Side::Asker, holds).contains(&Step::Raise));
                prop_assert!(holds || open_steps(state, Side::Asker, holds).contains(&Step::Rebase));
            }
        }
    }

    #[test]
    fn what_ends_without_an_answer_has_a_reason(step in 0..Step::ALL.len()) {
        let step = Step::ALL[step];
        let needs = matches!(step, Step::Part | Step::Refuse | Step::Withdraw | Step::Error);
        prop_assert_eq!(!step.reasons().is_empty(), needs);
    }

    /// Nothing typed is lost when a text is cut into questions, except marks at the beginning of a line.
    #[test]
    fn questions_keep_their_words(lines in proptest::collection::vec("[a-z]{1,8}( [a-z0-9]{1,5}){0,3}", 1..8)) {
        prop_assert_eq!(questions(&lines.join("\n")), lines);
    }
}
