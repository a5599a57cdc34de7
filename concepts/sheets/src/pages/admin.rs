//! Shaping sheets: versions, a draft edited item by item or brought as a text, preview, publishing.

use std::sync::Arc;

use access::{Action, Categories, Category, Relation, Right};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Look, Refusal};
use sheet::diff::{Change, diff};
use sheet::xlsform::{self, Book, Rows};
use sheet::{
    CodeTable, Condition, Definition, Fault, Item, Kind, Label, Limits, Need as Must, Number, Tables,
};
use sheet::{Whose, schema, shipped};
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;

use super::nothing;
use crate::edit::{self, Edited};
use crate::rules::{self, VersionState};
use crate::sql::{self, InForce};
use crate::view::{self, Choice, Choosable, FormOf, PartView};

/// The right to shape sheets. No row of the access log: a definition holds nothing about a household, and the command
/// says who did it.
pub(super) fn shape(act: &Act) -> Result<Right, Fail> {
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    Ok(access::may(viewer, Action::ShapeSheets, &Relation::of_no_household())?)
}

struct VersionRow {
    version: u32,
    state: String,
    from: String,
    preview: String,
    schema: String,
    xlsform: String,
}

struct FormRow {
    href: String,
    title: String,
    about: String,
    items: usize,
    version: u32,
    draft: bool,
}

#[derive(Template)]
#[template(path = "sheets_forms.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    rows: Vec<FormRow>,
    faults: Vec<(String, String)>,
    lost: Vec<(String, String)>,
}

struct ItemRow {
    key: String,
    label: String,
    kind: String,
    section: String,
    must: bool,
    reported: bool,
    core: bool,
}

#[derive(Template)]
#[template(path = "sheets_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    key: String,
    title: String,
    versions: Vec<VersionRow>,
    draft: Option<u32>,
    edit: i64,
    may_retire: bool,
    faults: Vec<(String, String)>,
    changes: Vec<String>,
    items: Vec<ItemRow>,
    /// The item being edited; empty: a new one.
    editing: String,
    is_core: bool,
    kinds: Vec<Choice>,
    tables: Vec<Choice>,
    sections: Vec<Choice>,
    conditions: Vec<Choice>,
    subjects: Vec<Choice>,
    categories: Vec<Choice>,
    json: String,
}

#[derive(Template)]
#[template(path = "sheets_preview.html")]
struct PreviewPage {
    frame: Frame,
    title: String,
    version: u32,
    state: String,
    back: String,
    parts: Vec<PartView>,
}

#[derive(Template)]
#[template(path = "sheets_xlsform.html")]
struct XlsformPage {
    frame: Frame,
    title: String,
    back: String,
    sheets: Vec<(String, String)>,
    lost: Vec<(String, String)>,
}

fn fault_words(t: &T, faults: &[Fault]) -> Vec<(String, String)> {
    faults.iter().map(|f| (f.path.clone(), t.f(f.key, "what", &f.what))).collect()
}

fn change_words(t: &T, change: &Change) -> String {
    match change {
        Change::Added { label, .. } => t.f("sheets_change.added", "item", label),
        Change::Removed { label, .. } => t.f("sheets_change.removed", "item", label),
        Change::Moved { label, .. } => t.f("sheets_change.moved", "item", label),
        Change::Changed { label, what, .. } => {
            t.fs("sheets_change.changed", &[("item", label.clone()), ("what", t.code("sheets_what", what))])
        }
        Change::Title => t.s("sheets_change.title").to_owned(),
        Change::Sections => t.s("sheets_change.sections").to_owned(),
    }
}

// ── The list, and bringing a definition as a text ──

/// GET /admin/forms.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = list_page(&req, Form::default(), &[], &[]).await?;
    Answer::page(page.render(), nothing())
}

