//! Statements that acts and imports ask before they change something.

use std::collections::HashMap;

use access::Role;
use engine::{Broken, Conn, args};
use words::id::{
    AgencyId, AppointmentId, AreaId, AreaSystemId, ContractId, DeskId, LegalEntityId, MunicipalityId, PostId,
    ThingId, UserId,
};
use words::{Day, Instant};

use crate::rules::office::Terms;
use crate::rules::{Matter, Span, SuccessorKind};

/// A contract.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    pub id: ContractId,
    pub contractor: AgencyId,
    pub commissioner: AgencyId,
    pub title: String,
    pub programmes: Vec<String>,
    pub from: Day,
    pub last: Day,
}

impl Contract {
    /// What the rules look at.
    pub(crate) fn terms(&self) -> Terms<'_> {
        Terms {
            contractor: self.contractor,
            commissioner: self.commissioner,
            programmes: &self.programmes,
            span: self.span(),
        }
    }

    /// Its days.
    pub(crate) fn span(&self) -> Span {
        Span { from: self.from, to: Some(self.last) }
    }
}

/// Every contract, the earliest first.
pub(crate) async fn contract_list(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Vec<Contract>, Broken> {
    let mut programmes: HashMap<ContractId, Vec<String>> = HashMap::new();
    for row in conn
        .all(
            "SELECT contract_id, programme FROM contract_programme WHERE municipality_id = $1 ORDER BY programme",
            args![at],
        )
        .await?
    {
        programmes.entry(row.get("contract_id")?).or_default().push(row.get("programme")?);
    }
    conn.all(
        "SELECT id, title, contractor_id, commissioner_id, valid_from, valid_to FROM contract \
         WHERE municipality_id = $1 ORDER BY valid_from, id",
        args![at],
    )
    .await?
    .iter()
    .map(|row| {
        let id = row.get("id")?;
        Ok(Contract {
            id,
            contractor: row.get("contractor_id")?,
            commissioner: row.get("commissioner_id")?,
            title: row.get("title")?,
            programmes: programmes.remove(&id).unwrap_or_default(),
            from: row.get("valid_from")?,
            last: row.get("valid_to")?,
        })
    })
    .collect()
}

/// One contract.
pub(crate) async fn contract_find(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: ContractId,
) -> Result<Option<Contract>, Broken> {
    Ok(contract_list(conn, at).await?.into_iter().find(|c| c.id == id))
}

/// The desks that run under a contract, with the heirs they name.
pub(crate) async fn contract_desks(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    contract: ContractId,
) -> Result<Vec<(DeskId, Option<DeskId>)>, Broken> {
    conn.all(
        "SELECT id, heir_id FROM desk WHERE municipality_id = $1 AND contract_id = $2 AND valid_to IS NULL \
         ORDER BY seq",
        args![at, contract],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("heir_id")?)))
    .collect()
}

/// The desks under a contract that end with it when it ends on a day: those without an end of their own, or with one that day or later.
pub(crate) async fn contract_ending(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    contract: ContractId,
    last: Day,
) -> Result<Vec<DeskId>, Broken> {
    conn.all(
        "SELECT id FROM desk WHERE municipality_id = $1 AND contract_id = $2 AND (valid_to IS NULL \
         OR (valid_to >= $3 AND valid_to >= valid_from)) ORDER BY seq",
        args![at, contract, last],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// The day on which each desk was entered, where the command that wrote it is kept.
pub(crate) async fn desks_known(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
) -> Result<HashMap<DeskId, Day>, Broken> {
    conn.all(
        "SELECT d.id, c.recorded_at FROM desk d JOIN command c ON c.municipality_id = d.municipality_id \
         AND c.id = d.command_id WHERE d.municipality_id = $1",
        args![at],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get::<Instant>("recorded_at")?.day())))
    .collect()
}

/// Which agency passed to which, how, from which day on, and on which day that was entered, where it is kept.
pub(crate) type Passing = (AgencyId, AgencyId, SuccessorKind, (Day, Option<Day>));

/// Every agency that passed to another.
pub(crate) async fn agencies_passed(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Vec<Passing>, Broken> {
    conn.all(
        "SELECT s.agency_id, s.successor_id, s.kind, s.valid_from, c.recorded_at FROM agency_successor s \
         LEFT JOIN command c ON c.municipality_id = s.municipality_id AND c.id = s.command_id \
         WHERE s.municipality_id = $1",
        args![at],
    )
    .await?
    .iter()
    .map(|row| {
        let known = row.get::<Option<Instant>>("recorded_at")?.map(Instant::day);
        let days = (row.get("valid_from")?, known);
        Ok((row.get("agency_id")?, row.get("successor_id")?, row.code("kind")?, days))
    })
    .collect()
}

/// The account with a login.
pub(crate) async fn login_find(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    login: &str,
) -> Result<Option<UserId>, Broken> {
    conn.maybe("SELECT id FROM app_user WHERE municipality_id = $1 AND login = $2", args![at, login])
        .await?
        .map(|row| row.get("id"))
        .transpose()
}

/// An appointment of a person.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub id: AppointmentId,
    pub post: PostId,
    pub desk: DeskId,
    pub role: Role,
    pub span: Span,
}

