//! Whoever the page "who can see this" lists can see, and whoever it does not list cannot: against the decision, for everybody
//! of random histories.

use std::collections::BTreeSet;

use access::{BasisUse, Facts, Reader, Sealed, Viewer, audience, decide};
use proptest::prelude::*;

use crate::built;
use crate::compare::Text;
use crate::history::{DAY, DAYS, USERS, history};

/// The bases on which this viewer is shown any of these records, one decision after the other.
fn bases(
    viewer: &Viewer,
    facts: &[Facts],
    evidence: &access::Evidence,
    now: words::Instant,
) -> BTreeSet<BasisUse> {
    let mut uses = BTreeSet::new();
    for facts in facts {
        let Some(permit) = decide(viewer, facts, evidence, now, Reader::Screen) else { continue };
        let card = facts.record.kind == access::RecordKind::Person;
        let shown = if card {
            permit.granted().has(access::Category::Basic)
        } else {
            Sealed::new(facts.clone(), Text("marker")).open(&permit).is_some()
        };
        if shown {
            uses.extend(permit.uses().iter().cloned());
        }
    }
    uses
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_listed_can_see_and_nobody_else(h in history(), now in 0..DAY * DAYS) {
        let evidence = built::evidence(&h, now);
        let viewers: Vec<Viewer> = USERS.iter().map(|user| built::viewer(&h, user, now)).collect();
        // All at once, as of one case; and a second time under other ids, which must not matter.
        let mut facts: Vec<Facts> = h.records.iter().map(built::facts).collect();
        let twins: Vec<Facts> = facts
            .iter()
            .enumerate()
            .map(|(n, f)| Facts {
                record: access::RecordRef { kind: f.record.kind, id: built::id(&format!("twin {n}")) },
                ..f.clone()
            })
            .collect();
        facts.extend(twins);
        let at = built::instant(now);
        let listed = audience(&viewers, &facts, &evidence, at);
        for viewer in &viewers {
            let seen = listed.iter().find(|s| s.user == viewer.user).map(|s| s.uses.clone()).unwrap_or_default();
            prop_assert_eq!(seen, bases(viewer, &facts, &evidence, at));
        }
        for one in &facts {
            let alone = std::slice::from_ref(one);
            let listed = audience(&viewers, alone, &evidence, at);
            for viewer in &viewers {
                let is_listed = listed.iter().any(|s| s.user == viewer.user);
                prop_assert_eq!(is_listed, !bases(viewer, alone, &evidence, at).is_empty());
            }
        }
    }
}
