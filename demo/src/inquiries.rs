//! Inquiries in every state: in time, overdue for weeks, urgent, answered in part, refused with everything a refusal must say,
//! raised, answered, withdrawn. They are asked from open cases of the town, the desks of the demonstration's people first.

use std::borrow::Cow;

use access::{Categories, Category, RecordKind};
use engine::args;
use household::entry::About;
use household::{EntryState, Field};
use inquiry::{Purpose, State, Step};
use task::TaskKind;
use town::Role;
use words::calendar::OpeningDays;
use words::code::Code;
use words::id::{CommandId, EntryId, InquiryId, TaskId, ThingId};
use words::{Instant, calendar};

use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::triages::{candidates, seated};
use crate::world::{By, Handed, NewText, World};

/// What one inquiry of the demonstration is.
struct Sketch {
    /// To an agency without a login: the asker fetches the answer and writes it down.
    away: bool,
    purpose: Purpose,
    /// How long ago it was sent, in hours.
    ago: i64,
    state: State,
    urgent: bool,
    /// Why it ended or stays open.
    reason: &'static str,
}

const fn sketch(purpose: Purpose, ago: i64, state: State, reason: &'static str) -> Sketch {
    Sketch { away: false, purpose, ago, state, urgent: false, reason }
}

/// In the order in which cases are taken.
const SKETCHES: &[Sketch] = &[
    sketch(Purpose::CurrentSupport, 36 * 24, State::Sent, ""),
    Sketch { away: true, ..sketch(Purpose::Assessment, 30, State::Sent, "") },
    Sketch { urgent: true, ..sketch(Purpose::Safety, 1, State::Sent, "") },
    sketch(Purpose::Eligibility, 8 * 24, State::Refused, "forbidden"),
    sketch(Purpose::Assessment, 9 * 24, State::PartlyAnswered, "looking_into"),
    sketch(Purpose::CurrentSupport, 22 * 24, State::Raised, "needs_consent"),
    sketch(Purpose::Plan, 15 * 24, State::Answered, ""),
    sketch(Purpose::Coordination, 26 * 24, State::Answered, ""),
    sketch(Purpose::CurrentSupport, 40 * 24, State::Answered, ""),
    sketch(Purpose::Eligibility, 19 * 24, State::Sent, ""),
    sketch(Purpose::Plan, 12 * 24, State::Withdrawn, "known_elsewhere"),
    sketch(Purpose::Assessment, 51 * 24, State::Refused, "basis_unclear"),
];

/// Business days until an answer is due, as the town has not set otherwise.
const DAYS: u32 = 5;
/// Questions of each.
const QUESTIONS: i64 = 2;

/// Writes the inquiries.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables) {
    let cases = candidates(world, plan);
    let desks: Vec<u32> = cases.iter().map(|at| plan.cases[*at].accountable()).collect();
    for (n, (sketch, at)) in SKETCHES.iter().zip(&cases).enumerate() {
        let case = &plan.cases[*at];
        let from = case.accountable();
        // Another desk of the demonstration's people, so that both sides can be tried.
        let to = desks
            .iter()
            .cycle()
            .skip(n + 1)
            .take(desks.len())
            .copied()
            .find(|d| *d != from && world.signs(*d));
        let away = (0_u32..).zip(&world.town.desks).map(|(d, _)| d);
        let to = if sketch.away { away.filter(|d| world.stands(*d)).find(|d| !world.signs(*d)) } else { to };
        if let Some(to) = to {
            one(world, tables, sketch, case, (from, to));
        }
    }
}

fn categories() -> Categories {
    [Category::Basic, Category::Support].into_iter().collect()
}

/// Where one inquiry is written.
struct Here<'c> {
    id: InquiryId,
    case: &'c CasePlan,
    from: u32,
    to: u32,
    home: usize,
    asker: u32,
    answerer: u32,
    sent: Instant,
    due: Instant,
    answered: Instant,
    command: CommandId,
}

const WORKERS: &[Role] = &[Role::Caseworker, Role::AgencyLead, Role::Coordinator];

