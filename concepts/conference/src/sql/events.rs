//! The steps taken in a matter: what, when, by which desk, by whom. No words.

use access::Right;
use engine::{Act, Broken, Conn, Fail, args};
use words::Instant;
use words::id::{DeskId, MatterId, MunicipalityId, ThingId, UserId};

/// Notes a step: who took it, for which desk, about what, and how it was told.
pub(crate) async fn note(
    act: &mut Act,
    right: &Right,
    id: MatterId,
    step: &str,
    thing: Option<ThingId>,
    told_by: &str,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "INSERT INTO matter_event (municipality_id, matter_id, seq, step, happened_at, desk_id, user_id, thing_id, \
             told_by, command_id) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 \
             FROM matter_event WHERE municipality_id = $1 AND matter_id = $2",
            args![m, id, step, now, desk, user, thing, told_by, command],
        )
        .await?;
    Ok(())
}

/// A step that was taken.
pub(crate) struct Taken {
    /// Its code.
    pub step: String,
    pub at: Instant,
    pub desk: DeskId,
    pub user: Option<UserId>,
    /// What or whom it was about.
    pub thing: Option<ThingId>,
    /// How it was told.
    pub told_by: String,
}

/// The steps taken, in their order.
pub(crate) async fn taken(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MatterId,
) -> Result<Vec<Taken>, Broken> {
    conn.all(
        "SELECT step, happened_at, desk_id, user_id, thing_id, told_by FROM matter_event \
         WHERE municipality_id = $1 AND matter_id = $2 ORDER BY seq",
        args![m, id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Taken {
            step: row.get("step")?,
            at: row.get("happened_at")?,
            desk: row.get("desk_id")?,
            user: row.get("user_id")?,
            thing: row.get("thing_id")?,
            told_by: row.get("told_by")?,
        })
    })
    .collect()
}
