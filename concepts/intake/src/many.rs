//! Many consultations at once: what an import records, and how a whole import is taken back.

use access::{Action, Relation, Right};
use engine::{Act, Broken, Conn, Fail, Refusal, Statement, args};
use household::entry::About;
use household::{Field, Marks, NewEntry, person};
use task::NewTask;
use words::id::{ConsultationId, HouseholdId, MunicipalityId, PersonId};

use crate::acts::{Named, clock, entries, known, promise, record, row};
use crate::facts::{NewConsultation, Who};
use crate::rules::default_marks;
use crate::sql;

/// Records consultations with their households, texts, matters and promises, in a number of statements that hardly
/// grows with them. The same rows as [`crate::write`] makes, one by one.
pub async fn write_many(
    act: &mut Act,
    right: &Right,
    new: &[(ConsultationId, NewConsultation)],
) -> Result<(), Fail> {
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let (settings, opening) = clock(act, desk).await?;
    let named = names(act, right, new).await?;
    let (now, by) = (act.now(), (desk, author));
    let promises: Vec<NewTask> =
        new.iter().map(|(id, c)| promise(now, (*id, c), by, &settings, &opening)).collect();
    let guards = task::add_many(act, right, &promises).await?;
    let rows: Vec<sql::NewRow<'_>> = new
        .iter()
        .zip(&named)
        .zip(guards)
        .map(|(((id, new), named), guard)| row((*id, new), named, by, guard))
        .collect();
    sql::insert(act, right, &rows).await?;
    let texts = new.iter().zip(&named).flat_map(|((id, new), named)| entries(*id, new, named)).collect();
    household::entry::write(act, right, texts).await?;
    Ok(())
}

/// Whom each of them is about, once they have ids.
async fn names(
    act: &mut Act,
    right: &Right,
    new: &[(ConsultationId, NewConsultation)],
) -> Result<Vec<Named>, Fail> {
    let households: Vec<person::NewHousehold<'_>> = new
        .iter()
        .filter_map(|(_, c)| match &c.who {
            Who::New(first, members) => Some(person::NewHousehold {
                area: c.area,
                members: std::iter::once(first.as_ref()).chain(members).collect(),
            }),
            _ => None,
        })
        .collect();
    let mut made = person::add_many(act, right, &households).await?.into_iter();
    let mut named = Vec::with_capacity(new.len());
    for (_, c) in new {
        named.push(match &c.who {
            Who::Nobody => Named { household: None, person: None, members: Vec::new(), anonymous: true },
            Who::New(first, _) => {
                let (household, mut persons) = made.next().ok_or(Fail::NotVisible)?;
                let members = persons.split_off(1.min(persons.len()));
                let anonymous = first.name.is_empty() && first.alias.is_empty() && first.reading.is_empty();
                Named { household: Some(household), person: persons.pop(), members, anonymous }
            }
            Who::Known(id, members) => known(act, right, *id, members).await?,
        });
    }
    Ok(named)
}

/// Which of these consultations somebody has worked on since they were recorded: decided, named, corrected, taken
/// over; or whose household, recorded with them, has more to it by now.
pub async fn worked_on(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: &[ConsultationId],
) -> Result<Vec<ConsultationId>, Broken> {
    let mut worked = Vec::new();
    for some in ids.chunks(MOST) {
        let statement = Statement::new(
            "SELECT c.id FROM consultation c WHERE c.municipality_id = ?",
            args![municipality],
        )
        .push_in(" AND c.id IN", some.iter().copied())
        .push(
            " AND (c.state <> 'open' OR c.version <> 1 \
             OR EXISTS (SELECT 1 FROM entry e WHERE e.municipality_id = c.municipality_id \
             AND e.consultation_id = c.id AND (e.command_id <> c.command_id OR e.state <> 'valid')) \
             OR EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id \
             AND t.consultation_id = c.id AND (t.command_id <> c.command_id OR t.version <> 1)) \
             OR EXISTS (SELECT 1 FROM household h WHERE h.municipality_id = c.municipality_id \
             AND h.id = c.household_id AND h.command_id = c.command_id AND (h.version <> 1 \
             OR EXISTS (SELECT 1 FROM person p WHERE p.municipality_id = h.municipality_id \
             AND p.household_id = h.id AND (p.command_id <> h.command_id OR p.version <> 1)) \
             OR EXISTS (SELECT 1 FROM consent k WHERE k.municipality_id = h.municipality_id \
             AND k.person_id = c.person_id) \
             OR EXISTS (SELECT 1 FROM consultation o WHERE o.municipality_id = h.municipality_id \
             AND o.household_id = h.id AND o.id <> c.id) \
             OR EXISTS (SELECT 1 FROM case_file f WHERE f.municipality_id = h.municipality_id \
             AND f.household_id = h.id)))) ORDER BY c.id",
            args![],
        );
        for row in conn.select(statement).await? {
            worked.push(row.get("id")?);
        }
    }
    Ok(worked)
}

