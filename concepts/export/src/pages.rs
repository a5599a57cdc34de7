//! ダウンロード: the files one has asked for, how far they are, and fetching them.

use std::sync::Arc;

use askama::Template;
use engine::{Channel, Ctx, Fail, Look, Receipt, Refusal};
use site::{Access, Answer, Fields, Frame, Page, Req, T, habits, link};
use words::code::Code;
use words::id::ExportId;

use crate::acts;
use crate::lists::{List, may_see};
use crate::rules::{Format, State, Step, hundredths, still_covered};
use crate::sql::{self, Export};

/// The pages of this concept.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/downloads", Access::WORKERS, list),
        Page::post("/downloads", Access::WORKERS, ask),
        Page::get("/downloads/{id}", Access::WORKERS, show),
        Page::get("/downloads/{id}/file", Access::WORKERS, file),
        Page::post("/downloads/{id}/again", Access::WORKERS, again),
        Page::post("/downloads/{id}/discard", Access::WORKERS, discard),
    ]
}

/// A file as it is shown.
struct View {
    href: String,
    name: String,
    filter: String,
    format: String,
    state: String,
    state_word: String,
    asked: String,
    asked_iso: String,
    done: i64,
    total: i64,
    percent: i64,
    rows: String,
    work: bool,
    reason: String,
    kept: String,
    fetched: String,
    size: String,
    unwritten: i64,
}

fn view(frame: &Frame, export: &Export) -> View {
    let t = &frame.t;
    View {
        href: link::download(export.id),
        name: t.s(export.list.name()).to_owned(),
        filter: filter_words(t, export),
        format: t.code("file_kind", export.format),
        state: export.state.to_string(),
        state_word: t.code("download_state", export.state),
        asked: frame.moment(&export.asked_at),
        asked_iso: export.asked_at.iso(),
        done: export.done,
        total: export.total,
        percent: hundredths(export.done, export.total),
        rows: t.fs("download.rows", &[("n", export.total.to_string()), ("m", export.done.to_string())]),
        work: export.state.is_work(),
        reason: if export.reason.is_empty() { String::new() } else { t.s(&export.reason).to_owned() },
        kept: export.kept_until.map(|d| frame.day(&d.day())).unwrap_or_default(),
        fetched: export.fetched_at.map(|d| frame.moment(&d)).unwrap_or_default(),
        size: size(export.bytes),
        unwritten: export.unwritten,
    }
}

/// `34 KB`.
fn size(bytes: i64) -> String {
    if bytes < 1_000_000 {
        format!("{} KB", (bytes + 999) / 1000)
    } else {
        format!("{} MB", bytes / 1_000_000)
    }
}

/// The filter it was asked with, in the words of the list.
fn filter_words(t: &T, export: &Export) -> String {
    let query = Fields::parse(export.query.as_bytes());
    let (states, mine) = match export.list {
        List::Consultations => ("consultation_state", "intake.filter_mine"),
        List::Cases => ("case_state", "casefile.mine"),
    };
    let mut words = Vec::new();
    match query.get("state").filter(|s| !s.is_empty()) {
        Some("all") | None if export.list == List::Consultations => {}
        None => words.push(t.code(states, "open")),
        Some("all") => {}
        Some(state) => words.push(t.code(states, state)),
    }
    if query.get("mine").is_some_and(|m| !m.is_empty()) {
        words.push(t.s(mine).to_owned());
    }
    if words.is_empty() { t.s("download.everything").to_owned() } else { words.join(t.s("site.comma")) }
}

#[derive(Template)]
#[template(path = "export_list.html")]
struct ListPage {
    frame: Frame,
    files: Vec<View>,
    working: bool,
}

/// GET /downloads
async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let files = sql::of_user(&mut look.conn(), m, user, &acts::appointments(&ctx)).await?;
    let files: Vec<View> = files.iter().map(|e| view(&frame, e)).collect();
    let page = ListPage { working: files.iter().any(|f| f.work), files, frame };
    Answer::page(page.render(), look.close().await?)
}

/// POST /downloads: from below a list.
async fn ask(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let signed = req.signed().ok_or(Fail::NotVisible)?;
    let body = req.body();
    let list = body.get("list").and_then(List::at).ok_or(Fail::NotVisible)?;
    let query = habits::keepable(body.get("query").unwrap_or_default())
        .ok_or_else(|| Refusal::new("habits.words_not_kept"))?;
    let format = body.get("format").and_then(Format::parse).unwrap_or(Format::Xlsx);
    let new = Export {
        query,
        hidden: signed.habits.hidden.get(list.path()).cloned().unwrap_or_default(),
        language: req.language(),
        ..Export::asked(&ctx, list, format)?
    };
    let (id, receipt) = acts::send(&ctx, &req.envelope(), new).await?;
    Ok(Answer::to(&link::download(id), "", receipt))
}

