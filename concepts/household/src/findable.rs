//! Who may find what by searching, kept in step with who was given what. The index only ever proposes: what it
//! proposes is still decided on, so a stale row costs time, never a secret.

use std::collections::{BTreeMap, BTreeSet};

use access::Right;
use engine::{Act, Broken, Conn, Fail, Statement, args, search};
use words::Instant;
use words::id::{EntryId, MunicipalityId, PersonId, ThingId};
use words::partial::PartialDate;

use crate::block;
use crate::find::WHERE;
use crate::person::{NewPerson, place_grams, search_grams};

/// Makes these records findable for every desk that wrote them or was given them: called by whoever shares
/// something or ends a share. Constant in statements.
pub async fn refresh(
    act: &mut Act,
    right: &Right,
    persons: &[PersonId],
    entries: &[EntryId],
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    if !persons.is_empty() {
        let desks = desks_of_persons(&mut conn, m, persons).await?;
        let rows = person_texts(&mut conn, m, persons).await?;
        let of = |id: PersonId| desks.get(&id.cast()).into_iter().flatten().copied().collect();
        let former = crate::former::plain(&mut conn, m, persons.iter().copied()).await?;
        let was = |id: &PersonId| former.get(id).map_or(&[][..], Vec::as_slice);
        let keys: Vec<_> =
            rows.iter().map(|(id, known)| (*id, block::keys(known, was(id)), of(*id))).collect();
        block::remove(&mut conn, m, persons).await?;
        block::add(&mut conn, m, keys).await?;
        place(&mut conn, m, now, &rows, &desks).await?;
        // And by every name they had.
        let grams = |id: &PersonId, known: &NewPerson| {
            let mut all = crate::former::grams(was(id));
            all.extend(search_grams(known));
            all.sort_unstable();
            all.dedup();
            (id.cast(), now, all)
        };
        let docs = rows.iter().map(|(id, known)| grams(id, known)).collect();
        replace(&mut conn, m, "person", docs, &desks).await?;
    }
    if !entries.is_empty() {
        let desks = desks_of_entries(&mut conn, m, entries).await?;
        let docs = entry_texts(&mut conn, m, entries).await?;
        replace(&mut conn, m, "entry", docs, &desks).await?;
    }
    Ok(())
}

/// Makes somebody findable for nobody: they were written down by mistake.
pub(crate) async fn forget(act: &mut Act, right: &Right, person: PersonId) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    block::remove(&mut conn, m, &[person]).await?;
    for kind in ["person", WHERE] {
        search::remove_many(&mut conn, m, kind, vec![person.cast()]).await?;
    }
    Ok(())
}

/// Makes these people, and every text about them, findable for those who may know them now: called when a consent was
/// given or withdrawn. Texts about the whole household are among them.
pub async fn refresh_about(act: &mut Act, right: &Right, persons: &[PersonId]) -> Result<(), Fail> {
    if persons.is_empty() {
        return Ok(());
    }
    let m = act.municipality();
    let about = Statement::new(
        "SELECT entry_id AS id FROM entry_subject WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND person_id IN", persons.iter().copied())
    .push(
        " UNION SELECT e.id FROM entry e JOIN household_member h ON h.municipality_id = e.municipality_id \
             AND h.household_id = e.household_id WHERE e.municipality_id = ? AND e.whole_household",
        args![m],
    )
    .push_in(" AND h.person_id IN", persons.iter().copied());
    let rows = act.facts()?.select(about).await?;
    let entries: Vec<EntryId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    refresh(act, right, persons, &entries).await
}

/// Numbers of the desks that may find each thing.
pub(crate) type Desks = BTreeMap<ThingId, BTreeSet<i64>>;