fn one(world: &mut World<'_>, tables: &mut Tables, sketch: &Sketch, case: &CasePlan, (from, to): (u32, u32)) {
    let Some(asker) = seated(world, from, WORKERS, None) else { return };
    let answerer = if sketch.away { Some(asker) } else { seated(world, to, WORKERS, None) };
    let Some(answerer) = answerer else { return };
    let Some(home) = world.home_at.get(&case.home).copied() else { return };
    let sent = world.now.plus_hours(-sketch.ago).max(case.opened);
    let due = task::answer_due(sent, sketch.urgent, &OpeningDays::default(), DAYS, 2);
    let answered = due.plus_hours(-20).max(sent).min(world.now);
    let id = world.id(sent);
    let by = By { staff: Some(asker), desk: from, on: world.town.today, recorded: sent };
    let command = world.act(tables, "inquiry.send", by, id.to_string());
    let here = Here { id, case, from, to, home, asker, answerer, sent, due, answered, command };
    header(world, tables, sketch, &here);
    asked(world, tables, sketch, &here);
    replied(world, tables, sketch, &here);
    promises(world, tables, sketch, &here);
}

fn header(world: &World<'_>, tables: &mut Tables, sketch: &Sketch, here: &Here<'_>) {
    let t = &world.texts.inquiry;
    let refused = !sketch.reason.is_empty() && matches!(sketch.state, State::Refused | State::Raised);
    let said = |key: &'static str| if refused { say(t, key) } else { "" };
    let raised = (sketch.state == State::Raised).then_some(here.answered);
    let coordinator = world.coordinator().map(|(desk, _)| world.desk(desk));
    let ended = matches!(sketch.state, State::Answered | State::Refused | State::Withdrawn);
    let due = if sketch.state == State::PartlyAnswered { soon(here.answered, DAYS) } else { here.due };
    tables.row(
        Table::Inquiry,
        args![
            world.m,
            here.id,
            sketch.state.code(),
            here.case.id,
            world.homes[here.home].id,
            world.desk(here.from),
            world.user(here.asker),
            world.desk(here.to),
            sketch.purpose.code(),
            sketch.urgent,
            "lawful_provision",
            article(world, here),
            categories(),
            QUESTIONS,
            if sketch.state == State::PartlyAnswered { "2" } else { "" },
            here.sent,
            due,
            (!matches!(sketch.state, State::Sent | State::Withdrawn)).then_some(here.answered),
            ended.then_some(here.answered),
            sketch.reason,
            said("article"),
            said("decider"),
            said("post"),
            raised,
            raised.map(|_| world.user(here.asker)),
            raised.and(coordinator.or(Some(world.desk(here.from)))),
            if sketch.state == State::Sent { 1_i64 } else { 2 },
            here.command,
        ],
    );
}

/// What lets the asked desk answer between these two bodies (`register::Scope`): inside one public body, from one to another, from
/// one to somebody else; or what lets a private body tell.
fn article(world: &World<'_>, here: &Here<'_>) -> &'static str {
    use town::EntityKind::{Education, Hospital, Mayor, Police, Prefecture, State};
    let public = |desk: u32| {
        let entity = world.town.agencies[world.agency_of(desk) as usize].legal_entity;
        let kind = world.town.legal_entities[entity as usize].kind;
        matches!(kind, Mayor | Education | Hospital | Prefecture | Police | State)
    };
    match (public(here.to), public(here.from)) {
        (true, _) if world.same_entity(here.from, here.to) => "pipa_69_2_2",
        (true, true) => "pipa_69_2_3",
        (true, false) => "pipa_69_2_4",
        (false, _) => "pipa_27_1_2",
    }
}

/// What is asked, about whom, and that the addressee may read it.
fn asked(world: &mut World<'_>, tables: &mut Tables, sketch: &Sketch, here: &Here<'_>) {
    let Some(person) = world.homes[here.home].persons.first().copied() else { return };
    tables.row(Table::InquirySubject, args![world.m, here.id, person]);
    let mut records = vec![(RecordKind::Person, person.cast(), crate::support::person_categories())];
    for role in ["lead", "questions"] {
        let body = say(&world.texts.inquiry, &format!("{role}_{}", sketch.purpose.code())).to_owned();
        let entry = text(world, tables, here, Field::Inquiry, (here.from, here.asker), here.sent, body);
        tables.row(Table::InquiryEntry, args![world.m, here.id, entry, role]);
        records.push((RecordKind::Entry, entry.cast(), categories()));
    }
    event(world, tables, here, (1, "sent", ""), (here.from, here.asker), here.sent);
    let article = article(world, here);
    let handed = Handed {
        kind: "inquiry",
        id: here.id.cast(),
        records: &records,
        desk: here.to,
        staff: None,
        article,
        at: here.sent,
        effective: Some(here.sent),
        ended: (sketch.state == State::Withdrawn).then_some(here.answered),
        command: here.command,
    };
    world.provide(tables, &handed);
}

