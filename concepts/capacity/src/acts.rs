//! Asking, answering, choosing; seeking a contact: one transaction each.

use access::{Action, RecordKind, RecordRef, Relation, Right, System, Viewer};
use engine::{Act, Channel, Conn, Engine, Fail, Origin, Refusal};
use serde::Serialize;
use task::{NewTask, TaskKind, TaskState};
use words::code::Code;
use words::id::{AreaId, CaseId, DeskId, MunicipalityId, ThingId};
use words::{Day, Instant};

use crate::rules::{self, Heard, Match, Outcome, Own, Reply, Why};
use crate::sql::{self, Asked, New, Question, Stands};

/// A question to be put.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ask {
    pub case: CaseId,
    pub need: String,
    pub urgency: String,
    pub area: Option<AreaId>,
    pub age_band: String,
    pub desks: Vec<DeskId>,
}

/// Where it is noted in the log: no household's record.
fn record(id: ThingId) -> RecordRef {
    RecordRef { kind: RecordKind::Capacity, id }
}

fn about(id: ThingId) -> task::About {
    task::About { thing: Some(id), ..task::About::default() }
}

/// Puts the question; each desk that can sign in owes an answer, for the others the asking desk finds out.
pub(crate) async fn ask(act: &mut Act, id: ThingId, new: &Ask) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today, now) = (act.municipality(), act.now().day(), act.now());
    let (case, relation) =
        casefile::relation(&mut act.facts()?, &viewer, new.case).await?.ok_or(Fail::NotVisible)?;
    let right = act.permit(Action::AskCapacity, &relation, record(id)).await?;
    let from = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    if case.state != casefile::CaseState::Open {
        return Err(Refusal::new("capacity.case_closed").into());
    }
    let set = register::settings(&mut act.facts()?, m).await?;
    let urgent = new.urgency == "urgent";
    let desks = register::desks_by_id(&mut act.facts()?, m, new.desks.iter().copied(), today).await?;
    let mut latest = now;
    let mut tasks = Vec::new();
    for desk in &desks {
        let due = task::answer_due(now, urgent, &desk.opening, set.answer_business_days, set.urgent_hours);
        latest = latest.max(due);
        let (kind, holder) = if desk.has_login {
            (TaskKind::AnswerCapacity, desk.id)
        } else {
            (TaskKind::FetchCapacity, from)
        };
        tasks.push(NewTask { kind, desk: holder, assignee: None, about: about(id), due_at: due });
    }
    let row = New {
        id,
        case: new.case,
        from,
        need: &new.need,
        urgency: &new.urgency,
        area: new.area,
        age_band: &new.age_band,
        due_at: latest,
        desks: &new.desks,
    };
    sql::insert(act, &right, &row).await?;
    task::add_many(act, &right, &tasks).await?;
    Ok(())
}

/// A step of a question.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// A desk says what it can do; the asking desk for one without a login.
    Answer { desk: DeskId, reply: Reply, why: Option<Why>, later_from: Option<Day>, told_by: String },
    /// One is chosen.
    Choose { desk: DeskId },
    /// There is nobody, or it is not asked any more.
    End { outcome: Outcome },
}

/// Takes a step; the case, when a desk was chosen.
pub(crate) async fn step(act: &mut Act, id: ThingId, step: &Step) -> Result<Option<CaseId>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (q, asked) = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    match step {
        Step::Answer { desk, reply, why, later_from, told_by } => {
            let of = asked.iter().find(|a| a.desk == *desk).ok_or(Fail::NotVisible)?;
            let answer = Asked {
                reply: Some(*reply),
                why: *why,
                later_from: *later_from,
                told_by: told_by.clone(),
                ..of.clone()
            };
            answer_one(act, &q, &asked, &answer).await?;
            Ok(None)
        }
        Step::Choose { desk } => {
            let right = following(act, &q).await?;
            let said = asked.iter().find(|a| a.desk == *desk).and_then(|a| a.reply);
            rules::may_choose(q.closed_at.is_none(), said)?;
            end(act, &right, &q, Outcome::Chosen, Some(*desk)).await?;
            Ok(Some(q.case))
        }
        Step::End { outcome } => {
            let right = following(act, &q).await?;
            if q.closed_at.is_some() || *outcome == Outcome::Chosen {
                return Err(Refusal::new("capacity.is_over").into());
            }
            end(act, &right, &q, *outcome, None).await?;
            Ok(None)
        }
    }
}

/// The right of whoever asked.
async fn following(act: &mut Act, q: &Question) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let relation = sql::relation(&mut act.facts()?, &viewer, q).await?;
    let right = act.permit(Action::FollowCapacity, &relation, record(q.id)).await?;
    act.check_version(q.version)?;
    Ok(right)
}

