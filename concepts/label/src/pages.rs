//! Labels, for administrators: search a sentence, see where it stands, give it own words, take them back.

use std::sync::Arc;

use access::{Action, Relation, Right, Role};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Receipt};
use serde::Serialize;
use site::{Access, Answer, Form, Frame, Language, Need, Page, Req, T, link};
use words::code::Code;
use words::id::{CommandId, UserId};

use crate::rules::{check, is_meant, limit, places, sample};
use crate::sql;

/// Pages on which sentences stand, read off the templates.
const USES: &[(&str, &[&str])] = include!(concat!(env!("OUT_DIR"), "/uses.rs"));

/// Those who set a municipality's program up.
const ADMIN: Access = Access::Role(&[Role::Administrator]);

/// Found sentences on one page.
const PAGE: usize = 50;

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get(link::LABELS, ADMIN, list),
        Page::get("/admin/labels/edit", ADMIN, edit),
        Page::post("/admin/labels/edit", ADMIN, save),
        Page::post("/admin/labels/changes/{id}/undo", ADMIN, undo),
    ]
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("labels hold no household data")
}

fn administer(act: &Act) -> Result<Right, Fail> {
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    Ok(access::may(viewer, Action::Administer, &Relation::of_no_household())?)
}

struct Line {
    key: String,
    original: String,
    own: String,
    href: String,
}

type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "label_list.html")]
struct ListPage {
    frame: Frame,
    q: String,
    own_only: bool,
    languages: Vec<Choice>,
    lines: Vec<Line>,
    found: usize,
    own_count: usize,
    asked: bool,
}

/// The language whose labels are looked at: as asked, otherwise the reader's.
fn asked_language(req: &Req) -> Language {
    let asked = req.body().get("language").or_else(|| req.query().get("language"));
    asked.and_then(Language::parse).unwrap_or(req.language())
}

fn languages(t: &T, chosen: Language) -> Vec<Choice> {
    Language::ALL.iter().map(|l| (l.to_string(), t.code("label_language", l), *l == chosen)).collect()
}

fn edit_href(key: &str, language: Language) -> String {
    format!("/admin/labels/edit?key={key}&language={language}")
}

/// `GET /admin/labels?q=&language=&own=1`
async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let language = asked_language(&req);
    let q = req.query().get("q").unwrap_or_default().trim().to_owned();
    let own_only = req.query().get("own").is_some_and(|v| !v.is_empty());
    let mut look = ctx.look(Channel::List).await?;
    let own = sql::in_force(&mut look.conn(), ctx.viewer.municipality).await?;
    let asked = !q.is_empty() || own_only;
    let program = req.program_words(language);
    let mut found: Vec<Line> = program
        .sentences()
        .filter(|_| asked)
        .map(|(key, original)| (key, original, own.of(language, key).unwrap_or_default()))
        .filter(|(key, original, own)| {
            (!own_only || !own.is_empty()) && is_meant(&q, key, &[*original, *own])
        })
        .map(|(key, original, own)| Line {
            key: key.to_owned(),
            original: original.to_owned(),
            own: own.to_owned(),
            href: edit_href(key, language),
        })
        .collect();
    // What says exactly this first, then short before long: a word before the sentences that have it.
    found.sort_by_key(|l| (l.original != q && l.own != q, l.original.chars().count(), l.key.clone()));
    let count = found.len();
    found.truncate(PAGE);
    let page = ListPage {
        languages: languages(&frame.t, language),
        own_count: program.sentences().filter(|(key, _)| own.of(language, key).is_some()).count(),
        lines: found,
        found: count,
        frame,
        q,
        own_only,
        asked,
    };
    Answer::page(page.render(), receipt())
}

struct VersionView {
    wording: String,
    by: String,
}

#[derive(Template)]
#[template(path = "label_edit.html")]
struct EditPage {
    frame: Frame,
    form: Form,
    key: String,
    language: Language,
    language_word: String,
    original: String,
    places: Vec<String>,
    max: usize,
    lines: usize,
    base_version: String,
    /// Titles of the pages it stands on.
    uses: Vec<String>,
    /// As it would look.
    preview: String,
    own: bool,
    versions: Vec<VersionView>,
    /// What somebody else made of it meanwhile.
    conflict: Option<String>,
}

/// `GET /admin/labels/edit?key=&language=`
async fn edit(req: Arc<Req>) -> Result<Answer, Fail> {
    let key = req.query().get("key").unwrap_or_default().to_owned();
    Answer::page(page(&req, &key, None, false).await?.render(), receipt())
}

