//! Statements that read the register. Both engines; days are bound, never asked of the database.

pub(crate) mod find;
pub(crate) mod law;
pub(crate) mod pages;
pub(crate) mod write;

use std::collections::HashMap;

use engine::{Broken, Conn, Row, Statement, args};
use words::Day;
use words::calendar::OpeningDays;
use words::code::Code;
use words::id::{AgencyId, AreaId, CommandId, ContractId, DeskId, LegalEntityId, MunicipalityId, UserId};

use crate::rules::{Appointed, Dated, Entity, EntityKind, Heirs, NameKind, Span, earlier, weekdays};

/// The columns of a desk with its agency and the end of its contract.
macro_rules! desk_select {
    ($rest:literal) => {
        desk_select!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT d.id, d.seq, d.agency_id, d.programme, d.contract_id, d.valid_from, d.valid_to, d.heir_id, d.command_id, \
             g.legal_entity_id, g.field, g.area_id, g.has_login, g.phone, g.opening, g.open_on_holidays, \
             g.consultable_by, c.valid_to AS contract_to, \
             (SELECT COUNT(DISTINCT o.programme) FROM desk o WHERE o.municipality_id = d.municipality_id \
             AND o.agency_id = d.agency_id) AS programmes",
            $more,
            " FROM desk d \
             JOIN agency g ON g.municipality_id = d.municipality_id AND g.id = d.agency_id \
             LEFT JOIN contract c ON c.municipality_id = d.municipality_id AND c.id = d.contract_id ",
            $rest
        )
    };
}

/// A desk as stored, before it has a name.
pub(crate) struct DeskRow {
    pub id: DeskId,
    pub seq: i64,
    pub agency: AgencyId,
    pub legal_entity: LegalEntityId,
    pub programme: String,
    /// Whether the agency has or had desks of several programmes: then the name says which.
    pub several: bool,
    pub field: String,
    pub area: Option<AreaId>,
    pub has_login: bool,
    pub phone: String,
    pub opening: OpeningDays,
    pub consultable_by: String,
    pub contract: Option<ContractId>,
    /// The desk's own last day, without its contract's.
    pub own_end: Option<Day>,
    pub span: Span,
    pub heir: Option<DeskId>,
    /// The command that wrote it down, or planned it anew; none for what an import brought, and of before it was kept.
    pub made_by: Option<CommandId>,
}

impl DeskRow {
    /// Its own days, without its contract's.
    pub(crate) fn own_span(&self) -> Span {
        Span { from: self.span.from, to: self.own_end }
    }
}

fn desk_row(row: &Row) -> Result<DeskRow, Broken> {
    let own: Option<Day> = row.get("valid_to")?;
    let contract: Option<Day> = row.get("contract_to")?;
    Ok(DeskRow {
        id: row.get("id")?,
        seq: row.get("seq")?,
        agency: row.get("agency_id")?,
        legal_entity: row.get("legal_entity_id")?,
        programme: row.get("programme")?,
        several: row.get::<i64>("programmes")? > 1,
        field: row.get("field")?,
        area: row.get("area_id")?,
        has_login: row.get("has_login")?,
        phone: row.get("phone")?,
        opening: OpeningDays {
            weekdays: weekdays(&row.get::<String>("opening")?),
            open_on_holidays: row.get("open_on_holidays")?,
            ..OpeningDays::default()
        },
        consultable_by: row.get("consultable_by")?,
        contract: row.get("contract_id")?,
        own_end: own,
        span: Span { from: row.get("valid_from")?, to: earlier(own, contract) },
        heir: row.get("heir_id")?,
        made_by: row.get("command_id")?,
    })
}

/// Every desk there is, was or will be.
pub(crate) async fn desk_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<DeskRow>, Broken> {
    conn.all(desk_select!("WHERE d.municipality_id = $1 ORDER BY d.seq"), args![municipality])
        .await?
        .iter()
        .map(desk_row)
        .collect()
}

/// Desks by id, in force or not.
pub(crate) async fn desk_find(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = DeskId>,
) -> Result<Vec<DeskRow>, Broken> {
    let statement = Statement::new(desk_select!("WHERE d.municipality_id = ?"), args![municipality])
        .push_in(" AND d.id IN", ids);
    conn.select(statement).await?.iter().map(desk_row).collect()
}

