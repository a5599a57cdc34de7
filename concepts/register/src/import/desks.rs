//! `desks`: agencies and their desks one by one, for what the plan's tables do not name: the nineteen centres behind
//! one row of the plan, the police, a clinic without login.

use std::collections::HashSet;

use access::Right;
use engine::{Act, Fail};
use words::Day;
use words::code::Code;

use crate::acts::NewAgency;
use crate::import::resolve::Directory;
use crate::import::table::Line;
use crate::import::{Cells, Problem, Report};
use crate::rules::{ConsultableBy, EntityKind, Field, Programme, Span, weekdays, write_weekdays};
use crate::sql::{self, find, write};

/// Beside these: `reading`, `aliases` (`;`), `legal_entity`, `entity_kind`, `field`, `parent`, `area_system`, `area`,
/// `phone`, `place`, `opening` (seven 0 or 1, Monday first), `login` (yes, no), `consultable_by`.
pub(crate) const COLUMNS: &[&str] = &["agency", "programme", "from"];

struct Wanted<'a> {
    line: &'a Line,
    name: String,
    programme: Programme,
    from: Day,
    reading: String,
    aliases: Vec<String>,
    entity: String,
    kind: EntityKind,
    field: Field,
    parent: String,
    phone: String,
    place: String,
    opening: [bool; 7],
    login: bool,
    consultable_by: ConsultableBy,
}

fn parse<'a>(lines: &'a [Line], problems: &mut Vec<Problem>) -> Vec<Wanted<'a>> {
    let mut seen = HashSet::new();
    let mut wanted = Vec::new();
    for line in lines {
        let mut cells = Cells::new(line, problems);
        let name = cells.required("agency");
        let programme: Option<Programme> = cells.required_code("programme", "programme");
        let from = cells.required_day("from");
        let opening = line.cell("opening");
        if !opening.is_empty() && write_weekdays(weekdays(opening)) != opening {
            cells.problem("opening", "import.opening");
        }
        if !matches!(line.cell("login"), "" | "yes" | "no") {
            cells.problem("login", "import.yes_no");
        }
        if !line.cell("phone").is_empty() && words::input::phone(line.cell("phone")).is_err() {
            cells.problem("phone", "import.phone");
        }
        if !seen.insert((words::name::name_key(&name), programme)) {
            cells.problem("agency", "import.twice");
        }
        let item = (
            cells.code("entity_kind", "entity").unwrap_or(EntityKind::Corporation),
            cells.code("field", "field").unwrap_or(Field::General),
            cells.code("consultable_by", "consultable").unwrap_or(ConsultableBy::Anyone),
        );
        let (reading, entity, parent) =
            (cells.text("reading"), cells.text("legal_entity"), cells.text("parent"));
        let (phone, place) = (cells.text("phone"), cells.text("place"));
        let aliases = cells
            .text("aliases")
            .split(';')
            .map(str::trim)
            .filter(|a| !a.is_empty())
            .map(str::to_owned)
            .collect();
        if let (Some(programme), Some(from)) = (programme, from) {
            wanted.push(Wanted {
                line,
                programme,
                from,
                reading,
                aliases,
                parent,
                phone,
                place,
                // Without a legal entity of its own it is one by itself: never silently inside another.
                entity: if entity.is_empty() { name.clone() } else { entity },
                name,
                kind: item.0,
                field: item.1,
                opening: weekdays(opening),
                login: line.cell("login") != "no",
                consultable_by: item.2,
            });
        }
    }
    wanted
}

pub(crate) async fn load(
    act: &mut Act,
    right: &Right,
    lines: &[Line],
    on: Day,
    report: &mut Report,
) -> Result<(), Fail> {
    let wanted = parse(lines, &mut report.problems);
    let at = act.municipality();
    let mut directory = Directory::load(&mut act.facts()?, at).await?;
    let mut entities = find::legal_entity_list(&mut act.facts()?, at).await?;
    let areas = sql::area_list(&mut act.facts()?, at, "").await?;
    for w in wanted {
        let day = w.from.max(on);
        let known = directory.agency(&w.name, day).or_else(|| directory.agency(&w.name, w.from));
        let (system, area) = (w.line.cell("area_system"), w.line.cell("area"));
        let area_id = areas
            .iter()
            .find(|a| (system.is_empty() || a.system == system) && (a.name == area || a.code == area))
            .map(|a| a.id);
        let mut cells = Cells::new(w.line, &mut report.problems);
        if !area.is_empty() && area_id.is_none() {
            cells.problem("area", "import.no_area");
        }
        let parent = directory.agency(&w.parent, day);
        if !w.parent.is_empty() && parent.is_none() {
            cells.problem("parent", "import.no_agency");
        }
        if !report.problems.is_empty() {
            continue;
        }
        let agency = if let Some(agency) = known {
            agency
        } else {
            let legal_entity = if let Some(id) = entities.get(&w.entity) {
                *id
            } else {
                let id = act.new_id();
                write::legal_entity_add(&mut act.save(right)?, at, id, &w.entity, w.kind).await?;
                report.made("legal_entity");
                entities.insert(w.entity.clone(), id);
                id
            };
            let id = act.new_id();
            let agency = NewAgency {
                reading: w.reading,
                aliases: w.aliases,
                parent,
                field: w.field,
                area: area_id,
                phone: w.phone,
                place: w.place,
                has_login: w.login,
                consultable_by: w.consultable_by,
                weekdays: w.opening,
                ..NewAgency::new(&w.name, legal_entity, w.from)
            };
            write::agency_add(&mut act.save(right)?, at, id, &agency).await?;
            report.made("agency");
            directory.add(&w.name, id, Span { from: w.from, to: None });
            id
        };
        let programme = w.programme.code();
        if !directory
            .desks
            .iter()
            .any(|d| d.agency == agency && d.programme == programme && !d.span.ended_before(day))
        {
            let id = act.new_id();
            write::desk_add(&mut act.save(right)?, at, id, (agency, programme), None, w.from, None).await?;
            report.made("desk");
        }
    }
    Ok(())
}
