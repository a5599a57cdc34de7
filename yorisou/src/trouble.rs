//! Why a command did not work: one sentence for whoever called it.

use engine::{Broken, Fail};

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble(pub String);

impl Trouble {
    /// With this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<Broken> for Trouble {
    fn from(broken: Broken) -> Self {
        Self(broken.to_string())
    }
}

impl From<Fail> for Trouble {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Broken(broken) => broken.into(),
            Fail::Refused(refusal) => match crate::site::texts() {
                Ok(texts) => Self(texts.of(site::Language::Japanese).fs(refusal.key, &refusal.args)),
                Err(trouble) => trouble.into(),
            },
            Fail::NotVisible => Self::new("there is no such thing"),
            Fail::Stale => Self::new("it changed meanwhile; try again"),
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(e: std::io::Error) -> Self {
        Self(e.to_string())
    }
}
