//! What may be said of a pair, and what comes of it.

use access::{Role, Viewer};
use engine::Refusal;
use words::codes;
use words::id::{AgencyId, DeskId, UserId};

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
/// `stands_in`: they confirm for a desk that has nobody else ([`stands_in`]).
///
/// Errors: what was said already; a word of one's own; a word of another desk.
pub fn next(
    state: State,
    said: Option<Said>,
    step: Step,
    (who, desks, stands_in): (UserId, &[DeskId], bool),
) -> Result<State, Refusal> {
    match (state, step) {
        (State::Found, Step::Propose) => Ok(State::Proposed),
        (State::Found | State::Proposed, Step::Other) => Ok(State::Other),
        (State::Proposed, Step::Confirm) => match said {
            Some(said) if said.by == who => Err(Refusal::new("same.needs_another")),
            Some(said) if !desks.contains(&said.desk) && !stands_in => {
                Err(Refusal::new("same.not_your_desk"))
            }
            _ => Ok(State::Same),
        },
        (State::Proposed | State::Same | State::Other, Step::Back) => Ok(State::Found),
        _ => Err(Refusal::new("same.is_decided")),
    }
}

/// The desk that proposed a pair, as far as it matters who confirms for it.
#[derive(Debug, Clone, Copy)]
pub struct Proposed {
    /// Whether nobody else of it could confirm.
    pub alone: bool,
    /// Its agency.
    pub agency: Option<AgencyId>,
}

/// Whether somebody who sees both records may confirm in the place of a desk that has nobody else: the coordinator, whoever is of its
/// agency, and the desk that wrote the other record. Others have nothing to do with it, even where they may see both.
pub fn stands_in(proposed: Proposed, viewer: &Viewer, wrote: [DeskId; 2]) -> bool {
    proposed.alone
        && viewer.seats.iter().filter(|s| s.role.reads_desk_records()).any(|s| {
            s.role == Role::Coordinator
                || Some(s.agency) == proposed.agency
                || wrote.iter().any(|desk| s.holds(*desk))
        })
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
        let step = |who, desk| next(State::Proposed, said, Step::Confirm, (id(who), &[id(desk)], false));
        assert_eq!(step(2, 7), Ok(State::Same));
        assert_eq!(step(1, 7).unwrap_err().key, "same.needs_another");
        assert_eq!(step(2, 8).unwrap_err().key, "same.not_your_desk");
    }

    #[test]
    fn where_a_desk_has_nobody_else_somebody_stands_in_who_is_not_the_same() {
        let said = Some(Said { by: id(1), desk: id(7) });
        let step = |who| next(State::Proposed, said, Step::Confirm, (id(who), &[id(8)], true));
        assert_eq!(step(2), Ok(State::Same));
        assert_eq!(step(1).unwrap_err().key, "same.needs_another", "nobody confirms their own word");
        let viewer = |role, agency| Viewer {
            municipality: id(1),
            user: id(2),
            seats: vec![access::Seat {
                appointment: id(3),
                desk: id(8),
                inherited: Vec::new(),
                agency: id(agency),
                role,
                programme: String::new(),
            }],
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        };
        let of = |alone, role, agency, wrote| {
            let proposed = Proposed { alone, agency: Some(id(70)) };
            stands_in(proposed, &viewer(role, agency), [id(7), id(wrote)])
        };
        assert!(of(true, Role::Coordinator, 80, 9) && of(true, Role::Caseworker, 70, 9));
        assert!(of(true, Role::Caseworker, 80, 8), "the desk that wrote the other one");
        assert!(!of(true, Role::Caseworker, 80, 9) && !of(true, Role::Administrator, 70, 8));
        assert!(!of(false, Role::Coordinator, 70, 8), "a colleague of theirs is there");
    }

    #[test]
    fn nothing_is_a_trap() {
        let said = Some(Said { by: id(1), desk: id(7) });
        for state in State::ALL {
            let ways = Step::ALL.iter().filter_map(|s| next(*state, said, *s, (id(2), &[id(7)], false)).ok());
            assert!(ways.count() >= 1, "{state} has no way out");
        }
    }

    proptest! {
        #[test]
        fn two_are_linked_only_by_two_people(steps in proptest::collection::vec((0usize..4, 1u128..4), 0..12)) {
            let (mut state, mut said) = (State::Found, None);
            for (step, who) in steps {
                let step = Step::ALL[step];
                if let Ok(to) = next(state, said, step, (id(who), &[id(7)], false)) {
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
