//! Plausible looks of the last weeks, so that the page of who saw what has something to show.

use access::{Basis, RecordKind};
use engine::args;
use words::Instant;
use words::code::Code;
use words::id::{AccessId, AppointmentId, ThingId, UserId};

use crate::plan::Plan;
use crate::support::person_categories;
use crate::tables::{Table, Tables};
use crate::world::World;

/// Records of support whose writers looked at the household before.
const RECORDS: usize = 900;
/// Consultations whose writers came back to them.
const CONSULTATIONS: usize = 500;

struct Seen {
    at: Instant,
    user: UserId,
    seat: Option<AppointmentId>,
    channel: &'static str,
    kind: RecordKind,
    record: ThingId,
    basis: Basis,
}

/// Writes the looks in the order of time.
pub(crate) fn write(world: &World<'_>, plan: &Plan, tables: &mut Tables) {
    let mut looks = Vec::new();
    records(world, plan, &mut looks);
    consultations(world, plan, &mut looks);
    looks.sort_by_key(|l| l.at);
    for look in looks {
        let id: AccessId = world.id(look.at);
        let categories =
            if look.kind == RecordKind::Person { person_categories() } else { access::Categories::all() };
        tables.row(
            Table::AccessLog,
            args![
                world.m,
                id,
                look.at,
                look.user,
                look.seat,
                look.channel,
                "read",
                look.kind.code(),
                look.record,
                categories,
                look.basis.code(),
                None::<ThingId>,
            ],
        );
    }
}

/// Whoever wrote a record looked at the people of the household before, by the same basis.
fn records(world: &World<'_>, plan: &Plan, looks: &mut Vec<Seen>) {
    let town = world.town;
    let mut recent: Vec<usize> = (0..town.records.len()).collect();
    recent.sort_by_key(|at| std::cmp::Reverse(town.records[*at].recorded_at));
    for at in recent.into_iter().take(RECORDS) {
        let r = &town.records[at];
        let case = &plan.cases[r.case as usize];
        // Another desk's household is seen by consent only, which the story does not tell for every day.
        let Some(home) = world.home_at.get(&case.home).filter(|_| case.home.1 == r.desk) else { continue };
        let when = world.past(r.recorded_at).plus_minutes(-6);
        for person in &world.homes[*home].persons {
            looks.push(Seen {
                at: when,
                user: world.user(r.author),
                seat: world.seat(r.author, r.desk, r.recorded_at.day),
                channel: "page",
                kind: RecordKind::Person,
                record: person.cast(),
                basis: Basis::OwnRecord,
            });
        }
    }
}

fn consultations(world: &World<'_>, plan: &Plan, looks: &mut Vec<Seen>) {
    for (c, planned) in world.town.consultations.iter().zip(&plan.consultations).rev().take(CONSULTATIONS) {
        if planned.state.is_none() {
            continue;
        }
        let when = world.past(c.recorded_at);
        for (nth, channel) in (0_i64..).zip(["page", "list"]) {
            let at = when.plus_minutes(12 + nth * 95).min(world.now);
            looks.push(Seen {
                at,
                user: world.user(c.author),
                seat: world.seat(c.author, c.desk, c.recorded_at.day),
                channel,
                kind: RecordKind::Consultation,
                record: planned.id.cast(),
                basis: Basis::OwnRecord,
            });
        }
    }
}
