//! The guide, for administrators: what each kind says, its clock, and its versions. Settings hold nothing about a household.

use std::sync::Arc;

use access::{Action, Category, Relation};
use askama::Template;
use engine::{Begun, Channel, Fail, Receipt};
use register::Matter;
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::code::Code;
use words::id::CommandId;

use crate::guide::{Call, Clock, Guide, Kind, MOST_BYTES, Problem};
use crate::rules::Scope;
use crate::sql::guides;

/// One choice of a form.
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// A kind in words.
struct KindView {
    code: String,
    name: String,
    lead: String,
    scope: String,
    judge: String,
    confirm: String,
    retired: bool,
    clocks: Vec<(String, String)>,
    first: Vec<String>,
    facts: Vec<String>,
    checks: Vec<String>,
    parties: Vec<String>,
    calls: Vec<(String, String)>,
    matters: Vec<String>,
    categories: Vec<String>,
}

struct VersionLine {
    version: i64,
    href: String,
    when: String,
    by: String,
    note: String,
    used: i64,
}

#[derive(Template)]
#[template(path = "triage_guide.html")]
struct GuidePage {
    frame: Frame,
    form: Form,
    version: i64,
    /// Shown is an older version, which is not changed here.
    old: bool,
    kinds: Vec<KindView>,
    versions: Vec<VersionLine>,
    text: String,
    problems: Vec<String>,
    /// The text is sound and waits to be kept: what would change.
    preview: Option<Vec<String>>,
    command: CommandId,
    stale: bool,
}

fn receipt() -> Receipt {
    Receipt::nothing_personal("kinds of urgency and their clocks are settings")
}

fn minutes_words(t: &T, minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => t.f("triage.minutes", "m", m),
        (h, 0) => t.f("triage_guide.hours", "h", h),
        (h, m) => t.fs("triage.hours", &[("h", h.to_string()), ("m", m.to_string())]),
    }
}

fn kind_view(t: &T, kind: &Kind) -> KindView {
    KindView {
        code: kind.code.clone(),
        name: kind.name.clone(),
        lead: kind.lead.clone(),
        scope: t.code("triage_scope", kind.scope()),
        judge: minutes_words(t, kind.judge_minutes),
        confirm: minutes_words(t, kind.confirm_minutes),
        retired: kind.retired,
        clocks: kind.clock.iter().map(|c| (c.what.clone(), minutes_words(t, c.minutes))).collect(),
        first: kind.first.clone(),
        facts: kind.facts.clone(),
        checks: kind.checks.clone(),
        parties: kind.parties.clone(),
        calls: kind.call.iter().map(|c| (c.name.clone(), c.phone.clone())).collect(),
        matters: kind.matters().iter().map(|m| t.code("matter", m)).collect(),
        categories: kind.marks().iter().map(|c| t.code("category", c)).collect(),
    }
}

fn sentences(t: &T, problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|p| {
            let args: Vec<(&'static str, String)> = p
                .args
                .iter()
                .map(|(n, v)| (*n, if *n == "list" { t.code("triage_list", v) } else { v.clone() }))
                .collect();
            t.fs(p.key, &args)
        })
        .collect()
}

/// What a new guide changes, kind by kind.
fn changes(t: &T, old: &Guide, new: &Guide) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in &new.kind {
        match old.kind(&kind.code) {
            None => lines.push(t.f("triage_guide.kind_added", "kind", &kind.name)),
            Some(before) if before != kind => {
                lines.push(t.f("triage_guide.kind_changed", "kind", &kind.name));
            }
            Some(_) => {}
        }
    }
    for gone in old.kind.iter().filter(|k| new.kind(&k.code).is_none()) {
        lines.push(t.f("triage_guide.kind_gone", "kind", &gone.name));
    }
    if lines.is_empty() {
        lines.push(t.s("triage_guide.no_change").to_owned());
    }
    lines
}

/// What a page of the guide shows beside the guide itself.
struct Showing {
    version: Option<i64>,
    form: Form,
    problems: Vec<String>,
    preview: Option<Guide>,
    stale: bool,
}

async fn page(req: &Req, showing: Showing) -> Result<GuidePage, Fail> {
    let ctx = req.ctx()?;
    let (m, frame) = (ctx.viewer.municipality, req.frame());
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let (current, guide) = guides::current(&mut conn, m).await?;
    let kept = guides::versions(&mut conn, m).await?;
    let staff = register::user_names(&mut conn, m, kept.iter().filter_map(|v| v.by)).await?;
    let (version, guide) = match showing.version {
        Some(version) if version != current => {
            (version, guides::of_version(&mut conn, m, version).await?.ok_or(Fail::NotVisible)?)
        }
        _ => (current, guide),
    };
    look.close().await?;
    let t = frame.t.clone();
    let typed = showing.form.value("text").to_owned();
    let preview = showing.preview.as_ref().map(|new| changes(&t, &guide, new));
    Ok(GuidePage {
        kinds: showing.preview.as_ref().unwrap_or(&guide).kind.iter().map(|k| kind_view(&t, k)).collect(),
        versions: kept
            .into_iter()
            .map(|v| VersionLine {
                version: v.number,
                href: format!("{}/versions/{}", link::TRIAGE_GUIDE, v.number),
                when: frame.moment(&v.at),
                by: v.by.and_then(|u| staff.get(&u)).cloned().unwrap_or_default(),
                note: v.note,
                used: v.used,
            })
            .collect(),
        text: if typed.is_empty() { guide.to_toml() } else { typed },
        old: version != current,
        command: if showing.stale { ctx.engine.new_id() } else { frame.command },
        problems: showing.problems,
        form: showing.form,
        stale: showing.stale,
        preview,
        version,
        frame,
    })
}

