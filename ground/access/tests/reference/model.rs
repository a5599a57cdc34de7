//! The reference: `docs/disclosure.md` read aloud over the list of events.
//!
//! Nothing of `access` is used here. Where the document has a sentence, this has a loop.

use std::collections::BTreeSet;

use crate::history::{DAY, DESKS, Event, History, Record, To};

/// Roles that may use every basis of their desk.
const WORKERS: [&str; 3] = ["caseworker", "agency_lead", "coordinator"];
/// Roles that see what they wrote themselves, and what was sent to them by name.
const OWN_WRITING: [&str; 2] = ["liaison", "host"];

/// What someone may see of a record.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The categories granted.
    pub categories: BTreeSet<&'static str>,
    /// Whether a text with these subjects and categories is shown.
    pub text: bool,
    /// Reasons without which something granted would be missing or had another reason: must be given.
    pub reasons: BTreeSet<String>,
    /// Reasons that hold for this viewer and one of the subjects: may be given.
    pub possible: BTreeSet<String>,
}

/// Someone's place on a day.
struct Place {
    desk: &'static str,
    role: &'static str,
}

fn over(history: &History, desk: &str, today: i64) -> Option<&'static str> {
    for event in &history.events {
        if let Event::DeskEnded { desk: ended, last, heir } = event
            && *ended == desk
            && today > *last
        {
            return Some(heir);
        }
    }
    None
}

/// The desk that keeps today what `desk` wrote: itself, or the last of its heirs. A circle keeps nothing.
fn keeper(history: &History, desk: &'static str, today: i64) -> &'static str {
    let mut at = desk;
    for _ in 0..100 {
        match over(history, at, today) {
            None => return at,
            Some(heir) => at = heir,
        }
    }
    "no desk"
}

fn places(history: &History, user: &str, today: i64) -> Vec<Place> {
    let mut places = Vec::new();
    for event in &history.events {
        if let Event::Appointed { name, user: who, desk, role, first, last } = event {
            if *who != user || today < *first || last.is_some_and(|last| today > last) {
                continue;
            }
            let mut ended = over(history, desk, today).is_some();
            for other in &history.events {
                if let Event::AppointmentEnded { name: which, last } = other
                    && which == name
                    && today > *last
                {
                    ended = true;
                }
            }
            if !ended {
                places.push(Place { desk, role });
            }
        }
    }
    places
}

/// Rule 14.
fn kept_out(history: &History, user: &str, record: &Record, now: i64) -> bool {
    for event in &history.events {
        if let Event::Excluded { user: who, case, from, until } = event
            && *who == user
            && record.cases.contains(case)
            && *from <= now
            && until.is_none_or(|until| now < until)
        {
            return true;
        }
    }
    false
}

/// 自窓口の記録.
fn own_record(history: &History, user: &str, record: &Record, now: i64) -> bool {
    for place in places(history, user, now / DAY) {
        if place.desk == keeper(history, record.desk, now / DAY) {
            if WORKERS.contains(&place.role) {
                return true;
            }
            if OWN_WRITING.contains(&place.role) && record.author == Some(user) {
                return true;
            }
        }
    }
    false
}

/// 事業の事務.
fn programme_duty(history: &History, user: &str, record: &Record, now: i64) -> bool {
    let Some(provider) = record.sent_to_provider else { return false };
    for place in places(history, user, now / DAY) {
        if place.role == "coordinator" && place.desk == keeper(history, provider, now / DAY) {
            return true;
        }
    }
    false
}

fn accepted(history: &History, referral: usize, now: i64) -> bool {
    let mut accepted = false;
    for event in &history.events {
        match event {
            Event::Accepted { name, at } if *name == referral && *at <= now => accepted = true,
            Event::InError { name, at } if *name == referral && *at <= now => return false,
            _ => {}
        }
    }
    accepted
}

fn in_error(history: &History, referral: usize, now: i64) -> bool {
    history.events.iter().any(|e| matches!(e, Event::InError { name, at } if *name == referral && *at <= now))
}

/// 法令に基づく提供: the categories this sharing act gives this person of this record.
fn provided(history: &History, user: &str, record: &Record, event: &Event, now: i64) -> Vec<&'static str> {
    let Event::Provided { name, to, person, records, categories, at, waits } = event else {
        return Vec::new();
    };
    if !records.contains(&(record.kind, record.id)) {
        return Vec::new();
    }
    let begun = if *waits { accepted(history, *name, now) } else { *at <= now };
    if !begun || in_error(history, *name, now) {
        return Vec::new();
    }
    for place in places(history, user, now / DAY) {
        if place.desk != keeper(history, to, now / DAY) {
            continue;
        }
        let worker = WORKERS.contains(&place.role);
        let addressed = match person {
            None => worker,
            Some(person) => *person == user && (worker || OWN_WRITING.contains(&place.role)),
        };
        if addressed {
            return categories.clone();
        }
    }
    Vec::new()
}

