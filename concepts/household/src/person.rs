//! Facts about a person, as one desk recorded them.

use access::{Categories, Category, Content, Facts, RecordRef, Right, Sealed, Subjects, Viewer};
use engine::{Act, Broken, Bulk, Conn, Fail, Row, Statement, args, search};
use serde::{Deserialize, Serialize};
use words::id::{AreaId, DeskId, HouseholdId, PersonId, UserId};
use words::partial::PartialDate;
use words::{Day, Instant};

use crate::entry::desk_seq;
use crate::find::WHERE;
use crate::planned::{self, Planned};
use crate::{block, subjects};

/// A person to be recorded. Nothing is required: whoever comes without a name is received all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPerson {
    /// Name as written.
    pub name: String,
    /// Reading in kana.
    pub reading: String,
    /// Another name: former, common, by which neighbours know them.
    pub alias: String,
    /// Birth date as far as known.
    pub birth: Option<PartialDate>,
    /// Gender in the person's own words; never required.
    pub gender: String,
    /// How they wish to be addressed.
    pub how_to_address: String,
    /// Language, when not Japanese.
    pub language: String,
    /// Whether an interpreter is needed.
    pub interpreter: bool,
    /// Address.
    pub address: String,
    /// Phone.
    pub phone: String,
    /// When and how to reach them, and how not to.
    pub contact_wish: String,
    /// Tie to the person first recorded: 本人, 長男, 母.
    pub relation: String,
    /// Whether they live in the household.
    pub lives_together: bool,
}

/// A person.
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their household as this desk recorded it.
    pub household: HouseholdId,
    /// The desk that recorded them.
    pub desk: DeskId,
    /// Version, for changes.
    pub version: i64,
    /// What is known. Fields of categories that are not granted are empty.
    pub known: NewPerson,
    /// Date of death as far as known.
    pub died: Option<PartialDate>,
    /// The first day in the household as far as recorded; `None` for kin who are not members of it.
    pub joined: Option<Day>,
    /// The last day in the household, for someone who left.
    pub left: Option<Day>,
    /// When and where they will move to, where that was said ahead: told to whoever may know where they live now.
    pub planned: Option<Planned>,
    /// What their card says, where the above is what was learnt since ([`crate::known`]).
    pub(crate) card: Option<Card>,
}

/// What stands on a card of what is taken in where it was learnt otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Card {
    pub died: Option<PartialDate>,
    pub left: Option<Day>,
}

impl Person {
    /// How to call them in a list: the name, or nothing.
    pub fn called(&self) -> &str {
        if self.known.name.is_empty() { &self.known.alias } else { &self.known.name }
    }

    /// What their card says, whatever was learnt since.
    pub(crate) fn on_card(&self) -> Card {
        self.card.unwrap_or(Card { died: self.died, left: self.left })
    }

    /// When they died as their card says, whatever was learnt since.
    pub fn died_on_card(&self) -> Option<PartialDate> {
        self.on_card().died
    }

    /// Whether they are among the people of a household no more, though their card says so: they died, or it was learnt that they left.
    pub(crate) fn is_gone(&self) -> bool {
        self.died.is_some() || self.card.is_some_and(|card| card.left.is_none() && self.left.is_some())
    }
}

/// The categories a person's facts fall into.
pub fn categories() -> Categories {
    [Category::Basic, Category::Contact, Category::Household].into_iter().collect()
}

impl Content for Person {
    /// Who belongs to them a family knows; what a card says of where somebody lives is the decision's.
    fn for_one(&self, _person: PersonId, _theirs: bool) -> bool {
        true
    }

    fn keep(mut self, granted: Categories, _facts: &Facts) -> Option<Self> {
        if !granted.has(Category::Basic) {
            return None;
        }
        // What was learnt since is another text: handed on, a card says what stands on it.
        if let Some(card) = self.card.take() {
            (self.died, self.left) = (card.died, card.left);
        }
        if !granted.has(Category::Contact) {
            self.known.address.clear();
            self.known.phone.clear();
            self.known.contact_wish.clear();
            self.planned = None;
        }
        if !granted.has(Category::Household) {
            self.known.relation.clear();
            self.known.lives_together = false;
        }
        Some(self)
    }
}

