//! 「見られる理由」: the bases of what stands on a page, gathered while it is put together.

use std::collections::BTreeSet;

use access::{BasisUse, Disclosed};
use site::T;
use words::code::Code;

/// Bases gathered from everything disclosed on one page.
#[derive(Debug, Clone, Default)]
pub struct Reasons(BTreeSet<BasisUse>);

impl Reasons {
    /// Takes the bases of one record.
    pub fn of<T>(&mut self, disclosed: &Disclosed<T>) {
        self.0.extend(disclosed.uses().iter().cloned());
    }

    /// Takes the bases of several.
    pub fn of_all<T>(&mut self, disclosed: &[Disclosed<T>]) {
        for d in disclosed {
            self.of(d);
        }
    }

    /// The bases.
    pub fn uses(&self) -> impl Iterator<Item = &BasisUse> {
        self.0.iter()
    }

    /// In words, each once: the basis, its article, until when.
    pub fn sentences(&self, t: &T) -> Vec<String> {
        let mut sentences = BTreeSet::new();
        for used in &self.0 {
            let mut sentence = t.code("basis", used.basis.code());
            if let Some(article) = &used.article {
                sentence.push_str(&t.f("reasons.article", "article", article));
            }
            if let Some(until) = used.until {
                sentence.push_str(&t.f("reasons.until", "day", words::wareki::show_wareki(until)));
            }
            sentences.insert(sentence);
        }
        sentences.into_iter().collect()
    }
}
