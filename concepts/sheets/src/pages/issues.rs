//! Community issues: written by whoever notices, read by everybody who works on them, about nobody.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, RecordRef, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use sheet::fill::{Setting, fill};
use sheet::personal::{self, Looks};
use sheet::print::{Words, page as print_page};
use sheet::{Answers, Definition, Tables, Value};
use site::{Answer, Form, Frame, Req, link};
use words::Day;
use words::id::CommunityIssueId;

use super::{note, nothing, typed};
use crate::sql::{self, Issue};
use crate::view::{self, Choosable, FormOf, PartView, ReadLine, ReadPart};

/// The definition of the sheet.
const KEY: &str = "community_issue";

struct Row {
    href: String,
    title: String,
    state: String,
    fields: String,
    day: String,
    desk: String,
}

#[derive(Template)]
#[template(path = "sheets_issues.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
}

/// Something that looks like personal data.
struct Doubt {
    label: String,
    looks: String,
    words: String,
    why: String,
}

#[derive(Template)]
#[template(path = "sheets_issue_form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    title: String,
    version: u32,
    parts: Vec<PartView>,
    doubts: Vec<Doubt>,
    dropped: Vec<String>,
}

/// The field of an issue in one line.
const TITLE: &str = "a-title";
/// Its field.
const FIELD: &str = "a-field";

#[derive(Template)]
#[template(path = "sheets_issue.html")]
struct IssuePage {
    frame: Frame,
    title: String,
    version: i64,
    day: String,
    desk: String,
    author: String,
    parts: Vec<ReadPart>,
}

struct Loaded {
    definition: Definition,
    tables: Tables,
    can: Choosable,
    frame: Frame,
}

async fn load(req: &Req, look: &mut Look) -> Result<Loaded, Fail> {
    let (viewer, now) = (look.viewer().clone(), look.now());
    let m = viewer.municipality;
    let version = sql::in_force(&mut look.conn(), m, KEY, now.day()).await?.ok_or(Fail::NotVisible)?;
    Ok(Loaded {
        definition: version.definition,
        tables: sql::tables_at(&mut look.conn(), m, now).await?,
        can: view::choosable(&mut look.conn(), &viewer, now.day(), &[]).await?,
        frame: req.frame(),
    })
}

fn form_page(l: Loaded, form: Form, today: Day, doubts: Vec<Doubt>, dropped: &[String]) -> FormPage {
    let lang = l.frame.t.lang();
    let of = FormOf { t: &l.frame.t, form: &form, tables: &l.tables, day: today, can: &l.can, marks: None };
    FormPage {
        parts: view::parts(&l.definition, &of, false),
        title: l.definition.title.show(lang).to_owned(),
        version: l.definition.version,
        dropped: dropped
            .iter()
            .filter_map(|k| l.definition.item(k))
            .map(|i| i.label.show(lang).to_owned())
            .collect(),
        doubts,
        form,
        frame: l.frame,
    }
}

/// GET /issues.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::List).await?;
    let issues = sql::issues(&mut look.conn(), m, 200).await?;
    let tables = sql::tables_at(&mut look.conn(), m, ctx.now).await?;
    let versions = sql::versions(&mut look.conn(), m).await?;
    let desks =
        register::desk_names(&mut look.conn(), m, issues.iter().map(|i| i.desk), ctx.now.day()).await?;
    let frame = req.frame();
    let names = BTreeMap::new();
    let rows = issues
        .iter()
        .filter_map(|issue| {
            let definition = versions
                .iter()
                .map(|v| &v.definition)
                .find(|d| d.key == KEY && i64::from(d.version) == issue.version)?;
            let answers = answers(definition, issue)?;
            let words =
                Words { tables: &tables, day: issue.noticed_on, names: &names, language: frame.t.lang() };
            let shown = |key: &str| match (definition.item(key), answers.get(key)) {
                (Some(item), Some(value)) => sheet::print::show(&item.kind, value, &words),
                _ => String::new(),
            };
            Some(Row {
                href: link::issue(issue.id),
                title: shown("title"),
                state: shown("state"),
                fields: shown("field"),
                day: frame.day(&issue.recorded_at.day()),
                desk: desks.get(&issue.desk).cloned().unwrap_or_default(),
            })
        })
        .collect();
    let page = ListPage { frame, rows };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

fn answers(definition: &Definition, issue: &Issue) -> Option<Answers> {
    Answers::from_json(definition, &serde_json::from_str(&issue.answers).ok()?)
}

