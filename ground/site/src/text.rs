//! The sentences people read: one file per language in each concept, looked up by key.

use std::collections::HashMap;
use std::sync::Arc;

/// Every sentence of one language.
pub struct Texts {
    sentences: HashMap<String, String>,
}

impl Texts {
    /// Reads the concepts' files. A file that is not a flat table of texts, or a key given twice, is an error
    /// that names the key: sentences are part of the program.
    pub fn read(files: &[&str]) -> Result<Self, String> {
        let mut sentences = HashMap::new();
        for file in files {
            let table: HashMap<String, HashMap<String, String>> =
                toml::from_str(file).map_err(|e| format!("text file: {e}"))?;
            for (section, entries) in table {
                for (key, sentence) in entries {
                    let key = format!("{section}.{key}");
                    if sentences.insert(key.clone(), sentence).is_some() {
                        return Err(format!("text key {key} is given twice"));
                    }
                }
            }
        }
        Ok(Self { sentences })
    }

    /// Whether there is a sentence for `key`.
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sentences.keys().map(String::as_str)
    }
}

/// A handle on the sentences of the reader's language: what templates call.
#[derive(Clone)]
pub struct T(Arc<Texts>);

impl T {
    /// A handle.
    pub fn new(texts: Arc<Texts>) -> Self {
        Self(texts)
    }

    /// The sentence for `key`. A missing one shows its key, and a test fails.
    pub fn s<'a>(&'a self, key: &'a str) -> &'a str {
        self.0.sentences.get(key).map_or(key, String::as_str)
    }

    /// The word for a code of a closed list: key `list.code`.
    pub fn code(&self, list: &str, code: impl std::fmt::Display) -> String {
        self.s(&format!("{list}.{code}")).to_owned()
    }

    /// The sentence with one place filled.
    pub fn f(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.s(key).replace(&format!("{{{name}}}"), &value.to_string())
    }

    /// The sentence with several places filled.
    pub fn fs(&self, key: &str, args: &[(&'static str, String)]) -> String {
        args.iter()
            .fold(self.s(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}