/// Every appointment of a person, past and coming.
pub(crate) async fn appointments_of(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    user: UserId,
) -> Result<Vec<Held>, Broken> {
    conn.all(
        "SELECT a.id, a.post_id, p.desk_id, p.role, a.valid_from, a.valid_to FROM appointment a \
         JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         WHERE a.municipality_id = $1 AND a.user_id = $2 ORDER BY a.valid_from, a.id",
        args![at, user],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Held {
            id: row.get("id")?,
            post: row.get("post_id")?,
            desk: row.get("desk_id")?,
            role: row.code("role")?,
            span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
        })
    })
    .collect()
}

/// The days of one appointment.
pub(crate) async fn appointment_find(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: AppointmentId,
) -> Result<Option<Span>, Broken> {
    conn.maybe(
        "SELECT valid_from, valid_to FROM appointment WHERE municipality_id = $1 AND id = $2",
        args![at, id],
    )
    .await?
    .map(|row| Ok(Span { from: row.get("valid_from")?, to: row.get("valid_to")? }))
    .transpose()
}

/// A post of a desk.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub id: PostId,
    pub desk: DeskId,
    pub role: Role,
    pub title: String,
}

/// Every post.
pub(crate) async fn post_list(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Vec<Post>, Broken> {
    conn.all(
        "SELECT id, desk_id, role, title FROM post WHERE municipality_id = $1 ORDER BY title, id",
        args![at],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Post {
            id: row.get("id")?,
            desk: row.get("desk_id")?,
            role: row.code("role")?,
            title: row.get("title")?,
        })
    })
    .collect()
}

/// The desk of a post.
pub(crate) async fn post_desk(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    post: PostId,
) -> Result<Option<DeskId>, Broken> {
    let sql = "SELECT desk_id FROM post WHERE municipality_id = $1 AND id = $2";
    conn.maybe(sql, args![at, post]).await?.map(|row| row.get("desk_id")).transpose()
}

/// Every legal entity by name.
pub(crate) async fn legal_entity_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
) -> Result<HashMap<String, LegalEntityId>, Broken> {
    conn.all("SELECT id, name FROM legal_entity WHERE municipality_id = $1", args![at])
        .await?
        .iter()
        .map(|row| Ok((row.get("name")?, row.get("id")?)))
        .collect()
}

/// Every system of areas by name.
pub(crate) async fn area_system_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
) -> Result<HashMap<String, AreaSystemId>, Broken> {
    conn.all("SELECT id, name FROM area_system WHERE municipality_id = $1", args![at])
        .await?
        .iter()
        .map(|row| Ok((row.get("name")?, row.get("id")?)))
        .collect()
}

/// The name of the municipality.
pub(crate) async fn municipality_name(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<String, Broken> {
    conn.one("SELECT name FROM municipality WHERE municipality_id = $1", args![at]).await?.get("name")
}

/// How the name of the municipality is read; empty where the register does not know.
pub(crate) async fn municipality_reading(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<String, Broken> {
    conn.one("SELECT reading FROM municipality WHERE municipality_id = $1", args![at]).await?.get("reading")
}

/// A responsibility as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub id: ThingId,
    pub desk: DeskId,
    pub area: Option<AreaId>,
    pub matter: Matter,
    pub contact: String,
    pub span: Span,
    pub confirmed: Option<Day>,
}

/// Every responsibility, past and coming too.
pub(crate) async fn responsibility_all(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
) -> Result<Vec<Known>, Broken> {
    conn.all(
        "SELECT id, desk_id, area_id, matter, contact, valid_from, valid_to, confirmed_on FROM responsibility \
         WHERE municipality_id = $1 ORDER BY valid_from, id",
        args![at],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Known {
            id: row.get("id")?,
            desk: row.get("desk_id")?,
            area: row.get("area_id")?,
            matter: row.code("matter")?,
            contact: row.get("contact")?,
            span: Span { from: row.get("valid_from")?, to: row.get("valid_to")? },
            confirmed: row.get("confirmed_on")?,
        })
    })
    .collect()
}

/// One responsibility.
pub(crate) async fn responsibility_find(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: ThingId,
) -> Result<Option<Known>, Broken> {
    Ok(responsibility_all(conn, at).await?.into_iter().find(|k| k.id == id))
}