async fn answer_one(act: &mut Act, q: &Question, all: &[Asked], a: &Asked) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let desk = register::desk(&mut act.facts()?, m, a.desk, today).await?.ok_or(Fail::NotVisible)?;
    let holds = viewer.seats.iter().any(|s| s.holds(a.desk));
    let right = if desk.has_login || holds {
        let mut relation = Relation::of_no_household();
        relation.receiver = Some(a.desk);
        act.permit(Action::AnswerCapacity, &relation, record(q.id)).await?
    } else {
        let relation = sql::relation(&mut act.facts()?, &viewer, q).await?;
        if a.told_by.is_empty() {
            return Err(Refusal::new("capacity.how_told").into());
        }
        act.permit(Action::RecordOnBehalf, &relation, record(q.id)).await?
    };
    rules::may_answer(q.closed_at.is_none(), a.reply.unwrap_or(Reply::No), a.why)?;
    let fetched = !(desk.has_login || holds);
    sql::answer(
        act,
        &right,
        &Asked { told_by: if fetched { a.told_by.clone() } else { String::new() }, ..a.clone() },
    )
    .await?;
    let holder = if fetched { q.from } else { a.desk };
    let owed = if fetched { TaskKind::FetchCapacity } else { TaskKind::AnswerCapacity };
    // What was told by telephone ends when the last of those desks has answered.
    let more = fetched && {
        let others: Vec<DeskId> =
            all.iter().filter(|x| x.desk != a.desk && x.reply.is_none()).map(|x| x.desk).collect();
        let others = register::desks_by_id(&mut act.facts()?, m, others, today).await?;
        others.iter().any(|d| !d.has_login)
    };
    if !more {
        task::end_of_thing(act, &right, q.id, Some(holder), &[owed], TaskState::Done).await?;
    }
    if !fetched {
        // Whoever asked reads it and chooses; once, however many answers come.
        task::end_of_thing(act, &right, q.id, Some(q.from), &[TaskKind::ChooseCapacity], TaskState::Done)
            .await?;
        let desk = register::heir(&mut act.facts()?, m, q.from, today).await?;
        let due_at = q.due_at.max(soon(act.now()));
        let kind = TaskKind::ChooseCapacity;
        task::add(act, &right, &NewTask { kind, desk, assignee: None, about: about(q.id), due_at }).await?;
    }
    Ok(())
}

/// The end of a question: nobody owes anything any more, and the others read that it is settled.
async fn end(
    act: &mut Act,
    right: &Right,
    q: &Question,
    outcome: Outcome,
    chosen: Option<DeskId>,
) -> Result<(), Fail> {
    sql::close(act, right, q, outcome, chosen).await?;
    let kinds = [TaskKind::AnswerCapacity, TaskKind::FetchCapacity];
    task::end_of_thing(act, right, q.id, None, &kinds, TaskState::Cancelled).await?;
    task::end_of_thing(act, right, q.id, None, &[TaskKind::ChooseCapacity], TaskState::Done).await
}

/// Two business days.
fn soon(now: Instant) -> Instant {
    use words::calendar::{OpeningDays, business_day_after};
    Instant::at(business_day_after(&OpeningDays::default(), now.day(), 2), 17, 0)
}

/// A contact that is sought. What was typed to find the person by is no part of the stored command: only its hash is kept.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Seek {
    pub name: String,
    pub reading: String,
    pub birth: String,
    pub address: String,
    pub about: String,
    pub reach: String,
    /// Whoever writes says that what stands there is their own.
    pub meant: bool,
}

/// What is the asker's own, and does not count as somebody's.
pub(crate) async fn own(conn: &mut Conn<'_>, viewer: &Viewer, today: Day) -> Result<Own, Fail> {
    let m = viewer.municipality;
    let names = register::user_names(conn, m, [viewer.user]).await?;
    let desks = register::desks_by_id(conn, m, viewer.desks(), today).await?;
    Ok(Own {
        name: names.get(&viewer.user).cloned().unwrap_or_default(),
        phones: desks.into_iter().map(|d| d.phone).collect(),
    })
}

impl Seek {
    /// Looks through how to be reached: for whoever the own desks have recorded, and for the one that was typed.
    pub(crate) fn hear(&self, recorded: &[&str], own: &Own) -> Heard {
        let typed = [self.name.as_str(), self.reading.as_str()];
        let known: Vec<&str> = recorded.iter().copied().chain(typed).filter(|n| !n.is_empty()).collect();
        rules::hear(&self.reach, &known, own)
    }
}

/// Asks whoever supports this person. The same for everybody, whether there is such a desk or not.
pub(crate) async fn seek(act: &mut Act, id: ThingId, new: &Seek, typed: &Match) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let right = act.permit(Action::SeekContact, &Relation::of_no_household(), record(id)).await?;
    // What the form has checked already, checked again: a command does not have to come from a form.
    let today = act.now().day();
    let own = own(&mut act.facts()?, &viewer, today).await?;
    let named = household::telling::named_in(&mut act.facts()?, &viewer, &new.reach).await?;
    let named = act.disclose(named).await?;
    let recorded = household::telling::called(&named);
    let recorded: Vec<&str> = recorded.iter().map(String::as_str).collect();
    rules::may_send(&new.hear(&recorded, &own), new.meant)?;
    let supported = sql::supporting(&mut act.facts()?, &viewer, typed).await?;
    let made = sql::request(act, &right, id, (&new.about, &new.reach), &supported).await?;
    let due_at = soon(act.now());
    let tasks: Vec<NewTask> = made
        .into_iter()
        .map(|(target, desk)| NewTask {
            kind: TaskKind::ReturnContact,
            desk,
            assignee: None,
            about: about(target),
            due_at,
        })
        .collect();
    task::add_many(act, &right, &tasks).await?;
    Ok(())
}

