//! Storing hand-overs: ids and dates.

use std::collections::BTreeSet;

use access::{Right, Viewer};
use casefile::number_text;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use task::TaskKind;
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, HouseholdId, MunicipalityId, TaskId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{self, State};

/// One hand-over.
#[derive(Debug, Clone)]
pub(crate) struct Pack {
    pub id: ThingId,
    pub desk: DeskId,
    pub from: UserId,
    pub last: Day,
    pub state: State,
    pub version: i64,
}

const PACKS: &str = "SELECT p.id, p.desk_id, p.from_user_id, p.last_day, p.state, p.version FROM hand_over_pack p WHERE p.municipality_id = ?";

fn pack(row: &Row) -> Result<Pack, Broken> {
    Ok(Pack {
        id: row.get("id")?,
        desk: row.get("desk_id")?,
        from: row.get("from_user_id")?,
        last: row.get("last_day")?,
        state: row.code("state")?,
        version: row.get("version")?,
    })
}

/// One.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: ThingId,
) -> Result<Option<Pack>, Broken> {
    let rows = conn.select(Statement::new(PACKS, args![m]).push(" AND p.id = ?", args![id])).await?;
    rows.first().map(pack).transpose()
}

/// Those of these desks, the open ones first.
pub(crate) async fn of_desks(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: &[DeskId],
) -> Result<Vec<Pack>, Broken> {
    let statement = Statement::new(PACKS, args![m])
        .push_in(" AND p.desk_id IN", desks.iter().copied())
        .push(" ORDER BY CASE p.state WHEN 'open' THEN 0 ELSE 1 END, p.last_day, p.id LIMIT 200", args![]);
    conn.select(statement).await?.iter().map(pack).collect()
}

/// All that are under way.
pub(crate) async fn open_packs(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Pack>, Broken> {
    let statement = Statement::new(PACKS, args![m]).push(" AND p.state = 'open' ORDER BY p.id", args![]);
    conn.select(statement).await?.iter().map(pack).collect()
}

/// One case of a hand-over.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub pack: ThingId,
    pub case: CaseId,
    pub number: String,
    pub household: HouseholdId,
    pub accountable: Option<DeskId>,
    pub open: bool,
    pub to: Option<UserId>,
    pub entry: Option<EntryId>,
    pub received_at: Option<Instant>,
    pub received_by: Option<UserId>,
    pub version: i64,
}

impl Item {
    /// Who has taken it up, and on which day.
    pub fn received(&self) -> Option<(UserId, Day)> {
        self.received_by.zip(self.received_at.map(Instant::day))
    }

    /// As the rules see it; the desk of the hand-over as it was made, and the one that stands in its place today. A desk that has
    /// just closed still answers for its cases until its work is passed on: they wait all the same.
    pub fn rule(&self, (made, today): (DeskId, DeskId)) -> rules::Item {
        let answers = self.accountable.is_some_and(|d| d == made || d == today);
        let stands = self.open && answers;
        rules::Item { to: self.to, received: self.received_at.is_some(), stands }
    }
}

/// The cases of these hand-overs, without those of households somebody is kept out of (disclosure rule 14).
pub(crate) async fn items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    packs: &[ThingId],
    viewer: Option<&Viewer>,
) -> Result<Vec<Item>, Broken> {
    let mut statement = Statement::new(
        "SELECT i.pack_id, i.case_id, c.fiscal_year, c.number, c.household_id, c.accountable_desk_id, c.state, \
         i.to_user_id, i.entry_id, i.received_at, i.received_by, i.version FROM hand_over_item i \
         JOIN case_file c ON c.municipality_id = i.municipality_id AND c.id = i.case_id \
         WHERE i.municipality_id = ? AND c.disposed_at IS NULL",
        args![m],
    )
    .push_in(" AND i.pack_id IN", packs.iter().copied());
    if let Some(viewer) = viewer {
        statement = statement.outside("c.household_id", m, &viewer.excluded_from);
    }
    let rows = conn.select(statement.push(" ORDER BY c.fiscal_year, c.number", args![])).await?;
    rows.iter()
        .map(|row| {
            let state: String = row.get("state")?;
            Ok(Item {
                pack: row.get("pack_id")?,
                case: row.get("case_id")?,
                number: number_text(row.get("fiscal_year")?, row.get("number")?),
                household: row.get("household_id")?,
                accountable: row.get("accountable_desk_id")?,
                open: state == "open",
                to: row.get("to_user_id")?,
                entry: row.get("entry_id")?,
                received_at: row.get("received_at")?,
                received_by: row.get("received_by")?,
                version: row.get("version")?,
            })
        })
        .collect()
}

