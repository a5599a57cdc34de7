//! Sending an inquiry and taking its steps: one transaction each, with the promises that follow.

use access::{Action, Categories, Category, RecordKind, RecordRef, Right, Shelter};
use consent::{Basis, Carried, Handing, NewProvision, Terms};
use engine::{Act, Conn, Fail, Refusal};
use household::entry::About as Place;
use household::{Field, Marks, NewEntry};
use register::{DeskInfo, Settings, Way};
use serde::Serialize;
use task::{NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{CaseId, DeskId, DraftId, EntryId, InquiryId, MunicipalityId, PersonId, ThingId};
use words::{Day, Instant};

use crate::ask::{self, Origin};
use crate::law;
use crate::rules::{self, Purpose, Reply, Side, State, Step};
use crate::sql::{self, Change, Header, NewRow};

/// An inquiry to be sent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Send {
    /// The case or consultation.
    pub about: ThingId,
    /// To which desk.
    pub to: DeskId,
    /// About whom.
    pub persons: Vec<PersonId>,
    /// What for.
    pub purpose: Purpose,
    /// Whether it is urgent.
    pub urgent: bool,
    /// By when, if not as the municipality has set.
    pub due: Option<Day>,
    /// Why it is asked, and on which ground.
    pub lead: String,
    /// The questions, one a line.
    pub questions: Vec<String>,
    /// Basis.
    pub basis: Basis,
    /// Categories that go along.
    pub categories: i64,
    /// A consent given for it is meant beside one to the same desk that is there already.
    pub again: bool,
    /// The form's draft, gone once sent.
    pub draft: Option<DraftId>,
}

async fn settings(act: &mut Act) -> Result<Settings, Fail> {
    let m = act.municipality();
    Ok(register::settings(&mut act.facts()?, m).await?)
}

async fn desk(act: &mut Act, id: DeskId) -> Result<DeskInfo, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    register::desk(&mut act.facts()?, m, id, today).await?.ok_or(Fail::NotVisible)
}

/// What the form has checked already, checked again: a command does not have to come from a form. Under a consent there is no article.
async fn fits(act: &mut Act, article: &str, way: Way, desks: (DeskId, DeskId)) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    register::fits_between(&mut act.facts()?, m, article, way, (desks, today)).await
}

/// Where somebody's home is kept, so are words marked as being about it: the desk that is asked would read no question at all (disclosure
/// rule 4). Said only to a desk that knows of the shelter.
async fn arrives(act: &mut Act, own: &[DeskId], new: &Send, categories: Categories) -> Result<(), Fail> {
    if !categories.has(Category::Contact) {
        return Ok(());
    }
    let (m, persons) = (act.municipality(), new.persons.iter().copied().collect());
    let kept = engine::home::shelters(&mut act.facts()?, m, &persons).await?;
    let from_them = |s: &Shelter| s.desks.iter().any(|d| own.contains(d)) && !s.desks.contains(&new.to);
    if kept.iter().any(from_them) { Err(Refusal::new("inquiry.kept_home").into()) } else { Ok(()) }
}

/// When the answer is due: the chosen day, or the municipality's clock; elapsed hours when urgent.
async fn due_at(act: &mut Act, asked: &DeskInfo, urgent: bool, chosen: Option<Day>) -> Result<Instant, Fail> {
    let set = settings(act).await?;
    let standard =
        task::answer_due(act.now(), urgent, &asked.opening, set.answer_business_days, set.urgent_hours);
    Ok(chosen.filter(|_| !urgent).map_or(standard, |day| Instant::at(day, 17, 0)))
}

