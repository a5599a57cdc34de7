//! Links between records of one person (domain section 2.1). A link is made and undone by the concept `same`; here it is read,
//! for the pages that show people. It counts for whoever sees both records, and for nobody else.

use std::collections::{BTreeMap, BTreeSet};

use access::Disclosed;
use engine::{Broken, Look, Statement, args};
use words::id::PersonId;

use crate::narrow::Narrow;
use crate::{Person, person};

/// Records that people linked to these, each with the one it was linked to. A record that is linked to one of those is among
/// them too, if this viewer sees all on the way. Constant in statements.
pub async fn also_recorded(
    look: &mut Look,
    of: &[PersonId],
) -> Result<Vec<(PersonId, Disclosed<Person>)>, Broken> {
    also_of(look, of, Narrow::default(), |_, _| true).await
}

/// The same of those records alone that are asked for and `wanted`, each with the one it was linked to: the others are passed by, and nobody
/// has looked at them.
pub(crate) async fn also_of(
    look: &mut Look,
    of: &[PersonId],
    narrow: Narrow<'_>,
    mut wanted: impl FnMut(PersonId, &Person) -> bool,
) -> Result<Vec<(PersonId, Disclosed<Person>)>, Broken> {
    let mut group: BTreeMap<PersonId, PersonId> = of.iter().map(|id| (*id, *id)).collect();
    let (mut found, mut from): (Vec<_>, Vec<PersonId>) = (Vec::new(), of.to_vec());
    for _ in 0..2 {
        let mut next: BTreeMap<PersonId, PersonId> = BTreeMap::new();
        for (one, other) in links(look, &from).await? {
            for (known, new) in [(one, other), (other, one)] {
                if let (Some(first), false) = (group.get(&known), group.contains_key(&new)) {
                    next.entry(new).or_insert(*first);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        let viewer = look.viewer().clone();
        let sealed = person::by_ids(&mut look.conn(), &viewer, next.keys().copied()).await?;
        let asked_for = narrow.among(&mut look.conn(), &viewer, &sealed).await?;
        let first = |id: PersonId| next.get(&id).copied().unwrap_or(id);
        let mut visible = Vec::new();
        let choose = |mut all: Vec<Disclosed<Person>>| {
            visible = all.iter().map(|p| p.id).collect();
            all.retain(|p| asked_for.contains(&p.id) && wanted(first(p.id), p));
            all
        };
        let shown = look.disclose_chosen(sealed, choose).await?;
        group.extend(visible.iter().map(|id| (*id, next.get(id).copied().unwrap_or(*id))));
        from = visible;
        found.extend(shown.into_iter().map(|p| (next.get(&p.id).copied().unwrap_or(p.id), p)));
    }
    Ok(found)
}

/// Of these people, who was linked to whom: the first of each group for every one. For lists that show a person once.
pub async fn first_of_group(
    look: &mut Look,
    of: &[PersonId],
) -> Result<BTreeMap<PersonId, PersonId>, Broken> {
    let mut first: BTreeMap<PersonId, PersonId> = of.iter().map(|id| (*id, *id)).collect();
    for (one, other) in links(look, of).await? {
        let (Some(a), Some(b)) = (first.get(&one).copied(), first.get(&other).copied()) else { continue };
        for group in first.values_mut().filter(|g| **g == a.max(b)) {
            *group = a.min(b);
        }
    }
    Ok(first)
}

/// Links in force that one of these people has.
async fn links(look: &mut Look, of: &[PersonId]) -> Result<BTreeSet<(PersonId, PersonId)>, Broken> {
    if of.is_empty() {
        return Ok(BTreeSet::new());
    }
    let m = look.viewer().municipality;
    let statement = Statement::new(
        "SELECT person_a, person_b FROM same_pair WHERE municipality_id = ? AND state = 'same'",
        args![m],
    )
    .push_in(" AND person_a IN", of.iter().copied())
    .push(
        " UNION SELECT person_a, person_b FROM same_pair WHERE municipality_id = ? AND state = 'same'",
        args![m],
    )
    .push_in(" AND person_b IN", of.iter().copied());
    look.conn()
        .select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("person_a")?, row.get("person_b")?)))
        .collect()
}
