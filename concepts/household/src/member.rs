//! How a person is shown, the same wherever they appear.

use access::{Disclosed, Viewer};
use site::{Frame, T, link};
use words::Day;
use words::id::PersonId;
use words::partial::PartialDate;

use crate::{Person, Planned};

/// A disclosed person, ready to be shown by the macro `member_item` of `parts/member.html`. What is not granted or
/// not known is empty.
pub struct MemberView {
    /// Their id.
    pub id: PersonId,
    /// Their page.
    pub href: String,
    /// Name, or other name; empty when none is known.
    pub name: String,
    /// Reading.
    pub reading: String,
    /// Another name beside the name.
    pub alias: String,
    /// How they wish to be addressed.
    pub address_as: String,
    /// Birth date in wareki, as exact as known.
    pub birth: String,
    /// Age, or a span of ages.
    pub age: String,
    /// Gender in their own words.
    pub gender: String,
    /// Tie.
    pub relation: String,
    /// Whether they live apart.
    pub apart: bool,
    /// Since when they live with the others; empty when that is not written, or not asked for.
    pub since: String,
    /// Language.
    pub language: String,
    /// Whether an interpreter is needed.
    pub interpreter: bool,
    /// Address.
    pub address: String,
    /// That they will move, when and where to; empty when nothing is planned or may be known.
    pub moves: String,
    /// Phone.
    pub phone: String,
    /// When and how to reach them.
    pub contact_wish: String,
    /// Date of death in wareki.
    pub died: Option<String>,
    /// Last day in the household.
    pub left: Option<String>,
    /// Whether the viewer's desk recorded them.
    pub own: bool,
}

impl MemberView {
    /// Makes one ready.
    pub fn new(frame: &Frame, viewer: &Viewer, p: &Disclosed<Person>) -> Self {
        let known = &p.known;
        Self {
            id: p.id,
            href: link::person(p.id),
            name: p.called().to_owned(),
            reading: known.reading.clone(),
            alias: if known.name.is_empty() { String::new() } else { known.alias.clone() },
            address_as: known.how_to_address.clone(),
            birth: known.birth.map(|d| frame.t.partial_date(d)).unwrap_or_default(),
            age: age(&frame.t, known.birth, p.died, frame.now.day()),
            gender: known.gender.clone(),
            relation: known.relation.clone(),
            apart: !known.lives_together && !known.relation.is_empty(),
            since: String::new(),
            language: known.language.clone(),
            interpreter: known.interpreter,
            address: known.address.clone(),
            moves: p.planned.as_ref().map(|what| moves(&frame.t, what)).unwrap_or_default(),
            phone: known.phone.clone(),
            contact_wish: known.contact_wish.clone(),
            died: p.died.map(|d| frame.t.partial_date(d)),
            left: p.left.map(|d| frame.t.full_day(d)),
            own: viewer.reading_desks().contains(&p.desk),
        }
    }

    /// Whether any chip stands beside the name.
    pub fn has_chips(&self) -> bool {
        !self.relation.is_empty()
            || self.died.is_some()
            || self.left.is_some()
            || self.apart
            || !self.since.is_empty()
            || self.interpreter
            || !self.language.is_empty()
    }

    /// With since when they live with the others.
    #[must_use]
    pub(crate) fn living_since(self, t: &T, since: Option<PartialDate>) -> Self {
        Self { since: since.map(|d| t.partial_date(d)).unwrap_or_default(), ..self }
    }

    /// Several, in their order.
    pub fn all(frame: &Frame, viewer: &Viewer, persons: &[Disclosed<Person>]) -> Vec<Self> {
        persons.iter().map(|p| Self::new(frame, viewer, p)).collect()
    }
}

/// A move that was said ahead, in words.
pub fn moves(t: &T, what: &Planned) -> String {
    let day = ("day", t.full_day(what.on));
    match what.address.as_str() {
        "" => t.fs("member.moves", &[day]),
        address => t.fs("member.moves_to", &[day, ("address", address.to_owned())]),
    }
}

/// An age as exact as the dates allow; none for someone who died.
pub(crate) fn age(t: &T, birth: Option<PartialDate>, died: Option<PartialDate>, on: Day) -> String {
    match age_alone(birth, died, on) {
        years if years.is_empty() => years,
        years => t.f("member.age", "n", years),
    }
}

/// The same as numbers alone, for the inside of a symbol: a drawing says no less than the list beside it.
pub(crate) fn age_alone(birth: Option<PartialDate>, died: Option<PartialDate>, on: Day) -> String {
    let (Some(birth), None) = (birth, died) else { return String::new() };
    let ages = birth.age_on(on);
    ages.exact().map_or_else(|| format!("{}～{}", ages.min, ages.max), |age| age.to_string())
}

/// Whose name a household goes by for this viewer: the first living member's who has one; the first's who died when nobody else has one.
/// Everywhere the same, so that it is recognised, and nobody asks on the telephone for somebody who has died.
pub fn goes_by<'p>(
    members: impl IntoIterator<Item = &'p Disclosed<Person>>,
) -> Option<&'p Disclosed<Person>> {
    let named: Vec<_> = members.into_iter().filter(|p| !p.called().is_empty()).collect();
    named.iter().find(|p| p.died.is_none()).or(named.first()).copied()
}

/// The name a household goes by for this viewer ([`goes_by`]).
pub fn household_name(t: &T, members: &[Disclosed<Person>]) -> String {
    household_name_of(t, members, &[])
}

/// The same with those who left it: a household that everybody has left goes by one of them, and says so.
pub fn household_name_of(t: &T, members: &[Disclosed<Person>], former: &[Disclosed<Person>]) -> String {
    let named = |key, of| goes_by(of).map(|p: &Disclosed<Person>| t.f(key, "name", p.called()));
    named("household_page.title_of", members)
        .or_else(|| named("household_page.title_of_former", former))
        .unwrap_or_else(|| t.s("household_page.title").to_owned())
}
