//! Full text, the one big difference between the engines, behind three functions.
//!
//! A token is the desk's number, a mark, and a pair of characters: `2k¦介護`. A search therefore reads only the
//! postings of the viewer's own desks. Text nobody of them may find costs nothing and shows nothing, whatever
//! its amount. What is found is still sealed: the caller discloses it like any other record.

use words::Instant;
use words::id::{MunicipalityId, ThingId};

use crate::{Broken, Conn, args};

/// Between the desk's number and the pair: a token character for both engines, and never part of a pair.
const MARK: char = '¦';

/// One desk's token.
fn token(desk: i64, gram: &str) -> String {
    format!("{desk}{MARK}{gram}")
}

/// Makes a text findable for some desks, replacing what was indexed for it before.
pub async fn index(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    kind: &'static str,
    thing: ThingId,
    at: Instant,
    grams: &[String],
    desks: &[i64],
) -> Result<(), Broken> {
    remove(conn, municipality, kind, thing).await?;
    if grams.is_empty() || desks.is_empty() {
        return Ok(());
    }
    let tokens: Vec<String> = desks.iter().flat_map(|d| grams.iter().map(|g| token(*d, g))).collect();
    let text = tokens.join(" ");
    if conn.is_sqlite() {
        let row = conn
            .one(
                "INSERT INTO search_doc (municipality_id, kind, thing_id, at) VALUES ($1, $2, $3, $4) RETURNING docid",
                args![municipality, kind, thing, at],
            )
            .await?;
        conn.exec(
            "INSERT INTO search_grams (rowid, grams) VALUES ($1, $2)",
            args![row.get::<i64>("docid")?, text],
        )
        .await?;
    } else {
        conn.exec(
            "INSERT INTO search_doc (municipality_id, kind, thing_id, at, grams) \
             VALUES ($1, $2, $3, $4, array_to_tsvector(string_to_array($5, ' ')))",
            args![municipality, kind, thing, at, text],
        )
        .await?;
    }
    Ok(())
}

/// Forgets a text.
pub async fn remove(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    kind: &'static str,
    thing: ThingId,
) -> Result<(), Broken> {
    if conn.is_sqlite() {
        let old = conn
            .maybe(
                "DELETE FROM search_doc WHERE municipality_id = $1 AND kind = $2 AND thing_id = $3 RETURNING docid",
                args![municipality, kind, thing],
            )
            .await?;
        if let Some(row) = old {
            conn.exec("DELETE FROM search_grams WHERE rowid = $1", args![row.get::<i64>("docid")?]).await?;
        }
    } else {
        conn.exec(
            "DELETE FROM search_doc WHERE municipality_id = $1 AND kind = $2 AND thing_id = $3",
            args![municipality, kind, thing],
        )
        .await?;
    }
    Ok(())
}

/// Things whose text holds all `grams`, newest first, as far as one of `desks` may find them.
/// Pairs can occur apart in a text: the caller looks for the word itself in what is
/// disclosed.
pub async fn find(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    kind: &'static str,
    grams: &[String],
    desks: &[i64],
    before: Option<i64>,
    most: i64,
) -> Result<Vec<(i64, ThingId)>, Broken> {
    if grams.is_empty() || desks.is_empty() {
        return Ok(Vec::new());
    }
    let before = before.unwrap_or(i64::MAX);
    let rows = if conn.is_sqlite() {
        let wanted = desks
            .iter()
            .map(|d| {
                let all: Vec<String> = grams.iter().map(|g| format!("\"{}\"", token(*d, g))).collect();
                format!("({})", all.join(" AND "))
            })
            .collect::<Vec<_>>()
            .join(" OR ");
        conn.all(
            "SELECT d.docid, d.thing_id FROM search_grams JOIN search_doc d ON d.docid = search_grams.rowid \
             WHERE search_grams MATCH $1 AND search_grams.rowid < $4 AND d.municipality_id = $2 AND d.kind = $3 \
             ORDER BY search_grams.rowid DESC LIMIT $5",
            args![wanted, municipality, kind, before, most],
        )
        .await?
    } else {
        let wanted = desks
            .iter()
            .map(|d| {
                let all: Vec<String> = grams.iter().map(|g| format!("'{}'", token(*d, g))).collect();
                format!("({})", all.join(" & "))
            })
            .collect::<Vec<_>>()
            .join(" | ");
        conn.all(
            "SELECT docid, thing_id FROM search_doc WHERE grams @@ CAST($1 AS tsquery) AND municipality_id = $2 \
             AND kind = $3 AND docid < $4 ORDER BY docid DESC LIMIT $5",
            args![wanted, municipality, kind, before, most],
        )
        .await?
    };
    rows.iter().map(|row| Ok((row.get("docid")?, row.get("thing_id")?))).collect()
}
