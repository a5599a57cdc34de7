use proptest::prelude::*;
use words::Day;

use tabular::Encoding;

use super::*;

fn t() -> T {
    T::japanese(&[site::TEXT, register::TEXT, household::TEXT, intake::TEXT, crate::TEXT]).unwrap()
}

fn now() -> Instant {
    Instant::at(Day::new(2026, 11, 21).unwrap(), 10, 15)
}

fn read(pairs: &[(&str, &str)]) -> Line {
    let (mapping, cells): (Vec<String>, Vec<String>) =
        pairs.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).unzip();
    let header: Vec<String> = (0..cells.len()).map(|n| format!("列{n}")).collect();
    let (standing, t) = (Standing::default(), t());
    let row = Row { line: 7, cells, too_long: false };
    Reader::new(&header, &mapping, &standing, &t).line(&row, now())
}

fn good(pairs: &[(&str, &str)]) -> NewConsultation {
    match read(pairs).outcome {
        Ok(new) => *new,
        Err(problems) => panic!("{problems:?}"),
    }
}

fn problems(pairs: &[(&str, &str)]) -> Vec<(Option<usize>, String)> {
    read(pairs).outcome.err().unwrap_or_default().into_iter().map(|p| (p.column, p.key)).collect()
}

#[test]
fn a_line_of_a_form_service_is_a_consultation() {
    let new = good(&[
        ("number", "R-17"),
        ("occurred", "2026/11/20 14:05:33"),
        ("name", "戸髙　花子"),
        ("birth", "S30.4.1"),
        ("phone", "0466-11-1111"),
        ("topics", "生活費、ペットのこと"),
        ("words", "電気を止められる"),
        ("facts", ""),
        ("", "同意する"),
    ]);
    assert_eq!(new.occurred_at, Instant::at(Day::new(2026, 11, 20).unwrap(), 14, 5));
    assert_eq!(new.channel, intake::Channel::Online);
    assert_eq!(new.topics, [Matter::Income, Matter::Other]);
    let Who::New(person, members) = &new.who else { panic!("nobody") };
    assert_eq!((person.name.as_str(), members.len()), ("戸髙　花子", 0));
    let texts: Vec<_> = new.texts.iter().map(|t| t.body.as_str()).collect();
    assert_eq!(texts, ["電気を止められる", "ペットのこと"]);
}

#[test]
fn several_columns_stand_under_their_headers() {
    let new = good(&[("occurred", "R8.11.20"), ("words", "あ"), ("words", ""), ("words", "い")]);
    assert_eq!(new.texts[0].body, "［列1］\nあ\n［列3］\nい");
}

#[test]
fn every_problem_has_its_column() {
    let wrong = problems(&[
        ("occurred", "きのう"),
        ("phone", "でんわ"),
        ("channel", "伝書鳩"),
        ("words", "x"),
        ("age_band", "若い"),
        ("", "1234 5678 9018"),
    ]);
    let columns: Vec<_> = wrong.iter().map(|(c, _)| *c).collect();
    assert_eq!(columns, [Some(2), Some(4), Some(5), Some(1), Some(0)].map(|c| c), "{wrong:?}");
    assert!(wrong.iter().any(|(c, k)| *c == Some(5) && k == "text.my_number"));
    let empty = problems(&[("occurred", ""), ("words", " ")]);
    assert_eq!(empty.len(), 2, "{empty:?}");
    assert!(problems(&[("occurred", "2026-11-22"), ("words", "x")])[0].1 == "date.in_future");
    for (_, key) in wrong.iter().chain(&empty) {
        assert_ne!(t().s(key), key, "no sentence {key}");
    }
}

#[test]
fn words_of_other_systems_are_understood() {
    let new = good(&[
        ("occurred", "2026-11-20"),
        ("time", "9時30分"),
        ("channel", "来庁"),
        ("route", "民生委員"),
        ("urgency", "中"),
        ("age_band", "82歳"),
        ("facts", "x"),
    ]);
    assert_eq!((new.channel, new.route), (intake::Channel::Counter, intake::Route::Neighbour));
    assert_eq!((new.urgency, new.age_band.as_str()), (intake::Urgency::Soon, "75_"));
    assert_eq!(new.occurred_at.hour(), 9);
    assert!(matches!(new.who, Who::Nobody));
}

