//! What cases could not get: the areas and reasons of unmet needs, without their words, for a conference that asks what the town lacks (R-042,
//! 資源の把握・創出; domain section 2.5).

use std::collections::BTreeMap;

use access::Disclosed;
use engine::{Fail, Look};
use household::entry;
use household::{Entry, EntryState};
use site::{Fields, T, link};
use words::id::{CaseId, EntryId};

use crate::rules::{Area, WhyUnmet};
use crate::sql;

/// A need that could not be met, as a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lacking {
    /// Whose.
    pub case: CaseId,
    /// What it was about.
    pub area: Area,
    /// Why it could not be met.
    pub why: WhyUnmet,
}

/// The unmet needs of these cases as far as their words are disclosed to the viewer: what may not be read is not counted either. What the
/// person did not want is nothing that the town lacks.
pub async fn lacking(look: &mut Look, cases: impl IntoIterator<Item = CaseId>) -> Result<Vec<Lacking>, Fail> {
    let viewer = look.viewer().clone();
    let mut found = sql::unmet(&mut look.conn(), viewer.municipality, cases).await?;
    found.retain(|(_, l)| l.why != WhyUnmet::NotWanted);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let first: Vec<EntryId> = found.iter().map(|(entry, _)| *entry).collect();
    let latest: BTreeMap<EntryId, EntryId> =
        entry::latest(&mut look.conn(), viewer.municipality, first).await?;
    let sealed = entry::by_ids(&mut look.conn(), &viewer, latest.values().copied()).await?;
    let open: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    let known = |first: &EntryId| {
        let text = open.iter().find(|e| latest.get(first) == Some(&e.id));
        text.is_some_and(|e| e.state != EntryState::EnteredInError)
    };
    Ok(found.into_iter().filter(|(first, _)| known(first)).map(|(_, l)| l).collect())
}

/// The field of the community issue that an area belongs to.
const fn field(area: Area, why: WhyUnmet) -> &'static str {
    match (area, why) {
        (_, WhyUnmet::TooFar) => "mobility",
        (Area::Care, _) => "care",
        (Area::Housing, _) => "housing",
        (Area::Work, _) => "work",
        (Area::Child | Area::School, _) => "child",
        (Area::Isolation, _) => "isolation",
        _ => "other",
    }
}

/// What could not be got as the title of a community issue, about nobody, and the form that is begun with it.
pub fn as_issue(t: &T, area: Area, why: WhyUnmet) -> (String, String) {
    let words = [("area", t.code("need_area", area)), ("why", t.code("need_unmet", why))];
    let title = t.fs("board.lack_title", &words);
    let pairs = [("a-title", title.clone()), ("a-field", field(area, why).to_owned())];
    let query = Fields::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()).encode();
    (title, format!("{}/new?{query}", link::ISSUES))
}
