//! Storing and listing tasks. A task has no personal content, so lists of them are open to whoever holds or
//! watches the desk (disclosure rule 13); only its promise in words is an entry, which is sealed.

use access::{Relation, Right, Scope, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{
    CaseId, CommandId, ConnectingSheetId, ConsultationId, DeskId, EntryId, InquiryId, MunicipalityId,
    ReferralId, TaskId, ThingId, UserId,
};
use words::{Day, Instant};

use crate::audience::{visible, without};
use crate::kinds::{TaskKind, TaskState};

/// What a task is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct About {
    /// A case.
    pub case: Option<CaseId>,
    /// A consultation.
    pub consultation: Option<ConsultationId>,
    /// A referral.
    pub referral: Option<ReferralId>,
    /// A connecting sheet.
    pub sheet: Option<ConnectingSheetId>,
    /// An inquiry.
    pub inquiry: Option<InquiryId>,
    /// What was promised, in words.
    pub entry: Option<EntryId>,
    /// Something of another concept; the kind says which.
    pub thing: Option<ThingId>,
}

/// A task to be made.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// What is promised.
    pub kind: TaskKind,
    /// The desk that owes it.
    pub desk: DeskId,
    /// The person in charge, if named.
    pub assignee: Option<UserId>,
    /// What it is about.
    pub about: About,
    /// By when.
    pub due_at: Instant,
}

/// Who has been told that a task is late, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// The agency lead.
    pub lead: Option<Instant>,
    /// The coordinator.
    pub coordinator: Option<Instant>,
}

/// A task, with the few facts of what it is about that need no basis: number, kinds, desks, dates.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What is promised.
    pub kind: TaskKind,
    /// Where it stands.
    pub state: TaskState,
    /// The desk that owes it.
    pub desk: DeskId,
    /// The person in charge.
    pub assignee: Option<UserId>,
    /// What it is about.
    pub about: About,
    /// By when.
    pub due_at: Instant,
    /// Who has been told.
    pub told: Told,
    /// Version.
    pub version: i64,
    /// The command that made it: what happened then is what it is about.
    pub made_by: CommandId,
    /// Number of the case: fiscal year and count.
    pub case_number: Option<(i64, i64)>,
    /// For a referral or inquiry: from which desk.
    pub from_desk: Option<DeskId>,
    /// For a referral or inquiry: to which desk.
    pub to_desk: Option<DeskId>,
    /// For a referral: its kind, as a code.
    pub referral_kind: String,
    /// Whether the matter is urgent.
    pub urgent: bool,
}

/// Makes a task. Whoever makes one for a consultation, sheet or case calls [`crate::settle`] afterwards.
pub async fn add(act: &mut Act, right: &Right, new: &NewTask) -> Result<TaskId, Fail> {
    add_many(act, right, std::slice::from_ref(new)).await?.pop().ok_or(Fail::NotVisible)
}

