//! What is done around cases: boards with what nobody holds yet, cautions, looking back, the library, and a hand-over under way.

use std::collections::BTreeSet;

use access::{Categories, Category};
use casefile::CaseState;
use engine::{Broken, args};
use household::entry::About;
use household::{EntryState, Field};
use serde::Deserialize;
use task::TaskKind;
use town::Role;
use words::Instant;
use words::code::Code;
use words::id::{CommandId, EntryId, TaskId, ThingId};

use crate::between::{Owed, WORKERS, after, command, owe};
use crate::plan::{CasePlan, Plan};
use crate::tables::{Table, Tables};
use crate::triages::{candidates, seated};
use crate::world::{NewText, World};

const TEXT: &str = include_str!("../text/casework.toml");

/// Cases that get a board, and cases that are looked back on.
const BOARDS: usize = 36;
const LOOKED_BACK: usize = 9;

#[derive(Deserialize)]
struct Texts {
    need: Vec<Need>,
    caution: Vec<Caution>,
    place: Vec<Place>,
    reflection: Vec<Reflection>,
    lesson: Vec<Lesson>,
    handed: Vec<Handed>,
}

#[derive(Deserialize)]
struct Need {
    theme: String,
    area: String,
    words: String,
    cat: String,
    part: String,
    #[serde(default)]
    end: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    outcome: String,
}

#[derive(Deserialize)]
struct Caution {
    theme: String,
    kind: String,
    words: String,
}

/// A wish and the place that was found for it.
#[derive(Deserialize)]
struct Place {
    wish: String,
    strength: String,
    called: String,
    arranged: String,
    seen: String,
}

#[derive(Deserialize)]
struct Reflection {
    causes: String,
    well: String,
    hard: String,
    next: String,
}

#[derive(Deserialize)]
struct Lesson {
    state: String,
    title: String,
    topics: String,
    tags: String,
    situation: String,
    done: String,
    learned: String,
}

#[derive(Deserialize)]
struct Handed {
    words: String,
}

/// Somebody of a desk who does something about a case.
#[derive(Clone, Copy)]
struct Doer {
    home: usize,
    desk: u32,
    staff: u32,
    at: Instant,
    command: CommandId,
}

/// Writes all of it.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables) -> Result<(), Broken> {
    let texts: Texts = toml::from_str(TEXT).map_err(|e| Broken::Outside(format!("demo texts: {e}")))?;
    let cases = told(world, plan);
    for (nth, case) in cases.iter().take(BOARDS).enumerate() {
        board(world, tables, (nth, case), &texts);
        caution(world, tables, (nth, case), &texts);
        match nth % 9 {
            1 => place(world, tables, (nth, case), (&texts, false)),
            4 => place(world, tables, (nth, case), (&texts, true)),
            _ => {}
        }
    }
    learned(world, plan, tables, &texts);
    handed_over(world, plan, tables, &texts);
    Ok(())
}

/// The cases that have a board: first those that people of the demonstration carry, the newest of each.
fn told<'p>(world: &World<'_>, plan: &'p Plan) -> Vec<&'p CasePlan> {
    let demo = (0_u32..).zip(&world.town.staff).filter(|(_, s)| s.demo.is_some()).map(|(n, _)| n);
    let mut at: Vec<usize> = Vec::new();
    for staff in demo {
        let theirs = |c: &CasePlan| {
            c.is_open()
                && c.home.1 == c.accountable()
                && c.town.is_some_and(|t| world.town.cases[t as usize].worker == staff)
        };
        let own = plan.cases.iter().enumerate().rev().filter(|(_, c)| theirs(c));
        at.extend(own.map(|(at, _)| at).take(4));
    }
    at.extend(candidates(world, plan));
    let mut seen = BTreeSet::new();
    at.into_iter().filter(|at| seen.insert(*at)).map(|at| &plan.cases[at]).collect()
}

/// Whoever works at the desk that answers for a case, some days ago; its household must be recorded there.
fn doer(
    world: &World<'_>,
    tables: &mut Tables,
    case: &CasePlan,
    kind: &'static str,
    days: i64,
) -> Option<Doer> {
    let desk = case.accountable();
    if case.home.1 != desk {
        return None;
    }
    let home = world.home_at.get(&case.home).copied()?;
    let worker = case.town.map(|at| world.town.cases[at as usize].worker);
    let worker = worker.filter(|w| world.seat(*w, desk, world.town.today).is_some());
    let staff = worker.or_else(|| seated(world, desk, WORKERS, None))?;
    let at = world.now.plus_hours(-24 * days).max(case.opened.plus_hours(1)).min(world.now);
    let command = command(world, tables, kind, (desk, staff), at);
    Some(Doer { home, desk, staff, at, command })
}

