//! When an office or a contract ends, its open work passes to the heir it named. Reading passes by itself (a seat
//! holds what it inherited); this makes accountability and tasks say so, and keeps who was accountable before.

use std::collections::BTreeSet;

use access::{Right, System};
use engine::{Engine, Fail, Origin, args};
use words::id::{CaseId, DeskId, MunicipalityId};

use crate::sql;

/// Passes on what ended desks, and desks whose contract has run out, still hold: open cases, consultations, sheets, needs, plans and tasks. The number of desks whose
/// work moved. Doing it again changes nothing.
pub async fn office_end(engine: &Engine, municipality: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(System::OfficeEnd, municipality, Origin::Job, "office.end", &engine.now().iso())
        .await?;
    let right = Right::system(System::OfficeEnd);
    let today = act.now().day();
    let rows = act
        .facts()?
        .all(
            // A desk is over after its own last day, or after its contract's, whichever comes first.
            "SELECT d.id FROM desk d LEFT JOIN contract o ON o.municipality_id = d.municipality_id \
             AND o.id = d.contract_id WHERE d.municipality_id = $1 AND (d.valid_to < $2 OR o.valid_to < $2) AND \
             (EXISTS (SELECT 1 FROM case_file c WHERE c.municipality_id = d.municipality_id \
             AND c.accountable_desk_id = d.id AND c.state = 'open') \
             OR EXISTS (SELECT 1 FROM consultation k WHERE k.municipality_id = d.municipality_id \
             AND k.accountable_desk_id = d.id AND k.state = 'open') \
             OR EXISTS (SELECT 1 FROM connecting_sheet s WHERE s.municipality_id = d.municipality_id \
             AND s.provider_desk_id = d.id AND s.state = 'sent') \
             OR EXISTS (SELECT 1 FROM need n WHERE n.municipality_id = d.municipality_id \
             AND n.owner_desk_id = d.id AND n.state = 'open') \
             OR EXISTS (SELECT 1 FROM support_plan p WHERE p.municipality_id = d.municipality_id \
             AND p.desk_id = d.id AND p.state IN ('draft', 'proposed', 'in_force')) \
             OR EXISTS (SELECT 1 FROM participation x WHERE x.municipality_id = d.municipality_id \
             AND x.desk_id = d.id AND x.state NOT IN ('ended', 'unmet')) \
             OR EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = d.municipality_id AND t.desk_id = d.id \
             AND t.state = 'open'))",
            args![municipality, today],
        )
        .await?;
    let desks: BTreeSet<DeskId> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    let mut moved = 0;
    for desk in desks {
        let heir = register::heir(&mut act.facts()?, municipality, desk, today).await?;
        if heir == desk {
            // No heir in force: the database's rule that an ended desk names one was broken; check reports it.
            continue;
        }
        let cases = act
            .facts()?
            .all(
                "SELECT id FROM case_file WHERE municipality_id = $1 AND accountable_desk_id = $2 AND state = 'open'",
                args![municipality, desk],
            )
            .await?;
        for row in &cases {
            let case: CaseId = row.get("id")?;
            sql::move_accountability(&mut act, &right, case, heir, "office_end").await?;
        }
        let mut conn = act.save(&right)?;
        for statement in [
            "UPDATE consultation SET accountable_desk_id = $3 \
             WHERE municipality_id = $1 AND accountable_desk_id = $2 AND state = 'open'",
            "UPDATE connecting_sheet SET provider_desk_id = $3 \
             WHERE municipality_id = $1 AND provider_desk_id = $2 AND state = 'sent'",
            // Whoever stands for a need on a board.
            "UPDATE need SET owner_desk_id = $3, version = version + 1 \
             WHERE municipality_id = $1 AND owner_desk_id = $2 AND state = 'open'",
            // Whoever answers for a plan that is not over.
            "UPDATE support_plan SET desk_id = $3, version = version + 1 \
             WHERE municipality_id = $1 AND desk_id = $2 AND state IN ('draft', 'proposed', 'in_force')",
            // Whoever coordinates between a wish and a place.
            "UPDATE participation SET desk_id = $3, version = version + 1 \
             WHERE municipality_id = $1 AND desk_id = $2 AND state NOT IN ('ended', 'unmet')",
            // Whoever was in charge sat at the desk that ended: the heir decides anew.
            "UPDATE task SET desk_id = $3, assignee_id = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND desk_id = $2 AND state = 'open'",
        ] {
            conn.exec(statement, args![municipality, desk, heir]).await?;
        }
        moved += 1;
    }
    if moved > 0 {
        act.commit("").await?;
    }
    Ok(moved)
}
