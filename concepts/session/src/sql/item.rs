//! Items of agendas and queues, and the desks that have to be there.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{AgendaItemId, BodyId, CaseId, DeskId, MatterId, MeetingId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{Cleared, Dropped, Escalation, ItemState, Priority, Quorate, Why};

/// 議題.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub id: AgendaItemId,
    /// The body in whose queue it waits or waited.
    pub body: Option<BodyId>,
    /// The session on whose agenda it stands.
    pub meeting: Option<MeetingId>,
    /// The matter it is about.
    pub matter: Option<MatterId>,
    /// The case it is about, before there is a matter, and afterwards.
    pub case: Option<CaseId>,
    /// A general subject, without anybody in it.
    pub subject: String,
    /// Code of its legal position; nothing for a general subject.
    pub position: String,
    /// Whether it rests on secrecy.
    pub confidential: bool,
    /// Where it stands.
    pub state: ItemState,
    /// Who takes the initiative.
    pub initiator: Option<DeskId>,
    /// How soon.
    pub priority: Priority,
    /// Its place on the agenda.
    pub ordinal: i64,
    /// Why it was dropped.
    pub dropped: Option<Dropped>,
    /// The item it goes on from.
    pub carried_from: Option<AgendaItemId>,
    /// Who brought it up.
    pub proposed_desk: DeskId,
    /// The person who did.
    pub proposed_by: Option<UserId>,
    /// When.
    pub proposed_at: Instant,
    /// Why it was brought up: the checklist.
    pub escalation: Vec<Escalation>,
    /// Who decided that.
    pub decided_by: Option<UserId>,
    /// On which day.
    pub decided_on: Option<Day>,
    /// Version.
    pub version: i64,
}

impl Item {
    /// Whether it has nobody in it.
    pub fn general(&self) -> bool {
        !self.subject.is_empty()
    }

    /// Whether it takes one of the cases a session has room for.
    pub(crate) fn takes_room(&self) -> bool {
        !self.general() && self.state.takes_room()
    }
}

const ITEM: &str = "SELECT i.id, i.body_id, i.meeting_id, i.matter_id, i.case_id, i.subject, i.position, i.confidential, i.state, \
     i.initiator_desk_id, i.priority, i.ordinal, i.dropped_why, i.carried_from, i.proposed_desk_id, i.proposed_by, \
     i.proposed_at, i.escalation, i.decided_by, i.decided_on, i.version FROM agenda_item i \
     LEFT JOIN case_file c ON c.municipality_id = i.municipality_id AND c.id = i.case_id \
     WHERE i.municipality_id = ? AND c.disposed_at IS NULL";

fn item(row: &Row) -> Result<Item, Broken> {
    let why: String = row.get("escalation")?;
    Ok(Item {
        id: row.get("id")?,
        body: row.get("body_id")?,
        meeting: row.get("meeting_id")?,
        matter: row.get("matter_id")?,
        case: row.get("case_id")?,
        subject: row.get("subject")?,
        position: row.get("position")?,
        confidential: row.get("confidential")?,
        state: row.code("state")?,
        initiator: row.get("initiator_desk_id")?,
        priority: row.code("priority")?,
        ordinal: row.get("ordinal")?,
        dropped: row.code_opt("dropped_why")?,
        carried_from: row.get("carried_from")?,
        proposed_desk: row.get("proposed_desk_id")?,
        proposed_by: row.get("proposed_by")?,
        proposed_at: row.get("proposed_at")?,
        escalation: why.split(',').filter_map(Escalation::parse).collect(),
        decided_by: row.get("decided_by")?,
        decided_on: row.get("decided_on")?,
        version: row.get("version")?,
    })
}

/// One item.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: AgendaItemId,
) -> Result<Option<Item>, Broken> {
    let rows = conn.select(Statement::new(ITEM, args![m]).push(" AND i.id = ?", args![id])).await?;
    rows.first().map(item).transpose()
}

