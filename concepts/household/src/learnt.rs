//! わかったこと: what a desk in charge has learnt since about somebody whose card another desk wrote (decision 0045). A death, a move, another
//! telephone: the card stays as its desk wrote it, and what was learnt is a text of whoever learnt it ([`Field::Learnt`](crate::Field)),
//! about that person and in the categories of what happened. Its words stand in the entry; which of these things it is, on which day and
//! where to stands beside it, read with it and sealed with it.

mod told;

use access::{Categories, Category, Right};
use engine::{Act, Broken, Conn, Fail, Refusal, Row, Statement, args};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use words::code::Code;
use words::codes;
use words::id::{CommandId, DeskId, EntryId, MunicipalityId, PersonId};
use words::partial::PartialDate;
use words::{Day, Instant};

pub(crate) use told::among;
pub use told::{Away, Gone, Since, Told, known, known_away, known_dead, known_gone, since};

use crate::{Happened, Person, rules};

codes! {
    /// What was learnt.
    pub enum LearntKind {
        /// 亡くなった.
        Died = "died",
        /// 世帯を離れた.
        Left = "left",
        /// 引っ越した.
        Moved = "moved",
        /// 電話・連絡先がかわった.
        Contact = "contact",
        /// 名前がかわった.
        Name = "name",
        /// そのほか: nothing but words.
        Other = "other",
    }
}

impl LearntKind {
    /// Who may know that it happened; words that say more are marked with more.
    pub fn categories(self) -> Categories {
        let of = |all: &[Category]| all.iter().copied().collect();
        match self {
            Self::Died | Self::Name => of(&[Category::Basic]),
            Self::Left => of(&[Category::Household]),
            Self::Moved => of(&[Category::Household, Category::Contact]),
            Self::Contact => of(&[Category::Contact]),
            Self::Other => Categories::NONE,
        }
    }

    /// The same among what happens to people, where desks with open work are asked to review it.
    pub(crate) fn happened(self) -> Option<Happened> {
        match self {
            Self::Died => Some(Happened::Died),
            Self::Left => Some(Happened::Left),
            Self::Moved => Some(Happened::Moved),
            Self::Contact | Self::Name | Self::Other => None,
        }
    }

    /// Whether it is taken into what is known of somebody ([`taken_in`]).
    pub(crate) fn is_taken_in(self) -> bool {
        matches!(self, Self::Died | Self::Left)
    }
}

/// What was learnt, as the pages go by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    /// What happened.
    pub kind: LearntKind,
    /// When, as far as it is known.
    pub day: Option<PartialDate>,
    /// The new address, the new number, the new name; empty where it is not known.
    pub what: String,
    /// When the text was first written down: corrections of its marks make nothing newer. None while it is being written.
    #[serde(skip)]
    pub written: Option<Instant>,
}

impl Learnt {
    /// Whether it is still to come: a move can be said ahead (domain section 2.1). When its day comes it has happened by itself.
    pub fn lies_ahead(&self, today: Day) -> bool {
        self.kind == LearntKind::Moved && self.day.is_some_and(|day| day.earliest() > today)
    }
}

/// Takes what was learnt into what is known of somebody: that they died or left. Another name, number or address stays beside the card: the
/// desk of the card may have written a newer one since, and nobody could tell which of the two they read.
pub(crate) fn taken_in(person: &mut Person, learnt: &Learnt, today: Day) {
    if !learnt.kind.is_taken_in() {
        return;
    }
    person.card = Some(person.on_card());
    if learnt.kind == LearntKind::Left {
        person.left = learnt.day.map(|day| day.latest().min(today)).or(person.left);
    } else {
        person.died = learnt.day.or(person.died);
        person.planned = None;
    }
}

/// Marks that a text of this kind carries at least: with words, what is ticked; untagged words are everything (disclosure rule 3).
pub fn marked(kind: LearntKind, words: &str, ticked: Categories) -> Categories {
    let own = kind.categories();
    match (words.is_empty(), ticked.is_empty()) {
        (true, _) if !own.is_empty() => own.union(ticked),
        (_, true) => Categories::all(),
        (_, false) => own.union(ticked),
    }
}

/// What is missing in a form, or has no place, each with its field.
pub fn missing(learnt: &Learnt, words: &str) -> Vec<(&'static str, &'static str)> {
    let mut missing = Vec::new();
    if learnt.kind.happened().is_some() && learnt.day.is_none() {
        missing.push(("on", "text.required"));
    }
    let named = matches!(learnt.kind, LearntKind::Contact | LearntKind::Name);
    if named && learnt.what.is_empty() {
        missing.push(("what", "text.required"));
    }
    let may_name = named || learnt.kind == LearntKind::Moved;
    if !may_name && !learnt.what.is_empty() {
        missing.push(("what", "learnt.what_elsewhere"));
    }
    if learnt.kind == LearntKind::Other && words.is_empty() {
        missing.push(("words", "text.required"));
    }
    missing
}

