//! Inquiries on the timeline of a case: that one was asked and how it ended, for the desks between which it went and whoever oversees the
//! case. What is asked and answered are texts.

use access::Relation;
use engine::{Fail, Look};
use site::{Dated, Frame, link};
use words::id::{CaseId, DeskId};

use crate::sql;

/// The dated lines of this concept.
pub async fn dated(
    look: &mut Look,
    frame: &Frame,
    case: CaseId,
    relation: &Relation,
) -> Result<Vec<Dated>, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let found = sql::of_case(&mut look.conn(), &viewer, case, relation).await?;
    let desks = found.iter().flat_map(|r| [r.from, r.to]);
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let name = |d: DeskId| desks.get(&d).cloned().unwrap_or_default();
    let own = viewer.reading_desks();
    let t = &frame.t;
    let mut lines = Vec::new();
    for r in &found {
        let part = own.contains(&r.from) || own.contains(&r.to);
        let href = part.then(|| link::inquiry(r.id));
        let args = [("from", name(r.from)), ("to", name(r.to))];
        let words = t.fs("inquiry_dated.asked", &args);
        lines.push(Dated::new(r.sent_at, "inquiry", words, Some(r.from)).to(href.clone()));
        if let Some(at) = r.ended_at {
            let [from, to] = args;
            let state = ("state", t.code("inquiry_state", r.state));
            let words = t.fs("inquiry_dated.ended", &[from, to, state]);
            lines.push(Dated::new(at, "inquiry", words, Some(r.to)).to(href));
        }
    }
    Ok(lines)
}
