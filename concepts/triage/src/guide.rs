//! The guide: kinds of urgency with what to do first, what must be known, what to check, whom to call, and the clock.
//!
//! One guide is one text, TOML or JSON, kept whole under a version that never changes. Items are known by their place in
//! their list, which is why a correction is a new version.
//!
//! Invariant: no text that is given to [`Guide::read`] can do more than be refused, with every problem named.

use std::collections::BTreeSet;

use access::{Categories, Category};
use register::Matter;
use serde::{Deserialize, Serialize};
use words::code::Code;
use words::input;

use crate::rules::{ListName, Scope};

/// What a municipality starts from.
pub const BUILTIN: &str = include_str!("../guide/builtin.toml");

/// Longest text of a guide, in bytes.
pub const MOST_BYTES: usize = 200 * 1024;
/// Most kinds.
const MOST_KINDS: usize = 40;
/// Most items of a list.
const MOST_ITEMS: usize = 40;
/// Longest item, in characters.
const ITEM_MAX: usize = 200;
/// Longest clock, in minutes: thirty days.
pub const CLOCK_MAX: i64 = 43_200;

/// One step of the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What must have happened.
    pub what: String,
    /// Elapsed minutes from when the news came, day or night.
    pub minutes: i64,
}

/// A number to call at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Whose.
    pub name: String,
    /// The number as it is dialled.
    pub phone: String,
}

/// One kind of urgency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Stable code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// One sentence to begin with.
    #[serde(default)]
    pub lead: String,
    /// Codes of the categories its texts have unless somebody says otherwise; none: all.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Codes of the matters whose responsible desks are shown.
    #[serde(default)]
    pub matters: Vec<String>,
    /// Who is usually involved: 市のみ, or 包括 and others too.
    pub scope: String,
    /// Elapsed minutes until somebody has judged.
    pub judge_minutes: i64,
    /// Elapsed minutes until a senior has confirmed it.
    pub confirm_minutes: i64,
    /// Not offered any more; what was begun with it goes on.
    #[serde(default)]
    pub retired: bool,
    /// 初動: what to do first.
    #[serde(default)]
    pub first: Vec<String>,
    /// What must be known.
    #[serde(default)]
    pub facts: Vec<String>,
    /// The checklist.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Who must be involved.
    #[serde(default)]
    pub parties: Vec<String>,
    /// The clock.
    #[serde(default)]
    pub clock: Vec<Clock>,
    /// Numbers to call.
    #[serde(default)]
    pub call: Vec<Call>,
}

/// A whole guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// The kinds, in the order in which they are offered.
    pub kind: Vec<Kind>,
}

/// What is wrong with a guide: a key of a sentence, and its values. Never the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Key of the sentence.
    pub key: &'static str,
    /// Its values: which kind, which list, which item, which line.
    pub args: Vec<(&'static str, String)>,
}

impl Problem {
    fn new(key: &'static str, args: &[(&'static str, String)]) -> Self {
        Self { key, args: args.to_vec() }
    }
}

impl Kind {
    /// The items of a list that can be ticked.
    pub fn items(&self, list: ListName) -> Vec<&str> {
        match list {
            ListName::First => self.first.iter().map(String::as_str).collect(),
            ListName::Fact => self.facts.iter().map(String::as_str).collect(),
            ListName::Check => self.checks.iter().map(String::as_str).collect(),
            ListName::Clock => self.clock.iter().map(|c| c.what.as_str()).collect(),
        }
    }

    /// The categories of what is written in it; all when none is named.
    pub fn marks(&self) -> Categories {
        let set: Categories = self.categories.iter().filter_map(|c| Category::parse(c)).collect();
        if set.is_empty() { Categories::all() } else { set.with(Category::Basic) }
    }

    /// The matters whose responsible desks are shown.
    pub fn matters(&self) -> Vec<Matter> {
        self.matters.iter().filter_map(|m| Matter::parse(m)).collect()
    }

    /// Who is usually involved.
    pub fn scope(&self) -> Scope {
        Scope::parse(&self.scope).unwrap_or(Scope::WithOthers)
    }

