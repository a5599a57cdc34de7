//! Storing what staff say of their experience.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::code::Code;
use words::id::{DeskId, MunicipalityId, UserId};
use words::{Day, Instant};

use crate::skill::{Level, Said, Skill};

/// Somebody with a seat at a desk today.
pub(crate) struct Colleague {
    pub user: UserId,
    pub name: String,
    pub desks: Vec<DeskId>,
}

/// What somebody said, and when.
pub(crate) struct Kept {
    pub user: UserId,
    pub said: Said,
    pub at: Instant,
}

/// Everybody who works with people today, by reading.
pub(crate) async fn colleagues(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    today: Day,
) -> Result<Vec<Colleague>, Broken> {
    let rows = conn
        .all(
            "SELECT DISTINCT u.id, u.name, u.reading, p.desk_id FROM appointment a \
             JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
             JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
             WHERE a.municipality_id = $1 AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2) \
             AND u.disabled_at IS NULL AND p.role IN ('caseworker', 'agency_lead', 'coordinator', 'liaison') \
             ORDER BY u.reading, u.id, p.desk_id",
            args![m, today],
        )
        .await?;
    let mut found: Vec<Colleague> = Vec::new();
    for row in &rows {
        let (user, desk): (UserId, DeskId) = (row.get("id")?, row.get("desk_id")?);
        match found.last_mut() {
            Some(last) if last.user == user => last.desks.push(desk),
            _ => found.push(Colleague { user, name: row.get("name")?, desks: vec![desk] }),
        }
    }
    Ok(found)
}

fn kept(row: &Row) -> Result<Kept, Broken> {
    let confirmed: Option<UserId> = row.get("confirmed_by")?;
    Ok(Kept {
        user: row.get("user_id")?,
        said: Said { skill: row.code("skill")?, level: row.code("level")?, confirmed: confirmed.is_some() },
        at: row.get("said_at")?,
    })
}

/// What everybody said.
pub(crate) async fn all(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Kept>, Broken> {
    let statement = "SELECT s.user_id, s.skill, s.level, s.said_at, s.confirmed_by FROM skill_of s \
                     JOIN app_user u ON u.municipality_id = s.municipality_id AND u.id = s.user_id \
                     WHERE s.municipality_id = $1 ORDER BY u.reading, s.user_id, s.skill";
    conn.all(statement, args![m]).await?.iter().map(kept).collect()
}

/// What one person said.
pub(crate) async fn of(conn: &mut Conn<'_>, m: MunicipalityId, user: UserId) -> Result<Vec<Kept>, Broken> {
    let statement = "SELECT user_id, skill, level, said_at, confirmed_by FROM skill_of \
                     WHERE municipality_id = $1 AND user_id = $2 ORDER BY skill";
    conn.all(statement, args![m, user]).await?.iter().map(kept).collect()
}

/// Writes what somebody says now; a new level is not confirmed.
pub(crate) async fn say(
    act: &mut Act,
    right: &Right,
    user: UserId,
    skill: Skill,
    level: Option<Level>,
) -> Result<(), Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let mut conn = act.save(right)?;
    match level {
        None => {
            conn.exec(
                "DELETE FROM skill_of WHERE municipality_id = $1 AND user_id = $2 AND skill = $3",
                args![m, user, skill.code()],
            )
            .await?
        }
        Some(level) => {
            conn.exec(
                "INSERT INTO skill_of (municipality_id, user_id, skill, level, said_at, command_id) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (municipality_id, user_id, skill) DO UPDATE SET \
                 level = excluded.level, said_at = excluded.said_at, command_id = excluded.command_id, \
                 confirmed_by = NULL, confirmed_at = NULL",
                args![m, user, skill.code(), level.code(), now, command],
            )
            .await?
        }
    };
    Ok(())
}

/// Confirms everything beyond wanting to learn.
pub(crate) async fn confirm(act: &mut Act, right: &Right, user: UserId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let by = act.viewer().map(|v| v.user);
    act.save(right)?
        .exec(
            "UPDATE skill_of SET confirmed_by = $3, confirmed_at = $4 WHERE municipality_id = $1 AND user_id = $2 \
             AND level <> 'learning' AND confirmed_by IS NULL",
            args![m, user, by, now],
        )
        .await?;
    Ok(())
}
