//! Definitions, code tables, filled sheets, decisions and community issues as rows.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use sheet::{CodeTable, Definition, Limits, Tables, shipped};
use words::id::{
    CaseId, CommunityIssueId, ConnectingSheetId, ConsultationId, DeskId, FilledSheetId, HouseholdId,
    MunicipalityId, PersonId, UserId,
};
use words::{Day, Instant};

use crate::rules::{DecidedBy, VersionState};

/// A definition with where its version stands.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The definition.
    pub definition: Definition,
    /// Where it stands.
    pub state: VersionState,
    /// First day; `None` for what shipped and for drafts.
    pub from: Option<Day>,
    /// Changes of a draft so far.
    pub edit: i64,
}

fn of_row(row: &Row) -> Result<InForce, Broken> {
    let text: String = row.get("definition")?;
    let definition = Definition::stored(&text)
        .map_err(|_| Broken::Corrupt("sheet_definition", "definition".to_owned()))?;
    Ok(InForce {
        definition,
        state: row.code("state")?,
        from: row.get("valid_from")?,
        edit: row.get("edit")?,
    })
}

fn of_shipped(key: &str) -> Option<InForce> {
    let definition = shipped::definition(key)?;
    Some(InForce { definition, state: VersionState::Published, from: None, edit: 1 })
}

/// The version new sheets of this kind are written under on a day; `None` when there is none, or it is retired.
pub async fn in_force(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    key: &str,
    day: Day,
) -> Result<Option<InForce>, Broken> {
    let row = conn
        .maybe(
            "SELECT definition, state, valid_from, edit FROM sheet_definition WHERE municipality_id = $1 \
             AND key = $2 AND state <> 'draft' AND valid_from <= $3 ORDER BY version DESC LIMIT 1",
            args![municipality, key, day],
        )
        .await?;
    match row {
        None => Ok(of_shipped(key)),
        Some(row) => Ok(Some(of_row(&row)?).filter(|v| v.state == VersionState::Published)),
    }
}

/// One version, whatever its state.
pub async fn version(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    key: &str,
    version: i64,
) -> Result<Option<InForce>, Broken> {
    let row = conn
        .maybe(
            "SELECT definition, state, valid_from, edit FROM sheet_definition WHERE municipality_id = $1 \
             AND key = $2 AND version = $3",
            args![municipality, key, version],
        )
        .await?;
    match row {
        Some(row) => of_row(&row).map(Some),
        None => Ok(of_shipped(key).filter(|v| i64::from(v.definition.version) == version)),
    }
}

/// Every version of the town's own definitions, newest first within a key.
pub(crate) async fn versions(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<InForce>, Broken> {
    let rows = conn
        .all(
            "SELECT definition, state, valid_from, edit FROM sheet_definition WHERE municipality_id = $1 \
             ORDER BY key, version DESC",
            args![municipality],
        )
        .await?;
    let mut versions: Vec<InForce> = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    versions.extend(shipped::definitions().iter().filter_map(|d| of_shipped(&d.key)));
    versions.sort_by(|a, b| {
        (&a.definition.key, b.definition.version).cmp(&(&b.definition.key, a.definition.version))
    });
    Ok(versions)
}

/// The version in force on a day, among loaded ones.
pub(crate) fn among<'v>(versions: &'v [InForce], key: &str, day: Day) -> Option<&'v InForce> {
    let of_key = versions.iter().filter(|v| v.definition.key == key && v.state != VersionState::Draft);
    let begun = of_key.filter(|v| v.from.is_none_or(|from| from <= day));
    begun.max_by_key(|v| v.definition.version).filter(|v| v.state == VersionState::Published)
}

/// Keeps a new draft.
pub(crate) async fn insert_draft(act: &mut Act, right: &Right, d: &Definition) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO sheet_definition (municipality_id, key, version, state, definition, command_id) \
             VALUES ($1, $2, $3, 'draft', $4, $5)",
            args![m, &d.key, d.version, d.to_json(), command],
        )
        .await?;
    Ok(())
}

/// Changes a draft; [`Fail::Stale`] when somebody else changed it since, or published it.
pub(crate) async fn update_draft(
    act: &mut Act,
    right: &Right,
    d: &Definition,
    edit: i64,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE sheet_definition SET definition = $4, edit = edit + 1, command_id = $6 WHERE municipality_id = $1 \
             AND key = $2 AND version = $3 AND state = 'draft' AND edit = $5",
            args![m, &d.key, d.version, d.to_json(), edit, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Throws a draft away.
pub(crate) async fn delete_draft(act: &mut Act, right: &Right, key: &str, version: i64) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "DELETE FROM sheet_definition WHERE municipality_id = $1 AND key = $2 AND version = $3 AND state = 'draft'",
            args![m, key, version],
        )
        .await?;
    Ok(())
}

