//! Random definitions through the whole program: brought, published, filled in, read back, printed, exported, held against
//! their JSON Schema; and definitions nobody should send. `YORISOU_FORMS` sets how many on each engine (100).

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sheet::fill::{Known, Setting, Typed, fill};
use sheet::print::Words;
use sheet::{Answers, Definition, Item, Kind, Tables, cells, print, schema, xlsform};
use uuid::Uuid;

use crate::sheets::{case, value};
use crate::support::Person;

// The same makers as the library's own property tests: one idea of what a definition can be.
#[path = "../../../ground/sheet/tests/random/make.rs"]
mod make;
#[path = "../../../ground/sheet/tests/random/validator.rs"]
mod validator;

fn how_many() -> usize {
    std::env::var("YORISOU_FORMS").ok().and_then(|n| n.parse().ok()).unwrap_or(100)
}

/// Brings the code tables of the makers with a form that uses all three.
async fn bring_tables(admin: &mut Person, tables: &Tables, d: &Definition) {
    let mut d = Definition { key: "first".to_owned(), ..d.clone() };
    let items = ["dated", "joint", "plain"].map(|t| Item {
        key: t.to_owned(),
        kind: Kind::Choice { table: t.to_owned() },
        shown: None,
        required: sheet::Need::Never,
        core: None,
        ..d.sections[0].items[0].clone()
    });
    d.sections.truncate(1);
    d.sections[0].shown = None;
    d.sections[0].items = items.to_vec();
    let book = xlsform::write(&d, tables).book;
    let text = |rows: &xlsform::Rows| rows.iter().map(|r| r.join("\t")).collect::<Vec<_>>().join("\n");
    let sent = [text(&book.survey), text(&book.choices), text(&book.settings), text(&book.tables)];
    admin.get("/admin/forms").await.is(200);
    let told = ["survey", "choices", "settings", "tables"];
    let mut told: Vec<(&str, &str)> = told.into_iter().zip(sent.iter().map(String::as_str)).collect();
    told.push(("without", "yes"));
    let page = admin.post("/admin/forms", &told).await;
    assert_eq!(page.status, 303, "{}", page.text());
}

/// The ids a page offers in the select of a field.
fn offered(body: &str, field: &str) -> Vec<Uuid> {
    let select = body.split(&format!("<select id=\"{field}\"")).nth(1).unwrap_or_default();
    let select = select.split("</select>").next().unwrap_or_default();
    select.split("value=\"").skip(1).filter_map(|v| v.split('"').next()?.parse().ok()).collect()
}

/// Only letters that count: a page breaks its lines where it likes.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

struct Walk {
    tables: Tables,
    case: String,
}

impl Walk {
    /// One definition through the program; whether it could be filled in at all.
    async fn one(
        &self,
        admin: &mut Person,
        worker: &mut Person,
        d: &Definition,
        picks: &[(u8, String)],
    ) -> bool {
        let at = format!("/admin/forms/{}", d.key);
        admin.get("/admin/forms").await.is(200);
        let page = admin.post("/admin/forms", &[("json", &d.to_json())]).await;
        assert_eq!(page.status, 303, "{}\n{}", d.to_json(), page.text());
        let page = admin.get(&at).await;
        page.is(200);
        let edit = value(&page, "edit");
        admin.get(&format!("{at}/1")).await.is(200);
        admin.get(&format!("{at}?item={}", d.items().next().unwrap().key)).await.is(200);
        admin.get(&format!("{at}/1/xlsform")).await.is(200);
        assert_eq!(admin.get(&format!("{at}/1/form.xlsx")).await.status, 200);
        admin.get(&at).await.is(200);
        let page = admin.post(&format!("{at}/publish"), &[("edit", &edit), ("from", "R8.11.21")]).await;
        assert_eq!(page.status, 303, "{}", page.text());

        let path = format!("{}/sheets/{}", self.case, d.key);
        let form = worker.get(&path).await;
        form.is(200);
        let known = known(d, &form.body);
        let setting = Setting { tables: &self.tables, day: make::day(), known: &known };
        let swap = |typed: &Typed| swapped(d, typed, &known);
        let sent = make::repaired(d, &swap(&make::typed(d, picks)), |t| fill(d, &swap(t), &setting));
        let done = fill(d, &swap(&sent), &setting);
        let dropped = !done.dropped.is_empty();
        if !done.problems.is_empty() || done.answers.is_empty() {
            return false;
        }
        let filled = self.written(worker, &path, d, &swap(&sent), dropped).await;
        let answers = &done.answers;
        let names: BTreeMap<Uuid, String> = BTreeMap::new();
        let words = Words { tables: &self.tables, day: make::day(), names: &names, language: "ja" };
        let page = dense(&worker.get(&filled).await.is(200).text());
        let paper = dense(&worker.get(&format!("{filled}/print")).await.is(200).text());
        for (key, value) in answers.iter() {
            let item = d.item(key).unwrap();
            if matches!(item.kind, Kind::Person | Kind::Agency | Kind::Area) {
                continue;
            }
            let shown = dense(&print::show(&item.kind, value, &words));
            assert!(page.contains(&shown), "{key}: {shown} is not on the page\n{}", d.to_json());
            assert!(paper.contains(&shown), "{key}: {shown} is not printed\n{}", d.to_json());
        }
        // The spreadsheet's cells, read and filled in again, are the same answers.
        let csv = worker.get(&format!("{filled}/table.csv")).await.is(200).body.clone();
        assert_eq!(&read_back(d, &csv, &words, &setting), answers, "{}", d.to_json());
        worker.get(&format!("{filled}/edit")).await.is(200);
        let schema = admin.get(&format!("{at}/1/schema.json")).await.is(200).body.clone();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert!(validator::valid(&schema, &answers.to_json()), "{schema:#}");
        assert_eq!(schema, schema::schema(&Definition { version: 1, ..d.clone() }, &self.tables, None));
        true
    }

