//! Statements about accounts, sessions and shared PCs.

use engine::{Broken, Conn, Row, args};
use site::Language;
use words::Instant;
use words::code::Code;
use words::id::{AppointmentId, CaseId, MunicipalityId, SessionId, UserId};

use crate::rules::Span;

/// An account as sign-in needs it. No `Debug`: it holds secrets.
#[derive(Clone)]
pub(crate) struct Account {
    pub municipality: MunicipalityId,
    pub user: UserId,
    pub login: String,
    pub hash: String,
    pub totp_secret: Option<String>,
    pub totp_last_step: Option<i64>,
    pub locked_until: Option<Instant>,
    pub disabled: bool,
}

const ACCOUNT: &str = "SELECT municipality_id, id, login, password_hash, totp_secret, totp_last_step, \
                       locked_until, disabled_at FROM app_user WHERE ";

fn account(row: &Row) -> Result<Account, Broken> {
    Ok(Account {
        municipality: row.get("municipality_id")?,
        user: row.get("id")?,
        login: row.get("login")?,
        hash: row.get("password_hash")?,
        totp_secret: row.get("totp_secret")?,
        totp_last_step: row.get("totp_last_step")?,
        locked_until: row.get("locked_until")?,
        disabled: row.get::<Option<Instant>>("disabled_at")?.is_some(),
    })
}

/// Accounts with this login name: at most one in each municipality.
pub(crate) async fn accounts(conn: &mut Conn<'_>, login: &str) -> Result<Vec<Account>, Broken> {
    let statement =
        engine::Statement::new(ACCOUNT, args![]).push("login = ? ORDER BY municipality_id", args![login]);
    conn.select(statement).await?.iter().map(account).collect()
}

/// One account.
pub(crate) async fn account_of(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
) -> Result<Option<Account>, Broken> {
    let statement = engine::Statement::new(ACCOUNT, args![])
        .push("municipality_id = ? AND id = ?", args![municipality, user]);
    conn.select(statement).await?.first().map(account).transpose()
}

/// An account of the demonstration, as its sign-in page shows it.
pub(crate) struct DemoAccount {
    pub login: String,
    pub name: String,
    pub reading: String,
    pub line: String,
}

/// Accounts one may try out.
pub(crate) async fn demo_accounts(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
) -> Result<Vec<DemoAccount>, Broken> {
    conn.all(
        "SELECT login, name, reading, demo_line FROM app_user WHERE municipality_id = $1 AND demo_line <> '' \
         AND disabled_at IS NULL",
        args![municipality],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(DemoAccount {
            login: row.get("login")?,
            name: row.get("name")?,
            reading: row.get("reading")?,
            line: row.get("demo_line")?,
        })
    })
    .collect()
}

/// A session as stored, live or not.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub municipality: MunicipalityId,
    pub session: SessionId,
    pub user: UserId,
    pub login: String,
    pub name: String,
    pub town: String,
    pub appointment: Option<AppointmentId>,
    pub csrf: String,
    pub span: Span,
    pub disabled: bool,
    pub language: Option<Language>,
    /// What the municipality has set as [`register::SESSION_IDLE`].
    pub idle_minutes: Option<String>,
    /// Whether this person was ever kept out of a case or has ever opened an urgent look and not ended it, and whether they have habits:
    /// mostly not, and then nobody needs to ask.
    pub kept_out: bool,
    pub urgent: bool,
    pub habits: bool,
}

const SESSION: &str = "SELECT s.municipality_id, s.id, s.user_id, s.appointment_id, s.csrf, s.created_at, s.seen_at, \
                       s.ended_at, u.login, u.name, u.disabled_at, u.language, m.name AS town, \
                       (SELECT t.value FROM setting t WHERE t.municipality_id = s.municipality_id \
                       AND t.key = ?) AS idle_minutes, \
                       EXISTS (SELECT 1 FROM exclusion x WHERE x.municipality_id = s.municipality_id \
                       AND x.user_id = s.user_id) AS kept_out, \
                       EXISTS (SELECT 1 FROM urgent_look l WHERE l.municipality_id = s.municipality_id \
                       AND l.user_id = s.user_id AND l.ended_at IS NULL) AS urgent, \
                       EXISTS (SELECT 1 FROM habit h WHERE h.municipality_id = s.municipality_id \
                       AND h.user_id = s.user_id) AS habits FROM session s \
                       JOIN app_user u ON u.municipality_id = s.municipality_id AND u.id = s.user_id \
                       JOIN municipality m ON m.municipality_id = s.municipality_id WHERE ";

