//! What must always hold, asked of the database itself.

use words::id::MunicipalityId;

use crate::conn::Open;
use crate::ctx::Db;
use crate::seal::with_conn;
use crate::wall::{self, Place};
use crate::{Broken, Conn, Engine, args};

/// A broken promise of the data, by name, with how many rows break it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which invariant.
    pub name: &'static str,
    /// How many rows.
    pub rows: i64,
}

/// Each statement counts rows that must not exist (domain sections 2.2 and 2.4).
const INVARIANTS: &[(&str, &str)] = &[
    (
        "open case without accountable desk and open task",
        "SELECT COUNT(*) AS n FROM case_file c WHERE c.municipality_id = $1 AND c.state = 'open' AND \
         (c.accountable_desk_id IS NULL OR NOT EXISTS (SELECT 1 FROM task t WHERE \
         t.municipality_id = c.municipality_id AND t.case_id = c.id AND t.state = 'open'))",
    ),
    (
        "open consultation without open task",
        "SELECT COUNT(*) AS n FROM consultation c WHERE c.municipality_id = $1 AND c.state = 'open' AND \
         NOT EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id \
         AND t.consultation_id = c.id AND t.state = 'open')",
    ),
    (
        "sent sheet without open task",
        "SELECT COUNT(*) AS n FROM connecting_sheet c WHERE c.municipality_id = $1 AND c.state = 'sent' AND \
         NOT EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = c.municipality_id \
         AND t.sheet_id = c.id AND t.state = 'open')",
    ),
    (
        "waiting referral without open task",
        "SELECT COUNT(*) AS n FROM referral r WHERE r.municipality_id = $1 AND \
         r.state IN ('sent', 'accepted', 'in_progress', 'on_hold') AND NOT EXISTS (SELECT 1 FROM task t \
         WHERE t.municipality_id = r.municipality_id AND t.referral_id = r.id AND t.state = 'open')",
    ),
    (
        "ended referral without feedback given or owed",
        "SELECT COUNT(*) AS n FROM referral r WHERE r.municipality_id = $1 AND \
         r.state IN ('completed', 'failed', 'refused', 'declined_by_person') AND NOT EXISTS (SELECT 1 FROM feedback f \
         WHERE f.municipality_id = r.municipality_id AND f.referral_id = r.id)",
    ),
    (
        "plan in force without a decision of its kind and a task",
        "SELECT COUNT(*) AS n FROM support_plan p WHERE p.municipality_id = $1 AND p.state = 'in_force' AND \
         (NOT EXISTS (SELECT 1 FROM decision d WHERE d.municipality_id = p.municipality_id AND d.id = p.decision_id \
         AND d.case_id = p.case_id AND d.programme = p.kind AND d.timing IN ('establish', 'replan') \
         AND d.used_by = p.id) OR NOT EXISTS (SELECT 1 FROM task t WHERE t.municipality_id = p.municipality_id \
         AND t.thing_id = p.id AND t.kind = 'monitor' AND t.state = 'open'))",
    ),
    (
        "plan ended without the decision that ends it",
        "SELECT COUNT(*) AS n FROM support_plan p WHERE p.municipality_id = $1 \
         AND p.state IN ('ended', 'interrupted') AND NOT EXISTS (SELECT 1 FROM decision d \
         WHERE d.municipality_id = p.municipality_id AND d.id = p.end_decision_id AND d.case_id = p.case_id \
         AND d.programme = p.kind AND d.used_by = p.id AND d.timing = CASE WHEN p.state = 'ended' THEN 'close' \
         ELSE 'interrupt' END)",
    ),
    (
        "ended case with a plan in force",
        "SELECT COUNT(*) AS n FROM support_plan p JOIN case_file c ON c.municipality_id = p.municipality_id \
         AND c.id = p.case_id WHERE p.municipality_id = $1 AND p.state = 'in_force' AND c.state <> 'open'",
    ),
    (
        "gap in case numbers",
        "SELECT COUNT(*) AS n FROM case_counter k WHERE k.municipality_id = $1 AND k.last <> (SELECT COUNT(*) \
         FROM case_file c WHERE c.municipality_id = k.municipality_id AND c.fiscal_year = k.fiscal_year)",
    ),
    (
        "ended desk without heir",
        "SELECT COUNT(*) AS n FROM desk d WHERE d.municipality_id = $1 AND d.valid_to IS NOT NULL \
         AND d.heir_id IS NULL",
    ),
    (
        // When its contract runs out, nobody would hold what was written there.
        "commissioned desk without heir",
        "SELECT COUNT(*) AS n FROM desk d WHERE d.municipality_id = $1 AND d.contract_id IS NOT NULL \
         AND d.heir_id IS NULL",
    ),
];

