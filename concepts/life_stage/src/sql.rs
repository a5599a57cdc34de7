//! Storing life stages: ids, a code, days.

use access::{Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{CaseId, DeskId, HouseholdId, MunicipalityId, PersonId, TaskId, ThingId, UserId};
use words::partial::PartialDate;
use words::{Day, Instant};

use crate::rules::{Stage, When, Why};

/// One life stage.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    pub id: ThingId,
    pub case: CaseId,
    pub person: PersonId,
    pub stage: Stage,
    pub when: When,
    /// The desk that wrote it down.
    pub desk: Option<DeskId>,
    pub task: Option<TaskId>,
    /// Whether whoever wrote it down took it back.
    pub taken_back: bool,
    pub version: i64,
}

const COLUMNS: &str = "SELECT l.id, l.case_id, l.person_id, l.stage, l.on_day, l.latest_day, l.desk_id, l.task_id, \
     l.taken_back_at, l.version FROM life_stage l WHERE l.municipality_id = ?";

fn ahead(row: &Row) -> Result<Ahead, Broken> {
    Ok(Ahead {
        id: row.get("id")?,
        case: row.get("case_id")?,
        person: row.get("person_id")?,
        stage: row.code("stage")?,
        when: When { on: row.get("on_day")?, latest: row.get("latest_day")? },
        desk: row.get("desk_id")?,
        task: row.get("task_id")?,
        taken_back: row.get::<Option<Instant>>("taken_back_at")?.is_some(),
        version: row.get("version")?,
    })
}

/// One.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<Ahead>, Broken> {
    let rows = conn.select(Statement::new(COLUMNS, args![m]).push(" AND l.id = ?", args![id])).await?;
    rows.first().map(ahead).transpose()
}

/// What is known of these cases.
pub(crate) async fn of_cases(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<Ahead>, Broken> {
    let statement = Statement::new(COLUMNS, args![m])
        .push(" AND l.taken_back_at IS NULL", args![])
        .push_in(" AND l.case_id IN", cases);
    conn.select(statement).await?.iter().map(ahead).collect()
}

/// What these desks wrote down in a case, whatever its day and what became of it; the earliest day first.
pub(crate) async fn written_in(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
    desks: Vec<DeskId>,
) -> Result<Vec<Ahead>, Broken> {
    let statement = Statement::new(COLUMNS, args![m])
        .push(" AND l.case_id = ?", args![case])
        .push_in(" AND l.desk_id IN", desks)
        .push(" ORDER BY l.on_day, l.id LIMIT 200", args![]);
    conn.select(statement).await?.iter().map(ahead).collect()
}

/// The stage of somebody that is known already, if it is.
pub(crate) async fn known(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
    stage: Stage,
    desks: &[DeskId],
) -> Result<Option<ThingId>, Broken> {
    let statement = Statement::new(
        "SELECT id FROM life_stage WHERE municipality_id = ? AND person_id = ? AND stage = ? \
         AND taken_back_at IS NULL AND (desk_id IS NULL",
        args![m, person, stage.code()],
    )
    .push_in(" OR desk_id IN", desks.iter().copied())
    .push(") ORDER BY id LIMIT 1", args![]);
    conn.select(statement).await?.first().map(|row| row.get("id")).transpose()
}

/// A stage to be stored.
pub(crate) struct New {
    pub id: ThingId,
    pub case: CaseId,
    pub person: PersonId,
    pub stage: Stage,
    pub when: When,
    pub desk: Option<DeskId>,
    pub task: Option<TaskId>,
}

/// Stores one; false when it was there.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &New) -> Result<bool, Fail> {
    let (m, command) = (act.municipality(), act.command());
    let made = act
        .save(right)?
        .exec(
            "INSERT INTO life_stage (municipality_id, id, case_id, person_id, stage, on_day, latest_day, desk_id, task_id, \
             command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            args![
                m,
                new.id,
                new.case,
                new.person,
                new.stage.code(),
                new.when.on,
                new.when.latest,
                new.desk,
                new.task,
                command
            ],
        )
        .await?;
    Ok(made == 1)
}

/// Its task is made.
pub(crate) async fn told(act: &mut Act, right: &Right, id: ThingId, task: TaskId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE life_stage SET task_id = $3, version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![m, id, task],
        )
        .await?;
    Ok(())
}

/// The day of a stage that a birthday says, counted anew; its task stays.
pub(crate) async fn counted(act: &mut Act, right: &Right, id: ThingId, when: When) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE life_stage SET on_day = $3, latest_day = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND desk_id IS NULL",
            args![m, id, when.on, when.latest],
        )
        .await?;
    Ok(())
}

/// Its task is over without it: it is made again when it is time.
pub(crate) async fn untold(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE life_stage SET task_id = NULL, version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![m, id],
        )
        .await?;
    Ok(())
}

/// A change of what was written down.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    pub at: Instant,
    pub by: UserId,
    pub before: Day,
    /// Nothing: it was taken back.
    pub after: Option<Day>,
    pub why: Why,
}

