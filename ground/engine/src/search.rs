//! Full text, the one big difference between the engines, behind a few functions.
//!
//! A token is the desk's number, a letter for the kind of thing, a mark, and a pair of characters: `2¦介護` in a text, `2p¦介護` in a name. A
//! search therefore reads only the postings of the viewer's own desks, and of the kind that is looked for. Text nobody of them may find costs nothing and shows nothing, whatever
//! its amount. What is found is still sealed: the caller discloses it like any other record.

use words::Instant;
use words::id::{MunicipalityId, ThingId};

use crate::{Broken, Bulk, Conn, Statement, args};

/// Between the desk's number and the pair: a token character for both engines, and never part of a pair.
const MARK: char = '¦';
/// Stands in the index for the `^` that marks the beginning of a name: to FTS5 a `^` is space between two tokens,
/// and two tokens in one place cannot be looked for here.
const BEGINNING: &str = "¬";

/// The letter of a kind: names and addresses are few among very many texts, and are found without passing through those.
fn letter(kind: &str) -> &'static str {
    match kind {
        "person" => "p",
        "person_where" => "w",
        _ => "",
    }
}

/// One desk's token.
fn token(desk: i64, kind: &str, gram: &str) -> String {
    format!("{desk}{}{MARK}{}", letter(kind), gram.replace('^', BEGINNING))
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
    let tokens: Vec<String> = desks.iter().flat_map(|d| grams.iter().map(|g| token(*d, kind, g))).collect();
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

/// A text to be made findable together with many others.
pub struct Doc {
    /// What kind of thing it belongs to.
    pub kind: &'static str,
    /// Which one.
    pub thing: ThingId,
    /// When it happened.
    pub at: Instant,
    /// Its pairs of characters.
    pub grams: Vec<String>,
    /// Numbers of the desks that may find it.
    pub desks: Vec<i64>,
}

/// Makes many texts findable in few statements. They must be new, and in order of time: later ones are found
/// first. What may have been indexed before is forgotten first ([`remove_many`]).
pub async fn index_many(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    docs: impl IntoIterator<Item = Doc>,
) -> Result<(), Broken> {
    let mut docs = docs.into_iter().filter(|d| !d.grams.is_empty() && !d.desks.is_empty()).peekable();
    let sqlite = conn.is_sqlite();
    while docs.peek().is_some() {
        if sqlite {
            into_grams(conn, municipality, docs.by_ref()).await?;
        } else {
            into_vectors(conn, municipality, docs.by_ref()).await?;
        }
    }
    Ok(())
}

/// One document's tokens, one after another.
fn tokens(doc: &Doc) -> String {
    let tokens = doc.desks.iter().flat_map(|d| doc.grams.iter().map(|g| token(*d, doc.kind, g)));
    tokens.collect::<Vec<_>>().join(" ")
}

/// The next documents, on SQLite. FTS5 puts what it has gathered into its tables whenever a statement of several rows begins, and
/// merges such pieces again and again: so all rows about the documents come first, and then one text after another.
async fn into_grams(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    docs: &mut impl Iterator<Item = Doc>,
) -> Result<(), Broken> {
    const ROWS: usize = 4_096;
    let mut last: i64 =
        conn.one("SELECT COALESCE(MAX(docid), 0) AS docid FROM search_doc", args![]).await?.get("docid")?;
    let mut rows = Bulk::new("INSERT INTO search_doc (docid, municipality_id, kind, thing_id, at) VALUES", 5);
    let mut texts = Vec::new();
    for doc in docs.take(ROWS) {
        last += 1;
        texts.push((last, tokens(&doc)));
        rows.row(args![last, municipality, doc.kind, doc.thing, doc.at]);
    }
    rows.run(conn).await?;
    for (docid, text) in texts {
        conn.exec("INSERT INTO search_grams (rowid, grams) VALUES ($1, $2)", args![docid, text]).await?;
    }
    Ok(())
}

/// The next documents, on PostgreSQL. One size of statement for nearly all of them, so that it is prepared once.
async fn into_vectors(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    docs: &mut impl Iterator<Item = Doc>,
) -> Result<(), Broken> {
    const ROWS: usize = 256;
    let mut statement =
        Statement::new("INSERT INTO search_doc (municipality_id, kind, thing_id, at, grams) VALUES", args![]);
    for (n, doc) in docs.take(ROWS).enumerate() {
        statement = statement.push(if n == 0 { " " } else { "," }, args![]).push(
            "(?, ?, ?, ?, array_to_tsvector(string_to_array(?, ' ')))",
            args![municipality, doc.kind, doc.thing, doc.at, tokens(&doc)],
        );
    }
    conn.run(statement).await?;
    Ok(())
}

/// Forgets many texts of one kind in few statements.
pub async fn remove_many(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    kind: &'static str,
    things: Vec<ThingId>,
) -> Result<(), Broken> {
    if things.is_empty() {
        return Ok(());
    }
    if conn.is_sqlite() {
        let old = Statement::new(
            "DELETE FROM search_doc WHERE municipality_id = ? AND kind = ? AND thing_id IN",
            args![municipality, kind],
        )
        .push_in("", things)
        .push(" RETURNING docid", args![]);
        let rows = conn.select(old).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.get("docid")).collect::<Result<_, _>>()?;
        if !ids.is_empty() {
            conn.run(Statement::new("DELETE FROM search_grams WHERE rowid IN", args![]).push_in("", ids))
                .await?;
        }
    } else {
        let old = Statement::new(
            "DELETE FROM search_doc WHERE municipality_id = ? AND kind = ? AND thing_id IN",
            args![municipality, kind],
        );
        conn.run(old.push_in("", things)).await?;
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

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Things of this kind …
    pub kind: &'static str,
    /// … whose text holds all of these pairs. Pairs can occur apart in a text: the caller looks for the word itself in what is disclosed.
    pub grams: &'a [String],
    /// Those that are older than this place in the index.
    pub before: Option<i64>,
    /// So many at most.
    pub most: i64,
}

impl<'a> Wanted<'a> {
    /// The newest of a kind that hold these pairs.
    pub fn of(kind: &'static str, grams: &'a [String], most: i64) -> Self {
        Self { kind, grams, before: None, most }
    }
}

/// Places in the index, with the things that stand there.
pub type Hits = Vec<(i64, ThingId)>;

/// What is wanted, each newest first, as far as one of `desks` may find it.
pub async fn find<const N: usize>(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    wanted: [Wanted<'_>; N],
    desks: &[i64],
) -> Result<[Hits; N], Broken> {
    let mut found = [const { Hits::new() }; N];
    if desks.is_empty() {
        return Ok(found);
    }
    if conn.is_sqlite() {
        for (found, wanted) in found.iter_mut().zip(wanted) {
            *found = in_file(conn, municipality, wanted, desks).await?;
        }
        return Ok(found);
    }
    let mut statement = Statement::new("", args![]);
    let mut joined = "";
    for (nth, Wanted { kind, grams, before, most }) in (0_i64..).zip(wanted) {
        if grams.is_empty() {
            continue;
        }
        let all = either(desks, kind, grams, ('\'', " & "), " | ");
        // In the municipality the transaction stands in: see `wall.rs`.
        statement = statement.push(joined, args![]).push(
            "SELECT CAST(? AS BIGINT) AS nth, docid, thing_id FROM search_find(?, ?, ?, ?)",
            args![nth, all, kind, before.unwrap_or(i64::MAX), most],
        );
        joined = " UNION ALL ";
    }
    if joined.is_empty() {
        return Ok(found);
    }
    // One way to the server and back, whatever is wanted.
    for row in &conn.select(statement.push(" ORDER BY 1, 2 DESC", args![])).await? {
        let nth = usize::try_from(row.get::<i64>("nth")?).ok().and_then(|nth| found.get_mut(nth));
        if let Some(hits) = nth {
            hits.push((row.get("docid")?, row.get("thing_id")?));
        }
    }
    Ok(found)
}

async fn in_file(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    Wanted { kind, grams, before, most }: Wanted<'_>,
    desks: &[i64],
) -> Result<Hits, Broken> {
    if grams.is_empty() {
        return Ok(Hits::new());
    }
    let all = either(desks, kind, grams, ('"', " AND "), " OR ");
    let rows = conn
        .all(
            "SELECT d.docid, d.thing_id FROM search_grams JOIN search_doc d ON d.docid = search_grams.rowid \
             WHERE search_grams MATCH $1 AND search_grams.rowid < $4 AND d.municipality_id = $2 AND d.kind = $3 \
             ORDER BY search_grams.rowid DESC LIMIT $5",
            args![all, municipality, kind, before.unwrap_or(i64::MAX), most],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("docid")?, row.get("thing_id")?))).collect()
}

