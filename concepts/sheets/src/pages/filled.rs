//! One filled sheet, read and printed under the version it was written with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Action, Disclosed, Viewer};
use askama::Template;
use engine::{Channel, Fail, Look};
use household::{Entry, Reasons, entry, nameable};
use paper::{Block, Field, Fields};
use sheet::fill::{Setting, Typed, fill};
use sheet::print::Words;
use sheet::{Answers, Definition, Tables};
use site::{Answer, Form, Frame, Req, link};
use words::id::{CaseId, EntryId, FilledSheetId, PersonId};

use super::{note, typed};
use crate::acts::{self, Extra};
use crate::rules;
use crate::sql::{self, Filled};
use crate::view::{self, Choosable, FormOf, PartView, ReadPart};

#[derive(Template)]
#[template(path = "sheets_read.html")]
struct ReadPage {
    frame: Frame,
    reasons: Vec<String>,
    title: String,
    /// The key of its definition: which kind of sheet it is.
    key: String,
    version: i64,
    newer: bool,
    /// Whose it is, and the number of its case.
    whose: String,
    number: String,
    day: String,
    recorded: String,
    desk: String,
    author: String,
    back: (String, &'static str),
    print: String,
    /// The spreadsheet of the sheets of this kind.
    table: String,
    /// Where the answers are changed, for the desk that wrote it.
    edit: Option<String>,
    /// Where it is taken back as a whole, and against which version, for the same.
    strike: Option<(String, i64)>,
    /// Whether it was taken back: what it was is there for the desk that wrote it.
    struck: bool,
    form: Form,
    parts: Vec<ReadPart>,
}

/// A sheet, its answers as disclosed, and the items whose answers a paper leaves out.
type Found = (Filled, Vec<Disclosed<Entry>>, BTreeSet<String>);

/// What a sheet was that has no answer left: the last answer to each item, for whoever may still read it.
async fn load_struck(look: &mut Look, id: FilledSheetId) -> Result<(Filled, Vec<Disclosed<Entry>>), Fail> {
    let viewer = look.viewer().clone();
    let filled = sql::by_id(&mut look.conn(), viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    // As long as any answer stands, whoever may see it, the sheet is not taken back.
    if !entry::of_filled(&mut look.conn(), &viewer, id).await?.is_empty() {
        return Err(Fail::NotVisible);
    }
    let sealed = entry::struck_of_filled(&mut look.conn(), &viewer, id).await?;
    let mut last: BTreeMap<String, Disclosed<Entry>> = BTreeMap::new();
    for e in look.disclose(sealed).await? {
        if let Some(answers) = &e.answers {
            last.insert(answers.item.clone(), e);
        }
    }
    if last.is_empty() { Err(Fail::NotVisible) } else { Ok((filled, last.into_values().collect())) }
}

async fn load(look: &mut Look, id: FilledSheetId) -> Result<Found, Fail> {
    let viewer = look.viewer().clone();
    let m = viewer.municipality;
    let filled = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let sealed = entry::of_filled(&mut look.conn(), &viewer, id).await?;
    let (entries, without) = look.disclose_on_paper(sealed).await?;
    // A sheet of which nothing may be seen is not there.
    if entries.is_empty() && without.is_empty() {
        return Err(Fail::NotVisible);
    }
    let without: Vec<EntryId> = without.into_iter().map(|r| r.id.cast()).collect();
    let items = entry::items_of(&mut look.conn(), m, without).await?;
    Ok((filled, entries, items.into_iter().collect()))
}

/// Whose sheet it is, and the number of its case, as far as this viewer may have both.
pub(super) async fn whose(
    look: &mut Look,
    frame: &Frame,
    of: (&[Filled], Option<CaseId>),
    reasons: &mut Reasons,
) -> Result<(BTreeMap<FilledSheetId, String>, String), Fail> {
    let (viewer, t) = (look.viewer().clone(), &frame.t);
    let (filled, case) = of;
    let number = match case {
        Some(case) => casefile::relation(&mut look.conn(), &viewer, case).await?,
        None => None,
    };
    let number = number.map(|(header, _)| header.number_text()).unwrap_or_default();
    let persons: BTreeSet<PersonId> = filled.iter().filter_map(|f| f.person).collect();
    let sealed = household::person::by_ids(&mut look.conn(), &viewer, persons).await?;
    let people = household::known(look, sealed, reasons).await?;
    let named: BTreeMap<PersonId, String> = nameable(t, &people).into_iter().collect();
    let mut household = String::new();
    if let Some(id) = filled.iter().find(|f| f.person.is_none()).and_then(|f| f.household) {
        let sealed = household::person::members(&mut look.conn(), &viewer, id).await?;
        let members = household::known(look, sealed, reasons).await?;
        if !members.is_empty() {
            household = household::household_name_of(t, &members, &[], frame.now.day());
        }
    }
    let of = |f: &Filled| match f.person {
        Some(person) => named.get(&person).cloned().unwrap_or_default(),
        None => household.clone(),
    };
    Ok((filled.iter().map(|f| (f.id, of(f))).collect(), number))
}

/// Whether this viewer may change the answers: as with every text, the desk that wrote it.
fn may_edit(viewer: &Viewer, filled: &Filled) -> bool {
    // The sheet's own case; the act asks about every case of the household.
    access::may(viewer, Action::MarkInError, &acts::written_by(filled, [])).is_ok()
}

async fn page(req: &Req, channel: Channel, form: Form) -> Result<(ReadPage, engine::Receipt), Fail> {
    let id: FilledSheetId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(channel).await?;
    let (found, struck) = match load(&mut look, id).await {
        // What was taken back stands on a page, and on no paper.
        Err(Fail::NotVisible) if channel == Channel::Page => {
            let (filled, entries) = load_struck(&mut look, id).await?;
            ((filled, entries, BTreeSet::new()), true)
        }
        found => (found?, false),
    };
    let page = read_page(req, &mut look, found, (struck, form)).await?;
    Ok((page, look.close().await?))
}

/// A sheet as it is read.
async fn read_page(
    req: &Req,
    look: &mut Look,
    (filled, entries, without): Found,
    (struck, form): (bool, Form),
) -> Result<ReadPage, Fail> {
    let ctx = req.ctx()?;
    let (m, viewer, id) = (ctx.viewer.municipality, ctx.viewer.clone(), filled.id);
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
    let of = (std::slice::from_ref(&filled), filled.case);
    let (mut whose, number) = whose(look, &frame, of, &mut reasons).await?;
    let instead = frame.t.s("kin.not_printed").to_owned();
    let parts = view::read_parts_without(&version.definition, &entries, &words, false, (&without, &instead));
    let desks = register::desk_names(&mut look.conn(), m, [filled.desk], ctx.now.day()).await?;
    let staff = register::user_names(&mut look.conn(), m, filled.author).await?;
    let back = match (filled.case, filled.consultation, filled.connecting) {
        (Some(case), _, _) => (link::case_sheets(case), "sheets.to_case"),
        (_, Some(consultation), _) => (link::consultation(consultation), "sheets.to_consultation"),
        (_, _, Some(sheet)) => (link::sheet(sheet), "sheets.to_connecting"),
        _ => (link::TODAY.to_owned(), "nav.today"),
    };
    let may_edit = may_edit(&viewer, &filled) && filled.case.is_some() && !struck;
    Ok(ReadPage {
        reasons: reasons.sentences(&frame.t),
        title: version.definition.title.show(frame.t.lang()).to_owned(),
        newer: newest.is_none_or(|n| i64::from(n.definition.version) != filled.version),
        version: filled.version,
        key: filled.key.clone(),
        whose: whose.remove(&id).unwrap_or_default(),
        number,
        day: frame.t.full_day(filled.occurred_on),
        recorded: frame.moment(&filled.recorded_at),
        desk: desks.get(&filled.desk).cloned().unwrap_or_default(),
        author: filled.author.and_then(|a| staff.get(&a)).cloned().unwrap_or_default(),
        back,
        print: link::filled_print(id),
        table: format!("{}/table.xlsx", link::filled_sheet(id)),
        edit: may_edit.then(|| format!("{}/edit", link::filled_sheet(id))),
        strike: may_edit.then(|| (format!("{}/error", link::filled_sheet(id)), filled.edition)),
        struck,
        form,
        parts,
        frame,
    })
}

/// GET /filled/{id}.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (page, receipt) = page(&req, Channel::Page, Form::default()).await?;
    Answer::page(page.render(), receipt)
}

/// POST /filled/{id}/error: the whole sheet was written by mistake.
pub(crate) async fn strike(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: FilledSheetId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let filled = sql::by_id(&mut look.conn(), ctx.viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let receipt = look.close().await?;
    if !may_edit(&ctx.viewer, &filled) || filled.case.is_none() {
        return Err(Fail::NotVisible);
    }
    let mut form = req.form();
    let meant = form.ticked("sure");
    if let Err(refusal) = rules::may_strike(meant, usize::MAX) {
        form.problem("sure", refusal.key);
        let (page, receipt) = page(&req, Channel::Page, form).await?;
        return Answer::again(page.render(), receipt);
    }
    match acts::strike(&req, &filled, meant).await {
        Ok(done) => Ok(Answer::to(&link::filled_sheet(id), "sheet_struck", done.unwrap_or(receipt))),
        Err(Fail::Stale) => {
            form.problem("sure", "sheets.changed_since");
            let (page, receipt) = page(&req, Channel::Page, form).await?;
            Answer::conflict(page.render(), receipt)
        }
        Err(other) => Err(other),
    }
}

/// GET /filled/{id}/print: part of what the page shows, never more.
pub(crate) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: FilledSheetId = req.id("id")?;
    let (p, receipt) = page(&req, site::paper::Kind::of(&req).channel(), Form::default()).await?;
    let t = &p.frame.t;
    let document = crate::paper::begun(&p.frame, &p.title, p.version)
        .with(Block::note(t.s("site.why_seen"), p.reasons.join(t.s("site.comma"))))
        .with(
            Fields::new()
                .beside([
                    Field::new(t.s("sheets.col_whose"), &p.whose),
                    Field::new(t.s("sheets.col_number"), &p.number),
                ])
                .beside([
                    Field::new(t.s("sheets.col_day"), &p.day),
                    Field::new(t.s("sheets.col_by"), format!("{} {}", p.desk, p.author).trim()),
                ]),
        );
    let document = crate::paper::parts(document, t, &p.parts);
    let around = site::paper::Around {
        title: p.title.clone(),
        lead: t.s("sheets.print_lead").to_owned(),
        back: (link::filled_sheet(id), t.s("sheets.back_to_sheet").to_owned()),
        file: format!("sheet-{}-{}", p.key, p.version),
        xlsx: true,
        ..site::paper::Around::default()
    };
    Answer::paper(&req, p.frame, document, around, receipt)
}

// ── Changing the answers ──

#[derive(Template)]
#[template(path = "sheets_edit.html")]
struct EditPage {
    frame: Frame,
    form: Form,
    title: String,
    version: i64,
    edition: i64,
    action: String,
    back: String,
    parts: Vec<PartView>,
    dropped: Vec<String>,
}

struct Editing {
    filled: Filled,
    definition: Definition,
    tables: Tables,
    can: Choosable,
    answers: Answers,
    frame: Frame,
}

async fn editing(req: &Req, look: &mut Look) -> Result<Editing, Fail> {
    let viewer = look.viewer().clone();
    let (filled, entries, _) = load(look, req.id("id")?).await?;
    // A consultation's texts are corrected one by one; its items are few.
    if !may_edit(&viewer, &filled) || filled.case.is_none() {
        return Err(Fail::NotVisible);
    }
    let m = viewer.municipality;
    let version = sql::version(&mut look.conn(), m, &filled.key, filled.version).await?;
    let definition = version.ok_or(Fail::NotVisible)?.definition;
    // The tables of its day: what could be chosen then can stay.
    let tables = sql::tables_at(&mut look.conn(), m, filled.recorded_at).await?;
    let frame = req.frame();
    let mut members = Vec::new();
    if let Some(household) = filled.household {
        let sealed = household::person::members(&mut look.conn(), &viewer, household).await?;
        members = look.disclose(sealed).await?;
    }
    let named = nameable(&frame.t, &members);
    let can = view::choosable(&mut look.conn(), &viewer, filled.occurred_on, &named).await?;
    let stored =
        entries.iter().filter_map(|e| e.answers.as_ref()).map(|a| (a.item.as_str(), a.value.as_str()));
    let (answers, _) = Answers::read(&definition, stored);
    Ok(Editing { filled, definition, tables, can, answers, frame })
}

fn edit_page(e: Editing, form: Form, dropped: &[String]) -> EditPage {
    let lang = e.frame.t.lang();
    let day = e.filled.occurred_on;
    let of = FormOf { t: &e.frame.t, form: &form, tables: &e.tables, day, can: &e.can, marks: None };
    EditPage {
        parts: view::parts(&e.definition, &of, false),
        title: e.definition.title.show(lang).to_owned(),
        version: e.filled.version,
        edition: e.filled.edition,
        action: format!("{}/edit", link::filled_sheet(e.filled.id)),
        back: link::filled_sheet(e.filled.id),
        dropped: dropped
            .iter()
            .filter_map(|k| e.definition.item(k))
            .map(|i| i.label.show(lang).to_owned())
            .collect(),
        form,
        frame: e.frame,
    }
}

/// The fields that give these answers again.
fn again(typed: &Typed) -> Form {
    let pairs = typed.fields().flat_map(|(n, vs)| vs.iter().map(move |v| (n, v.clone())));
    Form::filled(pairs.collect())
}

/// GET /filled/{id}/edit.
pub(crate) async fn edit(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let e = editing(&req, &mut look).await?;
    let form = again(&sheet::fill::typed(&e.answers));
    let page = edit_page(e, form, &[]);
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// POST /filled/{id}/edit.
pub(crate) async fn revise(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let e = editing(&req, &mut look).await?;
    let receipt = look.close().await?;
    let mut form = req.form();
    let day = e.filled.occurred_on;
    let done = fill(&e.definition, &typed(&form), &Setting { tables: &e.tables, day, known: &e.can.known() });
    note(&mut form, &done);
    if form.has_problems() || (!done.dropped.is_empty() && !form.ticked("drop")) {
        let dropped = done.dropped.clone();
        return Answer::again(edit_page(e, form, &dropped).render(), receipt);
    }
    let names = e.can.names();
    let words = Words { tables: &e.tables, day, names: &names, language: "ja" };
    let extra = Extra::new(&e.definition, &done.answers, &words, false, |_| None);
    match acts::revise(&req, &e.filled, &extra).await {
        Ok(done) => {
            Ok(Answer::to(&link::filled_sheet(e.filled.id), "sheet_revised", done.unwrap_or(receipt)))
        }
        Err(Fail::Stale) => {
            let first = e.definition.items().next().map_or_else(String::new, sheet::Item::field);
            form.problem(&first, "sheets.changed_since");
            Answer::conflict(edit_page(e, form, &[]).render(), receipt)
        }
        Err(other) => Err(other),
    }
}
