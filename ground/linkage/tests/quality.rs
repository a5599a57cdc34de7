//! How good the answers are, on generated records whose truth is known. Seeds of 100 and above: none was used to make the table
//! of weights. Nothing here looks at the clock.

mod invented;

use invented::{Record, families, of_groups, of_pairs, records};
use linkage::{Features, Known, Level, Linked, Model, OtherName, SHOWN, Scale, Score, Sex, link, prepare};
use words::partial::PartialDate;

fn linked(records: &[Record]) -> Linked {
    link(&prepare(records.iter().map(Record::known)), &Model::default(), 2)
}

/// The bars of P10, on a set small enough for every test run.
#[test]
fn records_of_one_person_are_found() {
    for seed in [100, 103] {
        let all = records(5_000, seed);
        let linked = linked(&all);
        let groups = of_groups(&all, &linked.groups);
        assert!(groups.f1 >= 0.98, "seed {seed}: {groups:?}");
        let shown = of_pairs(&all, &linked.pairs, SHOWN);
        assert!(shown.precision >= 0.995, "seed {seed}: {shown:?}");
    }
}

/// One name, one address, one telephone, twins: families are not one person.
#[test]
fn families_stay_people() {
    let all = families(15_000, 104);
    let linked = linked(&all);
    let shown = of_pairs(&all, &linked.pairs, SHOWN);
    assert!(shown.precision >= 0.994 && shown.recall >= 0.96, "{shown:?}");
    let groups = of_groups(&all, &linked.groups);
    assert!(groups.f1 >= 0.97, "{groups:?}");
}

/// The same on a file of the generator outside of the project, where it and python3 are there.
#[test]
fn files_of_the_outside_generator() {
    let here = env!("CARGO_MANIFEST_DIR");
    let script = format!("{here}/../../../shared/data/linkage/gen_dups.py");
    if !std::path::Path::new(&script).exists() {
        return;
    }
    let file = std::env::temp_dir().join(format!("linkage-{}.csv", std::process::id()));
    let made =
        std::process::Command::new("python3").args([script.as_str(), "5000", "105"]).arg(&file).output();
    if !made.is_ok_and(|made| made.status.success()) {
        return;
    }
    let all = invented::read(&std::fs::read_to_string(&file).unwrap());
    std::fs::remove_file(&file).unwrap();
    assert_eq!(all.len(), 5_000);
    let linked = linked(&all);
    let groups = of_groups(&all, &linked.groups);
    assert!(groups.f1 >= 0.98, "{groups:?}");
    let shown = of_pairs(&all, &linked.pairs, SHOWN);
    assert!(shown.precision >= 0.995, "{shown:?}");
}

/// The order in which records come changes nothing.
#[test]
fn order_changes_nothing() {
    let all = records(1_500, 106);
    let turned: Vec<Record> = all.iter().rev().cloned().collect();
    let last = all.len() - 1;
    let name = |groups: &[u32], turn: bool| -> Vec<Vec<usize>> {
        let mut of = std::collections::BTreeMap::<u32, Vec<usize>>::new();
        for (at, group) in groups.iter().enumerate() {
            of.entry(*group).or_default().push(if turn { last - at } else { at });
        }
        let mut sets: Vec<Vec<usize>> = of.into_values().collect();
        for set in &mut sets {
            set.sort_unstable();
        }
        sets.sort();
        sets
    };
    assert_eq!(name(&linked(&all).groups, false), name(&linked(&turned).groups, true));
}

fn of(name: &'static str, reading: &'static str, birth: &str) -> Known<'static> {
    Known { name, reading, birth: PartialDate::parse_iso(birth), ..Known::default() }
}

fn score(a: &Known<'_>, b: &Known<'_>) -> Score {
    Model::default().score(&Features::of(a), &Features::of(b), Scale::of(60_000))
}

fn levels(a: &Known<'_>, b: &Known<'_>) -> [Level; 3] {
    let lines = score(a, b).lines;
    [lines[0].level, lines[1].level, lines[2].level]
}

