//! A session of a confidential conference that is over: its minutes are approved, lie in the compartment of its matter, and hold
//! lines that may be told at one's own desk (持ち帰り可).

use access::RecordKind;
use engine::args;
use household::entry::About as Place;
use household::{EntryState, Field};
use words::Instant;
use words::code::Code;
use words::id::{BodyId, MaterialId, MinutesSectionId};

use crate::between::command;
use crate::matters::said_categories;
use crate::sessions::{About, Here, Open, invite, item, meeting};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::{NewText, World};

/// Writes it: on the day the matter was talked over, with the members who were there.
pub(crate) fn held(world: &mut World<'_>, tables: &mut Tables, here: &Here<'_>, body: BodyId, open: &Open) {
    let starts = Instant::at(open.held.day(), 14, 0).min(world.now.plus_hours(-2));
    let to = meeting(world, tables, here, body, ("meeting_secret", starts, "held", false));
    let about = About {
        body,
        meeting: Some(to.id),
        subject: "",
        state: "concluded",
        matter: Some(open),
        initiator: Some(world.desk(open.initiator)),
    };
    let id = item(world, tables, here, &about, 1);
    tables.row(Table::AgendaParty, args![world.m, id, world.desk(here.office.0), "provider"]);
    tables.row(Table::AgendaParty, args![world.m, id, world.desk(open.initiator), "section"]);
    for (desk, staff) in &open.there {
        let why = if *desk == here.office.0 { "provider" } else { "section" };
        invite(world, tables, here, &to, (*desk, Some(*staff)), (why, "attends", "room"));
    }
    minutes(world, tables, here, open, (to.id, starts, id));
}

fn minutes(
    world: &mut World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    open: &Open,
    (meeting, starts, item): (words::id::MeetingId, Instant, words::id::AgendaItemId),
) {
    let at = starts.plus_hours(24).min(world.now);
    let approved = starts.plus_hours(48).min(world.now);
    let made = command(world, tables, "minutes.write", here.office, at);
    let none: Option<words::Day> = None;
    tables.row(Table::Minutes, args![world.m, meeting, "approved", 1, none, none, 4, made]);
    let (desk, user) = (world.desk(here.office.0), world.user(here.office.1));
    let row = args![world.m, meeting, 1, approved.day(), "members", approved, desk, user, none, made];
    tables.row(Table::MinutesEdition, row);
    let new = NewText {
        field: Field::Minutes,
        form: None,
        desk: here.office.0,
        author: Some(here.office.1),
        home: Some(open.home),
        subjects: town::Subjects(0),
        categories: said_categories(),
        body: say(&world.texts.between, "minutes_secret").into(),
        occurred: at,
        recorded: at,
        told: None,
        about: Place { matter: Some(open.id), ..Place::default() },
        state: EntryState::Valid,
        command: made,
    };
    let entry = world.text(tables, &new);
    let material: MaterialId = world.id(at);
    let kind = RecordKind::Entry.code();
    tables.row(
        Table::MatterMaterial,
        args![
            world.m,
            material,
            open.id,
            kind,
            entry,
            said_categories(),
            "minutes",
            desk,
            user,
            at,
            at,
            made,
            made
        ],
    );
    let t = &world.texts.between;
    let parts = [
        ("opening", None, "minutes_opening"),
        ("item", Some(item), ""),
        ("closing", None, "minutes_closing"),
    ];
    for (part, of, key) in parts {
        let id: MinutesSectionId = world.id(at);
        tables.row(Table::MinutesSection, args![world.m, id, meeting, part, of, 1, made]);
        if of.is_some() {
            tables.row(Table::MinutesWords, args![world.m, id, 1, entry, at, desk, user, made]);
        } else {
            tables.row(Table::MinutesText, args![world.m, id, 1, say(t, key), at, desk, user, made]);
        }
        tables.row(Table::MinutesEditionText, args![world.m, meeting, 1, id, 1]);
    }
}
