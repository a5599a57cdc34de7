//! Filled sheets: what the town made of its forms, and what people wrote in them. Old sheets stand under the version
//! of their day. What is written comes from `text/sheets.json`; it goes through the same filling in as a form.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::{Broken, args};
use household::entry::About;
use household::{AnswerTo, EntryState, Field};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use sheet::fill::{Known, Setting, Typed, cell, fill};
use sheet::print::Words;
use sheet::{Answers, CodeTable, Definition, Kind, Limits, Tables as Codes, shipped};
use sheets::{Extra, OneAnswer};
use town::Role;
use uuid::Uuid;
use words::id::{
    CaseId, CommandId, CommunityIssueId, ConnectingSheetId, ConsultationId, FilledSheetId, PersonId,
};
use words::{Day, Instant};

use crate::plan::{CasePlan, Plan, has_consent};
use crate::tables::{Table, Tables};
use crate::triages::seated;
use crate::world::{By, NewText, World, day};

const TEXT: &str = include_str!("../text/sheets.json");
/// Most consultations and connecting sheets of the last weeks that carry the town's own items.
const CONSULTATIONS: usize = 60;
const CONNECTING: usize = 20;
/// Most desks whose cases carry sheets, beside those of the demonstration's people.
const DESKS: usize = 6;

/// What `text/sheets.json` says.
#[derive(Deserialize)]
struct Story {
    tables: Vec<MoreCodes>,
    versions: Vec<Version>,
    of_cases: Vec<Sketch>,
    of_consultations: Vec<Map>,
    of_connecting: Vec<Map>,
    issues: Vec<IssueSketch>,
}

type Map = serde_json::Map<String, Json>;

/// Codes the town added to a table.
#[derive(Deserialize)]
struct MoreCodes {
    key: String,
    days_ago: i32,
    add: Vec<Json>,
}

/// A town's version of a sheet; begun today, it is still a draft.
#[derive(Deserialize)]
struct Version {
    key: String,
    days_ago: i32,
    reword: Vec<Reword>,
    add: Vec<Add>,
}

#[derive(Deserialize)]
struct Reword {
    item: String,
    label: String,
    help: Option<String>,
}

#[derive(Deserialize)]
struct Add {
    section: String,
    after: String,
    item: Json,
}

#[derive(Deserialize)]
struct Sketch {
    key: String,
    days_ago: i32,
    decided_days_ago: Option<i32>,
    answers: Map,
}

#[derive(Deserialize)]
struct IssueSketch {
    days_ago: i32,
    answers: Map,
}

/// The sheets as they stood on each day.
struct Forms {
    codes: Codes,
    /// Published versions of the town with their first day.
    own: Vec<(Day, Definition)>,
    names: BTreeMap<Uuid, String>,
    known: Known,
    areas: Vec<Uuid>,
}

/// Writes definitions, code tables, filled sheets and community issues.
pub(crate) fn write(world: &mut World<'_>, plan: &Plan, tables: &mut Tables) -> Result<(), Broken> {
    let story: Story = serde_json::from_str(TEXT).map_err(|e| wrong(&e.to_string()))?;
    let forms = shape(world, &story, tables)?;
    of_cases(world, plan, tables, &story, &forms)?;
    of_consultations(world, plan, tables, &story, &forms)?;
    of_connecting(world, plan, tables, &story, &forms)?;
    issues(world, tables, &story, &forms)
}

fn wrong(what: &str) -> Broken {
    Broken::Outside(format!("the sheets of the town: {what}"))
}

// ── The town shapes its forms ──

