//! Statements of the pages.

use std::collections::HashMap;

use access::Role;
use engine::{Broken, Conn, Statement, args};
use words::Day;
use words::id::{AgencyId, AppointmentId, AreaId, CommandId, DeskId, LegalEntityId, MunicipalityId, UserId};

use crate::rules::{ConsultableBy, EntityKind, Field, Matter, NameKind, Span, SuccessorKind, weekdays};

/// A desk's responsibility on a day.
#[derive(Debug, Clone)]
pub(crate) struct Responsible {
    pub desk: DeskId,
    pub area: Option<AreaId>,
    pub matter: Matter,
    pub contact: String,
    pub confirmed: Option<Day>,
}

/// Every responsibility in force on a day. Whether its desk is in force too is for the caller to see.
pub(crate) async fn responsibility_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    on: Day,
) -> Result<Vec<Responsible>, Broken> {
    conn.all(
        "SELECT desk_id, area_id, matter, contact, confirmed_on FROM responsibility WHERE municipality_id = $1 \
         AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY matter, id",
        args![at, on],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Responsible {
            desk: row.get("desk_id")?,
            area: row.get("area_id")?,
            matter: row.code("matter")?,
            contact: row.get("contact")?,
            confirmed: row.get("confirmed_on")?,
        })
    })
    .collect()
}

/// An agency.
pub(crate) struct AgencyRow {
    pub legal_entity: LegalEntityId,
    pub entity: String,
    pub kind: EntityKind,
    pub parent: Option<AgencyId>,
    pub field: Field,
    pub area: Option<AreaId>,
    pub phone: String,
    pub place: String,
    pub has_login: bool,
    pub consultable_by: ConsultableBy,
    pub opening: words::calendar::OpeningDays,
    pub span: Span,
}

/// One agency, also one that is over.
pub(crate) async fn agency_find(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: AgencyId,
) -> Result<Option<AgencyRow>, Broken> {
    conn.maybe(
        "SELECT g.legal_entity_id, e.name AS entity, e.kind, g.parent_id, g.field, g.area_id, g.phone, g.place, g.has_login, \
         g.consultable_by, g.opening, g.open_on_holidays, g.valid_from, g.valid_to FROM agency g \
         JOIN legal_entity e ON e.municipality_id = g.municipality_id AND e.id = g.legal_entity_id \
         WHERE g.municipality_id = $1 AND g.id = $2",
        args![at, id],
    )
    .await?
    .map(|row| {
        Ok(AgencyRow {
            legal_entity: row.get("legal_entity_id")?,
            entity: row.get("entity")?,
            kind: row.code("kind")?,
            parent: row.get("parent_id")?,
            field: row.code("field")?,
            area: row.get("area_id")?,
            phone: row.get("phone")?,
            place: row.get("place")?,
            has_login: row.get("has_login")?,
            consultable_by: row.code("consultable_by")?,
            opening: words::calendar::OpeningDays {
                weekdays: weekdays(&row.get::<String>("opening")?),
                open_on_holidays: row.get("open_on_holidays")?,
                ..words::calendar::OpeningDays::default()
            },
            span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
        })
    })
    .transpose()
}

/// A name of an agency.
pub(crate) struct NameRow {
    pub kind: NameKind,
    pub name: String,
    pub span: Span,
}

/// Every name of one agency, the latest first.
pub(crate) async fn names_of(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    agency: AgencyId,
) -> Result<Vec<NameRow>, Broken> {
    conn.all(
        "SELECT kind, name, valid_from, valid_to FROM agency_name WHERE municipality_id = $1 AND agency_id = $2 \
         ORDER BY valid_from DESC, name",
        args![at, agency],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(NameRow {
            kind: row.code("kind")?,
            name: row.get("name")?,
            span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
        })
    })
    .collect()
}

/// A key by which an agency is found on a day.
pub(crate) struct KeyRow {
    pub agency: AgencyId,
    pub kind: NameKind,
    pub name: String,
    pub key: String,
}

/// Every key of every agency that exists on a day. Former official names are found too.
pub(crate) async fn key_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    on: Day,
) -> Result<Vec<KeyRow>, Broken> {
    conn.all(
        "SELECT n.agency_id, n.kind, n.name, n.name_key FROM agency_name n \
         JOIN agency g ON g.municipality_id = n.municipality_id AND g.id = n.agency_id \
         WHERE n.municipality_id = $1 AND g.valid_from <= $2 AND (g.valid_to IS NULL OR g.valid_to >= $2) \
         ORDER BY n.name_key",
        args![at, on],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(KeyRow {
            agency: row.get("agency_id")?,
            kind: row.code("kind")?,
            name: row.get("name")?,
            key: row.get("name_key")?,
        })
    })
    .collect()
}