async fn list_page(req: &Req, form: Form, faults: &[Fault], lost: &[Fault]) -> Result<ListPage, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::List).await?;
    let versions = sql::versions(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let frame = req.frame();
    let mut rows: Vec<FormRow> = Vec::new();
    for v in &versions {
        let d = &v.definition;
        let draft = v.state == VersionState::Draft;
        let href = link::form(&d.key);
        match rows.iter_mut().find(|r| r.href == href) {
            Some(row) => {
                row.draft |= draft;
                if !draft && row.version == 0 {
                    row.version = d.version;
                    row.items = d.items().count();
                }
            }
            None => rows.push(FormRow {
                href,
                title: d.title.show(frame.t.lang()).to_owned(),
                about: frame.t.code("sheets_about", d.about),
                items: d.items().count(),
                version: if draft { 0 } else { d.version },
                draft,
            }),
        }
    }
    let faults = fault_words(&frame.t, faults);
    Ok(ListPage { rows, faults, lost: fault_words(&frame.t, lost), form, frame })
}

/// POST /admin/forms: a definition as JSON, or an XLSForm's cells, becomes a draft.
pub(crate) async fn upload(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Write).await?;
    let tables = sql::tables_at(&mut look.conn(), m, ctx.now).await?;
    let versions = sql::versions(&mut look.conn(), m).await?;
    look.close().await?;
    let brought = brought(&mut form, &tables, form_is_json(&req));
    let (definition, new_tables, mut faults, lost) = brought;
    let Some(definition) = definition.filter(|_| faults.is_empty() && !form.has_problems()) else {
        let page = list_page(&req, form, &faults, &lost).await?;
        return Answer::again(page.render(), nothing());
    };
    for table in &new_tables {
        if tables.get(&table.key).is_some_and(|t| t.codes != table.codes) {
            faults.push(Fault::of("choices", "sheets.table_differs", &table.key));
        }
    }
    let of_key: Vec<&InForce> = versions.iter().filter(|v| v.definition.key == definition.key).collect();
    if of_key.iter().any(|v| v.state == VersionState::Draft) {
        faults.push(Fault::of("key", "sheets.draft_exists", &definition.key));
    }
    if !faults.is_empty() || (!lost.is_empty() && !form.ticked("without")) {
        let page = list_page(&req, form, &faults, &lost).await?;
        return Answer::again(page.render(), nothing());
    }
    let newest = of_key.iter().map(|v| v.definition.version).max().unwrap_or(0);
    let draft = edit::next(&definition, newest);
    let to = link::form(&draft.key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.upload", &draft.to_json()).await? else {
        return Ok(Answer::to(&to, "form_draft", nothing()));
    };
    let right = shape(&act)?;
    for table in new_tables.iter().filter(|t| tables.get(&t.key).is_none()) {
        sql::insert_table(&mut act, &right, table).await?;
    }
    sql::insert_draft(&mut act, &right, &draft).await?;
    Ok(Answer::to(&to, "form_draft", act.commit("").await?))
}

fn form_is_json(req: &Req) -> bool {
    req.body().get("json").is_some_and(|t| !t.trim().is_empty())
}

type Brought = (Option<Definition>, Vec<CodeTable>, Vec<Fault>, Vec<Fault>);

/// What was brought: JSON, or the cells of the sheets of an XLSForm.
fn brought(form: &mut Form, tables: &Tables, json: bool) -> Brought {
    let limits = Limits::default();
    if json {
        let text = form.value("json").to_owned();
        let key = serde_json::from_str::<serde_json::Value>(&text).ok();
        let key = key.as_ref().and_then(|j| j.get("key")).and_then(|k| k.as_str()).unwrap_or_default();
        let base = shipped::definition(key);
        return match Definition::parse(&text, tables, base.as_ref(), &limits) {
            Ok(definition) => (Some(definition), Vec::new(), Vec::new(), Vec::new()),
            Err(faults) => (None, Vec::new(), faults, Vec::new()),
        };
    }
    if form.value("survey").trim().is_empty() {
        form.problem("json", "sheets.bring_something");
        return (None, Vec::new(), Vec::new(), Vec::new());
    }
    let mut book = Book::default();
    let places: [(&str, &mut Rows); 4] = [
        ("survey", &mut book.survey),
        ("choices", &mut book.choices),
        ("settings", &mut book.settings),
        ("tables", &mut book.tables),
    ];
    for (name, rows) in places {
        let text = form.value(name);
        if text.trim().is_empty() {
            continue;
        }
        match tabular::read(text.as_bytes(), &tabular::How::default(), &tabular::Limits::default()) {
            Ok(table) => {
                *rows =
                    std::iter::once(table.header).chain(table.rows.into_iter().map(|r| r.cells)).collect();
            }
            Err(_) => form.problem(name, "sheets.cells_unreadable"),
        }
    }
    let id = book.settings.first().and_then(|h| h.iter().position(|c| c.trim() == "form_id"));
    let key = id.and_then(|n| book.settings.get(1)?.get(n)).map_or("", |c| c.trim());
    let base = shipped::definition(key);
    let read = xlsform::read(&book, tables, base.as_ref(), &limits);
    (read.definition, read.tables, read.faults, read.lost)
}

