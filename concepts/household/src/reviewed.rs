//! What a review looks at (domain section 4.2): what happened, to whom and on which day. The task itself holds nothing of it: each event
//! is a fact about its person and is disclosed like one, so a desk without a basis reads that something is to be reviewed, and no more.

use std::collections::{BTreeMap, BTreeSet};

use access::{Content, Disclosed, Facts, Reader, Sealed};
use engine::{Broken, Look, Row, Statement, args};
use site::{Frame, T};
use words::id::{CommandId, PersonId, UserId};
use words::partial::PartialDate;

use crate::happening::categories;
use crate::{EntryState, Happened, Person, Reasons, entry, person};

/// What one review is about, as far as this viewer may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What happened, to whom and when, in words; empty where nothing of it may be known.
    pub what: String,
    /// What to look at: true for what happened.
    pub help: String,
    /// Whether somebody may have gone where another desk is there for them.
    pub elsewhere: bool,
    /// The move it is about, by the command that wrote it: the form of a hand-over knows by it where to.
    pub moved: Option<CommandId>,
    /// Who wrote it down: whoever knows most of it.
    pub author: Option<UserId>,
}

/// One event that made a review: by being written down, or by turning out to be wrong.
struct Event {
    made_by: CommandId,
    person: PersonId,
    kind: Happened,
    day: PartialDate,
    author: Option<UserId>,
    wrong: bool,
}

impl Content for Event {}

fn event(row: &Row) -> Result<Option<Event>, Broken> {
    let Some(day) = PartialDate::parse_iso(&row.get::<String>("day")?) else { return Ok(None) };
    Ok(Some(Event {
        made_by: row.get("made_by")?,
        person: row.get("person_id")?,
        kind: row.code("kind")?,
        day,
        author: row.get("author_id")?,
        wrong: row.get::<i64>("wrong")? == 1,
    }))
}

/// What the reviews that these commands made are about. Four statements at most, whatever the number; none without a review.
pub async fn reviewed(
    look: &mut Look,
    frame: &Frame,
    made_by: &BTreeSet<CommandId>,
    reasons: &mut Reasons,
) -> Result<BTreeMap<CommandId, Reviewed>, Broken> {
    let mut found = BTreeMap::new();
    // What the desk has to look through is not told to the household on the paper it is given.
    if made_by.is_empty() || matches!(look.reader(), Reader::Member(_)) {
        return Ok(found);
    }
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let statement = Statement::new(
        "SELECT e.command_id AS made_by, e.person_id, e.kind, e.day, e.author_id, 0 AS wrong FROM person_event e \
         WHERE e.municipality_id = ? AND e.corrected_at IS NULL",
        args![m],
    )
    .push_in(" AND e.command_id IN", made_by.iter().copied())
    .push(
        " UNION ALL SELECT e.corrected_command_id AS made_by, e.person_id, e.kind, e.day, e.corrected_by AS author_id, \
         1 AS wrong FROM person_event e WHERE e.municipality_id = ? AND e.reason <> 'changed'",
        args![m],
    )
    .push_in(" AND e.corrected_command_id IN", made_by.iter().copied())
    .push(" ORDER BY made_by, kind, person_id", args![]);
    // What is planned stands on no paper: it is other by the time somebody reads it.
    let (on_paper, today) = (look.reader() != Reader::Screen, look.now().day());
    let shown = |e: &Event| !(on_paper && e.kind == Happened::Moved && e.day.earliest() > today);
    let mut events = Vec::new();
    for row in look.conn().select(statement).await? {
        events.extend(event(&row)?.filter(shown));
    }
    let unknown: BTreeSet<CommandId> =
        made_by.iter().filter(|c| !events.iter().any(|e| e.made_by == **c)).copied().collect();
    let of_texts = learnt(look, frame, &unknown, reasons).await?;
    for row in linked(look, unknown).await? {
        events.extend(event(&row)?);
    }
    let people = person::by_ids(&mut look.conn(), &viewer, events.iter().map(|e| e.person)).await?;
    let people = look.disclose(people).await?;
    let of = |id: PersonId| people.iter().find(|p| p.id == id);
    let sealed = events.into_iter().filter_map(|e| {
        let facts = Facts { categories: categories(e.kind), ..of(e.person)?.facts().clone() };
        Some(Sealed::new(facts, e))
    });
    let sealed: Vec<_> = sealed.collect();
    let events = look.disclose(sealed).await?;
    reasons.of_all(&events);
    for command in made_by {
        let mut events: Vec<&Disclosed<Event>> = events.iter().filter(|e| e.made_by == *command).collect();
        // What was written in the place of something else is what stands.
        if events.iter().any(|e| !e.wrong) {
            events.retain(|e| !e.wrong);
        }
        let names: Vec<String> =
            events.iter().filter_map(|e| of(e.person)).map(|p| called(&frame.t, p)).collect();
        found.insert(*command, words(frame, events.first().map(|e| &***e), &frame.t.join(&names)));
    }
    found.extend(of_texts);
    Ok(found)
}

