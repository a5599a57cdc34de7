//! `responsibilities`: which desk answers for which matter, in which district or in the whole town (R-013, R-173,
//!

use access::Right;
use engine::{Act, Fail};
use words::code::Code;
use words::id::{AreaId, DeskId};

use crate::acts::NewResponsibility;
use crate::import::resolve::Directory;
use crate::import::table::Line;
use crate::import::{Cells, Problem, Report};
use crate::rules::{Matter, Programme, Span};
use crate::sql::find::{self, Known};
use crate::sql::{self, write};

/// Beside these: `district` (name or code, with its system in front after a slash when several systems have it; empty is
/// the whole town), `programme`, `contact`, `to`, `confirmed_on`.
pub(crate) const COLUMNS: &[&str] = &["matter", "agency", "from"];

struct Wanted<'a> {
    line: &'a Line,
    district: String,
    matter: Matter,
    agency: String,
    programme: Option<Programme>,
    contact: String,
    span: Span,
    confirmed: Option<words::Day>,
}

fn parse<'a>(lines: &'a [Line], problems: &mut Vec<Problem>) -> Vec<Wanted<'a>> {
    let mut wanted = Vec::new();
    for line in lines {
        let mut cells = Cells::new(line, problems);
        let district = cells.text("district");
        let matter: Option<Matter> = cells.required_code("matter", "matter");
        let (agency, programme) = (cells.required("agency"), cells.code("programme", "programme"));
        let contact = cells.text("contact");
        let (from, to) = (cells.required_day("from"), cells.day("to"));
        let confirmed = cells.day("confirmed_on");
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            cells.problem("to", "import.span");
        }
        if let (Some(matter), Some(from), false) = (matter, from, agency.is_empty()) {
            let span = Span { from, to };
            wanted.push(Wanted { line, district, matter, agency, programme, contact, span, confirmed });
        }
    }
    wanted
}

/// The area a cell names: `name`, `code`, or `system/name`. Errors are the sentence.
fn area_of(areas: &[crate::AreaInfo], cell: &str) -> Result<Option<AreaId>, &'static str> {
    if cell.is_empty() {
        return Ok(None);
    }
    let key = words::fold::fold(cell);
    let (system, place) = key.split_once('/').map_or(("", key.as_str()), |(s, p)| (s.trim(), p.trim()));
    let mut found = areas.iter().filter(|a| {
        (system.is_empty() || words::fold::fold(&a.system) == system)
            && (words::fold::fold(&a.name) == place || words::fold::fold(&a.code) == place)
    });
    match (found.next(), found.next()) {
        (Some(area), None) => Ok(Some(area.id)),
        (Some(_), Some(_)) => Err("import.which_area"),
        (None, _) => Err("import.no_area"),
    }
}

pub(crate) async fn load(
    act: &mut Act,
    right: &Right,
    lines: &[Line],
    report: &mut Report,
) -> Result<(), Fail> {
    let wanted = parse(lines, &mut report.problems);
    let at = act.municipality();
    let mut conn = act.facts()?;
    let directory = Directory::load(&mut conn, at).await?;
    let areas = sql::area_list(&mut conn, at, "").await?;
    let mut known = find::responsibility_all(&mut conn, at).await?;
    let mut seen: Vec<(DeskId, Option<AreaId>, Matter, Span)> = Vec::new();
    for w in wanted {
        let mut cells = Cells::new(w.line, &mut report.problems);
        let area = area_of(&areas, &w.district);
        if let Err(key) = area {
            cells.problem("district", key);
        }
        let desk = directory.desk(&w.agency, w.programme.map(Code::code), w.span.from);
        if let Err((column, key)) = desk {
            cells.problem(column, key);
        }
        let (Ok(area), Ok(desk)) = (area, desk) else { continue };
        if seen.iter().any(|(d, a, m, s)| (*d, *a, *m) == (desk, area, w.matter) && s.overlaps(w.span)) {
            cells.problem("matter", "import.twice");
            continue;
        }
        seen.push((desk, area, w.matter, w.span));
        let mine = |k: &&Known| (k.desk, k.area, k.matter) == (desk, area, w.matter);
        if known.iter().filter(mine).any(|k| k.span.from != w.span.from && k.span.overlaps(w.span)) {
            cells.problem("from", "import.overlaps_known");
            continue;
        }
        let same = known
            .iter()
            .position(|k| (k.desk, k.area, k.matter, k.span.from) == (desk, area, w.matter, w.span.from))
            .map(|i| known.swap_remove(i));
        if report.problems.is_empty() {
            save(act, right, (desk, area), w, same, report).await?;
        }
    }
    Ok(())
}

/// Adds it; of one that is there, takes over what the list says otherwise. An empty cell leaves what is there.
async fn save(
    act: &mut Act,
    right: &Right,
    (desk, area): (DeskId, Option<AreaId>),
    w: Wanted<'_>,
    same: Option<Known>,
    report: &mut Report,
) -> Result<(), Fail> {
    let Some(known) = same else {
        let new = NewResponsibility {
            desk,
            area,
            matter: w.matter,
            contact: w.contact,
            span: w.span,
            confirmed: w.confirmed,
        };
        crate::acts::add_responsibility(act, right, &new).await?;
        report.made("responsibility");
        return Ok(());
    };
    let contact = if w.contact.is_empty() { known.contact.clone() } else { w.contact };
    let (to, confirmed) = (w.span.to.or(known.span.to), w.confirmed.max(known.confirmed));
    if (&contact, to, confirmed) != (&known.contact, known.span.to, known.confirmed) {
        let at = act.municipality();
        write::responsibility_update(&mut act.save(right)?, at, known.id, &contact, to, confirmed).await?;
        report.made("changed");
    }
    Ok(())
}
