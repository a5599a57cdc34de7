//! その後: what happened to items, who is told, and what is asked.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::Instant;
use words::id::{
    AgendaItemId, CaseId, DeskId, EntryId, InviteeId, ItemNoticeId, ItemQuestionId, MunicipalityId, ThingId,
    UserId,
};

use crate::rules::after::{Ended, Event};

/// Something that happened to an item, for a participant who has not been told.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub invitee: InviteeId,
    pub desk: DeskId,
    pub user: Option<UserId>,
    pub name: String,
    pub item: AgendaItemId,
    pub what: String,
    pub of: ThingId,
    pub at: Instant,
}

/// What happened since a moment and was not told yet, to whoever was there and may know the item: of a matter, whoever still sits in it
/// after the pledge; of a case without one, the desks with a part in it; nobody who is kept out of the household. Each person once,
/// whether they were invited to the whole session, to the item, or to both. Whose homework it was knows.
pub(crate) async fn news(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (since, now): (Instant, Instant),
) -> Result<Vec<New>, Broken> {
    conn.all(
        "SELECT i.id AS invitee_id, i.desk_id, i.user_id, i.name, a.id AS item_id, e.what, e.of_id, e.happened_at FROM ( \
         SELECT h.item_id, 'done' AS what, h.id AS of_id, t.ended_at AS happened_at, h.desk_id AS by_desk FROM homework h \
         JOIN task t ON t.municipality_id = h.municipality_id AND t.thing_id = h.id AND t.kind IN ('homework', 'hear_homework') \
         WHERE h.municipality_id = $1 AND t.state = 'done' AND t.ended_at >= $2 \
         UNION ALL SELECT h.item_id, 'overdue', h.id, t.due_at, h.desk_id FROM homework h \
         JOIN task t ON t.municipality_id = h.municipality_id AND t.thing_id = h.id AND t.kind IN ('homework', 'hear_homework') \
         WHERE h.municipality_id = $1 AND t.state = 'open' AND t.due_at >= $2 AND t.due_at < $3 \
         UNION ALL SELECT x.item_id, 'decided', d.id, d.recorded_at, d.desk_id FROM decision_item x \
         JOIN decision d ON d.municipality_id = x.municipality_id AND d.id = x.decision_id \
         WHERE x.municipality_id = $1 AND d.voided_at IS NULL AND d.recorded_at >= $2 \
         UNION ALL SELECT b.id, 'ended', c.id, c.ended_at, b.proposed_desk_id FROM agenda_item b \
         JOIN case_file c ON c.municipality_id = b.municipality_id AND c.id = b.case_id \
         WHERE b.municipality_id = $1 AND c.state <> 'open' AND c.disposed_at IS NULL AND c.ended_at >= $2 \
         AND c.ended_at > b.ended_at \
         UNION ALL SELECT q.item_id, 'answered', q.id, q.answered_at, q.to_desk_id FROM item_question q \
         WHERE q.municipality_id = $1 AND q.answered_at >= $2) e \
         JOIN agenda_item a ON a.municipality_id = $1 AND a.id = e.item_id AND a.state IN ('concluded', 'carried_over') \
         JOIN invitee i ON i.municipality_id = $1 AND i.meeting_id = a.meeting_id AND (i.item_id IS NULL OR i.item_id = a.id) \
         AND i.attendance IN ('room', 'online', 'substitute', 'late', 'left_early', 'writing') \
         LEFT JOIN matter w ON w.municipality_id = $1 AND w.id = a.matter_id \
         LEFT JOIN case_file f ON f.municipality_id = $1 AND f.id = a.case_id \
         WHERE (e.what IN ('decided', 'ended', 'answered') OR i.desk_id <> e.by_desk) \
         AND (a.matter_id IS NULL OR EXISTS (SELECT 1 FROM matter_member k WHERE k.municipality_id = $1 \
         AND k.matter_id = a.matter_id AND k.desk_id = i.desk_id AND k.until_at IS NULL \
         AND (k.pledged_at IS NOT NULL OR NOT a.confidential) \
         AND (i.user_id IS NULL OR k.user_id = i.user_id) AND (i.name = '' OR k.name = i.name))) \
         AND (a.matter_id IS NOT NULL OR a.case_id IS NULL OR (f.disposed_at IS NULL AND (f.accountable_desk_id = i.desk_id \
         OR EXISTS (SELECT 1 FROM case_desk d WHERE d.municipality_id = $1 AND d.case_id = f.id AND d.desk_id = i.desk_id)))) \
         AND NOT EXISTS (SELECT 1 FROM exclusion x JOIN case_file o ON o.municipality_id = x.municipality_id AND o.id = x.case_id \
         WHERE x.municipality_id = $1 AND x.user_id = i.user_id AND x.since <= $3 AND (x.until IS NULL OR x.until > $3) \
         AND (o.household_id = w.household_id OR o.household_id = f.household_id)) \
         AND NOT EXISTS (SELECT 1 FROM invitee j WHERE j.municipality_id = $1 AND j.meeting_id = i.meeting_id \
         AND j.desk_id = i.desk_id AND COALESCE(j.user_id, j.desk_id) = COALESCE(i.user_id, i.desk_id) AND j.name = i.name \
         AND (j.item_id IS NULL OR j.item_id = a.id) AND j.attendance NOT IN ('', 'absent', 'observer', 'public') AND j.id < i.id) \
         AND NOT EXISTS (SELECT 1 FROM item_notice n WHERE n.municipality_id = $1 AND n.invitee_id = i.id \
         AND n.item_id = a.id AND n.what = e.what AND n.of_id = e.of_id) ORDER BY e.happened_at, i.id LIMIT 500",
        args![m, since, now],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(New {
            invitee: row.get("invitee_id")?,
            desk: row.get("desk_id")?,
            user: row.get("user_id")?,
            name: row.get("name")?,
            item: row.get("item_id")?,
            what: row.get("what")?,
            of: row.get("of_id")?,
            at: row.get("happened_at")?,
        })
    })
    .collect()
}