/// Reviews that were made by what was learnt of somebody, or by its turning out to be wrong: as far as the text of it is disclosed, in
/// the version that stands.
async fn learnt(
    look: &mut Look,
    frame: &Frame,
    made_by: &BTreeSet<CommandId>,
    reasons: &mut Reasons,
) -> Result<BTreeMap<CommandId, Reviewed>, Broken> {
    let mut found = BTreeMap::new();
    if made_by.is_empty() {
        return Ok(found);
    }
    let viewer = look.viewer().clone();
    let made = crate::learnt::made_by(&mut look.conn(), viewer.municipality, made_by.iter().copied()).await?;
    if made.is_empty() {
        return Ok(found);
    }
    let sealed = entry::by_ids(&mut look.conn(), &viewer, made.iter().map(|x| x.text)).await?;
    let texts = look.disclose(sealed).await?;
    let people = texts.iter().flat_map(|e| e.persons.iter().copied());
    let people = person::by_ids(&mut look.conn(), &viewer, people.collect::<BTreeSet<_>>()).await?;
    let people = look.disclose(people).await?;
    for x in &made {
        let state = if x.taken_back { EntryState::EnteredInError } else { EntryState::Valid };
        let Some(text) = texts.iter().find(|e| e.id == x.text && e.state == state) else { continue };
        let Some((learnt, of)) = text.learnt.as_ref().zip(text.persons.first()) else { continue };
        let (Some(kind), Some(day)) = (learnt.kind.happened(), learnt.day) else { continue };
        let name = people.iter().find(|p| p.id == *of).map(|p| called(&frame.t, p));
        let name = name.unwrap_or_else(|| frame.t.s("entry_view.someone").to_owned());
        let event =
            Event { made_by: x.command, person: *of, kind, day, author: text.author, wrong: x.taken_back };
        reasons.of(text);
        // Where to is no part of a hand-over's form: it stands in the text, not on the card.
        found.insert(x.command, Reviewed { moved: None, ..words(frame, Some(&event), &name) });
    }
    Ok(found)
}

/// Reviews that a link made: somebody had died, as one of the two records said already. As long as both are linked and it stands.
async fn linked(look: &mut Look, made_by: BTreeSet<CommandId>) -> Result<Vec<Row>, Broken> {
    if made_by.is_empty() {
        return Ok(Vec::new());
    }
    let m = look.viewer().municipality;
    let side = |statement: Statement| {
        statement.push(" AND q.state = 'same' AND s.step = 'confirm' AND p.died IS NOT NULL", args![])
    };
    let first = side(Statement::new(
        "SELECT s.command_id AS made_by, p.id AS person_id, 'died' AS kind, p.died AS day, s.author_id, 0 AS wrong \
         FROM same_step s JOIN same_pair q ON q.municipality_id = s.municipality_id AND q.id = s.pair_id \
         JOIN person p ON p.municipality_id = q.municipality_id AND p.id = q.person_a WHERE s.municipality_id = ?",
        args![m],
    ));
    let both = first.push_in(" AND s.command_id IN", made_by.iter().copied()).push(
        " UNION ALL SELECT s.command_id AS made_by, p.id AS person_id, 'died' AS kind, p.died AS day, s.author_id, \
         0 AS wrong FROM same_step s JOIN same_pair q ON q.municipality_id = s.municipality_id AND q.id = s.pair_id \
         JOIN person p ON p.municipality_id = q.municipality_id AND p.id = q.person_b WHERE s.municipality_id = ?",
        args![m],
    );
    look.conn().select(side(both).push_in(" AND s.command_id IN", made_by)).await
}

fn called(t: &T, person: &Person) -> String {
    match (person.called(), person.known.relation.as_str()) {
        ("", "") => t.s("entry_view.someone").to_owned(),
        ("", relation) => relation.to_owned(),
        (name, _) => t.f("happened_says.name", "name", name),
    }
}

fn words(frame: &Frame, event: Option<&Event>, name: &str) -> Reviewed {
    let t = &frame.t;
    let Some(e) = event else {
        let help = t.s("review_says.help_unknown").to_owned();
        return Reviewed { what: String::new(), help, elsewhere: true, moved: None, author: None };
    };
    let ahead = e.kind == Happened::Moved && e.day.earliest() > frame.now.day();
    let key = if ahead { "moved_ahead" } else { words::code::Code::code(e.kind) };
    let args = [("name", name.to_owned()), ("day", t.partial_date(e.day))];
    let what = t.fs(&format!("review_says.{key}"), &args);
    let elsewhere = !e.wrong && matches!(e.kind, Happened::Left | Happened::Moved);
    let moved = (!e.wrong && e.kind == Happened::Moved).then_some(e.made_by);
    if e.wrong {
        let help = t.s("review_says.help_wrong").to_owned();
        let what = t.f("review_says.wrong", "what", what);
        return Reviewed { what, help, elsewhere, moved, author: e.author };
    }
    let help = t.s(&format!("review_says.help_{key}")).to_owned();
    Reviewed { what, help, elsewhere, moved, author: e.author }
}
