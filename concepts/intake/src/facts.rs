//! A consultation in two parts: its header, which whoever stands to it may know, and its facts, which are sealed.

use access::{Categories, Category, Content, Relation};
use household::{Marks, NewPerson};
use register::Matter;
use serde::{Deserialize, Serialize};
use words::Instant;
use words::id::{
    AgencyId, AreaId, CaseId, ConnectingSheetId, ConsultationId, DeskId, DraftId, HouseholdId, PersonId,
    UserId,
};

use crate::rules::{Channel, ConsultationState, Disposition, Route, Standing, Urgency};

/// What is known of a consultation without its content: desks, state and dates (disclosure rule 13).
#[derive(Debug, Clone)]
pub struct Header {
    /// Its id.
    pub id: ConsultationId,
    /// Where it stands.
    pub state: ConsultationState,
    /// The desk that wrote it.
    pub desk: DeskId,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// 主担当.
    pub accountable: DeskId,
    /// When it happened. At midnight: the time of day was not noted.
    pub occurred_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// How pressing.
    pub urgency: Urgency,
    /// What was decided.
    pub disposition: Option<Disposition>,
    /// The household. An id only: who they are is disclosed elsewhere.
    pub household: Option<HouseholdId>,
    /// The case it became.
    pub case: Option<CaseId>,
    /// The sheet it came from.
    pub sheet: Option<ConnectingSheetId>,
    /// Whether someone complains about somebody else.
    pub third_party: bool,
    /// Version.
    pub version: i64,
}

impl Header {
    /// How desks stand to it; `cases` are those of its household.
    pub fn relation(&self, cases: impl IntoIterator<Item = CaseId>) -> Relation {
        let mut relation = Relation::within(cases.into_iter().chain(self.case));
        relation.author = Some(self.desk);
        relation.accountable = Some(self.accountable);
        relation
    }

    /// What the rules look at.
    pub fn standing(&self) -> Standing {
        Standing { state: self.state, has_household: self.household.is_some() }
    }
}

/// What is sealed of a consultation beside its texts.
#[derive(Debug, Clone)]
pub struct ConsultationFacts {
    /// Its id.
    pub id: ConsultationId,
    /// By which way it came.
    pub channel: Channel,
    /// Through whom.
    pub route: Route,
    /// Who came, in words: 本人, 長女, 隣の人.
    pub came_as: String,
    /// Where.
    pub place: String,
    /// Whether no name was given.
    pub anonymous: bool,
    /// The person it is about.
    pub person: Option<PersonId>,
    /// District.
    pub area: Option<AreaId>,
    /// Age band, when the birth date is unknown.
    pub age_band: String,
    /// Matters; the first is the main one.
    pub topics: Vec<Matter>,
}

// Who came cannot be told apart from what for: whole or nothing. Where they live and were met goes with the address.
impl Content for ConsultationFacts {
    fn keep(mut self, granted: Categories, facts: &access::Facts) -> Option<Self> {
        if facts.categories.is_empty() || !facts.categories.without(Category::Contact).within(granted) {
            return None;
        }
        if !granted.has(Category::Contact) {
            self.area = None;
            self.place.clear();
        }
        Some(self)
    }
}

/// Whom a text is about, before anybody has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// 本人.
    Person,
    /// The n-th other member written on the form, from 0.
    Member(usize),
}

/// A text of a consultation to be recorded.
#[derive(Debug, Clone, Serialize)]
pub struct NewText {
    /// What it is.
    pub field: household::Field,
    /// The words.
    pub body: String,
    /// Whom it is about; empty is the whole household.
    pub about: Vec<Whom>,
    /// Its categories, as bits.
    pub categories: i64,
}

impl NewText {
    /// The marks, now that the persons have ids. Without a household nobody is named: no consent can cover it.
    pub(crate) fn marks(&self, person: Option<PersonId>, members: &[PersonId]) -> Marks {
        let persons = self
            .about
            .iter()
            .filter_map(|w| match w {
                Whom::Person => person,
                Whom::Member(n) => members.get(*n).copied(),
            })
            .collect::<Vec<_>>();
        // Somebody was named who is not there: the safe reading is the whole household.
        let persons = if persons.len() == self.about.len() { persons } else { Vec::new() };
        Marks { persons, categories: self.categories }
    }
}

/// Whom a consultation is about.
#[derive(Debug, Clone, Serialize)]
pub enum Who {
    /// Nobody known: anonymous, or a complaint about somebody else.
    Nobody,
    /// Somebody not recorded yet, with further members of the household.
    New(Box<NewPerson>, Vec<NewPerson>),
    /// Somebody found among the records, with further members.
    Known(PersonId, Vec<NewPerson>),
}

/// A consultation to be recorded.
#[derive(Debug, Clone, Serialize)]
pub struct NewConsultation {
    /// When it happened.
    pub occurred_at: Instant,
    /// By which way it came.
    pub channel: Channel,
    /// Through whom.
    pub route: Route,
    /// Who came, in words.
    pub came_as: String,
    /// Where.
    pub place: String,
    /// How pressing.
    pub urgency: Urgency,
    /// Whether someone complains about somebody else.
    pub third_party: bool,
    /// District.
    pub area: Option<AreaId>,
    /// Age band.
    pub age_band: String,
    /// Matters; the first is the main one.
    pub topics: Vec<Matter>,
    /// Whom it is about.
    pub who: Who,
    /// What was said and seen.
    pub texts: Vec<NewText>,
    /// Which partner told it, when it came from one.
    pub told_agency: Option<AgencyId>,
    /// The draft it was written in, which ends with it.
    pub draft: Option<DraftId>,
    /// The town's own items.
    pub extra: Option<sheets::Extra>,
}
