//! A small town's history: events with names, days and minutes.
//!
//! Days are counted from the first day of the history, minutes from its first midnight. A last day is inclusive.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Minutes of a day.
pub const DAY: i64 = 1440;
/// Days a history lasts.
pub const DAYS: i64 = 9;

/// People with accounts. The last is never appointed to anything.
pub const USERS: [&str; 4] = ["mori", "sato", "kato", "nobody"];
/// Desks with their agencies; two of one agency.
pub const DESKS: [(&str, &str); 5] =
    [("child", "city"), ("elder", "city"), ("council", "council"), ("hub", "hub_agency"), ("npo", "npo")];
/// Categories of agencies that a consent can name.
pub const FIELDS: [&str; 2] = ["medical", "education"];
/// Those who are supported.
pub const PERSONS: [&str; 3] = ["mother", "son", "aunt"];
/// Cases.
pub const CASES: [&str; 2] = ["case1", "case2"];
/// Records. Two share an id and differ in kind only.
pub const RECORDS: [(&str, &str); 4] =
    [("entry", "first"), ("person", "first"), ("entry", "second"), ("connecting_sheet", "third")];
/// Roles (domain section 5), those who work with people first.
pub const ROLES: [&str; 10] = [
    "caseworker",
    "agency_lead",
    "coordinator",
    "liaison",
    "host",
    "committee_member",
    "secretariat",
    "analyst",
    "privacy_auditor",
    "administrator",
];
/// Categories (disclosure rule 3).
pub const CATEGORIES: [&str; 13] = [
    "basic",
    "contact",
    "household",
    "health",
    "disability",
    "money",
    "work_school",
    "crime",
    "violence",
    "informant",
    "support",
    "plan",
    "opinion",
];

/// A record as it was written.
#[derive(Debug, Clone)]
pub struct Record {
    pub kind: &'static str,
    pub id: &'static str,
    pub desk: &'static str,
    pub author: Option<&'static str>,
    pub whole_household: bool,
    pub subjects: Vec<&'static str>,
    pub categories: Vec<&'static str>,
    pub cases: Vec<&'static str>,
    pub sent_to_provider: Option<&'static str>,
    /// The matter it was written in.
    pub matter: Option<usize>,
}

/// Where an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Screen,
    File,
    Paper,
    Member(&'static str),
}

