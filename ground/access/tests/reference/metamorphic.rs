//! What must hold whatever the answer is: taking away never adds, and the empty set grants nothing.

use access::{
    Categories, Category, ConsentFact, Evidence, Facts, MatterFact, Permit, Reader, Sealed, Secret, Shelter,
    Subjects, Viewer, decide,
};
use proptest::prelude::*;
use proptest::sample::Index;
use words::Instant;
use words::code::Code;

use crate::built;
use crate::compare::Text;
use crate::history::{CATEGORIES, DAY, DAYS, History, PERSONS, USERS, history};

/// One question put to the decision.
#[derive(Debug, Clone)]
struct Question {
    viewer: Viewer,
    facts: Facts,
    evidence: Evidence,
    now: Instant,
    reader: Reader,
}

impl Question {
    fn permit(&self) -> Option<Permit> {
        decide(&self.viewer, &self.facts, &self.evidence, self.now, self.reader)
    }

    fn granted(&self) -> Categories {
        self.permit().map(|p| p.granted()).unwrap_or_default()
    }

    fn text_shown(&self) -> bool {
        self.permit().is_some_and(|p| Sealed::new(self.facts.clone(), Text("marker")).open(&p).is_some())
    }
}

/// Every question a history gives rise to at one moment.
fn questions(h: &History, now: i64) -> Vec<Question> {
    let evidence = built::evidence(h, now);
    let mut questions = Vec::new();
    for user in USERS {
        for record in &h.records {
            questions.push(Question {
                viewer: built::viewer(h, user, now),
                facts: built::facts(record),
                evidence: evidence.clone(),
                now: built::instant(now),
                reader: Reader::Screen,
            });
        }
    }
    questions
}