/// The page of a key; `typed` is a form that was sent.
async fn page(req: &Req, key: &str, typed: Option<Form>, conflicted: bool) -> Result<EditPage, Fail> {
    let ctx = req.ctx()?;
    let mut frame = req.frame();
    let language = asked_language(req);
    let program = req.program_words(language);
    let original = program.sentence(key).ok_or(Fail::NotVisible)?.to_owned();
    let mut look = ctx.look(Channel::Page).await?;
    let versions = sql::version_list(&mut look.conn(), ctx.viewer.municipality, language, key).await?;
    frame.undo = req
        .undo_asked()
        .filter(|change| before(&versions, *change, ctx.viewer.user).is_ok())
        .map(|change| format!("/admin/labels/changes/{change}/undo"));
    let now = versions.first().map(|v| v.wording.clone()).unwrap_or_default();
    let version = versions.first().map_or(0, |v| v.number).to_string();
    let base_version = match &typed {
        Some(form) if !conflicted => form.value("base_version").to_owned(),
        _ => version,
    };
    let said = if now.is_empty() { original.clone() } else { now.clone() };
    let form = typed.unwrap_or_else(|| Form::filled(vec![("wording", said.clone())]));
    let view = |v: &sql::Version| VersionView {
        wording: if v.wording.is_empty() {
            frame.t.s("label.given_back").to_owned()
        } else {
            v.wording.clone()
        },
        by: format!("{} {}", v.by, frame.moment(&v.at)).trim().to_owned(),
    };
    Ok(EditPage {
        uses: uses(&frame.t, key),
        preview: sample(form.value("wording")),
        places: places(&original).into_iter().map(|p| format!("{{{p}}}")).collect(),
        max: limit(&original),
        lines: original.lines().count().max(2),
        language_word: frame.t.code("label_language", language),
        own: !now.is_empty(),
        versions: versions.iter().map(view).collect(),
        conflict: conflicted.then_some(said),
        key: key.to_owned(),
        language,
        original,
        base_version,
        form,
        frame,
    })
}

/// Titles of the pages a sentence stands on. A word of a closed list stands wherever the list does.
fn uses(t: &T, key: &str) -> Vec<String> {
    let list = key.split_once('.').map_or_else(String::new, |(list, _)| format!("{list}.*"));
    let mut titles: Vec<String> = USES
        .iter()
        .filter(|(used, _)| *used == key || *used == list)
        .flat_map(|(_, titles)| titles.iter())
        .map(|title| t.s(title).to_owned())
        .collect();
    titles.sort();
    titles.dedup();
    titles
}

#[derive(Serialize)]
struct Body<'a> {
    key: &'a str,
    language: Language,
    wording: &'a str,
}

/// `POST /admin/labels/edit`: a look (`step=look`), the words themselves, or the program's own again (`step=reset`).
async fn save(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let key = form.value("key").to_owned();
    let language = asked_language(&req);
    let original = req.program_words(language).sentence(&key).ok_or(Fail::NotVisible)?.to_owned();
    let reset = form.value("step") == "reset";
    let mut wording = if reset { String::new() } else { form.paragraph("wording", Need::Required, 2000) };
    if !reset && !form.has_problems() {
        for problem in check(&original, &wording) {
            form.problem_with("wording", problem.key, problem.args);
        }
    }
    if form.has_problems() {
        return Answer::again(page(&req, &key, Some(form), false).await?.render(), receipt());
    }
    if form.value("step") == "look" {
        return Answer::page(page(&req, &key, Some(form), false).await?.render(), receipt());
    }
    if wording == original {
        // The program's own words are not kept as own ones: then they follow the program.
        wording.clear();
    }
    let done = if wording.is_empty() { "label_reset" } else { "label_saved" };
    let here = edit_href(&key, language);
    let body = Body { key: &key, language, wording: &wording };
    let ctx = req.ctx()?;
    let Begun::New(mut act) = ctx.act(&req.envelope(), "label.word", &body).await? else {
        return Ok(Answer::to(&here, done, receipt()));
    };
    let right = administer(&act)?;
    let (at, stamp) = (act.municipality(), (act.now(), act.command()));
    let versions = sql::version_list(&mut act.facts()?, at, language, &key).await?;
    let current = versions.first().map_or(0, |v| v.number);
    let fits = form.value("base_version") == current.to_string();
    let command = act.command();
    let mut conn = act.save(&right)?;
    if !fits || !sql::version_add(&mut conn, at, (language, &key), current + 1, &wording, stamp).await? {
        drop(act);
        return Answer::conflict(page(&req, &key, Some(form), true).await?.render(), receipt());
    }
    let receipt = act.commit("").await?;
    req.forget_wording();
    Ok(Answer::to(&here, done, receipt).undoable(command))
}

/// What a wording said before the change that this person may take back; empty: the program's own words. `versions` is
/// newest first.
fn before(versions: &[sql::Version], change: CommandId, me: UserId) -> Result<String, Fail> {
    let written: Vec<_> = versions.iter().rev().map(|v| v.written).collect();
    engine::undo::newest(&written, change, me)?;
    Ok(versions.get(1).map(|v| v.wording.clone()).unwrap_or_default())
}

/// `POST /admin/labels/changes/{id}/undo`: the words of before, as one more version.
async fn undo(req: Arc<Req>) -> Result<Answer, Fail> {
    let change: CommandId = req.id("id")?;
    let ctx = req.ctx()?;
    let Begun::New(mut act) = ctx.act(&req.envelope(), "label.undo", &change).await? else {
        return Ok(Answer::to(link::LABELS, "undone", receipt()));
    };
    let right = administer(&act)?;
    let (at, stamp) = (act.municipality(), (act.now(), act.command()));
    let (language, key) = sql::of_command(&mut act.facts()?, at, change).await?.ok_or(Fail::NotVisible)?;
    let versions = sql::version_list(&mut act.facts()?, at, language, &key).await?;
    let wording = before(&versions, change, ctx.viewer.user)?;
    let next = versions.first().map_or(0, |v| v.number) + 1;
    let mut conn = act.save(&right)?;
    if !sql::version_add(&mut conn, at, (language, &key), next, &wording, stamp).await? {
        return Err(Fail::Stale);
    }
    let receipt = act.commit("").await?;
    req.forget_wording();
    Ok(Answer::to(&edit_href(&key, language), "undone", receipt))
}
