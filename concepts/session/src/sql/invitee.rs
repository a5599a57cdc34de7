//! Invitations, answers, attendance, and what was said in writing.

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use words::code::Code;
use words::id::{AgendaItemId, BodyId, DeskId, EntryId, InviteeId, MeetingId, MunicipalityId, UserId};
use words::{Day, Instant};

use crate::invite::{Guest, Invitation};
use crate::rules::{Arrival, Attendance, Own, Reply, Vote, Why};

/// An invitation: of a desk, a person of it, or a name of a partner.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// Its id.
    pub id: InviteeId,
    /// The session.
    pub meeting: MeetingId,
    /// One item of it; nothing: the whole session.
    pub item: Option<AgendaItemId>,
    /// The desk.
    pub desk: DeskId,
    /// The person.
    pub user: Option<UserId>,
    /// Of a partner without a login.
    pub name: String,
    /// Why they are invited.
    pub why: Why,
    /// Whether they have to come.
    pub obligatory: bool,
    /// What they answered.
    pub reply: Option<Reply>,
    /// Who comes instead.
    pub substitute: String,
    /// How it was told, when somebody else wrote it down.
    pub told_by: String,
    /// How they were there.
    pub attendance: Option<Attendance>,
    /// Version.
    pub version: i64,
}

impl Invitee {
    /// Who was invited: the desk, the person, the name.
    pub(crate) fn who(&self) -> (DeskId, Option<UserId>, &str) {
        (self.desk, self.user, &self.name)
    }

    /// As invitations are computed from it.
    pub(crate) fn invitation(&self) -> Invitation {
        let guest = Guest { desk: self.desk, user: self.user, name: self.name.clone() };
        Invitation { guest, item: self.item, why: self.why }
    }
}

const INVITEE: &str = "SELECT id, meeting_id, item_id, desk_id, user_id, name, why, obligatory, answer, substitute, told_by, attendance, \
     version FROM invitee WHERE municipality_id = ?";

fn invitee(row: &Row) -> Result<Invitee, Broken> {
    Ok(Invitee {
        id: row.get("id")?,
        meeting: row.get("meeting_id")?,
        item: row.get("item_id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        name: row.get("name")?,
        why: row.code("why")?,
        obligatory: row.get("obligatory")?,
        reply: row.code_opt("answer")?,
        substitute: row.get("substitute")?,
        told_by: row.get("told_by")?,
        attendance: row.code_opt("attendance")?,
        version: row.get("version")?,
    })
}

/// One invitation.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: InviteeId,
) -> Result<Option<Invitee>, Broken> {
    let rows = conn.select(Statement::new(INVITEE, args![m]).push(" AND id = ?", args![id])).await?;
    rows.first().map(invitee).transpose()
}

/// These invitations.
pub(crate) async fn by_ids(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = InviteeId>,
) -> Result<Vec<Invitee>, Broken> {
    conn.select(Statement::new(INVITEE, args![m]).push_in(" AND id IN", ids))
        .await?
        .iter()
        .map(invitee)
        .collect()
}

/// Everybody invited to these sessions.
pub(crate) async fn of_meetings(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meetings: impl IntoIterator<Item = MeetingId>,
) -> Result<Vec<Invitee>, Broken> {
    let statement = Statement::new(INVITEE, args![m])
        .push_in(" AND meeting_id IN", meetings)
        .push(" ORDER BY CASE WHEN item_id IS NULL THEN 0 ELSE 1 END, id", args![]);
    conn.select(statement).await?.iter().map(invitee).collect()
}

