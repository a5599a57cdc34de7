//! Whose consent carries a matter (R-046, domain sections 4.2 and 4.7): a conference that rests on consent is about certain persons, and
//! each of them has agreed that the conference may speak about them, to its secretariat.

use std::collections::BTreeSet;

use access::Right;
use consent::{Because, Consent, ConsentState, Purpose, Recipient, Then};
use engine::{Act, Broken, Bulk, Conn, Fail, Statement, args};
use words::code::Code;
use words::id::{AgencyId, DeskId, HouseholdId, MatterId, MunicipalityId, PersonId};
use words::{Day, Instant};

use crate::rules::{self, Outcome, Whose};

/// The persons a matter is about, and who of them has agreed. Of a matter that names nobody, and of one in confidence: its whole
/// household as it is today.
pub async fn whose(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    today: Day,
) -> Result<Vec<Whose>, Broken> {
    named(conn, m, matter, (today, None)).await
}

/// Whether consent carried a matter on a day that has passed: those it is about now, whatever became of their consents since. Where it is
/// known when the conference was over, a consent withdrawn later on that day carried it.
pub async fn carried_on(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    (then, over): (Day, Option<Instant>),
    today: Day,
) -> Result<bool, Broken> {
    let then = Then { day: then, over };
    Ok(rules::carried(&named(conn, m, matter, (today, Some(then))).await?))
}

async fn named(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    (today, then): (Day, Option<Then>),
) -> Result<Vec<Whose>, Broken> {
    let row = conn
        .one(
            "SELECT household_id, secretariat_desk_id FROM matter WHERE municipality_id = $1 AND id = $2",
            args![m, matter],
        )
        .await?;
    let (household, secretariat): (HouseholdId, DeskId) =
        (row.get("household_id")?, row.get("secretariat_desk_id")?);
    let chosen: Vec<PersonId> = conn
        .all(
            "SELECT p.person_id FROM matter_person p JOIN matter w ON w.municipality_id = p.municipality_id \
             AND w.id = p.matter_id WHERE p.municipality_id = $1 AND p.matter_id = $2 AND w.rests_on = 'consent'",
            args![m, matter],
        )
        .await?
        .iter()
        .map(|row| row.get("person_id"))
        .collect::<Result<_, _>>()?;
    let mut to = secretariat_of(conn, m, secretariat, today).await?;
    if then.is_some() {
        // On that day it was the desk itself, whatever became of it since.
        to.push((secretariat, agency_of(conn, m, secretariat).await?));
    }
    let mut all = agreed(conn, m, household, &to, (today, then)).await?;
    if chosen.is_empty() {
        all.retain(|w| w.here);
    } else {
        all.retain(|w| chosen.contains(&w.person));
    }
    Ok(all)
}

/// Everybody who is or was of a household: who lives and is of it today, and who has agreed to a conference of this secretariat. What
/// was agreed with a desk that has ended does not pass to its heir silently.
pub(crate) async fn of_household(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    secretariat: DeskId,
    today: Day,
) -> Result<Vec<Whose>, Broken> {
    let to = secretariat_of(conn, m, secretariat, today).await?;
    agreed(conn, m, household, &to, (today, None)).await
}

async fn secretariat_of(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    secretariat: DeskId,
    today: Day,
) -> Result<Vec<(DeskId, Option<AgencyId>)>, Broken> {
    let desk = register::heir(conn, m, secretariat, today).await?;
    Ok(vec![(desk, agency_of(conn, m, desk).await?)])
}

async fn agency_of(conn: &mut Conn<'_>, m: MunicipalityId, desk: DeskId) -> Result<Option<AgencyId>, Broken> {
    conn.maybe("SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2", args![m, desk])
        .await?
        .map(|row| row.get("agency_id"))
        .transpose()
}

async fn agreed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    to: &[(DeskId, Option<AgencyId>)],
    (today, then): (Day, Option<Then>),
) -> Result<Vec<Whose>, Broken> {
    let people = of_it(conn, m, household).await?;
    let given = consent::of_persons(conn, m, people.iter().map(|(id, _)| *id)).await?;
    let speaks = |c: &Consent| {
        to.iter().any(|(desk, agency)| match then {
            None => c.lets_speak(*desk, *agency, today),
            Some(then) => c.let_speak(*desk, *agency, (then, &given)),
        })
    };
    Ok(people
        .into_iter()
        .map(|(person, here)| Whose {
            person,
            here,
            agreed: given.iter().any(|c| c.person == person && speaks(c)),
        })
        .collect())
}

/// The desks that consents to conferences of a household name, each by itself: one that is named sits there before one of which nobody spoke.
pub async fn named_to_confer(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    today: Day,
) -> Result<Vec<DeskId>, Broken> {
    let people = of_it(conn, m, household).await?;
    let given = consent::of_persons(conn, m, people.iter().map(|(id, _)| *id)).await?;
    let meant = given.iter().filter(|c| c.holds_on(today) && c.meant_for(Purpose::Conference));
    let named = meant.flat_map(|c| &c.recipients).filter(|(_, since)| since.is_some());
    let desk = |to: &Recipient| match to {
        Recipient::Desk(desk) => Some(*desk),
        Recipient::Agency(_) => None,
    };
    Ok(named.filter_map(|(to, _)| desk(to)).collect())
}

/// Whether there is somebody in a household about whom a conference with consent could be held today: they live, are of it, and have
/// agreed to one, to a provider of multi-agency cooperation or to the secretariat of an open matter of theirs.
pub async fn consented(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    today: Day,
) -> Result<bool, Broken> {
    with(conn, m, household, secretariats(m, household, today), (&BTreeSet::new(), today)).await
}

