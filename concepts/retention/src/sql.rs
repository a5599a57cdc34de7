//! What is kept, what is listed, what is held: numbers, desks, kinds and dates, never content (disclosure rule 13).

use std::collections::{BTreeMap, BTreeSet};

use engine::{Broken, Bulk, Conn, Row, Statement, args};
use words::code::Code;
use words::id::{CaseId, CommandId, DeskId, HouseholdId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{Facts, Kind, ListState, Period, Standing};

/// The periods of one kind, in the order in which they were recorded.
pub(crate) async fn periods(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
) -> Result<BTreeMap<Kind, Vec<Period>>, Broken> {
    let mut of: BTreeMap<Kind, Vec<Period>> = BTreeMap::new();
    let rows = conn
        .all(
            "SELECT kind, valid_from, years, rule, verified FROM retention_period WHERE municipality_id = $1 \
             ORDER BY seq, valid_from",
            args![m],
        )
        .await?;
    for row in &rows {
        of.entry(row.code("kind")?).or_default().push(Period {
            from: row.get("valid_from")?,
            years: row.get("years")?,
            rule: row.get("rule")?,
            verified: row.get("verified")?,
        });
    }
    Ok(of)
}

/// One more period; whether it was the next one.
pub(crate) async fn period_add(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (kind, seq): (Kind, i64),
    new: &Period,
    (now, command): (Instant, CommandId),
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO retention_period (municipality_id, kind, valid_from, seq, years, rule, verified, recorded_at, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![m, kind.code(), new.from, seq, new.years, &new.rule, new.verified, now, command],
    )
    .await?;
    Ok(())
}

/// A record with what a list says of it.
pub(crate) type Kept = Standing<RecordLine, HouseholdId>;

/// What names a record on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordLine {
    pub id: ThingId,
    /// Of a case; of a session its title; empty otherwise.
    pub number: String,
    pub desk: DeskId,
}

/// Which records are asked for.
#[derive(Debug, Clone)]
pub(crate) enum Which {
    /// Those that ended before a day: the first sieve, the rules say the rest.
    EndedBefore(Day),
    /// Every one of these households.
    Of(Vec<HouseholdId>),
    /// These.
    Ids(Vec<ThingId>),
}

