//! Saving a draft while somebody types, the list of drafts, and two tabs that wrote the same one.

use std::sync::Arc;

use access::{Right, System};
use askama::Template;
use engine::{Act, Fail, Receipt, Refusal};
use site::{Access, Answer, Fields, Frame, Page, Req, link};
use words::code::Code;
use words::id::{DeskId, DraftId, ThingId};

use crate::rules;
use crate::sql::{self, Draft, DraftKind};

/// The pages.
pub fn pages() -> Vec<Page> {
    vec![
        Page::get("/drafts", Access::SignedIn, list),
        Page::post("/drafts/{id}", Access::SignedIn, post),
        Page::post("/drafts/{id}/delete", Access::SignedIn, throw_away),
    ]
}

/// Longest draft, in bytes: more than all fields of a form at their longest.
pub const MOST_BYTES: usize = 200 * 1024;
/// Fields that belong to one sending, not to what was written; and what is kept by this concept, never by a form.
const NOT_KEPT: &[&str] = &[
    "definition_version",
    "drop",
    "csrf",
    "owner",
    "draft_version",
    "checked",
    "pick",
    "back",
    sql::BEGUN_AT,
];

/// How a save went.
enum Saved {
    /// It is this version now.
    At(i64, Receipt),
    /// Another tab saved in between.
    Behind,
    /// The form was sent meanwhile: there is nothing to keep.
    Sent,
}

async fn save(req: &Req, id: DraftId, kind: DraftKind) -> Result<Saved, Fail> {
    let kept = kept(req.body());
    if kept.encode().len() > MOST_BYTES {
        return Err(Refusal::new("draft.too_long").into());
    }
    let base: i64 = req.body().get("draft_version").and_then(|v| v.parse().ok()).unwrap_or(0);
    // A draft is nobody's record yet: it is kept without a command (docs/decisions/0014). A save that comes twice
    // meets its own version and changes nothing.
    let mut act = req.ctx()?.aside(&req.envelope()).await?;
    if let Some(command) = kept.get("command").and_then(|v| v.parse().ok())
        && sql::was_sent(&mut act, command).await?
    {
        return Ok(Saved::Sent);
    }
    // What is said about a case stays where it is decided who reads it: no draft carries it out.
    if kind == DraftKind::Minutes
        && !sql::about_nobody(&mut act, kept.get("place").unwrap_or_default()).await?
    {
        return Err(Fail::NotVisible);
    }
    let about: Option<ThingId> = kept.get("draft_about").and_then(|v| v.parse().ok());
    let desks = begun_at(req, &mut act, id, about).await?;
    match sql::keep(&mut act, id, kind, about, &with_desks(&kept, &desks), base).await? {
        Some(version) => Ok(Saved::At(version, act.commit("").await?)),
        None => Ok(Saved::Behind),
    }
}

/// At which desks a draft was begun: those of its first saving. Whoever has lost their place there saves it no more, and whoever sits nowhere
/// begins none.
async fn begun_at(
    req: &Req,
    act: &mut Act,
    id: DraftId,
    about: Option<ThingId>,
) -> Result<Vec<DeskId>, Fail> {
    let viewer = &req.ctx()?.viewer;
    let found = sql::kept_by(&mut act.facts()?, viewer.municipality, viewer.user, id).await?;
    let known = found.as_ref().map(Draft::begun_at).unwrap_or_default();
    if found.is_some_and(|d| !d.read_by(viewer)) {
        return Err(Fail::NotVisible);
    }
    if !known.is_empty() {
        return Ok(known);
    }
    let part = match about {
        Some(about) => sql::desks_of(act, about).await?,
        None => Vec::new(),
    };
    let desks = rules::begun_at(&part, &viewer.desks(), viewer.acting().map(|s| s.desk));
    if desks.is_empty() { Err(Fail::NotVisible) } else { Ok(desks) }
}

fn with_desks(kept: &Fields, desks: &[DeskId]) -> Fields {
    let pairs = kept.pairs().iter().cloned();
    Fields::from_pairs(pairs.chain(desks.iter().map(|d| (sql::BEGUN_AT.to_owned(), d.to_string()))).collect())
}

fn kept(fields: &Fields) -> Fields {
    let pairs =
        fields.pairs().iter().filter(|(name, _)| !NOT_KEPT.contains(&name.as_str())).cloned().collect();
    Fields::from_pairs(pairs)
}

fn own(why: &'static str) -> Receipt {
    Receipt::nothing_personal(why)
}

/// POST /drafts/{id}: from the script while typing, or from the button 「下書きを保存」.
async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: DraftId = req.id("id")?;
    if !req.wants_draft() && !req.body().with_my_number().is_empty() {
        return Err(Refusal::new("text.my_number").into());
    }
    let kind = req.body().get("draft_kind").and_then(DraftKind::parse).ok_or(Fail::NotVisible)?;
    match save(&req, id, kind).await? {
        Saved::At(version, receipt) if req.wants_draft() => {
            Ok(Answer::json(format!("{{\"version\":{version}}}"), receipt))
        }
        Saved::At(_, receipt) => Ok(Answer::to(link::DRAFTS, "draft_saved", receipt)),
        Saved::Sent if req.wants_draft() => Ok(Answer::json("{\"sent\":true}".to_owned(), own("no content"))),
        Saved::Sent => Ok(Answer::to(link::DRAFTS, "draft_sent", own("no content"))),
        Saved::Behind if req.wants_draft() => {
            Ok(Answer::json("{\"conflict\":true}".to_owned(), own("no content")).status(409))
        }
        Saved::Behind => conflict(&req, id).await,
    }
}

