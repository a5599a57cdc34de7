//! さっきさがしたこと: what somebody looked for last, so that there is a way back from what they opened to what they had found. The
//! words are about people and stand in no address, so they wait in the memory of this site alone: nothing is written, and a
//! restart, a few hours or the next search ends it. What is found is decided on again when it is shown (disclosure rule 5).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use words::Instant;
use words::id::{SessionId, UserId};

use crate::Fields;

/// Hours after which the way back ends.
const HOURS: i64 = 4;
/// How many people's last searches are held: the oldest give way.
const MOST: usize = 5_000;

/// Whose it is: one person, since they signed in, so that signing out forgets it.
type Whose = (SessionId, UserId);

/// What everybody looked for last. Each site has its own: two that run in one process know nothing of each other.
#[derive(Default)]
pub struct Recall(Mutex<HashMap<Whose, (Instant, Fields)>>);

impl Recall {
    fn held(&self) -> MutexGuard<'_, HashMap<Whose, (Instant, Fields)>> {
        // Whoever panicked while holding it left a map of whole entries behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what this person looked for.
    pub(crate) fn keep(&self, whose: Whose, now: Instant, fields: Fields) {
        let mut held = self.held();
        if held.len() >= MOST {
            let oldest = held.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| *key);
            if let Some(key) = oldest {
                held.remove(&key);
            }
        }
        held.insert(whose, (now, fields));
    }

    /// What this person looked for last, if that was a short time ago.
    pub(crate) fn kept(&self, whose: Whose, now: Instant) -> Option<Fields> {
        let mut held = self.held();
        if held.get(&whose).is_some_and(|(at, _)| at.plus_hours(HOURS) < now) {
            held.remove(&whose);
        }
        held.get(&whose).map(|(_, fields)| fields.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_ones_own_and_ends() {
        let id = |n: u8| -> UserId { format!("00000000-0000-7000-8000-00000000000{n}").parse().unwrap() };
        let (session, me): (SessionId, _) = (id(1).cast(), id(2));
        let now = Instant::from_millis(1_000_000);
        let of = |q: &str| Fields::from_pairs(vec![("q".to_owned(), q.to_owned())]);
        let (here, elsewhere) = (Recall::default(), Recall::default());
        let whose = |user| (session, user);
        here.keep(whose(me), now, of("a"));
        here.keep(whose(me), now, of("b"));
        elsewhere.keep(whose(me), now, of("c"));
        let q = |user, at| here.kept(whose(user), at).and_then(|f| f.get("q").map(str::to_owned));
        assert_eq!(q(me, now).as_deref(), Some("b"));
        assert_eq!(q(id(3), now), None, "nobody else's");
        assert_eq!(q(me, now.plus_hours(HOURS + 1)), None);
        assert_eq!(q(me, now), None, "and then it is gone");
    }
}
