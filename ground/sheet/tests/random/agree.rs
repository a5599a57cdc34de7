//! One definition, many faces: they agree.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sheet::diff::Change;
use sheet::fill::{Filled, Setting, Typed, fill};
use sheet::print::{Words, page};
use sheet::xlsform::{self, normalised};
use sheet::{Answers, Definition, Limits, cells, schema};

use crate::make::{day, definition, known, picks, repaired, tables, typed};
use crate::validator::valid;

fn filled(definition: &Definition, typed: &Typed) -> Filled {
    fill(definition, typed, &Setting { tables: &tables(), day: day(), known: &known() })
}

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

/// Fills a form and repairs what is wrong with it; `None` if an answer cannot be made up (a table that must be there).
fn answered(definition: &Definition, picks: &[(u8, String)]) -> Option<Answers> {
    let sent = repaired(definition, &typed(definition, picks), |t| filled(definition, t));
    let done = filled(definition, &sent);
    done.problems.is_empty().then_some(done.answers)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_definition_is_its_text(definition in definition()) {
        let tables = tables();
        prop_assert_eq!(definition.faults(&tables, None, &Limits::default()), vec![]);
        let text = definition.to_json();
        let read = Definition::parse(&text, &tables, Some(&definition), &Limits::default());
        prop_assert_eq!(read.as_ref(), Ok(&definition));
        prop_assert_eq!(read.unwrap().to_json(), text);
    }

    #[test]
    fn every_problem_comes_at_once_and_names_a_field(definition in definition(), picks in picks()) {
        let sent = typed(&definition, &picks);
        let first = filled(&definition, &sent);
        for problem in &first.problems {
            prop_assert!(definition.item(&problem.item).is_some());
            // No problem quotes what was typed where a 個人番号 could stand.
            prop_assert!(problem.args.iter().all(|(_, v)| !words::mynumber::contains_my_number(v)));
        }
        for item in &first.dropped {
            prop_assert!(first.answers.get(item).is_none());
        }
        // Sent again unchanged, it says the same.
        prop_assert_eq!(filled(&definition, &sent), first);
    }

    #[test]
    fn answers_survive_every_face(definition in definition(), picks in picks()) {
        let Some(answers) = answered(&definition, &picks) else { return Ok(()) };
        let tables = tables();
        // The form of the answers, filled in again.
        let again = filled(&definition, &sheet::fill::typed(&answers));
        prop_assert_eq!(&again.problems, &vec![]);
        prop_assert_eq!(&again.dropped, &Vec::<String>::new());
        prop_assert_eq!(&again.answers, &answers);
        // Storage.
        let stored = answers.stored();
        let (read, unreadable) =
            Answers::read(&definition, stored.iter().map(|(k, t)| (k.as_str(), t.as_str())));
        prop_assert_eq!(unreadable, Vec::<String>::new());
        prop_assert_eq!(&read, &answers);
        // One JSON object, valid under the schema.
        let json = answers.to_json();
        prop_assert_eq!(Answers::from_json(&definition, &json), Some(answers.clone()));
        let schema = schema::schema(&definition, &tables, Some(day()));
        prop_assert!(valid(&schema, &json), "{json:#}\n{schema:#}");
        prop_assert!(valid(&schema::schema(&definition, &tables, None), &json));
        // Cells of a spreadsheet, there and back.
        let names: BTreeMap<_, _> = known().persons.iter().map(|id| (*id, format!("人{id}"))).collect();
        let words = Words { tables: &tables, day: day(), names: &names, language: "ja" };
        let row = cells::write(&definition, &answers, &words);
        let heads = cells::heads(&definition, "ja");
        prop_assert_eq!(heads.len(), row.len());
        let mut read = Vec::new();
        for (head, cell) in heads.iter().zip(&row) {
            let item = cells::item_of_head(&definition, &head.text, "ja");
            prop_assert_eq!(item.map(|i| &i.key), Some(&head.item));
            read.extend(item.map(|i| (i, cell.as_str())));
        }
        let back = filled(&definition, &cells::typed(read, &words));
        prop_assert_eq!(&back.problems, &vec![]);
        prop_assert_eq!(&back.answers, &answers);
        // The print shows every answer once, under its label, and nothing that was not asked.
        let lines: Vec<_> = page(&definition, &answers, &words).into_iter().flat_map(|p| p.lines).collect();
        for (key, _) in answers.iter() {
            let found: Vec<_> = lines.iter().filter(|l| l.key == key).collect();
            prop_assert_eq!(found.len(), 1);
            prop_assert!(found[0].value.as_ref().is_some_and(|v| !v.is_empty()));
            prop_assert_eq!(found[0].thick, definition.item(key).unwrap().reported);
        }
        prop_assert_eq!(lines.iter().filter(|l| l.value.is_some()).count(), answers.len());
    }

    #[test]
    fn a_schema_refuses_what_the_form_refuses(definition in definition(), picks in picks()) {
        let Some(answers) = answered(&definition, &picks) else { return Ok(()) };
        let schema = schema::schema(&definition, &tables(), Some(day()));
        // Each required answer taken away on its own.
        for (key, _) in answers.iter() {
            let mut less = answers.clone();
            less.remove(key);
            let again = filled(&definition, &sheet::fill::typed(&less));
            let same = again.problems.is_empty() && again.answers == less;
            prop_assert_eq!(valid(&schema, &less.to_json()), same, "without {}", key);
        }
    }

    #[test]
    fn an_xlsform_is_the_definition(definition in definition()) {
        let tables = tables();
        let written = xlsform::write(&definition, &tables);
        let read = xlsform::read(&written.book, &sheet::Tables::default(), None, &Limits::default());
        prop_assert_eq!(&read.faults, &vec![]);
        prop_assert_eq!(&read.lost, &vec![]);
        prop_assert_eq!(read.definition.as_ref().map(normalised), Some(normalised(&definition)));
        let used: Vec<_> = xlsform::tables_of(&definition, &tables).into_iter().cloned().collect();
        prop_assert_eq!(&read.tables, &used);
        // Written again, it is the same file.
        let again = xlsform::write(&normalised(&definition), &tables);
        prop_assert_eq!(xlsform::write(&normalised(&read.definition.unwrap()), &tables), again);
    }

    #[test]
    fn conditions_in_normal_form_mean_the_same(definition in definition(), picks in picks()) {
        let sent = typed(&definition, &picks);
        prop_assert_eq!(filled(&normalised(&definition), &sent), filled(&definition, &sent));
    }

    #[test]
    fn a_diff_is_empty_only_without_changes(one in definition(), other in definition()) {
        prop_assert_eq!(sheet::diff::diff(&one, &one), Vec::<Change>::new());
        let changes = sheet::diff::diff(&one, &other);
        let same = one.title == other.title && one.sections == other.sections;
        prop_assert_eq!(changes.is_empty(), same);
        let added = changes.iter().filter(|c| matches!(c, Change::Added { .. })).count();
        let removed = changes.iter().filter(|c| matches!(c, Change::Removed { .. })).count();
        prop_assert_eq!(one.items().count() + added, other.items().count() + removed);
    }
}

/// The properties above are about something: most random forms can be filled in, and to some length.
#[test]
fn random_forms_are_answered() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut done, mut answers, mut dropped, mut problems) = (0, 0, 0, 0);
    for _ in 0..200 {
        let definition = definition().new_tree(&mut runner).unwrap().current();
        let picks = picks().new_tree(&mut runner).unwrap().current();
        let first = filled(&definition, &typed(&definition, &picks));
        dropped += first.dropped.len();
        problems += first.problems.len();
        if let Some(filled) = answered(&definition, &picks) {
            done += 1;
            answers += filled.len();
        }
    }
    assert!(
        done > 120 && answers > 400 && dropped > 20 && problems > 200,
        "{done} {answers} {dropped} {problems}"
    );
}