/// New invitations.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &[Invitee]) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut rows = Bulk::new(
        "INSERT INTO invitee (municipality_id, id, meeting_id, item_id, desk_id, user_id, name, why, obligatory, \
         command_id) VALUES",
        10,
    );
    for i in new {
        rows.row(args![
            m,
            i.id,
            i.meeting,
            i.item,
            i.desk,
            i.user,
            &i.name,
            i.why.code(),
            i.obligatory,
            command
        ]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// An invitation is taken back: nobody has answered it, or the item is gone.
pub(crate) async fn remove(act: &mut Act, right: &Right, id: InviteeId) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    conn.exec("DELETE FROM written_answer WHERE municipality_id = $1 AND invitee_id = $2", args![m, id])
        .await?;
    conn.exec("DELETE FROM invitee WHERE municipality_id = $1 AND id = $2", args![m, id]).await?;
    Ok(())
}

/// The answer, at the version that was read.
pub(crate) async fn answer(
    act: &mut Act,
    right: &Right,
    i: &Invitee,
    (reply, substitute): (Reply, &str),
    told_by: &str,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE invitee SET answer = $4, substitute = $5, answered_at = $6, answered_by = $7, told_by = $8, \
             version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, i.id, i.version, reply.code(), substitute, now, by, told_by],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// What somebody answered to another of their invitations to the same session counts for this one: as it was said, when, and by whom.
pub(crate) async fn answer_as(
    act: &mut Act,
    right: &Right,
    id: InviteeId,
    (from, reply): (InviteeId, Reply),
) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE invitee SET answer = $4, substitute = CASE WHEN $4 = 'substitute' THEN \
             (SELECT x.substitute FROM invitee x WHERE x.municipality_id = $1 AND x.id = $3) ELSE '' END, \
             answered_at = (SELECT x.answered_at FROM invitee x WHERE x.municipality_id = $1 AND x.id = $3), \
             answered_by = (SELECT x.answered_by FROM invitee x WHERE x.municipality_id = $1 AND x.id = $3), \
             told_by = (SELECT x.told_by FROM invitee x WHERE x.municipality_id = $1 AND x.id = $3), \
             version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![m, id, from, reply.code()],
        )
        .await?;
    Ok(())
}

/// Why somebody is invited now, and whether they have to come.
pub(crate) async fn oblige(act: &mut Act, right: &Right, id: InviteeId, why: Why) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE invitee SET why = $3, obligatory = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2",
            args![m, id, why.code(), why.obliges()],
        )
        .await?;
    Ok(())
}

/// An answer was to another day: it is asked for again. What was said in writing to each item stays.
pub(crate) async fn unanswer(act: &mut Act, right: &Right, id: InviteeId) -> Result<(), Fail> {
    let m = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE invitee SET answer = '', substitute = '', answered_at = NULL, answered_by = NULL, told_by = '', \
             version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![m, id],
        )
        .await?;
    Ok(())
}

/// Who of the household, or with them, is invited to these items, and how they were there. No names.
pub(crate) async fn own(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<(AgendaItemId, Own, Arrival)>, Broken> {
    let sql = "SELECT item_id, who, came FROM agenda_own WHERE municipality_id = ?";
    let statement =
        Statement::new(sql, args![m]).push_in(" AND item_id IN", items).push(" ORDER BY who", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("item_id")?, row.code("who")?, row.code("came")?)))
        .collect()
}

/// Says so of one item: nothing takes an invitation back.
pub(crate) async fn set_own(
    act: &mut Act,
    right: &Right,
    item: AgendaItemId,
    who: &[(Own, Option<Arrival>)],
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    for (who, came) in who {
        let key = args![m, item, who.code()];
        conn.exec("DELETE FROM agenda_own WHERE municipality_id = $1 AND item_id = $2 AND who = $3", key)
            .await?;
        if let Some(came) = came {
            conn.exec(
                "INSERT INTO agenda_own (municipality_id, item_id, who, came, command_id) VALUES ($1, $2, $3, $4, $5)",
                args![m, item, who.code(), came.code(), command],
            )
            .await?;
        }
    }
    Ok(())
}

/// How somebody was there, over what stood there when it was noted; whether that still stood there. The statement compares, so that
/// of two who note at once the second is told.
pub(crate) async fn attend(
    act: &mut Act,
    right: &Right,
    id: InviteeId,
    (how, was): (Attendance, Option<Attendance>),
) -> Result<bool, Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE invitee SET attendance = $3, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND attendance = $4",
            args![m, id, how.code(), was.map_or("", Code::code)],
        )
        .await?;
    Ok(changed > 0)
}

/// What a member said to an item in writing; said again, the later word stands.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub item: AgendaItemId,
    pub invitee: InviteeId,
    pub vote: Vote,
    /// Of a general subject.
    pub comment: String,
    /// About a case: an entry.
    pub entry: Option<EntryId>,
    pub told_by: String,
    /// The day it came in.
    pub received: Day,
    /// Who wrote it down.
    pub by: Option<UserId>,
}

