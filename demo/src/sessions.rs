//! Bodies and their sessions: three of them, with one session behind and some ahead, invitations answered and not, an item that waits,
//! a matter on an agenda, and the homework of whoever had to come and did not.

use engine::args;
use task::TaskKind;
use words::Instant;
use words::id::{
    AgendaItemId, BodyId, BodyMemberId, CaseId, CommandId, DeskId, InviteeId, MatterId, MeetingId,
};

use crate::after::{self, Given};
use crate::between::{Owed, WORKERS, after, command, owe};
use crate::minutes::{self, Over};
use crate::secret;
use crate::tables::{Table, Tables};
use crate::texts::say;
use crate::triages::seated;
use crate::world::World;

/// A matter that is open, to be talked over: whose case, and the desk that brought it.
pub(crate) struct Open {
    pub id: MatterId,
    pub case: CaseId,
    /// The household, as the desk that brought it recorded it.
    pub home: usize,
    pub initiator: u32,
    /// The day on which it was talked over.
    pub held: Instant,
    /// Its members who have pledged: who was there that day.
    pub there: Vec<Seat>,
}

/// One desk with somebody of it.
type Seat = (u32, u32);

pub(crate) struct Here<'a> {
    pub office: Seat,
    pub made: CommandId,
    others: &'a [Seat],
    silent: Option<u32>,
}

/// Writes them; `others` are desks whose people come, `silent` one where nobody can sign in.
pub(crate) fn write(world: &mut World<'_>, tables: &mut Tables, open: Option<&Open>) {
    let Some(office) = world.coordinator() else { return };
    let mut others: Vec<Seat> = Vec::new();
    let mut silent = None;
    for desk in 0..u32::try_from(world.town.desks.len()).unwrap_or(0) {
        if desk == office.0 || !world.stands(desk) {
            continue;
        }
        if !world.signs(desk) {
            silent = silent.or(Some(desk));
        } else if let Some(staff) = seated(world, desk, WORKERS, Some(office.1))
            && others.len() < 4
        {
            others.push((desk, staff));
        }
    }
    if others.len() < 2 {
        return;
    }
    let made = command(world, tables, "body.found", office, world.now.plus_hours(-24 * 200));
    let here = Here { office, made, others: &others, silent };
    let first = body(
        world,
        tables,
        &here,
        ("guideline", "monthly", Some(3)),
        ("integrated", &["integrated", "support_conference"]),
    );
    let second = body(
        world,
        tables,
        &here,
        ("guideline", "as_needed", None),
        ("confidential", &["support_conference"]),
    );
    let third = body(world, tables, &here, ("statutory", "both", Some(5)), ("care", &["community_care"]));
    past(world, tables, &here, first);
    coming(world, tables, &here, first);
    if let Some(open) = open {
        secret::held(world, tables, &here, second, open);
        confidential(world, tables, &here, second, open);
    }
    written(world, tables, &here, third);
}

fn day_after(world: &World<'_>, days: i64) -> Instant {
    let day = world.now.day().plus_days(days);
    Instant::at(words::calendar::add_business_days(&words::calendar::OpeningDays::default(), day, 0), 14, 0)
}

fn body(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (form, rhythm, capacity): (&str, &str, Option<i64>),
    (key, positions): (&str, &[&str]),
) -> BodyId {
    let id: BodyId = world.id(world.now.plus_hours(-24 * 200));
    let text = |part: &str| say(&world.texts.between, &format!("body_{key}{part}")).to_owned();
    let from = world.now.day().plus_days(-200);
    tables.row(
        Table::Body,
        args![
            world.m,
            id,
            text("").as_str(),
            form,
            world.desk(here.office.0),
            text("_purpose").as_str(),
            text("_about").as_str(),
            rhythm,
            text("_rhythm").as_str(),
            capacity,
            from,
            here.made
        ],
    );
    for position in positions {
        tables.row(Table::BodyPosition, args![world.m, id, *position]);
    }
    let seats = [here.office].into_iter().chain(here.others.iter().copied().take(2));
    for (n, (desk, staff)) in seats.enumerate() {
        let Some(seat) = world.seat(staff, desk, world.town.today) else { continue };
        let member: BodyMemberId = world.id(world.now.plus_hours(-24 * 199));
        let title = if n == 0 { "chair" } else { "member" };
        let row =
            args![world.m, member, id, world.desk(desk), world.user(staff), seat, title, from, here.made];
        tables.row(Table::BodyMember, row);
    }
    id
}