/// Both texts, side by side: what another tab saved, and what was typed here.
async fn conflict(req: &Req, id: DraftId) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(engine::Channel::Page).await?;
    let other = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let frame = req.frame();
    let mine = kept(req.body());
    let rows = differences(&other.fields, &mine)
        .into_iter()
        .map(|(name, theirs, mine)| {
            let label = label(&frame, &name);
            (label, theirs, mine)
        })
        .collect();
    let page = DraftConflict {
        saved: frame.moment(&other.saved_at),
        reopen: other.reopen().unwrap_or_else(|| link::DRAFTS.to_owned()),
        save: link::draft(id),
        carried: mine.pairs().iter().filter(|(n, _)| n != "command").cloned().collect(),
        command: mine.get("command").unwrap_or_default().to_owned(),
        version: other.version,
        rows,
        frame,
    };
    let receipt = look.close().await?;
    Answer::conflict(page.render(), receipt)
}

fn label(frame: &Frame, name: &str) -> String {
    let key = format!("draft_field.{name}");
    if frame.t.s(&key) == key {
        frame.t.s("draft_field.other").to_owned()
    } else {
        frame.t.s(&key).to_owned()
    }
}

/// The written fields that differ: name, what the other has, what this one has.
fn differences(other: &Fields, mine: &Fields) -> Vec<(String, String, String)> {
    let joined = |fields: &Fields, name: &str| fields.all(name).collect::<Vec<_>>().join("\n");
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in mine.pairs().iter().chain(other.pairs()) {
        let ours =
            matches!(name.as_str(), "command" | "draft" | "draft_kind" | "draft_about" | sql::BEGUN_AT)
                || name.ends_with("_cat")
                || name.ends_with("_about");
        if !ours && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
        .into_iter()
        .map(|name| (name.to_owned(), joined(other, name), joined(mine, name)))
        .filter(|(_, theirs, mine)| theirs != mine)
        .collect()
}

#[derive(Template)]
#[template(path = "draft_conflict.html")]
struct DraftConflict {
    frame: Frame,
    saved: String,
    reopen: String,
    save: String,
    carried: Vec<(String, String)>,
    command: String,
    version: i64,
    rows: Vec<(String, String, String)>,
}

/// One line of the list.
struct DraftLine {
    id: DraftId,
    kind: String,
    saved: String,
    begins: String,
    reopen: String,
}

#[derive(Template)]
#[template(path = "draft_list.html")]
struct DraftList {
    frame: Frame,
    lines: Vec<DraftLine>,
    /// How many were begun at a desk where their author sits no more: nothing else of them is shown.
    closed: usize,
    /// The form that throws those away is sent to one of them.
    closed_href: String,
}

/// GET /drafts: the author's own, with the first words: they wrote them. Of those begun at a desk where they sit no more, only how many.
async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(engine::Channel::List).await?;
    let drafts = sql::of_author(&mut look.conn(), ctx.viewer.municipality, ctx.viewer.user).await?;
    let frame = req.frame();
    let (open, closed): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(|d| d.read_by(&ctx.viewer));
    let lines = open
        .iter()
        .filter_map(|d| {
            Some(DraftLine {
                id: d.id,
                kind: frame.t.code("draft_kind", d.kind),
                saved: frame.moment(&d.saved_at),
                begins: begins(&d.fields),
                reopen: d.reopen()?,
            })
        })
        .collect();
    let closed_href = closed.first().map(|d| format!("{}/delete", link::draft(d.id))).unwrap_or_default();
    let page = DraftList { frame, lines, closed: closed.len(), closed_href };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// The first twenty characters of what was written.
fn begins(fields: &Fields) -> String {
    let text = ["words", "facts", "body", "trouble", "wish", "name"]
        .into_iter()
        .filter_map(|name| fields.get(name))
        .map(str::trim)
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    let short: String = text.chars().take(20).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// POST /drafts/{id}/delete: one; with `closed`, every one whose words its author reads no more: there nobody can choose.
async fn throw_away(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut ids: Vec<DraftId> = vec![req.id("id")?];
    let mut act = ctx.aside(&req.envelope()).await?;
    if req.body().get("closed").is_some() {
        let (m, user) = (ctx.viewer.municipality, ctx.viewer.user);
        let all = sql::of_author(&mut act.facts()?, m, user).await?;
        ids = all.iter().filter(|d| !d.read_by(&ctx.viewer)).map(|d| d.id).collect();
    }
    for id in ids {
        sql::delete(&mut act, &Right::system(System::Account), id).await?;
    }
    Ok(Answer::to(link::DRAFTS, "draft_deleted", act.commit("").await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_draft_keeps_the_words_and_the_command_but_no_secret_of_the_session() {
        let typed =
            fields(&[("csrf", "s"), ("command", "c"), ("draft_version", "3"), ("words", "電気が止まる")]);
        assert_eq!(kept(&typed).pairs(), fields(&[("command", "c"), ("words", "電気が止まる")]).pairs());
    }

    #[test]
    fn a_conflict_names_only_what_differs() {
        let other = fields(&[("words", "あ"), ("facts", "い"), ("words_cat", "money")]);
        let mine = fields(&[("words", "う"), ("facts", "い"), ("words_cat", "auto")]);
        assert_eq!(differences(&other, &mine), vec![("words".to_owned(), "あ".to_owned(), "う".to_owned())]);
    }

    #[test]
    fn the_list_shows_twenty_characters_counted_as_people_do() {
        assert_eq!(begins(&fields(&[("words", "𠮷野さん"), ("facts", "x")])), "𠮷野さん");
        let long = "あ".repeat(21);
        assert_eq!(begins(&fields(&[("facts", &long)])), format!("{}…", "あ".repeat(20)));
        assert_eq!(begins(&fields(&[])), "");
    }
}
