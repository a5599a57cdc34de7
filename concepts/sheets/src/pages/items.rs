//! Editing a draft by form controls: one question, a part, the sheet's name; or the whole text at once.

use std::sync::Arc;

use access::{Categories, Category};
use askama::Template;
use engine::{Begun, Channel, Fail, Refusal};
use sheet::{Definition, Item, Kind, Label, Limits, Need as Must, Number, Tables, Whose};
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::code::Code;

use super::admin::{ChoiceRow, Loaded, form_page, load, shape};
use super::nothing;
use crate::edit::{self, Edited, EditedColumn, EditedNeed};
use crate::sql;
use crate::view::Choice;

/// Answers a condition can name in the form; any of them shows the question.
const ANY_OF: usize = 4;
/// Columns a table can have in the form beyond those it has.
const MORE_COLUMNS: usize = 3;
/// Rows of a table when nobody says otherwise.
const ROWS: usize = 5;

/// One column of a table item in the editor.
struct ColumnRow {
    n: usize,
    kinds: Vec<Choice>,
    tables: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "sheets_item.html")]
struct ItemPage {
    frame: Frame,
    form: Form,
    key: String,
    title: String,
    edit: i64,
    /// The item being edited; empty: a new one.
    editing: String,
    is_core: bool,
    kinds: Vec<Choice>,
    tables: Vec<Choice>,
    columns: Vec<ColumnRow>,
    sections: Vec<Choice>,
    required: Vec<Choice>,
    must_when: Vec<ChoiceRow>,
    shown: Vec<ChoiceRow>,
    shown_as_is: bool,
    has_conditions: bool,
    subjects: Vec<Choice>,
    categories: Vec<Choice>,
}

/// GET /admin/forms/{key}?item=: the editor of a question, or of a new one.
pub(super) async fn show(req: &Req) -> Result<Answer, Fail> {
    let page = item_page(req, None).await?;
    Answer::page(page.render(), nothing())
}

fn codes<C: Code + std::fmt::Display>(t: &T, list: &str, chosen: impl Fn(C) -> bool) -> Vec<Choice> {
    C::ALL
        .iter()
        .map(|c| Choice { value: c.to_string(), word: t.code(list, c), chosen: chosen(*c) })
        .collect()
}

async fn item_page(req: &Req, sent: Option<Form>) -> Result<ItemPage, Fail> {
    let key = req.param("key").to_owned();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let draft = loaded.draft().ok_or(Refusal::new("sheets.published"))?;
    let d = &draft.definition;
    let named = match &sent {
        Some(form) => form.value("key").to_owned(),
        None => req.query().get("item").unwrap_or_default().to_owned(),
    };
    let item = d.item(&named);
    let part = req.query().get("section").unwrap_or_default();
    let form = sent.unwrap_or_else(|| item.map_or_else(|| new_form(part), |i| item_form(d, i)));
    let frame = req.frame();
    Ok(page_of(frame, form, &loaded, d, draft.edit, item))
}

fn page_of(
    frame: Frame,
    form: Form,
    loaded: &Loaded,
    d: &Definition,
    edit: i64,
    item: Option<&Item>,
) -> ItemPage {
    let (t, lang) = (&frame.t, frame.t.lang());
    let editing = item.map(|i| i.key.clone()).unwrap_or_default();
    let chosen = |field: &str| {
        (0..ANY_OF)
            .map(|n| form.value(&format!("{field}_{n}")).to_owned())
            .filter(|v| !v.is_empty())
            .collect::<Vec<_>>()
    };
    let needs = |word: &str| {
        item.is_some_and(|i| matches!(&i.required, Must::When(c) if edit::choices_of(c).is_none()))
            || word != "as_is"
    };
    let tables = |name: &str| tables(&loaded.tables, &form, name, lang);
    let columns = match item.map(|i| &i.kind) {
        Some(Kind::Table { columns, .. }) => columns.len(),
        _ => 0,
    };
    let simple = ["text", "number", "date", "choice"];
    ItemPage {
        title: d.title.show(lang).to_owned(),
        is_core: item.is_some_and(|i| i.core.is_some()),
        kinds: Kind::WORDS.iter().map(|k| word(t, "sheets_kind", k, &form, "kind")).collect(),
        tables: tables("table"),
        columns: (0..(columns + MORE_COLUMNS).min(Limits::default().columns))
            .map(|n| ColumnRow {
                n,
                kinds: simple
                    .iter()
                    .map(|k| word(t, "sheets_kind", k, &form, &format!("col_{n}_kind")))
                    .collect(),
                tables: tables(&format!("col_{n}_table")),
            })
            .collect(),
        sections: d
            .sections
            .iter()
            .map(|s| Choice {
                value: s.key.clone(),
                word: s.title.show(lang).to_owned(),
                chosen: form.chose("section", &s.key),
            })
            .collect(),
        required: ["never", "always", "when", "as_is"]
            .into_iter()
            .filter(|w| needs(w))
            .map(|w| word(t, "sheets_need", w, &form, "must"))
            .collect(),
        must_when: condition_rows(d, &loaded.tables, &editing, "must_when", &chosen("must_when"), t),
        shown: condition_rows(d, &loaded.tables, &editing, "shown", &chosen("shown"), t),
        shown_as_is: item
            .and_then(|i| i.shown.as_ref())
            .is_some_and(|c| edit::choices_of(c).is_none_or(|c| c.len() > ANY_OF)),
        has_conditions: !conditions(d, &loaded.tables, &editing, t).is_empty(),
        subjects: codes::<Whose>(t, "sheets_whose", |c| form.chose("subjects", c)),
        categories: codes::<Category>(t, "category", |c| form.chose("categories", c)),
        key: d.key.clone(),
        edit,
        editing,
        form,
        frame,
    }
}

