//! Storing versions of plans and their lines: kinds, states, desks, days, codes. Words are entries.

use access::Right;
use decision::Programme;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{
    CaseId, DecisionId, DeskId, EntryId, MunicipalityId, PersonId, PlanLineId, SupportPlanId, TaskId,
};
use words::{Day, Instant};

use crate::rules::{self, Achieved, Outcome, Part, Signed, State, Who};

/// A version without its words.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub id: SupportPlanId,
    pub case: CaseId,
    pub kind: Programme,
    pub number: i64,
    pub follows: Option<SupportPlanId>,
    pub desk: DeskId,
    pub state: State,
    pub monitoring: Option<Day>,
    pub rhythm: Option<i64>,
    pub signed: Option<(Day, Signed)>,
    pub decision: Option<DecisionId>,
    pub end_decision: Option<DecisionId>,
    pub outcome: Option<Outcome>,
    pub hand_back: Option<(DeskId, Day)>,
    pub in_force_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub version: i64,
    /// For the how many-th time it was proposed: a decision is about one proposal.
    pub proposal: i64,
}

/// A line without its words.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub id: PlanLineId,
    pub plan: SupportPlanId,
    pub part: Part,
    pub seq: i64,
    pub entry: EntryId,
    pub who: Option<Who>,
    pub desk: Option<DeskId>,
    pub person: Option<PersonId>,
    pub place: Option<EntryId>,
    pub due: Option<Day>,
    pub achieved: Option<Achieved>,
    pub task: Option<(TaskId, TaskKind, TaskState, DeskId)>,
}

const SELECT: &str = "SELECT id, case_id, kind, number, follows_id, desk_id, state, monitoring_on, rhythm_weeks, signed_on, \
     signed_how, decision_id, end_decision_id, result, hand_back_desk_id, first_check_on, in_force_at, \
     ended_at, version, proposal FROM support_plan WHERE municipality_id = ?";

fn plan(row: &Row) -> Result<Plan, Broken> {
    let signed_on: Option<Day> = row.get("signed_on")?;
    let to: Option<DeskId> = row.get("hand_back_desk_id")?;
    Ok(Plan {
        id: row.get("id")?,
        case: row.get("case_id")?,
        kind: row.code("kind")?,
        number: row.get("number")?,
        follows: row.get("follows_id")?,
        desk: row.get("desk_id")?,
        state: row.code("state")?,
        monitoring: row.get("monitoring_on")?,
        rhythm: row.get("rhythm_weeks")?,
        signed: signed_on.zip(row.code_opt("signed_how")?),
        decision: row.get("decision_id")?,
        end_decision: row.get("end_decision_id")?,
        outcome: row.code_opt("result")?,
        hand_back: to.zip(row.get("first_check_on")?),
        in_force_at: row.get("in_force_at")?,
        ended_at: row.get("ended_at")?,
        version: row.get("version")?,
        proposal: row.get("proposal")?,
    })
}

/// One version.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: SupportPlanId,
) -> Result<Option<Plan>, Broken> {
    let statement = Statement::new(SELECT, args![m]).push(" AND id = ?", args![id]);
    conn.select(statement).await?.first().map(plan).transpose()
}

/// Every version of every plan of a case, the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Plan>, Broken> {
    let statement = Statement::new(SELECT, args![m])
        .push(" AND case_id = ? ORDER BY written_at DESC, id DESC LIMIT 200", args![case]);
    conn.select(statement).await?.iter().map(plan).collect()
}

