//! What happened to a person: a death, a coming or a departure, living apart and together again, a move. A wrong one is
//! taken back and kept.

use std::collections::{BTreeMap, BTreeSet};

use access::Right;
use engine::{Act, Broken, Conn, Fail, Statement, args};
use words::code::Code;
use words::id::{CommandId, MunicipalityId, PersonId, UserId};
use words::partial::PartialDate;
use words::{Instant, codes};

use crate::planned;

codes! {
    /// What happened.
    pub enum Happened {
        /// 亡くなった.
        Died = "died",
        /// 世帯を離れた.
        Left = "left",
        /// 世帯に入った・もどった.
        Joined = "joined",
        /// 別に暮らすようになった.
        Apart = "apart",
        /// いっしょに暮らすようになった.
        Together = "together",
        /// 引っ越した.
        Moved = "moved",
        /// ここでいっしょに暮らしはじめた, of somebody who was written down as living there already.
        Since = "since",
    }

    /// Why it is taken back. A code: words about a household belong into its records.
    pub enum Mistake {
        /// 人ちがい.
        WrongPerson = "wrong_person",
        /// 知らせが誤り・聞きまちがい.
        Misheard = "misheard",
        /// 日のまちがい: it is written again with the right one.
        WrongDay = "wrong_day",
        /// 書きまちがい.
        Slip = "slip",
        /// 引っ越す予定が変わった: it is written again as it is now. Of a move ahead only, and chosen by nobody.
        Changed = "changed",
        /// 引っ越す予定がなくなった.
        CalledOff = "called_off",
    }
}

impl Mistake {
    /// Those that somebody chooses who takes something back.
    pub(crate) const CHOSEN: [Self; 4] = [Self::WrongPerson, Self::Misheard, Self::WrongDay, Self::Slip];
}

/// One that was taken back, as its history shows it.
pub(crate) struct Corrected {
    /// The command that had written it.
    pub made_by: CommandId,
    pub kind: Happened,
    pub day: String,
    pub author: Option<UserId>,
    pub recorded_at: Option<Instant>,
    pub by: Option<UserId>,
    pub at: Instant,
    pub reason: Mistake,
}

/// Writes down what happened, beside what is known of the person now.
pub(crate) async fn note(
    act: &mut Act,
    right: &Right,
    person: PersonId,
    kind: Happened,
    day: PartialDate,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let author = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO person_event (municipality_id, person_id, kind, day, author_id, recorded_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![m, person, kind.code(), day.to_string(), author, now, command],
        )
        .await?;
    Ok(())
}

/// Takes it back; what was written stays. The command that had written it, when that is known.
pub(crate) async fn take_back(
    act: &mut Act,
    right: &Right,
    person: PersonId,
    kind: Happened,
    day: &str,
    reason: Mistake,
) -> Result<Option<CommandId>, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    let written = conn
        .maybe(
            "UPDATE person_event SET corrected_at = $4, corrected_by = $5, corrected_command_id = $6, reason = $7 \
             WHERE municipality_id = $1 AND person_id = $2 AND kind = $3 AND corrected_at IS NULL \
             AND command_id = (SELECT e.command_id FROM person_event e WHERE e.municipality_id = $1 \
             AND e.person_id = $2 AND e.kind = $3 AND e.corrected_at IS NULL \
             ORDER BY e.recorded_at DESC, e.command_id DESC LIMIT 1) RETURNING command_id",
            args![m, person, kind.code(), now, by, command, reason.code()],
        )
        .await?;
    if let Some(row) = written {
        return Ok(Some(row.get("command_id")?));
    }
    // Written before events were kept.
    conn.exec(
        "INSERT INTO person_event (municipality_id, person_id, kind, day, command_id, corrected_at, corrected_by, \
         corrected_command_id, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $5, $8)",
        args![m, person, kind.code(), day, command, now, by, reason.code()],
    )
    .await?;
    Ok(None)
}

/// Whether the same command wrote the same of others, of whom it stands: they left together, or moved.
pub(crate) async fn stands_of_others(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (made_by, kind): (CommandId, Happened),
    person: PersonId,
) -> Result<bool, Broken> {
    let row = conn
        .maybe(
            "SELECT person_id FROM person_event WHERE municipality_id = $1 AND command_id = $2 AND kind = $3 \
             AND person_id <> $4 AND corrected_at IS NULL LIMIT 1",
            args![m, made_by, kind.code(), person],
        )
        .await?;
    Ok(row.is_some())
}