/// Sends an inquiry: header, questions, what is told about whom, and the promise to answer.
pub(crate) async fn send(act: &mut Act, id: InquiryId, new: &Send) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let origin = ask::origin(&mut act.facts()?, &viewer, new.about).await?;
    let record = RecordRef { kind: RecordKind::Inquiry, id: id.cast() };
    let right = act.permit(Action::SendInquiry, &origin.relation, record).await?;
    let from = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let household = origin.household.filter(|_| origin.open).ok_or(Refusal::new("inquiry.origin_closed"))?;
    if new.to == from {
        return Err(Refusal::new("inquiry.to_oneself").into());
    }
    let asked = desk(act, new.to).await?;
    if asked.valid_to.is_some_and(|last| last < act.now().day()) {
        return Err(Refusal::new("referral.desk_ended").into());
    }
    if let Some(day) = new.due {
        rules::due(day, act.now().day())?;
    }
    let due_at = due_at(act, &asked, new.urgent, new.due).await?;
    let categories = Categories::from_bits(new.categories).with(Category::Basic);
    if !rules::can_be_asked(categories) {
        return Err(Refusal::new("inquiry.no_informant").into());
    }
    arrives(act, &viewer.reading_desks(), new, categories).await?;
    let (basis, article) = stored(&new.basis)?;
    fits(act, article, Way::Ask, (from, new.to)).await?;
    let sits = law::sits(&mut act.facts()?, &viewer, household).await?;
    law::fits(article, &sits)?;
    let row = NewRow {
        id,
        consultation: origin.consultation,
        case: origin.case,
        household,
        from,
        from_user: viewer.user,
        to: new.to,
        purpose: new.purpose,
        urgent: new.urgent,
        basis,
        article,
        categories,
        questions: i64::try_from(new.questions.len()).unwrap_or(0),
        due_at,
    };
    sql::insert(act, &right, &row, &new.persons).await?;
    let texts = write_questions(act, &right, new, &origin, household, categories).await?;
    let roles = ["lead", "questions"];
    let texts: Vec<(EntryId, &'static str)> = texts.into_iter().zip(roles).collect();
    sql::add_entries(act, &right, id, &texts).await?;
    let sharing = Sharing {
        id,
        case: origin.case,
        accountable: accountable(&origin, &viewer),
        persons: &new.persons,
        texts: texts.iter().map(|(e, _)| *e).collect(),
        categories,
        from,
        asked: &asked,
        again: new.again,
    };
    share(act, &right, &sharing, &new.basis).await?;
    sql::note(act, &right, id, "sent", "", "").await?;
    let (about, guarded) = ask::promises(id, origin.case, origin.consultation);
    let (kind, holder) =
        if asked.has_login { (TaskKind::AnswerInquiry, asked.id) } else { (TaskKind::FetchInquiry, from) };
    task::add(act, &right, &NewTask { kind, desk: holder, assignee: None, about, due_at }).await?;
    if let Some(draft) = new.draft {
        draft::delete(act, &right, draft).await?;
    }
    ask::settle(act, &right, guarded).await
}

/// The case whose consents the viewer sees because their desk is accountable for it.
pub(crate) fn accountable(origin: &Origin, viewer: &access::Viewer) -> Option<CaseId> {
    let held = origin.relation.accountable.is_some_and(|d| viewer.reading_desks().contains(&d));
    origin.case.filter(|_| held)
}

/// A basis as it is stored. Nobody is asked about without one.
fn stored(basis: &Basis) -> Result<(&'static str, &str), Fail> {
    match basis {
        Basis::Consent(_) | Basis::Existing => Ok(("consent", "")),
        Basis::Law(article) => Ok(("lawful_provision", article.as_str())),
        Basis::Preview => Err(Refusal::new("text.choose").into()),
    }
}

async fn write_questions(
    act: &mut Act,
    right: &Right,
    new: &Send,
    origin: &Origin,
    household: words::id::HouseholdId,
    categories: Categories,
) -> Result<Vec<EntryId>, Fail> {
    let now = act.now();
    let text = |body: String| NewEntry {
        field: Field::Inquiry,
        form: None,
        household: Some(household),
        marks: Marks::new(new.persons.clone(), categories),
        body,
        occurred_at: now,
        told: None,
        // Not of the consultation it is asked from: whoever may read a text of one opens its page.
        about: Place { case: origin.case, ..Place::default() },
        corrects: None,
    };
    let texts = vec![text(new.lead.clone()), text(new.questions.join("\n"))];
    household::entry::write(act, right, texts).await
}

