//! A history as `access` is given it: by the account's appointments, the record's facts, and the evidence rows.

use access::{
    Categories, Category, ConsentFact, Evidence, Facts, MatterFact, OfField, ProvisionFact, Reader,
    RecordKind, RecordRef, Role, Seat, Secret, Shelter, Subjects, UrgentFact, Viewer,
};
use uuid::Uuid;
use words::code::Code;
use words::{Day, Id, Instant};

use crate::history::{DAY, DESKS, Event, History, Record, To};

/// An id from a name.
pub fn id<K>(name: &str) -> Id<K> {
    let number = name.bytes().fold(7_u128, |n, b| n.wrapping_mul(1_000_003).wrapping_add(u128::from(b)));
    Id::new(Uuid::from_u128(number))
}

/// The calendar day of a day of the history; it runs over the change of the fiscal year.
pub fn day(number: i64) -> Day {
    Day::new(2026, 3, 28).expect("a day of the calendar").plus_days(number)
}

/// The instant of a minute of the history.
pub fn instant(minute: i64) -> Instant {
    Instant::at(day(0), 0, 0).plus_minutes(minute)
}

/// A set of categories from codes.
pub fn categories(codes: &[&str]) -> Categories {
    codes.iter().filter_map(|c| Category::parse(c)).collect()
}

/// The codes of a set.
pub fn codes(set: Categories) -> Vec<&'static str> {
    set.iter().map(Code::code).collect()
}

/// The signed-in person, as built for each request.
pub fn viewer(history: &History, user: &str, now: i64) -> Viewer {
    let today = day(now / DAY);
    let ended: Vec<(&str, &str)> = history
        .events
        .iter()
        .filter_map(|e| match e {
            Event::DeskEnded { desk, last, heir } if day(*last) < today => Some((*desk, *heir)),
            _ => None,
        })
        .collect();
    let seats = history.events.iter().filter_map(|e| seat(history, &ended, user, today, e)).collect();
    let excluded_from = history
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Excluded { user: who, case, from, until }
                if *who == user && (*from..until.unwrap_or(i64::MAX)).contains(&now) =>
            {
                Some(id(case))
            }
            _ => None,
        })
        .collect();
    Viewer { municipality: id("town"), user: id(user), seats, excluded_from, urgent: Vec::new() }
}

fn seat(history: &History, ended: &[(&str, &str)], user: &str, today: Day, event: &Event) -> Option<Seat> {
    let Event::Appointed { name, user: who, desk, role, first, last } = event else { return None };
    let cut = history.events.iter().any(
        |e| matches!(e, Event::AppointmentEnded { name: which, last } if which == name && day(*last) < today),
    );
    let in_force = day(*first) <= today && last.is_none_or(|last| today <= day(last)) && !cut;
    if *who != user || !in_force || ended.iter().any(|(gone, _)| gone == desk) {
        return None;
    }
    // Everything that leads here, found backwards from the desk; what runs in a circle is never reached.
    let mut inherited: Vec<&str> = Vec::new();
    let mut heirs = vec![*desk];
    while let Some(heir) = heirs.pop() {
        for (gone, to) in ended {
            if *to == heir {
                inherited.push(gone);
                heirs.push(gone);
            }
        }
    }
    let (_, agency) = DESKS.iter().find(|(d, _)| d == desk)?;
    Some(Seat {
        appointment: id(&format!("appointment {name}")),
        desk: id(desk),
        inherited: inherited.into_iter().map(id).collect(),
        agency: id(agency),
        role: Role::parse(role)?,
        programme: "multi_agency".to_owned(),
    })
}

/// The record's name.
pub fn record_ref(kind: &str, name: &str) -> RecordRef {
    RecordRef { kind: RecordKind::parse(kind).expect("a kind of record"), id: id(name) }
}

/// The record's facts.
pub fn facts(record: &Record) -> Facts {
    let persons = record.subjects.iter().map(|p| id(p)).collect();
    Facts {
        record: record_ref(record.kind, record.id),
        desk: id(record.desk),
        author: record.author.map(id),
        subjects: if record.whole_household {
            Subjects::Household(persons)
        } else {
            Subjects::Persons(persons)
        },
        categories: categories(&record.categories),
        cases: record.cases.iter().map(|c| id(c)).collect(),
        sent_to_provider: record.sent_to_provider.map(id),
        confided_to: record.matter.map(|m| id(&format!("matter {m}"))),
    }
}

/// Every row of evidence there is, wanted or not: the decision must pick what counts.
pub fn evidence(history: &History, now: i64) -> Evidence {
    let mut evidence = Evidence::default();
    for (number, event) in history.events.iter().enumerate() {
        match event {
            Event::Consented { .. } => consent_rows(history, event, now, &mut evidence.consents),
            Event::Provided { name, to, person, records, categories: sent, at, waits } => {
                let effective = if *waits { accepted(history, *name) } else { Some(*at) };
                for (kind, of) in records {
                    evidence.provisions.push(ProvisionFact {
                        provision: id(&format!("provision {number}")),
                        record: record_ref(kind, of),
                        desk: id(to),
                        user: person.map(id),
                        categories: categories(sent),
                        article: format!("article {number}"),
                        effective_from: effective.map(instant),
                        ended_at: in_error(history, *name).map(instant),
                    });
                }
            }
            Event::Looked { name, user, desk, case, at, lasts } => evidence.urgent.push(UrgentFact {
                look: id(&format!("look {name}")),
                user: id(user),
                desk: id(desk),
                case: id(case),
                from: instant(*at),
                until: instant((at + lasts).min(look_ended(history, *name).unwrap_or(i64::MAX))),
            }),
            Event::Joined { .. } => matter_rows(history, event, &mut evidence.matters),
            Event::Sheltered { name, person, desks, at } => {
                let lifted = history.events.iter().any(
                    |e| matches!(e, Event::ShelterEnded { name: which, at } if which == name && *at <= now),
                );
                if *at <= now && !lifted {
                    let desks = desks.iter().map(|d| id(d)).collect();
                    evidence.shelters.push(Shelter { person: id(person), desks });
                    evidence.apart.push(id(person));
                }
            }
            Event::Secret { record: (kind, of), from } => {
                evidence.secrets.push(Secret { record: record_ref(kind, of), from: id(from) });
            }
            _ => {}
        }
    }
    evidence
}

