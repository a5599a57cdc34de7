//! What the minutes of items say: of a general subject its text, which was checked to be about nobody before it was stored; of a case an
//! entry, which is disclosed apart.

use engine::{Broken, Conn, Statement, args};
use words::id::{AgendaItemId, EntryId, MunicipalityId};

/// What the minutes of an item say now.
#[derive(Debug, Clone)]
pub(crate) struct Minuted {
    pub item: AgendaItemId,
    pub body: String,
    /// About a case: an entry, and no text.
    pub entry: Option<EntryId>,
    /// They go round, or were approved.
    pub round: bool,
}

/// The minutes of these items.
pub(crate) async fn minutes_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Minuted>, Broken> {
    let statement = Statement::new(
        "SELECT s.item_id, t.body, t.entry_id, COALESCE(x.state, 'draft') AS state FROM minutes_section s \
         JOIN minutes_text t ON t.municipality_id = s.municipality_id AND t.section_id = s.id AND t.version = s.version \
         LEFT JOIN minutes x ON x.municipality_id = s.municipality_id AND x.meeting_id = s.meeting_id \
         WHERE s.municipality_id = ?",
        args![m],
    )
    .push_in(" AND s.item_id IN", items)
    .push(" ORDER BY s.id", args![]);
    conn.select(statement)
        .await?
        .iter()
        .map(|row| {
            let state: String = row.get("state")?;
            Ok(Minuted {
                item: row.get("item_id")?,
                body: row.get("body")?,
                entry: row.get("entry_id")?,
                round: state == "comment" || state == "approved",
            })
        })
        .collect()
}