/// The 参加支援 plans of a case that are not given up, the newest first: which, number, state.
pub async fn participation_plans(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<(SupportPlanId, i64, State)>, Broken> {
    let plans = of_case(conn, m, case).await?;
    let of_kind = |p: &&Plan| p.kind == Programme::Participation && p.state != State::Dropped;
    Ok(plans.iter().filter(of_kind).map(|p| (p.id, p.number, p.state)).collect())
}

/// The version of a kind that a new one goes on from, out of every version of a case.
pub(crate) fn former(all: &[Plan], kind: Programme) -> Option<&Plan> {
    let of_kind: Vec<&Plan> = all.iter().filter(|p| p.kind == kind).collect();
    let states: Vec<State> = of_kind.iter().map(|p| p.state).collect();
    rules::former(&states).and_then(|at| of_kind.get(at).copied())
}

/// The lines of these versions, in order, with the promises of actions.
pub(crate) async fn lines(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    plans: impl IntoIterator<Item = SupportPlanId>,
) -> Result<Vec<Line>, Broken> {
    let statement = Statement::new(
        "SELECT l.id, l.plan_id, l.part, l.seq, l.entry_id, l.who, l.desk_id, l.person_id, l.place_entry_id, l.due_on, \
         l.achieved, l.task_id, t.kind AS task_kind, t.state AS task_state, t.desk_id AS holder_id \
         FROM support_plan_line l LEFT JOIN task t ON t.municipality_id = l.municipality_id AND t.id = l.task_id \
         WHERE l.municipality_id = ?",
        args![m],
    )
    .push_in(" AND l.plan_id IN", plans)
    .push(" ORDER BY l.plan_id, l.part, l.seq, l.id", args![]);
    conn.select(statement).await?.iter().map(line).collect()
}

fn line(row: &Row) -> Result<Line, Broken> {
    let task: Option<TaskId> = row.get("task_id")?;
    let holder: Option<DeskId> = row.get("holder_id")?;
    let task = match task.zip(holder) {
        Some((id, holder)) => Some((id, row.code("task_kind")?, row.code("task_state")?, holder)),
        None => None,
    };
    Ok(Line {
        id: row.get("id")?,
        plan: row.get("plan_id")?,
        part: row.code("part")?,
        seq: row.get("seq")?,
        entry: row.get("entry_id")?,
        who: row.code_opt("who")?,
        desk: row.get("desk_id")?,
        person: row.get("person_id")?,
        place: row.get("place_entry_id")?,
        due: row.get("due_on")?,
        achieved: row.code_opt("achieved")?,
        task,
    })
}

/// What [`insert`] stores.
pub(crate) struct New {
    pub id: SupportPlanId,
    pub case: CaseId,
    pub kind: Programme,
    pub follows: Option<SupportPlanId>,
    pub desk: DeskId,
    pub monitoring: Option<Day>,
    pub rhythm: Option<i64>,
}

/// Stores a draft, with the next number of its kind.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &New) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "INSERT INTO support_plan (municipality_id, id, case_id, kind, number, follows_id, desk_id, monitoring_on, \
             rhythm_weeks, written_at, command_id) SELECT $1, $2, $3, $4, COALESCE(MAX(number), 0) + 1, $5, $6, $7, $8, \
             $9, $10 FROM support_plan WHERE municipality_id = $1 AND case_id = $3 AND kind = $4",
            args![
                m,
                new.id,
                new.case,
                new.kind.code(),
                new.follows,
                new.desk,
                new.monitoring,
                new.rhythm,
                now,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Another day and rhythm of a draft, at the version that was read.
pub(crate) async fn set_draft(
    act: &mut Act,
    right: &Right,
    plan: &Plan,
    (monitoring, rhythm): (Option<Day>, Option<i64>),
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE support_plan SET monitoring_on = $4, rhythm_weeks = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'draft'",
            args![m, plan.id, plan.version, monitoring, rhythm],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Another state before it is in force, at the version that was read.
pub(crate) async fn set_state(
    act: &mut Act,
    right: &Right,
    plan: &Plan,
    to: State,
    signed: Option<(Day, Signed)>,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE support_plan SET state = $4, signed_on = $5, signed_how = $6, version = version + 1, \
             proposal = proposal + CASE WHEN $4 = 'proposed' THEN 1 ELSE 0 END \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state IN ('draft', 'proposed')",
            args![
                m,
                plan.id,
                plan.version,
                to.code(),
                signed.map(|s| s.0),
                signed.map_or("", |s| s.1.code())
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// A proposal comes into force.
pub(crate) async fn set_in_force(
    act: &mut Act,
    right: &Right,
    plan: &Plan,
    (decision, monitoring): (DecisionId, Day),
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE support_plan SET state = 'in_force', decision_id = $4, monitoring_on = $5, in_force_at = $6, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'proposed'",
            args![m, plan.id, plan.version, decision, monitoring, now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// The version in force makes way for the next.
pub(crate) async fn set_replaced(act: &mut Act, right: &Right, id: SupportPlanId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE support_plan SET state = 'replaced', ended_at = $3, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'in_force'",
            args![m, id, now],
        )
        .await?;
    Ok(())
}

/// The day of the next look.
pub(crate) async fn set_monitoring(act: &mut Act, right: &Right, plan: &Plan, next: Day) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE support_plan SET monitoring_on = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'in_force'",
            args![m, plan.id, plan.version, next],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// An evaluation of the version in force; with its end, when a decision ends it.
pub(crate) async fn set_evaluated(
    act: &mut Act,
    right: &Right,
    plan: &Plan,
    outcome: Outcome,
    end: Option<(State, DecisionId)>,
    hand_back: Option<(DeskId, Day)>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE support_plan SET result = $4, evaluated_at = $5, state = $6, end_decision_id = $7, ended_at = $8, \
             hand_back_desk_id = $9, first_check_on = $10, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3 AND state = 'in_force'",
            args![
                m,
                plan.id,
                plan.version,
                outcome.code(),
                now,
                end.map_or(State::InForce, |e| e.0).code(),
                end.map(|e| e.1),
                end.map(|_| now),
                hand_back.map(|h| h.0),
                hand_back.map(|h| h.1),
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// A line to be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewLine {
    pub part: Part,
    pub seq: i64,
    pub entry: EntryId,
    pub who: Option<Who>,
    pub desk: Option<DeskId>,
    pub person: Option<PersonId>,
    pub place: Option<EntryId>,
    pub due: Option<Day>,
}

impl NewLine {
    /// A text without anybody who does it.
    pub fn text(part: Part, seq: i64, entry: EntryId) -> Self {
        Self { part, seq, entry, who: None, desk: None, person: None, place: None, due: None }
    }
}

/// Stores lines of a version.
pub(crate) async fn add_lines(
    act: &mut Act,
    right: &Right,
    plan: SupportPlanId,
    lines: &[NewLine],
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut rows = Bulk::new(
        "INSERT INTO support_plan_line (municipality_id, id, plan_id, part, seq, entry_id, who, desk_id, person_id, \
         place_entry_id, due_on, command_id) VALUES",
        12,
    );
    for l in lines {
        let id: PlanLineId = act.new_id();
        rows.row(args![
            m,
            id,
            plan,
            l.part.code(),
            l.seq,
            l.entry,
            l.who.map_or("", Code::code),
            l.desk,
            l.person,
            l.place,
            l.due,
            command
        ]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// The lines of a draft make way for those it is written with now. Only of a draft: what was proposed stays as it was read.
pub(crate) async fn clear_draft(act: &mut Act, right: &Right, plan: SupportPlanId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "DELETE FROM support_plan_line WHERE municipality_id = $1 AND plan_id = $2 AND EXISTS (SELECT 1 \
             FROM support_plan p WHERE p.municipality_id = $1 AND p.id = $2 AND p.state = 'draft')",
            args![m, plan],
        )
        .await?;
    Ok(())
}

/// Which of these texts stand in another version too.
pub(crate) async fn shared(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    plan: SupportPlanId,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<EntryId>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT entry_id FROM support_plan_line WHERE municipality_id = ? AND plan_id <> ?",
        args![m, plan],
    )
    .push_in(" AND entry_id IN", entries);
    conn.select(statement).await?.iter().map(|row| row.get("entry_id")).collect()
}

/// The promise of an action.
pub(crate) async fn set_task(
    act: &mut Act,
    right: &Right,
    line: PlanLineId,
    task: TaskId,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE support_plan_line SET task_id = $3 WHERE municipality_id = $1 AND id = $2",
            args![m, line, task],
        )
        .await?;
    Ok(())
}

/// How far a goal was reached, or that the person has done their step.
pub(crate) async fn set_achieved(
    act: &mut Act,
    right: &Right,
    line: PlanLineId,
    achieved: Achieved,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE support_plan_line SET achieved = $3 WHERE municipality_id = $1 AND id = $2",
            args![m, line, achieved.code()],
        )
        .await?;
    Ok(())
}

/// The last line number of a part.
pub(crate) fn next_seq(lines: &[Line], part: Part) -> i64 {
    lines.iter().filter(|l| l.part == part).map(|l| l.seq).max().unwrap_or(0) + 1
}
