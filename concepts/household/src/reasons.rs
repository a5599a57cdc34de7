//! 「見られる理由」: the bases of what stands on a page, gathered while it is put together.

use std::collections::BTreeSet;

use access::{Basis, BasisUse, Disclosed};
use site::T;
use words::code::Code;

/// Bases gathered from everything disclosed on one page.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    uses: BTreeSet<BasisUse>,
}

impl Reasons {
    /// Takes the bases of one record.
    pub fn of<T>(&mut self, disclosed: &Disclosed<T>) {
        self.uses.extend(disclosed.uses().iter().cloned());
    }

    /// Takes the bases of several.
    pub fn of_all<T>(&mut self, disclosed: &[Disclosed<T>]) {
        for d in disclosed {
            self.of(d);
        }
    }

    /// Takes those of another part of the same page.
    pub fn also(&mut self, other: Self) {
        self.uses.extend(other.uses);
    }

    /// The bases.
    pub fn uses(&self) -> impl Iterator<Item = &BasisUse> {
        self.uses.iter()
    }

    /// In words, each once: the basis, its article, until when. Several consents are one sentence with the day
    /// on which the first of them ends: a list must stay readable.
    pub fn sentences(&self, t: &T) -> Vec<String> {
        let mut sentences = BTreeSet::new();
        let consents: BTreeSet<_> =
            self.uses.iter().filter(|u| u.basis == Basis::Consent).map(|u| (u.source, u.until)).collect();
        for used in &self.uses {
            let mut sentence = t.code("basis", used.basis.code());
            if used.basis == Basis::Consent && consents.len() > 1 {
                sentence.push_str(&t.f("reasons.several", "n", consents.len()));
                if let Some(first) = consents.iter().filter_map(|(_, until)| *until).min() {
                    sentence.push_str(&t.f("reasons.first_until", "day", t.full_day(first)));
                }
            } else if let Some(until) = used.until {
                sentence.push_str(&t.f("reasons.until", "day", t.full_day(until)));
            }
            if let Some(article) = &used.article {
                sentence.push_str(&t.f("reasons.article", "article", article));
            }
            sentences.insert(sentence);
        }
        sentences.into_iter().collect()
    }
}
