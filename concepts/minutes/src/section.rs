//! The words of a section: who reads them, who writes them, and where they are kept.
//!
//! Of a general subject, of the opening and the end they stand with the session and are about nobody. Of a case they are an entry: of
//! its matter where that is confidential, so that nobody but its pledged members reads them; of the case where the conference
//! rests on consent, decided like every record.

use access::{Action, Disclosed, RecordKind, RecordRef, Right, Viewer};
use conference::{Keeping, RestsOn};
use engine::{Act, Broken, Fail, Look, Refusal};
use household::entry::{self, About, MOST_CHARACTERS};
use household::{Entry, Field, Marks, NewEntry, Reasons};
use session::{Item, Opened};
use std::collections::BTreeMap;
use words::Instant;
use words::id::{AgendaItemId, EntryId, Id, MeetingId, MinutesSectionId, UserId};

use crate::rules::{self, Part};
use crate::sql::section::{self as sql, Stored};
use crate::sql::{self as all};

/// Which section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Place {
    /// 開会.
    Opening,
    /// An item of the agenda.
    Item(AgendaItemId),
    /// 閉会.
    Closing,
}

impl Place {
    fn part(self) -> Part {
        match self {
            Self::Opening => Part::Opening,
            Self::Item(_) => Part::Item,
            Self::Closing => Part::Closing,
        }
    }

    fn item(self) -> Option<AgendaItemId> {
        match self {
            Self::Item(id) => Some(id),
            _ => None,
        }
    }

    fn is(self, s: &Stored) -> bool {
        s.part == self.part() && s.item == self.item()
    }
}

/// Which texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that stand now.
    Working,
    /// Those of an approval.
    Edition(i64),
    /// Those of an approval that are about nobody: nothing about a case is even asked for.
    Public(i64),
}

/// A section for one viewer. One they may not read is there without its words, as its place on the agenda is.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which.
    pub place: Place,
    /// Its id, once something was written and if it may be read.
    pub id: Option<MinutesSectionId>,
    /// The version of the text; zero before the first.
    pub version: i64,
    /// The words. None: nothing was written, or they may not be read.
    pub text: Option<String>,
    /// Whom the words are about, where they are about a case and may be read.
    pub marks: Option<Marks>,
    /// Whether the viewer may read it, written or not.
    pub readable: bool,
    /// Whether the viewer may write it, as far as their place goes.
    pub writable: bool,
    /// When it was written, and by whom.
    pub written: Option<(Instant, Option<UserId>)>,
}

/// The place of a section that is stored.
pub(crate) fn place_of(s: &Stored) -> Place {
    match (s.part, s.item) {
        (Part::Item, Some(item)) => Place::Item(item),
        (Part::Closing, _) => Place::Closing,
        _ => Place::Opening,
    }
}

/// The item a place stands for; none for opening and end. An item of another session is not there.
pub(crate) fn item_of(o: &Opened, place: Place) -> Result<Option<&Item>, Fail> {
    match place {
        Place::Item(id) => o.items.iter().find(|i| i.id == id).map(Some).ok_or(Fail::NotVisible),
        _ => Ok(None),
    }
}

/// Whether a viewer may write a section: of what is about nobody whoever runs the session; of a case whoever runs it, or is the
/// secretariat of its matter, and may read what they write. In confidence that is a member who has pledged (disclosure rule 8).
pub(crate) fn may_write(viewer: &Viewer, o: &Opened, item: Option<&Item>) -> bool {
    let Some(item) = item.filter(|i| !i.general()) else { return o.runs };
    let Some(matter) = o.standing(item).filter(|_| o.knows(viewer, item)) else { return false };
    match matter.rests_on {
        RestsOn::Secrecy => matter.pledged && (o.runs || matter.office),
        RestsOn::Consent => {
            let desks = viewer.reading_desks();
            (o.runs && desks.contains(&o.meeting.desk)) || matter.office
        }
    }
}