fn shape(world: &World<'_>, story: &Story, tables: &mut Tables) -> Result<Forms, Broken> {
    let limits = Limits::default();
    let mut codes = shipped::tables();
    for more in &story.tables {
        let old = codes.get(&more.key).ok_or_else(|| wrong(&more.key))?.to_json();
        let mut json: Json = serde_json::from_str(&old).map_err(|e| wrong(&e.to_string()))?;
        json["version"] = json!(2);
        json["codes"].as_array_mut().ok_or_else(|| wrong(&more.key))?.extend(more.add.iter().cloned());
        let table = CodeTable::parse(&json.to_string(), &limits).map_err(|_| wrong(&more.key))?;
        let since = Instant::at(world.today.plus_days(-i64::from(more.days_ago)), 10, 0);
        let row = args![world.m, &table.key, table.version, since, table.to_json(), world.command];
        tables.row(Table::Codes, row);
        codes.put(table);
    }
    let mut own = Vec::new();
    for version in &story.versions {
        let definition = next(version, &codes)?;
        let from = (version.days_ago > 0).then(|| world.today.plus_days(-i64::from(version.days_ago)));
        let state = if from.is_some() { "published" } else { "draft" };
        let text = definition.to_json();
        let (key, number) = (&definition.key, definition.version);
        tables.row(
            Table::SheetDefinition,
            args![world.m, key, number, state, from, text, 1_i64, world.command],
        );
        own.extend(from.map(|from| (from, definition)));
    }
    let areas: Vec<Uuid> = world.areas.iter().map(|a| a.uuid()).collect();
    Ok(Forms {
        codes,
        own,
        names: BTreeMap::new(),
        known: Known { areas: areas.iter().copied().collect(), ..Known::default() },
        areas,
    })
}

/// The second version of a sheet, checked as if somebody had brought it.
fn next(version: &Version, codes: &Codes) -> Result<Definition, Broken> {
    let base = shipped::definition(&version.key).ok_or_else(|| wrong(&version.key))?;
    let mut json: Json = serde_json::from_str(&base.to_json()).map_err(|e| wrong(&e.to_string()))?;
    json["version"] = json!(2);
    let sections = json["sections"].as_array_mut().ok_or_else(|| wrong(&version.key))?;
    for section in sections {
        let key = section["key"].clone();
        let Some(items) = section["items"].as_array_mut() else { continue };
        for add in version.add.iter().filter(|a| key == a.section.as_str()) {
            let at =
                items.iter().position(|i| i["key"] == add.after.as_str()).ok_or_else(|| wrong(&add.after))?;
            items.insert(at + 1, add.item.clone());
        }
        for item in items {
            if let Some(reword) = version.reword.iter().find(|r| item["key"] == r.item.as_str()) {
                item["label"] = json!(reword.label);
                if let Some(help) = &reword.help {
                    item["help"] = json!(help);
                }
            }
        }
    }
    Definition::parse(&json.to_string(), codes, Some(&base), &Limits::default())
        .map_err(|faults| wrong(&format!("{}: {}", version.key, faults[0])))
}

impl Forms {
    /// The version in force on a day.
    fn on(&self, key: &str, day: Day) -> Result<Definition, Broken> {
        let own = self.own.iter().find(|(from, d)| d.key == key && *from <= day).map(|(_, d)| d.clone());
        own.or_else(|| shipped::definition(key)).ok_or_else(|| wrong(key))
    }

    /// Fills in a sheet as its form does. What the form would refuse is a mistake of the story.
    fn fill(&self, definition: &Definition, told: &Map, on: Day, own_only: bool) -> Result<Answers, Broken> {
        let setting = Setting { tables: &self.codes, day: on, known: &self.known };
        let filled = fill(definition, &self.typed(definition, told, on), &setting);
        let own = |key: &str| definition.item(key).is_some_and(|i| i.core.is_none());
        match filled.problems.iter().find(|p| !own_only || own(&p.item)) {
            Some(problem) => Err(wrong(&format!("{}.{}: {}", definition.key, problem.item, problem.key))),
            None => Ok(filled.answers),
        }
    }