fn word(t: &T, list: &str, code: &str, form: &Form, field: &str) -> Choice {
    Choice { value: code.to_owned(), word: t.code(list, code), chosen: form.chose(field, code) }
}

fn tables(tables: &Tables, form: &Form, field: &str, lang: &str) -> Vec<Choice> {
    let choice = |c: &sheet::CodeTable| {
        let words: Vec<&str> =
            c.codes.iter().filter(|e| e.until.is_none()).map(|e| e.label.show(lang)).take(4).collect();
        Choice {
            value: c.key.clone(),
            word: format!("{} ({})", c.title.show(lang), words.join(if lang == "en" { ", " } else { "、" })),
            chosen: form.chose(field, &c.key),
        }
    };
    tables.iter().map(choice).collect()
}

/// What a condition can name: an earlier question is answered at all, or a choice has a code.
fn conditions(d: &Definition, tables: &Tables, editing: &str, t: &T) -> Vec<(String, String)> {
    let (lang, mut choices) = (t.lang(), Vec::new());
    for item in d.items().take_while(|i| i.key != editing) {
        let label = item.label.show(lang);
        choices.push((format!("{}=*", item.key), t.f("forms.answered", "item", label)));
        let Some(table) = item.kind.table().and_then(|t| tables.get(t)) else { continue };
        for entry in table.codes.iter().filter(|c| c.until.is_none()) {
            choices.push((
                format!("{}={}", item.key, entry.code),
                format!("{label}: {}", entry.label.show(lang)),
            ));
        }
    }
    choices
}

/// The selects of a condition: those chosen, and one more while there is room.
pub(super) fn condition_rows(
    d: &Definition,
    tables: &Tables,
    editing: &str,
    field: &str,
    chosen: &[String],
    t: &T,
) -> Vec<ChoiceRow> {
    let all = conditions(d, tables, editing, t);
    let row = |n: usize| ChoiceRow {
        name: format!("{field}_{n}"),
        choices: all
            .iter()
            .map(|(value, word)| Choice {
                value: value.clone(),
                word: word.clone(),
                chosen: chosen.get(n) == Some(value),
            })
            .collect(),
    };
    (0..(chosen.len() + 1).min(ANY_OF)).map(row).collect()
}

fn new_form(section: &str) -> Form {
    Form::filled(vec![("section", section.to_owned()), ("subjects", Whose::Household.to_string())])
}