/// Each way of taking one right away.
fn poorer(q: &Question) -> Vec<(String, Question)> {
    let mut less = Vec::new();
    let mut take = |what: String, change: &dyn Fn(&mut Question)| {
        let mut q = q.clone();
        change(&mut q);
        less.push((what, q));
    };
    for n in 0..q.viewer.seats.len() {
        take(format!("appointment {n} ended"), &|q| {
            q.viewer.seats.remove(n);
        });
        for m in 0..q.viewer.seats[n].inherited.len() {
            take(format!("inheritance {m} of {n} undone"), &|q| {
                q.viewer.seats[n].inherited.remove(m);
            });
        }
    }
    for n in 0..q.evidence.consents.len() {
        take(format!("consent {n} withdrawn"), &|q| q.evidence.consents[n].withdrawn_at = Some(q.now));
        take(format!("consent {n} over yesterday"), &|q| {
            q.evidence.consents[n].until = Some(q.now.day().plus_days(-1));
        });
        take(format!("consent {n} from tomorrow"), &|q| {
            q.evidence.consents[n].from = q.now.day().plus_days(1);
        });
        take(format!("consent {n} not in effect"), &|q| q.evidence.consents[n].effective_from = None);
        take(format!("consent {n} gone"), &|q| {
            q.evidence.consents.remove(n);
        });
        if q.evidence.consents[n].of_field.is_some() {
            take(format!("consent {n}: the agency left the category"), &|q| {
                if let Some(of) = &mut q.evidence.consents[n].of_field {
                    "another".clone_into(&mut of.today);
                }
            });
            take(format!("consent {n}: the agency was not named, nor who joins later"), &|q| {
                if let Some(of) = &mut q.evidence.consents[n].of_field {
                    (of.listed, of.later) = (false, false);
                }
            });
        }
        take(format!("consent {n} names nothing"), &|q| q.evidence.consents[n].categories = Categories::NONE);
    }
    for n in 0..q.evidence.provisions.len() {
        take(format!("provision {n} ended"), &|q| q.evidence.provisions[n].ended_at = Some(q.now));
        take(format!("provision {n} not in effect"), &|q| q.evidence.provisions[n].effective_from = None);
        take(format!("provision {n} gone"), &|q| {
            q.evidence.provisions.remove(n);
        });
        take(format!("provision {n} of nothing"), &|q| {
            q.evidence.provisions[n].categories = Categories::NONE;
        });
    }
    for n in 0..q.evidence.urgent.len() {
        take(format!("look {n} over"), &|q| q.evidence.urgent[n].until = q.now);
        take(format!("look {n} of a colleague"), &|q| q.evidence.urgent[n].user = built::id("stranger"));
        take(format!("look {n} gone"), &|q| {
            q.evidence.urgent.remove(n);
        });
    }
    for n in 0..q.evidence.matters.len() {
        take(format!("place {n} in a matter left"), &|q| q.evidence.matters[n].until = Some(q.now));
        take(format!("place {n} not yet taken"), &|q| {
            q.evidence.matters[n].from = q.now.plus_minutes(1);
        });
        take(format!("pledge {n} missing"), &|q| q.evidence.matters[n].pledged_at = None);
        take(format!("release {n} to come"), &|q| {
            q.evidence.matters[n].released_at = q.now.plus_minutes(1);
        });
        take(format!("release {n} recalled"), &|q| q.evidence.matters[n].recalled_at = Some(q.now));
        take(format!("matter of {n} closed"), &|q| q.evidence.matters[n].closed_at = Some(q.now));
        take(format!("mark {n} gone"), &|q| q.evidence.matters[n].take_back_from = None);
        take(format!("place {n} of a colleague"), &|q| q.evidence.matters[n].user = built::id("stranger"));
        take(format!("place {n} under another appointment"), &|q| {
            q.evidence.matters[n].appointment = built::id("another");
        });
        take(format!("release {n} of nothing"), &|q| q.evidence.matters[n].categories = Categories::NONE);
        take(format!("release {n} gone"), &|q| {
            q.evidence.matters.remove(n);
        });
    }
    for case in &q.facts.cases {
        take(format!("excluded from {case}"), &|q| q.viewer.excluded_from.push(*case));
    }
    take("another account".to_owned(), &|q| q.viewer.user = built::id("stranger"));
    less.extend(further_on(q));
    less
}