/// Moves that were said ahead are none any more; what was written stays.
pub(crate) async fn not_ahead(
    act: &mut Act,
    right: &Right,
    over: &[planned::Over],
    reason: Mistake,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    let commands: BTreeSet<CommandId> = over.iter().map(|o| o.by).collect();
    for made_by in commands {
        let statement = Statement::new(
            "UPDATE person_event SET corrected_at = ?, corrected_by = ?, corrected_command_id = ?, reason = ? \
             WHERE municipality_id = ? AND kind = 'moved' AND corrected_at IS NULL AND command_id = ?",
            args![now, by, command, reason.code(), m, made_by],
        );
        let people = over.iter().filter(|o| o.by == made_by).map(|o| o.person);
        conn.run(statement.push_in(" AND person_id IN", people)).await?;
    }
    Ok(())
}

/// Something that stands, as the history of a person shows it.
pub(crate) struct Standing {
    pub kind: Happened,
    pub day: String,
    pub author: Option<UserId>,
    pub recorded_at: Option<Instant>,
}

/// What happened to a person and stands, the latest first.
pub(crate) async fn standing(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    person: PersonId,
) -> Result<Vec<Standing>, Broken> {
    conn.all(
        "SELECT kind, day, author_id, recorded_at FROM person_event WHERE municipality_id = $1 AND person_id = $2 \
         AND corrected_at IS NULL ORDER BY day DESC, recorded_at DESC",
        args![municipality, person],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Standing {
            kind: row.code("kind")?,
            day: row.get("day")?,
            author: row.get("author_id")?,
            recorded_at: row.get("recorded_at")?,
        })
    })
    .collect()
}

/// Whether a move that a command wrote has been, and stands.
pub(crate) async fn has_moved(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    made_by: CommandId,
    today: words::Day,
) -> Result<bool, Broken> {
    let row = conn
        .maybe(
            "SELECT person_id FROM person_event WHERE municipality_id = $1 AND command_id = $2 AND kind = 'moved' \
             AND corrected_at IS NULL AND day <= $3 LIMIT 1",
            args![municipality, made_by, today],
        )
        .await?;
    Ok(row.is_some())
}

/// The day of the latest move of somebody of a household, if it is not long ago and has been.
pub(crate) async fn moved_since(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    household: words::id::HouseholdId,
    (since, today): (words::Day, words::Day),
) -> Result<Option<String>, Broken> {
    conn.one(
        "SELECT MAX(e.day) AS day FROM person_event e JOIN person p ON p.municipality_id = e.municipality_id \
         AND p.id = e.person_id WHERE e.municipality_id = $1 AND p.household_id = $2 AND e.kind = 'moved' \
         AND e.corrected_at IS NULL AND e.day >= $3 AND e.day <= $4",
        args![municipality, household, since, today],
    )
    .await?
    .get("day")
}

/// The day of the last move of each of these people that stands on their card.
pub(crate) async fn last_moves(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    persons: impl IntoIterator<Item = PersonId>,
    today: words::Day,
) -> Result<BTreeMap<PersonId, words::Day>, Broken> {
    let statement = Statement::new(
        "SELECT person_id, MAX(day) AS day FROM person_event WHERE municipality_id = ? AND kind = 'moved' \
         AND corrected_at IS NULL AND day <= ?",
        args![municipality, today],
    )
    .push_in(" AND person_id IN", persons)
    .push(" GROUP BY person_id", args![]);
    conn.select(statement).await?.iter().map(|r| Ok((r.get("person_id")?, r.get("day")?))).collect()
}

/// What was taken back about a person, the latest first.
pub(crate) async fn corrected(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    person: PersonId,
) -> Result<Vec<Corrected>, Broken> {
    conn.all(
        "SELECT command_id, kind, day, author_id, recorded_at, corrected_by, corrected_at, reason FROM person_event \
         WHERE municipality_id = $1 AND person_id = $2 AND corrected_at IS NOT NULL \
         ORDER BY corrected_at DESC, kind",
        args![municipality, person],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Corrected {
            made_by: row.get("command_id")?,
            kind: row.code("kind")?,
            day: row.get("day")?,
            author: row.get("author_id")?,
            recorded_at: row.get("recorded_at")?,
            by: row.get("corrected_by")?,
            at: row.get("corrected_at")?,
            reason: row.code("reason")?,
        })
    })
    .collect()
}
