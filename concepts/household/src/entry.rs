//! 記載: every piece of text, with the persons it is about and its categories.

use std::collections::{BTreeMap, BTreeSet};

use access::{Categories, Content, Facts, RecordKind, RecordRef, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args, search};
use serde::{Deserialize, Serialize};
use words::code::Code;
use words::id::{
    AgencyId, CaseId, ConnectingSheetId, ConsultationId, DeskId, EntryId, FilledSheetId, HouseholdId,
    MatterId, PersonId, ReferralId, UserId,
};
use words::{Instant, codes};

use crate::subjects;

codes! {
    /// What a text is. Facts stand apart from possibilities.
    pub enum Field {
        /// 本人の言葉.
        Words = "words",
        /// わかっていること.
        Facts = "facts",
        /// 可能性（確かめていないこと）.
        Possibilities = "possibilities",
        /// 配慮してほしいこと: shown first.
        Consideration = "consideration",
        /// その場での対応.
        Response = "response",
        /// 支援の経過.
        Support = "support",
        /// つなぎの要約: what is sent.
        Summary = "summary",
        /// つなぎへの返事.
        Answer = "answer",
        /// その後.
        Feedback = "feedback",
        /// 終結・中断の理由とその後の見守り.
        Ending = "ending",
        /// 次の約束.
        Promise = "promise",
        /// 緊急の見きわめの判断と理由.
        Judgement = "judgement",
        /// 照会: what is asked, and why.
        Inquiry = "inquiry",
        /// 照会への回答.
        InquiryAnswer = "inquiry_answer",
        /// 会議の問い: what a confidential conference is asked.
        MatterQuestion = "matter_question",
        /// 会議での発言・書きこみ.
        MatterWord = "matter_word",
        /// シートの答え: one answered item of a filled sheet.
        Item = "item",
    }

    /// How a support record came about.
    pub enum RecordForm {
        /// 電話.
        Phone = "phone",
        /// 訪問.
        Visit = "visit",
        /// 来所.
        Office = "office",
        /// 手紙・メール.
        Letter = "letter",
        /// 会えなかった訪問・つながらなかった電話.
        Attempt = "attempt",
        /// 話し合い・同行など.
        Meeting = "meeting",
    }

    /// How a partner without a login told it.
    pub enum ToldBy {
        /// 電話.
        Phone = "phone",
        /// ファクス.
        Fax = "fax",
        /// 手紙.
        Letter = "letter",
        /// 対面.
        InPerson = "in_person",
    }

    /// Whether a text stands.
    pub enum EntryState {
        /// It stands.
        Valid = "valid",
        /// A later entry corrects it; it is kept.
        Corrected = "corrected",
        /// It was entered in error; it is kept, and shown as such to its desk.
        EnteredInError = "entered_in_error",
    }
}

/// Whom a text is about and what it holds. The default is the safe one: the whole household, all categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The persons; empty means the whole household.
    pub persons: Vec<PersonId>,
    /// The categories; empty means all.
    pub categories: i64,
}

impl Marks {
    /// About these persons, with these categories. Either left empty takes the safe default.
    pub fn new(persons: Vec<PersonId>, categories: Categories) -> Self {
        Self { persons, categories: categories.bits() }
    }

    /// The categories a decision is made on.
    pub fn categories(&self) -> Categories {
        let set = Categories::from_bits(self.categories);
        if set.is_empty() { Categories::all() } else { set }
    }
}

/// Where a text belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The consultation it was written in.
    pub consultation: Option<ConsultationId>,
    /// The connecting sheet.
    pub sheet: Option<ConnectingSheetId>,
    /// The case.
    pub case: Option<CaseId>,
    /// The referral.
    pub referral: Option<ReferralId>,
    /// The matter of a confidential conference: then nobody but its members reads it.
    pub matter: Option<MatterId>,
}

/// A text to be written.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// What it is.
    pub field: Field,
    /// For a support record.
    pub form: Option<RecordForm>,
    /// The household it is about, unless nobody is known.
    pub household: Option<HouseholdId>,
    /// Whom and what it is about.
    pub marks: Marks,
    /// The words.
    pub body: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// By which way a partner without a login told it, and which partner.
    pub told: Option<(ToldBy, AgencyId)>,
    /// Where it belongs.
    pub about: About,
    /// The entry it corrects.
    pub corrects: Option<EntryId>,
}