    /// Fills the form in; its page.
    async fn written(
        &self,
        worker: &mut Person,
        path: &str,
        d: &Definition,
        sent: &Typed,
        dropped: bool,
    ) -> String {
        let mut pairs: Vec<(String, String)> = vec![("occurred".to_owned(), "R8.11.21".to_owned())];
        pairs.extend(sent.fields().flat_map(|(n, vs)| vs.iter().map(move |v| (n.to_owned(), v.clone()))));
        // A 個人番号 is refused in a field that is not asked, too; what is asked was put right before.
        pairs.retain(|(_, value)| !words::mynumber::contains_my_number(value));
        // Marked with something that may be printed and taken along.
        pairs.extend(d.items().map(|i| (format!("m-{}_cat", i.key), "support".to_owned())));
        if dropped {
            pairs.push(("drop".to_owned(), "yes".to_owned()));
        }
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let page = worker.post(path, &pairs).await;
        assert_eq!(page.status, 303, "{}\n{}", d.to_json(), page.text());
        page.location().split('?').next().unwrap().to_owned()
    }
}

/// What the page's selects offer.
fn known(d: &Definition, body: &str) -> Known {
    let mut known = Known::default();
    for item in d.items() {
        let ids = offered(body, &item.field());
        match item.kind {
            Kind::Person => known.persons.extend(ids),
            Kind::Agency => known.agencies.extend(ids),
            Kind::Area => known.areas.extend(ids),
            _ => {}
        }
    }
    known
}

/// The maker's invented persons, agencies and areas as those of the town.
fn swapped(d: &Definition, typed: &Typed, known: &Known) -> Typed {
    let made = make::known();
    let pairs = typed.fields().flat_map(|(name, values)| {
        let item = d.items().find(|i| i.field() == name);
        let real = |v: &String| {
            let (from, to) = match item.map(|i| &i.kind) {
                Some(Kind::Person) => (&made.persons, &known.persons),
                Some(Kind::Agency) => (&made.agencies, &known.agencies),
                Some(Kind::Area) => (&made.areas, &known.areas),
                _ => return v.clone(),
            };
            let invented = v.parse::<Uuid>().is_ok_and(|id| from.contains(&id));
            let first = to.iter().next().filter(|_| invented);
            first.map_or_else(|| v.clone(), Uuid::to_string)
        };
        values.iter().map(|v| (name.to_owned(), real(v))).collect::<Vec<_>>()
    });
    Typed::from_pairs(pairs.collect::<Vec<_>>())
}

fn read_back(d: &Definition, csv: &str, words: &Words<'_>, setting: &Setting<'_>) -> Answers {
    let how = tabular::How::default();
    let table = tabular::read(csv.as_bytes(), &how, &tabular::Limits::default()).unwrap();
    let row = &table.rows[0];
    let items: Vec<_> = table
        .header
        .iter()
        .zip(&row.cells)
        .skip(5)
        .filter_map(|(head, cell)| Some((cells::item_of_head(d, head, "ja")?, cell.as_str())))
        .collect();
    let back = fill(d, &cells::typed(items, words), setting);
    assert_eq!(back.problems, vec![], "{csv}");
    back.answers
}

