//! What is named beside what is shown: until when an urgent look holds, which look opens a case, and each matter once.

use access::{Basis, Evidence, MatterFact, Relation, Role, Sealed, UrgentFact};

use crate::built::{categories, codes, id, instant};
use crate::compare::{Card, Text};
use crate::peers::{decide, record, seat, viewer};

/// A look of 森 at the family's case, from minute 100 until `until`.
fn look(name: &str, until: i64) -> UrgentFact {
    UrgentFact {
        look: id(name),
        user: id("mori"),
        desk: id("council"),
        case: id("family"),
        from: instant(100),
        until: instant(until),
    }
}

#[test]
fn an_urgent_look_says_until_when_it_holds() {
    let mut worker = viewer(vec![seat(Role::Caseworker, "council", "council agency")]);
    worker.urgent = vec![look("short", 200), look("long", 3000)];
    let mut facts = record("note");
    facts.cases = vec![id("family")];
    let evidence = Evidence { urgent: vec![look("long", 3000)], ..Evidence::default() };
    let permit = decide(&worker, &facts, &evidence, instant(150)).unwrap();
    let [used] = permit.uses() else { panic!("one basis: {:?}", permit.uses()) };
    assert_eq!(used.basis, Basis::UrgentProtection);
    assert_eq!(used.until, Some(instant(3000).day()), "the day on which it ends");
    assert_eq!(used.source, Some(id("long")));
    assert_eq!(worker.looks_urgently(&[id("family")]).map(|l| l.look), Some(id("long")));
    assert_eq!(worker.looks_urgently(&[id("another")]).map(|l| l.look), None);
    let of = |case: &str| Relation::within([id(case)]).looked_at_urgently(&worker).map(|l| l.look);
    assert_eq!(
        (of("family"), of("another")),
        (Some(id("long")), None),
        "the same of a record of these cases"
    );
}

#[test]
fn one_matter_is_one_reason_and_two_are_two() {
    let member = viewer(vec![seat(Role::Caseworker, "council", "council agency")]);
    let facts = record("note");
    let released = |matter: &str| MatterFact {
        matter: id(matter),
        record: facts.record,
        categories: facts.categories,
        article: "welfare_act_106_6".to_owned(),
        user: member.user,
        appointment: member.seats[0].appointment,
        from: instant(100),
        until: None,
        pledged_at: Some(instant(100)),
        released_at: instant(100),
        recalled_at: None,
        closed_at: None,
        take_back_from: None,
    };
    let named = |matters: Vec<MatterFact>| {
        let evidence = Evidence { matters, ..Evidence::default() };
        decide(&member, &facts, &evidence, instant(150)).unwrap().uses().len()
    };
    assert_eq!(named(vec![released("one"), released("one")]), 1);
    assert_eq!(named(vec![released("one"), released("other")]), 2);
}

#[test]
fn what_is_handed_on_tells_no_more_than_was_given() {
    let worker = viewer(vec![seat(Role::Caseworker, "child", "child agency")]);
    let mut facts = record("note");
    facts.categories = categories(&["basic", "health"]);
    let permit = decide(&worker, &facts, &Evidence::default(), instant(150)).unwrap();
    let card = || Sealed::new(facts.clone(), Card(vec!["basic", "health"])).open(&permit).unwrap();
    let told = card().handed_on(categories(&["basic", "money"])).unwrap();
    assert_eq!((&*told.0, codes(told.shown())), (&["basic"][..], vec!["basic"]));
    assert!(card().handed_on(categories(&["money"])).is_none());
    let text = || Sealed::new(facts.clone(), Text("眠れない")).open(&permit).unwrap();
    assert!(text().handed_on(categories(&["basic"])).is_none(), "a text is whole or nothing");
    assert!(text().handed_on(categories(&["basic", "health", "money"])).is_some());
}
