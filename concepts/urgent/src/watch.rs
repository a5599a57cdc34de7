//! Reviews stay with whoever can give them: an auditor who leaves, a post that is empty, one that is filled again. And the
//! words of reasons that led to nobody are kept no longer than whoever reviews may want to ask: no record will ever take them
//! along when it is disposed of.

use access::{Right, System};
use engine::{Engine, Fail, Origin};
use words::id::MunicipalityId;

use crate::{acts, sql};

/// Most reviews looked through in one round; the rest comes in the next.
const MOST: i64 = 500;

/// Days for which the words of a reason are kept that led to nobody.
const REASON_DAYS: i64 = 365;

/// Looks through the reviews that are owed and gives each to whom it falls now, and forgets old reasons that led to nobody. How
/// many moved or went. Doing it again changes nothing.
pub async fn watch(engine: &Engine, municipality: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(System::UrgentReview, municipality, Origin::Job, "urgent.watch", &engine.now().iso())
        .await?;
    let right = Right::system(System::UrgentReview);
    let mut moved = 0;
    for look in sql::reviews(&mut act.facts()?, municipality, true, MOST).await? {
        let owners: Vec<_> = sql::notices(&mut act.facts()?, municipality, look.id)
            .await?
            .into_iter()
            .map(|n| n.desk)
            .collect();
        let owner = owners.first().copied().unwrap_or(look.task_desk);
        let to = acts::reviewer(&mut act, &owners, look.user, look.household, owner).await?;
        if (to.0, to.2) == (look.role, look.task_desk) {
            continue;
        }
        sql::falls_to(&mut act, &right, &look, to).await?;
        moved += 1;
    }
    let before = act.now().plus_hours(-24 * REASON_DAYS);
    moved += sql::forget_words(&mut act, &right, before).await?;
    if moved > 0 {
        act.commit("").await?;
    }
    Ok(moved)
}