/// The category an agency is of at a moment: the last one it came into.
fn category_of(history: &History, agency: &str, now: i64) -> &'static str {
    let (mut category, mut since) = ("none", -1);
    for event in &history.events {
        if let Event::OfField { agency: who, field, at } = event
            && *who == agency
            && *at <= now
            && *at >= since
        {
            (category, since) = (field, *at);
        }
    }
    category
}

/// 本人の同意: the categories this consent gives this person about `subject`, and its last day.
fn consented(history: &History, user: &str, subject: &str, event: &Event, now: i64) -> Vec<&'static str> {
    let Event::Consented { name, covers, desks, agencies, fields, categories, first, last, given, referral } =
        event
    else {
        return Vec::new();
    };
    let today = now / DAY;
    if *covers != subject || now < *given || today < *first || last.is_some_and(|last| today > last) {
        return Vec::new();
    }
    if referral.is_some_and(|referral| !accepted(history, referral, now)) {
        return Vec::new();
    }
    for other in &history.events {
        match other {
            Event::Withdrawn { consent, at } | Event::Superseded { consent, at }
                if consent == name && *at <= now =>
            {
                return Vec::new();
            }
            _ => {}
        }
    }
    for place in places(history, user, today) {
        let mut agency = "";
        for (desk, of) in DESKS {
            if desk == place.desk {
                agency = of;
            }
        }
        let mut named = desks.contains(&place.desk) || agencies.contains(&agency);
        for (field, later) in fields {
            let is = category_of(history, agency, now) == *field;
            let was = category_of(history, agency, *given) == *field;
            // Whom the person was told of, as long as it is what they were told; others only if they said so.
            if is && (was || *later) {
                named = true;
            }
        }
        if WORKERS.contains(&place.role) && named {
            return categories.clone();
        }
    }
    Vec::new()
}

/// 緊急の保護: whether this look opens the record to this person.
fn looked(history: &History, user: &str, record: &Record, event: &Event, now: i64) -> bool {
    let Event::Looked { name, user: who, desk, case, at, lasts } = event else { return false };
    if *who != user || now < *at || now >= at + lasts || !record.cases.contains(case) {
        return false;
    }
    for other in &history.events {
        if let Event::LookEnded { name: which, at } = other
            && which == name
            && *at <= now
        {
            return false;
        }
    }
    places(history, user, now / DAY).iter().any(|p| p.desk == *desk && WORKERS.contains(&p.role))
}

