//! Defects that other systems had, as acceptance tests, as far as they can be expressed at this level. The list
//! with what is tested where stands at the end of `docs/disclosure.md`.

use access::{
    Action, Categories, Category, Denied, Evidence, Facts, Permit, ProvisionFact, Reader, Relation, Role,
    Scope, Sealed, Seat, Subjects, System, Viewer, may,
};
use words::Instant;
use words::code::Code;

use crate::built::{id, instant, record_ref};
use crate::compare::{Card, Text};

pub(crate) fn seat(role: Role, desk: &str, agency: &str) -> Seat {
    Seat {
        appointment: id(&format!("{role} at {desk}")),
        desk: id(desk),
        inherited: Vec::new(),
        agency: id(agency),
        role,
        programme: "outreach".to_owned(),
    }
}

pub(crate) fn viewer(seats: Vec<Seat>) -> Viewer {
    Viewer {
        municipality: id("town"),
        user: id("mori"),
        seats,
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    }
}

pub(crate) fn record(name: &str) -> Facts {
    Facts {
        record: record_ref("entry", name),
        desk: id("child"),
        author: Some(id("sato")),
        subjects: Subjects::Persons(vec![id("mother")]),
        categories: [Category::Health, Category::Money].into_iter().collect(),
        cases: Vec::new(),
        sent_to_provider: None,
        confided_to: None,
    }
}

/// A referral of `name` to the council's desk, accepted in minute 100.
fn sent(name: &str) -> ProvisionFact {
    ProvisionFact {
        provision: id("p"),
        record: record_ref("entry", name),
        desk: id("council"),
        user: None,
        categories: Categories::all(),
        article: "welfare_act_106_4".to_owned(),
        effective_from: Some(instant(100)),
        ended_at: None,
    }
}

fn with(provision: ProvisionFact) -> Evidence {
    Evidence { provisions: vec![provision], ..Evidence::default() }
}

pub(crate) fn decide(viewer: &Viewer, facts: &Facts, evidence: &Evidence, now: Instant) -> Option<Permit> {
    access::decide(viewer, facts, evidence, now, Reader::Screen)
}

fn worker() -> Viewer {
    viewer(vec![seat(Role::Caseworker, "council", "council agency")])
}

/// Primero 462adabc13: the referral of one record used under the address of another.
#[test]
fn what_was_sent_of_one_record_opens_no_other() {
    let permit = decide(&worker(), &record("a"), &with(sent("a")), instant(100)).expect("it was sent");
    assert!(Sealed::new(record("a"), Text("a")).open(&permit).is_some());
    assert!(Sealed::new(record("b"), Text("b")).open(&permit).is_none());
    assert!(decide(&worker(), &record("b"), &with(sent("a")), instant(100)).is_none());
    // Nor a record of another kind with the same id.
    let person = Facts { record: record_ref("person", "a"), ..record("a") };
    assert!(decide(&worker(), &person, &with(sent("a")), instant(100)).is_none());
}

/// R2-2708, R2-2709, R2-2712, 1cd989b864: the receiver's ways around the scope of a referral. Here there is one
/// way to content, so the scope cannot be gone around; each channel's own test is elsewhere.
#[test]
fn the_receiver_sees_the_categories_that_were_sent_and_no_others() {
    let health = ProvisionFact { categories: Categories::NONE.with(Category::Health), ..sent("a") };
    let permit = decide(&worker(), &record("a"), &with(health), instant(100)).expect("it was sent");
    let card =
        Sealed::new(record("a"), Card(vec!["health", "money"])).open(&permit).expect("one field remains");
    assert_eq!(card.0, ["health"]);
    assert!(Sealed::new(record("a"), Text("a")).open(&permit).is_none());
}

/// hmis #2355: an empty set of jurisdictions granted everything.
#[test]
fn an_empty_set_of_jurisdictions_grants_nothing() {
    let nobody = viewer(Vec::new());
    assert!(Scope::default().desks().is_empty());
    assert!(Scope::own_desks(&nobody).desks().is_empty());
    assert!(Scope::watched_desks(&nobody).desks().is_empty());
    assert!(decide(&nobody, &record("a"), &with(sent("a")), instant(100)).is_none());
    let nothing = ProvisionFact { categories: Categories::NONE, ..sent("a") };
    assert!(decide(&worker(), &record("a"), &with(nothing), instant(100)).is_none());
    // A relation that names no desk gives no standing, even to someone with every role.
    let every = viewer(Role::ALL.iter().map(|r| seat(*r, "council", "council agency")).collect());
    let denied = may(&every, Action::WriteSupport, &Relation::of_no_household());
    assert_eq!(denied.err(), Some(Denied::Invisible));
}

