//! Who was asked by name and sits at that desk no more: transferred, retired, an office that ended. What only they could do is no
//! promise of their colleagues, who may not even know what it is about: the secretariat finds out who comes instead and hears what an
//! absence left to do; the secretariat of a confidential matter gets its homework; what was only to be read is read by nobody, and what a
//! member of a matter owed ends with their seat (domain section 2.2: no promise without somebody who can keep it).

use access::{Right, System};
use engine::{Act, Broken, Conn, Engine, Fail, Origin, args};
use task::{TaskKind, TaskState};
use words::id::{AgendaItemId, DeskId, InviteeId, MunicipalityId, TaskId, ThingId, UserId};
use words::{Day, Instant};

use crate::acts::{in_business_days, promise};
use crate::sql::{invitee, meeting};

/// An open promise of one person, who has no seat at the desk that holds it.
struct Left {
    task: TaskId,
    kind: TaskKind,
    desk: DeskId,
    thing: ThingId,
    user: UserId,
    due: Instant,
}

/// The person is who was invited, who was to read what goes round, who was asked for comments by name, who sat in a matter, or who was
/// given homework in confidence. Of what was asked of a desk as a whole, whoever took it and left leaves it to the desk.
async fn found(conn: &mut Conn<'_>, m: MunicipalityId, today: Day) -> Result<Vec<Left>, Broken> {
    conn.all(
        "SELECT x.id, x.kind, x.desk_id, x.thing_id, x.user_id, x.due_at FROM (\
         SELECT t.id, t.kind, t.desk_id, t.thing_id, t.due_at, CASE WHEN t.kind = 'read_circulation' \
         THEN (SELECT r.user_id FROM circulation_reader r WHERE r.municipality_id = t.municipality_id AND r.task_id = t.id) \
         WHEN t.kind = 'comment_minutes' THEN (SELECT DISTINCT i.user_id FROM invitee i WHERE i.municipality_id = t.municipality_id \
         AND i.meeting_id = t.thing_id AND i.user_id = t.assignee_id) \
         WHEN t.kind = 'stand_in' THEN (SELECT d.user_id FROM matter_deputy d WHERE d.municipality_id = t.municipality_id \
         AND d.matter_id = t.thing_id AND d.until_at IS NULL) \
         WHEN t.kind IN ('pledge_secrecy', 'release_material') THEN (SELECT k.user_id FROM matter_member k \
         WHERE k.municipality_id = t.municipality_id AND k.id = t.thing_id) \
         WHEN t.kind = 'homework' THEN (SELECT h.user_id FROM homework h \
         JOIN agenda_item i ON i.municipality_id = h.municipality_id AND i.id = h.item_id \
         JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id AND w.rests_on = 'secrecy' \
         WHERE h.municipality_id = t.municipality_id AND h.id = t.thing_id) \
         ELSE (SELECT i.user_id FROM invitee i WHERE i.municipality_id = t.municipality_id AND i.id = t.thing_id) END AS user_id \
         FROM task t WHERE t.municipality_id = $1 AND t.state = 'open' \
         AND t.kind IN ('answer_invitation', 'make_up', 'read_after', 'read_circulation', 'comment_minutes', 'pledge_secrecy', \
         'release_material', 'stand_in', 'homework')) x \
         WHERE x.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appointment a \
         JOIN post p ON p.municipality_id = $1 AND p.id = a.post_id \
         JOIN desk d ON d.municipality_id = $1 AND d.id = p.desk_id \
         LEFT JOIN contract o ON o.municipality_id = $1 AND o.id = d.contract_id \
         WHERE a.municipality_id = $1 AND a.user_id = x.user_id AND p.desk_id = x.desk_id \
         AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2) AND (d.valid_to IS NULL OR d.valid_to >= $2) \
         AND (o.valid_to IS NULL OR o.valid_to >= $2)) ORDER BY x.id",
        args![m, today],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Left {
            task: row.get("id")?,
            kind: row.code("kind")?,
            desk: row.get("desk_id")?,
            thing: row.get("thing_id")?,
            user: row.get("user_id")?,
            due: row.get("due_at")?,
        })
    })
    .collect()
}

