//! The register: areas, bodies, agencies, the plan, contracts, desks, who is responsible, and who sits where.

use std::collections::HashMap;

use engine::{Broken, args};
use register::{NameKind, SuccessorKind};
use town::{ChangeKind, Field, Programme};
use words::code::Code;
use words::id::{AgencyId, AreaSystemId, ContractId, LegalEntityId, PostId, ThingId};

use crate::codes;
use crate::tables::{Table, Tables};
use crate::world::{World, day};

/// 全国地方公共団体コード of the town.
const MUNICIPALITY_CODE: &str = "142051";
/// Since when the register goes back, where the town does not say.
const LONG_AGO: &str = "2015-04-01";

/// Writes the register.
pub(crate) fn write(world: &World<'_>, tables: &mut Tables) -> Result<(), Broken> {
    tables.row(Table::MunicipalityCode, args![world.m, MUNICIPALITY_CODE, LONG_AGO]);
    // Everybody uses the same accounts in a demonstration.
    tables.row(Table::Setting, args![world.m, "totp", "forbidden"]);
    areas(world, tables);
    let entities = entities(world, tables);
    let former = agencies(world, tables, &entities);
    let contracts = contracts(world, tables, &former);
    desks(world, tables, &contracts)?;
    responsibilities(world, tables);
    staff(world, tables);
    Ok(())
}

fn areas(world: &World<'_>, tables: &mut Tables) {
    let town = world.town;
    let systems: Vec<AreaSystemId> = town.area_systems.iter().map(|_| world.id(world.now)).collect();
    for (system, id) in town.area_systems.iter().zip(&systems) {
        tables.row(Table::AreaSystem, args![world.m, *id, system.name]);
    }
    for (area, id) in town.areas.iter().zip(&world.areas) {
        let system = systems[area.system as usize];
        tables.row(Table::Area, args![world.m, *id, system, area.code, area.name, area.note]);
    }
    for quarter in &town.quarters {
        for area in &quarter.areas {
            let area = world.areas[*area as usize];
            tables.row(Table::TownArea, args![world.m, &quarter.name, area, LONG_AGO]);
        }
    }
}

fn entities(world: &World<'_>, tables: &mut Tables) -> Vec<LegalEntityId> {
    let ids: Vec<LegalEntityId> = world.town.legal_entities.iter().map(|_| world.id(world.now)).collect();
    for (entity, id) in world.town.legal_entities.iter().zip(&ids) {
        tables.row(Table::LegalEntity, args![world.m, *id, entity.name, codes::entity(entity.kind).code()]);
    }
    ids
}

/// How many departments stand above an agency: those above are written first.
fn depth(world: &World<'_>, agency: u32) -> usize {
    let mut at = agency;
    let mut depth = 0;
    while let Some(parent) = world.town.agencies[at as usize].parent {
        (at, depth) = (parent, depth + 1);
        if depth > world.town.agencies.len() {
            break;
        }
    }
    depth
}

/// Writes the agencies with their names; the former contractors, by the agency that followed.
fn agencies(world: &World<'_>, tables: &mut Tables, entities: &[LegalEntityId]) -> HashMap<u32, AgencyId> {
    let town = world.town;
    let mut order: Vec<u32> = (0..).take(town.agencies.len()).collect();
    order.sort_by_key(|at| (depth(world, *at), *at));
    for at in order {
        let a = &town.agencies[at as usize];
        let id = world.agencies[at as usize];
        agency(
            world,
            tables,
            a,
            id,
            entities[a.legal_entity as usize],
            (day(a.valid_from), a.valid_until.map(day)),
        );
        names(world, tables, at, id);
    }
    let mut former = HashMap::new();
    for change in &town.agency_changes {
        let Some(kind) = codes::successor(change.kind) else { continue };
        let (now, from) = (world.agencies[change.agency as usize], day(change.on));
        for gone in &change.predecessors {
            let gone = world.agencies[*gone as usize];
            tables.row(Table::AgencySuccessor, args![world.m, gone, now, kind.code(), from]);
        }
        if kind == SuccessorKind::Contractor {
            let before = town.contracts.iter().find(|c| c.agency == change.agency && c.from < change.on);
            if let Some(before) = before {
                let a = &town.agencies[change.agency as usize];
                let (id, last) = (world.id(world.now), from.plus_days(-1));
                let entity = entities[before.contractor as usize];
                agency(world, tables, a, id, entity, (day(a.valid_from), Some(last)));
                name(world, tables, id, NameKind::Official, &a.name, (day(a.valid_from), Some(last)));
                tables.row(Table::AgencySuccessor, args![world.m, id, now, kind.code(), from]);
                former.insert(change.agency, id);
            }
        }
    }
    former
}

