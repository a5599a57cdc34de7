//! Whose home is kept (支援措置, disclosure rule 4): that of whoever is sheltered, and of whoever shares it. A protected address that
//! stands on the card of a daughter who came along is no protected address.

use std::collections::{BTreeMap, BTreeSet};

use access::Shelter;
use words::address::same_home;
use words::id::{CaseId, DeskId, HouseholdId, MunicipalityId, PersonId, ThingId};
use words::partial::PartialDate;

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

/// Somebody of a household that an urgent look opened, as far as it is compared.
#[derive(Debug, Clone)]
struct Opened {
    person: PersonId,
    household: HouseholdId,
    /// The desk that wrote it.
    desk: DeskId,
    name: String,
    reading: String,
    birth: Option<PartialDate>,
    address: String,
    /// Whether they live together with those of the household who do.
    together: bool,
}

impl Opened {
    /// Whether two records that a look opened are of one person: of one name, and born as far as is known on one day. Not linked by anybody;
    /// but the look itself has taken their households for one family, and shows them side by side.
    fn seems(&self, other: &Self) -> bool {
        let named = |a: &str, b: &str| !a.is_empty() && a == b;
        (named(&self.name, &other.name) || named(&self.reading, &other.reading))
            && self.birth.zip(other.birth).is_none_or(|(a, b)| a.can_be(b))
    }

    fn lives_with(&self, other: &Self) -> bool {
        self.household == other.household
            && (self.person == other.person
                || (self.together && other.together)
                || (!self.address.is_empty() && same_home(&self.address, &other.address)))
    }
}

/// The shelters that hold across the households which somebody's urgent looks opened: whose home is kept in one of them is kept in all of
/// them, and so is that of who lives with them there. The desk that wrote a record goes on knowing what it wrote. For this looker alone: that
/// another desk's own copy lies open is no look's to change (disclosure rule 4).
pub(crate) async fn across(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: &BTreeSet<CaseId>,
) -> Result<Vec<Shelter>, Broken> {
    let of = |statement: Statement, from: &'static str| {
        statement.push(OPENED, args![]).push(from, args![m]).push_in(" AND c.id IN", cases.iter().copied())
    };
    let statement = of(Statement::new("", args![]), OF_RECORD).push(" UNION", args![]);
    let statement = of(statement, OF_FAMILY);
    let rows = conn.select(statement).await?;
    let opened: Vec<Opened> = rows
        .iter()
        .map(|row| {
            let birth: Option<String> = row.get("birth")?;
            Ok(Opened {
                person: row.get("id")?,
                household: row.get("household_id")?,
                desk: row.get("desk_id")?,
                name: row.get("name_key")?,
                reading: row.get("reading_key")?,
                birth: birth.as_deref().and_then(PartialDate::parse_iso),
                address: row.get("address_key")?,
                together: row.get("together")?,
            })
        })
        .collect::<Result<_, Broken>>()?;
    let kept = shelters(conn, m, &opened.iter().map(|o| o.person).collect()).await?;
    Ok(carried(&opened, &kept))
}

/// What is compared of the people of a case's household (`c`).
const OPENED: &str = " SELECT p.id, c.household_id, p.desk_id, p.name_key, p.reading_key, p.birth, p.address_key, \
     EXISTS (SELECT 1 FROM household_member g WHERE g.municipality_id = p.municipality_id AND g.household_id = c.household_id \
     AND g.person_id = p.id AND g.lives_together AND g.valid_to IS NULL) AS together FROM case_file c";
/// Behind [`OPENED`]: who stands in its record. `CROSS JOIN` is an order to SQLite: from a few cases to their people.
const OF_RECORD: &str = " CROSS JOIN person p WHERE c.municipality_id = ? AND p.municipality_id = c.municipality_id \
     AND p.household_id = c.household_id";
/// Behind [`OPENED`]: who is or was of it, from whichever record.
const OF_FAMILY: &str = " CROSS JOIN household_member h CROSS JOIN person p WHERE c.municipality_id = ? \
     AND h.municipality_id = c.municipality_id AND h.household_id = c.household_id AND p.municipality_id = h.municipality_id \
     AND p.id = h.person_id";