/// The same with every official name of their agencies, in one statement: what nearly every page asks for.
pub(crate) async fn desk_find_named(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = DeskId>,
) -> Result<Vec<(DeskRow, Vec<Dated>)>, Broken> {
    let statement = Statement::new(
        desk_select!(
            ", n.name, n.valid_from AS name_from, n.valid_to AS name_to",
            "LEFT JOIN agency_name n ON n.municipality_id = d.municipality_id AND n.agency_id = d.agency_id \
             AND n.kind = 'official' WHERE d.municipality_id = ?"
        ),
        args![municipality],
    )
    .push_in(" AND d.id IN", ids)
    .push(" ORDER BY d.id", args![]);
    let mut found: Vec<(DeskRow, Vec<Dated>)> = Vec::new();
    for row in conn.select(statement).await? {
        let desk = desk_row(&row)?;
        if found.last().is_none_or(|(last, _)| last.id != desk.id) {
            found.push((desk, Vec::new()));
        }
        if let (Some(name), Some((_, names))) = (row.get::<Option<String>>("name")?, found.last_mut()) {
            let span = Span { from: row.get("name_from")?, to: row.get("name_to")? };
            names.push(Dated { name, span });
        }
    }
    Ok(found)
}

/// Names of agencies of one kind, with their days.
pub(crate) async fn name_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    kind: NameKind,
    agencies: Option<Vec<AgencyId>>,
) -> Result<HashMap<AgencyId, Vec<Dated>>, Broken> {
    let mut statement = Statement::new(
        "SELECT agency_id, name, valid_from, valid_to FROM agency_name WHERE municipality_id = ? AND kind = ?",
        args![municipality, words::code::Code::code(kind)],
    );
    if let Some(agencies) = agencies {
        statement = statement.push_in(" AND agency_id IN", agencies);
    }
    let mut names: HashMap<AgencyId, Vec<Dated>> = HashMap::new();
    for row in conn.select(statement).await? {
        names.entry(row.get("agency_id")?).or_default().push(Dated {
            name: row.get("name")?,
            span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
        });
    }
    Ok(names)
}

/// The fields of these agencies, as codes.
pub(crate) async fn agency_fields(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    agencies: &[AgencyId],
) -> Result<Vec<(AgencyId, String)>, Broken> {
    let statement =
        Statement::new("SELECT id, field FROM agency WHERE municipality_id = ?", args![municipality])
            .push_in(" AND id IN", agencies.iter().copied());
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("field")?))).collect()
}

/// Desks that were over before the day, with their heirs.
pub(crate) async fn heir_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Heirs, Broken> {
    conn.all(
        "SELECT d.id, d.heir_id FROM desk d \
         LEFT JOIN contract c ON c.municipality_id = d.municipality_id AND c.id = d.contract_id \
         WHERE d.municipality_id = $1 AND d.heir_id IS NOT NULL AND (d.valid_to < $2 OR c.valid_to < $2)",
        args![municipality, on],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("heir_id")?)))
    .collect()
}

/// What somebody's seats on a day come from.
#[derive(Default)]
pub(crate) struct Standing {
    /// Their appointments in force on the day, whatever became of the desks.
    pub appointed: Vec<Appointed>,
    /// As [`heir_list`] has them.
    pub heirs: Heirs,
    /// Of each desk: whether its agency has or had desks of several programmes, and every official name.
    pub names: HashMap<DeskId, (bool, Vec<Dated>)>,
}

/// All of it with one statement: every request asks for it, right after its session.
pub(crate) async fn standing(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    on: Day,
) -> Result<Standing, Broken> {
    let rows = conn
        .all(
            "SELECT d.id AS desk_id, NULL AS heir_id, a.id, a.valid_from, a.valid_to, p.role, d.agency_id, d.programme, \
             d.valid_from AS desk_from, d.valid_to AS desk_to, c.valid_to AS contract_to, n.name, \
             n.valid_from AS name_from, n.valid_to AS name_to, EXISTS (SELECT 1 FROM desk o \
             WHERE o.municipality_id = d.municipality_id AND o.agency_id = d.agency_id \
             AND o.programme <> d.programme) AS several FROM appointment a \
             JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
             JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
             JOIN desk d ON d.municipality_id = p.municipality_id AND d.id = p.desk_id \
             LEFT JOIN contract c ON c.municipality_id = d.municipality_id AND c.id = d.contract_id \
             LEFT JOIN agency_name n ON n.municipality_id = d.municipality_id AND n.agency_id = d.agency_id \
             AND n.kind = 'official' \
             WHERE a.municipality_id = $1 AND a.user_id = $2 AND a.valid_from <= $3 \
             AND (a.valid_to IS NULL OR a.valid_to >= $3) AND u.disabled_at IS NULL \
             UNION ALL \
             SELECT d.id, d.heir_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
             FROM desk d LEFT JOIN contract c ON c.municipality_id = d.municipality_id AND c.id = d.contract_id \
             WHERE d.municipality_id = $1 AND d.heir_id IS NOT NULL AND (d.valid_to < $3 OR c.valid_to < $3) \
             ORDER BY 4, 3",
            args![municipality, user, on],
        )
        .await?;
    let mut found = Standing::default();
    for row in &rows {
        let desk: DeskId = row.get("desk_id")?;
        if let Some(heir) = row.get("heir_id")? {
            found.heirs.insert(desk, heir);
            continue;
        }
        let new = appointed(row)?;
        // A row for each name of the agency.
        if found.appointed.last().is_none_or(|last| last.appointment != new.appointment) {
            found.appointed.push(new);
        }
        let (_, names) = found.names.entry(desk).or_insert((row.get("several")?, Vec::new()));
        if let Some(name) = row.get("name")? {
            let span = Span { from: row.get("name_from")?, to: row.get("name_to")? };
            names.push(Dated { name, span });
        }
    }
    Ok(found)
}

