//! つなぎ: what was sent, every step, what was said, on which basis, and what became of it.

use std::borrow::Cow;
use std::collections::HashMap;

use access::{Categories, Category, RecordKind};
use engine::{Broken, Conn, Value, args};
use household::entry::About;
use household::{EntryState, Field};
use town::{Basis, ReferralState};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, EntryId, FeedbackId, ReferralId, ThingId};

use crate::plan::{Plan, ReferralPlan};
use crate::support::person_categories;
use crate::tables::{Table, Tables};
use crate::tasks::told;
use crate::world::{By, Handed, NewText, World, day};
use crate::{codes, windows};

/// One referral on its way.
struct Sending<'r> {
    r: &'r town::Referral,
    plan: &'r ReferralPlan,
    number: usize,
    home: usize,
    case: words::id::CaseId,
    /// When it was sent.
    sent: Instant,
    accepted: Option<Instant>,
}

/// Writes the referrals.
pub(crate) async fn write(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    conn: &mut Conn<'_>,
) -> Result<(), Broken> {
    let town = world.town;
    let mut requests: HashMap<usize, ReferralId> = HashMap::new();
    for (number, (r, planned)) in town.referrals.iter().zip(&plan.referrals).enumerate() {
        let request = r.follows.and_then(|f| requests.get(&(f as usize)).copied()).unwrap_or(planned.id);
        requests.insert(number, request);
        let case = &plan.cases[planned.case];
        let Some(home) = world.home_at.get(&case.home).copied() else { continue };
        let sent = r.history.iter().find(|s| s.to == ReferralState::Sent);
        // What has not been sent is a draft of its author, and not a referral yet.
        let Some(sent) = sent else {
            draft(world, tables, r, case.id.cast());
            continue;
        };
        let accepted = r.history.iter().find(|s| s.to == ReferralState::Accepted).map(|s| world.past(s.at));
        let sent = world.past(sent.at);
        let sending = Sending { r, plan: planned, number, home, case: case.id, sent, accepted };
        referral(world, tables, &sending, request);
        tables.relieve(conn).await?;
    }
    Ok(())
}

fn draft(world: &World<'_>, tables: &mut Tables, r: &town::Referral, case: ThingId) {
    let mut pairs = vec![
        ("kind".to_owned(), r.kind.code().to_owned()),
        ("need".to_owned(), codes::need(world.town, r).code().to_owned()),
        ("urgency".to_owned(), r.urgency.code().to_owned()),
        ("to".to_owned(), world.desk(r.to_desk).to_string()),
    ];
    let summary: Vec<&str> = r.texts.iter().map(|t| t.body.as_str()).collect();
    // The part of the form's summary that says what the trouble is.
    pairs.push(("trouble".to_owned(), summary.join("\n")));
    windows::keep(world, tables, (r.author, "referral", Some(case)), world.past(r.created), pairs);
}

fn referral(world: &mut World<'_>, tables: &mut Tables, s: &Sending<'_>, request: ReferralId) {
    let r = s.r;
    let by = By { staff: Some(r.author), desk: r.from_desk, on: r.created.day, recorded: s.sent };
    let command = world.act(tables, "referral.send", by, s.plan.id.to_string());
    world.commands.referrals.insert(s.number, command);
    let consent = match r.basis {
        Basis::Consent(at) => world.consents.get(&at).copied(),
        _ => None,
    };
    let basis = match (r.basis, consent) {
        (Basis::Law(_), _) => "lawful_provision",
        (_, Some(_)) => "consent",
        _ => "none",
    };
    let member = match r.basis {
        Basis::Consent(at) => world.town.consents[at as usize].giver,
        _ => r.subjects.members().next().unwrap_or(world.town.households[r.household as usize].focus),
    };
    let persons = &world.homes[s.home].persons;
    let person = persons.get(usize::from(member)).or(persons.first()).copied();
    let sent_categories =
        r.texts.iter().fold(person_categories(), |set, t| set.union(codes::categories(t.categories)));
    let categories = match r.basis {
        Basis::Consent(at) => codes::categories(world.town.consents[at as usize].categories),
        Basis::Law(_) => sent_categories,
        Basis::NoIdentity => Categories::NONE,
    };
    let article = match r.basis {
        Basis::Law(law) => codes::article(law),
        _ => "",
    };
    let last = r.history.last();
    let ended = last.filter(|step| is_terminal(step.to)).map(|step| world.past(step.at));
    let reason = codes::reason(last.and_then(|step| step.reason).unwrap_or_default());
    let due = Instant::at(day(r.history.first().map_or(r.created.day, |h| h.at.day).business(5)), 17, 0);
    let due = if r.urgency == town::Urgency::Urgent { s.sent.plus_hours(2) } else { due };
    tables.row(
        Table::Referral,
        args![
            world.m,
            s.plan.id,
            request,
            s.plan.kind.code(),
            r.state.code(),
            s.case,
            world.desk(r.from_desk),
            world.user(r.author),
            world.desk(r.to_desk),
            copy(world, s),
            person,
            world.homes[s.home].id,
            codes::need(world.town, r).code(),
            r.urgency.code(),
            world.district(r.household),
            world.age_band(r.household, member, s.sent),
            basis,
            consent,
            article,
            categories,
            s.sent,
            r.received_at.map(|at| world.past(at)),
            due,
            ended,
            reason,
            codes::outcome(&world.texts.outcome, r),
            i64::try_from(r.history.len()).unwrap_or(1),
            command,
        ],
    );
    summaries(world, tables, s, command);
    let answer = steps(world, tables, s);
    feedback(world, tables, s, answer);
}

