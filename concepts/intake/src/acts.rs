//! Recording a consultation, deciding on it, naming its household, taking it back.

use access::{Action, Categories, RecordKind, RecordRef, Relation, Right};
use engine::{Act, Fail, Refusal, args};
use household::entry::About;
use household::{Field, Marks, NewEntry, NewPerson, ToldBy, person};
use register::Settings;
use task::{Guarded, NewTask, TaskKind, TaskState};
use words::calendar::OpeningDays;
use words::id::{AgencyId, CaseId, ConsultationId, DeskId, HouseholdId, PersonId, TaskId, UserId};
use words::{Day, Instant};

use crate::facts::{Header, NewConsultation, Who};
use crate::rules::{self, Channel, Disposition, Urgency, default_marks};
use crate::{sheet, sql};

/// Time of day at which a promise for a day falls due: the close of business.
const CLOSE_OF_BUSINESS: (u32, u32) = (17, 15);

/// The moment by which a promise for a day is due.
pub(crate) fn due_on(day: Day) -> Instant {
    Instant::at(day, CLOSE_OF_BUSINESS.0, CLOSE_OF_BUSINESS.1)
}

/// The receipt clock (domain section 4.3): business days of the desk, or elapsed hours when urgent.
pub(crate) fn receipt_due(
    now: Instant,
    urgency: Urgency,
    settings: &Settings,
    opening: &OpeningDays,
) -> Instant {
    if urgency == Urgency::Urgent {
        return now.plus_hours(settings.urgent_hours);
    }
    due_on(words::calendar::business_day_after(opening, now.day(), settings.receipt_business_days))
}

/// Settings and opening days for the clocks of a desk.
pub(crate) async fn clock(act: &mut Act, desk: DeskId) -> Result<(Settings, OpeningDays), Fail> {
    let (municipality, today) = (act.municipality(), act.now().day());
    let mut conn = act.facts()?;
    let settings = register::settings(&mut conn, municipality).await?;
    let info = register::desk(&mut conn, municipality, desk, today).await?;
    Ok((settings, info.map(|d| d.opening).unwrap_or_default()))
}

/// Asks for the right to write a consultation, under the seat acted under or another that fits.
pub async fn permit_record(act: &mut Act, id: ConsultationId) -> Result<Right, Fail> {
    act.permit(Action::WriteConsultation, &Relation::of_no_household(), record(id)).await
}

pub(crate) fn record(id: ConsultationId) -> RecordRef {
    RecordRef { kind: RecordKind::Consultation, id: id.cast() }
}

/// Whom a record is about, once they have ids.
pub(crate) struct Named {
    pub household: Option<HouseholdId>,
    pub person: Option<PersonId>,
    pub members: Vec<PersonId>,
    pub anonymous: bool,
}

/// Records a consultation with its household, texts, matters and the promise to decide on it; one transaction.
pub async fn write(
    act: &mut Act,
    right: &Right,
    id: ConsultationId,
    new: &NewConsultation,
) -> Result<(), Fail> {
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let (settings, opening) = clock(act, desk).await?;
    let named = name(act, right, &new.who, new).await?;
    let promise = promise(act.now(), (id, new), (desk, author), &settings, &opening);
    let guard = task::add(act, right, &promise).await?;
    let row = row((id, new), &named, (desk, author), guard);
    sql::insert(act, right, &[row]).await?;
    household::entry::write(act, right, entries(id, new, &named)).await?;
    if let Some(extra) = &new.extra {
        let place = sheets::Place {
            consultation: Some(id),
            household: named.household,
            person: named.person,
            ..sheets::Place::default()
        };
        // Who complains about somebody else must be able to rely on not being named (disclosure rule 3).
        let informant = access::Category::Informant;
        let more = if new.third_party { Categories::NONE.with(informant) } else { Categories::NONE };
        sheets::keep(act, right, place, new.occurred_at, extra, more).await?;
    }
    if let Some(draft) = new.draft {
        draft::delete(act, right, draft).await?;
    }
    Ok(())
}

