//! What whoever takes a case up has to know before they go there: what whoever visits is warned of, when somebody was in contact last, how
//! far the relation with each person has come. Each as far as this reader may see it.

use std::collections::{BTreeMap, BTreeSet};

use access::Viewer;
use casefile::StageNow;
use engine::{Broken, Look};
use household::Reasons;
use words::Day;
use words::id::{CaseId, EntryId};

use crate::sql::{self, Flag};

/// What is known of the cases of a hand-over beside its words and promises.
pub(crate) struct Known {
    /// Cautions in force; their words are among what is said today.
    pub flags: Vec<Flag>,
    /// The last day on which somebody was in contact.
    pub contacts: BTreeMap<CaseId, Day>,
    /// How far the relation has come, as it is true today: once for each person of each case.
    pub engaged: Vec<StageNow>,
}

impl Known {
    /// The texts in which the cautions stand.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> {
        self.flags.iter().map(|f| f.entry)
    }
}

/// Loads it: a constant number of statements, however many cases there are.
pub(crate) async fn load(
    look: &mut Look,
    viewer: &Viewer,
    cases: &BTreeSet<CaseId>,
    reasons: &mut Reasons,
) -> Result<Known, Broken> {
    let m = viewer.municipality;
    if cases.is_empty() {
        return Ok(Known { flags: Vec::new(), contacts: BTreeMap::new(), engaged: Vec::new() });
    }
    let flags = sql::flags(&mut look.conn(), m, cases).await?;
    let last = sql::last_contacts(&mut look.conn(), m, cases).await?;
    let sealed = household::entry::by_ids(&mut look.conn(), viewer, last).await?;
    let met = look.disclose(sealed).await?;
    reasons.of_all(&met);
    let mut contacts: BTreeMap<CaseId, Day> = BTreeMap::new();
    for entry in &met {
        let Some(case) = entry.about.case else { continue };
        let day = entry.occurred_at.day();
        let known = contacts.entry(case).or_insert(day);
        *known = day.max(*known);
    }
    let engaged = casefile::stages_now(look, cases.iter().copied(), reasons).await?;
    Ok(Known { flags, contacts, engaged })
}