/// Records a household of the desk acted for.
pub async fn add_household(act: &mut Act, right: &Right, area: Option<AreaId>) -> Result<HouseholdId, Fail> {
    let mut made = add_many(act, right, &[NewHousehold { area, members: Vec::new() }]).await?;
    made.pop().map(|(id, _)| id).ok_or(Fail::NotVisible)
}

/// Records a person of the desk acted for as a member of a household.
pub async fn add(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    new: &NewPerson,
) -> Result<PersonId, Fail> {
    add_all(act, right, household, &[new]).await?.pop().ok_or(Fail::NotVisible)
}

/// Records somebody who belongs to the family without being a member of the household: a father who lives elsewhere, a
/// grandmother who died. They are nobody's subject but their own, so that what is written about the household asks for no
/// consent of theirs. One who lives in the household is a member.
pub(crate) async fn add_kin(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    new: &NewPerson,
    died: Option<PartialDate>,
) -> Result<PersonId, Fail> {
    let mut rows = Rows::new(act, right)?;
    let id =
        if new.lives_together { rows.person(act, household, new) } else { rows.kin(act, household, new) };
    rows.write(act, right).await?;
    if let Some(died) = died {
        let m = act.municipality();
        act.save(right)?
            .exec(
                "UPDATE person SET died = $3 WHERE municipality_id = $1 AND id = $2",
                args![m, id, died.to_string()],
            )
            .await?;
    }
    Ok(id)
}

/// Records several persons as members of a household, in their order. One multi-row statement per table, however many
/// there are.
pub async fn add_all(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    people: &[&NewPerson],
) -> Result<Vec<PersonId>, Fail> {
    let mut rows = Rows::new(act, right)?;
    let ids = people.iter().map(|new| rows.person(act, household, new)).collect();
    rows.write(act, right).await?;
    Ok(ids)
}

/// A household to be recorded with its members.
#[derive(Debug, Clone, Default)]
pub struct NewHousehold<'a> {
    /// District.
    pub area: Option<AreaId>,
    /// Its members, the person it is about first.
    pub members: Vec<&'a NewPerson>,
}

/// Records households with their members in few statements, whatever their number: for imports. The ids come back
/// in the same order.
pub async fn add_many(
    act: &mut Act,
    right: &Right,
    new: &[NewHousehold<'_>],
) -> Result<Vec<(HouseholdId, Vec<PersonId>)>, Fail> {
    let mut rows = Rows::new(act, right)?;
    let made = new
        .iter()
        .map(|h| {
            let household = rows.household(act, h.area);
            (household, h.members.iter().map(|m| rows.person(act, household, m)).collect())
        })
        .collect();
    rows.write(act, right).await?;
    Ok(made)
}

/// Rows of households and persons on their way into the tables.
struct Rows {
    desk: DeskId,
    households: Bulk,
    persons: Bulk,
    members: Bulk,
    docs: Vec<(PersonId, Vec<String>)>,
    places: Vec<(PersonId, Vec<String>)>,
    keys: Vec<(PersonId, Vec<i64>)>,
}

impl Rows {
    fn new(act: &Act, right: &Right) -> Result<Self, Fail> {
        Ok(Self {
            desk: right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?,
            households: Bulk::new(
                "INSERT INTO household (municipality_id, id, desk_id, area_id, command_id) VALUES",
                5,
            ),
            persons: Bulk::new(
                "INSERT INTO person (municipality_id, id, household_id, desk_id, author_id, name, reading, alias, \
                 name_key, reading_key, birth, gender, how_to_address, language, interpreter, address, address_key, \
                 phone, phone_key, contact_wish, relation, command_id) VALUES",
                22,
            ),
            members: Bulk::new(
                "INSERT INTO household_member (municipality_id, household_id, person_id, relation, lives_together, \
                 valid_from, command_id) VALUES",
                7,
            ),
            docs: Vec::new(),
            places: Vec::new(),
            keys: Vec::new(),
        })
    }

    fn household(&mut self, act: &Act, area: Option<AreaId>) -> HouseholdId {
        let id: HouseholdId = act.new_id();
        self.households.row(args![act.municipality(), id, self.desk, area, act.command()]);
        id
    }

    fn person(&mut self, act: &Act, household: HouseholdId, new: &NewPerson) -> PersonId {
        // Of a member it stands with the membership.
        let id = self.somebody(act, household, new, "");
        let (municipality, command, since) = (act.municipality(), act.command(), act.now().day());
        self.members.row(args![
            municipality,
            household,
            id,
            &new.relation,
            new.lives_together,
            since,
            command
        ]);
        id
    }

    fn kin(&mut self, act: &Act, household: HouseholdId, new: &NewPerson) -> PersonId {
        self.somebody(act, household, new, &new.relation)
    }

    fn somebody(&mut self, act: &Act, household: HouseholdId, new: &NewPerson, relation: &str) -> PersonId {
        let (municipality, command) = (act.municipality(), act.command());
        let id: PersonId = act.new_id();
        self.persons.row(args![
            municipality,
            id,
            household,
            self.desk,
            act.viewer().map(|v| v.user),
            &new.name,
            &new.reading,
            &new.alias,
            words::name::name_key(&new.name),
            words::name::reading_key(&new.reading),
            new.birth.map(|b| b.to_string()),
            &new.gender,
            &new.how_to_address,
            &new.language,
            new.interpreter,
            &new.address,
            words::address::fold_address(&new.address),
            &new.phone,
            digits(&new.phone),
            &new.contact_wish,
            relation,
            command,
        ]);
        self.docs.push((id, search_grams(new)));
        self.places.push((id, place_grams([new.address.as_str()])));
        self.keys.push((id, block::keys(new, &[])));
        id
    }

    async fn write(self, act: &mut Act, right: &Right) -> Result<(), Fail> {
        let (municipality, at) = (act.municipality(), act.now());
        let mut conn = act.save(right)?;
        self.households.run(&mut conn).await?;
        self.persons.run(&mut conn).await?;
        self.members.run(&mut conn).await?;
        if self.docs.is_empty() {
            return Ok(());
        }
        let seq = desk_seq(&mut conn, municipality, self.desk).await?;
        let of = |kind: &'static str| {
            move |(id, grams): (PersonId, Vec<String>)| search::Doc {
                kind,
                thing: id.cast(),
                at,
                grams,
                desks: vec![seq],
            }
        };
        let docs = self.docs.into_iter().map(of("person")).chain(self.places.into_iter().map(of(WHERE)));
        search::index_many(&mut conn, municipality, docs).await?;
        let keys = self.keys.into_iter().map(|(id, keys)| (id, keys, vec![seq]));
        block::add(&mut conn, municipality, keys).await?;
        Ok(())
    }
}

