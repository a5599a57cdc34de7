//! つなぐシート: written by a liaison, taken up by the provider's coordinator, and what the liaison was told.

use std::borrow::Cow;

use access::{Categories, Category, RecordKind};
use consent::{ConsentState, GivenBy, Purpose};
use engine::{Broken, Conn, args};
use household::entry::About;
use household::{EntryState, Field};
use town::SheetState;
use words::Instant;
use words::code::Code;
use words::id::{CommandId, ConnectingSheetId, ConsentId, EntryId, FeedbackId, PersonId, ThingId};

use crate::plan::{ConsultationPlan, Plan, SheetPlan, has_consent};
use crate::support::person_categories;
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
        write_one(world, plan, tables, (number, sheet, planned));
        tables.relieve(conn).await?;
    }
    Ok(())
}

fn write_one(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    (number, sheet, planned): (usize, &town::ConnectingSheet, &SheetPlan),
) {
    let at = world.past(sheet.written_at);
    let by = By { staff: Some(sheet.liaison), desk: sheet.from_desk, on: sheet.written_at.day, recorded: at };
    let command = world.act(tables, "sheet.write", by, planned.id.to_string());
    world.commands.sheets.insert(number, command);
    // Without consent a sheet names nobody: no household, no person and no text.
    let household = sheet.household.filter(|_| has_consent(sheet));
    let key = household.map(|h| (h, sheet.from_desk));
    let home = key.map(|k| people::home(world, tables, k, Some(sheet.liaison), at, command));
    let member = sheet.member.unwrap_or(0);
    let person = home.and_then(|h| world.homes[h].persons.get(usize::from(member)).copied());
    // Whoever is named is taken up; a notice that names nobody is answered, or waits.
    let state = match (home, sheet.state) {
        (Some(_), _) => "taken",
        (None, SheetState::Answered) => "answered",
        (None, SheetState::Sent | SheetState::Received) => "sent",
    };
    let open = state == "sent";
    let topics = topics(world, sheet);
    let became = planned.consultation.map(|at| plan.consultations[at].id);
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
            topics.iter().map(|t| codes::matter(*t).code()).collect::<Vec<_>>().join(","),
            became,
            planned.guard.filter(|_| open),
            open.then_some("open"),
            command,
        ],
    );
    if let (Some(home), Some(person), Some(at_plan)) = (home, person, planned.consultation) {
        consent(world, tables, (sheet, planned), (home, person), at, command);
        taken(
            world,
            tables,
            (sheet, planned),
            (at_plan, &plan.consultations[at_plan]),
            (home, person),
            &topics,
        );
        for text in &world.town.sheets[number].texts {
            let new = text_of(text, (sheet, planned.id), Some(home), at, command);
            world.text(tables, &new);
        }
    }
    feedback(world, tables, (number, sheet, planned), home);
}

/// The matters of the consultation it became; otherwise what such a place mostly notices.
fn topics(world: &World<'_>, sheet: &town::ConnectingSheet) -> Vec<town::Topic> {
    let of = sheet.became.map(|c| &world.town.consultations[c as usize].topics);
    let agency = &world.town.agencies[world.agency_of(sheet.from_desk) as usize];
    let child = matches!(agency.field, town::Field::Child | town::Field::Education);
    let usual = [if child { town::Topic::ChildRearing } else { town::Topic::Income }];
    of.map_or_else(|| usual.to_vec(), Clone::clone)
}

