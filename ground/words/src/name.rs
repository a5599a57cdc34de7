//! # Names of people
//! A name as it is written, its reading when known, and the keys by which it is found (requirement Q10).
//!
//! Invariant: the written form is kept exactly, 戸髙 stays 戸髙 (domain section 6).

use crate::fold::{fold, fold_reading};
use serde::{Deserialize, Serialize};

/// The name of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonName {
    /// Exactly as written, family name first in Japanese names.
    pub written: String,
    /// The reading in kana, as typed, when known.
    pub reading: Option<String>,
}

impl PersonName {
    /// A name of texts that have passed [`crate::input::line`]. An empty reading is none.
    pub fn new(written: impl Into<String>, reading: Option<String>) -> Self {
        Self { written: written.into(), reading: reading.filter(|reading| !reading.trim().is_empty()) }
    }

    /// The key of the written form; see [`name_key`].
    pub fn key(&self) -> String {
        name_key(&self.written)
    }

    /// The key of the reading; see [`reading_key`]. A name written in kana is its own reading.
    pub fn reading_key(&self) -> Option<String> {
        let own = || self.written.chars().all(|c| crate::fold::is_kana(c) || c.is_whitespace() || c == '・');
        match &self.reading {
            Some(reading) => Some(reading_key(reading)),
            None if !self.written.is_empty() && own() => Some(reading_key(&self.written)),
            None => None,
        }
    }
}

/// The search key of a written name: variants, width, kana and spaces folded.
pub fn name_key(written: &str) -> String {
    fold(written)
}

/// The search key of a reading: as [`name_key`], and long vowels, ぢ and づ folded.
pub fn reading_key(reading: &str) -> String {
    fold_reading(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_variant_and_reading() {
        let name = PersonName::new("戸髙 祐子", Some("とだか　ゆうこ".into()));
        assert_eq!(name.key(), name_key("戸高　祐子"));
        assert_eq!(name.reading_key(), Some(reading_key("ﾄﾀﾞｶ ﾕｰｺ")));
        assert_eq!(name.written, "戸髙 祐子");
    }

    #[test]
    fn a_name_in_kana_is_its_own_reading() {
        assert_eq!(PersonName::new("マリア・ロペス", None).reading_key(), Some(reading_key("まりあろぺす")));
        assert_eq!(PersonName::new("山田", Some(" ".into())).reading_key(), None);
        assert_eq!(PersonName::new("", None).reading_key(), None);
    }
}
