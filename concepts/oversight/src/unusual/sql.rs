//! Counted rows of the log, and how people stand to the households they looked at. Names and addresses are compared here and
//! go no further.

use std::collections::{BTreeMap, BTreeSet};

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{AccessId, DeskId, HouseholdId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use super::rules::{Around, Finding, Near, Outcome, Pages, Pattern, Sight, Urgent, block, family};

/// Counted rows read at once; more, and the time must be shorter.
pub(crate) const MOST: i64 = 50_000;

/// Looks between two moments, counted by person, hour, way and household.
pub(crate) async fn looked(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Instant, Instant),
) -> Result<Vec<Sight>, Broken> {
    // The moments of the log are text in the time of Japan: its beginning is the day, then the hour.
    conn.all(
        "SELECT l.user_id, SUBSTR(l.at, 1, 10) AS on_day, SUBSTR(l.at, 12, 2) AS at_hour, \
         CASE WHEN l.channel = 'export' THEN 1 ELSE 0 END AS export, \
         CASE WHEN l.channel = 'export' AND l.record_kind <> 'entry' AND '+' || l.basis || '+' LIKE '%+own_record+%' THEN 1 ELSE 0 END AS own_list, \
         COALESCE(p.household_id, e.household_id, k.household_id, s.household_id, c.household_id, r.household_id) \
         AS household_id, COUNT(*) AS n FROM access_log l \
         LEFT JOIN person p ON p.municipality_id = l.municipality_id AND p.id = l.record_id \
         LEFT JOIN entry e ON e.municipality_id = l.municipality_id AND e.id = l.record_id \
         LEFT JOIN consultation k ON k.municipality_id = l.municipality_id AND k.id = l.record_id \
         LEFT JOIN connecting_sheet s ON s.municipality_id = l.municipality_id AND s.id = l.record_id \
         LEFT JOIN case_file c ON c.municipality_id = l.municipality_id AND c.id = l.record_id \
         LEFT JOIN referral r ON r.municipality_id = l.municipality_id AND r.id = l.record_id \
         WHERE l.municipality_id = $1 AND l.id >= $5 AND l.id < $6 AND l.at >= $2 AND l.at < $3 AND l.action = 'read' AND l.user_id IS NOT NULL \
         AND l.record_kind IN ('person', 'entry', 'consultation', 'connecting_sheet', 'case', 'referral') \
         GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 2 DESC, 1 LIMIT $4",
        args![m, from, to, MOST, first_id(from.plus_minutes(-SLACK)), first_id(to.plus_minutes(SLACK))],
    )
    .await?
    .iter()
    .map(|row| {
        let (day, hour) = when(row)?;
        Ok(Sight {
            user: row.get("user_id")?,
            day,
            hour,
            export: row.get::<i64>("export")? == 1,
            own_list: row.get::<i64>("own_list")? == 1,
            household: row.get("household_id")?,
            rows: row.get("n")?,
        })
    })
    .collect()
}

/// Pages with records opened between two moments, counted by person and hour: the rows of one page carry the same moment.
pub(crate) async fn pages(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Instant, Instant),
) -> Result<Vec<Pages>, Broken> {
    conn.all(
        "SELECT l.user_id, SUBSTR(l.at, 1, 10) AS on_day, SUBSTR(l.at, 12, 2) AS at_hour, COUNT(DISTINCT l.at) AS n \
         FROM access_log l WHERE l.municipality_id = $1 AND l.id >= $5 AND l.id < $6 AND l.at >= $2 AND l.at < $3 \
         AND l.action = 'read' AND l.user_id IS NOT NULL \
         AND l.record_kind IN ('person', 'entry', 'consultation', 'connecting_sheet', 'case', 'referral') \
         GROUP BY 1, 2, 3 ORDER BY 2 DESC, 1 LIMIT $4",
        args![m, from, to, MOST, first_id(from.plus_minutes(-SLACK)), first_id(to.plus_minutes(SLACK))],
    )
    .await?
    .iter()
    .map(|row| {
        let (day, hour) = when(row)?;
        Ok(Pages { user: row.get("user_id")?, day, hour, n: row.get("n")? })
    })
    .collect()
}

/// The day and the hour of a counted row.
fn when(row: &Row) -> Result<(Day, u32), Broken> {
    let (day, hour): (String, String) = (row.get("on_day")?, row.get("at_hour")?);
    let corrupt = || Broken::Corrupt("access_log", "at".to_owned());
    Ok((Day::parse_iso(&day).ok_or_else(corrupt)?, hour.parse().map_err(|_| corrupt())?))
}

/// Minutes by which a row's id can differ from its moment: a row is written when the page leaves.
pub(crate) const SLACK: i64 = 10;

