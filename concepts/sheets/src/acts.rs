//! Keeping a filled sheet: its record, and one entry for each answer.

use access::{Action, Categories, RecordRef, Right};
use engine::{Act, Begun, Fail, Receipt};
use household::entry::{self, About};
use household::{AnswerTo, EntryState, Field, Marks, NewEntry};
use serde::Serialize;
use sheet::print::Words;
use sheet::{Answers, Definition, Item, Whose};
use site::Req;
use words::id::{CaseId, ConnectingSheetId, ConsultationId, FilledSheetId, HouseholdId, PersonId};
use words::{Day, Instant};

use crate::rules;
use crate::{sql, view};

/// Where a filled sheet belongs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// The case.
    pub case: Option<CaseId>,
    /// The consultation.
    pub consultation: Option<ConsultationId>,
    /// The connecting sheet.
    pub connecting: Option<ConnectingSheetId>,
    /// The household it is about.
    pub household: Option<HouseholdId>,
    /// Whose sheet it is: the persons a "person" item is about by default.
    pub person: Option<PersonId>,
}

/// Answers to be kept with what they are about: a filled sheet on its way from a form into a command.
#[derive(Debug, Clone, Serialize)]
pub struct Extra {
    /// Key of the definition.
    pub key: String,
    /// Its version.
    pub version: u32,
    /// Item, canonical value, the words of its text, marks.
    pub answers: Vec<OneAnswer>,
}

/// One answer of an [`Extra`].
#[derive(Debug, Clone, Serialize)]
pub struct OneAnswer {
    /// Key of the item.
    pub item: String,
    /// Canonical text of the value.
    pub value: String,
    /// The question and the answer in words.
    pub words: String,
    /// Whom it is about: the sheet's person, these, or (both empty) the household.
    pub of_person: bool,
    /// Persons chosen in the form.
    pub persons: Vec<PersonId>,
    /// Its categories.
    pub categories: i64,
}

impl Extra {
    /// From answers. `marks` gives what was chosen in the form for an item; `None` leaves the item's own marks.
    pub fn new(
        definition: &Definition,
        answers: &Answers,
        words: &Words<'_>,
        extra_only: bool,
        marks: impl Fn(&Item) -> Option<Marks>,
    ) -> Self {
        let one = |item: &Item| {
            let value = answers.get(&item.key)?;
            let chosen = marks(item);
            Some(OneAnswer {
                item: item.key.clone(),
                value: value.store(),
                words: view::in_words(item, value, words),
                of_person: chosen.is_none() && item.whose == Whose::Person,
                persons: chosen.as_ref().map(|m| m.persons.clone()).unwrap_or_default(),
                categories: chosen.map_or(item.marks(), |m| m.categories()).bits(),
            })
        };
        let items = definition.items().filter(|i| !extra_only || i.core.is_none());
        Self {
            key: definition.key.clone(),
            version: definition.version,
            answers: items.filter_map(one).collect(),
        }
    }
}

/// Keeps a filled sheet and its answers, in the transaction of whoever asks. `more` are categories every answer gets
/// beside its own (who told must be able to rely on it: disclosure rule 3).
pub async fn keep(
    act: &mut Act,
    right: &Right,
    place: Place,
    occurred_at: Instant,
    extra: &Extra,
    more: Categories,
) -> Result<FilledSheetId, Fail> {
    let id: FilledSheetId = act.new_id();
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let filled = sql::Filled {
        id,
        key: extra.key.clone(),
        version: i64::from(extra.version),
        desk,
        author: act.viewer().map(|v| v.user),
        case: place.case,
        consultation: place.consultation,
        connecting: place.connecting,
        household: place.household,
        person: place.person,
        occurred_on: occurred_at.day(),
        recorded_at: act.now(),
        edition: 1,
    };
    sql::insert_filled(act, right, &filled).await?;
    let about = About {
        case: place.case,
        consultation: place.consultation,
        sheet: place.connecting,
        ..About::default()
    };
    let answers = extra
        .answers
        .iter()
        .map(|a| {
            let persons = match place.person {
                Some(person) if a.of_person => vec![person],
                _ => a.persons.clone(),
            };
            let categories = Categories::from_bits(a.categories).union(more);
            let text = NewEntry {
                field: Field::Item,
                form: None,
                household: place.household,
                marks: Marks::new(persons, categories),
                body: a.words.clone(),
                occurred_at,
                told: None,
                about,
                corrects: None,
            };
            (text, AnswerTo { filled: id, item: a.item.clone(), value: a.value.clone() })
        })
        .collect();
    let written = entry::write_answers(act, right, answers).await?;
    household::findable::refresh(act, right, &[], &written).await?;
    Ok(id)
}

