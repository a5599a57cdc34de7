//! Storing cautions and what was said to hints.

use access::{Categories, Content, Facts, RecordKind, RecordRef, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::code::Code;
use words::id::{CaseId, ConsultationId, DeskId, EntryId, HouseholdId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::caution::{Caution, WhyLifted};
use crate::rules::theme::{Said, Theme};

/// A caution without its words.
#[derive(Debug, Clone)]
pub(crate) struct CautionRow {
    pub id: ThingId,
    pub kind: Caution,
    pub entry: EntryId,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub set_at: Instant,
    pub review_on: Day,
    pub ended_at: Option<Instant>,
    pub end_reason: String,
    pub version: i64,
}

/// The cautions of a case; those in force only, or all, the newest first.
pub(crate) async fn cautions(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
    ended_too: bool,
) -> Result<Vec<CautionRow>, Broken> {
    conn.all(
        "SELECT id, kind, entry_id, desk_id, author_id, set_at, review_on, ended_at, end_reason, version FROM caution \
         WHERE municipality_id = $1 AND case_id = $2 AND (ended_at IS NULL OR $3) ORDER BY set_at DESC, id DESC \
         LIMIT 50",
        args![m, case, ended_too],
    )
    .await?
    .iter()
    .map(row)
    .collect()
}

fn row(row: &Row) -> Result<CautionRow, Broken> {
    Ok(CautionRow {
        id: row.get("id")?,
        kind: row.code("kind")?,
        entry: row.get("entry_id")?,
        desk: row.get("desk_id")?,
        author: row.get("author_id")?,
        set_at: row.get("set_at")?,
        review_on: row.get("review_on")?,
        ended_at: row.get("ended_at")?,
        end_reason: row.get("end_reason")?,
        version: row.get("version")?,
    })
}

/// Sets a caution.
pub(crate) async fn set(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    kind: Caution,
    (entry, desk): (EntryId, DeskId),
    review_on: Day,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let author = act.viewer().map(|v| v.user);
    let id: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO caution (municipality_id, id, case_id, kind, entry_id, desk_id, author_id, set_at, review_on, \
             command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![m, id, case, kind.code(), entry, desk, author, now, review_on, command],
        )
        .await?;
    Ok(())
}

/// Keeps it on until another day, at the version that was read.
pub(crate) async fn keep(act: &mut Act, right: &Right, c: &CautionRow, review_on: Day) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE caution SET review_on = $4, told_at = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND ended_at IS NULL",
            args![m, c.id, c.version, review_on],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Ends it, at the version that was read.
pub(crate) async fn lift(act: &mut Act, right: &Right, c: &CautionRow, why: WhyLifted) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE caution SET ended_at = $4, end_reason = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND ended_at IS NULL",
            args![m, c.id, c.version, now, why.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Cautions to be looked at again of which nobody was told yet: id, case, who answers for the case.
pub(crate) async fn to_review(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
) -> Result<Vec<(ThingId, CaseId, DeskId)>, Broken> {
    conn.all(
        "SELECT x.id, x.case_id, c.accountable_desk_id FROM caution x JOIN case_file c \
         ON c.municipality_id = x.municipality_id AND c.id = x.case_id WHERE x.municipality_id = $1 \
         AND x.ended_at IS NULL AND x.told_at IS NULL AND x.review_on <= $2 AND c.state = 'open' \
         AND c.disposed_at IS NULL AND c.accountable_desk_id IS NOT NULL ORDER BY x.review_on, x.id LIMIT 500",
        args![m, today],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("case_id")?, row.get("accountable_desk_id")?)))
    .collect()
}

/// The cautions of a case await their review again.
pub(crate) async fn untold(act: &mut Act, right: &Right, case: CaseId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE caution SET told_at = NULL WHERE municipality_id = $1 AND case_id = $2 AND ended_at IS NULL",
            args![m, case],
        )
        .await?;
    Ok(())
}

/// Its review is a task from now on.
pub(crate) async fn told(act: &mut Act, right: &Right, id: ThingId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec("UPDATE caution SET told_at = $3 WHERE municipality_id = $1 AND id = $2", args![m, id, now])
        .await?;
    Ok(())
}

/// What a desk said to a hint: about the whole household, so it is the desk's own record.
pub(crate) struct Mark {
    pub theme: Theme,
    pub said: Said,
    pub reason: String,
    pub at: Instant,
}
impl Content for Mark {}

/// The last word of each desk on each theme, sealed under every category.
pub(crate) async fn marks(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
) -> Result<Vec<Sealed<Mark>>, Broken> {
    conn.all(
        "SELECT t.theme, t.state, t.reason, t.set_at, t.desk_id, t.author_id FROM theme_mark t \
         WHERE t.municipality_id = $1 AND t.case_id = $2 AND t.seq = (SELECT MAX(x.seq) FROM theme_mark x \
         WHERE x.municipality_id = t.municipality_id AND x.case_id = t.case_id AND x.theme = t.theme \
         AND x.desk_id = t.desk_id) ORDER BY t.seq",
        args![viewer.municipality, case],
    )
    .await?
    .iter()
    .map(|row| {
        let facts = Facts {
            record: RecordRef::case(case),
            desk: row.get("desk_id")?,
            author: row.get("author_id")?,
            subjects: Subjects::Persons(Vec::new()),
            categories: Categories::all(),
            cases: vec![case],
            sent_to_provider: None,
            confided_to: None,
        };
        let mark = Mark {
            theme: row.code("theme")?,
            said: row.code("state")?,
            reason: row.get("reason")?,
            at: row.get("set_at")?,
        };
        Ok(Sealed::new(facts, mark))
    })
    .collect()
}

/// Says something to a hint.
pub(crate) async fn mark(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    (theme, said): (Theme, Said),
    reason: &str,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO theme_mark (municipality_id, case_id, theme, seq, state, reason, desk_id, author_id, set_at, \
             command_id) SELECT $1, $2, $3, COALESCE(MAX(seq), 0) + 1, $4, $5, $6, $7, $8, $9 FROM theme_mark \
             WHERE municipality_id = $1 AND case_id = $2 AND theme = $3",
            args![m, case, theme.code(), said.code(), reason, desk, author, now, command],
        )
        .await?;
    Ok(())
}

/// What a consultation was about, as a code.
pub(crate) struct Matter(pub String);
impl Content for Matter {}

/// The matters of the household's consultations that the viewer's own desks wrote, sealed under every category.
pub(crate) async fn matters(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
    case: CaseId,
) -> Result<Vec<Sealed<Matter>>, Broken> {
    let statement = engine::Statement::new(
        "SELECT k.id, k.desk_id, k.author_id, t.topic FROM consultation k JOIN consultation_topic t \
         ON t.municipality_id = k.municipality_id AND t.consultation_id = k.id WHERE k.municipality_id = ? \
         AND k.household_id = ? AND k.state <> 'entered_in_error' AND k.disposed_at IS NULL",
        args![viewer.municipality, household],
    )
    .push_in(" AND k.desk_id IN", viewer.reading_desks())
    .push(" ORDER BY k.id, t.topic LIMIT 100", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let id: ConsultationId = row.get("id")?;
            let facts = Facts {
                record: RecordRef { kind: RecordKind::Consultation, id: id.cast() },
                desk: row.get("desk_id")?,
                author: row.get("author_id")?,
                subjects: Subjects::Persons(Vec::new()),
                categories: Categories::all(),
                cases: vec![case],
                sent_to_provider: None,
                confided_to: None,
            };
            Ok(Sealed::new(facts, Matter(row.get("topic")?)))
        })
        .collect()
}
