//! Sending a sheet, taking it up, answering a notice.

use access::{Action, RecordKind, RecordRef, Relation, Right, Viewer};
use consent::{Consent, GivenBy, NewConsent, Purpose, Recipient, StandIn, Withdrawal};
use engine::{Act, Fail, Refusal};
use household::entry::About;
use household::{Field, Marks, NewEntry, person};
use task::{NewTask, TaskKind, TaskState};
use words::id::{CaseId, ConnectingSheetId, ConsultationId, PersonId};

use super::form::{Identity, NewSheet};
use super::rules::{ErrorReason, SheetState};
use super::sql::{self, Ids, Sheet, SheetFacts};
use super::{back, consents, rules};
use crate::acts::{clock, receipt_due};
use crate::rules::{Channel, Route};
use crate::sql as consultations;

fn record(id: ConnectingSheetId) -> RecordRef {
    RecordRef { kind: RecordKind::ConnectingSheet, id: id.cast() }
}

/// Asks for the right to write a sheet.
pub async fn permit_send(act: &mut Act, id: ConnectingSheetId) -> Result<Right, Fail> {
    act.permit(Action::WriteSheet, &Relation::of_no_household(), record(id)).await
}

/// Sends a sheet: with consent its person, words and the consent itself; without, only what names nobody. One
/// transaction.
pub async fn send(act: &mut Act, right: &Right, id: ConnectingSheetId, new: &NewSheet) -> Result<(), Fail> {
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let (settings, opening) = clock(act, new.provider).await?;
    let (household, person) = match &new.identity {
        Some(identity) => {
            let household = person::add_household(act, right, new.area).await?;
            (Some(household), Some(person::add(act, right, household, &identity.person).await?))
        }
        None => (None, None),
    };
    let about = task::About { sheet: Some(id), ..task::About::default() };
    let due_at = receipt_due(act.now(), new.urgency, &settings, &opening);
    let promise = NewTask { kind: TaskKind::TakeSheet, desk: new.provider, assignee: None, about, due_at };
    let guard = task::add(act, right, &promise).await?;
    sql::insert(act, right, desk, &Ids { sheet: id, household, person, guard }, new).await?;
    if let (Some(identity), Some(person)) = (&new.identity, person) {
        let entry = NewEntry { household, ..words_of(id, new, identity) };
        let entries = household::entry::write(act, right, vec![entry]).await?;
        agree(act, right, new, identity, person).await?;
        if let Some(extra) = &new.extra {
            let place = sheets::Place {
                connecting: Some(id),
                household,
                person: Some(person),
                ..sheets::Place::default()
            };
            sheets::keep(act, right, place, new.occurred_at, extra, access::Categories::NONE).await?;
        }
        household::findable::refresh(act, right, &[person], &entries).await?;
    }
    if let Some(draft) = new.draft {
        draft::delete(act, right, draft).await?;
    }
    Ok(())
}

fn words_of(id: ConnectingSheetId, new: &NewSheet, identity: &Identity) -> NewEntry {
    let consented = access::Categories::from_bits(identity.categories);
    NewEntry {
        field: Field::Words,
        form: None,
        household: None,
        marks: Marks::new(Vec::new(), rules::words_categories(&new.topics, consented)),
        body: identity.words.clone(),
        occurred_at: new.occurred_at,
        told: None,
        about: About { sheet: Some(id), ..About::default() },
        corrects: None,
    }
}

/// Records what the person agreed to, at the moment they agreed.
async fn agree(
    act: &mut Act,
    right: &Right,
    new: &NewSheet,
    identity: &Identity,
    person: PersonId,
) -> Result<(), Fail> {
    let recipients = std::iter::once(new.provider).chain(identity.also).map(Recipient::Desk).collect();
    let from = act.now().day();
    // The sheet asks for no last day: what one person heard alone, and what a parent said, ends by itself.
    let until = consent::minor_until(identity.who.relation, identity.person.birth, from, None);
    let given = NewConsent {
        fields: Vec::new(),
        relation: identity.who.relation,
        evidence: identity.who.evidence.clone(),
        giver: identity.who.person,
        person,
        given_by: identity.given_by,
        given_by_name: identity.who.name.clone(),
        form: identity.form,
        witness: identity.witness.clone(),
        categories: access::Categories::from_bits(identity.categories),
        purposes: vec![Purpose::Support, Purpose::Cooperation],
        from,
        until: consent::alone_until(identity.form, &identity.witness, from, until),
        recipients,
        case: None,
    };
    consent::give(act, right, &given, None).await?;
    Ok(())
}

/// The right to act on a sheet for its provider.
async fn permit_take(act: &mut Act, sheet: &Sheet) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let cases = cases(act, &viewer, sheet).await?;
    let right = act.permit(Action::TakeSheet, &sheet.relation(cases), record(sheet.id)).await?;
    Ok(right)
}

/// Takes a sheet up as a consultation of the provider. Household and person stay the liaison's records, referred
/// to; the liaison is owed word of what became of it.
pub async fn take(act: &mut Act, sheet: &Sheet, facts: &SheetFacts) -> Result<ConsultationId, Fail> {
    let right = permit_take(act, sheet).await?;
    let state = rules::take(sheet.state)?;
    act.check_version(sheet.version)?;
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let (settings, opening) = clock(act, desk).await?;
    let id: ConsultationId = act.new_id();
    let author = act.viewer().map(|v| v.user);
    let about = task::About { consultation: Some(id), ..task::About::default() };
    let due_at = receipt_due(act.now(), sheet.urgency, &settings, &opening);
    let promise = NewTask { kind: TaskKind::Dispose, desk, assignee: author, about, due_at };
    let guard = task::add(act, &right, &promise).await?;
    let row = consultations::NewRow {
        id,
        desk,
        author,
        occurred_at: sheet.occurred_at,
        channel: Channel::Sheet,
        route: Route::Agency,
        came_as: "",
        place: "",
        anonymous: sheet.person.is_none(),
        third_party: false,
        household: sheet.household,
        person: sheet.person,
        urgency: sheet.urgency,
        area: facts.area,
        age_band: &facts.age_band,
        sheet: Some(sheet.id),
        topics: &facts.topics,
        guard,
    };
    consultations::insert(act, &right, &[row]).await?;
    finish(act, &right, sheet).await?;
    sql::end(act, &right, sheet, state, Some(id)).await?;
    back::owe(act, &right, sheet, settings.feedback_days).await?;
    Ok(id)
}

