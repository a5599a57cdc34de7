//! Writing on a board: begin, load, permit, decide, save; then the guard of the case.

use access::{Action, Categories, RecordRef, Relation, Right};
use casefile::{CaseHeader, CaseState};
use engine::{Act, Begun, Fail, Receipt, Refusal};
use household::entry::About;
use household::{Field, Marks, NewEntry};
use serde::Serialize;
use site::Req;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, ThingId};
use words::{Day, Instant};

use crate::rules::{self, Area, State, WhyNot, WhyStopped, WhyUnmet};
use crate::sql::{self, Need, New, Part};

/// The kinds of promises a board makes.
pub(crate) const KINDS: &[TaskKind] = &[TaskKind::TakePart, TaskKind::HearPart];

/// What is asked of a board. Each is a command of its own.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// A need, with its words and the section that stands for it.
    Add { area: Area, owner: DeskId, words: String, marks: Marks },
    /// A desk takes a part of it.
    Take { need: ThingId, desk: DeskId, what: String, due: Day, marks: Marks },
    /// A part is done.
    Done { need: ThingId, part: ThingId },
    /// A part is given back.
    Stop { need: ThingId, part: ThingId, why: WhyStopped },
    /// Another area or section.
    Shape { need: ThingId, area: Area, owner: DeskId },
    /// What became of a need.
    End { need: ThingId, end: Ending },
    /// An end is taken back.
    Reopen { need: ThingId },
}

/// An end of a need as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ending {
    pub to: State,
    pub unmet: Option<WhyUnmet>,
    pub not: Option<WhyNot>,
    pub words: String,
    pub marks: Marks,
}

impl Ending {
    fn reason(&self) -> &'static str {
        match self.to {
            State::Unmet => self.unmet.map_or("", Code::code),
            State::NotNeeded => self.not.map_or("", Code::code),
            State::Open | State::Met | State::Mistaken => "",
        }
    }
}

/// Takes a step. What a step is about was disclosed to whoever asks before the act began.
pub(crate) async fn take(req: &Req, case: CaseId, step: &Step) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "board.step", &(case, step)).await? {
        Begun::Before(_) => {
            return Ok(Receipt::nothing_personal("a form that came twice leads to the same place"));
        }
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (header, relation) =
        casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)?;
    match step {
        Step::Add { area, owner, words, marks } => {
            let right = act.permit(Action::DivideRoles, &relation, RecordRef::case(case)).await?;
            rules::writable(header.state == CaseState::Open)?;
            add(&mut act, &right, &header, (*area, *owner), (words, marks)).await?;
        }
        Step::Take { need, desk, what, due, marks } => {
            let right = act.permit(Action::DivideRoles, &relation, RecordRef::case(case)).await?;
            let need = load(&mut act, case, *need).await?;
            rules::writable(header.state == CaseState::Open)?;
            rules::take(need.state, *due, act.now().day())?;
            take_part(&mut act, &right, (&header, &relation), &need, (*desk, *due), (what, marks)).await?;
        }
        Step::Done { need, part } => {
            let (part, _) = part_of(&mut act, case, *need, *part).await?;
            let mut relation = relation;
            relation.task = Some(part.holder);
            let right = act.permit(Action::WorkTask, &relation, RecordRef::case(case)).await?;
            finish(&mut act, &right, &part, TaskState::Done, "").await?;
            settle(&mut act, &right, case).await?;
        }
        Step::Stop { need, part, why } => {
            let (part, came_back) = part_of(&mut act, case, *need, *part).await?;
            let right = stopping(&mut act, relation, &part, case).await?;
            finish(&mut act, &right, &part, TaskState::Cancelled, why.code()).await?;
            let by_holder = right.seat().is_some_and(|seat| seat.holds(part.holder));
            if let Some(giver) =
                rules::goes_back(*why, part.holder, part.giver, came_back).filter(|_| by_holder)
            {
                give_back(&mut act, &right, case, &part, giver).await?;
            }
            settle(&mut act, &right, case).await?;
        }
        Step::Shape { need, area, owner } => {
            let right = act.permit(Action::DivideRoles, &relation, RecordRef::case(case)).await?;
            let need = load(&mut act, case, *need).await?;
            act.check_version(need.version)?;
            sql::shape(&mut act, &right, &need, *area, *owner).await?;
        }
        Step::End { need, end } => {
            let right = act.permit(Action::DivideRoles, &relation, RecordRef::case(case)).await?;
            let need = load(&mut act, case, *need).await?;
            act.check_version(need.version)?;
            rules::end(need.state, end.to, end.unmet, end.not)?;
            end_need(&mut act, &right, &header, &need, end).await?;
        }
        Step::Reopen { need } => {
            let right = act.permit(Action::DivideRoles, &relation, RecordRef::case(case)).await?;
            let need = load(&mut act, case, *need).await?;
            act.check_version(need.version)?;
            rules::reopen(need.state, header.state == CaseState::Open)?;
            sql::set_state(&mut act, &right, &need, State::Open, "", None).await?;
        }
    }
    Ok(act.commit("").await?)
}

