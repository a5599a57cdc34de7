use super::*;
use crate::rules::tests::{april, city, city_shown};
use crate::rules::{Names, shown};
use site::Language;
use words::Id;

fn t(language: Language) -> T {
    let texts = site::Texts::read(language, &[site::TEXT, register::TEXT, crate::TEXT]).unwrap();
    T::new(Arc::new(texts))
}

/// What a file would make of the city's plan.
fn read_back(t: &T, bytes: &[u8]) -> (Vec<Shown>, Vec<String>) {
    let plan = city(april());
    let (drafts, problems) = exchange::read(t, &table_of(bytes).unwrap());
    let mut n = 0;
    let fresh = || {
        n += 1;
        Id::new(uuid::Uuid::from_u128(5000 + n))
    };
    let (wanted, more) = exchange::resolve(drafts, &plan, &Names::default(), april(), fresh);
    let problems = problems.iter().chain(&more).map(|p| p.sentence(t)).collect();
    (acts::preview(&plan, &Names::default(), &wanted, april()), problems)
}

#[test]
fn out_in_and_out_again_is_the_same_to_the_last_byte() {
    let rows = city_shown();
    for language in [Language::Japanese, Language::English] {
        let t = t(language);
        for write in [to_csv, to_xlsx] {
            let first = write(&t, &rows).unwrap();
            let (then, problems) = read_back(&t, &first);
            assert_eq!(problems, [""; 0]);
            assert_eq!(change_views(&t, &rows, &then).len(), 0);
            assert!(write(&t, &then).unwrap() == first, "the bytes differ");
        }
    }
}

#[test]
fn the_heads_of_the_printed_plan_are_heads_of_the_file() {
    let t = t(Language::Japanese);
    let csv = String::from_utf8(to_csv(&t, &city_shown()).unwrap()).unwrap();
    let head = csv.lines().next().unwrap();
    for word in ["相談支援機関（事業）", "実施方式", "本事業における主な役割"] {
        assert!(head.split(',').any(|h| h == word), "{head}");
    }
    assert_eq!(csv.lines().count(), 1 + city_shown().iter().map(|r| r.items.len()).sum::<usize>());
}

#[test]
fn a_changed_cell_is_one_change_and_a_missing_line_an_end() {
    let t = t(Language::Japanese);
    let csv = String::from_utf8(to_csv(&t, &city_shown()).unwrap()).unwrap();
    let changed = csv.replacen(",19,か所", ",20,か所", 1).replace("介護予防教室", "介護予防の教室");
    let gone: Vec<&str> = changed.split("\r\n").filter(|l| !l.contains("おくすり街かど講演会")).collect();
    let (then, problems) = read_back(&t, gone.join("\r\n").as_bytes());
    assert_eq!(problems, [""; 0]);
    let views = change_views(&t, &city_shown(), &then);
    let kinds: Vec<(&str, &str)> = views.iter().map(|v| (v.kind, v.name.as_str())).collect();
    assert_eq!(
        kinds,
        [
            ("changed", "いきいきサポートセンター"),
            ("changed", "介護予防の教室"),
            ("removed", "おくすり街かど講演会")
        ]
    );
    let cell = &views[0].cells[0];
    assert_eq!((cell.before.as_str(), cell.after.as_str()), ("19か所", "20か所"));
}

#[test]
fn a_table_that_the_file_does_not_have_is_left_alone() {
    let t = t(Language::Japanese);
    let rows: Vec<Shown> =
        city_shown().into_iter().filter(|r| r.programme == register::Programme::CommunityBuilding).collect();
    let (then, problems) = read_back(&t, &to_csv(&t, &rows).unwrap());
    assert_eq!((problems.len(), change_views(&t, &city_shown(), &then).len()), (0, 0));
}

#[test]
fn every_problem_has_its_line_and_column() {
    let t = t(Language::Japanese);
    let csv = String::from_utf8(to_csv(&t, &city_shown()).unwrap()).unwrap();
    let wrong = csv.replacen("直営", "直轄", 1).replacen(",13,か所", ",十三,か所", 1).replacen(
        "高齢者支援課,受託法人",
        "受託法人,受託法人",
        1,
    );
    let (_, problems) = read_back(&t, wrong.as_bytes());
    assert_eq!(
        problems[..2],
        [
            "2行目「実施方式」: 「直轄」は選べることばではありません。",
            "4行目「数」: 「十三」は数ではありません。"
        ]
    );
    assert!(problems.iter().any(|p| p.starts_with("6行目「実施者」")), "{problems:?}");
    // Without a column nothing is read: it would empty what the column holds.
    let (_, problems) = read_back(&t, "事業,行\n包括的相談支援,1\n".as_bytes());
    assert_eq!(problems.len(), 20);
    let (_, problems) = read_back(&t, csv.replacen("高齢者支援課", "123456789018", 1).as_bytes());
    assert!(!problems.is_empty() && !problems.concat().contains("123456789018"), "{problems:?}");
}

#[test]
fn words_a_spreadsheet_would_run_come_back_as_they_were() {
    let t = t(Language::Japanese);
    let mut plan = city(april());
    plan.states[0].note = "=1+1".to_owned();
    let rows = shown(&plan, &Names::default(), april());
    let bytes = to_csv(&t, &rows).unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("'=1+1"));
    let (then, _) = read_back(&t, &bytes);
    assert_eq!(then[0].note, "=1+1");
}

#[test]
fn no_id_looks_like_an_individual_number() {
    let t = t(Language::Japanese);
    let mut plan = city(april());
    plan.states[0].id = Id::new(uuid::Uuid::parse_str("01a1fcfb-0009-78bd-a5ab-123456789018").unwrap());
    let rows = shown(&plan, &Names::default(), april());
    let csv = String::from_utf8(to_csv(&t, &rows).unwrap()).unwrap();
    assert!(!words::mynumber::contains_my_number(&csv));
    let (drafts, problems) = exchange::read(&t, &table_of(csv.as_bytes()).unwrap());
    assert_eq!((drafts[0].id, problems.len()), (Some(rows[0].id), 0));
}
