//! What happens to people: they come, leave, live apart, move, die. Dated, and one version on each time; what it was stays among the
//! events.

use access::{Category, Disclosed, Right};
use engine::{Act, Fail, args};
use words::Day;
use words::id::{HouseholdId, PersonId};
use words::partial::PartialDate;

use crate::Person;

/// A person leaves the household: dated, nothing is rewritten. The day is the last one in it.
pub async fn leave(act: &mut Act, right: &Right, id: PersonId, last: Day) -> Result<(), Fail> {
    bump(act, right, id).await?;
    end_membership(act, right, id, last).await
}

/// The same of one of several who leave together: it is the household's version that was read.
pub(crate) async fn leave_together(
    act: &mut Act,
    right: &Right,
    id: PersonId,
    last: Day,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE person SET version = version + 1 WHERE municipality_id = $1 AND id = $2",
            args![municipality, id],
        )
        .await?;
    end_membership(act, right, id, last).await
}

async fn end_membership(act: &mut Act, right: &Right, id: PersonId, last: Day) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE household_member SET valid_to = $3 \
             WHERE municipality_id = $1 AND person_id = $2 AND valid_to IS NULL",
            args![municipality, id, last],
        )
        .await?;
    Ok(())
}

/// A person died. They stay a member and a subject of what was written: death is a task to look consents and
/// facts through, not a blackout (domain section 4.2).
pub async fn die(act: &mut Act, right: &Right, id: PersonId, died: PartialDate) -> Result<(), Fail> {
    let municipality = act.municipality();
    bump(act, right, id).await?;
    act.save(right)?
        .exec(
            "UPDATE person SET died = $3 WHERE municipality_id = $1 AND id = $2",
            args![municipality, id, died.to_string()],
        )
        .await?;
    Ok(())
}

/// A death that was wrong is taken back.
pub async fn live(act: &mut Act, right: &Right, id: PersonId) -> Result<(), Fail> {
    let municipality = act.municipality();
    bump(act, right, id).await?;
    act.save(right)?
        .exec("UPDATE person SET died = NULL WHERE municipality_id = $1 AND id = $2", args![municipality, id])
        .await?;
    Ok(())
}

/// A departure that was wrong is taken back: the latest membership goes on.
pub async fn stay(act: &mut Act, right: &Right, id: PersonId) -> Result<(), Fail> {
    let municipality = act.municipality();
    bump(act, right, id).await?;
    act.save(right)?
        .exec(
            "UPDATE household_member SET valid_to = NULL WHERE municipality_id = $1 AND person_id = $2 \
             AND valid_from = (SELECT MAX(x.valid_from) FROM household_member x \
             WHERE x.municipality_id = $1 AND x.person_id = $2)",
            args![municipality, id],
        )
        .await?;
    Ok(())
}

/// Somebody in the record of a household becomes a member of it, from a day on. A membership lies behind the one before in the table
/// also where that was only written down on this day: the true day stands among the events.
pub(crate) async fn join(
    act: &mut Act,
    right: &Right,
    (household, id): (HouseholdId, PersonId),
    on: Day,
    relation: &str,
    together: bool,
) -> Result<(), Fail> {
    let (municipality, command) = (act.municipality(), act.command());
    bump(act, right, id).await?;
    let before: Option<Day> = act
        .facts()?
        .one(
            "SELECT MAX(valid_from) AS before FROM household_member WHERE municipality_id = $1 AND person_id = $2",
            args![municipality, id],
        )
        .await?
        .get("before")?;
    let on = before.map_or(on, |before| on.max(before.plus_days(1)));
    act.save(right)?
        .exec(
            "INSERT INTO household_member (municipality_id, household_id, person_id, relation, lives_together, \
             valid_from, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![municipality, household, id, relation, together, on, command],
        )
        .await?;
    Ok(())
}

/// A coming that was wrong is taken back; what was written stays among the events.
pub(crate) async fn unjoin(act: &mut Act, right: &Right, id: PersonId) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "DELETE FROM household_member WHERE municipality_id = $1 AND person_id = $2 AND valid_to IS NULL",
            args![municipality, id],
        )
        .await?;
    Ok(())
}

/// Whether a member lives together with the others from now on.
pub(crate) async fn live_together(
    act: &mut Act,
    right: &Right,
    id: PersonId,
    together: bool,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE household_member SET lives_together = $3 \
             WHERE municipality_id = $1 AND person_id = $2 AND valid_to IS NULL",
            args![municipality, id, together],
        )
        .await?;
    Ok(())
}

/// A person moves. Who does not see where they live does not change it; an address that is not told leaves the old one.
pub(crate) async fn move_to(
    act: &mut Act,
    right: &Right,
    person: &Disclosed<Person>,
    address: &str,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    let known = !address.is_empty() && person.shown().has(Category::Contact);
    let address = if known { address } else { &person.known.address };
    let key = words::address::fold_address(address);
    let mut conn = act.save(right)?;
    if known {
        conn.exec(
            "UPDATE person SET address = $3, address_key = $4 WHERE municipality_id = $1 AND id = $2",
            args![municipality, person.id, address, key],
        )
        .await?;
    }
    conn.exec(
        "UPDATE person SET version = version + 1 WHERE municipality_id = $1 AND id = $2",
        args![municipality, person.id],
    )
    .await?;
    Ok(())
}

/// A move that was said ahead has come about: the new address is the address.
pub(crate) async fn live_at(act: &mut Act, right: &Right, id: PersonId, address: &str) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE person SET address = $3, address_key = $4, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2",
            args![municipality, id, address, words::address::fold_address(address)],
        )
        .await?;
    Ok(())
}

/// One version on; the one that was read must be the current one.
pub(crate) async fn bump(act: &mut Act, right: &Right, id: PersonId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let base = act.base_version().unwrap_or(0);
    let changed = act
        .save(right)?
        .exec(
            "UPDATE person SET version = version + 1 WHERE municipality_id = $1 AND id = $2 AND version = $3",
            args![municipality, id, base],
        )
        .await?;
    if changed == 0 { Err(Fail::Stale) } else { Ok(()) }
}
