//! One filled sheet, read and printed under the version it was written with.

use std::sync::Arc;

use access::{Category, Disclosed};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{Entry, Reasons, entry};
use sheet::print::Words;
use site::{Answer, Frame, Req, link};
use words::id::FilledSheetId;

use crate::sql::{self, Filled};
use crate::view::{self, ReadPart};

#[derive(Template)]
#[template(path = "sheets_read.html")]
struct ReadPage {
    frame: Frame,
    reasons: Vec<String>,
    title: String,
    version: i64,
    newer: bool,
    day: String,
    recorded: String,
    desk: String,
    author: String,
    back: (String, &'static str),
    print: String,
    parts: Vec<ReadPart>,
}

#[derive(Template)]
#[template(path = "sheets_print.html")]
struct PrintPage {
    frame: Frame,
    page: Paper,
}

/// What is printed: the read page without its links.
struct Paper {
    reasons: Vec<String>,
    title: String,
    version: i64,
    day: String,
    desk: String,
    author: String,
    back: String,
    parts: Vec<ReadPart>,
    today: String,
}

async fn load(look: &mut Look, id: FilledSheetId) -> Result<(Filled, Vec<Disclosed<Entry>>), Fail> {
    let viewer = look.viewer().clone();
    let filled = sql::by_id(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let mut sealed = entry::of_filled(&mut look.conn(), &viewer, id).await?;
    if look.channel() == Channel::Print {
        // Who told is never printed; a text nobody marked counts as all categories (disclosure rule 3).
        sealed.retain(|s| !s.facts().categories.has(Category::Informant));
    }
    let entries = look.disclose(sealed).await?;
    // A sheet of which nothing may be seen is not there.
    if entries.is_empty() { Err(Fail::NotVisible) } else { Ok((filled, entries)) }
}

async fn page(req: &Req, channel: Channel) -> Result<(ReadPage, engine::Receipt), Fail> {
    let id: FilledSheetId = req.id("id")?;
    let ctx = req.ctx()?;
    let (m, viewer) = (ctx.viewer.municipality, ctx.viewer.clone());
    let mut look = ctx.look(channel).await?;
    let (filled, entries) = load(&mut look, id).await?;
    let frame = req.frame();
    let version =
        sql::version(&mut look.conn(), m, &filled.key, filled.version).await?.ok_or(Fail::NotVisible)?;
    let newest = sql::in_force(&mut look.conn(), m, &filled.key, ctx.now.day()).await?;
    let tables = sql::tables_at(&mut look.conn(), m, filled.recorded_at).await?;
    let persons: Vec<_> = entries
        .iter()
        .filter_map(|e| e.answers.as_ref().and_then(|a| a.value.parse().ok()))
        .collect::<Vec<words::id::PersonId>>();
    let mut reasons = Reasons::default();
    reasons.of_all(&entries);
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let people = look.disclose(sealed).await?;
    reasons.of_all(&people);
    let named: Vec<_> = people.iter().map(|p| (p.id, p.called().to_owned())).collect();
    let names = view::choosable(&mut look.conn(), &viewer, filled.occurred_on, &named).await?.names();
    let words = Words { tables: &tables, day: filled.occurred_on, names: &names, language: frame.t.lang() };
    let desks = register::desk_names(&mut look.conn(), m, [filled.desk], ctx.now.day()).await?;
    let staff = register::user_names(&mut look.conn(), m, filled.author).await?;
    let back = match (filled.case, filled.consultation, filled.connecting) {
        (Some(case), _, _) => (link::case_sheets(case), "sheets.to_case"),
        (_, Some(consultation), _) => (link::consultation(consultation), "sheets.to_consultation"),
        (_, _, Some(sheet)) => (link::sheet(sheet), "sheets.to_connecting"),
        _ => (link::TODAY.to_owned(), "nav.today"),
    };
    let page = ReadPage {
        reasons: reasons.sentences(&frame.t),
        title: version.definition.title.show(frame.t.lang()).to_owned(),
        newer: newest.is_none_or(|n| i64::from(n.definition.version) != filled.version),
        version: filled.version,
        day: frame.t.full_day(filled.occurred_on),
        recorded: frame.moment(&filled.recorded_at),
        desk: desks.get(&filled.desk).cloned().unwrap_or_default(),
        author: filled.author.and_then(|a| staff.get(&a)).cloned().unwrap_or_default(),
        back,
        print: link::filled_print(id),
        parts: view::read_parts(&version.definition, &entries, &words, false),
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /filled/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Channel::Page).await?;
    Answer::page(page.render(), receipt)
}

/// GET /filled/{id}/print: part of what the page shows, never more.
pub(crate) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: FilledSheetId = req.id("id")?;
    let (p, receipt) = page(&req, Channel::Print).await?;
    let today = p.frame.t.full_day(req.now().day());
    let page = PrintPage {
        frame: p.frame,
        page: Paper {
            reasons: p.reasons,
            title: p.title,
            version: p.version,
            day: p.day,
            desk: p.desk,
            author: p.author,
            back: link::filled_sheet(id),
            parts: p.parts,
            today,
        },
    };
    Answer::page(page.render(), receipt)
}
