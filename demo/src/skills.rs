//! スキルと経験: what colleagues say they can, whom they know and what they would like to learn; some of it confirmed.

use engine::args;
use learning::{Level, Skill};
use town::Role;
use words::code::Code;

use crate::between::command;
use crate::tables::{Table, Tables};
use crate::world::World;

/// What the people one can sign in as say, in the order in which the town names them; those after them take up the same lists.
const SAID: &[&[(Skill, Level)]] = &[
    &[
        (Skill::Outreach, Level::Teaches),
        (Skill::Youth, Level::Teaches),
        (Skill::Neighbours, Level::Does),
        (Skill::Mind, Level::Learning),
    ],
    &[(Skill::Family, Level::Teaches), (Skill::Facilitation, Level::Does), (Skill::Court, Level::Learning)],
    &[(Skill::Poverty, Level::Teaches), (Skill::Work, Level::Does), (Skill::Interview, Level::Does)],
    &[(Skill::Elderly, Level::Teaches), (Skill::Clinic, Level::Does), (Skill::Rights, Level::Learning)],
    &[(Skill::Assessment, Level::Teaches), (Skill::Elderly, Level::Does), (Skill::Abuse, Level::Does)],
    &[(Skill::Disability, Level::Teaches), (Skill::Clinic, Level::Does), (Skill::Youth, Level::Learning)],
    &[(Skill::Interview, Level::Teaches), (Skill::Crisis, Level::Does), (Skill::Foreign, Level::Learning)],
    &[(Skill::Child, Level::Does), (Skill::School, Level::Teaches)],
    &[(Skill::Mind, Level::Does), (Skill::Child, Level::Does), (Skill::Clinic, Level::Teaches)],
];

/// Of those nobody signs in as, one in so many says something.
const EVERY: u32 = 5;

/// Writes them. The first person of the demonstration who leads confirms what others said.
pub(crate) fn write(world: &World<'_>, tables: &mut Tables) {
    let today = world.town.today;
    let seat = |staff: &town::Staff| {
        staff.appointments.iter().find_map(|at| {
            let a = &world.town.appointments[*at as usize];
            let post = &world.town.posts[a.post as usize];
            let works =
                matches!(post.role, Role::Caseworker | Role::AgencyLead | Role::Coordinator | Role::Liaison);
            let now = a.from <= today && a.until.is_none_or(|last| today <= last);
            (works && now).then_some(post.desk)
        })
    };
    let senior = world.coordinator();
    let mut n = 0;
    for (at, staff) in (0_u32..).zip(&world.town.staff) {
        let Some(desk) = seat(staff).filter(|_| staff.demo.is_some() || at % EVERY == 0) else { continue };
        let Some(said) = SAID.get(n % SAID.len()) else { continue };
        n += 1;
        let when = world.now.plus_hours(-24 * (40 + i64::from(at % 50)));
        let made = command(world, tables, "skill.say", (desk, at), when);
        for (skill, level) in *said {
            let confirmed = senior.filter(|(_, who)| *level == Level::Teaches && *who != at);
            let row = args![
                world.m,
                world.user(at),
                skill.code(),
                level.code(),
                when,
                confirmed.map(|(_, who)| world.user(who)),
                confirmed.map(|_| when.plus_hours(24 * 7)),
                made
            ];
            tables.row(Table::Skill, row);
        }
    }
}