/// What was changed in a stage, the newest first.
pub(crate) async fn changes(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Vec<Changed>, Broken> {
    let rows = conn
        .all(
            "SELECT changed_at, by_user_id, day_before, day_after, why FROM life_stage_change \
             WHERE municipality_id = $1 AND stage_id = $2 ORDER BY changed_at DESC, id DESC LIMIT 100",
            args![m, id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Changed {
                at: row.get("changed_at")?,
                by: row.get("by_user_id")?,
                before: row.get("day_before")?,
                after: row.get("day_after")?,
                why: row.code("why")?,
            })
        })
        .collect()
}

/// Another day, or none at all: how it was is kept. At the version that was read.
pub(crate) async fn change(
    act: &mut Act,
    right: &Right,
    a: &Ahead,
    after: Option<Day>,
    why: Why,
) -> Result<(), Fail> {
    let (m, command, now, id) =
        (act.municipality(), act.command(), act.now(), act.new_id::<words::id::kind::Thing>());
    let by = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let taken_back = after.is_none().then_some(now);
    let day = after.unwrap_or(a.when.on);
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE life_stage SET on_day = $4, latest_day = $4, taken_back_at = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND taken_back_at IS NULL",
            args![m, a.id, a.version, day, taken_back],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "INSERT INTO life_stage_change (municipality_id, id, stage_id, day_before, day_after, why, by_user_id, \
         changed_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![m, id, a.id, a.when.on, after, why.code(), by, now, command],
    )
    .await?;
    Ok(())
}

/// Whether the desk that has the task of a stage, or one whose records it has taken over, has written beside the card of another desk that
/// somebody died or left (decision 0045). What other desks wrote changes nothing there: a task that vanishes would tell of it.
macro_rules! gone_beside {
    ($holder:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM entry_subject s JOIN entry e ON e.municipality_id = s.municipality_id AND e.id = s.entry_id \
             AND e.field = 'learnt' AND e.state = 'valid' JOIN learnt k \
             ON k.municipality_id = e.municipality_id AND k.entry_id = e.id AND k.kind IN ('died', 'left') \
             JOIN desk w ON w.municipality_id = e.municipality_id AND w.id = e.desk_id \
             WHERE s.municipality_id = p.municipality_id AND s.person_id = p.id AND (w.id = ",
            $holder,
            " OR w.heir_id = ",
            $holder,
            "))"
        )
    };
}

/// Whether whoever a stage is about is alive and belongs to the household, as their card says.
pub(crate) async fn present(conn: &mut Conn<'_>, m: MunicipalityId, a: &Ahead) -> Result<bool, Broken> {
    let row = conn
        .maybe(
            "SELECT p.id FROM person p JOIN case_file c ON c.municipality_id = p.municipality_id AND c.id = $3 \
             JOIN household_member h ON h.municipality_id = p.municipality_id AND h.person_id = p.id \
             AND h.household_id = c.household_id AND h.valid_to IS NULL WHERE p.municipality_id = $1 AND p.id = $2 \
             AND p.died IS NULL AND p.disposed_at IS NULL LIMIT 1",
            args![m, a.person, a.case],
        )
        .await?;
    Ok(row.is_some())
}

/// It is not so any more, and may come again.
pub(crate) async fn forget(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec("DELETE FROM life_stage WHERE municipality_id = $1 AND id = $2", args![m, id])
        .await?;
    Ok(())
}

/// Somebody present in an open case, with what is known of their birth.
pub(crate) struct Born {
    pub case: CaseId,
    pub desk: DeskId,
    pub person: PersonId,
    pub birth: PartialDate,
}

/// People of open cases who are alive, belong to the household, and were born in years around a stage that is not stored for them.
pub(crate) async fn born_around(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    stage: Stage,
    today: Day,
) -> Result<Vec<Born>, Broken> {
    let (young, old) = stage.years();
    // A year alone is the shortest text and sorts before everything of that year.
    let (first, after) = ((today.year() - old).to_string(), (today.year() - young + 1).to_string());
    let statement = Statement::new(
        concat!(
            "SELECT c.id AS case_id, c.accountable_desk_id, p.id, p.birth FROM case_file c \
             JOIN household_member h ON h.municipality_id = c.municipality_id AND h.household_id = c.household_id \
             AND h.valid_to IS NULL JOIN person p ON p.municipality_id = h.municipality_id AND p.id = h.person_id \
             WHERE c.municipality_id = ? AND c.state = 'open' AND c.accountable_desk_id IS NOT NULL AND p.died IS NULL \
             AND p.disposed_at IS NULL AND p.birth >= ? AND p.birth < ? AND NOT EXISTS (SELECT 1 FROM life_stage l \
             WHERE l.municipality_id = p.municipality_id AND l.person_id = p.id AND l.stage = ?)",
            " AND NOT ",
            gone_beside!("c.accountable_desk_id"),
            " ORDER BY c.opened_at, c.id, p.id"
        ),
        args![m, first, after, stage.code()],
    );
    let mut found = Vec::new();
    for row in &conn.select(statement).await? {
        let birth: String = row.get("birth")?;
        let Some(birth) = PartialDate::parse_iso(&birth) else { continue };
        found.push(Born {
            case: row.get("case_id")?,
            desk: row.get("accountable_desk_id")?,
            person: row.get("id")?,
            birth,
        });
    }
    Ok(found)
}