/// Primero: the receiver saw everything from the moment of sending.
#[test]
fn a_referral_shows_nothing_before_its_acceptance_and_nothing_after_its_end() {
    let at = |minute, p: ProvisionFact| decide(&worker(), &record("a"), &with(p), instant(minute)).is_some();
    assert!(!at(5000, ProvisionFact { effective_from: None, ..sent("a") }));
    assert!(!at(99, sent("a")) && at(100, sent("a")) && at(5000, sent("a")));
    let ended = ProvisionFact { ended_at: Some(instant(200)), ..sent("a") };
    assert!(at(199, ended.clone()) && !at(200, ended));
}

/// #11391, #8113: after a hand-over the sender's tab still wrote, and the receiver could not see what it took.
#[test]
fn after_a_hand_over_the_receiver_sees_and_the_sender_no_longer_decides() {
    assert!(decide(&worker(), &record("a"), &with(sent("a")), instant(100)).is_some());
    let sender = viewer(vec![seat(Role::Caseworker, "child", "city")]);
    let mut moved = Relation::within([id("case1")]);
    (moved.author, moved.accountable) = (Some(id("child")), Some(id("council")));
    assert_eq!(may(&sender, Action::CloseCase, &moved).err(), Some(Denied::NotYours));
    assert!(may(&worker(), Action::CloseCase, &moved).is_ok());
    // What the sender wrote stays theirs; what the receiver writes does not become theirs by having been theirs.
    assert!(decide(&sender, &record("a"), &Evidence::default(), instant(100)).is_some());
    let new = Facts { desk: id("council"), ..record("b") };
    assert!(decide(&sender, &new, &Evidence::default(), instant(100)).is_none());
}

/// R2-2466: a changed group changed nothing until a column was computed anew. A viewer is built for each request
/// and is all that is asked.
#[test]
fn a_changed_appointment_changes_the_next_answer() {
    let mut viewer = viewer(vec![seat(Role::Caseworker, "child", "city")]);
    assert!(decide(&viewer, &record("a"), &Evidence::default(), instant(1)).is_some());
    viewer.seats[0] = seat(Role::Caseworker, "elder", "city");
    assert!(decide(&viewer, &record("a"), &Evidence::default(), instant(2)).is_none());
    viewer.seats[0] = seat(Role::Administrator, "child", "city");
    assert!(decide(&viewer, &record("a"), &Evidence::default(), instant(3)).is_none());
    assert!(Scope::own_desks(&viewer).desks().is_empty());
}

/// DHIS2, SORMAS: a national user or an administrator who sees everything.
#[test]
fn no_role_sees_content_by_itself() {
    for role in Role::ALL {
        let stranger = viewer(vec![seat(*role, "elsewhere", "elsewhere agency")]);
        assert!(decide(&stranger, &record("a"), &with(sent("a")), instant(100)).is_none(), "{role}");
        let inside = viewer(vec![seat(*role, "child", "city")]);
        let reads = ["caseworker", "agency_lead", "coordinator"].contains(&role.code());
        assert_eq!(
            decide(&inside, &record("a"), &Evidence::default(), instant(100)).is_some(),
            reads,
            "{role}"
        );
        assert!(inside.has_role(&[*role]));
        assert!(!inside.has_role(&[]));
    }
}

/// Primero: an override flag sent through the API by someone without the right. Rights are made by `may` and for
/// named system actors only; a person never becomes one.
#[test]
fn a_person_cannot_take_a_right_they_were_not_given() {
    let analyst = viewer(vec![seat(Role::Analyst, "council", "council agency")]);
    for action in Action::ALL {
        let mut everything = Relation::of_no_household();
        everything.author = Some(id("council"));
        everything.accountable = Some(id("council"));
        everything.case_desks = vec![id("council")];
        everything.sender = Some(id("council"));
        everything.receiver = Some(id("council"));
        everything.task = Some(id("council"));
        // The published plan is about agencies, and planners keep it: it opens no record. Figures about
        // nobody are what an analyst is for (domain section 5); they change nothing.
        let lawful = matches!(action, Action::EditPlan | Action::ViewFigures);
        let expected = (!lawful).then_some(Denied::Invisible);
        assert_eq!(may(&analyst, *action, &everything).err(), expected, "{action}");
    }
    assert!(System::ALL.iter().all(|s| Role::parse(s.code()).is_none()));
}

/// Feedback to a first noticer must not become feedback to their whole desk (domain section 2.4, disclosure `lawful_provision`).
#[test]
fn a_first_noticer_reads_the_feedback_addressed_to_them_and_only_that() {
    let liaison = viewer(vec![seat(Role::Liaison, "council", "residents")]);
    let desk = with(sent("a"));
    assert!(decide(&liaison, &record("a"), &desk, instant(100)).is_none(), "sent to the desk");
    let mine = with(ProvisionFact { user: Some(id("mori")), ..sent("a") });
    assert!(decide(&liaison, &record("a"), &mine, instant(100)).is_some(), "sent to them");
    let other = with(ProvisionFact { user: Some(id("kato")), ..sent("a") });
    assert!(decide(&liaison, &record("a"), &other, instant(100)).is_none(), "sent to a colleague");
    assert!(
        decide(&worker(), &record("a"), &other, instant(100)).is_none(),
        "not even for the desk's workers"
    );
}
