//! Writing a match: begin, load, permit, decide, save; then the guard of the case.

use access::{Action, Categories, Disclosed, RecordRef, Relation, Right};
use board::{Area, WhyUnmet};
use casefile::{CaseHeader, CaseState};
use engine::{Act, Begun, Fail, Receipt, Refusal};
use household::entry::{self, About};
use household::{Entry, Field, Marks, NewEntry};
use serde::Serialize;
use site::Req;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code as _;
use words::id::{CaseId, DeskId, EntryId, PersonId, SupportPlanId, ThingId};
use words::{Day, Instant};

use crate::rules::{self, Days, State, Step, WhyEnded};
use crate::sql::{self, Match, New, NewStep, StepRow};

/// What is asked. Each is a command of its own.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Asked {
    /// A person wishes something.
    Begin(Begin),
    /// A step is taken.
    Step(ThingId, Box<Taken>),
    /// The last step was wrong.
    Back(ThingId),
    /// It belongs to this plan, or to none.
    Plan(ThingId, Option<SupportPlanId>),
}

/// A wish as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Begin {
    pub person: PersonId,
    pub wish: String,
    pub strength: String,
    pub categories: i64,
    pub desk: DeskId,
    pub plan: Option<SupportPlanId>,
    pub happened: Day,
    pub next: Day,
}

/// A place: of the register, or by name and contact.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Place {
    Desk(DeskId),
    Named(String),
}

/// A step as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Taken {
    pub step: Step,
    pub happened: Day,
    pub next: Option<Day>,
    pub words: String,
    pub place: Option<Place>,
    pub trial: Option<(Day, Option<Day>)>,
    pub why: Option<WhyEnded>,
    pub desk: Option<DeskId>,
    /// Of a place there is not: the area, the reason, and what would be needed.
    pub lacks: Option<(Area, WhyUnmet, String)>,
}

impl Taken {
    fn days(&self) -> Days {
        Days {
            happened: Some(self.happened),
            next: self.next,
            trial: self.trial.map(|t| t.0),
            trial_to: self.trial.and_then(|t| t.1),
        }
    }
}

/// Does what is asked. What it is about was disclosed to whoever asks before the act began.
pub(crate) async fn take(req: &Req, case: CaseId, asked: &Asked) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "participation.step", &(case, asked)).await? {
        Begun::Before(_) => {
            return Ok(Receipt::nothing_personal("a form that came twice leads to the same place"));
        }
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (header, relation) =
        casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)?;
    let right = act.permit(Action::WriteSupport, &relation, RecordRef::case(case)).await?;
    // Nobody ends the case between here and the end of the act.
    let open = casefile::hold(&mut act, &right, case).await? == CaseState::Open;
    let outcome = match asked {
        Asked::Begin(new) => begin(&mut act, &right, (&header, &relation, open), new).await?.to_string(),
        Asked::Step(of, taken) => {
            step(&mut act, &right, (&header, &relation, open), (*of, taken)).await?;
            String::new()
        }
        Asked::Back(of) => {
            back(&mut act, &right, (&header, open), *of).await?;
            String::new()
        }
        Asked::Plan(of, plan) => {
            let old = load(&mut act, case, *of).await?;
            wish(&mut act, &old).await?.ok_or(Fail::NotVisible)?;
            of_this_case(&mut act, case, *plan).await?;
            sql::set(&mut act, &right, &old, &Match { plan: *plan, ..old.clone() }).await?;
            String::new()
        }
    };
    settle(&mut act, &right, case).await?;
    Ok(act.commit(&outcome).await?)
}

async fn load(act: &mut Act, case: CaseId, id: ThingId) -> Result<Match, Fail> {
    let m = act.municipality();
    let all = sql::of_case(&mut act.facts()?, m, case).await?;
    let found = all.into_iter().find(|x| x.id == id).ok_or(Fail::NotVisible)?;
    act.check_version(found.version)?;
    Ok(found)
}

/// The wish as it stands, if it is disclosed to whoever acts.
async fn wish(act: &mut Act, of: &Match) -> Result<Option<Disclosed<Entry>>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let m = act.municipality();
    let standing = entry::standing(&mut act.facts()?, m, [of.wish]).await?;
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, standing.values().copied()).await?;
    Ok(act.disclose(sealed).await?.pop())
}

async fn of_this_case(act: &mut Act, case: CaseId, plan: Option<SupportPlanId>) -> Result<(), Fail> {
    let Some(plan) = plan else { return Ok(()) };
    let m = act.municipality();
    let plans = support_plan::participation_plans(&mut act.facts()?, m, case).await?;
    if plans.iter().any(|p| p.0 == plan) { Ok(()) } else { Err(Fail::NotVisible) }
}

