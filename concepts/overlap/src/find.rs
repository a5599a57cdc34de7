//! The job that looks: so many people at a time, whatever the size of the town.

use std::collections::{BTreeMap, BTreeSet};

use access::{Right, System};
use engine::{Act, Broken, Conn, Engine, Fail, Origin, Statement, args};
use task::{NewTask, TaskKind};
use words::calendar::{OpeningDays, business_day_after};
use words::id::{AgencyId, DeskId, HouseholdId, MunicipalityId, PersonId};
use words::{Day, Id, Instant};

use crate::rules::State;
use crate::sql::{self, Notice};
use crate::whom;

/// People looked at in one round: the newest, and as many of the others.
const AT_ONCE: i64 = 100;

/// Minutes of each hour in which the round goes on; the newest are looked at always. Where it is, is kept: not every few seconds.
const ROUND_MINUTES: i64 = 10;

/// Looks through the next people; how many notices came of it. Doing it again changes nothing that was found.
pub async fn look_for(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut act =
        engine.system_act(System::Overlap, m, Origin::Job, "overlap.look", &engine.now().iso()).await?;
    let right = Right::system(System::Overlap);
    let (newest, round) = mark(&mut act.facts()?, m).await?;
    let fresh = after(&mut act.facts()?, m, newest).await?;
    let rounding = (act.now().millis() / 60_000).rem_euclid(60) < ROUND_MINUTES;
    let mut others = if rounding { after(&mut act.facts()?, m, round).await? } else { Vec::new() };
    let end = others.is_empty();
    let next = others.last().copied().unwrap_or(nil());
    others.retain(|p| !fresh.contains(p));
    let moved = if rounding { whom::pass_on(&mut act, &right).await? } else { 0 };
    if fresh.is_empty() && (!rounding || (end && round == nil())) {
        if moved > 0 {
            act.commit("").await?;
        }
        return Ok(0);
    }
    let newest = fresh.last().copied().unwrap_or(newest).max(newest);
    // At the end the round begins again.
    let next = if rounding { next } else { round };
    let people: Vec<PersonId> = fresh.into_iter().chain(others).collect();
    let found = pairs(&mut act.facts()?, m, &people).await?;
    let told = tell(&mut act, &right, found).await?;
    keep_mark(&mut act, &right, newest, next).await?;
    act.commit("").await?;
    Ok(told)
}

fn nil() -> PersonId {
    Id::new(uuid::Uuid::nil())
}

async fn mark(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<(PersonId, PersonId), Broken> {
    let row = conn
        .maybe(
            "SELECT newest_person_id, round_person_id FROM overlap_mark WHERE municipality_id = $1",
            args![m],
        )
        .await?;
    match row {
        Some(row) => Ok((row.get("newest_person_id")?, row.get("round_person_id")?)),
        None => Ok((nil(), nil())),
    }
}

async fn keep_mark(act: &mut Act, right: &Right, newest: PersonId, round: PersonId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "INSERT INTO overlap_mark (municipality_id, newest_person_id, round_person_id) VALUES ($1, $2, $3) \
             ON CONFLICT (municipality_id) DO UPDATE SET newest_person_id = excluded.newest_person_id, \
             round_person_id = excluded.round_person_id",
            args![m, newest, round],
        )
        .await?;
    Ok(())
}

