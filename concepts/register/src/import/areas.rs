//! `areas.csv`: 地区 and ブロック, several overlapping systems.

use std::collections::HashSet;

use access::Right;
use engine::{Act, Fail};

use crate::import::table::Line;
use crate::import::{Cells, Problem, Report};
use crate::sql::{self, find, write};

pub(crate) const COLUMNS: &[&str] = &["system", "code", "name", "note"];

/// An area as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    system: String,
    code: String,
    name: String,
    note: String,
}

pub(crate) fn parse(lines: &[Line], problems: &mut Vec<Problem>) -> Vec<Area> {
    let mut seen = HashSet::new();
    let mut areas = Vec::new();
    for line in lines {
        let mut cells = Cells::new(line, problems);
        let area = Area {
            system: cells.required("system"),
            code: cells.required("code"),
            name: cells.required("name"),
            note: cells.text("note"),
        };
        if !seen.insert((area.system.clone(), area.code.clone())) {
            cells.problem("code", "import.twice");
        }
        areas.push(area);
    }
    areas
}

pub(crate) async fn load(
    act: &mut Act,
    right: &Right,
    lines: &[Line],
    report: &mut Report,
) -> Result<(), Fail> {
    let areas = parse(lines, &mut report.problems);
    if !report.problems.is_empty() {
        return Ok(());
    }
    let at = act.municipality();
    let mut systems = find::area_system_list(&mut act.facts()?, at).await?;
    let known = sql::area_list(&mut act.facts()?, at, "").await?;
    for area in areas {
        let system = if let Some(system) = systems.get(&area.system) {
            *system
        } else {
            let system = act.new_id();
            write::area_system_add(&mut act.save(right)?, at, system, &area.system).await?;
            report.made("area_system");
            systems.insert(area.system.clone(), system);
            system
        };
        if let Some(there) = known.iter().find(|k| k.system == area.system && k.code == area.code) {
            write::area_update(&mut act.save(right)?, at, there.id, &area.name, &area.note).await?;
        } else {
            let id = act.new_id();
            let texts = (area.code.as_str(), area.name.as_str(), area.note.as_str());
            write::area_add(&mut act.save(right)?, at, id, system, texts).await?;
            report.made("area");
        }
    }
    Ok(())
}