// ── One sheet: versions and the draft ──

struct Loaded {
    versions: Vec<InForce>,
    tables: Tables,
}

impl Loaded {
    fn draft(&self) -> Option<&InForce> {
        self.versions.iter().find(|v| v.state == VersionState::Draft)
    }

    /// The newest version that is no draft.
    fn newest(&self) -> Option<&InForce> {
        self.versions.iter().find(|v| v.state != VersionState::Draft)
    }
}

async fn load(look: &mut Look, key: &str) -> Result<Loaded, Fail> {
    let (m, now) = (look.viewer().municipality, look.now());
    let mut versions = sql::versions(&mut look.conn(), m).await?;
    versions.retain(|v| v.definition.key == key);
    if versions.is_empty() {
        return Err(Fail::NotVisible);
    }
    Ok(Loaded { versions, tables: sql::tables_at(&mut look.conn(), m, now).await? })
}

/// GET /admin/forms/{key}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let page = form_page(&req, None).await?;
    Answer::page(page.render(), nothing())
}

fn codes<C: Code + std::fmt::Display>(t: &T, list: &str, chosen: impl Fn(C) -> bool) -> Vec<Choice> {
    C::ALL
        .iter()
        .map(|c| Choice { value: c.to_string(), word: t.code(list, c), chosen: chosen(*c) })
        .collect()
}

async fn form_page(req: &Req, sent: Option<Form>) -> Result<FormPage, Fail> {
    let key = req.param("key").to_owned();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let frame = req.frame();
    let (t, lang) = (&frame.t, frame.t.lang().to_owned());
    let editing = match &sent {
        Some(form) => form.value("key").to_owned(),
        None => req.query().get("item").unwrap_or_default().to_owned(),
    };
    let shown = loaded.draft().or(loaded.newest()).ok_or(Fail::NotVisible)?;
    let d = &shown.definition;
    let item = d.item(&editing);
    let form = sent.unwrap_or_else(|| item.map_or_else(Form::default, |i| item_form(d, i)));
    let base = shipped::definition(&key);
    let draft = loaded.draft();
    let faults = draft.map(|v| v.definition.faults(&loaded.tables, base.as_ref(), &Limits::default()));
    let changes = match (draft, loaded.newest()) {
        (Some(draft), Some(old)) => diff(&old.definition, &draft.definition),
        _ => Vec::new(),
    };
    let page = FormPage {
        title: d.title.show(&lang).to_owned(),
        versions: loaded.versions.iter().map(|v| version_row(&frame, v)).collect(),
        draft: draft.map(|v| v.definition.version),
        edit: draft.map_or(0, |v| v.edit),
        may_retire: loaded
            .newest()
            .is_some_and(|v| v.from.is_some() && rules::may_retire(&key, v.state).is_ok()),
        faults: fault_words(t, &faults.unwrap_or_default()),
        changes: changes.iter().map(|c| change_words(t, c)).collect(),
        items: item_rows(t, d, &lang),
        is_core: item.is_some_and(|i| i.core.is_some()),
        kinds: Kind::WORDS
            .iter()
            .filter(|k| **k != "table" || form.value("kind") == "table")
            .map(|k| Choice {
                value: (*k).to_owned(),
                word: t.code("sheets_kind", k),
                chosen: form.chose("kind", k),
            })
            .collect(),
        tables: loaded
            .tables
            .iter()
            .map(|c| Choice {
                value: c.key.clone(),
                word: c.title.show(&lang).to_owned(),
                chosen: form.chose("table", &c.key),
            })
            .collect(),
        sections: d
            .sections
            .iter()
            .map(|s| Choice {
                value: s.key.clone(),
                word: s.title.show(&lang).to_owned(),
                chosen: form.chose("section", &s.key),
            })
            .collect(),
        conditions: conditions(d, &loaded.tables, &form, &editing, &lang),
        subjects: codes::<Whose>(t, "sheets_whose", |c| form.chose("subjects", c)),
        categories: codes::<Category>(t, "category", |c| form.chose("categories", c)),
        json: d.to_json(),
        editing,
        key,
        form,
        frame,
    };
    Ok(page)
}