/// Whoever coordinates has a part in the case and can sign in: the next step is its task.
async fn coordinates(act: &mut Act, relation: &Relation, desk: DeskId) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let joined = relation.accountable == Some(desk) || relation.case_desks.contains(&desk);
    let info = register::desk(&mut act.facts()?, m, desk, today).await?;
    if joined && info.is_some_and(|d| d.has_login && d.valid_to.is_none_or(|last| last >= today)) {
        Ok(())
    } else {
        Err(Refusal::new("participation.not_joined").into())
    }
}

async fn write(
    act: &mut Act,
    right: &Right,
    (header, field): (&CaseHeader, Field),
    (body, marks): (&str, &Marks),
    happened: Day,
) -> Result<EntryId, Fail> {
    let text = NewEntry {
        field,
        form: None,
        household: Some(header.household),
        marks: marks.clone(),
        body: body.to_owned(),
        occurred_at: Instant::at(happened, 0, 0),
        told: None,
        about: About { case: Some(header.id), ..About::default() },
        corrects: None,
    };
    let written = entry::write(act, right, vec![text]).await?;
    household::findable::refresh(act, right, &[], &written).await?;
    written.first().copied().ok_or(Fail::NotVisible)
}

async fn begin(
    act: &mut Act,
    right: &Right,
    (header, relation, open): (&CaseHeader, &Relation, bool),
    new: &Begin,
) -> Result<ThingId, Fail> {
    if !open {
        return Err(Refusal::new("participation.case_ended").into());
    }
    let days = Days { happened: Some(new.happened), next: Some(new.next), ..Days::default() };
    first(&rules::days(Step::Propose, State::Proposed, days, act.now().day()))?;
    coordinates(act, relation, new.desk).await?;
    of_this_case(act, header.id, new.plan).await?;
    let marks = Marks::new(vec![new.person], Categories::from_bits(new.categories));
    let wish = write(act, right, (header, Field::Words), (new.wish.as_str(), &marks), new.happened).await?;
    let mut strength = None;
    if !new.strength.is_empty() {
        strength = Some(
            write(act, right, (header, Field::Words), (new.strength.as_str(), &marks), new.happened).await?,
        );
    }
    let id = act.new_id();
    let row = New { id, case: header.id, person: new.person, wish, strength, plan: new.plan, desk: new.desk };
    sql::insert(act, right, &row).await?;
    sql::add_step(act, right, &plain(id, (Step::Propose, State::Proposed), new.happened, Some(new.next)))
        .await?;
    promise(act, right, (header.id, id), new.desk, new.next).await?;
    Ok(id)
}

fn plain(of: ThingId, (step, state): (Step, State), happened: Day, next: Option<Day>) -> NewStep<'static> {
    NewStep {
        of,
        step,
        state,
        happened,
        place_desk: None,
        place: None,
        trial: None,
        words: None,
        next,
        reason: "",
    }
}

fn first(problems: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
    problems.first().map_or(Ok(()), |(_, key)| Err(Refusal::new(key)))
}

/// The task of whoever coordinates, in the place of the one before. It has no words: a wish is not what was promised.
async fn promise(
    act: &mut Act,
    right: &Right,
    (case, of): (CaseId, ThingId),
    desk: DeskId,
    next: Day,
) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let holder = register::heir(&mut act.facts()?, m, desk, today).await?;
    let own = right.seat().is_some_and(|s| s.desk == holder);
    let assignee = act.viewer().map(|v| v.user).filter(|_| own);
    let about = task::About { case: Some(case), thing: Some(of), ..task::About::default() };
    let due_at = Instant::at(next.max(today), 17, 15);
    task::add(act, right, &NewTask { kind: TaskKind::Participation, desk: holder, assignee, about, due_at })
        .await?;
    Ok(())
}

async fn end_promise(act: &mut Act, right: &Right, of: ThingId, done: bool) -> Result<(), Fail> {
    let about = task::About { thing: Some(of), ..task::About::default() };
    let (state, reason) =
        if done { (TaskState::Done, "") } else { (TaskState::Cancelled, "participation_changed") };
    task::end_all(act, right, about, &[TaskKind::Participation], state, reason).await?;
    Ok(())
}