/// Publishes a draft from a day on, or retires a published version from today on.
pub(crate) async fn set_state(
    act: &mut Act,
    right: &Right,
    d: &Definition,
    state: VersionState,
    from: Day,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE sheet_definition SET state = $4, valid_from = $5, command_id = $6 WHERE municipality_id = $1 \
             AND key = $2 AND version = $3",
            args![m, &d.key, d.version, words::code::Code::code(state), from, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// The code tables as they stood at a moment: what ships, and over it the town's own versions.
pub async fn tables_at(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    at: Instant,
) -> Result<Tables, Broken> {
    let rows = conn
        .all(
            "SELECT codes FROM code_table WHERE municipality_id = $1 AND since <= $2 ORDER BY key, version",
            args![municipality, at],
        )
        .await?;
    let mut tables = shipped::tables();
    for row in &rows {
        let text: String = row.get("codes")?;
        let table = CodeTable::parse(&text, &Limits::default());
        tables.put(table.map_err(|_| Broken::Corrupt("code_table", "codes".to_owned()))?);
    }
    Ok(tables)
}

/// Keeps the next version of a code table.
pub(crate) async fn insert_table(act: &mut Act, right: &Right, table: &CodeTable) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let done = act
        .save(right)?
        .exec(
            "INSERT INTO code_table (municipality_id, key, version, since, codes, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            args![m, &table.key, table.version, now, table.to_json(), command],
        )
        .await?;
    if done == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// A filled sheet: where it belongs and under which version it was written. Never an answer.
#[derive(Debug, Clone)]
pub struct Filled {
    /// Its id.
    pub id: FilledSheetId,
    /// Key of its definition.
    pub key: String,
    /// Version of its definition.
    pub version: i64,
    /// The desk that wrote it.
    pub desk: DeskId,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The consultation it belongs to.
    pub consultation: Option<ConsultationId>,
    /// The connecting sheet it belongs to.
    pub connecting: Option<ConnectingSheetId>,
    /// The household it is about.
    pub household: Option<HouseholdId>,
    /// Whose sheet it is.
    pub person: Option<PersonId>,
    /// The day it is about.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Counts the changes of its answers.
    pub edition: i64,
}

const FILLED: &str = "SELECT id, definition_key, definition_version, desk_id, author_id, case_id, consultation_id, \
     sheet_id, household_id, person_id, occurred_on, recorded_at, version FROM filled_sheet \
     WHERE municipality_id = ? AND disposed_at IS NULL";

fn filled(row: &Row) -> Result<Filled, Broken> {
    Ok(Filled {
        id: row.get("id")?,
        key: row.get("definition_key")?,
        version: row.get("definition_version")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        case: row.get("case_id")?,
        consultation: row.get("consultation_id")?,
        connecting: row.get("sheet_id")?,
        household: row.get("household_id")?,
        person: row.get("person_id")?,
        occurred_on: row.get("occurred_on")?,
        recorded_at: row.get("recorded_at")?,
        edition: row.get("version")?,
    })
}

async fn load(conn: &mut Conn<'_>, statement: Statement) -> Result<Vec<Filled>, Broken> {
    conn.select(statement.push(" ORDER BY occurred_on DESC, id DESC", args![]))
        .await?
        .iter()
        .map(filled)
        .collect()
}

/// One filled sheet.
pub async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: FilledSheetId,
) -> Result<Option<Filled>, Broken> {
    let statement = Statement::new(FILLED, args![municipality]).push(" AND id = ?", args![id]);
    Ok(load(conn, statement).await?.pop())
}

/// The filled sheets of a case.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: CaseId,
) -> Result<Vec<Filled>, Broken> {
    load(conn, Statement::new(FILLED, args![municipality]).push(" AND case_id = ?", args![id])).await
}

/// The town's items of a consultation.
pub async fn of_consultation(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ConsultationId,
) -> Result<Option<Filled>, Broken> {
    let statement = Statement::new(FILLED, args![municipality]).push(" AND consultation_id = ?", args![id]);
    Ok(load(conn, statement).await?.pop())
}

/// The town's items of a connecting sheet.
pub async fn of_connecting(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: ConnectingSheetId,
) -> Result<Option<Filled>, Broken> {
    let statement = Statement::new(FILLED, args![municipality]).push(" AND sheet_id = ?", args![id]);
    Ok(load(conn, statement).await?.pop())
}

