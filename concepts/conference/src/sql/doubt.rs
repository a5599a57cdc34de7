//! Presence that was corrected after something was decided on it, and the decisions that rest on it until somebody has confirmed them.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::code::Code;
use words::id::{DecisionId, DeskId, MatterId, MeetingId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::acts::doubt::{Answer, Corrected, Correction, Doubt, Held};
use crate::rules::there::CorrectedWhy;

/// The decisions of a matter that were made on a day and stand.
pub(crate) async fn decided(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    on: Day,
) -> Result<Vec<DecisionId>, Broken> {
    conn.all(
        "SELECT id FROM decision WHERE municipality_id = $1 AND matter_id = $2 AND decided_on = $3 \
         AND voided_at IS NULL ORDER BY id",
        args![m, matter, on],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// Keeps how somebody's presence was noted, and which decisions rest on it.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    held: &Held,
    (c, why): (&Corrected<'_>, CorrectedWhy),
    decisions: &[DecisionId],
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let id: ThingId = act.new_id();
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO presence_correction (municipality_id, id, matter_id, meeting_id, on_day, desk_id, user_id, name, was, \
         became, why, corrected_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            m,
            id,
            held.matter,
            held.meeting,
            held.on,
            c.desk,
            c.user,
            c.name,
            c.was,
            c.became,
            why.code(),
            now,
            command
        ],
    )
    .await?;
    for decision in decisions {
        conn.exec(
            "INSERT INTO decision_doubt (municipality_id, decision_id, correction_id) VALUES ($1, $2, $3)",
            args![m, *decision, id],
        )
        .await?;
    }
    Ok(())
}

/// Answers every open doubt about a decision; how many there were.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    decision: DecisionId,
    (answer, anew): (Answer, Option<DecisionId>),
) -> Result<u64, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let answered = act
        .save(right)?
        .exec(
            "UPDATE decision_doubt SET outcome = $3, anew_id = $4, answered_at = $5, answer_command_id = $6 \
             WHERE municipality_id = $1 AND decision_id = $2 AND outcome = ''",
            args![m, decision, answer.code(), anew, now, command],
        )
        .await?;
    Ok(answered)
}

fn correction(row: &Row) -> Result<Correction, Broken> {
    let meeting: Option<MeetingId> = row.get("meeting_id")?;
    let (desk, user): (DeskId, Option<UserId>) = (row.get("desk_id")?, row.get("user_id")?);
    Ok(Correction {
        of_session: meeting.is_some(),
        on: row.get("on_day")?,
        desk,
        user,
        name: row.get("name")?,
        was: row.get("was")?,
        became: row.get("became")?,
        why: row.code("why")?,
        at: row.get("corrected_at")?,
        by: row.get("corrected_by")?,
    })
}

/// The corrections of a session's list, the first first.
pub(crate) async fn of_meeting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meeting: MeetingId,
) -> Result<Vec<Correction>, Broken> {
    conn.all(
        "SELECT p.meeting_id, p.on_day, p.desk_id, p.user_id, p.name, p.was, p.became, p.why, p.corrected_at, \
         c.author_id AS corrected_by FROM presence_correction p \
         JOIN command c ON c.municipality_id = p.municipality_id AND c.id = p.command_id \
         WHERE p.municipality_id = $1 AND p.meeting_id = $2 ORDER BY p.corrected_at, p.id",
        args![m, meeting],
    )
    .await?
    .iter()
    .map(correction)
    .collect()
}

/// The doubts about a decision, the first first.
pub(crate) async fn of_decision(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    decision: DecisionId,
) -> Result<Vec<Doubt>, Broken> {
    conn.all(
        "SELECT p.meeting_id, p.on_day, p.desk_id, p.user_id, p.name, p.was, p.became, p.why, p.corrected_at, \
         c.author_id AS corrected_by, d.outcome, d.anew_id, d.answered_at, a.author_id AS answered_by FROM decision_doubt d \
         JOIN presence_correction p ON p.municipality_id = d.municipality_id AND p.id = d.correction_id \
         JOIN command c ON c.municipality_id = p.municipality_id AND c.id = p.command_id \
         LEFT JOIN command a ON a.municipality_id = d.municipality_id AND a.id = d.answer_command_id \
         WHERE d.municipality_id = $1 AND d.decision_id = $2 ORDER BY p.corrected_at, p.id",
        args![m, decision],
    )
    .await?
    .iter()
    .map(|row| {
        let answered_at: Option<Instant> = row.get("answered_at")?;
        Ok(Doubt {
            correction: correction(row)?,
            answer: row.code_opt("outcome")?,
            anew: row.get("anew_id")?,
            answered: answered_at.zip(row.get("answered_by")?),
        })
    })
    .collect()
}
