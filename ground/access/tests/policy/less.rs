//! Table B6: what takes away from what a basis grants.

use access::{
    Categories, Category, Evidence, Facts, Reader, RecordKind, Role, Secret, Shelter, Subjects, decide,
};
use uuid::Uuid;
use words::Id;
use words::code::Code;

use crate::terms::term;
use crate::{ME, MINE, PERSON, SIBLING, facts, head, id, look, matter, now, provision, row, viewer};

/// Sets the record and the evidence.
type Set = fn(&mut Facts, &mut Evidence);

/// What takes away from what a basis grants, for a caseworker whose desk wrote the record, or who was sent it.
const LESS: [(&str, Reader, Set); 17] = [
    ("my desk wrote it; on the screen", Reader::Screen, |f, _| f.desk = id(MINE)),
    ("my desk wrote it; in a file", Reader::File, |f, _| f.desk = id(MINE)),
    ("my desk wrote it; on paper", Reader::Paper, |f, _| f.desk = id(MINE)),
    (
        "my desk wrote it; the person's address is sheltered, my desk is not named; on the screen",
        Reader::Screen,
        |f, e| (f.desk, e.shelters) = (id(MINE), shelter(SIBLING)),
    ),
    ("the same, on the person's card instead of in a text", Reader::Screen, |f, e| {
        (f.desk, f.record.kind, e.shelters) = (id(MINE), RecordKind::Person, shelter(SIBLING));
    }),
    ("the same card, and my desk is named", Reader::Screen, |f, e| {
        (f.desk, f.record.kind, e.shelters) = (id(MINE), RecordKind::Person, shelter(MINE));
    }),
    ("it was sent to my desk; the address is sheltered, my desk is not named", Reader::Screen, |_, e| {
        (e.provisions, e.shelters) = (vec![provision(Categories::all(), MINE)], shelter(SIBLING));
    }),
    (
        "I opened the case in an emergency; the address is sheltered, my desk is not named",
        Reader::Screen,
        |_, e| (e.urgent, e.shelters) = (vec![look(ME, MINE)], shelter(SIBLING)),
    ),
    ("it was released to a matter of which I am a member; on the screen", Reader::Screen, |_, e| {
        e.matters = vec![matter(Categories::all())];
    }),
    ("the same; in a file, or on paper", Reader::Paper, |_, e| {
        e.matters = vec![matter(Categories::all())];
    }),
    ("my desk wrote it; the address is sheltered, my desk is named; in a file", Reader::File, |f, e| {
        (f.desk, e.shelters) = (id(MINE), shelter(MINE));
    }),
    ("my desk wrote it; the address is sheltered, my desk is named; on paper", Reader::Paper, |f, e| {
        (f.desk, e.shelters) = (id(MINE), shelter(MINE));
    }),
    (
        "my desk wrote it; on paper for somebody of the household",
        Reader::Member(Id::new(Uuid::from_u128(PERSON))),
        |f, _| f.desk = id(MINE),
    ),
    (
        "my desk wrote it about somebody else; on paper for one of the household",
        Reader::Member(Id::new(Uuid::from_u128(PERSON + 1))),
        |f, _| f.desk = id(MINE),
    ),
    (
        "my desk wrote it about the whole household; on paper for one of it",
        Reader::Member(Id::new(Uuid::from_u128(PERSON + 1))),
        |f, _| (f.desk, f.subjects) = (id(MINE), Subjects::Household(vec![id(PERSON), id(PERSON + 1)])),
    ),
    (
        "the same, and somebody else of it is sheltered, or violence is feared there",
        Reader::Member(Id::new(Uuid::from_u128(PERSON + 1))),
        |f, e| {
            f.desk = id(MINE);
            f.subjects = Subjects::Household(vec![id(PERSON), id(PERSON + 1)]);
            e.apart = vec![id(PERSON)];
        },
    ),
    (
        "my desk wrote it about them; it is kept from the person of the household the paper is for",
        Reader::Member(Id::new(Uuid::from_u128(PERSON + 1))),
        |f, e| {
            (f.desk, f.subjects) = (id(MINE), Subjects::Persons(vec![id(PERSON + 1)]));
            e.secrets = vec![Secret { record: f.record, from: id(PERSON + 1) }];
        },
    ),
];

fn shelter(desk: u128) -> Vec<Shelter> {
    vec![Shelter { person: id(PERSON), desks: vec![id(desk)] }]
}

/// Table B6: what is taken away, by category.
pub fn less() -> String {
    let mut columns = vec!["Whatever grants it".to_owned()];
    columns.extend(Category::ALL.iter().map(|c| term("Category", *c)));
    let mut table = head(columns);
    for (text, reader, set) in LESS {
        let cells = Category::ALL.iter().map(|c| {
            let (mut facts, mut evidence) = (facts(Categories::NONE.with(*c)), Evidence::default());
            set(&mut facts, &mut evidence);
            let shown = decide(&viewer(Role::Caseworker), &facts, &evidence, now(), reader)
                .is_some_and(|p| p.granted().has(*c));
            if shown { "✔" } else { "✘" }.to_owned()
        });
        table.push_str(&row(std::iter::once(text.to_owned()).chain(cells)));
    }
    table
}
