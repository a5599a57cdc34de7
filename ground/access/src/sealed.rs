//! Records that cannot be read without a decision.

use words::id::{DeskId, PersonId};

use crate::decide::{BasisUse, Evidence, Facts, Reader, RecordRef, theirs};
use crate::{Categories, Viewer};

/// Proof of one disclosure decision about one record. Only [`crate::decide`] makes one.
#[derive(Debug, Clone)]
pub struct Permit {
    record: RecordRef,
    granted: Categories,
    uses: Vec<BasisUse>,
}

impl Permit {
    pub(crate) fn new(record: RecordRef, granted: Categories, uses: Vec<BasisUse>) -> Self {
        Self { record, granted, uses }
    }

    /// The record this permit is about, and no other.
    pub fn record(&self) -> RecordRef {
        self.record
    }

    /// The categories it grants.
    pub fn granted(&self) -> Categories {
        self.granted
    }

    /// The bases it rests on.
    pub fn uses(&self) -> &[BasisUse] {
        &self.uses
    }
}

/// What a record's content must be able to do: cut itself down to what is granted.
pub trait Content: Sized {
    /// Keeps only what `granted` covers; `None` if nothing remains. The default is for content that is whole
    /// or nothing, such as a text: every category it carries must be granted.
    fn keep(self, granted: Categories, facts: &Facts) -> Option<Self> {
        (!facts.categories.is_empty() && facts.categories.within(granted)).then_some(self)
    }

    /// Whether it stays on the screens of those at work: never on paper, whoever's, and never in a file.
    fn screen_only(&self) -> bool {
        false
    }

    /// Whether it may stand on a paper that `person` of the household is given, as far as what it is says (disclosure rule 4): nothing does
    /// that does not say so. What desks say to one another never does, whomever it is about. `theirs`: whether it is about them, and about
    /// nobody who is kept apart from them. The decision takes away more: see [`Reader::Member`].
    fn for_one(&self, _person: PersonId, _theirs: bool) -> bool {
        false
    }
}

/// A record as it comes from storage: its facts can be looked at, its content cannot. It has neither `Debug`
/// nor `Display` nor `Serialize`, so that it cannot slip into a log or a page.
pub struct Sealed<T> {
    facts: Facts,
    content: T,
}

impl<T: Content> Sealed<T> {
    /// Seals content with the facts it is to be judged by.
    pub fn new(facts: Facts, content: T) -> Self {
        Self { facts, content }
    }

    /// What the decision may look at.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether what it is lets it go where the answer goes. To whoever does not live in the household goes what is theirs, and nothing else.
    pub fn can_go_to(&self, reader: Reader, evidence: &Evidence) -> bool {
        match reader {
            Reader::Screen => true,
            Reader::File | Reader::Paper => !self.content.screen_only(),
            Reader::Member(person) => {
                let theirs = theirs(&self.facts, &evidence.apart, person);
                let may_know = theirs || !evidence.elsewhere;
                may_know && !self.content.screen_only() && self.content.for_one(person, theirs)
            }
        }
    }

    /// Opens the record with a permit for exactly this record; cut down to what it grants.
    pub fn open(self, permit: &Permit) -> Option<Disclosed<T>> {
        if permit.record != self.facts.record {
            return None;
        }
        let content = self.content.keep(permit.granted, &self.facts)?;
        let shown = self.facts.categories.intersection(permit.granted);
        Some(Disclosed { content, facts: self.facts, shown, uses: permit.uses.clone() })
    }
}

/// Content that this viewer may see now, with the reasons. Templates take nothing else.
pub struct Disclosed<T> {
    content: T,
    facts: Facts,
    shown: Categories,
    uses: Vec<BasisUse>,
}

impl<T> Disclosed<T> {
    /// The facts of the record (whose, about whom, which categories).
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The categories of the record that are shown.
    pub fn shown(&self) -> Categories {
        self.shown
    }

    /// The bases that allowed it: shown on the page as 「見られる理由」.
    pub fn uses(&self) -> &[BasisUse] {
        &self.uses
    }

