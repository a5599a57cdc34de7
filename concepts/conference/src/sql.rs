//! Storing matters. A header holds no content: position, desks, days, and ids.

pub(crate) mod deputy;
pub(crate) mod doubt;
mod events;
mod header;

use std::collections::BTreeSet;

use access::{Categories, RecordKind, RecordRef, Relation, Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Row, Statement, args};
use register::EntityKind;
use words::code::Code;
use words::id::{
    AppointmentId, CaseId, ConsultationId, DeskId, HouseholdId, InquiryId, MaterialId, MatterId,
    MatterMemberId, MunicipalityId, TaskId, ThingId, UserId,
};
use words::{Day, Instant};

use crate::rules::{Left, Outcome, Presence, RestsOn, Role};

pub(crate) use events::{note, taken as events};
pub(crate) use header::Header;
use header::{HEADER, header};

/// A member.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub id: MatterMemberId,
    pub matter: MatterId,
    pub desk: DeskId,
    pub user: Option<UserId>,
    pub appointment: Option<AppointmentId>,
    pub name: String,
    pub from: Instant,
    pub until: Option<Instant>,
    pub left_why: Option<Left>,
    pub pledged_at: Option<Instant>,
    pub pledge_told_by: String,
    /// Speaks for a section of the municipality.
    pub municipal: bool,
    /// Since when they are kept out of the household it is about (disclosure rule 14): they sit there no more.
    pub kept_out: Option<Instant>,
}

impl Member {
    /// Whether somebody sits there now: has not left, and is not kept out of the household.
    pub fn sits(&self) -> bool {
        self.until.is_none() && self.kept_out.is_none()
    }

    /// Whether this place is the viewer's now: theirs, under an appointment in force, and not left.
    pub fn is(&self, viewer: &Viewer) -> bool {
        self.until.is_none()
            && self.user == Some(viewer.user)
            && viewer
                .seats
                .iter()
                .any(|s| s.role.sits_in_confidence() && Some(s.appointment) == self.appointment)
    }
}

/// Something that lies before the members.
#[derive(Debug, Clone)]
pub(crate) struct Material {
    pub id: MaterialId,
    pub record: RecordRef,
    pub role: Role,
    pub desk: DeskId,
    pub released_at: Instant,
    pub recalled_at: Option<Instant>,
    pub take_back_at: Option<Instant>,
    /// Minutes or a decision hold it.
    pub held: bool,
}

impl Material {
    /// Whether nobody reads it once the matter is closed: it lies there, and 「持ち帰り可」 was not said of it.
    pub fn ends_here(&self) -> bool {
        self.recalled_at.is_none() && self.take_back_at.is_none()
    }
}

/// A matter with how desks stand to it; absent for whoever is kept out of the household (disclosure rule 14).
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: MatterId,
) -> Result<Option<(Header, Relation)>, Broken> {
    let rows = conn
        .select(Statement::new(HEADER, args![viewer.municipality]).push(" AND m.id = ?", args![id]))
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let found = header(row)?;
    let cases = household::cases_of(conn, viewer, [found.household]).await?;
    let mut relation = Relation::within(cases.into_values().flatten().chain(found.case));
    if relation.keeps_out(viewer) {
        return Ok(None);
    }
    relation.accountable = Some(found.runs_as(viewer).unwrap_or(found.secretariat));
    Ok(Some((found, relation)))
}

/// Headers of these matters.
pub(crate) async fn by_ids(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    ids: impl IntoIterator<Item = MatterId>,
) -> Result<Vec<Header>, Broken> {
    let statement = Statement::new(HEADER, args![m]).push_in(" AND m.id IN", ids);
    conn.select(statement).await?.iter().map(header).collect()
}

/// Headers of the open matters of a case.
pub(crate) async fn of_case(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    case: CaseId,
) -> Result<Vec<Header>, Broken> {
    let statement = Statement::new(HEADER, args![m])
        .push(" AND m.case_id = ? AND m.closed_at IS NULL ORDER BY m.opened_at DESC, m.id", args![case]);
    conn.select(statement).await?.iter().map(header).collect()
}

/// Which of a viewer's matters.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Among {
    /// The newest, so many.
    Newest(i64),
    /// Those of a case, however many there are beside.
    Case(CaseId),
}