/// Whether a viewer may say something about a section: of a case whoever reads it there; in confidence that is a pledged member.
pub(crate) fn may_say(viewer: &Viewer, o: &Opened, item: &Item) -> bool {
    let pledged = o.standing(item).is_some_and(|s| s.rests_on == RestsOn::Consent || s.pledged);
    o.knows(viewer, item) && (item.general() || pledged)
}

/// Loads the sections of a session for the one who looks: opening, the items in order, the end. Constant in statements.
pub async fn read(look: &mut Look, o: &Opened, which: Which) -> Result<(Vec<Section>, Reasons), Broken> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let edition = match which {
        Which::Working => None,
        Which::Edition(n) | Which::Public(n) => Some(n),
    };
    let stored = sql::of_meeting(&mut look.conn(), m, o.meeting.id, edition).await?;
    let known =
        |s: &&Stored| s.item.is_some_and(|id| o.items.iter().any(|i| i.id == id && o.knows(&viewer, i)));
    let inside = !matches!(which, Which::Public(_));
    let entries: Vec<EntryId> =
        stored.iter().filter(|_| inside).filter(known).filter_map(|s| s.entry).collect();
    let shown: Vec<Disclosed<Entry>> = if entries.is_empty() {
        Vec::new()
    } else {
        let sealed = entry::by_ids(&mut look.conn(), &viewer, entries).await?;
        look.disclose(sealed).await?
    };
    let mut reasons = Reasons::default();
    reasons.of_all(&shown);
    let texts: BTreeMap<EntryId, &str> = shown.iter().map(|e| (e.id, e.body.as_str())).collect();
    let marks: BTreeMap<EntryId, Marks> = shown.iter().map(|e| (e.id, marks_of(e))).collect();
    let places = std::iter::once(Place::Opening)
        .chain(o.items.iter().map(|i| Place::Item(i.id)))
        .chain([Place::Closing]);
    let sections = places
        .map(|place| {
            let item = place.item().and_then(|id| o.items.iter().find(|i| i.id == id));
            let general = item.is_none_or(Item::general);
            let knows = item.is_none_or(|i| o.knows(&viewer, i));
            let found = stored.iter().find(|s| place.is(s));
            let text = found.and_then(|s| match s.entry {
                Some(entry) => texts.get(&entry).map(|body| (*body).to_owned()),
                // Of a case nothing stands in a section whose correction was not made and which was empty before.
                None => (general || knows).then(|| s.body.clone()),
            });
            let readable = general || (knows && (text.is_some() || found.is_none()));
            let seen = found.filter(|_| readable);
            Section {
                place,
                id: seen.map(|s| s.id),
                version: seen.map_or(0, |s| s.version),
                text,
                marks: found.and_then(|s| s.entry).and_then(|id| marks.get(&id).cloned()),
                readable,
                writable: may_write(&viewer, o, item) && (readable || found.is_none()),
                written: seen.map(|s| (s.written_at, s.user)),
            }
        })
        .collect();
    Ok((sections, reasons))
}

pub(crate) fn record<K>(id: Id<K>) -> RecordRef {
    RecordRef { kind: RecordKind::Meeting, id: id.cast() }
}

/// The right to write a section.
pub(crate) async fn writing(act: &mut Act, o: &Opened, item: Option<&Item>) -> Result<Right, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    if !may_write(&viewer, o, item) {
        return Err(Fail::NotVisible);
    }
    let Some(item) = item.filter(|i| !i.general()) else {
        let mut relation = access::Relation::of_no_household();
        relation.accountable = Some(o.meeting.desk);
        return act.permit(Action::RunSession, &relation, record(o.meeting.id)).await;
    };
    let matter = o.standing(item).ok_or(Fail::NotVisible)?;
    if o.runs {
        act.permit(Action::RunSession, &o.relation(item), record(item.id)).await
    } else {
        act.permit(Action::RunMatter, &matter.relation, record(item.id)).await
    }
}

