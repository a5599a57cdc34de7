//! Makes everything findable, for the desks that wrote it and those it was given to.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use engine::search::Doc;
use engine::{Broken, Conn};
use household::NewPerson;
use uuid::Uuid;
use words::Instant;
use words::id::{EntryId, PersonId};

use crate::world::{NewText, World};

/// Texts handed to the index at a time.
const AT_ONCE: usize = 4_096;

enum Words<'a> {
    Person(Box<NewPerson>),
    Entry { body: Cow<'a, str>, home: Option<usize>, subjects: town::Subjects },
}

struct Found<'a> {
    id: Uuid,
    at: Instant,
    desk: u32,
    words: Words<'a>,
}

/// What is to be findable, and whom else it was shared with.
#[derive(Default)]
pub(crate) struct Findable<'a> {
    found: Vec<Found<'a>>,
    shares: HashMap<Uuid, BTreeSet<u32>>,
}

impl<'a> Findable<'a> {
    /// A text.
    pub fn entry(&mut self, id: EntryId, text: &NewText<'a>) {
        self.found.push(Found {
            id: id.uuid(),
            at: text.occurred,
            desk: text.desk,
            words: Words::Entry { body: text.body.clone(), home: text.home, subjects: text.subjects },
        });
    }

    /// A person.
    pub fn person(&mut self, id: PersonId, desk: u32, at: Instant, known: NewPerson) {
        self.found.push(Found { id: id.uuid(), at, desk, words: Words::Person(Box::new(known)) });
    }

    /// A record, or everything about a person, was given to a desk.
    pub fn share(&mut self, id: Uuid, desk: u32) {
        self.shares.entry(id).or_default().insert(desk);
    }
}

/// One text on its way into the index, detached from the town so that another thread can cut it up.
struct Raw {
    kind: &'static str,
    id: Uuid,
    at: Instant,
    desks: Vec<i64>,
    words: RawWords,
}

enum RawWords {
    Person(Box<NewPerson>),
    Entry(String),
}

/// Writes the index, oldest first, so that a search finds the newest first. While one part is written, the next
/// is cut into pairs of characters.
pub(crate) async fn write(world: &World<'_>, conn: &mut Conn<'_>) -> Result<(), Broken> {
    let mut order: Vec<&Found<'_>> = world.findable.found.iter().collect();
    order.sort_by_key(|f| f.at);
    let mut ready: Vec<Doc> = Vec::new();
    for chunk in order.chunks(AT_ONCE) {
        let raws: Vec<Raw> = chunk.iter().map(|found| raw(world, found)).collect();
        let next = tokio::task::spawn_blocking(move || raws.into_iter().map(doc).collect::<Vec<Doc>>());
        engine::search::index_many(conn, world.m, std::mem::take(&mut ready)).await?;
        ready = next.await.map_err(|e| Broken::Outside(format!("demonstration index: {e}")))?;
    }
    engine::search::index_many(conn, world.m, ready).await
}

/// Who may find it: who wrote it, whom it was given to, and who was given everything about somebody in it.
fn raw(world: &World<'_>, found: &Found<'_>) -> Raw {
    let shares = &world.findable.shares;
    let mut desks: BTreeSet<u32> = shares.get(&found.id).cloned().unwrap_or_default();
    desks.insert(found.desk);
    let (kind, words) = match &found.words {
        Words::Person(known) => ("person", RawWords::Person(known.clone())),
        Words::Entry { body, home, subjects } => {
            if let Some(home) = home {
                let persons = &world.homes[*home].persons;
                for (at, person) in persons.iter().enumerate() {
                    let about = subjects.whole_household() || subjects.0 & (1 << at) != 0;
                    if about && let Some(given) = shares.get(&person.uuid()) {
                        desks.extend(given);
                    }
                }
            }
            ("entry", RawWords::Entry(body.clone().into_owned()))
        }
    };
    // Numbers of desks are counted from 1, in the order of the town.
    let desks = desks.into_iter().map(|d| i64::from(d) + 1).collect();
    Raw { kind, id: found.id, at: found.at, desks, words }
}

fn doc(raw: Raw) -> Doc {
    let grams = match &raw.words {
        RawWords::Person(known) => household::person::search_grams(known),
        RawWords::Entry(body) => words::bigram::bigrams(&words::fold::fold(body)),
    };
    Doc { kind: raw.kind, thing: words::Id::new(raw.id), at: raw.at, grams, desks: raw.desks }
}