/// Each way of taking it further from the viewer's own screen: what is kept, and papers.
fn further_on(q: &Question) -> Vec<(String, Question)> {
    let mut less = Vec::new();
    let mut take = |what: String, change: &dyn Fn(&mut Question)| {
        let mut q = q.clone();
        change(&mut q);
        less.push((what, q));
    };
    for person in q.facts.subjects.persons() {
        take(format!("{person} sheltered"), &|q| {
            q.evidence.shelters.push(Shelter { person: *person, desks: Vec::new() });
        });
    }
    for n in 0..q.evidence.shelters.len() {
        take(format!("shelter {n} known to nobody"), &|q| q.evidence.shelters[n].desks.clear());
    }
    take("into a file".to_owned(), &|q| q.reader = Reader::File);
    take("on paper".to_owned(), &|q| q.reader = Reader::Paper);
    take("on paper for the mother".to_owned(), &|q| q.reader = Reader::Member(built::id("mother")));
    take("kept from the reader".to_owned(), &|q| {
        q.reader = Reader::Member(built::id("mother"));
        q.evidence.secrets.push(Secret { record: q.facts.record, from: built::id("mother") });
    });
    for person in q.facts.subjects.persons() {
        take(format!("on paper for the mother, and {person} kept apart from her"), &|q| {
            q.reader = Reader::Member(built::id("mother"));
            q.evidence.apart.push(*person);
        });
    }
    less
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn taking_a_right_away_never_adds_anything(h in history(), now in 0..DAY * DAYS) {
        for q in questions(&h, now) {
            let before = q.granted();
            for (what, after) in poorer(&q) {
                prop_assert!(after.granted().within(before), "{what}: {:?} → {:?}", before, after.granted());
                prop_assert!(q.text_shown() || !after.text_shown(), "{what}: a text appeared");
            }
        }
    }

    #[test]
    fn excluding_someone_leaves_nothing(h in history(), now in 0..DAY * DAYS) {
        for mut q in questions(&h, now) {
            q.facts.cases.push(built::id("case9"));
            q.viewer.excluded_from.push(built::id("case9"));
            prop_assert!(q.permit().is_none());
        }
    }

    #[test]
    fn another_category_never_makes_a_record_visible(
        h in history(), now in 0..DAY * DAYS, added in proptest::sample::select(CATEGORIES.to_vec())
    ) {
        for q in questions(&h, now).into_iter().filter(|q| !q.facts.categories.is_empty()) {
            let mut more = q.clone();
            more.facts.categories = q.facts.categories.union(built::categories(&[added]));
            prop_assert_eq!(more.granted(), q.granted(), "what is granted does not depend on what is in it");
            prop_assert!(q.text_shown() || !more.text_shown(), "{} made a text visible", added);
        }
    }

    #[test]
    fn another_subject_never_makes_a_record_visible_unless_they_consented(
        h in history(), now in 0..DAY * DAYS, added in proptest::sample::select(PERSONS.to_vec()), at in any::<Index>()
    ) {
        for q in questions(&h, now) {
            let mut persons = q.facts.subjects.persons().to_vec();
            persons.insert(at.index(persons.len() + 1), built::id(added));
            let first = persons.len() == 1;
            let mut more = q.clone();
            more.facts.subjects = match q.facts.subjects {
                Subjects::Household(_) => Subjects::Household(persons),
                Subjects::Persons(_) => Subjects::Persons(persons),
            };
            if first {
                // The first subject can only bring what they themselves consented to.
                let theirs = q.evidence.consents.iter().filter(|c| c.covers == built::id(added));
                let theirs = theirs.fold(Categories::NONE, |all, c| all.union(c.categories));
                prop_assert!(more.granted().within(q.granted().union(theirs)));
            } else {
                prop_assert!(more.granted().within(q.granted()), "a further subject granted something");
            }
            // Someone nobody ever heard of takes every consent away.
            let mut stranger = q.clone();
            stranger.facts.subjects = Subjects::Persons([q.facts.subjects.persons(), &[built::id("unknown")]].concat());
            let mut unconsented = q.clone();
            unconsented.evidence.consents.clear();
            prop_assert_eq!(stranger.granted(), unconsented.granted());
        }
    }

    #[test]
    fn the_viewer_without_an_appointment_sees_nothing(h in history(), now in 0..DAY * DAYS) {
        for mut q in questions(&h, now) {
            q.viewer.seats.clear();
            prop_assert!(q.permit().is_none());
        }
    }

    #[test]
    fn a_consent_that_names_nobody_or_nothing_grants_nothing(h in history(), now in 0..DAY * DAYS) {
        for q in questions(&h, now) {
            let mut none = q.clone();
            none.evidence.consents.clear();
            let (mut nobody, mut nothing) = (q.clone(), q.clone());
            for c in &mut nobody.evidence.consents {
                (c.desk, c.agency) = (None, None);
            }
            for c in &mut nothing.evidence.consents {
                c.categories = Categories::NONE;
            }
            let uses = |q: &Question| q.permit().map(|p| p.uses().to_vec());
            prop_assert_eq!(nobody.granted(), none.granted());
            prop_assert_eq!(uses(&nobody), uses(&none));
            prop_assert_eq!(nothing.granted(), none.granted());
            prop_assert_eq!(uses(&nothing), uses(&none));
        }
    }

    /// The order of rows in the database is nobody's reason.
    #[test]
    fn the_order_of_the_evidence_does_not_matter(h in history(), now in 0..DAY * DAYS) {
        for q in questions(&h, now) {
            let mut turned = q.clone();
            turned.evidence.consents.reverse();
            turned.evidence.provisions.reverse();
            turned.evidence.matters.reverse();
            turned.viewer.seats.reverse();
            prop_assert_eq!(turned.granted(), q.granted());
        }
    }
}