/// These items.
pub(crate) async fn by_ids(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Item>, Broken> {
    conn.select(Statement::new(ITEM, args![m]).push_in(" AND i.id IN", ids)).await?.iter().map(item).collect()
}

/// The agendas of these sessions, in order.
pub(crate) async fn of_meetings(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meetings: impl IntoIterator<Item = MeetingId>,
) -> Result<Vec<Item>, Broken> {
    let statement = Statement::new(ITEM, args![m])
        .push_in(" AND i.meeting_id IN", meetings)
        .push(" ORDER BY i.ordinal, i.proposed_at, i.id", args![]);
    conn.select(statement).await?.iter().map(item).collect()
}

/// The queue of a body: what is urgent or was carried over first, then who has waited longest.
pub(crate) async fn queue(conn: &mut Conn<'_>, m: MunicipalityId, body: BodyId) -> Result<Vec<Item>, Broken> {
    let statement = Statement::new(ITEM, args![m]).push(
        " AND i.body_id = ? AND i.state = 'proposed' ORDER BY CASE i.priority WHEN 'urgent' THEN 0 WHEN 'carried' THEN 1 \
         WHEN 'normal' THEN 2 ELSE 3 END, i.proposed_at, i.id",
        args![body],
    );
    conn.select(statement).await?.iter().map(item).collect()
}

/// Items about these matters or this case, the newest first.
pub(crate) async fn about(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matters: impl IntoIterator<Item = MatterId>,
    case: Option<CaseId>,
) -> Result<Vec<Item>, Broken> {
    let statement = Statement::new(ITEM, args![m])
        .push_in(" AND (i.matter_id IN", matters)
        .push(" OR i.case_id = ?) ORDER BY i.proposed_at DESC, i.id DESC LIMIT 60", args![case]);
    conn.select(statement).await?.iter().map(item).collect()
}

/// Items of a case that came before a session, also those that became a matter of it; the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Item>, Broken> {
    let statement = Statement::new(ITEM, args![m]).push(
        " AND i.meeting_id IS NOT NULL AND (i.case_id = ? OR i.matter_id IN (SELECT w.id FROM matter w \
         WHERE w.municipality_id = i.municipality_id AND w.case_id = ?)) ORDER BY i.proposed_at DESC, i.id DESC LIMIT 60",
        args![case, case],
    );
    conn.select(statement).await?.iter().map(item).collect()
}

/// Stores a new item in the queue of its body.
pub(crate) async fn insert(act: &mut Act, right: &Right, i: &Item) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let why = i.escalation.iter().map(|e| e.code()).collect::<Vec<_>>().join(",");
    act.save(right)?
        .exec(
            "INSERT INTO agenda_item (municipality_id, id, body_id, matter_id, case_id, subject, position, confidential, \
             initiator_desk_id, priority, carried_from, proposed_desk_id, proposed_by, proposed_at, escalation, decided_by, \
             decided_on, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            args![
                m,
                i.id,
                i.body,
                i.matter,
                i.case,
                &i.subject,
                &i.position,
                i.confidential,
                i.initiator,
                i.priority.code(),
                i.carried_from,
                i.proposed_desk,
                i.proposed_by,
                i.proposed_at,
                why,
                i.decided_by,
                i.decided_on,
                command
            ],
        )
        .await?;
    if let Some(before) = i.carried_from {
        let statement = "INSERT INTO agenda_lesson (municipality_id, item_id, lesson_id) \
                         SELECT municipality_id, $3, lesson_id FROM agenda_lesson WHERE municipality_id = $1 AND item_id = $2";
        act.save(right)?.exec(statement, args![m, before, i.id]).await?;
    }
    Ok(())
}

