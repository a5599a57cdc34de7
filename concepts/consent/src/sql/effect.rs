//! What was agreed to for an act that has yet to take place: a referral that waits for its acceptance.

use engine::{Broken, Conn, Statement, args};
use words::Day;
use words::id::{ConsentId, MunicipalityId, ThingId};

use crate::rules::{Consent, Recipient};

/// The consents that were given for this act alone.
pub(crate) async fn given_for(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: ThingId,
) -> Result<Vec<Consent>, Broken> {
    let statement = Statement::new(super::SELECT, args![m]).push(
        " AND c.id IN (SELECT consent_id FROM consent_recipient WHERE municipality_id = ? AND referral_id = ?)",
        args![m, of],
    );
    super::load(conn, m, statement).await
}

/// Those of them that can still begin: somebody may have died, or taken back their word, since it was given.
pub(crate) async fn still_begin(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: ThingId,
    today: Day,
) -> Result<Vec<ConsentId>, Broken> {
    let given = given_for(conn, m, of).await?;
    let lives = super::lives(conn, m, given.iter().map(|c| c.person)).await?;
    let can = |c: &&Consent| c.may_begin(lives.get(&c.person).copied().unwrap_or_default(), today);
    Ok(given.iter().filter(can).map(|c| c.id).collect())
}

/// Whether somebody was asked anew while the act waited: one that took the place of theirs, or of that one, holds for the same desk or for a
/// body.
async fn renewed(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    given: &[Consent],
    today: Day,
) -> Result<bool, Broken> {
    let after = |of: &[Consent]| -> Vec<ConsentId> {
        of.iter().filter_map(|c| c.followed_by.map(|(id, _)| id)).collect()
    };
    let named = |r: &Recipient| {
        let theirs = |g: &Consent| *r != Recipient::Desk(g.desk) && g.recipients.iter().any(|(x, _)| x == r);
        matches!(r, Recipient::Agency(_)) || given.iter().any(theirs)
    };
    let mut next = after(given);
    while !next.is_empty() {
        let statement = Statement::new(super::SELECT, args![m]).push_in(" AND c.id IN", next);
        let found = super::load(conn, m, statement).await?;
        let lives = super::lives(conn, m, found.iter().map(|c| c.person)).await?;
        let goes_on = |c: &Consent| {
            c.may_begin(lives.get(&c.person).copied().unwrap_or_default(), today)
                && (!c.fields.is_empty() || c.recipients.iter().any(|(r, _)| named(r)))
        };
        if found.iter().any(goes_on) {
            return Ok(true);
        }
        next = after(&found);
    }
    Ok(false)
}

/// Whether an act can still take effect: not where all that was agreed to for it has ended meanwhile, nothing took its place, and no article
/// carries it.
/// What rests on consents that hold already, or on nothing, is carried as before.
///
/// # Errors
/// When the database cannot be asked.
pub async fn carried(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    of: ThingId,
    today: Day,
) -> Result<bool, Broken> {
    let given = given_for(conn, m, of).await?;
    if given.is_empty()
        || !still_begin(conn, m, of, today).await?.is_empty()
        || renewed(conn, m, &given, today).await?
    {
        return Ok(true);
    }
    let provided = conn
        .maybe(
            "SELECT 1 AS there FROM provision WHERE municipality_id = $1 AND act_id = $2 AND ended_at IS NULL LIMIT 1",
            args![m, of],
        )
        .await?;
    Ok(provided.is_some())
}
