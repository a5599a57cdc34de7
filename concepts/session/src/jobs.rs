//! What happens by itself: the queue and the sessions of a body that has ended go to its successor.

use access::{Right, System};
use engine::{Engine, Fail, Origin};
use words::id::MunicipalityId;

use crate::sql;

/// Passes on what ended bodies still hold. How many bodies. Doing it again changes nothing.
pub async fn body_end(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut act =
        engine.system_act(System::BodyEnd, m, Origin::Job, "session.body_end", &engine.now().iso()).await?;
    let right = Right::system(System::BodyEnd);
    let today = act.now().day();
    let ended = sql::body::ended(&mut act.facts()?, m, today).await?;
    let mut moved = 0;
    for (body, successor) in ended {
        sql::body::pass_on(&mut act, &right, body, successor).await?;
        moved += 1;
    }
    if moved > 0 {
        act.commit("").await?;
    }
    Ok(moved)
}