/// Makes many tasks in few statements: for imports. The ids come back in the same order.
pub async fn add_many(act: &mut Act, right: &Right, new: &[NewTask]) -> Result<Vec<TaskId>, Fail> {
    let (municipality, command) = (act.municipality(), act.command());
    let mut rows = Bulk::new(
        "INSERT INTO task (municipality_id, id, kind, state, desk_id, assignee_id, case_id, consultation_id, \
         referral_id, sheet_id, inquiry_id, entry_id, thing_id, due_at, command_id) VALUES",
        15,
    );
    let mut ids = Vec::with_capacity(new.len());
    for task in new {
        let id: TaskId = act.new_id();
        ids.push(id);
        rows.row(args![
            municipality,
            id,
            task.kind.code(),
            TaskState::Open.code(),
            task.desk,
            task.assignee,
            task.about.case,
            task.about.consultation,
            task.about.referral,
            task.about.sheet,
            task.about.inquiry,
            task.about.entry,
            task.about.thing,
            task.due_at,
            command,
        ]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(ids)
}

/// Ends one open task; false when it was not open.
pub async fn end(
    act: &mut Act,
    right: &Right,
    id: TaskId,
    state: TaskState,
    reason: &str,
) -> Result<bool, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let ended = act
        .save(right)?
        .exec(
            "UPDATE task SET state = $3, reason = $4, ended_at = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'open'",
            args![municipality, id, state.code(), reason, now],
        )
        .await?;
    Ok(ended == 1)
}

/// Ends every open task of these kinds about one thing: done when it was what the step fulfilled, cancelled when
/// the step made it pointless.
pub async fn end_all(
    act: &mut Act,
    right: &Right,
    about: About,
    kinds: &[TaskKind],
    state: TaskState,
    reason: &str,
) -> Result<u64, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut statement = Statement::new(
        "UPDATE task SET state = ?, reason = ?, ended_at = ?, version = version + 1 \
         WHERE municipality_id = ? AND state = 'open'",
        args![state.code(), reason, now, municipality],
    );
    // About nothing in particular would be about everything.
    let mut narrowed = false;
    if let Some(case) = about.case {
        statement = statement.push(" AND case_id = ?", args![case]);
        narrowed = true;
    }
    if let Some(consultation) = about.consultation {
        statement = statement.push(" AND consultation_id = ?", args![consultation]);
        narrowed = true;
    }
    if let Some(referral) = about.referral {
        statement = statement.push(" AND referral_id = ?", args![referral]);
        narrowed = true;
    }
    if let Some(sheet) = about.sheet {
        statement = statement.push(" AND sheet_id = ?", args![sheet]);
        narrowed = true;
    }
    if let Some(inquiry) = about.inquiry {
        statement = statement.push(" AND inquiry_id = ?", args![inquiry]);
        narrowed = true;
    }
    if let Some(thing) = about.thing {
        statement = statement.push(" AND thing_id = ?", args![thing]);
        narrowed = true;
    }
    if !narrowed {
        return Ok(0);
    }
    if !kinds.is_empty() {
        statement = statement.push_in(" AND kind IN", kinds.iter().map(|k| k.code()));
    }
    Ok(act.save(right)?.run(statement).await?)
}

/// Ends the open tasks of these kinds that one desk holds for a case.
pub async fn end_of_desk(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    desk: DeskId,
    kinds: &[TaskKind],
    state: TaskState,
    reason: &str,
) -> Result<u64, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let statement = Statement::new(
        "UPDATE task SET state = ?, reason = ?, ended_at = ?, version = version + 1 \
         WHERE municipality_id = ? AND state = 'open' AND case_id = ? AND desk_id = ? AND kind IN",
        args![state.code(), reason, now, municipality, case, desk],
    )
    .push_in("", kinds.iter().map(|k| k.code()));
    Ok(act.save(right)?.run(statement).await?)
}

/// Ends the open tasks of these kinds about something of another concept, at one desk or at every desk.
pub async fn end_of_thing(
    act: &mut Act,
    right: &Right,
    thing: ThingId,
    desk: Option<DeskId>,
    kinds: &[TaskKind],
    state: TaskState,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut statement = Statement::new(
        "UPDATE task SET state = ?, ended_at = ?, version = version + 1 \
         WHERE municipality_id = ? AND state = 'open' AND thing_id = ?",
        args![state.code(), now, municipality, thing],
    );
    if let Some(desk) = desk {
        statement = statement.push(" AND desk_id = ?", args![desk]);
    }
    act.save(right)?.run(statement.push_in(" AND kind IN", kinds.iter().map(|k| k.code()))).await?;
    Ok(())
}

/// Ends the open tasks of one kind that an earlier command made: that command was wrong. What it led to and was done
/// already is given back, to be looked at again: what it was about and the desk that did it.
pub async fn end_of_command(
    act: &mut Act,
    right: &Right,
    made_by: CommandId,
    kind: TaskKind,
    reason: &str,
) -> Result<Vec<(About, DeskId)>, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    conn.exec(
        "UPDATE task SET state = 'cancelled', reason = $4, ended_at = $5, version = version + 1 \
         WHERE municipality_id = $1 AND command_id = $2 AND kind = $3 AND state = 'open'",
        args![municipality, made_by, kind.code(), reason, now],
    )
    .await?;
    Ok(done_of_command(&mut conn, municipality, made_by, kind).await?)
}

/// The tasks of one kind that an earlier command made and that were done: what each was about and the desk that did it.
pub async fn done_of_command(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    made_by: CommandId,
    kind: TaskKind,
) -> Result<Vec<(About, DeskId)>, Broken> {
    let done = Statement::new(SELECT, args![municipality])
        .push(" AND t.command_id = ? AND t.kind = ? AND t.state = 'done'", args![made_by, kind.code()]);
    let done: Vec<Task> = conn.select(done).await?.iter().map(task).collect::<Result<_, _>>()?;
    Ok(done.into_iter().map(|t| (t.about, t.desk)).collect())
}

