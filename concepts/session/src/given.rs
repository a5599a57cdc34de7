//! 宿題 as minutes ask about it: what a session gave, to whom and by when, so that nobody types it again.

use access::Viewer;
use engine::{Broken, Conn};
use task::TaskState;
use words::Instant;
use words::id::{AgendaItemId, DeskId, EntryId, HomeworkId, MunicipalityId, UserId};

use crate::sql::homework::{self as sql, Homework};
use crate::views::Opened;

/// Homework that a session gave. Of a case its words are an entry: what they say is disclosed apart.
#[derive(Debug, Clone)]
pub struct Given {
    /// The item it came out of.
    pub item: AgendaItemId,
    /// Which.
    pub id: HomeworkId,
    /// The desk it was given to.
    pub desk: DeskId,
    /// The person of it.
    pub user: Option<UserId>,
    /// Of a partner without a login.
    pub name: String,
    /// What is to be done, of a general item.
    pub what: String,
    /// The same as an entry, as it was first written.
    pub entry: Option<EntryId>,
    /// 次回まで.
    pub by_next: bool,
    /// By when, as it is now.
    pub due: Instant,
    /// It is not needed any more.
    pub dropped: bool,
}

impl From<Homework> for Given {
    fn from(h: Homework) -> Self {
        Self {
            item: h.item,
            id: h.id,
            desk: h.desk,
            user: h.user,
            name: h.name,
            what: h.what,
            entry: h.entry,
            by_next: h.by_next,
            due: h.due_at,
            dropped: h.state == TaskState::Cancelled,
        }
    }
}

async fn of_items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    items: impl IntoIterator<Item = AgendaItemId>,
) -> Result<Vec<Given>, Broken> {
    let found = sql::of_items(conn, m, items).await?;
    // A promise that went on as another one is told of as that one.
    Ok(found.into_iter().filter(|h| h.state != TaskState::Moved).map(Given::from).collect())
}

/// The homework of a session as far as the viewer may know its items, with what is not needed any more. Of an item they may not know
/// nothing is told, not even that somebody has something to do.
pub async fn given(conn: &mut Conn<'_>, viewer: &Viewer, o: &Opened) -> Result<Vec<Given>, Broken> {
    let known: Vec<AgendaItemId> = o.items.iter().filter(|i| o.knows(viewer, i)).map(|i| i.id).collect();
    if known.is_empty() {
        return Ok(Vec::new());
    }
    of_items(conn, viewer.municipality, known).await
}

/// Which homework of a session stands, whoever asks: for an approval that says what it was said of.
pub async fn standing(conn: &mut Conn<'_>, m: MunicipalityId, o: &Opened) -> Result<Vec<Given>, Broken> {
    let mut all = of_items(conn, m, o.items.iter().map(|i| i.id)).await?;
    all.retain(|h| !h.dropped);
    Ok(all)
}