pub(crate) struct Told {
    pub id: MeetingId,
    pub starts: Instant,
    state: &'static str,
}

pub(crate) fn meeting(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    body: BodyId,
    (key, starts, state, writing): (&str, Instant, &'static str, bool),
) -> Told {
    let id: MeetingId = world.id(starts.plus_hours(-24 * 20));
    let title = say(&world.texts.between, key);
    let place = if writing { "" } else { say(&world.texts.between, "meeting_place") };
    let invited = (starts.plus_hours(-24 * 14)).min(world.now.plus_hours(-2));
    let answer_by = starts.day().plus_days(-5);
    tables.row(
        Table::Meeting,
        args![
            world.m,
            id,
            body,
            world.desk(here.office.0),
            title,
            starts,
            starts.plus_minutes(90),
            place,
            !writing,
            writing,
            answer_by,
            state,
            invited,
            here.made
        ],
    );
    if state == "planned" {
        promise(world, tables, here, (TaskKind::HoldSession, id.cast()), here.office, after(starts, 0));
    }
    Told { id, starts, state }
}

fn promise(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    (kind, thing): (TaskKind, words::id::ThingId),
    (desk, staff): Seat,
    due: Instant,
) {
    let owed =
        Owed { kind, thing, desk, assignee: Some(staff).filter(|_| desk != here.office.0), due, done: None };
    owe(world, tables, &owed, here.made);
}

/// Who is invited to the whole session: each with a reason, an answer and, afterwards, how they were there.
pub(crate) fn invite(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    to: &Told,
    (desk, staff): (u32, Option<u32>),
    (why, reply, attendance): (&str, &str, &str),
) -> InviteeId {
    let id: InviteeId = world.id(to.starts.plus_hours(-24 * 14));
    let item: Option<AgendaItemId> = None;
    let obligatory = matches!(why, "provider" | "municipality" | "section");
    let answered = (!reply.is_empty()).then(|| to.starts.plus_hours(-24 * 10).min(world.now));
    tables.row(
        Table::Invitee,
        args![
            world.m,
            id,
            to.id,
            item,
            world.desk(desk),
            staff.map(|s| world.user(s)),
            why,
            obligatory,
            reply,
            answered,
            attendance,
            here.made
        ],
    );
    if to.state == "planned" && reply.is_empty() {
        let due = Instant::at(to.starts.day().plus_days(-5).max(world.now.day()), 17, 0);
        match staff {
            Some(staff) if world.signs(desk) => {
                promise(world, tables, here, (TaskKind::AnswerInvitation, id.cast()), (desk, staff), due);
            }
            _ => promise(world, tables, here, (TaskKind::FetchInvitation, id.cast()), here.office, due),
        }
    }
    if obligatory && attendance == "absent" {
        let due = after(to.starts, 5).max(after(world.now, 2));
        let who = staff.unwrap_or(here.office.1);
        promise(world, tables, here, (TaskKind::MakeUp, id.cast()), (desk, who), due);
    }
    id
}

pub(crate) struct About<'a> {
    pub body: BodyId,
    pub meeting: Option<MeetingId>,
    pub subject: &'a str,
    pub state: &'static str,
    pub matter: Option<&'a Open>,
    pub initiator: Option<DeskId>,
}

pub(crate) fn item(
    world: &World<'_>,
    tables: &mut Tables,
    here: &Here<'_>,
    about: &About<'_>,
    n: i64,
) -> AgendaItemId {
    let at = world.now.plus_hours(-24 * 9);
    let id: AgendaItemId = world.id(at);
    let ended = (about.state == "concluded").then_some(at);
    tables.row(
        Table::AgendaItem,
        args![
            world.m,
            id,
            about.body,
            about.meeting,
            about.matter.map(|o| o.id),
            about.matter.map(|o| o.case),
            about.subject,
            if about.matter.is_some() { "support_conference" } else { "" },
            about.matter.is_some(),
            about.state,
            about.initiator,
            n,
            world.desk(here.office.0),
            world.user(here.office.1),
            at,
            ended,
            here.made
        ],
    );
    id
}

fn general<'a>(body: BodyId, meeting: Option<MeetingId>, subject: &'a str, state: &'static str) -> About<'a> {
    About { body, meeting, subject, state, matter: None, initiator: None }
}

