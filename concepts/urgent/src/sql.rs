//! Storing reasons, look-ups, looks, notices and reviews. Ids, codes and moments; words stand apart.

use access::{Right, Role};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::code::Code;
use words::id::{
    CaseId, DeskId, HouseholdId, MunicipalityId, TaskId, ThingId, UrgentAskId, UrgentLookId, UserId,
};

use crate::rules::{Answer, Outcome, Reason, ReviewState, TryOutcome};

/// A stated reason.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub reason: Reason,
    pub stated_at: Instant,
}

/// States a reason: the code with the ask, the words apart.
pub(crate) async fn state(
    act: &mut Act,
    right: &Right,
    id: UrgentAskId,
    reason: Reason,
    words: &str,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let (user, desk) = acting(act, right)?;
    act.save(right)?
        .exec(
            "INSERT INTO urgent_ask (municipality_id, id, user_id, desk_id, reason, stated_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![m, id, user, desk, reason.code(), now, command],
        )
        .await?;
    keep_words(act, right, id.cast(), words).await
}

fn acting(act: &Act, right: &Right) -> Result<(UserId, DeskId), Fail> {
    let user = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    Ok((user, right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?))
}

async fn keep_words(act: &mut Act, right: &Right, of: ThingId, words: &str) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "INSERT INTO urgent_words (municipality_id, of_id, words) VALUES ($1, $2, $3)",
            args![m, of, words],
        )
        .await?;
    Ok(())
}

/// Takes away the words of reasons stated before a moment that opened no case; that somebody looked, and how often, stays. How
/// many went.
pub(crate) async fn forget_words(act: &mut Act, right: &Right, before: Instant) -> Result<usize, Fail> {
    let m = act.municipality();
    let gone = act
        .save(right)?
        .exec(
            "DELETE FROM urgent_words WHERE municipality_id = $1 AND of_id IN (SELECT a.id FROM urgent_ask a \
             WHERE a.municipality_id = $1 AND a.stated_at < $2 AND NOT EXISTS (SELECT 1 FROM urgent_look l \
             WHERE l.municipality_id = a.municipality_id AND l.ask_id = a.id))",
            args![m, before],
        )
        .await?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

/// One's own stated reason.
pub(crate) async fn ask(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: UrgentAskId,
    user: UserId,
) -> Result<Option<Ask>, Broken> {
    conn.maybe(
        "SELECT reason, stated_at FROM urgent_ask \
         WHERE municipality_id = $1 AND id = $2 AND user_id = $3",
        args![m, id, user],
    )
    .await?
    .map(|row| Ok(Ask { reason: row.code("reason")?, stated_at: row.get("stated_at")? }))
    .transpose()
}

/// How often somebody has looked for somebody since a moment.
pub(crate) async fn tried(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    user: UserId,
    since: Instant,
) -> Result<i64, Broken> {
    conn.one(
        "SELECT COUNT(*) AS n FROM urgent_try WHERE municipality_id = $1 AND user_id = $2 AND at >= $3",
        args![m, user, since],
    )
    .await?
    .get("n")
}

/// What the look-ups of a reason led to, in order.
pub(crate) async fn outcomes(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ask: UrgentAskId,
) -> Result<Vec<TryOutcome>, Broken> {
    conn.all(
        "SELECT outcome FROM urgent_try WHERE municipality_id = $1 AND ask_id = $2 ORDER BY at, id",
        args![m, ask],
    )
    .await?
    .iter()
    .map(|row| row.code("outcome"))
    .collect()
}

/// Notes a look-up.
pub(crate) async fn note_try(
    act: &mut Act,
    right: &Right,
    ask: UrgentAskId,
    outcome: TryOutcome,
) -> Result<(), Fail> {
    let (m, now, command, id) =
        (act.municipality(), act.now(), act.command(), act.new_id::<words::id::kind::Thing>());
    let (user, desk) = acting(act, right)?;
    act.save(right)?
        .exec(
            "INSERT INTO urgent_try (municipality_id, id, ask_id, user_id, desk_id, at, outcome, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![m, id, ask, user, desk, now, outcome.code(), command],
        )
        .await?;
    Ok(())
}

/// A case of a household that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub case: CaseId,
    pub household: HouseholdId,
    pub accountable: Option<DeskId>,
}

/// The cases of these households: the open ones first, then the newest.
pub(crate) async fn cases(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<Found>, Broken> {
    let statement = Statement::new(
        "SELECT id, household_id, accountable_desk_id FROM case_file WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND household_id IN", households)
    .push(" ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, opened_at DESC, id DESC", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Found {
                case: row.get("id")?,
                household: row.get("household_id")?,
                accountable: row.get("accountable_desk_id")?,
            })
        })
        .collect()
}

