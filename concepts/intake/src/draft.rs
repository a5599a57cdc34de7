//! 下書き: what is being written, private to its author, safe from a closed lid and a crashed server.
//!
//! A draft is the form as it was typed, urlencoded, without its CSRF value. It keeps the form's command id: a
//! draft opened in two places and sent from both is still one record.

use std::sync::Arc;

use access::{Right, System};
use askama::Template;
use engine::{Act, Begun, Broken, Conn, Envelope, Fail, Receipt, Refusal, args};
use serde::Serialize;
use site::{Answer, Fields, Form, Frame, Req, link};
use words::code::Code;
use words::id::{CaseId, CommandId, DraftId, MunicipalityId, ThingId, UserId};
use words::{Instant, codes};

codes! {
    /// Which form a draft belongs to.
    pub enum DraftKind {
        /// 相談.
        Consultation = "consultation",
        /// つなぐシート.
        Sheet = "sheet",
        /// つなぎ, about a case.
        Referral = "referral",
        /// 経過, about a case.
        Support = "support",
    }
}

/// Longest draft, in bytes: more than all fields of a form at their longest.
pub const MOST_BYTES: usize = 200 * 1024;
/// Fields that belong to one sending, not to what was written.
const NOT_KEPT: &[&str] = &["csrf", "owner", "draft_version", "checked", "pick", "back"];

/// A draft of the viewer's own.
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Which form.
    pub kind: DraftKind,
    /// What it is about, for forms about something.
    pub about: Option<ThingId>,
    /// What was typed.
    pub fields: Fields,
    /// Version.
    pub version: i64,
    /// When it was saved.
    pub saved_at: Instant,
}

impl Draft {
    /// The command id of the form it was written in.
    pub fn command(&self) -> Option<CommandId> {
        self.fields.get("command").and_then(|v| v.parse().ok())
    }

    /// Where it is taken up again.
    pub fn reopen(&self) -> Option<String> {
        let case = self.about.map(|a| -> CaseId { a.cast() });
        let path = match (self.kind, case) {
            (DraftKind::Consultation, _) => link::CONSULTATION_NEW.to_owned(),
            (DraftKind::Sheet, _) => link::SHEET_NEW.to_owned(),
            (DraftKind::Referral, Some(case)) => link::referral_new(case),
            (DraftKind::Support, Some(case)) => link::case_entries(case),
            _ => return None,
        };
        Some(format!("{path}?draft={}", self.id))
    }
}

/// One draft of this author.
pub async fn by_id(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    author: UserId,
    id: DraftId,
) -> Result<Option<Draft>, Broken> {
    conn.maybe(
        "SELECT id, kind, about_id, body, version, saved_at FROM draft \
         WHERE municipality_id = $1 AND id = $2 AND author_id = $3",
        args![municipality, id, author],
    )
    .await?
    .map(|row| draft(&row))
    .transpose()
}

/// The drafts of this author, newest first.
async fn of_author(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    author: UserId,
) -> Result<Vec<Draft>, Broken> {
    conn.all(
        "SELECT id, kind, about_id, body, version, saved_at FROM draft \
         WHERE municipality_id = $1 AND author_id = $2 ORDER BY saved_at DESC, id LIMIT 100",
        args![municipality, author],
    )
    .await?
    .iter()
    .map(draft)
    .collect()
}

fn draft(row: &engine::Row) -> Result<Draft, Broken> {
    Ok(Draft {
        id: row.get("id")?,
        kind: row.code("kind")?,
        about: row.get("about_id")?,
        fields: Fields::parse(row.get::<String>("body")?.as_bytes()),
        version: row.get("version")?,
        saved_at: row.get("saved_at")?,
    })
}

/// Ends a draft in the transaction that saves what it was for. Only the author's own.
pub async fn delete(act: &mut Act, right: &Right, id: DraftId) -> Result<(), Fail> {
    let municipality = act.municipality();
    let Some(author) = act.viewer().map(|v| v.user) else { return Ok(()) };
    act.save(right)?
        .exec(
            "DELETE FROM draft WHERE municipality_id = $1 AND id = $2 AND author_id = $3",
            args![municipality, id, author],
        )
        .await?;
    Ok(())
}