    fn typed(&self, definition: &Definition, told: &Map, on: Day) -> Typed {
        let mut typed = Typed::default();
        for (key, value) in told {
            // An item that came later is not asked yet.
            let Some(item) = definition.item(key) else { continue };
            match (&item.kind, value) {
                (Kind::Table { columns, .. }, Json::Array(rows)) => {
                    for (at, row) in rows.iter().enumerate() {
                        for column in columns {
                            let text = row[&column.key].as_str().unwrap_or_default();
                            typed.put(cell(key, at, &column.key), self.word(&column.kind, text, on));
                        }
                    }
                }
                (_, Json::Array(codes)) => {
                    codes.iter().filter_map(Json::as_str).for_each(|c| typed.put(item.field(), c.to_owned()));
                }
                (kind, value) => {
                    let text = value.as_str().unwrap_or_default();
                    typed.put(item.field(), self.word(kind, text, on));
                }
            }
        }
        typed
    }

    /// A word of the story as it would be typed: days are told from the sheet's day, areas by their place.
    fn word(&self, kind: &Kind, text: &str, on: Day) -> String {
        match kind {
            Kind::Date { .. } => {
                text.parse().map_or_else(|_| text.to_owned(), |n| on.plus_days(n).to_string())
            }
            Kind::Area => {
                let at = text.strip_prefix('@').and_then(|n| n.parse::<usize>().ok());
                at.and_then(|n| self.areas.get(n)).map_or_else(|| text.to_owned(), Uuid::to_string)
            }
            _ => text.to_owned(),
        }
    }

    fn words(&self, day: Day) -> Words<'_> {
        Words { tables: &self.codes, day, names: &self.names, language: "ja" }
    }
}

// ── Somebody fills them in ──

/// Where a filled sheet belongs, who wrote it and when.
struct Place {
    case: Option<CaseId>,
    consultation: Option<ConsultationId>,
    connecting: Option<ConnectingSheetId>,
    home: Option<usize>,
    /// The member whose sheet it is.
    member: Option<u8>,
    desk: u32,
    author: u32,
    at: Instant,
    command: CommandId,
}

fn keep(world: &mut World<'_>, tables: &mut Tables, place: &Place, extra: &Extra) {
    let id: FilledSheetId = world.id(place.at);
    let person: Option<PersonId> = place
        .home
        .zip(place.member)
        .and_then(|(home, member)| world.homes[home].persons.get(usize::from(member)).copied());
    tables.row(
        Table::FilledSheet,
        args![
            world.m,
            id,
            &extra.key,
            extra.version,
            world.desk(place.desk),
            world.user(place.author),
            place.case,
            place.consultation,
            place.connecting,
            place.home.map(|h| world.homes[h].id),
            person,
            place.at.day(),
            place.at,
            place.command,
        ],
    );
    for answer in &extra.answers {
        let new = text(place, answer);
        let to = AnswerTo { filled: id, item: answer.item.clone(), value: answer.value.clone() };
        world.answer(tables, &new, Some(to));
    }
}

fn text<'a>(place: &Place, answer: &OneAnswer) -> NewText<'a> {
    let of = place.member.filter(|_| answer.of_person);
    NewText {
        field: Field::Item,
        form: None,
        desk: place.desk,
        author: Some(place.author),
        home: place.home,
        subjects: of.map_or_else(town::Subjects::default, |member| town::Subjects(1 << member)),
        categories: access::Categories::from_bits(answer.categories),
        body: Cow::Owned(answer.words.clone()),
        occurred: place.at,
        recorded: place.at,
        told: None,
        about: About {
            case: place.case,
            consultation: place.consultation,
            sheet: place.connecting,
            ..About::default()
        },
        state: EntryState::Valid,
        command: place.command,
    }
}

