//! The sentences people read: one file per language in each concept, looked up by key.

use std::collections::HashMap;
use std::sync::Arc;

use words::code::Code;
use words::codes;

codes! {
    /// A language of the screens.
    pub enum Language {
        /// 日本語, the first.
        Japanese = "ja",
        /// English.
        English = "en",
    }
}

/// The sentences of one concept, in every language.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// `text/ja.toml`.
    pub ja: &'static str,
    /// `text/en.toml`: the same keys with the same places.
    pub en: &'static str,
}

impl Text {
    /// The file of one language.
    pub const fn file(&self, language: Language) -> &'static str {
        match language {
            Language::Japanese => self.ja,
            Language::English => self.en,
        }
    }
}

/// Every sentence of one language.
pub struct Texts {
    language: Language,
    sentences: HashMap<String, String>,
}

impl Texts {
    /// Reads the concepts' files of one language. A file that is not a flat table of texts, or a key given twice, is an
    /// error that names the key: sentences are part of the program.
    pub fn read(language: Language, texts: &[Text]) -> Result<Self, String> {
        let mut sentences = HashMap::new();
        for text in texts {
            let table: HashMap<String, HashMap<String, String>> =
                toml::from_str(text.file(language)).map_err(|e| format!("text file: {e}"))?;
            for (section, entries) in table {
                for (key, sentence) in entries {
                    let key = format!("{section}.{key}");
                    if sentences.insert(key.clone(), sentence).is_some() {
                        return Err(format!("text key {key} is given twice"));
                    }
                }
            }
        }
        Ok(Self { language, sentences })
    }

    /// Whether there is a sentence for `key`.
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// Every key with its sentence.
    pub fn sentences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sentences.iter().map(|(key, sentence)| (key.as_str(), sentence.as_str()))
    }
}

/// The sentences in every language: what the site keeps.
#[derive(Clone)]
pub struct Languages {
    ja: T,
    en: T,
}

impl Languages {
    /// Reads every concept's files in every language.
    pub fn read(texts: &[Text]) -> Result<Self, String> {
        let of = |language| Texts::read(language, texts).map(|texts| T::new(Arc::new(texts)));
        Ok(Self { ja: of(Language::Japanese)?, en: of(Language::English)? })
    }

    /// A handle on one language.
    pub fn of(&self, language: Language) -> T {
        match language {
            Language::Japanese => self.ja.clone(),
            Language::English => self.en.clone(),
        }
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

    /// The Japanese sentences of some concepts, for names made outside a page and for tests.
    pub fn japanese(texts: &[Text]) -> Result<Self, String> {
        Texts::read(Language::Japanese, texts).map(|texts| Self::new(Arc::new(texts)))
    }

    /// The reader's language.
    pub fn language(&self) -> Language {
        self.0.language
    }

    /// Its code, for `lang=`.
    pub fn lang(&self) -> &'static str {
        self.0.language.code()
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

    /// Words in a row: 父・母; father, mother.
    pub fn join(&self, words: &[String]) -> String {
        words.join(self.s("site.between"))
    }
}
