//! How a person is shown, the same wherever they appear.

use access::{Disclosed, Viewer};
use engine::{Broken, Look};
use site::{Frame, T, link};
use words::Day;
use words::id::{HouseholdId, PersonId};
use words::partial::PartialDate;

use crate::person::Card;
use crate::{Away, LearntKind, Person, Planned, Reasons, Told, learnt, person, rules};

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
    /// What was learnt of them since and does not stand on the card: each with the desk that wrote it.
    pub news: Vec<String>,
}

impl MemberView {
    /// Makes one ready, as they are known ([`crate::known`]).
    pub fn new(frame: &Frame, viewer: &Viewer, p: &Disclosed<Person>) -> Self {
        Self::of(frame, viewer, p, Card { died: p.died, left: p.left })
    }

    /// The same on a page that shows the card, and beside it what was learnt of them since: of whoever has died no age is said.
    pub fn told(frame: &Frame, viewer: &Viewer, p: &Disclosed<Person>, told: &[Told]) -> Self {
        let of: Vec<&Told> = told.iter().filter(|x| x.person == p.id).collect();
        let dead = of.iter().any(|x| x.learnt.kind == LearntKind::Died);
        let listed = of.iter().filter(|x| x.learnt.kind != LearntKind::Other);
        let news = listed.map(|x| x.words_beside(&frame.t)).collect();
        let card = Self::of(frame, viewer, p, p.on_card());
        Self { news, age: if dead { String::new() } else { card.age }, ..card }
    }

    fn of(frame: &Frame, viewer: &Viewer, p: &Disclosed<Person>, card: Card) -> Self {
        let (Card { died, left }, known) = (card, p.known.clone());
        Self {
            id: p.id,
            href: link::person(p.id),
            name: if known.name.is_empty() { &known.alias } else { &known.name }.clone(),
            birth: known.birth.map(|d| frame.t.partial_date(d)).unwrap_or_default(),
            age: age(&frame.t, known.birth, died, frame.now.day()),
            apart: !known.lives_together && !known.relation.is_empty(),
            since: String::new(),
            moves: p.planned.as_ref().map(|what| moves(&frame.t, what)).unwrap_or_default(),
            died: died.map(|d| frame.t.partial_date(d)),
            left: left.map(|d| frame.t.full_day(d)),
            own: viewer.reading_desks().contains(&p.desk),
            news: Vec::new(),
            alias: if known.name.is_empty() { String::new() } else { known.alias },
            reading: known.reading,
            address_as: known.how_to_address,
            gender: known.gender,
            relation: known.relation,
            language: known.language,
            interpreter: known.interpreter,
            address: known.address,
            phone: known.phone,
            contact_wish: known.contact_wish,
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

/// Whose name a household goes by for this viewer: the first living member's who has one and is not known to be a minor; where no such
/// one has a name, the first living one's; the first's who died or left, as far as this viewer knows, when nobody else has one. Everywhere the same, so that it is recognised, and
/// nobody asks on the telephone for somebody who has died, or for a child.
pub fn goes_by<'p>(
    members: impl IntoIterator<Item = &'p Disclosed<Person>>,
    on: Day,
) -> Option<&'p Disclosed<Person>> {
    goes_by_of(members, &Away::default(), on)
}

/// The same of cards, where it is known beside them who is gone ([`crate::known_away`]): for lists that look at nobody but whom they name.
pub fn goes_by_of<'p>(
    members: impl IntoIterator<Item = &'p Disclosed<Person>>,
    away: &Away,
    on: Day,
) -> Option<&'p Disclosed<Person>> {
    let named: Vec<_> = members.into_iter().filter(|p| !p.called().is_empty()).collect();
    let about = named.iter().map(|p| (p.known.birth, p.is_gone() || away.is(p)));
    rules::whose_name(about, on).and_then(|first| named.get(first)).copied()
}

/// The name a household goes by for this viewer on a day ([`goes_by`]).
pub fn household_name(t: &T, members: &[Disclosed<Person>], on: Day) -> String {
    household_name_of(t, members, &[], on)
}

/// The same with those who left it: a household that everybody has left goes by one of them, and says so.
pub fn household_name_of(
    t: &T,
    members: &[Disclosed<Person>],
    former: &[Disclosed<Person>],
    on: Day,
) -> String {
    let named = |key, of| goes_by(of, on).map(|p: &Disclosed<Person>| t.f(key, "name", p.called()));
    named("household_page.title_of", members)
        .or_else(|| named("household_page.title_of_former", former))
        .unwrap_or_else(|| t.s("household_page.title").to_owned())
}

/// The same of one household whose members are at hand: those who left it are looked at only where none of the members has a name. None
/// where nobody is known.
pub async fn household_title(
    look: &mut Look,
    t: &T,
    (household, members): (HouseholdId, &[Disclosed<Person>]),
    reasons: &mut Reasons,
) -> Result<Option<String>, Broken> {
    let (viewer, on) = (look.viewer().clone(), look.now().day());
    if goes_by(members, on).is_some() {
        return Ok(Some(household_name(t, members, on)));
    }
    let sealed = person::former_members(&mut look.conn(), &viewer, household).await?;
    let former = learnt::known(look, sealed, reasons).await?;
    let known = !members.is_empty() || goes_by(&former, on).is_some();
    Ok(known.then(|| household_name_of(t, members, &former, on)))
}
