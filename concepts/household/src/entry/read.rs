//! Reading texts: each sealed as it leaves its row.

use std::collections::BTreeMap;

use access::{Categories, Disclosed, Facts, RecordRef, Sealed, Subjects, Viewer};
use engine::{Broken, Conn, Look, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{
    CaseId, ConnectingSheetId, ConsultationId, DeskId, EntryId, FilledSheetId, HouseholdId, PersonId,
    ReferralId,
};

use super::{About, AnswerTo, Entry, EntryState, Field, RecordForm};
use crate::subjects;

const SELECT: &str = "SELECT id, field, form, desk_id, author_id, household_id, whole_household, categories, body, \
     occurred_at, recorded_at, told_by, told_agency_id, consultation_id, sheet_id, case_id, referral_id, matter_id, \
     corrects_id, filled_id, item, answer, state, (SELECT s.provider_desk_id FROM connecting_sheet s \
     WHERE s.municipality_id = entry.municipality_id AND s.id = entry.sheet_id \
     AND s.state <> 'entered_in_error') AS provider_desk_id \
     FROM entry WHERE municipality_id = ? AND disposed_at IS NULL";

/// The texts of a consultation.
pub async fn of_consultation(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConsultationId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND consultation_id = ? ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The answers of a filled sheet that stand.
pub async fn of_filled(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: FilledSheetId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND filled_id = ? AND state = 'valid' ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The answers of a filled sheet that were entered in error, the oldest first: there for the desk that wrote them.
pub async fn struck_of_filled(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: FilledSheetId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND filled_id = ? AND state = 'entered_in_error' ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// Which item of its sheet each of these texts answers. Of content nothing.
pub async fn items_of(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<String>, Broken> {
    let statement = Statement::new(
        "SELECT item FROM entry WHERE municipality_id = ? AND filled_id IS NOT NULL AND item IS NOT NULL",
        args![municipality],
    )
    .push_in(" AND id IN", ids);
    conn.select(statement).await?.iter().map(|row| row.get("item")).collect()
}

/// The answers that stand of several filled sheets.
pub async fn of_all_filled(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = FilledSheetId>,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND state = 'valid'", args![])
        .push_in(" AND filled_id IN", ids)
        .push(" ORDER BY recorded_at, id", args![]);
    load(conn, viewer, statement).await
}

/// The texts of a connecting sheet.
pub async fn of_sheet(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConnectingSheetId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND sheet_id = ? ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The texts of a referral.
pub async fn of_referral(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ReferralId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND referral_id = ? ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The texts of a case, newest first, a page at a time: those that happened before `before`.
pub async fn of_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: CaseId,
    before: Option<(Instant, EntryId)>,
    most: i64,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let mut statement =
        Statement::new(SELECT, args![viewer.municipality]).push(" AND case_id = ?", args![id]);
    if let Some((at, entry)) = before {
        statement = statement.push(" AND (occurred_at, id) < (?, ?)", args![at, entry]);
    }
    let statement = statement.push(" ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most]);
    load(conn, viewer, statement).await
}

/// What a timeline of a case shows: everything that stands. Of what others wrote also what they corrected since:
/// a desk that was given a text under an article was given that text, not its correction.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timeline {
    /// Only this field.
    pub field: Option<Field>,
    /// Only this way of contact.
    pub form: Option<RecordForm>,
    /// Only contacts that came to nothing.
    pub attempts: bool,
    /// Only of this desk.
    pub desk: Option<DeskId>,
    /// Only what is about this person, or the whole household.
    pub person: Option<PersonId>,
    /// Only since this moment.
    pub since: Option<Instant>,
    /// Only before this moment.
    pub until: Option<Instant>,
    /// Only what happened before, for the next page.
    pub before: Option<(Instant, EntryId)>,
    /// Only what stands: nothing corrected, nothing entered in error. For prints.
    pub standing: bool,
}

/// The timeline of a case, newest first, and where to go on when there may be more. The place to go on is not for
/// pages: it can be that of a text the viewer may not see.
pub async fn timeline(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: CaseId,
    of: &Timeline,
    most: i64,
) -> Result<(Vec<Sealed<Entry>>, Option<(Instant, EntryId)>), Broken> {
    let mut statement =
        Statement::new(SELECT, args![viewer.municipality]).push(" AND case_id = ?", args![id]);
    statement = if of.standing {
        statement.push(" AND state = 'valid'", args![])
    } else {
        statement
            .push(" AND (state <> 'corrected' OR desk_id NOT", args![])
            .push_in(" IN", viewer.reading_desks())
            .push(")", args![])
    };
    statement = match of.field {
        Some(field) => statement.push(" AND field = ?", args![field.code()]),
        // A sheet's answers stand on the sheet, a plan's lines on the plan, what was said in the minutes: twenty of them would bury what happened. A caution
        // stands above everything and has a page of its own.
        None => statement.push(" AND field NOT IN ('item', 'caution', 'plan', 'minutes')", args![]),
    };
    if let Some(form) = of.form {
        statement = statement.push(" AND form = ?", args![form.code()]);
    }
    if let Some(desk) = of.desk {
        statement = statement.push(" AND desk_id = ?", args![desk]);
    }
    if let Some(person) = of.person {
        statement = statement.push(
            " AND (whole_household OR id IN (SELECT s.entry_id FROM entry_subject s \
             WHERE s.municipality_id = entry.municipality_id AND s.person_id = ?))",
            args![person],
        );
    }
    if let Some(since) = of.since {
        statement = statement.push(" AND occurred_at >= ?", args![since]);
    }
    if let Some(until) = of.until {
        statement = statement.push(" AND occurred_at < ?", args![until]);
    }
    if of.attempts {
        statement = statement.push_in(" AND form IN", RecordForm::ATTEMPTS.iter().map(|f| f.code()));
    }
    if let Some((at, entry)) = of.before {
        statement = statement.push(" AND (occurred_at, id) < (?, ?)", args![at, entry]);
    }
    let rows =
        conn.select(statement.push(" ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most])).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n >= most);
    let last = rows.last().filter(|_| full);
    let last = last.map(|row| Ok::<_, Broken>((row.get("occurred_at")?, row.get("id")?))).transpose()?;
    Ok((sealed(conn, viewer, rows).await?, last))
}

/// Texts about several households that stand, whoever wrote them, newest first. Sheets' answers stand on the sheet.
pub async fn of_households(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
    most: i64,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement =
        Statement::new(SELECT, args![viewer.municipality]).push_in(" AND household_id IN", households).push(
            " AND state = 'valid' AND field NOT IN ('item', 'plan') AND matter_id IS NULL \
             ORDER BY occurred_at DESC, id DESC LIMIT ?",
            args![most],
        );
    load(conn, viewer, statement).await
}

/// 配慮してほしいこと of a household, newest first: shown before everything else.
pub async fn considerations(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: HouseholdId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND household_id = ? AND field = 'consideration' AND state = 'valid'", args![id])
        .push(" ORDER BY occurred_at DESC, id DESC LIMIT 20", args![]);
    load(conn, viewer, statement).await
}

/// わかったこと about people of these households that stands. All of it: what a viewer is shown is chosen among what was disclosed to them,
/// and nothing they may not see takes its place.
pub(crate) async fn learnt(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND household_id IN", households)
        .push(" AND field = 'learnt' AND state = 'valid' ORDER BY recorded_at DESC, id DESC", args![]);
    load(conn, viewer, statement).await
}

/// Those of them that say that somebody died or left.
pub(crate) async fn learnt_away(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement =
        Statement::new(SELECT, args![viewer.municipality]).push_in(" AND household_id IN", households).push(
            " AND field = 'learnt' AND state = 'valid' AND id IN (SELECT k.entry_id FROM learnt k \
             WHERE k.municipality_id = entry.municipality_id AND k.kind IN ('died', 'left'))",
            args![],
        );
    load(conn, viewer, statement).await
}

/// The text that corrects this one, if any.
pub async fn correction_of(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    id: EntryId,
) -> Result<Option<EntryId>, Broken> {
    conn.maybe(
        "SELECT id FROM entry WHERE municipality_id = $1 AND corrects_id = $2 ORDER BY recorded_at DESC, id DESC",
        args![municipality, id],
    )
    .await?
    .map(|row| row.get("id"))
    .transpose()
}

/// Which text stands today for each of these: itself, or what it was corrected to, however often. Ids only.
pub async fn latest(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, EntryId>, Broken> {
    let mut latest: BTreeMap<EntryId, EntryId> = ids.into_iter().map(|id| (id, id)).collect();
    let mut asked: Vec<EntryId> = latest.keys().copied().collect();
    // One round finds nothing in most cases: each further one follows texts corrected again.
    while !asked.is_empty() {
        let statement = Statement::new(
            "SELECT id, corrects_id FROM entry WHERE municipality_id = ?",
            args![municipality],
        )
        .push_in(" AND corrects_id IN", asked)
        .push(" ORDER BY recorded_at, id", args![]);
        let mut next = BTreeMap::new();
        for row in &conn.select(statement).await? {
            next.insert(row.get::<EntryId>("corrects_id")?, row.get::<EntryId>("id")?);
        }
        for now in latest.values_mut() {
            if let Some(newer) = next.get(now) {
                *now = *newer;
            }
        }
        asked = next.into_values().collect();
    }
    Ok(latest)
}

/// Which text stands today for each of these, as [`latest`]; of what was taken back in the end nothing stands. Ids only.
pub async fn standing(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, EntryId>, Broken> {
    let mut latest = latest(conn, municipality, ids).await?;
    if latest.is_empty() {
        return Ok(latest);
    }
    let statement = Statement::new(
        "SELECT id FROM entry WHERE municipality_id = ? AND state = 'valid'",
        args![municipality],
    )
    .push_in(" AND id IN", latest.values().copied());
    let valid: std::collections::BTreeSet<EntryId> =
        conn.select(statement).await?.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    latest.retain(|_, now| valid.contains(now));
    Ok(latest)
}

/// What these texts say today, each by the id it was written under: as corrected since, and not what was a mistake. Beside it what was
/// disclosed for it, for the reasons.
pub async fn said_today(
    look: &mut Look,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<(BTreeMap<EntryId, String>, Vec<Disclosed<Entry>>), Broken> {
    let viewer = look.viewer().clone();
    let standing = standing(&mut look.conn(), viewer.municipality, ids).await?;
    if standing.is_empty() {
        return Ok((BTreeMap::new(), Vec::new()));
    }
    let sealed = by_ids(&mut look.conn(), &viewer, standing.values().copied()).await?;
    let shown: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    let said = |now: &EntryId| shown.iter().find(|e| e.id == *now).map(|e| e.body.clone());
    let texts = standing.iter().filter_map(|(id, now)| Some((*id, said(now)?))).collect();
    Ok((texts, shown))
}

/// A text with everything it corrects and was corrected to: versions of one thing. Ids only.
pub async fn lineage(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    id: EntryId,
) -> Result<Vec<EntryId>, Broken> {
    let mut found = vec![id];
    let mut asked = vec![id];
    while !asked.is_empty() {
        let statement = Statement::new(
            "SELECT id, corrects_id FROM entry WHERE municipality_id = ? AND corrects_id IS NOT NULL",
            args![municipality],
        )
        .push_in(" AND (id IN", asked.iter().copied())
        .push_in(" OR corrects_id IN", asked.iter().copied())
        .push(")", args![]);
        let mut next = Vec::new();
        for row in &conn.select(statement).await? {
            for id in [row.get::<EntryId>("id")?, row.get::<EntryId>("corrects_id")?] {
                if !found.contains(&id) {
                    found.push(id);
                    next.push(id);
                }
            }
        }
        asked = next;
    }
    Ok(found)
}

/// These texts.
pub async fn by_ids(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND id IN", ids)
        .push(" ORDER BY id DESC", args![]);
    load(conn, viewer, statement).await
}

async fn load(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    statement: Statement,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let rows = conn.select(statement).await?;
    sealed(conn, viewer, rows).await
}

async fn sealed(conn: &mut Conn<'_>, viewer: &Viewer, rows: Vec<Row>) -> Result<Vec<Sealed<Entry>>, Broken> {
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        entries.push((entry(row)?, row.get::<bool>("whole_household")?, row.get("provider_desk_id")?));
    }
    let of_learnt: Vec<EntryId> =
        entries.iter().filter(|(e, _, _)| e.field == Field::Learnt).map(|(e, _, _)| e.id).collect();
    if !of_learnt.is_empty() {
        let mut beside = crate::learnt::beside(conn, viewer.municipality, of_learnt).await?;
        for (e, _, _) in &mut entries {
            e.learnt = beside.remove(&e.id);
        }
    }
    // What was entered in error is kept, and exists only for its own desk, whatever was shared before.
    let own = viewer.reading_desks();
    entries.retain(|(e, _, _)| {
        e.state != EntryState::EnteredInError || own.contains(&e.desk) || e.author == Some(viewer.user)
    });
    let whole = entries.iter().filter(|(_, whole, _)| *whole).filter_map(|(e, _, _)| e.household);
    let members = subjects::members_of(conn, viewer.municipality, whole).await?;
    let tagged = entries.iter().filter(|(_, whole, _)| !*whole).map(|(e, _, _)| e.id);
    let named = subjects::named(conn, viewer.municipality, tagged).await?;
    let cases = subjects::cases_of(conn, viewer, entries.iter().filter_map(|(e, _, _)| e.household)).await?;
    let replaced =
        entries.iter().filter(|(e, _, _)| e.state == EntryState::Corrected && !own.contains(&e.desk));
    let later = later_marks(conn, viewer, replaced.map(|(e, _, _)| (e.id, e.household)).collect()).await?;
    Ok(entries
        .into_iter()
        .map(|(mut e, whole, provider)| {
            let mut persons = if whole {
                e.household.and_then(|h| members.get(&h)).cloned().unwrap_or_default()
            } else {
                e.persons = named.get(&e.id).cloned().unwrap_or_default();
                e.persons.clone()
            };
            let mut of_cases = e.household.and_then(|h| cases.get(&h)).cloned().unwrap_or_default();
            of_cases.extend(e.about.case);
            let mut categories = e.categories;
            if let Some((wider, more)) = later.get(&e.id) {
                categories = categories.union(*wider);
                persons.extend(more.iter().copied());
            }
            let facts = Facts {
                record: RecordRef::entry(e.id),
                desk: e.desk,
                author: e.author,
                subjects: if whole { Subjects::Household(persons) } else { Subjects::Persons(persons) },
                categories,
                cases: of_cases,
                // A text of a connecting sheet went to that provider with it (disclosure: programme_duty).
                sent_to_provider: provider,
                confided_to: e.about.matter,
            };
            Sealed::new(facts, e)
        })
        .collect())
}

/// What later corrections say a text is about, too: whoever marks a text as holding violence closes its first
/// version as well, for everyone but the desk that wrote it.
async fn later_marks(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    replaced: Vec<(EntryId, Option<HouseholdId>)>,
) -> Result<BTreeMap<EntryId, (Categories, Vec<PersonId>)>, Broken> {
    let mut later: BTreeMap<EntryId, (Categories, Vec<PersonId>)> = BTreeMap::new();
    // From a version to the first one asked about.
    let mut versions: BTreeMap<EntryId, (EntryId, Option<HouseholdId>)> =
        replaced.into_iter().map(|(id, household)| (id, (id, household))).collect();
    while !versions.is_empty() {
        let statement = Statement::new(
            "SELECT id, corrects_id, categories, whole_household FROM entry WHERE municipality_id = ?",
            args![viewer.municipality],
        )
        .push_in(" AND corrects_id IN", versions.keys().copied());
        let rows = conn.select(statement).await?;
        let mut next = BTreeMap::new();
        for row in &rows {
            let (id, old): (EntryId, EntryId) = (row.get("id")?, row.get("corrects_id")?);
            let Some((first, household)) = versions.get(&old).copied() else { continue };
            let persons = if row.get::<bool>("whole_household")? {
                subjects::members_of(conn, viewer.municipality, household)
                    .await?
                    .into_values()
                    .flatten()
                    .collect()
            } else {
                subjects::named(conn, viewer.municipality, [id])
                    .await?
                    .into_values()
                    .flatten()
                    .collect::<Vec<_>>()
            };
            let marks = later.entry(first).or_default();
            marks.0 = marks.0.union(row.get("categories")?);
            marks.1.extend(persons);
            next.insert(id, (first, household));
        }
        versions = next;
    }
    Ok(later)
}

fn entry(row: &Row) -> Result<Entry, Broken> {
    Ok(Entry {
        id: row.get("id")?,
        field: row.code("field")?,
        form: row.code_opt("form")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        household: row.get("household_id")?,
        persons: Vec::new(),
        categories: row.get("categories")?,
        body: row.get("body")?,
        occurred_at: row.get("occurred_at")?,
        recorded_at: row.get("recorded_at")?,
        told_by: row.code_opt("told_by")?,
        told_agency: row.get("told_agency_id")?,
        about: About {
            consultation: row.get("consultation_id")?,
            sheet: row.get("sheet_id")?,
            case: row.get("case_id")?,
            referral: row.get("referral_id")?,
            matter: row.get("matter_id")?,
        },
        corrects: row.get("corrects_id")?,
        answers: row
            .get::<Option<FilledSheetId>>("filled_id")?
            .map(|filled| answer_to(row, filled))
            .transpose()?,
        learnt: None,
        state: row.code("state")?,
    })
}

fn answer_to(row: &Row, filled: FilledSheetId) -> Result<AnswerTo, Broken> {
    Ok(AnswerTo { filled, item: row.get("item")?, value: row.get("answer")? })
}
