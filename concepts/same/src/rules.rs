//! What may be said of a pair, and what comes of it.

use engine::Refusal;
use words::codes;
use words::id::{DeskId, UserId};

codes! {
    /// Where a pair stands.
    pub enum State {
        /// Nobody has said anything, or it was taken back.
        Found = "found",
        /// Somebody says it is one person.
        Proposed = "proposed",
        /// Somebody else says so too: the two are linked.
        Same = "same",
        /// They are two people.
        Other = "other",
    }

    /// What is said.
    pub enum Step {
        /// It is one person.
        Propose = "propose",
        /// Yes, it is.
        Confirm = "confirm",
        /// They are two people.
        Other = "other",
        /// That was a mistake: what was said is taken back.
        Back = "back",
    }
}

/// Who said it is one person, and at which desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub by: UserId,
    /// At which desk.
    pub desk: DeskId,
}

/// What comes of saying `step` of a pair in `state`, of which `said` was said before, by `who` at `desks`.
///
/// Errors: what was said already; a word of one's own; a word of another desk.
pub fn next(
    state: State,
    said: Option<Said>,
    step: Step,
    (who, desks): (UserId, &[DeskId]),
) -> Result<State, Refusal> {
    match (state, step) {
        (State::Found, Step::Propose) => Ok(State::Proposed),
        (State::Found | State::Proposed, Step::Other) => Ok(State::Other),
        (State::Proposed, Step::Confirm) => match said {
            Some(said) if said.by == who => Err(Refusal::new("same.needs_another")),
            Some(said) if !desks.contains(&said.desk) => Err(Refusal::new("same.not_your_desk")),
            _ => Ok(State::Same),
        },
        (State::Proposed | State::Same | State::Other, Step::Back) => Ok(State::Found),
        _ => Err(Refusal::new("same.is_decided")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use words::Id;
    use words::code::Code;

    fn id<K>(n: u128) -> Id<K> {
        // Ids of a test are made of numbers.
        format!("{n:032x}").parse().unwrap()
    }

    #[test]
    fn a_second_person_of_the_desk_confirms() {
        let said = Some(Said { by: id(1), desk: id(7) });
        let step = |who, desk| next(State::Proposed, said, Step::Confirm, (id(who), &[id(desk)]));
        assert_eq!(step(2, 7), Ok(State::Same));
        assert_eq!(step(1, 7).unwrap_err().key, "same.needs_another");
        assert_eq!(step(2, 8).unwrap_err().key, "same.not_your_desk");
    }

    #[test]
    fn nothing_is_a_trap() {
        let said = Some(Said { by: id(1), desk: id(7) });
        for state in State::ALL {
            let ways = Step::ALL.iter().filter_map(|s| next(*state, said, *s, (id(2), &[id(7)])).ok());
            assert!(ways.count() >= 1, "{state} has no way out");
        }
    }

    proptest! {
        #[test]
        fn two_are_linked_only_by_two_people(steps in proptest::collection::vec((0usize..4, 1u128..4), 0..12)) {
            let (mut state, mut said) = (State::Found, None);
            for (step, who) in steps {
                let step = Step::ALL[step];
                if let Ok(to) = next(state, said, step, (id(who), &[id(7)])) {
                    if to == State::Same {
                        prop_assert!(said.is_some_and(|s: Said| s.by != id(who)));
                    }
                    said = match to {
                        State::Found => None,
                        State::Same => said,
                        State::Proposed | State::Other => Some(Said { by: id(who), desk: id(7) }),
                    };
                    state = to;
                }
            }
        }
    }
}
