//! Statements that change the register. Called by acts and by the import, which hold the right.

use engine::{Broken, Conn, Statement, args};
use words::Day;
use words::code::Code;
use words::id::{
    AgencyId, AppointmentId, AreaId, AreaSystemId, CommandId, ContractId, DeskId, LegalEntityId,
    MunicipalityId, PostId, ThingId, UserId,
};

use crate::acts::{NewAgency, NewResponsibility, NewUser};
use crate::rules::{EntityKind, NameKind, Span, SuccessorKind, write_weekdays};

/// Where a statement writes.
type At = MunicipalityId;

pub(crate) async fn municipality_save(
    conn: &mut Conn<'_>,
    at: At,
    name: &str,
    code: &str,
    from: Day,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO municipality (municipality_id, name) VALUES ($1, $2) \
         ON CONFLICT (municipality_id) DO UPDATE SET name = excluded.name",
        args![at, name],
    )
    .await?;
    if !code.is_empty() {
        conn.exec(
            "INSERT INTO municipality_code (municipality_id, code, valid_from) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
            args![at, code, from],
        )
        .await?;
    }
    Ok(())
}

/// How the name of the municipality is read.
pub(crate) async fn municipality_read(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    reading: &str,
) -> Result<(), Broken> {
    let sql = "UPDATE municipality SET reading = $2 WHERE municipality_id = $1";
    conn.exec(sql, args![at, reading]).await?;
    Ok(())
}

pub(crate) async fn setting_save(conn: &mut Conn<'_>, at: At, key: &str, value: &str) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO setting (municipality_id, key, value) VALUES ($1, $2, $3) \
         ON CONFLICT (municipality_id, key) DO UPDATE SET value = excluded.value",
        args![at, key, value],
    )
    .await?;
    Ok(())
}

pub(crate) async fn area_system_add(
    conn: &mut Conn<'_>,
    at: At,
    id: AreaSystemId,
    name: &str,
) -> Result<(), Broken> {
    conn.exec("INSERT INTO area_system (municipality_id, id, name) VALUES ($1, $2, $3)", args![at, id, name])
        .await?;
    Ok(())
}

pub(crate) async fn area_add(
    conn: &mut Conn<'_>,
    at: At,
    id: AreaId,
    system: AreaSystemId,
    (code, name, note): (&str, &str, &str),
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO area (municipality_id, id, system_id, code, name, note) VALUES ($1, $2, $3, $4, $5, $6)",
        args![at, id, system, code, name, note],
    )
    .await?;
    Ok(())
}

pub(crate) async fn area_update(
    conn: &mut Conn<'_>,
    at: At,
    id: AreaId,
    name: &str,
    note: &str,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE area SET name = $3, note = $4 WHERE municipality_id = $1 AND id = $2",
        args![at, id, name, note],
    )
    .await?;
    Ok(())
}

pub(crate) async fn town_area_add(
    conn: &mut Conn<'_>,
    at: At,
    town: &str,
    area: AreaId,
    span: Span,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO town_area (municipality_id, town, area_id, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
        args![at, town, area, span.from, span.to],
    )
    .await?;
    Ok(())
}

pub(crate) async fn legal_entity_add(
    conn: &mut Conn<'_>,
    at: At,
    id: LegalEntityId,
    name: &str,
    kind: EntityKind,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO legal_entity (municipality_id, id, name, kind) VALUES ($1, $2, $3, $4)",
        args![at, id, name, kind.code()],
    )
    .await?;
    Ok(())
}

pub(crate) async fn agency_add(
    conn: &mut Conn<'_>,
    at: At,
    id: AgencyId,
    a: &NewAgency,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO agency (municipality_id, id, legal_entity_id, parent_id, field, area_id, phone, place, \
         has_login, consultable_by, opening, open_on_holidays, valid_from) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            at,
            id,
            a.legal_entity,
            a.parent,
            a.field.code(),
            a.area,
            &a.phone,
            &a.place,
            a.has_login,
            a.consultable_by.code(),
            write_weekdays(a.weekdays),
            a.open_on_holidays,
            a.from,
        ],
    )
    .await?;
    let span = Span { from: a.from, to: None };
    agency_name_add(conn, at, id, NameKind::Official, &a.name, span).await?;
    if !a.reading.is_empty() {
        agency_name_add(conn, at, id, NameKind::Reading, &a.reading, span).await?;
    }
    for alias in &a.aliases {
        agency_name_add(conn, at, id, NameKind::Alias, alias, span).await?;
    }
    for slip in &a.slips {
        agency_name_add(conn, at, id, NameKind::Slip, slip, span).await?;
    }
    Ok(())
}

