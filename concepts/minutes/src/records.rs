//! What was recorded in a session besides the words typed into its minutes: what was said in writing, what was decided, the homework. It stands under its item
//! by itself, for whoever may know it, so that nobody types it again.
//!
//! Working minutes show what stands now. An approval keeps what it was said of: what is corrected, taken back or recorded afterwards changes
//! no approved edition, and the edition says so (decision 0032). In public there is none of it, on paper nothing that is said in confidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::{Disclosed, Reader, Right, Viewer};
use decision::{Ground, Recorded};
use engine::{Act, Fail, Look};
use household::{Entry, EntryState, Reasons, entry};
use session::given::{self, Given};
use session::{Item, Opened};
use site::{Frame, link};
use words::Instant;
use words::code::Code as _;
use words::id::{AgendaItemId, DeskId, EntryId, MeetingId, UserId};

use crate::lines::taken_back;
use crate::opinions::{self, Opinions};
use crate::section::Which;
use crate::sql::record::{self as sql, Kept};

/// Something that was recorded in words.
pub(crate) struct Told {
    /// What it is about; empty: it stands alone.
    pub label: String,
    pub words: String,
    /// It may be told at one's own desk.
    pub take_back: bool,
}

impl Told {
    pub(crate) fn new(label: String, words: &str) -> Self {
        let (words, take_back) = taken_back(words);
        Self { label, words, take_back }
    }
}

/// A decision as minutes show it.
pub(crate) struct Decided {
    pub href: Option<String>,
    /// `策定（多機関協働） 11月21日`.
    pub head: String,
    /// The desk that wrote it down.
    pub by: String,
    /// Its texts and days, each with its label, as far as they may be read.
    pub rows: Vec<Told>,
    /// Some of its texts may not be read.
    pub hidden: bool,
    /// What became of it after the approval, in words; empty mostly.
    pub changed: String,
}

/// Homework as minutes show it.
pub(crate) struct Asked {
    pub href: Option<String>,
    pub what: Told,
    pub who: String,
    pub due: String,
    /// What became of it after the approval, in words; empty mostly.
    pub changed: String,
}

/// What was recorded under one item.
#[derive(Default)]
pub(crate) struct OfItem {
    /// 書面会議: what was said in writing.
    pub opinions: Option<Opinions>,
    pub decided: Vec<Decided>,
    pub asked: Vec<Asked>,
    /// How much was recorded that the edition was not said of.
    pub later: usize,
}

impl OfItem {
    /// Pieces that may be told at one's own desk.
    pub fn take_back(&self) -> usize {
        let decided = self.decided.iter().flat_map(|d| &d.rows);
        let written = self.opinions.iter().flat_map(|o| &o.said).map(|o| &o.words);
        decided.chain(self.asked.iter().map(|a| &a.what)).chain(written).filter(|w| w.take_back).count()
    }

    /// Whether nothing stands here.
    pub fn is_empty(&self) -> bool {
        self.opinions.is_none() && self.decided.is_empty() && self.asked.is_empty() && self.later == 0
    }
}

/// By item.
pub(crate) type Records = BTreeMap<AgendaItemId, OfItem>;

/// Everything there is to be shown, in a constant number of statements.
struct Loaded {
    decided: Vec<Recorded>,
    given: Vec<Given>,
    /// What the edition was said of; none: the minutes as they stand now.
    kept: Option<Vec<Kept>>,
    latest: BTreeMap<EntryId, EntryId>,
    texts: BTreeMap<EntryId, Disclosed<Entry>>,
    desks: HashMap<DeskId, String>,
    users: HashMap<UserId, String>,
}

/// The items whose records this reader is shown: those they may know; on paper none that is said in confidence.
fn shown(viewer: &Viewer, o: &Opened, screen: bool) -> Vec<AgendaItemId> {
    let may = |i: &&Item| o.knows(viewer, i) && (screen || !o.in_confidence(i));
    o.items.iter().filter(may).map(|i| i.id).collect()
}

