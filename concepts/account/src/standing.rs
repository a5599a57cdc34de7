//! Who somebody is now, without a session: for work that goes on after they closed the page.

use access::Viewer;
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
    Ok(Some(Viewer { municipality, user, seats, excluded_from }))
}