/// Stores an item that stands on the agenda of a session from the beginning. Needs the proof that it may come before one.
pub(crate) async fn insert_placed(
    act: &mut Act,
    right: &Right,
    i: &Item,
    meeting: MeetingId,
    _cleared: &Cleared,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO agenda_item (municipality_id, id, meeting_id, matter_id, case_id, position, confidential, state, \
             initiator_desk_id, priority, ordinal, proposed_desk_id, proposed_by, proposed_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'scheduled', $8, $9, $10, $11, $12, $13, $14)",
            args![
                m,
                i.id,
                meeting,
                i.matter,
                i.case,
                &i.position,
                i.confidential,
                i.initiator,
                i.priority.code(),
                i.ordinal,
                i.proposed_desk,
                i.proposed_by,
                i.proposed_at,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Says which case of the library a general item is about.
pub(crate) async fn about_lesson(
    act: &mut Act,
    right: &Right,
    item: AgendaItemId,
    lesson: ThingId,
) -> Result<(), Fail> {
    let m = act.municipality();
    let statement = "INSERT INTO agenda_lesson (municipality_id, item_id, lesson_id) VALUES ($1, $2, $3)";
    act.save(right)?.exec(statement, args![m, item, lesson]).await?;
    Ok(())
}

/// The cases of the library that these items are about, without those that were taken out of it.
pub(crate) async fn lessons(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<(AgendaItemId, ThingId)>, Broken> {
    let statement = Statement::new(
        "SELECT k.item_id, k.lesson_id FROM agenda_lesson k JOIN lesson l ON l.municipality_id = k.municipality_id \
         AND l.id = k.lesson_id WHERE k.municipality_id = ? AND l.state = 'published'",
        args![m],
    )
    .push_in(" AND k.item_id IN", items);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("item_id")?, row.get("lesson_id")?))).collect()
}

/// Puts an item on the agenda of a session, behind those that stand there. Needs the proof that it may come before one.
pub(crate) async fn schedule(
    act: &mut Act,
    right: &Right,
    i: &Item,
    (meeting, body): (MeetingId, Option<BodyId>),
    _cleared: &Cleared,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE agenda_item SET meeting_id = $4, body_id = $5, matter_id = $6, state = 'scheduled', \
             ordinal = (SELECT COALESCE(MAX(o.ordinal), 0) + 1 FROM agenda_item o WHERE o.municipality_id = $1 \
             AND o.meeting_id = $4), version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'proposed'",
            args![m, i.id, i.version, meeting, body, i.matter],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Its turn has come. Needs the proof that it may come before a session today as well.
pub(crate) async fn begin(act: &mut Act, right: &Right, i: &Item, _cleared: &Cleared) -> Result<(), Fail> {
    set(act, right, i, ItemState::InSession, None).await
}

/// It was talked over. Needs the proof that whoever must be there was.
pub(crate) async fn conclude(act: &mut Act, right: &Right, i: &Item, _quorate: &Quorate) -> Result<(), Fail> {
    set(act, right, i, ItemState::Concluded, None).await
}

/// 次回送り: it ends here, and another one goes on.
pub(crate) async fn carry(act: &mut Act, right: &Right, i: &Item) -> Result<(), Fail> {
    set(act, right, i, ItemState::CarriedOver, None).await
}

/// 割愛.
pub(crate) async fn drop_item(act: &mut Act, right: &Right, i: &Item, why: Dropped) -> Result<(), Fail> {
    set(act, right, i, ItemState::Dropped, Some(why)).await
}

async fn set(
    act: &mut Act,
    right: &Right,
    i: &Item,
    state: ItemState,
    why: Option<Dropped>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let ended = (!state.is_open()).then_some(now);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE agenda_item SET state = $4, dropped_why = $5, ended_at = $6, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, i.id, i.version, state.code(), why.map_or("", Code::code), ended],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Back into the queue of its body: the session is not held.
pub(crate) async fn back(act: &mut Act, right: &Right, i: &Item) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE agenda_item SET state = 'proposed', meeting_id = NULL, priority = 'carried', ordinal = 0, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND state IN ('scheduled', 'in_session')",
            args![m, i.id],
        )
        .await?;
    Ok(())
}

/// A place earlier or later on the agenda: the ordinals of two items change places.
pub(crate) async fn swap(act: &mut Act, right: &Right, a: &Item, b: &Item) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    for (item, ordinal) in [(a, b.ordinal), (b, a.ordinal)] {
        conn.exec(
            "UPDATE agenda_item SET ordinal = $3 WHERE municipality_id = $1 AND id = $2",
            args![m, item.id, ordinal],
        )
        .await?;
    }
    Ok(())
}