async fn session(
    conn: &mut Conn<'_>,
    condition: &'static str,
    value: &str,
) -> Result<Option<Stored>, Broken> {
    let statement =
        engine::Statement::new(SESSION, args![register::SESSION_IDLE]).push(condition, args![value]);
    let Some(row) = conn.select(statement).await?.pop() else { return Ok(None) };
    Ok(Some(Stored {
        municipality: row.get("municipality_id")?,
        session: row.get("id")?,
        user: row.get("user_id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        town: row.get("town")?,
        appointment: row.get("appointment_id")?,
        csrf: row.get("csrf")?,
        span: Span {
            created: row.get("created_at")?,
            seen: row.get("seen_at")?,
            ended: row.get("ended_at")?,
        },
        disabled: row.get::<Option<Instant>>("disabled_at")?.is_some(),
        language: Language::parse(&row.get::<String>("language")?),
        idle_minutes: row.get("idle_minutes")?,
        kept_out: row.get("kept_out")?,
        urgent: row.get("urgent")?,
        habits: row.get("habits")?,
    }))
}

/// The session of a token's hash, live or not.
pub(crate) async fn session_by_token(conn: &mut Conn<'_>, hash: &str) -> Result<Option<Stored>, Broken> {
    session(conn, "s.token_hash = ?", hash).await
}

/// The session a form was made in, live or not. Asked for only after a session has ended.
pub(crate) async fn session_by_csrf(conn: &mut Conn<'_>, csrf: &str) -> Result<Option<Stored>, Broken> {
    session(conn, "s.csrf = ?", csrf).await
}

/// Cases somebody is kept out of now (disclosure rule 14).
pub(crate) async fn excluded_from(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    now: Instant,
) -> Result<Vec<CaseId>, Broken> {
    conn.all(
        // Kept out of one case of a household, kept out of all of them: the family is the same.
        "SELECT DISTINCT c.id AS case_id FROM exclusion x JOIN case_file o ON o.municipality_id = x.municipality_id \
         AND o.id = x.case_id JOIN case_file c ON c.municipality_id = o.municipality_id \
         AND c.household_id = o.household_id WHERE x.municipality_id = $1 AND x.user_id = $2 AND x.since <= $3 \
         AND (x.until IS NULL OR x.until > $3)",
        args![municipality, user, now],
    )
    .await?
    .iter()
    .map(|row| row.get("case_id"))
    .collect()
}

/// The appointment somebody acted under last.
pub(crate) async fn last_appointment(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
) -> Result<Option<AppointmentId>, Broken> {
    let row = conn
        .maybe(
            "SELECT appointment_id FROM session WHERE municipality_id = $1 AND user_id = $2 \
             AND appointment_id IS NOT NULL ORDER BY created_at DESC LIMIT 1",
            args![municipality, user],
        )
        .await?;
    row.map_or(Ok(None), |row| row.get("appointment_id"))
}

/// A session to store.
pub(crate) struct NewSession<'a> {
    pub municipality: MunicipalityId,
    pub id: SessionId,
    pub token_hash: &'a str,
    pub user: UserId,
    pub appointment: Option<AppointmentId>,
    pub csrf: &'a str,
    pub created: Instant,
    /// Set from the start for one that only waits for the second step: it never opens a page.
    pub ended: Option<Instant>,
}

/// Stores a session, and forgets this person's sessions of long ago.
pub(crate) async fn session_insert(
    conn: &mut Conn<'_>,
    new: NewSession<'_>,
    forget: Instant,
) -> Result<(), Broken> {
    conn.exec(
        "DELETE FROM session WHERE municipality_id = $1 AND user_id = $2 AND created_at < $3",
        args![new.municipality, new.user, forget],
    )
    .await?;
    conn.exec(
        "INSERT INTO session (municipality_id, id, token_hash, user_id, appointment_id, csrf, created_at, seen_at, \
         ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        args![
            new.municipality,
            new.id,
            new.token_hash,
            new.user,
            new.appointment,
            new.csrf,
            new.created,
            new.ended,
        ],
    )
    .await?;
    Ok(())
}

/// Ends a session, unless it has ended.
pub(crate) async fn session_end(conn: &mut Conn<'_>, token_hash: &str, now: Instant) -> Result<u64, Broken> {
    conn.exec(
        "UPDATE session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL",
        args![token_hash, now],
    )
    .await
}

