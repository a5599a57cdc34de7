//! How a text is shown, the same wherever it was written.

use std::collections::{BTreeMap, BTreeSet};

use access::{Category, Disclosed};
use engine::{Broken, Look};
use site::{Frame, T, link};
use words::Instant;
use words::code::Code;
use words::id::{EntryId, PersonId};

use crate::entry::{EntryState, Field};
use crate::provenance::{self, Provenance};
use crate::{Entry, person};

/// One chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Further class of the style sheet, or nothing.
    pub class: &'static str,
    /// Its word.
    pub word: String,
}

/// A disclosed text, ready to be shown by the macro `entry_item` of `parts/entry_item.html`.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, each on its own")]
pub struct EntryView {
    /// Its id.
    pub id: EntryId,
    /// Its own page.
    pub href: String,
    /// What it is: the way of contact for a support record, the field otherwise.
    pub kind: String,
    /// Code of the field.
    pub field: String,
    /// Code of the way of contact, for a support record.
    pub form: String,
    /// The words.
    pub body: String,
    /// When it happened, short; without a time of day that was not noted.
    pub occurred: String,
    /// The same for machines.
    pub occurred_iso: String,
    /// When it happened, long.
    pub occurred_long: String,
    /// When it was recorded, long.
    pub recorded_long: String,
    /// Author and desk, short.
    pub by: String,
    /// Author, desk of that day and programme.
    pub author: String,
    /// How it became known.
    pub told: String,
    /// The page of the text it corrects.
    pub corrects: Option<String>,
    /// Whom it is about.
    pub persons: Vec<String>,
    /// Its categories.
    pub categories: Vec<Chip>,
    /// Whether the viewer's desk wrote it (and may correct it).
    pub own: bool,
    /// Whether a later text corrects it.
    pub replaced: bool,
    /// Whether it was entered in error: only its own desk ever sees it.
    pub void: bool,
    /// Whether it holds what harms when it leaks.
    pub guarded: bool,
    /// Whether it stands on no paper (disclosure rules 3 and 6): also not on that of whoever prints the page they read.
    pub unprinted: bool,
}

impl EntryView {
    /// Makes disclosed texts ready, in their order. A text whose correction is shown too is left out, and so is
    /// what the viewer's own desk has corrected: it stands on the page of the text. A constant number of statements.
    pub async fn build(
        look: &mut Look,
        frame: &Frame,
        entries: Vec<Disclosed<Entry>>,
    ) -> Result<Vec<Self>, Broken> {
        let own = look.viewer().reading_desks();
        let corrected: BTreeSet<EntryId> = entries.iter().filter_map(|e| e.corrects).collect();
        let shown = entries
            .into_iter()
            .filter(|e| {
                e.state != EntryState::Corrected || !(own.contains(&e.desk) || corrected.contains(&e.id))
            })
            .collect();
        Self::build_all(look, frame, shown).await
    }

    /// The same with corrected texts left in.
    pub async fn build_all(
        look: &mut Look,
        frame: &Frame,
        entries: Vec<Disclosed<Entry>>,
    ) -> Result<Vec<Self>, Broken> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let m = look.viewer().municipality;
        let own = look.viewer().reading_desks();
        let provenance = provenance::of_entries(&mut look.conn(), m, entries.iter().map(|e| e.id)).await?;
        let staff =
            register::user_names(&mut look.conn(), m, entries.iter().filter_map(|e| e.author)).await?;
        let names = subject_names(look, &frame.t, &entries).await?;
        let none = Provenance::default();
        Ok(entries
            .iter()
            .map(|e| {
                let author = e.author.and_then(|a| staff.get(&a)).map_or("", String::as_str);
                let mine = own.contains(&e.desk) || e.author == Some(look.viewer().user);
                view(frame, e, author, provenance.get(&e.id).unwrap_or(&none), &names, mine)
            })
            .collect())
    }
}

/// Names of the persons these texts are about, as far as disclosed; who died is marked.
async fn subject_names(
    look: &mut Look,
    t: &T,
    entries: &[Disclosed<Entry>],
) -> Result<BTreeMap<PersonId, String>, Broken> {
    let viewer = look.viewer().clone();
    let ids: BTreeSet<PersonId> = entries.iter().flat_map(|e| e.persons.iter().copied()).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sealed = person::by_ids(&mut look.conn(), &viewer, ids).await?;
    let name = |p: &Disclosed<person::Person>| match p.called() {
        name if p.died.is_some() && !name.is_empty() => t.f("entry_view.died", "name", name),
        name => name.to_owned(),
    };
    // Why the names are known stands with the people of the page; a text says why it is seen itself.
    let people = crate::known(look, sealed, &mut crate::Reasons::default()).await?;
    Ok(people.iter().map(|p| (p.id, name(p))).collect())
}

