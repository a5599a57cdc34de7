//! Whom a record is about, and which cases it belongs to: the facts that decisions are made on.

use std::collections::{BTreeMap, BTreeSet};

use access::Viewer;
use engine::{Broken, Conn, Statement, args};
use words::id::{CaseId, EntryId, HouseholdId, MunicipalityId, PersonId};

/// The cases of each household. Asked only when the viewer is kept out of some case, or has an urgent look in force:
/// otherwise nothing depends on it.
pub async fn cases_of(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<BTreeMap<HouseholdId, Vec<CaseId>>, Broken> {
    let mut cases: BTreeMap<HouseholdId, Vec<CaseId>> = BTreeMap::new();
    let households: BTreeSet<HouseholdId> = households.into_iter().collect();
    let nothing_depends = viewer.excluded_from.is_empty() && viewer.urgent.is_empty();
    if nothing_depends || households.is_empty() {
        return Ok(cases);
    }
    let statement = Statement::new(
        "SELECT id, household_id FROM case_file WHERE municipality_id = ? AND household_id IN",
        args![viewer.municipality],
    )
    .push_in("", households);
    for row in conn.select(statement).await? {
        cases.entry(row.get("household_id")?).or_default().push(row.get("id")?);
    }
    Ok(cases)
}

/// Every member, past and present, of each household: what "the whole household" means for a text. A member who
/// left stays a subject of what was written then.
pub async fn members_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<BTreeMap<HouseholdId, Vec<PersonId>>, Broken> {
    let mut members: BTreeMap<HouseholdId, Vec<PersonId>> = BTreeMap::new();
    let households: BTreeSet<HouseholdId> = households.into_iter().collect();
    if households.is_empty() {
        return Ok(members);
    }
    let statement = Statement::new(
        "SELECT household_id, person_id FROM household_member WHERE municipality_id = ? AND household_id IN",
        args![municipality],
    )
    .push_in("", households)
    .push(" ORDER BY household_id, person_id", args![]);
    for row in conn.select(statement).await? {
        let persons = members.entry(row.get("household_id")?).or_default();
        let person = row.get("person_id")?;
        if persons.last() != Some(&person) {
            persons.push(person);
        }
    }
    Ok(members)
}

/// The named subjects of each entry.
pub(crate) async fn named(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, Vec<PersonId>>, Broken> {
    let mut named: BTreeMap<EntryId, Vec<PersonId>> = BTreeMap::new();
    let entries: BTreeSet<EntryId> = entries.into_iter().collect();
    if entries.is_empty() {
        return Ok(named);
    }
    let statement = Statement::new(
        "SELECT entry_id, person_id FROM entry_subject WHERE municipality_id = ? AND entry_id IN",
        args![municipality],
    )
    .push_in("", entries);
    for row in conn.select(statement).await? {
        named.entry(row.get("entry_id")?).or_default().push(row.get("person_id")?);
    }
    Ok(named)
}
