//! The name table: which spellings find one another and which must not (requirement Q10).

use words::fold::{fold, fold_reading};

#[test]
fn the_name_table_holds() {
    let mut pairs = 0;
    let mut wrong = Vec::new();
    for line in include_str!("names.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [rule, one, other] = cells[..] else { panic!("three cells expected: {line}") };
        let holds = match rule {
            "must" => fold(one) == fold(other),
            "must_not" => fold(one) != fold(other) && fold_reading(one) != fold_reading(other),
            "reading" => fold_reading(one) == fold_reading(other),
            _ => panic!("unknown rule: {line}"),
        };
        if !holds {
            wrong.push(format!("{line}: {} / {}", fold(one), fold(other)));
        }
        pairs += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pairs >= 120, "only {pairs} pairs");
}