/// The open cases a desk answers for in which somebody is in charge of a promise.
pub(crate) async fn carried(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desk: DeskId,
    user: UserId,
) -> Result<Vec<CaseId>, Broken> {
    let rows = conn
        .all(
            "SELECT DISTINCT c.id FROM task t JOIN case_file c ON c.municipality_id = t.municipality_id \
             AND c.id = t.case_id WHERE t.municipality_id = $1 AND t.state = 'open' AND t.desk_id = $2 \
             AND t.assignee_id = $3 AND c.state = 'open' AND c.accountable_desk_id = $2 ORDER BY c.id",
            args![m, desk, user],
        )
        .await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Who is in charge of promises at a desk, whether they sit there or not.
pub(crate) async fn in_charge(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: &[DeskId],
) -> Result<Vec<(DeskId, UserId)>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT desk_id, assignee_id FROM task WHERE municipality_id = ? AND state = 'open' \
         AND case_id IS NOT NULL AND assignee_id IS NOT NULL",
        args![m],
    )
    .push_in(" AND desk_id IN", desks.iter().copied());
    let rows = conn.select(statement).await?;
    rows.iter().map(|row| Ok((row.get("desk_id")?, row.get("assignee_id")?))).collect()
}

/// The first day on which somebody was appointed to a desk; nothing where they never were.
pub(crate) async fn appointed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desk: DeskId,
    user: UserId,
) -> Result<Option<Day>, Broken> {
    conn.one(
        "SELECT MIN(a.valid_from) AS since FROM appointment a JOIN post p ON p.municipality_id = a.municipality_id \
         AND p.id = a.post_id WHERE a.municipality_id = $1 AND p.desk_id = $2 AND a.user_id = $3",
        args![m, desk, user],
    )
    .await?
    .get("since")
}

/// Appointments of workers that end from today to a day, for which no hand-over was made: nobody follows for them at the same desk.
pub(crate) async fn ending(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
    until: Day,
) -> Result<Vec<(DeskId, UserId, Day)>, Broken> {
    let rows = conn
        .all(
            "SELECT DISTINCT p.desk_id, a.user_id, a.valid_to FROM appointment a JOIN post p \
             ON p.municipality_id = a.municipality_id AND p.id = a.post_id WHERE a.municipality_id = $1 \
             AND a.valid_to >= $2 AND a.valid_to <= $3 AND p.role IN ('caseworker', 'agency_lead', 'coordinator') \
             AND NOT EXISTS (SELECT 1 FROM appointment n JOIN post q ON q.municipality_id = n.municipality_id \
             AND q.id = n.post_id WHERE n.municipality_id = a.municipality_id AND n.user_id = a.user_id \
             AND q.desk_id = p.desk_id AND (n.valid_to IS NULL OR n.valid_to > a.valid_to)) \
             AND NOT EXISTS (SELECT 1 FROM hand_over_pack h WHERE h.municipality_id = a.municipality_id \
             AND h.desk_id = p.desk_id AND h.from_user_id = a.user_id AND (h.state = 'open' OR h.last_day = a.valid_to)) \
             ORDER BY a.valid_to, a.user_id LIMIT 200",
            args![m, today, until],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("desk_id")?, row.get("user_id")?, row.get("valid_to")?))).collect()
}

/// Begins a hand-over with its cases; false when one is under way for this person at this desk.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &Pack, cases: &[CaseId]) -> Result<bool, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let made = act
        .save(right)?
        .exec(
            "INSERT INTO hand_over_pack (municipality_id, id, desk_id, from_user_id, last_day, made_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            args![m, new.id, new.desk, new.from, new.last, now, command],
        )
        .await?;
    if made == 1 {
        add_items(act, right, new.id, cases).await?;
    }
    Ok(made == 1)
}