/// Matters of which this viewer is a member now, whose secretariat is at one of their desks, or whose deputy they are; the newest first.
pub(crate) async fn of_viewer(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    desks: &[DeskId],
    among: Among,
) -> Result<Vec<(Header, Option<Member>)>, Broken> {
    let seats: Vec<AppointmentId> =
        viewer.seats.iter().filter(|s| s.role.sits_in_confidence()).map(|s| s.appointment).collect();
    let statement = Statement::new(HEADER, args![viewer.municipality])
        .push(
            " AND (m.id IN (SELECT k.matter_id FROM matter_member k WHERE k.municipality_id = m.municipality_id \
             AND k.user_id = ? AND k.until_at IS NULL",
            args![viewer.user],
        )
        .push_in(" AND k.appointment_id IN", seats)
        .push(")", args![])
        .push_in(" OR m.secretariat_desk_id IN", desks.iter().copied())
        .push(" OR d.user_id = ?)", args![viewer.user]);
    let statement = match among {
        Among::Newest(most) => statement.push(" ORDER BY m.opened_at DESC, m.id DESC LIMIT ?", args![most]),
        Among::Case(case) => {
            statement.push(" AND m.case_id = ? ORDER BY m.opened_at DESC, m.id DESC", args![case])
        }
    };
    let headers: Vec<Header> = conn.select(statement).await?.iter().map(header).collect::<Result<_, _>>()?;
    let cases = household::cases_of(conn, viewer, headers.iter().map(|h| h.household)).await?;
    let kept_out = |h: &Header| {
        let of = cases.get(&h.household).into_iter().flatten().copied().chain(h.case);
        Relation::within(of).keeps_out(viewer)
    };
    let headers: Vec<Header> = headers.into_iter().filter(|h| !kept_out(h)).collect();
    let members = members_of_all(conn, viewer.municipality, headers.iter().map(|h| h.id)).await?;
    Ok(headers
        .into_iter()
        .map(|h| {
            let me = members.iter().find(|k| k.matter == h.id && k.is(viewer)).cloned();
            (h, me)
        })
        // Whoever was its deputy and is not any more has nothing to do with it.
        .filter(|(h, me)| me.is_some() || desks.contains(&h.secretariat) || h.runs_as(viewer).is_some())
        .collect())
}

const MEMBER: &str = "SELECT id, matter_id, desk_id, user_id, appointment_id, name, from_at, until_at, left_why, pledged_at, \
     pledge_told_by, (SELECT e.kind FROM desk d JOIN agency a ON a.municipality_id = d.municipality_id AND a.id = d.agency_id \
     JOIN legal_entity e ON e.municipality_id = a.municipality_id AND e.id = a.legal_entity_id \
     WHERE d.municipality_id = matter_member.municipality_id AND d.id = matter_member.desk_id) AS entity_kind, \
     (SELECT MIN(x.since) FROM exclusion x JOIN case_file o ON o.municipality_id = x.municipality_id AND o.id = x.case_id \
     JOIN matter h ON h.municipality_id = o.municipality_id AND h.household_id = o.household_id \
     WHERE x.municipality_id = matter_member.municipality_id AND x.user_id = matter_member.user_id AND x.until IS NULL \
     AND h.id = matter_member.matter_id) AS kept_out_since FROM matter_member WHERE municipality_id = ?";