fn version_row(frame: &Frame, v: &InForce) -> VersionRow {
    let (key, version) = (&v.definition.key, v.definition.version);
    let at = format!("{}/{version}", link::form(key));
    VersionRow {
        version,
        state: frame.t.code("sheets_state", v.state),
        from: v.from.map_or_else(String::new, |d| frame.t.full_day(d)),
        schema: format!("{at}/schema.json"),
        xlsform: format!("{at}/xlsform"),
        preview: at,
    }
}

fn item_rows(t: &T, d: &Definition, lang: &str) -> Vec<ItemRow> {
    d.items_in_sections()
        .map(|(s, i)| ItemRow {
            key: i.key.clone(),
            label: i.label.show(lang).to_owned(),
            kind: t.code("sheets_kind", i.kind.word()),
            section: s.title.show(lang).to_owned(),
            must: i.required == Must::Always,
            reported: i.reported,
            core: i.core.is_some(),
        })
        .collect()
}

/// The plain conditions the editor offers: an earlier choice has a code. Others are kept, and changed in the text.
fn conditions(d: &Definition, tables: &Tables, form: &Form, editing: &str, lang: &str) -> Vec<Choice> {
    let earlier = d.items().take_while(|i| i.key != editing);
    let mut choices = Vec::new();
    for item in earlier {
        let Some(table) = item.kind.table().and_then(|t| tables.get(t)) else { continue };
        for entry in table.codes.iter().filter(|c| c.until.is_none()) {
            let value = format!("{}={}", item.key, entry.code);
            let word = format!("{}: {}", item.label.show(lang), entry.label.show(lang));
            choices.push(Choice { chosen: form.chose("shown", &value), value, word });
        }
    }
    choices
}

/// The editor's form of an item.
fn item_form(d: &Definition, i: &Item) -> Form {
    let section = d.items_in_sections().find(|(_, x)| x.key == i.key).map_or("", |(s, _)| s.key.as_str());
    let mut pairs = vec![
        ("key", i.key.clone()),
        ("section", section.to_owned()),
        ("label_ja", i.label.ja.clone()),
        ("label_en", i.label.en.clone()),
        ("help_ja", i.help.ja.clone()),
        ("help_en", i.help.en.clone()),
        ("kind", i.kind.word().to_owned()),
        ("subjects", i.whose.to_string()),
    ];
    match &i.kind {
        Kind::Text { max } | Kind::LongText { max } => pairs.push(("max", max.to_string())),
        Kind::Number { min, max, decimals, unit } => pairs.extend([
            ("least", min.to_string()),
            ("most", max.to_string()),
            ("decimals", decimals.to_string()),
            ("unit", unit.ja.clone()),
        ]),
        Kind::Date { partial: true } => pairs.push(("partial", "yes".to_owned())),
        _ => {}
    }
    pairs.extend(i.kind.table().map(|t| ("table", t.to_owned())));
    if i.required == Must::Always {
        pairs.push(("must", "yes".to_owned()));
    }
    if i.reported {
        pairs.push(("reported", "yes".to_owned()));
    }
    match &i.shown {
        Some(Condition::Equals(item, code)) => pairs.push(("shown", format!("{item}={code}"))),
        Some(_) => pairs.push(("shown", "as_is".to_owned())),
        None => {}
    }
    pairs.extend(i.categories.iter().map(|c| ("categories", c.code().to_owned())));
    Form::filled(pairs)
}

