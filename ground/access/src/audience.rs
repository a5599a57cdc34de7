//! Who can see this: the decision put for everybody instead of for one. It decides nothing itself, so it cannot say
//! anything else than the decision does.

use std::collections::BTreeSet;

use words::Instant;
use words::id::UserId;

use crate::decide::{BasisUse, Evidence, Facts, Reader, RecordKind, decide};
use crate::sealed::{Content, Sealed};
use crate::{Categories, Category, Viewer};

/// Somebody who can see something of what was asked about, and on which bases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub user: UserId,
    /// Every basis that shows them something. The appointment says through which seat.
    pub uses: BTreeSet<BasisUse>,
}

/// What stands in the place of content: opened by the same rule as a card or a text, and empty.
struct Nothing;

impl Content for Nothing {
    fn keep(self, granted: Categories, facts: &Facts) -> Option<Self> {
        let shown = if facts.record.kind == RecordKind::Person {
            granted.has(Category::Basic)
        } else {
            !facts.categories.is_empty() && facts.categories.within(granted)
        };
        shown.then_some(self)
    }
}

/// Of these people, those who can see anything of these records now on their screens, with their bases. `evidence` is that
/// of everybody: consents to whomever, provisions to whomever, urgent looks of whomever.
pub fn audience(viewers: &[Viewer], facts: &[Facts], evidence: &Evidence, now: Instant) -> Vec<Seen> {
    let shapes = shapes(facts, evidence);
    viewers
        .iter()
        .filter_map(|viewer| {
            let mut uses = BTreeSet::new();
            for facts in &shapes {
                if let Some(permit) = decide(viewer, facts, evidence, now, Reader::Screen)
                    && let Some(open) = Sealed::new((*facts).clone(), Nothing).open(&permit)
                {
                    uses.extend(open.uses().iter().cloned());
                }
            }
            (!uses.is_empty()).then_some(Seen { user: viewer.user, uses })
        })
        .collect()
}

/// One of each shape: records that differ only in which they are get the same answer, unless something names the record
/// itself. A case has many texts and few shapes.
fn shapes<'f>(facts: &'f [Facts], evidence: &Evidence) -> Vec<&'f Facts> {
    let named: BTreeSet<_> = evidence
        .provisions
        .iter()
        .map(|p| p.record)
        .chain(evidence.matters.iter().map(|m| m.record))
        .chain(evidence.secrets.iter().map(|s| s.record))
        .collect();
    let mut shapes: Vec<&Facts> = Vec::new();
    for one in facts {
        let alike = |other: &&&Facts| {
            other.record.kind == one.record.kind
                && !named.contains(&other.record)
                && Facts { record: one.record, ..(**other).clone() } == *one
        };
        if named.contains(&one.record) || !shapes.iter().any(|other| alike(&other)) {
            shapes.push(one);
        }
    }
    shapes
}
