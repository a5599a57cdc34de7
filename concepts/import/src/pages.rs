//! The pages: the list with the form for a file, the columns, and everything after.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Role;
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{Reasons, person};
use site::{Access, Answer, Form, Page, Req, T, link};
use tabular::{CsvOut, Encoding, Kind, NotWritten, Table, XlsxOut};
use words::code::Code;
use words::id::ThingId;

use crate::acts::{self, Chosen, NewImport};
use crate::fields;
use crate::line::{self, Problem, Standing};
use crate::rules::{Alike, LineState, State, Step};
use crate::sql::{self, Import};
use crate::views::{Choice, ColumnView, ImportPage, ListLine, ListPage, MapPage, SaidView};

/// Lines of one kind shown on the page; the file to download has all of them.
const SHOWN: i64 = 200;
/// A form around the largest file.
const MOST_BYTES: usize = acts::LIMITS.bytes + (1 << 20);
const LEADS: Access = Access::Role(&[Role::AgencyLead]);

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get(link::IMPORTS, LEADS, list),
        Page::post(link::IMPORTS, LEADS, bring).takes_files(MOST_BYTES),
        Page::get("/imports/{id}", LEADS, page),
        Page::post("/imports/{id}/map", LEADS, map),
        Page::post("/imports/{id}/step", LEADS, step),
        Page::get("/imports/{id}/broken/{kind}", LEADS, broken),
    ]
}

fn path(id: ThingId) -> String {
    format!("{}/{id}", link::IMPORTS)
}

async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::List).await?;
    let page = list_page(&req, &mut look, Form::default()).await?;
    Answer::page(page.render(), look.close().await?)
}

async fn list_page(req: &Req, look: &mut Look, form: Form) -> Result<ListPage, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let viewer = &ctx.viewer;
    let desk = acts::lead(viewer).ok_or(Fail::NotVisible)?.desk;
    let imports =
        sql::of_user(&mut look.conn(), viewer.municipality, viewer.user, &acts::led(viewer)).await?;
    let names = register::desk_names(&mut look.conn(), viewer.municipality, [desk], ctx.now.day()).await?;
    let lines = imports
        .into_iter()
        .map(|i| ListLine {
            link: path(i.id),
            at: frame.moment(&i.created_at),
            at_iso: i.created_at.iso(),
            state: i.state.to_string(),
            state_word: frame.t.code("import_state", i.state),
            written: i.counts.written,
            lines: i.counts.lines,
            file: i.file_name,
        })
        .collect();
    Ok(ListPage { desk: names.get(&desk).cloned().unwrap_or_default(), lines, form, frame })
}

/// `POST /imports`: a file.
async fn bring(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    match req.file("file") {
        None => form.problem("file", "import_page.no_file"),
        Some(upload) => {
            if words::mynumber::contains_my_number(&upload.name) {
                form.problem("file", "text.my_number");
            } else {
                // Some browsers say in which folder it lay.
                let bare = upload.name.rsplit(['/', '\\']).next().unwrap_or_default();
                let name = words::input::optional_line(bare, 200).ok().flatten().unwrap_or_default();
                let begun = match upload.content() {
                    Ok(file) => acts::begin(&ctx, &req.envelope(), &NewImport { name: &name, file }).await,
                    Err(refusal) => Err(refusal.into()),
                };
                match begun {
                    Ok((id, receipt)) => return Ok(Answer::to(&path(id), "import_read", receipt)),
                    Err(Fail::Refused(refusal)) => form.problem_with("file", refusal.key, refusal.args),
                    Err(other) => return Err(other),
                }
            }
        }
    }
    let mut look = ctx.look(Channel::List).await?;
    let page = list_page(&req, &mut look, form).await?;
    Answer::again(page.render(), look.close().await?)
}

/// An import that the person who asks may know of: their own, or one recorded for a desk they lead now.
async fn known(req: &Req, look: &mut Look) -> Result<Import, Fail> {
    let viewer = req.ctx()?.viewer;
    let id: ThingId = req.id("id")?;
    let import = sql::by_id(&mut look.conn(), viewer.municipality, viewer.user, id).await?;
    import
        .filter(|i| acts::led(&viewer).contains(&i.desk) && i.state != State::Dropped)
        .ok_or(Fail::NotVisible)
}

