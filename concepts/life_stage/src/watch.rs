//! The job: makes the task of a life stage in its time, once, and takes it back when it is not so any more.

use access::{Right, System};
use engine::{Act, Engine, Fail, Origin};
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::Instant;
use words::calendar::{OpeningDays, add_business_days};
use words::id::{CaseId, DeskId, MunicipalityId, TaskId, ThingId};

use crate::rules::{Stage, When, counted_late, due, is_time, when};
use crate::settings;
use crate::sql::{self, Ahead, New, Standing};

/// Tasks made in one round; the rest comes in the next.
const MOST: usize = 200;

/// Makes and takes back the tasks of life stages in one municipality; the number of changes. Doing it again changes nothing.
pub async fn watch(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(System::LifeStages, m, Origin::Job, "life_stage.watch", &engine.now().iso())
        .await?;
    let right = Right::system(System::LifeStages);
    let today = act.now().day();
    let months = settings::months(&mut act.facts()?, m).await?;
    let mut changed = 0;
    for s in sql::standing(&mut act.facts()?, m, today).await? {
        changed += follow(&mut act, &right, &s, &months).await?;
    }
    for stage in Stage::BY_BIRTH {
        let ahead = settings::of(&months, stage);
        for born in sql::born_around(&mut act.facts()?, m, stage, today).await? {
            let Some(at) = when(stage, born.birth).filter(|at| is_time(*at, ahead, today)) else { continue };
            if changed >= MOST {
                break;
            }
            let id: ThingId = act.new_id();
            let new =
                New { id, case: born.case, person: born.person, stage, when: at, desk: None, task: None };
            // Somebody in two open cases has it once: no task without its stage.
            if sql::insert(&mut act, &right, &new).await? {
                let task = promise(&mut act, &right, (id, born.case, born.desk), at).await?;
                sql::told(&mut act, &right, id, task).await?;
                changed += 1;
            }
        }
    }
    if changed > 0 {
        act.commit("").await?;
    }
    Ok(changed)
}

/// What became of a stage that is stored already.
async fn follow(act: &mut Act, right: &Right, s: &Standing, months: &[i64; 8]) -> Result<usize, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let a = &s.ahead;
    let counted = s.birth.and_then(|b| when(a.stage, b));
    if let Some(now) = counted.filter(|now| a.desk.is_none() && counted_late(a.stage, a.when, *now)) {
        sql::counted(act, right, a.id, now).await?;
        return Ok(1);
    }
    let moved = a.desk.is_none() && counted != Some(a.when);
    let known_gone = !s.case_open || !s.present || moved;
    if s.beside && !known_gone && a.desk.is_none() {
        // The desk itself wrote that there is nothing to prepare any more: its task goes. That the day comes stays with the case, as other
        // desks have read it there and may know nothing else.
        return gone_beside(act, right, s).await;
    }
    let gone = known_gone || s.beside;
    if s.task_cancelled && !gone && a.desk.is_some() {
        // Its task ended with the case; the case is open again.
        sql::untold(act, right, a.id).await?;
        return Ok(1);
    }
    if s.task_cancelled || (gone && (a.desk.is_none() || s.task_open)) {
        if s.task_open {
            withdraw(act, right, a).await?;
            let otherwise = act.now().plus_hours(24 * 14);
            task::settle(act, right, Guarded::Case(a.case), otherwise).await?;
        }
        // What a birthday says is made again when it is so again. What somebody wrote down stays theirs: a death that was
        // a mistake, and whoever comes back, find it again.
        if a.desk.is_none() {
            sql::forget(act, right, a.id).await?;
        }
        return Ok(usize::from(s.task_open || a.desk.is_none()));
    }
    // Whoever answers for the case answers for what lies ahead; what one desk wrote down stays there, or with its heir.
    if s.task_open {
        let Some(to) = s.accountable.filter(|to| a.desk.is_none() && s.task_desk != Some(*to)) else {
            return Ok(0);
        };
        let Some(task) = a.task else { return Ok(0) };
        task::hand_to(act, right, task, to).await?;
        return Ok(1);
    }
    if a.task.is_none() && !gone && is_time(a.when, settings::of(months, a.stage), today) {
        let Some(desk) = a.desk else { return Ok(0) };
        let desk = register::heir(&mut act.facts()?, m, desk, today).await?;
        let task = promise(act, right, (a.id, a.case, desk), a.when).await?;
        sql::told(act, right, a.id, task).await?;
        return Ok(1);
    }
    Ok(0)
}

async fn gone_beside(act: &mut Act, right: &Right, s: &Standing) -> Result<usize, Fail> {
    if s.task_open {
        withdraw(act, right, &s.ahead).await?;
        task::settle(act, right, Guarded::Case(s.ahead.case), act.now().plus_hours(24 * 14)).await?;
    }
    Ok(usize::from(s.task_open))
}

/// Ends the open task of a stage: it is not needed. The caller settles the case's guard.
pub(crate) async fn withdraw(act: &mut Act, right: &Right, a: &Ahead) -> Result<(), Fail> {
    let about = task::About { thing: Some(a.id), ..task::About::default() };
    task::end_all(act, right, about, &[TaskKind::LifeStage], TaskState::Cancelled, "").await?;
    Ok(())
}

/// Makes the task of a stage at a desk.
pub(crate) async fn promise(
    act: &mut Act,
    right: &Right,
    (id, case, desk): (ThingId, CaseId, DeskId),
    at: When,
) -> Result<TaskId, Fail> {
    let by = due(at, act.now().day());
    let due_at = Instant::at(add_business_days(&OpeningDays::default(), by, 0), 17, 0);
    let about = task::About { case: Some(case), thing: Some(id), ..task::About::default() };
    let new = NewTask { kind: TaskKind::LifeStage, desk, assignee: None, about, due_at };
    let task = task::add(act, right, &new).await?;
    task::settle(act, right, Guarded::Case(case), due_at).await?;
    Ok(task)
}
