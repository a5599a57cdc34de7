//! Hashing passwords: Argon2id, off the request threads, two at a time.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use engine::{Broken, Engine};
use tokio::sync::Semaphore;

use crate::rules;

/// Each hashing takes 19 MiB (OWASP's recommended parameters, the crate's default): a flood of sign-ins must
/// not take the memory of the machine.
static TURNS: Semaphore = Semaphore::const_new(2);

/// What is compared with when nobody has this login name: the same work for the same answer. Nobody knows a
/// password for it, and a match would not count.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now(b"nobody has this password", &[7; 16]).unwrap_or_default());

fn hash_now(password: &[u8], salt: &[u8]) -> Result<String, Broken> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password, salt)
        .map_err(|e| Broken::Outside(format!("password hashing: {e}")))?;
    Ok(hash.to_string())
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Broken> {
    let _turn = TURNS.acquire().await.map_err(|e| Broken::Outside(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Broken::Outside(format!("password hashing: {e}")))
}

/// The hash to store for a password.
pub(crate) async fn hash(engine: &Engine, password: &str) -> Result<String, Broken> {
    let mut salt = [0_u8; 16];
    engine.random(&mut salt);
    let password = rules::normal(password);
    aside(move || hash_now(password.as_bytes(), &salt)).await?
}

/// Whether `password` belongs to `hash`. An empty hash (an account without a password) costs the same and
/// never fits.
pub(crate) async fn fits(hash: &str, password: &str) -> Result<bool, Broken> {
    // Longer ones are never stored, and must not cost more than others.
    let password: String = rules::normal(password).chars().take(rules::LONGEST + 1).collect();
    let stored = hash.to_owned();
    aside(move || {
        let hash = if stored.is_empty() { NOBODY.as_str() } else { stored.as_str() };
        let Ok(hash) = PasswordHash::new(hash) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && !stored.is_empty()
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_in_any_spelling_and_no_other() {
        let stored = hash_now(rules::normal("ｶﾞｸ seven kites").as_bytes(), &[1; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(fits(&stored, "ガク seven kites").await.unwrap());
        assert!(!fits(&stored, "ガク seven kite").await.unwrap());
        assert!(!fits("", "nobody has this password").await.unwrap());
        assert!(!fits("not a hash", "x").await.unwrap());
    }
}