async fn load(act: &mut Act, case: CaseId, id: ThingId) -> Result<Need, Fail> {
    let m = act.municipality();
    sql::by_id(&mut act.facts()?, m, case, id).await?.ok_or(Fail::NotVisible)
}

/// A part, and whether it came back to whoever has it.
async fn part_of(act: &mut Act, case: CaseId, need: ThingId, part: ThingId) -> Result<(Part, bool), Fail> {
    let need = load(act, case, need).await?;
    let m = act.municipality();
    let parts = sql::parts(&mut act.facts()?, m, [need.id]).await?;
    let part = parts.iter().find(|p| p.id == part).ok_or(Fail::NotVisible)?;
    Ok((part.clone(), part.was(&parts).is_some()))
}

/// Business days the giver has at least, where the day of what comes back is near.
const BACK_DAYS: u32 = 2;

/// The part stands among the tasks of the desk that gave it, in the same words: it gives it to another, lets it be seen, or does it.
async fn give_back(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    part: &Part,
    giver: DeskId,
) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let desk = register::heir(&mut act.facts()?, m, giver, today).await?;
    if desk == part.holder {
        return Ok(());
    }
    let soonest = calendar::business_day_after(&OpeningDays::default(), today, BACK_DAYS);
    let due_at = part.due_at.max(Instant::at(soonest, 17, 15));
    let about = task::About {
        case: Some(case),
        entry: Some(part.entry),
        thing: Some(part.need),
        ..task::About::default()
    };
    let promise = NewTask { kind: TaskKind::TakePart, desk, assignee: None, about, due_at };
    let task = task::add(act, right, &promise).await?;
    sql::insert_part(act, right, part.need, desk, part.entry, task).await
}

/// A part is given back by whoever took it, or stopped by the accountable desk.
async fn stopping(act: &mut Act, mut relation: Relation, part: &Part, case: CaseId) -> Result<Right, Fail> {
    relation.task = Some(part.holder);
    let accountable = relation.accountable;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    if access::may(&viewer, Action::WorkTask, &relation).is_ok() {
        return act.permit(Action::WorkTask, &relation, RecordRef::case(case)).await;
    }
    // The accountable desk answers for the division as a whole, whoever took the part.
    relation.task = accountable;
    act.permit(Action::WorkTask, &relation, RecordRef::case(case)).await
}

fn text(header: &CaseHeader, field: Field, body: &str, marks: &Marks, now: Instant) -> NewEntry {
    NewEntry {
        field,
        form: None,
        household: Some(header.household),
        marks: marks.clone(),
        body: body.to_owned(),
        occurred_at: now,
        told: None,
        about: About { case: Some(header.id), ..About::default() },
        corrects: None,
    }
}

async fn write(act: &mut Act, right: &Right, entry: NewEntry) -> Result<EntryId, Fail> {
    let written = household::entry::write(act, right, vec![entry]).await?;
    household::findable::refresh(act, right, &[], &written).await?;
    written.first().copied().ok_or(Fail::NotVisible)
}

async fn add(
    act: &mut Act,
    right: &Right,
    header: &CaseHeader,
    (area, owner): (Area, DeskId),
    (words, marks): (&str, &Marks),
) -> Result<(), Fail> {
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let now = act.now();
    let entry = write(act, right, text(header, Field::Need, words, marks, now)).await?;
    let new = New { id: act.new_id(), case: header.id, entry, area, owner, desk };
    sql::insert(act, right, &new).await
}

