//! Bodies and their members.

use std::collections::BTreeMap;

use access::Right;
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args};
use register::EntityKind;
use words::Day;
use words::code::Code;
use words::id::{AppointmentId, BodyId, BodyMemberId, DeskId, MunicipalityId, UserId};

use crate::rules::{LegalForm, Rhythm, Title, covers};

/// 会議体.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its id.
    pub id: BodyId,
    /// Its name, as the town gave it.
    pub name: String,
    /// 設置の根拠.
    pub form: LegalForm,
    /// The desk of its secretariat.
    pub desk: DeskId,
    /// The body above it.
    pub parent: Option<BodyId>,
    /// 何のための会議か.
    pub purpose: String,
    /// 対象.
    pub about: String,
    /// How often it meets.
    pub rhythm: Rhythm,
    /// The same in the town's words: 毎月第3水曜.
    pub rhythm_words: String,
    /// Cases one session can take.
    pub capacity: Option<i64>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Option<Day>,
    /// Who goes on with what it leaves.
    pub successor: Option<BodyId>,
    /// Codes of the legal positions it may be held in.
    pub positions: Vec<String>,
    /// Version.
    pub version: i64,
}

impl Body {
    /// Whether it exists on a day.
    pub fn stands(&self, day: Day) -> bool {
        covers(self.from, self.to, day)
    }
}

/// One term of one member of a body.
#[derive(Debug, Clone)]
pub struct BodyMember {
    /// Its id.
    pub id: BodyMemberId,
    /// The body.
    pub body: BodyId,
    /// The desk they speak for.
    pub desk: DeskId,
    /// The person.
    pub user: Option<UserId>,
    /// The appointment they sit under: when it ends, so does the seat.
    pub appointment: Option<AppointmentId>,
    /// Of a partner without a login.
    pub name: String,
    /// 会長, 副会長, 委員.
    pub title: Title,
    /// First day of the term.
    pub from: Day,
    /// Last day.
    pub until: Option<Day>,
}

const BODY: &str = "SELECT id, name, legal_form, secretariat_desk_id, parent_id, purpose, about, rhythm, rhythm_words, capacity, \
     valid_from, valid_to, successor_id, version FROM body WHERE municipality_id = ?";

fn body(row: &Row) -> Result<Body, Broken> {
    Ok(Body {
        id: row.get("id")?,
        name: row.get("name")?,
        form: row.code("legal_form")?,
        desk: row.get("secretariat_desk_id")?,
        parent: row.get("parent_id")?,
        purpose: row.get("purpose")?,
        about: row.get("about")?,
        rhythm: row.code("rhythm")?,
        rhythm_words: row.get("rhythm_words")?,
        capacity: row.get("capacity")?,
        from: row.get("valid_from")?,
        to: row.get("valid_to")?,
        successor: row.get("successor_id")?,
        positions: Vec::new(),
        version: row.get("version")?,
    })
}

/// Every body there is or was, by name: there are a few dozen.
pub(crate) async fn all(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Body>, Broken> {
    let statement = Statement::new(BODY, args![m]).push(" ORDER BY name, id", args![]);
    let mut found: Vec<Body> = conn.select(statement).await?.iter().map(body).collect::<Result<_, _>>()?;
    let mut positions: BTreeMap<BodyId, Vec<String>> = BTreeMap::new();
    let rows = conn
        .all(
            "SELECT body_id, position FROM body_position WHERE municipality_id = $1 ORDER BY position",
            args![m],
        )
        .await?;
    for row in &rows {
        positions.entry(row.get("body_id")?).or_default().push(row.get("position")?);
    }
    for b in &mut found {
        b.positions = positions.remove(&b.id).unwrap_or_default();
    }
    Ok(found)
}

/// One body.
pub(crate) async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: BodyId,
) -> Result<Option<Body>, Broken> {
    Ok(all(conn, m).await?.into_iter().find(|b| b.id == id))
}

/// Founds a body.
pub(crate) async fn insert(act: &mut Act, right: &Right, b: &Body) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO body (municipality_id, id, name, legal_form, secretariat_desk_id, parent_id, purpose, about, \
             rhythm, rhythm_words, capacity, valid_from, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                m,
                b.id,
                &b.name,
                b.form.code(),
                b.desk,
                b.parent,
                &b.purpose,
                &b.about,
                b.rhythm.code(),
                &b.rhythm_words,
                b.capacity,
                b.from,
                command
            ],
        )
        .await?;
    set_positions(act, right, b).await
}