// What is written after the end counts, and so does a file that is attached to a text of the case: nothing goes before its own time. What still stands on an agenda or in a queue, and homework
// that nobody has done, is a promise about it: whoever holds it could end it no more once the record is gone.
const CASE: &str = "SELECT c.id, c.household_id, c.accountable_desk_id AS desk_id, c.fiscal_year, c.number, \
     CASE WHEN c.state = 'open' THEN NULL ELSE COALESCE((SELECT MAX(w.recorded_at) FROM (\
     SELECT e.recorded_at FROM entry e WHERE e.municipality_id = c.municipality_id AND e.case_id = c.id \
     AND e.recorded_at > c.ended_at UNION ALL SELECT a.recorded_at FROM entry e JOIN attachment a \
     ON a.municipality_id = e.municipality_id AND a.of_id = e.id WHERE e.municipality_id = c.municipality_id \
     AND e.case_id = c.id AND a.recorded_at > c.ended_at) w), c.ended_at) END \
     AS ended, \
     EXISTS (SELECT 1 FROM legal_hold h WHERE h.municipality_id = c.municipality_id AND h.case_id = c.id \
     AND h.lifted_at IS NULL) OR EXISTS (SELECT 1 FROM record_hold h WHERE h.municipality_id = c.municipality_id \
     AND h.lifted_at IS NULL AND (h.consultation_id IN (SELECT k.id FROM consultation k \
     WHERE k.municipality_id = c.municipality_id AND k.case_id = c.id) OR h.sheet_id IN (SELECT s.id \
     FROM connecting_sheet s WHERE s.municipality_id = c.municipality_id AND s.case_id = c.id))) AS legal_hold, \
     EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id AND t.state = 'open' AND (t.case_id = c.id \
     OR t.consultation_id IN (SELECT k.id FROM consultation k WHERE k.municipality_id = c.municipality_id \
     AND k.case_id = c.id) OR t.sheet_id IN (SELECT s.id FROM connecting_sheet s \
     WHERE s.municipality_id = c.municipality_id AND s.case_id = c.id) OR t.id IN (SELECT l.review_task_id \
     FROM urgent_look l WHERE l.municipality_id = c.municipality_id AND l.case_id = c.id))) OR EXISTS (SELECT 1 \
     FROM agenda_item a WHERE a.municipality_id = c.municipality_id AND (a.case_id = c.id OR a.matter_id IN (SELECT w.id \
     FROM matter w WHERE w.municipality_id = c.municipality_id AND (w.case_id = c.id OR w.consultation_id IN (SELECT k.id \
     FROM consultation k WHERE k.municipality_id = c.municipality_id AND k.case_id = c.id)))) \
     AND (a.state IN ('proposed', 'scheduled', 'in_session') OR EXISTS (SELECT 1 FROM homework h \
     JOIN task t ON t.municipality_id = h.municipality_id AND t.thing_id = h.id AND t.state = 'open' \
     WHERE h.municipality_id = a.municipality_id AND h.item_id = a.id))) AS open_task, \
     EXISTS (SELECT 1 FROM referral r WHERE r.municipality_id = c.municipality_id AND r.case_id = c.id \
     AND r.state IN ('draft', 'sent', 'accepted', 'in_progress', 'on_hold')) AS open_referral, \
     EXISTS (SELECT 1 FROM inquiry i WHERE i.municipality_id = c.municipality_id \
     AND i.state IN ('sent', 'partly_answered', 'raised') AND (i.case_id = c.id OR i.consultation_id IN \
     (SELECT k.id FROM consultation k WHERE k.municipality_id = c.municipality_id AND k.case_id = c.id))) \
     AS open_inquiry, \
     EXISTS (SELECT 1 FROM matter w WHERE w.municipality_id = c.municipality_id AND w.household_id = c.household_id \
     AND w.closed_at IS NULL) AS open_matter,";

const CASE_FROM: &str = " FROM case_file c WHERE c.municipality_id = ? AND c.disposed_at IS NULL";

/// What of its household keeps a record: a copy of who looked that somebody waits for, a consent somebody may act on, a linked record of
/// somebody sheltered. The last columns of each statement but that of sessions, which are of no household.
const OF_HOUSEHOLD: &str = " EXISTS (SELECT 1 FROM household_member hm JOIN access_report r ON r.municipality_id = hm.municipality_id \
     AND r.person_id = hm.person_id WHERE hm.municipality_id = c.municipality_id AND hm.household_id = c.household_id \
     AND (r.state IN ('requested', 'prepared', 'reviewed') OR EXISTS (SELECT 1 FROM task t \
     WHERE t.municipality_id = r.municipality_id AND t.thing_id = r.id AND t.state = 'open'))) AS open_report, \
     EXISTS (SELECT 1 FROM household_member hm JOIN consent x ON x.municipality_id = hm.municipality_id \
     AND x.person_id = hm.person_id AND x.state = 'given' AND (x.until_day IS NULL OR x.until_day >= ?) \
     AND EXISTS (SELECT 1 FROM consent_recipient cr WHERE cr.municipality_id = x.municipality_id \
     AND cr.consent_id = x.id AND cr.effective_from IS NOT NULL) \
     WHERE hm.municipality_id = c.municipality_id AND hm.household_id = c.household_id) AS living_consent, \
     EXISTS (SELECT 1 FROM person p JOIN shelter s ON s.municipality_id = p.municipality_id AND s.person_id = p.id \
     AND s.ended_at IS NULL JOIN same_pair q ON q.municipality_id = s.municipality_id AND q.state = 'same' \
     AND (q.person_a = s.person_id OR q.person_b = s.person_id) WHERE p.municipality_id = c.municipality_id \
     AND p.household_id = c.household_id AND p.disposed_at IS NULL) AS linked_shelter";