/// The promise to decide on a consultation.
pub(crate) fn promise(
    now: Instant,
    (id, new): (ConsultationId, &NewConsultation),
    (desk, author): (DeskId, Option<UserId>),
    settings: &Settings,
    opening: &OpeningDays,
) -> NewTask {
    NewTask {
        kind: TaskKind::Dispose,
        desk,
        assignee: author,
        about: task::About { consultation: Some(id), ..task::About::default() },
        due_at: receipt_due(now, new.urgency, settings, opening),
    }
}

/// The row of a consultation, guarded by its promise.
pub(crate) fn row<'a>(
    (id, new): (ConsultationId, &'a NewConsultation),
    named: &Named,
    (desk, author): (DeskId, Option<UserId>),
    guard: TaskId,
) -> sql::NewRow<'a> {
    sql::NewRow {
        id,
        desk,
        author,
        occurred_at: new.occurred_at,
        channel: new.channel,
        route: new.route,
        came_as: &new.came_as,
        place: &new.place,
        anonymous: named.anonymous,
        third_party: new.third_party,
        household: named.household,
        person: named.person,
        urgency: new.urgency,
        area: new.area,
        age_band: &new.age_band,
        sheet: None,
        topics: &new.topics,
        guard,
    }
}

pub(crate) fn entries(id: ConsultationId, new: &NewConsultation, named: &Named) -> Vec<NewEntry> {
    let told = new.told_agency.map(|agency| (told_by(new.channel), agency));
    new.texts
        .iter()
        .map(|text| NewEntry {
            field: text.field,
            form: None,
            household: named.household,
            marks: text.marks(named.person, &named.members),
            body: text.body.clone(),
            occurred_at: new.occurred_at,
            told,
            about: About { consultation: Some(id), ..About::default() },
            corrects: None,
        })
        .collect()
}

/// How a partner told it, from the way it came.
fn told_by(channel: Channel) -> ToldBy {
    match channel {
        Channel::Phone | Channel::Online => ToldBy::Phone,
        Channel::Letter | Channel::Email => ToldBy::Letter,
        _ => ToldBy::InPerson,
    }
}

async fn name(act: &mut Act, right: &Right, who: &Who, new: &NewConsultation) -> Result<Named, Fail> {
    match who {
        Who::Nobody => Ok(Named { household: None, person: None, members: Vec::new(), anonymous: true }),
        Who::New(first, members) => {
            let household = person::add_household(act, right, new.area).await?;
            let people: Vec<&NewPerson> = std::iter::once(&**first).chain(members).collect();
            let mut ids = person::add_all(act, right, household, &people).await?;
            let first_id = ids.remove(0);
            let anonymous = first.name.is_empty() && first.alias.is_empty() && first.reading.is_empty();
            Ok(Named { household: Some(household), person: Some(first_id), members: ids, anonymous })
        }
        Who::Known(id, members) => known(act, right, *id, members).await,
    }
}

/// Somebody found among the records: only whom the acting person may see. Members already recorded are not
/// recorded again.
pub(crate) async fn known(
    act: &mut Act,
    right: &Right,
    id: PersonId,
    members: &[NewPerson],
) -> Result<Named, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = person::by_ids(&mut act.facts()?, &viewer, [id]).await?;
    let found = act.disclose(sealed).await?.pop().ok_or(Fail::NotVisible)?;
    let household = found.household;
    // Another desk's household is not ours to add to: a new member would close its texts for others.
    let ours = right.seat().is_some_and(|s| s.holds(found.desk));
    let sealed = person::members(&mut act.facts()?, &viewer, household).await?;
    let there = act.disclose(sealed).await?;
    let mut ids = Vec::with_capacity(members.len());
    let mut new = Vec::new();
    for member in members {
        let key = words::name::name_key(&member.name);
        let same = there.iter().find(|p| !key.is_empty() && words::name::name_key(&p.known.name) == key);
        match same {
            Some(p) => ids.push(p.id),
            None if ours => new.push(member),
            None => {}
        }
    }
    ids.extend(person::add_all(act, right, household, &new).await?);
    Ok(Named { household: Some(household), person: Some(id), members: ids, anonymous: false })
}