/// GET /issues/new.
pub(crate) async fn new(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let loaded = load(&req, &mut look).await?;
    // From a session: what was talked over there stands in its line already, and what the town lacks in its field.
    let asked: Vec<(&str, String)> = [TITLE, FIELD]
        .into_iter()
        .filter_map(|field| Some((field, req.query().get(field)?.to_owned())))
        .collect();
    let page = form_page(loaded, Form::filled(asked), req.now().day(), Vec::new(), &[]);
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// What looks like personal data in the answers' texts.
fn doubts(l: &Loaded, answers: &Answers) -> Vec<Doubt> {
    let t = &l.frame.t;
    let mut doubts = Vec::new();
    for item in l.definition.items() {
        let texts: Vec<&str> = match answers.get(&item.key) {
            Some(Value::Text(text)) => vec![text],
            Some(Value::Table(rows)) => rows
                .iter()
                .flat_map(|r| r.values())
                .filter_map(|v| match v {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect(),
            _ => continue,
        };
        for text in texts {
            doubts.extend(personal::find(text, &[]).into_iter().map(|found| Doubt {
                label: item.label.show(t.lang()).to_owned(),
                looks: t.code("looks", found.looks),
                words: if found.looks == Looks::MyNumber { String::new() } else { found.words(text) },
                why: t.code("looks_why", found.looks),
            }));
        }
    }
    doubts
}

/// POST /issues.
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = load(&req, &mut look).await?;
    look.close().await?;
    let mut form = req.form();
    let today = req.now().day();
    if form.value("definition_version") != loaded.definition.version.to_string() {
        form.problem("a-title", "sheets.version_changed");
    }
    let known = loaded.can.known();
    let done = fill(
        &loaded.definition,
        &typed(&form),
        &Setting { tables: &loaded.tables, day: today, known: &known },
    );
    note(&mut form, &done);
    let doubts = doubts(&loaded, &done.answers);
    let asked =
        (doubts.is_empty() || form.ticked("nobody")) && (done.dropped.is_empty() || form.ticked("drop"));
    if form.has_problems() || !asked {
        let dropped = done.dropped.clone();
        let page = form_page(loaded, form, today, doubts, &dropped);
        return Answer::again(page.render(), nothing());
    }
    let body = (loaded.definition.version, done.answers.to_json());
    let mut act = match ctx.act(&req.envelope(), "issue.write", &body).await? {
        Begun::Before(to) => return Ok(Answer::to(&to, "", nothing())),
        Begun::New(act) => act,
    };
    let id: CommunityIssueId = act.new_id();
    // A community issue is about nobody; the right is asked about the town itself.
    let record = RecordRef::entry(id.cast());
    let right = act.permit(Action::WriteIssue, &Relation::of_no_household(), record).await?;
    let issue = Issue {
        id,
        version: i64::from(loaded.definition.version),
        answers: body.1.to_string(),
        desk: right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?,
        author: act.viewer().map(|v| v.user),
        noticed_on: today,
        recorded_at: act.now(),
    };
    sql::insert_issue(&mut act, &right, &issue).await?;
    let to = link::issue(id);
    let receipt = act.commit(&to).await?;
    Ok(Answer::to(&to, "issue_written", receipt))
}

/// GET /issues/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CommunityIssueId = req.id("id")?;
    let ctx = req.ctx()?;
    let (m, viewer) = (ctx.viewer.municipality, ctx.viewer.clone());
    let mut look = ctx.look(Channel::Page).await?;
    let issue = sql::issue_by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let version = sql::version(&mut look.conn(), m, KEY, issue.version).await?.ok_or(Fail::NotVisible)?;
    let tables = sql::tables_at(&mut look.conn(), m, issue.recorded_at).await?;
    let names = view::choosable(&mut look.conn(), &viewer, issue.noticed_on, &[]).await?.names();
    let desks = register::desk_names(&mut look.conn(), m, [issue.desk], ctx.now.day()).await?;
    let staff = register::user_names(&mut look.conn(), m, issue.author).await?;
    let frame = req.frame();
    let answers = answers(&version.definition, &issue).unwrap_or_default();
    let words = Words { tables: &tables, day: issue.noticed_on, names: &names, language: frame.t.lang() };
    let parts = print_page(&version.definition, &answers, &words)
        .into_iter()
        .map(|p| ReadPart {
            title: p.title,
            lines: p
                .lines
                .into_iter()
                .map(|l| ReadLine {
                    label: l.label,
                    value: l.value.unwrap_or_default(),
                    thick: l.thick,
                    href: None,
                    guarded: false,
                })
                .collect(),
        })
        .collect();
    let page = IssuePage {
        title: match answers.get("title") {
            Some(Value::Text(text)) => text.clone(),
            _ => version.definition.title.show(frame.t.lang()).to_owned(),
        },
        version: issue.version,
        day: frame.t.full_day(issue.recorded_at.day()),
        desk: desks.get(&issue.desk).cloned().unwrap_or_default(),
        author: issue.author.and_then(|a| staff.get(&a)).cloned().unwrap_or_default(),
        parts,
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::code::Code;

    #[test]
    fn every_look_has_its_words() {
        for look in Looks::ALL.iter().map(|l| l.code()) {
            assert!(crate::TEXT.ja.contains(&format!("\n{look} = ")), "{look}");
        }
    }
}
