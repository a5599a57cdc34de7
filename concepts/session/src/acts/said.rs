//! Where the words about an item belong: of a general subject they name nobody and stand with it; about a case they are an entry of the
//! case, in a confidential matter one of its minutes, read by its members alone.

use access::{Right, Viewer};
use conference::RestsOn;
use engine::{Act, Fail, Refusal};
use household::entry::{self, About};
use household::{Field, Marks, NewEntry};
use words::Instant;
use words::id::EntryId;

use super::names_nobody;
use crate::known::Around;
use crate::sql::item::Item;

/// Words that are kept: as they are, or as an entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    pub text: String,
    pub entry: Option<EntryId>,
}

/// Whether this viewer can write words about an item: in confidence only a member who has pledged, as long as the matter is open.
pub(crate) fn may_keep(viewer: &Viewer, around: &Around, item: &Item) -> Result<(), Refusal> {
    if item.general() {
        return Ok(());
    }
    match around.matter(item).filter(|s| s.known(viewer)) {
        Some(s) if s.rests_on != RestsOn::Secrecy => Ok(()),
        Some(s) if !s.pledged => Err(Refusal::new("session.words_in_matter")),
        Some(s) if !s.open => Err(Refusal::new("session.words_over")),
        Some(_) => Ok(()),
        None => Err(Refusal::new("session.words_in_matter")),
    }
}

/// Keeps some words about an item, with the marks somebody chose, otherwise about those whose consent carries its matter. Whoever may not
/// know which case it is writes nothing about it.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    (viewer, around): (&Viewer, &Around),
    item: &Item,
    words: &str,
    marks: Option<&Marks>,
) -> Result<Kept, Fail> {
    let now = act.now();
    keep_of(act, right, (viewer, around), item, (words, now), marks).await
}

/// The same of words that were said before they are written down.
pub(crate) async fn keep_of(
    act: &mut Act,
    right: &Right,
    (viewer, around): (&Viewer, &Around),
    item: &Item,
    (words, said_at): (&str, Instant),
    marks: Option<&Marks>,
) -> Result<Kept, Fail> {
    may_keep(viewer, around, item)?;
    if item.general() {
        names_nobody(act, words).await?;
        return Ok(Kept { text: words.to_owned(), entry: None });
    }
    let standing = around.matter(item).ok_or(Fail::NotVisible)?;
    let written = if standing.rests_on == RestsOn::Secrecy {
        let place = (standing.id, standing.household);
        conference::keep_minutes(act, right, place, vec![words.to_owned()]).await?
    } else {
        let (m, today) = (act.municipality(), act.now().day());
        let marks = match marks {
            Some(marks) => marks.clone(),
            None => conference::marks_of(&mut act.facts()?, m, standing.id, today).await?,
        };
        let new = NewEntry {
            field: Field::Decision,
            form: None,
            household: Some(standing.household),
            marks,
            body: words.to_owned(),
            occurred_at: said_at,
            told: None,
            about: About { case: standing.case, ..About::default() },
            corrects: None,
        };
        let written = entry::write(act, right, vec![new]).await?;
        household::findable::refresh(act, right, &[], &written).await?;
        written
    };
    Ok(Kept { text: String::new(), entry: written.first().copied() })
}

/// The words of an entry, when whoever acts may read them.
pub(crate) async fn words(act: &mut Act, id: Option<EntryId>) -> Result<Option<String>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, id).await?;
    let shown: Vec<access::Disclosed<household::Entry>> = act.disclose(sealed).await?;
    Ok(shown.first().map(|e| e.body.clone()))
}