fn past(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, body: BodyId) {
    let to = meeting(world, tables, here, body, ("meeting_past", day_after(world, -25), "held", false));
    let t = &world.texts.between;
    let mut items = Vec::new();
    for (n, key, said) in [(1, "subject_one", "minutes_one"), (2, "subject_two", "minutes_two")] {
        let about = general(body, Some(to.id), say(t, key), "concluded");
        items.push((item(world, tables, here, &about, n), said));
    }
    let provider = ("provider", "attends", "room");
    let office = invite(world, tables, here, &to, (here.office.0, Some(here.office.1)), provider);
    let ways = [("core", "attends", "late"), ("section", "absent", "absent"), ("core", "online", "online")];
    let mut there = Vec::new();
    for (seat, way) in here.others.iter().zip(ways) {
        let id = invite(world, tables, here, &to, (seat.0, Some(seat.1)), way);
        there.extend((way.2 != "absent").then_some((*seat, id)));
    }
    there.push((here.office, office));
    if let [(first, _), ..] = items[..] {
        let given = Given { meeting: to.id, item: first, starts: to.starts, office: here.office, there };
        after::write(world, tables, &given, here.silent);
    }
    let others: Vec<Seat> = here.others.iter().copied().take(3).collect();
    minutes::out(
        world,
        tables,
        &Over { meeting: to.id, starts: to.starts, items, office: here.office, others, silent: here.silent },
    );
    before_that(world, tables, here, body);
}

/// The session before: its minutes are approved and go round.
fn before_that(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, body: BodyId) {
    let to = meeting(world, tables, here, body, ("meeting_before", day_after(world, -56), "held", false));
    let about = general(body, Some(to.id), say(&world.texts.between, "subject_six"), "concluded");
    let items = vec![(item(world, tables, here, &about, 1), "minutes_three")];
    let others: Vec<Seat> = here.others.iter().copied().take(3).collect();
    for seat in std::iter::once(&here.office).chain(&others) {
        invite(world, tables, here, &to, (seat.0, Some(seat.1)), ("core", "attends", "room"));
    }
    if let Some(desk) = here.silent {
        invite(world, tables, here, &to, (desk, None), ("guest", "attends", "room"));
    }
    minutes::approved(
        world,
        tables,
        &Over { meeting: to.id, starts: to.starts, items, office: here.office, others, silent: here.silent },
    );
}

fn coming(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, body: BodyId) {
    let to = meeting(world, tables, here, body, ("meeting_coming", day_after(world, 12), "planned", false));
    let t = &world.texts.between;
    item(world, tables, here, &general(body, Some(to.id), say(t, "subject_three"), "scheduled"), 1);
    invite(world, tables, here, &to, (here.office.0, Some(here.office.1)), ("provider", "attends", ""));
    for (n, seat) in here.others.iter().enumerate() {
        let reply = if n == 0 { "attends" } else { "" };
        invite(world, tables, here, &to, (seat.0, Some(seat.1)), ("core", reply, ""));
    }
    if let Some(desk) = here.silent {
        invite(world, tables, here, &to, (desk, None), ("guest", "", ""));
    }
    let waits = item(world, tables, here, &general(body, None, say(t, "subject_four"), "proposed"), 0);
    promise(world, tables, here, (TaskKind::PlaceItem, waits.cast()), here.office, after(world.now, 3));
}

fn confidential(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, body: BodyId, open: &Open) {
    let to =
        meeting(world, tables, here, body, ("meeting_confidential", day_after(world, 5), "planned", false));
    let about = About {
        body,
        meeting: Some(to.id),
        subject: "",
        state: "scheduled",
        matter: Some(open),
        initiator: Some(world.desk(open.initiator)),
    };
    let id = item(world, tables, here, &about, 1);
    tables.row(Table::AgendaParty, args![world.m, id, world.desk(here.office.0), "provider"]);
    tables.row(Table::AgendaParty, args![world.m, id, world.desk(open.initiator), "section"]);
    invite(world, tables, here, &to, (here.office.0, Some(here.office.1)), ("provider", "attends", ""));
    let staff = seated(world, open.initiator, WORKERS, Some(here.office.1));
    invite(world, tables, here, &to, (open.initiator, staff), ("section", "", ""));
}

fn written(world: &World<'_>, tables: &mut Tables, here: &Here<'_>, body: BodyId) {
    let to = meeting(world, tables, here, body, ("meeting_written", day_after(world, 9), "planned", true));
    let t = &world.texts.between;
    item(world, tables, here, &general(body, Some(to.id), say(t, "subject_five"), "scheduled"), 1);
    invite(world, tables, here, &to, (here.office.0, Some(here.office.1)), ("core", "", ""));
    for seat in here.others.iter().take(2) {
        invite(world, tables, here, &to, (seat.0, Some(seat.1)), ("core", "", ""));
    }
}
