//! Coming in, staying, changing and leaving, as acts.

use access::{Right, System, Viewer};
use engine::wall::Key;
use engine::{Broken, Channel, Engine, Fail, Look, Origin, Receipt, args};
use register::{Settings, Totp};
use serde::Serialize;
use sha2::{Digest, Sha256};
use site::Language;
use words::Instant;
use words::id::{AppointmentId, MunicipalityId, SessionId, UserId};

use crate::sql::{self, Account, NewSession, Stored};
use crate::{password, rules};

/// What a command of this concept says about itself: whom it concerns. Never a password, not even hashed.
#[derive(Serialize)]
struct Concerns {
    user: Option<UserId>,
}

/// A hash under which a token is stored: whoever reads the database cannot use it.
pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// 32 random bytes as text.
pub(crate) fn new_token(engine: &Engine) -> String {
    let mut bytes = [0_u8; 32];
    engine.random(&mut bytes);
    hex(&bytes)
}

/// A read in one municipality through the eyes of nobody: it can disclose nothing.
pub(crate) async fn glance(engine: &Engine, municipality: MunicipalityId) -> Result<Look, Broken> {
    engine.nobody_in(municipality).look(Channel::Page).await
}

/// The session of a token, live or not.
pub(crate) async fn session_of(engine: &Engine, token: &str) -> Result<Option<Stored>, Broken> {
    let hash = token_hash(token);
    sql::session_by_token(&mut engine.glance(Key::Session(&hash)).await?.conn(), &hash).await
}

/// Accounts with this login name: at most one in each municipality.
pub(crate) async fn accounts(engine: &Engine, login: &str) -> Result<Vec<Account>, Broken> {
    sql::accounts(&mut engine.glance(Key::Login(login)).await?.conn(), login).await
}

/// Settings of one municipality, read on their own.
pub(crate) async fn settings(engine: &Engine, municipality: MunicipalityId) -> Result<Settings, Broken> {
    register::settings(&mut glance(engine, municipality).await?.conn(), municipality).await
}

pub(crate) fn right() -> Right {
    Right::system(System::Account)
}

fn only_broken(fail: Fail) -> Broken {
    match fail {
        Fail::Broken(e) => e,
        // A system's command has a fresh id and no base version: neither can be refused.
        Fail::NotVisible | Fail::Stale | Fail::Refused(_) => {
            Broken::Outside("account act refused".to_owned())
        }
    }
}

pub(crate) async fn begin(
    engine: &Engine,
    municipality: MunicipalityId,
    kind: &'static str,
    user: Option<UserId>,
) -> Result<Box<engine::Act>, Broken> {
    engine
        .system_act(System::Account, municipality, Origin::Page, kind, &Concerns { user })
        .await
        .map_err(only_broken)
}

/// Ends an act that is mere upkeep (a counter, the time of last use) and leaves no command behind: kept, these
/// would soon be most of the commands, and a flood of wrong passwords would fill the disk.
pub(crate) async fn commit_upkeep(mut act: Box<engine::Act>) -> Result<(), Broken> {
    let (municipality, command) = (act.municipality(), act.command());
    act.save(&right())?
        .exec("DELETE FROM command WHERE municipality_id = $1 AND id = $2", args![municipality, command])
        .await?;
    act.commit("").await?;
    Ok(())
}

/// The account a login name and a password open, if they do. Whatever the reason why not, the work is the same:
/// one hashing, one small write.
pub(crate) async fn check_password(
    engine: &Engine,
    login: &str,
    given: &str,
) -> Result<Option<Account>, Broken> {
    let login = rules::normal_login(login);
    let accounts = accounts(engine, &login).await?;
    let mut found = None;
    let mut wrong = Vec::new();
    for account in accounts {
        let right = password::fits(&account.hash, given).await?;
        let open = rules::is_open(account.locked_until, account.disabled, engine.now());
        match (right && open, open) {
            (true, _) => found = Some(account),
            (false, true) => wrong.push(Some((account.municipality, account.user))),
            (false, false) => wrong.push(None),
        }
    }
    if found.is_none() && wrong.is_empty() {
        password::fits("", given).await?;
        wrong.push(None);
    }
    if found.is_none() {
        for whom in wrong {
            count_failure(engine, whom).await?;
        }
    }
    Ok(found)
}