/// The screen, a file, paper for anybody, and a paper for each person.
pub fn readers() -> Vec<To> {
    [To::Screen, To::File, To::Paper].into_iter().chain(PERSONS.map(To::Member)).collect()
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A person is appointed to a post of a desk.
    Appointed {
        name: usize,
        user: &'static str,
        desk: &'static str,
        role: &'static str,
        first: i64,
        last: Option<i64>,
    },
    /// An appointment is ended early.
    AppointmentEnded { name: usize, last: i64 },
    /// A desk, or the contract it works under, ends; what it wrote passes to the heir.
    DeskEnded { desk: &'static str, last: i64, heir: &'static str },
    /// Someone consents. Given for a referral, it waits for the acceptance.
    Consented {
        name: usize,
        covers: &'static str,
        desks: Vec<&'static str>,
        agencies: Vec<&'static str>,
        /// Categories of agencies, and whether those that join later are meant as well.
        fields: Vec<(&'static str, bool)>,
        categories: Vec<&'static str>,
        first: i64,
        last: Option<i64>,
        given: i64,
        referral: Option<usize>,
    },
    /// From this minute on an agency is of this category.
    OfField { agency: &'static str, field: &'static str, at: i64 },
    /// A consent is withdrawn.
    Withdrawn { consent: usize, at: i64 },
    /// A consent is replaced by a newer one.
    Superseded { consent: usize, at: i64 },
    /// Records are handed to a desk, or to one person there, under an article. A referral waits for acceptance;
    /// feedback does not.
    Provided {
        name: usize,
        to: &'static str,
        person: Option<&'static str>,
        records: Vec<(&'static str, &'static str)>,
        categories: Vec<&'static str>,
        at: i64,
        waits: bool,
    },
    /// The referral is accepted.
    Accepted { name: usize, at: i64 },
    /// The referral (or feedback) was entered in error.
    InError { name: usize, at: i64 },
    /// Someone opens a case in an emergency, for so many minutes.
    Looked { name: usize, user: &'static str, desk: &'static str, case: &'static str, at: i64, lasts: i64 },
    /// They are done before the time is over.
    LookEnded { name: usize, at: i64 },
    /// A matter of a confidential conference is closed.
    MatterClosed { matter: usize, at: i64 },
    /// Somebody becomes a member of a matter, under one of their appointments.
    Joined { name: usize, matter: usize, user: &'static str, appointment: usize, at: i64 },
    /// A member pledges secrecy.
    Pledged { member: usize, at: i64 },
    /// A member is replaced or leaves.
    Left { member: usize, at: i64 },
    /// A record is released to a matter.
    Released {
        name: usize,
        matter: usize,
        record: (&'static str, &'static str),
        categories: Vec<&'static str>,
        at: i64,
    },
    /// The release is taken back.
    Recalled { release: usize, at: i64 },
    /// What was released may be taken back to one's desk.
    Marked { release: usize, at: i64 },
    /// Where a person lives is to be known to these desks only.
    Sheltered { name: usize, person: &'static str, desks: Vec<&'static str>, at: i64 },
    /// That is lifted.
    ShelterEnded { name: usize, at: i64 },
    /// A record is kept from a person of the household, from its beginning.
    Secret { record: (&'static str, &'static str), from: &'static str },
    /// Someone is kept out of a case, perhaps for a time.
    Excluded { user: &'static str, case: &'static str, from: i64, until: Option<i64> },
}

/// Everything that happened and was written.
#[derive(Debug, Clone)]
pub struct History {
    pub events: Vec<Event>,
    pub records: Vec<Record>,
}

impl History {
    /// The moments at which something may change: each event's minute and the one before it, and the first and
    /// last minute of each day.
    pub fn moments(&self) -> Vec<i64> {
        let mut moments = Vec::new();
        for day in 0..=DAYS {
            moments.push(day * DAY);
            moments.push(day * DAY + DAY - 1);
        }
        for event in &self.events {
            let at = match event {
                Event::Consented { given, .. } => *given,
                Event::Withdrawn { at, .. }
                | Event::OfField { at, .. }
                | Event::Superseded { at, .. }
                | Event::Provided { at, .. }
                | Event::Accepted { at, .. }
                | Event::InError { at, .. }
                | Event::LookEnded { at, .. }
                | Event::Sheltered { at, .. }
                | Event::ShelterEnded { at, .. }
                | Event::MatterClosed { at, .. }
                | Event::Joined { at, .. }
                | Event::Pledged { at, .. }
                | Event::Left { at, .. }
                | Event::Released { at, .. }
                | Event::Recalled { at, .. }
                | Event::Marked { at, .. } => *at,
                Event::Looked { at, lasts, .. } => {
                    moments.extend([at + lasts - 1, at + lasts]);
                    *at
                }
                Event::Excluded { from, until, .. } => {
                    moments.extend(until.iter().flat_map(|u| [*u - 1, *u]));
                    *from
                }
                Event::Appointed { .. }
                | Event::AppointmentEnded { .. }
                | Event::DeskEnded { .. }
                | Event::Secret { .. } => continue,
            };
            moments.push(at - 1);
            moments.push(at);
        }
        moments.retain(|m| *m >= 0);
        moments.sort_unstable();
        moments.dedup();
        moments
    }
}

fn desk() -> impl Strategy<Value = &'static str> {
    select(DESKS.map(|(desk, _)| desk).to_vec())
}

fn day() -> impl Strategy<Value = i64> {
    0..DAYS
}

/// Days early in the history, so that most things hold for a while.
fn early() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 0..3_i64, 1 => day()]
}

fn minute() -> impl Strategy<Value = i64> {
    prop_oneof![2 => 0..DAY * 3, 2 => 0..DAY * DAYS, 1 => day().prop_map(|d| d * DAY)]
}

/// Everything, little, or nothing.
fn categories() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![
        4 => Just(CATEGORIES.to_vec()),
        5 => subsequence(CATEGORIES.to_vec(), 1..10),
        1 => Just(Vec::new()),
    ]
}

