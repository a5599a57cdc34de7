//! Who somebody is now, without a session: for work that goes on after they closed the page.

use access::{UrgentFact, Viewer};
use engine::{Broken, Conn, args};
use words::Instant;
use words::id::{MunicipalityId, UserId};

use crate::sql;

/// Somebody with the appointments in force at this moment; `None` for an account that was closed. Asked anew for
/// every step of long work, so that what ends takes effect at the next one (disclosure rule 5).
pub async fn viewer_now(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    now: Instant,
) -> Result<Option<Viewer>, Broken> {
    let open = conn
        .maybe(
            "SELECT id FROM app_user WHERE municipality_id = $1 AND id = $2 AND disabled_at IS NULL",
            args![municipality, user],
        )
        .await?;
    if open.is_none() {
        return Ok(None);
    }
    let seats = register::seats(conn, municipality, user, now.day()).await?;
    let excluded_from = sql::excluded_from(conn, municipality, user, now).await?;
    // Work that goes on after the page was closed is no emergency: it opens nothing by an urgent look.
    Ok(Some(Viewer { municipality, user, seats, excluded_from, urgent: Vec::new() }))
}

/// The urgent looks of somebody that hold now (緊急の保護).
pub(crate) async fn urgent_looks(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    now: Instant,
) -> Result<Vec<UrgentFact>, Broken> {
    conn.all(
        "SELECT id, desk_id, case_id, from_at, until_at FROM urgent_look WHERE municipality_id = $1 \
         AND user_id = $2 AND ended_at IS NULL AND until_at > $3 ORDER BY until_at, id",
        args![municipality, user, now],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(UrgentFact {
            look: row.get("id")?,
            user,
            desk: row.get("desk_id")?,
            case: row.get("case_id")?,
            from: row.get("from_at")?,
            until: row.get("until_at")?,
        })
    })
    .collect()
}
