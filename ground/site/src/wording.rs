//! A municipality's own words for what stands on the screens, kept ready so that a page costs no statement more.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use engine::{Broken, Engine};
use words::Instant;
use words::id::MunicipalityId;

use crate::Language;

/// After so long they are asked for again: another server may have changed them.
const STALE_MILLIS: i64 = 10_000;

/// The own words of one municipality.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    ja: HashMap<String, String>,
    en: HashMap<String, String>,
}

impl Own {
    /// Puts a sentence into own words.
    pub fn say(&mut self, language: Language, key: String, wording: String) {
        match language {
            Language::Japanese => self.ja.insert(key, wording),
            Language::English => self.en.insert(key, wording),
        };
    }

    /// The own words for a sentence.
    pub fn of(&self, language: Language, key: &str) -> Option<&str> {
        let words = match language {
            Language::Japanese => &self.ja,
            Language::English => &self.en,
        };
        words.get(key).map(String::as_str)
    }

    fn is_empty(&self) -> bool {
        self.ja.is_empty() && self.en.is_empty()
    }
}

/// Whose words: a municipality's, or, before anyone signed in, those of the only one there is.
type Whose = Option<MunicipalityId>;
type Asking = Pin<Box<dyn Future<Output = Result<Own, Broken>> + Send>>;
type Source = dyn Fn(Engine, Whose) -> Asking + Send + Sync;

struct Kept {
    at: Instant,
    /// None when nothing was changed: then nothing is looked up twice.
    own: Option<Arc<Own>>,
}

/// The own words of every municipality that was asked for lately.
pub(crate) struct Wordings {
    source: Box<Source>,
    kept: RwLock<HashMap<Whose, Kept>>,
}

impl Wordings {
    pub(crate) fn new(source: Box<Source>) -> Self {
        Self { source, kept: RwLock::new(HashMap::new()) }
    }

    /// Asks for the words anew when they are not there or may be old. A database that does not answer leaves the words
    /// that are there.
    pub(crate) async fn refresh(&self, engine: &Engine, whose: Whose, now: Instant) {
        let fresh = {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            kept.get(&whose).is_some_and(|k| (0..STALE_MILLIS).contains(&(now.millis() - k.at.millis())))
        };
        if fresh {
            return;
        }
        match (self.source)(engine.clone(), whose).await {
            Ok(own) => {
                let own = (!own.is_empty()).then(|| Arc::new(own));
                let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
                kept.insert(whose, Kept { at: now, own });
            }
            Err(e) => tracing::error!(error = %e, "the own words of a municipality could not be read"),
        }
    }

    /// Forgets all words, so that the next page asks for them.
    pub(crate) fn forget(&self) {
        self.kept.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn of(&self, whose: Whose) -> Option<Arc<Own>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(&whose).and_then(|k| k.own.clone())
    }
}