/// One telling: of whom, with which texts, to which desk.
struct Sharing<'a> {
    id: InquiryId,
    case: Option<CaseId>,
    accountable: Option<CaseId>,
    persons: &'a [PersonId],
    texts: Vec<EntryId>,
    categories: Categories,
    from: DeskId,
    asked: &'a DeskInfo,
    again: bool,
}

/// Hands identity and questions over, under the basis that was chosen, from now on.
async fn share(act: &mut Act, right: &Right, s: &Sharing<'_>, basis: &Basis) -> Result<(), Fail> {
    match basis {
        Basis::Consent(bodies) => {
            // Whoever agrees that somebody is asked agrees that they answer.
            let recipients = [s.asked.id, s.from].map(consent::Recipient::Desk).to_vec();
            let (accountable, again) = (s.accountable, s.again);
            let terms = Terms { categories: s.categories, recipients, case: s.case, accountable, again };
            consent::give_all(act, right, bodies, &terms, s.id.cast()).await?;
        }
        Basis::Existing => {
            let carried = Carried {
                subjects: s.persons,
                categories: s.categories,
                to: (s.asked.id, s.asked.agency),
                accountable: s.accountable,
            };
            if consent::existing(act, &carried).await?.is_none() {
                return Err(Refusal::new("inquiry.existing_not_enough").into());
            }
        }
        Basis::Law(article) => {
            let person = |p: &PersonId| RecordRef::person(*p);
            let text = |e: &EntryId| RecordRef::entry(*e);
            let records = s.persons.iter().map(person).chain(s.texts.iter().map(text)).collect();
            let provision = NewProvision {
                kind: Handing::Inquiry,
                act: s.id.cast(),
                records,
                desk: s.asked.id,
                user: None,
                categories: s.categories,
                article: article.clone(),
                pending: true,
            };
            consent::provide(act, right, &provision).await?;
        }
        Basis::Preview => return Err(Refusal::new("text.choose").into()),
    }
    // An inquiry is answered as it is: there is nothing to accept first.
    consent::take_effect(act, right, s.id.cast()).await
}

/// A step as the form gives it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepBody {
    /// Which inquiry.
    pub id: InquiryId,
    /// Which step.
    pub step: Step,
    /// Reason code.
    pub reason: String,
    /// The answer's words.
    pub words: String,
    /// Their categories.
    pub categories: i64,
    /// The questions that stay open.
    pub open: Vec<i64>,
    /// The article a refusal rests on, as it was written.
    pub refusal_article: String,
    /// Who decided it: name and post.
    pub decider: (String, String),
    /// The article the answer's words are handed over under; empty: the consent.
    pub article: String,
    /// How a partner without a login told it, as a code.
    pub told_by: String,
    /// The new basis, when it is picked anew.
    pub basis: Option<Basis>,
}