/// Ends every session of somebody, except one.
pub(crate) async fn sessions_end_all(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    except: Option<SessionId>,
    now: Instant,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE session SET ended_at = $4 WHERE municipality_id = $1 AND user_id = $2 AND ended_at IS NULL \
         AND ($3 IS NULL OR id <> $3)",
        args![municipality, user, except, now],
    )
    .await?;
    Ok(())
}

/// Uses up a session that waited for the second step; whether it was still there.
pub(crate) async fn waiting_use_up(conn: &mut Conn<'_>, token_hash: &str) -> Result<bool, Broken> {
    Ok(conn.exec("DELETE FROM session WHERE token_hash = $1", args![token_hash]).await? == 1)
}

/// Notes that this shared PC was used by somebody.
pub(crate) async fn device_note(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    device_hash: &str,
    user: UserId,
    now: Instant,
) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO device_user (municipality_id, device_hash, user_id, last_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (municipality_id, device_hash, user_id) DO UPDATE SET last_at = excluded.last_at",
        args![municipality, device_hash, user, now],
    )
    .await?;
    Ok(())
}

/// Somebody who uses this shared PC.
pub(crate) struct DeviceUser {
    pub user: UserId,
    pub login: String,
    pub name: String,
}

/// The municipalities whose people use this shared PC: one, as a rule.
pub(crate) async fn device_towns(
    conn: &mut Conn<'_>,
    device_hash: &str,
) -> Result<Vec<MunicipalityId>, Broken> {
    conn.all("SELECT DISTINCT municipality_id FROM device_user WHERE device_hash = $1", args![device_hash])
        .await?
        .iter()
        .map(|row| row.get("municipality_id"))
        .collect()
}

/// Who has used this shared PC since `since`, the latest first.
pub(crate) async fn device_users(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    device_hash: &str,
    since: Instant,
) -> Result<Vec<DeviceUser>, Broken> {
    conn.all(
        "SELECT d.user_id, u.login, u.name FROM device_user d JOIN app_user u \
         ON u.municipality_id = d.municipality_id AND u.id = d.user_id WHERE d.municipality_id = $1 \
         AND d.device_hash = $2 AND d.last_at >= $3 AND u.disabled_at IS NULL ORDER BY d.last_at DESC, u.login",
        args![municipality, device_hash, since],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(DeviceUser {
            user: row.get("user_id")?,
            login: row.get("login")?,
            name: row.get("name")?,
        })
    })
    .collect()
}

/// Counts one more wrong try; how many there are now in a row. One statement, so that tries at the same time
/// are all counted.
pub(crate) async fn failure_count(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
) -> Result<i64, Broken> {
    conn.one(
        "UPDATE app_user SET failed_count = failed_count + 1 WHERE municipality_id = $1 AND id = $2 \
         RETURNING failed_count",
        args![municipality, user],
    )
    .await?
    .get("failed_count")
}

/// Sets until when an account is shut, and starts counting anew.
pub(crate) async fn shut(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    until: Option<Instant>,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE app_user SET failed_count = 0, locked_until = $3 WHERE municipality_id = $1 AND id = $2",
        args![municipality, user, until],
    )
    .await?;
    Ok(())
}

/// Takes a step of the second factor, unless it or a later one was taken; whether it was.
pub(crate) async fn step_take(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    step: i64,
) -> Result<bool, Broken> {
    let taken = conn
        .exec(
            "UPDATE app_user SET totp_last_step = $3 WHERE municipality_id = $1 AND id = $2 \
             AND (totp_last_step IS NULL OR totp_last_step < $3)",
            args![municipality, user, step],
        )
        .await?;
    Ok(taken == 1)
}

/// Sets or removes the second factor.
pub(crate) async fn totp_set(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    secret: Option<&str>,
    step: Option<i64>,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE app_user SET totp_secret = $3, totp_last_step = $4 WHERE municipality_id = $1 AND id = $2",
        args![municipality, user, secret, step],
    )
    .await?;
    Ok(())
}

/// Keeps the language somebody chose.
pub(crate) async fn language_set(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    language: Language,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE app_user SET language = $3 WHERE municipality_id = $1 AND id = $2",
        args![municipality, user, language.code()],
    )
    .await?;
    Ok(())
}

/// Sets the password.
pub(crate) async fn password_set(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    user: UserId,
    hash: &str,
) -> Result<(), Broken> {
    conn.exec(
        "UPDATE app_user SET password_hash = $3, failed_count = 0, locked_until = NULL \
         WHERE municipality_id = $1 AND id = $2",
        args![municipality, user, hash],
    )
    .await?;
    Ok(())
}
