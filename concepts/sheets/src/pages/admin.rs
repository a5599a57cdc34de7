//! Shaping sheets: versions and the draft, preview, publishing. One question is edited in [`items`]; definitions come and
//! go as files in [`exchange`](super::exchange).

use std::sync::Arc;

use access::{Action, Relation, Right};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Look, Refusal};
use sheet::diff::{Change, diff};
use sheet::{Definition, Fault, Item, Limits, Need as Must, Tables, schema, shipped};
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::Day;

use super::{items, nothing};
use crate::edit;
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
    json: String,
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
    must: bool,
    asked_when: bool,
    reported: bool,
    core: bool,
}

/// A part of the draft, with the form that changes it.
struct Part {
    key: String,
    title: String,
    form: Form,
    help: String,
    /// When it is asked, as the form shows it.
    shown: Vec<ChoiceRow>,
    as_is: bool,
    items: Vec<ItemRow>,
    /// Whether nothing in it is the town's to take out.
    first: bool,
    last: bool,
}

/// One select among several that are offered for a condition.
pub(super) struct ChoiceRow {
    /// The field.
    pub name: String,
    /// What can be chosen in it.
    pub choices: Vec<Choice>,
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
    parts: Vec<Part>,
    /// The parts as they are asked now, when there is no draft.
    preview: String,
    json: String,
    /// The sheet's name as it stands in the field: the Japanese, the English.
    named: (String, String),
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

pub(super) fn fault_words(t: &T, faults: &[Fault]) -> Vec<(String, String)> {
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

pub(super) async fn list_page(
    req: &Req,
    form: Form,
    faults: &[Fault],
    lost: &[Fault],
) -> Result<impl Template, Fail> {
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

// ── One sheet: versions and the draft ──

pub(super) struct Loaded {
    pub versions: Vec<InForce>,
    pub tables: Tables,
}

impl Loaded {
    pub fn draft(&self) -> Option<&InForce> {
        self.versions.iter().find(|v| v.state == VersionState::Draft)
    }

    /// The newest version that is no draft.
    pub fn newest(&self) -> Option<&InForce> {
        self.versions.iter().find(|v| v.state != VersionState::Draft)
    }
}

pub(super) async fn load(look: &mut Look, key: &str) -> Result<Loaded, Fail> {
    let (m, now) = (look.viewer().municipality, look.now());
    let mut versions = sql::versions(&mut look.conn(), m).await?;
    versions.retain(|v| v.definition.key == key);
    if versions.is_empty() {
        return Err(Fail::NotVisible);
    }
    Ok(Loaded { versions, tables: sql::tables_at(&mut look.conn(), m, now).await? })
}

/// GET /admin/forms/{key}: the sheet; with `?item=` the editor of one question.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    if req.query().get("item").is_some() {
        return items::show(&req).await;
    }
    let page = form_page(&req, Form::default()).await?;
    Answer::page(page.render(), nothing())
}

pub(super) async fn form_page(req: &Req, form: Form) -> Result<impl Template, Fail> {
    let key = req.param("key").to_owned();
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let loaded = load(&mut look, &key).await?;
    look.close().await?;
    let frame = req.frame();
    let t = &frame.t;
    let shown = loaded.draft().or(loaded.newest()).ok_or(Fail::NotVisible)?;
    let d = &shown.definition;
    let base = shipped::definition(&key);
    let draft = loaded.draft();
    let faults = draft.map(|v| v.definition.faults(&loaded.tables, base.as_ref(), &Limits::default()));
    let changes = match (draft, loaded.newest()) {
        (Some(draft), Some(old)) => diff(&old.definition, &draft.definition),
        _ => Vec::new(),
    };
    Ok(FormPage {
        title: d.title.show(t.lang()).to_owned(),
        versions: loaded.versions.iter().map(|v| version_row(&frame, v)).collect(),
        draft: draft.map(|v| v.definition.version),
        edit: draft.map_or(0, |v| v.edit),
        may_retire: loaded
            .newest()
            .is_some_and(|v| v.from.is_some() && rules::may_retire(&key, v.state).is_ok()),
        faults: fault_words(t, &faults.unwrap_or_default()),
        changes: changes.iter().map(|c| change_words(t, c)).collect(),
        parts: part_rows(t, d, &loaded.tables),
        preview: format!("{}/{}", link::form(&key), d.version),
        named: if form.value("op") == "title" {
            (form.value("title_ja").to_owned(), form.value("title_en").to_owned())
        } else {
            (d.title.ja.clone(), d.title.en.clone())
        },
        json: if form.value("json").is_empty() { d.to_json() } else { form.value("json").to_owned() },
        key,
        form,
        frame,
    })
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
        json: format!("{at}/definition.json"),
        preview: at,
    }
}

fn part_rows(t: &T, d: &Definition, tables: &Tables) -> Vec<Part> {
    let lang = t.lang();
    let row = |i: &Item| ItemRow {
        key: i.key.clone(),
        label: i.label.show(lang).to_owned(),
        kind: t.code("sheets_kind", i.kind.word()),
        must: i.required == Must::Always,
        asked_when: i.shown.is_some(),
        reported: i.reported,
        core: i.core.is_some(),
    };
    let last = d.sections.len().saturating_sub(1);
    let mut parts = Vec::new();
    for (n, section) in d.sections.iter().enumerate() {
        let before = section.items.first().map_or("", |i| i.key.as_str());
        let chosen = section.shown.as_ref().map(edit::choices_of);
        let as_is = matches!(chosen, Some(None));
        let chosen = chosen.flatten().unwrap_or_default();
        parts.push(Part {
            key: section.key.clone(),
            title: section.title.show(lang).to_owned(),
            form: Form::filled(vec![
                ("title_ja", section.title.ja.clone()),
                ("title_en", section.title.en.clone()),
                ("help_ja", section.help.ja.clone()),
                ("help_en", section.help.en.clone()),
            ]),
            help: section.help.show(lang).to_owned(),
            shown: items::condition_rows(d, tables, before, "shown", &chosen, t),
            as_is,
            items: section.items.iter().map(row).collect(),
            first: n == 0,
            last: n == last,
        });
    }
    parts
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
        let page = form_page(&req, form).await?;
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

pub(super) async fn one(req: &Req) -> Result<(InForce, Tables), Fail> {
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
