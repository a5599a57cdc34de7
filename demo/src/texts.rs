//! The few sentences the loader adds to the town's own.

use std::collections::HashMap;

use engine::Broken;
use serde::Deserialize;

const TEXT: &str = include_str!("../text/ja.toml");

/// What `text/ja.toml` says.
#[derive(Deserialize)]
pub(crate) struct Texts {
    /// The municipality.
    pub municipality: String,
    /// How its name is read.
    pub municipality_reading: String,
    /// Title of the published plan.
    pub publication: String,
    /// Purposes of consent that name a meeting.
    pub conference_purposes: Vec<String>,
    /// Languages by code.
    pub language: HashMap<String, String>,
    /// What a completed referral came to: the code of the town's words.
    pub outcome: HashMap<String, String>,
    /// Last words of a case, by the code of its end.
    pub ending: HashMap<String, String>,
    /// Promises the loader adds.
    pub promise: HashMap<String, String>,
    /// What is written in urgent triages: facts, judgements by outcome, the senior's words by answer.
    pub triage: HashMap<String, String>,
    /// What is asked and answered in inquiries, by purpose and step; of a refusal its article and who decided.
    pub inquiry: HashMap<String, String>,
    /// What passes between desks, in conferences, and in urgent looks.
    pub between: HashMap<String, String>,
    /// What was written in cases of long ago.
    pub old: HashMap<String, String>,
    /// Beginnings of drafts.
    pub draft: HashMap<String, String>,
}

impl Texts {
    /// Reads the sentences built into the program.
    pub fn read() -> Result<Self, Broken> {
        toml::from_str(TEXT).map_err(|e| Broken::Outside(format!("demo texts: {e}")))
    }
}

/// A sentence that must be there; its key otherwise, so that a gap is seen.
pub(crate) fn say<'t>(of: &'t HashMap<String, String>, key: &'t str) -> &'t str {
    of.get(key).map_or(key, String::as_str)
}