/// A change from one agency to another.
pub(crate) struct Change {
    pub before: AgencyId,
    pub after: AgencyId,
    pub kind: SuccessorKind,
    pub from: Day,
    /// The command that wrote it down; none of before it was kept.
    pub command: Option<CommandId>,
}

/// What an agency came from and what came of it.
pub(crate) async fn change_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    agency: AgencyId,
) -> Result<Vec<Change>, Broken> {
    conn.all(
        "SELECT agency_id, successor_id, kind, valid_from, command_id FROM agency_successor WHERE municipality_id = $1 \
         AND (agency_id = $2 OR successor_id = $2) ORDER BY valid_from",
        args![at, agency],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Change {
            before: row.get("agency_id")?,
            after: row.get("successor_id")?,
            kind: row.code("kind")?,
            from: row.get("valid_from")?,
            command: row.get("command_id")?,
        })
    })
    .collect()
}

/// An appointment with its person.
#[derive(Debug, Clone)]
pub(crate) struct Appointment {
    pub id: AppointmentId,
    pub user: UserId,
    pub desk: DeskId,
    pub agency: AgencyId,
    pub role: Role,
    pub title: String,
    pub span: Span,
    pub instrument: String,
}

/// Appointments of some persons, of everybody at an agency, or all that change after a day.
pub(crate) enum Which {
    Users(Vec<UserId>),
    Agency(AgencyId),
    ChangingAfter(Day),
}

pub(crate) async fn appointment_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    which: Which,
) -> Result<Vec<Appointment>, Broken> {
    let statement = Statement::new(
        "SELECT a.id, a.user_id, p.desk_id, d.agency_id, p.role, p.title, a.valid_from, a.valid_to, a.instrument \
         FROM appointment a \
         JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         JOIN desk d ON d.municipality_id = p.municipality_id AND d.id = p.desk_id \
         WHERE a.municipality_id = ?",
        args![at],
    );
    let statement = match which {
        Which::Users(users) => statement.push_in(" AND a.user_id IN", users),
        Which::Agency(agency) => statement.push(" AND d.agency_id = ?", args![agency]),
        Which::ChangingAfter(day) => {
            statement.push(" AND (a.valid_from > ? OR a.valid_to >= ?)", args![day, day])
        }
    };
    conn.select(statement.push(" ORDER BY a.valid_from, a.id", args![]))
        .await?
        .iter()
        .map(|row| {
            Ok(Appointment {
                id: row.get("id")?,
                user: row.get("user_id")?,
                desk: row.get("desk_id")?,
                agency: row.get("agency_id")?,
                role: row.code("role")?,
                title: row.get("title")?,
                span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
                instrument: row.get("instrument")?,
            })
        })
        .collect()
}

/// Those of `all` that end at a desk on a day, except where the person comes back to it later anyway.
pub(crate) fn ending_at(all: &[Appointment], desk: DeskId, last: Day) -> impl Iterator<Item = &Appointment> {
    all.iter().filter(move |a| {
        a.desk == desk
            && a.span.to == Some(last)
            && !all.iter().any(|b| b.desk == desk && b.user == a.user && b.span.from > last)
    })
}