fn appointed(row: &Row) -> Result<Appointed, Broken> {
    let (own, contract): (Option<Day>, Option<Day>) = (row.get("desk_to")?, row.get("contract_to")?);
    Ok(Appointed {
        appointment: row.get("id")?,
        desk: row.get("desk_id")?,
        agency: row.get("agency_id")?,
        role: row.code("role")?,
        programme: row.get("programme")?,
        appointed: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
        desk_open: Span { from: row.get("desk_from")?, to: earlier(own, contract) },
    })
}

/// Every appointment in force on a day, by person. See [`standing`].
pub(crate) async fn appointed_all(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    on: Day,
) -> Result<Vec<(UserId, Appointed)>, Broken> {
    conn.all(
        "SELECT a.id, a.user_id, a.valid_from, a.valid_to, p.role, d.id AS desk_id, d.agency_id, d.programme, \
         d.valid_from AS desk_from, d.valid_to AS desk_to, c.valid_to AS contract_to FROM appointment a \
         JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
         JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         JOIN desk d ON d.municipality_id = p.municipality_id AND d.id = p.desk_id \
         LEFT JOIN contract c ON c.municipality_id = d.municipality_id AND c.id = d.contract_id \
         WHERE a.municipality_id = $1 AND a.valid_from <= $2 \
         AND (a.valid_to IS NULL OR a.valid_to >= $2) AND u.disabled_at IS NULL ORDER BY a.user_id, a.id",
        args![municipality, on],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("user_id")?, appointed(row)?)))
    .collect()
}

/// Names of accounts.
pub(crate) async fn user_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, String>, Broken> {
    let statement =
        Statement::new("SELECT id, name FROM app_user WHERE municipality_id = ?", args![municipality])
            .push_in(" AND id IN", ids);
    conn.select(statement).await?.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

/// The conditions under which someone sits somewhere on a day; `?` is the day, five times.
/// `CROSS JOIN` is an order to SQLite: from the desk to its people, and not through all appointments of the town.
const SITTING: &str = "SELECT DISTINCT u.id, u.name, u.reading, d.id AS desk_id, d.seq \
     FROM desk d CROSS JOIN post p CROSS JOIN appointment a \
     JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
     LEFT JOIN contract c ON c.municipality_id = d.municipality_id AND c.id = d.contract_id \
     WHERE p.municipality_id = d.municipality_id AND p.desk_id = d.id \
     AND a.municipality_id = p.municipality_id AND a.post_id = p.id AND u.disabled_at IS NULL AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) \
     AND d.valid_from <= ? AND (d.valid_to IS NULL OR d.valid_to >= ?) AND (c.id IS NULL OR c.valid_to >= ?) \
     AND d.municipality_id = ?";

/// Someone who sits at a desk.
pub(crate) struct Sitting {
    pub user: UserId,
    pub name: String,
    pub desk: DeskId,
}

