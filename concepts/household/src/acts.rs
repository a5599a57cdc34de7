//! Writing about people and texts. Each act: begin, load, permit, decide, save.

pub(crate) mod learnt;
pub(crate) mod leaving;
pub(crate) mod member;
pub(crate) mod mistaken;
pub(crate) mod planned;
pub(crate) mod tie;

use access::{Action, Disclosed, RecordRef, Relation, Right};
use engine::{Act, Begun, Fail, Receipt, Refusal};
use serde::Serialize;
use site::Req;
use task::{Guarded, NewTask, TaskKind};
use words::Day;
use words::Instant;
use words::calendar::{self, OpeningDays};
use words::id::{DeskId, EntryId, HouseholdId, PersonId};
use words::partial::PartialDate;

use crate::entry::{EntryState, NewEntry};
use crate::{
    Entry, Happened, Marks, Mistake, NewPerson, NewShelter, Person, elsewhere, entry, event, guard, living,
    person, rules, sql,
};

/// Business days until somebody looks through consents and facts after a death.
const REVIEW_DAYS: i64 = 5;

/// What an act led to: where to go (of what happened to people: how many reviews it made), and the proof that it is durable.
pub(crate) enum Done {
    /// Done now.
    Now(String, Receipt),
    /// Done before: the form came twice.
    Before(String),
}

pub(crate) async fn written_by(
    act: &mut Act,
    desk: DeskId,
    household: Option<HouseholdId>,
) -> Result<Relation, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let cases = crate::cases_of(&mut act.facts()?, &viewer, household).await?;
    let mut relation = Relation::within(cases.into_values().flatten());
    relation.author = Some(desk);
    Ok(relation)
}

/// How a viewer stands to the record of a household that something is added to: a new row is of whoever adds it ([`rules::adds_as`]).
pub(crate) async fn added_by(act: &mut Act, began: DeskId, household: HouseholdId) -> Result<Relation, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let open = sql::open_cases(&mut act.facts()?, m, household).await?;
    // Whoever began it knows it; of others it is asked whether they see anybody of it.
    let sees = !viewer.reading_desks().contains(&began) && sees_anybody(act, household).await?;
    let adds = rules::adds_as(&viewer, began, &open, sees);
    written_by(act, adds.unwrap_or(began), Some(household)).await
}

async fn sees_anybody(act: &mut Act, household: HouseholdId) -> Result<bool, Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Ok(false) };
    if !member::members(act, household).await?.is_empty() {
        return Ok(true);
    }
    let former = person::former_members(&mut act.facts()?, &viewer, household).await?;
    Ok(!act.disclose(former).await?.is_empty())
}

/// Records a further member.
pub(crate) async fn add_member(req: &Req, id: HouseholdId, new: &NewPerson) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(HouseholdId, &'a NewPerson);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.add_member", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let m = act.municipality();
    let household = sql::header(&mut act.facts()?, m, id).await?.ok_or(Fail::NotVisible)?;
    let relation = added_by(&mut act, household.desk, id).await?;
    // A member is not a record yet: the household is named by the person to come.
    let record = RecordRef::person(id.cast());
    let right = act.permit(Action::EditHousehold, &relation, record).await?;
    let person = person::add(&mut act, &right, id, new).await?;
    let outcome = person.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// The person as the acting viewer knows them; absent otherwise.
pub(crate) async fn known(act: &mut Act, id: PersonId) -> Result<Disclosed<Person>, Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Err(Fail::NotVisible) };
    let sealed = person::by_ids(&mut act.facts()?, &viewer, [id]).await?;
    act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)
}

