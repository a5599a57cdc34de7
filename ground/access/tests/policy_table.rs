//! Writes `docs/policy.md`: the policy as tables that a lawyer can read, each cell asked of the code itself.
//!
//! The file in the repository must be the one this makes. To write it anew:
//! `UPDATE_GOLDEN=1 cargo test -p access --test policy_table`.

#[path = "policy/less.rs"]
mod less;
#[path = "policy/terms.rs"]
mod terms;

use std::path::Path;

use access::{
    Action, Basis, Categories, Category, ConsentFact, Evidence, Facts, MatterFact, OfField, ProvisionFact,
    Reader, RecordKind, RecordRef, Relation, Role, Sealed, Seat, Standing, Subjects, System, UrgentFact,
    Viewer, decide, may,
};
use uuid::Uuid;
use words::code::Code;
use words::id::{CaseId, ConsentId, DeskId, ProvisionId};
use words::{Day, Id, Instant};

use crate::terms::{doc, english, term};

fn id<K>(number: u128) -> Id<K> {
    Id::new(Uuid::from_u128(number))
}

const MINE: u128 = 1;
const WRITER: u128 = 2;
const PREDECESSOR: u128 = 3;
const SIBLING: u128 = 4;
const PROVIDER: u128 = 5;
const MY_AGENCY: u128 = 11;
const ME: u128 = 21;
const COLLEAGUE: u128 = 22;
const PERSON: u128 = 31;
const CASE: u128 = 41;

fn today() -> Day {
    Day::new(2026, 4, 1).expect("a day of the calendar")
}

fn now() -> Instant {
    Instant::at(today(), 12, 0)
}

fn viewer(role: Role) -> Viewer {
    let seat = Seat {
        appointment: id(99),
        desk: id(MINE),
        inherited: vec![id(PREDECESSOR)],
        agency: id(MY_AGENCY),
        role,
        programme: "multi_agency".to_owned(),
    };
    Viewer {
        municipality: id(0),
        user: id(ME),
        seats: vec![seat],
        excluded_from: Vec::new(),
        urgent: Vec::new(),
    }
}

/// A record of another desk, by someone else, about one person.
fn facts(categories: Categories) -> Facts {
    Facts {
        record: RecordRef { kind: RecordKind::Entry, id: id(100) },
        desk: id(WRITER),
        author: Some(id(COLLEAGUE)),
        subjects: Subjects::Persons(vec![id(PERSON)]),
        categories,
        cases: vec![id(CASE)],
        sent_to_provider: None,
        confided_to: None,
    }
}

fn consent(categories: Categories) -> ConsentFact {
    let consent: ConsentId = id(51);
    ConsentFact {
        consent,
        covers: id(PERSON),
        desk: None,
        agency: None,
        of_field: None,
        categories,
        for_support: true,
        from: today(),
        until: Some(today()),
        withdrawn_at: None,
        effective_from: Some(now()),
    }
}

fn of_field(today: &str, listed: bool, later: bool, categories: Categories) -> ConsentFact {
    let of_field = OfField { named: "medical".to_owned(), today: today.to_owned(), listed, later };
    ConsentFact { agency: Some(id(MY_AGENCY)), of_field: Some(of_field), ..consent(categories) }
}

fn provision(categories: Categories, desk: u128) -> ProvisionFact {
    let provision: ProvisionId = id(52);
    ProvisionFact {
        provision,
        record: facts(categories).record,
        desk: id(desk),
        user: None,
        categories,
        article: "article".to_owned(),
        effective_from: Some(now()),
        ended_at: None,
    }
}

/// One way in which a person can stand to a record: how facts and evidence look when the consent or the act
/// names `named`.
struct Way {
    text: &'static str,
    basis: Option<Basis>,
    set: fn(&mut Viewer, &mut Facts, &mut Evidence, Categories),
}