/// Which item of which filled sheet a text answers. The text holds the answer in words; `value` is the same in the
/// canonical form of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerTo {
    /// The filled sheet.
    pub filled: FilledSheetId,
    /// Key of the item.
    pub item: String,
    /// The canonical text of the value.
    pub value: String,
}

/// A text.
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// What it is.
    pub field: Field,
    /// For a support record.
    pub form: Option<RecordForm>,
    /// The desk that wrote it.
    pub desk: DeskId,
    /// Who wrote it.
    pub author: Option<UserId>,
    /// The household it is about.
    pub household: Option<HouseholdId>,
    /// The persons it names; empty when it is about the whole household.
    pub persons: Vec<PersonId>,
    /// Its categories.
    pub categories: Categories,
    /// The words.
    pub body: String,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// How a partner without a login told it.
    pub told_by: Option<ToldBy>,
    /// Which partner.
    pub told_agency: Option<AgencyId>,
    /// Where it belongs.
    pub about: About,
    /// The entry it corrects.
    pub corrects: Option<EntryId>,
    /// The item of a sheet it answers.
    pub answers: Option<AnswerTo>,
    /// Whether it stands.
    pub state: EntryState,
}

impl Content for Entry {}

impl Entry {
    /// The version a change of it is written against. Its words never change: it stands, or it no longer does.
    pub const fn version(&self) -> i64 {
        match self.state {
            EntryState::Valid => 1,
            EntryState::Corrected | EntryState::EnteredInError => 2,
        }
    }
}

/// Longest text of a field, in characters: the form says so beside the field.
pub const MOST_CHARACTERS: usize = 10_000;

/// Writes texts for the desk acted for. One multi-row statement per table, however many there are.
pub async fn write(act: &mut Act, right: &Right, entries: Vec<NewEntry>) -> Result<Vec<EntryId>, Fail> {
    write_all(act, right, entries.into_iter().map(|e| (e, None)).collect()).await
}

/// Writes the answers of a filled sheet: each is a text like any other.
pub async fn write_answers(
    act: &mut Act,
    right: &Right,
    answers: Vec<(NewEntry, AnswerTo)>,
) -> Result<Vec<EntryId>, Fail> {
    write_all(act, right, answers.into_iter().map(|(e, a)| (e, Some(a))).collect()).await
}

