//! A row as a form: filled from the register, and read back with every problem beside its field.

use register::plan::{Plan, Row, Set, without_mark};
use register::{ConsultableBy, Delivery, Position, Programme, Statutory};
use site::{Fields, Form, Need};
use words::Day;
use words::code::Code;
use words::codes;
use words::id::{AgencyProgrammeId, RoleTextId};

use crate::exchange::{NONE, parts, stored};
use crate::framework;
use crate::rules::{Names, Shown, ShownItem};

codes! {
    /// Whether a sub-item is 法定, as a list to choose from.
    pub enum Share {
        /// Not at all.
        None = "none",
        /// Wholly.
        All = "all",
        /// 一部.
        Part = "part",
    }

    /// What a change of the role's words means for the other rows that share them.
    pub enum Scope {
        /// All of them say the new words.
        Shared = "shared",
        /// Only this row does.
        Own = "own",
    }
}

/// Empty lines for further sub-items.
const SPARE: usize = 2;
/// The most sub-items a form takes.
const MOST: usize = 20;

/// How many lines for sub-items a form has.
pub(super) fn item_lines(form: &Form) -> usize {
    let used = (0..MOST).filter(|n| !form.value(&format!("item_name_{n}")).is_empty()).max();
    (used.map_or(0, |n| n + 1) + SPARE).min(MOST)
}

/// The form of a row as it stands.
pub(super) fn filled(shown: &Shown, from: String, role_version: i64) -> Form {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut set = |name: &str, value: String| pairs.push((name.to_owned(), value));
    set("name", shown.name.clone());
    set("row_no", shown.row_no.to_string());
    if shown.starts_block {
        set("block", "1".to_owned());
    }
    set("note", shown.note.clone());
    set("excludes", shown.excludes.clone());
    set("asked_by", shown.asked_by.to_string());
    set("sections", shown.owners.join("、"));
    set("contractor", shown.contractor.clone());
    for delivery in &shown.delivery {
        set("delivery", delivery.to_string());
    }
    set("position", shown.position.to_string());
    set("role", shown.role.clone());
    set("role_version", role_version.to_string());
    set("role_scope", Scope::Shared.to_string());
    if let Some(s) = &shown.set {
        set("set_of", s.programme.to_string());
        set("set_except", s.except.join("、"));
    }
    set("from", from);
    for (n, item) in shown.items.iter().enumerate() {
        set(&format!("item_name_{n}"), item.name.clone());
        set(&format!("item_count_{n}"), item.count.map_or_else(String::new, |c| c.to_string()));
        set(&format!("item_unit_{n}"), item.unit.clone());
        set(&format!("item_note_{n}"), item.note.clone());
        let (share, named) = match Statutory::parse(&item.statutory) {
            Some(Statutory::All) => (Share::All, String::new()),
            Some(Statutory::Part) => (Share::Part, String::new()),
            Some(Statutory::Named(name)) => (Share::All, name),
            _ => (Share::None, String::new()),
        };
        set(&format!("item_share_{n}"), share.to_string());
        set(&format!("item_named_{n}"), named);
        set(&format!("item_base_{n}"), item.base.clone());
    }
    Form::new(Fields::from_pairs(pairs))
}

/// What a form says.
pub(super) struct Read {
    /// The row; its role is not set yet.
    pub row: Row,
    /// As it would be shown, for a comparison.
    pub shown: Shown,
    /// The words of its role.
    pub role: String,
    /// The text of another row it shall share instead.
    pub role_of: Option<RoleTextId>,
    pub scope: Scope,
    /// Version of the role text the words were changed against.
    pub role_version: Option<i64>,
}