/// Promises to read what became of an item in confidence, at desks of which nobody sits in its matter any more: there is nothing they may read.
async fn unheard(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<TaskId>, Broken> {
    conn.all(
        "SELECT t.id FROM task t JOIN agenda_item i ON i.municipality_id = t.municipality_id AND i.id = t.thing_id \
         JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id AND w.rests_on = 'secrecy' \
         WHERE t.municipality_id = $1 AND t.state = 'open' AND t.kind = 'hear_item' AND NOT EXISTS (\
         SELECT 1 FROM matter_member k WHERE k.municipality_id = w.municipality_id AND k.matter_id = w.id \
         AND k.desk_id = t.desk_id AND k.until_at IS NULL) ORDER BY t.id",
        args![m],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// Whether nobody at this desk may read what became of an item, as it is in confidence and none of them sits in its matter.
pub(crate) async fn nobody_hears(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    item: AgendaItemId,
    desk: DeskId,
) -> Result<bool, Broken> {
    let row = conn
        .maybe(
            "SELECT i.id FROM agenda_item i JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id \
             AND w.rests_on = 'secrecy' WHERE i.municipality_id = $1 AND i.id = $2 AND NOT EXISTS (\
             SELECT 1 FROM matter_member k WHERE k.municipality_id = w.municipality_id AND k.matter_id = w.id \
             AND k.desk_id = $3 AND k.until_at IS NULL)",
            args![m, item, desk],
        )
        .await?;
    Ok(row.is_some())
}

/// Sees to what only somebody could do who has left. How many promises. Doing it again changes nothing.
pub async fn who_left(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut act =
        engine.system_act(System::OfficeEnd, m, Origin::Job, "session.left", &engine.now().iso()).await?;
    let right = Right::system(System::OfficeEnd);
    let today = act.now().day();
    let gone = found(&mut act.facts()?, m, today).await?;
    let mut seen = 0;
    for task in unheard(&mut act.facts()?, m).await? {
        task::end(&mut act, &right, task, TaskState::Cancelled, "left").await?;
        seen += 1;
    }
    for l in &gone {
        let heir = register::heir(&mut act.facts()?, m, l.desk, today).await?;
        let there = register::places_of(&mut act.facts()?, m, heir, today).await?;
        // Whoever sits in a matter sits there under one appointment: nobody takes that along.
        let sits = matches!(
            l.kind,
            TaskKind::PledgeSecrecy | TaskKind::ReleaseMaterial | TaskKind::StandIn | TaskKind::Homework
        );
        if !sits && heir != l.desk && there.iter().any(|p| p.user == l.user) {
            // They went along to the office that goes on.
            task::hand_to(&mut act, &right, l.task, heir).await?;
            task::assign(&mut act, &right, l.task, Some(l.user)).await?;
            seen += 1;
        } else {
            seen += usize::from(pass(&mut act, &right, l).await?);
        }
    }
    if seen > 0 {
        act.commit("").await?;
    }
    Ok(seen)
}

/// Homework of a confidential item goes to the secretariat of its matter: it knows what it is about, and does it or takes it back. False when
/// the secretariat holds it already.
async fn pass_homework(act: &mut Act, right: &Right, l: &Left) -> Result<bool, Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let row = act
        .facts()?
        .maybe(
            "SELECT w.secretariat_desk_id FROM homework h \
             JOIN agenda_item i ON i.municipality_id = h.municipality_id AND i.id = h.item_id \
             JOIN matter w ON w.municipality_id = i.municipality_id AND w.id = i.matter_id \
             WHERE h.municipality_id = $1 AND h.id = $2",
            args![m, l.thing],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let office = register::heir(&mut act.facts()?, m, row.get("secretariat_desk_id")?, today).await?;
    if office == l.desk {
        return Ok(false);
    }
    task::hand_to(act, right, l.task, office).await?;
    Ok(true)
}

/// Ends it, and gives the secretariat what still has to happen; false when the secretariat holds it already.
async fn pass(act: &mut Act, right: &Right, l: &Left) -> Result<bool, Fail> {
    let kind = match l.kind {
        TaskKind::AnswerInvitation => TaskKind::FetchInvitation,
        TaskKind::MakeUp => TaskKind::MakeUp,
        TaskKind::Homework => return pass_homework(act, right, l).await,
        _ => {
            task::end(act, right, l.task, TaskState::Cancelled, "left").await?;
            return Ok(true);
        }
    };
    let (m, now) = (act.municipality(), act.now());
    let id: InviteeId = l.thing.cast();
    let Some(i) = invitee::by_id(&mut act.facts()?, m, id).await? else { return Ok(false) };
    let Some(k) = meeting::by_id(&mut act.facts()?, m, i.meeting).await? else { return Ok(false) };
    let office = register::heir(&mut act.facts()?, m, k.desk, now.day()).await?;
    if kind == l.kind && office == l.desk {
        return Ok(false);
    }
    task::end(act, right, l.task, TaskState::Cancelled, "left").await?;
    let due = l.due.max(in_business_days(now, 1));
    promise(act, right, kind, l.thing, (office, None), due).await?;
    Ok(true)
}