async fn write_all(
    act: &mut Act,
    right: &Right,
    entries: Vec<(NewEntry, Option<AnswerTo>)>,
) -> Result<Vec<EntryId>, Fail> {
    let (municipality, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    let mut ids = Vec::with_capacity(entries.len());
    let mut rows = Bulk::new(INSERT, 24);
    let mut subjects =
        Bulk::new("INSERT INTO entry_subject (municipality_id, entry_id, person_id) VALUES", 3);
    for (e, answers) in &entries {
        let id: EntryId = act.new_id();
        ids.push(id);
        rows.row(args![
            municipality,
            id,
            e.field.code(),
            e.form.map_or("", Code::code),
            desk,
            author,
            e.household,
            e.marks.persons.is_empty(),
            e.marks.categories(),
            &e.body,
            e.occurred_at,
            now,
            e.told.map_or("", |(by, _)| by.code()),
            e.told.map(|(_, agency)| agency),
            e.about.consultation,
            e.about.sheet,
            e.about.case,
            e.about.referral,
            e.about.matter,
            e.corrects,
            answers.as_ref().map(|a| a.filled),
            answers.as_ref().map_or("", |a| a.item.as_str()),
            answers.as_ref().map_or("", |a| a.value.as_str()),
            command,
        ]);
        for person in e.marks.persons.iter().collect::<BTreeSet<_>>() {
            subjects.row(args![municipality, id, *person]);
        }
    }
    let mut conn = act.save(right)?;
    rows.run(&mut conn).await?;
    subjects.run(&mut conn).await?;
    let seq = desk_seq(&mut conn, municipality, desk).await?;
    let doc = |(id, (e, _)): (&EntryId, &(NewEntry, Option<AnswerTo>))| search::Doc {
        kind: "entry",
        thing: id.cast(),
        at: e.occurred_at,
        grams: words::bigram::bigrams(&words::fold::fold(&e.body)),
        desks: vec![seq],
    };
    let mut docs: Vec<search::Doc> = ids.iter().zip(&entries).map(doc).collect();
    docs.sort_by_key(|d| d.at);
    search::index_many(&mut conn, municipality, docs).await?;
    Ok(ids)
}

const INSERT: &str = "INSERT INTO entry (municipality_id, id, field, form, desk_id, author_id, household_id, \
     whole_household, categories, body, occurred_at, recorded_at, told_by, told_agency_id, consultation_id, \
     sheet_id, case_id, referral_id, matter_id, corrects_id, filled_id, item, answer, command_id) VALUES";

/// The search number of a desk.
pub(crate) async fn desk_seq(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    desk: DeskId,
) -> Result<i64, Broken> {
    conn.one("SELECT seq FROM desk WHERE municipality_id = $1 AND id = $2", args![municipality, desk])
        .await?
        .get("seq")
}

/// Marks a standing entry as corrected or as entered in error. The text is kept. [`Fail::Stale`] when somebody
/// did so before: both wrote against the same text, and neither must be lost.
pub async fn set_state(act: &mut Act, right: &Right, entry: EntryId, state: EntryState) -> Result<(), Fail> {
    let municipality = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE entry SET state = $3 WHERE municipality_id = $1 AND id = $2 AND state = 'valid'",
            args![municipality, entry, state.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

const SELECT: &str = "SELECT id, field, form, desk_id, author_id, household_id, whole_household, categories, body, \
     occurred_at, recorded_at, told_by, told_agency_id, consultation_id, sheet_id, case_id, referral_id, matter_id, \
     corrects_id, filled_id, item, answer, state, (SELECT s.provider_desk_id FROM connecting_sheet s \
     WHERE s.municipality_id = entry.municipality_id AND s.id = entry.sheet_id \
     AND s.state <> 'entered_in_error') AS provider_desk_id \
     FROM entry WHERE municipality_id = ?";

/// The texts of a consultation.
pub async fn of_consultation(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConsultationId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND consultation_id = ? ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The answers of a filled sheet that stand.
pub async fn of_filled(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: FilledSheetId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND filled_id = ? AND state = 'valid' ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The answers that stand of several filled sheets.
pub async fn of_all_filled(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = FilledSheetId>,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND state = 'valid'", args![])
        .push_in(" AND filled_id IN", ids)
        .push(" ORDER BY recorded_at, id", args![]);
    load(conn, viewer, statement).await
}

/// The texts of a connecting sheet.
pub async fn of_sheet(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ConnectingSheetId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND sheet_id = ? ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The texts of a referral.
pub async fn of_referral(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: ReferralId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND referral_id = ? ORDER BY recorded_at, id", args![id]);
    load(conn, viewer, statement).await
}

/// The texts of a case, newest first, a page at a time: those that happened before `before`.
pub async fn of_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: CaseId,
    before: Option<(Instant, EntryId)>,
    most: i64,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let mut statement =
        Statement::new(SELECT, args![viewer.municipality]).push(" AND case_id = ?", args![id]);
    if let Some((at, entry)) = before {
        statement = statement.push(" AND (occurred_at, id) < (?, ?)", args![at, entry]);
    }
    let statement = statement.push(" ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most]);
    load(conn, viewer, statement).await
}

/// What a timeline of a case shows: everything that stands. Of what others wrote also what they corrected since:
/// a desk that was given a text under an article was given that text, not its correction.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timeline {
    /// Only this field.
    pub field: Option<Field>,
    /// Only this way of contact.
    pub form: Option<RecordForm>,
    /// Only what happened before, for the next page.
    pub before: Option<(Instant, EntryId)>,
    /// Only what stands: nothing corrected, nothing entered in error. For prints.
    pub standing: bool,
}

/// The timeline of a case, newest first, and where to go on when there may be more. The place to go on is not for
/// pages: it can be that of a text the viewer may not see.
pub async fn timeline(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: CaseId,
    of: &Timeline,
    most: i64,
) -> Result<(Vec<Sealed<Entry>>, Option<(Instant, EntryId)>), Broken> {
    let mut statement =
        Statement::new(SELECT, args![viewer.municipality]).push(" AND case_id = ?", args![id]);
    statement = if of.standing {
        statement.push(" AND state = 'valid'", args![])
    } else {
        statement
            .push(" AND (state <> 'corrected' OR desk_id NOT", args![])
            .push_in(" IN", viewer.reading_desks())
            .push(")", args![])
    };
    statement = match of.field {
        Some(field) => statement.push(" AND field = ?", args![field.code()]),
        // A sheet's answers stand on the sheet: twenty of them would bury what happened.
        None => statement.push(" AND field <> 'item'", args![]),
    };
    if let Some(form) = of.form {
        statement = statement.push(" AND form = ?", args![form.code()]);
    }
    if let Some((at, entry)) = of.before {
        statement = statement.push(" AND (occurred_at, id) < (?, ?)", args![at, entry]);
    }
    let rows =
        conn.select(statement.push(" ORDER BY occurred_at DESC, id DESC LIMIT ?", args![most])).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n >= most);
    let last = rows.last().filter(|_| full);
    let last = last.map(|row| Ok::<_, Broken>((row.get("occurred_at")?, row.get("id")?))).transpose()?;
    Ok((sealed(conn, viewer, rows).await?, last))
}

/// 配慮してほしいこと of a household, newest first: shown before everything else.
pub async fn considerations(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: HouseholdId,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND household_id = ? AND field = 'consideration' AND state = 'valid'", args![id])
        .push(" ORDER BY occurred_at DESC, id DESC LIMIT 20", args![]);
    load(conn, viewer, statement).await
}

/// The text that corrects this one, if any.
pub async fn correction_of(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    id: EntryId,
) -> Result<Option<EntryId>, Broken> {
    conn.maybe(
        "SELECT id FROM entry WHERE municipality_id = $1 AND corrects_id = $2 ORDER BY recorded_at DESC, id DESC",
        args![municipality, id],
    )
    .await?
    .map(|row| row.get("id"))
    .transpose()
}

/// These texts.
pub async fn by_ids(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND id IN", ids)
        .push(" ORDER BY id DESC", args![]);
    load(conn, viewer, statement).await
}

async fn load(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    statement: Statement,
) -> Result<Vec<Sealed<Entry>>, Broken> {
    let rows = conn.select(statement).await?;
    sealed(conn, viewer, rows).await
}

async fn sealed(conn: &mut Conn<'_>, viewer: &Viewer, rows: Vec<Row>) -> Result<Vec<Sealed<Entry>>, Broken> {
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        entries.push((entry(row)?, row.get::<bool>("whole_household")?, row.get("provider_desk_id")?));
    }
    // What was entered in error is kept, and exists only for its own desk, whatever was shared before.
    let own = viewer.reading_desks();
    entries.retain(|(e, _, _)| {
        e.state != EntryState::EnteredInError || own.contains(&e.desk) || e.author == Some(viewer.user)
    });
    let whole = entries.iter().filter(|(_, whole, _)| *whole).filter_map(|(e, _, _)| e.household);
    let members = subjects::members_of(conn, viewer.municipality, whole).await?;
    let tagged = entries.iter().filter(|(_, whole, _)| !*whole).map(|(e, _, _)| e.id);
    let named = subjects::named(conn, viewer.municipality, tagged).await?;
    let cases = subjects::cases_of(conn, viewer, entries.iter().filter_map(|(e, _, _)| e.household)).await?;
    let replaced =
        entries.iter().filter(|(e, _, _)| e.state == EntryState::Corrected && !own.contains(&e.desk));
    let later = later_marks(conn, viewer, replaced.map(|(e, _, _)| (e.id, e.household)).collect()).await?;
    Ok(entries
        .into_iter()
        .map(|(mut e, whole, provider)| {
            let mut persons = if whole {
                e.household.and_then(|h| members.get(&h)).cloned().unwrap_or_default()
            } else {
                e.persons = named.get(&e.id).cloned().unwrap_or_default();
                e.persons.clone()
            };
            let mut of_cases = e.household.and_then(|h| cases.get(&h)).cloned().unwrap_or_default();
            of_cases.extend(e.about.case);
            let mut categories = e.categories;
            if let Some((wider, more)) = later.get(&e.id) {
                categories = categories.union(*wider);
                persons.extend(more.iter().copied());
            }
            let facts = Facts {
                record: RecordRef { kind: RecordKind::Entry, id: e.id.cast() },
                desk: e.desk,
                author: e.author,
                subjects: if whole { Subjects::Household(persons) } else { Subjects::Persons(persons) },
                categories,
                cases: of_cases,
                // A text of a connecting sheet went to that provider with it (disclosure: programme_duty).
                sent_to_provider: provider,
                confided_to: e.about.matter,
            };
            Sealed::new(facts, e)
        })
        .collect())
}

/// What later corrections say a text is about, too: whoever marks a text as holding violence closes its first
/// version as well, for everyone but the desk that wrote it.
async fn later_marks(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    replaced: Vec<(EntryId, Option<HouseholdId>)>,
) -> Result<BTreeMap<EntryId, (Categories, Vec<PersonId>)>, Broken> {
    let mut later: BTreeMap<EntryId, (Categories, Vec<PersonId>)> = BTreeMap::new();
    // From a version to the first one asked about.
    let mut versions: BTreeMap<EntryId, (EntryId, Option<HouseholdId>)> =
        replaced.into_iter().map(|(id, household)| (id, (id, household))).collect();
    while !versions.is_empty() {
        let statement = Statement::new(
            "SELECT id, corrects_id, categories, whole_household FROM entry WHERE municipality_id = ?",
            args![viewer.municipality],
        )
        .push_in(" AND corrects_id IN", versions.keys().copied());
        let rows = conn.select(statement).await?;
        let mut next = BTreeMap::new();
        for row in &rows {
            let (id, old): (EntryId, EntryId) = (row.get("id")?, row.get("corrects_id")?);
            let Some((first, household)) = versions.get(&old).copied() else { continue };
            let persons = if row.get::<bool>("whole_household")? {
                subjects::members_of(conn, viewer.municipality, household)
                    .await?
                    .into_values()
                    .flatten()
                    .collect()
            } else {
                subjects::named(conn, viewer.municipality, [id])
                    .await?
                    .into_values()
                    .flatten()
                    .collect::<Vec<_>>()
            };
            let marks = later.entry(first).or_default();
            marks.0 = marks.0.union(row.get("categories")?);
            marks.1.extend(persons);
            next.insert(id, (first, household));
        }
        versions = next;
    }
    Ok(later)
}

fn entry(row: &Row) -> Result<Entry, Broken> {
    Ok(Entry {
        id: row.get("id")?,
        field: row.code("field")?,
        form: row.code_opt("form")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        household: row.get("household_id")?,
        persons: Vec::new(),
        categories: row.get("categories")?,
        body: row.get("body")?,
        occurred_at: row.get("occurred_at")?,
        recorded_at: row.get("recorded_at")?,
        told_by: row.code_opt("told_by")?,
        told_agency: row.get("told_agency_id")?,
        about: About {
            consultation: row.get("consultation_id")?,
            sheet: row.get("sheet_id")?,
            case: row.get("case_id")?,
            referral: row.get("referral_id")?,
            matter: row.get("matter_id")?,
        },
        corrects: row.get("corrects_id")?,
        answers: row
            .get::<Option<FilledSheetId>>("filled_id")?
            .map(|filled| answer_to(row, filled))
            .transpose()?,
        state: row.code("state")?,
    })
}

fn answer_to(row: &Row, filled: FilledSheetId) -> Result<AnswerTo, Broken> {
    Ok(AnswerTo { filled, item: row.get("item")?, value: row.get("answer")? })
}