const WAYS: [Way; 34] = [
    Way { text: "my desk wrote it", basis: Some(Basis::OwnRecord), set: |_, f, _, _| f.desk = id(MINE) },
    Way {
        text: "I wrote it at my desk",
        basis: Some(Basis::OwnRecord),
        set: |_, f, _, _| (f.desk, f.author) = (id(MINE), Some(id(ME))),
    },
    Way {
        text: "a desk wrote it that ended and named mine as heir",
        basis: Some(Basis::OwnRecord),
        set: |_, f, _, _| f.desk = id(PREDECESSOR),
    },
    Way {
        text: "I wrote it, at a desk I no longer sit at",
        basis: None,
        set: |_, f, _, _| f.author = Some(id(ME)),
    },
    Way {
        text: "a consent names my desk",
        basis: Some(Basis::Consent),
        set: |_, _, e, named| e.consents = vec![ConsentFact { desk: Some(id(MINE)), ..consent(named) }],
    },
    Way {
        text: "a consent names my whole agency",
        basis: Some(Basis::Consent),
        set: |_, _, e, named| {
            e.consents = vec![ConsentFact { agency: Some(id(MY_AGENCY)), ..consent(named) }];
        },
    },
    Way {
        text: "a consent names the category my agency is of, and my agency was in its list",
        basis: Some(Basis::Consent),
        set: |_, _, e, named| e.consents = vec![of_field("medical", true, false, named)],
    },
    Way {
        text: "a consent names the category my agency joined later, and agencies that join later",
        basis: Some(Basis::Consent),
        set: |_, _, e, named| e.consents = vec![of_field("medical", false, true, named)],
    },
    Way {
        text: "a consent names the category my agency joined later, and no agencies that join later",
        basis: None,
        set: |_, _, e, named| e.consents = vec![of_field("medical", false, false, named)],
    },
    Way {
        text: "a consent names another desk of my agency",
        basis: None,
        set: |_, _, e, named| e.consents = vec![ConsentFact { desk: Some(id(SIBLING)), ..consent(named) }],
    },
    Way {
        text: "a consent names a desk that ended and named mine as heir",
        basis: None,
        set: |_, _, e, named| {
            e.consents = vec![ConsentFact { desk: Some(id(PREDECESSOR)), ..consent(named) }];
        },
    },
    Way {
        text: "a consent names my desk; the record is about a second person who did not consent",
        basis: None,
        set: |_, f, e, named| {
            f.subjects = Subjects::Household(vec![id(PERSON), id(PERSON + 1)]);
            e.consents = vec![ConsentFact { desk: Some(id(MINE)), ..consent(named) }];
        },
    },
    Way {
        text: "a consent names my desk; its last day was yesterday",
        basis: None,
        set: |_, _, e, named| {
            let until = Some(today().plus_days(-1));
            e.consents = vec![ConsentFact { desk: Some(id(MINE)), until, ..consent(named) }];
        },
    },
    Way {
        text: "a consent names my desk; it has been withdrawn",
        basis: None,
        set: |_, _, e, named| {
            e.consents =
                vec![ConsentFact { desk: Some(id(MINE)), withdrawn_at: Some(now()), ..consent(named) }];
        },
    },
    Way {
        text: "a consent names my desk for a referral I have not accepted",
        basis: None,
        set: |_, _, e, named| {
            e.consents = vec![ConsentFact { desk: Some(id(MINE)), effective_from: None, ..consent(named) }];
        },
    },
    Way {
        text: "it was sent to my desk under an article, and accepted",
        basis: Some(Basis::LawfulProvision),
        set: |_, _, e, named| e.provisions = vec![provision(named, MINE)],
    },
    Way {
        text: "it was sent to me by name under an article",
        basis: Some(Basis::LawfulProvision),
        set: |_, _, e, named| {
            e.provisions = vec![ProvisionFact { user: Some(id(ME)), ..provision(named, MINE) }];
        },
    },
    Way {
        text: "it was sent to a colleague of my desk by name",
        basis: None,
        set: |_, _, e, named| {
            e.provisions = vec![ProvisionFact { user: Some(id(COLLEAGUE)), ..provision(named, MINE) }];
        },
    },
    Way {
        text: "it was sent to a desk that ended and named mine as heir",
        basis: Some(Basis::LawfulProvision),
        set: |_, _, e, named| e.provisions = vec![provision(named, PREDECESSOR)],
    },
    Way {
        text: "it was sent to my desk; not yet accepted, or entered in error",
        basis: None,
        set: |_, _, e, named| {
            let waiting = ProvisionFact { effective_from: None, ..provision(named, MINE) };
            let ended = ProvisionFact { ended_at: Some(now()), ..provision(named, MINE) };
            e.provisions = vec![waiting, ended];
        },
    },
    Way {
        text: "it is a sheet sent to the provider I coordinate",
        basis: Some(Basis::ProgrammeDuty),
        set: |_, f, _, _| f.sent_to_provider = Some(id(MINE)),
    },
    Way {
        text: "it is a sheet sent to another provider",
        basis: None,
        set: |_, f, _, _| f.sent_to_provider = Some(id(PROVIDER)),
    },
    Way {
        text: "I opened its case in an emergency, and the time is not over",
        basis: Some(Basis::UrgentProtection),
        set: |_, _, e, _| e.urgent = vec![look(ME, MINE)],
    },
    Way {
        text: "I opened its case in an emergency for a desk I no longer sit at",
        basis: None,
        set: |_, _, e, _| e.urgent = vec![look(ME, SIBLING)],
    },
    Way {
        text: "a colleague opened its case in an emergency",
        basis: None,
        set: |_, _, e, _| e.urgent = vec![look(COLLEAGUE, MINE)],
    },
    Way {
        text: "I opened its case in an emergency; the time is over, or I said I was done",
        basis: None,
        set: |_, _, e, _| e.urgent = vec![UrgentFact { until: now(), ..look(ME, MINE) }],
    },
    Way {
        text: "it was released to a matter of which I am a member; I have pledged secrecy",
        basis: Some(Basis::ConfidentialConference),
        set: |_, _, e, named| e.matters = vec![matter(named)],
    },
    Way {
        text: "the same, closed since; it may be taken back",
        basis: Some(Basis::ConfidentialConference),
        set: |_, _, e, named| {
            let (closed_at, take_back_from) = (Some(now()), Some(now()));
            e.matters = vec![MatterFact { closed_at, take_back_from, ..matter(named) }];
        },
    },
    Way {
        text: "it was released to a matter of mine; I have not pledged secrecy yet",
        basis: None,
        set: |_, _, e, named| e.matters = vec![MatterFact { pledged_at: None, ..matter(named) }],
    },
    Way {
        text: "it was released to a matter of which a colleague of my desk is the member",
        basis: None,
        set: |_, _, e, named| e.matters = vec![MatterFact { user: id(COLLEAGUE), ..matter(named) }],
    },
    Way {
        text: "it was released to a matter of mine; I was replaced, or my appointment is another one now",
        basis: None,
        set: |_, _, e, named| {
            let replaced = MatterFact { until: Some(now()), ..matter(named) };
            e.matters = vec![replaced, MatterFact { appointment: id(98), ..matter(named) }];
        },
    },
    Way {
        text: "it was written in a matter of which I am a member; I have pledged secrecy",
        basis: Some(Basis::ConfidentialConference),
        set: |_, f, e, named| (f.confided_to, e.matters) = (Some(id(54)), vec![matter(named)]),
    },
    Way {
        text: "I wrote it in a matter, at my desk; I am no longer a member",
        basis: None,
        set: |_, f, e, named| {
            (f.desk, f.author, f.confided_to) = (id(MINE), Some(id(ME)), Some(id(54)));
            e.matters = vec![MatterFact { until: Some(now()), ..matter(named) }];
            e.consents = vec![ConsentFact { desk: Some(id(MINE)), ..consent(named) }];
        },
    },
    Way {
        text: "my desk wrote it, and I am kept out of its case",
        basis: None,
        set: |v, f, _, _| {
            f.desk = id(MINE);
            v.excluded_from = vec![id::<words::id::kind::Case>(CASE) as CaseId];
        },
    },
];

