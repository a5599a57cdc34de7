//! The job: begins hand-overs for appointments that end, ends those in which nothing waits any more, and asks the desk where who was
//! to take something up has left it.

use access::{Right, System};
use engine::{Engine, Fail, Origin};
use words::id::{MunicipalityId, ThingId};

use crate::acts::{self, Begin};
use crate::rules::DAYS_AHEAD;
use crate::sql;

/// Begins and ends hand-overs of one municipality; the number of changes. Doing it again changes nothing.
pub async fn watch(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut act =
        engine.system_act(System::HandOver, m, Origin::Job, "hand_over.watch", &engine.now().iso()).await?;
    let right = Right::system(System::HandOver);
    let today = act.now().day();
    let mut changed = 0;
    for (desk, from, last) in sql::ending(&mut act.facts()?, m, today, today.plus_days(DAYS_AHEAD)).await? {
        if sql::carried(&mut act.facts()?, m, desk, from).await?.is_empty() {
            continue;
        }
        let id: ThingId = act.new_id();
        changed += usize::from(acts::begin(&mut act, &right, id, &Begin { desk, from, last }).await?);
    }
    for pack in sql::open_packs(&mut act.facts()?, m).await? {
        let (desk, staff) = acts::sitting(&mut act.facts()?, m, pack.desk, today).await?;
        let items = sql::items(&mut act.facts()?, m, &[pack.id], None).await?;
        // What came to be theirs since is handed over too.
        let known: Vec<_> = items.iter().map(|i| i.case).collect();
        let mut more = sql::carried(&mut act.facts()?, m, pack.desk, pack.from).await?;
        more.retain(|case| !known.contains(case));
        if !more.is_empty() {
            sql::add_items(&mut act, &right, pack.id, &more).await?;
            changed += 1;
            continue;
        }
        // Nothing waits any more, or who was to take something up sits there no more.
        changed += usize::from(acts::settle(&mut act, &right, &pack, (desk, &staff)).await?);
    }
    if changed > 0 {
        act.commit("").await?;
    }
    Ok(changed)
}