pub(crate) async fn agency_end(conn: &mut Conn<'_>, at: At, id: AgencyId, last: Day) -> Result<(), Broken> {
    conn.exec("UPDATE agency SET valid_to = $3 WHERE municipality_id = $1 AND id = $2", args![at, id, last])
        .await?;
    conn.exec(
        "UPDATE agency_name SET valid_to = $3 WHERE municipality_id = $1 AND agency_id = $2 AND kind = 'official' \
         AND valid_to IS NULL",
        args![at, id, last],
    )
    .await?;
    Ok(())
}

pub(crate) async fn agency_name_add(
    conn: &mut Conn<'_>,
    at: At,
    agency: AgencyId,
    kind: NameKind,
    name: &str,
    span: Span,
) -> Result<(), Broken> {
    let key = match kind {
        NameKind::Reading => words::name::reading_key(name),
        NameKind::Official | NameKind::Alias | NameKind::Slip => words::name::name_key(name),
    };
    conn.exec(
        "INSERT INTO agency_name (municipality_id, agency_id, kind, name, name_key, valid_from, valid_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        args![at, agency, kind.code(), name, key, span.from, span.to],
    )
    .await?;
    Ok(())
}

pub(crate) async fn agency_name_end(
    conn: &mut Conn<'_>,
    at: At,
    agency: AgencyId,
    from: Day,
    last: Day,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE agency_name SET valid_to = $4 WHERE municipality_id = $1 AND agency_id = $2 AND kind = 'official' \
         AND valid_from = $3",
        args![at, agency, from, last],
    )
    .await?;
    Ok(())
}

pub(crate) async fn successor_add(
    conn: &mut Conn<'_>,
    at: At,
    agency: AgencyId,
    successor: AgencyId,
    kind: SuccessorKind,
    (from, command): (Day, CommandId),
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO agency_successor (municipality_id, agency_id, successor_id, kind, valid_from, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        args![at, agency, successor, kind.code(), from, command],
    )
    .await?;
    Ok(())
}

pub(crate) async fn contract_add(
    conn: &mut Conn<'_>,
    at: At,
    id: ContractId,
    title: &str,
    (contractor, commissioner): (AgencyId, AgencyId),
    (from, last): (Day, Day),
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO contract (municipality_id, id, title, contractor_id, commissioner_id, valid_from, valid_to) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![at, id, title, contractor, commissioner, from, last],
    )
    .await?;
    Ok(())
}

pub(crate) async fn contract_programme_add(
    conn: &mut Conn<'_>,
    at: At,
    contract: ContractId,
    programme: &str,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO contract_programme (municipality_id, contract_id, programme) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        args![at, contract, programme],
    )
    .await?;
    Ok(())
}

pub(crate) async fn contract_end(
    conn: &mut Conn<'_>,
    at: At,
    contract: ContractId,
    last: Day,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE contract SET valid_to = $3 WHERE municipality_id = $1 AND id = $2",
        args![at, contract, last],
    )
    .await?;
    Ok(())
}

pub(crate) async fn desk_add(
    conn: &mut Conn<'_>,
    at: At,
    id: DeskId,
    (agency, programme): (AgencyId, &str),
    contract: Option<ContractId>,
    from: Day,
    heir: Option<DeskId>,
) -> Result<(), Broken> {
    let row = conn
        .one("SELECT COALESCE(MAX(seq), 0) AS seq FROM desk WHERE municipality_id = $1", args![at])
        .await?;
    let seq = row.get::<i64>("seq")? + 1;
    conn.exec(
        "INSERT INTO desk (municipality_id, id, seq, agency_id, programme, contract_id, valid_from, heir_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![at, id, seq, agency, programme, contract, from, heir],
    )
    .await?;
    Ok(())
}

/// Makes others wait who want to appoint somebody to these desks or to end them, until the act has ended.
pub(crate) async fn desk_hold(conn: &mut Conn<'_>, at: At, ids: &[DeskId]) -> Result<(), Broken> {
    let sql = "UPDATE desk SET heir_id = heir_id WHERE municipality_id = ? AND id IN";
    conn.run(Statement::new(sql, args![at]).push_in("", ids.iter().copied())).await?;
    Ok(())
}