async fn set_positions(act: &mut Act, right: &Right, b: &Body) -> Result<(), Fail> {
    let m = act.municipality();
    let mut rows = Bulk::new("INSERT INTO body_position (municipality_id, body_id, position) VALUES", 3);
    for position in &b.positions {
        rows.row(args![m, b.id, position]);
    }
    let mut conn = act.save(right)?;
    conn.exec("DELETE FROM body_position WHERE municipality_id = $1 AND body_id = $2", args![m, b.id])
        .await?;
    rows.run(&mut conn).await?;
    Ok(())
}

/// Changes a body, at the version that was read.
pub(crate) async fn update(act: &mut Act, right: &Right, b: &Body) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE body SET name = $4, legal_form = $5, parent_id = $6, purpose = $7, about = $8, rhythm = $9, \
             rhythm_words = $10, capacity = $11, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                m,
                b.id,
                b.version,
                &b.name,
                b.form.code(),
                b.parent,
                &b.purpose,
                &b.about,
                b.rhythm.code(),
                &b.rhythm_words,
                b.capacity
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    set_positions(act, right, b).await
}

/// Its last day, and who goes on.
pub(crate) async fn end(
    act: &mut Act,
    right: &Right,
    b: &Body,
    last: Day,
    successor: Option<BodyId>,
) -> Result<(), Fail> {
    let m = act.municipality();
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE body SET valid_to = $4, successor_id = $5, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, b.id, b.version, last, successor],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    // Nobody is a member of what is no more.
    conn.exec(
        "UPDATE body_member SET until_day = $3 WHERE municipality_id = $1 AND body_id = $2 \
         AND (until_day IS NULL OR until_day > $3)",
        args![m, b.id, last],
    )
    .await?;
    Ok(())
}

/// What waits for a body goes to another one: its queue, and its sessions that are still to come.
pub(crate) async fn pass_on(act: &mut Act, right: &Right, from: BodyId, to: BodyId) -> Result<u64, Fail> {
    let m = act.municipality();
    let today = act.now().day();
    let row = act
        .facts()?
        .one("SELECT secretariat_desk_id FROM body WHERE municipality_id = $1 AND id = $2", args![m, to])
        .await?;
    let desk = register::heir(&mut act.facts()?, m, row.get("secretariat_desk_id")?, today).await?;
    let mut conn = act.save(right)?;
    // What is promised about it goes to whoever can keep it.
    conn.exec(
        "UPDATE task SET desk_id = $3, assignee_id = NULL, version = version + 1 WHERE municipality_id = $1 \
         AND state = 'open' AND desk_id <> $3 AND ((kind = 'place_item' AND thing_id IN (SELECT i.id FROM agenda_item i \
         WHERE i.municipality_id = $1 AND i.body_id = $2)) OR (kind = 'hold_session' AND thing_id IN (SELECT k.id FROM meeting k \
         WHERE k.municipality_id = $1 AND k.body_id = $2 AND k.state = 'planned')) OR (kind = 'fetch_invitation' AND thing_id IN \
         (SELECT v.id FROM invitee v JOIN meeting k ON k.municipality_id = v.municipality_id AND k.id = v.meeting_id \
         WHERE v.municipality_id = $1 AND k.body_id = $2 AND k.state = 'planned')))",
        args![m, from, desk],
    )
    .await?;
    let items = conn
        .exec(
            "UPDATE agenda_item SET body_id = $3, version = version + 1 WHERE municipality_id = $1 AND body_id = $2 \
             AND state IN ('proposed', 'scheduled', 'in_session')",
            args![m, from, to],
        )
        .await?;
    let sessions = conn
        .exec(
            "UPDATE meeting SET body_id = $3, version = version + 1, desk_id = (SELECT b.secretariat_desk_id FROM body b \
             WHERE b.municipality_id = $1 AND b.id = $3) \
             WHERE municipality_id = $1 AND body_id = $2 AND state = 'planned'",
            args![m, from, to],
        )
        .await?;
    Ok(items + sessions)
}

/// How much waits for a body: items and sessions.
pub(crate) async fn waiting(conn: &mut Conn<'_>, m: MunicipalityId, id: BodyId) -> Result<usize, Broken> {
    let row = conn
        .one(
            "SELECT (SELECT COUNT(*) FROM agenda_item i WHERE i.municipality_id = $1 AND i.body_id = $2 \
             AND i.state IN ('proposed', 'scheduled', 'in_session')) + (SELECT COUNT(*) FROM meeting k \
             WHERE k.municipality_id = $1 AND k.body_id = $2 AND k.state = 'planned') AS n",
            args![m, id],
        )
        .await?;
    Ok(usize::try_from(row.get::<i64>("n")?).unwrap_or(0))
}

const MEMBER: &str = "SELECT k.id, k.body_id, k.desk_id, k.user_id, k.appointment_id, k.name, k.title, k.from_day, k.until_day, \
     a.valid_to AS appointed_to FROM body_member k LEFT JOIN appointment a ON a.municipality_id = k.municipality_id \
     AND a.id = k.appointment_id WHERE k.municipality_id = ?";

