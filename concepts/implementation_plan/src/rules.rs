//! The tables as they are shown: rows with every name resolved, cells that run over several rows, sets with their
//! members. Pure: the register of a day comes in, what stands on paper comes out.

use std::collections::HashMap;

use register::plan::{Plan, Row};
use register::{ConsultableBy, Delivery, Position, Programme, Statutory};
use serde::{Deserialize, Serialize};
use words::Day;
use words::id::{AgencyId, AgencyProgrammeId, RoleTextId};

/// A sub-item as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownItem {
    /// Without its mark.
    pub name: String,
    /// 箇所数・人数.
    pub count: Option<i64>,
    /// Unit of the count.
    pub unit: String,
    /// Remark.
    pub note: String,
    /// 法定事業, as [`Statutory`] writes itself.
    pub statutory: String,
    /// Code of the statutory programme; may be empty.
    pub base: String,
}

/// A set as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSet {
    /// Whose rows.
    pub programme: Programme,
    /// Names left out.
    pub except: Vec<String>,
    /// Whom it stands for on the day, by name.
    pub members: Vec<String>,
}

/// A row with every name resolved. Frozen as this when a plan is made public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The row.
    pub id: AgencyProgrammeId,
    /// Its table.
    pub programme: Programme,
    /// Place in the table.
    pub row_no: i64,
    /// Whether a new table begins here.
    pub starts_block: bool,
    /// The agency, for a link.
    pub agency: Option<AgencyId>,
    /// Name as printed.
    pub name: String,
    /// Remark in brackets.
    pub note: String,
    /// What is not counted.
    pub excludes: String,
    /// Who may ask.
    pub asked_by: ConsultableBy,
    /// 所管課 or 委託元課.
    pub owners: Vec<String>,
    /// 実施者.
    pub contractor: String,
    /// 実施方式.
    pub delivery: Vec<Delivery>,
    /// 位置づけ.
    pub position: Position,
    /// The role text, which rows share.
    pub role_id: Option<RoleTextId>,
    /// Its words.
    pub role: String,
    /// Sub-items; never empty.
    pub items: Vec<ShownItem>,
    /// For a row that is a set.
    pub set: Option<ShownSet>,
}

/// What the register knows of names on the day.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Official names of agencies.
    pub agencies: HashMap<AgencyId, String>,
    /// From a former official name to the one of the day.
    pub renamed: HashMap<String, String>,
}

/// The rows of a day in the order of the tables.
pub fn shown(plan: &Plan, names: &Names, on: Day) -> Vec<Shown> {
    let rows = plan.on(on);
    rows.iter().map(|row| one(plan, names, on, row, &rows)).collect()
}

/// One state of a row as it would be shown on a day.
pub fn state(plan: &Plan, names: &Names, on: Day, row: &Row) -> Shown {
    one(plan, names, on, row, &plan.on(on))
}

fn one(plan: &Plan, names: &Names, on: Day, row: &Row, rows: &[&Row]) -> Shown {
    let role = row.role.and_then(|id| plan.role(id, on));
    let set = row.set.as_ref().map(|set| {
        let of = rows.iter().filter(|r| r.programme == set.programme && r.set.is_none());
        let (out, within): (Vec<&&Row>, Vec<&&Row>) = of.partition(|r| set.except.contains(&r.id));
        let called = |rows: Vec<&&Row>| rows.into_iter().map(|r| name(r, names)).collect();
        ShownSet { programme: set.programme, except: called(out), members: called(within) }
    });
    let current = |name: &String| names.renamed.get(name).unwrap_or(name).clone();
    Shown {
        id: row.id,
        programme: row.programme,
        row_no: row.row_no,
        starts_block: row.starts_block,
        agency: row.agency,
        name: name(row, names),
        note: row.note.clone(),
        excludes: row.excludes.clone(),
        asked_by: row.asked_by,
        owners: row.sections.iter().map(current).collect(),
        contractor: current(&row.contractor),
        delivery: row.delivery.clone(),
        position: row.position,
        role_id: role.map(|r| r.id),
        role: role.map_or_else(String::new, |r| r.body.clone()),
        items: row
            .items
            .iter()
            .map(|i| ShownItem {
                name: i.name.clone(),
                count: i.count,
                unit: i.unit.clone(),
                note: i.note.clone(),
                statutory: i.statutory.to_string(),
                base: i.base.clone(),
            })
            .collect(),
        set,
    }
}

