//! How a session stood when its minutes were approved: who was there, who of the household came to their own item, when the next one was to
//! be. Ids, codes and times, no names.

use std::collections::BTreeMap;

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, args};
use session::{Arrival, Attendance, Own, Title};
use words::Instant;
use words::code::Code;
use words::id::{AgendaItemId, InviteeId, MeetingId, MunicipalityId};

/// How somebody invited was there, as far as it was noted, and what they were in the body that day.
pub(crate) type Came = (Option<Attendance>, Option<Title>);

/// The session that comes after, and its hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Next {
    pub id: MeetingId,
    pub starts: Instant,
    pub ends: Instant,
}

/// How a session stood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stood {
    pub came: BTreeMap<InviteeId, Came>,
    pub own: Vec<(AgendaItemId, Own, Arrival)>,
    pub next: Option<Next>,
}

/// How it stood when an edition was approved; none: that was not kept then.
pub(crate) async fn of_edition(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (id, edition): (MeetingId, i64),
) -> Result<Option<Stood>, Broken> {
    let row = conn
        .maybe(
            "SELECT next_id, next_starts_at, next_ends_at FROM minutes_edition_session \
             WHERE municipality_id = $1 AND meeting_id = $2 AND edition = $3",
            args![m, id, edition],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (next, starts, ends): (Option<MeetingId>, Option<Instant>, Option<Instant>) =
        (row.get("next_id")?, row.get("next_starts_at")?, row.get("next_ends_at")?);
    let next = next.zip(starts.zip(ends)).map(|(id, (starts, ends))| Next { id, starts, ends });
    let came = conn
        .all(
            "SELECT invitee_id, attendance, title FROM minutes_edition_attendance \
             WHERE municipality_id = $1 AND meeting_id = $2 AND edition = $3",
            args![m, id, edition],
        )
        .await?
        .iter()
        .map(|row| Ok((row.get("invitee_id")?, (row.code_opt("attendance")?, row.code_opt("title")?))))
        .collect::<Result<_, Broken>>()?;
    let own = conn
        .all(
            "SELECT item_id, who, came FROM minutes_edition_own \
             WHERE municipality_id = $1 AND meeting_id = $2 AND edition = $3 ORDER BY item_id, who",
            args![m, id, edition],
        )
        .await?
        .iter()
        .map(|row| Ok((row.get("item_id")?, row.code("who")?, row.code("came")?)))
        .collect::<Result<_, Broken>>()?;
    Ok(Some(Stood { came, own, next }))
}

/// Keeps how it stands for an edition.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    (id, edition): (MeetingId, i64),
    stood: &Stood,
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    let next = stood.next;
    conn.exec(
        "INSERT INTO minutes_edition_session (municipality_id, meeting_id, edition, next_id, next_starts_at, next_ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![m, id, edition, next.map(|n| n.id), next.map(|n| n.starts), next.map(|n| n.ends)],
    )
    .await?;
    let mut rows = Bulk::new(
        "INSERT INTO minutes_edition_attendance (municipality_id, meeting_id, edition, invitee_id, attendance, title) VALUES",
        6,
    );
    for (who, (how, title)) in &stood.came {
        rows.row(args![m, id, edition, *who, how.map_or("", Code::code), title.map_or("", Code::code)]);
    }
    rows.run(&mut conn).await?;
    let mut rows = Bulk::new(
        "INSERT INTO minutes_edition_own (municipality_id, meeting_id, edition, item_id, who, came) VALUES",
        6,
    );
    for (item, who, came) in &stood.own {
        rows.row(args![m, id, edition, *item, who.code(), came.code()]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}
