//! Consultations at the windows, with what was said; and the drafts people left lying.

use std::borrow::Cow;

use engine::{Broken, Conn, args};
use household::EntryState;
use household::entry::About;
use town::ConsultationState;
use words::code::Code;
use words::id::{CommandId, DraftId, ThingId};
use words::{Instant, wareki};

use crate::plan::{ConsultationPlan, Plan};
use crate::tables::{Table, Tables};
use crate::world::{By, NewText, World};
use crate::{codes, people};

/// Writes the consultations in the order of time.
pub(crate) async fn write(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    conn: &mut Conn<'_>,
) -> Result<(), Broken> {
    for (at, (c, planned)) in world.town.consultations.iter().zip(&plan.consultations).enumerate() {
        if planned.state.is_some() {
            consultation(world, plan, tables, (at, c, planned));
        } else {
            draft(world, tables, c);
        }
        tables.relieve(conn).await?;
    }
    Ok(())
}

fn consultation(
    world: &mut World<'_>,
    plan: &Plan,
    tables: &mut Tables,
    (at, c, planned): (usize, &town::Consultation, &ConsultationPlan),
) {
    let town = world.town;
    let (occurred, recorded) = (world.past(c.occurred_at), world.past(c.recorded_at));
    let by = By { staff: Some(c.author), desk: c.desk, on: c.occurred_at.day, recorded };
    let command = world.act(tables, "consultation.write", by, planned.id.to_string());
    world.commands.consultations.insert(at, command);
    let home =
        c.household.map(|h| people::home(world, tables, (h, c.desk), Some(c.author), recorded, command));
    let focus = c.household.map(|h| town.households[h as usize].focus);
    let case = planned.case.map(|k| plan.cases[k].id);
    let open = planned.state == Some("open");
    tables.row(
        Table::Consultation,
        args![
            world.m,
            planned.id,
            planned.state,
            world.desk(c.desk),
            world.user(c.author),
            world.desk(c.desk),
            occurred,
            recorded,
            c.channel.code(),
            c.route.code(),
            c.who_came,
            c.household.is_none() && !c.third_party,
            c.third_party,
            home.map(|h| world.homes[h].id),
            home.zip(focus).and_then(|(h, f)| world.homes[h].persons.get(usize::from(f)).copied()),
            c.urgency.code(),
            c.household.and_then(|h| world.district(h)),
            c.household.zip(focus).map_or_else(String::new, |(h, f)| world.age_band(h, f, occurred)),
            planned.disposition,
            case,
            None::<ThingId>,
            planned.guard.filter(|_| open),
            open.then_some("open"),
            command,
        ],
    );
    for (nth, topic) in c.topics.iter().enumerate() {
        let topic = codes::matter(*topic).code();
        tables.row(Table::Topic, args![world.m, planned.id, topic, nth == 0]);
    }
    let state = if planned.state == Some("entered_in_error") {
        EntryState::EnteredInError
    } else {
        EntryState::Valid
    };
    for text in &town.consultations[at].texts {
        let new = NewText {
            field: codes::field(text.field),
            form: None,
            desk: c.desk,
            author: Some(c.author),
            home,
            subjects: text.subjects,
            categories: codes::categories(text.categories),
            body: Cow::Borrowed(text.body.as_str()),
            occurred,
            recorded,
            told: None,
            // What was said at the window goes on in the case it led to.
            about: About { consultation: Some(planned.id), case, ..About::default() },
            state,
            command,
        };
        world.text(tables, &new);
    }
}

/// A consultation still being written: the form as it was typed, for its author alone.
fn draft(world: &World<'_>, tables: &mut Tables, c: &town::Consultation) {
    debug_assert_eq!(c.state, ConsultationState::Draft);
    let at = world.past(c.recorded_at);
    let occurred = world.past(c.occurred_at);
    let mut pairs: Vec<(String, String)> = vec![
        ("occurred".to_owned(), wareki::show_wareki_short(occurred.day())),
        ("time".to_owned(), format!("{}:{:02}", occurred.hour(), occurred.minute())),
        ("channel".to_owned(), c.channel.code().to_owned()),
        ("route".to_owned(), c.route.code().to_owned()),
        ("came_as".to_owned(), c.who_came.to_owned()),
        ("urgency".to_owned(), c.urgency.code().to_owned()),
    ];
    for topic in &c.topics {
        pairs.push(("topics".to_owned(), codes::matter(*topic).code().to_owned()));
    }
    for text in &c.texts {
        let field = codes::field(text.field).code();
        pairs.push((field.to_owned(), text.body.clone()));
        pairs.push((format!("{field}_cat"), "auto".to_owned()));
    }
    keep(world, tables, (c.author, "consultation", None), at, pairs);
}

/// Writes a draft of somebody's form.
pub(crate) fn keep(
    world: &World<'_>,
    tables: &mut Tables,
    (author, kind, about): (u32, &'static str, Option<ThingId>),
    at: Instant,
    mut pairs: Vec<(String, String)>,
) {
    let (id, command): (DraftId, CommandId) = (world.id(at), world.id(at));
    pairs.push(("command".to_owned(), command.to_string()));
    pairs.push(("draft".to_owned(), id.to_string()));
    pairs.push(("draft_kind".to_owned(), kind.to_owned()));
    if let Some(about) = about {
        pairs.push(("draft_about".to_owned(), about.to_string()));
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    tables.row(Table::Draft, args![world.m, id, world.user(author), kind, about, body, 1_i64, at]);
}