fn role() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => select(ROLES[..3].to_vec()), 2 => select(ROLES[3..5].to_vec()), 2 => select(ROLES.to_vec())]
}

fn appointed(name: usize) -> impl Strategy<Value = Event> {
    (select(USERS[..3].to_vec()), desk(), role(), early(), option::weighted(0.5, day())).prop_map(
        move |(user, desk, role, first, last)| Event::Appointed { name, user, desk, role, first, last },
    )
}

fn consented(name: usize) -> impl Strategy<Value = Event> {
    (
        select(PERSONS.to_vec()),
        subsequence(DESKS.map(|(desk, _)| desk).to_vec(), 0..4),
        (subsequence(vec!["city", "council", "npo"], 0..2), option::weighted(0.4, named_field())),
        categories(),
        (early(), option::weighted(0.6, day()), minute()),
        option::weighted(0.4, 0..3_usize),
    )
        .prop_map(
            move |(covers, desks, (agencies, field), categories, (first, last, given), referral)| {
                Event::Consented {
                    name,
                    covers,
                    desks,
                    agencies,
                    fields: field.into_iter().collect(),
                    categories,
                    first,
                    last,
                    given,
                    referral,
                }
            },
        )
}

/// A category of agencies; seldom also those that join it later.
fn named_field() -> impl Strategy<Value = (&'static str, bool)> {
    (select(FIELDS.to_vec()), prop_oneof![2 => Just(false), 1 => Just(true)])
}

/// Agencies come into a category and leave it for another.
fn of_fields() -> impl Strategy<Value = Vec<Event>> {
    let agencies: Vec<&str> = vec!["city", "council", "hub_agency", "npo"];
    let at = prop_oneof![2 => Just(0_i64), 1 => minute()];
    let event = (select(agencies), select(FIELDS.to_vec()), at)
        .prop_map(|(agency, field, at)| Event::OfField { agency, field, at });
    vec(event, 0..7)
}

/// A family that consents together: the same paper, signed by each, for perhaps different categories.
fn family() -> impl Strategy<Value = Vec<Event>> {
    (consented(0), vec(categories(), PERSONS.len()), 2..=PERSONS.len()).prop_map(
        |(paper, categories, signed)| {
            let Event::Consented { desks, agencies, fields, first, last, given, referral, .. } = paper else {
                return vec![];
            };
            let signers = PERSONS.into_iter().zip(categories).take(signed).enumerate();
            let signature = |(n, (covers, categories))| Event::Consented {
                name: 6 + n,
                covers,
                desks: desks.clone(),
                agencies: agencies.clone(),
                fields: fields.clone(),
                categories,
                first,
                last,
                given,
                referral,
            };
            signers.map(signature).collect()
        },
    )
}

/// One referral or feedback with what becomes of it.
fn provided(name: usize) -> impl Strategy<Value = Vec<Event>> {
    (
        (desk(), option::weighted(0.35, select(USERS[..3].to_vec()))),
        subsequence(RECORDS.to_vec(), 0..4),
        categories(),
        minute(),
        any::<bool>(),
        option::weighted(0.8, 0..DAY * 2),
        option::weighted(0.25, 0..DAY * 6),
    )
        .prop_map(move |((to, person), records, categories, at, waits, accepted, error)| {
            let mut events = vec![Event::Provided { name, to, person, records, categories, at, waits }];
            events.extend(accepted.filter(|_| waits).map(|later| Event::Accepted { name, at: at + later }));
            events.extend(error.map(|later| Event::InError { name, at: at + later }));
            events
        })
}