/// Changes what is known of a person, in the categories that were shown; the version must be the one that was read.
pub async fn change(
    act: &mut Act,
    right: &Right,
    id: PersonId,
    new: &NewPerson,
    shown: Categories,
) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let base = act.base_version().unwrap_or(0);
    let mut conn = act.save(right)?;
    let changed = conn
        .exec(
            "UPDATE person SET name = $4, reading = $5, alias = $6, name_key = $7, reading_key = $8, birth = $9, \
             gender = $10, how_to_address = $11, language = $12, interpreter = $13, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![
                municipality,
                id,
                base,
                &new.name,
                &new.reading,
                &new.alias,
                words::name::name_key(&new.name),
                words::name::reading_key(&new.reading),
                new.birth.map(|b| b.to_string()),
                &new.gender,
                &new.how_to_address,
                &new.language,
                new.interpreter,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    if shown.has(Category::Contact) {
        conn.exec(
            "UPDATE person SET address = $3, address_key = $4, phone = $5, phone_key = $6, contact_wish = $7 \
             WHERE municipality_id = $1 AND id = $2",
            args![
                municipality,
                id,
                &new.address,
                words::address::fold_address(&new.address),
                &new.phone,
                digits(&new.phone),
                &new.contact_wish,
            ],
        )
        .await?;
    }
    let member = conn
        .exec(
            "UPDATE household_member SET relation = $3, lives_together = $4 \
             WHERE municipality_id = $1 AND person_id = $2 AND valid_to IS NULL",
            args![municipality, id, &new.relation, new.lives_together],
        )
        .await?;
    if member == 0 {
        // Somebody who left, or never was a member.
        for statement in [
            "UPDATE household_member SET relation = $3 WHERE municipality_id = $1 AND person_id = $2",
            "UPDATE person SET relation = $3 WHERE municipality_id = $1 AND id = $2",
        ] {
            conn.exec(statement, args![municipality, id, &new.relation]).await?;
        }
    }
    let kept = conn
        .one(
            "SELECT d.seq, p.phone FROM person p JOIN desk d ON d.municipality_id = p.municipality_id AND d.id = p.desk_id \
             WHERE p.municipality_id = $1 AND p.id = $2",
            args![municipality, id],
        )
        .await?;
    let found_by = NewPerson { phone: kept.get("phone")?, ..new.clone() };
    index(&mut conn, municipality, id, &found_by, now, &[kept.get("seq")?]).await?;
    Ok(())
}

