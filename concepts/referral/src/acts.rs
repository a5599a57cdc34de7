//! Sending a referral and taking its steps: one transaction each, with the promises that follow.

use access::{Action, Categories, Category, RecordKind, RecordRef, Relation, Right, Viewer};
use casefile::CaseHeader;
use consent::{Basis, Carried, Handing, NewProvision, Terms};
use engine::{Act, Fail, Refusal};
use feedback::{Given, GivenBasis, Owed};
use household::entry::About as Place;
use household::{Field, Marks, NewEntry};
use register::{DeskInfo, Settings, Way};
use serde::Serialize;
use task::{About, Guarded, NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::code::Code;
use words::id::{AreaId, CaseId, ConsentId, DeskId, EntryId, HouseholdId, PersonId, ReferralId, UserId};
use words::{Day, Instant};

use crate::carried;
use crate::rules::{self, Kind, Side, State, Step};
use crate::sql::{self, Change, NewRow, ReferralHeader};

/// A referral to be sent.
#[derive(Debug, Clone, Serialize)]
pub struct Send {
    /// The case.
    pub case: CaseId,
    /// The request it goes on with, for a re-route.
    pub request: Option<ReferralId>,
    /// What kind.
    pub kind: Kind,
    /// To which desk.
    pub to: DeskId,
    /// In copy.
    pub copy: Option<DeskId>,
    /// Whom it is about.
    pub person: PersonId,
    /// Preview: need.
    pub need: String,
    /// Preview: urgency.
    pub urgency: String,
    /// Preview: area.
    pub area: Option<AreaId>,
    /// Preview: age band.
    pub age_band: String,
    /// The one-page summary.
    pub summary: String,
    /// Its marks.
    pub marks: Marks,
    /// Basis.
    pub basis: Basis,
    /// Categories that go along.
    pub categories: i64,
    /// Persons whose facts go along, under an article.
    pub persons: Vec<PersonId>,
    /// Texts that go along, under an article.
    pub texts: Vec<EntryId>,
    /// Whether the consent also lets the receiver tell the sender.
    pub both_ways: bool,
    /// A consent given for it is meant beside one to the same desk that is there already.
    pub again: bool,
    /// The form's draft, gone once sent.
    pub draft: Option<words::id::DraftId>,
}

async fn settings(act: &mut Act) -> Result<Settings, Fail> {
    let m = act.municipality();
    Ok(register::settings(&mut act.facts()?, m).await?)
}

async fn desk(act: &mut Act, id: DeskId) -> Result<DeskInfo, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    register::desk(&mut act.facts()?, m, id, today).await?.ok_or(Fail::NotVisible)
}

