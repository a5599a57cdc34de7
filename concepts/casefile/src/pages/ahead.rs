//! The 節目 of a case on its first page: what comes next, and what was. A birthday says as much as the birth, so it is told of whom the
//! birth is disclosed; what a desk wrote down is told to that desk alone (`concepts/life_stage`).

use access::{Disclosed, Viewer};
use engine::{Broken, Look};
use household::Person;
use site::{Frame, link};
use task::TaskState;
use words::id::CaseId;

use crate::sql::ahead::{StoredStage, life_stages};

/// What was, at most.
const PAST: usize = 5;

/// One 節目.
pub(crate) struct AheadLine {
    pub day: String,
    /// That the day is the earliest one: the birth is not known to the day.
    pub about: bool,
    pub name: String,
    pub stage: String,
    /// Its page, for whoever finds one there.
    pub href: Option<String>,
    /// Key of how far the preparation is, where there is one.
    pub state: Option<&'static str>,
}

/// Those ahead, and those that were, the newest first.
#[derive(Default)]
pub(crate) struct Stages {
    pub next: Vec<AheadLine>,
    pub past: Vec<AheadLine>,
}

pub(crate) async fn stages(
    look: &mut Look,
    frame: &Frame,
    case: CaseId,
    people: &[Disclosed<Person>],
) -> Result<Stages, Broken> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let stored = life_stages(&mut look.conn(), viewer.municipality, case).await?;
    let mut stages = Stages::default();
    for s in &stored {
        let Some(person) = people.iter().find(|p| p.id == s.person).filter(|p| told(&viewer, s, p)) else {
            continue;
        };
        let open = s.task.is_some_and(|(state, _)| state == TaskState::Open);
        let ahead = s.latest >= today || open;
        // Nothing lies ahead of whoever died, or left, as far as this viewer knows.
        if ahead && person.died.is_none() && person.left.is_none() {
            stages.next.push(line(frame, &viewer, s, person));
        } else if !ahead {
            stages.past.push(line(frame, &viewer, s, person));
        }
    }
    stages.past.reverse();
    stages.past.truncate(PAST);
    Ok(stages)
}

/// Whether this viewer may know of a stage of somebody who is disclosed.
fn told(viewer: &Viewer, s: &StoredStage, person: &Person) -> bool {
    match s.wrote {
        Some(desk) => viewer.reading_desks().contains(&desk),
        None => person.known.birth.is_some(),
    }
}

fn line(frame: &Frame, viewer: &Viewer, s: &StoredStage, person: &Person) -> AheadLine {
    let t = &frame.t;
    let desks = viewer.reading_desks();
    let opens =
        s.wrote.is_some_and(|d| desks.contains(&d)) || s.task.is_some_and(|(_, d)| desks.contains(&d));
    AheadLine {
        day: t.full_day(s.on),
        about: s.on != s.latest,
        name: match person.called() {
            "" => t.s("life_stage.someone").to_owned(),
            name => name.to_owned(),
        },
        stage: t.code("life_stage_kind", &s.stage),
        href: opens.then(|| format!("{}/{}", link::STAGES, s.id)),
        state: match s.task {
            Some((TaskState::Open, _)) => Some("life_stage.preparing"),
            // Of a birthday a task ends like this where the desk that had it knows of a death that this viewer may not know of: to them it is
            // as it was.
            Some((TaskState::Cancelled, _)) if s.wrote.is_none() => Some("life_stage.preparing"),
            Some((TaskState::Done, _)) => Some("life_stage.prepared"),
            _ => None,
        },
    }
}
