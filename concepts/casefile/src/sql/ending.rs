//! What keeps a case from its end: ids, codes, desks and days, no content.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Statement, args};
use words::Day;
use words::id::{CaseId, MunicipalityId, SupportPlanId, ThingId};

use crate::rules::CaseState;
use crate::rules::ending::{self, By, Decided, Ongoing};

/// Holds a case as it is until this act is over, and says where it stands: whoever ends it in this very moment came first, or waits and then
/// sees what was begun (on PostgreSQL; SQLite has one writer). Asked for before anything that an end depends on is read.
pub async fn hold(act: &mut Act, right: &Right, id: CaseId) -> Result<CaseState, Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    conn.exec("UPDATE case_file SET version = version WHERE municipality_id = $1 AND id = $2", args![m, id])
        .await?;
    let row = conn
        .maybe("SELECT state FROM case_file WHERE municipality_id = $1 AND id = $2", args![m, id])
        .await?;
    Ok(row.ok_or(Fail::NotVisible)?.code("state")?)
}

/// The plans of a case that are in force: which, and the code of the programme.
pub(crate) async fn plans_in_force(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<(SupportPlanId, String)>, Broken> {
    conn.all(
        "SELECT id, kind FROM support_plan WHERE municipality_id = $1 AND case_id = $2 AND state = 'in_force' \
         ORDER BY kind",
        args![municipality, case],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("kind")?)))
    .collect()
}

/// What of multi-agency support goes on in a case, as long as nothing that was decided since ends it.
pub(crate) async fn ongoing(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Ongoing>, Broken> {
    let there = there(conn, municipality, case).await?;
    if there.is_empty() {
        return Ok(there);
    }
    Ok(ending::going_on(there, &decided(conn, municipality, case).await?))
}

async fn there(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Ongoing>, Broken> {
    let statement = Statement::new(
        "SELECT 'plan' AS what, x.id, x.kind AS programme, x.desk_id, x.written_at AS since FROM support_plan x \
         WHERE x.municipality_id = ? AND x.case_id = ? AND x.state = 'proposed'",
        args![municipality, case],
    )
    .push(
        " UNION ALL SELECT 'decision' AS what, x.id, x.programme, x.desk_id, x.recorded_at AS since FROM decision x \
         WHERE x.municipality_id = ? AND x.case_id = ? AND x.timing = 'establish' AND x.used_at IS NULL \
         AND x.voided_at IS NULL AND NOT EXISTS (SELECT 1 FROM matter w WHERE w.municipality_id = x.municipality_id \
         AND w.id = x.matter_id AND w.outcome = 'entered_in_error')",
        args![municipality, case],
    )
    .push(
        " UNION ALL SELECT 'matter' AS what, x.id, '' AS programme, x.secretariat_desk_id AS desk_id, \
         x.opened_at AS since FROM matter x WHERE x.municipality_id = ? AND x.case_id = ? \
         AND x.rests_on = 'consent' AND x.closed_at IS NULL",
        args![municipality, case],
    )
    .push(
        " UNION ALL SELECT 'paused' AS what, x.id, x.kind AS programme, x.desk_id, x.ended_at AS since \
         FROM support_plan x WHERE x.municipality_id = ? AND x.case_id = ? AND x.state = 'interrupted' \
         AND NOT EXISTS (SELECT 1 FROM support_plan y WHERE y.municipality_id = x.municipality_id \
         AND y.case_id = x.case_id AND y.kind = x.kind AND y.number > x.number AND y.in_force_at IS NOT NULL)",
        args![municipality, case],
    )
    .push(
        " UNION ALL SELECT 'met' AS what, x.id, '' AS programme, x.secretariat_desk_id AS desk_id, \
         MAX(k.starts_at) AS since FROM matter x \
         JOIN agenda_item i ON i.municipality_id = x.municipality_id AND i.matter_id = x.id AND i.state = 'concluded' \
         JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
         WHERE x.municipality_id = ? AND x.case_id = ? AND x.rests_on = 'consent' AND x.outcome <> 'entered_in_error' \
         GROUP BY x.id, x.secretariat_desk_id ORDER BY what, since, id",
        args![municipality, case],
    );
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Ongoing {
                what: row.code("what")?,
                id: row.get("id")?,
                programme: row.get("programme")?,
                desk: row.get("desk_id")?,
                since: row.get("since")?,
            })
        })
        .collect()
}

/// 終結 and 中断 as decided in a case: what stands and is no secret, and the plans that were ended. What was decided in a matter that was a
/// mistake, or under an item that was dropped or goes back to the queue, does not stand.
async fn decided(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Decided>, Broken> {
    let statement = Statement::new(
        "SELECT d.id, d.timing, d.programme, d.ground, d.matter_id, d.decided_on, d.recorded_at FROM decision d \
         WHERE d.municipality_id = ? AND d.case_id = ? AND d.timing IN ('close', 'interrupt') AND d.voided_at IS NULL \
         AND d.ground <> 'secrecy' AND NOT EXISTS (SELECT 1 FROM matter w WHERE w.municipality_id = d.municipality_id \
         AND w.id = d.matter_id AND w.outcome = 'entered_in_error') AND NOT EXISTS (SELECT 1 FROM decision_item o \
         JOIN agenda_item i ON i.municipality_id = o.municipality_id AND i.id = o.item_id \
         WHERE o.municipality_id = d.municipality_id AND o.decision_id = d.id \
         AND i.state NOT IN ('in_session', 'concluded', 'carried_over'))",
        args![municipality, case],
    )
    .push(
        " UNION ALL SELECT p.id, 'close' AS timing, p.kind AS programme, 'plan' AS ground, NULL AS matter_id, \
         SUBSTR(p.ended_at, 1, 10) AS decided_on, p.ended_at AS recorded_at FROM support_plan p \
         WHERE p.municipality_id = ? AND p.case_id = ? AND p.state = 'ended'",
        args![municipality, case],
    );
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let (timing, ground): (String, String) = (row.get("timing")?, row.get("ground")?);
            let matter: Option<ThingId> = row.get("matter_id")?;
            let by = match matter {
                Some(matter) => By::Matter(matter),
                None if ground == "plan" => By::Plan,
                None => By::Alone,
            };
            Ok(Decided {
                id: row.get("id")?,
                close: timing == "close",
                programme: row.get("programme")?,
                by,
                on: row.get::<Day>("decided_on")?,
                at: row.get("recorded_at")?,
            })
        })
        .collect()
}
