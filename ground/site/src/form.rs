//! Form fields: read, collect every problem at once, keep what was typed.

use std::collections::BTreeMap;
use std::str::FromStr;

use words::code::Code;
use words::input::{self, TextProblem};
use words::partial::PartialDate;
use words::wareki::{Lean, parse_day, parse_day_near};
use words::{Day, Id};

use crate::T;

/// How many years ahead a promise can lie: a look after support ended is not planned further.
const PROMISE_YEARS: i64 = 3;

/// Raw fields in the order they came; a name can come several times.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads an urlencoded body or query.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// From pairs, for tests and drafts.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every value of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every pair.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// As an urlencoded text.
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// Names of fields that hold what may be a 個人番号 (disclosure rule 10). Tokens of our own are passed over, as ids
    /// are: one session in some hundreds has twelve fitting digits in its CSRF value.
    pub fn with_my_number(&self) -> Vec<String> {
        self.0
            .iter()
            .filter(|(_, v)| !is_token(v) && words::mynumber::contains_my_number(v))
            .map(|(n, _)| n.clone())
            .collect()
    }
}

/// Whether a value is a token of ours: chance, not somebody's words.
fn is_token(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a field must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may stay empty.
    Optional,
}

/// What is wrong with one field.
#[derive(Debug, Clone)]
struct Problem {
    key: &'static str,
    args: Vec<(&'static str, String)>,
}

/// A form being read, or being shown: typed values, and problems beside their fields.
#[derive(Debug, Clone, Default)]
pub struct Form {
    fields: Fields,
    problems: BTreeMap<String, Problem>,
    order: Vec<String>,
    today: Option<Day>,
}

impl Form {
    /// Reads sent fields; a field with a 個人番号 has its problem from the start.
    pub fn new(fields: Fields) -> Self {
        let mut form = Self { fields, ..Self::default() };
        for name in form.fields.with_my_number() {
            form.problem(&name, "text.my_number");
        }
        form
    }

    /// The day on which it is read: a month and a day without their year need it (`11/25`).
    #[must_use]
    pub fn on(self, today: Day) -> Self {
        Self { today: Some(today), ..self }
    }

    /// A form to be shown first, with some values filled in.
    pub fn filled(pairs: Vec<(&str, String)>) -> Self {
        Self {
            fields: Fields(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect()),
            ..Self::default()
        }
    }

    /// The raw fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Notes a problem of a field. The first problem of a field stays.
    pub fn problem(&mut self, field: &str, key: &'static str) {
        self.problem_with(field, key, Vec::new());
    }

    /// Notes a problem with values for its sentence.
    pub fn problem_with(&mut self, field: &str, key: &'static str, args: Vec<(&'static str, String)>) {
        if !self.problems.contains_key(field) {
            self.order.push(field.to_owned());
            self.problems.insert(field.to_owned(), Problem { key, args });
        }
    }

    /// Whether anything is wrong.
    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    fn text(&mut self, field: &str, need: Need, parsed: Result<Option<String>, TextProblem>) -> String {
        match parsed {
            Ok(None) if need == Need::Required => {
                self.problem(field, TextProblem::Required.key());
                String::new()
            }
            Ok(text) if !self.problems.contains_key(field) => text.unwrap_or_default(),
            Ok(_) => String::new(),
            Err(p) => {
                self.problem_with(field, p.key(), p.args());
                String::new()
            }
        }
    }

    /// A single line of at most `max` characters. Empty when absent or wrong.
    pub fn line(&mut self, field: &str, need: Need, max: usize) -> String {
        let parsed = input::optional_line(self.fields.get(field).unwrap_or_default(), max);
        self.text(field, need, parsed)
    }

    /// A text of several lines, of at most `max` characters. Empty when absent or wrong.
    pub fn paragraph(&mut self, field: &str, need: Need, max: usize) -> String {
        let parsed = input::optional_paragraph(self.fields.get(field).unwrap_or_default(), max);
        self.text(field, need, parsed)
    }