const CONSULTATION: &str = "SELECT c.id, c.household_id, c.accountable_desk_id AS desk_id, 0 AS fiscal_year, \
     0 AS number, CASE WHEN c.state = 'open' THEN NULL ELSE COALESCE((SELECT MAX(t.ended_at) FROM task t \
     WHERE t.municipality_id = c.municipality_id AND t.consultation_id = c.id), c.recorded_at) END AS ended, \
     EXISTS (SELECT 1 FROM record_hold h WHERE h.municipality_id = c.municipality_id \
     AND (h.consultation_id = c.id OR h.sheet_id = c.sheet_id) AND h.lifted_at IS NULL) AS legal_hold, \
     EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id AND t.state = 'open' \
     AND (t.consultation_id = c.id OR t.sheet_id = c.sheet_id)) OR EXISTS (SELECT 1 FROM agenda_item a \
     JOIN matter w ON w.municipality_id = a.municipality_id AND w.id = a.matter_id AND w.consultation_id = c.id \
     WHERE a.municipality_id = c.municipality_id AND (a.state IN ('proposed', 'scheduled', 'in_session') \
     OR EXISTS (SELECT 1 FROM homework h JOIN task t ON t.municipality_id = h.municipality_id AND t.thing_id = h.id \
     AND t.state = 'open' WHERE h.municipality_id = a.municipality_id AND h.item_id = a.id))) AS open_task, \
     FALSE AS open_referral, \
     EXISTS (SELECT 1 FROM inquiry i WHERE i.municipality_id = c.municipality_id AND i.consultation_id = c.id \
     AND i.state IN ('sent', 'partly_answered', 'raised')) AS open_inquiry, \
     EXISTS (SELECT 1 FROM matter w WHERE w.municipality_id = c.municipality_id AND w.closed_at IS NULL \
     AND (w.consultation_id = c.id OR w.household_id = c.household_id)) AS open_matter,";

const CONSULTATION_FROM: &str =
    " FROM consultation c WHERE c.municipality_id = ? AND c.disposed_at IS NULL AND c.case_id IS NULL";

const SHEET: &str = "SELECT c.id, c.household_id, c.provider_desk_id AS desk_id, 0 AS fiscal_year, 0 AS number, \
     CASE WHEN c.state IN ('sent', 'taken') THEN NULL ELSE COALESCE((SELECT MAX(t.ended_at) FROM task t \
     WHERE t.municipality_id = c.municipality_id AND t.sheet_id = c.id), c.recorded_at) END AS ended, \
     EXISTS (SELECT 1 FROM record_hold h WHERE h.municipality_id = c.municipality_id AND h.sheet_id = c.id \
     AND h.lifted_at IS NULL) AS legal_hold, \
     EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id AND t.state = 'open' \
     AND t.sheet_id = c.id) AS open_task, FALSE AS open_referral, FALSE AS open_inquiry, \
     EXISTS (SELECT 1 FROM matter w WHERE w.municipality_id = c.municipality_id AND w.closed_at IS NULL \
     AND w.household_id = c.household_id) AS open_matter,";

const SHEET_FROM: &str = " FROM connecting_sheet c WHERE c.municipality_id = ? AND c.disposed_at IS NULL AND c.case_id IS NULL \
     AND c.consultation_id IS NULL AND NOT EXISTS (SELECT 1 FROM consultation k \
     WHERE k.municipality_id = c.municipality_id AND k.sheet_id = c.id)";

