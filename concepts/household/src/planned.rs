//! 引っ越す予定: a move that was said ahead (domain section 2.1: residence is dated; a move proposes a hand-over). Until its day the address
//! of now stays the address, and on it the new one becomes the address by itself. That somebody will move stands among their events from
//! the beginning; where to waits here. It is part of what is known of the person ([`Person`]) as a contact fact, so that a shelter (支援措置)
//! keeps it like the address of now (disclosure rule 4, decision 0037).

use std::collections::{BTreeMap, BTreeSet};

use access::{Categories, Category, Content, Disclosed, Facts, Right, Sealed, System};
use engine::{Act, Broken, Bulk, Conn, Engine, Fail, Origin, Row, Statement, args};
use words::Day;
use words::address::fold_address;
use words::id::{CommandId, HouseholdId, MunicipalityId, PersonId};
use words::partial::PartialDate;

use crate::acts::member::{Follow, follow};
use crate::{Person, dwelling, findable, living, rules, sql};

/// Households moved in one act.
const AT_ONCE: usize = 50;

/// That somebody will move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The command that wrote it: the same for those who move together.
    pub by: CommandId,
    /// The day.
    pub on: Day,
    /// Where to; empty when that is not known.
    pub address: String,
}

/// Out of a row that joins `planned_move` as `w`.
pub(crate) fn of_row(row: &Row) -> Result<Option<Planned>, Broken> {
    let by: Option<CommandId> = row.get("planned_by")?;
    let on: Option<Day> = row.get("planned_on")?;
    let address: Option<String> = row.get("planned_address")?;
    Ok(by.zip(on).map(|(by, on)| Planned { by, on, address: address.unwrap_or_default() }))
}

/// A move of several people of a household that lies ahead, as far as this viewer may know it.
pub(crate) struct Ahead<'p> {
    pub what: &'p Planned,
    pub who: Vec<&'p Disclosed<Person>>,
}

/// The moves of these people that lie ahead, the next first.
pub(crate) fn ahead(people: &[Disclosed<Person>]) -> Vec<Ahead<'_>> {
    let mut all: Vec<Ahead<'_>> = Vec::new();
    for p in people {
        let Some(what) = &p.planned else { continue };
        match all.iter_mut().find(|a| a.what.by == what.by) {
            Some(known) => known.who.push(p),
            None => all.push(Ahead { what, who: vec![p] }),
        }
    }
    all.sort_by_key(|a| (a.what.on, a.what.by));
    all
}

/// Writes down where people will move to on a day.
pub(crate) async fn add(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    on: Day,
    people: impl IntoIterator<Item = (PersonId, &str)>,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut rows = Bulk::new(
        "INSERT INTO planned_move (municipality_id, command_id, person_id, household_id, on_day, address, address_key) VALUES",
        7,
    );
    for (person, address) in people {
        rows.row(args![m, command, person, household, on, address, fold_address(address)]);
    }
    rows.run(&mut act.save(right)?).await?;
    Ok(())
}

/// A move ahead that no longer lies there: who it is of, and which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Over {
    pub person: PersonId,
    pub by: CommandId,
}

/// Ends the moves ahead of these people of a household; of one command, where one is given. The moves that were ended.
pub(crate) async fn end(
    act: &mut Act,
    right: &Right,
    household: HouseholdId,
    (by, people): (Option<CommandId>, Option<&[PersonId]>),
) -> Result<Vec<Over>, Fail> {
    if people.is_some_and(<[PersonId]>::is_empty) {
        return Ok(Vec::new());
    }
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let mut statement = Statement::new(
        "UPDATE planned_move SET ended_at = ?, ended_command_id = ? WHERE municipality_id = ? AND household_id = ? \
         AND ended_at IS NULL",
        args![now, command, m, household],
    );
    if let Some(by) = by {
        statement = statement.push(" AND command_id = ?", args![by]);
    }
    if let Some(people) = people {
        statement = statement.push_in(" AND person_id IN", people.iter().copied());
    }
    let statement = statement.push(" RETURNING person_id, command_id", args![]);
    let mut over = Vec::new();
    for row in &act.save(right)?.select(statement).await? {
        over.push(Over { person: row.get("person_id")?, by: row.get("command_id")? });
    }
    Ok(over)
}

/// Which of these people were to move to this address, or somewhere not known yet: they did.
pub(crate) async fn to_there(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    people: &[PersonId],
    address: &str,
) -> Result<Vec<PersonId>, Broken> {
    let statement = Statement::new(
        "SELECT person_id FROM planned_move WHERE municipality_id = ? AND ended_at IS NULL \
         AND (address_key = ? OR address_key = '')",
        args![m, fold_address(address)],
    )
    .push_in(" AND person_id IN", people.iter().copied());
    conn.select(statement).await?.iter().map(|row| row.get("person_id")).collect()
}

/// Whether a move still lies ahead of somebody of those it was written for.
pub(crate) async fn somebody_moves(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    by: CommandId,
) -> Result<bool, Broken> {
    let sql = "SELECT person_id FROM planned_move WHERE municipality_id = $1 AND command_id = $2 AND ended_at IS NULL LIMIT 1";
    Ok(conn.maybe(sql, args![m, by]).await?.is_some())
}

/// What was written in the place of each plan of a household that is over: by the commands alone.
pub(crate) async fn instead(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
) -> Result<BTreeMap<CommandId, CommandId>, Broken> {
    conn.all(
        "SELECT command_id, ended_command_id FROM planned_move WHERE municipality_id = $1 AND household_id = $2 \
         AND ended_command_id IS NOT NULL",
        args![m, household],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("command_id")?, row.get("ended_command_id")?)))
    .collect()
}

/// Where somebody was to move by the plans that are over, by the command of each.
pub(crate) struct WasPlanned(pub BTreeMap<CommandId, String>);