fn matter(categories: Categories) -> MatterFact {
    MatterFact {
        matter: id(54),
        record: facts(categories).record,
        categories,
        article: "article".to_owned(),
        user: id(ME),
        appointment: id(99),
        from: now(),
        until: None,
        pledged_at: Some(now()),
        released_at: now(),
        recalled_at: None,
        closed_at: None,
        take_back_from: None,
    }
}

fn look(user: u128, desk: u128) -> UrgentFact {
    let until = now().plus_minutes(1);
    UrgentFact { look: id(53), user: id(user), desk: id(desk), case: id(CASE), from: now(), until }
}

/// Whether a text of `category` is shown to `role` in this way, when `named` is named; and on which bases.
fn shown(way: &Way, role: Role, category: Category, named: Categories) -> Option<Vec<Basis>> {
    struct Text;
    impl access::Content for Text {}
    let (mut viewer, mut facts, mut evidence) =
        (viewer(role), facts(Categories::NONE.with(category)), Evidence::default());
    (way.set)(&mut viewer, &mut facts, &mut evidence, named);
    let permit = decide(&viewer, &facts, &evidence, now(), Reader::Screen)?;
    Sealed::new(facts, Text).open(&permit).map(|d| d.uses().iter().map(|u| u.basis).collect())
}