    /// The same with what another record says taken into it: of a person, what was learnt since beside their card. Nothing comes in that
    /// was not disclosed itself; facts and reasons stay each with their own record.
    #[must_use]
    pub fn with<U>(mut self, other: &Disclosed<U>, take: impl FnOnce(&mut T, &U)) -> Self {
        take(&mut self.content, &other.content);
        self
    }
}

impl<T: Content> Disclosed<T> {
    /// The same as it is handed on to somebody who was given only these categories of it: a paper tells its addressee no more than the act
    /// that it belongs to. `None` where nothing remains.
    pub fn handed_on(self, given: Categories) -> Option<Self> {
        let shown = self.shown.intersection(given);
        let content = self.content.keep(shown, &self.facts)?;
        Some(Self { content, shown, facts: self.facts, uses: self.uses })
    }
}

impl<T> std::ops::Deref for Disclosed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.content
    }
}

/// Whose records a list may look at. The default looks at nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    desks: Vec<DeskId>,
}

impl Scope {
    /// The desks whose records this viewer reads as their own.
    pub fn own_desks(viewer: &Viewer) -> Self {
        Self { desks: viewer.reading_desks() }
    }

    /// Every desk the viewer sits at: for lists that watch over work without content (disclosure rule 13).
    pub fn watched_desks(viewer: &Viewer) -> Self {
        Self { desks: viewer.desks() }
    }

    /// The desks.
    pub fn desks(&self) -> &[DeskId] {
        &self.desks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Categories, RecordKind, Subjects};
    use words::Id;

    struct Silent;
    impl Content for Silent {}

    /// What stands there when it is theirs.
    struct Theirs;
    impl Content for Theirs {
        fn for_one(&self, _person: PersonId, theirs: bool) -> bool {
            theirs
        }
    }

    /// What a family knows of one another.
    struct Family;
    impl Content for Family {
        fn for_one(&self, _person: PersonId, _theirs: bool) -> bool {
            true
        }
    }

    fn sealed<T: Content>(about: &[u128], content: T) -> Sealed<T> {
        let facts = Facts {
            record: RecordRef { kind: RecordKind::Tie, id: Id::new(uuid::Uuid::from_u128(1)) },
            desk: Id::new(uuid::Uuid::from_u128(2)),
            author: None,
            subjects: Subjects::Persons(about.iter().map(|n| person(*n)).collect()),
            categories: Categories::all(),
            cases: Vec::new(),
            sent_to_provider: None,
            confided_to: None,
        };
        Sealed::new(facts, content)
    }

    fn person(n: u128) -> PersonId {
        PersonId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn what_says_nothing_of_itself_is_on_no_paper_for_one() {
        let record = sealed(&[7], Silent);
        let nothing = Evidence::default();
        assert!(!record.can_go_to(Reader::Member(person(7)), &nothing));
        for reader in [Reader::Screen, Reader::File, Reader::Paper] {
            assert!(record.can_go_to(reader, &nothing));
        }
    }

    #[test]
    fn what_is_about_somebody_kept_apart_is_not_theirs() {
        let reader = Reader::Member(person(7));
        let apart = |n: u128| Evidence { apart: vec![person(n)], ..Evidence::default() };
        assert!(sealed(&[7, 8], Theirs).can_go_to(reader, &apart(9)));
        assert!(!sealed(&[7, 8], Theirs).can_go_to(reader, &apart(8)));
        assert!(sealed(&[7], Theirs).can_go_to(reader, &apart(7)));
        assert!(!sealed(&[8], Theirs).can_go_to(reader, &Evidence::default()));
    }

    #[test]
    fn whoever_lives_elsewhere_is_told_of_themselves_alone() {
        let reader = Reader::Member(person(7));
        let evidence = |elsewhere| Evidence { apart: vec![person(8)], elsewhere, ..Evidence::default() };
        let known = |about: &[u128], elsewhere| sealed(about, Family).can_go_to(reader, &evidence(elsewhere));
        assert!(known(&[8], false) && known(&[8, 9], false), "who is family the family knows");
        assert!(!known(&[8], true) && !known(&[8, 9], true) && !known(&[7, 8], true));
        assert!(known(&[7], true));
        assert!(sealed(&[8], Family).can_go_to(Reader::Paper, &evidence(true)), "the desk's own paper");
    }
}
