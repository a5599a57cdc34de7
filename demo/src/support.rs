//! Cases with who was accountable when, what was done in them, and the consents given on the way.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use access::{Categories, Category};
use casefile::CaseState;
use consent::{ConsentForm, ConsentState as State, GivenBy, Purpose};
use engine::{Broken, Conn, args};
use household::entry::About;
use household::{EntryState, Field};
use town::{ConsentState, ReferralState};
use words::Instant;
use words::code::Code;
use words::id::{CommandId, ConsentId, PersonId, ReferralId};

use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::{By, NewText, World, day};
use crate::{codes, people};

/// Writes cases, records and consents.
pub(crate) async fn write(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    conn: &mut Conn<'_>,
) -> Result<(), Broken> {
    for (year, last) in plan.last_numbers() {
        tables.row(Table::CaseCounter, args![world.m, year, last]);
    }
    let parts = parts(world, plan);
    let mut order: Vec<usize> = (0..plan.cases.len()).collect();
    order.sort_by_key(|at| plan.cases[*at].number);
    let mut homes = vec![0; plan.cases.len()];
    for at in order {
        homes[at] = case(world, tables, at, &plan.cases[at], &parts[at]);
        tables.relieve(conn).await?;
    }
    begun(world, plan, tables);
    records(world, plan, tables, conn, &homes).await?;
    consents(world, plan, tables, conn, &homes).await
}

/// A record somebody of the demonstration began to write about a case of theirs.
fn begun(world: &World<'_>, plan: &Plan, tables: &mut Tables) {
    for (nth, staff) in (0_u32..).zip(&world.town.staff).filter(|(_, s)| s.demo.is_some()) {
        let theirs = |c: &&CasePlan| {
            c.is_open() && c.town.is_some_and(|at| world.town.cases[at as usize].worker == nth)
        };
        if let Some(case) = plan.cases.iter().rev().find(theirs) {
            let body = say(&world.texts.draft, "support").to_owned();
            let form = household::RecordForm::Phone.code().to_owned();
            let at = world.now.plus_minutes(-35 - i64::try_from(staff.login.len()).unwrap_or(0));
            let pairs = vec![("form".to_owned(), form), ("body".to_owned(), body)];
            crate::windows::keep(world, tables, (nth, "support", Some(case.id.cast())), at, pairs);
        }
    }
}

/// Desks with a part in each case: since when, and why.
fn parts(world: &World<'_>, plan: &Plan) -> Vec<BTreeMap<u32, (Instant, &'static str)>> {
    let mut parts: Vec<BTreeMap<u32, (Instant, &'static str)>> = vec![BTreeMap::new(); plan.cases.len()];
    let mut take = |case: usize, desk: u32, since: Instant, why: &'static str| {
        let known = parts[case].entry(desk).or_insert((since, why));
        known.0 = known.0.min(since);
    };
    for (at, case) in plan.cases.iter().enumerate() {
        for held in &case.held {
            take(at, held.desk, held.since, held.why);
        }
    }
    for record in &world.town.records {
        take(record.case as usize, record.desk, world.past(record.recorded_at), "referral");
    }
    for (r, planned) in world.town.referrals.iter().zip(&plan.referrals) {
        let accepted = r.history.iter().find(|s| s.to == ReferralState::Accepted);
        if let Some(step) = accepted
            && r.state != ReferralState::EnteredInError
        {
            take(planned.case, r.to_desk, world.past(step.at), "referral");
        }
    }
    parts
}

