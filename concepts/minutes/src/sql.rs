//! Storing minutes: states, sections, texts, approvals, comments, settings.

pub(crate) mod circulation;
pub(crate) mod comment;
pub(crate) mod material;
pub(crate) mod record;
pub(crate) mod section;
pub(crate) mod settings;
pub(crate) mod stood;

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::code::Code;
use words::id::{DeskId, MeetingId, MunicipalityId, UserId};
use words::{Day, Instant};

use crate::rules::{How, State};

/// Where the minutes of a session stand.
#[derive(Debug, Clone)]
pub struct Minutes {
    /// State.
    pub state: State,
    /// How often they were approved.
    pub edition: i64,
    /// Members comment until this day.
    pub comment_until: Option<Day>,
    /// Former members look until this day.
    pub review_until: Option<Day>,
    /// Version; zero before anything was written.
    pub version: i64,
}

impl Default for Minutes {
    fn default() -> Self {
        Self { state: State::Draft, edition: 0, comment_until: None, review_until: None, version: 0 }
    }
}

/// Where the minutes of a session stand; a draft when nothing was written yet.
pub(crate) async fn of_meeting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
) -> Result<Minutes, Broken> {
    let row = conn
        .maybe(
            "SELECT state, edition, comment_until, review_until, version FROM minutes \
             WHERE municipality_id = $1 AND meeting_id = $2",
            args![m, id],
        )
        .await?;
    let Some(row) = row else { return Ok(Minutes::default()) };
    Ok(Minutes {
        state: row.code("state")?,
        edition: row.get("edition")?,
        comment_until: row.get("comment_until")?,
        review_until: row.get("review_until")?,
        version: row.get("version")?,
    })
}

/// Makes the row of a session's minutes when there is none.
pub(crate) async fn ensure(act: &mut Act, right: &Right, id: MeetingId) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO minutes (municipality_id, meeting_id, command_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            args![m, id, command],
        )
        .await?;
    Ok(())
}

/// Stores where they stand now, at the version that was read.
pub(crate) async fn set(
    act: &mut Act,
    right: &Right,
    id: MeetingId,
    old: &Minutes,
    new: &Minutes,
) -> Result<(), Fail> {
    let m = act.municipality();
    // Before the first word there is no row; whoever begins with a step begins with its first version.
    if old.version == 0 {
        ensure(act, right, id).await?;
    }
    let changed = act
        .save(right)?
        .exec(
            "UPDATE minutes SET state = $4, edition = $5, comment_until = $6, review_until = $7, version = version + 1 \
             WHERE municipality_id = $1 AND meeting_id = $2 AND version = $3",
            args![
                m,
                id,
                old.version.max(1),
                new.state.code(),
                new.edition,
                new.comment_until,
                new.review_until
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// One approval.
#[derive(Debug, Clone)]
pub(crate) struct Edition {
    pub n: i64,
    pub approved_on: Day,
    pub how: How,
    pub told_by: String,
    pub note: String,
    pub recorded_at: Instant,
    pub desk: DeskId,
    pub user: UserId,
    pub public_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
}

impl Edition {
    /// Whether its public version is out.
    pub fn is_public(&self) -> bool {
        self.public_at.is_some() && self.withdrawn_at.is_none()
    }
}

fn edition(row: &Row) -> Result<Edition, Broken> {
    Ok(Edition {
        n: row.get("edition")?,
        approved_on: row.get("approved_on")?,
        how: row.code("how")?,
        told_by: row.get("told_by")?,
        note: row.get("note")?,
        recorded_at: row.get("recorded_at")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        public_at: row.get("public_at")?,
        withdrawn_at: row.get("withdrawn_at")?,
    })
}

/// Every approval, the newest first.
pub(crate) async fn editions(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
) -> Result<Vec<Edition>, Broken> {
    conn.all(
        "SELECT edition, approved_on, how, told_by, note, recorded_at, desk_id, user_id, public_at, withdrawn_at \
         FROM minutes_edition WHERE municipality_id = $1 AND meeting_id = $2 ORDER BY edition DESC",
        args![m, id],
    )
    .await?
    .iter()
    .map(edition)
    .collect()
}

/// Keeps an approval, of the texts that stand.
pub(crate) async fn add_edition(
    act: &mut Act,
    right: &Right,
    id: MeetingId,
    new: &Edition,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO minutes_edition (municipality_id, meeting_id, edition, approved_on, how, told_by, note, recorded_at, \
         desk_id, user_id, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            m,
            id,
            new.n,
            new.approved_on,
            new.how.code(),
            &new.told_by,
            &new.note,
            new.recorded_at,
            new.desk,
            new.user,
            command
        ],
    )
    .await?;
    conn.exec(
        "INSERT INTO minutes_edition_text (municipality_id, meeting_id, edition, section_id, version) \
         SELECT municipality_id, meeting_id, $3, id, version FROM minutes_section \
         WHERE municipality_id = $1 AND meeting_id = $2",
        args![m, id, new.n],
    )
    .await?;
    Ok(())
}

/// The public version of an approval goes out, in the place of that of an earlier one.
pub(crate) async fn give_out(
    act: &mut Act,
    right: &Right,
    (id, edition): (MeetingId, i64),
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    withdraw_all(act, right, id).await?;
    let changed = act
        .save(right)?
        .exec(
            "UPDATE minutes_edition SET public_at = $4, withdrawn_at = NULL \
             WHERE municipality_id = $1 AND meeting_id = $2 AND edition = $3",
            args![m, id, edition, now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Whatever is public is taken back; of which approval does not matter.
pub(crate) async fn take_back(act: &mut Act, right: &Right, id: MeetingId) -> Result<(), Fail> {
    if withdraw_all(act, right, id).await? { Ok(()) } else { Err(Fail::Stale) }
}

async fn withdraw_all(act: &mut Act, right: &Right, id: MeetingId) -> Result<bool, Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE minutes_edition SET withdrawn_at = $3 WHERE municipality_id = $1 AND meeting_id = $2 \
             AND public_at IS NOT NULL AND withdrawn_at IS NULL",
            args![m, id, now],
        )
        .await?;
    Ok(changed > 0)
}
