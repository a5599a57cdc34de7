//! Sections and their texts.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Row, args};
use words::Instant;
use words::code::Code;
use words::id::{AgendaItemId, DeskId, EntryId, MeetingId, MinutesSectionId, MunicipalityId, UserId};

use crate::rules::Part;

/// A section with a text of it, as stored: the words of a case are an entry.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub id: MinutesSectionId,
    pub part: Part,
    pub item: Option<AgendaItemId>,
    pub version: i64,
    pub body: String,
    pub entry: Option<EntryId>,
    pub written_at: Instant,
    pub user: Option<UserId>,
}

fn stored(row: &Row) -> Result<Stored, Broken> {
    Ok(Stored {
        id: row.get("id")?,
        part: row.code("part")?,
        item: row.get("item_id")?,
        version: row.get("version")?,
        body: row.get("body")?,
        entry: row.get("entry_id")?,
        written_at: row.get("written_at")?,
        user: row.get("user_id")?,
    })
}

/// The sections of a session with the texts that stand; of an approval, with the texts it was said of.
pub(crate) async fn of_meeting(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    id: MeetingId,
    edition: Option<i64>,
) -> Result<Vec<Stored>, Broken> {
    let rows = match edition {
        None => {
            conn.all(
                "SELECT s.id, s.part, s.item_id, t.version, t.body, t.entry_id, t.written_at, t.user_id \
                 FROM minutes_section s JOIN minutes_text t ON t.municipality_id = s.municipality_id \
                 AND t.section_id = s.id AND t.version = s.version \
                 WHERE s.municipality_id = $1 AND s.meeting_id = $2 ORDER BY s.id",
                args![m, id],
            )
            .await?
        }
        Some(edition) => {
            conn.all(
                "SELECT s.id, s.part, s.item_id, t.version, t.body, t.entry_id, t.written_at, t.user_id \
                 FROM minutes_edition_text e JOIN minutes_section s ON s.municipality_id = e.municipality_id \
                 AND s.id = e.section_id JOIN minutes_text t ON t.municipality_id = e.municipality_id \
                 AND t.section_id = e.section_id AND t.version = e.version \
                 WHERE e.municipality_id = $1 AND e.meeting_id = $2 AND e.edition = $3 ORDER BY s.id",
                args![m, id, edition],
            )
            .await?
        }
    };
    rows.iter().map(stored).collect()
}

/// Whether a text of a section was approved once: then it stays where it lies.
pub(crate) async fn was_approved(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (section, version): (MinutesSectionId, i64),
) -> Result<bool, Broken> {
    let row = conn
        .one(
            "SELECT COUNT(*) AS n FROM minutes_edition_text WHERE municipality_id = $1 AND section_id = $2 \
             AND version = $3",
            args![m, section, version],
        )
        .await?;
    Ok(row.get::<i64>("n")? > 0)
}

/// The entry that was written last for a section: what is written next takes its place, also when an earlier one stands again.
pub(crate) async fn newest_entry(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    section: MinutesSectionId,
) -> Result<Option<EntryId>, Broken> {
    let row = conn
        .maybe(
            "SELECT entry_id FROM minutes_text WHERE municipality_id = $1 AND section_id = $2 AND entry_id IS NOT NULL \
             GROUP BY entry_id ORDER BY MIN(version) DESC LIMIT 1",
            args![m, section],
        )
        .await?;
    row.map(|r| r.get("entry_id")).transpose()
}

/// A text to be kept.
pub(crate) struct New<'a> {
    pub meeting: MeetingId,
    pub part: Part,
    pub item: Option<AgendaItemId>,
    pub body: &'a str,
    pub entry: Option<EntryId>,
    pub desk: DeskId,
}

/// Keeps a text as the next version of its section. [`Fail::Stale`] when somebody else did so before.
pub(crate) async fn put(
    act: &mut Act,
    right: &Right,
    old: Option<&Stored>,
    new: &New<'_>,
) -> Result<i64, Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let user = act.viewer().map(|v| v.user);
    let id = old.map_or_else(|| act.new_id(), |o| o.id);
    let version = old.map_or(0, |o| o.version) + 1;
    let mut conn = act.save(right)?;
    let changed = if let Some(old) = old {
        conn.exec(
            "UPDATE minutes_section SET version = $4 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![m, id, old.version, version],
        )
        .await?
    } else {
        conn.exec(
            "INSERT INTO minutes_section (municipality_id, id, meeting_id, part, item_id, version, command_id) \
             VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT DO NOTHING",
            args![m, id, new.meeting, new.part.code(), new.item, command],
        )
        .await?
    };
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "INSERT INTO minutes_text (municipality_id, section_id, version, body, entry_id, written_at, desk_id, user_id, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![m, id, version, new.body, new.entry, now, new.desk, user, command],
    )
    .await?;
    Ok(version)
}
