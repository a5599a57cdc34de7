//! Writing in a case. Each act: begin, load, permit, decide, save, settle the guard.

pub(crate) mod flags;
pub(crate) mod lead;

use access::{Action, RecordRef, Relation, Right};
use engine::{Act, Begun, Fail, Receipt, Refusal};
use household::entry::About;
use household::{Field, Marks, NewEntry, RecordForm, ToldBy};
use serde::Serialize;
use site::Req;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::id::{AgencyId, CaseId, DeskId, DraftId, EntryId, PersonId, TaskId, UserId};
use words::{Day, Instant};

use crate::rules::{self, CaseState, EndReason, Engagement, ExclusionReason, ending as ending_rules};
use crate::sql::{self, CaseHeader, around, ending as held};

/// Why a task was cancelled: its case ended.
const CASE_ENDED: &str = "case_closed";

/// Close of business: a promise for a day is due then.
const CLOSE: (u32, u32) = (17, 15);

/// What an act led to.
pub enum Done {
    /// Done now.
    Now(Receipt),
    /// Done before: the form came twice.
    Before,
}

impl Done {
    /// The proof for the answer.
    pub fn receipt(self) -> Receipt {
        match self {
            Self::Now(receipt) => receipt,
            Self::Before => Receipt::nothing_personal("a form that came twice leads to the same place"),
        }
    }
}

/// A promise in words, with its day.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Promise {
    pub words: String,
    pub due: Day,
}

/// A support record as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewSupport {
    pub form: RecordForm,
    pub occurred_at: Instant,
    pub body: String,
    pub marks: Marks,
    pub told: Option<(ToldBy, AgencyId)>,
    pub promise: Option<Promise>,
    pub stages: Vec<(PersonId, Engagement)>,
    pub draft: Option<DraftId>,
}

/// The case as far as the acting person has to do with it; absent otherwise.
async fn load(act: &mut Act, case: CaseId) -> Result<(CaseHeader, Relation), Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Err(Fail::NotVisible) };
    sql::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)
}

/// When a promise nobody put a date on falls due: the municipality's time until the next contact, on a day the desk
/// is open.
async fn otherwise_due(act: &mut Act) -> Result<Instant, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    Ok(due_on(calendar::add_business_days(&OpeningDays::default(), today.plus_days(days), 0)))
}

fn due_on(day: Day) -> Instant {
    Instant::at(day, CLOSE.0, CLOSE.1)
}

fn acting_desk(right: &Right) -> Result<DeskId, Fail> {
    right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)
}

/// Writes a support record; keeps the promise that was open and makes the next one.
pub(crate) async fn write_support(req: &Req, case: CaseId, new: &NewSupport) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(CaseId, &'a NewSupport);
    let mut act = match req.ctx()?.act(&req.envelope(), "case.write_support", &Body(case, new)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::WriteSupport, &relation, RecordRef::case(case)).await?;
    let due = new.promise.as_ref().map(|p| p.due);
    let today = act.now().day();
    let problems = rules::check_support(header.state, Some(new.occurred_at.day()), "", due, today);
    if let Some((_, key)) = problems.first() {
        return Err(Refusal::new(key).into());
    }
    let about = About { case: Some(case), ..About::default() };
    let text = NewEntry {
        field: Field::Support,
        form: Some(new.form),
        household: Some(header.household),
        marks: new.marks.clone(),
        body: new.body.clone(),
        occurred_at: new.occurred_at,
        told: new.told,
        about,
        corrects: None,
    };
    let mut texts = vec![text.clone()];
    let promised = new.promise.as_ref().filter(|p| !p.words.is_empty());
    texts.extend(promised.map(|p| NewEntry {
        field: Field::Promise,
        form: None,
        body: p.words.clone(),
        told: None,
        occurred_at: act.now(),
        ..text
    }));
    let written = household::entry::write(&mut act, &right, texts).await?;
    household::findable::refresh(&mut act, &right, &[], &written).await?;
    for (person, stage) in &new.stages {
        sql::engage(&mut act, &right, case, *person, *stage).await?;
    }
    if let Some(promise) = &new.promise {
        next_promise(&mut act, &right, case, promise.due, written.get(1).copied()).await?;
    }
    if let Some(draft) = new.draft {
        around::end_draft(&mut act, &right, draft).await?;
    }
    let otherwise = otherwise_due(&mut act).await?;
    task::settle(&mut act, &right, Guarded::Case(case), otherwise).await?;
    let outcome = written.first().map(ToString::to_string).unwrap_or_default();
    Ok(Done::Now(act.commit(&outcome).await?))
}

