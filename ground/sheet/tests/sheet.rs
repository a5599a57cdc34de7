//! What sheets promise, case by case.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::too_many_lines, reason = "a whole form of somebody else is read in one story")]

use std::collections::BTreeMap;

use access::{Categories, Category};
use sheet::diff::{Change, diff};
use sheet::fill::{Filled, Known, Setting, Typed, fill};
use sheet::personal::{Looks, find};
use sheet::print::{Words, page};
use sheet::xlsform::{self, Book};
use sheet::{Answers, Condition, Definition, FAULTS, Kind, Label, Limits, Need, Tables, shipped};
use words::Day;

/// A change of a core item, and what of it is looser then.
type Loosen<'a> = (&'a dyn Fn(&mut sheet::Item), &'a str);

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn send(definition: &Definition, on: &str, pairs: &[(&str, &str)]) -> Filled {
    let typed = Typed::from_pairs(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let setting = Setting { tables: &shipped::tables(), day: day(on), known: &Known::default() };
    fill(definition, &typed, &setting)
}

fn problems(filled: &Filled) -> Vec<(String, &'static str)> {
    filled.problems.iter().map(|p| (p.field(), p.key)).collect()
}

#[test]
fn all_problems_come_at_once_beside_their_fields() {
    let outreach = shipped::definition("outreach").unwrap();
    let filled = send(
        &outreach,
        "2026-11-21",
        &[
            ("a-found_by", "no_such"),
            ("a-found_words", "番号は 1234 5678 9018 です"),
            ("a-attempts-0-day", "きのう"),
            ("a-attempts-0-result", "absent"),
            ("a-attempts-2-words", "戸の前で声をかけた"),
            ("a-attempts-25-words", "多すぎる"),
            ("a-risk_soon", "yes"),
        ],
    );
    assert_eq!(
        problems(&filled),
        [
            ("a-found_by", "text.choose"),
            ("a-found_words", "text.my_number"),
            ("a-found_day", "date.required"),
            ("a-engagement", "text.choose"),
            ("a-risk_what", "text.required"),
            ("a-attempts-0-day", "date.unreadable"),
            ("a-attempts-2-day", "date.required"),
            ("a-attempts-2-result", "text.choose"),
            ("a-attempts", "sheet_problem.rows"),
        ]
        .map(|(f, k)| (f.to_owned(), k))
    );
}

#[test]
fn what_is_typed_into_a_hidden_item_is_told_and_not_kept() {
    let outreach = shipped::definition("outreach").unwrap();
    let mut pairs = vec![
        ("a-found_by", "minsei"),
        ("a-found_day", "令和8年11月"),
        ("a-engagement", "watching"),
        ("a-risk_soon", "no"),
        ("a-risk_what", "あした木下が訪ねる"),
    ];
    let hidden = send(&outreach, "2026-11-21", &pairs);
    assert!(hidden.problems.is_empty());
    assert_eq!(hidden.dropped, ["risk_what"]);
    assert!(hidden.answers.get("risk_what").is_none());
    pairs[3].1 = "yes";
    let shown = send(&outreach, "2026-11-21", &pairs);
    assert_eq!(shown.dropped, Vec::<String>::new());
    assert!(shown.answers.get("risk_what").is_some());
    assert_eq!(shown.answers.get("found_day").unwrap().store(), "2026-11");
}

#[test]
fn a_code_that_ended_is_an_error_and_an_old_answer_keeps_its_words() {
    let mut tables = shipped::tables();
    let mut route = tables.get("route").unwrap().clone();
    for entry in route.codes.iter_mut().filter(|c| c.code == "outreach") {
        entry.until = Some(day("2027-03-31"));
    }
    let mut renamed = route.codes[0].clone();
    route.codes[0].until = Some(day("2027-03-31"));
    renamed.from = Some(day("2027-04-01"));
    renamed.label = Label::ja("ご本人が来た");
    route.codes.push(renamed);
    assert_eq!(route.faults(&Limits::default()), vec![]);
    tables.put(route);
    let intake = shipped::definition("intake").unwrap();
    let send = |on: &str, code: &str| {
        let typed = Typed::from_pairs([("a-route".to_owned(), code.to_owned())]);
        fill(&intake, &typed, &Setting { tables: &tables, day: day(on), known: &Known::default() })
    };
    assert!(send("2027-03-31", "outreach").problems.iter().all(|p| p.item != "route"));
    let late = send("2027-04-01", "outreach");
    let problem = late.problems.iter().find(|p| p.item == "route").unwrap();
    assert_eq!(problem.key, "sheet_problem.expired");
    let shown = |on: &str, code: &str| {
        let answers = Answers::read(&intake, [("route", code)]).0;
        let names = BTreeMap::new();
        let words = Words { tables: &tables, day: day(on), names: &names, language: "ja" };
        page(&intake, &answers, &words)[0].lines[0].value.clone().unwrap()
    };
    assert_eq!(shown("2026-06-01", "self_counter"), "本人（来所）");
    assert_eq!(shown("2027-06-01", "self_counter"), "ご本人が来た");
    assert_eq!(shown("2027-06-01", "outreach"), "自立相談支援機関がアウトリーチして勧めた");
}

/// A version from before an item was added asks it all the same, in its place.
#[test]
fn an_older_version_gets_the_items_the_work_depends_on() {
    let base = shipped::definition("consultation").unwrap();
    let mut old = base.clone();
    old.sections.retain(|s| s.key != "part_members");
    old.sections[0].items.retain(|i| i.key != "time");
    old.sections[0].items[0].label = Label::ja("お困りごと");
    let now = old.with_core_of(&base);
    assert!(now.faults(&shipped::tables(), Some(&base), &Limits::default()).is_empty());
    assert_eq!(now.sections[0].items.last().unwrap().key, "time");
    assert_eq!(
        (now.items().count(), now.item("words").unwrap().label.ja.as_str()),
        (base.items().count(), "お困りごと")
    );
    assert_eq!(base.with_core_of(&base), base);
}

#[test]
fn a_town_may_reword_and_reorder_the_core_but_not_loosen_it() {
    let base = shipped::definition("consultation").unwrap();
    let tables = shipped::tables();
    let faults = |change: &dyn Fn(&mut Definition)| {
        let mut d = base.clone();
        change(&mut d);
        let read = Definition::parse(&d.to_json(), &tables, Some(&base), &Limits::default());
        read.err().unwrap_or_default().into_iter().map(|f| (f.key, f.what)).collect::<Vec<_>>()
    };
    assert_eq!(
        faults(&|d| {
            d.sections.reverse();
            d.sections[0].items.reverse();
            let words = d.sections.iter_mut().flat_map(|s| &mut s.items).find(|i| i.key == "words").unwrap();
            words.label = Label::ja("お困りごと");
            words.required = Need::Always;
            words.categories = Categories::all();
        }),
        vec![]
    );
    let loosen: [Loosen<'_>; 6] = [
        (&|i| i.required = Need::Never, "required"),
        (&|i| i.kind = Kind::Text { max: 10 }, "kind"),
        (&|i| i.categories = Categories::NONE.with(Category::Basic), "categories"),
        (&|i| i.reported = false, "reported"),
        (&|i| i.whose = sheet::Whose::Person, "subjects"),
        (&|i| i.shown = Some(Condition::Answered("words".to_owned())), "shown"),
    ];
    for (change, what) in loosen {
        let found = faults(&|d| change(d.sections[0].items.iter_mut().find(|i| i.key == "channel").unwrap()));
        assert_eq!(found, vec![("sheet_fault.core_loosened", what.to_owned())]);
    }
    assert_eq!(
        faults(&|d| d.sections[0].items.retain(|i| i.key != "channel")),
        vec![("sheet_fault.core_missing", "channel".to_owned())]
    );
    let hidden = faults(&|d| d.sections[1].shown = Some(Condition::Answered("words".to_owned())));
    assert!(
        hidden.iter().all(|f| *f == ("sheet_fault.core_loosened", "shown".to_owned())) && hidden.len() == 7
    );
}

#[test]
fn faults_of_a_definition_come_at_once_with_their_places() {
    let text = r#"{
        "key": "Big", "title": "", "about": "town", "sections": [
            { "key": "s", "title": "s", "items": [
                { "key": "a", "label": "A", "kind": "choice", "table": "nowhere" },
                { "key": "a", "label": "B", "kind": "text", "max": 0, "colour": "red" },
                { "key": "c", "label": "C", "kind": "banana" },
                { "key": "d", "label": "D", "kind": "number", "min": 3, "max": 1, "required": "sometimes" }
            ] } ] }"#;
    let faults = Definition::parse(text, &shipped::tables(), None, &Limits::default()).unwrap_err();
    let found: Vec<_> = faults.iter().map(|f| (f.path.as_str(), f.key)).collect();
    for wanted in [
        ("about", "sheet_fault.word"),
        ("sections[0].items[1]", "sheet_fault.unknown_field"),
        ("sections[0].items[1].max", "sheet_fault.range"),
        ("sections[0].items[2].kind", "sheet_fault.word"),
        ("sections[0].items[3].required", "sheet_fault.word"),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
    let readable = text.replace("\"town\"", "\"case\"").replace(", \"max\": 0, \"colour\": \"red\"", "");
    let readable = readable.replace("banana", "person").replace("sometimes", "always");
    let faults = Definition::parse(&readable, &shipped::tables(), None, &Limits::default()).unwrap_err();
    let found: Vec<_> = faults.iter().map(|f| (f.path.as_str(), f.key)).collect();
    assert_eq!(
        found,
        [
            ("key", "sheet_fault.key"),
            ("title", "sheet_fault.label"),
            ("sections[0].items[0].table", "sheet_fault.table"),
            ("sections[0].items[1].key", "sheet_fault.duplicate"),
            ("sections[0].items[3].max", "sheet_fault.range"),
        ]
    );
    assert!(faults.iter().all(|f| FAULTS.contains(&f.key)));
}

#[test]
fn a_condition_refers_to_earlier_items_only() {
    let mut d = shipped::definition("outreach").unwrap();
    d.sections[0].items[0].shown = Some(Condition::Answered("next_day".to_owned()));
    let faults = d.faults(&shipped::tables(), None, &Limits::default());
    assert_eq!(faults[0].key, "sheet_fault.later");
    d.sections[0].items[0].shown = Some(Condition::Answered("found_by".to_owned()));
    assert_eq!(d.faults(&shipped::tables(), None, &Limits::default())[0].key, "sheet_fault.later");
}

#[test]
fn a_community_issue_can_name_nobody() {
    let mut d = shipped::definition("community_issue").unwrap();
    d.sections[0].items[2].kind = Kind::Person;
    assert_eq!(d.faults(&shipped::tables(), None, &Limits::default())[0].key, "sheet_fault.about");
}

#[test]
fn a_diff_tells_what_changed() {
    let old = shipped::definition("outreach").unwrap();
    let mut new = old.clone();
    new.sections[0].items[1].label = Label::ja("きっかけ");
    let last = new.sections[3].items.pop().unwrap();
    new.sections[3].items.insert(0, last);
    new.sections[1].items.remove(1);
    let changes = diff(&old, &new);
    assert!(changes.contains(&Change::Changed {
        item: "found_words".to_owned(),
        label: "きっかけ".to_owned(),
        what: "label"
    }));
    assert!(changes.iter().any(|c| matches!(c, Change::Moved { item, .. } if item == "together")));
    assert!(changes.iter().any(|c| matches!(c, Change::Removed { item, .. } if item == "life")));
    assert_eq!(changes.len(), 3);
}

fn rows(rows: &[&[&str]]) -> xlsform::Rows {
    rows.iter().map(|r| r.iter().map(|c| (*c).to_owned()).collect()).collect()
}

#[test]
fn somebody_elses_xlsform_is_read_and_what_cannot_be_is_listed() {
    let book = Book {
        survey: rows(&[
            &[
                "type",
                "name",
                "label::English (en)",
                "label::日本語 (ja)",
                "label::French (fr)",
                "relevant",
                "required",
                "constraint",
                "appearance",
                "calculation",
            ],
            &["start", "start", "", "", "", "", "", "", "", ""],
            &["note", "hello", "Hello", "こんにちは", "", "", "", "", "", ""],
            &[
                "select_one yes_no",
                "Home-less",
                "No home?",
                "住まいがない",
                "Sans abri",
                "",
                "yes",
                "",
                "",
                "",
            ],
            &["begin group", "g", "More", "くわしく", "", "", "", "", "", ""],
            &[
                "integer",
                "nights",
                "Nights",
                "何晩",
                "",
                "${Home-less} = 'Yes'",
                "",
                ". >= 0 and . <= 31",
                "",
                "",
            ],
            &["begin group", "inner", "Inner", "内側", "", "", "", "", "", ""],
            &[
                "select_multiple things or_other",
                "needs",
                "Needs",
                "要るもの",
                "",
                "${nights} != 3 or selected(${Home-less}, 'no')",
                "",
                "",
                "minimal",
                "",
            ],
            &["end group", "", "", "", "", "", "", "", "", ""],
            &["calculate", "sum", "", "", "", "", "", "", "", "1 + 1"],
            &["text", "why", "Why", "なぜ", "", "count-selected(${needs}) > 2", "", "", "multiline", ""],
            &["end group", "", "", "", "", "", "", "", "", ""],
            &["begin_repeat", "people", "People", "人", "", "", "", "", "", ""],
            &["text", "who", "Who", "だれ", "", "", "yes", "", "", ""],
            &["geopoint", "where", "Where", "どこ", "", "", "", "", "", ""],
            &["end_repeat", "", "", "", "", "", "", "", "", ""],
        ]),
        choices: rows(&[
            &["list name", "name", "label::English (en)", "label::日本語 (ja)", "region"],
            &["yes_no", "Yes", "Yes", "はい", ""],
            &["yes_no", "no", "No", "いいえ", "x"],
            &["things", "1", "Food", "食べもの", ""],
            &["things", "2", "Clothes", "服", ""],
        ]),
        settings: rows(&[&["form_title", "form_id", "style"], &["夜回り", "night-walk", "pages"]]),
        tables: Vec::new(),
    };
    let read = xlsform::read(&book, &Tables::default(), None, &Limits::default());
    assert_eq!(read.faults, vec![]);
    let d = read.definition.unwrap();
    assert_eq!((d.key.as_str(), d.title.ja.as_str()), ("night_walk", "夜回り"));
    let keys: Vec<_> = d.sections.iter().map(|s| (s.key.as_str(), s.items.len())).collect();
    assert_eq!(keys, [("main", 1), ("g", 1), ("inner", 1), ("g_2", 1), ("main_2", 1)]);
    assert_eq!(d.item("home_less").unwrap().required, Need::Always);
    assert_eq!(
        d.item("nights").unwrap().shown,
        Some(Condition::Equals("home_less".to_owned(), "yes".to_owned()))
    );
    assert_eq!(read.tables[0].codes[0].label.ja, "はい");
    let lost: Vec<_> = read.lost.iter().map(|f| f.key).collect();
    for key in [
        "xlsform.type",
        "xlsform.note",
        "xlsform.renamed",
        "xlsform.language",
        "xlsform.column",
        "xlsform.group",
        "xlsform.expression",
        "xlsform.setting",
    ] {
        assert!(lost.contains(&key), "{key} in {:?}", read.lost);
    }
    for what in ["start start", "or_other", "calculate sum", "geopoint where", "region", "style"] {
        assert!(read.lost.iter().any(|f| f.what == what), "{what} in {:?}", read.lost);
    }
    // A missing number is unequal to 3 in XPath, and here.
    let mut tables = Tables::default();
    read.tables.into_iter().for_each(|t| tables.put(t));
    let needs = d.item("needs").unwrap().shown.clone().unwrap();
    assert!(needs.holds(&Answers::default()));
}

#[test]
fn the_shipped_sheets_are_xlsforms() {
    let tables = shipped::tables();
    for d in shipped::definitions() {
        let written = xlsform::write(d, &tables);
        let read = xlsform::read(&written.book, &Tables::default(), Some(d), &Limits::default());
        assert_eq!(read.faults, vec![], "{}", d.key);
        assert_eq!(read.lost, vec![], "{}", d.key);
        assert_eq!(read.definition.unwrap(), xlsform::normalised(d));
        assert!(written.lost.iter().all(|f| FAULTS.contains(&f.key)));
    }
}

fn looks(text: &str) -> Vec<(Looks, String)> {
    find(text, &["大沢 トキ", "髙木"]).into_iter().map(|f| (f.looks, f.words(text))).collect()
}

#[test]
fn personal_data_is_seen() {
    for (text, looks_like, words) in [
        ("浜田さんが困っている", Looks::Titled, "浜田さん"),
        ("髙木様の件", Looks::Titled, "髙木様"),
        ("ジョンソンさん宅", Looks::Titled, "ジョンソンさん"),
        ("トキちゃんの家", Looks::Titled, "トキちゃん"),
        ("佐藤氏より", Looks::Titled, "佐藤氏"),
        ("大沢トキという人", Looks::Known, "大沢トキ"),
        ("大沢　トキは", Looks::Known, "大沢　トキ"),
        ("高木の家", Looks::Known, "高木"),
        ("電話は０９０－１２３４－５６７８です", Looks::Phone, "０９０－１２３４－５６７８"),
        ("電話0466251111まで", Looks::Phone, "0466251111"),
        ("(0466) 25-1111", Looks::Phone, "(0466) 25-1111"),
        ("鵠沼石上1-2-3の空き家", Looks::Address, "鵠沼石上1-2-3"),
        ("本町三丁目２番５号に", Looks::Address, "本町三丁目２番５号"),
        ("辻堂12番地のあたり", Looks::Address, "辻堂12番地"),
        ("昭和33年5月12日生まれ", Looks::Birth, "昭和33年5月12日"),
        ("生年月日: S33.5.12", Looks::Birth, "S33.5.12"),
        ("番号は1234-5678-9018", Looks::MyNumber, "1234-5678-9018"),
        ("taro@example.jp へ", Looks::Email, "taro@example.jp"),
    ] {
        let found = looks(text);
        assert!(found.contains(&(looks_like, words.to_owned())), "{text}: {found:?}");
    }
}

#[test]
fn what_names_nobody_passes() {
    for text in [
        "80代の一人ぐらしの人が、買い物に行けない",
        "皆さんの声を聞いた",
        "お母さんたちが集まる場がない",
        "子どもさんの居場所",
        "Aさんのような人が三人",
        "様子を見る。様々な意見。仕様。同様に。",
        "摂氏35度。彼氏。氏名は書かない",
        "令和8年11月21日に話し合った",
        "困ったら110番、189へ",
        "参加者は12〜15人、10時から12時",
        "5丁目の自治会",
        "1-2回の集まり",
        "3番目の議題",
        "第2の居場所",
    ] {
        assert_eq!(looks(text), vec![], "{text}");
    }
}
