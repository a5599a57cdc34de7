//! The seal on the access log: one hash chain per municipality, written by a single sealer.

use sha2::{Digest, Sha256};
use words::Instant;
use words::id::{AccessId, MunicipalityId};

use crate::act::hex;
use crate::conn::Open;
use crate::ctx::Db;
use crate::wall::{self, Place};
use crate::{Broken, Bulk, Conn, Engine, Row, args};

/// The newest link of a chain: kept outside the system, it shows later whether rows were cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Whose chain.
    pub municipality: MunicipalityId,
    /// Number of sealed rows.
    pub seq: i64,
    /// Hash of the newest link.
    pub hash: String,
}

/// What a check of a chain found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// A row was changed after sealing (or a link was): the link's number.
    Edited(i64),
    /// A sealed row is gone: the link's number.
    Removed(i64),
    /// The chain is shorter than the head that was exported: length now, length then.
    Truncated(i64, i64),
    /// The chain differs from the exported head at the head's own link.
    Forked(i64),
}

const COLUMNS: &str = "l.id, l.at, l.user_id, l.appointment_id, l.channel, l.action, l.record_kind, l.record_id, \
                       l.categories, l.basis, l.source_id";

/// How far back rows without a link are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Among those made an hour before the newest sealed one or later: what the sealer does all day. An id begins with its moment,
    /// so the log's length does not matter.
    Recent,
    /// Among all of them, which are read without holding up anybody who writes: once when the program starts and once a day,
    /// for what a clock that was set back, or a write of more than an hour, left behind.
    Whole,
}

/// How long before the newest sealed row one without a link can have been made, in milliseconds.
const LAG: u128 = 3_600_000;

/// Seals the oldest rows that have no link yet, as many as one turn takes; the number sealed. Run by one task of the server at a time.
pub async fn seal(engine: &Engine, reach: Reach) -> Result<usize, Broken> {
    let mut begin = Vec::new();
    if reach == Reach::Whole {
        for (municipality, _) in crate::check::municipalities(engine).await? {
            let oldest = oldest(engine, municipality).await?;
            begin.extend(oldest.map(|row| Ok::<_, Broken>((municipality, row.get("id")?))).transpose()?);
        }
        if begin.is_empty() {
            return Ok(0);
        }
    }
    let begin = (reach == Reach::Whole).then_some(begin.as_slice());
    match engine.db() {
        Db::Sqlite { writing, .. } => {
            let mut act = Box::new(writing.begin().await?);
            let sealed = seal_all(&mut act.conn(), begin).await?;
            act.commit().await?;
            Ok(sealed)
        }
        Db::Pg(pool) => {
            let mut tx = wall::begin(pool, Place::Nowhere, false).await?;
            let mut conn = Conn::Pg(&mut tx);
            conn.exec("SELECT pg_advisory_xact_lock(7062)", args![]).await?;
            let sealed = seal_all(&mut conn, begin).await?;
            tx.commit().await?;
            Ok(sealed)
        }
    }
}

/// `begin` names the chains to go on with and the first row of each; without it every chain goes on near its newest row.
async fn seal_all(
    conn: &mut Conn<'_>,
    begin: Option<&[(MunicipalityId, uuid::Uuid)]>,
) -> Result<usize, Broken> {
    let mut sealed = 0;
    for row in conn.all("SELECT municipality_id FROM municipality ORDER BY municipality_id", args![]).await? {
        let municipality: MunicipalityId = row.get("municipality_id")?;
        let from = begin.map(|b| b.iter().find(|(m, _)| *m == municipality).map(|(_, from)| *from));
        if from == Some(None) {
            continue;
        }
        wall::stand_in(conn, municipality).await?;
        sealed += seal_one(conn, municipality, from.flatten()).await?;
    }
    Ok(sealed)
}

/// The newest link of one chain.
async fn newest(conn: &mut Conn<'_>, municipality: MunicipalityId) -> Result<Option<Row>, Broken> {
    conn.maybe(
        "SELECT seq, log_id, hash FROM access_seal WHERE municipality_id = $1 ORDER BY seq DESC LIMIT 1",
        args![municipality],
    )
    .await
}

/// The smallest id that a row made an hour before this one can have (UUIDv7: 48 bits of milliseconds come first).
fn an_hour_before(id: uuid::Uuid) -> uuid::Uuid {
    const MOMENT: u32 = 80;
    uuid::Uuid::from_u128((id.as_u128() >> MOMENT).saturating_sub(LAG) << MOMENT)
}

async fn seal_one(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    from: Option<uuid::Uuid>,
) -> Result<usize, Broken> {
    let (mut seq, mut hash, near) = match newest(conn, municipality).await? {
        Some(row) => (row.get::<i64>("seq")?, row.get::<String>("hash")?, an_hour_before(row.get("log_id")?)),
        None => (0, String::new(), uuid::Uuid::nil()),
    };
    let rows = conn
        .select(crate::Statement::new("SELECT ", args![]).push(COLUMNS, args![]).push(
            " FROM access_log l WHERE l.municipality_id = ? AND l.id >= ? AND NOT EXISTS (SELECT 1 \
                     FROM access_seal s WHERE s.municipality_id = l.municipality_id AND s.log_id = l.id) \
                     ORDER BY l.id LIMIT 20000",
            args![municipality, from.unwrap_or(near)],
        ))
        .await?;
    let mut bulk = Bulk::new("INSERT INTO access_seal (municipality_id, seq, log_id, hash) VALUES", 4);
    for row in &rows {
        seq += 1;
        hash = link(&hash, row)?;
        bulk.row(args![municipality, seq, row.get::<AccessId>("id")?, &hash]);
    }
    bulk.run(conn).await?;
    Ok(rows.len())
}