/// Open tasks of one kind that these commands made about the same thing.
pub async fn open_of_commands(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    about: &About,
    kind: TaskKind,
    made_by: &[CommandId],
) -> Result<Vec<TaskId>, Broken> {
    if made_by.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND t.kind = ? AND t.state = 'open'", args![kind.code()])
        .push_in(" AND t.command_id IN", made_by.iter().copied());
    let tasks: Vec<Task> = conn.select(statement).await?.iter().map(task).collect::<Result<_, _>>()?;
    Ok(tasks.into_iter().filter(|t| t.about == *about).map(|t| t.id).collect())
}

/// Tasks of one kind that earlier commands made about a case, cancelled for this reason, are to be done after all: what cancelled them is over. What
/// was due before is due then.
pub async fn take_up_again(
    act: &mut Act,
    right: &Right,
    (case, made_by): (CaseId, &[CommandId]),
    (kind, reason): (TaskKind, &'static str),
    due_at: Instant,
) -> Result<(), Fail> {
    if made_by.is_empty() {
        return Ok(());
    }
    let statement = Statement::new(
        "UPDATE task SET state = 'open', reason = '', ended_at = NULL, lead_told_at = NULL, coordinator_told_at = NULL, \
         due_at = CASE WHEN due_at < ? THEN ? ELSE due_at END, version = version + 1 \
         WHERE municipality_id = ? AND case_id = ? AND kind = ? AND state = 'cancelled' AND reason = ?",
        args![due_at, due_at, act.municipality(), case, kind.code(), reason],
    )
    .push_in(" AND command_id IN", made_by.iter().copied());
    act.save(right)?.run(statement).await?;
    Ok(())
}

const SELECT: &str = "SELECT t.id, t.kind, t.state, t.desk_id, t.assignee_id, t.case_id, t.consultation_id, \
     t.referral_id, t.sheet_id, t.inquiry_id, t.entry_id, t.thing_id, t.due_at, t.lead_told_at, t.coordinator_told_at, \
     t.version, t.command_id, c.fiscal_year, c.number, COALESCE(r.from_desk_id, i.from_desk_id) AS from_desk_id, \
     COALESCE(r.to_desk_id, i.to_desk_id) AS to_desk_id, r.kind AS referral_kind, \
     CASE WHEN t.kind IN ('triage_step', 'triage_judge', 'triage_confirm') OR i.urgent THEN 'urgent' \
     ELSE COALESCE(r.urgency, k.urgency, s.urgency) END AS urgency \
     FROM task t \
     LEFT JOIN urgent_look ul ON ul.municipality_id = t.municipality_id AND ul.id = t.thing_id \
     LEFT JOIN access_report ar ON ar.municipality_id = t.municipality_id AND ar.id = t.thing_id \
     LEFT JOIN case_file c ON c.municipality_id = t.municipality_id \
     AND c.id = CASE WHEN t.case_id IS NOT NULL THEN t.case_id WHEN ul.case_id IS NOT NULL THEN ul.case_id ELSE ar.case_id END \
     LEFT JOIN referral r ON r.municipality_id = t.municipality_id AND r.id = t.referral_id \
     LEFT JOIN inquiry i ON i.municipality_id = t.municipality_id AND i.id = t.inquiry_id \
     LEFT JOIN consultation k ON k.municipality_id = t.municipality_id AND k.id = t.consultation_id \
     LEFT JOIN connecting_sheet s ON s.municipality_id = t.municipality_id AND s.id = t.sheet_id \
     WHERE t.municipality_id = ? AND c.disposed_at IS NULL AND k.disposed_at IS NULL AND s.disposed_at IS NULL";

/// Open tasks of the desks in scope, the earliest due first. With `assignee`: that person's, and those nobody
/// has taken yet. What somebody has taken who no longer sits at the desk on that day is taken by nobody: work stays with
/// the desk when people go (domain section 3, `Appointment`).
pub async fn open_for(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    scope: &Scope,
    assignee: Option<(UserId, Day)>,
    viewer: &Viewer,
    most: i64,
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality]).push(" AND t.state = 'open'", args![]);
    open_of(conn, statement, scope, assignee, viewer, most).await
}

