//! Storing triages. A header holds no content; kind and checklist are sealed, since the kind alone can say what happened at home.

use std::collections::{BTreeMap, BTreeSet};

use access::{Categories, Content, Facts, RecordKind, RecordRef, Right, Scope, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{
    CaseId, ConnectingSheetId, ConsultationId, DeskId, EntryId, HouseholdId, MunicipalityId, TaskId,
    TriageId, UserId,
};

use crate::guide::Guide;
use crate::rules::{How, Outcome, State};

pub(crate) mod guides;
pub(crate) mod origins;
pub(crate) mod ticks;

/// What a triage was begun from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Consultation(ConsultationId),
    Sheet(ConnectingSheetId),
    Case(CaseId),
}

impl Origin {
    /// What tasks and texts of it are about.
    pub fn task_about(self) -> task::About {
        match self {
            Self::Consultation(id) => task::About { consultation: Some(id), ..task::About::default() },
            Self::Sheet(id) => task::About { sheet: Some(id), ..task::About::default() },
            Self::Case(id) => task::About { case: Some(id), ..task::About::default() },
        }
    }

    /// What its open task guards.
    pub fn guarded(self) -> task::Guarded {
        match self {
            Self::Consultation(id) => task::Guarded::Consultation(id),
            Self::Sheet(id) => task::Guarded::Sheet(id),
            Self::Case(id) => task::Guarded::Case(id),
        }
    }
}

/// What is known of a triage without its content: desk, state, dates (disclosure rule 13).
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub id: TriageId,
    pub state: State,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub origin: Origin,
    /// What it was begun from was entered in error.
    pub origin_void: bool,
    /// The household, as of now.
    pub household: Option<HouseholdId>,
    /// The case, as of now.
    pub case: Option<CaseId>,
    pub case_number: Option<(i64, i64)>,
    pub started_at: Instant,
    pub guide_version: i64,
    /// The next open promise.
    pub next_due: Option<Instant>,
    pub version: i64,
}

/// What is sealed of a triage.
#[derive(Debug, Clone)]
pub(crate) struct Triage {
    pub kind: String,
}

impl Content for Triage {}

/// A triage as loaded.
pub(crate) struct Loaded {
    pub header: Header,
    pub triage: Sealed<Triage>,
}

const SELECT: &str = "SELECT t.id, t.state, t.kind, t.guide_version, t.categories, t.desk_id, t.author_id, \
     t.consultation_id, t.sheet_id, t.case_id AS origin_case_id, t.started_at, t.version, \
     k.state AS consultation_state, s.state AS sheet_state, k.third_party, \
     COALESCE(t.case_id, k.case_id, s.case_id) AS case_id, c.fiscal_year, c.number, \
     COALESCE(c.household_id, k.household_id, s.household_id) AS household_id, \
     (SELECT MIN(a.due_at) FROM triage_task x JOIN task a ON a.municipality_id = x.municipality_id AND a.id = x.task_id \
     WHERE x.municipality_id = t.municipality_id AND x.triage_id = t.id AND a.state = 'open') AS next_due \
     FROM triage t \
     LEFT JOIN consultation k ON k.municipality_id = t.municipality_id AND k.id = t.consultation_id \
     LEFT JOIN connecting_sheet s ON s.municipality_id = t.municipality_id AND s.id = t.sheet_id \
     LEFT JOIN case_file c ON c.municipality_id = t.municipality_id \
     AND c.id = CASE WHEN t.case_id IS NOT NULL THEN t.case_id WHEN k.case_id IS NOT NULL THEN k.case_id ELSE s.case_id END \
     WHERE t.municipality_id = ? AND c.disposed_at IS NULL AND k.disposed_at IS NULL AND s.disposed_at IS NULL";

/// One triage, if it exists. Whether the viewer may know is decided on its seal.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: TriageId,
) -> Result<Option<Loaded>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(" AND t.id = ?", args![id]);
    Ok(load(conn, viewer, statement).await?.pop())
}

/// The triage a task belongs to.
pub(crate) async fn of_task(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    task: TaskId,
) -> Result<Option<TriageId>, Broken> {
    conn.maybe(
        "SELECT triage_id FROM triage_task WHERE municipality_id = $1 AND task_id = $2",
        args![municipality, task],
    )
    .await?
    .map(|row| row.get("triage_id"))
    .transpose()
}

