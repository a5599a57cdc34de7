//! 節目 of a case as they are stored (`concepts/life_stage`): ids, codes and days. Whose and which is told by whoever shows them, to
//! whoever may know.

use engine::{Broken, Conn, args};
use task::TaskState;
use words::Day;
use words::id::{CaseId, DeskId, MunicipalityId, PersonId, ThingId};

/// One 節目.
pub(crate) struct StoredStage {
    pub id: ThingId,
    pub person: PersonId,
    /// Code of which.
    pub stage: String,
    pub on: Day,
    /// The last day on which it can come, where the birth is not known to the day.
    pub latest: Day,
    /// The desk that wrote it down; nothing where a birthday says it.
    pub wrote: Option<DeskId>,
    /// Its task, once it was made: where it stands and whose it is.
    pub task: Option<(TaskState, DeskId)>,
}

/// Those of a case that were not taken back, the earliest first.
pub(crate) async fn life_stages(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<StoredStage>, Broken> {
    conn.all(
        "SELECT l.id, l.person_id, l.stage, l.on_day, l.latest_day, l.desk_id, t.state AS task_state, \
         t.desk_id AS task_desk_id FROM life_stage l LEFT JOIN task t ON t.municipality_id = l.municipality_id \
         AND t.id = l.task_id WHERE l.municipality_id = $1 AND l.case_id = $2 AND l.taken_back_at IS NULL \
         ORDER BY l.on_day, l.id LIMIT 100",
        args![m, case],
    )
    .await?
    .iter()
    .map(|row| {
        let state: Option<TaskState> = row.code_opt("task_state")?;
        Ok(StoredStage {
            id: row.get("id")?,
            person: row.get("person_id")?,
            stage: row.get("stage")?,
            on: row.get("on_day")?,
            latest: row.get("latest_day")?,
            wrote: row.get("desk_id")?,
            task: state.zip(row.get("task_desk_id")?),
        })
    })
    .collect()
}