/// Whether it can be so, of somebody as they are known to whoever writes: the card, and what was learnt before.
pub fn may_be(learnt: &Learnt, card: &Person, before: &[Told], today: Day) -> Result<(), Refusal> {
    let has = |kind| before.iter().any(|t| t.person == card.id && t.learnt.kind == kind);
    let dead = card.died.is_some() || has(LearntKind::Died);
    let (birth, no) = (card.known.birth, |key| Err(Refusal::new(key)));
    // Of a move alone it is known beforehand.
    if learnt.kind != LearntKind::Moved && learnt.day.is_some_and(|on| on.earliest() > today) {
        return no("date.in_future");
    }
    match (learnt.kind, learnt.day) {
        (LearntKind::Died, Some(on)) => rules::may_die(dead, birth, on),
        (LearntKind::Died | LearntKind::Other, _) => Ok(()),
        _ if dead => no("learnt.died"),
        (LearntKind::Left, _) if card.joined.is_none() => no("household.no_member"),
        (LearntKind::Left, Some(on)) => {
            rules::may_leave(card.left.is_some() || has(LearntKind::Left), birth, on.latest())
        }
        (LearntKind::Moved, Some(on)) if birth.is_some_and(|born| on.latest() < born.earliest()) => {
            no("learnt.before_birth")
        }
        (LearntKind::Moved, Some(on)) => rules::moves_ahead(on, today).map(drop),
        _ => Ok(()),
    }
}

/// Beside which field of the form such a refusal stands.
pub(crate) fn field_of(key: &str) -> Option<&'static str> {
    match key {
        "tie.died_before_birth"
        | "household.left_before_birth"
        | "learnt.before_birth"
        | "household.moves_too_late"
        | "household.moves_on_a_day"
        | "date.in_future" => Some("on"),
        "household.already_dead" | "household.already_left" | "household.no_member" | "learnt.died" => {
            Some("kind")
        }
        _ => None,
    }
}

/// Whether it still says something that the card does not.
pub fn is_news(learnt: &Learnt, card: &Person) -> bool {
    let differs = |fold: fn(&str) -> String, now: &str| fold(now) != fold(&learnt.what);
    match learnt.kind {
        LearntKind::Died => card.died.is_none(),
        LearntKind::Left => card.left.is_none(),
        LearntKind::Moved => {
            let says = |to: &str| !learnt.what.is_empty() && !differs(words::address::fold_address, to);
            let planned = card.planned.as_ref();
            let plan =
                planned.is_some_and(|p| learnt.day == Some(PartialDate::of_day(p.on)) && says(&p.address));
            !says(&card.known.address) && !plan
        }
        LearntKind::Contact => differs(words::fold::fold, &card.known.phone),
        LearntKind::Name => differs(words::name::name_key, &card.known.name),
        LearntKind::Other => true,
    }
}

fn row(row: &Row) -> Result<Learnt, Broken> {
    Ok(Learnt {
        kind: row.code("kind")?,
        day: PartialDate::parse_iso(&row.get::<String>("day")?),
        what: row.get("what")?,
        written: row.get("recorded_at")?,
    })
}