/// The smallest id of a row of the log at a moment: ids begin with their time, so that the log is read by its own key.
pub(crate) fn first_id(at: Instant) -> AccessId {
    let millis = u128::try_from(at.millis()).unwrap_or(0);
    words::Id::new(uuid::Uuid::from_u128(millis << 80))
}

/// A person as the rules compare them.
struct Named {
    household: HouseholdId,
    key: String,
    family: Option<String>,
    address: String,
}

/// How everybody stands to what they looked at. Six statements, whatever was looked at.
pub(crate) async fn around(conn: &mut Conn<'_>, m: MunicipalityId, rows: &[Sight]) -> Result<Around, Broken> {
    let pairs: BTreeSet<(UserId, HouseholdId)> =
        rows.iter().filter_map(|r| Some((r.user, r.household?))).collect();
    let households: BTreeSet<HouseholdId> = pairs.iter().map(|(_, h)| *h).collect();
    if pairs.is_empty() {
        return Ok(Around::default());
    }
    let mut around = Around { tasks: tasks(conn, m, &pairs, &households).await?, ..Around::default() };
    let people = people(conn, m, &households).await?;
    let mut staff: BTreeMap<UserId, (String, Option<String>)> = BTreeMap::new();
    for row in conn.all("SELECT id, name FROM app_user WHERE municipality_id = $1", args![m]).await? {
        let name: String = row.get("name")?;
        staff.insert(row.get("id")?, (words::name::name_key(&name), family(&name)));
    }
    let homes = homes(conn, m, staff.values().map(|(key, _)| key.as_str())).await?;
    let families: BTreeSet<&str> = staff.values().filter_map(|(_, f)| f.as_deref()).collect();
    let common = common(conn, m, &families).await?;
    for (user, household) in pairs {
        let Some((key, name)) = staff.get(&user) else { continue };
        let there = || people.iter().filter(move |p| p.household == household);
        let of_family = name.as_ref().filter(|f| there().any(|p| p.family.as_ref() == Some(f)));
        let lives = homes.get(key).map_or(&[][..], Vec::as_slice);
        let near = Near {
            family_permille: of_family.map(|f| common.get(f.as_str()).copied().unwrap_or(0)),
            own: there().any(|p| p.key == *key),
            colleague: there().any(|p| staff.iter().any(|(other, (k, _))| *other != user && *k == p.key)),
            neighbour: there()
                .filter_map(|p| block(&p.address))
                .any(|b| lives.iter().any(|home| block(home) == Some(b))),
        };
        if near != Near::default() {
            around.near.insert((user, household), near);
        }
    }
    Ok(around)
}

/// Which of these people's desks have, or had, something to do for which of these households.
async fn tasks(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    pairs: &BTreeSet<(UserId, HouseholdId)>,
    households: &BTreeSet<HouseholdId>,
) -> Result<BTreeSet<(UserId, HouseholdId)>, Broken> {
    let users: BTreeSet<UserId> = pairs.iter().map(|(u, _)| *u).collect();
    let statement = Statement::new(
        "SELECT DISTINCT a.user_id, x.household_id FROM (SELECT t.municipality_id, t.desk_id, \
         COALESCE(c.household_id, k.household_id, s.household_id, r.household_id, i.household_id) AS household_id \
         FROM task t \
         LEFT JOIN case_file c ON c.municipality_id = t.municipality_id AND c.id = t.case_id \
         LEFT JOIN consultation k ON k.municipality_id = t.municipality_id AND k.id = t.consultation_id \
         LEFT JOIN connecting_sheet s ON s.municipality_id = t.municipality_id AND s.id = t.sheet_id \
         LEFT JOIN referral r ON r.municipality_id = t.municipality_id AND r.id = t.referral_id \
         LEFT JOIN inquiry i ON i.municipality_id = t.municipality_id AND i.id = t.inquiry_id \
         WHERE t.municipality_id = ?) x \
         JOIN post p ON p.municipality_id = x.municipality_id AND p.desk_id = x.desk_id \
         JOIN appointment a ON a.municipality_id = p.municipality_id AND a.post_id = p.id \
         WHERE x.municipality_id = ?",
        args![m, m],
    )
    .push_in(" AND x.household_id IN", households.iter().copied())
    .push_in(" AND a.user_id IN", users);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("user_id")?, row.get("household_id")?)))
        .collect()
}

async fn people(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: &BTreeSet<HouseholdId>,
) -> Result<Vec<Named>, Broken> {
    let statement = Statement::new(
        "SELECT household_id, name, name_key, address_key FROM person WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND household_id IN", households.iter().copied());
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Named {
                household: row.get("household_id")?,
                key: row.get("name_key")?,
                family: family(&row.get::<String>("name")?),
                address: row.get("address_key")?,
            })
        })
        .collect()
}

