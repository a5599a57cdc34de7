//! Storing what is owed and what was given.

use access::{Categories, RecordRef, Right, Role, Viewer};
use consent::{Handing, NewProvision, provide};
use engine::{Act, Broken, Conn, Fail, Refusal, Row, Statement, args};
use household::entry::About as Place;
use household::{Field, Marks, NewEntry};
use register::Way;
use task::{About, NewTask, TaskKind, TaskState};
use words::Instant;
use words::code::Code;
use words::id::{
    CaseId, ConnectingSheetId, DeskId, EntryId, FeedbackId, HouseholdId, ReferralId, TaskId, UserId,
};

use crate::rules::{GivenBasis, Outcome, Stage, check};

/// What is owed to whom.
#[derive(Debug, Clone)]
pub struct Owed {
    /// For a referral.
    pub referral: Option<ReferralId>,
    /// For a connecting sheet.
    pub sheet: Option<ConnectingSheetId>,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The desk that owes it.
    pub from_desk: DeskId,
    /// The desk it is owed to.
    pub to_desk: DeskId,
    /// The one person there it is owed to.
    pub to_user: Option<UserId>,
    /// By when.
    pub due_at: Instant,
}

/// Notes that feedback is owed: a task of the desk that owes it, until it is given.
pub async fn owe(act: &mut Act, right: &Right, owed: &Owed) -> Result<FeedbackId, Fail> {
    let about = About { case: owed.case, referral: owed.referral, sheet: owed.sheet, ..About::default() };
    let new = NewTask {
        kind: TaskKind::GiveFeedback,
        desk: owed.from_desk,
        assignee: None,
        about,
        due_at: owed.due_at,
    };
    let task = task::add(act, right, &new).await?;
    let id: FeedbackId = act.new_id();
    let (municipality, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO feedback (municipality_id, id, referral_id, sheet_id, from_desk_id, to_desk_id, to_user_id, \
             task_id, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                municipality,
                id,
                owed.referral,
                owed.sheet,
                owed.from_desk,
                owed.to_desk,
                owed.to_user,
                task,
                command,
            ],
        )
        .await?;
    Ok(id)
}

/// What is told.
#[derive(Debug, Clone)]
pub struct Given {
    /// The one line.
    pub outcome: Outcome,
    /// Words beside it; may be empty.
    pub words: String,
    /// Whom and what the words are about.
    pub marks: Marks,
    /// The household they are about.
    pub household: Option<HouseholdId>,
    /// The case they belong to.
    pub case: Option<CaseId>,
    /// On what the words leave.
    pub basis: GivenBasis,
    /// The article, when they rest on one.
    pub article: String,
}

/// A feedback as stored: header only, no content.
#[derive(Debug, Clone)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// For a referral.
    pub referral: Option<ReferralId>,
    /// For a sheet.
    pub sheet: Option<ConnectingSheetId>,
    /// The desk that owes it.
    pub from: DeskId,
    /// The desk it is owed to.
    pub to: DeskId,
    /// The one person there.
    pub to_user: Option<UserId>,
    /// The task.
    pub task: TaskId,
    /// The one line, as a code; empty while owed.
    pub outcome: String,
    /// The words.
    pub entry: Option<EntryId>,
    /// When given.
    pub given_at: Option<Instant>,
    /// When read.
    pub read_at: Option<Instant>,
    /// When it is due.
    pub due_at: Instant,
    /// The case it belongs to, if any.
    pub case: Option<CaseId>,
    /// Its number.
    pub case_number: Option<(i64, i64)>,
    /// The household it is about, if any.
    pub household: Option<HouseholdId>,
}

impl Feedback {
    /// How far it has come, as the version a form is written against: owed, told, read.
    pub const fn version(&self) -> i64 {
        match (self.given_at.is_some(), self.read_at.is_some()) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        }
    }
}