/// Takes a step. The right follows from the side; a partner without a login is recorded on behalf of.
pub(crate) async fn step(act: &mut Act, body: &StepBody) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (r, relation) = sql::by_id(&mut act.facts()?, &viewer, body.id).await?.ok_or(Fail::NotVisible)?;
    let asked = desk(act, r.to).await?;
    let holds = |d: DeskId| viewer.seats.iter().any(|s| s.holds(d));
    let action = match body.step.side() {
        Side::Asked if asked.has_login || holds(r.to) => Action::AnswerInquiry,
        Side::Asked => Action::RecordOnBehalf,
        Side::Asker if body.step == Step::Raise => Action::RaiseInquiry,
        Side::Asker => Action::FollowInquiry,
        Side::Coordinator => Action::WorkTask,
    };
    let mut relation = relation;
    relation.task = r.raised_desk;
    let record = RecordRef { kind: RecordKind::Inquiry, id: r.id.cast() };
    let right = act.permit(action, &relation, record).await?;
    act.check_version(r.version)?;
    let to = rules::next(r.state, body.step)?;
    check(&r, body, action == Action::RecordOnBehalf)?;
    let persons = persons_of(act, r.id).await?;
    let (m, today) = (act.municipality(), act.now().day());
    let carried = basis_holds(&mut act.facts()?, m, &r, &persons, today).await?;
    match body.step {
        // Whoever can no longer read the question cannot answer it either; saying no is always possible.
        Step::Answer | Step::Part if !carried && action == Action::AnswerInquiry => {
            return Err(Refusal::new("inquiry.basis_gone").into());
        }
        Step::Rebase if carried => return Err(Refusal::new("inquiry.basis_holds").into()),
        _ => {}
    }
    if body.step == Step::Rebase {
        rebase(act, &right, &r, body, &persons).await?;
    } else if !matches!(body.step, Step::Seen | Step::TakeUp) {
        move_on(act, &right, &r, body, to, &asked).await?;
    }
    sql::note(act, &right, r.id, body.step.code(), &body.reason, &body.told_by).await?;
    if body.step.replies() && !body.words.is_empty() {
        reply(act, &right, &r, body, &persons, (&asked, action == Action::RecordOnBehalf)).await?;
    }
    promises(act, &right, &r, body.step, to, &asked).await
}

async fn persons_of(act: &mut Act, id: InquiryId) -> Result<Vec<PersonId>, Fail> {
    let m = act.municipality();
    Ok(sql::subjects(&mut act.facts()?, m, [id]).await?.remove(&id).unwrap_or_default())
}

/// What the form has checked already, checked again: a command does not have to come from a form.
fn check(r: &Header, body: &StepBody, on_behalf: bool) -> Result<(), Fail> {
    let reasons = body.step.reasons();
    if !reasons.is_empty() && !reasons.iter().any(|x| x.code() == body.reason) {
        return Err(Refusal::new("inquiry.reason").into());
    }
    let reply = Reply {
        step: body.step,
        words: &body.words,
        open: &body.open,
        questions: r.questions,
        article: &body.refusal_article,
        decider: (&body.decider.0, &body.decider.1),
    };
    if let Some((_, key)) = rules::check_reply(&reply).first() {
        return Err(Refusal::new(key).into());
    }
    if on_behalf && body.told_by.is_empty() {
        return Err(Refusal::new("inquiry.told_by").into());
    }
    Ok(())
}

/// What the addressee was told.
pub(crate) fn told<'a>(r: &Header, persons: &'a [PersonId]) -> consent::Shared<'a> {
    consent::Shared { by_consent: r.by_consent, subjects: persons, categories: r.categories }
}

/// Whether what the addressee was told still rests on something.
pub(crate) async fn basis_holds(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    r: &Header,
    persons: &[PersonId],
    today: Day,
) -> Result<bool, Fail> {
    if !r.by_consent {
        return Ok(true);
    }
    let given = consent::of_persons(conn, m, persons.iter().copied()).await?;
    let reader = consent::reader(conn, m, r.to, today).await?;
    Ok(told(r, persons).holds(&given, reader, today))
}