/// The same, of what is due in a span of days; the last one counts.
pub async fn open_between(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    scope: &Scope,
    assignee: Option<(UserId, Day)>,
    viewer: &Viewer,
    (from, to, most): (Day, Day, i64),
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality]).push(
        " AND t.state = 'open' AND t.due_at >= ? AND t.due_at < ?",
        args![Instant::at(from, 0, 0), Instant::at(to.plus_days(1), 0, 0)],
    );
    open_of(conn, statement, scope, assignee, viewer, most).await
}

async fn open_of(
    conn: &mut Conn<'_>,
    statement: Statement,
    scope: &Scope,
    assignee: Option<(UserId, Day)>,
    viewer: &Viewer,
    most: i64,
) -> Result<Vec<Task>, Broken> {
    let mut statement = statement.push_in(" AND t.desk_id IN", scope.desks().iter().copied());
    if let Some((user, day)) = assignee {
        statement = statement.push(
            " AND (t.assignee_id = ? OR t.assignee_id IS NULL OR NOT EXISTS (SELECT 1 FROM appointment a \
             JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
             WHERE a.municipality_id = t.municipality_id AND a.user_id = t.assignee_id AND p.desk_id = t.desk_id \
             AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?)))",
            args![user, day, day],
        );
    }
    let statement = visible(statement, viewer).push(" ORDER BY t.due_at, t.id LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// Open tasks of these kinds at these desks, the earliest due first: for whoever has no desk's work but these. What is kept to a role
/// ([`TaskKind::only_for`]) is never among them: nobody is asked about here.
pub async fn open_of_kinds(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desks: impl IntoIterator<Item = DeskId>,
    kinds: &[TaskKind],
    excluded_from: &[CaseId],
    most: i64,
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND t.state = 'open'", args![])
        .push_in(" AND t.desk_id IN", desks)
        .push_in(" AND t.kind IN", kinds.iter().filter(|k| k.only_for().is_none()).map(|k| k.code()));
    let statement = without(statement, excluded_from).push(" ORDER BY t.due_at, t.id LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// Tasks of a case: the open ones first.
pub async fn of_case(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push(" AND t.case_id = ? AND t.state = 'open' ORDER BY t.due_at, t.id", args![case]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// A promise of a case that was kept: what, by which desk, when.
#[derive(Debug, Clone, Copy)]
pub struct DoneTask {
    /// What was promised.
    pub kind: TaskKind,
    /// The desk that held it.
    pub desk: DeskId,
    /// When it was done.
    pub at: Instant,
}

/// The promises of a case that were kept, the newest first, as far as this viewer is told of them ([`Relation::tells_of`]).
pub async fn done_of_case(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    relation: &Relation,
    case: CaseId,
) -> Result<Vec<DoneTask>, Broken> {
    let rows = conn
        .all(
            "SELECT kind, desk_id, ended_at FROM task WHERE municipality_id = $1 AND case_id = $2 AND state = 'done' \
             AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 300",
            args![viewer.municipality, case],
        )
        .await?;
    let done = |row: &Row| {
        Ok(DoneTask { kind: row.code("kind")?, desk: row.get("desk_id")?, at: row.get("ended_at")? })
    };
    let mut kept: Vec<DoneTask> = rows.iter().map(done).collect::<Result<_, Broken>>()?;
    kept.retain(|done| relation.tells_of(viewer, &[done.desk]));
    Ok(kept)
}

/// One task; absent for whoever it is not there for, or who is kept out of the household it is about (disclosure rules 2, 14).
pub async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    id: TaskId,
    viewer: &Viewer,
) -> Result<Option<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality]).push(" AND t.id = ?", args![id]);
    conn.select(visible(statement, viewer)).await?.first().map(task).transpose()
}

/// Some tasks, whatever their state; absent as in [`by_id`].
pub async fn by_ids(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: &[TaskId],
    viewer: &Viewer,
) -> Result<Vec<Task>, Broken> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(SELECT, args![municipality]).push_in(" AND t.id IN", ids.iter().copied());
    let statement = visible(statement, viewer).push(" ORDER BY t.due_at, t.id", args![]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// The tasks of these kinds about these things of another concept, whatever their state.
pub async fn of_things(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    things: impl IntoIterator<Item = ThingId>,
    kinds: &[TaskKind],
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push_in(" AND t.thing_id IN", things)
        .push_in(" AND t.kind IN", kinds.iter().map(|k| k.code()))
        .push(" ORDER BY t.due_at, t.id", args![]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// The open tasks of these desks to decide about these consultations.
pub async fn of_consultations(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    scope: &Scope,
    consultations: impl IntoIterator<Item = ConsultationId>,
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality])
        .push_in(" AND t.desk_id IN", scope.desks().iter().copied())
        .push(" AND t.state = 'open' AND t.kind = 'dispose'", args![])
        .push_in(" AND t.consultation_id IN", consultations)
        .push(" ORDER BY t.due_at, t.id", args![]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// What is watched over: late tasks of some desks, or of the whole municipality.
pub struct Watched<'a> {
    /// The desks; the whole municipality when `None`.
    pub desks: Option<&'a [DeskId]>,
    /// Due before this moment.
    pub before: Instant,
    /// Who watches: not what is kept from them.
    pub viewer: &'a Viewer,
}

impl Watched<'_> {
    fn narrow(&self, statement: Statement) -> Statement {
        let mut statement = statement.push(" AND t.state = 'open' AND t.due_at < ?", args![self.before]);
        if let Some(desks) = self.desks {
            statement = statement.push_in(" AND t.desk_id IN", desks.iter().copied());
        }
        visible(statement, self.viewer)
    }
}

/// Open tasks due before a moment, the earliest first.
pub async fn watch(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    watched: &Watched<'_>,
    most: i64,
) -> Result<Vec<Task>, Broken> {
    let statement = watched.narrow(Statement::new(SELECT, args![municipality]));
    let statement = statement.push(" ORDER BY t.due_at, t.id LIMIT ?", args![most]);
    conn.select(statement).await?.iter().map(task).collect()
}

/// How many [`watch`] would show without a limit.
pub async fn watch_count(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    watched: &Watched<'_>,
) -> Result<i64, Broken> {
    let statement = Statement::new(
        "SELECT COUNT(*) AS n FROM task t \
         LEFT JOIN urgent_look ul ON ul.municipality_id = t.municipality_id AND ul.id = t.thing_id \
         LEFT JOIN access_report ar ON ar.municipality_id = t.municipality_id AND ar.id = t.thing_id \
         LEFT JOIN case_file c ON c.municipality_id = t.municipality_id \
         AND c.id = CASE WHEN t.case_id IS NOT NULL THEN t.case_id WHEN ul.case_id IS NOT NULL THEN ul.case_id ELSE ar.case_id END \
         LEFT JOIN referral r ON r.municipality_id = t.municipality_id AND r.id = t.referral_id \
         LEFT JOIN consultation k ON k.municipality_id = t.municipality_id AND k.id = t.consultation_id \
         LEFT JOIN connecting_sheet s ON s.municipality_id = t.municipality_id AND s.id = t.sheet_id \
         WHERE t.municipality_id = ?",
        args![municipality],
    );
    conn.select(watched.narrow(statement)).await?.first().map_or(Ok(0), |row| row.get("n"))
}

/// Late tasks that somebody on the ladder has not been told of yet.
pub(crate) async fn untold(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    before: Instant,
    most: i64,
) -> Result<Vec<Task>, Broken> {
    let statement = Statement::new(SELECT, args![municipality]).push(
        " AND t.state = 'open' AND t.due_at < ? AND t.coordinator_told_at IS NULL ORDER BY t.due_at, t.id LIMIT ?",
        args![before, most],
    );
    conn.select(statement).await?.iter().map(task).collect()
}

fn task(row: &Row) -> Result<Task, Broken> {
    let year: Option<i64> = row.get("fiscal_year")?;
    let number: Option<i64> = row.get("number")?;
    Ok(Task {
        id: row.get("id")?,
        kind: row.code("kind")?,
        state: row.code("state")?,
        desk: row.get("desk_id")?,
        assignee: row.get("assignee_id")?,
        about: About {
            case: row.get("case_id")?,
            consultation: row.get("consultation_id")?,
            referral: row.get("referral_id")?,
            sheet: row.get("sheet_id")?,
            inquiry: row.get("inquiry_id")?,
            entry: row.get("entry_id")?,
            thing: row.get("thing_id")?,
        },
        due_at: row.get("due_at")?,
        told: Told { lead: row.get("lead_told_at")?, coordinator: row.get("coordinator_told_at")? },
        version: row.get("version")?,
        made_by: row.get("command_id")?,
        case_number: year.zip(number),
        from_desk: row.get("from_desk_id")?,
        to_desk: row.get("to_desk_id")?,
        referral_kind: row.get::<Option<String>>("referral_kind")?.unwrap_or_default(),
        urgent: row.get::<Option<String>>("urgency")?.as_deref() == Some("urgent"),
    })
}
