//! Minutes of sessions that are over: those of the last one are out for comment, with something said about them; those before are
//! approved, and go round.

use engine::{Broken, Conn, args};
use task::TaskKind;
use words::Instant;
use words::id::{
    AgendaItemId, CirculationId, CommandId, MeetingId, MeetingMaterialId, MinutesCommentId, MinutesSectionId,
    MunicipalityId, TaskId, UserId,
};

use crate::between::{Owed, after, command, owe};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::World;

/// A session that is over.
pub(crate) struct Over {
    pub meeting: MeetingId,
    pub starts: Instant,
    /// Its items that are about nobody, with the keys of what was said.
    pub items: Vec<(AgendaItemId, &'static str)>,
    /// Desk and person of the secretariat.
    pub office: (u32, u32),
    /// Desks and people who were there.
    pub others: Vec<(u32, u32)>,
    /// A desk at which nobody can sign in.
    pub silent: Option<u32>,
}

/// Writes the sections of a session; the first item's is what comments are about.
fn sections(
    world: &World<'_>,
    tables: &mut Tables,
    o: &Over,
    made: CommandId,
    at: Instant,
) -> Vec<MinutesSectionId> {
    let t = &world.texts.between;
    let opening = (None, "opening", "minutes_opening");
    let closing = (None, "closing", "minutes_closing");
    let items = o.items.iter().map(|(id, key)| (Some(*id), "item", *key));
    let mut ids = Vec::new();
    for (item, part, key) in std::iter::once(opening).chain(items).chain([closing]) {
        let id: MinutesSectionId = world.id(at);
        tables.row(Table::MinutesSection, args![world.m, id, o.meeting, part, item, 1, made]);
        let (desk, user) = (world.desk(o.office.0), world.user(o.office.1));
        tables.row(Table::MinutesText, args![world.m, id, 1, say(t, key), at, desk, user, made]);
        ids.push(id);
    }
    ids
}

/// What was given on paper.
fn materials(world: &World<'_>, tables: &mut Tables, o: &Over, made: CommandId) {
    let at = o.starts.plus_hours(-24);
    for (n, key) in (1_i64..).zip(["material_one", "material_two"]) {
        let id: MeetingMaterialId = world.id(at);
        let number = say(&world.texts.between, "material_number").replace("{n}", &n.to_string());
        let title = say(&world.texts.between, key);
        let kind = if n == 1 { "numbered" } else { "on_day" };
        tables.row(
            Table::MeetingMaterial,
            args![world.m, id, o.meeting, number.as_str(), kind, title, n, made],
        );
        let desk = world.desk(o.office.0);
        tables.row(Table::MeetingMaterialVersion, args![world.m, id, 1, at, n > 1, desk, made]);
    }
}

/// Out for comment: one member has said something, the others still look.
pub(crate) fn out(world: &World<'_>, tables: &mut Tables, o: &Over) {
    let at = o.starts.plus_hours(24 * 6);
    let made = command(world, tables, "minutes.write", o.office, at);
    let until = world.now.day().plus_days(6);
    let none: Option<words::Day> = None;
    tables.row(Table::Minutes, args![world.m, o.meeting, "comment", 0, until, none, 3, made]);
    let sections = sections(world, tables, o, made, at);
    materials(world, tables, o, made);
    let due = Instant::at(until, 17, 0);
    let owed = |kind, desk, assignee| Owed { kind, thing: o.meeting.cast(), desk, assignee, due, done: None };
    owe(world, tables, &owed(TaskKind::WriteMinutes, o.office.0, None), made);
    for (n, (desk, staff)) in o.others.iter().enumerate() {
        owe(world, tables, &owed(TaskKind::CommentMinutes, *desk, Some(*staff)), made);
        if n > 0 {
            continue;
        }
        let at = at.plus_hours(50).min(world.now);
        let said = command(world, tables, "minutes.say", (*desk, *staff), at);
        let id: MinutesCommentId = world.id(at);
        let Some(section) = sections.get(1).copied() else { continue };
        let words = say(&world.texts.between, "minutes_comment");
        tables.row(
            Table::MinutesComment,
            args![world.m, id, o.meeting, section, world.desk(*desk), world.user(*staff), words, at, said],
        );
    }
}

/// Approved, and round the sections: some have read it.
pub(crate) fn approved(world: &World<'_>, tables: &mut Tables, o: &Over) {
    let at = o.starts.plus_hours(24 * 8);
    let made = command(world, tables, "minutes.write", o.office, at);
    let none: Option<words::Day> = None;
    tables.row(Table::Minutes, args![world.m, o.meeting, "approved", 1, none, none, 4, made]);
    let sections = sections(world, tables, o, made, at);
    let (desk, user) = (world.desk(o.office.0), world.user(o.office.1));
    let on = o.starts.plus_hours(24 * 20);
    tables.row(
        Table::MinutesEdition,
        args![world.m, o.meeting, 1, on.day(), "chair", on, desk, user, on, made],
    );
    for section in &sections {
        tables.row(Table::MinutesEditionText, args![world.m, o.meeting, 1, *section, 1]);
    }
    let sent = world.now.plus_hours(-24 * 5);
    let made = command(world, tables, "circulation.send", o.office, sent);
    let round: CirculationId = world.id(sent);
    let due = world.now.day().plus_days(9);
    tables.row(Table::Circulation, args![world.m, round, o.meeting, "minutes", due, sent, desk, user, made]);
    let no_task: Option<TaskId> = None;
    if let Some(silent) = o.silent {
        let owed = Owed {
            kind: TaskKind::TellCirculation,
            thing: round.cast(),
            desk: o.office.0,
            assignee: None,
            due: after(sent, 10),
            done: None,
        };
        let task = owe(world, tables, &owed, made);
        let (told, by): (Option<Instant>, Option<UserId>) = (None, None);
        tables.row(Table::CirculationDesk, args![world.m, round, world.desk(silent), told, by, task]);
    }
    for (n, (desk, staff)) in o.others.iter().enumerate() {
        let read = (n == 0).then(|| sent.plus_hours(20).min(world.now));
        let told = read.map(|at| at.plus_hours(24).min(world.now));
        let by = told.map(|_| world.user(*staff));
        tables.row(Table::CirculationDesk, args![world.m, round, world.desk(*desk), told, by, no_task]);
        let owed = Owed {
            kind: TaskKind::ReadCirculation,
            thing: round.cast(),
            desk: *desk,
            assignee: Some(*staff),
            due: after(sent, 10),
            done: read,
        };
        let task = owe(world, tables, &owed, made);
        tables.row(
            Table::CirculationReader,
            args![world.m, round, world.desk(*desk), world.user(*staff), read, task],
        );
    }
}

/// Each approval keeps who was there, as those that are made here do.
pub(crate) async fn keep_attendance(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<(), Broken> {
    conn.exec(
        "INSERT INTO minutes_edition_session (municipality_id, meeting_id, edition) \
         SELECT municipality_id, meeting_id, edition FROM minutes_edition WHERE municipality_id = $1",
        args![m],
    )
    .await?;
    conn.exec(
        "INSERT INTO minutes_edition_attendance (municipality_id, meeting_id, edition, invitee_id, attendance, title) \
         SELECT e.municipality_id, e.meeting_id, e.edition, i.id, i.attendance, COALESCE((SELECT b.title FROM body_member b \
         WHERE b.municipality_id = k.municipality_id AND b.body_id = k.body_id AND b.desk_id = i.desk_id \
         AND b.user_id = i.user_id), '') FROM minutes_edition e \
         JOIN meeting k ON k.municipality_id = e.municipality_id AND k.id = e.meeting_id \
         JOIN invitee i ON i.municipality_id = e.municipality_id AND i.meeting_id = e.meeting_id \
         WHERE e.municipality_id = $1",
        args![m],
    )
    .await?;
    Ok(())
}
