//! What is kept, whatever grants a record (disclosure rule 4): where a sheltered person lives (支援措置), and what somebody
//! of the household must not know. The decision is [`access::decide`]'s; here it is set, read and lifted.

use std::collections::{BTreeMap, BTreeSet};

use access::{RecordRef, Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Statement, args};
use serde::{Deserialize, Serialize};
use words::code::Code;
use words::id::{DeskId, EntryId, HouseholdId, MunicipalityId, PersonId, ThingId, UserId};
use words::{Day, Instant, codes};

codes! {
    /// Why where somebody lives is kept.
    pub enum ShelterReason {
        /// 配偶者などからの暴力.
        Violence = "dv",
        /// ストーカー行為.
        Stalking = "stalking",
        /// 児童虐待.
        Child = "child",
        /// 高齢者・障がい者の虐待.
        Elder = "elder",
        /// そのほか、これらに準ずるもの.
        Other = "other",
    }
}

/// A shelter to be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewShelter {
    /// Why.
    pub reason: ShelterReason,
    /// The desks that may know.
    pub desks: Vec<DeskId>,
    /// When it is looked through again; it does not end by itself.
    pub review_on: Day,
}

/// The shelter of a person.
#[derive(Debug, Clone)]
pub struct Sheltered {
    /// What was set.
    pub set: NewShelter,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: Option<UserId>,
}

/// The shelter in force of a person.
pub async fn shelter(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
) -> Result<Option<Sheltered>, Broken> {
    let Some(row) = conn
        .maybe(
            "SELECT id, reason, review_on, set_at, author_id FROM shelter \
             WHERE municipality_id = $1 AND person_id = $2 AND ended_at IS NULL",
            args![m, person],
        )
        .await?
    else {
        return Ok(None);
    };
    let id: ThingId = row.get("id")?;
    let desks = conn
        .all(
            "SELECT desk_id FROM shelter_desk WHERE municipality_id = $1 AND shelter_id = $2 ORDER BY desk_id",
            args![m, id],
        )
        .await?
        .iter()
        .map(|r| r.get("desk_id"))
        .collect::<Result<_, _>>()?;
    let set = NewShelter { reason: row.code("reason")?, desks, review_on: row.get("review_on")? };
    Ok(Some(Sheltered { set, at: row.get("set_at")?, by: row.get("author_id")? }))
}