/// POST /admin/forms/{key}/draft: begins a draft, throws it away, or retires the sheet.
pub(crate) async fn draft(req: Arc<Req>) -> Result<Answer, Fail> {
    let key = req.param("key").to_owned();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let op = req.body().get("op").unwrap_or_default().to_owned();
    let to = link::form(&key);
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.draft", &(&key, &op)).await? else {
        return Ok(Answer::to(&to, "", nothing()));
    };
    let right = shape(&act)?;
    let done = match (op.as_str(), loaded.draft(), loaded.newest()) {
        ("begin", None, Some(newest)) => {
            let highest = loaded.versions.iter().map(|v| v.definition.version).max().unwrap_or(0);
            sql::insert_draft(&mut act, &right, &edit::next(&newest.definition, highest)).await?;
            "form_draft"
        }
        ("discard", Some(draft), _) => {
            sql::delete_draft(&mut act, &right, &key, i64::from(draft.definition.version)).await?;
            "form_discarded"
        }
        ("retire", _, Some(newest)) => {
            rules::may_retire(&key, newest.state)?;
            let from = newest.from.unwrap_or(ctx.now.day());
            sql::set_state(&mut act, &right, &newest.definition, VersionState::Retired, from).await?;
            "form_retired"
        }
        _ => return Err(Refusal::new("sheets.changed_since").into()),
    };
    Ok(Answer::to(&to, done, act.commit("").await?))
}

/// What the item form says.
fn edited(form: &mut Form, d: &Definition) -> Edited {
    let key = form.line("key", Need::Optional, 40);
    let number = |form: &mut Form, field: &str| {
        let typed = form.value(field).trim().to_owned();
        let read = Number::parse(&typed);
        if read.is_none() && !typed.is_empty() {
            form.problem(field, "sheet_problem.number");
        }
        read
    };
    let (least, most) = (number(form, "least"), number(form, "most"));
    let kind = form.value("kind").to_owned();
    if !Kind::WORDS.contains(&kind.as_str()) {
        form.problem("kind", "text.choose");
    }
    let shown = form.value("shown").to_owned();
    Edited {
        key: if key.is_empty() { edit::free_key(d) } else { key },
        section: form.value("section").to_owned(),
        label: Label {
            ja: form.line("label_ja", Need::Required, 200),
            en: form.line("label_en", Need::Optional, 200),
        },
        help: Label {
            ja: form.line("help_ja", Need::Optional, 1000),
            en: form.line("help_en", Need::Optional, 1000),
        },
        max: form.value("max").trim().parse().ok(),
        least,
        most,
        decimals: form.value("decimals").trim().parse().unwrap_or(0),
        unit: form.line("unit", Need::Optional, 20),
        partial: form.ticked("partial"),
        table: form.value("table").to_owned(),
        must: form.ticked("must"),
        shown: (shown != "as_is").then_some(shown),
        whose: form.code("subjects", Need::Optional).unwrap_or(Whose::Household),
        categories: form.codes::<Category>("categories").into_iter().collect::<Categories>(),
        reported: form.ticked("reported"),
        kind,
    }
}

/// POST /admin/forms/{key}/item: adds, changes, moves or takes out an item, or replaces the draft's text.
pub(crate) async fn item(req: Arc<Req>) -> Result<Answer, Fail> {
    let key = req.param("key").to_owned();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let mut form = req.form();
    let current = loaded.draft().ok_or(Refusal::new("sheets.published"))?;
    let mut d = current.definition.clone();
    let item = form.value("key").to_owned();
    match form.value("op") {
        "up" => edit::shift(&mut d, &item, true),
        "down" => edit::shift(&mut d, &item, false),
        "remove" => edit::remove(&mut d, &item),
        "json" => match Definition::stored(form.value("json")) {
            Ok(read) if read.key == d.key && read.about == d.about => {
                d = Definition { version: d.version, ..read };
            }
            Ok(_) => form.problem("json", "sheets.other_sheet"),
            Err(_) => form.problem("json", "sheets.not_readable"),
        },
        _ => {
            let edited = edited(&mut form, &d);
            edit::put(&mut d, &edited);
        }
    }
    let size = d.to_json();
    if d.items().count() > Limits::default().items || size.len() > Limits::default().bytes {
        form.problem("label_ja", "sheets.too_large");
    }
    if form.has_problems() {
        let page = form_page(&req, Some(form)).await?;
        return Answer::again(page.render(), nothing());
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
            form.problem("label_ja", "sheets.changed_since");
            let page = form_page(&req, Some(form)).await?;
            Answer::conflict(page.render(), nothing())
        }
        Err(other) => Err(other),
    }
}