fn case(
    world: &mut World<'_>,
    tables: &mut Tables,
    at: usize,
    plan: &CasePlan,
    parts: &BTreeMap<u32, (Instant, &'static str)>,
) -> usize {
    let desk = plan.home.1;
    let by = By { staff: Some(plan.opener), desk, on: plan.opened_on, recorded: plan.opened };
    let command = world.act(tables, "consultation.dispose", by, plan.id.to_string());
    world.commands.cases.insert(at, command);
    let home = people::home(world, tables, plan.home, Some(plan.opener), plan.opened, command);
    let open = plan.state == CaseState::Open;
    tables.row(
        Table::CaseFile,
        args![
            world.m,
            plan.id,
            plan.number.0,
            plan.number.1,
            plan.state.code(),
            world.homes[home].id,
            world.desk(plan.accountable()),
            plan.opened,
            plan.ended,
            plan.reason.map_or("", Code::code),
            plan.guard.filter(|_| open),
            open.then_some("open"),
            command,
        ],
    );
    for (part, (since, why)) in parts {
        tables.row(Table::CaseDesk, args![world.m, plan.id, world.desk(*part), *since, *why]);
    }
    for (seq, held) in (1_i64..).zip(&plan.held) {
        let row = args![world.m, plan.id, seq, world.desk(held.desk), held.since, held.why, command];
        tables.row(Table::Accountable, row);
    }
    engagement(world, tables, plan, home, command);
    endings(world, tables, plan, home, command);
    home
}

fn engagement(world: &World<'_>, tables: &mut Tables, plan: &CasePlan, home: usize, command: CommandId) {
    let Some(case) = plan.town.map(|at| &world.town.cases[at as usize]) else { return };
    let desk = world.desk(plan.home.1);
    for (person, stage) in world.homes[home].persons.iter().zip(&case.engagement) {
        let stage = codes::engagement(*stage);
        let mut seq = 1_i64;
        // Everybody begins as somebody nobody has met yet; the day of the change is not told.
        if stage != casefile::Engagement::NotContacted {
            let first = casefile::Engagement::NotContacted.code();
            tables.row(
                Table::Engagement,
                args![world.m, plan.id, *person, seq, first, plan.opened, desk, command],
            );
            seq += 1;
        }
        let since = plan.opened.plus_hours(24 * 14).min(world.now);
        tables.row(
            Table::Engagement,
            args![world.m, plan.id, *person, seq, stage.code(), since, desk, command],
        );
    }
}

/// The words with which a case ended, paused or began again.
fn endings(world: &mut World<'_>, tables: &mut Tables, plan: &CasePlan, home: usize, command: CommandId) {
    let (town, texts) = (world.town, world.texts);
    let mut words: Vec<(Field, Instant, Cow<'_, str>, Option<u32>)> = Vec::new();
    match plan.town {
        Some(at) => {
            let case = &town.cases[at as usize];
            for event in &case.events {
                let again = event.state == town::CaseState::Reopened;
                let field = if again { Field::Support } else { Field::Ending };
                let when = world.past(event.day.at(if again { 570 } else { 1_000 }));
                words.push((field, when, Cow::Borrowed(event.text.as_str()), Some(case.worker)));
            }
        }
        None => {
            if let (Some(ended), Some(reason)) = (plan.ended, plan.reason) {
                let text = say(&texts.ending, reason.code());
                words.push((Field::Ending, ended, Cow::Borrowed(text), Some(plan.opener)));
            }
        }
    }
    for (field, when, body, author) in words {
        let new = NewText {
            field,
            form: None,
            desk: plan.held.iter().rev().find(|h| h.since <= when).map_or(plan.home.1, |h| h.desk),
            author,
            home: Some(home),
            subjects: town::Subjects::default(),
            categories: [Category::Basic, Category::Support].into_iter().collect(),
            body,
            occurred: when,
            recorded: when,
            told: None,
            about: About { case: Some(plan.id), ..About::default() },
            state: EntryState::Valid,
            command,
        };
        world.text(tables, &new);
    }
}

async fn records(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    conn: &mut Conn<'_>,
    homes: &[usize],
) -> Result<(), Broken> {
    let town = world.town;
    let mut order: Vec<usize> = (0..town.records.len()).collect();
    order.sort_by_key(|at| town.records[*at].occurred_at);
    for at in order {
        let r = &town.records[at];
        let case = r.case as usize;
        let (occurred, recorded) = (world.past(r.occurred_at), world.past(r.recorded_at));
        let by = By { staff: Some(r.author), desk: r.desk, on: r.occurred_at.day, recorded };
        let command = world.act(tables, "case.write_support", by, plan.cases[case].id.to_string());
        let new = NewText {
            field: Field::Support,
            form: Some(codes::form(r.kind)),
            desk: r.desk,
            author: Some(r.author),
            home: Some(homes[case]),
            subjects: r.text.subjects,
            categories: codes::categories(r.text.categories),
            body: Cow::Borrowed(r.text.body.as_str()),
            occurred,
            recorded,
            told: None,
            about: About { case: Some(plan.cases[case].id), ..About::default() },
            state: EntryState::Valid,
            command,
        };
        world.text(tables, &new);
        tables.relieve(conn).await?;
    }
    Ok(())
}

/// The referral for which each consent was given, if it was for one.
fn given_for(world: &World<'_>) -> HashMap<u32, usize> {
    let mut given = HashMap::new();
    for (at, r) in world.town.referrals.iter().enumerate() {
        if let town::Basis::Consent(consent) = r.basis {
            given.insert(consent, at);
        }
    }
    given
}

async fn consents(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    conn: &mut Conn<'_>,
    homes: &[usize],
) -> Result<(), Broken> {
    let given = given_for(world);
    for (at, c) in (0_u32..).zip(&world.town.consents) {
        // Asked for or refused is no consent: the engagement and the tasks say so.
        if matches!(c.state, ConsentState::Requested | ConsentState::Refused) {
            continue;
        }
        let referral = given.get(&at).copied();
        let case = referral.map(|r| plan.referrals[r].case).or(c.case.map(|k| k as usize));
        let (Some(case), Some(from)) = (case, c.from) else { continue };
        let home = &world.homes[homes[case]];
        let Some(person) = home.persons.get(usize::from(c.giver)).copied() else { continue };
        let at_time = world.past(from.at(620));
        // A desk that came later by a merger did not ask: the one that opened the case did.
        let asked = world.seat(c.taken_by, c.desk, c.requested).map(|_| (c.desk, c.taken_by));
        let (desk, staff) = asked.unwrap_or((plan.cases[case].home.1, plan.cases[case].opener));
        let by = By { staff: Some(staff), desk, on: c.requested, recorded: at_time };
        let id: ConsentId = world.id(at_time);
        let command = world.act(tables, "consent.give", by, id.to_string());
        consent(world, tables, (c, id, person, from), (at_time, by), plan.cases[case].id, command);
        world.consents.insert(at, id);
        recipients(world, plan, tables, (c, id, person), at_time, referral);
        tables.relieve(conn).await?;
    }
    Ok(())
}

fn consent(
    world: &World<'_>,
    tables: &mut Tables,
    (c, id, person, from): (&town::ConsentSpec, ConsentId, PersonId, town::Day),
    (given_at, by): (Instant, By),
    case: words::id::CaseId,
    command: CommandId,
) {
    let (state, over) = match c.state {
        ConsentState::Withdrawn => (State::Withdrawn, true),
        // Whatever replaced it, this one grants nothing from then on.
        ConsentState::Superseded => (State::Superseded, true),
        _ => (State::Given, false),
    };
    let withdrawn = c.ended.filter(|_| over).map(|on| world.past(on.at(660)).max(given_at));
    let form = ConsentForm::parse(c.form.code()).unwrap_or(ConsentForm::Oral);
    let taker = &world.town.staff[by.staff.unwrap_or(c.taken_by) as usize];
    let witness =
        if form == ConsentForm::Oral { format!("{} {}", taker.surname, taker.given) } else { String::new() };
    let meeting = c.purposes.iter().any(|p| world.texts.conference_purposes.iter().any(|q| q == p));
    let mut purposes = vec![Purpose::Support.code(), Purpose::Cooperation.code()];
    if meeting {
        purposes.push(Purpose::Conference.code());
    }
    tables.row(
        Table::Consent,
        args![
            world.m,
            id,
            state.code(),
            person,
            GivenBy::Itself.code(),
            "",
            form.code(),
            witness,
            codes::categories(c.categories),
            purposes.join(","),
            day(from),
            c.until.map(day),
            given_at,
            withdrawn,
            world.desk(by.desk),
            case,
            command,
        ],
    );
}

/// Whom a consent names, and since when it holds for them: at once, or when they accepted what it was given for.
fn recipients(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    (c, id, person): (&town::ConsentSpec, ConsentId, PersonId),
    given_at: Instant,
    referral: Option<usize>,
) {
    let pending: Option<ReferralId> = referral.map(|r| plan.referrals[r].id);
    let effective = match referral.map(|r| &world.town.referrals[r]) {
        None => Some(given_at),
        Some(r) if r.state == ReferralState::EnteredInError => None,
        Some(r) => r.history.iter().find(|s| s.to == ReferralState::Accepted).map(|s| world.past(s.at)),
    };
    let mut named = c.recipients.clone();
    named.sort_unstable();
    named.dedup();
    for desk in named {
        let row = args![world.m, id, "desk", world.desk(desk), pending, effective];
        tables.row(Table::ConsentRecipient, row);
        if effective.is_some() && matches!(c.state, ConsentState::Given | ConsentState::Renewed) {
            world.share_person(person, desk);
        }
    }
}

/// Every category a person's own facts fall into, for provisions.
pub(crate) fn person_categories() -> Categories {
    household::person::categories()
}
