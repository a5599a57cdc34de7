//! The five tables of the implementation plan, as the city's plan has them; the words of the roles are our own.

use std::collections::HashMap;

use access::Right;
use engine::{Act, Broken, Fail};
use register::plan::{self, Item, Row, Set};
use register::{ConsultableBy, Position, Programme, Statutory};
use words::Day;
use words::calendar::fiscal_year;
use words::code::Code;
use words::id::AgencyProgrammeId;

use crate::codes;
use crate::world::World;

/// The mark of a line that stands for all of a programme but some.
const SET: &str = "all_of:";

/// Writes the rows; a set last, since it points to rows.
pub(crate) async fn write(act: &mut Act, right: &Right, world: &World<'_>) -> Result<(), Fail> {
    let from = begins(world.today).ok_or_else(|| wrong("first day"))?;
    let mut known = plan::Plan::default();
    let mut rows: Vec<Row> = Vec::new();
    // Sets leave out rows by the agency's name in the plan.
    let mut called: HashMap<(Programme, &str), AgencyProgrammeId> = HashMap::new();
    let mut sets: Vec<(usize, &str)> = Vec::new();
    for line in &world.town.agency_programmes {
        let programme = codes::programme(line.programme);
        let item = Item {
            name: plan::without_mark(line.item).to_owned(),
            count: line.count.map(i64::from),
            unit: line.unit.to_owned(),
            note: if line.item.is_empty() { String::new() } else { line.note.to_owned() },
            statutory: Statutory::parse(line.statutory).ok_or_else(|| wrong(line.statutory))?,
            base: line.base.to_owned(),
        };
        if let Some(row) = rows.last_mut().filter(|r| (r.programme, r.row_no) == (programme, line.row.into()))
        {
            row.items.push(item);
            continue;
        }
        let set = line.note.strip_prefix(SET);
        let named = world.town.agencies.iter().position(|a| a.name == line.agency);
        let agency = named.or(match line.agencies.as_slice() {
            [one] => Some(*one as usize),
            _ => None,
        });
        let delivery = register::rules::parse_delivery(&line.delivery.join(";"));
        let row = Row {
            id: world.id(world.now),
            version: 0,
            programme,
            from,
            ended: false,
            row_no: line.row.into(),
            starts_block: line.starts_block,
            agency: agency.map(|at| world.agencies[at]),
            name: if named.is_some() { String::new() } else { line.agency.to_owned() },
            note: if set.is_some() || !line.item.is_empty() { String::new() } else { line.note.to_owned() },
            excludes: line.excludes.to_owned(),
            asked_by: ConsultableBy::parse(line.asked_by).unwrap_or(ConsultableBy::Anyone),
            sections: line.sections.iter().map(|s| (*s).to_owned()).collect(),
            contractor: line.contractor.to_owned(),
            delivery: delivery.ok_or_else(|| wrong(line.agency))?,
            position: Position::parse(line.position).ok_or_else(|| wrong(line.position))?,
            role: plan::save_role(act, right, &mut known, None, line.role, from).await?,
            set: None,
            items: vec![item],
            command: None,
        };
        called.insert((programme, line.agency), row.id);
        sets.extend(set.map(|set| (rows.len(), set)));
        rows.push(row);
    }
    for (at, set) in &sets {
        let mut parts = set.split(';');
        let programme = parts.next().and_then(Programme::parse).ok_or_else(|| wrong(set))?;
        let except = parts
            .filter_map(|p| p.strip_prefix("except:"))
            .map(|name| called.get(&(programme, name)).copied().ok_or_else(|| wrong(name)))
            .collect::<Result<_, _>>()?;
        rows[*at].set = Some(Set { programme, except });
    }
    let (last, first): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|r| r.set.is_some());
    for row in first.iter().chain(&last) {
        plan::save_row(act, right, row).await?;
    }
    since_then(act, right, world, &first).await
}

/// The plan was made public in April; since then one row counts more places, and another will from next April on.
async fn since_then(act: &mut Act, right: &Right, world: &World<'_>, rows: &[Row]) -> Result<(), Fail> {
    let year = fiscal_year(world.today);
    let april = |year| Day::new(year, 4, 1).ok_or_else(|| wrong("first day"));
    let title = &world.texts.publication;
    implementation_plan::publish(act, right, title, april(year)?, april(year)?).await?;
    let counts =
        |programme, n| rows.iter().find(move |r| r.programme == programme && r.items[0].count == Some(n));
    let summer = april(year)?.plus_days(91).min(world.today);
    let changes = [
        (counts(Programme::CommunityBuilding, 11), summer),
        (counts(Programme::ComprehensiveConsultation, 19), april(year + 1)?),
    ];
    for (row, from) in changes {
        let Some(row) = row else { continue };
        let mut next = Row { version: 1, from, ..row.clone() };
        next.items[0].count = next.items[0].count.map(|n| n + 1);
        plan::save_row(act, right, &next).await?;
    }
    Ok(())
}

/// The plan began in April 2023; a town set before that has it from its own April on.
fn begins(today: Day) -> Option<Day> {
    Day::new(fiscal_year(today).min(2023), 4, 1)
}

fn wrong(what: &str) -> Fail {
    Fail::Broken(Broken::Outside(format!("the plan of the town: {what}")))
}