/// Puts the texts of now into the place of those indexed before, in order of time.
async fn replace(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    kind: &'static str,
    mut docs: Vec<(ThingId, Instant, Vec<String>)>,
    desks: &Desks,
) -> Result<(), Broken> {
    docs.sort_by_key(|(id, at, _)| (*at, *id));
    search::remove_many(conn, m, kind, docs.iter().map(|(id, ..)| *id).collect()).await?;
    let doc = |(thing, at, grams): (ThingId, Instant, Vec<String>)| search::Doc {
        kind,
        thing,
        at,
        grams,
        desks: desks.get(&thing).into_iter().flatten().copied().collect(),
    };
    let docs: Vec<search::Doc> = docs.into_iter().map(doc).collect();
    search::index_many(conn, m, docs).await
}

pub(crate) async fn person_texts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, NewPerson)>, Broken> {
    let statement = Statement::new(
        "SELECT id, name, reading, alias, birth, gender, address, phone FROM person WHERE municipality_id = ? \
         AND in_error_id IS NULL",
        args![m],
    )
    .push_in(" AND id IN", persons.iter().copied());
    let rows = conn.select(statement).await?;
    rows.iter()
        .map(|row| {
            let known = NewPerson {
                name: row.get("name")?,
                reading: row.get("reading")?,
                alias: row.get("alias")?,
                birth: row.get::<Option<String>>("birth")?.as_deref().and_then(PartialDate::parse_iso),
                gender: row.get("gender")?,
                address: row.get("address")?,
                phone: row.get("phone")?,
                ..NewPerson::default()
            };
            Ok((row.get("id")?, known))
        })
        .collect()
}

async fn entry_texts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    entries: &[EntryId],
) -> Result<Vec<(ThingId, Instant, Vec<String>)>, Broken> {
    let statement =
        Statement::new("SELECT id, body, occurred_at FROM entry WHERE municipality_id = ?", args![m])
            .push_in(" AND id IN", entries.iter().copied());
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let grams = words::bigram::bigrams(&words::fold::fold(&row.get::<String>("body")?));
            Ok((row.get("id")?, row.get("occurred_at")?, grams))
        })
        .collect()
}

/// Makes these people findable by where they live, where they lived before, and where they are to live.
pub(crate) async fn place(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    now: Instant,
    people: &[(PersonId, NewPerson)],
    desks: &Desks,
) -> Result<(), Broken> {
    let ids = || people.iter().map(|(id, _)| *id);
    let mut others = crate::dwelling::plain(conn, m, ids()).await?;
    for (id, ahead) in crate::planned::plain(conn, m, ids()).await? {
        others.entry(id).or_default().extend(ahead);
    }
    let grams = |id: &PersonId, known: &NewPerson| {
        let others = others.get(id).into_iter().flatten().map(String::as_str);
        place_grams(others.chain([known.address.as_str()]))
    };
    let places = people.iter().map(|(id, known)| (id.cast(), now, grams(id, known))).collect();
    replace(conn, m, WHERE, places, desks).await
}

/// Who wrote a person down, was given them by an act of sharing, or is named (as a desk, or as an agency with all its
/// desks) by a consent they gave.
pub(crate) async fn desks_of_persons(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    persons: &[PersonId],
) -> Result<Desks, Broken> {
    let ids = || persons.iter().copied();
    let statement = Statement::new(
        "SELECT p.id AS thing_id, d.seq FROM person p JOIN desk d ON d.municipality_id = p.municipality_id \
         AND d.id = p.desk_id WHERE p.municipality_id = ?",
        args![m],
    )
    .push_in(" AND p.id IN", ids())
    .push(PROVIDED, args![m])
    .push_in(" AND v.record_id IN", ids())
    .push(" UNION SELECT c.person_id AS thing_id, d.seq FROM consent c", args![])
    .push(BY_NAME, args![])
    .push(" AND c.municipality_id = ?", args![m])
    .push_in(" AND c.person_id IN", ids())
    .push(" UNION SELECT c.person_id AS thing_id, d.seq FROM consent c", args![])
    .push(BY_FIELD, args![])
    .push(" AND c.municipality_id = ?", args![m])
    .push_in(" AND c.person_id IN", ids());
    desks(conn, statement).await
}

