//! A dated line of a case's timeline: what one concept says happened, disclosed already. Concepts do not know each other; the
//! page that gathers them knows only this.

use words::Instant;
use words::id::{DeskId, PersonId};

/// Something that happened, in words this viewer may read.
#[derive(Debug, Clone)]
pub struct Dated {
    /// When.
    pub at: Instant,
    /// The day as far as it is known, where not all of it is: shown instead of when.
    pub day: Option<String>,
    /// Its kind, as the code of the timeline's filter.
    pub kind: &'static str,
    /// What happened.
    pub words: String,
    /// Where there is more.
    pub href: Option<String>,
    /// Whose doing it was.
    pub desk: Option<DeskId>,
    /// Whom it is about; empty where it is about nobody in particular.
    pub persons: Vec<PersonId>,
}

impl Dated {
    /// A line without a page of its own.
    pub fn new(at: Instant, kind: &'static str, words: String, desk: Option<DeskId>) -> Self {
        Self { at, day: None, kind, words, href: None, desk, persons: Vec::new() }
    }

    /// With the page that says more.
    #[must_use]
    pub fn to(self, href: Option<String>) -> Self {
        Self { href, ..self }
    }

    /// With its day as far as it is known.
    #[must_use]
    pub fn on(self, day: Option<String>) -> Self {
        Self { day, ..self }
    }

    /// About these persons.
    #[must_use]
    pub fn about(self, persons: Vec<PersonId>) -> Self {
        Self { persons, ..self }
    }
}