/// A session that was held or called off. What was approved after it counts from the approval. Reading what goes round, and what became of
/// an item, keeps nothing back; everything else that is owed does.
const SESSION: &str = "SELECT c.id, CAST(NULL AS UUID) AS household_id, c.desk_id, 0 AS fiscal_year, 0 AS number, c.title, \
     CASE WHEN c.state = 'planned' THEN NULL ELSE COALESCE((SELECT MAX(e.recorded_at) FROM minutes_edition e \
     WHERE e.municipality_id = c.municipality_id AND e.meeting_id = c.id AND e.recorded_at > c.ends_at), c.ends_at) END AS ended, \
     EXISTS (SELECT 1 FROM meeting_hold h WHERE h.municipality_id = c.municipality_id AND h.meeting_id = c.id \
     AND h.lifted_at IS NULL) AS legal_hold, \
     EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id AND t.state = 'open' \
     AND t.kind NOT IN ('read_after', 'read_circulation') AND (t.thing_id = c.id \
     OR t.thing_id IN (SELECT i.id FROM invitee i WHERE i.municipality_id = c.municipality_id AND i.meeting_id = c.id) \
     OR t.thing_id IN (SELECT h.id FROM homework h WHERE h.municipality_id = c.municipality_id AND h.meeting_id = c.id) \
     OR t.thing_id IN (SELECT r.id FROM circulation r WHERE r.municipality_id = c.municipality_id AND r.meeting_id = c.id) \
     OR t.thing_id IN (SELECT q.id FROM item_question q JOIN agenda_item a ON a.municipality_id = q.municipality_id \
     AND a.id = q.item_id WHERE q.municipality_id = c.municipality_id AND a.meeting_id = c.id))) AS open_task, \
     FALSE AS open_referral, FALSE AS open_inquiry, FALSE AS open_matter, FALSE AS open_report, FALSE AS living_consent, \
     FALSE AS linked_shelter";

const SESSION_FROM: &str = " FROM meeting c WHERE c.municipality_id = ? AND c.disposed_at IS NULL";

/// Records of one kind. Locks nothing: what is about to go is judged again in the act that disposes of it.
pub(crate) async fn records(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    kind: Kind,
    which: &Which,
    today: Day,
) -> Result<Vec<Kept>, Broken> {
    let (what, from) = match kind {
        Kind::Case => (CASE, CASE_FROM),
        Kind::Consultation => (CONSULTATION, CONSULTATION_FROM),
        Kind::Sheet => (SHEET, SHEET_FROM),
        // It is of no household.
        Kind::Session if matches!(which, Which::Of(_)) => return Ok(Vec::new()),
        Kind::Session => (SESSION, SESSION_FROM),
    };
    let statement = Statement::new(what, args![]);
    let statement =
        if kind == Kind::Session { statement } else { statement.push(OF_HOUSEHOLD, args![today]) };
    let statement = statement.push(from, args![m]);
    let statement = match (which, kind) {
        // Nothing that ended later was written down earlier; of cases the end itself is known.
        (Which::EndedBefore(day), Kind::Case) => {
            statement.push(" AND c.state <> 'open' AND c.ended_at < ?", args![*day])
        }
        (Which::EndedBefore(day), Kind::Session) => {
            statement.push(" AND c.state <> 'planned' AND c.ends_at < ?", args![*day])
        }
        (Which::EndedBefore(day), _) => statement.push(" AND c.recorded_at < ?", args![*day]),
        (Which::Of(households), _) => statement.push_in(" AND c.household_id IN", households.iter().copied()),
        (Which::Ids(ids), _) => statement.push_in(" AND c.id IN", ids.iter().copied()),
    };
    let rows = conn.select(statement.push(" ORDER BY c.id", args![])).await?;
    rows.iter().map(|row| kept(row, kind)).collect()
}

fn kept(row: &Row, kind: Kind) -> Result<Kept, Broken> {
    let number: i64 = row.get("number")?;
    Ok(Standing {
        record: RecordLine {
            id: row.get("id")?,
            number: if kind == Kind::Session {
                // A title names nobody: it is checked before it is stored.
                row.get("title")?
            } else if number == 0 {
                String::new()
            } else {
                casefile::number_text(row.get("fiscal_year")?, number)
            },
            desk: row.get("desk_id")?,
        },
        kind,
        household: row.get("household_id")?,
        facts: Facts {
            ended: row.get::<Option<Instant>>("ended")?.map(Instant::day),
            legal_hold: row.get("legal_hold")?,
            open_task: row.get("open_task")?,
            open_referral: row.get("open_referral")?,
            open_inquiry: row.get("open_inquiry")?,
            open_matter: row.get("open_matter")?,
            open_report: row.get("open_report")?,
            living_consent: row.get("living_consent")?,
            linked_shelter: row.get("linked_shelter")?,
            kept_until: None,
            younger_record: false,
        },
    })
}

