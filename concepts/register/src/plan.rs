//! What agencies do in the five programmes: the rows of the implementation plan's tables, dated.
//!
//! States of a row are only ever added. In force on a day is, of those that begin by then, the one that begins last;
//! of several that begin on one day, the newest. So a change of an April 1 is loaded ahead, and a correction replaces
//! what it corrects without losing it.
//!
//! How the tables are laid out, printed, published and exchanged is the `implementation_plan` concept's.

mod acts;
mod sql;
mod undo;

pub use acts::{save_role, save_row};
pub use sql::{load, names};
pub use undo::{Back, take_back};

use words::Day;
use words::id::{AgencyId, AgencyProgrammeId, CommandId, RoleTextId};

use crate::rules::{ConsultableBy, Delivery, Position, Programme, Statutory};

/// A sub-item with its count; a row without sub-items has one without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Without its mark: 基幹型, not ①基幹型. The mark is its place.
    pub name: String,
    /// 箇所数・人数.
    pub count: Option<i64>,
    /// Unit of the count.
    pub unit: String,
    /// Remark, printed in brackets.
    pub note: String,
    /// 法定事業.
    pub statutory: Statutory,
    /// Code of the statutory programme it belongs to; empty when none.
    pub base: String,
}

impl Item {
    /// An item that says nothing yet.
    pub fn empty() -> Self {
        Self {
            name: String::new(),
            count: None,
            unit: String::new(),
            note: String::new(),
            statutory: Statutory::None,
            base: String::new(),
        }
    }
}

/// A row that stands for all rows of a programme but some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Whose rows.
    pub programme: Programme,
    /// The rows left out.
    pub except: Vec<AgencyProgrammeId>,
}

/// What a row says from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row. Its id stays through all its states.
    pub id: AgencyProgrammeId,
    /// Number of this state; 0 before it is stored.
    pub version: i64,
    /// Whose table.
    pub programme: Programme,
    /// First day of this state.
    pub from: Day,
    /// Whether the row is gone from that day on.
    pub ended: bool,
    /// Place in the table.
    pub row_no: i64,
    /// Whether the printed table breaks here and begins anew with its head.
    pub starts_block: bool,
    /// The agency, when one stands for the row.
    pub agency: Option<AgencyId>,
    /// As printed; empty: the agency's name of the day.
    pub name: String,
    /// Remark, printed in brackets.
    pub note: String,
    /// What is not counted (藤沢公民館), printed as ※…を除く.
    pub excludes: String,
    /// Who may ask.
    pub asked_by: ConsultableBy,
    /// 所管課, or 委託元課 when it is commissioned; several.
    pub sections: Vec<String>,
    /// 実施者, when it is not the section itself.
    pub contractor: String,
    /// 実施方式, several.
    pub delivery: Vec<Delivery>,
    /// 位置づけ.
    pub position: Position,
    /// 主な役割.
    pub role: Option<RoleTextId>,
    /// For a row that is a set.
    pub set: Option<Set>,
    /// Sub-items; never empty.
    pub items: Vec<Item>,
    /// The command that wrote this state; none for what came before commands were kept here.
    pub command: Option<CommandId>,
}

impl Row {
    /// Whether two states say the same, whenever and by whomever they were written.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let bare = |row: &Self| Self {
            id: self.id,
            version: self.version,
            from: self.from,
            command: None,
            ..row.clone()
        };
        bare(self) == bare(other)
    }

    /// What is wrong with it: the field and the key of the sentence. Whether ids name anything is not asked here.
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut problems = Vec::new();
        if self.name.is_empty() && self.agency.is_none() {
            problems.push(("name", "plan_row.no_name"));
        }
        let commissioned = self.delivery.contains(&Delivery::Commissioned);
        if let Some(set) = &self.set {
            if set.programme == self.programme {
                problems.push(("set_of", "plan_row.set_of_itself"));
            }
            if self.agency.is_some() || !self.delivery.is_empty() {
                problems.push(("set_of", "plan_row.set_is_no_agency"));
            }
        } else if self.delivery.is_empty() {
            problems.push(("delivery", "plan_row.no_delivery"));
        }
        if commissioned && self.sections.is_empty() {
            problems.push(("sections", "plan_row.no_commissioner"));
        }
        // Who commissions and who carries out are two: otherwise it is 直営.
        if commissioned && self.sections.contains(&self.contractor) {
            problems.push(("contractor", "plan_row.commissions_itself"));
        }
        if self.items.is_empty() || (self.items.len() > 1 && self.items.iter().any(|i| i.name.is_empty())) {
            problems.push(("items", "plan_row.item_without_name"));
        }
        if self.items.iter().any(|i| i.count.is_some() && i.unit.is_empty()) {
            problems.push(("items", "plan_row.count_without_unit"));
        }
        problems
    }
}