/// Rule 8 and 秘密を守る会議: the categories this release gives this person of this record, as this member.
fn confided(
    history: &History,
    user: &str,
    record: &Record,
    (member, release): (&Event, &Event),
    now: i64,
) -> Vec<&'static str> {
    let Event::Joined { name: place, matter, user: who, appointment, at: joined } = member else {
        return Vec::new();
    };
    let Event::Released { name, matter: to, record: which, categories, at: released } = release else {
        return Vec::new();
    };
    if matter != to || *who != user || *which != (record.kind, record.id) || *joined > now || *released > now
    {
        return Vec::new();
    }
    let mut pledged = false;
    let mut closed = false;
    let mut marked = false;
    for event in &history.events {
        match event {
            Event::Left { member, at } if member == place && *at <= now => return Vec::new(),
            Event::Recalled { release, at } if release == name && *at <= now => return Vec::new(),
            Event::Pledged { member, at } if member == place && *at <= now => pledged = true,
            Event::Marked { release, at } if release == name && *at <= now => marked = true,
            Event::MatterClosed { matter: which, at } if which == matter && *at <= now => closed = true,
            _ => {}
        }
    }
    if !pledged || (closed && !marked) {
        return Vec::new();
    }
    // The very appointment must be in force, theirs, and of a role that sits in such a conference.
    let mut sits = false;
    for event in &history.events {
        if let Event::Appointed { name: which, user: who, role, .. } = event
            && which == appointment
            && *who == user
            && (WORKERS.contains(role) || *role == "liaison")
        {
            let only = History { events: Vec::new(), records: Vec::new() };
            let mut of_this = only;
            for other in &history.events {
                match other {
                    Event::Appointed { name, .. } if name != appointment => {}
                    _ => of_this.events.push(other.clone()),
                }
            }
            sits = sits || !places(&of_this, user, now / DAY).is_empty();
        }
    }
    if !sits {
        return Vec::new();
    }
    categories.iter().copied().filter(|c| *c != "informant").collect()
}

/// Rule 4: whether somebody's address must not be shown to this person, in this place.
fn address_is_kept(history: &History, user: &str, record: &Record, now: i64, to: To) -> bool {
    for event in &history.events {
        let Event::Sheltered { name, person, desks, at } = event else { continue };
        let mut lifted = false;
        for other in &history.events {
            if let Event::ShelterEnded { name: which, at } = other {
                lifted = lifted || (which == name && *at <= now);
            }
        }
        if *at > now || lifted || !record.subjects.contains(person) {
            continue;
        }
        if to != To::Screen {
            return true;
        }
        let mut may_know = record.kind != "person" && own_record(history, user, record, now);
        for place in places(history, user, now / DAY) {
            for desk in desks {
                if place.desk == keeper(history, desk, now / DAY) && WORKERS.contains(&place.role) {
                    may_know = true;
                }
            }
        }
        if !may_know {
            return true;
        }
    }
    false
}

/// Rule 4: whether this record is kept from the person the paper is for.
fn secret(history: &History, record: &Record, to: To) -> bool {
    history.events.iter().any(|e| {
        matches!(e, Event::Secret { record: which, from } if *which == (record.kind, record.id) && to == To::Member(from))
    })
}

/// Rule 4: whether this text must not stand on a paper for this person: it is not about them, or also about somebody else whose home
/// is kept.
fn of_others(history: &History, record: &Record, now: i64, to: To) -> bool {
    let To::Member(reader) = to else { return false };
    if record.kind != "entry" {
        return false;
    }
    if !record.subjects.contains(&reader) {
        return true;
    }
    for event in &history.events {
        let Event::Sheltered { name, person, at, .. } = event else { continue };
        let mut lifted = false;
        for other in &history.events {
            if let Event::ShelterEnded { name: which, at } = other {
                lifted = lifted || (which == name && *at <= now);
            }
        }
        if *at <= now && !lifted && *person != reader && record.subjects.contains(person) {
            return true;
        }
    }
    false
}

/// What `user` may see of `record` at `now`, on the screen or on paper.
pub fn answer(history: &History, user: &str, record: &Record, now: i64, to: To) -> Answer {
    let mut answer = bases(history, user, record, now, to);
    if secret(history, record, to) || of_others(history, record, now, to) {
        return Answer::default();
    }
    if to != To::Screen && to != To::File {
        answer.categories.remove("informant");
    }
    if matches!(to, To::Member(_)) {
        answer.categories.remove("violence");
    }
    if address_is_kept(history, user, record, now, to) {
        answer.categories.remove("contact");
    }
    if answer.categories.is_empty() {
        return Answer::default();
    }
    answer.text =
        !record.categories.is_empty() && record.categories.iter().all(|c| answer.categories.contains(c));
    answer
}