    /// A phone number as written. Empty when absent or wrong.
    pub fn phone(&mut self, field: &str) -> String {
        let typed = self.fields.get(field).unwrap_or_default();
        if typed.trim().is_empty() {
            return String::new();
        }
        match input::phone(typed).map(|p| Some(p.written)) {
            Err(TextProblem::Unreadable) => {
                self.problem(field, "text.phone");
                String::new()
            }
            parsed => self.text(field, Need::Optional, parsed),
        }
    }

    /// A day in any notation. Without a year: the nearest such day.
    pub fn day(&mut self, field: &str, need: Need) -> Option<Day> {
        self.day_leaning(field, need, Lean::Nearest)
    }

    /// A due date or an appointment. Without a year: the next such day.
    pub fn coming_day(&mut self, field: &str, need: Need) -> Option<Day> {
        self.day_leaning(field, need, Lean::Coming)
    }

    /// The day of a promise, a review, the next visit: a due date that calls somebody up. One that lies more than three
    /// years ahead is a slip of the year, and would put what it is about out of sight for as long.
    pub fn promised_day(&mut self, field: &str, need: Need) -> Option<Day> {
        let day = self.coming_day(field, need)?;
        let last = self.today.map(|today| today.plus_days(PROMISE_YEARS * 366));
        if last.is_some_and(|last| day > last) {
            self.problem(field, "date.promise_far");
            return None;
        }
        Some(day)
    }

    /// The day of something that happened. Without a year: the last such day.
    pub fn past_day(&mut self, field: &str, need: Need) -> Option<Day> {
        self.day_leaning(field, need, Lean::Past)
    }

    fn day_leaning(&mut self, field: &str, need: Need, lean: Lean) -> Option<Day> {
        let typed = self.fields.get(field).unwrap_or_default().trim().to_owned();
        if typed.is_empty() {
            if need == Need::Required {
                self.problem(field, "text.required");
            }
            return None;
        }
        let read = match self.today {
            Some(today) => parse_day_near(&typed, today, lean),
            None => parse_day(&typed),
        };
        match read {
            Ok(day) => Some(day),
            Err(p) => {
                self.problem(field, p.key());
                None
            }
        }
    }

    /// A date of which parts may be unknown.
    pub fn partial_date(&mut self, field: &str) -> Option<PartialDate> {
        let typed = self.fields.get(field).unwrap_or_default().trim().to_owned();
        if typed.is_empty() {
            return None;
        }
        match words::partial::parse_partial(&typed) {
            Ok(date) => Some(date),
            Err(p) => {
                self.problem(field, p.key());
                None
            }
        }
    }

    /// A date of which parts may be unknown, of something that has happened.
    pub fn past_date(&mut self, field: &str, today: Day) -> Option<PartialDate> {
        let day = self.partial_date(field)?;
        if day.earliest() > today {
            self.problem(field, "date.in_future");
            return None;
        }
        Some(day)
    }

    /// When somebody was born, which may be known in part or said as about (昭和50年頃), and has happened.
    pub fn birth(&mut self, field: &str, today: Day) -> Option<PartialDate> {
        let typed = self.fields.get(field).unwrap_or_default().trim().to_owned();
        if typed.is_empty() {
            return None;
        }
        match words::partial::parse_about(&typed) {
            Ok(born) if born.says_from() > today => {
                self.problem(field, "date.in_future");
                None
            }
            Ok(born) => Some(born),
            Err(p) => {
                self.problem(field, p.key());
                None
            }
        }
    }

    /// A time of day as [`words::clock`] reads it: `9:05`, `９時５分`, `1630`; or empty.
    pub fn time(&mut self, field: &str) -> Option<(u32, u32)> {
        let typed = self.fields.get(field).unwrap_or_default();
        if typed.trim().is_empty() {
            return None;
        }
        let time = words::clock::parse_clock(typed);
        if time.is_none() {
            self.problem(field, "date.unreadable_time");
        }
        time
    }

    /// One value of a closed list.
    pub fn code<C: Code>(&mut self, field: &str, need: Need) -> Option<C> {
        let typed = self.fields.get(field).unwrap_or_default();
        if typed.is_empty() {
            if need == Need::Required {
                self.problem(field, "text.choose");
            }
            return None;
        }
        let value = C::parse(typed);
        if value.is_none() {
            self.problem(field, "text.choose");
        }
        value
    }