/// Changes the answers of a filled sheet, under the version it was written with. A changed answer keeps its marks and
/// its original (a correction); one taken away is kept as entered in error.
pub(crate) async fn revise(req: &Req, filled: &sql::Filled, extra: &Extra) -> Result<Option<Receipt>, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "sheet.revise", &(filled.id, extra)).await? {
        Begun::Before(_) => return Ok(None),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::of_filled(&mut act.facts()?, &viewer, filled.id).await?;
    let old = act.disclose(sealed).await?;
    if old.is_empty() {
        return Err(Fail::NotVisible);
    }
    let cases = household::cases_of(&mut act.facts()?, &viewer, filled.household).await?;
    let relation = written_by(filled, cases.into_values().flatten());
    let record = RecordRef::entry(filled.id.cast());
    let right = act.permit(Action::MarkInError, &relation, record).await?;
    sql::revised(&mut act, &right, filled.id).await?;
    let about = About {
        case: filled.case,
        consultation: filled.consultation,
        sheet: filled.connecting,
        ..About::default()
    };
    let mut answers = Vec::new();
    for a in &extra.answers {
        let before = old.iter().find(|e| e.answers.as_ref().is_some_and(|x| x.item == a.item));
        if before.is_some_and(|e| e.answers.as_ref().is_some_and(|x| x.value == a.value)) {
            continue;
        }
        if let Some(before) = before {
            entry::set_state(&mut act, &right, before.id, EntryState::Corrected).await?;
        }
        let persons = match (before, filled.person) {
            (Some(before), _) => before.persons.clone(),
            (None, Some(person)) if a.of_person => vec![person],
            _ => a.persons.clone(),
        };
        let categories = before.map_or(Categories::from_bits(a.categories), |e| e.categories);
        let text = NewEntry {
            field: Field::Item,
            form: None,
            household: filled.household,
            marks: Marks::new(persons, categories),
            body: a.words.clone(),
            occurred_at: before.map_or_else(|| Instant::at(filled.occurred_on, 0, 0), |e| e.occurred_at),
            told: None,
            about,
            corrects: before.map(|e| e.id),
        };
        answers.push((text, AnswerTo { filled: filled.id, item: a.item.clone(), value: a.value.clone() }));
    }
    for e in &old {
        let kept = e.answers.as_ref().is_some_and(|x| extra.answers.iter().any(|a| a.item == x.item));
        if !kept {
            entry::set_state(&mut act, &right, e.id, EntryState::EnteredInError).await?;
        }
    }
    let written = entry::write_answers(&mut act, &right, answers).await?;
    household::findable::refresh(&mut act, &right, &[], &written).await?;
    Ok(Some(act.commit("").await?))
}

/// Takes a whole sheet back as written by mistake: every answer that stands is entered in error, as one answer is; the sheet itself stays, for the
/// desk that wrote it.
pub(crate) async fn strike(req: &Req, filled: &sql::Filled, meant: bool) -> Result<Option<Receipt>, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "sheet.error", &(filled.id, meant)).await? {
        Begun::Before(_) => return Ok(None),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::of_filled(&mut act.facts()?, &viewer, filled.id).await?;
    let all = sealed.len();
    let old = act.disclose(sealed).await?;
    // Nobody takes back what they may not read.
    if old.len() != all {
        return Err(Fail::NotVisible);
    }
    let cases = household::cases_of(&mut act.facts()?, &viewer, filled.household).await?;
    let relation = written_by(filled, cases.into_values().flatten());
    let record = RecordRef::entry(filled.id.cast());
    let right = act.permit(Action::MarkInError, &relation, record).await?;
    rules::may_strike(meant, old.len())?;
    sql::revised(&mut act, &right, filled.id).await?;
    for e in &old {
        entry::set_state(&mut act, &right, e.id, EntryState::EnteredInError).await?;
    }
    Ok(Some(act.commit("").await?))
}

/// How desks stand to a filled sheet: the one that wrote it. Its case and those of its household can keep people out.
pub(crate) fn written_by(filled: &sql::Filled, cases: impl IntoIterator<Item = CaseId>) -> access::Relation {
    let mut relation = access::Relation::within(cases.into_iter().chain(filled.case));
    relation.author = Some(filled.desk);
    relation
}

/// Fills in a sheet of a case.
pub(crate) async fn fill_in(
    req: &Req,
    case: CaseId,
    person: Option<PersonId>,
    on: Day,
    extra: &Extra,
) -> Result<(String, Option<Receipt>), Fail> {
    let body = (case, person, on.to_string(), extra);
    let mut act = match req.ctx()?.act(&req.envelope(), "sheet.fill", &body).await? {
        Begun::Before(outcome) => return Ok((outcome, None)),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (header, relation) =
        casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)?;
    let record = RecordRef::case(case);
    let right = act.permit(Action::WriteSupport, &relation, record).await?;
    let decided = sql::decision(&mut act.facts()?, viewer.municipality, case).await?.is_some();
    rules::may_write(&extra.key, decided)?;
    let place = Place { case: Some(case), household: Some(header.household), person, ..Place::default() };
    // A sheet about an earlier day happened at no noted time.
    let at = if on == act.now().day() { act.now() } else { Instant::at(on, 0, 0) };
    let id = keep(&mut act, &right, place, at, extra, Categories::NONE).await?;
    let settings = register::settings(&mut act.facts()?, viewer.municipality).await?;
    let due = Instant::at(act.now().day().plus_days(settings.next_contact_days), 17, 15);
    task::settle(&mut act, &right, task::Guarded::Case(case), due).await?;
    let outcome = id.to_string();
    let receipt = act.commit(&outcome).await?;
    Ok((outcome, Some(receipt)))
}