/// What stands beside these texts. For whoever reads them from their rows and seals them: one statement.
pub(crate) async fn beside(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    texts: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, Learnt>, Broken> {
    let statement = Statement::new(
        "SELECT k.entry_id, k.kind, k.day, k.what, c.recorded_at FROM learnt k JOIN command c \
             ON c.municipality_id = k.municipality_id AND c.id = k.command_id WHERE k.municipality_id = ?",
        args![m],
    )
    .push_in(" AND k.entry_id IN", texts);
    conn.select(statement).await?.iter().map(|r| Ok((r.get("entry_id")?, row(r)?))).collect()
}

/// A text that a command wrote, or took back.
pub(crate) struct MadeBy {
    pub command: CommandId,
    pub text: EntryId,
    pub taken_back: bool,
}

/// The texts that these commands wrote, in every version, or took back. Ids only.
pub(crate) async fn made_by(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    commands: impl IntoIterator<Item = CommandId> + Clone,
) -> Result<Vec<MadeBy>, Broken> {
    let statement = Statement::new(
        "SELECT entry_id, command_id, 0 AS taken_back FROM learnt WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND command_id IN", commands.clone())
    .push(
        " UNION ALL SELECT entry_id, ended_command_id AS command_id, 1 AS taken_back FROM learnt WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND ended_command_id IN", commands);
    let made = |r: &Row| {
        let taken_back = r.get::<i64>("taken_back")? == 1;
        Ok(MadeBy { command: r.get("command_id")?, text: r.get("entry_id")?, taken_back })
    };
    conn.select(statement).await?.iter().map(made).collect()
}

/// When these people died, as these desks wrote in texts of their own: what a desk wrote itself it knows.
pub async fn deaths_written_by(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: &[DeskId],
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, PartialDate>, Broken> {
    let statement = Statement::new(
        "SELECT s.person_id, l.day FROM entry_subject s JOIN entry e ON e.municipality_id = s.municipality_id \
         AND e.id = s.entry_id AND e.field = 'learnt' AND e.state = 'valid' JOIN learnt l ON l.municipality_id = e.municipality_id \
         AND l.entry_id = e.id AND l.kind = 'died' WHERE s.municipality_id = ?",
        args![m],
    )
    .push_in(" AND s.person_id IN", persons)
    .push_in(" AND e.desk_id IN", desks.iter().copied());
    let mut deaths = BTreeMap::new();
    for r in conn.select(statement).await? {
        if let Some(day) = PartialDate::parse_iso(&r.get::<String>("day")?) {
            deaths.insert(r.get("person_id")?, day);
        }
    }
    Ok(deaths)
}

/// Keeps beside a text what was learnt.
pub(crate) async fn keep(act: &mut Act, right: &Right, text: EntryId, learnt: &Learnt) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let day = learnt.day.map(|day| day.to_string()).unwrap_or_default();
    act.save(right)?
        .exec(
            "INSERT INTO learnt (municipality_id, entry_id, kind, day, what, command_id) VALUES ($1, $2, $3, $4, $5, $6)",
            args![m, text, learnt.kind.code(), day, &learnt.what, command],
        )
        .await?;
    Ok(())
}

/// The same beside the text that takes its place: what was learnt stays, and the reviews it made.
pub(crate) async fn carry(
    act: &mut Act,
    right: &Right,
    old: EntryId,
    written: &[EntryId],
) -> Result<(), Fail> {
    let m = act.municipality();
    for new in written {
        act.save(right)?
            .exec(
                "INSERT INTO learnt (municipality_id, entry_id, kind, day, what, command_id) \
                 SELECT municipality_id, $3, kind, day, what, command_id FROM learnt \
                 WHERE municipality_id = $1 AND entry_id = $2",
                args![m, old, *new],
            )
            .await?;
    }
    Ok(())
}

/// It was taken back; the command that had written it.
pub(crate) async fn end(act: &mut Act, right: &Right, text: EntryId) -> Result<Option<CommandId>, Fail> {
    let (m, command) = (act.municipality(), act.command());
    let row = act
        .save(right)?
        .maybe(
            "UPDATE learnt SET ended_command_id = $3 WHERE municipality_id = $1 AND entry_id = $2 RETURNING command_id",
            args![m, text, command],
        )
        .await?;
    Ok(row.map(|row| row.get("command_id")).transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewPerson;

    pub(super) fn card() -> Person {
        Person {
            id: words::Id::new(uuid::Uuid::from_u128(1)),
            household: words::Id::new(uuid::Uuid::from_u128(2)),
            desk: words::Id::new(uuid::Uuid::from_u128(3)),
            version: 1,
            known: NewPerson { birth: PartialDate::of_year(1950), ..NewPerson::default() },
            died: None,
            joined: Day::new(2026, 1, 1),
            left: None,
            planned: None,
            card: None,
        }
    }

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::new(y, m, d).unwrap()
    }

    fn learnt(kind: LearntKind, day: &str, what: &str) -> Learnt {
        Learnt { kind, day: PartialDate::parse_iso(day), what: what.to_owned(), written: None }
    }

    #[test]
    fn whatever_tells_where_somebody_lives_is_a_contact_fact_and_words_say_what_they_hold() {
        for kind in LearntKind::ALL {
            let contact = matches!(kind, LearntKind::Moved | LearntKind::Contact);
            assert_eq!(kind.categories().has(Category::Contact), contact, "{kind}");
            assert!(kind.categories().within(marked(*kind, "x", Categories::NONE.with(Category::Health))));
            assert_eq!(marked(*kind, "words", Categories::NONE), Categories::all(), "untagged words");
        }
        assert_eq!(marked(LearntKind::Died, "", Categories::NONE), LearntKind::Died.categories());
        assert_eq!(marked(LearntKind::Other, "", Categories::NONE), Categories::all());
    }

    #[test]
    fn what_is_needed_is_said_beside_its_field() {
        let of = |kind, day: &str, what: &str, words: &str| missing(&learnt(kind, day, what), words);
        assert_eq!(of(LearntKind::Died, "", "", ""), [("on", "text.required")]);
        assert!(of(LearntKind::Moved, "2026-11", "", "").is_empty(), "where to may be unknown");
        assert_eq!(of(LearntKind::Contact, "", "", ""), [("what", "text.required")]);
        assert_eq!(of(LearntKind::Other, "", "", ""), [("words", "text.required")]);
        assert_eq!(of(LearntKind::Died, "2026", "湘南台1-2-3", ""), [("what", "learnt.what_elsewhere")]);
    }

    #[test]
    fn nobody_dies_twice_leaves_twice_or_moves_after_their_death() {
        let key = |l: &Learnt, card: &Person, before: &[Told]| {
            may_be(l, card, before, day(2026, 11, 21)).err().map(|r| r.key)
        };
        let told = |kind| Told::of_story(card().id, learnt(kind, "2026-11-10", ""));
        let (died, moved) =
            (learnt(LearntKind::Died, "2026-11", ""), learnt(LearntKind::Moved, "2026-11", "x"));
        let left = learnt(LearntKind::Left, "2026-11-01", "");
        assert_eq!(key(&died, &card(), &[]), None);
        assert_eq!(key(&died, &card(), &[told(LearntKind::Died)]), Some("household.already_dead"));
        let dead = Person { died: PartialDate::of_year(2026), ..card() };
        assert_eq!(key(&died, &dead, &[]), Some("household.already_dead"));
        assert_eq!(key(&moved, &dead, &[]), Some("learnt.died"));
        assert_eq!(key(&learnt(LearntKind::Other, "", ""), &dead, &[]), None);
        assert_eq!(key(&learnt(LearntKind::Died, "1949", ""), &card(), &[]), Some("tie.died_before_birth"));
        assert_eq!(key(&learnt(LearntKind::Moved, "1949", ""), &card(), &[]), Some("learnt.before_birth"));
        assert_eq!(key(&left, &card(), &[told(LearntKind::Left)]), Some("household.already_left"));
        let kin = Person { joined: None, ..card() };
        assert_eq!(key(&left, &kin, &[]), Some("household.no_member"));
        assert_eq!(key(&left, &card(), &[told(LearntKind::Moved)]), None);
    }

    #[test]
    fn a_move_alone_is_known_beforehand() {
        let key = |kind, on: &str| {
            let learnt = learnt(kind, on, "");
            may_be(&learnt, &card(), &[], day(2026, 11, 21)).err().map(|r| r.key)
        };
        assert_eq!(key(LearntKind::Moved, "2026-12-15"), None);
        assert_eq!(key(LearntKind::Moved, "2026-12"), Some("household.moves_on_a_day"));
        assert_eq!(key(LearntKind::Moved, "2098-12-15"), Some("household.moves_too_late"));
        for kind in LearntKind::ALL.iter().filter(|k| **k != LearntKind::Moved) {
            assert_eq!(key(*kind, "2026-12-15"), Some("date.in_future"), "{kind}");
        }
        let moved = learnt(LearntKind::Moved, "2026-12-15", "");
        assert!(moved.lies_ahead(day(2026, 12, 14)) && !moved.lies_ahead(day(2026, 12, 15)));
        assert!(!learnt(LearntKind::Moved, "2026", "").lies_ahead(day(2026, 1, 1)));
    }

    #[test]
    fn a_death_and_a_departure_are_taken_in_and_the_rest_stays_beside_the_card() {
        let known = NewPerson {
            name: "青木 ハル".to_owned(),
            address: "藤沢1-1".to_owned(),
            phone: "0466-11-1111".to_owned(),
            ..card().known
        };
        let after = |kind, on: &str, what: &str| {
            let mut person = Person { known: known.clone(), ..card() };
            taken_in(&mut person, &learnt(kind, on, what), day(2026, 11, 21));
            person
        };
        let died = after(LearntKind::Died, "2026-11-20", "");
        assert_eq!(died.died, PartialDate::parse_iso("2026-11-20"));
        assert!(died.is_gone() && died.on_card().died.is_none());
        let left = after(LearntKind::Left, "2026", "");
        assert_eq!(left.left, Some(day(2026, 11, 21)), "not later than today");
        assert!(left.is_gone() && left.on_card().left.is_none());
        for kind in [LearntKind::Moved, LearntKind::Contact, LearntKind::Name, LearntKind::Other] {
            let same = after(kind, "2026-11", "別のもの");
            assert!(same.known == known && same.card.is_none(), "the card may be newer: {kind}");
        }
    }

    #[test]
    fn what_the_card_says_by_now_is_no_news() {
        let moved = learnt(LearntKind::Moved, "2026-11", "湘南台1-2-3");
        assert!(is_news(&moved, &card()));
        let known = NewPerson { address: "湘南台１－２－３".to_owned(), ..NewPerson::default() };
        assert!(!is_news(&moved, &Person { known, ..card() }));
        assert!(!is_news(
            &learnt(LearntKind::Died, "2026", ""),
            &Person { died: PartialDate::of_year(2026), ..card() }
        ));
    }
}
