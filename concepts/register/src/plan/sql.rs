//! Statements of the plan's rows and role texts. Four statements read everything: a plan has some dozens of rows.

use std::collections::HashMap;

use engine::{Broken, Bulk, Conn, Row as Stored, args};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, AgencyProgrammeId, CommandId, MunicipalityId, RoleTextId};

use super::{Item, Plan, Role, Row, Set};
use crate::rules::{NameKind, Statutory, parse_delivery, write_delivery};

/// Every state of every row and role text.
pub async fn load(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Plan, Broken> {
    type Key = (AgencyProgrammeId, i64);
    let key = |row: &Stored| -> Result<Key, Broken> { Ok((row.get("row_id")?, row.get("version")?)) };
    let mut items: HashMap<Key, Vec<Item>> = HashMap::new();
    let stored = conn
        .all(
            "SELECT row_id, version, name, count, unit, note, statutory, base FROM plan_row_item \
             WHERE municipality_id = $1 ORDER BY row_id, version, sub_no",
            args![at],
        )
        .await?;
    for row in &stored {
        items.entry(key(row)?).or_default().push(item(row)?);
    }
    let mut except: HashMap<Key, Vec<AgencyProgrammeId>> = HashMap::new();
    let stored = conn
        .all(
            "SELECT row_id, version, except_id FROM plan_row_except WHERE municipality_id = $1 \
             ORDER BY row_id, version, except_id",
            args![at],
        )
        .await?;
    for row in &stored {
        except.entry(key(row)?).or_default().push(row.get("except_id")?);
    }
    let stored = conn
        .all(
            "SELECT s.row_id, s.version, r.programme, s.valid_from, s.ended, s.row_no, s.starts_block, s.agency_id, \
             s.name, s.note, s.excludes, s.asked_by, s.sections, s.contractor, s.delivery, s.position, \
             s.role_text_id, s.set_of, s.command_id FROM plan_row_state s \
             JOIN plan_row r ON r.municipality_id = s.municipality_id AND r.id = s.row_id \
             WHERE s.municipality_id = $1 ORDER BY s.row_id, s.version",
            args![at],
        )
        .await?;
    let mut states = Vec::with_capacity(stored.len());
    for row in &stored {
        let key = key(row)?;
        let (items, except) = (items.remove(&key), except.remove(&key));
        states.push(state(row, items.unwrap_or_default(), except.unwrap_or_default())?);
    }
    let roles = conn
        .all(
            "SELECT role_text_id, version, valid_from, wording, command_id FROM role_text_state \
             WHERE municipality_id = $1 ORDER BY role_text_id, version",
            args![at],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Role {
                id: row.get("role_text_id")?,
                version: row.get("version")?,
                from: row.get("valid_from")?,
                body: row.get("wording")?,
                command: row.get("command_id")?,
            })
        })
        .collect::<Result<_, Broken>>()?;
    Ok(Plan { states, roles })
}

fn item(row: &Stored) -> Result<Item, Broken> {
    let statutory: String = row.get("statutory")?;
    Ok(Item {
        name: super::without_mark(&row.get::<String>("name")?).to_owned(),
        count: row.get("count")?,
        unit: row.get("unit")?,
        note: row.get("note")?,
        statutory: Statutory::parse(&statutory)
            .ok_or_else(|| Broken::Corrupt("plan_row_item", "statutory".to_owned()))?,
        base: row.get("base")?,
    })
}

fn state(row: &Stored, items: Vec<Item>, except: Vec<AgencyProgrammeId>) -> Result<Row, Broken> {
    let (sections, delivery): (String, String) = (row.get("sections")?, row.get("delivery")?);
    let set_of = row.code_opt("set_of")?;
    Ok(Row {
        id: row.get("row_id")?,
        version: row.get("version")?,
        programme: row.code("programme")?,
        from: row.get("valid_from")?,
        ended: row.get("ended")?,
        row_no: row.get("row_no")?,
        starts_block: row.get("starts_block")?,
        agency: row.get("agency_id")?,
        name: row.get("name")?,
        note: row.get("note")?,
        excludes: row.get("excludes")?,
        asked_by: row.code("asked_by")?,
        sections: sections.split(';').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
        contractor: row.get("contractor")?,
        delivery: parse_delivery(&delivery)
            .ok_or_else(|| Broken::Corrupt("plan_row_state", "delivery".to_owned()))?,
        position: row.code("position")?,
        role: row.get("role_text_id")?,
        set: set_of.map(|programme| Set { programme, except }),
        items: if items.is_empty() { vec![Item::empty()] } else { items },
        command: row.get("command_id")?,
    })
}

