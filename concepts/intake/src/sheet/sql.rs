//! Storing connecting sheets.

use access::{
    Categories, Category, Content, Facts, RecordKind, RecordRef, Relation, Right, Role, Sealed, Subjects,
    Viewer,
};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use register::Matter;
use words::Instant;
use words::code::Code;
use words::id::{
    AreaId, CaseId, ConnectingSheetId, ConsultationId, DeskId, HouseholdId, PersonId, TaskId, UserId,
};

use super::form::NewSheet;
use super::rules::{ErrorReason, SheetState};
use crate::rules::{Urgency, topic_categories};

/// What is known of a sheet without its content.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its id.
    pub id: ConnectingSheetId,
    /// Where it stands.
    pub state: SheetState,
    /// The liaison's desk.
    pub desk: DeskId,
    /// The liaison.
    pub author: UserId,
    /// The provider it went to.
    pub provider: DeskId,
    /// Whether the person agreed.
    pub consented: bool,
    /// When it was written.
    pub occurred_at: Instant,
    /// How pressing.
    pub urgency: Urgency,
    /// The household, with consent.
    pub household: Option<HouseholdId>,
    /// The person, with consent.
    pub person: Option<PersonId>,
    /// The case it led to.
    pub case: Option<CaseId>,
    /// The consultation it became.
    pub consultation: Option<ConsultationId>,
    /// Why it was entered in error, as a code; empty when it was not.
    pub error_reason: String,
    /// Version.
    pub version: i64,
}

impl Sheet {
    /// How desks stand to it; `cases` are those of its household.
    pub(super) fn relation(&self, cases: impl IntoIterator<Item = CaseId>) -> Relation {
        let mut relation = Relation::within(cases.into_iter().chain(self.case));
        relation.author = Some(self.desk);
        relation.sender = Some(self.desk);
        relation.receiver = Some(self.provider);
        relation
    }
}

/// What is sealed of a sheet beside its texts.
#[derive(Debug, Clone)]
pub struct SheetFacts {
    /// Its id.
    pub id: ConnectingSheetId,
    /// Matters.
    pub topics: Vec<Matter>,
    /// District.
    pub area: Option<AreaId>,
    /// Age band.
    pub age_band: String,
}

// Whole or nothing, as for a consultation; the district goes with the address.
impl Content for SheetFacts {
    fn keep(mut self, granted: Categories, facts: &Facts) -> Option<Self> {
        if facts.categories.is_empty() || !facts.categories.without(access::Category::Contact).within(granted)
        {
            return None;
        }
        if !granted.has(Category::Contact) {
            self.area = None;
        }
        Some(self)
    }
}

/// A sheet as loaded.
pub struct Loaded {
    /// Outside the seal.
    pub sheet: Sheet,
    /// Inside.
    pub facts: Sealed<SheetFacts>,
}

/// Who a new sheet is about, once they have ids.
pub(super) struct Ids {
    pub sheet: ConnectingSheetId,
    pub household: Option<HouseholdId>,
    pub person: Option<PersonId>,
    pub guard: TaskId,
}

/// Records a sent sheet, already guarded.
pub(super) async fn insert(
    act: &mut Act,
    right: &Right,
    desk: DeskId,
    ids: &Ids,
    new: &NewSheet,
) -> Result<(), Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let author = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let topics: Vec<&str> = new.topics.iter().map(|m| m.code()).collect();
    act.save(right)?
        .exec(
            "INSERT INTO connecting_sheet (municipality_id, id, state, desk_id, author_id, provider_desk_id, \
             consented, occurred_at, recorded_at, household_id, person_id, urgency, area_id, age_band, topics, \
             guard_task_id, guard_task_state, command_id) \
             VALUES ($1, $2, 'sent', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'open', $16)",
            args![
                municipality,
                ids.sheet,
                desk,
                author,
                new.provider,
                new.identity.is_some(),
                new.occurred_at,
                now,
                ids.household,
                ids.person,
                new.urgency.code(),
                new.area,
                &new.age_band,
                topics.join(","),
                ids.guard,
                command,
            ],
        )
        .await?;
    Ok(())
}

/// Moves a sheet on, at the version that was read.
pub(super) async fn end(
    act: &mut Act,
    right: &Right,
    sheet: &Sheet,
    state: SheetState,
    consultation: Option<ConsultationId>,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE connecting_sheet SET state = $4, consultation_id = $5, guard_task_id = NULL, \
             guard_task_state = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'sent'",
            args![municipality, sheet.id, sheet.version, state.code(), consultation],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Marks a sheet that waits as entered in error, with its texts.
pub(super) async fn in_error(
    act: &mut Act,
    right: &Right,
    sheet: &Sheet,
    reason: ErrorReason,
) -> Result<(), Fail> {
    end(act, right, sheet, SheetState::EnteredInError, None).await?;
    let municipality = act.municipality();
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE connecting_sheet SET error_reason = $3 WHERE municipality_id = $1 AND id = $2",
        args![municipality, sheet.id, reason.code()],
    )
    .await?;
    conn.exec(
        "UPDATE entry SET state = 'entered_in_error' \
         WHERE municipality_id = $1 AND sheet_id = $2 AND state = 'valid'",
        args![municipality, sheet.id],
    )
    .await?;
    Ok(())
}

