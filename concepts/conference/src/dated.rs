//! Matters on the timeline of a case: for whoever is a member now and has pledged, and for nobody else. Nothing of it is ever
//! on paper.

use access::Reader;
use engine::{Fail, Look};
use site::{Dated, Frame, link};
use words::id::CaseId;

use crate::rules::RestsOn;
use crate::{positions, sql};

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, case: CaseId) -> Result<Vec<Dated>, Fail> {
    let viewer = look.viewer().clone();
    if look.reader() != Reader::Screen {
        return Ok(Vec::new());
    }
    let found = sql::of_viewer(&mut look.conn(), &viewer, &[], sql::Among::Case(case)).await?;
    let mine: Vec<_> = found
        .into_iter()
        .filter(|(h, me)| {
            let pledged =
                h.rests_on == RestsOn::Consent || me.as_ref().is_some_and(|k| k.pledged_at.is_some());
            me.is_some() && pledged
        })
        .collect();
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let positions = positions::on(&mut look.conn(), viewer.municipality, None).await?;
    let t = &frame.t;
    let mut lines = Vec::new();
    for (h, _) in &mine {
        let name =
            positions.iter().find(|p| p.code == h.position).map(|p| p.name.clone()).unwrap_or_default();
        let href = Some(link::matter(h.id));
        let words = t.f("conference_dated.opened", "name", &name);
        lines.push(Dated::new(h.opened_at, "matter", words, Some(h.secretariat)).to(href.clone()));
        if let Some(at) = h.closed_at {
            let how = h.outcome.map(|o| t.code("conference_outcome", o)).unwrap_or_default();
            let words = t.fs("conference_dated.closed", &[("name", name), ("how", how)]);
            lines.push(Dated::new(at, "matter", words, Some(h.secretariat)).to(href));
        }
    }
    Ok(lines)
}