async fn load(
    look: &mut Look,
    o: &Opened,
    (edition, items): (Option<i64>, &[AgendaItemId]),
    reasons: &mut Reasons,
) -> Result<Loaded, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let screen = look.reader() == Reader::Screen;
    let mut decided = decision::recorded(&mut look.conn(), &viewer, items.iter().copied()).await?;
    decided.retain(|d| screen || d.line.ground != Ground::Secrecy);
    let mut given = given::given(&mut look.conn(), &viewer, o).await?;
    given.retain(|g| items.contains(&g.item));
    let kept = match edition {
        Some(n) => Some(sql::of_edition(&mut look.conn(), m, (o.meeting.id, n)).await?),
        None => None,
    };
    let firsts: BTreeSet<EntryId> = decided
        .iter()
        .flat_map(|d| d.texts.iter().map(|(_, entry)| *entry))
        .chain(given.iter().filter_map(|g| g.entry))
        .collect();
    let latest = entry::latest(&mut look.conn(), m, firsts).await?;
    let known = |k: &&Kept| {
        decided.iter().any(|d| Some(d.line.id) == k.decision)
            || given.iter().any(|g| Some(g.id) == k.homework)
    };
    let ids: BTreeSet<EntryId> = match &kept {
        Some(kept) => kept.iter().filter(known).filter_map(|k| k.entry).collect(),
        None => latest.values().copied().collect(),
    };
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let open: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    reasons.of_all(&open);
    let desks = decided.iter().map(|d| d.line.desk).chain(given.iter().map(|g| g.desk));
    let desks = register::desk_names(&mut look.conn(), m, desks.collect::<BTreeSet<_>>(), today).await?;
    let users = register::user_names(&mut look.conn(), m, given.iter().filter_map(|g| g.user)).await?;
    Ok(Loaded {
        decided,
        given,
        kept,
        latest,
        texts: open.into_iter().map(|e| (e.id, e)).collect(),
        desks,
        users,
    })
}

/// What was recorded under each item, for whoever reads these texts.
pub(crate) async fn read(
    look: &mut Look,
    frame: &Frame,
    o: &Opened,
    which: Option<Which>,
) -> Result<(Records, Reasons), Fail> {
    let all: Vec<AgendaItemId> = o.items.iter().map(|i| i.id).collect();
    read_of(look, frame, (o, &all), which).await
}

/// What may be public of an approval: of what is about nobody, what was said in writing, by desk. Homework says who of a desk does it.
async fn public(
    look: &mut Look,
    frame: &Frame,
    (o, of): (&Opened, &[AgendaItemId]),
    edition: i64,
) -> Result<Records, Fail> {
    let general = o.items.iter().filter(|i| i.general() && of.contains(&i.id));
    let items: Vec<AgendaItemId> = general.map(|i| i.id).collect();
    let found = opinions::read(look, frame, (o, &items), Some(edition), &mut Reasons::default()).await?;
    let shown = found
        .into_iter()
        .map(|(item, opinions)| (item, OfItem { opinions: Some(opinions.in_public()), ..OfItem::default() }));
    Ok(shown.collect())
}

/// The same of some items alone: of the others nothing is even opened.
pub(crate) async fn read_of(
    look: &mut Look,
    frame: &Frame,
    (o, of): (&Opened, &[AgendaItemId]),
    which: Option<Which>,
) -> Result<(Records, Reasons), Fail> {
    let mut reasons = Reasons::default();
    let edition = match which {
        None => return Ok((Records::new(), reasons)),
        Some(Which::Public(n)) => {
            let found = public(look, frame, (o, of), n).await?;
            return Ok((found, reasons));
        }
        Some(Which::Working) => None,
        Some(Which::Edition(n)) => Some(n),
    };
    let screen = look.reader() == Reader::Screen;
    let mut items = shown(look.viewer(), o, screen);
    items.retain(|i| of.contains(i));
    let l = load(look, o, (edition, &items), &mut reasons).await?;
    let works = screen && look.viewer().has_role(site::WORKERS);
    let mut found = Records::new();
    for d in &l.decided {
        let of = found.entry(d.item).or_default();
        match l.decided(frame, d) {
            Some(mut shown) => {
                shown.href = works.then(|| link::decision(d.line.id));
                of.decided.push(shown);
            }
            None => of.later += usize::from(!d.line.void),
        }
    }
    for g in &l.given {
        let of = found.entry(g.item).or_default();
        match l.asked(frame, g) {
            Some(mut shown) => {
                shown.href = (screen && o.sits()).then(|| link::homework(g.id));
                of.asked.push(shown);
            }
            None => of.later += usize::from(!g.dropped),
        }
    }
    for (item, opinions) in opinions::read(look, frame, (o, &items), edition, &mut reasons).await? {
        found.entry(item).or_default().opinions = Some(opinions);
    }
    if edition.is_none() {
        for of in found.values_mut() {
            of.later = 0;
        }
    }
    Ok((found, reasons))
}

impl Loaded {
    /// Which text stands today for one; of what was taken back, itself.
    fn now(&self, first: EntryId) -> EntryId {
        self.latest.get(&first).copied().unwrap_or(first)
    }

    /// The words of a text that was opened. What was entered in error stands in no minutes that are written now.
    fn words(&self, id: EntryId) -> Option<&str> {
        let open = self.texts.get(&id)?;
        let stands = self.kept.is_some() || !self.in_error(id);
        stands.then_some(open.body.as_str())
    }

    /// Whether a text that was opened was entered in error.
    fn in_error(&self, id: EntryId) -> bool {
        self.texts.get(&id).is_some_and(|e| e.state == EntryState::EnteredInError)
    }