/// Sends a referral: header, summary, consent or provision (pending until acceptance), and the promise to answer.
pub async fn send(act: &mut Act, id: ReferralId, new: &Send) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (case, mut relation) =
        casefile::relation(&mut act.facts()?, &viewer, new.case).await?.ok_or(Fail::NotVisible)?;
    relation.sender = relation.accountable;
    let at_accountable = |d| viewer.seats.iter().any(|s| s.role.reads_desk_records() && s.holds(d));
    if new.kind.moves_accountability() && case.accountable.is_some_and(at_accountable) {
        // Whoever has two desks in the case hands over from the accountable one.
        relation.case_desks.clear();
    }
    let record = RecordRef { kind: RecordKind::Referral, id: id.cast() };
    let right = act.permit(Action::SendReferral, &relation, record).await?;
    let from = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    if case.state != casefile::CaseState::Open {
        return Err(Refusal::new("case.not_open").into());
    }
    if new.to == from {
        return Err(Refusal::new("referral.to_oneself").into());
    }
    let receiver = desk(act, new.to).await?;
    if receiver.valid_to.is_some_and(|last| last < act.now().day()) {
        return Err(Refusal::new("referral.desk_ended").into());
    }
    if new.kind.moves_accountability() && !receiver.has_login {
        // Nobody there could keep the promises: the case stays, and the partner joins.
        return Err(Refusal::new("referral.no_login_hand_over").into());
    }
    if new.kind.moves_accountability()
        && case.accountable.is_none_or(|d| !right.seat().is_some_and(|s| s.holds(d)))
    {
        return Err(Refusal::new("referral.only_accountable").into());
    }
    let now = act.now();
    let set = settings(act).await?;
    let urgent = new.urgency == "urgent";
    let due = task::answer_due(now, urgent, &receiver.opening, set.answer_business_days, set.urgent_hours);
    let categories = Categories::from_bits(new.categories);
    let existing = match new.basis {
        Basis::Existing => Some(existing(act, &case, new, &receiver).await?),
        _ => None,
    };
    let ours = ours(&case, &viewer);
    let consent = share(act, &right, id, new, (case.household, ours), categories, &receiver).await?;
    let (basis, article) = match &new.basis {
        Basis::Consent(_) | Basis::Existing => ("consent", ""),
        Basis::Law(article) => ("lawful_provision", article.as_str()),
        Basis::Preview => ("none", ""),
    };
    let row = NewRow {
        id,
        request: new.request.unwrap_or(id),
        kind: new.kind,
        case: new.case,
        from,
        from_user: Some(viewer.user),
        to: new.to,
        copy: new.copy.filter(|c| *c != new.to && *c != from),
        person: new.person,
        household: case.household,
        need: &new.need,
        urgency: &new.urgency,
        area: new.area,
        age_band: &new.age_band,
        basis,
        consent: consent.or(existing),
        article,
        categories,
        sent_at: now,
        answer_due_at: due,
    };
    sql::insert(act, &right, &row).await?;
    sql::note(act, &right, id, State::Sent.code(), "", "").await?;
    waiting_task(act, &right, id, new.case, from, &receiver, due).await?;
    // The sender's own search for a next way has found one; other desks' searches go on.
    task::end_of_desk(act, &right, new.case, from, &[TaskKind::Reroute], TaskState::Done, "").await?;
    if let Some(draft) = new.draft {
        draft::delete(act, &right, draft).await?;
    }
    settle(act, &right, new.case).await
}

/// The case, where one of the viewer's desks is accountable for it: whose consents they see because of that.
pub(crate) fn ours(case: &CaseHeader, viewer: &Viewer) -> Option<CaseId> {
    case.accountable.filter(|d| viewer.reading_desks().contains(d)).map(|_| case.id)
}

/// The consent a referral "under an existing consent" rests on. It must really let the receiver know the summary: each
/// person it is about, each category. Only consents the sender may see count: an answer must not tell that there is
/// another one (disclosure rule 2).
async fn existing(
    act: &mut Act,
    case: &CaseHeader,
    new: &Send,
    receiver: &DeskInfo,
) -> Result<ConsentId, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let mut subjects = new.marks.persons.clone();
    if subjects.is_empty() {
        let sealed = household::person::members(&mut act.facts()?, &viewer, case.household).await?;
        subjects = sealed.iter().map(|p| p.facts().record.id.cast()).collect();
    }
    subjects.insert(0, new.person);
    let carried = Carried {
        subjects: &subjects,
        categories: Categories::from_bits(new.categories).union(new.marks.categories()).with(Category::Basic),
        to: (receiver.id, receiver.agency),
        accountable: ours(case, &viewer),
    };
    consent::existing(act, &carried).await?.ok_or_else(|| Refusal::new("referral.existing_not_enough").into())
}

