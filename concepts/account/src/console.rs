//! Accounts of others, for whoever holds the machine: the command line. By the named actor `system:console`.

use access::{Right, System};
use engine::{Broken, Engine, Fail, Origin, Refusal, args};
use serde::Serialize;
use words::Instant;
use words::id::{MunicipalityId, UserId};

use crate::{acts, password, rules, sql};

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The account.
    pub user: UserId,
    /// Its municipality.
    pub municipality: MunicipalityId,
    /// Name of the municipality.
    pub town: String,
    /// Login name.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// Until when it is shut, if it is.
    pub locked_until: Option<Instant>,
    /// Since when it is disabled.
    pub disabled_at: Option<Instant>,
    /// Whether it has a second factor.
    pub second_factor: bool,
}

/// A person to make an account for.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// Login name: visible ASCII.
    pub login: String,
    /// Name as written.
    pub name: String,
    /// Reading of the name.
    pub reading: String,
    /// The line on the sign-in page of a demonstration; empty otherwise.
    pub demo_line: String,
}

#[derive(Serialize)]
struct Body<'a> {
    login: &'a str,
}

async fn begin(
    engine: &Engine,
    municipality: MunicipalityId,
    kind: &'static str,
    login: &str,
) -> Result<Box<engine::Act>, Fail> {
    engine.system_act(System::Console, municipality, Origin::Console, kind, &Body { login }).await
}

fn right() -> Right {
    Right::system(System::Console)
}

/// Whether `new` may be the password of `login`, as a refusal with its sentence.
pub fn check_new_password(login: &str, new: &str) -> Result<(), Refusal> {
    rules::good_password(login, new).map_err(|weak| {
        let (shortest, longest) = (rules::SHORTEST, rules::LONGEST);
        Refusal::new(weak.key()).arg("min", shortest).arg("max", longest)
    })
}

/// Makes an account. Without a password nobody can enter it until one is set.
pub async fn create(
    engine: &Engine,
    municipality: MunicipalityId,
    new: &NewAccount,
    first_password: Option<&str>,
) -> Result<UserId, Fail> {
    let login = rules::normal_login(&new.login);
    if !rules::is_login(&login) {
        return Err(Refusal::new("account.not_a_login").into());
    }
    let name = words::input::optional_line(&new.name, 100)
        .ok()
        .flatten()
        .ok_or_else(|| Refusal::new("account.name_needed"))?;
    let hash = match first_password {
        Some(given) => {
            check_new_password(&login, given)?;
            password::hash(engine, given).await?
        }
        None => String::new(),
    };
    let mut act = begin(engine, municipality, "account.create", &login).await?;
    let user: UserId = act.new_id();
    let made = act
        .save(&right())?
        .exec(
            "INSERT INTO app_user (municipality_id, id, login, name, reading, demo_line, password_hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (municipality_id, login) DO NOTHING",
            args![municipality, user, &login, &name, &new.reading, &new.demo_line, &hash],
        )
        .await?;
    if made == 0 {
        return Err(Refusal::new("account.login_taken").into());
    }
    act.commit(&user.to_string()).await?;
    Ok(user)
}

/// Every account, by login name.
pub async fn list(engine: &Engine) -> Result<Vec<Listed>, Broken> {
    let mut all = Vec::new();
    for (municipality, town) in engine::check::municipalities(engine).await? {
        let sql = "SELECT id, login, name, locked_until, disabled_at, totp_secret FROM app_user \
                   WHERE municipality_id = $1 ORDER BY login";
        for row in acts::glance(engine, municipality).await?.conn().all(sql, args![municipality]).await? {
            all.push(Listed {
                user: row.get("id")?,
                municipality,
                town: town.clone(),
                login: row.get("login")?,
                name: row.get("name")?,
                locked_until: row.get("locked_until")?,
                disabled_at: row.get("disabled_at")?,
                second_factor: row.get::<Option<String>>("totp_secret")?.is_some(),
            });
        }
    }
    // Towns are in the order of their names, and a stable sort keeps it.
    all.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(all)
}

/// The account with a login name, in one municipality.
async fn found(engine: &Engine, municipality: MunicipalityId, login: &str) -> Result<sql::Account, Fail> {
    let login = rules::normal_login(login);
    let accounts = acts::accounts(engine, &login).await?;
    accounts
        .into_iter()
        .find(|a| a.municipality == municipality)
        .ok_or_else(|| Refusal::new("account.no_such_login").into())
}

/// Sets a password; every session of the account ends.
pub async fn set_password(
    engine: &Engine,
    municipality: MunicipalityId,
    login: &str,
    new: &str,
) -> Result<(), Fail> {
    let account = found(engine, municipality, login).await?;
    check_new_password(&account.login, new)?;
    let hash = password::hash(engine, new).await?;
    let mut act = begin(engine, municipality, "account.password", &account.login).await?;
    let mut conn = act.save(&right())?;
    sql::password_set(&mut conn, municipality, account.user, &hash).await?;
    sql::sessions_end_all(&mut conn, municipality, account.user, None, engine.now()).await?;
    act.commit("").await?;
    Ok(())
}

/// Shuts an account for good; every session of it ends. What it wrote stays.
pub async fn disable(engine: &Engine, municipality: MunicipalityId, login: &str) -> Result<(), Fail> {
    let account = found(engine, municipality, login).await?;
    let mut act = begin(engine, municipality, "account.disable", &account.login).await?;
    let mut conn = act.save(&right())?;
    conn.exec(
        "UPDATE app_user SET disabled_at = $3 WHERE municipality_id = $1 AND id = $2 AND disabled_at IS NULL",
        args![municipality, account.user, engine.now()],
    )
    .await?;
    sql::sessions_end_all(&mut conn, municipality, account.user, None, engine.now()).await?;
    act.commit("").await?;
    Ok(())
}

/// Opens an account again that was shut after wrong tries, or disabled.
pub async fn unlock(engine: &Engine, municipality: MunicipalityId, login: &str) -> Result<(), Fail> {
    let account = found(engine, municipality, login).await?;
    let mut act = begin(engine, municipality, "account.unlock", &account.login).await?;
    act.save(&right())?
        .exec(
            "UPDATE app_user SET failed_count = 0, locked_until = NULL, disabled_at = NULL \
             WHERE municipality_id = $1 AND id = $2",
            args![municipality, account.user],
        )
        .await?;
    act.commit("").await?;
    Ok(())
}

/// Takes the second factor away: the phone is lost.
pub async fn reset_second_factor(
    engine: &Engine,
    municipality: MunicipalityId,
    login: &str,
) -> Result<(), Fail> {
    let account = found(engine, municipality, login).await?;
    let mut act = begin(engine, municipality, "account.second_factor", &account.login).await?;
    sql::totp_set(&mut act.save(&right())?, municipality, account.user, None, None).await?;
    act.commit("").await?;
    Ok(())
}

/// A password that nobody has thought of: 80 random bits in groups that can be read out, without `0 o 1 l`.
pub fn generate_password(engine: &Engine) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 16];
    engine.random(&mut bytes);
    let mut text = String::with_capacity(19);
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}