/// What a role text says from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The text. Its id stays through all its states.
    pub id: RoleTextId,
    /// Number of this state.
    pub version: i64,
    /// First day of this state.
    pub from: Day,
    /// The words.
    pub body: String,
    /// The command that wrote it.
    pub command: Option<CommandId>,
}

/// Every state of every row and role text of a municipality.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// States of rows, each row's in the order they were written.
    pub states: Vec<Row>,
    /// States of role texts, each text's in the order they were written.
    pub roles: Vec<Role>,
}

/// Of the states of one thing, the one in force on a day.
fn in_force<'a, S>(
    states: impl Iterator<Item = &'a S>,
    day: Day,
    key: impl Fn(&S) -> (Day, i64),
) -> Option<&'a S> {
    states.filter(|s| key(s).0 <= day).max_by_key(|s| key(s))
}

impl Plan {
    /// The rows in the plan on a day, in the order of the tables.
    pub fn on(&self, day: Day) -> Vec<&Row> {
        let mut ids: Vec<AgencyProgrammeId> = self.states.iter().map(|s| s.id).collect();
        ids.sort();
        ids.dedup();
        let mut rows: Vec<&Row> = ids.into_iter().filter_map(|id| self.row(id, day)).collect();
        rows.sort_by_key(|r| (crate::plan::place(r.programme), r.row_no, r.id));
        rows
    }

    /// What a row says on a day; nothing when it is not in the plan then.
    pub fn row(&self, id: AgencyProgrammeId, day: Day) -> Option<&Row> {
        in_force(self.states.iter().filter(|s| s.id == id), day, |s| (s.from, s.version)).filter(|s| !s.ended)
    }

    /// The newest state of a row, whenever it begins: its version is the one a change is written against.
    pub fn newest(&self, id: AgencyProgrammeId) -> Option<&Row> {
        self.states.iter().filter(|s| s.id == id).max_by_key(|s| s.version)
    }

    /// States of a row that are loaded ahead: in force some day after `day`.
    pub fn coming(&self, id: AgencyProgrammeId, day: Day) -> Vec<&Row> {
        let mut days: Vec<Day> =
            self.states.iter().filter(|s| s.id == id && s.from > day).map(|s| s.from).collect();
        days.sort();
        days.dedup();
        days.into_iter()
            .filter_map(|d| in_force(self.states.iter().filter(|s| s.id == id), d, |s| (s.from, s.version)))
            .collect()
    }

    /// What a role text says on a day. A text that begins later than its row says what it will say.
    pub fn role(&self, id: RoleTextId, day: Day) -> Option<&Role> {
        let of = || self.roles.iter().filter(|r| r.id == id);
        in_force(of(), day, |r| (r.from, r.version)).or_else(|| of().min_by_key(|r| (r.from, -r.version)))
    }

    /// The newest state of a role text.
    pub fn newest_role(&self, id: RoleTextId) -> Option<&Role> {
        self.roles.iter().filter(|r| r.id == id).max_by_key(|r| r.version)
    }

    /// The role text that has these words on a day.
    pub fn role_with(&self, body: &str, day: Day) -> Option<RoleTextId> {
        let mut ids: Vec<RoleTextId> = self.roles.iter().map(|r| r.id).collect();
        ids.sort();
        ids.dedup();
        ids.into_iter().find(|id| self.role(*id, day).is_some_and(|r| r.body == body))
    }

    /// The days after `day` on which something begins or ends.
    pub fn days_after(&self, day: Day) -> Vec<Day> {
        let rows = self.states.iter().map(|s| s.from);
        let mut days: Vec<Day> = rows.chain(self.roles.iter().map(|r| r.from)).filter(|d| *d > day).collect();
        days.sort();
        days.dedup();
        days
    }
}

/// The order of the tables in a plan: consultation, places, then the three that work as one (seeds 002: 第IV章).
pub fn place(programme: Programme) -> usize {
    TABLES.iter().position(|p| *p == programme).unwrap_or(TABLES.len())
}

