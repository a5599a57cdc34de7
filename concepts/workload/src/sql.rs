//! Facts of cases without their content: numbers, desks, kinds, states and dates (disclosure rule 13). Every question is asked of all
//! cases of a scope at once.

use std::collections::{BTreeMap, BTreeSet};

use access::{Right, Role, Viewer};
use casefile::{Engagement, number_text};
use engine::{Act, Broken, Conn, Fail, Statement, args};
use words::code::Code;
use words::id::{AgencyId, CaseId, DeskId, HouseholdId, MunicipalityId, PersonId, TaskId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{Ageing, Decision};

/// An open case, its header only.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub id: CaseId,
    pub number: String,
    pub household: HouseholdId,
    pub desk: DeskId,
    pub opened: Instant,
}

/// The desks watched over: a coordinator watches the whole town (`None`), a lead the desks of their agencies.
pub async fn watched(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<Option<Vec<DeskId>>, Broken> {
    if viewer.has_role(&[Role::Coordinator]) {
        return Ok(None);
    }
    let agencies = viewer.seats.iter().filter(|s| s.role == Role::AgencyLead).map(|s| s.agency);
    let statement =
        Statement::new("SELECT id FROM desk WHERE municipality_id = ?", args![viewer.municipality])
            .push_in(" AND agency_id IN", agencies);
    let rows = conn.select(statement).await?;
    Ok(Some(rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?))
}

/// Only open cases of this scope, without those of households somebody is kept out of (disclosure rule 14). `c` is the case.
fn scoped(statement: Statement, viewer: &Viewer, desks: Option<&[DeskId]>) -> Statement {
    let mut statement = statement.push(" AND c.state = 'open' AND c.disposed_at IS NULL", args![]);
    if let Some(desks) = desks {
        statement = statement.push_in(" AND c.accountable_desk_id IN", desks.iter().copied());
    }
    statement.outside("c.household_id", viewer.municipality, &viewer.excluded_from)
}

/// The open cases of a scope, the oldest first.
pub(crate) async fn open_cases(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<Vec<Case>, Broken> {
    open_of(conn, viewer, desks, None).await
}

/// One open case of a scope; nothing where it is none of it.
pub(crate) async fn open_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    case: CaseId,
) -> Result<Option<Case>, Broken> {
    Ok(open_of(conn, viewer, desks, Some(case)).await?.pop())
}

async fn open_of(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    one: Option<CaseId>,
) -> Result<Vec<Case>, Broken> {
    let mut statement = Statement::new(
        "SELECT c.id, c.fiscal_year, c.number, c.household_id, c.accountable_desk_id, c.opened_at FROM case_file c \
         WHERE c.municipality_id = ? AND c.accountable_desk_id IS NOT NULL",
        args![viewer.municipality],
    );
    if let Some(case) = one {
        statement = statement.push(" AND c.id = ?", args![case]);
    }
    let statement = scoped(statement, viewer, desks).push(" ORDER BY c.opened_at, c.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Case {
                id: row.get("id")?,
                number: number_text(row.get("fiscal_year")?, row.get("number")?),
                household: row.get("household_id")?,
                desk: row.get("accountable_desk_id")?,
                opened: row.get("opened_at")?,
            })
        })
        .collect()
}

/// Only records since a moment. `e` is the record.
fn since(statement: Statement, from: Option<Instant>) -> Statement {
    match from {
        Some(from) => statement.push(" AND e.occurred_at >= ?", args![from]),
        None => statement,
    }
}

/// When somebody was in contact, when somebody tried, and how often the household was visited since a day.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    pub reached: Option<Instant>,
    pub attempt: Option<Instant>,
    pub visits: i64,
}

/// `from`: only of what was since then, where what was before changes nothing for whoever asks.
pub(crate) async fn contacts(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    (visits_since, from): (Instant, Option<Instant>),
) -> Result<BTreeMap<CaseId, Contact>, Broken> {
    let statement = Statement::new(
        "SELECT e.case_id, MAX(CASE WHEN e.form NOT IN ('attempt', 'absent', 'refused') THEN e.occurred_at END) AS contact_at, \
         MAX(CASE WHEN e.form IN ('attempt', 'absent', 'refused') THEN e.occurred_at END) AS attempt_at, \
         CAST(SUM(CASE WHEN e.form IN ('visit', 'doorstep') AND e.occurred_at >= ? THEN 1 ELSE 0 END) AS BIGINT) AS visits \
         FROM entry e JOIN case_file c ON c.municipality_id = e.municipality_id AND c.id = e.case_id \
         WHERE e.municipality_id = ? AND e.field = 'support' AND e.state = 'valid' AND e.matter_id IS NULL",
        args![visits_since, viewer.municipality],
    );
    let statement = since(scoped(statement, viewer, desks), from).push(" GROUP BY e.case_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let contact = Contact {
                reached: row.get("contact_at")?,
                attempt: row.get("attempt_at")?,
                visits: row.get("visits")?,
            };
            Ok((row.get("case_id")?, contact))
        })
        .collect()
}

