//! Case conferences of others.

use access::Right;
use engine::{Act, Broken, Conn, Fail, args};
use words::Day;
use words::id::{CaseId, DeskId, EntryId, MunicipalityId, ThingId};

/// One, as it was noted.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    pub id: ThingId,
    pub case: CaseId,
    pub held: Day,
    pub host_desk: Option<DeskId>,
    /// Who held it, when it is no desk of the register.
    pub host: String,
    /// What was decided: a text of the case.
    pub decision: EntryId,
    pub next: Option<Day>,
    /// Who noted it.
    pub desk: DeskId,
}

/// Those of a case, the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Outside>, Broken> {
    conn.all(
        "SELECT id, case_id, held_on, host_desk_id, host, decision_entry_id, next_on, desk_id FROM outside_conference \
         WHERE municipality_id = $1 AND case_id = $2 ORDER BY held_on DESC, id DESC LIMIT 100",
        args![m, case],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Outside {
            id: row.get("id")?,
            case: row.get("case_id")?,
            held: row.get("held_on")?,
            host_desk: row.get("host_desk_id")?,
            host: row.get("host")?,
            decision: row.get("decision_entry_id")?,
            next: row.get("next_on")?,
            desk: row.get("desk_id")?,
        })
    })
    .collect()
}

/// Notes one.
pub(crate) async fn insert(act: &mut Act, right: &Right, o: &Outside) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO outside_conference (municipality_id, id, case_id, held_on, host_desk_id, host, decision_entry_id, \
             next_on, desk_id, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![m, o.id, o.case, o.held, o.host_desk, &o.host, o.decision, o.next, o.desk, command],
        )
        .await?;
    Ok(())
}
