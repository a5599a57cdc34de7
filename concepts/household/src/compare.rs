//! The job that compares: people who are new or changed, with those who share a key, some at a time. What looks like one person
//! is noted as a pair, across all desks; whether anybody is shown it is decided when they look (disclosure rule 2).

use std::collections::{BTreeMap, BTreeSet};

use access::{Right, System};
use engine::{Act, Broken, Bulk, Conn, Engine, Fail, Origin, Statement, args};
use linkage::Score;
use words::Id;
use words::id::{MunicipalityId, PersonId, ThingId};

use crate::likeness::{Likened, likeness, worth_showing};
use crate::{NewPerson, block, findable, former};

/// People compared in one act, and candidates for all of them: it is short, others write too.
const AT_ONCE: i64 = 25;
const CANDIDATES: i64 = 6_000;

/// People recorded before there were keys who are given theirs in one act.
const OLD_AT_ONCE: i64 = 200;

/// Acts in one round of the jobs.
const ACTS: usize = 40;

/// Compares the next people; how many new pairs came of it. Doing it again changes nothing that was found.
pub async fn look_for(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut found = 0;
    for _ in 0..ACTS {
        match some(engine, m).await? {
            Some(new) => found += new,
            None => break,
        }
    }
    Ok(found)
}

/// Some of them; nothing when there is nobody left.
async fn some(engine: &Engine, m: MunicipalityId) -> Result<Option<usize>, Fail> {
    let now = engine.now().iso();
    let mut act = engine.system_act(System::SamePerson, m, Origin::Job, "same.look", &now).await?;
    let right = Right::system(System::SamePerson);
    let old = old(&mut act.facts()?, m).await?;
    let due = due(&mut act.facts()?, m).await?;
    if old.is_empty() && due.is_empty() {
        return Ok(None);
    }
    if let Some(last) = old.last().copied() {
        give_keys(&mut act, &right, &old).await?;
        keep_mark(&mut act, &right, last).await?;
    }
    let pairs = pairs(&mut act.facts()?, m, &due).await?;
    let new = note(&mut act, &right, &pairs).await?;
    let done = Statement::new("DELETE FROM person_due WHERE municipality_id = ?", args![m])
        .push_in(" AND person_id IN", due);
    act.save(&right)?.run(done).await?;
    act.commit("").await?;
    Ok(Some(new))
}