/// Says a word to the writer of a notice that names nobody: an answer, or a question.
pub async fn answer(
    act: &mut Act,
    sheet: &Sheet,
    outcome: feedback::Outcome,
    words: &str,
) -> Result<(), Fail> {
    let right = permit_take(act, sheet).await?;
    let (municipality, today) = (act.municipality(), act.now().day());
    let consented = consents::holds(&mut act.facts()?, sheet, municipality, today).await?;
    let asking = outcome == feedback::Outcome::Asking;
    let state = rules::answer(sheet.state, consented, asking, words)?;
    act.check_version(sheet.version)?;
    if state == SheetState::Answered {
        finish(act, &right, sheet).await?;
        sql::end(act, &right, sheet, state, None).await?;
    }
    back::tell(act, &right, sheet, outcome, words).await
}

/// Takes a sheet back as entered in error, with its texts and with the consent that was written down on it.
pub async fn take_back(act: &mut Act, sheet: &Sheet, reason: ErrorReason) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let cases = cases(act, &viewer, sheet).await?;
    let relation = sheet.relation(cases);
    let right = act.permit(Action::TakeBackSheet, &relation, record(sheet.id)).await?;
    rules::take_back(sheet.state)?;
    act.check_version(sheet.version)?;
    let about = task::About { sheet: Some(sheet.id), ..task::About::default() };
    let kinds = [TaskKind::TakeSheet];
    task::end_all(act, &right, about, &kinds, TaskState::Cancelled, "entered_in_error").await?;
    sql::in_error(act, &right, sheet, reason).await?;
    for given in consents::given_on(&mut act.facts()?, viewer.municipality, sheet).await? {
        consent::in_error(act, &right, given.id).await?;
    }
    let persons: Vec<PersonId> = sheet.person.into_iter().collect();
    household::findable::refresh(act, &right, &persons, &[]).await
}

/// The consultation a sheet was taken up as was entered in error: the sheet waits again, with the promise to take it
/// up, and nobody owes word of what became of it until then.
pub(crate) async fn put_back(act: &mut Act, right: &Right, id: ConnectingSheetId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (municipality, today) = (act.municipality(), act.now().day());
    let loaded = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let sheet = loaded.sheet;
    rules::put_back(sheet.state)?;
    let provider = register::heir(&mut act.facts()?, municipality, sheet.provider, today).await?;
    let (settings, opening) = clock(act, provider).await?;
    let about = task::About { sheet: Some(id), ..task::About::default() };
    let due_at = receipt_due(act.now(), sheet.urgency, &settings, &opening);
    let kinds = [TaskKind::GiveFeedback];
    task::end_all(act, right, about, &kinds, TaskState::Cancelled, "entered_in_error").await?;
    let promise = NewTask { kind: TaskKind::TakeSheet, desk: provider, assignee: None, about, due_at };
    let guard = task::add(act, right, &promise).await?;
    sql::put_back(act, right, &sheet, provider, guard).await
}

/// Records that the consent given on a sheet was withdrawn, on behalf of whoever said so. It holds from the next
/// request of anyone.
pub async fn withdraw(
    act: &mut Act,
    sheet: &Sheet,
    given: &Consent,
    (told_by, words): (GivenBy, Withdrawal),
    who: &StandIn,
) -> Result<(), Fail> {
    let right = permit_withdrawal(act, sheet).await?;
    let today = act.now().day();
    consent::said_on(given, words.said.unwrap_or(today), today)?;
    match consent::withdraw_by_name(act, &right, given.id, (told_by, words), who).await {
        Err(Fail::Refused(why)) => Err(Refusal { key: rules::withdrawal_refused(why.key), ..why }.into()),
        done => done,
    }
}

/// Ends the consent given on a sheet because its person has died: a sheet may have no case, and then no other page of consents.
pub async fn end_by_death(act: &mut Act, sheet: &Sheet, given: &Consent) -> Result<(), Fail> {
    let right = permit_withdrawal(act, sheet).await?;
    consent::end_by_death(act, &right, (given.id, given.person)).await
}

async fn permit_withdrawal(act: &mut Act, sheet: &Sheet) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let cases = cases(act, &viewer, sheet).await?;
    act.permit(Action::RecordWithdrawal, &consents::relation(sheet, &cases), record(sheet.id)).await
}

async fn cases(act: &mut Act, viewer: &Viewer, sheet: &Sheet) -> Result<Vec<CaseId>, Fail> {
    let cases = household::cases_of(&mut act.facts()?, viewer, sheet.household).await?;
    Ok(cases.into_values().flatten().chain(sheet.case).collect())
}

/// The promise to take it up is kept.
async fn finish(act: &mut Act, right: &Right, sheet: &Sheet) -> Result<(), Fail> {
    let about = task::About { sheet: Some(sheet.id), ..task::About::default() };
    task::end_all(act, right, about, &[TaskKind::TakeSheet], TaskState::Done, "").await?;
    Ok(())
}