    /// A decision, unless the edition was not said of it, or it stands no longer.
    fn decided(&self, frame: &Frame, d: &Recorded) -> Option<Decided> {
        let t = &frame.t;
        let texts: Vec<(decision::Part, EntryId, EntryId)> = match &self.kept {
            None if d.line.void => return None,
            None => d.texts.iter().map(|(part, first)| (*part, *first, self.now(*first))).collect(),
            Some(kept) => {
                let of = |part: decision::Part| {
                    let row = kept.iter().find(|k| k.decision == Some(d.line.id) && k.part == part.code())?;
                    row.entry
                };
                d.texts.iter().filter_map(|(part, first)| Some((*part, *first, of(*part)?))).collect()
            }
        };
        if texts.is_empty() && self.kept.is_some() {
            return None;
        }
        let open =
            texts.iter().filter_map(|(part, _, id)| Some((t.code("decision_part", part), self.words(*id)?)));
        let mut rows: Vec<Told> = open.map(|(part, words)| Told::new(part, words)).collect();
        let hidden = rows.len() < texts.len();
        if !rows.is_empty() {
            rows.extend(d.facts(frame).into_iter().map(|(label, said)| Told::new(label, &said)));
        }
        let corrected = texts.iter().any(|(_, first, id)| self.now(*first) != *id || self.in_error(*id));
        let changed = match () {
            () if self.kept.is_none() => "",
            () if d.line.void => "minutes.record_voided",
            () if corrected => "minutes.record_corrected",
            () => "",
        };
        let desk = self.desks.get(&d.line.desk).cloned().unwrap_or_default();
        Some(Decided {
            href: None,
            head: d.line.words(frame),
            by: t.f("minutes.record_by", "desk", desk),
            rows,
            hidden,
            changed: said(frame, changed),
        })
    }

    /// Homework, unless the edition was not said of it, or it is not needed any more.
    fn asked(&self, frame: &Frame, g: &Given) -> Option<Asked> {
        let t = &frame.t;
        let (entry, due) = match &self.kept {
            None if g.dropped => return None,
            None => (g.entry.map(|first| self.now(first)), g.due),
            Some(kept) => {
                let row = kept.iter().find(|k| k.homework == Some(g.id))?;
                (row.entry, row.due.unwrap_or(g.due))
            }
        };
        let what = match entry {
            None => g.what.clone(),
            Some(id) => self.words(id).unwrap_or_else(|| t.s("session.homework_hidden")).to_owned(),
        };
        let corrected = g.entry.is_some_and(|first| Some(self.now(first)) != entry)
            || entry.is_some_and(|id| self.in_error(id));
        let changed = match () {
            () if self.kept.is_none() => "",
            () if g.dropped => "minutes.record_dropped",
            () if corrected => "minutes.record_corrected",
            () => "",
        };
        let desk = self.desks.get(&g.desk).cloned().unwrap_or_default();
        let person = g.user.and_then(|u| self.users.get(&u)).cloned().unwrap_or_else(|| g.name.clone());
        Some(Asked {
            href: None,
            what: Told::new(String::new(), &what),
            who: format!("{desk} {person}").trim().to_owned(),
            due: day(frame, due, g.by_next),
            changed: said(frame, changed),
        })
    }
}

fn said(frame: &Frame, key: &str) -> String {
    if key.is_empty() { String::new() } else { frame.t.s(key).to_owned() }
}

fn day(frame: &Frame, due: Instant, by_next: bool) -> String {
    let key = if by_next { "session.homework_by_next" } else { "session.until" };
    frame.t.f(key, "day", frame.day(&due.day()))
}

/// Keeps what an approval is said of: what stands now under every item, whoever approves. Ids and days, no words.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    o: &Opened,
    (id, edition): (MeetingId, i64),
) -> Result<(), Fail> {
    let m = act.municipality();
    let decided = decision::standing(&mut act.facts()?, m, o.items.iter().map(|i| i.id)).await?;
    let given = given::standing(&mut act.facts()?, m, o).await?;
    let firsts: BTreeSet<EntryId> =
        decided.iter().map(|d| d.entry).chain(given.iter().filter_map(|g| g.entry)).collect();
    // What was entered in error before stands in no edition: nobody approved it.
    let now = entry::standing(&mut act.facts()?, m, firsts).await?;
    let decided = decided.iter().filter(|d| now.contains_key(&d.entry)).map(|d| Kept {
        item: d.item,
        decision: Some(d.decision),
        homework: None,
        part: d.part.to_owned(),
        entry: now.get(&d.entry).copied(),
        due: None,
    });
    let stands = |g: &&Given| g.entry.is_none_or(|first| now.contains_key(&first));
    let given = given.iter().filter(stands).map(|g| Kept {
        item: g.item,
        decision: None,
        homework: Some(g.id),
        part: String::new(),
        entry: g.entry.and_then(|first| now.get(&first).copied()),
        due: Some(g.due),
    });
    let all: Vec<Kept> = decided.chain(given).collect();
    sql::keep(act, right, (id, edition), &all).await?;
    opinions::keep(act, right, o, (id, edition)).await
}