/// A look to be opened.
pub(crate) struct NewLook {
    pub id: UrgentLookId,
    pub ask: UrgentAskId,
    pub case: CaseId,
    pub until: Instant,
    pub review_role: Role,
    pub review_task: TaskId,
}

/// Opens a look.
pub(crate) async fn open(act: &mut Act, right: &Right, new: &NewLook) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let (user, desk) = acting(act, right)?;
    act.save(right)?
        .exec(
            "INSERT INTO urgent_look (municipality_id, id, ask_id, user_id, desk_id, case_id, from_at, until_at, \
             review_role, review_task_id, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                m,
                new.id,
                new.ask,
                user,
                desk,
                new.case,
                now,
                new.until,
                new.review_role.code(),
                new.review_task,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Tells a desk of a look, by a task.
pub(crate) async fn notice(
    act: &mut Act,
    right: &Right,
    look: UrgentLookId,
    task: TaskId,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO urgent_notice (municipality_id, look_id, task_id, command_id) VALUES ($1, $2, $3, $4)",
            args![m, look, task, command],
        )
        .await?;
    Ok(())
}

/// A look, without anything of the case but its number.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub id: UrgentLookId,
    pub ask: UrgentAskId,
    pub user: UserId,
    pub desk: DeskId,
    pub case: CaseId,
    pub number: (i64, i64),
    pub household: HouseholdId,
    pub reason: Reason,
    pub from: Instant,
    pub until: Instant,
    pub ended: Option<Instant>,
    pub state: ReviewState,
    pub role: Role,
    pub task: TaskId,
    pub task_desk: DeskId,
    pub due: Instant,
    pub version: i64,
}

const LOOK: &str = "SELECT l.id, l.ask_id, l.user_id, l.desk_id, l.case_id, c.fiscal_year, c.number, c.household_id, \
     a.reason, l.from_at, l.until_at, l.ended_at, l.review_state, l.review_role, l.review_task_id, \
     t.desk_id AS task_desk_id, t.due_at, l.version FROM urgent_look l \
     JOIN urgent_ask a ON a.municipality_id = l.municipality_id AND a.id = l.ask_id \
     JOIN case_file c ON c.municipality_id = l.municipality_id AND c.id = l.case_id AND c.disposed_at IS NULL \
     JOIN task t ON t.municipality_id = l.municipality_id AND t.id = l.review_task_id \
     WHERE l.municipality_id = ?";

fn read(row: &Row) -> Result<Look, Broken> {
    Ok(Look {
        id: row.get("id")?,
        ask: row.get("ask_id")?,
        user: row.get("user_id")?,
        desk: row.get("desk_id")?,
        case: row.get("case_id")?,
        number: (row.get("fiscal_year")?, row.get("number")?),
        household: row.get("household_id")?,
        reason: row.code("reason")?,
        from: row.get("from_at")?,
        until: row.get("until_at")?,
        ended: row.get("ended_at")?,
        state: row.code("review_state")?,
        role: row.code("review_role")?,
        task: row.get("review_task_id")?,
        task_desk: row.get("task_desk_id")?,
        due: row.get("due_at")?,
        version: row.get("version")?,
    })
}

/// One look.
pub(crate) async fn look(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: UrgentLookId,
) -> Result<Option<Look>, Broken> {
    let statement = Statement::new(LOOK, args![m]).push(" AND l.id = ?", args![id]);
    conn.select(statement).await?.first().map(read).transpose()
}

/// One's own looks, the newest first.
pub(crate) async fn own(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    user: UserId,
    most: i64,
) -> Result<Vec<Look>, Broken> {
    let statement = Statement::new(LOOK, args![m])
        .push(" AND l.user_id = ? ORDER BY l.from_at DESC, l.id DESC LIMIT ?", args![user, most]);
    conn.select(statement).await?.iter().map(read).collect()
}

/// The looks a reason led to.
pub(crate) async fn of_ask(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ask: UrgentAskId,
) -> Result<Vec<Look>, Broken> {
    let statement = Statement::new(LOOK, args![m]).push(" AND l.ask_id = ? ORDER BY l.id", args![ask]);
    conn.select(statement).await?.iter().map(read).collect()
}

/// Looks that wait for their review, the earliest due first; or those that were reviewed, the newest first.
pub(crate) async fn reviews(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    owed: bool,
    most: i64,
) -> Result<Vec<Look>, Broken> {
    let statement = Statement::new(LOOK, args![m]);
    let statement = if owed {
        statement.push(" AND l.review_state IN ('open', 'talk') ORDER BY t.due_at, l.id LIMIT ?", args![most])
    } else {
        statement.push(
            " AND l.review_state IN ('justified', 'not_justified') ORDER BY l.from_at DESC, l.id DESC LIMIT ?",
            args![most],
        )
    };
    conn.select(statement).await?.iter().map(read).collect()
}

