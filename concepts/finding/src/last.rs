//! さっきさがしたこと: what somebody looked for last, so that there is a way back from what they opened to what they had found. The
//! words are about people and stand in no address, so they wait in the memory of this process alone: nothing is written, and a
//! restart, a few hours or the next search ends it. What is found is decided on again when it is shown (disclosure rule 5).

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use site::Fields;
use words::Instant;
use words::id::{MunicipalityId, UserId};

/// Hours after which the way back ends.
const HOURS: i64 = 4;
/// How many people's last searches are held: the oldest give way.
const MOST: usize = 5_000;

/// Of one person, since they signed in: by the proof of their session, so that signing out forgets it.
type Kept = HashMap<(MunicipalityId, UserId, String), (Instant, Fields)>;

static LAST: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

fn held() -> MutexGuard<'static, Kept> {
    // Whoever panicked while holding it left a map of whole entries behind.
    LAST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers what this person looked for.
pub fn remember(m: MunicipalityId, (user, session): (UserId, &str), now: Instant, fields: Fields) {
    let mut held = held();
    if held.len() >= MOST {
        let oldest = held.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone());
        if let Some(key) = oldest {
            held.remove(&key);
        }
    }
    held.insert((m, user, session.to_owned()), (now, fields));
}

/// What this person looked for last, if that was a short time ago.
pub fn remembered(m: MunicipalityId, (user, session): (UserId, &str), now: Instant) -> Option<Fields> {
    let key = (m, user, session.to_owned());
    let mut held = held();
    if held.get(&key).is_some_and(|(at, _)| at.plus_hours(HOURS) < now) {
        held.remove(&key);
    }
    held.get(&key).map(|(_, fields)| fields.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_ones_own_and_ends() {
        let id = |n: u8| -> UserId { format!("00000000-0000-7000-8000-00000000000{n}").parse().unwrap() };
        let (m, me): (MunicipalityId, _) = (id(1).cast(), id(2));
        let now = Instant::from_millis(1_000_000);
        let of = |q: &str| Fields::from_pairs(vec![("q".to_owned(), q.to_owned())]);
        remember(m, (me, "s"), now, of("a"));
        remember(m, (me, "s"), now, of("b"));
        let q = |user, at| remembered(m, (user, "s"), at).and_then(|f| f.get("q").map(str::to_owned));
        assert_eq!(q(me, now).as_deref(), Some("b"));
        assert_eq!(q(id(3), now), None, "nobody else's");
        assert_eq!(q(me, now.plus_hours(HOURS + 1)), None);
        assert_eq!(q(me, now), None, "and then it is gone");
    }
}