/// POST /admin/forms/{key}/publish.
pub(crate) async fn publish(req: Arc<Req>) -> Result<Answer, Fail> {
    let key = req.param("key").to_owned();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let mut form = req.form();
    let draft = loaded.draft().ok_or(Refusal::new("sheets.published"))?;
    let base = shipped::definition(&key);
    let faults = draft.definition.faults(&loaded.tables, base.as_ref(), &Limits::default()).len();
    let from: Option<Day> = form.day("from", Need::Required);
    if let Some(from) = from
        && let Err(why) = rules::may_publish(draft.state, from, ctx.now.day(), faults)
    {
        form.problem_with("from", why.key, why.args);
    }
    if form.value("edit") != draft.edit.to_string() {
        form.problem("from", "sheets.changed_since");
    }
    let Some(from) = from.filter(|_| !form.has_problems()) else {
        let page = form_page(&req, Some(form)).await?;
        return Answer::again(page.render(), nothing());
    };
    let to = link::form(&key);
    let body = (&key, draft.definition.version, from.to_string());
    let Begun::New(mut act) = ctx.act(&req.envelope(), "sheet.publish", &body).await? else {
        return Ok(Answer::to(&to, "", nothing()));
    };
    let right = shape(&act)?;
    sql::set_state(&mut act, &right, &draft.definition, VersionState::Published, from).await?;
    Ok(Answer::to(&to, "form_published", act.commit("").await?))
}

// ── One version ──

async fn one(req: &Req) -> Result<(InForce, Tables), Fail> {
    let ctx = req.ctx()?;
    let version: i64 = req.param("version").parse().map_err(|_| Fail::NotVisible)?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::Page).await?;
    let found =
        sql::version(&mut look.conn(), m, req.param("key"), version).await?.ok_or(Fail::NotVisible)?;
    let tables = sql::tables_at(&mut look.conn(), m, ctx.now).await?;
    look.close().await?;
    Ok((found, tables))
}

/// GET /admin/forms/{key}/{version}: the form as it will be asked.
pub(crate) async fn preview(req: Arc<Req>) -> Result<Answer, Fail> {
    let (v, tables) = one(&req).await?;
    let frame = req.frame();
    let (form, can) = (Form::default(), Choosable::default());
    let of =
        FormOf { t: &frame.t, form: &form, tables: &tables, day: req.now().day(), can: &can, marks: None };
    let page = PreviewPage {
        parts: view::parts(&v.definition, &of, false),
        title: v.definition.title.show(frame.t.lang()).to_owned(),
        version: v.definition.version,
        state: frame.t.code("sheets_state", v.state),
        back: link::form(&v.definition.key),
        frame,
    };
    Answer::page(page.render(), nothing())
}

/// GET /admin/forms/{key}/{version}/schema.json.
pub(crate) async fn schema(req: Arc<Req>) -> Result<Answer, Fail> {
    let (v, tables) = one(&req).await?;
    Ok(Answer::json(format!("{:#}\n", schema::schema(&v.definition, &tables, None)), nothing()))
}

/// GET /admin/forms/{key}/{version}/xlsform: the cells of the sheets, to be pasted into a workbook.
pub(crate) async fn xlsform(req: Arc<Req>) -> Result<Answer, Fail> {
    let (v, tables) = one(&req).await?;
    let written = xlsform::write(&v.definition, &tables);
    let frame = req.frame();
    let cells = |rows: &Rows| rows.iter().map(|r| r.join("\t")).collect::<Vec<_>>().join("\n");
    let page = XlsformPage {
        sheets: written.book.sheets().iter().map(|(name, rows)| ((*name).to_owned(), cells(rows))).collect(),
        lost: fault_words(&frame.t, &written.lost),
        title: v.definition.title.show(frame.t.lang()).to_owned(),
        back: link::form(&v.definition.key),
        frame,
    };
    Answer::page(page.render(), nothing())
}