/// `✔` whatever is named, `◯` if it is named, `✘` never.
fn cell(way: &Way, role: Role, category: Category) -> &'static str {
    let only = Categories::NONE.with(category);
    let others = Category::ALL.iter().copied().filter(|c| *c != category).collect();
    for (named, bases) in [only, others].map(|named| (named, shown(way, role, category, named))) {
        if let Some(bases) = bases {
            assert_eq!(bases.first().copied(), way.basis, "{} ({named:?})", way.text);
        }
    }
    match (shown(way, role, category, only).is_some(), shown(way, role, category, others).is_some()) {
        (true, true) => "✔",
        (true, false) => "◯",
        (false, false) => "✘",
        (false, true) => panic!("{}: shown because something else was named", way.text),
    }
}

fn row(cells: impl IntoIterator<Item = String>) -> String {
    let mut line = cells.into_iter().fold("|".to_owned(), |line, cell| format!("{line} {cell} |"));
    line.push('\n');
    line
}

fn head(cells: Vec<String>) -> String {
    let rule = cells.iter().map(|_| "---|").collect::<String>();
    format!("{}|{rule}\n", row(cells))
}

/// Table A: for each role, whether it can use each basis at all.
fn roles() -> String {
    let mut columns = vec!["Role".to_owned()];
    columns.extend(Basis::ALL.iter().map(|b| term("Basis", *b)));
    let mut table = head(columns);
    for role in Role::ALL {
        let mut cells = vec![term("Role", *role)];
        for basis in Basis::ALL {
            let open: Vec<&str> = WAYS
                .iter()
                .filter(|w| {
                    w.basis == Some(*basis) && shown(w, *role, Category::Health, Categories::all()).is_some()
                })
                .map(|w| w.text)
                .collect();
            let ways = WAYS.iter().filter(|w| w.basis == Some(*basis)).count();
            cells.push(match (open.len(), *basis) {
                (0, _) => "✘".to_owned(),
                (n, _) if n == ways => "✔".to_owned(),
                (_, Basis::OwnRecord) => "own writing only".to_owned(),
                (_, Basis::LawfulProvision) => "only what was sent to them by name".to_owned(),
                _ => open.join("; "),
            });
        }
        table.push_str(&row(cells));
    }
    table
}

/// Table B: for one role, how each way of standing to a record opens each category.
fn relations(role: Role) -> String {
    let mut columns = vec!["How I stand to the record".to_owned(), "Basis".to_owned()];
    columns.extend(Category::ALL.iter().map(|c| term("Category", *c)));
    let mut table = head(columns);
    for way in &WAYS {
        let cells: Vec<&str> = Category::ALL.iter().map(|c| cell(way, role, *c)).collect();
        let basis = if cells.contains(&"✔") || cells.contains(&"◯") { way.basis } else { None };
        let basis = basis.map_or_else(|| "none".to_owned(), |b| english(b.code()));
        table.push_str(&row([way.text.to_owned(), basis]
            .into_iter()
            .chain(cells.into_iter().map(str::to_owned))));
    }
    table
}

/// Puts a desk into one place of a relation.
type Stand = fn(&mut Relation, DeskId);

const STANDS: [(&str, Stand); 7] = [
    ("no relation needed", |_, _| {}),
    ("wrote the record", |r, d| r.author = Some(d)),
    ("accountable (主担当)", |r, d| r.accountable = Some(d)),
    ("part in the case", |r, d| r.case_desks = vec![d]),
    ("sent the referral", |r, d| r.sender = Some(d)),
    ("received it", |r, d| r.receiver = Some(d)),
    ("holds the task", |r, d| r.task = Some(d)),
];

/// Table C: action × standing × role. Pairs nobody may do are left out and said to be.
fn actions() -> String {
    let mut columns = vec!["Action".to_owned(), "My desk".to_owned()];
    columns.extend(Role::ALL.iter().map(|r| term("Role", *r)));
    let mut table = head(columns);
    for action in Action::ALL {
        let anyone =
            Role::ALL.iter().any(|r| may(&viewer(*r), *action, &Relation::of_no_household()).is_ok());
        for (stands, set) in STANDS {
            let mut relation = Relation::of_no_household();
            set(&mut relation, id(MINE));
            let cells: Vec<bool> =
                Role::ALL.iter().map(|r| may(&viewer(*r), *action, &relation).is_ok()).collect();
            let implied = anyone && relation != Relation::of_no_household();
            if implied || cells.iter().all(|c| !c) {
                continue;
            }
            let marks = cells.iter().map(|c| if *c { "✔" } else { "✘" }.to_owned());
            table.push_str(&row([term("Action", *action), stands.to_owned()].into_iter().chain(marks)));
        }
    }
    table
}

