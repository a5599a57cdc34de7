//! Whose home is kept (支援措置, disclosure rule 4): that of whoever is sheltered, and of whoever shares it. A protected address that
//! stands on the card of a daughter who came along is no protected address.

use std::collections::{BTreeMap, BTreeSet};

use access::Shelter;
use words::address::same_home;
use words::id::{DeskId, MunicipalityId, PersonId, ThingId};

use crate::{Broken, Conn, Statement, args};

/// People asked about in one statement: SQLite binds each of them once for each way in which a home is kept.
const AT_ONCE: usize = 2_000;

/// How a shelter keeps where somebody lives.
#[derive(Default)]
struct Keeps {
    /// The desks it names.
    desks: Vec<DeskId>,
    /// Whether it is their own, or that of whoever shares the home.
    direct: bool,
    /// Where it is that of another record of one person: the desk that wrote this one.
    wrote: Option<DeskId>,
}

/// The shelters that keep where these people live: their own, and those of whoever lives together with them in the household now or stands
/// in its record with the same address ([`same_home`]), the one of now or one they will move to. Where two records were linked as those of one
/// person, the shelter of one holds for the other and for whoever lives with it, as long as they are linked; the desk that wrote the other one
/// goes on knowing what it wrote. One for each person and shelter.
pub async fn shelters(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: &BTreeSet<PersonId>,
) -> Result<Vec<Shelter>, Broken> {
    let all: Vec<PersonId> = persons.iter().copied().collect();
    let mut found: Vec<Shelter> = Vec::new();
    for these in all.chunks(AT_ONCE) {
        for ((person, _), keeps) in kept_homes(conn, m, these).await? {
            let mut desks = keeps.desks;
            if let (false, Some(wrote)) = (keeps.direct, keeps.wrote) {
                desks.extend((!desks.contains(&wrote)).then_some(wrote));
            }
            found.push(Shelter { person, desks });
        }
    }
    Ok(found)
}

async fn kept_homes(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: &[PersonId],
) -> Result<BTreeMap<(PersonId, ThingId), Keeps>, Broken> {
    let these = || persons.iter().copied();
    // `CROSS JOIN` is an order to SQLite: from these few people to their household, and from that to a shelter.
    let statement = Statement::new(
        "SELECT k.person_id, k.shelter_id, k.alone, k.address, k.ahead, k.home, k.home_ahead, k.wrote, d.desk_id FROM (SELECT s.person_id, \
         s.id AS shelter_id, 'yes' AS alone, '' AS address, '' AS ahead, '' AS home, '' AS home_ahead, CAST(NULL AS UUID) AS wrote \
         FROM shelter s WHERE s.municipality_id = ? AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND s.person_id IN", these())
    .push(
        " UNION SELECT o.id, s.id, '', o.address_key, COALESCE(x.address_key, ''), p.address_key, COALESCE(y.address_key, ''), \
         CAST(NULL AS UUID) FROM person o CROSS JOIN person p CROSS JOIN shelter s LEFT JOIN planned_move x \
         ON x.municipality_id = o.municipality_id AND x.person_id = o.id AND x.ended_at IS NULL LEFT JOIN planned_move y \
         ON y.municipality_id = p.municipality_id AND y.person_id = p.id AND y.ended_at IS NULL \
         WHERE o.municipality_id = ? AND p.municipality_id = o.municipality_id AND p.household_id = o.household_id \
         AND p.id <> o.id AND s.municipality_id = p.municipality_id AND s.person_id = p.id AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND o.id IN", these())
    .push(
        " UNION SELECT h.person_id, s.id, 'yes', '', '', '', '', CAST(NULL AS UUID) \
         FROM household_member h CROSS JOIN household_member g CROSS JOIN shelter s \
         WHERE h.municipality_id = ? AND h.lives_together AND h.valid_to IS NULL \
         AND g.municipality_id = h.municipality_id AND g.household_id = h.household_id AND g.lives_together \
         AND g.valid_to IS NULL AND g.person_id <> h.person_id \
         AND s.municipality_id = g.municipality_id AND s.person_id = g.person_id AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND h.person_id IN", these())
    .push(" UNION SELECT o.id, s.id, 'yes', '', '', '', '', o.desk_id", args![])
    .push(LINKED, args![m])
    .push(TOGETHER, args![])
    .push(" AND q.person_a = p.id AND s.person_id = q.person_b", args![])
    .push_in(" AND o.id IN", these())
    .push(" UNION SELECT o.id, s.id, 'yes', '', '', '', '', o.desk_id", args![])
    .push(LINKED, args![m])
    .push(TOGETHER, args![])
    .push(" AND q.person_b = p.id AND s.person_id = q.person_a", args![])
    .push_in(" AND o.id IN", these())
    .push(
        ") k LEFT JOIN shelter_desk d ON d.municipality_id = ? AND d.shelter_id = k.shelter_id \
         ORDER BY k.person_id, k.shelter_id",
        args![m],
    );
    let mut found: BTreeMap<(PersonId, ThingId), Keeps> = BTreeMap::new();
    // One row for each desk, and one more for each way in which somebody shares the home.
    for row in &conn.select(statement).await? {
        let of = |column| row.get::<String>(column);
        let (theirs, homes) = ([of("address")?, of("ahead")?], [of("home")?, of("home_ahead")?]);
        let shared = || theirs.iter().any(|address| homes.iter().any(|home| same_home(address, home)));
        if of("alone")?.is_empty() && !shared() {
            continue;
        }
        let keeps = found.entry((row.get("person_id")?, row.get("shelter_id")?)).or_default();
        let wrote: Option<DeskId> = row.get("wrote")?;
        keeps.direct |= wrote.is_none();
        keeps.wrote = keeps.wrote.or(wrote);
        let desk: Option<DeskId> = row.get("desk_id")?;
        keeps.desks.extend(desk.filter(|d| !keeps.desks.contains(d)));
    }
    Ok(found)
}