/// Who sits at a desk, or at every desk of a programme, under a role or any.
pub(crate) async fn sitting_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: Option<DeskId>,
    programme: Option<&str>,
    role: Option<&str>,
    on: Day,
) -> Result<Vec<Sitting>, Broken> {
    let mut statement = Statement::new(SITTING, args![on, on, on, on, on, municipality]);
    if let Some(desk) = desk {
        statement = statement.push(" AND d.id = ?", args![desk]);
    }
    if let Some(programme) = programme {
        statement = statement.push(" AND d.programme = ?", args![programme]);
    }
    if let Some(role) = role {
        statement = statement.push(" AND p.role = ?", args![role]);
    }
    statement = statement.push(" ORDER BY d.seq, u.reading, u.name, u.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok(Sitting { user: row.get("id")?, name: row.get("name")?, desk: row.get("desk_id")? }))
        .collect()
}

/// At which desks these people sit.
pub(crate) async fn desks_of_users(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    users: impl IntoIterator<Item = UserId>,
    on: Day,
) -> Result<Vec<Sitting>, Broken> {
    let statement =
        Statement::new(SITTING, args![on, on, on, on, on, municipality]).push_in(" AND u.id IN", users);
    let rows = conn.select(statement).await?;
    rows.iter()
        .map(|row| Ok(Sitting { user: row.get("id")?, name: row.get("name")?, desk: row.get("desk_id")? }))
        .collect()
}

/// Someone's place at a desk: the appointment, who, under which role.
pub(crate) async fn place_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    desk: DeskId,
    on: Day,
) -> Result<Vec<crate::Place>, Broken> {
    conn.all(
        "SELECT a.id AS appointment_id, u.id, u.name, p.role FROM appointment a \
         JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
         JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         WHERE a.municipality_id = $1 AND p.desk_id = $2 AND u.disabled_at IS NULL AND a.valid_from <= $3 \
         AND (a.valid_to IS NULL OR a.valid_to >= $3) ORDER BY u.reading, u.name, u.id",
        args![municipality, desk, on],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(crate::Place {
            appointment: row.get("appointment_id")?,
            user: row.get("id")?,
            name: row.get("name")?,
            role: row.code("role")?,
        })
    })
    .collect()
}

/// The settings that differ from the defaults.
pub(crate) async fn setting_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<HashMap<String, String>, Broken> {
    conn.all("SELECT key, value FROM setting WHERE municipality_id = $1", args![municipality])
        .await?
        .iter()
        .map(|row| Ok((row.get("key")?, row.get("value")?)))
        .collect()
}

/// Areas with their system: the finest system first, since that is how a town speaks of places.
pub(crate) async fn area_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    system: &str,
) -> Result<Vec<crate::AreaInfo>, Broken> {
    let mut areas: Vec<crate::AreaInfo> = conn
        .all(
            "SELECT a.id, s.name AS system, a.code, a.name FROM area a \
         JOIN area_system s ON s.municipality_id = a.municipality_id AND s.id = a.system_id \
         WHERE a.municipality_id = $1 AND ($2 = '' OR s.name = $2) ORDER BY s.name, a.code",
            args![municipality, system],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(crate::AreaInfo {
                id: row.get("id")?,
                system: row.get("system")?,
                code: row.get("code")?,
                name: row.get("name")?,
            })
        })
        .collect::<Result<_, Broken>>()?;
    let sizes = areas.iter().fold(HashMap::<String, usize>::new(), |mut sizes, area| {
        *sizes.entry(area.system.clone()).or_default() += 1;
        sizes
    });
    areas.sort_by_key(|area| std::cmp::Reverse(sizes.get(&area.system).copied()));
    Ok(areas)
}

/// 町字 with their area in one system on a day.
pub(crate) async fn town_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    system: &str,
    on: Day,
) -> Result<Vec<(String, AreaId)>, Broken> {
    conn.all(
        "SELECT t.town, t.area_id FROM town_area t \
         JOIN area a ON a.municipality_id = t.municipality_id AND a.id = t.area_id \
         JOIN area_system s ON s.municipality_id = a.municipality_id AND s.id = a.system_id \
         WHERE t.municipality_id = $1 AND ($2 = '' OR s.name = $2) AND t.valid_from <= $3 \
         AND (t.valid_to IS NULL OR t.valid_to >= $3) ORDER BY t.town",
        args![municipality, system, on],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("town")?, row.get("area_id")?)))
    .collect()
}

/// Every legal entity of a kind that is known.
pub(crate) async fn entity_list(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<HashMap<LegalEntityId, Entity>, Broken> {
    let rows =
        conn.all("SELECT id, kind FROM legal_entity WHERE municipality_id = $1", args![municipality]).await?;
    let mut found = HashMap::new();
    for row in &rows {
        let id: LegalEntityId = row.get("id")?;
        if let Some(kind) = EntityKind::parse(&row.get::<String>("kind")?) {
            found.insert(id, Entity { id, kind });
        }
    }
    Ok(found)
}
