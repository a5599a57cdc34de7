//! What an act of sharing gives to the desk it is addressed to: its paper tells that desk no more than its screen would, whoever prints it
//! (disclosure rules 2 and 6). A partner without a login has nothing but the paper.

use std::collections::BTreeMap;

use access::{Categories, Disclosed};
use engine::{Broken, Conn, Look, args};
use household::{Entry, Person};
use words::Day;
use words::id::{AgencyId, DeskId, MunicipalityId, PersonId, ThingId};

use super::effect::given_for;
use crate::rules::{ConsentState, opened};

/// What is given, of whom and of which records.
#[derive(Debug, Default)]
struct Handed {
    /// Of whom, by consent: what was agreed to for this act, and what the desk may know anyway.
    agreed: BTreeMap<PersonId, Categories>,
    /// Records handed over under an article.
    provided: BTreeMap<ThingId, Categories>,
}

impl Handed {
    /// What is given of a person.
    fn of_person(&self, person: PersonId) -> Categories {
        let provided = self.provided.get(&person.cast()).copied().unwrap_or(Categories::NONE);
        provided.union(self.by_consent(person))
    }

    /// What is given of a text about these people: under an article, or by everybody it is about.
    fn of_text(&self, text: ThingId, about: &[PersonId]) -> Categories {
        let provided = self.provided.get(&text).copied().unwrap_or(Categories::NONE);
        let all = about.iter().map(|p| self.by_consent(*p)).reduce(Categories::intersection);
        provided.union(all.unwrap_or(Categories::NONE))
    }

    fn by_consent(&self, person: PersonId) -> Categories {
        self.agreed.get(&person).copied().unwrap_or(Categories::NONE)
    }
}

/// What an act gives to a desk of an agency, of these people.
async fn handed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    act: ThingId,
    to: (DeskId, Option<AgencyId>),
    (people, today): (&[PersonId], Day),
) -> Result<Handed, Broken> {
    let mut given = Handed::default();
    for c in given_for(conn, m, act).await? {
        let holds = c.state == ConsentState::Given
            && c.set_aside_at.is_none()
            && c.until.is_none_or(|until| today <= until);
        if holds {
            let of = given.agreed.entry(c.person).or_insert(Categories::NONE);
            *of = of.union(c.categories);
        }
    }
    let known = super::of_persons(conn, m, people.iter().copied()).await?;
    for person in people {
        let of = given.agreed.entry(*person).or_insert(Categories::NONE);
        *of = of.union(opened(&known, *person, to, today));
    }
    let rows = conn
        .all(
            "SELECT record_id, categories FROM provision WHERE municipality_id = $1 AND act_id = $2 AND desk_id = $3 \
             AND ended_at IS NULL",
            args![m, act, to.0],
        )
        .await?;
    for row in &rows {
        let of = given.provided.entry(row.get("record_id")?).or_insert(Categories::NONE);
        *of = of.union(row.get("categories")?);
    }
    Ok(given)
}

/// The sender of an act prints what goes to the other desk: of the people and the words no more than that desk is given with it. What the
/// other desk wrote itself is its own.
///
/// # Errors
/// When the database cannot be asked.
pub async fn as_given(
    look: &mut Look,
    (act, to): (ThingId, DeskId),
    members: Vec<Disclosed<Person>>,
    texts: Vec<Disclosed<Entry>>,
) -> Result<(Vec<Disclosed<Person>>, Vec<Disclosed<Entry>>), Broken> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let people: Vec<PersonId> = members.iter().map(|p| p.id).collect();
    let mut conn = look.conn();
    let agency = register::desk(&mut conn, m, to, today).await?.map(|d| d.agency);
    let given = handed(&mut conn, m, act, (to, agency), (&people, today)).await?;
    let person = |p: Disclosed<Person>| {
        let given = given.of_person(p.id);
        p.handed_on(given)
    };
    let text = |e: Disclosed<Entry>| {
        if e.desk == to {
            return Some(e);
        }
        let about = if e.persons.is_empty() { &people } else { &e.persons };
        let given = given.of_text(e.id.cast(), about);
        e.handed_on(given)
    };
    Ok((members.into_iter().filter_map(person).collect(), texts.into_iter().filter_map(text).collect()))
}

#[cfg(test)]
mod tests {
    use access::Category;

    use super::*;

    #[test]
    fn a_text_about_two_is_given_as_far_as_both_agreed() {
        let id = |n: u128| words::Id::<()>::new(uuid::Uuid::from_u128(n));
        let (mother, child, text): (PersonId, PersonId, ThingId) = (id(1).cast(), id(2).cast(), id(3).cast());
        let basic = Categories::NONE.with(Category::Basic);
        let mut given = Handed::default();
        given.agreed.insert(mother, basic.with(Category::Money));
        assert_eq!(given.of_text(text, &[mother]), basic.with(Category::Money));
        assert_eq!(given.of_text(text, &[mother, child]), Categories::NONE, "the child has not");
        given.agreed.insert(child, basic);
        assert_eq!(given.of_text(text, &[mother, child]), basic);
        assert_eq!(given.of_text(text, &[]), Categories::NONE, "about nobody known");
        given.provided.insert(text, basic.with(Category::Health));
        assert_eq!(given.of_text(text, &[mother, child]), basic.with(Category::Health));
        assert_eq!(given.of_person(child), basic);
    }
}
