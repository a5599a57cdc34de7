//! What was learnt of the people of a household, as far as a viewer was shown it: computed at each look from what was disclosed, and
//! copied nowhere. On screens alone, as what another record says is: what a paper says of a card is what stands on it.

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Reader};
use engine::{Broken, Look};
use site::{T, link};
use words::id::{DeskId, HouseholdId, PersonId};
use words::partial::PartialDate;

use super::{Learnt, LearntKind, is_news};
use crate::{Entry, Person, Reasons, entry};

/// Something that was learnt of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The person.
    pub person: PersonId,
    /// What they are called.
    pub name: String,
    /// What was learnt.
    pub learnt: Learnt,
    /// The words of the text.
    pub body: String,
    /// Name of the desk that wrote it.
    pub desk: String,
    /// Whether it is the viewer's.
    pub own: bool,
    /// The page of the text.
    pub href: String,
}

impl Told {
    /// It, with whom it is about: at the top of pages.
    pub fn words(&self, t: &T) -> String {
        let name = match self.name.as_str() {
            "" => t.s("entry_view.someone").to_owned(),
            name => t.f("happened_says.name", "name", name),
        };
        self.says(t, "learnt_says", name)
    }

    /// It, beside the name of whom it is about.
    pub fn words_beside(&self, t: &T) -> String {
        self.says(t, "learnt_beside", String::new())
    }

    fn says(&self, t: &T, list: &str, name: String) -> String {
        let to =
            if self.learnt.kind == LearntKind::Moved && !self.learnt.what.is_empty() { "_to" } else { "" };
        let what = match self.learnt.kind {
            LearntKind::Other => self.body.lines().next().unwrap_or_default().to_owned(),
            _ => self.learnt.what.clone(),
        };
        let day = self.learnt.day.map(|day| t.partial_date(day)).unwrap_or_default();
        let args = [("name", name), ("day", day), ("desk", self.desk.clone()), ("what", what)];
        t.fs(&format!("{list}.{}{to}", self.learnt.kind), &args)
    }

    /// Whether whoever looks at the people of a household has to know it first: who is there no more, and where they live.
    pub fn of_the_household(&self) -> bool {
        self.learnt.kind.happened().is_some()
    }

    #[cfg(test)]
    pub(super) fn of_story(person: PersonId, learnt: Learnt) -> Self {
        let text = String::new;
        Self { person, name: text(), learnt, body: text(), desk: text(), own: false, href: text() }
    }
}

/// What was learnt of these people of a household and does not stand on their cards by now: of each kind the latest, of other things all.
/// One statement where nothing was learnt.
pub async fn told(
    look: &mut Look,
    household: HouseholdId,
    people: &[&Disclosed<Person>],
    reasons: &mut Reasons,
) -> Result<Vec<Told>, Broken> {
    if look.reader() != Reader::Screen || people.is_empty() {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let sealed = entry::learnt(&mut look.conn(), &viewer, household).await?;
    if sealed.is_empty() {
        return Ok(Vec::new());
    }
    let texts = look.disclose(sealed).await?;
    let today = look.now().day();
    let desks = texts.iter().map(|e| e.desk);
    let desks = register::desk_names(&mut look.conn(), viewer.municipality, desks, today).await?;
    let own = viewer.reading_desks();
    let name = |desk: DeskId| (desks.get(&desk).cloned().unwrap_or_default(), own.contains(&desk));
    let told = among(people, &texts, name);
    for text in texts.iter().filter(|e| told.iter().any(|t| t.href == link::entry(e.id))) {
        reasons.of(text);
    }
    Ok(told)
}

/// The same of texts that were disclosed, the latest first.
pub(crate) fn among(
    people: &[&Disclosed<Person>],
    texts: &[Disclosed<Entry>],
    desk: impl Fn(DeskId) -> (String, bool),
) -> Vec<Told> {
    let (mut told, mut seen) = (Vec::new(), BTreeSet::new());
    for text in texts {
        let Some(learnt) = &text.learnt else { continue };
        for p in people.iter().filter(|p| text.persons.contains(&p.id)) {
            // What a later text replaced is no news either, whatever the card says by now; nor is a departure of somebody who has
            // come back since it was written.
            let latest = seen.insert((p.id, learnt.kind)) || learnt.kind == LearntKind::Other;
            let back = learnt.kind == LearntKind::Left
                && p.left.is_none()
                && p.joined.is_some_and(|joined| joined > text.recorded_at.day());
            if latest && !back && is_news(learnt, p) {
                let (desk, own) = desk(text.desk);
                told.push(Told {
                    person: p.id,
                    name: p.called().to_owned(),
                    learnt: learnt.clone(),
                    body: text.body.clone(),
                    desk,
                    own,
                    href: link::entry(text.id),
                });
            }
        }
    }
    told
}

/// Who of them has died and when, as it was learnt.
pub fn deaths<'t>(told: impl IntoIterator<Item = &'t Told>) -> BTreeMap<PersonId, PartialDate> {
    let died = told.into_iter().filter(|t| t.learnt.kind == LearntKind::Died);
    died.filter_map(|t| Some((t.person, t.learnt.day?))).collect()
}