/// One line of a list.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub seq: i64,
    pub kind: Kind,
    pub record: ThingId,
    pub household: Option<HouseholdId>,
    pub number: String,
    pub desk: DeskId,
    pub ended: Day,
    pub kept_until: Day,
    pub years: i64,
    pub rule: String,
    /// Codes of [`crate::rules::Held`], joined by commas.
    pub held: String,
    pub approved: Option<(Instant, UserId)>,
    /// Code of [`crate::rules::Refuse`].
    pub refusal: String,
    pub refused_by: Option<UserId>,
    pub disposed: bool,
}

/// A list.
#[derive(Debug, Clone)]
pub(crate) struct List {
    pub id: ThingId,
    pub up_to: Day,
    pub made_at: Instant,
    pub made_by: UserId,
    pub approved: Option<(Instant, UserId)>,
    pub executed: Option<(Instant, UserId)>,
    pub cancelled_at: Option<Instant>,
    pub hash: String,
    pub version: i64,
}

const LIST: &str = "SELECT l.id, l.up_to, l.made_at, l.made_by, l.approved_at, l.approved_by, l.executed_at, \
     l.executed_by, l.cancelled_at, l.hash, l.version FROM disposal_list l WHERE l.municipality_id = ?";

fn list(row: &Row) -> Result<List, Broken> {
    let by = |at: Option<Instant>, who: Option<UserId>| at.zip(who);
    Ok(List {
        id: row.get("id")?,
        up_to: row.get("up_to")?,
        made_at: row.get("made_at")?,
        made_by: row.get("made_by")?,
        approved: by(row.get("approved_at")?, row.get("approved_by")?),
        executed: by(row.get("executed_at")?, row.get("executed_by")?),
        cancelled_at: row.get("cancelled_at")?,
        hash: row.get("hash")?,
        version: row.get("version")?,
    })
}

/// Records that wait on some list already.
pub(crate) async fn listed(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<BTreeSet<ThingId>, Broken> {
    let rows = conn
        .all(
            "SELECT i.record_id FROM disposal_item i JOIN disposal_list l ON l.municipality_id = i.municipality_id \
             AND l.id = i.list_id AND l.executed_at IS NULL AND l.cancelled_at IS NULL \
             WHERE i.municipality_id = $1 AND i.held = '' AND i.refusal = ''",
            args![m],
        )
        .await?;
    rows.iter().map(|row| row.get("record_id")).collect()
}

/// Makes a list with its items, in their order.
pub(crate) async fn list_add(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (id, up_to): (ThingId, Day),
    (now, by, command): (Instant, UserId, CommandId),
    items: &[Item],
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO disposal_list (municipality_id, id, up_to, made_at, made_by, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![m, id, up_to, now, by, command],
    )
    .await?;
    let mut rows = Bulk::new(
        "INSERT INTO disposal_item (municipality_id, list_id, seq, kind, record_id, household_id, number, desk_id, \
         ended_on, kept_until, years, rule, held) VALUES",
        13,
    );
    for i in items {
        rows.row(args![
            m,
            id,
            i.seq,
            i.kind.code(),
            i.record,
            i.household,
            &i.number,
            i.desk,
            i.ended,
            i.kept_until,
            i.years,
            &i.rule,
            &i.held,
        ]);
    }
    rows.run(conn).await
}

/// Of whose items a viewer sees a list: all, or those of some desks.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    /// `None`: of every desk.
    pub desks: Option<Vec<DeskId>>,
    /// Households somebody is kept out of (disclosure rule 14): those of these cases.
    pub excluded: Vec<CaseId>,
}

fn in_sight(statement: Statement, m: MunicipalityId, sight: &Sight) -> Statement {
    let mut statement = statement;
    if let Some(desks) = &sight.desks {
        statement = statement.push_in(" AND i.desk_id IN", desks.iter().copied());
    }
    statement.outside("i.household_id", m, &sight.excluded)
}