/// An import of the person who asks. The file and what was said of its lines are nobody else's.
async fn own(req: &Req, look: &mut Look) -> Result<Import, Fail> {
    let import = known(req, look).await?;
    if import.user == req.ctx()?.viewer.user { Ok(import) } else { Err(Fail::NotVisible) }
}

/// The file of an import as a table; `None` when it is no longer kept.
async fn table(req: &Req, look: &mut Look, import: &Import) -> Result<Option<Table>, Fail> {
    let municipality = req.ctx()?.viewer.municipality;
    let file = sql::file(&mut look.conn(), municipality, import.id).await?;
    Ok(acts::table(import, &file).ok())
}

async fn page(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let import = known(&req, &mut look).await?;
    if import.state == State::Mapping {
        let form = Form::default();
        let html = map_page(&req, &mut look, &import, form).await?;
        return Answer::page(html.render(), look.close().await?);
    }
    let html = import_page(&req, &mut look, &import, Form::default(), Vec::new()).await?;
    let answer = Answer::page(html.render(), look.close().await?)?;
    Ok(if import.state.is_work() { answer.refresh(2) } else { answer })
}

async fn map_page(req: &Req, look: &mut Look, import: &Import, form: Form) -> Result<MapPage, Fail> {
    let frame = req.frame();
    let t = &frame.t;
    let table = table(req, look, import).await?.ok_or(Fail::NotVisible)?;
    let at = req.ctx()?.viewer.municipality;
    let proposed = acts::proposed(&mut look.conn(), at, import.desk, &table.header).await?;
    let (doubtful, encodings, sheets) = match &table.kind {
        Kind::Csv { encoding, doubtful, .. } => {
            let choices =
                Encoding::ALL.iter().map(|e| Choice::new(e.code(), t.code("encoding", e), encoding.code()));
            (*doubtful, choices.collect(), Vec::new())
        }
        Kind::Xlsx { sheet, sheets } => {
            (false, Vec::new(), sheets.iter().map(|s| Choice::new(s, s, sheet)).collect())
        }
    };
    let mut columns = Vec::with_capacity(table.header.len());
    for (n, header) in table.header.iter().enumerate() {
        let name = format!("c{n}");
        let now = if form.fields().get(&name).is_some() {
            form.value(&name).to_owned()
        } else {
            import.mapping.get(n).cloned().unwrap_or_default()
        };
        let mut choices = vec![Choice::new("", t.s("import_field.none"), &now)];
        choices.extend(fields::ALL.iter().map(|f| Choice::new(&f.key, t.code("import_field", &f.key), &now)));
        let sure = proposed.get(n).is_some_and(|p| {
            p.sure > tabular::columns::Sure::Guess && p.field.as_deref().unwrap_or_default() == now
        });
        let header =
            if header.trim().is_empty() { t.f("import_page.nameless", "n", n + 1) } else { header.clone() };
        columns.push(ColumnView { name, header, examples: examples(&table, n, t), sure, fields: choices });
    }
    let list = |section: &'static str, codes: Vec<&'static str>, now: &str| -> Vec<Choice> {
        codes.into_iter().map(|c| Choice::new(c, t.code(section, c), now)).collect()
    };
    let standing = &import.standing;
    Ok(MapPage {
        path: path(import.id),
        file: import.file_name.clone(),
        lines: import.counts.lines,
        doubtful,
        encodings,
        sheets,
        left_out: columns.iter().filter(|c| c.fields.first().is_some_and(|f| f.chosen)).count(),
        columns,
        channels: list("channel", intake::Channel::choosable().map(Code::code).collect(), &standing.channel),
        routes: list("route", intake::Route::ALL.iter().map(|c| c.code()).collect(), &standing.route),
        urgencies: list(
            "urgency",
            intake::Urgency::ALL.iter().map(|c| c.code()).collect(),
            &standing.urgency,
        ),
        form,
        frame,
    })
}