/// Whether where anybody of this household lives is kept from this viewer: then its district is, too.
pub async fn where_is_kept(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<bool, Broken> {
    Ok(!where_are_kept(conn, viewer, [household]).await?.is_empty())
}

/// Those of these households where somebody lives whose home is kept from this viewer: whoever stands in the record or is a member is
/// sheltered, or has another record that was linked with theirs and is. A desk knows what it wrote itself, of the linked record.
pub(crate) async fn where_are_kept(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<BTreeSet<HouseholdId>, Broken> {
    let statement = Statement::new(
        "SELECT h.id FROM household h WHERE h.municipality_id = ? AND EXISTS (SELECT 1 FROM shelter s JOIN person p \
         ON p.municipality_id = s.municipality_id AND p.id = s.person_id \
         WHERE s.municipality_id = h.municipality_id AND s.ended_at IS NULL AND (p.household_id = h.id OR EXISTS (SELECT 1 \
         FROM household_member b WHERE b.municipality_id = p.municipality_id AND b.person_id = p.id \
         AND b.household_id = h.id) OR EXISTS (SELECT 1 FROM same_pair q JOIN person t ON t.municipality_id = q.municipality_id \
         AND t.id = CASE WHEN q.person_a = s.person_id THEN q.person_b ELSE q.person_a END \
         WHERE q.municipality_id = s.municipality_id AND q.state = 'same' AND (q.person_a = s.person_id OR q.person_b = s.person_id) \
         AND (t.household_id = h.id OR EXISTS (SELECT 1 FROM household_member b WHERE b.municipality_id = t.municipality_id \
         AND b.person_id = t.id AND b.household_id = h.id)) AND NOT COALESCE(t.desk_id IN",
        args![viewer.municipality],
    )
    .push_in("", viewer.reading_desks())
    .push(
        // Of whoever reads for no desk the list is NULL: then it is kept.
        ", FALSE))) AND NOT EXISTS (SELECT 1 FROM shelter_desk d WHERE d.municipality_id = s.municipality_id \
         AND d.shelter_id = s.id AND d.desk_id IN",
        args![],
    )
    .push_in("", viewer.reading_desks())
    .push("))", args![])
    .push_in(" AND h.id IN", households);
    conn.select(statement).await?.iter().map(|row| row.get("id")).collect()
}

/// Sets a shelter in place of the one in force, if there is one.
pub(crate) async fn set_shelter(
    act: &mut Act,
    right: &Right,
    person: PersonId,
    desk: DeskId,
    new: &NewShelter,
) -> Result<(), Fail> {
    end_shelter(act, right, person).await?;
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let author = act.viewer().map(|v| v.user);
    let id: ThingId = act.new_id();
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO shelter (municipality_id, id, person_id, desk_id, author_id, reason, set_at, review_on, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![m, id, person, desk, author, new.reason.code(), now, new.review_on, command],
    )
    .await?;
    for named in &new.desks {
        conn.exec(
            "INSERT INTO shelter_desk (municipality_id, shelter_id, desk_id) VALUES ($1, $2, $3)",
            args![m, id, *named],
        )
        .await?;
    }
    Ok(())
}

/// Lifts the shelter in force; whether there was one.
pub(crate) async fn end_shelter(act: &mut Act, right: &Right, person: PersonId) -> Result<bool, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user);
    let ended = act
        .save(right)?
        .exec(
            "UPDATE shelter SET ended_at = $3, ended_by = $4, ended_command_id = $5 \
             WHERE municipality_id = $1 AND person_id = $2 AND ended_at IS NULL",
            args![m, person, now, by, command],
        )
        .await?;
    Ok(ended > 0)
}

/// From whom of the household each of these texts is kept.
pub async fn texts_kept_from(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    texts: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, Vec<PersonId>>, Broken> {
    let statement = Statement::new(
        "SELECT record_id, person_id FROM secret WHERE municipality_id = ? AND record_kind = 'entry' AND lifted_at IS NULL",
        args![m],
    )
    .push_in(" AND record_id IN", texts)
    .push(" ORDER BY record_id, person_id", args![]);
    let mut kept: BTreeMap<EntryId, Vec<PersonId>> = BTreeMap::new();
    for row in &conn.select(statement).await? {
        kept.entry(row.get("record_id")?).or_default().push(row.get("person_id")?);
    }
    Ok(kept)
}

/// From whom a record is kept now.
pub async fn kept_from(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    record: RecordRef,
) -> Result<Vec<PersonId>, Broken> {
    conn.all(
        "SELECT person_id FROM secret WHERE municipality_id = $1 AND record_kind = $2 AND record_id = $3 \
         AND lifted_at IS NULL ORDER BY person_id",
        args![m, record.kind.code(), record.id],
    )
    .await?
    .iter()
    .map(|row| row.get("person_id"))
    .collect()
}

/// Keeps a record from exactly these persons from now on.
pub(crate) async fn keep_from(
    act: &mut Act,
    right: &Right,
    record: RecordRef,
    persons: &[PersonId],
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let before = kept_from(&mut act.facts()?, m, record).await?;
    let mut conn = act.save(right)?;
    let lifted: Vec<PersonId> = before.iter().copied().filter(|p| !persons.contains(p)).collect();
    if !lifted.is_empty() {
        let statement = Statement::new(
            "UPDATE secret SET lifted_at = ?, lifted_command_id = ? WHERE municipality_id = ? AND record_kind = ? \
             AND record_id = ? AND lifted_at IS NULL",
            args![now, command, m, record.kind.code(), record.id],
        )
        .push_in(" AND person_id IN", lifted);
        conn.run(statement).await?;
    }
    for person in persons.iter().filter(|p| !before.contains(p)) {
        conn.exec(
            "INSERT INTO secret (municipality_id, record_kind, record_id, person_id, set_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            args![m, record.kind.code(), record.id, *person, now, command],
        )
        .await?;
    }
    Ok(())
}