/// A hand-over moves accountability, and accountability is not among the facts: were it added, this would not
/// compile until someone has thought about it.
#[test]
fn who_is_accountable_is_no_part_of_the_decision() {
    let decision: fn(&Viewer, &Facts, &Evidence, Instant, Reader) -> Option<Permit> = decide;
    let q = consented();
    let Facts {
        record: _,
        desk: _,
        author: _,
        subjects: _,
        categories: _,
        cases: _,
        sent_to_provider: _,
        confided_to: _,
    } = &q.facts;
    let Evidence {
        consents: _,
        provisions: _,
        urgent: _,
        matters: _,
        shelters: _,
        secrets: _,
        apart: _,
        elsewhere: _,
    } = &q.evidence;
    let Viewer { municipality: _, user: _, seats: _, excluded_from: _, urgent: _ } = &q.viewer;
    assert!(decision(&q.viewer, &q.facts, &q.evidence, q.now, q.reader).is_some());
}

/// A caseworker of the council's desk, a text of the child desk about the mother's health and money, and her
/// consent to both for the council's desk, on its first day.
fn consented() -> Question {
    let now = DAY * 2 + 600;
    let seat = access::Seat {
        appointment: built::id("a"),
        desk: built::id("council"),
        inherited: Vec::new(),
        agency: built::id("council agency"),
        role: access::Role::Caseworker,
        programme: "outreach".to_owned(),
    };
    let both = [Category::Health, Category::Money].into_iter().collect();
    Question {
        viewer: Viewer {
            municipality: built::id("town"),
            user: built::id("mori"),
            seats: vec![seat],
            excluded_from: Vec::new(),
            urgent: Vec::new(),
        },
        facts: Facts {
            record: built::record_ref("entry", "first"),
            desk: built::id("child"),
            author: Some(built::id("sato")),
            subjects: Subjects::Persons(vec![built::id("mother")]),
            categories: both,
            cases: vec![built::id("case1")],
            sent_to_provider: None,
            confided_to: None,
        },
        evidence: Evidence {
            consents: vec![ConsentFact {
                consent: built::id("c"),
                covers: built::id("mother"),
                desk: Some(built::id("council")),
                agency: None,
                of_field: None,
                categories: both,
                for_support: true,
                from: built::day(2),
                until: Some(built::day(4)),
                withdrawn_at: None,
                effective_from: Some(built::instant(now)),
            }],
            ..Evidence::default()
        },
        now: built::instant(now),
        reader: Reader::Screen,
    }
}

/// Whether the text is shown after a change.
fn shown(change: impl Fn(&mut Question)) -> bool {
    let mut q = consented();
    change(&mut q);
    q.text_shown()
}

#[test]
fn a_consent_holds_from_its_first_to_its_last_day_and_from_the_moment_it_was_given() {
    assert!(shown(|_| {}));
    assert!(!shown(|q| q.now = built::instant(DAY * 2 + 599)), "before it was given");
    assert!(shown(|q| q.now = built::instant(DAY * 5 - 1)), "the last minute of the last day");
    assert!(!shown(|q| q.now = built::instant(DAY * 5)), "the first minute of the next day");
    assert!(!shown(|q| q.evidence.consents[0].from = built::day(3)), "a first day to come");
    assert!(shown(|q| {
        q.evidence.consents[0].until = None;
        q.now = built::instant(DAY * 5000);
    }));
}

#[test]
fn a_withdrawal_holds_from_its_own_moment() {
    assert!(shown(|q| q.evidence.consents[0].withdrawn_at = Some(q.now.plus_minutes(1))));
    assert!(!shown(|q| q.evidence.consents[0].withdrawn_at = Some(q.now)));
}

