//! Which comments on minutes somebody is shown. The list and every count of it ask here.

use std::collections::BTreeSet;

use engine::{Fail, Look};
use household::entry;
use session::Opened;
use words::id::EntryId;

use crate::section::{Section, may_write};
use crate::sql::comment::Stored;
use crate::sql::section::{self as sql, Stored as Text};

/// A comment for one viewer.
pub(crate) struct Heard<'c> {
    pub said: &'c Stored,
    /// The section it is about.
    pub of: Text,
    /// Its words are not for this viewer, or no longer: it is there as its place alone, for whoever has to say what became of it.
    pub closed: bool,
}

/// The comments of these minutes for whoever looks: of the sections they read those they may read; of the sections they answer for all,
/// so that none waits for an answer which nobody can give. Nothing is opened here. Constant in statements.
pub(crate) async fn heard<'c>(
    look: &mut Look,
    o: &Opened,
    sections: &[Section],
    said: &'c [Stored],
) -> Result<Vec<Heard<'c>>, Fail> {
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let texts = sql::of_meeting(&mut look.conn(), viewer.municipality, o.meeting.id, None).await?;
    let answers = |s: &Text| {
        let item = o.items.iter().find(|i| Some(i.id) == s.item);
        (s.item.is_none() || item.is_some()) && may_write(&viewer, o, item)
    };
    let reads = |s: &Text| sections.iter().any(|x| x.readable && x.id == Some(s.id));
    let found: Vec<(&Stored, &Text)> = said
        .iter()
        .filter_map(|c| Some((c, texts.iter().find(|s| s.id == c.section)?)))
        .filter(|(_, s)| reads(s) || answers(s))
        .collect();
    let ids: Vec<EntryId> = found.iter().filter_map(|(c, _)| c.entry).collect();
    let mut seen: BTreeSet<EntryId> = BTreeSet::new();
    if !ids.is_empty() {
        let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
        seen.extend(look.may_still_see(sealed).await?.into_iter().map(|(record, _)| record.id.cast()));
    }
    Ok(found
        .into_iter()
        .map(|(said, s)| (said, s, said.entry.is_some_and(|id| !seen.contains(&id))))
        .filter(|(_, s, closed)| !closed || answers(s))
        .map(|(said, s, closed)| Heard { said, of: s.clone(), closed })
        .collect())
}
