//! Decisions on the timeline of a case, for whoever may know of them; what was decided in confidence is never on paper.

use access::Reader;
use engine::{Fail, Look};
use site::{Dated, Frame, link};
use words::Instant;
use words::id::CaseId;

use crate::rules::Ground;
use crate::view;

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<Dated>, Fail> {
    let viewer = look.viewer().clone();
    let screen = look.reader() == Reader::Screen;
    let found = view::of_case(&mut look.conn(), &viewer, case).await?;
    Ok(found
        .iter()
        .filter(|d| !d.void && (screen || d.ground != Ground::Secrecy))
        .map(|d| {
            let at = Instant::at(d.on, 12, 0);
            Dated::new(at, "decision", d.words(frame), Some(d.desk)).to(Some(link::decision(d.id)))
        })
        .collect())
}