/// The first values of a column, so that people recognise it. Shown to nobody but who brought the file.
fn examples(table: &Table, column: usize, t: &T) -> String {
    const MOST: usize = 24;
    let mut found: Vec<String> = Vec::new();
    for row in table.rows.iter().take(200) {
        let cell = row.cells.get(column).map_or("", |c| c.trim());
        if cell.is_empty() || found.len() == 2 {
            continue;
        }
        let shown = if words::mynumber::contains_my_number(cell) {
            t.s("import_page.hidden").to_owned()
        } else if cell.chars().count() > MOST {
            format!("{}…", cell.chars().take(MOST).collect::<String>())
        } else {
            cell.to_owned()
        };
        if !found.contains(&shown) {
            found.push(shown);
        }
    }
    found.join(" ／ ")
}

/// `POST /imports/{id}/map`
async fn map(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let import = own(&req, &mut look).await?;
    if import.state != State::Mapping {
        let receipt = look.close().await?;
        return Ok(Answer::to(&path(import.id), "", receipt));
    }
    let mut form = req.form();
    let columns = import.mapping.len();
    let mapping: Vec<String> = (0..columns).map(|n| form.value(&format!("c{n}")).to_owned()).collect();
    let standing = Standing {
        channel: form
            .code::<intake::Channel>("channel", site::Need::Required)
            .map_or_else(String::new, |c| c.to_string()),
        route: form
            .code::<intake::Route>("route", site::Need::Required)
            .map_or_else(String::new, |c| c.to_string()),
        urgency: form
            .code::<intake::Urgency>("urgency", site::Need::Required)
            .map_or_else(String::new, |c| c.to_string()),
    };
    let check = form.value("again").is_empty();
    for (column, key) in line::missing(&mapping).into_iter().filter(|_| check) {
        form.problem(&format!("c{column}"), key);
    }
    if !form.has_problems() {
        let or = |typed: &str, before: &str| if typed.is_empty() { before } else { typed }.to_owned();
        let encoding = or(form.value("encoding"), &import.encoding);
        let sheet = or(form.value("sheet"), &import.sheet);
        let chosen = Chosen { encoding, sheet, mapping, standing, check };
        match acts::map(&ctx, &req.envelope(), &import, &chosen).await {
            Ok(receipt) => return Ok(Answer::to(&path(import.id), "", receipt)),
            Err(Fail::Refused(refusal)) => form.problem_with("encoding", refusal.key, refusal.args),
            Err(other) => return Err(other),
        }
    }
    let html = map_page(&req, &mut look, &import, form).await?;
    Answer::again(html.render(), look.close().await?)
}

async fn import_page(
    req: &Req,
    look: &mut Look,
    import: &Import,
    form: Form,
    worked_on: Vec<String>,
) -> Result<ImportPage, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = req.ctx()?.viewer;
    let at = viewer.municipality;
    let own = import.user == viewer.user;
    let mut brought_by = None;
    let (mut broken, mut alike, mut already, mut file) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    if own {
        let mut conn = look.conn();
        broken = sql::said(&mut conn, at, import.id, Some(LineState::Broken), SHOWN).await?;
        alike = sql::said(&mut conn, at, import.id, Some(LineState::Alike), SHOWN).await?;
        alike.extend(sql::said(&mut conn, at, import.id, Some(LineState::LeftOut), SHOWN).await?);
        already = sql::said(&mut conn, at, import.id, Some(LineState::Already), SHOWN).await?;
        file = sql::file(&mut conn, at, import.id).await?;
    } else {
        brought_by = register::user_names(&mut look.conn(), at, [import.user]).await?.remove(&import.user);
    }
    let sealed = person::by_ids(&mut look.conn(), &viewer, alike.iter().filter_map(|s| s.person)).await?;
    let people = look.disclose(sealed).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&people);
    let names: BTreeMap<_, _> = people.iter().map(|p| (p.id, p.called().to_owned())).collect();
    let header = acts::table(import, &file).map(|t| t.header).unwrap_or_default();
    let view = |s: &sql::Said| SaidView {
        line: s.line,
        problems: s.problems.iter().map(|p| (column(p, &header, &t), p.sentence(&t))).collect(),
        person: s.person.and_then(|id| names.get(&id).map(|name| (name.clone(), link::person(id)))),
        sure: s.sure,
    };
    let c = import.counts;
    Ok(ImportPage {
        reasons: reasons.sentences(&t),
        path: path(import.id),
        file: import.file_name.clone(),
        brought_by,
        state: import.state.to_string(),
        state_word: t.code("import_state", import.state),
        // A key when the job stopped, words when somebody took it back.
        reason: t.s(&import.reason).to_owned(),
        lines: c.lines,
        done: c.done,
        good: c.good,
        broken: c.broken,
        already: c.already,
        alike: c.alike,
        written: c.written,
        left_out: c.left_out,
        broken_lines: broken.iter().map(view).collect(),
        alike_lines: alike.iter().map(view).collect(),
        already_lines: already.iter().map(|s| s.line).collect(),
        has_file: !file.is_empty(),
        worked_on,
        form,
        frame,
    })
}

