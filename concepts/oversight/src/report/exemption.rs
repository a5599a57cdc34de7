//! What lets something be withheld: data with days of validity, never typed into code.

use std::collections::BTreeSet;

use serde::Deserialize;
use site::T;
use words::Day;

const DATA: &str = include_str!("../../data/exemptions.toml");

/// One exemption of the law.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Exemption {
    /// Its code.
    pub code: String,
    name: String,
    english: String,
    from: String,
    until: Option<String>,
    /// Whether it refuses a request as a whole and nothing less.
    #[serde(default)]
    pub whole: bool,
    /// Whether somebody who knows the law has checked it.
    pub verified: bool,
}

#[derive(Deserialize)]
struct File {
    exemption: Vec<Exemption>,
}

impl Exemption {
    /// What it is called, and that nobody has verified it.
    pub(crate) fn name(&self, t: &T) -> String {
        let name = if t.lang() == "ja" { &self.name } else { &self.english };
        if self.verified { name.clone() } else { format!("{name}{}", t.s("register.unverified")) }
    }

    /// Its name as it stands on a paper.
    pub(crate) fn on_paper(&self, t: &T) -> String {
        if t.lang() == "ja" { self.name.clone() } else { self.english.clone() }
    }

    fn holds(&self, on: Day) -> bool {
        let day = |text: &str| Day::parse_iso(text);
        day(&self.from).is_some_and(|from| from <= on)
            && self.until.as_deref().is_none_or(|until| day(until).is_some_and(|until| on <= until))
    }
}

fn all() -> Vec<Exemption> {
    let file: File = toml::from_str(DATA).unwrap_or(File { exemption: Vec::new() });
    file.exemption
}

/// Those in force on a day.
pub(crate) fn on(day: Day) -> Vec<Exemption> {
    all().into_iter().filter(|e| e.holds(day)).collect()
}

/// The codes of those that refuse a request as a whole and decide about no row, of whatever day: what was decided by one stays known.
pub(crate) fn only_whole() -> BTreeSet<String> {
    all().into_iter().filter(|e| e.whole).map(|e| e.code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_can_be_read_and_has_days() {
        let codes = |on_day| on(on_day).into_iter().map(|e| e.code).collect::<Vec<_>>();
        let now = codes(Day::new(2026, 11, 21).unwrap());
        assert!(now.iter().any(|c| c == "78_1_2") && now.iter().any(|c| c == "81"));
        assert_eq!(only_whole(), BTreeSet::from(["81".to_owned()]), "art. 81 is about the request");
        assert!(codes(Day::new(2022, 1, 1).unwrap()).is_empty(), "not before it came into force");
    }
}
