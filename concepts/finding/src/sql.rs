//! Saved searches, and what was opened last. Every statement names the person.

use access::{Disclosed, Right, System};
use engine::{Act, Broken, Conn, Engine, Fail, Look, Origin, Row, args};
use household::Person;
use site::Fields;
use words::id::{MunicipalityId, PersonId, ThingId, UserId};

/// Searches that one person can save.
pub const MOST_SAVED: usize = 20;

/// Days without use after which a saved search is thrown away, unless the municipality has set another number.
pub const KEPT_DAYS: i64 = 365;

/// The setting of it.
pub const KEPT_KEY: &str = "saved_search_days";

/// Rows of the log that are gone through for what was opened last, rows of it that are read, and people opened of them. Who works through
/// lists all day leaves a hundred rows a page: the log is not gone through from its beginning for that.
const GONE_THROUGH: i64 = 3_000;
const ROWS: i64 = 300;
const PEOPLE: usize = 24;

/// A saved search of this person's own.
pub struct Saved {
    /// Its id.
    pub id: ThingId,
    /// The name they gave it.
    pub name: String,
    /// What was typed.
    pub fields: Fields,
}

fn row(row: &Row) -> Result<Saved, Broken> {
    Ok(Saved {
        id: row.get("id")?,
        name: row.get("name")?,
        fields: Fields::parse(row.get::<String>("fields")?.as_bytes()),
    })
}

/// The saved searches of this person, newest first.
pub async fn saved(conn: &mut Conn<'_>, m: MunicipalityId, author: UserId) -> Result<Vec<Saved>, Broken> {
    conn.all(
        "SELECT id, name, fields FROM saved_search WHERE municipality_id = $1 AND author_id = $2 \
         ORDER BY saved_at DESC, id",
        args![m, author],
    )
    .await?
    .iter()
    .map(row)
    .collect()
}

/// One saved search of this person; somebody else's is none.
pub async fn by_id(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    author: UserId,
    id: ThingId,
) -> Result<Option<Saved>, Broken> {
    conn.maybe(
        "SELECT id, name, fields FROM saved_search WHERE municipality_id = $1 AND author_id = $2 AND id = $3",
        args![m, author, id],
    )
    .await?
    .as_ref()
    .map(row)
    .transpose()
}

/// Keeps a search under a name; one of the same name gives way.
pub(crate) async fn keep(act: &mut Act, id: ThingId, name: &str, fields: &Fields) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let author = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let mut conn = act.save(&Right::system(System::Account))?;
    conn.exec(
        "DELETE FROM saved_search WHERE municipality_id = $1 AND author_id = $2 AND name = $3",
        args![m, author, name],
    )
    .await?;
    conn.exec(
        "INSERT INTO saved_search (municipality_id, id, author_id, name, fields, saved_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        args![m, id, author, name, fields.encode(), now],
    )
    .await?;
    Ok(())
}

/// Throws a saved search away; one that is not there, or somebody else's, is absent.
pub(crate) async fn forget(act: &mut Act, id: ThingId) -> Result<(), Fail> {
    let m = act.municipality();
    let author = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    let gone = act
        .save(&Right::system(System::Account))?
        .exec(
            "DELETE FROM saved_search WHERE municipality_id = $1 AND author_id = $2 AND id = $3",
            args![m, author, id],
        )
        .await?;
    if gone == 0 { Err(Fail::NotVisible) } else { Ok(()) }
}

/// Notes that a saved search was used: it is kept on.
pub async fn used(act: &mut Act, id: ThingId) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let author = act.viewer().map(|v| v.user).ok_or(Fail::NotVisible)?;
    act.save(&Right::system(System::Account))?
        .exec(
            "UPDATE saved_search SET used_at = $4 WHERE municipality_id = $1 AND author_id = $2 AND id = $3",
            args![m, author, id, now],
        )
        .await?;
    Ok(())
}

/// How many days without use a saved search is kept here.
pub async fn kept_days(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<i64, Broken> {
    let [days] = register::numbers(conn, m, [(KEPT_KEY, KEPT_DAYS)]).await?;
    Ok(days)
}

/// Throws away what nobody has used for so long (docs/decisions/0023); how many that were.
pub async fn forget_old(engine: &Engine, m: MunicipalityId) -> Result<u64, Fail> {
    let mut act =
        engine.system_act(System::Account, m, Origin::Job, "finding.forget", &engine.now().iso()).await?;
    let before = engine.now().plus_hours(-24 * kept_days(&mut act.facts()?, m).await?);
    let old = act
        .facts()?
        .maybe(
            "SELECT id FROM saved_search WHERE municipality_id = $1 AND COALESCE(used_at, saved_at) < $2 LIMIT 1",
            args![m, before],
        )
        .await?;
    if old.is_none() {
        return Ok(0);
    }
    let gone = act
        .save(&Right::system(System::Account))?
        .exec(
            "DELETE FROM saved_search WHERE municipality_id = $1 AND COALESCE(used_at, saved_at) < $2",
            args![m, before],
        )
        .await?;
    act.commit("").await?;
    Ok(gone)
}

/// The people whose pages this viewer opened last and may still see, newest first.
pub async fn opened_last(look: &mut Look) -> Result<Vec<Disclosed<Person>>, Broken> {
    let viewer = look.viewer().clone();
    let rows = look
        .conn()
        .all(
            "SELECT record_id FROM (SELECT record_id, channel, record_kind, at FROM access_log \
             WHERE municipality_id = $1 AND user_id = $2 ORDER BY at DESC LIMIT $4) latest \
             WHERE channel = 'page' AND record_kind = 'person' ORDER BY at DESC LIMIT $3",
            args![viewer.municipality, viewer.user, ROWS, GONE_THROUGH],
        )
        .await?;
    let mut ids: Vec<PersonId> = Vec::new();
    for row in &rows {
        let id = row.get("record_id")?;
        if ids.len() < PEOPLE && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, ids.iter().copied()).await?;
    let mut shown = look.disclose(sealed).await?;
    shown.sort_by_key(|p| ids.iter().position(|id| *id == p.id));
    Ok(shown)
}
