//! Sessions on the timeline of a case: that it was talked over, for whoever may know that an item was about it. Which case an item is
//! about is on no paper.

use access::Reader;
use engine::{Fail, Look};
use site::{Dated, Frame};
use words::id::CaseId;

use crate::known::{Around, Depth};
use crate::rules::ItemState;
use crate::sql::{item, meeting};

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<Dated>, Fail> {
    if look.reader() != Reader::Screen {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let items = item::of_case(&mut look.conn(), viewer.municipality, case).await?;
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let around = Around::load(&mut look.conn(), &viewer, &items).await?;
    let talked = |i: &&item::Item| {
        let over = matches!(i.state, ItemState::InSession | ItemState::Concluded);
        over && around.depth(&viewer, i, false) == Depth::Case
    };
    let talked: Vec<_> = items.iter().filter(talked).collect();
    let of = talked.iter().filter_map(|i| i.meeting);
    let held = meeting::by_ids(&mut look.conn(), viewer.municipality, of).await?;
    let line = |i: &&item::Item| {
        let m = held.iter().find(|m| Some(m.id) == i.meeting)?;
        let words = frame.t.f("session_dated.talked_over", "title", &m.title);
        Some(Dated::new(m.starts, "session", words, Some(m.desk)))
    };
    Ok(talked.iter().filter_map(line).collect())
}