fn text(
    world: &mut World<'_>,
    tables: &mut Tables,
    (doer, case): (Doer, &CasePlan),
    (field, body, cat): (Field, &str, &str),
) -> EntryId {
    let further = Category::parse(cat).into_iter();
    let categories: Categories = [Category::Household].into_iter().chain(further).collect();
    let new = NewText {
        field,
        form: None,
        desk: doer.desk,
        author: Some(doer.staff),
        home: Some(doer.home),
        subjects: town::Subjects(0),
        categories,
        body: body.to_owned().into(),
        occurred: doer.at,
        recorded: doer.at,
        told: None,
        about: About { case: Some(case.id), ..About::default() },
        state: EntryState::Valid,
        command: doer.command,
    };
    world.text(tables, &new)
}

fn theme(world: &World<'_>, case: &CasePlan) -> &'static str {
    world.town.households[case.home.0 as usize].theme.code()
}

/// What fits the theme, then what fits everybody.
fn fitting<'t, T>(all: &'t [T], theme: &str, of: impl Fn(&T) -> &str) -> Vec<&'t T> {
    let own = all.iter().filter(|x| of(x) == theme);
    own.chain(all.iter().filter(|x| of(x) == "*")).collect()
}

fn board(world: &mut World<'_>, tables: &mut Tables, (nth, case): (usize, &CasePlan), texts: &Texts) {
    let theme = theme(world, case);
    let Some(doer) = doer(world, tables, case, "board.step", 18) else { return };
    for need in fitting(&texts.need, theme, |n| &n.theme) {
        let entry = text(world, tables, (doer, case), (Field::Need, &need.words, &need.cat));
        let outcome = (!need.outcome.is_empty())
            .then(|| text(world, tables, (doer, case), (Field::Need, &need.outcome, &need.cat)));
        let state = if need.end.is_empty() { "open" } else { &need.end };
        let ended = outcome.map(|_| doer.at);
        let id: ThingId = world.id(doer.at);
        let desk = world.desk(doer.desk);
        tables.row(
            Table::Need,
            args![
                world.m,
                id,
                case.id,
                entry,
                &need.area,
                desk,
                state,
                &need.why,
                outcome,
                desk,
                doer.at,
                ended,
                doer.command
            ],
        );
        if !need.part.is_empty() {
            part(world, tables, (doer, case), (id, need, nth));
        }
    }
}

/// A desk takes a part: done where the need was met, late here and there, or a partner's without a login.
fn part(
    world: &mut World<'_>,
    tables: &mut Tables,
    (doer, case): (Doer, &CasePlan),
    (need, words, nth): (ThingId, &Need, usize),
) {
    let entry = text(world, tables, (doer, case), (Field::Role, &words.part, &words.cat));
    let partner = (0_u32..).zip(&world.town.desks).map(|(d, _)| d);
    let partner = partner.filter(|d| nth % 5 == 2 && world.stands(*d)).find(|d| !world.signs(*d));
    let kind = if partner.is_some() { TaskKind::HearPart } else { TaskKind::TakePart };
    let done = (!words.end.is_empty()).then_some(doer.at);
    let due = if nth % 4 == 1 { after(world.now, 1) } else { after(world.now, 6) };
    let id: TaskId = world.id(doer.at);
    tables.row(
        Table::PartPromise,
        args![
            world.m,
            id,
            kind.code(),
            if done.is_some() { "done" } else { "open" },
            world.desk(doer.desk),
            world.user(doer.staff),
            case.id,
            entry,
            need,
            due,
            done,
            doer.command,
        ],
    );
    let part: ThingId = world.id(doer.at);
    let taker = world.desk(partner.unwrap_or(doer.desk));
    tables.row(Table::NeedPart, args![world.m, part, need, taker, entry, id, doer.command]);
}

