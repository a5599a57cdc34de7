//! 前の名前 (旧姓など): what somebody was called before, until when. Part of the basic facts of a person, and disclosed with
//! them.

use std::collections::BTreeMap;

use access::{Categories, Category, Content, Disclosed, Facts, Right, Sealed};
use engine::{Act, Broken, Conn, Fail, Look, Statement, args};
use serde::{Deserialize, Serialize};
use words::id::{MunicipalityId, PersonId, ThingId};
use words::partial::PartialDate;

/// A former name to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFormerName {
    /// The name as written.
    pub name: String,
    /// Its reading.
    pub reading: String,
    /// Until when, as far as known.
    pub until: Option<PartialDate>,
}

/// The former names of a person.
pub struct FormerNames(pub Vec<(ThingId, NewFormerName)>);

impl Content for FormerNames {}

/// The former names of people, sealed with the facts of each as far as they are basic ones; of whoever has none, nothing.
pub async fn of_persons<'f>(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl Iterator<Item = &'f Facts> + Clone,
) -> Result<Vec<Sealed<FormerNames>>, Broken> {
    let mut names = load(conn, m, persons.clone().map(|f| f.record.id.cast())).await?;
    let of = |facts: &Facts| {
        let known = names.remove(&facts.record.id.cast())?;
        let facts = Facts { categories: Categories::NONE.with(Category::Basic), ..facts.clone() };
        Some(Sealed::new(facts, FormerNames(known)))
    };
    Ok(persons.filter_map(of).collect())
}

/// For search: every way to find somebody by the names they had.
pub(crate) fn grams(names: &[NewFormerName]) -> Vec<String> {
    let of = |n: &NewFormerName| {
        crate::person::search_grams(&crate::NewPerson {
            name: n.name.clone(),
            reading: n.reading.clone(),
            ..crate::NewPerson::default()
        })
    };
    names.iter().flat_map(of).collect()
}

async fn load(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<(ThingId, NewFormerName)>>, Broken> {
    let mut names: BTreeMap<PersonId, Vec<(ThingId, NewFormerName)>> = BTreeMap::new();
    let statement = Statement::new(
        "SELECT id, person_id, name, reading, until_day FROM former_name WHERE municipality_id = ? \
         AND removed_at IS NULL AND name <> ''",
        args![m],
    )
    .push_in(" AND person_id IN", persons)
    .push(" ORDER BY until_day DESC, recorded_at DESC, id", args![]);
    for row in conn.select(statement).await? {
        let until: Option<String> = row.get("until_day")?;
        let name = NewFormerName {
            name: row.get("name")?,
            reading: row.get("reading")?,
            until: until.as_deref().and_then(PartialDate::parse_iso),
        };
        names.entry(row.get("person_id")?).or_default().push((row.get("id")?, name));
    }
    Ok(names)
}

/// What people were called before, without ids: for the job that compares and for the keys people are found by.
pub(crate) async fn plain(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<NewFormerName>>, Broken> {
    let names = load(conn, m, persons).await?;
    Ok(names.into_iter().map(|(id, names)| (id, names.into_iter().map(|(_, n)| n).collect())).collect())
}

/// The former names of people who were disclosed, for one look at all of them: as far as this viewer may know them.
pub async fn known_of(
    look: &mut Look,
    persons: impl Iterator<Item = &Facts> + Clone,
) -> Result<BTreeMap<PersonId, Vec<NewFormerName>>, Broken> {
    let m = look.viewer().municipality;
    let sealed = of_persons(&mut look.conn(), m, persons).await?;
    let names = look.disclose(sealed).await?;
    let of = |n: &Disclosed<FormerNames>| {
        (n.facts().record.id.cast(), n.0.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>())
    };
    Ok(names.iter().map(of).collect())
}

pub(crate) async fn add(
    act: &mut Act,
    right: &Right,
    person: PersonId,
    new: &NewFormerName,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let (id, author): (ThingId, _) = (act.new_id(), act.viewer().map(|v| v.user));
    act.save(right)?
        .exec(
            "INSERT INTO former_name (municipality_id, id, person_id, name, reading, until_day, author_id, \
             recorded_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                m,
                id,
                person,
                &new.name,
                &new.reading,
                new.until.map(|d| d.to_string()),
                author,
                now,
                command
            ],
        )
        .await?;
    Ok(())
}

pub(crate) async fn remove(act: &mut Act, right: &Right, person: PersonId, id: ThingId) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user);
    let removed = act
        .save(right)?
        .exec(
            "UPDATE former_name SET removed_at = $4, removed_by = $5, removed_command_id = $6 \
             WHERE municipality_id = $1 AND person_id = $2 AND id = $3 AND removed_at IS NULL",
            args![m, person, id, now, by, command],
        )
        .await?;
    if removed == 0 { Err(Fail::NotVisible) } else { Ok(()) }
}
