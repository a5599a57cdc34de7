//! Who runs a matter in the place of its secretariat, and where nobody may run it.

use std::collections::BTreeMap;

use access::{Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use words::id::{AppointmentId, DeskId, HouseholdId, MatterId, MunicipalityId, TaskId, ThingId, UserId};
use words::{Day, Instant};

use super::{HEADER, Header, header};
use crate::rules::deputy::Deputy;

/// Minutes of a session that has the matter on its agenda are not approved yet: what was talked over is still to be written.
macro_rules! minutes_wait {
    () => {
        "EXISTS (SELECT 1 FROM agenda_item i JOIN meeting k ON k.municipality_id = i.municipality_id \
         AND k.id = i.meeting_id LEFT JOIN minutes n ON n.municipality_id = k.municipality_id AND n.meeting_id = k.id \
         WHERE i.municipality_id = m.municipality_id AND i.matter_id = m.id \
         AND i.state IN ('scheduled', 'in_session', 'concluded') AND k.state <> 'cancelled' AND k.disposed_at IS NULL \
         AND COALESCE(n.state, '') <> 'approved')"
    };
}
pub(super) use minutes_wait;

/// The deputy of a row of `HEADER`.
pub(super) fn of(row: &Row, open: bool) -> Result<Option<Deputy>, Broken> {
    let Some(user) = row.get("deputy_user_id")? else { return Ok(None) };
    Ok(Some(Deputy {
        desk: row.get("deputy_desk_id")?,
        user,
        appointment: row.get("deputy_appointment_id")?,
        lasts: open || row.get("minutes_wait")?,
    }))
}

/// Names somebody, in the place of whoever was named before.
pub(crate) async fn name(act: &mut Act, right: &Right, id: MatterId, d: &Deputy) -> Result<ThingId, Fail> {
    end(act, right, id).await?;
    let (m, command, now): (_, _, Instant) = (act.municipality(), act.command(), act.now());
    let made: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO matter_deputy (municipality_id, id, matter_id, desk_id, user_id, appointment_id, named_at, \
             command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![m, made, id, d.desk, d.user, d.appointment, now, command],
        )
        .await?;
    Ok(made)
}

/// Ends it; false when there was none.
pub(crate) async fn end(act: &mut Act, right: &Right, id: MatterId) -> Result<bool, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let ended = act
        .save(right)?
        .exec(
            "UPDATE matter_deputy SET until_at = $3, until_command_id = $4 \
             WHERE municipality_id = $1 AND matter_id = $2 AND until_at IS NULL",
            args![m, id, now, command],
        )
        .await?;
    Ok(ended > 0)
}

/// The deputy goes along where the matter goes on under another law: named by whom they were named, when they were.
pub(crate) async fn carry(act: &mut Act, right: &Right, from: MatterId, to: MatterId) -> Result<(), Fail> {
    let m = act.municipality();
    let made: ThingId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO matter_deputy (municipality_id, id, matter_id, desk_id, user_id, appointment_id, named_at, \
             command_id) SELECT municipality_id, $4, $3, desk_id, user_id, appointment_id, named_at, command_id \
             FROM matter_deputy WHERE municipality_id = $1 AND matter_id = $2 AND until_at IS NULL",
            args![m, from, to, made],
        )
        .await?;
    Ok(())
}

/// When the deputy of a matter was named, and by whom.
pub(crate) async fn named(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MatterId,
) -> Result<Option<(Instant, Option<UserId>)>, Broken> {
    conn.maybe(
        "SELECT d.named_at, c.author_id FROM matter_deputy d JOIN command c ON c.municipality_id = d.municipality_id \
         AND c.id = d.command_id WHERE d.municipality_id = $1 AND d.matter_id = $2 AND d.until_at IS NULL",
        args![m, id],
    )
    .await?
    .map(|row| Ok((row.get("named_at")?, row.get("author_id")?)))
    .transpose()
}

/// Matters that are not over of whose household somebody is kept out: only there a deputy can be needed. Headers, no content.
pub(crate) async fn suspects(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    now: Instant,
) -> Result<Vec<Header>, Broken> {
    let statement = Statement::new(HEADER, args![m])
        .push(
            " AND m.household_id IN (SELECT o.household_id FROM exclusion x JOIN case_file o \
             ON o.municipality_id = x.municipality_id AND o.id = x.case_id WHERE x.municipality_id = ? AND x.since <= ? \
             AND (x.until IS NULL OR x.until > ?))",
            args![m, now, now],
        )
        .push(concat!(" AND (m.closed_at IS NULL OR ", minutes_wait!(), ") ORDER BY m.opened_at, m.id"), args![]);
    conn.select(statement).await?.iter().map(header).collect()
}

/// Who is kept out of these households at a moment; without one, whom nobody has let in again.
pub(crate) async fn kept_out(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    households: impl IntoIterator<Item = HouseholdId>,
    at: Option<Instant>,
) -> Result<Vec<(HouseholdId, UserId)>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT o.household_id, x.user_id FROM exclusion x JOIN case_file o \
         ON o.municipality_id = x.municipality_id AND o.id = x.case_id WHERE x.municipality_id = ?",
        args![m],
    );
    let statement = match at {
        Some(at) => statement.push(" AND x.since <= ? AND (x.until IS NULL OR x.until > ?)", args![at, at]),
        None => statement.push(" AND x.until IS NULL", args![]),
    };
    let statement = statement.push_in(" AND o.household_id IN", households);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("household_id")?, row.get("user_id")?)))
        .collect()
}

