//! A death that stands on one record of a person, where another record of the same person says nothing of it (decision 0043).
//!
//! Records of one person are linked, not merged (decision 0022): what is written on one stays there. Of a death, whoever sees both
//! records is told on the other one as well: nobody telephones somebody of whom the system knows that they died. It is computed at each
//! look from what was disclosed, and copied nowhere.
//!
//! A desk with open work about the household of the other record gets a review like every desk at which somebody died, if everybody there
//! may see both records now. Nobody else gets one: that something is to be reviewed would tell that there is another record (disclosure
//! rule 2).

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Facts, Reader, Right, Sealed, Viewer};
use engine::{Act, Broken, Fail, Look, Statement, args};
use site::{T, link};
use task::{TaskKind, TaskState};
use words::id::{CaseId, CommandId, DeskId, HouseholdId, PersonId, UserId};
use words::partial::PartialDate;

use crate::sql::OpenWork;
use crate::{Narrow, Person, Reasons, acts, person, rules, sql, twice};

/// That somebody has died, as another record of them says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiedElsewhere {
    /// The person as recorded here.
    pub person: PersonId,
    /// What they are called here.
    pub name: String,
    /// When they died, as the other record says.
    pub day: PartialDate,
    /// The page of the person on the other record.
    pub href: String,
}

impl DiedElsewhere {
    /// Of these two records, the death that stands on the other one alone.
    pub fn of(here: &Person, there: &Person) -> Option<Self> {
        let day = there.died.filter(|_| here.died.is_none())?;
        Some(Self { person: here.id, name: here.called().to_owned(), day, href: link::person(there.id) })
    }

    /// It, on the page of the person.
    pub fn words(&self, t: &T) -> String {
        t.f("elsewhere.died", "day", t.partial_date(self.day))
    }

    /// It, on a page about several people.
    pub fn words_of(&self, t: &T) -> String {
        let name = match self.name.as_str() {
            "" => t.s("entry_view.someone").to_owned(),
            name => t.f("happened_says.name", "name", name),
        };
        t.fs("elsewhere.died_of", &[("name", name), ("day", t.partial_date(self.day))])
    }
}

/// Which of these people have died as another record of them says, as far as this viewer sees both. On screens alone: what a paper says of
/// a record is what stands in it.
pub async fn died(
    look: &mut Look,
    members: &[Disclosed<Person>],
    reasons: &mut Reasons,
) -> Result<Vec<DiedElsewhere>, Broken> {
    if look.reader() != Reader::Screen {
        return Ok(Vec::new());
    }
    let living: Vec<PersonId> = members.iter().filter(|p| p.died.is_none()).map(|p| p.id).collect();
    let also = twice::also_of(look, &living, Narrow::default(), |_, p| p.died.is_some()).await?;
    for (_, p) in &also {
        reasons.of(p);
    }
    Ok(among(members, &also))
}

/// Records that people linked to these, as far as they are asked for; what is not is passed by, and nobody has looked at it.
pub async fn recorded(
    look: &mut Look,
    of: &[PersonId],
    narrow: Narrow<'_>,
) -> Result<Vec<(PersonId, Disclosed<Person>)>, Broken> {
    twice::also_of(look, of, narrow, |_, _| true).await
}

/// The same of what was loaded already.
pub(crate) fn among(
    members: &[Disclosed<Person>],
    also: &[(PersonId, Disclosed<Person>)],
) -> Vec<DiedElsewhere> {
    let there = |here: &Disclosed<Person>| {
        also.iter().filter(|(of, _)| *of == here.id).find_map(|(_, there)| DiedElsewhere::of(here, there))
    };
    members.iter().filter_map(there).collect()
}

/// A link of somebody: the other record, and the commands that confirmed it.
struct Linked {
    other: PersonId,
    confirmed_by: Vec<CommandId>,
}

async fn links(act: &mut Act, of: PersonId) -> Result<Vec<Linked>, Fail> {
    let m = act.municipality();
    let rows = act
        .facts()?
        .select(Statement::new(
            "SELECT q.person_b AS other, s.command_id FROM same_pair q JOIN same_step s \
             ON s.municipality_id = q.municipality_id AND s.pair_id = q.id AND s.step = 'confirm' \
             WHERE q.municipality_id = ? AND q.person_a = ? AND q.state = 'same' \
             UNION ALL SELECT q.person_a AS other, s.command_id FROM same_pair q JOIN same_step s \
             ON s.municipality_id = q.municipality_id AND s.pair_id = q.id AND s.step = 'confirm' \
             WHERE q.municipality_id = ? AND q.person_b = ? AND q.state = 'same'",
            args![m, of, m, of],
        ))
        .await?;
    let mut links: BTreeMap<PersonId, Vec<CommandId>> = BTreeMap::new();
    for row in &rows {
        links.entry(row.get("other")?).or_default().push(row.get("command_id")?);
    }
    Ok(links.into_iter().map(|(other, confirmed_by)| Linked { other, confirmed_by }).collect())
}