fn view(
    frame: &Frame,
    e: &Entry,
    author: &str,
    provenance: &Provenance,
    names: &BTreeMap<PersonId, String>,
    own: bool,
) -> EntryView {
    let t = &frame.t;
    let author = if author.is_empty() { t.s("entry_view.nobody") } else { author };
    let written = [
        ("author", author.to_owned()),
        ("desk", provenance.desk.clone()),
        ("programme", t.code("programme", &provenance.programme)),
    ];
    let written_by =
        if provenance.programme.is_empty() { "entry_view.written_plain" } else { "entry_view.written_by" };
    let told = match e.told_by {
        None => t.s("entry_view.self").to_owned(),
        Some(by) => {
            let how = t.code("told_by", by);
            let key = if provenance.told.is_empty() { "entry_view.told_nameless" } else { "entry_view.told" };
            t.fs(key, &[("agency", provenance.told.clone()), ("how", how)])
        }
    };
    EntryView {
        id: e.id,
        href: link::entry(e.id),
        kind: e.form.map_or_else(|| t.code("entry_field", e.field), |f| t.code("record_form", f)),
        field: e.field.code().to_owned(),
        form: e.form.map_or_else(String::new, |f| f.code().to_owned()),
        body: e.body.clone(),
        occurred: if has_time(e.occurred_at) {
            frame.moment(&e.occurred_at)
        } else {
            frame.day(&e.occurred_at.day())
        },
        occurred_iso: e.occurred_at.iso(),
        occurred_long: long(t, e.occurred_at),
        recorded_long: long(t, e.recorded_at),
        by: format!("{} {author}", provenance.desk).trim().to_owned(),
        author: t.fs(written_by, &written),
        told,
        corrects: e.corrects.map(link::entry),
        persons: persons(frame, e, names),
        categories: categories(frame, e),
        own,
        replaced: e.state == EntryState::Corrected,
        void: e.state == EntryState::EnteredInError,
        unprinted: on_no_paper(e),
        guarded: !untagged(e)
            && (e.categories.has(Category::Violence) || e.categories.has(Category::Informant)),
    }
}

/// What may hold an informant, what was said in confidence, a caution, and what was written by mistake.
pub fn on_no_paper(e: &Entry) -> bool {
    e.categories.has(Category::Informant)
        || e.about.matter.is_some()
        || e.field == Field::Caution
        || e.state == EntryState::EnteredInError
}

fn persons(frame: &Frame, e: &Entry, names: &BTreeMap<PersonId, String>) -> Vec<String> {
    let t = &frame.t;
    if e.persons.is_empty() {
        return vec![t.s("entry_view.everyone").to_owned()];
    }
    let mut words: Vec<String> = e
        .persons
        .iter()
        .map(|p| names.get(p).filter(|n| !n.is_empty()).cloned())
        .map(|name| name.unwrap_or_else(|| t.s("entry_view.someone").to_owned()))
        .collect();
    // Two people without a name are one chip: how many they are is not this viewer's to know.
    words.dedup();
    words
}

fn categories(frame: &Frame, e: &Entry) -> Vec<Chip> {
    if untagged(e) {
        return vec![Chip { class: "guard", word: frame.t.s("entry_view.all").to_owned() }];
    }
    e.categories
        .iter()
        .map(|c| Chip {
            class: match c {
                Category::Violence => "violence",
                Category::Informant => "guard",
                _ => "",
            },
            word: frame.t.code("category", c),
        })
        .collect()
}

/// Whether nobody marked it: then it counts as everything (disclosure rule 3).
fn untagged(e: &Entry) -> bool {
    e.categories == access::Categories::all()
}

/// Midnight stands for a day whose time was not noted.
pub(crate) fn has_time(at: Instant) -> bool {
    at.hour() != 0 || at.minute() != 0
}

fn long(t: &T, at: Instant) -> String {
    let day = t.full_day(at.day());
    if has_time(at) { format!("{day} {}", site::show::clock(at)) } else { day }
}