/// Words about nobody: no name the own desk knows, no number, no address (disclosure rule 11). A title behind a word may be nobody's
/// name.
pub(crate) async fn names_nobody(act: &mut Act, text: &str) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let named = household::telling::named_in(&mut act.facts()?, &viewer, text).await?;
    let named = act.disclose(named).await?;
    let known = household::telling::called(&named);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match advice::sense(text, &known) {
        advice::Sensed::Surely(_) => Err(Refusal::new("minutes.somebody").into()),
        _ => Ok(()),
    }
}

/// What was said about nobody names nobody but those who were there: the rule of the subject of an item, for its minutes.
async fn about_nobody(act: &mut Act, o: &Opened, text: &str) -> Result<(), Fail> {
    let m = act.municipality();
    let users = o.invitees.iter().filter_map(|i| i.user).chain(act.viewer().map(|v| v.user));
    let users = register::user_names(&mut act.facts()?, m, users).await?;
    let typed = o.invitees.iter().flat_map(|i| [i.name.as_str(), i.substitute.as_str()]);
    let present: Vec<&str> = users.values().map(String::as_str).chain(typed).collect();
    if advice::about_somebody(act, text, &present).await? {
        return Err(Refusal::new("minutes.somebody").into());
    }
    Ok(())
}

/// Keeps words about a case where they belong; the entry.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    of: (&Opened, &Item),
    text: &str,
    how: Keeping,
) -> Result<EntryId, Fail> {
    keep_marked(act, right, of, (text, None), how).await
}

/// How words that stand are marked, for whoever may read them.
pub(crate) fn marks_of(e: &Disclosed<Entry>) -> Marks {
    let facts = e.facts();
    let persons = match &facts.subjects {
        access::Subjects::Persons(persons) => persons.clone(),
        access::Subjects::Household(_) => Vec::new(),
    };
    Marks::new(persons, facts.categories)
}

/// The marks of an entry, when whoever acts may read it.
async fn marked(act: &mut Act, id: EntryId) -> Result<Option<Marks>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, [id]).await?;
    let shown: Vec<Disclosed<Entry>> = act.disclose(sealed).await?;
    Ok(shown.first().map(marks_of))
}

/// The same, with the marks somebody chose: otherwise those of the words they take the place of, otherwise as about those whose consent
/// carries the matter, so that the desks it was said before can read it.
pub(crate) async fn keep_marked(
    act: &mut Act,
    right: &Right,
    (o, item): (&Opened, &Item),
    (text, chosen): (&str, Option<&Marks>),
    how: Keeping,
) -> Result<EntryId, Fail> {
    let matter = o.standing(item).ok_or(Fail::NotVisible)?;
    if matter.rests_on == RestsOn::Secrecy {
        return conference::keep_words(act, right, (matter.id, matter.household), text.to_owned(), how).await;
    }
    let old = match how.corrects {
        Some(id) if chosen.is_none() => marked(act, id).await?,
        _ => None,
    };
    let marks = if let Some(marks) = chosen.cloned().or(old) {
        marks
    } else {
        let (m, today) = (act.municipality(), act.now().day());
        conference::marks_of(&mut act.facts()?, m, matter.id, today).await?
    };
    let new = NewEntry {
        field: Field::Minutes,
        form: None,
        household: Some(matter.household),
        marks,
        body: text.to_owned(),
        occurred_at: o.meeting.starts.min(act.now()),
        told: None,
        about: About { case: matter.case, ..About::default() },
        corrects: None,
    };
    let written = match how.corrects {
        Some(old) => entry::replace(act, right, old, new).await?,
        None => entry::write(act, right, vec![new]).await?,
    };
    household::findable::refresh(act, right, &[], &written).await?;
    written.first().copied().ok_or(Fail::NotVisible)
}

/// The words of an entry, when whoever acts may read them.
pub(crate) async fn words_of(act: &mut Act, id: EntryId) -> Result<Option<String>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let sealed = entry::by_ids(&mut act.facts()?, &viewer, [id]).await?;
    let shown: Vec<Disclosed<Entry>> = act.disclose(sealed).await?;
    Ok(shown.first().map(|e| e.body.clone()))
}