/// Each slip has its name.
#[test]
fn slips_are_named() {
    use Level::{
        Day, Different, Former, Month, NearSound, OtherSound, Partly, Same, SameSound, Shares, SlippedSound,
        Swapped, Turned, Unknown, Unsure, YearSlip,
    };
    let a = of("髙橋 健", "タカハシ ケン", "1958-05-12");
    for (name, reading, birth, expected) in [
        ("高橋 健", "たかはし けん", "1958-05-12", [Same, Same, Same]),
        ("高橋健", "タカハシケン", "1958-05-21", [Same, Same, Day]),
        ("タカハシ ケン", "", "1958-12-05", [SameSound, SameSound, Turned]),
        ("たかはしけん", "", "1958-06-12", [SameSound, SameSound, Month]),
        ("高橋 健", "タカハン ケン", "1970-05-12", [SlippedSound, Same, YearSlip]),
        ("高橋 健", "タカハシ タケシ", "1958", [Same, OtherSound, Partly]),
        ("高梁 健", "タカハシ ケン", "", [SameSound, Same, Unknown]),
        ("高田 健二", "", "1958-05-12", [Shares, Shares, Same]),
        ("山本 学", "", "1959-06-12", [Unsure, Unsure, Different]),
        ("高箸 謙", "タカハツ ケン", "", [NearSound, SameSound, Unknown]),
        ("健 高橋", "", "", [Swapped, Swapped, Unknown]),
    ] {
        assert_eq!(levels(&a, &of(name, reading, birth)), expected, "{name} {reading} {birth}");
    }
    let former = [OtherName { name: "渡邊", reading: "" }];
    let married = Known { others: &former, ..of("佐藤 花子", "サトウ ハナコ", "") };
    assert_eq!(levels(&married, &of("渡辺 花子", "ワタナベ ハナコ", "")), [Former, Same, Unknown]);
}

/// A part of town without a number is no reason against somebody who is otherwise the same.
#[test]
fn an_address_without_a_number_is_the_same_as_far_as_known() {
    let at = |address: &'static str| Known {
        phone: "090-1234-5678",
        address,
        ..of("佐藤 花子", "サトウ ハナコ", "1958-05-12")
    };
    for numbered in ["本町", "本町3-12-5"] {
        let there = score(&at(numbered), &at("本町"));
        assert_eq!(there.lines[4].level, Level::Partly);
        assert!(there.total >= score(&at(numbered), &at("")).total, "{there:?}");
    }
    assert_eq!(score(&at("本町3-12-5"), &at("本町4-1-1")).lines[4].level, Level::Area);
}

/// Twins of one household share all but the given name and stay two; a woman who married stays one.
#[test]
fn twins_are_two_and_the_married_are_one() {
    let home = |known: Known<'static>| Known {
        phone: "0466-12-3456",
        address: "朝日町1-2-5",
        sex: Sex::Woman,
        ..known
    };
    let one = home(of("遠藤 結衣", "エンドウ ユイ", "2015-04-03"));
    let twin = home(of("遠藤 芽依", "エンドウ メイ", "2015-04-03"));
    assert!(score(&one, &twin).log_odds < 0.0, "{:?}", score(&one, &twin));
    let married =
        Known { address: "本町4-1-1", ..home(of("萩原 結衣", "ハギワラ ユイ", "2015-04-03")) };
    assert!(score(&one, &married).log_odds > SHOWN, "{:?}", score(&one, &married));
}

/// A sheltered address is no reason.
#[test]
fn whereabouts_can_be_left_out() {
    let a = Known { phone: "0466-12-3456", address: "朝日町1-2-5", ..of("遠藤 結衣", "", "") };
    let (whole, without) = (Features::of(&a), Features::of(&a).without_whereabouts());
    let score = Model::default().score(&whole, &without, Scale::of(1_000));
    assert!(score.lines[4..6].iter().all(|line| line.level == Level::Unknown && line.weight == 0.0));
}