/// Ids in one statement.
const MOST: usize = 500;

/// Takes back consultations that nobody has worked on: each is marked as entered in error with its texts and its
/// promise, with the reason as a text of its own, as [`crate::mark_in_error`] does one by one. Persons who were
/// recorded with them are no longer found by searching. All of them or none.
pub async fn undo_many(act: &mut Act, ids: &[ConsultationId], reason: &str) -> Result<(), Fail> {
    let municipality = act.municipality();
    if !worked_on(&mut act.facts()?, municipality, ids).await?.is_empty() {
        return Err(Refusal::new("consultation.worked_on").into());
    }
    for some in ids.chunks(MOST) {
        undo_some(act, some, reason).await?;
    }
    Ok(())
}

async fn undo_some(act: &mut Act, ids: &[ConsultationId], reason: &str) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let statement = Statement::new(
        "SELECT c.id, c.desk_id, c.household_id, h.id AS made FROM consultation c LEFT JOIN household h \
         ON h.municipality_id = c.municipality_id AND h.id = c.household_id AND h.command_id = c.command_id \
         WHERE c.municipality_id = ?",
        args![municipality],
    )
    .push_in(" AND c.id IN", ids.iter().copied());
    let (mut notes, mut made, mut right) = (Vec::new(), Vec::new(), None);
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let rows = act.facts()?.select(statement).await?;
    let mut households: Vec<HouseholdId> = Vec::with_capacity(rows.len());
    for row in &rows {
        households.extend(row.get::<Option<HouseholdId>>("household_id")?);
    }
    let cases = household::cases_of(&mut act.facts()?, &viewer, households).await?;
    for row in rows {
        let id: ConsultationId = row.get("id")?;
        let desk = row.get("desk_id")?;
        let household: Option<HouseholdId> = row.get("household_id")?;
        let of_household = household.and_then(|h| cases.get(&h)).into_iter().flatten().copied();
        let mut relation = Relation::within(of_household);
        (relation.author, relation.accountable) = (Some(desk), Some(desk));
        right = Some(act.permit(Action::MarkInError, &relation, record(id)).await?);
        made.extend(row.get::<Option<HouseholdId>>("made")?);
        notes.push(NewEntry {
            field: Field::Ending,
            form: None,
            household,
            marks: Marks::new(Vec::new(), default_marks(Field::Ending, &[])),
            body: reason.to_owned(),
            occurred_at: now,
            told: None,
            about: About { consultation: Some(id), ..About::default() },
            corrects: None,
        });
    }
    let Some(right) = right.filter(|_| notes.len() == ids.len()) else { return Err(Fail::NotVisible) };
    let entries = Statement::new(
        "UPDATE entry SET state = 'entered_in_error' WHERE municipality_id = ? AND state = 'valid'",
        args![municipality],
    )
    .push_in(" AND consultation_id IN", ids.iter().copied());
    let tasks = Statement::new(
        "UPDATE task SET state = 'cancelled', reason = 'entered_in_error', ended_at = ?, version = version + 1 \
         WHERE municipality_id = ? AND state = 'open'",
        args![now, municipality],
    )
    .push_in(" AND consultation_id IN", ids.iter().copied());
    let consultations = Statement::new(
        "UPDATE consultation SET state = 'entered_in_error', guard_task_id = NULL, guard_task_state = NULL, \
         version = version + 1 WHERE municipality_id = ? AND state = 'open' AND version = 1",
        args![municipality],
    )
    .push_in(" AND id IN", ids.iter().copied());
    let persons = Statement::new("SELECT id FROM person WHERE municipality_id = ?", args![municipality])
        .push_in(" AND household_id IN", made);
    let mut conn = act.save(&right)?;
    conn.run(entries).await?;
    conn.run(tasks).await?;
    if conn.run(consultations).await? != u64::try_from(ids.len()).unwrap_or(u64::MAX) {
        return Err(Fail::Stale);
    }
    for row in conn.select(persons).await? {
        let person: PersonId = row.get("id")?;
        engine::search::remove(&mut conn, municipality, "person", person.cast()).await?;
    }
    household::entry::write(act, &right, notes).await?;
    Ok(())
}