fn systems() -> String {
    let mut table = head(vec!["Actor".to_owned(), "What it does".to_owned()]);
    for system in System::ALL {
        table.push_str(&row([format!("`{}`", system.code()), doc("System", system.code())]));
    }
    table
}

fn standings() -> String {
    let mut table =
        head(vec!["Standing".to_owned(), "Meaning".to_owned(), "Actions that ask for it".to_owned()]);
    for standing in Standing::ALL {
        let actions: Vec<String> = Action::ALL
            .iter()
            .filter(|a| access::rule(**a).1 == *standing)
            .map(|a| english(a.code()))
            .collect();
        let doc = doc("Standing", standing.code());
        table.push_str(&row([english(standing.code()), doc, actions.join(", ")]));
    }
    table
}

fn whole() -> String {
    format!(
        "# The policy in tables

Made by `ground/access/tests/policy_table.rs` from the code that decides; do not edit. The test fails when this
file is not what the code does. To write it anew: `UPDATE_GOLDEN=1 cargo test -p access --test policy_table`.

`docs/disclosure.md` gives the reasons; this file gives every case. Reading (tables A and B) and writing (tables C
and D) are separate: the right to do something shows nothing, and seeing something gives no right to change it.

## A. Which role may use which basis

A basis alone opens nothing: the role must also be permitted to use it. ✔ yes, ✘ no.

{roles}
## B. What is shown, by how someone stands to a record

For a record that another desk wrote about one person, unless the line says otherwise. ✔ shown, ◯ shown if the
consent or the sharing act names this category, ✘ the answer of absence. A text that holds several categories is
shown only if each of them is; a person's card shows the fields of those that are.

### B1. Caseworker, agency lead (the two have the same table)

{worker}
### B2. Coordinator

{coordinator}
### B3. Liaison

{liaison}
### B4. Host

{host}
### B5. Everyone else

Committee members, the secretariat, analysts, privacy auditors and administrators: ✘ in every line and column.

### B6. What is taken away again

A sheltered address (支援措置), an informant and a secret inside the household are kept whatever grants the record. For a
caseworker; ✘ means this category is not shown. A text is shown only if each of its categories is.

{less}
## C. Who may do what

One line for each action and each way my desk can stand to the record so that somebody may do it; whatever is not
listed is ✘ for every role. A desk stands in the place of desks that ended and named it as heir. Role and standing
must meet in one appointment. Whoever is kept out of a case may do nothing in it. A write also needs the record's
current version.

{actions}
Refusals: caseworkers, agency leads and coordinators whose desk has to do with the record are told that this is not
theirs to do; everyone else gets the answer of absence.

### What a standing is

{standings}
## D. Named system actors

Jobs, imports and the command line write under their own names, which stand in the records; none of them is a
person, and no person can act as one.

{systems}",
        roles = roles(),
        worker = relations(Role::Caseworker),
        coordinator = relations(Role::Coordinator),
        liaison = relations(Role::Liaison),
        host = relations(Role::Host),
        less = less::less(),
        actions = actions(),
        standings = standings(),
        systems = systems(),
    )
}

#[test]
fn the_policy_document_is_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let fresh = whole();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, &fresh).expect("the document can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = fresh.lines().zip(kept.lines()).find(|(a, b)| a != b);
    assert!(
        fresh == kept,
        "docs/policy.md is not what the code does; first difference: {differs:?}\nRead the change as a lawyer would, \
         then run: UPDATE_GOLDEN=1 cargo test -p access --test policy_table"
    );
}

/// The sentences about roles that share a table, and about those that have none, are true.
#[test]
fn roles_said_to_be_alike_are_alike() {
    assert_eq!(relations(Role::Caseworker), relations(Role::AgencyLead));
    let blind =
        [Role::CommitteeMember, Role::Secretariat, Role::Analyst, Role::PrivacyAuditor, Role::Administrator];
    for role in blind {
        let table = relations(role);
        assert!(!table.contains('✔') && !table.contains('◯'), "{role} sees something:\n{table}");
    }
}