/// The newest stage of the relation with each person of each case.
pub(crate) async fn engagements(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, Vec<Engagement>>, Broken> {
    let statement = Statement::new(
        "SELECT g.case_id, g.stage FROM engagement g JOIN case_file c ON c.municipality_id = g.municipality_id \
         AND c.id = g.case_id WHERE g.municipality_id = ? AND NOT EXISTS (SELECT 1 FROM engagement n \
         WHERE n.municipality_id = g.municipality_id AND n.case_id = g.case_id AND n.person_id = g.person_id \
         AND n.seq > g.seq)",
        args![viewer.municipality],
    );
    let mut found: BTreeMap<CaseId, Vec<Engagement>> = BTreeMap::new();
    for row in &conn.select(scoped(statement, viewer, desks)).await? {
        found.entry(row.get("case_id")?).or_default().push(row.code("stage")?);
    }
    Ok(found)
}

/// An open promise of a case.
#[derive(Debug, Clone)]
pub(crate) struct Promise {
    pub desk: DeskId,
    pub assignee: Option<UserId>,
    pub due: Instant,
    pub urgent: bool,
}

pub(crate) async fn promises(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, Vec<Promise>>, Broken> {
    let statement = Statement::new(
        "SELECT t.case_id, t.desk_id, t.assignee_id, t.due_at, \
         CAST(CASE WHEN t.kind IN ('triage_step', 'triage_judge', 'triage_confirm') OR r.urgency = 'urgent' THEN 1 \
         ELSE 0 END AS BIGINT) AS urgent FROM task t JOIN case_file c ON c.municipality_id = t.municipality_id AND c.id = t.case_id \
         LEFT JOIN referral r ON r.municipality_id = t.municipality_id AND r.id = t.referral_id \
         WHERE t.municipality_id = ? AND t.state = 'open'",
        args![viewer.municipality],
    );
    let mut found: BTreeMap<CaseId, Vec<Promise>> = BTreeMap::new();
    let statement = scoped(statement, viewer, desks).push(" ORDER BY t.due_at, t.id", args![]);
    for row in &conn.select(statement).await? {
        let promise = Promise {
            desk: row.get("desk_id")?,
            assignee: row.get("assignee_id")?,
            due: row.get("due_at")?,
            urgent: row.get::<i64>("urgent")? == 1,
        };
        found.entry(row.get("case_id")?).or_default().push(promise);
    }
    Ok(found)
}

/// How the relation with each person of each case went on, in its order.
pub(crate) async fn turns(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, Vec<(PersonId, Engagement, Instant)>>, Broken> {
    let statement = Statement::new(
        "SELECT g.case_id, g.person_id, g.stage, g.since FROM engagement g JOIN case_file c \
         ON c.municipality_id = g.municipality_id AND c.id = g.case_id WHERE g.municipality_id = ?",
        args![viewer.municipality],
    );
    let statement = scoped(statement, viewer, desks).push(" ORDER BY g.case_id, g.person_id, g.seq", args![]);
    let mut found: BTreeMap<CaseId, Vec<(PersonId, Engagement, Instant)>> = BTreeMap::new();
    for row in &conn.select(statement).await? {
        let turn = (row.get("person_id")?, row.code("stage")?, row.get("since")?);
        found.entry(row.get("case_id")?).or_default().push(turn);
    }
    Ok(found)
}

/// When something of a case last changed, the relation with its people apart: who answers for it, who takes part, a referral, a
/// consent, a need or what became of it, a part of one taken or done, a step to a place, a plan in force or at its end, what a conference with
/// consent decided. What is decided in confidence shows nowhere but to its members, and does not count.
pub(crate) async fn changes(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, Instant>, Broken> {
    let m = viewer.municipality;
    let statement = Statement::new(
        "SELECT x.case_id, MAX(x.changed_at) AS changed_at FROM (\
         SELECT case_id, since AS changed_at FROM case_accountable WHERE municipality_id = ? \
         UNION ALL SELECT case_id, since FROM case_desk WHERE municipality_id = ? \
         UNION ALL SELECT case_id, opened_at FROM need WHERE municipality_id = ? \
         UNION ALL SELECT case_id, ended_at FROM need WHERE municipality_id = ? AND ended_at IS NOT NULL \
         UNION ALL SELECT e.case_id, e.recorded_at FROM need_part p JOIN entry e \
         ON e.municipality_id = p.municipality_id AND e.id = p.entry_id WHERE p.municipality_id = ? \
         UNION ALL SELECT case_id, ended_at FROM task WHERE municipality_id = ? AND case_id IS NOT NULL \
         AND kind IN ('take_part', 'hear_part') AND state = 'done' \
         UNION ALL SELECT p.case_id, s.recorded_at FROM participation_step s JOIN participation p \
         ON p.municipality_id = s.municipality_id AND p.id = s.participation_id WHERE s.municipality_id = ? \
         AND s.taken_back_at IS NULL \
         UNION ALL SELECT r.case_id, v.happened_at FROM referral_event v JOIN referral r \
         ON r.municipality_id = v.municipality_id AND r.id = v.referral_id WHERE v.municipality_id = ? \
         UNION ALL SELECT case_id, given_at FROM consent WHERE municipality_id = ? AND case_id IS NOT NULL \
         UNION ALL SELECT case_id, in_force_at FROM support_plan WHERE municipality_id = ? AND in_force_at IS NOT NULL \
         UNION ALL SELECT case_id, ended_at FROM support_plan WHERE municipality_id = ? AND ended_at IS NOT NULL \
         UNION ALL SELECT case_id, recorded_at FROM decision WHERE municipality_id = ? AND ground = 'consent' \
         AND voided_at IS NULL) x \
         JOIN case_file c ON c.municipality_id = ? AND c.id = x.case_id WHERE c.municipality_id = ?",
        args![m, m, m, m, m, m, m, m, m, m, m, m, m, m],
    );
    let statement = scoped(statement, viewer, desks).push(" GROUP BY x.case_id", args![]);
    let rows = conn.select(statement).await?;
    rows.iter().map(|row| Ok((row.get("case_id")?, row.get("changed_at")?))).collect()
}

/// When something was written down about a case, and whether people met over it then: also in a session, with consent. A session and a
/// record of it on the same day are one meeting. Of what was talked over in confidence nothing counts. `from`: only what was since then.
pub(crate) async fn records(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
    from: Instant,
) -> Result<BTreeMap<CaseId, Vec<(Instant, bool)>>, Broken> {
    let statement = Statement::new(
        "SELECT e.case_id, e.occurred_at, e.form FROM entry e JOIN case_file c ON c.municipality_id = e.municipality_id \
         AND c.id = e.case_id WHERE e.municipality_id = ? AND e.field = 'support' \
         AND e.state = 'valid' AND e.matter_id IS NULL",
        args![viewer.municipality],
    );
    let mut found: BTreeMap<CaseId, Vec<(Instant, bool)>> = BTreeMap::new();
    for row in &conn.select(since(scoped(statement, viewer, desks), Some(from))).await? {
        let met = row.get::<String>("form")? == "meeting";
        found.entry(row.get("case_id")?).or_default().push((row.get("occurred_at")?, met));
    }
    let statement = Statement::new(
        "SELECT i.case_id, k.starts_at FROM agenda_item i JOIN meeting k ON k.municipality_id = i.municipality_id \
         AND k.id = i.meeting_id JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id \
         JOIN case_file c ON c.municipality_id = i.municipality_id AND c.id = i.case_id \
         WHERE i.municipality_id = ? AND i.state IN ('concluded', 'carried_over') AND NOT i.confidential \
         AND w.rests_on = 'consent'",
        args![viewer.municipality],
    );
    for row in &conn.select(scoped(statement, viewer, desks)).await? {
        let at: Instant = row.get("starts_at")?;
        let of = found.entry(row.get("case_id")?).or_default();
        if !of.iter().any(|(x, met)| *met && x.day() == at.day()) {
            of.push((at, true));
        }
    }
    Ok(found)
}

/// How many problem areas people came with, of the cases in which they are many.
pub(crate) async fn areas(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, usize>, Broken> {
    let statement = Statement::new(
        "SELECT k.case_id, COUNT(DISTINCT o.topic) AS n FROM consultation k JOIN consultation_topic o \
         ON o.municipality_id = k.municipality_id AND o.consultation_id = k.id \
         JOIN case_file c ON c.municipality_id = k.municipality_id AND c.id = k.case_id \
         WHERE k.municipality_id = ? AND k.state <> 'entered_in_error'",
        args![viewer.municipality],
    );
    let many = i64::try_from(board::MANY_AREAS).unwrap_or(i64::MAX);
    let statement = scoped(statement, viewer, desks)
        .push(" GROUP BY k.case_id HAVING COUNT(DISTINCT o.topic) >= ?", args![many]);
    let rows = conn.select(statement).await?;
    let count = |row: &engine::Row| -> Result<usize, Broken> {
        Ok(usize::try_from(row.get::<i64>("n")?).unwrap_or(usize::MAX))
    };
    rows.iter().map(|row| Ok((row.get("case_id")?, count(row)?))).collect()
}

/// The agencies that take part.
pub(crate) async fn sections(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, BTreeSet<AgencyId>>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT k.case_id, d.agency_id FROM case_desk k JOIN desk d \
         ON d.municipality_id = k.municipality_id AND d.id = k.desk_id \
         JOIN case_file c ON c.municipality_id = k.municipality_id AND c.id = k.case_id \
         WHERE k.municipality_id = ?",
        args![viewer.municipality],
    );
    let mut found: BTreeMap<CaseId, BTreeSet<AgencyId>> = BTreeMap::new();
    for row in &conn.select(scoped(statement, viewer, desks)).await? {
        found.entry(row.get("case_id")?).or_default().insert(row.get("agency_id")?);
    }
    Ok(found)
}

/// The open needs of each case's board: the area, the agency that stands for it, the agencies that hold a part of it now. No words.
pub(crate) async fn boards(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, Vec<board::Held>>, Broken> {
    let statement = Statement::new(
        "SELECT n.case_id, n.id, n.area, o.agency_id AS owner_id, d.agency_id AS taker_id FROM need n \
         JOIN case_file c ON c.municipality_id = n.municipality_id AND c.id = n.case_id \
         JOIN desk o ON o.municipality_id = n.municipality_id AND o.id = n.owner_desk_id \
         LEFT JOIN need_part p ON p.municipality_id = n.municipality_id AND p.need_id = n.id \
         LEFT JOIN task t ON t.municipality_id = p.municipality_id AND t.id = p.task_id AND t.state = 'open' \
         LEFT JOIN desk d ON d.municipality_id = t.municipality_id \
         AND d.id = CASE WHEN t.kind = 'take_part' THEN t.desk_id ELSE p.desk_id END \
         WHERE n.municipality_id = ? AND n.state = 'open'",
        args![viewer.municipality],
    );
    let statement = scoped(statement, viewer, desks).push(" ORDER BY n.case_id, n.id", args![]);
    let mut found: BTreeMap<CaseId, Vec<board::Held>> = BTreeMap::new();
    let mut last: Option<ThingId> = None;
    for row in &conn.select(statement).await? {
        let id: ThingId = row.get("id")?;
        let rows = found.entry(row.get("case_id")?).or_default();
        if last != Some(id) {
            rows.push(board::Held {
                area: row.code("area")?,
                owner: row.get("owner_id")?,
                takers: Vec::new(),
            });
            last = Some(id);
        }
        let taker: Option<AgencyId> = row.get("taker_id")?;
        if let (Some(taker), Some(need)) = (taker, rows.last_mut()) {
            need.takers.push(taker);
        }
    }
    Ok(found)
}

/// The desks that opened cases: whoever took the initiative.
pub(crate) async fn openers(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, DeskId>, Broken> {
    let statement = Statement::new(
        "SELECT a.case_id, a.desk_id FROM case_accountable a JOIN case_file c \
         ON c.municipality_id = a.municipality_id AND c.id = a.case_id WHERE a.municipality_id = ? AND a.seq = 1",
        args![viewer.municipality],
    );
    let rows = conn.select(scoped(statement, viewer, desks)).await?;
    rows.iter().map(|row| Ok((row.get("case_id")?, row.get("desk_id")?))).collect()
}

/// The cases in which the viewer's own desks have a part: their pages lead somewhere.
pub async fn own_part(conn: &mut Conn<'_>, viewer: &Viewer) -> Result<BTreeSet<CaseId>, Broken> {
    let statement =
        Statement::new("SELECT case_id FROM case_desk WHERE municipality_id = ?", args![viewer.municipality])
            .push_in(" AND desk_id IN", viewer.reading_desks());
    conn.select(statement).await?.iter().map(|row| row.get("case_id")).collect()
}

/// Who sits where today, and whether they lead there.
#[derive(Debug, Clone)]
pub(crate) struct Sitting {
    pub desk: DeskId,
    pub user: UserId,
    pub name: String,
    pub leads: bool,
}

pub(crate) async fn sitting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: Option<&[DeskId]>,
    today: Day,
) -> Result<Vec<Sitting>, Broken> {
    let mut statement = Statement::new(
        "SELECT p.desk_id, u.id, u.name, CAST(MIN(CASE WHEN p.role = 'caseworker' THEN 0 ELSE 1 END) AS BIGINT) AS leads, \
         u.reading \
         FROM appointment a JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
         WHERE a.municipality_id = ? AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) \
         AND u.disabled_at IS NULL AND p.role IN ('caseworker', 'agency_lead', 'coordinator')",
        args![m, today, today],
    );
    if let Some(desks) = desks {
        statement = statement.push_in(" AND p.desk_id IN", desks.iter().copied());
    }
    let statement = statement
        .push(" GROUP BY p.desk_id, u.id, u.name, u.reading ORDER BY p.desk_id, u.reading, u.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Sitting {
                desk: row.get("desk_id")?,
                user: row.get("id")?,
                name: row.get("name")?,
                leads: row.get::<i64>("leads")? == 1,
            })
        })
        .collect()
}

/// Who is kept out of the household a task is about.
pub(crate) async fn kept_out(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    task: TaskId,
    now: Instant,
) -> Result<Vec<UserId>, Broken> {
    let rows = conn
        .all(
            "SELECT DISTINCT x.user_id FROM exclusion x JOIN case_file c ON c.municipality_id = x.municipality_id \
             AND c.id = x.case_id WHERE x.municipality_id = $1 AND (x.until IS NULL OR x.until > $3) \
             AND c.household_id IN (SELECT COALESCE(f.household_id, r.household_id, k.household_id, s.household_id, \
             gw.household_id, gc.household_id) FROM task t LEFT JOIN case_file f ON f.municipality_id = t.municipality_id AND f.id = t.case_id \
             LEFT JOIN referral r ON r.municipality_id = t.municipality_id AND r.id = t.referral_id \
             LEFT JOIN consultation k ON k.municipality_id = t.municipality_id AND k.id = t.consultation_id \
             LEFT JOIN connecting_sheet s ON s.municipality_id = t.municipality_id AND s.id = t.sheet_id \
             LEFT JOIN homework h ON h.municipality_id = t.municipality_id AND h.id = t.thing_id \
             LEFT JOIN agenda_item g ON g.municipality_id = h.municipality_id AND g.id = h.item_id \
             LEFT JOIN matter gw ON gw.municipality_id = g.municipality_id AND gw.id = g.matter_id \
             LEFT JOIN case_file gc ON gc.municipality_id = g.municipality_id AND gc.id = g.case_id \
             WHERE t.municipality_id = $1 AND t.id = $2)",
            args![m, task, now],
        )
        .await?;
    rows.iter().map(|row| row.get("user_id")).collect()
}

/// Somebody looked at a case of a list: when, and when next.
#[derive(Debug, Clone)]
pub(crate) struct Looked {
    pub at: Instant,
    pub next: Day,
    pub decision: Decision,
}

/// The newest look at each case of a list.
pub(crate) async fn looked(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    list: Ageing,
    desks: Option<&[DeskId]>,
) -> Result<BTreeMap<CaseId, Looked>, Broken> {
    let statement = Statement::new(
        "SELECT l.case_id, l.looked_at, l.next_on, l.decision FROM watch_look l JOIN case_file c \
         ON c.municipality_id = l.municipality_id AND c.id = l.case_id WHERE l.municipality_id = ? AND l.list = ?",
        args![viewer.municipality, list.code()],
    );
    // The newest comes last and stays.
    let statement = scoped(statement, viewer, desks).push(" ORDER BY l.looked_at, l.id", args![]);
    let rows = conn.select(statement).await?;
    rows.iter()
        .map(|row| {
            let looked = Looked {
                at: row.get("looked_at")?,
                next: row.get("next_on")?,
                decision: row.code("decision")?,
            };
            Ok((row.get("case_id")?, looked))
        })
        .collect()
}

/// A look to be recorded.
pub(crate) struct NewLook<'a> {
    pub id: ThingId,
    pub list: Ageing,
    pub case: CaseId,
    pub next: Day,
    pub decision: Decision,
    pub decider: Option<UserId>,
    pub ticks: &'a str,
}

pub(crate) async fn look_at(act: &mut Act, right: &Right, new: &NewLook<'_>) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let by = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO watch_look (municipality_id, id, case_id, list, looked_at, looked_by, next_on, decision, \
             decider_id, ticks, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                m,
                new.id,
                new.case,
                new.list.code(),
                now,
                by,
                new.next,
                new.decision.code(),
                new.decider,
                new.ticks.to_owned(),
                command
            ],
        )
        .await?;
    Ok(())
}