/// Counts a wrong password or code, and shuts the account after too many. For an account that does not exist or
/// is shut, a write of the same size is made and changes nothing.
pub(crate) async fn count_failure(
    engine: &Engine,
    whom: Option<(MunicipalityId, UserId)>,
) -> Result<(), Broken> {
    let municipality = match whom {
        Some((municipality, _)) => municipality,
        None => match engine::check::municipalities(engine).await?.first() {
            Some((municipality, _)) => *municipality,
            None => return Ok(()),
        },
    };
    let settings = settings(engine, municipality).await?;
    let mut act = begin(engine, municipality, "account.wrong", None).await?;
    if let Some((municipality, user)) = whom {
        let now = engine.now();
        let mut conn = act.save(&right())?;
        let failures = sql::failure_count(&mut conn, municipality, user).await?;
        let until = rules::shut_until(failures, settings.lock_after_failures, settings.lock_minutes, now);
        if until.is_some() {
            sql::shut(&mut conn, municipality, user, until).await?;
            tracing::warn!(user = %user, "account shut after {failures} wrong tries");
        }
    }
    commit_upkeep(act).await
}

/// How a session begins: with which browser, after which factor.
pub(crate) struct Coming<'a> {
    /// Token of the session that this browser had, if any: it ends.
    pub before: Option<&'a str>,
    /// Token of the shared PC.
    pub device: &'a str,
    /// The token that waited for the second step, if there was one: it is used up.
    pub waiting: Option<&'a str>,
    /// A newly taken second factor and its step, when this sign-in made it.
    pub enrolled: Option<(&'a str, i64)>,
    /// The step of the code given, if one was.
    pub step: Option<i64>,
}

/// Begins a session: a new token, however the browser came. `None` when the account was shut meanwhile or the
/// code was used meanwhile.
pub(crate) async fn come_in(
    engine: &Engine,
    account: &Account,
    coming: Coming<'_>,
) -> Result<Option<NewlySigned>, Broken> {
    let (now, municipality, user) = (engine.now(), account.municipality, account.user);
    let mut act = begin(engine, municipality, "account.sign_in", Some(user)).await?;
    let id = act.new_id();
    let mut conn = act.save(&right())?;
    // Tries that ran beside this one may have shut the account since its password was checked.
    let still = sql::account_of(&mut conn, municipality, user).await?;
    if !still.is_some_and(|a| rules::is_open(a.locked_until, a.disabled, now)) {
        return Ok(None);
    }
    if let Some(waiting) = coming.waiting
        && !sql::waiting_use_up(&mut conn, &token_hash(waiting)).await?
    {
        return Ok(None);
    }
    if let Some((secret, step)) = coming.enrolled {
        sql::totp_set(&mut conn, municipality, user, Some(secret), Some(step)).await?;
    } else if let Some(step) = coming.step
        && !sql::step_take(&mut conn, municipality, user, step).await?
    {
        return Ok(None);
    }
    sql::shut(&mut conn, municipality, user, None).await?;
    if let Some(before) = coming.before {
        sql::session_end(&mut conn, &token_hash(before), now).await?;
    }
    let seats = register::seats(&mut conn, municipality, user, now.day()).await?;
    let last = sql::last_appointment(&mut conn, municipality, user).await?;
    let appointment = rules::acting_first(seats, last).first().map(|s| s.appointment);
    let (token, csrf) = (new_token(engine), new_token(engine));
    let new = NewSession {
        municipality,
        id,
        token_hash: &token_hash(&token),
        user,
        appointment,
        csrf: &csrf,
        created: now,
        ended: None,
    };
    sql::session_insert(&mut conn, new, forget(now)).await?;
    sql::device_note(&mut conn, municipality, &token_hash(coming.device), user, now).await?;
    let receipt = act.commit("").await?;
    tracing::info!(user = %user, session = %id, "signed in");
    Ok(Some(NewlySigned { token, csrf, receipt }))
}

/// Sessions made before this are forgotten.
fn forget(now: Instant) -> Instant {
    now.plus_hours(-24 * rules::DEVICE_DAYS)
}

/// What a browser gets at sign-in.
pub(crate) struct NewlySigned {
    pub token: String,
    pub csrf: String,
    pub receipt: Receipt,
}

/// Remembers that the password was right and the code is awaited: a session that never opens a page. Its token.
pub(crate) async fn await_second(engine: &Engine, account: &Account) -> Result<String, Broken> {
    let (now, token, csrf) = (engine.now(), new_token(engine), new_token(engine));
    let mut act = begin(engine, account.municipality, "account.first_step", Some(account.user)).await?;
    let id = act.new_id();
    let new = NewSession {
        municipality: account.municipality,
        id,
        token_hash: &token_hash(&token),
        user: account.user,
        appointment: None,
        csrf: &csrf,
        created: now,
        ended: Some(now),
    };
    sql::session_insert(&mut act.save(&right())?, new, forget(now)).await?;
    commit_upkeep(act).await?;
    Ok(token)
}