/// The next people in the order in which they were recorded.
async fn after(conn: &mut Conn<'_>, m: MunicipalityId, after: PersonId) -> Result<Vec<PersonId>, Broken> {
    conn.all(
        "SELECT id FROM person WHERE municipality_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        args![m, after, AT_ONCE],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// Two people of two agencies who are very probably one, in households that both are supported now.
struct Pair {
    households: [HouseholdId; 2],
    persons: [PersonId; 2],
    desks: [DeskId; 2],
    agencies: [AgencyId; 2],
}

/// Where a household is supported now: by the accountable desk of its open case, or of its open consultation.
const SUPPORTED: &str = "SELECT household_id, accountable_desk_id AS desk_id FROM case_file \
     WHERE municipality_id = ? AND state = 'open'";

/// Whoever is very probably one with somebody of another desk, by the score that pairs of records are weighed with everywhere
/// (docs/linkage.md). Who has died, and two of whom people have said that they are two, are left out.
async fn pairs(conn: &mut Conn<'_>, m: MunicipalityId, people: &[PersonId]) -> Result<Vec<Pair>, Broken> {
    let found = household::look_alike(conn, m, people, household::almost_surely).await?;
    let both: BTreeSet<PersonId> = found.iter().flat_map(|(a, b)| [*a, *b]).collect();
    if both.is_empty() {
        return Ok(Vec::new());
    }
    let living = living(conn, m, both.iter().copied()).await?;
    let two = two_people(conn, m, both).await?;
    let mut alike: Vec<([PersonId; 2], [HouseholdId; 2])> = Vec::new();
    for (a, b) in found.difference(&two) {
        let (Some((of_a, home_a)), Some((of_b, home_b))) = (living.get(a), living.get(b)) else { continue };
        if of_a == of_b || home_a == home_b {
            continue;
        }
        let (persons, households) = ([*a, *b], [*home_a, *home_b]);
        alike.push(if home_a < home_b { (persons, households) } else { ([*b, *a], [*home_b, *home_a]) });
    }
    supported(conn, m, alike).await
}

/// The desk and the household of those who live.
async fn living(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, (DeskId, HouseholdId)>, Broken> {
    let statement = Statement::new(
        "SELECT id, desk_id, household_id FROM person WHERE municipality_id = ? AND died IS NULL \
         AND disposed_at IS NULL AND in_error_id IS NULL",
        args![m],
    )
    .push_in(" AND id IN", persons);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("id")?, (row.get("desk_id")?, row.get("household_id")?))))
        .collect()
}

/// Pairs of whom somebody who sees both has said that they are two people.
async fn two_people(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: BTreeSet<PersonId>,
) -> Result<BTreeSet<(PersonId, PersonId)>, Broken> {
    let statement = Statement::new(
        "SELECT person_a, person_b FROM same_pair WHERE municipality_id = ? AND state = 'other'",
        args![m],
    )
    .push_in(" AND person_a IN", persons);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("person_a")?, row.get("person_b")?))).collect()
}

/// Of those alike, the pairs of households that two agencies support now, each once.
async fn supported(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    alike: Vec<([PersonId; 2], [HouseholdId; 2])>,
) -> Result<Vec<Pair>, Broken> {
    let households: BTreeSet<HouseholdId> = alike.iter().flat_map(|(_, h)| *h).collect();
    if households.is_empty() {
        return Ok(Vec::new());
    }
    let of = || households.iter().copied();
    let statement = Statement::new(SUPPORTED, args![m])
        .push_in(" AND household_id IN", of())
        .push(
            " UNION SELECT household_id, accountable_desk_id AS desk_id FROM consultation \
             WHERE municipality_id = ? AND state = 'open'",
            args![m],
        )
        .push_in(" AND household_id IN", of());
    let mut desks: BTreeMap<HouseholdId, DeskId> = BTreeMap::new();
    for row in &conn.select(statement).await? {
        desks.insert(row.get("household_id")?, row.get("desk_id")?);
    }
    let agencies = Statement::new("SELECT id, agency_id FROM desk WHERE municipality_id = ?", args![m])
        .push_in(" AND id IN", desks.values().copied());
    let mut agency = BTreeMap::new();
    for row in &conn.select(agencies).await? {
        agency.insert(row.get::<DeskId>("id")?, row.get::<AgencyId>("agency_id")?);
    }
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for (persons, households) in alike {
        let [Some(a), Some(b)] = households.map(|h| desks.get(&h).copied()) else { continue };
        let [Some(of_a), Some(of_b)] = [a, b].map(|d| agency.get(&d).copied()) else { continue };
        if of_a == of_b || !seen.insert(households) {
            continue;
        }
        pairs.push(Pair { households, persons, desks: [a, b], agencies: [of_a, of_b] });
    }
    Ok(pairs)
}

