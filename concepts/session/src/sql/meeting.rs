//! Sessions.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{BodyId, CaseId, DeskId, MeetingId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant};

use crate::rules::MeetingState;

/// 会議の回.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// Its id.
    pub id: MeetingId,
    /// The body; nothing for one that is held once.
    pub body: Option<BodyId>,
    /// The desk of its secretariat.
    pub desk: DeskId,
    /// Its title, without anybody in it.
    pub title: String,
    /// When it begins.
    pub starts: Instant,
    /// When it ends.
    pub ends: Instant,
    /// Where.
    pub place: String,
    /// Whether one can also come online.
    pub online: bool,
    /// 書面会議.
    pub writing: bool,
    /// By which day the invited answer.
    pub answer_by: Day,
    /// Cases it can take.
    pub capacity: Option<i64>,
    /// Where it stands.
    pub state: MeetingState,
    /// When the invitations went out.
    pub invited_at: Option<Instant>,
    /// When its day or place was changed after that.
    pub moved_at: Option<Instant>,
    /// 次回.
    pub next: Option<MeetingId>,
    /// When what it kept about nobody was disposed of: from then on nothing is written about it any more.
    pub disposed_at: Option<Instant>,
    /// Version.
    pub version: i64,
}

impl Meeting {
    /// Whether another one is held at another time or place, or in another way.
    pub(crate) fn elsewhere(&self, other: &Self) -> bool {
        let at = |k: &Self| (k.starts, k.ends, k.online, k.writing);
        at(self) != at(other) || self.place != other.place
    }
}

const MEETING: &str = "SELECT k.id, k.body_id, k.desk_id, k.title, k.starts_at, k.ends_at, k.place, k.online, k.in_writing, k.answer_by, \
     k.capacity, k.state, k.invited_at, k.moved_at, k.next_id, k.disposed_at, k.version FROM meeting k WHERE k.municipality_id = ?";

fn meeting(row: &Row) -> Result<Meeting, Broken> {
    Ok(Meeting {
        id: row.get("id")?,
        body: row.get("body_id")?,
        desk: row.get("desk_id")?,
        title: row.get("title")?,
        starts: row.get("starts_at")?,
        ends: row.get("ends_at")?,
        place: row.get("place")?,
        online: row.get("online")?,
        writing: row.get("in_writing")?,
        answer_by: row.get("answer_by")?,
        capacity: row.get("capacity")?,
        state: row.code("state")?,
        invited_at: row.get("invited_at")?,
        moved_at: row.get("moved_at")?,
        next: row.get("next_id")?,
        disposed_at: row.get("disposed_at")?,
        version: row.get("version")?,
    })
}

/// One session.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
) -> Result<Option<Meeting>, Broken> {
    let rows = conn.select(Statement::new(MEETING, args![m]).push(" AND k.id = ?", args![id])).await?;
    rows.first().map(meeting).transpose()
}

/// These sessions.
pub(crate) async fn by_ids(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = MeetingId>,
) -> Result<Vec<Meeting>, Broken> {
    conn.select(Statement::new(MEETING, args![m]).push_in(" AND k.id IN", ids))
        .await?
        .iter()
        .map(meeting)
        .collect()
}

/// Title and day of the sessions that promises belong to, by what the promises are about: a session, an invitation to one.
/// Whoever has a promise of a session knows of the session.
pub async fn of_promises(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    things: &[ThingId],
) -> Result<Vec<(ThingId, String, Instant)>, Broken> {
    let ids = || things.iter().copied();
    let statement = Statement::new(
        "SELECT k.id, k.title, k.starts_at FROM meeting k WHERE k.municipality_id = ?",
        args![m],
    )
    .push_in(" AND k.id IN", ids())
    .push(
        " UNION ALL SELECT i.id, k.title, k.starts_at FROM invitee i JOIN meeting k \
         ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id WHERE i.municipality_id = ?",
        args![m],
    )
    .push_in(" AND i.id IN", ids());
    let of = |row: &Row| Ok((row.get("id")?, row.get("title")?, row.get("starts_at")?));
    conn.select(statement).await?.iter().map(of).collect()
}