/// The editor's form of an item.
fn item_form(d: &Definition, i: &Item) -> Form {
    let section = d.items_in_sections().find(|(_, x)| x.key == i.key).map_or("", |(s, _)| s.key.as_str());
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
    put("key", i.key.clone());
    put("section", section.to_owned());
    put("label_ja", i.label.ja.clone());
    put("label_en", i.label.en.clone());
    put("help_ja", i.help.ja.clone());
    put("help_en", i.help.en.clone());
    put("kind", i.kind.word().to_owned());
    put("subjects", i.whose.to_string());
    match &i.kind {
        Kind::Text { max } | Kind::LongText { max } => put("max", max.to_string()),
        Kind::Number { min, max, decimals, unit } => {
            for (name, limit, none) in [("least", min, Number::MIN), ("most", max, Number::MAX)] {
                put(name, if *limit == none { String::new() } else { limit.to_string() });
            }
            put("decimals", decimals.to_string());
            put("unit", unit.ja.clone());
        }
        Kind::Date { partial: true } => put("partial", "yes".to_owned()),
        Kind::Table { columns, rows } => {
            put("rows", rows.to_string());
            for (n, c) in columns.iter().enumerate() {
                put(&format!("col_{n}_ja"), c.label.ja.clone());
                put(&format!("col_{n}_kind"), c.kind.word().to_owned());
                put(&format!("col_{n}_table"), c.kind.table().unwrap_or_default().to_owned());
                if c.required {
                    put(&format!("col_{n}_must"), "yes".to_owned());
                }
            }
        }
        _ => {}
    }
    put("table", i.kind.table().unwrap_or_default().to_owned());
    let mut any_of = |name: &str, condition: Option<&sheet::Condition>| {
        for (n, choice) in condition.and_then(edit::choices_of).unwrap_or_default().into_iter().enumerate() {
            put(&format!("{name}_{n}"), choice);
        }
    };
    any_of("shown", i.shown.as_ref());
    let must = match &i.required {
        Must::Never => "never",
        Must::Always => "always",
        Must::When(c) => {
            any_of("must_when", Some(c));
            if edit::choices_of(c).is_some_and(|c| c.len() <= ANY_OF) { "when" } else { "as_is" }
        }
    };
    put("must", must.to_owned());
    if i.reported {
        put("reported", "yes".to_owned());
    }
    i.categories.iter().for_each(|c| put("categories", c.code().to_owned()));
    Form::filled(pairs.iter().map(|(n, v)| (n.as_str(), v.clone())).collect())
}

/// What the item form says.
fn edited(form: &mut Form, d: &Definition) -> Edited {
    let key = form.line("key", Need::Optional, 40);
    let kind = form.value("kind").to_owned();
    if !Kind::WORDS.contains(&kind.as_str()) {
        form.problem("kind", "text.choose");
    }
    let (table, new) = (form.value("table").to_owned(), form.value("section") == "new");
    if matches!(kind.as_str(), "choice" | "many") && table.is_empty() {
        form.problem("table", "text.choose");
    }
    let (least, most) = (number(form, "least"), number(form, "most"));
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        form.problem("most", "sheets.least_most");
    }
    let any_of = |form: &Form, name: &str| {
        (0..ANY_OF)
            .map(|n| form.value(&format!("{name}_{n}")).to_owned())
            .filter(|c| !c.is_empty())
            .collect::<Vec<_>>()
    };
    let must = match form.value("must") {
        "always" | "yes" => EditedNeed::Always,
        "when" => EditedNeed::When(any_of(form, "must_when")),
        "as_is" => EditedNeed::AsIs,
        _ => EditedNeed::Never,
    };
    if matches!(&must, EditedNeed::When(choices) if choices.is_empty()) {
        form.problem("must_when_0", "text.choose");
    }
    let limits = Limits::default();
    Edited {
        key: if key.is_empty() { edit::free_key(d) } else { key },
        section: form.value("section").to_owned(),
        new_section: new.then(|| form.line("section_title", Need::Required, 200)),
        label: Label {
            ja: form.line("label_ja", Need::Required, 200),
            en: form.line("label_en", Need::Optional, 200),
        },
        help: Label {
            ja: form.line("help_ja", Need::Optional, 1000),
            en: form.line("help_en", Need::Optional, 1000),
        },
        max: whole(form, "max", limits.text),
        least,
        most,
        decimals: whole(form, "decimals", 3).and_then(|n| u8::try_from(n).ok()).unwrap_or(0),
        unit: form.line("unit", Need::Optional, 20),
        partial: form.ticked("partial"),
        columns: columns(form, &kind),
        rows: whole(form, "rows", limits.rows).unwrap_or(ROWS),
        table,
        must,
        shown: (form.value("shown") != "as_is").then(|| any_of(form, "shown")),
        whose: form.code("subjects", Need::Optional).unwrap_or(Whose::Household),
        categories: form.codes::<Category>("categories").into_iter().collect::<Categories>(),
        reported: form.ticked("reported"),
        kind,
    }
}

fn number(form: &mut Form, field: &str) -> Option<Number> {
    let typed = form.value(field).trim().to_owned();
    let read = Number::parse(&typed);
    if read.is_none() && !typed.is_empty() {
        form.problem(field, "sheet_problem.number");
    }
    read
}

/// A whole number up to a limit; empty is none.
fn whole(form: &mut Form, field: &str, most: usize) -> Option<usize> {
    let read = number(form, field)?;
    let whole = read.to_string().parse::<usize>().ok().filter(|n| *n <= most);
    if whole.is_none() {
        form.problem_with(
            field,
            "sheet_problem.between",
            vec![("min", "0".to_owned()), ("max", most.to_string())],
        );
    }
    whole
}

