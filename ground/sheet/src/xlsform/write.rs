//! A definition as the sheets of an XLSForm.

use std::collections::BTreeMap;

use words::code::Code;

use super::{Book, Sheet, Written, expression, tables_of};
use crate::{Definition, Fault, Item, Kind, Label, Need, Number, Section, Tables};

/// Heads of the survey sheet: the standard's first, ours behind them.
const SURVEY: &[&str] = &[
    "type",
    "name",
    "label::日本語 (ja)",
    "label::English (en)",
    "hint::日本語 (ja)",
    "hint::English (en)",
    "required",
    "relevant",
    "constraint",
    "appearance",
    "yorisou_kind",
    "yorisou_required",
    "yorisou_decimals",
    "yorisou_unit",
    "yorisou_unit_en",
    "yorisou_rows",
    "yorisou_subjects",
    "yorisou_categories",
    "yorisou_reported",
    "yorisou_core",
];

type Cells = BTreeMap<&'static str, String>;

/// Writes a definition and the tables it uses.
pub fn write(definition: &Definition, tables: &Tables) -> Written {
    let mut survey = Sheet::new(SURVEY);
    let mut lost = Vec::new();
    for section in &definition.sections {
        group(&mut survey, definition, section);
        for item in &section.items {
            question(&mut survey, &mut lost, definition, item);
        }
        survey.row(&Cells::from([("type", "end_group".to_owned())]));
    }
    let mut book = Book { survey: survey.rows, ..Book::default() };
    settings(&mut book, definition);
    choices(&mut book, &mut lost, definition, tables);
    Written { book, lost }
}

fn settings(book: &mut Book, definition: &Definition) {
    let heads = ["form_title", "form_id", "version", "default_language", "yorisou_title_en", "yorisou_about"];
    let mut sheet = Sheet::new(&heads);
    sheet.row(&Cells::from([
        ("form_title", definition.title.ja.clone()),
        ("form_id", definition.key.clone()),
        ("version", definition.version.to_string()),
        ("default_language", super::JA.to_owned()),
        ("yorisou_title_en", definition.title.en.clone()),
        ("yorisou_about", definition.about.code().to_owned()),
    ]));
    book.settings = sheet.rows;
}

fn choices(book: &mut Book, lost: &mut Vec<Fault>, definition: &Definition, tables: &Tables) {
    let mut choices = Sheet::new(&[
        "list_name",
        "name",
        "label::日本語 (ja)",
        "label::English (en)",
        "yorisou_from",
        "yorisou_until",
    ]);
    let mut about = Sheet::new(&["list_name", "title", "title_en", "version", "verified", "source"]);
    for table in tables_of(definition, tables) {
        about.row(&Cells::from([
            ("list_name", table.key.clone()),
            ("title", table.title.ja.clone()),
            ("title_en", table.title.en.clone()),
            ("version", table.version.to_string()),
            ("verified", yes(table.verified)),
            ("source", table.source.clone()),
        ]));
        if table.codes.iter().any(|c| c.from.is_some() || c.until.is_some()) {
            lost.push(Fault::of("choices", "xlsform.validity", &table.key));
        }
        for entry in &table.codes {
            let day = |d: Option<words::Day>| d.map(|d| d.to_string()).unwrap_or_default();
            choices.row(&Cells::from([
                ("list_name", table.key.clone()),
                ("name", entry.code.clone()),
                ("label::日本語 (ja)", entry.label.ja.clone()),
                ("label::English (en)", entry.label.en.clone()),
                ("yorisou_from", day(entry.from)),
                ("yorisou_until", day(entry.until)),
            ]));
        }
    }
    book.choices = choices.rows;
    book.tables = about.rows;
}

fn yes(flag: bool) -> String {
    if flag { "yes".to_owned() } else { String::new() }
}

fn texts(cells: &mut Cells, label: &Label, help: &Label) {
    cells.insert("label::日本語 (ja)", label.ja.clone());
    cells.insert("label::English (en)", label.en.clone());
    cells.insert("hint::日本語 (ja)", help.ja.clone());
    cells.insert("hint::English (en)", help.en.clone());
}