async fn take_part(
    act: &mut Act,
    right: &Right,
    (header, relation): (&CaseHeader, &Relation),
    need: &Need,
    (desk, due): (DeskId, Day),
    (what, marks): (&str, &Marks),
) -> Result<(), Fail> {
    let (m, today, now) = (act.municipality(), act.now().day(), act.now());
    let own = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let taker = register::desk(&mut act.facts()?, m, desk, today).await?.ok_or(Fail::NotVisible)?;
    let joined = relation.accountable == Some(desk) || relation.case_desks.contains(&desk);
    // A desk that can sign in holds its promise itself, and must have a part in the case to see what it is about.
    let (kind, holder) = match (taker.has_login, joined) {
        (true, true) => (TaskKind::TakePart, desk),
        (false, _) => (TaskKind::HearPart, own),
        (true, false) => return Err(Refusal::new("board.not_joined").into()),
    };
    let entry = write(act, right, text(header, Field::Role, what, marks, now)).await?;
    household::entry::carry_secrets(act, right, need.entry, &[entry]).await?;
    let about = task::About {
        case: Some(header.id),
        entry: Some(entry),
        thing: Some(need.id),
        ..task::About::default()
    };
    let assignee = (holder == own).then(|| act.viewer().map(|v| v.user)).flatten();
    let promise = NewTask { kind, desk: holder, assignee, about, due_at: Instant::at(due, 17, 15) };
    let task = task::add(act, right, &promise).await?;
    sql::insert_part(act, right, need.id, desk, entry, task).await?;
    settle(act, right, header.id).await
}

async fn finish(act: &mut Act, right: &Right, part: &Part, to: TaskState, reason: &str) -> Result<(), Fail> {
    if task::end(act, right, part.task, to, reason).await? {
        Ok(())
    } else {
        Err(Refusal::new("board.part_over").into())
    }
}

async fn end_need(
    act: &mut Act,
    right: &Right,
    header: &CaseHeader,
    need: &Need,
    end: &Ending,
) -> Result<(), Fail> {
    let now = act.now();
    let mut outcome = None;
    if !end.words.is_empty() {
        let written = write(act, right, text(header, Field::Need, &end.words, &end.marks, now)).await?;
        household::entry::carry_secrets(act, right, need.entry, &[written]).await?;
        outcome = Some(written);
    }
    sql::set_state(act, right, need, end.to, end.reason(), outcome).await?;
    let about = task::About { thing: Some(need.id), ..task::About::default() };
    task::end_all(act, right, about, KINDS, TaskState::Cancelled, "need_ended").await?;
    settle(act, right, header.id).await
}

async fn settle(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    let due = calendar::add_business_days(&OpeningDays::default(), today.plus_days(days), 0);
    task::settle(act, right, Guarded::Case(case), Instant::at(due, 17, 15)).await
}

/// The marks of a text, for what is written about the same thing: nobody marks a part apart from its need.
pub(crate) fn same_marks(persons: &[words::id::PersonId], categories: Categories) -> Marks {
    Marks::new(persons.to_vec(), categories)
}

/// A need that no place could meet, as somebody found out outside of the board.
pub struct NewUnmet<'a> {
    /// Its area.
    pub area: Area,
    /// Why it could not be met.
    pub why: WhyUnmet,
    /// The section that stands for it.
    pub owner: DeskId,
    /// What would be needed.
    pub words: &'a str,
    /// Whom and what the words are about.
    pub marks: &'a Marks,
}

/// Writes a need that could not be met, made of the text `of` (R-102, domain section 2.5).
pub async fn record_unmet(
    act: &mut Act,
    right: &Right,
    (header, of): (&CaseHeader, EntryId),
    new: &NewUnmet<'_>,
) -> Result<ThingId, Fail> {
    rules::end(State::Open, State::Unmet, Some(new.why), None)?;
    let (m, now) = (act.municipality(), act.now());
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let entry = write(act, right, text(header, Field::Need, new.words, new.marks, now)).await?;
    household::entry::carry_secrets(act, right, of, &[entry]).await?;
    let id: ThingId = act.new_id();
    let row = New { id, case: header.id, entry, area: new.area, owner: new.owner, desk };
    sql::insert(act, right, &row).await?;
    let need = sql::by_id(&mut act.facts()?, m, header.id, id).await?.ok_or(Fail::NotVisible)?;
    sql::set_state(act, right, &need, State::Unmet, new.why.code(), None).await?;
    Ok(id)
}

/// An unmet need was a mistake. One that has become something else meanwhile is left as it is.
pub async fn take_back_unmet(act: &mut Act, right: &Right, case: CaseId, id: ThingId) -> Result<(), Fail> {
    let need = load(act, case, id).await?;
    if need.state != State::Unmet {
        return Ok(());
    }
    sql::set_state(act, right, &need, State::Mistaken, "", None).await
}