/// The secretariats of the sessions and queues these matters stand in, as long as something is to be run there.
pub(crate) async fn sessions_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matters: impl IntoIterator<Item = MatterId>,
) -> Result<BTreeMap<MatterId, Vec<DeskId>>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT i.matter_id, COALESCE(k.desk_id, b.secretariat_desk_id) AS desk_id FROM agenda_item i \
         LEFT JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
         LEFT JOIN body b ON b.municipality_id = i.municipality_id AND b.id = i.body_id WHERE i.municipality_id = ? \
         AND i.state IN ('proposed', 'scheduled', 'in_session') AND COALESCE(k.desk_id, b.secretariat_desk_id) IS NOT NULL",
        args![m],
    )
    .push_in(" AND i.matter_id IN", matters);
    let mut found: BTreeMap<MatterId, Vec<DeskId>> = BTreeMap::new();
    for row in conn.select(statement).await? {
        found.entry(row.get("matter_id")?).or_default().push(row.get("desk_id")?);
    }
    Ok(found)
}

/// When a matter is talked over next, from this day on, as far as it is planned.
pub(crate) async fn next_sitting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    from: Day,
) -> Result<Option<Instant>, Broken> {
    let row = conn
        .one(
            "SELECT MIN(k.starts_at) AS at FROM agenda_item i JOIN meeting k ON k.municipality_id = i.municipality_id \
             AND k.id = i.meeting_id WHERE i.municipality_id = $1 AND i.matter_id = $2 \
             AND i.state IN ('scheduled', 'in_session') AND k.starts_at >= $3",
            args![m, matter, Instant::at(from, 0, 0)],
        )
        .await?;
    row.get("at")
}

/// The matters that stand before a body this viewer chairs today; nothing else of them.
pub(crate) async fn chaired(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    now: Instant,
) -> Result<Vec<MatterId>, Broken> {
    let today = now.day();
    let seats = viewer.seats.iter().map(|s| s.appointment);
    let statement = Statement::new(
        "SELECT DISTINCT i.matter_id FROM body_member c JOIN agenda_item i ON i.municipality_id = c.municipality_id \
         LEFT JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
         WHERE c.municipality_id = ? AND c.user_id = ? AND c.title = 'chair' AND c.from_day <= ? \
         AND (c.until_day IS NULL OR c.until_day >= ?) AND c.body_id = COALESCE(k.body_id, i.body_id) \
         AND i.matter_id IS NOT NULL",
        args![viewer.municipality, viewer.user, today, today],
    )
    .push_in(" AND c.appointment_id IN", seats);
    conn.select(statement).await?.iter().map(|row| row.get("matter_id")).collect()
}

/// Somebody who chairs a body that a matter comes before.
pub(crate) struct Chair {
    pub matter: MatterId,
    pub desk: DeskId,
    pub user: UserId,
    pub appointment: AppointmentId,
}

/// Who chairs the bodies on whose agenda or in whose queue these matters wait, on a day.
pub(crate) async fn chairs(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matters: impl IntoIterator<Item = MatterId>,
    today: Day,
) -> Result<Vec<Chair>, Broken> {
    let statement = Statement::new(
        "SELECT DISTINCT i.matter_id, c.desk_id, c.user_id, c.appointment_id FROM agenda_item i \
         LEFT JOIN meeting k ON k.municipality_id = i.municipality_id AND k.id = i.meeting_id \
         JOIN body_member c ON c.municipality_id = i.municipality_id AND c.body_id = COALESCE(k.body_id, i.body_id) \
         WHERE i.municipality_id = ? AND i.state IN ('proposed', 'scheduled', 'in_session') \
         AND COALESCE(k.state, 'planned') = 'planned' AND c.title = 'chair' AND c.user_id IS NOT NULL \
         AND c.from_day <= ? AND (c.until_day IS NULL OR c.until_day >= ?)",
        args![m, today, today],
    )
    .push_in(" AND i.matter_id IN", matters)
    .push(" ORDER BY i.matter_id, c.user_id, c.appointment_id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            Ok(Chair {
                matter: row.get("matter_id")?,
                desk: row.get("desk_id")?,
                user: row.get("user_id")?,
                appointment: row.get("appointment_id")?,
            })
        })
        .collect()
}

/// Who is asked to name somebody: the task, the matter, the person.
pub(crate) async fn asked(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
) -> Result<Vec<(TaskId, ThingId, Option<UserId>)>, Broken> {
    conn.all(
        "SELECT id, thing_id, assignee_id FROM task WHERE municipality_id = $1 AND kind = 'name_deputy' \
         AND state = 'open' ORDER BY id",
        args![m],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("thing_id")?, row.get("assignee_id")?)))
    .collect()
}
