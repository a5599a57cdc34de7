//! Comments on minutes, and what became of them.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::Instant;
use words::code::Code;
use words::id::{DeskId, EntryId, MeetingId, MinutesCommentId, MinutesSectionId, MunicipalityId, UserId};

use crate::rules::Taken;

/// A comment as stored: words about a case are an entry.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub id: MinutesCommentId,
    pub section: MinutesSectionId,
    pub desk: DeskId,
    pub user: Option<UserId>,
    pub name: String,
    pub told_by: String,
    pub body: String,
    pub entry: Option<EntryId>,
    pub said_at: Instant,
    pub taken: Option<Taken>,
    pub answer: String,
    pub answer_entry: Option<EntryId>,
}

fn stored(row: &Row) -> Result<Stored, Broken> {
    Ok(Stored {
        id: row.get("id")?,
        section: row.get("section_id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        name: row.get("name")?,
        told_by: row.get("told_by")?,
        body: row.get("body")?,
        entry: row.get("entry_id")?,
        said_at: row.get("said_at")?,
        taken: row.code_opt("taken")?,
        answer: row.get("answer")?,
        answer_entry: row.get("answer_entry_id")?,
    })
}

/// What was said about the minutes of a session, in order.
pub(crate) async fn of_meeting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
) -> Result<Vec<Stored>, Broken> {
    conn.all(
        "SELECT id, section_id, desk_id, user_id, name, told_by, body, entry_id, said_at, taken, answer, answer_entry_id \
         FROM minutes_comment WHERE municipality_id = $1 AND meeting_id = $2 ORDER BY said_at, id",
        args![m, id],
    )
    .await?
    .iter()
    .map(stored)
    .collect()
}

/// Keeps a comment.
pub(crate) async fn insert(
    act: &mut Act,
    right: &Right,
    meeting: MeetingId,
    new: &Stored,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO minutes_comment (municipality_id, id, meeting_id, section_id, desk_id, user_id, name, told_by, body, \
             entry_id, said_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                m,
                new.id,
                meeting,
                new.section,
                new.desk,
                new.user,
                &new.name,
                &new.told_by,
                &new.body,
                new.entry,
                new.said_at,
                command
            ],
        )
        .await?;
    Ok(())
}

/// What became of it; said once.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    id: MinutesCommentId,
    taken: Taken,
    (words, entry): (&str, Option<EntryId>),
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE minutes_comment SET taken = $3, answer = $4, answer_entry_id = $5, answered_at = $6 \
             WHERE municipality_id = $1 AND id = $2 AND taken = ''",
            args![m, id, taken.code(), words, entry, now],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