fn member(row: &Row) -> Result<Member, Broken> {
    let kind: String = row.get("entity_kind")?;
    Ok(Member {
        municipal: EntityKind::parse(&kind).is_some_and(EntityKind::is_municipal),
        kept_out: row.get("kept_out_since")?,
        id: row.get("id")?,
        matter: row.get("matter_id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        appointment: row.get("appointment_id")?,
        name: row.get("name")?,
        from: row.get("from_at")?,
        until: row.get("until_at")?,
        left_why: row.code_opt("left_why")?,
        pledged_at: row.get("pledged_at")?,
        pledge_told_by: row.get("pledge_told_by")?,
    })
}

/// Everybody who is or was a member of these matters.
pub(crate) async fn members_of_all(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matters: impl IntoIterator<Item = MatterId>,
) -> Result<Vec<Member>, Broken> {
    let statement = Statement::new(MEMBER, args![m])
        .push_in(" AND matter_id IN", matters)
        .push(" ORDER BY from_at, id", args![]);
    conn.select(statement).await?.iter().map(member).collect()
}

/// Everybody who is or was a member.
pub(crate) async fn members(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<Vec<Member>, Broken> {
    members_of_all(conn, m, [matter]).await
}

/// The matter a member's place belongs to: tasks name the place.
pub(crate) async fn matter_of_member(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    member: MatterMemberId,
) -> Result<Option<MatterId>, Broken> {
    conn.maybe("SELECT matter_id FROM matter_member WHERE municipality_id = $1 AND id = $2", args![m, member])
        .await?
        .map(|row| row.get("matter_id"))
        .transpose()
}

/// What lies before the members, in order.
pub(crate) async fn materials(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<Vec<Material>, Broken> {
    conn.all(
        "SELECT x.id, x.record_kind, x.record_id, x.role, x.desk_id, x.released_at, x.recalled_at, x.take_back_at, \
         CASE WHEN EXISTS (SELECT 1 FROM decision_text d WHERE d.municipality_id = x.municipality_id AND d.entry_id = x.record_id) \
         OR EXISTS (SELECT 1 FROM minutes_text t WHERE t.municipality_id = x.municipality_id AND t.entry_id = x.record_id) \
         THEN 1 ELSE 0 END AS held FROM matter_material x \
         WHERE x.municipality_id = $1 AND x.matter_id = $2 ORDER BY x.released_at, x.id",
        args![m, matter],
    )
    .await?
    .iter()
    .map(|row| {
        let kind: String = row.get("record_kind")?;
        let kind = RecordKind::parse(&kind)
            .ok_or_else(|| Broken::Corrupt("matter_material", "record_kind".to_owned()))?;
        Ok(Material {
            id: row.get("id")?,
            record: RecordRef { kind, id: row.get("record_id")? },
            role: row.code("role")?,
            desk: row.get("desk_id")?,
            released_at: row.get("released_at")?,
            recalled_at: row.get("recalled_at")?,
            take_back_at: row.get("take_back_at")?,
            held: row.get::<i64>("held")? != 0,
        })
    })
    .collect()
}

/// Texts of minutes of a matter that are unfinished: they do not go round, and nobody has approved them. Computed from where the
/// minutes stand, so that no step can forget it.
pub(crate) async fn unfinished(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<BTreeSet<ThingId>, Broken> {
    conn.all(
        "SELECT t.entry_id FROM agenda_item i \
         JOIN minutes_section s ON s.municipality_id = i.municipality_id AND s.item_id = i.id \
         JOIN minutes_text t ON t.municipality_id = s.municipality_id AND t.section_id = s.id \
         AND t.entry_id IS NOT NULL \
         LEFT JOIN minutes n ON n.municipality_id = s.municipality_id AND n.meeting_id = s.meeting_id \
         WHERE i.municipality_id = $1 AND i.matter_id = $2 AND COALESCE(n.state, 'draft') <> 'comment' \
         AND NOT EXISTS (SELECT 1 FROM minutes_edition_text e JOIN minutes_text x \
         ON x.municipality_id = e.municipality_id AND x.section_id = e.section_id AND x.version = e.version \
         WHERE e.municipality_id = t.municipality_id AND e.section_id = t.section_id AND x.entry_id = t.entry_id)",
        args![m, matter],
    )
    .await?
    .iter()
    .map(|row| row.get("entry_id"))
    .collect()
}

/// Desks that have to be there for an item of a matter and for which nobody sits in it: whoever is kept out of the household does not. The municipality is there with any of its
/// sections: where one sits (`city`), the one that is called otherwise is not missing.
pub(crate) async fn unseated(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    city: bool,
) -> Result<Vec<DeskId>, Broken> {
    conn.all(
        "SELECT DISTINCT p.desk_id FROM agenda_item i JOIN agenda_party p ON p.municipality_id = i.municipality_id \
         AND p.item_id = i.id WHERE i.municipality_id = $1 AND i.matter_id = $2 AND (p.why IN ('section', 'provider') OR (p.why = 'municipality' AND NOT $3)) \
         AND i.state IN ('proposed', 'scheduled', 'in_session') AND NOT EXISTS (SELECT 1 FROM matter_member k \
         WHERE k.municipality_id = i.municipality_id AND k.matter_id = i.matter_id AND k.desk_id = p.desk_id \
         AND k.until_at IS NULL AND NOT EXISTS (SELECT 1 FROM exclusion x JOIN case_file o ON o.municipality_id = x.municipality_id \
         AND o.id = x.case_id JOIN matter h ON h.municipality_id = o.municipality_id AND h.household_id = o.household_id \
         WHERE x.municipality_id = k.municipality_id AND x.user_id = k.user_id AND x.until IS NULL AND h.id = k.matter_id)) \
         ORDER BY p.desk_id",
        args![m, matter, city],
    )
    .await?
    .iter()
    .map(|row| row.get("desk_id"))
    .collect()
}

/// What [`insert`] stores.
pub(crate) struct NewMatter<'a> {
    pub id: MatterId,
    pub position: &'a str,
    pub rests_on: RestsOn,
    pub article: &'a str,
    pub case: Option<CaseId>,
    pub consultation: Option<ConsultationId>,
    pub household: HouseholdId,
    pub initiator: DeskId,
    pub secretariat: DeskId,
    pub lead: DeskId,
    pub inquiry: Option<InquiryId>,
    pub follows: Option<MatterId>,
}

/// Opens a matter.
pub(crate) async fn insert(act: &mut Act, right: &Right, new: &NewMatter<'_>) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    act.save(right)?
        .exec(
            "INSERT INTO matter (municipality_id, id, position, rests_on, article, case_id, consultation_id, \
             household_id, initiator_desk_id, secretariat_desk_id, lead_desk_id, inquiry_id, follows_id, opened_at, \
             command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            args![
                m,
                new.id,
                new.position,
                new.rests_on.code(),
                new.article,
                new.case,
                new.consultation,
                new.household,
                new.initiator,
                new.secretariat,
                new.lead,
                new.inquiry,
                new.follows,
                now,
                command,
            ],
        )
        .await?;
    Ok(())
}

/// Closes a matter, at the version that was read.
pub(crate) async fn close(act: &mut Act, right: &Right, h: &Header, outcome: Outcome) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter SET closed_at = $4, outcome = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, h.id, h.version, now, outcome.code()],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Something of a matter changes, at the version that was read.
pub(crate) async fn touch(act: &mut Act, right: &Right, h: &Header) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, h.id, h.version],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Another desk takes the initiative.
pub(crate) async fn set_lead(act: &mut Act, right: &Right, h: &Header, lead: DeskId) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter SET lead_desk_id = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, h.id, h.version, lead],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Whose place: a person under an appointment, or a name at a desk without a login.
#[derive(Debug, Clone)]
pub(crate) struct NewMember {
    pub desk: DeskId,
    pub sits: Option<(UserId, AppointmentId)>,
    pub name: String,
}