/// The lists in which a viewer sees something, newest first, with how they stand.
pub(crate) async fn lists(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    sight: &Sight,
    most: i64,
) -> Result<Vec<(List, ListState)>, Broken> {
    let mut statement = Statement::new(LIST, args![m]);
    if sight.desks.is_some() {
        statement = statement.push(
            " AND EXISTS (SELECT 1 FROM disposal_item i WHERE i.municipality_id = l.municipality_id \
             AND i.list_id = l.id",
            args![],
        );
        statement = in_sight(statement, m, sight).push(")", args![]);
    }
    let statement = statement.push(" ORDER BY l.made_at DESC, l.id DESC LIMIT ?", args![most]);
    let lists: Vec<List> = conn.select(statement).await?.iter().map(list).collect::<Result<_, _>>()?;
    let counts = Statement::new(
        "SELECT i.list_id, COUNT(*) AS going, COUNT(CASE WHEN i.approved_by IS NULL OR i.approved_by = l.approved_by \
         THEN 1 END) AS missing FROM disposal_item i JOIN disposal_list l \
         ON l.municipality_id = i.municipality_id AND l.id = i.list_id \
         WHERE i.municipality_id = ? AND i.held = '' AND i.refusal = '' AND i.list_id IN",
        args![m],
    )
    .push_in("", lists.iter().map(|l| l.id))
    .push(" GROUP BY i.list_id", args![]);
    let mut of: BTreeMap<ThingId, (i64, i64)> = BTreeMap::new();
    for row in &conn.select(counts).await? {
        of.insert(row.get("list_id")?, (row.get("going")?, row.get("missing")?));
    }
    Ok(lists
        .into_iter()
        .map(|l| {
            let (going, missing) = of.get(&l.id).copied().unwrap_or_default();
            let state = if l.executed.is_some() {
                ListState::Executed
            } else if l.cancelled_at.is_some() {
                ListState::Cancelled
            } else if l.approved.is_some() && going > 0 && missing == 0 {
                ListState::Ready
            } else {
                ListState::Waiting
            };
            (l, state)
        })
        .collect())
}

/// One list.
pub(crate) async fn list_by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<List>, Broken> {
    let statement = Statement::new(LIST, args![m]).push(" AND l.id = ?", args![id]);
    conn.select(statement).await?.first().map(list).transpose()
}

/// The items of a list that a viewer sees, in their order.
pub(crate) async fn items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    sight: &Sight,
) -> Result<Vec<Item>, Broken> {
    let statement = Statement::new(
        "SELECT i.seq, i.kind, i.record_id, i.household_id, i.number, i.desk_id, i.ended_on, i.kept_until, i.years, \
         i.rule, i.held, i.approved_at, i.approved_by, i.refusal, i.refused_by, i.disposed_at FROM disposal_item i \
         WHERE i.municipality_id = ? AND i.list_id = ?",
        args![m, id],
    );
    let statement = in_sight(statement, m, sight).push(" ORDER BY i.seq", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let at: Option<Instant> = row.get("approved_at")?;
            Ok(Item {
                seq: row.get("seq")?,
                kind: row.code("kind")?,
                record: row.get("record_id")?,
                household: row.get("household_id")?,
                number: row.get("number")?,
                desk: row.get("desk_id")?,
                ended: row.get("ended_on")?,
                kept_until: row.get("kept_until")?,
                years: row.get("years")?,
                rule: row.get("rule")?,
                held: row.get("held")?,
                approved: at.zip(row.get("approved_by")?),
                refusal: row.get("refusal")?,
                refused_by: row.get("refused_by")?,
                disposed: row.get::<Option<Instant>>("disposed_at")?.is_some(),
            })
        })
        .collect()
}