/// The desks that a consent in force names, by themselves or with their agency. `CROSS JOIN` is an order to SQLite: from the few
/// persons in question to their consents, and from those to the desks. A large agency is named in thousands.
const BY_NAME: &str = " CROSS JOIN consent_recipient r CROSS JOIN desk d \
     WHERE r.municipality_id = c.municipality_id AND r.consent_id = c.id AND r.effective_from IS NOT NULL \
     AND d.municipality_id = c.municipality_id AND (d.id = r.recipient_id OR d.agency_id = r.recipient_id) \
     AND c.state = 'given'";

/// The desks of the agencies that a category named by a consent in force stands for; in the same order.
const BY_FIELD: &str = " CROSS JOIN consent_field f CROSS JOIN agency g CROSS JOIN desk d \
     WHERE f.municipality_id = c.municipality_id AND f.consent_id = c.id AND f.effective_from IS NOT NULL \
     AND g.municipality_id = f.municipality_id AND g.field = f.field AND (f.later OR EXISTS (SELECT 1 \
     FROM consent_field_agency l WHERE l.municipality_id = f.municipality_id AND l.consent_id = f.consent_id \
     AND l.field = f.field AND l.agency_id = g.id)) \
     AND d.municipality_id = g.municipality_id AND d.agency_id = g.id AND c.state = 'given'";

const PROVIDED: &str = " UNION SELECT v.record_id AS thing_id, d.seq FROM provision v \
     JOIN desk d ON d.municipality_id = v.municipality_id AND d.id = v.desk_id \
     WHERE v.municipality_id = ? AND v.effective_from IS NOT NULL";

/// The consents of whoever a text is about.
const OF_SUBJECT: &str =
    " AND c.municipality_id = s.municipality_id AND c.person_id = s.person_id AND s.municipality_id = ?";

/// The consents of the members of a household that a whole text is about.
const HOUSEHOLD: &str =
    " UNION SELECT e.id AS thing_id, d.seq FROM entry e CROSS JOIN household_member h CROSS JOIN consent c";
const OF_HOUSEHOLD: &str = " AND h.municipality_id = e.municipality_id AND h.household_id = e.household_id \
     AND c.municipality_id = e.municipality_id AND c.person_id = h.person_id \
     AND e.municipality_id = ? AND e.whole_household";

/// The same for texts: by a consent of whoever a text is about, or of a member when it is about the whole household.
async fn desks_of_entries(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    entries: &[EntryId],
) -> Result<Desks, Broken> {
    let ids = || entries.iter().copied();
    let statement = Statement::new(
        "SELECT e.id AS thing_id, d.seq FROM entry e JOIN desk d ON d.municipality_id = e.municipality_id \
         AND d.id = e.desk_id WHERE e.municipality_id = ?",
        args![m],
    )
    .push_in(" AND e.id IN", ids())
    .push(PROVIDED, args![m])
    .push_in(" AND v.record_id IN", ids())
    .push(" UNION SELECT s.entry_id AS thing_id, d.seq FROM entry_subject s CROSS JOIN consent c", args![])
    .push(BY_NAME, args![])
    .push(OF_SUBJECT, args![m])
    .push_in(" AND s.entry_id IN", ids())
    .push(" UNION SELECT s.entry_id AS thing_id, d.seq FROM entry_subject s CROSS JOIN consent c", args![])
    .push(BY_FIELD, args![])
    .push(OF_SUBJECT, args![m])
    .push_in(" AND s.entry_id IN", ids())
    .push(HOUSEHOLD, args![])
    .push(BY_NAME, args![])
    .push(OF_HOUSEHOLD, args![m])
    .push_in(" AND e.id IN", ids())
    .push(HOUSEHOLD, args![])
    .push(BY_FIELD, args![])
    .push(OF_HOUSEHOLD, args![m])
    .push_in(" AND e.id IN", ids());
    desks(conn, statement).await
}

async fn desks(conn: &mut Conn<'_>, statement: Statement) -> Result<Desks, Broken> {
    let mut desks = Desks::new();
    for row in conn.select(statement).await? {
        desks.entry(row.get("thing_id")?).or_default().insert(row.get("seq")?);
    }
    Ok(desks)
}
