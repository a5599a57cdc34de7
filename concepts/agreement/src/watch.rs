//! What nobody notices by themselves: a consent ends soon, a person comes of age, a recipient has ended. Whoever answers for
//! the case gets one task about it.

use access::{Right, System};
use consent::Due;
use engine::{Act, Engine, Fail, Origin};
use task::{Guarded, NewTask, TaskKind};
use words::calendar::{self, OpeningDays};
use words::id::MunicipalityId;
use words::{Day, Instant};

use crate::rules::{EXPIRY_DAYS, OF_AGE_DAYS};

/// Looks through the consents of a municipality. How many tasks were made. Doing it again changes nothing.
pub async fn watch(engine: &Engine, municipality: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(System::ConsentWatch, municipality, Origin::Job, "consent.watch", &engine.now().iso())
        .await?;
    let right = Right::system(System::ConsentWatch);
    let today = act.now().day();
    let mut made = 0;
    let ending =
        consent::ending(&mut act.facts()?, municipality, today, today.plus_days(EXPIRY_DAYS)).await?;
    for due in ending {
        // A week before the end at the latest: whoever is asked needs time to think.
        let by = (due.day.plus_days(-7)).max(today);
        made += tell(&mut act, &right, &due, "expiry", TaskKind::ConsentEnds, by).await?;
    }
    let of_age =
        consent::coming_of_age(&mut act.facts()?, municipality, today, today.plus_days(OF_AGE_DAYS)).await?;
    for due in of_age {
        let by = (due.day.plus_days(-14)).max(today);
        made += tell(&mut act, &right, &due, "coming_of_age", TaskKind::ConsentOfAge, by).await?;
    }
    let mut ended =
        consent::recipients_ended(&mut act.facts()?, municipality, today, consent::EndedWhich::Untold)
            .await?;
    // Two recipients of one consent may have ended: that is one task.
    ended.dedup_by_key(|e| e.due.consent);
    for ended in ended {
        let by = today.plus_days(7);
        made += tell(&mut act, &right, &ended.due, "recipient_ended", TaskKind::ConsentEnds, by).await?;
    }
    if made > 0 {
        act.commit("").await?;
    }
    Ok(made)
}

async fn tell(
    act: &mut Act,
    right: &Right,
    due: &Due,
    why: &'static str,
    kind: TaskKind,
    by: Day,
) -> Result<usize, Fail> {
    let due_at = Instant::at(calendar::add_business_days(&OpeningDays::default(), by, 0), 17, 15);
    let about = task::About { case: Some(due.case), ..task::About::default() };
    let new = NewTask { kind, desk: due.accountable, assignee: None, about, due_at };
    let task = task::add(act, right, &new).await?;
    consent::note_task(act, right, due.consent, why, task).await?;
    task::settle(act, right, Guarded::Case(due.case), due_at).await?;
    Ok(1)
}