/// Ends every look of somebody at a case that still holds: done is done, also when two overlap. How many.
pub(crate) async fn end(act: &mut Act, right: &Right, user: UserId, case: CaseId) -> Result<u64, Fail> {
    let (m, now) = (act.municipality(), act.now());
    Ok(act
        .save(right)?
        .exec(
            "UPDATE urgent_look SET ended_at = $4, version = version + 1 WHERE municipality_id = $1 \
             AND user_id = $2 AND case_id = $3 AND ended_at IS NULL AND until_at > $4",
            args![m, user, case, now],
        )
        .await?)
}

/// A desk that was told of a look.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub task: TaskId,
    pub desk: DeskId,
    pub open: bool,
    pub answer: Option<Answer>,
    pub answered_at: Option<Instant>,
    pub answered_by: Option<UserId>,
    /// What was written with the answer, as far as it is still kept.
    pub words: String,
}

/// The desks that were told of a look.
pub(crate) async fn notices(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    look: UrgentLookId,
) -> Result<Vec<Notice>, Broken> {
    conn.all(
        "SELECT n.task_id, t.desk_id, t.state, n.answer, n.answered_at, n.answered_by, COALESCE(w.words, '') AS words \
         FROM urgent_notice n JOIN task t ON t.municipality_id = n.municipality_id AND t.id = n.task_id \
         LEFT JOIN urgent_words w ON w.municipality_id = n.municipality_id AND w.of_id = n.task_id \
         WHERE n.municipality_id = $1 AND n.look_id = $2 ORDER BY n.task_id",
        args![m, look],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Notice {
            task: row.get("task_id")?,
            desk: row.get("desk_id")?,
            open: row.get::<String>("state")? == "open",
            answer: Answer::parse(&row.get::<String>("answer")?),
            answered_at: row.get("answered_at")?,
            answered_by: row.get("answered_by")?,
            words: row.get("words")?,
        })
    })
    .collect()
}

/// A desk says whether it knows why.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    look: UrgentLookId,
    task: TaskId,
    (answer, words): (Answer, &str),
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "UPDATE urgent_notice SET answer = $4, answered_at = $5, answered_by = $6 \
             WHERE municipality_id = $1 AND look_id = $2 AND task_id = $3",
            args![m, look, task, answer.code(), now, by],
        )
        .await?;
    // Said anew, the words of before are no answer any more.
    act.save(right)?
        .exec("DELETE FROM urgent_words WHERE municipality_id = $1 AND of_id = $2", args![m, task])
        .await?;
    if words.is_empty() { Ok(()) } else { keep_words(act, right, task.cast(), words).await }
}

/// A review that was given.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub outcome: Outcome,
    pub by: UserId,
    pub at: Instant,
    pub words: String,
}

/// The reviews of a look, in order, with their words as far as they are still kept.
pub(crate) async fn given(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    look: UrgentLookId,
) -> Result<Vec<Review>, Broken> {
    conn.all(
        "SELECT r.outcome, r.by_user_id, r.at, COALESCE(w.words, '') AS words FROM urgent_review r \
         LEFT JOIN urgent_words w ON w.municipality_id = r.municipality_id AND w.of_id = r.id \
         WHERE r.municipality_id = $1 AND r.look_id = $2 ORDER BY r.at, r.id",
        args![m, look],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Review {
            outcome: row.code("outcome")?,
            by: row.get("by_user_id")?,
            at: row.get("at")?,
            words: row.get("words")?,
        })
    })
    .collect()
}

/// The words of a reason; nothing when they were disposed of.
pub(crate) async fn words(conn: &mut Conn<'_>, m: MunicipalityId, of: ThingId) -> Result<String, Broken> {
    conn.maybe("SELECT words FROM urgent_words WHERE municipality_id = $1 AND of_id = $2", args![m, of])
        .await?
        .map_or_else(|| Ok(String::new()), |row| row.get("words"))
}

/// Gives a review, at the version that was read.
pub(crate) async fn review(
    act: &mut Act,
    right: &Right,
    look: &Look,
    (outcome, to): (Outcome, ReviewState),
    words: &str,
) -> Result<(), Fail> {
    let (m, now, command, id) =
        (act.municipality(), act.now(), act.command(), act.new_id::<words::id::kind::Thing>());
    let by = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO urgent_review (municipality_id, id, look_id, outcome, by_user_id, at, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![m, id, look.id, outcome.code(), by, now, command],
    )
    .await?;
    conn.exec(
        "UPDATE urgent_look SET review_state = $3, version = version + 1 WHERE municipality_id = $1 AND id = $2",
        args![m, look.id, to.code()],
    )
    .await?;
    keep_words(act, right, id, words).await
}