fn ended() -> impl Strategy<Value = Vec<Event>> {
    let appointment = (0..8_usize, day()).prop_map(|(name, last)| Event::AppointmentEnded { name, last });
    let withdrawn = (0..9_usize, minute()).prop_map(|(consent, at)| Event::Withdrawn { consent, at });
    let superseded = (0..9_usize, minute()).prop_map(|(consent, at)| Event::Superseded { consent, at });
    let excluded =
        (select(USERS.to_vec()), select(CASES.to_vec()), minute(), option::weighted(0.4, 1..DAY * 3))
            .prop_map(|(user, case, from, lasts)| Event::Excluded {
                user,
                case,
                from,
                until: lasts.map(|l| from + l),
            });
    vec(prop_oneof![2 => appointment, 2 => withdrawn, 1 => superseded, 1 => excluded], 0..5)
}

/// An urgent look, perhaps ended early. Who opens it often sits at the desk, and sometimes no longer does.
fn looked(name: usize) -> impl Strategy<Value = Vec<Event>> {
    let place = (select(USERS[..3].to_vec()), desk(), select(CASES.to_vec()));
    (place, minute(), 1..DAY * 2, option::weighted(0.3, 0..DAY)).prop_map(
        move |((user, desk, case), at, lasts, done)| {
            let mut events = vec![Event::Looked { name, user, desk, case, at, lasts }];
            events.extend(done.map(|later| Event::LookEnded { name, at: at + later }));
            events
        },
    )
}

/// A shelter, perhaps lifted, perhaps known to nobody.
fn sheltered(name: usize) -> impl Strategy<Value = Vec<Event>> {
    let desks = subsequence(DESKS.map(|(desk, _)| desk).to_vec(), 0..3);
    (select(PERSONS.to_vec()), desks, minute(), option::weighted(0.4, 0..DAY * 4)).prop_map(
        move |(person, desks, at, lifted)| {
            let mut events = vec![Event::Sheltered { name, person, desks, at }];
            events.extend(lifted.map(|later| Event::ShelterEnded { name, at: at + later }));
            events
        },
    )
}

fn secret() -> impl Strategy<Value = Event> {
    (select(RECORDS.to_vec()), select(PERSONS.to_vec()))
        .prop_map(|(record, from)| Event::Secret { record, from })
}

/// What is opened in an emergency, and what is taken away.
fn guarded() -> impl Strategy<Value = Vec<Event>> {
    let looks = (0..4_usize).prop_flat_map(|n| (0..n).map(looked).collect::<Vec<_>>());
    let shelters = (0..3_usize).prop_flat_map(|n| (0..n).map(sheltered).collect::<Vec<_>>());
    (looks, shelters, vec(secret(), 0..3)).prop_map(|(looks, shelters, secrets)| {
        looks.into_iter().chain(shelters).flatten().chain(secrets).collect()
    })
}

/// One place in a matter. Whoever sits under the appointment, or somebody who does not; some never pledge.
fn joined(name: usize, matter: usize) -> impl Strategy<Value = Vec<Event>> {
    (
        (select(USERS.to_vec()), 0..4_usize, minute()),
        option::weighted(0.85, 0..DAY),
        option::weighted(0.25, 0..DAY * 5),
    )
        .prop_map(move |((user, appointment, at), pledged, left)| {
            let mut events = vec![Event::Joined { name, matter, user, appointment, at }];
            events.extend(pledged.map(|later| Event::Pledged { member: name, at: at + later }));
            events.extend(left.map(|later| Event::Left { member: name, at: at + later }));
            events
        })
}

/// One release, perhaps taken back, perhaps marked.
fn released(name: usize, matter: usize) -> impl Strategy<Value = Vec<Event>> {
    (
        select(RECORDS.to_vec()),
        categories(),
        minute(),
        option::weighted(0.2, 0..DAY * 4),
        option::weighted(0.4, 0..DAY * 4),
    )
        .prop_map(move |(record, categories, at, recalled, marked)| {
            let mut events = vec![Event::Released { name, matter, record, categories, at }];
            events.extend(recalled.map(|later| Event::Recalled { release: name, at: at + later }));
            events.extend(marked.map(|later| Event::Marked { release: name, at: at + later }));
            events
        })
}