/// Every invariant that does not hold in one municipality.
pub async fn invariants(engine: &Engine, municipality: MunicipalityId) -> Result<Vec<Violation>, Broken> {
    with_conn(engine, Place::In(municipality), async |conn| {
        let mut violations = Vec::new();
        for (name, sql) in INVARIANTS {
            let rows: i64 = conn.one(sql, args![municipality]).await?.get("n")?;
            if rows > 0 {
                violations.push(Violation { name, rows });
            }
        }
        Ok(violations)
    })
    .await
}

/// The municipalities of this installation with their names.
pub async fn municipalities(engine: &Engine) -> Result<Vec<(MunicipalityId, String)>, Broken> {
    with_conn(engine, Place::Nowhere, async |conn| {
        conn.all("SELECT municipality_id, name FROM municipality ORDER BY name", args![])
            .await?
            .iter()
            .map(|row| Ok((row.get("municipality_id")?, row.get("name")?)))
            .collect()
    })
    .await
}

/// Answers whether the database answers: for the health page.
pub async fn alive(engine: &Engine) -> Result<(), Broken> {
    with_conn(engine, Place::Nowhere, async |conn| conn.one("SELECT 1 AS one", args![]).await.map(|_| ()))
        .await
}

/// Makes the row of a municipality: the one write without a command, because commands need it.
pub async fn add_municipality(engine: &Engine, id: MunicipalityId, name: &str) -> Result<(), Broken> {
    let sql = "INSERT INTO municipality (municipality_id, name) VALUES ($1, $2)";
    write(engine, Place::In(id), async |conn| conn.exec(sql, args![id, name]).await.map(|_| ())).await
}

async fn write(
    engine: &Engine,
    place: Place<'_>,
    work: impl AsyncFnOnce(&mut Conn<'_>) -> Result<(), Broken>,
) -> Result<(), Broken> {
    match engine.db() {
        Db::Sqlite { writing, .. } => {
            let mut act = Box::new(writing.begin().await?);
            work(&mut act.conn()).await?;
            act.commit().await
        }
        Db::Pg(pool) => {
            let mut tx = wall::begin(pool, place, false).await?;
            work(&mut Conn::Pg(&mut tx)).await?;
            Ok(tx.commit().await?)
        }
    }
}

/// Makes a PostgreSQL database, as the owner: each test has its own. It is empty, or a copy of the database `like`, to which nobody may
/// be connected then. Names must be made of letters, digits and underscores.
pub async fn create_database(engine: &Engine, name: &str, like: Option<&str>) -> Result<(), Broken> {
    let Db::Pg(pool) = engine.db() else { return Err(Broken::Outside("not PostgreSQL".to_owned())) };
    let like = like.unwrap_or("template0");
    if ![name, like].iter().all(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')) {
        return Err(Broken::Outside("not a database name".to_owned()));
    }
    let statement = crate::conn::fixed(format!("CREATE DATABASE {name} TEMPLATE {like}"));
    sqlx::raw_sql(statement).execute(pool).await?;
    Ok(())
}

/// What someone who owns the database could do: the log without its triggers. For the tests of the seal, which
/// must find exactly that.
pub async fn without_append_only(
    engine: &Engine,
    municipality: MunicipalityId,
    work: impl AsyncFnOnce(&mut Conn<'_>) -> Result<(), Broken>,
) -> Result<(), Broken> {
    write(engine, Place::In(municipality), async |conn| {
        if conn.is_sqlite() {
            conn.script(
                "DROP TRIGGER IF EXISTS access_log_no_update; DROP TRIGGER IF EXISTS access_log_no_delete; \
                 DROP TRIGGER IF EXISTS access_seal_no_update; DROP TRIGGER IF EXISTS access_seal_no_delete",
            )
            .await?;
            work(conn).await?;
            let triggers = include_str!("../../../migrations/sqlite/0005_access_log.sql");
            let from = triggers.find("CREATE TRIGGER").unwrap_or(triggers.len());
            conn.script(&triggers[from..]).await
        } else {
            conn.script(
                "ALTER TABLE access_log DISABLE TRIGGER ALL; ALTER TABLE access_seal DISABLE TRIGGER ALL",
            )
            .await?;
            work(conn).await?;
            conn.script(
                "ALTER TABLE access_log ENABLE TRIGGER ALL; ALTER TABLE access_seal ENABLE TRIGGER ALL",
            )
            .await
        }
    })
    .await
}