/// Among whom a number is sought by its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbered {
    /// Those of whom a copy of the log was asked for: their numbers are what papers show.
    Reported,
    /// Everybody.
    Person,
}

/// The people whose number ends with these digits (hexadecimal, small). A number is sixteen bytes in one engine and a type of its own in the
/// other, so each is asked in its own words; what does not fit never leaves the database.
pub async fn ending(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    among: Numbered,
    digits: &str,
) -> Result<Vec<ThingId>, Broken> {
    let sql = match (among, conn.is_sqlite()) {
        (Numbered::Reported, true) => {
            "SELECT DISTINCT person_id AS id FROM access_report WHERE municipality_id = $1 \
             AND LOWER(HEX(person_id)) LIKE '%' || $2"
        }
        (Numbered::Reported, false) => {
            "SELECT DISTINCT person_id AS id FROM access_report WHERE municipality_id = $1 \
             AND REPLACE(CAST(person_id AS TEXT), '-', '') LIKE '%' || $2"
        }
        (Numbered::Person, true) => {
            "SELECT id FROM person WHERE municipality_id = $1 AND LOWER(HEX(id)) LIKE '%' || $2"
        }
        (Numbered::Person, false) => {
            "SELECT id FROM person WHERE municipality_id = $1 \
             AND REPLACE(CAST(id AS TEXT), '-', '') LIKE '%' || $2"
        }
    };
    // Of a sign that is no digit nothing is asked: it could stand for others.
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(Vec::new());
    }
    let rows = conn.all(sql, args![municipality, digits.to_ascii_lowercase()]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// All pairs, of one of the desks, as an engine reads it.
fn either(desks: &[i64], kind: &str, grams: &[String], (quote, and): (char, &str), or: &str) -> String {
    let of = |desk: &i64| {
        let all = grams.iter().map(|g| format!("{quote}{}{quote}", token(*desk, kind, g)));
        format!("({})", all.collect::<Vec<_>>().join(and))
    };
    desks.iter().map(of).collect::<Vec<_>>().join(or)
}