/// The summary, and what goes along with it.
async fn share(
    act: &mut Act,
    right: &Right,
    id: ReferralId,
    new: &Send,
    (household, accountable): (HouseholdId, Option<CaseId>),
    categories: Categories,
    receiver: &DeskInfo,
) -> Result<Option<ConsentId>, Fail> {
    let summary = NewEntry {
        field: Field::Summary,
        form: None,
        household: Some(household),
        marks: new.marks.clone(),
        body: new.summary.clone(),
        occurred_at: act.now(),
        told: None,
        about: Place { referral: Some(id), case: Some(new.case), ..Place::default() },
        corrects: None,
    };
    let summary = household::entry::write(act, right, vec![summary]).await?;
    let mut first = None;
    match &new.basis {
        Basis::Consent(bodies) => {
            let back = new.both_ways.then(|| right.seat().map(|s| s.desk)).flatten();
            let recipients = std::iter::once(receiver.id).chain(back).map(consent::Recipient::Desk);
            let recipients = recipients.collect();
            let (case, again) = (Some(new.case), new.again);
            let terms = Terms { categories, recipients, case, accountable, again };
            first = consent::give_all(act, right, bodies, &terms, id.cast()).await?;
        }
        Basis::Law(article) => {
            if !new.marks.categories().within(categories) {
                return Err(Refusal::new("referral.summary_beyond").into());
            }
            if let Some(from) = right.seat().map(|s| s.desk) {
                let (m, today) = (act.municipality(), act.now().day());
                let desks = ((from, receiver.id), today);
                register::fits_between(&mut act.facts()?, m, article, Way::Tell, desks).await?;
            }
            let person = |p: &PersonId| RecordRef::person(*p);
            let text = |e: &EntryId| RecordRef::entry(*e);
            let mut records: Vec<RecordRef> = new.persons.iter().map(person).collect();
            records.extend(summary.iter().chain(&new.texts).map(text));
            let provision = NewProvision {
                kind: Handing::Referral,
                act: id.cast(),
                records,
                desk: receiver.id,
                user: None,
                categories,
                article: article.clone(),
                pending: true,
            };
            consent::provide(act, right, &provision).await?;
        }
        Basis::Existing | Basis::Preview => {}
    }
    Ok(first)
}

/// The promise to answer: the receiver's, or the sender's to find out when the partner has no login.
async fn waiting_task(
    act: &mut Act,
    right: &Right,
    id: ReferralId,
    case: CaseId,
    from: DeskId,
    receiver: &DeskInfo,
    due_at: Instant,
) -> Result<(), Fail> {
    let (kind, desk) = if receiver.has_login {
        (TaskKind::AnswerReferral, receiver.id)
    } else {
        (TaskKind::FetchAnswer, from)
    };
    let about = About { case: Some(case), referral: Some(id), ..About::default() };
    task::add(act, right, &NewTask { kind, desk, assignee: None, about, due_at }).await?;
    Ok(())
}

async fn settle(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let days = settings(act).await?.next_contact_days;
    let due = Instant::at(act.now().day().plus_days(days), 17, 0);
    task::settle(act, right, Guarded::Case(case), due).await
}

/// A step as the form gives it.
#[derive(Debug, Clone, Serialize)]
pub struct StepBody {
    /// Which referral.
    pub id: ReferralId,
    /// Which step.
    pub step: Step,
    /// Reason code.
    pub reason: String,
    /// For a completion: the one line, as a code.
    pub outcome: String,
    /// Words of the answer, or for the sender at the end.
    pub words: String,
    /// Their marks.
    pub marks: Marks,
    /// On what the words leave, as a code.
    pub basis: String,
    /// The article.
    pub article: String,
    /// How a partner without a login told it, as a code.
    pub told_by: String,
    /// For an acceptance: who is in charge.
    pub assignee: Option<UserId>,
    /// For an acceptance: the first promise.
    pub promise: Option<Day>,
}

/// Takes a step. The right follows from the side; a partner without a login is recorded on behalf of.
pub async fn step(act: &mut Act, body: &StepBody) -> Result<ReferralHeader, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let r = sql::by_id(&mut act.facts()?, &viewer, body.id).await?.ok_or(Fail::NotVisible)?;
    let receiver = desk(act, r.to).await?;
    let right = permit(act, &r, body, &receiver).await?;
    act.check_version(r.version)?;
    let today = act.now().day();
    let to = rules::next(r.kind, r.state, body.step)?;
    if body.step == Step::Accept && !carried::of(&mut act.facts()?, &viewer, &r, today).await?.holds() {
        return Err(Refusal::new("referral.basis_gone").into());
    }
    if !body.step.reasons().is_empty() && !body.step.reasons().iter().any(|x| x.code() == body.reason) {
        return Err(Refusal::new("referral.reason").into());
    }
    let received = matches!(body.step, Step::Receive | Step::Accept | Step::Refuse);
    let change = Change { state: to, received, reason: &body.reason, outcome: &body.outcome };
    sql::change(act, &right, r.id, r.version, &change).await?;
    let noted = if body.step == Step::Receive { "received" } else { to.code() };
    sql::note(act, &right, r.id, noted, &body.reason, &body.told_by).await?;
    match body.step {
        Step::Accept => accept(act, &right, &r, body, &receiver).await?,
        Step::Error => {
            consent::end_act(act, &right, r.id.cast()).await?;
            end_tasks(act, &right, &r, TaskState::Cancelled).await?;
        }
        Step::Withdraw => end_tasks(act, &right, &r, TaskState::Cancelled).await?,
        Step::Refuse | Step::Fail | Step::Decline => not_done(act, &right, &r, body).await?,
        Step::Complete => complete(act, &right, &r, body).await?,
        Step::Receive | Step::Start | Step::Hold | Step::Resume => {}
    }
    settle(act, &right, r.case).await?;
    Ok(r)
}