/// A sheet that had been taken up waits again, at `provider` and under `guard`.
pub(super) async fn put_back(
    act: &mut Act,
    right: &Right,
    sheet: &Sheet,
    provider: DeskId,
    guard: TaskId,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE connecting_sheet SET state = 'sent', consultation_id = NULL, provider_desk_id = $4, \
             guard_task_id = $5, guard_task_state = 'open', version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'taken'",
            args![municipality, sheet.id, sheet.version, provider, guard],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

const SELECT: &str = "SELECT id, state, desk_id, author_id, provider_desk_id, consented, occurred_at, household_id, \
     person_id, urgency, area_id, age_band, topics, case_id, consultation_id, error_reason, version FROM connecting_sheet \
     WHERE municipality_id = ? AND disposed_at IS NULL";

/// One sheet, if it exists.
pub async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConnectingSheetId,
) -> Result<Option<Loaded>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND id = ?", args![id]);
    Ok(load(conn, viewer, statement).await?.pop())
}

/// The sheets this person wrote, newest first.
pub(super) async fn written(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    before: Option<Instant>,
    most: i64,
) -> Result<Vec<Loaded>, Broken> {
    let mut statement =
        Statement::new(SELECT, args![viewer.municipality]).push(" AND author_id = ?", args![viewer.user]);
    if let Some(before) = before {
        statement = statement.push(" AND occurred_at < ?", args![before]);
    }
    load(conn, viewer, statement.push(" ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most])).await
}

/// The sheets sent to the providers this person coordinates: the open ones, urgent and then oldest first, or the
/// others with the newest first.
pub(super) async fn received(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    open: bool,
    before: Option<Instant>,
    most: i64,
) -> Result<Vec<Loaded>, Broken> {
    let mut statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND provider_desk_id IN", coordinated(viewer));
    statement = statement
        .push(if open { " AND state = 'sent'" } else { " AND state IN ('taken', 'answered')" }, args![]);
    if let Some(before) = before {
        statement = statement.push(" AND occurred_at < ?", args![before]);
    }
    let order = if open {
        " ORDER BY CASE WHEN urgency = 'urgent' THEN 0 ELSE 1 END, occurred_at, id LIMIT ?"
    } else {
        " ORDER BY occurred_at DESC, id DESC LIMIT ?"
    };
    load(conn, viewer, statement.push(order, args![most])).await
}

/// The desks for which this person is coordinator.
pub(super) fn coordinated(viewer: &Viewer) -> Vec<DeskId> {
    viewer
        .seats
        .iter()
        .filter(|s| s.role == Role::Coordinator)
        .flat_map(|s| std::iter::once(s.desk).chain(s.inherited.iter().copied()))
        .collect()
}

async fn load(conn: &mut Conn<'_>, viewer: &Viewer, statement: Statement) -> Result<Vec<Loaded>, Broken> {
    let rows = conn.select(statement).await?;
    let parts: Vec<(Sheet, SheetFacts)> = rows.iter().map(parts).collect::<Result<_, _>>()?;
    let cases = household::cases_of(conn, viewer, parts.iter().filter_map(|(s, _)| s.household)).await?;
    Ok(parts
        .into_iter()
        .map(|(sheet, facts)| {
            let mut of_cases = sheet.household.and_then(|h| cases.get(&h)).cloned().unwrap_or_default();
            of_cases.extend(sheet.case);
            let sealed = Facts {
                record: RecordRef { kind: RecordKind::ConnectingSheet, id: sheet.id.cast() },
                desk: sheet.desk,
                author: Some(sheet.author),
                subjects: Subjects::Persons(sheet.person.into_iter().collect()),
                categories: facts_categories(&facts.topics),
                cases: of_cases,
                // What was entered in error was never sent to anyone.
                sent_to_provider: (sheet.state != SheetState::EnteredInError).then_some(sheet.provider),
                confided_to: None,
            };
            Loaded { facts: Sealed::new(sealed, facts), sheet }
        })
        .collect())
}

fn facts_categories(topics: &[Matter]) -> Categories {
    topic_categories(topics).with(Category::Basic)
}

fn parts(row: &Row) -> Result<(Sheet, SheetFacts), Broken> {
    let sheet = Sheet {
        id: row.get("id")?,
        state: row.code("state")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        provider: row.get("provider_desk_id")?,
        consented: row.get("consented")?,
        occurred_at: row.get("occurred_at")?,
        urgency: row.code("urgency")?,
        household: row.get("household_id")?,
        person: row.get("person_id")?,
        case: row.get("case_id")?,
        consultation: row.get("consultation_id")?,
        error_reason: row.get("error_reason")?,
        version: row.get("version")?,
    };
    let topics: String = row.get("topics")?;
    let facts = SheetFacts {
        id: sheet.id,
        topics: topics.split(',').filter_map(Matter::parse).collect(),
        area: row.get("area_id")?,
        age_band: row.get("age_band")?,
    };
    Ok((sheet, facts))
}