async fn due(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<PersonId>, Broken> {
    conn.all(
        "SELECT person_id FROM person_due WHERE municipality_id = $1 ORDER BY person_id LIMIT $2",
        args![m, AT_ONCE],
    )
    .await?
    .iter()
    .map(|row| row.get("person_id"))
    .collect()
}

/// The next people after the mark.
async fn old(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<PersonId>, Broken> {
    let mark = conn.maybe("SELECT person_id FROM same_mark WHERE municipality_id = $1", args![m]).await?;
    let mark: PersonId = mark.map_or_else(|| Ok(Id::new(uuid::Uuid::nil())), |row| row.get("person_id"))?;
    conn.all(
        "SELECT id FROM person WHERE municipality_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        args![m, mark, OLD_AT_ONCE],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

async fn keep_mark(act: &mut Act, right: &Right, last: PersonId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "INSERT INTO same_mark (municipality_id, person_id) VALUES ($1, $2) \
             ON CONFLICT (municipality_id) DO UPDATE SET person_id = excluded.person_id",
            args![m, last],
        )
        .await?;
    Ok(())
}

/// Gives keys to those of these people who have none.
async fn give_keys(act: &mut Act, right: &Right, people: &[PersonId]) -> Result<(), Fail> {
    let m = act.municipality();
    let have =
        Statement::new("SELECT DISTINCT person_id FROM person_block WHERE municipality_id = ?", args![m])
            .push_in(" AND person_id IN", people.iter().copied());
    let have: BTreeSet<PersonId> =
        act.facts()?.select(have).await?.iter().map(|row| row.get("person_id")).collect::<Result<_, _>>()?;
    let bare: Vec<PersonId> = people.iter().copied().filter(|p| !have.contains(p)).collect();
    if bare.is_empty() {
        return Ok(());
    }
    let desks = findable::desks_of_persons(&mut act.facts()?, m, &bare).await?;
    let known = findable::person_texts(&mut act.facts()?, m, &bare).await?;
    let of = |id: PersonId| desks.get(&id.cast()).into_iter().flatten().copied().collect();
    let former = former::plain(&mut act.facts()?, m, bare.iter().copied()).await?;
    let was = |id: &PersonId| former.get(id).map_or(&[][..], Vec::as_slice);
    let keys: Vec<_> = known.iter().map(|(id, known)| (*id, block::keys(known, was(id)), of(*id))).collect();
    let now = act.now();
    let mut conn = act.save(right)?;
    block::remove(&mut conn, m, &bare).await?;
    block::add(&mut conn, m, keys).await?;
    findable::place(&mut conn, m, now, &known, &desks).await?;
    Ok(())
}

/// Of those who share a key with one of these people, who looks like one person with them.
async fn pairs(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    people: &[PersonId],
) -> Result<BTreeSet<(PersonId, PersonId)>, Broken> {
    look_alike(conn, m, people, worth_showing).await
}

/// Of those who share a key with one of these people, the pairs whose score is `enough`; across all desks, for jobs that tell
/// nobody who they are. Each pair once, the smaller id first. Constant in statements, bounded in rows.
pub async fn look_alike(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    people: &[PersonId],
    enough: fn(&Score) -> bool,
) -> Result<BTreeSet<(PersonId, PersonId)>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT a.person_id AS one, b.person_id AS other FROM person_block a JOIN person_block b \
         ON b.municipality_id = a.municipality_id AND b.block_key = a.block_key AND b.person_id <> a.person_id \
         WHERE a.municipality_id = ?",
        args![m],
    )
    .push_in(" AND a.person_id IN", people.iter().copied())
    .push(" LIMIT ?", args![CANDIDATES]);
    let mut candidates: BTreeSet<(PersonId, PersonId)> = BTreeSet::new();
    for row in &conn.select(statement).await? {
        let (one, other): (PersonId, PersonId) = (row.get("one")?, row.get("other")?);
        candidates.insert((one.min(other), one.max(other)));
    }
    let all: BTreeSet<PersonId> = candidates.iter().flat_map(|(a, b)| [*a, *b]).collect();
    if all.is_empty() {
        return Ok(BTreeSet::new());
    }
    let all: Vec<PersonId> = all.into_iter().collect();
    let kept = engine::home::kept(conn, m, all.iter().copied()).await?;
    let known: BTreeMap<PersonId, NewPerson> =
        findable::person_texts(conn, m, &all).await?.into_iter().collect();
    let former = former::plain(conn, m, all.iter().copied()).await?;
    let of = |id: &PersonId| {
        let before = former.get(id).map_or(&[][..], Vec::as_slice);
        known.get(id).map(|now| Likened { now, before })
    };
    candidates.retain(|(a, b)| {
        of(a).zip(of(b)).is_some_and(|(x, y)| enough(&likeness(x, y, kept.contains(a) || kept.contains(b))))
    });
    Ok(candidates)
}

/// Notes pairs; how many were not noted before.
async fn note(act: &mut Act, right: &Right, pairs: &BTreeSet<(PersonId, PersonId)>) -> Result<usize, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let there =
        Statement::new("SELECT person_a, person_b FROM same_pair WHERE municipality_id = ?", args![m])
            .push_in(" AND person_a IN", pairs.iter().map(|(a, _)| *a).collect::<BTreeSet<_>>());
    let mut seen: BTreeSet<(PersonId, PersonId)> = BTreeSet::new();
    if !pairs.is_empty() {
        for row in &act.facts()?.select(there).await? {
            seen.insert((row.get("person_a")?, row.get("person_b")?));
        }
    }
    let mut rows = Bulk::new(
        "INSERT INTO same_pair (municipality_id, id, person_a, person_b, found_at, changed_at, command_id) VALUES",
        7,
    );
    let mut new = 0;
    for (a, b) in pairs.difference(&seen) {
        let id: ThingId = act.new_id();
        rows.row(args![m, id, *a, *b, now, now, command]);
        new += 1;
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(new)
}