fn columns(form: &mut Form, kind: &str) -> Vec<EditedColumn> {
    if kind != "table" {
        return Vec::new();
    }
    let mut columns = Vec::new();
    for n in 0..Limits::default().columns {
        let label = form.line(&format!("col_{n}_ja"), Need::Optional, 200);
        let kind = form.value(&format!("col_{n}_kind")).to_owned();
        let table = form.value(&format!("col_{n}_table")).to_owned();
        if kind == "choice" && table.is_empty() && !label.is_empty() {
            form.problem(&format!("col_{n}_table"), "text.choose");
        }
        columns.push(EditedColumn { label, kind, table, must: form.ticked(&format!("col_{n}_must")) });
    }
    if columns.iter().all(|c| c.label.is_empty()) {
        form.problem("col_0_ja", "text.required");
    }
    columns
}

/// Where the answer to an edit stands.
#[derive(PartialEq)]
enum At {
    Item,
    Sheet,
}

/// POST /admin/forms/{key}/item: adds, changes, moves or takes out an item or a part, renames the sheet, or replaces the
/// draft's text.
pub(crate) async fn item(req: Arc<Req>) -> Result<Answer, Fail> {
    let key = req.param("key").to_owned();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let mut form = req.form();
    let current = loaded.draft().ok_or(Refusal::new("sheets.published"))?;
    let mut d = current.definition.clone();
    let at = change(&mut form, &mut d);
    let size = d.to_json();
    let first = if at == At::Item { "label_ja" } else { "json" };
    if d.items().count() > Limits::default().items || size.len() > Limits::default().bytes {
        form.problem(first, "sheets.too_large");
    }
    if form.has_problems() {
        return again(&req, form, &at, Answer::again).await;
    }
    let base: i64 = form.value("edit").parse().unwrap_or(0);
    let to = link::form(&key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.edit", &(base, &size)).await? else {
        return Ok(Answer::to(&to, "", nothing()));
    };
    let right = shape(&act)?;
    match sql::update_draft(&mut act, &right, &d, base).await {
        Ok(()) => Ok(Answer::to(&to, "form_edited", act.commit("").await?)),
        Err(Fail::Stale) => {
            drop(act);
            form.problem(first, "sheets.changed_since");
            again(&req, form, &at, Answer::conflict).await
        }
        Err(other) => Err(other),
    }
}

async fn again(
    req: &Req,
    form: Form,
    at: &At,
    how: impl Fn(askama::Result<String>, engine::Receipt) -> Result<Answer, Fail>,
) -> Result<Answer, Fail> {
    match at {
        At::Item => how(item_page(req, Some(form)).await?.render(), nothing()),
        At::Sheet => how(form_page(req, form).await?.render(), nothing()),
    }
}

/// Changes the draft as the form says.
fn change(form: &mut Form, d: &mut Definition) -> At {
    let key = form.value("key").to_owned();
    match form.value("op") {
        "up" => edit::shift(d, &key, true),
        "down" => edit::shift(d, &key, false),
        "remove" => edit::remove(d, &key),
        "part_up" => edit::shift_part(d, &key, true),
        "part_down" => edit::shift_part(d, &key, false),
        "part" => {
            let title = label(form, "title", Need::Required, 200);
            let help = label(form, "help", Need::Optional, 1000);
            let chosen: Vec<String> = (0..ANY_OF)
                .map(|n| form.value(&format!("shown_{n}")).to_owned())
                .filter(|c| !c.is_empty())
                .collect();
            let shown = (form.value("shown") != "as_is").then_some(&chosen[..]);
            edit::put_part(d, &key, &title, &help, shown);
        }
        "title" => d.title = label(form, "title", Need::Required, 200),
        "json" => match Definition::stored(form.value("json")) {
            Ok(read) if read.key == d.key && read.about == d.about => {
                *d = Definition { version: d.version, ..read };
            }
            Ok(_) => form.problem("json", "sheets.other_sheet"),
            Err(_) => form.problem("json", "sheets.not_readable"),
        },
        _ => {
            let edited = edited(form, d);
            edit::put(d, &edited);
            return At::Item;
        }
    }
    At::Sheet
}

fn label(form: &mut Form, name: &str, need: Need, max: usize) -> Label {
    Label {
        ja: form.line(&format!("{name}_ja"), need, max),
        en: form.line(&format!("{name}_en"), Need::Optional, max),
    }
}