/// Gives what is owed. The one line always arrives; words as far as their basis carries.
pub async fn give(act: &mut Act, right: &Right, id: FeedbackId, given: &Given) -> Result<(), Fail> {
    check(&given.words, given.basis, &given.article)?;
    let (m, now) = (act.municipality(), act.now());
    let row = act
        .facts()?
        .maybe(
            "SELECT referral_id, sheet_id, from_desk_id, to_desk_id, to_user_id, task_id, given_at FROM feedback \
             WHERE municipality_id = $1 AND id = $2",
            args![m, id],
        )
        .await?
        .ok_or(Fail::NotVisible)?;
    if row.get::<Option<Instant>>("given_at")?.is_some() {
        return Err(Fail::Stale);
    }
    let referral: Option<ReferralId> = row.get("referral_id")?;
    let sheet: Option<ConnectingSheetId> = row.get("sheet_id")?;
    if !given.words.is_empty() && given.basis == GivenBasis::Consent {
        let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
        let to: DeskId = row.get("to_desk_id")?;
        let mut conn = act.facts()?;
        if !consent_carries(&mut conn, &viewer, &given.marks, given.household, to, now.day()).await? {
            return Err(Refusal::new("feedback.consent_does_not_carry").into());
        }
    }
    if !given.words.is_empty() && given.basis == GivenBasis::Article {
        let desks = ((row.get("from_desk_id")?, row.get("to_desk_id")?), now.day());
        register::fits_between(&mut act.facts()?, m, &given.article, Way::Tell, desks).await?;
    }
    let mut entry = None;
    if !given.words.is_empty() {
        let new = NewEntry {
            field: Field::Feedback,
            form: None,
            household: given.household,
            marks: given.marks.clone(),
            body: given.words.clone(),
            occurred_at: now,
            told: None,
            about: Place { referral, sheet, case: given.case, ..Place::default() },
            corrects: None,
        };
        let ids = household::entry::write(act, right, vec![new]).await?;
        entry = ids.first().copied();
        if let (GivenBasis::Article, Some(id_of_entry)) = (given.basis, entry) {
            let provision = NewProvision {
                kind: Handing::Feedback,
                act: id.cast(),
                records: vec![RecordRef::entry(id_of_entry)],
                desk: row.get("to_desk_id")?,
                user: row.get("to_user_id")?,
                categories: given.marks.categories(),
                article: given.article.clone(),
                pending: false,
            };
            provide(act, right, &provision).await?;
        }
    }
    act.save(right)?
        .exec(
            "UPDATE feedback SET outcome = $3, entry_id = $4, given_at = $5 \
             WHERE municipality_id = $1 AND id = $2 AND given_at IS NULL",
            args![m, id, given.outcome.code(), entry, now],
        )
        .await?;
    task::end(act, right, row.get("task_id")?, TaskState::Done, "").await?;
    if let Some(entry) = entry {
        household::findable::refresh(act, right, &[], &[entry]).await?;
    }
    Ok(())
}

/// Tells at once what there is to tell in one line: a refusal is its own feedback.
pub async fn told(act: &mut Act, right: &Right, owed: &Owed, outcome: Outcome) -> Result<FeedbackId, Fail> {
    let id = owe(act, right, owed).await?;
    let line = Given {
        outcome,
        words: String::new(),
        marks: Marks::new(Vec::new(), Categories::NONE),
        household: None,
        case: owed.case,
        basis: GivenBasis::StatusOnly,
        article: String::new(),
    };
    give(act, right, id, &line).await?;
    Ok(id)
}