/// The column of a problem, as the file calls it.
fn column(problem: &Problem, header: &[String], t: &T) -> String {
    match problem.column {
        None => String::new(),
        Some(n) => match header.get(n).map(|h| h.trim()).filter(|h| !h.is_empty()) {
            Some(name) => name.to_owned(),
            None => t.f("import_page.nameless", "n", n + 1),
        },
    }
}

/// `POST /imports/{id}/step`
async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Page).await?;
    let import = known(&req, &mut look).await?;
    let mut form = req.form();
    let (step, done) = match form.value("step") {
        "write" => (Step::Write, ""),
        "again" => (Step::MapAgain, ""),
        "undo" => (Step::Undo, ""),
        "drop" => (Step::Drop, "import_dropped"),
        _ => return Err(Fail::NotVisible),
    };
    let alike = form.code::<Alike>("alike", site::Need::Optional).unwrap_or(import.alike);
    let reason = match step {
        Step::Undo => form.line("reason", site::Need::Required, intake::LINE_MAX),
        _ => String::new(),
    };
    if !form.has_problems() {
        let to = if step == Step::Drop { link::IMPORTS.to_owned() } else { path(import.id) };
        match acts::ask(&ctx, &req.envelope(), &import, step, (alike, &reason)).await {
            Ok(receipt) => return Ok(Answer::to(&to, done, receipt)),
            Err(Fail::Refused(refusal)) => form.problem_with("reason", refusal.key, refusal.args),
            Err(other) => return Err(other),
        }
    }
    let worked = worked_on(&req, &mut look, &import).await?;
    let html = import_page(&req, &mut look, &import, form, worked).await?;
    Answer::again(html.render(), look.close().await?)
}

/// Links to the consultations of an import that somebody has worked on.
async fn worked_on(req: &Req, look: &mut Look, import: &Import) -> Result<Vec<String>, Fail> {
    let at = req.ctx()?.viewer.municipality;
    let written = sql::written(&mut look.conn(), at, import.id).await?;
    let ids: Vec<_> = written.into_iter().map(|(_, id)| id).collect();
    let worked = intake::worked_on(&mut look.conn(), at, &ids).await?;
    Ok(worked.into_iter().take(50).map(link::consultation).collect())
}

/// `GET /imports/{id}/broken/{kind}`: the broken lines, to be corrected and sent again.
async fn broken(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::List).await?;
    let import = own(&req, &mut look).await?;
    let table = table(&req, &mut look, &import).await?.ok_or(Fail::NotVisible)?;
    let at = req.ctx()?.viewer.municipality;
    let said = sql::said(&mut look.conn(), at, import.id, Some(LineState::Broken), i64::MAX).await?;
    let broken: BTreeMap<u64, Vec<Problem>> =
        said.into_iter().filter_map(|s| Some((u64::try_from(s.line).ok()?, s.problems))).collect();
    let t = req.frame().t;
    let fail = |e: NotWritten| Fail::Broken(engine::Broken::Outside(e.to_string()));
    let (ending, media_type, bytes) = match req.param("kind") {
        "csv" => {
            let mut out = CsvOut::new();
            line::broken_rows(&table, &broken, &t, &mut out).map_err(fail)?;
            ("csv", "text/csv; charset=utf-8", out.utf8())
        }
        "xlsx" => {
            let mut out = XlsxOut::new(t.s("import_page.sheet")).map_err(fail)?;
            line::broken_rows(&table, &broken, &t, &mut out).map_err(fail)?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            ("xlsx", kind, out.finish().map_err(fail)?)
        }
        _ => return Err(Fail::NotVisible),
    };
    let name = format!("{}.{ending}", t.s("import_page.broken_file"));
    Ok(Answer::file(&name, media_type, bytes, look.close().await?))
}