/// Whether one of the two knows of the other already, or lawfully could: a part in the other's case, something handed over, a
/// consent that names them or their category, or a matter of one of the households.
async fn known(conn: &mut Conn<'_>, m: MunicipalityId, p: &Pair, today: Day) -> Result<bool, Broken> {
    for (here, there) in [(0, 1), (1, 0)] {
        let row = conn
            .one(
                "SELECT (SELECT COUNT(*) FROM case_desk d JOIN case_file c ON c.municipality_id = d.municipality_id \
                 AND c.id = d.case_id WHERE d.municipality_id = $1 AND c.household_id = $2 AND d.desk_id = $4) + \
                 (SELECT COUNT(*) FROM provision v WHERE v.municipality_id = $1 AND v.record_id = $3 AND v.desk_id = $4 \
                 AND v.ended_at IS NULL) + \
                 (SELECT COUNT(*) FROM consent k JOIN consent_recipient r ON r.municipality_id = k.municipality_id \
                 AND r.consent_id = k.id WHERE k.municipality_id = $1 AND k.person_id = $3 AND k.state = 'given' \
                 AND (k.until_day IS NULL OR k.until_day >= $6) AND (r.recipient_id = $4 OR r.recipient_id = $5)) + \
                 (SELECT COUNT(*) FROM consent k JOIN consent_field f ON f.municipality_id = k.municipality_id \
                 AND f.consent_id = k.id AND f.effective_from IS NOT NULL JOIN agency a \
                 ON a.municipality_id = k.municipality_id AND a.id = $5 AND a.field = f.field \
                 LEFT JOIN consent_field_agency l ON l.municipality_id = f.municipality_id AND l.consent_id = f.consent_id \
                 AND l.field = f.field AND l.agency_id = a.id WHERE k.municipality_id = $1 AND k.person_id = $3 \
                 AND k.state = 'given' AND (k.until_day IS NULL OR k.until_day >= $6) \
                 AND (f.later OR l.agency_id IS NOT NULL)) + \
                 (SELECT COUNT(*) FROM referral f WHERE f.municipality_id = $1 AND f.household_id = $2 \
                 AND (f.to_desk_id = $4 OR f.from_desk_id = $4)) + \
                 (SELECT COUNT(*) FROM inquiry q WHERE q.municipality_id = $1 AND q.household_id = $2 \
                 AND (q.to_desk_id = $4 OR q.from_desk_id = $4)) + \
                 (SELECT COUNT(*) FROM matter w WHERE w.municipality_id = $1 AND w.household_id = $2 \
                 AND w.closed_at IS NULL) AS n",
                args![m, p.households[here], p.persons[here], p.desks[there], p.agencies[there], today],
            )
            .await?;
        if row.get::<i64>("n")? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Most notices of one round: a town that is brought in at once does not bury its coordinators.
const MOST: usize = 20;

async fn tell(act: &mut Act, right: &Right, found: Vec<Pair>) -> Result<usize, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let mut told = 0;
    for p in found {
        if told >= MOST || known(&mut act.facts()?, m, &p, now.day()).await? {
            continue;
        }
        let desk = whom::desk_for(&mut act.facts()?, m, &p.households, &p.desks, now).await?;
        let Some(coordinator) = desk else { continue };
        let notice = Notice {
            id: act.new_id(),
            households: p.households,
            desks: p.desks,
            coordinator,
            found_at: now,
            state: State::Open,
            reason: None,
            matter: None,
            version: 1,
        };
        if !sql::insert(act, right, &notice).await? {
            continue;
        }
        let about = task::About { thing: Some(notice.id), ..task::About::default() };
        let due_at = Instant::at(business_day_after(&OpeningDays::default(), now.day(), 5), 17, 0);
        let kind = TaskKind::WeighOverlap;
        task::add(act, right, &NewTask { kind, desk: coordinator, assignee: None, about, due_at }).await?;
        told += 1;
    }
    Ok(told)
}
