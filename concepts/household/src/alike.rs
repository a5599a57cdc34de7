//! People of the same name: hints for many lines at once, where [`crate::find_persons`] asks for one.

use std::collections::{BTreeMap, BTreeSet};

use access::Disclosed;
use engine::{Broken, Look, Statement, args};
use words::id::PersonId;
use words::partial::PartialDate;

use crate::{Person, person};

/// Names in one statement.
const MOST: usize = 256;

/// People whom the viewer's own desks recorded under one of these names, in whatever spelling, and who were not surely
/// born on another day: a common name alone would bring everybody of that name. A person recorded only with a consultation
/// that was entered in error is none. Of those alike in name, birth date and phone, the newest `of_all_alike`: for a hint few
/// tell what all of them would, and the same file brought in every month must not make each next one slower.
pub async fn same_names(
    look: &mut Look,
    sought: &[(&str, Option<PartialDate>)],
    of_all_alike: i64,
) -> Result<Vec<Disclosed<Person>>, Broken> {
    let mut births: BTreeMap<String, BTreeSet<Option<PartialDate>>> = BTreeMap::new();
    for (name, birth) in sought {
        births.entry(words::name::name_key(name)).or_default().insert(*birth);
    }
    births.remove("");
    // Where a birth date is wholly known, only those whose own can be it are asked for.
    let whole = |b: &Option<PartialDate>| b.is_some_and(|b| b.whole_day().is_some());
    let (born, any): (Vec<_>, Vec<_>) = births.into_iter().partition(|(_, all)| all.iter().all(whole));
    let mut ids: Vec<PersonId> = Vec::new();
    for (some, by_birth) in born.chunks(MOST).map(|s| (s, true)).chain(any.chunks(MOST).map(|s| (s, false))) {
        ids.extend(named(look, some, by_birth, of_all_alike).await?);
    }
    let viewer = look.viewer().clone();
    let mut people = Vec::new();
    for some in ids.chunks(MOST) {
        let sealed = person::by_ids(&mut look.conn(), &viewer, some.iter().copied()).await?;
        people.extend(look.disclose(sealed).await?);
    }
    Ok(people)
}

/// Ids of those with these names, as far as one of the birth dates can be theirs when `by_birth` says so.
async fn named(
    look: &mut Look,
    names: &[(String, BTreeSet<Option<PartialDate>>)],
    by_birth: bool,
    of_all_alike: i64,
) -> Result<Vec<PersonId>, Broken> {
    let viewer = look.viewer().clone();
    let mut statement = Statement::new(
        "SELECT x.id FROM (SELECT p.id, ROW_NUMBER() OVER (PARTITION BY p.name_key, p.birth, p.phone_key \
         ORDER BY p.id DESC) AS nth FROM person p WHERE p.municipality_id = ? AND p.disposed_at IS NULL \
         AND p.in_error_id IS NULL",
        args![viewer.municipality],
    )
    .push_in(" AND p.desk_id IN", viewer.reading_desks())
    .push_in(" AND p.name_key IN", names.iter().map(|(name, _)| name.as_str()));
    if by_birth {
        let known: BTreeSet<String> =
            names.iter().flat_map(|(_, all)| all).flatten().flat_map(|b| b.vaguer()).collect();
        statement = statement
            .push(" AND (p.birth IS NULL OR p.birth IN", args![])
            .push_in("", known.iter().map(String::as_str))
            .push(")", args![]);
    }
    let statement = statement.push(
        " AND NOT EXISTS (SELECT 1 FROM consultation c WHERE c.municipality_id = p.municipality_id \
         AND c.household_id = p.household_id AND c.command_id = p.command_id \
         AND c.state = 'entered_in_error')) x WHERE x.nth <= ? ORDER BY x.id",
        args![of_all_alike],
    );
    look.conn().select(statement).await?.iter().map(|row| row.get("id")).collect()
}
