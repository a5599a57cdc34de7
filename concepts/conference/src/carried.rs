//! Whose consent carries a matter (R-046, domain sections 4.2 and 4.7): a conference that rests on consent is about certain persons, and
//! each of them has agreed that the conference may speak about them, to its secretariat.

use access::Right;
use consent::Consent;
use engine::{Act, Broken, Bulk, Conn, Fail, args};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, DeskId, HouseholdId, MatterId, MunicipalityId, PersonId};

use crate::rules::{Outcome, Whose};

/// The persons a matter is about, and who of them has agreed. Of a matter that names nobody, and of one in confidence: its whole
/// household as it is today.
pub async fn whose(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    matter: MatterId,
    today: Day,
) -> Result<Vec<Whose>, Broken> {
    let row = conn
        .one(
            "SELECT household_id, secretariat_desk_id FROM matter WHERE municipality_id = $1 AND id = $2",
            args![m, matter],
        )
        .await?;
    let (household, secretariat): (HouseholdId, DeskId) =
        (row.get("household_id")?, row.get("secretariat_desk_id")?);
    let named: Vec<PersonId> = conn
        .all(
            "SELECT p.person_id FROM matter_person p JOIN matter w ON w.municipality_id = p.municipality_id \
             AND w.id = p.matter_id WHERE p.municipality_id = $1 AND p.matter_id = $2 AND w.rests_on = 'consent'",
            args![m, matter],
        )
        .await?
        .iter()
        .map(|row| row.get("person_id"))
        .collect::<Result<_, _>>()?;
    let mut all = of_household(conn, m, household, secretariat, today).await?;
    if named.is_empty() {
        all.retain(|w| w.here);
    } else {
        all.retain(|w| named.contains(&w.person));
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
    let desk = register::heir(conn, m, secretariat, today).await?;
    let agency: Option<AgencyId> = conn
        .maybe("SELECT agency_id FROM desk WHERE municipality_id = $1 AND id = $2", args![m, desk])
        .await?
        .map(|row| row.get("agency_id"))
        .transpose()?;
    agreed(conn, m, household, &[(desk, agency)], today).await
}

async fn agreed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    to: &[(DeskId, Option<AgencyId>)],
    today: Day,
) -> Result<Vec<Whose>, Broken> {
    let rows = conn
        .all(
            "SELECT p.id, SUM(CASE WHEN h.valid_to IS NULL AND p.died IS NULL AND p.disposed_at IS NULL THEN 1 ELSE 0 END) \
             AS here, MIN(h.valid_from) AS since FROM household_member h JOIN person p ON p.municipality_id = h.municipality_id \
             AND p.id = h.person_id WHERE h.municipality_id = $1 AND h.household_id = $2 GROUP BY p.id ORDER BY since, p.id",
            args![m, household],
        )
        .await?;
    let people: Vec<(PersonId, bool)> = rows
        .iter()
        .map(|row| Ok((row.get("id")?, row.get::<i64>("here")? > 0)))
        .collect::<Result<_, Broken>>()?;
    let given = consent::of_persons(conn, m, people.iter().map(|(id, _)| *id)).await?;
    let speaks = |c: &Consent| to.iter().any(|(desk, agency)| c.lets_speak(*desk, *agency, today));
    Ok(people
        .into_iter()
        .map(|(person, here)| Whose {
            person,
            here,
            agreed: given.iter().any(|c| c.person == person && speaks(c)),
        })
        .collect())
}

/// Whether there is somebody in a household about whom a conference with consent could be held today: they live, are of it, and have
/// agreed to one, to a provider of multi-agency cooperation or to the secretariat of an open matter of theirs.
pub async fn consented(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    household: HouseholdId,
    today: Day,
) -> Result<bool, Broken> {
    let to: Vec<(DeskId, Option<AgencyId>)> = conn
        .all(
            "SELECT d.id, d.agency_id FROM desk d WHERE d.municipality_id = $1 AND d.valid_from <= $2 \
             AND (d.valid_to IS NULL OR d.valid_to >= $2) AND (d.programme = 'multi_agency' OR d.id IN (\
             SELECT x.secretariat_desk_id FROM matter x WHERE x.municipality_id = $1 AND x.household_id = $3 \
             AND x.closed_at IS NULL AND x.rests_on = 'consent'))",
            args![m, today, household],
        )
        .await?
        .iter()
        .map(|row| Ok((row.get("id")?, row.get("agency_id")?)))
        .collect::<Result<_, Broken>>()?;
    Ok(agreed(conn, m, household, &to, today).await?.iter().any(|w| w.here && w.agreed))
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