async fn move_on(
    act: &mut Act,
    right: &Right,
    r: &Header,
    body: &StepBody,
    to: State,
    asked: &DeskInfo,
) -> Result<(), Fail> {
    // What stays open has a clock of its own.
    let due_at = if body.step == Step::Part { Some(due_at(act, asked, r.urgent, None).await?) } else { None };
    let raised_to = if body.step == Step::Raise { Some(coordinator(act, r).await?) } else { None };
    let refused = body.step == Step::Refuse;
    // A matter that was raised keeps the refusal it was raised for.
    let keeps = body.step == Step::Raise;
    let decider = (body.decider.0.as_str(), body.decider.1.as_str());
    let kept = (r.decider.0.as_str(), r.decider.1.as_str());
    let change = Change {
        reason: if keeps { &r.reason } else { &body.reason },
        open: if keeps { &r.open } else { &body.open },
        refusal_article: if refused {
            &body.refusal_article
        } else if keeps {
            &r.refusal_article
        } else {
            ""
        },
        decider: if refused {
            decider
        } else if keeps {
            kept
        } else {
            ("", "")
        },
        answered: body.step.replies(),
        raised_to,
        due_at,
    };
    sql::change(act, right, r, to, &change).await?;
    match body.step {
        // What was asked no longer needs to be known there; an answer that was given stays with whoever asked.
        Step::Withdraw => consent::end_provisions(act, right, r.id.cast()).await,
        Step::Error => {
            consent::end_act(act, right, r.id.cast()).await?;
            let m = act.municipality();
            let entries: Vec<EntryId> = sql::entries(&mut act.facts()?, m, r.id).await?.into_keys().collect();
            for entry in &entries {
                consent::end_provisions(act, right, entry.cast()).await?;
            }
            strike(act, right, entries).await
        }
        _ => Ok(()),
    }
}

/// With an inquiry that was a mistake its texts are one, as far as the desk that takes it back wrote them: marked on its own screens, and on
/// no paper. What the other desk answered is its own to take back.
async fn strike(act: &mut Act, right: &Right, entries: Vec<EntryId>) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let standing = household::entry::standing(&mut act.facts()?, viewer.municipality, entries).await?;
    let texts = household::entry::by_ids(&mut act.facts()?, &viewer, standing.into_values()).await?;
    let own = texts.iter().map(access::Sealed::facts);
    let own = own.filter(|f| right.seat().is_some_and(|s| s.holds(f.desk)));
    for text in own.map(|f| f.record.id.cast()).collect::<Vec<EntryId>>() {
        household::entry::set_state(act, right, text, household::EntryState::EnteredInError).await?;
    }
    Ok(())
}

/// The coordinator's desk that a raised matter goes to: the one responsible for where the household lives. Somebody who
/// looks at it from outside, so not the desk that was asked; the asking desk itself where there is no coordinator.
async fn coordinator(act: &mut Act, r: &Header) -> Result<DeskId, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let household = household::header(&mut act.facts()?, m, r.household).await?;
    let area = household.and_then(|h| h.area);
    let desk = register::coordinator_for(&mut act.facts()?, m, area, &[r.to], today).await?;
    Ok(desk.unwrap_or(r.from))
}

/// An inquiry that was raised to a coordinator's desk, as far as a conference has to know of it: desks and ids.
#[derive(Debug, Clone)]
pub struct Raised {
    /// The inquiry.
    pub id: InquiryId,
    /// The case it was asked from.
    pub case: Option<CaseId>,
    /// Or the consultation.
    pub consultation: Option<words::id::ConsultationId>,
    /// The household, as the asking desk recorded it.
    pub household: words::id::HouseholdId,
    /// The desk that asked.
    pub from: DeskId,
    /// Who asked.
    pub from_user: Option<words::id::UserId>,
    /// The desk that was asked.
    pub to: DeskId,
    /// The coordinator's desk.
    pub desk: DeskId,
    /// How desks stand to it.
    pub relation: access::Relation,
}

/// An inquiry that is raised now; absent for whoever is kept out of it.
pub async fn raised(
    conn: &mut Conn<'_>,
    viewer: &access::Viewer,
    id: InquiryId,
) -> Result<Option<Raised>, engine::Broken> {
    let Some((r, mut relation)) = sql::by_id(conn, viewer, id).await? else { return Ok(None) };
    let Some(desk) = r.raised_desk.filter(|_| r.state == State::Raised && !relation.keeps_out(viewer)) else {
        return Ok(None);
    };
    relation.task = Some(desk);
    Ok(Some(Raised {
        id: r.id,
        case: r.case,
        consultation: r.consultation,
        household: r.household,
        from: r.from,
        from_user: r.from_user,
        to: r.to,
        desk,
        relation,
    }))
}