#[test]
fn a_text_needs_all_its_categories() {
    assert!(!shown(|q| q.evidence.consents[0].categories = Categories::NONE.with(Category::Health)));
    assert!(!shown(|q| q.facts.categories = Categories::all()), "untagged text counts as everything");
    assert!(!shown(|q| q.facts.categories = Categories::NONE), "a text of no category is nobody's");
}

#[test]
fn a_text_about_two_needs_both() {
    let two = |q: &mut Question| {
        q.facts.subjects = Subjects::Household(vec![built::id("mother"), built::id("son")]);
    };
    assert!(!shown(two));
    assert!(shown(|q| {
        two(q);
        let son = ConsentFact { covers: built::id("son"), ..q.evidence.consents[0].clone() };
        q.evidence.consents.push(son);
    }));
    assert!(
        !shown(|q| q.facts.subjects = Subjects::Persons(Vec::new())),
        "a text about nobody has nobody's consent"
    );
}

/// Neither an heir nor a liaison uses a consent: the named desk does, through those who work with people.
#[test]
fn a_consent_is_used_only_by_workers_of_the_desk_it_names() {
    for role in access::Role::ALL {
        let works = ["caseworker", "agency_lead", "coordinator"].contains(&role.code());
        assert_eq!(shown(|q| q.viewer.seats[0].role = *role), works, "{role}");
    }
    assert!(!shown(|q| {
        q.viewer.seats[0].desk = built::id("successor");
        q.viewer.seats[0].inherited = vec![built::id("council")];
    }));
    assert!(shown(|q| {
        (q.evidence.consents[0].desk, q.evidence.consents[0].agency) = (None, Some(q.viewer.seats[0].agency));
    }));
}

#[test]
fn sets_of_categories_obey_their_laws() {
    for a in Category::ALL {
        let alone = Categories::NONE.with(*a);
        assert!(alone.has(*a) && !Categories::NONE.has(*a) && Categories::all().has(*a));
        assert_eq!(alone.iter().collect::<Vec<_>>(), [*a]);
        for b in Category::ALL {
            let other = Categories::NONE.with(*b);
            assert_eq!(alone.has(*b), a == b);
            assert_eq!(alone.intersection(other).is_empty(), a != b);
            assert_eq!(alone.within(other), a == b);
            assert!(alone.within(alone.union(other)) && other.within(alone.union(other)));
            assert_eq!(alone.with(*b).with(*b), alone.union(other));
        }
    }
    assert_eq!(Categories::default(), Categories::NONE);
    assert!(Categories::NONE.is_empty() && !Categories::all().is_empty());
    assert_eq!(Categories::all().iter().count(), Category::ALL.len());
    assert_eq!(CATEGORIES.to_vec(), Category::ALL.iter().map(|c| c.code()).collect::<Vec<_>>());
}