/// One row for every release to the matter, as the join of members and materials gives it.
fn matter_rows(history: &History, member: &Event, rows: &mut Vec<MatterFact>) {
    let Event::Joined { name: place, matter, user, appointment, at: from } = member else { return };
    let first = |of: &dyn Fn(&Event) -> Option<i64>| history.events.iter().filter_map(of).min().map(instant);
    for event in &history.events {
        let Event::Released { name, matter: to, record: (kind, of), categories: given, at } = event else {
            continue;
        };
        if to != matter {
            continue;
        }
        rows.push(MatterFact {
            matter: id(&format!("matter {matter}")),
            record: record_ref(kind, of),
            categories: categories(given),
            article: format!("position {matter}"),
            user: id(user),
            appointment: id(&format!("appointment {appointment}")),
            from: instant(*from),
            until: first(&|e| match e {
                Event::Left { member, at } if member == place => Some(*at),
                _ => None,
            }),
            pledged_at: first(&|e| match e {
                Event::Pledged { member, at } if member == place => Some(*at),
                _ => None,
            }),
            released_at: instant(*at),
            recalled_at: first(&|e| match e {
                Event::Recalled { release, at } if release == name => Some(*at),
                _ => None,
            }),
            closed_at: first(&|e| match e {
                Event::MatterClosed { matter: which, at } if which == matter => Some(*at),
                _ => None,
            }),
            take_back_from: first(&|e| match e {
                Event::Marked { release, at } if release == name => Some(*at),
                _ => None,
            }),
        });
    }
}

/// Where the answer goes.
pub fn reader(to: To) -> Reader {
    match to {
        To::Screen => Reader::Screen,
        To::File => Reader::File,
        To::Paper => Reader::Paper,
        To::Member(person) => Reader::Member(id(person)),
    }
}

fn look_ended(history: &History, look: usize) -> Option<i64> {
    let at = |e: &Event| match e {
        Event::LookEnded { name, at } if *name == look => Some(*at),
        _ => None,
    };
    history.events.iter().filter_map(at).min()
}

/// One row per recipient named; entering the referral in error takes the beginning away again.
fn consent_rows(history: &History, event: &Event, now: i64, rows: &mut Vec<ConsentFact>) {
    let Event::Consented {
        name,
        covers,
        desks,
        agencies,
        fields,
        categories: named,
        first,
        last,
        given,
        referral,
    } = event
    else {
        return;
    };
    let effective = match referral {
        None => Some(*given),
        Some(referral) if in_error(history, *referral).is_some_and(|at| at <= now) => None,
        Some(referral) => accepted(history, *referral).map(|at| at.max(*given)),
    };
    let ended = history
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Withdrawn { consent, at } | Event::Superseded { consent, at } if consent == name => {
                Some(*at)
            }
            _ => None,
        })
        .min();
    let row = ConsentFact {
        consent: id(&format!("consent {name}")),
        covers: id(covers),
        desk: None,
        agency: None,
        of_field: None,
        categories: categories(named),
        for_support: true,
        from: day(*first),
        until: last.map(day),
        withdrawn_at: ended.map(instant),
        effective_from: effective.map(instant),
    };
    rows.extend(desks.iter().map(|d| ConsentFact { desk: Some(id(d)), ..row.clone() }));
    rows.extend(agencies.iter().map(|a| ConsentFact { agency: Some(id(a)), ..row.clone() }));
    for (field, later) in fields {
        for agency in ["city", "council", "hub_agency", "npo"] {
            let of_field = OfField {
                named: (*field).to_owned(),
                today: field_of(history, agency, now).to_owned(),
                listed: field_of(history, agency, *given) == *field,
                later: *later,
            };
            rows.push(ConsentFact { agency: Some(id(agency)), of_field: Some(of_field), ..row.clone() });
        }
    }
    if desks.is_empty() && agencies.is_empty() && fields.is_empty() {
        rows.push(row);
    }
}

/// The field in the agency's row at a moment.
fn field_of(history: &History, agency: &str, now: i64) -> &'static str {
    let at = history.events.iter().enumerate().filter_map(|(n, e)| match e {
        Event::OfField { agency: who, field, at } if *who == agency && *at <= now => Some((*at, n, *field)),
        _ => None,
    });
    at.max().map_or("none", |(_, _, field)| field)
}

fn accepted(history: &History, referral: usize) -> Option<i64> {
    let at = |e: &Event| match e {
        Event::Accepted { name, at } if *name == referral => Some(*at),
        _ => None,
    };
    history.events.iter().filter_map(at).min()
}

fn in_error(history: &History, referral: usize) -> Option<i64> {
    let at = |e: &Event| match e {
        Event::InError { name, at } if *name == referral => Some(*at),
        _ => None,
    };
    history.events.iter().filter_map(at).min()
}
