//! How the form of a tie says in words what is being chosen: the sentence it will be read as, and what its two days are called. The
//! server says it for what stands in the form; the page's script goes on while somebody chooses.

use site::{Form, T};
use words::code::Code;

use crate::tie::TieKind;

/// A kind of tie to choose, with its words.
pub(super) struct KindChoice {
    pub value: &'static str,
    pub word: String,
    pub on: bool,
    /// The sentence, with places for the two names.
    pub says: String,
    /// What its first and its last day are called.
    pub from: String,
    pub until: String,
}

/// What the form says now.
pub(super) struct TieWords {
    pub kinds: Vec<KindChoice>,
    /// The sentence, once enough is chosen.
    pub sentence: Option<String>,
    /// The names where they cannot be chosen any more.
    pub a: String,
    pub b: String,
    /// What its days are called.
    pub from: String,
    pub until: String,
}

impl TieWords {
    /// The words of a form whose people are these, as far as they are chosen.
    pub(super) fn new(t: &T, form: &Form, kinds: &[TieKind], (a, b): (String, String)) -> Self {
        let kinds: Vec<KindChoice> = kinds.iter().map(|k| choice(t, form, *k)).collect();
        let chosen = kinds.iter().find(|k| k.on);
        let (first, second) = if form.ticked("turned") { (&b, &a) } else { (&a, &b) };
        let sentence = chosen
            .filter(|k| !first.is_empty() && (!second.is_empty() || !k.says.contains("{b}")))
            .map(|k| k.says.replace("{a}", first).replace("{b}", second));
        let (from, until) = match chosen {
            Some(k) => (k.from.clone(), k.until.clone()),
            None => (t.s("tie_form.from").to_owned(), t.s("tie_form.until").to_owned()),
        };
        Self { kinds, sentence, a, b, from, until }
    }
}

fn choice(t: &T, form: &Form, kind: TieKind) -> KindChoice {
    let code = kind.code();
    KindChoice {
        value: code,
        word: t.code("tie_kind", code),
        on: form.value("kind") == code,
        says: if kind == TieKind::Outside { String::new() } else { t.code("tie_says", code) },
        from: t.code("tie_from", code),
        until: t.code("tie_until", code),
    }
}
