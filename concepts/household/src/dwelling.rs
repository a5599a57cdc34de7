//! 前の住所: where somebody lived before, from when and until when. It is told to nobody who may not know where they live now: it is
//! sealed as a contact fact of the person, so that a shelter (支援措置) keeps it like the address (disclosure rule 4).

use std::collections::BTreeMap;

use access::{Categories, Category, Content, Facts, Right, Sealed, Viewer};
use engine::{Act, Broken, Conn, Fail, Statement, args};
use serde::{Deserialize, Serialize};
use words::address::{fold_address, same_home};
use words::id::{MunicipalityId, PersonId, ThingId};
use words::partial::PartialDate;

/// A former address to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFormerAddress {
    /// The address as written.
    pub address: String,
    /// Since when they lived there, as far as known.
    pub from: Option<PartialDate>,
    /// Until when, as far as known.
    pub until: Option<PartialDate>,
}

/// The former addresses of a person, the latest first.
pub struct FormerAddresses(pub Vec<(ThingId, NewFormerAddress)>);

impl Content for FormerAddresses {}

/// The former addresses of people, each sealed with the facts of the person as a contact fact; of whoever has none, nothing. A home that is
/// kept now (支援措置) stands only among those that the viewer's own desk wrote, whoever else moved out of it.
pub async fn of_persons<'f>(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    persons: impl Iterator<Item = &'f Facts> + Clone,
) -> Result<Vec<Sealed<FormerAddresses>>, Broken> {
    // Most searches are for a name: then nobody is asked about.
    if persons.clone().next().is_none() {
        return Ok(Vec::new());
    }
    let m = viewer.municipality;
    let mut known = load(conn, m, persons.clone().map(|f| f.record.id.cast())).await?;
    let kept = if known.is_empty() {
        BTreeMap::new()
    } else {
        engine::home::addresses(conn, m, known.keys().copied()).await?
    };
    let own = viewer.reading_desks();
    let of = |facts: &Facts| {
        let person = facts.record.id.cast();
        let mut lived = known.remove(&person)?;
        if !own.contains(&facts.desk) {
            let home = kept.get(&person).map_or(&[][..], Vec::as_slice);
            lived.retain(|(_, was)| {
                let was = fold_address(&was.address);
                !home.iter().any(|home| same_home(home, &was))
            });
        }
        if lived.is_empty() {
            return None;
        }
        let facts = Facts { categories: Categories::NONE.with(Category::Contact), ..facts.clone() };
        Some(Sealed::new(facts, FormerAddresses(lived)))
    };
    Ok(persons.filter_map(of).collect())
}

async fn load(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<(ThingId, NewFormerAddress)>>, Broken> {
    let statement = Statement::new(
        "SELECT id, person_id, address, from_day, until_day FROM former_address WHERE municipality_id = ? \
         AND removed_at IS NULL AND address <> ''",
        args![m],
    )
    .push_in(" AND person_id IN", persons)
    .push(" ORDER BY COALESCE(until_day, '') DESC, recorded_at DESC, id", args![]);
    let mut lived: BTreeMap<PersonId, Vec<(ThingId, NewFormerAddress)>> = BTreeMap::new();
    for row in conn.select(statement).await? {
        let day = |text: Option<String>| text.as_deref().and_then(PartialDate::parse_iso);
        let was = NewFormerAddress {
            address: row.get("address")?,
            from: day(row.get("from_day")?),
            until: day(row.get("until_day")?),
        };
        lived.entry(row.get("person_id")?).or_default().push((row.get("id")?, was));
    }
    Ok(lived)
}

/// Where people lived before, without ids: for the keys they are found by.
pub(crate) async fn plain(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<String>>, Broken> {
    let lived = load(conn, m, persons).await?.into_iter();
    Ok(lived.map(|(id, lived)| (id, lived.into_iter().map(|(_, was)| was.address).collect())).collect())
}

pub(crate) async fn add(
    act: &mut Act,
    right: &Right,
    person: PersonId,
    new: &NewFormerAddress,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let (id, author): (ThingId, _) = (act.new_id(), act.viewer().map(|v| v.user));
    let day = |d: Option<PartialDate>| d.map(|d| d.to_string());
    act.save(right)?
        .exec(
            "INSERT INTO former_address (municipality_id, id, person_id, address, from_day, until_day, author_id, \
             recorded_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![m, id, person, &new.address, day(new.from), day(new.until), author, now, command],
        )
        .await?;
    Ok(())
}

/// Somebody moves: where they lived until then is kept. It began where the address before it ended.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    person: PersonId,
    address: &str,
    until: PartialDate,
) -> Result<(), Fail> {
    let m = act.municipality();
    let before = load(&mut act.facts()?, m, [person]).await?.remove(&person).unwrap_or_default();
    let from = before.first().and_then(|(_, was)| was.until).filter(|d| d.earliest() <= until.latest());
    add(act, right, person, &NewFormerAddress { address: address.to_owned(), from, until: Some(until) }).await
}

pub(crate) async fn remove(act: &mut Act, right: &Right, person: PersonId, id: ThingId) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user);
    let removed = act
        .save(right)?
        .exec(
            "UPDATE former_address SET removed_at = $4, removed_by = $5, removed_command_id = $6 \
             WHERE municipality_id = $1 AND person_id = $2 AND id = $3 AND removed_at IS NULL",
            args![m, person, id, now, by, command],
        )
        .await?;
    if removed == 0 { Err(Fail::NotVisible) } else { Ok(()) }
}