/// Open cases by accountable desk, the oldest first: those of the demonstration's people, then some others.
fn cases_by_desk<'p>(world: &World<'_>, plan: &'p Plan) -> Vec<(u32, Vec<&'p CasePlan>)> {
    let mut of: HashMap<u32, Vec<&CasePlan>> = HashMap::new();
    for case in plan.cases.iter().filter(|c| c.is_open() && c.town.is_some()) {
        of.entry(case.accountable()).or_default().push(case);
    }
    let shown: BTreeSet<u32> = world
        .town
        .staff
        .iter()
        .filter(|s| s.demo.is_some())
        .flat_map(|s| &s.appointments)
        .map(|a| world.town.posts[world.town.appointments[*a as usize].post as usize].desk)
        .collect();
    let mut desks: Vec<u32> = of.keys().copied().filter(|d| world.signs(*d)).collect();
    desks.sort_by_key(|d| (!shown.contains(d), *d));
    desks.truncate(shown.len().max(DESKS));
    desks
        .into_iter()
        .map(|desk| {
            let mut cases = of.remove(&desk).unwrap_or_default();
            cases.sort_by_key(|c| (c.opened, c.number));
            (desk, cases)
        })
        .collect()
}

/// Assessments and 参加支援 in one case of each desk, outreach in another.
fn of_cases(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    story: &Story,
    forms: &Forms,
) -> Result<(), Broken> {
    for (desk, cases) in cases_by_desk(world, plan) {
        let roles = [Role::Caseworker, Role::AgencyLead, Role::Coordinator];
        let Some(author) = seated(world, desk, &roles, None) else { continue };
        for sketch in &story.of_cases {
            let case = if sketch.key == "outreach" { cases.get(1) } else { cases.first() };
            let Some(case) = case else { continue };
            let Some(home) = world.home_at.get(&case.home).copied() else { continue };
            let on = town::Day((world.town.today.0 - sketch.days_ago).max(case.opened_on.0));
            if let Some(days) = sketch.decided_days_ago {
                decide(world, tables, case, town::Day((world.town.today.0 - days).max(case.opened_on.0)));
            }
            let at = Instant::at(day(on), 16, 20).max(case.opened).min(world.now);
            let definition = forms.on(&sketch.key, at.day())?;
            let answers = forms.fill(&definition, &sketch.answers, at.day(), false)?;
            let extra = Extra::new(&definition, &answers, &forms.words(at.day()), false, |_| None);
            let command = world.act(
                tables,
                "sheet.fill",
                By { staff: Some(author), desk, on, recorded: at },
                String::new(),
            );
            let member = world.town.households[case.home.0 as usize].focus;
            let place = Place {
                case: Some(case.id),
                consultation: None,
                connecting: None,
                home: Some(home),
                member: Some(member),
                desk,
                author,
                at,
                command,
            };
            keep(world, tables, &place, &extra);
        }
    }
    Ok(())
}

/// The coordinator notes that 参加支援 was decided.
fn decide(world: &mut World<'_>, tables: &mut Tables, case: &CasePlan, on: town::Day) {
    let Some((desk, staff)) = world.coordinator() else { return };
    let at = Instant::at(day(on), 15, 0).max(case.opened).min(world.now);
    let by = By { staff: Some(staff), desk, on, recorded: at };
    let command = world.act(tables, "sheet.decide", by, String::new());
    let (desk, user) = (world.desk(desk), world.user(staff));
    tables.row(
        Table::ParticipationDecision,
        args![world.m, case.id, at.day(), "consent_conference", desk, user, at, command],
    );
}

fn of_consultations(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    story: &Story,
    forms: &Forms,
) -> Result<(), Broken> {
    let town = world.town;
    let Some((from, definition)) = forms.own.iter().find(|(_, d)| d.key == "consultation") else {
        return Ok(());
    };
    let mut told = story.of_consultations.iter().cycle();
    let newest = (0..town.consultations.len()).rev().filter(|at| {
        let c = &town.consultations[*at];
        // Who complains about somebody else says nothing about a household of theirs.
        !c.third_party && plan.consultations[*at].state.is_some_and(|s| s != "entered_in_error")
    });
    for at in newest.take(CONSULTATIONS) {
        let c = &town.consultations[at];
        let recorded = world.past(c.recorded_at);
        let home = c.household.and_then(|h| world.home_at.get(&(h, c.desk)).copied());
        let command = world.commands.consultations.get(&at).copied();
        let (Some(home), Some(command), Some(told)) = (home, command, told.next()) else { continue };
        if recorded.day() < *from {
            break;
        }
        let answers = forms.fill(definition, told, recorded.day(), true)?;
        let extra = Extra::new(definition, &answers, &forms.words(recorded.day()), true, |_| None);
        let place = Place {
            case: None,
            consultation: Some(plan.consultations[at].id),
            connecting: None,
            home: Some(home),
            member: c.household.map(|h| town.households[h as usize].focus),
            desk: c.desk,
            author: c.author,
            at: recorded,
            command,
        };
        keep(world, tables, &place, &extra);
    }
    Ok(())
}