/// What the shelters of some of these people keep of the others.
fn carried(opened: &[Opened], kept: &[Shelter]) -> Vec<Shelter> {
    let mut found = Vec::new();
    for shelter in kept {
        let of = opened.iter().filter(|o| o.person == shelter.person);
        let seeming = of.flat_map(|k| opened.iter().filter(|o| o.household != k.household && o.seems(k)));
        for other in seeming.flat_map(|s| opened.iter().filter(|o| o.lives_with(s))) {
            let desks = shelter.desks.iter().copied().chain([other.desk]).collect();
            found.push(Shelter { person: other.person, desks });
        }
    }
    found
}

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
/// compared: what stands in the record of whoever is sheltered, and in the one that was linked to it.
pub async fn addresses(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<String>>, Broken> {
    let persons: BTreeSet<PersonId> = persons.into_iter().collect();
    let all: Vec<PersonId> = persons.into_iter().collect();
    let mut homes: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for these in all.chunks(AT_ONCE) {
        let of = guarded(conn, m, these).await?;
        let whose: BTreeSet<PersonId> = of.iter().map(|(_, kept)| *kept).collect();
        let whose: Vec<PersonId> = whose.into_iter().collect();
        let mut live: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
        for some in whose.chunks(AT_ONCE) {
            for (person, address) in lives(conn, m, some).await? {
                live.entry(person).or_default().push(address);
            }
        }
        for (person, kept) in of {
            homes.entry(person).or_default().extend(live.get(&kept).into_iter().flatten().cloned());
        }
    }
    Ok(homes)
}

/// Who is kept apart from whoever a paper is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Apart {
    /// Of whom it must tell nothing.
    pub persons: Vec<PersonId>,
    /// Whether they do not live in the household it is made in.
    pub elsewhere: bool,
}

/// Of whom a paper for this person must tell nothing (disclosure rule 4): who of their household is sheltered, by this record or one that is
/// linked to it; and where a consultation or an urgent matter of the household was about violence or abuse, everybody else in it. Who did
/// it is written nowhere that could be asked: everybody is asked about alike. But whoever is sheltered themselves is given what is about the household they are sheltered in.
pub(crate) async fn apart(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (person, home): (PersonId, Option<HouseholdId>),
) -> Result<Apart, Broken> {
    let kept: BTreeSet<PersonId> =
        guarded(conn, m, &[person]).await?.into_iter().map(|(_, kept)| kept).collect();
    let feared = !kept.contains(&person) && conn.maybe(FEARED, args![m, person]).await?.is_some();
    let elsewhere = match home {
        None => false,
        Some(home) => match lives_in(conn, m, person, home).await? {
            None => true,
            Some(together) => !together && !kept.contains(&person) && (feared || !kept.is_empty()),
        },
    };
    let mut apart = kept;
    if feared || elsewhere {
        let all = "SELECT p.id FROM person r JOIN person p ON p.municipality_id = r.municipality_id \
                   AND p.household_id = r.household_id WHERE r.municipality_id = $1 AND r.id = $2 \
                   UNION SELECT h.person_id AS id FROM person r JOIN household_member h ON h.municipality_id = r.municipality_id \
                   AND h.household_id = r.household_id WHERE r.municipality_id = $1 AND r.id = $2";
        for row in &conn.all(all, args![m, person]).await? {
            apart.insert(row.get("id")?);
        }
    }
    if let Some(home) = home.filter(|_| elsewhere) {
        let there = "SELECT id FROM person WHERE municipality_id = $1 AND household_id = $2 \
                     UNION SELECT person_id AS id FROM household_member WHERE municipality_id = $1 AND household_id = $2";
        for row in &conn.all(there, args![m, home]).await? {
            apart.insert(row.get("id")?);
        }
    }
    apart.remove(&person);
    Ok(Apart { persons: apart.into_iter().collect(), elsewhere })
}