/// The triages begun from one thing, and those of the case it became; newest first.
pub(crate) async fn of_origin(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    origin: Origin,
) -> Result<Vec<Loaded>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]);
    let statement = match origin {
        Origin::Consultation(id) => statement.push(" AND t.consultation_id = ?", args![id]),
        Origin::Sheet(id) => statement.push(" AND t.sheet_id = ?", args![id]),
        // By the three indexes, one after another: an OR over joined columns would read the whole table.
        Origin::Case(id) => statement.push(
            " AND t.id IN (SELECT o.id FROM triage o WHERE o.municipality_id = ? AND o.case_id = ? \
             UNION ALL SELECT o.id FROM triage o JOIN consultation n ON n.municipality_id = o.municipality_id \
             AND n.id = o.consultation_id WHERE n.municipality_id = ? AND n.case_id = ? \
             UNION ALL SELECT o.id FROM triage o JOIN connecting_sheet n ON n.municipality_id = o.municipality_id \
             AND n.id = o.sheet_id WHERE n.municipality_id = ? AND n.case_id = ?)",
            args![viewer.municipality, id, viewer.municipality, id, viewer.municipality, id],
        ),
    };
    load(conn, viewer, statement.push(" ORDER BY t.started_at DESC, t.id DESC LIMIT 50", args![])).await
}

/// What a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Which {
    /// What is being judged or waits for confirmation.
    #[default]
    Running,
    /// What is confirmed or taken back.
    Over,
}

/// The next open promise of a triage; its beginning when there is none.
macro_rules! next_promise {
    () => {
        "COALESCE((SELECT MIN(y.due_at) FROM triage_task x JOIN task y ON y.municipality_id = x.municipality_id \
         AND y.id = x.task_id WHERE x.municipality_id = t.municipality_id AND x.triage_id = t.id \
         AND y.state = 'open'), t.started_at)"
    };
}

impl Which {
    /// The states that a triage of this list can be in.
    pub(crate) const fn states(self) -> &'static [State] {
        match self {
            Self::Running => &[State::Open, State::Judged],
            Self::Over => &[State::Confirmed, State::EnteredInError],
        }
    }

    /// What comes after a place, and the order: what runs by its next promise, so that the latest of all never stands
    /// at the end; what is over by its beginning, newest first.
    const fn order(self) -> (&'static str, &'static str) {
        match self {
            Self::Running => (
                concat!(" AND (", next_promise!(), ", t.id) > (?, ?)"),
                concat!(" ORDER BY ", next_promise!(), ", t.id LIMIT ?"),
            ),
            Self::Over => {
                (" AND (t.started_at, t.id) < (?, ?)", " ORDER BY t.started_at DESC, t.id DESC LIMIT ?")
            }
        }
    }

    /// Where a triage stands in that order.
    pub(crate) fn place(self, header: &Header) -> Instant {
        match self {
            Self::Running => header.next_due.unwrap_or(header.started_at),
            Self::Over => header.started_at,
        }
    }
}

/// The triages of the desks in scope, those after a place in the order.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    scope: &Scope,
    (which, state): (Which, Option<State>),
    after: Option<(Instant, TriageId)>,
    most: i64,
) -> Result<Vec<Loaded>, Broken> {
    const LIVE: &str = " AND t.state IN ('open', 'judged') AND COALESCE(k.state, '') <> 'entered_in_error' \
                        AND COALESCE(s.state, '') <> 'entered_in_error'";
    const OVER: &str = " AND (t.state IN ('confirmed', 'entered_in_error') OR k.state = 'entered_in_error' \
                        OR s.state = 'entered_in_error')";
    let mut statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND t.desk_id IN", scope.desks().iter().copied())
        .push(if which == Which::Running { LIVE } else { OVER }, args![]);
    if let Some(state) = state {
        statement = statement.push(" AND t.state = ?", args![state.code()]);
    }
    if !viewer.excluded_from.is_empty() {
        statement = statement
            .push(
                " AND NOT EXISTS (SELECT 1 FROM case_file z WHERE z.municipality_id = t.municipality_id \
                 AND z.household_id = COALESCE(c.household_id, k.household_id, s.household_id) AND z.id IN",
                args![],
            )
            .push_in("", viewer.excluded_from.iter().copied())
            .push(")", args![]);
    }
    let (beyond, order) = which.order();
    if let Some((at, id)) = after {
        statement = statement.push(beyond, args![at, id]);
    }
    load(conn, viewer, statement.push(order, args![most])).await
}