    /// An empty kind, to be filled in on a page.
    pub fn empty(code: String) -> Self {
        Self {
            code,
            name: String::new(),
            lead: String::new(),
            categories: Vec::new(),
            matters: Vec::new(),
            scope: Scope::CityOnly.code().to_owned(),
            judge_minutes: 240,
            confirm_minutes: 240,
            retired: false,
            first: Vec::new(),
            facts: Vec::new(),
            checks: Vec::new(),
            parties: Vec::new(),
            clock: Vec::new(),
            call: Vec::new(),
        }
    }

    fn check(&self, problems: &mut Vec<Problem>) {
        let name = if self.name.trim().is_empty() { &self.code } else { &self.name };
        let which = || ("kind", short(name));
        let mut say = |key, more: &[(&'static str, String)]| {
            let mut args = vec![which()];
            args.extend_from_slice(more);
            problems.push(Problem { key, args });
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.code.is_empty() || self.code.len() > 40 || !self.code.chars().all(plain) {
            say("triage_guide.bad_code", &[]);
        }
        if input::line(&self.name, 60).is_err() {
            say("triage_guide.bad_name", &[]);
        }
        if input::optional_line(&self.lead, ITEM_MAX).is_err() {
            say("triage_guide.bad_lead", &[]);
        }
        if self.categories.iter().any(|c| Category::parse(c).is_none()) {
            say("triage_guide.bad_category", &[]);
        }
        if self.matters.iter().any(|m| Matter::parse(m).is_none()) {
            say("triage_guide.bad_matter", &[]);
        }
        if Scope::parse(&self.scope).is_none() {
            say("triage_guide.bad_scope", &[]);
        }
        let minutes = [self.judge_minutes, self.confirm_minutes];
        if minutes
            .into_iter()
            .chain(self.clock.iter().map(|c| c.minutes))
            .any(|m| !(1..=CLOCK_MAX).contains(&m))
        {
            say("triage_guide.bad_minutes", &[]);
        }
        if self.checks.is_empty() && self.first.is_empty() {
            say("triage_guide.nothing_to_do", &[]);
        }
        for list in ListName::ALL {
            let items = self.items(*list);
            for (n, item) in items.iter().enumerate() {
                if input::line(item, ITEM_MAX).is_err() {
                    say(
                        "triage_guide.bad_item",
                        &[("list", list.code().to_owned()), ("n", (n + 1).to_string())],
                    );
                }
            }
            if items.len() > MOST_ITEMS {
                say("triage_guide.too_many_items", &[("list", list.code().to_owned())]);
            }
        }
        for (n, party) in self.parties.iter().enumerate() {
            if input::line(party, ITEM_MAX).is_err() {
                say("triage_guide.bad_item", &[("list", "parties".to_owned()), ("n", (n + 1).to_string())]);
            }
        }
        if self.parties.len() > MOST_ITEMS || self.call.len() > MOST_ITEMS {
            say("triage_guide.too_many_items", &[("list", "parties".to_owned())]);
        }
        let dialled = |p: &str| {
            !p.is_empty() && p.len() <= 20 && p.chars().all(|c| c.is_ascii_digit() || "-#+*".contains(c))
        };
        for (n, call) in self.call.iter().enumerate() {
            if input::line(&call.name, 60).is_err() || !dialled(&call.phone) {
                say("triage_guide.bad_call", &[("n", (n + 1).to_string())]);
            }
        }
    }
}

/// Names in messages stay short, and hold nothing that a message must not.
fn short(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(30).collect();
    if words::mynumber::contains_my_number(&name) { String::new() } else { name }
}

impl Guide {
    /// The guide a municipality starts from.
    ///
    /// # Panics
    /// Never: a test reads the text that is part of the program.
    pub fn builtin() -> Self {
        toml::from_str(BUILTIN).expect("the built-in guide is read by a test")
    }

    /// Reads a guide, TOML or JSON, and names every problem.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > MOST_BYTES {
            return Err(vec![Problem::new("triage_guide.too_long", &[])]);
        }
        let json = text.trim_start().starts_with('{');
        let read: Result<Self, usize> = if json {
            serde_json::from_str(text).map_err(|e| e.line())
        } else {
            toml::from_str(text).map_err(|e: toml::de::Error| line_of(text, e.span().map_or(0, |s| s.start)))
        };
        let guide = read
            .map_err(|line| vec![Problem::new("triage_guide.unreadable", &[("line", line.to_string())])])?;
        let problems = guide.problems();
        if problems.is_empty() { Ok(guide) } else { Err(problems) }
    }

    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut codes = BTreeSet::new();
        for kind in &self.kind {
            kind.check(&mut problems);
            if !codes.insert(&kind.code) {
                problems.push(Problem::new("triage_guide.code_twice", &[("kind", short(&kind.code))]));
            }
        }
        if self.kind.iter().all(|k| k.retired) {
            problems.push(Problem::new("triage_guide.no_kind", &[]));
        }
        if self.kind.len() > MOST_KINDS {
            problems.push(Problem::new("triage_guide.too_many_kinds", &[]));
        }
        problems
    }

    /// A kind by its code.
    pub fn kind(&self, code: &str) -> Option<&Kind> {
        self.kind.iter().find(|k| k.code == code)
    }

    /// As TOML, to be changed by hand.
    pub fn to_toml(&self) -> String {
        // Lists of texts cannot fail to be written; an empty text would only be an empty field.
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// As kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_built_in_guide_is_sound_and_names_what_r110_asks_for() {
        let guide = Guide::builtin();
        assert_eq!(guide.problems(), []);
        for code in [
            "child_abuse",
            "elder_abuse",
            "disability_abuse",
            "dv",
            "welfare_check",
            "missing",
            "suicide",
            "no_food_home",
            "other",
        ] {
            let kind = guide.kind(code).unwrap_or_else(|| panic!("no {code}"));
            assert!(!kind.first.is_empty() && !kind.facts.is_empty() && !kind.checks.is_empty(), "{code}");
            assert!(
                !kind.parties.is_empty() && !kind.matters().is_empty() && !kind.clock.is_empty(),
                "{code}"
            );
        }
        assert!(guide.kind("child_abuse").unwrap().marks().has(Category::Violence));
        assert_eq!(
            guide.kind("other").unwrap().marks(),
            Categories::all(),
            "nothing is known, so everything"
        );
    }

    #[test]
    fn both_notations_say_the_same() {
        let guide = Guide::builtin();
        assert_eq!(Guide::read(&guide.to_toml()).unwrap(), guide);
        assert_eq!(Guide::read(&guide.to_json()).unwrap(), guide);
    }

    #[test]
    fn every_problem_is_named_at_once_and_the_text_never_is() {
        let mut guide = Guide::builtin();
        guide.kind[0].judge_minutes = 0;
        guide.kind[0].checks[1] = "123456789018".to_owned();
        guide.kind[1].code = guide.kind[0].code.clone();
        guide.kind[2].categories.push("nothing".to_owned());
        let problems = Guide::read(&guide.to_toml()).unwrap_err();
        let keys: Vec<&str> = problems.iter().map(|p| p.key).collect();
        for key in ["bad_minutes", "bad_item", "code_twice", "bad_category"] {
            assert!(keys.contains(&format!("triage_guide.{key}").as_str()), "{keys:?}");
        }
        assert!(!format!("{problems:?}").contains("123456789018"));
        let broken = Guide::read("[[kind]]\ncode = \"x\"\nname = 7\n").unwrap_err();
        assert_eq!(broken[0].key, "triage_guide.unreadable");
        assert_eq!(broken[0].args, [("line", "3".to_owned())]);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,400}") {
            let _ = Guide::read(&text);
            let _ = Guide::read(&format!("{{{text}"));
        }

        #[test]
        fn a_damaged_guide_is_refused_or_sound(cut in 0_usize..9000, put in ".{0,8}") {
            let text = Guide::builtin().to_toml();
            let at = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let damaged = format!("{}{put}{}", &text[..at], &text[at..]);
            if let Ok(guide) = Guide::read(&damaged) {
                prop_assert!(guide.problems().is_empty());
            }
        }
    }
}