/// Changes what is known of a person. [`Fail::Stale`] when somebody wrote in between.
pub(crate) async fn edit_person(req: &Req, id: PersonId, new: &NewPerson) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(PersonId, &'a NewPerson);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.edit_person", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let now = known(&mut act, id).await?;
    let relation = written_by(&mut act, now.desk, Some(now.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    act.check_version(now.version)?;
    // What this viewer was not shown they did not mean to change.
    person::change(&mut act, &right, id, new, now.shown()).await?;
    // Who was given this person goes on finding them by the new name.
    crate::findable::refresh(&mut act, &right, &[id], &[]).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Keeps where a person lives from everyone but the desks named, from the next request on (disclosure rule 4).
pub(crate) async fn set_shelter(req: &Req, id: PersonId, new: &NewShelter) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(PersonId, &'a NewShelter);
    let mut act = match req.ctx()?.act(&req.envelope(), "household.shelter", &Body(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    let desk = act.desk().ok_or(Fail::NotVisible)?;
    rules::may_shelter(desk, &new.desks, new.review_on, act.now().day())?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    guard::set_shelter(&mut act, &right, id, desk, new).await?;
    let (m, due) = (act.municipality(), Instant::at(new.review_on, 17, 15));
    for work in sql::open_work(&mut act.facts()?, m, person.household).await? {
        if work.desk == desk {
            add_review(&mut act, &right, work.about(), work.desk, due).await?;
        }
    }
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Lifts a shelter: where the person lives shows again to whoever has a basis.
pub(crate) async fn lift_shelter(req: &Req, id: PersonId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.lift_shelter", &id).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    act.check_version(person.version)?;
    living::bump(&mut act, &right, id).await?;
    if !guard::end_shelter(&mut act, &right, id).await? {
        return Err(Refusal::new("household.no_shelter").into());
    }
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Keeps a text from persons of its household: no paper that one of them is given carries it (disclosure rule 4).
pub(crate) async fn keep_from(req: &Req, id: EntryId, persons: &[PersonId]) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "entry.keep_from", &(id, persons)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let entry = text(&mut act, id).await?;
    let relation = written_by(&mut act, entry.desk, entry.household).await?;
    let right = act.permit(Action::MarkInError, &relation, RecordRef::entry(id)).await?;
    rules::may_void(entry.state)?;
    act.check_version(entry.version())?;
    guard::keep_from(&mut act, &right, RecordRef::entry(id), persons).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// A person died: a task for every desk with open work about the household to look consents and facts through (domain section
/// 4.2). Nothing disappears.
pub(crate) async fn died(req: &Req, id: PersonId, day: PartialDate) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.died", &(id, day)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    rules::may_die(person.died.is_some(), person.known.birth, day)?;
    act.check_version(person.version)?;
    living::die(&mut act, &right, id, day).await?;
    planned::gone(&mut act, &right, &person).await?;
    event::note(&mut act, &right, id, Happened::Died, day).await?;
    let here = review(&mut act, &right, person.household).await?;
    let there = elsewhere::review(&mut act, &right, &person).await?;
    let outcome = (here + there).to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// A task for every desk with open work about the household: to look consents and facts through, and after a departure
/// whether the matter is to be handed over (domain section 2.1). How many: none where no work is open.
pub(crate) async fn review(act: &mut Act, right: &Right, household: HouseholdId) -> Result<usize, Fail> {
    let (m, due) = (act.municipality(), review_due(act.now()));
    let mut made = 0;
    for work in sql::open_work(&mut act.facts()?, m, household).await? {
        review_of(act, right, &work, due).await?;
        made += 1;
    }
    Ok(made)
}

/// When a review that is made now is due.
pub(crate) fn review_due(now: Instant) -> Instant {
    closing_in(REVIEW_DAYS, now)
}

/// A review of one piece of open work.
pub(crate) async fn review_of(
    act: &mut Act,
    right: &Right,
    work: &sql::OpenWork,
    due: Instant,
) -> Result<(), Fail> {
    add_review(act, right, work.about(), work.desk, due).await?;
    settle(act, right, work.about(), due).await
}

async fn add_review(
    act: &mut Act,
    right: &Right,
    about: task::About,
    desk: DeskId,
    due_at: Instant,
) -> Result<(), Fail> {
    let review = NewTask { kind: TaskKind::Review, desk, assignee: None, about, due_at };
    task::add(act, right, &review).await?;
    Ok(())
}

pub(crate) async fn settle(
    act: &mut Act,
    right: &Right,
    about: task::About,
    due: Instant,
) -> Result<(), Fail> {
    match (about.case, about.consultation) {
        (Some(id), _) => task::settle(act, right, Guarded::Case(id), due).await,
        (None, Some(id)) => task::settle(act, right, Guarded::Consultation(id), due).await,
        (None, None) => Ok(()),
    }
}

/// A death or a departure that was wrong is taken back. What was written, by whom and when, is kept. The reviews it
/// made are no longer needed; where one was done already, what was decided by it is to be looked at again.
pub(crate) async fn take_back(
    req: &Req,
    id: PersonId,
    kind: Happened,
    reason: Mistake,
) -> Result<Done, Fail> {
    let envelope = req.envelope();
    let mut act = match req.ctx()?.act(&envelope, "household.take_back", &(id, kind, reason)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    let day = match kind {
        Happened::Died => person.died.map(|day| day.to_string()),
        Happened::Left => person.left.map(|day| day.to_string()),
        Happened::Joined | Happened::Apart | Happened::Together | Happened::Moved | Happened::Since => {
            member::written(&mut act, &person, kind).await?
        }
    };
    let day = rules::may_take_back(kind, day)?;
    act.check_version(person.version)?;
    match kind {
        Happened::Died => living::live(&mut act, &right, id).await?,
        Happened::Left => living::stay(&mut act, &right, id).await?,
        Happened::Joined | Happened::Apart | Happened::Together | Happened::Moved | Happened::Since => {
            member::undo(&mut act, &right, id, kind).await?;
        }
    }
    if let Some(made_by) = event::take_back(&mut act, &right, id, kind, &day, reason).await? {
        planned::taken_back(&mut act, &right, &person, made_by).await?;
        let (m, due) = (act.municipality(), closing_in(REVIEW_DAYS, act.now()));
        // Of those who left or moved together one was wrong: the others are still to be looked through.
        let done = if event::stands_of_others(&mut act.facts()?, m, (made_by, kind), id).await? {
            task::done_of_command(&mut act.facts()?, m, made_by, TaskKind::Review).await?
        } else {
            task::end_of_command(&mut act, &right, made_by, TaskKind::Review, "corrected").await?
        };
        if kind == Happened::Died {
            elsewhere::taken_back(&mut act, &right, id).await?;
        }
        let mut open = sql::open_work(&mut act.facts()?, m, person.household).await?;
        open.extend(elsewhere::work(&mut act, id).await?);
        for work in open {
            let about = work.about();
            if done.iter().any(|(of, desk)| *of == about && *desk == work.desk) {
                add_review(&mut act, &right, about, work.desk, due).await?;
            }
            settle(&mut act, &right, about, due).await?;
        }
    }
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// The end of the working day so many business days ahead.
fn closing_in(days: i64, now: Instant) -> Instant {
    Instant::at(
        calendar::add_business_days(&OpeningDays::default(), now.day(), u32::try_from(days).unwrap_or(0)),
        17,
        15,
    )
}

/// A person leaves the household: a task for every desk with open work about it. A move proposes a hand-over.
pub(crate) async fn left(req: &Req, id: PersonId, last: Day) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "household.left", &(id, last)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let person = known(&mut act, id).await?;
    let relation = written_by(&mut act, person.desk, Some(person.household)).await?;
    let right = act.permit(Action::EditHousehold, &relation, RecordRef::person(id)).await?;
    rules::may_leave(person.left.is_some(), person.known.birth, last)?;
    act.check_version(person.version)?;
    living::leave(&mut act, &right, id, last).await?;
    planned::gone(&mut act, &right, &person).await?;
    event::note(&mut act, &right, id, Happened::Left, PartialDate::of_day(last)).await?;
    let outcome = review(&mut act, &right, person.household).await?.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

async fn text(act: &mut Act, id: EntryId) -> Result<Disclosed<Entry>, Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Err(Fail::NotVisible) };
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, [id]).await?;
    act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)
}

/// What a text says once it is corrected.
#[derive(Serialize)]
pub(crate) struct Correction {
    pub body: String,
    pub marks: Marks,
    /// When it happened: a record was noted under the wrong day as easily as with the wrong words.
    pub occurred_at: Instant,
    /// The way of contact, of a support record.
    pub form: Option<crate::RecordForm>,
}

/// Corrects a text: a new one takes its place, the old one is kept. [`Fail::Stale`] when it no longer stands.
pub(crate) async fn correct(req: &Req, id: EntryId, new: &Correction) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "entry.correct", &(id, new)).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let old = text(&mut act, id).await?;
    let relation = written_by(&mut act, old.desk, old.household).await?;
    let right = act.permit(Action::MarkInError, &relation, RecordRef::entry(id)).await?;
    act.check_version(old.version())?;
    rules::may_reword(old.answers.is_some(), new.body == old.body)?;
    rules::may_say_otherwise(old.learnt.is_some(), new.body == old.body)?;
    rules::may_correct_here(old.about.matter.is_some())?;
    if new.occurred_at != old.occurred_at {
        rules::has_happened(new.occurred_at.day(), act.now().day())?;
    }
    entry::set_state(&mut act, &right, id, EntryState::Corrected).await?;
    let new = NewEntry {
        field: old.field,
        form: old.form.and(new.form),
        household: old.household,
        marks: learnt::marks(&old, &new.marks),
        body: new.body.clone(),
        occurred_at: new.occurred_at,
        told: old.told_by.zip(old.told_agency),
        about: old.about,
        corrects: Some(id),
    };
    let written = match old.answers.clone() {
        Some(answers) => entry::write_answers(&mut act, &right, vec![(new, answers)]).await?,
        None => entry::write(&mut act, &right, vec![new]).await?,
    };
    crate::learnt::carry(&mut act, &right, id, &written).await?;
    entry::carry_secrets(&mut act, &right, id, &written).await?;
    crate::findable::refresh(&mut act, &right, &[], &written).await?;
    let outcome = written.first().map(ToString::to_string).unwrap_or_default();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}

/// Marks a text as entered in error: kept, and from now on there for its own desk only.
pub(crate) async fn void(req: &Req, id: EntryId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "entry.error", &id).await? {
        Begun::Before(outcome) => return Ok(Done::Before(outcome)),
        Begun::New(act) => act,
    };
    let old = text(&mut act, id).await?;
    let relation = written_by(&mut act, old.desk, old.household).await?;
    let right = act.permit(Action::MarkInError, &relation, RecordRef::entry(id)).await?;
    rules::may_void(old.state)?;
    act.check_version(old.version())?;
    entry::set_state(&mut act, &right, id, EntryState::EnteredInError).await?;
    if old.learnt.is_some() {
        learnt::taken_back(&mut act, &right, &old).await?;
    }
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok(Done::Now(outcome, receipt))
}
