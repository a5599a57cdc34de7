//! Publications: made, kept, printed, and what became different since.

use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail};
use serde::Serialize;
use site::{Answer, Form, Frame, Need, Req, T};
use words::code::Code;
use words::id::PublicationId;

use super::tables::paper;
use super::{asked_day, edits, load, permit, receipt};
use crate::changes::{Change, Column, compare, value};
use crate::rules::Shown;
use crate::sql::{self, Publication};

/// The page itself.
const HERE: &str = "/plan/publications";

struct PublicationView {
    title: String,
    published_on: String,
    as_of: String,
    by: String,
    href: String,
    changes: String,
}

#[derive(Template)]
#[template(path = "plan_publications.html")]
struct PublicationsPage {
    frame: Frame,
    form: Form,
    publications: Vec<PublicationView>,
    edits: bool,
}

/// `GET /plan/publications`
pub(super) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let today = req.t().short_day(req.now().day());
    let form = Form::filled(vec![("published_on", today.clone()), ("as_of", today)]);
    Answer::page(page(&req, form).await?.render(), receipt())
}

async fn page(req: &Req, form: Form) -> Result<PublicationsPage, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let at = ctx.viewer.municipality;
    let list = sql::publication_list(&mut conn, at).await?;
    let writers = sql::writer_list(&mut conn, at, list.iter().map(|p| p.command).collect()).await?;
    let view = |p: &Publication| PublicationView {
        title: p.title.clone(),
        published_on: frame.t.full_day(p.published_on),
        as_of: frame.t.full_day(p.as_of),
        by: writers.get(&p.command).map_or_else(String::new, |w| {
            format!("{} {}", w.name, frame.moment(&p.recorded_at)).trim().to_owned()
        }),
        href: format!("{HERE}/{}", p.id),
        changes: format!("/plan/changes?since={}", p.id),
    };
    Ok(PublicationsPage {
        publications: list.iter().map(view).collect(),
        edits: edits(&ctx.viewer),
        frame,
        form,
    })
}

#[derive(Serialize)]
struct Publish {
    title: String,
    published_on: String,
    as_of: String,
}

/// `POST /plan/publications`
pub(super) async fn publish(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut form = req.form();
    let title = form.line("title", Need::Required, 100);
    let (published, as_of) = (form.day("published_on", Need::Required), form.day("as_of", Need::Required));
    if let (false, Some(published), Some(as_of)) = (form.has_problems(), published, as_of) {
        let body =
            Publish { title: title.clone(), published_on: published.to_string(), as_of: as_of.to_string() };
        let Begun::New(mut act) = req.ctx()?.act(&req.envelope(), "plan.publish", &body).await? else {
            return Ok(Answer::to(HERE, "plan_published", receipt()));
        };
        let right = permit(&act)?;
        crate::acts::publish(&mut act, &right, &title, published, as_of).await?;
        return Ok(Answer::to(HERE, "plan_published", act.commit("").await?));
    }
    Answer::again(page(&req, form).await?.render(), receipt())
}

/// `GET /plan/publications/{id}`: as it was made public, on paper.
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: PublicationId = req.id("id")?;
    let mut look = ctx.look(Channel::Print).await?;
    let found = sql::publication_find(&mut look.conn(), ctx.viewer.municipality, id).await?;
    let Some((publication, rows)) = found else { return Err(Fail::NotVisible) };
    Answer::page(paper(req.frame(), publication.title, publication.as_of, &rows, HERE.to_owned()), receipt())
}

/// A cell before and after.
pub(super) struct CellView {
    pub column: String,
    pub before: String,
    pub after: String,
}

/// A row that is different.
pub(super) struct ChangeView {
    /// added, removed, changed.
    pub kind: &'static str,
    pub programme: String,
    pub name: String,
    pub cells: Vec<CellView>,
}

/// What is different, for a table.
pub(super) fn change_views(t: &T, before: &[Shown], after: &[Shown]) -> Vec<ChangeView> {
    compare(t, before, after).iter().map(|c| change_view(t, c)).collect()
}

fn change_view(t: &T, change: &Change<'_>) -> ChangeView {
    let row = change.row();
    let whole = |before: bool| -> Vec<CellView> {
        // What a new or gone row says, without what is empty; its name stands beside.
        Column::ALL
            .iter()
            .filter(|c| !matches!(c, Column::Name | Column::Place | Column::Base))
            .map(|c| (t.code("plan_changed", c), value(t, row, *c)))
            .filter(|(_, words)| !words.is_empty())
            .map(|(column, words)| CellView {
                column,
                before: if before { words.clone() } else { String::new() },
                after: if before { String::new() } else { words },
            })
            .collect()
    };
    let (kind, cells) = match change {
        Change::Added(_) => ("added", whole(false)),
        Change::Removed(_) => ("removed", whole(true)),
        Change::Changed(_, cells) => (
            "changed",
            cells
                .iter()
                .map(|c| CellView {
                    column: t.code("plan_changed", c.column),
                    before: c.before.clone(),
                    after: c.after.clone(),
                })
                .collect(),
        ),
    };
    ChangeView { kind, programme: t.code("plan_programme", row.programme), name: row.name.clone(), cells }
}

#[derive(Template)]
#[template(path = "plan_changes.html")]
struct ChangesPage {
    frame: Frame,
    /// Publications to compare with: id, words, whether it is this one.
    choices: Vec<(String, String, bool)>,
    lead: String,
    on: String,
    changes: Vec<ChangeView>,
    counts: String,
}

/// `GET /plan/changes?since=&on=`: since a publication, the newest without one.
pub(super) async fn changes(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let at = ctx.viewer.municipality;
    let on = asked_day(&req, ctx.now.day());
    let frame = req.frame();
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let list = sql::publication_list(&mut conn, at).await?;
    let wanted = req.query().get("since").and_then(|id| id.parse::<PublicationId>().ok());
    let since = match wanted {
        // One that is not here is not here: never another in its place.
        Some(id) => Some(list.iter().find(|p| p.id == id).ok_or(Fail::NotVisible)?),
        None => list.first(),
    };
    let (mut changes, mut words) = (Vec::new(), String::new());
    if let Some(publication) = since
        && let Some((publication, before)) = sql::publication_find(&mut conn, at, publication.id).await?
    {
        let loaded = load(&mut conn, at, on).await?;
        changes = change_views(&frame.t, &before, &loaded.rows);
        words = publication.title;
    }
    let count = |kind: &str| changes.iter().filter(|c| c.kind == kind).count().to_string();
    let counts = ["added", "removed", "changed"].map(|kind| (kind, count(kind)));
    let lead = [("since", words), ("day", frame.t.full_day(on))];
    let page = ChangesPage {
        choices: list
            .iter()
            .map(|p| {
                let words = format!("{} {}", p.title, frame.t.full_day(p.published_on));
                (p.id.to_string(), words, since.is_some_and(|s| s.id == p.id))
            })
            .collect(),
        lead: if since.is_some() { frame.t.fs("plan_changes.lead", &lead) } else { String::new() },
        counts: frame.t.fs("plan_changes.counts", &counts),
        on: on.to_string(),
        changes,
        frame,
    };
    Answer::page(page.render(), receipt())
}