/// For whom sessions are listed.
pub(crate) struct Whose<'a> {
    /// Desks whose secretariat they are.
    pub runs: &'a [DeskId],
    /// Bodies they are a member of today.
    pub bodies: &'a [BodyId],
    /// The person, invited by name.
    pub user: UserId,
    /// Their desks, invited as desks.
    pub desks: &'a [DeskId],
    /// The cases they are kept out of: to what is about those families they are not invited (disclosure rule 14).
    pub excluded: &'a [CaseId],
}

/// Sessions somebody runs, is a member of, or is invited to, in a span of days; the first first. All of them: what is cut off silently
/// is a session nobody comes to.
pub(crate) async fn list(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    whose: &Whose<'_>,
    (from, to): (Day, Day),
) -> Result<Vec<Meeting>, Broken> {
    let statement = Statement::new(MEETING, args![m])
        .push(
            " AND k.starts_at >= ? AND k.starts_at < ?",
            args![Instant::at(from, 0, 0), Instant::at(to.plus_days(1), 0, 0)],
        )
        .push_in(" AND (k.desk_id IN", whose.runs.iter().copied())
        .push_in(" OR k.body_id IN", whose.bodies.iter().copied())
        .push(
            " OR k.id IN (SELECT i.meeting_id FROM invitee i WHERE i.municipality_id = k.municipality_id \
             AND (i.user_id IS NULL OR i.user_id = ?)",
            args![whose.user],
        )
        .push_in(" AND i.desk_id IN", whose.desks.iter().copied())
        .push(
            " AND NOT EXISTS (SELECT 1 FROM agenda_item x LEFT JOIN matter w ON w.municipality_id = x.municipality_id \
             AND w.id = x.matter_id LEFT JOIN case_file c ON c.municipality_id = x.municipality_id AND c.id = x.case_id \
             JOIN case_file y ON y.municipality_id = x.municipality_id \
             AND y.household_id = COALESCE(w.household_id, c.household_id) \
             WHERE x.municipality_id = i.municipality_id AND x.id = i.item_id",
            args![],
        )
        .push_in(" AND y.id IN", whose.excluded.iter().copied())
        .push(")", args![])
        // Of the deputy of a matter on its agenda.
        .push(
            ") OR k.id IN (SELECT z.meeting_id FROM matter_deputy d JOIN matter w ON w.municipality_id = d.municipality_id \
             AND w.id = d.matter_id JOIN agenda_item z ON z.municipality_id = w.municipality_id AND z.matter_id = w.id \
             WHERE d.municipality_id = k.municipality_id AND d.user_id = ? AND d.until_at IS NULL \
             AND z.meeting_id IS NOT NULL",
            args![whose.user],
        )
        .push_in(" AND d.desk_id IN", whose.desks.iter().copied())
        .push(
            " AND NOT EXISTS (SELECT 1 FROM case_file y WHERE y.municipality_id = w.municipality_id \
             AND y.household_id = w.household_id",
            args![],
        )
        .push_in(" AND y.id IN", whose.excluded.iter().copied())
        .push(")", args![])
        .push(")) ORDER BY k.starts_at, k.id", args![]);
    conn.select(statement).await?.iter().map(meeting).collect()
}

/// The sessions of a body, the newest first.
pub(crate) async fn of_body(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    body: BodyId,
) -> Result<Vec<Meeting>, Broken> {
    let statement = Statement::new(MEETING, args![m])
        .push(" AND k.body_id = ? ORDER BY k.starts_at DESC, k.id DESC LIMIT 60", args![body]);
    conn.select(statement).await?.iter().map(meeting).collect()
}