/// A record as the rule asks about it: whose household, whether somebody is written down as dead, and what a decision is made on. Nothing
/// of it is shown to anybody.
struct Side {
    id: PersonId,
    household: HouseholdId,
    died: bool,
    facts: Facts,
}

/// These records, with every case that keeps somebody out of them.
async fn records(act: &mut Act, of: [PersonId; 2]) -> Result<Vec<Side>, Fail> {
    let Some(viewer) = act.viewer().cloned() else { return Err(Fail::NotVisible) };
    let m = act.municipality();
    let sealed = person::by_ids(&mut act.facts()?, &viewer, of).await?;
    let statement = Statement::new(
        "SELECT id, household_id, CASE WHEN died IS NULL THEN 0 ELSE 1 END AS died FROM person \
         WHERE municipality_id = ?",
        args![m],
    )
    .push_in(" AND id IN", of);
    let mut found = Vec::new();
    for row in &act.facts()?.select(statement).await? {
        let (id, household): (PersonId, HouseholdId) = (row.get("id")?, row.get("household_id")?);
        let Some(facts) = sealed.iter().map(Sealed::facts).find(|f| f.record.id == id.cast()) else {
            continue;
        };
        let cases = sql::cases(&mut act.facts()?, m, household).await?;
        let facts = Facts { cases, ..facts.clone() };
        found.push(Side { id, household, died: row.get::<i64>("died")? == 1, facts });
    }
    Ok(found)
}

/// The people of these desks who read what their desk has, with what they are kept out of.
async fn staff(
    act: &mut Act,
    desks: &BTreeSet<DeskId>,
    cases: &[CaseId],
) -> Result<BTreeMap<DeskId, Vec<Viewer>>, Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.facts()?;
    let mut kept_out: BTreeMap<UserId, Vec<CaseId>> = BTreeMap::new();
    for (user, case) in sql::kept_out(&mut conn, municipality, cases, now).await? {
        kept_out.entry(user).or_default().push(case);
    }
    let mut staff: BTreeMap<DeskId, Vec<Viewer>> = BTreeMap::new();
    for (user, seats) in register::all_seats(&mut conn, municipality, now.day()).await? {
        for desk in desks {
            let mut seats = seats.clone();
            // What they have at another desk is not this desk's.
            seats.retain(|s| s.holds(*desk) && s.role.reads_desk_records());
            if !seats.is_empty() {
                let excluded_from = kept_out.get(&user).cloned().unwrap_or_default();
                let viewer = Viewer { municipality, user, seats, excluded_from, urgent: Vec::new() };
                staff.entry(*desk).or_default().push(viewer);
            }
        }
    }
    Ok(staff)
}

/// Reviews for the desks with open work about the households of records that are linked to this one, on which somebody died. How many of
/// them are for the desks of whoever writes it.
pub(crate) async fn review(act: &mut Act, right: &Right, dead: &Disclosed<Person>) -> Result<usize, Fail> {
    let mut made = 0;
    for link in links(act, dead.id).await? {
        made += tell(act, right, [dead.id, link.other]).await?;
    }
    Ok(made)
}

/// Two records were linked: where one of them says that the person has died and the other does not, the desks with open work about the other
/// household are asked to review it.
pub async fn linked(act: &mut Act, right: &Right, [a, b]: [PersonId; 2]) -> Result<(), Fail> {
    let there = records(act, [a, b]).await?;
    let died = |id: PersonId| there.iter().any(|side| side.id == id && side.died);
    match (died(a), died(b)) {
        (true, false) => tell(act, right, [a, b]).await?,
        (false, true) => tell(act, right, [b, a]).await?,
        _ => 0,
    };
    Ok(())
}

