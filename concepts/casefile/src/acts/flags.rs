//! Cautions, engagement, and what is said to hints.

use access::{Action, RecordRef, Right, System};
use engine::{Act, Begun, Engine, Fail, Origin};
use household::entry::About;
use household::{Field, Marks, NewEntry};
use serde::Serialize;
use site::Req;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::id::{CaseId, MunicipalityId, PersonId, ThingId};
use words::{Day, Instant};

use super::Done;
use crate::rules::caution::{self, Caution, WhyLifted};
use crate::rules::theme::{Said, Theme, WhyAside};
use crate::rules::{self, Engagement};
use crate::sql::{self, caution as rows};

/// What is asked. Each is a command of its own.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// A caution is set.
    Set { kind: Caution, words: String, marks: Marks, review_on: Day },
    /// It is still needed: until another day.
    Keep { caution: ThingId, review_on: Day },
    /// It is lifted.
    Lift { caution: ThingId, why: WhyLifted },
    /// How far the relation with a person has come, since a day.
    Engage { person: PersonId, stage: Engagement, since: Day },
    /// Somebody says something to a hint.
    Say { theme: Theme, said: Said, why: Option<WhyAside> },
}

impl Step {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Set { .. } => "case.caution",
            Self::Keep { .. } => "case.caution_keep",
            Self::Lift { .. } => "case.caution_lift",
            Self::Engage { .. } => "case.engage",
            Self::Say { .. } => "case.theme",
        }
    }
}

/// Takes a step. What it is about was disclosed to whoever asks before the act began.
pub(crate) async fn take(req: &Req, case: CaseId, step: &Step) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), step.kind(), &(case, step)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (header, relation) = super::load(&mut act, case).await?;
    let right = act.permit(Action::WriteSupport, &relation, RecordRef::case(case)).await?;
    match step {
        Step::Set { kind, words, marks, review_on } => {
            caution::review(*review_on, act.now().day())?;
            let desk = super::acting_desk(&right)?;
            let text = NewEntry {
                field: Field::Caution,
                form: None,
                household: Some(header.household),
                marks: marks.clone(),
                body: words.clone(),
                occurred_at: act.now(),
                told: None,
                about: About { case: Some(case), ..About::default() },
                corrects: None,
            };
            let written = household::entry::write(&mut act, &right, vec![text]).await?;
            household::findable::refresh(&mut act, &right, &[], &written).await?;
            let entry = written.first().copied().ok_or(Fail::NotVisible)?;
            rows::set(&mut act, &right, case, *kind, (entry, desk), *review_on).await?;
        }
        Step::Keep { caution: id, review_on } => {
            caution::review(*review_on, act.now().day())?;
            let row = one(&mut act, case, *id).await?;
            rows::keep(&mut act, &right, &row, *review_on).await?;
            reviewed(&mut act, &right, case, *id).await?;
        }
        Step::Lift { caution: id, why } => {
            let row = one(&mut act, case, *id).await?;
            rows::lift(&mut act, &right, &row, *why).await?;
            reviewed(&mut act, &right, case, *id).await?;
        }
        Step::Engage { person, stage, since } => {
            rules::since(*since, act.now().day())?;
            sql::engage_since(&mut act, &right, case, *person, (*stage, Instant::at(*since, 0, 0))).await?;
        }
        Step::Say { theme, said, why } => {
            rules::say(*said, *why)?;
            let reason = why.map_or("", words::code::Code::code);
            rows::mark(&mut act, &right, case, (*theme, *said), reason).await?;
        }
    }
    Ok(Done::Now(act.commit("").await?))
}

async fn one(act: &mut Act, case: CaseId, id: ThingId) -> Result<rows::CautionRow, Fail> {
    let m = act.municipality();
    let all = rows::cautions(&mut act.facts()?, m, case, true).await?;
    let row = all.into_iter().find(|c| c.id == id).ok_or(Fail::NotVisible)?;
    act.check_version(row.version)?;
    caution::in_force(row.ended_at.is_some())?;
    Ok(row)
}

/// The review of a caution is done, whoever's task it was.
async fn reviewed(act: &mut Act, right: &Right, case: CaseId, id: ThingId) -> Result<(), Fail> {
    let about = task::About { thing: Some(id), ..task::About::default() };
    if task::end_all(act, right, about, &[TaskKind::ReviewCaution], TaskState::Done, "").await? == 0 {
        return Ok(());
    }
    let otherwise = super::otherwise_due(act).await?;
    task::settle(act, right, Guarded::Case(case), otherwise).await
}

/// Makes the review of cautions whose day has come a task of the desk that answers for the case. Run again, it does nothing
/// more. The number of tasks made.
pub async fn caution_watch(engine: &Engine, municipality: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(System::CautionReview, municipality, Origin::Job, "caution.watch", &engine.now().iso())
        .await?;
    let right = Right::system(System::CautionReview);
    let today = act.now().day();
    let due = rows::to_review(&mut act.facts()?, municipality, today).await?;
    let by = calendar::add_business_days(&OpeningDays::default(), today, 5);
    for (id, case, desk) in &due {
        let about = task::About { case: Some(*case), thing: Some(*id), ..task::About::default() };
        let due_at = Instant::at(by, 17, 15);
        let new = NewTask { kind: TaskKind::ReviewCaution, desk: *desk, assignee: None, about, due_at };
        task::add(&mut act, &right, &new).await?;
        rows::told(&mut act, &right, *id).await?;
        task::settle(&mut act, &right, Guarded::Case(*case), due_at).await?;
    }
    if !due.is_empty() {
        act.commit("").await?;
    }
    Ok(due.len())
}