/// What is released to one matter is not in another: who is a member of one only has the rows of one, and a row opens
/// the record it names.
#[test]
fn a_matter_opens_what_was_released_to_it_and_nothing_else() {
    let in_matter = |change: &dyn Fn(&mut MatterFact), reader| {
        let mut q = consented();
        q.evidence.consents.clear();
        q.reader = reader;
        let mut fact = MatterFact {
            matter: built::id("matter"),
            record: q.facts.record,
            categories: q.facts.categories,
            article: "child_25_2".to_owned(),
            user: q.viewer.user,
            appointment: q.viewer.seats[0].appointment,
            from: q.now,
            until: None,
            pledged_at: Some(q.now),
            released_at: q.now,
            recalled_at: None,
            closed_at: None,
            take_back_from: None,
        };
        change(&mut fact);
        q.evidence.matters = vec![fact];
        q.text_shown()
    };
    let shown = |change: &dyn Fn(&mut MatterFact)| in_matter(change, Reader::Screen);
    let now = consented().now;
    assert!(shown(&|_| {}));
    assert!(!shown(&|m| m.pledged_at = None), "before the pledge");
    assert!(!shown(&|m| m.pledged_at = Some(now.plus_minutes(1))), "a pledge to come");
    assert!(!shown(&|m| m.until = Some(now)), "replaced this minute");
    assert!(!shown(&|m| m.closed_at = Some(now)), "closed");
    assert!(shown(&|m| (m.closed_at, m.take_back_from) = (Some(now), Some(now))), "may be taken back");
    assert!(!shown(&|m| m.record = built::record_ref("person", "first")), "another record of the same id");
    assert!(!shown(&|m| m.appointment = built::id("b")), "another appointment of the same person");
    // What was written in a matter is read there only, whoever wrote it and whoever consented.
    let confided = |to: &str, other: bool| {
        let mut q = consented();
        q.facts.confided_to = Some(built::id(to));
        q.facts.desk = q.viewer.seats[0].desk;
        if other {
            q.evidence.matters = vec![MatterFact {
                matter: built::id("matter"),
                record: q.facts.record,
                categories: q.facts.categories,
                article: String::new(),
                user: q.viewer.user,
                appointment: q.viewer.seats[0].appointment,
                from: q.now,
                until: None,
                pledged_at: Some(q.now),
                released_at: q.now,
                recalled_at: None,
                closed_at: None,
                take_back_from: None,
            }];
        }
        q.text_shown()
    };
    assert!(!confided("matter", false), "its writer's desk and a consent open it");
    assert!(confided("matter", true));
    assert!(!confided("another matter", true), "a member of one matter reads another");
    for reader in [Reader::File, Reader::Paper, Reader::Member(built::id("mother"))] {
        assert!(!in_matter(&|_| {}, reader), "nothing leaves the screen");
        let taken = |m: &mut MatterFact| (m.closed_at, m.take_back_from) = (Some(now), Some(now));
        assert!(!in_matter(&taken, reader), "also not what may be taken back");
    }
}

/// Who informed is no material of any conference.
#[test]
fn an_informant_is_never_released() {
    let mut q = consented();
    q.evidence.consents.clear();
    q.evidence.matters = vec![MatterFact {
        matter: built::id("matter"),
        record: q.facts.record,
        categories: Categories::all(),
        article: String::new(),
        user: q.viewer.user,
        appointment: q.viewer.seats[0].appointment,
        from: q.now,
        until: None,
        pledged_at: Some(q.now),
        released_at: q.now,
        recalled_at: None,
        closed_at: None,
        take_back_from: None,
    }];
    assert!(q.text_shown());
    q.facts.categories = q.facts.categories.with(Category::Informant);
    assert!(!q.text_shown());
}

/// A consent serves the purposes it names: one given for conferences only opens nothing at a desk.
#[test]
fn a_consent_for_another_purpose_opens_nothing() {
    assert!(shown(|_| {}));
    assert!(!shown(|q| q.evidence.consents.iter_mut().for_each(|c| c.for_support = false)));
}

/// A category stands for the agencies that were named to the person, as long as they are of it; one that joins later
/// counts only where the person said so (`docs/decisions/0018`).
#[test]
fn a_category_never_widens_by_itself() {
    let of = |named: &str, today: &str, listed: bool, later: bool| {
        shown(|q| {
            let c = &mut q.evidence.consents[0];
            (c.desk, c.agency) = (None, Some(q.viewer.seats[0].agency));
            c.of_field =
                Some(access::OfField { named: named.to_owned(), today: today.to_owned(), listed, later });
        })
    };
    assert!(of("medical", "medical", true, false));
    assert!(of("medical", "medical", false, true));
    assert!(!of("medical", "medical", false, false), "it joined later");
    assert!(!of("medical", "education", true, true), "it is of another category now");
}
