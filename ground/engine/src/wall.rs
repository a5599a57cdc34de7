//! The second wall on PostgreSQL (disclosure rule 12): row-level security on every table, forced for its owner too.
//!
//! The first wall is in the statements: each names its municipality. Should one forget it, this one stands: a transaction
//! says where it stands when it begins, sees the rows of that municipality and can write no others; a connection that
//! says nothing sees none. SQLite knows nothing of the kind; there the statements are the only wall.
//!
//! Who is nobody yet (a cookie, a login name) stands nowhere, and holds a [`Key`]: it finds the one row that the key
//! opens. Policies are made for every table that has a municipality, whenever the schema has changed, so that no
//! migration can forget them.

use std::fmt::Write;

use sqlx::{PgPool, Postgres, Transaction};
use words::id::MunicipalityId;

use crate::conn::fixed;
use crate::ctx::Db;
use crate::{Broken, Conn, Engine, args};

/// What somebody has who is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// The hash of a session's token: opens the session, and with it its municipality.
    Session(&'a str),
    /// The CSRF value of a form: opens the session it was made in, and with it its municipality.
    Form(&'a str),
    /// A login name: opens the accounts of that name.
    Login(&'a str),
    /// The hash of a shared PC's cookie: opens the list of who uses it.
    Device(&'a str),
}

/// Where a transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// In one municipality.
    In(MunicipalityId),
    /// Nowhere, with a key.
    With(Key<'a>),
    /// Nowhere: the names of the municipalities can be seen.
    Nowhere,
}

/// What a transaction says when it begins. One message to the server, whatever is in it.
fn begin_text(place: Place<'_>, reads: bool) -> String {
    // READ COMMITTED would take a new snapshot for every statement: a consent withdrawn in between could then be judged
    // by facts of another moment.
    let mut text =
        String::from(if reads { "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" } else { "BEGIN" });
    // Writing into a String cannot fail.
    let _ = match place {
        Place::Nowhere => Ok(()),
        Place::In(municipality) => {
            write!(text, "; SET LOCAL yorisou.municipality = '{}'", municipality.uuid())
        }
        Place::With(key) => {
            let (opens, key) = match key {
                Key::Session(hash) => ("token_hash", hash),
                Key::Form(csrf) => ("csrf", csrf),
                Key::Login(login) => ("", login),
                Key::Device(hash) => ("", hash),
            };
            // Whatever a stranger sends stands in the text as digits only.
            let hex = crate::act::hex(key.as_bytes());
            let of_session = if opens.is_empty() {
                String::new()
            } else {
                format!(
                    "; SELECT set_config('yorisou.municipality', municipality_id::text, TRUE) FROM session \
                     WHERE {opens} = convert_from(decode('{hex}', 'hex'), 'UTF8')"
                )
            };
            write!(text, "; SET LOCAL yorisou.key = '{hex}'{of_session}")
        }
    };
    text
}

/// A transaction that stands at `place`.
pub(crate) async fn begin(
    pool: &PgPool,
    place: Place<'_>,
    reads: bool,
) -> Result<Transaction<'static, Postgres>, Broken> {
    Ok(pool.begin_with(fixed(begin_text(place, reads))).await?)
}

/// Ends a snapshot and begins a transaction that writes on the same connection, with one message to the server: the log rows of a read
/// wait for no further connection and no further way to and fro. Should it fail in between, nothing is open, and whoever
/// held the transaction gives the connection back like any other that failed.
pub(crate) async fn begin_anew(conn: &mut Conn<'_>, municipality: MunicipalityId) -> Result<(), Broken> {
    if let Conn::Pg(conn) = conn {
        let text = format!("COMMIT; {}", begin_text(Place::In(municipality), false));
        sqlx::raw_sql(fixed(text)).execute(&mut **conn).await?;
    }
    Ok(())
}

/// From here on, the transaction stands in this municipality: for the few that go through all of them.
pub(crate) async fn stand_in(conn: &mut Conn<'_>, municipality: MunicipalityId) -> Result<(), Broken> {
    if !conn.is_sqlite() {
        let text = municipality.uuid().to_string();
        conn.exec("SELECT set_config('yorisou.municipality', $1, TRUE)", args![text]).await?;
    }
    Ok(())
}

/// Lets the owner reach every row, for the length of a migration: steps keep and change data of all municipalities.
pub(crate) async fn take_down(conn: &mut Conn<'_>) -> Result<(), Broken> {
    conn.script(
        "DO $$ DECLARE t REGCLASS; BEGIN \
         FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
         AND c.relforcerowsecurity LOOP \
         EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', t); END LOOP; END $$",
    )
    .await
}

/// Puts the wall round every table with a municipality, as far as it is not there.
///
/// Operators that PostgreSQL does not trust (a search in a text vector) are only asked after a policy; an index on them
/// would be of no use. So the search index is asked through a function of the owner, which keeps the wall itself.
pub(crate) async fn put_up(conn: &mut Conn<'_>) -> Result<(), Broken> {
    conn.script(
        "DO $$ DECLARE t REGCLASS; BEGIN \
         FOR t IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         AND a.attname = 'municipality_id' AND NOT a.attisdropped \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT c.relforcerowsecurity LOOP \
         EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t); \
         IF NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t AND p.polname = 'wall') THEN \
         EXECUTE format('CREATE POLICY wall ON %s USING (municipality_id = \
         (SELECT NULLIF(current_setting(''yorisou.municipality'', TRUE), '''')::uuid))', t); END IF; END LOOP; END $$",
    )
    .await?;
    let row = conn
        .one(
            // The schema of an early step may not have these tables yet.
            "SELECT to_regclass('search_doc') IS NOT NULL AS there, \
             EXISTS (SELECT 1 FROM pg_policy WHERE polname = 'by_key') AS keyed",
            args![],
        )
        .await?;
    if !row.get("there")? {
        return Ok(());
    }
    if !row.get("keyed")? {
        conn.script(
            "CREATE FUNCTION held_key() RETURNS TEXT LANGUAGE sql STABLE AS $$ SELECT \
             convert_from(decode(NULLIF(current_setting('yorisou.key', TRUE), ''), 'hex'), 'UTF8') $$; \
             CREATE POLICY by_key ON session FOR SELECT USING \
             (token_hash = (SELECT held_key()) OR csrf = (SELECT held_key())); \
             CREATE POLICY by_key ON app_user FOR SELECT USING (login = (SELECT held_key())); \
             CREATE POLICY by_key ON device_user FOR SELECT USING (device_hash = (SELECT held_key())); \
             CREATE POLICY by_name ON municipality FOR SELECT USING (TRUE); \
             CREATE POLICY by_function ON search_doc FOR SELECT TO CURRENT_USER USING (TRUE)",
        )
        .await?;
    }
    // The pairs are looked up by themselves, and what was found is narrowed: PostgreSQL thinks they are in far more texts than they are
    // (it does not know that a pair stands with its desk), and would rather go through all names of the town, or all texts from the newest.
    conn.script(
        "CREATE OR REPLACE FUNCTION search_find(wanted TEXT, of_kind TEXT, before BIGINT, most BIGINT) \
         RETURNS TABLE (docid BIGINT, thing_id UUID) LANGUAGE plpgsql STABLE SECURITY DEFINER \
         SET search_path = public, pg_temp AS $$ BEGIN RETURN QUERY EXECUTE \
         'WITH found AS MATERIALIZED (SELECT d.docid, d.thing_id, d.municipality_id, d.kind FROM search_doc d \
         WHERE d.grams @@ CAST($1 AS tsquery)) \
         SELECT d.docid, d.thing_id FROM found d WHERE d.municipality_id = $2 AND d.kind = $3 AND d.docid < $4 \
         ORDER BY d.docid DESC LIMIT $5' \
         USING wanted, NULLIF(current_setting('yorisou.municipality', TRUE), '')::uuid, of_kind, before, most; \
         END $$; \
         REVOKE ALL ON FUNCTION search_find(TEXT, TEXT, BIGINT, BIGINT) FROM PUBLIC",
    )
    .await
}

/// Why the second wall does not stand for the role this program runs as; `None` when it does, or when the database knows
/// no such wall.
pub async fn gap(engine: &Engine) -> Result<Option<String>, Broken> {
    let Db::Pg(pool) = engine.db() else { return Ok(None) };
    let mut tx = begin(pool, Place::Nowhere, true).await?;
    let row = Conn::Pg(&mut tx)
        .one(
            "SELECT CAST(r.rolname AS TEXT) AS role, r.rolsuper OR r.rolbypassrls AS passes, \
             EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
             AND pg_has_role(c.relowner, 'MEMBER')) AS owns, \
             (SELECT COUNT(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             AND a.attname = 'municipality_id' AND NOT a.attisdropped WHERE c.relnamespace = 'public'::regnamespace \
             AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS open \
             FROM pg_roles r WHERE r.rolname = current_user",
            args![],
        )
        .await?;
    let role: String = row.get("role")?;
    Ok(if row.get("passes")? {
        Some(format!("the role {role} passes through row-level security (superuser or BYPASSRLS)"))
    } else if row.get("owns")? {
        Some(format!("the role {role} owns the tables"))
    } else if row.get::<i64>("open")? > 0 {
        Some("some tables have no row-level security; run yorisou migrate as the owner".to_owned())
    } else {
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_sends_stands_in_the_text_as_digits_only() {
        let text = begin_text(Place::With(Key::Login("a'; DROP TABLE x; --")), true);
        assert!(
            text.starts_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL yorisou.key = '61")
        );
        assert!(!text.contains("DROP"));
        let text = begin_text(Place::With(Key::Form("x' OR TRUE")), true);
        assert!(!text.contains("OR TRUE") && text.contains("WHERE csrf ="));
        assert_eq!(begin_text(Place::Nowhere, false), "BEGIN");
    }
}
