//! The written sheets of a case, for whoever may read something of them; and that they were written, on its timeline.

use casefile::Loaded;
use engine::{Fail, Look};
use household::entry;
use site::{Dated, Frame, link};
use words::Instant;

use crate::sql::{self, Filled, InForce};

/// The sheets of a case with their titles, and every version there is. A sheet of which nothing may be seen is not there.
pub(crate) async fn of_case(
    look: &mut Look,
    frame: &Frame,
    loaded: &mut Loaded,
) -> Result<(Vec<(Filled, String)>, Vec<InForce>), Fail> {
    let viewer = look.viewer().clone();
    let filled = sql::of_case(&mut look.conn(), viewer.municipality, loaded.header.id).await?;
    let sealed = entry::of_all_filled(&mut look.conn(), &viewer, filled.iter().map(|f| f.id)).await?;
    let shown = look.disclose(sealed).await?;
    loaded.reasons.of_all(&shown);
    let versions = sql::versions(&mut look.conn(), viewer.municipality).await?;
    let title = |f: &Filled| {
        let of = |v: &&InForce| v.definition.key == f.key && i64::from(v.definition.version) == f.version;
        let found = versions.iter().find(of).map(|v| v.definition.title.show(frame.t.lang()).to_owned());
        found.unwrap_or_default()
    };
    let seen = |f: &Filled| shown.iter().any(|e| e.answers.as_ref().is_some_and(|a| a.filled == f.id));
    let named = |f: Filled| {
        let title = title(&f);
        (f, title)
    };
    let listed = filled.into_iter().filter(seen).map(named).collect();
    Ok((listed, versions))
}

/// The dated lines of this concept.
pub async fn dated(look: &mut Look, frame: &Frame, loaded: &mut Loaded) -> Result<Vec<Dated>, Fail> {
    let (listed, _) = of_case(look, frame, loaded).await?;
    let line = |(f, title): (Filled, String)| {
        // Where it was written on its day, the hour is known.
        let at = Some(f.recorded_at).filter(|at| at.day() == f.occurred_on);
        let at = at.unwrap_or_else(|| Instant::at(f.occurred_on, 0, 0));
        Dated::new(at, "sheet", frame.t.f("sheets.was_written", "title", title), Some(f.desk))
            .to(Some(link::filled_sheet(f.id)))
            .about(f.person.into_iter().collect())
    };
    Ok(listed.into_iter().map(line).collect())
}