const fn is_terminal(state: ReferralState) -> bool {
    use ReferralState as S;
    matches!(
        state,
        S::Completed | S::Failed | S::Refused | S::DeclinedByPerson | S::Withdrawn | S::EnteredInError
    )
}

/// The responsible section in copy, for some of what goes to a contractor.
fn copy(world: &World<'_>, s: &Sending<'_>) -> Option<words::id::DeskId> {
    let to = &world.town.desks[s.r.to_desk as usize];
    let section = world.town.contracts[to.contract? as usize].section;
    let desk = world.desk_of(section, to.programme)?;
    let other = desk != s.r.to_desk && desk != s.r.from_desk;
    (other && s.number.is_multiple_of(4)).then(|| world.desk(desk))
}

/// The summary that travels, and what the law lets the receiver have.
fn summaries(world: &mut World<'_>, tables: &mut Tables, s: &Sending<'_>, command: CommandId) {
    let r = s.r;
    let mut records = Vec::new();
    if matches!(r.basis, Basis::Law(_)) {
        for person in world.subjects(Some(s.home), r.subjects) {
            records.push((RecordKind::Person, person.cast(), person_categories()));
        }
    }
    let error = r.state == ReferralState::EnteredInError;
    for text in &world.town.referrals[s.number].texts {
        let categories = codes::categories(text.categories);
        let new = NewText {
            field: Field::Summary,
            form: None,
            desk: r.from_desk,
            author: Some(r.author),
            home: Some(s.home),
            subjects: text.subjects,
            categories,
            body: Cow::Borrowed(text.body.as_str()),
            occurred: s.sent,
            recorded: s.sent,
            told: None,
            about: About { case: Some(s.case), referral: Some(s.plan.id), ..About::default() },
            state: if error { EntryState::EnteredInError } else { EntryState::Valid },
            command,
        };
        let id = world.text(tables, &new);
        records.push((RecordKind::Entry, id.cast(), categories));
    }
    if let Basis::Law(law) = r.basis {
        let ended = r.history.last().filter(|_| error).map(|step| world.past(step.at));
        let act = Handed {
            kind: "referral",
            id: s.plan.id.cast(),
            records: &records,
            desk: r.to_desk,
            staff: None,
            article: codes::article(law),
            at: s.sent,
            effective: s.accepted.filter(|_| !error),
            ended,
            command,
        };
        world.provide(tables, &act);
    }
}

/// Every step with what was said. The last answer, for the feedback that it is.
fn steps(world: &mut World<'_>, tables: &mut Tables, s: &Sending<'_>) -> Option<EntryId> {
    let r = s.r;
    let mut answer = None;
    let mut seq = 0_i64;
    for step in &world.town.referrals[s.number].history {
        seq += 1;
        let at = world.past(step.at);
        // Whoever has no login is recorded by the sender.
        let desk = if world.signs(step.desk) { step.desk } else { r.from_desk };
        let by = By { staff: Some(step.staff), desk, on: step.at.day, recorded: at };
        let command = world.act(tables, "referral.step", by, s.plan.id.to_string());
        let told_by = step.told_by.map(codes::told_by);
        tables.row(
            Table::ReferralEvent,
            args![
                world.m,
                s.plan.id,
                seq,
                step.to.code(),
                at,
                world.desk(step.desk),
                world.user(step.staff),
                codes::reason(step.reason.unwrap_or_default()),
                told_by.map_or("", Code::code),
                command,
            ],
        );
        if let Some(received) = r.received_at.filter(|_| step.to == ReferralState::Sent) {
            seq += 1;
            received_event(world, tables, s, seq, world.past(received), command);
        }
        if !step.words.is_empty() {
            let told = told_by.map(|by| (by, world.agency_of(step.desk)));
            let text =
                Said { field: Field::Answer, desk, staff: step.staff, body: &step.words, at, told, command };
            let id = say(world, tables, s, &text);
            share_answer(world, tables, s, (id, desk, s.plan.id.cast(), "referral"), at, command);
            answer = Some(id);
        }
    }
    answer
}