fn plain(form: Form) -> Showing {
    Showing { version: None, form, problems: Vec::new(), preview: None, stale: false }
}

/// `GET /admin/triage`
pub(super) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(page(&req, plain(Form::default())).await?.render(), receipt())
}

/// `GET /admin/triage/versions/{version}`
pub(super) async fn version(req: Arc<Req>) -> Result<Answer, Fail> {
    let version: i64 = req.param("version").parse().map_err(|_| Fail::NotVisible)?;
    let showing = Showing { version: Some(version), ..plain(Form::default()) };
    Answer::page(page(&req, showing).await?.render(), receipt())
}

#[derive(Serialize)]
struct Keep<'a> {
    base: i64,
    guide: &'a Guide,
    note: &'a str,
}

/// Keeps a guide as the next version. [`Fail::Stale`] when somebody was faster.
async fn keep(req: &Req, guide: &Guide, note: &str) -> Result<Receipt, Fail> {
    let envelope = req.envelope();
    let base = envelope.base_version.unwrap_or(0);
    let mut act = match req.ctx()?.act(&envelope, "triage.keep_guide", &Keep { base, guide, note }).await? {
        Begun::Before(_) => return Ok(receipt()),
        Begun::New(act) => act,
    };
    let viewer = act.viewer().ok_or(Fail::NotVisible)?;
    let right = access::may(viewer, Action::Administer, &Relation::of_no_household())?;
    let m = act.municipality();
    let (current, _) = guides::current(&mut act.facts()?, m).await?;
    act.check_version(current)?;
    let version = guides::keep(&mut act, &right, base, guide, note).await?;
    Ok(act.commit(&version.to_string()).await?)
}

/// `POST /admin/triage`: a whole new text. First it is shown what it would change; then it is kept.
pub(super) async fn replace(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let text = form.paragraph("text", Need::Required, MOST_BYTES);
    let note = form.line("note", Need::Optional, 200);
    if form.has_problems() {
        return Answer::again(page(&req, plain(form)).await?.render(), receipt());
    }
    let guide = match Guide::read(&text) {
        Ok(guide) => guide,
        Err(problems) => {
            let problems = sentences(&req.t(), &problems);
            let showing = Showing { problems, ..plain(form) };
            return Answer::again(page(&req, showing).await?.render(), receipt());
        }
    };
    if !form.ticked("keep") {
        let showing = Showing { preview: Some(guide), ..plain(form) };
        return Answer::page(page(&req, showing).await?.render(), receipt());
    }
    match keep(&req, &guide, &note).await {
        Ok(receipt) => Ok(Answer::to(link::TRIAGE_GUIDE, "triage_guide_kept", receipt)),
        Err(Fail::Stale) => {
            let showing = Showing { stale: true, ..plain(form) };
            Answer::conflict(page(&req, showing).await?.render(), receipt())
        }
        Err(other) => Err(other),
    }
}

#[derive(Template)]
#[template(path = "triage_kind.html")]
struct KindPage {
    frame: Frame,
    form: Form,
    code: String,
    new: bool,
    version: i64,
    name: String,
    scopes: Vec<Choice>,
    matters: Vec<Choice>,
    categories: Vec<Choice>,
    problems: Vec<String>,
    stale: bool,
    command: CommandId,
}

fn lines(items: &[String]) -> String {
    items.join("\n")
}

fn filled(kind: &Kind) -> Form {
    let mut pairs = vec![
        ("name", kind.name.clone()),
        ("lead", kind.lead.clone()),
        ("scope", kind.scope.clone()),
        ("judge_minutes", kind.judge_minutes.to_string()),
        ("confirm_minutes", kind.confirm_minutes.to_string()),
        ("first", lines(&kind.first)),
        ("facts", lines(&kind.facts)),
        ("checks", lines(&kind.checks)),
        ("parties", lines(&kind.parties)),
        (
            "clock",
            kind.clock.iter().map(|c| format!("{} {}", c.minutes, c.what)).collect::<Vec<_>>().join("\n"),
        ),
        ("call", kind.call.iter().map(|c| format!("{} {}", c.phone, c.name)).collect::<Vec<_>>().join("\n")),
        ("retired", if kind.retired { "1".to_owned() } else { String::new() }),
    ];
    pairs.extend(kind.matters.iter().map(|m| ("matters", m.clone())));
    pairs.extend(kind.categories.iter().map(|c| ("categories", c.clone())));
    Form::filled(pairs)
}

