//! Who may find what by searching, kept in step with who was given what. The index only ever proposes: what it
//! proposes is still decided on, so a stale row costs time, never a secret.

use std::collections::BTreeSet;

use access::Right;
use engine::{Act, Fail, Statement, args, search};
use words::Instant;
use words::id::{EntryId, PersonId};

use crate::person::{NewPerson, search_grams};

/// Makes these records findable for every desk that wrote them or was given them: called by whoever shares
/// something or ends a share.
pub async fn refresh(
    act: &mut Act,
    right: &Right,
    persons: &[PersonId],
    entries: &[EntryId],
) -> Result<(), Fail> {
    for id in persons {
        refresh_person(act, right, *id).await?;
    }
    for id in entries {
        refresh_entry(act, right, *id).await?;
    }
    Ok(())
}

async fn refresh_person(act: &mut Act, right: &Right, id: PersonId) -> Result<(), Fail> {
    let (municipality, now) = (act.municipality(), act.now());
    let mut conn = act.save(right)?;
    let Some(row) = conn
        .maybe(
            "SELECT name, reading, alias, phone FROM person WHERE municipality_id = $1 AND id = $2",
            args![municipality, id],
        )
        .await?
    else {
        return Ok(());
    };
    let known = NewPerson {
        name: row.get("name")?,
        reading: row.get("reading")?,
        alias: row.get("alias")?,
        phone: row.get("phone")?,
        ..NewPerson::default()
    };
    let rows = conn
        .all(
            "SELECT d.seq FROM desk d WHERE d.municipality_id = $1 AND (d.id = (SELECT desk_id FROM person \
             WHERE municipality_id = $1 AND id = $2) OR d.id IN (SELECT v.desk_id FROM provision v \
             WHERE v.municipality_id = $1 AND v.record_id = $2 AND v.effective_from IS NOT NULL) \
             OR d.id IN (SELECT r.recipient_id FROM consent c JOIN consent_recipient r \
             ON r.municipality_id = c.municipality_id AND r.consent_id = c.id WHERE c.municipality_id = $1 \
             AND c.person_id = $2 AND c.state = 'given' AND r.effective_from IS NOT NULL) \
             OR d.agency_id IN (SELECT r.recipient_id FROM consent c JOIN consent_recipient r \
             ON r.municipality_id = c.municipality_id AND r.consent_id = c.id WHERE c.municipality_id = $1 \
             AND c.person_id = $2 AND c.state = 'given' AND r.effective_from IS NOT NULL))",
            args![municipality, id],
        )
        .await?;
    let desks: BTreeSet<i64> = rows.iter().map(|r| r.get("seq")).collect::<Result<_, _>>()?;
    let desks: Vec<i64> = desks.into_iter().collect();
    search::index(&mut conn, municipality, "person", id.cast(), now, &search_grams(&known), &desks).await?;
    Ok(())
}

async fn refresh_entry(act: &mut Act, right: &Right, id: EntryId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let mut conn = act.save(right)?;
    let Some(row) = conn
        .maybe(
            "SELECT body, occurred_at FROM entry WHERE municipality_id = $1 AND id = $2",
            args![municipality, id],
        )
        .await?
    else {
        return Ok(());
    };
    let (body, at): (String, Instant) = (row.get("body")?, row.get("occurred_at")?);
    let rows = conn
        .select(
            Statement::new(
                "SELECT d.seq FROM desk d WHERE d.municipality_id = ? AND (d.id = (SELECT desk_id FROM entry \
                 WHERE municipality_id = d.municipality_id AND id = ?)",
                args![municipality, id],
            )
            .push(
                " OR d.id IN (SELECT v.desk_id FROM provision v WHERE v.municipality_id = ? AND v.record_id = ? \
                 AND v.effective_from IS NOT NULL)",
                args![municipality, id],
            )
            .push(
                " OR d.id IN (SELECT r.recipient_id FROM entry e JOIN entry_subject s \
                 ON s.municipality_id = e.municipality_id AND s.entry_id = e.id \
                 JOIN consent c ON c.municipality_id = e.municipality_id AND c.person_id = s.person_id \
                 JOIN consent_recipient r ON r.municipality_id = c.municipality_id AND r.consent_id = c.id \
                 WHERE e.municipality_id = ? AND e.id = ? AND c.state = 'given' AND r.effective_from IS NOT NULL)",
                args![municipality, id],
            )
            .push(
                " OR d.id IN (SELECT r.recipient_id FROM entry e JOIN household_member m \
                 ON m.municipality_id = e.municipality_id AND m.household_id = e.household_id \
                 JOIN consent c ON c.municipality_id = e.municipality_id AND c.person_id = m.person_id \
                 JOIN consent_recipient r ON r.municipality_id = c.municipality_id AND r.consent_id = c.id \
                 WHERE e.municipality_id = ? AND e.id = ? AND e.whole_household AND c.state = 'given' \
                 AND r.effective_from IS NOT NULL))",
                args![municipality, id],
            ),
        )
        .await?;
    let desks: BTreeSet<i64> = rows.iter().map(|r| r.get("seq")).collect::<Result<_, _>>()?;
    let desks: Vec<i64> = desks.into_iter().collect();
    let grams = words::bigram::bigrams(&words::fold::fold(&body));
    search::index(&mut conn, municipality, "entry", id.cast(), at, &grams, &desks).await?;
    Ok(())
}
