//! Storing guides: one text per version, which never changes.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::Instant;
use words::id::{MunicipalityId, UserId};

use crate::guide::Guide;

/// Reads the kept text. It was sound when it was kept.
pub(super) fn guide(row: &Row) -> Result<Guide, Broken> {
    // The guide is settings, not about anybody: this column is no text of a record.
    let text: String = row.get("guide_text")?;
    serde_json::from_str(&text).map_err(|_| Broken::Corrupt("triage_guide", "body".to_owned()))
}

/// The guide in force, with its version: version 0 is the built-in one, which is not kept yet.
pub(crate) async fn current(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<(i64, Guide), Broken> {
    let row = conn
        .maybe(
            "SELECT version, body AS guide_text FROM triage_guide WHERE municipality_id = $1 ORDER BY version DESC LIMIT 1",
            args![m],
        )
        .await?;
    match row {
        Some(row) => Ok((row.get("version")?, guide(&row)?)),
        None => Ok((0, Guide::builtin())),
    }
}

/// One version.
pub(crate) async fn of_version(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    version: i64,
) -> Result<Option<Guide>, Broken> {
    conn.maybe(
        "SELECT version, body AS guide_text FROM triage_guide WHERE municipality_id = $1 AND version = $2",
        args![m, version],
    )
    .await?
    .as_ref()
    .map(guide)
    .transpose()
}

/// A version in the list.
pub(crate) struct Version {
    pub number: i64,
    pub note: String,
    pub at: Instant,
    pub by: Option<UserId>,
    /// How many triages were begun under it.
    pub used: i64,
}

/// Every version, newest first.
pub(crate) async fn versions(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Vec<Version>, Broken> {
    conn.all(
        "SELECT g.version, g.note, g.recorded_at, c.author_id, (SELECT COUNT(*) FROM triage t \
         WHERE t.municipality_id = g.municipality_id AND t.guide_version = g.version) AS used FROM triage_guide g \
         JOIN command c ON c.municipality_id = g.municipality_id AND c.id = g.command_id \
         WHERE g.municipality_id = $1 ORDER BY g.version DESC",
        args![m],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Version {
            number: row.get("version")?,
            note: row.get("note")?,
            at: row.get("recorded_at")?,
            by: row.get("author_id")?,
            used: row.get("used")?,
        })
    })
    .collect()
}

/// Keeps a guide as the version after `base`. [`Fail::Stale`] when somebody kept one meanwhile.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    base: i64,
    guide: &Guide,
    note: &str,
) -> Result<i64, Fail> {
    let (m, command, now) = (act.municipality(), act.command(), act.now());
    let kept = act
        .save(right)?
        .exec(
            "INSERT INTO triage_guide (municipality_id, version, body, note, recorded_at, command_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            args![m, base + 1, guide.to_json(), note, now, command],
        )
        .await?;
    if kept == 0 { Err(Fail::Stale) } else { Ok(base + 1) }
}