fn caution(world: &mut World<'_>, tables: &mut Tables, (nth, case): (usize, &CasePlan), texts: &Texts) {
    if nth % 3 == 2 {
        return;
    }
    let Some(c) = fitting(&texts.caution, theme(world, case), |c| &c.theme).first().copied() else { return };
    let Some(doer) = doer(world, tables, case, "caution.set", 30) else { return };
    let entry = text(world, tables, (doer, case), (Field::Caution, &c.words, "support"));
    let id: ThingId = world.id(doer.at);
    let review = world.now.day().plus_days(if nth == 0 { 20 } else { 150 });
    tables.row(
        Table::Caution,
        args![
            world.m,
            id,
            case.id,
            &c.kind,
            entry,
            world.desk(doer.desk),
            world.user(doer.staff),
            doer.at,
            review,
            doer.command,
        ],
    );
}

/// 参加支援: somebody tries a place, or has settled in.
fn place(
    world: &mut World<'_>,
    tables: &mut Tables,
    (nth, case): (usize, &CasePlan),
    (texts, settled): (&Texts, bool),
) {
    let Some(words) = texts.place.get(nth % texts.place.len()) else { return };
    let Some(doer) = doer(world, tables, case, "participation.step", 24) else { return };
    let Some(person) = world.subjects(Some(doer.home), town::Subjects(1)).first().copied() else { return };
    let own = (doer, case);
    let wish = text(world, tables, own, (Field::Words, &words.wish, "support"));
    let strength = text(world, tables, own, (Field::Words, &words.strength, "support"));
    let named = text(world, tables, own, (Field::Participation, &words.called, "support"));
    let arranged = text(world, tables, own, (Field::Participation, &words.arranged, "support"));
    let seen = settled.then(|| text(world, tables, own, (Field::Participation, &words.seen, "support")));
    let id: ThingId = world.id(doer.at);
    let state = if settled { "settled" } else { "trial" };
    let (desk, user) = (world.desk(doer.desk), world.user(doer.staff));
    tables.row(
        Table::Participation,
        args![world.m, id, case.id, person, wish, strength, desk, state, doer.command],
    );
    let began = doer.at.day();
    let (tried, next) = (began.plus_days(7), after(world.now, if settled { 20 } else { 5 }));
    let mut steps = vec![
        ("propose", "proposed", began, None, None, None, tried),
        ("ask", "asked", began, Some(named), None, None, tried),
        ("trial", "trial", began, None, Some(tried), Some(arranged), next.day()),
    ];
    if settled {
        steps.push(("settle", "settled", tried.min(world.now.day()), None, None, seen, next.day()));
    }
    for (seq, (step, state, on, place, trial, words, next)) in (1_i64..).zip(steps) {
        tables.row(
            Table::ParticipationStep,
            args![
                world.m,
                id,
                seq,
                step,
                state,
                on,
                doer.at,
                desk,
                user,
                place,
                trial,
                words,
                next,
                doer.command
            ],
        );
    }
    let task: TaskId = world.id(doer.at);
    let kind = TaskKind::Participation.code();
    tables.row(
        Table::PartPromise,
        args![
            world.m,
            task,
            kind,
            "open",
            desk,
            user,
            case.id,
            None::<EntryId>,
            id,
            next,
            None::<Instant>,
            doer.command
        ],
    );
}

/// Looking back at cases that are over, and what the library has of it.
fn learned(world: &mut World<'_>, plan: &Plan, tables: &mut Tables, texts: &Texts) {
    let over = plan.cases.iter().filter(|c| c.state != CaseState::Open && world.signs(c.accountable()));
    let demo = demo_desks(world);
    let mut cases: Vec<&CasePlan> = over.collect();
    cases.sort_by_key(|c| (!demo.contains(&c.accountable()), std::cmp::Reverse(c.ended)));
    let mut lessons = texts.lesson.iter();
    for (nth, case) in cases.into_iter().take(LOOKED_BACK).enumerate() {
        let Some(words) = texts.reflection.get(nth % texts.reflection.len()) else { return };
        let days = case.ended.map_or(0, |e| e.day().days_until(world.now.day())).saturating_sub(3).max(0);
        let Some(doer) = doer(world, tables, case, "reflection.write", days) else { continue };
        let id: ThingId = world.id(doer.at);
        let desk = world.desk(doer.desk);
        let row = args![world.m, id, case.id, desk, world.user(doer.staff), doer.at, doer.command];
        tables.row(Table::Reflection, row);
        for (part, body) in [("well", &words.well), ("hard", &words.hard), ("next", &words.next)] {
            let entry = text(world, tables, (doer, case), (Field::Reflection, body, "support"));
            tables.row(Table::ReflectionText, args![world.m, id, part, entry]);
        }
        for cause in words.causes.split(' ') {
            tables.row(Table::ReflectionCause, args![world.m, id, cause]);
        }
        let lead = seated(world, doer.desk, &[Role::AgencyLead], Some(doer.staff));
        if let (Some(lead), Some(lesson)) = (lead, lessons.next()) {
            shared(world, tables, (doer, lead), id, lesson);
        }
    }
}

