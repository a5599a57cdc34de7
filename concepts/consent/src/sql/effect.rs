//! What was agreed to for an act that has yet to take place: a referral that waits for its acceptance.

use engine::{Broken, Conn, Statement, args};
use words::Day;
use words::id::{ConsentId, MunicipalityId, ThingId};

use crate::rules::Consent;

/// The consents that were given for this act alone.
async fn given_for(conn: &mut Conn<'_>, m: MunicipalityId, of: ThingId) -> Result<Vec<Consent>, Broken> {
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

/// Whether an act can still take effect: not where all that was agreed to for it has ended meanwhile, and no article carries it.
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
    if given_for(conn, m, of).await?.is_empty() || !still_begin(conn, m, of, today).await?.is_empty() {
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
