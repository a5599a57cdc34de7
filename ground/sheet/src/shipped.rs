//! The definitions and code tables that come with the program: a start for every town, to be shaped by it.
//!
//! They are our own work from what is publicly known of the national forms (reference B-3) and of the sheets towns
//! name in their plans. Tables that could not be held against their source say `verified: false`
//! and where they come from.

use std::sync::LazyLock;

use crate::{CodeTable, Definition, Limits, Tables};

/// The texts of the definitions.
pub const DEFINITIONS: &[&str] = &[
    include_str!("../definitions/consultation.json"),
    include_str!("../definitions/connecting.json"),
    include_str!("../definitions/intake.json"),
    include_str!("../definitions/assessment.json"),
    include_str!("../definitions/outreach.json"),
    include_str!("../definitions/participation.json"),
    include_str!("../definitions/community_issue.json"),
];

/// The texts of the code tables.
pub const TABLES: &[&str] = &[
    include_str!("../tables/age_band.json"),
    include_str!("../tables/channel.json"),
    include_str!("../tables/urgency.json"),
    include_str!("../tables/told_by.json"),
    include_str!("../tables/route.json"),
    include_str!("../tables/referrer.json"),
    include_str!("../tables/matter.json"),
    include_str!("../tables/problem.json"),
    include_str!("../tables/change_life.json"),
    include_str!("../tables/change_social.json"),
    include_str!("../tables/change_work.json"),
    include_str!("../tables/goal_reached.json"),
    include_str!("../tables/evaluation.json"),
    include_str!("../tables/screening.json"),
    include_str!("../tables/work_state.json"),
    include_str!("../tables/home_state.json"),
    include_str!("../tables/insurance.json"),
    include_str!("../tables/pension.json"),
    include_str!("../tables/yes_no.json"),
    include_str!("../tables/severity.json"),
    include_str!("../tables/knows.json"),
    include_str!("../tables/consent_form.json"),
    include_str!("../tables/engagement.json"),
    include_str!("../tables/attempt_result.json"),
    include_str!("../tables/found_by.json"),
    include_str!("../tables/wish_kind.json"),
    include_str!("../tables/pace.json"),
    include_str!("../tables/issue_field.json"),
    include_str!("../tables/issue_state.json"),
];

static READ_TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let read = |text: &&str| CodeTable::parse(text, &Limits::default());
    Tables::new(TABLES.iter().map(read).map(|t| t.expect("a shipped table is tested to be readable")))
});

static READ_DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    let read = |text: &&str| Definition::parse(text, &READ_TABLES, None, &Limits::default());
    DEFINITIONS.iter().map(read).map(|d| d.expect("a shipped definition is tested to be readable")).collect()
});

/// The shipped code tables.
pub fn tables() -> Tables {
    READ_TABLES.clone()
}

/// The shipped definitions.
pub fn definitions() -> &'static [Definition] {
    &READ_DEFINITIONS
}

/// The shipped definition of a sheet.
pub fn definition(key: &str) -> Option<Definition> {
    definitions().iter().find(|d| d.key == key).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_shipped_is_readable() {
        for text in TABLES {
            let table = CodeTable::parse(text, &Limits::default()).unwrap();
            assert!(table.verified || !table.source.is_empty(), "{}", table.key);
            assert_eq!(CodeTable::parse(&table.to_json(), &Limits::default()).unwrap(), table);
        }
        let tables = tables();
        for text in DEFINITIONS {
            let definition = Definition::parse(text, &tables, None, &Limits::default()).unwrap();
            assert!(definition.items().all(|i| !i.label.en.is_empty()), "{} lacks English", definition.key);
            let again =
                Definition::parse(&definition.to_json(), &tables, Some(&definition), &Limits::default());
            assert_eq!(again.unwrap(), definition);
        }
        assert_eq!(DEFINITIONS.len(), 7);
    }
}