/// The search text of a person: folded name, reading, other name and phone. Ends are marked so that a single
/// character finds the names that begin with it.
pub fn search_grams(new: &NewPerson) -> Vec<String> {
    let mut grams = Vec::new();
    let phone = digits(&new.phone);
    for key in [
        words::name::name_key(&new.name),
        words::name::reading_key(&new.reading),
        words::name::name_key(&new.alias),
        phone,
    ] {
        grams.extend(words::bigram::bigrams(&key));
        grams.extend(key.chars().next().map(|c| format!("^{c}")));
    }
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The search text of where a person lives, lived and will live.
pub(crate) fn place_grams<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let of = |address: &str| words::bigram::bigrams(&words::address::fold_address(address));
    let mut grams: Vec<String> = addresses.into_iter().flat_map(of).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

async fn index(
    conn: &mut Conn<'_>,
    municipality: words::id::MunicipalityId,
    id: PersonId,
    new: &NewPerson,
    at: Instant,
    desks: &[i64],
) -> Result<(), Broken> {
    search::index(conn, municipality, "person", id.cast(), at, &search_grams(new), desks).await
}

fn digits(phone: &str) -> String {
    words::fold::fold(phone).chars().filter(char::is_ascii_digit).collect()
}

/// A person with the membership that says how they stand to the household.
macro_rules! select {
    ($membership:literal, $which:literal) => {
        concat!(
            "SELECT p.id, p.household_id, p.desk_id, p.author_id, p.name, p.reading, p.alias, p.birth, \
             p.died, p.gender, p.how_to_address, p.language, p.interpreter, p.address, p.phone, p.contact_wish, p.version, \
             COALESCE(m.relation, p.relation) AS relation, COALESCE(m.lives_together, FALSE) AS lives_together, \
             m.valid_from AS joined_on, m.valid_to AS left_on, (SELECT s.provider_desk_id FROM connecting_sheet s \
             WHERE s.municipality_id = p.municipality_id AND s.household_id = p.household_id \
             AND s.command_id = p.command_id AND s.state <> 'entered_in_error' LIMIT 1) AS provider_desk_id, \
             w.command_id AS planned_by, w.on_day AS planned_on, w.address AS planned_address \
             FROM person p LEFT JOIN planned_move w ON w.municipality_id = p.municipality_id AND w.person_id = p.id \
             AND w.ended_at IS NULL LEFT JOIN ",
            $membership,
            " WHERE p.municipality_id = ? AND p.disposed_at IS NULL AND ",
            $which
        )
    };
}

/// Those who stand.
const SELECT: &str = select!(
    "household_member m ON m.municipality_id = p.municipality_id AND m.person_id = p.id AND m.valid_from = (SELECT x.valid_from \
     FROM household_member x WHERE x.municipality_id = p.municipality_id AND x.person_id = p.id \
     ORDER BY CASE WHEN x.valid_to IS NULL THEN 0 ELSE 1 END, x.valid_from DESC LIMIT 1)",
    "p.in_error_id IS NULL"
);

/// Those who were written down by mistake, with what had stood.
const MISTAKEN: &str = select!(
    "person_error_member m ON m.municipality_id = p.municipality_id AND m.error_id = p.in_error_id AND m.valid_from = (\
     SELECT MAX(x.valid_from) FROM person_error_member x WHERE x.municipality_id = p.municipality_id \
     AND x.error_id = p.in_error_id)",
    "p.in_error_id IS NOT NULL"
);

/// The present members of a household, in the order they were recorded.
pub async fn members(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND m.household_id = ? AND m.valid_to IS NULL ORDER BY m.valid_from, p.id", args![household]);
    load(conn, viewer, statement).await
}

/// The present members of several households, in the order they were recorded.
pub async fn of_households(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND m.household_id IN", households)
        .push(" AND m.valid_to IS NULL ORDER BY m.valid_from, p.id", args![]);
    load(conn, viewer, statement).await
}

/// Those who left a household: what was written about them then still is.
pub async fn former_members(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality]).push(
        " AND m.household_id = ? AND m.valid_to IS NOT NULL ORDER BY m.valid_from, p.id",
        args![household],
    );
    load(conn, viewer, statement).await
}