/// A new member.
pub(crate) async fn add_member(
    act: &mut Act,
    right: &Right,
    matter: MatterId,
    new: &NewMember,
) -> Result<MatterMemberId, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let id: MatterMemberId = act.new_id();
    act.save(right)?
        .exec(
            "INSERT INTO matter_member (municipality_id, id, matter_id, desk_id, user_id, appointment_id, name, \
             from_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                m,
                id,
                matter,
                new.desk,
                new.sits.map(|s| s.0),
                new.sits.map(|s| s.1),
                &new.name,
                now,
                command
            ],
        )
        .await?;
    Ok(id)
}

/// A member leaves, at once.
pub(crate) async fn leave(
    act: &mut Act,
    right: &Right,
    member: MatterMemberId,
    why: Left,
    by: Option<MatterMemberId>,
) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter_member SET until_at = $3, left_why = $4, replaced_by = $5 \
             WHERE municipality_id = $1 AND id = $2 AND until_at IS NULL",
            args![m, member, now, why.code(), by],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// A member has accepted these words.
pub(crate) async fn pledge(
    act: &mut Act,
    right: &Right,
    member: MatterMemberId,
    (text, version): (&str, i64),
    told_by: &str,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter_member SET pledged_at = $3, pledge = $4, pledge_version = $5, pledge_told_by = $6, \
             pledge_command_id = $7 WHERE municipality_id = $1 AND id = $2 AND pledged_at IS NULL",
            args![m, member, now, text, version, told_by, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Somebody was there; said again for the same day, the later word stands.
pub(crate) async fn present(
    act: &mut Act,
    right: &Right,
    member: MatterMemberId,
    on: Day,
    way: Presence,
    told_by: &str,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO matter_presence (municipality_id, member_id, on_day, way, told_by, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (municipality_id, member_id, on_day) \
             DO UPDATE SET way = excluded.way, told_by = excluded.told_by, command_id = excluded.command_id",
            args![m, member, on, way.code(), told_by, command],
        )
        .await?;
    Ok(())
}

/// Who was there when: member, day, way.
pub(crate) async fn presences(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
) -> Result<Vec<(MatterMemberId, Day, Presence, String)>, Broken> {
    conn.all(
        "SELECT p.member_id, p.on_day, p.way, p.told_by FROM matter_presence p \
         JOIN matter_member k ON k.municipality_id = p.municipality_id AND k.id = p.member_id \
         WHERE p.municipality_id = $1 AND k.matter_id = $2 ORDER BY p.on_day, k.from_at, k.id",
        args![m, matter],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("member_id")?, row.get("on_day")?, row.code("way")?, row.get("told_by")?)))
    .collect()
}