async fn kind_page(
    req: &Req,
    form: Option<Form>,
    problems: Vec<String>,
    stale: bool,
) -> Result<KindPage, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let code = req.param("code").to_owned();
    let mut look = ctx.look(Channel::List).await?;
    let (version, guide) = guides::current(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let new = code == "new";
    let kind = guide.kind(&code);
    if kind.is_none() && !new {
        return Err(Fail::NotVisible);
    }
    let form = form.unwrap_or_else(|| filled(kind.unwrap_or(&Kind::empty(String::new()))));
    let t = &frame.t;
    let choices = |list: &str, field: &str, codes: Vec<String>| {
        codes
            .into_iter()
            .map(|c| Choice { word: t.code(list, &c), chosen: form.chose(field, &c), value: c })
            .collect()
    };
    Ok(KindPage {
        scopes: choices("triage_scope", "scope", Scope::ALL.iter().map(ToString::to_string).collect()),
        matters: choices("matter", "matters", Matter::ALL.iter().map(ToString::to_string).collect()),
        categories: choices(
            "category",
            "categories",
            Category::ALL.iter().map(ToString::to_string).collect(),
        ),
        name: kind.map_or_else(String::new, |k| k.name.clone()),
        command: if stale { ctx.engine.new_id() } else { frame.command },
        code,
        new,
        version,
        problems,
        stale,
        form,
        frame,
    })
}

/// `GET /admin/triage/kinds/{code}`; `new` for one that is not there yet.
pub(super) async fn kind(req: Arc<Req>) -> Result<Answer, Fail> {
    Answer::page(kind_page(&req, None, Vec::new(), false).await?.render(), receipt())
}

/// The lines of a field, one item each.
fn items(form: &mut Form, field: &str) -> Vec<String> {
    let text = form.paragraph(field, Need::Optional, 10_000);
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(ToOwned::to_owned).collect()
}

/// A line `30 …`: a number or a telephone number, then what it is for.
fn split(line: &str) -> (String, String) {
    let (head, rest) = line.split_once([' ', '\u{3000}', '\t']).unwrap_or((line, ""));
    // Typed on a Japanese keyboard: wide digits and signs mean the narrow ones.
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' => '-',
        c => c,
    };
    (head.chars().map(narrow).collect(), rest.trim().to_owned())
}

fn minutes(form: &mut Form, field: &str) -> i64 {
    let (typed, _) = split(form.value(field).trim());
    typed.parse().unwrap_or(0)
}

/// A kind as the form says.
fn read_kind(form: &mut Form, code: String) -> Kind {
    let clock = items(form, "clock")
        .iter()
        .map(|line| split(line))
        .map(|(m, what)| Clock { what, minutes: m.parse().unwrap_or(0) })
        .collect();
    let call =
        items(form, "call").iter().map(|l| split(l)).map(|(phone, name)| Call { name, phone }).collect();
    let chosen = |form: &Form, field: &str| form.fields().all(field).map(ToOwned::to_owned).collect();
    Kind {
        code,
        name: form.line("name", Need::Required, 60),
        lead: form.line("lead", Need::Optional, 200),
        categories: chosen(form, "categories"),
        matters: chosen(form, "matters"),
        scope: form.value("scope").to_owned(),
        judge_minutes: minutes(form, "judge_minutes"),
        confirm_minutes: minutes(form, "confirm_minutes"),
        retired: form.ticked("retired"),
        first: items(form, "first"),
        facts: items(form, "facts"),
        checks: items(form, "checks"),
        parties: items(form, "parties"),
        clock,
        call,
    }
}

/// `POST /admin/triage/kinds/{code}`: one kind, in fields.
pub(super) async fn change_kind(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::List).await?;
    let (_, mut guide) = guides::current(&mut look.conn(), ctx.viewer.municipality).await?;
    look.close().await?;
    let place = guide.kind.iter().position(|k| k.code == req.param("code"));
    let code = match (place, req.param("code")) {
        (Some(at), _) => guide.kind[at].code.clone(),
        // A code of its own: what administrators see and change is the name.
        (None, "new") => {
            // One more than there are kinds: one of these codes is free.
            let numbers = 1..=guide.kind.len() + 1;
            numbers.map(|n| format!("own_{n}")).find(|c| guide.kind(c).is_none()).unwrap_or_default()
        }
        (None, _) => return Err(Fail::NotVisible),
    };
    let new = read_kind(&mut form, code);
    match place {
        Some(at) => guide.kind[at] = new,
        None => guide.kind.push(new),
    }
    let problems = sentences(&req.t(), &guide.problems());
    if form.has_problems() || !problems.is_empty() {
        return Answer::again(kind_page(&req, Some(form), problems, false).await?.render(), receipt());
    }
    let note = form.line("note", Need::Optional, 200);
    match keep(&req, &guide, &note).await {
        Ok(receipt) => Ok(Answer::to(link::TRIAGE_GUIDE, "triage_guide_kept", receipt)),
        Err(Fail::Stale) => {
            Answer::conflict(kind_page(&req, Some(form), Vec::new(), true).await?.render(), receipt())
        }
        Err(other) => Err(other),
    }
}