const SELECT: &str = "SELECT f.id, f.referral_id, f.sheet_id, f.from_desk_id, f.to_desk_id, f.to_user_id, f.task_id, \
     f.outcome, f.entry_id, f.given_at, f.read_at, t.due_at, COALESCE(t.case_id, r.case_id) AS case_id, \
     COALESCE(r.household_id, s.household_id) AS household_id, c.fiscal_year, c.number FROM feedback f \
     JOIN task t ON t.municipality_id = f.municipality_id AND t.id = f.task_id \
     LEFT JOIN referral r ON r.municipality_id = f.municipality_id AND r.id = f.referral_id \
     LEFT JOIN connecting_sheet s ON s.municipality_id = f.municipality_id AND s.id = f.sheet_id \
     LEFT JOIN case_file c ON c.municipality_id = f.municipality_id AND c.id = CASE WHEN t.case_id IS NOT NULL THEN t.case_id ELSE r.case_id END \
     WHERE f.municipality_id = ? AND c.disposed_at IS NULL AND s.disposed_at IS NULL";

/// What was owed for something that turned out to be a mistake is owed no longer.
const STANDING: &str = " AND (f.given_at IS NOT NULL OR t.state <> 'cancelled')";

/// What has been told to this viewer: to their desks as a sender, or to themselves as who noticed first.
pub(crate) async fn received(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    stage: Option<Stage>,
    (now, most): (Instant, i64),
) -> Result<Vec<Feedback>, Broken> {
    let statement = at_stage(Statement::new(SELECT, args![viewer.municipality]), stage, now)
        .push(" AND (f.to_user_id = ? OR (f.to_user_id IS NULL", args![viewer.user])
        .push_in(" AND f.to_desk_id IN", viewer.reading_desks())
        .push("))", args![])
        .push(STANDING, args![])
        // What has been told and not read comes first, then what is still awaited, then what was read; each with
        // the newest first.
        .push(
            " ORDER BY CASE WHEN f.given_at IS NULL THEN 1 WHEN f.read_at IS NULL THEN 0 ELSE 2 END, \
             COALESCE(f.given_at, t.due_at) DESC, f.id DESC LIMIT ?",
            args![most],
        );
    load(conn, viewer, statement).await
}

/// Only what is at this stage.
fn at_stage(statement: Statement, stage: Option<Stage>, now: Instant) -> Statement {
    match stage {
        None => statement,
        Some(Stage::Late) => statement.push(" AND f.given_at IS NULL AND t.due_at < ?", args![now]),
        Some(Stage::Waiting) => statement.push(" AND f.given_at IS NULL AND t.due_at >= ?", args![now]),
        Some(Stage::New) => statement.push(" AND f.given_at IS NOT NULL AND f.read_at IS NULL", args![]),
        Some(Stage::Read) => statement.push(" AND f.read_at IS NOT NULL", args![]),
    }
}

/// What this viewer's desks still owe, the earliest due first.
pub(crate) async fn owed(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    stage: Option<Stage>,
    (now, most): (Instant, i64),
) -> Result<Vec<Feedback>, Broken> {
    let statement = at_stage(Statement::new(SELECT, args![viewer.municipality]), stage, now)
        .push(" AND f.given_at IS NULL", args![])
        .push(STANDING, args![])
        .push_in(" AND t.desk_id IN", viewer.reading_desks())
        .push(" ORDER BY t.due_at, f.id LIMIT ?", args![most]);
    load(conn, viewer, statement).await
}

/// One feedback, for its giver or its addressee; absent for everyone else.
pub async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: FeedbackId,
) -> Result<Option<(Feedback, bool)>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND f.id = ?", args![id])
        .push(STANDING, args![]);
    let Some(feedback) = load(conn, viewer, statement).await?.pop() else { return Ok(None) };
    let owner: DeskId = conn
        .one(
            "SELECT desk_id FROM task WHERE municipality_id = $1 AND id = $2",
            args![viewer.municipality, feedback.task],
        )
        .await?
        .get("desk_id")?;
    let desks = viewer.reading_desks();
    let giver = desks.contains(&owner);
    let addressee = match feedback.to_user {
        Some(user) => {
            user == viewer.user
                && viewer.has_role(&[Role::Liaison, Role::Caseworker, Role::AgencyLead, Role::Coordinator])
        }
        None => desks.contains(&feedback.to),
    };
    Ok((giver || addressee).then_some((feedback, giver)))
}