/// Writes a section, against the version the command was written against (zero before the first); the version it has now. The same words
/// again are no new version, and words that may not be read are not written over.
pub async fn write(act: &mut Act, meeting: MeetingId, place: Place, text: &str) -> Result<i64, Fail> {
    written(act, meeting, place, Words::Whole(text, None)).await.map(|(version, _)| version)
}

/// One line more, at the end of what stands there by now: it takes nothing away, whatever was written meanwhile. The version there is now,
/// and whether something was written since the page was read.
pub async fn add_line(
    act: &mut Act,
    meeting: MeetingId,
    place: Place,
    line: &str,
) -> Result<(i64, bool), Fail> {
    let (version, _) = written(act, meeting, place, Words::Line(line)).await?;
    Ok((version, act.check_version(version - 1).is_err()))
}

/// What is written into a section.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Words<'a> {
    /// All of it, over the version it was written against, with its marks where they were said.
    Whole(&'a str, Option<&'a Marks>),
    /// One line more, whatever stands there.
    Line(&'a str),
}

/// The same, with the right it was done by.
pub(crate) async fn written(
    act: &mut Act,
    meeting: MeetingId,
    place: Place,
    words: Words<'_>,
) -> Result<(i64, Right), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let o = session::open_unasked(&mut act.facts()?, &viewer, meeting, today).await?;
    let item = item_of(&o, place)?.cloned();
    let right = writing(act, &o, item.as_ref()).await?;
    session::is_kept(o.meeting.disposed_at.is_some())?;
    let minutes = all::of_meeting(&mut act.facts()?, m, meeting).await?;
    rules::may_write(minutes.state, o.meeting.state, o.meeting.starts.day(), today)?;
    let stored = sql::of_meeting(&mut act.facts()?, m, meeting, None).await?;
    let old = stored.iter().find(|s| place.is(s));
    // Consent may have ended since, or the words be kept from whoever writes now: then there is no section for them.
    let before = match old {
        Some(Stored { entry: Some(id), .. }) => Some(words_of(act, *id).await?.ok_or(Fail::NotVisible)?),
        Some(s) => Some(s.body.clone()),
        None => None,
    };
    let joined;
    let (text, marks) = match words {
        Words::Whole(text, marks) => {
            act.check_version(old.map_or(0, |s| s.version))?;
            (text, marks)
        }
        Words::Line(line) => {
            let stands = before.as_deref().unwrap_or_default().trim_end();
            joined = if stands.is_empty() { line.to_owned() } else { format!("{stands}\n{line}") };
            (joined.as_str(), None)
        }
    };
    if text.chars().count() > MOST_CHARACTERS {
        return Err(Refusal::new("minutes.too_long").into());
    }
    all::ensure(act, &right, meeting).await?;
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let (part, of) = (place.part(), place.item());
    let case = item.filter(|i| !i.general());
    if case.is_none() {
        about_nobody(act, &o, text).await?;
    }
    // The same words marked otherwise are a new version.
    let marked_anew = match (marks, old.and_then(|s| s.entry)) {
        (Some(new), Some(id)) => marked(act, id).await?.as_ref() != Some(new),
        _ => false,
    };
    if let Some(old) = old.filter(|_| before.as_deref() == Some(text) && !marked_anew) {
        return Ok((old.version, right));
    }
    let (body, entry) = match case {
        None => (text, None),
        Some(item) => {
            let (mut corrects, mut approved) = (None, false);
            if let Some(s) = old {
                corrects = sql::newest_entry(&mut act.facts()?, m, s.id).await?;
                approved = sql::was_approved(&mut act.facts()?, m, (s.id, s.version)).await?;
            }
            let how = Keeping { minutes: true, corrects, former_stays: approved };
            ("", Some(keep_marked(act, &right, (&o, &item), (text, marks), how).await?))
        }
    };
    let version =
        sql::put(act, &right, old, &sql::New { meeting, part, item: of, body, entry, desk }).await?;
    Ok((version, right))
}
