//! The pages of the plan: the tables, the paper, the framework, what changed, publications; rows edited, files taken.

mod edit;
mod files;
mod form;
mod published;
mod tables;

use access::{Action, Relation, Right, Role, Viewer};
use engine::{Act, Broken, Conn, Fail, Receipt};
use register::plan::{self, Plan};
use site::{Access, Page, Req};
use words::Day;
use words::id::MunicipalityId;

use crate::rules::{Names, Shown, shown};

/// Who may change the plan: administrators, who keep the register, and 企画, who write the plan and review it every year.
/// The same people as [`Action::EditPlan`] lets.
const EDITORS: &[Role] = &[Role::Administrator, Role::Analyst];
const EDIT: Access = Access::Role(EDITORS);

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/plan", Access::SignedIn, tables::get),
        Page::get("/plan/print", Access::SignedIn, tables::print),
        Page::get("/plan/framework", Access::SignedIn, tables::framework),
        Page::get("/plan/changes", Access::SignedIn, published::changes),
        Page::get("/plan/publications", Access::SignedIn, published::list),
        Page::post("/plan/publications", EDIT, published::publish),
        Page::get("/plan/publications/{id}", Access::SignedIn, published::get),
        Page::get("/plan/tables.csv", Access::SignedIn, files::csv),
        Page::get("/plan/tables.xlsx", Access::SignedIn, files::xlsx),
        Page::get("/plan/import", EDIT, files::get),
        Page::post("/plan/import", EDIT, files::post),
        Page::get("/plan/rows/new", EDIT, edit::new),
        Page::post("/plan/rows/new", EDIT, edit::add),
        Page::get("/plan/rows/{id}", EDIT, edit::get),
        Page::post("/plan/rows/{id}", EDIT, edit::save),
        Page::post("/plan/rows/{id}/end", EDIT, edit::end),
        Page::post("/plan/changes/{id}/undo", EDIT, edit::undo),
    ]
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("the plan is a public document")
}

fn edits(viewer: &Viewer) -> bool {
    viewer.has_role(EDITORS)
}

/// The right to change the plan. No row of the access log: nothing here is about a household, and the command says who
/// did it.
fn permit(act: &Act) -> Result<Right, Fail> {
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    Ok(access::may(viewer, Action::EditPlan, &Relation::of_no_household())?)
}

/// The register of a day.
struct Loaded {
    plan: Plan,
    names: Names,
    rows: Vec<Shown>,
    on: Day,
}

async fn load(conn: &mut Conn<'_>, at: MunicipalityId, on: Day) -> Result<Loaded, Broken> {
    let plan = plan::load(conn, at).await?;
    let names = crate::acts::names(conn, at, on).await?;
    let rows = shown(&plan, &names, on);
    Ok(Loaded { plan, names, rows, on })
}

/// The day asked for, today otherwise.
fn asked_day(req: &Req, today: Day) -> Day {
    let typed = req.query().get("on").unwrap_or_default().trim();
    words::wareki::parse_day(typed).unwrap_or(today)
}