/// Appointments to these desks that begin after a day, the first of them first.
pub(crate) async fn appointed_later(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    desks: &[DeskId],
    last: Day,
) -> Result<Vec<(UserId, Day)>, Broken> {
    let statement = Statement::new(
        "SELECT a.user_id, a.valid_from FROM appointment a JOIN post p ON p.municipality_id = a.municipality_id \
         AND p.id = a.post_id WHERE a.municipality_id = ? AND a.valid_from > ?",
        args![at, last],
    )
    .push_in(" AND p.desk_id IN", desks.iter().copied())
    .push(" ORDER BY a.valid_from, a.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("user_id")?, row.get("valid_from")?)))
        .collect()
}

/// Whose appointment it is, and at which desk.
pub(crate) struct Leaving {
    pub user: UserId,
    pub name: String,
    pub desk: DeskId,
}

pub(crate) async fn leaving(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    appointment: AppointmentId,
) -> Result<Option<Leaving>, Broken> {
    conn.maybe(
        "SELECT a.user_id, u.name, p.desk_id FROM appointment a \
         JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
         JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         WHERE a.municipality_id = $1 AND a.id = $2",
        args![at, appointment],
    )
    .await?
    .map(|row| Ok(Leaving { user: row.get("user_id")?, name: row.get("name")?, desk: row.get("desk_id")? }))
    .transpose()
}

/// Open promises of one kind that one person has taken at a desk: how many, and when the first falls due. That two agencies hold one household
/// is told to coordinators alone, not to whoever ends an appointment: such a promise goes on to another of them by itself.
pub(crate) struct OpenWork {
    pub kind: String,
    pub count: i64,
    pub first: words::Instant,
}

pub(crate) async fn open_work(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    user: UserId,
    desk: DeskId,
) -> Result<Vec<OpenWork>, Broken> {
    conn.all(
        "SELECT kind, COUNT(*) AS n, MIN(due_at) AS first_due FROM task WHERE municipality_id = $1 \
         AND assignee_id = $2 AND desk_id = $3 AND state = 'open' AND kind <> 'weigh_overlap' \
         GROUP BY kind ORDER BY MIN(due_at), kind",
        args![at, user, desk],
    )
    .await?
    .iter()
    .map(|row| Ok(OpenWork { kind: row.get("kind")?, count: row.get("n")?, first: row.get("first_due")? }))
    .collect()
}

/// What is open at a desk: numbers, no content (disclosure rule 13).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Holding {
    pub cases: i64,
    pub consultations: i64,
    pub tasks: i64,
}

/// Three statements, whatever the number of desks.
pub(crate) async fn holding(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    desks: &[DeskId],
) -> Result<HashMap<DeskId, Holding>, Broken> {
    let mut found: HashMap<DeskId, Holding> = HashMap::new();
    let own = |sql| Statement::new(sql, args![at]);
    let cases = own("SELECT accountable_desk_id AS desk_id, COUNT(*) AS n FROM case_file \
         WHERE municipality_id = ? AND state = 'open'")
    .push_in(" AND accountable_desk_id IN", desks.iter().copied())
    .push(" GROUP BY accountable_desk_id", args![]);
    for row in conn.select(cases).await? {
        found.entry(row.get("desk_id")?).or_default().cases = row.get("n")?;
    }
    let consultations = own("SELECT accountable_desk_id AS desk_id, COUNT(*) AS n FROM consultation \
         WHERE municipality_id = ? AND state = 'open'")
    .push_in(" AND accountable_desk_id IN", desks.iter().copied())
    .push(" GROUP BY accountable_desk_id", args![]);
    for row in conn.select(consultations).await? {
        found.entry(row.get("desk_id")?).or_default().consultations = row.get("n")?;
    }
    let tasks = own("SELECT desk_id, COUNT(*) AS n FROM task WHERE municipality_id = ? AND state = 'open'")
        .push_in(" AND desk_id IN", desks.iter().copied())
        .push(" GROUP BY desk_id", args![]);
    for row in conn.select(tasks).await? {
        found.entry(row.get("desk_id")?).or_default().tasks = row.get("n")?;
    }
    Ok(found)
}

/// The days of every agency.
pub(crate) async fn agency_spans(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
) -> Result<HashMap<AgencyId, Span>, Broken> {
    conn.all("SELECT id, valid_from, valid_to FROM agency WHERE municipality_id = $1", args![at])
        .await?
        .iter()
        .map(|row| Ok((row.get("id")?, Span { from: row.get("valid_from")?, to: row.get("valid_to")? })))
        .collect()
}

/// An account, as administrators see it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub id: UserId,
    pub login: String,
    pub name: String,
    pub reading: String,
    pub disabled: bool,
}

/// Every account, by reading.
pub(crate) async fn account_list(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Vec<Account>, Broken> {
    conn.all(
        "SELECT id, login, name, reading, disabled_at FROM app_user WHERE municipality_id = $1 \
         ORDER BY reading, name, id",
        args![at],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Account {
            id: row.get("id")?,
            login: row.get("login")?,
            name: row.get("name")?,
            reading: row.get("reading")?,
            disabled: row.get::<Option<String>>("disabled_at")?.is_some(),
        })
    })
    .collect()
}

/// The official names of agencies on a day.
pub(crate) async fn agency_names(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    ids: impl IntoIterator<Item = AgencyId>,
    on: Day,
) -> Result<std::collections::HashMap<AgencyId, String>, Broken> {
    let names = super::name_list(conn, at, NameKind::Official, Some(ids.into_iter().collect())).await?;
    Ok(names.into_iter().map(|(id, names)| (id, crate::rules::name_on(&names, on).to_owned())).collect())
}