fn link(previous: &str, row: &Row) -> Result<String, Broken> {
    let part = |id: Option<uuid::Uuid>| id.map(|u| u.to_string()).unwrap_or_default();
    let line = [
        previous.to_owned(),
        row.get::<uuid::Uuid>("id")?.to_string(),
        row.get::<String>("at")?,
        part(row.get("user_id")?),
        part(row.get("appointment_id")?),
        row.get("channel")?,
        row.get("action")?,
        row.get("record_kind")?,
        row.get::<uuid::Uuid>("record_id")?.to_string(),
        row.get::<i64>("categories")?.to_string(),
        row.get("basis")?,
        part(row.get("source_id")?),
    ]
    .join("\u{1f}");
    Ok(hex(&Sha256::digest(line)))
}

/// The newest link of every chain.
pub async fn heads(engine: &Engine) -> Result<Vec<Head>, Broken> {
    with_conn(engine, Place::Nowhere, async |conn| {
        let mut heads = Vec::new();
        for row in
            conn.all("SELECT municipality_id FROM municipality ORDER BY municipality_id", args![]).await?
        {
            let municipality: MunicipalityId = row.get("municipality_id")?;
            wall::stand_in(conn, municipality).await?;
            if let Some(row) = newest(conn, municipality).await? {
                heads.push(Head { municipality, seq: row.get("seq")?, hash: row.get("hash")? });
            }
        }
        Ok(heads)
    })
    .await
}

/// Walks one chain and compares it with a head exported earlier.
pub async fn verify(
    engine: &Engine,
    municipality: MunicipalityId,
    head: Option<&Head>,
) -> Result<Vec<Flaw>, Broken> {
    with_conn(engine, Place::In(municipality), async |conn| {
        let mut flaws = Vec::new();
        let mut previous = String::new();
        let mut seq = 0_i64;
        loop {
            let rows = conn
                .select(
                    crate::Statement::new("SELECT s.seq, s.hash, s.log_id, ", args![])
                        .push(COLUMNS, args![])
                        .push(
                            " FROM access_seal s LEFT JOIN access_log l ON l.municipality_id = s.municipality_id \
                             AND l.id = s.log_id WHERE s.municipality_id = ? AND s.seq > ? ORDER BY s.seq LIMIT 5000",
                            args![municipality, seq],
                        ),
                )
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let this: i64 = row.get("seq")?;
                let stored: String = row.get("hash")?;
                for missing in seq + 1..this {
                    flaws.push(Flaw::Removed(missing));
                }
                if row.get::<Option<uuid::Uuid>>("id")?.is_none() {
                    flaws.push(Flaw::Removed(this));
                } else if link(&previous, row)? != stored {
                    flaws.push(Flaw::Edited(this));
                }
                if let Some(h) = head.filter(|h| h.seq == this)
                    && h.hash != stored
                {
                    flaws.push(Flaw::Forked(this));
                }
                previous = stored;
                seq = this;
            }
        }
        if let Some(h) = head.filter(|h| h.seq > seq) {
            flaws.push(Flaw::Truncated(seq, h.seq));
        }
        Ok(flaws)
    })
    .await
}

pub(crate) async fn with_conn<T>(
    engine: &Engine,
    place: Place<'_>,
    work: impl AsyncFnOnce(&mut Conn<'_>) -> Result<T, Broken>,
) -> Result<T, Broken> {
    match engine.db() {
        Db::Sqlite { readers, .. } => {
            let mut tx = readers.begin().await?;
            work(&mut tx.conn()).await
        }
        Db::Pg(pool) => {
            let mut tx = wall::begin(pool, place, true).await?;
            work(&mut Conn::Pg(&mut tx)).await
        }
    }
}

/// The oldest row without a link, if any.
async fn oldest(engine: &Engine, municipality: MunicipalityId) -> Result<Option<Row>, Broken> {
    with_conn(engine, Place::In(municipality), async |conn| {
        conn.maybe(
            "SELECT l.id, l.at FROM access_log l WHERE l.municipality_id = $1 AND NOT EXISTS (SELECT 1 \
             FROM access_seal s WHERE s.municipality_id = l.municipality_id AND s.log_id = l.id) \
             ORDER BY l.id LIMIT 1",
            args![municipality],
        )
        .await
    })
    .await
}

/// Its moment: `check` warns when the sealer has stopped.
pub async fn oldest_unsealed(
    engine: &Engine,
    municipality: MunicipalityId,
) -> Result<Option<Instant>, Broken> {
    oldest(engine, municipality).await?.map(|row| row.get("at")).transpose()
}

#[cfg(test)]
mod tests {
    use super::an_hour_before;

    #[test]
    fn an_hour_is_taken_from_the_moment_in_an_id() {
        let of = |millis: u64| uuid::Builder::from_unix_timestamp_millis(millis, &[0xff; 10]).into_uuid();
        let from = an_hour_before(of(1_795_000_000_000));
        assert!(of(1_794_996_399_999) < from && from < of(1_794_996_400_000));
        assert_eq!(an_hour_before(of(5)), uuid::Uuid::nil());
    }
}
