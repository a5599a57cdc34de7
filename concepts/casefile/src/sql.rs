//! Storing cases.

pub(crate) mod ahead;
pub(crate) mod around;
pub(crate) mod caution;
pub(crate) mod ending;
pub(crate) mod lead;

use access::{Relation, Right, Scope, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{CaseId, DeskId, HouseholdId, MunicipalityId, PersonId};

use crate::rules::{CaseState, EndReason, Engagement, number_text};

/// The header of a case: what a desk with a part in it may always know.
#[derive(Debug, Clone)]
pub struct CaseHeader {
    /// Its id.
    pub id: CaseId,
    /// Fiscal year of its number.
    pub fiscal_year: i64,
    /// Count within the year.
    pub number: i64,
    /// Where it stands.
    pub state: CaseState,
    /// The household. An id only: who they are is disclosed elsewhere.
    pub household: HouseholdId,
    /// 主担当.
    pub accountable: Option<DeskId>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it ended or paused.
    pub ended_at: Option<Instant>,
    /// Version.
    pub version: i64,
    /// Why it must be kept whatever its age (保全), as a code; empty when nothing holds it.
    pub held: String,
}

impl CaseHeader {
    /// `2026-00087`.
    pub fn number_text(&self) -> String {
        number_text(self.fiscal_year, self.number)
    }
}

/// Opens a case for a household, accountable to `desk`, with the next number of the fiscal year. The caller makes
/// its first task and settles the guard.
pub async fn open(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    desk: DeskId,
) -> Result<CaseId, Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let id: CaseId = act.new_id();
    let year = i64::from(words::calendar::fiscal_year(now.day()));
    let mut conn = act.save(right)?;
    // The row is locked until the transaction ends: a number is never given twice, and one that was drawn by an
    // act that failed is given again.
    let number: i64 = conn
        .one(
            "INSERT INTO case_counter (municipality_id, fiscal_year, last) VALUES ($1, $2, 1) \
             ON CONFLICT (municipality_id, fiscal_year) DO UPDATE SET last = case_counter.last + 1 RETURNING last",
            args![municipality, year],
        )
        .await?
        .get("last")?;
    // The guard is pointed by task::settle before the transaction ends; until then it names a task to come.
    let guard: words::id::TaskId = act.new_id();
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO case_file (municipality_id, id, fiscal_year, number, state, household_id, accountable_desk_id, \
         opened_at, guard_task_id, guard_task_state, command_id) \
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, 'open', $9)",
        args![municipality, id, year, number, household, desk, now, guard, command],
    )
    .await?;
    accountable(act, right, id, desk, "opened").await?;
    Ok(id)
}

async fn accountable(
    act: &mut Act,
    right: &Right,
    id: CaseId,
    desk: DeskId,
    why: &'static str,
) -> Result<(), Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "INSERT INTO case_accountable (municipality_id, case_id, seq, desk_id, since, why, command_id) \
             SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6 FROM case_accountable \
             WHERE municipality_id = $1 AND case_id = $2",
            args![municipality, id, desk, now, why, command],
        )
        .await?;
    join(act, right, id, desk, why).await
}

/// Gives a desk a part in a case: from then on it sees the header. Doing it twice changes nothing.
pub async fn join(
    act: &mut Act,
    right: &Right,
    id: CaseId,
    desk: DeskId,
    why: &'static str,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "INSERT INTO case_desk (municipality_id, case_id, desk_id, since, why) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
            args![municipality, id, desk, now, why],
        )
        .await?;
    Ok(())
}

/// Moves accountability: only from an accepted hand-over or hand-back, an accepted or returned temporary lead, or an office's end. Gives the header and
/// the tasks; widens nothing.
pub async fn move_accountability(
    act: &mut Act,
    right: &Right,
    id: CaseId,
    desk: DeskId,
    why: &'static str,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE case_file SET accountable_desk_id = $3, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2",
            args![municipality, id, desk],
        )
        .await?;
    accountable(act, right, id, desk, why).await?;
    // A temporary lead under way goes with it.
    lead::moved(act, right, id, desk).await
}

