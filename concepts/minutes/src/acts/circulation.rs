//! 回覧: sent round, read, told at a section, brought to a partner, ended.

use access::{Action, Relation, Right, Role};
use engine::{Act, Fail};
use serde::Serialize;
use task::{NewTask, TaskKind, TaskState};
use words::id::{CirculationId, DeskId, MeetingId, TaskId, UserId};
use words::{Day, Instant};

use crate::rules::{self, Brought, What};
use crate::section::{names_nobody, record};
use crate::sql::circulation::{self as sql, Reader, Round, Section};
use crate::sql::{self as all};

/// What is sent round, as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Send {
    pub what: What,
    pub words: String,
    pub due: Day,
    /// The sections it goes to, among those that were invited.
    pub desks: Vec<DeskId>,
}

/// Roles that find what goes round on their page.
const READERS: &[Role] = &[
    Role::Liaison,
    Role::Caseworker,
    Role::AgencyLead,
    Role::Coordinator,
    Role::CommitteeMember,
    Role::Secretariat,
];

async fn running(act: &mut Act, desk: DeskId, id: MeetingId) -> Result<Right, Fail> {
    let mut relation = Relation::of_no_household();
    relation.accountable = Some(desk);
    act.permit(Action::RunSession, &relation, record(id)).await
}

async fn promise(
    act: &mut Act,
    right: &Right,
    (kind, id): (TaskKind, CirculationId),
    (desk, assignee): (DeskId, Option<UserId>),
    due: Day,
) -> Result<TaskId, Fail> {
    let about = task::About { thing: Some(id.cast()), ..task::About::default() };
    let due_at = Instant::at(due, 17, 0);
    task::add(act, right, &NewTask { kind, desk, assignee, about, due_at }).await
}

/// Sends something round the members of sections; of partners without a login the secretariat brings it.
pub(crate) async fn send(
    act: &mut Act,
    id: CirculationId,
    meeting: MeetingId,
    new: &Send,
) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let today = now.day();
    let o = session::open_unasked(&mut act.facts()?, &viewer, meeting, today).await?;
    let right = running(act, o.meeting.desk, meeting).await?;
    session::is_kept(o.meeting.disposed_at.is_some())?;
    rules::was_held(o.meeting.state)?;
    let minutes = all::of_meeting(&mut act.facts()?, m, meeting).await?;
    rules::may_send_round(new.what, minutes.edition, &new.words, new.due, today)?;
    names_nobody(act, &new.words).await?;
    // Whoever was invited, also to one item alone: of the rest they read what is about nobody, as on the page of the session. That
    // they came to an item stands on the secretariat's list only.
    let invited = |d: &DeskId| o.invitees.iter().any(|i| i.desk == *d);
    if new.desks.is_empty() || !new.desks.iter().all(invited) {
        return Err(engine::Refusal::new("circulation.which_desks").into());
    }
    let office = register::heir(&mut act.facts()?, m, o.meeting.desk, today).await?;
    let desks = register::desks_by_id(&mut act.facts()?, m, new.desks.iter().copied(), today).await?;
    let (mut sections, mut readers) = (Vec::new(), Vec::new());
    for desk in desks {
        let mut people: Vec<UserId> = Vec::new();
        if desk.has_login {
            for place in register::places_of(&mut act.facts()?, m, desk.id, today).await? {
                let fits = READERS.contains(&place.role) && place.user != viewer.user;
                if fits && !people.contains(&place.user) {
                    people.push(place.user);
                }
            }
        }
        // A desk at which nobody can read it is told by the secretariat.
        let silent = people.is_empty() && desk.id != office;
        let task = if silent {
            Some(promise(act, &right, (TaskKind::TellCirculation, id), (office, None), new.due).await?)
        } else {
            None
        };
        sections.push(Section {
            round: id,
            desk: desk.id,
            reported_at: None,
            told_by: String::new(),
            brought_at: None,
            brought_how: String::new(),
            task,
        });
        for user in people {
            let task =
                promise(act, &right, (TaskKind::ReadCirculation, id), (desk.id, Some(user)), new.due).await?;
            readers.push(Reader { round: id, desk: desk.id, user, read_at: None, task: Some(task) });
        }
    }
    let round = Round {
        id,
        meeting,
        what: new.what,
        words: new.words.clone(),
        due: new.due,
        sent_at: now,
        desk: right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?,
        user: viewer.user,
        ended_at: None,
        version: 1,
    };
    sql::insert(act, &right, &round, &sections, &readers).await
}

/// What can be done with a round.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// I have read it.
    Read,
    /// It was told at my section; of a partner, as the secretariat heard.
    Report { desk: DeskId, told_by: String },
    /// It was brought to a partner without a login.
    Brought { desk: DeskId, how: Option<Brought> },
    /// It goes round no longer.
    End,
}

/// Takes a step.
pub(crate) async fn step(act: &mut Act, id: CirculationId, step: &Step) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let round = sql::by_id(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let meeting = session::meeting(&mut act.facts()?, m, round.meeting).await?.ok_or(Fail::NotVisible)?;
    let sections = sql::sections(&mut act.facts()?, m, [id]).await?;
    let readers = sql::readers(&mut act.facts()?, m, [id]).await?;
    let desks = viewer.desks();
    let mine: Vec<&Reader> =
        readers.iter().filter(|r| r.user == viewer.user && desks.contains(&r.desk)).collect();
    let own = |desk: DeskId| {
        let mut relation = Relation::of_no_household();
        relation.receiver = Some(desk);
        relation
    };
    match step {
        Step::Read => {
            let first = mine.first().ok_or(Fail::NotVisible)?;
            let right = act.permit(Action::AnswerInvitation, &own(first.desk), record(id)).await?;
            rules::goes_round(round.ended_at.is_some())?;
            sql::read(act, &right, id, viewer.user).await?;
            for task in mine.iter().filter_map(|r| r.task) {
                task::end(act, &right, task, TaskState::Done, "").await?;
            }
            Ok(())
        }
        Step::Report { desk, told_by } => {
            let section = sections.iter().find(|s| s.desk == *desk).ok_or(Fail::NotVisible)?;
            let right = if desks.contains(desk) {
                act.permit(Action::AnswerInvitation, &own(*desk), record(id)).await?
            } else {
                let right = running(act, meeting.desk, meeting.id).await?;
                rules::was_told(told_by, section.task.is_some() && section.brought_at.is_none())?;
                right
            };
            rules::goes_round(round.ended_at.is_some())?;
            sql::report(act, &right, (id, *desk), told_by).await
        }
        Step::Brought { desk, how } => {
            let right = running(act, meeting.desk, meeting.id).await?;
            let section = sections.iter().find(|s| s.desk == *desk).ok_or(Fail::NotVisible)?;
            let how = how.ok_or(engine::Refusal::new("circulation.how_brought"))?;
            rules::goes_round(round.ended_at.is_some())?;
            sql::brought(act, &right, (id, *desk), how).await?;
            if let Some(task) = section.task {
                task::end(act, &right, task, TaskState::Done, "").await?;
            }
            Ok(())
        }
        Step::End => {
            let right = running(act, meeting.desk, meeting.id).await?;
            act.check_version(round.version)?;
            sql::end(act, &right, &round).await?;
            let kinds = [TaskKind::ReadCirculation, TaskKind::TellCirculation];
            task::end_of_thing(act, &right, id.cast(), None, &kinds, TaskState::Cancelled).await
        }
    }
}