/// From people (`o`) and whoever stands in their record of a household (`p`), by a link of two records of one person (`q`), to the shelter of
/// the other record (`s`).
const LINKED: &str = " FROM person o CROSS JOIN person p CROSS JOIN same_pair q CROSS JOIN shelter s WHERE o.municipality_id = ? \
     AND p.municipality_id = o.municipality_id AND p.household_id = o.household_id AND q.municipality_id = p.municipality_id \
     AND q.state = 'same' AND s.municipality_id = q.municipality_id AND s.ended_at IS NULL";

/// Behind [`LINKED`]: themselves, or who lives with them. Asked last: almost nobody is linked to somebody sheltered.
const TOGETHER: &str = " AND (p.id = o.id OR EXISTS (SELECT 1 FROM household_member h \
     JOIN household_member g ON g.municipality_id = h.municipality_id AND g.household_id = h.household_id WHERE h.municipality_id = s.municipality_id AND h.person_id = o.id AND h.lives_together AND h.valid_to IS NULL \
     AND g.person_id = p.id AND g.lives_together AND g.valid_to IS NULL))";

/// Those of these people whose home is kept: neither address nor telephone is ever a reason (disclosure rule 4).
pub async fn kept(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeSet<PersonId>, Broken> {
    let persons = persons.into_iter().collect();
    Ok(shelters(conn, m, &persons).await?.into_iter().map(|s| s.person).collect())
}

/// Where somebody of the household of each of these people is sheltered or will be, by this record or one that is linked to it, as addresses are
/// compared.
pub async fn addresses(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<String>>, Broken> {
    let persons: BTreeSet<PersonId> = persons.into_iter().collect();
    let statement = Statement::new(
        "SELECT o.id, p.address_key FROM person o CROSS JOIN person p CROSS JOIN shelter s WHERE o.municipality_id = ? \
         AND p.municipality_id = o.municipality_id AND p.household_id = o.household_id AND p.address_key <> '' \
         AND s.municipality_id = p.municipality_id AND s.person_id = p.id AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND o.id IN", persons.iter().copied())
    .push(
        " UNION SELECT o.id, y.address_key FROM person o CROSS JOIN planned_move y CROSS JOIN shelter s \
         WHERE o.municipality_id = ? AND y.municipality_id = o.municipality_id AND y.household_id = o.household_id \
         AND y.ended_at IS NULL AND y.address_key <> '' \
         AND s.municipality_id = y.municipality_id AND s.person_id = y.person_id AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND o.id IN", persons.iter().copied())
    .push(" UNION SELECT o.id, p.address_key", args![])
    .push(LINKED, args![m])
    .push(" AND p.address_key <> '' AND q.person_a = p.id AND s.person_id = q.person_b", args![])
    .push_in(" AND o.id IN", persons.iter().copied())
    .push(" UNION SELECT o.id, p.address_key", args![])
    .push(LINKED, args![m])
    .push(" AND p.address_key <> '' AND q.person_b = p.id AND s.person_id = q.person_a", args![])
    .push_in(" AND o.id IN", persons.iter().copied());
    let mut homes: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for row in &conn.select(statement).await? {
        homes.entry(row.get("id")?).or_default().push(row.get("address_key")?);
    }
    Ok(homes)
}
