//! Which coordinator's desk is told. Told is whoever serves there as a coordinator, works at neither of the two desks and is not kept out of
//! one of the households: a desk without any such person is told nothing, and what it was told before goes on to another.

use std::collections::BTreeSet;

use access::{Right, Role};
use engine::{Act, Broken, Conn, Fail, Statement, args};
use task::{TaskKind, TaskState};
use words::Instant;
use words::code::Code;
use words::id::{AreaId, DeskId, HouseholdId, MunicipalityId, PersonId, UserId};

use crate::rules::with_nobody;
use crate::sql;

/// The coordinator's desk for a pair: the one for the area of a household whose home is not kept, otherwise any. None where nobody can
/// be told.
pub(crate) async fn desk_for(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: &[HouseholdId; 2],
    desks: &[DeskId; 2],
    now: Instant,
) -> Result<Option<DeskId>, Broken> {
    let out = not_told(conn, m, households, desks, now).await?;
    let all = register::coordinators(conn, m, now.day()).await?;
    let mut not = with_nobody(&all, &out);
    not.extend(desks);
    let area = area(conn, m, households).await?;
    register::coordinator_for(conn, m, area, &not, now.day()).await
}

/// Notices whose desk has nobody left who can be told go on to one that has; where there is none in the whole town they wait. How many went
/// on; doing it again changes nothing.
pub(crate) async fn pass_on(act: &mut Act, right: &Right) -> Result<usize, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let mut moved = 0;
    for n in sql::stranded(&mut act.facts()?, m, now, MOST).await? {
        let to = desk_for(&mut act.facts()?, m, &n.households, &n.desks, now).await?;
        let Some(to) = to.filter(|to| *to != n.coordinator) else { continue };
        sql::tell_instead(act, right, &n, to).await?;
        let promises = task::of_things(&mut act.facts()?, m, [n.id], &[TaskKind::WeighOverlap]).await?;
        for t in promises.iter().filter(|t| t.state == TaskState::Open) {
            task::hand_to(act, right, t.id, to).await?;
        }
        moved += 1;
    }
    Ok(moved)
}

/// Most notices that go on in one round; the rest in the next.
const MOST: i64 = 20;

/// Whoever is not told of a pair: who works at one of the two desks, and who is kept out of one of the households (disclosure rule 14).
async fn not_told(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: &[HouseholdId; 2],
    desks: &[DeskId; 2],
    now: Instant,
) -> Result<BTreeSet<UserId>, Broken> {
    let reading = Role::ALL.iter().filter(|r| r.reads_desk_records()).map(|r| r.code());
    let statement = Statement::new(
        "SELECT a.user_id FROM post p JOIN appointment a ON a.municipality_id = p.municipality_id AND a.post_id = p.id \
         WHERE p.municipality_id = ? AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?)",
        args![m, now.day(), now.day()],
    )
    .push_in(" AND p.role IN", reading)
    .push_in(" AND p.desk_id IN", desks.iter().copied())
    .push(
        " UNION SELECT x.user_id FROM exclusion x JOIN case_file c ON c.municipality_id = x.municipality_id \
         AND c.id = x.case_id WHERE x.municipality_id = ? AND (x.until IS NULL OR x.until > ?)",
        args![m, now],
    )
    .push_in(" AND c.household_id IN", households.iter().copied());
    conn.select(statement).await?.iter().map(|row| row.get("user_id")).collect()
}

/// The area of the first of the two households that has one and whose home is not kept.
async fn area(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: &[HouseholdId; 2],
) -> Result<Option<AreaId>, Broken> {
    let kept = kept_homes(conn, m, households.iter().copied()).await?;
    let statement = Statement::new("SELECT id, area_id FROM household WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", households.iter().copied())
        .push(" ORDER BY id", args![]);
    for row in &conn.select(statement).await? {
        let (household, area): (HouseholdId, Option<AreaId>) = (row.get("id")?, row.get("area_id")?);
        if area.is_some() && !kept.contains(&household) {
            return Ok(area);
        }
    }
    Ok(None)
}

/// Where the home of anybody is kept, by their own record or by one linked with it: which coordinator is told says nothing of where they
/// live (disclosure rule 4).
async fn kept_homes(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: impl Iterator<Item = HouseholdId> + Clone,
) -> Result<BTreeSet<HouseholdId>, Broken> {
    let statement = Statement::new(
        "SELECT household_id, id AS person_id FROM person WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND household_id IN", households.clone())
    .push(" UNION SELECT household_id, person_id FROM household_member WHERE municipality_id = ?", args![m])
    .push_in(" AND household_id IN", households);
    let mut people: Vec<(PersonId, HouseholdId)> = Vec::new();
    for row in &conn.select(statement).await? {
        people.push((row.get("person_id")?, row.get("household_id")?));
    }
    let kept = engine::home::kept(conn, m, people.iter().map(|(p, _)| *p)).await?;
    Ok(people.into_iter().filter(|(p, _)| kept.contains(p)).map(|(_, h)| h).collect())
}