async fn tell(act: &mut Act, right: &Right, [dead, other]: [PersonId; 2]) -> Result<usize, Fail> {
    let there = records(act, [dead, other]).await?;
    let Some(here) = there.iter().find(|side| side.id == other) else { return Ok(0) };
    if there.len() < 2 || here.died {
        return Ok(0);
    }
    let (m, now) = (act.municipality(), act.now());
    let open = sql::open_work(&mut act.facts()?, m, here.household).await?;
    let facts: Vec<Facts> = there.iter().map(|side| side.facts.clone()).collect();
    let cases: Vec<CaseId> = facts.iter().flat_map(|f| f.cases.iter().copied()).collect();
    let desks = open.iter().map(|w| w.desk).collect();
    let staff = staff(act, &desks, &cases).await?;
    let evidence = act.evidence_of_everybody(&facts).await?;
    // Whoever writes it is told of the reviews of their own desks: of others they may know no more than the other record.
    let own = act.viewer().map(Viewer::reading_desks).unwrap_or_default();
    let (due, mut made) = (acts::review_due(now), 0);
    for work in &open {
        let of_desk = staff.get(&work.desk).map_or(&[][..], Vec::as_slice);
        if rules::may_be_told(of_desk, &facts, &evidence, now) {
            acts::review_of(act, right, work, due).await?;
            made += usize::from(own.contains(&work.desk));
        }
    }
    Ok(made)
}

/// The open work about the households of records that are linked to this one.
pub(crate) async fn work(act: &mut Act, of: PersonId) -> Result<Vec<OpenWork>, Fail> {
    let m = act.municipality();
    let mut open = Vec::new();
    for link in links(act, of).await? {
        if let Some(household) = home(act, link.other).await? {
            open.extend(sql::open_work(&mut act.facts()?, m, household).await?);
        }
    }
    Ok(open)
}

async fn home(act: &mut Act, of: PersonId) -> Result<Option<HouseholdId>, Fail> {
    let m = act.municipality();
    let row = act
        .facts()?
        .maybe("SELECT household_id FROM person WHERE municipality_id = $1 AND id = $2", args![m, of])
        .await?;
    Ok(row.map(|row| row.get("household_id")).transpose()?)
}

/// A death was wrong: the reviews that a link made of it are needed no more.
pub(crate) async fn taken_back(act: &mut Act, right: &Right, of: PersonId) -> Result<(), Fail> {
    for link in links(act, of).await? {
        end(act, right, link.other, &link.confirmed_by).await?;
    }
    Ok(())
}

/// Two records are linked no more: what one of them says of a death is no matter of the other one. Asked before the link is undone.
pub async fn unlinked(act: &mut Act, right: &Right, [a, b]: [PersonId; 2]) -> Result<(), Fail> {
    for (one, other) in [(a, b), (b, a)] {
        let Some(link) = links(act, one).await?.into_iter().find(|l| l.other == other) else { continue };
        let m = act.municipality();
        let rows = act
            .facts()?
            .all(
                "SELECT command_id FROM person_event WHERE municipality_id = $1 AND person_id = $2 AND kind = 'died'",
                args![m, one],
            )
            .await?;
        let mut made_by = link.confirmed_by;
        for row in &rows {
            made_by.extend(row.get::<Option<CommandId>>("command_id")?);
        }
        end(act, right, other, &made_by).await?;
    }
    Ok(())
}

/// Ends the open reviews that these commands made about the household of this record.
async fn end(act: &mut Act, right: &Right, of: PersonId, made_by: &[CommandId]) -> Result<(), Fail> {
    let Some(household) = home(act, of).await? else { return Ok(()) };
    let (m, due) = (act.municipality(), acts::review_due(act.now()));
    for work in sql::open_work(&mut act.facts()?, m, household).await? {
        let ids =
            task::open_of_commands(&mut act.facts()?, m, &work.about(), TaskKind::Review, made_by).await?;
        for id in &ids {
            task::end(act, right, *id, TaskState::Cancelled, "corrected").await?;
        }
        if !ids.is_empty() {
            acts::settle(act, right, work.about(), due).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewPerson;

    fn person(n: u128, died: Option<&str>) -> Person {
        Person {
            id: words::Id::new(uuid::Uuid::from_u128(n)),
            household: words::Id::new(uuid::Uuid::from_u128(n + 10)),
            desk: words::Id::new(uuid::Uuid::from_u128(7)),
            version: 1,
            known: NewPerson::default(),
            died: died.and_then(PartialDate::parse_iso),
            joined: None,
            left: None,
            planned: None,
            card: None,
        }
    }

    #[test]
    fn a_death_is_told_where_it_does_not_stand() {
        let (dead, living) = (person(1, Some("2026-11-10")), person(2, None));
        let told = DiedElsewhere::of(&living, &dead).unwrap();
        assert_eq!((told.person, told.href), (living.id, link::person(dead.id)));
        assert_eq!(DiedElsewhere::of(&dead, &living), None);
        assert_eq!(DiedElsewhere::of(&dead, &person(3, Some("2026-11"))), None, "it stands on both");
        assert_eq!(DiedElsewhere::of(&living, &person(3, None)), None);
    }
}