type Days = (words::Day, Option<words::Day>);

fn agency(
    world: &World<'_>,
    tables: &mut Tables,
    a: &town::Agency,
    id: AgencyId,
    entity: LegalEntityId,
    (from, until): Days,
) {
    let opening: String = (0..7).map(|d| if a.opening_days & (1 << d) == 0 { '0' } else { '1' }).collect();
    tables.row(
        Table::Agency,
        args![
            world.m,
            id,
            entity,
            a.parent.map(|p| world.agencies[p as usize]),
            codes::agency_field(a.field).code(),
            a.area.map(|at| world.areas[at as usize]),
            &a.phone,
            a.has_login,
            codes::consultable(a.field).code(),
            opening,
            from,
            until,
        ],
    );
}

fn name(
    world: &World<'_>,
    tables: &mut Tables,
    id: AgencyId,
    kind: NameKind,
    name: &str,
    (from, until): Days,
) {
    let key = match kind {
        NameKind::Reading => words::name::reading_key(name),
        NameKind::Official | NameKind::Alias | NameKind::Slip => words::name::name_key(name),
    };
    tables.row(Table::AgencyName, args![world.m, id, kind.code(), name, key, from, until]);
}

/// The official name since the last change, the one before, the reading, and what people say instead.
fn names(world: &World<'_>, tables: &mut Tables, at: u32, id: AgencyId) {
    let a = &world.town.agencies[at as usize];
    let (from, until) = (day(a.valid_from), a.valid_until.map(day));
    let renamed = world.town.agency_changes.iter().find(|c| c.agency == at && c.kind == ChangeKind::Renamed);
    match renamed {
        Some(change) => {
            let on = day(change.on);
            name(world, tables, id, NameKind::Official, &change.old_name, (from, Some(on.plus_days(-1))));
            name(world, tables, id, NameKind::Official, &a.name, (on, until));
        }
        None => name(world, tables, id, NameKind::Official, &a.name, (from, until)),
    }
    if !a.reading.is_empty() {
        name(world, tables, id, NameKind::Reading, &a.reading, (from, until));
    }
    let mut seen = Vec::new();
    for alias in &a.aliases {
        if !seen.contains(&alias) {
            seen.push(alias);
            name(world, tables, id, NameKind::Alias, alias, (from, until));
        }
    }
}

fn contracts(world: &World<'_>, tables: &mut Tables, former: &HashMap<u32, AgencyId>) -> Vec<ContractId> {
    let mut ids = Vec::with_capacity(world.town.contracts.len());
    for c in &world.town.contracts {
        let id: ContractId = world.id(world.now);
        let today = world.town.agencies[c.agency as usize].legal_entity;
        let contractor = former
            .get(&c.agency)
            .filter(|_| c.contractor != today)
            .copied()
            .unwrap_or(world.agencies[c.agency as usize]);
        let section = world.agencies[c.section as usize];
        let title = format!("{} {}", c.number, c.title);
        tables
            .row(Table::Contract, args![world.m, id, title, contractor, section, day(c.from), day(c.until)]);
        let mut carried = Vec::new();
        for programme in &c.programmes {
            if !carried.contains(programme) {
                carried.push(*programme);
                let programme = codes::programme(*programme).code();
                tables.row(Table::ContractProgramme, args![world.m, id, programme]);
            }
        }
        ids.push(id);
    }
    ids
}

/// The desk to which the records of a desk pass: of the agency it was merged into, or of the section that pays.
fn heir(world: &World<'_>, desk: u32) -> Option<u32> {
    let d = &world.town.desks[desk as usize];
    let heir = if d.valid_until.is_some() {
        world.heir_of_ended(desk)
    } else {
        let contract = &world.town.contracts[d.contract? as usize];
        world.desk_of(contract.section, d.programme)
    };
    heir.filter(|h| *h != desk)
}