/// Ends or pauses a case, at the version that was read. The caller ends its tasks and settles the guard.
pub async fn end(
    act: &mut Act,
    right: &Right,
    id: CaseId,
    to: CaseState,
    reason: EndReason,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let base = act.base_version().unwrap_or(0);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE case_file SET state = $4, ended_at = $5, end_reason = $6, version = version + 1, \
             guard_task_id = NULL, guard_task_state = NULL \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
            args![municipality, id, base, to.code(), now, reason.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Reopens a case under its number, accountable to `desk`. The caller makes a task and settles the guard.
pub async fn reopen(act: &mut Act, right: &Right, id: CaseId, desk: DeskId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let base = act.base_version().unwrap_or(0);
    let guard: words::id::TaskId = act.new_id();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE case_file SET state = 'open', ended_at = NULL, end_reason = '', accountable_desk_id = $4, \
             guard_task_id = $5, guard_task_state = 'open', version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state <> 'open'",
            args![municipality, id, base, desk, guard],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    accountable(act, right, id, desk, "reopened").await
}

/// Records how far the relation with a person has come.
pub async fn engage(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    person: PersonId,
    stage: Engagement,
) -> Result<(), Fail> {
    let now = act.now();
    engage_since(act, right, case, person, (stage, now)).await
}

/// The same since a moment that has passed.
pub(crate) async fn engage_since(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    person: PersonId,
    (stage, since): (Engagement, Instant),
) -> Result<(), Fail> {
    let (municipality, command) = (act.municipality(), act.command());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    act.save(right)?
        .exec(
            "INSERT INTO engagement (municipality_id, case_id, person_id, seq, stage, since, desk_id, command_id) \
             SELECT $1, $2, $3, COALESCE(MAX(seq), 0) + 1, $4, $5, $6, $7 FROM engagement \
             WHERE municipality_id = $1 AND case_id = $2 AND person_id = $3",
            args![municipality, case, person, stage.code(), since, desk, command],
        )
        .await?;
    Ok(())
}

const SELECT: &str = "SELECT c.id, c.fiscal_year, c.number, c.state, c.household_id, c.accountable_desk_id, \
     c.opened_at, c.ended_at, c.version, COALESCE((SELECT h.reason FROM legal_hold h \
     WHERE h.municipality_id = c.municipality_id AND h.case_id = c.id AND h.lifted_at IS NULL), '') AS held \
     FROM case_file c";

/// The header of a case, if it exists. Whether the viewer may know is for [`relation`].
pub async fn header(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: CaseId,
) -> Result<Option<CaseHeader>, Broken> {
    let statement = Statement::new(SELECT, args![])
        .push(" WHERE c.municipality_id = ? AND c.id = ? AND c.disposed_at IS NULL", args![municipality, id]);
    conn.select(statement).await?.first().map(case).transpose()
}

/// A case together with how desks stand to it. `None` when the viewer has nothing to do with it: the answer of
/// absence.
pub async fn relation(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: CaseId,
) -> Result<Option<(CaseHeader, Relation)>, Broken> {
    let Some(case) = header(conn, viewer.municipality, id).await? else { return Ok(None) };
    // Kept out of one case of a household, kept out of all of them: the family is the same.
    let of_household = household::cases_of(conn, viewer, [case.household]).await?;
    let cases: Vec<CaseId> = of_household.into_values().flatten().chain([case.id]).collect();
    // An urgent look opens the case to whoever opened it, and gives no right to write.
    let urgent = viewer.looks_urgently(&cases).is_some();
    let mut relation = Relation::within(cases);
    let rows = conn
        .all(
            "SELECT desk_id FROM case_desk WHERE municipality_id = $1 AND case_id = $2",
            args![viewer.municipality, id],
        )
        .await?;
    let case_desks: Vec<DeskId> = rows.iter().map(|row| row.get("desk_id")).collect::<Result<_, _>>()?;
    let concerned =
        viewer.reading_desks().iter().any(|d| case_desks.contains(d) || case.accountable == Some(*d));
    if relation.keeps_out(viewer) || !(concerned || urgent) {
        return Ok(None);
    }
    relation.accountable = case.accountable;
    relation.case_desks = case_desks;
    Ok(Some((case, relation)))
}

/// What a list of cases shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this state.
    pub state: Option<CaseState>,
    /// Only those the desks in scope are accountable for.
    pub accountable_only: bool,
    /// Those opened before this one, for the next page.
    pub before: Option<(Instant, CaseId)>,
    /// Of these cases only.
    pub among: Option<Vec<CaseId>>,
}

/// Cases in which a desk in scope has a part, the newest first.
pub async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    scope: &Scope,
    filter: &Filter,
    most: i64,
) -> Result<Vec<CaseHeader>, Broken> {
    let statement = narrowed(Statement::new(SELECT, args![]), viewer, scope, filter);
    let statement = statement.push(" ORDER BY c.opened_at DESC, c.id DESC LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(case).collect()
}

/// How many [`list`] would show without a limit.
pub(crate) async fn count(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    scope: &Scope,
    filter: &Filter,
) -> Result<i64, Broken> {
    let all = Statement::new("SELECT COUNT(*) AS n FROM case_file c", args![]);
    conn.select(narrowed(all, viewer, scope, filter)).await?.first().map_or(Ok(0), |row| row.get("n"))
}

/// Which of these cases [`list`] could show now.
pub async fn still_listed(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<CaseId>, Broken> {
    let scope = Scope::own_desks(viewer);
    let statement = narrowed(Statement::new(SELECT, args![]), viewer, &scope, &Filter::default());
    let rows = conn.select(statement.push_in(" AND c.id IN", ids)).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

fn narrowed(statement: Statement, viewer: &Viewer, scope: &Scope, filter: &Filter) -> Statement {
    let m = viewer.municipality;
    let mut statement = statement.push(" WHERE c.municipality_id = ? AND c.disposed_at IS NULL", args![m]);
    statement = if filter.accountable_only {
        statement.push_in(" AND c.accountable_desk_id IN", scope.desks().iter().copied())
    } else {
        statement
            .push(" AND c.id IN (SELECT k.case_id FROM case_desk k WHERE k.municipality_id = ?", args![m])
            .push_in(" AND k.desk_id IN", scope.desks().iter().copied())
            .push(")", args![])
    };
    if let Some(state) = filter.state {
        statement = statement.push(" AND c.state = ?", args![state.code()]);
    }
    if let Some((at, id)) = filter.before {
        statement = statement.push(" AND (c.opened_at, c.id) < (?, ?)", args![at, id]);
    }
    if let Some(among) = &filter.among {
        statement = statement.push_in(" AND c.id IN", among.iter().copied());
    }
    statement.outside("c.household_id", m, &viewer.excluded_from)
}

/// Who was accountable since when, and why: desk, moment, code of the reason.
pub async fn accountable_history(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: CaseId,
) -> Result<Vec<(DeskId, Instant, String)>, Broken> {
    conn.all(
        "SELECT desk_id, since, why FROM case_accountable WHERE municipality_id = $1 AND case_id = $2 ORDER BY seq",
        args![municipality, id],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("desk_id")?, row.get("since")?, row.get("why")?)))
    .collect()
}

fn case(row: &Row) -> Result<CaseHeader, Broken> {
    Ok(CaseHeader {
        id: row.get("id")?,
        fiscal_year: row.get("fiscal_year")?,
        number: row.get("number")?,
        state: row.code("state")?,
        household: row.get("household_id")?,
        accountable: row.get("accountable_desk_id")?,
        opened_at: row.get("opened_at")?,
        ended_at: row.get("ended_at")?,
        version: row.get("version")?,
        held: row.get("held")?,
    })
}
