//! Model and decision side by side.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use access::{Basis, BasisUse, Categories, Content, Evidence, Facts, Scope, Sealed, Viewer, decide};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use words::code::Code;

use crate::built;
use crate::history::{Event, History, Record, To, USERS, history, readers};
use crate::model::{self, Answer};

/// A text: whole or nothing.
pub struct Text(pub &'static str);
impl Content for Text {}

/// A card with one marked field per category of the record, like a person's facts.
pub struct Card(pub Vec<&'static str>);
impl Content for Card {
    fn keep(mut self, granted: Categories, _: &Facts) -> Option<Self> {
        let granted = built::codes(granted);
        self.0.retain(|field| granted.contains(field));
        (!self.0.is_empty()).then_some(self)
    }
}

/// How often each thing happened, so that agreement is never agreement about nothing.
type Seen = RefCell<BTreeMap<&'static str, u32>>;

fn count(seen: &Seen, what: &'static str) {
    *seen.borrow_mut().entry(what).or_default() += 1;
}

macro_rules! same {
    ($left:expr, $right:expr, $($what:tt)+) => {
        let (left, right) = ($left, $right);
        if left != right {
            return Err(TestCaseError::fail(format!("{}: decision {left:?}, model {right:?}", format!($($what)+))));
        }
    };
}

fn run(cases: u32, least: u32, decisions: u32, moments: fn(&History) -> Vec<i64>) {
    let defaults = Config::default();
    // PROPTEST_CASES can ask for more, never for fewer.
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { defaults.cases.max(cases) } else { cases };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..defaults });
    let seen = Seen::default();
    let outcome = runner.run(&history(), |h| {
        count(&seen, "histories");
        moments(&h).into_iter().try_for_each(|now| compare(&h, now, &seen))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let seen = seen.into_inner();
    assert!(seen["decisions"] >= decisions, "too few decisions were compared: {seen:?}");
    for what in [
        "shown in part",
        "text shown",
        "absent",
        "own_record",
        "consent",
        "lawful_provision",
        "programme_duty",
        "urgent_protection",
        "confidential_conference",
        "inherited",
        "consent of several",
        "kept out",
        "two bases",
    ] {
        let times = seen.get(what).copied().unwrap_or(0);
        assert!(times >= least, "the histories hardly ever met \"{what}\": {times} of {seen:?}");
    }
}

/// 10,000 histories, each looked at at two moments of it, by everyone, on screen and on every paper: more than a
/// million decisions.
#[test]
fn decision_and_model_agree_on_ten_thousand_histories() {
    run(10_000, 1_000, 1_000_000, |h| {
        let all = h.moments();
        let step = (all.len() / 2).max(1);
        let offset = h.events.len() % step;
        all.into_iter().skip(offset).step_by(step).collect()
    });
}

/// Day by day and minute by minute over every boundary of a history.
#[test]
fn decision_and_model_agree_at_every_boundary() {
    run(250, 50, 400_000, History::moments);
}

fn compare(h: &History, now: i64, seen: &Seen) -> Result<(), TestCaseError> {
    let evidence = built::evidence(h, now);
    for user in USERS {
        let viewer = built::viewer(h, user, now);
        let (reads, watches) = model::desks(h, user, now);
        let named = |desks: BTreeSet<&str>| {
            let mut ids: Vec<words::id::DeskId> = desks.into_iter().map(built::id).collect();
            ids.sort_unstable();
            ids
        };
        same!(Scope::own_desks(&viewer).desks().to_vec(), named(reads), "{user} at {now}: desks read as own");
        same!(
            Scope::watched_desks(&viewer).desks().to_vec(),
            named(watches),
            "{user} at {now}: desks watched"
        );
        for record in &h.records {
            for to in readers() {
                one(h, user, &viewer, record, &evidence, now, to, seen)?;
            }
            // What it would be if it were about each of its subjects alone.
            for subject in &record.subjects {
                let alone = Record { subjects: vec![subject], ..record.clone() };
                one(h, user, &viewer, &alone, &evidence, now, To::Screen, seen)?;
            }
        }
    }
    Ok(())
}

/// One decision beside the model's.
#[expect(clippy::too_many_arguments, reason = "a question has that many sides")]
fn one(
    h: &History,
    user: &str,
    viewer: &Viewer,
    record: &Record,
    evidence: &Evidence,
    now: i64,
    to: To,
    seen: &Seen,
) -> Result<(), TestCaseError> {
    let facts = built::facts(record);
    let expected = model::answer(h, user, record, now, to);
    let permit = decide(viewer, &facts, evidence, built::instant(now), built::reader(to));
    count(seen, "decisions");
    let place = format!("{user}, {} {} about {:?} at {now}, {to:?}", record.kind, record.id, record.subjects);
    let granted: BTreeSet<&str> =
        permit.as_ref().map(|p| built::codes(p.granted()).into_iter().collect()).unwrap_or_default();
    same!(&granted, &expected.categories, "{place}: categories");
    same!(permit.is_none(), expected.categories.is_empty(), "{place}: absence");
    tally(viewer, &facts, record, &expected, seen);
    let Some(permit) = permit else { return Ok(()) };
    reasons(h, permit.uses(), &expected, &place)?;
    opened(h, record, &facts, &permit, &expected, &place)
}

/// What comes out of the seal, and that the permit opens nothing else.
fn opened(
    h: &History,
    record: &Record,
    facts: &Facts,
    permit: &access::Permit,
    expected: &Answer,
    place: &str,
) -> Result<(), TestCaseError> {
    let text = Sealed::new(facts.clone(), Text(record.id)).open(permit);
    same!(text.is_some(), expected.text, "{place}: text");
    let shown: Vec<&str> =
        record.categories.iter().copied().filter(|c| expected.categories.contains(c)).collect();
    if let Some(text) = text {
        same!(text.0, record.id, "{place}: whose text");
        same!(text.facts(), facts, "{place}: facts");
        same!(text.uses(), permit.uses(), "{place}: uses");
        same!(built::codes(text.shown()), shown.clone(), "{place}: shown");
    }
    let card = Sealed::new(facts.clone(), Card(record.categories.clone())).open(permit);
    same!(card.is_some(), !shown.is_empty(), "{place}: card");
    if let Some(card) = card {
        same!(built::codes(card.shown()), shown.clone(), "{place}: shown of the card");
        same!(card.0.clone(), shown, "{place}: fields of the card");
    }
    for other in h.records.iter().filter(|o| (o.kind, o.id) != (record.kind, record.id)) {
        let opened = Sealed::new(built::facts(other), Text(other.id)).open(permit);
        same!(opened.is_some(), false, "{place}: the permit opens {} {}", other.kind, other.id);
    }
    Ok(())
}

/// Every reason that counts is given, and none that does not hold.
fn reasons(h: &History, uses: &[BasisUse], expected: &Answer, place: &str) -> Result<(), TestCaseError> {
    let mut given = BTreeSet::new();
    for used in uses {
        given.insert(match used.basis {
            Basis::OwnRecord | Basis::ProgrammeDuty => used.basis.code().to_owned(),
            Basis::LawfulProvision => {
                let number = h.events.iter().enumerate().position(|(number, _)| {
                    used.source == Some(built::id(&format!("provision {number}")))
                        && used.article == Some(format!("article {number}"))
                });
                format!("lawful_provision {}", number.unwrap_or(usize::MAX))
            }
            Basis::Consent => consent_reason(h, used),
            Basis::UrgentProtection => look_reason(h, used),
            Basis::ConfidentialConference => matter_reason(h, used),
        });
    }
    same!(
        expected.reasons.difference(&given).count(),
        0,
        "{place}: of {expected:?} given {given:?}, missing"
    );
    same!(
        given.difference(&expected.possible).count(),
        0,
        "{place}: of {expected:?} given {given:?}, too many"
    );
    Ok(())
}

fn consent_reason(h: &History, used: &BasisUse) -> String {
    for event in &h.events {
        if let Event::Consented { name, covers, last, .. } = event
            && used.source == Some(built::id(&format!("consent {name}")))
            && used.person == Some(built::id(covers))
            && used.until == last.map(built::day)
        {
            return format!("consent {name} of {covers} until {last:?}");
        }
    }
    format!("a consent nobody gave: {used:?}")
}

fn look_reason(h: &History, used: &BasisUse) -> String {
    for event in &h.events {
        if let Event::Looked { name, .. } = event
            && used.source == Some(built::id(&format!("look {name}")))
        {
            return format!("urgent_protection {name}");
        }
    }
    format!("a look nobody opened: {used:?}")
}

fn matter_reason(h: &History, used: &BasisUse) -> String {
    for event in &h.events {
        if let Event::Released { matter, .. } = event
            && used.source == Some(built::id(&format!("matter {matter}")))
            && used.article == Some(format!("position {matter}"))
            && used.until.is_none()
        {
            return format!("confidential_conference {matter}");
        }
    }
    format!("a matter nobody opened: {used:?}")
}

fn tally(viewer: &access::Viewer, facts: &Facts, record: &Record, expected: &Answer, seen: &Seen) {
    let shown = record.categories.iter().filter(|c| expected.categories.contains(*c)).count();
    if shown > 0 && shown < record.categories.len() {
        count(seen, "shown in part");
    }
    if expected.text {
        count(seen, "text shown");
    }
    if expected.categories.is_empty() {
        count(seen, "absent");
    }
    let mut bases = BTreeSet::new();
    for reason in &expected.reasons {
        for basis in [
            "own_record",
            "consent",
            "lawful_provision",
            "programme_duty",
            "urgent_protection",
            "confidential_conference",
        ] {
            if reason.starts_with(basis) {
                bases.insert(basis);
            }
        }
    }
    for basis in &bases {
        count(seen, basis);
    }
    if bases.len() > 1 {
        count(seen, "two bases");
    }
    if bases.contains("own_record") && viewer.seats.iter().all(|s| s.desk != facts.desk) {
        count(seen, "inherited");
    }
    if bases.len() == 1 && bases.contains("consent") && record.subjects.len() > 1 {
        count(seen, "consent of several");
    }
    if facts.cases.iter().any(|c| viewer.excluded_from.contains(c)) {
        count(seen, "kept out");
    }
}
