//! What came out of a session: homework that is under way, late and done, who is told of it, and somebody who asks.

use engine::args;
use task::TaskKind;
use words::Instant;
use words::id::{AgendaItemId, HomeworkId, InviteeId, ItemNoticeId, ItemQuestionId, MeetingId};

use crate::between::{Owed, after, command, owe};
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::world::World;

/// The item of a session that was held, and who was there besides the secretariat.
pub(crate) struct Given {
    pub meeting: MeetingId,
    pub item: AgendaItemId,
    pub starts: Instant,
    pub office: (u32, u32),
    pub there: Vec<((u32, u32), InviteeId)>,
}

/// Writes it; `silent` is a desk where nobody can sign in.
pub(crate) fn write(world: &World<'_>, tables: &mut Tables, g: &Given, silent: Option<u32>) {
    let [(one, first), (two, second), ..] = g.there[..] else { return };
    let at = g.starts.plus_minutes(60);
    let made = command(world, tables, "session.homework", g.office, at);
    let kept = after(g.starts, 8).min(world.now.plus_hours(-3));
    let late = after(g.starts, 10).min(world.now.plus_hours(-20));
    let next = after(world.now, 8);
    let owed = |kind, id: HomeworkId, (desk, staff): (u32, Option<u32>), due, done| Owed {
        kind,
        thing: id.cast(),
        desk,
        assignee: staff,
        due,
        done,
    };
    let lines = [
        ("homework_one", one, TaskKind::Homework, next, None),
        ("homework_two", two, TaskKind::Homework, kept, Some(kept)),
    ];
    let mut news = Vec::new();
    for (key, (desk, staff), kind, due, done) in lines {
        let id: HomeworkId = world.id(at);
        let result = if done.is_some() { say(&world.texts.between, "homework_done") } else { "" };
        let what = say(&world.texts.between, key);
        let (desk_id, user) = (world.desk(desk), world.user(staff));
        tables.row(
            Table::Homework,
            args![world.m, id, g.meeting, g.item, desk_id, user, what, done.is_none(), at, result, made],
        );
        owe(world, tables, &owed(kind, id, (desk, Some(staff)), due, done), made);
        news.extend(done.map(|on| ("done", id, on, first)));
    }
    if let Some(desk) = silent {
        let id: HomeworkId = world.id(at);
        let (what, nobody) = (say(&world.texts.between, "homework_three"), None::<words::id::UserId>);
        let row = args![world.m, id, g.meeting, g.item, world.desk(desk), nobody, what, false, at, "", made];
        tables.row(Table::Homework, row);
        owe(world, tables, &owed(TaskKind::HearHomework, id, (g.office.0, None), late, None), made);
        news.extend([("overdue", id, late, first), ("overdue", id, late, second)]);
    }
    for (what, of, on, to) in news {
        let id: ItemNoticeId = world.id(on);
        let row = args![world.m, id, g.item, to, what, of, on, world.now.plus_hours(-2), made];
        tables.row(Table::ItemNotice, row);
    }
    for ((desk, staff), told) in [(one, first), (two, second)] {
        let read = Owed {
            kind: TaskKind::ReadAfter,
            thing: told.cast(),
            desk,
            assignee: Some(staff),
            due: after(world.now, 10),
            done: None,
        };
        owe(world, tables, &read, made);
    }
    let asked = world.now.plus_hours(-26);
    let question: ItemQuestionId = world.id(asked);
    let asking = command(world, tables, "session.ask_after", two, asked);
    let (from, who) = (world.desk(two.0), world.user(two.1));
    let row = args![world.m, question, g.item, from, who, world.desk(g.office.0), asked, asking];
    tables.row(Table::ItemQuestion, row);
    let tell = Owed {
        kind: TaskKind::TellAfter,
        thing: question.cast(),
        desk: g.office.0,
        assignee: None,
        due: after(asked, 5),
        done: None,
    };
    owe(world, tables, &tell, asking);
}