#[test]
fn a_mapping_without_day_or_words_is_told() {
    let of = |m: &[&str]| missing(&m.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>());
    assert_eq!(of(&["name", ""]), [(0, "import_page.no_occurred"), (1, "import_page.no_words")]);
    assert_eq!(of(&["name"]), [(0, "import_page.no_occurred"), (0, "import_page.no_words")]);
    assert_eq!(of(&["occurred", "facts", "", "", "words", "words"]), []);
    assert_eq!(of(&["occurred", "occurred", "facts"]), [(1, "import_page.field_twice")]);
    // Everything at once, each beside a column of its own as long as there are columns.
    let keys: Vec<&str> = of(&["name", "name", "", "sex"]).into_iter().map(|(_, key)| key).collect();
    assert_eq!(keys, ["import_page.no_occurred", "import_page.field_twice", "import_page.no_words"]);
}

#[test]
fn broken_lines_come_back_with_their_reasons_and_without_what_must_not_be() {
    let header = ["日", "話"].map(str::to_owned).to_vec();
    let kind = tabular::Kind::Xlsx { sheet: String::new(), sheets: Vec::new() };
    let row = |line, a: &str, b: &str| Row { line, cells: vec![a.into(), b.into()], too_long: false };
    let rows = vec![row(2, "x", "=1"), row(3, "y", "番号 1234-5678-9018"), row(4, "z", "")];
    let table = Table { kind, header_line: 1, header, rows };
    let broken = BTreeMap::from([
        (2, vec![Problem::new(Some(0), "date.unreadable")]),
        (3, vec![Problem::new(Some(1), "text.my_number")]),
    ]);
    let mut out = tabular::CsvOut::new();
    broken_rows(&table, &broken, &t(), &mut out).unwrap();
    let lines: Vec<&str> = out.text().lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("2,日,") && lines[1].ends_with(",x,'=1"), "{}", lines[1]);
    assert!(lines[2].ends_with(",y,") && !lines[2].contains("9018"), "{}", lines[2]);
}

proptest! {
    #[test]
    fn any_line_is_survived_and_a_number_of_a_person_never_passes(
        cells in proptest::collection::vec("[0-9/: .R年月日時あ-ん,]{0,16}|\\PC{0,12}", 6),
        fields in proptest::collection::vec(prop::sample::select(
            vec!["", "occurred", "time", "words", "facts", "topics", "age_band", "birth", "phone", "channel", "name"]), 6),
        hidden in proptest::option::of(0_usize..6),
    ) {
        let mut cells = cells;
        if let Some(n) = hidden {
            cells[n] = format!("{}。123456789018。", cells[n]);
        }
        let pairs: Vec<(&str, &str)> = fields.iter().copied().zip(cells.iter().map(String::as_str)).collect();
        let line = read(&pairs);
        if hidden.is_some() {
            prop_assert!(line.outcome.is_err());
        }
    }
}

#[test]
fn a_character_that_only_one_machine_knows_is_said() {
    // 0xF040 of CP932 is where towns keep the characters of names they made themselves.
    let name = encoding_of(&[0xf0, 0x40]);
    let found = problems(&[("occurred", "R8.11.20"), ("name", &name), ("words", "こまった")]);
    assert_eq!(found, [(Some(1), "import_line.gaiji".to_owned())]);
    // In a column that is not used it does no harm; NEC's and IBM's characters are everybody's.
    good(&[("occurred", "R8.11.20"), ("", &name), ("name", "髙橋 﨑子"), ("words", "㈱①")]);
}

fn encoding_of(bytes: &[u8]) -> String {
    tabular::decode(bytes, Encoding::Cp932).unwrap()
}