/// Whose code is awaited under this token, while it is.
pub(crate) async fn awaited(engine: &Engine, token: &str) -> Result<Option<Account>, Broken> {
    let hash = token_hash(token);
    let mut look = engine.glance(Key::Session(&hash)).await?;
    let mut conn = look.conn();
    let Some(stored) = sql::session_by_token(&mut conn, &hash).await? else { return Ok(None) };
    let waits = stored.span.ended == Some(stored.span.created)
        && engine.now() < stored.span.created.plus_minutes(rules::SECOND_STEP_MINUTES);
    if !waits {
        return Ok(None);
    }
    sql::account_of(&mut conn, stored.municipality, stored.user).await
}

/// Whether a second step is asked of this account.
pub(crate) fn asks_second(account: &Account, settings: &Settings) -> bool {
    match settings.totp {
        Totp::Forbidden => false,
        Totp::Optional => account.totp_secret.is_some(),
        Totp::Required => true,
    }
}

/// Notes that a session is in use.
pub(crate) async fn notice(engine: &Engine, stored: &Stored, now: Instant) -> Result<(), Broken> {
    let mut act = begin(engine, stored.municipality, "account.notice", None).await?;
    act.save(&right())?
        .exec(
            "UPDATE session SET seen_at = $3 WHERE municipality_id = $1 AND id = $2 AND seen_at < $3",
            args![stored.municipality, stored.session, now],
        )
        .await?;
    commit_upkeep(act).await
}

/// Ends the session of a token.
pub(crate) async fn leave(engine: &Engine, token: &str, kind: &'static str) -> Result<(), Broken> {
    let hash = token_hash(token);
    let stored = session_of(engine, token).await?;
    let Some(stored) = stored.filter(|s| s.span.ended.is_none()) else { return Ok(()) };
    let mut act = begin(engine, stored.municipality, kind, Some(stored.user)).await?;
    sql::session_end(&mut act.save(&right())?, &hash, engine.now()).await?;
    act.commit("").await?;
    tracing::info!(user = %stored.user, session = %stored.session, "session ended");
    Ok(())
}

/// Acts under another of one's own appointments from now on.
pub(crate) async fn sit(
    engine: &Engine,
    viewer: &Viewer,
    session: SessionId,
    appointment: AppointmentId,
) -> Result<Receipt, Fail> {
    if !viewer.seats.iter().any(|s| s.appointment == appointment) {
        return Err(Fail::NotVisible);
    }
    let mut act = begin(engine, viewer.municipality, "account.seat", Some(viewer.user)).await?;
    act.save(&right())?
        .exec(
            "UPDATE session SET appointment_id = $3 WHERE municipality_id = $1 AND id = $2",
            args![viewer.municipality, session, appointment],
        )
        .await?;
    Ok(act.commit("").await?)
}

/// Whether `given` is the account's password, for changes inside a session; wrong ones count as at sign-in.
pub(crate) async fn is_own_password(engine: &Engine, account: &Account, given: &str) -> Result<bool, Broken> {
    let open = rules::is_open(account.locked_until, account.disabled, engine.now());
    let right = password::fits(&account.hash, given).await?;
    if right && open {
        return Ok(true);
    }
    if open {
        count_failure(engine, Some((account.municipality, account.user))).await?;
    }
    Ok(false)
}

/// Sets a new password; every other session of the account ends.
pub(crate) async fn change_password(
    engine: &Engine,
    account: &Account,
    session: SessionId,
    new: &str,
) -> Result<Receipt, Broken> {
    let hash = password::hash(engine, new).await?;
    let (municipality, user) = (account.municipality, account.user);
    let mut act = begin(engine, municipality, "account.password", Some(user)).await?;
    let mut conn = act.save(&right())?;
    sql::password_set(&mut conn, municipality, user, &hash).await?;
    sql::sessions_end_all(&mut conn, municipality, user, Some(session), engine.now()).await?;
    tracing::info!(user = %user, "password changed");
    act.commit("").await
}

/// Takes or removes the second factor.
pub(crate) async fn set_second(
    engine: &Engine,
    account: &Account,
    second: Option<(&str, i64)>,
) -> Result<Receipt, Broken> {
    let (municipality, user) = (account.municipality, account.user);
    let mut act = begin(engine, municipality, "account.second_factor", Some(user)).await?;
    let (secret, step) = (second.map(|s| s.0), second.map(|s| s.1));
    sql::totp_set(&mut act.save(&right())?, municipality, user, secret, step).await?;
    tracing::info!(user = %user, taken = secret.is_some(), "second factor changed");
    act.commit("").await
}

/// Keeps the language somebody chose: it follows them to every PC.
pub(crate) async fn choose_language(
    engine: &Engine,
    viewer: &Viewer,
    language: Language,
) -> Result<Receipt, Broken> {
    let (municipality, user) = (viewer.municipality, viewer.user);
    let mut act = begin(engine, municipality, "account.language", Some(user)).await?;
    sql::language_set(&mut act.save(&right())?, municipality, user, language).await?;
    act.commit("").await
}
