//! Statements of publications, and of who wrote what.

use std::collections::HashMap;

use engine::{Broken, Conn, Row, Statement, args};
use words::id::{CommandId, MunicipalityId, PublicationId, UserId};
use words::{Day, Instant};

use crate::rules::Shown;

/// A publication without its tables.
#[derive(Debug, Clone)]
pub(crate) struct Publication {
    pub id: PublicationId,
    pub title: String,
    pub published_on: Day,
    pub as_of: Day,
    pub recorded_at: Instant,
    pub command: CommandId,
}

fn publication(row: &Row) -> Result<Publication, Broken> {
    Ok(Publication {
        id: row.get("id")?,
        title: row.get("title")?,
        published_on: row.get("published_on")?,
        as_of: row.get("as_of")?,
        recorded_at: row.get("recorded_at")?,
        command: row.get("command_id")?,
    })
}

/// Every publication, the newest first.
pub(crate) async fn publication_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
) -> Result<Vec<Publication>, Broken> {
    conn.all(
        "SELECT id, title, published_on, as_of, recorded_at, command_id FROM plan_publication \
         WHERE municipality_id = $1 ORDER BY published_on DESC, recorded_at DESC, id DESC",
        args![at],
    )
    .await?
    .iter()
    .map(publication)
    .collect()
}

/// The tables of a publication.
pub(crate) async fn publication_find(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    id: PublicationId,
) -> Result<Option<(Publication, Vec<Shown>)>, Broken> {
    let row = conn
        .maybe(
            "SELECT id, title, published_on, as_of, recorded_at, command_id, content FROM plan_publication \
             WHERE municipality_id = $1 AND id = $2",
            args![at, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let content: String = row.get("content")?;
    let rows = serde_json::from_str(&content)
        .map_err(|_| Broken::Corrupt("plan_publication", "content".to_owned()))?;
    Ok(Some((publication(&row)?, rows)))
}

/// Freezes the tables.
pub(crate) async fn publication_add(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    new: &Publication,
    rows: &[Shown],
) -> Result<(), Broken> {
    let body = serde_json::to_string(rows).map_err(|e| Broken::Outside(format!("plan: {e}")))?;
    conn.exec(
        "INSERT INTO plan_publication (municipality_id, id, title, published_on, as_of, content, recorded_at, command_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            at,
            new.id,
            &new.title,
            new.published_on,
            new.as_of,
            body,
            new.recorded_at,
            new.command
        ],
    )
    .await?;
    Ok(())
}

/// The person behind a command; none for a file read by the program, or for a command that is not there.
pub(crate) async fn author_of(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    command: CommandId,
) -> Result<Option<UserId>, Broken> {
    let row = conn
        .maybe("SELECT author_id FROM command WHERE municipality_id = $1 AND id = $2", args![at, command])
        .await?;
    row.map_or(Ok(None), |row| row.get("author_id"))
}

/// Who wrote a command, and when.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    /// The person's name; empty for a file or the system.
    pub name: String,
    pub at: Instant,
}

/// The writers of commands.
pub(crate) async fn writer_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    commands: Vec<CommandId>,
) -> Result<HashMap<CommandId, Writer>, Broken> {
    let statement = Statement::new(
        "SELECT c.id, c.recorded_at, COALESCE(u.name, '') AS name FROM command c LEFT JOIN app_user u \
         ON u.municipality_id = c.municipality_id AND u.id = c.author_id WHERE c.municipality_id = ?",
        args![at],
    )
    .push_in(" AND c.id IN", commands);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| Ok((row.get("id")?, Writer { name: row.get("name")?, at: row.get("recorded_at")? })))
        .collect()
}