async fn load(conn: &mut Conn<'_>, viewer: &Viewer, statement: Statement) -> Result<Vec<Loaded>, Broken> {
    let rows = conn.select(statement).await?;
    let parts: Vec<(Header, Triage, Categories)> = rows.iter().map(parts).collect::<Result<_, _>>()?;
    let households: BTreeSet<HouseholdId> = parts.iter().filter_map(|(h, ..)| h.household).collect();
    let cases = household::cases_of(conn, viewer, households.iter().copied()).await?;
    // Whom it is about matters only to viewers who cannot read it as their own desk's.
    let own = viewer.reading_desks();
    let others: Vec<HouseholdId> =
        parts.iter().filter(|(h, ..)| !own.contains(&h.desk)).filter_map(|(h, ..)| h.household).collect();
    let members = household::members_of(conn, viewer.municipality, others).await?;
    Ok(parts
        .into_iter()
        .map(|(header, triage, categories)| {
            let mut of_cases = header.household.and_then(|h| cases.get(&h)).cloned().unwrap_or_default();
            of_cases.extend(header.case);
            let subjects = header.household.and_then(|h| members.get(&h)).cloned().unwrap_or_default();
            let facts = Facts {
                record: RecordRef { kind: RecordKind::Triage, id: header.id.cast() },
                desk: header.desk,
                author: header.author,
                subjects: Subjects::Household(subjects),
                categories,
                cases: of_cases,
                sent_to_provider: None,
                confided_to: None,
            };
            Loaded { triage: Sealed::new(facts, triage), header }
        })
        .collect())
}

fn parts(row: &Row) -> Result<(Header, Triage, Categories), Broken> {
    let consultation: Option<ConsultationId> = row.get("consultation_id")?;
    let sheet: Option<ConnectingSheetId> = row.get("sheet_id")?;
    let case: Option<CaseId> = row.get("origin_case_id")?;
    let origin = match (consultation, sheet, case) {
        (Some(id), ..) => Origin::Consultation(id),
        (_, Some(id), _) => Origin::Sheet(id),
        (.., Some(id)) => Origin::Case(id),
        _ => return Err(Broken::Corrupt("triage", "origin".to_owned())),
    };
    let void = |state: Option<String>| state.as_deref() == Some("entered_in_error");
    // Somebody complains about somebody else: the household on the consultation is the complainant's.
    let about_others = row.get::<Option<bool>>("third_party")?.unwrap_or(false);
    let year: Option<i64> = row.get("fiscal_year")?;
    let header = Header {
        id: row.get("id")?,
        state: row.code("state")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        origin,
        origin_void: void(row.get("consultation_state")?) || void(row.get("sheet_state")?),
        household: row.get::<Option<HouseholdId>>("household_id")?.filter(|_| !about_others),
        case: row.get("case_id")?,
        case_number: year.zip(row.get("number")?),
        started_at: row.get("started_at")?,
        guide_version: row.get("guide_version")?,
        next_due: row.get("next_due")?,
        version: row.get("version")?,
    };
    Ok((header, Triage { kind: row.get("kind")? }, row.get("categories")?))
}

/// A triage to be stored.
pub(crate) struct NewRow {
    pub id: TriageId,
    pub kind: String,
    pub guide_version: i64,
    pub categories: Categories,
    pub desk: DeskId,
    pub origin: Origin,
    pub started_at: Instant,
}

/// Stores a new triage.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &NewRow) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let author = act.viewer().map(|v| v.user);
    let about = new.origin.task_about();
    act.save(right)?
        .exec(
            "INSERT INTO triage (municipality_id, id, state, kind, guide_version, categories, desk_id, author_id, \
             consultation_id, sheet_id, case_id, started_at, recorded_at, command_id) \
             VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                m, new.id, &new.kind, new.guide_version, new.categories, new.desk, author, about.consultation,
                about.sheet, about.case, new.started_at, now, command,
            ],
        )
        .await?;
    Ok(())
}

/// Moves a triage on, at the version that was read.
pub(crate) async fn step(act: &mut Act, right: &Right, header: &Header, to: State) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE triage SET state = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, header.id, header.version, to.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Puts a text beside a triage.
pub(crate) async fn link_entry(
    act: &mut Act,
    right: &Right,
    id: TriageId,
    entry: EntryId,
    role: &'static str,
    item: Option<usize>,
) -> Result<(), Fail> {
    let m = act.municipality();
    let item = item.and_then(|n| i64::try_from(n).ok());
    act.save(right)?
        .exec(
            "INSERT INTO triage_entry (municipality_id, triage_id, entry_id, role, item) VALUES ($1, $2, $3, $4, $5)",
            args![m, id, entry, role, item],
        )
        .await?;
    Ok(())
}

/// The texts beside a triage, and what later corrected them, with the item they answer.
pub(crate) async fn entries(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: TriageId,
) -> Result<BTreeMap<EntryId, Option<usize>>, Broken> {
    conn.all(
        "WITH RECURSIVE written (entry_id, item) AS (\
         SELECT entry_id, item FROM triage_entry WHERE municipality_id = $1 AND triage_id = $2 \
         UNION ALL SELECT e.id, w.item FROM written w JOIN entry e ON e.municipality_id = $1 \
         AND e.corrects_id = w.entry_id) SELECT entry_id, item FROM written",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| {
        let item: Option<i64> = row.get("item")?;
        Ok((row.get("entry_id")?, item.and_then(|n| usize::try_from(n).ok())))
    })
    .collect()
}

