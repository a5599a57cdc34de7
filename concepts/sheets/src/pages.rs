//! The pages of sheets.

mod admin;
mod assessment;
mod case;
mod codes;
mod exchange;
mod filled;
mod issues;
mod items;
mod table;
mod trend;

use access::Role;
use engine::Receipt;
use sheet::fill::{Filled, Typed};
use site::{Access, Form, Page};

/// Who shapes sheets.
const SHAPERS: Access = Access::Role(&[Role::Administrator]);
/// A form around the largest definition.
const MOST_BYTES: usize = 5 << 20;
/// Who reads and writes community issues.
const NEIGHBOURS: Access = Access::Role(&[
    Role::Caseworker,
    Role::AgencyLead,
    Role::Coordinator,
    Role::Liaison,
    Role::CommitteeMember,
]);

/// Every page.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/cases/{id}/sheets", Access::WORKERS, case::list),
        Page::get("/cases/{id}/assessment", Access::WORKERS, assessment::show),
        Page::get("/cases/{id}/sheets/{key}", Access::WORKERS, case::new),
        Page::post("/cases/{id}/sheets/{key}", Access::WORKERS, case::write),
        Page::get("/filled/{id}", Access::WORKERS, filled::show),
        Page::get("/filled/{id}/print", Access::WORKERS, filled::print),
        Page::get("/filled/{id}/table.csv", Access::WORKERS, table::csv),
        Page::get("/filled/{id}/table.xlsx", Access::WORKERS, table::xlsx),
        Page::get("/filled/{id}/edit", Access::WORKERS, filled::edit),
        Page::post("/filled/{id}/edit", Access::WORKERS, filled::revise),
        Page::post("/filled/{id}/error", Access::WORKERS, filled::strike),
        Page::get("/issues", NEIGHBOURS, issues::list),
        Page::get("/issues/new", NEIGHBOURS, issues::new),
        Page::post("/issues", NEIGHBOURS, issues::write),
        Page::get("/issues/{id}", NEIGHBOURS, issues::show),
        Page::get("/admin/forms", SHAPERS, admin::list),
        Page::post("/admin/forms", SHAPERS, exchange::upload).takes_files(MOST_BYTES),
        Page::post("/admin/forms/new", SHAPERS, exchange::begin),
        Page::get("/admin/forms/{key}", SHAPERS, admin::show),
        Page::post("/admin/forms/{key}/draft", SHAPERS, admin::draft),
        Page::post("/admin/forms/{key}/item", SHAPERS, items::item),
        Page::post("/admin/forms/{key}/publish", SHAPERS, admin::publish),
        Page::get("/admin/forms/{key}/{version}", SHAPERS, admin::preview),
        Page::get("/admin/forms/{key}/{version}/xlsform", SHAPERS, exchange::xlsform),
        Page::get("/admin/forms/{key}/{version}/form.xlsx", SHAPERS, exchange::workbook),
        Page::get("/admin/forms/{key}/{version}/definition.json", SHAPERS, exchange::json),
        Page::get("/admin/forms/{key}/{version}/schema.json", SHAPERS, admin::schema),
        Page::get("/admin/codes", SHAPERS, codes::list),
        Page::post("/admin/codes", SHAPERS, codes::begin),
        Page::get("/admin/codes/{key}", SHAPERS, codes::show),
        Page::post("/admin/codes/{key}", SHAPERS, codes::write),
    ]
}

/// Definitions and code tables hold nothing about a household.
fn nothing() -> Receipt {
    Receipt::nothing_personal("definitions, code tables and community issues hold nothing about a household")
}

/// The sent fields as the sheet reads them.
fn typed(form: &Form) -> Typed {
    Typed::from_pairs(form.fields().pairs().iter().filter(|(n, _)| n.starts_with("a-")).cloned())
}

/// Every problem of a filled sheet beside its field.
fn note(form: &mut Form, filled: &Filled) {
    for problem in &filled.problems {
        form.problem_with(&problem.field(), problem.key, problem.args.clone());
    }
}
