//! How somebody's consent stands today, as far as whoever looks may know of it. Asked wherever it is said that somebody agrees: the list of
//! those without a consent (disclosure rule 9) and the stage of the relation answer alike, because they ask here.

use access::Viewer;
use words::id::{CaseId, PersonId};
use words::{Day, codes};

use crate::rules::Consent;
use crate::withdrawal::Sight;

codes! {
    /// How somebody's consent stands on a day.
    pub enum Standing {
        /// One holds.
        Holds = "holds",
        /// None holds yet; one begins later.
        ToCome = "to_come",
        /// There was one, and it has ended: withdrawn, past its last day, replaced by one that ended too, its giver set aside.
        Ended = "ended",
        /// None is known: never written down, or struck as a mistake.
        Unknown = "unknown",
    }
}

/// The consents of somebody that count for this viewer: one they may not know of is none to them (disclosure rule 2). `accountable`: the
/// case their desk is accountable for; what was given in another one is not theirs to know of by that.
pub fn known_of<'a>(
    all: &'a [Consent],
    viewer: &'a Viewer,
    person: PersonId,
    accountable: Option<CaseId>,
) -> impl Iterator<Item = &'a Consent> {
    let ours = move |c: &Consent| accountable.is_some() && c.case == accountable;
    all.iter().filter(move |c| c.person == person && c.shown_to(viewer, ours(c)))
}

/// How these consents of one person stand together on a day. Nothing ends by a job: it is read off each of them.
pub fn standing<'a>(of: impl IntoIterator<Item = &'a Consent>, today: Day) -> Standing {
    of.into_iter().fold(Standing::Unknown, |so_far, c| match (so_far, c.sight(today)) {
        (Standing::Holds, _) | (_, Sight::Now) => Standing::Holds,
        (Standing::ToCome, _) | (_, Sight::ToCome) => Standing::ToCome,
        (Standing::Ended | Standing::Unknown, Sight::Closed) => Standing::Ended,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ConsentState;
    use crate::rules::tests::{at, given, id};
    use access::Role;
    use words::code::Code;

    fn day(d: i64) -> Day {
        Day::new(2026, 11, 21).unwrap().plus_days(d)
    }

    #[test]
    fn one_that_holds_is_enough_and_none_that_holds_is_none() {
        let of = |all: &[Consent]| standing(all, day(10));
        let withdrawn = || Consent { state: ConsentState::Withdrawn, ..given() };
        let replaced = || Consent { state: ConsentState::Superseded, ..given() };
        let over = || Consent { until: Some(day(9)), ..given() };
        let to_come = || Consent { from: day(11), ..given() };
        let aside = || Consent { set_aside_at: Some(given().given_at), ..given() };
        assert_eq!(of(&[]), Standing::Unknown);
        assert_eq!(of(&[given()]), Standing::Holds);
        for ended in [withdrawn(), replaced(), over(), aside()] {
            assert_eq!(of(std::slice::from_ref(&ended)), Standing::Ended);
            assert_eq!(of(&[ended.clone(), to_come()]), Standing::ToCome);
            assert_eq!(of(&[to_come(), ended.clone()]), Standing::ToCome);
            assert_eq!(of(&[ended.clone(), given(), to_come()]), Standing::Holds);
            assert_eq!(of(&[replaced(), ended]), Standing::Ended, "its successor ended too");
        }
        assert_eq!(
            of(&[Consent { until: Some(day(10)), ..given() }]),
            Standing::Holds,
            "the last day counts"
        );
        assert_eq!(Standing::ALL.len(), 4);
    }

    #[test]
    fn what_somebody_may_not_know_of_is_none_to_them() {
        let of_case = || Consent { case: Some(id(70)), ..given() };
        let all = [of_case(), Consent { person: id(51), ..of_case() }];
        let count = |viewer: &Viewer, accountable| known_of(&all, viewer, id(50), accountable).count();
        assert_eq!(count(&at(1, 10, Role::Caseworker), None), 1, "of that person alone");
        assert_eq!(count(&at(4, 40, Role::Caseworker), None), 0);
        assert_eq!(count(&at(4, 40, Role::Caseworker), Some(id(70))), 1);
        assert_eq!(count(&at(4, 40, Role::Caseworker), Some(id(71))), 0, "given in another case");
        let struck = [Consent { state: ConsentState::EnteredInError, ..of_case() }];
        assert_eq!(known_of(&struck, &at(1, 10, Role::Caseworker), id(50), Some(id(70))).count(), 0);
    }
}