/// A conference has taken a raised inquiry up: the same as the coordinator's own step.
pub async fn taken_up(act: &mut Act, right: &Right, id: InquiryId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (r, _) = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let asked = desk(act, r.to).await?;
    let to = rules::next(r.state, Step::TakeUp)?;
    sql::note(act, right, r.id, Step::TakeUp.code(), "", "").await?;
    promises(act, right, &r, Step::TakeUp, to, &asked).await
}

/// The same questions, told anew on another basis, between whoever asks and reads them now; the clock begins again.
async fn rebase(
    act: &mut Act,
    right: &Right,
    r: &Header,
    body: &StepBody,
    persons: &[PersonId],
) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let from = register::heir(&mut act.facts()?, m, r.from, today).await?;
    let to = register::heir(&mut act.facts()?, m, r.to, today).await?;
    let asked = &desk(act, to).await?;
    let basis = body.basis.as_ref().ok_or(Refusal::new("text.choose"))?;
    let (code, article) = stored(basis)?;
    fits(act, article, Way::Ask, (from, to)).await?;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    law::fits(article, &law::sits(&mut act.facts()?, &viewer, r.household).await?)?;
    let due_at = due_at(act, asked, r.urgent, None).await?;
    sql::rebase(act, right, r, code, article, due_at).await?;
    let texts = sql::entries(&mut act.facts()?, m, r.id).await?;
    let asking = |role: &String| role == "lead" || role == "questions";
    let accountable = match r.case {
        Some(case) => casefile::header(&mut act.facts()?, m, case)
            .await?
            .filter(|c| c.accountable.is_some_and(|d| viewer.reading_desks().contains(&d)))
            .map(|c| c.id),
        None => None,
    };
    let sharing = Sharing {
        id: r.id,
        case: r.case,
        accountable,
        persons,
        texts: texts.into_iter().filter(|(_, role)| asking(role)).map(|(e, _)| e).collect(),
        categories: r.categories,
        from,
        asked,
        // The one it rested on is gone, and no other lets the question be read.
        again: true,
    };
    share(act, right, &sharing, basis).await
}

/// The words of an answer: a record of the desk that gives it, handed over to the desk that asked under an article, or open to it
/// by a consent that names it. What was told by phone, fax or letter is the asking desk's own record.
async fn reply(
    act: &mut Act,
    right: &Right,
    r: &Header,
    body: &StepBody,
    persons: &[PersonId],
    (asked, on_behalf): (&DeskInfo, bool),
) -> Result<(), Fail> {
    let marks = Marks::new(persons.to_vec(), Categories::from_bits(body.categories));
    let (m, today) = (act.municipality(), act.now().day());
    if !on_behalf && body.article.is_empty() {
        let given = consent::of_persons(&mut act.facts()?, m, persons.iter().copied()).await?;
        let reader = consent::reader(&mut act.facts()?, m, r.from, today).await?;
        let told = consent::Shared { by_consent: true, subjects: persons, categories: marks.categories() };
        if !told.holds(&given, reader, today) {
            return Err(Refusal::new("inquiry.consent_does_not_carry").into());
        }
    } else if !on_behalf {
        fits(act, &body.article, Way::Answer, (r.from, r.to)).await?;
        let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
        law::fits_answer(&mut act.facts()?, &viewer, r, &body.article).await?;
    }
    let told = household::ToldBy::parse(&body.told_by).filter(|_| on_behalf);
    let entry = NewEntry {
        field: Field::InquiryAnswer,
        form: None,
        household: Some(r.household),
        marks: marks.clone(),
        body: body.words.clone(),
        occurred_at: act.now(),
        told: told.map(|by| (by, asked.agency)),
        about: Place { case: r.case, ..Place::default() },
        corrects: None,
    };
    let written = household::entry::write(act, right, vec![entry]).await?;
    let role = match body.step {
        Step::Refuse => "refusal",
        Step::Part => "part",
        _ => "answer",
    };
    for entry in &written {
        sql::add_entries(act, right, r.id, &[(*entry, role)]).await?;
        if !on_behalf && !body.article.is_empty() {
            let provision = NewProvision {
                kind: Handing::Answer,
                act: entry.cast(),
                records: vec![RecordRef::entry(*entry)],
                desk: r.from,
                user: None,
                categories: marks.categories(),
                article: body.article.clone(),
                pending: false,
            };
            consent::provide(act, right, &provision).await?;
        }
    }
    household::findable::refresh(act, right, &[], &written).await
}