async fn permit(
    act: &mut Act,
    r: &ReferralHeader,
    body: &StepBody,
    receiver: &DeskInfo,
) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let holds = |d: DeskId| viewer.seats.iter().any(|s| s.holds(d));
    let cases = household::cases_of(&mut act.facts()?, &viewer, [r.household]).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain([r.case]));
    relation.sender = Some(r.from);
    relation.receiver = Some(r.to);
    let record = RecordRef { kind: RecordKind::Referral, id: r.id.cast() };
    let sides = body.step.sides();
    let action = if sides.contains(&Side::Receiver) && (holds(r.to) || !sides.contains(&Side::Sender)) {
        if receiver.has_login || holds(r.to) { Action::AnswerReferral } else { Action::RecordOnBehalf }
    } else {
        Action::WithdrawReferral
    };
    let right = act.permit(action, &relation, record).await?;
    if action == Action::RecordOnBehalf && body.told_by.is_empty() {
        return Err(Refusal::new("referral.told_by").into());
    }
    Ok(right)
}

async fn accept(
    act: &mut Act,
    right: &Right,
    r: &ReferralHeader,
    body: &StepBody,
    receiver: &DeskInfo,
) -> Result<(), Fail> {
    if r.kind.moves_accountability() {
        still_theirs(act, r).await?;
    }
    if let Some(user) = body.assignee {
        let (m, today) = (act.municipality(), act.now().day());
        let staff = register::staff_of(&mut act.facts()?, m, r.to, today).await?;
        if !staff.iter().any(|(id, _)| *id == user) {
            return Err(Refusal::new("task_page.not_of_desk").into());
        }
    }
    consent::take_effect(act, right, r.id.cast()).await?;
    end_tasks(act, right, r, TaskState::Done).await?;
    casefile::join(act, right, r.case, r.to, "referral").await?;
    let days = settings(act).await?.next_contact_days;
    let day = body.promise.unwrap_or_else(|| act.now().day().plus_days(days));
    let due_at = Instant::at(day, 17, 0);
    // Where nobody can sign in, the sender keeps the promise to bring it to its end.
    let holder = if receiver.has_login { r.to } else { r.from };
    let about = About { case: Some(r.case), referral: Some(r.id), ..About::default() };
    let finish =
        NewTask { kind: TaskKind::FinishReferral, desk: holder, assignee: body.assignee, about, due_at };
    task::add(act, right, &finish).await?;
    if r.kind.moves_accountability() {
        let of_case = About { case: Some(r.case), ..About::default() };
        let kinds = [TaskKind::NextPromise, TaskKind::Reroute];
        task::end_of_desk(act, right, r.case, r.from, &kinds, TaskState::Cancelled, "handed_over").await?;
        // What a death or a move left to look through goes along; joined desks keep their own promises.
        task::pass_on(act, right, r.case, TaskKind::Review, r.from, r.to).await?;
        let why = if r.kind == Kind::HandBack { "hand_back" } else { "hand_over" };
        casefile::move_accountability(act, right, r.case, r.to, why).await?;
        let next = NewTask {
            kind: TaskKind::NextPromise,
            desk: r.to,
            assignee: body.assignee,
            about: of_case,
            due_at,
        };
        task::add(act, right, &next).await?;
    }
    answer_words(act, right, r, body).await
}