/// Where people of these names are recorded, by name.
async fn homes(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    names: impl Iterator<Item = &str>,
) -> Result<BTreeMap<String, Vec<String>>, Broken> {
    let names: BTreeSet<&str> = names.filter(|n| !n.is_empty()).collect();
    let statement = Statement::new(
        "SELECT name_key, address_key FROM person WHERE municipality_id = ? AND address_key <> ''",
        args![m],
    )
    .push_in(" AND name_key IN", names);
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in conn.select(statement).await? {
        homes.entry(row.get("name_key")?).or_default().push(row.get("address_key")?);
    }
    Ok(homes)
}

/// How many of a thousand recorded people have each of these family names.
async fn common<'f>(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    families: &BTreeSet<&'f str>,
) -> Result<BTreeMap<&'f str, i64>, Broken> {
    let row = conn
        .one("SELECT COUNT(*) AS n FROM person WHERE municipality_id = $1 AND name <> ''", args![m])
        .await?;
    // In a small register a single person would be a hundredth: below a thousand it is counted as if there were as many.
    let all: i64 = row.get::<i64>("n")?.max(1_000);
    let mut common = BTreeMap::new();
    let mut heads: BTreeSet<String> = BTreeSet::new();
    for family in families {
        heads.extend(family.chars().next().map(String::from));
    }
    let statement =
        Statement::new("SELECT name FROM person WHERE municipality_id = ? AND name <> ''", args![m])
            .push_in(" AND SUBSTR(name_key, 1, 1) IN", heads.iter().map(String::as_str))
            .push(" LIMIT ?", args![MOST]);
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for row in conn.select(statement).await? {
        if let Some(name) = family(&row.get::<String>("name")?) {
            *counts.entry(name).or_default() += 1;
        }
    }
    for name in families {
        common.insert(*name, counts.get(*name).copied().unwrap_or(0) * 1_000 / all);
    }
    Ok(common)
}

/// Urgent looks and look-ups in vain, by desk.
pub(crate) async fn urgent(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Instant, Instant),
) -> Result<Vec<Urgent>, Broken> {
    conn.all(
        "SELECT desk_id, SUM(CASE WHEN outcome = 'hit' THEN 1 ELSE 0 END) AS looks, \
         SUM(CASE WHEN outcome = 'miss' THEN 1 ELSE 0 END) AS misses FROM urgent_try \
         WHERE municipality_id = $1 AND at >= $2 AND at < $3 GROUP BY desk_id ORDER BY desk_id",
        args![m, from, to],
    )
    .await?
    .iter()
    .map(|row| Ok(Urgent { desk: row.get("desk_id")?, looks: row.get("looks")?, misses: row.get("misses")? }))
    .collect()
}

/// What somebody came to about a finding.
pub(crate) struct Reviewed {
    pub outcome: Outcome,
    pub words: String,
    pub by: UserId,
    pub at: Instant,
    pub n: i64,
}

/// A finding, named: two of the same day, pattern and person are the same.
pub(crate) type Key = (Pattern, ThingId, Day);

/// The last review of each finding of these days.
pub(crate) async fn reviews(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, until): (Day, Day),
) -> Result<BTreeMap<Key, Reviewed>, Broken> {
    let mut reviews = BTreeMap::new();
    for row in conn
        .all(
            "SELECT pattern, who_id, on_day, outcome, words, by_user_id, at, n FROM unusual_review \
             WHERE municipality_id = $1 AND on_day >= $2 AND on_day <= $3 ORDER BY at, id",
            args![m, from, until],
        )
        .await?
    {
        let key = (row.code("pattern")?, row.get("who_id")?, row.get("on_day")?);
        let reviewed = Reviewed {
            outcome: row.code("outcome")?,
            words: row.get("words")?,
            by: row.get("by_user_id")?,
            at: row.get("at")?,
            n: row.get("n")?,
        };
        reviews.insert(key, reviewed);
    }
    Ok(reviews)
}

/// Keeps what somebody came to.
pub(crate) async fn review(
    act: &mut Act,
    right: &Right,
    finding: &Finding,
    outcome: Outcome,
    words: &str,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let id: ThingId = act.new_id();
    let by = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO unusual_review (municipality_id, id, pattern, who_id, on_day, n, outcome, words, by_user_id, \
             at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                m,
                id,
                finding.pattern.code(),
                finding.who,
                finding.day,
                finding.n,
                outcome.code(),
                words,
                by,
                now,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Login names, to search the log by.
pub(crate) async fn logins(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    users: impl IntoIterator<Item = UserId>,
) -> Result<BTreeMap<UserId, String>, Broken> {
    let statement = Statement::new("SELECT id, login FROM app_user WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", users);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("login")?))).collect()
}

/// The desk names of findings about desks.
pub(crate) fn desks(findings: &[Finding]) -> impl Iterator<Item = DeskId> {
    findings.iter().filter(|f| f.pattern == Pattern::Urgent).map(|f| f.who.cast())
}