/// Makes a row known.
pub(super) async fn row_add(conn: &mut Conn<'_>, at: MunicipalityId, row: &Row) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO plan_row (municipality_id, id, programme, version) VALUES ($1, $2, $3, 1)",
        args![at, row.id, row.programme.code()],
    )
    .await?;
    Ok(())
}

/// Counts a row's version up; whether it still was the expected one.
pub(super) async fn row_count_up(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: AgencyProgrammeId,
    version: i64,
) -> Result<bool, Broken> {
    let touched = conn
        .exec(
            "UPDATE plan_row SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![at, id, version],
        )
        .await?;
    Ok(touched == 1)
}

/// Adds a state with its sub-items and exceptions.
pub(super) async fn state_add(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    row: &Row,
    command: CommandId,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO plan_row_state (municipality_id, row_id, version, valid_from, ended, row_no, starts_block, \
         agency_id, name, note, excludes, asked_by, sections, contractor, delivery, position, role_text_id, set_of, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        args![
            at,
            row.id,
            row.version,
            row.from,
            row.ended,
            row.row_no,
            row.starts_block,
            row.agency,
            &row.name,
            &row.note,
            &row.excludes,
            row.asked_by.code(),
            row.sections.join(";"),
            &row.contractor,
            write_delivery(&row.delivery),
            row.position.code(),
            row.role,
            row.set.as_ref().map_or("", |s| s.programme.code()),
            command,
        ],
    )
    .await?;
    let mut items = Bulk::new(
        "INSERT INTO plan_row_item (municipality_id, row_id, version, sub_no, name, count, unit, note, statutory, base) \
         VALUES",
        10,
    );
    for (item, sub_no) in row.items.iter().zip(1_i64..) {
        items.row(args![
            at,
            row.id,
            row.version,
            sub_no,
            &item.name,
            item.count,
            &item.unit,
            &item.note,
            item.statutory.to_string(),
            &item.base,
        ]);
    }
    items.run(conn).await?;
    let mut except =
        Bulk::new("INSERT INTO plan_row_except (municipality_id, row_id, version, except_id) VALUES", 4);
    for id in row.set.iter().flat_map(|s| &s.except) {
        except.row(args![at, row.id, row.version, *id]);
    }
    except.run(conn).await
}

/// Makes a role text known.
pub(super) async fn role_add(conn: &mut Conn<'_>, at: MunicipalityId, id: RoleTextId) -> Result<(), Broken> {
    conn.exec("INSERT INTO role_text (municipality_id, id, version) VALUES ($1, $2, 1)", args![at, id])
        .await?;
    Ok(())
}

/// Counts a role text's version up; whether it still was the expected one.
pub(super) async fn role_count_up(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: RoleTextId,
    version: i64,
) -> Result<bool, Broken> {
    let touched = conn
        .exec(
            "UPDATE role_text SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![at, id, version],
        )
        .await?;
    Ok(touched == 1)
}

/// Adds what a role text says from a day on.
pub(super) async fn role_state_add(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    role: &Role,
    command: CommandId,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO role_text_state (municipality_id, role_text_id, version, valid_from, wording, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![at, role.id, role.version, role.from, &role.body, command],
    )
    .await?;
    Ok(())
}

/// Names on a day: of every agency, and from each former official name to the one of the day.
pub async fn names(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    on: Day,
) -> Result<(HashMap<AgencyId, String>, HashMap<String, String>), Broken> {
    let (mut current, mut former) = (HashMap::new(), HashMap::new());
    for (agency, dated) in crate::sql::name_list(conn, at, NameKind::Official, None).await? {
        // Who is over has the last name it had.
        let named = dated
            .iter()
            .filter(|d| d.span.from <= on)
            .max_by_key(|d| d.span.from)
            .or_else(|| dated.iter().min_by_key(|d| d.span.from));
        let Some(named) = named else { continue };
        let others = dated.iter().filter(|d| d.span.from < named.span.from);
        former.extend(others.map(|d| (d.name.clone(), named.name.clone())));
        current.insert(agency, named.name.clone());
    }
    // A name that somebody bears today is nobody's former one.
    for name in current.values() {
        former.remove(name);
    }
    Ok((current, former))
}