/// Reads a form; `None` when something is wrong, which then stands beside its field.
pub(super) fn read(
    form: &mut Form,
    programme: Programme,
    id: Option<AgencyProgrammeId>,
    plan: &Plan,
    names: &Names,
) -> Option<Read> {
    let name = form.line("name", Need::Required, 100);
    let row_no = form.line("row_no", Need::Required, 6);
    let row_no = number(form, "row_no", &row_no);
    let (note, excludes) =
        (form.line("note", Need::Optional, 200), form.line("excludes", Need::Optional, 200));
    let asked_by: Option<ConsultableBy> = form.code("asked_by", Need::Required);
    let owners = parts(&form.line("sections", Need::Optional, 200));
    let contractor = form.line("contractor", Need::Optional, 100);
    let delivery: Vec<Delivery> = form.codes("delivery");
    let position: Option<Position> = form.code("position", Need::Required);
    let role = form.paragraph("role", Need::Optional, 1000);
    let role_of: Option<RoleTextId> = form.id("role_of", Need::Optional);
    if role_of.is_some_and(|id| plan.newest_role(id).is_none()) {
        form.problem("role_of", "text.choose");
    }
    let scope: Scope = form.code("role_scope", Need::Optional).unwrap_or(Scope::Shared);
    let set_of: Option<Programme> = form.code("set_of", Need::Optional);
    let except = parts(&form.line("set_except", Need::Optional, 400));
    let from = form.day("from", Need::Required);
    let items = items(form);
    let except_ids = excepted(form, set_of, &except, plan, names, from);
    let shown = Shown {
        id: id.unwrap_or(NONE),
        programme,
        row_no: row_no.unwrap_or_default(),
        starts_block: form.ticked("block"),
        agency: None,
        name,
        note,
        excludes,
        asked_by: asked_by?,
        owners,
        contractor,
        delivery,
        position: position?,
        role_id: None,
        role: role.clone(),
        items,
        set: set_of.map(|programme| crate::rules::ShownSet { programme, except, members: Vec::new() }),
    };
    let from = from?;
    let before = id.and_then(|id| plan.row(id, from));
    let mut row = stored(&shown, shown.id, before, names, from);
    row.set = set_of.map(|programme| Set { programme, except: except_ids });
    if !form.has_problems() {
        for (field, key) in row.problems() {
            form.problem(if field == "items" { "item_name_0" } else { field }, key);
        }
    }
    let role_version = form.value("role_version").parse().ok();
    (!form.has_problems()).then_some(Read { row, shown, role, role_of, scope, role_version })
}

/// The rows a set leaves out, by the names they have in that table.
fn excepted(
    form: &mut Form,
    set_of: Option<Programme>,
    except: &[String],
    plan: &Plan,
    names: &Names,
    from: Option<Day>,
) -> Vec<AgencyProgrammeId> {
    let (Some(programme), Some(from)) = (set_of, from) else {
        if !except.is_empty() && set_of.is_none() {
            form.problem("set_except", "plan_import.except_without_set");
        }
        return Vec::new();
    };
    let rows = plan.on(from);
    let mut ids = Vec::new();
    for name in except {
        let found = rows.iter().find(|r| r.programme == programme && crate::rules::name(r, names) == *name);
        match found {
            Some(row) => ids.push(row.id),
            None => form.problem_with("set_except", "plan_import.no_except", vec![("value", name.clone())]),
        }
    }
    ids.sort();
    ids
}

fn number(form: &mut Form, field: &str, text: &str) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let number = words::fold::fold(text).parse::<i64>().ok().filter(|n| (0..=1_000_000).contains(n));
    if number.is_none() {
        form.problem(field, "plan_import.number_only");
    }
    number
}

fn items(form: &mut Form) -> Vec<ShownItem> {
    let mut items = Vec::new();
    for n in 0..MOST {
        let name = form.line(&format!("item_name_{n}"), Need::Optional, 100);
        let field = format!("item_count_{n}");
        let count = form.line(&field, Need::Optional, 7);
        let count = number(form, &field, &count);
        let unit = form.line(&format!("item_unit_{n}"), Need::Optional, 10);
        let note = form.line(&format!("item_note_{n}"), Need::Optional, 200);
        let share: Share = form.code(&format!("item_share_{n}"), Need::Optional).unwrap_or(Share::None);
        let named = form.line(&format!("item_named_{n}"), Need::Optional, 100);
        let base = form.value(&format!("item_base_{n}")).to_owned();
        if !base.is_empty() && framework::all().iter().all(|b| b.code != base) {
            form.problem(&format!("item_base_{n}"), "text.choose");
        }
        let statutory = match (share, named.is_empty()) {
            (Share::None, true) => Statutory::None,
            (Share::None, false) => {
                form.problem(&format!("item_named_{n}"), "plan_import.name_without_statutory");
                Statutory::None
            }
            (Share::Part, _) => Statutory::Part,
            (Share::All, true) => Statutory::All,
            (Share::All, false) => Statutory::Named(named.clone()),
        };
        let item = ShownItem {
            name: without_mark(&name).to_owned(),
            count,
            unit,
            note,
            statutory: statutory.to_string(),
            base,
        };
        let says = count.is_some()
            || share != Share::None
            || [&item.name, &item.note, &item.base].iter().any(|text| !text.is_empty());
        if says {
            items.push(item);
        }
    }
    if items.is_empty() {
        let statutory = Statutory::None.to_string();
        let nothing = String::new;
        items.push(ShownItem {
            name: nothing(),
            count: None,
            unit: nothing(),
            note: nothing(),
            statutory,
            base: nothing(),
        });
    }
    items
}

/// The choices of a closed list: code, word, whether chosen.
pub(super) fn choices<C: Code + std::fmt::Display>(
    t: &site::T,
    form: &Form,
    field: &str,
    list: &str,
) -> Vec<(String, String, bool)> {
    C::ALL.iter().map(|c| (c.to_string(), t.code(list, c), form.chose(field, c))).collect()
}