async fn step(
    act: &mut Act,
    right: &Right,
    (header, relation, open): (&CaseHeader, &Relation, bool),
    (of, t): (ThingId, &Taken),
) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let old = load(act, header.id, of).await?;
    let to = rules::take(old.state, t.step, open)?;
    first(&rules::days(t.step, to, t.days(), today))?;
    if matches!(t.step, Step::End | Step::Elsewhere) {
        rules::end(t.why, &t.words)?;
    }
    let wish = wish(act, &old).await?;
    // Whoever coordinates and may no longer read it can still let go of it; nobody writes what they cannot read.
    let blind = matches!(t.step, Step::End | Step::Hand) && t.words.is_empty();
    if wish.is_none() && !(blind && right.seat().is_some_and(|s| s.holds(old.desk))) {
        return Err(Fail::NotVisible);
    }
    let marks = wish.as_ref().map(|w| Marks::new(w.persons.clone(), w.categories));
    let mut new = Match { state: to, ..old.clone() };
    let before = standing(act, header.id, of).await?.last().and_then(|s| s.next);
    let mut row = plain(of, (t.step, to), t.happened, if to.over() { None } else { t.next.or(before) });
    row.trial = t.trial.filter(|_| t.step == Step::Trial);
    row.reason = t.why.map_or("", |w| w.code());
    let mut written = Vec::new();
    if let Some(marks) = &marks {
        if !t.words.is_empty() {
            let field = (header, Field::Participation);
            row.words = Some(write(act, right, field, (&t.words, marks), t.happened).await?);
            written.extend(row.words);
        }
        match &t.place {
            Some(Place::Named(name)) if t.step == Step::Ask => {
                let field = (header, Field::Participation);
                row.place = Some(write(act, right, field, (name, marks), t.happened).await?);
                written.extend(row.place);
            }
            Some(Place::Desk(desk)) if t.step == Step::Ask => {
                register::desk(&mut act.facts()?, m, *desk, today).await?.ok_or(Fail::NotVisible)?;
                row.place_desk = Some(*desk);
            }
            _ if t.step == Step::Ask => return Err(Refusal::new("participation.name_place").into()),
            _ => {}
        }
        if t.step == Step::Unmet {
            let (area, why, what) =
                t.lacks.as_ref().ok_or_else(|| Refusal::new("participation.choose_why"))?;
            let unmet = board::NewUnmet { area: *area, why: *why, owner: old.desk, words: what, marks };
            new.need = Some(board::record_unmet(act, right, (header, old.wish), &unmet).await?);
        }
    }
    if t.step == Step::Hand {
        let desk = t.desk.ok_or_else(|| Refusal::new("participation.not_joined"))?;
        coordinates(act, relation, desk).await?;
        new.desk = desk;
    }
    entry::carry_secrets(act, right, old.wish, &written).await?;
    sql::add_step(act, right, &row).await?;
    sql::set(act, right, &old, &new).await?;
    let kept = !matches!(t.step, Step::Next | Step::Hand | Step::End);
    end_promise(act, right, of, kept).await?;
    match row.next.filter(|_| !to.over()) {
        Some(next) => promise(act, right, (header.id, of), new.desk, next).await,
        None => Ok(()),
    }
}

/// The steps of one match that count.
async fn standing(act: &mut Act, case: CaseId, of: ThingId) -> Result<Vec<StepRow>, Fail> {
    let m = act.municipality();
    let all = sql::steps(&mut act.facts()?, m, case).await?;
    Ok(all.into_iter().filter(|s| s.of == of && !s.taken_back).collect())
}

async fn back(
    act: &mut Act,
    right: &Right,
    (header, open): (&CaseHeader, bool),
    of: ThingId,
) -> Result<(), Fail> {
    let old = load(act, header.id, of).await?;
    wish(act, &old).await?.ok_or(Fail::NotVisible)?;
    let steps = standing(act, header.id, of).await?;
    let shapes: Vec<(Step, State)> = steps.iter().map(|s| (s.step, s.state)).collect();
    let to = rules::back(&shapes, open)?;
    let [.., before, last] = steps.as_slice() else { return Err(Fail::NotVisible) };
    sql::take_back(act, right, of, last.seq).await?;
    let mut new = Match { state: to, ..old.clone() };
    if last.step == Step::Unmet
        && let Some(need) = new.need.take()
    {
        board::take_back_unmet(act, right, header.id, need).await?;
    }
    sql::set(act, right, &old, &new).await?;
    end_promise(act, right, of, false).await?;
    match before.next.filter(|_| !to.over()) {
        Some(next) => promise(act, right, (header.id, of), old.desk, next).await,
        None => Ok(()),
    }
}

async fn settle(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let days = register::settings(&mut act.facts()?, m).await?.next_contact_days;
    let due = calendar::add_business_days(&OpeningDays::default(), today.plus_days(days), 0);
    task::settle(act, right, Guarded::Case(case), Instant::at(due, 17, 15)).await
}
