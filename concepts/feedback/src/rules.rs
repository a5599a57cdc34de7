//! What may be told, and how.

use engine::Refusal;
use words::codes;

codes! {
    /// What became of it, in one line that names nobody.
    pub enum Outcome {
        /// 支援が始まった.
        Supported = "supported",
        /// ほかの機関・制度につながった.
        Connected = "connected",
        /// 困りごとが落ち着いた.
        Settled = "settled",
        /// 見守りを続けている.
        Watching = "watching",
        /// 受けられなかった（次の先を考えている）.
        Refused = "refused",
        /// うまくいかなかった.
        Failed = "failed",
        /// 本人が望まなかった.
        Declined = "declined",
        /// もう少し教えてほしい: a question back to who noticed first, not an end.
        Asking = "asking",
    }

    /// Where it stands, for whoever waits and whoever owes.
    pub enum Stage {
        /// Not told yet, and the day is past.
        Late = "late",
        /// Not told yet.
        Waiting = "waiting",
        /// Told, not read yet.
        New = "new",
        /// Read.
        Read = "read",
    }

    /// On what words may leave with the one line.
    pub enum GivenBasis {
        /// Nothing but the line.
        StatusOnly = "status_only",
        /// A consent in force that names the addressee: the text is readable by it, and by nothing else.
        Consent = "consent",
        /// An article.
        Article = "article",
    }
}

impl Outcome {
    /// What can be told when something is owed: everything that says what became of it.
    pub fn endings() -> impl Iterator<Item = Self> {
        use words::code::Code;
        Self::ALL.iter().copied().filter(|o| *o != Self::Asking)
    }
}

/// Where a feedback stands.
pub const fn stage(given: bool, read: bool, past: bool) -> Stage {
    match (given, read) {
        (false, _) if past => Stage::Late,
        (false, _) => Stage::Waiting,
        (true, false) => Stage::New,
        (true, true) => Stage::Read,
    }
}

/// Words need a basis; the line alone does not.
pub fn check(words: &str, basis: GivenBasis, article: &str) -> Result<(), Refusal> {
    if words.is_empty() {
        return Ok(());
    }
    match basis {
        GivenBasis::StatusOnly => Err(Refusal::new("feedback.words_need_basis")),
        GivenBasis::Article if article.is_empty() => Err(Refusal::new("feedback.choose_article")),
        GivenBasis::Consent | GivenBasis::Article => Ok(()),
    }
}

/// Beside which field a refusal of words stands; `None` for one that is about none of them.
pub fn field_of(key: &str) -> Option<&'static str> {
    match key {
        "feedback.consent_does_not_carry" | "feedback.words_need_basis" => Some("basis"),
        "feedback.choose_article" | "consent.no_such_article" => Some("article"),
        key if key.starts_with("law_ground.") => Some("article"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_never_late() {
        assert_eq!(stage(false, false, true), Stage::Late);
        assert_eq!(stage(false, false, false), Stage::Waiting);
        assert_eq!(stage(true, false, true), Stage::New);
        assert_eq!(stage(true, true, true), Stage::Read);
    }

    #[test]
    fn words_leave_only_under_a_basis() {
        assert!(check("", GivenBasis::StatusOnly, "").is_ok());
        assert_eq!(check("x", GivenBasis::StatusOnly, "").unwrap_err().key, "feedback.words_need_basis");
        assert_eq!(check("x", GivenBasis::Article, "").unwrap_err().key, "feedback.choose_article");
        assert!(check("x", GivenBasis::Article, "appi_69_1").is_ok());
        assert!(check("x", GivenBasis::Consent, "").is_ok());
    }
}