/// A term ends with the appointment it was held under, if that ends earlier.
fn member(row: &Row) -> Result<BodyMember, Broken> {
    let (until, appointed): (Option<Day>, Option<Day>) = (row.get("until_day")?, row.get("appointed_to")?);
    Ok(BodyMember {
        id: row.get("id")?,
        body: row.get("body_id")?,
        desk: row.get("desk_id")?,
        user: row.get("user_id")?,
        appointment: row.get("appointment_id")?,
        name: row.get("name")?,
        title: row.code("title")?,
        from: row.get("from_day")?,
        until: until.into_iter().chain(appointed).min(),
    })
}

/// Everybody who is, was or will be a member of these bodies.
pub(crate) async fn members(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    bodies: impl IntoIterator<Item = BodyId>,
) -> Result<Vec<BodyMember>, Broken> {
    let statement = Statement::new(MEMBER, args![m]).push_in(" AND k.body_id IN", bodies).push(
        " ORDER BY CASE k.title WHEN 'chair' THEN 0 WHEN 'vice_chair' THEN 1 ELSE 2 END, k.from_day, k.id",
        args![],
    );
    conn.select(statement).await?.iter().map(member).collect()
}

/// The bodies somebody is a member of on a day.
pub(crate) async fn of_user(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    user: UserId,
    on: Day,
) -> Result<Vec<BodyId>, Broken> {
    let statement = Statement::new(MEMBER, args![m]).push(" AND k.user_id = ?", args![user]);
    let found: Vec<BodyMember> =
        conn.select(statement).await?.iter().map(member).collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter(|k| covers(k.from, k.until, on)).map(|k| k.body).collect())
}

/// A new term.
pub(crate) async fn add_member(act: &mut Act, right: &Right, k: &BodyMember) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO body_member (municipality_id, id, body_id, desk_id, user_id, appointment_id, name, title, \
             from_day, until_day, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                m,
                k.id,
                k.body,
                k.desk,
                k.user,
                k.appointment,
                &k.name,
                k.title.code(),
                k.from,
                k.until,
                command
            ],
        )
        .await?;
    Ok(())
}

/// A term ends on a day; a term that never began ends the day before it would have.
pub(crate) async fn end_member(
    act: &mut Act,
    right: &Right,
    id: BodyMemberId,
    last: Day,
) -> Result<(), Fail> {
    let m = act.municipality();
    let changed = act
        .save(right)?
        .exec(
            "UPDATE body_member SET until_day = $3 WHERE municipality_id = $1 AND id = $2 \
             AND (until_day IS NULL OR until_day > $3)",
            args![m, id, last],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}

/// Which of these desks belong to the municipality itself (市長, 教育委員会, 病院事業), and which are multi-agency providers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeskKind {
    pub desk: DeskId,
    pub municipal: bool,
    pub provider: bool,
}

/// Every desk in force on a day, with what it is.
pub(crate) async fn desk_kinds(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    on: Day,
) -> Result<Vec<DeskKind>, Broken> {
    conn.all(
        "SELECT d.id, d.programme, e.kind FROM desk d \
         JOIN agency a ON a.municipality_id = d.municipality_id AND a.id = d.agency_id \
         JOIN legal_entity e ON e.municipality_id = a.municipality_id AND e.id = a.legal_entity_id \
         WHERE d.municipality_id = $1 AND d.valid_from <= $2 AND (d.valid_to IS NULL OR d.valid_to >= $2) ORDER BY d.seq",
        args![m, on],
    )
    .await?
    .iter()
    .map(|row| {
        let kind: String = row.get("kind")?;
        let programme: String = row.get("programme")?;
        let municipal = EntityKind::parse(&kind).is_some_and(EntityKind::is_municipal);
        Ok(DeskKind { desk: row.get("id")?, municipal, provider: programme == "multi_agency" })
    })
    .collect()
}

/// Bodies that have ended and still hold something, with the body that goes on.
pub(crate) async fn ended(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
) -> Result<Vec<(BodyId, BodyId)>, Broken> {
    conn.all(
        "SELECT b.id, b.successor_id FROM body b WHERE b.municipality_id = $1 AND b.valid_to < $2 \
         AND b.successor_id IS NOT NULL AND (EXISTS (SELECT 1 FROM agenda_item i WHERE i.municipality_id = b.municipality_id \
         AND i.body_id = b.id AND i.state IN ('proposed', 'scheduled', 'in_session')) OR EXISTS (SELECT 1 FROM meeting k \
         WHERE k.municipality_id = b.municipality_id AND k.body_id = b.id AND k.state = 'planned'))",
        args![m, today],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("successor_id")?)))
    .collect()
}