fn desks(world: &World<'_>, tables: &mut Tables, contracts: &[ContractId]) -> Result<(), Broken> {
    // Heirs first: a desk points to its own.
    let mut left: Vec<u32> = (0..).take(world.town.desks.len()).collect();
    let mut written = vec![false; left.len()];
    while !left.is_empty() {
        let before = left.len();
        left.retain(|at| {
            let heir = heir(world, *at);
            if heir.is_some_and(|h| !written[h as usize]) {
                return true;
            }
            written[*at as usize] = true;
            let d = &world.town.desks[*at as usize];
            tables.row(
                Table::Desk,
                args![
                    world.m,
                    world.desk(*at),
                    i64::from(*at) + 1,
                    world.agencies[d.agency as usize],
                    codes::programme(d.programme).code(),
                    d.contract.map(|c| contracts[c as usize]),
                    day(d.valid_from),
                    d.valid_until.map(day),
                    heir.map(|h| world.desk(h)),
                ],
            );
            false
        });
        if left.len() == before {
            return Err(Broken::Outside("demonstration: heirs of desks run in a circle".to_owned()));
        }
    }
    Ok(())
}

/// For what an agency of a field is the right one to go to. What no field is responsible for, and the districts
/// whose window does not take up a matter, are gaps that the page shows.
const fn matters(field: Field) -> &'static [&'static str] {
    match field {
        Field::Elderly => &["care"],
        Field::Poverty => &["income", "debt", "rent_loan", "no_food"],
        Field::Disability | Field::Medical => &["illness_disability"],
        Field::Child => &["child_rearing", "dv_abuse"],
        Field::Education => &["hikikomori_school"],
        Field::Work => &["job_search", "work_trouble"],
        Field::Housing => &["housing"],
        Field::Tax => &["tax_utility"],
        Field::General => &["community", "other"],
        Field::Health => &["illness_disability", "child_rearing"],
        Field::Community | Field::Safety => &[],
    }
}

fn responsibilities(world: &World<'_>, tables: &mut Tables) {
    let town = world.town;
    let mut seen = vec![false; town.agencies.len()];
    for (number, d) in town.desks.iter().enumerate() {
        let a = &town.agencies[d.agency as usize];
        let here =
            d.valid_until.is_none() && d.programme == Programme::ComprehensiveConsultation && a.has_login;
        if !here || std::mem::replace(&mut seen[d.agency as usize], true) {
            continue;
        }
        for (nth, matter) in matters(a.field).iter().enumerate() {
            // Some districts have nobody for neighbours' troubles yet.
            if *matter == "community" && a.area.is_none_or(|at| at % 4 == 1) {
                continue;
            }
            if *matter == "other" && a.area.is_some() {
                continue;
            }
            let id: ThingId = world.id(world.now);
            let confirmed = ((number + nth) % 7 != 3)
                .then(|| world.today.plus_days(-i64::try_from((number * 37 + nth * 11) % 430).unwrap_or(0)));
            let area = a.area.map(|at| world.areas[at as usize]);
            let desk = world.desks[number];
            let from = day(a.valid_from);
            let row = args![world.m, id, desk, area, *matter, &a.phone, from, confirmed];
            tables.row(Table::Responsibility, row);
        }
    }
}

/// Posts, people, appointments; the list of transfers as appointments that end and begin.
fn staff(world: &World<'_>, tables: &mut Tables) {
    let town = world.town;
    let posts: Vec<PostId> = town.posts.iter().map(|_| world.id(world.now)).collect();
    for (post, id) in town.posts.iter().zip(&posts) {
        let role = codes::role(post.role).code();
        tables.row(Table::Post, args![world.m, *id, world.desk(post.desk), role, &post.title]);
    }
    for (person, id) in town.staff.iter().zip(&world.users) {
        let name = format!("{} {}", person.surname, person.given);
        let line = person.demo.unwrap_or_default();
        tables.row(Table::User, args![world.m, *id, &person.login, name, &person.reading, line]);
    }
    let mut ends: HashMap<u32, words::Day> = HashMap::new();
    for transfer in &town.transfers {
        ends.insert(transfer.ends, day(transfer.on).plus_days(-1));
    }
    let area = |post: u32| town.posts[post as usize].area.map(|at| world.areas[at as usize]);
    for ((at, a), id) in (0_u32..).zip(&town.appointments).zip(&world.appointments) {
        let until = ends.get(&at).copied().or(a.until.map(day));
        let (user, post) = (world.user(a.staff), posts[a.post as usize]);
        let row = args![world.m, *id, user, post, area(a.post), day(a.from), until, a.instrument];
        tables.row(Table::Appointment, row);
    }
    for transfer in &town.transfers {
        let Some(to) = transfer.to_post else { continue };
        let id: words::id::AppointmentId = world.id(world.now);
        let instrument = town.appointments[transfer.ends as usize].instrument;
        let (user, post, open) = (world.user(transfer.staff), posts[to as usize], None::<words::Day>);
        let row = args![world.m, id, user, post, area(to), day(transfer.on), open, instrument];
        tables.row(Table::Appointment, row);
    }
}