/// The five tables in their order.
pub const TABLES: [Programme; 5] = [
    Programme::ComprehensiveConsultation,
    Programme::CommunityBuilding,
    Programme::MultiAgency,
    Programme::Outreach,
    Programme::Participation,
];

/// A sub-item's name without the mark in front: ①基幹型 is 基幹型 in the first place.
pub fn without_mark(name: &str) -> &str {
    name.trim_start_matches(|c: char| matches!(c, '\u{2460}'..='\u{2473}') || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn day(year: i32, month: u32, day: u32) -> Day {
        Day::new(year, month, day).unwrap()
    }

    fn row(id: u128, version: i64, from: Day) -> Row {
        Row {
            id: Id::new(uuid::Uuid::from_u128(id)),
            version,
            programme: Programme::Outreach,
            from,
            ended: false,
            row_no: 1,
            starts_block: false,
            agency: None,
            name: format!("{version}"),
            note: String::new(),
            excludes: String::new(),
            asked_by: ConsultableBy::Anyone,
            sections: vec!["高齢者支援課".to_owned()],
            contractor: String::new(),
            delivery: vec![Delivery::Direct],
            position: Position::Main,
            role: None,
            set: None,
            items: vec![Item::empty()],
            command: None,
        }
    }

    #[test]
    fn what_begins_last_is_in_force_and_a_correction_of_today_does_not_undo_an_april() {
        let april = day(2027, 4, 1);
        let plan = Plan {
            states: vec![row(1, 1, day(2023, 4, 1)), row(1, 2, april), row(1, 3, day(2026, 11, 21))],
            roles: vec![],
        };
        let name = |d| plan.on(d).iter().map(|r| r.name.clone()).collect::<Vec<_>>();
        assert_eq!(name(day(2023, 3, 31)), [""; 0]);
        assert_eq!(name(day(2026, 11, 20)), ["1"]);
        assert_eq!(name(day(2026, 11, 21)), ["3"]);
        assert_eq!(name(april), ["2"]);
        assert_eq!(plan.newest(row(1, 0, april).id).unwrap().version, 3);
        assert_eq!(plan.coming(row(1, 0, april).id, day(2026, 11, 21)).len(), 1);
        assert_eq!(plan.days_after(day(2026, 11, 21)), [april]);
    }

    #[test]
    fn a_state_of_the_same_day_replaces_and_an_end_takes_the_row_away() {
        let (from, last) = (day(2023, 4, 1), day(2027, 4, 1));
        let mut gone = row(1, 3, last);
        gone.ended = true;
        let plan = Plan { states: vec![row(1, 1, from), row(1, 2, from), gone], roles: vec![] };
        assert_eq!(plan.on(from)[0].name, "2");
        assert!(plan.on(last).is_empty());
        assert_eq!(plan.on(last.plus_days(-1)).len(), 1);
    }

    #[test]
    fn who_commissions_does_not_carry_out() {
        let mut r = row(1, 1, day(2023, 4, 1));
        assert_eq!(r.problems(), []);
        r.delivery = vec![Delivery::Commissioned];
        r.contractor = "高齢者支援課".to_owned();
        assert_eq!(r.problems(), [("contractor", "plan_row.commissions_itself")]);
        r.sections.clear();
        assert_eq!(r.problems(), [("sections", "plan_row.no_commissioner")]);
        r.delivery.clear();
        r.items.push(Item { count: Some(3), ..Item::empty() });
        let keys: Vec<_> = r.problems().iter().map(|p| p.1).collect();
        assert_eq!(
            keys,
            ["plan_row.no_delivery", "plan_row.item_without_name", "plan_row.count_without_unit"]
        );
    }

    #[test]
    fn a_set_is_no_agency_and_not_of_itself() {
        let mut r = row(1, 1, day(2023, 4, 1));
        r.set = Some(Set { programme: Programme::Outreach, except: vec![] });
        let keys: Vec<_> = r.problems().iter().map(|p| p.1).collect();
        assert_eq!(keys, ["plan_row.set_of_itself", "plan_row.set_is_no_agency"]);
        r.delivery.clear();
        r.set = Some(Set { programme: Programme::ComprehensiveConsultation, except: vec![] });
        assert_eq!(r.problems(), []);
    }

    #[test]
    fn a_mark_is_a_place_and_not_a_name() {
        for (written, name) in [("①基幹型", "基幹型"), ("② 第2層", "第2層"), ("専門", "専門")]
        {
            assert_eq!(without_mark(written), name);
        }
    }
}