/// What a save of a draft says.
#[derive(Serialize)]
struct Saving<'a> {
    id: DraftId,
    base: i64,
    body: &'a str,
}

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
    let ctx = req.ctx()?;
    let kept = kept(req.body());
    let body = kept.encode();
    if body.len() > MOST_BYTES {
        return Err(Refusal::new("draft.too_long").into());
    }
    let base: i64 = req.body().get("draft_version").and_then(|v| v.parse().ok()).unwrap_or(0);
    // Its own command: the form's command id is for the sending, and is used once.
    let envelope = Envelope { command: ctx.engine.new_id(), base_version: Some(base), ..req.envelope() };
    let Begun::New(mut act) = ctx.act(&envelope, "draft.save", &Saving { id, base, body: &body }).await?
    else {
        return Err(Refusal::new("command.already_sent").into());
    };
    let right = Right::system(System::Account);
    let (municipality, now, author) = (act.municipality(), act.now(), ctx.viewer.user);
    let about: Option<ThingId> = kept.get("draft_about").and_then(|v| v.parse().ok());
    let mut conn = act.save(&right)?;
    if let Some(command) = kept.get("command").and_then(|v| v.parse::<CommandId>().ok()) {
        let sent = conn
            .maybe(
                "SELECT id FROM command WHERE municipality_id = $1 AND id = $2",
                args![municipality, command],
            )
            .await?;
        if sent.is_some() {
            return Ok(Saved::Sent);
        }
    }
    let row = conn
        .maybe(
            "INSERT INTO draft (municipality_id, id, author_id, kind, about_id, body, version, saved_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT (municipality_id, id) DO UPDATE SET \
             body = excluded.body, version = draft.version + 1, saved_at = excluded.saved_at \
             WHERE draft.author_id = excluded.author_id AND draft.version = $8 RETURNING version",
            args![municipality, id, author, kind.code(), about, &body, now, base],
        )
        .await?;
    match row {
        Some(row) => {
            let version = row.get("version")?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Saved::At(version, receipt))
        }
        None if by_id(&mut conn, municipality, author, id).await?.is_some() => Ok(Saved::Behind),
        // Somebody else's: for this person there is no such draft.
        None => Err(Fail::NotVisible),
    }
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
pub(crate) async fn post(req: Arc<Req>) -> Result<Answer, Fail> {
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
    let other = by_id(&mut look.conn(), ctx.viewer.municipality, ctx.viewer.user, id)
        .await?
        .ok_or(Fail::NotVisible)?;
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
        let ours = matches!(name.as_str(), "command" | "draft" | "draft_kind" | "draft_about")
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
}

/// GET /drafts: the author's own, with the first words: they wrote them.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(engine::Channel::List).await?;
    let drafts = of_author(&mut look.conn(), ctx.viewer.municipality, ctx.viewer.user).await?;
    let frame = req.frame();
    let lines = drafts
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
    let page = DraftList { frame, lines };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// The first twenty characters of what was written.
fn begins(fields: &Fields) -> String {
    let text = ["words", "facts", "body", "need", "name"]
        .into_iter()
        .filter_map(|name| fields.get(name))
        .map(str::trim)
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    let short: String = text.chars().take(20).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// POST /drafts/{id}/delete.
pub(crate) async fn throw_away(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: DraftId = req.id("id")?;
    match ctx.act(&req.envelope(), "draft.delete", &id).await? {
        Begun::Before(_) => Ok(Answer::to(link::DRAFTS, "draft_deleted", own("no content"))),
        Begun::New(mut act) => {
            delete(&mut act, &Right::system(System::Account), id).await?;
            let receipt = act.commit(&id.to_string()).await?;
            Ok(Answer::to(link::DRAFTS, "draft_deleted", receipt))
        }
    }
}

/// A form to be shown, and what its hidden fields say.
pub struct Opened {
    /// What it shows.
    pub form: Form,
    /// Which draft it writes.
    pub id: DraftId,
    /// At which version.
    pub version: i64,
    /// The command id it was begun with.
    pub command: Option<CommandId>,
}

/// The form of `?draft=…`, or `None` when this person has no such draft.
pub async fn reopened(conn: &mut Conn<'_>, req: &Req) -> Result<Option<Opened>, Fail> {
    let Some(id) = req.query().get("draft").and_then(|v| v.parse::<DraftId>().ok()) else { return Ok(None) };
    let viewer = &req.ctx()?.viewer;
    let Some(found) = by_id(conn, viewer.municipality, viewer.user, id).await? else { return Ok(None) };
    Ok(Some(Opened { command: found.command(), id, version: found.version, form: Form::new(found.fields) }))
}

/// What a sent form says about its draft.
pub fn sent(req: &Req, form: Form) -> Opened {
    let field = |name: &str| req.body().get(name);
    Opened {
        id: field("draft").and_then(|v| v.parse().ok()).unwrap_or_else(|| req.engine().new_id()),
        version: field("draft_version").and_then(|v| v.parse().ok()).unwrap_or(0),
        command: field("command").and_then(|v| v.parse().ok()),
        form,
    }
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