/// Keeps that these were told.
pub(crate) async fn tell(act: &mut Act, right: &Right, news: &[New]) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let mut rows = Bulk::new(
        "INSERT INTO item_notice (municipality_id, id, item_id, invitee_id, what, of_id, happened_at, made_at, command_id) VALUES",
        9,
    );
    for n in news {
        let id: ItemNoticeId = act.new_id();
        rows.row(args![m, id, n.item, n.invitee, &n.what, n.of, n.at, now, command]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// A notice of a participant.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub item: AgendaItemId,
    pub invitee: InviteeId,
    pub what: Event,
    /// What it happened to: two invitations of one person are told of it both.
    pub of: ThingId,
    pub at: Instant,
    pub read: bool,
    pub told_by: String,
}

/// The notices about these items, the newest first.
pub(crate) async fn notices(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Notice>, Broken> {
    let statement = Statement::new(
        "SELECT item_id, invitee_id, what, of_id, happened_at, read_at, told_by FROM item_notice WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND item_id IN", items)
    .push(" ORDER BY happened_at DESC, id DESC LIMIT 2000", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Notice {
                item: row.get("item_id")?,
                invitee: row.get("invitee_id")?,
                what: row.code("what")?,
                of: row.get("of_id")?,
                at: row.get("happened_at")?,
                read: row.get::<Option<Instant>>("read_at")?.is_some(),
                told_by: row.get("told_by")?,
            })
        })
        .collect()
}

/// What was told to these participants was read; of one item, or of all.
pub(crate) async fn mark_read(
    act: &mut Act,
    right: &Right,
    invitees: &[InviteeId],
    item: Option<AgendaItemId>,
    told_by: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let mut statement = Statement::new(
        "UPDATE item_notice SET read_at = ?, told_by = ? WHERE municipality_id = ? AND read_at IS NULL",
        args![now, told_by, m],
    );
    if let Some(item) = item {
        statement = statement.push(" AND item_id = ?", args![item]);
    }
    let statement = statement.push_in(" AND invitee_id IN", invitees.iter().copied());
    act.save(right)?.run(statement).await?;
    Ok(())
}

/// Which of these participants' people have an open task to read already: desk and person.
pub(crate) async fn asked_to_read(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
) -> Result<Vec<(DeskId, Option<UserId>)>, Broken> {
    conn.all(
        "SELECT desk_id, assignee_id FROM task WHERE municipality_id = $1 AND kind = 'read_after' AND state = 'open'",
        args![m],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("desk_id")?, row.get("assignee_id")?)))
    .collect()
}

