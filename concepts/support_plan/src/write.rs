//! The words of a draft: each line a text, kept when it did not change, corrected when it did.

use std::collections::BTreeMap;

use access::{Disclosed, Right};
use casefile::CaseHeader;
use engine::{Act, Fail};
use household::entry::{self, About};
use household::{Entry, EntryState, Field, Marks, NewEntry};
use serde::Serialize;
use words::Day;
use words::id::{DeskId, EntryId, PersonId, SupportPlanId};

use crate::rules::{Part, Who};
use crate::sql::{self, Line, NewLine};

/// Who does an action, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) enum Doer {
    Desk(DeskId),
    Person(PersonId),
    Myself,
    /// A place or a person around them, by name.
    Place(String),
}

/// An action as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Action {
    pub doer: Doer,
    pub what: String,
    pub due: Option<Day>,
}

/// A draft as written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Draft {
    pub words: String,
    pub direction: String,
    pub long: Vec<String>,
    pub short: Vec<String>,
    pub actions: Vec<Action>,
    pub change: String,
    pub monitoring: Option<Day>,
    pub rhythm: Option<i64>,
    pub marks: Marks,
}

/// A text of a draft, and who does it.
struct Piece<'a> {
    part: Part,
    seq: i64,
    body: &'a str,
    action: Option<&'a Action>,
}

fn pieces(draft: &Draft) -> Vec<Piece<'_>> {
    let singles =
        [(Part::Words, &draft.words), (Part::Direction, &draft.direction), (Part::Change, &draft.change)];
    let single = singles.into_iter().map(|(part, body)| Piece { part, seq: 1, body, action: None });
    let long =
        draft.long.iter().zip(1..).map(|(body, seq)| Piece { part: Part::LongGoal, seq, body, action: None });
    let short = draft.short.iter().zip(1..).map(|(body, seq)| Piece {
        part: Part::ShortGoal,
        seq,
        body,
        action: None,
    });
    let actions = draft.actions.iter().zip(1..).map(|(a, seq)| Piece {
        part: Part::Role,
        seq,
        body: &a.what,
        action: Some(a),
    });
    single.chain(long).chain(short).chain(actions).filter(|p| !p.body.is_empty()).collect()
}

/// The texts of some lines as they stand today, as far as they are disclosed to whoever acts.
pub(crate) struct Texts {
    /// Which text stands for each that was written.
    pub latest: BTreeMap<EntryId, EntryId>,
    /// Those that stand.
    pub standing: BTreeMap<EntryId, Disclosed<Entry>>,
}

impl Texts {
    /// What stands for a text.
    pub fn get(&self, written: EntryId) -> Option<&Entry> {
        self.latest.get(&written).and_then(|id| self.standing.get(id)).map(|e| &**e)
    }
}

/// The marks that the form of these lines shows: those of the first goal, or of what is done where there is none.
pub(crate) fn shown(lines: &[Line], texts: &Texts) -> Option<Marks> {
    let first = lines.iter().find(|l| matches!(l.part, Part::LongGoal | Part::ShortGoal | Part::Role))?;
    texts.get(first.entry).map(marks_of)
}

/// How a text is marked.
pub(crate) fn marks_of(e: &Entry) -> Marks {
    Marks::new(e.persons.clone(), e.categories)
}

fn alike(one: &Marks, other: &Marks) -> bool {
    let among = |a: &Marks, b: &Marks| a.persons.iter().all(|p| b.persons.contains(p));
    one.categories() == other.categories() && among(one, other) && among(other, one)
}

/// Texts of the draft as it stood, and how they were marked.
pub(crate) struct Before<'a> {
    pub lines: &'a [Line],
    pub texts: &'a Texts,
    /// Those that stand in another version too: they stay as they are.
    pub shared: Vec<EntryId>,
}