/// Adds cases to a hand-over.
pub(crate) async fn add_items(
    act: &mut Act,
    right: &Right,
    pack: ThingId,
    cases: &[CaseId],
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut rows =
        Bulk::new("INSERT INTO hand_over_item (municipality_id, pack_id, case_id, command_id) VALUES", 4);
    for case in cases {
        rows.row(args![m, pack, *case, command]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// Names who is to take a case, and the words for them.
pub(crate) async fn give(
    act: &mut Act,
    right: &Right,
    item: &Item,
    to: Option<UserId>,
    entry: Option<EntryId>,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE hand_over_item SET to_user_id = $5, entry_id = $6, version = version + 1, command_id = $7 \
             WHERE municipality_id = $1 AND pack_id = $2 AND case_id = $3 AND version = $4 AND received_at IS NULL",
            args![m, item.pack, item.case, item.version, to, entry, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Somebody has taken a case up.
pub(crate) async fn receive(act: &mut Act, right: &Right, item: &Item, by: UserId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE hand_over_item SET received_at = $5, received_by = $6, version = version + 1 \
             WHERE municipality_id = $1 AND pack_id = $2 AND case_id = $3 AND version = $4 AND received_at IS NULL",
            args![m, item.pack, item.case, item.version, now, by],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// What passed with a receipt is kept, with whose it was.
pub(crate) async fn keep_passed(
    act: &mut Act,
    right: &Right,
    pack: ThingId,
    passed: &[(TaskId, Option<UserId>)],
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut rows = Bulk::new(
        "INSERT INTO hand_over_passed (municipality_id, pack_id, task_id, assignee_before, command_id) VALUES",
        5,
    );
    for (task, before) in passed {
        rows.row(args![m, pack, *task, *before, command]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// What passed with the receipt of a case and is still with whoever took it up: whose it was before.
pub(crate) async fn passed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    item: &Item,
) -> Result<Vec<(TaskId, Option<UserId>)>, Broken> {
    let rows = conn
        .all(
            "SELECT k.task_id, k.assignee_before FROM hand_over_passed k JOIN task t \
             ON t.municipality_id = k.municipality_id AND t.id = k.task_id WHERE k.municipality_id = $1 \
             AND k.pack_id = $2 AND t.case_id = $3 AND t.state = 'open' AND t.assignee_id = $4 ORDER BY k.task_id",
            args![m, item.pack, item.case, item.received_by],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("task_id")?, row.get("assignee_before")?))).collect()
}

/// A receipt that was a mistake: nobody has taken the case up.
pub(crate) async fn unreceive(act: &mut Act, right: &Right, item: &Item) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE hand_over_item SET received_at = NULL, received_by = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND pack_id = $2 AND case_id = $3 AND version = $4",
            args![m, item.pack, item.case, item.version],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "DELETE FROM hand_over_passed WHERE municipality_id = $1 AND pack_id = $2 AND task_id IN \
         (SELECT t.id FROM task t WHERE t.municipality_id = $1 AND t.case_id = $3)",
        args![m, item.pack, item.case],
    )
    .await?;
    Ok(())
}

/// Another last day, at the version that was read; what is to be taken up is due by it.
pub(crate) async fn change_last(
    act: &mut Act,
    right: &Right,
    pack: &Pack,
    (last, due_at): (Day, Instant),
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE hand_over_pack SET last_day = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'open'",
            args![m, pack.id, pack.version, last],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "UPDATE task SET due_at = $3, lead_told_at = NULL, coordinator_told_at = NULL, version = version + 1 \
         WHERE municipality_id = $1 AND thing_id = $2 AND state = 'open' AND kind IN ('take_over', 'check_take_over')",
        args![m, pack.id, due_at],
    )
    .await?;
    Ok(())
}

/// The promises of a case that pass to whoever took it up: those of whoever goes, and those nobody has taken.
pub(crate) async fn promises(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desk: DeskId,
    case: CaseId,
    from: UserId,
) -> Result<Vec<(TaskId, Option<UserId>)>, Broken> {
    let rows = conn
        .all(
            "SELECT id, assignee_id FROM task WHERE municipality_id = $1 AND case_id = $2 AND desk_id = $3 \
             AND state = 'open' AND (assignee_id = $4 OR assignee_id IS NULL) ORDER BY due_at, id",
            args![m, case, desk, from],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("assignee_id")?))).collect()
}

/// Ends a hand-over.
pub(crate) async fn end(act: &mut Act, right: &Right, id: ThingId, to: State) -> Result<bool, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let ended = act
        .save(right)?
        .exec(
            "UPDATE hand_over_pack SET state = $3, ended_at = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'open'",
            args![m, id, to.code(), now],
        )
        .await?;
    Ok(ended == 1)
}