story!(random_definitions_go_through_the_program, |app| async {
    let mut runner = TestRunner::deterministic();
    let (definitions, picks) = (make::definition(), make::picks());
    let tables = make::tables();
    let (mut admin, mut worker) = (app.sign_in("kanri").await, app.sign_in("kinoshita").await);
    let first = definitions.new_tree(&mut runner).unwrap().current();
    bring_tables(&mut admin, &tables, &first).await;
    let walk = Walk { tables, case: case(&mut worker).await };
    let mut filled = 0;
    for n in 0..how_many() {
        let mut d = definitions.new_tree(&mut runner).unwrap().current();
        d.key = format!("random_{n}");
        d.items_mut().for_each(|i| i.core = None);
        let picks = picks.new_tree(&mut runner).unwrap().current();
        filled += usize::from(walk.one(&mut admin, &mut worker, &d, &picks).await);
    }
    assert!(filled * 2 >= how_many(), "only {filled} could be filled in");
});

/// Definitions nobody should send: refused with words, and the program goes on.
fn hostile() -> Vec<String> {
    let item = |more: &str| {
        format!(
            r#"{{"key":"evil","version":1,"title":"x","about":"case","sections":[{{"key":"s","title":"s","items":[{{"key":"a","label":"a","kind":"text"{more}}}]}}]}}"#
        )
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{}{{\"answered\":\"a\"}}{}", "{\"not\":".repeat(90), "}".repeat(90));
    let many: Vec<String> =
        (0..5_000).map(|n| format!(r#"{{"key":"i{n}","label":"x","kind":"text"}}"#)).collect();
    vec![
        deep,
        item(&format!(r#","shown":{nested}"#)),
        item(r#","shown":{"answered":"a"}"#),
        item(r#","shown":{"answered":"b"}},{"key":"b","label":"b","kind":"text","shown":{"answered":"a"}"#),
        item(r#","max":99999999999999999999"#),
        item(r#","max":-1"#),
        item(r#","kind":"number","min":1e999"#),
        item("\u{0}"),
        item(r#","label":"\ud800""#),
        item(r#","label":"\u202e見えない\u0007""#),
        item(r#","core":"words""#),
        item(r#","kind":"table","rows":100000,"columns":[]"#),
        item(r#","kind":"choice","table":"../../etc""#),
        item("").replace("\"evil\"", "\"../evil\""),
        item("").replace("\"evil\"", "\"consultation\""),
        item("").replace("\"version\":1", "\"version\":-5"),
        item("").replace("\"case\"", "\"community\""),
        format!(
            r#"{{"key":"evil","version":1,"title":"x","about":"case","sections":[{{"key":"s","title":"s","items":[{}]}}]}}"#,
            many.join(",")
        ),
        format!(r#"{{"key":"evil","title":"{}"}}"#, "長".repeat(400_000)),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "\u{feff}{".to_owned(),
    ]
}

async fn refused(admin: &mut Person, text: &str) {
    admin.get("/admin/forms").await.is(200);
    let page = admin.post("/admin/forms", &[("json", text)]).await;
    let start: String = text.chars().take(200).collect();
    assert!(page.status == 422 || page.status == 413, "{}: {start}\n{}", page.status, page.text());
}

story!(a_hostile_definition_is_refused_with_words, |app| async {
    let mut admin = app.sign_in("kanri").await;
    for text in hostile() {
        refused(&mut admin, &text).await;
    }
    // A good text with a piece missing is refused or read, never an accident.
    let mut runner = TestRunner::deterministic();
    let places = proptest::collection::vec((0usize..4_000, 1usize..40), 1..3);
    let good = sheet::shipped::definition("outreach").unwrap().to_json();
    for _ in 0..40 {
        let mut text = good.clone();
        for (from, length) in places.new_tree(&mut runner).unwrap().current() {
            text = text
                .chars()
                .enumerate()
                .filter(|(n, _)| !(from..from + length).contains(n))
                .map(|(_, c)| c)
                .collect();
        }
        admin.get("/admin/forms").await.is(200);
        let page = admin.post("/admin/forms", &[("json", &text)]).await;
        assert!([303, 422].contains(&page.status), "{}: {}", page.status, page.text());
    }
    // Files that are none.
    for (name, bytes) in files() {
        admin.get("/admin/forms").await.is(200);
        let page = admin.attach("/admin/forms", name, &bytes).await;
        page.is(422);
        assert!(
            page.body.contains("id=\"file-error\"") || page.body.contains("id=\"faults\""),
            "{name}: {}",
            page.text()
        );
    }
    admin.get("/admin/forms").await.is(200);
});

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let mut other = tabular::XlsxOut::new("Sheet1").unwrap();
    tabular::Out::row(&mut other, &[tabular::Cell::Text("type")]).unwrap();
    vec![
        ("broken.xlsx", b"PK\x03\x04 nothing more".to_vec()),
        ("other.xlsx", other.finish().unwrap()),
        ("old.xls", vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
        ("photo.png", vec![0x89, b'P', b'N', b'G', 0xff, 0xfe]),
        ("text.json", b"{".to_vec()),
    ]
}

story!(a_workbook_is_brought_and_taken_along, |app| async {
    let mut admin = app.sign_in("kanri").await;
    let d = sheet::shipped::definition("outreach").unwrap();
    let d = Definition { key: "visits".to_owned(), ..d };
    let bytes = workbook(&d);
    admin.get("/admin/forms").await.is(200).see("ファイル");
    // What other programs cannot say is no loss on the way in.
    let page = admin.attach("/admin/forms", "visits.xlsx", &bytes).await;
    assert_eq!(page.status, 303, "{}", page.text());
    admin.follow().await.is(200).see("把握のきっかけ");
    let json = admin.get("/admin/forms/visits/1/definition.json").await.is(200).body.clone();
    let read = Definition::stored(&json).unwrap();
    assert_eq!(xlsform::normalised(&read), xlsform::normalised(&d));
    let file = admin.get("/admin/forms/visits/1/form.xlsx").await;
    assert!(
        file.status == 200 && file.header("content-disposition").is_some_and(|h| h.contains("visits-1.xlsx"))
    );
    // A definition as a file.
    let other = json.replace("\"visits\"", "\"visits_too\"");
    admin.get("/admin/forms").await.is(200);
    let page = admin.attach("/admin/forms", "visits.json", other.as_bytes()).await;
    assert_eq!(page.status, 303, "{}", page.text());
});

fn workbook(d: &Definition) -> Vec<u8> {
    let book = xlsform::write(d, &sheet::shipped::tables()).book;
    let mut out = tabular::XlsxOut::new("survey").unwrap();
    for (n, (name, rows)) in book.sheets().into_iter().enumerate() {
        if n > 0 {
            out.next_sheet(name).unwrap();
        }
        for row in rows {
            let cells: Vec<tabular::Cell<'_>> = row.iter().map(|c| tabular::Cell::Text(c)).collect();
            tabular::Out::row(&mut out, &cells).unwrap();
        }
    }
    out.finish().unwrap()
}

// A town makes a sheet and its list by hand, without a text or a file.
story!(a_sheet_is_made_by_hand, |app| async {
    let mut admin = app.sign_in("kanri").await;
    admin.get("/admin/codes").await.is(200).see("新しい一覧を作る");
    admin.post("/admin/codes", &[("title_ja", ""), ("words", "")]).await.is(422);
    admin.get("/admin/codes").await.is(200);
    let page = admin.post("/admin/codes", &[("title_ja", "ペット"), ("words", "犬\n猫\n\nほか")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    admin.follow().await.is(200).see("猫");
    admin.get("/admin/forms").await.is(200);
    let page = admin.post("/admin/forms/new", &[("title_ja", "ペットのシート")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = admin.follow().await;
    page.is(200).see("ペットのシート").see("はじめに");
    let edit = value(&page, "edit");
    admin
        .get("/admin/forms/sheet_1?item=new&section=part_1")
        .await
        .is(200)
        .see("質問を足す")
        .see("ペット (犬、猫、ほか)");
    let item = [
        ("op", "save"),
        ("edit", edit.as_str()),
        ("label_ja", "飼っているもの"),
        ("kind", "choice"),
        ("table", ""),
        ("section", "new"),
        ("section_title", "動物のこと"),
        ("must", "always"),
    ];
    admin.post("/admin/forms/sheet_1/item", &item).await.is(422).see("飼っているもの").see("どれかを選んで");
    admin.get("/admin/forms/sheet_1?item=new").await.is(200);
    let mut right = item.to_vec();
    right[4].1 = "list_1";
    let page = admin.post("/admin/forms/sheet_1/item", &right).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = admin.follow().await;
    page.is(200).see("動物のこと").see("飼っているもの");
    let edit = value(&page, "edit");
    admin.get("/admin/forms/sheet_1?item=new").await.is(200);
    let table = [
        ("op", "save"),
        ("edit", edit.as_str()),
        ("label_ja", "世話のようす"),
        ("kind", "table"),
        ("section", "part_1"),
        ("col_0_ja", "何を"),
        ("col_0_kind", "text"),
        ("col_1_ja", "何回"),
        ("col_1_kind", "number"),
        ("rows", "4"),
        ("must", "never"),
    ];
    let page = admin.post("/admin/forms/sheet_1/item", &table).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let page = admin.follow().await;
    let edit = value(&page, "edit");
    let page = admin.post("/admin/forms/sheet_1/publish", &[("edit", &edit), ("from", "R8.11.21")]).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let mut kinoshita = app.sign_in("kinoshita").await;
    let case = case(&mut kinoshita).await;
    kinoshita.get(&format!("{case}/sheets/sheet_1")).await.is(200).see("飼っているもの").see("何回");
});