/// A judgement as kept.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub seq: i64,
    pub outcome: Outcome,
    pub scope: crate::rules::Scope,
    pub to: Option<DeskId>,
    pub entry: EntryId,
    pub at: Instant,
    pub by: Option<UserId>,
    /// `confirmed`, `returned` or nothing yet.
    pub answer: String,
    pub how: Option<How>,
    pub answered_at: Option<Instant>,
    pub answered_by: Option<UserId>,
    pub answer_entry: Option<EntryId>,
}

/// The judgements of a triage, the last one last.
pub(crate) async fn judgements(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: TriageId,
) -> Result<Vec<Judged>, Broken> {
    conn.all(
        "SELECT seq, outcome, scope, to_desk_id, entry_id, judged_at, judged_by, answer, how, answered_at, answered_by, \
         answer_entry_id FROM triage_judgement WHERE municipality_id = $1 AND triage_id = $2 ORDER BY seq",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Judged {
            seq: row.get("seq")?,
            outcome: row.code("outcome")?,
            scope: row.code("scope")?,
            to: row.get("to_desk_id")?,
            entry: row.get("entry_id")?,
            at: row.get("judged_at")?,
            by: row.get("judged_by")?,
            answer: row.get("answer")?,
            how: row.code_opt("how")?,
            answered_at: row.get("answered_at")?,
            answered_by: row.get("answered_by")?,
            answer_entry: row.get("answer_entry_id")?,
        })
    })
    .collect()
}

/// Adds a judgement.
pub(crate) async fn add_judgement(
    act: &mut Act,
    right: &Right,
    id: TriageId,
    (outcome, scope, to): (Outcome, crate::rules::Scope, Option<DeskId>),
    entry: EntryId,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let by = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO triage_judgement (municipality_id, triage_id, seq, outcome, scope, to_desk_id, entry_id, \
             judged_at, judged_by, command_id) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 \
             FROM triage_judgement WHERE municipality_id = $1 AND triage_id = $2",
            args![m, id, outcome.code(), scope.code(), to, entry, now, by, command],
        )
        .await?;
    Ok(())
}

/// Notes the senior's answer to a judgement.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    id: TriageId,
    seq: i64,
    answer: &'static str,
    how: How,
    entry: Option<EntryId>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "UPDATE triage_judgement SET answer = $4, how = $5, answered_at = $6, answered_by = $7, answer_entry_id = $8 \
             WHERE municipality_id = $1 AND triage_id = $2 AND seq = $3 AND answer = ''",
            args![m, id, seq, answer, how.code(), now, by, entry],
        )
        .await?;
    Ok(())
}

/// A promise of a triage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Promise {
    pub task: TaskId,
    pub role: Role,
    pub item: Option<usize>,
    pub open: bool,
    pub due_at: Instant,
}

words::codes! {
    /// What a promise of a triage is for.
    pub enum Role {
        /// A step of the clock.
        Step = "step",
        /// The judgement.
        Judge = "judge",
        /// The confirmation.
        Confirm = "confirm",
    }
}

/// The promises of a triage, in the order of their moments.
pub(crate) async fn promises(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: TriageId,
) -> Result<Vec<Promise>, Broken> {
    conn.all(
        "SELECT x.task_id, x.role, x.item, a.state, a.due_at FROM triage_task x \
         JOIN task a ON a.municipality_id = x.municipality_id AND a.id = x.task_id \
         WHERE x.municipality_id = $1 AND x.triage_id = $2 ORDER BY a.due_at, a.id",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| {
        let item: Option<i64> = row.get("item")?;
        Ok(Promise {
            task: row.get("task_id")?,
            role: row.code("role")?,
            item: item.and_then(|n| usize::try_from(n).ok()),
            open: row.get::<String>("state")? == "open",
            due_at: row.get("due_at")?,
        })
    })
    .collect()
}

/// Puts a task beside a triage.
pub(crate) async fn link_task(
    act: &mut Act,
    right: &Right,
    id: TriageId,
    task: TaskId,
    role: Role,
    item: Option<usize>,
) -> Result<(), Fail> {
    let m = act.municipality();
    let item = item.and_then(|n| i64::try_from(n).ok());
    act.save(right)?
        .exec(
            "INSERT INTO triage_task (municipality_id, triage_id, task_id, role, item) VALUES ($1, $2, $3, $4, $5)",
            args![m, id, task, role.code(), item],
        )
        .await?;
    Ok(())
}

/// The guides of these versions.
pub(crate) async fn guides_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    versions: impl IntoIterator<Item = i64>,
) -> Result<BTreeMap<i64, Guide>, Broken> {
    let versions: BTreeSet<i64> = versions.into_iter().collect();
    if versions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let statement = Statement::new(
        "SELECT version, body AS guide_text FROM triage_guide WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND version IN", versions);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("version")?, guides::guide(row)?))).collect()
}
