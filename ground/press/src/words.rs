//! A document as the data that `form.typ` reads: words in runs, where more has to be said than the words.
//!
//! A run is `{"s": words}`, or `{"n": true}` for a line break, `{"c": true}` for a place where an overlong word may be cut,
//! `{"r": words}` for signs that the main font cannot draw as they are meant (variants of kanji).

use paper::Document;
use serde_json::{Map, Value, json};

use crate::world::has_variant;

/// A word longer than this may be cut anywhere in it: an address of a page, a run of figures.
const LONGEST: usize = 20;
/// How many of its letters stay together then.
const PIECE: usize = 6;

/// The document, ready for `form.typ`, and its drawings, which are files of their own there.
pub fn prepared(document: &Document) -> (Value, Vec<String>) {
    let mut drawings = Vec::new();
    // A document is strings, numbers and lists: there is nothing in it that JSON cannot say.
    let value = serde_json::to_value(document).unwrap_or(Value::Null);
    (walk(value, "", &mut drawings), drawings)
}

fn walk(value: Value, style: &str, drawings: &mut Vec<String>) -> Value {
    match value {
        Value::String(words) => runs(&words),
        Value::Array(items) => Value::Array(items.into_iter().map(|v| walk(v, style, drawings)).collect()),
        Value::Object(fields) => {
            // A drawing's style is its legend's, too.
            let own = fields.get("style").and_then(Value::as_str).map(str::to_owned);
            let style = own.as_deref().unwrap_or(style);
            let mut out = Map::new();
            for (key, value) in fields {
                let value = match (key.as_str(), value) {
                    ("svg", Value::String(svg)) => {
                        drawings.push(svg.replacen('>', &format!("><style>{style}</style>"), 1));
                        json!(drawings.len() - 1)
                    }
                    // Codes of this crate's own, which decide and are never shown.
                    ("is" | "style" | "mark" | "language" | "size", code) => code,
                    (_, value) => walk(value, style, drawings),
                };
                out.insert(key, value);
            }
            Value::Object(out)
        }
        other => other,
    }
}

/// Words: a plain string where that is enough.
fn runs(words: &str) -> Value {
    let mut out = Runs::default();
    let mut rest = words;
    while let Some(c) = rest.chars().next() {
        if breaks(c) || c.is_control() {
            let mut signs = rest.chars();
            signs.next();
            let variant = signs.clone().next().filter(|v| is_selector(*v));
            if variant.is_some() {
                signs.next();
            }
            out.sign(c, variant);
            rest = signs.as_str();
        } else {
            let end = rest.find(|c: char| breaks(c) || c.is_control()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            out.word(word);
            rest = after;
        }
    }
    out.finish()
}

/// Selectors of ideographic variants.
fn is_selector(c: char) -> bool {
    ('\u{e0100}'..='\u{e01ef}').contains(&c)
}

#[derive(Default)]
struct Runs {
    done: Vec<Value>,
    plain: String,
}

impl Runs {
    /// A sign around which a line may be broken, with its variant, or one that is not printed.
    fn sign(&mut self, c: char, variant: Option<char>) {
        match (c, variant) {
            ('\n', _) => self.mark("n"),
            ('\t', _) => self.plain.push(' '),
            (c, _) if c.is_control() => {}
            (c, Some(v)) if !has_variant(c, v) => {
                self.flush();
                self.done.push(json!({ "r": format!("{c}{v}") }));
            }
            (c, variant) => {
                self.plain.push(c);
                self.plain.extend(variant);
            }
        }
    }

    /// Letters without a place to break.
    fn word(&mut self, word: &str) {
        if word.chars().count() <= LONGEST {
            return self.plain.push_str(word);
        }
        for (n, c) in word.chars().enumerate() {
            if n > 0 && n % PIECE == 0 && c.is_ascii() {
                self.mark("c");
            }
            self.plain.push(c);
        }
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.done.push(json!({ "s": std::mem::take(&mut self.plain) }));
        }
    }

    fn mark(&mut self, what: &str) {
        self.flush();
        self.done.push(json!({ what: true }));
    }

    fn finish(mut self) -> Value {
        if self.done.is_empty() {
            return Value::String(self.plain);
        }
        self.flush();
        Value::Array(self.done)
    }
}

/// Whether a line can be broken around this sign anyway: spaces, and what is written without spaces.
fn breaks(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