    /// Several values of a closed list; unknown ones are a problem.
    pub fn codes<C: Code>(&mut self, field: &str) -> Vec<C> {
        let mut values = Vec::new();
        let mut wrong = false;
        for typed in self.fields.all(field).filter(|v| !v.is_empty()) {
            match C::parse(typed) {
                Some(v) if !values.contains(&v) => values.push(v),
                Some(_) => {}
                None => wrong = true,
            }
        }
        if wrong {
            self.problem(field, "text.choose");
        }
        values
    }

    /// An id.
    pub fn id<K>(&mut self, field: &str, need: Need) -> Option<Id<K>> {
        let typed = self.fields.get(field).unwrap_or_default();
        if typed.is_empty() {
            if need == Need::Required {
                self.problem(field, "text.choose");
            }
            return None;
        }
        let id = Id::from_str(typed).ok();
        if id.is_none() {
            self.problem(field, "text.choose");
        }
        id
    }

    /// An id out of those that were offered. Another one (unknown, of another municipality, ended meanwhile) is a
    /// problem beside its field.
    pub fn id_among<K>(&mut self, field: &str, need: Need, offered: &[Id<K>]) -> Option<Id<K>> {
        let chosen = self.id(field, need)?;
        if offered.contains(&chosen) {
            return Some(chosen);
        }
        self.problem(field, "text.choose");
        None
    }

    /// Several ids; unreadable ones are dropped.
    pub fn ids<K>(&self, field: &str) -> Vec<Id<K>> {
        self.fields.all(field).filter_map(|v| Id::from_str(v).ok()).collect()
    }

    /// Of choices that must not stay open: says so, where an empty line would say that something must be written.
    pub fn must_choose(&mut self, field: &str) {
        if self.value(field).trim().is_empty() {
            self.problem(field, "text.choose");
        }
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|v| !v.is_empty())
    }

    // ── What templates ask ──

    /// What was typed.
    pub fn value(&self, field: &str) -> &str {
        self.fields.get(field).unwrap_or_default()
    }

    /// Whether `value` is among what was chosen.
    pub fn chose(&self, field: &str, value: impl std::fmt::Display) -> bool {
        let value = value.to_string();
        self.fields.all(field).any(|v| v == value)
    }

    /// The sentence of a field's problem.
    pub fn error(&self, t: &T, field: &str) -> Option<String> {
        self.problems.get(field).map(|p| t.fs(p.key, &p.args))
    }

    /// Every problem in the order found, not yet in words: field, key of the sentence, what it fills in.
    pub fn found(&self) -> impl Iterator<Item = (&str, &'static str, &[(&'static str, String)])> {
        self.order.iter().filter_map(|f| self.problems.get(f).map(|p| (f.as_str(), p.key, p.args.as_slice())))
    }

    /// Every problem in the order found: field and sentence.
    pub fn errors(&self, t: &T) -> Vec<(String, String)> {
        self.order
            .iter()
            .filter_map(|f| self.problems.get(f).map(|p| (f.clone(), t.fs(p.key, &p.args))))
            .collect()
    }
}

/// A choice of a form, shown by the macros of `parts/choices.html`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub word: String,
    /// Whether it is chosen.
    pub on: bool,
    /// A sentence below the word, or nothing.
    pub help: String,
}

impl Choice {
    /// A choice of `field`, chosen if the form says so.
    pub fn new(form: &Form, field: &str, value: impl std::fmt::Display, word: String) -> Self {
        let value = value.to_string();
        Self { on: form.chose(field, &value), value, word, help: String::new() }
    }

    /// With a sentence below the word.
    #[must_use]
    pub fn with_help(self, help: String) -> Self {
        Self { help, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_individual_number_is_sought_in_words_not_in_our_own_tokens() {
        // A number that fits its check digit: in a CSRF value it is chance, in a sentence it is a problem.
        let number = "123456789018";
        let token = format!("ab{number}{}", "c".repeat(50));
        let pairs =
            [("csrf", token.clone()), ("words", format!("番号は{number}")), ("note", format!("{token}x"))];
        let fields = Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect());
        assert_eq!(fields.with_my_number(), ["words", "note"]);
    }
}
