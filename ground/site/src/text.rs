//! The sentences people read: one file per language in each concept, looked up by key.

use std::collections::HashMap;
use std::sync::Arc;

use engine::{Broken, Engine};
use words::Instant;
use words::id::MunicipalityId;

use words::code::Code;
use words::codes;

use crate::wording::{Own, Wordings};

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
    own: Option<Arc<Wordings>>,
}

impl Languages {
    /// Reads every concept's files in every language.
    pub fn read(texts: &[Text]) -> Result<Self, String> {
        let of = |language| Texts::read(language, texts).map(|texts| T::new(Arc::new(texts)));
        Ok(Self { ja: of(Language::Japanese)?, en: of(Language::English)?, own: None })
    }

    /// With a source of municipalities' own words.
    #[must_use]
    pub fn with_own<F, Fut>(mut self, source: F) -> Self
    where
        F: Fn(Engine, Option<MunicipalityId>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Own, Broken>> + Send + 'static,
    {
        let source = move |engine, whose| -> std::pin::Pin<Box<dyn Future<Output = _> + Send>> {
            Box::pin(source(engine, whose))
        };
        self.own = Some(Arc::new(Wordings::new(Box::new(source))));
        self
    }

    /// One language in a municipality's own words, for work outside a page.
    pub async fn words_of(
        &self,
        language: Language,
        engine: &Engine,
        whose: MunicipalityId,
        now: Instant,
    ) -> T {
        self.refresh(engine, Some(whose), now).await;
        self.in_words_of(language, Some(whose))
    }

    /// Has the own words of a municipality ready for [`Languages::in_words_of`].
    pub(crate) async fn refresh(&self, engine: &Engine, whose: Option<MunicipalityId>, now: Instant) {
        if let Some(own) = &self.own {
            own.refresh(engine, whose, now).await;
        }
    }

    /// Own words changed: the next page asks for them.
    pub(crate) fn forget_own(&self) {
        if let Some(own) = &self.own {
            own.forget();
        }
    }

    /// A handle on one language in a municipality's own words; before anyone signed in, in those of the only one.
    pub(crate) fn in_words_of(&self, language: Language, whose: Option<MunicipalityId>) -> T {
        let own = self.own.as_ref().and_then(|own| own.of(whose));
        T { own, ..self.of(language) }
    }

    /// A handle on one language, in the program's own words.
    pub fn of(&self, language: Language) -> T {
        match language {
            Language::Japanese => self.ja.clone(),
            Language::English => self.en.clone(),
        }
    }
}

/// A handle on the sentences of the reader's language: what templates call.
#[derive(Clone)]
pub struct T {
    texts: Arc<Texts>,
    /// The municipality's own words, when there are any.
    own: Option<Arc<Own>>,
}

impl T {
    /// A handle.
    pub fn new(texts: Arc<Texts>) -> Self {
        Self { texts, own: None }
    }

    /// The Japanese sentences of some concepts, for names made outside a page and for tests.
    pub fn japanese(texts: &[Text]) -> Result<Self, String> {
        Texts::read(Language::Japanese, texts).map(|texts| Self::new(Arc::new(texts)))
    }

    /// The English words of these texts.
    pub fn english(texts: &[Text]) -> Result<Self, String> {
        Texts::read(Language::English, texts).map(|texts| Self::new(Arc::new(texts)))
    }

    /// The reader's language.
    pub fn language(&self) -> Language {
        self.texts.language
    }

    /// Its code, for `lang=`.
    pub fn lang(&self) -> &'static str {
        self.texts.language.code()
    }

    /// The same handle with some sentences in other words, as a sheet's definition asks its items. A municipality's own
    /// word for the same key still comes first.
    #[must_use]
    pub fn with(&self, changed: Vec<(String, String)>) -> Self {
        if changed.is_empty() {
            return self.clone();
        }
        let mut sentences = self.texts.sentences.clone();
        sentences.extend(changed);
        Self { texts: Arc::new(Texts { language: self.texts.language, sentences }), own: self.own.clone() }
    }

    /// The sentence for `key`. A missing one shows its key, and a test fails.
    pub fn s<'a>(&'a self, key: &'a str) -> &'a str {
        self.own
            .as_ref()
            .and_then(|own| own.of(self.texts.language, key))
            .or_else(|| self.sentence(key))
            .unwrap_or(key)
    }

    /// The program's own sentence for `key`.
    pub fn sentence(&self, key: &str) -> Option<&str> {
        self.texts.sentences.get(key).map(String::as_str)
    }

    /// Every key with the program's own sentence.
    pub fn sentences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.sentences()
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
