//! Changes of the plan's rows. The caller holds a right and commits.

use access::Right;
use engine::{Act, Fail, Refusal};
use words::Day;
use words::id::RoleTextId;

use super::{Plan, Role, Row, sql};

/// Adds a state of a row: a new row when its version is 0, otherwise the next state of the row, written against
/// that version. Stale when somebody else wrote meanwhile.
pub async fn save_row(act: &mut Act, right: &Right, row: &Row) -> Result<(), Fail> {
    if let Some((_, key)) = row.problems().first() {
        return Err(Refusal::new(key).into());
    }
    let (at, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    if row.version == 0 {
        sql::row_add(&mut conn, at, row).await?;
    } else if !sql::row_count_up(&mut conn, at, row.id, row.version).await? {
        return Err(Fail::Stale);
    }
    let next = Row { version: row.version + 1, ..row.clone() };
    Ok(sql::state_add(&mut conn, at, &next, command).await?)
}

/// The role text with these words from a day on, made when there is none; `None` for no words.
///
/// With `base`, that text says these words from the day on instead, for every row that shares it; its version is the
/// one the change was written against.
pub async fn save_role(
    act: &mut Act,
    right: &Right,
    plan: &mut Plan,
    base: Option<(RoleTextId, i64)>,
    body: &str,
    from: Day,
) -> Result<Option<RoleTextId>, Fail> {
    if body.is_empty() {
        return Ok(None);
    }
    if base.is_none()
        && let Some(id) = plan.role_with(body, from)
    {
        return Ok(Some(id));
    }
    let (at, command) = (act.municipality(), act.command());
    let (id, version) = base.unwrap_or_else(|| (act.new_id(), 0));
    let mut conn = act.save(right)?;
    if version == 0 {
        sql::role_add(&mut conn, at, id).await?;
    } else if !sql::role_count_up(&mut conn, at, id, version).await? {
        return Err(Fail::Stale);
    }
    let role = Role { id, version: version + 1, from, body: body.to_owned(), command: Some(command) };
    sql::role_state_add(&mut conn, at, &role, command).await?;
    plan.roles.push(role);
    Ok(Some(id))
}
