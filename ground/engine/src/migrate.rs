//! The schema's one history: forward only, checked at start.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::act::hex;
use crate::conn::Open;
use crate::ctx::Db;
use crate::wall;
use crate::{Broken, Conn, Engine, args};

struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! both {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/", $name, ".sql")),
        }
    };
}
macro_rules! each {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    both!(1, "0001_register"),
    each!(2, "0002_task"),
    both!(3, "0003_support"),
    each!(4, "0004_task_links"),
    each!(5, "0005_access_log"),
    each!(6, "0006_search"),
    both!(7, "0007_language"),
    both!(8, "0008_habit"),
    both!(10, "0010_consent_withdrawal"),
    both!(20, "0020_person_event"),
    both!(60, "0060_plan"),
    both!(61, "0061_label"),
    both!(62, "0062_sheet"),
    both!(63, "0063_import"),
    both!(65, "0065_bulk_export"),
    both!(70, "0070_triage"),
    both!(71, "0071_flow"),
    both!(72, "0072_entry_by_household"),
    both!(80, "0080_inquiry"),
    both!(81, "0081_guard"),
    both!(82, "0082_consent_record"),
    each!(83, "0083_consent_stands"),
    both!(84, "0084_legal_basis"),
    both!(85, "0085_urgent"),
    both!(86, "0086_access_report"),
    both!(87, "0087_unusual"),
    both!(88, "0088_conference"),
    both!(89, "0089_capacity"),
    both!(90, "0090_advice"),
    both!(91, "0091_overlap"),
    both!(92, "0092_retention"),
    each!(93, "0093_consent_disposed"),
    both!(98, "0098_board"),
    both!(99, "0099_caution"),
    both!(100, "0100_same_person"),
    both!(101, "0101_finding"),
    both!(102, "0102_workload"),
    both!(103, "0103_life_stage"),
    both!(104, "0104_hand_over"),
    both!(105, "0105_learning"),
    both!(106, "0106_kin"),
    both!(107, "0107_former_names_compared"),
    both!(108, "0108_saved_search_used"),
    both!(120, "0120_decision"),
    both!(121, "0121_support_plan"),
    both!(122, "0122_session"),
    both!(123, "0123_stage_of_a_desk"),
    both!(130, "0130_minutes"),
    both!(131, "0131_circulation"),
    both!(132, "0132_skills"),
    both!(133, "0133_meeting_material"),
    each!(134, "0134_search_by_kind"),
    both!(140, "0140_homework"),
    both!(141, "0141_after"),
    both!(142, "0142_reached"),
    both!(143, "0143_agreed"),
    both!(144, "0144_decided_text"),
    both!(145, "0145_called"),
    both!(146, "0146_former_address"),
    both!(147, "0147_session_retention"),
    both!(148, "0148_minutes_record"),
    both!(151, "0151_written_opinions"),
    both!(152, "0152_participation"),
    both!(153, "0153_temporary_lead"),
    both!(154, "0154_reached_too"),
    both!(155, "0155_record_hold"),
    both!(156, "0156_report_of_consultation"),
    both!(160, "0160_kin_relation"),
    both!(161, "0161_position_wording"),
    both!(165, "0165_matter_deputy"),
    both!(170, "0170_search_narrowed"),
    both!(171, "0171_withdrawal_said"),
    both!(172, "0172_person_in_error"),
    both!(173, "0173_same_waiting"),
    both!(175, "0175_presence_corrected"),
    both!(176, "0176_minutes_attendance"),
    both!(177, "0177_withdrawal_for_another"),
    both!(179, "0179_life_stage_changed"),
    both!(181, "0181_report_requester"),
    both!(183, "0183_consent_closed"),
    both!(184, "0184_planned_move"),
    both!(185, "0185_former_address_found"),
    both!(186, "0186_event_by_command"),
    both!(187, "0187_hand_over_passed"),
    both!(190, "0190_guardian_by_name"),
    both!(191, "0191_kept_out_and_taken_back"),
    both!(193, "0193_desk_made_by"),
    both!(195, "0195_watched_over"),
    both!(196, "0196_learnt"),
    both!(198, "0198_aside_reading"),
    both!(199, "0199_position_note"),
];

/// How the database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Exactly what the program was built for.
    Current,
    /// So many steps are missing: `yorisou migrate` brings them.
    Behind(usize),
}

/// Looks without changing anything. An edited or unknown step is [`Broken::Schema`].
pub async fn standing(engine: &Engine) -> Result<Standing, Broken> {
    let applied = match engine.db() {
        Db::Sqlite { readers, .. } => applied(&mut readers.begin().await?.conn()).await?,
        Db::Pg(pool) => applied(&mut Conn::Pg(&mut *pool.acquire().await?)).await?,
    };
    let missing = MIGRATIONS.len() - verify(&applied, engine.is_sqlite())?;
    Ok(if missing == 0 { Standing::Current } else { Standing::Behind(missing) })
}