impl Before<'_> {
    /// Whether the form's marks were left as it showed them: then a text whose marks were set on its own page keeps them.
    fn untouched(&self, marks: &Marks) -> bool {
        shown(self.lines, self.texts).is_some_and(|shown| alike(&shown, marks))
    }

    /// A text with these words and marks that can be used again, as it was written.
    fn same(&self, part: Part, body: &str, marks: &Marks) -> Option<EntryId> {
        let untouched = self.untouched(marks);
        let fits = |e: &Entry| e.body == body && (untouched || alike(&marks_of(e), marks));
        self.lines
            .iter()
            .filter(|l| l.part == part)
            .find(|l| self.texts.get(l.entry).is_some_and(fits))
            .map(|l| l.entry)
    }

    /// The marks of a text that takes the place of this one.
    fn marks(&self, old: Option<EntryId>, marks: &Marks) -> Marks {
        let own = old.and_then(|id| self.texts.get(id)).map(marks_of);
        own.filter(|_| self.untouched(marks)).unwrap_or_else(|| marks.clone())
    }

    /// What stands today of the text in this place.
    fn stood(&self, part: Part, seq: i64) -> Option<EntryId> {
        let old = self.lines.iter().find(|l| l.part == part && l.seq == seq)?.entry;
        self.texts.get(old).map(|e| e.id)
    }

    /// The text that stood in this place, as it was written, when it is this desk's and of this draft alone: the new one corrects it.
    fn corrects(&self, right: &Right, part: Part, seq: i64) -> Option<EntryId> {
        let old = self.lines.iter().find(|l| l.part == part && l.seq == seq)?.entry;
        let own = |e: &Entry| e.state == EntryState::Valid && right.seat().is_some_and(|s| s.holds(e.desk));
        (!self.shared.contains(&old) && self.texts.get(old).is_some_and(own)).then_some(old)
    }
}

/// Writes the lines of a draft in the place of those that were there.
pub(crate) async fn lines(
    act: &mut Act,
    right: &Right,
    (header, plan): (&CaseHeader, SupportPlanId),
    draft: &Draft,
    before: &Before<'_>,
) -> Result<(), Fail> {
    let pieces = pieces(draft);
    let mut kept: Vec<Option<EntryId>> =
        pieces.iter().map(|p| before.same(p.part, p.body, &draft.marks)).collect();
    let (mut texts, mut corrected, mut stood) = (Vec::new(), Vec::new(), Vec::new());
    for (piece, kept) in pieces.iter().zip(&kept) {
        if kept.is_some() {
            continue;
        }
        // A text that stands on under another line is not corrected away.
        let old = before.corrects(right, piece.part, piece.seq).filter(|old| {
            !corrected.contains(old)
                && !pieces.iter().any(|p| before.same(p.part, p.body, &draft.marks) == Some(*old))
        });
        corrected.extend(old);
        stood.push(before.stood(piece.part, piece.seq));
        let marks = before.marks(old, &draft.marks);
        let corrects = old.and_then(|id| before.texts.get(id)).map(|e| e.id);
        texts.push(NewEntry { corrects, ..line_text(header, &marks, piece.body, act.now()) });
    }
    let places: Vec<&str> = draft
        .actions
        .iter()
        .filter_map(|a| match &a.doer {
            Doer::Place(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    texts.extend(places.iter().map(|name| line_text(header, &draft.marks, name, act.now())));
    let mut written = entry::write(act, right, texts).await?;
    // From whom what stood in a place was kept, what stands there now is (disclosure rule 4): also in the next version.
    for (old, new) in stood.iter().zip(&written) {
        if let Some(old) = old {
            entry::carry_secrets(act, right, *old, &[*new]).await?;
        }
    }
    household::findable::refresh(act, right, &[], &written).await?;
    for old in corrected.into_iter().filter_map(|id| before.texts.get(id)) {
        entry::set_state(act, right, old.id, EntryState::Corrected).await?;
    }
    let mut named = written.split_off(written.len() - places.len()).into_iter();
    let mut written = written.into_iter();
    for kept in kept.iter_mut().filter(|k| k.is_none()) {
        *kept = written.next();
    }
    let mut rows = Vec::new();
    for (piece, entry) in pieces.iter().zip(kept) {
        let Some(entry) = entry else { continue };
        let mut row = NewLine::text(piece.part, piece.seq, entry);
        if let Some(a) = piece.action {
            row.due = a.due;
            match &a.doer {
                Doer::Desk(desk) => (row.who, row.desk) = (Some(Who::Desk), Some(*desk)),
                Doer::Person(person) => (row.who, row.person) = (Some(Who::Person), Some(*person)),
                Doer::Myself => row.who = Some(Who::Myself),
                Doer::Place(_) => (row.who, row.place) = (Some(Who::Place), named.next()),
            }
        }
        rows.push(row);
    }
    sql::clear_draft(act, right, plan).await?;
    sql::add_lines(act, right, plan, &rows).await
}

/// A text about a plan, with these marks.
pub(crate) fn line_text(header: &CaseHeader, marks: &Marks, body: &str, now: words::Instant) -> NewEntry {
    NewEntry {
        field: Field::Plan,
        form: None,
        household: Some(header.household),
        marks: marks.clone(),
        body: body.to_owned(),
        occurred_at: now,
        told: None,
        about: About { case: Some(header.id), ..About::default() },
        corrects: None,
    }
}