/// Those who left several households: whom such a household goes by when nobody is left.
pub async fn former_of_households(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    households: impl IntoIterator<Item = HouseholdId>,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push_in(" AND m.household_id IN", households)
        .push(" AND m.valid_to IS NOT NULL ORDER BY m.valid_from, p.id", args![]);
    load(conn, viewer, statement).await
}

/// Those in the record of a household who never were members of it.
pub async fn kin(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let statement = Statement::new(SELECT, args![viewer.municipality])
        .push(" AND p.household_id = ? AND m.person_id IS NULL ORDER BY p.id", args![household]);
    load(conn, viewer, statement).await
}

/// Those who were written into the record of a household by mistake: as they were written down, for whoever could see them.
pub(crate) async fn mistaken(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    household: HouseholdId,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let statement = Statement::new(MISTAKEN, args![viewer.municipality])
        .push(" AND p.household_id = ? ORDER BY p.id", args![household]);
    load(conn, viewer, statement).await
}

/// One of them.
pub(crate) async fn mistaken_by_id(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    id: PersonId,
) -> Result<Option<Sealed<Person>>, Broken> {
    let statement = Statement::new(MISTAKEN, args![viewer.municipality]).push(" AND p.id = ?", args![id]);
    Ok(load(conn, viewer, statement).await?.pop())
}

/// These persons, in no particular order; whoever was written down by mistake is none.
pub async fn by_ids(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let ids: Vec<PersonId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::new(SELECT, args![viewer.municipality]).push_in(" AND p.id IN", ids);
    load(conn, viewer, statement).await
}

async fn load(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    statement: Statement,
) -> Result<Vec<Sealed<Person>>, Broken> {
    let rows = conn.select(statement).await?;
    let persons: Vec<(Person, Option<UserId>, Option<DeskId>)> = rows
        .iter()
        .map(|row| Ok((person(row)?, row.get("author_id")?, row.get("provider_desk_id")?)))
        .collect::<Result<_, Broken>>()?;
    let cases = subjects::cases_of(conn, viewer, persons.iter().map(|(p, _, _)| p.household)).await?;
    Ok(persons
        .into_iter()
        .map(|(p, author, provider)| {
            let facts = Facts {
                record: RecordRef::person(p.id),
                desk: p.desk,
                author,
                subjects: Subjects::Persons(vec![p.id]),
                categories: categories(),
                cases: cases.get(&p.household).cloned().unwrap_or_default(),
                // Whoever was recorded with a connecting sheet went to that provider with it.
                sent_to_provider: provider,
                confided_to: None,
            };
            Sealed::new(facts, p)
        })
        .collect())
}

fn person(row: &Row) -> Result<Person, Broken> {
    let partial = |text: Option<String>| text.as_deref().and_then(PartialDate::parse_iso);
    let died = partial(row.get("died")?);
    Ok(Person {
        id: row.get("id")?,
        household: row.get("household_id")?,
        desk: row.get("desk_id")?,
        version: row.get("version")?,
        died,
        // Whoever died moves no more.
        planned: planned::of_row(row)?.filter(|_| died.is_none()),
        card: None,
        joined: row.get("joined_on")?,
        left: row.get("left_on")?,
        known: NewPerson {
            name: row.get("name")?,
            reading: row.get("reading")?,
            alias: row.get("alias")?,
            birth: partial(row.get("birth")?),
            gender: row.get("gender")?,
            how_to_address: row.get("how_to_address")?,
            language: row.get("language")?,
            interpreter: row.get("interpreter")?,
            address: row.get("address")?,
            phone: row.get("phone")?,
            contact_wish: row.get("contact_wish")?,
            relation: row.get("relation")?,
            lives_together: row.get("lives_together")?,
        },
    })
}

/// The age band of a person on a day, for previews without identity; empty when the birth date is unknown.
pub fn age_band(person: &NewPerson, on: Day) -> String {
    person.birth.map(|b| b.age_band(on).as_str().to_owned()).unwrap_or_default()
}
