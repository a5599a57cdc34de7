//! Storing temporary leads: desks, states, days, codes. Words are entries.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use task::{TaskKind, TaskState};
use words::code::Code;
use words::id::{CaseId, DeskId, EntryId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::lead::{LeadState, LeadStep, WhyLent};

/// A temporary lead without its words.
#[derive(Debug, Clone)]
pub(crate) struct Lead {
    pub id: ThingId,
    pub home: DeskId,
    pub taker: DeskId,
    pub by: DeskId,
    pub reason: WhyLent,
    pub why: EntryId,
    pub until: EntryId,
    pub check_on: Day,
    pub state: LeadState,
    pub to: Option<DeskId>,
    pub kept: Option<EntryId>,
    pub acknowledged_at: Option<Instant>,
    pub version: i64,
}

impl Lead {
    /// Whoever is asked: the one of the two that did not propose it.
    pub(crate) fn asked(&self) -> DeskId {
        if self.by == self.home { self.taker } else { self.home }
    }

    /// Whether it waits for somebody, or somebody answers for the case by it.
    pub(crate) fn under_way(&self) -> bool {
        matches!(self.state, LeadState::Proposed | LeadState::Lent)
    }
}

/// A step of one.
pub(crate) struct Taken {
    pub of: ThingId,
    pub step: LeadStep,
    pub at: Instant,
    pub desk: Option<DeskId>,
    pub author: Option<UserId>,
    pub check_on: Option<Day>,
}

/// The temporary leads of a case, the newest first.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Lead>, Broken> {
    conn.all(
        "SELECT id, home_desk_id, taker_desk_id, by_desk_id, reason, why_entry_id, until_entry_id, check_on, state, \
         to_desk_id, kept_entry_id, acknowledged_at, version FROM temporary_lead \
         WHERE municipality_id = $1 AND case_id = $2 ORDER BY proposed_at DESC, id DESC LIMIT 50",
        args![m, case],
    )
    .await?
    .iter()
    .map(lead)
    .collect()
}

fn lead(row: &Row) -> Result<Lead, Broken> {
    Ok(Lead {
        id: row.get("id")?,
        home: row.get("home_desk_id")?,
        taker: row.get("taker_desk_id")?,
        by: row.get("by_desk_id")?,
        reason: row.code("reason")?,
        why: row.get("why_entry_id")?,
        until: row.get("until_entry_id")?,
        check_on: row.get("check_on")?,
        state: row.code("state")?,
        to: row.get("to_desk_id")?,
        kept: row.get("kept_entry_id")?,
        acknowledged_at: row.get("acknowledged_at")?,
        version: row.get("version")?,
    })
}

/// The steps of the temporary leads of a case, the newest first.
pub(crate) async fn steps(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Taken>, Broken> {
    conn.all(
        "SELECT s.lead_id, s.step, s.at, s.desk_id, s.author_id, s.check_on FROM temporary_lead_step s \
         JOIN temporary_lead l ON l.municipality_id = s.municipality_id AND l.id = s.lead_id \
         WHERE s.municipality_id = $1 AND l.case_id = $2 ORDER BY s.lead_id, s.seq DESC",
        args![m, case],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Taken {
            of: row.get("lead_id")?,
            step: row.code("step")?,
            at: row.get("at")?,
            desk: row.get("desk_id")?,
            author: row.get("author_id")?,
            check_on: row.get("check_on")?,
        })
    })
    .collect()
}

/// What [`insert`] stores.
pub(crate) struct New {
    pub id: ThingId,
    pub home: DeskId,
    pub taker: DeskId,
    pub by: DeskId,
    pub reason: WhyLent,
    pub why: EntryId,
    pub until: EntryId,
    pub check_on: Day,
}

/// Stores a proposal.
pub(crate) async fn insert(act: &mut Act, right: &Right, case: CaseId, new: &New) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO temporary_lead (municipality_id, id, case_id, home_desk_id, taker_desk_id, by_desk_id, reason, \
             why_entry_id, until_entry_id, check_on, proposed_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                m,
                new.id,
                case,
                new.home,
                new.taker,
                new.by,
                new.reason.code(),
                new.why,
                new.until,
                new.check_on,
                now,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Keeps who took a step.
pub(crate) async fn note(
    act: &mut Act,
    right: &Right,
    of: ThingId,
    step: LeadStep,
    check_on: Option<Day>,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let (desk, author) = (right.seat().map(|s| s.desk), act.viewer().map(|v| v.user));
    act.save(right)?
        .exec(
            "INSERT INTO temporary_lead_step (municipality_id, lead_id, seq, step, at, desk_id, author_id, check_on, \
             command_id) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8 FROM temporary_lead_step \
             WHERE municipality_id = $1 AND lead_id = $2",
            args![m, of, step.code(), now, desk, author, check_on, command],
        )
        .await?;
    Ok(())
}

/// What a step changes, at the version that was read.
pub(crate) async fn set(act: &mut Act, right: &Right, old: &Lead, new: &Lead) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let over = matches!(new.state, LeadState::Returned | LeadState::Kept);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE temporary_lead SET state = $4, check_on = $5, to_desk_id = $6, kept_entry_id = $7, \
             acknowledged_at = $8, answered_at = COALESCE(answered_at, $9), \
             ended_at = CASE WHEN $10 THEN COALESCE(ended_at, $9) ELSE NULL END, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                m,
                old.id,
                old.version,
                new.state.code(),
                new.check_on,
                new.to,
                new.kept,
                new.acknowledged_at,
                now,
                over
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Accountability moved otherwise: by an accepted hand-over or hand-back, or the end of an office. A lead that came home by it is returned; one
/// that went on is looked at by whoever answers for the case now.
pub(crate) async fn moved(act: &mut Act, right: &Right, case: CaseId, to: DeskId) -> Result<(), Fail> {
    let (m, today, now) = (act.municipality(), act.now().day(), act.now());
    let all = of_case(&mut act.facts()?, m, case).await?;
    let Some(lent) = all.into_iter().find(|l| l.state == LeadState::Lent) else { return Ok(()) };
    let home = register::heir(&mut act.facts()?, m, lent.home, today).await?;
    if to == home {
        let state = LeadState::Returned;
        let back = Lead { state, to: Some(to), acknowledged_at: Some(now), ..lent.clone() };
        set(act, right, &lent, &back).await?;
        note(act, right, lent.id, LeadStep::Moved, None).await?;
        let about = task::About { thing: Some(lent.id), ..task::About::default() };
        task::end_all(act, right, about, &[TaskKind::CheckLead], TaskState::Done, "").await?;
        return Ok(());
    }
    act.save(right)?
        .exec(
            "UPDATE task SET desk_id = $3, assignee_id = NULL, version = version + 1 WHERE municipality_id = $1 \
             AND thing_id = $2 AND kind = 'check_lead' AND state = 'open' AND desk_id <> $3",
            args![m, lent.id, to],
        )
        .await?;
    Ok(())
}