/// Up to two matters with members, materials, and perhaps an end.
fn matters() -> impl Strategy<Value = Vec<Event>> {
    (0..3_usize).prop_flat_map(|n| {
        let one = |matter: usize| {
            let members = (1..6_usize)
                .prop_flat_map(move |n| (0..n).map(|m| joined(matter * 10 + m, matter)).collect::<Vec<_>>());
            let releases = (0..4_usize).prop_flat_map(move |n| {
                (0..n).map(|m| released(matter * 10 + m, matter)).collect::<Vec<_>>()
            });
            (members, releases, option::weighted(0.4, minute())).prop_map(
                move |(members, releases, closed)| {
                    let mut events: Vec<Event> = members.into_iter().chain(releases).flatten().collect();
                    events.extend(closed.map(|at| Event::MatterClosed { matter, at }));
                    events
                },
            )
        };
        (0..n).map(one).collect::<Vec<_>>().prop_map(|all| all.into_iter().flatten().collect())
    })
}

/// Each desk ends at most once. Heirs are drawn without care: chains, even circles, happen.
fn desks_ended() -> impl Strategy<Value = Vec<Event>> {
    subsequence(DESKS.map(|(desk, _)| desk).to_vec(), 0..4).prop_flat_map(|ending| {
        ending
            .into_iter()
            .map(|ends| {
                (day(), desk()).prop_map(move |(last, heir)| Event::DeskEnded { desk: ends, last, heir })
            })
            .collect::<Vec<_>>()
    })
}

fn record((kind, id): (&'static str, &'static str)) -> impl Strategy<Value = Record> {
    (
        desk(),
        option::weighted(0.8, select(USERS.to_vec())),
        any::<bool>(),
        subsequence(PERSONS.to_vec(), 0..=3),
        prop_oneof![6 => subsequence(CATEGORIES.to_vec(), 1..4), 1 => Just(CATEGORIES.to_vec()), 1 => Just(vec![])],
        prop_oneof![2 => Just(vec![]), 1 => subsequence(CASES.to_vec(), 1..=2)],
        (option::weighted(0.3, desk()), option::weighted(0.15, 0..2_usize)),
    )
        .prop_map(
            move |(desk, author, whole_household, subjects, categories, cases, (sent_to_provider, matter))| Record {
                kind,
                id,
                desk,
                author,
                whole_household,
                subjects,
                categories,
                cases,
                sent_to_provider,
                matter,
            },
        )
}

/// A random history.
pub fn history() -> impl Strategy<Value = History> {
    let appointments = (2..8_usize).prop_flat_map(|n| (0..n).map(appointed).collect::<Vec<_>>());
    let consents = (0..7_usize).prop_flat_map(|n| (0..n).map(consented).collect::<Vec<_>>());
    let provisions = (0..4_usize).prop_flat_map(|n| (0..n).map(provided).collect::<Vec<_>>());
    let records = RECORDS.into_iter().map(record).collect::<Vec<_>>();
    let desks = prop_oneof![1 => Just(vec![]), 1 => desks_ended()];
    let given = (consents, option::weighted(0.6, family()), of_fields());
    let kept = (guarded(), matters());
    (appointments, given, provisions, ended(), desks, kept, records).prop_map(
        |(
            appointments,
            (consents, family, of_fields),
            provisions,
            ended,
            desks,
            (guarded, matters),
            records,
        )| {
            let mut events = appointments;
            events.extend(of_fields);
            events.extend(consents);
            events.extend(family.into_iter().flatten());
            events.extend(provisions.into_iter().flatten());
            events.extend(ended);
            events.extend(desks);
            events.extend(guarded);
            events.extend(matters);
            History { events, records }
        },
    )
}