/// A hand-over that was ended by its last receipt is under way again; false when it is not such a one, or another one of the same person has
/// begun meanwhile.
pub(crate) async fn reopen(act: &mut Act, right: &Right, pack: &Pack) -> Result<bool, Fail> {
    let m = act.municipality();
    let opened = act
        .save(right)?
        .exec(
            "UPDATE hand_over_pack SET state = 'open', ended_at = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'done' AND NOT EXISTS (SELECT 1 FROM hand_over_pack h \
             WHERE h.municipality_id = $1 AND h.desk_id = $3 AND h.from_user_id = $4 AND h.state = 'open')",
            args![m, pack.id, pack.desk, pack.from],
        )
        .await?;
    Ok(opened == 1)
}

/// The open tasks to take something up, of one hand-over: whose they are.
pub(crate) async fn receipts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    pack: ThingId,
) -> Result<Vec<(TaskId, Option<UserId>)>, Broken> {
    let rows = conn
        .all(
            "SELECT id, assignee_id FROM task WHERE municipality_id = $1 AND thing_id = $2 AND kind = $3 \
             AND state = 'open' ORDER BY id",
            args![m, pack, TaskKind::TakeOver.code()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("assignee_id")?))).collect()
}

/// Who is kept out of a household now.
pub(crate) async fn kept_out(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    now: Instant,
) -> Result<Vec<UserId>, Broken> {
    let rows = conn
        .all(
            "SELECT DISTINCT x.user_id FROM exclusion x JOIN case_file c ON c.municipality_id = x.municipality_id \
             AND c.id = x.case_id WHERE x.municipality_id = $1 AND c.household_id = $2 \
             AND (x.until IS NULL OR x.until > $3)",
            args![m, household, now],
        )
        .await?;
    rows.iter().map(|row| row.get("user_id")).collect()
}

/// A caution in force (訪問時の注意): its kind says as much as its words, so it shows only with them.
pub(crate) struct Flag {
    pub case: CaseId,
    pub kind: String,
    pub entry: EntryId,
}

/// The cautions in force of these cases, the newest first.
pub(crate) async fn flags(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: &BTreeSet<CaseId>,
) -> Result<Vec<Flag>, Broken> {
    let statement = Statement::new(
        "SELECT case_id, kind, entry_id FROM caution WHERE municipality_id = ? AND ended_at IS NULL",
        args![m],
    )
    .push_in(" AND case_id IN", cases.iter().copied())
    .push(" ORDER BY set_at DESC, id DESC LIMIT 2000", args![]);
    let rows = conn.select(statement).await?;
    rows.iter()
        .map(|row| {
            Ok(Flag { case: row.get("case_id")?, kind: row.get("kind")?, entry: row.get("entry_id")? })
        })
        .collect()
}

/// The last record of each desk in each of these cases in which somebody was in contact. An attempt that reached nobody is none.
pub(crate) async fn last_contacts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    cases: &BTreeSet<CaseId>,
) -> Result<Vec<EntryId>, Broken> {
    let statement = Statement::new(
        "SELECT e.id FROM entry e JOIN (SELECT case_id, desk_id, MAX(occurred_at) AS last_at FROM entry \
         WHERE municipality_id = ? AND field = 'support' AND state = 'valid' AND matter_id IS NULL \
         AND form NOT IN ('attempt', 'absent', 'refused')",
        args![m],
    )
    .push_in(" AND case_id IN", cases.iter().copied())
    .push(
        " GROUP BY case_id, desk_id) x ON x.case_id = e.case_id AND x.desk_id = e.desk_id AND x.last_at = e.occurred_at \
         WHERE e.municipality_id = ? AND e.field = 'support' AND e.state = 'valid' AND e.matter_id IS NULL \
         AND e.form NOT IN ('attempt', 'absent', 'refused') ORDER BY e.id",
        args![m],
    );
    let rows = conn.select(statement).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Drafts of somebody: how many, never what (they are private to their author).
pub(crate) async fn drafts(conn: &mut Conn<'_>, m: MunicipalityId, user: UserId) -> Result<i64, Broken> {
    let sql = "SELECT COUNT(*) AS n FROM draft WHERE municipality_id = $1 AND author_id = $2";
    conn.one(sql, args![m, user]).await?.get("n")
}