fn text_of<'a>(
    text: &'a town::Text,
    (sheet, id): (&town::ConnectingSheet, ConnectingSheetId),
    home: Option<usize>,
    at: Instant,
    command: CommandId,
) -> NewText<'a> {
    NewText {
        // A sheet has one text: what the person wants told.
        field: Field::Words,
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

/// What the person agreed to: that the provider knows.
fn consent(
    world: &mut World<'_>,
    tables: &mut Tables,
    (sheet, planned): (&town::ConnectingSheet, &SheetPlan),
    (home, person): (usize, PersonId),
    at: Instant,
    command: CommandId,
) {
    let id: ConsentId = world.id(at);
    let texts = sheet.texts.iter().map(|t| codes::categories(t.categories));
    let categories = texts.fold(person_categories(), Categories::union);
    let form = sheet.consent.map_or(town::ConsentForm::Oral, |f| f);
    let liaison = &world.town.staff[sheet.liaison as usize];
    let oral = form == town::ConsentForm::Oral;
    let witness = if oral { format!("{} {}", liaison.surname, liaison.given) } else { String::new() };
    let purposes = [Purpose::Support.code(), Purpose::Cooperation.code()].join(",");
    let (open, never, none) = (None::<words::Day>, None::<Instant>, None::<ThingId>);
    tables.row(
        Table::Consent,
        args![
            world.m,
            id,
            ConsentState::Given.code(),
            person,
            GivenBy::Itself.code(),
            "",
            form.code(),
            witness,
            categories,
            purposes,
            at.day(),
            open,
            at,
            never,
            world.desk(world.homes[home].desk),
            none,
            command,
        ],
    );
    let row = args![world.m, id, "desk", world.desk(planned.provider), none, at];
    tables.row(Table::ConsentRecipient, row);
    world.share_person(person, planned.provider);
}

/// The provider's consultation. Household and person stay the liaison's records.
fn taken(
    world: &mut World<'_>,
    tables: &mut Tables,
    (sheet, planned): (&town::ConnectingSheet, &SheetPlan),
    (at_plan, consultation): (usize, &ConsultationPlan),
    (home, person): (usize, PersonId),
    topics: &[town::Topic],
) {
    let on = sheet.written_at.day.business(1);
    let at = world.past(on.at(560));
    let by = By { staff: planned.coordinator, desk: planned.provider, on, recorded: at };
    let command = world.act(tables, "sheet.take", by, consultation.id.to_string());
    world.commands.consultations.insert(at_plan, command);
    let household = world.homes[home].household;
    let occurred = world.past(sheet.written_at);
    let open = consultation.state == Some("open");
    tables.row(
        Table::Consultation,
        args![
            world.m,
            consultation.id,
            consultation.state,
            world.desk(planned.provider),
            planned.coordinator.map(|s| world.user(s)),
            world.desk(planned.provider),
            occurred,
            at.max(occurred),
            "sheet",
            town::Route::Agency.code(),
            "",
            false,
            false,
            world.homes[home].id,
            person,
            town::Urgency::Normal.code(),
            world.district(household),
            world.age_band(household, sheet.member.unwrap_or(0), occurred),
            consultation.disposition,
            None::<ThingId>,
            planned.id,
            consultation.guard.filter(|_| open),
            open.then_some("open"),
            command,
        ],
    );
    for (nth, topic) in topics.iter().enumerate() {
        let row = args![world.m, consultation.id, codes::matter(*topic).code(), nth == 0];
        tables.row(Table::Topic, row);
    }
}

/// What the liaison was told, or is still owed.
fn feedback(
    world: &mut World<'_>,
    tables: &mut Tables,
    (number, sheet, planned): (usize, &town::ConnectingSheet, &SheetPlan),
    home: Option<usize>,
) {
    let Some(task) = planned.feedback else { return };
    let told = sheet.answer.as_ref().map(|_| answered(world, sheet));
    let at = told.unwrap_or_else(|| world.past(sheet.written_at));
    let id: FeedbackId = world.id(at);
    let by = By { staff: planned.coordinator, desk: planned.provider, on: world.town.today, recorded: at };
    let command = world.act(tables, "feedback.give", by, id.to_string());
    let entry: Option<EntryId> = world.town.sheets[number].answer.as_ref().map(|words| {
        let categories: Categories = Categories::NONE.with(Category::Support);
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
        let entry = world.text(tables, &new);
        let records = [(RecordKind::Entry, entry.cast(), categories)];
        let handed = Handed {
            kind: "feedback",
            id: id.cast(),
            records: &records,
            desk: sheet.from_desk,
            staff: Some(sheet.liaison),
            // The programme's own duty; see the answer of a sheet in intake.
            article: "pipa_69_1",
            at,
            effective: Some(at),
            ended: None,
            command,
        };
        world.provide(tables, &handed);
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
        match (told, home) {
            (None, _) => "",
            (Some(_), Some(_)) => "supported",
            (Some(_), None) => "watching",
        },
        entry,
        told,
        read_at,
        command,
    ]);
}