/// A row's name on the day.
pub fn name(row: &Row, names: &Names) -> String {
    if !row.name.is_empty() {
        return row.name.clone();
    }
    row.agency.and_then(|id| names.agencies.get(&id)).cloned().unwrap_or_default()
}

/// The right-hand cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleCell {
    /// The words, over so many rows.
    Words(usize),
    /// 「上記と同様」 over so many rows: the words stand at the end of the table before.
    SameAsAbove(usize),
    /// Covered by the cell of a row above.
    Covered,
}

/// A stretch of rows under one head: the printed plan breaks its long tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// Rows with their right-hand cell.
    pub rows: Vec<(&'a Shown, RoleCell)>,
}

/// The rows of one table in blocks, with the cells that neighbouring rows share merged.
pub fn blocks(rows: &[Shown]) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut before: Option<&Shown> = None;
    for row in rows {
        let begins = row.starts_block || blocks.is_empty();
        if begins {
            blocks.push(Block { rows: Vec::new() });
        }
        let shared = row.role_id.is_some() && before.is_some_and(|b| b.role_id == row.role_id);
        let cell = match (shared, begins) {
            (true, true) => RoleCell::SameAsAbove(1),
            (true, false) => RoleCell::Covered,
            (false, _) => RoleCell::Words(1),
        };
        if let Some(block) = blocks.last_mut() {
            if cell == RoleCell::Covered {
                widen(block);
            }
            block.rows.push((row, cell));
        }
        before = Some(row);
    }
    blocks
}

/// The last cell of a block that covers anything covers one row more.
fn widen(block: &mut Block<'_>) {
    for (_, cell) in block.rows.iter_mut().rev() {
        match cell {
            RoleCell::Words(span) | RoleCell::SameAsAbove(span) => {
                *span += 1;
                return;
            }
            RoleCell::Covered => {}
        }
    }
}

/// One line about 法定事業.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatutoryLine {
    /// Places of the sub-items it speaks of; empty: the row as a whole.
    pub places: Vec<usize>,
    /// What they are; never [`Statutory::None`].
    pub what: Statutory,
}

/// What a row says about 法定事業: once for all when its sub-items agree, otherwise by kind.
pub fn statutory(items: &[ShownItem]) -> Vec<StatutoryLine> {
    let kinds: Vec<Statutory> =
        items.iter().map(|i| Statutory::parse(&i.statutory).unwrap_or(Statutory::None)).collect();
    let mut lines: Vec<StatutoryLine> = Vec::new();
    for (place, what) in kinds.iter().enumerate().filter(|(_, what)| **what != Statutory::None) {
        match lines.iter_mut().find(|l| l.what == *what) {
            Some(line) => line.places.push(place),
            None => lines.push(StatutoryLine { places: vec![place], what: what.clone() }),
        }
    }
    if let [line] = lines.as_mut_slice()
        && line.places.len() == items.len()
    {
        line.places.clear();
    }
    lines
}

/// The mark of a place: ① … ⑳, then (21).
pub fn mark(place: usize) -> String {
    u32::try_from(place)
        .ok()
        .filter(|p| *p < 20)
        .and_then(|p| char::from_u32(0x2460 + p))
        .map_or_else(|| format!("({})", place + 1), String::from)
}

/// Rows of one table.
pub fn of(rows: &[Shown], programme: Programme) -> Vec<Shown> {
    rows.iter().filter(|r| r.programme == programme).cloned().collect()
}

#[cfg(test)]
#[path = "rules_test.rs"]
pub(crate) mod tests;