/// What was answered, and the steps that led there.
fn replied(world: &mut World<'_>, tables: &mut Tables, sketch: &Sketch, here: &Here<'_>) {
    let step = match sketch.state {
        State::Answered => Step::Answer,
        State::PartlyAnswered => Step::Part,
        State::Refused | State::Raised => Step::Refuse,
        State::Withdrawn => {
            let who = (here.from, here.asker);
            event(world, tables, here, (2, Step::Withdraw.code(), sketch.reason), who, here.answered);
            return;
        }
        State::Sent | State::EnteredInError => return,
    };
    let who = (here.to, here.answerer);
    event(world, tables, here, (2, step.code(), sketch.reason), who, here.answered);
    if sketch.state == State::Raised {
        event(world, tables, here, (3, Step::Raise.code(), ""), (here.from, here.asker), here.answered);
    }
    if step == Step::Refuse {
        return;
    }
    let body = say(&world.texts.inquiry, step.code()).to_owned();
    let entry = text(world, tables, here, Field::InquiryAnswer, who, here.answered, body);
    tables.row(Table::InquiryEntry, args![world.m, here.id, entry, step.code()]);
    let records = [(RecordKind::Entry, entry.cast(), categories())];
    let article = article(world, here);
    let handed = Handed {
        kind: "inquiry_answer",
        id: entry.cast(),
        records: &records,
        desk: here.from,
        staff: None,
        article,
        at: here.answered,
        effective: Some(here.answered),
        ended: None,
        command: here.command,
    };
    world.provide(tables, &handed);
}

fn text(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    field: Field,
    (desk, author): (u32, u32),
    at: Instant,
    body: String,
) -> EntryId {
    let new = NewText {
        field,
        form: None,
        desk,
        author: Some(author),
        home: Some(here.home),
        // About the person the case was opened for.
        subjects: town::Subjects(1),
        categories: categories(),
        body: Cow::Owned(body),
        occurred: at,
        recorded: at,
        told: None,
        about: About { case: Some(here.case.id), ..About::default() },
        state: EntryState::Valid,
        command: here.command,
    };
    world.text(tables, &new)
}

fn event(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (seq, step, reason): (i64, &str, &str),
    (desk, staff): (u32, u32),
    at: Instant,
) {
    let row = args![
        world.m,
        here.id,
        seq,
        step,
        at,
        world.desk(desk),
        world.user(staff),
        reason,
        "",
        here.command,
    ];
    tables.row(Table::InquiryEvent, row);
}

fn soon(from: Instant, days: u32) -> Instant {
    Instant::at(calendar::add_business_days(&OpeningDays::default(), from.day(), days), 17, 0)
}

/// The promises: kept, owed, or no longer needed.
fn promises(world: &mut World<'_>, tables: &mut Tables, sketch: &Sketch, here: &Here<'_>) {
    let ended = match sketch.state {
        State::Sent => None,
        State::Withdrawn => Some(("cancelled", here.answered)),
        _ => Some(("done", here.answered)),
    };
    let owed =
        if sketch.away { (TaskKind::FetchInquiry, here.from) } else { (TaskKind::AnswerInquiry, here.to) };
    promise(world, tables, here, owed, here.due, ended);
    match sketch.state {
        State::PartlyAnswered => {
            let due = soon(here.answered, DAYS);
            promise(world, tables, here, (TaskKind::AnswerInquiry, here.to), due, None);
            promise(world, tables, here, (TaskKind::CheckInquiry, here.from), soon(world.now, 1), None);
        }
        State::Refused => {
            promise(world, tables, here, (TaskKind::CheckInquiry, here.from), soon(world.now, 1), None);
        }
        State::Raised => {
            let desk = world.coordinator().map_or(here.from, |(desk, _)| desk);
            promise(world, tables, here, (TaskKind::RaisedInquiry, desk), soon(world.now, 2), None);
        }
        _ => {}
    }
}

fn promise(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (kind, desk): (TaskKind, u32),
    due: Instant,
    ended: Option<(&'static str, Instant)>,
) {
    let id: TaskId = world.id(here.sent);
    let (state, at) = ended.unzip();
    let nothing: Option<ThingId> = None;
    tables.row(
        Table::InquiryPromise,
        args![
            world.m,
            id,
            kind.code(),
            state.unwrap_or("open"),
            world.desk(desk),
            nothing,
            here.case.id,
            here.id,
            due,
            at,
            "",
            here.command,
        ],
    );
}