/// The same, as far as there is somebody at that desk who could hold it. A post that nobody has is no conference: what rests on one alone
/// would wait for ever. `dead`: who has died as whoever asks knows beside the cards ([`household::known_dead`]).
pub async fn holdable(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    (dead, today): (&BTreeSet<PersonId>, Day),
) -> Result<bool, Broken> {
    let statement = secretariats(m, household, today).push(
        " AND EXISTS (SELECT 1 FROM appointment a JOIN post p ON p.municipality_id = a.municipality_id AND p.id = a.post_id \
         JOIN app_user u ON u.municipality_id = a.municipality_id AND u.id = a.user_id \
         WHERE a.municipality_id = d.municipality_id AND p.desk_id = d.id AND p.role = 'coordinator' \
         AND u.disabled_at IS NULL AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?))",
        args![today, today],
    );
    with(conn, m, household, statement, (dead, today)).await
}

/// The desks a conference with consent about a household could be held by.
fn secretariats(m: MunicipalityId, household: HouseholdId, today: Day) -> Statement {
    Statement::new(
        "SELECT d.id, d.agency_id FROM desk d WHERE d.municipality_id = ? AND d.valid_from <= ? \
         AND (d.valid_to IS NULL OR d.valid_to >= ?) AND (d.programme = 'multi_agency' OR d.id IN (\
         SELECT x.secretariat_desk_id FROM matter x WHERE x.municipality_id = ? AND x.household_id = ? \
         AND x.closed_at IS NULL AND x.rests_on = 'consent'))",
        args![m, today, today, m, household],
    )
}

async fn with(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    secretariats: Statement,
    (dead, today): (&BTreeSet<PersonId>, Day),
) -> Result<bool, Broken> {
    let to: Vec<(DeskId, Option<AgencyId>)> = conn
        .select(secretariats)
        .await?
        .iter()
        .map(|row| Ok((row.get("id")?, row.get("agency_id")?)))
        .collect::<Result<_, Broken>>()?;
    let lives = |w: &Whose| w.here && !dead.contains(&w.person);
    Ok(agreed(conn, m, household, &to, (today, None)).await?.iter().any(|w| lives(w) && w.agreed))
}

/// What became of the consents to conferences of a household.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Agreed {
    /// One was withdrawn, or another one took its place, or whoever gave it was set aside.
    pub withdrawn: bool,
    /// The last day of one is over.
    pub expired: bool,
    /// One of somebody who lives and is of it goes on, whoever it names.
    pub goes_on: bool,
}

/// What everybody who is or was of a household had agreed to, as far as it was meant for conferences. `dead` as in [`holdable`].
pub async fn agreed_once(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    (dead, today): (&BTreeSet<PersonId>, Day),
) -> Result<Agreed, Broken> {
    let people = of_it(conn, m, household).await?;
    let given = consent::of_persons(conn, m, people.iter().map(|(id, _)| *id)).await?;
    let mut found = Agreed::default();
    for c in given.iter().filter(|c| c.meant_for(Purpose::Conference)) {
        let here = !dead.contains(&c.person) && people.iter().any(|(id, here)| *here && *id == c.person);
        match c.state {
            ConsentState::EnteredInError => {}
            // It ended with the person: nobody took anything back.
            ConsentState::Withdrawn if c.because == Some(Because::Died) => {}
            ConsentState::Withdrawn | ConsentState::Superseded => found.withdrawn = true,
            ConsentState::Given => {
                found.withdrawn |= c.set_aside_at.is_some();
                found.expired |= c.until.is_some_and(|until| until < today);
                found.goes_on |= here && c.holds_on(today);
            }
        }
    }
    Ok(found)
}

/// Everybody who is or was of a household, and whether they live and are of it today.
pub(crate) async fn of_it(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
) -> Result<Vec<(PersonId, bool)>, Broken> {
    conn.all(
        "SELECT p.id, SUM(CASE WHEN h.valid_to IS NULL AND p.died IS NULL AND p.disposed_at IS NULL THEN 1 ELSE 0 END) \
         AS here, MIN(h.valid_from) AS since FROM household_member h JOIN person p ON p.municipality_id = h.municipality_id \
         AND p.id = h.person_id WHERE h.municipality_id = $1 AND h.household_id = $2 GROUP BY p.id ORDER BY since, p.id",
        args![m, household],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get::<i64>("here")? > 0)))
    .collect()
}

/// Whether a matter was opened by mistake: nothing that was decided in it stands.
pub async fn is_mistake(conn: &mut Conn<'_>, m: MunicipalityId, matter: MatterId) -> Result<bool, Broken> {
    let row = conn
        .one("SELECT outcome FROM matter WHERE municipality_id = $1 AND id = $2", args![m, matter])
        .await?;
    Ok(row.get::<String>("outcome")? == Outcome::EnteredInError.code())
}

/// Says whom a matter is about.
pub(crate) async fn name(
    act: &mut Act,
    right: &Right,
    matter: MatterId,
    persons: impl IntoIterator<Item = PersonId>,
) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let mut conn = act.save(right)?;
    conn.exec("DELETE FROM matter_person WHERE municipality_id = $1 AND matter_id = $2", args![m, matter])
        .await?;
    let mut rows =
        Bulk::new("INSERT INTO matter_person (municipality_id, matter_id, person_id, command_id) VALUES", 4);
    for person in persons {
        rows.row(args![m, matter, person, command]);
    }
    rows.run(&mut conn).await?;
    Ok(())
}