/// Plans a session.
pub(crate) async fn insert(act: &mut Act, right: &Right, k: &Meeting) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO meeting (municipality_id, id, body_id, desk_id, title, starts_at, ends_at, place, online, \
             in_writing, answer_by, capacity, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                m,
                k.id,
                k.body,
                k.desk,
                &k.title,
                k.starts,
                k.ends,
                &k.place,
                k.online,
                k.writing,
                k.answer_by,
                k.capacity,
                command
            ],
        )
        .await?;
    Ok(())
}

/// Changes a planned session, at the version that was read.
pub(crate) async fn update(act: &mut Act, right: &Right, k: &Meeting) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE meeting SET title = $4, starts_at = $5, ends_at = $6, place = $7, online = $8, in_writing = $9, \
             answer_by = $10, capacity = $11, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                m,
                k.id,
                k.version,
                &k.title,
                k.starts,
                k.ends,
                &k.place,
                k.online,
                k.writing,
                k.answer_by,
                k.capacity
            ],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// It was held, or is not held.
pub(crate) async fn set_state(
    act: &mut Act,
    right: &Right,
    k: &Meeting,
    state: MeetingState,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE meeting SET state = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, k.id, k.version, state.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// The invitations went out.
pub(crate) async fn invited(act: &mut Act, right: &Right, id: MeetingId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec(
            "UPDATE meeting SET invited_at = $3, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND invited_at IS NULL",
            args![m, id, now],
        )
        .await?;
    Ok(())
}

/// Whether its minutes are approved now, and not being corrected.
pub(crate) async fn minutes_stand(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
) -> Result<bool, Broken> {
    let sql = "SELECT state FROM minutes WHERE municipality_id = $1 AND meeting_id = $2";
    let row = conn.maybe(sql, args![m, id]).await?;
    let state: Option<String> = row.map(|r| r.get("state")).transpose()?;
    Ok(state.as_deref() == Some("approved"))
}

/// Its day or place was changed after it was told to others.
pub(crate) async fn moved(act: &mut Act, right: &Right, id: MeetingId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    act.save(right)?
        .exec("UPDATE meeting SET moved_at = $3 WHERE municipality_id = $1 AND id = $2", args![m, id, now])
        .await?;
    Ok(())
}

/// 次回: which session comes after this one.
pub(crate) async fn set_next(
    act: &mut Act,
    right: &Right,
    id: MeetingId,
    next: Option<MeetingId>,
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE meeting SET next_id = $3, version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![m, id, next],
        )
        .await?;
    Ok(())
}

/// The sessions that lead to this one.
pub(crate) async fn leading_to(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
) -> Result<Vec<Meeting>, Broken> {
    conn.select(Statement::new(MEETING, args![m]).push(" AND k.next_id = ?", args![id]))
        .await?
        .iter()
        .map(meeting)
        .collect()
}

/// The session of the same body and secretariat that comes after this one.
pub(crate) async fn after(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    k: &Meeting,
) -> Result<Option<Meeting>, Broken> {
    let statement = Statement::new(MEETING, args![m]).push(
        " AND k.body_id = ? AND k.desk_id = ? AND k.id <> ? AND k.starts_at > ? AND k.state = 'planned' \
         ORDER BY k.starts_at, k.id LIMIT 1",
        args![k.body, k.desk, k.id, k.starts],
    );
    conn.select(statement).await?.first().map(meeting).transpose()
}

/// The session of the same body and secretariat that comes before this one.
pub(crate) async fn before(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    k: &Meeting,
) -> Result<Option<Meeting>, Broken> {
    let statement = Statement::new(MEETING, args![m]).push(
        " AND k.body_id = ? AND k.desk_id = ? AND k.id <> ? AND k.starts_at < ? AND k.state <> 'cancelled' \
         ORDER BY k.starts_at DESC, k.id DESC LIMIT 1",
        args![k.body, k.desk, k.id, k.starts],
    );
    conn.select(statement).await?.first().map(meeting).transpose()
}