/// What was decided on a consultation.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Decision {
    /// The decision.
    pub disposition: Disposition,
    /// What was told or done, in words; may be empty except for information.
    pub words: String,
    /// The next promise, in words; needed for own support.
    pub promise: String,
    /// By which day; needed for own support.
    pub due: Option<Day>,
    /// An open case of the own desk it joins, instead of a new one.
    pub into: Option<CaseId>,
}

/// Checks that a decision says what it must.
pub fn check(decision: &Decision, today: Day) -> Result<(), (&'static str, Refusal)> {
    let missing = |field, key| Err((field, Refusal::new(key)));
    match decision.disposition {
        Disposition::InformationGiven if decision.words.is_empty() => missing("told", "dispose.told_words"),
        Disposition::OwnSupport if decision.promise.is_empty() => missing("promise", "dispose.promise_words"),
        Disposition::OwnSupport if decision.due.is_none() => missing("due", "date.required"),
        _ if decision.due.is_some_and(|d| d < today) => missing("due", "dispose.due_past"),
        _ => Ok(()),
    }
}

/// Decides on a consultation. The case it became, if it became one.
pub async fn dispose(
    act: &mut Act,
    header: &Header,
    topics: &[register::Matter],
    d: &Decision,
) -> Result<Option<CaseId>, Fail> {
    let relation = relation(act, header).await?;
    let right = act.permit(Action::DisposeConsultation, &relation, record(header.id)).await?;
    act.check_version(header.version)?;
    let state = rules::dispose(header.standing(), d.disposition)?;
    check(d, act.now().day()).map_err(|(_, refusal)| refusal)?;
    let case = match header.household {
        Some(household) if d.disposition != Disposition::InformationGiven => {
            Some(case_for(act, &right, header, household, topics, d).await?)
        }
        _ => None,
    };
    if !d.words.is_empty() {
        let about = About { consultation: Some(header.id), case, ..About::default() };
        note(act, &right, header, Field::Response, &d.words, topics, about).await?;
    }
    let about = task::About { consultation: Some(header.id), ..task::About::default() };
    task::end_all(act, &right, about, &[TaskKind::Dispose], TaskState::Done, "").await?;
    sql::dispose(act, &right, header, state, Some(d.disposition), case).await?;
    Ok(case)
}

async fn relation(act: &mut Act, header: &Header) -> Result<Relation, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let cases = household::cases_of(&mut act.facts()?, &viewer, header.household).await?;
    Ok(header.relation(cases.into_values().flatten()))
}

async fn note(
    act: &mut Act,
    right: &Right,
    header: &Header,
    field: Field,
    body: &str,
    topics: &[register::Matter],
    about: About,
) -> Result<words::id::EntryId, Fail> {
    let entry = NewEntry {
        field,
        form: None,
        household: header.household.filter(|_| !header.third_party),
        marks: Marks::new(Vec::new(), default_marks(field, topics)),
        body: body.to_owned(),
        occurred_at: act.now(),
        told: None,
        about,
        corrects: None,
    };
    household::entry::write(act, right, vec![entry]).await?.pop().ok_or(Fail::NotVisible)
}

/// The case a consultation goes into: a new one with its first promise, or an open one of the own desk.
async fn case_for(
    act: &mut Act,
    right: &Right,
    header: &Header,
    household: HouseholdId,
    topics: &[register::Matter],
    d: &Decision,
) -> Result<CaseId, Fail> {
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let (settings, opening) = clock(act, desk).await?;
    let now = act.now();
    let case = match d.into {
        Some(case) => own_open_case(act, household, case).await?,
        None => casefile::open(act, right, household, desk).await?,
    };
    sql::texts_into_case(act, right, header, case).await?;
    let urgency = if d.disposition == Disposition::Urgent { Urgency::Urgent } else { Urgency::Normal };
    let otherwise = receipt_due(now, urgency, &settings, &opening);
    let due_at = if urgency == Urgency::Urgent { otherwise } else { d.due.map_or(otherwise, due_on) };
    let entry = if d.promise.is_empty() {
        None
    } else {
        let about = About { consultation: Some(header.id), case: Some(case), ..About::default() };
        Some(note(act, right, header, Field::Promise, &d.promise, topics, about).await?)
    };
    let about = task::About { case: Some(case), entry, ..task::About::default() };
    let assignee = act.viewer().map(|v| v.user);
    let promise = NewTask { kind: TaskKind::NextPromise, desk, assignee, about, due_at };
    task::add(act, right, &promise).await?;
    task::settle(act, right, Guarded::Case(case), due_at).await?;
    Ok(case)
}