fn demo_desks(world: &World<'_>) -> BTreeSet<u32> {
    let of = world.town.staff.iter().filter(|s| s.demo.is_some()).flat_map(|s| &s.appointments);
    of.map(|at| world.town.posts[world.town.appointments[*at as usize].post as usize].desk).collect()
}

/// A text without anybody in it: read by a lead who has not written it, or waiting to be.
fn shared(world: &World<'_>, tables: &mut Tables, (doer, lead): (Doer, u32), of: ThingId, lesson: &Lesson) {
    let id: ThingId = world.id(doer.at);
    let published = lesson.state == "published";
    let decided = published.then(|| doer.at.plus_hours(30).min(world.now));
    tables.row(
        Table::Lesson,
        args![
            world.m,
            id,
            of,
            world.desk(doer.desk),
            world.user(doer.staff),
            &lesson.title,
            &lesson.situation,
            &lesson.done,
            &lesson.learned,
            &lesson.topics,
            &lesson.tags,
            &lesson.state,
            doer.at,
            decided,
            decided.map(|_| world.user(lead)),
            doer.command,
        ],
    );
    let approve = Owed {
        kind: TaskKind::ApproveLesson,
        thing: id,
        desk: doer.desk,
        assignee: Some(lead),
        due: after(world.now, 4),
        done: decided,
    };
    owe(world, tables, &approve, doer.command);
}

/// Somebody goes at the end of the year: their cases, words for two of them, a colleague of the demonstration who takes one up.
fn handed_over(world: &mut World<'_>, plan: &Plan, tables: &mut Tables, texts: &Texts) {
    let today = world.town.today;
    let carried = |staff: u32, desk: u32| -> Vec<&CasePlan> {
        let open = plan.cases.iter().filter(|c| c.is_open() && c.accountable() == desk && c.home.1 == desk);
        let theirs = open.filter(|c| c.town.is_some_and(|at| world.town.cases[at as usize].worker == staff));
        theirs.take(6).collect()
    };
    let demo: BTreeSet<u32> =
        (0_u32..).zip(&world.town.staff).filter(|(_, s)| s.demo.is_some()).map(|(n, _)| n).collect();
    let mut found = None;
    for to in &demo {
        for (from, _) in (0_u32..).zip(&world.town.staff).filter(|(n, _)| !demo.contains(n)) {
            for desk in demo_desks(world) {
                let sit = |who| world.seat(who, desk, today).is_some();
                if found.is_none() && sit(*to) && sit(from) && carried(from, desk).len() > 1 {
                    found = Some((from, *to, desk, carried(from, desk)));
                }
            }
        }
    }
    let Some((from, to, desk, cases)) = found else { return };
    let at = world.now.plus_hours(-24 * 6);
    let made = command(world, tables, "hand_over.begin", (desk, from), at);
    let pack: ThingId = world.id(at);
    let last = world.now.day().plus_days(40);
    let row = args![world.m, pack, world.desk(desk), world.user(from), last, at, made];
    tables.row(Table::HandOverPack, row);
    for (nth, case) in cases.into_iter().enumerate() {
        let Some(home) = world.home_at.get(&case.home).copied() else { continue };
        let doer = Doer { home, desk, staff: from, at, command: made };
        let words = texts.handed.get(nth).map(|h| h.words.as_str());
        let entry = words.map(|w| text(world, tables, (doer, case), (Field::HandOver, w, "support")));
        let receiver = entry.map(|_| world.user(to));
        tables.row(Table::HandOverItem, args![world.m, pack, case.id, receiver, entry, made]);
    }
    let take = Owed {
        kind: TaskKind::TakeOver,
        thing: pack,
        desk,
        assignee: Some(to),
        due: after(world.now, 20),
        done: None,
    };
    owe(world, tables, &take, made);
    let lead = seated(world, desk, &[Role::AgencyLead], Some(from));
    owe(world, tables, &Owed { kind: TaskKind::CheckTakeOver, assignee: lead, ..take }, made);
}
