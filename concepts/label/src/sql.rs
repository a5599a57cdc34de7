//! Statements of wordings.

use engine::undo::Written;
use engine::{Broken, Conn, args};
use site::{Language, Own};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, MunicipalityId};

/// One version of a wording.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub number: i64,
    /// Empty: the program's own words.
    pub wording: String,
    pub at: Instant,
    /// Who wrote it; empty when it was not a person.
    pub by: String,
    /// By which command, and whose.
    pub written: Written,
}

/// Which wording a command wrote: its language and key.
pub(crate) async fn of_command(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    command: CommandId,
) -> Result<Option<(Language, String)>, Broken> {
    let row = conn
        .maybe(
            "SELECT language, sentence FROM label_wording WHERE municipality_id = $1 AND command_id = $2",
            args![at, command],
        )
        .await?;
    row.map(|row| Ok((row.code("language")?, row.get("sentence")?))).transpose()
}

/// What holds now, in every language.
pub(crate) async fn in_force(conn: &mut Conn<'_>, at: MunicipalityId) -> Result<Own, Broken> {
    let rows = conn
        .all(
            "SELECT w.language, w.sentence, w.wording FROM label_wording w WHERE w.municipality_id = $1 \
             AND w.wording <> '' AND w.version = (SELECT MAX(n.version) FROM label_wording n \
             WHERE n.municipality_id = w.municipality_id AND n.language = w.language AND n.sentence = w.sentence)",
            args![at],
        )
        .await?;
    let mut own = Own::default();
    for row in &rows {
        let language: Language = row.code("language")?;
        own.say(language, row.get("sentence")?, row.get("wording")?);
    }
    Ok(own)
}

/// Every version of one wording, the newest first.
pub(crate) async fn version_list(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    language: Language,
    key: &str,
) -> Result<Vec<Version>, Broken> {
    conn.all(
        "SELECT w.version, w.wording, w.recorded_at, w.command_id, c.author_id, COALESCE(u.name, '') AS name \
         FROM label_wording w \
         JOIN command c ON c.municipality_id = w.municipality_id AND c.id = w.command_id \
         LEFT JOIN app_user u ON u.municipality_id = c.municipality_id AND u.id = c.author_id \
         WHERE w.municipality_id = $1 AND w.language = $2 AND w.sentence = $3 ORDER BY w.version DESC",
        args![at, language.code(), key],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Version {
            number: row.get("version")?,
            wording: row.get("wording")?,
            at: row.get("recorded_at")?,
            by: row.get("name")?,
            written: Written { command: Some(row.get("command_id")?), author: row.get("author_id")? },
        })
    })
    .collect()
}

/// Adds a version; whether it was the next one.
pub(crate) async fn version_add(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    (language, key): (Language, &str),
    version: i64,
    wording: &str,
    (now, command): (Instant, CommandId),
) -> Result<bool, Broken> {
    let added = conn
        .exec(
            "INSERT INTO label_wording (municipality_id, language, sentence, version, wording, recorded_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            args![at, language.code(), key, version, wording, now, command],
        )
        .await?;
    Ok(added == 1)
}