/// A file of the person who asks, under an appointment they hold now. Nobody else's exists.
async fn own(req: &Req, ctx: &Ctx, look: &mut Look) -> Result<Export, Fail> {
    let id: ExportId = req.id("id")?;
    let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
    let export = sql::by_id(&mut look.conn(), m, user, &acts::appointments(ctx), id).await?;
    let mut export = export.ok_or(Fail::NotVisible)?;
    // Its days are over, also before the job comes to forget it.
    if export.state == State::Ready && export.kept_until.is_none_or(|until| until <= ctx.now) {
        (export.state, export.reason) = (State::Gone, "download.over".to_owned());
    }
    Ok(export)
}

#[derive(Template)]
#[template(path = "export_page.html")]
struct ShowPage {
    frame: Frame,
    file: View,
    back: String,
}

/// GET /downloads/{id}
async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::Page).await?;
    let export = own(&req, &ctx, &mut look).await?;
    let back = habits::SavedFilter {
        list: export.list.path().to_owned(),
        name: String::new(),
        query: export.query.clone(),
    };
    let page = ShowPage { file: view(&frame, &export), back: back.href(), frame };
    Answer::page(page.render(), look.close().await?)
}

/// GET /downloads/{id}/file: only if everything in it may still be seen; otherwise it is made anew.
async fn file(req: Arc<Req>) -> Result<Answer, Fail> {
    let asking = req.ctx()?;
    let mut look = asking.look(Channel::Export).await?;
    let export = own(&req, &asking, &mut look).await?;
    drop(look);
    let ctx = acts::under(&asking, &export)?;
    let here = link::download(export.id);
    if export.state != State::Ready {
        return Ok(Answer::to(&here, "", Receipt::nothing_personal("a redirect to the state of the file")));
    }
    // The check, the bytes and the row of the log are of one snapshot.
    let mut look = ctx.look(Channel::Export).await?;
    if !covered(&mut look, export.id).await? {
        drop(look);
        let receipt = acts::step(&ctx, &req.envelope(), &export, Step::Again).await?;
        return Ok(Answer::to(&here, "download_remade", receipt));
    }
    let bytes = sql::file(&mut look.conn(), ctx.viewer.municipality, export.id).await?;
    look.take_out(export.id.cast())?;
    let receipt = look.close().await?;
    acts::fetched(&ctx, export.id).await?;
    let (ending, kind) = match export.format {
        Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Format::Csv => ("csv", "text/csv; charset=utf-8"),
        Format::CsvCp932 => ("csv", "text/csv; charset=shift_jis"),
    };
    let name = format!("{} {}.{ending}", req.t().s(export.list.name()), export.asked_at.day());
    Ok(Answer::file(&name, kind, bytes, receipt))
}

/// Whether this viewer may still see everything that the rows of the file show. Constant in statements per round.
async fn covered(look: &mut Look, id: ExportId) -> Result<bool, Fail> {
    let m = look.viewer().municipality;
    let mut from = 0;
    while let Some((round, shown)) = sql::shown(&mut look.conn(), m, id, from).await? {
        let now = may_see(look, &shown).await?;
        if !still_covered(&shown, &now) {
            return Ok(false);
        }
        from = round + 1;
    }
    Ok(true)
}

async fn stepped(req: &Req, step: Step) -> Result<(Export, Receipt), Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let export = own(req, &ctx, &mut look).await?;
    drop(look);
    let receipt = acts::step(&ctx, &req.envelope(), &export, step).await?;
    Ok((export, receipt))
}

/// POST /downloads/{id}/again
async fn again(req: Arc<Req>) -> Result<Answer, Fail> {
    let (export, receipt) = stepped(&req, Step::Again).await?;
    Ok(Answer::to(&link::download(export.id), "", receipt))
}

/// POST /downloads/{id}/discard
async fn discard(req: Arc<Req>) -> Result<Answer, Fail> {
    let (_, receipt) = stepped(&req, Step::Discard).await?;
    Ok(Answer::to(link::DOWNLOADS, "download_gone", receipt))
}
