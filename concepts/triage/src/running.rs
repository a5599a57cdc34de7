//! What runs now, for the top of today's work: number, kind, state and dates of the own desks' triages, nothing else.

use access::Scope;
use engine::{Broken, Look};
use site::{Frame, link};

use crate::rules::State;
use crate::sql::{self, Which};
use crate::views::{left_words, origin_line, state_word};

/// Most shown at once; the list has them all.
const MOST: i64 = 20;

/// One triage that is being judged or waits for confirmation.
pub struct Running {
    /// Its page.
    pub href: String,
    /// Its kind.
    pub kind: String,
    /// `2026-00087`, or a word for what it began from.
    pub origin: String,
    /// Where it stands.
    pub state: String,
    /// Time left to the next promise, or gone.
    pub left: String,
    /// Whether that promise is late.
    pub late: bool,
    /// Whether it waits for a senior.
    pub waits: bool,
}

/// The running triages of the viewer's own desks, those with the least time first. Three statements, whatever the number.
pub async fn running(look: &mut Look, frame: &Frame) -> Result<Vec<Running>, Broken> {
    let viewer = look.viewer().clone();
    let scope = Scope::own_desks(&viewer);
    if scope.desks().is_empty() {
        return Ok(Vec::new());
    }
    let found = sql::list(&mut look.conn(), &viewer, &scope, (Which::Running, None), None, MOST).await?;
    lines(look, frame, found).await
}

/// Lines of a list, in its order.
pub(crate) async fn lines(
    look: &mut Look,
    frame: &Frame,
    found: Vec<sql::Loaded>,
) -> Result<Vec<Running>, Broken> {
    let m = look.viewer().municipality;
    let guides = sql::guides_of(&mut look.conn(), m, found.iter().map(|l| l.header.guide_version)).await?;
    let headers: Vec<sql::Header> = found.iter().map(|l| l.header.clone()).collect();
    let shown = look.disclose(found.into_iter().map(|l| l.triage).collect()).await?;
    let t = &frame.t;
    Ok(shown
        .iter()
        .filter_map(|d| {
            let header = headers.iter().find(|h| d.facts().record.id == h.id.cast())?;
            let kind = guides.get(&header.guide_version).and_then(|g| g.kind(&d.kind));
            let (left, late) = match header.next_due {
                Some(due) => left_words(t, due, frame.now),
                None => (String::new(), false),
            };
            Some(Running {
                href: link::triage(header.id),
                kind: kind.map_or_else(String::new, |k| k.name.clone()),
                origin: origin_line(t, header).1,
                state: state_word(t, header),
                waits: header.state == State::Judged,
                left,
                late,
            })
        })
        .collect())
}