/// Whoever asked takes it back. The same for everybody: whether anybody had been asked shows nowhere.
pub(crate) async fn take_back(act: &mut Act, id: ThingId) -> Result<(), Fail> {
    let right = act.permit(Action::SeekContact, &Relation::of_no_household(), record(id)).await?;
    if !sql::take_back(act, &right, id).await? {
        // Their own is on their list, with when it was taken back; of another's there is nothing.
        let before = sql::is_taken_back(act, id).await?;
        return Err(if before { Refusal::conflict(TAKEN_BACK).into() } else { Fail::NotVisible });
    }
    let m = act.municipality();
    let stands = sql::standing(&mut act.facts()?, m, id).await?;
    pass_on(act, &right, &stands).await
}

/// A request that is taken back was taken back before.
pub(crate) const TAKEN_BACK: &str = "capacity.is_taken_back";

/// Requests that stand before desks are none any more: whoever was told of one is told of the other that stands beside it, if there is one.
async fn pass_on(act: &mut Act, right: &Right, stands: &[Stands]) -> Result<(), Fail> {
    let m = act.municipality();
    let kinds = [TaskKind::ReturnContact];
    let told = task::of_things(&mut act.facts()?, m, stands.iter().map(|(id, ..)| *id), &kinds).await?;
    let due_at = soon(act.now());
    let mut tasks = Vec::new();
    for (target, desk, other) in stands {
        if !told.iter().any(|t| t.about.thing == Some(*target) && t.state == TaskState::Open) {
            continue;
        }
        task::end_of_thing(act, right, *target, None, &kinds, TaskState::Cancelled).await?;
        // Another request of the same desk stands beside it: then that one is what is answered.
        if let Some(other) = other {
            tasks.push(NewTask {
                kind: TaskKind::ReturnContact,
                desk: *desk,
                assignee: None,
                about: about(*other),
                due_at,
            });
        }
    }
    task::add_many(act, right, &tasks).await?;
    Ok(())
}

/// Places before which requests stand, looked at at once.
const AT_ONCE: usize = 500;

/// Forgets requests that are so old that nobody answers them any more; how many. By their age alone, whatever became of them and whether
/// there is anybody: what stands on the page of whoever asked tells nothing by going.
pub async fn forget_old(engine: &Engine, m: MunicipalityId) -> Result<u64, Fail> {
    // Almost always there is nothing, and a look keeps nobody waiting who writes.
    let mut look = engine.nobody_in(m).look(Channel::Page).await?;
    let before = forgotten_before(&mut look.conn(), m, engine.now()).await?;
    let old = sql::any_older(&mut look.conn(), m, before).await?;
    look.close().await?;
    if !old {
        return Ok(0);
    }
    let mut act =
        engine.system_act(System::Account, m, Origin::Job, "contact.forget", &engine.now().iso()).await?;
    let before = forgotten_before(&mut act.facts()?, m, engine.now()).await?;
    let (requests, stands) = sql::older(&mut act.facts()?, m, before).await?;
    if requests == 0 {
        return Ok(0);
    }
    let right = Right::system(System::Account);
    // A younger request about the same person may stand beside an old one, and nobody was told of it twice: now they are told of that.
    for stands in stands.chunks(AT_ONCE) {
        pass_on(&mut act, &right, stands).await?;
    }
    sql::forget(&mut act, &right, before).await?;
    act.commit("").await?;
    Ok(requests)
}

/// What was sent before this moment is forgotten.
async fn forgotten_before(conn: &mut Conn<'_>, m: MunicipalityId, now: Instant) -> Result<Instant, Fail> {
    Ok(now.plus_hours(-24 * register::contact_kept_days(conn, m).await?))
}

/// The supporting desk is done with it. Whoever asked hears nothing from here.
pub(crate) async fn answered(act: &mut Act, id: ThingId, outcome: &str) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let target = sql::target(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let sealed = household::person::by_ids(&mut act.facts()?, &viewer, [target.person]).await?;
    let cases: Vec<CaseId> = sealed.iter().flat_map(|p| p.facts().cases.clone()).collect();
    let mut relation = Relation::within(cases);
    relation.task = Some(target.desk);
    let right = act.permit(Action::WorkTask, &relation, record(id)).await?;
    let m = act.municipality();
    let beside = sql::beside(&mut act.facts()?, m, id).await?;
    if !beside.contains(&id) {
        return Err(Fail::Stale);
    }
    for one in beside {
        sql::end_target(act, &right, one, outcome).await?;
        task::end_of_thing(act, &right, one, None, &[TaskKind::ReturnContact], TaskState::Done).await?;
    }
    Ok(())
}

/// The codes of a closed list.
pub(crate) fn codes<C: Code>() -> Vec<&'static str> {
    C::ALL.iter().map(|c| c.code()).collect()
}