/// Lays a record before the members; false when it lies there already.
pub(crate) async fn release(
    act: &mut Act,
    right: &Right,
    matter: MatterId,
    (record, categories): (RecordRef, Categories),
    role: Role,
) -> Result<bool, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let id: MaterialId = act.new_id();
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let user = act.viewer().map(|v| v.user);
    let made = act
        .save(right)?
        .exec(
            "INSERT INTO matter_material (municipality_id, id, matter_id, record_kind, record_id, categories, role, \
             desk_id, user_id, released_at, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT DO NOTHING",
            args![
                m,
                id,
                matter,
                record.kind.code(),
                record.id,
                categories,
                role.code(),
                desk,
                user,
                now,
                command
            ],
        )
        .await?;
    Ok(made == 1)
}

/// Takes a release back, at once.
pub(crate) async fn recall(act: &mut Act, right: &Right, id: MaterialId) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter_material SET recalled_at = $3, recalled_command_id = $4 \
             WHERE municipality_id = $1 AND id = $2 AND recalled_at IS NULL",
            args![m, id, now, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// 持ち帰り可, from now.
pub(crate) async fn mark(act: &mut Act, right: &Right, id: MaterialId) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let changed = act
        .save(right)?
        .exec(
            "UPDATE matter_material SET take_back_at = $3, take_back_command_id = $4 \
             WHERE municipality_id = $1 AND id = $2 AND take_back_at IS NULL",
            args![m, id, now, command],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// The open matter that was opened from an inquiry, if there is one.
pub(crate) async fn of_inquiry(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    inquiry: InquiryId,
) -> Result<Option<MatterId>, Broken> {
    conn.maybe(
        "SELECT id FROM matter WHERE municipality_id = $1 AND inquiry_id = $2 AND closed_at IS NULL",
        args![m, inquiry],
    )
    .await?
    .map(|row| row.get("id"))
    .transpose()
}

/// The matter that goes on from this one, resting on consent.
pub(crate) async fn follower(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MatterId,
) -> Result<Option<MatterId>, Broken> {
    conn.maybe("SELECT id FROM matter WHERE municipality_id = $1 AND follows_id = $2", args![m, id])
        .await?
        .map(|row| row.get("id"))
        .transpose()
}

/// The household of a case by its number, when the viewer has a part in it: `2026-00087`.
pub(crate) async fn household_of_number(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    typed: &str,
) -> Result<Option<HouseholdId>, Broken> {
    let Some((year, number)) = casefile::number_in(typed) else { return Ok(None) };
    let row = conn
        .maybe(
            "SELECT id FROM case_file WHERE municipality_id = $1 AND fiscal_year = $2 AND number = $3",
            args![viewer.municipality, year, number],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(casefile::relation(conn, viewer, row.get("id")?).await?.map(|(case, _)| case.household))
}

/// Who made a promise, for which desk.
pub(crate) async fn asker(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: TaskId,
) -> Result<Option<(UserId, DeskId)>, Broken> {
    let row = conn
        .maybe(
            "SELECT c.author_id, c.desk_id FROM task t JOIN command c ON c.municipality_id = t.municipality_id \
             AND c.id = t.command_id WHERE t.municipality_id = $1 AND t.id = $2 AND c.author_id IS NOT NULL \
             AND c.desk_id IS NOT NULL",
            args![m, id],
        )
        .await?;
    row.map(|r| Ok((r.get("author_id")?, r.get("desk_id")?))).transpose()
}