/// Ends the desk's open promise as kept and makes the next one.
async fn next_promise(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    due: Day,
    words: Option<EntryId>,
) -> Result<(), Fail> {
    let (m, desk) = (act.municipality(), acting_desk(right)?);
    let open = task::of_case(&mut act.facts()?, m, case).await?;
    let mine = |d: DeskId| right.seat().is_some_and(|s| s.holds(d));
    for kept in open.iter().filter(|t| crate::views::is_promise(t) && mine(t.desk)) {
        task::end(act, right, kept.id, TaskState::Done, "").await?;
    }
    let about = task::About { case: Some(case), entry: words, ..task::About::default() };
    let assignee = act.viewer().map(|v| v.user);
    let new = NewTask { kind: TaskKind::NextPromise, desk, assignee, about, due_at: due_on(due) };
    task::add(act, right, &new).await?;
    Ok(())
}

/// Keeps somebody out of the case; what they were in charge of is nobody's until assigned anew.
pub async fn exclude(req: &Req, case: CaseId, user: UserId, reason: ExclusionReason) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "case.exclude", &(case, user, reason)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (_, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::Exclude, &relation, RecordRef::case(case)).await?;
    let (m, now) = (act.municipality(), act.now());
    let already = around::exclusion_list(&mut act.facts()?, m, case, now).await?;
    rules::exclude(already.iter().any(|x| x.user == user))?;
    around::exclude(&mut act, &right, case, (user, reason)).await?;
    let tasks = task::of_case(&mut act.facts()?, m, case).await?;
    for held in tasks.iter().filter(|t| t.assignee == Some(user)) {
        task::assign(&mut act, &right, held.id, None).await?;
    }
    Ok(Done::Now(act.commit("").await?))
}

/// Ends an exclusion.
pub async fn include(req: &Req, case: CaseId, user: UserId) -> Result<Done, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "case.include", &(case, user)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (_, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::Exclude, &relation, RecordRef::case(case)).await?;
    if !around::include(&mut act, &right, case, user).await? {
        // Whoever decides about it sees the list: that nobody is kept out is no secret before them.
        return Err(Refusal::conflict("case.not_excluded").into());
    }
    Ok(Done::Now(act.commit("").await?))
}

/// An ending as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewEnding {
    pub to: CaseState,
    pub reason: EndReason,
    pub words: String,
    pub marks: Marks,
    pub follow_up: Option<Day>,
    /// What ends with it, as it was seen: each with its line for the record, if it stands there. Not part of what was sent: after the
    /// first of a double click nothing is left to end, and the second one must be told that it is done.
    #[serde(skip)]
    pub ends: Vec<(TaskId, String)>,
    /// What stands above these lines.
    pub ends_heading: String,
    /// Whether they said that it may end.
    pub agreed: bool,
}

impl NewEnding {
    /// The words of the record, with what was cancelled: only what this ending did cancel.
    fn record(&self, ended: &[TaskId]) -> String {
        let done = self.ends.iter().filter(|(id, line)| ended.contains(id) && !line.is_empty());
        let lines: Vec<&str> = done.map(|(_, line)| line.as_str()).collect();
        if lines.is_empty() {
            return self.words.clone();
        }
        format!("{}\n\n{}\n{}", self.words, self.ends_heading, lines.join("\n"))
    }
}