/// A hand-over gives what its sender holds: if the case has gone elsewhere meanwhile, there is nothing to take.
async fn still_theirs(act: &mut Act, r: &ReferralHeader) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let case = casefile::header(&mut act.facts()?, m, r.case).await?.ok_or(Fail::NotVisible)?;
    let heir = register::heir(&mut act.facts()?, m, r.from, today).await?;
    if case.accountable == Some(r.from) || case.accountable == Some(heir) {
        Ok(())
    } else {
        Err(Refusal::new("referral.no_longer_theirs").into())
    }
}

/// What the receiver says in words: their own record, about this referral.
async fn answer_words(act: &mut Act, right: &Right, r: &ReferralHeader, body: &StepBody) -> Result<(), Fail> {
    if body.words.is_empty() {
        return Ok(());
    }
    let told = match household::ToldBy::parse(&body.told_by) {
        Some(by) => Some((by, desk(act, r.to).await?.agency)),
        None => None,
    };
    let entry = NewEntry {
        field: Field::Answer,
        form: None,
        household: Some(r.household),
        marks: body.marks.clone(),
        body: body.words.clone(),
        occurred_at: act.now(),
        told,
        about: Place { referral: Some(r.id), case: Some(r.case), ..Place::default() },
        corrects: None,
    };
    household::entry::write(act, right, vec![entry]).await?;
    Ok(())
}

async fn end_tasks(act: &mut Act, right: &Right, r: &ReferralHeader, state: TaskState) -> Result<(), Fail> {
    let about = About { referral: Some(r.id), ..About::default() };
    let kinds = [TaskKind::AnswerReferral, TaskKind::FetchAnswer, TaskKind::FinishReferral];
    let reason = if state == TaskState::Done { "" } else { "referral_ended" };
    task::end_all(act, right, about, &kinds, state, reason).await?;
    Ok(())
}

fn owed(r: &ReferralHeader, due_at: Instant) -> Owed {
    Owed {
        referral: Some(r.id),
        sheet: None,
        case: Some(r.case),
        from_desk: r.to,
        to_desk: r.from,
        to_user: None,
        due_at,
    }
}

/// Refused, failed, or declined by the person: the sender is told at once, and somebody finds the next way.
async fn not_done(act: &mut Act, right: &Right, r: &ReferralHeader, body: &StepBody) -> Result<(), Fail> {
    answer_words(act, right, r, body).await?;
    end_tasks(act, right, r, TaskState::Done).await?;
    let outcome = match body.step {
        Step::Refuse => feedback::Outcome::Refused,
        Step::Fail => feedback::Outcome::Failed,
        _ => feedback::Outcome::Declined,
    };
    feedback::told(act, right, &owed(r, act.now()), outcome).await?;
    // An accepted hand-over that fails stays with the receiver until a hand-back is accepted.
    let holder = if r.kind.moves_accountability() && r.state != State::Sent { r.to } else { r.from };
    let day = calendar::add_business_days(&OpeningDays::default(), act.now().day(), 2);
    let due_at = if r.urgent() { act.now().plus_hours(2) } else { Instant::at(day, 17, 0) };
    let about = About { case: Some(r.case), ..About::default() };
    let reroute = NewTask { kind: TaskKind::Reroute, desk: holder, assignee: None, about, due_at };
    task::add(act, right, &reroute).await?;
    Ok(())
}

/// Done: what became of it is told with the same form, or owed.
async fn complete(act: &mut Act, right: &Right, r: &ReferralHeader, body: &StepBody) -> Result<(), Fail> {
    end_tasks(act, right, r, TaskState::Done).await?;
    let days = settings(act).await?.feedback_days;
    let owed = owed(r, act.now().plus_hours(days * 24));
    let id = feedback::owe(act, right, &owed).await?;
    let Some(outcome) = feedback::Outcome::parse(&body.outcome) else { return Ok(()) };
    let given = Given {
        outcome,
        words: body.words.clone(),
        marks: body.marks.clone(),
        household: Some(r.household),
        case: Some(r.case),
        basis: GivenBasis::parse(&body.basis).unwrap_or(GivenBasis::StatusOnly),
        article: body.article.clone(),
    };
    feedback::give(act, right, id, &given).await
}