fn group(survey: &mut Sheet, definition: &Definition, section: &Section) {
    let mut cells = Cells::from([("type", "begin_group".to_owned()), ("name", section.key.clone())]);
    texts(&mut cells, &section.title, &section.help);
    if let Some(shown) = &section.shown {
        cells.insert("relevant", expression::write(definition, shown));
    }
    survey.row(&cells);
}

fn question(survey: &mut Sheet, lost: &mut Vec<Fault>, definition: &Definition, item: &Item) {
    let mut cells = Cells::from([("name", item.key.clone())]);
    texts(&mut cells, &item.label, &item.help);
    kind(&mut cells, &item.kind);
    if let Some(shown) = &item.shown {
        cells.insert("relevant", expression::write(definition, shown));
    }
    let required = match &item.required {
        Need::Never => String::new(),
        Need::Always => "yes".to_owned(),
        Need::When(c) => expression::write(definition, c),
    };
    let repeat = matches!(item.kind, Kind::Table { .. });
    if repeat && !required.is_empty() {
        // A repeat cannot be required in an XLSForm.
        lost.push(Fault::of("survey", "xlsform.repeat", &item.key));
    }
    cells.insert(if repeat { "yorisou_required" } else { "required" }, required);
    match item.kind {
        Kind::Person | Kind::Agency | Kind::Area => {
            lost.push(Fault::of("survey", "xlsform.link", &item.key));
        }
        Kind::Date { partial: true } => lost.push(Fault::of("survey", "xlsform.partial_date", &item.key)),
        _ => {}
    }
    cells.insert("yorisou_subjects", item.whose.code().to_owned());
    let categories: Vec<&str> = item.categories.iter().map(Code::code).collect();
    cells.insert("yorisou_categories", categories.join(" "));
    cells.insert("yorisou_reported", yes(item.reported));
    cells.insert("yorisou_core", item.core.clone().unwrap_or_default());
    survey.row(&cells);
    let Kind::Table { columns, .. } = &item.kind else { return };
    for column in columns {
        let mut cells = Cells::from([("name", column.key.clone())]);
        texts(&mut cells, &column.label, &Label::default());
        kind(&mut cells, &column.kind);
        cells.insert("required", yes(column.required));
        if column.kind == (Kind::Date { partial: true }) {
            lost.push(Fault::of("survey", "xlsform.partial_date", format!("{}.{}", item.key, column.key)));
        }
        survey.row(&cells);
    }
    survey.row(&Cells::from([("type", "end_repeat".to_owned())]));
}

/// Type, constraint and our columns of a kind.
fn kind(cells: &mut Cells, kind: &Kind) {
    let (name, ours) = match kind {
        Kind::Text { max } | Kind::LongText { max } => {
            cells.insert("constraint", format!("string-length(.) <= {max}"));
            if matches!(kind, Kind::LongText { .. }) {
                cells.insert("appearance", "multiline".to_owned());
            }
            ("text".to_owned(), "")
        }
        Kind::Number { min, max, decimals, unit } => {
            let limits = [
                (*min != Number::MIN).then(|| format!(". >= {min}")),
                (*max != Number::MAX).then(|| format!(". <= {max}")),
            ];
            cells.insert("constraint", limits.into_iter().flatten().collect::<Vec<_>>().join(" and "));
            cells.insert("yorisou_unit", unit.ja.clone());
            cells.insert("yorisou_unit_en", unit.en.clone());
            if *decimals > 0 {
                cells.insert("yorisou_decimals", decimals.to_string());
            }
            (if *decimals == 0 { "integer" } else { "decimal" }.to_owned(), "")
        }
        Kind::Date { partial } => ("date".to_owned(), if *partial { "partial_date" } else { "" }),
        Kind::Choice { table } => (format!("select_one {table}"), ""),
        Kind::Many { table } => (format!("select_multiple {table}"), ""),
        Kind::Table { rows, .. } => {
            cells.insert("yorisou_rows", rows.to_string());
            ("begin_repeat".to_owned(), "")
        }
        Kind::Person | Kind::Agency | Kind::Area => ("text".to_owned(), kind.word()),
        Kind::File => ("file".to_owned(), ""),
    };
    cells.insert("type", name);
    cells.insert("yorisou_kind", ours.to_owned());
}