/// The tasks to read of these desks that are this person's, or nobody's.
pub(crate) async fn end_reading(
    act: &mut Act,
    right: &Right,
    desks: &[DeskId],
    user: UserId,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let statement = Statement::new(
        "UPDATE task SET state = 'done', ended_at = ?, version = version + 1 WHERE municipality_id = ? \
         AND kind = 'read_after' AND state = 'open' AND (assignee_id IS NULL OR assignee_id = ?)",
        args![now, m, user],
    )
    .push_in(" AND desk_id IN", desks.iter().copied());
    act.save(right)?.run(statement).await?;
    Ok(())
}

/// A question what became of an item.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub id: ItemQuestionId,
    pub item: AgendaItemId,
    pub desk: DeskId,
    pub user: UserId,
    pub to: DeskId,
    pub asked_at: Instant,
    pub answer: String,
    pub entry: Option<EntryId>,
    pub answered_at: Option<Instant>,
    pub version: i64,
    /// Somebody still owes the answer.
    pub open: bool,
}

impl Question {
    /// It ended without words: nobody can answer it.
    pub fn in_vain(&self) -> bool {
        !self.open && self.answered_at.is_none()
    }
}

const QUESTION: &str = "SELECT id, item_id, desk_id, user_id, to_desk_id, asked_at, answer, answer_entry_id, answered_at, version, \
     (SELECT COUNT(*) FROM task t WHERE t.municipality_id = item_question.municipality_id AND t.thing_id = item_question.id \
     AND t.kind = 'tell_after' AND t.state = 'open') AS promises FROM item_question WHERE municipality_id = ?";

fn question(row: &Row) -> Result<Question, Broken> {
    Ok(Question {
        id: row.get("id")?,
        item: row.get("item_id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        to: row.get("to_desk_id")?,
        asked_at: row.get("asked_at")?,
        answer: row.get("answer")?,
        entry: row.get("answer_entry_id")?,
        answered_at: row.get("answered_at")?,
        version: row.get("version")?,
        open: row.get::<i64>("promises")? > 0,
    })
}

/// One question.
pub(crate) async fn question_by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ItemQuestionId,
) -> Result<Option<Question>, Broken> {
    let rows = conn.select(Statement::new(QUESTION, args![m]).push(" AND id = ?", args![id])).await?;
    rows.first().map(question).transpose()
}

/// What was asked about these items, the newest first.
pub(crate) async fn questions(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Question>, Broken> {
    let statement = Statement::new(QUESTION, args![m])
        .push_in(" AND item_id IN", items)
        .push(" ORDER BY asked_at DESC, id DESC LIMIT 500", args![]);
    conn.select(statement).await?.iter().map(question).collect()
}

/// Keeps a question.
pub(crate) async fn ask(
    act: &mut Act,
    right: &Right,
    id: ItemQuestionId,
    item: AgendaItemId,
    (from, user, to): (DeskId, UserId, DeskId),
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO item_question (municipality_id, id, item_id, desk_id, user_id, to_desk_id, asked_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![m, id, item, from, user, to, now, command],
        )
        .await?;
    Ok(())
}

/// Its answer, at the version that was read.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    q: &Question,
    (text, entry): (&str, Option<EntryId>),
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE item_question SET answer = $4, answer_entry_id = $5, answered_at = $6, answered_by = $7, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3 AND answered_at IS NULL",
            args![m, q.id, q.version, text, entry, now, by],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Which of these plans are in force.
pub(crate) async fn plans_in_force(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    plans: impl IntoIterator<Item = ThingId>,
) -> Result<Vec<ThingId>, Broken> {
    let statement = Statement::new(
        "SELECT id FROM support_plan WHERE municipality_id = ? AND state = 'in_force'",
        args![m],
    )
    .push_in(" AND id IN", plans);
    conn.select(statement).await?.iter().map(|row| row.get("id")).collect()
}

/// Which of these cases have ended, and when.
pub(crate) async fn ended_cases(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<(CaseId, (Instant, Ended))>, Broken> {
    let statement = Statement::new(
        "SELECT id, ended_at, state = 'interrupted' AS interrupted FROM case_file WHERE municipality_id = ? AND state <> 'open' AND ended_at IS NOT NULL \
         AND disposed_at IS NULL",
        args![m],
    )
    .push_in(" AND id IN", cases);
    let ended = |row: &Row| {
        let how = if row.get("interrupted")? { Ended::Interrupted } else { Ended::Closed };
        Ok((row.get("id")?, (row.get("ended_at")?, how)))
    };
    conn.select(statement).await?.iter().map(ended).collect()
}