/// What the bases give, before anything is taken away.
fn bases(history: &History, user: &str, record: &Record, now: i64, to: To) -> Answer {
    let mut answer = Answer::default();
    if kept_out(history, user, record, now) {
        return answer;
    }
    for member in &history.events {
        for release in &history.events {
            // Nothing of such a conference goes into a file or onto paper.
            if to != To::Screen {
                continue;
            }
            // What was written in one is read there only.
            if let (Some(only), Event::Released { matter, .. }) = (record.matter, release)
                && *matter != only
            {
                continue;
            }
            let given = confided(history, user, record, (member, release), now);
            if let Event::Released { matter, .. } = release
                && given.iter().any(|c| record.categories.contains(c))
            {
                answer.reasons.insert(format!("confidential_conference {matter}"));
            }
            answer.categories.extend(given);
        }
    }
    if record.matter.is_none() {
        outside_conferences(history, user, record, now, &mut answer);
    }
    answer.possible.extend(answer.reasons.iter().cloned());
    answer
}

/// Every basis but the conference: what was written in one is nobody's own record, and no consent opens it.
fn outside_conferences(history: &History, user: &str, record: &Record, now: i64, answer: &mut Answer) {
    if own_record(history, user, record, now) {
        answer.categories.extend(crate::history::CATEGORIES);
        answer.reasons.insert("own_record".to_owned());
    }
    if programme_duty(history, user, record, now) {
        answer.categories.extend(crate::history::CATEGORIES);
        answer.reasons.insert("programme_duty".to_owned());
    }
    for (number, event) in history.events.iter().enumerate() {
        let given = provided(history, user, record, event, now);
        if !given.is_empty() {
            if given.iter().any(|c| record.categories.contains(c)) {
                answer.reasons.insert(format!("lawful_provision {number}"));
            }
            answer.categories.extend(given);
        }
    }
    by_consent(history, user, record, now, answer);
    let mut looks = 0;
    for event in &history.events {
        if looked(history, user, record, event, now) {
            let Event::Looked { name, .. } = event else { continue };
            answer.categories.extend(crate::history::CATEGORIES);
            answer.possible.insert(format!("urgent_protection {name}"));
            looks += 1;
        }
    }
    // Of several open looks one is reason enough.
    if looks == 1 {
        let looks: Vec<String> = answer.possible.iter().cloned().collect();
        answer.reasons.extend(looks);
    }
}

/// A category is granted when every person the record is about granted it, and there is at least one.
fn by_consent(history: &History, user: &str, record: &Record, now: i64, answer: &mut Answer) {
    let mut of_all: Option<BTreeSet<&'static str>> = None;
    let mut found: Vec<(String, Vec<&'static str>)> = Vec::new();
    for subject in &record.subjects {
        let mut of_subject = BTreeSet::new();
        for event in &history.events {
            let given = consented(history, user, subject, event, now);
            if let Event::Consented { name, last, .. } = event
                && !given.is_empty()
            {
                found.push((format!("consent {name} of {subject} until {last:?}"), given.clone()));
            }
            of_subject.extend(given);
        }
        of_all = Some(match of_all {
            None => of_subject,
            Some(before) => before.into_iter().filter(|c| of_subject.contains(c)).collect(),
        });
    }
    let of_all = of_all.unwrap_or_default();
    if of_all.is_empty() {
        return;
    }
    for (reason, given) in found {
        // Whatever adds nothing to this record is not a reason for seeing it.
        if given.iter().any(|c| of_all.contains(c) && record.categories.contains(c)) {
            answer.reasons.insert(reason);
        }
    }
    answer.categories.extend(of_all);
}

/// Desks whose writing this person reads as their own, and desks they watch over without content.
pub fn desks(history: &History, user: &str, now: i64) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let (mut reads, mut watches) = (BTreeSet::new(), BTreeSet::new());
    for (desk, _) in DESKS {
        for place in places(history, user, now / DAY) {
            if keeper(history, desk, now / DAY) == place.desk {
                watches.insert(desk);
                if WORKERS.contains(&place.role) {
                    reads.insert(desk);
                }
            }
        }
    }
    (reads, watches)
}