impl Content for WasPlanned {}

/// The same of a person, sealed as a contact fact of theirs like the plan itself. Where others still moved without them, it is where those
/// live now: their address, and not told of whoever left.
pub(crate) async fn was_planned(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: &Facts,
) -> Result<Sealed<WasPlanned>, Broken> {
    let id: PersonId = person.record.id.cast();
    let rows = conn
        .all(
            "SELECT command_id, address FROM planned_move w WHERE municipality_id = $1 AND person_id = $2 \
             AND ended_at IS NOT NULL AND address <> '' AND NOT EXISTS (SELECT 1 FROM planned_move o \
             WHERE o.municipality_id = w.municipality_id AND o.command_id = w.command_id AND o.person_id <> w.person_id \
             AND (o.ended_at IS NULL OR o.ended_command_id <> w.ended_command_id))",
            args![m, id],
        )
        .await?;
    let of = |row: &Row| Ok((row.get("command_id")?, row.get("address")?));
    let was = rows.iter().map(of).collect::<Result<_, Broken>>()?;
    let facts = Facts { categories: Categories::NONE.with(Category::Contact), ..person.clone() };
    Ok(Sealed::new(facts, WasPlanned(was)))
}

/// The moves that lie ahead of people of a household: the commands that wrote them, and no more of them.
pub async fn ahead_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
) -> Result<Vec<CommandId>, Broken> {
    let sql = "SELECT DISTINCT command_id FROM planned_move WHERE municipality_id = $1 AND household_id = $2 AND ended_at IS NULL \
               ORDER BY command_id";
    conn.all(sql, args![m, household]).await?.iter().map(|row| row.get("command_id")).collect()
}

/// Where people will live, without ids: for the keys they are found by.
pub(crate) async fn plain(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, Vec<String>>, Broken> {
    let statement = Statement::new(
        "SELECT person_id, address FROM planned_move WHERE municipality_id = ? AND ended_at IS NULL AND address <> ''",
        args![m],
    )
    .push_in(" AND person_id IN", people);
    let mut addresses: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for row in &conn.select(statement).await? {
        addresses.entry(row.get("person_id")?).or_default().push(row.get("address")?);
    }
    Ok(addresses)
}

/// A move whose day has come.
struct Due {
    by: CommandId,
    household: HouseholdId,
    person: PersonId,
    on: Day,
    address: String,
    /// Where they live until now.
    before: String,
    /// Whether they are still there to move.
    there: bool,
}

async fn due(conn: &mut Conn<'_>, m: MunicipalityId, today: Day) -> Result<Vec<Due>, Broken> {
    conn.all(
        "SELECT w.command_id, w.household_id, w.person_id, w.on_day, w.address, p.address AS before, \
         CASE WHEN p.died IS NULL AND p.in_error_id IS NULL AND p.disposed_at IS NULL AND EXISTS (SELECT 1 \
         FROM household_member x WHERE x.municipality_id = w.municipality_id AND x.person_id = w.person_id \
         AND x.household_id = w.household_id AND x.valid_to IS NULL) THEN 'yes' ELSE '' END AS there \
         FROM planned_move w JOIN person p ON p.municipality_id = w.municipality_id AND p.id = w.person_id \
         WHERE w.municipality_id = $1 AND w.ended_at IS NULL AND w.on_day <= $2 ORDER BY w.on_day, w.command_id, w.person_id",
        args![m, today],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Due {
            by: row.get("command_id")?,
            household: row.get("household_id")?,
            person: row.get("person_id")?,
            on: row.get("on_day")?,
            address: row.get("address")?,
            before: row.get("before")?,
            there: !row.get::<String>("there")?.is_empty(),
        })
    })
    .collect()
}

/// Moves whoever was to move by today, in one municipality; how many people. Doing it again changes nothing.
pub async fn watch(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    let mut act =
        engine.system_act(System::Moves, m, Origin::Job, "household.move", &engine.now().iso()).await?;
    let right = Right::system(System::Moves);
    let today = act.now().day();
    let due = due(&mut act.facts()?, m, today).await?;
    let together: BTreeSet<(Day, CommandId)> = due.iter().map(|d| (d.on, d.by)).collect();
    let mut moved = 0;
    for (_, by) in together.into_iter().take(AT_ONCE) {
        let those: Vec<&Due> = due.iter().filter(|d| d.by == by).collect();
        moved += come_about(&mut act, &right, &those).await?;
    }
    if moved > 0 {
        act.commit("").await?;
    }
    Ok(moved)
}

/// The day of a move has come. Whoever died before it, or left the household, does not move with it.
async fn come_about(act: &mut Act, right: &Right, all: &[&Due]) -> Result<usize, Fail> {
    let Some(first) = all.first() else { return Ok(0) };
    for d in all.iter().filter(|d| d.there && !d.address.is_empty()) {
        if rules::keeps_address(&d.before, &d.address) {
            dwelling::keep(act, right, d.person, &d.before, PartialDate::of_day(d.on)).await?;
        }
        living::live_at(act, right, d.person, &d.address).await?;
    }
    end(act, right, first.household, (Some(first.by), None)).await?;
    let people: Vec<PersonId> = all.iter().map(|d| d.person).collect();
    findable::refresh(act, right, &people, &[]).await?;
    let there: Vec<PersonId> = all.iter().filter(|d| d.there).map(|d| d.person).collect();
    if !there.is_empty() {
        let m = act.municipality();
        let home_moves = !sql::somebody_stays(&mut act.facts()?, m, first.household, &there).await?;
        let to = Follow { on: first.on, address: &first.address, home_moves };
        follow(act, right, first.household, &to).await?;
        sql::next_version(act, right, first.household).await?;
    }
    Ok(all.len())
}