/// An open case of this household for which a desk of the acting person is accountable.
async fn own_open_case(act: &mut Act, household: HouseholdId, case: CaseId) -> Result<CaseId, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let cases = sql::cases_with_a_part(&mut act.facts()?, &viewer, [household]).await?;
    cases.iter().find(|c| c.id == case && c.ours).map(|c| c.id).ok_or(Fail::NotVisible)
}

/// Opens a case for a household with its first promise, guarded. For other ways into a case than a consultation.
pub async fn open_case(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    desk: DeskId,
    due_at: Instant,
) -> Result<CaseId, Fail> {
    let case = casefile::open(act, right, household, desk).await?;
    task::settle(act, right, Guarded::Case(case), due_at).await?;
    Ok(case)
}

/// Names the household of a consultation that had none.
pub async fn name_person(act: &mut Act, header: &Header, who: &Who) -> Result<(), Fail> {
    let relation = relation(act, header).await?;
    let right = act.permit(Action::EditHousehold, &relation, record(header.id)).await?;
    act.check_version(header.version)?;
    rules::name_person(header.standing())?;
    let (household, id, anonymous) = match who {
        Who::Nobody => return Err(Refusal::new("consultation.name_needed").into()),
        Who::New(first, _) => {
            let household = person::add_household(act, &right, None).await?;
            let anonymous = first.name.is_empty() && first.alias.is_empty() && first.reading.is_empty();
            (household, person::add(act, &right, household, first).await?, anonymous)
        }
        Who::Known(id, _) => {
            let named = known(act, &right, *id, &[]).await?;
            (named.household.ok_or(Fail::NotVisible)?, *id, false)
        }
    };
    sql::name(act, &right, header, household, id, anonymous).await
}

/// Marks a consultation and its texts as entered in error, with the reason as a text of its own.
pub async fn mark_in_error(act: &mut Act, header: &Header, reason: &str) -> Result<(), Fail> {
    let relation = relation(act, header).await?;
    let right = act.permit(Action::MarkInError, &relation, record(header.id)).await?;
    act.check_version(header.version)?;
    let state = rules::mark_in_error(header.state, reason)?;
    let m = act.municipality();
    let asked = act
        .facts()?
        .one(
            "SELECT COUNT(*) AS n FROM inquiry WHERE municipality_id = $1 AND consultation_id = $2 \
             AND state <> 'entered_in_error'",
            args![m, header.id],
        )
        .await?;
    if asked.get::<i64>("n")? > 0 {
        // Somebody else has been told of it: that is taken back first.
        return Err(Refusal::new("consultation.was_asked_about").into());
    }
    let about = About { consultation: Some(header.id), ..About::default() };
    let why = note(act, &right, header, Field::Ending, reason, &[], about).await?;
    sql::texts_in_error(act, &right, header.id, why).await?;
    let about = task::About { consultation: Some(header.id), ..task::About::default() };
    task::end_all(act, &right, about, &[], TaskState::Cancelled, "entered_in_error").await?;
    sql::dispose(act, &right, header, state, None, header.case).await?;
    // The sheet it was taken from is not answered by a mistake: it waits for its provider again.
    match header.sheet {
        Some(sheet) => sheet::put_back(act, &right, sheet).await,
        None => Ok(()),
    }
}

/// Whether a partner agency was named for a consultation that did not come from one: harmless, and dropped.
pub(crate) fn told_agency(route: rules::Route, agency: Option<AgencyId>) -> Option<AgencyId> {
    agency.filter(|_| route == rules::Route::Agency)
}
