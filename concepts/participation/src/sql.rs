//! Storing matches and their steps: persons, desks, states, days, codes. Words are entries.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, MunicipalityId, PersonId, SupportPlanId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::{State, Step};

/// A match without its words.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    pub id: ThingId,
    pub case: CaseId,
    pub person: PersonId,
    pub wish: EntryId,
    pub strength: Option<EntryId>,
    pub plan: Option<SupportPlanId>,
    /// Who coordinates.
    pub desk: DeskId,
    pub state: State,
    pub need: Option<ThingId>,
    pub version: i64,
}

/// A step without its words.
#[derive(Debug, Clone)]
pub(crate) struct StepRow {
    pub of: ThingId,
    pub seq: i64,
    pub step: Step,
    pub state: State,
    pub happened: Day,
    pub recorded_at: Instant,
    pub desk: DeskId,
    pub author: Option<UserId>,
    pub place_desk: Option<DeskId>,
    pub place: Option<EntryId>,
    pub trial: Option<(Day, Option<Day>)>,
    pub words: Option<EntryId>,
    pub next: Option<Day>,
    pub reason: String,
    pub taken_back: bool,
}

const SELECT: &str = "SELECT id, case_id, person_id, wish_entry_id, strength_entry_id, plan_id, desk_id, state, \
     need_id, version FROM participation WHERE municipality_id = $1 AND case_id = $2 ORDER BY id DESC LIMIT 100";

/// The matches of a case, the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Match>, Broken> {
    conn.all(SELECT, args![m, case]).await?.iter().map(found).collect()
}

fn found(row: &Row) -> Result<Match, Broken> {
    Ok(Match {
        id: row.get("id")?,
        case: row.get("case_id")?,
        person: row.get("person_id")?,
        wish: row.get("wish_entry_id")?,
        strength: row.get("strength_entry_id")?,
        plan: row.get("plan_id")?,
        desk: row.get("desk_id")?,
        state: row.code("state")?,
        need: row.get("need_id")?,
        version: row.get("version")?,
    })
}

/// The steps of the matches of a case, in their order; those that were taken back too.
pub(crate) async fn steps(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<StepRow>, Broken> {
    conn.all(
        "SELECT s.participation_id, s.seq, s.step, s.state, s.happened_on, s.recorded_at, s.desk_id, s.author_id, \
         s.place_desk_id, s.place_entry_id, s.trial_on, s.trial_to, s.entry_id, s.next_on, s.reason, s.taken_back_at \
         FROM participation_step s JOIN participation p ON p.municipality_id = s.municipality_id \
         AND p.id = s.participation_id WHERE s.municipality_id = $1 AND p.case_id = $2 ORDER BY s.participation_id, s.seq",
        args![m, case],
    )
    .await?
    .iter()
    .map(|row| {
        let trial: Option<Day> = row.get("trial_on")?;
        let until: Option<Day> = row.get("trial_to")?;
        Ok(StepRow {
            of: row.get("participation_id")?,
            seq: row.get("seq")?,
            step: row.code("step")?,
            state: row.code("state")?,
            happened: row.get("happened_on")?,
            recorded_at: row.get("recorded_at")?,
            desk: row.get("desk_id")?,
            author: row.get("author_id")?,
            place_desk: row.get("place_desk_id")?,
            place: row.get("place_entry_id")?,
            trial: trial.map(|from| (from, until)),
            words: row.get("entry_id")?,
            next: row.get("next_on")?,
            reason: row.get("reason")?,
            taken_back: row.get::<Option<Instant>>("taken_back_at")?.is_some(),
        })
    })
    .collect()
}

/// What [`insert`] stores.
pub(crate) struct New {
    pub id: ThingId,
    pub case: CaseId,
    pub person: PersonId,
    pub wish: EntryId,
    pub strength: Option<EntryId>,
    pub plan: Option<SupportPlanId>,
    pub desk: DeskId,
}

/// Stores a match.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &New) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO participation (municipality_id, id, case_id, person_id, wish_entry_id, strength_entry_id, \
             plan_id, desk_id, state, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                m,
                new.id,
                new.case,
                new.person,
                new.wish,
                new.strength,
                new.plan,
                new.desk,
                State::Proposed.code(),
                command
            ],
        )
        .await?;
    Ok(())
}

/// What [`add_step`] stores.
pub(crate) struct NewStep<'a> {
    pub of: ThingId,
    pub step: Step,
    pub state: State,
    pub happened: Day,
    pub place_desk: Option<DeskId>,
    pub place: Option<EntryId>,
    pub trial: Option<(Day, Option<Day>)>,
    pub words: Option<EntryId>,
    pub next: Option<Day>,
    pub reason: &'a str,
}

/// Stores a step.
pub(crate) async fn add_step(act: &mut Act, right: &Right, s: &NewStep<'_>) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    let author = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO participation_step (municipality_id, participation_id, seq, step, state, happened_on, \
             recorded_at, desk_id, author_id, place_desk_id, place_entry_id, trial_on, trial_to, entry_id, next_on, \
             reason, command_id) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
             $13, $14, $15, $16 FROM participation_step WHERE municipality_id = $1 AND participation_id = $2",
            args![
                m,
                s.of,
                s.step.code(),
                s.state.code(),
                s.happened,
                now,
                desk,
                author,
                s.place_desk,
                s.place,
                s.trial.map(|t| t.0),
                s.trial.and_then(|t| t.1),
                s.words,
                s.next,
                s.reason,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Another state, desk, plan or need, at the version that was read.
pub(crate) async fn set(act: &mut Act, right: &Right, old: &Match, new: &Match) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE participation SET state = $4, desk_id = $5, plan_id = $6, need_id = $7, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, old.id, old.version, new.state.code(), new.desk, new.plan, new.need],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Takes a step back: it stays, and counts no more.
pub(crate) async fn take_back(act: &mut Act, right: &Right, of: ThingId, seq: i64) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE participation_step SET taken_back_at = $4, taken_back_command_id = $5 \
             WHERE municipality_id = $1 AND participation_id = $2 AND seq = $3 AND taken_back_at IS NULL",
            args![m, of, seq, now, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