pub(crate) async fn desk_contract(
    conn: &mut Conn<'_>,
    at: At,
    id: DeskId,
    contract: Option<ContractId>,
    heir: Option<DeskId>,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE desk SET contract_id = $3, heir_id = COALESCE(heir_id, $4) WHERE municipality_id = $1 AND id = $2",
        args![at, id, contract, heir],
    )
    .await?;
    Ok(())
}

pub(crate) async fn desk_end(
    conn: &mut Conn<'_>,
    at: At,
    id: DeskId,
    last: Day,
    heir: DeskId,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE desk SET valid_to = $3, heir_id = $4 WHERE municipality_id = $1 AND id = $2",
        args![at, id, last, heir],
    )
    .await?;
    // Whoever sat there sits there no longer; the row stays as history.
    conn.exec(
        "UPDATE appointment SET valid_to = $3 WHERE municipality_id = $1 AND valid_from <= $3 \
         AND (valid_to IS NULL OR valid_to > $3) \
         AND post_id IN (SELECT id FROM post WHERE municipality_id = $1 AND desk_id = $2)",
        args![at, id, last],
    )
    .await?;
    Ok(())
}

/// A desk goes on after all: its end is taken back.
pub(crate) async fn desk_reopen(conn: &mut Conn<'_>, at: At, id: DeskId) -> Result<(), Broken> {
    conn.exec("UPDATE desk SET valid_to = NULL WHERE municipality_id = $1 AND id = $2", args![at, id])
        .await?;
    Ok(())
}

/// A desk whose beginning was taken back begins after all.
pub(crate) async fn desk_revive(
    conn: &mut Conn<'_>,
    at: At,
    id: DeskId,
    contract: Option<ContractId>,
    heir: Option<DeskId>,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE desk SET valid_to = NULL, contract_id = $3, heir_id = $4 WHERE municipality_id = $1 AND id = $2",
        args![at, id, contract, heir],
    )
    .await?;
    Ok(())
}

/// By which command a desk is there: a merger that is taken back takes along those it made itself.
pub(crate) async fn desk_made_by(
    conn: &mut Conn<'_>,
    at: At,
    id: DeskId,
    command: CommandId,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE desk SET command_id = $3 WHERE municipality_id = $1 AND id = $2",
        args![at, id, command],
    )
    .await?;
    Ok(())
}

/// Nobody has this desk's records after it: of one that goes on.
pub(crate) async fn desk_no_heir(conn: &mut Conn<'_>, at: At, id: DeskId) -> Result<(), Broken> {
    conn.exec(
        "UPDATE desk SET heir_id = NULL WHERE municipality_id = $1 AND id = $2 AND valid_to IS NULL \
         AND contract_id IS NULL",
        args![at, id],
    )
    .await?;
    Ok(())
}

/// An appointment goes on after all.
pub(crate) async fn appointment_reopen(
    conn: &mut Conn<'_>,
    at: At,
    id: AppointmentId,
    last: Day,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE appointment SET valid_to = NULL WHERE municipality_id = $1 AND id = $2 AND valid_to = $3",
        args![at, id, last],
    )
    .await?;
    Ok(())
}

/// An agency goes on after all, under the name it had on its last day.
pub(crate) async fn agency_reopen(
    conn: &mut Conn<'_>,
    at: At,
    id: AgencyId,
    last: Day,
) -> Result<(), Broken> {
    conn.exec("UPDATE agency SET valid_to = NULL WHERE municipality_id = $1 AND id = $2", args![at, id])
        .await?;
    conn.exec(
        "UPDATE agency_name SET valid_to = NULL WHERE municipality_id = $1 AND agency_id = $2 AND kind = 'official' \
         AND valid_to = $3 AND valid_from = (SELECT MAX(n.valid_from) FROM agency_name n \
         WHERE n.municipality_id = $1 AND n.agency_id = $2 AND n.kind = 'official')",
        args![at, id, last],
    )
    .await?;
    Ok(())
}