/// That it arrived: noted, not yet answered.
fn received_event(
    world: &World<'_>,
    tables: &mut Tables,
    s: &Sending<'_>,
    seq: i64,
    at: Instant,
    command: CommandId,
) {
    let desk = world.desk(s.r.to_desk);
    let row = args![world.m, s.plan.id, seq, "received", at, desk, None::<ThingId>, "", "", command];
    tables.row(Table::ReferralEvent, row);
}

struct Said<'t> {
    field: Field,
    desk: u32,
    staff: u32,
    body: &'t str,
    at: Instant,
    told: Option<(household::ToldBy, u32)>,
    command: CommandId,
}

fn answer_categories() -> Categories {
    [Category::Basic, Category::Support].into_iter().collect()
}

fn say<'a>(world: &mut World<'a>, tables: &mut Tables, s: &Sending<'_>, said: &Said<'a>) -> EntryId {
    let new = NewText {
        field: said.field,
        form: None,
        desk: said.desk,
        author: Some(said.staff),
        home: Some(s.home),
        subjects: s.r.subjects,
        categories: answer_categories(),
        body: Cow::Borrowed(said.body),
        occurred: said.at,
        recorded: said.at,
        told: said.told,
        about: About { case: Some(s.case), referral: Some(s.plan.id), ..About::default() },
        state: EntryState::Valid,
        command: said.command,
    };
    world.text(tables, &new)
}

/// Lets the sender read what the receiver wrote back.
fn share_answer(
    world: &mut World<'_>,
    tables: &mut Tables,
    s: &Sending<'_>,
    (entry, desk, act, kind): (EntryId, u32, ThingId, &'static str),
    at: Instant,
    command: CommandId,
) {
    if desk == s.r.from_desk {
        return;
    }
    let article = codes::answer_article(s.r.basis, world.same_entity(desk, s.r.from_desk));
    let records = [(RecordKind::Entry, entry.cast(), answer_categories())];
    let handed = Handed {
        kind,
        id: act,
        records: &records,
        desk: s.r.from_desk,
        staff: None,
        article,
        at,
        effective: Some(at),
        ended: None,
        command,
    };
    world.provide(tables, &handed);
}

/// その後: given or owed, to the desk that sent.
fn feedback(world: &mut World<'_>, tables: &mut Tables, s: &Sending<'_>, answer: Option<EntryId>) {
    let Some(task) = s.plan.feedback else { return };
    let r = s.r;
    let given = told(r);
    let at = given.map_or(s.sent, |g| world.past(g));
    let id: FeedbackId = world.id(at);
    let staff = r.history.last().map_or(r.author, |step| step.staff);
    let signs = world.signs(r.to_desk);
    let desk = if signs { r.to_desk } else { r.from_desk };
    let by = By { staff: Some(staff), desk, on: given.map_or(r.created.day, |g| g.day), recorded: at };
    let command = world.act(tables, "feedback.give", by, id.to_string());
    let words = world.town.referrals[s.number].feedback.as_ref().map_or("", |f| f.words.as_str());
    let own_words = given.is_some() && !words.is_empty();
    let entry = if own_words {
        let told_by = r.history.last().and_then(|step| step.told_by).map(codes::told_by);
        let told = told_by.map(|by| (by, world.agency_of(r.to_desk)));
        let text = Said { field: Field::Feedback, desk, staff, body: words, at, told, command };
        let entry = say(world, tables, s, &text);
        share_answer(world, tables, s, (entry, desk, id.cast(), "feedback"), at, command);
        Some(entry)
    } else {
        answer.filter(|_| given.is_some())
    };
    let given_at = given.map(|_| at);
    let days = given.map_or(0, |g| world.town.today.0 - g.day.0);
    let read_at = given_at.filter(|_| days > 4).map(|at| at.plus_hours(20).min(world.now));
    let row: Vec<Value> = args![
        world.m,
        id,
        s.plan.id,
        None::<ThingId>,
        world.desk(r.to_desk),
        world.desk(r.from_desk),
        None::<ThingId>,
        task,
        if given.is_some() { codes::feedback(&world.texts.outcome, r) } else { "" },
        entry,
        given_at,
        read_at,
        command,
    ];
    world.feedback.push(row);
}