/// Keeps a filled sheet; its answers are written as entries.
pub(crate) async fn insert_filled(act: &mut Act, right: &Right, f: &Filled) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO filled_sheet (municipality_id, id, definition_key, definition_version, desk_id, author_id, \
             case_id, consultation_id, sheet_id, household_id, person_id, occurred_on, recorded_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            args![
                m,
                f.id,
                &f.key,
                f.version,
                f.desk,
                f.author,
                f.case,
                f.consultation,
                f.connecting,
                f.household,
                f.person,
                f.occurred_on,
                f.recorded_at,
                command,
            ],
        )
        .await?;
    Ok(())
}

/// Notes that the answers of a filled sheet change; [`Fail::Stale`] when somebody changed them since.
pub(crate) async fn revised(act: &mut Act, right: &Right, id: FilledSheetId) -> Result<(), Fail> {
    let (m, base) = (act.municipality(), act.base_version().unwrap_or(0));
    let changed = act
        .save(right)?
        .exec(
            "UPDATE filled_sheet SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, id, base],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// A recorded decision that 参加支援 begins.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub on: Day,
    pub by: DecidedBy,
    pub user: Option<UserId>,
}

/// The decision of a case: of a conference, or, before conferences were kept here, one that the coordinator had noted.
pub(crate) async fn decision(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Option<Decision>, Broken> {
    conn.maybe(
        // What a consent conference decided about participation support (concepts/decision) opens the sheet as well.
        "SELECT decided_on, decided_by, user_id FROM participation_decision \
         WHERE municipality_id = $1 AND case_id = $2 UNION ALL \
         SELECT decided_on, 'consent_conference' AS decided_by, user_id FROM decision WHERE municipality_id = $1 \
         AND case_id = $2 AND programme = 'participation' AND timing = 'establish' AND voided_at IS NULL \
         ORDER BY decided_on LIMIT 1",
        args![municipality, case],
    )
    .await?
    .map(|row| {
        Ok(Decision { on: row.get("decided_on")?, by: row.code("decided_by")?, user: row.get("user_id")? })
    })
    .transpose()
}

/// A community issue: no personal data.
pub(crate) struct Issue {
    pub id: CommunityIssueId,
    pub version: i64,
    pub answers: String,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub noticed_on: Day,
    pub recorded_at: Instant,
}

fn issue(row: &Row) -> Result<Issue, Broken> {
    Ok(Issue {
        id: row.get("id")?,
        version: row.get("definition_version")?,
        answers: row.get("answers")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        noticed_on: row.get("noticed_on")?,
        recorded_at: row.get("recorded_at")?,
    })
}

/// Community issues, newest first.
pub(crate) async fn issues(conn: &mut Conn<'_>, m: MunicipalityId, most: i64) -> Result<Vec<Issue>, Broken> {
    conn.all(
        "SELECT id, definition_version, answers, desk_id, author_id, noticed_on, recorded_at FROM community_issue \
         WHERE municipality_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT $2",
        args![m, most],
    )
    .await?
    .iter()
    .map(issue)
    .collect()
}

/// One community issue.
pub(crate) async fn issue_by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: CommunityIssueId,
) -> Result<Option<Issue>, Broken> {
    conn.maybe(
        "SELECT id, definition_version, answers, desk_id, author_id, noticed_on, recorded_at FROM community_issue \
         WHERE municipality_id = $1 AND id = $2",
        args![m, id],
    )
    .await?
    .as_ref()
    .map(issue)
    .transpose()
}

/// Keeps a community issue.
pub(crate) async fn insert_issue(act: &mut Act, right: &Right, i: &Issue) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO community_issue (municipality_id, id, definition_version, answers, desk_id, author_id, \
             noticed_on, recorded_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![m, i.id, i.version, &i.answers, i.desk, i.author, i.noticed_on, i.recorded_at, command],
        )
        .await?;
    Ok(())
}

/// Agencies with the name of a day.
pub(crate) async fn agencies(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
) -> Result<Vec<(uuid::Uuid, String)>, Broken> {
    conn.all(
        "SELECT a.id, n.name FROM agency a JOIN agency_name n ON n.municipality_id = a.municipality_id \
         AND n.agency_id = a.id AND n.kind = 'official' AND n.valid_from <= $2 \
         AND (n.valid_to IS NULL OR n.valid_to >= $2) WHERE a.municipality_id = $1 ORDER BY n.name, a.id",
        args![m, today],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("name")?)))
    .collect()
}