/// Counts a change of a list: whether it was still the version that was read.
pub(crate) async fn bump(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    version: i64,
) -> Result<bool, Broken> {
    let changed = conn
        .exec(
            "UPDATE disposal_list SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3 \
             AND executed_at IS NULL AND cancelled_at IS NULL",
            args![m, id, version],
        )
        .await?;
    Ok(changed == 1)
}

/// A desk's lead approves items.
pub(crate) async fn approve_items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    seqs: &[i64],
    (now, by): (Instant, UserId),
) -> Result<(), Broken> {
    let statement = Statement::new(
        "UPDATE disposal_item SET approved_at = ?, approved_by = ? WHERE municipality_id = ? AND list_id = ? \
         AND approved_at IS NULL AND held = '' AND refusal = ''",
        args![now, by, m, id],
    );
    conn.run(statement.push_in(" AND seq IN", seqs.iter().copied())).await?;
    Ok(())
}

/// Items are taken off.
pub(crate) async fn refuse_items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    (seqs, why): (&[i64], &'static str),
    (now, by): (Instant, UserId),
) -> Result<(), Broken> {
    let statement = Statement::new(
        "UPDATE disposal_item SET refused_at = ?, refused_by = ?, refusal = ? WHERE municipality_id = ? \
         AND list_id = ? AND refusal = '' AND held = ''",
        args![now, by, why, m, id],
    );
    conn.run(statement.push_in(" AND seq IN", seqs.iter().copied())).await?;
    Ok(())
}

/// What was found to hold an item when the list was carried out.
pub(crate) async fn hold_item(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    seq: i64,
    held: &str,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE disposal_item SET held = $4 WHERE municipality_id = $1 AND list_id = $2 AND seq = $3",
        args![m, id, seq, held],
    )
    .await?;
    Ok(())
}

/// The privacy auditor's approval.
pub(crate) async fn approve_list(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    (now, by): (Instant, UserId),
) -> Result<bool, Broken> {
    let changed = conn
        .exec(
            "UPDATE disposal_list SET approved_at = $3, approved_by = $4 WHERE municipality_id = $1 AND id = $2 \
             AND approved_at IS NULL AND executed_at IS NULL AND cancelled_at IS NULL",
            args![m, id, now, by],
        )
        .await?;
    Ok(changed == 1)
}

/// A list is given up.
pub(crate) async fn cancel(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    (now, by): (Instant, UserId),
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE disposal_list SET cancelled_at = $3, cancelled_by = $4 WHERE municipality_id = $1 AND id = $2",
        args![m, id, now, by],
    )
    .await?;
    Ok(())
}

/// A list was carried out.
pub(crate) async fn executed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
    hash: &str,
    (now, by): (Instant, UserId),
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE disposal_item SET disposed_at = $3 WHERE municipality_id = $1 AND list_id = $2 AND held = '' \
         AND refusal = ''",
        args![m, id, now],
    )
    .await?;
    conn.exec(
        "UPDATE disposal_list SET executed_at = $3, executed_by = $4, hash = $5 WHERE municipality_id = $1 AND id = $2",
        args![m, id, now, by, hash],
    )
    .await?;
    Ok(())
}

/// Makes others wait who want to change these records, until the act has ended. How many are still kept.
pub(crate) async fn lock(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    kind: Kind,
    ids: &[ThingId],
) -> Result<u64, Broken> {
    let sql = match kind {
        Kind::Case => {
            "UPDATE case_file SET disposed_at = disposed_at WHERE municipality_id = ? AND disposed_at IS NULL AND id IN"
        }
        Kind::Consultation => {
            "UPDATE consultation SET disposed_at = disposed_at WHERE municipality_id = ? AND disposed_at IS NULL AND id IN"
        }
        Kind::Sheet => {
            "UPDATE connecting_sheet SET disposed_at = disposed_at WHERE municipality_id = ? AND disposed_at IS NULL AND id IN"
        }
        Kind::Session => {
            "UPDATE meeting SET disposed_at = disposed_at WHERE municipality_id = ? AND disposed_at IS NULL AND id IN"
        }
    };
    conn.run(Statement::new(sql, args![m]).push_in("", ids.iter().copied())).await
}