fn of_connecting(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    story: &Story,
    forms: &Forms,
) -> Result<(), Broken> {
    let town = world.town;
    let Some((from, definition)) = forms.own.iter().find(|(_, d)| d.key == "connecting") else {
        return Ok(());
    };
    let mut told = story.of_connecting.iter().cycle();
    let named = (0..town.sheets.len()).rev().filter(|at| has_consent(&town.sheets[*at]));
    for at in named.take(CONNECTING) {
        let sheet = &town.sheets[at];
        let written = world.past(sheet.written_at);
        let home = sheet.household.and_then(|h| world.home_at.get(&(h, sheet.from_desk)).copied());
        let command = world.commands.sheets.get(&at).copied();
        let (Some(home), Some(command), Some(told)) = (home, command, told.next()) else { continue };
        if written.day() < *from {
            continue;
        }
        let mut told = told.clone();
        // The item is asked once the person knows.
        told.insert("knows".to_owned(), json!("yes"));
        let answers = forms.fill(definition, &told, written.day(), true)?;
        let extra = Extra::new(definition, &answers, &forms.words(written.day()), true, |_| None);
        let place = Place {
            case: None,
            consultation: None,
            connecting: Some(plan.sheets[at].id),
            home: Some(home),
            member: sheet.member,
            desk: sheet.from_desk,
            author: sheet.liaison,
            at: written,
            command,
        };
        keep(world, tables, &place, &extra);
    }
    Ok(())
}

// ── Community issues ──

fn issues(world: &World<'_>, tables: &mut Tables, story: &Story, forms: &Forms) -> Result<(), Broken> {
    // Whoever tries the demonstration as a worker or a liaison finds one of their own.
    let writers: Vec<(u32, u32)> = (0..)
        .zip(&world.town.staff)
        .filter(|(_, s)| s.demo.is_some())
        .filter_map(|(nth, s): (u32, _)| {
            let at = &world.town.appointments[*s.appointments.first()? as usize];
            let post = &world.town.posts[at.post as usize];
            matches!(post.role, Role::Caseworker | Role::Liaison).then_some((nth, post.desk))
        })
        .collect();
    for (sketch, (staff, desk)) in story.issues.iter().zip(writers.iter().cycle()) {
        let on = town::Day(world.town.today.0 - sketch.days_ago);
        let at = Instant::at(day(on), 11, 0).min(world.now);
        let definition = forms.on("community_issue", at.day())?;
        let answers = forms.fill(&definition, &sketch.answers, at.day(), false)?;
        let id: CommunityIssueId = world.id(at);
        let by = By { staff: Some(*staff), desk: *desk, on, recorded: at };
        let command = world.act(tables, "issue.write", by, String::new());
        let (desk, user) = (world.desk(*desk), world.user(*staff));
        let text = answers.to_json().to_string();
        tables.row(
            Table::CommunityIssue,
            args![world.m, id, definition.version, text, desk, user, at.day(), at, command],
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn community_issues_of_the_town_name_nobody() {
        let story: Story = serde_json::from_str(TEXT).unwrap();
        for issue in &story.issues {
            let text = Json::Object(issue.answers.clone()).to_string();
            assert_eq!(sheet::personal::find(&text, &[]), vec![], "{text}");
        }
    }
}
