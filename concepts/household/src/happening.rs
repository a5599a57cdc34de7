//! What happened to the people of a household, as others are told of it: on the timeline of its cases, and since when somebody lives
//! there. Each is a fact about its person and disclosed like one: a death is basic, coming and going is the household's, and whatever
//! tells when somebody changed their address is a contact fact (disclosure rules 3 and 4).

use std::collections::BTreeMap;

use access::{Categories, Category, Content, Disclosed, Facts, Sealed};
use engine::{Broken, Conn, Fail, Look, Statement, args};
use site::{Dated, Frame, link};
use words::Instant;
use words::code::Code;
use words::id::{HouseholdId, MunicipalityId, PersonId};
use words::partial::PartialDate;

use crate::{Happened, Person, Reasons, person};

/// One thing that happened to somebody and stands.
struct Happening {
    person: PersonId,
    kind: Happened,
    day: PartialDate,
}

impl Content for Happening {}

/// Who may know that it happened.
pub(crate) fn categories(kind: Happened) -> Categories {
    let household = Categories::NONE.with(Category::Household);
    match kind {
        Happened::Died => Categories::NONE.with(Category::Basic),
        Happened::Left | Happened::Joined | Happened::Apart | Happened::Together => household,
        Happened::Moved | Happened::Since => household.with(Category::Contact),
    }
}

async fn load<'f>(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl Iterator<Item = &'f Facts> + Clone,
) -> Result<Vec<Sealed<Happening>>, Broken> {
    let statement = Statement::new(
        "SELECT person_id, kind, day FROM person_event WHERE municipality_id = ? AND corrected_at IS NULL",
        args![m],
    )
    .push_in(" AND person_id IN", persons.clone().map(|f| -> PersonId { f.record.id.cast() }))
    .push(" ORDER BY day, recorded_at, kind", args![]);
    let mut found = Vec::new();
    for row in conn.select(statement).await? {
        let (person, kind): (PersonId, Happened) = (row.get("person_id")?, row.code("kind")?);
        let Some(day) = PartialDate::parse_iso(&row.get::<String>("day")?) else { continue };
        let of = |f: &&Facts| -> bool { f.record.id == person.cast() };
        let Some(facts) = persons.clone().find(of) else { continue };
        let facts = Facts { categories: categories(kind), ..facts.clone() };
        found.push(Sealed::new(facts, Happening { person, kind, day }));
    }
    Ok(found)
}

async fn disclosed(
    look: &mut Look,
    people: &[&Disclosed<Person>],
) -> Result<Vec<Disclosed<Happening>>, Broken> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let m = look.viewer().municipality;
    let sealed = load(&mut look.conn(), m, people.iter().map(|p| p.facts())).await?;
    look.disclose(sealed).await
}

/// The dated lines of a household: who came, left, moved, died.
pub async fn dated(
    look: &mut Look,
    frame: &Frame,
    household: HouseholdId,
    reasons: &mut Reasons,
) -> Result<Vec<Dated>, Fail> {
    let viewer = look.viewer().clone();
    let mut sealed = person::members(&mut look.conn(), &viewer, household).await?;
    sealed.extend(person::former_members(&mut look.conn(), &viewer, household).await?);
    sealed.extend(person::kin(&mut look.conn(), &viewer, household).await?);
    let people = look.disclose(sealed).await?;
    let all: Vec<&Disclosed<Person>> = people.iter().collect();
    let happened = disclosed(look, &all).await?;
    reasons.of_all(&happened);
    let (t, today) = (&frame.t, look.now().day());
    let line = |p: &Disclosed<Person>, kind: Happened, day: PartialDate| {
        let name = match (p.called(), p.known.relation.as_str()) {
            ("", "") => t.s("entry_view.someone").to_owned(),
            ("", relation) => relation.to_owned(),
            (name, _) => t.f("happened_says.name", "name", name),
        };
        let ahead = kind == Happened::Moved && day.earliest() > today;
        let key = if ahead { "will_move" } else { kind.code() };
        let words = t.f(&format!("happened_says.{key}"), "name", name);
        Dated::new(Instant::at(day.earliest(), 0, 0), "household", words, Some(p.desk))
            .to(Some(link::person(p.id)))
            .about(vec![p.id])
            .on(day.whole_day().is_none().then(|| t.partial_date(day)))
    };
    let mut lines = Vec::new();
    for p in &people {
        let of = || happened.iter().filter(|h| h.person == p.id);
        lines.extend(of().map(|h| line(p, h.kind, h.day)));
        // Written before events were kept, or with a tie.
        if let Some(died) = p.died.filter(|_| !of().any(|h| h.kind == Happened::Died)) {
            reasons.of(p);
            lines.push(line(p, Happened::Died, died));
        }
    }
    Ok(lines)
}

/// Since when those of these people who live together with the others do so, as far as it is written and may be known.
pub(crate) async fn together_since(
    look: &mut Look,
    people: &[Disclosed<Person>],
) -> Result<BTreeMap<PersonId, PartialDate>, Broken> {
    let home: Vec<&Disclosed<Person>> = people.iter().filter(|p| p.known.lives_together).collect();
    let mut since = BTreeMap::new();
    for h in disclosed(look, &home).await? {
        if matches!(h.kind, Happened::Joined | Happened::Together | Happened::Since) {
            // In the order of their days: the last one counts.
            since.insert(h.person, h.day);
        }
    }
    Ok(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_tells_of_an_address_is_a_contact_fact() {
        for kind in Happened::ALL {
            let contact = matches!(kind, Happened::Moved | Happened::Since);
            assert_eq!(categories(*kind).has(Category::Contact), contact, "{kind}");
            assert!(!categories(*kind).is_empty());
        }
    }
}