/// A review goes on as another task.
pub(crate) async fn review_task(
    act: &mut Act,
    right: &Right,
    look: UrgentLookId,
    task: TaskId,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE urgent_look SET review_task_id = $3 WHERE municipality_id = $1 AND id = $2",
            args![m, look, task],
        )
        .await?;
    Ok(())
}

/// A review that was given is owed again, as another task, by whom it falls to now.
pub(crate) async fn open_again(
    act: &mut Act,
    right: &Right,
    look: UrgentLookId,
    role: Role,
    task: TaskId,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE urgent_look SET review_state = 'open', review_role = $3, review_task_id = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2",
            args![m, look, role.code(), task],
        )
        .await?;
    Ok(())
}

/// A review falls to somebody else: its role, and its task's desk and person.
pub(crate) async fn falls_to(
    act: &mut Act,
    right: &Right,
    look: &Look,
    (role, user, desk): (Role, Option<UserId>, DeskId),
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE urgent_look SET review_role = $3, version = version + 1 WHERE municipality_id = $1 AND id = $2",
        args![m, look.id, role.code()],
    )
    .await?;
    conn.exec(
        "UPDATE task SET desk_id = $3, assignee_id = $4, version = version + 1 \
         WHERE municipality_id = $1 AND id = $2 AND state = 'open'",
        args![m, look.task, desk, user],
    )
    .await?;
    Ok(())
}

/// Who is kept out of a household now.
pub(crate) async fn kept_out(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    now: Instant,
) -> Result<Vec<UserId>, Broken> {
    conn.all(
        "SELECT DISTINCT x.user_id FROM exclusion x JOIN case_file c ON c.municipality_id = x.municipality_id \
         AND c.id = x.case_id WHERE x.municipality_id = $1 AND c.household_id = $2 AND x.since <= $3 \
         AND (x.until IS NULL OR x.until > $3)",
        args![m, household, now],
    )
    .await?
    .iter()
    .map(|row| row.get("user_id"))
    .collect()
}

/// The cases of a household, for exclusions.
pub(crate) async fn cases_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
) -> Result<Vec<CaseId>, Broken> {
    Ok(cases(conn, m, [household]).await?.into_iter().map(|f| f.case).collect())
}

/// How many records of each kind were seen by a look, by the access log.
pub(crate) async fn seen(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    look: &Look,
) -> Result<Vec<(String, i64)>, Broken> {
    conn.all(
        "SELECT record_kind, COUNT(DISTINCT record_id) AS n FROM access_log WHERE municipality_id = $1 \
         AND user_id = $2 AND at >= $3 AND source_id = $4 GROUP BY record_kind ORDER BY record_kind",
        args![m, look.user, look.from, look.id],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("record_kind")?, row.get("n")?)))
    .collect()
}

/// Figures of one desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DeskFigures {
    pub looks: i64,
    pub misses: i64,
    pub reviewed: i64,
    pub not_justified: i64,
    pub doubtful: i64,
}

/// Figures by desk, of what was opened between two moments.
pub(crate) async fn figures(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Instant, Instant),
) -> Result<Vec<(DeskId, DeskFigures)>, Broken> {
    conn.all(
        "SELECT x.desk_id, SUM(x.looks) AS looks, SUM(x.misses) AS misses, SUM(x.reviewed) AS reviewed, \
         SUM(x.wrong) AS wrong, SUM(x.doubtful) AS doubtful FROM (\
         SELECT l.desk_id, 1 AS looks, 0 AS misses, \
         CASE WHEN l.review_state IN ('justified', 'not_justified') THEN 1 ELSE 0 END AS reviewed, \
         CASE WHEN l.review_state = 'not_justified' THEN 1 ELSE 0 END AS wrong, \
         CASE WHEN EXISTS (SELECT 1 FROM urgent_notice n WHERE n.municipality_id = l.municipality_id \
         AND n.look_id = l.id AND n.answer = 'doubtful') THEN 1 ELSE 0 END AS doubtful \
         FROM urgent_look l WHERE l.municipality_id = $1 AND l.from_at >= $2 AND l.from_at < $3 \
         UNION ALL SELECT y.desk_id, 0, 1, 0, 0, 0 FROM urgent_try y WHERE y.municipality_id = $1 \
         AND y.at >= $2 AND y.at < $3 AND y.outcome = 'miss') x GROUP BY x.desk_id ORDER BY x.desk_id",
        args![m, from, to],
    )
    .await?
    .iter()
    .map(|row| {
        let figures = DeskFigures {
            looks: row.get("looks")?,
            misses: row.get("misses")?,
            reviewed: row.get("reviewed")?,
            not_justified: row.get("wrong")?,
            doubtful: row.get("doubtful")?,
        };
        Ok((row.get("desk_id")?, figures))
    })
    .collect()
}