/// Keeps it.
pub(crate) async fn write(act: &mut Act, right: &Right, w: &Written) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO written_answer (municipality_id, item_id, invitee_id, answer, comment, answered_at, told_by, \
             command_id, comment_entry_id, received_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (municipality_id, item_id, invitee_id) \
             DO UPDATE SET answer = excluded.answer, comment = excluded.comment, answered_at = excluded.answered_at, \
             told_by = excluded.told_by, command_id = excluded.command_id, \
             comment_entry_id = excluded.comment_entry_id, received_on = excluded.received_on",
            args![
                m,
                w.item,
                w.invitee,
                w.vote.code(),
                &w.comment,
                now,
                &w.told_by,
                command,
                w.entry,
                w.received
            ],
        )
        .await?;
    Ok(())
}

/// What was said in writing to the items of a session.
pub(crate) async fn written(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meeting: MeetingId,
) -> Result<Vec<Written>, Broken> {
    conn.all(
        "SELECT w.item_id, w.invitee_id, w.answer, w.comment, w.comment_entry_id, w.told_by, w.answered_at, w.received_on, \
         c.author_id FROM written_answer w \
         JOIN invitee i ON i.municipality_id = w.municipality_id AND i.id = w.invitee_id \
         JOIN command c ON c.municipality_id = w.municipality_id AND c.id = w.command_id \
         WHERE w.municipality_id = $1 AND i.meeting_id = $2 ORDER BY w.answered_at, w.invitee_id",
        args![m, meeting],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Written {
            item: row.get("item_id")?,
            invitee: row.get("invitee_id")?,
            vote: row.code("answer")?,
            comment: row.get("comment")?,
            entry: row.get("comment_entry_id")?,
            told_by: row.get("told_by")?,
            received: match row.get::<Option<Day>>("received_on")? {
                Some(day) => day,
                None => row.get::<Instant>("answered_at")?.day(),
            },
            by: row.get("author_id")?,
        })
    })
    .collect()
}

/// How a section came to the sessions of a period.
#[derive(Debug, Clone)]
pub(crate) struct Came {
    pub desk: DeskId,
    pub invited: i64,
    pub there: i64,
    pub instead: i64,
    pub missed: i64,
    pub silent: i64,
}

/// By desk, of the sessions held in a period, of one body or of all. Sessions are counted, not invitations: a desk invited to a session
/// and to two of its items came once. About nobody but the sections themselves.
pub(crate) async fn came(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (from, to): (Day, Day),
    body: Option<BodyId>,
) -> Result<Vec<Came>, Broken> {
    let mut statement = Statement::new(
        "SELECT i.desk_id, COUNT(DISTINCT i.meeting_id) AS invited, \
         COUNT(DISTINCT CASE WHEN i.attendance IN ('room', 'online', 'substitute', 'late', 'left_early', 'writing') \
         THEN i.meeting_id END) AS there, \
         COUNT(DISTINCT CASE WHEN i.attendance = 'substitute' THEN i.meeting_id END) AS instead, \
         COUNT(DISTINCT CASE WHEN i.obligatory AND i.attendance = 'absent' THEN i.meeting_id END) AS missed, \
         COUNT(DISTINCT CASE WHEN i.answer = '' THEN i.meeting_id END) AS silent FROM invitee i \
         JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
         WHERE i.municipality_id = ? AND k.state = 'held' AND k.starts_at >= ? AND k.starts_at < ?",
        args![m, Instant::at(from, 0, 0), Instant::at(to.plus_days(1), 0, 0)],
    );
    if let Some(body) = body {
        statement = statement.push(" AND k.body_id = ?", args![body]);
    }
    conn.select(statement.push(" GROUP BY i.desk_id ORDER BY invited DESC, i.desk_id", args![]))
        .await?
        .iter()
        .map(|row| {
            Ok(Came {
                desk: row.get("desk_id")?,
                invited: row.get("invited")?,
                there: row.get("there")?,
                instead: row.get("instead")?,
                missed: row.get("missed")?,
                silent: row.get("silent")?,
            })
        })
        .collect()
}
