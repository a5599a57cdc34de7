use super::*;
use Category::{Basic, Health, Household, Money, Opinion, Support};
use proptest::prelude::*;
use words::code::Code;

const ANONYMOUS: Standing = Standing { state: ConsultationState::Open, has_household: false };
const NAMED: Standing = Standing { state: ConsultationState::Open, has_household: true };

#[test]
fn at_most_six_fields_are_required() {
    assert!(REQUIRED.len() <= 6);
}

#[test]
fn each_decision_leads_where_the_law_expects() {
    let of = |d| dispose(NAMED, d).unwrap();
    assert_eq!(of(Disposition::InformationGiven), ConsultationState::Answered);
    assert_eq!(of(Disposition::OwnSupport), ConsultationState::BecameCase);
    assert_eq!(of(Disposition::Urgent), ConsultationState::BecameCase);
    assert_eq!(of(Disposition::PassOn), ConsultationState::PassedOn);
}

#[test]
fn nobody_gets_no_case_but_always_an_answer() {
    for d in Disposition::ALL {
        let result = dispose(ANONYMOUS, *d);
        if *d == Disposition::InformationGiven {
            assert_eq!(result, Ok(ConsultationState::Answered));
        } else {
            assert_eq!(result.unwrap_err().key, "consultation.nobody");
        }
    }
    assert_eq!(name_person(ANONYMOUS), Ok(()));
    assert_eq!(name_person(NAMED).unwrap_err().key, "consultation.already_named");
}

#[test]
fn what_became_a_case_is_not_erased_from_here() {
    for state in ConsultationState::ALL {
        let erased = mark_in_error(*state, "二重に書いた").is_ok();
        assert_eq!(erased, matches!(state, ConsultationState::Open | ConsultationState::Answered), "{state}");
        assert!(mark_in_error(*state, " ").is_err());
    }
}

#[test]
fn marks_follow_field_and_topics() {
    let set = |list: &[Category]| list.iter().copied().collect::<Categories>();
    let care_money = [Matter::Care, Matter::Debt];
    assert_eq!(default_marks(Field::Words, &care_money), set(&[Basic, Household, Health, Money]));
    assert_eq!(
        default_marks(Field::Possibilities, &[Matter::Debt]),
        set(&[Basic, Household, Money, Opinion])
    );
    assert_eq!(default_marks(Field::Response, &[Matter::Debt]), set(&[Money, Support]));
    assert_eq!(default_marks(Field::Consideration, &[Matter::Debt]), set(&[Basic, Money, Support]));
    assert!(default_marks(Field::Words, &[Matter::DvAbuse]).has(Category::Violence));
}

#[test]
fn nothing_chosen_and_anything_else_count_as_everything() {
    for field in Field::ALL {
        assert_eq!(default_marks(*field, &[]), Categories::all());
        assert_eq!(default_marks(*field, &[Matter::Other]), Categories::all());
    }
}

#[test]
fn who_told_is_kept_as_an_informant() {
    assert!(facts_categories(&[Matter::Community], Route::Neighbour, false).has(Category::Informant));
    assert!(facts_categories(&[Matter::Community], Route::Own, true).has(Category::Informant));
    assert!(!facts_categories(&[Matter::Community], Route::Own, false).has(Category::Informant));
}

/// Anything a person can do to a consultation.
#[derive(Debug, Clone, Copy)]
enum Step {
    Dispose(Disposition),
    Name,
    Err(bool),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        proptest::sample::select(Disposition::ALL).prop_map(Step::Dispose),
        Just(Step::Name),
        any::<bool>().prop_map(Step::Err),
    ]
}

proptest! {
    #[test]
    fn no_sequence_of_steps_ends_in_a_trap(named: bool, steps in proptest::collection::vec(any_step(), 0..12)) {
        let mut now = Standing { state: ConsultationState::Open, has_household: named };
        for step in steps {
            let before = now;
            match step {
                Step::Dispose(d) => if let Ok(state) = dispose(now, d) { now.state = state },
                Step::Name => if name_person(now).is_ok() { now.has_household = true },
                Step::Err(reasoned) => {
                    if let Ok(state) = mark_in_error(now.state, if reasoned { "誤り" } else { "" }) { now.state = state }
                }
            }
            // Nothing ever becomes open or nameless again: what was settled stays settled.
            prop_assert!(now.state != ConsultationState::Open || before.state == ConsultationState::Open);
            prop_assert!(now.has_household || !before.has_household);
        }
        // While it is open there is a way out, whoever it is about and whatever was done.
        if now.state == ConsultationState::Open {
            prop_assert_eq!(dispose(now, Disposition::InformationGiven), Ok(ConsultationState::Answered));
        }
        // A case always has a household behind it.
        if matches!(now.state, ConsultationState::BecameCase | ConsultationState::PassedOn) {
            prop_assert!(now.has_household);
        }
    }

    #[test]
    fn more_topics_never_count_as_less(a in proptest::sample::select(Matter::ALL), b in proptest::sample::select(Matter::ALL)) {
        for field in Field::ALL {
            prop_assert!(default_marks(*field, &[a]).within(default_marks(*field, &[a, b])));
        }
    }
}