/// The desks that have to be there for these items, and why.
pub(crate) async fn parties(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<(AgendaItemId, DeskId, Why)>, Broken> {
    let statement =
        Statement::new("SELECT item_id, desk_id, why FROM agenda_party WHERE municipality_id = ?", args![m])
            .push_in(" AND item_id IN", items)
            .push(" ORDER BY item_id, why, desk_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("item_id")?, row.get("desk_id")?, row.code("why")?)))
        .collect()
}

/// Names the desks that have to be there.
pub(crate) async fn add_parties(
    act: &mut Act,
    right: &Right,
    item: AgendaItemId,
    parties: &[(DeskId, Why)],
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut rows = Bulk::new("INSERT INTO agenda_party (municipality_id, item_id, desk_id, why) VALUES", 4);
    for (desk, why) in parties {
        rows.row(args![m, item, *desk, why.code()]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// A case as the agenda needs it: household, number, accountable desk, and the desks with a part in it.
#[derive(Debug, Clone)]
pub(crate) struct CaseLine {
    pub id: CaseId,
    pub household: words::id::HouseholdId,
    pub number: (i64, i64),
    pub accountable: Option<DeskId>,
    pub desks: Vec<DeskId>,
}

/// These cases.
pub(crate) async fn cases(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = CaseId>,
) -> Result<Vec<CaseLine>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.household_id, c.fiscal_year, c.number, c.accountable_desk_id, d.desk_id FROM case_file c \
         LEFT JOIN case_desk d ON d.municipality_id = c.municipality_id AND d.case_id = c.id \
         WHERE c.municipality_id = ? AND c.disposed_at IS NULL",
        args![m],
    )
    .push_in(" AND c.id IN", ids)
    .push(" ORDER BY c.id", args![]);
    let mut found: Vec<CaseLine> = Vec::new();
    for row in conn.select(statement).await? {
        let id: CaseId = row.get("id")?;
        if found.last().is_none_or(|c| c.id != id) {
            let accountable: Option<DeskId> = row.get("accountable_desk_id")?;
            let number = (row.get("fiscal_year")?, row.get("number")?);
            let desks = accountable.into_iter().collect();
            found.push(CaseLine { id, household: row.get("household_id")?, number, accountable, desks });
        }
        let desk: Option<DeskId> = row.get("desk_id")?;
        if let Some(last) = found.last_mut() {
            last.desks.extend(desk);
        }
    }
    Ok(found)
}

/// Whether somebody decided once that a matter, or its case, comes before a conference, and said why.
pub(crate) async fn was_raised(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<bool, Broken> {
    let sql = "SELECT id FROM agenda_item WHERE municipality_id = $1 AND matter_id = $2 AND decided_by IS NOT NULL LIMIT 1";
    Ok(conn.maybe(sql, args![m, matter]).await?.is_some())
}

/// The desks a case cannot well be talked over without: the accountable one, those with a part in it, who holds a part of what the
/// household needs, and who does something of a plan in force. Offered, not obliged: whoever brings it up chooses.
pub(crate) async fn concerned(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<DeskId>, Broken> {
    conn.all(
        "SELECT c.accountable_desk_id AS desk_id FROM case_file c WHERE c.municipality_id = $1 AND c.id = $2 \
         AND c.accountable_desk_id IS NOT NULL \
         UNION SELECT d.desk_id FROM case_desk d WHERE d.municipality_id = $1 AND d.case_id = $2 \
         UNION SELECT n.owner_desk_id FROM need n WHERE n.municipality_id = $1 AND n.case_id = $2 AND n.state = 'open' \
         UNION SELECT p.desk_id FROM need_part p JOIN need n ON n.municipality_id = p.municipality_id AND n.id = p.need_id \
         JOIN task t ON t.municipality_id = p.municipality_id AND t.id = p.task_id \
         WHERE p.municipality_id = $1 AND n.case_id = $2 AND n.state = 'open' AND t.state = 'open' \
         UNION SELECT l.desk_id FROM support_plan_line l JOIN support_plan s ON s.municipality_id = l.municipality_id \
         AND s.id = l.plan_id WHERE l.municipality_id = $1 AND s.case_id = $2 AND s.state = 'in_force' \
         AND l.desk_id IS NOT NULL",
        args![m, case],
    )
    .await?
    .iter()
    .map(|row| row.get("desk_id"))
    .collect()
}
