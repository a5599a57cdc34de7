//! The ladder, climbed by a named system actor: who was told, and when, are facts of the task.

use std::collections::HashMap;

use access::{Right, System};
use engine::{Engine, Fail, Origin, args};
use words::id::MunicipalityId;

use crate::rules::{Clocks, Level, level};
use crate::sql::untold;

/// Most tasks looked at in one round; the rest comes in the next.
const MOST: i64 = 5_000;

/// Tells leads and coordinators about late tasks of one municipality; the number of steps taken.
pub async fn escalate(engine: &Engine, municipality: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(System::Escalation, municipality, Origin::Job, "task.escalate", &engine.now().iso())
        .await?;
    let right = Right::system(System::Escalation);
    let now = act.now();
    let settings = register::settings(&mut act.facts()?, municipality).await?;
    let clocks = Clocks {
        lead_after: settings.lead_after_days,
        coordinator_after: settings.coordinator_after_days,
        urgent_hours: settings.urgent_hours,
    };
    let desks = register::desks(&mut act.facts()?, municipality, now.day()).await?;
    let opening: HashMap<_, _> = desks.into_iter().map(|d| (d.id, d.opening)).collect();
    let standard = words::calendar::OpeningDays::default();
    let mut steps = 0;
    for task in untold(&mut act.facts()?, municipality, now, MOST).await? {
        let opening = opening.get(&task.desk).unwrap_or(&standard);
        let level = level(task.due_at, task.urgent, now, opening, &clocks);
        if level >= Level::Lead && task.kind.tells(Level::Lead) && task.told.lead.is_none() {
            act.save(&right)?
                .exec(
                    "UPDATE task SET lead_told_at = $3 WHERE municipality_id = $1 AND id = $2",
                    args![municipality, task.id, now],
                )
                .await?;
            steps += 1;
        }
        if level >= Level::Coordinator && task.told.coordinator.is_none() {
            act.save(&right)?
                .exec(
                    "UPDATE task SET coordinator_told_at = $3 WHERE municipality_id = $1 AND id = $2",
                    args![municipality, task.id, now],
                )
                .await?;
            steps += 1;
        }
    }
    if steps == 0 {
        // Nothing to record: the command itself is not kept either.
        return Ok(0);
    }
    act.commit("").await?;
    Ok(steps)
}
