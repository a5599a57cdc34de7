//! Records that cannot be read without a decision.

use words::id::DeskId;

use crate::decide::{BasisUse, Facts, RecordRef};
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

    /// Whether it stays on screens: never on paper, never in a file.
    pub fn screen_only(&self) -> bool {
        self.content.screen_only()
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