/// Notes that it was read.
pub async fn read(act: &mut Act, right: &Right, id: FeedbackId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE feedback SET read_at = $3 WHERE municipality_id = $1 AND id = $2 AND given_at IS NOT NULL \
             AND read_at IS NULL",
            args![m, id, now],
        )
        .await?;
    Ok(())
}

/// Someone asks what became of it: what is owed comes due within `within`, if it was due later.
pub async fn ask(act: &mut Act, right: &Right, task: TaskId, within: Instant) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE task SET due_at = $3, reason = 'asked', version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'open' AND due_at > $3",
            args![m, task, within],
        )
        .await?;
    Ok(())
}

async fn load(conn: &mut Conn<'_>, viewer: &Viewer, statement: Statement) -> Result<Vec<Feedback>, Broken> {
    let all: Vec<Feedback> = conn.select(statement).await?.iter().map(feedback).collect::<Result<_, _>>()?;
    // Kept out of one case of a household, kept out of what became of it (disclosure rule 14).
    let cases = household::cases_of(conn, viewer, all.iter().filter_map(|f| f.household)).await?;
    let kept_out = |f: &Feedback| {
        let of_household = f.household.and_then(|h| cases.get(&h)).into_iter().flatten();
        of_household.chain(&f.case).any(|c| viewer.excluded_from.contains(c))
    };
    Ok(all.into_iter().filter(|f| !kept_out(f)).collect())
}

fn feedback(row: &Row) -> Result<Feedback, Broken> {
    let year: Option<i64> = row.get("fiscal_year")?;
    let number: Option<i64> = row.get("number")?;
    Ok(Feedback {
        id: row.get("id")?,
        referral: row.get("referral_id")?,
        sheet: row.get("sheet_id")?,
        from: row.get("from_desk_id")?,
        to: row.get("to_desk_id")?,
        to_user: row.get("to_user_id")?,
        task: row.get("task_id")?,
        outcome: row.get("outcome")?,
        entry: row.get("entry_id")?,
        given_at: row.get("given_at")?,
        read_at: row.get("read_at")?,
        due_at: row.get("due_at")?,
        case: row.get("case_id")?,
        case_number: year.zip(number),
        household: row.get("household_id")?,
    })
}

/// How many have been given to this viewer and not read yet.
pub async fn unread(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<i64, Broken> {
    let statement = Statement::new(
        "SELECT COUNT(*) AS n FROM feedback f WHERE f.municipality_id = ? AND f.given_at IS NOT NULL \
         AND f.read_at IS NULL AND (f.to_user_id = ? OR (f.to_user_id IS NULL",
        args![viewer.municipality, viewer.user],
    )
    .push_in(" AND f.to_desk_id IN", viewer.reading_desks())
    .push("))", args![]);
    conn.select(statement).await?.first().map_or(Ok(0), |row| row.get("n"))
}

/// Whether words about these subjects would be readable at a desk by a consent in force: asked before they are
/// given, so that nobody believes to have told what nobody can read.
pub async fn consent_carries(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    marks: &Marks,
    household: Option<HouseholdId>,
    desk: DeskId,
    today: words::Day,
) -> Result<bool, Broken> {
    let m = viewer.municipality;
    let mut subjects: Vec<words::id::PersonId> = marks.persons.clone();
    if subjects.is_empty() {
        let Some(household) = household else { return Ok(false) };
        let rows = conn
            .all(
                "SELECT DISTINCT person_id FROM household_member WHERE municipality_id = $1 AND household_id = $2",
                args![m, household],
            )
            .await?;
        subjects = rows.iter().map(|r| r.get("person_id")).collect::<Result<_, _>>()?;
    }
    let reader = consent::reader(conn, m, desk, today).await?;
    let consents = consent::of_persons(conn, m, subjects.iter().copied()).await?;
    let told = consent::Shared { by_consent: true, subjects: &subjects, categories: marks.categories() };
    Ok(told.holds(&consents, reader, today))
}