/// Ends or pauses a case.
pub(crate) async fn end(req: &Req, case: CaseId, new: &NewEnding) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(CaseId, &'a NewEnding);
    let mut act = match req.ctx()?.act(&req.envelope(), "case.end", &Body(case, new)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::CloseCase, &relation, RecordRef::case(case)).await?;
    let m = act.municipality();
    // Before anything is read that somebody could begin in this very moment.
    let state = held::hold(&mut act, &right, case).await?;
    let referrals = around::every_referral(&mut act.facts()?, m, case).await?;
    let asked = around::waiting_inquiries(&mut act.facts()?, m, case).await?;
    let questions = around::open_questions(&mut act.facts()?, m, case).await?;
    rules::nobody_waits(referrals.iter().filter(|r| r.waits()).count() + asked.len() + questions.len())?;
    let plans = held::plans_in_force(&mut act.facts()?, m, case).await?;
    rules::plans_ended(plans.len())?;
    let ongoing = held::ongoing(&mut act.facts()?, m, case).await?;
    ending_rules::support_ended(&ongoing, new.to)?;
    act.check_version(header.version)?;
    let to = rules::end(state, new.to, &new.words)?;
    rules::follow_up(new.follow_up, act.now().day())?;
    let open = task::of_case(&mut act.facts()?, m, case).await?;
    let ends: Vec<TaskId> = open.iter().filter(|t| ending_rules::cancels(t.kind)).map(|t| t.id).collect();
    let seen: Vec<TaskId> = new.ends.iter().map(|(id, _)| *id).collect();
    ending_rules::agreed(&ends, &seen, new.agreed)?;
    sql::end(&mut act, &right, case, to, new.reason).await?;
    let about = task::About { case: Some(case), ..task::About::default() };
    task::end_all(&mut act, &right, about, ending_rules::ENDED, TaskState::Cancelled, CASE_ENDED).await?;
    // That another desk asked for a confidential conference is not told here: the question ends at the coordinator's.
    let asked = [TaskKind::AskedMatter];
    task::end_of_thing(&mut act, &right, case.cast(), None, &asked, TaskState::Cancelled).await?;
    let text = ending(&header, new.record(&ends), new.marks.clone(), act.now());
    let written = household::entry::write(&mut act, &right, vec![text]).await?;
    household::findable::refresh(&mut act, &right, &[], &written).await?;
    if let Some(day) = new.follow_up {
        let desk = acting_desk(&right)?;
        let about = task::About { entry: written.first().copied(), ..about };
        let assignee = act.viewer().map(|v| v.user);
        let later = NewTask { kind: TaskKind::FollowUp, desk, assignee, about, due_at: due_on(day) };
        task::add(&mut act, &right, &later).await?;
    }
    let otherwise = otherwise_due(&mut act).await?;
    task::settle(&mut act, &right, Guarded::Case(case), otherwise).await?;
    Ok(Done::Now(act.commit("").await?))
}

fn ending(header: &CaseHeader, body: String, marks: Marks, now: Instant) -> NewEntry {
    NewEntry {
        field: Field::Ending,
        form: None,
        household: Some(header.household),
        marks,
        body,
        occurred_at: now,
        told: None,
        about: About { case: Some(header.id), ..About::default() },
        corrects: None,
    }
}

/// Reopens a case under its number, with a promise: an open case never lacks one.
pub(crate) async fn reopen(req: &Req, case: CaseId, promise: &Promise) -> Result<Done, Fail> {
    #[derive(Serialize)]
    struct Body<'a>(CaseId, &'a Promise);
    let mut act = match req.ctx()?.act(&req.envelope(), "case.reopen", &Body(case, promise)).await? {
        Begun::Before(_) => return Ok(Done::Before),
        Begun::New(act) => act,
    };
    let (header, relation) = load(&mut act, case).await?;
    let right = act.permit(Action::CloseCase, &relation, RecordRef::case(case)).await?;
    act.check_version(header.version)?;
    rules::reopen(header.state)?;
    let desk = acting_desk(&right)?;
    sql::reopen(&mut act, &right, case, desk).await?;
    // The reviews ended with the case; what is warned of is in force again.
    sql::caution::untold(&mut act, &right, case).await?;
    let mut words = None;
    if !promise.words.is_empty() {
        let marks = Marks::new(Vec::new(), access::Categories::NONE);
        let text =
            NewEntry { field: Field::Promise, ..ending(&header, promise.words.clone(), marks, act.now()) };
        words = household::entry::write(&mut act, &right, vec![text]).await?.pop();
    }
    next_promise(&mut act, &right, case, promise.due, words).await?;
    let otherwise = otherwise_due(&mut act).await?;
    // Where people will move, the matter is to be handed over or not after all: the end had settled it.
    let m = act.municipality();
    let ahead = household::moves_ahead(&mut act.facts()?, m, header.household).await?;
    let review = (TaskKind::Review, CASE_ENDED);
    task::take_up_again(&mut act, &right, (case, &ahead), review, due_on(promise.due)).await?;
    task::settle(&mut act, &right, Guarded::Case(case), otherwise).await?;
    Ok(Done::Now(act.commit("").await?))
}
