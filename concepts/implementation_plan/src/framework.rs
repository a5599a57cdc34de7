//! 図表4: the five programmes, the fields, and the statutory programmes each rests on; and who carries them out
//! here, by target group. The list is fixed by law and dated; who carries them out is read off the register.
//!
//! Source: reference B-2; seeds 002 図表4, 004 (対象者・対象事業・担当課).

use register::plan::TABLES;
use register::{Field, Programme};
use words::Day;
use words::code::Code;
use words::codes;

use crate::rules::Shown;

/// The list, as data.
const LIST: &str = include_str!("../data/framework.csv");

codes! {
    /// Types of 利用者支援事業. 母子保健型 became こども家庭センター型 in April 2024.
    pub enum SupportType {
        /// 基本型.
        Basic = "basic",
        /// 特定型.
        Specific = "specific",
        /// 母子保健型.
        Maternal = "maternal",
        /// こども家庭センター型.
        FamilyCentre = "family_centre",
    }
}

/// A statutory programme one of the five rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// Its code; its name is the sentence `plan_base.CODE`.
    pub code: &'static str,
    /// Which of the five.
    pub programme: Programme,
    /// Field; none for what the law made new.
    pub field: Option<Field>,
    /// Type of 利用者支援事業.
    pub kind: Option<SupportType>,
    /// 新規: no programme before it.
    pub new: bool,
    from: Option<Day>,
    to: Option<Day>,
}

impl Base {
    fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The whole list, whatever the day.
pub fn all() -> Vec<Base> {
    LIST.lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split(',').collect();
            let [code, programme, field, kind, new, from, to] = cells.as_slice() else { return None };
            Some(Base {
                code,
                programme: Programme::parse(programme)?,
                field: Field::parse(field),
                kind: SupportType::parse(kind),
                new: *new == "yes",
                from: Day::parse_iso(from),
                to: Day::parse_iso(to),
            })
        })
        .collect()
}

/// The list of a day, in the order of the tables.
pub fn on(day: Day) -> Vec<Base> {
    let mut list: Vec<Base> = all().into_iter().filter(|b| b.covers(day)).collect();
    list.sort_by_key(|b| TABLES.iter().position(|p| *p == b.programme));
    list
}

/// A statutory programme with those who carry it out here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The statutory programme.
    pub base: Base,
    /// Rows of the register with a sub-item of it; empty: nobody does, or nobody has said so.
    pub rows: Vec<&'a Shown>,
}

/// Who carries out what, on a day.
pub fn carried(rows: &[Shown], day: Day) -> Vec<Carried<'_>> {
    on(day)
        .into_iter()
        .map(|base| Carried {
            base,
            rows: rows.iter().filter(|r| r.items.iter().any(|i| i.base == base.code)).collect(),
        })
        .collect()
}

/// Rows with a statutory sub-item that no statutory programme is named for: the line of the grant is open.
pub fn unassigned(rows: &[Shown]) -> Vec<&Shown> {
    rows.iter().filter(|r| r.items.iter().any(|i| i.statutory != "none" && i.base.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read() {
        assert_eq!(all().len(), LIST.lines().count() - 1);
        let counts: Vec<usize> = TABLES
            .iter()
            .map(|p| on(Day::new(2026, 4, 1).unwrap()).iter().filter(|b| b.programme == *p).count())
            .collect();
        assert_eq!(counts, [6, 5, 1, 1, 1]);
        assert!(all().iter().all(|b| b.new == b.field.is_none()));
    }

    #[test]
    fn a_type_that_was_replaced_ends_the_day_before() {
        let types = |y, m, d| -> Vec<SupportType> {
            on(Day::new(y, m, d).unwrap()).iter().filter_map(|b| b.kind).collect()
        };
        assert_eq!(types(2024, 3, 31), [SupportType::Basic, SupportType::Specific, SupportType::Maternal]);
        assert_eq!(types(2024, 4, 1), [SupportType::Basic, SupportType::Specific, SupportType::FamilyCentre]);
    }
}