/// Copies a SQLite file that holds something and is behind, before the first missing step, to `FILE.before-N.db` beside
/// it; N is that step. Answers where the copy is; `None` when there is nothing to copy: a new file, a current one, or
/// PostgreSQL, whose owner has its own means (docs/operate/backup.md). An older copy is never written over.
pub async fn copy_before(engine: &Engine) -> Result<Option<PathBuf>, Broken> {
    let Db::Sqlite { readers, writing } = engine.db() else { return Ok(None) };
    let mut reader = readers.begin().await?;
    let mut conn = reader.conn();
    let done = verify(&applied(&mut conn).await?, true)?;
    let Some(next) = MIGRATIONS.get(done).filter(|_| done > 0) else { return Ok(None) };
    let file: String =
        conn.one("SELECT file FROM pragma_database_list WHERE name = 'main'", args![]).await?.get("file")?;
    drop(reader);
    let copy = (1..1000)
        .map(|n| match n {
            1 => PathBuf::from(format!("{file}.before-{}.db", next.version)),
            n => PathBuf::from(format!("{file}.before-{}.{n}.db", next.version)),
        })
        .find(|path| !path.exists())
        .ok_or_else(|| Broken::Outside("no free name for a copy".to_owned()))?;
    writing.copy_to(&copy).await?;
    let outside = |e: std::io::Error| Broken::Outside(format!("{}: {e}", copy.display()));
    // Who may not read the database may not read its copy; and a copy that is not on disk yet is none.
    let readable = std::fs::metadata(&file).map_err(outside)?.permissions();
    std::fs::set_permissions(&copy, readable).map_err(outside)?;
    std::fs::File::open(&copy).and_then(|f| f.sync_all()).map_err(outside)?;
    Ok(Some(copy))
}

/// Brings the database to the current schema; the number of steps taken. On PostgreSQL, run it as the owner
/// and name the application's role in `grant_to`.
pub async fn run(engine: &Engine, grant_to: Option<&str>) -> Result<usize, Broken> {
    run_until(engine, grant_to, i64::MAX).await
}

/// The numbers of all steps, in their order.
pub fn steps() -> impl DoubleEndedIterator<Item = i64> {
    MIGRATIONS.iter().map(|m| m.version)
}

/// [`run`], but no further than the step `last`: the database as an earlier program left it.
pub async fn run_until(engine: &Engine, grant_to: Option<&str>, last: i64) -> Result<usize, Broken> {
    let done = match engine.db() {
        Db::Sqlite { writing, .. } => {
            let mut act = Box::new(writing.begin().await?);
            let mut conn = act.conn();
            let done = apply(&mut conn, engine, last).await?;
            if done > 0 {
                crate::statistics::tell(&mut conn).await?;
            }
            act.commit().await?;
            done
        }
        Db::Pg(pool) => {
            let mut tx = pool.begin().await?;
            let mut conn = Conn::Pg(&mut tx);
            // Two servers that start at once must not both migrate.
            conn.exec("SELECT pg_advisory_xact_lock(7061)", args![]).await?;
            let there = applied(&mut conn).await?;
            if !there.is_empty() && verify(&there, false)? < MIGRATIONS.len() {
                wall::take_down(&mut conn).await?;
            }
            let done = apply(&mut conn, engine, last).await?;
            wall::put_up(&mut conn).await?;
            if let Some(role) = grant_to {
                grant(&mut conn, role).await?;
            }
            tx.commit().await?;
            done
        }
    };
    Ok(done)
}

async fn grant(conn: &mut Conn<'_>, role: &str) -> Result<(), Broken> {
    // The role's name cannot be a bound value in GRANT; the server itself quotes it.
    conn.exec("SELECT set_config('yorisou.grant_to', $1, TRUE)", args![role]).await?;
    conn.script(
        "DO $$ DECLARE r TEXT := current_setting('yorisou.grant_to'); BEGIN \
         EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', r); \
         EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', r); \
         IF to_regprocedure('search_find(text,text,bigint,bigint)') IS NOT NULL THEN \
         EXECUTE format('GRANT EXECUTE ON FUNCTION search_find(TEXT, TEXT, BIGINT, BIGINT) TO %I', r); END IF; \
         EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', r); \
         EXECUTE format('REVOKE UPDATE, DELETE ON access_log, access_seal FROM %I', r); \
         EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_version FROM %I', r); END $$",
    )
    .await
}

struct Applied {
    version: i64,
    checksum: String,
}

async fn applied(conn: &mut Conn<'_>) -> Result<Vec<Applied>, Broken> {
    let there = if conn.is_sqlite() {
        conn.maybe("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'", args![])
            .await?
    } else {
        conn.maybe(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename = 'schema_version'",
            args![],
        )
        .await?
    };
    if there.is_none() {
        return Ok(Vec::new());
    }
    conn.all("SELECT version, checksum FROM schema_version ORDER BY version", args![])
        .await?
        .iter()
        .map(|row| Ok(Applied { version: row.get("version")?, checksum: row.get("checksum")? }))
        .collect()
}

fn text(migration: &Migration, sqlite: bool) -> &'static str {
    if sqlite { migration.sqlite } else { migration.postgres }
}

fn verify(applied: &[Applied], sqlite: bool) -> Result<usize, Broken> {
    for (i, a) in applied.iter().enumerate() {
        let Some(m) = MIGRATIONS.get(i).filter(|m| m.version == a.version) else {
            return Err(Broken::Schema(format!(
                "step {} is unknown to this program: the database is newer; use a newer yorisou",
                a.version
            )));
        };
        if hex(&Sha256::digest(text(m, sqlite))) != a.checksum {
            return Err(Broken::Schema(format!("step {} was edited after it was applied", m.name)));
        }
    }
    Ok(applied.len())
}

async fn apply(conn: &mut Conn<'_>, engine: &Engine, last: i64) -> Result<usize, Broken> {
    let sqlite = conn.is_sqlite();
    conn.exec(
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, \
         checksum TEXT NOT NULL, applied_at TEXT NOT NULL)",
        args![],
    )
    .await?;
    let done = verify(&applied(conn).await?, sqlite)?;
    let missing = || MIGRATIONS[done..].iter().take_while(|m| m.version <= last);
    for m in missing() {
        conn.script(text(m, sqlite)).await?;
        conn.exec(
            "INSERT INTO schema_version (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            args![m.version, m.name, hex(&Sha256::digest(text(m, sqlite))), engine.now()],
        )
        .await?;
    }
    Ok(missing().count())
}