/// Whether somebody is of a household now, and whether they live together with the others there.
async fn lives_in(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
    home: HouseholdId,
) -> Result<Option<bool>, Broken> {
    let row = conn
        .maybe(
            "SELECT lives_together FROM household_member WHERE municipality_id = $1 AND household_id = $2 AND person_id = $3 \
             AND valid_to IS NULL",
            args![m, home, person],
        )
        .await?;
    row.map(|row| row.get("lives_together")).transpose()
}

/// Whether violence or abuse was the matter of a consultation of somebody's household, or of an urgent look at what to do.
const FEARED: &str = "SELECT k.id FROM person r JOIN consultation k ON k.municipality_id = r.municipality_id AND k.household_id = r.household_id \
     JOIN consultation_topic t ON t.municipality_id = k.municipality_id AND t.consultation_id = k.id AND t.topic = 'dv_abuse' \
     WHERE r.municipality_id = $1 AND r.id = $2 AND k.state <> 'entered_in_error' \
     UNION SELECT g.id FROM person r JOIN consultation k ON k.municipality_id = r.municipality_id AND k.household_id = r.household_id \
     JOIN triage g ON g.municipality_id = k.municipality_id AND g.consultation_id = k.id \
     WHERE r.municipality_id = $1 AND r.id = $2 AND g.state <> 'entered_in_error' \
     AND g.kind IN ('child_abuse', 'elder_abuse', 'disability_abuse', 'dv') \
     UNION SELECT g.id FROM person r JOIN case_file c ON c.municipality_id = r.municipality_id AND c.household_id = r.household_id \
     JOIN triage g ON g.municipality_id = c.municipality_id AND g.case_id = c.id \
     WHERE r.municipality_id = $1 AND r.id = $2 AND g.state <> 'entered_in_error' \
     AND g.kind IN ('child_abuse', 'elder_abuse', 'disability_abuse', 'dv')";

/// Each of these people, with everybody of their household whose address is kept: the records of whoever is sheltered, and those linked to them.
async fn guarded(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: &[PersonId],
) -> Result<BTreeSet<(PersonId, PersonId)>, Broken> {
    let these = || persons.iter().copied();
    let statement = Statement::new(
        "SELECT o.id, p.id AS of_record, s.person_id AS of_shelter FROM person o CROSS JOIN person p CROSS JOIN shelter s \
         WHERE o.municipality_id = ? AND p.municipality_id = o.municipality_id AND p.household_id = o.household_id \
         AND s.municipality_id = p.municipality_id AND s.person_id = p.id AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND o.id IN", these())
    .push(
        " UNION SELECT o.id, y.person_id, s.person_id FROM person o CROSS JOIN planned_move y CROSS JOIN shelter s \
         WHERE o.municipality_id = ? AND y.municipality_id = o.municipality_id AND y.household_id = o.household_id \
         AND y.ended_at IS NULL AND s.municipality_id = y.municipality_id AND s.person_id = y.person_id AND s.ended_at IS NULL",
        args![m],
    )
    .push_in(" AND o.id IN", these())
    .push(" UNION SELECT o.id, p.id, s.person_id", args![])
    .push(LINKED, args![m])
    .push(" AND q.person_a = p.id AND s.person_id = q.person_b", args![])
    .push_in(" AND o.id IN", these())
    .push(" UNION SELECT o.id, p.id, s.person_id", args![])
    .push(LINKED, args![m])
    .push(" AND q.person_b = p.id AND s.person_id = q.person_a", args![])
    .push_in(" AND o.id IN", these());
    let mut found = BTreeSet::new();
    for row in &conn.select(statement).await? {
        let person: PersonId = row.get("id")?;
        found.insert((person, row.get("of_record")?));
        found.insert((person, row.get("of_shelter")?));
    }
    Ok(found)
}

/// Where these people live, and where they will.
async fn lives(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, String)>, Broken> {
    let these = || persons.iter().copied();
    let statement =
        Statement::new("SELECT id, address_key FROM person WHERE municipality_id = ? AND address_key <> ''", args![m])
            .push_in(" AND id IN", these())
            .push(
                " UNION SELECT person_id, address_key FROM planned_move WHERE municipality_id = ? AND ended_at IS NULL \
                 AND address_key <> ''",
                args![m],
            )
            .push_in(" AND person_id IN", these());
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("address_key")?))).collect()
}
