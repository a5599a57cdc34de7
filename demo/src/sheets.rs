//! つなぐシート: written by a liaison, taken up by the provider's coordinator, and what the liaison was told.

use std::borrow::Cow;

use access::{Categories, Category, RecordKind};
use engine::{Broken, Conn, args};
use household::entry::About;
use household::{EntryState, Field};
use town::SheetState;
use words::code::Code;
use words::id::{CommandId, ConnectingSheetId, EntryId, FeedbackId, PersonId, ThingId};
use words::Instant;

use crate::plan::{Plan, SheetPlan};
use crate::tables::{Table, Tables};
use crate::tasks::answered;
use crate::world::{By, Handed, NewText, World};
use crate::{codes, people};

/// Writes the sheets.
pub(crate) async fn write(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    conn: &mut Conn<'_>,
) -> Result<(), Broken> {
    for (number, (sheet, planned)) in world.town.sheets.iter().zip(&plan.sheets).enumerate() {
        write_one(world, tables, (number, sheet, planned));
        tables.relieve(conn).await?;
    }
    Ok(())
}

fn write_one(
    world: &mut World<'_>,
    tables: &mut Tables,
    (number, sheet, planned): (usize, &town::ConnectingSheet, &SheetPlan),
) {
    let at = world.past(sheet.written_at);
    let by = By { staff: Some(sheet.liaison), desk: sheet.from_desk, on: sheet.written_at.day, recorded: at };
    let command = world.act(tables, "sheet.write", by, planned.id.to_string());
    world.commands.sheets.insert(number, command);
    // Without consent a sheet names nobody: no household, no person and no text.
    let household = sheet.household.filter(|_| sheet.consent.is_some());
    let key = household.map(|h| (h, sheet.from_desk));
    let home = key.map(|k| people::home(world, tables, k, Some(sheet.liaison), at, command));
    let member = sheet.member.unwrap_or(0);
    let person = home.and_then(|h| world.homes[h].persons.get(usize::from(member)).copied());
    let state = match sheet.state {
        SheetState::Sent => "sent",
        SheetState::Received => "taken",
        SheetState::Answered => "answered",
    };
    let open = sheet.state == SheetState::Sent;
    let topics = topics(world, sheet);
    tables.row(
        Table::Sheet,
        args![
            world.m,
            planned.id,
            state,
            world.desk(sheet.from_desk),
            world.user(sheet.liaison),
            world.desk(planned.provider),
            household.is_some(),
            at,
            at,
            home.map(|h| world.homes[h].id),
            person,
            town::Urgency::Normal.code(),
            household.and_then(|h| world.district(h)),
            household.map_or_else(String::new, |h| world.age_band(h, member, at)),
            topics,
            planned.guard.filter(|_| open),
            open.then_some("open"),
            command,
        ],
    );
    if home.is_some() {
        for text in &world.town.sheets[number].texts {
            let new = text_of(text, (sheet, planned.id), home, at, command);
            world.text(tables, new);
        }
    }
    feedback(world, tables, (number, sheet, planned), (home, person));
}

/// The matters of the consultation it became; otherwise what such a place mostly notices.
fn topics(world: &World<'_>, sheet: &town::ConnectingSheet) -> String {
    let of = sheet.became.map(|c| &world.town.consultations[c as usize].topics);
    let agency = &world.town.agencies[world.agency_of(sheet.from_desk) as usize];
    let child = matches!(agency.field, town::Field::Child | town::Field::Education);
    let usual = [if child { town::Topic::ChildRearing } else { town::Topic::Income }];
    let topics = of.map_or(usual.as_slice(), Vec::as_slice);
    topics.iter().map(|t| codes::matter(*t).code()).collect::<Vec<_>>().join(",")
}

fn text_of<'a>(
    text: &'a town::Text,
    (sheet, id): (&town::ConnectingSheet, ConnectingSheetId),
    home: Option<usize>,
    at: Instant,
    command: CommandId,
) -> NewText<'a> {
    NewText {
        field: codes::field(text.field),
        form: None,
        desk: sheet.from_desk,
        author: Some(sheet.liaison),
        home,
        subjects: text.subjects,
        categories: codes::categories(text.categories),
        body: Cow::Borrowed(text.body.as_str()),
        occurred: at,
        recorded: at,
        told: None,
        about: About { sheet: Some(id), ..About::default() },
        state: EntryState::Valid,
        command,
    }
}

/// What the liaison was told, or is still owed.
fn feedback(
    world: &mut World<'_>,
    tables: &mut Tables,
    (number, sheet, planned): (usize, &town::ConnectingSheet, &SheetPlan),
    (home, _person): (Option<usize>, Option<PersonId>),
) {
    let Some(task) = planned.feedback else { return };
    let told = sheet.answer.as_ref().map(|_| answered(world, sheet));
    let at = told.unwrap_or_else(|| world.past(sheet.written_at));
    let id: FeedbackId = world.id(at);
    let by = By { staff: planned.coordinator, desk: planned.provider, on: world.town.today, recorded: at };
    let command = world.act(tables, "feedback.give", by, id.to_string());
    let entry: Option<EntryId> = world.town.sheets[number].answer.as_ref().map(|words| {
        let categories: Categories = [Category::Basic, Category::Support].into_iter().collect();
        let new = NewText {
            field: Field::Feedback,
            form: None,
            desk: planned.provider,
            author: planned.coordinator,
            home,
            subjects: town::Subjects::default(),
            categories,
            body: Cow::Borrowed(words.as_str()),
            occurred: at,
            recorded: at,
            told: None,
            about: About { sheet: Some(planned.id), ..About::default() },
            state: EntryState::Valid,
            command,
        };
        let entry = world.text(tables, new);
        let records = [(RecordKind::Entry, entry.cast(), categories)];
        let handed = Handed {
            kind: "feedback",
            id: id.cast(),
            records: &records,
            desk: sheet.from_desk,
            staff: Some(sheet.liaison),
            article: if home.is_some() { "pipa_69_2_1" } else { "pipa_69_2_2" },
            at,
            effective: Some(at),
            ended: None,
            command,
        };
        world.provide(tables, handed);
        entry
    });
    let days = world.town.today.0 - sheet.written_at.day.0;
    let read_at = told.filter(|_| days > 14).map(|at| at.plus_hours(26).min(world.now));
    world.feedback.push(args![
        world.m,
        id,
        None::<ThingId>,
        planned.id,
        world.desk(planned.provider),
        world.desk(sheet.from_desk),
        world.user(sheet.liaison),
        task,
        "",
        entry,
        told,
        read_at,
        command,
    ]);
}