/// A planned succession is taken back before its day: nothing has happened by it.
pub(crate) async fn successor_remove(
    conn: &mut Conn<'_>,
    at: At,
    (agency, successor): (AgencyId, AgencyId),
    kind: SuccessorKind,
    from: Day,
) -> Result<(), Broken> {
    conn.exec(
        "DELETE FROM agency_successor WHERE municipality_id = $1 AND agency_id = $2 AND successor_id = $3 \
         AND kind = $4 AND valid_from = $5",
        args![at, agency, successor, kind.code(), from],
    )
    .await?;
    Ok(())
}

pub(crate) async fn responsibility_add(
    conn: &mut Conn<'_>,
    at: At,
    id: ThingId,
    new: &NewResponsibility,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO responsibility (municipality_id, id, desk_id, area_id, matter, contact, valid_from, valid_to, \
         confirmed_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            at,
            id,
            new.desk,
            new.area,
            new.matter.code(),
            &new.contact,
            new.span.from,
            new.span.to,
            new.confirmed,
        ],
    )
    .await?;
    Ok(())
}

/// What a list may say anew of a responsibility that is there: whom to ask, its last day, when it was checked.
pub(crate) async fn responsibility_update(
    conn: &mut Conn<'_>,
    at: At,
    id: ThingId,
    contact: &str,
    to: Option<Day>,
    confirmed: Option<Day>,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE responsibility SET contact = $3, valid_to = $4, confirmed_on = $5 \
         WHERE municipality_id = $1 AND id = $2",
        args![at, id, contact, to, confirmed],
    )
    .await?;
    Ok(())
}

pub(crate) async fn responsibility_end(
    conn: &mut Conn<'_>,
    at: At,
    id: ThingId,
    last: Day,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE responsibility SET valid_to = $3 WHERE municipality_id = $1 AND id = $2",
        args![at, id, last],
    )
    .await?;
    Ok(())
}

pub(crate) async fn responsibility_confirm(
    conn: &mut Conn<'_>,
    at: At,
    id: ThingId,
    day: Day,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE responsibility SET confirmed_on = $3 WHERE municipality_id = $1 AND id = $2",
        args![at, id, day],
    )
    .await?;
    Ok(())
}

pub(crate) async fn post_add(
    conn: &mut Conn<'_>,
    at: At,
    id: PostId,
    desk: DeskId,
    role: access::Role,
    title: &str,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO post (municipality_id, id, desk_id, role, title) VALUES ($1, $2, $3, $4, $5)",
        args![at, id, desk, role.code(), title],
    )
    .await?;
    Ok(())
}

pub(crate) async fn user_add(conn: &mut Conn<'_>, at: At, id: UserId, user: &NewUser) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO app_user (municipality_id, id, login, name, reading, demo_line) VALUES ($1, $2, $3, $4, $5, $6)",
        args![at, id, &user.login, &user.name, &user.reading, &user.demo_line],
    )
    .await?;
    Ok(())
}

pub(crate) async fn appointment_add(
    conn: &mut Conn<'_>,
    at: At,
    id: AppointmentId,
    (user, post, area): (UserId, PostId, Option<AreaId>),
    span: Span,
    instrument: &str,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO appointment (municipality_id, id, user_id, post_id, area_id, valid_from, valid_to, instrument) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![at, id, user, post, area, span.from, span.to, instrument],
    )
    .await?;
    Ok(())
}

pub(crate) async fn appointment_end(
    conn: &mut Conn<'_>,
    at: At,
    id: AppointmentId,
    last: Day,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE appointment SET valid_to = $3 WHERE municipality_id = $1 AND id = $2",
        args![at, id, last],
    )
    .await?;
    Ok(())
}

/// Takes away an appointment by which nobody ever sat anywhere; not when somebody is the member of a body or of a conference by it.
pub(crate) async fn appointment_remove(
    conn: &mut Conn<'_>,
    at: At,
    id: AppointmentId,
) -> Result<bool, Broken> {
    let gone = conn
        .exec(
            "DELETE FROM appointment WHERE municipality_id = $1 AND id = $2 \
             AND id NOT IN (SELECT i.appointment_id FROM body_member i WHERE i.municipality_id = $1 \
             AND i.appointment_id IS NOT NULL) AND id NOT IN (SELECT w.appointment_id FROM matter_member w \
             WHERE w.municipality_id = $1 AND w.appointment_id IS NOT NULL)",
            args![at, id],
        )
        .await?;
    Ok(gone == 1)
}