/// Two business days: to look at an answer, to see to what was raised.
pub(crate) fn soon(now: Instant) -> Instant {
    Instant::at(calendar::add_business_days(&OpeningDays::default(), now.day(), 2), 17, 0)
}

/// Twenty business days: until a conference has met.
fn later(now: Instant) -> Instant {
    Instant::at(calendar::add_business_days(&OpeningDays::default(), now.day(), 20), 17, 0)
}

/// Who owes what after a step.
async fn promises(
    act: &mut Act,
    right: &Right,
    r: &Header,
    step: Step,
    to: State,
    asked: &DeskInfo,
) -> Result<(), Fail> {
    let (about, guarded) = ask::promises(r.id, r.case, r.consultation);
    let of_this = task::About { inquiry: Some(r.id), ..task::About::default() };
    let owed = [TaskKind::AnswerInquiry, TaskKind::FetchInquiry];
    // Whoever asked has seen what came, whatever they do next.
    if step.side() == Side::Asker {
        task::end_all(act, right, of_this, &[TaskKind::CheckInquiry], TaskState::Done, "").await?;
    }
    if !to.is_waiting() {
        let state = if step.replies() { TaskState::Done } else { TaskState::Cancelled };
        let why = if step.replies() { "" } else { "inquiry_ended" };
        task::end_all(act, right, of_this, &owed, state, why).await?;
        task::end_all(act, right, of_this, &[TaskKind::RaisedInquiry], state, why).await?;
    }
    if step == Step::TakeUp {
        task::end_all(act, right, of_this, &[TaskKind::RaisedInquiry], TaskState::Done, "").await?;
    }
    let now = act.now();
    let (kind, holder) =
        if asked.has_login { (TaskKind::AnswerInquiry, r.to) } else { (TaskKind::FetchInquiry, r.from) };
    let mut new: Vec<(TaskKind, DeskId, Instant)> = Vec::new();
    match step {
        // What a partner without a login answered was written down by whoever asked: they have seen it.
        Step::Answer | Step::Part | Step::Refuse if asked.has_login => {
            task::end_all(act, right, of_this, &[TaskKind::CheckInquiry], TaskState::Done, "").await?;
            new.push((TaskKind::CheckInquiry, r.from, soon(now)));
        }
        Step::Raise => new.push((TaskKind::RaisedInquiry, coordinator(act, r).await?, soon(now))),
        // The conference looks at it now; whoever asked writes down what came of it.
        Step::TakeUp => new.push((TaskKind::CheckInquiry, r.from, later(now))),
        _ => {}
    }
    // Something stays open, or was told on another basis: the answer is owed again.
    if step == Step::Rebase || step == Step::Part {
        task::end_all(act, right, of_this, &owed, TaskState::Done, "").await?;
        new.push((kind, holder, due_at(act, asked, r.urgent, None).await?));
    }
    let (m, today) = (act.municipality(), act.now().day());
    for (kind, desk, due_at) in new {
        let desk = register::heir(&mut act.facts()?, m, desk, today).await?;
        task::add(act, right, &NewTask { kind, desk, assignee: None, about, due_at }).await?;
    }
    ask::settle(act, right, guarded).await
}