/// A stored stage with how things stand now.
pub(crate) struct Standing {
    pub ahead: Ahead,
    pub task_open: bool,
    pub task_cancelled: bool,
    pub task_desk: Option<DeskId>,
    pub case_open: bool,
    pub accountable: Option<DeskId>,
    /// Alive and in the household, as their card says.
    pub present: bool,
    /// Whether the desk that has the task has written beside the card that they died or left.
    pub beside: bool,
    pub birth: Option<PartialDate>,
}

/// Stages that are not over and may have to follow what has changed.
pub(crate) async fn standing(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
) -> Result<Vec<Standing>, Broken> {
    let rows = conn
        .all(
            concat!(
                "SELECT l.id, l.case_id, l.person_id, l.stage, l.on_day, l.latest_day, l.desk_id, l.task_id, l.taken_back_at, \
             l.version, t.state AS task_state, t.desk_id AS task_desk_id, c.state AS case_state, c.accountable_desk_id, p.birth, \
             CASE WHEN p.died IS NULL AND p.disposed_at IS NULL AND EXISTS (SELECT 1 FROM household_member h \
             WHERE h.municipality_id = l.municipality_id AND h.person_id = l.person_id \
             AND h.household_id = c.household_id AND h.valid_to IS NULL) THEN 1 ELSE 0 END AS present, CASE WHEN ",
                gone_beside!(
                    "CASE WHEN t.desk_id IS NOT NULL THEN t.desk_id WHEN l.desk_id IS NOT NULL THEN l.desk_id \
                     ELSE c.accountable_desk_id END"
                ),
                " THEN 1 ELSE 0 END AS beside \
             FROM life_stage l JOIN case_file c ON c.municipality_id = l.municipality_id AND c.id = l.case_id \
             JOIN person p ON p.municipality_id = l.municipality_id AND p.id = l.person_id \
             LEFT JOIN task t ON t.municipality_id = l.municipality_id AND t.id = l.task_id \
             WHERE l.municipality_id = $1 AND l.taken_back_at IS NULL AND (t.state IN ('open', 'cancelled') OR (l.task_id IS NULL AND l.latest_day >= $2)) \
             ORDER BY l.id"
            ),
            args![m, today],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let state: Option<String> = row.get("task_state")?;
            let case: String = row.get("case_state")?;
            let birth: Option<String> = row.get("birth")?;
            Ok(Standing {
                ahead: ahead(row)?,
                task_open: state.as_deref() == Some("open"),
                task_cancelled: state.as_deref() == Some("cancelled"),
                task_desk: row.get("task_desk_id")?,
                case_open: case == "open",
                accountable: row.get("accountable_desk_id")?,
                present: row.get::<i64>("present")? == 1,
                beside: row.get::<i64>("beside")? == 1,
                birth: birth.and_then(|b| PartialDate::parse_iso(&b)),
            })
        })
        .collect()
}

/// An open case of these desks.
pub(crate) struct Own {
    pub case: CaseId,
    pub household: HouseholdId,
    pub number: String,
    /// Whether they answer for it; otherwise one of them wrote something down in it.
    pub accountable: bool,
}

/// The open cases in which these desks wrote a stage down, whoever answers for them, without those somebody is kept out of.
pub(crate) async fn written_cases(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<Vec<Own>, Broken> {
    let m = viewer.municipality;
    let statement = Statement::new(
        "SELECT DISTINCT c.id, c.household_id, c.fiscal_year, c.number FROM life_stage l JOIN case_file c \
         ON c.municipality_id = l.municipality_id AND c.id = l.case_id WHERE l.municipality_id = ? \
         AND l.taken_back_at IS NULL AND c.state = 'open' AND c.disposed_at IS NULL",
        args![m],
    )
    .push_in(" AND l.desk_id IN", viewer.reading_desks())
    .outside("c.household_id", m, &viewer.excluded_from)
    .push(" ORDER BY c.fiscal_year, c.number LIMIT 2000", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Own {
                case: row.get("id")?,
                household: row.get("household_id")?,
                number: casefile::number_text(row.get("fiscal_year")?, row.get("number")?),
                accountable: false,
            })
        })
        .collect()
}

/// The open cases that these desks answer for, without those somebody is kept out of.
pub(crate) async fn own_cases(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<Vec<Own>, Broken> {
    let scope = access::Scope::own_desks(viewer);
    let filter = casefile::Filter {
        state: Some(casefile::CaseState::Open),
        accountable_only: true,
        ..casefile::Filter::default()
    };
    let cases = casefile::list(conn, viewer, &scope, &filter, 2_000).await?;
    Ok(cases
        .into_iter()
        .map(|c| Own { case: c.id, household: c.household, number: c.number_text(), accountable: true })
        .collect())
}
